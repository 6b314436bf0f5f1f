import type { Knowledge, KnownField } from "../knowledge.ts";
import { lineEnd } from "../parser/scanner.ts";
import { directiveNameAt, type Place, placeAt } from "../place.ts";
import type { FileQuery, QueryFile } from "../queryFile.ts";
import { quotedSearch, searchValue } from "../quote.ts";
import { type Span, span } from "../span.ts";
import { analysisItems } from "./analysis.ts";
import { directiveItems, directiveValues } from "./directives.ts";
import {
  type CompletionItem,
  formItem,
  hasValues,
  keywordItem,
  knownValues,
  plainItem,
  rank,
  searchFieldItem,
  snippet,
} from "./items.ts";
import { isSign, type SearchPosition, type SearchToken, searchPosition, tokenValue } from "./searchPosition.ts";

/** A field whose values can be written at a place, and what is written of one. */
export type WantedValues = { readonly field: string; readonly prefix: string };

export type Completions = {
  readonly items: readonly CompletionItem[];
  /**
   * What an item takes the place of, a quote that was typed included, if the item names no other. What is written before
   * the offset is its beginning.
   */
  readonly written: Span;
  /** Something has to be written here. Where it is false, what stands before is whole and may be left as it is. */
  readonly isOpen: boolean;
  /** Values that can be written here; those that are known already are among the items. */
  readonly wantsValues: WantedValues | undefined;
  /** A whole query can be written here: only its statement below its directives, or one with a title. */
  readonly wantsQueries: "statement" | "titled" | undefined;
};

/** What can be written at an offset. It reads the query around the offset and nothing else of the file. */
export function complete(text: string, file: QueryFile, offset: number, knowledge: Knowledge): Completions {
  const place = placeAt(text, file, offset);
  switch (place.kind) {
    case "title":
    case "comment":
      return none(offset);
    case "directive":
      return inDirective(text, place, offset, knowledge);
    case "search":
      return inSearch(text, place, offset, knowledge);
    case "analysis":
      return { ...analysisItems(text, place, offset, knowledge), wantsQueries: undefined };
    default:
      return place satisfies never;
  }
}

function none(offset: number): Completions {
  return { items: [], written: span(offset, offset), isOpen: true, wantsValues: undefined, wantsQueries: undefined };
}

// ------------------------------------------------------------------------------------------------ directives

function inDirective(
  text: string,
  { name, value, line, query }: Extract<Place, { kind: "directive" }>,
  offset: number,
  knowledge: Knowledge,
): Completions {
  if (value !== undefined) {
    const directive = directiveNameAt(text, name);
    if (directive === undefined) return none(offset);
    return { ...none(offset), ...directiveValues(text, directive, value, offset, knowledge) };
  }
  const own = text.slice(name.start, name.end);
  const has = hasDirective(query);
  const rest = text.slice(name.end, line.end).trim();
  const items = directiveItems((known) => known !== own && has(known), text[name.start - 1] !== "@").map((item) =>
    // A name before a value that is there already is only changed.
    rest === "" ? item : { ...item, insert: item.insert.trimEnd(), continues: false },
  );
  return { ...none(offset), items, written: text[name.start - 1] === "@" ? name : span(line.start, line.end) };
}

/** Whether a query has a directive of its own; what the file sets for all may be set again. */
function hasDirective(query: FileQuery | undefined): (name: string) => boolean {
  if (query === undefined) return () => false;
  const { account, clusters, logstore, from, to, zone } = query.settings;
  const settings = { account, cluster: clusters, logstore, from, to, zone };
  return (name) =>
    Object.entries(settings).some(
      ([known, setting]) => known === name && setting !== undefined && setting.span.start >= query.span.start,
    );
}

// ------------------------------------------------------------------------------------------------ the search half

function inSearch(
  text: string,
  { half, isFirst, query }: Extract<Place, { kind: "search" }>,
  offset: number,
  knowledge: Knowledge,
): Completions {
  const position = searchPosition(text, half, offset);
  const { written } = position;
  switch (position.kind) {
    case "range":
      return none(offset);
    case "number": {
      return { ...none(offset), written, items: numberItems(position.field, knowledge) };
    }
    case "value": {
      const prefix = searchPrefix(text, position, offset);
      const items = searchValues(position.field, position.isQuoted, knowledge);
      return {
        ...none(offset),
        items,
        written,
        wantsValues: isAskable(position.field, knowledge)
          ? { field: askedName(position.field, knowledge), prefix }
          : undefined,
        wantsQueries: undefined,
      };
    }
    case "term":
      return {
        items: [...termItems(text, position, knowledge), ...lineItems(text, half, isFirst, query, offset)],
        written,
        isOpen: !position.isComplete || isRangeWord(text, position.before),
        wantsValues: undefined,
        wantsQueries: isAlone(text, half, query, offset)
          ? query?.title === undefined
            ? "titled"
            : "statement"
          : undefined,
      };
    default:
      return position satisfies never;
  }
}

