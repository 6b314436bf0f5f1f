import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AnswerId, View } from "../../src/logs/answerStore.ts";
import { calm } from "./calm.ts";
import { type OpenPage, openPage, type PageOptions, type Theme } from "./harness.ts";
import { type Answer, answerOf, question, recordCells, resultsHost, stateMessage } from "./resultsHost.ts";

const answer = "answer-1";
const firstRow = ".body .row:not(.loading)";

async function openResults(
  state: Parameters<typeof resultsHost>[0] = answerOf(),
  options: PageOptions & Parameters<typeof resultsHost>[1] = {},
): Promise<OpenPage> {
  const { cells, riskOf, ordinals, ...page } = options;
  const host = { ...(cells && { cells }), ...(riskOf && { riskOf }), ...(ordinals && { ordinals }) };
  const opened = await openPage("results", { height: 420, ...page, ...resultsHost(state, host) });
  await opened.posted("ready");
  return calm(opened);
}

async function openRows(
  changes: Partial<Answer> = {},
  options: PageOptions & Parameters<typeof resultsHost>[1] = {},
): Promise<OpenPage> {
  const opened = await openResults(answerOf(changes), options);
  await opened.page.waitForSelector(firstRow);
  return opened;
}

function cell({ page }: OpenPage, row: number, column: string) {
  return page.locator(`.body .row[aria-rowindex="${row + 2}"] .${column}`).first();
}

/** The row (from 0) and column (from 1) of the active cell, as a reader of the screen is told. */
async function activeCell({ page }: OpenPage): Promise<string> {
  return await page.evaluate<string>(`(() => {
    const grid = document.querySelector("[role=grid]");
    const cell = document.getElementById(grid.getAttribute("aria-activedescendant"));
    return cell.closest("[role=row]").getAttribute("aria-rowindex") - 2 + ":" + cell.getAttribute("aria-colindex");
  })()`);
}

async function selectedRows({ page }: OpenPage): Promise<readonly number[]> {
  const rows = await page
    .locator('.body [role=row][aria-selected="true"]')
    .evaluateAll((all) =>
      all.map((row: { getAttribute(name: string): string | null }) => Number(row.getAttribute("aria-rowindex")) - 2),
    );
  return rows.sort((a, b) => a - b);
}

describe("what the head says", () => {
  test("title, place, range, rows, completeness and duration", async () => {
    await using results = await openRows({ rowCount: 1_204, total: 214_000 });
    const header = results.page.locator("header");
    await header.getByText("Who entered the payment pods").waitFor();
    await header.getByText("Sample / shop-prod").waitFor();
    await header.getByText("2026-11-22 18:00:00 → 2026-11-23 18:00:00 +08:00").waitFor();
    assert.equal(await results.page.locator(".counts").textContent(), "1,204 of 214,000 rows · complete · 0.41 s");
    const hint = await results.page.locator(".range").getAttribute("title");
    assert.equal(hint, "2026-11-22 10:00:00 → 2026-11-23 10:00:00 UTC\nAsia/Shanghai");
  });
  test("where the total is not known none is shown", async () => {
    await using results = await openRows({ total: undefined });
    assert.equal(await results.page.locator(".counts").textContent(), "1,204 rows · complete · 0.41 s");
  });
  test("what is missing, and over what is sorted", async () => {
    const gaps = ["Stopped at 12,000 rows.", "The server answered only in part."];
    await using results = await openRows({
      rowCount: 12_000,
      total: 214_000,
      gaps,
      view: { sort: [{ column: "time", descending: true }], filter: "" },
    });
    assert.match((await results.page.locator(".counts").textContent()) ?? "", /12,000 of 214,000 rows · incomplete ·/);
    const notice = results.page.locator(".notice");
    for (const gap of gaps) await notice.getByText(gap).waitFor();
    await notice.getByText("Sorted and filtered over the 12,000 rows that were fetched, of 214,000.").waitFor();
    await notice.getByRole("button", { name: "Run Again" }).click();
    await results.posted("runAgain");
    await results.screenshot("results-incomplete-dark");
  });
  test("a click on the title opens the query, the menu the rest", async () => {
    await using results = await openRows();
    await results.page.getByRole("button", { name: question.title }).click();
    await results.posted("openQuery");
    for (const [item, kind] of [
      ["Save Query…", "saveQuery"],
      ["Open as Tab", "openAsTab"],
      ["Open Query", "openQuery"],
    ] as const) {
      await results.page.locator("header").getByRole("button", { name: "More Actions" }).click();
      await results.page.getByRole("menuitem", { name: item }).click();
      await results.posted(kind);
    }
    await results.page.locator("header").getByRole("button", { name: "Run Again" }).click();
    await results.posted("runAgain");
  });
});

