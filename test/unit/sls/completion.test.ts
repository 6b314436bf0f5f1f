import assert from "node:assert/strict";
import test from "node:test";
import { auditKnowledge } from "../../../src/audit/knowledge.ts";
import { type Completions, complete } from "../../../src/sls/completion/completion.ts";
import type { CompletionItem } from "../../../src/sls/completion/items.ts";
import type { Knowledge, KnownValue } from "../../../src/sls/knowledge.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { brokenStatements, validStatements } from "./corpus.ts";

const caret = "‸";

const knowledge: Knowledge = auditKnowledge({
  seenFields: ["__tag__:__hostname__", "my field"],
  values: new Map<string, readonly KnownValue[]>([
    [
      "kind",
      [
        { value: "Command", count: 90 },
        { value: "Kubernetes", count: 10 },
      ],
    ],
    [
      "k8s.pod.name",
      [
        { value: "api-6f7c9d5b8-k2x4p", count: 40 },
        { value: 'o\'neil "x" | y', count: 2 },
        { value: "back\\", count: 1 },
      ],
    ],
    ["process.name", [{ value: "curl", count: 3 }]],
    ["process.user.uid", [{ value: "0", count: 9 }]],
  ]),
  programs: ["curl", "rm"],
  retentionDays: undefined,
  accounts: [{ name: "Sample", id: "sample" }],
  clusters: [
    { name: "shop-prod", id: "c1" },
    { name: "batch", id: "c2" },
    { name: "twice", id: "c3" },
    { name: "twice", id: "c4" },
    { name: "one, two", id: "c5" },
  ],
  clustersComplete: true,
  logstores: ["advaudit-c1"],
  nowMs: Date.UTC(2026, 10, 23, 4, 0, 30),
  zone: "Asia/Shanghai",
});

function at(marked: string, known = knowledge): { text: string; offset: number; found: Completions } {
  const offset = marked.indexOf(caret);
  assert.notEqual(offset, -1, "no caret");
  const text = marked.slice(0, offset) + marked.slice(offset + caret.length);
  return { text, offset, found: complete(text, parseQueryFile(text), offset, known) };
}

function ordered({ items }: Completions): readonly CompletionItem[] {
  return items.toSorted((a, b) => a.rank - b.rank);
}

/** The labels that come first, in their order. */
function check(marked: string, first: readonly string[]): void {
  const labels = ordered(at(marked).found).map(({ label }) => label);
  assert.deepEqual(labels.slice(0, first.length), first, marked);
}

/** All labels, in their order. */
function checkAll(marked: string, all: readonly string[]): void {
  assert.deepEqual(
    ordered(at(marked).found).map(({ label }) => label),
    all,
    marked,
  );
}

function checkHas(marked: string, wanted: readonly string[], unwanted: readonly string[] = []): void {
  const labels = new Set(at(marked).found.items.map(({ label }) => label));
  for (const label of wanted) assert.ok(labels.has(label), `${label} is missing at ${marked}`);
  for (const label of unwanted) assert.ok(!labels.has(label), `${label} is suggested at ${marked}`);
}

/** The text with an item taken, its places filled with what they hold at first. */
function taken(marked: string, label: string): string {
  const { text, offset, found } = at(marked);
  const item = ordered(found).find((each) => each.label === label);
  assert.ok(item, `${label} is missing at ${marked}`);
  const written = item.written ?? found.written;
  assert.ok(written.start <= offset && offset <= written.end, marked);
  return text.slice(0, written.start) + plainText(item) + text.slice(written.end);
}

function plainText({ insert, isSnippet }: CompletionItem): string {
  if (!isSnippet) return insert;
  return insert.replace(/\\([\\$}])|\$\{\d+:((?:\\.|[^}\\])*)\}|\$\d+/g, (_, escaped?: string, held?: string) =>
    escaped !== undefined ? escaped : (held ?? "").replace(/\\([\\$}])/g, "$1"),
  );
}

function checkTaken(marked: string, label: string, expected: string): void {
  assert.equal(taken(marked, label), expected);
}

