import type { ProblemList } from "../check/problems.ts";
import { span } from "../span.ts";

/**
 * The kinds of tokens behind the pipe, as small integers so that they fit a byte and index tables. Names come first
 * (words, quoted names, then the keywords that may also be names), reserved words next, signs last: a range check tells
 * them apart. The reserved words are those of the page "Reserved words" of SLS's analysis documentation.
 */
export const Token = {
  eof: 0,

  word: 1,
  quotedName: 2,
  backquotedName: 3,
  /** `1st`: no name of SQL begins with a digit. */
  digitName: 4,
  /** `__tag__:host`, which has to be quoted. */
  colonName: 5,

  all: 10,
  any: 11,
  array: 12,
  asc: 13,
  at: 14,
  current: 15,
  desc: 16,
  extract: 17,
  false: 18,
  filter: 19,
  first: 20,
  following: 21,
  full: 22,
  groups: 23,
  ignore: 24,
  interval: 25,
  last: 26,
  nulls: 27,
  offset: 28,
  ordinality: 29,
  over: 30,
  partition: 31,
  position: 32,
  preceding: 33,
  precision: 34,
  range: 35,
  respect: 37,
  row: 38,
  rows: 39,
  session: 40,
  set: 41,
  sets: 42,
  some: 43,
  time: 44,
  to: 45,
  try_cast: 46,
  unbounded: 47,
  using: 48,
  zone: 49,

  and: 60,
  as: 61,
  between: 62,
  by: 63,
  case: 64,
  cast: 65,
  cross: 66,
  cube: 67,
  current_date: 68,
  current_time: 69,
  current_timestamp: 70,
  distinct: 71,
  else: 72,
  end: 73,
  escape: 74,
  except: 75,
  exists: 76,
  from: 77,
  group: 78,
  grouping: 79,
  having: 80,
  in: 81,
  inner: 82,
  insert: 83,
  intersect: 84,
  into: 85,
  is: 86,
  join: 87,
  left: 88,
  like: 89,
  limit: 90,
  localtime: 91,
  localtimestamp: 92,
  natural: 93,
  not: 94,
  null: 95,
  on: 96,
  or: 97,
  order: 98,
  outer: 99,
  right: 100,
  rollup: 101,
  select: 102,
  // biome-ignore lint/suspicious/noThenProperty: the key is the keyword, and nothing awaits this table.
  then: 103,
  true: 104,
  union: 105,
  unnest: 106,
  values: 107,
  when: 108,
  where: 109,
  with: 110,

  string: 120,
  number: 121,
  leftParen: 122,
  rightParen: 123,
  leftBracket: 124,
  rightBracket: 125,
  comma: 126,
  dot: 127,
  semicolon: 128,
  pipe: 129,
  concat: 130,
  plus: 131,
  minus: 132,
  star: 133,
  slash: 134,
  percent: 135,
  equal: 136,
  unequal: 137,
  less: 138,
  lessOrEqual: 139,
  greater: 140,
  greaterOrEqual: 141,
  arrow: 142,
  /** A character that has no meaning in SQL or SPL. */
  unknown: 143,
} as const;

const FIRST_KEYWORD = Token.all;
const LAST_NAME = Token.zone;
const FIRST_RESERVED = Token.and;
const LAST_RESERVED = Token.with;

/** Whether a token may stand where a name is wanted. */
export function isName(kind: number): boolean {
  return kind >= Token.word && kind <= LAST_NAME;
}

export function isReserved(kind: number): boolean {
  return kind >= FIRST_RESERVED && kind <= LAST_RESERVED;
}

/** The words that SLS reserves in SQL, in lower case: as names they have to be quoted. */
export const reservedWords: ReadonlySet<string> = new Set(
  Object.entries(Token)
    .filter(([, kind]) => isReserved(kind))
    .map(([word]) => word),
);

// ------------------------------------------------------------------------------------------------ characters

