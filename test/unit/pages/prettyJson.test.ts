import assert from "node:assert/strict";
import { test } from "node:test";
import { prettyJson } from "../../../src/pages/prettyJson.ts";

function check(text: string, expected: string | undefined): void {
  assert.equal(prettyJson(text), expected);
}

test("a member a line", () => check('{"a":1,"b":[true,null]}', '{\n  "a": 1,\n  "b": [\n    true,\n    null\n  ]\n}'));
test("what is empty stays on its line", () => check('{"a":{},"b":[ ]}', '{\n  "a": {},\n  "b": []\n}'));
test("numbers keep their digits", () => check("[208712345678904410123]", "[\n  208712345678904410123\n]"));
test("a key that occurs twice stays twice", () => check('{"a":1,"a":2}', '{\n  "a": 1,\n  "a": 2\n}'));
test("marks inside a text are text", () => check('["a\\"},{:"]', '[\n  "a\\"},{:"\n]'));
test("spaces that were there go", () => check(" [ 1 , 2 ] ", "[\n  1,\n  2\n]"));
test("a text or a number alone is not opened", () => {
  check('"a"', undefined);
  check("7", undefined);
});
test("what is no JSON stays as it is", () => {
  check("{a:1}", undefined);
  check("[1,", undefined);
  check("", undefined);
});
