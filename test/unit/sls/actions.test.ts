import assert from "node:assert/strict";
import test from "node:test";
import { hasErrors } from "../../../src/sls/check/problems.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { type Action, actionsAt } from "../../../src/sls/services/actions.ts";
import { applyEdits } from "../../../src/sls/textEdit.ts";
import { atCaret } from "./caret.ts";
import { validStatements } from "./corpus.ts";
import { indexKnowledge } from "./knownLogstore.ts";

function actions(drawn: string): { readonly text: string; readonly found: readonly Action[] } {
  const { text, offset } = atCaret(drawn);
  return { text, found: actionsAt(text, parseQueryFile(text), { start: offset, end: offset }, indexKnowledge) };
}

/** The text after the first action of a kind, or nothing if it is not offered. */
function check(kind: string, drawn: string, expected: string | undefined): void {
  const { text, found } = actions(drawn);
  const action = found.find(
    (each) => (each.kind === "searchToSql" ? `${each.kind}.${each.compares}` : each.kind) === kind,
  );
  assert.equal(action && applyEdits(text, action.edits), expected);
}

function values(drawn: string, expected: string | undefined): void {
  check("searchToSql.values", drawn, expected);
}

function words(drawn: string, expected: string | undefined): void {
  check("searchToSql.words", drawn, expected);
}

test("a bare value is quoted", () => {
  check("quote", "a and pod: web-‸0", 'a and pod: "web-0"');
  check("quote", 'say\\"hi‸', '"say\\"hi"');
  check("quote", "* | select sta‸tus, n", '* | select "status", n');
});
test("but for wildcards, what is quoted already and what is no field", () => {
  check("quote", "pod: web*‸", undefined);
  check("quote", 'pod: "web‸"', undefined);
  check("quote", "* | select a as ‸n", undefined);
  check("quote", "* | select l‸ower(a)", undefined);
});

test("conditions on whole values move to the analysis", () =>
  values(
    "process.name: curl and k8s.pod.name: web* | select a‸ from log group by a",
    "* | select a from log where \"process.name\" = 'curl' and \"k8s.pod.name\" like 'web%' group by a",
  ));
test("to the conditions that it has", () => {
  values("process.name: a | select a‸ where b", "* | select a where b and \"process.name\" = 'a'");
  values("process.name: a | select a‸ where b or c", "* | select a where (b or c) and \"process.name\" = 'a'");
});
test("on lines of their own where the statement has lines", () =>
  values(
    "process.name: a and status > 5\n| select a‸\n  from log\n  limit 5",
    "*\n| select a\n  from log\n  where \"process.name\" = 'a'\n    and status > 5\n  limit 5",
  ));
test("a search alone gets an analysis that answers its newest records", () =>
  values(
    "‸process.name: curl",
    `*
| select *
  from log
  where "process.name" = 'curl'
  order by __time__ desc
  limit 1000`,
  ));
test("what SQL cannot say stays in the search", () =>
  values(
    'error and process.name: a and #"b c" and nope: d | select 1‸',
    'error and #"b c" and nope: d | select 1 where "process.name" = \'a\'',
  ));
test("numbers are compared as numbers, and only where the index says so", () => {
  values(
    "status: 5 and latency in (1 2.5] | select 1‸",
    "* | select 1 where status = 5 and latency > 1 and latency <= 2.5",
  );
  values("process.name > 5 | select 1‸", undefined);
  values(
    "process.pid = 7 | select 1‸",
    "* | select 1 where try_cast(json_extract_scalar(process, '$.pid') as bigint) = 7",
  );
});
test("a record that lacks the field is not what is asked for, and is what is not", () => {
  values("not process.name: a | select 1‸", "* | select 1 where \"process.name\" is distinct from 'a'");
  values("not status > 5 | select 1‸", "* | select 1 where not coalesce(status > 5, false)");
  values("process.name:* not status:* | select 1‸", '* | select 1 where "process.name" is not null and status is null');
});
test("or, and not over more than one, keep what they mean", () => {
  values(
    "(process.name: a or process.name: b) and status > 1 | select 1‸",
    "* | select 1 where (\"process.name\" = 'a' or \"process.name\" = 'b') and status > 1",
  );
  values(
    "not (process.name: a and status: 1) | select 1‸",
    "* | select 1 where (\"process.name\" is distinct from 'a' or not coalesce(status = 1, false))",
  );
});
test("texts are written as texts of SQL", () => {
  values('process.name: "it\'s" | select 1‸', "* | select 1 where \"process.name\" = 'it''s'");
  values("process.name: 50%_* | select 1‸", "* | select 1 where \"process.name\" like '50!%!_%' escape '!'");
});
test("words move as the index would find them", () => {
  words(
    "process.cmdline: curl | select 1‸",
    "* | select 1 where regexp_like(\"process.cmdline\", '(^|[ ,''\";=()\\[\\]{}?@&<>/:\\s])curl($|[ ,''\";=()\\[\\]{}?@&<>/:\\s])')",
  );
  const { text, found } = actions('k8s.pod.name: "a.b c" | select 1‸');
  const action = found.find((each) => each.kind === "searchToSql" && each.compares === "words");
  assert.ok(action);
  assert.equal(applyEdits(text, action.edits).match(/regexp_like/g)?.length, 2);
  assert.match(applyEdits(text, action.edits), /\)a\\\.b\(/);
});
test("a field that SLS does not cut into words is compared as a whole, in any case", () =>
  words("__topic__: Audit | select 1‸", "* | select 1 where lower(__topic__) = 'audit'"));
test("nothing moves where the records are read twice, joined or not at all", () => {
  values("process.name: a | select 1‸ from log union select 2 from log", undefined);
  values("process.name: a | select 1‸ from log join b on true", undefined);
  values("process.name: a | where b‸", undefined);
  values("* | select 1‸", undefined);
});
test("the records may be read in a subquery", () =>
  values(
    "process.name: a | select n‸ from (select count(1) as n from log)",
    "* | select n from (select count(1) as n from log where \"process.name\" = 'a')",
  ));
test("it is counted what moved and what stayed", () => {
  const { found } = actions("x and process.name: a and status: 1 | select 1‸");
  const action = found.find((each) => each.kind === "searchToSql");
  assert.deepEqual(action?.kind === "searchToSql" && [action.moved, action.kept], [2, 1]);
});

test("every statement can be explained, and a broken one that alone", () => {
  assert.deepEqual(
    actions("* | select a, ‸from log").found.map(({ kind }) => kind),
    ["explain"],
  );
  assert.deepEqual(actions("### t\n-- @from‸ -1h\n").found, []);
});
test("what an action makes of a valid statement is valid", () => {
  for (const text of validStatements) {
    const file = parseQueryFile(text);
    for (let offset = 0; offset <= text.length; offset += 3) {
      for (const action of actionsAt(text, file, { start: offset, end: offset }, indexKnowledge)) {
        const after = applyEdits(text, action.edits);
        assert.equal(hasErrors(parseStatement(after).problems), false, `${action.kind}: ${after}`);
      }
    }
  }
});
