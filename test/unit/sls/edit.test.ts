import assert from "node:assert/strict";
import test from "node:test";
import { type Condition, withCondition } from "../../../src/sls/edit.ts";

const rm: Condition = { field: "process.name", value: "rm" };

function check(text: string, expected: string, condition = rm, negated = false): void {
  assert.deepEqual(withCondition(text, condition, negated), { kind: "edited", text: expected });
}

test("everything becomes the condition", () => {
  check("", "process.name: rm");
  check("*", "process.name: rm");
  check("* | select 1", "process.name: rm | select 1");
  check("*| select 1", "process.name: rm | select 1");
  check(" | select 1", "process.name: rm | select 1");
  check("| select 1", "process.name: rm | select 1");
});
test("a condition is added behind the others", () => {
  check("kind: Command", "kind: Command and process.name: rm");
  check("a b not c | select 1", "a b not c and process.name: rm | select 1");
});
test("an or is put in parentheses", () => check("a or b and c", "(a or b and c) and process.name: rm"));
test("an or in parentheses already is not", () => check("(a or b)", "(a or b) and process.name: rm"));
test("its opposite is added with not", () => check("a or b", "(a or b) and not process.name: rm", rm, true));
test("space and lines stay", () =>
  check(
    "kind: Command\n  or x \n| select 1 -- all",
    "(kind: Command\n  or x) and process.name: rm \n| select 1 -- all",
  ));
test("values and fields are quoted where they have to be", () => {
  check("*", '"a b": "rm -rf | \\"x\\""', { field: "a b", value: 'rm -rf | "x"' });
  check("*", 'k: ""', { field: "k", value: "" });
  check("*", "__tag__:__path__: /a/b", { field: "__tag__:__path__", value: "/a/b" });
});
test("a field can be asked for without a value", () => {
  check("a", "a and k:*", { field: "k", value: undefined });
  check("a", "a and not k:*", { field: "k", value: undefined }, true);
});
test("a condition that is there already is not added", () => {
  check('a and (process.name:"rm")', 'a and (process.name:"rm")');
  check("not process.name : rm a", "not process.name : rm a", rm, true);
  check("a k:*", "a k:*", { field: "k", value: undefined });
});
test("one that is there under or, under not or as a wildcard is", () => {
  check("process.name: rm or a", "(process.name: rm or a) and process.name: rm");
  check("not process.name: rm", "not process.name: rm and process.name: rm");
  check("not (process.name: rm a)", "not (process.name: rm a) and not process.name: rm", rm, true);
  check("k:a*", 'k:a* and k: "a*"', { field: "k", value: "a*" });
});
test("a value that cannot be written is refused", () => {
  assert.deepEqual(withCondition("*", { field: "k", value: "C:\\" }, false), {
    kind: "refused",
    reason: "inexpressible",
  });
});
test("a search with mistakes is refused, an analysis with mistakes is not", () => {
  assert.deepEqual(withCondition('a: "b', rm, false), { kind: "refused", reason: "broken" });
  assert.deepEqual(withCondition("a or | select 1", rm, false), { kind: "refused", reason: "broken" });
  check("a | select", "a and process.name: rm | select");
  check("a |", "a and process.name: rm |");
});
