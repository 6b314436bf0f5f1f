import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, problemsOf, type Rows, translated } from "./store.ts";

/** A statement answers these rows. */
function check(claim: string, statement: string, rows: Rows): void {
  test(`${claim}: ${statement}`, async () => {
    assert.deepEqual(await answered(statement), rows);
  });
}

const numbers = (count: number): Rows => Array.from({ length: count }, (_, index) => [String(index + 1)]);

// sls.md §2.1, after "Log analysis" of the SLS documentation.
check("without FROM the records are asked", "* | select count(*)", [["8"]]);
check("the records are called log", "* | select count(*) from log", [["8"]]);
check("the search half decides which records", "kind: Command | select count(*)", [["6"]]);
check("WHERE without FROM", "* | select count(*) where kind = 'Command'", [["6"]]);
check("keywords in any case", "* | SELECT COUNT(*) AS n FROM LOG WHERE Kind = 'Command'", [["6"]]);
check("a column in double quotes", `* | select "process.name" from log where "process.pid" = 31`, [["rm"]]);
check("a column in another case", `* | select "TRACEID" from log where "eventid" = 'e-2'`, [["t-1"]]);
check("a column qualified by its table", `* | select log."process.name" from log where log."process.pid" = 31`, [
  ["rm"],
]);
check("a column qualified by an alias", `* | select l."process.name" from log as l where l."process.pid" = 31`, [
  ["rm"],
]);
check("a field without a column", "* | select region, latency from log where region is not null", [
  ["cn-hangzhou", "12.5"],
]);
check("a tag", `* | select "__tag__:__hostname__" from log where "eventId" = 'e-8'`, [["node-1"]]);
check("a label", `* | select "k8s.pod.labels.app" from log where "eventId" = 'e-1'`, [["web"]]);
check("an absent value is null", `* | select "process.name", remark from log where "eventId" = 'e-1'`, [[null, null]]);
check(
  "a text compared with a number's field",
  `* | select "eventId" from log where "process.user.uid" = '1000' order by 1`,
  [["e-4"], ["e-5"]],
);
check("a number compared with a text's field", `* | select count(*) from log where "k8s.user.aliuid" = 2855001`, [
  ["5"],
]);
check("a number in a list for a text's field", `* | select count(*) from log where "k8s.user.aliuid" in (2855001, 1)`, [
  ["5"],
]);
check("texts in a list for a number's field", `* | select count(*) from log where "process.pid" in ('31', '32')`, [
  ["2"],
]);

check(
  "without LIMIT there are 100 rows",
  "* | select n from (values 1) as one(x), unnest(sequence(1, 150)) as t(n) order by n",
  numbers(100),
);
check("a LIMIT", "* | select n from unnest(sequence(1, 150)) as t(n) order by n limit 2", numbers(2));
check("a LIMIT with an offset before it", "* | select n from unnest(sequence(1, 9)) as t(n) order by n limit 3, 2", [
  ["4"],
  ["5"],
]);
check(
  "a LIMIT above the default",
  "* | select n from unnest(sequence(1, 150)) as t(n) order by n limit 120",
  numbers(120),
);
check("a subquery has no default LIMIT", "* | select count(*) from (select n from unnest(sequence(1, 150)) as t(n))", [
  ["150"],
]);

