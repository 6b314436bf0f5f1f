import assert from "node:assert/strict";
import { test } from "node:test";
import { promises as timers } from "node:timers";
import type { Change, ChangeEnd } from "../../../src/audit/change.ts";
import type { AuditStatus } from "../../../src/audit/cluster.ts";
import type { ClusterId } from "../../../src/audit/ids.ts";
import { type Account, isUnreachable, rowsOf } from "../../../src/logs/account.ts";
import { createSampleAccount, type SampleDelays } from "../../../src/sample/sampleAccount.ts";
import { batch, edgeCn, shopProd, shopStaging } from "../../../src/sample/sampleClusters.ts";
import { sampleRecords } from "../../../src/sample/sampleRecords.ts";
import type { SampleMemory } from "../../../src/sample/sampleState.ts";
import type { TimedRecord } from "../../../src/sample/session.ts";
import { itemsOf, testEngine } from "./engine.ts";

const startMs = Date.UTC(2026, 10, 23, 4);
const dayMs = 86_400_000;
const short: SampleDelays = { installCollectorMs: 1, installAuditingMs: 1, lookForEventMs: 5, uninstallMs: 1 };
const never = new AbortController().signal;
const engine = testEngine();

/** A memory like that of a window: what is written is read back as plain data. */
function newMemory(): SampleMemory {
  let text = "null";
  return {
    read: () => JSON.parse(text),
    write: (state) => {
      text = JSON.stringify(state);
    },
  };
}

async function statusOf(account: Account, cluster: ClusterId): Promise<AuditStatus> {
  const states = await itemsOf(account.clusters(never));
  const state = states.find((candidate) => candidate.cluster.id === cluster);
  assert.ok(state);
  return state.status;
}

async function countOf(account: Account, cluster: ClusterId, nowMs: number, search = "*"): Promise<number> {
  const range = { fromMs: nowMs - dayMs, toMs: nowMs + dayMs };
  const rows = await rowsOf(account.logs(cluster), `${search} | select count(1) as n from log`, range, never);
  assert.ok(!isUnreachable(rows), JSON.stringify(rows));
  return Number(rows[0]?.["n"]);
}

async function all<Item>(items: AsyncIterable<Item> | Iterable<Item>): Promise<readonly Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The account that most tests look at; its clock stands still until a test moves it. */
let nowMs = startMs;
const account = createSampleAccount(engine, newMemory(), () => nowMs, short);

test("four clusters show every status, and the newest event is the log's", async () => {
  assert.deepEqual([account.id, account.name, account.kind], ["sample", "Sample", "sample"]);
  const states = await itemsOf(account.clusters(never));
  assert.deepEqual(
    states.map(({ cluster, status }) => `${cluster.name} ${status.kind}`),
    ["shop-prod on", "shop-staging halfInstalled", "batch off", "edge-cn notEligible"],
  );
  for (const [index, cluster] of [shopProd, shopStaging].entries()) {
    const status = states[index]?.status;
    const bounds = await account.logs(cluster.cluster.id).bounds(never);
    assert.ok(status !== undefined && "newestEventMs" in status && bounds !== undefined && !("code" in bounds));
    // The end of bounds lies outside of them.
    assert.equal(Math.floor((status.newestEventMs ?? 0) / 1000), Math.floor((bounds.toMs - 1) / 1000));
  }
  const edge = states[3]?.status;
  assert.ok(edge?.kind === "notEligible");
  assert.deepEqual(
    edge.reasons.map(({ code }) => code),
    ["cluster-type", "node-os", "node-os", "node-kernel", "node-kernel"],
  );
});

