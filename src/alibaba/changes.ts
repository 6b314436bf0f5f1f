import {
  blockedPlan,
  type Change,
  type ChangeBlocker,
  type ChangeEnd,
  type ChangeFacts,
  type ChangePlan,
  type ChangeProgress,
  type ChangeUnderWay,
  isSamePlan,
  type LogstoreSettings,
  planChange,
  type RunningTask,
  statusChangeOf,
  type TaskStage,
} from "../audit/change.ts";
import { type ChangePlace, permissionMissing } from "../audit/changePolicy.ts";
import type { Addon, AddonName, Cluster, OfferedAddon } from "../audit/cluster.ts";
import type { EligibilityFacts } from "../audit/eligibility.ts";
import { auditLogstore, type LogstoreName, type ProjectName } from "../audit/ids.ts";
import type { AuditingControl } from "../logs/account.ts";
import type { StartedTask, TaskInfo } from "./ack.ts";
import type { CallFailure } from "./call.ts";
import type { Logstore } from "./sls.ts";

/** What one question to a service came to. */
export type Answered<Value> = { readonly kind: "ok"; readonly value: Value } | CallFailure;

type TaskAnswer = Pick<TaskInfo, "state" | "currentStage" | "stages" | "error">;

/** What is asked of ACK and SLS for one cluster. Each tells its failure as a value and ends early when its signal fires. */
export type ChangePorts = {
  readonly cluster: Pick<Cluster, "id" | "name" | "region">;
  readonly isReadOnly: () => boolean;
  /** Cluster, nodes as far as they can be had, and the add-ons of container auditing that are installed. */
  readonly facts: (signal: AbortSignal) => Promise<Answered<EligibilityFacts>>;
  readonly addons: (signal: AbortSignal) => Promise<Answered<readonly Addon[]>>;
  /** ListAddons for this cluster, the add-ons of container auditing alone. */
  readonly offered: (signal: AbortSignal) => Promise<Answered<readonly OfferedAddon[]>>;
  /** Changes of add-ons that ACK is at in this cluster. */
  readonly runningTasks: (signal: AbortSignal) => Promise<Answered<readonly RunningTask[]>>;
  /** Each of these three is one request and answers with its task; undefined where ACK names none. */
  readonly install: (
    addons: readonly { readonly name: AddonName; readonly version: string }[],
    signal: AbortSignal,
  ) => Promise<Answered<StartedTask>>;
  readonly upgrade: (
    addons: readonly { readonly name: AddonName; readonly version: string; readonly nextVersion: string }[],
    signal: AbortSignal,
  ) => Promise<Answered<StartedTask>>;
  readonly uninstall: (names: readonly AddonName[], signal: AbortSignal) => Promise<Answered<StartedTask>>;
  readonly task: (id: string, signal: AbortSignal) => Promise<Answered<TaskAnswer>>;
  readonly project: (signal: AbortSignal) => Promise<Answered<ProjectName>>;
  readonly logstore: (project: ProjectName, name: LogstoreName, signal: AbortSignal) => Promise<Answered<Logstore>>;
  readonly billing: (
    project: ProjectName,
    name: LogstoreName,
    signal: AbortSignal,
  ) => Promise<Answered<LogstoreSettings["billing"] | "unknown">>;
  /** UpdateLogStore with all fields as they were just read, but for the retention. */
  readonly setRetention: (
    project: ProjectName,
    current: Logstore,
    days: number,
    signal: AbortSignal,
  ) => Promise<Answered<unknown>>;
  readonly deleteLogstore: (
    project: ProjectName,
    name: LogstoreName,
    signal: AbortSignal,
  ) => Promise<Answered<unknown>>;
  /** When the newest event at or after this time was recorded; undefined where there is none, or no Logstore yet. */
  readonly newestEventMs: (sinceMs: number, signal: AbortSignal) => Promise<Answered<number | undefined>>;
  readonly now: () => number;
  /** Resolves early when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type ChangeWaits = {
  readonly pollMs: number;
  /** Installing an add-on takes 30 s to 5 min (container-auditing.md §3); after this nobody waits any longer. */
  readonly taskMs: number;
  /** What ACK lists may lag behind its task, and a new component needs a moment to become healthy. */
  readonly settleMs: number;
  readonly eventPollMs: number;
  readonly eventMs: number;
  /** So many questions in a row may fail while something is waited for. */
  readonly failures: number;
};

