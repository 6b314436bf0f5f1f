/** The suite of every log source, over an imported file in both shapes and over a log in memory. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { LogRecord } from "../../../src/audit/event.ts";
import { clusterId } from "../../../src/audit/ids.ts";
import type { Engine } from "../../../src/engine/client.ts";
import type { AnswerId } from "../../../src/logs/answerStore.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import { logSourceSuite, suiteRecords } from "../logs/logSourceSuite.ts";
import { collect, imported, never, question, TestFolder } from "./testEngine.ts";

let folder: TestFolder;
let engine: Engine;
let fromFile: Promise<LogSource> | undefined;
let inMemory: Promise<LogSource> | undefined;

before(async () => {
  folder = await TestFolder.make();
  engine = folder.engine();
});
after(() => folder[Symbol.asyncDispose]());

async function openFile(): Promise<LogSource> {
  const path = await folder.file("suite.ndjson", suiteRecords.map((one) => JSON.stringify(one)).join("\n"));
  return engine.source((await imported(engine, path)).id, clusterId("c1"));
}

async function openMemory(): Promise<LogSource> {
  assert.equal(await engine.createLog("suite", () => undefined), undefined);
  // In two steps and another order: neither may show.
  const half = Math.floor(suiteRecords.length / 2);
  assert.equal(await engine.appendRecords("suite", suiteRecords.slice(half)), undefined);
  assert.equal(await engine.appendRecords("suite", suiteRecords.slice(0, half)), undefined);
  return engine.source("suite", undefined);
}

logSourceSuite("a file", () => {
  fromFile ??= openFile();
  return fromFile;
});
logSourceSuite("a log in memory", () => {
  inMemory ??= openMemory();
  return inMemory;
});

// ------------------------------------------------------------------------------- what only the engine has

async function memory(name: string, records: readonly LogRecord[]): Promise<LogSource> {
  assert.equal(await engine.createLog(name, () => undefined), undefined);
  assert.equal(await engine.appendRecords(name, records), undefined);
  return engine.source(name, undefined);
}

test("a source of one cluster has that cluster's records alone", async () => {
  const rows = ["c1", "c1", "c2"].map((cluster, index) => ({
    __time__: "1760000000",
    kind: "Command",
    eventId: `e${index}`,
    clusterId: cluster,
  }));
  await memory("clusters", rows);
  const counts = await Promise.all(
    ["c1", "c2", "c3"].map(async (cluster) => {
      const source = engine.source("clusters", clusterId(cluster));
      const { rows: found } = await collect(source, question("* | select count(1) as c"));
      const { end } = await collect(source, question("*"));
      return [
        cluster,
        found[0]?.[0],
        end.kind === "end" ? end.total : undefined,
        (await source.bounds(never)) === undefined,
      ];
    }),
  );
  assert.deepEqual(counts, [
    ["c1", "2", 2, false],
    ["c2", "1", 1, false],
    ["c3", "0", 0, true],
  ]);
});
test("flat records are searched and answered under their own names", async () => {
  const source = await memory("flat", [
    {
      __time__: "1760000000",
      kind: "Command",
      "process.name": "rm",
      "process.cmdline": "rm -rf x",
      "process.pid": "7",
    },
    { __time__: "1760000001", kind: "Command", "process.name": "ls", "process.cmdline": "ls x", "process.pid": "8" },
  ]);
  const { columns, rows } = await collect(source, question("rm"));
  assert.deepEqual(
    columns.map(({ name, kind }) => [name, kind]),
    [
      ["__time__", "time"],
      ["kind", "text"],
      ["process.name", "text"],
      ["process.cmdline", "text"],
      ["process.pid", "number"],
    ],
  );
  assert.deepEqual(rows, [["1760000000", "Command", "rm", "rm -rf x", "7"]]);
});
test("columns that come late are added at the end", async () => {
  const old = Array.from({ length: 1_200 }, (_, index) => ({
    __time__: String(1_760_000_000 + index),
    kind: "Command",
    ...(index === 0 ? { zone: "z" } : {}),
  }));
  const { columns, rows } = await collect(await memory("late", old), question("*"));
  assert.deepEqual(
    columns.map(({ name }) => name),
    ["__time__", "kind", "zone"],
  );
  assert.equal(rows.length, 1_200);
  assert.deepEqual(rows.at(-1), ["1760000000", "Command", "z"]);
});
test("a log that is made anew is empty", async () => {
  const source = await memory("anew", [{ __time__: "1760000000", kind: "x" }]);
  assert.equal(await engine.createLog("anew", () => undefined), undefined);
  assert.equal(await source.bounds(never), undefined);
});
test("a log without records answers with none", async () => {
  const source = await memory("empty", []);
  const { rows, end } = await collect(source, question("*"));
  assert.ok(end.kind === "end");
  assert.deepEqual([rows, end.total], [[], 0]);
  assert.deepEqual((await collect(source, question("* | select count(1) as c"))).rows, [["0"]]);
  const landed = await source.askInto?.(question("*"), "empty" as AnswerId, never);
  assert.equal(landed?.kind, "end");
  assert.equal((await engine.answers.window("empty" as AnswerId, { sort: [], filter: "" }, 0, 1, never))?.rowCount, 0);
});
test("records without a time are not taken, none of them", async () => {
  await memory("timeless", []);
  const failure = await engine.appendRecords("timeless", [{ __time__: "1760000000", kind: "x" }, { kind: "y" }]);
  assert.equal(failure?.code, "engineFailed");
  assert.equal(await engine.source("timeless", undefined).bounds(never), undefined);
});
test("a log that is not there is not found", async () => {
  const { end } = await collect(engine.source("nowhere", undefined), question("*"));
  assert.deepEqual(end, { kind: "unreachable", reason: { code: "notFound", detail: "nowhere" } });
  assert.deepEqual(await engine.source("nowhere", undefined).bounds(never), { code: "notFound", detail: "nowhere" });
});
test("what DuckDB says against a statement is told as data", async () => {
  const source = await memory("rejected", [{ __time__: "1760000000", kind: "x" }]);
  const { end } = await collect(source, question("* | select cast(kind as bigint) as n"));
  assert.ok(end.kind === "refused");
  const [problem] = end.problems;
  assert.ok(problem?.code === "engine-rejected");
  assert.match(problem.detail, /Could not convert string 'x'/);
});