test("namespaces, pods and nodes; the pod that is gone is known from its records", async () => {
  const prod = shopProd.cluster.id;
  assert.deepEqual(
    (await itemsOf(account.namespaces(prod, never))).map(({ name }) => name),
    ["ci", "monitoring", "orders", "payments", "reports", "web"],
  );
  const pods = await itemsOf(account.pods(prod, "payments", never));
  assert.deepEqual(
    pods.map(({ name, gone }) => `${name} ${gone}`),
    ["api-6f7c9d5b8-k2x4p false", "web-84c6d9f7b5-t6njs false", "ledger-0 false", "debug-dev-07-5wq8z true"],
  );
  assert.deepEqual(pods.at(-1), {
    namespace: "payments",
    name: "debug-dev-07-5wq8z",
    node: "cn-hangzhou.203.0.113.12",
    phase: "",
    containers: [{ name: "debug-dev-07-5wq8z", image: "registry.shop.example/tools/netshoot:0.13" }],
    gone: true,
  });
  assert.deepEqual(await itemsOf(account.pods(edgeCn.cluster.id, "stores", never)), [
    {
      namespace: "stores",
      name: "till-sync-0",
      node: "edge-shanghai.203.0.113.91",
      phase: "Running",
      containers: [{ name: "api", image: "registry.shop.example/stores/till-sync:1.2.7" }],
      gone: false,
    },
  ]);
  assert.equal((await itemsOf(account.nodes(prod, never))).length, 6);
});

test("the log goes on: every question has what happened until then, once", async () => {
  const prod = shopProd.cluster.id;
  // Both ask at the same time; what is new is appended once.
  const [before, same] = await Promise.all([countOf(account, prod, startMs), countOf(account, prod, startMs)]);
  assert.equal(before, same);
  nowMs += 600_000;
  const after = await countOf(account, prod, startMs);
  const state = { anchorMs: startMs - 6 * 3_600_000, changes: [] };
  assert.equal(after - before, sampleRecords(shopProd, state, startMs, nowMs).length);
  assert.ok(after > before);
});

test("a log that was lost with its process is made again", async () => {
  const restless = testEngine({ idleMs: 1_500 });
  const forgetful = createSampleAccount(restless, newMemory(), () => startMs, short);
  const first = await countOf(forgetful, shopStaging.cluster.id, startMs);
  await timers.setTimeout(2_300);
  assert.ok(first > 4_000);
  assert.equal(await countOf(forgetful, shopStaging.cluster.id, startMs), first);
});

/** Plans a change and carries it out as it is planned; tells each step, and the end. */
async function changed(
  account: Account,
  cluster: ClusterId,
  change: Change,
  signal = never,
): Promise<{ readonly steps: readonly string[]; readonly end: ChangeEnd | undefined }> {
  const control = account.auditing(cluster);
  assert.ok(control);
  const plan = await control.plan(change, never);
  const steps: string[] = [];
  let end: ChangeEnd | undefined;
  for await (const told of control.carryOut(plan, signal)) {
    if (told.kind === "waiting") steps.push(told.status?.step ?? "");
    if (told.kind === "ended") end = told.end;
  }
  return { steps, end };
}

test("turning on goes through the steps, ends with the first event, and is remembered", async () => {
  // A clock that runs forty times as fast: the self-test comes a second after the installation.
  const realMs = Date.now();
  const now = () => startMs + (Date.now() - realMs) * 40;
  const memory = newMemory();
  const account = createSampleAccount(engine, memory, now, short);
  const told: (ClusterId | undefined)[] = [];
  const stop = account.onChange((cluster) => told.push(cluster));
  const { id } = batch.cluster;
  const { steps, end } = await changed(account, id, { kind: "turnOn" });
  assert.deepEqual(
    steps.filter((step, index) => step !== steps[index - 1]),
    ["installingCollector", "installingAuditing", "waitingForFirstEvent"],
  );
  assert.ok(end?.kind === "done" && end.newestEventMs !== undefined && end.newestEventMs > startMs);
  assert.equal((await statusOf(account, id)).kind, "on");
  assert.ok((await countOf(account, id, startMs, "process.name: touch")) === 1);
  assert.ok(told.length >= 4 && told.every((cluster) => cluster === id));

  const again = createSampleAccount(engine, memory, now, short);
  assert.equal((await statusOf(again, id)).kind, "on");
  const twice = await changed(account, id, { kind: "turnOn" });
  assert.ok(twice.end?.kind === "blocked" && twice.end.by.kind === "alreadyOn");

  stop();
  const off = await changed(account, id, { kind: "turnOff" });
  assert.deepEqual(off, { steps: ["uninstallingAuditing"], end: { kind: "done", newestEventMs: undefined } });
  assert.equal((await statusOf(account, id)).kind, "halfInstalled");
  const offTwice = await changed(account, id, { kind: "turnOff" });
  assert.deepEqual(offTwice.end, { kind: "blocked", by: { kind: "notInstalled" } });
});

