import type { Pod, PodActivity } from "../../audit/pod.ts";

/** A pod and what the records of the window say of it; undefined while that is not known, or where nothing is recorded. */
export type PodRow = { readonly pod: Pod; readonly activity: PodActivity | undefined };

export type Totals = { readonly entries: number; readonly riskyCommands: number };

/** How many pods of one place are shown at once. */
export const podsPerPage = 500;

/** Risky ones first, then by the last entry, newest first, then by name. */
export function compareRows(a: PodRow, b: PodRow): number {
  return (
    Number(isRisky(b)) - Number(isRisky(a)) ||
    (b.activity?.lastEntryMs ?? 0) - (a.activity?.lastEntryMs ?? 0) ||
    (b.activity?.entries ?? 0) - (a.activity?.entries ?? 0) ||
    compareNames(a.pod.namespace, b.pod.namespace) ||
    compareNames(a.pod.name, b.pod.name)
  );
}

export function isRisky({ activity }: PodRow): boolean {
  return activity !== undefined && activity.riskyCommands > 0;
}

/** By code points: names of Kubernetes are plain ASCII, and a collator costs a second for 10,000 of them. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A pod of which nothing but its records is left. */
function recordedPod({ namespace, pod }: PodActivity): Pod {
  return { namespace, name: pod, node: "", phase: "", containers: [], gone: true };
}

/** The pods of one namespace in their order; `present` and `gone` are the two halves of `all`. */
export type ArrangedPods = {
  readonly all: readonly PodRow[];
  readonly present: readonly PodRow[];
  readonly gone: readonly PodRow[];
  readonly byName: ReadonlyMap<string, PodRow>;
};

/** The listed pods of one namespace with what its records say of them, and the pods that only the records know. */
export function arrangePods(listed: readonly Pod[], activities: readonly PodActivity[]): ArrangedPods {
  const active = new Map(activities.map((activity) => [activity.pod, activity]));
  const byName = new Map<string, PodRow>();
  for (const pod of listed) byName.set(pod.name, { pod, activity: active.get(pod.name) });
  for (const activity of activities) {
    if (!byName.has(activity.pod)) byName.set(activity.pod, { pod: recordedPod(activity), activity });
  }
  const all = [...byName.values()].sort(compareRows);
  return { all, present: all.filter(({ pod }) => !pod.gone), gone: all.filter(({ pod }) => pod.gone), byName };
}

export function totalOf(activities: Iterable<PodActivity | undefined>): Totals {
  let entries = 0;
  let riskyCommands = 0;
  for (const activity of activities) {
    entries += activity?.entries ?? 0;
    riskyCommands += activity?.riskyCommands ?? 0;
  }
  return { entries, riskyCommands };
}

/** The first `shown` rows, and how many the next page brings. */
export function pageOf<Row>(
  rows: readonly Row[],
  shown: number,
): { readonly rows: readonly Row[]; readonly next: number; readonly remaining: number } {
  const remaining = Math.max(0, rows.length - shown);
  return { rows: remaining === 0 ? rows : rows.slice(0, shown), next: Math.min(podsPerPage, remaining), remaining };
}