const twoKinds: Rows = [
  ["Command", "6"],
  ["Kubernetes", "2"],
];
check("GROUP BY a column", "* | select kind, count(*) as n group by kind order by n desc", twoKinds);
check("GROUP BY a place", "* | select kind, count(*) as n group by 1 order by 2 desc", twoKinds);
check("GROUP BY an alias", "* | select lower(kind) as k, count(*) as n group by k order by k", [
  ["command", "6"],
  ["kubernetes", "2"],
]);
check(
  "GROUP BY an alias that is a column too",
  "* | select date_trunc('hour', __time__) as time, count(*) as n group by time order by time",
  [
    ["2025-10-09 16:00:00.000", "5"],
    ["2025-10-09 17:00:00.000", "3"],
  ],
);
check(
  "GROUP BY the alias of an expression of the same column",
  "* | select regexp_replace(kind, '(Comm|Kube).*', '$1') as kind, count(*) as n group by kind order by kind",
  [
    ["Comm", "6"],
    ["Kube", "2"],
  ],
);
check(
  "GROUP BY a column whose name an aggregate has",
  `* | select max("process.pid") as kind, count(*) as n group by kind order by n`,
  [
    [null, "2"],
    ["34", "6"],
  ],
);
check(
  "GROUP BY an expression",
  "* | select __time__ - __time__ % 60 as minute, count(*) as n group by __time__ - __time__ % 60 order by minute limit 2",
  [
    ["1759999980", "3"],
    ["1760000040", "2"],
  ],
);
check("GROUP BY a constant's alias", "* | select 1 as one, count(*) group by one", [["1", "8"]]);
check(
  "GROUP BY an equal lambda",
  "* | select transform(array[kind], x -> lower(x)), count(*) as n group by transform(array[kind], x -> lower(x)) order by n",
  [
    ['["kubernetes"]', "2"],
    ['["command"]', "6"],
  ],
);
check("ROLLUP", "* | select kind, count(*) as n group by rollup(kind) order by n", [
  ["Kubernetes", "2"],
  ["Command", "6"],
  [null, "8"],
]);
check(
  "GROUPING SETS",
  `* | select kind, "traceId", count(*) as n, grouping(kind) as g group by grouping sets ((kind), ("traceId")) order by g, n, kind`,
  [
    ["Kubernetes", null, "2", "0"],
    ["Command", null, "6", "0"],
    [null, "t-2", "3", "1"],
    [null, "t-1", "5", "1"],
  ],
);
check("CUBE", `* | select count(*) from (select kind, "traceId", count(*) from log group by cube(kind, "traceId"))`, [
  ["9"],
]);
check(
  "ROLLUP of two columns",
  `* | select kind, "traceId", count(*) as n, grouping(kind, "traceId") as g group by rollup(kind, "traceId") order by g, n, kind, "traceId" desc`,
  [
    ["Kubernetes", "t-2", "1", "0"],
    ["Kubernetes", "t-1", "1", "0"],
    ["Command", "t-2", "2", "0"],
    ["Command", "t-1", "4", "0"],
    ["Kubernetes", null, "2", "1"],
    ["Command", null, "6", "1"],
    [null, null, "8", "3"],
  ],
);
check("GROUPING SETS with the whole", "* | select kind, count(*) as n group by grouping sets ((kind), ()) order by n", [
  ["Kubernetes", "2"],
  ["Command", "6"],
  [null, "8"],
]);
check(
  "two groupings are combined",
  `* | select kind, "traceId", count(*) as n group by kind, rollup("traceId") order by n, kind desc, "traceId"`,
  [
    ["Kubernetes", "t-1", "1"],
    ["Kubernetes", "t-2", "1"],
    ["Kubernetes", null, "2"],
    ["Command", "t-2", "2"],
    ["Command", "t-1", "4"],
    ["Command", null, "6"],
  ],
);
check("GROUP BY ALL keeps equal sets", "* | select count(*) from (select kind from log group by rollup(kind), kind)", [
  ["4"],
]);
check(
  "GROUP BY DISTINCT leaves equal sets out",
  "* | select count(*) from (select kind from log group by distinct rollup(kind), kind)",
  [["2"]],
);
check(
  "GROUP BY DISTINCT of a CUBE and sets",
  `* | select kind, "traceId", count(*) as n group by distinct cube(kind, "traceId"), grouping sets ((), (kind)) order by n desc limit 3`,
  [
    [null, null, "8"],
    ["Command", null, "6"],
    [null, "t-1", "5"],
  ],
);
check("HAVING", "* | select kind, count(*) as n group by kind having count(*) > 2", [["Command", "6"]]);
check("HAVING by alias", "* | select kind, count(*) as n group by kind having n > 2", [["Command", "6"]]);
check(
  "HAVING by an alias that is a column too",
  `* | select kind, max("process.pid") as "process.pid" group by kind having "process.pid" > 5`,
  [["Command", "34"]],
);
check(
  "HAVING an aggregate of a column whose name an alias has",
  `* | select kind, max("process.pid") as "process.pid" group by kind having min("process.pid") = 7`,
  [["Command", "34"]],
);

