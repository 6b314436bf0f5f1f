import type { AuditStatus } from "../../audit/cluster.ts";
import type { ClusterId } from "../../audit/ids.ts";
import type { Pod } from "../../audit/pod.ts";
import type { Account, ClusterState } from "../../logs/account.ts";
import type { Gap, Unreachable } from "../../logs/answer.ts";
import type { TimeRange } from "../../logs/question.ts";
import type { Accounts, AccountsChange, OpeningFailure, Place } from "../accounts.ts";
import type { ActivityQuery } from "./activity.ts";
import {
  beginUnlessStopped,
  type ClusterContents,
  type Counts,
  createClusterContents,
  forEachAtOnce,
} from "./clusterContents.ts";
import type { Following } from "./followedPods.ts";
import type { ListState } from "./listing.ts";
import {
  type AccountNode,
  accountOf,
  type ClusterNode,
  type ContainerNode,
  clusterOf,
  createNodes,
  type GoneNode,
  type NamespaceNode,
  type NoteNode,
  type NoteSubject,
  type PodNode,
  type TreeNode,
} from "./node.ts";
import { type PodRow, pageOf, podsPerPage } from "./pods.ts";
import type { TimeWindow } from "./timeWindow.ts";

export type ClusterFacts = {
  readonly state: ClusterState | undefined;
  readonly counts: Counts | undefined;
  /** What the counts are over, once they were asked for. */
  readonly range: TimeRange | undefined;
  readonly gaps: readonly Gap[];
};

export type PodsFacts = {
  /** Undefined until the pods are listed. */
  readonly podCount: number | undefined;
  readonly counts: Counts | undefined;
};

/** What stands in the tree and below each node. */
export interface Contents {
  /** Undefined: the root. */
  children(node: TreeNode | undefined): Promise<readonly TreeNode[]>;
  /** Whether the root has something to show, and if not, why. */
  rootState(): "loading" | "failed" | "nothing" | "ready";

  place(node: TreeNode): Place | undefined;
  /** Whether another place has the same name. */
  hasNamesake(node: AccountNode): boolean;
  /** The clusters of an account, once it is open. */
  clusterList(node: AccountNode): ListState<ClusterState> | undefined;
  cluster(node: ClusterNode): ClusterFacts;
  pods(node: NamespaceNode | GoneNode): PodsFacts;
  /** A pod and what its records say; `isUpTo` as in `Counts`. */
  pod(node: PodNode): PodRow & { readonly isUpTo: boolean };
  container(node: ContainerNode): Pod["containers"][number] | undefined;

  /** Whether changes of the pods of this namespace can be shown as they happen. */
  canFollow(node: NamespaceNode): boolean;
  /** Shows them until the signal fires or nothing more comes. */
  follow(node: NamespaceNode, signal: AbortSignal): Promise<void>;
  following(node: NamespaceNode): Following | undefined;

  accountNode(account: string): AccountNode;
  clusterNode(account: string, cluster: ClusterId): ClusterNode;
  /** The clusters of all open accounts, as far as they are listed. */
  clusterNodes(): readonly ClusterNode[];
  /** All pods of a cluster, present and gone, as they are found. The lists are kept for the tree. */
  everyPod(node: ClusterNode, signal: AbortSignal): AsyncIterable<readonly PodRow[]>;
  /** The node of a pod, on a page that is shown. Loads what leads there. */
  podNode(cluster: ClusterNode, namespace: string, pod: string): Promise<PodNode | undefined>;

  /** The time that is looked at in a cluster: the window, or all records of a file. */
  range(node: ClusterNode, signal: AbortSignal): Promise<TimeRange | Unreachable>;
  window(): TimeWindow;
  setWindow(window: TimeWindow): void;
  /** A state that is told before the account's list has it: a step of turning auditing on. Undefined: the list's again. */
  overrideStatus(node: ClusterNode, status: AuditStatus | undefined): void;
  /** Asks again for this and what is below it, as far as somebody looks at it. Undefined: for everything. */
  refresh(node: TreeNode | undefined): void;
  /** Asks for the states of the clusters, and counts again where newer events have come. */
  refreshStates(places: readonly Place[]): Promise<void>;
  /** Interrupts what is being loaded here and below. */
  stop(node: TreeNode): void;
  /** The same; what was interrupted is asked for again when the node is next opened. */
  leave(node: TreeNode): void;
  showMore(note: NoteNode): void;
  /** Asks again for what the note says is missing. */
  retry(note: NoteNode): void;
  dispose(): void;
}

