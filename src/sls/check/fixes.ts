import { fieldNames } from "../fieldNames.ts";
import { slsFunction } from "../functions/catalogue.ts";
import type { Knowledge, KnownField } from "../knowledge.ts";
import { queryAt } from "../place.ts";
import { type FileQuery, parseQueryFile, type QueryFile } from "../queryFile.ts";
import { quotedName, quotedSearch, searchField, searchValue, sqlName, sqlString } from "../quote.ts";
import { type Span, span, spanText } from "../span.ts";
import type {
  Expression,
  Identifier,
  Limit,
  Query,
  QueryBody,
  Relation,
  Search,
  Select,
  SelectItem,
  Statement,
} from "../syntax.ts";
import { applyEdits, joint, type TextEdit } from "../textEdit.ts";
import { parseTime } from "../timeRange.ts";
import { chainOf, someExpression } from "../walk.ts";
import { checkFile } from "./check.ts";
import type { Problem, ProblemCode } from "./problems.ts";

/** What a fix does. Each is worded with the texts that the fix holds as its data. */
export type FixKind =
  /** Another text in its place: the text. */
  | "change"
  /** The text in double quotes, which it needs. */
  | "quote"
  /** The text in single quotes, which makes it one. */
  | "quoteAsText"
  /** The text without the quotes that make its wildcard a character. */
  | "unquote"
  /** A text that is missing: the text. */
  | "add"
  /** One condition for each value: the key. */
  | "distribute"
  /** A line above the statement. */
  | "moveAbove"
  | "removeLine"
  /** A piece that SLS does not read: the piece. */
  | "remove"
  | "removeWildcard"
  /** A phrase becomes words in any order. */
  | "removePhrase"
  | "parenthesize"
  /** `* |` before SQL that has no search. */
  | "addSearch"
  /** A condition of the search as one of SQL: the condition. */
  | "moveToSql"
  /** A condition on groups where one on rows cannot be: the condition. */
  | "moveToHaving"
  /** A value that is no column read from its JSON: the expression. */
  | "readFromJson"
  /** The count. */
  | "addLimit"
  /** What is grouped by. */
  | "groupBy"
  | "addWindow"
  /** The directive with its value. */
  | "addDirective"
  /** Times in the search become the range of the query. */
  | "setRange"
  | "swapBounds"
  /** The id of a cluster that shares its name: the id. */
  | "writeId";

/** A change of the text that removes a problem and makes no new one. */
export type Fix = {
  readonly kind: FixKind;
  readonly data: readonly string[];
  /** In the order of the text. */
  readonly edits: readonly TextEdit[];
  /** Whether it is what is most likely meant, so that it may be made without a choice. */
  readonly preferred: boolean;
};

/** The rows that a LIMIT asks for which a fix writes. */
export const usualLimit = 1000;

/** The fixes of a problem, the best first. Each was tried: it removes the problem, and no other appears. */
export function fixes(text: string, file: QueryFile, problem: Problem, knowledge: Knowledge): readonly Fix[] {
  const query = queryAt(file, problem.span.start);
  const found = candidates({ text, file, query, knowledge }, problem);
  if (found.length === 0) return [];
  // A quote that is open closes at the next one, in whatever query that is written.
  const isWhole = query === undefined || file.problems.some(({ code }) => code === "quote-open");
  const section = isWhole ? span(0, text.length) : query.span;
  return found.filter(({ edits }) => removes(text, section, problem, edits, knowledge));
}

/** Whether edits take a problem away and bring none. Only its section is looked at, unless they reach beyond. */
function removes(
  text: string,
  section: Span,
  problem: Problem,
  edits: readonly TextEdit[],
  knowledge: Knowledge,
): boolean {
  const isInside = edits.every((edit) => edit.span.start >= section.start && edit.span.end <= section.end);
  const { start, end } = isInside ? section : span(0, text.length);
  const before = text.slice(start, end);
  const moved = edits.map((edit) => ({ ...edit, span: span(edit.span.start - start, edit.span.end - start) }));
  const after = applyEdits(before, moved);
  const counts = countsOf(before, knowledge);
  const afterwards = countsOf(after, knowledge);
  for (const [code, count] of afterwards) {
    const allowed = (counts.get(code) ?? 0) - (code === problem.code ? 1 : 0);
    if (count > allowed) return false;
  }
  return counts.has(problem.code);
}

