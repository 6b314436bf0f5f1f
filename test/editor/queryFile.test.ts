import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openEditor } from "./harness/editor.ts";

test("a query file is written, ranged, checked before it fetches much, and saved", async () => {
  await using editor = await openEditor({ name: "queryFile" });
  const { page } = editor;
  const path = join(editor.workspace, "own.slsq");
  writeFileSync(
    path,
    "### Everything\n-- @cluster shop-prod\n*\n\n### Mistake\n-- @clutser shop-prod\nkind: Command\n",
  );
  await editor.openFile("own.slsq");
  const lens = page.locator(".codelens-decoration a");
  await lens.filter({ hasText: "Run · shop-prod · last 24 hours" }).waitFor();

  // A misspelt directive is told where it stands.
  await page.keyboard.press("Control+Shift+KeyM");
  await page.getByText("There is no directive @clutser. Did you mean @cluster?").first().waitFor();
  await editor.screenshot("11-problem");

  // A day of the sample is more than fifty pages; nothing is fetched without a yes.
  await lens.filter({ hasText: "Run · shop-prod" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/^This fetches 100 pages\. Continue\?$/).waitFor();
  await editor.screenshot("12-pages");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  const results = await editor.webview("Results");
  await results.getByText("The run was not started.").waitFor();

  // A shorter range needs no question.
  await lens.filter({ hasText: "Time range…" }).first().click();
  await editor.pick("last hour");
  await lens.filter({ hasText: "Run · shop-prod · last hour" }).waitFor();
  await lens.filter({ hasText: "Run · shop-prod · last hour" }).click();
  await results.getByRole("row").nth(1).waitFor();
  const columns = await results.getByRole("columnheader").allInnerTexts();
  assert.ok(
    ["time", "username", "process.name"].every((name) => columns.some((column) => column.includes(name))),
    columns.join(", "),
  );
  // An entry has no program and a command no operation: rows lack fields, and all of them are drawn.
  await results.locator(".body .row:not(.loading)").nth(5).waitFor();
  const drawn = await results.locator(".body .row:not(.loading)").count();
  assert.ok(drawn > 5, `${drawn} rows are drawn`);
  await editor.screenshot("13-raw-rows");

  // What ran is in the history, and can be saved behind the queries of a file.
  await page.locator(".monaco-editor").first().click();
  await editor.openCommand("Container Audit: Save Query…");
  await editor.pick(/first-look\.slsq/);
  const saved = join(editor.workspace, "first-look.slsq");
  for (let tries = 0; tries < 50 && !readFileSync(saved, "utf8").includes("### "); tries++) await pause(100);
  await page.getByRole("tab", { name: /first-look\.slsq/ }).waitFor();
  assert.match(readFileSync(saved, "utf8"), /\n### (Everything|Mistake)\n/);
});
