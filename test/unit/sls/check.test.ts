import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readyQueries } from "../../../src/audit/queries.ts";
import { checkFile } from "../../../src/sls/check/check.ts";
import { slsFunctions } from "../../../src/sls/functions/catalogue.ts";
import type { Knowledge } from "../../../src/sls/knowledge.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { brokenStatements, validStatements } from "./corpus.ts";
import { indexKnowledge, unsureKnowledge } from "./knownLogstore.ts";

/** What is found in a file, as `severity code "piece"`. */
function found(text: string, knowledge: Knowledge): readonly string[] {
  return checkFile(text, parseQueryFile(text), () => knowledge).map(
    ({ severity, code, span }) => `${severity} ${code} "${text.slice(span.start, span.end)}"`,
  );
}

/** A statement with a time range, and what is found in it. */
function check(statement: string, expected: readonly string[], knowledge: Knowledge = unsureKnowledge): void {
  assert.deepEqual(found(`-- @from -1h\n${statement}`, knowledge), expected, statement);
}

const known = (statement: string, expected: readonly string[]) => check(statement, expected, indexKnowledge);
const limitless = 'information limit-missing "select"';

/** Statements of the corpus of which there is something to say, though the service takes them. */
const remarks: Readonly<Record<string, readonly string[]>> = {
  "NOT level:debug AND level:info OR level:warn": ['warning not-ambiguous "NOT level:debug"'],
  'region:"cn*"': ['information wildcard-quoted ""cn*""'],
  "* | select transform(array[1, 2], x -> x + 1), reduce(a, 0, (s, x) -> s + x, s -> s), f(() -> 1)": [
    'warning function-unknown "f"',
  ],
};

test("a statement that SLS takes has no problem", () => {
  for (const statement of validStatements) {
    const problems = found(`-- @from -1h\n${statement}`, unsureKnowledge).filter((problem) => problem !== limitless);
    const selects = problems.filter((problem) => !problem.startsWith("information limit-missing"));
    assert.deepEqual(selects, remarks[statement] ?? [], statement);
  }
});
test("the product's own queries have no problem", () => {
  for (const { statement } of readyQueries(`"process.name" in ('rm', 'sudo')`)) check(statement, []);
});
test("the examples of the functions have no problem", () => {
  for (const { dialects, example } of slsFunctions.values()) {
    check(dialects.includes("sql") ? `* | select ${example} limit 1` : `* | extend x = ${example}`, []);
  }
});
test("checking any broken text throws nothing", () => {
  for (const statement of brokenStatements) {
    found(statement, unsureKnowledge);
    for (let end = 0; end < statement.length; end++) found(statement.slice(0, end), indexKnowledge);
  }
});

