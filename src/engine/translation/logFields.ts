import { jsonPointer, spellings, sqlName, sqlText } from "../recordColumns.ts";
import { restColumn, type SchemaColumn } from "../schema.ts";

/** A field of the records, as a statement may name it. */
export type LogField = {
  readonly name: string;
  readonly type: SchemaColumn["type"];
  /** The column of the table it is; undefined where it is read from inside another column. */
  readonly column: SchemaColumn | undefined;
  /** Its value. `from` is the relation and a dot, or nothing. */
  readonly sql: (from: string) => string;
};

const jsonFields = ["k8s", "host", "process", "kubeObject"] as const;

const spellingsOf = new WeakMap<readonly SchemaColumn[], ReadonlyMap<string, SchemaColumn>>();

/** Columns by each of their spellings in lower case. The columns of a store are those of every statement asked of it. */
function columnsBySpelling(columns: readonly SchemaColumn[]): ReadonlyMap<string, SchemaColumn> {
  let found = spellingsOf.get(columns);
  if (found === undefined) {
    found = new Map(
      columns.flatMap((column) => spellings(column).map((spelling) => [spelling.toLowerCase(), column] as const)),
    );
    spellingsOf.set(columns, found);
  }
  return found;
}

/**
 * The fields that statements can name: the columns of the schema in each of their spellings, what lies in a JSON column
 * (`k8s.pod.labels.app`), and the further fields that the store knows its records to have. Case never matters, but the
 * exact spelling comes first.
 */
export class LogFields {
  readonly columns: readonly SchemaColumn[];
  readonly restNames: readonly string[];
  readonly #bySpelling: ReadonlyMap<string, SchemaColumn>;

  constructor(columns: readonly SchemaColumn[], restNames: Iterable<string>) {
    this.columns = columns;
    this.#bySpelling = columnsBySpelling(columns);
    this.restNames = [...new Set(restNames)];
  }

  /** The names that can be meant by a misspelt one. */
  names(): readonly string[] {
    return [...this.columns.map((column) => column.name), ...this.restNames];
  }

  find(name: string): LogField | undefined {
    const column = this.#bySpelling.get(name.toLowerCase());
    if (column !== undefined) return columnField(column, column.name);

    const known = this.restNames.filter((restName) => restName.toLowerCase() === name.toLowerCase());
    if (known.length > 0) {
      const spelled = known.includes(name) ? [name, ...known.filter((restName) => restName !== name)] : known;
      const inside = jsonFields.flatMap((field) => this.#inside(field, name));
      const places = [...spelled.map((key) => (from: string) => inColumn(from, restColumn, [key])), ...inside];
      return { name, type: "text", column: undefined, sql: (from) => firstOf(places.map((place) => place(from))) };
    }

    for (const column of this.columns) {
      // The keys of labels are anybody's, so a name below such a column is never unknown.
      if (column.type !== "json" || column.from === undefined) continue;
      const places = this.#inside(column.name, name);
      if (places.length > 0) {
        return { name, type: "text", column: undefined, sql: (from) => firstOf(places.map((place) => place(from))) };
      }
    }
    return undefined;
  }

  /** The columns that hold parts of a JSON field. */
  leavesOf(field: SchemaColumn): readonly SchemaColumn[] {
    return this.columns.filter((column) => column.from?.field === field.name);
  }

  /** Where a dotted name lies in a JSON column: under the rest of it as one key, or step by step. */
  #inside(columnName: string, name: string): readonly ((from: string) => string)[] {
    if (!name.toLowerCase().startsWith(`${columnName.toLowerCase()}.`)) return [];
    const rest = name.slice(columnName.length + 1);
    const paths = rest.includes(".") ? [[rest], rest.split(".")] : [[rest]];
    return paths.map((path) => (from: string) => inColumn(from, columnName, path));
  }
}

export function columnField(column: SchemaColumn, name: string): LogField {
  return { name, type: column.type, column, sql: (from) => `${from}${sqlName(column.name)}` };
}

/** The text at a place in a JSON column; null where the column holds no JSON or nothing there. */
function inColumn(from: string, column: string, path: readonly string[]): string {
  return `TRY(json_extract_string(${from}${sqlName(column)}, ${sqlText(jsonPointer(path))}))`;
}

function firstOf(values: readonly string[]): string {
  return values.length === 1 ? (values[0] ?? "NULL") : `coalesce(${values.join(", ")})`;
}
