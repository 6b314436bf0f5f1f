import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, problemsOf, type Rows } from "./store.ts";

/** From the second entry on: three records. In the hour before there are five, in the one before that none. */
const range = { fromMs: 1_760_003_600_000, toMs: 1_760_007_200_000 };

function check(claim: string, statement: string, rows: Rows): void {
  test(`${claim}: ${statement}`, async () => {
    assert.deepEqual(await answered(statement, { range }), rows);
  });
}

function refuse(statement: string, ...codes: readonly string[]): void {
  test(`refused: ${statement}`, () => {
    const told = problemsOf(statement).map((problem) => ("what" in problem ? problem.what : problem.code));
    assert.deepEqual(told, codes);
  });
}

// "Interval-valued comparison and periodicity-valued comparison functions" of the SLS documentation.
check("now, before, and the ratio", "* | select compare(pv, 3600) from (select count(*) as pv from log)", [
  ["[3.0,5.0,0.6]"],
]);
check("several times before", "* | select compare(pv, 3600, 1800) as c from (select count(*) as pv from log)", [
  ["[3.0,5.0,3.0,0.6,1.0]"],
]);
check("nothing before", "* | select compare(pv, 7200) from (select count(*) as pv from log)", [
  ['[3.0,0.0,"Infinity"]'],
]);
check("no value before", '* | select compare(pid, 7200) from (select max("process.pid") as pid from log)', [
  ["[8.0,null,null]"],
]);
check(
  "the parts as columns",
  "* | select diff[1] as today, diff[2] as yesterday, diff[3] as ratio from (select compare(pv, 3600) as diff from (select count(*) as pv from log))",
  [["3.0", "5.0", "0.6"]],
);
check(
  "by groups of a text of the time",
  "* | select time, compare(pv, 3600) as diff from (select count(*) as pv, date_format(from_unixtime(__time__), '%H:00') as time from log group by time) group by time order by time",
  [["17:00", "[3.0,5.0,0.6]"]],
);
check(
  "by groups that are no times",
  "* | select kind, compare(n, 3600) as diff from (select kind, count(*) as n from log group by kind) group by kind order by kind",
  [
    ["Command", "[2.0,4.0,0.5]"],
    ["Kubernetes", "[1.0,1.0,1.0]"],
  ],
);
check(
  "a group that was not there before",
  `* | select name, compare(n, 3600) from (select "process.name" as name, count(*) as n from log where kind = 'Command' group by name) group by name order by name`,
  [
    ["bash", "[1.0,null,null]"],
    ["ls", "[1.0,null,null]"],
  ],
);
check(
  "the groups of now by their place and alias",
  "* | select kind as k, compare(n, 3600) from (select kind, count(*) as n from log group by kind) group by 1 order by k limit 1",
  [["Command", "[2.0,4.0,0.5]"]],
);
check(
  "two comparisons side by side, and of an expression",
  "* | select compare(pv * 2, 3600), compare(pv, 3600)[3] from (select count(*) as pv from log)",
  [["[6.0,10.0,0.6]", "0.6"]],
);
check("the search half holds for both", "kind: Kubernetes | select compare(pv, 3600) from (select count(*) as pv)", [
  ["[1.0,1.0,1.0]"],
]);
check(
  "groups of time, with the time before",
  "* | select time, ts_compare(pv, 3600) as data from (select date_trunc('minute', __time__) as time, count(*) as pv from log group by time order by time) group by time",
  [["2025-10-09 17:53:00.000", "[3.0,3.0,1.0,1.75999998E9]"]],
);
check(
  "groups of seconds",
  "* | select t, ts_compare(pv, 3600) as data from (select __time__ - __time__ % 10 as t, count(*) as pv from log group by t) group by t order by t",
  [
    ["1760003600", "[2.0,2.0,1.0,1.76E9]"],
    ["1760003610", "[1.0,1.0,1.0,1.76000001E9]"],
  ],
);
check(
  "having and order by the comparison",
  "* | select kind, compare(n, 3600) as d from (select kind, count(*) as n from log group by kind) group by kind having d[3] < 1 order by d",
  [["Command", "[2.0,4.0,0.5]"]],
);

refuse("* | select compare(count(*), 3600) from log", "compare");
refuse("* | select compare(pv, 'x') from (select count(*) as pv from log)", "compare");
refuse("* | select compare(pv) from (select count(*) as pv from log)", "compare");
refuse("* | select compare(kind, 3600) from (select kind from log)", "compare");
refuse("* | select compare(nosuch, 3600) from (select count(*) as pv from log)", "column-unknown");
refuse("* | with t as (select count(*) as pv from log) select compare(pv, 3600) from t", "compare");
refuse("* | with t as (select * from log) select compare(pv, 3600) from (select count(*) as pv from t)", "compare");
refuse("* | select ts_compare(pv, 3600) from (select count(*) as pv from log)", "compare");
refuse(
  "* | select compare(c[1], 60) from (select compare(pv, 3600) as c from (select count(*) as pv from log))",
  "compare",
);
refuse(
  "* | select kind, compare(n, 3600) from (select kind, count(*) as n from log group by kind) group by rollup(kind)",
  "compare",
);
