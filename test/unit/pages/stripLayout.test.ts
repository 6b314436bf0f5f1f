import assert from "node:assert/strict";
import { test } from "node:test";
import { barHeight, barsOf, labelsOf } from "../../../webview/trace/stripLayout.ts";
import { shownTrace } from "../../pages/traceHost.ts";

const { state } = shownTrace();

test("every event lies in one bar, breaks in none", () =>
  assert.equal(
    barsOf(state.lines, 40).reduce((sum, bar) => sum + bar.count, 0),
    19,
  ));
test("a bar has the heaviest severity of its events", () => {
  const bars = barsOf(state.lines, 1);
  assert.deepEqual(bars, [{ count: 19, severity: "critical" }]);
});
test("the last event lies in the last bar", () => assert.equal(barsOf(state.lines, 40).at(-1)?.count, 1));

test("nothing has no height, one event beside a thousand can be seen", () => {
  assert.equal(barHeight(0, 1_000), 0);
  assert.equal(barHeight(1, 1_000), 0.1);
  assert.equal(barHeight(1_000, 1_000), 1);
});

type Axis = Parameters<typeof labelsOf>[0];

function check(axis: Axis, widthPx: number, expected: readonly string[]): void {
  const labels = labelsOf(
    axis,
    widthPx,
    (text) => text.length * 6,
    (ms) => `at ${ms}`,
    (ms) => `idle ${ms}`,
  );
  assert.deepEqual(
    labels.map(({ text, x, anchor }) => `${text} ${anchor} ${x}`),
    expected,
  );
}

const axis: Axis = [
  { kind: "busy", fromMs: 0, toMs: 10, from: 0, to: 0.3 },
  { kind: "idle", fromMs: 10, toMs: 500, from: 0.3, to: 0.34 },
  { kind: "busy", fromMs: 500, toMs: 510, from: 0.34, to: 0.36 },
  { kind: "idle", fromMs: 510, toMs: 9_000, from: 0.36, to: 0.4 },
  { kind: "busy", fromMs: 9_000, toMs: 9_010, from: 0.4, to: 1 },
];

test("the ends and the breaks are named, where they have room the shorter ones too", () =>
  check(axis, 2_000, ["at 0 start 0", "at 9010 end 2000", "idle 8490 middle 760", "idle 490 middle 640"]));
test("where breaks are close the longest is named", () =>
  check(axis, 600, ["at 0 start 0", "at 9010 end 600", "idle 8490 middle 228"]));
test("a single moment is named once", () =>
  check([{ kind: "busy", fromMs: 7, toMs: 7, from: 0, to: 1 }], 600, ["at 7 start 0"]));
test("no events, no labels", () => check([], 600, []));
