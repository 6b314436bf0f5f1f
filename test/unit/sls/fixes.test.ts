import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFile } from "../../../src/sls/check/check.ts";
import { type Fix, fixes } from "../../../src/sls/check/fixes.ts";
import type { ProblemCode } from "../../../src/sls/check/problems.ts";
import type { Knowledge } from "../../../src/sls/knowledge.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { applyEdits } from "../../../src/sls/textEdit.ts";
import { brokenStatements, validStatements } from "./corpus.ts";
import { indexKnowledge, unsureKnowledge } from "./knownLogstore.ts";
import { pick, seededRandom } from "./random.ts";

function problemsOf(text: string, knowledge: Knowledge) {
  return checkFile(text, parseQueryFile(text), () => knowledge);
}

/** The fixes of the first problem with a code. */
function fixesOf(text: string, code: ProblemCode, knowledge: Knowledge): readonly Fix[] {
  const problem = problemsOf(text, knowledge).find((each) => each.code === code);
  assert.ok(problem, `${text} has no ${code}`);
  return fixes(text, parseQueryFile(text), problem, knowledge);
}

const tried: { readonly text: string; readonly knowledge: Knowledge }[] = [];

/** What the fixes of a file's first problem with a code make of it, the best first. */
function checkText(text: string, code: ProblemCode, results: readonly string[], knowledge = unsureKnowledge): void {
  tried.push({ text, knowledge });
  const made = fixesOf(text, code, knowledge).map(({ edits }) => applyEdits(text, edits));
  assert.deepEqual(made, results, text);
}

const range = "-- @from -1h\n";

/** The same of a statement that says when. */
function check(statement: string, code: ProblemCode, ...results: readonly string[]): void {
  checkText(
    range + statement,
    code,
    results.map((result) => range + result),
  );
}

function checkKnown(statement: string, code: ProblemCode, ...results: readonly string[]): void {
  checkText(
    range + statement,
    code,
    results.map((result) => range + result),
    indexKnowledge,
  );
}

test("a misspelt name becomes the nearest", () => {
  check("proces.name: curl", "field-unknown", "process.name: curl");
  check('* | select "procss.name" limit 1', "column-unknown", '* | select "process.name" limit 1');
  check("* | select l.kind2 from log l limit 1", "column-unknown", "* | select l.kind from log l limit 1");
  check("* | select cuont(*)", "function-unknown", "* | select count(*)");
  check("* | select kind from logs limit 1", "table-unknown", "* | select kind from log limit 1");
  check("* | projct kind", "command-unknown", "* | project kind");
  checkText("-- @form -1h\n*", "directive-unknown", ["-- @from -1h\n*"]);
  checkText("-- @cluster shp\n-- @from -1h\n*", "cluster-unknown", ["-- @cluster shop\n-- @from -1h\n*"]);
  checkText("-- @account smple\n-- @from -1h\n*", "account-unknown", ["-- @account sample\n-- @from -1h\n*"]);
});
test("a cluster that shares its name is written with an id", () =>
  checkText("-- @cluster billing\n-- @from -1h\n*", "cluster-ambiguous", [
    "-- @cluster c2\n-- @from -1h\n*",
    "-- @cluster c3\n-- @from -1h\n*",
  ]));
