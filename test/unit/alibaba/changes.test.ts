import assert from "node:assert/strict";
import { test } from "node:test";
import type { StartedTask, TaskInfo } from "../../../src/alibaba/ack.ts";
import type { CallFailure } from "../../../src/alibaba/call.ts";
import { type Answered, auditingControl, type ChangePorts, type ChangeWaits } from "../../../src/alibaba/changes.ts";
import type { Logstore } from "../../../src/alibaba/sls.ts";
import type { Change, ChangeEnd, ChangePlan, ChangeProgress, ChangeUnderWay } from "../../../src/audit/change.ts";
import type { Addon } from "../../../src/audit/cluster.ts";
import type { ClusterId, ProjectName } from "../../../src/audit/ids.ts";
import { cluster, statusFacts } from "../audit/clusters.ts";

const collector: Addon = { name: "logtail-ds", version: "1.8.9", state: "active" };
const auditing: Addon = { name: "ack-advanced-audit", version: "0.9.0", state: "active" };
const offers = [
  { name: "logtail-ds", version: "1.8.9", architectures: [] },
  { name: "ack-advanced-audit", version: "0.9.0", architectures: [] },
] as const;
const startMs = 1_760_000_000_000;
const waits: ChangeWaits = {
  pollMs: 10_000,
  taskMs: 900_000,
  settleMs: 60_000,
  eventPollMs: 10_000,
  eventMs: 600_000,
  failures: 6,
};
const never = new AbortController().signal;

type Task = Pick<TaskInfo, "state" | "currentStage" | "stages" | "error">;

/** A cloud of one cluster. What happens in it while time passes is scripted; whatever is asked of it is noted. */
class Cloud {
  nowMs = startMs;
  addons: readonly Addon[] = [];
  offered: ChangePorts["offered"] = async () => ok(offers);
  tasks: ChangePorts["runningTasks"] = async () => ok([]);
  task: () => Answered<Task> = () => ok(succeeded);
  started: () => Answered<StartedTask> = () => ok({ taskId: "T-1" });
  logstore: Logstore | undefined;
  isReadOnly = false;
  project: Answered<ProjectName> = ok("k8s-log-c1" as ProjectName);
  newestEventMs: () => Answered<number | undefined> = () => ok(undefined);
  /** Answers that replace what would be told, by the question's name; a question that fails is not carried out. */
  failures: Record<string, CallFailure> = {};
  /** What happens after so many waits. */
  later: Record<number, () => void> = {};
  readonly asked: string[] = [];
  waited = 0;

  get ports(): ChangePorts {
    const answer = async <Value>(name: string, value: () => Answered<Value>): Promise<Answered<Value>> => {
      this.asked.push(name);
      return this.failures[name.split(" ")[0] ?? ""] ?? value();
    };
    return {
      cluster: { id: "c1" as ClusterId, name: "shop", region: "cn-hangzhou" },
      isReadOnly: () => this.isReadOnly,
      facts: () => answer("facts", () => ok({ ...statusFacts(), cluster: cluster(), addons: this.addons })),
      addons: () => answer("addons", () => ok(this.addons)),
      offered: async (signal) => this.failures["offered"] ?? (await this.offered(signal)),
      runningTasks: async (signal) => this.failures["runningTasks"] ?? (await this.tasks(signal)),
      install: (addons) =>
        answer(`install ${addons.map(({ name, version }) => `${name} ${version}`).join(", ")}`, this.started),
      upgrade: (addons) =>
        answer(
          `upgrade ${addons.map((each) => `${each.name} ${each.version} ${each.nextVersion}`).join()}`,
          this.started,
        ),
      uninstall: (names) => answer(`uninstall ${names.join()}`, this.started),
      task: (id) => answer(`task ${id}`, this.task),
      project: () => answer("project", () => this.project),
      logstore: () => answer("logstore", () => (this.logstore === undefined ? missing : ok(this.logstore))),
      billing: () => answer("billing", () => ok("ChargeByFunction" as const)),
      setRetention: (project, current, days) => {
        return answer(`setRetention ${project} ${JSON.stringify(current.source)} ${days}`, () => {
          this.logstore = { ...current, ttlDays: days };
          return ok(undefined);
        });
      },
      deleteLogstore: (project, name) =>
        answer(`deleteLogstore ${project} ${name}`, () => {
          this.logstore = undefined;
          return ok(undefined);
        }),
      newestEventMs: () => answer("newestEvent", this.newestEventMs),
      now: () => this.nowMs,
      sleep: async (ms) => {
        this.nowMs += ms;
        this.waited++;
        this.later[this.waited]?.();
      },
    };
  }

