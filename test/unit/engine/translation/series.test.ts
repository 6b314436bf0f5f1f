import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, problemsOf, type Rows, translated } from "./store.ts";

/** 16:50 to 16:58 in the zone of the tests: two minutes have records, 16:53 three and 16:54 two. */
const range = { fromMs: 1_759_999_800_000, toMs: 1_760_000_280_000 };

function check(claim: string, statement: string, rows: Rows, context = {}): void {
  test(`${claim}: ${statement}`, async () => {
    assert.deepEqual(await answered(statement, { range, ...context }), rows);
  });
}

function refuse(statement: string): void {
  test(`refused: ${statement}`, () => {
    const told = problemsOf(statement).map((problem) => ("what" in problem ? problem.what : problem.code));
    assert.deepEqual(told, ["timeSeries"]);
  });
}

const counted = (pad: string, window = "1m"): string =>
  `* | select time_series(__time__, '${window}', '%H:%i', '${pad}') as t, count(*) as n from log group by t order by t`;

// "Time series padding function" of the SLS documentation.
check("windows without rows are 0", counted("0"), [
  ["16:50", "0"],
  ["16:51", "0"],
  ["16:52", "0"],
  ["16:53", "3"],
  ["16:54", "2"],
  ["16:55", "0"],
  ["16:56", "0"],
  ["16:57", "0"],
]);
check("windows without rows are null", `${counted("null", "2m")} limit 3`, [
  ["16:50", null],
  ["16:52", "3"],
  ["16:54", "2"],
]);
check("windows without rows have the value before", `${counted("last")} limit 2, 4`, [
  ["16:52", null],
  ["16:53", "3"],
  ["16:54", "2"],
  ["16:55", "2"],
]);
check("windows without rows have the value behind", `${counted("next")} limit 2, 4`, [
  ["16:52", "3"],
  ["16:53", "3"],
  ["16:54", "2"],
  ["16:55", null],
]);
check(
  "windows without rows have the mean of both sides",
  `* | select time_series(__time__, '5s', '%i:%s', 'avg') as t, sum("process.pid") as n, avg("process.pid") as d from log where __time__ between 1760000005 and 1760000075 group by t order by t limit 13, 15`,
  [
    ["54:25", "32", "32.5"],
    ["54:30", "33", "33.0"],
    ["54:35", "34", "34.0"],
  ],
  { range: { fromMs: 1_760_000_000_000, toMs: 1_760_000_080_000 } },
);
check(
  "every combination of what else is grouped by has its own series",
  "* | select kind, time_series(__time__, '2m', '%H:%i', '0') as t, count(*) as n from log group by kind, t order by kind, t",
  [
    ["Command", "16:50", "0"],
    ["Command", "16:52", "2"],
    ["Command", "16:54", "2"],
    ["Command", "16:56", "0"],
    ["Kubernetes", "16:50", "0"],
    ["Kubernetes", "16:52", "1"],
    ["Kubernetes", "16:54", "0"],
    ["Kubernetes", "16:56", "0"],
  ],
);
check(
  "a format that leaves out the day keeps the windows and their order",
  "* | select time_series(__time__, '12h', '%H:%i', '0') as t, count(*) as n group by t order by t",
  [
    ["00:00", "0"],
    ["12:00", "8"],
    ["00:00", "0"],
  ],
  { range: { fromMs: 1_759_939_200_000, toMs: 1_760_054_400_000 - 18_000_000 + 8_000_000 } },
);
check(
  "a day begins at midnight of the question's zone",
  "* | select time_series(__time__, '1d', '%Y-%m-%d %H:%i:%s', '0') as t, count(*) as n group by t order by t",
  [["2025-10-09 00:00:00", "5"]],
);
check(
  "without rows every window is there",
  "nothing | select time_series(__time__, '4m', '%H:%i', '0') as t, count(*) as n group by t order by t",
  [
    ["16:48", "0"],
    ["16:52", "0"],
    ["16:56", "0"],
  ],
);
check(
  "what is no number is null",
  "* | select time_series(__time__, '4m', '%H:%i', '0') as t, max(kind) as k, min(\"process.pid\") as p group by t order by t",
  [
    ["16:48", null, "0"],
    ["16:52", "Kubernetes", "31"],
    ["16:56", null, "0"],
  ],
);
check(
  "another column of times, by its place and by its text",
  "* | select time_series(from_unixtime(__time__), '4m', '%H:%i', '0'), count(*) from log group by 1 order by 1 limit 1, 1",
  [["16:52", "5"]],
);
check(
  "grouped by the same call",
  "* | select time_series(__time__, '4m', '%H:%i', '0') as x, count(*) from log group by time_series(__time__, '4m', '%H:%i', '0') order by x limit 1, 1",
  [["16:52", "5"]],
);
check(
  "HAVING leaves windows to be padded",
  "* | select time_series(__time__, '1m', '%H:%i', 'null') as t, count(*) as n group by t having n > 2 order by t limit 3, 2",
  [
    ["16:53", "3"],
    ["16:54", null],
  ],
);
check(
  "the documentation's query from a query",
  "* | select to_unixtime(date_parse(time, '%Y-%m-%d %H:%i')) as time, kind, count from (select time_series(__time__, '8m', '%Y-%m-%d %H:%i', '0') as time, kind, count(*) as count from log group by kind, time order by time limit 10000) order by kind, time limit 2",
  [
    ["1.75999968E9", "Command", "4"],
    ["1.75999968E9", "Kubernetes", "1"],
  ],
  { range: { fromMs: 1_759_999_680_000, toMs: 1_760_000_160_000 } },
);

test("a range of more windows than SLS answers rows is filled from the first row to the last", async () => {
  const rows = await answered(counted("0", "20m"), { range: { fromMs: 0, toMs: 10_000_000_000_000 } });
  assert.deepEqual(rows, [
    ["16:40", "5"],
    ["17:00", "0"],
    ["17:20", "0"],
    ["17:40", "3"],
  ]);
});

test("the column of the windows is a text", () => {
  const translation = translated(counted("0"));
  assert.ok(translation.kind === "sql");
  assert.deepEqual(translation.columns, [
    { name: "t", kind: "text" },
    { name: "n", kind: "number" },
  ]);
});

refuse("* | select time_series(__time__, '1m', '%H:%i', '0') as t from log");
refuse("* | select time_series(__time__, '1x', '%H:%i', '0') as t, count(*) group by t");
refuse("* | select time_series(__time__, '1m', '%H:%i', 'zero') as t, count(*) group by t");
refuse("* | select time_series(__time__, '1m', '%H:%i') as t, count(*) group by t");
refuse("* | select time_series(kind, '1m', '%H:%i', '0') as t, count(*) group by t");
refuse("* | select lower(time_series(__time__, '1m', '%H:%i', '0')) as t, count(*) group by t");
refuse("* | select time_series(__time__, '1m', '%H:%i', '0') as t, count(*) group by t order by t desc");
refuse("* | select time_series(__time__, '1m', '%H:%i', '0') as t, count(*) group by rollup(t)");
refuse("* | select time_series(__time__, '1m', '%H:%i', '0') as t, kind, count(*) group by kind");
refuse("* | select time_series(__time__, '1m', '%H:%i', '0') as t, * group by t");
refuse("* | select max(time_series(__time__, '1m', '%H:%i', '0')) as t group by kind");
