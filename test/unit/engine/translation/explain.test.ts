import assert from "node:assert/strict";
import { test } from "node:test";
import { explainSql } from "../../../../src/engine/translation/explain.ts";
import { read, settled, translated } from "./store.ts";

async function explained(statement: string): Promise<string> {
  const translation = translated(statement, { range: { fromMs: 0, toMs: Number.POSITIVE_INFINITY } });
  return explainSql(translation.kind === "records" ? translation : await settled(statement));
}

test("a search is laid out with a line for each condition", async () => {
  const [select, from, ...rest] = (await explained("process.pid > 5")).split("\n");
  assert.deepEqual(
    [select, from, ...rest],
    [
      "SELECT *",
      "FROM log",
      'WHERE "__time__" >= 0',
      '  AND ("process.pid" > 5)',
      'ORDER BY "@at" DESC, "eventId" DESC',
      "LIMIT 100",
    ],
  );
});

test("queries in queries are indented", async () => {
  const text = await explained("* | select kind, count(*) as n from log group by kind order by n desc limit 5");
  assert.equal(
    text,
    [
      'SELECT "c0" AS "c0", CAST("c1" AS VARCHAR) AS "c1"',
      "FROM (",
      '  SELECT "r0"."kind" AS "c0", count(*) AS "c1"',
      "  FROM (",
      "    SELECT *",
      "    FROM log",
      '    WHERE "__time__" >= 1760000000',
      '      AND "__time__" < 1760086400',
      "      AND TRUE",
      '  ) AS "r0"',
      '  GROUP BY "r0"."kind"',
      "  ORDER BY 2 DESC NULLS LAST",
      "  LIMIT 5",
      ') AS "answer"',
    ].join("\n"),
  );
});

test("a pipeline is a chain of queries that read what is needed", async () => {
  assert.equal(
    await explained("* | where kind = 'Command' | project eventId | limit 3"),
    [
      'WITH "s0" AS NOT MATERIALIZED (',
      '  SELECT "__time__" AS "f0",',
      '    CAST("kind" AS VARCHAR) AS "f4",',
      '    CAST("eventId" AS VARCHAR) AS "f6",',
      '    "@at" AS "o0",',
      '    "eventId" AS "o1"',
      "  FROM (",
      "    SELECT *",
      "    FROM log",
      '    WHERE "__time__" >= 1760000000',
      '      AND "__time__" < 1760086400',
      "      AND TRUE",
      "  )",
      "),",
      '"s1" AS NOT MATERIALIZED (',
      "  SELECT *",
      '  FROM "s0"',
      `  WHERE ("f4" = 'Command')`,
      "),",
      '"s2" AS NOT MATERIALIZED (',
      "  SELECT *",
      '  FROM "s1"',
      '  ORDER BY "o0" DESC, "o1" DESC',
      "  LIMIT 3",
      ")",
      'SELECT CAST("f0" AS VARCHAR) AS "c0", "f6" AS "c1"',
      'FROM "s2"',
      'ORDER BY "o0" DESC, "o1" DESC',
    ].join("\n"),
  );
});

/** The text without the blanks between its pieces. */
function packed(sql: string): string {
  return sql.replaceAll(/('(?:[^']|'')*'|"(?:[^"]|"")*")|\s+/g, (_, quoted?: string) => quoted ?? "");
}

for (const statement of [
  '* | select \'a  (SELECT b\', "process.name" as "it\'s  ""x""" from log where kind = \'x\n y\' limit 2',
  "* | select * from (values (1, 'FROM  x')) as t(a, b) where a is not distinct from 1 and b <> ')' order by 1",
  "* | select time_series(__time__, '1m', '%H:%i', 'avg') as t, kind, count(*) as n group by t, kind order by t",
  "* | select kind, compare(n, 3600) as c from (select kind, count(*) as n from log group by kind) group by kind",
  "* | with a as (select 1 as x limit 1) select case when x > 0 and x < 9 then 'b' end from a union select 'c' limit 3",
  `"web  api" or k8s.pod.name: "a ( b" | stats n=count(*) by kind | sort n desc`,
]) {
  test(`what is laid out is the same and runs: ${statement}`, async () => {
    const { sql } = await settled(statement);
    const laidOut = explainSql(await settled(statement));
    assert.equal(packed(laidOut), packed(sql));
    assert.deepEqual(await read(laidOut), await read(sql));
  });
}

test("the log is called log, wherever it lies", () => {
  const translation = translated("* | select count(*)", { table: "store_7.log" });
  assert.ok(translation.kind === "sql");
  assert.match(explainSql(translation, "store_7.log"), /\n {4}FROM log\n/);
});