  get control() {
    return auditingControl(this.ports, waits);
  }

  /** What was sent that changes something. */
  get changes(): readonly string[] {
    return this.asked.filter((name) => /^(install|upgrade|uninstall|setRetention|deleteLogstore)/.test(name));
  }
}

function ok<Value>(value: Value): { readonly kind: "ok"; readonly value: Value } {
  return { kind: "ok", value };
}

const running: Task = {
  state: "running",
  currentStage: "install",
  stages: [
    { state: "success", message: "" },
    { state: "running", message: "" },
  ],
  error: undefined,
};
const succeeded: Task = { state: "success", currentStage: undefined, stages: [], error: undefined };
const missing: CallFailure = refused("LogStoreNotExist", 404, "logstore advaudit-c1 does not exist");

function refused(code: string, status = 400, message = "no", action?: string): CallFailure {
  return { kind: "refused", status, code, message, requestId: "R-1", action };
}

function noAnswer(reason: Extract<CallFailure, { kind: "noAnswer" }>["failure"]["reason"]): CallFailure {
  return { kind: "noAnswer", failure: { kind: "failure", reason, detail: `${reason} here` } };
}

function store(ttlDays: number, given: Partial<Logstore> = {}): Logstore {
  return {
    name: "advaudit-c1",
    ttlDays,
    hotTtlDays: undefined,
    infrequentAccessDays: undefined,
    shardCount: 2,
    mode: "standard",
    createdSeconds: 1,
    source: { logstoreName: "advaudit-c1", ttl: ttlDays, shardCount: 2 },
    ...given,
  };
}

async function agreed(cloud: Cloud, change: Change): Promise<ChangePlan> {
  const plan = await cloud.control.plan(change, never);
  assert.deepEqual(plan.blockers, []);
  return plan;
}

async function all(progress: AsyncIterable<ChangeProgress>): Promise<readonly ChangeProgress[]> {
  const told: ChangeProgress[] = [];
  for await (const each of progress) told.push(each);
  assert.deepEqual(
    told.map(({ kind }) => kind === "ended").indexOf(true),
    told.length - 1,
    "what is told ends with its end, and there is one",
  );
  return told;
}

function endOf(told: readonly ChangeProgress[]): ChangeEnd {
  const last = told.at(-1);
  assert.ok(last?.kind === "ended");
  return last.end;
}

/** Plans a change, agrees, carries it out, and tells its end. */
async function carriedOut(cloud: Cloud, change: Change, signal = never): Promise<ChangeEnd> {
  return endOf(await all(cloud.control.carryOut(await agreed(cloud, change), signal)));
}

async function blockedBy(cloud: Cloud, change: Change = { kind: "turnOn" }): Promise<ChangePlan["blockers"]> {
  return (await cloud.control.plan(change, never)).blockers;
}

function short({ kind, ...rest }: ChangeProgress): string {
  const values = JSON.stringify(rest).match(/"(?:step|name|taskId)":"[^"]*"|"(?:done|of)":\d/g) ?? [];
  return [kind, ...values.map((value) => value.replace(/.*:/, "").replaceAll('"', ""))].join(" ");
}

// ---- plans

test("a plan is made from what was just read, and changes nothing", async () => {
  const cloud = new Cloud();
  cloud.addons = [collector];
  cloud.logstore = store(90);
  const plan = await agreed(cloud, { kind: "turnOn" });
  assert.deepEqual(plan.steps, [
    { kind: "install", addon: "ack-advanced-audit", version: "0.9.0" },
    { kind: "awaitFirstEvent" },
  ]);
  assert.deepEqual(plan.notes.slice(1, 3), [
    { kind: "recordsGoTo", isNew: false, retentionDays: 90 },
    { kind: "cost", billing: "ChargeByFunction" },
  ]);
  assert.deepEqual(cloud.changes, []);
});