function countsOf(text: string, knowledge: Knowledge): ReadonlyMap<ProblemCode, number> {
  const counts = new Map<ProblemCode, number>();
  for (const { code } of checkFile(text, parseQueryFile(text), () => knowledge)) {
    counts.set(code, (counts.get(code) ?? 0) + 1);
  }
  return counts;
}

// ------------------------------------------------------------------------------------------------ candidates

type Around = {
  readonly text: string;
  readonly file: QueryFile;
  readonly query: FileQuery | undefined;
  readonly knowledge: Knowledge;
};

function fix(kind: FixKind, data: readonly string[], edits: readonly TextEdit[], preferred = true): Fix {
  return { kind, data, edits, preferred };
}

function replaced(kind: FixKind, at: Span, text: string, preferred = true): Fix {
  return fix(kind, [text], [{ span: at, text }], preferred);
}

function inserted(kind: FixKind, at: number, text: string, data: readonly string[]): Fix {
  return fix(kind, data, [{ span: span(at, at), text }]);
}

/** The fixes of a problem that may be meant, the best first. */
function candidates(around: Around, problem: Problem): readonly Fix[] {
  const { text } = around;
  const at = problem.span;
  switch (problem.code) {
    case "quote-open":
      return [inserted("add", at.end, problem.quote, [problem.quote])];
    case "comment-open":
      return [inserted("add", at.end, " */", ["*/"])];
    case "expected":
      return expectedFixes(around, problem.expected, at);
    case "colon-in-value":
    case "single-quotes":
      return problem.value.endsWith("\\") ? [] : [replaced("quote", at, quotedSearch(problem.value))];
    case "value-group":
      return distributed(around, problem.key, at);
    case "word-reserved":
      return [replaced("quote", at, quotedSearch(problem.word))];
    case "in-upper-case":
      return [replaced("change", at, "in")];
    case "comment-in-search":
    case "directive-late":
      return movedAbove(around, at);
    case "operator-unknown":
      return problem.instead === "not" ? negated(around, at) : [replaced("change", at, problem.instead)];
    case "insert-refused":
      return [removed(text, at)];
    case "limit-offset":
      return [replaced("change", at, `limit ${problem.offset}, ${problem.count ?? usualLimit}`)];
    case "name-unquoted":
    case "name-in-single-quotes":
      return [replaced("quote", at, quotedName(problem.name))];
    case "name-reserved":
      return text[at.end] === "(" ? [] : [replaced("quote", at, quotedName(problem.name))];
    case "directive-repeated":
    case "directive-empty":
      return [removedLine(text, at)];
    case "time-unreadable":
      return timeFixes(problem.text, text, at);
    case "command-unknown":
    case "directive-unknown":
    case "function-unknown":
    case "table-unknown":
    case "account-unknown":
    case "cluster-unknown":
      return problem.nearest === undefined ? [] : [replaced("change", at, problem.nearest)];
    case "cluster-ambiguous":
      return problem.ids.map((id, index) => replaced("writeId", at, id, index === 0 && problem.ids.length === 1));
    case "field-unknown": {
      const name = problem.nearest === undefined ? undefined : searchField(problem.nearest);
      return name === undefined ? [] : [replaced("change", at, name)];
    }
    case "field-spelling": {
      if (problem.half === "sql") return renamedColumn(around, at, problem.instead);
      const name = searchField(problem.instead);
      return name === undefined ? [] : [replaced("change", at, name)];
    }
    case "column-unknown":
      return problem.nearest === undefined ? [] : renamedColumn(around, at, problem.nearest);
    case "field-not-indexed":
      return problem.half === "search" ? movedToSql(around, at) : readFromJson(around, problem.name, at);
    case "wildcard-leading": {
      const rest = problem.value.replace(/^[*?]+/, "");
      const shorter = rest === "" ? [] : [fix("removeWildcard", [rest], [{ span: at, text: rest }], false)];
      return [...movedToSql(around, at), ...shorter];
    }
    case "wildcard-quoted":
      return /^[A-Za-z0-9_/][A-Za-z0-9_./@*?-]*$/.test(problem.value)
        ? [replaced("unquote", at, problem.value, false)]
        : [];
    case "number-on-text":
      return [...movedToSql(around, at), ...asText(around, at)];
    case "phrase-place":
      return [fix("removePhrase", [], [{ span: span(at.start, at.start + 1), text: "" }])];
    case "not-ambiguous":
      return [
        fix(
          "parenthesize",
          [],
          [
            { span: span(at.start, at.start), text: "(" },
            { span: span(at.end, at.end), text: ")" },
          ],
        ),
      ];
    case "time-in-search":
      return rangeOfSearch(around, at);
    case "program-case": {
      const inSearch = around.query !== undefined && isInSearch(around.query.statement, at);
      const value = inSearch ? searchValue(problem.instead) : sqlString(problem.instead);
      return value === undefined ? [] : [replaced("change", at, value)];
    }
    case "pipe-missing":
      return [inserted("addSearch", at.start, "* | ", [])];
    case "column-unquoted":
      return [replaced("quote", at, quotedName(problem.name))];
    case "text-in-double-quotes":
      return [replaced("quoteAsText", at, sqlString(problem.value))];
    case "limit-missing": {
      const statement = around.query?.statement;
      if (statement?.analysis?.kind !== "sql") return [];
      const added = `${joint(text, statement.span)}limit ${usualLimit}`;
      return [inserted("addLimit", statement.analysis.query.span.end, added, [String(usualLimit)])];
    }
    case "limit-in-subquery": {
      const limit = limitAt(around, at);
      const count = limit?.count === undefined ? "" : spanText(text, limit.count.span);
      return count === "" ? [] : [replaced("change", at, `limit ${count}`, false)];
    }
    case "limit-large":
      return limitAt(around, at)?.offset === undefined ? [replaced("change", at, `limit ${problem.limit}`)] : [];
    case "over-missing":
      return [inserted("addWindow", at.end, " over ()", [])];
    case "aggregate-place":
      return problem.place === "where" ? movedToHaving(around, at) : [];
    case "group-by-missing":
      return problem.name === "*" ? [] : grouped(around, at);
    case "column-ambiguous":
      return qualified(around, at);
    case "types-differ":
      return otherLiteral(around, at);
    case "try-in-lambda":
      return tryCast(around, at);
    case "time-range-missing":
      return around.query === undefined
        ? []
        : [inserted("addDirective", directiveStart(text, around.query), "-- @from -24h\n", ["-- @from -24h"])];
    case "range-past-retention": {
      const from = around.query?.settings.from ?? around.file.defaults.from;
      return from === undefined || from.span.start !== at.start ? [] : [replaced("change", at, `-${problem.days}d`)];
    }
    case "range-empty":
      return swapped(around);
    case "number-unreadable":
    case "unexpected":
    case "too-deep":
    case "analysis-mixed":
    case "command-unchecked":
    case "clause-order":
    case "zone-unknown":
    case "query-empty":
    case "title-in-quote":
    case "word-on-number":
    case "conditions-many":
    case "function-dialect":
    case "function-cloud-only":
    case "function-arguments":
    case "not-translatable":
    case "engine-rejected":
      return [];
    default:
      return problem satisfies never;
  }
}