/** What begins a line: directives before the statement, or the title of another query. */
function lineItems(
  text: string,
  half: Span,
  isFirst: boolean,
  query: FileQuery | undefined,
  offset: number,
): readonly CompletionItem[] {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  if (!/^(?:#{1,3} ?|-|@\w*)?$/.test(before)) return [];
  const written = span(lineStart, Math.max(offset, lineStart + before.length));
  const title = plainItem({ kind: "title" }, "### ", rank.unlikely, { filter: "###", written });
  if (!isFirst && (lineStart < half.start || text.slice(half.start, lineStart).trim() !== "")) return [title];
  const directives = directiveItems(hasDirective(query), true).map((item) => ({
    ...item,
    // `@cluster` typed alone finds the line too.
    filter: before.startsWith("@") ? item.filter.slice(3) : item.filter,
    written,
  }));
  return [...directives, title];
}

/** Whether nothing of a statement is written but the word at the offset. */
function isAlone(text: string, half: Span, query: FileQuery | undefined, offset: number): boolean {
  if (query !== undefined && query.text !== "" && half.start < query.statement.span.start) return false;
  const rest = text.slice(offset, half.end);
  return !/\S/.test(rest.replace(/^[\w.@-]*/, "")) && /^[\w.@-]*$/.test(text.slice(half.start, offset).trim());
}

function termItems(
  text: string,
  position: Extract<SearchPosition, { kind: "term" }>,
  knowledge: Knowledge,
): readonly CompletionItem[] {
  const { written, isQuoted, before, isComplete } = position;
  const hasColon = /^\s*[:<>=]/.test(text.slice(written.end, lineEnd(text, written.end, text.length)));
  const fields = knowledge.fields.flatMap((field) => searchFieldItem(field, isQuoted, hasColon) ?? []);
  if (isQuoted) return fields;
  if (isRangeWord(text, before)) {
    return [formItem("range", "[ ]", snippet`[${"0"} ${"100"}]`, rank.value)];
  }
  const named =
    before !== undefined && before.kind !== "sign" ? fieldNamed(tokenValue(text, before), knowledge) : undefined;
  const items: CompletionItem[] = [];
  if (named !== undefined) items.push(...behindField(named));
  if (isComplete) {
    items.push(
      keywordItem("and", rank.operator),
      keywordItem("or", rank.operator),
      keywordItem("not", rank.keyword),
      ...pipeItems,
      ...fields.map((item) => ({ ...item, rank: item.rank + rank.unlikely })),
    );
    return items;
  }
  const isNegated =
    before !== undefined && !isSign(text, before, "(") && tokenValue(text, before).toLowerCase() === "not";
  return [
    ...items,
    ...fields,
    ...(isNegated ? [] : [keywordItem("not")]),
    keywordItem("*", rank.keyword, "* "),
    formItem("phrase", '#"…"', snippet`#"${"words in this order"}"`),
  ];
}

function isRangeWord(text: string, token: SearchToken | undefined): boolean {
  return token?.kind === "word" && tokenValue(text, token) === "in";
}

/** What turns the word before into a question of a field. */
function behindField(field: KnownField): readonly CompletionItem[] {
  const isNumber = field.type === "long" || field.type === "double";
  const colon = plainItem({ kind: "keyword", word: ":" }, ":", rank.value, { insert: ": ", continues: true });
  return [
    colon,
    ...(isNumber ? [">", ">=", "<", "<="].map((sign) => keywordItem(sign, rank.likely)) : []),
    ...(isNumber ? [formItem("range", "in [ ]", snippet`in [${"0"} ${"100"}]`, rank.likely)] : []),
  ];
}

const pipeItems: readonly CompletionItem[] = [
  formItem("select", "| select", snippet`| select ${""}`, rank.form),
  formItem(
    "countBy",
    "| select … group by",
    snippet`| select ${'"k8s.user.username"'} as ${"who"}, count(1) as ${"events"}
  from log
  group by ${"who"}
  order by ${"events"} desc
  limit 100`,
    rank.form,
  ),
];

function fieldNamed(name: string, { fields }: Knowledge): KnownField | undefined {
  const wanted = name.toLowerCase();
  return fields.find(({ search, sql }) => search.toLowerCase() === wanted || sql.toLowerCase() === wanted);
}

/** Values are asked for by the name of the field in the search half, whatever the statement calls it. */
function askedName(name: string, knowledge: Knowledge): string {
  return fieldNamed(name, knowledge)?.search ?? name;
}

/** A name that is not known may still be a field, unless all fields are. */
function isAskable(name: string, knowledge: Knowledge): boolean {
  if (name === "") return false;
  const field = fieldNamed(name, knowledge);
  return field === undefined ? !knowledge.fieldsComplete : hasValues(field);
}

function searchPrefix(text: string, { written, isQuoted }: SearchPosition, offset: number): string {
  const typed = text.slice(isQuoted ? written.start + 1 : written.start, offset);
  return typed.replaceAll('\\"', '"');
}

/** Values as the search half writes them, quoted where they have to be or where a quote was typed. */
function searchValues(name: string, isQuoted: boolean, knowledge: Knowledge): readonly CompletionItem[] {
  const field = askedName(name, knowledge);
  const values = knownValues(field, knowledge);
  const items = values.flatMap(({ value, count }) => {
    const insert = isQuoted ? (value.endsWith("\\") ? undefined : quotedSearch(value)) : searchValue(value);
    if (insert === undefined) return [];
    return [
      plainItem({ kind: "value", field, count }, value, rank.value, {
        insert,
        filter: isQuoted ? insert : value,
      }),
    ];
  });
  if (isQuoted) return items;
  return [
    ...items,
    formItem("exists", "*", "*", rank.keyword),
    ...(items.length === 0 ? [formItem("phrase", '#"…"', snippet`#"${"words in this order"}"`, rank.unlikely)] : []),
  ];
}

function numberItems(name: string, knowledge: Knowledge): readonly CompletionItem[] {
  const field = askedName(name, knowledge);
  return knownValues(field, knowledge)
    .filter(({ value }) => /^-?\d+(\.\d+)?$/.test(value))
    .map(({ value, count }) => plainItem({ kind: "value", field, count }, value, rank.value));
}