test("a missing permission is told with its action and a policy", async () => {
  const cloud = new Cloud();
  cloud.failures["facts"] = refused("Forbidden.RAM", 403, "no", "cs:DescribeClusterDetail");
  const [blocker] = await blockedBy(cloud);
  assert.ok(blocker?.kind === "permissionMissing");
  assert.equal(blocker.action, "cs:DescribeClusterDetail");
  assert.match(blocker.policy, /"cs:InstallClusterAddons"/);
});

test("whatever cannot be read blocks a plan that needs it", async () => {
  for (const name of ["facts", "project", "offered"]) {
    const cloud = new Cloud();
    cloud.failures[name] = noAnswer("dns");
    assert.deepEqual(await blockedBy(cloud), [{ kind: "unreachable", why: "network", detail: "dns here" }], name);
  }
});

test("a Logstore that cannot be read blocks its own changes and no others", async () => {
  const cloud = new Cloud();
  cloud.addons = [collector, auditing];
  cloud.failures["logstore"] = refused("Unauthorized", 401, "denied", "log:GetLogStore");
  assert.deepEqual(await blockedBy(cloud, { kind: "turnOff" }), []);
  const [blocker] = await blockedBy(cloud, { kind: "deleteLogstore" });
  assert.equal(blocker?.kind, "permissionMissing");
});

test("a project that does not exist yet has no Logstore", async () => {
  const cloud = new Cloud();
  cloud.failures["logstore"] = refused("ProjectNotExist", 404);
  assert.deepEqual((await agreed(cloud, { kind: "turnOn" })).notes[0], {
    kind: "recordsGoTo",
    isNew: true,
    retentionDays: 180,
  });
  assert.deepEqual(await blockedBy(cloud, { kind: "deleteLogstore" }), [{ kind: "noLogstore" }]);
});

test("who may not list tasks can plan all the same; who cannot reach ACK cannot", async () => {
  const cloud = new Cloud();
  cloud.failures["runningTasks"] = refused("Forbidden.RAM", 403, "no", "cs:DescribeClusterTasks");
  assert.deepEqual(await blockedBy(cloud), []);
  cloud.failures["runningTasks"] = noAnswer("timeout");
  assert.equal((await blockedBy(cloud))[0]?.kind, "unreachable");
});

test("every kind of failure says what it is", async () => {
  const cloud = new Cloud();
  const blockerOf = async (failure: CallFailure) => {
    cloud.failures["facts"] = failure;
    return (await blockedBy(cloud))[0];
  };
  assert.deepEqual(await blockerOf(refused("ErrorClusterNotFound", 404, "gone")), {
    kind: "refused",
    code: "ErrorClusterNotFound",
    message: "gone",
    requestId: "R-1",
  });
  assert.deepEqual(await blockerOf({ kind: "throttled", code: "Throttling", message: "slow", requestId: "R-2" }), {
    kind: "refused",
    code: "Throttling",
    message: "slow",
    requestId: "R-2",
  });
  assert.deepEqual(await blockerOf({ kind: "malformed", detail: "clusters is no list", requestId: "R-3" }), {
    kind: "unreachable",
    why: "malformed",
    detail: "clusters is no list",
  });
  const expired = { kind: "credentialFailure", code: "expired", detail: "profile prod" } as const;
  assert.deepEqual(await blockerOf({ kind: "noCredential", failure: expired }), {
    kind: "unreachable",
    why: "credential",
    detail: "profile prod",
  });
});

// ---- turning on

test("turning on sends one request, tells the stages, and ends with the first event", async () => {
  const cloud = new Cloud();
  cloud.task = () => ok(cloud.waited < 2 ? running : succeeded);
  cloud.later[1] = () => {
    cloud.addons = [collector];
  };
  cloud.later[2] = () => {
    cloud.addons = [collector, auditing];
  };
  cloud.newestEventMs = () => ok(cloud.waited < 3 ? startMs - 1 : startMs + 30_000);
  const told = await all(cloud.control.carryOut(await agreed(cloud, { kind: "turnOn" }), never));
  assert.deepEqual(cloud.changes, ["install logtail-ds 1.8.9, ack-advanced-audit 0.9.0"]);
  assert.deepEqual(told.map(short), [
    "begun shop",
    "begun shop T-1",
    "waiting installingCollector install 1 2",
    "waiting installingAuditing install 1 2",
    "waiting waitingForFirstEvent",
    "waiting waitingForFirstEvent",
    "ended",
  ]);
  assert.deepEqual(endOf(told), { kind: "done", newestEventMs: startMs + 30_000 });
});

