import assert from "node:assert/strict";
import { test } from "node:test";
import { RowCache } from "../../../webview/results/rowCache.ts";

type Asked = { readonly request: number; readonly from: number; readonly count: number };

/** A cache over `rowCount` rows, what it asked for and was not answered yet, and a way to answer. */
function cacheOver(rowCount: number) {
  const open: Asked[] = [];
  const cache = new RowCache((request, from, count) => open.push({ request, from, count }));
  cache.begin(rowCount, false);
  const answer = (name = "row", count = rowCount) => {
    const asked = open.shift();
    if (asked === undefined) throw new Error("Nothing was asked for.");
    const size = Math.max(0, Math.min(asked.count, count - asked.from));
    const rows = Array.from({ length: size }, (_, index) => ({
      ordinal: asked.from + index,
      cells: [`${name} ${asked.from + index}`],
      risk: undefined,
    }));
    return cache.receive({ request: asked.request, rowCount: count, rows });
  };
  const from = () => open.map((asked) => asked.from);
  const text = (row: number) => cache.row(row)?.cells[0];
  return { cache, open, answer, from, text };
}

test("asks for what is shown and a little ahead", () => {
  const { cache, from } = cacheOver(10_000);
  cache.need(0, 30);
  assert.deepEqual(from(), [0, 100]);
});
test("asks for both windows that the screen lies on, and for those around them as answers come", () => {
  const { cache, from, answer } = cacheOver(10_000);
  cache.need(590, 620);
  assert.deepEqual(from(), [500, 600, 700]);
  answer();
  assert.deepEqual(from(), [600, 700, 400]);
});
test("asks for nothing twice and nothing beyond the end", () => {
  const { cache, from } = cacheOver(150);
  cache.need(120, 149);
  cache.need(120, 149);
  assert.deepEqual(from(), [100, 0]);
});
test("rows are there when they came", () => {
  const { cache, answer, text } = cacheOver(10_000);
  cache.need(0, 30);
  assert.equal(text(7), undefined);
  assert.equal(answer(), true);
  assert.equal(text(7), "row 7");
});
test("who scrolls past is not asked for", () => {
  const { cache, from, answer } = cacheOver(1_000_000);
  for (let top = 0; top < 900_000; top += 30_000) cache.need(top, top + 30);
  cache.need(999_900, 999_999);
  assert.deepEqual(from(), [0, 100, 30_000]);
  for (let answered = 0; answered < 3; answered++) answer();
  assert.deepEqual(from(), [999_900, 999_800]);
});
test("an answer to an old question is dropped", () => {
  const { cache, open } = cacheOver(100);
  cache.need(0, 30);
  const { request = 0 } = open[0] ?? {};
  cache.begin(100, false);
  assert.equal(cache.receive({ request, rowCount: 100, rows: [] }), false);
  assert.equal(cache.isWaiting, false);
});
test("after a change of the view the old rows stay until the new ones come", () => {
  const { cache, open, answer, text } = cacheOver(100);
  cache.need(0, 30);
  answer("old");
  cache.begin(100, true);
  assert.deepEqual([cache.isStale, text(3)], [true, "old 3"]);
  cache.need(0, 30);
  assert.equal(open.length, 1);
  answer("new", 12);
  assert.deepEqual([cache.isStale, text(3), cache.rowCount], [false, "new 3", 12]);
});
test("two changes in a row keep the rows that are on screen", () => {
  const { cache, answer, text } = cacheOver(100);
  cache.need(0, 30);
  answer("old");
  cache.begin(100, true);
  cache.begin(100, true);
  assert.equal(text(3), "old 3");
});
test("another answer shows nothing of the old one", () => {
  const { cache, answer, text } = cacheOver(100);
  cache.need(0, 30);
  answer("old");
  cache.begin(50, false);
  assert.deepEqual([text(3), cache.rowCount], [undefined, 50]);
});
test("a window that failed is asked for again only when told to", () => {
  const { cache, open, from } = cacheOver(100);
  cache.need(0, 30);
  const { request = 0 } = open.shift() ?? {};
  assert.equal(cache.fail(request), true);
  assert.equal(cache.fail(request), false);
  cache.need(0, 31);
  assert.deepEqual(from(), []);
  cache.retry();
  assert.deepEqual(from(), [0]);
});
test("keeps forty windows, those needed last", () => {
  const { cache, open, answer, text } = cacheOver(1_000_000);
  for (let place = 0; place < 60; place++) {
    cache.need(place * 1_000, place * 1_000 + 30);
    while (open.length > 0) answer();
  }
  assert.equal(text(0), undefined);
  assert.equal(text(59_000), "row 59000");
  const kept = Array.from({ length: 60_000 }, (_, row) => text(row)).filter((row) => row !== undefined).length;
  assert.equal(kept, 4_000);
});
