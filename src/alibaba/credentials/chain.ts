import { join } from "node:path";
import { type CredentialFailure, credentialFailure, isCredentialFailure } from "../credential.ts";
import { ecsRoleCredential } from "./ecsRole.ts";
import { profileCredential, uriCredential } from "./profile.ts";
import { errorCode, fileStamp } from "./profileFile.ts";
import { assumeRoleWithOidc } from "./sts.ts";
import type { Asked, Asking, CredentialTools } from "./tools.ts";

/** Where the CLI has its profiles. */
export function cliProfilePath(homeFolder: string): string {
  return join(homeFolder, ".aliyun", "config.json");
}

type Link = {
  /** As it is named in a failure. */
  readonly name: string;
  readonly isThere: boolean;
  readonly ask: () => Promise<Asked>;
};

/**
 * The default chain of @alicloud/credentials (`DefaultCredentialsProvider`), link by link in its order: environment,
 * OIDC, the CLI's current profile, the ini profile, the role of the ECS instance, a credentials URI. The chain as a
 * whole is not called, because it runs the command of an External profile without asking and does not tell when a
 * credential expires; of the library there is the reader of the ini profile.
 */
export async function chainCredential(asking: Asking): Promise<Asked> {
  const { tools } = asking;
  const { env } = tools;
  const failures: CredentialFailure[] = [];
  for (const link of linksOf(asking)) {
    if (!link.isThere) continue;
    if (asking.signal.aborted) return credentialFailure("aborted", link.name);
    const asked = await link.ask();
    if (!isCredentialFailure(asked)) return asked;
    // What a person set up and only has to allow or to sign in to again is not passed over for another identity.
    if (asked.code === "aborted" || asked.code === "commandNotConfirmed" || asked.code === "expired") return asked;
    failures.push(asked);
  }
  const told = failures.map(({ code, detail }) => `${code} ${detail}`);
  const names = env["ALIBABA_CLOUD_ACCESS_KEY_ID"] === undefined ? ["ALIBABA_CLOUD_ACCESS_KEY_ID"] : [];
  return credentialFailure("chainEmpty", [...names, ...told].join("; "));
}

function linksOf(asking: Asking): readonly Link[] {
  const { tools } = asking;
  const { env } = tools;
  const arn = env["ALIBABA_CLOUD_ROLE_ARN"];
  const providerArn = env["ALIBABA_CLOUD_OIDC_PROVIDER_ARN"];
  const tokenFile = env["ALIBABA_CLOUD_OIDC_TOKEN_FILE"];
  const uri = env["ALIBABA_CLOUD_CREDENTIALS_URI"];
  const accessKeyId = env["ALIBABA_CLOUD_ACCESS_KEY_ID"];
  const accessKeySecret = env["ALIBABA_CLOUD_ACCESS_KEY_SECRET"];
  return [
    {
      name: "ALIBABA_CLOUD_ACCESS_KEY_ID",
      isThere: isSet(accessKeyId),
      ask: () => {
        if (accessKeyId === undefined || accessKeySecret === undefined || accessKeySecret === "") {
          return Promise.resolve(credentialFailure("profileIncomplete", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"));
        }
        const token = env["ALIBABA_CLOUD_SECURITY_TOKEN"];
        const securityToken = isSet(token) ? token : undefined;
        return Promise.resolve({ accessKeyId, accessKeySecret, securityToken, expiresMs: undefined });
      },
    },
    {
      name: "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
      isThere: isSet(arn) && isSet(providerArn) && isSet(tokenFile),
      ask: () =>
        assumeRoleWithOidc(asking, {
          arn: arn ?? "",
          providerArn: providerArn ?? "",
          tokenFile: tokenFile ?? "",
          sessionName: env["ALIBABA_CLOUD_ROLE_SESSION_NAME"],
          seconds: undefined,
          region: env["ALIBABA_CLOUD_STS_REGION"],
        }),
    },
    {
      name: "~/.aliyun/config.json",
      isThere: env["ALIBABA_CLOUD_CLI_PROFILE_DISABLED"]?.toLowerCase() !== "true",
      ask: () => profileCredential(asking, cliProfilePath(tools.homeFolder), env["ALIBABA_CLOUD_PROFILE"]),
    },
    { name: "~/.alibabacloud/credentials", isThere: true, ask: () => iniCredential(tools) },
    {
      name: "EcsRamRole",
      isThere: env["ALIBABA_CLOUD_ECS_METADATA_DISABLED"]?.toLowerCase() !== "true",
      ask: () => ecsRoleCredential(asking, env["ALIBABA_CLOUD_ECS_METADATA"]),
    },
    { name: "ALIBABA_CLOUD_CREDENTIALS_URI", isThere: isSet(uri), ask: () => uriCredential(asking, uri ?? "") },
  ];
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

export function iniPath(tools: CredentialTools): string {
  return tools.env["ALIBABA_CLOUD_CREDENTIALS_FILE"] ?? join(tools.homeFolder, ".alibabacloud", "credentials");
}

/**
 * The ini profile, as the library reads it. It finds the file by itself, asks for a role without the editor's proxy,
 * and does not tell when what it gives expires; the provider asks it again before long. Its messages quote answers of
 * services and are not passed on.
 */
async function iniCredential(tools: CredentialTools): Promise<Asked> {
  const path = iniPath(tools);
  if ((await fileStamp(path)) === undefined) return credentialFailure("fileMissing", path);
  try {
    const { ProfileCredentialsProvider } = await import("@alicloud/credentials");
    const { accessKeyId, accessKeySecret, securityToken } = await ProfileCredentialsProvider.builder()
      .withProfileName(tools.env["ALIBABA_CLOUD_PROFILE"] ?? "default")
      .build()
      .getCredentials();
    return {
      accessKeyId,
      accessKeySecret,
      securityToken: isSet(securityToken) ? securityToken : undefined,
      expiresMs: undefined,
    };
  } catch (error) {
    return credentialFailure("fileUnreadable", `${path}: ${errorCode(error)}`);
  }
}
