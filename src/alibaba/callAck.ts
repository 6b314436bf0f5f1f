import type { AckOperation, CallContext, CallOutcome } from "./call.ts";
import { addressOf } from "./endpoints.ts";
import { actionIn, callRepeatedly, noAddress, type ServiceError } from "./retry.ts";
import { deniedAction, isRecord, textAt } from "./serviceError.ts";
import { signOpenApi } from "./signing.ts";

const version = "2015-12-15";

/** Calls an operation of ACK (CS OpenAPI 2015-12-15). */
export async function callAck(
  context: CallContext,
  operation: AckOperation,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const { name, region, method, query, body, timeoutMs, repeatable } = operation;
  const url = addressOf(context.endpoints.ack(region), region, undefined, operation.path);
  if (url === undefined) return noAddress(operation);
  const { userAgent } = context;
  return await callRepeatedly(
    context,
    {
      name,
      timeoutMs,
      repeatable,
      action: `cs:${name}`,
      sign: (credential, timeMs) =>
        signOpenApi({ method, url, query, body, timeMs, userAgent, action: name, version }, credential),
      readError,
      requestId,
      // `Throttling`, `Throttling.User`, `Throttling.Api`; quotas of clusters and nodes do not go away by waiting.
      isThrottled: (code) => /^Throttling(\.|$)/.test(code),
    },
    signal,
  );
}

function requestId(headers: Readonly<Record<string, string>>): string {
  return headers["x-acs-request-id"] ?? "";
}

/** ACK writes its members small, the gateway in front of it large. */
function readError(json: unknown, headers: Readonly<Record<string, string>>): ServiceError {
  const body = isRecord(json) ? json : {};
  const message = textAt(body, "message", "Message");
  return {
    code: textAt(body, "code", "Code"),
    message,
    requestId: textAt(body, "requestId", "RequestId", "request_id") || requestId(headers),
    action: deniedAction(body["accessDeniedDetail"] ?? body["AccessDeniedDetail"]) ?? actionIn(message),
  };
}
