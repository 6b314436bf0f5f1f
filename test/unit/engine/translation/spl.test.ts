import assert from "node:assert/strict";
import { test } from "node:test";
import { objects, problemsOf, type Rows, read, settled, translated } from "./store.ts";

/** A pipeline answers rows with these fields; a field that a row does not have is not in it. */
function check(claim: string, statement: string, rows: readonly Readonly<Record<string, string>>[]): void {
  test(`${claim}: ${statement}`, async () => {
    assert.deepEqual(await objects(statement), rows);
  });
}

/** The same without the time, which is always there. */
function checkFields(claim: string, statement: string, ...rows: readonly Readonly<Record<string, string>>[]): void {
  test(`${claim}: ${statement}`, async () => {
    const found = await objects(statement);
    assert.deepEqual(
      found.map(({ __time__: time, ...fields }) => {
        assert.match(time ?? "", /^17600\d+$/);
        return fields;
      }),
      rows,
    );
  });
}

function refuse(statement: string, ...codes: readonly string[]): void {
  test(`refused: ${statement}`, () => {
    const told = problemsOf(statement).map((problem) => ("what" in problem ? problem.what : problem.code));
    assert.deepEqual(told, codes);
  });
}

const at = (ofEvent: string): string => `eventId: ${ofEvent}`;

// "Field operation instructions" of the SLS documentation. The time is kept whatever is chosen.
check("project keeps fields, newest first", `kind: Kubernetes | project kind, eventId`, [
  { __time__: "1760003600", kind: "Kubernetes", eventId: "e-6" },
  { __time__: "1760000000", kind: "Kubernetes", eventId: "e-1" },
]);
check("project gives new names", `${at("e-2")} | project program="process.name", eventId`, [
  { __time__: "1760000005", program: "rm", eventId: "e-2" },
]);
checkFields("project by a pattern", `${at("e-8")} | project -wildcard "process.*", "reg*"`, {
  "process.name": "ls",
  "process.cmdline": "ls -l",
  "process.pid": "8",
  region: "cn-hangzhou",
});
checkFields("a star is a pattern without the option too", `${at("e-8")} | project "__tag__:*"`, {
  "__tag__:__hostname__": "node-1",
});
checkFields("a star in the middle", `${at("e-8")} | project "*s.n*e"`, { "process.name": "ls" });
checkFields("names in any case", `${at("e-8")} | project REGION, EVENTID`, { region: "cn-hangzhou", eventId: "e-8" });
checkFields("what lies in a JSON field can be named", `${at("e-1")} | project "k8s.pod.labels.app"`, {
  "k8s.pod.labels.app": "web",
});
checkFields(
  "project-away takes fields away, and leaves the time",
  `${at("e-8")} | project -wildcard "re*", quote | project-away quote, __time__, nosuch`,
  { region: "cn-hangzhou", remark: "" },
);
checkFields(
  "project-away by a pattern",
  `${at("e-8")} | project -wildcard "re*", quote | project-away -wildcard "re*"`,
  { quote: `it's "q" \\ 100%` },
);
checkFields("project-rename leaves the others", `${at("e-8")} | project region, quote | project-rename place=region`, {
  place: "cn-hangzhou",
  quote: `it's "q" \\ 100%`,
});
checkFields(
  "two fields change names",
  `${at("e-8")} | project region, latency | project-rename region=latency, latency=region`,
  { region: "12.5", latency: "cn-hangzhou" },
);

checkFields("a field under two names is two", `${at("e-8")} | project region, place=region | project-away region`, {
  place: "cn-hangzhou",
});
checkFields("one of two names of a field changes", `${at("e-8")} | project region, a=region | project-rename b=a`, {
  region: "cn-hangzhou",
  b: "cn-hangzhou",
});

// "SQL calculation instructions".
checkFields("where filters", `* | where "process.name" = 'rm' | project eventId`, { eventId: "e-2" });
checkFields("where after where", `* | where kind = 'Command' | where "process.name" = 'rm' | project eventId`, {
  eventId: "e-2",
});
checkFields("where by a function", `* | where regexp_like("process.cmdline", '^/usr') | project eventId`, {
  eventId: "e-4",
});
checkFields(
  "a number's field is a text, to be cast",
  `* | where cast("process.pid" as bigint) >= 34 | project "process.pid"`,
  { "process.pid": "34" },
);
checkFields("a field that some records lack", `* | where region is not null | project eventId`, { eventId: "e-8" });
checkFields(
  "extend computes from what was there",
  `${at("e-8")} | extend region = upper(region), place = region | project place, region`,
  {
    place: "cn-hangzhou",
    region: "CN-HANGZHOU",
  },
);
checkFields("what extend computes has its type", `${at("e-2")} | extend n = 7 / 2, d = 7 / 2.0 | project n, d`, {
  n: "3",
  d: "3.5",
});
checkFields(
  "a key of a JSON field in the case of SQL",
  `${at("e-2")} | extend parent = json_extract_scalar(process, '$.parentname') | project parent`,
  { parent: "bash" },
);
check("the time can be set", `${at("e-2")} | extend __time__ = __time__ - 5 | project eventId`, [
  { __time__: "1760000000", eventId: "e-2" },
]);