test("a misspelt field is told with the nearest one", () => {
  check("proces.name: curl", ['warning field-unknown "proces.name"']);
  check("pod.name: web-0", ['warning field-unknown "pod.name"']);
  check('* | select "procss.name" limit 1', ['warning column-unknown ""procss.name""']);
});
test("a field that nobody knows may be there where the index was not asked", () => {
  check("level: info and name: x and id: 1", []);
  check('* | select "level", request_id from log limit 1', []);
});
test("a field that nobody knows is an error where the index was asked", () => {
  known("level: info", ['error field-unknown "level"']);
  known('* | select "level" limit 1', ['error column-unknown ""level""']);
  known("__tag__:__path__: x and source: 1.2.3.4", []);
});
test("what is not indexed is told apart from what is unknown", () => {
  check("process.pid: 7", ['warning field-not-indexed "process.pid"']);
  known("process.pid: 7", ['error field-not-indexed "process.pid"']);
  known("k8s.pod.labels.app: web", ['error field-not-indexed "k8s.pod.labels.app"']);
  known('* | select "process.pid" limit 1', ['error field-not-indexed ""process.pid""']);
  known('* | set session mode=scan; select "process.pid" from log limit 1', []);
});
test("each half has a spelling of its own", () => {
  check("kubeobject.operation.kind: PodExec", ['warning field-spelling "kubeobject.operation.kind"']);
  check("clusterid: c1", ['warning field-spelling "clusterid"']);
  known('* | select "clusterId" limit 1', ['information field-spelling ""clusterId""']);
  check("* | select kubeobject.operation.kind limit 1", ['error column-unquoted "kubeobject.operation.kind"']);
  check("* | select t.kind from log t limit 1", []);
});
test("single quotes mean nothing in the search", () => {
  check("process.cmdline: 'rm -rf /'", [`warning single-quotes "'rm -rf /'"`]);
  check("'it's'", [`warning single-quotes "'it's'"`]);
  check("it's", []);
});
test("a value with a colon is the parser's", () => check("time: 10:20:30", ['error colon-in-value "10:20:30"']));
test("double quotes make no text in SQL", () => {
  check(`* | select time where "process.name" = "rm" limit 1`, ['warning text-in-double-quotes ""rm""']);
  known(`* | select kind where "process.name" in ("rm", 'a') limit 1`, [
    'error column-unknown "kind"',
    'error text-in-double-quotes ""rm""',
  ]);
  check(`* | select regexp_like("process.cmdline", "^rm .*") limit 1`, ['warning text-in-double-quotes ""^rm .*""']);
  check(`* | select "process.name" = "process.cmdline" limit 1`, []);
});
test("no word begins with a wildcard", () => {
  check("process.name: *rl", ['error wildcard-leading "*rl"']);
  check("?url", ['error wildcard-leading "?url"']);
  check("process.name: cur* and k8s.pod.name: *", []);
});
test("in quotes a wildcard is a character", () => {
  check('process.name: "cu*"', ['information wildcard-quoted ""cu*""']);
  check('__source__: "192.0.2.*"', []);
  check('"what is this?"', []);
});
test("numbers are compared in number fields", () => {
  check("process.name > 5", ['information number-on-text "process.name > 5"']);
  known("process.name in [1 9]", ['warning number-on-text "process.name in [1 9]"']);
  known("status >= 500 and latency < 0.5", []);
  known("status: fast", ['warning word-on-number "fast"']);
});
test("a phrase stands beside `and` only", () => {
  check('not #"a b"', [`warning phrase-place "#"a b""`]);
  check('x or #"a b"', [`warning phrase-place "#"a b""`]);
  check('x* and process.cmdline: #"a b"', [`warning phrase-place "#"a b""`]);
  check('#"a b" | select count(1)', [`warning phrase-place "#"a b""`]);
  check('#"a b" and kind: Command', []);
});
test("a search has thirty conditions at most", () => {
  const conditions = (count: number) => Array.from({ length: count }, (_, index) => `w${index}`).join(" ");
  check(conditions(30), []);
  check(conditions(31), ['warning conditions-many "w30"']);
  check(conditions(129), ['error conditions-many "w30"']);
});
test("`not` before `and` can be read in two ways", () => {
  check("not a and b", ['warning not-ambiguous "not a"']);
  check("a and not b and c", ['warning not-ambiguous "not b"']);
  check("a not b", []);
  check("(not a) and b or not c", []);
});
test("the time is not searched for", () => check("__time__ > 1", ['error time-in-search "__time__"']));
test("programs are written as they are called", () => {
  check("process.name: CURL", ['information program-case "CURL"']);
  known("process.name: CURL", ['warning program-case "CURL"']);
  check(`* | select time where "process.name" in ('Rm') limit 1`, [`warning program-case "'Rm'"`]);
  check("process.name: Xorg", []);
});
test("reserved words are quoted", () => {
  check("process.name: sort", ['warning word-reserved "sort"']);
  check("a group by b", ['warning word-reserved "group by"']);
  check('process.name: "sort" and group and b', []);
});
test("SQL needs a search before it", () => check("select kind from log", ['warning pipe-missing "select"']));

