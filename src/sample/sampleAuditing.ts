import type { Addon } from "../audit/cluster.ts";
import { stagingRemovedAfterMs } from "./incident.ts";
import { type SampleCluster, shopStaging } from "./sampleClusters.ts";
import { isOfAuditing, type SampleState } from "./sampleState.ts";

/** What is installed after all that the user did. */
export function addonsNow({ cluster, addons }: SampleCluster, state: SampleState): readonly Addon[] {
  const changes = state.changes.filter((change) => change.cluster === cluster.id);
  const collector: Addon | undefined =
    addons.find(({ name }) => name === "logtail-ds") ??
    (changes.some(({ kind }) => kind === "collectorInstalled")
      ? { name: "logtail-ds", version: "1.8.9", state: "active" }
      : undefined);
  const last = changes.findLast(isOfAuditing);
  const initial = addons.find(({ name }) => name === "ack-advanced-audit");
  const auditing: Addon | undefined =
    last === undefined
      ? initial
      : last.kind === "auditingInstalled"
        ? (initial ?? { name: "ack-advanced-audit", version: "0.9.0", state: "active" })
        : undefined;
  return [collector, auditing].filter((addon) => addon !== undefined);
}

/** Whether auditing is on when the sample begins. */
export function beginsAudited(cluster: SampleCluster): boolean {
  return cluster === shopStaging || cluster.addons.some(({ name }) => name === "ack-advanced-audit");
}

/** The last thing done before a moment decides; before all of them, what the sample begins with. */
export function isAudited(cluster: SampleCluster, state: SampleState, atMs: number): boolean {
  const { id } = cluster.cluster;
  const last = state.changes.findLast((change) => change.cluster === id && isOfAuditing(change) && change.atMs <= atMs);
  if (last !== undefined) return last.kind === "auditingInstalled";
  if (!beginsAudited(cluster)) return false;
  return cluster !== shopStaging || atMs < state.anchorMs + stagingRemovedAfterMs;
}

/** When auditing ended; undefined while it is on. */
export function auditedUntilMs(cluster: SampleCluster, state: SampleState): number | undefined {
  const last = state.changes.findLast((change) => change.cluster === cluster.cluster.id && isOfAuditing(change));
  if (last !== undefined) return last.kind === "auditingRemoved" ? last.atMs : undefined;
  return cluster === shopStaging ? state.anchorMs + stagingRemovedAfterMs : undefined;
}

/** When the user turned auditing on, each time. */
export function installationsMs({ cluster }: SampleCluster, { changes }: SampleState): readonly number[] {
  return changes
    .filter((change) => change.cluster === cluster.id && change.kind === "auditingInstalled")
    .map(({ atMs }) => atMs);
}
