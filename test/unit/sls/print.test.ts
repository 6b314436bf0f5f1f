import assert from "node:assert/strict";
import test from "node:test";
import { printExpression, printSearch, printStatement } from "../../../src/sls/format/print.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import { span } from "../../../src/sls/span.ts";
import type { Expression, Search } from "../../../src/sls/syntax.ts";
import { validStatements } from "./corpus.ts";
import { withoutSpans } from "./tree.ts";

function check(text: string, expected: string): void {
  const { statement } = parseStatement(text);
  assert.equal(printStatement(statement), expected);
}

test("a printed statement reads back as the same tree", () => {
  for (const text of validStatements) {
    const { statement } = parseStatement(text);
    const again = parseStatement(printStatement(statement));
    assert.deepEqual(again.problems, [], `${text} → ${printStatement(statement)}`);
    assert.deepEqual(withoutSpans(again.statement), withoutSpans(statement), text);
  }
});
test("printing twice is printing once", () => {
  for (const text of validStatements) {
    const once = printStatement(parseStatement(text).statement);
    assert.equal(printStatement(parseStatement(once).statement), once);
  }
});

test("nothing is printed as a star", () => check("", "*"));
test("adjacency is printed as and", () => check("a  b not c", "a and b and not c"));
test("quotes stay where they are", () => check('"a" : b "c d"', '"a": b and "c d"'));
test("a query is printed on one line", () =>
  check(
    "* |\nSELECT a b,\n count(*) FROM log WHERE x!=1 GROUP BY a LIMIT 5,10",
    "* | select a as b, count(*) from log where x <> 1 group by a limit 5, 10",
  ));
test("two minus signs are no comment", () => check("* | select - -1, -(-1)", "* | select - -1, -(-1)"));

const nowhere = span(0, 0);
const number = (text: string): Expression => ({ kind: "number", text, span: nowhere });
const binary = (operator: "+" | "*" | "and", left: Expression, right: Expression): Expression => ({
  kind: "binary",
  operator,
  left,
  right,
  operatorSpan: nowhere,
  span: nowhere,
});
const term = (value: string): Search => ({
  kind: "term",
  field: undefined,
  value,
  quoted: false,
  phrase: false,
  valueSpan: nowhere,
  span: nowhere,
});

test("an expression built by hand gets the parentheses it needs, and no others", () => {
  const sum = binary("+", number("1"), number("2"));
  assert.equal(printExpression(binary("*", sum, number("3"))), "(1 + 2) * 3");
  assert.equal(printExpression(binary("+", sum, number("3"))), "1 + 2 + 3");
  assert.equal(printExpression(binary("+", number("3"), sum)), "3 + (1 + 2)");
  assert.equal(printExpression({ kind: "subscript", operand: sum, index: number("1"), span: nowhere }), "(1 + 2)[1]");
});
test("so does a search", () => {
  const or: Search = { kind: "or", left: term("a"), right: term("b"), span: nowhere };
  assert.equal(printSearch({ kind: "and", left: or, right: term("c"), span: nowhere }), "(a or b) and c");
  assert.equal(printSearch({ kind: "not", operand: or, span: nowhere }), "not (a or b)");
  assert.equal(printSearch({ kind: "or", left: term("c"), right: or, span: nowhere }), "c or (a or b)");
});
test("names that are none without quotes are quoted", () => {
  const column: Expression = {
    kind: "column",
    path: [{ name: "k8s.pod.name", quoted: false, span: nowhere }],
    span: nowhere,
  };
  assert.equal(printExpression(column), '"k8s.pod.name"');
});
