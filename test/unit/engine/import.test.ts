import assert from "node:assert/strict";
import { readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { LogRecord } from "../../../src/audit/event.ts";
import type { Engine, ImportedStore, ImportProgress } from "../../../src/engine/client.ts";
import { recordLines } from "../../bench/local/records.ts";
import { imported, importFile, never, question, recordsOf, TestFolder } from "./testEngine.ts";

let folder: TestFolder;
let engine: Engine;

before(async () => {
  folder = await TestFolder.make();
  engine = folder.engine();
});
after(() => folder[Symbol.asyncDispose]());

const lines = [...recordLines(300, 1)];
const records = lines.map((line) => JSON.parse(line) as LogRecord);

/** Records in one order, whatever order they and their keys came in. */
function sorted(all: readonly LogRecord[]): readonly string[] {
  return all.map((record) => JSON.stringify(Object.entries(record).sort())).sort();
}

/** Imports a file and checks that each record comes back value for value. */
async function check(
  name: string,
  content: string | Uint8Array,
  expected: readonly LogRecord[],
): Promise<ImportedStore> {
  const store = await imported(engine, await folder.file(name, content));
  assert.deepEqual(sorted(await recordsOf(engine.source(store.id, undefined), question("*"))), sorted(expected));
  assert.equal(store.recordCount, expected.length);
  return store;
}

async function refused(name: string, content: string | Uint8Array, reason: string): Promise<void> {
  assert.deepEqual(await importFile(engine, await folder.file(name, content)), { kind: "notAuditLog", reason });
}

function csv(all: readonly LogRecord[], names: readonly string[], delimiter = ","): string {
  const cell = (text: string): string => (/["\n\r,;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rows = all.map((record) => names.map((name) => cell(record[name] ?? "")).join(delimiter));
  return `${[names.map(cell).join(delimiter), ...rows].join("\n")}\n`;
}

const names = [...new Set(records.flatMap(Object.keys))];

/** CSV cannot tell an empty text from none. */
function withoutEmpty(record: LogRecord): LogRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== ""));
}

// ------------------------------------------------------------------------------------------------ formats

test("one record a line", async () => {
  await check("lines.ndjson", `${lines.join("\n")}\n`, records);
});
test("one record a line, the last without an end", async () => {
  await check("open.ndjson", lines.join("\n"), records);
});
test("lines that end with CR LF, blank lines between them", async () => {
  await check("crlf.ndjson", `${lines.join("\r\n \t\r\n\r\n")}\r\n`, records);
});
test("a byte order mark before the first line", async () => {
  const store = await check("bom.ndjson", `\uFEFF${lines.join("\n")}\n`, records);
  assert.equal(store.rejectedCount, 0);
});
test("a JSON array on one line", async () => {
  await check("array.json", JSON.stringify(records), records);
});
test("a JSON array with one record a line", async () => {
  await check("array-lines.json", `[\n${lines.join(",\n")}\n]\n`, records);
});
test("a JSON array over many lines, with a byte order mark", async () => {
  await check("array-pretty.json", `\uFEFF${JSON.stringify(records, undefined, 2)}`, records);
});
test("CSV", async () => {
  await check("rows.csv", csv(records, names), records.map(withoutEmpty));
});
test("CSV with semicolons, CR LF and a byte order mark", async () => {
  await check("rows-2.csv", `\uFEFF${csv(records, names, ";").replaceAll("\n", "\r\n")}`, records.map(withoutEmpty));
});
test("CSV with tabs", async () => {
  await check("rows.tsv", csv(records, names, "\t"), records.map(withoutEmpty));
});
test("CSV whose cells hold line breaks", async () => {
  const broken = records.slice(0, 5).map((record) => ({ ...record, note: `first\nsecond "quoted", third\n` }));
  await check("rows-lines.csv", csv(broken, [...names, "note"]), broken.map(withoutEmpty));
});
test("what gzip made of lines, told by its content and not by its name", async () => {
  await check("packed.log", gzipSync(`${lines.join("\n")}\n`), records);
});
test("what gzip made of an array", async () => {
  await check("array.json.gz", gzipSync(JSON.stringify(records)), records);
});
test("what gzip made of CSV", async () => {
  await check("rows.csv.gz", gzipSync(csv(records, names)), records.map(withoutEmpty));
});
test("several gzip files put behind each other", async () => {
  const half = [lines.slice(0, 100), lines.slice(100)].map((part) => gzipSync(`${part.join("\n")}\n`));
  await check("two.gz", Buffer.concat(half), records);
});
test("a path with the signs of a pattern and a quote in it", async () => {
  await check("it's [1] * ? {a,b}.ndjson", lines.join("\n"), records);
});

