import type { Expected, ProblemList } from "../check/problems.ts";
import { span } from "../span.ts";
import type { Search, SearchField, SearchNumber, SearchTerm } from "../syntax.ts";
import { isSpace, lineEnd, searchQuoteEnd } from "./scanner.ts";

/** How many parentheses may stand in one another: what a person can read, and less than a stack holds. */
export const NESTING_LIMIT = 200;

/**
 * Where a chain such as `a and b and c …`, which leans to the left, stops growing a tree. With what parentheses add, no
 * tree is deeper than twice this, so whoever walks one may recurse.
 */
export const DEPTH_LIMIT = 1000;

const TAB = 9;
const EXCLAMATION = 33;
const QUOTE = 34;
const HASH = 35;
const LEFT_PAREN = 40;
const RIGHT_PAREN = 41;
const COMMA = 44;
const MINUS = 45;
const COLON = 58;
const LESS = 60;
const EQUAL = 61;
const GREATER = 62;
const LEFT_BRACKET = 91;
const BACKSLASH = 92;
const RIGHT_BRACKET = 93;
const PIPE = 124;

type Comparison = Extract<Search, { readonly kind: "comparison" }>;

/** What the search half is and where it ends: at the pipe that begins the analysis, or at the end of the text. */
export type SearchHalf = { readonly search: Search; readonly end: number };

/** Reads the search half of a statement from `start`, up to the first pipe outside a quote or to `end`. */
export function parseSearch(text: string, start: number, end: number, problems: ProblemList): SearchHalf {
  const parser = new SearchParser(text, start, end, problems);
  return { search: parser.whole(), end: parser.at };
}

class SearchParser {
  readonly #text: string;
  readonly #end: number;
  readonly #problems: ProblemList;
  /** Where the next character is read. */
  at: number;
  /** Where the last piece that belongs to the tree ended. Holes are put there. */
  #lastEnd: number;
  #nesting = 0;
  /** How deep the tree that was read last is. */
  #height = 0;
  #tooDeepTold = false;

  constructor(text: string, start: number, end: number, problems: ProblemList) {
    this.#text = text;
    this.#end = end;
    this.#problems = problems;
    this.at = start;
    this.#lastEnd = start;
  }

  /** A closing parenthesis that nothing opened is told and passed over; what follows is part of the search. */
  whole(): Search {
    this.#skipSpace();
    if (this.#atEnd()) return { kind: "all", span: span(this.#lastEnd, this.#lastEnd) };
    let search: Search | undefined;
    for (;;) {
      while (this.#code() === RIGHT_PAREN) {
        this.#unexpected(this.at, this.at + 1);
        this.at++;
        this.#skipSpace();
      }
      if (this.#atEnd()) return search ?? { kind: "missing", span: span(this.#lastEnd, this.#lastEnd) };
      search = this.#or(search);
    }
  }

  #or(first: Search | undefined): Search {
    let left = this.#and(first);
    for (;;) {
      const operator = this.#keyword();
      if (operator !== "or") return left;
      this.#take(2);
      left = this.#joined("or", left, () => this.#and(undefined));
    }
  }

  #and(first: Search | undefined): Search {
    let left = first ?? this.#unary();
    for (;;) {
      this.#skipSpace();
      if (this.#atEnd() || this.#code() === RIGHT_PAREN) return left;
      const operator = this.#keyword();
      if (operator === "or") return left;
      if (operator === "and") this.#take(3);
      left = this.#joined("and", left, () => this.#unary());
    }
  }

  #joined(kind: "and" | "or", left: Search, readRight: () => Search): Search {
    const leftHeight = this.#height;
    this.#height = 0;
    const right = readRight();
    if (leftHeight < DEPTH_LIMIT) {
      this.#height = Math.max(leftHeight, this.#height) + 1;
      return { kind, left, right, span: span(left.span.start, right.span.end) };
    }
    this.#height = leftHeight;
    this.#tooDeep(right.span.start, right.span.end);
    return left;
  }

  #unary(): Search {
    this.#skipSpace();
    if (this.#keyword() !== "not") return this.#primary();

    const starts: number[] = [];
    while (this.#keyword() === "not") {
      if (starts.length < NESTING_LIMIT) starts.push(this.at);
      else this.#tooDeep(this.at, this.at + 3, NESTING_LIMIT);
      this.#take(3);
      this.#skipSpace();
    }
    let operand = this.#primary();
    for (const start of starts.reverse()) {
      if (this.#height >= DEPTH_LIMIT) {
        this.#tooDeep(start, operand.span.end);
        return operand;
      }
      operand = { kind: "not", operand, span: span(start, operand.span.end) };
      this.#height++;
    }
    return operand;
  }

