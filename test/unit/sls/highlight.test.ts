import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { reservedWords } from "../../../src/sls/parser/scanner.ts";
import { splCommands } from "../../../src/sls/parser/splParser.ts";
import { brokenStatements, validStatements } from "./corpus.ts";
import { type Grammar, Highlighter } from "./textmate.ts";

function json(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../media/${name}`, import.meta.url), "utf8"));
}

const grammar = json("slsq.tmLanguage.json") as Grammar & { readonly scopeName: string };
const highlighter = new Highlighter(grammar);

/** The pieces of a text, each with the first two words of its innermost scope. */
function check(text: string, ...expected: readonly string[]): void {
  const found = highlighter.pieces(text).map((piece) => {
    const scope = piece.scopes.at(-1) ?? "";
    return `${piece.text.trim()} ${scope.split(".").slice(0, -1).slice(0, 2).join(".")}`.trim();
  });
  assert.deepEqual(found, expected);
}

test("titles, directives and comments are told from statements", () =>
  check(
    "### One two\n-- @from -15m\n-- note\nerror\n### Two\n-- @x",
    "### punctuation.definition",
    "One two entity.name",
    "-- punctuation.definition",
    "@from keyword.control",
    "-15m string.unquoted",
    "-- note comment.line",
    "error string.unquoted",
    "### punctuation.definition",
    "Two entity.name",
    "-- @x comment.line",
  ));
test("a search has keys, values and operators", () =>
  check(
    'kind: Command and not "a b" : "c\\"d" or k8s.pod.name:sh*',
    "kind variable.other",
    ": keyword.operator",
    "Command string.unquoted",
    "and keyword.operator",
    "not keyword.operator",
    '"a b" variable.other',
    ": keyword.operator",
    '" punctuation.definition',
    "c string.quoted",
    '\\" constant.character',
    "d string.quoted",
    '" punctuation.definition',
    "or keyword.operator",
    "k8s.pod.name variable.other",
    ": keyword.operator",
    "sh string.unquoted",
    "* keyword.operator",
  ));
test("comparisons, ranges, tags and phrases are", () =>
  check(
    'a>=1.5 b in [1 2) __tag__:c:d #"e"',
    "a variable.other",
    ">= keyword.operator",
    "1.5 constant.numeric",
    "b variable.other",
    "in keyword.operator",
    "[ punctuation.section",
    "1 constant.numeric",
    "2 constant.numeric",
    ") punctuation.section",
    "__tag__ variable.language",
    ": keyword.operator",
    "c variable.other",
    ": keyword.operator",
    "d string.unquoted",
    "# keyword.operator",
    '" punctuation.definition',
    "e string.quoted",
    '" punctuation.definition',
  ));
test("addresses are words and no numbers", () =>
  check("10.0.0.1 42", "10.0.0.1 string.unquoted", "42 constant.numeric"));
test("a pipe in quotes begins no analysis", () =>
  check('"a | b"', '" punctuation.definition', "a | b string.quoted", '" punctuation.definition'));
test("SQL has keywords, functions, names, texts and numbers", () =>
  check(
    "* | SELECT count(*) as n, \"a\"\"b\" FROM log WHERE c >= 1e3 AND d = 'it''s' -- e",
    "* keyword.operator",
    "| keyword.operator",
    "SELECT keyword.other",
    "count support.function",
    "( punctuation.section",
    "* keyword.operator",
    ") punctuation.section",
    "as keyword.other",
    "n variable.other",
    ", punctuation.separator",
    '" punctuation.definition',
    "a variable.other",
    '"" constant.character',
    "b variable.other",
    '" punctuation.definition',
    "FROM keyword.other",
    "log variable.other",
    "WHERE keyword.other",
    "c variable.other",
    ">= keyword.operator",
    "1e3 constant.numeric",
    "AND keyword.operator",
    "d variable.other",
    "= keyword.operator",
    "' punctuation.definition",
    "it string.quoted",
    "'' constant.character",
    "s string.quoted",
    "' punctuation.definition",
    "-- e comment.line",
  ));
test("types and constants are told", () =>
  check(
    "*|cast(a as bigint) null",
    "* keyword.operator",
    "| keyword.operator",
    "cast keyword.other",
    "( punctuation.section",
    "a variable.other",
    "as keyword.other",
    "bigint storage.type",
    ") punctuation.section",
    "null constant.language",
  ));
test("commands of SPL stand behind a pipe or at the beginning of a line", () =>
  check(
    "* | parse-json a\n| where b\nextend c=1",
    "* keyword.operator",
    "| keyword.operator",
    "parse-json keyword.other",
    "a variable.other",
    "| keyword.operator",
    "where keyword.other",
    "b variable.other",
    "extend keyword.other",
    "c variable.other",
    "= keyword.operator",
    "1 constant.numeric",
  ));
test("a statement runs over lines, to the next title", () =>
  check(
    "a\n\n| select b\n-- c\n/* d\n*/\n### e\nf",
    "a string.unquoted",
    "| keyword.operator",
    "select keyword.other",
    "b variable.other",
    "-- c comment.line",
    "/* comment.block",
    "d comment.block",
    "*/ comment.block",
    "### punctuation.definition",
    "e entity.name",
    "f string.unquoted",
  ));

test("every reserved word is coloured as one", () => {
  for (const word of reservedWords) {
    const piece = highlighter.pieces(`* | ${word} `).at(-1);
    assert.match(piece?.scopes.at(-1) ?? "", /^(keyword|constant|support)\./, word);
  }
});
test("so is every documented command", () => {
  for (const name of splCommands.slice(0, splCommands.indexOf("make-series"))) {
    const piece = highlighter.pieces(`* | ${name}`).at(-1);
    assert.equal(piece?.text, name);
    assert.match(piece.scopes.at(-1) ?? "", /^keyword\.other\./, name);
  }
});
test("every text is coloured to its end, and no character is lost", () => {
  for (const text of [...validStatements, ...brokenStatements]) {
    const coloured = highlighter.pieces(text).map((piece) => piece.text);
    assert.equal(coloured.join("").replace(/\s/g, ""), text.replace(/\s/g, ""));
  }
});

test("a query in Markdown is coloured by the same grammar", () => {
  assert.equal(grammar.scopeName, "source.slsq");
  const markdown = JSON.stringify(json("slsq.markdown.tmLanguage.json"));
  assert.match(markdown, /"include":"source\.slsq"/);
  const { repository } = JSON.parse(markdown);
  const begin = new RegExp(repository.fencedQuery.begin.replaceAll("\\G", "(?!)"));
  assert.match("```slsq", begin);
  assert.match("  ~~~ SLSQ {.x}", begin);
  assert.doesNotMatch("```slsqx", begin);
  assert.doesNotMatch("``slsq", begin);
});
test("a field with dots and hyphens is one word of the editor", () => {
  const { wordPattern } = json("language-configuration.json") as { readonly wordPattern: string };
  const words = "k8s.pod.name: web-0 | project-away __tag__, a=b".match(new RegExp(wordPattern, "g"));
  assert.deepEqual(words, ["k8s.pod.name", "web-0", "project-away", "__tag__", "a", "b"]);
});