test("the sample's plan says what a cloud's would, and that it is none", async () => {
  const plan = await account.auditing(batch.cluster.id)?.plan({ kind: "turnOn" }, never);
  assert.deepEqual(plan?.steps, [
    { kind: "install", addon: "logtail-ds", version: "1.8.9" },
    { kind: "install", addon: "ack-advanced-audit", version: "0.9.0" },
    { kind: "awaitFirstEvent" },
  ]);
  assert.deepEqual(
    plan?.notes.map(({ kind }) => kind),
    ["recordsGoTo", "cost", "execMayFail", "inSample"],
  );
});

test("who gives up waiting does not stop the sample, as no cloud is stopped", async () => {
  const memory = newMemory();
  const account = createSampleAccount(engine, memory, () => startMs, { ...short, installAuditingMs: 250 });
  const { id } = batch.cluster;
  const controller = new AbortController();
  const control = account.auditing(id);
  assert.ok(control);
  const plan = await control.plan({ kind: "turnOn" }, never);
  let end: ChangeEnd | undefined;
  for await (const told of control.carryOut(plan, controller.signal)) {
    if (told.kind === "ended") end = told.end;
    // While it goes on, everybody sees that, and a second attempt does nothing.
    if (told.kind === "waiting" && told.status?.step === "installingAuditing") {
      assert.deepEqual(await statusOf(account, id), { asOfMs: startMs, ...told.status });
      const second = await changed(account, id, { kind: "turnOn" });
      assert.ok(second.end?.kind === "blocked" && second.end.by.kind === "concurrentChange");
      controller.abort();
    }
  }
  assert.deepEqual(end, { kind: "cancelledWaiting", at: "task" });
  assert.equal((await statusOf(account, id)).kind, "turningOn");
  await timers.setTimeout(400);
  assert.equal((await statusOf(account, id)).kind, "on");
  assert.deepEqual(memory.read(), {
    anchorMs: startMs - 6 * 3_600_000,
    changes: [
      { cluster: id, atMs: startMs, kind: "collectorInstalled" },
      { cluster: id, atMs: startMs, kind: "auditingInstalled" },
    ],
  });
});

test("who gives up before it begins has changed nothing", async () => {
  const account = createSampleAccount(engine, newMemory(), () => startMs, short);
  const { end } = await changed(account, batch.cluster.id, { kind: "turnOn" }, AbortSignal.abort());
  assert.deepEqual(end, { kind: "cancelledWaiting", at: "before" });
  assert.equal((await statusOf(account, batch.cluster.id)).kind, "off");
});

test("a cluster that is not eligible says why it cannot be turned on", async () => {
  const plan = await account.auditing(edgeCn.cluster.id)?.plan({ kind: "turnOn" }, never);
  assert.deepEqual(
    plan?.blockers.map(({ kind }) => kind),
    ["notEligible"],
  );
});

test("the retention is changed after the plan that was agreed to, and after no other", async () => {
  const account = createSampleAccount(engine, newMemory(), () => startMs, short);
  const control = account.auditing(shopProd.cluster.id);
  assert.ok(control);
  assert.equal(await control.retention(never), 180);
  const agreed = await control.plan({ kind: "changeRetention", days: 30 }, never);
  const { end } = await changed(account, shopProd.cluster.id, { kind: "changeRetention", days: 90 });
  assert.deepEqual(end, { kind: "done", newestEventMs: undefined });
  assert.equal(await control.retention(never), 90);
  const told = await all(control.carryOut(agreed, never));
  assert.deepEqual(told, [{ kind: "ended", end: { kind: "planOutdated" } }]);
  assert.equal(await control.retention(never), 90);
});