function expectedFixes({ query }: Around, expected: string, at: Span): readonly Fix[] {
  if (expected !== ")" && expected !== "]" && expected !== "end") return [];
  const end = query?.statement.span.end ?? at.start;
  const place = Math.min(at.start, end);
  return [inserted("add", place, expected === "end" ? " end " : expected, [expected])];
}

function timeFixes(written: string, text: string, at: Span): readonly Fix[] {
  // `15m` and `now-15m`, as other products write what is `-15m` here.
  const amount = /^(?:now\s*)?[-+]?\s*(\d+\s*[a-z])[a-z]*$/i.exec(written)?.[1];
  const meant = amount === undefined ? undefined : `-${amount.replace(/\s/g, "").toLowerCase()}`;
  const place = text.indexOf(written, at.start);
  if (meant === undefined || parseTime(meant) === undefined || place < 0) return [];
  return [replaced("change", span(place, place + written.length), meant)];
}

function removed(text: string, { start, end }: Span): Fix {
  let behind = end;
  while (/\s/.test(text.charAt(behind))) behind++;
  return fix("remove", [text.slice(start, end)], [{ span: span(start, behind), text: "" }]);
}

/** The line around an offset, with the end of the line. */
function lineAround(text: string, at: number): Span {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return span(start, end < 0 ? text.length : end + 1);
}

