import { promises as timers } from "node:timers";
import { auditStatus, missingAddons, type StatusChange } from "../audit/auditStatus.ts";
import type { AddonName, AuditStatus } from "../audit/cluster.ts";
import type { ClusterId } from "../audit/ids.ts";
import type { Engine } from "../engine/client.ts";
import { type Account, type AuditingControl, isUnreachable, type Page, recordedPods } from "../logs/account.ts";
import { listedPod, type SampleCluster, sampleClusters } from "./sampleClusters.ts";
import { SampleLog } from "./sampleLog.ts";
import { addonsNow, hasRecords, newestRecordMs } from "./sampleRecords.ts";
import { type AuditingChange, currentState, type SampleMemory, type SampleState } from "./sampleState.ts";

/** How long the steps of turning auditing on and off take; on a real cluster each takes minutes. */
export type SampleDelays = {
  readonly installCollectorMs: number;
  readonly installAuditingMs: number;
  readonly lookForEventMs: number;
  readonly uninstallMs: number;
};

const delaysOfTheSample: SampleDelays = {
  installCollectorMs: 2_500,
  installAuditingMs: 3_500,
  lookForEventMs: 700,
  uninstallMs: 2_500,
};

const dayMs = 24 * 60 * 60_000;

/**
 * The account that is built in: four clusters, a day of records that goes on, and an incident in it. Everything but its
 * records is real: they are asked, searched and counted as those of any other account.
 */
export function createSampleAccount(
  engine: Engine,
  memory: SampleMemory,
  now: () => number = Date.now,
  delays: SampleDelays = delaysOfTheSample,
): Account {
  return new SampleAccount(engine, memory, now, delays);
}

class SampleAccount implements Account {
  readonly id = "sample";
  readonly name = "Sample";
  readonly kind = "sample";
  /** As Simple Log Service pages a search, so that the sample behaves as an account does. */
  readonly pageRows = 100;
  readonly #memory: SampleMemory;
  readonly #now: () => number;
  readonly #delays: SampleDelays;
  readonly #logs: ReadonlyMap<ClusterId, SampleLog>;
  readonly #listeners = new Set<(cluster: ClusterId | undefined) => void>();
  /** Clusters that are being changed, and the step that each is at. */
  readonly #busy = new Set<ClusterId>();
  readonly #changing = new Map<ClusterId, StatusChange>();
  /** Kept while any log lives: the incident does not move under the eyes of who investigates it. */
  #current: SampleState | undefined;

