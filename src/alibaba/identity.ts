import type { CallContext, CallFailure } from "./call.ts";
import { callSts } from "./callSts.ts";
import { isRecord, textAt } from "./serviceError.ts";

/** Who signs the requests of an account. */
export type CallerIdentity = {
  readonly kind: "identity";
  readonly type: "Account" | "RAMUser" | "AssumedRoleUser";
  /** The Alibaba Cloud account, a number of sixteen digits. */
  readonly accountId: string;
  /** E.g. `acs:ram::1968132000123456:user/admin`. */
  readonly arn: string;
  readonly userId: string | undefined;
  readonly roleId: string | undefined;
};

/** Asks STS who signs (GetCallerIdentity, which needs no permission). An empty region asks the central endpoint. */
export async function callerIdentity(
  context: CallContext,
  region: string,
  signal: AbortSignal,
): Promise<CallerIdentity | CallFailure> {
  const outcome = await callSts(context, { name: "GetCallerIdentity", region, parameters: {} }, signal);
  if (outcome.kind !== "ok") return outcome;
  return readIdentity(outcome.json) ?? { kind: "malformed", detail: "GetCallerIdentity", requestId: outcome.requestId };
}

function readIdentity(json: unknown): CallerIdentity | undefined {
  if (!isRecord(json)) return undefined;
  const text = (field: string) => textAt(json, field) || undefined;
  // Of the documentation's pages some write RAMUser, others RamUser.
  const type = (["Account", "RAMUser", "AssumedRoleUser"] as const).find(
    (known) => known.toLowerCase() === text("IdentityType")?.toLowerCase(),
  );
  const accountId = text("AccountId");
  const arn = text("Arn");
  if (type === undefined || accountId === undefined || arn === undefined) return undefined;
  return { kind: "identity", type, accountId, arn, userId: text("UserId"), roleId: text("RoleId") };
}
