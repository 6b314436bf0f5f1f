import assert from "node:assert/strict";
import { test } from "node:test";
import { promises as timers } from "node:timers";
import type { AuditStatus } from "../../../src/audit/cluster.ts";
import type { ClusterId } from "../../../src/audit/ids.ts";
import { type Account, isUnreachable, rowsOf } from "../../../src/logs/account.ts";
import { createSampleAccount, type SampleDelays } from "../../../src/sample/sampleAccount.ts";
import { batch, edgeCn, shopProd, shopStaging } from "../../../src/sample/sampleClusters.ts";
import { sampleRecords } from "../../../src/sample/sampleRecords.ts";
import type { SampleMemory } from "../../../src/sample/sampleState.ts";
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

test("turning on goes through the steps, ends with the first event, and is remembered", async () => {
  // A clock that runs forty times as fast: the self-test comes a second after the installation.
  const realMs = Date.now();
  const now = () => startMs + (Date.now() - realMs) * 40;
  const memory = newMemory();
  const account = createSampleAccount(engine, memory, now, short);
  const told: (ClusterId | undefined)[] = [];
  const stop = account.onChange((cluster) => told.push(cluster));
  const { id } = batch.cluster;
  const statuses = await all(account.auditing(id)?.turnOn(never) ?? []);
  assert.deepEqual(
    statuses.map((status) => ("step" in status ? `${status.kind} ${status.step}` : status.kind)),
    ["turningOn installingCollector", "turningOn installingAuditing", "turningOn waitingForFirstEvent", "on"],
  );
  const last = statuses.at(-1);
  assert.ok(last?.kind === "on" && last.newestEventMs !== undefined && last.newestEventMs > startMs);
  assert.ok((await countOf(account, id, startMs, "process.name: touch")) === 1);
  assert.deepEqual(told, [id, id, id, id]);

  const again = createSampleAccount(engine, memory, now, short);
  assert.equal((await statusOf(again, id)).kind, "on");
  assert.deepEqual(
    (await all(account.auditing(id)?.turnOn(never) ?? [])).map(({ kind }) => kind),
    ["on"],
  );

  stop();
  const off = await all(account.auditing(id)?.turnOff(never) ?? []);
  assert.deepEqual(
    off.map(({ kind }) => kind),
    ["turningOff", "halfInstalled"],
  );
  assert.equal(told.length, 5);
  assert.deepEqual(
    (await all(account.auditing(id)?.turnOff(never) ?? [])).map(({ kind }) => kind),
    ["halfInstalled"],
  );
});

test("who gives up leaves what was done before", async () => {
  const memory = newMemory();
  const account = createSampleAccount(engine, memory, () => startMs, { ...short, installAuditingMs: 60_000 });
  const { id } = batch.cluster;
  const controller = new AbortController();
  const kinds: string[] = [];
  for await (const status of account.auditing(id)?.turnOn(controller.signal) ?? []) {
    kinds.push(status.kind);
    // While it goes on, everybody sees that, and a second attempt does nothing.
    if ("step" in status && status.step === "installingAuditing") {
      assert.deepEqual(await statusOf(account, id), { ...status });
      assert.deepEqual(
        (await all(account.auditing(id)?.turnOn(never) ?? [])).map(({ kind }) => kind),
        ["turningOn"],
      );
      controller.abort();
    }
  }
  assert.deepEqual(kinds, ["turningOn", "turningOn", "halfInstalled"]);
  assert.deepEqual(memory.read(), {
    anchorMs: startMs - 6 * 3_600_000,
    changes: [{ cluster: id, atMs: startMs, kind: "collectorInstalled" }],
  });
});

test("a cluster that is not eligible cannot be turned on", () =>
  assert.equal(account.auditing(edgeCn.cluster.id), undefined));

test("an engine that cannot be started is told where records are needed, and nowhere else", async () => {
  const broken = testEngine({ script: "/nowhere/engine.cjs" });
  const account = createSampleAccount(broken, newMemory(), () => startMs, short);
  assert.equal((await statusOf(account, shopProd.cluster.id)).kind, "on");
  const pages = await all(account.pods(shopProd.cluster.id, "payments", never));
  assert.deepEqual(
    pages.map((page) => (page.kind === "items" ? page.items.length : `${page.part} ${page.reason.code}`)),
    [3, "payments engineStopped"],
  );
  const statuses = await all(account.auditing(shopStaging.cluster.id)?.turnOn(never) ?? []);
  assert.equal(statuses.at(-1)?.kind, "on");
});

test("a cluster that the sample does not have is a mistake of the caller", () => {
  assert.throws(() => account.logs("c0" as ClusterId), /no cluster c0/);
  assert.throws(() => account.auditing("c0" as ClusterId), /no cluster c0/);
});
