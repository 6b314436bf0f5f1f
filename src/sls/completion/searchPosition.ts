import { isSpace, lineEnd, searchQuoteEnd } from "../parser/scanner.ts";
import { type Span, span } from "../span.ts";

/** A word, a quoted text or a sign of the search half. A range `[1 2)` is one sign. */
export type SearchToken = {
  readonly kind: "word" | "quoted" | "sign";
  readonly start: number;
  readonly end: number;
  /** Of a quoted text: whether a quote ends it. */
  readonly isClosed: boolean;
};

/** What can be written at a place of the search half. */
export type SearchPosition = {
  /** From the beginning of what is written here, its opening quote included, to its end. Empty where nothing is. */
  readonly written: Span;
  readonly isQuoted: boolean;
} /** A word, a key, an operator. `before` is what stands before it, `isComplete` whether that is a whole condition. */ & (
  | { readonly kind: "term"; readonly before: SearchToken | undefined; readonly isComplete: boolean }
  | { readonly kind: "value"; readonly field: string }
  /** Behind `field` and a sign of comparison. */
  | { readonly kind: "number"; readonly field: string }
  /** In the brackets of a range. */
  | { readonly kind: "range" }
);

const operators: ReadonlySet<string> = new Set(["and", "or", "not"]);

/** What can be written at an offset of the search half that begins at `half.start`. */
export function searchPosition(text: string, half: Span, offset: number): SearchPosition {
  const tokens: SearchToken[] = [];
  let current: SearchToken | undefined;
  let at = half.start;
  for (;;) {
    while (at < half.end && isSpace(text.charCodeAt(at))) at++;
    if (at >= offset || at >= half.end) break;
    const token = tokenAt(text, at, half.end, tokens);
    const holds = token.end > offset || (token.end === offset && (token.kind === "word" || !token.isClosed));
    if (holds) {
      current = token;
      break;
    }
    tokens.push(token);
    at = token.end;
    // What is asked of a field is told by the few tokens before.
    if (tokens.length > 64) tokens.splice(0, 56);
  }
  if (current?.kind === "sign") return { kind: "range", written: span(offset, offset), isQuoted: false };

  const isQuoted = current?.kind === "quoted";
  const written = current === undefined ? span(offset, offset) : writtenSpan(text, current, offset);
  const before = tokens.at(-1);
  const sign = before?.kind === "sign" ? text.slice(before.start, before.end) : "";
  if (sign === ":" || sign === "#") {
    const colon = sign === "#" ? tokens.length - 2 : tokens.length - 1;
    const field = isSign(text, tokens[colon], ":") ? fieldBefore(text, tokens, colon) : undefined;
    if (field !== undefined) return { kind: "value", field, written, isQuoted };
  }
  if (/^[<>=!]/.test(sign)) {
    return { kind: "number", field: fieldBefore(text, tokens, tokens.length - 1) ?? "", written, isQuoted };
  }
  return { kind: "term", before, isComplete: completes(text, before), written, isQuoted };
}

/** The words, quoted texts and signs of a search half. */
export function searchTokens(text: string, half: Span): readonly SearchToken[] {
  const tokens: SearchToken[] = [];
  let at = half.start;
  for (;;) {
    while (at < half.end && isSpace(text.charCodeAt(at))) at++;
    if (at >= half.end || text.charCodeAt(at) === 124) return tokens;
    const token = tokenAt(text, at, half.end, tokens);
    tokens.push(token);
    at = token.end;
  }
}

/** Whether a token is a sign or a word of the language, in the case in which it is read. */
export function isSign(text: string, token: SearchToken | undefined, sign: string): boolean {
  return token?.kind === "sign" && text.slice(token.start, token.end) === sign;
}

/** The text that a token stands for. */
export function tokenValue(text: string, { kind, start, end, isClosed }: SearchToken): string {
  const inner = kind === "quoted" ? text.slice(start + 1, isClosed ? end - 1 : end) : text.slice(start, end);
  return inner.replaceAll('\\"', '"');
}

