import type { Translation } from "./translation.ts";

type Answering = Exclude<Translation, { readonly kind: "names" | "refused" }>;

/** The DuckDB SQL that answers a statement, laid out to be read. `table` is how the SQL names the log, which reads `log`. */
export function explainSql(translation: Answering, table = "log"): string {
  const sql =
    translation.kind === "sql"
      ? translation.sql
      : `SELECT * FROM ${table} WHERE ${translation.search} ORDER BY ${translation.orderBy} LIMIT ${translation.limit}`;
  return laidOut(sql.replaceAll(`FROM ${table} WHERE `, "FROM log WHERE "));
}

/** The first words of the clauses of a query. The translation writes them in upper case, and the names of functions not. */
const clauses: ReadonlySet<string> = new Set([
  ...["WITH", "SELECT", "VALUES", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"],
  ...["UNION", "EXCEPT", "INTERSECT", "LEFT", "RIGHT", "FULL", "INNER", "CROSS"],
]);
const queries: ReadonlySet<string> = new Set(["WITH", "SELECT", "VALUES"]);

const LINE_LENGTH = 100;

type Piece = { readonly text: string; readonly spaced: boolean };

/** What is open: a query, which has lines of its own, or other parentheses. */
type Open = { readonly isQuery: boolean; clause: string; isLong: boolean };

/**
 * Lays a query out: a line for each clause and for each condition of a WHERE, and one for each item of a list that is
 * longer than a line. Nothing changes but the space between the pieces.
 */
function laidOut(sql: string): string {
  const pieces = piecesOf(sql);
  const open: Open[] = [{ isQuery: true, clause: "", isLong: false }];
  const lines: string[] = [];
  let line = "";
  const begin = (extra: number): void => {
    if (line.trim() !== "") lines.push(line);
    line = "  ".repeat(open.filter(({ isQuery }) => isQuery).length - 1 + extra);
  };
  const write = ({ text, spaced }: Piece): void => {
    line += spaced && line.trim() !== "" ? ` ${text}` : text;
  };

  for (const [index, piece] of pieces.entries()) {
    const { text } = piece;
    const inside = open.at(-1);
    if (text === "(") {
      write(piece);
      const isQuery = queries.has(pieces[index + 1]?.text ?? "");
      open.push({ isQuery, clause: "", isLong: false });
      if (isQuery) begin(0);
    } else if (text === ")" && open.length > 1) {
      open.pop();
      if (inside?.isQuery) begin(0);
      write(piece);
    } else if (inside?.isQuery && isClause(pieces, index)) {
      begin(0);
      inside.clause = text;
      inside.isLong = clauseLength(pieces, index) > LINE_LENGTH;
      write(piece);
    } else {
      if (inside?.isQuery && text === "AND" && inside.clause === "WHERE") begin(1);
      write(piece);
      if (inside?.isQuery && text === "," && (inside.clause === "WITH" || inside.isLong)) {
        begin(inside.clause === "WITH" ? 0 : 1);
      }
    }
  }
  begin(0);
  return lines.join("\n");
}

function piecesOf(sql: string): readonly Piece[] {
  return [...sql.matchAll(/(\s*)('(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|[^\s\w])/g)].map(([, space, text]) => ({
    text: text ?? "",
    spaced: space !== "",
  }));
}

/** Whether a clause begins here; `IS NOT DISTINCT FROM` is none. */
function isClause(pieces: readonly Piece[], index: number): boolean {
  return clauses.has(pieces[index]?.text ?? "") && pieces[index - 1]?.text !== "DISTINCT";
}

/** How long a clause is, as far as it matters whether it fits into a line. */
function clauseLength(pieces: readonly Piece[], from: number): number {
  let length = 0;
  let depth = 0;
  for (let index = from; index < pieces.length && length <= LINE_LENGTH; index++) {
    const text = pieces[index]?.text ?? "";
    if (text === "(") depth += 1;
    if (text === ")") depth -= 1;
    if (depth < 0 || (depth === 0 && index > from && isClause(pieces, index))) break;
    length += text.length + 1;
  }
  return length;
}
