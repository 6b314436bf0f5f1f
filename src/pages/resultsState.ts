import type { Cells, Column } from "../logs/answer.ts";
import type { AnswerFacts, RowWindow, View } from "../logs/answerStore.ts";
import type { ColumnLayout, ResultsState, ShownQuestion, ShownRow } from "./results.ts";
import type { Risk } from "./risk.ts";

/** A cell is drawn on one line of a few hundred pixels; what is longer is read in the detail of the row. */
export const shownCellLength = 300;

/** What a cell holds beyond its kind, told from the names that the records and the vendor's statements give. */
export type ColumnRole = "plain" | "command" | "trace" | "event" | "json";

/**
 * The columns of a record that tell the most, in the order of the question "when did who run what, where, as whom".
 * A raw record has them all, and as many again that only the detail of a row needs.
 */
const usefulFirst = [
  "cluster",
  "time",
  "k8s.user.username",
  "k8s.pod.name",
  "process.name",
  "process.cmdline",
  "kubeobject.operation.podexecoptions.commandstr",
  "process.cwd",
  "process.user.uid",
  "kind",
  "k8s.pod.namespace",
  "k8s.container.name",
  "k8s.user.aliuid",
  "host.nodename",
  "traceid",
  "eventid",
];

const commands = new Set([
  "process.cmdline",
  "process.name",
  "process.cwd",
  "kubeobject.operation.podexecoptions.commandstr",
]);

/** SLS column names differ in case between a raw record and SQL: `traceId`, `"traceid"`. */
function known(column: string): string {
  return column.toLowerCase();
}

export function columnRole(column: Column): ColumnRole {
  const name = known(column.name);
  if (name === "traceid") return "trace";
  if (name === "eventid") return "event";
  if (commands.has(name)) return "command";
  return column.kind === "json" ? "json" : "plain";
}

/** Last parts that say too little alone, even where no other column ends with them. */
const vague = new Set(["name", "kind", "container"]);

/** The shortest end of a column's name that no other column has: `username`, `pod.name`. The whole name is on hover. */
export function shortName(column: string, all: readonly string[]): string {
  const parts = column.split(".");
  for (let count = vague.has(known(parts.at(-1) ?? "")) ? 2 : 1; count < parts.length; count++) {
    const end = parts.slice(-count).join(".");
    const isOnlyOne = all.every((other) => other === column || !`.${known(other)}`.endsWith(`.${known(end)}`));
    if (end !== "" && isOnlyOne) return end;
  }
  return column;
}

/** Records as they are stored, in contrast to what a statement made of them: the fields that every record has are there. */
export function areRecords(columns: readonly Column[]): boolean {
  const names = new Set(columns.map((column) => known(column.name)));
  return names.has("kind") && (names.has("k8s") || names.has("process")) && names.has("__time__");
}

/**
 * Where nobody chose: what a statement selects is shown as it was selected; of a record the useful columns come first,
 * and those that only repeat others or hold whole JSON texts are hidden.
 */
export function defaultLayout(columns: readonly Column[]): readonly ColumnLayout[] {
  const shown = (column: Column, hidden: boolean): ColumnLayout => ({
    column: column.name,
    hidden,
    widthPx: undefined,
  });
  if (!areRecords(columns)) return columns.map((column) => shown(column, false));
  const place = (column: Column) => usefulFirst.indexOf(known(column.name));
  const first = columns.filter((column) => place(column) >= 0).sort((a, b) => place(a) - place(b));
  const hasTime = first.some((column) => known(column.name) === "time");
  const isHidden = (column: Column) => hasTime || known(column.name) !== "__time__";
  return [
    ...columns.filter((column) => !first.includes(column) && !isHidden(column)).map((column) => shown(column, false)),
    ...first.map((column) => shown(column, false)),
    ...columns.filter((column) => !first.includes(column) && isHidden(column)).map((column) => shown(column, true)),
  ];
}

/** A chosen layout over the columns that are there: columns it does not know come after it, as the default has them. */
export function mergeLayout(columns: readonly Column[], chosen: readonly ColumnLayout[]): readonly ColumnLayout[] {
  const names = new Set(columns.map((column) => column.name));
  const kept = chosen.filter(
    (each, index) => names.has(each.column) && chosen.findIndex((other) => other.column === each.column) === index,
  );
  const has = new Set(kept.map((each) => each.column));
  return [...kept, ...defaultLayout(columns).filter((each) => !has.has(each.column))];
}

export function shownQuestion(facts: AnswerFacts): ShownQuestion {
  return {
    title: facts.title,
    statement: facts.statement,
    account: facts.account,
    clusters: facts.clusters,
    range: facts.range,
    zone: facts.zone,
  };
}

export const wholeView: View = { sort: [], filter: "" };

/**
 * The state that shows a stored answer. `layout` is what the user chose for this query before, if anything; `gaps` are
 * those of its completeness, worded.
 */
export function answerState(
  facts: AnswerFacts,
  view: View,
  layout: readonly ColumnLayout[] | undefined,
  gaps: readonly string[],
): Extract<ResultsState, { kind: "answer" }> {
  const named = (role: ColumnRole) => facts.columns.find((column) => columnRole(column) === role)?.name;
  const names = new Set(facts.columns.map((column) => column.name));
  return {
    kind: "answer",
    answer: facts.id,
    question: shownQuestion(facts),
    rowCount: facts.rowCount,
    total: facts.total,
    elapsedMs: facts.elapsedMs,
    gaps,
    columns: facts.columns,
    layout: mergeLayout(facts.columns, layout ?? []),
    view: { ...view, sort: view.sort.filter((part) => names.has(part.column)) },
    traceColumn: named("trace"),
    eventColumn: named("event"),
    marksRisk: facts.columns.some((column) => ["process.name", "process.cmdline"].includes(known(column.name))),
  };
}

/** Cells cut for drawing. A cut never parts a surrogate pair, and ends in `…`. */
export function shownCells(cells: Cells): Cells {
  return cells.map((cell) => (cell === undefined ? undefined : cutText(cell, shownCellLength)));
}

/** At most `maxLength` units of a text, the last of them `…` where something was cut. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const last = text.charCodeAt(maxLength - 2);
  const partsPair = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, maxLength - (partsPair ? 2 : 1))}…`;
}

/** The rows of a window as the page draws them; `riskOf` weighs a row by its whole cells. */
export function shownRows(
  window: RowWindow,
  riskOf: (columns: readonly Column[], cells: Cells) => Risk | undefined,
): readonly ShownRow[] {
  return window.rows.map((cells, index) => ({
    ordinal: window.ordinals[index] ?? window.from + index,
    cells: shownCells(cells),
    risk: riskOf(window.columns, cells),
  }));
}

/** The fields of one row for its detail, whole, in the order of the layout; what the row does not have is left out. */
export function recordFields(
  columns: readonly Column[],
  cells: Cells,
  layout: readonly ColumnLayout[],
): readonly (readonly [name: string, value: string])[] {
  const places = new Map(columns.map((column, index) => [column.name, index]));
  return layout.flatMap(({ column }) => {
    const value = cells[places.get(column) ?? -1];
    return value === undefined ? [] : [[column, value] as const];
  });
}
