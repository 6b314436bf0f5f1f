import assert from "node:assert/strict";
import test from "node:test";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { folds } from "../../../src/sls/services/folding.ts";
import { brokenStatements, validStatements } from "./corpus.ts";

/** The folds of a text as `kind firstLine-lastLine`, lines counted from 1. */
function check(text: string, ...expected: readonly string[]): void {
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length;
  const found = folds(text, parseQueryFile(text)).map(
    ({ kind, span }) => `${kind} ${lineOf(span.start)}-${lineOf(span.end)}`,
  );
  assert.deepEqual(found, expected);
}

test("a query folds from its title to its last word", () =>
  check("### a\nx\n\n\n### b\ny\nz\n", "query 1-2", "query 5-7", "search 6-7"));
test("what stands on one line does not fold", () => check("a | select 1"));
test("directives and comments before a statement fold", () => {
  check("-- @from -1h\n-- note\n\n### a\n-- @to now\n-- x\nb", "header 1-2", "query 4-7", "header 5-6");
  check("-- @from -1h\n-- note\nb", "header 1-2");
});
test("an analysis folds from its pipe", () => check("a\n| select 1\n  from log", "analysis 2-3"));
test("subqueries, common tables and cases fold", () =>
  check(
    "a\n| with t as (\n  select 1\n  )\n  select case\n    when a then b\n  end\n  from (\n    select 2\n  )",
    "analysis 2-10",
    "subquery 2-3",
    "case 5-7",
    "subquery 8-9",
  ));
test("comments of the analysis fold, by signs or line by line", () =>
  check(
    "a\n| select '--\n', /* x\n y */ b\n  -- c\n  -- d\n  from log -- e",
    "analysis 2-7",
    "comment 3-4",
    "comment 5-6",
  ));
test("groups of the search fold", () => check("a and (b\n or c)", "search 1-2", "search 1-2"));
test("a title without a statement folds with its directives", () =>
  check("### a\n-- @from -1h\n-- @to now\n### b\nx", "query 1-3", "header 2-3", "query 4-5"));
test("no fold leaves its text", () => {
  for (const statement of [...validStatements, ...brokenStatements]) {
    const text = `### t\n${statement.replaceAll(" ", "\n ")}`;
    for (const { span } of folds(text, parseQueryFile(text))) {
      assert.ok(0 <= span.start && span.start < span.end && span.end <= text.length, text);
    }
  }
});
