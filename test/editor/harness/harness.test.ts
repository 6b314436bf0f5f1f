import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openEditor } from "./editor.ts";

const here = dirname(fileURLToPath(import.meta.url));

test("the harness finds commands, trees, files and pages, and finds a page again after a reload", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "ack-audit-folder-"));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "notes.txt"), "A file of the workspace\n");
  await using editor = await openEditor({
    name: "harness",
    folder,
    withoutProduct: true,
    extensions: [join(here, "fixture-extension")],
  });
  await editor.openCommand("Harness Fixture: Focus on Fixture Tree View");
  await editor.expand("Alpha");
  await editor.treeRow("Leaf of Alpha").waitFor();

  await editor.openFile("notes.txt");
  await editor.page.getByText("A file of the workspace").waitFor();

  await editor.openCommand("Harness Fixture Panel: Focus on Fixture Rows View");
  const panel = await editor.webview("Fixture Rows");
  assert.equal(await panel.locator("h1").textContent(), "In the panel");

  await editor.openCommand("Harness Fixture: Open Page");
  const page = await editor.webview("Fixture Page");
  assert.equal(await page.locator("h1").textContent(), "An editor");

  await editor.reload();
  const restored = await editor.webview("Fixture Page");
  assert.equal(await restored.locator("h1").textContent(), "Restored");
  await editor.screenshot("00-harness");
});
