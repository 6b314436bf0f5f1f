import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openEditor } from "./harness/editor.ts";

test("a first query is written from nothing with completion, and answers", async () => {
  await using editor = await openEditor({ name: "completion" });
  const { page } = editor;
  writeFileSync(join(editor.workspace, "own.slsq"), "");
  await editor.openFile("own.slsq");
  await page.locator(".monaco-editor .view-lines").first().click();
  const list = page.locator(".suggest-widget.visible .monaco-list-row");

  /** Types the beginning of a word, waits until the list names the whole, and takes it. */
  async function take(typed: string, label: RegExp): Promise<void> {
    if (typed === "") await page.keyboard.press("Control+Space");
    else await page.keyboard.type(typed, { delay: 80 });
    const row = list.filter({ hasText: label }).first();
    await row.waitFor({ timeout: 15_000 });
    // A list that is still being filled moves under the pointer.
    await pause(300);
    await row.click();
  }

  await take("", /^-- @cluster/);
  await take("", /^shop-prod/);
  await page.keyboard.press("Enter");
  await take("-- @fr", /^-- @from/);
  await take("", /^-7d/);
  await page.keyboard.press("Enter");
  await take("ki", /^kind/);
  // Values come with their numbers, from the log itself; the first list may come before the log has answered.
  const counted = list.filter({ hasText: /^Kubernetes.*\d/ }).first();
  for (let tries = 0; tries < 10 && !(await counted.isVisible()); tries++) {
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Space");
    await counted.waitFor({ timeout: 5_000 }).catch(() => undefined);
  }
  await editor.screenshot("14-values");
  await take("Kub", /^Kubernetes/);
  await take(" | sel", /^select$/);
  await take("k8s.pod.na", /^k8s\.pod\.name(?!space)/);
  await take(", cou", /^count\(\*\)/);
  await page.keyboard.press("Tab");
  await page.keyboard.type(" as entries", { delay: 10 });
  await take(" gro", /^group by/);
  await take("k8s.pod.na", /^k8s\.pod\.name(?!space)/);
  await take(" ord", /^order by/);
  await take("ent", /^entries/);
  await take(" de", /^desc/);
  await take(" lim", /^limit/);
  await page.keyboard.type("5");
  await editor.screenshot("15-completed");

  await page.locator(".codelens-decoration a").filter({ hasText: "Run · shop-prod" }).click();
  const results = await editor.webview("Results");
  await results.getByText("k8s.pod.name").first().waitFor();
  await results.getByRole("row").nth(5).waitFor();
  await editor.screenshot("16-answered");
});

test("a query is formatted, renamed, hovered over and explained", async () => {
  await using editor = await openEditor({ name: "explained" });
  const { page } = editor;
  const path = join(editor.workspace, "own.slsq");
  writeFileSync(
    path,
    `### Programs\n-- @cluster shop-prod\n-- @from -7d\nkind: Command | SELECT "process.name" AS program, count(1) AS runs GROUP BY program ORDER BY runs DESC LIMIT 5\n`,
  );
  await editor.openFile("own.slsq");
  await page.locator(".codelens-decoration a").first().waitFor();
  await page.locator(".monaco-editor .view-lines").first().click();
  await editor.openCommand("Format Document");
  const line = (text: string | RegExp) => page.locator(".view-line").filter({ hasText: text }).first();
  await line(/group.by.program$/).waitFor();
  await editor.screenshot("19-formatted");

  // An alias is renamed wherever it is used.
  await page.getByText("runs", { exact: true }).first().click();
  await page.keyboard.press("F2");
  const box = page.locator(".rename-box input");
  await box.fill("how_often");
  await box.press("Enter");
  await line(/order.by.how_often.desc/).waitFor();

  await page.getByText("count", { exact: true }).first().hover();
  await page.locator(".monaco-hover:visible").getByText("→ bigint").first().waitFor();
  await editor.screenshot("20-hover");

  await editor.openCommand("Container Audit: Explain Query");
  await page
    .getByRole("tab", { name: /Programs/ })
    .first()
    .waitFor();
  await pause(1_500);
  await editor.screenshot("21-explained");
});