function checkWants(marked: string, field: string | undefined, prefix = ""): void {
  assert.deepEqual(at(marked).found.wantsValues, field === undefined ? undefined : { field, prefix }, marked);
}

// ------------------------------------------------------------------------------------------------ from nothing

test("a first query is written with suggestions alone", () => {
  let text = caret;
  // Each step takes an item, or types a sign that no item writes.
  const steps: readonly (readonly [label: string, typed: string])[] = [
    ["-- @cluster", ""],
    ["shop-prod", "\n"],
    ["-- @from", ""],
    ["-24h", "\n"],
    ["kind", ""],
    ["Kubernetes", " "],
    ["and", ""],
    ["kubeObject.operation.kind", ""],
    ["PodExec", "\n"],
    ["| select", ""],
    ["k8s.user.username", " "],
    ["as", "who, "],
    ["k8s.pod.name", " "],
    ["as", "pod, "],
    ["count", " "],
    ["as", "entries "],
    ["from log", ""],
    ["group by", ""],
    ["who, pod", " "],
    ["order by", ""],
    ["entries", " "],
    ["desc", " "],
    ["limit", ""],
    ["100", ""],
  ];
  for (const [label, typed] of steps) {
    const { text: before, found } = at(text);
    const item = ordered(found).find((each) => each.label === label);
    assert.ok(item, `${label} is missing at ${text}`);
    const written = item.written ?? found.written;
    const after = before.slice(written.end);
    text = before.slice(0, written.start) + plainText(item) + typed + caret + after;
  }
  assert.equal(
    text,
    `-- @cluster shop-prod
-- @from -24h
kind: Kubernetes and kubeObject.operation.kind: PodExec
| select "k8s.user.username" as who, "k8s.pod.name" as pod, count(*) as entries from log group by who, pod order by entries desc limit 100${caret}`,
  );
  assert.deepEqual(parseQueryFile(text.replace(caret, "")).problems, []);
});

test("an empty file takes a whole query with its title, an empty statement below a title only the statement", () => {
  assert.equal(at(caret).found.wantsQueries, "titled");
  assert.equal(at(`-- @cluster x\n${caret}`).found.wantsQueries, "titled");
  assert.equal(at(`### Who\n${caret}`).found.wantsQueries, "statement");
  assert.equal(at(`### Who\nDown${caret}`).found.wantsQueries, "statement");
  assert.equal(at(`### Who\n*\n${caret}`).found.wantsQueries, undefined);
  assert.equal(at(`### Who\n${caret}\n*`).found.wantsQueries, undefined);
});

// ------------------------------------------------------------------------------------------------ directives

test("a line before the statement begins with a directive that the query has not", () => {
  check(`### Who\n-- @${caret}`, ["cluster", "from", "to", "zone", "account", "logstore"]);
  checkHas(`### Who\n-- @cluster x\n-- @${caret}\n*`, ["from"], ["cluster"]);
  checkTaken(`### Who\n${caret}`, "-- @cluster", "### Who\n-- @cluster ");
  checkTaken(`### Who\n@cl${caret}`, "-- @cluster", "### Who\n-- @cluster ");
  checkTaken(`### Who\n--${caret}`, "-- @from", "### Who\n-- @from ");
  checkTaken(`### Who\n-- @fr${caret} -1h`, "from", "### Who\n-- @from -1h");
  checkHas(`-- @cluster x\n### Who\n-- @${caret}\n*`, ["cluster"]);
});
test("behind the beginning of a statement there are no directives", () =>
  checkHas(`a\n${caret}`, ["### "], ["-- @from"]));
