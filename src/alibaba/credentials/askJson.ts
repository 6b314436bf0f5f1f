import { type Credential, type CredentialFailure, credentialFailure, withoutSecrets } from "../credential.ts";
import type { HttpRequest, Transport, TransportFailure } from "../http.ts";
import { isRecord } from "../serviceError.ts";
import { textOf } from "./profileFile.ts";

type JsonAnswer = { readonly kind: "json"; readonly value: Readonly<Record<string, unknown>> };

/** What is asked for JSON on the way to a credential. */
export type JsonQuestion = {
  /** Names the question in a failure, e.g. `CloudSSO`. */
  readonly name: string;
  readonly method: HttpRequest["method"];
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  /** What the request holds that no failure may repeat; undefined where its address does, which comes back in many forms. */
  readonly secrets: readonly (string | undefined)[] | undefined;
};

/** Asks once. Of an answer that is not as hoped for only the status, the code and the message are told, never the body. */
export async function askJson(
  transport: Transport,
  question: JsonQuestion,
  signal: AbortSignal,
): Promise<JsonAnswer | CredentialFailure> {
  const { name, method, url, headers, secrets } = question;
  const body = question.body === undefined ? undefined : new TextEncoder().encode(question.body);
  const answer = await transport.send({ method, url, headers, body }, { signal, timeoutMs: question.timeoutMs });
  if (answer.kind === "failure") return noAnswer(name, answer, secrets);
  const value = parsed(answer.body);
  if (answer.status !== 200) {
    const fields = isRecord(value) ? value : {};
    const code = textOf(fields["Code"]) ?? textOf(fields["ErrorCode"]);
    const message = secrets === undefined ? undefined : textOf(fields["Message"]);
    const why = [name, `HTTP ${answer.status}`, code, message].filter((text) => text !== undefined).join(": ");
    return credentialFailure("renewalFailed", withoutSecrets(why, secrets ?? []));
  }
  return isRecord(value) ? { kind: "json", value } : credentialFailure("renewalFailed", `${name}: JSON`);
}

export function noAnswer(
  name: string,
  failure: TransportFailure,
  secrets: readonly (string | undefined)[] | undefined,
): CredentialFailure {
  if (failure.reason === "aborted") return credentialFailure("aborted", name);
  if (secrets === undefined) return credentialFailure("renewalFailed", `${name}: ${failure.reason}`);
  return credentialFailure("renewalFailed", withoutSecrets(`${name}: ${failure.reason}: ${failure.detail}`, secrets));
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

/** A temporary credential as STS, CloudSSO, the metadata service and credentials URIs write it. */
export function readTemporary(name: string, value: unknown): Credential | CredentialFailure {
  const fields = isRecord(value) ? value : {};
  const accessKeyId = textOf(fields["AccessKeyId"]);
  const accessKeySecret = textOf(fields["AccessKeySecret"]);
  const securityToken = textOf(fields["SecurityToken"]);
  if (accessKeyId === undefined || accessKeySecret === undefined || securityToken === undefined) {
    const missing = Object.entries({
      AccessKeyId: accessKeyId,
      AccessKeySecret: accessKeySecret,
      SecurityToken: securityToken,
    })
      .filter(([, text]) => text === undefined)
      .map(([field]) => field);
    return credentialFailure("renewalFailed", `${name}: ${missing.join(", ")}`);
  }
  return { accessKeyId, accessKeySecret, securityToken, expiresMs: readExpiry(fields["Expiration"]) };
}

/** An ISO time; undefined for one that is none. */
export function readExpiry(value: unknown): number | undefined {
  const ms = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}
