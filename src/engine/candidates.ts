import type { Search } from "../sls/syntax.ts";
import { columnOfKey, sqlName, sqlText } from "./recordColumns.ts";
import { keysColumn, restColumn, type SchemaColumn, schemaColumns } from "./schema.ts";
import type { StoredLog } from "./stores.ts";
import { delimiters } from "./translation/searchSql.ts";

/**
 * A condition that is true for every record that a search finds, and much cheaper than the search itself: that the words
 * which may stand in any field do stand in one of them, as part of whatever. Undefined where nothing of the kind is known.
 */
export function candidatesSql(search: Search, log: StoredLog): string | undefined {
  switch (search.kind) {
    case "and": {
      const both = [candidatesSql(search.left, log), candidatesSql(search.right, log)].filter(
        (one) => one !== undefined,
      );
      return both.length === 0 ? undefined : both.join(" AND ");
    }
    case "or": {
      const [left, right] = [candidatesSql(search.left, log), candidatesSql(search.right, log)];
      return left === undefined || right === undefined ? undefined : `((${left}) OR (${right}))`;
    }
    case "group":
      return candidatesSql(search.operand, log);
    case "term": {
      if (search.field !== undefined || log.keys === undefined) {
        return undefined;
      }
      const columns = textColumns(log.keys);
      const words = columns === undefined ? [] : wordsOf(search.value).filter(isTelling);
      return words.length === 0 || columns === undefined
        ? undefined
        : words.map((word) => `greatest(${columns.map((column) => holds(column, word)).join(", ")})`).join(" AND ");
    }
    default:
      return undefined;
  }
}

/** The columns that hold the texts of the records' own fields; undefined where a number may be spelled in several ways. */
function textColumns(keys: readonly string[]): readonly string[] | undefined {
  const columns = new Set<SchemaColumn>();
  for (const key of keys) {
    const column = columnOfKey(key);
    if (column !== undefined && column.name !== "__time__") {
      columns.add(column);
    }
  }
  return [...columns].some(({ type }) => type === "long")
    ? undefined
    : [...[...columns].map(({ name }) => name), keysColumn, restColumn];
}

/** `greatest` looks at every column for all rows, which lets DuckDB test a value that stands in many rows once. */
function holds(column: string, word: string): string {
  return `contains(lower(${sqlName(column)}), ${sqlText(word)})`;
}

function wordsOf(value: string): readonly string[] {
  let words = [value];
  for (const delimiter of delimiters) {
    words = words.flatMap((word) => word.split(delimiter));
  }
  return words.filter((word) => word !== "").map((word) => word.toLowerCase());
}

/**
 * Whether a word can only be found where it stands in a text as it is: with ASCII signs that JSON writes as they are and
 * no wildcard, and not as the name of a column, which a record may have without spelling it.
 */
function isTelling(word: string): boolean {
  return (
    /^[!-[\]-~]+$/.test(word) && !/[*?"]/.test(word) && !schemaColumns.some(({ name }) => name.toLowerCase() === word)
  );
}