test("each half gets its own spelling", () => {
  check("clusterid: c1", "field-spelling", "clusterId: c1");
  check('* | select "clusterId" limit 1', "field-spelling", '* | select "clusterid" limit 1');
  check("* | select k8s.pod.name limit 1", "column-unquoted", '* | select "k8s.pod.name" limit 1');
});
test("what is not indexed is read from its JSON", () => {
  check(
    "kind: Command and process.pid: 7",
    "field-not-indexed",
    "kind: Command | select * from log where try_cast(json_extract_scalar(process, '$.pid') as double) = 7 limit 1000",
  );
  check(
    "k8s.pod.labels.app: web | select count(1) from log where \"process.name\" = 'rm'",
    "field-not-indexed",
    `* | select count(1) from log where "process.name" = 'rm' and lower(json_extract_scalar(k8s, '$.pod.labels.app')) = 'web'`,
  );
  check(
    '* | select "process.pid" from log limit 1',
    "field-not-indexed",
    `* | select cast(json_extract_scalar(process, '$.pid') as bigint) as "process.pid" from log limit 1`,
  );
  check(
    '* | select kind from log where "process.pid" = 7 limit 1',
    "field-not-indexed",
    "* | select kind from log where cast(json_extract_scalar(process, '$.pid') as bigint) = 7 limit 1",
  );
});
test("a value gets the quotes that it needs", () => {
  check("time: 10:20:30", "colon-in-value", 'time: "10:20:30"');
  check("process.cmdline: 'rm -rf /'", "single-quotes", 'process.cmdline: "rm -rf /"');
  check("process.name: sort", "word-reserved", 'process.name: "sort"');
  check("a group by b", "word-reserved", 'a "group by" b');
  check("key:and", "word-reserved", 'key:"and"');
  check(
    '* | select kind where "process.name" = "rm" limit 1',
    "text-in-double-quotes",
    `* | select kind where "process.name" = 'rm' limit 1`,
  );
  check("* | select kind as 'a' limit 1", "name-in-single-quotes", '* | select kind as "a" limit 1');
  check("* | select `kind` limit 1", "name-unquoted", '* | select "kind" limit 1');
  check("* | select kind as natural limit 1", "name-reserved", '* | select kind as "natural" limit 1');
});
test("what nothing closes is closed", () => {
  check('process.name: "rm', "quote-open", 'process.name: "rm"');
  check("* | select 1 /* open", "comment-open", "* | select 1 /* open */");
  check("(a or b", "expected", "(a or b)");
  check("* | select count(kind", "expected", "* | select count(kind)");
});
test("a wildcard goes where SLS takes it", () => {
  check(
    "kind: Command and process.name: *rl",
    "wildcard-leading",
    `kind: Command | select * from log where lower("process.name") like '%rl' limit 1000`,
    "kind: Command and process.name: rl",
  );
  check("*rl", "wildcard-leading", "rl");
  check('process.name: "cu*"', "wildcard-quoted", "process.name: cu*");
});
test("a number is compared where it is one", () => {
  check(
    "process.name = 5",
    "number-on-text",
    '* | select * from log where try_cast("process.name" as double) = 5 limit 1000',
    'process.name: "5"',
  );
  checkKnown("* | select 1 where status = '200' limit 1", "types-differ", "* | select 1 where status = 200 limit 1");
  checkKnown(
    "* | select 1 where \"process.name\" in ('a', 7) limit 1",
    "types-differ",
    "* | select 1 where \"process.name\" in ('a', '7') limit 1",
  );
});
test("the search is put into the words of the language", () => {
  check('not #"a b"', "phrase-place", 'not "a b"');
  check("not a and b", "not-ambiguous", "(not a) and b");
  check("a and not b and c", "not-ambiguous", "a and (not b) and c");
  check("status IN [1 2]", "in-upper-case", "status in [1 2]");
  check("status != 200", "operator-unknown", "not status = 200");
  check("key: (a or not b)", "value-group", "(key: a or not key: b)");
  check("process.name: CURL", "program-case", "process.name: curl");
  check(
    "* | select time where \"process.name\" = 'CURL' limit 1",
    "program-case",
    "* | select time where \"process.name\" = 'curl' limit 1",
  );
  check("select kind from log limit 1", "pipe-missing", "* | select kind from log limit 1");
});
test("a comment moves above the statement", () => {
  check("kind: Command\n-- only these\nand a", "comment-in-search", "-- only these\nkind: Command\nand a");
  check("kind: Command\n-- @to now", "comment-in-search", "-- @to now\nkind: Command");
});
test("SQL gets what SLS wants", () => {
  check("* | select kind from log", "limit-missing", "* | select kind from log limit 1000");
  check("* | select kind -- all\n;", "limit-missing", "* | select kind\n  limit 1000 -- all\n;");
  check("*\n| select kind\n  from log\n", "limit-missing", "*\n| select kind\n  from log\n  limit 1000\n");
  check("* | select kind from log limit 5 offset 10", "limit-offset", "* | select kind from log limit 10, 5");
  check(
    "* | select kind from (select kind from log limit 1, 2) limit 1",
    "limit-in-subquery",
    "* | select kind from (select kind from log limit 2) limit 1",
  );
  check("* | select kind limit 2000000", "limit-large", "* | select kind limit 1000000");
  check("* | select kind where kind == 'a' limit 1", "operator-unknown", "* | select kind where kind = 'a' limit 1");
  check("* | insert into t select kind limit 1", "insert-refused", "* | select kind limit 1");
  check("* | select rank() limit 1", "over-missing", "* | select rank() over () limit 1");
  check(
    "* | select transform(array['1'], x -> try(cast(x as bigint))) limit 1",
    "try-in-lambda",
    "* | select transform(array['1'], x -> try_cast(x as bigint)) limit 1",
  );
});
test("columns are grouped by", () => {
  check("* | select kind, count(*) limit 1", "group-by-missing", "* | select kind, count(*) group by kind limit 1");
  check(
    "* | select date_trunc('hour', __time__) as t, kind, count(*) from log group by kind limit 1",
    "group-by-missing",
    "* | select date_trunc('hour', __time__) as t, kind, count(*) from log group by kind, t limit 1",
  );
  check(
    "* | select kind, count(*) where count(*) > 1 group by kind limit 1",
    "aggregate-place",
    "* | select kind, count(*) group by kind having count(*) > 1 limit 1",
  );
  check(
    "* | select kind, count(*) from log where kind <> '' and count(*) > 1 group by kind limit 1",
    "aggregate-place",
    "* | select kind, count(*) from log where kind <> '' group by kind having count(*) > 1 limit 1",
  );
  check(
    "* | select kind from log a, log b limit 1",
    "column-ambiguous",
    "* | select a.kind from log a, log b limit 1",
    "* | select b.kind from log a, log b limit 1",
  );
});
test("directives say when", () => {
  checkText("### Who\nkind: Command", "time-range-missing", ["### Who\n-- @from -24h\nkind: Command"]);
  checkText("kind: Command", "time-range-missing", ["-- @from -24h\nkind: Command"]);
  checkText("-- @from 15m\n*", "time-unreadable", ["-- @from -15m\n*"]);
  checkText("-- @from now-2h\n*", "time-unreadable", ["-- @from -2h\n*"]);
  checkText("-- @from -90d\n*", "range-past-retention", ["-- @from -30d\n*"]);
  checkText("-- @from now\n-- @to -1h\n*", "range-empty", ["-- @from -1h\n-- @to now\n*"]);
  checkText("-- @from -1h\n-- @from -2h\n*", "directive-repeated", ["-- @from -1h\n*"]);
  checkText("-- @from -1h\n-- @to\n*", "directive-empty", ["-- @from -1h\n*"]);
  checkText("__time__ >= 1795392000 and kind: Command", "time-in-search", [
    "-- @from 2026-11-23T00:00:00Z\nkind: Command",
  ]);
});
test("where nothing helps, nothing is offered", () => {
  check("* | select date_trunc('hour') limit 1", "function-arguments");
  check("* | select *, count(*) limit 1", "group-by-missing");
  check("status > many", "number-unreadable");
  // The nearest name of what is not indexed would be a problem again.
  check("proces.pid: 7", "field-unknown");
});

