import { slsFunctions } from "../functions/catalogue.ts";
import type { ParameterKind, SlsFunction } from "../functions/functions.ts";
import type { Knowledge, KnownField, KnownValue } from "../knowledge.ts";
import type { directiveNames } from "../queryFile.ts";
import { searchField, sqlName, sqlString } from "../quote.ts";
import { niladic } from "../services/signature.ts";
import type { Span } from "../span.ts";

/** What an item is and what is known of it; also the key to its help. */
export type CompletionSubject =
  | { readonly kind: "keyword"; readonly word: string }
  /** `spelling`: the half that it is spelt for. */
  | { readonly kind: "field"; readonly field: KnownField; readonly spelling: "search" | "sql" }
  | { readonly kind: "function"; readonly function: SlsFunction }
  /** A name that the statement gives: an alias, a column of a subquery, a parameter of a lambda. */
  | { readonly kind: "name"; readonly of: "alias" | "column" | "parameter"; readonly text: string }
  /** Everything that a GROUP BY has to hold. */
  | { readonly kind: "groups" }
  | { readonly kind: "table"; readonly of: "log" | "commonTable" | "relation" }
  /** `count` is 0 for a value that documentation names and no record was asked for. */
  | { readonly kind: "value"; readonly field: string; readonly count: number }
  /** A piece of syntax with places to fill in. */
  | { readonly kind: "form"; readonly form: CompletionForm }
  | { readonly kind: "type" | "unit" | "path" | "number" | "window" }
  | { readonly kind: "format"; readonly code: string }
  | { readonly kind: "zone"; readonly zone: string }
  | { readonly kind: "command"; readonly command: string }
  | { readonly kind: "option"; readonly command: string; readonly option: string }
  | { readonly kind: "session"; readonly setting: "mode" | "parallel_sql" }
  | { readonly kind: "directive"; readonly directive: (typeof directiveNames)[number] }
  | { readonly kind: "time"; readonly atMs: number; readonly zone: string }
  | { readonly kind: "account" | "cluster"; readonly id: string }
  | { readonly kind: "allClusters" }
  | { readonly kind: "logstore" }
  | { readonly kind: "title" };

export const completionForms = [
  "phrase",
  "exists",
  "range",
  "select",
  "countBy",
  "overTime",
  "newest",
  "subquery",
  "unnest",
  "case",
  "cast",
  "labelKey",
] as const;
export type CompletionForm = (typeof completionForms)[number];

export type CompletionItem = {
  readonly subject: CompletionSubject;
  readonly label: string;
  /** Written in place of what is there. With `isSnippet` it has places to fill in, `${1:name}`, and `\` before `$`, `}` and `\`. */
  readonly insert: string;
  readonly isSnippet: boolean;
  /** What has to be typed to find the item: it begins with the quote where one was typed. */
  readonly filter: string;
  /** Smaller comes first; items of one rank come in their order. */
  readonly rank: number;
  /** What is written is not whole without more, which can be suggested right behind it. */
  readonly continues: boolean;
  /** Where it is not the completions' own. */
  readonly written?: Span;
};

/** Ranks, from what is most likely meant to what is possible. */
export const rank = {
  value: 0,
  alias: 10,
  likely: 15,
  field: 20,
  operator: 25,
  form: 30,
  keyword: 40,
  function: 50,
  jsonField: 60,
  unlikely: 70,
} as const;

export function keywordItem(word: string, at: number = rank.keyword, insert = `${word} `): CompletionItem {
  const subject = { kind: "keyword", word } as const;
  return { subject, label: word, insert, isSnippet: false, filter: word, rank: at, continues: insert.endsWith(" ") };
}

export function plainItem(
  subject: CompletionSubject,
  label: string,
  at: number,
  more: Partial<Omit<CompletionItem, "subject" | "label" | "rank">> = {},
): CompletionItem {
  return { subject, label, insert: label, isSnippet: false, filter: label, rank: at, continues: false, ...more };
}

export function formItem(form: CompletionForm, label: string, snippet: string, at: number = rank.form): CompletionItem {
  const subject = { kind: "form", form } as const;
  return { subject, label, insert: snippet, isSnippet: true, filter: label, rank: at, continues: false };
}