test("what is under way is told before it is sent, and holds what resuming needs", async () => {
  const cloud = new Cloud();
  cloud.addons = [collector];
  const plan = await agreed(cloud, { kind: "turnOn" });
  for await (const told of cloud.control.carryOut(plan, never)) {
    assert.deepEqual(told, {
      kind: "begun",
      underWay: {
        change: "turnOn",
        cluster: { id: "c1", name: "shop", region: "cn-hangzhou" },
        project: "k8s-log-c1",
        steps: [{ kind: "install", addon: "ack-advanced-audit", version: "0.9.0" }, { kind: "awaitFirstEvent" }],
        startedMs: startMs,
        taskId: undefined,
      },
    });
    break;
  }
  assert.deepEqual(cloud.changes, []);
});

test("an older event is not the first one", async () => {
  const cloud = new Cloud();
  cloud.later[1] = () => {};
  cloud.newestEventMs = () => ok(startMs - 1);
  cloud.started = () => {
    cloud.addons = [collector, auditing];
    return ok({ taskId: "T-1" });
  };
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), {
    kind: "noEventYet",
    waitedMs: 600_000,
    by: undefined,
  });
});

test("where the log may not be read, auditing is on and why no event is seen is said", async () => {
  const cloud = new Cloud();
  cloud.started = () => {
    cloud.addons = [collector, auditing];
    return ok({ taskId: "T-1" });
  };
  cloud.failures["newestEvent"] = refused("Unauthorized", 401, "denied", "log:GetLogStoreLogs");
  const end = await carriedOut(cloud, { kind: "turnOn" });
  assert.ok(end.kind === "noEventYet" && end.by?.kind === "permissionMissing");
  assert.equal(end.by.action, "log:GetLogStoreLogs");
});

test("a task that failed tells ACK's own words", async () => {
  const cloud = new Cloud();
  cloud.task = () => ok({ ...succeeded, state: "fail", error: { code: "BadRequest", message: "no room" } });
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), {
    kind: "taskFailed",
    taskId: "T-1",
    code: "BadRequest",
    message: "no room",
  });
});

test("every spelling of a failed task is a failed task", async () => {
  for (const state of ["fail", "failed", "error", "canceled", "cancelled"]) {
    const cloud = new Cloud();
    cloud.task = () => ok({ ...succeeded, state });
    assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), {
      kind: "taskFailed",
      taskId: "T-1",
      code: state,
      message: "",
    });
  }
});

test("a task that succeeded without installing everything leaves it half installed", async () => {
  const cloud = new Cloud();
  cloud.started = () => {
    cloud.addons = [collector];
    return ok({ taskId: "T-1" });
  };
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), {
    kind: "halfInstalled",
    addons: [collector],
    missing: ["ack-advanced-audit"],
  });
  assert.equal(cloud.nowMs - startMs, 60_000);
});

test("a component that stays unhealthy is said to be, since kubectl exec may fail", async () => {
  const cloud = new Cloud();
  const addons: readonly Addon[] = [collector, { ...auditing, state: "unhealthy" }];
  cloud.started = () => {
    cloud.addons = addons;
    return ok({ taskId: "T-1" });
  };
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), { kind: "unhealthy", addons });
});

test("a component that becomes healthy in time is nothing to speak of", async () => {
  const cloud = new Cloud();
  cloud.started = () => {
    cloud.addons = [collector, { ...auditing, state: "unhealthy" }];
    return ok({ taskId: "T-1" });
  };
  cloud.later[3] = () => {
    cloud.addons = [collector, auditing];
  };
  cloud.newestEventMs = () => ok(startMs + 1);
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), { kind: "done", newestEventMs: startMs + 1 });
});

