import { auditStatus, type StatusChange, type StatusFacts } from "../audit/auditStatus.ts";
import type { ClusterNode } from "../audit/cluster.ts";
import { auditLogstore, type ClusterId } from "../audit/ids.ts";
import type { Pod } from "../audit/pod.ts";
import { namespacesSeenStatement, readNamespaceSeen } from "../audit/queries.ts";
import {
  type Account,
  type AccountName,
  type AuditingControl,
  type ClusterState,
  isUnreachable,
  type Namespace,
  type Page,
  type PodsNews,
  recordedPods,
  rowsOf,
} from "../logs/account.ts";
import type { Unreachable } from "../logs/answer.ts";
import type { LogSource } from "../logs/logSource.ts";
import type { TimeRange } from "../logs/question.ts";
import {
  allPages,
  describeClustersV1,
  describeClusterUserKubeconfig,
  type KubeconfigWish,
  type ListedCluster,
  listClusterKubeconfigStates,
} from "./ack.ts";
import { createFinds, createTurns } from "./atOnce.ts";
import type { AuditLogstore } from "./auditProject.ts";
import type { CallContext } from "./call.ts";
import { changePorts } from "./changePorts.ts";
import { auditingControl } from "./changes.ts";
import { type FactSources, findFacts, findLogstore, type KnownFacts, listAckNodes } from "./clusterFacts.ts";
import { clusterLogs } from "./clusterLogs.ts";
import { unreachableBy } from "./slsFailure.ts";
import { createSlsLimits, type SlsLimits } from "./slsLimits.ts";
import { createSlsLogSource } from "./slsLogSource.ts";

/** What the Kubernetes API of one cluster tells. */
export interface KubernetesReader {
  namespaces(signal: AbortSignal): AsyncIterable<Page<Namespace>>;
  pods(namespace: string, signal: AbortSignal): AsyncIterable<Page<Pod>>;
  nodes(signal: AbortSignal): AsyncIterable<Page<ClusterNode>>;
  /** Tells the pods of a namespace and every change of them, until the signal fires or after `ended`. */
  watchPods(namespace: string, listener: (news: PodsNews) => void, signal: AbortSignal): Promise<void>;
}

/** A context of the person's own kubeconfig file. */
export type OwnContext = { readonly file: string; readonly context: string };

export type KubernetesDeps = {
  /** `renew` gives another kubeconfig when the time of a short-lived one is over; undefined where there is none. */
  readonly connect: (
    kubeconfig: string | OwnContext,
    renew?: (signal: AbortSignal) => Promise<string | undefined>,
  ) => Promise<KubernetesReader | Unreachable>;
  /** The context that the person has chosen for a cluster; without one ACK is asked for a short-lived kubeconfig. */
  readonly ownContext: (cluster: ClusterId) => OwnContext | undefined;
  readonly wish: () => KubeconfigWish;
};

export type CloudAccountDeps = {
  /** Stable over reloads. */
  readonly id: string;
  readonly name: string;
  readonly context: CallContext;
  /** The regions that the person has chosen. */
  readonly regions: readonly string[];
  readonly now: () => number;
  /** Undefined where pods and nodes are not to be asked for. */
  readonly kubernetes?: KubernetesDeps;
  /** Undefined where nothing can be changed. Whether changes are forbidden is asked at each of them. */
  readonly changes?: { readonly isReadOnly: () => boolean };
  /** Requests to one project that are in flight at once; asked each time. */
  readonly requestsAtOnce?: () => number;
};