// ------------------------------------------------------------------------------------------------- shapes

const at = { __time__: "1760000000" };

test("fields that nobody knows come back with their names and values", async () => {
  const unknown: LogRecord = {
    ...at,
    kind: "Command",
    "__tag__:__receive_time__": "1760000003",
    "__tag__:__path__": "/var/log/a:b",
    "a.b": "dotted",
    "a/b~c": "slashed",
    'quo"te': "x",
    "": "no name",
    字段: "值 \u{1F600}",
    constructor: "c",
    text: 'line 1\nline 2\t"quoted" \\ \u0000 \u2028 end',
    empty: "",
    NaN: "NaN",
  };
  await check("unknown.ndjson", JSON.stringify(unknown), [unknown]);
});
test("a key named as the prototype of objects is a field as any other", async () => {
  const store = await imported(
    engine,
    await folder.file("proto.ndjson", '{"__time__":"1760000000","kind":"x","__proto__":"y"}'),
  );
  const answer = engine.source(store.id, undefined).ask(question("*"), never);
  for await (const part of answer) {
    if (part.kind === "rows") {
      assert.deepEqual(
        part.columns.map(({ name }) => name),
        ["__time__", "kind", "__proto__"],
      );
      assert.deepEqual(part.rows, [["1760000000", "x", "y"]]);
    }
  }
});
test("the text of a JSON field comes back exactly as it was recorded", async () => {
  const spaced: LogRecord = {
    ...at,
    kind: "Command",
    process: ' {"name" : "rm",  "pid": 031, "cmdline":"a\\u0062c" ',
    k8s: '{"pod":{"name":"web-0"},"pod":{"name":"web-1"}}',
    host: "",
  };
  await check("spaced.ndjson", JSON.stringify(spaced), [spaced]);
});
test("real nested objects are answered as JSON text", async () => {
  const nested =
    '{"__time__":1760000000,"kind":"Command","ok":true,"none":null,"big":12345678901234567890123,"process":{"name":"rm","pid":31,"user":{"uid":"0"}},"list":[1,"a"]}';
  await check("nested.ndjson", nested, [
    {
      __time__: "1760000000",
      kind: "Command",
      ok: "true",
      big: "12345678901234567890123",
      process: '{"name":"rm","pid":31,"user":{"uid":"0"}}',
      list: '[1,"a"]',
    },
  ]);
});
test("flat rows come back under their own names", async () => {
  const flat: readonly LogRecord[] = [
    { __time__: "1760000000", clusterid: "c1", "process.name": "rm", "process.pid": "0031", "process.parentpid": "7" },
    { __time__: "1760000001", clusterId: "c1", "process.name": "ls", "process.pid": "31", "process.parentPid": "8" },
    { time: "2025-10-09T08:53:22Z", clusterid: "c2", "k8s.user.groups": '["a"]', pod_alias: "web-0" },
  ];
  await check("flat.ndjson", flat.map((row) => JSON.stringify(row)).join("\n"), flat);
});
test("a column spelled twice in one record keeps both values", async () => {
  const both: LogRecord = { ...at, kind: "x", traceId: "upper", traceid: "lower", clusterid: "c1" };
  await check("both.ndjson", JSON.stringify(both), [both]);
});
test("a file of raw and flat records keeps each in its shape", async () => {
  const flat: LogRecord = { __time__: "1760000000", kind: "Command", "process.name": "rm", "process.cmdline": "rm a" };
  const raw: LogRecord = { __time__: "1760000001", kind: "Command", process: '{"name":"ls","cmdline":"ls b"}' };
  await check("mixed.ndjson", `${JSON.stringify(flat)}\n${JSON.stringify(raw)}`, [flat, raw]);
});
test("of a thousand keys, each in one record only, three hundred get columns and the others are kept together", async () => {
  const many = Array.from({ length: 1_000 }, (_, index) => ({ ...at, kind: "x", [`key${index}`]: `value ${index}` }));
  const store = await imported(
    engine,
    await folder.file("many.ndjson", many.map((row) => JSON.stringify(row)).join("\n")),
  );
  const source = engine.source(store.id, undefined);
  assert.deepEqual(sorted(await recordsOf(source, question("*", { maxRows: 298 }))).length, 298);
  const all = await recordsOf(source, question("*"));
  const unpacked = all.map(({ __extract_others__: others, ...record }) => ({
    ...record,
    ...JSON.parse(others ?? "{}"),
  }));
  assert.equal(all.filter((record) => "__extract_others__" in record).length, 702);
  assert.deepEqual(sorted(unpacked), sorted(many));
});
test("of a key that stands twice in a record the last value counts", async () => {
  await check("twice.ndjson", '{"__time__":"1760000000","kind":"a","kind":"b","n":1,"n":12345678901234567890}', [
    { __time__: "1760000000", kind: "b", n: "12345678901234567890" },
  ]);
});
test("half a surrogate pair, which is no text, becomes the sign for that", async () => {
  await check("surrogate.ndjson", '{"__time__":"1760000000","kind":"x","cmdline":"a\\ud83d b"}', [
    { __time__: "1760000000", kind: "x", cmdline: "a\uFFFD b" },
  ]);
});
test("a line of eight megabytes", async () => {
  const long: LogRecord = { ...at, kind: "Command", note: "x".repeat(8 * 1024 * 1024) };
  await check("long.ndjson", `${lines[0]}\n${JSON.stringify(long)}\n${lines[1]}`, [...records.slice(0, 2), long]);
});
test("a record nested twenty thousand deep", async () => {
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  await check("deep.ndjson", `{"__time__":"1760000000","kind":"x","deep":${deep}}`, [{ ...at, kind: "x", deep }]);
});