export const changeWaits: ChangeWaits = {
  pollMs: 10_000,
  taskMs: 15 * 60_000,
  settleMs: 60_000,
  eventPollMs: 10_000,
  eventMs: 10 * 60_000,
  failures: 6,
};

/** Changes the container auditing of one cluster of an Alibaba Cloud account. */
export function auditingControl(ports: ChangePorts, waits: ChangeWaits = changeWaits): AuditingControl {
  return {
    plan: async (change, signal) => (await gather(ports, change, signal)).plan,
    retention: (signal) => retention(ports, signal),
    carryOut: (plan, signal) => carryOut(ports, waits, plan, signal),
    resume: (underWay, signal) => watch(ports, waits, { underWay, doubt: doubtOf(underWay) }, signal),
  };
}

// ---------------------------------------------------------------------------------------------- facts

type Gathered = {
  readonly plan: ChangePlan;
  /** As it was read for the plan; undefined where there is none. */
  readonly logstore: Logstore | undefined;
};

/** Reads what the plan of a change needs and makes it. What cannot be read blocks it, unless the change does without. */
async function gather(ports: ChangePorts, change: Change, signal: AbortSignal): Promise<Gathered> {
  const isOfAddons = change.kind !== "changeRetention" && change.kind !== "deleteLogstore";
  const needsOffer = change.kind === "turnOn" || change.kind === "upgrade";
  const none = { kind: "ok", value: [] } as const;
  const [facts, project, offered, tasks] = await Promise.all([
    ports.facts(signal),
    ports.project(signal),
    needsOffer ? ports.offered(signal) : none,
    isOfAddons ? ports.runningTasks(signal) : none,
  ]);
  const blocked = (failure: CallFailure, found?: ProjectName): Gathered => {
    const by = blockerOf(failure, change.kind, { cluster: ports.cluster, project: found });
    return { plan: blockedPlan(change, ports.cluster, by, ports.now()), logstore: undefined };
  };
  if (facts.kind !== "ok") return blocked(facts);
  if (project.kind !== "ok") return blocked(project);
  if (offered.kind !== "ok") return blocked(offered, project.value);
  // Whoever may not list tasks still sees a change that is under way by the state of the add-ons.
  if (tasks.kind !== "ok" && tasks.kind !== "refused") return blocked(tasks, project.value);
  const read = await readLogstore(ports, project.value, signal);
  if (read.kind !== "ok" && !isOfAddons) return blocked(read, project.value);
  const logstore = read.kind === "ok" ? read.value : undefined;
  const known: ChangeFacts = {
    ...facts.value,
    offers: needsOffer ? offered.value : facts.value.offers,
    asOfMs: ports.now(),
    account: "cloud",
    isReadOnly: ports.isReadOnly(),
    tasks: tasks.kind === "ok" ? tasks.value : [],
    project: project.value,
    logstore:
      read.kind !== "ok"
        ? "unknown"
        : logstore === undefined
          ? "missing"
          : await settingsOf(ports, project.value, logstore, signal),
  };
  return { plan: planChange(change, known), logstore };
}

/** The Logstore; undefined where it, or its project, does not exist. */
async function readLogstore(
  ports: ChangePorts,
  project: ProjectName,
  signal: AbortSignal,
): Promise<Answered<Logstore | undefined>> {
  const read = await ports.logstore(project, auditLogstore(ports.cluster.id), signal);
  const isMissing = read.kind === "refused" && /^(LogStoreNotExist|ProjectNotExist)$/i.test(read.code);
  return isMissing ? { kind: "ok", value: undefined } : read;
}

