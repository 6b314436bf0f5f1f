import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import test from "node:test";
import { readyQueries } from "../../../src/audit/queries.ts";
import { hasErrors } from "../../../src/sls/check/problems.ts";
import { defaultFormat, type FormatOptions, formatFile, formatQuery } from "../../../src/sls/format/format.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import type { Span } from "../../../src/sls/span.ts";
import { applyEdits } from "../../../src/sls/textEdit.ts";
import { brokenStatements, validStatements } from "./corpus.ts";
import { pick, seededRandom } from "./random.ts";
import { withoutSpans } from "./tree.ts";

function formatted(text: string, options: FormatOptions = defaultFormat, range?: Span): string {
  return applyEdits(text, formatFile(text, parseQueryFile(text), options, range));
}

function check(text: string, expected: string): void {
  const once = formatted(text);
  assert.equal(once, expected);
  assert.equal(formatted(once), once);
}

function trees(text: string): unknown {
  return parseQueryFile(text).queries.map(({ statement, title }) => [withoutSpans(statement), title?.value]);
}

/** The layout of a text is one that stays, and its statements stay what they are. */
function checkKept(text: string, options: FormatOptions): void {
  const file = parseQueryFile(text);
  const edits = formatFile(text, file, options);
  let end = 0;
  for (const { span } of edits) {
    assert.ok(end <= span.start && span.start <= span.end && span.end <= text.length, text);
    end = span.end;
  }
  const once = applyEdits(text, edits);
  assert.deepEqual(trees(once), trees(text), text);
  assert.equal(formatted(once, options), once, text);
}

test("a search stands on its line, the analysis below it, each clause on a line", () =>
  check(
    "kind:Command|select a,count(*) n from log where b=1 group by a having count(*)>1 order by n desc limit 10",
    `kind: Command
| select a, count(*) n
  from log
  where b = 1
  group by a
  having count(*) > 1
  order by n desc
  limit 10`,
  ));
test("keywords are lower case, names and functions stay as written", () =>
  check(
    "A AND NOT b:C | SELECT Count(*) AS Time FROM Log WHERE Date > DATE '2026-01-01' AND CAST(x AS VarChar) IN ('A')",
    `A and not b: C
| select Count(*) as Time
  from Log
  where Date > date '2026-01-01' and cast(x as varchar) in ('A')`,
  ));
test("or keywords stay as written too", () =>
  assert.equal(
    formatted("a AND b | Select x FROM log", { keywords: "keep", width: 120 }),
    "a AND b\n| Select x\n  FROM log",
  ));
test("a search is put on one line", () =>
  check(
    'a   b\n  or not(c)and "d":e f:* g>=1 h IN1 i in[1,2)',
    'a b or not (c) and "d": e f:* g >= 1 h IN1 i in [1 2)',
  ));
test("`and` is not written where there is none, and what `not` binds is left to its writer", () =>
  check("not a and b c", "not a and b c"));
test("an empty search is a star", () => check("| select 1", "*\n| select 1"));
test("tags keep their colons", () => check("__tag__ : __path__ : x", "__tag__:__path__: x"));
test("a long search is broken before its operators", () =>
  assert.equal(
    formatted("kind: Command and (process.name: curl or process.name: wget) and not k8s.pod.namespace: payments", {
      keywords: "lower",
      width: 40,
    }),
    `kind: Command
  and (process.name: curl
    or process.name: wget)
  and not k8s.pod.namespace: payments`,
  ));
test("what looks like a comment in the search keeps its lines", () =>
  check("a\n-- b   c\nd|select 1", "a\n-- b   c\nd\n| select 1"));
test("a word that would be a title at the beginning of the line is kept from it", () =>
  check("   ###a  b", "   ###a b"));

test("a short subquery stays on its line, a long one is indented", () => {
  check(
    "* | select a from (select a from log) t where b in (select c from log)",
    `*
| select a
  from (select a from log) t
  where b in (select c from log)`,
  );
  check(
    "* | select diff from (select compare(pv, 86400) as diff from (select count(1) as pv from log where status > 500))",
    `*
| select diff
  from (
    select compare(pv, 86400) as diff
    from (select count(1) as pv from log where status > 500)
  )`,
  );
});
test("common tables are indented", () =>
  check(
    "* | with t as (select a from log), u(x) as (select 1) select * from t, u",
    `*
| with t as (
    select a
    from log
  ), u(x) as (
    select 1
  )
  select *
  from t, u`,
  ));