check(
  "ORDER BY an expression of an alias",
  `* | select "process.name" as p, count(*) as n from log where "process.name" is not null group by p order by n * -1, p limit 2`,
  [
    ["curl", "2"],
    ["bash", "1"],
  ],
);
check(
  "ORDER BY what is not answered",
  `* | select "eventId" from log where "process.pid" is not null order by "process.pid" desc limit 2`,
  [["e-5"], ["e-4"]],
);
check("ORDER BY puts nulls last", `* | select "process.pid" from log order by 1 desc limit 1`, [["34"]]);
check("ORDER BY puts nulls last in either direction", `* | select "process.pid" from log order by 1 limit 6, 1`, [
  [null],
]);
check("ORDER BY with nulls first", `* | select "process.pid" from log order by 1 nulls first limit 1`, [[null]]);
check("ORDER BY the value, not its text", "* | select n from (values 10, 9, 100) as t(n) order by n", [
  ["9"],
  ["10"],
  ["100"],
]);
check("ORDER BY a text", "* | select count(*) from log order by 'x'", [["8"]]);
check("DISTINCT", "* | select distinct kind order by kind", [["Command"], ["Kubernetes"]]);
check(
  "DISTINCT ordered by an expression that is answered",
  "* | select distinct lower(kind) as k order by lower(kind) desc",
  [["kubernetes"], ["command"]],
);

check("a subquery", "* | select max(n) from (select kind, count(*) as n from log group by kind)", [["6"]]);
check("a subquery with an alias", "* | select t.n from (select count(*) as n from log) as t", [["8"]]);
check("a subquery with named columns", "* | select a, b from (select 1, 2) as t(a, b) limit 1", [["1", "2"]]);
check(
  "a subquery in IN",
  `* | select count(*) from log where "traceId" in (select "traceId" from log where "process.name" = 'rm')`,
  [["5"]],
);
check(
  "a subquery that refers to the row outside",
  `* | select "eventId" from log a where __time__ = (select max(__time__) from log b where b."traceId" = a."traceId") order by 1`,
  [["e-5"], ["e-8"]],
);
check(
  "EXISTS",
  `* | select count(*) from log a where exists (select 1 from log b where b."traceId" = a."traceId" and b."process.name" = 'rm')`,
  [["5"]],
);
check("WITH", "* | with k as (select kind, count(*) as n from log group by kind) select kind from k where n > 2", [
  ["Command"],
]);
check(
  "WITH columns of other names, used twice",
  "* | with k(a) as (select distinct kind from log) select x.a, y.a from k x, k y where x.a < y.a",
  [["Command", "Kubernetes"]],
);
check("WITH a table named log", "* | with log as (select 5 as kind limit 1) select kind from log", [["5"]]);
check("UNION", "* | select kind from log union select 'x' order by 1", [["Command"], ["Kubernetes"], ["x"]]);
check("UNION ALL", "* | select count(*) from (select 1 from log union all select 2 from log)", [["16"]]);
check("EXCEPT", "* | select kind from log except select 'Command'", [["Kubernetes"]]);
check("INTERSECT binds tighter", "* | select 'a' intersect select 'b' union select 'c'", [["c"]]);
check("UNION ALL keeps equal rows", "* | select n from (values 1, 1) as t(n) union all (values 1) order by n", [
  ["1"],
  ["1"],
  ["1"],
]);
check("EXCEPT ALL takes away as many", "* | select n from (values 1, 1, 2) as t(n) except all (values 1) order by n", [
  ["1"],
  ["2"],
]);
check("INTERSECT ALL keeps as many", "* | select n from (values 1, 1, 2) as t(n) intersect all (values 1, 1, 3)", [
  ["1"],
  ["1"],
]);
check(
  "sides of a UNION with an order and a limit of their own",
  "* | (select n from (values 1, 2) as t(n) order by n desc limit 1) union all (select 5 limit 1) order by 1",
  [["2"], ["5"]],
);
check(
  "WITH a table of a table before it",
  "* | with a as (select 1 as x limit 1), b as (select x + 1 as y from a) select x, y from a, b",
  [["1", "2"]],
);
check("WITH in WITH", "* | with t as (with u as (values 7) select * from u) select * from t", [["7"]]);
check("VALUES", "* | select b, a from (values (1, 'x'), (2, 'y')) as t(a, b) order by a desc", [
  ["y", "2"],
  ["x", "1"],
]);

