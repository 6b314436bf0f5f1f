import assert from "node:assert/strict";
import { test } from "node:test";
import { openEditor } from "./harness/editor.ts";

test("from the sample to a trace, and everything is back after a reload", async () => {
  await using editor = await openEditor({ name: "journey" });
  const { page } = editor;

  await editor.openCommand("Container Audit: Focus on Clusters View");
  await editor.expand(/^Sample/);
  await editor.expand(/^shop-prod/);
  await editor.expand(/^payments/);
  await editor.treeRow(/^api-6f7c9d5b8-k2x4p/).waitFor();
  await editor.screenshot("01-tree");

  await editor.openFile("incident.slsq");
  await page.locator(".codelens-decoration a", { hasText: /Run ·/ }).first().waitFor();
  await editor.screenshot("02-query-file");
  await page.locator(".codelens-decoration a", { hasText: /Run ·/ }).first().click();

  const results = await editor.webview("Results");
  const rows = results.getByRole("row");
  await rows.nth(1).waitFor();
  await results.getByText("complete").first().waitFor();
  await editor.screenshot("03-rows");
  const header = await results.locator("header").first().textContent();

  await rows.nth(1).click();
  await rows.nth(1).press("t");
  const trace = await editor.webview(/^Trace/);
  await trace.getByRole("treeitem").first().waitFor();
  await editor.screenshot("04-trace");
  const selected = await trace.locator('[role="treeitem"][aria-selected="true"]').textContent();
  assert.ok(selected !== null && selected !== "");

  await editor.reload();
  const restored = await editor.webview(/^Trace/);
  await restored.getByRole("treeitem").first().waitFor();
  assert.equal(await restored.locator('[role="treeitem"][aria-selected="true"]').textContent(), selected);
  const restoredResults = await editor.webview("Results");
  await restoredResults.getByRole("row").nth(1).waitFor();
  assert.equal(await restoredResults.locator("header").first().textContent(), header);
  await editor.openCommand("Container Audit: Focus on Clusters View");
  await editor.treeRow(/^api-6f7c9d5b8-k2x4p/).waitFor();
  await editor.screenshot("05-reloaded");
});
