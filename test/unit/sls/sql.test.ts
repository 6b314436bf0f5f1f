import assert from "node:assert/strict";
import test from "node:test";
import { printExpression } from "../../../src/sls/format/print.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import type { Expression, Query, Select, SqlAnalysis } from "../../../src/sls/syntax.ts";
import { validStatements } from "./corpus.ts";
import { meaning, withoutSpans } from "./tree.ts";

function analysis(sql: string): SqlAnalysis {
  const { statement, problems } = parseStatement(`*|${sql}`);
  assert.deepEqual(problems, [], sql);
  assert.equal(statement.analysis?.kind, "sql");
  return statement.analysis;
}

function query(sql: string): Query {
  return analysis(sql).query;
}

function select(sql: string): Select {
  const { body } = query(sql);
  assert.equal(body.kind, "select");
  return body;
}

function expression(sql: string): Expression {
  const [item] = select(`select ${sql}`).items;
  assert.equal(item?.kind, "column");
  return item.expression;
}

/** Asserts that two texts mean the same, parentheses apart. */
function same(left: string, right: string): void {
  assert.deepEqual(meaning(expression(left)), meaning(expression(right)));
}

function codes(sql: string): readonly string[] {
  return parseStatement(`*|${sql}`).problems.map(({ code }) => code);
}

test("no statement of the documented grammar has a problem", () => {
  for (const text of validStatements) assert.deepEqual(parseStatement(text).problems, [], text);
});

test("operators bind as in SQL", () => {
  same("a or b and c", "a or (b and c)");
  same("not a and b", "(not a) and b");
  same("not a = b", "not (a = b)");
  same("a + b * c", "a + (b * c)");
  same("a || b + c", "a || (b + c)");
  same("a - b - c", "(a - b) - c");
  same("-a * b", "(-a) * b");
  same("a = b + 1 and c", "(a = (b + 1)) and c");
  same("a between 1 and 2 and b", "(a between 1 and 2) and b");
  same("a between 1 + 1 and 2 || c", "a between (1 + 1) and (2 || c)");
  same("a is null or b is not null", "(a is null) or (b is not null)");
  same("a like 'x' || b and c", "(a like ('x' || b)) and c");
  same("a in (1) and b not in (2)", "(a in (1)) and (b not in (2))");
  same("x -> x + 1", "x -> (x + 1)");
});
test("both spellings of unequal mean the same", () => same("a <> b", "a != b"));

test("texts and names give their quotes back", () => {
  assert.deepEqual(withoutSpans(expression("'it''s'")), { kind: "string", value: "it's" });
  assert.deepEqual(withoutSpans(expression("'\\'")), { kind: "string", value: "\\" });
  assert.deepEqual(withoutSpans(expression("''")), { kind: "string", value: "" });
  assert.deepEqual(withoutSpans(expression("''''")), { kind: "string", value: "'" });
  assert.deepEqual(withoutSpans(expression('"a""b"."c.d"')), {
    kind: "column",
    path: [
      { name: 'a"b', quoted: true },
      { name: "c.d", quoted: true },
    ],
  });
});
test("a text runs over lines", () => {
  assert.deepEqual(withoutSpans(expression("'a\nb'")), { kind: "string", value: "a\nb" });
});
test("numbers keep their spelling", () => {
  for (const number of ["0", "10", "1.5", ".5", "1.", "1e5", "1.5E-3"]) {
    assert.deepEqual(withoutSpans(expression(number)), { kind: "number", text: number });
  }
});
test("keywords are read in any case", () => {
  assert.deepEqual(
    meaning(query("SELECT A FROM log WHERE B Is NOT Null")),
    meaning(query("select A from log where B is not null")),
  );
});
test("comments are no part of a statement", () => {
  assert.deepEqual(meaning(query("select a -- 'b\n, /* c\n*/ d")), meaning(query("select a, d")));
});
test("a minus sign and an arrow are told apart", () => same("f(x->-x)", "f(x -> (-x))"));

