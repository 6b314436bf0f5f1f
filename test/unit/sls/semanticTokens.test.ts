import assert from "node:assert/strict";
import test from "node:test";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { semanticTokens, tokenModifiers, tokenTypes } from "../../../src/sls/services/semanticTokens.ts";
import { brokenStatements, validStatements } from "./corpus.ts";
import { indexKnowledge, unsureKnowledge } from "./knownLogstore.ts";

/** The tokens of a text as `text type.modifier`. */
function check(text: string, ...expected: readonly string[]): void {
  const found = semanticTokens(text, parseQueryFile(text), () => indexKnowledge).map(
    ({ span, type, modifiers }) => `${text.slice(span.start, span.end)} ${[type, ...modifiers].join(".")}`,
  );
  assert.deepEqual(found, expected);
}

test("a search has fields, words of the language, values and numbers", () =>
  check(
    'process.name: curl AND NOT (status >= 400 or status in [1 2]) "a b" * 10.0.0.1',
    "process.name property",
    "curl string",
    "AND keyword",
    "NOT keyword",
    "status property",
    "400 number",
    "or keyword",
    "status property",
    "in keyword",
    "1 number",
    "2 number",
    '"a b" string',
    "* regexp",
    "10.0.0.1 string",
  ));
test("wildcards are told from the values around them", () =>
  check(
    'process.name: ba?h* process.name:* process.name: "b*"',
    "process.name property",
    "ba string",
    "? regexp",
    "h string",
    "* regexp",
    "process.name property",
    "* regexp",
    "process.name property",
    '"b*" string',
  ));
test("a field that the index has not is told from those that it has", () =>
  check(
    'nope: 1 k8s.pod.labels.app: x __tag__:a: b | select "process.name", nope',
    "nope property.unknown",
    "1 number",
    "k8s.pod.labels.app property",
    "x string",
    "__tag__:a property",
    "b string",
    '"process.name" property',
    "nope property.unknown",
  ));
test("where the index is not known, any field may be one", () => {
  const text = "nope: x";
  const tokens = semanticTokens(text, parseQueryFile(text), () => unsureKnowledge);
  assert.deepEqual(tokens[0]?.modifiers, []);
});
test("functions are told by what they are", () =>
  check(
    "* | select count(*), lower(status), nope(1)",
    "* regexp",
    "count function.defaultLibrary.aggregate",
    "lower function.defaultLibrary",
    "status property",
    "nope function.unknown",
  ));
test("so are tables, aliases and parameters", () =>
  check(
    "* | with t(c) as (select 1) select l.status as s, any_match(a, x -> x > 1) from log l, t order by s",
    "* regexp",
    "t class.declaration",
    "c variable.declaration",
    "l class",
    "status property",
    "s variable.declaration",
    "any_match function.defaultLibrary",
    "a property.unknown",
    "x parameter.declaration",
    "x parameter",
    "log class.defaultLibrary",
    "l class.declaration",
    "t class",
    "s variable",
  ));
test("a name over lines has no token", () => check('* | select "a\nb", status', "* regexp", "status property"));
test("a range has the tokens of the queries that it touches", () => {
  const text = "### a\nstatus > 1\n### b\nlatency > 1\n";
  const tokens = semanticTokens(text, parseQueryFile(text), () => indexKnowledge, { start: 25, end: 26 });
  assert.deepEqual(
    tokens.map(({ span }) => text.slice(span.start, span.end)),
    ["latency", "1"],
  );
});
test("the tokens of every text stand one behind the other", () => {
  for (const text of [...validStatements, ...brokenStatements]) {
    let end = 0;
    for (const { span, type, modifiers } of semanticTokens(text, parseQueryFile(text), () => indexKnowledge)) {
      assert.ok(end <= span.start && span.start < span.end && span.end <= text.length, `${text} at ${span.start}`);
      assert.ok(!text.slice(span.start, span.end).includes("\n"));
      assert.ok(tokenTypes.includes(type) && modifiers.every((modifier) => tokenModifiers.includes(modifier)));
      end = span.end;
    }
  }
});