async function settingsOf(
  ports: ChangePorts,
  project: ProjectName,
  { ttlDays, hotTtlDays }: Logstore,
  signal: AbortSignal,
): Promise<LogstoreSettings> {
  const billing = await ports.billing(project, auditLogstore(ports.cluster.id), signal);
  return {
    retentionDays: ttlDays,
    // Inferred: without a colder tier the field is missing, not positive, or the retention itself.
    hotDays: hotTtlDays !== undefined && hotTtlDays > 0 && hotTtlDays < ttlDays ? hotTtlDays : undefined,
    // How it is charged is told where it can be read; no change waits for it.
    billing: billing.kind === "ok" && billing.value !== "unknown" ? billing.value : undefined,
  };
}

async function retention(ports: ChangePorts, signal: AbortSignal): Promise<number | ChangeBlocker> {
  const { cluster } = ports;
  const project = await ports.project(signal);
  if (project.kind !== "ok") return blockerOf(project, "changeRetention", { cluster, project: undefined });
  const read = await readLogstore(ports, project.value, signal);
  if (read.kind !== "ok") return blockerOf(read, "changeRetention", { cluster, project: project.value });
  return read.value?.ttlDays ?? { kind: "noLogstore" };
}

/** What a failed question means to who wanted a change. */
export function blockerOf(failure: CallFailure, change: Change["kind"], place: ChangePlace): ChangeBlocker {
  switch (failure.kind) {
    case "refused":
      if (failure.action !== undefined) return permissionMissing(change, failure.action, place);
      // Inferred: ACK answers so while the add-on is being changed (container-auditing.md §3, tasks).
      if (/addon status not match/i.test(failure.message)) {
        return { kind: "concurrentChange", addon: undefined, taskId: undefined };
      }
      return {
        kind: "refused",
        code: failure.code,
        message: failure.message,
        requestId: failure.requestId,
      };
    case "throttled":
      return { kind: "refused", code: failure.code, message: failure.message, requestId: failure.requestId };
    case "malformed":
      return { kind: "unreachable", why: "malformed", detail: failure.detail };
    case "noAnswer":
      return { kind: "unreachable", why: "network", detail: failure.failure.detail };
    case "noCredential":
      return { kind: "unreachable", why: "credential", detail: failure.failure.detail };
    default:
      return failure satisfies never;
  }
}

// ---------------------------------------------------------------------------------------------- changes

function ended(end: ChangeEnd): ChangeProgress {
  return { kind: "ended", end };
}

async function* carryOut(
  ports: ChangePorts,
  waits: ChangeWaits,
  agreed: ChangePlan,
  signal: AbortSignal,
): AsyncIterable<ChangeProgress> {
  const { plan, logstore } = await gather(ports, agreed.change, signal);
  const [by] = plan.blockers;
  if (signal.aborted) yield ended({ kind: "cancelledWaiting", at: "before" });
  else if (by !== undefined) yield ended({ kind: "blocked", by });
  else if (!isSamePlan(agreed, plan)) yield ended({ kind: "planOutdated" });
  else yield* send(ports, waits, plan, logstore, signal);
}

async function* send(
  ports: ChangePorts,
  waits: ChangeWaits,
  plan: ChangePlan,
  logstore: Logstore | undefined,
  signal: AbortSignal,
): AsyncIterable<ChangeProgress> {
  const { change, project } = plan;
  // A plan without blockers has its project, and the plan of a change of the Logstore has that.
  if (project === undefined) throw new Error("A plan that nothing blocks names its project.");
  switch (change.kind) {
    case "turnOn":
    case "turnOff":
    case "upgrade":
      yield* changeAddons(ports, waits, change.kind, { ...plan, project }, signal);
      return;
    case "changeRetention":
      if (logstore === undefined) throw new Error("A plan for a Logstore was made without it.");
      yield ended(await setRetention(ports, project, logstore, change.days, signal));
      return;
    case "deleteLogstore":
      yield ended(await deleteLogstore(ports, project, signal));
      return;
    default:
      return change satisfies never;
  }
}

