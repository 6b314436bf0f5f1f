import { incidentRecords } from "./incident.ts";
import { ordinaryLife } from "./ordinaryLife.ts";
import { platformAdministrator } from "./people.ts";
import { auditedUntilMs, installationsMs, isAudited } from "./sampleAuditing.ts";
import { placeIn, type SampleCluster } from "./sampleClusters.ts";
import { logstoreAt } from "./sampleLogstore.ts";
import type { SampleState } from "./sampleState.ts";
import { Session, type TimedRecord } from "./session.ts";

/**
 * Everything that was written into the Logstore of a cluster from `fromMs` to before `toMs`, by time. The same stretch is
 * always the same until the Logstore is deleted: then everything before it is gone. What has expired is not left out.
 */
export function sampleRecords(
  cluster: SampleCluster,
  state: SampleState,
  fromMs: number,
  toMs: number,
): readonly TimedRecord[] {
  const { id } = cluster.cluster;
  const { logstore } = logstoreAt(cluster, state, toMs);
  if (logstore === undefined) return [];
  const writtenFromMs = Math.max(fromMs, logstore.createdMs ?? fromMs);
  if (writtenFromMs >= toMs) return [];
  return [
    ...ordinaryLife(cluster, writtenFromMs, toMs).filter(({ atMs }) => isAudited(cluster, state, atMs)),
    ...[...incidentRecords(id, state.anchorMs), ...selfTests(cluster, state)].filter(
      ({ atMs }) => writtenFromMs <= atMs && atMs < toMs,
    ),
  ].sort((a, b) => a.atMs - b.atMs);
}

const minuteMs = 60_000;
/** How far back the log of the sample goes when it is made. */
export const historyMs = 25 * 60 * minuteMs;

/** The newest record before `nowMs`; undefined where the log is empty. */
export function newestRecordMs(cluster: SampleCluster, state: SampleState, nowMs: number): number | undefined {
  // Nothing is recorded after auditing ended, and while it is on there is a record within minutes.
  let toMs = Math.min(auditedUntilMs(cluster, state) ?? nowMs, nowMs);
  const { logstore, keptFromMs } = logstoreAt(cluster, state, nowMs);
  if (logstore === undefined) return undefined;
  const oldestMs = Math.max(nowMs - historyMs, keptFromMs, logstore.createdMs ?? keptFromMs);
  for (let stretchMs = 2 * minuteMs; toMs > oldestMs; stretchMs *= 2) {
    const fromMs = Math.max(toMs - stretchMs, oldestMs);
    const newest = sampleRecords(cluster, state, fromMs, toMs).at(-1);
    if (newest !== undefined) return newest.atMs;
    toMs = fromMs;
  }
  return undefined;
}

/** Whoever turns auditing on tries it, with the self-test of the vendor's page (container-auditing.md §1.2). */
function selfTests(cluster: SampleCluster, state: SampleState): readonly TimedRecord[] {
  const [pod] = cluster.pods;
  if (pod === undefined) return [];
  return installationsMs(cluster, state).flatMap((atMs) => {
    const session = new Session(
      placeIn(cluster, pod),
      platformAdministrator,
      `${cluster.cluster.id}/self-test/${atMs}`,
    );
    const shell = session.enter(atMs + 800, ["bash"]);
    session.line(atMs + 1_100, "touch a.txt && rm a.txt", { parent: shell });
    return session.records;
  });
}
