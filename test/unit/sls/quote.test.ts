import assert from "node:assert/strict";
import test from "node:test";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import { searchField, searchValue, sqlName, sqlString } from "../../../src/sls/quote.ts";
import { pick, seededRandom } from "./random.ts";

const awkward = [
  "",
  " ",
  "a",
  "and",
  "OR",
  "not",
  "in",
  "limit",
  "*",
  "a*",
  "?",
  '"',
  '""',
  '\\"',
  "\\",
  "a\\",
  "\\a",
  'a\\"b',
  "a b",
  "a:b",
  "a|b",
  "(a)",
  "a,b",
  "#",
  '#"a"',
  "--",
  "-- a",
  "-1",
  "1",
  "a=b",
  "a>1",
  "a!=1",
  "'",
  "''",
  "a\nb",
  "a\r\nb",
  "\n### a",
  "\t",
  "\0",
  "é",
  "删除",
  "\u3000",
  "\u00a0",
  "\ufeff",
  "😀",
  "\ud800",
  "__tag__",
  "__tag__:",
  "__tag__:a",
  "__tag__:a b",
  "__tag__:a:b",
  "k8s.pod.name",
  "select",
  "Order",
  "1st",
  "rm -rf / | tee 'x' \"y\"",
  "http://x/y?z=1",
];

/** Texts of awkward pieces and of any character. */
function texts(): readonly string[] {
  const random = seededRandom(7);
  const found = [...awkward];
  for (let count = 0; count < 5000; count++) {
    let text = "";
    for (let length = Math.floor(random() * 8); length > 0; length--) {
      text +=
        random() < 0.5
          ? pick(random, awkward)
          : String.fromCodePoint(Math.floor(random() * (random() < 0.5 ? 0x80 : 0x10ffff)));
    }
    found.push(text);
  }
  return found;
}

test("every value reads back as itself in the search half, or is not written", () => {
  let written = 0;
  for (const text of texts()) {
    const value = searchValue(text);
    if (value === undefined) {
      assert.ok(text.endsWith("\\"), JSON.stringify(text));
      continue;
    }
    written++;
    for (const statement of [`k: ${value}`, `(k:${value})`, `a and k:${value} and b | select 1`]) {
      const { statement: tree, problems } = parseStatement(statement);
      assert.deepEqual(problems, [], statement);
      let search = tree.search;
      if (search.kind === "group") search = search.operand;
      if (search.kind === "and" && search.left.kind === "and") search = search.left.right;
      assert.equal(search.kind, "term", statement);
      assert.equal(search.value, text, statement);
      assert.ok(search.quoted || !/[*?]/.test(search.value), statement);
    }
  }
  assert.ok(written > 4000);
});
test("every field does too", () => {
  for (const text of texts()) {
    const field = searchField(text);
    if (field === undefined) {
      assert.ok(text.endsWith("\\"), JSON.stringify(text));
      continue;
    }
    for (const statement of [`${field}: x`, `${field}:x`]) {
      const { statement: tree, problems } = parseStatement(statement);
      assert.deepEqual(problems, [], statement);
      assert.equal(tree.search.kind === "term" && tree.search.field?.name, text, statement);
    }
  }
});
test("every text and every name does in SQL", () => {
  for (const text of texts()) {
    const statement = `* | select ${sqlString(text)} as ${sqlName(text)}, ${sqlName(text)} from log`;
    const { statement: tree, problems } = parseStatement(statement);
    assert.deepEqual(problems, [], statement);
    assert.equal(tree.analysis?.kind, "sql");
    const { body } = tree.analysis.query;
    const [first, second] = body.kind === "select" ? body.items : [];
    assert.equal(first?.kind === "column" && first.expression.kind === "string" && first.expression.value, text);
    assert.equal(first?.kind === "column" && first.alias?.name, text);
    assert.equal(
      second?.kind === "column" && second.expression.kind === "column" && second.expression.path[0]?.name,
      text,
    );
  }
});

test("plain words stay bare", () => {
  assert.equal(searchValue("web-0"), "web-0");
  assert.equal(searchValue("10.0.0.1"), "10.0.0.1");
  assert.equal(searchValue("/usr/bin/rm"), "/usr/bin/rm");
  assert.equal(searchField("k8s.pod.name"), "k8s.pod.name");
  assert.equal(searchField("__tag__:__path__"), "__tag__:__path__");
  assert.equal(sqlName("status"), "status");
});
test("what means something else is quoted", () => {
  assert.equal(searchValue("a b"), '"a b"');
  assert.equal(searchValue("ba*"), '"ba*"');
  assert.equal(searchValue("NOT"), '"NOT"');
  assert.equal(searchValue('say "hi"'), '"say \\"hi\\""');
  assert.equal(searchValue(""), '""');
  assert.equal(searchField("file info"), '"file info"');
  assert.equal(sqlName("k8s.pod.name"), '"k8s.pod.name"');
  assert.equal(sqlName("Select"), '"Select"');
  assert.equal(sqlString("it's"), "'it''s'");
});
test("a text that ends with a backslash is written bare or not at all", () => {
  assert.equal(searchValue("dir\\"), "dir\\");
  assert.equal(searchValue("C:\\"), undefined);
  assert.equal(searchField("a b\\"), undefined);
});
