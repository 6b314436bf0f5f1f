import assert from "node:assert/strict";
import test from "node:test";
import { nearest } from "../../../src/sls/nearest.ts";

const words = ["account", "cluster", "logstore", "from", "to", "zone"];

function check(word: string, expected: string | undefined): void {
  assert.equal(nearest(word, words), expected);
}

test("a letter dropped, added, changed or swapped is a slip", () => {
  check("acount", "account");
  check("clusters", "cluster");
  check("zome", "zone");
  check("form", "from");
  check("LogStore", "logstore");
});
test("a beginning stands for its word", () => check("logs", "logstore"));
test("what is far from every word has no nearest", () => {
  check("nothing", undefined);
  check("x", undefined);
  check("", undefined);
  check("a".repeat(100_000), undefined);
});
