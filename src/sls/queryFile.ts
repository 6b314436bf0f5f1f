import { nearest } from "./nearest.ts";
import { parseStatement } from "./parser.ts";
import { type Problem, ProblemList } from "./problems.ts";
import { lineEnd, searchQuoteEnd, sqlQuoteEnd } from "./scanner.ts";
import { type Span, span } from "./span.ts";
import type { Statement } from "./syntax.ts";
import { isZone, parseTime, type TimePoint } from "./timeRange.ts";

/** What a directive sets, and where it is written, for problems that only those who know the account can find. */
export type Setting<T> = { readonly value: T; readonly span: Span };

/** Where and when a query asks. What is undefined is left to the window that runs it. */
export type QuerySettings = {
  /** The name or the id of an account. */
  readonly account: Setting<string> | undefined;
  /** Names or ids of clusters, or all of the account's. */
  readonly clusters: Setting<"all" | readonly Setting<string>[]> | undefined;
  readonly logstore: Setting<string> | undefined;
  readonly from: Setting<TimePoint> | undefined;
  readonly to: Setting<TimePoint> | undefined;
  readonly zone: Setting<string> | undefined;
};

/** One query of a file. All spans are offsets in the file. */
export type FileQuery = {
  /** What stands behind `###`; undefined for what stands before the first title. It may be empty. */
  readonly title: Setting<string> | undefined;
  /** Its own directives over those of the file. */
  readonly settings: QuerySettings;
  /** What is sent: the statement from its first line to its last, as written. Empty if there is none. */
  readonly text: string;
  readonly statement: Statement;
  /** Those of its directives and of its statement. */
  readonly problems: readonly Problem[];
  /** From its title to before the next. */
  readonly span: Span;
};

export type QueryFile = {
  /** What the directives before the first title set for every query. */
  readonly defaults: QuerySettings;
  readonly queries: readonly FileQuery[];
  /** Those of all queries and of the defaults, in the order of the file. */
  readonly problems: readonly Problem[];
};

/** The names of the directives, in the order in which they are suggested. */
export const directiveNames = ["account", "cluster", "logstore", "from", "to", "zone"] as const;

type DirectiveName = (typeof directiveNames)[number];

const noSettings: QuerySettings = {
  account: undefined,
  clusters: undefined,
  logstore: undefined,
  from: undefined,
  to: undefined,
  zone: undefined,
};

/**
 * Reads a query file. A line is structure only at column 0 and outside an open quote: `### title` begins a query,
 * `-- @name value` before the query's statement is a directive, any other line with `--` before it is a comment. A quote
 * that nothing in the rest of the file closes ends with its line.
 */
export function parseQueryFile(text: string): QueryFile {
  const queries: FileQuery[] = [];
  const problems: Problem[] = [];
  let defaults = noSettings;
  let at = 0;
  do {
    const section = readSection(text, at, defaults);
    problems.push(...section.query.problems);
    if (section.query.title === undefined) defaults = section.query.settings;
    if (section.query.title !== undefined || section.query.text !== "") queries.push(section.query);
    at = section.end;
  } while (at < text.length);
  return { defaults, queries, problems };
}

/** Reads what stands from a title, or from the beginning of the file, to the next title. */
function readSection(text: string, start: number, defaults: QuerySettings): { query: FileQuery; end: number } {
  const problems = new ProblemList();
  let at = start;
  let title: Setting<string> | undefined;
  if (isTitle(text, start)) {
    const end = lineEnd(text, start, text.length);
    let titleStart = start;
    while (titleStart < end && text[titleStart] === "#") titleStart++;
    title = trimmed(text, titleStart, end);
    at = nextLine(text, end);
  }

  const header = readHeader(text, at, problems);
  const end = sectionEnd(text, header.end, problems);
  const settings = {
    account: header.settings.account ?? defaults.account,
    clusters: header.settings.clusters ?? defaults.clusters,
    logstore: header.settings.logstore ?? defaults.logstore,
    from: header.settings.from ?? defaults.from,
    to: header.settings.to ?? defaults.to,
    zone: header.settings.zone ?? defaults.zone,
  };

  const statementStart = header.end;
  let statementEnd = end;
  while (statementEnd > statementStart && /\s/.test(text.charAt(statementEnd - 1))) statementEnd--;
  const parsed = parseStatement(text, statementStart, statementEnd);
  if (title && statementStart === statementEnd) {
    const line = span(start, lineEnd(text, start, text.length));
    problems.add({ code: "query-empty", severity: "warning", span: line });
  }
  const found = [...problems.problems, ...parsed.problems].sort((a, b) => a.span.start - b.span.start);
  const query = {
    title,
    settings,
    text: text.slice(statementStart, statementEnd),
    statement: parsed.statement,
    problems: found,
    span: span(start, end),
  };
  return { query, end };
}