test("each body of a union begins a line", () =>
  check(
    "* | select a from log union all select b from log order by 1",
    `*
| select a
  from log
  union all
  select b
  from log
  order by 1`,
  ));
test("joins stand on lines of their own", () =>
  check(
    "* | select l.a from log l join host h on l.ip=h.ip left outer join b using(x,y)",
    `*
| select l.a
  from log l
    join host h on l.ip = h.ip
    left outer join b using (x, y)`,
  ));
test("a list is filled line by line", () =>
  assert.equal(
    formatted("* | select aaaaaaaaaa, bbbbbbbbbb, cccccccccc, dddddddddd where x in (1111111111, 2222222222, 3333)", {
      keywords: "lower",
      width: 40,
    }),
    `*
| select aaaaaaaaaa, bbbbbbbbbb,
    cccccccccc, dddddddddd
  where x in (1111111111, 2222222222,
    3333)`,
  ));
test("conditions that fit no line are broken before their operators", () =>
  assert.equal(
    formatted("* | select a where bbbbbbbbbb = 1 and (cccccccccc = 2 or dddddddddd = 3) and not eeeeee", {
      keywords: "lower",
      width: 40,
    }),
    `*
| select a
  where bbbbbbbbbb = 1
    and (
      cccccccccc = 2 or dddddddddd = 3
    )
    and not eeeeee`,
  ));
test("a case that fits no line has a line for each branch", () =>
  assert.equal(
    formatted("* | select case when aaaaaaaaaa > 1 then 'many' when b is null then 'none' else 'few' end as k", {
      keywords: "lower",
      width: 50,
    }),
    `*
| select case
      when aaaaaaaaaa > 1 then 'many'
      when b is null then 'none'
      else 'few'
    end as k`,
  ));
test("signs, subscripts, lambdas and windows have their spaces", () =>
  check(
    "* | select -a+ +b*c/d%e- -1||'x',m [ 'k' ] [2],transform(a,(x,y)->x+1),sum(x)over(partition by a order by t),count(*)filter(where b)",
    `*
| select -a + +b * c / d % e - -1 || 'x', m['k'][2], transform(a, (x, y) -> x + 1),
    sum(x) over (partition by a order by t), count(*) filter (where b)`,
  ));
test("types are written without space in their angles", () =>
  check(
    "* | select cast(a as ARRAY < array<JSON> >),cast(b as TIMESTAMP  WITH time ZONE),cast(c as row(X bigint))",
    "*\n| select cast(a as array<array<json>>), cast(b as timestamp with time zone), cast(c as row(X bigint))",
  ));
test("session settings stand before the query, their values as written", () =>
  check(
    "* | SET session a.B=TRUE;set session mode= scan ; select 1;",
    "*\n| set session a.B = TRUE;\n  set session mode = scan;\n  select 1;",
  ));
test("each command of SPL has a line", () =>
  check(
    "* | extend n=CAST(a as bigint)-1 | where n>1 | project-rename new=old | stats pv=count(*) by host|sort pv DESC|limit 10;",
    `*
| extend n = cast(a as bigint) - 1
| where n > 1
| project-rename new = old
| stats pv = count(*) by host
| sort pv desc
| limit 10;`,
  ));
test("hyphens and wildcards of SPL keep touching what they touch", () =>
  check(
    "* | project -wildcard-off a,__tag__* | parse-csv  -delim=','  x as y | extend z= - a , w=-1 | make-series  a = b",
    `*
| project -wildcard-off a, __tag__*
| parse-csv -delim=',' x as y
| extend z = - a, w = -1
| make-series  a = b`,
  ));

test("comments stay between the words that they stand between", () =>
  check(
    "* | -- why\nselect a, -- first\n b /* second */ , c\n\n\n-- third\nfrom log -- last\n/* end */",
    `*
| -- why
  select a, -- first
    b /* second */, c
  -- third
  from log -- last
  /* end */`,
  ));
test("what a comment of many lines says is not touched", () =>
  check("* | select a /* one\n   two */ , b", "*\n| select a /* one\n   two */,\n    b"));