test("without a task the add-ons tell", async () => {
  const cloud = new Cloud();
  cloud.started = () => ok({ taskId: undefined });
  cloud.later[2] = () => {
    cloud.addons = [collector, auditing];
  };
  cloud.newestEventMs = () => ok(startMs + 1);
  assert.equal((await carriedOut(cloud, { kind: "turnOn" })).kind, "done");
  assert.ok(!cloud.asked.some((name) => name.startsWith("task")));
});

test("who may not read tasks waits for the add-ons", async () => {
  const cloud = new Cloud();
  cloud.failures["task"] = refused("Forbidden.RAM", 403, "no", "cs:DescribeTaskInfo");
  cloud.later[2] = () => {
    cloud.addons = [collector, auditing];
  };
  cloud.newestEventMs = () => ok(startMs + 1);
  assert.equal((await carriedOut(cloud, { kind: "turnOn" })).kind, "done");
  assert.equal(cloud.asked.filter((name) => name.startsWith("task")).length, 1);
});

test("a task that does not end is not waited for for ever", async () => {
  const cloud = new Cloud();
  cloud.task = () => ok(running);
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), {
    kind: "stillUnderWay",
    taskId: "T-1",
    waitedMs: 900_000,
  });
});

test("a state that is not documented is waited out like a running one", async () => {
  const cloud = new Cloud();
  cloud.task = () => ok({ ...running, state: "paused" });
  assert.equal((await carriedOut(cloud, { kind: "turnOn" })).kind, "stillUnderWay");
});

test("questions that fail for a while are asked again; for too long, the outcome is unknown", async () => {
  const cloud = new Cloud();
  cloud.task = () => (cloud.waited < 5 ? noAnswer("reset") : ok(succeeded));
  cloud.later[5] = () => {
    cloud.addons = [collector, auditing];
  };
  cloud.newestEventMs = () => ok(startMs + 1);
  assert.equal((await carriedOut(cloud, { kind: "turnOn" })).kind, "done");

  const lost = new Cloud();
  lost.task = () => ok(running);
  lost.failures["addons"] = noAnswer("timeout");
  assert.deepEqual(await carriedOut(lost, { kind: "turnOn" }), {
    kind: "outcomeUnknown",
    by: { kind: "unreachable", why: "network", detail: "timeout here" },
    taskId: "T-1",
  });
  assert.equal(lost.asked.filter((name) => name === "addons").length, 6);
});

// ---- before anything is sent

test("what was agreed to is not done when something else would be done now", async () => {
  const cloud = new Cloud();
  const plan = await agreed(cloud, { kind: "turnOn" });
  cloud.offered = async () => ok([offers[0], { ...offers[1], version: "0.9.1" }]);
  assert.deepEqual(endOf(await all(cloud.control.carryOut(plan, never))), { kind: "planOutdated" });
  assert.deepEqual(cloud.changes, []);
});

test("what has been done by somebody else since is not done again", async () => {
  const cloud = new Cloud();
  const plan = await agreed(cloud, { kind: "turnOn" });
  cloud.addons = [collector, auditing];
  const end = endOf(await all(cloud.control.carryOut(plan, never)));
  assert.deepEqual(end, { kind: "blocked", by: { kind: "alreadyOn", addons: [collector, auditing] } });
  assert.deepEqual(cloud.changes, []);
});

test("a change that somebody has begun since is not run into", async () => {
  const cloud = new Cloud();
  const plan = await agreed(cloud, { kind: "turnOn" });
  cloud.tasks = async () => ok([{ id: "T-9", type: "cluster_addon_install" }]);
  assert.deepEqual(endOf(await all(cloud.control.carryOut(plan, never))), {
    kind: "blocked",
    by: { kind: "concurrentChange", addon: undefined, taskId: "T-9" },
  });
  assert.deepEqual(cloud.changes, []);
});

