import assert from "node:assert/strict";
import test from "node:test";
import { parseStatement } from "../../../src/sls/parser.ts";
import { printStatement } from "../../../src/sls/print.ts";
import { brokenStatements, validStatements } from "./corpus.ts";
import { pick, seededRandom } from "./random.ts";
import { checkSpans, treeDepth } from "./tree.ts";

const corpus = [...validStatements, ...brokenStatements];

function check(text: string): void {
  let parsed: ReturnType<typeof parseStatement>;
  try {
    parsed = parseStatement(text);
  } catch (error) {
    throw new Error(`parsing ${JSON.stringify(text.slice(0, 300))} threw`, { cause: error });
  }
  checkSpans(text, parsed.statement);
  for (const { span, code } of parsed.problems) {
    assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length, `${code} lies in the text`);
  }
}

test("every statement of the corpus has a tree whose spans nest", () => {
  assert.ok(corpus.length >= 80);
  for (const text of corpus) check(text);
});

test("every prefix of every statement has one", () => {
  for (const text of corpus) for (let length = 0; length < text.length; length++) check(text.slice(0, length));
});

test("every suffix of every statement has one", () => {
  for (const text of corpus) for (let start = 1; start < text.length; start++) check(text.slice(start));
});

/** Pieces that mean something somewhere, so that mutations reach deep into the grammar. */
const pieces = [
  ..."()[],.;|:'\"*-+/%=<>!#\\`?{}\n ",
  ..." and | or | not | in | select | from | where | group by | order by | limit | union | join | on | as | case | when | then | else | end | with | values | over | between | like | is | null | distinct | array[| interval '1' | cast(| exists | unnest(| position(| extract(| -> | -- | /* | */ |''|\"\"|\\\"|__tag__:|#\"|parse-json | stats | by | desc".split(
    "|",
  ),
  "é",
  "漢",
  "\u{1f600}",
  "\ud800",
  "\u00a0",
  "\0",
];

function mutated(random: () => number, text: string): string {
  let result = text;
  for (let count = 1 + Math.floor(random() * 4); count > 0; count--) {
    const at = Math.floor(random() * (result.length + 1));
    const length = Math.floor(random() * 8);
    switch (Math.floor(random() * 4)) {
      case 0:
        result = result.slice(0, at) + result.slice(at + length);
        break;
      case 1:
        result = result.slice(0, at) + pick(random, pieces) + result.slice(at);
        break;
      case 2: {
        const other = pick(random, corpus);
        const from = Math.floor(random() * other.length);
        result = result.slice(0, at) + other.slice(from, from + 20) + result.slice(at + length);
        break;
      }
      default:
        result = result.slice(0, at) + result.slice(at, at + length) + result.slice(at);
        break;
    }
  }
  return result;
}

test("so has every one of 20,000 mutations", () => {
  const random = seededRandom(20261123);
  for (let count = 0; count < 20_000; count++) check(mutated(random, pick(random, corpus)));
});

const megabyte = 1 << 20;

function repeated(piece: string, prefix = ""): string {
  return prefix + piece.repeat(Math.ceil(megabyte / piece.length));
}

for (const [name, text] of Object.entries({
  "opening parentheses in the search": repeated("("),
  "opening parentheses in SQL": repeated("(", "* | select "),
  "closing parentheses": repeated(")"),
  "parentheses and commas": repeated("(,", "* | select "),
  brackets: repeated("[", "* | select a"),
  "subscripts in subscripts": repeated("a[", "* | select "),
  "subscripts after subscripts": repeated("[1]", "* | select a"),
  "not in the search": repeated("not "),
  "not and parentheses": repeated("not ("),
  "not in SQL": repeated("not ", "* | select "),
  "minus signs": repeated("- ", "* | select "),
  "a chain of and": repeated("and a "),
  "a chain of words": repeated("a "),
  "a chain of or": repeated("a or "),
  "a sum": repeated("+1", "* | select 1"),
  "an alternating sum": repeated("+1*2", "* | select 1"),
  "a chain of unions": repeated(" union select 1", "* | select 1"),
  "a chain of joins": repeated(" join b on true", "* | select 1 from a"),
  "a chain of commas": repeated(",b", "* | select 1 from a"),
  "subqueries in subqueries": repeated("(select 1 from ", "* | "),
  "queries in conditions": repeated("(select 1 where a in ", "* | select a where a in "),
  "position in position": repeated("position(", "* | select "),
  "cases in cases": repeated("case when ", "* | select "),
  "lambdas in lambdas": repeated("x -> ", "* | select f("),
  "names in parentheses": repeated("(a,", "* | select "),
  "types in types": repeated("array(", "* | select cast(a as "),
  "arrays of arrays": repeated(" array", "* | select cast(a as b"),
  "time zones": repeated(" at time zone 'x'", "* | select a"),
  quotes: repeated('"'),
  "escaped quotes": repeated('\\"'),
  "single quotes": repeated("'", "* | select "),
  "open comments": repeated("/*", "* | select "),
  "line comments": repeated("--\n", "* | select "),
  colons: repeated(":"),
  "keys without values": repeated("a:"),
  tags: repeated("__tag__:"),
  pipes: repeated("|"),
  "empty commands": repeated("| "),
  ranges: repeated("a in ["),
  "unknown characters": repeated("?", "* | select "),
  "unknown characters and commas": repeated("?,", "* | select "),
  "select after select": repeated("select ", "* | "),
  "with after with": repeated("with a as (", "* | "),
  settings: repeated("set session a=b;", "* | "),
  "grouping sets": repeated("rollup(", "* | select a group by "),
  "windows in windows": repeated("f() over (order by ", "* | select "),
  intervals: repeated("interval '1' ", "* | select "),
  spaces: repeated(" "),
  dots: repeated("a.", "* | select "),
})) {
  test(`a megabyte of ${name} ends in a tree no deeper than a stack`, () => {
    check(text);
    const { statement } = parseStatement(text);
    assert.ok(treeDepth(statement) <= 3000);
    assert.equal(typeof printStatement(statement), "string");
  });
}