test("a title and a comment take nothing", () => {
  checkAll(`### Wh${caret}`, []);
  checkAll(`-- why th${caret}\n*`, []);
});
test("clusters are listed once; an id stands for a name that is not clear or cannot be listed", () => {
  checkAll(`-- @cluster ${caret}`, ["shop-prod", "batch", "twice", "twice", "one, two", "*"]);
  checkAll(`-- @cluster batch, ${caret}`, ["shop-prod", "twice", "twice", "one, two"]);
  checkTaken(`-- @cluster batch, sh${caret}, x`, "shop-prod", "-- @cluster batch, shop-prod, x");
  checkTaken(`-- @cluster ${caret}`, "twice", "-- @cluster c3");
  checkTaken(`-- @cluster ${caret}`, "one, two", "-- @cluster c5");
});
test("accounts and Logstores are listed", () => {
  checkAll(`-- @account ${caret}`, ["Sample"]);
  checkAll(`-- @logstore ${caret}`, ["advaudit-c1"]);
});
test("times are relative, days, and absolute ones in the zone", () => {
  checkAll(`-- @from ${caret}`, [
    "-15m",
    "-1h",
    "-4h",
    "-24h",
    "-7d",
    "-30d",
    "today",
    "yesterday",
    "2026-11-23 11:00",
    "2026-11-23 12:00",
  ]);
  check(`-- @to ${caret}`, ["now", "today"]);
  const today = at(`-- @from ${caret}`).found.items.find(({ label }) => label === "today")?.subject;
  assert.deepEqual(today, { kind: "time", atMs: Date.UTC(2026, 10, 22, 16), zone: "Asia/Shanghai" });
});
test("zones begin with the likely ones", () => check(`-- @zone ${caret}`, ["Asia/Shanghai", "UTC", "+08:00"]));

// ------------------------------------------------------------------------------------------------ the search half

test("a condition begins with a field, spelt as the search half spells it", () => {
  checkHas(`${caret}`, ["kind", "k8s.pod.name", "not"], ["process.pid", "__time__", "and"]);
  checkTaken(`k8s.po${caret}`, "k8s.pod.name", "k8s.pod.name: ");
  checkTaken(`k8s.po${caret} : x`, "k8s.pod.name", "k8s.pod.name : x");
  checkTaken(`(a or ${caret}`, "my field", '(a or "my field": ');
  checkTaken(`"k8s.${caret}"`, "k8s.pod.name", '"k8s.pod.name": ');
  checkTaken(`a and ${caret}`, "__tag__:__hostname__", "a and __tag__:__hostname__: ");
});
test("what is probably not indexed is not searched for", () =>
  checkHas(`${caret}`, [], ["k8s.pod.labels", "process.pid"]));
test("behind a condition come the operators and the pipe", () => {
  check(`kind: Command ${caret}`, ["and", "or", "| select"]);
  check(`(kind: Command) ${caret}`, ["and", "or"]);
  check(`k: "a b" ${caret}`, ["and", "or"]);
  checkHas(`kind: Command and ${caret}`, ["kind"], ["and", "| select"]);
  checkHas(`not ${caret}`, ["kind"], ["not"]);
});
test("behind the name of a field comes what asks of it", () => {
  check(`kind ${caret}`, [":"]);
  check(`process.user.uid ${caret}`, [":", ">", ">=", "<", "<=", "in [ ]"]);
  checkAll(`process.user.uid in ${caret}`, ["[ ]"]);
  checkAll(`process.user.uid > ${caret}`, ["0"]);
  checkAll(`process.user.uid in [1 ${caret}`, []);
});
test("values are the seen ones, most frequent first, and are asked for with what is written", () => {
  check(`kind: ${caret}`, ["Command", "Kubernetes"]);
  checkWants(`kind: ${caret}`, "kind");
  checkWants(`kind: Com${caret}`, "kind", "Com");
  checkWants(`K8S.Pod.Name: "ap${caret}"`, "k8s.pod.name", "ap");
  checkWants(`custom: x${caret}`, "custom", "x");
  checkWants(`__tag__:__hostname__: n${caret}`, "__tag__:__hostname__", "n");
  checkWants(`kind ${caret}`, undefined);
  checkWants(`k8s.pod.labels: ${caret}`, undefined);
});
test("programs that rules name stand behind those seen", () => check(`process.name: ${caret}`, ["curl", "rm"]));
test("a documented value is suggested before any was seen", () =>
  check(`kubeObject.operation.kind: ${caret}`, ["PodExec"]));