describe("states without rows", () => {
  test("nothing has been run", async () => {
    await using results = await openResults({ kind: "nothing" });
    await results.page.getByText("No query has been run yet").waitFor();
    await results.screenshot("results-nothing-dark");
  });
  test("running tells the rows so far and can be cancelled", async () => {
    await using results = await openResults({
      kind: "running",
      question,
      startedAtMs: Date.now() - 3_200,
      rowsSoFar: 1_200,
    });
    await results.page.getByText(/^Running, 1,200 rows so far · \d+ s$/).waitFor();
    await results.screenshot("results-running-dark");
    await results.page.getByRole("button", { name: "Cancel" }).click();
    await results.posted("cancel");
  });
  test("a failure is told whole and can be tried again", async () => {
    await using results = await openResults({
      kind: "failed",
      question,
      message: "The statement uses a function that is not known here.",
      detail: "ParameterInvalid: line 2:3 function geo_hash not registered",
      canRetry: true,
    });
    await results.page.getByRole("alert").getByText("The statement uses a function").waitFor();
    await results.page.getByText("ParameterInvalid").waitFor();
    await results.screenshot("results-failed-dark");
    await results.page.getByRole("button", { name: "Try Again" }).click();
    await results.posted("runAgain");
  });
  test("what cannot be tried again offers no such thing", async () => {
    await using results = await openResults({ kind: "failed", question, message: "No.", detail: "", canRetry: false });
    await results.page.getByText("No.", { exact: true }).waitFor();
    assert.equal(await results.page.getByRole("button", { name: "Try Again" }).count(), 0);
  });
  test("no rows tells what was searched", async () => {
    await using results = await openResults(answerOf({ rowCount: 0, total: 0 }));
    await results.page.getByText("No rows match").waitFor();
    for (const fact of ["Sample / shop-prod", "k8s.pod.namespace: payments", "2026-11-22 10:00:00"]) {
      await results.page.locator(".searched").getByText(fact).first().waitFor();
    }
    await results.screenshot("results-empty-dark");
  });
});

