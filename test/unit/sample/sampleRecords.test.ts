import assert from "node:assert/strict";
import { test } from "node:test";
import { incidentRecords, stagingRemovedAfterMs } from "../../../src/sample/incident.ts";
import { addonsNow } from "../../../src/sample/sampleAuditing.ts";
import {
  batch,
  edgeCn,
  type SampleCluster,
  sampleClusters,
  shopProd,
  shopStaging,
} from "../../../src/sample/sampleClusters.ts";
import { newestRecordMs, sampleRecords } from "../../../src/sample/sampleRecords.ts";
import { type AuditingChange, currentState, type SampleState } from "../../../src/sample/sampleState.ts";

const hourMs = 3_600_000;
const nowMs = Date.UTC(2026, 10, 23, 4);
const anchorMs = nowMs - 6 * hourMs;

type PlainKind = Exclude<AuditingChange["kind"], "retentionChanged">;

function state(...changes: readonly AuditingChange[]): SampleState {
  return { anchorMs, changes };
}
function change(cluster: SampleCluster, hoursAgo: number, kind: PlainKind): AuditingChange {
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
  assert.deepEqual(sampleRecords(edgeCn, state(), nowMs - hourMs, nowMs), []);
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

test("a deleted Logstore has no records, incident and self-test included", () => {
  const deleted = state(change(shopStaging, 0, "logstoreDeleted"));
  assert.deepEqual(sampleRecords(shopStaging, deleted, nowMs - 24 * hourMs, nowMs + hourMs), []);
  assert.equal(newestRecordMs(shopStaging, deleted, nowMs + hourMs), undefined);
  const tried = state(change(batch, 1, "auditingInstalled"), change(batch, 0.5, "logstoreDeleted"));
  assert.deepEqual(sampleRecords(batch, tried, nowMs - 24 * hourMs, nowMs - 0.5 * hourMs + 4_999), []);
});
test("made anew, a Logstore has what was recorded since then, and all of that", () => {
  const deletedMs = nowMs - hourMs;
  const given = state(change(shopProd, 1, "logstoreDeleted"));
  const found = sampleRecords(shopProd, given, nowMs - 24 * hourMs, nowMs);
  assert.deepEqual(found, sampleRecords(shopProd, state(), deletedMs + 5_000, nowMs));
  assert.ok(found.length > 100);
  assert.equal(newestRecordMs(shopProd, given, nowMs), found.at(-1)?.atMs);
});
test("the newest record is none that has expired", () => {
  const given = state({ cluster: shopStaging.cluster.id, atMs: nowMs, kind: "retentionChanged", days: 1 });
  // Nothing is recorded in staging for the last 55 minutes, so a day later its newest record is older than a day.
  assert.equal(newestRecordMs(shopStaging, given, nowMs), newestRecordMs(shopStaging, state(), nowMs));
  assert.equal(newestRecordMs(shopStaging, given, nowMs + 24 * hourMs), undefined);
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
test("how long records are kept is still so after the incident has moved; deleted Logstores are there again", () => {
  const kept = (cluster: SampleCluster, hoursAgo: number, days: number): AuditingChange => ({
    cluster: cluster.cluster.id,
    atMs: nowMs - hoursAgo * hourMs,
    kind: "retentionChanged",
    days,
  });
  const changes = [
    kept(shopProd, 5, 30),
    kept(shopStaging, 5, 60),
    change(shopStaging, 4, "logstoreDeleted"),
    change(batch, 12, "auditingInstalled"),
    change(batch, 3, "logstoreDeleted"),
    kept(batch, 2, 7),
  ];
  assert.deepEqual(currentState({ anchorMs: nowMs - 21 * hourMs, changes }, nowMs), {
    anchorMs,
    changes: [
      kept(shopProd, 5, 30),
      change(batch, 12, "auditingInstalled"),
      change(batch, 3, "logstoreDeleted"),
      kept(batch, 2, 7),
    ],
  });
});
test("what was done to a Logstore is remembered like the rest", () => {
  const remembered = {
    anchorMs,
    changes: [
      { cluster: shopProd.cluster.id, atMs: nowMs - hourMs, kind: "retentionChanged", days: 30 },
      change(shopProd, 0.5, "logstoreDeleted"),
    ],
  };
  assert.deepEqual(currentState(JSON.parse(JSON.stringify(remembered)), nowMs), remembered);
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
  const changes: unknown[] = [
    null,
    {},
    { cluster: 7, atMs: 7, kind: "auditingRemoved" },
    { cluster: "c", atMs: 7, kind: "x" },
  ];
  const kept = { cluster: shopProd.cluster.id, atMs: 7, kind: "retentionChanged" };
  changes.push(kept, ...[0, 3651, 1.5, "30", null].map((days) => ({ ...kept, days })));
  assert.deepEqual(currentState({ anchorMs: anchor, changes }, nowMs), { anchorMs: anchor, changes: [] });
});