test("a value is quoted and escaped where it has to be", () => {
  checkTaken(`k8s.pod.name: ${caret}`, 'o\'neil "x" | y', 'k8s.pod.name: "o\'neil \\"x\\" | y"');
  checkTaken(`k8s.pod.name: ap${caret}`, "api-6f7c9d5b8-k2x4p", "k8s.pod.name: api-6f7c9d5b8-k2x4p");
  checkTaken(`k8s.pod.name: "ap${caret}"`, "api-6f7c9d5b8-k2x4p", 'k8s.pod.name: "api-6f7c9d5b8-k2x4p"');
  checkTaken(`k8s.pod.name: "a${caret}`, "api-6f7c9d5b8-k2x4p", 'k8s.pod.name: "api-6f7c9d5b8-k2x4p"');
});
test("a quote that was only just opened takes nothing of what follows", () =>
  checkTaken(
    `k8s.pod.name: "a${caret} and kind: "Command" | select 1`,
    "api-6f7c9d5b8-k2x4p",
    'k8s.pod.name: "api-6f7c9d5b8-k2x4p" and kind: "Command" | select 1',
  ));
test("a text that quotes cannot hold is not suggested in quotes", () => {
  checkHas(`k8s.pod.name: ${caret}`, ["back\\"]);
  checkHas(`k8s.pod.name: "${caret}"`, [], ["back\\"]);
});

// ------------------------------------------------------------------------------------------------ SQL

