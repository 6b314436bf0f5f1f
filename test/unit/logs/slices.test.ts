import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type CountedRange,
  countedRanges,
  evenParts,
  mergedRanges,
  slicesOf,
  wholeSeconds,
} from "../../../src/logs/slices.ts";

/** Stretches of ten seconds each, with so many rows; a negative number was not counted to the end. */
function stretches(...counts: readonly number[]): readonly CountedRange[] {
  return counts.map((count, index) => ({
    fromMs: index * 10_000,
    toMs: (index + 1) * 10_000,
    count: Math.abs(count),
    complete: count >= 0 && !Object.is(count, -0),
  }));
}

/** Slices as `from-to:count`, in seconds; `!` marks one that is crowded. */
function check(claim: string, counted: readonly CountedRange[], expected: readonly string[], together = 100): void {
  test(claim, () => {
    const slices = [...slicesOf(counted, { together: () => together, crowded: () => 300 })];
    assert.deepEqual(
      slices.map(
        ({ kind, fromMs, toMs, count }) => `${fromMs / 1000}-${toMs / 1000}:${count}${kind === "crowded" ? "!" : ""}`,
      ),
      expected,
    );
  });
}

check("no stretch gives no slice", [], []);
check("empty stretches give no slice", stretches(0, 0, 0), []);
check("stretches that fit are one slice", stretches(10, 20, 30), ["0-30:60"]);
check("slices come newest first and are filled up", stretches(40, 50, 60, 30), ["20-40:90", "0-20:90"]);
check("exactly as many as fit", stretches(50, 50, 1), ["10-30:51", "0-10:50"]);
check("exactly the limit is together", stretches(50, 50), ["0-20:100"]);
check("empty stretches at the ends are left out", stretches(0, 5, 0, 7, 0), ["10-40:12"]);
check("a stretch above the limit is one slice", stretches(10, 250, 10), ["20-30:10", "10-20:250", "0-10:10"]);
check("a crowded stretch is told", stretches(10, 301, 10), ["20-30:10", "10-20:301!", "0-10:10"]);
check("a second cannot be crowded", [{ fromMs: 0, toMs: 1000, count: 9_000, complete: true }], ["0-1:9000"]);
check("what was not counted to the end stays alone", stretches(5, -5, 5), ["20-30:5", "10-20:5", "0-10:5"]);
check("what is empty as far as it was counted is looked at", stretches(0, -0, 0), ["10-20:0"]);
check("two that were not counted are two", stretches(-3, -4), ["10-20:4", "0-10:3"]);
test("how many may be together is asked for each slice", () => {
  let together = 10;
  const slices: string[] = [];
  for (const { fromMs, toMs } of slicesOf(stretches(10, 10, 10, 10, 10), {
    together: () => together,
    crowded: () => 300,
  })) {
    slices.push(`${fromMs / 1000}-${toMs / 1000}`);
    together += 10;
  }
  assert.deepEqual(slices, ["40-50", "20-40", "0-20"]);
});
test("any stretches give slices side by side with all their rows", () => {
  let seed = 7;
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  for (let turn = 0; turn < 300; turn += 1) {
    const counts = Array.from({ length: 30 }, () => Math.floor(random() ** 4 * 900) * (random() < 0.1 ? -1 : 1));
    const counted = stretches(...counts);
    const slices = [...slicesOf(counted, { together: () => 100, crowded: () => 300 })].toReversed();
    slices.forEach((slice, index) => {
      assert.ok(slice.fromMs < slice.toMs);
      assert.ok(index === 0 || (slices[index - 1]?.toMs ?? 0) <= slice.fromMs);
    });
    const sum = (of: readonly { readonly count: number }[]): number =>
      of.reduce((total, { count }) => total + count, 0);
    assert.equal(sum(slices), sum(counted));
    for (const { fromMs, count, complete } of counted) {
      const isCovered = slices.some((slice) => slice.fromMs <= fromMs && fromMs < slice.toMs);
      assert.ok(isCovered || (count === 0 && complete));
    }
  }
});

test("a range in whole seconds is all seconds that it touches", () => {
  assert.deepEqual(wholeSeconds({ fromMs: 1_001, toMs: 2_001 }), { fromMs: 1_000, toMs: 3_000 });
  assert.deepEqual(wholeSeconds({ fromMs: 1_000, toMs: 2_000 }), { fromMs: 1_000, toMs: 2_000 });
  assert.deepEqual(wholeSeconds({ fromMs: 2_500, toMs: 2_500 }), { fromMs: 2_000, toMs: 2_000 });
  assert.deepEqual(wholeSeconds({ fromMs: 9_000, toMs: 1_000 }), { fromMs: 9_000, toMs: 9_000 });
});
test("even parts lie side by side and cover the range", () => {
  assert.deepEqual(evenParts({ fromMs: 0, toMs: 10_000 }, 3), [
    { fromMs: 0, toMs: 4_000 },
    { fromMs: 4_000, toMs: 8_000 },
    { fromMs: 8_000, toMs: 10_000 },
  ]);
  assert.equal(evenParts({ fromMs: 0, toMs: 2_000 }, 60).length, 2);
  assert.deepEqual(evenParts({ fromMs: 5, toMs: 5 }, 60), []);
});
test("ranges that touch are one", () => {
  assert.deepEqual(
    mergedRanges([
      { fromMs: 30, toMs: 40 },
      { fromMs: 0, toMs: 10 },
      { fromMs: 10, toMs: 20 },
      { fromMs: 5, toMs: 12 },
    ]),
    [
      { fromMs: 0, toMs: 20 },
      { fromMs: 30, toMs: 40 },
    ],
  );
});
test("what nobody counted is looked at, what was counted twice tells nothing", () => {
  const range = { fromMs: 0, toMs: 30_000 };
  assert.deepEqual(countedRanges(range, []), [{ ...range, count: 0, complete: false }]);
  assert.deepEqual(countedRanges(range, stretches(1, 2, 3)), stretches(1, 2, 3));
  assert.deepEqual(
    countedRanges(
      range,
      stretches(1, 2, 3).filter((_, index) => index !== 1),
    ),
    [
      { fromMs: 0, toMs: 10_000, count: 1, complete: true },
      { fromMs: 10_000, toMs: 20_000, count: 0, complete: false },
      { fromMs: 20_000, toMs: 30_000, count: 3, complete: true },
    ],
  );
  assert.deepEqual(countedRanges({ fromMs: 5_000, toMs: 10_000 }, stretches(1)), [
    { fromMs: 5_000, toMs: 10_000, count: 1, complete: false },
  ]);
  assert.equal(countedRanges(range, [...stretches(1), ...stretches(1)]), undefined);
});
