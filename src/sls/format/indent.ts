import { ProblemList } from "../check/problems.ts";
import { isSpace, scanAnalysis, Token, type Tokens } from "../parser/scanner.ts";
import { beginsSql } from "../parser/splParser.ts";
import { placeAt } from "../place.ts";
import type { QueryFile } from "../queryFile.ts";
import { span } from "../span.ts";
import type { TextEdit } from "../textEdit.ts";

/** What is typed that can change the indentation of the line that it is typed on. */
export const indentingKeys = ["\n", ")", ";", "|"] as const;

/**
 * The indentation of the line at `offset`, behind what was typed, as the layout would have it, so far as can be told of a
 * statement that is being written. Nothing else on the line, and no other line, is touched.
 */
export function indentEdits(text: string, file: QueryFile, offset: number, typed: string): readonly TextEdit[] {
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  let from = lineStart;
  while (from < text.length && (text.charCodeAt(from) === 32 || text.charCodeAt(from) === 9)) from++;
  if (typed !== "\n" && from !== offset - typed.length) return [];
  const indent = indentOf(text, file, lineStart, from);
  if (indent === undefined || (from - lineStart === indent && !text.slice(lineStart, from).includes("\t"))) return [];
  return [{ span: span(lineStart, from), text: " ".repeat(indent) }];
}

const clause = 2;
const continuation = 2;

/** How far the line that begins at `lineStart` and whose first sign stands at `from` is to be indented. */
function indentOf(text: string, file: QueryFile, lineStart: number, from: number): number | undefined {
  const place = placeAt(text, file, lineStart);
  switch (place.kind) {
    case "title":
    case "directive":
    case "comment":
      return 0;
    case "search": {
      if (place.isFirst || text.charAt(from) === "|") return 0;
      // In a quote, space counts.
      if (isInQuote(text, place.half.start, lineStart)) return undefined;
      return /(?:\b(?:and|or|not)|\()\s*$/i.test(text.slice(Math.max(0, lineStart - 100), lineStart))
        ? continuation
        : 0;
    }
    case "analysis": {
      const { kinds, starts, ends, count } = scanAnalysis(text, place.half.start, place.half.end, new ProblemList());
      let before = count;
      while (before > 1 && (starts[before - 1] as number) >= lineStart) before--;
      // A text or a comment over lines says what it says.
      const end = ends[before - 1] as number;
      if (end > lineStart || isInComment(text.slice(end, lineStart))) return undefined;
      const isOnLine = before < count && (starts[before] as number) === from;
      return analysisIndent(
        text,
        { kinds, starts, ends, count: before },
        isOnLine ? (kinds[before] as number) : Token.eof,
      );
    }
    default:
      return place satisfies never;
  }
}

function isInQuote(text: string, start: number, end: number): boolean {
  let open = false;
  for (let at = start; at < end; at++) {
    if (text.charCodeAt(at) === 34 && text.charCodeAt(at - 1) !== 92) open = !open;
  }
  return open;
}

function isInComment(gap: string): boolean {
  return gap.lastIndexOf("/*") > gap.lastIndexOf("*/");
}

/** A parenthesis or a `case` that is open. */
type Open = { readonly token: number; readonly isQuery: boolean; readonly isCase: boolean };

function analysisIndent(text: string, tokens: Tokens, next: number): number {
  const { kinds, count } = tokens;
  const open: Open[] = [];
  for (let token = 1; token < count; token++) {
    const kind = kinds[token] as number;
    if (kind === Token.leftParen || kind === Token.leftBracket) {
      const after = kinds[token + 1];
      const isQuery = after === Token.select || after === Token.with || after === Token.values;
      open.push({ token, isQuery, isCase: false });
    } else if (kind === Token.case) {
      open.push({ token, isQuery: false, isCase: true });
    } else if (kind === Token.rightParen || kind === Token.rightBracket || kind === Token.end) {
      open.pop();
    }
  }

  const inner = open.at(-1);
  const query = open.findLast(({ isQuery }) => isQuery);
  const base = query ? baseOf(text, tokens, query) : clause;
  if (inner?.isCase) {
    const own = Math.max(lineIndent(text, tokens.starts[inner.token] as number), base + continuation);
    return next === Token.end ? own : own + continuation;
  }
  if (inner && (next === Token.rightParen || next === Token.rightBracket)) {
    return lineIndent(text, tokens.starts[inner.token] as number);
  }
  // A parenthesis that nothing follows yet may hold a query or a list.
  if (inner && inner !== query) return lineIndent(text, tokens.starts[inner.token] as number) + continuation;
  if (!beginsSql(kinds[1] ?? Token.eof)) return next === Token.pipe ? 0 : clause + continuation;
  if (isJoin(next)) return base + continuation;
  if (beginsClause(next)) return base;
  return needsMore(kinds[count - 1] as number) ? base + continuation : base;
}

/** Where the clauses of a query in parentheses stand. */
function baseOf(text: string, { starts, ends }: Tokens, { token }: Open): number {
  const paren = starts[token] as number;
  const first = starts[token + 1] as number;
  const onOwnLine = text.slice(ends[token], first).includes("\n");
  return onOwnLine ? lineIndent(text, first) : lineIndent(text, paren) + continuation;
}

/** The indentation of the line at an offset; behind a pipe that begins it, what follows counts. */
function lineIndent(text: string, offset: number): number {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  let at = start;
  while (at < offset && isSpace(text.charCodeAt(at))) at++;
  if (text.charAt(at) !== "|") return at - start;
  at++;
  while (at < offset && isSpace(text.charCodeAt(at))) at++;
  return at - start;
}

function isJoin(kind: number): boolean {
  return (
    kind === Token.join ||
    kind === Token.inner ||
    kind === Token.left ||
    kind === Token.right ||
    kind === Token.full ||
    kind === Token.cross ||
    kind === Token.natural
  );
}

function beginsClause(kind: number): boolean {
  return (
    kind === Token.from ||
    kind === Token.where ||
    kind === Token.group ||
    kind === Token.having ||
    kind === Token.order ||
    kind === Token.limit ||
    kind === Token.union ||
    kind === Token.except ||
    kind === Token.intersect ||
    kind === Token.select
  );
}

/** Whether something has to follow a token in its clause: it is a sign between two things, or a word before one. */
function needsMore(kind: number): boolean {
  if (kind === Token.star || kind === Token.semicolon || kind === Token.rightParen || kind === Token.rightBracket) {
    return false;
  }
  if (kind >= Token.comma && kind <= Token.arrow) return true;
  return (
    kind === Token.select ||
    kind === Token.distinct ||
    kind === Token.where ||
    kind === Token.having ||
    kind === Token.by ||
    kind === Token.from ||
    kind === Token.on ||
    kind === Token.and ||
    kind === Token.or ||
    kind === Token.not ||
    kind === Token.in ||
    kind === Token.is ||
    kind === Token.like ||
    kind === Token.between ||
    kind === Token.as ||
    kind === Token.join ||
    kind === Token.limit
  );
}