test("a statement without FROM has none", () => assert.equal(select("select 1 where a = 1").from, undefined));
test("stars are items", () => {
  assert.deepEqual(withoutSpans(select('select *, t.*, "u v".* from log').items), [
    { kind: "star", table: undefined },
    { kind: "star", table: { name: "t", quoted: false } },
    { kind: "star", table: { name: "u v", quoted: true } },
  ]);
});
test("aliases stand behind as or alone", () => {
  const names = select('select a as b, c d, e "f g", h').items.map(
    (item) => item.kind === "column" && item.alias?.name,
  );
  assert.deepEqual(names, ["b", "d", "f g", undefined]);
});
test("a limit has its offset first", () => {
  const { limit } = query("select a limit 20, 10");
  assert.deepEqual(withoutSpans(limit), {
    offset: { kind: "number", text: "20" },
    count: { kind: "number", text: "10" },
  });
  assert.deepEqual(withoutSpans(query("select a limit all").limit), { offset: undefined, count: undefined });
  assert.deepEqual(withoutSpans(query("select a limit 5").limit), {
    offset: undefined,
    count: { kind: "number", text: "5" },
  });
});
test("grouping sets are told from columns", () => {
  assert.deepEqual(
    select("select 1 group by a, rollup(b, (c, d)), cube(e), grouping sets ((), f, (g))").groupBy?.elements.map(
      (element) =>
        element.kind === "expression" ? element.kind : [element.kind, element.sets.map((set) => set.length)],
    ),
    ["expression", ["rollup", [1, 2]], ["cube", [1]], ["sets", [0, 1, 1]]],
  );
});
test("order items have a direction and a place for nulls", () => {
  assert.deepEqual(
    query("select 1 order by a desc nulls last, b asc, c nulls first").orderBy.map(({ descending, nulls }) => [
      descending,
      nulls,
    ]),
    [
      [true, "last"],
      [false, undefined],
      [false, "first"],
    ],
  );
});
test("joins lean to the left", () => {
  const { from } = select("select 1 from a join b on true left join c using (x), d cross join e");
  assert.equal(from?.kind, "join");
  assert.equal(from.join, "comma");
  assert.equal(from.left.kind === "join" && from.left.join, "left");
  assert.equal(from.left.kind === "join" && from.left.left.kind === "join" && from.left.left.join, "inner");
  assert.equal(from.right.kind === "join" && from.right.join, "cross");
});
test("full is a join, or else an alias", () => {
  const joined = select("select 1 from a full join b on true").from;
  assert.equal(joined?.kind === "join" && joined.join, "full");
  const named = select("select 1 from a full").from;
  assert.equal(named?.kind === "table" && named.alias?.name.name, "full");
});
test("intersect binds tighter than union", () => {
  const { body } = query("select 1 union select 2 intersect select 3 except all select 4");
  assert.equal(body.kind, "setOperation");
  assert.equal(body.operator, "except");
  assert.equal(body.all, true);
  assert.equal(body.left.kind === "setOperation" && body.left.operator, "union");
  assert.equal(
    body.left.kind === "setOperation" && body.left.right.kind === "setOperation" && body.left.right.operator,
    "intersect",
  );
});
test("the order and limit of a union are those of the whole", () => {
  const whole = query("select 1 union select 2 order by 1 limit 3");
  assert.equal(whole.orderBy.length, 1);
  assert.equal(whole.body.kind, "setOperation");
  assert.notEqual(whole.limit, undefined);
});
test("a union in parentheses is a subquery", () => {
  const { from } = select("select 1 from ((select 1) union (select 2)) t");
  assert.equal(from?.kind === "subquery" && from.query.body.kind, "setOperation");
  const value = expression("((select 1) union (select 2))");
  assert.equal(value.kind === "scalarQuery" && value.query.body.kind, "setOperation");
});
test("settings come before the query", () => {
  assert.deepEqual(withoutSpans(analysis("set session mode=scan; set session a.b = 'c d'; select 1").session), [
    { name: "mode", value: "scan" },
    { name: "a.b", value: "c d" },
  ]);
});
test("a window has partitions, an order and a frame", () => {
  const call = expression(
    "sum(a) over (partition by b, c order by d rows between unbounded preceding and 1 + 1 following)",
  );
  assert.equal(call.kind, "call");
  assert.equal(call.over?.partitionBy.length, 2);
  assert.equal(call.over?.orderBy.length, 1);
  assert.equal(call.over?.frame?.unit, "rows");
  assert.equal(call.over?.frame?.start.kind, "unboundedPreceding");
  assert.equal(call.over?.frame?.end?.kind, "following");
});
test("position has the text sought first", () => {
  const call = expression("position('a' in b || c)");
  assert.deepEqual(call.kind === "call" && call.args.map(printExpression), ["'a'", "b || c"]);
});
test("a lambda has its parameters", () => {
  const names = (sql: string) => {
    const call = expression(sql);
    const [lambda] = call.kind === "call" ? call.args : [];
    return lambda?.kind === "lambda" ? lambda.parameters.map(({ name }) => name) : undefined;
  };
  assert.deepEqual(names("f(x -> 1)"), ["x"]);
  assert.deepEqual(names("f((x, y) -> 1)"), ["x", "y"]);
  assert.deepEqual(names("f(() -> 1)"), []);
  assert.deepEqual(names("f((x, y))"), undefined);
});
test("types nest, in parentheses or angle brackets", () => {
  const type = (sql: string) => {
    const cast = expression(`cast(a as ${sql})`);
    return cast.kind === "cast" ? withoutSpans(cast.type) : undefined;
  };
  const bigint = { name: "bigint", args: [] };
  assert.deepEqual(type("BIGINT"), bigint);
  assert.deepEqual(type("varchar(20)"), { name: "varchar", args: [20] });
  assert.deepEqual(type("map(varchar, array(bigint))"), {
    name: "map",
    args: [
      { name: "varchar", args: [] },
      { name: "array", args: [bigint] },
    ],
  });
  assert.deepEqual(type("array<array<bigint>>"), { name: "array", args: [{ name: "array", args: [bigint] }] });
  assert.deepEqual(type("bigint array"), { name: "array", args: [bigint] });
  assert.deepEqual(type("row(a bigint, bigint)"), {
    name: "row",
    args: [{ ...bigint, field: { name: "a", quoted: false } }, bigint],
  });
  assert.deepEqual(type("timestamp(3) with time zone"), { name: "timestamp with time zone", args: [3] });
  assert.deepEqual(type("double precision"), { name: "double precision", args: [] });
});
test("what is like a literal type is a column where no text follows", () => {
  assert.equal(expression("date").kind, "column");
  assert.equal(expression("date '2026-01-01'").kind, "typedString");
  assert.equal(expression("interval").kind, "column");
  assert.equal(expression("interval '1' day").kind, "interval");
  assert.equal(expression("array").kind, "column");
  assert.equal(expression("row").kind, "column");
  assert.equal(expression("position").kind, "column");
  assert.equal(expression("current_date").kind, "niladic");
  assert.equal(expression("current_timestamp(3)").kind, "call");
});
test("parentheses hold a group, a row or a query", () => {
  assert.equal(expression("(a)").kind, "group");
  assert.equal(expression("(a, b)").kind, "row");
  assert.equal(expression("(select a)").kind, "scalarQuery");
  assert.equal(expression("(with t as (select 1) select * from t)").kind, "scalarQuery");
});