function tokenAt(text: string, start: number, end: number, before: readonly SearchToken[]): SearchToken {
  const previous = before.at(-1);
  const code = text.charCodeAt(start);
  const sign = (length: number): SearchToken => ({ kind: "sign", start, end: start + length, isClosed: true });
  switch (code) {
    case 34: {
      const close = searchQuoteEnd(text, start, end);
      const isClosed = close >= 0;
      return { kind: "quoted", start, end: isClosed ? close : lineEnd(text, start, end), isClosed };
    }
    case 40:
    case 91:
      if (previous?.kind === "word" && text.slice(previous.start, previous.end) === "in") {
        return rangeAt(text, start, end);
      }
      return code === 40 ? sign(1) : wordAt(text, start, end, false);
    case 41:
    case 58:
    case 124:
      return sign(1);
    case 35:
      if (text.charCodeAt(start + 1) === 34) return sign(1);
      return wordAt(text, start, end, false);
    case 60:
    case 61:
    case 62:
      return sign(text.charCodeAt(start + 1) === 61 ? 2 : 1);
    case 33:
      if (text.charCodeAt(start + 1) === 61) return sign(2);
      return wordAt(text, start, end, false);
    default:
      return wordAt(text, start, end, isSign(text, previous, ":"));
  }
}

/** `[1 2)`; one that nothing closes goes to the end of its line. */
function rangeAt(text: string, start: number, end: number): SearchToken {
  const last = lineEnd(text, start, end);
  for (let at = start + 1; at < last; at++) {
    const code = text.charCodeAt(at);
    if (code === 41 || code === 93) return { kind: "sign", start, end: at + 1, isClosed: true };
  }
  return { kind: "sign", start, end: last, isClosed: false };
}

/** A bare word. In a value, `<`, `=` and `>` are part of it. */
function wordAt(text: string, start: number, end: number, isValue: boolean): SearchToken {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 92 && text.charCodeAt(at + 1) === 34) {
      at += 2;
      continue;
    }
    if (code === 34 || code === 40 || code === 41 || code === 58 || code === 124 || isSpace(code)) break;
    if (!isValue && at > start && code >= 60 && code <= 62) break;
    // `field in[1 2]`
    if (code === 91 && at === start + 2 && text.startsWith("in", start)) break;
    at++;
  }
  return { kind: "word", start, end: Math.max(at, start + 1), isClosed: true };
}

/** The name of the field that a colon or an operator at this index asks of; `__tag__:key` is one name. */
function fieldBefore(text: string, tokens: readonly SearchToken[], index: number): string | undefined {
  const key = tokens[index - 1];
  if (key === undefined || key.kind === "sign") return undefined;
  const name = tokenValue(text, key);
  const tag = tokens[index - 3];
  const isTag = isSign(text, tokens[index - 2], ":") && tag?.kind === "word" && tokenValue(text, tag) === "__tag__";
  return isTag ? `__tag__:${name}` : name;
}

/** Whether a condition ends with this token, so that an operator may follow. */
function completes(text: string, token: SearchToken | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind !== "sign") return token.kind === "quoted" || !operators.has(tokenValue(text, token).toLowerCase());
  const last = text.charCodeAt(token.end - 1);
  return last === 41 || last === 93;
}

/**
 * What an accepted suggestion takes the place of. A quote that was only just opened is closed by the next one of the
 * text, whatever that belongs to; then only the word at the caret is meant.
 */
function writtenSpan(text: string, token: SearchToken, offset: number): Span {
  if (token.kind !== "quoted") return span(token.start, token.end);
  return quotedSpan(text, token.start, token.end, token.isClosed, offset);
}

/** The same for any quoted text, in either half: an odd number of quotes on its line tells an open one. */
export function quotedSpan(text: string, start: number, end: number, isClosed: boolean, offset: number): Span {
  const quote = text.charCodeAt(start);
  const last = lineEnd(text, start, text.length);
  let quotes = 0;
  for (let at = start; at < last; at++) if (text.charCodeAt(at) === quote && text.charCodeAt(at - 1) !== 92) quotes++;
  if (isClosed && end <= last && quotes % 2 === 0) return span(start, end);
  let at = offset;
  while (at < last && /[\w.@-]/.test(text.charAt(at))) at++;
  return span(start, at);
}
