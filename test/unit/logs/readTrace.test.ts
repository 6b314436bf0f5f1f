import assert from "node:assert/strict";
import { test } from "node:test";
import type { TraceId } from "../../../src/audit/ids.ts";
import type { AnswerPart } from "../../../src/logs/answer.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import type { Question, TimeRange } from "../../../src/logs/question.ts";
import { readTrace } from "../../../src/logs/readTrace.ts";

const hour = 3_600_000;
/** Hours are counted from here, as times have to be ones that a record can have. */
const begin = Date.UTC(2026, 0, 1);
const ms = (hours: number) => begin + hours * hour;
const trace = "t-1" as TraceId;
const signal = new AbortController().signal;

/** A source with an event at each of these hours, which tells which ranges it was asked for. */
function source(hours: readonly number[], bounds?: TimeRange): { readonly log: LogSource; readonly asked: Question[] } {
  const asked: Question[] = [];
  const log: LogSource = {
    async *ask(question): AsyncIterable<AnswerPart> {
      asked.push(question);
      const { fromMs, toMs } = question.range;
      const found = hours.map(ms).filter((at) => fromMs <= at && at < toMs);
      const columns = ["__time__", "kind", "traceId", "eventId"].map((name) => ({ name, kind: "text" }) as const);
      yield { kind: "rows", columns, rows: found.map((at) => [String(at / 1000), "Command", trace, `e-${at}`]) };
      yield { kind: "end", completeness: { gaps: [] }, total: found.length, elapsedMs: 1 };
    },
    histogram: () => assert.fail("A trace needs no histogram."),
    values: () => assert.fail("A trace needs no values."),
    bounds: async () => bounds,
  };
  return { log, asked };
}

async function check(
  hours: readonly number[],
  atHour: number,
  expected: { found: number; searched: readonly number[] },
): Promise<void> {
  const { log } = source(hours);
  const read = await readTrace(log, trace, ms(atHour), "UTC", signal);
  assert.ok(read.kind === "events");
  assert.equal(read.events.length, expected.found);
  assert.deepEqual([read.searched.fromMs, read.searched.toMs], expected.searched.map(ms));
}

test("a short trace is read in one go", () => check([100, 101], 100, { found: 2, searched: [76, 124] }));
test("a trace goes on where an edge has events", () =>
  check([100, 120, 140, 160], 100, { found: 4, searched: [76, 172] }));
test("a trace that began long before its event is found from its beginning", () =>
  check([60, 80, 100], 100, { found: 3, searched: [28, 124] }));
test("without an event all of the log is searched, by the id alone", async () => {
  const { log, asked } = source([5, 5000], { fromMs: ms(5), toMs: ms(5001) });
  const read = await readTrace(log, trace, undefined, "UTC", signal);
  assert.ok(read.kind === "events");
  assert.equal(read.events.length, 2);
  assert.deepEqual(
    asked.map(({ statement }) => statement),
    ["traceId: t-1"],
  );
});
test("an empty log has an empty trace", async () => {
  const read = await readTrace(source([]).log, trace, undefined, "UTC", signal);
  assert.ok(read.kind === "events");
  assert.equal(read.events.length, 0);
});
test("a refusal is handed on", async () => {
  const { log } = source([]);
  const refusing: LogSource = {
    ...log,
    async *ask() {
      yield { kind: "unreachable", reason: { code: "engineStopped", detail: "" } };
    },
  };
  const read = await readTrace(refusing, trace, 0, "UTC", signal);
  assert.deepEqual(read, { kind: "unreachable", reason: { code: "engineStopped", detail: "" } });
});
