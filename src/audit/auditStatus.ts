import type { Addon, AddonName, AuditingStep, AuditStatus, Doubt, LogstoreFacts, UnknownReason } from "./cluster.ts";
import { type EligibilityFacts, ineligibilities, isWhollyIneligible, leftOutNodes } from "./eligibility.ts";

/** A change that is under way. */
export type StatusChange = { readonly kind: "turningOn" | "turningOff"; readonly step: AuditingStep };

/** What was asked about a cluster. */
export type FactSubject =
  | "addons"
  | "addonHealth"
  | "offers"
  | "nodePools"
  | "nodes"
  | "hardening"
  | "cpfs"
  | "project"
  | "logstore"
  | "index"
  | "billing"
  | "newestEvent";

/** What could not be found out, and why: what depends on it stays open. */
export type Unanswered = {
  readonly subject: FactSubject;
  readonly reason: UnknownReason | { readonly code: "notAsked" };
};

/** What was found out about a cluster at one moment. */
export type StatusFacts = EligibilityFacts & {
  readonly asOfMs: number;
  /** Undefined where there is none, or where the records could not be asked. */
  readonly newestEventMs: number | undefined;
  /** Undefined where it could not be asked. */
  readonly logstore: LogstoreFacts | undefined;
  readonly change: StatusChange | undefined;
  /** Why the add-ons are not known; then nothing can be said. */
  readonly unknown: UnknownReason | undefined;
  readonly unanswered: readonly Unanswered[];
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
  if (missing.length === 0) {
    const found = doubts(facts);
    return { asOfMs, kind: "on", addons, newestEventMs, ...(found.length === 0 ? {} : { doubts: found }) };
  }
  const reasons = ineligibilities(facts);
  if (isWhollyIneligible(facts, reasons)) return { asOfMs, kind: "notEligible", reasons, newestEventMs };
  if (missing.includes("ack-advanced-audit") && !isOffered(facts)) {
    return { asOfMs, kind: "notOffered", addons, newestEventMs };
  }
  if (addons.length > 0) return { asOfMs, kind: "halfInstalled", addons, missing, newestEventMs };
  return { asOfMs, kind: "off", newestEventMs };
}

/** Whether ACK offers ack-advanced-audit for the cluster, as far as that is known. */
function isOffered({ offers }: EligibilityFacts): boolean {
  return offers === undefined || offers.some(({ name }) => name === "ack-advanced-audit");
}

/** Either collector will do; where there is none, the one that the vendor guide installs is named. */
export function missingAddons(addons: readonly Addon[]): readonly AddonName[] {
  const has = (name: AddonName) => addons.some((addon) => addon.name === name);
  const missing: AddonName[] = [];
  if (!has("logtail-ds") && !has("loongcollector")) missing.push("logtail-ds");
  if (!has("ack-advanced-audit")) missing.push("ack-advanced-audit");
  return missing;
}

/** What speaks against it that everything is recorded where both add-ons are installed. */
function doubts(facts: StatusFacts): readonly Doubt[] {
  const { addons, logstore } = facts;
  const reasons = ineligibilities(facts);
  const found: Doubt[] = [];
  for (const { name: addon, state } of addons) {
    if (state === "unhealthy") found.push({ code: "addon-unhealthy", addon });
    if (state === "changing") found.push({ code: "addon-changing", addon });
  }
  for (const reason of reasons) {
    if (reason.code !== "addon-version") continue;
    const { version, needed, because } = reason;
    found.push({ code: "addon-too-old", version, needed, because });
  }
  if (logstore !== undefined) {
    if (!logstore.exists) found.push({ code: "logstore-missing", logstore: logstore.name });
    else if (logstore.hasIndex === false) found.push({ code: "index-missing", logstore: logstore.name });
    // Query-type Logstores have no SQL; every count and report of audit logs is SQL.
    if (logstore.mode === "query") found.push({ code: "no-sql", logstore: logstore.name });
  }
  const nodes = leftOutNodes(facts, reasons);
  if (nodes.length > 0) found.push({ code: "nodes-left-out", nodes });
  return found;
}