function removedLine(text: string, at: Span): Fix {
  return fix("removeLine", [], [{ span: lineAround(text, at.start), text: "" }]);
}

/** A line that is meant as a comment or a directive, before the statement, where it is one. */
function movedAbove({ text, query }: Around, at: Span): readonly Fix[] {
  if (query === undefined) return [];
  const line = lineAround(text, at.start);
  const { start } = query.statement.span;
  const above = text.lastIndexOf("\n", start - 1) + 1;
  if (above !== start || line.start <= start) return [];
  const moved = `${text.slice(at.start, at.end).trim()}\n`;
  const last = line.end === text.length && !text.endsWith("\n");
  return [
    fix(
      "moveAbove",
      [],
      [
        { span: span(start, start), text: moved },
        { span: span(last ? line.start - 1 : line.start, line.end), text: "" },
      ],
    ),
  ];
}

/** Where a directive of a query is written: below its title or, without one, first of all. */
function directiveStart(text: string, { title, span: whole }: FileQuery): number {
  return title === undefined ? whole.start : Math.min(text.length, lineAround(text, whole.start).end);
}

function swapped({ text, query, file }: Around): readonly Fix[] {
  const settings = query?.settings ?? file.defaults;
  const { from, to } = settings;
  if (from === undefined || to === undefined) return [];
  const edits = [
    { span: from.span, text: spanText(text, to.span) },
    { span: to.span, text: spanText(text, from.span) },
  ];
  return [fix("swapBounds", [], inOrder(edits))];
}

