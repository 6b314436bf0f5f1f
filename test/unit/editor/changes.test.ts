import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChangeUnderWay } from "../../../src/audit/change.ts";
import type { ClusterId, ProjectName } from "../../../src/audit/ids.ts";
import { isTypedName } from "../../../src/editor/changes/deletion.ts";
import { createKeptChanges, readKeptChanges } from "../../../src/editor/changes/kept.ts";
import { createChangePermission } from "../../../src/editor/changes/permission.ts";

/** A memento of VS Code: what is written comes back as plain data. */
function memento(first: Record<string, unknown> = {}) {
  const texts = new Map(Object.entries(first).map(([key, value]) => [key, JSON.stringify(value)]));
  return {
    get: <Value>(key: string): Value | undefined => {
      const text = texts.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    update: async (key: string, value: unknown) => {
      texts.set(key, JSON.stringify(value));
    },
    text: (key: string) => texts.get(key),
  };
}

const underWay: ChangeUnderWay = {
  change: "turnOn",
  cluster: { id: "c1" as ClusterId, name: "shop", region: "cn-hangzhou" },
  project: "k8s-log-c1" as ProjectName,
  steps: [{ kind: "install", addon: "ack-advanced-audit", version: "0.9.0" }, { kind: "awaitFirstEvent" }],
  startedMs: 1_000,
  taskId: "T-1",
};

// ---- permission

test("the setting makes every account read-only", () => {
  const permission = createChangePermission(memento(), () => true);
  assert.deepEqual(["a", "b"].map(permission.isReadOnly), [true, true]);
});

test("with the setting off, none is", () => assert.ok(!createChangePermission(memento(), () => false).isReadOnly("a")));

test("one account is let out of the setting, and no other", async () => {
  const permission = createChangePermission(memento(), () => true);
  await permission.allow("a");
  assert.deepEqual(["a", "b"].map(permission.isReadOnly), [false, true]);
  assert.deepEqual(["a", "b"].map(permission.isAllowed), [true, false]);
  await permission.forbid("a");
  assert.ok(permission.isReadOnly("a"));
});

test("what another window allowed or forbade counts at once", async () => {
  const state = memento();
  const here = createChangePermission(state, () => true);
  const there = createChangePermission(state, () => true);
  await there.allow("a");
  assert.ok(!here.isReadOnly("a"));
  await here.forbid("a");
  assert.ok(there.isReadOnly("a"));
});

test("an account that is allowed twice is forbidden once", async () => {
  const permission = createChangePermission(memento(), () => true);
  await permission.allow("a");
  await permission.allow("a");
  await permission.forbid("a");
  assert.ok(permission.isReadOnly("a"));
});

test("a spoiled list allows nothing", () => {
  for (const value of [true, "a", { a: true }, [1, null, ["a"]], null]) {
    const permission = createChangePermission(memento({ "ackAudit.changesAllowed": value }), () => true);
    assert.ok(permission.isReadOnly("a"), JSON.stringify(value));
  }
});

// ---- what is kept over a reload

test("what is kept comes back as it was", async () => {
  const state = memento();
  await createKeptChanges(state, () => 2_000).keep("cloud:1", underWay);
  assert.deepEqual(createKeptChanges(state, () => 3_000).all(), [{ account: "cloud:1", underWay }]);
});

test("without a task it comes back without one", async () => {
  const state = memento();
  const unsent = { ...underWay, taskId: undefined };
  const kept = createKeptChanges(state, () => 2_000);
  await kept.keep("cloud:1", unsent);
  assert.deepEqual(kept.all(), [{ account: "cloud:1", underWay: unsent }]);
});

test("a cluster has one change under way, the last", async () => {
  const kept = createKeptChanges(memento(), () => 2_000);
  await kept.keep("cloud:1", { ...underWay, taskId: undefined });
  await kept.keep("cloud:1", underWay);
  assert.deepEqual(kept.all(), [{ account: "cloud:1", underWay }]);
});

test("the same cluster in two accounts is kept twice and dropped once", async () => {
  const kept = createKeptChanges(memento(), () => 2_000);
  await kept.keep("cloud:1", underWay);
  await kept.keep("cloud:2", underWay);
  await kept.drop("cloud:1", underWay.cluster.id);
  assert.deepEqual(
    kept.all().map(({ account }) => account),
    ["cloud:2"],
  );
});

test("after a week it is forgotten", async () => {
  const state = memento();
  await createKeptChanges(state, () => 1_000).keep("cloud:1", underWay);
  const week = 7 * 24 * 3_600_000;
  assert.equal(createKeptChanges(state, () => 1_000 + week - 1).all().length, 1);
  assert.equal(createKeptChanges(state, () => 1_000 + week).all().length, 0);
});

test("what is kept is the account, the cluster, the steps and the task, and nothing else", async () => {
  const state = memento();
  const given = { ...underWay, secret: "LTAI", cluster: { ...underWay.cluster, kubeconfig: "LTAI" } };
  await createKeptChanges(state, () => 2_000).keep("cloud:1", given);
  assert.equal(
    state.text("ackAudit.changesUnderWay"),
    '[{"account":"cloud:1","underWay":{"change":"turnOn","cluster":{"id":"c1","name":"shop","region":"cn-hangzhou"},' +
      '"project":"k8s-log-c1","steps":[{"kind":"install","addon":"ack-advanced-audit","version":"0.9.0"},' +
      '{"kind":"awaitFirstEvent"}],"startedMs":1000,"taskId":"T-1"}}]',
  );
});

test("what cannot be read is left out, and the rest is not", () => {
  const good = { account: "cloud:1", underWay };
  const broken: readonly unknown[] = [
    null,
    1,
    {},
    { account: 1, underWay },
    { account: "a", underWay: null },
    { account: "a", underWay: { ...underWay, change: "deleteLogstore" } },
    { account: "a", underWay: { ...underWay, cluster: { id: "", name: "", region: "" } } },
    { account: "a", underWay: { ...underWay, cluster: { id: "c1", name: 1, region: "" } } },
    { account: "a", underWay: { ...underWay, project: 1 } },
    { account: "a", underWay: { ...underWay, steps: [] } },
    { account: "a", underWay: { ...underWay, steps: [{ kind: "deleteLogstore" }] } },
    { account: "a", underWay: { ...underWay, steps: [{ kind: "install", addon: "evil", version: "1" }] } },
    { account: "a", underWay: { ...underWay, steps: [{ kind: "upgrade", addon: "logtail-ds", from: "1" }] } },
    { account: "a", underWay: { ...underWay, startedMs: "1" } },
    { account: "a", underWay: { ...underWay, startedMs: null } },
    { account: "a", underWay: { ...underWay, taskId: 1 } },
  ];
  assert.deepEqual(readKeptChanges([...broken, good], 2_000), [good]);
  for (const each of broken) assert.deepEqual(readKeptChanges([each], 2_000), [], JSON.stringify(each));
  for (const value of [undefined, null, "x", { 0: good }]) assert.deepEqual(readKeptChanges(value, 2_000), []);
});

// ---- typing a name

test("only the cluster's own name deletes its Logstore", () => {
  const typed = ["shop-prod", " shop-prod ", "Shop-prod", "shop", "", "shop-prod2", "*"];
  assert.deepEqual(
    typed.map((text) => isTypedName(text, "shop-prod")),
    [true, true, false, false, false, false, false],
  );
});

test("nothing is typed by typing nothing", () => assert.ok(!isTypedName("", "")));
