import type { CallContext, CallFailure, CallOutcome } from "./call.ts";
import { correctClock, serverTime, skewMs } from "./clock.ts";
import { type Credential, isCredentialFailure, isSameCredential, withoutSecrets } from "./credential.ts";
import type { HttpAnswer, HttpRequest, TransportFailure } from "./http.ts";

/** What the loop needs to know of an operation and of the service that has it. */
export type Call = {
  /** Of the operation, for messages. */
  readonly name: string;
  readonly timeoutMs: number;
  readonly repeatable: boolean;
  /** The RAM action that the operation needs. */
  readonly action: string;
  sign(credential: Credential, timeMs: number): Promise<HttpRequest>;
  /** What an answer says of its failure, and which request it answers. */
  readError(json: unknown, headers: Readonly<Record<string, string>>): ServiceError;
  requestId(headers: Readonly<Record<string, string>>): string;
  /** Quotas that a later try meets again, as this service names them. */
  isThrottled(code: string): boolean;
};

export type ServiceError = {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  /** The action that `accessDeniedDetail` or the message names. */
  readonly action: string | undefined;
};

type Kind = "throttled" | "unavailable" | "connection" | "answer";

/**
 * How often each kind of failure is tried again; all together five times. A name that nobody knows and a closed port are
 * rarely cured by waiting, and a request that took its whole time should not take it six times.
 */
const retries: Readonly<Record<Kind, number>> = { throttled: 5, unavailable: 5, connection: 2, answer: 1 };
const allRetries = 5;

const firstWaitMs: Readonly<Record<Kind, number>> = { throttled: 500, unavailable: 200, connection: 200, answer: 200 };
const longestWaitMs = 10_000;
/** A service that asks for more is not waited for. */
const longestRetryAfterMs = 60_000;

/** Codes of a clock that is off: SLS's two, the gateway's, and the older one of RPC. */
const clockCodes = /^(RequestTimeTooSkewed|RequestTimeExpired|InvalidTimeStamp(\..*)?|IllegalTimestamp)$/;

/**
 * Makes a call until it has an outcome that trying again would not change. What cannot be repeated is only sent again where
 * it surely was not done: never arrived, or was refused before anything was begun.
 */
export async function callRepeatedly(context: CallContext, call: Call, signal: AbortSignal): Promise<CallOutcome> {
  const count: Record<Kind, number> = { throttled: 0, unavailable: 0, connection: 0, answer: 0 };
  let attempts = 0;
  let renewed = false;
  let corrected = false;
  for (;;) {
    const credential = await unlessAborted(context.credentials.current(signal), signal);
    if (signal.aborted || credential === undefined) return abortedCall(call.name);
    if (isCredentialFailure(credential)) return { kind: "noCredential", failure: credential };

    const usedSkewMs = skewMs(context);
    const request = await call.sign(credential, serverTime(context));
    if (signal.aborted) return abortedCall(call.name);
    const answer = await unlessAborted(
      context.transport.send(call.repeatable ? request : { ...request, freshConnection: true }, {
        signal,
        timeoutMs: call.timeoutMs,
      }),
      signal,
    );
    if (signal.aborted || answer === undefined) return abortedCall(call.name);

    const outcome = read(call, answer, credential);
    if (outcome.kind === "ok" || outcome.kind === "malformed") return outcome;

    if (outcome.kind === "refused" && answer.kind === "answer") {
      if (!corrected && clockCodes.test(outcome.code) && correctClock(context, answer, usedSkewMs)) {
        corrected = true;
        continue;
      }
      if (!renewed && isCredentialRefused(outcome, credential)) {
        renewed = true;
        if (await isRenewed(context, credential, signal)) continue;
        return signal.aborted ? abortedCall(call.name) : outcome;
      }
    }

    const kind = retryKind(call, outcome);
    if (kind === undefined || attempts >= allRetries || count[kind] >= retries[kind]) return outcome;
    const waitMs = waitFor(context, kind, count[kind], answer);
    if (waitMs === undefined) return outcome;
    count[kind] += 1;
    attempts += 1;
    if (kind === "throttled") context.report({ kind: "throttled", operation: call.name, waitMs });
    else context.report({ kind: "retry", operation: call.name, attempt: attempts, waitMs, why: why(outcome) });
    await context.sleep(waitMs, signal);
    if (signal.aborted) return abortedCall(call.name);
  }
}

function read(call: Call, answer: HttpAnswer | TransportFailure, credential: Credential): CallOutcome {
  if (answer.kind === "failure") return { kind: "noAnswer", failure: answer };
  const { status, headers } = answer;
  const clean = (text: string): string => withoutSecrets(text, [credential.accessKeySecret, credential.securityToken]);
  const requestId = call.requestId(headers);
  const json = parsed(answer.body);
  if (status >= 200 && status < 300) {
    if (json === notJson) {
      const type = headers["content-type"] ?? "";
      return { kind: "malformed", detail: `${call.name}: ${status} ${type} ${answer.body.length} B`, requestId };
    }
    return { kind: "ok", headers, json, requestId };
  }
  const error = call.readError(json === notJson ? undefined : json, headers);
  const told = { code: clean(error.code), message: clean(error.message), requestId: error.requestId || requestId };
  if (status === 429 || call.isThrottled(error.code)) return { kind: "throttled", ...told };
  return {
    kind: "refused",
    status,
    ...told,
    action: isDenial(status, error) ? (error.action ?? call.action) : undefined,
  };
}

