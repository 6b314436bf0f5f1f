import { beginsAudited, isAudited } from "./sampleAuditing.ts";
import type { SampleCluster } from "./sampleClusters.ts";
import type { SampleState } from "./sampleState.ts";

/** The Logstore of a sample cluster at one moment. */
export type SampleLogstore = {
  /** Undefined for one that was there when the sample began. */
  readonly createdMs: number | undefined;
  readonly retentionDays: number;
};

/** What a new Logstore keeps (documented: GUIDE, ZH). */
const newRetentionDays = 180;

/**
 * So long after a deletion there is a Logstore again, if auditing is on. That the collector makes it is inferred; on a
 * real cluster it takes minutes, as everything that the sample does in seconds.
 */
export const logstoreReturnsAfterMs = 5_000;

const dayMs = 24 * 60 * 60_000;
/** Records expire in such steps, always before their time: to lose records a log is made anew, which is felt. */
const expiryStepMs = 5 * 60_000;

/** What has become of a cluster's Logstore by `nowMs`; everything that was done up to then is in the state. */
export function logstoreAt(
  cluster: SampleCluster,
  state: SampleState,
  nowMs: number,
): {
  /** Undefined where there is none. */
  readonly logstore: SampleLogstore | undefined;
  /** No record from before this is there any more: it has expired, or it went with an earlier Logstore. */
  readonly keptFromMs: number;
} {
  let keptFromMs = Number.NEGATIVE_INFINITY;
  let returnsMs: number | undefined;
  let logstore: SampleLogstore | undefined = beginsAudited(cluster) ? newLogstore(undefined) : undefined;
  const returnBy = (untilMs: number) => {
    if (returnsMs === undefined || returnsMs > untilMs) return;
    logstore = newLogstore(returnsMs);
    returnsMs = undefined;
  };
  const expireBy = (untilMs: number) => {
    if (logstore !== undefined) keptFromMs = Math.max(keptFromMs, expiredBeforeMs(logstore.retentionDays, untilMs));
  };
  for (const change of state.changes) {
    if (change.cluster !== cluster.cluster.id) continue;
    const { atMs } = change;
    returnBy(atMs);
    switch (change.kind) {
      case "collectorInstalled":
        break;
      case "auditingInstalled":
        logstore ??= newLogstore(atMs);
        returnsMs = undefined;
        break;
      case "auditingRemoved":
        returnsMs = undefined;
        break;
      case "logstoreDeleted":
        logstore = undefined;
        keptFromMs = Math.max(keptFromMs, atMs);
        if (isAudited(cluster, state, atMs)) returnsMs = atMs + logstoreReturnsAfterMs;
        break;
      case "retentionChanged":
        // What has expired by now does not come back when the retention becomes longer.
        expireBy(atMs);
        if (logstore !== undefined) logstore = { ...logstore, retentionDays: change.days };
        break;
      default:
        change satisfies never;
    }
  }
  returnBy(nowMs);
  expireBy(nowMs);
  return { logstore, keptFromMs };
}

function newLogstore(createdMs: number | undefined): SampleLogstore {
  return { createdMs, retentionDays: newRetentionDays };
}

function expiredBeforeMs(retentionDays: number, nowMs: number): number {
  return Math.ceil((nowMs - retentionDays * dayMs) / expiryStepMs) * expiryStepMs;
}