test("an analysis begins with select or a command", () => {
  check(`* | ${caret}`, ["select"]);
  checkHas(`* | ${caret}`, ["where", "stats", "with", "set session"]);
  checkTaken(`* |${caret}`, "select", "* | select ");
  checkTaken(`* | sel${caret}`, "select", "* | select ");
});
test("a column is quoted where it has to be, and what is no column is read out of its JSON", () => {
  checkTaken(`* | select ${caret}`, "kind", "* | select kind");
  checkTaken(`* | select ${caret}`, "k8s.pod.name", '* | select "k8s.pod.name"');
  checkTaken(`* | select "k8s.p${caret}"`, "k8s.pod.name", '* | select "k8s.pod.name"');
  checkTaken(`* | select "k8s.p${caret}, "a" from log`, "k8s.pod.name", '* | select "k8s.pod.name", "a" from log');
  checkTaken(`* | select k8s.po${caret}`, "k8s.pod.name", '* | select "k8s.pod.name"');
  checkTaken(`* | select k8s.${caret}`, "k8s.pod.name", '* | select "k8s.pod.name"');
  checkTaken(`* | select ${caret}`, "kubeobject.operation.kind", '* | select "kubeobject.operation.kind"');
  checkTaken(`* | select ${caret}`, "process.pid", "* | select json_extract_scalar(process, '$.pid')");
  checkTaken(`* | select ${caret}`, "process.parentpid", "* | select json_extract_scalar(process, '$.parentPid')");
  checkTaken(`* | select ${caret}`, "k8s.pod.labels", "* | select json_extract(k8s, '$.pod.labels')");
  checkTaken(`* | select ${caret}`, "k8s.pod.labels.…", "* | select json_extract_scalar(k8s, '$.pod.labels.app')");
});
test("a function has a place for each argument that it must have", () => {
  checkTaken(`* | select ${caret}`, "count", "* | select count(*)");
  checkTaken(`* | select ${caret}`, "current_date", "* | select current_date");
  checkTaken(`* | select ${caret}`, "now", "* | select now()");
  checkTaken(`* | select ${caret}`, "date_trunc", "* | select date_trunc('hour', x)");
  checkTaken(`* | select ${caret}`, "date_format", "* | select date_format(x, '%Y-%m-%d %H:%i:%s')");
  checkTaken(`* | select ${caret}`, "cast", "* | select cast(x as varchar)");
  checkTaken(`* | select ${caret}`, "position", "* | select position(sub_string in x)");
  checkTaken(`* | select ${caret}`, "json_extract_scalar", "* | select json_extract_scalar(x, '$.key')");
  checkTaken(`* | select ${caret}`, "row_number", "* | select row_number() over (order by __time__)");
});
test("functions of many rows are suggested where rows are many", () => {
  checkHas(`* | select ${caret}`, ["count", "max", "row_number", "lower"]);
  checkHas(`* | select a from log where ${caret}`, ["lower"], ["count", "row_number"]);
  checkHas(`* | select a from log group by ${caret}`, ["lower"], ["count"]);
  checkHas(`* | select a from log group by a having ${caret}`, ["count"]);
  checkHas(`* | select sum(${caret}`, ["length"], ["count"]);
});
test("clauses come where the grammar has them", () => {
  check(`* | select kind ${caret}`, ["as", "from log"]);
  checkHas(
    `* | select kind from log ${caret}`,
    ["where", "group by", "order by", "limit", "join"],
    ["having", "as log"],
  );
  checkHas(`* | select kind from log where kind = 'a' ${caret}`, ["and", "group by", "limit"], ["where", "join"]);
  checkHas(`* | select kind from log group by kind ${caret}`, ["having", "order by", "limit"], ["where"]);
  check(`* | select kind from log order by kind ${caret}`, ["desc", "asc"]);
  checkAll(`* | select kind from log group ${caret}`, ["by"]);
  checkAll(`* | select kind from log limit ${caret}`, ["100", "1000", "10", "10000"]);
  checkAll(`* | select kind from log limit 100 ${caret}`, []);
  check(`* | select 1 union ${caret}`, ["select", "all"]);
});
test("a name that is new takes nothing", () => {
  checkAll(`* | select kind as ${caret}`, []);
  checkAll(`* | select kind from log as ${caret}`, []);
  checkAll(`* | with ${caret}`, []);
  checkAll(`* | select a from (select 1) as t(${caret}`, []);
});
test("columns are those of what is read, also where the text goes on behind them", () => {
  checkHas(`* | select ${caret} from (select kind as a, count(1) as b from log group by a) t`, ["a", "b"], ["kind"]);
  checkHas(`* | select a from (select ${caret} from log) t`, ["kind"], ["a"]);
  checkHas(`* | with x as (select kind as q from log) select ${caret} from x`, ["q"], ["kind"]);
  checkHas(`* | select ${caret} from log, unnest(split(kind, ',')) as t(word)`, ["word", "kind", "log", "t"]);
  checkHas(`* | select a from (select * from log) where ${caret}`, ["kind"]);
});
test("a common table is read by those behind it", () => {
  check(`* | with x as (select kind from log) select * from ${caret}`, ["x", "log"]);
  checkHas(`* | with x as (select 1 as a from ${caret}), y as (select 2) select 3`, ["log"], ["x", "y"]);
  check(`* | with x as (select 1), y as (select * from ${caret}) select 3`, ["x", "log"]);
});
test("behind a relation and a dot come its columns", () => {
  checkAll(`* | select t.${caret} from (select kind as a, 1 as b from log) t`, ["a", "b"]);
  checkTaken(
    `* | select t.a${caret} from (select kind as a, 1 as b from log) t`,
    "a",
    "* | select t.a from (select kind as a, 1 as b from log) t",
  );
  checkTaken(`* | select l.${caret} from log l`, "k8s.pod.name", '* | select l."k8s.pod.name" from log l');
});
test("aliases are read where SLS reads them", () => {
  check(`* | select kind as k, count(1) as c from log group by ${caret}`, ["k", "c"]);
  check(`* | select kind as k, time as t, count(1) as c from log group by ${caret}`, ["k, t"]);
  check(`* | select kind as "a b", count(1) as c from log order by ${caret}`, ["a b", "c"]);
  checkTaken(
    `* | select kind as "a b" from log order by ${caret}`,
    "a b",
    '* | select kind as "a b" from log order by "a b"',
  );
  checkHas(`* | select kind as k from log where ${caret}`, [], ["k"]);
});
test("a join wants its condition", () => {
  check(`* | select 1 from log join log b ${caret}`, ["on", "using"]);
  checkHas(`* | select 1 from log a join log b on a.kind = b.kind ${caret}`, ["and", "where", "join"], ["on"]);
  checkHas(`* | select 1 from log a cross join log b ${caret}`, ["where"], ["on"]);
  checkAll(`* | select 1 from log left ${caret}`, ["join"]);
});
test("types, units, formats, zones and paths come where one is wanted", () => {
  check(`* | select cast(kind as ${caret}`, ["bigint", "double", "varchar"]);
  check(`* | select cast(kind as array(${caret}`, ["bigint"]);
  checkTaken(`* | select date_trunc('${caret}'`, "hour", "* | select date_trunc('hour'");
  checkTaken(`* | select date_trunc('${caret}', __time__)`, "day", "* | select date_trunc('day', __time__)");
  check(`* | select date_format(__time__, '${caret}')`, ["%Y-%m-%d %H:%i:%s"]);
  check(`* | select from_unixtime(__time__, '${caret}')`, ["Asia/Shanghai", "UTC"]);
  checkTaken(
    `* | select json_extract_scalar(process, '${caret}')`,
    "$.pid",
    "* | select json_extract_scalar(process, '$.pid')",
  );
  check(`* | select time_series(__time__, '${caret}'`, ["1m", "5m"]);
  check(`* | select extract(${caret} from x)`, ["hour", "minute"]);
  check(`* | select interval '1' ${caret}`, ["hour", "minute"]);
});
test("a text that is compared with a column takes its values", () => {
  checkAll(`* | select 1 from log where kind = '${caret}'`, ["Command", "Kubernetes"]);
  check(`* | select 1 from log where kind = ${caret}`, ["Command", "Kubernetes"]);
  check(`* | select 1 from log where kind not in ('a', '${caret}`, ["Command", "Kubernetes"]);
  check(`* | select 1 from log where "k8s.pod.name" like '${caret}'`, ["api-6f7c9d5b8-k2x4p"]);
  check(`* | select count_if(kind = '${caret}') from log`, ["Command"]);
  check(`* | select kind as k from log group by k having k = '${caret}'`, ["Command"]);
  check(`* | select 1 from (select kind as k from log) where k = '${caret}'`, ["Command"]);
  check(`* | select 1 from log l where l.kind = '${caret}'`, ["Command"]);
  checkWants(`* | select 1 from log where "process.name" = 'cu${caret}'`, "process.name", "cu");
  checkWants(`* | select 1 from log where json_extract_scalar(process, '$.pid') = '${caret}'`, undefined);
  checkWants(`* | select 1 from log where lower(kind) = '${caret}'`, undefined);
});
test("an accepted text is escaped, and the quotes that were typed are not doubled", () => {
  const name = 'o\'neil "x" | y';
  const expected = `* | select 1 from log where "k8s.pod.name" = 'o''neil "x" | y'`;
  checkTaken(`* | select 1 from log where "k8s.pod.name" = ${caret}`, name, expected);
  checkTaken(`* | select 1 from log where "k8s.pod.name" = '${caret}'`, name, expected);
  checkTaken(`* | select 1 from log where "k8s.pod.name" = 'o${caret}`, name, expected);
  checkTaken(
    `* | select 1 from log where "k8s.pod.name" = 'a${caret} and kind = 'b'`,
    "api-6f7c9d5b8-k2x4p",
    `* | select 1 from log where "k8s.pod.name" = 'api-6f7c9d5b8-k2x4p' and kind = 'b'`,
  );
});
test("a number is written without quotes", () =>
  checkTaken(
    `* | select 1 from log where "process.user.uid" = ${caret}`,
    "0",
    `* | select 1 from log where "process.user.uid" = 0`,
  ));
