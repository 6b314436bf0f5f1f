import assert from "node:assert/strict";
import test from "node:test";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import type { Search } from "../../../src/sls/syntax.ts";

/** A search as its operators nest. Quoted texts are in quotes, phrases have their sign, holes are `?`. */
function shape(search: Search): string {
  switch (search.kind) {
    case "all":
      return "*";
    case "missing":
      return "?";
    case "and":
    case "or":
      return `(${shape(search.left)} ${search.kind} ${shape(search.right)})`;
    case "not":
      return `not(${shape(search.operand)})`;
    case "group":
      return `[${shape(search.operand)}]`;
    case "exists":
      return `exists(${search.field.name})`;
    case "comparison":
      return `${search.field.name} ${search.operator} ${search.value.value}`;
    case "range": {
      const bounds = `${search.low.value} ${search.high.value}`;
      return `${search.field.name} in ${search.lowIncluded ? "[" : "("}${bounds}${search.highIncluded ? "]" : ")"}`;
    }
    case "term": {
      const value = search.quoted ? JSON.stringify(search.value) : search.value || "?";
      return `${search.field ? `${search.field.name}:` : ""}${search.phrase ? "#" : ""}${value}`;
    }
    default:
      return search satisfies never;
  }
}

function check(text: string, expected: string, ...codes: readonly string[]): void {
  const { statement, problems } = parseStatement(text);
  assert.equal(shape(statement.search), expected);
  assert.deepEqual(
    problems.map((problem) => problem.code),
    codes,
  );
}

test("nothing, space and a star find everything", () => {
  check("", "*");
  check(" \n", "*");
  check("*", "*");
  check("  | select 1", "*");
});
test("words next to each other all have to be there", () => check("GET 200 shop", "((GET and 200) and shop)"));
test("and binds tighter than or", () => check("a or b and c or d", "((a or (b and c)) or d)"));
test("adjacency binds as and does", () => check("a or b c", "(a or (b and c))"));
test("not takes one operand", () => check("not a and b", "(not(a) and b)"));
test("not stands behind a term without and", () => check("a not b", "(a and not(b))"));
test("not may be repeated", () => check("not not a", "not(not(a))"));
test("operators are read in any case", () => check("a AND Not b Or c", "((a and not(b)) or c)"));
test("a word that begins like an operator is a word", () =>
  check("order android nothing", "((order and android) and nothing)"));
test("parentheses group", () => check("(a or b) c", "([(a or b)] and c)"));
test("a parenthesis ends a word", () => check("a(b)c", "((a and [b]) and c)"));
test("a key has a value, with space around the colon or not", () => {
  check("kind:Command", "kind:Command");
  check("kind : Command", "kind:Command");
  check("kind :\n Command", "kind:Command");
});
test("a name and a value may be quoted", () => check('"file info":"a b"', 'file info:"a b"'));
test("a quote in quotes has a backslash", () => check('content: "say \\"hi\\""', 'content:"say \\"hi\\""'));
test("a quote in a bare word has one too", () => check('id:nginx\\"01\\"', 'id:nginx"01"'));
test("a backslash elsewhere is itself", () => check('path: "C:\\temp"', 'path:"C:\\\\temp"'));
test("wildcards stay in a bare word", () => check("ba?h* k:sh*", "(ba?h* and k:sh*)"));
test("a star alone asks whether a field is there", () => check("not traceId:*", "not(exists(traceId))"));
test("a quoted star is a value", () => check('k:"*"', 'k:"*"'));
test("an empty text is a value", () => check('k:""', 'k:""'));
test("numbers are compared", () => {
  check("a > 1", "a > 1");
  check("a>=1.5 b<=-2 c<3 d=1e3", "(((a >= 1.5 and b <= -2) and c < 3) and d = 1000)");
  check('"a b" > 1', "a b > 1");
});
test("a range includes a bound in a bracket", () => {
  check("status in [200 299]", "status in [200 299]");
  check("status in (200 299]", "status in (200 299]");
  check("status in [200 299)", "status in [200 299)");
  check("status in(200 299)", "status in (200 299)");
});
test("a comma between the bounds is tolerated", () => check("a in [1, 2]", "a in [1 2]"));
test("a phrase keeps its words in order", () => check('#"a b" k:#"c d"', '(#"a b" and k:#"c d")'));
test("a number sign elsewhere is part of a word", () => check("#1 a#b", "(#1 and a#b)"));
test("a tag's key has a colon in it", () => {
  check("__tag__:__path__: /var/log", "__tag__:__path__:/var/log");
  check("__tag__ : host : a", "__tag__:host:a");
  check('__tag__:"a b":*', "exists(__tag__:a b)");
  check("__tag__:pid > 5", "__tag__:pid > 5");
  check("__tag__:pid in [1 5]", "__tag__:pid in [1 5]");
  check("__tag__:x", "__tag__:x");
  check("__tag__:*", "exists(__tag__)");
});
test("addresses, paths and dates are words", () =>
  check(
    "10.0.0.1 /var/log/a.log 2026-01-01 a,b c[0]",
    "((((10.0.0.1 and /var/log/a.log) and 2026-01-01) and a,b) and c[0])",
  ));
