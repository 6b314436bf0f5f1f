import type { Column } from "../logs/answer.ts";
import { columnOfKey, jsonPointer, sqlName, sqlText } from "./recordColumns.ts";
import { keysColumn, restColumn, type SchemaColumn, schemaColumns } from "./schema.ts";

/** What stands first in every answer: when it was. */
const timeKeys = ["__time__", "time"];

function kindOf(key: string, column: SchemaColumn | undefined): Column["kind"] {
  if (timeKeys.includes(key)) {
    return "time";
  }
  return column === undefined || column.type === "text" ? "text" : column.type === "long" ? "number" : "json";
}

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
 * What reads whole records back from the table `log`: a text column for each key, null where the record does not have
 * it. A leaf that was read out of a JSON field is no key of its record, and a column that is spelled in several ways
 * belongs to the key that the record spells.
 */
export function recordSelection(keys: readonly string[]): {
  readonly columns: readonly Column[];
  readonly expressions: readonly string[];
} {
  const spelled = new Map<string, number>();
  for (const key of keys) {
    const name = columnOfKey(key)?.name ?? key;
    spelled.set(name, (spelled.get(name) ?? 0) + 1);
  }
  const columns: Column[] = [];
  const expressions: string[] = [];
  for (const key of keys) {
    const column = columnOfKey(key);
    columns.push({ name: key, kind: kindOf(key, column) });
    const rest = `json_extract_string(${sqlName(restColumn)}, ${sqlText(jsonPointer([key]))})`;
    if (column === undefined) {
      expressions.push(rest);
      continue;
    }
    const value = `CAST(${sqlName(column.name)} AS VARCHAR)`;
    const alone = column.from === undefined && column.type !== "long" && spelled.get(column.name) === 1;
    expressions.push(
      alone
        ? value
        : `coalesce(${rest}, CASE WHEN contains(${sqlName(keysColumn)}, ${sqlText(JSON.stringify(key))}) THEN ${value} END)`,
    );
  }
  return { columns, expressions };
}
