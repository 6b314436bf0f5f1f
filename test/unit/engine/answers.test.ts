import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Engine } from "../../../src/engine/client.ts";
import type { Cells, Column } from "../../../src/logs/answer.ts";
import type { AnswerFacts, AnswerId, AnswerStore, View } from "../../../src/logs/answerStore.ts";
import { land, StoreFailure } from "../../../src/logs/land.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import { recordLines } from "../../bench/local/records.ts";
import { never, question, TestFolder } from "./testEngine.ts";

let folder: TestFolder;
let engine: Engine;

before(async () => {
  folder = await TestFolder.make();
  engine = folder.engine();
});
after(() => folder[Symbol.asyncDispose]());

const columns: readonly Column[] = [
  { name: "name", kind: "text" },
  { name: "count", kind: "number" },
  { name: "at", kind: "time" },
];
const rows: readonly Cells[] = [
  ["beta", "10", "2025-10-09T08:53:20Z"],
  ["Alpha", "9", "2025-10-09T08:53:21Z"],
  ["gamma", undefined, "2025-10-10T08:53:20Z"],
  [undefined, "-3.5", "1760000000"],
  ["alpha", "none", undefined],
  ["delta", "9007199254740993", "1760000001"],
  ["epsilon", "9007199254740992", ""],
];
const plain: View = { sort: [], filter: "" };

function facts(id: AnswerId, options: Partial<AnswerFacts> = {}): AnswerFacts {
  return {
    id,
    title: "Programs",
    statement: '* | select "it\'s"\u0000',
    account: "Sample",
    clusters: ["shop"],
    range: { fromMs: 1, toMs: 2 },
    zone: "Asia/Shanghai",
    askedAtMs: 3,
    elapsedMs: 4,
    completeness: { gaps: [{ kind: "rowCap", rows: 7 }] },
    rowCount: rows.length,
    total: 9,
    columns,
    ...options,
  };
}

let count = 0;
async function stored(store: AnswerStore = engine.answers): Promise<AnswerId> {
  count += 1;
  const id = `answer-${count}` as AnswerId;
  await store.begin(id, columns);
  await store.append(id, columns, rows.slice(0, 3));
  await store.append(id, columns, rows.slice(3));
  return id;
}

async function check(view: Partial<View>, expected: readonly number[]): Promise<void> {
  const id = await stored();
  const window = await engine.answers.window(id, { ...plain, ...view }, 0, 100, never);
  assert.deepEqual(window?.ordinals, expected);
  assert.deepEqual(
    window.rows,
    expected.map((ordinal) => rows[ordinal]),
  );
  assert.equal(window.rowCount, expected.length);
}

const by = (column: string, descending = false): Partial<View> => ({ sort: [{ column, descending }] });

test("as they came", () => check({}, [0, 1, 2, 3, 4, 5, 6]));
test("texts sort without regard to case, then with it; none comes last", () =>
  check(by("name"), [1, 4, 0, 5, 6, 2, 3]));
test("none comes last downwards too", () => check(by("name", true), [2, 6, 5, 0, 4, 1, 3]));
test("numbers sort as numbers, to the last digit, before texts", () => check(by("count"), [3, 1, 0, 6, 5, 4, 2]));
test("numbers downwards", () => check(by("count", true), [5, 6, 0, 1, 3, 4, 2]));
test("seconds sort before written times", () => check(by("at"), [3, 5, 6, 0, 1, 2, 4]));
test("a second column decides between equals", () =>
  check(
    {
      sort: [
        { column: "nosuch", descending: false },
        { column: "name", descending: true },
      ],
    },
    [2, 6, 5, 0, 4, 1, 3],
  ));
test("a filter looks into every cell, without regard to case", () => check({ filter: "ALPHA" }, [1, 4]));
test("a filter is a text, not a pattern", () => check({ filter: "%" }, []));
test("a filter with a quote in it", () => check({ filter: "'" }, []));
test("a filter over a sorted view", () =>
  check(
    { ...by("name", true), filter: "0" },
    [2, 6, 5, 0, 1, 3].filter((row) => row !== 6 || true),
  ));