describe("rows", () => {
  test("are drawn with local times, marks of risk and the columns that tell most", async () => {
    await using results = await openRows();
    assert.equal(await cell(results, 3, "time").textContent(), "2026-11-23 10:12:59.411");
    assert.equal(await cell(results, 3, "marks").textContent(), "High");
    assert.equal(await cell(results, 0, "marks").textContent(), "");
    const heads = await results.page.locator(".head [role=columnheader]").allTextContents();
    assert.deepEqual(heads.slice(0, 6), ["Risk", "time", "username", "pod.name", "process.name", "cmdline"]);
  });
  test("the pointer tells UTC, and why a row is marked", async () => {
    await using results = await openRows();
    await cell(results, 3, "time").hover();
    assert.equal(
      await cell(results, 3, "time").getAttribute("title"),
      "2026-11-23T02:12:59.411Z (UTC)\n2026-11-23 10:12:59.411 (Asia/Shanghai)",
    );
    await cell(results, 3, "marks").hover();
    assert.equal(
      await cell(results, 3, "marks").getAttribute("title"),
      "High: Reads the token of the pod's service account. (sa-token-read)",
    );
  });
  test("a long cell is drawn cut and shown whole in the detail", async () => {
    const long = `echo ${"x".repeat(30_000)} end`;
    await using results = await openRows(
      {},
      {
        cells: (ordinal) => recordCells(ordinal).map((value, index) => (index === 15 ? long : value)),
      },
    );
    const drawn = (await cell(results, 0, "command >> nth=1").textContent()) ?? "";
    assert.equal(drawn.length, 300);
    await cell(results, 0, "time").click();
    await results.page.keyboard.press("Enter");
    await results.page.getByRole("button", { name: "Show all 30,009 characters" }).click();
    const shown = await results.page.locator(".side .value", { hasText: "echo x" }).textContent();
    assert.equal(shown, long);
  });
  test("a million rows can be scrolled to the last", async () => {
    await using results = await openRows({ rowCount: 1_000_000, total: 1_000_000 });
    await results.page.focus("[role=grid]");
    await results.page.keyboard.press("End");
    await results.page.waitForSelector('.body .row:not(.loading)[aria-rowindex="1000001"]');
    assert.match((await cell(results, 999_999, "time").textContent()) ?? "", /^20\d\d-/);
    const place = await results.page.locator('[aria-rowindex="1000001"]').boundingBox();
    assert.ok(place !== null && place.y + place.height <= 420, "The last row is on screen.");
    assert.equal(await results.page.locator("[role=grid]").getAttribute("aria-rowcount"), "1000001");
    assert.ok((await results.page.locator(".body .row").count()) < 60);
  });
  test("a drag of the scroll bar shows rows at every place, never blanks for good", async () => {
    await using results = await openRows({ rowCount: 1_000_000, total: 1_000_000 });
    for (const part of [0.25, 0.9, 0.5, 1, 0]) {
      await results.page.evaluate(
        `(() => { const g = document.querySelector("[role=grid]"); g.scrollTop = g.scrollHeight * ${part}; })()`,
      );
      await results.page.waitForSelector(firstRow);
      await results.page.locator(".body .row.loading").first().waitFor({ state: "detached" });
      assert.ok((await results.page.locator(".body .row").count()) > 10);
    }
    const asked = results.messages.length;
    assert.ok(asked < 60, `The page asked ${asked} times.`);
  });
  test("rows beyond what a page can hold are said", async () => {
    await using results = await openRows({ rowCount: 2_000_000, total: 2_000_000 });
    await results.page.getByText("The first 1,500,000 of 2,000,000 rows can be scrolled to.").waitFor();
  });
  test("a window that cannot be read is said and asked for again", async () => {
    let fails = true;
    const host = resultsHost(answerOf());
    await using results = await openPage("results", {
      onMessage: async (message, post) => {
        const { kind, request } = message as { kind: string; request: number };
        if (kind === "rows" && fails) await post({ kind: "rowsFailed", request, message: "The engine was stopped." });
        else await host.onMessage(message, post);
      },
    });
    await results.page.getByText("These rows could not be read. The engine was stopped.").waitFor();
    await results.screenshot("results-rows-failed-dark");
    fails = false;
    await results.page.locator(".notice").getByRole("button", { name: "Try Again" }).click();
    await results.page.waitForSelector(firstRow);
    assert.equal(await results.page.locator(".notice").count(), 0);
  });
});

