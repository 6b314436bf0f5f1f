import type { Column } from "../logs/answer.ts";
import { readableFields } from "../logs/readable.ts";
import { columnOfKey, jsonPointer, partSql, partsPaths, sqlName, sqlText, sqlTexts } from "./recordColumns.ts";
import { keysColumn, restColumn, type SchemaColumn, schemaColumns } from "./schema.ts";

/**
 * SLS's own name for a field that holds others as JSON: here those of records that have more different keys than one
 * answer has columns.
 */
const othersKey = "__extract_others__";

/** What stands first in every answer: when it was. */
const timeKeys = ["__time__", "time"];

function kindOf(key: string, column: SchemaColumn | undefined): Column["kind"] {
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
 * What reads whole records back from rows of the table `log`: a text column for each key, null where the record does not
 * have it. A leaf that was read out of a JSON field is no key of its record, and a column that is spelled in several
 * ways belongs to the key that the record spells. Where the keys are not `complete`, the other fields come in one column.
 *
 * Of `few` rows, the columns for reading are read out of the JSON texts, which are there in any case: reading columns of
 * their own costs more, as DuckDB unpacks two thousand values of each to give one.
 */
export function recordsSql(
  rows: string,
  keys: readonly string[],
  { complete, few }: { readonly complete: boolean; readonly few: boolean },
): { readonly columns: readonly Column[]; readonly sql: string } {
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
  // Columns for reading, behind the record's own: a raw record would be four JSON texts in a grid.
  const jsonFields = new Set(keys.map((key) => columnOfKey(key)?.name));
  const opened = new Set<string>();
  for (const column of schemaColumns) {
    if (column.from === undefined || !jsonFields.has(column.from.field) || spelled.has(column.name)) continue;
    if (!readable.has(column.name)) continue;
    columns.push({ name: column.name, kind: kindOf(column.name, column), derived: true });
    if (few && column.type !== "long") {
      opened.add(column.from.field);
      values.push(partSql(column, sqlName(`@${column.from.field}`), partsPaths(column.from.field)));
    } else {
      values.push(`CAST(${sqlName(column.name)} AS VARCHAR)`);
    }
  }
  const selection = values.length === 0 ? "NULL" : values.join(", ");
  const lists = [...opened].map(
    (field) => `TRY(json_extract_string(${sqlName(field)}, ${sqlTexts(partsPaths(field))})) AS ${sqlName(`@${field}`)}`,
  );
  if (restPaths.length > 0) {
    lists.push(`json_extract_string(${sqlName(restColumn)}, ${sqlTexts(restPaths)}) AS ${sqlName("@values")}`);
  }
  const from = lists.length === 0 ? rows : `SELECT *, ${lists.join(", ")} FROM (${rows})`;
  return { columns, sql: `SELECT ${selection} FROM (${from})` };
}