async function* changeAddons(
  ports: ChangePorts,
  waits: ChangeWaits,
  change: ChangeUnderWay["change"],
  plan: ChangePlan & { readonly project: ProjectName },
  signal: AbortSignal,
): AsyncIterable<ChangeProgress> {
  const { cluster, project, steps } = plan;
  const unsent: ChangeUnderWay = { change, cluster, project, steps, startedMs: ports.now(), taskId: undefined };
  yield { kind: "begun", underWay: unsent };
  if (signal.aborted) {
    yield ended({ kind: "cancelledWaiting", at: "before" });
    return;
  }
  // Asked for at the last moment: it may have been set while the plan was being agreed to.
  if (ports.isReadOnly()) {
    yield ended({ kind: "blocked", by: { kind: "readOnly" } });
    return;
  }
  const answer = await sendSteps(ports, unsent, signal);
  if (signal.aborted) {
    yield ended({ kind: "cancelledWaiting", at: "task" });
    return;
  }
  if (answer.kind !== "ok") {
    const by = blockerOf(answer, change, { cluster, project });
    if (!mayBeDone(answer)) yield ended({ kind: "blocked", by });
    else yield* watch(ports, waits, { underWay: unsent, doubt: by }, signal);
    return;
  }
  const underWay: ChangeUnderWay = { ...unsent, taskId: answer.value.taskId };
  yield { kind: "begun", underWay };
  yield* watch(ports, waits, { underWay, doubt: undefined }, signal);
}

/** Everything that a plan changes is one request: what was agreed to is either sent or not, whatever happens to this window. */
function sendSteps(
  ports: ChangePorts,
  { change, steps }: ChangeUnderWay,
  signal: AbortSignal,
): Promise<Answered<StartedTask>> {
  switch (change) {
    case "turnOn":
      return ports.install(
        steps.flatMap((step) => (step.kind === "install" ? [{ name: step.addon, version: step.version }] : [])),
        signal,
      );
    case "turnOff":
      return ports.uninstall(
        steps.flatMap((step) => (step.kind === "uninstall" ? [step.addon] : [])),
        signal,
      );
    case "upgrade":
      return ports.upgrade(
        steps.flatMap((step) =>
          step.kind === "upgrade" ? [{ name: step.addon, version: step.from, nextVersion: step.to }] : [],
        ),
        signal,
      );
    default:
      return change satisfies never;
  }
}

/** Whether a request may have been carried out although its answer says nothing of the kind. */
function mayBeDone(failure: CallFailure): boolean {
  switch (failure.kind) {
    case "refused":
      return failure.status >= 500;
    case "throttled":
    case "noCredential":
      return false;
    case "malformed":
      return true;
    case "noAnswer":
      return !["dns", "refused", "tls", "proxy"].includes(failure.failure.reason);
    default:
      return failure satisfies never;
  }
}

async function setRetention(
  ports: ChangePorts,
  project: ProjectName,
  current: Logstore,
  days: number,
  signal: AbortSignal,
): Promise<ChangeEnd> {
  return await changeLogstore(
    ports,
    "changeRetention",
    project,
    () => ports.setRetention(project, current, days, signal),
    (logstore) => logstore?.ttlDays === days,
    signal,
  );
}

async function deleteLogstore(ports: ChangePorts, project: ProjectName, signal: AbortSignal): Promise<ChangeEnd> {
  return await changeLogstore(
    ports,
    "deleteLogstore",
    project,
    () => ports.deleteLogstore(project, auditLogstore(ports.cluster.id), signal),
    (logstore) => logstore === undefined,
    signal,
  );
}

/** Sends one request about the Logstore and reads it again: only what is seen is called done. */
async function changeLogstore(
  ports: ChangePorts,
  change: "changeRetention" | "deleteLogstore",
  project: ProjectName,
  request: () => Promise<Answered<unknown>>,
  isDone: (logstore: Logstore | undefined) => boolean,
  signal: AbortSignal,
): Promise<ChangeEnd> {
  if (ports.isReadOnly()) return { kind: "blocked", by: { kind: "readOnly" } };
  const place = { cluster: ports.cluster, project };
  const answer = await request();
  if (signal.aborted) return { kind: "cancelledWaiting", at: "task" };
  if (answer.kind !== "ok" && !mayBeDone(answer)) {
    return { kind: "blocked", by: blockerOf(answer, change, place) };
  }
  const read = await readLogstore(ports, project, signal);
  if (signal.aborted) return { kind: "cancelledWaiting", at: "task" };
  if (read.kind === "ok" && isDone(read.value)) return { kind: "done", newestEventMs: undefined };
  const failure = answer.kind === "ok" ? read : answer;
  if (failure.kind === "ok") return { kind: "unconfirmed" };
  return { kind: "outcomeUnknown", by: blockerOf(failure, change, place), taskId: undefined };
}

