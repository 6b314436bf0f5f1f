import { auditField, auditFields } from "../audit/fields.ts";
import type { Cells, Column } from "../logs/answer.ts";
import { readableFields } from "../logs/readable.ts";
import { textOf } from "./logEntry.ts";
import type { LogRow } from "./sls.ts";

/** What stands first in every answer: when it was. */
const timeFields = ["__time__", "time"];
/** JSON texts that many rows share, e.g. those of a pod and of a node, are read once. */
const TEXTS_REMEMBERED = 500;

type Readable = { readonly name: string; readonly path: readonly string[] };

/** What a person reads first of a raw record, by the JSON field that it lies in: under which keys. */
const readables: ReadonlyMap<string, readonly Readable[]> = Map.groupBy(
  readableFields.map(({ name }) => {
    const [field = "", ...path] = (auditField(name)?.search ?? name).split(".");
    return { field: field.toLowerCase(), name, path };
  }),
  ({ field }) => field,
);

/** What the parts of a JSON text are, in the order of its field's readables. */
type Parts = readonly (string | undefined)[];

/** Texts that were read; not worth it where each record has one of its own, as the commands of processes do. */
type Remembered = { readonly texts: Map<string, Parts>; hits: number; isWorth: boolean };

/**
 * The columns of the records of one answer: their fields as they are met, so that columns are only ever added, and those
 * for reading that a raw record has inside its JSON fields.
 */
export class RowColumns {
  readonly #columns: Column[] = [];
  readonly #places = new Map<string, number>();
  readonly #lastNames: string[] = [];
  readonly #lastPlaces: number[] = [];
  /** For each column of a JSON field what lies in it; undefined for any other column. */
  readonly #inside: (readonly Readable[] | undefined)[] = [];
  /** The fields that records have themselves, in lower case. */
  readonly #own = new Set<string>();
  readonly #derived = new Map<Readable, number>();
  readonly #remembered = new Map<readonly Readable[], Remembered>();
  #ordered = false;

