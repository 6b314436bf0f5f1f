import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { compare, correctionMacros, differenceClasses } from "../../fuzz/differences.ts";
import { generated } from "../../fuzz/statements.ts";
import { openTable, ownAnswer } from "../../fuzz/table.ts";
import { seededRandom } from "../sls/random.ts";

/** Statements and what the oracle made of them: `node test/fuzz/differential.ts --write` makes it again. */
const pairs: readonly { readonly sql: string; readonly duckdb: string }[] = JSON.parse(
  readFileSync(new URL("../../fixtures/differential.json", import.meta.url), "utf8"),
);

const connection = openTable();

/** A statement over the rows of `table.ts` answers these rows, in any order. */
function check(sql: string, ...expected: readonly (readonly string[])[]): void {
  test(`${sql} is answered as by hand`, async () => {
    assert.deepEqual(await ownAnswer(await connection, sql), { kind: "rows", rows: expected });
  });
}

test("the fixture holds 1,000 statements of the generator", () => {
  const random = seededRandom(20261124);
  assert.deepEqual(
    pairs.map(({ sql }) => sql),
    Array.from({ length: 1000 }, () => generated(random)),
  );
});

test("1,000 generated statements are answered as the oracle answers them, but for reasons that are told", async () => {
  const opened = await connection;
  for (const macro of correctionMacros) await opened.run(macro);
  const explained = new Set<string>();
  for (const { sql, duckdb } of pairs) {
    const compared = await compare(opened, sql, duckdb);
    assert.notEqual(compared.kind, "different", JSON.stringify({ sql, compared }));
    if (compared.kind === "explained") for (const { name } of compared.classes) explained.add(name);
  }
  assert.deepEqual(
    [...explained].filter((name) => !differenceClasses.some((one) => one.name === name)),
    [],
  );
});

test("every class of differences has a name of its own and a reason", () => {
  assert.equal(new Set(differenceClasses.map(({ name }) => name)).size, differenceClasses.length);
  for (const { reason } of differenceClasses) assert.ok(reason.length > 20);
});

// The table has 30 rows, `id` counting them from 0; `a` is null in every seventh from 3 on (four rows), else
// `id % 9 - 4`; `s` goes through 15 texts twice, of which the last is null.
check("select count(*) from log limit 1", ["30"]);
check("select count(a) from log limit 1", ["26"]);
check("select count(s) from log limit 1", ["28"]);
check("select sum(id), min(id), max(id), avg(id) from log limit 1", ["435", "0", "29", "14.5"]);
check("select id from log where a is null limit 10", ["10"], ["17"], ["24"], ["3"]);
check("select id, a from log where id < 3 limit 10", ["0", "-4"], ["1", "-3"], ["2", "-2"]);
check("select id, a / 2 from log where id < 3 limit 10", ["0", "-2"], ["1", "-1"], ["2", "-1"]);
check("select id, a % 3 from log where id < 3 limit 10", ["0", "-1"], ["1", "0"], ["2", "-2"]);
check("select id from log where s = '' limit 10", ["0"], ["15"]);
check("select id from log where s is null limit 10", ["14"], ["29"]);
check("select id from log where not (s <> 'a') limit 10", ["1"], ["16"]);
check("select id from log where s like '%!%%' escape '!' limit 10", ["24"], ["9"]);
check("select id, length(s) from log where id in (10, 11, 14) limit 10", ["10", "4"], ["11", "2"], ["14", "null"]);
check("select substr(s, 2, 2), substr(s, -2), substr(s, -9) from log where id = 3 limit 1", ["bc", "bc", ""]);
check("select substr(s, 2, 0), substr(s, 0) from log where id in (3, 14) limit 2", ["", ""], ["null", "null"]);
check("select split_part(s, ',', 2), split_part(s, ',', 3) from log where id = 5 limit 1", ["y", "null"]);
check("select upper(s), reverse(s), trim(s) from log where id = 4 limit 1", [" A B ", " b a ", "a b"]);
check("select concat(s, 'x'), s || 'x', coalesce(s, 'x') from log where id = 14 limit 1", ["null", "null", "x"]);
check("select try_cast(s as bigint) from log where id in (6, 7, 1) limit 3", ["-3"], ["10"], ["null"]);
check("select greatest(a, 0), least(a, 0) from log where id in (0, 3) limit 2", ["0", "-4"], ["null", "null"]);
check("select regexp_extract(s, '[a-z]+'), regexp_replace(s, '[a-z]', '<$0>') from log where id = 3 limit 1", [
  "bc",
  "A<b><c>",
]);
check(
  "select json_extract_scalar(j, '$.k'), json_extract_scalar(j, '$.l[1]') from log where id in (1, 2) limit 2",
  ["1", "2"],
  ["null", "null"],
);
check(
  "select a, count(*) from log where id < 4 group by a limit 10",
  ["-2", "1"],
  ["-3", "1"],
  ["-4", "1"],
  ["null", "1"],
);
check("select id from log order by id desc limit 2, 3", ["25"], ["26"], ["27"]);
check("select a from log where id < 5 order by a limit 2", ["-3"], ["-4"]);
check("select count_if(a > 0), bool_or(a > 3), bool_and(a > 3) from log where id = 3 limit 1", ["0", "null", "null"]);
check("select id, row_number() over (order by id desc) from log where id > 27 limit 3", ["28", "2"], ["29", "1"]);
check("select id from log where id < 3 union select 1 limit 9", ["0"], ["1"], ["2"]);
check("select date_format(from_unixtime(__time__), '%Y-%m-%d %H:%i:%s') from log where id = 1 limit 1", [
  "2025-10-09 08:54:57",
]);
check("select max_by(s, id), min_by(s, id) from log where id < 4 limit 1", ["Abc", ""]);
