/** Rows of a search, completely and in order, over a service that answers as SLS's documentation says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Question } from "../../../src/logs/question.ts";
import {
  ask,
  collect,
  LogService,
  never,
  newestFirst,
  type Row,
  records,
  refusal,
  startSeconds,
} from "./logService.ts";

const range = { fromMs: startSeconds * 1000, toMs: (startSeconds + 86_400) * 1000 };
function question(maxRows: number, more: Partial<Question> = {}): Question {
  return { statement: "*", range, zone: "UTC", maxRows, ...more };
}
const ids = (rows: readonly Readonly<Record<string, string>>[]): readonly string[] =>
  rows.map((row) => row["eventId"] ?? "");

async function whole(rows: readonly Row[], most = 8): Promise<LogService> {
  const service = new LogService(rows);
  const { records: found, end } = await collect(ask(service, most).source.ask(question(1_000_000), never));
  assert.deepEqual(ids(found), newestFirst(rows));
  assert.ok(end.kind === "end", JSON.stringify(end));
  assert.deepEqual([end.completeness, end.total], [{ gaps: [] }, rows.length]);
  return service;
}

test("nothing found takes two requests", async () => {
  const service = await whole([]);
  assert.equal(service.called.length, 2);
});
test("less than a page takes two requests", async () => {
  const service = await whole(records(99));
  assert.equal(service.called.length, 2);
});
for (const count of [100, 101, 199, 200, 201, 1_999, 2_000, 2_001, 12_345]) {
  test(`${count} rows come whole and in order`, async () => void (await whole(records(count))));
}
for (const perSecond of [7, 100, 150, 2_500, 9_000]) {
  test(`${perSecond} rows a second come whole and in order`, async () => void (await whole(records(9_000, perSecond))));
}
test("few pages are not full", async () => {
  const service = await whole(records(20_000, 3));
  assert.ok(service.count("logs") <= 230, String(service.count("logs")));
  assert.ok(service.count("histogram") <= 10, String(service.count("histogram")));
});
test("rows far apart and rows close together", async () => {
  const rows = [
    ...records(3_000, 1_000),
    ...records(40, 1, startSeconds + 40_000),
    ...records(5_000, 9, startSeconds + 80_000),
  ].map((row, index) => ({ ...row, eventId: `e-${String(index).padStart(6, "0")}` }));
  await whole(rows);
});
test("never more are in flight than the limit", async () => {
  const service = new LogService(records(6_000));
  service.latency = () => new Promise((resolve) => setTimeout(resolve, 1));
  const { end } = await collect(ask(service, 5).source.ask(question(1_000_000), never));
  assert.equal(end.kind, "end");
  assert.equal(service.mostInFlight, 5);
});
test("two questions of one source share the limit", async () => {
  const service = new LogService(records(3_000));
  service.latency = () => new Promise((resolve) => setTimeout(resolve, 1));
  const { source } = ask(service, 4);
  await Promise.all([collect(source.ask(question(1_000_000), never)), collect(source.ask(question(1_000_000), never))]);
  assert.equal(service.mostInFlight, 4);
});

test("the newest rows are those of a capped answer, and it says how many there are", async () => {
  const service = new LogService(records(12_000, 2));
  const { records: found, end } = await collect(ask(service).source.ask(question(250), never));
  assert.deepEqual(ids(found), newestFirst(service.rows).slice(0, 250));
  assert.ok(end.kind === "end");
  assert.deepEqual([end.completeness, end.total], [{ gaps: [{ kind: "rowCap", rows: 250 }] }, 12_000]);
  assert.ok(service.count("logs") < 20, String(service.count("logs")));
});
test("as many rows as asked for are all of them", async () => {
  const { records: found, end } = await collect(ask(new LogService(records(250))).source.ask(question(250), never));
  assert.equal(found.length, 250);
  assert.ok(end.kind === "end");
  assert.deepEqual([end.completeness, end.total], [{ gaps: [] }, 250]);
});
test("no rows asked for are none, and how many there are", async () => {
  const { records: found, end } = await collect(ask(new LogService(records(3_000))).source.ask(question(0), never));
  assert.equal(found.length, 0);
  assert.ok(end.kind === "end");
  assert.deepEqual([end.completeness, end.total], [{ gaps: [{ kind: "rowCap", rows: 0 }] }, 3_000]);
});

test("records that arrive while a slice is fetched double and lose nothing", async () => {
  const service = new LogService(records(4_000, 40));
  let arriving = 30;
  const begun = new Set(ids(service.rows));
  service.meanwhile = ({ kind, nth }) => {
    if (kind !== "logs" || nth < 3 || arriving === 0) return;
    arriving -= 1;
    service.rows.push({ __time__: String(startSeconds + 50), kind: "Command", eventId: `new-${arriving}` });
  };
  const { records: found, end } = await collect(ask(service).source.ask(question(1_000_000), never));
  const got = ids(found);
  assert.equal(new Set(got).size, got.length, "A row came twice.");
  assert.ok(end.kind === "end");
  assert.deepEqual(end.completeness.gaps, []);
  assert.deepEqual(
    [...begun].filter((id) => !got.includes(id)),
    [],
  );
  assert.deepEqual(got, newestFirst(found));
});
test("records that arrive without end are a gap that names their time, and nothing is doubled", async () => {
  const service = new LogService(records(3_000, 1_000));
  let number = 0;
  service.meanwhile = ({ kind, body }) => {
    if (kind !== "logs" || Number(body["from"]) > startSeconds + 1 || Number(body["to"]) < startSeconds + 2) return;
    number += 1;
    service.rows.push({ __time__: String(startSeconds + 1), kind: "Command", eventId: `new-${number}` });
  };
  const { records: found, end } = await collect(ask(service).source.ask(question(1_000_000), never));
  const got = ids(found);
  assert.equal(new Set(got).size, got.length, "A row came twice.");
  assert.ok(end.kind === "end");
  const [gap] = end.completeness.gaps;
  assert.ok(gap?.kind === "server" && gap.range !== undefined);
  assert.ok(gap.range.fromMs <= (startSeconds + 1) * 1000 && gap.range.toMs >= (startSeconds + 2) * 1000);
});
test("records that are the same in everything stay as many as they are", async () => {
  const same = Array.from({ length: 450 }, () => ({ __time__: String(startSeconds), kind: "Command", eventId: "e-1" }));
  const { records: found, end } = await collect(ask(new LogService(same)).source.ask(question(1_000_000), never));
  assert.equal(found.length, 450);
  assert.ok(end.kind === "end");
  assert.deepEqual(end.completeness.gaps, []);
});
test("nanoseconds order the rows of a second, and cut them where the range ends within it", async () => {
  const rows = ["100000000", "900000000", "500000000"].map((nanos, index) => ({
    __time__: String(startSeconds),
    __time_ns_part__: nanos,
    eventId: `e-${index}`,
  }));
  const { source } = ask(new LogService(rows));
  const all = await collect(source.ask(question(10), never));
  assert.deepEqual(ids(all.records), ["e-1", "e-2", "e-0"]);
  const half = { fromMs: startSeconds * 1000 + 400, toMs: startSeconds * 1000 + 900 };
  const { records: found, end } = await collect(source.ask(question(10, { range: half }), never));
  assert.deepEqual(ids(found), ["e-2"]);
  assert.ok(end.kind === "end" && end.total === 1);
});
test("a slice that stays incomplete is named, and the others are whole", async () => {
  const service = new LogService(records(6_000));
  const from = startSeconds + 3_000;
  service.fault = ({ kind, body }) =>
    kind === "logs" && Number(body["from"]) <= from && from < Number(body["to"]) ? "incomplete" : undefined;
  const { records: found, end } = await collect(ask(service).source.ask(question(1_000_000), never));
  assert.ok(end.kind === "end");
  const [gap, ...more] = end.completeness.gaps;
  assert.ok(gap?.kind === "server" && gap.range !== undefined && more.length === 0);
  const { fromMs, toMs } = gap.range;
  const outside = service.rows.filter(
    (row) => Number(row["__time__"]) * 1000 < fromMs || Number(row["__time__"]) * 1000 >= toMs,
  );
  const got = new Set(ids(found));
  assert.deepEqual(
    outside.filter((row) => !got.has(row["eventId"] ?? "")),
    [],
  );
  assert.equal(got.size, found.length);
});
test("where rows may not be counted, all of them come all the same", async () => {
  const service = new LogService(records(1_500, 5));
  service.fault = ({ kind }) => (kind === "histogram" ? refusal(403, "Unauthorized") : undefined);
  const { records: found, end } = await collect(ask(service).source.ask(question(1_000_000), never));
  assert.deepEqual(ids(found), newestFirst(service.rows));
  assert.ok(end.kind === "end");
  assert.deepEqual(end.completeness.gaps, []);
});
test("who reads slowly is not overtaken: rows that nobody waits for are not fetched", async () => {
  const service = new LogService(records(60_000, 10));
  const parts = ask(service, 4).source.ask(question(1_000_000), never)[Symbol.asyncIterator]();
  await parts.next();
  for (let turn = 0; turn < 300; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(service.count("logs") < 120, String(service.count("logs")));
  await parts.return?.();
  const before = service.called.length;
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(service.called.length, before);
});
test("what is cancelled sends nothing more and keeps what had come", async () => {
  const service = new LogService(records(30_000, 10));
  const cancel = new AbortController();
  const seen: string[] = [];
  let end: unknown;
  for await (const part of ask(service).source.ask(question(1_000_000), cancel.signal)) {
    if (part.kind === "rows") {
      seen.push(...part.rows.map((cells) => cells[part.columns.findIndex(({ name }) => name === "eventId")] ?? ""));
      cancel.abort();
    } else end = part.kind === "end" ? part.completeness.gaps : part;
  }
  const before = service.called.length;
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(service.called.length, before);
  assert.deepEqual(end, [{ kind: "cancelled" }]);
  assert.deepEqual(seen, newestFirst(service.rows).slice(0, seen.length));
});
test("throttling slows down and the answer is whole", async () => {
  const service = new LogService(records(4_000));
  service.latency = () => new Promise((resolve) => setTimeout(resolve, 1));
  let refused = 0;
  service.fault = () => {
    if (service.inFlight <= 2 || refused > 60) return undefined;
    refused += 1;
    return refusal(403, "ReadQuotaExceed");
  };
  const { source, events } = ask(service, 8);
  const { records: found, end } = await collect(source.ask(question(1_000_000), never));
  assert.deepEqual(ids(found), newestFirst(service.rows));
  assert.ok(end.kind === "end");
  assert.deepEqual(end.completeness.gaps, []);
  assert.ok(events.some(({ kind }) => kind === "throttled"));
});
test("a phrase is looked for part by part, however few rows a part gives", async () => {
  const service = new LogService(records(900, 3));
  // Each look finds one of ten, through two hundred records.
  service.fault = ({ kind, body }) => {
    if (kind !== "logs") return undefined;
    const inside = newestFirst(
      service.rows.filter(
        (row) => Number(row["__time__"]) >= Number(body["from"]) && Number(row["__time__"]) < Number(body["to"]),
      ),
    );
    const offset = Number(body["offset"]);
    const data = inside
      .slice(offset, offset + 200)
      .filter((id) => id.endsWith("0"))
      .map((id) => service.rows.find((row) => row["eventId"] === id));
    const endOffset = Math.min(inside.length, offset + 200);
    const meta = {
      progress: "Complete",
      mode: 1,
      phraseQueryInfo: { scanAll: endOffset === inside.length, beginOffset: offset, endOffset },
    };
    return { kind: "answer", status: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify({ meta, data })) };
  };
  const { records: found, end } = await collect(
    ask(service).source.ask(question(1_000_000, { statement: '#"a b"' }), never),
  );
  assert.deepEqual(
    ids(found),
    newestFirst(service.rows).filter((id) => id.endsWith("0")),
  );
  assert.ok(end.kind === "end");
  assert.deepEqual([end.completeness.gaps, end.total], [[], 90]);
});
