import { isRetention } from "../audit/change.ts";
import { type ClusterId, clusterId } from "../audit/ids.ts";

/** Something a user did to the auditing of a sample cluster or to its Logstore. */
export type AuditingChange = { readonly cluster: ClusterId; readonly atMs: number } & (
  | { readonly kind: (typeof plainKinds)[number] }
  | { readonly kind: "retentionChanged"; readonly days: number }
);

const plainKinds = ["collectorInstalled", "auditingInstalled", "auditingRemoved", "logstoreDeleted"] as const;

/** Whether a change turned auditing on or off. */
export function isOfAuditing({ kind }: Pick<AuditingChange, "kind">): boolean {
  return kind === "auditingInstalled" || kind === "auditingRemoved";
}

/** What the sample remembers from window to window. */
export type SampleState = {
  /** When the incident began. */
  readonly anchorMs: number;
  /** In the order in which they were made. */
  readonly changes: readonly AuditingChange[];
};

/** Where the sample's state is kept; what is read comes from outside and is checked. */
export interface SampleMemory {
  read(): unknown;
  write(state: SampleState): void;
}

const hourMs = 60 * 60 * 1000;
/** An incident begins so long ago and ends an hour or so before now; a day later it would leave "the last 24 hours". */
const anchorAgeMs = 6 * hourMs;
const maxAnchorAgeMs = 20 * hourMs;

/** The state to begin with: the remembered one, or, where there is none or the incident is too long ago, a new one. */
export function currentState(remembered: unknown, nowMs: number): SampleState {
  const state = readSampleState(remembered);
  const ageMs = nowMs - (state?.anchorMs ?? 0);
  if (state !== undefined && anchorAgeMs <= ageMs && ageMs <= maxAnchorAgeMs) return state;
  // A moved incident is a new story. What a user turned on stays on and records are kept as long as they said; the rest is
  // as the sample begins, deleted Logstores included.
  const changes = (state?.changes ?? []).filter(({ atMs }) => atMs <= nowMs);
  // A whole second, so that times that are counted in seconds are the same for every incident.
  return {
    anchorMs: Math.floor((nowMs - anchorAgeMs) / 1000) * 1000,
    changes: changes.filter((change) => isLastOn(changes, change.cluster) || isRetentionNow(changes, change)),
  };
}

function isLastOn(changes: readonly AuditingChange[], cluster: ClusterId): boolean {
  const last = changes.findLast((change) => change.cluster === cluster && isOfAuditing(change));
  return last?.kind === "auditingInstalled";
}

/** A new Logstore does not take over the retention of the one that was deleted. */
function isRetentionNow(changes: readonly AuditingChange[], change: AuditingChange): boolean {
  const later = changes.slice(changes.indexOf(change));
  const isDeleted = later.some(({ cluster, kind }) => cluster === change.cluster && kind === "logstoreDeleted");
  return change.kind === "retentionChanged" && !isDeleted;
}

function readSampleState(value: unknown): SampleState | undefined {
  if (typeof value !== "object" || value === null || !("anchorMs" in value) || !("changes" in value)) return undefined;
  const { anchorMs, changes } = value;
  if (typeof anchorMs !== "number" || !Number.isFinite(anchorMs) || !Array.isArray(changes)) return undefined;
  return { anchorMs, changes: changes.map(readChange).filter((change) => change !== undefined) };
}

function readChange(value: unknown): AuditingChange | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!("cluster" in value) || !("atMs" in value) || !("kind" in value)) return undefined;
  const { atMs } = value;
  const cluster = typeof value.cluster === "string" ? clusterId(value.cluster) : undefined;
  if (cluster === undefined || typeof atMs !== "number") return undefined;
  if (value.kind === "retentionChanged") {
    if (!("days" in value) || typeof value.days !== "number" || !isRetention(value.days)) return undefined;
    return { cluster, atMs, kind: value.kind, days: value.days };
  }
  const kind = plainKinds.find((known) => known === value.kind);
  return kind === undefined ? undefined : { cluster, atMs, kind };
}