test("read-only mode forbids every change, also one that was agreed to before", async () => {
  const changes: readonly Change[] = [
    { kind: "turnOn" },
    { kind: "turnOff" },
    { kind: "upgrade" },
    { kind: "changeRetention", days: 30 },
    { kind: "deleteLogstore" },
  ];
  for (const change of changes) {
    const cloud = new Cloud();
    cloud.addons = change.kind === "turnOn" ? [] : [collector, { ...auditing, version: "0.8.2" }];
    cloud.logstore = store(180);
    const plan = await agreed(cloud, change);
    cloud.isReadOnly = true;
    assert.deepEqual(await blockedBy(cloud, change), [{ kind: "readOnly" }], change.kind);
    assert.deepEqual(
      endOf(await all(cloud.control.carryOut(plan, never))),
      { kind: "blocked", by: { kind: "readOnly" } },
      change.kind,
    );
    assert.deepEqual(cloud.changes, []);
  }
});

test("read-only mode that is set after the last look is still in time", async () => {
  const cloud = new Cloud();
  const plan = await agreed(cloud, { kind: "turnOn" });
  const told: string[] = [];
  for await (const each of cloud.control.carryOut(plan, never)) {
    told.push(each.kind);
    cloud.isReadOnly = true;
  }
  assert.deepEqual(told, ["begun", "ended"]);
  assert.deepEqual(cloud.changes, []);
});

test("who gives up before it is sent has changed nothing", async () => {
  const cloud = new Cloud();
  const controller = new AbortController();
  const plan = await agreed(cloud, { kind: "turnOn" });
  const told: ChangeProgress[] = [];
  for await (const each of cloud.control.carryOut(plan, controller.signal)) {
    told.push(each);
    controller.abort();
  }
  assert.deepEqual(endOf(told), { kind: "cancelledWaiting", at: "before" });
  assert.deepEqual(cloud.changes, []);
});

// ---- giving up

test("who gives up waiting is told that it goes on, and nothing more is asked", async () => {
  const cloud = new Cloud();
  cloud.task = () => ok(running);
  const controller = new AbortController();
  cloud.later[2] = () => controller.abort();
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }, controller.signal), {
    kind: "cancelledWaiting",
    at: "task",
  });
  assert.equal(cloud.asked.at(-1), "addons");
  assert.equal(cloud.waited, 2);
});

test("who gives up while the request is being sent cannot know that it was not", async () => {
  const cloud = new Cloud();
  const controller = new AbortController();
  cloud.started = () => {
    controller.abort();
    return noAnswer("aborted");
  };
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }, controller.signal), {
    kind: "cancelledWaiting",
    at: "task",
  });
});

test("who gives up waiting for the event has auditing on", async () => {
  const cloud = new Cloud();
  cloud.started = () => {
    cloud.addons = [collector, auditing];
    return ok({ taskId: "T-1" });
  };
  const controller = new AbortController();
  cloud.later[1] = () => controller.abort();
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }, controller.signal), {
    kind: "cancelledWaiting",
    at: "firstEvent",
  });
});

// ---- requests that fail

test("a refused request has changed nothing, and says so", async () => {
  const cloud = new Cloud();
  cloud.failures["install"] = refused("ErrorClusterState", 400, "not running");
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), {
    kind: "blocked",
    by: { kind: "refused", code: "ErrorClusterState", message: "not running", requestId: "R-1" },
  });
});

test("a missing permission to install names it", async () => {
  const cloud = new Cloud();
  cloud.failures["install"] = refused("StatusForbidden", 403, "no", "cs:InstallClusterAddons");
  const end = await carriedOut(cloud, { kind: "turnOn" });
  assert.ok(end.kind === "blocked" && end.by.kind === "permissionMissing");
  assert.equal(end.by.action, "cs:InstallClusterAddons");
});

test("an add-on that is being changed answers as a concurrent change", async () => {
  const cloud = new Cloud();
  cloud.failures["install"] = refused("BadRequest", 400, "Addon status not match");
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), {
    kind: "blocked",
    by: { kind: "concurrentChange", addon: undefined, taskId: undefined },
  });
});

test("a request that cannot have arrived has changed nothing", async () => {
  for (const reason of ["dns", "refused", "tls", "proxy"] as const) {
    const cloud = new Cloud();
    cloud.failures["install"] = noAnswer(reason);
    assert.equal((await carriedOut(cloud, { kind: "turnOn" })).kind, "blocked", reason);
  }
});