// ---------------------------------------------------------------------------------------------- waiting

type Watched = {
  readonly underWay: ChangeUnderWay;
  /** Why it is not known whether the request was carried out. */
  readonly doubt: ChangeBlocker | undefined;
};

/** Where the window was closed before ACK had answered, nobody knows whether it was asked. */
function doubtOf({ taskId }: ChangeUnderWay): ChangeBlocker | undefined {
  return taskId === undefined ? { kind: "unreachable", why: "network", detail: "" } : undefined;
}

/** Follows what was sent until the add-ons show it, ACK gives it up, or nobody waits any longer. */
async function* watch(
  ports: ChangePorts,
  waits: ChangeWaits,
  watched: Watched,
  signal: AbortSignal,
): AsyncIterable<ChangeProgress> {
  const { underWay, doubt } = watched;
  const { change, taskId, startedMs } = underWay;
  const place = { cluster: ports.cluster, project: underWay.project };
  let failures = 0;
  let isTaskReadable = taskId !== undefined;
  let isTaskDone = false;
  /** Since when nothing moves any more although it is not as it should be. */
  let restingMs: number | undefined;
  for (;;) {
    const task = isTaskReadable && !isTaskDone && taskId !== undefined ? await ports.task(taskId, signal) : undefined;
    if (task?.kind === "ok" && isFailed(task.value)) {
      const { code, message } = task.value.error ?? { code: task.value.state, message: "" };
      yield ended({ kind: "taskFailed", taskId: taskId ?? "", code, message });
      return;
    }
    if (task?.kind === "ok" && isSucceeded(task.value)) isTaskDone = true;
    // The add-ons tell as well what has become of it; the task only tells it sooner and says why.
    if (task?.kind === "refused") isTaskReadable = false;
    const addons = await ports.addons(signal);
    if (signal.aborted) break;
    const failed = addons.kind !== "ok" ? addons : task !== undefined && isPassing(task) ? task : undefined;
    failures = failed === undefined ? 0 : failures + 1;
    if (failed !== undefined && (failures >= waits.failures || failed.kind === "refused")) {
      yield ended({ kind: "outcomeUnknown", by: blockerOf(failed, change, place), taskId });
      return;
    }
    if (addons.kind === "ok") {
      const isWaitedFor = isTaskReadable && !isTaskDone;
      if (!isWaitedFor && isReached(underWay, addons.value)) {
        yield* reached(ports, waits, underWay, signal);
        return;
      }
      const isResting = !isWaitedFor && addons.value.every(({ state }) => state !== "changing");
      restingMs = isResting ? (restingMs ?? ports.now()) : undefined;
      if (restingMs !== undefined && ports.now() - restingMs >= waits.settleMs) {
        yield ended(missed(underWay, addons.value, doubt));
        return;
      }
      const stage = task?.kind === "ok" ? stageOf(task.value) : undefined;
      yield { kind: "waiting", status: statusChangeOf(underWay, addons.value), stage };
    }
    const waitedMs = ports.now() - startedMs;
    if (waitedMs >= waits.taskMs) {
      yield ended({ kind: "stillUnderWay", taskId, waitedMs });
      return;
    }
    await ports.sleep(waits.pollMs, signal);
    if (signal.aborted) break;
  }
  yield ended({ kind: "cancelledWaiting", at: "task" });
}

/** Whether a question that failed may be answered the next time. */
function isPassing(answer: Answered<unknown>): answer is Exclude<CallFailure, { kind: "refused" }> {
  return answer.kind !== "ok" && answer.kind !== "refused";
}

