import assert from "node:assert/strict";
import { test } from "node:test";
import { incidentRecords, stagingRemovedAfterMs } from "../../../src/sample/incident.ts";
import {
  batch,
  edgeCn,
  type SampleCluster,
  sampleClusters,
  shopProd,
  shopStaging,
} from "../../../src/sample/sampleClusters.ts";
import { addonsNow, hasRecords, newestRecordMs, sampleRecords } from "../../../src/sample/sampleRecords.ts";
import { type AuditingChange, currentState, type SampleState } from "../../../src/sample/sampleState.ts";

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 23, 4);
const anchorMs = nowMs - 6 * hourMs;

function state(...changes: readonly AuditingChange[]): SampleState {
  return { anchorMs, changes };
}
function change(cluster: SampleCluster, hoursAgo: number, kind: AuditingChange["kind"]): AuditingChange {
  return { cluster: cluster.cluster.id, atMs: nowMs - hoursAgo * hourMs, kind };
}
/** How many records each of the last `hours` hours has, newest last. */
function perHour(cluster: SampleCluster, given: SampleState, hours: number): readonly number[] {
  return Array.from({ length: hours }, (_, index) => {
    const fromMs = nowMs - (hours - index) * hourMs;
    return sampleRecords(cluster, given, fromMs, fromMs + hourMs).length;
  });
}

test("the incident begins at its anchor and ends in time", () => {
  const times = sampleClusters
    .flatMap(({ cluster }) => incidentRecords(cluster.id, anchorMs))
    .map(({ atMs }) => atMs - anchorMs);
  assert.equal(Math.min(...times), 0);
  assert.equal(Math.floor(Math.max(...times) / 60_000), 5 * 60 + 11);
});
test("the incident lies on the two shops only", () =>
  assert.deepEqual(
    sampleClusters.map(({ cluster }) => [cluster.name, incidentRecords(cluster.id, anchorMs).length > 0]),
    [
      ["shop-prod", true],
      ["shop-staging", true],
      ["batch", false],
      ["edge-cn", false],
    ],
  ));
test("the incident is part of the log, wherever it is cut", () => {
  const incident = incidentRecords(shopProd.cluster.id, anchorMs).map(({ record }) => record["eventId"]);
  const middle = anchorMs + 4.22 * hourMs;
  const log = [
    ...sampleRecords(shopProd, state(), anchorMs, middle),
    ...sampleRecords(shopProd, state(), middle, nowMs),
  ].map(({ record }) => record["eventId"]);
  assert.deepEqual(
    incident.filter((event) => !log.includes(event)),
    [],
  );
  assert.equal(new Set(log).size, log.length);
});

test("production is recorded all the time", () =>
  assert.ok(perHour(shopProd, state(), 3).every((count) => count > 100)));
test("staging is recorded until auditing was removed", () => {
  const removedMs = anchorMs + stagingRemovedAfterMs;
  assert.ok(sampleRecords(shopStaging, state(), removedMs - hourMs, removedMs).length > 50);
  assert.deepEqual(sampleRecords(shopStaging, state(), removedMs, nowMs), []);
});
test("what is off has no records", () => {
  assert.deepEqual(perHour(batch, state(), 2), [0, 0]);
  assert.equal(hasRecords(batch, state()), false);
  assert.equal(hasRecords(edgeCn, state()), false);
  assert.equal(hasRecords(shopStaging, state()), true);
});

