import type { TimeRange } from "../../logs/question.ts";
import type { Expression } from "../../sls/syntax.ts";
import { isNumber, type SqlType } from "../../sls/types.ts";
import { sqlName, sqlText } from "../recordColumns.ts";
import { type Call, literalText } from "./callSql.ts";
import { formatted, timeValue } from "./timeSql.ts";
import type { Surroundings, Typed } from "./typed.ts";

const pads = ["0", "null", "last", "next", "avg"] as const;

/** A call of `time_series(time, window, format, padding)`, as "Date and time functions" describes it. */
export type Series = {
  /** The beginning of the window in which a row lies, as a clock in the question's zone shows it. */
  readonly bucket: string;
  readonly seconds: number;
  readonly format: string;
  readonly pad: (typeof pads)[number];
};

/** So many windows are the most rows that SLS answers. */
const WINDOWS_LIMIT = 1_000_000;

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, H: 3_600, d: 86_400 };

/** Undefined where the arguments are not what the documentation names. `time` is the first of them. */
export function seriesOf({ args }: Call, time: Typed, surroundings: Surroundings): Series | undefined {
  const [window = "", format, padding] = args.slice(1).map(literalText);
  const [, count, unit = ""] = /^([1-9][0-9]{0,6})([smhHd])$/.exec(window) ?? [];
  const pad = pads.find((name) => name === padding);
  const value = time.type.kind === "varchar" ? undefined : timeValue(time, surroundings);
  if (args.length !== 4 || count === undefined || format === undefined || pad === undefined || value === undefined) {
    return undefined;
  }
  const seconds = Number(count) * (unitSeconds[unit] ?? 1);
  return { bucket: bucketSql(value.local, seconds), seconds, format, pad };
}

/** Windows begin at midnight of the question's zone and whole multiples of their length from there. */
function bucketSql(local: string, seconds: number): string {
  return `time_bucket(to_seconds(${seconds}), ${local}, TIMESTAMP '1970-01-01 00:00:00')`;
}

/** A column of the grouped rows. `time` holds the windows, a `key` is grouped by, a `value` is what the gaps need. */
export type SeriesColumn = { readonly kind: "time" | "key" | "value"; readonly type: SqlType };

/**
 * The rows of `grouped`, whose columns are `c0`, `c1` …, and one for every window of the range that has none, for each
 * combination of the keys. The window itself is `"window"`, and its text stands in the place of the time column. A range
 * of more windows than SLS answers rows is filled from the first to the last row only.
 */
export function filledSql(
  grouped: string,
  columns: readonly SeriesColumn[],
  series: Series,
  range: TimeRange,
  { zone }: Surroundings,
): string {
  const name = (index: number): string => sqlName(`c${index}`);
  const time = name(columns.findIndex(({ kind }) => kind === "time"));
  const keys = columns.flatMap(({ kind }, index) => (kind === "key" ? [name(index)] : []));

  const windows = (range.toMs - range.fromMs) / 1000 / series.seconds;
  const ends = Number.isFinite(windows) && windows <= WINDOWS_LIMIT ? [range.fromMs, range.toMs - 1] : undefined;
  const [first, last] =
    ends === undefined
      ? [`(SELECT min(${time}) FROM "grouped")`, `(SELECT max(${time}) FROM "grouped")`]
      : ends.map((ms) =>
          bucketSql(`timezone(${sqlText(zone)}, to_timestamp(${Math.floor(ms / 1000)}))`, series.seconds),
        );
  const grid = `SELECT unnest(generate_series(${first}, ${last}, to_seconds(${series.seconds}))) AS "window"`;
  const perKeys = keys.length === 0 ? "" : ` CROSS JOIN (SELECT DISTINCT ${keys.join(", ")} FROM "grouped") AS "keys"`;
  const same = [
    `"row".${time} = "grid"."window"`,
    ...keys.map((key) => `"row".${key} IS NOT DISTINCT FROM "keys".${key}`),
  ];

  const partition = keys.length === 0 ? "" : `PARTITION BY ${keys.map((key) => `"keys".${key}`).join(", ")} `;
  const over = (frame: string): string => `OVER (${partition}ORDER BY "grid"."window" ROWS BETWEEN ${frame})`;
  const cells = columns.map(({ kind, type }, index) => {
    const column = name(index);
    if (kind === "time") return `${textOfWindow('"grid"."window"', series)} AS ${column}`;
    if (kind === "key") return `"keys".${column} AS ${column}`;
    const value = `"row".${column}`;
    const before = `last_value(${value} IGNORE NULLS) ${over("UNBOUNDED PRECEDING AND CURRENT ROW")}`;
    const behind = `first_value(${value} IGNORE NULLS) ${over("CURRENT ROW AND UNBOUNDED FOLLOWING")}`;
    const pad = padSql(series.pad, type, before, behind);
    return `CASE WHEN "row".${time} IS NULL THEN ${pad} ELSE ${value} END AS ${column}`;
  });
  return `WITH "grouped" AS MATERIALIZED (${grouped}) SELECT "grid"."window" AS "window", ${cells.join(", ")} FROM (${grid}) AS "grid"${perKeys} LEFT JOIN "grouped" AS "row" ON ${same.join(" AND ")}`;
}

function textOfWindow(window: string, { format }: Series): string {
  return formatted({ local: window, of: (local) => ({ sql: local, type: { kind: "timestamp" } }) }, format).sql;
}

/** What is no number has no zero and no mean. */
function padSql(pad: Series["pad"], type: SqlType, before: string, behind: string): string {
  switch (pad) {
    case "last":
      return before;
    case "next":
      return behind;
    case "0":
      return isNumber(type) ? "0" : "NULL";
    case "avg":
      if (!isNumber(type)) return "NULL";
      return type.kind === "bigint" ? `((${before} + ${behind}) // 2)` : `((${before} + ${behind}) / 2)`;
    case "null":
      return "NULL";
    default:
      return pad satisfies never;
  }
}

/** The call that an expression is, in parentheses or not. */
export function seriesCall(expression: Expression): Call | undefined {
  if (expression.kind === "group") return seriesCall(expression.operand);
  return expression.kind === "call" && isSeries(expression) ? expression : undefined;
}

export function isSeries(call: Call): boolean {
  return call.name.name.toLowerCase() === "time_series";
}
