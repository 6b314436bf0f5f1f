import assert from "node:assert/strict";
import { test } from "node:test";
import { RowSelection } from "../../../webview/results/rowSelection.ts";

function check(act: (selection: RowSelection) => void, expected: string): void {
  const selection = new RowSelection();
  act(selection);
  assert.equal(
    selection.ranges.map(({ from, to }) => (to === from + 1 ? `${from}` : `${from}-${to - 1}`)).join(" "),
    expected,
  );
}

test("one row", () => check((rows) => rows.only(7), "7"));
test("down to a row", () => check((rows) => [rows.only(3), rows.extendTo(6)], "3-6"));
test("up to a row", () => check((rows) => [rows.only(6), rows.extendTo(3)], "3-6"));
test("the other way again, from where it began", () =>
  check((rows) => [rows.only(5), rows.extendTo(9), rows.extendTo(2)], "2-5"));
test("one more", () => check((rows) => [rows.only(3), rows.toggle(7)], "3 7"));
test("neighbours are one range", () => check((rows) => [rows.only(3), rows.toggle(5), rows.toggle(4)], "3-5"));
test("one less out of the middle", () => check((rows) => [rows.only(3), rows.extendTo(6), rows.toggle(5)], "3-4 6"));
test("one less at an end", () => check((rows) => [rows.only(3), rows.extendTo(6), rows.toggle(3)], "4-6"));
test("all", () => check((rows) => rows.all(1_000_000), "0-999999"));
test("all of none", () => check((rows) => rows.all(0), ""));
test("none", () => check((rows) => [rows.all(9), rows.clear()], ""));
test("what was kept, as far as the rows are there", () =>
  check(
    (rows) =>
      rows.restore(
        [
          { from: 2, to: 4 },
          { from: 8, to: 30 },
          { from: 40, to: 50 },
        ],
        10,
      ),
    "2-3 8-9",
  ));
test("a million rows are counted without being listed", () => {
  const rows = new RowSelection();
  rows.all(1_000_000);
  rows.toggle(500_000);
  assert.deepEqual([rows.size, rows.has(500_000), rows.has(500_001)], [999_999, false, true]);
});
