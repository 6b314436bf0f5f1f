/**
 * A real VS Code with the built extension in it, for tests.
 *
 *   test("the sample is in the tree", async () => {
 *     await using editor = await openEditor({ name: "journey" });
 *     await editor.openCommand("Container Audit: Focus on Clusters View");   // as the command palette shows it
 *     await editor.expand("Sample");
 *     await editor.treeRow("shop-prod").click();
 *     await editor.openFile("incident.slsq");
 *     const results = await editor.webview("Results");                       // by the title of its tab or view
 *     await results.getByRole("row").first().click();                        // a Playwright FrameLocator
 *     await editor.reload();
 *     await editor.screenshot("01-open");                                    // test/output/editor/01-open.png
 *   });
 *
 * `runInHost` runs a module inside the extension host, with the whole `vscode` API, in a window of its own:
 *
 *   const host = new URL("./inHost/activation.ts", import.meta.url);        // exports async function run(input) { … }
 *   const facts = await editor.runInHost<typeof import("./inHost/activation.ts").run>(host, { rounds: 3 });
 *
 * Input and answer cross as JSON. Each editor has a data folder and a copy of its workspace of its own, and nothing is
 * left when it is disposed but a last picture, `<name>-last.png`. A page that breaks its content security policy fails
 * the test. ACK_AUDIT_EDITOR chooses what is opened: `server` (the default), `server:4.105.1` or `desktop`.
 */
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { FrameLocator, Locator, Page } from "playwright-core";
import { calmSettings } from "../../../scripts/editorServer.mjs";
import { childEnvironment, nodePath, root, run } from "../../../scripts/project.mjs";
import { openDesktop } from "./desktop.ts";
import type { Place } from "./place.ts";
import { openOnServer } from "./server.ts";

export type EditorOptions = {
  /** Begins the name of the last picture; `editor` unless told. */
  readonly name?: string;
  /** A folder to copy and open; the sample workspace unless told. */
  readonly folder?: string;
  /** On top of the calm settings every editor here has. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Further extensions, as folders. */
  readonly extensions?: readonly string[];
  /** Leaves the built extension out. */
  readonly withoutProduct?: boolean;
  /** What the extension host finds in its environment beside what this process has; in the server's editors. */
  readonly env?: Readonly<Record<string, string>>;
  /** Installs a packed extension, in the server's editors. */
  readonly vsix?: string;
  readonly width?: number;
  readonly height?: number;
};

export interface Editor extends AsyncDisposable {
  readonly page: Page;
  /** This editor's copy of the workspace. */
  readonly workspace: string;
  /** Runs a command by its full title, from the command palette. */
  openCommand(title: string): Promise<void>;
  /** Opens a file of the workspace by its name. */
  openFile(name: string): Promise<void>;
  /** Chooses a row of the quick pick that is open. */
  pick(label: string | RegExp): Promise<void>;
  treeRow(label: string | RegExp): Locator;
  /** Opens a row of a tree if it is closed. */
  expand(label: string | RegExp): Promise<void>;
  notification(text: string | RegExp): Locator;
  /** The document of a webview that is on screen, waited for. */
  webview(title: string | RegExp): Promise<FrameLocator>;
  reload(): Promise<void>;
  /** Writes `test/output/editor/<name>.png`; in another editor than the usual one, in a folder named after it. */
  screenshot(name: string): Promise<void>;
  runInHost<Run extends (input: never) => unknown>(
    module: URL,
    input: Parameters<Run>[0],
    timeoutMs?: number,
  ): Promise<Awaited<ReturnType<Run>>>;
}

const chosen = process.env["ACK_AUDIT_EDITOR"] ?? "server";
const output = join(root, "test", "output", "editor", ...(chosen === "server" ? [] : [chosen.replace(":", "-")]));

/** Said after the test, where it cannot hide why the test itself failed. A bench is no test and has no "after". */
const complaints: string[] = [];