  get columns(): readonly Column[] {
    return [...this.#columns];
  }

  /** The cells of records, in the order of `columns` as they are afterwards. */
  cells(rows: readonly LogRow[]): readonly Cells[] {
    if (!this.#ordered && rows.length > 0) this.#begin(rows);
    return rows.map((row) => this.#cellsOf(row));
  }

  /** The first records decide about the order: the time, then the fields in the order in which they are known. */
  #begin(rows: readonly LogRow[]): void {
    this.#ordered = true;
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    for (const name of names.sort((left, right) => rank(left) - rank(right))) this.#add(name);
  }

  #cellsOf(row: LogRow): Cells {
    const cells: (string | undefined)[] = new Array<string | undefined>(this.#columns.length).fill(undefined);
    let field = 0;
    for (const name in row) {
      const value = row[name];
      const text = typeof value === "string" ? value : textOf(value);
      if (text !== undefined) {
        // Records of one kind have the same fields in the same order, so most places are those of the record before.
        let place = this.#lastPlaces[field];
        if (place === undefined || this.#lastNames[field] !== name) {
          place = this.#places.get(name) ?? this.#add(name);
          this.#lastNames[field] = name;
          this.#lastPlaces[field] = place;
        }
        cells[place] = text;
      }
      field += 1;
    }
    for (let place = 0; place < this.#inside.length; place += 1) {
      const inside = this.#inside[place];
      const text = inside === undefined ? undefined : cells[place];
      if (inside === undefined || text === undefined || !text.startsWith("{")) continue;
      const parts = this.#parts(inside, text);
      for (let index = 0; index < inside.length; index += 1) {
        const readable = inside[index];
        const value = parts[index];
        if (readable !== undefined && value !== undefined) cells[this.#derivedPlace(readable)] = value;
      }
    }
    return cells;
  }

  #add(name: string): number {
    const place = this.#columns.push({ name, kind: kindOf(name) }) - 1;
    this.#places.set(name, place);
    this.#own.add(name.toLowerCase());
    this.#inside[place] = readables.get(name.toLowerCase());
    return place;
  }

  #derivedPlace(readable: Readable): number {
    const known = this.#derived.get(readable);
    if (known !== undefined) return known;
    const place = this.#columns.push({ name: readable.name, kind: "text", derived: true }) - 1;
    this.#derived.set(readable, place);
    this.#inside[place] = undefined;
    return place;
  }

  /** A field that records have themselves is not taken out of another one. */
  #parts(inside: readonly Readable[], text: string): Parts {
    const remembered = this.#remembered.get(inside) ?? { texts: new Map<string, Parts>(), hits: 0, isWorth: true };
    const known = remembered.isWorth ? remembered.texts.get(text) : undefined;
    if (known !== undefined) {
      remembered.hits += 1;
      return known;
    }
    const read = parse(text);
    const parts = inside.map(({ name, path }) => (this.#own.has(name) ? undefined : leafOf(read, path) || undefined));
    if (!remembered.isWorth) return parts;
    if (remembered.texts.size >= TEXTS_REMEMBERED) {
      remembered.isWorth = remembered.hits >= TEXTS_REMEMBERED;
      remembered.hits = 0;
      remembered.texts.clear();
    }
    remembered.texts.set(text, parts);
    this.#remembered.set(inside, remembered);
    return parts;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The text was recorded so, cut perhaps; it has no parts.
    return undefined;
  }
}

/** The case of keys inside the JSON fields is inferred, so another one is as good. */
function leafOf(value: unknown, path: readonly string[]): string | undefined {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    const fields = at as Readonly<Record<string, unknown>>;
    const wanted = key.toLowerCase();
    at = Object.hasOwn(fields, key)
      ? fields[key]
      : Object.entries(fields).find(([name]) => name.toLowerCase() === wanted)?.[1];
  }
  return textOf(at);
}

function rank(name: string): number {
  const time = timeFields.indexOf(name);
  if (time >= 0) return time;
  const field = auditField(name);
  return field === undefined ? 1_000 : 10 + auditFields.indexOf(field);
}

function kindOf(name: string): Column["kind"] {
  if (timeFields.includes(name)) return "time";
  switch (auditField(name)?.type) {
    case "long":
      return "number";
    case "json":
    case "list":
    case "map":
      return "json";
    default:
      return "text";
  }
}

// ------------------------------------------------------------------------------------------------------ SQL

/** The columns of SQL as the answer names them; where it names none, the fields of its rows. */
export function sqlAnswer(
  named: readonly { readonly name: string; readonly type: string }[],
  rows: readonly LogRow[],
): { readonly columns: readonly Column[]; readonly rows: readonly Cells[] } {
  const names = named.length > 0 ? named : sqlColumns(rows);
  const columns = names.map(({ name, type }): Column => ({ name, kind: sqlKind(name, type.toLowerCase()) }));
  return {
    columns,
    rows: rows.map((row) =>
      columns.map(({ name, kind }) => {
        const text = textOf(row[name]);
        // All values are texts, and so is what is none; in a column of numbers it can be told apart.
        return text === "null" && kind !== "text" ? undefined : text;
      }),
    ),
  };
}

/** The fields of rows, where an answer does not name its columns. */
export function sqlColumns(rows: readonly LogRow[]): readonly { readonly name: string; readonly type: string }[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => ({ name, type: "" }));
}

const numberType = /^(?:bigint|integer|smallint|tinyint|double|real|long|decimal.*)$/;

function sqlKind(name: string, type: string): Column["kind"] {
  if (timeFields.includes(name) || type.startsWith("timestamp") || type === "date") return "time";
  if (numberType.test(type)) return "number";
  return /^(?:json|map|array|row)\b/.test(type) ? "json" : "text";
}
