import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openEditor } from "./harness/editor.ts";

/** A record as a download of Simple Log Service writes it. */
function record(second: number, program: string, commandLine: string): string {
  return JSON.stringify({
    __time__: String(1_760_000_000 + second),
    __source__: "203.0.113.11",
    kind: "Command",
    time: new Date((1_760_000_000 + second) * 1000).toISOString(),
    traceId: "t-1",
    eventId: `e-${second}`,
    clusterId: "c-from-file",
    k8s: '{"user":{"aliuid":"2855","username":"dev-01"},"pod":{"namespace":"shop","name":"web-0"},"container":{"name":"web"}}',
    process: JSON.stringify({
      name: program,
      cmdline: commandLine,
      pid: 30 + second,
      parentPid: 7,
      user: { uid: "0" },
    }),
  });
}

test("a log file from disk opens, tells its broken line, and is queried", async () => {
  await using editor = await openEditor({ name: "logFile" });
  const { page } = editor;
  const lines = [record(1, "touch", "touch a.txt"), '{"__time__": "17600', record(2, "rm", "rm a.txt")];
  writeFileSync(join(editor.workspace, "evidence.ndjson"), `${lines.join("\n")}\n`);
  writeFileSync(
    join(editor.workspace, "evidence.slsq"),
    `### Removed\n-- @account evidence.ndjson\n-- @cluster *\n-- @from 2025-10-01\nprocess.name: rm\n`,
  );

  await editor.openCommand("Container Audit: Open Audit Log File…");
  // The dialog lists the workspace.
  await editor.pick(/^evidence\.ndjson/);
  await editor.treeRow(/^evidence\.ndjson, .*2 records · 1 line skipped/).waitFor();
  await editor.screenshot("09-log-file");

  await editor.openFile("evidence.slsq");
  await page.locator(".codelens-decoration a", { hasText: /Run ·/ }).first().click();
  const results = await editor.webview("Results");
  await results.locator(".body .row:not(.loading)").first().waitFor();
  assert.match((await results.getByRole("row").nth(1).innerText()).replaceAll("\n", " "), /dev-01 .*rm a\.txt/);
  await editor.screenshot("10-log-file-rows");
});
