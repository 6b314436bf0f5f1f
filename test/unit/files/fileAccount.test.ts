import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { LogRecord } from "../../../src/audit/event.ts";
import { createFileAccount } from "../../../src/files/fileAccount.ts";
import { type Account, isUnreachable, rowsOf } from "../../../src/logs/account.ts";
import { incidentRecords } from "../../../src/sample/incident.ts";
import { shopProd, shopStaging } from "../../../src/sample/sampleClusters.ts";
import { itemsOf, testEngine } from "../sample/engine.ts";

const anchorMs = Date.UTC(2026, 10, 22, 22, 28, 40);
const openedAtMs = anchorMs + 86_400_000;
const never = new AbortController().signal;
const engine = testEngine();
const folder = mkdtempSync(join(tmpdir(), "ack-audit-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const prod = incidentRecords(shopProd.cluster.id, anchorMs).map(({ record }) => record);
const staging = incidentRecords(shopStaging.cluster.id, anchorMs).map(({ record }) => record);
const unnamed = staging.map(({ clusterId: _, ...record }): LogRecord => record);

async function open(name: string, records: readonly LogRecord[]): Promise<Account> {
  const path = join(folder, name);
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const outcome = await engine.importFile(
    path,
    () => {},
    () => {},
    never,
  );
  assert.ok(outcome.kind === "imported", JSON.stringify(outcome));
  return createFileAccount(engine, outcome.store, path, openedAtMs);
}

/** The clusters of a file and how many records the log of each has. */
async function check(account: Account, expected: readonly string[]): Promise<void> {
  const clusters = await itemsOf(account.clusters(never));
  const found = [];
  for (const { cluster, status } of clusters) {
    assert.deepEqual(status, { kind: "unknown", reason: { code: "recordsOnly" }, asOfMs: openedAtMs });
    assert.equal(cluster.name, cluster.id);
    const range = { fromMs: anchorMs, toMs: openedAtMs };
    const rows = await rowsOf(account.logs(cluster.id), "* | select count(1) as n from log", range, never);
    assert.ok(!isUnreachable(rows), JSON.stringify(rows));
    found.push(`${cluster.id} ${rows[0]?.["n"]}`);
  }
  assert.deepEqual(found.sort(), [...expected].sort());
}

test("a file is an account with the clusters that its records name", async () => {
  const account = await open("incident.ndjson", [...prod, ...staging]);
  assert.deepEqual(
    [account.id, account.name, account.kind],
    [`file:${join(folder, "incident.ndjson")}`, "incident.ndjson", "file"],
  );
  await check(account, [`${shopProd.cluster.id} ${prod.length}`, `${shopStaging.cluster.id} ${staging.length}`]);
  assert.equal(account.auditing(shopProd.cluster.id), undefined);
  account.onChange(() => assert.fail("A file does not change."))();
});

test("records that name no cluster make one named after the file", async () => {
  await check(await open("unnamed.ndjson", unnamed), [`unnamed.ndjson ${unnamed.length}`]);
});

test("where some name one, the cluster named after the file holds all of it", async () => {
  await check(await open("mixed.ndjson", [...prod, ...unnamed]), [
    `${shopProd.cluster.id} ${prod.length}`,
    `mixed.ndjson ${prod.length + unnamed.length}`,
  ]);
});

test("namespaces, pods, containers and nodes are those of the records", async () => {
  const account = await open("lists.ndjson", prod);
  const { id } = shopProd.cluster;
  assert.deepEqual(await itemsOf(account.namespaces(id, never)), [{ name: "payments", gone: false }]);
  assert.deepEqual(await itemsOf(account.pods(id, "payments", never)), [
    {
      namespace: "payments",
      name: "api-6f7c9d5b8-k2x4p",
      node: "cn-hangzhou.203.0.113.11",
      phase: "",
      containers: [{ name: "api", image: "registry.shop.example/payments/api:4.12.1" }],
      gone: false,
    },
    {
      namespace: "payments",
      name: "debug-dev-07-5wq8z",
      node: "cn-hangzhou.203.0.113.12",
      phase: "",
      containers: [{ name: "debug-dev-07-5wq8z", image: "registry.shop.example/tools/netshoot:0.13" }],
      gone: false,
    },
    {
      namespace: "payments",
      name: "web-84c6d9f7b5-t6njs",
      node: "cn-hangzhou.203.0.113.12",
      phase: "",
      containers: [{ name: "nginx", image: "registry.shop.example/payments/web:2.8.0" }],
      gone: false,
    },
  ]);
  assert.deepEqual(
    (await itemsOf(account.nodes(id, never))).map(({ name, ip, osImage }) => [name, ip, osImage]),
    [
      ["cn-hangzhou.203.0.113.11", "203.0.113.11", ""],
      ["cn-hangzhou.203.0.113.12", "203.0.113.12", ""],
    ],
  );
});

test("who gives up gets no more pages", async () => {
  const account = await open("given-up.ndjson", prod);
  const controller = new AbortController();
  controller.abort();
  assert.deepEqual(await itemsOf(account.pods(shopProd.cluster.id, "payments", controller.signal)), []);
  assert.deepEqual(await itemsOf(account.nodes(shopProd.cluster.id, controller.signal)), []);
});

test("a store that is gone is a failed page", async () => {
  const store = {
    id: "nowhere",
    recordCount: 1,
    rejectedCount: 0,
    rejected: [],
    clusters: [{ id: shopProd.cluster.id, recordCount: 1 }],
    bounds: undefined,
    missingFields: [],
    reused: false,
  };
  const account = createFileAccount(engine, store, "/nowhere/a.ndjson", openedAtMs);
  for (const pages of [
    account.pods(shopProd.cluster.id, "payments", never),
    account.namespaces(shopProd.cluster.id, never),
  ]) {
    const kinds = [];
    for await (const page of pages) kinds.push(page.kind);
    assert.deepEqual(kinds, ["failure"]);
  }
});

test("a cluster that the file does not have is a mistake of the caller", async () => {
  const account = await open("caller.ndjson", staging);
  assert.throws(() => account.logs(shopProd.cluster.id), /caller\.ndjson has no cluster/);
});
