import type { CallContext, CallOutcome, SlsOperation } from "./call.ts";
import { addressOf } from "./endpoints.ts";
import { actionIn, callRepeatedly, noAddress, type ServiceError } from "./retry.ts";
import { deniedAction, isRecord, textAt } from "./serviceError.ts";
import { signSls } from "./signing.ts";

/** RAM knows some operations by another name than SLS (documented: SLS, "RAM authorization"). */
const actions: ReadonlyMap<string, string> = new Map([
  ["GetLogsV2", "GetLogStoreLogs"],
  ["GetLogs", "GetLogStoreLogs"],
  ["GetHistograms", "GetLogStoreHistogram"],
  ["GetContextLogs", "GetLogStoreContextLogs"],
]);

/** Documented: SLS, "Common error codes". ServerBusy says to wait as well. */
const throttled = new Set([
  "ReadQuotaExceed",
  "WriteQuotaExceed",
  "ShardReadQuotaExceed",
  "ShardWriteQuotaExceed",
  "ProjectQuotaExceed",
  "ExceedQuota",
  "ServerBusy",
]);

/** Calls an operation of SLS, in its project where it has one. Reads JSON alone: what is asked for is never protobuf. */
export async function callSls(
  context: CallContext,
  operation: SlsOperation,
  signal: AbortSignal,
): Promise<CallOutcome> {
  const { name, region, project, method, query, body, timeoutMs, repeatable } = operation;
  const url = addressOf(context.endpoints.sls(region), region, project, operation.path);
  if (url === undefined) return noAddress(operation);
  const { userAgent } = context;
  return await callRepeatedly(
    context,
    {
      name,
      timeoutMs,
      repeatable,
      action: `log:${actions.get(name) ?? name}`,
      sign: (credential, timeMs) =>
        signSls({ method, url, query, body, timeMs, userAgent, region, operation: name }, credential),
      readError,
      requestId,
      isThrottled: (code) => throttled.has(code),
    },
    signal,
  );
}

function requestId(headers: Readonly<Record<string, string>>): string {
  return headers["x-log-requestid"] ?? "";
}

/** `{"errorCode", "errorMessage", "accessDeniedDetail"}` (documented: SLS, "Common error codes"). */
function readError(json: unknown, headers: Readonly<Record<string, string>>): ServiceError {
  const body = isRecord(json) ? json : {};
  const message = textAt(body, "errorMessage");
  return {
    code: textAt(body, "errorCode"),
    message,
    requestId: requestId(headers),
    action: deniedAction(body["accessDeniedDetail"]) ?? actionIn(message),
  };
}
