import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerPart, Cells, Column } from "../../../src/logs/answer.ts";
import type { AnswerId, AnswerStore } from "../../../src/logs/answerStore.ts";
import { land, StoreFailure } from "../../../src/logs/land.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import type { Question } from "../../../src/logs/question.ts";

const question: Question = { statement: "*", range: { fromMs: 0, toMs: 1_000 }, zone: "UTC", maxRows: 100 };
const id = "answer-1" as AnswerId;
const { signal } = new AbortController();
const text = (name: string): Column => ({ name, kind: "text" });

type Stored = { columns: readonly Column[]; readonly rows: Cells[] };

/** Answers in memory. What landing has no business with fails, as does what the test says. */
class MemoryStore implements AnswerStore {
  readonly answers = new Map<AnswerId, Stored>();
  readonly failing: Partial<Record<"begin" | "append" | "window", Error>>;

  constructor(failing: MemoryStore["failing"] = {}) {
    this.failing = failing;
  }

  async begin(begun: AnswerId, columns: readonly Column[]): Promise<void> {
    if (this.failing.begin !== undefined) throw this.failing.begin;
    this.answers.set(begun, { columns, rows: [] });
  }

  async append(begun: AnswerId, columns: readonly Column[], rows: readonly Cells[]): Promise<void> {
    if (this.failing.append !== undefined) throw this.failing.append;
    const answer = this.answers.get(begun) ?? assert.fail("Rows are appended to what was begun.");
    answer.columns = columns;
    answer.rows.push(...rows);
  }

  async window(begun: AnswerId, _view: unknown, from: number, count: number): ReturnType<AnswerStore["window"]> {
    if (this.failing.window !== undefined) throw this.failing.window;
    const answer = this.answers.get(begun);
    if (answer === undefined) return undefined;
    const rows = answer.rows.slice(from, from + count);
    return {
      columns: answer.columns,
      from,
      rows,
      ordinals: rows.map((_, row) => from + row),
      rowCount: answer.rows.length,
    };
  }

  finish(): never {
    return assert.fail("Landing finishes nothing.");
  }

  facts(): never {
    return assert.fail("Landing needs no facts.");
  }

  remove(): never {
    return assert.fail("Landing removes nothing.");
  }

  get rows(): readonly Cells[] | undefined {
    return this.answers.get(id)?.rows;
  }
}

function source(ask: LogSource["ask"], askInto?: LogSource["askInto"]): LogSource {
  return {
    ask,
    ...(askInto === undefined ? {} : { askInto }),
    histogram: () => assert.fail("Landing needs no histogram."),
    values: () => assert.fail("Landing needs no values."),
    bounds: () => assert.fail("Landing needs no bounds."),
  };
}

function answering(...parts: readonly AnswerPart[]): LogSource {
  return source(async function* () {
    yield* parts;
  });
}

function rows(names: readonly string[], ...cells: readonly Cells[]): AnswerPart {
  return { kind: "rows", columns: names.map(text), rows: cells };
}

const end = { kind: "end", completeness: { gaps: [] }, total: 3, elapsedMs: 7 } as const;
const refused = {
  kind: "refused",
  problems: [{ code: "not-ambiguous", severity: "warning", span: { start: 0, end: 1 } }],
} as const;
const unreachable = { kind: "unreachable", reason: { code: "network", detail: "reset", cause: "reset" } } as const;
const diskFull = new StoreFailure({ code: "engineFailed", detail: "disk full" });

async function landed(
  log: LogSource,
  store: AnswerStore,
): Promise<{ readonly end: Awaited<ReturnType<typeof land>>; readonly told: readonly number[] }> {
  const told: number[] = [];
  return { end: await land(log, question, id, store, signal, (count) => told.push(count)), told };
}

// ------------------------------------------------------------------------------------------- rows are pumped