test("turned on, records come from then on, the self-test first", () => {
  const on = state(change(batch, 1, "collectorInstalled"), change(batch, 1, "auditingInstalled"));
  const [before, after = 0] = perHour(batch, on, 2);
  assert.equal(before, 0);
  assert.ok(after > 50);
  const selfTest = sampleRecords(batch, on, nowMs - hourMs, nowMs - hourMs + 2_500);
  assert.deepEqual(
    selfTest.flatMap(({ record }) => (record["process"] === undefined ? [] : [JSON.parse(record["process"]).cmdline])),
    ["bash", "touch a.txt", "rm a.txt"],
  );
});
test("turned off, ordinary records end until it is turned on; the incident is not undone", () => {
  const changed = state(change(shopProd, 3, "auditingRemoved"), change(shopProd, 1, "auditingInstalled"));
  const off = sampleRecords(shopProd, changed, nowMs - 3 * hourMs, nowMs - hourMs);
  const incident = incidentRecords(shopProd.cluster.id, anchorMs).filter(
    ({ atMs }) => atMs >= nowMs - 3 * hourMs && atMs < nowMs - hourMs,
  );
  assert.ok(incident.length > 0);
  assert.deepEqual(off, incident);
  const [before = 0, , , after = 0] = perHour(shopProd, changed, 4);
  assert.ok(before > 100 && after > 100);
});

test("the newest record is the last of the log", () => {
  const newest = newestRecordMs(shopProd, state(), nowMs);
  assert.equal(newest, sampleRecords(shopProd, state(), nowMs - hourMs, nowMs).at(-1)?.atMs);
  const removedMs = anchorMs + stagingRemovedAfterMs;
  assert.equal(
    newestRecordMs(shopStaging, state(), nowMs),
    sampleRecords(shopStaging, state(), removedMs - hourMs, removedMs).at(-1)?.atMs,
  );
  assert.equal(newestRecordMs(batch, state(), nowMs), undefined);
});

function addons(cluster: SampleCluster, given: SampleState): readonly string[] {
  return addonsNow(cluster, given).map(({ name }) => name);
}
test("what is installed follows from what was done", () => {
  assert.deepEqual(addons(shopProd, state()), ["logtail-ds", "ack-advanced-audit"]);
  assert.deepEqual(addons(shopProd, state(change(shopProd, 1, "auditingRemoved"))), ["logtail-ds"]);
  assert.deepEqual(addons(shopStaging, state()), ["logtail-ds"]);
  assert.deepEqual(addons(batch, state()), []);
  assert.deepEqual(addons(batch, state(change(batch, 2, "collectorInstalled"))), ["logtail-ds"]);
  assert.deepEqual(
    addons(batch, state(change(batch, 2, "collectorInstalled"), change(batch, 1, "auditingInstalled"))),
    ["logtail-ds", "ack-advanced-audit"],
  );
});

test("a first start has the incident end an hour before now", () =>
  assert.deepEqual(currentState(undefined, nowMs), { anchorMs, changes: [] }));
test("what was remembered stays for twenty hours", () => {
  const remembered = { anchorMs: nowMs - 19 * hourMs, changes: [change(shopProd, 1, "auditingRemoved")] };
  assert.deepEqual(currentState(JSON.parse(JSON.stringify(remembered)), nowMs), remembered);
});
test("later the incident moves, and only what was turned on stays so", () => {
  const on = [change(batch, 12, "collectorInstalled"), change(batch, 12, "auditingInstalled")];
  const remembered = { anchorMs: nowMs - 21 * hourMs, changes: [...on, change(shopProd, 1, "auditingRemoved")] };
  assert.deepEqual(currentState(remembered, nowMs), { anchorMs, changes: on });
});
test("a clock that was set back moves the incident too", () =>
  assert.equal(currentState({ anchorMs: nowMs + hourMs, changes: [] }, nowMs).anchorMs, anchorMs));
test("what is not a state is none", () => {
  for (const value of [null, 7, "x", {}, { anchorMs: "7", changes: [] }, { anchorMs: nowMs, changes: 7 }]) {
    assert.deepEqual(currentState(value, nowMs), { anchorMs, changes: [] });
  }
});
test("what is not a change is left out", () => {
  const anchor = nowMs - 7 * hourMs;
  const changes = [null, {}, { cluster: 7, atMs: 7, kind: "auditingRemoved" }, { cluster: "c", atMs: 7, kind: "x" }];
  assert.deepEqual(currentState({ anchorMs: anchor, changes }, nowMs), { anchorMs: anchor, changes: [] });
});
