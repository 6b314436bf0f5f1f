import { ProblemList } from "../check/problems.ts";
import { isClosed } from "../completion/analysisPosition.ts";
import { knownValues } from "../completion/items.ts";
import { columnNamed, nodesAt, scopeAt } from "../completion/scope.ts";
import { isSign, type SearchToken, searchTokens, tokenValue } from "../completion/searchPosition.ts";
import { slsFunction } from "../functions/catalogue.ts";
import type { SlsFunction } from "../functions/functions.ts";
import type { Knowledge, KnownField, KnownValue } from "../knowledge.ts";
import { isName, scanAnalysis, Token, type Tokens } from "../parser/scanner.ts";
import { splCommands } from "../parser/splParser.ts";
import { directiveNameAt, type Place, placeAt } from "../place.ts";
import type { directiveNames, QueryFile, QuerySettings } from "../queryFile.ts";
import { type Span, span } from "../span.ts";
import type { Analysis, Query } from "../syntax.ts";
import { defaultRange, parseTime, type ResolvedRange, resolveRange, type TimePoint } from "../timeRange.ts";

/** A word or sign of the search half whose meaning is not plain. */
export type SearchWord = "and" | "or" | "not" | "in" | "wildcard" | "leadingWildcard" | "exists" | "all" | "phrase";

/** What is known of what stands at a place; `span` is what it is said of. */
export type Hover = { readonly span: Span } & (
  | {
      readonly kind: "field";
      readonly field: KnownField;
      /** The half that it stands in. */
      readonly half: "search" | "analysis";
      /** Most frequent first; none where none were asked for. */
      readonly values: readonly KnownValue[];
    }
  /** A field that nothing is known of. */
  | { readonly kind: "unknownField"; readonly name: string; readonly half: "search" | "analysis" }
  | { readonly kind: "function"; readonly function: SlsFunction }
  | { readonly kind: "searchWord"; readonly word: SearchWord }
  /** The name of something that the statement computes, and how. */
  | { readonly kind: "alias"; readonly name: string; readonly text: string }
  | { readonly kind: "command"; readonly command: string }
  /** `rows`: how many are asked for. Undefined where the text is no number. */
  | {
      readonly kind: "limit";
      readonly rows: number | undefined;
      readonly hasOffset: boolean;
      readonly isInner: boolean;
    }
  | {
      readonly kind: "directive";
      readonly directive: (typeof directiveNames)[number];
      /** When the query asks, for the directives of time and zone. */
      readonly range: ResolvedRange | undefined;
      readonly zone: string;
      /** The time that this directive names. */
      readonly atMs: number | undefined;
    }
);

/** What can be said of what stands at an offset. */
export function hover(text: string, file: QueryFile, offset: number, knowledge: Knowledge): Hover | undefined {
  const place = placeAt(text, file, offset);
  switch (place.kind) {
    case "directive":
      return directiveHover(text, place, place.query?.settings ?? file.defaults, knowledge);
    case "search":
      return place.query === undefined ? undefined : searchHover(text, place.half, offset, knowledge);
    case "analysis":
      return analysisHover(text, place, offset, knowledge);
    case "title":
    case "comment":
      return undefined;
    default:
      return place satisfies never;
  }
}

// ------------------------------------------------------------------------------------------------ directives

function directiveHover(
  text: string,
  { name, value, line }: Extract<Place, { kind: "directive" }>,
  settings: QuerySettings,
  knowledge: Knowledge,
): Hover | undefined {
  const directive = directiveNameAt(text, name);
  if (directive === undefined) return undefined;
  const zone = settings.zone?.value ?? knowledge.zone;
  const isOfTime = directive === "from" || directive === "to" || directive === "zone";
  const range = isOfTime ? resolveRange(settings.from?.value, settings.to?.value, knowledge.nowMs, zone) : undefined;
  const written = (directive === "from" ? settings.from : directive === "to" ? settings.to : undefined)?.value;
  const own = value === undefined ? written : (parseTime(text.slice(value.start, value.end)) ?? written);
  const atMs = directive === "from" || directive === "to" ? timeOf(own, directive, knowledge.nowMs, zone) : undefined;
  return { kind: "directive", directive, range, zone, atMs, span: span(line.start, value?.end ?? name.end) };
}

