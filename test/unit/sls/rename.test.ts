import assert from "node:assert/strict";
import test from "node:test";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { prepareRename, rename } from "../../../src/sls/services/rename.ts";
import { applyEdits } from "../../../src/sls/textEdit.ts";
import { atCaret } from "./caret.ts";

/** The text with the name at the caret changed, or why it is refused. */
function check(drawn: string, name: string, expected: string): void {
  const { text, offset } = atCaret(drawn);
  const renamed = rename(text, parseQueryFile(text), offset, name);
  assert.equal(renamed.kind === "edits" ? applyEdits(text, renamed.edits) : renamed.refusal.code, expected);
}

test("an alias is renamed wherever it is used", () =>
  check(
    "kind: Command | select a as w‸ho, count(1) as n group by who order by n, who",
    "person",
    "kind: Command | select a as person, count(1) as n group by person order by n, person",
  ));
test("from any of its uses, through queries that pass it on", () =>
  check(
    "* | select n from (select n from (select a as n from log)) where n > 1 order by ‸n",
    "m",
    "* | select m from (select m from (select a as m from log)) where m > 1 order by m",
  ));
test("a common table, a table's alias, a column's alias and a parameter are", () => {
  check("* | with t as (select 1) select t.a from ‸t", "u", "* | with u as (select 1) select u.a from u");
  check("* | select l.a, l.* from log ‸l", "x", "* | select x.a, x.* from log x");
  check("* | select k from log, unnest(a) as t(‸k)", "key", "* | select key from log, unnest(a) as t(key)");
  check("* | select filter(a, ‸x -> x > b)", "each", "* | select filter(a, each -> each > b)");
});
test("what a command of SPL makes is", () =>
  check("* | extend ‸n = a | where n > 1", "m", "* | extend m = a | where m > 1"));
test("a name that needs quotes gets them everywhere", () => {
  check("* | select a as ‸n order by n", "how many", '* | select a as "how many" order by "how many"');
  check("* | select a as ‸n order by n", "order", '* | select a as "order" order by "order"');
  check("* | select a as ‸n order by n", "time", '* | select a as "time" order by "time"');
  check("* | select a as ‸n order by n", 'say "hi"', '* | select a as "say ""hi""" order by "say ""hi"""');
});
test("quotes that were written stay, and typed ones are no part of the name", () => {
  check('* | select a as "‸n" order by n', "m", '* | select a as "m" order by m');
  check("* | select a as ‸n order by n", '"a b"', '* | select a as "a b" order by "a b"');
});
test("a change of case is a change", () => check("* | select a as ‸n order by N", "N", "* | select a as N order by N"));

test("fields, functions and tables are not", () => {
  check("‸kind: Command", "x", "field");
  check("* | select ‸kind", "x", "field");
  check("* | select ‸count(*)", "x", "function");
  check("* | select a from ‸log", "x", "table");
  check("kind: ‸Command", "x", "nothing");
  check("-- @from ‸-1h\na", "x", "nothing");
});
test("a statement with mistakes is left alone", () => check("* | select a as ‸n, from log order by n", "m", "broken"));
test("a name that joins two tables is", () =>
  check("* | select * from (select a as ‸x from log) t join (select b as x from log) u using (x)", "y", "shared"));
test("a name that a wildcard means is", () => check('* | extend ‸abc = 1 | project "ab*"', "y", "shared"));
test("nothing is no name", () => {
  check("* | select a as ‸n", "  ", "empty");
  check("* | select a as ‸n", "a\nb", "empty");
});
test("a name that is taken is refused", () => {
  check("* | select a as ‸n, b as m order by n", "M", "conflict");
  check("* | with ‸t as (select 1), u as (select 2) select * from t, u", "u", "conflict");
});
test("so is one that would mean a field that the statement reads", () => {
  check("* | select a as ‸n, b group by n, b", "b", "conflict");
  check("* | select transform(a, ‸x -> x + b)", "b", "conflict");
});
test("and one that a field hides nowhere is not", () =>
  check("* | select a as ‸n where b > 1 order by n", "b", "* | select a as b where b > 1 order by b"));

test("before it is renamed, a name is shown with its place", () => {
  const { text, offset } = atCaret('* | select a as "my na‸me"');
  assert.deepEqual(prepareRename(parseQueryFile(text), offset), {
    kind: "renamable",
    span: { start: 16, end: 25 },
    name: "my name",
  });
});
test("or why it cannot be", () => {
  const { text, offset } = atCaret("k‸ind: Command");
  assert.deepEqual(prepareRename(parseQueryFile(text), offset), {
    kind: "refused",
    refusal: { code: "field", name: "kind" },
  });
});