test("a case goes on as it must", () => {
  check(`* | select case ${caret}`, ["when"]);
  check(`* | select case when kind = 'a' ${caret}`, ["then", "and"].slice(0, 1));
  check(`* | select case when kind = 'a' then 1 ${caret}`, ["when", "else", "end"]);
  checkHas(`* | select case when kind = 'a' then 1 end ${caret}`, ["as", "from"], ["end"]);
});
test("a window is written from its parts", () => {
  checkAll(`* | select row_number() over (${caret}`, ["partition by", "order by"]);
  checkHas(`* | select row_number() over (partition by ${caret}`, ["kind"]);
  check(`* | select row_number() over (order by kind ${caret}`, ["desc", "asc"]);
});
test("a parameter of a lambda is known in it", () =>
  check(`* | select transform(split(kind, ','), word -> ${caret})`, ["word"]));
test("a comment takes nothing", () => {
  checkAll(`* | select kind -- no${caret}`, []);
  checkAll(`* | select kind /* no ${caret}`, []);
});
test("what was never closed does not hold back the clauses behind it", () => {
  checkHas(`* | select count( from log where ${caret}`, ["kind"]);
  check(`* | select case when a from log order ${caret}`, ["by"]);
  checkHas(`* | select max(kind, from log group by kind order by kind ${caret}`, ["desc"]);
});