describe("sorting and filtering", () => {
  const view = (sort: View["sort"], filter = "") => ({ kind: "view", answer, view: { sort, filter } });

  test("a click on a head sorts up, down and not at all", async () => {
    await using results = await openRows();
    const head = results.page.getByRole("columnheader", { name: "k8s.user.username" });
    await head.click();
    assert.deepEqual(await results.posted("view"), view([{ column: "k8s.user.username", descending: false }]));
    assert.equal(await head.getAttribute("aria-sort"), "ascending");
    await head.click();
    assert.deepEqual(await results.posted("view"), view([{ column: "k8s.user.username", descending: true }]));
    assert.equal(await head.getAttribute("aria-sort"), "descending");
    await head.click();
    assert.deepEqual(await results.posted("view"), view([]));
    assert.equal(await head.getAttribute("aria-sort"), "none");
  });
  test("with Shift a second column sorts within the first", async () => {
    await using results = await openRows();
    await results.page.getByRole("columnheader", { name: "k8s.user.username" }).click();
    await results.page.getByRole("columnheader", { name: "time", exact: true }).click({ modifiers: ["Shift"] });
    await results.posted("view");
    assert.deepEqual(
      await results.posted("view"),
      view([
        { column: "k8s.user.username", descending: false },
        { column: "time", descending: false },
      ]),
    );
  });
  test("sorting by keys alone, and it is said", async () => {
    await using results = await openRows();
    await results.page.focus("[role=grid]");
    for (const key of ["ArrowUp", "ArrowRight", "Enter"]) await results.page.keyboard.press(key);
    assert.deepEqual(await results.posted("view"), view([{ column: "time", descending: false }]));
    assert.equal(await results.page.locator("[role=status].announcer").textContent(), "Sorted by time, ascending");
    assert.equal(await activeCell(results), "-1:2");
  });
  test("the rows of the new view are shown from its first, the old ones until then", async () => {
    const ordinals = ({ sort }: View) =>
      Array.from({ length: 1_204 }, (_, row) => (sort.length > 0 ? 1_203 - row : row));
    await using results = await openRows({}, { ordinals });
    await results.page.focus("[role=grid]");
    await results.page.keyboard.press("End");
    await results.page.waitForSelector('.row:not(.loading)[aria-rowindex="1205"]');
    const blank = results.page.evaluate(`new Promise((resolve) => {
      let worst = 0;
      const until = performance.now() + 500;
      const look = () => {
        worst = Math.max(worst, document.querySelectorAll(".body .row.loading").length);
        if (performance.now() < until) requestAnimationFrame(look); else resolve(worst);
      };
      look();
    })`);
    await results.page.getByRole("columnheader", { name: "time", exact: true }).click();
    assert.equal(await blank, 0);
    await results.page.waitForSelector('.row[aria-rowindex="2"]');
    assert.match((await cell(results, 0, "time").textContent()) ?? "", /^2026-11-23 07:5/);
  });
  test("the filter is asked of the host once typing rests, and can be taken away", async () => {
    const ordinals = ({ filter }: View) =>
      Array.from({ length: 1_204 }, (_, row) => row).filter((row) =>
        recordCells(row).some((text) => text?.includes(filter)),
      );
    await using results = await openRows({}, { ordinals });
    await results.page.focus("[role=grid]");
    await results.page.keyboard.press("/");
    await results.page.keyboard.type("curl", { delay: 15 });
    assert.deepEqual(await results.posted("view"), view([], "curl"));
    await results.page.getByText("150 of 1,204 rows contain the filter text").waitFor();
    await results.page.keyboard.press("Control+A");
    await results.page.keyboard.type("nowhere");
    await results.page.keyboard.press("Enter");
    await results.page.getByText("No row contains “nowhere”").waitFor();
    await results.screenshot("results-filtered-empty-dark");
    await results.page.getByRole("button", { name: "Clear Filter" }).click();
    await results.page.waitForSelector(firstRow);
    assert.equal(await results.page.locator(".counts").textContent(), "1,204 of 1,204 rows · complete · 0.41 s");
    const views = results.messages.filter((message) => (message as { kind: string }).kind === "view");
    assert.deepEqual(views, [view([], "curl"), view([], "nowhere"), view([], "")]);
  });
  test("the host's echo of an older view does not take back what is typed", async () => {
    await using results = await openRows();
    await results.page.focus("vscode-textfield");
    await results.page.keyboard.type("cu");
    await results.posted("view");
    await results.page.keyboard.type("rl");
    await results.post(stateMessage(answerOf({ view: { sort: [], filter: "cu" } })));
    assert.deepEqual(await results.posted("view"), view([], "curl"));
  });
});

