import assert from "node:assert/strict";
import { test } from "node:test";
import { engineRejected } from "../../../../src/engine/translation/refusal.ts";
import { steadyOffset } from "../../../../src/engine/translation/timeSql.ts";
import { answered, found, problemsOf, store, translated, wholeRange } from "./store.ts";

test("a search answers whole records, newest first, no more than asked for", async () => {
  assert.deepEqual(await found("*", { maxRows: 3 }), ["e-8", "e-7", "e-6"]);
});

test("the range has its first second and not its last", async () => {
  assert.deepEqual(await found("*", { range: { fromMs: 1_760_000_005_000, toMs: 1_760_000_070_000 } }), ["e-3", "e-2"]);
  assert.deepEqual(await found("*", { range: { fromMs: 1_760_000_004_001, toMs: 1_760_000_010_001 } }), ["e-3", "e-2"]);
});

test("a range without ends has every record", async () => {
  const range = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  assert.equal((await found("*", { range })).length, 8);
  assert.deepEqual(await answered("* | select date_trunc('day', min(__time__))", { range }), [
    ["2025-10-09 00:00:00.000"],
  ]);
});

test("the range and the cluster hold for SQL too", async () => {
  const range = { fromMs: 1_760_000_005_000, toMs: 1_760_003_606_000 };
  assert.deepEqual(await answered("* | select count(*)", { range, cluster: "c2" }), [["2"]]);
  assert.deepEqual(await answered("* | select count(*) from log a, log b", { range, cluster: "c2" }), [["4"]]);
});

test("one cluster's records", async () => {
  assert.deepEqual(await found("kind: Kubernetes", { cluster: "c1" }), ["e-1"]);
  assert.deepEqual(await found("kind: Kubernetes", { cluster: "it's none" }), []);
});

test("every reason is told at once, in the order of the text", () => {
  const codes = problemsOf("nosuch: 1 | select a, lenght(b) from log").map(({ code }) => code);
  assert.deepEqual(codes, ["column-unknown", "column-unknown", "function-unknown", "column-unknown"]);
});

test("what DuckDB says is told without the translation", () => {
  const span = { start: 0, end: 1 };
  assert.deepEqual(engineRejected("Binder Error: x\n\nLINE 1: SELECT", span), {
    code: "engine-rejected",
    severity: "error",
    detail: "Binder Error: x",
    span,
  });
  const zero = engineRejected("Conversion Error: Could not convert string 'Division by zero' to INT64", span);
  assert.ok(zero.code === "engine-rejected");
  assert.equal(zero.detail, "Division by zero");
});

test("a zone's offset is known where its clocks are not set", () => {
  assert.equal(steadyOffset("Asia/Shanghai", wholeRange.fromMs, wholeRange.toMs), 28_800);
  assert.equal(steadyOffset("UTC", 0, 1e12), 0);
  assert.equal(steadyOffset("America/New_York", Date.UTC(2025, 5, 1), Date.UTC(2025, 6, 1)), -14_400);
  assert.equal(steadyOffset("America/New_York", Date.UTC(2025, 9, 1), Date.UTC(2025, 11, 1)), undefined);
  assert.equal(steadyOffset("Asia/Kathmandu", 1_760_000_000_500, 1_760_086_400_000), 20_700);
  assert.equal(steadyOffset("No/Zone", 0, 1), undefined);
});

// Hostile text stays text. Each is put where a statement can hold a text or a name.
const hostile = [
  "'",
  "''",
  "' OR 1=1 --",
  "'); DROP TABLE log; --",
  '"; DROP TABLE log; --',
  "\\'",
  "\\",
  "$1 $0 $# $* $$",
  "%s {0} ?1 :x @at",
  "/* */ --",
  "\u0000",
  "a\u0000b",
  "\n;\n",
  "你好 😀 \u202e",
  "\ud800",
  "x'41'",
  "E'\\n'",
];

test("hostile texts in literals answer themselves", async () => {
  for (const text of hostile) {
    const literal = `'${text.replaceAll("'", "''")}'`;
    const expected = Buffer.from(text).toString();
    assert.deepEqual(await answered(`* | select ${literal}, concat(${literal}, ${literal}) limit 1`), [
      [expected, expected + expected],
    ]);
    assert.deepEqual(await answered(`* | select count(*) from log where kind = ${literal}`), [["0"]]);
    assert.deepEqual(
      await answered(`* | select json_extract('{}', '$["x"]'), replace(${literal}, 'no such', ${literal}) limit 1`),
      [[null, expected]],
    );
  }
});

