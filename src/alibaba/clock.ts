import type { CallContext } from "./call.ts";
import type { HttpAnswer } from "./http.ts";

/** Both gateways refuse from a quarter of an hour on. A smaller difference is not why a request was refused. */
const noticeableMs = 60_000;

/** By how much the servers' clock is ahead of this machine's, for as long as an account lives. */
const skews = new WeakMap<CallContext["credentials"], number>();

/** Milliseconds since 1970 as the servers have them. */
export function serverTime(context: CallContext): number {
  return context.now() + skewMs(context);
}

export function skewMs(context: CallContext): number {
  return skews.get(context.credentials) ?? 0;
}

/**
 * Corrects the clock by the `Date` of an answer that refused a request for its time. `usedMs` is the skew with which that
 * was signed: another request may have corrected it since. Says whether a new try would be signed with another time.
 */
export function correctClock(context: CallContext, answer: HttpAnswer, usedMs: number): boolean {
  if (skewMs(context) !== usedMs) return true;
  const dateMs = Date.parse(answer.headers["date"] ?? "");
  const foundMs = dateMs - context.now();
  // Written so that an answer without a date changes nothing.
  if (!(Math.abs(foundMs - usedMs) >= noticeableMs)) return false;
  skews.set(context.credentials, foundMs);
  context.report({ kind: "clockCorrected", byMs: foundMs });
  return true;
}