describe("columns", () => {
  test("a drag changes the width, a double-click fits it", async () => {
    await using results = await openRows();
    const head = results.page.getByRole("columnheader", { name: "k8s.user.username" });
    const before = await head.boundingBox();
    assert.ok(before !== null);
    await results.page.mouse.move(before.x + before.width - 3, before.y + 10);
    await results.page.mouse.down();
    await results.page.mouse.move(before.x + before.width + 57, before.y + 10, { steps: 5 });
    await results.page.mouse.up();
    const { layout } = (await results.posted("layout")) as { layout: { column: string; widthPx: number }[] };
    const width = layout.find((each) => each.column === "k8s.user.username")?.widthPx;
    assert.equal(width, Math.round(before.width) + 60);
    assert.equal((await head.boundingBox())?.width, width);
    assert.equal(await head.getAttribute("aria-sort"), "none");
    await head.locator(".resizer").dblclick();
    const fitted = await results.posted("layout");
    assert.ok(JSON.stringify(fitted) !== JSON.stringify(layout));
    assert.ok(((await head.boundingBox())?.width ?? 0) < before.width);
  });
  test("keys change the width, and it is said", async () => {
    await using results = await openRows();
    await results.page.focus("[role=grid]");
    for (const key of ["ArrowUp", "ArrowRight"]) await results.page.keyboard.press(key);
    const head = results.page.getByRole("columnheader", { name: "time", exact: true });
    const before = (await head.boundingBox())?.width ?? 0;
    await results.page.keyboard.press("Alt+ArrowRight");
    await results.posted("layout");
    assert.equal((await head.boundingBox())?.width, Math.round(before + 10));
    await results.page.keyboard.press("Alt+Shift+ArrowLeft");
    assert.equal((await head.boundingBox())?.width, Math.round(before + 10) - 50);
    assert.match((await results.page.locator(".announcer").textContent()) ?? "", /^time: \d+ pixels wide/);
  });
  test("hidden columns are shown and shown ones hidden from one menu, by keys", async () => {
    await using results = await openRows();
    const button = results.page.getByRole("button", { name: "Columns" });
    await button.focus();
    await results.page.keyboard.press("Enter");
    const item = results.page.getByRole("menuitemcheckbox", { name: "__source__" });
    assert.equal(await item.getAttribute("aria-checked"), "false");
    await results.page.keyboard.press("_");
    await results.page.keyboard.press("_");
    await results.page.keyboard.press("Space");
    await results.posted("layout");
    assert.equal(await item.getAttribute("aria-checked"), "true");
    await results.screenshot("results-columns-dark");
    await results.page.keyboard.press("Escape");
    await results.page.getByRole("columnheader", { name: "__source__" }).waitFor();
    assert.equal(await results.page.evaluate("document.activeElement.getAttribute('aria-label')"), "Columns");
    await button.click();
    await results.page.getByRole("menuitem", { name: "Reset Columns" }).click();
    assert.equal(await results.page.getByRole("columnheader", { name: "__source__" }).count(), 0);
  });
  test("a head's own menu sorts and hides it", async () => {
    await using results = await openRows();
    const head = results.page.getByRole("columnheader", { name: "process.cwd" });
    await head.click({ button: "right" });
    await results.page.getByRole("menuitem", { name: "Sort Descending" }).click();
    assert.deepEqual(await results.posted("view"), {
      kind: "view",
      answer,
      view: { sort: [{ column: "process.cwd", descending: true }], filter: "" },
    });
    await head.click({ button: "right" });
    await results.page.getByRole("menuitem", { name: "Hide Column" }).click();
    assert.equal(await head.count(), 0);
  });
});

describe("selecting and moving", () => {
  test("a click, with Shift and with Ctrl", async () => {
    await using results = await openRows();
    await cell(results, 2, "time").click();
    assert.deepEqual(await selectedRows(results), [2]);
    await cell(results, 5, "time").click({ modifiers: ["Shift"] });
    assert.deepEqual(await selectedRows(results), [2, 3, 4, 5]);
    await cell(results, 4, "time").click({ modifiers: ["Control"] });
    assert.deepEqual(await selectedRows(results), [2, 3, 5]);
    assert.match((await results.page.locator(".counts").textContent()) ?? "", / · 3 selected$/);
  });
  test("every key of a grid", async () => {
    await using results = await openRows({ rowCount: 500, total: 500 });
    await results.page.focus("[role=grid]");
    const { keyboard } = results.page;
    const expected = async (key: string, place: string, rows?: readonly number[]) => {
      await keyboard.press(key);
      assert.equal(await activeCell(results), place, key);
      if (rows !== undefined) assert.deepEqual(await selectedRows(results), rows, key);
    };
    await expected("ArrowDown", "1:1", [1]);
    await expected("Shift+ArrowDown", "2:1", [1, 2]);
    await expected("ArrowRight", "2:2");
    await expected("Control+ArrowRight", "2:13");
    await expected("ArrowRight", "2:13");
    await expected("Control+ArrowLeft", "2:1");
    await expected("End", "499:1", [499]);
    await expected("ArrowDown", "499:1", [499]);
    await expected("Home", "0:1", [0]);
    await expected("ArrowUp", "-1:1");
    await expected("ArrowDown", "0:1", [0]);
    await expected("Space", "0:1", []);
    await keyboard.press("PageDown");
    assert.match(await activeCell(results), /^1[0-9]:1$/);
    await keyboard.press("PageUp");
    assert.equal(await activeCell(results), "0:1");
    await keyboard.press("Control+A");
    assert.match((await results.page.locator(".counts").textContent()) ?? "", / · 500 selected$/);
    await expected("Escape", "0:1", [0]);
  });
  test("marking text with the mouse selects and opens nothing", async () => {
    await using results = await openRows();
    const box = await cell(results, 3, "command >> nth=1").boundingBox();
    assert.ok(box !== null);
    await results.page.mouse.move(box.x + 10, box.y + 10);
    await results.page.mouse.down();
    await results.page.mouse.move(box.x + 120, box.y + 10, { steps: 6 });
    await results.page.mouse.up();
    assert.ok((await results.page.evaluate<string>("String(getSelection())")).length > 3);
    assert.deepEqual(await selectedRows(results), []);
    await results.page.keyboard.press("Control+c");
    assert.equal(results.messages.filter((message) => (message as { kind: string }).kind === "copy").length, 0);
  });
});