function timeOf(point: TimePoint | undefined, name: "from" | "to", nowMs: number, zone: string): number | undefined {
  const range = resolveRange({ kind: "instant", ms: 0 }, point ?? defaultRange[name], nowMs, zone);
  return range.kind === "range" ? range.toMs : undefined;
}

// ------------------------------------------------------------------------------------------------ the search half

function searchHover(text: string, half: Span, offset: number, knowledge: Knowledge): Hover | undefined {
  const tokens = searchTokens(text, half);
  const index = tokens.findIndex(({ start, end }) => start <= offset && offset < end);
  const at = index >= 0 ? index : tokens.findIndex(({ end }) => end === offset);
  const token = tokens[at];
  if (token === undefined) return undefined;
  const whole = span(token.start, token.end);
  const before = tokens[at - 1];
  const after = tokens[at + 1];
  const isValue = isSign(text, before, ":") && !isTagKey(text, tokens, at);
  const word = isValue ? valueWord(text, token) : searchWord(text, token, after);
  if (word !== undefined) return { kind: "searchWord", word, span: whole };
  if (token.kind === "sign" || isValue || !isKey(text, tokens, at)) return undefined;

  const isTag = isTagKey(text, tokens, at);
  const name = isTag ? `__tag__:${tokenValue(text, token)}` : tokenValue(text, token);
  const start = isTag ? (tokens[at - 2]?.start ?? token.start) : token.start;
  return fieldHover(name, span(start, token.end), "search", knowledge);
}

/** What a word or sign outside of values means to the search. */
function searchWord(text: string, token: SearchToken, after: SearchToken | undefined): SearchWord | undefined {
  const written = text.slice(token.start, token.end);
  if (token.kind === "sign") return written === "#" ? "phrase" : undefined;
  if (token.kind === "quoted" || isSign(text, after, ":")) return undefined;
  const word = written.toLowerCase();
  if (word === "and" || word === "or" || word === "not") return word;
  if (written === "in" && after?.kind === "sign") return "in";
  if (written === "*") return "all";
  return wildcard(written);
}

function valueWord(text: string, token: SearchToken): SearchWord | undefined {
  if (token.kind !== "word") return undefined;
  const written = text.slice(token.start, token.end);
  return written === "*" ? "exists" : wildcard(written);
}

/** In quotes `*` and `?` are characters like any other. */
function wildcard(written: string): SearchWord | undefined {
  if (!/[*?]/.test(written)) return undefined;
  return /^[*?]/.test(written) ? "leadingWildcard" : "wildcard";
}

/** Whether a sign that follows makes the token the name of a field. */
function isKey(text: string, tokens: readonly SearchToken[], at: number): boolean {
  const after = tokens[at + 1];
  if (after === undefined) return false;
  const written = text.slice(after.start, after.end);
  return after.kind === "sign" ? /^[:<>=!]/.test(written) : written === "in" && tokens[at + 2]?.kind === "sign";
}

/** Whether the token is the key of `__tag__:key:value`. */
function isTagKey(text: string, tokens: readonly SearchToken[], at: number): boolean {
  const tag = tokens[at - 2];
  return (
    isSign(text, tokens[at - 1], ":") &&
    tag?.kind === "word" &&
    tokenValue(text, tag) === "__tag__" &&
    isSign(text, tokens[at + 1], ":")
  );
}

function fieldHover(name: string, at: Span, half: "search" | "analysis", knowledge: Knowledge): Hover {
  const wanted = name.toLowerCase();
  const field = knowledge.fields.find(
    ({ search, sql }) => search.toLowerCase() === wanted || sql.toLowerCase() === wanted,
  );
  if (field === undefined) return { kind: "unknownField", name, half, span: at };
  return { kind: "field", field, half, values: seenValues(field, knowledge), span: at };
}

/** Only what records were seen to hold. */
function seenValues(field: KnownField, knowledge: Knowledge): readonly KnownValue[] {
  return knownValues(field.search, knowledge).filter(({ count }) => count > 0);
}

// ------------------------------------------------------------------------------------------------ the analysis

