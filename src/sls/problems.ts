import type { Span } from "./span.ts";

/** An `error` keeps a statement from being run; a `warning` says that it may not mean what it seems to. */
export type Severity = "error" | "warning";

type Kind<Code extends string, Level extends Severity, Data = unknown> = {
  readonly code: Code;
  readonly severity: Level;
  readonly span: Span;
} & Data;

/** What the grammar wanted: a part of a statement, or a keyword or sign in its own spelling. */
export type Expected =
  | "term"
  | "key"
  | "value"
  | "number"
  | "bound"
  | "analysis"
  | "command"
  | "query"
  | "expression"
  | "name"
  | "table"
  | "type"
  | "string"
  | "unit"
  | "argument"
  | "grouping"
  | "frame"
  | "setting"
  | "("
  | ")"
  | "["
  | "]"
  | ";"
  | "="
  | "and"
  | "as"
  | "by"
  | "end"
  | "first"
  | "from"
  | "in"
  | "join"
  | "null"
  | "on"
  | "session"
  | "then"
  | "when"
  | "time zone";

/** What is wrong in a query file or a statement. It holds codes and data; the editor puts them into words. */
export type Problem =
  /** A quote that nothing closes. It is read to the end of its line. */
  | Kind<"quote-open", "error", { readonly quote: '"' | "'" }>
  | Kind<"comment-open", "error">
  /** Something is missing here; `found` is what stands in its place, empty at the end of the text. */
  | Kind<"expected", "error", { readonly expected: Expected; readonly found: string }>
  | Kind<"unexpected", "error", { readonly found: string }>
  /** Nested or chained further than any tree may grow; what lies deeper is not read. */
  | Kind<"too-deep", "error", { readonly limit: number }>

  // The search half.
  /** `time:10:20:30`: a value that holds a colon has to be quoted. */
  | Kind<"colon-in-value", "error", { readonly value: string }>
  /** `key:(a or b)`: a key has one value. */
  | Kind<"value-group", "error", { readonly key: string }>
  | Kind<"number-unreadable", "error", { readonly text: string }>
  /** `key:and`: a word of the language has to be quoted to be a value. */
  | Kind<"word-reserved", "error", { readonly word: string }>
  /** SLS reads `in` in lower case only. */
  | Kind<"in-upper-case", "error", { readonly text: string }>
  /** The search half has no comments: SLS searches for their words. */
  | Kind<"comment-in-search", "warning">

  // The analysis.
  /** SQL behind SPL or SPL behind SQL. */
  | Kind<"analysis-mixed", "error", { readonly first: "sql" | "spl" }>
  | Kind<"command-unknown", "error", { readonly name: string; readonly nearest: string | undefined }>
  /** A command that SLS knows and whose arguments are not documented: they are sent as they are. */
  | Kind<"command-unchecked", "warning", { readonly name: string }>
  /** `insert into`: queries read here, and never write. */
  | Kind<"insert-refused", "error">
  /** `limit count offset offset`, which SLS writes `limit offset, count`. */
  | Kind<"limit-offset", "error", { readonly offset: string; readonly count: string | undefined }>
  | Kind<"clause-order", "error", { readonly clause: string }>
  /** `==`, `&&`: an operator of other languages. */
  | Kind<"operator-unknown", "error", { readonly operator: string; readonly instead: string }>
  /** `1st`, `__tag__:host`, a name in backquotes: a name like this has to stand in double quotes. */
  | Kind<"name-unquoted", "error", { readonly name: string }>
  /** `as 'name'`: single quotes make a text, a name has double ones. */
  | Kind<"name-in-single-quotes", "error", { readonly name: string }>
  | Kind<"name-reserved", "error", { readonly name: string }>

  // The file.
  | Kind<"directive-unknown", "error", { readonly name: string; readonly nearest: string | undefined }>
  | Kind<"directive-empty", "error", { readonly name: string }>
  | Kind<"directive-repeated", "error", { readonly name: string }>
  /** A directive behind the beginning of its statement, where it is a comment or a search for its words. */
  | Kind<"directive-late", "warning", { readonly name: string }>
  | Kind<"time-unreadable", "error", { readonly text: string }>
  | Kind<"zone-unknown", "error", { readonly zone: string }>
  /** A title with no statement below it. */
  | Kind<"query-empty", "warning">
  /** A line like a title inside a quote that was perhaps meant to end before it. */
  | Kind<"title-in-quote", "warning">

  // What a source finds that knows its fields and functions.
  | Kind<"function-unknown", "error", { readonly name: string; readonly nearest: string | undefined }>
  /** A function that SLS has and the local engine does not. */
  | Kind<"function-cloud-only", "error", { readonly name: string }>
  | Kind<"function-arguments", "error", { readonly name: string; readonly expected: string; readonly given: string }>
  | Kind<"column-unknown", "error", { readonly name: string; readonly nearest: string | undefined }>
  | Kind<"column-ambiguous", "error", { readonly name: string }>
  | Kind<"table-unknown", "error", { readonly name: string }>
  | Kind<"not-translatable", "error", { readonly what: Untranslatable }>
  /** `detail` is the engine's own text. */
  | Kind<"engine-rejected", "error", { readonly detail: string }>;

/** What of SLS the local engine knows and does not do, where no other code says it better. */
export type Untranslatable =
  /** A hole in the text; its own problem says what is missing. */
  | "missing"
  | "spl"
  /** `key > 1` on a text: SLS searches for the words of it, which nobody means. */
  | "numberOnText"
  /** `process.pid: 1*`: SLS has no wildcards on numbers. */
  | "wildcardOnNumber"
  /** A value of nothing but delimiters. */
  | "valueWithoutWord"
  /** `__time__` in the search half, where the time range is not part of the statement. */
  | "timeInSearch"
  | "type"
  | "interval"
  | "limit"
  | "ordinal"
  | "columnCount"
  | "number";

export type ProblemCode = Problem["code"];

/** Whether a statement with these problems can be sent. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}

/**
 * The most problems one text reports. A text that is wrong all over is no better explained by more of them, and an
 * editor shows no more either.
 */
const PROBLEM_LIMIT = 500;

/** Collects the problems of one text: at most one at a place, so that one mistake is not told in many ways. */
export class ProblemList {
  readonly problems: Problem[] = [];
  #lastErrorStart = -1;

  add(problem: Problem): void {
    if (this.problems.length >= PROBLEM_LIMIT) return;
    if (problem.severity === "error") {
      if (problem.span.start === this.#lastErrorStart) return;
      this.#lastErrorStart = problem.span.start;
    }
    this.problems.push(problem);
  }
}
