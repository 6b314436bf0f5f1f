import assert from "node:assert/strict";
import { test } from "node:test";
import { arrangePods, type PodRow, pageOf, totalOf } from "../../../../src/editor/explorer/pods.ts";
import { active, pod } from "./memoryAccount.ts";

function names(rows: readonly PodRow[]): readonly string[] {
  return rows.map((row) => row.pod.name);
}

/** `a` … `d` are listed; the activities are given. */
function check(activities: Parameters<typeof arrangePods>[1], expected: readonly string[]): void {
  const listed = ["d", "b", "a", "c"].map((name) => pod("shop", name));
  assert.deepEqual(names(arrangePods(listed, activities).all), expected);
}

test("without records pods stand by name", () => check([], ["a", "b", "c", "d"]));
test("the last one entered comes first", () =>
  check([active("shop", "c", 1, 1000), active("shop", "d", 9, 2000)], ["d", "c", "a", "b"]));
test("a risky one comes before a later one", () =>
  check([active("shop", "c", 1, 1000, 1), active("shop", "d", 9, 2000)], ["c", "d", "a", "b"]));
test("of two risky ones the later comes first, however many commands", () =>
  check([active("shop", "c", 1, 1000, 50), active("shop", "d", 1, 2000, 1)], ["d", "c", "a", "b"]));
test("a risky one without an entry in the window still comes first", () =>
  check([active("shop", "b", 0, undefined, 2), active("shop", "d", 1, 2000)], ["b", "d", "a", "c"]));
test("a pod that only records know has its place among the others", () =>
  check([active("shop", "zz", 1, 3000)], ["zz", "a", "b", "c", "d"]));

test("what only records know is gone, what is listed is not", () => {
  const { present, gone } = arrangePods(
    [pod("shop", "web"), pod("shop", "old", true)],
    [active("shop", "web", 1, 1000), active("shop", "lost", 2, 2000)],
  );
  assert.deepEqual(names(present), ["web"]);
  assert.deepEqual(names(gone), ["lost", "old"]);
});

test("10,000 pods are arranged and every one keeps its activity", () => {
  const listed = Array.from({ length: 10_000 }, (_, index) => pod("shop", `pod-${String(index).padStart(5, "0")}`));
  const activities = listed
    .filter((_, index) => index % 10 === 0)
    .map(({ name }, index) => active("shop", name, 1, index * 1000, index === 7 ? 3 : 0));
  const { all, present, gone, byName } = arrangePods(listed, activities);
  assert.equal(all.length, 10_000);
  assert.equal(present.length, 10_000);
  assert.equal(gone.length, 0);
  assert.deepEqual(names(all.slice(0, 3)), ["pod-00070", "pod-09990", "pod-09980"]);
  assert.equal(byName.get("pod-00070")?.activity?.riskyCommands, 3);
  assert.deepEqual(totalOf(all.map(({ activity }) => activity)), { entries: 1000, riskyCommands: 3 });
});

test("a page says how many come next and how many are left", () => {
  const rows = Array.from({ length: 1201 }, (_, index) => index);
  assert.deepEqual(pageOf(rows, 1201), { rows, next: 0, remaining: 0 });
  const first = pageOf(rows, 500);
  assert.deepEqual([first.rows.length, first.next, first.remaining], [500, 500, 701]);
  const second = pageOf(rows, 1000);
  assert.deepEqual([second.rows.length, second.next, second.remaining], [1000, 201, 201]);
});