const SPACE = 1;
const WORD_START = 2;
const DIGIT = 4;
const WORD_PART = WORD_START | DIGIT;

/** What an ASCII character can be part of. */
const characterClass = new Uint8Array(128);
for (const space of " \t\n\r\v\f") characterClass[space.charCodeAt(0)] = SPACE;
for (let code = 48; code <= 57; code++) characterClass[code] = DIGIT;
for (let code = 65; code <= 90; code++) characterClass[code] = characterClass[code + 32] = WORD_START;
characterClass[95] = WORD_START;

/** A no-break space, an ideographic space and a byte order mark separate words too; any other character is part of one. */
function classOf(code: number): number {
  if (code < 128) return characterClass[code] as number;
  return code === 0xa0 || code === 0x3000 || code === 0xfeff ? SPACE : WORD_START;
}

export function isSpace(code: number): boolean {
  return classOf(code) === SPACE;
}

/** Where the line that holds `at` ends: at its newline, at the carriage return before it, or at `end`. */
export function lineEnd(text: string, at: number, end: number): number {
  let index = at;
  while (index < end && text.charCodeAt(index) !== 10) index++;
  return index < end && index > at && text.charCodeAt(index - 1) === 13 ? index - 1 : index;
}

/** Behind the quote that closes the one at `at`, in SQL, where a doubled quote stands for one; -1 if nothing does. */
export function sqlQuoteEnd(text: string, at: number, end: number): number {
  const quote = text.charCodeAt(at);
  let index = at + 1;
  while (index < end) {
    if (text.charCodeAt(index) === quote) {
      if (index + 1 >= end || text.charCodeAt(index + 1) !== quote) return index + 1;
      index++;
    }
    index++;
  }
  return -1;
}

/** Behind the quote that closes the one at `at`, in the search half, where `\"` stands for a quote; -1 if nothing does. */
export function searchQuoteEnd(text: string, at: number, end: number): number {
  for (let index = at + 1; index < end; index++) {
    if (text.charCodeAt(index) === 34 && text.charCodeAt(index - 1) !== 92) return index + 1;
  }
  return -1;
}

/** Behind the sign that closes the comment at `at`; -1 if none does. */
export function commentEnd(text: string, at: number, end: number): number {
  for (let index = at + 3; index < end; index++) {
    if (text.charCodeAt(index) === 47 && text.charCodeAt(index - 1) === 42) return index + 1;
  }
  return -1;
}

// ------------------------------------------------------------------------------------------------ keywords

const BUCKETS = 512;

function bucketOf(first: number, second: number, last: number, length: number): number {
  return ((first | 32) * 5 + (second | 32) * 31 + (last | 32) * 67 + length * 129) & (BUCKETS - 1);
}

const keywordWords: string[] = [];
const keywordKinds: number[] = [];
/** For each bucket the first keyword in it (plus one), and for each keyword the next in its bucket (plus one). */
const bucketHead = new Uint8Array(BUCKETS);
const bucketNext = new Uint8Array(128);
let longestKeyword = 0;
for (const [word, kind] of Object.entries(Token)) {
  if (kind < FIRST_KEYWORD || kind > LAST_RESERVED) continue;
  const bucket = bucketOf(word.charCodeAt(0), word.charCodeAt(1), word.charCodeAt(word.length - 1), word.length);
  keywordWords.push(word);
  keywordKinds.push(kind);
  bucketNext[keywordWords.length] = bucketHead[bucket] as number;
  bucketHead[bucket] = keywordWords.length;
  longestKeyword = Math.max(longestKeyword, word.length);
}

/** The kind of the word from `start` to `end`: its keyword's, in any case, or plain `word`. */
function wordKind(text: string, start: number, end: number): number {
  const length = end - start;
  if (length < 2 || length > longestKeyword) return Token.word;
  let candidate = bucketHead[
    bucketOf(text.charCodeAt(start), text.charCodeAt(start + 1), text.charCodeAt(end - 1), length)
  ] as number;
  while (candidate !== 0) {
    const word = keywordWords[candidate - 1] as string;
    if (word.length === length && equalsIgnoringCase(text, start, word)) return keywordKinds[candidate - 1] as number;
    candidate = bucketNext[candidate] as number;
  }
  return Token.word;
}

