import type { Column } from "../../logs/answer.ts";
import type { TimeRange } from "../../logs/question.ts";
import type { Problem } from "../../sls/check/problems.ts";
import type { Statement } from "../../sls/syntax.ts";
import { sqlName, sqlText } from "../recordColumns.ts";
import { atColumn, type SchemaColumn } from "../schema.ts";
import { analysisSql } from "./analysisSql.ts";
import { LogFields } from "./logFields.ts";
import { largestExpansion } from "./macros.ts";
import { Refusals } from "./refusal.ts";
import { type KnownValues, searchSql } from "./searchSql.ts";
import { type SplSql, splSql } from "./splSql.ts";
import { steadyOffset } from "./timeSql.ts";

/** What a statement is asked of. */
export type TranslationContext = {
  /** The table `log`, as SQL: `log`, or with the names of its database and schema. */
  readonly table: string;
  readonly columns: readonly SchemaColumn[];
  /** The names of the fields that the store knows its records to have beside the columns. */
  readonly restNames: Iterable<string>;
  /** Every key that a record has; undefined where there are too many to be known. */
  readonly keys?: readonly string[] | undefined;
  /** What is known of the values of columns that have few, such as `kind`: a search of them is then as fast as can be. */
  readonly knownValues?: KnownValues;
  /** The IANA zone of the question; the connection's TimeZone has to be the same. */
  readonly zone: string;
  readonly range: TimeRange;
  /** Only the records of this cluster. */
  readonly cluster?: string | undefined;
  /** At most so many rows of a search. SQL has a LIMIT of its own. */
  readonly maxRows: number;
};

/**
 * How a statement is answered. `search` is a condition over the table: the time range, the cluster and the search half.
 * `macroSql` has to have been run on the instance.
 */
export type Translation =
  /** A search alone: whole records, of which there are at most `limit`, in this order. */
  | { readonly kind: "records"; readonly search: string; readonly orderBy: string; readonly limit: number }
  /**
   * SQL that answers with one row per row and one column per column, in their order, under names of its own; every cell
   * is a text, or null where there is no value.
   */
  | {
      readonly kind: "sql";
      readonly search: string;
      readonly sql: string;
      readonly columns: readonly Column[];
      /**
       * Where the statement does not say how many rows it answers, as SPL without `stats` and `limit`: what counts them.
       * There are at most the question's `maxRows` of them.
       */
      readonly countSql?: string | undefined;
      /** A column without a value is shown as well, since the statement names it. */
      readonly namesColumns?: boolean;
    }
  /** What comes next depends on names in the data: those that `sql` answers, one a row. `go` goes on with them. */
  | { readonly kind: "names"; readonly sql: string; readonly go: (names: readonly string[]) => Translation }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** What DuckDB binds in well under a second. */
const COPIES_LIMIT = 10_000;

/** Newest first, as SLS lists what it finds. */
export const newestFirst = `${sqlName(atColumn)} DESC, ${sqlName("eventId")} DESC`;

/** Translates a statement for DuckDB. No name of the statement gets into the SQL, and every text of it only as a literal. */
export function translate(statement: Statement, context: TranslationContext): Translation {
  const refusals = new Refusals();
  const fields = new LogFields(context.columns, context.restNames);
  const found = searchSql(statement.search, fields, context.knownValues ?? new Map(), refusals);
  const searchIn = (range: TimeRange): string =>
    [
      ...rangeConditions(range),
      ...(context.cluster === undefined ? [] : [`${sqlName("clusterId")} = ${sqlText(context.cluster)}`]),
      found,
    ].join(" AND ");
  const search = searchIn(context.range);

  // `with_pack_meta` adds where in the cloud's storage a record lies, which none has here.
  const analysis = isPackMeta(statement.analysis) ? undefined : statement.analysis;
  if (analysis === undefined) {
    return refusals.problems.length > 0
      ? refusals.told()
      : { kind: "records", search, orderBy: newestFirst, limit: context.maxRows };
  }
  const surroundings = {
    zone: context.zone,
    offsetSeconds: steadyOffset(context.zone, context.range.fromMs, context.range.toMs),
  };
  const records = (secondsBefore: number): string => {
    if (secondsBefore === 0) return `(SELECT * FROM ${context.table} WHERE ${search})`;
    const { fromMs, toMs } = context.range;
    const before = { fromMs: fromMs - secondsBefore * 1000, toMs: toMs - secondsBefore * 1000 };
    const time = sqlName("__time__");
    return `(SELECT * REPLACE (${time} + ${secondsBefore} AS ${time}) FROM ${context.table} WHERE ${searchIn(before)})`;
  };
  const checked = (sql: string): boolean => {
    const { copies, depth } = largestExpansion(sql);
    if (copies > COPIES_LIMIT) refusals.add({ code: "too-deep", limit: depth }, analysis.span);
    return refusals.problems.length === 0;
  };

  if (analysis.kind === "spl") {
    const told = (step: SplSql): Translation => {
      if (!checked(step.sql)) return refusals.told();
      return step.kind === "names"
        ? { kind: "names", sql: step.sql, go: (names) => told(step.go(names)) }
        : { ...step, search };
    };
    const { keys, maxRows } = context;
    return told(splSql(analysis, { records: records(0), keys, fields, surroundings, maxRows }, refusals));
  }
  const { sql, columns } = analysisSql(analysis, { records, range: context.range, fields }, surroundings, refusals);
  return checked(sql) ? { kind: "sql", search, sql, columns } : refusals.told();
}

function isPackMeta(analysis: Statement["analysis"]): boolean {
  const [command, ...more] = analysis?.kind === "spl" ? analysis.commands : [];
  return more.length === 0 && command?.name === "with_pack_meta" && command.items.length === 0;
}

/** from ≤ t < to, in the whole seconds of `__time__`. */
function rangeConditions({ fromMs, toMs }: TimeRange): readonly string[] {
  const time = sqlName("__time__");
  const bound = (ms: number): string => String(BigInt(Math.ceil(ms / 1000)));
  return [
    ...(Number.isFinite(fromMs) ? [`${time} >= ${bound(fromMs)}`] : []),
    ...(Number.isFinite(toMs) ? [`${time} < ${bound(toMs)}`] : []),
  ];
}
