import type { Cells, Column } from "../logs/answer.ts";
import type { AnswerId, View } from "../logs/answerStore.ts";
import type { TimeRange } from "../logs/question.ts";
import {
  type FromAnyPage,
  readFields,
  readFlag,
  readFromAnyPage,
  readKind,
  readList,
  readOneOf,
  readText,
  readWhole,
  type Shown,
} from "./message.ts";
import type { Risk } from "./risk.ts";

/** What was asked, and where: on the page from the moment the query starts. */
export type ShownQuestion = {
  readonly title: string;
  readonly statement: string;
  /** Names as shown: of the account, of the clusters. */
  readonly account: string;
  readonly clusters: readonly string[];
  readonly range: TimeRange;
  /** The IANA zone in which the statement's SQL prints times. */
  readonly zone: string;
};

/** A column's place is its place in the list. */
export type ColumnLayout = { readonly column: string; readonly hidden: boolean; readonly widthPx: number | undefined };

/** What the results page shows. Rows are not in it: the page asks for the window it draws. */
export type ResultsState =
  | { readonly kind: "nothing" }
  | {
      readonly kind: "running";
      readonly question: ShownQuestion;
      readonly startedAtMs: number;
      readonly rowsSoFar: number;
    }
  | {
      readonly kind: "failed";
      readonly question: ShownQuestion;
      /** Worded by the host: one sentence, and what the source itself said, if it said something. */
      readonly message: string;
      readonly detail: string;
      readonly canRetry: boolean;
    }
  | {
      readonly kind: "answer";
      readonly answer: AnswerId;
      readonly question: ShownQuestion;
      /** Rows that were fetched, and rows that match, where the source knows. */
      readonly rowCount: number;
      readonly total: number | undefined;
      readonly elapsedMs: number;
      /** Why the answer is not the whole truth, each worded by the host; none: it is complete. */
      readonly gaps: readonly string[];
      readonly columns: readonly Column[];
      readonly layout: readonly ColumnLayout[];
      readonly view: View;
      /** Names of the columns that hold a trace id, an event id; undefined where the answer has none. */
      readonly traceColumn: string | undefined;
      readonly eventColumn: string | undefined;
      /** Rows may be marked by rules: the answer holds what the rules look at. */
      readonly marksRisk: boolean;
    };

/** A row as the page draws it: its cells cut for drawing, see `shownCells`. */
export type ShownRow = { readonly ordinal: number; readonly cells: Cells; readonly risk: Risk | undefined };

/** Rows `from` ≤ row < `to` of the view, as shown. */
export type RowRange = { readonly from: number; readonly to: number };

export const copyFormats = ["text", "csv", "json", "markdown"] as const;
export type CopyFormat = (typeof copyFormats)[number];

export type ToResults =
  | ({ readonly kind: "state"; readonly state: ResultsState } & Shown<ResultsWord>)
  | {
      readonly kind: "rows";
      /** Repeats the page's request number, so that late answers to old requests are dropped. */
      readonly request: number;
      readonly from: number;
      /** Rows that the view has after its filter. */
      readonly rowCount: number;
      readonly rows: readonly ShownRow[];
    }
  /** A window could not be read; the page shows why and offers to ask again. Worded by the host. */
  | { readonly kind: "rowsFailed"; readonly request: number; readonly message: string }
  | {
      readonly kind: "record";
      readonly answer: AnswerId;
      readonly ordinal: number;
      /** Whole values, in the answer's order of columns; fields the row does not have are left out. */
      readonly fields: readonly (readonly [name: string, value: string])[];
    }
  /** Said to a reader of the screen and shown for a moment, e.g. after a copy. */
  | { readonly kind: "announce"; readonly text: string };

/**
 * What a user does on the page. A message that means rows names their answer: by the time it is read, the host may
 * already show the next one, and then the message means nothing any more.
 */
export type FromResults =
  | FromAnyPage
  | {
      readonly kind: "rows";
      readonly answer: AnswerId;
      readonly request: number;
      readonly from: number;
      readonly count: number;
    }
  | { readonly kind: "view"; readonly answer: AnswerId; readonly view: View }
  | { readonly kind: "layout"; readonly answer: AnswerId; readonly layout: readonly ColumnLayout[] }
  | { readonly kind: "openTrace" | "openRecord"; readonly answer: AnswerId; readonly ordinal: number }
  /** Rows of the view in the order shown, with the columns that are not hidden; `rows` undefined copies every row. */
  | {
      readonly kind: "copy";
      readonly answer: AnswerId;
      readonly format: CopyFormat;
      readonly rows: readonly RowRange[] | undefined;
    }
  /** One value, whole. `field` is a column or a field of the record. */
  | { readonly kind: "copyValue"; readonly answer: AnswerId; readonly ordinal: number; readonly field: string }
  | { readonly kind: "runAgain" | "cancel" | "openQuery" | "openAsTab" | "saveQuery" };

/** A page asks for the window it shows; more at once is not a page's need. */
export const maxWindowRows = 1_000;