// ----------------------------------------------------------------------------------------------- rejected

test("every rejected line is told with its number and why", async () => {
  const file = [
    lines[0],
    "{broken",
    "",
    '["a list"]',
    '{"kind":"Command","traceId":"t"}',
    '{"kind":"Command","time":"soon"}',
    "7",
    Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]),
    `${lines[1]} trailing`,
    lines[2],
    '{"__time__":"1760000000","kind":"Com',
  ].map((line) => Buffer.from(line ?? ""));
  const content = Buffer.concat(file.flatMap((line, index) => (index === 0 ? [line] : [Buffer.from("\n"), line])));
  const store = await check("rejected.ndjson", content, [records[0] ?? {}, records[2] ?? {}]);
  assert.equal(store.rejectedCount, 8);
  assert.deepEqual(store.rejected, [
    { line: 2, reason: "notJson" },
    { line: 4, reason: "notAnObject" },
    { line: 5, reason: "noTime" },
    { line: 6, reason: "noTime" },
    { line: 7, reason: "notAnObject" },
    { line: 8, reason: "notUtf8" },
    { line: 9, reason: "notJson" },
    { line: 11, reason: "truncated" },
  ]);
});
test("the first thousand rejected lines are named, all are counted", async () => {
  const store = await check("thousand.ndjson", `${"{\n".repeat(3_000)}${lines[0]}\n`, records.slice(0, 1));
  assert.equal(store.rejectedCount, 3_000);
  assert.deepEqual(
    store.rejected.map(({ line }) => line),
    Array.from({ length: 1_000 }, (_, index) => index + 1),
  );
});
test("a line beyond sixteen megabytes is passed over", async () => {
  const huge = `{"__time__":"1760000000","kind":"x","note":"${"x".repeat(40 * 1024 * 1024)}"}`;
  const store = await check("huge.ndjson", `${lines[0]}\n${huge}\n${lines[1]}\n`, records.slice(0, 2));
  assert.deepEqual(store.rejected, [{ line: 2, reason: "tooLong" }]);
});
test("a CSV row with a cell too many or too few, and a quote that nothing closes", async () => {
  const rows = csv(records.slice(0, 6), names).split("\n");
  rows[2] += ",more";
  rows[4] = `"open${rows[4]}`;
  const store = await check(
    "cells.csv",
    rows.join("\n"),
    [0, 2, 4, 5].map((index) => withoutEmpty(records[index] ?? {})),
  );
  assert.deepEqual(store.rejected, [
    { line: 3, reason: "wrongColumnCount" },
    { line: 5, reason: "wrongColumnCount" },
  ]);
});
test("a broken object of a JSON array is rejected, the others are kept", async () => {
  const parts = lines.slice(0, 5);
  parts[1] = parts[1]?.replace('"kind":"', '"kind":') ?? "";
  parts[3] = "5";
  const store = await check(
    "broken.json",
    `[\n${parts.join(",\n")}\n]`,
    [0, 2, 4].map((index) => records[index] ?? {}),
  );
  assert.deepEqual(store.rejected, [
    { line: 3, reason: "notJson" },
    { line: 5, reason: "notAnObject" },
  ]);
});
test("a JSON array cut between two objects is said to be cut", async () => {
  const store = await check("cut.json", `[\n${lines.slice(0, 3).join(",\n")},\n`, records.slice(0, 3));
  assert.deepEqual(store.rejected, [{ line: 5, reason: "truncated" }]);
});
test("a gzip file that was cut is kept up to the cut, and said to be cut", async () => {
  const packed = gzipSync(`${lines.join("\n")}\n`, { level: 0 });
  const store = await imported(engine, await folder.file("cut.gz", packed.subarray(0, packed.length >> 1)));
  const kept = await recordsOf(engine.source(store.id, undefined), question("*"));
  assert.ok(kept.length > 140, `${kept.length} records were kept.`);
  assert.deepEqual(sorted(kept), sorted(records.slice(0, kept.length)));
  assert.deepEqual(store.rejected, [{ line: kept.length + 1, reason: "truncated" }]);
});
test("a gzip file damaged in its middle is kept up to the damage", async () => {
  const packed = gzipSync(`${lines.join("\n")}\n`);
  packed.fill(0xff, packed.length - 2_000, packed.length - 1_000);
  const store = await imported(engine, await folder.file("damaged.gz", packed));
  assert.equal(store.rejected.at(-1)?.reason, "truncated");
  const kept = await recordsOf(engine.source(store.id, undefined), question("*"));
  assert.equal(kept.length, store.recordCount);
});