test("a query without LIMIT answers 100 rows", () => {
  check("* | select kind", [limitless]);
  check("* | (select kind from log) union (select kind from log)", [limitless]);
  check("* | select count(1), max(__time__) - min(__time__)", []);
  check("* | select count(1) over ()", [limitless]);
});
test("a limit of a subquery has no offset", () => {
  check("* | select kind from (select kind from log limit 1, 2) limit 1", ['error limit-in-subquery "limit 1, 2"']);
  check("* | select kind from log limit 1, 2", []);
  check("* | select kind from log limit 1000001", ['warning limit-large "limit 1000001"']);
});
test("functions are known with their arguments", () => {
  check("* | select cuont(*)", [limitless, 'error function-unknown "cuont"']);
  check("* | select concat_ws('-', kind) limit 1", []);
  check("* | select date_trunc('hour') limit 1", [`error function-arguments "date_trunc('hour')"`]);
  check("* | select length(5) limit 1", ['warning function-arguments "length(5)"']);
  known('* | select sum("process.name") limit 1', ['warning function-arguments "sum("process.name")"']);
  known('* | select sum("status") + length("process.name") limit 1', ['error group-by-missing ""process.name""']);
  check("* | select ascii_escape('a') limit 1", ['warning function-dialect "ascii_escape"']);
  check("* | select rank() limit 1", ['error over-missing "rank()"']);
});
test("a function of many rows stands where rows are many", () => {
  check("* | select kind where count(*) > 1 limit 1", ['error aggregate-place "count(*)"']);
  check("* | select sum(count(*))", ['error aggregate-place "count(*)"']);
  check("* | select sum(count(*)) over () group by kind limit 1", []);
  check("* | select kind where (select count(*) from log) > 1 limit 1", []);
  check("* | select transform(array[1], x -> try(x / 0)) limit 1", ['error try-in-lambda "try(x / 0)"']);
});
test("a column is grouped by or aggregated", () => {
  check("* | select kind, count(*) limit 1", ['error group-by-missing "kind"']);
  check("* | select kind, time, count(*) group by kind limit 1", ['error group-by-missing "time"']);
  check("* | select *, count(*) limit 1", ['error group-by-missing "*"']);
  check("* | select kind as k, upper(kind), count(*) group by k order by count(*) desc, k limit 1", []);
  check("* | select kind, count(*) as n group by 1 having n > 1 order by n limit 1", []);
  check("* | select date_trunc('hour', __time__) as h, count(1) group by date_trunc('hour', __time__) limit 1", []);
  check("* | select kind, time, count(1) group by grouping sets ((kind), (kind, time)) limit 1", []);
  check("* | select count(1) group by kind having time > '' limit 1", ['error group-by-missing "time"']);
  check("* | select a.kind, count(1) from log a group by kind limit 1", []);
  check("* | select any_match(array_agg(kind), x -> x = 'a') limit 1", []);
  check("* | select kind, sum(n) from (select kind, count(1) as n from log group by kind) limit 1", [
    'error group-by-missing "kind"',
  ]);
});
test("names mean what their scope says", () => {
  check("* | with t as (select kind as k from log) select k from t limit 1", []);
  check("* | with t as (select kind as k from log) select kk from t limit 1", ['error column-unknown "kk"']);
  check("* | select a.n from (select count(1) as n from log) a join (select 1 as n) b using (n) limit 1", []);
  check("* | select n from (select count(1) as n from log) a join (select 1 as n) b using (n) limit 1", []);
  check("* | select n from (select count(1) as n from log) a join (select 1 as n) b on a.n = b.n limit 1", [
    'error column-ambiguous "n"',
  ]);
  check("* | select k, v from log, unnest(map(array['a'], array[1])) as t(k, v) limit 1", []);
  check("* | select x from unnest(array[1, 2]) as t(x) where y = 1 limit 1", ['error column-unknown "y"']);
  check("* | select kind as k from log order by k limit 1", []);
  check("* | select k from (values (1, 'a')) as t(k, v) where v = 'a' limit 1", []);
  check("* | select kind from logs limit 1", ['warning table-unknown "logs"']);
  check("* | select (select max(t.__time__) from log t where t.kind = l.kind) from log l limit 1", []);
});
test("values are compared with their like", () => {
  known("* | select 1 where status = '200' limit 1", [`warning types-differ "status = '200'"`]);
  check(`* | select 1 where "process.user.uid" in (0, '0') limit 1`, [
    `information types-differ ""process.user.uid" in (0, '0'"`,
  ]);
  known("* | select 1 where status > 200.5 and date_trunc('day', __time__) > date '2026-01-01' limit 1", []);
});
test("SPL is checked with the names that its commands make", () => {
  check("* | where \"procss.name\" = 'x'", ['warning column-unknown ""procss.name""']);
  check("* | extend events = cuont(kind) | where events = 1", ['error function-unknown "cuont"']);
  check("* | parse-regexp time, '(.*)' as a | stats n = count(a) by kind | where n > 5", []);
  known("* | where status > '200' and \"process.pid\" = '1'", []);
});

function checkDirectives(text: string, expected: readonly string[]): void {
  assert.deepEqual(found(text, unsureKnowledge), expected, text);
}

test("a query that does not say when is told so once", () => {
  checkDirectives("kind: Command", ['hint time-range-missing "kind:"']);
  checkDirectives("### Who\nkind: Command", ['hint time-range-missing "Who"']);
  checkDirectives("-- @to now\n### Who\nkind: Command", []);
  checkDirectives("* | select kind from log where __time__ > 1760000000 limit 1", []);
});
test("a range lies within what is kept and does not end before it begins", () => {
  checkDirectives("-- @from -31d\n*", []);
  checkDirectives("-- @from -90d\n*", ['warning range-past-retention "-90d"']);
  checkDirectives("-- @from now\n-- @to -1h\n*", ['error range-empty "now"']);
  checkDirectives("-- @from now\n-- @to -1h\n### A\n*\n### B\n*", ['error range-empty "now"']);
});
test("accounts and clusters are those that are open", () => {
  checkDirectives("-- @cluster shop, c2\n-- @from -1h\n*", []);
  checkDirectives("-- @cluster shp\n-- @from -1h\n*", ['warning cluster-unknown "shp"']);
  checkDirectives("-- @cluster billing\n-- @from -1h\n### A\n*\n### B\n*", ['error cluster-ambiguous "billing"']);
  checkDirectives("-- @account produktion\n-- @from -1h\n*", ['warning account-unknown "produktion"']);
  checkDirectives("-- @cluster *\n-- @account 1234\n-- @from -1h\n*", []);
});

test("the help page has a section for every code, in both languages", () => {
  const root = join(import.meta.dirname, "../../..");
  const source = readFileSync(join(root, "src/sls/check/problems.ts"), "utf8");
  const codes = [...source.matchAll(/Kind<\s*"([a-z-]+)"/g)].map(([, code]) => code).toSorted();
  assert.ok(codes.length > 60);
  for (const page of ["problems.md", "problems.zh-CN.md"]) {
    const text = readFileSync(join(root, "docs", page), "utf8");
    const sections = [...text.matchAll(/^### ([a-z-]+)$/gm)].map(([, code]) => code).toSorted();
    assert.deepEqual(sections, codes, page);
  }
});
