import { readFile } from "node:fs/promises";
import type { CallContext, CallOutcome } from "../call.ts";
import { callSts, type StsOperation } from "../callSts.ts";
import { type Credential, credentialFailure, withoutSecrets } from "../credential.ts";
import { isRecord } from "../serviceError.ts";
import { noAnswer, readTemporary } from "./askJson.ts";
import { errorCode } from "./profileFile.ts";
import type { Asked, Asking } from "./tools.ts";

/** What is the default of STS, too, unless the role allows less. */
const defaultSeconds = 3600;

/**
 * AssumeRole. Our own call and not that of @alicloud/credentials: that one goes round the proxy, cannot be aborted, keeps
 * to itself when the credential expires, and quotes whole answers in its errors.
 */
export function assumeRole(
  asking: Asking,
  from: Credential,
  role: {
    readonly arn: string;
    readonly sessionName: string | undefined;
    readonly externalId: string | undefined;
    readonly seconds: number | undefined;
    readonly region: string | undefined;
  },
): Promise<Asked> {
  return roleCredential(asking, role.region, from, [], {
    name: "AssumeRole",
    parameters: {
      RoleArn: role.arn,
      RoleSessionName: role.sessionName ?? "ack-container-audit",
      DurationSeconds: String(role.seconds ?? defaultSeconds),
      ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
    },
  });
}

/** Who signs what is not signed. */
const nobody: Credential = {
  accessKeyId: "",
  accessKeySecret: "",
  securityToken: undefined,
  expiresMs: undefined,
};

/** AssumeRoleWithOIDC, which is not signed: the token of the identity provider, fresh from its file, says who asks. */
export async function assumeRoleWithOidc(
  asking: Asking,
  role: {
    readonly arn: string;
    readonly providerArn: string;
    readonly tokenFile: string;
    readonly sessionName: string | undefined;
    readonly seconds: number | undefined;
    readonly region: string | undefined;
  },
): Promise<Asked> {
  let token: string;
  try {
    token = (await readFile(role.tokenFile, "utf8")).trim();
  } catch (error) {
    const code = errorCode(error);
    return code === "ENOENT"
      ? credentialFailure("fileMissing", role.tokenFile)
      : credentialFailure("fileUnreadable", `${role.tokenFile}: ${code}`);
  }
  if (token === "") return credentialFailure("fileUnreadable", `${role.tokenFile}: 0`);
  return roleCredential(asking, role.region, nobody, [token], {
    name: "AssumeRoleWithOIDC",
    parameters: {
      RoleArn: role.arn,
      OIDCProviderArn: role.providerArn,
      OIDCToken: token,
      RoleSessionName: role.sessionName ?? "ack-container-audit",
      DurationSeconds: String(role.seconds ?? defaultSeconds),
    },
  });
}

async function roleCredential(
  { tools, signal }: Asking,
  region: string | undefined,
  credential: Credential,
  secrets: readonly string[],
  operation: Omit<StsOperation, "region">,
): Promise<Asked> {
  const context: CallContext = {
    ...tools,
    credentials: { current: () => Promise.resolve(credential), invalidate: () => {} },
  };
  const outcome = await callSts(context, { ...operation, region: region ?? "" }, signal);
  return readOutcome(operation.name, outcome, [...secrets, credential.accessKeySecret, credential.securityToken]);
}

function readOutcome(action: string, outcome: CallOutcome, secrets: readonly (string | undefined)[]): Asked {
  switch (outcome.kind) {
    case "ok":
      return readTemporary(action, isRecord(outcome.json) ? outcome.json["Credentials"] : undefined);
    case "refused":
    case "throttled": {
      const status = outcome.kind === "refused" ? `HTTP ${outcome.status}` : "";
      const said = [action, outcome.code || status, outcome.message].filter((part) => part !== "").join(": ");
      const which = outcome.requestId === "" ? "" : ` (${outcome.requestId})`;
      return credentialFailure("renewalFailed", withoutSecrets(`${said}${which}`, secrets));
    }
    case "malformed":
      return credentialFailure("renewalFailed", withoutSecrets(`${action}: ${outcome.detail}`, secrets));
    case "noAnswer":
      return noAnswer(action, outcome.failure, secrets);
    case "noCredential":
      return outcome.failure;
    default:
      outcome satisfies never;
      return credentialFailure("renewalFailed", action);
  }
}
