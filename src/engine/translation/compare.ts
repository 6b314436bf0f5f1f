import { isNumber, type SqlType } from "../../sls/types.ts";
import { type Call, literalInteger } from "./callSql.ts";
import { instant } from "./timeSql.ts";
import type { Surroundings, Typed } from "./typed.ts";

/** A call of `compare(x, n, …)` or `ts_compare(x, n, …)`: how many seconds before the query is run again. */
export type Comparison = { readonly call: Call; readonly seconds: readonly number[]; readonly withTimes: boolean };

export function isComparison(call: Call): boolean {
  const name = call.name.name.toLowerCase();
  return name === "compare" || name === "ts_compare";
}

/** Undefined where the seconds are no whole numbers as they stand: they decide which queries are run. */
export function comparisonOf(call: Call): Comparison | undefined {
  const seconds = call.args.slice(1).map(literalInteger);
  const whole = seconds.filter((count) => count !== undefined && count > 0 && count < 1e10);
  return whole.length === 0 || whole.length < seconds.length
    ? undefined
    : {
        call,
        seconds: whole.flatMap((count) => count ?? []),
        withTimes: call.name.name.toLowerCase() === "ts_compare",
      };
}

/**
 * The array that is answered: the value now, those before, and the ratio of now to each of them; `ts_compare` adds the
 * Unix times before. `now` and `before` are the same value in either run of the query, `time` the one that is grouped by.
 */
export function comparedSql(
  { seconds, withTimes }: Comparison,
  now: Typed,
  before: (seconds: number) => Typed,
  time: Typed | undefined,
  surroundings: Surroundings,
): Typed | undefined {
  if (!isNumber(now.type) && now.type.kind !== "unknown") return undefined;
  const at = time === undefined ? undefined : instant(time, surroundings);
  if (withTimes && at === undefined) return undefined;
  const one = (sql: string): string => `any_value(CAST(${sql} AS DOUBLE))`;
  const past = seconds.map((count) => one(before(count).sql));
  const ratios = past.map((value) => `${one(now.sql)} / ${value}`);
  const times = withTimes ? seconds.map((count) => `any_value(epoch(${at})) - ${count}`) : [];
  return { sql: `CAST([${[one(now.sql), ...past, ...ratios, ...times].join(", ")}] AS DOUBLE[])`, type: arrayOfDouble };
}

const arrayOfDouble: SqlType = { kind: "array", element: { kind: "double" } };

/** Which of the values that are grouped by is the time. */
export function timeAmong(keys: readonly Typed[]): Typed | undefined {
  for (const kinds of [["timestamp", "zonedTimestamp", "date"], ["bigint"], ["varchar"]]) {
    const found = keys.find(({ type }) => kinds.includes(type.kind));
    if (found !== undefined) return found;
  }
  return undefined;
}