/** What a cloud account tells beside what every account does. */
export interface CloudAccount extends Account {
  /** Everything behind a cluster's status, found out anew. */
  facts(cluster: ClusterId, signal: AbortSignal): Promise<StatusFacts | Unreachable>;
  /** The accounts that have had a kubeconfig of the cluster, by the id that audit logs name them with. */
  names(cluster: ClusterId, signal: AbortSignal): Promise<ReadonlyMap<string, AccountName> | Unreachable>;
  /** Tells the pods of a namespace and every change of them until the signal fires, or why they cannot be followed. */
  watchPods(
    cluster: ClusterId,
    namespace: string,
    listener: (news: PodsNews) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

const regionsAtOnce = 6;
const clustersAtOnce = 8;
const dayMs = 24 * 60 * 60_000;
const namesMs = 10 * 60_000;
/** A kubeconfig that ends sooner is not begun with. */
const kubeconfigReserveMs = 2 * 60_000;
const sharedCallMs = 60_000;
const notFound = (detail: string): Unreachable => ({ code: "notFound", detail });

/** An Alibaba Cloud account: the clusters of its regions, whether they are audited, and their logs. Making it asks nothing. */
export function createCloudAccount(deps: CloudAccountDeps): CloudAccount {
  return new AlibabaAccount(deps);
}

type Kept = {
  listed: ListedCluster;
  known: KnownFacts;
  /** A change that this window is at. */
  change: StatusChange | undefined;
  log: { readonly project: string; readonly source: LogSource } | undefined;
  finding: Promise<AuditLogstore> | undefined;
  names: { readonly asOfMs: number; readonly names: ReadonlyMap<string, AccountName> } | undefined;
  kubernetes:
    | {
        readonly own: OwnContext | undefined;
        readonly reader: Promise<KubernetesReader | Unreachable>;
        untilMs: number;
      }
    | undefined;
  control: AuditingControl | undefined;
};

class AlibabaAccount implements CloudAccount {
  readonly id: string;
  readonly name: string;
  readonly kind = "cloud";
  /** GetLogsV2 answers a search with at most so many rows. */
  readonly pageRows = 100;
  readonly #deps: CloudAccountDeps;
  readonly #clusters = new Map<ClusterId, Kept>();
  readonly #limits = new Map<string, SlsLimits>();
  readonly #listeners = new Set<(cluster: ClusterId | undefined) => void>();
  readonly #logs = new Map<ClusterId, LogSource>();

  constructor(deps: CloudAccountDeps) {
    this.id = deps.id;
    this.name = deps.name;
    this.#deps = deps;
  }

  onChange(listener: (cluster: ClusterId | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A cluster is told as soon as its own status is known: neither another region nor another cluster holds it up. */
  async *clusters(signal: AbortSignal): AsyncGenerator<Page<ClusterState>, void, void> {
    const leaving = new AbortController();
    const ending = AbortSignal.any([signal, leaving.signal]);
    const finds = createFinds<ClusterState | Extract<Page<ClusterState>, { kind: "failure" }>>();
    const regionTurn = createTurns(regionsAtOnce);
    const clusterTurn = createTurns(clustersAtOnce);
    const seen = new Set<ClusterId>();

    const tellStatus = async (kept: Kept): Promise<void> => {
      if (ending.aborted) return;
      const facts = await this.#find(kept, false, ending);
      if (!ending.aborted) finds.add({ cluster: kept.listed.cluster, status: auditStatus(facts) });
    };
    const listRegion = async (region: string): Promise<void> => {
      const telling: Promise<void>[] = [];
      for await (const page of allPages((number) => describeClustersV1(this.#deps.context, region, number, ending))) {
        if (ending.aborted) break;
        if (page.kind !== "ok") {
          finds.add({ kind: "failure", part: region, reason: unreachableBy(page) });
          break;
        }
        for (const listed of page.value.items) {
          const { id } = listed.cluster;
          // The central endpoint tells the clusters of every region to each that asks for one.
          if (listed.cluster.region !== region || seen.has(id)) continue;
          seen.add(id);
          const kept = this.#keep(listed);
          telling.push(clusterTurn(() => tellStatus(kept)));
        }
      }
      await Promise.all(telling);
    };

    void Promise.all(this.#deps.regions.map((region) => regionTurn(() => listRegion(region)))).then(
      () => finds.end(),
      (error: unknown) => finds.end(error),
    );
    const stop = () => finds.end();
    ending.addEventListener("abort", stop, { once: true });
    try {
      for await (const found of finds.read()) {
        if (signal.aborted) return;
        const items = found.filter((each) => "cluster" in each);
        const failures = found.filter((each) => "kind" in each);
        if (items.length > 0) {
          yield { kind: "items", items, asOfMs: Math.min(...items.map(({ status }) => status.asOfMs)) };
        }
        yield* failures;
      }
    } finally {
      ending.removeEventListener("abort", stop);
      leaving.abort();
    }
  }

  async facts(id: ClusterId, signal: AbortSignal): Promise<StatusFacts | Unreachable> {
    const kept = await this.#at(id, signal);
    return "code" in kept ? kept : this.#find(kept, true, signal);
  }

  async *namespaces(id: ClusterId, signal: AbortSignal): AsyncGenerator<Page<Namespace>, void, void> {
    let isWhole = true;
    for await (const page of this.#kubernetesPages(id, signal, (reader) => reader.namespaces(signal))) {
      if (page.kind === "failure") isWhole = false;
      yield page;
    }
    if (isWhole || signal.aborted) return;
    // Without the Kubernetes API, records still name the namespaces that were entered; whether they exist they do not say.
    const rows = await rowsOf(this.logs(id), namespacesSeenStatement, this.#lastDay(), signal);
    if (signal.aborted || isUnreachable(rows)) return;
    const names = rows.map(readNamespaceSeen).filter((name) => name !== "");
    yield this.#page(names.map((name) => ({ name, gone: false })));
  }

  async *pods(id: ClusterId, namespace: string, signal: AbortSignal): AsyncGenerator<Page<Pod>, void, void> {
    const names = new Set<string>();
    let isWhole = true;
    for await (const page of this.#kubernetesPages(id, signal, (reader) => reader.pods(namespace, signal))) {
      if (page.kind === "failure") isWhole = false;
      else for (const { name } of page.items) names.add(name);
      yield page;
    }
    const kept = this.#clusters.get(id);
    if (signal.aborted || kept?.known.log?.facts.exists === false) return;
    const recorded = await recordedPods(this.logs(id), namespace, this.#lastDay(), signal);
    if (signal.aborted) return;
    if (isUnreachable(recorded)) {
      yield { kind: "failure", part: namespace, reason: recorded };
      return;
    }
    // Of a list that broke off nobody can say that a pod which is not in it is gone.
    yield this.#page(recorded.filter(({ name }) => !names.has(name)).map((pod) => ({ ...pod, gone: isWhole })));
  }

  async watchPods(
    id: ClusterId,
    namespace: string,
    listener: (news: PodsNews) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const reader = await this.#reader(id, signal);
    if (signal.aborted) return;
    if ("code" in reader) listener({ kind: "ended", reason: reader });
    else await reader.watchPods(namespace, listener, signal);
  }

  async *nodes(id: ClusterId, signal: AbortSignal): AsyncGenerator<Page<ClusterNode>, void, void> {
    let isWhole = true;
    let count = 0;
    for await (const page of this.#kubernetesPages(id, signal, (reader) => reader.nodes(signal))) {
      if (page.kind === "failure") isWhole = false;
      else count += page.items.length;
      yield page;
    }
    if (isWhole || count > 0 || signal.aborted) return;
    // ACK knows the names of the nodes, though not what they run.
    const kept = await this.#at(id, signal);
    if ("code" in kept) return;
    const { region } = kept.listed.cluster;
    const listed = await listAckNodes(this.#deps.context, { region, cluster: id }, signal);
    if (listed.kind !== "ok") return;
    const unknown = { osImage: "", kernelVersion: "", containerRuntime: "", kubeletVersion: "", architecture: "" };
    yield this.#page(listed.value.map(({ name, ip }) => ({ name, ip, ...unknown })));
  }

  logs(id: ClusterId): LogSource {
    let source = this.#logs.get(id);
    if (source === undefined) {
      source = clusterLogs((signal) => this.#findLogSource(id, signal));
      this.#logs.set(id, source);
    }
    return source;
  }

  auditing(id: ClusterId): AuditingControl | undefined {
    const kept = this.#clusters.get(id);
    const { changes } = this.#deps;
    if (kept === undefined || changes === undefined) return undefined;
    kept.control ??= this.#watched(
      kept,
      auditingControl(changePorts(this.#sources(kept), () => kept.listed, changes.isReadOnly)),
    );
    return kept.control;
  }

  async names(id: ClusterId, signal: AbortSignal): Promise<ReadonlyMap<string, AccountName> | Unreachable> {
    const kept = await this.#at(id, signal);
    if ("code" in kept) return kept;
    const { context, now } = this.#deps;
    if (kept.names !== undefined && now() - kept.names.asOfMs < namesMs) return kept.names.names;
    const names = new Map<string, AccountName>();
    const address = { region: kept.listed.cluster.region, cluster: id };
    for await (const page of allPages((number) => listClusterKubeconfigStates(context, address, number, signal))) {
      if (page.kind !== "ok") return unreachableBy(page);
      for (const { accountId, ...name } of page.value.items) names.set(accountId, name);
    }
    if (!signal.aborted) kept.names = { asOfMs: now(), names };
    return names;
  }

  // ------------------------------------------------------------------------------------------- clusters

  #keep(listed: ListedCluster): Kept {
    const { id } = listed.cluster;
    const before = this.#clusters.get(id);
    if (before !== undefined) {
      before.listed = listed;
      return before;
    }
    const kept: Kept = {
      listed,
      known: { lasting: undefined, log: undefined, newestEventMs: undefined },
      change: undefined,
      log: undefined,
      finding: undefined,
      names: undefined,
      kubernetes: undefined,
      control: undefined,
    };
    this.#clusters.set(id, kept);
    return kept;
  }

  /** A cluster that was listed before; else it is looked for in every region, as after a reload of the window. */
  async #at(id: ClusterId, signal: AbortSignal): Promise<Kept | Unreachable> {
    const known = this.#clusters.get(id);
    if (known !== undefined) return known;
    const leaving = new AbortController();
    const ending = AbortSignal.any([signal, leaving.signal]);
    const turn = createTurns(regionsAtOnce);
    const failures: Unreachable[] = [];
    let found: Kept | undefined;
    const look = async (region: string): Promise<void> => {
      for await (const page of allPages((number) => describeClustersV1(this.#deps.context, region, number, ending))) {
        if (ending.aborted) return;
        if (page.kind !== "ok") {
          failures.push(unreachableBy(page));
          return;
        }
        for (const listed of page.value.items) {
          if (listed.cluster.region !== region) continue;
          const kept = this.#keep(listed);
          if (listed.cluster.id === id) found = kept;
        }
        if (found !== undefined) leaving.abort();
      }
    };
    await Promise.all(
      this.#deps.regions.map((region) => turn(async () => (ending.aborted ? undefined : look(region)))),
    );
    return found ?? failures[0] ?? notFound(id);
  }

  async #find(kept: Kept, wantsAll: boolean, signal: AbortSignal): Promise<StatusFacts> {
    const { facts, known } = await findFacts(this.#sources(kept), kept.listed, kept.known, wantsAll, signal);
    // What was asked under a signal that has fired is not what is there.
    if (!signal.aborted) kept.known = known;
    return { ...facts, change: kept.change };
  }

  #sources(kept: Kept): FactSources {
    const { id } = kept.listed.cluster;
    return {
      context: this.#deps.context,
      nodes: this.#deps.kubernetes === undefined ? undefined : (signal) => this.#allNodes(id, signal),
      log: (found) => this.#logSource(kept, found),
    };
  }

  /** A change that is under way is the cluster's status for as long as somebody waits for it here. */
  #watched(kept: Kept, control: AuditingControl): AuditingControl {
    const { id } = kept.listed.cluster;
    const tell = (change: StatusChange | undefined): void => {
      if (change?.step === kept.change?.step && change?.kind === kept.change?.kind) return;
      kept.change = change;
      for (const listener of [...this.#listeners]) listener(id);
    };
    async function* watch(
      progress: ReturnType<AuditingControl["carryOut"]>,
      ended: () => void,
    ): ReturnType<AuditingControl["carryOut"]> {
      try {
        for await (const each of progress) {
          if (each.kind === "waiting") tell(each.status);
          yield each;
        }
      } finally {
        ended();
      }
    }
    const ended = () => {
      // What was believed about the cluster is not true any more.
      kept.known = { ...kept.known, lasting: undefined, log: undefined };
      kept.log = undefined;
      kept.change = undefined;
      for (const listener of [...this.#listeners]) listener(id);
    };
    return {
      plan: (change, signal) => control.plan(change, signal),
      retention: (signal) => control.retention(signal),
      carryOut: (plan, signal) => watch(control.carryOut(plan, signal), ended),
      resume: (underWay, signal) => watch(control.resume(underWay, signal), ended),
    };
  }

  // ----------------------------------------------------------------------------------------------- logs

  async #findLogSource(id: ClusterId, signal: AbortSignal): Promise<LogSource | Unreachable> {
    const kept = await this.#at(id, signal);
    if ("code" in kept) return kept;
    if (kept.log !== undefined) return kept.log.source;
    const known = kept.known.log;
    if (known?.facts.exists === true) return this.#logSource(kept, known.found);
    // Many ask at once; the look for the project is shared and outlives who began it.
    kept.finding ??= findLogstore(this.#deps.context, kept.listed, AbortSignal.timeout(sharedCallMs)).finally(() => {
      kept.finding = undefined;
    });
    const found = await unlessAborted(kept.finding, signal);
    if (found === undefined) return notFound(id);
    if (found.failure !== undefined) return unreachableBy(found.failure);
    return found.logstore === undefined
      ? notFound(`${found.project} / ${auditLogstore(id)}`)
      : this.#logSource(kept, found);
  }

  #logSource(kept: Kept, { project, logstore }: AuditLogstore): LogSource {
    const { id, region } = kept.listed.cluster;
    if (kept.log?.project === project) return kept.log.source;
    const source = createSlsLogSource({
      context: this.#deps.context,
      region,
      project,
      logstore: auditLogstore(id),
      limits: this.#limitsOf(project),
    });
    // Without its Logstore a log is not kept: it may come into being in another project.
    if (logstore !== undefined) kept.log = { project, source };
    return source;
  }

  #limitsOf(project: string): SlsLimits {
    let limits = this.#limits.get(project);
    if (limits === undefined) {
      limits = createSlsLimits(this.#deps.requestsAtOnce ?? (() => 8));
      this.#limits.set(project, limits);
    }
    return limits;
  }

  // ----------------------------------------------------------------------------------------- Kubernetes

  async *#kubernetesPages<Item>(
    id: ClusterId,
    signal: AbortSignal,
    list: (reader: KubernetesReader) => AsyncIterable<Page<Item>>,
  ): AsyncGenerator<Page<Item>, void, void> {
    const reader = await this.#reader(id, signal);
    if (signal.aborted) return;
    if ("code" in reader) yield { kind: "failure", part: "", reason: reader };
    else yield* list(reader);
  }

  async #allNodes(id: ClusterId, signal: AbortSignal): Promise<readonly ClusterNode[] | Unreachable> {
    const nodes: ClusterNode[] = [];
    for await (const page of this.#kubernetesPages(id, signal, (reader) => reader.nodes(signal))) {
      if (page.kind === "failure") return page.reason;
      nodes.push(...page.items);
    }
    return nodes;
  }

  async #reader(id: ClusterId, signal: AbortSignal): Promise<KubernetesReader | Unreachable> {
    const { kubernetes, now } = this.#deps;
    if (kubernetes === undefined) return notFound("kubernetes");
    const kept = await this.#at(id, signal);
    if ("code" in kept) return kept;
    const own = kubernetes.ownContext(id);
    const known = kept.kubernetes;
    if (known !== undefined && isSameContext(known.own, own) && now() < known.untilMs) {
      return (await unlessAborted(known.reader, signal)) ?? notFound(id);
    }
    // A kubeconfig is fetched once for all who wait for it, so nobody's cancelling ends it.
    const connecting: NonNullable<Kept["kubernetes"]> = {
      own,
      reader:
        own === undefined
          ? this.#connect(kept, kubernetes, AbortSignal.timeout(sharedCallMs), (untilMs) => {
              connecting.untilMs = untilMs;
            })
          : kubernetes.connect(own),
      untilMs: own === undefined ? now() + sharedCallMs : Number.POSITIVE_INFINITY,
    };
    kept.kubernetes = connecting;
    const forget = () => {
      if (kept.kubernetes === connecting) kept.kubernetes = undefined;
    };
    connecting.reader.then((reader) => {
      if ("code" in reader) forget();
    }, forget);
    return (await unlessAborted(connecting.reader, signal)) ?? notFound(id);
  }

  /** With a kubeconfig that ACK makes for a short time. It is in memory alone. */
  async #connect(
    { listed }: Kept,
    { connect, wish }: KubernetesDeps,
    signal: AbortSignal,
    validUntil: (untilMs: number) => void,
  ): Promise<KubernetesReader | Unreachable> {
    const { id: cluster, region } = listed.cluster;
    const { context, now } = this.#deps;
    const fetch = async (signal: AbortSignal): Promise<{ readonly yaml: string } | Unreachable> => {
      const wished = wish();
      // The public endpoint of a cluster that has none is answered too, and leads nowhere.
      if (wished.endpoint === "public" && listed.hasPublicEndpoint === false) return notFound("api_server_endpoint");
      const answer = await describeClusterUserKubeconfig(context, { region, cluster }, wished, signal);
      if (answer.kind !== "ok") return unreachableBy(answer);
      const { yaml, expiresMs } = answer.value;
      validUntil((expiresMs ?? now() + wished.minutes * 60_000) - kubeconfigReserveMs);
      return { yaml };
    };
    const first = await fetch(signal);
    if ("code" in first) return first;
    return connect(first.yaml, async (signal) => {
      const next = await fetch(signal);
      return "code" in next ? undefined : next.yaml;
    });
  }

  #lastDay(): TimeRange {
    const toMs = this.#deps.now() + 1000;
    return { fromMs: toMs - dayMs, toMs };
  }

  #page<Item>(items: readonly Item[]): Page<Item> {
    return { kind: "items", items, asOfMs: this.#deps.now() };
  }
}

function isSameContext(a: OwnContext | undefined, b: OwnContext | undefined): boolean {
  return a?.file === b?.file && a?.context === b?.context;
}

/** Undefined where the signal fires first; the work goes on for others. */
async function unlessAborted<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  if (signal.aborted) return undefined;
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = () => aborted.resolve(undefined);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