test("a request without an answer is looked for: where it shows, it is waited for", async () => {
  for (const reason of ["timeout", "reset"] as const) {
    const cloud = new Cloud();
    cloud.failures["install"] = noAnswer(reason);
    cloud.later[1] = () => {
      cloud.addons = [{ ...collector, state: "changing" }];
    };
    cloud.later[30] = () => {
      cloud.addons = [collector, auditing];
    };
    cloud.newestEventMs = () => ok(startMs + 1);
    assert.equal((await carriedOut(cloud, { kind: "turnOn" })).kind, "done", reason);
  }
});

test("a request without an answer that shows nowhere leaves the outcome unknown, and is not sent again", async () => {
  const cloud = new Cloud();
  cloud.failures["install"] = noAnswer("timeout");
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOn" }), {
    kind: "outcomeUnknown",
    by: { kind: "unreachable", why: "network", detail: "timeout here" },
    taskId: undefined,
  });
  assert.equal(cloud.changes.length, 1);
});

test("a fault of the service leaves open whether it was done", async () => {
  const cloud = new Cloud();
  cloud.failures["install"] = refused("InternalError", 500, "oops");
  assert.equal((await carriedOut(cloud, { kind: "turnOn" })).kind, "outcomeUnknown");
});

// ---- off and upgrade

test("turning off uninstalls the auditing add-on alone and reads that it is gone", async () => {
  const cloud = new Cloud();
  cloud.addons = [collector, auditing];
  cloud.started = () => {
    cloud.addons = [collector];
    return ok({ taskId: "T-2" });
  };
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOff" }), { kind: "done", newestEventMs: undefined });
  assert.deepEqual(cloud.changes, ["uninstall ack-advanced-audit"]);
  assert.ok(!cloud.asked.includes("newestEvent"));
});

test("an add-on that is still there after a success is not called gone", async () => {
  const cloud = new Cloud();
  cloud.addons = [collector, auditing];
  assert.deepEqual(await carriedOut(cloud, { kind: "turnOff" }), { kind: "unconfirmed" });
});

test("an upgrade names both versions and is done when the new one is there", async () => {
  const cloud = new Cloud();
  cloud.addons = [collector, { ...auditing, version: "0.8.2" }];
  cloud.later[1] = () => {
    cloud.addons = [collector, auditing];
  };
  assert.deepEqual(await carriedOut(cloud, { kind: "upgrade" }), { kind: "done", newestEventMs: undefined });
  assert.deepEqual(cloud.changes, ["upgrade ack-advanced-audit 0.8.2 0.9.0"]);
});

test("an upgrade that leaves the old version is not called done, nor one that is unhealthy", async () => {
  const old = new Cloud();
  old.addons = [{ ...auditing, version: "0.8.2" }];
  assert.deepEqual(await carriedOut(old, { kind: "upgrade" }), { kind: "unconfirmed" });
  const sick = new Cloud();
  sick.addons = [{ ...auditing, version: "0.8.2" }];
  sick.started = () => {
    sick.addons = [{ ...auditing, state: "unhealthy" }];
    return ok({ taskId: "T-3" });
  };
  assert.equal((await carriedOut(sick, { kind: "upgrade" })).kind, "unhealthy");
});

// ---- resuming

const underWay: ChangeUnderWay = {
  change: "turnOn",
  cluster: { id: "c1" as ClusterId, name: "shop", region: "cn-hangzhou" },
  project: "k8s-log-c1" as ProjectName,
  steps: [{ kind: "install", addon: "ack-advanced-audit", version: "0.9.0" }, { kind: "awaitFirstEvent" }],
  startedMs: startMs,
  taskId: "T-1",
};

async function resumed(cloud: Cloud, given: Partial<ChangeUnderWay> = {}): Promise<ChangeEnd> {
  return endOf(await all(cloud.control.resume({ ...underWay, ...given }, never)));
}

test("resuming waits on and changes nothing, also in read-only mode", async () => {
  const cloud = new Cloud();
  cloud.isReadOnly = true;
  cloud.task = () => ok(cloud.waited < 2 ? running : succeeded);
  cloud.later[2] = () => {
    cloud.addons = [collector, auditing];
  };
  cloud.newestEventMs = () => ok(startMs + 5);
  assert.deepEqual(await resumed(cloud), { kind: "done", newestEventMs: startMs + 5 });
  assert.deepEqual(cloud.changes, []);
});

