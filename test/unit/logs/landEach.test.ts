import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerPart, Cells, Column } from "../../../src/logs/answer.ts";
import type { AnswerId, AnswerStore } from "../../../src/logs/answerStore.ts";
import { landEach } from "../../../src/logs/landEach.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";

const question = { statement: "*", range: { fromMs: 0, toMs: 1 }, zone: "UTC", maxRows: 100 };
const text = (name: string): Column => ({ name, kind: "text" });

function source(...parts: readonly AnswerPart[]): LogSource {
  return {
    async *ask() {
      yield* parts;
    },
    histogram: () => assert.fail(),
    values: () => assert.fail(),
    bounds: () => assert.fail(),
  };
}

function rows(names: readonly string[], ...cells: readonly Cells[]): AnswerPart {
  return { kind: "rows", columns: names.map(text), rows: cells };
}

const end: AnswerPart = { kind: "end", completeness: { gaps: [] }, total: 1, elapsedMs: 5 };
const gone: AnswerPart = { kind: "unreachable", reason: { code: "engineStopped", detail: "" } };

async function land(
  sources: Readonly<Record<string, LogSource>>,
  signal = new AbortController().signal,
): Promise<{ end: Awaited<ReturnType<typeof landEach>>; columns: readonly string[]; rows: readonly Cells[] }> {
  let columns: readonly Column[] = [];
  const landed: Cells[] = [];
  const unused = () => assert.fail("Landing only begins and appends.");
  const store: AnswerStore = {
    begin: async (_, first) => {
      columns = first;
    },
    append: async (_, grown, added) => {
      columns = grown;
      landed.push(...added);
    },
    finish: unused,
    facts: unused,
    window: unused,
    remove: unused,
  };
  const named = Object.entries(sources).map(([name, each]) => ({ name, source: each }));
  const ended = await landEach(named, question, "a" as AnswerId, store, signal, () => {});
  return { end: ended, columns: columns.map(({ name }) => name), rows: landed };
}

test("each row says where it is from", async () => {
  const landed = await land({ prod: source(rows(["x"], ["1"]), end), staging: source(rows(["x"], ["2"]), end) });
  assert.deepEqual(landed.columns, ["cluster", "x"]);
  assert.deepEqual(landed.rows, [
    ["prod", "1"],
    ["staging", "2"],
  ]);
  assert.deepEqual(landed.end, { kind: "end", completeness: { gaps: [] }, total: 2, elapsedMs: 10 });
});
test("columns that only one source has stand behind the others", async () => {
  const landed = await land({
    a: source(rows(["x", "y"], ["1", "2"]), end),
    b: source(rows(["z", "x"], ["3", "4"]), end),
  });
  assert.deepEqual(landed.columns, ["cluster", "x", "y", "z"]);
  assert.deepEqual(landed.rows.at(-1), ["b", "4", undefined, "3"]);
});
test("a field called cluster keeps its own column", async () => {
  const landed = await land({ a: source(rows(["cluster"], ["own"]), end) });
  assert.deepEqual(landed.columns, ["cluster", "cluster"]);
  assert.deepEqual(landed.rows, [["a", "own"]]);
});
test("a source that fails is a gap, and the total is not known any more", async () => {
  const landed = await land({ a: source(rows(["x"], ["1"]), end), b: source(gone) });
  assert.ok(landed.end.kind === "end");
  assert.equal(landed.end.total, undefined);
  assert.deepEqual(landed.end.completeness.gaps, [
    { kind: "unreachable", reason: { code: "engineStopped", detail: "" } },
  ]);
});
test("when all fail, that is the answer", async () =>
  assert.deepEqual((await land({ a: source(gone), b: source(gone) })).end, gone));
test("a refused statement is refused once", async () => {
  const refused: AnswerPart = { kind: "refused", problems: [] };
  assert.deepEqual((await land({ a: source(refused), b: source(end) })).end, refused);
});
test("what was cancelled is marked", async () => {
  const controller = new AbortController();
  controller.abort();
  const landed = await land({ a: source(rows(["x"], ["1"]), end) }, controller.signal);
  assert.ok(landed.end.kind === "end");
  assert.deepEqual(landed.end.completeness.gaps, [{ kind: "cancelled" }]);
});
