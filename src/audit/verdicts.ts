import { missingAddons, type StatusFacts } from "./auditStatus.ts";
import type { Addon, AddonName } from "./cluster.ts";
import {
  type EligibilityCheck,
  eligibilityVerdicts,
  type Subject,
  type Verdict,
  type VerdictOutcome,
} from "./eligibility.ts";

export type AuditCheck =
  | EligibilityCheck
  /** Either collector is installed and healthy. */
  | "collector"
  | "auditing-addon"
  /** ACK offers ack-advanced-audit for the cluster. */
  | "offer"
  | "logstore"
  | "index"
  /** The Logstore answers SQL. */
  | "sql"
  | "events";

/**
 * All that was checked to tell whether a cluster is audited, what is fine too: first what is installed, then where the
 * records lie, then what the documented limits say. Empty where the add-ons could not be asked.
 */
export function auditVerdicts(facts: StatusFacts): readonly Verdict<AuditCheck>[] {
  return [...addonVerdicts(facts), ...logstoreVerdicts(facts), ...eligibilityVerdicts(facts)];
}

function verdict(
  check: AuditCheck,
  outcome: VerdictOutcome,
  found: string,
  source: Verdict["source"],
  needed?: string,
): Verdict<AuditCheck> {
  return { check, subject: { kind: "cluster" }, outcome, found, needed, because: undefined, source };
}

const installs: Verdict["source"] = { basis: "documented", page: "limits" };
const slsAnswers: Verdict["source"] = { basis: "documented", page: "slsApi" };

function addonVerdicts({ addons, offers, unknown }: StatusFacts): readonly Verdict<AuditCheck>[] {
  if (unknown !== undefined) {
    return [verdict("collector", "unknown", "", installs), verdict("auditing-addon", "unknown", "", installs)];
  }
  const of = (...names: readonly AddonName[]) => addons.filter(({ name }) => names.includes(name));
  const collectors = of("logtail-ds", "loongcollector");
  const auditing = of("ack-advanced-audit");
  const collector = best(collectors);
  const offered = offers?.find(({ name }) => name === "ack-advanced-audit");
  return [
    verdict("collector", addonOutcome(collector), addonFound(collector), installs, "logtail-ds / loongcollector"),
    verdict("auditing-addon", addonOutcome(best(auditing)), addonFound(best(auditing)), installs, "ack-advanced-audit"),
    // That an account that is not allow-listed is not offered the add-on is inferred; ACK documents the ticket alone.
    verdict(
      "offer",
      offers === undefined ? "unknown" : offered !== undefined || auditing.length > 0 ? "passes" : "fails",
      offered === undefined ? "" : `${offered.name} ${offered.version}`,
      { basis: "inferred", page: "limits" },
      "ack-advanced-audit",
    ),
  ];
}

/** Of two collectors the healthier one counts. */
function best(addons: readonly Addon[]): Addon | undefined {
  const order = ["active", "changing", "unhealthy"];
  return addons.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0];
}

function addonOutcome(addon: Addon | undefined): VerdictOutcome {
  if (addon === undefined) return "fails";
  switch (addon.state) {
    case "unhealthy":
      return "fails";
    case "changing":
      return "doubtful";
    case "active":
      return "passes";
    default:
      return addon.state satisfies never;
  }
}

function addonFound(addon: Addon | undefined): string {
  return addon === undefined
    ? ""
    : `${addon.name} ${addon.version}${addon.state === "active" ? "" : ` (${addon.state})`}`;
}

function logstoreVerdicts({
  addons,
  logstore,
  newestEventMs,
  unanswered,
}: StatusFacts): readonly Verdict<AuditCheck>[] {
  const isInstalled = missingAddons(addons).length === 0;
  const isUnasked = unanswered.some(({ subject }) => subject === "newestEvent");
  const events = verdict(
    "events",
    // Where nobody has entered a container there is nothing to record, so that no event has come proves nothing.
    newestEventMs !== undefined ? "passes" : isUnasked ? "unknown" : "doubtful",
    newestEventMs === undefined ? "" : new Date(newestEventMs).toISOString(),
    slsAnswers,
  );
  if (logstore === undefined) {
    return [
      verdict("logstore", "unknown", "", slsAnswers),
      ...(isInstalled || newestEventMs !== undefined ? [events] : []),
    ];
  }
  // Nobody expects a Logstore before the add-ons are there; uninstalling them leaves it.
  if (!logstore.exists) {
    return isInstalled ? [verdict("logstore", "fails", logstore.name, slsAnswers), events] : [];
  }
  const { hasIndex, mode } = logstore;
  return [
    verdict("logstore", "passes", `${logstore.project} / ${logstore.name}`, slsAnswers),
    verdict("index", hasIndex === undefined ? "unknown" : hasIndex ? "passes" : "fails", "", slsAnswers),
    verdict(
      "sql",
      mode === undefined ? "unknown" : mode === "query" ? "fails" : "passes",
      mode ?? "",
      slsAnswers,
      "standard",
    ),
    events,
  ];
}

/** Verdicts that say the same of several nodes or node pools. */
export type VerdictGroup = Omit<Verdict<AuditCheck>, "subject"> & {
  readonly of: "cluster" | "nodePools" | "nodes";
  /** Empty for the cluster. */
  readonly names: readonly string[];
};

const outcomeOrder: readonly VerdictOutcome[] = ["fails", "doubtful", "unknown", "passes"];

/** A cluster of five hundred nodes has one line for those that are alike. What fails comes first. */
export function groupVerdicts(verdicts: readonly Verdict<AuditCheck>[]): readonly VerdictGroup[] {
  const groups = new Map<string, VerdictGroup & { readonly names: string[] }>();
  for (const { subject, ...verdict } of verdicts) {
    const { check, outcome, found, needed, because } = verdict;
    const key = JSON.stringify([check, outcome, found, needed, because, subject.kind]);
    const group = groups.get(key) ?? { ...verdict, of: groupOf(subject), names: [] };
    groups.set(key, group);
    if (subject.kind !== "cluster") group.names.push(subject.name);
  }
  return [...groups.values()].toSorted((a, b) => outcomeOrder.indexOf(a.outcome) - outcomeOrder.indexOf(b.outcome));
}

function groupOf(subject: Subject): VerdictGroup["of"] {
  switch (subject.kind) {
    case "cluster":
      return "cluster";
    case "nodePool":
      return "nodePools";
    case "node":
      return "nodes";
    default:
      return subject satisfies never;
  }
}