function inOrder(edits: readonly TextEdit[]): readonly TextEdit[] {
  return edits.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

// ------------------------------------------------------------------------------------------------ the search half

function isInSearch({ analysis }: Statement, at: Span): boolean {
  return analysis === undefined || at.start < analysis.span.start;
}

function holds(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** The nodes around a place, from the whole search to the condition there. */
function searchPath(root: Search, at: Span): readonly Search[] {
  const path: Search[] = [];
  let node: Search | undefined = root;
  while (node !== undefined && holds(node.span, at)) {
    path.push(node);
    const parts: readonly Search[] =
      node.kind === "and" || node.kind === "or"
        ? [node.left, node.right]
        : node.kind === "not" || node.kind === "group"
          ? [node.operand]
          : [];
    node = parts.find((part) => holds(part.span, at));
  }
  return path;
}

/** The search without one of the conditions that all have to be met; nothing where it is not one of these. */
function withoutCondition(path: readonly Search[]): TextEdit | undefined {
  let index = path.length - 1;
  while (path[index - 1]?.kind === "group") index--;
  const node = path[index];
  const parent = path[index - 1];
  if (node === undefined) return undefined;
  if (path.slice(0, index).some(({ kind }) => kind !== "and" && kind !== "group")) return undefined;
  if (parent === undefined) return { span: node.span, text: "*" };
  if (parent.kind !== "and") return undefined;
  const cut =
    parent.left === node ? span(node.span.start, parent.right.span.start) : span(parent.left.span.end, node.span.end);
  return { span: cut, text: "" };
}

/** A condition of the search as one of SQL, for what the index cannot answer. */
function movedToSql({ text, query, knowledge }: Around, at: Span): readonly Fix[] {
  if (query === undefined) return [];
  const path = searchPath(query.statement.search, at);
  const cut = withoutCondition(path);
  const condition = path.at(-1);
  const sql = condition && sqlCondition(condition, knowledge);
  if (cut === undefined || sql === undefined) return [];
  const where = withWhere(text, query.statement, sql);
  if (where === undefined) return [];
  return [fix("moveToSql", [sql], inOrder([cut, ...where]))];
}

/** SQL finds a text by what it is made of, and regards its case; the search does not. */
function sqlCondition(condition: Search, knowledge: Knowledge): string | undefined {
  if (condition.kind !== "term" && condition.kind !== "comparison" && condition.kind !== "range") return undefined;
  if (condition.field === undefined) return undefined;
  const { name } = condition.field;
  const field = fieldNames(knowledge).find(name);
  const value = field === undefined ? jsonBelow(name, knowledge) : fieldValue(field);
  if (value === undefined) return undefined;
  const number = `try_cast(${value} as double)`;
  switch (condition.kind) {
    case "comparison":
      return Number.isNaN(condition.value.value)
        ? undefined
        : `${number} ${condition.operator} ${condition.value.value}`;
    case "range": {
      const { low, high, lowIncluded, highIncluded } = condition;
      if (Number.isNaN(low.value) || Number.isNaN(high.value)) return undefined;
      return `${number} ${lowIncluded ? ">=" : ">"} ${low.value} and ${number} ${highIncluded ? "<=" : "<"} ${high.value}`;
    }
    case "term": {
      if (condition.phrase || condition.value === "") return undefined;
      const isNumber = field?.type === "long" || field?.type === "double";
      if (isNumber) return Number.isNaN(Number(condition.value)) ? undefined : `${number} = ${Number(condition.value)}`;
      if (!condition.quoted && /[*?]/.test(condition.value)) {
        return `lower(${value}) like ${likePattern(condition.value.toLowerCase())}`;
      }
      return field?.type === "list" || field?.type === "map"
        ? `lower(${value}) like ${likePattern(`*${condition.value.toLowerCase()}*`)}`
        : `lower(${value}) = ${sqlString(condition.value.toLowerCase())}`;
    }
    default:
      return condition satisfies never;
  }
}

function likePattern(value: string): string {
  const isPlain = !/[%_!]/.test(value);
  const escaped = isPlain ? value : value.replace(/[%_!]/g, "!$&");
  const pattern = sqlString(escaped.replaceAll("*", "%").replaceAll("?", "_"));
  return isPlain ? pattern : `${pattern} escape '!'`;
}

/** The text of a field in SQL, wherever it lies. */
function fieldValue(field: KnownField): string | undefined {
  if (field.indexed !== "no" && field.indexed !== "probably not") return sqlName(field.sql);
  if (field.inside === undefined) return undefined;
  const { column, path } = field.inside;
  return field.type === "list" || field.type === "map" || field.type === "json"
    ? `json_format(json_extract(${sqlName(column)}, ${jsonPath(path)}))`
    : `json_extract_scalar(${sqlName(column)}, ${jsonPath(path)})`;
}

/** A value below a map, such as one label of a pod. */
function jsonBelow(name: string, knowledge: Knowledge): string | undefined {
  const field = fieldNames(knowledge).around(name);
  if (field?.inside === undefined) return undefined;
  const { column, path } = field.inside;
  const key = name.slice(field.search.length + 1);
  return `json_extract_scalar(${sqlName(column)}, ${jsonPath([...path, key])})`;
}

/** `'$.pod.labels["app.kubernetes.io/name"]'`. */
function jsonPath(keys: readonly string[]): string {
  const path = keys.map((key) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`));
  return sqlString(`$${path.join("")}`);
}

/** The edits that add a condition to the SQL of a statement, or SQL with it; nothing where the SQL is no plain SELECT. */
function withWhere(text: string, { analysis, span: whole }: Statement, condition: string): TextEdit[] | undefined {
  if (analysis === undefined) {
    const sql = ` | select * from log where ${condition} limit ${usualLimit}`;
    return [{ span: span(whole.end, whole.end), text: sql }];
  }
  if (analysis.kind !== "sql" || analysis.query.body.kind !== "select" || analysis.query.with.length > 0) {
    return undefined;
  }
  const { where, from, items } = analysis.query.body;
  if (
    from !== undefined &&
    !(from.kind === "table" && from.name.length === 1 && /^log$/i.test(from.name[0]?.name ?? ""))
  ) {
    return undefined;
  }
  if (where === undefined) {
    const end = from?.span.end ?? items.at(-1)?.span.end;
    return end === undefined ? undefined : [{ span: span(end, end), text: ` where ${condition}` }];
  }
  const { start, end } = where.span;
  if (where.kind !== "binary" || where.operator !== "or") return [{ span: span(end, end), text: ` and ${condition}` }];
  return [{ span: where.span, text: `(${text.slice(start, end)}) and ${condition}` }];
}

/** `field = 5` as a search for the word, which a text field answers. */
function asText({ query }: Around, at: Span): readonly Fix[] {
  const condition = query && searchPath(query.statement.search, at).at(-1);
  if (condition?.kind !== "comparison" || condition.operator !== "=") return [];
  const operatorAt = span(condition.field.span.end, condition.value.span.end);
  return [
    fix("change", [`: "${condition.value.text}"`], [{ span: operatorAt, text: `: "${condition.value.text}"` }], false),
  ];
}

/** `key:(a or b)` as `(key:a or key:b)`. */
function distributed({ text, query }: Around, key: string, at: Span): readonly Fix[] {
  if (query === undefined) return [];
  const group = findGroup(query.statement.search, at.start);
  const name = searchField(key);
  if (group === undefined || name === undefined) return [];
  const edits: TextEdit[] = [];
  const add = (node: Search): void => {
    if (node.kind === "and" || node.kind === "or") {
      add(node.left);
      add(node.right);
    } else if (node.kind === "not" || node.kind === "group") {
      add(node.operand);
    } else if (node.kind === "term" && node.field === undefined) {
      edits.push({ span: span(node.span.start, node.span.start), text: `${name}: ` });
    }
  };
  add(group);
  const before = text.slice(0, at.start);
  const colon = before.trimEnd().length - 1;
  const keyEnd = before.slice(0, colon).trimEnd().length;
  const keyStart = keyEnd - (before.slice(0, keyEnd).endsWith('"') ? quotedSearch(key).length : key.length);
  if (before[colon] !== ":" || keyStart < query.statement.span.start) return [];
  return [fix("distribute", [key], [{ span: span(keyStart, at.start), text: "" }, ...edits])];
}

function findGroup(search: Search, start: number): Search | undefined {
  const path = searchPath(search, span(start, start + 1));
  return path.findLast((node) => node.kind === "group" && node.span.start === start);
}

/** `a != 5` as `not a = 5`. */
function negated({ query }: Around, at: Span): readonly Fix[] {
  if (query === undefined) return [];
  const condition = searchPath(query.statement.search, at).at(-1);
  if (condition?.kind !== "comparison") return [];
  const { start } = condition.span;
  return [
    fix(
      "change",
      ["not … ="],
      [
        { span: span(start, start), text: "not " },
        { span: at, text: "=" },
      ],
    ),
  ];
}

/** The time range that a search for `__time__` means, as directives. */
function rangeOfSearch({ text, query }: Around, at: Span): readonly Fix[] {
  if (query === undefined || query.settings.from !== undefined || query.settings.to !== undefined) return [];
  const path = searchPath(query.statement.search, at);
  const condition = path.at(-1);
  const cut = withoutCondition(path);
  if (cut === undefined || (condition?.kind !== "comparison" && condition?.kind !== "range")) return [];
  const bounds: string[] = [];
  const add = (name: "from" | "to", seconds: number): void => {
    const date = new Date(seconds * 1000);
    if (!Number.isNaN(date.getTime())) bounds.push(`-- @${name} ${date.toISOString().replace(".000Z", "Z")}`);
  };
  if (condition.kind === "range") {
    add("from", condition.low.value + (condition.lowIncluded ? 0 : 1));
    add("to", condition.high.value + (condition.highIncluded ? 1 : 0));
  } else if (condition.operator.startsWith(">")) {
    add("from", condition.value.value + (condition.operator === ">" ? 1 : 0));
  } else if (condition.operator.startsWith("<")) {
    add("to", condition.value.value + (condition.operator === "<=" ? 1 : 0));
  }
  if (bounds.length === 0) return [];
  const start = directiveStart(text, query);
  const lines = `${bounds.join("\n")}\n`;
  return [fix("setRange", bounds, inOrder([{ span: span(start, start), text: lines }, cut]))];
}

// ------------------------------------------------------------------------------------------------ SQL

type Node = Query | QueryBody | SelectItem | Relation | Expression;
type KindOf<Kind> = Extract<Node, { readonly kind: Kind }>;

/** The nodes of an analysis around a place, from the whole to the innermost. */
function nodesAround({ query }: Around, at: Span): readonly Node[] {
  const path: Node[] = [];
  const descend = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(descend);
    if (typeof value !== "object" || value === null) return false;
    if (!isLocated(value)) return "start" in value ? false : Object.values(value).some(descend);
    if (!holds(value.span, at)) return false;
    if ("kind" in value) path.push(value as Node);
    Object.values(value).some(descend);
    return true;
  };
  descend(query?.statement.analysis);
  return path;
}

function isLocated(value: object): value is { readonly span: Span } {
  return "span" in value && typeof value.span === "object" && value.span !== null;
}

function innermost<Kind extends Node["kind"]>(nodes: readonly Node[], kind: Kind): KindOf<Kind> | undefined {
  return nodes.findLast((node): node is KindOf<Kind> => node.kind === kind);
}

function limitAt(around: Around, at: Span): Limit | undefined {
  return innermost(nodesAround(around, at), "query")?.limit;
}

/** Another name in the place of a column's, with the table that stands before it, if one does. */
function renamedColumn(around: Around, at: Span, name: string): readonly Fix[] {
  const column = innermost(nodesAround(around, at), "column");
  const last = column !== undefined && "path" in column ? column.path.at(-1) : undefined;
  if (last === undefined) return [];
  return [replaced("change", last.span, last.quoted ? quotedName(name) : sqlName(name))];
}

/** A column that is none, read from the JSON that holds it. A SELECT's item keeps its name. */
function readFromJson(around: Around, name: string, at: Span): readonly Fix[] {
  const field = fieldNames(around.knowledge).find(name);
  const value = field === undefined ? jsonBelow(name, around.knowledge) : jsonOf(field);
  if (value === undefined) return [];
  const nodes = nodesAround(around, at);
  const parent = nodes.at(-2);
  const isItem = parent !== undefined && "alias" in parent && "expression" in parent && parent.alias === undefined;
  return [fix("readFromJson", [value], [{ span: at, text: isItem ? `${value} as ${quotedName(name)}` : value }])];
}

function jsonOf({ inside, type }: KnownField): string | undefined {
  if (inside === undefined) return undefined;
  const args = `${sqlName(inside.column)}, ${jsonPath(inside.path)}`;
  if (type === "text") return `json_extract_scalar(${args})`;
  if (type === "long" || type === "double") {
    return `cast(json_extract_scalar(${args}) as ${type === "long" ? "bigint" : "double"})`;
  }
  return `json_extract(${args})`;
}

function grouped(around: Around, at: Span): readonly Fix[] {
  const { text } = around;
  const nodes = nodesAround(around, at);
  const select = innermost(nodes, "select");
  if (select === undefined) return [];
  const item = select.items.find((each) => holds(each.span, at));
  // What is computed of one row is grouped by as a whole, by the name that it has; else the column alone.
  const whole = item?.kind === "column" && !hasAggregate(item.expression) ? item : undefined;
  const key = whole?.alias ? identifierText(whole.alias) : spanText(text, whole?.expression.span ?? at);
  const { groupBy } = select;
  if (groupBy !== undefined) return [inserted("groupBy", groupBy.span.end, `, ${key}`, [key])];
  const end = select.where?.span.end ?? select.from?.span.end ?? select.items.at(-1)?.span.end;
  return end === undefined ? [] : [inserted("groupBy", end, ` group by ${key}`, [key])];
}

function identifierText({ name, quoted }: Identifier): string {
  return quoted ? quotedName(name) : sqlName(name);
}

function hasAggregate(expression: Expression): boolean {
  return someExpression(
    expression,
    (part) => part.kind === "call" && (part.over !== undefined || slsFunction(part.name.name)?.kind === "aggregate"),
  );
}

/** `where count(*) > 1` as `having count(*) > 1`. */
function movedToHaving(around: Around, at: Span): readonly Fix[] {
  const { text } = around;
  const select = innermost(nodesAround(around, at), "select");
  if (select?.where === undefined || select.having !== undefined) return [];
  const parts = chainOf<Expression>(select.where, (node) =>
    node.kind === "binary" && node.operator === "and" ? node : undefined,
  );
  const index = parts.findIndex((part) => holds(part.span, at));
  const part = parts[index];
  if (part === undefined) return [];
  const cut = cutOfWhere(text, select, parts, index);
  const end = select.groupBy?.span.end ?? select.where.span.end;
  const condition = spanText(text, part.span);
  const having = { span: span(end, end), text: ` having ${condition}` };
  const [first, second] = inOrder([cut, having]);
  if (first === undefined || second === undefined) return [];
  return [fix("moveToHaving", [condition], [first, second])];
}

function cutOfWhere(text: string, select: Select, parts: readonly Expression[], index: number): TextEdit {
  const part = parts[index];
  const before = parts[index - 1];
  const next = parts[index + 1];
  if (before !== undefined && part !== undefined) return { span: span(before.span.end, part.span.end), text: "" };
  if (next !== undefined && part !== undefined) return { span: span(part.span.start, next.span.start), text: "" };
  const end = select.where?.span.end ?? select.span.end;
  const clause = select.from?.span.end ?? select.items.at(-1)?.span.end ?? end;
  // A comment between the clauses stays.
  const word = text.slice(clause, end).search(/\bwhere\b/i);
  const start = word < 0 ? clause : clause + word;
  const space = /\s*$/.exec(text.slice(clause, start))?.[0].length ?? 0;
  return { span: span(start - space, end), text: "" };
}

/** A name of more than one table, with each of these before it. */
function qualified(around: Around, at: Span): readonly Fix[] {
  const select = innermost(nodesAround(around, at), "select");
  if (select?.from === undefined) return [];
  const names: string[] = [];
  const collect = (relation: Relation): void => {
    if (relation.kind === "join") {
      collect(relation.left);
      collect(relation.right);
    } else if (relation.kind !== "missing") {
      const name = relation.alias?.name ?? (relation.kind === "table" ? relation.name.at(-1) : undefined);
      if (name !== undefined) names.push(identifierText(name));
    }
  };
  collect(select.from);
  const column = spanText(around.text, at);
  return names.slice(0, 5).map((name) => replaced("change", at, `${name}.${column}`, false));
}

/** A literal beside a value of another type, as that type. */
function otherLiteral(around: Around, at: Span): readonly Fix[] {
  const ends = [span(at.end - 1, at.end), span(at.start, at.start + 1)];
  for (const end of ends) {
    const literal = nodesAround(around, end).at(-1);
    if (literal === undefined || !("span" in literal)) continue;
    if (literal.kind === "string" && literal.value.trim() !== "" && !Number.isNaN(Number(literal.value))) {
      return [replaced("change", literal.span, String(Number(literal.value)))];
    }
    if (literal.kind === "number") return [replaced("quoteAsText", literal.span, sqlString(literal.text))];
  }
  return [];
}

/** `try(cast(x as t))` as `try_cast(x as t)`. */
function tryCast(around: Around, at: Span): readonly Fix[] {
  const call = innermost(nodesAround(around, at), "call");
  const cast = call?.args[0];
  if (cast?.kind !== "cast" || call?.args.length !== 1) return [];
  const inner = around.text.slice(cast.operand.span.start, cast.type.span.end);
  return [replaced("change", at, `try_cast(${inner})`)];
}