test("signs of comparison may stand in a value", () => check("url:/a?b=1&c>2", "url:/a?b=1&c>2"));
test("words of any script are words", () => check("命令:删除", "命令:删除"));
test("an ideographic space separates words", () => check("a\u3000b", "(a and b)"));

test("the first pipe ends the search", () => {
  assert.equal(parseStatement("a | select 1").statement.analysis?.kind, "sql");
  check("a|where b = 1", "a");
});
test("a pipe in quotes does not", () => {
  check('m: "a | b"', 'm:"a | b"');
  assert.equal(parseStatement('m: "a | b"').statement.analysis, undefined);
});
test("a pipe behind a quote with a backslash is in no quote", () => {
  assert.equal(parseStatement('m: \\"a | select 1').statement.analysis?.kind, "sql");
});

test("an operator without its operand has a hole", () => {
  check("", "*");
  check("a and", "(a and ?)", "expected");
  check("or a", "(? or a)", "expected");
  check("not", "not(?)", "expected");
  check("()", "[?]", "expected");
});
test("a key without a value has a hole", () => {
  check("a:", "a:?", "expected");
  check("a: and b:1", "(a:? and b:1)", "expected");
  check("(a:)", "[a:?]", "expected");
  check("a: | select 1", "a:?", "expected");
});
test("a value without a key is told", () => check(":a", "a", "expected"));
test("a comparison without a key is told", () => check("> 1", " > 1", "expected"));
test("a range without a key is told", () => check("in [1 2]", " in [1 2]", "expected"));
test("parentheses that do not match are told", () => {
  check("(a", "[a]", "expected");
  check("a) or b", "(a or b)", "unexpected");
  check(") a", "a", "unexpected");
  check(")", "?", "unexpected");
});
test("a quote that nothing closes ends with its line", () => {
  check('a: "b c\nd:e', '(a:"b c" and d:e)', "quote-open");
  check('"', '""', "quote-open");
});
test("a colon in a bare value asks for quotes", () => {
  check("time:10:20:30", "time:10:20:30", "colon-in-value");
  check("url:http://x/y", "url:http://x/y", "colon-in-value");
});
test("a group is no value", () => check("k:(a or b)", "(k:? and [(a or b)])", "value-group"));
test("a word of the language is no value without quotes", () => check("k:not", "k:not", "word-reserved"));
test("a comparison with a text is told", () => {
  check("status > many", "status > NaN", "number-unreadable");
  check('status > "5"', "status > NaN", "number-unreadable");
  check("status > 0x10", "status > NaN", "number-unreadable");
  check("status > 1-2", "status > NaN", "number-unreadable");
  check("status >", "status > NaN", "expected");
});
test("a range without an end is told", () => {
  check("a in [1", "a in [1 NaN]", "expected");
  check("a in 1 2", "a in [1 2]", "expected", "expected");
  check("(a in 1)", "[a in [1 NaN]]", "expected", "expected");
});
test("in has to be in lower case", () => check("a IN [1 2]", "a in [1 2]", "in-upper-case"));
test("operators of other languages are told", () => {
  check("a != 1", "a = 1", "operator-unknown");
  check("a!=1", "a = 1", "operator-unknown");
  check("a == 1", "a = 1", "operator-unknown");
});
test("an operator behind a colon is told and read", () => check("a:>5", "a > 5", "unexpected"));
test("a comment would be searched for", () => {
  check("-- a\nb", "((-- and a) and b)", "comment-in-search");
  check("a --b", "(a and --b)");
});
test("the spans of a field query are those of its parts", () => {
  const { search } = parseStatement(' kind : "a b" ').statement;
  assert.equal(search.kind, "term");
  assert.deepEqual(search.span, { start: 1, end: 13 });
  assert.deepEqual(search.field?.span, { start: 1, end: 5 });
  assert.deepEqual(search.valueSpan, { start: 8, end: 13 });
});
test("a piece of a text has spans of the text", () => {
  const text = "### a\nkind: Command\n### b";
  const { statement } = parseStatement(text, 6, 19);
  assert.deepEqual(statement.span, { start: 6, end: 19 });
  assert.deepEqual(statement.search.span, { start: 6, end: 19 });
  assert.equal(shape(statement.search), "kind:Command");
});
test("nesting further than a person reads is told once, and what follows is read", () => {
  const deep = `${"(".repeat(300)}a${")".repeat(300)} b`;
  const { statement, problems } = parseStatement(deep);
  assert.deepEqual(
    problems.map((problem) => problem.code === "too-deep" && problem.limit),
    [200],
  );
  assert.equal(statement.search.kind, "and");
});
test("so is a chain longer than a tree may be deep", () => {
  const { problems } = parseStatement("a ".repeat(3000));
  assert.deepEqual(
    problems.map((problem) => problem.code),
    ["too-deep"],
  );
});