check(
  "a JOIN",
  `* | select c."process.name" from log k join log c on k."traceId" = c."traceId" where k.kind = 'Kubernetes' and c."process.name" = 'rm'`,
  [["rm"]],
);
check(
  "a LEFT JOIN",
  "* | select a.x, b.y from (values 1, 2) as a(x) left join (values (2, 'b')) as b(x, y) on a.x = b.x order by 1",
  [
    ["1", null],
    ["2", "b"],
  ],
);
check(
  "a FULL JOIN with USING",
  "* | select x, p, q from (values (1, 'a')) as l(x, p) full join (values (2, 'b')) as r(x, q) using (x) order by x",
  [
    ["1", "a", null],
    ["2", null, "b"],
  ],
);
check("a RIGHT JOIN with USING", "* | select x from (values 1) as l(x) right join (values 2) as r(x) using (x)", [
  ["2"],
]);
check("a NATURAL JOIN", "* | select * from (values (1, 'a')) as l(x, p) natural join (values (1, 'b')) as r(x, q)", [
  ["1", "a", "b"],
]);
check("a CROSS JOIN", "* | select count(*) from log a cross join log b", [["64"]]);
check("a star of one table", "* | select b.* from (values 1) as a(x), (values 2) as b(x)", [["2"]]);
check("columns of one name", "* | select x, x from (values 1) as a(x)", [["1", "1"]]);

// "UNNEST function" of the SLS documentation.
check(
  "UNNEST of an array",
  "* | select sum(a) from log, unnest(cast(json_parse('[1,2,3]') as array(bigint))) as t(a)",
  [["48"]],
);
check(
  "UNNEST of a column's array",
  `* | select g, count(*) from log, unnest(cast(json_extract(k8s, '$.user.groups') as array(varchar))) as t(g) group by g order by g`,
  [
    ["ops", "5"],
    ["system:authenticated", "5"],
  ],
);
check(
  "UNNEST of a map",
  `* | select a, b from unnest(cast(json_parse('{"a":1,"b":2}') as map(varchar, bigint))) as t(a, b) order by a`,
  [
    ["a", "1"],
    ["b", "2"],
  ],
);
check(
  "UNNEST of a histogram",
  "* | select key, value from (select histogram(kind) as his from log), unnest(his) as t(key, value) order by value",
  [
    ["Kubernetes", "2"],
    ["Command", "6"],
  ],
);
check(
  "UNNEST with its place",
  "* | select a, n from unnest(array['x', 'y']) with ordinality as t(a, n) order by n desc",
  [
    ["y", "2"],
    ["x", "1"],
  ],
);
check(
  "UNNEST of two arrays side by side",
  "* | select a, b from unnest(array[1, 2], array['x']) as t(a, b) order by a",
  [
    ["1", "x"],
    ["2", null],
  ],
);
check(
  "UNNEST of a map with its place",
  "* | select k, v, n from unnest(map(array['a', 'b'], array[1, 2])) with ordinality as t(k, v, n) order by n desc",
  [
    ["b", "2", "2"],
    ["a", "1", "1"],
  ],
);
check(
  "LEFT JOIN UNNEST keeps rows of empty arrays",
  "* | select x, y from (values (1, array[5]), (2, cast(json_parse('[]') as array(bigint)))) as t(x, a) left join unnest(a) as u(y) on true order by x",
  [
    ["1", "5"],
    ["2", null],
  ],
);
check(
  "CROSS JOIN UNNEST",
  `* | select count(*) from log cross join unnest(array[1, 2]) as t(a) where kind = 'Kubernetes'`,
  [["4"]],
);