test("what was over long before is told at once", async () => {
  const cloud = new Cloud();
  cloud.nowMs = startMs + 86_400_000;
  cloud.addons = [collector, auditing];
  assert.deepEqual(await resumed(cloud), { kind: "noEventYet", waitedMs: 86_400_000, by: undefined });
  cloud.addons = [];
  cloud.task = () => ok(running);
  assert.deepEqual(await resumed(cloud), { kind: "stillUnderWay", taskId: "T-1", waitedMs: 86_400_000 });
  assert.equal(cloud.waited, 0);
});

test("a window that closed before the answer does not claim that it was sent", async () => {
  const cloud = new Cloud();
  assert.deepEqual(await resumed(cloud, { taskId: undefined }), {
    kind: "outcomeUnknown",
    by: { kind: "unreachable", why: "network", detail: "" },
    taskId: undefined,
  });
});

// ---- retention and deletion

test("a retention is set with the fields as they were just read, and read again", async () => {
  const cloud = new Cloud();
  cloud.logstore = store(180);
  const plan = await agreed(cloud, { kind: "changeRetention", days: 30 });
  cloud.logstore = store(180, {
    source: { logstoreName: "advaudit-c1", ttl: 180, maxSplitShard: 64, mode: "standard" },
  });
  assert.deepEqual(endOf(await all(cloud.control.carryOut(plan, never))), { kind: "done", newestEventMs: undefined });
  assert.deepEqual(cloud.changes, [
    'setRetention k8s-log-c1 {"logstoreName":"advaudit-c1","ttl":180,"maxSplitShard":64,"mode":"standard"} 30',
  ]);
});

test("a retention that was changed by somebody since makes another plan", async () => {
  const cloud = new Cloud();
  cloud.logstore = store(180);
  const plan = await agreed(cloud, { kind: "changeRetention", days: 30 });
  cloud.logstore = store(7);
  assert.deepEqual(endOf(await all(cloud.control.carryOut(plan, never))), { kind: "planOutdated" });
});

test("the retention that a Logstore has, and why it cannot be told", async () => {
  const cloud = new Cloud();
  assert.deepEqual(await cloud.control.retention(never), { kind: "noLogstore" });
  cloud.logstore = store(45);
  assert.equal(await cloud.control.retention(never), 45);
  cloud.failures["logstore"] = noAnswer("dns");
  assert.deepEqual(await cloud.control.retention(never), { kind: "unreachable", why: "network", detail: "dns here" });
});

test("a hot tier counts only where it is shorter than the retention", async () => {
  const cloud = new Cloud();
  const notes = async (hotTtlDays: number | undefined) => {
    cloud.logstore = store(180, { hotTtlDays });
    const { notes } = await agreed(cloud, { kind: "changeRetention", days: 90 });
    return notes.map(({ kind }) => kind);
  };
  assert.deepEqual(await notes(30), ["olderDeleted", "hotTierStays"]);
  for (const none of [undefined, 0, -1, 180]) assert.deepEqual(await notes(none), ["olderDeleted"]);
});

test("a deletion is done when the Logstore is gone", async () => {
  const cloud = new Cloud();
  cloud.logstore = store(180);
  assert.deepEqual(await carriedOut(cloud, { kind: "deleteLogstore" }), { kind: "done", newestEventMs: undefined });
  assert.deepEqual(cloud.changes, ["deleteLogstore k8s-log-c1 advaudit-c1"]);
});

test("a deletion that is refused has deleted nothing", async () => {
  const cloud = new Cloud();
  cloud.logstore = store(180);
  cloud.failures["deleteLogstore"] = refused("Unauthorized", 401, "denied", "log:DeleteLogStore");
  const end = await carriedOut(cloud, { kind: "deleteLogstore" });
  assert.ok(end.kind === "blocked" && end.by.kind === "permissionMissing");
});

test("a deletion without an answer is looked for", async () => {
  const cloud = new Cloud();
  cloud.logstore = store(180);
  cloud.failures["deleteLogstore"] = noAnswer("timeout");
  assert.equal((await carriedOut(cloud, { kind: "deleteLogstore" })).kind, "outcomeUnknown");
});
