import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvent } from "../../../src/audit/readEvent.ts";
import { ordinaryLife } from "../../../src/sample/ordinaryLife.ts";
import { edgeCn, shopProd, shopStaging } from "../../../src/sample/sampleClusters.ts";

const hourMs = 3_600_000;
const noonMs = Date.UTC(2026, 10, 23, 4);
const prodDay = ordinaryLife(shopProd, noonMs - 24 * hourMs, noonMs);
const stagingDay = ordinaryLife(shopStaging, noonMs - 24 * hourMs, noonMs);
const events = prodDay.map(({ record }) => readEvent(record));

test("a day of both clusters has about 20,000 records", () => {
  const count = prodDay.length + stagingDay.length;
  assert.ok(count > 18_000 && count < 22_000, String(count));
});

test("the same stretch is the same, asked for whole or in pieces of any length", () => {
  const whole = ordinaryLife(shopProd, noonMs, noonMs + hourMs);
  const pieces = [];
  for (let atMs = noonMs, lengthMs = 1; atMs < noonMs + hourMs; lengthMs = (lengthMs * 7) % 90_001) {
    const toMs = Math.min(atMs + lengthMs, noonMs + hourMs);
    pieces.push(...ordinaryLife(shopProd, atMs, toMs));
    atMs = toMs;
  }
  assert.ok(whole.length > 300);
  assert.deepEqual(pieces, whole);
});

test("records come by time and within the stretch", () => {
  const times = prodDay.map(({ atMs }) => atMs);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
  assert.ok((times[0] ?? 0) >= noonMs - 24 * hourMs && (times.at(-1) ?? 0) < noonMs);
});

test("there is no pause of ten minutes in which the log looks dead", () => {
  const longest = prodDay.reduce(
    (found, { atMs }, index) => Math.max(found, atMs - (prodDay[index - 1]?.atMs ?? atMs)),
    0,
  );
  assert.ok(longest < 600_000, String(longest));
});

test("every record is raw: texts only, and everything in it can be read", () => {
  for (const { atMs, record } of prodDay) {
    for (const value of Object.values(record)) assert.equal(typeof value, "string");
    const event = readEvent(record);
    assert.equal(event.atMs, atMs);
    assert.equal(record["__time__"], String(Math.floor(atMs / 1000)));
    assert.equal(event.clusterId, shopProd.cluster.id);
    assert.equal(event.host.ip, record["__source__"]);
    assert.notEqual(event.kind, "other");
    if (event.kind === "command") assert.ok(event.program !== "" && event.pid !== undefined, record["process"]);
  }
});

test("event ids are unique, and every command is of a trace that begins with an entry", () => {
  assert.equal(new Set(events.map(({ eventId }) => eventId)).size, events.length);
  const entered = new Set(events.flatMap((event) => (event.kind === "entry" ? [event.traceId] : [])));
  // What was entered before this day began has its entry in the day before.
  const later = events.filter(({ atMs }) => atMs > noonMs - 23 * hourMs);
  assert.deepEqual(
    later.filter(({ traceId }) => !entered.has(traceId)),
    [],
  );
});

test("there are service accounts, people with RAM uids, and names in Chinese", () => {
  const users = new Set(events.map(({ user }) => `${user.username} ${user.aliuid}`));
  assert.ok(users.has("system:serviceaccount:monitoring:state-check "));
  assert.ok(users.has("oncall-01 204418820735561092"));
  assert.ok(users.has("值班-02 206630917254480316"));
  assert.ok(events.some((event) => event.kind === "command" && event.commandLine.includes("报表")));
});

test("kubectl cp is an exec of tar", () =>
  assert.ok(events.some((event) => event.kind === "entry" && event.commandText.startsWith("tar cf - -C /backup "))));

test("the payments namespace is quiet", () => {
  const entries = events.filter((event) => event.kind === "entry" && event.pod.namespace === "payments");
  assert.ok(entries.length < 60, String(entries.length));
});

test("the account of the incident enters payments on no other day", () =>
  assert.deepEqual(
    events.filter(({ user, pod }) => user.username === "dev-07" && pod.namespace === "payments"),
    [],
  ));

test("addresses are those set aside for documentation", () => {
  const addresses = new Set(
    [...prodDay, ...stagingDay].flatMap(({ record }) => JSON.stringify(record).match(/\b\d+\.\d+\.\d+\.\d+\b/g) ?? []),
  );
  for (const address of addresses) assert.match(address, /^(198\.51\.100|203\.0\.113|127\.0\.0)\.\d+$/);
});

test("a cluster in which nobody works has no records", () =>
  assert.deepEqual(ordinaryLife(edgeCn, noonMs - hourMs, noonMs), []));
