import { hasErrors, type Problem } from "../check/problems.ts";
import { lineEnd } from "../parser/scanner.ts";
import { directiveNames, type FileQuery, type QueryFile } from "../queryFile.ts";
import { type Span, span } from "../span.ts";
import type { TextEdit } from "../textEdit.ts";
import { formatAnalysis } from "./analysis.ts";
import { searchText } from "./search.ts";

export type FormatOptions = {
  /** What becomes of keywords; names, functions and values always stay as they are. */
  readonly keywords: "lower" | "keep";
  /** How long a line may be. */
  readonly width: number;
};

export const defaultFormat: FormatOptions = { keywords: "lower", width: 120 };

/**
 * The one layout of query files: a search on its line, `| select` below it, each clause on a line under its SELECT.
 * Each query stands by itself: one with mistakes stays as it is, for its tree does not say what was meant. The edits are
 * in the order of the text. With `range`, only the queries that it touches are laid out.
 */
export function formatFile(
  text: string,
  file: QueryFile,
  options: FormatOptions = defaultFormat,
  range?: Span,
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  const layout = layoutOf(text, options);
  const [first] = file.queries;
  const preambleEnd = first ? first.span.start : text.length;
  if (preambleEnd > 0 && isIn(span(0, preambleEnd), range) && !hasErrors(problemsBefore(file, preambleEnd))) {
    formatLines(text, 0, preambleEnd, first !== undefined, layout.newline, edits);
  }
  for (const [index, query] of file.queries.entries()) {
    if (!isIn(query.span, range) || hasErrors(query.problems)) continue;
    formatOne(text, query, layout, edits);
    const isLast = index === file.queries.length - 1;
    if (query.text !== "") closeSection(text, query.statement.span.end, query.span.end, isLast, layout.newline, edits);
  }
  return edits;
}

/** The same for one query; what stands behind its statement is left alone. */
export function formatQuery(
  text: string,
  query: FileQuery,
  options: FormatOptions = defaultFormat,
): readonly TextEdit[] {
  const edits: TextEdit[] = [];
  if (!hasErrors(query.problems)) formatOne(text, query, layoutOf(text, options), edits);
  return edits;
}

type Layout = { readonly lowerCase: boolean; readonly width: number; readonly newline: string };

function layoutOf(text: string, { keywords, width }: FormatOptions): Layout {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  return { lowerCase: keywords === "lower", width, newline };
}

function isIn(piece: Span, range: Span | undefined): boolean {
  return range === undefined || (piece.start <= range.end && range.start < piece.end);
}

function problemsBefore(file: QueryFile, end: number): readonly Problem[] {
  return file.problems.filter((problem) => problem.span.end <= end && problem.span.start < end);
}

function formatOne(text: string, query: FileQuery, layout: Layout, edits: TextEdit[]): void {
  const { statement } = query;
  const { start, end } = statement.span;
  const hasStatement = start < end;
  formatLines(text, query.span.start, hasStatement ? start : query.span.end, false, layout.newline, edits);
  if (!hasStatement) return;

  const pipe = statement.analysis ? text.indexOf("|", statement.search.span.end) : end;
  formatSearchHalf(text, query, pipe, layout, edits);
  if (statement.analysis) formatAnalysis(text, statement.analysis, pipe + 1, end, layout, edits);
}

function formatSearchHalf(text: string, query: FileQuery, pipe: number, layout: Layout, edits: TextEdit[]): void {
  const { start, end } = query.statement.span;
  const { search } = query.statement;
  // What looks like a comment in the search half is searched for, and its lines say more than a layout would.
  if (!query.problems.some(({ code }) => code === "comment-in-search")) {
    let from = start;
    while (from < pipe && isSpaceAt(text, from)) from++;
    // At the beginning of its line, such a word would be a title.
    if (!text.startsWith("###", from)) from = start;
    replace(text, Math.min(from, search.span.end), search.span.end, searchText(text, search, layout), edits);
  }
  if (pipe < end) replace(text, search.span.end, pipe, layout.newline, edits);
}

// ------------------------------------------------------------------------------------------------ lines

/**
 * The lines before a statement: titles and directives in one spelling, no space at the end of a line, never two empty
 * lines in a row, none at the beginning of the text. With `apart`, an empty line ends them.
 */
function formatLines(
  text: string,
  start: number,
  end: number,
  apart: boolean,
  newline: string,
  edits: TextEdit[],
): void {
  let at = start;
  let blankFrom = start === 0 ? 0 : -1;
  while (at < end) {
    const close = Math.min(lineEnd(text, at, text.length), end);
    const next = Math.min(text.startsWith("\r\n", close) ? close + 2 : close + 1, end);
    const line = text.slice(at, close);
    const wanted = lineText(line);
    if (wanted === "") {
      if (blankFrom < 0) blankFrom = at;
    } else {
      if (blankFrom >= 0) replace(text, blankFrom, at, blankFrom === 0 ? "" : newline, edits);
      blankFrom = -1;
      replace(text, at, close, wanted, edits);
    }
    at = next;
  }
  if (blankFrom >= 0 && blankFrom < end) {
    const atEnd = end === text.length;
    replace(text, blankFrom, end, atEnd || blankFrom === 0 ? "" : newline, edits);
  } else if (apart && blankFrom < 0) {
    edits.push({ span: span(end, end), text: newline });
  }
}

/** A line before a statement as it should be. */
function lineText(line: string): string {
  const trimmed = line.trim();
  if (trimmed.startsWith("###") && line.startsWith("###")) {
    let hashes = 3;
    while (trimmed[hashes] === "#") hashes++;
    const title = trimmed.slice(hashes).trim();
    return title === "" ? trimmed.slice(0, hashes) : `${trimmed.slice(0, hashes)} ${title}`;
  }
  const directive = /^--[ \t]*@([A-Za-z0-9_-]+)(.*)$/.exec(trimmed);
  const [, name, value = ""] = directive ?? [];
  if (name === undefined || !directiveNames.some((known) => known === name)) return line.trimEnd();
  const list = name === "cluster" ? value.split(",").map((part) => part.trim()) : [value.trim()];
  return `-- @${name} ${list.filter((part) => part !== "").join(", ")}`;
}

/** The space behind a statement: an empty line before the next title. A line break at the end of the text may stay. */
function closeSection(
  text: string,
  start: number,
  end: number,
  isLast: boolean,
  newline: string,
  edits: TextEdit[],
): void {
  if (!isLast) replace(text, start, end, newline + newline, edits);
  else if (text.slice(start, end).includes("\n")) replace(text, start, end, newline, edits);
  else replace(text, start, end, "", edits);
}

function replace(text: string, start: number, end: number, wanted: string, edits: TextEdit[]): void {
  if (end - start === wanted.length && text.startsWith(wanted, start)) return;
  edits.push({ span: span(start, end), text: wanted });
}

function isSpaceAt(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at));
}