/** Whether `word`, in lower-case letters and `_`, stands at `start` in any case. */
function equalsIgnoringCase(text: string, start: number, word: string): boolean {
  for (let index = 0; index < word.length; index++) {
    const wanted = word.charCodeAt(index);
    const code = text.charCodeAt(start + index);
    if (code !== wanted && (wanted === 95 || (code | 32) !== wanted)) return false;
  }
  return true;
}

// ------------------------------------------------------------------------------------------------ tokens

/**
 * The tokens of an analysis, as columns: kinds, starts and ends by index. Token 0 stands for the pipe, so that every
 * token has one before it; the last is `eof`, and looking past it finds `eof` again.
 */
export type Tokens = {
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly count: number;
};

/** What a parser may look ahead of the last token. */
const LOOKAHEAD = 8;

/** How many tokens the columns hold that every scan uses again; a scan that needs more makes columns of its own. */
const KEPT = 4096;
const keptKinds = new Uint8Array(KEPT);
const keptStarts = new Int32Array(KEPT);
const keptEnds = new Int32Array(KEPT);

/**
 * Cuts the analysis, from behind its pipe at `start` to `end`, into tokens; spaces and comments are none. The columns
 * are the same ones every time, so the tokens of one analysis are gone when the next is scanned.
 */
