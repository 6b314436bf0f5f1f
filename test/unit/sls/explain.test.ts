import assert from "node:assert/strict";
import test from "node:test";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { type BodyMeaning, type Explanation, explainStatement } from "../../../src/sls/services/explain.ts";
import { brokenStatements, validStatements } from "./corpus.ts";
import { indexKnowledge } from "./knownLogstore.ts";

function explained(text: string): Explanation {
  const [query] = parseQueryFile(text).queries;
  assert.ok(query);
  return explainStatement(query.statement, query.settings, indexKnowledge);
}

function search(text: string, expected: unknown): void {
  assert.deepEqual(explained(text).search, expected);
}

function select(text: string): Extract<BodyMeaning, { readonly kind: "select" }> {
  const { analysis } = explained(`* | ${text}`);
  assert.ok(analysis?.kind === "query" && analysis.body.kind === "select");
  return analysis.body;
}

function notes(text: string, ...expected: readonly string[]): void {
  assert.deepEqual(
    explained(text).notes.map(({ code }) => code),
    expected,
  );
}

const word = (field: string | undefined, ...words: readonly string[]) => ({
  kind: "words",
  field,
  words,
  hasWildcards: false,
  isPhrase: false,
});

test("where and when come from the directives", () => {
  const { place, time } = explained(
    "-- @account production\n-- @cluster shop, c2\n### t\n-- @from 2026-11-23T09:00:00\n-- @to now\n*",
  );
  assert.deepEqual(place, { account: "production", clusters: ["shop", "c2"], logstore: undefined });
  assert.deepEqual(time, {
    range: { kind: "range", fromMs: Date.UTC(2026, 10, 23, 1), toMs: Date.UTC(2026, 10, 23, 2) },
    zone: "Asia/Shanghai",
    isDefault: false,
  });
});
test("without them the last day is asked", () => {
  const { place, time } = explained("*");
  assert.deepEqual(place, { account: undefined, clusters: [], logstore: undefined });
  assert.deepEqual([time.isDefault, time.range.kind], [true, "range"]);
  assert.equal(time.range.kind === "range" && time.range.toMs - time.range.fromMs, 24 * 3_600_000);
});

test("a star asks for everything, and beside other conditions for nothing more", () => {
  search("*", { kind: "everything" });
  search("* and a", word(undefined, "a"));
});
test("a chain is told as one, whatever parentheses stand in it", () =>
  search("a b and (c or not d)", {
    kind: "every",
    parts: [
      word(undefined, "a"),
      word(undefined, "b"),
      { kind: "some", parts: [word(undefined, "c"), { kind: "not", part: word(undefined, "d") }] },
    ],
  }));
test("a value is the words that the index makes of it", () => {
  search('path: "/etc/shadow now"', word("path", "etc", "shadow", "now"));
  search("a: sh*", { ...word("a", "sh*"), hasWildcards: true });
  search('a: "sh*"', word("a", "sh*"));
  search('#"a b"', { ...word(undefined, "a", "b"), isPhrase: true });
});
test("so are the other conditions", () => {
  search("a:*", { kind: "exists", field: "a" });
  search('a:""', { kind: "empty", field: "a" });
  search("a >= 5", { kind: "compare", field: "a", operator: ">=", value: "5" });
  search("a in (1 2]", {
    kind: "between",
    field: "a",
    low: "1",
    high: "2",
    lowIncluded: false,
    highIncluded: true,
  });
  search("a:", { kind: "hole" });
});