test("rows go from part to part into the answer, and the end comes back", async () => {
  const store = new MemoryStore();
  const log = answering(rows(["a"], ["1"], ["2"]), rows(["a", "b"], ["3", "4"]), end);
  assert.deepEqual(await landed(log, store), { end, told: [2, 3] });
  assert.deepEqual(store.answers.get(id), {
    columns: [
      { name: "a", kind: "text" },
      { name: "b", kind: "text" },
    ],
    rows: [["1"], ["2"], ["3", "4"]],
  });
});
test("an answer without rows is begun all the same", async () => {
  const store = new MemoryStore();
  assert.deepEqual(await landed(answering(end), store), { end, told: [] });
  assert.deepEqual(store.answers.get(id), { columns: [], rows: [] });
});
test("gaps of an end come back as they are", async () => {
  const partial = { ...end, completeness: { gaps: [{ kind: "rowCap", rows: 100 }] } } as const;
  assert.deepEqual((await landed(answering(partial), new MemoryStore())).end, partial);
});
test("a refused statement has no rows", async () => {
  const store = new MemoryStore();
  assert.deepEqual(await landed(answering(refused), store), { end: refused, told: [] });
  assert.deepEqual(store.rows, []);
});
test("what came before a source failed stays in the answer", async () => {
  const store = new MemoryStore();
  const log = answering(rows(["a"], ["1"]), unreachable);
  assert.deepEqual(await landed(log, store), { end: unreachable, told: [1] });
  assert.deepEqual(store.rows, [["1"]]);
});
test("nothing is taken of a source behind its end", async () => {
  const store = new MemoryStore();
  await landed(answering(end, rows(["a"], ["1"])), store);
  assert.deepEqual(store.rows, []);
});
test("the source is asked once, with the question and the signal", async () => {
  const asked: { readonly question: Question; readonly signal: AbortSignal }[] = [];
  const log = source(async function* (...[ask, under]) {
    asked.push({ question: ask, signal: under });
    yield end;
  });
  await landed(log, new MemoryStore());
  assert.deepEqual(
    asked.map((one) => one.question),
    [question],
  );
  // Two signals are deeply equal, so this one has to be the very same.
  assert.equal(asked[0]?.signal, signal);
});
test("an answer that has no end is a fault of its source", async () => {
  const store = new MemoryStore();
  await assert.rejects(landed(answering(rows(["a"], ["1"])), store), new Error("The answer has no end."));
  assert.deepEqual(store.rows, [["1"]]);
});

// -------------------------------------------------------------------------- the source writes the rows itself

function writing(store: MemoryStore, cells: readonly Cells[], landing: typeof end | typeof unreachable): LogSource {
  return source(
    () => assert.fail("A source that writes rows itself is not asked for them."),
    async (asked, into, under) => {
      assert.deepEqual([asked, into], [question, id]);
      assert.equal(under, signal);
      await store.begin(into, [text("a")]);
      await store.append(into, [text("a")], cells);
      return landing;
    },
  );
}

test("a source that writes rows itself is asked to, and the store tells how many there are", async () => {
  const store = new MemoryStore();
  assert.deepEqual(await landed(writing(store, [["1"], ["2"], ["3"]], end), store), { end, told: [3] });
  assert.deepEqual(store.rows, [["1"], ["2"], ["3"]]);
});
test("why such a source gave no answer comes back, with the rows that it wrote before", async () => {
  const store = new MemoryStore();
  assert.deepEqual(await landed(writing(store, [["1"]], unreachable), store), { end: unreachable, told: [1] });
});
test("where the store has no such answer there are no rows", async () => {
  const log = source(
    () => assert.fail("A source that writes rows itself is not asked for them."),
    async () => refused,
  );
  assert.deepEqual(await landed(log, new MemoryStore()), { end: refused, told: [0] });
});

// --------------------------------------------------------------------------------------------- a store that fails

const failed = { kind: "unreachable", reason: { code: "engineFailed", detail: "disk full" } } as const;

test("a store that cannot begin an answer is why there is none", async () => {
  let isAsked = false;
  const log = source(async function* () {
    isAsked = true;
    yield end;
  });
  assert.deepEqual(await landed(log, new MemoryStore({ begin: diskFull })), { end: failed, told: [] });
  assert.equal(isAsked, false);
});
test("a store that cannot take rows ends the question, and the source is left", async () => {
  let isLeft = false;
  const log = source(async function* () {
    try {
      yield rows(["a"], ["1"]);
      yield end;
    } finally {
      isLeft = true;
    }
  });
  assert.deepEqual(await landed(log, new MemoryStore({ append: diskFull })), { end: failed, told: [] });
  assert.equal(isLeft, true);
});
test("a store that cannot be read behind a source that wrote into it is told too", async () => {
  const store = new MemoryStore({ window: diskFull });
  assert.deepEqual(await landed(writing(store, [["1"]], end), store), { end: failed, told: [] });
});
test("a source that meets a store failure itself may throw it", async () => {
  const log = source(
    () => assert.fail("A source that writes rows itself is not asked for them."),
    () => Promise.reject(diskFull),
  );
  assert.deepEqual(await landed(log, new MemoryStore()), { end: failed, told: [] });
});
test("any other failure of a store is a fault, and thrown", async () =>
  assert.rejects(landed(answering(rows(["a"], ["1"]), end), new MemoryStore({ append: new RangeError("cells") })), {
    name: "RangeError",
    message: "cells",
  }));
test("any other failure of a source is a fault, and thrown", async () => {
  const log = source(async function* () {
    yield rows(["a"], ["1"]);
    throw new TypeError("row");
  });
  await assert.rejects(landed(log, new MemoryStore()), { name: "TypeError", message: "row" });
});
test("a store failure says its reason in words too", () => {
  assert.equal(diskFull.message, "engineFailed: disk full");
  assert.deepEqual(diskFull.reason, { code: "engineFailed", detail: "disk full" });
});
