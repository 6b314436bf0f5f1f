import assert from "node:assert/strict";
import test from "node:test";
import { printExpression } from "../../../src/sls/format/print.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import type { SplCommand } from "../../../src/sls/syntax.ts";

function commands(pipeline: string): readonly SplCommand[] {
  const { statement, problems } = parseStatement(`* | ${pipeline}`);
  assert.deepEqual(problems, [], pipeline);
  assert.equal(statement.analysis?.kind, "spl");
  return statement.analysis.commands;
}

/** A command in short: its name, options, items, `by` and `as`. */
function check(pipeline: string, ...expected: readonly string[]): void {
  const shapes = commands(pipeline).map((command) => {
    const options = command.options.map(({ name, value }) => (value === undefined ? `-${name}` : `-${name}=${value}`));
    const items = command.items.map(
      ({ target, expression, wildcard, descending }) =>
        (target ? `${target.name}:=` : "") +
        printExpression(expression) +
        (wildcard ? "~" : "") +
        (descending === undefined ? "" : descending ? "↓" : "↑"),
    );
    const by = command.by.map(({ name }) => `by ${name}`);
    const as = command.as.map(({ name }) => `as ${name}`);
    return [command.name, ...options, ...items, ...by, ...as].join(" ");
  });
  assert.deepEqual(shapes, expected);
}

function codes(pipeline: string): readonly string[] {
  return parseStatement(`* | ${pipeline}`).problems.map(({ code }) => code);
}

test("where has a condition", () => check("where a = '1' and b > 2", "where a = '1' and b > 2"));
test("project names fields, and gives them new ones", () =>
  check('project a, new=old, "b.c"', 'project a new:=old "b.c"'));
test("wildcards are told from names", () => {
  check('project "a*", b', 'project "a*"~ b');
  check("project-away __tag__*, *_x", 'project-away "__tag__*"~ "*_x"~');
});
test("extend computes", () => check("extend n = a + 1, m = upper(b)", "extend n:=a + 1 m:=upper(b)"));
test("parse commands have options, fields and names", () => {
  check("parse-json -mode='full' -path='$.x' content", "parse-json -mode=full -path=$.x content");
  check("parse-regexp content, '(a) (b)' as x, y", "parse-regexp content '(a) (b)' as x as y");
  check("parse-csv -delim=',' -strict content as x", "parse-csv -delim=, -strict content as x");
  check("parse-csv content -quote='\"' as x", 'parse-csv -quote=" content as x');
});
test("stats groups by", () => check("stats n = count(*), m = max(x) by a, b", "stats n:=count(*) m:=max(x) by a by b"));
test("sort has directions", () => check("sort a desc, b asc, c", "sort a↓ b↑ c"));
test("commands follow one another, to a semicolon at most", () =>
  check("project a | sort a | limit 10;", "project a", "sort a", "limit 10"));
test("with_pack_meta stands alone", () => check("with_pack_meta", "with_pack_meta"));
test("names of commands are read in any case", () => check("WHERE a | Parse-JSON b", "where a", "parse-json b"));
test("two pipes join texts", () => check("extend a = b || c", "extend a:=b || c"));

test("an unknown command gives the nearest known one", () => {
  const [problem] = parseStatement("* | projet a | where b").problems;
  assert.deepEqual(problem, {
    code: "command-unknown",
    severity: "error",
    name: "projet",
    nearest: "project",
    span: { start: 4, end: 10 },
  });
});
test("the beginning of select is taken for it", () => {
  const [problem] = parseStatement("* | sel").problems;
  assert.equal(problem?.code === "command-unknown" && problem.nearest, "select");
});
test("a command without documented arguments is passed over with a warning", () => {
  const { problems } = parseStatement("* | make-series a = count(*) every 5 | where b");
  assert.deepEqual(
    problems.map(({ code, severity }) => [code, severity]),
    [["command-unchecked", "warning"]],
  );
});
test("a pipe with nothing behind it has a hole", () => {
  const { statement, problems } = parseStatement("* | ");
  assert.deepEqual(statement.analysis, { kind: "spl", commands: [], span: { start: 3, end: 3 } });
  assert.deepEqual(
    problems.map(({ code }) => code),
    ["expected"],
  );
  assert.deepEqual(codes("where a | | where b"), ["expected"]);
  assert.deepEqual(codes("where a |"), ["expected"]);
});
test("a command without its arguments is told", () => {
  assert.deepEqual(codes("where"), ["expected"]);
  assert.deepEqual(codes("project a,"), ["expected"]);
  assert.deepEqual(codes("project a b"), ["unexpected"]);
  assert.deepEqual(codes("parse-json -mode= "), ["expected"]);
  assert.deepEqual(codes("? | where a"), ["expected"]);
});
test("keeping all fields is no choice", () => {
  const [problem] = parseStatement("* | project a, *").problems;
  assert.deepEqual(problem, { code: "unexpected", severity: "error", found: "*", span: { start: 15, end: 16 } });
  assert.deepEqual(codes('project "*"'), ["unexpected"]);
  assert.deepEqual(codes('project-away "a*"'), []);
});
test("SQL behind SPL is told", () => assert.deepEqual(codes("where a | select b"), ["analysis-mixed"]));