export function scanAnalysis(text: string, start: number, end: number, problems: ProblemList): Tokens {
  let capacity = KEPT;
  let kinds = keptKinds;
  let starts = keptStarts;
  let ends = keptEnds;
  let count = 1;
  kinds[0] = Token.pipe;
  starts[0] = Math.max(0, start - 1);
  ends[0] = start;

  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    const kindOfCharacter = code < 128 ? (characterClass[code] as number) : classOf(code);
    if (kindOfCharacter === SPACE) {
      at++;
      continue;
    }

    const from = at;
    let kind: number = Token.unknown;
    if (kindOfCharacter === WORD_START) {
      at = wordEnd(text, at + 1, end);
      kind = wordKind(text, from, at);
      if (at + 1 < end && text.charCodeAt(at) === 58 && classOf(text.charCodeAt(at + 1)) === WORD_START) {
        kind = Token.colonName;
        do at = wordEnd(text, at + 1, end);
        while (at + 1 < end && text.charCodeAt(at) === 58 && (classOf(text.charCodeAt(at + 1)) & WORD_PART) !== 0);
      }
    } else if (kindOfCharacter === DIGIT) {
      at = numberEnd(text, at, end);
      kind = Token.number;
      if (at < end && classOf(text.charCodeAt(at)) === WORD_START) {
        at = wordEnd(text, at, end);
        kind = Token.digitName;
      }
    } else {
      const next = at + 1 < end ? text.charCodeAt(at + 1) : 0;
      at++;
      switch (code) {
        case 39 /* ' */:
        case 34 /* " */:
          {
            kind = code === 39 ? Token.string : Token.quotedName;
            const close = sqlQuoteEnd(text, from, end);
            if (close >= 0) {
              at = close;
            } else {
              at = lineEnd(text, from, end);
              const quote = code === 39 ? "'" : '"';
              problems.add({ code: "quote-open", severity: "error", quote, span: span(from, at) });
            }
            break;
          }
        case 40:
          kind = Token.leftParen;
          break;
        case 41:
          kind = Token.rightParen;
          break;
        case 44:
          kind = Token.comma;
          break;
        case 46 /* . */:
          kind = Token.dot;
          if (next >= 48 && next <= 57 && !(isName(kinds[count - 1] as number) && ends[count - 1] === from)) {
            at = numberEnd(text, from, end);
            kind = Token.number;
          }
          break;
        case 61 /* = */:
          kind = Token.equal;
          if (next === 61) {
            at++;
            const detail = { operator: "==", instead: "=" };
            problems.add({ code: "operator-unknown", severity: "error", ...detail, span: span(from, at) });
          }
          break;
        case 42:
          kind = Token.star;
          break;
        case 43:
          kind = Token.plus;
          break;
        case 45 /* - */:
          if (next === 45) {
            at = lineEnd(text, at, end);
            continue;
          }
          kind = Token.minus;
          if (next === 62) {
            at++;
            kind = Token.arrow;
          }
          break;
        case 47 /* / */:
          if (next === 42) {
            const close = commentEnd(text, from, end);
            if (close >= 0) {
              at = close;
            } else {
              problems.add({ code: "comment-open", severity: "error", span: span(from, end) });
              at = end;
            }
            continue;
          }
          kind = Token.slash;
          break;
        case 37:
          kind = Token.percent;
          break;
        case 60 /* < */:
          kind = Token.less;
          if (next === 61 || next === 62) {
            at++;
            kind = next === 61 ? Token.lessOrEqual : Token.unequal;
          }
          break;
        case 62 /* > */:
          kind = Token.greater;
          if (next === 61) {
            at++;
            kind = Token.greaterOrEqual;
          }
          break;
        case 33 /* ! */:
          if (next === 61) {
            at++;
            kind = Token.unequal;
          }
          break;
        case 124 /* | */:
          kind = Token.pipe;
          if (next === 124) {
            at++;
            kind = Token.concat;
          }
          break;
        case 38 /* & */:
          if (next === 38) {
            at++;
            kind = Token.and;
            const detail = { operator: "&&", instead: "and" };
            problems.add({ code: "operator-unknown", severity: "error", ...detail, span: span(from, at) });
          }
          break;
        case 91:
          kind = Token.leftBracket;
          break;
        case 93:
          kind = Token.rightBracket;
          break;
        case 59:
          kind = Token.semicolon;
          break;
        case 96 /* ` */:
          {
            const close = wordEnd(text, at, end);
            if (close > at && close < end && text.charCodeAt(close) === 96) {
              at = close + 1;
              kind = Token.backquotedName;
            }
            break;
          }
        default:
          break;
      }
    }

    if (count + LOOKAHEAD >= capacity) {
      capacity *= 2;
      kinds = grown(kinds, new Uint8Array(capacity));
      starts = grown(starts, new Int32Array(capacity));
      ends = grown(ends, new Int32Array(capacity));
    }
    kinds[count] = kind;
    starts[count] = from;
    ends[count] = at;
    count++;
  }

  for (let index = count; index < count + LOOKAHEAD; index++) {
    kinds[index] = Token.eof;
    starts[index] = ends[index] = end;
  }
  return { kinds, starts, ends, count };
}

function grown<Column extends Uint8Array | Int32Array>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}

function wordEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (((code < 128 ? (characterClass[code] as number) : classOf(code)) & WORD_PART) === 0) break;
    at++;
  }
  return at;
}

/** Behind a number such as `10`, `1.5`, `.5` or `1e-3`. */
function numberEnd(text: string, from: number, end: number): number {
  let at = digitsEnd(text, from, end);
  if (at < end && text.charCodeAt(at) === 46) at = digitsEnd(text, at + 1, end);
  if (at < end && (text.charCodeAt(at) | 32) === 101) {
    let exponent = at + 1;
    if (exponent < end && (text.charCodeAt(exponent) === 43 || text.charCodeAt(exponent) === 45)) exponent++;
    const exponentEnd = digitsEnd(text, exponent, end);
    if (exponentEnd > exponent) at = exponentEnd;
  }
  return at;
}

function digitsEnd(text: string, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) break;
    at++;
  }
  return at;
}