// ------------------------------------------------------------------------------------------ no audit log

test("an empty file", () => refused("empty.ndjson", "", "empty"));
test("a file of blank lines", () => refused("blank.ndjson", "\n \r\n\t\n", "empty"));
test("a picture", () =>
  refused("a.png", Buffer.from("89504e470d0a1a0a0000000d4948445200000100", "hex"), "unknownFormat"));
test("a text", () => refused("notes.txt", "Dear reader,\n\nthis is no log.\n", "unknownFormat"));
test("JSON lines without a time", () => refused("other.ndjson", '{"kind":"Command"}\n{"kind":"Pod"}\n', "noTime"));
test("JSON lines of another log", () =>
  refused("app.ndjson", '{"time":"2025-10-09T08:53:20Z","level":"info"}\n', "noAuditField"));
test("CSV without a time", () => refused("people.csv", "name,age\nAda,36\n", "noTime"));
test("CSV of another log", () => refused("app.csv", "time,level\n2025-10-09T08:53:20Z,info\n", "noAuditField"));
test("an audit log none of whose times can be read", () =>
  refused("no-time.ndjson", '{"time":"2025-10-09 08:53:20","kind":"Command"}\n', "noTime"));
test("a file that is not there", async () => {
  const outcome = await importFile(engine, join(folder.path, "nowhere"));
  assert.equal(outcome.kind, "unreadable");
});
test("a folder", async () => {
  const outcome = await importFile(engine, folder.path);
  assert.equal(outcome.kind, "unreadable");
});