test("a window has the rows asked for, and none beyond the end", async () => {
  const id = await stored();
  const windows = await Promise.all(
    [
      [0, 2],
      [5, 10],
      [7, 10],
      [-3, 2],
      [2, 0],
    ].map(([from, size]) => engine.answers.window(id, plain, from ?? 0, size ?? 0, never)),
  );
  assert.deepEqual(
    windows.map((window) => window?.ordinals),
    [[0, 1], [5, 6], [], [0, 1], []],
  );
  assert.deepEqual(
    windows.map((window) => window?.rowCount),
    [7, 7, 7, 7, 7],
  );
});
test("columns may grow while rows are added; earlier rows do not have them", async () => {
  const id = "growing" as AnswerId;
  await engine.answers.begin(id, []);
  await engine.answers.append(id, columns.slice(0, 1), [["a"]]);
  await engine.answers.append(id, columns, [
    ["b", "2"],
    ["c", "3", "4"],
  ]);
  const window = await engine.answers.window(id, plain, 0, 10, never);
  assert.deepEqual(window?.columns, columns);
  assert.deepEqual(window.rows, [
    ["a", undefined, undefined],
    ["b", "2", undefined],
    ["c", "3", "4"],
  ]);
});
test("two columns of one name are two columns", async () => {
  const id = "twice" as AnswerId;
  const twice: readonly Column[] = [
    { name: "a", kind: "text" },
    { name: "a", kind: "text" },
  ];
  await engine.answers.begin(id, twice);
  await engine.answers.append(id, twice, [["1", "2"]]);
  assert.deepEqual((await engine.answers.window(id, plain, 0, 1, never))?.rows, [["1", "2"]]);
});
test("texts of every kind come back as they were", async () => {
  const id = "texts" as AnswerId;
  const texts = ["", " ", "\u0000", "a\u0000b", "\u2028\n\r\t\"'\\", "\u{1F600}", "字", "null", "x".repeat(2_000_000)];
  await engine.answers.begin(id, columns.slice(0, 1));
  await engine.answers.append(
    id,
    columns.slice(0, 1),
    texts.map((text) => [text]),
  );
  assert.deepEqual(
    (await engine.answers.window(id, plain, 0, 100, never))?.rows,
    texts.map((text) => [text]),
  );
});

test("finished facts come back, with the rows and columns that are stored", async () => {
  const id = await stored();
  assert.equal(await engine.answers.facts(id), undefined);
  const finished = await engine.answers.finish(facts(id, { rowCount: 0, columns: [] }));
  assert.deepEqual(finished, facts(id));
  assert.deepEqual(await engine.answers.facts(id), facts(id));
  assert.deepEqual((await engine.answers.window(id, plain, 0, 100, never))?.rows, rows);
});
test("an answer begun anew under the same id replaces the finished one", async () => {
  const id = await stored();
  await engine.answers.finish(facts(id));
  await engine.answers.begin(id, columns);
  assert.equal(await engine.answers.facts(id), undefined);
  assert.deepEqual((await engine.answers.window(id, plain, 0, 100, never))?.rows, []);
});
test("what was never begun, or is removed, is not there", async () => {
  const id = await stored();
  await engine.answers.finish(facts(id));
  await engine.answers.remove(id);
  assert.deepEqual(await engine.answers.facts(id), undefined);
  assert.deepEqual(await engine.answers.window(id, plain, 0, 1, never), undefined);
  assert.deepEqual(await engine.answers.finish(facts(id)), undefined);
  await assert.rejects(engine.answers.append(id, columns, rows), StoreFailure);
});
test("an id that looks like a path stays in the folder", async () => {
  const id = "../../outside" as AnswerId;
  await engine.answers.begin(id, columns);
  await engine.answers.append(id, columns, rows);
  await engine.answers.finish(facts(id));
  assert.equal((await engine.answers.facts(id))?.rowCount, 7);
  assert.deepEqual((await readdir(folder.path)).sort(), ["answers", "stores"]);
});

test("another process reads what is finished, and has no part in what is not", async () => {
  const finished = await stored();
  await engine.answers.finish(facts(finished));
  const begun = await stored();
  const other = folder.engine();
  assert.deepEqual(await other.answers.facts(finished), facts(finished));
  assert.deepEqual((await other.answers.window(finished, { ...plain, filter: "beta" }, 0, 9, never))?.rows, [rows[0]]);
  assert.equal(await other.answers.facts(begun), undefined);
  assert.equal(await other.answers.window(begun, plain, 0, 9, never), undefined);
  // Both read it at once, and the first goes on with its own.
  assert.equal((await engine.answers.window(finished, plain, 0, 9, never))?.rowCount, 7);
  assert.equal((await engine.answers.finish(facts(begun)))?.rowCount, 7);
  assert.equal((await other.answers.facts(begun))?.rowCount, 7);
});
test("two processes that write the same id do not spoil each other's files", async () => {
  const id = "shared" as AnswerId;
  const other = folder.engine();
  await Promise.all([engine.answers.begin(id, columns), other.answers.begin(id, columns)]);
  await Promise.all([engine.answers.append(id, columns, rows), other.answers.append(id, columns, rows.slice(0, 2))]);
  const finished = await Promise.all([engine.answers.finish(facts(id)), other.answers.finish(facts(id))]);
  assert.deepEqual(
    finished.map((one) => one?.rowCount),
    [7, 2],
  );
});
test("finished answers are there after the process has ended", async () => {
  const first = folder.engine();
  const id = await stored(first.answers);
  await first.answers.finish(facts(id));
  await first.dispose();
  const second = folder.engine();
  assert.deepEqual(await second.answers.facts(id), facts(id));
  assert.deepEqual((await second.answers.window(id, { ...plain, ...by("count") }, 0, 2, never))?.ordinals, [3, 1]);
});
test("the least recently used answers go when the folder is full", async () => {
  const own = await TestFolder.make();
  try {
    const small = own.engine({ answersLimitBytes: 200_000 });
    const ids: AnswerId[] = [];
    for (let index = 0; index < 6; index += 1) {
      const id = await stored(small.answers);
      await small.answers.finish(facts(id));
      ids.push(id);
      assert.equal((await small.answers.facts(ids[0] ?? id))?.rowCount, 7, "The first is used again and again.");
    }
    const there = await Promise.all(ids.map(async (id) => (await small.answers.facts(id)) !== undefined));
    assert.deepEqual(there, [true, false, false, false, true, true]);
    const sizes = await Promise.all(
      (await readdir(own.answers)).map(async (name) => (await stat(join(own.answers, name))).size),
    );
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) <= 200_000);
  } finally {
    await own[Symbol.asyncDispose]();
  }
});
test("removing all leaves an empty folder", async () => {
  const own = await TestFolder.make();
  try {
    const one = own.engine();
    await one.answers.finish(facts(await stored(one.answers)));
    await stored(one.answers);
    await one.answers.remove("all");
    assert.deepEqual(await readdir(own.answers), []);
  } finally {
    await own[Symbol.asyncDispose]();
  }
});

