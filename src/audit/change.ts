import { missingAddons, type StatusChange } from "./auditStatus.ts";
import type { Addon, AddonName, Cluster, Ineligibility, OfferedAddon } from "./cluster.ts";
import { compareVersions, type EligibilityFacts, ineligibilities, isWhollyIneligible } from "./eligibility.ts";
import { auditLogstore, type LogstoreName, type ProjectName } from "./ids.ts";

/** What a person can want to be changed. */
export type Change =
  | { readonly kind: "turnOn" | "turnOff" | "upgrade" | "deleteLogstore" }
  | { readonly kind: "changeRetention"; readonly days: number };

export type ChangeKind = Change["kind"];

/** The Logstore of a cluster as far as its changes need it. */
export type LogstoreSettings = {
  readonly retentionDays: number;
  /** Undefined where the records do not move to a colder tier. */
  readonly hotDays: number | undefined;
  /** Undefined where it could not be read. */
  readonly billing: "ChargeByFunction" | "ChargeByDataIngest" | undefined;
};

/** A change of add-ons that ACK is at, begun by whomever. */
export type RunningTask = { readonly id: string; readonly type: string };

/** What was found out for a plan, at one moment. */
export type ChangeFacts = EligibilityFacts & {
  readonly asOfMs: number;
  readonly account: "sample" | "cloud";
  readonly isReadOnly: boolean;
  readonly tasks: readonly RunningTask[];
  readonly project: ProjectName;
  readonly logstore: LogstoreSettings | "missing" | "unknown";
};

/** What is done, in this order. Everything that changes something is one request, so nothing is begun behind a person's back later. */
export type ChangeStep =
  | { readonly kind: "install"; readonly addon: AddonName; readonly version: string }
  | { readonly kind: "upgrade"; readonly addon: AddonName; readonly from: string; readonly to: string }
  | { readonly kind: "uninstall"; readonly addon: AddonName; readonly version: string }
  | { readonly kind: "awaitFirstEvent" }
  | { readonly kind: "setRetention"; readonly fromDays: number; readonly toDays: number }
  | { readonly kind: "deleteLogstore" };

/** What a person has to know before they agree. */
export type ChangeNote =
  /** An add-on that is there and is not touched. */
  | { readonly kind: "addonStays"; readonly addon: AddonName; readonly version: string }
  /** Where records will lie, and for how long; 180 days is what a new Logstore keeps (documented: GUIDE, ZH). */
  | {
      readonly kind: "recordsGoTo";
      readonly isNew: boolean;
      readonly retentionDays: number | undefined;
    }
  | { readonly kind: "cost"; readonly billing: LogstoreSettings["billing"] }
  /** Documented: every release note of ack-advanced-audit after 0.1.0 says so (container-auditing.md §0). */
  | { readonly kind: "execMayFail" }
  /** Nodes that are not audited although the cluster is. */
  | { readonly kind: "someNodesNot"; readonly reasons: readonly Ineligibility[] }
  | { readonly kind: "nodesUnknown" }
  | { readonly kind: "recordingStops" }
  /** Documented: uninstalling never deletes the Logstore, and its charges go on. */
  | { readonly kind: "logstoreStays"; readonly retentionDays: number | undefined }
  | { readonly kind: "olderDeleted"; readonly days: number }
  | { readonly kind: "keptForever" }
  | { readonly kind: "hotTierStays"; readonly days: number }
  /** Records cannot stay hot for longer than they are kept, so this becomes shorter too. */
  | { readonly kind: "hotTierCut"; readonly fromDays: number; readonly toDays: number }
  | { readonly kind: "recordsDeleted"; readonly retentionDays: number }
  /** Inferred: the collector creates the Logstore that the installed add-on writes into. */
  | { readonly kind: "mayComeBack"; readonly addon: AddonName }
  | { readonly kind: "inSample" };

/** Why a change is not made. Each is an end that a person can do something about. */
export type ChangeBlocker =
  | { readonly kind: "readOnly" }
  | { readonly kind: "notEligible"; readonly reasons: readonly Ineligibility[] }
  /** `policy` is a RAM policy that allows this change, to be given to whoever administers the account. */
  | { readonly kind: "permissionMissing"; readonly action: string; readonly policy: string }
  | { readonly kind: "alreadyOn"; readonly addons: readonly Addon[] }
  | { readonly kind: "notInstalled" }
  | { readonly kind: "alreadyNewest"; readonly version: string }
  | {
      readonly kind: "concurrentChange";
      readonly addon: AddonName | undefined;
      readonly taskId: string | undefined;
    }
  /** ACK offers container auditing to accounts that asked for it by ticket (documented: ZH, EN25; that others are not offered the add-on is inferred). */
  | { readonly kind: "notOffered"; readonly addon: AddonName }
  | { readonly kind: "noLogstore" }
  | { readonly kind: "sameRetention"; readonly days: number }
  | { readonly kind: "invalidRetention"; readonly days: number }
  /** The service answered and refused; code and message are its own. */
  | { readonly kind: "refused"; readonly code: string; readonly message: string; readonly requestId: string }
  | { readonly kind: "unreachable"; readonly why: "network" | "malformed" | "credential"; readonly detail: string };