describe("copying", () => {
  test("Ctrl+C copies the selected rows as text", async () => {
    await using results = await openRows();
    await cell(results, 2, "time").click();
    await cell(results, 4, "time").click({ modifiers: ["Shift"] });
    await results.page.keyboard.press("Control+c");
    assert.deepEqual(await results.posted("copy"), {
      kind: "copy",
      answer,
      format: "text",
      rows: [{ from: 2, to: 5 }],
    });
  });
  test("every format, of the selection and of all rows", async () => {
    await using results = await openRows();
    const button = results.page.locator("header").getByRole("button", { name: "Copy" });
    for (const [word, format] of [
      ["Text", "text"],
      ["CSV", "csv"],
      ["JSON", "json"],
      ["Markdown", "markdown"],
    ] as const) {
      await button.click();
      await results.page.getByRole("menuitem", { name: `Copy All 1,204 Rows as ${word}` }).click();
      assert.deepEqual(await results.posted("copy"), { kind: "copy", answer, format, rows: undefined });
    }
    await cell(results, 1, "time").click();
    await cell(results, 3, "time").click({ modifiers: ["Control"] });
    await button.click();
    await results.page.getByRole("menuitem", { name: "Copy 2 Selected Rows as Markdown" }).click();
    assert.deepEqual(await results.posted("copy"), {
      kind: "copy",
      answer,
      format: "markdown",
      rows: [
        { from: 1, to: 2 },
        { from: 3, to: 4 },
      ],
    });
  });
  test("the menu of a row copies a value and opens its trace", async () => {
    await using results = await openRows();
    await cell(results, 3, "command >> nth=1").click({ button: "right" });
    await results.screenshot("results-menu-dark");
    await results.page.getByRole("menuitem", { name: "Copy Value" }).click();
    assert.deepEqual(await results.posted("copyValue"), {
      kind: "copyValue",
      answer,
      ordinal: 3,
      field: "process.cmdline",
    });
    await cell(results, 3, "time").click({ button: "right" });
    await results.page.getByRole("menuitem", { name: "Open Trace" }).click();
    assert.deepEqual(await results.posted("openTrace"), { kind: "openTrace", answer, ordinal: 3 });
  });
  test("what the host says of it is shown and read out", async () => {
    await using results = await openRows();
    await results.post({ kind: "announce", text: "3 rows copied." });
    await results.page.locator(".toast").getByText("3 rows copied.").waitFor();
    assert.equal(await results.page.locator(".announcer").textContent(), "3 rows copied.");
  });
});