// "Aggregation instructions": by ip 192.168.1.1 twice and 192.168.1.2 once in the documentation.
check("stats by a field", "kind: Command | stats pv=count(*) by __source__ | sort pv desc, __source__", [
  { __source__: "10.0.0.7", pv: "2" },
  { __source__: "10.0.0.8", pv: "2" },
  { __source__: "10.0.0.9", pv: "2" },
]);
check(
  "stats of casts",
  `kind: Command | extend pid=cast("process.pid" as bigint) | stats low=min(pid), high=max(pid) by __source__ | sort high desc`,
  [
    { __source__: "10.0.0.8", low: "33", high: "34" },
    { __source__: "10.0.0.7", low: "31", high: "32" },
    { __source__: "10.0.0.9", low: "7", high: "8" },
  ],
);
check("stats of all", "* | stats pv=count(*)", [{ pv: "8" }]);
check("the smallest text is not the smallest number", `* | stats low=min("process.pid")`, [{ low: "31" }]);
check(
  "other functions of stats",
  `* | extend long = length(eventId) > 2, pid = cast("process.pid" as bigint) | stats a=approx_distinct(kind), b=bool_and(long), c=count_if(long), d=sum(pid), e=avg(pid), f=approx_percentile(pid, 0.5), g=every(long), h=count("process.pid")`,
  [{ a: "2", b: "true", c: "8", d: "145", e: "24.166666666666668", f: "32", g: "true", h: "6" }],
);
check("where behind stats", "* | stats pv=count(*) by kind | where pv > 2", [{ kind: "Command", pv: "6" }]);
check("extend behind stats", "* | stats pv=count(*) | extend twice = pv * 2", [{ pv: "8", twice: "16" }]);
check("stats of stats", "* | stats pv=count(*) by kind | stats kinds=count(*)", [{ kinds: "2" }]);
check("sort ascending by nothing else said", "* | stats pv=count(*) by kind | sort pv", [
  { kind: "Kubernetes", pv: "2" },
  { kind: "Command", pv: "6" },
]);
check("limit behind sort", "* | stats pv=count(*) by kind | sort pv desc | limit 1", [{ kind: "Command", pv: "6" }]);
check("limit behind project takes the newest", "* | project eventId | limit 1", [
  { __time__: "1760003610", eventId: "e-8" },
]);
check(
  "sort by what is projected away later",
  "* | project eventId, traceId | sort eventId | limit 1 | project traceId",
  [{ __time__: "1760000000", traceId: "t-1" }],
);
check("fields without a value sort last", `* | project "process.pid" | sort "process.pid" desc | limit 1`, [
  { __time__: "1760003610", "process.pid": "8" },
]);

test("stats answers 100 rows, and more with a limit", async () => {
  const groups = "* | extend n = '1' | stats c=count(*) by n";
  const { sql } = await settled(groups);
  assert.match(sql, / LIMIT 100$/);
  assert.match((await settled(`${groups} | limit 500`)).sql, /LIMIT 500/);
  assert.doesNotMatch((await settled(`${groups} | limit 500`)).sql, /LIMIT 100\b/);
});

