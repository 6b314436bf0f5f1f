import assert from "node:assert/strict";
import test from "node:test";
import { printStatement } from "../../../src/sls/format/print.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import { statements } from "../../fuzz/fixtures.ts";
import { hostileTexts } from "../../fuzz/hostile.ts";
import { checkQuotes, checkText, Edited } from "../../fuzz/invariants.ts";
import { anyText, mutated } from "../../fuzz/mutations.ts";
import { unsureKnowledge } from "./knownLogstore.ts";
import { pick, seededRandom } from "./random.ts";
import { checkSpans, treeDepth } from "./tree.ts";

function check(text: string): void {
  const { statement, problems } = parseStatement(text);
  checkSpans(text, statement);
  for (const { span, code } of problems) {
    assert.ok(0 <= span.start && span.start <= span.end && span.end <= text.length, `${code} lies in the text`);
  }
}

// `npm run fuzz` has every prefix and a million mutations; here are as many as a short run has time for.
test("every seventh prefix of every statement keeps what is claimed of any text", () => {
  assert.ok(statements.length >= 300);
  for (const text of statements) {
    for (let length = 0; length <= text.length; length += 7) checkText(text.slice(0, length), length, unsureKnowledge);
  }
});

test("so does every suffix", () => {
  for (const text of statements) {
    for (let start = 1; start < text.length; start += 17) checkText(text.slice(start), 0, unsureKnowledge);
  }
});

test("so does every one of 2,500 mutations", () => {
  const random = seededRandom(20261123);
  for (let count = 0; count < 2500; count++) {
    const text = mutated(random, pick(random, statements), statements);
    checkText(text, Math.floor(random() * (text.length + 1)), unsureKnowledge);
  }
});

test("a file that is edited is the file that would be read, and so is what is found in it", () => {
  const random = seededRandom(7);
  const edited = new Edited(unsureKnowledge);
  let text = "";
  for (let count = 0; count < 500; count++) {
    const grown = text.length < 1500 ? `${text}\n### t\n${pick(random, statements)}` : pick(random, statements);
    text = mutated(random, random() < 0.3 ? grown : text, statements);
    edited.become(text);
  }
});

test("whatever is quoted reads back as itself", () => {
  const random = seededRandom(11);
  for (let count = 0; count < 5000; count++) checkQuotes(anyText(random));
});

for (const [name, make] of hostileTexts) {
  test(`a megabyte of ${name} ends in a tree no deeper than a stack`, () => {
    const text = make();
    check(text);
    const { statement } = parseStatement(text);
    assert.ok(treeDepth(statement) <= 3000);
    assert.equal(typeof printStatement(statement), "string");
  });
}