describe("detail and trace", () => {
  test("Enter opens the detail, Escape closes it, and it follows the active row", async () => {
    await using results = await openRows();
    const { page } = results;
    await page.focus("[role=grid]");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("complementary", { name: "Detail of the row" }).getByText("Row 2 of 1,204").waitFor();
    assert.deepEqual(await results.posted("openRecord"), { kind: "openRecord", answer, ordinal: 1 });
    await page.locator(".side").getByText('"payments"').first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.locator(".side").getByText("Row 3 of 1,204").waitFor();
    await page.locator(".side").getByText("e-900000002").waitFor();
    await page.locator(".side .side-body").focus();
    await page.keyboard.press("Escape");
    assert.equal(await page.locator(".side").isVisible(), false);
    assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), "grid");
  });
  test("the detail has JSON a member a line, reasons of risk, and copies", async () => {
    await using results = await openRows();
    const { page } = results;
    await cell(results, 3, "time").dblclick();
    const side = page.locator(".side");
    await side.getByText("Reads the token of the pod's service account.").waitFor();
    await side.getByText("T1552.001 · rule sa-token-read").waitFor();
    await page.waitForSelector(".fields");
    const process = await side
      .locator("dt", { hasText: /^process$/ })
      .locator("xpath=following-sibling::dd[1]")
      .locator("pre")
      .textContent();
    assert.match(process ?? "", /^\{\n {2}"name": "cat",\n {2}"pid": 4714,/);
    await side.getByRole("button", { name: "Copy Value: process.cmdline" }).focus();
    await page.keyboard.press("Enter");
    assert.deepEqual(await results.posted("copyValue"), {
      kind: "copyValue",
      answer,
      ordinal: 3,
      field: "process.cmdline",
    });
    await side.getByRole("button", { name: /as JSON/ }).click();
    assert.deepEqual(await results.posted("copy"), {
      kind: "copy",
      answer,
      format: "json",
      rows: [{ from: 3, to: 4 }],
    });
    await side.getByRole("button", { name: "Open Trace" }).click();
    assert.deepEqual(await results.posted("openTrace"), { kind: "openTrace", answer, ordinal: 3 });
  });
  test("t opens the trace of the active row, a click on its id too", async () => {
    await using results = await openRows({}, { width: 2_200 });
    await results.page.focus("[role=grid]");
    await results.page.keyboard.press("ArrowDown");
    await results.page.keyboard.press("t");
    assert.deepEqual(await results.posted("openTrace"), { kind: "openTrace", answer, ordinal: 1 });
    await cell(results, 6, "trace").locator(".link").click();
    assert.deepEqual(await results.posted("openTrace"), { kind: "openTrace", answer, ordinal: 6 });
  });
  test("without a trace column nothing leads to one", async () => {
    await using results = await openRows(
      {
        columns: [
          { name: "who", kind: "text" },
          { name: "entries", kind: "number" },
        ],
        traceColumn: undefined,
        eventColumn: undefined,
        marksRisk: false,
      },
      { cells: (ordinal) => [`dev-${ordinal}`, String(ordinal)], riskOf: () => undefined },
    );
    await results.page.focus("[role=grid]");
    await results.page.keyboard.press("t");
    await results.page.keyboard.press("Enter");
    await results.page.waitForSelector(".fields");
    assert.equal(await results.page.getByRole("button", { name: "Open Trace" }).count(), 0);
    assert.equal(results.messages.filter((message) => (message as { kind: string }).kind === "openTrace").length, 0);
    await results.screenshot("results-statement-dark");
  });
  test("the bar beside the detail moves by keys", async () => {
    await using results = await openRows();
    await results.page.getByRole("button", { name: "Show Detail" }).click();
    await results.page.waitForSelector(".fields");
    const bar = results.page.getByRole("separator");
    const before = Number(await bar.getAttribute("aria-valuenow"));
    await bar.focus();
    await results.page.keyboard.press("ArrowLeft");
    assert.equal(Number(await bar.getAttribute("aria-valuenow")), before + 24);
    assert.equal((await results.page.locator(".side").boundingBox())?.width, before + 24);
  });
});

