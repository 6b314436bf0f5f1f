import { LineBreaks } from "../lineBreaks.ts";
import { commentEnd, lineEnd, sqlQuoteEnd } from "../parser/scanner.ts";
import type { FileQuery, QueryFile } from "../queryFile.ts";
import { type Span, span } from "../span.ts";
import type { Expression, Query, Search } from "../syntax.ts";
import { eachOfQuery, eachPart } from "../walk.ts";

/** A piece of a file of more than one line that can be hidden but for its first. */
export type Fold = {
  /** `header`: the directives and comments before a statement. */
  readonly kind: "query" | "header" | "search" | "analysis" | "subquery" | "case" | "comment";
  readonly span: Span;
};

/** What can be folded, in the order in which it begins. */
export function folds(text: string, file: QueryFile): readonly Fold[] {
  const found: Fold[] = [];
  const lines = new LineBreaks(text);
  const [first] = file.queries;
  addHeader(text, 0, first ? first.span.start : text.length, found);
  for (const query of file.queries) addQuery(text, query, lines, found);
  return found
    .sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end)
    .filter((fold) => lines.isIn(fold.span));
}

function addQuery(text: string, query: FileQuery, lines: LineBreaks, found: Fold[]): void {
  const { search, analysis, span: whole } = query.statement;
  const end = query.text === "" ? trimmedEnd(text, query.span) : whole.end;
  const own = span(query.span.start, end);
  if (!lines.isIn(own)) return;
  if (query.title) found.push({ kind: "query", span: own });
  const header = query.title ? lineEnd(text, query.span.start, end) + 1 : query.span.start;
  addHeader(text, header, query.text === "" ? end : whole.start, found);
  if (query.text === "" || !lines.isIn(whole)) return;

  addGroups(search, found);
  found.push({ kind: "search", span: search.span });
  if (!analysis) return;
  const pipe = text.lastIndexOf("|", analysis.span.start);
  found.push({ kind: "analysis", span: span(Math.max(pipe, whole.start), whole.end) });
  addComments(text, analysis.span.start, whole.end, found);
  const addExpression = (expression: Expression): void => {
    if (!lines.isIn(expression.span)) return;
    if (expression.kind === "case") found.push({ kind: "case", span: expression.span });
    eachPart(expression, addExpression, addSubquery);
  };
  const addSubquery = (subquery: Query): void => {
    // From the line of the parenthesis that opens it.
    const paren = text.lastIndexOf("(", subquery.span.start);
    const enclosed = span(Math.max(paren, whole.start), subquery.span.end);
    if (!lines.isIn(enclosed)) return;
    found.push({ kind: "subquery", span: enclosed });
    eachOfQuery(subquery, addExpression, addSubquery);
  };
  if (analysis.kind === "sql") {
    eachOfQuery(analysis.query, addExpression, addSubquery);
  } else {
    for (const { items } of analysis.commands) for (const { expression } of items) addExpression(expression);
  }
}

function addGroups(search: Search, found: Fold[]): void {
  switch (search.kind) {
    case "and":
    case "or":
      addGroups(search.left, found);
      addGroups(search.right, found);
      return;
    case "not":
      addGroups(search.operand, found);
      return;
    case "group":
      found.push({ kind: "search", span: search.span });
      addGroups(search.operand, found);
      return;
    default:
      return;
  }
}

/** The lines before a statement, without the space at their end. */
function addHeader(text: string, start: number, end: number, found: Fold[]): void {
  let from = start;
  while (from < end && /\s/.test(text.charAt(from))) from++;
  const to = trimmedEnd(text, span(from, end));
  if (from < to) found.push({ kind: "header", span: span(from, to) });
}

/** Comments in an analysis: those between signs, and lines of them that follow one another. */
function addComments(text: string, start: number, end: number, found: Fold[]): void {
  let lines: Span | undefined;
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 45 && text.charCodeAt(at + 1) === 45) {
      const close = lineEnd(text, at, end);
      lines = span(lines?.start ?? at, close);
      at = close;
      continue;
    }
    if (code > 32 && lines) {
      found.push({ kind: "comment", span: lines });
      lines = undefined;
    }
    if (code === 39 || code === 34) {
      const close = sqlQuoteEnd(text, at, end);
      at = close < 0 ? lineEnd(text, at, end) : close;
    } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      const close = commentEnd(text, at, end);
      if (close < 0) return;
      found.push({ kind: "comment", span: span(at, close) });
      at = close;
    } else {
      at++;
    }
  }
  if (lines) found.push({ kind: "comment", span: lines });
}

function trimmedEnd(text: string, { start, end }: Span): number {
  let at = end;
  while (at > start && /\s/.test(text.charAt(at - 1))) at--;
  return at;
}