test("a query tells what it reads, keeps, groups and answers", () => {
  const body = select(
    "select \"process.name\" as name, count(*) as n, max(a) from log where b = 1 and c in ('x', 'y') group by 1 having count(*) > 2",
  );
  assert.deepEqual(body, {
    kind: "select",
    source: { kind: "records" },
    where: {
      kind: "every",
      parts: [
        { kind: "compare", left: "b", operator: "=", right: "1" },
        { kind: "oneOf", left: "c", values: ["'x'", "'y'"], negated: false },
      ],
    },
    groups: ["name"],
    rows: "perGroup",
    columns: [
      { name: "name", text: '"process.name"', meaning: { kind: "computed" } },
      { name: "n", text: "count(*)", meaning: { kind: "count" } },
      { name: undefined, text: "max(a)", meaning: { kind: "most", of: "a" } },
    ],
    having: { kind: "compare", left: "count(*)", operator: ">", right: "2" },
    isDistinct: false,
  });
});
test("a query that aggregates without groups answers one row", () => {
  assert.equal(select("select count(1)").rows, "one");
  assert.equal(select("select sum(a) over (order by b)").rows, "each");
});
test("what the functions of a column say is told", () => {
  const meanings = select(
    "select *, count(distinct a), approx_distinct(b), count_if(c > 1), avg(d), row_number() over (order by e), lower(f), count(g)",
  ).columns.map(({ meaning }) => meaning);
  assert.deepEqual(meanings, [
    { kind: "all" },
    { kind: "countDistinct", of: "a", approximate: false },
    { kind: "countDistinct", of: "b", approximate: true },
    { kind: "countIf", condition: { kind: "compare", left: "c", operator: ">", right: "1" } },
    { kind: "average", of: "d" },
    { kind: "overRows" },
    { kind: "computed" },
    { kind: "computed" },
  ]);
});
test("conditions keep what negates them", () =>
  assert.deepEqual(
    select(
      "select a where not (b like 'x%' or c not like 'y') and d between 1 and 2 and regexp_like(e, 'f') and g is null",
    ).where,
    {
      kind: "every",
      parts: [
        {
          kind: "not",
          part: {
            kind: "some",
            parts: [
              { kind: "like", left: "b", pattern: "'x%'", negated: false },
              { kind: "like", left: "c", pattern: "'y'", negated: true },
            ],
          },
        },
        {
          kind: "every",
          parts: [
            { kind: "compare", left: "d", operator: ">=", right: "1" },
            { kind: "compare", left: "d", operator: "<=", right: "2" },
          ],
        },
        { kind: "matches", left: "e", pattern: "'f'", negated: false },
        { kind: "null", left: "g", negated: false },
      ],
    },
  ));
test("queries in queries are told with them", () => {
  const { analysis } = explained(
    "* | with t as (select a from log) select a from t join b on t.a = b.a union all select 1 order by a desc limit 5, 10",
  );
  assert.ok(analysis?.kind === "query" && analysis.body.kind === "combined");
  assert.deepEqual(
    analysis.tables.map(({ name }) => name),
    ["t"],
  );
  assert.deepEqual(analysis.body.left.kind === "select" && analysis.body.left.source, {
    kind: "join",
    join: "inner",
    left: { kind: "table", name: "t" },
    right: { kind: "table", name: "b" },
    condition: "t.a = b.a",
  });
  assert.deepEqual(analysis.order, [{ text: "a", descending: true }]);
  assert.deepEqual(analysis.limit, { offset: "5", count: "10" });
});
test("a pipeline is told command by command", () =>
  assert.deepEqual(
    explained(
      "* | where a = 1 | extend b = lower(c) | parse-regexp d, '(x)' as e | stats n = count(*) by b | sort n desc | limit 5 | sample 3",
    ).analysis,
    {
      kind: "pipeline",
      commands: [
        { kind: "where", condition: { kind: "compare", left: "a", operator: "=", right: "1" } },
        { kind: "extend", made: [{ name: "b", text: "lower(c)" }] },
        { kind: "parse", name: "parse-regexp", field: "d", made: ["e"] },
        {
          kind: "stats",
          columns: [{ name: "n", text: "count(*)", meaning: { kind: "count" } }],
          groups: ["b"],
        },
        { kind: "sort", order: [{ text: "n", descending: true }] },
        { kind: "limit", count: "5" },
        { kind: "other", name: "sample" },
      ],
    },
  ));

test("the traps of a search are noted", () => {
  notes("kind: Command", "words", "newest-first");
  notes('a: "b c" and d*', "words", "words-order", "wildcard", "newest-first");
  notes('#"a b"', "phrase", "newest-first");
  notes("not a and b > 1", "words", "not-binding", "newest-first");
  notes("a > 1 and b:*", "newest-first");
});
test("so are those of SQL", () => {
  notes("* | select a", "rows-default");
  notes("* | select a limit 5", "rows-any");
  notes("* | select a order by a limit 5");
  notes("* | select count(1) limit 5");
  notes("* | select * limit all", "rows-any", "star");
  notes("* | select a where __time__ > 5 order by a limit 5", "time-in-sql");
  notes("* | select date_trunc('hour', __time__) as t order by t limit 5", "time-zone");
  notes("* | select approx_distinct(a) limit 5", "approximate");
  notes("* | select compare(n, 86400) from (select count(1) as n from log) order by 1 limit 5", "compare");
  notes("* | select count_if(a) / count(*) limit 1", "division");
  notes("* | select count_if(a) * 1.0 / count(*) limit 1");
  notes("* | set session mode=scan; select a order by a limit 5", "scan");
});
test("and of SPL", () => {
  notes("* | extend a = 1", "spl-texts");
  notes("* | stats count(*)", "rows-default", "spl-texts");
});
test("a statement that is not whole is explained as far as it goes", () => {
  for (const text of [...validStatements, ...brokenStatements]) {
    for (let length = 1; length <= text.length; length++) {
      const [query] = parseQueryFile(text.slice(0, length)).queries;
      if (query) assert.ok(explainStatement(query.statement, query.settings, indexKnowledge).search.kind);
    }
  }
});
