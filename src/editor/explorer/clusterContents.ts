import type { ClusterId } from "../../audit/ids.ts";
import type { Pod, PodActivity } from "../../audit/pod.ts";
import type { Account, Namespace } from "../../logs/account.ts";
import type { Gap, Unreachable } from "../../logs/answer.ts";
import type { TimeRange } from "../../logs/question.ts";
import { type ActivityQuery, askActivity } from "./activity.ts";
import { createFollowedPods, type FollowedPods, type Following, withFollowed } from "./followedPods.ts";
import { createListing, isWhole, type Listing } from "./listing.ts";
import {
  type ArrangedPods,
  arrangePods,
  compareNames,
  compareRows,
  type PodRow,
  type Totals,
  totalOf,
} from "./pods.ts";
import { rangeOf, type TimeWindow } from "./timeWindow.ts";

/** What the records of the window say, added up. `isUpTo`: the risky commands were filtered and not checked one by one. */
export type Counts = Totals & { readonly isUpTo: boolean };

/** What is below one cluster: its lists and what its records say, asked for when somebody looks, and kept. */
export interface ClusterContents {
  readonly namespaces: Listing<Namespace>;
  /** Entries and risky commands of every pod in the window: one question for the whole cluster. */
  activity(): Listing<PodActivity>;
  pods(namespace: string): Listing<Pod>;
  /** Asks for what the children of the cluster show. */
  begin(): Promise<void>;
  /** Lists the namespaces that have records, so that it is known which of their pods are gone. */
  listActive(): Promise<void>;
  /** A namespace of which only records are left is gone; in a file, where there is nothing else, none is. */
  namespaceNames(): { readonly present: readonly string[]; readonly gone: readonly string[] };
  /** The pods that stand below a namespace. */
  shownPods(namespace: string): readonly PodRow[];
  /** The pods of all namespaces that do not exist any more, as far as that is known by now. */
  gonePods(): readonly PodRow[];
  pod(namespace: string, pod: string): PodRow | undefined;
  /** Shows changes of the pods of a namespace as they happen, until the signal fires or nothing more comes. */
  follow(namespace: string, signal: AbortSignal): Promise<void>;
  following(namespace: string): Following | undefined;
  /** Whether the pods of a namespace were listed. */
  isListed(namespace: string): boolean;
  /** Undefined while the counts are not known. */
  counts(of: readonly PodRow[] | { readonly namespace: string } | "cluster"): Counts | undefined;
  /** What the counts are over, once they are asked for. */
  range(): TimeRange | undefined;
  /** What counts that are asked for now are over: the window, or all records of a file. */
  rangeNow(signal: AbortSignal): Promise<TimeRange | Unreachable>;
  /** Why the counts are not the whole truth. */
  gaps(): readonly Gap[];
  /** The window is another one: counts of the old one are not shown any more. */
  forgetCounts(): void;
  expire(): void;
  /** Interrupts what is being loaded for a namespace, or for all of the cluster. */
  stop(namespace?: string): void;
  /** The same; what was interrupted is asked for again the next time somebody looks. */
  leave(namespace?: string): void;
}

const listsAtOnce = 4;
const noPods: readonly Pod[] = [];
const noActivity: readonly PodActivity[] = [];

