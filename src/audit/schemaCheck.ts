import type { LogRecord } from "./event.ts";
import { auditField, auditFields } from "./fields.ts";
import { defaultDelimiters, type LogIndex } from "./logIndex.ts";
import { readEvent } from "./readEvent.ts";
import { readTime } from "./readTime.ts";

/**
 * What a real Logstore has that this extension expected otherwise. `assumption` is the row of docs/assumptions.md that it
 * contradicts; undefined where nothing relies on it.
 */
export type SchemaFinding = { readonly assumption: number | undefined } & (
  | { readonly code: "index-missing" }
  | { readonly code: "not-indexed" | "indexed" | "no-statistics"; readonly field: string }
  | { readonly code: "index-type"; readonly field: string; readonly expected: string; readonly found: string }
  | { readonly code: "index-key-unknown"; readonly field: string }
  | { readonly code: "delimiters"; readonly field: string | undefined; readonly found: readonly string[] }
  | { readonly code: "case-sensitive"; readonly field: string | undefined }
  | { readonly code: "spelling"; readonly field: string; readonly found: string }
  | { readonly code: "never-there"; readonly field: string; readonly kind: string }
  | { readonly code: "field-unknown"; readonly field: string }
  | { readonly code: "time-unreadable"; readonly shape: string }
  | { readonly code: "kind-unknown"; readonly kind: string }
  | { readonly code: "no-records" }
);

/** Says what differs from what the extension assumes: in the index, and in a few records as a search answers them. */
export function checkSchema(index: LogIndex | undefined, records: readonly LogRecord[]): readonly SchemaFinding[] {
  return [...checkIndex(index), ...checkRecords(records)];
}

// ------------------------------------------------------------------------------------------------ the index

function checkIndex(index: LogIndex | undefined): readonly SchemaFinding[] {
  if (index === undefined) return [{ code: "index-missing", assumption: 7 }];
  const found: SchemaFinding[] = [];
  const byName = new Map(index.fields.map((key) => [key.name.toLowerCase(), key]));
  for (const field of auditFields) {
    if (field.indexed === "reserved" || field.type === "json") continue;
    const key = byName.get(field.search.toLowerCase()) ?? byName.get(field.sql.toLowerCase());
    if (key === undefined) {
      if (field.indexed === "yes") found.push({ code: "not-indexed", field: field.search, assumption: 7 });
      continue;
    }
    if (field.indexed === "probably not") found.push({ code: "indexed", field: field.search, assumption: 7 });
    if (!key.isColumn) found.push({ code: "no-statistics", field: field.search, assumption: 7 });
    const expected = field.type === "long" ? "long" : "text";
    if (key.type !== expected) {
      found.push({ code: "index-type", field: field.search, expected, found: key.type, assumption: 7 });
    }
  }
  for (const key of index.fields) {
    if (auditField(key.name) === undefined && !isReserved(key.name)) {
      found.push({ code: "index-key-unknown", field: key.name, assumption: undefined });
    }
    checkDelimiters(key.name, key.delimiters, key.caseSensitive, found);
  }
  if (index.fullText !== undefined) {
    checkDelimiters(undefined, index.fullText.delimiters, index.fullText.caseSensitive, found);
  }
  return found;
}

function checkDelimiters(
  field: string | undefined,
  delimiters: readonly string[] | undefined,
  caseSensitive: boolean,
  found: SchemaFinding[],
): void {
  if (caseSensitive) found.push({ code: "case-sensitive", field, assumption: 8 });
  if (delimiters === undefined) return;
  const [expected, there] = [new Set(defaultDelimiters), new Set(delimiters)];
  if (expected.size === there.size && [...there].every((delimiter) => expected.has(delimiter))) return;
  found.push({ code: "delimiters", field, found: delimiters, assumption: 8 });
}

function isReserved(name: string): boolean {
  return /^__.*__/.test(name);
}

// ------------------------------------------------------------------------------------------------ the records