// "Window functions" of the SLS documentation.
check("row_number", "* | select n, row_number() over (order by n desc) from (values 1, 2) as t(n) order by n", [
  ["1", "2"],
  ["2", "1"],
]);
check(
  "rank and dense_rank",
  "* | select n, rank() over (order by n), dense_rank() over (order by n) from (values 1, 1, 2) as t(n) order by 1, 2",
  [
    ["1", "1", "1"],
    ["1", "1", "1"],
    ["2", "3", "2"],
  ],
);
check(
  "lag and lead",
  "* | select n, lag(n) over (order by n), lead(n, 1, 0) over (order by n) from (values 1, 2) as t(n) order by n",
  [
    ["1", null, "2"],
    ["2", "1", "0"],
  ],
);
check(
  "a sum over a frame",
  "* | select n, sum(n) over (order by n rows between 1 preceding and current row) from (values 1, 2, 3) as t(n) order by n",
  [
    ["1", "1"],
    ["2", "3"],
    ["3", "5"],
  ],
);
check(
  "a sum over a range of values",
  "* | select n, sum(n) over (order by n range between 1 preceding and 1 following) from (values 1, 2, 5) as t(n) order by n",
  [
    ["1", "3"],
    ["2", "3"],
    ["5", "5"],
  ],
);
check(
  "a frame to the current row counts its equals",
  "* | select n, sum(n) over (order by n range unbounded preceding), count(*) over (order by n rows unbounded preceding) from (values 1, 1, 5) as t(n) order by 1, 3",
  [
    ["1", "2", "1"],
    ["1", "2", "2"],
    ["5", "7", "3"],
  ],
);
check(
  "a frame behind the row",
  "* | select n, max(n) over (order by n rows between 1 following and 2 following) from (values 1, 2, 3) as t(n) order by n",
  [
    ["1", "3"],
    ["2", "3"],
    ["3", null],
  ],
);
check(
  "a frame of groups",
  "* | select n, array_agg(n) over (order by n groups between 1 preceding and current row) from (values 1, 1, 5) as t(n) order by n",
  [
    ["1", "[1,1]"],
    ["1", "[1,1]"],
    ["5", "[1,1,5]"],
  ],
);
check(
  "nulls passed over",
  "* | select k, lag(n) ignore nulls over (order by k) from (values (1, 7), (2, null), (3, 8)) as t(k, n) order by k",
  [
    ["1", null],
    ["2", "7"],
    ["3", "7"],
  ],
);
check("ranks of groups", "* | select kind, rank() over (order by count(*) desc) from log group by kind order by 2", [
  ["Command", "1"],
  ["Kubernetes", "2"],
]);
check(
  "a partition",
  `* | select "traceId", count(*) over (partition by "traceId") as n from log order by n, 1 limit 1`,
  [["t-2", "3"]],
);
check(
  "first_value, last_value and nth_value",
  "* | select first_value(n) over (order by n), last_value(n) over (order by n rows between current row and unbounded following), nth_value(n, 2) over (order by n rows between unbounded preceding and unbounded following) from (values 1, 2, 3) as t(n) limit 1",
  [["1", "3", "2"]],
);
check(
  "ntile, percent_rank, cume_dist",
  "* | select ntile(2) over (order by n), percent_rank() over (order by n), cume_dist() over (order by n) from (values 1, 2) as t(n) order by 1",
  [
    ["1", "0.0", "0.5"],
    ["2", "1.0", "1.0"],
  ],
);
check(
  "a share of the whole",
  "* | select kind, count(*) * 1.0 / sum(count(*)) over () as share group by kind order by share",
  [
    ["Kubernetes", "0.25"],
    ["Command", "0.75"],
  ],
);

