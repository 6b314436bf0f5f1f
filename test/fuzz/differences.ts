/**
 * Where our translation and the oracle's answer differently, by class, and why. The oracle is Polyglot's transpiler of
 * Presto's SQL to DuckDB's; SLS's SQL is Presto's. Each class says how the oracle's SQL has to be corrected, so that
 * all else in a statement is still compared. A difference that the corrections do not remove is a mistake of ours until
 * somebody has shown otherwise.
 */
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Answer, answerOf, ownAnswer } from "./table.ts";

export type DifferenceClass = {
  readonly name: string;
  /** Why the oracle's SQL does not mean what Presto's does. */
  readonly reason: string;
  /** A macro that the corrected SQL calls. */
  readonly macro?: string;
  readonly correct: (duckdbSql: string) => string;
};

function calls(from: string, to: string): (sql: string) => string {
  const name = new RegExp(`\\b${from}\\(`, "g");
  return (sql) => outsideTexts(sql, (piece) => piece.replace(name, `${to}(`));
}

/** Changes what stands outside of the texts and quoted names of some SQL. */
function outsideTexts(sql: string, change: (piece: string) => string): string {
  return sql
    .split(/('(?:[^']|'')*'|"(?:[^"]|"")*")/)
    .map((piece, index) => (index % 2 === 0 ? change(piece) : piece))
    .join("");
}

export const differenceClasses: readonly DifferenceClass[] = [
  {
    name: "bitwise functions",
    reason: "The oracle leaves bitwise_and as it is, and DuckDB has only the operator &.",
    macro: "CREATE MACRO oracle_bitwise_and(a, b) AS a & b",
    correct: calls("BITWISE_AND", "oracle_bitwise_and"),
  },
  {
    name: "division of integers",
    reason:
      "Presto divides integers to an integer, cutting off the rest (Presto's documentation, Mathematical Functions and Operators). The oracle knows no types of columns and divides doubles.",
    macro: "CREATE MACRO oracle_quotient(a, b) AS CAST(trunc(CAST(a AS DOUBLE) / b) AS BIGINT)",
    correct: integerDivision,
  },
  {
    name: "greatest and least of a null",
    reason: "Presto answers null if any argument is null (Comparison Functions); DuckDB passes over nulls.",
    macro: `CREATE MACRO oracle_greatest(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE greatest(a, b) END;
            CREATE MACRO oracle_least(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE least(a, b) END`,
    correct: (sql) => calls("LEAST", "oracle_least")(calls("GREATEST", "oracle_greatest")(sql)),
  },
  {
    name: "concat of a null",
    reason:
      "Presto's concat answers null if any argument is null, as || does (String Functions); DuckDB's passes over it.",
    macro: "CREATE MACRO oracle_concat(a, b) AS a || b",
    correct: calls("CONCAT", "oracle_concat"),
  },
  {
    name: "count_if without rows that count",
    reason:
      "Presto counts 0 where no condition is true or false (Aggregate Functions); DuckDB's count_if is null then.",
    macro: "CREATE MACRO oracle_count_if(a) AS coalesce(count_if(a), 0)",
    correct: calls("COUNT_IF", "oracle_count_if"),
  },
  {
    name: "substr from before the beginning",
    reason:
      "Presto answers an empty text where a negative start lies before the text (String Functions); DuckDB the text.",
    macro: `CREATE MACRO oracle_substring
              (a, b) AS CASE WHEN b < -length(a) THEN '' ELSE substring(a, b) END,
              (a, b, c) AS substring(a, b, c)`,
    correct: calls("SUBSTRING", "oracle_substring"),
  },
  {
    name: "split_part behind the last field",
    reason: "Presto answers null for a field that is not there (String Functions); DuckDB an empty text.",
    macro: `CREATE MACRO oracle_split_part(a, b, c) AS
              CASE WHEN c > len(string_split(a, b)) THEN NULL ELSE split_part(a, b, c) END`,
    correct: calls("SPLIT_PART", "oracle_split_part"),
  },
  {
    name: "regexp_extract without a match",
    reason:
      "Presto answers null (Regular Expression Functions) and DuckDB an empty text; the oracle knows it, but not in the arguments of some functions.",
    macro: `CREATE MACRO oracle_regexp_extract
              (a, b) AS nullif(regexp_extract(a, b), ''),
              (a, b, c) AS nullif(regexp_extract(a, b, c), '')`,
    correct: calls("REGEXP_EXTRACT", "oracle_regexp_extract"),
  },
  {
    name: "arrows without parentheses",
    reason:
      "The oracle writes json_extract_scalar as ->>, which binds looser than AND in DuckDB, and does not enclose it.",
    correct: (sql) => sql.replace(/\bj ->> ('(?:[^']|'')*')/g, "(j ->> $1)"),
  },
  {
    name: "a number between spaces",
    reason: "Presto casts no text with spaces around its number (Java's Long.parseLong reads it); DuckDB does.",
    macro: `CREATE MACRO oracle_try_bigint(a) AS
              CASE WHEN regexp_full_match(CAST(a AS VARCHAR), '[+-]?[0-9]+') THEN TRY_CAST(a AS BIGINT) END`,
    correct: (sql) => casts(sql, "TRY_CAST", "BIGINT", (inside) => [`oracle_try_bigint(${inside})`, 0]),
  },
  {
    name: "functions left as they are",
    reason:
      "The oracle translates nothing in the arguments of functions that it does not know, and DuckDB has no such functions or takes them differently.",
    macro: `CREATE MACRO oracle_json_extract_scalar(a, b) AS a ->> b;
            CREATE MACRO oracle_cardinality(a) AS len(a);
            CREATE MACRO oracle_date_format(a, b) AS
              strftime(a, replace(replace(b, '%i', '%M'), '%s', '%S'));
            CREATE MACRO oracle_from_unixtime(a) AS to_timestamp(a);
            CREATE MACRO oracle_regexp_like(a, b) AS regexp_matches(a, b);
            CREATE MACRO oracle_regexp_replace
              (a, b) AS regexp_replace(a, b, '', 'g'),
              (a, b, c) AS regexp_replace(a, b, replace(c, '$', chr(92)), 'g'),
              (a, b, c, d) AS regexp_replace(a, b, c, 'g')`,
    correct: (sql) =>
      ["CARDINALITY", "DATE_FORMAT", "FROM_UNIXTIME", "JSON_EXTRACT_SCALAR", "REGEXP_LIKE", "REGEXP_REPLACE"].reduce(
        (left, name) => calls(name, `oracle_${name.toLowerCase()}`)(left),
        sql,
      ),
  },
];

