import assert from "node:assert/strict";
import { test } from "node:test";
import { Inference, scopeOfLog } from "../../../src/sls/check/inference.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import { typeText } from "../../../src/sls/types.ts";
import { indexKnowledge, unsureKnowledge } from "./knownLogstore.ts";

/** The type of an expression over a log whose index is known. */
function check(expression: string, expected: string, knowledge = indexKnowledge): void {
  const { analysis } = parseStatement(`* | select ${expression}`).statement;
  assert.ok(analysis?.kind === "sql" && analysis.query.body.kind === "select");
  const [item] = analysis.query.body.items;
  assert.ok(item?.kind === "column");
  const inference = new Inference(knowledge);
  assert.equal(typeText(inference.typeOf(item.expression, scopeOfLog(knowledge))), expected, expression);
}

/** The columns of a query's answer with their types. */
function checkColumns(sql: string, expected: readonly string[]): void {
  const { analysis } = parseStatement(`* | ${sql}`).statement;
  assert.ok(analysis?.kind === "sql");
  const { list } = new Inference(indexKnowledge).query(analysis.query, undefined, false);
  assert.deepEqual(
    list.map(({ name, type }) => `${name} ${typeText(type)}`),
    expected,
    sql,
  );
}

test("a literal has its type", () => {
  check("1", "bigint");
  check("1.5", "double");
  check("'a'", "varchar");
  check("null", "unknown");
  check("date '2026-01-01'", "date");
  check("interval '1' day", "interval day to second");
  check("current_timestamp", "timestamp with time zone");
});
test("a field has the type that the index tells", () => {
  check("status", "bigint");
  check("latency", "double");
  check('"process.name"', "varchar");
  check("__time__", "bigint");
  check("level", "unknown");
});
test("a field has no type where the index was not asked", () => {
  check('"process.user.uid"', "unknown", unsureKnowledge);
  check("__time__", "bigint", unsureKnowledge);
});
test("operators make types of types", () => {
  check("status / 2", "bigint");
  check("status / 2.0", "double");
  check("'a' || \"process.name\"", "varchar");
  check("status > 1 and not latency < 2", "boolean");
  check("current_date + interval '1' day", "date");
  check("status in (1, 2)", "boolean");
});
test("a call has the type of the signature that fits", () => {
  check("count(*)", "bigint");
  check("date_trunc('hour', __time__)", "timestamp");
  check('array_agg("process.name")', "array(varchar)");
  check("map_agg(status, latency)", "map(bigint, double)");
  check("map_agg(status, latency)[1]", "double");
  check("split('a b', ' ')[1]", "varchar");
  check("if(status = 1, 'x')", "varchar");
  check("length(1)", "unknown");
  check("nothing(1)", "unknown");
});
test("a cast has the type that it names", () => {
  check("cast(status as array(map(varchar, double)))", "array(map(varchar, double))");
  check("try_cast('1' as decimal(10, 2))", "decimal(10,2)");
  check("case when status = 1 then 1 else 2.5 end", "double");
});
test("a query tells its columns", () => {
  checkColumns("select status as s, count(*) from log", ["s bigint", "_col1 bigint"]);
  checkColumns('select t.x, n from (select "process.name" as x, count(*) as n from log group by x) t', [
    "x varchar",
    "n bigint",
  ]);
  checkColumns("with t(a) as (select latency from log) select a, a + 1 as b from t", ["a double", "b double"]);
  checkColumns("select k, v, i from log cross join unnest(map(array['a'], array[1])) with ordinality as t(k, v, i)", [
    "k varchar",
    "v bigint",
    "i bigint",
  ]);
  checkColumns("select * from (values (1, 'a'), (2.5, 'b')) as t(n, s)", ["n double", "s varchar"]);
  checkColumns("select (select max(latency) from log) as m", ["m double"]);
});
test("what a CTE is called ends with its query", () => {
  checkColumns("select a from (with t as (select status as a from log) select a from t)", ["a bigint"]);
  checkColumns("select x.a from (with t as (select status as a from log) select a from t) x, t", ["a bigint"]);
});
