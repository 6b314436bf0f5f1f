import assert from "node:assert/strict";
import { test } from "node:test";
import type { Column } from "../../../src/logs/answer.ts";
import type { AnswerFacts, AnswerId } from "../../../src/logs/answerStore.ts";
import {
  answerState,
  areRecords,
  columnRole,
  cutText,
  defaultLayout,
  mergeLayout,
  recordFields,
  shortName,
  shownCells,
  shownRows,
  wholeView,
} from "../../../src/pages/resultsState.ts";

function text(...names: readonly string[]): readonly Column[] {
  return names.map((name) => ({ name, kind: "text" }));
}

const record: readonly Column[] = [
  ...text("__time__", "__source__", "kind", "time", "traceId", "eventId"),
  { name: "k8s", kind: "json" },
  { name: "process", kind: "json" },
  ...text("k8s.user.username", "k8s.pod.name", "process.name", "process.cmdline", "process.parentname"),
];

function shown(columns: readonly Column[]): readonly string[] {
  return defaultLayout(columns).flatMap((each) => (each.hidden ? [] : [each.column]));
}

test("of a record the telling columns come first", () =>
  assert.deepEqual(shown(record), [
    "time",
    "k8s.user.username",
    "k8s.pod.name",
    "process.name",
    "process.cmdline",
    "kind",
    "traceId",
    "eventId",
  ]));
test("of a record the JSON and what repeats is hidden, but there", () =>
  assert.deepEqual(
    defaultLayout(record).flatMap((each) => (each.hidden ? [each.column] : [])),
    ["__time__", "__source__", "k8s", "process", "process.parentname"],
  ));
test("a record without its own time shows the log's", () =>
  assert.equal(shown(record.filter((column) => column.name !== "time"))[0], "__time__"));
test("what a statement selects is shown as selected", () =>
  assert.deepEqual(shown(text("k8s", "pod", "__time__")), ["k8s", "pod", "__time__"]));
test("records are told by the fields that every record has", () => {
  assert.equal(areRecords(record), true);
  assert.equal(areRecords(text("kind", "count")), false);
});

test("a chosen layout is kept and new columns come behind it", () =>
  assert.deepEqual(
    mergeLayout(text("a", "b", "c"), [
      { column: "c", hidden: true, widthPx: 80 },
      { column: "gone", hidden: false, widthPx: undefined },
      { column: "c", hidden: false, widthPx: undefined },
    ]),
    [
      { column: "c", hidden: true, widthPx: 80 },
      { column: "a", hidden: false, widthPx: undefined },
      { column: "b", hidden: false, widthPx: undefined },
    ],
  ));

function short(column: string, others: readonly string[], expected: string): void {
  assert.equal(shortName(column, [column, ...others]), expected);
}

test("a column is named by its last part", () => short("k8s.user.username", ["k8s.pod.name"], "username"));
test("a part that says too little takes one more", () => short("k8s.pod.name", [], "pod.name"));
test("two of one ending take as much as tells them apart", () => short("a.x.uid", ["b.x.uid"], "a.x.uid"));
test("the case of the other does not tell them apart", () => short("a.UID", ["b.uid"], "a.UID"));
test("a name without dots stays", () => short("time", ["x.time"], "time"));
test("a name that ends in a dot stays whole", () => short("a.", [], "a."));

test("roles are told from the names of the records, in any case", () => {
  const role = (name: string, kind: Column["kind"] = "text") => columnRole({ name, kind });
  assert.equal(role("traceId"), "trace");
  assert.equal(role("traceid"), "trace");
  assert.equal(role("eventId"), "event");
  assert.equal(role("process.cmdline"), "command");
  assert.equal(role("k8s", "json"), "json");
  assert.equal(role("pod"), "plain");
});

test("a cell of 300 characters is whole", () => assert.equal(shownCells(["x".repeat(300)])[0], "x".repeat(300)));
test("a longer one is cut to 300, its last a mark", () =>
  assert.equal(shownCells(["x".repeat(301)])[0], `${"x".repeat(299)}…`));
test("what the row does not have stays absent", () => assert.deepEqual(shownCells([undefined, ""]), [undefined, ""]));
test("a cut parts no surrogate pair", () => assert.equal(cutText("ab😀cd", 4), "ab…"));

const facts: AnswerFacts = {
  id: "answer-1" as AnswerId,
  title: "Who",
  statement: "*",
  account: "Sample",
  clusters: ["shop-prod"],
  range: { fromMs: 0, toMs: 1 },
  zone: "UTC",
  askedAtMs: 5,
  elapsedMs: 7,
  completeness: { gaps: [{ kind: "cancelled" }] },
  rowCount: 3,
  total: 9,
  columns: record,
};

test("a stored answer is shown with the columns that lead on", () => {
  const view = {
    sort: [
      { column: "time", descending: true },
      { column: "gone", descending: true },
    ],
    filter: "x",
  };
  const state = answerState(facts, view, undefined, ["It was cancelled."]);
  assert.deepEqual(state.view, { sort: [{ column: "time", descending: true }], filter: "x" });
  assert.deepEqual([state.traceColumn, state.eventColumn, state.marksRisk], ["traceId", "eventId", true]);
  assert.deepEqual(state.gaps, ["It was cancelled."]);
  assert.deepEqual([state.rowCount, state.total, state.elapsedMs], [3, 9, 7]);
  assert.deepEqual(state.question, {
    title: "Who",
    statement: "*",
    account: "Sample",
    clusters: ["shop-prod"],
    range: { fromMs: 0, toMs: 1 },
    zone: "UTC",
  });
});
test("an answer without ids and commands leads nowhere and marks nothing", () => {
  const state = answerState({ ...facts, columns: text("who", "entries") }, wholeView, [], []);
  assert.deepEqual([state.traceColumn, state.eventColumn, state.marksRisk], [undefined, undefined, false]);
});

test("rows are weighed by their whole cells and cut for drawing", () => {
  const seen: unknown[] = [];
  const long = "y".repeat(400);
  const window = { columns: text("a"), from: 10, rows: [[long], ["b"]], ordinals: [4], rowCount: 12 };
  const rows = shownRows(window, (_columns, cells) => {
    seen.push(cells[0]);
    return undefined;
  });
  assert.deepEqual(seen, [long, "b"]);
  assert.deepEqual(
    rows.map((row) => row.ordinal),
    [4, 11],
  );
  assert.equal(rows[0]?.cells[0]?.length, 300);
});

test("the detail has what the row has, in the order of the layout", () => {
  const layout = ["b", "c", "a"].map((column) => ({ column, hidden: column === "c", widthPx: undefined }));
  assert.deepEqual(recordFields(text("a", "b", "c"), ["1", undefined, "3"], layout), [
    ["c", "3"],
    ["a", "1"],
  ]);
});