const maxRows = Number.MAX_SAFE_INTEGER;
const maxName = 1_000;

/** A page's message, checked field by field; undefined where it is none that the page posts. */
export function readFromResults(message: unknown): FromResults | undefined {
  const read = readKind(message);
  if (read === undefined) return undefined;
  const answer = readText(read["answer"], 200) as AnswerId | undefined;
  switch (read.kind) {
    case "rows": {
      const request = readWhole(read["request"], 0, maxRows);
      const from = readWhole(read["from"], 0, maxRows);
      const count = readWhole(read["count"], 1, maxWindowRows);
      return answer === undefined || request === undefined || from === undefined || count === undefined
        ? undefined
        : { kind: "rows", answer, request, from, count };
    }
    case "view": {
      const view = readView(read["view"]);
      return answer === undefined || view === undefined ? undefined : { kind: "view", answer, view };
    }
    case "layout": {
      const layout = readList(read["layout"], 10_000, readColumnLayout);
      return answer === undefined || layout === undefined ? undefined : { kind: "layout", answer, layout };
    }
    case "openTrace":
    case "openRecord": {
      const ordinal = readWhole(read["ordinal"], 0, maxRows);
      return answer === undefined || ordinal === undefined ? undefined : { kind: read.kind, answer, ordinal };
    }
    case "copy": {
      const format = readOneOf(read["format"], copyFormats);
      const rows = read["rows"] === undefined ? undefined : readList(read["rows"], 100_000, readRowRange);
      return answer === undefined || format === undefined || (rows === undefined && read["rows"] !== undefined)
        ? undefined
        : { kind: "copy", answer, format, rows };
    }
    case "copyValue": {
      const ordinal = readWhole(read["ordinal"], 0, maxRows);
      const field = readText(read["field"], maxName);
      return answer === undefined || ordinal === undefined || field === undefined
        ? undefined
        : { kind: "copyValue", answer, ordinal, field };
    }
    case "runAgain":
    case "cancel":
    case "openQuery":
    case "openAsTab":
    case "saveQuery":
      return { kind: read.kind };
    default:
      return readFromAnyPage(read);
  }
}

function readView(value: unknown): View | undefined {
  const fields = readFields(value);
  const filter = readText(fields?.["filter"], 10_000);
  const sort = readList(fields?.["sort"], 100, (item) => {
    const part = readFields(item);
    const column = readText(part?.["column"], maxName);
    const descending = readFlag(part?.["descending"]);
    return column === undefined || descending === undefined ? undefined : { column, descending };
  });
  return filter === undefined || sort === undefined ? undefined : { sort, filter };
}

function readColumnLayout(value: unknown): ColumnLayout | undefined {
  const fields = readFields(value);
  const column = readText(fields?.["column"], maxName);
  const hidden = readFlag(fields?.["hidden"]);
  const widthPx = readWhole(fields?.["widthPx"], 1, 10_000);
  if (column === undefined || hidden === undefined) return undefined;
  return widthPx === undefined && fields?.["widthPx"] !== undefined ? undefined : { column, hidden, widthPx };
}

function readRowRange(value: unknown): RowRange | undefined {
  const fields = readFields(value);
  const from = readWhole(fields?.["from"], 0, maxRows);
  const to = readWhole(fields?.["to"], 0, maxRows);
  return from === undefined || to === undefined || to < from ? undefined : { from, to };
}

export type ResultsWord = (typeof resultsWords)[number];
/** The texts of the page; their English is in test/pages/words.ts, their wording in src/editor. */
export const resultsWords = [
  "page",
  "nothing",
  "nothingHint",
  "running",
  "runningRows",
  "cancel",
  "retry",
  "runAgain",
  "openQuery",
  "openAsTab",
  "saveQuery",
  "more",
  "rowsOf",
  "rowsOne",
  "rows",
  "rowsFiltered",
  "rowsNotDrawn",
  "selected",
  "complete",
  "incomplete",
  "overFetched",
  "overFetchedOf",
  "seconds",
  "utc",
  "noRows",
  "noRowsComplete",
  "noRowsHint",
  "noRowsFiltered",
  "clearFilter",
  "searchedWhere",
  "searchedRange",
  "searchedStatement",
  "filter",
  "columns",
  "showAllColumns",
  "resetColumns",
  "hideColumn",
  "sortAscending",
  "sortDescending",
  "sortNot",
  "sortHint",
  "sortedAscending",
  "sortedDescending",
  "sortedNot",
  "resizeColumn",
  "columnWidth",
  "risk",
  "low",
  "medium",
  "high",
  "critical",
  "ruleOf",
  "loading",
  "rowsFailed",
  "copy",
  "copyOne",
  "copySelected",
  "copyAll",
  "copyText",
  "copyCsv",
  "copyJson",
  "copyMarkdown",
  "copyValue",
  "openTrace",
  "detail",
  "showDetail",
  "hideDetail",
  "resizeDetail",
  "rowOf",
  "emptyValue",
  "showWhole",
] as const;
