import { defaultDelimiters } from "../audit/logIndex.ts";
import type { Search } from "../sls/syntax.ts";
import { columnOfKey, sqlName, sqlText } from "./recordColumns.ts";
import {
  keysColumn,
  lowerCommandColumn,
  moreProcessColumn,
  restColumn,
  type SchemaColumn,
  schemaColumns,
} from "./schema.ts";
import type { StoredLog } from "./stores.ts";

/**
 * A condition that is true for every record that a search finds, and much cheaper than the search itself: that the words
 * of a command line, and those that may stand in any field, do stand there, as part of whatever. Undefined where nothing
 * of the kind is known.
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
      const words = wordsOf(search.value).filter(isTelling);
      const conditions = words.map((word) =>
        search.field === undefined ? anywhere(word, log.keys) : inCommand(word, search.field.name),
      );
      const known = conditions.filter((condition) => condition !== undefined);
      return known.length === 0 ? undefined : known.join(" AND ");
    }
    default:
      return undefined;
  }
}

function inCommand(word: string, field: string): string | undefined {
  return columnOfKey(field)?.name === "process.cmdline"
    ? `contains(${sqlName(lowerCommandColumn)}, ${sqlText(word)})`
    : undefined;
}

/**
 * `greatest` looks at every column for all rows, which lets DuckDB test a value that stands in many rows once. A record
 * whose `process` holds what has no column is looked at as a whole.
 */
function anywhere(word: string, keys: readonly string[] | undefined): string | undefined {
  const columns = keys === undefined ? undefined : textColumns(keys, word);
  return columns === undefined
    ? undefined
    : `greatest(${columns.map((column) => `contains(${inLowerCase(column)}, ${sqlText(word)})`).join(", ")})`;
}

function inLowerCase(column: string): string {
  return column === lowerCommandColumn || column === moreProcessColumn ? sqlName(column) : `lower(${sqlName(column)})`;
}

/** The columns that hold the texts of the records' own fields; undefined where a number may be spelled in several ways. */
function textColumns(keys: readonly string[], word: string): readonly string[] | undefined {
  const columns = new Set<SchemaColumn>();
  for (const key of keys) {
    const column = columnOfKey(key);
    if (column !== undefined && column.name !== "__time__") {
      columns.add(column);
    }
  }
  if ([...columns].some(({ type }) => type === "long")) {
    return undefined;
  }
  const names = [...columns].flatMap(({ name }) => (name === "process" && isInParts(word) ? processParts : [name]));
  return [...new Set([...names, keysColumn, restColumn])].map((name) =>
    name === "process.cmdline" ? lowerCommandColumn : name,
  );
}

const processColumns = schemaColumns.filter(({ from }) => from?.field === "process");
const processParts = [
  ...processColumns.filter(({ type }) => type === "text").map(({ name }) => name),
  moreProcessColumn,
];
const processKeys = new Set(processColumns.flatMap(({ from }) => from?.path ?? []).map((key) => key.toLowerCase()));

/** Whether a word of `process` lies in one of its text columns: it is no key of it, and nothing that JSON writes bare. */
function isInParts(word: string): boolean {
  return !processKeys.has(word) && !/^[-+.\de]+$/.test(word) && !["true", "false", "null"].includes(word);
}

function wordsOf(value: string): readonly string[] {
  let words = [value];
  for (const delimiter of defaultDelimiters) {
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
