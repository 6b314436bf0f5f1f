import { isSpace, lineEnd } from "../parser/scanner.ts";
import { queryAt } from "../place.ts";
import type { FileQuery, QueryFile } from "../queryFile.ts";
import { type Span, span } from "../span.ts";
import type { Query, QueryBody, Relation, Select, Statement } from "../syntax.ts";

/**
 * What is selected step by step from a caret: the word, the expressions around it, the clause, the query, the half of the
 * statement, the statement, the section, the file. Each holds the one before and is larger.
 */
export function selectionsAt(text: string, file: QueryFile, offset: number): readonly Span[] {
  const spans: Span[] = [wordAt(text, offset)];
  const query = queryAt(file, offset);
  if (query) addQuery(text, query, offset, spans);
  else spans.push(lineAt(text, offset));
  spans.push(span(0, text.length));
  return nested(spans);
}

function addQuery(text: string, query: FileQuery, offset: number, spans: Span[]): void {
  const { statement } = query;
  if (query.text !== "" && holds(statement.span, offset)) {
    addStatement(text, statement, offset, spans);
    spans.push(statement.span);
  } else {
    const line = lineAt(text, offset);
    const directive = /^--[ \t]*@[\w-]+[ \t]*/.exec(text.slice(line.start, line.end));
    const title = /^###+[ \t]*/.exec(text.slice(line.start, line.end));
    const lead = (directive ?? title)?.[0].length ?? 0;
    if (offset >= line.start + lead) spans.push(span(line.start + lead, line.end));
    spans.push(line);
  }
  const end = query.span.start + text.slice(query.span.start, query.span.end).trimEnd().length;
  spans.push(span(query.span.start, Math.max(end, query.span.start)), query.span);
}

function addStatement(text: string, statement: Statement, offset: number, spans: Span[]): void {
  const { search, analysis, span: whole } = statement;
  if (analysis && holds(span(analysis.span.start, whole.end), offset)) {
    addNodes(text, analysis, offset, spans);
    if (analysis.kind === "sql") addClauses(text, analysis.query, offset, spans);
    spans.push(analysis.span);
  } else if (holds(search.span, offset)) {
    addNodes(text, search, offset, spans);
    spans.push(search.span);
  }
}

type Node = { readonly span: Span };

/** The nodes of a tree around an offset, whatever they are, and what stands in their parentheses and quotes. */
function addNodes(text: string, root: Node, offset: number, spans: Span[]): void {
  const work: object[] = [root];
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    if ("span" in node && isSpan(node.span)) {
      if (!holds(node.span, offset)) continue;
      spans.push(node.span);
      addInner(text, node.span, offset, spans);
      if ("kind" in node && node.kind === "query") addEnclosed(text, node.span, spans);
    }
    for (const [key, child] of Object.entries(node)) {
      if (typeof child === "object" && child !== null && key !== "span") {
        if (isSpan(child)) {
          if (!holds(child, offset)) continue;
          spans.push(child);
          addInner(text, child, offset, spans);
        } else {
          work.push(child);
        }
      }
    }
  }
}

function isSpan(value: unknown): value is Span {
  return typeof value === "object" && value !== null && "start" in value && typeof value.start === "number";
}

/** What lies between the quotes or the parentheses at the ends of a piece. */
function addInner(text: string, { start, end }: Span, offset: number, spans: Span[]): void {
  const last = text.charAt(end - 1);
  const first = text.charAt(start);
  if ((last === "'" || last === '"') && first === last && end - start >= 2) {
    const inner = span(start + 1, end - 1);
    if (holds(inner, offset)) spans.push(inner);
  }
  if (last !== ")") return;
  let depth = 0;
  for (let at = end - 1; at >= start; at--) {
    const code = text.charCodeAt(at);
    if (code === 41) depth++;
    if (code === 40 && --depth === 0) {
      const inner = trimmed(text, span(at + 1, end - 1));
      if (holds(inner, offset)) spans.push(inner);
      return;
    }
  }
}