/** `CAST(x AS DOUBLE) / 3`, which the oracle makes of `x / 3`. */
function integerDivision(sql: string): string {
  return casts(sql, "CAST", "DOUBLE", (inside, behind) => {
    const divisor = /^ \/ (\d+)/.exec(behind);
    return divisor ? [`oracle_quotient(${inside}, ${divisor[1]})`, divisor[0].length] : undefined;
  });
}

/** Changes casts to a type, given what is cast and what stands behind; the change takes in so much of that. */
function casts(
  sql: string,
  name: "CAST" | "TRY_CAST",
  type: string,
  change: (inside: string, behind: string) => readonly [text: string, taken: number] | undefined,
): string {
  let result = sql;
  const open = new RegExp(`\\b${name}\\(`, "g");
  for (let found = open.exec(result); found !== null; found = open.exec(result)) {
    const close = closing(result, open.lastIndex - 1);
    const inside = result.slice(open.lastIndex, close);
    const behind = result.slice(close + 1);
    if (!inside.endsWith(` AS ${type}`)) continue;
    const changed = change(inside.slice(0, -` AS ${type}`.length), behind);
    if (changed === undefined) continue;
    result = result.slice(0, found.index) + changed[0] + behind.slice(changed[1]);
    open.lastIndex = found.index + 1;
  }
  return result;
}

/** Where the parenthesis that opens at `at` closes. */
function closing(sql: string, at: number): number {
  let open = 0;
  let quoted = false;
  for (let index = at; index < sql.length; index++) {
    const sign = sql[index];
    if (sign === "'") quoted = !quoted;
    if (quoted) continue;
    if (sign === "(") open++;
    if (sign === ")" && --open === 0) return index;
  }
  return sql.length;
}

export type Compared =
  | { readonly kind: "same" }
  /** Same once the oracle's SQL is corrected, for the reasons of these classes. */
  | { readonly kind: "explained"; readonly classes: readonly DifferenceClass[] }
  | { readonly kind: "different"; readonly own: Answer; readonly other: Answer; readonly corrected: string };

/** Asks both translations of a statement and compares what they answer. */
export async function compare(connection: DuckDBConnection, sql: string, duckdbSql: string): Promise<Compared> {
  const own = await ownAnswer(connection, sql);
  const other = await answerOf(connection, duckdbSql);
  if (isSame(own, other)) return { kind: "same" };
  const classes: DifferenceClass[] = [];
  let corrected = duckdbSql;
  for (const one of differenceClasses) {
    const next = one.correct(corrected);
    if (next !== corrected) classes.push(one);
    corrected = next;
  }
  const answer = classes.length === 0 ? other : await answerOf(connection, corrected);
  return isSame(own, answer) ? { kind: "explained", classes } : { kind: "different", own, other: answer, corrected };
}

function isSame(own: Answer, other: Answer): boolean {
  return own.kind === "rows" && other.kind === "rows" && JSON.stringify(own.rows) === JSON.stringify(other.rows);
}

/** The macros that corrected SQL calls. */
export const correctionMacros: readonly string[] = differenceClasses.flatMap(({ macro }) => macro?.split(";") ?? []);
