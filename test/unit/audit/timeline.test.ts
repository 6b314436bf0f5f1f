import assert from "node:assert/strict";
import { test } from "node:test";
import { compressedAxis, placeOn, timeAt } from "../../../src/audit/timeline.ts";

const minute = 60_000;

/** Each stretch as `kind from-to` in minutes and `at` its place in thousandths. */
function check(minutes: readonly number[], expected: readonly string[]): void {
  const axis = compressedAxis(
    minutes.map((at) => at * minute),
    10 * minute,
  );
  assert.deepEqual(
    axis.map(
      ({ kind, fromMs, toMs, from, to }) =>
        `${kind} ${fromMs / minute}-${toMs / minute} at ${Math.round(from * 1000)}-${Math.round(to * 1000)}`,
    ),
    expected,
  );
}

test("no times, no axis", () => check([], []));
test("one time is a point that fills the axis", () => check([5], ["busy 5-5 at 0-1000"]));
test("without idle stretches the axis is to scale", () => check([0, 4, 10], ["busy 0-10 at 0-1000"]));
test("a pause of exactly the gap is no break", () => check([0, 10, 20], ["busy 0-20 at 0-1000"]));
test("a longer pause is one break, however long", () =>
  check([0, 6, 300, 306], ["busy 0-6 at 0-480", "idle 6-300 at 480-520", "busy 300-306 at 520-1000"]));
test("the busy parts share the rest by their lengths", () =>
  check([0, 3, 100, 109], ["busy 0-3 at 0-240", "idle 3-100 at 240-280", "busy 100-109 at 280-1000"]));
test("single events between breaks have no width", () =>
  check([0, 100], ["busy 0-0 at 0-0", "idle 0-100 at 0-1000", "busy 100-100 at 1000-1000"]));
test("many breaks take no more than half", () => {
  const minutes = Array.from({ length: 41 }, (_, index) => index * 100);
  const axis = compressedAxis(
    [...minutes, 4001].map((at) => at * minute),
    10 * minute,
  );
  const idle = axis.filter(({ kind }) => kind === "idle");
  assert.equal(idle.length, 40);
  assert.equal(Math.round(idle.reduce((sum, { from, to }) => sum + (to - from), 0) * 1000), 500);
});

const axis = compressedAxis([0, 6 * minute, 300 * minute, 306 * minute], 10 * minute);
for (const [claim, at, place] of [
  ["the first event lies at the beginning", 0, 0],
  ["half of a busy stretch", 3, 0.24],
  ["the middle of a break", 153, 0.5],
  ["behind the break", 300, 0.52],
  ["the last event lies at the end", 306, 1],
] as const) {
  test(`${claim}, both ways`, () => {
    assert.equal(Math.round(placeOn(axis, at * minute) * 1000) / 1000, place);
    assert.equal(Math.round((timeAt(axis, place) ?? 0) / minute), at);
  });
}
test("a time outside lies at the nearer end", () => {
  assert.equal(placeOn(axis, -minute), 0);
  assert.equal(placeOn(axis, 1000 * minute), 1);
});
test("an empty axis has no places and no times", () => {
  assert.equal(placeOn([], 5), 0);
  assert.equal(timeAt([], 0.5), undefined);
});