  #primary(): Search {
    this.#height = 1;
    if (this.#atEnd()) return this.#missing("term");
    const code = this.#code();
    switch (code) {
      case RIGHT_PAREN:
        return this.#missing("term");
      case LEFT_PAREN:
        return this.#group();
      case COLON: {
        this.#expected("key");
        this.#take(1);
        return this.#value(undefined, this.at - 1);
      }
      case LESS:
      case EQUAL:
      case GREATER: {
        this.#expected("key");
        const field = { name: "", quoted: false, span: span(this.at, this.at) };
        return this.#comparison(field);
      }
      case HASH:
        if (this.#codeAt(this.at + 1) === QUOTE) return this.#phrase(undefined, this.at);
        break;
      default:
        break;
    }

    const keyword = this.#keyword();
    if (keyword === "and" || keyword === "or") return this.#missing("term");
    if (keyword === "in") {
      this.#expected("key");
      return this.#range({ name: "", quoted: false, span: span(this.at, this.at) });
    }
    return this.#termOrField();
  }

  #group(): Search {
    const start = this.at;
    if (this.#nesting >= NESTING_LIMIT) {
      this.#skipGroup();
      this.#tooDeep(start, this.at, NESTING_LIMIT);
      return { kind: "missing", span: span(start, this.at) };
    }
    this.#take(1);
    this.#skipSpace();
    this.#nesting++;
    const operand = this.#or(undefined);
    this.#nesting--;
    this.#height++;
    this.#skipSpace();
    if (this.#code() === RIGHT_PAREN) this.#take(1);
    else this.#expected(")");
    return { kind: "group", operand, span: span(start, this.#lastEnd) };
  }

  /** Passes over a group, its quotes and the groups in it. */
  #skipGroup(): void {
    let open = 0;
    do {
      const code = this.#code();
      if (code === LEFT_PAREN) open++;
      if (code === RIGHT_PAREN) open--;
      if (code === QUOTE) this.#quoteEnd();
      else this.at += code === BACKSLASH && this.#codeAt(this.at + 1) === QUOTE ? 2 : 1;
    } while (open > 0 && !this.#atEnd());
    this.#lastEnd = this.at;
  }

  /** A word or a quoted text and, where `:`, an operator or `in` follows, what is asked of the field it names. */
  #termOrField(): Search {
    const start = this.at;
    const quoted = this.#code() === QUOTE;
    const name = quoted ? this.#quoted() : this.#word(false);
    const nameSpan = span(start, this.#lastEnd);
    if (!quoted && name.startsWith("--") && this.#startsLine(start)) {
      const end = lineEnd(this.#text, start, this.#end);
      this.#problems.add({ code: "comment-in-search", severity: "warning", span: span(start, end) });
    }

    this.#skipSpace();
    const code = this.#code();
    if (code === COLON) return this.#fieldQuery({ name, quoted, span: nameSpan });
    if (
      code === LESS ||
      code === EQUAL ||
      code === GREATER ||
      (code === EXCLAMATION && this.#codeAt(this.at + 1) === EQUAL)
    ) {
      return this.#comparison({ name, quoted, span: nameSpan });
    }
    if (this.#keyword() === "in") return this.#range({ name, quoted, span: nameSpan });

    if (name === "*" && !quoted) return { kind: "all", span: nameSpan };
    return { kind: "term", field: undefined, value: name, quoted, phrase: false, valueSpan: nameSpan, span: nameSpan };
  }

  #fieldQuery(field: SearchField): Search {
    this.#take(1);
    if (field.name !== "__tag__" || field.quoted) return this.#value(field, field.span.start);

    // `__tag__:key:value` names the field `__tag__:key`; without the second colon it is a query of `__tag__` itself.
    this.#skipSpace();
    const start = this.at;
    const code = this.#code();
    const quoted = code === QUOTE;
    if (!quoted && !this.#startsWord(code)) return this.#value(field, field.span.start);
    const key = quoted ? this.#quoted() : this.#word(false);
    const keyEnd = this.#lastEnd;
    this.#skipSpace();
    const next = this.#code();
    const tag = { name: `__tag__:${key}`, quoted: false, span: span(field.span.start, keyEnd) };
    if (next === COLON) {
      this.#take(1);
      return this.#value(tag, field.span.start);
    }
    if (next === LESS || next === EQUAL || next === GREATER) return this.#comparison(tag);
    if (this.#keyword() === "in") return this.#range(tag);
    return this.#valueTerm(field, key, quoted, start, keyEnd);
  }

  /** The value behind a colon. */
  #value(field: SearchField | undefined, start: number): Search {
    this.#skipSpace();
    const valueStart = this.at;
    const code = this.#code();
    if (this.#atEnd() || code === RIGHT_PAREN) return this.#valueHole(field, start);
    if (code === QUOTE) {
      const value = this.#quoted();
      return this.#valueTerm(field, value, true, valueStart, this.#lastEnd, start);
    }
    if (code === HASH && this.#codeAt(this.at + 1) === QUOTE) return this.#phrase(field, start);
    if (code === LEFT_PAREN) {
      const hole = this.#valueHole(field, start, false);
      const key = field?.name ?? "";
      this.#problems.add({ code: "value-group", severity: "error", key, span: span(valueStart, valueStart + 1) });
      return hole;
    }
    if (code === LESS || code === EQUAL || code === GREATER) {
      const colon = this.#lastEnd - 1;
      this.#unexpected(colon, colon + 1);
      return this.#comparison(field ?? { name: "", quoted: false, span: span(start, start) });
    }

    const keyword = this.#keyword();
    if (keyword !== undefined) {
      if (valueStart !== this.#lastEnd && keyword !== "in") return this.#valueHole(field, start);
      const keywordSpan = span(valueStart, valueStart + keyword.length);
      this.#problems.add({ code: "word-reserved", severity: "error", word: keyword, span: keywordSpan });
    }
    if (code === COLON) {
      this.#readColons();
    } else {
      this.#word(true);
      if (this.#code() === COLON) this.#readColons();
    }
    const value = unescaped(this.#text.slice(valueStart, this.#lastEnd));
    if (value.includes(":")) {
      const valueSpan = span(valueStart, this.#lastEnd);
      this.#problems.add({ code: "colon-in-value", severity: "error", value, span: valueSpan });
    }
    return this.#valueTerm(field, value, false, valueStart, this.#lastEnd, start);
  }

  /** The rest of a bare value that holds colons, such as `10:20:30`. */
  #readColons(): void {
    while (this.#code() === COLON) {
      this.#take(1);
      if (this.#startsWord(this.#code())) this.#word(true);
    }
  }

  #valueTerm(
    field: SearchField | undefined,
    value: string,
    quoted: boolean,
    valueStart: number,
    valueEnd: number,
    start = field?.span.start ?? valueStart,
  ): Search {
    const whole = span(start, valueEnd);
    if (value === "*" && !quoted) return field ? { kind: "exists", field, span: whole } : { kind: "all", span: whole };
    return { kind: "term", field, value, quoted, phrase: false, valueSpan: span(valueStart, valueEnd), span: whole };
  }

  /** A value still to be written: an empty one without quotes. */
  #valueHole(field: SearchField | undefined, start: number, told = true): SearchTerm {
    if (told) this.#expected("value");
    const hole = span(this.#lastEnd, this.#lastEnd);
    const whole = span(start, this.#lastEnd);
    return { kind: "term", field, value: "", quoted: false, phrase: false, valueSpan: hole, span: whole };
  }

  #phrase(field: SearchField | undefined, start: number): Search {
    const valueStart = this.at;
    this.#take(1);
    const value = this.#quoted();
    const valueSpan = span(valueStart, this.#lastEnd);
    return { kind: "term", field, value, quoted: true, phrase: true, valueSpan, span: span(start, this.#lastEnd) };
  }

  #comparison(field: SearchField): Comparison {
    const first = this.#code();
    const orEqual = this.#codeAt(this.at + 1) === EQUAL;
    if (orEqual && (first === EQUAL || first === EXCLAMATION)) {
      const detail = first === EQUAL ? { operator: "==", instead: "=" } : { operator: "!=", instead: "not" };
      const operatorSpan = span(this.at, this.at + 2);
      this.#problems.add({ code: "operator-unknown", severity: "error", ...detail, span: operatorSpan });
    }
    this.#take(orEqual ? 2 : 1);
    const operator = first === LESS ? (orEqual ? "<=" : "<") : first === GREATER ? (orEqual ? ">=" : ">") : "=";
    const value = this.#number("number");
    return { kind: "comparison", field, operator, value, span: span(field.span.start, this.#lastEnd) };
  }

  /** `in [low high)`: a bracket includes its bound, a parenthesis does not. */
  #range(field: SearchField): Search {
    const word = this.#text.slice(this.at, this.at + 2);
    if (word !== "in") {
      const wordSpan = span(this.at, this.at + 2);
      this.#problems.add({ code: "in-upper-case", severity: "error", text: word, span: wordSpan });
    }
    this.#take(2);
    this.#skipSpace();
    const open = this.#code();
    const opened = open === LEFT_BRACKET || open === LEFT_PAREN;
    if (opened) this.#take(1);
    else this.#expected("[");
    const low = this.#number("bound");
    this.#skipSpace();
    if (this.#code() === COMMA) this.#take(1);
    const high = this.#number("bound");
    this.#skipSpace();
    const close = this.#code();
    const excluded = close === RIGHT_PAREN && opened;
    if (close === RIGHT_BRACKET || excluded) this.#take(1);
    else this.#expected("]");
    return {
      kind: "range",
      field,
      low,
      high,
      lowIncluded: open !== LEFT_PAREN,
      highIncluded: !excluded,
      span: span(field.span.start, this.#lastEnd),
    };
  }

  #number(expected: Expected): SearchNumber {
    this.#skipSpace();
    const start = this.at;
    if (this.#atEnd() || !this.#startsNumber(this.#code())) {
      this.#expected(expected);
      return { value: Number.NaN, text: "", span: span(this.#lastEnd, this.#lastEnd) };
    }
    if (this.#code() === QUOTE) {
      this.#quoted();
    } else {
      let at = start;
      while (at < this.#end) {
        const code = this.#text.charCodeAt(at);
        if (code === QUOTE || !this.#startsNumber(code)) break;
        at += code === BACKSLASH && this.#codeAt(at + 1) === QUOTE ? 2 : 1;
      }
      this.at = this.#lastEnd = at;
    }
    const text = this.#text.slice(start, this.#lastEnd);
    const value = numberValue(text);
    const numberSpan = span(start, this.#lastEnd);
    if (Number.isNaN(value)) {
      this.#problems.add({ code: "number-unreadable", severity: "error", text, span: numberSpan });
    }
    return { value, text, span: numberSpan };
  }

  // ---------------------------------------------------------------------------------------------- characters

  /** Reads a bare word. In a value, behind its first character, `=`, `<` and `>` are part of it. */
  #word(value: boolean): string {
    const start = this.at;
    const text = this.#text;
    const end = this.#end;
    let at = start;
    let escaped = false;
    while (at < end) {
      const code = text.charCodeAt(at);
      if (code === BACKSLASH && at + 1 < end && text.charCodeAt(at + 1) === QUOTE) {
        escaped = true;
        at += 2;
        continue;
      }
      if (code <= PIPE || code > 127) {
        if (endsWord(code)) break;
        if (code <= GREATER && code >= LESS && !(value && at > start)) break;
        if (code === EXCLAMATION && !value && at > start && at + 1 < end && text.charCodeAt(at + 1) === EQUAL) break;
      }
      at++;
    }
    this.at = this.#lastEnd = at;
    const word = text.slice(start, at);
    return escaped ? unescaped(word) : word;
  }

  /** Reads a quoted text and gives what it stands for. One that nothing closes ends with its line. */
  #quoted(): string {
    const start = this.at;
    const closed = this.#quoteEnd();
    if (!closed) {
      this.#problems.add({ code: "quote-open", severity: "error", quote: '"', span: span(start, this.at) });
    }
    this.#lastEnd = this.at;
    return unescaped(this.#text.slice(start + 1, closed ? this.at - 1 : this.at));
  }

  /** Goes behind a quoted text; whether a quote closed it. */
  #quoteEnd(): boolean {
    const close = searchQuoteEnd(this.#text, this.at, this.#end);
    this.at = close >= 0 ? close : lineEnd(this.#text, this.at, this.#end);
    return close >= 0;
  }

  /** The word of the language that stands here, if one does. */
  #keyword(): "and" | "or" | "not" | "in" | undefined {
    const at = this.at;
    switch (this.#code() | 32) {
      case 97 /* a */:
        return (this.#codeAt(at + 1) | 32) === 110 && (this.#codeAt(at + 2) | 32) === 100 && this.#wordEndsAt(at + 3)
          ? "and"
          : undefined;
      case 111 /* o */:
        return (this.#codeAt(at + 1) | 32) === 114 && this.#wordEndsAt(at + 2) ? "or" : undefined;
      case 110 /* n */:
        return (this.#codeAt(at + 1) | 32) === 111 && (this.#codeAt(at + 2) | 32) === 116 && this.#wordEndsAt(at + 3)
          ? "not"
          : undefined;
      case 105 /* i */:
        return (this.#codeAt(at + 1) | 32) === 110 && (this.#wordEndsAt(at + 2) || this.#codeAt(at + 2) === 91)
          ? "in"
          : undefined;
      default:
        return undefined;
    }
  }

  #wordEndsAt(at: number): boolean {
    const code = this.#codeAt(at);
    return code === -1 || endsWord(code) || (code >= LESS && code <= GREATER);
  }

  #startsWord(code: number): boolean {
    return code !== -1 && !endsWord(code) && !(code >= LESS && code <= GREATER);
  }

  #startsNumber(code: number): boolean {
    return (
      !isSpace(code) &&
      code !== LEFT_PAREN &&
      code !== RIGHT_PAREN &&
      code !== COMMA &&
      code !== LEFT_BRACKET &&
      code !== RIGHT_BRACKET &&
      code !== PIPE
    );
  }

  /** Whether nothing but space stands before `at` on its line. */
  #startsLine(at: number): boolean {
    let before = at - 1;
    while (before >= 0 && this.#text.charCodeAt(before) !== 10 && isSpace(this.#text.charCodeAt(before))) before--;
    return before < 0 || this.#text.charCodeAt(before) === 10;
  }

  #skipSpace(): void {
    while (this.at < this.#end && isSpace(this.#text.charCodeAt(this.at))) this.at++;
  }

  /** Passes over characters that belong to the tree. */
  #take(length: number): void {
    this.at += length;
    this.#lastEnd = this.at;
  }

  /** The character here, or -1 at the end. */
  #code(): number {
    return this.#codeAt(this.at);
  }

  #codeAt(at: number): number {
    return at < this.#end ? this.#text.charCodeAt(at) : -1;
  }

  #atEnd(): boolean {
    return this.at >= this.#end || this.#text.charCodeAt(this.at) === PIPE;
  }

  // ---------------------------------------------------------------------------------------------- problems

  #missing(expected: Expected): Search {
    this.#expected(expected);
    return { kind: "missing", span: span(this.#lastEnd, this.#lastEnd) };
  }

  #expected(expected: Expected): void {
    const end = this.#foundEnd();
    const found = this.#text.slice(this.at, end);
    this.#problems.add({ code: "expected", severity: "error", expected, found, span: span(this.at, end) });
  }

  #unexpected(start: number, end: number): void {
    const found = this.#text.slice(start, end);
    this.#problems.add({ code: "unexpected", severity: "error", found, span: span(start, end) });
  }

  /** The end of the sign or the beginning of the word that stands where something else is wanted. */
  #foundEnd(): number {
    if (this.#atEnd()) return this.at;
    let end = this.at + 1;
    while (end < this.#end && end < this.at + 40 && this.#startsWord(this.#text.charCodeAt(end - 1))) {
      if (!this.#startsWord(this.#text.charCodeAt(end))) break;
      end++;
    }
    return end;
  }

  #tooDeep(start: number, end: number, limit = DEPTH_LIMIT): void {
    if (this.#tooDeepTold) return;
    this.#tooDeepTold = true;
    this.#problems.add({ code: "too-deep", severity: "error", limit, span: span(start, end) });
  }
}

/** Whether a bare word of the search half ends before this character, the comparison signs apart. */
function endsWord(code: number): boolean {
  return (
    code === 32 ||
    (code >= TAB && code <= 13) ||
    code === QUOTE ||
    code === LEFT_PAREN ||
    code === RIGHT_PAREN ||
    code === COLON ||
    code === PIPE ||
    (code > 127 && isSpace(code))
  );
}

function unescaped(text: string): string {
  let value = "";
  let from = 0;
  for (let at = text.indexOf('\\"'); at >= 0; at = text.indexOf('\\"', at + 2)) {
    value += text.slice(from, at);
    from = at + 1;
  }
  return from === 0 ? text : value + text.slice(from);
}

/** The number a text is, or NaN: digits with a sign, a fraction and an exponent, and no other notation. */
function numberValue(text: string): number {
  const first = text.charCodeAt(text.charCodeAt(0) === MINUS || text.charCodeAt(0) === 43 ? 1 : 0);
  if (!(first >= 48 && first <= 57) && first !== 46) return Number.NaN;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const digit = code >= 48 && code <= 57;
    if (!digit && code !== 46 && code !== MINUS && code !== 43 && (code | 32) !== 101) return Number.NaN;
  }
  return Number(text);
}