/** A snippet: each substitution is a place to fill in, with what it holds at first. Places that hold the same are one. */
export function snippet(texts: TemplateStringsArray, ...places: readonly string[]): string {
  const known = [...new Set(places)];
  return texts
    .map((text, index) => {
      const held = places[index];
      return held === undefined ? snippetText(text) : snippetText(text) + place(known.indexOf(held) + 1, held);
    })
    .join("");
}

function place(index: number, text: string): string {
  return text === "" ? `$${index}` : `\${${index}:${snippetText(text)}}`;
}

/** A text of a snippet that is meant as it is. */
function snippetText(text: string): string {
  return text.replace(/[\\$}]/g, "\\$&");
}

// ------------------------------------------------------------------------------------------------ fields

/** A field as the search half asks of it; undefined where it cannot be searched for. */
export function searchFieldItem(field: KnownField, isQuoted: boolean, hasColon: boolean): CompletionItem | undefined {
  if (field.indexed === "no" || field.indexed === "probably not" || field.search === "__time__") return undefined;
  const spelt = isQuoted ? `"${field.search.replaceAll('"', '\\"')}"` : searchField(field.search);
  if (spelt === undefined) return undefined;
  return {
    subject: { kind: "field", field, spelling: "search" },
    label: field.search,
    insert: hasColon ? spelt : `${spelt}: `,
    isSnippet: false,
    filter: isQuoted ? `"${field.search}` : field.search,
    rank: field.indexed === "reserved" || field.type === "json" ? rank.jsonField : rank.field,
    continues: !hasColon,
  };
}

/** A field as SQL and SPL read it: its column or, where it is none, what takes it out of the JSON column that holds it. */
export function sqlFieldItem(field: KnownField, isQuoted: boolean): CompletionItem {
  const { inside } = field;
  const insert =
    inside === undefined
      ? isQuoted
        ? `"${field.sql.replaceAll('"', '""')}"`
        : sqlName(field.sql)
      : jsonRead(field, inside);
  return {
    subject: { kind: "field", field, spelling: "sql" },
    label: field.sql,
    insert,
    isSnippet: false,
    filter: isQuoted ? `"${field.sql}` : field.sql,
    rank: field.type === "json" || inside !== undefined || field.indexed === "no" ? rank.jsonField : rank.field,
    continues: false,
  };
}

/** What reads a value out of a JSON column: JSON for what holds values itself, else the text of the value. */
export function jsonRead(field: KnownField, inside: NonNullable<KnownField["inside"]>): string {
  const reader =
    field.type === "text" || field.type === "long" || field.type === "double" ? "json_extract_scalar" : "json_extract";
  return `${reader}(${sqlName(inside.column)}, ${sqlString(jsonPath(inside.path))})`;
}

/** `$.a.b`, with `["…"]` for a key that is no plain word. */
export function jsonPath(path: readonly string[]): string {
  return `$${path.map((key) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `["${key.replaceAll('"', '\\"')}"]`)).join("")}`;
}

/** What reads one key of a map such as the labels of a pod. */
export function mapKeyItem(field: KnownField): CompletionItem | undefined {
  if (field.type !== "map") return undefined;
  const column = sqlName(field.inside?.column ?? field.sql);
  const path = snippetText(jsonPath(field.inside?.path ?? []));
  const insert = `json_extract_scalar(${snippetText(column)}, '${path}.${place(1, "app")}')`;
  return { ...formItem("labelKey", `${field.sql}.…`, insert, rank.jsonField), filter: field.sql };
}

// ------------------------------------------------------------------------------------------------ functions

type Dialect = "sql" | "spl";

/** Items of functions: of single values, of many rows, and of windows. They never change. */
type FunctionItems = {
  readonly scalar: readonly CompletionItem[];
  readonly aggregate: readonly CompletionItem[];
  readonly window: readonly CompletionItem[];
};

const functionItemsOf = new Map<Dialect, FunctionItems>();

export function functionItems(dialect: Dialect): FunctionItems {
  const known = functionItemsOf.get(dialect);
  if (known !== undefined) return known;
  const functions = [...slsFunctions.values()].filter(
    ({ dialects, name }) => dialects.includes(dialect) && name !== "case",
  );
  const of = (kind: SlsFunction["kind"]) => functions.filter((each) => each.kind === kind).map(functionItem);
  const items = { scalar: of("scalar"), aggregate: of("aggregate"), window: of("window") };
  functionItemsOf.set(dialect, items);
  return items;
}