test("a Logstore that never was has no retention and is not deleted", async () => {
  const control = account.auditing(edgeCn.cluster.id);
  assert.deepEqual(await control?.retention(never), { kind: "noLogstore" });
  const plan = await control?.plan({ kind: "deleteLogstore" }, never);
  assert.deepEqual(plan?.blockers, [{ kind: "noLogstore" }]);
});

/** Everything that can be asked of a log about its extent, by every way of asking. */
async function extentOf(account: Account, cluster: ClusterId, fromMs: number, toMs: number): Promise<object> {
  const source = account.logs(cluster);
  const question = { statement: "*", range: { fromMs, toMs }, zone: "UTC", maxRows: 100_000 };
  const bounds = await source.bounds(never);
  assert.ok(bounds === undefined || !("code" in bounds));
  const histogram = await source.histogram(question, 100, never);
  assert.ok(histogram.kind === "buckets");
  const values = await source.values("clusterId", "", question.range, 10, never);
  assert.ok(!isUnreachable(values));
  let rows = 0;
  for await (const part of source.ask(question, never)) if (part.kind === "rows") rows += part.rows.length;
  const counted = await rowsOf(source, "* | select count(1) as n from log", question.range, never);
  assert.ok(!isUnreachable(counted));
  return {
    bounds,
    rows,
    counted: Number(counted[0]?.["n"]),
    inHistogram: histogram.buckets.reduce((sum, { count }) => sum + count, 0),
    inValues: values.reduce((sum, { count }) => sum + count, 0),
  };
}

const none = { bounds: undefined, rows: 0, counted: 0, inHistogram: 0, inValues: 0 };

/** The extent that these records have. */
function extent(records: readonly TimedRecord[]): object {
  const seconds = records.map(({ record }) => Number(record["__time__"]));
  const { length } = records;
  return {
    bounds: { fromMs: (seconds[0] ?? 0) * 1000, toMs: ((seconds.at(-1) ?? 0) + 1) * 1000 },
    rows: length,
    counted: length,
    inHistogram: length,
    inValues: length,
  };
}

async function logstoreFactsOf(account: Account, cluster: ClusterId): Promise<object> {
  const facts = await account.facts?.(cluster, never);
  assert.ok(facts !== undefined && !("code" in facts) && facts.logstore !== undefined);
  const { exists, hasIndex, retentionDays, createdMs, mode } = facts.logstore;
  return { exists, hasIndex, retentionDays, createdMs, mode, newestEventMs: facts.newestEventMs };
}

const original = { anchorMs: startMs - 6 * 3_600_000, changes: [] };

test("a shorter retention takes the older records out of every answer, as time goes on, and for good", async () => {
  const memory = newMemory();
  const { id } = shopProd.cluster;
  let clockMs = startMs;
  const account = createSampleAccount(engine, memory, () => clockMs, short);
  const week = [startMs - 7 * dayMs, startMs + 7 * dayMs] as const;
  const before = sampleRecords(shopProd, original, startMs - 25 * 3_600_000, startMs);
  assert.deepEqual(await extentOf(account, id, ...week), extent(before));
  // SQL reads beside its range, too: this counts the hour that ended a day ago.
  const hourADayAgo = async () => {
    const compared =
      "* | select c[2] as earlier from (select compare(n, 86400) as c from (select count(1) as n from log))";
    const rows = await rowsOf(account.logs(id), compared, { fromMs: startMs - 3_600_000, toMs: startMs }, never);
    assert.ok(!isUnreachable(rows), JSON.stringify(rows));
    return Number(rows[0]?.["earlier"]);
  };
  assert.equal(await hourADayAgo(), before.filter(({ atMs }) => atMs < startMs - dayMs).length);

  assert.deepEqual((await changed(account, id, { kind: "changeRetention", days: 1 })).end, {
    kind: "done",
    newestEventMs: undefined,
  });
  const lastDay = before.filter(({ atMs }) => atMs >= startMs - dayMs);
  assert.ok(lastDay.length < before.length - 100);
  assert.deepEqual(await extentOf(account, id, ...week), extent(lastDay));
  assert.equal(await hourADayAgo(), 0);

  clockMs += 3_600_000;
  const hourLater = sampleRecords(shopProd, original, startMs - 23 * 3_600_000, clockMs);
  assert.deepEqual(await extentOf(account, id, ...week), extent(hourLater));
  await changed(account, id, { kind: "changeRetention", days: 180 });
  assert.deepEqual(await extentOf(account, id, ...week), extent(hourLater));

  const again = createSampleAccount(testEngine(), memory, () => clockMs, short);
  assert.deepEqual(await extentOf(again, id, ...week), extent(hourLater));
});