describe("after a reload", () => {
  test("place, selection and detail are back", async () => {
    await using results = await openRows();
    const { page } = results;
    await page.focus("[role=grid]");
    for (const key of ["End", "Shift+ArrowUp", "ArrowRight", "Enter"]) await page.keyboard.press(key);
    await page.locator(".side .fields").waitFor();
    await page.waitForTimeout(200);
    const top = await page.evaluate("document.querySelector('[role=grid]').scrollTop");
    await results.reload();
    await page.locator(".side .fields").waitFor();
    await page.waitForSelector('.row:not(.loading)[aria-rowindex="1205"]');
    assert.equal(await page.evaluate("document.querySelector('[role=grid]').scrollTop"), top);
    assert.equal(await activeCell(results), "1202:2");
    assert.deepEqual(await selectedRows(results), [1_202, 1_203]);
    await page.locator(".side").getByText("Row 1,203 of 1,204").waitFor();
  });
  test("nothing of it comes back on another answer", async () => {
    await using results = await openResults(answerOf({ answer: "answer-2" as AnswerId }), {
      state: {
        answer,
        topRow: 900,
        place: { row: 910, column: 1 },
        ranges: [{ from: 910, to: 912 }],
        detailShown: true,
      },
    });
    await results.page.waitForSelector(firstRow);
    assert.equal(await activeCell(results), "0:1");
    assert.deepEqual(await selectedRows(results), []);
  });
  test("a state of another shape does no harm", async () => {
    await using results = await openResults(answerOf(), { state: { answer, topRow: "x", ranges: undefined } });
    await results.page.waitForSelector(firstRow);
  });
  test("an answer that grows keeps its place, its selection and its rows on screen", async () => {
    let rowCount = 300;
    const rows = () => resultsHost(answerOf({ rowCount, total: undefined }));
    await using results = calm(
      await openPage("results", { height: 420, onMessage: (message, post) => rows().onMessage(message, post) }),
    );
    await results.page.waitForSelector(firstRow);
    await results.page.focus("[role=grid]");
    await results.page.keyboard.press("End");
    await results.page.waitForSelector('.row:not(.loading)[aria-rowindex="301"]');
    const top = await results.page.evaluate("document.querySelector('[role=grid]').scrollTop");
    rowCount = 900;
    await results.post(stateMessage(answerOf({ rowCount, total: undefined })));
    await results.page.getByText("900 rows").waitFor();
    await results.page.waitForSelector('[role=grid][aria-rowcount="901"]');
    assert.equal(await activeCell(results), "299:1");
    assert.deepEqual(await selectedRows(results), [299]);
    assert.equal(await results.page.evaluate("document.querySelector('[role=grid]').scrollTop"), top);
  });
  test("a new answer begins at its first row", async () => {
    await using results = await openRows();
    await results.page.focus("[role=grid]");
    await results.page.keyboard.press("End");
    await results.post(stateMessage(answerOf({ answer: "answer-2" as AnswerId, rowCount: 50, total: 50 })));
    await results.page.getByText("50 of 50 rows").waitFor();
    assert.equal(await activeCell(results), "0:1");
    assert.equal(await results.page.evaluate("document.querySelector('[role=grid]').scrollTop"), 0);
  });
});

describe("how it looks", () => {
  for (const theme of ["dark", "light", "high-contrast", "high-contrast-light"] as const satisfies readonly Theme[]) {
    test(`rows with a detail, ${theme}`, async () => {
      await using results = await openRows({}, { theme, width: 1_400 });
      await cell(results, 3, "command").click();
      await results.page.keyboard.press("Enter");
      await results.page.waitForSelector(".fields");
      await results.screenshot(`results-detail-${theme}`);
      await results.page.keyboard.press("Escape");
      await results.page.locator(".side").waitFor({ state: "hidden" });
      await results.screenshot(`results-rows-${theme}`);
    });
  }
  test("a narrow page keeps everything within it", async () => {
    await using results = await openRows({}, { width: 400, height: 640 });
    await cell(results, 3, "time").dblclick();
    await results.page.waitForSelector(".fields");
    assert.equal(await results.page.evaluate("document.documentElement.scrollWidth"), 400);
    const side = await results.page.locator(".side").boundingBox();
    assert.ok(side !== null && side.width === 400 && side.y > 200);
    await results.screenshot("results-narrow-dark");
  });
});

test("a row that lacks a field is drawn with an empty cell, and so are the rows behind it", async () => {
  const lacking = (ordinal: number) =>
    recordCells(ordinal).map((value, index) => (ordinal % 2 === 1 && index > 0 ? undefined : value));
  await using results = await openRows({ rowCount: 20, total: 20 }, { cells: lacking });
  const rows = results.page.locator(firstRow);
  assert.ok((await rows.count()) > 5);
  assert.ok((await rows.nth(1).locator(".absent").count()) > 0);
  assert.equal(await rows.nth(2).locator(".absent").count(), await rows.nth(0).locator(".absent").count());
});