// "Instructions for extracting semi-structured data" and "Parse and update JSON data".
const data = `extend data = '{"k1": "v1", "k2": {"k3": "v3", "k4": "v4"}}'`;
checkFields("the first level of JSON", `${at("e-2")} | ${data} | parse-json data | project k1, k2`, {
  k1: "v1",
  k2: '{"k3":"v3","k4":"v4"}',
});
checkFields(
  "the next level by a function",
  `${at("e-2")} | ${data} | parse-json data | extend k3 = json_extract_scalar(k2, '$.k3') | project k1, k3`,
  { k1: "v1", k3: "v3" },
);
checkFields(
  "a part of JSON with a prefix",
  `${at("e-2")} | ${data} | parse-json -path='$.k2' -prefix='in_' data | project -wildcard "in_*"`,
  { in_k3: "v3", in_k4: "v4" },
);
checkFields(
  "each record has its own keys",
  `kind: Command | parse-json process | where exe is not null | project exe`,
  {
    exe: "/bin/zebra",
  },
);
checkFields(
  "null, a text that is no JSON and a list give nothing",
  `${at("e-2")} | extend data = '{"eventId": null, "a": 1}', no = 'nope', list = '[1]' | parse-json data | parse-json no | parse-json list | project eventId, a`,
  { eventId: "e-2", a: "1" },
);
checkFields(
  "a field that was there keeps its value where the new one is null",
  `eventId: e-1 or eventId: e-2 | extend region = eventId, data = case when eventId = 'e-2' then '{"region": "new"}' end | parse-json data | project region`,
  { region: "new" },
  { region: "e-1" },
);
checkFields(
  "a field of another type keeps its value",
  `${at("e-2")} | extend n = 5, data = '{"n": "6", "__time__": "7"}' | parse-json data | project n`,
  { n: "5" },
);
checkFields("a field that is no text is left alone", `${at("e-2")} | extend n = 5 | parse-json n | project n`, {
  n: "5",
});

const line = "extend content = '10.0.0.0 GET /index.html 15824 0.043'";
checkFields(
  "parts of a text one by one",
  `${at("e-2")} | ${line} | parse-regexp content, '(\\S+)' as ip | parse-regexp content, '\\S+\\s+(\\w+)' as method | project ip, method`,
  { ip: "10.0.0.0", method: "GET" },
);
checkFields(
  "parts of a text at once",
  `${at("e-2")} | ${line} | parse-regexp content, '(\\S+)\\s+(\\w+)' as ip, method | project ip, method`,
  { ip: "10.0.0.0", method: "GET" },
);
checkFields(
  "more than nine groups",
  `${at("e-2")} | extend t = 'abcdefghijkl' | parse-regexp t, '${"(.)".repeat(12)}' as a,b,c,d,e,f,g,h,i,j,k,l | project a, j, l`,
  { a: "a", j: "j", l: "l" },
);
checkFields(
  "groups with names, and what is no group",
  `${at("e-2")} | ${line} | parse-regexp content, '(?:\\d+\\.)+(?P<last>[()0-9]+)\\((?P<no>x)|(?<verb>GET|PUT)' | project last, no, verb`,
  { last: "", no: "", verb: "GET" },
);
checkFields(
  "a text that does not match keeps what was there",
  `${at("e-2")} | ${line}, method = 'old' | parse-regexp content, '^(PUT)' as method | project method`,
  { method: "old" },
);
checkFields(
  "a group without a match is empty",
  `${at("e-2")} | ${line} | parse-regexp content, '(GET)(x)?' as a, b | project a, b`,
  { a: "GET", b: "" },
);

checkFields(
  "cells of a line",
  `${at("e-2")} | extend content = 'a,b,c' | parse-csv content as x, y, z | project x, y, z`,
  {
    x: "a",
    y: "b",
    z: "c",
  },
);
checkFields(
  "another delimiter",
  `${at("e-2")} | extend content = 'a|b^c' | parse-csv -delim='|' content as x, y | project x, y`,
  { x: "a", y: "b^c" },
);
checkFields(
  "a delimiter of three signs, and one that cannot be typed",
  `${at("e-2")} | extend one = 'a$$$b', two = concat('a', chr(9), 'b') | parse-csv -delim='$$$' one as a, b | parse-csv -delim='\\t' two as c, d | project a, b, c, d`,
  { a: "a", b: "b", c: "a", d: "b" },
);
checkFields(
  "cells in quotes",
  `${at("e-2")} | extend content = '101.132|"GET /a?ad=5|8| HTTP/1.1"|200||"say ""hi"""' | parse-csv -delim='|' -quote='"' content as addr, request, status, none, said | project addr, request, status, none, said`,
  { addr: "101.132", request: "GET /a?ad=5|8| HTTP/1.1", status: "200", none: "", said: 'say "hi"' },
);
checkFields(
  "without a quote, quotes are signs",
  `${at("e-2")} | extend content = '"a,b"' | parse-csv content as x, y | project x, y`,
  { x: '"a', y: 'b"' },
);
checkFields(
  "fewer and more cells than fields",
  `${at("e-2")} | extend content = 'a,b' | parse-csv content as x, y, z | parse-csv content as w | project x, y, z, w`,
  { x: "a", y: "b", z: "", w: "a" },
);
checkFields(
  "strictly, the numbers have to be the same",
  `${at("e-2")} | extend content = 'a,b' | parse-csv -strict content as x, y, z | parse-csv -strict content as v, w | project x, v, w`,
  { v: "a", w: "b" },
);

