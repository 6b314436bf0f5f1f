import type { AuditUser } from "../audit/event.ts";

/** Who an account id is, as the cloud names it; texts of the cloud, shown as data. */
export type Identity = {
  readonly name: string;
  /** One line, worded by the host: what kind of account it is, and its other name. */
  readonly detail: string;
};

/** One name for a user, and what is to stand beside it: ids and further names, whole. */
export type NamedUser = { readonly name: string; readonly beside: readonly string[] };

/**
 * What was recorded comes first, where it is a name: ACK issues certificates to `<account id>-<time>`, which names nobody.
 * Undefined for a user of whom nothing is recorded.
 */
export function namedUser(
  { username, aliuid }: Pick<AuditUser, "username" | "aliuid">,
  identity: Identity | undefined,
): NamedUser | undefined {
  const recorded = username || aliuid;
  if (recorded === "") return undefined;
  const ids = aliuid === "" ? [] : [aliuid];
  if (identity === undefined || identity.name === "") return { name: recorded, beside: username === "" ? [] : ids };
  const isId = recorded === aliuid || (aliuid !== "" && username.startsWith(`${aliuid}-`));
  if (isId) return { name: identity.name, beside: ids };
  return { name: recorded, beside: identity.name === recorded ? ids : [identity.name, ...ids] };
}
