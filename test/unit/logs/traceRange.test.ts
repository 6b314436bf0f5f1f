import assert from "node:assert/strict";
import { test } from "node:test";
import { extendedTraceRange, firstTraceRange } from "../../../src/logs/traceRange.ts";

const hour = 3_600_000;

function check(firstHour: number, lastHour: number, fromHour: number | undefined, toHour: number | undefined): void {
  const extended = extendedTraceRange(firstTraceRange(0), { fromMs: firstHour * hour, toMs: lastHour * hour });
  const expected =
    fromHour === undefined || toHour === undefined ? undefined : { fromMs: fromHour * hour, toMs: toHour * hour };
  assert.deepEqual(extended, expected);
}

test("a trace is first searched a day to each side", () =>
  assert.deepEqual(firstTraceRange(48 * hour), { fromMs: 24 * hour, toMs: 72 * hour }));
test("a trace in the middle is not searched further", () => check(-3, 4, undefined, undefined));
test("an event near the early edge grows that side", () => check(-20, 0, -48, 24));
test("an event near the late edge grows that side", () => check(0, 13, -24, 48));
test("events near both edges grow both sides", () => check(-23, 23, -48, 48));
