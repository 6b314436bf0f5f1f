import { fieldNames, isReservedField } from "../fieldNames.ts";
import { slsFunction } from "../functions/catalogue.ts";
import type { Knowledge } from "../knowledge.ts";
import { LineBreaks } from "../lineBreaks.ts";
import { type Named, type NameUse, namesOf } from "../names.ts";
import type { FileQuery, QueryFile } from "../queryFile.ts";
import { type Span, span } from "../span.ts";
import type { Search, SearchTerm } from "../syntax.ts";

/** The types of tokens, all of them standard ones that themes know. */
export const tokenTypes = [
  /** A field of the log. */
  "property",
  "function",
  /** An alias of a column. */
  "variable",
  /** A table: the log, a common table, an alias of one. */
  "class",
  /** Of a lambda. */
  "parameter",
  /** `and`, `or`, `not`, `in` of the search. */
  "keyword",
  /** A value of the search. */
  "string",
  "number",
  /** A wildcard of the search. */
  "regexp",
] as const;
export type TokenType = (typeof tokenTypes)[number];

/** `declaration`: where a name is given. `defaultLibrary`: SLS's own. The other two have no standard. */
export const tokenModifiers = ["declaration", "defaultLibrary", "aggregate", "unknown"] as const;
export type TokenModifier = (typeof tokenModifiers)[number];

export type SemanticToken = {
  readonly span: Span;
  readonly type: TokenType;
  readonly modifiers: readonly TokenModifier[];
};

/**
 * What names mean, in the order of the text; for what a grammar without knowledge cannot tell apart. With `range`, only
 * of the queries that it touches. No token has a line break in it.
 */
export function semanticTokens(
  text: string,
  file: QueryFile,
  knowledge: (query: FileQuery) => Knowledge,
  range?: Span,
): readonly SemanticToken[] {
  const tokens: SemanticToken[] = [];
  const lines = new LineBreaks(text);
  for (const query of file.queries) {
    if (range && (query.span.end < range.start || range.end < query.span.start)) continue;
    if (query.text === "") continue;
    addQuery(text, query, knowledge(query), lines, tokens);
  }
  return tokens;
}

const none: readonly TokenModifier[] = [];
const declaration: readonly TokenModifier[] = ["declaration"];
const library: readonly TokenModifier[] = ["defaultLibrary"];
const aggregate: readonly TokenModifier[] = ["defaultLibrary", "aggregate"];
const unknown: readonly TokenModifier[] = ["unknown"];

function addQuery(
  text: string,
  query: FileQuery,
  knowledge: Knowledge,
  lines: LineBreaks,
  tokens: SemanticToken[],
): void {
  const add = (piece: Span, type: TokenType, modifiers: readonly TokenModifier[] = none): void => {
    if (piece.start < piece.end && !lines.isIn(piece)) tokens.push({ span: piece, type, modifiers });
  };
  const { uses } = namesOf(query.statement);
  let next = 0;
  const addName = (use: NameUse | undefined): void => {
    if (use) add(use.span, ...tokenOf(use, knowledge));
  };
  const searchUse = (): void => addName(uses[next++]);
  addSearch(text, query.statement.search, searchUse, add);
  for (; next < uses.length; next++) addName(uses[next]);
}

type Add = (piece: Span, type: TokenType, modifiers?: readonly TokenModifier[]) => void;

/** The search half, from left to right; its fields are the first names of the statement. */
function addSearch(text: string, search: Search, addField: () => void, add: Add): void {
  switch (search.kind) {
    case "missing":
      return;
    case "all":
      add(search.span, "regexp");
      return;
    case "and":
    case "or":
      addSearch(text, search.left, addField, add);
      addWord(text, search.left.span.end, search.right.span.start, add);
      addSearch(text, search.right, addField, add);
      return;
    case "not":
      add(span(search.span.start, search.span.start + 3), "keyword");
      addSearch(text, search.operand, addField, add);
      return;
    case "group":
      addSearch(text, search.operand, addField, add);
      return;
    default:
      break;
  }
  if (search.field && search.field.name !== "" && search.field.span.start < search.field.span.end) addField();
  switch (search.kind) {
    case "exists":
      add(span(search.span.end - 1, search.span.end), "regexp");
      return;
    case "comparison":
      add(search.value.span, "number");
      return;
    case "range":
      addWord(text, search.field.span.end, search.low.span.start, add);
      add(search.low.span, "number");
      add(search.high.span, "number");
      return;
    case "term":
      addValue(text, search, add);
      return;
    default:
      search satisfies never;
  }
}

/** The word between two places, where one stands there. */
function addWord(text: string, start: number, end: number, add: Add): void {
  let from = start;
  while (from < end && !/[a-z]/i.test(text.charAt(from))) from++;
  let to = from;
  while (to < end && /[a-z]/i.test(text.charAt(to))) to++;
  add(span(from, to), "keyword");
}

function addValue(text: string, { quoted, valueSpan }: SearchTerm, add: Add): void {
  const { start, end } = valueSpan;
  const written = text.slice(start, end);
  if (quoted) {
    add(valueSpan, "string");
    return;
  }
  if (/^[-+]?\d+(\.\d+)?$/.test(written)) {
    add(valueSpan, "number");
    return;
  }
  let from = start;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 42 && code !== 63) continue;
    add(span(from, at), "string");
    add(span(at, at + 1), "regexp");
    from = at + 1;
  }
  add(span(from, end), "string");
}

function tokenOf(
  { named, isDefinition }: NameUse,
  knowledge: Knowledge,
): readonly [type: TokenType, modifiers: readonly TokenModifier[]] {
  const given = isDefinition ? declaration : none;
  switch (named.kind) {
    case "field":
      return ["property", isUnknown(named, knowledge) ? unknown : none];
    case "function": {
      const known = slsFunction(named.name);
      return ["function", known === undefined ? unknown : known.kind === "aggregate" ? aggregate : library];
    }
    case "alias":
    case "columnAlias":
      return ["variable", given];
    case "table":
      return ["class", named.name.toLowerCase() === "log" ? library : none];
    case "cte":
    case "tableAlias":
      return ["class", given];
    case "parameter":
      return ["parameter", given];
    default:
      return named.kind satisfies never;
  }
}

/** Whether no record can have the field. Below a field that is known, anything may be a key. */
function isUnknown({ name }: Named, knowledge: Knowledge): boolean {
  if (!knowledge.fieldsComplete) return false;
  const names = fieldNames(knowledge);
  return names.find(name) === undefined && names.around(name) === undefined && !isReservedField(name);
}
