import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openEditor } from "./harness/editor.ts";

type Fact = {
  readonly id: string;
  readonly question: string;
  readonly cluster: string;
  readonly statement: string;
  readonly rows: readonly Readonly<Record<string, string | { readonly offsetMs: number }>>[];
};

const { facts }: { readonly facts: readonly Fact[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../fixtures/incident.facts.json"), "utf8"),
);

/** The cells of a fact's rows that are the same whenever the incident began. */
function lastingCells(fact: Fact): readonly (readonly string[])[] {
  return fact.rows.map((row) => Object.values(row).filter((cell) => typeof cell === "string"));
}

test("every fact of the incident is found by a query run from a file", async () => {
  await using editor = await openEditor({ name: "incident" });
  const { page } = editor;
  const queries = facts.map(
    ({ question, cluster, statement }) => `### ${question}\n-- @cluster ${cluster}\n-- @from -30h\n${statement}\n`,
  );
  writeFileSync(join(editor.workspace, "facts.slsq"), queries.join("\n"));
  const lines = queries.join("\n").split("\n");
  await editor.openFile("facts.slsq");
  await page.locator(".codelens-decoration a", { hasText: /Run ·/ }).first().waitFor();

  for (const fact of facts) {
    await page.keyboard.press("Control+KeyG");
    await page.locator(".quick-input-widget:visible input.input").fill(`:${lines.indexOf(`### ${fact.question}`) + 1}`);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+Enter");
    const results = await editor.webview("Results");
    await results.getByText(fact.question, { exact: true }).first().waitFor();
    await results.getByText("complete").first().waitFor();
    const wanted = lastingCells(fact);
    // A row is there before its cells are.
    await results
      .locator(".body .row:not(.loading)")
      .nth(wanted.length - 1)
      .waitFor();
    const shown = await results.getByRole("row").allInnerTexts();
    assert.equal(shown.length, wanted.length + 1, `${fact.id}: ${shown.join("\n")}`);
    for (const [index, cells] of wanted.entries()) {
      for (const cell of cells) {
        // A cell is drawn on one line, with what cannot be seen made visible.
        const [start] = cell.split("\n");
        assert.ok(shown[index + 1]?.includes(start ?? ""), `${fact.id}: ${cell} in ${shown[index + 1]}`);
      }
    }
  }
  await editor.screenshot("06-facts");
});