test("a changed retention is what the facts say, after a reload too", async () => {
  const memory = newMemory();
  const { id } = shopProd.cluster;
  await changed(
    createSampleAccount(engine, memory, () => startMs, short),
    id,
    { kind: "changeRetention", days: 30 },
  );
  const again = createSampleAccount(engine, memory, () => startMs, short);
  assert.deepEqual(await logstoreFactsOf(again, id), {
    exists: true,
    hasIndex: true,
    retentionDays: 30,
    createdMs: undefined,
    mode: "standard",
    newestEventMs: sampleRecords(shopProd, original, startMs - 3_600_000, startMs).at(-1)?.atMs,
  });
  const plan = await again.auditing(id)?.plan({ kind: "changeRetention", days: 30 }, never);
  assert.deepEqual(plan?.blockers, [{ kind: "sameRetention", days: 30 }]);
});

test("a Logstore that is deleted where auditing is off is gone with its records, after a reload too", async () => {
  const memory = newMemory();
  const { id } = shopStaging.cluster;
  const account = createSampleAccount(engine, memory, () => startMs, short);
  assert.ok((await countOf(account, id, startMs)) > 4_000);
  const told: unknown[] = [];
  account.onChange((cluster) => told.push(cluster));
  const plan = await account.auditing(id)?.plan({ kind: "deleteLogstore" }, never);
  assert.deepEqual(plan?.blockers, []);
  assert.deepEqual(plan?.steps, [{ kind: "deleteLogstore" }]);
  assert.deepEqual(plan?.notes, [{ kind: "recordsDeleted", retentionDays: 180 }, { kind: "inSample" }]);
  assert.deepEqual(await changed(account, id, { kind: "deleteLogstore" }), {
    steps: [],
    end: { kind: "done", newestEventMs: undefined },
  });
  assert.deepEqual(told, [id]);
  const again = createSampleAccount(testEngine(), memory, () => startMs + 60_000, short);
  for (const candidate of [account, again]) {
    assert.deepEqual(await extentOf(candidate, id, startMs - dayMs, startMs + dayMs), none);
    assert.deepEqual(await logstoreFactsOf(candidate, id), {
      exists: false,
      hasIndex: undefined,
      retentionDays: undefined,
      createdMs: undefined,
      mode: undefined,
      newestEventMs: undefined,
    });
    assert.deepEqual(await candidate.auditing(id)?.retention(never), { kind: "noLogstore" });
    const { end } = await changed(candidate, id, { kind: "deleteLogstore" });
    assert.deepEqual(end, { kind: "blocked", by: { kind: "noLogstore" } });
  }
  const turningOn = await again.auditing(id)?.plan({ kind: "turnOn" }, never);
  assert.deepEqual(
    turningOn?.notes.find(({ kind }) => kind === "recordsGoTo"),
    { kind: "recordsGoTo", isNew: true, retentionDays: 180 },
  );
});

