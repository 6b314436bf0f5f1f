/** Pipelines of SPL, comparisons and padded series through the engine's process, and what it says it does. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { LogRecord } from "../../../src/audit/event.ts";
import type { Engine } from "../../../src/engine/client.ts";
import type { AnswerId } from "../../../src/logs/answerStore.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import { collect, imported, never, question, TestFolder } from "./testEngine.ts";

let folder: TestFolder;
let engine: Engine;
let source: LogSource;

const records: readonly LogRecord[] = [
  { __time__: "1760000000", kind: "Command", eventId: "e-1", process: '{"name":"rm","pid":3}', note: "a=1;b=2" },
  { __time__: "1760000060", kind: "Command", eventId: "e-2", process: '{"name":"ls","pid":4}' },
  { __time__: "1760003600", kind: "Kubernetes", eventId: "e-3", k8s: '{"user":{"username":"liu"}}' },
];

before(async () => {
  folder = await TestFolder.make();
  engine = folder.engine();
  const file = await folder.file("small.ndjson", records.map((record) => JSON.stringify(record)).join("\n"));
  source = engine.source((await imported(engine, file)).id, undefined);
});
after(() => folder[Symbol.asyncDispose]());

const names = (columns: readonly { readonly name: string }[]): readonly string[] => columns.map(({ name }) => name);

test("a pipeline without project answers whole records, and columns without a value are left out", async () => {
  const { columns, rows, end } = await collect(source, question("* | where eventId = 'e-3'"));
  assert.deepEqual(names(columns), ["__time__", "kind", "eventId", "k8s", "k8s.user.username"]);
  assert.deepEqual(rows, [["1760003600", "Kubernetes", "e-3", '{"user":{"username":"liu"}}', "liu"]]);
  assert.ok(end.kind === "end");
  assert.deepEqual([end.total, end.completeness.gaps], [1, []]);
});

test("a pipeline answers the fields that it names, with a value or not", async () => {
  const { columns, rows } = await collect(source, question("kind: Kubernetes | project eventId, note"));
  assert.deepEqual(names(columns), ["__time__", "eventId", "note"]);
  assert.deepEqual(rows, [["1760003600", "e-3", undefined]]);
});

test("fields that only the data names become columns", async () => {
  const asked = question("eventId: e-1 | parse-json process | parse-kv note, ';', '=' | project name, pid, a, b");
  const { columns, rows } = await collect(source, asked);
  assert.deepEqual(names(columns), ["__time__", "name", "pid", "a", "b"]);
  assert.deepEqual(rows, [["1760000000", "rm", "3", "1", "2"]]);
});

test("more rows than the question takes are told, and how many there are", async () => {
  const { rows, end } = await collect(source, question("* | where kind is not null", { maxRows: 2 }));
  assert.deepEqual(rows.length, 2);
  assert.ok(end.kind === "end");
  assert.deepEqual([end.total, end.completeness.gaps], [3, [{ kind: "rowCap", rows: 2 }]]);
});

test("a pipeline with stats has no more rows than it answers", async () => {
  const { rows, end } = await collect(source, question("* | stats n=count(*) by kind | sort n desc", { maxRows: 1 }));
  assert.deepEqual(rows, [
    ["Command", "2"],
    ["Kubernetes", "1"],
  ]);
  assert.ok(end.kind === "end");
  assert.deepEqual([end.total, end.completeness.gaps], [undefined, []]);
});

test("a pipeline goes into the answer store", async () => {
  const id = "pipeline" as AnswerId;
  const end = await source.askInto?.(question("kind: Command | parse-json process | where name = 'ls'"), id, never);
  assert.ok(end?.kind === "end");
  assert.deepEqual([end.total, end.completeness.gaps], [1, []]);
  const window = await engine.answers.window(id, { sort: [], filter: "" }, 0, 10, never);
  assert.deepEqual(names(window?.columns ?? []), [
    "__time__",
    "kind",
    "eventId",
    "process",
    "name",
    "pid",
    "process.name",
  ]);
  assert.deepEqual(window?.rows, [["1760000060", "Command", "e-2", '{"name":"ls","pid":4}', "ls", "4", "ls"]]);
});

test("a pipeline over a log with more keys than are remembered", async () => {
  const many = Array.from({ length: 400 }, (_, index) => ({
    __time__: "1760000000",
    kind: "x",
    [`key${index}`]: `value ${index}`,
  }));
  const file = await folder.file("many.ndjson", many.map((record) => JSON.stringify(record)).join("\n"));
  const log = engine.source((await imported(engine, file)).id, undefined);
  const { columns, rows } = await collect(log, question("* | where key100 = 'value 100'"));
  assert.deepEqual(names(columns), ["__time__", "kind", "key100"]);
  assert.deepEqual(rows, [["1760000000", "x", "value 100"]]);
  const others = await collect(log, question("* | where key7 = 'value 7'"));
  assert.deepEqual(names(others.columns), ["__time__", "kind", "__extract_others__"]);
  assert.deepEqual(others.rows, [["1760000000", "x", '{"key7":"value 7"}']]);
  const late = await collect(log, question("* | stats n=count(key399), o=count(*)"));
  assert.deepEqual(late.rows, [["1", "400"]]);
});

test("a statement that is refused while its names are looked up is refused", async () => {
  const { end } = await collect(source, question("* | parse-json process | project nosuch"));
  assert.ok(end.kind === "refused");
  assert.deepEqual(
    end.problems.map((problem) => [problem.code, problem.span]),
    [["column-unknown", { start: 33, end: 39 }]],
  );
});

test("a comparison reads the time before the question's range", async () => {
  const range = { fromMs: 1_760_003_600_000, toMs: 1_760_007_200_000 };
  const asked = question("* | select compare(n, 3600) from (select count(*) as n from log)", { range });
  assert.deepEqual((await collect(source, asked)).rows, [["[1.0,2.0,0.5]"]]);
});

test("a padded series covers the question's range", async () => {
  const range = { fromMs: 1_759_999_980_000, toMs: 1_760_000_160_000 };
  const series = "* | select time_series(__time__, '1m', '%H:%i', '0') as t, count(*) as n group by t order by t";
  assert.deepEqual((await collect(source, question(series, { range }))).rows, [
    ["08:53", "1"],
    ["08:54", "1"],
    ["08:55", "0"],
  ]);
});

test("the source explains what a question becomes", async () => {
  const explained = await source.explain?.(question("* | select count(*) as n from log"), never);
  assert.ok(explained?.kind === "sql");
  assert.match(explained.sql, /^SELECT CAST\("c0" AS VARCHAR\) AS "c0"\nFROM \(\n {2}SELECT count\(\*\) AS "c0"\n/);
  assert.match(explained.sql, /\n {4}FROM log\n/);
});

test("what is explained knows the fields that the data names", async () => {
  const explained = await source.explain?.(question("* | parse-json process | stats n=count(*) by name"), never);
  assert.ok(explained?.kind === "sql");
  assert.match(explained.sql, /json_extract_string\("f\d+", '\/name'\)/);
});

test("a search is explained too", async () => {
  const explained = await source.explain?.(question("kind: Command", { maxRows: 7 }), never);
  assert.ok(explained?.kind === "sql");
  assert.match(explained.sql, /^SELECT \*\nFROM log\nWHERE /);
  assert.match(explained.sql, /\nORDER BY "@at" DESC, "eventId" DESC\nLIMIT 7$/);
});

test("what is refused is explained by its problems", async () => {
  for (const statement of ["* | select nosuch from log", "* | select"]) {
    const explained = await source.explain?.(question(statement), never);
    assert.equal(explained?.kind, "refused");
  }
});

test("a log that is not there is not explained", async () => {
  const explained = await engine.source("nowhere", undefined).explain?.(question("*"), never);
  assert.deepEqual(explained, { kind: "unreachable", reason: { code: "notFound", detail: "nowhere" } });
});
