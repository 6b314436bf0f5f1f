import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Editor, insist, openEditor } from "./harness/editor.ts";
import { startTyping } from "./harness/typing.ts";
import type { run as applyFixes } from "./language/applyFix.ts";

test("the editor knows the query language", async (t) => {
  // Files that are there before the editor are shown without waiting for what watches or searches the folder.
  const folder = mkdtempSync(join(tmpdir(), "ack-audit-queries-"));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(queryFiles())) writeFileSync(join(folder, name), text);
  await using editor = await openEditor({
    name: "language",
    folder,
    // What is typed is read back from the lines as they are drawn.
    settings: { "[slsq]": { "editor.wordWrap": "off" } },
  });
  await t.test("a first query is written from nothing with completion, and answers", () => writeFirstQuery(editor));
  await t.test("a query is formatted, renamed, hovered over and explained", () => formatAndExplain(editor));
  await t.test("a problem is mended from the list of problems", () => mendFromList(editor));
  await t.test("every problem is told, and its quick fix mends it", () => mendEveryProblem(editor));
});

async function writeFirstQuery(editor: Editor): Promise<void> {
  const { page } = editor;
  await editor.treeRow(/^first\.slsq/).dblclick();
  const typing = await startTyping(page, "first.slsq");
  await typing.take({ typed: "", label: "-- @cluster", line: "-- @cluster " });
  await typing.take({ typed: "", label: "shop-prod", line: "-- @cluster shop-prod" });
  await typing.newLine();
  await typing.take({ typed: "-- @fr", label: /^(-- @)?from$/, line: "-- @from " });
  await typing.take({ typed: "", label: "-7d", line: "-- @from -7d" });
  await typing.newLine();
  await typing.take({ typed: "ki", label: "kind", line: "kind: " });
  // Values come with their numbers, from the log itself; the first list may come before the log has answered.
  const kubernetes = { label: "Kubernetes", note: /\d/ };
  await typing.offer(kubernetes);
  await editor.screenshot("14-values");
  await typing.take({ typed: "Kub", ...kubernetes, line: "kind: Kubernetes" });
  let line = "kind: Kubernetes";
  const statement: readonly (readonly [typed: string, label: string, whole: string])[] = [
    [" | sel", "select", " | select "],
    ["k8s.pod.na", "k8s.pod.name", '"k8s.pod.name"'],
    [", cou", "count", ", count(*)"],
    [" as entries gro", "group by", " as entries group by "],
    ["k8s.pod.na", "k8s.pod.name", '"k8s.pod.name"'],
    [" ord", "order by", " order by "],
    ["ent", "entries", "entries"],
    [" de", "desc", " desc"],
    [" lim", "limit", " limit "],
  ];
  for (const [typed, label, whole] of statement) {
    line += whole;
    await typing.take({ typed, label, line });
    if (label === "count") await typing.leave();
  }
  await typing.type("5");
  await editor.screenshot("15-completed");

  await page.locator(".codelens-decoration a").filter({ hasText: "Run · shop-prod" }).click();
  const results = await editor.webview("Results");
  await results.getByText("k8s.pod.name").first().waitFor();
  await results.getByRole("row").nth(5).waitFor();
  await editor.screenshot("16-answered");
}

async function formatAndExplain(editor: Editor): Promise<void> {
  const { page } = editor;
  await editor.treeRow(/^laid-out\.slsq/).dblclick();
  await page.getByRole("tab", { name: "laid-out.slsq", selected: true }).waitFor();
  await page.locator(".codelens-decoration a").first().waitFor();
  // A space is drawn as one that does not break.
  const line = (text: RegExp) => page.locator(".view-line").filter({ hasText: text });
  await insist(line(/group.by.program$/), () => editor.openCommand("Format Document"));
  await editor.screenshot("19-formatted");

  // An alias is renamed wherever it is used.
  const word = (text: string) => page.locator(".view-line").getByText(text, { exact: true }).first();
  const box = page.locator(".rename-box input");
  await insist(line(/order.by.how_often.desc/), async () => {
    await insist(box, async () => {
      await word("runs").click();
      await page.keyboard.press("F2");
    });
    await box.fill("how_often");
    await box.press("Enter");
  });

  const hover = page.locator(".monaco-hover:visible").getByText("→ bigint");
  await insist(hover, async () => {
    await word("limit").hover();
    await word("count").hover();
  });
  await editor.screenshot("20-hover");

  const explained = page.getByRole("tab", { name: /Explained Programs/, selected: true });
  await insist(explained, () => editor.openCommand("Container Audit: Explain Query"));
  const preview = page.frameLocator("iframe.webview").last().frameLocator("iframe#active-frame");
  await preview.getByText("Where and when").waitFor();
  await editor.screenshot("21-explained");
}

async function mendFromList(editor: Editor): Promise<void> {
  const { page } = editor;
  await editor.treeRow(/^mistakes\.slsq/).dblclick();
  await page.getByRole("tab", { name: /^mistakes\.slsq/, selected: true }).waitFor();
  const problems = page.locator(".markers-panel .monaco-list-row");
  const row = problems.filter({ hasText: "Did you mean “count”?" });
  await insist(row, () => editor.openCommand("Problems: Focus on Problems View"));
  await editor.screenshot("17-problems");

  // Behind its text the row has a link to the help, which a click could take.
  const atProblem = page.locator(".statusbar-item").filter({ hasText: "Ln 11, Col 17 (5 selected)" });
  await insist(atProblem, async () => {
    await row.first().click({ position: { x: 120, y: 10 } });
    await page.keyboard.press("Enter");
  });
  const actions = page.locator(".action-widget");
  const fix = actions.locator(".monaco-list-row.focused").filter({ hasText: "Change to count" });
  await insist(fix, () => page.keyboard.press("ControlOrMeta+Period"));
  await editor.screenshot("18-quick-fix");
  const mended = page.locator(".view-line").filter({ hasText: /^\*.\|.select.count\(\*\)$/ });
  await insist(mended, async () => {
    if (await fix.isVisible()) await page.keyboard.press("Enter");
  });
  await row.first().waitFor({ state: "hidden" });
}

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

function queryFiles(): Readonly<Record<string, string>> {
  return {
    "first.slsq": "",
    "laid-out.slsq": `### Programs\n-- @cluster shop-prod\n-- @from -7d\nkind: Command | SELECT "process.name" AS program, count(1) AS runs GROUP BY program ORDER BY runs DESC LIMIT 5\n`,
    "mistakes.slsq": `-- @cluster shop-prod\n${range}${statements.map(([statement, code]) => `\n### ${code}\n${statement}\n`).join("")}`,
  };
}

async function mendEveryProblem(editor: Editor): Promise<void> {
  const cases = [
    ...files,
    ...statements.map(([statement, code, fixed]) => [range + statement, code, range + fixed] as const),
  ];
  const fixed = await editor.runInHost<typeof applyFixes>(
    new URL("./language/applyFix.ts", import.meta.url),
    cases.map(([text, code]) => ({ text, code })),
    120_000,
  );
  for (const [at, [text, code, expected]] of cases.entries()) {
    const one = fixed[at];
    assert.ok(one?.message !== undefined, `${code} is not told in ${text}`);
    assert.deepEqual({ text: one.text, isGone: one.isGone }, { text: expected, isGone: true }, `${code}: ${one.fix}`);
  }
}