// ------------------------------------------------------------------------------------------- what is told

test("clusters, the time range and the fields that no record has", async () => {
  const rows: readonly LogRecord[] = [
    { __time__: "1760000000", kind: "Command", clusterId: "c1", process: '{"name":"rm","pid":1}' },
    { __time__: "1760000060", kind: "Command", clusterid: "c1", process: '{"name":"rm","pid":1}' },
    { __time__: "1760000030", kind: "Command", clusterId: "c2", process: '{"name":"rm","pid":1}' },
    { __time__: "1760000030", kind: "Command", process: '{"name":"rm","parentpid":1}' },
  ];
  const store = await check("facts.ndjson", rows.map((row) => JSON.stringify(row)).join("\n"), rows);
  assert.deepEqual(store.clusters, [
    { id: "c1", recordCount: 2 },
    { id: "c2", recordCount: 1 },
    { id: undefined, recordCount: 1 },
  ]);
  assert.deepEqual(store.bounds, { fromMs: 1_760_000_000_000, toMs: 1_760_000_061_000 });
  assert.deepEqual(store.missingFields, [
    "__source__",
    "__topic__",
    "time",
    "traceId",
    "eventId",
    "k8s",
    "host",
    "kubeObject",
    "k8s.user.aliuid",
    "k8s.user.username",
    "k8s.user.groups",
    "k8s.pod.namespace",
    "k8s.pod.name",
    "k8s.pod.labels",
    "k8s.container.name",
    "k8s.container.image",
    "host.hostip",
    "host.nodename",
    "kubeobject.operation.kind",
    "kubeobject.operation.podexecoptions.container",
    "kubeobject.operation.podexecoptions.command",
    "kubeobject.operation.podexecoptions.commandstr",
    "process.cmdline",
    "process.cwd",
    "process.parentname",
    "process.user.uid",
  ]);
});
test("the first hundred records come beside the import, in the file's order, and progress ends at the end", async () => {
  const first: (readonly LogRecord[])[] = [];
  const progress: ImportProgress[] = [];
  const path = await folder.file("first.ndjson", lines.toReversed().join("\n"));
  const outcome = await engine.importFile(
    path,
    (told) => progress.push(told),
    (told) => first.push(told),
    never,
  );
  assert.equal(outcome.kind, "imported");
  assert.deepEqual(first, [records.toReversed().slice(0, 100)]);
  const size = (await stat(path)).size;
  assert.deepEqual(progress.at(-1), { bytesRead: size, bytesTotal: size, recordCount: 300 });
});
test("a file is imported once, until it changes", async () => {
  const path = await folder.file("again.ndjson", lines.slice(0, 10).join("\n"));
  const first = await imported(engine, path);
  assert.equal(first.reused, false);
  assert.deepEqual(await imported(engine, path), { ...first, reused: true });
  await utimes(path, new Date(), new Date(Date.now() + 5_000));
  assert.equal((await imported(engine, path)).reused, false);
  await writeFile(path, lines.slice(0, 11).join("\n"));
  assert.equal((await imported(engine, path)).recordCount, 11);
});
test("stores are for the user alone, and nothing else is left beside them", async () => {
  const names = await readdir(folder.stores);
  assert.deepEqual(
    names.filter((name) => !/^[0-9a-f]{64}\.duckdb$/.test(name)),
    [],
  );
  if (process.platform !== "win32") {
    const modes = await Promise.all(names.map(async (name) => (await stat(join(folder.stores, name))).mode & 0o777));
    assert.deepEqual([...new Set(modes)], [0o600]);
  }
});
