import type { Column } from "../../logs/answer.ts";
import type { TimeRange } from "../../logs/question.ts";
import type { Problem } from "../../sls/problems.ts";
import type { Statement } from "../../sls/syntax.ts";
import { sqlName, sqlText } from "../recordColumns.ts";
import { atColumn, type SchemaColumn } from "../schema.ts";
import { analysisSql } from "./analysisSql.ts";
import { LogFields } from "./logFields.ts";
import { largestExpansion } from "./macros.ts";
import { Refusals } from "./refusal.ts";
import { type KnownValues, searchSql } from "./searchSql.ts";
import { steadyOffset } from "./timeSql.ts";

/** What a statement is asked of. */
export type TranslationContext = {
  /** The table `log`, as SQL: `log`, or with the names of its database and schema. */
  readonly table: string;
  readonly columns: readonly SchemaColumn[];
  /** The names of the fields that the store knows its records to have beside the columns. */
  readonly restNames: Iterable<string>;
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
 * `macroSql` has to have been run on the connection.
 */
export type Translation =
  /** A search alone: whole records, of which there are at most `limit`, in this order. */
  | { readonly kind: "records"; readonly search: string; readonly orderBy: string; readonly limit: number }
  /**
   * SQL that answers with one row per row and one column per column, in their order, under names of its own; every cell
   * is a text, or null where there is no value.
   */
  | { readonly kind: "sql"; readonly search: string; readonly sql: string; readonly columns: readonly Column[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** What DuckDB binds in well under a second. */
const COPIES_LIMIT = 10_000;

/** Newest first, as SLS lists what it finds. */
export const newestFirst = `${sqlName(atColumn)} DESC, ${sqlName("eventId")} DESC`;

/** Translates a statement for DuckDB. No name of the statement gets into the SQL, and every text of it only as a literal. */
export function translate(statement: Statement, context: TranslationContext): Translation {
  const refusals = new Refusals();
  const fields = new LogFields(context.columns, context.restNames);
  const search = [
    ...rangeConditions(context.range),
    ...(context.cluster === undefined ? [] : [`${sqlName("clusterId")} = ${sqlText(context.cluster)}`]),
    searchSql(statement.search, fields, context.knownValues ?? new Map(), refusals),
  ].join(" AND ");

  const { analysis } = statement;
  if (analysis === undefined) {
    return refusals.problems.length > 0
      ? refusals.told()
      : { kind: "records", search, orderBy: newestFirst, limit: context.maxRows };
  }
  if (analysis.kind === "spl") {
    refusals.add({ code: "not-translatable", what: "spl" }, analysis.span);
    return refusals.told();
  }
  const surroundings = {
    zone: context.zone,
    offsetSeconds: steadyOffset(context.zone, context.range.fromMs, context.range.toMs),
  };
  const records = `(SELECT * FROM ${context.table} WHERE ${search})`;
  const { sql, columns } = analysisSql(analysis, records, fields, surroundings, refusals);
  const { copies, depth } = largestExpansion(sql);
  if (copies > COPIES_LIMIT) refusals.add({ code: "too-deep", limit: depth }, analysis.span);
  return refusals.problems.length > 0 ? refusals.told() : { kind: "sql", search, sql, columns };
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
