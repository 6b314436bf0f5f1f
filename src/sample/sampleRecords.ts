import type { Addon } from "../audit/cluster.ts";
import { incidentRecords, stagingRemovedAfterMs } from "./incident.ts";
import { ordinaryLife } from "./ordinaryLife.ts";
import { platformAdministrator } from "./people.ts";
import { placeIn, type SampleCluster, shopStaging } from "./sampleClusters.ts";
import type { SampleState } from "./sampleState.ts";
import { Session, type TimedRecord } from "./session.ts";

/** Everything in the log of a cluster from `fromMs` to before `toMs`, by time. The same stretch is always the same. */
export function sampleRecords(
  cluster: SampleCluster,
  state: SampleState,
  fromMs: number,
  toMs: number,
): readonly TimedRecord[] {
  const { id } = cluster.cluster;
  return [
    ...ordinaryLife(cluster, fromMs, toMs).filter(({ atMs }) => isAudited(cluster, state, atMs)),
    ...[...incidentRecords(id, state.anchorMs), ...selfTests(cluster, state)].filter(
      ({ atMs }) => fromMs <= atMs && atMs < toMs,
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
  for (let stretchMs = 2 * minuteMs; toMs > nowMs - historyMs; stretchMs *= 2) {
    const fromMs = Math.max(toMs - stretchMs, nowMs - historyMs);
    const newest = sampleRecords(cluster, state, fromMs, toMs).at(-1);
    if (newest !== undefined) return newest.atMs;
    toMs = fromMs;
  }
  return undefined;
}

/** What is installed after all that the user did. */
export function addonsNow({ cluster, addons }: SampleCluster, state: SampleState): readonly Addon[] {
  const changes = state.changes.filter((change) => change.cluster === cluster.id);
  const collector: Addon | undefined =
    addons.find(({ name }) => name === "logtail-ds") ??
    (changes.some(({ kind }) => kind === "collectorInstalled")
      ? { name: "logtail-ds", version: "1.8.9", state: "active" }
      : undefined);
  const last = changes.findLast(({ kind }) => kind !== "collectorInstalled");
  const initial = addons.find(({ name }) => name === "ack-advanced-audit");
  const auditing: Addon | undefined =
    last === undefined
      ? initial
      : last.kind === "auditingInstalled"
        ? (initial ?? { name: "ack-advanced-audit", version: "0.9.0", state: "active" })
        : undefined;
  return [collector, auditing].filter((addon) => addon !== undefined);
}

/** Whether anything can be in the log at all. */
export function hasRecords(cluster: SampleCluster, state: SampleState): boolean {
  return beginsAudited(cluster) || installations(cluster, state).length > 0;
}

/** When auditing ended; undefined while it is on. */
function auditedUntilMs(cluster: SampleCluster, state: SampleState): number | undefined {
  const last = state.changes.findLast(
    (change) => change.cluster === cluster.cluster.id && change.kind !== "collectorInstalled",
  );
  if (last !== undefined) return last.kind === "auditingRemoved" ? last.atMs : undefined;
  return cluster === shopStaging ? state.anchorMs + stagingRemovedAfterMs : undefined;
}

/** The last thing done before a moment decides; before all of them, what the sample begins with. */
function isAudited(cluster: SampleCluster, state: SampleState, atMs: number): boolean {
  const { id } = cluster.cluster;
  const last = state.changes.findLast(
    (change) => change.cluster === id && change.kind !== "collectorInstalled" && change.atMs <= atMs,
  );
  if (last !== undefined) return last.kind === "auditingInstalled";
  if (!beginsAudited(cluster)) return false;
  return cluster !== shopStaging || atMs < state.anchorMs + stagingRemovedAfterMs;
}

function beginsAudited(cluster: SampleCluster): boolean {
  return cluster === shopStaging || cluster.addons.some(({ name }) => name === "ack-advanced-audit");
}

function installations({ cluster }: SampleCluster, { changes }: SampleState): readonly { readonly atMs: number }[] {
  return changes.filter((change) => change.cluster === cluster.id && change.kind === "auditingInstalled");
}

/** Whoever turns auditing on tries it, with the self-test of the vendor's page (container-auditing.md §1.2). */
function selfTests(cluster: SampleCluster, state: SampleState): readonly TimedRecord[] {
  const [pod] = cluster.pods;
  if (pod === undefined) return [];
  return installations(cluster, state).flatMap(({ atMs }) => {
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
