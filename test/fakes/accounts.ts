import { isUnsigned, type Signed, skewLimitMs, type Unsigned } from "./signatures.ts";
import type { AccessKey, World } from "./world.ts";

/** Who makes a request, or why that is not known. The services word the same faults in their own ways. */
export type Refusal =
  | { readonly kind: "unsigned"; readonly unsigned: Unsigned }
  | { readonly kind: "timeUnreadable" }
  | { readonly kind: "skewed"; readonly requestMs: number; readonly serverMs: number }
  | { readonly kind: "keyUnknown"; readonly accessKeyId: string }
  | { readonly kind: "keyDisabled"; readonly accessKeyId: string }
  | { readonly kind: "tokenMissing" | "tokenInvalid" | "tokenExpired" }
  | { readonly kind: "nonceUsed" }
  | { readonly kind: "signature"; readonly signature: string };

export function isRefusal(value: AccessKey | Refusal): value is Refusal {
  return "kind" in value;
}

export function verified(
  world: World,
  signed: Signed | Unsigned,
  serverMs: number,
  tokensExpired: boolean,
): AccessKey | Refusal {
  if (isUnsigned(signed)) return { kind: "unsigned", unsigned: signed };
  const key = world.accessKeys.get(signed.accessKeyId);
  if (key === undefined) return { kind: "keyUnknown", accessKeyId: signed.accessKeyId };
  if (key.isDisabled) return { kind: "keyDisabled", accessKeyId: signed.accessKeyId };
  if (Number.isNaN(signed.atMs)) return { kind: "timeUnreadable" };
  if (Math.abs(serverMs - signed.atMs) > skewLimitMs) return { kind: "skewed", requestMs: signed.atMs, serverMs };
  if (key.securityToken !== undefined && signed.securityToken === undefined) return { kind: "tokenMissing" };
  if (signed.securityToken !== undefined && signed.securityToken !== key.securityToken) return { kind: "tokenInvalid" };
  if (tokensExpired || (key.expiresMs !== undefined && key.expiresMs <= serverMs)) return { kind: "tokenExpired" };
  if (!signed.matches(key.accessKeySecret)) return { kind: "signature", signature: signed.signature };
  if (signed.nonce !== undefined) {
    if (world.nonces.has(signed.nonce)) return { kind: "nonceUsed" };
    world.nonces.add(signed.nonce);
  }
  return key;
}

/** As RAM explains a denial, beside the error. */
export function accessDeniedDetail({ principal }: AccessKey, action: string, accountId: string): object {
  const types = { account: "Account", user: "SubUser", role: "AssumedRoleUser" } as const;
  return {
    AuthAction: action,
    AuthPrincipalDisplayName: principal.kind === "role" ? `${principal.name}:session` : principal.id,
    AuthPrincipalOwnerId: accountId,
    AuthPrincipalType: types[principal.kind],
    NoPermissionType: "ImplicitDeny",
    PolicyType: "AccountLevelIdentityBasedPolicy",
    EncodedDiagnosticMessage: Buffer.from(action).toString("base64"),
  };
}