// Times of the records, in the zone of the question.
check("the seconds of a record as a time", `* | select from_unixtime(__time__) from log where "eventId" = 'e-1'`, [
  ["2025-10-09 16:53:20.000"],
]);
check(
  "records by minute",
  "* | select date_format(date_trunc('minute', __time__), '%H:%i') as m, count(*) as n group by m order by m",
  [
    ["16:53", "3"],
    ["16:54", "2"],
    ["17:53", "3"],
  ],
);
check(
  "the time text of a record",
  `* | select date_trunc('hour', from_iso8601_timestamp(time)) from log where "eventId" = 'e-1'`,
  [["2025-10-09 16:00:00.000 Asia/Shanghai"]],
);
check("SQL restricts the time further", "* | select count(*) where __time__ >= 1760003600", [["3"]]);

// Keys of JSON fields, as written, as recorded and in lower case.
check("a JSON key as recorded", `* | select json_extract(process, '$.parentPid') from log where "eventId" = 'e-2'`, [
  ["7"],
]);
check(
  "a JSON key in lower case",
  `* | select json_extract_scalar(process, '$.parentname') from log where "eventId" = 'e-2'`,
  [["bash"]],
);
check(
  "a JSON path in lower case",
  `* | select json_extract(kubeobject, '$.operation.podexecoptions.command') from log where "eventId" = 'e-1'`,
  [['["bash","-l"]']],
);
check(
  "a JSON key that no column has",
  `* | select json_extract_scalar(process, '$.exe') from log where "eventId" = 'e-7'`,
  [["/bin/zebra"]],
);

test("division by zero fails, as in Presto", async () => {
  await assert.rejects(answered("* | select __time__ / (__time__ - __time__) from log"), /Division by zero/);
  assert.deepEqual(await answered("* | select try(__time__ / (__time__ - __time__)) from log limit 1"), [[null]]);
});

test("a cast that does not fit fails", async () => {
  await assert.rejects(answered("* | select cast('1.5' as bigint)"), /not a whole number: 1\.5/);
});

test("another zone prints and cuts times in it", async () => {
  const rows = await answered(
    "* | select from_unixtime(1592374067), date_format(__time__, '%H:%i'), current_timezone() limit 1",
    {
      zone: "America/New_York",
    },
  );
  assert.deepEqual(rows, [["2020-06-17 02:07:47.000", "04:53", "America/New_York"]]);
});

test("a range in which the clocks are set back is cut by the clocks of each moment", async () => {
  const rows = await answered("* | select date_format(__time__, '%H:%i') where __time__ = 1760000000", {
    zone: "America/New_York",
    range: { fromMs: 1_760_000_000_000, toMs: 1_765_000_000_000 },
  });
  assert.deepEqual(rows, [["04:53"]]);
});

test("columns are named as SLS names them, and say what they hold", () => {
  const translation = translated(
    `* | select kind, "process.pid" as pid, count(*), __time__ as t, from_unixtime(__time__), array[1], k8s, 1.5 as "a ""b""" group by 1, 2, 4, 7`,
  );
  assert.ok(translation.kind === "sql");
  assert.deepEqual(translation.columns, [
    { name: "kind", kind: "text" },
    { name: "pid", kind: "number" },
    { name: "_col2", kind: "number" },
    { name: "t", kind: "number" },
    { name: "_col4", kind: "time" },
    { name: "_col5", kind: "json" },
    { name: "k8s", kind: "json" },
    { name: 'a "b"', kind: "number" },
  ]);
});

test("a star shows every field and no hidden column", async () => {
  const translation = translated("eventId: e-8 | select *");
  assert.ok(translation.kind === "sql");
  const names = translation.columns.map(({ name }) => name);
  assert.ok(names.includes("process.cmdline") && names.includes("region") && names.includes("__tag__:__hostname__"));
  assert.deepEqual(
    names.filter((name) => name.startsWith("@")),
    [],
  );
  const [row] = await answered("eventId: e-8 | select *");
  assert.equal(row?.[names.indexOf("quote")], `it's "q" \\ 100%`);
});