  constructor(engine: Engine, memory: SampleMemory, now: () => number, delays: SampleDelays) {
    this.#memory = memory;
    this.#now = now;
    this.#delays = delays;
    const state = () => this.#state();
    const forget = () => {
      this.#current = undefined;
    };
    this.#logs = new Map(
      sampleClusters.map((cluster) => [cluster.cluster.id, new SampleLog(engine, cluster, state, now, forget)]),
    );
  }

  onChange(listener: (cluster: ClusterId | undefined) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async *clusters(): ReturnType<Account["clusters"]> {
    const items = sampleClusters.map((cluster) => ({ cluster: cluster.cluster, status: this.#status(cluster) }));
    yield { kind: "items", items, asOfMs: this.#now() };
  }

  async *namespaces(id: ClusterId): ReturnType<Account["namespaces"]> {
    const names = new Set(clusterOf(id).pods.map(({ namespace }) => namespace));
    yield this.#page([...names].sort().map((name) => ({ name, gone: false })));
  }

  async *pods(id: ClusterId, namespace: string, signal: AbortSignal): ReturnType<Account["pods"]> {
    const cluster = clusterOf(id);
    const listed = cluster.pods.filter((pod) => pod.namespace === namespace).map((pod) => listedPod(cluster, pod));
    yield this.#page(listed);
    if (!hasRecords(cluster, this.#state())) return;
    const toMs = this.#now() + 1000;
    const recorded = await recordedPods(this.logs(id), namespace, { fromMs: toMs - dayMs, toMs }, signal);
    if (signal.aborted) return;
    if (isUnreachable(recorded)) {
      yield { kind: "failure", part: namespace, reason: recorded };
      return;
    }
    const names = new Set(listed.map(({ name }) => name));
    yield this.#page(recorded.filter(({ name }) => !names.has(name)).map((pod) => ({ ...pod, gone: true })));
  }

  async *nodes(id: ClusterId): ReturnType<Account["nodes"]> {
    yield this.#page(clusterOf(id).nodes);
  }

  logs(id: ClusterId): SampleLog["source"] {
    const log = this.#logs.get(id);
    if (log === undefined) throw new Error(`The sample has no cluster ${id}.`);
    return log.source;
  }

  auditing(id: ClusterId): AuditingControl | undefined {
    const cluster = clusterOf(id);
    if (this.#status(cluster).kind === "notEligible") return undefined;
    return {
      turnOn: (signal) => this.#changed(cluster, this.#turnOn(cluster, signal)),
      turnOff: (signal) => this.#changed(cluster, this.#turnOff(cluster, signal)),
    };
  }

  /** Tells each step as it begins and, whether they end, are given up or fail, the status that is left. */
  async *#changed(cluster: SampleCluster, steps: AsyncIterable<StatusChange>): AsyncIterable<AuditStatus> {
    const { id } = cluster.cluster;
    if (this.#busy.has(id)) {
      yield this.#status(cluster);
      return;
    }
    this.#busy.add(id);
    try {
      for await (const change of steps) {
        this.#changing.set(id, change);
        this.#tell(id);
        yield this.#status(cluster);
      }
    } catch (error) {
      if (!isAbort(error)) throw error;
    } finally {
      this.#busy.delete(id);
      this.#changing.delete(id);
      this.#tell(id);
    }
    yield this.#status(cluster);
  }

  async *#turnOn({ cluster: { id } }: SampleCluster, signal: AbortSignal): AsyncIterable<StatusChange> {
    const missing = this.#missing(id);
    if (missing.includes("logtail-ds")) {
      yield { kind: "turningOn", step: "installingCollector" };
      await timers.setTimeout(this.#delays.installCollectorMs, undefined, { signal });
      this.#remember({ cluster: id, atMs: this.#now(), kind: "collectorInstalled" });
    }
    if (!missing.includes("ack-advanced-audit")) return;
    yield { kind: "turningOn", step: "installingAuditing" };
    await timers.setTimeout(this.#delays.installAuditingMs, undefined, { signal });
    const installedMs = this.#now();
    this.#remember({ cluster: id, atMs: installedMs, kind: "auditingInstalled" });
    yield { kind: "turningOn", step: "waitingForFirstEvent" };
    for (;;) {
      await timers.setTimeout(this.#delays.lookForEventMs, undefined, { signal });
      const bounds = await this.logs(id).bounds(signal);
      // Bounds end with or behind the newest record's second. Whoever cannot be asked cannot be waited for.
      if (bounds !== undefined && ("code" in bounds || bounds.toMs > installedMs + 1000)) return;
    }
  }

  async *#turnOff({ cluster: { id } }: SampleCluster, signal: AbortSignal): AsyncIterable<StatusChange> {
    if (this.#missing(id).includes("ack-advanced-audit")) return;
    yield { kind: "turningOff", step: "uninstallingAuditing" };
    await timers.setTimeout(this.#delays.uninstallMs, undefined, { signal });
    this.#remember({ cluster: id, atMs: this.#now(), kind: "auditingRemoved" });
  }

  #missing(id: ClusterId): readonly AddonName[] {
    return missingAddons(addonsNow(clusterOf(id), this.#state()));
  }

  #status(cluster: SampleCluster): AuditStatus {
    const state = this.#state();
    const nowMs = this.#now();
    return auditStatus({
      asOfMs: nowMs,
      cluster: cluster.cluster,
      nodes: cluster.nodes,
      addons: addonsNow(cluster, state),
      ubuntu: { imageAcceleration: false, cpfs: false, hardenedNodes: [] },
      // What the log holds follows from the time, so the list of clusters does not have to wait for the engine.
      newestEventMs: hasRecords(cluster, state) ? newestRecordMs(cluster, state, nowMs) : undefined,
      change: this.#changing.get(cluster.cluster.id),
      unknown: undefined,
    });
  }

  #state(): SampleState {
    if (this.#current === undefined) {
      this.#current = currentState(this.#memory.read(), this.#now());
      this.#memory.write(this.#current);
    }
    return this.#current;
  }

  #remember(change: AuditingChange): void {
    const state = this.#state();
    this.#current = { ...state, changes: [...state.changes, change] };
    this.#memory.write(this.#current);
  }

  #tell(cluster: ClusterId): void {
    for (const listener of [...this.#listeners]) listener(cluster);
  }

  #page<Item>(items: readonly Item[]): Page<Item> {
    return { kind: "items", items, asOfMs: this.#now() };
  }
}

function clusterOf(id: ClusterId): SampleCluster {
  const cluster = sampleClusters.find((candidate) => candidate.cluster.id === id);
  if (cluster === undefined) throw new Error(`The sample has no cluster ${id}.`);
  return cluster;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
