import { type ClusterId, clusterId } from "../audit/ids.ts";

/** Something a user did to the auditing of a sample cluster. */
export type AuditingChange = {
  readonly cluster: ClusterId;
  readonly atMs: number;
  readonly kind: (typeof changeKinds)[number];
};

const changeKinds = ["collectorInstalled", "auditingInstalled", "auditingRemoved"] as const;

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
  // A moved incident is a new story. What a user turned on stays on; the rest is as the sample begins.
  const changes = (state?.changes ?? []).filter(({ atMs }) => atMs <= nowMs);
  // A whole second, so that times that are counted in seconds are the same for every incident.
  return {
    anchorMs: Math.floor((nowMs - anchorAgeMs) / 1000) * 1000,
    changes: changes.filter(({ cluster }) => isLastOn(changes, cluster)),
  };
}

function isLastOn(changes: readonly AuditingChange[], cluster: ClusterId): boolean {
  const last = changes.findLast((change) => change.cluster === cluster && change.kind !== "collectorInstalled");
  return last?.kind === "auditingInstalled";
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
  const cluster = typeof value.cluster === "string" ? clusterId(value.cluster) : undefined;
  const kind = changeKinds.find((known) => known === value.kind);
  if (cluster === undefined || kind === undefined || typeof value.atMs !== "number") return undefined;
  return { cluster, atMs: value.atMs, kind };
}