test("a statement still being written keeps what is there", () => {
  const { statement } = parseStatement("* | select a, from log where b = group by c");
  assert.equal(statement.analysis?.kind, "sql");
  const { body } = statement.analysis.query;
  assert.equal(body.kind, "select");
  assert.equal(body.items.length, 2);
  assert.equal(body.from?.kind, "table");
  assert.equal(body.where?.kind, "binary");
  assert.equal(body.groupBy?.elements.length, 1);
});
test("a hole lies behind what was read last", () => {
  const { statement } = parseStatement("* | select a + ");
  assert.equal(statement.analysis?.kind, "sql");
  const { body } = statement.analysis.query;
  const [item] = body.kind === "select" ? body.items : [];
  const sum = item?.kind === "column" ? item.expression : undefined;
  assert.deepEqual(sum?.kind === "binary" && sum.right, { kind: "missing", span: { start: 14, end: 14 } });
});

test("a missing or superfluous part is told where it is", () => {
  assert.deepEqual(codes("select"), ["expected"]);
  assert.deepEqual(codes("select a b c"), ["unexpected"]);
  assert.deepEqual(codes("select f(a b, c) from log"), ["unexpected"]);
  assert.deepEqual(codes("select (a b) from log"), ["expected"]);
  assert.deepEqual(codes("select (a, b from log"), ["expected"]);
  assert.deepEqual(codes("select a from"), ["expected"]);
  assert.deepEqual(codes("select a from 'log'"), ["expected"]);
  assert.deepEqual(codes("select a from log as"), ["expected"]);
  assert.deepEqual(codes("select a is b"), ["expected"]);
  assert.deepEqual(codes("select a in b"), ["expected"]);
  assert.deepEqual(codes("select a between 1"), ["expected"]);
  assert.deepEqual(codes("select case end"), ["expected"]);
  assert.deepEqual(codes("select cast(a as)"), ["expected"]);
  assert.deepEqual(codes("select a order by b nulls"), ["expected"]);
  assert.deepEqual(codes("select a; select b"), ["unexpected"]);
  assert.deepEqual(codes("select a from log group a"), ["expected"]);
  assert.deepEqual(codes("set mode = scan; select 1"), ["expected"]);
  assert.deepEqual(codes("set session mode = scan select 1"), ["expected"]);
  assert.deepEqual(codes("select a + not b"), ["unexpected"]);
  assert.deepEqual(codes("with t as (select 1)"), ["expected"]);
  assert.deepEqual(codes("select a from t unnest"), ["unexpected"]);
  assert.deepEqual(codes("select a from unnest"), ["expected"]);
  assert.deepEqual(codes("select a at time 'x'"), ["expected"]);
  assert.deepEqual(codes("select count(*) filter (a = 1)"), ["expected"]);
});
test("what is missing is named as closely as its place allows", () => {
  const expected = (sql: string) =>
    parseStatement(`*|${sql}`).problems.map((problem) => problem.code === "expected" && problem.expected);
  assert.deepEqual(expected("select a group by"), ["grouping"]);
  assert.deepEqual(expected("select a at time zone"), ["string"]);
  assert.deepEqual(expected("select a like b escape"), ["string"]);
  assert.deepEqual(expected("set session a = b;"), ["query"]);
  assert.deepEqual(expected("select a from"), ["table"]);
  assert.deepEqual(expected("select interval '1'"), ["unit"]);
  assert.deepEqual(expected("select sum(a) over (order by b rows 2)"), ["frame"]);
});
test("limit with offset gives what it should be", () => {
  const [problem] = parseStatement("*|select a limit 10 offset 5 + 1").problems;
  assert.deepEqual(problem, {
    code: "limit-offset",
    severity: "error",
    offset: "5 + 1",
    count: "10",
    span: { start: 11, end: 32 },
  });
  assert.deepEqual(codes("select a from log offset 5 rows limit 10"), ["limit-offset"]);
  assert.deepEqual(codes("select a from log offset 5"), ["limit-offset"]);
});
test("clauses out of order are told and read", () => {
  assert.deepEqual(codes("select a group by b from log"), ["clause-order"]);
  assert.deepEqual(codes("select a limit 5 order by b"), ["clause-order"]);
  assert.deepEqual(codes("select a order by b where c group by d having e from f limit 1 limit 2"), [
    "clause-order",
    "clause-order",
    "clause-order",
    "clause-order",
    "clause-order",
  ]);
  assert.deepEqual(codes("select a order by b select c"), ["unexpected"]);
  assert.deepEqual(codes("select a limit 1 offset 2 offset 3"), ["limit-offset", "unexpected"]);
});
test("operators of other languages are told", () => {
  assert.deepEqual(codes("select a == b && c"), ["operator-unknown", "operator-unknown"]);
});
test("names that need double quotes are told", () => {
  assert.deepEqual(codes("select 1st, __tag__:host:x, `b` from log"), [
    "name-unquoted",
    "name-unquoted",
    "name-unquoted",
  ]);
  assert.deepEqual(codes("select a as 'b', c 'd' from log 'e'"), [
    "name-in-single-quotes",
    "name-in-single-quotes",
    "unexpected",
  ]);
  assert.deepEqual(codes("select a from log as 'b'"), ["name-in-single-quotes"]);
  assert.deepEqual(codes("select a as left, right(b, 1)"), ["name-reserved", "name-reserved"]);
});
test("writing is refused", () => assert.deepEqual(codes("insert into t select a from log"), ["insert-refused"]));
test("quotes and comments that nothing closes are told", () => {
  assert.deepEqual(codes("select 'a\nfrom log"), ["quote-open"]);
  assert.deepEqual(codes('select "a\nfrom log'), ["quote-open"]);
  assert.deepEqual(codes("select 'a''\nfrom log"), ["quote-open"]);
  assert.deepEqual(codes("select a /* b"), ["comment-open"]);
});
test("SPL behind SQL is told", () => assert.deepEqual(codes("select a | where b"), ["analysis-mixed"]));
test("nesting too deep is told once, and what follows is read", () => {
  assert.deepEqual(codes(`select ${"(".repeat(300)}a${")".repeat(300)}, b from log limit 1 offset 2`), [
    "too-deep",
    "limit-offset",
  ]);
  assert.deepEqual(codes(`select ${"a+".repeat(3000)}a from log limit 1 offset 2`), ["too-deep", "limit-offset"]);
  assert.deepEqual(codes(`select 1${" union select 1".repeat(3000)} limit 1 offset 2`), ["too-deep", "limit-offset"]);
});
test("a text that is wrong all over reports a bounded number of problems", () => {
  assert.equal(codes(`select ${"?, ".repeat(5000)}a`).length, 500);
});
