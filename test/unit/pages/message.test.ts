import assert from "node:assert/strict";
import { test } from "node:test";
import {
  counted,
  fill,
  readFromAnyPage,
  readKind,
  readList,
  readOneOf,
  readWhole,
} from "../../../src/pages/message.ts";

test("values go into the holes of a word", () => assert.equal(fill("{0} of {1} rows", "7", "9"), "7 of 9 rows"));
test("a hole may come twice and in any order", () => assert.equal(fill("{1} {0} {1}", "a", "b"), "b a b"));
test("a hole without a value stays", () => assert.equal(fill("{0} {3}", "a"), "a {3}"));
test("a value that looks like a hole is not filled again", () => assert.equal(fill("{0} {1}", "{1}", "b"), "{1} b"));
test("a value's dollar signs are text", () => assert.equal(fill("<{0}>", "$& $1"), "<$& $1>"));
test("one has its own form", () => assert.equal(counted(1, "{0} row", "{0} rows", String), "1 row"));
test("none has the form of many", () => assert.equal(counted(0, "{0} row", "{0} rows", String), "0 rows"));

test("a message is an object with a kind", () => {
  assert.deepEqual(readKind({ kind: "ready", more: 1 }), { kind: "ready", more: 1 });
  for (const other of [undefined, null, "ready", 7, {}, { kind: 7 }, []]) assert.equal(readKind(other), undefined);
});
test("every page says that it is ready and that it failed", () => {
  assert.deepEqual(readFromAnyPage({ kind: "ready" }), { kind: "ready" });
  assert.deepEqual(readFromAnyPage({ kind: "failed", detail: "x" }), { kind: "failed", detail: "x" });
  assert.equal(readFromAnyPage({ kind: "failed" }), undefined);
  assert.equal(readFromAnyPage({ kind: "failed", detail: "x".repeat(10_001) }), undefined);
  assert.equal(readFromAnyPage({ kind: "other" }), undefined);
});
test("a whole number lies between its bounds", () => {
  assert.equal(readWhole(3, 0, 9), 3);
  for (const other of [-1, 10, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "3", undefined]) {
    assert.equal(readWhole(other, 0, 9), undefined);
  }
});
test("a choice is one of its texts", () => {
  assert.equal(readOneOf("a", ["a", "b"]), "a");
  assert.equal(readOneOf("toString", ["a", "b"]), undefined);
});
test("a list is bounded and wholly understood", () => {
  const read = (value: unknown) => readList(value, 2, (item) => readWhole(item, 0, 9));
  assert.deepEqual(read([1, 2]), [1, 2]);
  assert.equal(read([1, "2"]), undefined);
  assert.equal(read([1, 2, 3]), undefined);
  assert.equal(read("12"), undefined);
});
