import type { Span } from "../span.ts";

/**
 * An `error` keeps a statement from being run; a `warning` says that it may not mean what it seems to. An `information`
 * tells what is worth knowing of a statement that means what it says.
 */
export type Severity = "error" | "warning" | "information" | "hint";

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
  /** `key:and`: a word of the language has to be quoted. `sort`, which SLS reserves beside them, is a warning. */
  | Kind<"word-reserved", "error" | "warning", { readonly word: string }>
  /** SLS reads `in` in lower case only. */
  | Kind<"in-upper-case", "error", { readonly text: string }>
  /** The search half has no comments: SLS searches for their words. */
  | Kind<"comment-in-search", "warning">
  /** An error where no other field can be there, else a misspelling that is likely. */
  | Kind<"field-unknown", "error" | "warning", { readonly name: string; readonly nearest: string | undefined }>
  /** A field that records have and neither half of a statement can ask for. `sure`: the index says so. */
  | Kind<
      "field-not-indexed",
      "error" | "warning",
      { readonly name: string; readonly half: Half; readonly sure: boolean }
    >
  /** `clusterid` in the search, `"clusterId"` in SQL: each half has a spelling of its own. */
  | Kind<
      "field-spelling",
      "warning" | "information",
      { readonly name: string; readonly half: Half; readonly instead: string }
    >
  /** Single quotes mean nothing in the search. `value` is what stands between them. */
  | Kind<"single-quotes", "warning", { readonly value: string }>
  /** `*sh`: a wildcard stands in the middle or at the end of a word. */
  | Kind<"wildcard-leading", "error", { readonly value: string }>
  /** `"cn*"`: in quotes a wildcard is a character. */
  | Kind<"wildcard-quoted", "information", { readonly value: string }>
  /** `process.name > 5`: SLS searches for the words of it. A warning where the index says that the field is text. */
  | Kind<"number-on-text", "warning" | "information", { readonly name: string; readonly operator: string }>
  /** `latency: fast`: what is no number is never found in a number field. */
  | Kind<"word-on-number", "warning", { readonly name: string; readonly value: string }>
  /** `#"…"` where SLS does not take it: behind `not`, beside `or`, a wildcard or an analysis. */
  | Kind<"phrase-place", "warning", { readonly place: PhrasePlace }>
  | Kind<"conditions-many", "error" | "warning", { readonly count: number; readonly limit: number }>
  /** `not a and b`: the documentation does not say which of the two binds tighter. */
  | Kind<"not-ambiguous", "warning">
  /** The range is not part of a statement: `__time__` cannot be searched for. */
  | Kind<"time-in-search", "error">
  /** `process.name: CURL`: programs are written as they are called. A warning where case is known to matter. */
  | Kind<"program-case", "warning" | "information", { readonly value: string; readonly instead: string }>
  /** `select …` with no search and no pipe before it. */
  | Kind<"pipe-missing", "warning">

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
  /** `k8s.pod.name`: a column whose name has dots has to be quoted. */
  | Kind<"column-unquoted", "error", { readonly name: string }>
  /** `"rm"` where a text is meant: double quotes make a name. */
  | Kind<"text-in-double-quotes", "error" | "warning", { readonly value: string }>
  /** A query without LIMIT answers `rows` rows. */
  | Kind<"limit-missing", "information", { readonly rows: number }>
  /** `limit offset, count` in a subquery. */
  | Kind<"limit-in-subquery", "error">
  /** More rows than a LIMIT may ask for. */
  | Kind<"limit-large", "warning", { readonly limit: number }>
  /** A function of the other dialect. */
  | Kind<"function-dialect", "warning", { readonly name: string; readonly dialect: "sql" | "spl" }>
  /** `row_number()` without a window. */
  | Kind<"over-missing", "error", { readonly name: string }>
  /** A function of many rows where one row is looked at, or in another one. */
  | Kind<"aggregate-place", "error", { readonly name: string; readonly place: AggregatePlace }>
  /** A column that is neither grouped by nor aggregated; `*` for all of them. */
  | Kind<"group-by-missing", "error", { readonly name: string }>
  /** Two values of types that cannot be compared. A warning where the index tells the types. */
  | Kind<"types-differ", "warning" | "information", { readonly left: string; readonly right: string }>
  /** `try(…)` in a lambda, which SLS refuses. */
  | Kind<"try-in-lambda", "error">

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
  /** No directive says when: `hours` before now are asked. */
  | Kind<"time-range-missing", "hint", { readonly hours: number }>
  /** A range that begins before the oldest record that is kept. */
  | Kind<"range-past-retention", "warning", { readonly days: number }>
  /** A range that ends before it begins. */
  | Kind<"range-empty", "error">
  | Kind<"account-unknown", "warning", { readonly name: string; readonly nearest: string | undefined }>
  | Kind<"cluster-unknown", "warning", { readonly name: string; readonly nearest: string | undefined }>
  /** More than one cluster has this name. */
  | Kind<"cluster-ambiguous", "error", { readonly name: string; readonly ids: readonly string[] }>

  // What those find who know the fields and the functions: the checker, and a source that is asked.
  | Kind<"function-unknown", "error" | "warning", { readonly name: string; readonly nearest: string | undefined }>
  /** A function that SLS has and the local engine does not. */
  | Kind<"function-cloud-only", "error", { readonly name: string }>
  | Kind<
      "function-arguments",
      "error" | "warning",
      { readonly name: string; readonly expected: string; readonly given: string }
    >
  | Kind<"column-unknown", "error" | "warning", { readonly name: string; readonly nearest: string | undefined }>
  | Kind<"column-ambiguous", "error", { readonly name: string }>
  | Kind<"table-unknown", "error" | "warning", { readonly name: string; readonly nearest?: string }>
  | Kind<"not-translatable", "error", { readonly what: Untranslatable }>
  /** `detail` is the engine's own text. */
  | Kind<"engine-rejected", "error", { readonly detail: string }>;

/** The two sides of the first pipe. */
export type Half = "search" | "sql";

export type PhrasePlace = "not" | "or" | "wildcard" | "analysis";

export type AggregatePlace = "where" | "on" | "group by" | "aggregate" | "lambda";

/** What of SLS the local engine knows and does not do, where no other code says it better. */
export type Untranslatable =
  /** A hole in the text; its own problem says what is missing. */
  | "missing"
  /** A command of SPL whose arguments are not documented. */
  | "spl"
  /** An argument or an option of a command of SPL that is missing, or that is not documented. */
  | "splArguments"
  /** `sort` and `limit` before any `project` or `stats`. */
  | "splOrder"
  /** What is not one of the functions of `stats` over plain fields, or one of them outside of it. */
  | "statsAggregate"
  /** More fields found in values than an answer has columns. */
  | "fieldCount"
  /** `compare` otherwise than over a subquery, by numbers of seconds. */
  | "compare"
  /** `time_series` otherwise than as a column that is grouped by, its order ascending. */
  | "timeSeries"
  /** `select *` in `mode=scan`. */
  | "scanStar"
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

  /** Whether nothing more is told, so that nothing more has to be found out. */
  get full(): boolean {
    return this.problems.length >= PROBLEM_LIMIT;
  }

  add(problem: Problem): void {
    if (this.full) return;
    if (problem.severity === "error") {
      if (problem.span.start === this.#lastErrorStart) return;
      this.#lastErrorStart = problem.span.start;
    }
    this.problems.push(problem);
  }
}