test("hostile texts in formats, paths and patterns do no harm", async () => {
  for (const text of hostile.filter((each) => !each.includes("\u0000") && !each.includes("\ud800"))) {
    const quoted = text.replaceAll("'", "''");
    const rows = await answered(`* | select date_format(__time__, '${quoted}') limit 1`);
    assert.equal(rows.length, 1);
    await answered(`* | select regexp_replace('abc', 'b', '${quoted.replace(/\\$/, "\\\\")}') limit 1`);
    const path = `$["${text.replaceAll('"', "").replaceAll("\\", "").replaceAll("'", "''")}"]`;
    assert.deepEqual(await answered(`* | select json_extract(k8s, '${path}') limit 1`), [[null]]);
  }
});

test("hostile names name columns and tables, and nothing else", async () => {
  for (const text of hostile.filter((each) => !each.includes("\u0000"))) {
    const name = `"${text.replaceAll('"', '""')}"`;
    const rows = await answered(
      `* | select x.${name} as ${name} from (select 1 as ${name} limit 1) as x group by ${name} order by ${name}`,
    );
    assert.deepEqual(rows, [["1"]]);
    assert.deepEqual(
      problemsOf(`* | select ${name} from log`).map(({ code }) => code),
      ["column-unknown"],
    );
    assert.deepEqual(
      problemsOf(`* | select 1 from ${name}`).map(({ code }) => code),
      ["table-unknown"],
    );
    assert.deepEqual(
      problemsOf(`* | select ${name}(1) from log`).map(({ code }) => code),
      ["function-unknown"],
    );
    assert.deepEqual(await answered(`* | with ${name} as (select 7 as a limit 1) select t.a from ${name} as t`), [
      ["7"],
    ]);
  }
});

test("hostile texts in searches find nothing they should not", async () => {
  // A search has no way to write a text that ends in a backslash.
  for (const text of hostile.filter((each) => !each.endsWith("\\"))) {
    const quoted = `"${text.replaceAll('"', '\\"')}"`;
    for (const search of [
      `process.cmdline: ${quoted}`,
      `process.cmdline: #${quoted}`,
      quoted,
      `not ${quoted}`,
      `__topic__: ${quoted}`,
    ]) {
      const translation = translated(search);
      if (translation.kind === "records") await found(search);
      else
        assert.deepEqual(
          problemsOf(search).map((problem) => "what" in problem && problem.what),
          ["valueWithoutWord"],
        );
    }
    assert.deepEqual(
      problemsOf(`${quoted}: x`).map(({ code }) => code),
      ["column-unknown"],
    );
  }
  const rows = await (await store()).runAndReadAll("SELECT count(*) FROM log");
  assert.deepEqual(rows.getRowsJson(), [["8"]]);
});

test("hostile names of fields in the records are read as such", async () => {
  for (const text of hostile.filter((each) => !each.includes("\u0000") && each !== "\n;\n")) {
    const name = `"${text.replaceAll('"', '""')}"`;
    assert.deepEqual(await answered(`* | select ${name} from log limit 1`, { restNames: [text] }), [[null]]);
  }
});

test("the longest chains and the deepest nesting that a statement may have are translated", async () => {
  const words = Array.from({ length: 900 }, (_, index) => `w${index}`);
  assert.deepEqual(await found(words.map((word) => `process.name: ${word}`).join(" or ")), []);
  assert.equal((await found(words.map((word) => `not process.name: ${word}`).join(" and "))).length, 8);
  const either = words.map((word) => `kind = '${word}'`).join(" or ");
  assert.deepEqual(await answered(`* | select count(*) from log where ${either}`), [["0"]]);
  const nested = `${"(".repeat(150)}1${")".repeat(150)}`;
  assert.deepEqual(await answered(`* | select ${nested} limit 1`), [["1"]]);
});

test("calls in calls as a person writes them are answered", async () => {
  const replaced = `${"replace(".repeat(20)}kind${", 'x')".repeat(20)}`;
  const rounded = `${"round(".repeat(20)}1.5${" / 3.0, 2)".repeat(20)}`;
  const cut = `${"substr(".repeat(5)}kind${", __time__ % 3)".repeat(5)}`;
  const cast = `${"cast(cast(".repeat(5)}1.5${" as varchar) as double)".repeat(5)}`;
  assert.equal((await answered(`* | select ${replaced}, ${rounded}, ${cut}, ${cast} limit 1`)).length, 1);
});

test("calls in calls that would grow without end are refused", () => {
  const twice = `${"array_position(array[".repeat(60)}1${"], 1)".repeat(60)}`;
  const reduced = `${"reduce(array[1], 0, (s, x) -> ".repeat(40)}0.5${", s -> s)".repeat(40)}`;
  const parts = `${"substr(".repeat(20)}kind${", __time__)".repeat(20)}`;
  for (const expression of [twice, reduced, parts]) {
    assert.deepEqual(
      problemsOf(`* | select ${expression}`).map(({ code }) => code),
      ["too-deep"],
    );
  }
});
