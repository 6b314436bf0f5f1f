import { lineEnd, searchQuoteEnd } from "./parser/scanner.ts";
import { directiveNames, type FileQuery, type QueryFile } from "./queryFile.ts";
import { type Span, span } from "./span.ts";

/** What stands at an offset of a query file. `query` is undefined before the first query, where directives set defaults. */
export type Place = { readonly query: FileQuery | undefined } & (
  | { readonly kind: "title" | "comment" }
  /** A line `-- @name value` before the statement, or one that becomes it. Spans may be empty. */
  | { readonly kind: "directive"; readonly name: Span; readonly value: Span | undefined; readonly line: Span }
  /** The search half, or the place where it would begin; `isFirst`: nothing of the statement stands before the offset. */
  | { readonly kind: "search"; readonly half: Span; readonly isFirst: boolean }
  /** Behind the pipe that ends the search half. */
  | { readonly kind: "analysis"; readonly half: Span }
);

/** What stands at an offset. It looks at the query around it and at no other. */
export function placeAt(text: string, file: QueryFile, offset: number): Place {
  const query = queryAt(file, offset);
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  if (query?.title !== undefined && lineStart === query.span.start) return { kind: "title", query };

  const end = query?.span.end ?? file.queries[0]?.span.start ?? text.length;
  const statement = query === undefined || query.text === "" ? span(end, end) : query.statement.span;
  if (lineStart < statement.start || query === undefined || query.text === "") {
    const line = span(lineStart, lineEnd(text, lineStart, text.length));
    if (text.startsWith("--", lineStart)) return directiveAt(text, query, line, offset);
    return { kind: "search", query, half: line, isFirst: true };
  }

  const statementEnd = Math.max(statement.end, offset);
  const pipe = pipeBefore(text, statement.start, statementEnd, offset);
  if (pipe !== undefined) return { kind: "analysis", query, half: span(pipe + 1, statementEnd) };
  const isFirst = text.slice(statement.start, offset).trim() === "";
  return { kind: "search", query, half: span(statement.start, statementEnd), isFirst };
}

/** The query whose lines hold an offset. */
export function queryAt(file: QueryFile, offset: number): FileQuery | undefined {
  let low = 0;
  let high = file.queries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((file.queries[middle]?.span.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return file.queries[low - 1];
}

/** The name of the directive, where it is one. */
export function directiveNameAt(text: string, name: Span): (typeof directiveNames)[number] | undefined {
  const written = text.slice(name.start, name.end);
  return directiveNames.find((known) => known === written);
}

function directiveAt(text: string, query: FileQuery | undefined, line: Span, offset: number): Place {
  let at = line.start + 2;
  while (at < line.end && (text[at] === " " || text[at] === "\t")) at++;
  if (text[at] !== "@" || at >= line.end) {
    // Behind `--` and space a directive may still begin; behind anything else the line is a comment.
    const isOpen = at >= line.end;
    return isOpen
      ? { kind: "directive", query, name: span(line.end, line.end), value: undefined, line }
      : { kind: "comment", query };
  }
  const nameStart = at + 1;
  at = nameStart;
  while (at < line.end && /[A-Za-z0-9_-]/.test(text.charAt(at))) at++;
  const name = span(nameStart, at);
  if (offset < nameStart) return { kind: "comment", query };
  if (offset <= at) return { kind: "directive", query, name, value: undefined, line };
  let valueStart = at;
  while (valueStart < line.end && valueStart < offset && /\s/.test(text.charAt(valueStart))) valueStart++;
  let valueEnd = line.end;
  while (valueEnd > valueStart && valueEnd > offset && /\s/.test(text.charAt(valueEnd - 1))) valueEnd--;
  return { kind: "directive", query, name, value: span(valueStart, Math.max(valueStart, valueEnd)), line };
}

/** Where the pipe is that ends the search half, if it stands before the offset. */
function pipeBefore(text: string, start: number, end: number, offset: number): number | undefined {
  let at = start;
  while (at < offset) {
    const code = text.charCodeAt(at);
    if (code === 124) return at;
    if (code === 92 && text.charCodeAt(at + 1) === 34) {
      at += 2;
    } else if (code === 34) {
      const close = searchQuoteEnd(text, at, end);
      at = close < 0 ? lineEnd(text, at, end) : close;
    } else {
      at++;
    }
  }
  return undefined;
}
