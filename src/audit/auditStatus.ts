import type { Addon, AddonName, AuditingStep, AuditStatus, UnknownReason } from "./cluster.ts";
import { type EligibilityFacts, ineligibilities, isWhollyIneligible } from "./eligibility.ts";

/** A change that is under way. */
export type StatusChange = { readonly kind: "turningOn" | "turningOff"; readonly step: AuditingStep };

/** What was found out about a cluster at one moment. */
export type StatusFacts = EligibilityFacts & {
  readonly asOfMs: number;
  /** Undefined where there is none, or where the records could not be asked. */
  readonly newestEventMs: number | undefined;
  readonly change: StatusChange | undefined;
  /** Why the add-ons are not known; then nothing can be said. */
  readonly unknown: UnknownReason | undefined;
};

/**
 * The status that the facts tell. What is installed goes before what the documentation promises: a cluster that has both
 * add-ons is audited as far as anyone can see, also where it should not be eligible.
 */
export function auditStatus(facts: StatusFacts): AuditStatus {
  const { addons, asOfMs, change, newestEventMs, unknown } = facts;
  if (change !== undefined) return { asOfMs, ...change };
  if (unknown !== undefined) return { asOfMs, kind: "unknown", reason: unknown };
  const missing = missingAddons(addons);
  if (missing.length === 0) return { asOfMs, kind: "on", addons, newestEventMs };
  const reasons = ineligibilities(facts);
  if (isWhollyIneligible(facts, reasons)) return { asOfMs, kind: "notEligible", reasons, newestEventMs };
  if (addons.length > 0) return { asOfMs, kind: "halfInstalled", addons, missing, newestEventMs };
  return { asOfMs, kind: "off", newestEventMs };
}

/** Either collector will do; where there is none, the one that the vendor guide installs is named. */
export function missingAddons(addons: readonly Addon[]): readonly AddonName[] {
  const has = (name: AddonName) => addons.some((addon) => addon.name === name);
  const missing: AddonName[] = [];
  if (!has("logtail-ds") && !has("loongcollector")) missing.push("logtail-ds");
  if (!has("ack-advanced-audit")) missing.push("ack-advanced-audit");
  return missing;
}