function analysisHover(
  text: string,
  { half, query }: Extract<Place, { kind: "analysis" }>,
  offset: number,
  knowledge: Knowledge,
): Hover | undefined {
  const analysis = query?.statement.analysis;
  if (analysis === undefined) return undefined;
  const tokens = scanAnalysis(text, half.start, half.end, new ProblemList());
  const at = tokenAt(tokens, offset);
  if (at === undefined) return undefined;
  const kind = tokens.kinds[at] as number;
  const whole = span(tokens.starts[at] as number, tokens.ends[at] as number);
  const written = text.slice(whole.start, whole.end);

  if (analysis.kind === "spl") {
    const command = analysis.commands.find(
      ({ nameSpan }) => nameSpan.start <= whole.start && whole.end <= nameSpan.end,
    );
    if (command !== undefined && splCommands.includes(command.name)) {
      return { kind: "command", command: command.name, span: command.nameSpan };
    }
  }

  const called = slsFunction(written);
  const isCall = tokens.kinds[at + 1] === Token.leftParen && kind !== Token.quotedName;
  const isNiladic = kind >= Token.current_date && kind <= Token.current_timestamp;
  const isLocalTime = kind === Token.localtime || kind === Token.localtimestamp;
  if (called !== undefined && (isCall || isNiladic || isLocalTime || kind === Token.case)) {
    return { kind: "function", function: called, span: whole };
  }
  if (kind === Token.limit) return limitHover(text, analysis, whole, tokens, at);
  if (!isName(kind) || isCall) return undefined;
  if (kind === Token.quotedName && !isClosed(text, tokens, at)) return undefined;
  return nameHover(text, analysis, whole, knowledge);
}

function tokenAt(tokens: Tokens, offset: number): number | undefined {
  let low = 1;
  let high = tokens.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens.starts[middle] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  const at = low - 1;
  return at >= 1 && offset <= (tokens.ends[at] as number) ? at : undefined;
}

/** A column, an alias, or the column of a subquery. */
function nameHover(text: string, analysis: Analysis, at: Span, knowledge: Knowledge): Hover | undefined {
  const nodes = nodesAt(analysis, at.end);
  const column = nodes.findLast(isColumn);
  const alias = nodes.findLast(isAliased);
  if (alias !== undefined && alias.alias.span.start === at.start) {
    const { span: computed } = alias.expression;
    return { kind: "alias", name: alias.alias.name, text: text.slice(computed.start, computed.end), span: at };
  }
  if (column === undefined) return undefined;
  const name = column.path.map((part) => part.name).join(".");
  const scope = scopeAt(analysis, at.start, knowledge);
  const known = columnNamed(name, scope.relations);
  const given = scope.aliases.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (given !== undefined && (known?.field === undefined || given.name === name)) {
    const { span: computed } = given.expression;
    if (computed.start !== column.span.start) {
      return { kind: "alias", name: given.name, text: text.slice(computed.start, computed.end), span: column.span };
    }
  }
  if (known?.field !== undefined) {
    const values = seenValues(known.field, knowledge);
    return { kind: "field", field: known.field, half: "analysis", values, span: column.span };
  }
  return known === undefined ? { kind: "unknownField", name, half: "analysis", span: column.span } : undefined;
}

type Column = { readonly kind: "column"; readonly path: readonly { readonly name: string }[]; readonly span: Span };

/** A SELECT's column has a path nowhere, and an expression's always. */
function isColumn(node: object): node is Column {
  return "kind" in node && node.kind === "column" && "path" in node;
}

type Aliased = {
  readonly alias: { readonly name: string; readonly span: Span };
  readonly expression: { readonly span: Span };
};

function isAliased(node: object): node is Aliased {
  return "alias" in node && node.alias !== undefined && "expression" in node;
}

function limitHover(text: string, analysis: Analysis, at: Span, tokens: Tokens, index: number): Hover {
  const queries = nodesAt(analysis, at.end).filter(isQuery);
  const limit = queries.at(-1)?.limit;
  const count = limit?.count === undefined ? undefined : text.slice(limit.count.span.start, limit.count.span.end);
  const written = count ?? text.slice(tokens.starts[index + 1], tokens.ends[index + 1]);
  const rows = /^\d+$/.test(written) ? Number(written) : undefined;
  return { kind: "limit", rows, hasOffset: limit?.offset !== undefined, isInner: queries.length > 1, span: at };
}

function isQuery(node: object): node is Query {
  return "kind" in node && node.kind === "query";
}
