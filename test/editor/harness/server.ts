/** The VS Code server of `.ack-audit/code-server` and a Chromium in front of it. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { browserFlags, findBrowser, howToInstallBrowser } from "../../../scripts/browser.mjs";
import {
  currentServer,
  installServer,
  installVsix,
  startServer,
  writeSettings,
} from "../../../scripts/editorServer.mjs";
import type { OpenedEditor, Place } from "./place.ts";

export async function openOnServer(place: Place, version = currentServer): Promise<OpenedEditor> {
  const executablePath = findBrowser();
  assert.ok(executablePath !== undefined, howToInstallBrowser);
  await installServer(version);
  writeSettings(join(place.data, "data", "User"), place.settings);
  if (place.vsix !== undefined) {
    await installVsix({ version, data: place.data, extensions: place.extensions, vsix: place.vsix });
  }
  const token = randomBytes(16).toString("hex");
  const server = await startServer({
    version,
    port: 0,
    token,
    data: place.data,
    extensions: place.extensions,
    trusting: true,
    driven: true,
    env: place.env,
  });
  const authority = `127.0.0.1:${server.port}`;
  const address = `http://${authority}/?tkn=${token}&folder=${encodeURIComponent(place.workspace)}`;
  const browser = await chromium.launch({ executablePath, args: [...browserFlags] });
  const context = await browser.newContext({ viewport: { width: place.width, height: place.height } });
  const page = await context.newPage();
  await page.goto(address);
  await page.locator(".monaco-workbench .statusbar-item").first().waitFor({ timeout: 60_000 });
  return {
    page,
    async runTests(module, finished) {
      const payload = JSON.stringify([
        ["extensionDevelopmentPath", `vscode-remote://${authority}${place.product}`],
        ["extensionTestsPath", `vscode-remote://${authority}${module}`],
      ]);
      const window = await context.newPage();
      await window.goto(`${address}&payload=${encodeURIComponent(payload)}`);
      try {
        await finished;
      } finally {
        await window.close();
      }
    },
    async close() {
      await browser.close();
      server.end();
      await server.ended;
    },
  };
}
