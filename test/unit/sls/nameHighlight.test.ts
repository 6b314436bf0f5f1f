import assert from "node:assert/strict";
import test from "node:test";
import { namesOf } from "../../../src/sls/names.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { highlightsAt } from "../../../src/sls/services/highlight.ts";
import { brokenStatements, validStatements } from "./corpus.ts";
import { checkSpans } from "./tree.ts";

/** Every highlighted piece is drawn in `«»`, where it is written `‹›`; the caret stands in the first `‸`. */
function check(drawn: string): void {
  const plain = drawn.replace(/[«»‹›‸]/g, "");
  const offset = drawn.slice(0, drawn.indexOf("‸")).replace(/[«»‹›]/g, "").length;
  const marks = highlightsAt(parseQueryFile(plain), offset);
  let shown = plain;
  for (const { span, kind } of [...marks].reverse()) {
    const [open, close] = kind === "write" ? ["‹", "›"] : ["«", "»"];
    shown = shown.slice(0, span.start) + open + shown.slice(span.start, span.end) + close + shown.slice(span.end);
  }
  assert.equal(shown, drawn.replace("‸", ""));
}

test("a field stands in both halves, in any case", () =>
  check(
    '«k8s.pod.‸name»: a or not «k8s.pod.name»:* | select "«K8s.pod.name»"'.replace('"«', '«"').replace('»"', '"»'),
  ));
test("an alias stands where it is given and where it is used", () =>
  check("* | select a as ‹n› , count(*) as c group by «‸n» having c > 1 order by «n»"));
test("SLS groups by an alias where a field has its name too, and filters by the field", () =>
  check("* | select lower(a) as ‹a› where a = 'x' group by «‸a»"));
test("an alias of what is aggregated is nothing to group by", () =>
  check('* | select max(«‸"traceId"») as "traceId" group by «"traceId"» order by "traceId"'));
test("an alias of a subquery is used outside of it", () =>
  check("* | select «‸n» + 1 from (select a as ‹n› from log group by «n») where «n» > 1 order by «n»"));
test("what a star passes on is the same", () =>
  check("* | select «‸n» from (select * from (select a as ‹n› from log))"));
test("a common table is named where it is read", () =>
  check("* | with ‹t› as (select a as n from log), u as (select n from «t») select «t».n from «‸t», u"));
test("columns of a common table have the names that its list gives", () =>
  check("* | with t(‹x›, y) as (select a, b from log) select «‸x» from t where t.«x» > 1"));
test("a table's alias stands before its columns", () =>
  check("* | select «l».a, «‸l».* from log as ‹l› join host h on «l».ip = h.ip"));
test("columns of an unnested array are named with it", () =>
  check("* | select «‸v» from log cross join unnest(a) as t(k, ‹v›)"));
test("a lambda's parameter ends with it, and hides what is outside", () => {
  check("* | select transform(a, ‹x› -> «‸x» + b), x");
  check("* | select reduce(a, 0, (‹s›, x) -> «‸s» + x, s -> s)");
});
test("a union has the names of its first query", () =>
  check("* | select a as ‹n› from log union select b as m from log order by «‸n»"));
test("a function stands wherever it is called", () => check("* | select «max»(a), «‸MAX»(b), min(c)"));
test("what a command of SPL makes, later ones use", () => {
  check("* | extend ‹n› = a + 1 | where «‸n» > 1 | stats c = count(«n») by «n»");
  check("* | parse-regexp a, '(x)(y)' as ‹m›, p | project «‸m»");
  check("* | project-rename ‹new› = old | where «‸new» = old");
});
test("a name that is made again is another one", () => check("* | extend n = 1 | extend ‹n› = n + 1 | where «‸n» > 1"));
test("a column of another table is no field of the log", () =>
  check("id: 1 | select h.«‸id», h.«id», log.id from log, host h"));
test("nothing else is highlighted", () => {
  check("a: ‸b | select 'c'");
  check("* | sel‸ect a");
});

test("the names of every statement lie in it and in no other name", () => {
  for (const text of [...validStatements, ...brokenStatements]) {
    const [query] = parseQueryFile(text).queries;
    if (!query) continue;
    checkSpans(text, query.statement);
    let end = 0;
    for (const { span } of namesOf(query.statement).uses) {
      assert.ok(end <= span.start && span.start < span.end, `${text} at ${span.start}`);
      end = span.end;
    }
  }
});

for (const [name, text] of Object.entries({
  "stars of stars": `* | ${"select *, * from (".repeat(180)}select a as b${")".repeat(180)}`,
  "stars over many columns": `* | select ${"*, ".repeat(100_000)}1 from (select ${"a as b, ".repeat(5000)}1)`,
  "common tables": `* | with ${Array.from({ length: 20_000 }, (_, index) => `t${index} as (select 1)`).join(", ")} select 1`,
  commands: `*${" | extend a = a + 1".repeat(50_000)}`,
  lambdas: `* | select f(${"x -> ".repeat(190)}x)`,
})) {
  test(`the names of a text of ${name} are found`, () => {
    const [query] = parseQueryFile(text).queries;
    assert.ok(query);
    assert.ok(namesOf(query.statement).uses.length > 1);
  });
}