export type ChangePlan = {
  readonly change: Change;
  readonly cluster: Pick<Cluster, "id" | "name" | "region">;
  readonly account: ChangeFacts["account"];
  readonly asOfMs: number;
  /** Undefined where it could not be found out; then something blocks the plan. */
  readonly project: ProjectName | undefined;
  readonly logstore: LogstoreName;
  /** None where something blocks the plan. */
  readonly steps: readonly ChangeStep[];
  readonly notes: readonly ChangeNote[];
  readonly blockers: readonly ChangeBlocker[];
};

/** A change that was sent to ACK and is waited for. It holds no secret, so that it can be kept over a reload of the window. */
export type ChangeUnderWay = {
  readonly change: Extract<ChangeKind, "turnOn" | "turnOff" | "upgrade">;
  readonly cluster: ChangePlan["cluster"];
  readonly project: ProjectName;
  readonly steps: readonly ChangeStep[];
  readonly startedMs: number;
  /** Undefined until ACK has answered, and where it named none. */
  readonly taskId: string | undefined;
};

/** How far ACK is with a task: the name that it gives the stage, and how many of its stages are done. */
export type TaskStage = { readonly name: string | undefined; readonly done: number; readonly of: number };

export type ChangeProgress =
  /** Told before the request is sent, and again with its task. Whoever keeps it can resume the waiting. */
  | { readonly kind: "begun"; readonly underWay: ChangeUnderWay }
  | {
      readonly kind: "waiting";
      /** As the status of the cluster has it; undefined for changes that are no such step. */
      readonly status: StatusChange | undefined;
      readonly stage: TaskStage | undefined;
    }
  | { readonly kind: "ended"; readonly end: ChangeEnd };

/** What a change has come to. */
export type ChangeEnd =
  /** Confirmed by reading again. After turning on, `newestEventMs` is that of the event that was waited for. */
  | { readonly kind: "done"; readonly newestEventMs: number | undefined }
  /** Auditing is on, confirmed, and no event has been seen in this time since it was asked for; `by`: the log could not be asked. */
  | { readonly kind: "noEventYet"; readonly waitedMs: number; readonly by: ChangeBlocker | undefined }
  /** ACK says that it is done, and not everything is there. */
  | { readonly kind: "halfInstalled"; readonly addons: readonly Addon[]; readonly missing: readonly AddonName[] }
  /** Everything is installed, and ACK calls a part of it unhealthy. */
  | { readonly kind: "unhealthy"; readonly addons: readonly Addon[] }
  /** The service says that it is done, and what is there does not show it. */
  | { readonly kind: "unconfirmed" }
  /** ACK's own code and message. */
  | { readonly kind: "taskFailed"; readonly taskId: string; readonly code: string; readonly message: string }
  /** Longer than such a task takes; ACK goes on with it. */
  | { readonly kind: "stillUnderWay"; readonly taskId: string | undefined; readonly waitedMs: number }
  /** Only the waiting ended: what was sent is carried out all the same. */
  | { readonly kind: "cancelledWaiting"; readonly at: "before" | "task" | "firstEvent" }
  /** Nothing was changed. */
  | { readonly kind: "blocked"; readonly by: ChangeBlocker }
  /** It was sent, or may have been, and what has become of it cannot be asked. */
  | { readonly kind: "outcomeUnknown"; readonly by: ChangeBlocker; readonly taskId: string | undefined }
  /** What was confirmed is not what would be done now. */
  | { readonly kind: "planOutdated" };

export const minRetentionDays = 1;
/** SLS keeps records of a Logstore with this retention for ever (documented: UpdateLogStore). */
export const foreverDays = 3650;

export function isRetention(days: number): boolean {
  return Number.isInteger(days) && days >= minRetentionDays && days <= foreverDays;
}

/** A retention as a person types it; undefined for everything that SLS would not take. */
export function readRetention(text: string): number | undefined {
  const trimmed = text.trim();
  const days = /^\d{1,4}$/.test(trimmed) ? Number(trimmed) : Number.NaN;
  return isRetention(days) ? days : undefined;
}