function checkRecords(records: readonly LogRecord[]): readonly SchemaFinding[] {
  if (records.length === 0) return [{ code: "no-records", assumption: undefined }];
  const found = new Map<string, SchemaFinding>();
  const tell = (finding: SchemaFinding): void => {
    const { assumption: _, ...what } = finding;
    const key = JSON.stringify(what);
    if (!found.has(key)) found.set(key, finding);
  };
  const seen = new Map<string, Set<string>>();
  for (const record of records) {
    const event = readEvent(record);
    const kind = event.kind === "entry" ? "Kubernetes" : event.kind === "command" ? "Command" : undefined;
    if (event.kind === "other") tell({ code: "kind-unknown", kind: event.recordKind, assumption: 4 });
    const time = Object.entries(record).find(([name]) => name.toLowerCase() === "time")?.[1];
    if (time !== undefined && time !== "" && readTime(time) === undefined) {
      tell({ code: "time-unreadable", shape: shapeOf(time), assumption: 3 });
    }
    for (const name of namesOf(record)) {
      const field = auditField(name);
      if (field === undefined) tell({ code: "field-unknown", field: name, assumption: undefined });
      else {
        if (field.search !== name && field.sql !== name) {
          tell({ code: "spelling", field: field.search, found: name, assumption: 2 });
        }
        if (kind !== undefined) remember(seen, kind, field.search);
      }
    }
  }
  for (const [kind, fields] of seen) {
    for (const field of auditFields) {
      const expected = field.kinds.some((each) => each === kind) && field.indexed !== "reserved";
      if (expected && !fields.has(field.search)) {
        tell({ code: "never-there", field: field.search, kind, assumption: 1 });
      }
    }
  }
  return [...found.values()];
}

function remember(seen: Map<string, Set<string>>, kind: string, field: string): void {
  const fields = seen.get(kind) ?? new Set();
  fields.add(field);
  seen.set(kind, fields);
}

const depthLimit = 6;

/** The dotted names of all values of a record, and of the fields that hold others. What a map or a list holds is anybody's. */
function namesOf(record: LogRecord): readonly string[] {
  const names: string[] = [];
  const visit = (name: string, value: unknown, depth: number): void => {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    const field = auditField(name);
    if (field !== undefined || !isObject || depth >= depthLimit) names.push(name);
    if (!isObject || field?.type === "map" || depth >= depthLimit) return;
    for (const [key, inner] of Object.entries(value)) visit(`${name}.${key}`, inner, depth + 1);
  };
  for (const [name, text] of Object.entries(record)) {
    if (!isReserved(name)) visit(name, text.startsWith("{") ? parsed(text) : text, 0);
  }
  return names;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const shapeLimit = 80;

/**
 * The form of a text without what it says: letters become `x` or `X`, digits `9`, the rest stays. So a format can be
 * seen and reported, and no name, address or command leaves the machine.
 */
export function shapeOf(text: string): string {
  const shape = text
    .slice(0, shapeLimit)
    .replaceAll(/\p{Lu}/gu, "X")
    .replaceAll(/\p{L}/gu, (letter) => (letter === "X" ? "X" : "x"))
    .replaceAll(/\p{N}/gu, "9");
  return text.length > shapeLimit ? `${shape}…` : shape;
}

/** A record with every value replaced by its shape; JSON keeps its keys, since they are what is to be seen. */
export function redacted(record: LogRecord): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(record).map(([name, text]) => [
      name,
      redactedValue(text.startsWith("{") ? parsed(text) : text, name),
    ]),
  );
}

/** The names that people choose, as keys of labels are, say as much as values do. */
function redactedValue(value: unknown, name: string): unknown {
  switch (typeof value) {
    case "string":
      return shapeOf(value);
    case "object": {
      if (value === null) return null;
      if (Array.isArray(value)) return value.slice(0, 3).map((item) => redactedValue(item, name));
      const isMap = auditField(name)?.type === "map";
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          isMap ? shapeOf(key) : key,
          redactedValue(inner, `${name}.${key}`),
        ]),
      );
    }
    case "number":
      return shapeOf(String(value));
    default:
      return value;
  }
}
