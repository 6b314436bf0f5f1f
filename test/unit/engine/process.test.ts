/** The life of the engine's process: it starts when it is needed, ends when it is not, and its end costs a retry. */
import assert from "node:assert/strict";
import { readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { LogRecord } from "../../../src/audit/event.ts";
import type { Engine, ImportProgress } from "../../../src/engine/client.ts";
import type { AnswerId } from "../../../src/logs/answerStore.ts";
import { StoreFailure } from "../../../src/logs/land.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import { recordLines } from "../../bench/local/records.ts";
import {
  children,
  collect,
  imported,
  importFile,
  knowsChildren,
  never,
  question,
  TestFolder,
  until,
} from "./testEngine.ts";

let folder: TestFolder;

beforeEach(async () => {
  folder = await TestFolder.make();
});
afterEach(() => folder[Symbol.asyncDispose]());

const LARGE = 120_000;
const onLinux = { skip: !knowsChildren };

const small = [...recordLines(200, 1)];
const records = small.map((line) => JSON.parse(line) as LogRecord);

/** Takes minutes, whatever the machine: what a test stops must not be over before it is stopped. */
const endless = question("* | select count(1) as c from log a, log b, log c, log d, log e where a.kind < b.kind");

let name = 0;
async function smallFile(): Promise<string> {
  name += 1;
  return folder.file(`small-${name}.ndjson`, small.join("\n"));
}

/** A file whose import takes long enough to be stopped in its middle. Each test has a stores folder of its own. */
let large: { readonly folder: TestFolder; readonly path: string };

before(async () => {
  const own = await TestFolder.make();
  large = { folder: own, path: await own.file("large.ndjson", [...recordLines(LARGE, 2)].join("\n")) };
});
after(() => large.folder[Symbol.asyncDispose]());

function kill(): void {
  for (const { pid } of children()) {
    process.kill(pid, "SIGKILL");
  }
}

async function started(engine: Engine): Promise<LogSource> {
  const store = await imported(engine, await smallFile());
  return engine.source(store.id, undefined);
}

// --------------------------------------------------------------------------------------- start and end

test("no process runs before it is needed, one runs then, none is left afterwards", onLinux, async () => {
  const engine = folder.engine();
  const source = engine.source("nothing", undefined);
  assert.equal(children().length, 0);
  await Promise.all([source.bounds(never), engine.answers.facts("a" as AnswerId), engine.removeStores()]);
  assert.equal(children().length, 1);
  await engine.dispose();
  assert.equal(children().length, 0);
});
test("an engine that was never used is disposed of", async () => {
  await folder.engine().dispose();
});
test("a disposed engine says that it is stopped, and starts nothing", async () => {
  const engine = folder.engine();
  const source = await started(engine);
  await engine.dispose();
  const { end } = await collect(source, question("*"));
  assert.deepEqual(end, { kind: "unreachable", reason: { code: "engineStopped", detail: "" } });
  assert.deepEqual(await importFile(engine, await smallFile()), {
    kind: "unreachable",
    reason: { code: "engineStopped", detail: "" },
  });
  await assert.rejects(engine.answers.facts("a" as AnswerId), StoreFailure);
  if (knowsChildren) {
    assert.equal(children().length, 0);
  }
});
test("what is under way when the engine is disposed of ends at once", async () => {
  const engine = folder.engine();
  const source = await started(engine);
  const asked = collect(source, endless);
  await setTimeout(300);
  await engine.dispose();
  assert.deepEqual((await asked).end.kind, "unreachable");
});
test("the process ends when it is idle, its logs in memory are told lost, and it starts again", onLinux, async () => {
  const engine = folder.engine({ idleMs: 100 });
  let lost = 0;
  await engine.createLog("sample", () => {
    lost += 1;
  });
  const file = await started(engine);
  await until(() => children().length === 0);
  assert.equal(lost, 1);
  const { rows } = await collect(file, question("* | select count(1) as c"));
  assert.deepEqual(rows, [["200"]]);
  assert.equal(children().length, 1);
});
test("a process that works is not idle", onLinux, async () => {
  const engine = folder.engine({ idleMs: 50 });
  const source = await started(engine);
  const stop = new AbortController();
  const asked = collect(source, endless, stop.signal);
  await setTimeout(500);
  assert.equal(children().length, 1);
  stop.abort();
  assert.deepEqual((await asked).end.kind, "end");
});
test("a script that cannot run is told, not waited for", async () => {
  const script = await folder.file("broken.mjs", "throw new Error('broken on purpose');");
  const engine = folder.engine({ script });
  const reason = await engine.source("x", undefined).bounds(never);
  assert.ok(reason !== undefined && "code" in reason);
  assert.equal(reason.code, "engineStopped");
  assert.match(reason.detail, /broken on purpose/);
});

// ----------------------------------------------------------------------------------------------- crashes

test("a question that the process's death cuts off is asked again", onLinux, async () => {
  const engine = folder.engine();
  const source = await started(engine);
  const stop = new AbortController();
  const asked = collect(source, endless, stop.signal);
  await setTimeout(300);
  const [first] = children();
  kill();
  await until(() => children().some(({ pid }) => pid !== first?.pid));
  stop.abort();
  assert.equal((await asked).end.kind, "end");
  assert.deepEqual((await collect(source, question("* | select count(1) as c"))).rows, [["200"]]);
});
test("a question whose second process dies too is unreachable", onLinux, async () => {
  const engine = folder.engine();
  const source = await started(engine);
  const asked = collect(source, endless);
  await setTimeout(300);
  const [first] = children();
  kill();
  await until(() => children().some(({ pid }) => pid !== first?.pid));
  await setTimeout(500);
  kill();
  const { end } = await asked;
  assert.ok(end.kind === "unreachable");
  assert.equal(end.reason.code, "engineStopped");
});
test("an answer that broke off after rows is no whole one, and no row comes twice", onLinux, async () => {
  const engine = folder.engine();
  await engine.createLog("sample", () => undefined);
  await engine.appendRecords(
    "sample",
    [...recordLines(20_000, 3)].map((line) => JSON.parse(line)),
  );
  const seen: string[] = [];
  for await (const part of engine.source("sample", undefined).ask(question("*"), never)) {
    if (part.kind === "rows") {
      const place = part.columns.findIndex((column) => column.name === "eventId");
      seen.push(...part.rows.map((cells) => cells[place] ?? ""));
      kill();
    } else {
      assert.ok(part.kind === "end");
      assert.deepEqual(
        part.completeness.gaps.map((gap) => gap.kind),
        ["unreachable"],
      );
    }
  }
  assert.ok(seen.length > 0 && seen.length < 20_000);
  assert.equal(new Set(seen).size, seen.length);
});
test(
  "an import that the process's death cuts off is told, leaves nothing behind and can be made again",
  onLinux,
  async () => {
    const engine = folder.engine();
    const path = large.path;
    let told = 0;
    const outcome = engine.importFile(
      path,
      () => {
        told += 1;
      },
      () => undefined,
      never,
    );
    await until(() => told > 0);
    kill();
    const cut = await outcome;
    assert.ok(cut.kind === "unreachable");
    assert.equal(cut.reason.code, "engineStopped");
    // The lock of a process that is gone is taken over at once, and what it left is swept when the next one starts.
    assert.equal((await imported(engine, path)).recordCount, LARGE);
    assert.deepEqual(
      (await readdir(folder.stores)).filter((file) => !file.endsWith(".duckdb")),
      [],
    );
  },
);
test(
  "a log in memory that was lost is told so, and filled again before the question is asked again",
  onLinux,
  async () => {
    const engine = folder.engine();
    let filled = false;
    let fillings = 0;
    const source = engine.source("sample", undefined, async () => {
      if (!filled) {
        filled = true;
        fillings += 1;
        await engine.createLog("sample", () => {
          filled = false;
        });
        await engine.appendRecords("sample", records);
      }
    });
    assert.deepEqual((await collect(source, question("* | select count(1) as c"))).rows, [["200"]]);
    kill();
    assert.deepEqual((await collect(source, question("* | select count(1) as c"))).rows, [["200"]]);
    const bounds = source.bounds(never);
    kill();
    const range = await bounds;
    assert.ok(range !== undefined && "fromMs" in range);
    assert.ok(fillings >= 2);
  },
);
test("rows appended to an answer whose process died are a failure, not silence", onLinux, async () => {
  const engine = folder.engine();
  const id = "cut" as AnswerId;
  const columns = [{ name: "a", kind: "text" }] as const;
  await engine.answers.begin(id, columns);
  await engine.answers.append(id, columns, [["1"]]);
  kill();
  await assert.rejects(async () => {
    await engine.answers.append(id, columns, [["2"]]);
    await engine.answers.append(id, columns, [["3"]]);
  }, StoreFailure);
  assert.equal(await engine.answers.window(id, { sort: [], filter: "" }, 0, 10, never), undefined);
  assert.deepEqual(await readdir(folder.answers), []);
});

// ---------------------------------------------------------------------------------------------- cancelling

test("a running question that is cancelled ends, and the process goes on", async () => {
  const engine = folder.engine();
  const source = await started(engine);
  const stop = new AbortController();
  const asked = collect(source, endless, stop.signal);
  await setTimeout(300);
  stop.abort();
  const { end } = await asked;
  assert.ok(end.kind === "end");
  assert.deepEqual(end.completeness, { gaps: [{ kind: "cancelled" }] });
  assert.deepEqual((await collect(source, question("* | select count(1) as c"))).rows, [["200"]]);
});
test("a question that lands in the answer store is cancelled the same way", async () => {
  const engine = folder.engine();
  const source = await started(engine);
  const stop = new AbortController();
  const asked = source.askInto?.(endless, "cancelled" as AnswerId, stop.signal);
  await setTimeout(300);
  stop.abort();
  const end = await asked;
  assert.ok(end?.kind === "end");
  assert.deepEqual(end.completeness, { gaps: [{ kind: "cancelled" }] });
});
test("a reader that leaves in the middle ends its question", async () => {
  const engine = folder.engine();
  await engine.createLog("sample", () => undefined);
  await engine.appendRecords(
    "sample",
    [...recordLines(20_000, 3)].map((line) => JSON.parse(line)),
  );
  const source = engine.source("sample", undefined);
  let rows = 0;
  for await (const part of source.ask(question("*"), never)) {
    if (part.kind === "rows") {
      rows += part.rows.length;
      break;
    }
  }
  assert.ok(rows > 0 && rows <= 500);
  assert.deepEqual((await collect(source, question("* | select count(1) as c"))).rows, [["20000"]]);
});
test("an import that is cancelled leaves nothing behind", async () => {
  const engine = folder.engine();
  const stop = new AbortController();
  const outcome = await engine.importFile(
    large.path,
    () => stop.abort(),
    () => undefined,
    stop.signal,
  );
  assert.deepEqual(outcome, { kind: "cancelled" });
  await until(async () => (await readdir(folder.stores)).length === 0);
});

// ------------------------------------------------------------------------------------------- two windows

test("a second window waits for the first one's import, shows its progress and uses its store", async () => {
  const [first, second] = [folder.engine(), folder.engine()];
  const path = large.path;
  const progress: ImportProgress[] = [];
  const firstOutcome = imported(first, path);
  await until(async () => (await readdir(folder.stores).catch(() => [])).some((file) => file.endsWith(".lock")));
  const secondOutcome = await second.importFile(
    path,
    (told) => progress.push(told),
    () => undefined,
    never,
  );
  const one = await firstOutcome;
  assert.ok(secondOutcome.kind === "imported");
  assert.deepEqual(secondOutcome.store, { ...one, reused: true });
  assert.equal(one.reused, false);
  assert.ok(progress.length > 0);
  assert.equal((await readdir(folder.stores)).length, 1);
  const counts = await Promise.all(
    [first, second].map((engine) => collect(engine.source(one.id, undefined), question("* | select count(1) as c"))),
  );
  assert.deepEqual(
    counts.map(({ rows }) => rows),
    [[[String(LARGE)]], [[String(LARGE)]]],
  );
});
test("an import that another window cancels is made by the one that waits", async () => {
  const [first, second] = [folder.engine(), folder.engine()];
  const path = large.path;
  const stop = new AbortController();
  const firstOutcome = importFile(first, path, stop.signal);
  await until(async () => (await readdir(folder.stores).catch(() => [])).some((file) => file.endsWith(".lock")));
  const secondOutcome = imported(second, path);
  await setTimeout(300);
  stop.abort();
  assert.deepEqual(await firstOutcome, { kind: "cancelled" });
  assert.equal((await secondOutcome).reused, false);
});
test("a lock whose holder is gone or silent is taken over", async () => {
  const engine = folder.engine();
  const path = await smallFile();
  const store = await imported(engine, path);
  for (const content of [{ pid: 2 ** 22 + 1 }, { pid: process.pid }]) {
    await engine.removeStores();
    const lock = join(folder.stores, `${store.id}.lock`);
    await writeFile(lock, JSON.stringify({ ...content, bytesRead: 1, bytesTotal: 2, recordCount: 3 }));
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    assert.equal((await imported(engine, path)).reused, false);
  }
});
test("stores beyond the budget go, the least recently used first; removing all says what was freed", async () => {
  const engine = folder.engine({ storesLimitBytes: 1 });
  const first = await imported(engine, await smallFile());
  const second = await imported(engine, await smallFile());
  assert.deepEqual(await readdir(folder.stores), [`${second.id}.duckdb`]);
  const gone = await engine.source(first.id, undefined).bounds(never);
  assert.deepEqual(gone, { code: "notFound", detail: first.id });
  const size = (await stat(join(folder.stores, `${second.id}.duckdb`))).size;
  assert.equal(await engine.removeStores(), size);
  assert.deepEqual(await readdir(folder.stores), []);
});