/** What would be done and what speaks against it, told from facts alone. */
export function planChange(change: Change, facts: ChangeFacts): ChangePlan {
  const { steps, notes, blockers } = draftOf(change, facts);
  const all: readonly ChangeBlocker[] = facts.isReadOnly ? [{ kind: "readOnly" }, ...blockers] : blockers;
  const { id, name, region } = facts.cluster;
  return {
    change,
    cluster: { id, name, region },
    account: facts.account,
    asOfMs: facts.asOfMs,
    project: facts.project,
    logstore: auditLogstore(id),
    // A read-only account still shows what would be done.
    steps: blockers.length > 0 ? [] : steps,
    notes: facts.account === "sample" ? [...notes, { kind: "inSample" }] : notes,
    blockers: all,
  };
}

/** The plan where the facts could not be had. */
export function blockedPlan(
  change: Change,
  cluster: ChangePlan["cluster"],
  by: ChangeBlocker,
  asOfMs: number,
): ChangePlan {
  const logstore = auditLogstore(cluster.id);
  return {
    change,
    cluster,
    account: "cloud",
    asOfMs,
    project: undefined,
    logstore,
    steps: [],
    notes: [],
    blockers: [by],
  };
}

/** Whether a person who agreed to the one agreed to the other: all that they were told is the same. */
export function isSamePlan(agreed: ChangePlan, now: ChangePlan): boolean {
  const told = ({ change, cluster, project, steps, notes }: ChangePlan) =>
    JSON.stringify({ change, cluster, project, steps, notes });
  return told(agreed) === told(now);
}

type Draft = Pick<ChangePlan, "steps" | "notes" | "blockers">;

function blocked(...blockers: readonly ChangeBlocker[]): Draft {
  return { steps: [], notes: [], blockers };
}

function draftOf(change: Change, facts: ChangeFacts): Draft {
  switch (change.kind) {
    case "turnOn":
      return turnOn(facts);
    case "turnOff":
      return turnOff(facts);
    case "upgrade":
      return upgrade(facts);
    case "changeRetention":
      return changeRetention(change.days, facts);
    case "deleteLogstore":
      return deleteLogstore(facts);
    default:
      return change satisfies never;
  }
}

function turnOn(facts: ChangeFacts): Draft {
  const underWay = concurrentChange(facts);
  if (underWay !== undefined) return blocked(underWay);
  const lacking = missingAddons(facts.addons);
  if (lacking.length === 0) return blocked({ kind: "alreadyOn", addons: facts.addons });
  const reasons = ineligibilities(facts);
  if (isWhollyIneligible(facts, reasons)) return blocked({ kind: "notEligible", reasons });
  const steps: ChangeStep[] = [];
  const notOffered: ChangeBlocker[] = [];
  for (const name of lacking) {
    const offer = offerOf(name, facts.offers ?? []);
    if (offer === undefined) notOffered.push({ kind: "notOffered", addon: name });
    else steps.push({ kind: "install", addon: offer.name, version: offer.version });
  }
  if (notOffered.length > 0) return blocked(...notOffered);
  const ofNodes = reasons.filter((reason) => "node" in reason);
  const notes: ChangeNote[] = [
    ...facts.addons.map(stays),
    { kind: "recordsGoTo", isNew: facts.logstore === "missing", retentionDays: retentionOf(facts) },
    { kind: "cost", billing: typeof facts.logstore === "object" ? facts.logstore.billing : undefined },
    { kind: "execMayFail" },
  ];
  if (facts.nodes === undefined) notes.push({ kind: "nodesUnknown" });
  else if (ofNodes.length > 0) notes.push({ kind: "someNodesNot", reasons: ofNodes });
  return { steps: [...steps, { kind: "awaitFirstEvent" }], notes, blockers: [] };
}

function turnOff(facts: ChangeFacts): Draft {
  const underWay = concurrentChange(facts);
  if (underWay !== undefined) return blocked(underWay);
  const installed = auditingOf(facts);
  if (installed === undefined) return blocked({ kind: "notInstalled" });
  const retentionDays = typeof facts.logstore === "object" ? facts.logstore.retentionDays : undefined;
  return {
    steps: [{ kind: "uninstall", addon: installed.name, version: installed.version }],
    notes: [
      { kind: "recordingStops" },
      ...facts.addons.filter((addon) => addon !== installed).map(stays),
      { kind: "logstoreStays", retentionDays },
    ],
    blockers: [],
  };
}