test("titles and directives have one spelling, queries an empty line between them", () =>
  check(
    "\n\n--@account  Sample\n-- a comment  \n--  @cluster a,b ,c\n###One\n--@from -1h\n\n\n\na\n\n\n###   Two  \nb\n\n\n",
    `-- @account Sample
-- a comment
-- @cluster a, b, c

### One
-- @from -1h

a

### Two
b
`,
  ));
test("a query with mistakes stays as it is, others do not", () =>
  check(
    "###a\nx  and\n\n\n###b\ny   z\n###c\n--@from nonsense\ny   z",
    "###a\nx  and\n\n\n### b\ny z\n\n###c\n--@from nonsense\ny   z",
  ));
test("directives with a mistake keep the ones around them as they are", () =>
  check("--@from never\n--@to now\n### a\nb", "--@from never\n--@to now\n### a\nb"));
test("lines end as they do in the text", () => check("a|select 1\r\n", "a\r\n| select 1\r\n"));
test("a range lays out the queries that it touches", () => {
  const text = "### a\nx  y\n### b\nx  y\n### c\nx  y";
  assert.equal(formatted(text, defaultFormat, { start: 15, end: 16 }), "### a\nx  y\n### b\nx y\n\n### c\nx  y");
});
test("one query is laid out without what follows it", () => {
  const text = "a  b\n\n\n\n### c\nd";
  const [query] = parseQueryFile(text).queries;
  assert.ok(query);
  assert.equal(applyEdits(text, formatQuery(text, query)), "a b\n\n\n\n### c\nd");
});
test("what is laid out already needs no edit", () => {
  const text = "a\n| select b\n  from log\n";
  assert.deepEqual(formatFile(text, parseQueryFile(text)), []);
});

test("the statements that the product writes itself differ from the layout in the breaks of their lists at most", () => {
  const words = (text: string) => text.replace(/\s+/g, " ").replaceAll("( ", "(").replaceAll(" )", ")");
  for (const { statement } of readyQueries("a = 1")) {
    assert.equal(words(formatted(statement)), words(statement));
  }
});
test("so do the sample's files", () => {
  const folder = new URL("../../../media/sample-workspace/", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".slsq"));
  assert.ok(names.length >= 3);
  for (const name of names) {
    const text = readFileSync(new URL(name, folder), "utf8");
    assert.equal(formatted(text).replace(/\s+/g, " "), text.replace(/\s+/g, " "));
  }
});

test("every statement keeps its tree at every width, and is laid out once for all", () => {
  for (const text of [...validStatements, ...brokenStatements]) {
    for (const width of [120, 40, 1]) checkKept(text, { keywords: "lower", width });
  }
});
test("so does every one of 5,000 with space, comments and signs put into it", () => {
  const random = seededRandom(20261124);
  const pieces = [
    ...[" ", "\n", " -- c\n", "\n-- own\n", " /* x */ ", "\n/* own */\n", "/*a\nb*/", "\n /* y */", "\t", "\r\n"],
    ...["(", ")", ",", " and ", " NOT ", "-", "+", "*", "'x'", '"q"', "###", "--"],
  ];
  let kept = 0;
  for (let count = 0; count < 5000; count++) {
    let text = pick(random, validStatements);
    if (random() < 0.3) text = `### t\n-- @from -1h\n${text}\n### u\n${pick(random, validStatements)}\n`;
    for (let changes = Math.floor(random() * 5); changes >= 0; changes--) {
      const from = Math.floor(random() * (text.length + 1));
      const space = text.indexOf(" ", from);
      const at = random() < 0.8 && space >= 0 ? space : from;
      text = text.slice(0, at) + pick(random, pieces) + text.slice(at);
    }
    checkKept(text, { keywords: "lower", width: pick(random, [120, 60, 30, 10]) });
    if (parseQueryFile(text).queries.some(({ problems }) => !hasErrors(problems))) kept++;
  }
  assert.ok(kept > 1500, String(kept));
});
test("a megabyte is laid out without a deep stack", () => {
  const text = `* | select ${"f(a, b) as c, ".repeat(75_000)}1`;
  const once = formatted(text);
  assert.equal(formatted(once), once);
  const nested = `* | select ${"(".repeat(190)}1${")".repeat(190)} where ${"a and ".repeat(900)}b`;
  checkKept(nested, defaultFormat);
});
