/** A small table that two translations of a statement are asked of. */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { SchemaColumn } from "../../src/engine/schema.ts";
import { macroSql } from "../../src/engine/translation/macros.ts";
import { translate } from "../../src/engine/translation/translation.ts";
import { hasErrors } from "../../src/sls/check/problems.ts";
import { parseStatement } from "../../src/sls/parser/parser.ts";

type Cell = string | number | null;

export const columns: readonly SchemaColumn[] = (
  [
    ["__time__", "long"],
    ["id", "long"],
    ["a", "long"],
    ["b", "long"],
    ["s", "text"],
    ["u", "text"],
    ["j", "text"],
  ] as const
).map(([name, type]) => ({ name, type, from: undefined }));

const startSeconds = 1_760_000_000;
const texts = [
  "",
  "a",
  "ab",
  "Abc",
  " a b ",
  "x,y",
  "10",
  "-3",
  "it's",
  "50%",
  "déjà",
  "漢字",
  "a_b",
  "GET /a?b=1",
  null,
];

/** Rows with the values that translations are most often wrong about: none, empty, negative, zero, not of ASCII. */
export const rows: readonly (readonly Cell[])[] = Array.from({ length: 30 }, (_, index) => [
  startSeconds + index * 97,
  index,
  index % 7 === 3 ? null : (index % 9) - 4,
  index % 11 === 5 ? null : (index * 37) % 23,
  texts[index % texts.length] ?? null,
  index % 4 === 0 ? null : (texts[(index * 7) % texts.length] ?? null),
  index % 5 === 2 ? null : JSON.stringify({ k: index % 3, t: texts[index % 5], l: [index, index + 1] }),
]);

function literal(cell: Cell): string {
  return typeof cell === "string" ? `'${cell.replaceAll("'", "''")}'` : String(cell ?? "NULL");
}

export async function openTable(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(macroSql);
  const types = columns.map(({ name, type }) => `"${name}" ${type === "long" ? "BIGINT" : "VARCHAR"}`);
  await connection.run(`CREATE TABLE log (${types.join(", ")})`);
  await connection.run(`INSERT INTO log VALUES ${rows.map((row) => `(${row.map(literal).join(", ")})`).join(", ")}`);
  return connection;
}

/** What a statement answers, or why it answers nothing. */
export type Answer =
  | { readonly kind: "rows"; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: "failed"; readonly reason: string };

/** The answer of our own translation. */
export async function ownAnswer(connection: DuckDBConnection, sql: string): Promise<Answer> {
  const { statement, problems } = parseStatement(`* | ${sql}`);
  if (hasErrors(problems)) return { kind: "failed", reason: `problems: ${JSON.stringify(problems)}` };
  const translation = translate(statement, {
    table: "log",
    columns,
    restNames: [],
    zone: "UTC",
    range: { fromMs: startSeconds * 1000, toMs: (startSeconds + 86_400) * 1000 },
    maxRows: 1000,
  });
  if (translation.kind !== "sql") return { kind: "failed", reason: `translation: ${JSON.stringify(translation)}` };
  return answerOf(connection, translation.sql);
}

/** The answer of DuckDB's SQL that somebody else made of a statement. */
export async function answerOf(connection: DuckDBConnection, duckdbSql: string): Promise<Answer> {
  try {
    const reader = await connection.runAndReadAll(duckdbSql);
    return {
      kind: "rows",
      rows: reader
        .getRowsJson()
        .map((row) => row.map(plain))
        .sort(byText),
    };
  } catch (failure) {
    return { kind: "failed", reason: failure instanceof Error ? failure.message : String(failure) };
  }
}

/**
 * A value as both translations can be compared by it: our own answers in texts as SLS writes them, and the other in
 * DuckDB's types, so a number is one however it is written.
 */
function plain(value: unknown): string {
  if (value === null) return "null";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const number = /^-?(\d+\.?\d*|\.\d+)(E-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(number) ? text : String(Number(number.toPrecision(12)));
}

function byText(left: readonly string[], right: readonly string[]): number {
  const [a, b] = [left.join("\u0001"), right.join("\u0001")];
  return a < b ? -1 : a > b ? 1 : 0;
}