// "Extract dynamic key-value pairs from strings".
checkFields(
  "pairs at two delimiters",
  `${at("e-2")} | extend k1 = 'q=asd&a=1&b=2&__1__=3' | parse-kv k1, '&', '=' | project q, a, b, "__1__"`,
  { q: "asd", a: "1", b: "2", __1__: "3" },
);
checkFields(
  "pieces that are no pairs are left out",
  `${at("e-2")} | extend content1 = 'k1="helloworld",the change world, k2="good"' | parse-kv content1, ',', '=' | project k1, k2`,
  { k1: '"helloworld"', k2: '"good"' },
);
checkFields(
  "names with a prefix",
  `${at("e-2")} | extend k1 = 'q=asd&a=1&b=2' | parse-kv -prefix='start_' k1, '&', '=' | project -wildcard "start_*"`,
  { start_a: "1", start_b: "2", start_q: "asd" },
);
checkFields(
  "of two pairs with one name the last counts, and a value may hold the separator",
  `${at("e-2")} | extend kv = 'a=1;a=x=y;b=' | parse-kv kv, ';', '=' | project a, b`,
  { a: "x=y", b: "" },
);
checkFields(
  "pairs by a regular expression",
  `${at("e-2")} | extend kv = 'a:1, b:22' | parse-kv -regexp kv, '(\\w+):(\\d+)' | project a, b`,
  { a: "1", b: "22" },
);

checkFields(
  "pack-fields makes one field of many",
  `${at("e-8")} | project region, latency, "process.cwd", eventId | pack-fields -include='region|lat.*|process.*' as packed`,
  { eventId: "e-8", packed: '{"region":"cn-hangzhou","latency":"12.5"}' },
);
checkFields(
  "pack-fields keeps what it packs if asked, and excludes",
  `${at("e-8")} | project region, latency | pack-fields -keep -exclude='lat.*' as packed`,
  { region: "cn-hangzhou", latency: "12.5", packed: '{"region":"cn-hangzhou"}' },
);

test("a pipeline without project answers the fields of the records, and what is read first beside them", async () => {
  const { columns, namesColumns, countSql } = await settled("eventId: e-8 | where region is not null");
  assert.deepEqual(
    columns.filter(({ derived }) => !derived).map(({ name }) => name),
    [
      ...["__time__", "time", "__source__", "__topic__", "kind", "traceId", "eventId", "clusterId", "k8s", "host"],
      ...["process", "kubeObject", "k8s.pod.namespace", "k8s.pod.name", "process.name", "process.cmdline"],
      ...["process.pid", "region", "latency", "remark", "__tag__:__hostname__", "quote"],
    ],
  );
  assert.ok(columns.some(({ name, derived }) => name === "k8s.user.username" && derived === true));
  assert.equal(namesColumns, false);
  assert.deepEqual(await read(countSql ?? ""), [["1"]]);
});

test("a pipeline answers as many rows as the question takes, and counts all", async () => {
  const { sql, countSql, namesColumns } = await settled("kind: Command | project eventId", { maxRows: 2 });
  assert.deepEqual(await read(sql), [
    ["1760003610", "e-8"],
    ["1760003605", "e-7"],
  ] satisfies Rows);
  assert.deepEqual(await read(countSql ?? ""), [["6"]]);
  assert.equal(namesColumns, true);
});

test("how many rows there are is not counted where the pipeline says how many it answers", async () => {
  assert.equal((await settled("* | stats n=count(*)")).countSql, undefined);
  assert.equal((await settled("* | project eventId | limit 3")).countSql, undefined);
});

test("a log with too many keys tells those of the records that were found", async () => {
  const { columns } = await settled("eventId: e-8 | where kind = 'Command'", { keys: undefined });
  const own = columns.filter(({ derived }) => !derived).map(({ name }) => name);
  assert.ok(own.includes("region") && own.includes("process.name"));
  assert.ok(!own.includes("kubeObject"));
});