// "Scan-based analysis": every field is a text, and casts are needed.
check(
  "in mode=scan fields are texts",
  `* | set session mode=scan; select typeof("process.pid"), typeof(__time__) limit 1`,
  [["varchar", "bigint"]],
);
check(
  "in mode=scan numbers are cast",
  `* | SET SESSION mode = 'scan'; select sum(cast("process.pid" as bigint)) from log where cast("process.pid" as bigint) > 31`,
  [["99"]],
);
check(
  "in mode=scan a key of a JSON field in lower case",
  `eventId: e-2 | set session mode=scan; select json_extract_scalar(process, '$.parentname')`,
  [["bash"]],
);
check(
  "in mode=scan a star of what a query names",
  "* | set session mode=scan; select * from (select kind, count(*) as n from log group by kind) order by n",
  [
    ["Kubernetes", "2"],
    ["Command", "6"],
  ],
);
check(
  "other settings of a session say how fast, not what",
  `* | set session parallel_sql=true; select typeof("process.pid") limit 1`,
  [["bigint"]],
);
check(
  "two settings",
  `* | set session parallel_sql=true; set session mode=scan; select typeof("process.pid") limit 1`,
  [["varchar"]],
);

function refuse(statement: string, ...codes: readonly string[]): void {
  test(`refused: ${statement}`, () => {
    const told = problemsOf(statement).map((problem) => ("what" in problem ? problem.what : problem.code));
    assert.deepEqual(told, codes);
  });
}

refuse(`* | select "@at" from log`, "column-unknown");
refuse(`* | select "@rest", "@keys" from log`, "column-unknown", "column-unknown");
refuse("* | select nosuch from log", "column-unknown");
refuse("* | select k8s.pod.name from log", "column-unknown");
refuse("* | select kind from duckdb_tables", "table-unknown");
refuse("* | select * from information_schema.tables", "table-unknown");
refuse(`* | select * from "/etc/passwd"`, "table-unknown");
refuse("* | select x.kind from log", "column-unknown");
refuse("* | select x.* from log", "table-unknown");
refuse("* | select kind from log a, log b", "column-ambiguous");
refuse("* | select lower(kind) as k from log where k = 'x'", "column-unknown");
refuse("* | select kind order by 2", "ordinal");
refuse("* | select count(*) group by 2", "ordinal");
refuse("* | select kind limit 1+1", "limit");
refuse("* | select 1, 2 union select 1", "columnCount");
refuse("* | select 1 union select 'a'", "function-arguments");
refuse("* | select (select 1, 2)", "columnCount");
refuse("* | select a from (select 1, 2) as t(a)", "columnCount");
refuse("* | select a from unnest('x') as t(a)", "column-unknown", "function-arguments", "columnCount");
refuse("* | make-series kind", "spl");
refuse("* | set session mode=scan; select * from log", "scanStar");
refuse("* | set session mode=scan; select log.* from log", "scanStar");
refuse(`* | set session mode=scan; select avg("process.pid") from log`, "function-arguments");
refuse(`* | set session mode=scan; select 1 from log where "process.pid" = 31`, "function-arguments");
refuse("* | select lenght(kind), nosuch from bar", "function-unknown", "column-unknown", "table-unknown");

test("an unknown column names the nearest and its place", () => {
  assert.deepEqual(problemsOf('* | select "process.cmdlin" from log'), [
    {
      code: "column-unknown",
      severity: "error",
      name: "process.cmdlin",
      nearest: "process.cmdline",
      span: { start: 11, end: 27 },
    },
  ]);
  const [dotted] = problemsOf("* | select k8s.pod.name from log");
  assert.ok(dotted?.code === "column-unknown");
  assert.equal(dotted.nearest, '"k8s.pod.name"');
});

refuse(
  `* | select 1 from log group by distinct cube(${Array.from({ length: 40 }, (_, index) => `"process.pid" + ${index}`).join(", ")})`,
  "too-deep",
);

check("a histogram has a row for each value", "* | select histogram_u(kind) as kind from log order by 1", [
  ["Command", "6"],
  ["Kubernetes", "2"],
]);
check(
  "a numeric histogram has a row for each bucket",
  `* | select numeric_histogram_u(2, x) as bucket from (values 1, 2, 10) as t(x) order by 1`,
  [
    ["1.5", "2.0"],
    ["10.0", "1.0"],
  ],
);