// ------------------------------------------------------------------------------------------------ SPL

test("a pipeline takes commands, and what each command takes", () => {
  checkTaken(`* | parse-j${caret}`, "parse-json", "* | parse-json ");
  check(`* | project kind | ${caret}`, ["project", "project-away", "project-rename", "where"]);
  checkHas(`* | project kind | ${caret}`, [], ["select"]);
  checkHas(`* | where ${caret}`, ["kind", "lower"], ["row_number"]);
  check(`* | where kind = '${caret}'`, ["Command"]);
  check(`* | stats c = count(1) ${caret}`, ["by"]);
  checkHas(`* | stats c = ${caret}`, ["count", "max"], ["lower"]);
  checkHas(`* | stats c = count(1) by ${caret}`, ["kind"], ["count"]);
  checkTaken(`* | project ${caret}`, "k8s.pod.name", '* | project "k8s.pod.name"');
  checkAll(`* | sort kind ${caret}`, ["desc", "asc"]);
  checkAll(`* | limit ${caret}`, ["100", "1000", "10", "10000"]);
  checkHas(`* | parse-csv kind ${caret}`, ["as", "-delim"]);
});

// ------------------------------------------------------------------------------------------------ any text

test("a list is wanted only where something has to follow", () => {
  const isOpen = (marked: string) => at(marked).found.isOpen;
  assert.deepEqual(
    [`kind: ${caret}`, `kind: a and ${caret}`, `* | ${caret}`, `* | select ${caret}`, `* | where ${caret}`].map(isOpen),
    [true, true, true, true, true],
  );
  assert.deepEqual(
    [`kind: a ${caret}`, `* | select kind ${caret}`, `* | select 1 from log ${caret}`, `* | sort kind ${caret}`].map(
      isOpen,
    ),
    [false, false, false, false],
  );
});
test("every place of every statement has its suggestions, in the text and around the place", () => {
  for (const statement of [...validStatements, ...brokenStatements]) {
    for (let offset = 0; offset <= statement.length; offset++) {
      for (const text of [statement, statement.slice(0, offset)]) {
        const found = complete(text, parseQueryFile(text), offset, knowledge);
        for (const item of found.items) {
          const { start, end } = item.written ?? found.written;
          assert.ok(0 <= start && start <= offset && offset <= end && end <= text.length, `${offset} ${text}`);
        }
      }
    }
  }
});
test("a value of any letters that is taken reads back as itself in either half", () => {
  for (const value of ["a b", "a'b", 'a"b', "a:b", "*", "ü", "and", "a|b", "''", "a\\b", "$1 {x} \\"]) {
    const values = new Map([["kind", [{ value, count: 1 }]]]);
    const known = { ...knowledge, values };
    for (const marked of [`kind: ${caret}`, `* | select 1 from log where kind = '${caret}'`]) {
      const { text, found } = at(marked, known);
      const item = found.items.find(({ subject }) => subject.kind === "value");
      const isSearch = marked.startsWith("kind");
      if (item === undefined) {
        assert.ok(isSearch && value.endsWith("\\"), value);
        continue;
      }
      const { start, end } = found.written;
      const { statement, problems } = parseStatement(text.slice(0, start) + plainText(item) + text.slice(end));
      assert.deepEqual(problems, [], value);
      const read = isSearch ? JSON.stringify(statement.search) : JSON.stringify(statement.analysis);
      assert.ok(read.includes(`"value":${JSON.stringify(value)}`), `${value}: ${read}`);
    }
  }
});
