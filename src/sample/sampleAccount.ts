import { promises as timers } from "node:timers";
import { auditStatus, missingAddons, type StatusChange, type StatusFacts } from "../audit/auditStatus.ts";
import {
  type Change,
  type ChangeEnd,
  type ChangePlan,
  type ChangeProgress,
  type ChangeStep,
  type ChangeUnderWay,
  isSamePlan,
  planChange,
} from "../audit/change.ts";
import type { AddonName, AuditStatus, OfferedAddon } from "../audit/cluster.ts";
import { auditLogstore, type ClusterId, defaultProject } from "../audit/ids.ts";
import type { Engine } from "../engine/client.ts";
import { type Account, type AuditingControl, isUnreachable, type Page, recordedPods } from "../logs/account.ts";
import { addonsNow, installationsMs } from "./sampleAuditing.ts";
import { listedPod, type SampleCluster, sampleClusters } from "./sampleClusters.ts";
import { SampleLog } from "./sampleLog.ts";
import { logstoreAt, logstoreReturnsAfterMs, type SampleLogstore } from "./sampleLogstore.ts";
import { newestRecordMs } from "./sampleRecords.ts";
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

/** As for a cloud: whoever deletes the Logstore or turns auditing off meanwhile may never see an event. */
const firstEventWithinMs = 10 * 60_000;

/** What is under way in the sample has one name: there is never more than one. */
const sampleTask = "T-sample";