test("columns say what they hold", async () => {
  const { columns } = await settled(`* | extend n = 1, d = now(), l = split('a', ',') | project kind, k8s, n, d, l`);
  assert.deepEqual(columns, [
    { name: "__time__", kind: "time" },
    { name: "kind", kind: "text" },
    { name: "k8s", kind: "json" },
    { name: "n", kind: "number" },
    { name: "d", kind: "time" },
    { name: "l", kind: "json" },
  ]);
});

test("more fields than an answer has columns are refused", async () => {
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 301 }, (_, index) => [`k${index}`, 1])));
  const text = `eventId: e-2 | extend data = '${many}' | parse-json data`;
  const step = translated(text);
  assert.ok(step.kind === "names");
  const names = (await read(step.sql)).map(([name]) => name ?? "");
  assert.equal(names.length, 301);
  const told = step.go(names);
  assert.ok(told.kind === "refused");
  assert.deepEqual(told.problems, [
    {
      code: "not-translatable",
      severity: "error",
      what: "fieldCount",
      span: { start: text.indexOf("parse-json"), end: text.length },
    },
  ]);
});

test("with_pack_meta alone is the search, and here no record has such", () => {
  assert.equal(translated("kind: Command | with_pack_meta").kind, "records");
});

// "SPL syntax" lets `sort` and `limit` stand behind `project` or `stats` only.
refuse("* | sort kind", "splOrder");
refuse("* | where kind = 'x' | limit 5", "splOrder");
refuse("* | project kind | limit 1.5", "limit");
refuse("* | project kind | limit 1, 2", "splArguments");
refuse("* | stats n=count(kind) + 1", "statsAggregate");
refuse("* | stats n=count(lower(kind))", "statsAggregate");
refuse("* | stats n=stddev(kind)", "statsAggregate");
refuse("* | stats count(*)", "statsAggregate");
refuse("* | stats n=sum(kind)", "function-arguments");
refuse("* | extend n = count(*)", "statsAggregate");
refuse("* | where row_number() over (order by kind) = 1", "statsAggregate");
refuse(`* | where "process.pid" > 5`, "function-arguments");
refuse("* | extend __time__ = kind", "function-arguments");
refuse("* | project nosuch, kind", "column-unknown");
refuse("* | where nosuch = '1'", "column-unknown");
refuse("* | project a=kind, a=eventId", "column-ambiguous");
refuse("* | project __time__=kind", "splArguments");
refuse("* | project-rename t=__time__", "splArguments");
refuse("* | project-rename a=kind, a=eventId", "column-ambiguous");
refuse("* | project-rename a=kind, b=kind", "splArguments");
refuse("* | project -fast kind", "splArguments");
refuse("* | extend lower(kind)", "splArguments");
refuse("* | parse-json -mode='full' process", "splArguments");
refuse("* | parse-json -path='$..a' process", "splArguments");
refuse("* | parse-kv process", "splArguments");
refuse("* | parse-kv -delims='&' process, '&', '='", "splArguments");
refuse("* | parse-csv process", "splArguments");
refuse("* | parse-csv -delim='abcd' process as a", "splArguments");
refuse("* | parse-csv -delim='ab' -quote='x' process as a", "splArguments");
refuse("* | parse-regexp process, '(a)' as a, b", "splArguments");
refuse("* | parse-regexp process, kind as a", "splArguments");
refuse("* | parse-regexp process, 'a'", "splArguments");
refuse("* | pack-fields -ltrim='x' as a", "splArguments");
refuse("* | pack-fields -include='x'", "splArguments");
refuse("* | where kind in (select kind from log)", "splArguments");
refuse("* | make-series a=count(*) | where nosuch", "spl", "column-unknown");
refuse("* | where kind = 'x' | with_pack_meta", "spl");
refuse(`* | ${Array.from({ length: 65 }, () => "where kind = 'x'").join(" | ")}`, "too-deep");

test("a refused command is named by its place", () => {
  const [problem] = problemsOf("* | where kind = 'x' | render kind");
  assert.deepEqual(problem?.span, { start: 23, end: 29 });
});

test("no text of a pipeline gets into the SQL but as a literal", async () => {
  const hostile = `"; drop table log; --`;
  const { columns } = await settled(`${at("e-2")} | extend "${hostile.replaceAll('"', '""')}" = '${hostile}'`);
  assert.ok(columns.some(({ name }) => name === hostile));
  const rows = await objects(
    `${at("e-2")} | extend data = '{"${hostile.replace('"', '\\"')}": "x"}' | parse-json data | project -wildcard "*drop*"`,
  );
  assert.deepEqual(rows, [{ __time__: "1760000005", [hostile]: "x" }]);
});