test("auditing that is on makes a deleted Logstore anew, with what it records from then on", async () => {
  const memory = newMemory();
  const { id, name } = shopProd.cluster;
  let clockMs = startMs;
  const account = createSampleAccount(engine, memory, () => clockMs, short);
  await changed(account, id, { kind: "changeRetention", days: 30 });
  assert.ok((await countOf(account, id, startMs)) > 4_000);
  const plan = await account.auditing(id)?.plan({ kind: "deleteLogstore" }, never);
  assert.deepEqual(plan?.notes, [
    { kind: "recordsDeleted", retentionDays: 30 },
    { kind: "mayComeBack", addon: "ack-advanced-audit" },
    { kind: "inSample" },
  ]);
  await changed(account, id, { kind: "deleteLogstore" });
  assert.deepEqual(await extentOf(account, id, startMs - dayMs, startMs + dayMs), none);
  const status = await statusOf(account, id);
  assert.ok(status.kind === "on" && status.newestEventMs === undefined);
  assert.deepEqual(status.doubts, [{ code: "logstore-missing", logstore: `advaudit-${id}` }], name);

  clockMs += 3_600_000;
  const since = sampleRecords(shopProd, original, startMs + 5_000, clockMs);
  assert.ok(since.length > 100);
  const again = createSampleAccount(testEngine(), memory, () => clockMs, short);
  for (const candidate of [account, again]) {
    assert.deepEqual(await extentOf(candidate, id, startMs - dayMs, startMs + dayMs), extent(since));
    assert.deepEqual(await logstoreFactsOf(candidate, id), {
      exists: true,
      hasIndex: true,
      retentionDays: 180,
      createdMs: startMs + 5_000,
      mode: "standard",
      newestEventMs: since.at(-1)?.atMs,
    });
  }
});

test("a Logstore that is deleted while its log is being made is gone from the next answer", async () => {
  const account = createSampleAccount(testEngine(), newMemory(), () => startMs, short);
  const { id } = shopStaging.cluster;
  const asked = countOf(account, id, startMs);
  await timers.setTimeout(30);
  await changed(account, id, { kind: "deleteLogstore" });
  assert.equal(await countOf(account, id, startMs), 0);
  await asked;
});

test("who waits for the first event of what is deleted and turned off is told after ten minutes that there is none", async () => {
  let clockMs = startMs;
  const account = createSampleAccount(engine, newMemory(), () => clockMs, short);
  const { id } = batch.cluster;
  const control = account.auditing(id);
  assert.ok(control);
  let end: ChangeEnd | undefined;
  for await (const told of control.carryOut(await control.plan({ kind: "turnOn" }, never), never)) {
    if (told.kind === "ended") end = told.end;
    if (told.kind !== "waiting" || told.status?.step !== "waitingForFirstEvent" || clockMs > startMs) continue;
    await changed(account, id, { kind: "deleteLogstore" });
    await changed(account, id, { kind: "turnOff" });
    clockMs += 600_000;
  }
  assert.deepEqual(end, { kind: "noEventYet", waitedMs: 600_000, by: undefined });
});

test("what is the newest already is not upgraded", async () => {
  const plan = await account.auditing(shopProd.cluster.id)?.plan({ kind: "upgrade" }, never);
  assert.deepEqual(plan?.blockers, [{ kind: "alreadyNewest", version: "0.9.0" }]);
});

test("an engine that cannot be started is told where records are needed, and nowhere else", async () => {
  const broken = testEngine({ script: "/nowhere/engine.cjs" });
  const account = createSampleAccount(broken, newMemory(), () => startMs, short);
  assert.equal((await statusOf(account, shopProd.cluster.id)).kind, "on");
  const pages = await all(account.pods(shopProd.cluster.id, "payments", never));
  assert.deepEqual(
    pages.map((page) => (page.kind === "items" ? page.items.length : `${page.part} ${page.reason.code}`)),
    [3, "payments engineStopped"],
  );
  const { end } = await changed(account, shopStaging.cluster.id, { kind: "turnOn" });
  assert.ok(end?.kind === "noEventYet" && end.by?.kind === "unreachable");
  assert.equal((await statusOf(account, shopStaging.cluster.id)).kind, "on");
});

test("a cluster that the sample does not have is a mistake of the caller", () => {
  assert.throws(() => account.logs("c0" as ClusterId), /no cluster c0/);
  assert.throws(() => account.auditing("c0" as ClusterId), /no cluster c0/);
});