const offeredAddons: readonly OfferedAddon[] = [
  { name: "logtail-ds", version: "1.8.9", architectures: ["amd64", "arm64"] },
  { name: "ack-advanced-audit", version: "0.9.0", architectures: ["amd64"] },
];

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
    if (this.#logstore(cluster) === undefined) return;
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

  auditing(id: ClusterId): AuditingControl {
    const cluster = clusterOf(id);
    return {
      plan: async (change) => this.#plan(cluster, change),
      retention: async () => this.#logstore(cluster)?.retentionDays ?? { kind: "noLogstore" },
      carryOut: (plan, signal) => this.#carryOut(cluster, plan, signal),
      resume: (underWay) => this.#resume(underWay),
    };
  }

  #plan(cluster: SampleCluster, change: Change): ChangePlan {
    const { id } = cluster.cluster;
    const facts = this.#facts(cluster);
    const logstore = this.#logstore(cluster);
    return planChange(change, {
      ...facts,
      account: "sample",
      isReadOnly: false,
      tasks: this.#busy.has(id) ? [{ id: sampleTask, type: "cluster_addon_install" }] : [],
      project: defaultProject(id),
      logstore:
        logstore === undefined
          ? "missing"
          : { retentionDays: logstore.retentionDays, hotDays: undefined, billing: "ChargeByFunction" },
    });
  }

  async *#carryOut(cluster: SampleCluster, agreed: ChangePlan, signal: AbortSignal): AsyncIterable<ChangeProgress> {
    const { id } = cluster.cluster;
    const plan = this.#plan(cluster, agreed.change);
    const [by] = plan.blockers;
    if (signal.aborted) yield ended({ kind: "cancelledWaiting", at: "before" });
    else if (by !== undefined) yield ended({ kind: "blocked", by });
    else if (!isSamePlan(agreed, plan)) yield ended({ kind: "planOutdated" });
    else if (plan.change.kind === "changeRetention") {
      this.#remember({ cluster: id, atMs: this.#now(), kind: "retentionChanged", days: plan.change.days });
      this.#tell(id);
      yield ended({ kind: "done", newestEventMs: undefined });
    } else if (plan.change.kind === "deleteLogstore") {
      this.#remember({ cluster: id, atMs: this.#now(), kind: "logstoreDeleted" });
      this.#tell(id);
      // If auditing is on there is another one by then.
      void timers.setTimeout(logstoreReturnsAfterMs, undefined, { ref: false }).then(() => this.#tell(id));
      yield ended({ kind: "done", newestEventMs: undefined });
    } else {
      yield* this.#changeAddons(id, plan.steps, signal);
    }
  }

  /** As in a cloud, the steps are gone through to their end whether or not somebody waits for them. */
  async *#changeAddons(
    id: ClusterId,
    steps: readonly ChangeStep[],
    signal: AbortSignal,
  ): AsyncIterable<ChangeProgress> {
    this.#busy.add(id);
    const finished: Promise<void>[] = [];
    for (const step of steps) finished.push(this.#carryOutStep(id, step, finished.at(-1)));
    const all = Promise.all(finished).finally(() => {
      this.#busy.delete(id);
      this.#changing.delete(id);
      this.#tell(id);
    });
    for (const end of finished) {
      const status = this.#changing.get(id);
      if (status !== undefined) yield { kind: "waiting", status, stage: undefined };
      await untilAborted(end, signal);
      if (signal.aborted) {
        yield ended({ kind: "cancelledWaiting", at: "task" });
        return;
      }
    }
    await all;
    yield* steps.some(({ kind }) => kind === "awaitFirstEvent")
      ? this.#awaitFirstEvent(id, signal)
      : [ended({ kind: "done", newestEventMs: undefined })];
  }

  async #carryOutStep(id: ClusterId, step: ChangeStep, before: Promise<void> | undefined): Promise<void> {
    // The first step begins at once, so that whoever asked for it sees it.
    if (before !== undefined) await before;
    const doing = doingOf(step);
    if (doing === undefined) return;
    this.#changing.set(id, doing.status);
    this.#tell(id);
    await timers.setTimeout(this.#delays[doing.delay]);
    this.#remember({ cluster: id, atMs: this.#now(), kind: doing.change });
  }

  async *#awaitFirstEvent(id: ClusterId, signal: AbortSignal): AsyncIterable<ChangeProgress> {
    const beganMs = this.#now();
    const installedMs = installationsMs(clusterOf(id), this.#state()).at(-1) ?? beganMs;
    const status: StatusChange = { kind: "turningOn", step: "waitingForFirstEvent" };
    this.#changing.set(id, status);
    this.#tell(id);
    try {
      for (;;) {
        yield { kind: "waiting", status, stage: undefined };
        await untilAborted(timers.setTimeout(this.#delays.lookForEventMs), signal);
        if (signal.aborted) {
          yield ended({ kind: "cancelledWaiting", at: "firstEvent" });
          return;
        }
        const bounds = await this.logs(id).bounds(signal);
        const waitedMs = this.#now() - beganMs;
        if (bounds !== undefined && "code" in bounds) {
          const by = { kind: "unreachable", why: "network", detail: bounds.detail } as const;
          yield ended({ kind: "noEventYet", waitedMs, by });
          return;
        }
        // Bounds end behind the newest record's second.
        if (bounds !== undefined && bounds.toMs > installedMs + 1000) {
          yield ended({ kind: "done", newestEventMs: bounds.toMs - 1000 });
          return;
        }
        if (waitedMs >= firstEventWithinMs) {
          yield ended({ kind: "noEventYet", waitedMs, by: undefined });
          return;
        }
      }
    } finally {
      this.#changing.delete(id);
      this.#tell(id);
    }
  }

  /** What the sample is at lives in its window, so after a reload there is nothing to wait for: it is done or it is not. */
  async *#resume({ cluster: { id }, change }: ChangeUnderWay): AsyncIterable<ChangeProgress> {
    const isOn = this.#missing(id).length === 0;
    const isDone = isOn === (change !== "turnOff");
    yield ended(isDone ? { kind: "done", newestEventMs: undefined } : { kind: "unconfirmed" });
  }

  #logstore(cluster: SampleCluster): SampleLogstore | undefined {
    return logstoreAt(cluster, this.#state(), this.#now()).logstore;
  }

  #missing(id: ClusterId): readonly AddonName[] {
    return missingAddons(addonsNow(clusterOf(id), this.#state()));
  }

  async facts(id: ClusterId): Promise<StatusFacts> {
    return this.#facts(clusterOf(id));
  }

  #status(cluster: SampleCluster): AuditStatus {
    return auditStatus(this.#facts(cluster));
  }

  #facts(cluster: SampleCluster): StatusFacts {
    const state = this.#state();
    const nowMs = this.#now();
    const { id } = cluster.cluster;
    const { logstore } = logstoreAt(cluster, state, nowMs);
    return {
      asOfMs: nowMs,
      cluster: cluster.cluster,
      nodes: cluster.nodes,
      nodePools: [],
      addons: addonsNow(cluster, state),
      offers: offeredAddons,
      ubuntu: { imageAcceleration: false, cpfs: false, hardenedNodes: [] },
      logstore: {
        project: defaultProject(id),
        projectFrom: "default",
        name: auditLogstore(id),
        exists: logstore !== undefined,
        createdMs: logstore?.createdMs,
        hasIndex: logstore === undefined ? undefined : true,
        retentionDays: logstore?.retentionDays,
        mode: logstore === undefined ? undefined : "standard",
        billing: undefined,
      },
      // What the log holds follows from the time, so the list of clusters does not have to wait for the engine.
      newestEventMs: newestRecordMs(cluster, state, nowMs),
      change: this.#changing.get(id),
      unknown: undefined,
      unanswered: [],
    };
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

function ended(end: ChangeEnd): ChangeProgress {
  return { kind: "ended", end };
}

/** What the sample does for a step, and how long it takes; undefined for what is no change of add-ons. */
function doingOf(step: ChangeStep):
  | {
      readonly status: StatusChange;
      readonly delay: keyof SampleDelays;
      readonly change: "collectorInstalled" | "auditingInstalled" | "auditingRemoved";
    }
  | undefined {
  if (step.kind === "uninstall") {
    const status = { kind: "turningOff", step: "uninstallingAuditing" } as const;
    return { status, delay: "uninstallMs", change: "auditingRemoved" };
  }
  if (step.kind !== "install") return undefined;
  return step.addon === "ack-advanced-audit"
    ? {
        status: { kind: "turningOn", step: "installingAuditing" },
        delay: "installAuditingMs",
        change: "auditingInstalled",
      }
    : {
        status: { kind: "turningOn", step: "installingCollector" },
        delay: "installCollectorMs",
        change: "collectorInstalled",
      };
}

/** Ends when the work does, or as soon as nobody waits for it any more. */
async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let stop = () => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
    signal.addEventListener("abort", stop, { once: true });
  });
  await Promise.race([work, aborted]);
  signal.removeEventListener("abort", stop);
}
