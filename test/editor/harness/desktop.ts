/** A desktop VS Code: the one VSCODE_PATH names, or the newest stable one, downloaded. */
import { join } from "node:path";
import { downloadAndUnzipVSCode, runTests } from "@vscode/test-electron";
import { _electron as electron } from "playwright-core";
import { writeSettings } from "../../../scripts/editorServer.mjs";
import type { OpenedEditor, Place } from "./place.ts";

export async function openDesktop(place: Place): Promise<OpenedEditor> {
  const executablePath = process.env["VSCODE_PATH"] ?? (await downloadAndUnzipVSCode("stable"));
  const argsWith = (data: string): string[] => [
    place.workspace,
    `--user-data-dir=${data}`,
    `--extensions-dir=${place.extensions}`,
    "--disable-workspace-trust",
    "--skip-welcome",
    "--skip-release-notes",
    "--disable-telemetry",
    "--disable-updates",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  ];
  writeSettings(join(place.data, "User"), { ...place.settings, "window.titleBarStyle": "custom" });
  const app = await electron.launch({ executablePath, args: argsWith(place.data), timeout: 60_000 });
  const page = await app.firstWindow();
  await page.setViewportSize({ width: place.width, height: place.height });
  await page.locator(".monaco-workbench .statusbar-item").first().waitFor({ timeout: 60_000 });
  return {
    page,
    async runTests(module, finished) {
      // One user data folder serves one editor at a time.
      const data = `${place.data}-host`;
      writeSettings(join(data, "User"), place.settings);
      await Promise.all([
        finished,
        runTests({
          vscodeExecutablePath: executablePath,
          extensionDevelopmentPath: place.product,
          extensionTestsPath: module,
          launchArgs: argsWith(data),
        }),
      ]);
    },
    async close() {
      await app.close();
    },
  };
}
