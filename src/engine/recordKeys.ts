import type { Cells, Column } from "../logs/answer.ts";
import { readableFields } from "../logs/readable.ts";
import { columnOfKey, jsonPointer, sqlName, sqlText, sqlTexts } from "./recordColumns.ts";
import { keysColumn, restColumn, type SchemaColumn, schemaColumns } from "./schema.ts";

/**
 * SLS's own name for a field that holds others as JSON: here those of records that have more different keys than one
 * answer has columns.
 */
export const othersKey = "__extract_others__";

/** What stands first in every answer: when it was. */
const timeKeys = ["__time__", "time"];

export function kindOf(key: string, column: SchemaColumn | undefined): Column["kind"] {
  if (timeKeys.includes(key)) {
    return "time";
  }
  return column === undefined || column.type === "text" ? "text" : column.type === "long" ? "number" : "json";
}

const readable = new Set(readableFields.map(({ name }) => name));

/** Keys in the order of an answer: the time, then the schema's own order, then the others as they came. */
export function orderedKeys(keys: Iterable<string>): readonly string[] {
  const place = (key: string): number => {
    const column = columnOfKey(key);
    const time = timeKeys.indexOf(key);
    return time >= 0 ? time : column === undefined ? 10_000 : 10 + schemaColumns.indexOf(column);
  };
  return [...new Set(keys)].sort((left, right) => place(left) - place(right));
}

/**
 * What reads whole records back from rows of the table `log` (`SELECT values FROM (from)`): a text column for each key, null where the record does not
 * have it. A leaf that was read out of a JSON field is no key of its record, and a column that is spelled in several
 * ways belongs to the key that the record spells. Where the keys are not `complete`, the other fields come in one column.
 * The columns for reading are not among them.
 */
export function recordsSql(
  rows: string,
  keys: readonly string[],
  complete: boolean,
): { readonly columns: readonly Column[]; readonly values: string; readonly from: string } {
  const spelled = new Map<string, number>();
  for (const key of keys) {
    const name = columnOfKey(key)?.name ?? key;
    spelled.set(name, (spelled.get(name) ?? 0) + 1);
  }
  const columns: Column[] = [];
  const values: string[] = [];
  // All values from the rest are read in one go, since every call parses it anew.
  const restPaths: string[] = [];
  const inRest = (key: string): string => `${sqlName("@values")}[${restPaths.push(jsonPointer([key]))}]`;
  for (const key of keys) {
    const column = columnOfKey(key);
    columns.push({ name: key, kind: kindOf(key, column) });
    if (column === undefined) {
      values.push(inRest(key));
      continue;
    }
    const value = `CAST(${sqlName(column.name)} AS VARCHAR)`;
    const alone = column.from === undefined && column.type !== "long" && spelled.get(column.name) === 1;
    values.push(
      alone
        ? value
        : `coalesce(${inRest(key)}, CASE WHEN contains(${sqlName(keysColumn)}, ${sqlText(JSON.stringify(key))}) THEN ${value} END)`,
    );
  }
  if (!complete) {
    const shown = keys.filter((key) => columnOfKey(key) === undefined).map((key) => [key, null]);
    columns.push({ name: othersKey, kind: "json" });
    values.push(
      `nullif(CAST(json_merge_patch(${sqlName(restColumn)}, ${sqlText(JSON.stringify(Object.fromEntries(shown)))}) AS VARCHAR), '{}')`,
    );
  }
  const selection = values.length === 0 ? "NULL" : values.join(", ");
  const rest = `json_extract_string(${sqlName(restColumn)}, ${sqlTexts(restPaths)})`;
  const from = restPaths.length === 0 ? rows : `SELECT *, ${rest} AS "@values" FROM (${rows})`;
  return { columns, values: selection, from };
}

/**
 * Columns for reading, behind the record's own: a raw record would be four JSON texts in a grid. They are those parts of
 * its JSON fields that a person reads first, where the records of a log do not spell them themselves.
 */
export function readableColumns(keys: readonly string[]): readonly SchemaColumn[] {
  const own = new Set(keys.map((key) => columnOfKey(key)?.name));
  return schemaColumns.filter(
    ({ name, from }) => from !== undefined && own.has(from.field) && !own.has(name) && readable.has(name),
  );
}

export function readableColumn(column: SchemaColumn): Column {
  return { name: column.name, kind: kindOf(column.name, column), derived: true };
}

/**
 * Adds the columns for reading to a row. They are read out of the JSON texts of the row, which are there in any case:
 * DuckDB would unpack two thousand values of each column to give the one of a row.
 */
export function addReadable(columns: readonly Column[], readables: readonly SchemaColumn[]): (cells: Cells) => Cells {
  const fields = [...new Set(readables.flatMap(({ from }) => from?.field ?? []))];
  const places = fields.map((field) => columns.findIndex(({ name }) => columnOfKey(name)?.name === field));
  const parts = readables.map((column) => ({ column, field: fields.indexOf(column.from?.field ?? "k8s") }));
  return (cells) => {
    const opened = places.map((place) => readJson(cells[place]));
    return [...cells, ...parts.map(({ column, field }) => partOf(opened[field], column))];
  };
}

function readJson(text: string | undefined): unknown {
  if (text === undefined) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    // The text was recorded so, cut perhaps; it has no parts.
    return undefined;
  }
}

/** A part of a JSON field under the path of its column or the same in lower case, as the import takes it out. */
function partOf(json: unknown, column: SchemaColumn): string | undefined {
  const path = column.from?.path ?? [];
  for (const keys of [path, path.map((key) => key.toLowerCase())]) {
    let value = json;
    for (const key of keys) {
      value =
        typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
    }
    if (value !== undefined && value !== null) {
      return typeof value === "string" ? value : JSON.stringify(value);
    }
  }
  return undefined;
}