/** SLS calls a denial by RAM `Unauthorized`; a missing or wrong token it calls the same, but names no action then. */
function isDenial(status: number, { code, action }: ServiceError): boolean {
  return (
    action !== undefined ||
    ((status === 401 || status === 403) &&
      /^(Unauthorized|Forbidden|NoPermission|StatusForbidden|AccessDenied|ErrorCheckAcl|ErrorRamPolicyConfig)\b/.test(
        code,
      ))
  );
}

type Refused = Extract<CallFailure, { kind: "refused" }>;

/** Whether another credential could be accepted: a token that expired or is wrong, and the key that came with it. */
function isCredentialRefused({ code, message }: Refused, { securityToken }: Credential): boolean {
  if (/SecurityToken/i.test(code)) return true;
  if (securityToken === undefined) return false;
  // A key of STS is unknown as soon as its token has expired.
  return /^InvalidAccessKeyId/.test(code) || (code === "Unauthorized" && !namesAction(message));
}

async function isRenewed(context: CallContext, refused: Credential, signal: AbortSignal): Promise<boolean> {
  context.credentials.invalidate(refused);
  const next = await unlessAborted(context.credentials.current(signal), signal);
  // Sending the same again would only be refused again; without a credential the loop says why.
  if (signal.aborted || next === undefined) return false;
  if (isCredentialFailure(next)) return true;
  if (isSameCredential(next, refused)) return false;
  context.report({ kind: "credentialRenewed" });
  return true;
}

/** The action in a message such as `denied by sts or ram, action: log:GetIndex` or `Forbidden for action cs:ScaleCluster`. */
export function actionIn(message: string): string | undefined {
  return /\baction:?\s+["'`]?([a-z][a-z0-9-]*:[A-Za-z0-9*]+)/i.exec(message)?.[1];
}

function namesAction(message: string): boolean {
  return actionIn(message) !== undefined;
}

function retryKind(call: Call, outcome: CallFailure): Kind | undefined {
  switch (outcome.kind) {
    case "throttled":
      // Refused before anything was begun.
      return "throttled";
    case "refused":
      if (!call.repeatable) return undefined;
      // Something on the way sent the request twice. A new try has a new nonce.
      if (outcome.code === "SignatureNonceUsed") return "answer";
      return outcome.status >= 500 && outcome.status !== 501 ? "unavailable" : undefined;
    case "noAnswer":
      switch (outcome.failure.reason) {
        case "dns":
        case "refused":
        case "proxy":
          return "connection";
        case "reset":
          return call.repeatable ? "unavailable" : undefined;
        case "timeout":
        case "compression":
          return call.repeatable ? "answer" : undefined;
        case "aborted":
        case "tls":
        case "tooLarge":
          return undefined;
        default:
          return outcome.failure.reason satisfies never;
      }
    case "malformed":
    case "noCredential":
      return undefined;
    default:
      return outcome satisfies never;
  }
}

/** Exponential back-off with full jitter, after what the service itself asks for. Undefined where it asks for too much. */
function waitFor(
  context: CallContext,
  kind: Kind,
  before: number,
  answer: HttpAnswer | TransportFailure,
): number | undefined {
  const jitterMs = Math.round(context.random() * Math.min(longestWaitMs, firstWaitMs[kind] * 2 ** before));
  const askedMs = answer.kind === "answer" ? retryAfterMs(answer.headers["retry-after"] ?? "", serverTime(context)) : 0;
  return askedMs > longestRetryAfterMs ? undefined : askedMs + jitterMs;
}

/** Seconds, or a date. */
function retryAfterMs(text: string, nowMs: number): number {
  const waitMs = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return waitMs > 0 ? waitMs : 0;
}

function why(outcome: CallFailure): string {
  switch (outcome.kind) {
    case "refused":
      return `${outcome.status} ${outcome.code}`.trim();
    case "noAnswer":
      return `${outcome.failure.reason} ${outcome.failure.detail}`;
    case "throttled":
    case "malformed":
    case "noCredential":
      return outcome.kind;
    default:
      return outcome satisfies never;
  }
}

/** Of an operation whose region or project can be no part of a host name. */
export function noAddress({ name, region }: { readonly name: string; readonly region: string }): CallFailure {
  return { kind: "noAnswer", failure: { kind: "failure", reason: "dns", detail: `${name} ${region}` } };
}

const notJson = Symbol("not JSON");

function parsed(body: Uint8Array): unknown {
  const text = new TextDecoder().decode(body);
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
}

function abortedCall(operation: string): CallFailure {
  return { kind: "noAnswer", failure: { kind: "failure", reason: "aborted", detail: operation } };
}

/** Undefined as soon as the signal fires, whether or not what is waited for heeds it. */
async function unlessAborted<Value>(waiting: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  if (signal.aborted) return undefined;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const aborted = (): void => resolve(undefined);
  signal.addEventListener("abort", aborted);
  try {
    return await Promise.race([waiting, promise]);
  } finally {
    signal.removeEventListener("abort", aborted);
  }
}