/** The tree is drawn without what has not come by then; it is drawn again when that comes. */
const patienceMs = 1500;
const listsAtOnce = 4;

export function createContents(parts: {
  readonly accounts: Accounts;
  readonly query: ActivityQuery;
  readonly window: TimeWindow;
  readonly nowMs: () => number;
  /** This node and what is below it look different now; undefined: the whole tree. */
  readonly redraw: (node: TreeNode | undefined) => void;
  /** Something is being loaded until this ends. */
  readonly busy: (work: Promise<unknown>) => void;
  /** Told of a fault that nobody waits for. */
  readonly report: (error: unknown) => void;
}): Contents {
  const { accounts, redraw } = parts;
  const nodes = createNodes();
  const clusters = new Map<ClusterNode, ClusterContents>();
  const overrides = new Map<ClusterNode, AuditStatus>();
  /** How many pods are shown at places that have more than a page of them. */
  const shown = new Map<TreeNode, number>();
  const failures = new Map<string, OpeningFailure>();
  const openings = new Map<string, AbortController>();
  /** The lists of the open accounts as they were when they last changed. */
  const seen = new Map<string, ListState<ClusterState>>();
  let rootWas: ReturnType<Contents["rootState"]> | undefined;
  let window = parts.window;

  const placeOf = (node: TreeNode) => accounts.place(accountOf(node).account);

  // ------------------------------------------------------------------------------------------------ facts

  function stateOf(node: ClusterNode): ClusterState | undefined {
    const account = placeOf(node)?.account;
    const state =
      account === undefined
        ? undefined
        : accounts
            .clusters(account)
            .state()
            .items.find(({ cluster }) => cluster.id === node.cluster);
    const status = overrides.get(node);
    return state === undefined || status === undefined ? state : { ...state, status };
  }

  function isRecordsOnly(node: ClusterNode): boolean {
    const status = stateOf(node)?.status;
    return status?.kind === "unknown" && status.reason.code === "recordsOnly";
  }

  function clusterContents(node: ClusterNode): ClusterContents | undefined {
    const known = clusters.get(node);
    if (known !== undefined) return known;
    const account = placeOf(node)?.account;
    if (account === undefined) return undefined;
    const contents = createClusterContents({
      account,
      cluster: node.cluster,
      isRecordsOnly: () => isRecordsOnly(node),
      query: parts.query,
      window: () => window,
      nowMs: parts.nowMs,
      changed: (namespace) => redraw(namespace === undefined ? node : nodes.namespace(node, namespace)),
      report: parts.report,
    });
    clusters.set(node, contents);
    return contents;
  }

  function shownPods(node: NamespaceNode | GoneNode): readonly PodRow[] {
    const contents = clusterContents(node.parent);
    if (contents === undefined) return [];
    return node.kind === "gone" ? contents.gonePods() : contents.shownPods(node.namespace);
  }

  function pods(node: NamespaceNode | GoneNode): PodsFacts {
    const contents = clusterContents(node.parent);
    if (contents === undefined) return { podCount: undefined, counts: undefined };
    const isListed = node.kind === "gone" || contents.isListed(node.namespace);
    const rows = isListed ? shownPods(node) : undefined;
    return {
      podCount: rows?.length,
      // Before the pods are listed, those that are gone cannot be told from the others and are counted with them.
      counts: contents.counts(rows ?? (node.kind === "gone" ? [] : { namespace: node.namespace })),
    };
  }

  function pod(node: PodNode): PodRow & { readonly isUpTo: boolean } {
    const row = clusterContents(node.parent.parent)?.pod(node.namespace, node.pod);
    const { namespace, pod: name } = node;
    const unknown: Pod = { namespace, name, node: "", phase: "", containers: [], gone: true };
    return { ...(row ?? { pod: unknown, activity: undefined }), isUpTo: !parts.query.isExact };
  }

  // ------------------------------------------------------------------------------------------------ children

  function load<Result>(work: Promise<Result>): Promise<Result> {
    parts.busy(work);
    return work;
  }

  async function children(node: TreeNode | undefined): Promise<readonly TreeNode[]> {
    if (node === undefined) return rootChildren();
    switch (node.kind) {
      case "account":
        return accountChildren(node);
      case "cluster":
        return clusterChildren(node);
      case "namespace":
      case "gone":
        return podChildren(node);
      case "pod":
        return pod(node).pod.containers.map(({ name }) => nodes.container(node, name));
      case "container":
      case "note":
        return [];
      default:
        return node satisfies never;
    }
  }

  function rootState(): ReturnType<Contents["rootState"]> {
    const places = accounts.places();
    if (places.length === 0) return "nothing";
    // A log file has itself to show, before and after its clusters are known.
    if (places.some(({ path }) => path !== undefined)) return "ready";
    const lists = accounts.all().map((account) => accounts.clusters(account).state());
    if (lists.some(({ items, progress }) => items.length > 0 || progress === "stopped")) return "ready";
    if (lists.some(({ progress }) => progress === "new" || progress === "loading")) return "loading";
    return lists.every((list) => list.failures.length > 0) ? "failed" : "ready";
  }

  function rootChildren(): readonly TreeNode[] {
    for (const account of accounts.all()) {
      const listing = accounts.clusters(account);
      const { progress } = listing.state();
      if (progress === "new" || progress === "old") void load(listing.finish());
    }
    rootWas = rootState();
    return rootWas === "ready" ? accounts.places().map(({ id }) => nodes.account(id)) : [];
  }

  function notes(parent: TreeNode, list: ListState<unknown>, of: NoteSubject): TreeNode[] {
    const found: TreeNode[] = list.failures.map((failure, index) =>
      nodes.note(parent, { kind: "failed", of, failure }, index),
    );
    if (list.progress === "loading" || list.progress === "stopped") {
      found.push(nodes.note(parent, { kind: list.progress, of }));
    }
    return found;
  }

  function orNothing(parent: TreeNode, found: readonly TreeNode[]): readonly TreeNode[] {
    return found.length > 0 ? found : [nodes.note(parent, { kind: "nothing" })];
  }

  async function accountChildren(node: AccountNode): Promise<readonly TreeNode[]> {
    const account = await accountAt(node);
    if (account === undefined) {
      const failure = failures.get(node.account);
      return failure === undefined ? [] : [nodes.note(node, { kind: "notOpened", failure })];
    }
    const listing = accounts.clusters(account);
    await load(beginUnlessStopped(listing));
    const list = listing.state();
    // Regions answer in any order, and what stands somewhere else each time is hard to find.
    const states = account.kind === "cloud" ? list.items.toSorted(byName) : list.items;
    const found = states.map(({ cluster }) => nodes.cluster(node.account, cluster.id));
    return orNothing(node, [...found, ...notes(node, list, "list")]);
  }

  /** The account, opened if it was only remembered. A file that could not be opened is not tried again by itself. */
  async function accountAt(node: AccountNode): Promise<Account | undefined> {
    const place = placeOf(node);
    if (place === undefined || place.account !== undefined || failures.has(node.account)) return place?.account;
    const stopping = openings.get(node.account) ?? new AbortController();
    openings.set(node.account, stopping);
    const opening = await load(accounts.open(node.account, stopping.signal));
    openings.delete(node.account);
    if (opening.kind === "opened") return opening.account;
    if (opening.kind !== "unknown") failures.set(node.account, opening);
    return undefined;
  }

  async function clusterChildren(node: ClusterNode): Promise<readonly TreeNode[]> {
    const contents = clusterContents(node);
    if (contents === undefined) return [];
    await load(endOrPatience(contents.begin()));
    void load(contents.listActive());
    const found: TreeNode[] = contents.namespaceNames().present.map((name) => nodes.namespace(node, name));
    if (contents.gonePods().length > 0) found.push(nodes.gone(node));
    found.push(
      ...notes(node, contents.namespaces.state(), "list"),
      ...notes(node, contents.activity().state(), "counts"),
    );
    if (contents.gaps().length > 0) found.push(nodes.note(node, { kind: "gaps", gaps: contents.gaps() }));
    return orNothing(node, found);
  }

  async function podChildren(node: NamespaceNode | GoneNode): Promise<readonly TreeNode[]> {
    const contents = clusterContents(node.parent);
    if (contents === undefined) return [];
    const own = node.kind === "namespace" ? contents.pods(node.namespace) : undefined;
    const counts = beginUnlessStopped(contents.activity());
    await load(
      endOrPatience(Promise.all([own === undefined ? undefined : beginUnlessStopped(own), counts]).then(() => {})),
    );
    const { rows, next, remaining } = pageOf(shownPods(node), shown.get(node) ?? podsPerPage);
    const found: TreeNode[] = rows.map((row) => nodes.pod(node, row.pod.namespace, row.pod.name));
    if (remaining > 0) found.push(nodes.note(node, { kind: "more", next, remaining }));
    if (own !== undefined) found.push(...notes(node, own.state(), "list"));
    return orNothing(node, found);
  }

  // ------------------------------------------------------------------------------------------------ changes

  /** What changed in the list of an account since it was last looked at decides how much is drawn again. */
  function onListed(id: string): void {
    const account = accounts.place(id)?.account;
    const node = nodes.account(id);
    if (account === undefined) {
      redraw(node);
      return;
    }
    const before = seen.get(id);
    const now = accounts.clusters(account).state();
    seen.set(id, now);
    // The root has nothing to show until the first list has, and its failures decide what it says instead.
    if (before === undefined || rootWas !== rootState()) {
      redraw(undefined);
      return;
    }
    const isSameList =
      before.progress === now.progress &&
      before.failures.length === 0 &&
      now.failures.length === 0 &&
      before.items.length === now.items.length &&
      before.items.every(({ cluster }, index) => cluster.id === now.items[index]?.cluster.id);
    if (!isSameList) {
      redraw(node);
      return;
    }
    now.items.forEach((state, index) => {
      if (JSON.stringify(state) !== JSON.stringify(before.items[index])) redraw(nodes.cluster(id, state.cluster.id));
    });
  }

  function onPlaces(): void {
    const open = new Set(accounts.all().map(({ id }) => id));
    for (const [node, contents] of clusters) {
      if (open.has(node.parent.account)) continue;
      contents.stop();
      clusters.delete(node);
      overrides.delete(node);
    }
    for (const id of [...seen.keys()]) {
      if (open.has(id)) continue;
      seen.delete(id);
      nodes.forget(id);
    }
    for (const id of open) failures.delete(id);
    redraw(undefined);
  }

  function onChange(change: AccountsChange): void {
    switch (change.kind) {
      case "places":
        onPlaces();
        return;
      case "place":
        onListed(change.place);
        return;
      case "account":
        // The list of clusters is asked for again by who keeps it; what was read below is read again when it is seen.
        for (const [node, contents] of clusters) {
          const isMeant = change.cluster === undefined || node.cluster === change.cluster;
          if (node.parent.account !== change.place || !isMeant) continue;
          contents.expire();
          redraw(node);
        }
        return;
      default:
        change satisfies never;
    }
  }

  const listening = accounts.onDidChange(onChange);

  function loadedBelow(node: TreeNode | undefined): readonly (readonly [ClusterNode, ClusterContents])[] {
    if (node === undefined) return [...clusters];
    const cluster = clusterOf(node);
    return [...clusters].filter(([at]) => (cluster === undefined ? at.parent === node : at === cluster));
  }

  function interrupt(node: TreeNode, how: "stop" | "leave"): void {
    switch (node.kind) {
      case "account": {
        openings.get(node.account)?.abort();
        const account = placeOf(node)?.account;
        if (account !== undefined) accounts.clusters(account).stop();
        if (account !== undefined && how === "leave") accounts.clusters(account).expire();
        for (const [, contents] of loadedBelow(node)) contents[how]();
        return;
      }
      case "cluster":
        clusters.get(node)?.[how]();
        return;
      case "namespace":
        clusters.get(node.parent)?.[how](node.namespace);
        return;
      case "note":
        interrupt(node.parent, how);
        return;
      default:
        return;
    }
  }

  async function refreshStates(places: readonly Place[]): Promise<void> {
    for (const { id, account } of places) {
      if (account === undefined) continue;
      const listing = accounts.clusters(account);
      if (listing.state().progress !== "done") continue;
      const before = new Map(listing.state().items.map(({ cluster, status }) => [cluster.id, newestOf(status)]));
      const { items } = await listing.reload();
      for (const { cluster, status } of items) {
        const newest = newestOf(status);
        if (newest === undefined || newest === before.get(cluster.id)) continue;
        const activity = clusters.get(nodes.cluster(id, cluster.id))?.activity();
        if (activity?.state().progress === "done") void activity.reload();
      }
    }
  }

  return {
    children,
    rootState,
    place: placeOf,
    hasNamesake: (node) => {
      const place = placeOf(node);
      return place !== undefined && accounts.byName(place.name).length > 1;
    },
    clusterList: (node) => {
      const account = placeOf(node)?.account;
      return account === undefined ? undefined : accounts.clusters(account).state();
    },
    cluster: (node) => {
      const contents = clusters.get(node);
      return {
        state: stateOf(node),
        counts: contents?.counts("cluster"),
        range: contents?.range(),
        gaps: contents?.gaps() ?? [],
      };
    },
    pods,
    pod,
    canFollow: (node) => placeOf(node)?.account?.watchPods !== undefined,
    follow: async (node, signal) => clusterContents(node.parent)?.follow(node.namespace, signal),
    following: (node) => clusters.get(node.parent)?.following(node.namespace),
    container: (node) => pod(node.parent).pod.containers.find(({ name }) => name === node.container),
    accountNode: (account) => nodes.account(account),
    clusterNode: (account, cluster) => nodes.cluster(account, cluster),
    clusterNodes: () =>
      accounts.all().flatMap((account) =>
        accounts
          .clusters(account)
          .state()
          .items.map(({ cluster }) => nodes.cluster(account.id, cluster.id)),
      ),
    everyPod: async function* (node, signal) {
      const contents = clusterContents(node);
      if (contents === undefined) return;
      await Promise.all([contents.namespaces.finish(), contents.activity().finish()]);
      const { present } = contents.namespaceNames();
      const listed = forEachAtOnce(present, listsAtOnce, async (name) => {
        if (!signal.aborted) await contents.pods(name).finish();
      });
      for (const name of present) {
        if (signal.aborted) return;
        await contents.pods(name).finish();
        yield contents.shownPods(name);
      }
      await listed;
      yield contents.gonePods();
    },
    podNode: async (cluster, namespace, name) => {
      const contents = clusterContents(cluster);
      if (contents === undefined) return undefined;
      await load(contents.begin());
      if (contents.namespaceNames().present.includes(namespace)) await load(contents.pods(namespace).finish());
      for (const parent of [nodes.namespace(cluster, namespace), nodes.gone(cluster)]) {
        const at = shownPods(parent).findIndex(
          ({ pod: found }) => found.namespace === namespace && found.name === name,
        );
        if (at < 0) continue;
        if (at >= (shown.get(parent) ?? podsPerPage)) {
          shown.set(parent, Math.ceil((at + 1) / podsPerPage) * podsPerPage);
          redraw(parent);
        }
        return nodes.pod(parent, namespace, name);
      }
      return undefined;
    },
    range: async (node, signal) => {
      const contents = clusterContents(node);
      return contents === undefined ? { code: "notFound", detail: node.cluster } : contents.rangeNow(signal);
    },
    window: () => window,
    setWindow: (next) => {
      window = next;
      for (const [node, contents] of clusters) {
        contents.forgetCounts();
        redraw(node);
      }
    },
    overrideStatus: (node, status) => {
      if (status === undefined) overrides.delete(node);
      else overrides.set(node, status);
      redraw(node);
    },
    refresh: (node) => {
      if (node === undefined || node.kind === "account") {
        const places = node === undefined ? accounts.places() : [placeOf(node)];
        for (const place of places) {
          if (place === undefined) continue;
          failures.delete(place.id);
          if (place.account !== undefined) accounts.clusters(place.account).expire();
        }
      }
      for (const [, contents] of loadedBelow(node)) contents.expire();
      redraw(node);
    },
    refreshStates,
    stop: (node) => interrupt(node, "stop"),
    leave: (node) => interrupt(node, "leave"),
    showMore: ({ parent, note }) => {
      if (note.kind !== "more") return;
      shown.set(parent, (shown.get(parent) ?? podsPerPage) + note.next);
      redraw(parent);
    },
    retry: ({ parent, note }) => {
      const of = "of" in note ? note.of : "list";
      failures.delete(accountOf(parent).account);
      const cluster = clusterOf(parent);
      if (cluster === undefined) {
        const account = placeOf(parent)?.account;
        if (account !== undefined) accounts.clusters(account).expire();
      } else {
        const contents = clusterContents(cluster);
        if (of === "counts" || note.kind === "gaps") contents?.activity().expire();
        else if (parent.kind === "namespace") contents?.pods(parent.namespace).expire();
        else contents?.namespaces.expire();
      }
      redraw(parent);
    },
    dispose: () => {
      listening.dispose();
      for (const contents of clusters.values()) contents.stop();
      for (const opening of openings.values()) opening.abort();
    },
  };
}

/** The newest event that a status tells of. */
export function newestOf(status: AuditStatus): number | undefined {
  return "newestEventMs" in status ? status.newestEventMs : undefined;
}

/** Resolves with the end of the work or after a while, whichever comes first. */
async function endOrPatience(work: Promise<void>): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, patienceMs);
  try {
    await Promise.race([work, patience.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function byName({ cluster: a }: ClusterState, { cluster: b }: ClusterState): number {
  return a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
}