function functionItem(called: SlsFunction): CompletionItem {
  const isRare = called.local === "cloudOnly" || called.basis === "presto";
  return {
    subject: { kind: "function", function: called },
    label: called.name,
    insert: callSnippet(called),
    isSnippet: true,
    filter: called.name,
    rank: isRare ? rank.unlikely : rank.function,
    continues: false,
  };
}

/** A call with a place for each argument that must be there. */
function callSnippet(called: SlsFunction): string {
  const { name } = called;
  if (niladic.has(name)) return name;
  if (name === "count") return snippet`count(${"*"})`;
  const [signature] = called.signatures;
  if (signature === undefined) return snippetText(`${name}(`) + place(1, "") + snippetText(")");
  const places = signature.parameters
    .filter(({ optional }) => !optional)
    .map((parameter, index) => argument(parameter.kind, parameter.name, index + 1));
  const separator = name === "position" ? " in " : name === "cast" || name === "try_cast" ? " as " : ", ";
  const call = `${name}(${places.join(separator)})`;
  return called.kind === "window" ? `${call} over (order by ${place(places.length + 1, "__time__")})` : call;
}

function argument(kind: ParameterKind, name: string, index: number): string {
  switch (kind) {
    case "unit":
      return `'${place(index, "hour")}'`;
    case "format":
      return `'${place(index, "%Y-%m-%d %H:%i:%s")}'`;
    case "zone":
      return `'${place(index, "Asia/Shanghai")}'`;
    case "path":
      return `'${place(index, "$.key")}'`;
    case "pattern":
      return `'${place(index, name)}'`;
    case "lambda":
      return place(index, "x -> x");
    case "type":
      return place(index, "varchar");
    default:
      return place(index, name);
  }
}

// ------------------------------------------------------------------------------------------------ words of types and times

export const typeItems: readonly CompletionItem[] = [
  "bigint",
  "double",
  "varchar",
  "boolean",
  "timestamp",
  "date",
  "json",
  "integer",
  "decimal",
  "varbinary",
  "timestamp with time zone",
  "array(varchar)",
  "array(bigint)",
  "map(varchar, varchar)",
  "array(json)",
].map((name) => plainItem({ kind: "type" }, name, rank.likely));

/** The units of `date_trunc`, `date_add` and `date_diff`, the usual ones first. */
export const units = ["hour", "minute", "day", "second", "week", "month", "quarter", "year", "millisecond"] as const;

/** Formats for `date_format`, `date_parse` and `time_series`: whole ones, then the codes. */
export const formats: readonly string[] = [
  "%Y-%m-%d %H:%i:%s",
  "%Y-%m-%d %H:%i",
  "%Y-%m-%d",
  "%H:%i:%s",
  "%H:%i",
  ..."YmdHisfTjaWbMcehIklprvyDVw%".split("").map((code) => `%${code}`),
];

/** Windows of `time_series`. */
export const windows = ["1m", "5m", "10m", "30m", "1h", "2h", "6h", "1d"] as const;
/** What `time_series` puts where no row is. */
export const paddings = ["0", "null", "last", "next", "avg"] as const;

/** The values that are known of a field by its name in the search half; programs behind those that were seen. */
export function knownValues(field: string, { values, programs }: Knowledge): readonly KnownValue[] {
  const seen = values.get(field) ?? [];
  if (field !== "process.name") return seen;
  const known = new Set(seen.map(({ value }) => value));
  return [...seen, ...programs.filter((value) => !known.has(value)).map((value) => ({ value, count: 0 }))];
}

/**
 * Whether the values of a field can be listed: what is no field of the index cannot be counted, JSON has too many, and
 * the time of a record is asked for by the time range.
 */
export function hasValues({ indexed, type, search }: KnownField): boolean {
  const isIndexed = indexed !== "no" && indexed !== "probably not";
  return isIndexed && type !== "json" && type !== "map" && type !== "list" && search !== "__time__";
}

/** A text as a value of SQL. */
export function textItem(subject: CompletionSubject, text: string, isQuoted: boolean, at: number): CompletionItem {
  return plainItem(subject, text, at, { insert: sqlString(text), filter: isQuoted ? `'${text}` : text });
}