/** Documented: `running`, `success`, `fail`; Alibaba's own tools accept the other spellings (container-auditing.md §3). */
function isSucceeded({ state }: TaskAnswer): boolean {
  return /^(success|succeeded)$/i.test(state);
}

function isFailed({ state }: TaskAnswer): boolean {
  return /^(fail|failed|error|canceled|cancelled)$/i.test(state);
}

function stageOf({ currentStage, stages }: TaskAnswer): TaskStage | undefined {
  if (currentStage === undefined && stages.length === 0) return undefined;
  const done = stages.filter(({ state }) => /^(success|succeeded)$/i.test(state)).length;
  return { name: currentStage, done, of: stages.length };
}

/** Whether the add-ons are as the change wants them. */
function isReached({ change, steps }: ChangeUnderWay, addons: readonly Addon[]): boolean {
  return steps.every((step) => {
    const addon = "addon" in step ? addons.find(({ name }) => name === step.addon) : undefined;
    switch (step.kind) {
      case "install":
        return addon?.state === "active";
      case "upgrade":
        return addon?.state === "active" && addon.version === step.to;
      case "uninstall":
        return addon === undefined;
      default:
        return change === "turnOn";
    }
  });
}

/** What it has come to when nothing moves and it is not as it should be. */
function missed(
  { steps, taskId }: ChangeUnderWay,
  addons: readonly Addon[],
  doubt: ChangeBlocker | undefined,
): ChangeEnd {
  const wanted = steps.flatMap((step) => (step.kind === "install" ? [step.addon] : []));
  const missing = wanted.filter((name) => !addons.some((addon) => addon.name === name));
  const isUnhealthy = (name: AddonName) => addons.some((addon) => addon.name === name && addon.state === "unhealthy");
  const touched = steps.flatMap((step) => (step.kind === "upgrade" ? [step.addon] : wanted));
  if (missing.length === 0 && touched.some(isUnhealthy)) return { kind: "unhealthy", addons };
  // A request that may never have arrived, and that shows nowhere, has installed nothing by halves.
  if (doubt !== undefined && missing.length === wanted.length) return { kind: "outcomeUnknown", by: doubt, taskId };
  if (missing.length > 0) return { kind: "halfInstalled", addons, missing };
  return { kind: "unconfirmed" };
}

async function* reached(
  ports: ChangePorts,
  waits: ChangeWaits,
  underWay: ChangeUnderWay,
  signal: AbortSignal,
): AsyncIterable<ChangeProgress> {
  if (!underWay.steps.some(({ kind }) => kind === "awaitFirstEvent")) {
    yield ended({ kind: "done", newestEventMs: undefined });
    return;
  }
  // However often the waiting is resumed, it ends.
  const untilMs = Math.min(ports.now() + waits.eventMs, underWay.startedMs + waits.taskMs + waits.eventMs);
  let failures = 0;
  for (;;) {
    yield { kind: "waiting", status: { kind: "turningOn", step: "waitingForFirstEvent" }, stage: undefined };
    const newest = await ports.newestEventMs(underWay.startedMs, signal);
    if (signal.aborted) break;
    if (newest.kind === "ok" && newest.value !== undefined && newest.value >= underWay.startedMs) {
      yield ended({ kind: "done", newestEventMs: newest.value });
      return;
    }
    failures = newest.kind === "ok" ? 0 : failures + 1;
    const isGivenUp = newest.kind !== "ok" && (newest.kind === "refused" || failures >= waits.failures);
    if (isGivenUp || ports.now() >= untilMs) {
      const place = { cluster: ports.cluster, project: underWay.project };
      const by = newest.kind === "ok" ? undefined : blockerOf(newest, underWay.change, place);
      yield ended({ kind: "noEventYet", waitedMs: ports.now() - underWay.startedMs, by });
      return;
    }
    await ports.sleep(waits.eventPollMs, signal);
    if (signal.aborted) break;
  }
  yield ended({ kind: "cancelledWaiting", at: "firstEvent" });
}