if (process.argv[1]?.endsWith(".test.ts") === true) {
  afterEach(() => {
    const found = complaints.splice(0);
    if (found.length > 0) {
      assert.fail(found.join("\n"));
    }
  });
}

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text === wanted : wanted.test(text);
}

/** Tries until something comes of it; `what` is said when the time is over. */
async function eventually<T>(what: string, timeoutMs: number, attempt: () => Promise<T | undefined>): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const found = await attempt();
    if (found !== undefined) {
      return found;
    }
    assert.ok(Date.now() < until, `${what} did not show within ${timeoutMs / 1000} s.`);
    await pause(100);
  }
}

/** Does it, and again where what is wanted does not come of it. What is done must do no harm when it is done twice. */
export async function insist(wanted: Locator, act: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await act();
      await wanted.first().waitFor({ timeout: attempt < 4 ? 4_000 : 20_000 });
      return;
    } catch (failure) {
      if (attempt === 4) throw failure;
    }
  }
}

async function layOut(home: string, options: EditorOptions): Promise<Place> {
  const extensions = join(home, "extensions");
  const product = join(extensions, "product");
  mkdirSync(extensions, { recursive: true });
  if (options.withoutProduct !== true) {
    await run(nodePath(), ["scripts/stage.mjs", product], { env: childEnvironment() });
  }
  for (const folder of options.extensions ?? []) {
    cpSync(folder, join(extensions, basename(folder)), { recursive: true });
  }
  const workspace = join(home, "workspace");
  cpSync(options.folder ?? join(root, "media", "sample-workspace"), workspace, { recursive: true });
  return {
    data: join(home, "data"),
    extensions,
    workspace,
    product,
    vsix: options.vsix,
    env: options.env ?? {},
    settings: { ...calmSettings, "workbench.colorTheme": "Default Dark Modern", ...options.settings },
    width: options.width ?? 1400,
    height: options.height ?? 900,
  };
}

/** Bundles a module so that it runs in the host, with its input, and leaves what came of it as JSON. */
async function bundleForHost(module: URL, input: unknown, outfile: string, answer: string): Promise<void> {
  await build({
    stdin: {
      contents: `
        import { renameSync, writeFileSync } from "node:fs";
        import { run as act } from ${JSON.stringify(fileURLToPath(module))};
        export async function run() {
          let came;
          try {
            came = { value: await act(${JSON.stringify(input)}) };
          } catch (failure) {
            came = { failure: failure instanceof Error ? failure.stack : String(failure) };
          }
          writeFileSync(${JSON.stringify(`${answer}.partial`)}, JSON.stringify(came));
          renameSync(${JSON.stringify(`${answer}.partial`)}, ${JSON.stringify(answer)});
        }`,
      resolveDir: root,
      loader: "ts",
    },
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["vscode", "@duckdb/node-api"],
    logLevel: "warning",
  });
}