// ------------------------------------------------------------------------------------------------- landing

async function sample(name: string, size: number): Promise<LogSource> {
  assert.equal(await engine.createLog(name, () => undefined), undefined);
  assert.equal(
    await engine.appendRecords(
      name,
      [...recordLines(size, 5)].map((line) => JSON.parse(line)),
    ),
    undefined,
  );
  return engine.source(name, undefined);
}

test("the rows of a search land without the columns that no row has, in the order of the search", async () => {
  const source = await sample("landing", 3_000);
  const id = "landed" as AnswerId;
  const seen: number[] = [];
  const landed = await land(
    source,
    question("kind: Kubernetes", { maxRows: 20 }),
    id,
    engine.answers,
    never,
    (rowsSoFar) => seen.push(rowsSoFar),
  );
  assert.ok(landed.kind === "end");
  assert.deepEqual(landed.completeness, { gaps: [{ kind: "rowCap", rows: 20 }] });
  assert.equal(seen.at(-1), 20);
  const finished = await engine.answers.finish(facts(id));
  assert.deepEqual(
    finished?.columns.filter(({ derived }) => derived !== true).map(({ name }) => name),
    [
      "__time__",
      "time",
      "__source__",
      "__topic__",
      "kind",
      "traceId",
      "eventId",
      "clusterId",
      "k8s",
      "host",
      "kubeObject",
    ],
  );
  const window = await engine.answers.window(id, plain, 0, 100, never);
  const times = window?.rows.map((cells) => cells[1] ?? "") ?? [];
  assert.equal(times.length, 20);
  assert.deepEqual(times, times.toSorted().reverse());
});
test("the rows of SQL land in the order of the statement, however many there are", async () => {
  const source = await sample("landing-sql", 3_000);
  const id = "landed-sql" as AnswerId;
  const statement =
    '* | select a."eventId" as e, b."eventId" as f from log a, (select "eventId" from log limit 20) b order by e, f limit 50000';
  const landed = await land(source, question(statement), id, engine.answers, never, () => undefined);
  assert.equal(landed.kind, "end");
  const window = await engine.answers.window(id, plain, 0, 50_000, never);
  assert.equal(window?.rowCount, 50_000);
  const keys = window.rows.map(([e, f]) => `${e} ${f}`);
  assert.deepEqual(keys, keys.toSorted());
});
test("a source that cannot write itself is pumped", async () => {
  const inner = await sample("pumped", 1_500);
  const source: LogSource = {
    ask: (asked, signal) => inner.ask(asked, signal),
    histogram: (asked, buckets, signal) => inner.histogram(asked, buckets, signal),
    values: (field, prefix, range, limit, signal) => inner.values(field, prefix, range, limit, signal),
    bounds: (signal) => inner.bounds(signal),
  };
  const id = "pumped" as AnswerId;
  const seen: number[] = [];
  const landed = await land(source, question("*"), id, engine.answers, never, (rowsSoFar) => seen.push(rowsSoFar));
  assert.ok(landed.kind === "end");
  assert.equal(landed.total, 1_500);
  assert.equal(seen.at(-1), 1_500);
  assert.equal((await engine.answers.finish(facts(id)))?.rowCount, 1_500);
});
test("what is refused lands as refused", async () => {
  const source = await sample("refused", 10);
  const landed = await land(
    source,
    question("nosuch: 1"),
    "refused" as AnswerId,
    engine.answers,
    never,
    () => undefined,
  );
  assert.equal(landed.kind, "refused");
});