// ------------------------------------------------------------------------------------------------ directives

/** Reads the directives and comments before a statement; `end` is where the statement's first line begins. */
function readHeader(text: string, start: number, problems: ProblemList): { settings: QuerySettings; end: number } {
  let settings = noSettings;
  const seen = new Set<DirectiveName>();
  let at = start;
  while (at < text.length && !isTitle(text, at)) {
    const end = lineEnd(text, at, text.length);
    if (text.startsWith("--", at)) {
      const directive = readDirective(text, at, end, problems);
      if (directive && seen.has(directive.name)) {
        problems.add({ code: "directive-repeated", severity: "error", name: directive.name, span: directive.span });
      } else if (directive) {
        seen.add(directive.name);
        settings = { ...settings, ...setting(directive.name, directive.value, problems) };
      }
    } else if (!isBlank(text, at, end)) {
      break;
    }
    at = nextLine(text, end);
  }
  return { settings, end: at };
}

type Directive = { readonly name: DirectiveName; readonly value: Setting<string>; readonly span: Span };

/** Where the name of a directive stands in a line that begins with `--`, if it is like one. */
function directiveName(text: string, start: number, end: number): Span | undefined {
  let at = start + 2;
  while (at < end && (text[at] === " " || text[at] === "\t")) at++;
  if (text[at] !== "@" || at + 1 >= end) return undefined;
  const nameStart = at + 1;
  at = nameStart;
  while (at < end && /[A-Za-z0-9_-]/.test(text.charAt(at))) at++;
  return at > nameStart ? span(nameStart, at) : undefined;
}

function isDirectiveName(name: string): name is DirectiveName {
  return directiveNames.some((known) => known === name);
}

function readDirective(text: string, start: number, end: number, problems: ProblemList): Directive | undefined {
  const nameSpan = directiveName(text, start, end);
  if (!nameSpan) return undefined;
  const name = text.slice(nameSpan.start, nameSpan.end);
  if (!isDirectiveName(name)) {
    const suggestion = nearest(name, directiveNames);
    problems.add({ code: "directive-unknown", severity: "error", name, nearest: suggestion, span: nameSpan });
    return undefined;
  }
  const value = trimmed(text, nameSpan.end, end);
  if (value.value === "") {
    problems.add({ code: "directive-empty", severity: "error", name, span: nameSpan });
    return undefined;
  }
  return { name, value, span: nameSpan };
}

/** What a directive sets; nothing if its value cannot be read, which is told. */
function setting(name: DirectiveName, value: Setting<string>, problems: ProblemList): Partial<QuerySettings> {
  switch (name) {
    case "account":
      return { account: value };
    case "logstore":
      return { logstore: value };
    case "cluster": {
      const clusters = listed(value);
      const all = clusters.some((cluster) => cluster.value === "*");
      return { clusters: { value: all ? "all" : clusters, span: value.span } };
    }
    case "from":
    case "to": {
      const time = parseTime(value.value);
      if (!time) {
        problems.add({ code: "time-unreadable", severity: "error", text: value.value, span: value.span });
        return {};
      }
      const point = { value: time, span: value.span };
      return name === "from" ? { from: point } : { to: point };
    }
    case "zone":
      if (isZone(value.value)) return { zone: value };
      problems.add({ code: "zone-unknown", severity: "error", zone: value.value, span: value.span });
      return {};
    default:
      return name satisfies never;
  }
}