/** How often each code is found. */
function counts(text: string, knowledge: Knowledge): Map<string, number> {
  const found = new Map<string, number>();
  for (const { code } of problemsOf(text, knowledge)) found.set(code, (found.get(code) ?? 0) + 1);
  return found;
}

test("every fix removes its problem and makes no new one, in a file of many queries", () => {
  const statements = [...brokenStatements, ...validStatements];
  const files = statements.flatMap((statement) =>
    [unsureKnowledge, indexKnowledge].map((knowledge) => ({
      text: `-- @to now\n### A\na: b\n### B\n${statement}\n### C\n* | select kind, count(1)\n`,
      knowledge,
    })),
  );
  let made = 0;
  for (const { text, knowledge } of [...tried, ...files]) {
    const file = parseQueryFile(text);
    const before = counts(text, knowledge);
    for (const problem of problemsOf(text, knowledge)) {
      for (const { edits, kind } of fixes(text, file, problem, knowledge)) {
        made++;
        const after = counts(applyEdits(text, edits), knowledge);
        const label = `${problem.code} ${kind}: ${text}`;
        assert.equal(after.get(problem.code) ?? 0, (before.get(problem.code) ?? 0) - 1, label);
        for (const [code, count] of after) assert.ok(count <= (before.get(code) ?? 0), `${code} after ${label}`);
      }
    }
  }
  assert.ok(made > 200, `${made} fixes`);
});

const pieces = [
  "(",
  ")",
  '"',
  "'",
  "|",
  ",",
  "*",
  "not ",
  "select ",
  "from log ",
  "group by ",
  "count(*)",
  "\n### a\n",
  "-- @from ",
];

/** A statement with a few pieces put in and letters taken out. */
function mutated(random: () => number): string {
  let text = pick(random, [...brokenStatements, ...validStatements]);
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
    const at = Math.floor(random() * (text.length + 1));
    text = text.slice(0, at) + pick(random, pieces) + text.slice(at + Math.floor(random() * 3));
  }
  return random() < 0.3 ? `${text}\n### b\n${pick(random, brokenStatements)}` : text;
}

test("the same holds of statements that nobody would write", () => {
  const random = seededRandom(20261123);
  for (let round = 0; round < 3000; round++) {
    const text = mutated(random);
    const knowledge = round % 2 === 0 ? unsureKnowledge : indexKnowledge;
    const file = parseQueryFile(text);
    const before = counts(text, knowledge);
    for (const problem of problemsOf(text, knowledge)) {
      assert.ok(problem.span.start <= problem.span.end && problem.span.end <= text.length, text);
      for (const { edits } of fixes(text, file, problem, knowledge)) {
        const after = counts(applyEdits(text, edits), knowledge);
        // What is written above the first title holds for all queries, and may mend more than one.
        assert.ok((after.get(problem.code) ?? 0) < (before.get(problem.code) ?? 0), `${problem.code}: ${text}`);
        for (const [code, count] of after) assert.ok(count <= (before.get(code) ?? 0), `${code}: ${text}`);
      }
    }
  }
});