/** Only the auditing add-on: the collector collects other logs too, and is upgraded by whoever answers for those. */
function upgrade(facts: ChangeFacts): Draft {
  const underWay = concurrentChange(facts);
  if (underWay !== undefined) return blocked(underWay);
  const installed = auditingOf(facts);
  if (installed === undefined) return blocked({ kind: "notInstalled" });
  const offer = facts.offers?.find(({ name }) => name === installed.name);
  if (offer === undefined) return blocked({ kind: "notOffered", addon: installed.name });
  // A version that cannot be compared is offered as ACK names it, unless it is the very same.
  const isNewer = !(compareVersions(offer.version, installed.version) <= 0) && offer.version !== installed.version;
  if (!isNewer) return blocked({ kind: "alreadyNewest", version: installed.version });
  return {
    steps: [{ kind: "upgrade", addon: installed.name, from: installed.version, to: offer.version }],
    notes: [...facts.addons.filter((addon) => addon !== installed).map(stays), { kind: "execMayFail" }],
    blockers: [],
  };
}

function changeRetention(days: number, { logstore }: ChangeFacts): Draft {
  if (!isRetention(days)) return blocked({ kind: "invalidRetention", days });
  if (typeof logstore !== "object") return blocked({ kind: "noLogstore" });
  const fromDays = logstore.retentionDays;
  if (fromDays === days) return blocked({ kind: "sameRetention", days });
  const notes: ChangeNote[] = [];
  if (days < fromDays) notes.push({ kind: "olderDeleted", days });
  if (days === foreverDays) notes.push({ kind: "keptForever" });
  const { hotDays } = logstore;
  if (hotDays !== undefined) {
    const isCut = hotDays > days;
    notes.push(
      isCut ? { kind: "hotTierCut", fromDays: hotDays, toDays: days } : { kind: "hotTierStays", days: hotDays },
    );
  }
  if (days > fromDays) notes.push({ kind: "cost", billing: logstore.billing });
  return { steps: [{ kind: "setRetention", fromDays, toDays: days }], notes, blockers: [] };
}

function deleteLogstore(facts: ChangeFacts): Draft {
  const { logstore } = facts;
  if (typeof logstore !== "object") return blocked({ kind: "noLogstore" });
  const installed = auditingOf(facts);
  return {
    steps: [{ kind: "deleteLogstore" }],
    notes: [
      { kind: "recordsDeleted", retentionDays: logstore.retentionDays },
      ...(installed === undefined ? [] : [{ kind: "mayComeBack", addon: installed.name } as const]),
    ],
    blockers: [],
  };
}

function auditingOf({ addons }: Pick<ChangeFacts, "addons">): Addon | undefined {
  return addons.find(({ name }) => name === "ack-advanced-audit");
}

function stays({ name, version }: Addon): ChangeNote {
  return { kind: "addonStays", addon: name, version };
}

/** A new Logstore keeps records for 180 days (documented: GUIDE, ZH). */
function retentionOf({ logstore }: ChangeFacts): number | undefined {
  if (logstore === "missing") return 180;
  return logstore === "unknown" ? undefined : logstore.retentionDays;
}

/** Where a cluster has no collector either of the two will do: the one that the vendor guide installs, else its successor. */
function offerOf(name: AddonName, offered: readonly OfferedAddon[]): OfferedAddon | undefined {
  const exact = offered.find((offer) => offer.name === name);
  return exact ?? (name === "logtail-ds" ? offered.find((offer) => offer.name === "loongcollector") : undefined);
}

function concurrentChange({ addons, tasks }: ChangeFacts): ChangeBlocker | undefined {
  const changing = addons.find(({ state }) => state === "changing");
  const [task] = tasks;
  if (changing === undefined && task === undefined) return undefined;
  return { kind: "concurrentChange", addon: changing?.name, taskId: task?.id };
}

/** The step that the status of the cluster shows while a change is under way. */
export function statusChangeOf({ change, steps }: ChangeUnderWay, addons: readonly Addon[]): StatusChange | undefined {
  switch (change) {
    case "turnOn": {
      const isActive = (name: AddonName) => addons.some((addon) => addon.name === name && addon.state === "active");
      const next = steps.find((step) => step.kind === "install" && !isActive(step.addon));
      const isCollector = next?.kind === "install" && next.addon !== "ack-advanced-audit";
      return { kind: "turningOn", step: isCollector ? "installingCollector" : "installingAuditing" };
    }
    case "turnOff":
      return { kind: "turningOff", step: "uninstallingAuditing" };
    case "upgrade":
      return undefined;
    default:
      return change satisfies never;
  }
}