export function createClusterContents(parts: {
  readonly account: Account;
  readonly cluster: ClusterId;
  /** The cluster is known from the records of a file and from nothing else. */
  readonly isRecordsOnly: () => boolean;
  readonly query: ActivityQuery;
  readonly window: () => TimeWindow;
  readonly nowMs: () => number;
  /** The namespace looks different now, or the whole cluster does. */
  readonly changed: (namespace: string | undefined) => void;
  readonly report: (error: unknown) => void;
}): ClusterContents {
  const { account, cluster, isRecordsOnly, changed, report } = parts;
  const podLists = new Map<string, Listing<Pod>>();
  const follows = new Map<string, FollowedPods>();
  const namespaces = createListing<Namespace>(
    (signal) => account.namespaces(cluster, signal),
    () => changed(undefined),
    report,
  );
  let range: TimeRange | undefined;
  let gaps: readonly Gap[] = [];
  let activity = createActivity();
  let background: AbortController | undefined;

  function createActivity(): Listing<PodActivity> {
    return createListing<PodActivity>(
      async function* (signal) {
        const source = account.logs(cluster);
        const over = await rangeNow(signal);
        if ("code" in over) {
          yield { kind: "failure", part: "", reason: over };
          return;
        }
        const answer = await askActivity(source, parts.query, over, signal);
        if (signal.aborted) return;
        range = over;
        if (answer.kind === "unreachable") {
          yield { kind: "failure", part: "", reason: answer.reason };
          return;
        }
        gaps = answer.gaps;
        yield { kind: "items", items: answer.pods, asOfMs: parts.nowMs() };
      },
      () => changed(undefined),
      report,
    );
  }

  /** The records of a file lie where they lie, maybe years ago: its counts are over all of them. */
  async function rangeNow(signal: AbortSignal): Promise<TimeRange | Unreachable> {
    if (account.kind !== "file") return rangeOf(parts.window(), parts.nowMs());
    const bounds = await account.logs(cluster).bounds(signal);
    if (bounds === undefined) return { fromMs: 0, toMs: 0 };
    // The newest record lies at the end of the bounds, and the end of a range is outside it.
    return "code" in bounds ? bounds : { fromMs: bounds.fromMs, toMs: bounds.toMs + 1000 };
  }

  // Thousands of nodes ask for the same arrangement while the tree is drawn.
  let grouped: { readonly of: readonly PodActivity[]; readonly by: Map<string, PodActivity[]> } | undefined;
  function activeIn(): Map<string, PodActivity[]> {
    const { items } = activity.state();
    if (grouped?.of !== items) grouped = { of: items, by: Map.groupBy(items, ({ namespace }) => namespace) };
    return grouped.by;
  }

  const arranged = new Map<
    string,
    {
      readonly listed: readonly Pod[];
      readonly followed: readonly Pod[] | undefined;
      readonly active: readonly PodActivity[];
      readonly pods: ArrangedPods;
    }
  >();
  function podsIn(namespace: string): ArrangedPods {
    const listed = podLists.get(namespace)?.state().items ?? noPods;
    const followed = followedIn(namespace);
    const active = activeIn().get(namespace) ?? noActivity;
    const known = arranged.get(namespace);
    if (known?.listed === listed && known.followed === followed && known.active === active) return known.pods;
    const recorded = new Set(active.map(({ pod }) => pod));
    const now = followed === undefined ? listed : withFollowed(listed, followed, (name) => recorded.has(name));
    const pods = arrangePods(now, active);
    arranged.set(namespace, { listed, followed, active, pods });
    return pods;
  }

  /** Undefined where the list knows better. */
  function followedIn(namespace: string): readonly Pod[] | undefined {
    return follows.get(namespace)?.pods(podLists.get(namespace)?.state().asOfMs);
  }

  async function follow(namespace: string, signal: AbortSignal): Promise<void> {
    if (account.watchPods === undefined || signal.aborted) return;
    const followed = follows.get(namespace) ?? createFollowedPods(parts.nowMs);
    follows.set(namespace, followed);
    const hear = followed.begin();
    const leave = () => {
      followed.leave();
      changed(namespace);
    };
    signal.addEventListener("abort", leave, { once: true });
    const namesGone = () =>
      isListed(namespace)
        ? podsIn(namespace)
            .gone.map(({ pod }) => pod.name)
            .join()
        : "";
    await account.watchPods(
      cluster,
      namespace,
      (news) => {
        if (signal.aborted) return;
        const goneBefore = namesGone();
        hear(news);
        // Pods that are gone stand beside the namespace.
        changed(goneBefore === namesGone() ? namespace : undefined);
      },
      signal,
    );
  }

  function pods(namespace: string): Listing<Pod> {
    const known = podLists.get(namespace);
    if (known !== undefined) return known;
    const listing: Listing<Pod> = createListing<Pod>(
      (signal) => account.pods(cluster, namespace, signal),
      // Once the list is whole, pods that are gone stand beside the namespace, not below it.
      () => changed(listing.state().progress === "loading" ? namespace : undefined),
      report,
    );
    podLists.set(namespace, listing);
    return listing;
  }

  function isListed(namespace: string): boolean {
    const listing = podLists.get(namespace);
    return followedIn(namespace) !== undefined || (listing !== undefined && isWhole(listing.state()));
  }

  function namespaceNames(): { readonly present: readonly string[]; readonly gone: readonly string[] } {
    const list = namespaces.state();
    const present = new Set<string>();
    const gone = new Set<string>();
    const showAll = isRecordsOnly();
    for (const namespace of list.items) (namespace.gone && !showAll ? gone : present).add(namespace.name);
    // Where the list is not whole, nobody can say that a namespace is gone; while it comes, nobody has to.
    if (list.progress !== "new" && list.progress !== "loading") {
      const unlisted = showAll || !isWhole(list) ? present : gone;
      for (const name of activeIn().keys()) if (!present.has(name) && !gone.has(name)) unlisted.add(name);
    }
    return { present: [...present].sort(compareNames), gone: [...gone].sort(compareNames) };
  }

  function shownPods(namespace: string): readonly PodRow[] {
    const { all, present } = podsIn(namespace);
    const hasFailed =
      followedIn(namespace) === undefined && (podLists.get(namespace)?.state().failures.length ?? 0) > 0;
    return isRecordsOnly() || hasFailed ? all : present;
  }

  function gonePods(): readonly PodRow[] {
    if (isRecordsOnly()) return [];
    const { present, gone } = namespaceNames();
    return [
      ...present.filter(isListed).flatMap((name) => podsIn(name).gone),
      ...gone.flatMap((name) => podsIn(name).all),
    ].sort(compareRows);
  }

  function running(namespace: string | undefined): readonly Listing<unknown>[] {
    if (namespace === undefined) background?.abort();
    const listings: readonly (Listing<unknown> | undefined)[] =
      namespace === undefined ? [namespaces, activity, ...podLists.values()] : [podLists.get(namespace)];
    return listings.flatMap((listing) => (listing !== undefined && isRunning(listing) ? [listing] : []));
  }

  return {
    namespaces,
    activity: () => activity,
    pods,
    begin: async () => {
      await Promise.all([beginUnlessStopped(namespaces), beginUnlessStopped(activity)]);
    },
    listActive: async () => {
      if (background !== undefined || isRecordsOnly() || namespaces.state().progress === "stopped") return;
      const known = activeIn();
      const names = namespaceNames().present.filter((name) => known.has(name) && isWanted(podLists.get(name)));
      if (names.length === 0) return;
      background = new AbortController();
      const { signal } = background;
      await forEachAtOnce(names, listsAtOnce, async (name) => {
        if (!signal.aborted) await pods(name).finish();
      });
      background = undefined;
    },
    namespaceNames,
    shownPods,
    gonePods,
    pod: (namespace, pod) => podsIn(namespace).byName.get(pod),
    follow,
    following: (namespace) => follows.get(namespace)?.following(),
    isListed,
    counts: (of) => {
      const { items, asOfMs, failures } = activity.state();
      if (asOfMs === undefined || failures.length > 0) return undefined;
      const counted =
        of === "cluster"
          ? items
          : "namespace" in of
            ? (activeIn().get(of.namespace) ?? [])
            : of.map((row) => row.activity);
      return { ...totalOf(counted), isUpTo: !parts.query.isExact };
    },
    range: () => range,
    rangeNow,
    gaps: () => gaps,
    forgetCounts: () => {
      activity.stop();
      activity = createActivity();
      range = undefined;
      gaps = [];
    },
    expire: () => {
      namespaces.expire();
      activity.expire();
      for (const listing of podLists.values()) listing.expire();
    },
    stop: (namespace) => {
      for (const listing of running(namespace)) listing.stop();
    },
    leave: (namespace) => {
      for (const listing of running(namespace)) {
        listing.stop();
        listing.expire();
      }
    },
  };
}

function isRunning(listing: Listing<unknown>): boolean {
  const { progress } = listing.state();
  return progress === "loading" || progress === "renewing";
}

function isWanted(listing: Listing<unknown> | undefined): boolean {
  const progress = listing?.state().progress;
  return progress === undefined || progress === "new" || progress === "old";
}

/** What somebody stopped is asked for again when they say so, not when it is next drawn. */
export async function beginUnlessStopped(listing: Listing<unknown>): Promise<void> {
  if (listing.state().progress !== "stopped") await listing.begin();
}

/** Does the work for each item, for so many of them at the same time. */
export async function forEachAtOnce<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}