/** A subquery with the parentheses around it. */
function addEnclosed(text: string, { start, end }: Span, spans: Span[]): void {
  let from = start;
  while (from > 0 && isSpace(text.charCodeAt(from - 1))) from--;
  let to = end;
  while (to < text.length && isSpace(text.charCodeAt(to))) to++;
  if (text.charAt(from - 1) === "(" && text.charAt(to) === ")") spans.push(span(from - 1, to + 1));
}

// ------------------------------------------------------------------------------------------------ clauses

/** The clauses around an offset, of the query and of all queries in it. */
function addClauses(text: string, query: Query, offset: number, spans: Span[]): void {
  const add = (clause: Span | undefined): void => {
    if (clause && holds(clause, offset)) spans.push(clause);
  };
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      for (const each of value) visit(each);
      return;
    }
    if ("span" in value && isSpan(value.span) && !holds(value.span, offset)) return;
    if (isQuery(value)) {
      add(listClause(text, value.orderBy, ["order", "by"]));
      if (value.limit) add(value.limit.span);
    }
    if (isSelect(value)) {
      const [first] = value.items;
      if (first) add(span(value.span.start, value.items.at(-1)?.span.end ?? first.span.end));
      if (value.from) add(clauseOf(text, value.from.span, leftmostStart(value.from), ["from"]));
      if (value.where) add(clauseOf(text, value.where.span, value.where.span.start, ["where"]));
      if (value.groupBy) add(value.groupBy.span);
      if (value.having) add(clauseOf(text, value.having.span, value.having.span.start, ["having"]));
    }
    for (const [key, child] of Object.entries(value)) if (key !== "span") visit(child);
  };
  visit(query);
}

function isQuery(value: object): value is Query {
  return "kind" in value && value.kind === "query";
}

function isSelect(value: object): value is Select & QueryBody {
  return "kind" in value && value.kind === "select";
}

function leftmostStart(relation: Relation): number {
  let first = relation;
  while (first.kind === "join") first = first.left;
  return first.span.start;
}

function listClause(text: string, items: readonly Node[], words: readonly string[]): Span | undefined {
  const [first] = items;
  const last = items.at(-1);
  return first && last && clauseOf(text, span(first.span.start, last.span.end), first.span.start, words);
}

/** A piece with the words before it, if nothing but space and parentheses stands between. */
function clauseOf(text: string, piece: Span, start: number, words: readonly string[]): Span | undefined {
  let at = start;
  for (const word of words.toReversed()) {
    while (at > 0 && (isSpace(text.charCodeAt(at - 1)) || text.charAt(at - 1) === "(")) at--;
    if (text.slice(at - word.length, at).toLowerCase() !== word) return undefined;
    at -= word.length;
  }
  return span(at, piece.end);
}

// ------------------------------------------------------------------------------------------------ spans

function holds({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}

function wordAt(text: string, offset: number): Span {
  let start = offset;
  while (start > 0 && isWordPart(text.charCodeAt(start - 1))) start--;
  let end = offset;
  while (end < text.length && isWordPart(text.charCodeAt(end))) end++;
  return span(start, end);
}

function isWordPart(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 95 ||
    (code > 127 && !isSpace(code))
  );
}

function lineAt(text: string, offset: number): Span {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return span(start, Math.max(start, lineEnd(text, start, text.length)));
}

function trimmed(text: string, { start, end }: Span): Span {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return span(from, to);
}

/** The spans by size, without those that are the same or hold the one before only in part. */
function nested(spans: readonly Span[]): readonly Span[] {
  const ordered = [...spans].sort((a, b) => a.end - a.start - (b.end - b.start));
  const chain: Span[] = [];
  for (const each of ordered) {
    const inner = chain.at(-1);
    if (inner === undefined) {
      chain.push(each);
    } else if (each.start <= inner.start && inner.end <= each.end && each.end - each.start > inner.end - inner.start) {
      chain.push(each);
    }
  }
  return chain;
}
