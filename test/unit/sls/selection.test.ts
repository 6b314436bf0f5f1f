import assert from "node:assert/strict";
import test from "node:test";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { selectionsAt } from "../../../src/sls/services/selection.ts";
import { atCaret } from "./caret.ts";
import { brokenStatements, validStatements } from "./corpus.ts";

/** What is selected step by step. */
function check(drawn: string, ...expected: readonly string[]): void {
  const { text, offset } = atCaret(drawn);
  const found = selectionsAt(text, parseQueryFile(text), offset).map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(found, expected);
}

test("in the search: the word, the value, the condition, the chain", () =>
  check(
    '### t\na and pod: "web‸-0 x" | select 1\n',
    "web",
    "web-0 x",
    '"web-0 x"',
    'pod: "web-0 x"',
    'a and pod: "web-0 x"',
    'a and pod: "web-0 x" | select 1',
    '### t\na and pod: "web-0 x" | select 1',
    '### t\na and pod: "web-0 x" | select 1\n',
  ));
test("in SQL: the name, the call's arguments, the call, the item, the clause, the query", () =>
  check(
    "* | select max(‸a, b) as m, c from log where d = 1 order by m limit 5",
    "a",
    "a, b",
    "max(a, b)",
    "max(a, b) as m",
    "select max(a, b) as m, c",
    "select max(a, b) as m, c from log where d = 1",
    "select max(a, b) as m, c from log where d = 1 order by m limit 5",
    "* | select max(a, b) as m, c from log where d = 1 order by m limit 5",
  ));
test("conditions grow to their clause", () =>
  check(
    "* | select a where (b = ‸1 or c) and d group by e",
    "1",
    "b = 1",
    "b = 1 or c",
    "(b = 1 or c)",
    "(b = 1 or c) and d",
    "where (b = 1 or c) and d",
    "select a where (b = 1 or c) and d group by e",
    "* | select a where (b = 1 or c) and d group by e",
  ));
test("a subquery grows to its relation and its clause", () =>
  check(
    "* | select a from (select ‸b) as t",
    "b",
    "select b",
    "(select b)",
    "(select b) as t",
    "from (select b) as t",
    "select a from (select b) as t",
    "* | select a from (select b) as t",
  ));
test("lists grow to their clause", () =>
  check(
    "* | select a order by ‸b desc, c",
    "b",
    "b desc",
    "order by b desc, c",
    "select a order by b desc, c",
    "* | select a order by b desc, c",
  ));
test("in SPL: the item, the command, the pipeline", () =>
  check(
    "* | extend n = ‸a + 1 | limit 5",
    "a",
    "a + 1",
    "n = a + 1",
    "extend n = a + 1",
    "extend n = a + 1 | limit 5",
    "* | extend n = a + 1 | limit 5",
  ));
test("a title and a directive grow from their value to their line", () => {
  check("### One ‸two\na", "two", "One two", "### One two", "### One two\na");
  check("### t\n-- @from ‸-1h\na", "", "-1h", "-- @from -1h", "### t\n-- @from -1h\na");
});
test("before the first query stand lines of the file", () =>
  check("-- @from -1h‸\n\n### t\na", "1h", "-- @from -1h", "-- @from -1h\n\n### t\na"));
test("at every place of every statement each selection holds the one before", () => {
  for (const statement of [...validStatements, ...brokenStatements]) {
    const file = parseQueryFile(statement);
    for (let offset = 0; offset <= statement.length; offset++) {
      const spans = selectionsAt(statement, file, offset);
      for (const [index, { start, end }] of spans.entries()) {
        const inner = spans[index - 1] ?? { start: offset, end: offset };
        assert.ok(start <= inner.start && inner.end <= end, `${statement} at ${offset}`);
        assert.ok(index === 0 || end - start > inner.end - inner.start, `${statement} at ${offset}`);
      }
    }
  }
});