export async function openEditor(options: EditorOptions = {}): Promise<Editor> {
  const home = mkdtempSync(join(tmpdir(), "ack-audit-editor-"));
  const place = await layOut(home, options);
  const opened = chosen === "desktop" ? await openDesktop(place) : await openOnServer(place, chosen.split(":")[1]);
  const { page } = opened;
  page.setDefaultTimeout(20_000);
  page.on("console", (message) => {
    if (message.type() === "error" && /Content Security Policy/.test(message.text())) {
      const { url } = message.location();
      if (url.includes("webview") || url.includes("fake.html")) {
        complaints.push(`A page broke its policy: ${message.text()}`);
      }
    }
  });

  const quickInput = page.locator(".quick-input-widget:visible input.input");
  const quickList = ".quick-input-widget:visible .quick-input-list .monaco-list-row";
  const quickRows = page.locator(quickList);
  let hostRuns = 0;

  async function quickRow(wanted: string | RegExp, timeoutMs: number): Promise<Locator | undefined> {
    const until = Date.now() + timeoutMs;
    do {
      const labels = await quickRows.evaluateAll((rows: readonly { getAttribute(name: string): string | null }[]) =>
        rows.map((row) => row.getAttribute("aria-label") ?? ""),
      );
      // A row's label goes on after a comma with its detail: a key binding, "recently used", a path.
      const at = labels.findIndex((label) => matches(label, wanted) || matches(label.split(", ")[0] ?? "", wanted));
      if (at >= 0) {
        // The list may move before the row is clicked, and the row at its place be another.
        return page.locator(`${quickList}[aria-label=${JSON.stringify(labels[at])}]`).first();
      }
      await pause(50);
    } while (Date.now() < until);
    return undefined;
  }

  /** Extensions arrive in a window some time after it can be typed into, so what is not found is typed again. */
  async function findByTyping(key: string, text: string, wanted: string): Promise<void> {
    await page.keyboard.press(key);
    await quickInput.waitFor();
    await eventually(`${wanted} in the quick input`, 30_000, async () => {
      await quickInput.fill("");
      await quickInput.fill(text);
      const row = await quickRow(wanted, 2_000);
      // A row that is gone by now is looked for again.
      return row?.click({ timeout: 2_000 }).then(
        () => true,
        () => undefined,
      );
    });
    await quickInput.waitFor({ state: "hidden" }).catch(() => undefined);
  }

  const treeRow = (label: string | RegExp): Locator => page.getByRole("treeitem", { name: label });

  const editor: Editor = {
    page,
    workspace: place.workspace,
    openCommand: (title) => findByTyping("F1", `>${title}`, title),
    openFile: (name) => findByTyping("ControlOrMeta+KeyP", name, name),
    async pick(label) {
      await quickInput.waitFor();
      const row = await quickRow(label, 20_000);
      assert.ok(row !== undefined, `The quick pick has no ${label}.`);
      await row.click();
    },
    treeRow,
    async expand(label) {
      const row = treeRow(label).first();
      await row.waitFor();
      if ((await row.getAttribute("aria-expanded")) === "false") {
        await row.locator(".monaco-tl-twistie").click();
      }
    },
    notification: (text) => page.locator(".notifications-toasts .notification-list-item").filter({ hasText: text }),
    webview: (title) =>
      eventually(`The webview ${title}`, 30_000, async () => {
        for (const outer of await page.locator("iframe.webview").all()) {
          const name = await outer.getAttribute("name");
          const document = page.frameLocator(`iframe.webview[name="${name}"]`).locator("iframe#active-frame");
          const found = await document.getAttribute("title", { timeout: 500 }).catch(() => null);
          if (found !== null && matches(found, title) && (await outer.isVisible())) {
            return document.contentFrame();
          }
        }
        return undefined;
      }),
    async reload() {
      const loaded = page.waitForEvent("load");
      await editor.openCommand("Developer: Reload Window");
      await loaded;
      await page.locator(".monaco-workbench .statusbar-item").first().waitFor();
    },
    async screenshot(name) {
      mkdirSync(output, { recursive: true });
      // What fades in or slides is drawn as it ends.
      await page.screenshot({ path: join(output, `${name}.png`), animations: "disabled" });
    },
    async runInHost(module, input, timeoutMs = 60_000) {
      hostRuns += 1;
      const bundle = join(home, `host-${hostRuns}.cjs`);
      const answer = join(home, `host-${hostRuns}.json`);
      await bundleForHost(module, input, bundle, answer);
      const finished = eventually(`The answer of ${basename(module.pathname)}`, timeoutMs, async () =>
        existsSync(answer) ? answer : undefined,
      );
      await opened.runTests(bundle, finished);
      const came: { readonly value?: never; readonly failure?: string } = JSON.parse(
        readFileSync(await finished, "utf8"),
      );
      assert.equal(came.failure, undefined);
      return came.value as never;
    },
    async [Symbol.asyncDispose]() {
      try {
        await editor.screenshot(`${options.name ?? "editor"}-last`);
      } finally {
        await opened.close();
        rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
      }
    },
  };
  return editor;
}