/** The parts of a list with commas that are not empty. */
function listed({ value, span: whole }: Setting<string>): readonly Setting<string>[] {
  const parts: Setting<string>[] = [];
  let start = 0;
  for (const part of value.split(",")) {
    const text = part.trim();
    const from = whole.start + start + part.indexOf(text);
    if (text !== "") parts.push({ value: text, span: span(from, from + text.length) });
    start += part.length + 1;
  }
  return parts;
}

// ------------------------------------------------------------------------------------------------ lines

/**
 * Where the statement that begins at `start` ends: before the next line that is a title and stands in no quote. What
 * is like a title or a directive and is none is told.
 */
function sectionEnd(text: string, start: number, problems: ProblemList): number {
  const end = text.length;
  if (isTitle(text, start)) return start;
  let at = start;
  let analysis = false;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 10) {
      at++;
      if (isTitle(text, at)) return at;
      if (analysis) tellLateDirective(text, at, problems);
    } else if (code === 34 && !analysis) {
      const escaped = at > start && text.charCodeAt(at - 1) === 92;
      at = escaped ? at + 1 : quoteEnd(text, at, searchQuoteEnd(text, at, end), problems);
    } else if ((code === 34 || code === 39) && analysis) {
      at = quoteEnd(text, at, sqlQuoteEnd(text, at, end), problems);
    } else if (code === 124) {
      analysis = true;
      at++;
    } else if (code === 45 && analysis && text.charCodeAt(at + 1) === 45) {
      at = lineEnd(text, at, end);
    } else if (code === 47 && analysis && text.charCodeAt(at + 1) === 42) {
      const close = blockCommentEnd(text, at);
      if (isTitle(text, close)) return close;
      at = close;
    } else {
      at++;
    }
  }
  return end;
}

/** Behind a quoted text, or at the end of its line if nothing closes it. */
function quoteEnd(text: string, start: number, close: number, problems: ProblemList): number {
  if (close < 0) return lineEnd(text, start, text.length);
  for (let at = start + 1; at < close; at++) {
    if (!isTitle(text, at)) continue;
    const end = lineEnd(text, at, close);
    problems.add({ code: "title-in-quote", severity: "warning", span: span(at, end) });
  }
  return close;
}

/** Behind a comment, or at the title that stands in it: a comment is no quote. */
function blockCommentEnd(text: string, start: number): number {
  for (let at = start + 2; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 && isTitle(text, at + 1)) return at + 1;
    if (code === 47 && at > start + 2 && text.charCodeAt(at - 1) === 42) return at + 1;
  }
  return text.length;
}

function tellLateDirective(text: string, start: number, problems: ProblemList): void {
  if (!text.startsWith("--", start)) return;
  const end = lineEnd(text, start, text.length);
  const nameSpan = directiveName(text, start, end);
  const name = nameSpan && text.slice(nameSpan.start, nameSpan.end);
  if (!name || !isDirectiveName(name)) return;
  problems.add({ code: "directive-late", severity: "warning", name, span: span(start, end) });
}

function isTitle(text: string, at: number): boolean {
  return text.startsWith("###", at) && (at === 0 || text.charCodeAt(at - 1) === 10);
}

function isBlank(text: string, start: number, end: number): boolean {
  return text.slice(start, end).trim() === "";
}

/** The piece of a line without the space around it. */
function trimmed(text: string, start: number, end: number): Setting<string> {
  const piece = text.slice(start, end);
  const value = piece.trim();
  const from = value === "" ? start : start + piece.indexOf(value);
  return { value, span: span(from, from + value.length) };
}

/** Where the line behind the one that ends at `end` begins. */
function nextLine(text: string, end: number): number {
  if (text.startsWith("\r\n", end)) return end + 2;
  return Math.min(end + 1, text.length);
}
