import assert from "node:assert/strict";
import test from "node:test";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { outlineParts } from "../../../src/sls/services/outline.ts";
import { brokenStatements, validStatements } from "./corpus.ts";

function check(text: string, ...expected: readonly string[]): void {
  const [query] = parseQueryFile(text).queries;
  assert.ok(query);
  const found = outlineParts(text, query).map(
    ({ kind, name, selection }) => `${kind} ${name}: ${text.slice(selection.start, selection.end)}`,
  );
  assert.deepEqual(found, expected);
}

test("a search has no parts", () => check("kind: Command"));
test("common tables and the columns of the answer are parts", () =>
  check(
    '* | with t as (select 1 as x) select a, "b c" as "d", count( *\n), t.* from t',
    "table t: t",
    "column a: a",
    'column d: "d"',
    "column count( * ): count( *\n)",
    "column t.*: t.*",
  ));
test("a union's columns are those of its first query", () =>
  check("* | (select a from log) union select b from log", "column a: a"));
test("so are the commands of SPL", () =>
  check("* | where a = 1 | Parse-JSON b", "command where: where", "command parse-json: Parse-JSON"));
test("what is selected lies in its part, the parts in their query", () => {
  for (const text of [...validStatements, ...brokenStatements]) {
    const [query] = parseQueryFile(text).queries;
    if (!query) continue;
    for (const { span, selection, name } of outlineParts(text, query)) {
      assert.ok(query.span.start <= span.start && span.end <= query.span.end, text);
      assert.ok(span.start <= selection.start && selection.end <= span.end, text);
      assert.notEqual(name, "", text);
    }
  }
});
