import { randomUUID } from "node:crypto";
import type { CallContext, CallOutcome } from "./call.ts";
import { addressOf } from "./endpoints.ts";
import type { HttpRequest } from "./http.ts";
import { actionIn, callRepeatedly, noAddress, type ServiceError } from "./retry.ts";
import { deniedAction, isRecord, textAt } from "./serviceError.ts";
import { percentEncode, signOpenApi } from "./signing.ts";

/** One operation of the Security Token Service (2015-04-01), an RPC-style API. None of these changes anything. */
export type StsOperation = {
  readonly name: "AssumeRole" | "AssumeRoleWithOIDC" | "GetCallerIdentity";
  /** Empty for the central endpoint. */
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
};

const version = "2015-04-01";
const timeoutMs = 15_000;

export async function callSts(
  context: CallContext,
  operation: StsOperation,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const { name, region, parameters: query } = operation;
  const url = addressOf(context.endpoints.sts(region), region, undefined, "/");
  if (url === undefined) return noAddress(operation);
  const { userAgent } = context;
  return await callRepeatedly(
    context,
    {
      name,
      timeoutMs,
      repeatable: true,
      action: `sts:${name}`,
      sign: (credential, timeMs) =>
        name === "AssumeRoleWithOIDC"
          ? Promise.resolve(unsigned(operation, url, timeMs, userAgent))
          : signOpenApi(
              { method: "POST", url, query, body: undefined, timeMs, userAgent, action: name, version },
              credential,
            ),
      readError,
      requestId,
      isThrottled: (code) => /^Throttling(\.|$)/.test(code),
    },
    signal,
  );
}

/**
 * AssumeRoleWithOIDC is not signed: its token says who asks. Parameters go into the body, so that the token is in no
 * address that somebody on the way writes down.
 */
function unsigned({ name, parameters }: StsOperation, url: URL, timeMs: number, userAgent: string): HttpRequest {
  const common = {
    Action: name,
    Version: version,
    Format: "JSON",
    Timestamp: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
    SignatureNonce: randomUUID(),
  };
  return {
    method: "POST",
    url: new URL(`?${formText(common)}`, url),
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      "user-agent": userAgent,
    },
    body: new TextEncoder().encode(formText(parameters)),
  };
}

function formText(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join("&");
}

function requestId(headers: Readonly<Record<string, string>>): string {
  return headers["x-acs-request-id"] ?? "";
}

function readError(json: unknown, headers: Readonly<Record<string, string>>): ServiceError {
  const body = isRecord(json) ? json : {};
  const message = textAt(body, "Message");
  return {
    code: textAt(body, "Code"),
    message,
    requestId: textAt(body, "RequestId") || requestId(headers),
    action: deniedAction(body["AccessDeniedDetail"]) ?? actionIn(message),
  };
}
