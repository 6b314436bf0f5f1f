import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openEditor } from "./harness/editor.ts";
import type { run as applyFixes } from "./problems/applyFix.ts";

/** A statement, the problem in it, and what the quick fix makes of it. */
const statements: readonly (readonly [statement: string, code: string, fixed: string])[] = [
  ["proces.name: curl", "field-unknown", "process.name: curl"],
  ['* | select "procss.name" limit 1', "column-unknown", '* | select "process.name" limit 1'],
  ["* | select cuont(*)", "function-unknown", "* | select count(*)"],
  ["* | select kind from logs limit 1", "table-unknown", "* | select kind from log limit 1"],
  ["* | projct kind", "command-unknown", "* | project kind"],
  ["clusterid: c1", "field-spelling", "clusterId: c1"],
  ["* | select k8s.pod.name limit 1", "column-unquoted", '* | select "k8s.pod.name" limit 1'],
  [
    '* | select kind from log where "process.pid" = 7 limit 1',
    "field-not-indexed",
    "* | select kind from log where cast(json_extract_scalar(process, '$.pid') as bigint) = 7 limit 1",
  ],
  ["time: 10:20:30", "colon-in-value", 'time: "10:20:30"'],
  ["process.cmdline: 'rm -rf /'", "single-quotes", 'process.cmdline: "rm -rf /"'],
  ["process.name: sort", "word-reserved", 'process.name: "sort"'],
  [
    '* | select kind where "process.name" = "rm" limit 1',
    "text-in-double-quotes",
    `* | select kind where "process.name" = 'rm' limit 1`,
  ],
  ["* | select kind as 'a' limit 1", "name-in-single-quotes", '* | select kind as "a" limit 1'],
  ["* | select `kind` limit 1", "name-unquoted", '* | select "kind" limit 1'],
  ["* | select kind as natural limit 1", "name-reserved", '* | select kind as "natural" limit 1'],
  ['process.name: "rm', "quote-open", 'process.name: "rm"'],
  ["* | select 1 /* open", "comment-open", "* | select 1 /* open */"],
  ["(a or b", "expected", "(a or b)"],
  [
    "kind: Command and process.name: *rl",
    "wildcard-leading",
    `kind: Command | select * from log where lower("process.name") like '%rl' limit 1000`,
  ],
  ['process.name: "cu*"', "wildcard-quoted", "process.name: cu*"],
  [
    "process.name = 5",
    "number-on-text",
    '* | select * from log where try_cast("process.name" as double) = 5 limit 1000',
  ],
  ['not #"a b"', "phrase-place", 'not "a b"'],
  ["not a and b", "not-ambiguous", "(not a) and b"],
  ["status IN [1 2]", "in-upper-case", "status in [1 2]"],
  ["status != 200", "operator-unknown", "not status = 200"],
  ["key: (a or not b)", "value-group", "(key: a or not key: b)"],
  ["process.name: CURL", "program-case", "process.name: curl"],
  ["select kind from log limit 1", "pipe-missing", "* | select kind from log limit 1"],
  ["* | select kind from log", "limit-missing", "* | select kind from log limit 1000"],
  ["* | select kind from log limit 5 offset 10", "limit-offset", "* | select kind from log limit 10, 5"],
  [
    "* | select kind from (select kind from log limit 1, 2) limit 1",
    "limit-in-subquery",
    "* | select kind from (select kind from log limit 2) limit 1",
  ],
  ["* | select kind limit 2000000", "limit-large", "* | select kind limit 1000000"],
  ["* | insert into t select kind limit 1", "insert-refused", "* | select kind limit 1"],
  ["* | select rank() limit 1", "over-missing", "* | select rank() over () limit 1"],
  [
    "* | select transform(array['1'], x -> try(cast(x as bigint))) limit 1",
    "try-in-lambda",
    "* | select transform(array['1'], x -> try_cast(x as bigint)) limit 1",
  ],
  ["* | select kind, count(*) limit 1", "group-by-missing", "* | select kind, count(*) group by kind limit 1"],
  [
    "* | select kind, count(*) where count(*) > 1 group by kind limit 1",
    "aggregate-place",
    "* | select kind, count(*) group by kind having count(*) > 1 limit 1",
  ],
  ["* | select kind from log a, log b limit 1", "column-ambiguous", "* | select a.kind from log a, log b limit 1"],
];

/** Whole files, where what is wrong stands above the statement or moves there. */
const files: readonly (readonly [text: string, code: string, fixed: string])[] = [
  ["-- @form -1h\n*", "directive-unknown", "-- @from -1h\n*"],
  ["-- @cluster shop-prd\n-- @from -1h\n*", "cluster-unknown", "-- @cluster shop-prod\n-- @from -1h\n*"],
  ["-- @account smple\n-- @from -1h\n*", "account-unknown", "-- @account Sample\n-- @from -1h\n*"],
  ["### Who\nkind: Command", "time-range-missing", "### Who\n-- @from -24h\nkind: Command"],
  ["-- @from 15m\n*", "time-unreadable", "-- @from -15m\n*"],
  ["-- @from now\n-- @to -1h\n*", "range-empty", "-- @from -1h\n-- @to now\n*"],
  ["-- @from -1h\n-- @from -2h\n*", "directive-repeated", "-- @from -1h\n*"],
  ["-- @from -1h\n-- @to\n*", "directive-empty", "-- @from -1h\n*"],
  [
    "-- @from -1h\nkind: Command\n-- only these\nand a",
    "comment-in-search",
    "-- @from -1h\n-- only these\nkind: Command\nand a",
  ],
];

const range = "-- @from -1h\n";

test("every problem is told in the editor, and its quick fix mends it", async () => {
  await using editor = await openEditor({ name: "problems" });
  const { page } = editor;
  const cases = [
    ...files,
    ...statements.map(([statement, code, fixed]) => [range + statement, code, range + fixed] as const),
  ];
  writeFileSync(
    join(editor.workspace, "mistakes.slsq"),
    `-- @cluster shop-prod\n${range}${statements.map(([statement, code]) => `\n### ${code}\n${statement}\n`).join("")}`,
  );
  await editor.openFile("mistakes.slsq");
  await page.keyboard.press("Control+Shift+KeyM");
  const row = page.locator(".markers-panel .monaco-list-row").filter({ hasText: "Did you mean count?" }).first();
  await row.waitFor();
  await row.click();
  await editor.screenshot("17-problems");
  await page.keyboard.press("Control+Period");
  await page.getByText("Change to count").first().waitFor();
  await editor.screenshot("18-quick-fix");
  await page.keyboard.press("Escape");

  const fixed = await editor.runInHost<typeof applyFixes>(
    new URL("./problems/applyFix.ts", import.meta.url),
    cases.map(([text, code]) => ({ text, code })),
    240_000,
  );
  for (const [at, [text, code, expected]] of cases.entries()) {
    const one = fixed[at];
    assert.ok(one?.message !== undefined, `${code} is not told in ${text}`);
    assert.deepEqual({ text: one.text, isGone: one.isGone }, { text: expected, isGone: true }, `${code}: ${one.fix}`);
  }
});
