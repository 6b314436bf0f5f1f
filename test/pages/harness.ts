/**
 * Opens a built page (`dist/webview/<page>/`, made by `node build.ts webview`) in a real Chromium, as the editor would:
 * the same content security policy, the same theme variables and classes, and a stand-in for the extension.
 *
 *   test("a click on a row asks for its trace", async () => {
 *     await using results = await openPage("results", {
 *       theme: "light",
 *       onMessage: (message, post) => { … post({ kind: "show", … }) … },
 *     });
 *     await results.post({ kind: "show", … });                       // extension → page
 *     await results.page.getByRole("row").nth(1).click();            // Playwright's Page
 *     assert.deepEqual(await results.posted("openTrace"), { kind: "openTrace", trace: "…" });   // page → extension
 *     await results.screenshot("results-light");                     // test/output/pages/results-light.png
 *   });
 *
 * The document is what the extension writes: the policy, `main.css`, an empty `<body>` and `main.js` at its end. The page
 * builds the rest. `acquireVsCodeApi` can be called once, as in the editor; state set by `setState` outlives `reload()`.
 *
 * After the test, it fails if the page broke the policy, wrote an error to the console, threw, left a
 * promise rejected, or asked for something that is not there. `expectProblem` takes one such problem as meant.
 *
 * What runs inside the page is given to Playwright as text (`page.evaluate("document.title")`): these files are checked
 * without the types of the DOM.
 */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join, normalize, sep } from "node:path";
import { after, afterEach } from "node:test";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";
import { type Browser, chromium, type Page } from "playwright-core";
import { browserFlags, findBrowser, howToInstallBrowser } from "../../scripts/browser.mjs";
import themes from "./themes.json" with { type: "json" };

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const built = join(root, "dist", "webview");
const output = join(root, "test", "output", "pages");

/** The colours are those of VS Code 1.139's own default themes (`themes.json`), as it gives them to a webview. */
export type Theme = keyof typeof themes;

export type Post = (message: unknown) => Promise<void>;

export type PageOptions = {
  /** `dark` unless told. */
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** IANA zone of the browser; `Asia/Shanghai` unless told, so that local time and UTC differ. */
  readonly zone?: string;
  readonly locale?: string;
  /** What `getState()` gives at the first load, as after a restart of the editor. */
  readonly state?: unknown;
  /** Plays the extension: called with each message of the page, in order. */
  readonly onMessage?: (message: unknown, post: Post) => void | Promise<void>;
};

export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Sends the page a message, as `webview.postMessage` does. */
  readonly post: Post;
  /** Everything the page has posted so far, oldest first. */
  readonly messages: readonly unknown[];
  /**
   * Waits for a message of this `kind` that was not handed out before and gives it; messages of other kinds stay where
   * they are. Fails after `timeoutMs` (5 s), naming what did come.
   */
  posted(kind: string, timeoutMs?: number): Promise<unknown>;
  /** What the page last gave to `setState`. */
  state(): Promise<unknown>;
  setTheme(theme: Theme): Promise<void>;
  /** Loads the page anew with the state it kept, as after "Reload Window". */
  reload(): Promise<void>;
  /** Writes `test/output/pages/<name>.png`. */
  screenshot(name: string): Promise<void>;
  /** Takes the problems that match as meant; the test fails if there was none. */
  expectProblem(pattern: RegExp): void;
}

const contentTypes: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".map": "application/json",
  ".ttf": "font/ttf",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

function pageDocument(name: string, origin: string): string {
  const policy = [
    "default-src 'none'",
    `script-src ${origin}`,
    `style-src ${origin}`,
    `font-src ${origin}`,
    `img-src ${origin} data:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${origin}/${name}/main.css">
<title>${name}</title>
</head>
<body>
<script src="${origin}/${name}/main.js"></script>
</body>
</html>`;
}

async function serve(): Promise<{ readonly server: Server; readonly origin: string }> {
  let origin = "";
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    if (path === "/favicon.ico") {
      response.writeHead(204).end();
      return;
    }
    const page = /^\/([a-z]+)$/.exec(path)?.[1];
    if (page !== undefined) {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(pageDocument(page, origin));
      return;
    }
    const file = normalize(join(built, path));
    try {
      if (!file.startsWith(built + sep)) {
        throw new Error("outside dist/webview");
      }
      const body = await readFile(file);
      response.writeHead(200, { "content-type": contentTypes[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, origin };
}

type Running = { readonly browser: Browser; readonly server: Server; readonly origin: string };

let running: Promise<Running> | undefined;

function start(): Promise<Running> {
  running ??= (async () => {
    const executablePath = findBrowser();
    assert.ok(executablePath !== undefined, howToInstallBrowser);
    const browser = await chromium.launch({ executablePath, args: [...browserFlags] });
    return { browser, ...(await serve()) };
  })();
  return running;
}

after(async () => {
  const ended = await running;
  await ended?.browser.close();
  ended?.server.close();
  ended?.server.closeAllConnections();
});

/** What pages were seen doing wrong. It is said after the test, where it cannot hide why the test itself failed. */
const complaints: string[] = [];

afterEach(() => {
  const found = complaints.splice(0);
  if (found.length > 0) {
    assert.fail(found.join("\n"));
  }
});

/** The editor's half, from `page/host.ts`: it is written against the DOM, and this file is not. */
async function hostScript(): Promise<string> {
  const source = await readFile(join(here, "page", "host.ts"), "utf8");
  return (await transform(source, { loader: "ts", format: "iife", globalName: "host" })).code;
}

function kindOf(message: unknown): unknown {
  return typeof message === "object" && message !== null && "kind" in message ? message.kind : undefined;
}

export async function openPage(name: string, options: PageOptions = {}): Promise<OpenPage> {
  const { browser, origin } = await start();
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1200, height: options.height ?? 700 },
    timezoneId: options.zone ?? "Asia/Shanghai",
    locale: options.locale ?? "en-US",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);

  const messages: unknown[] = [];
  const handedOut = new Set<unknown>();
  const problems: string[] = [];
  const meant: RegExp[] = [];
  let arrived: () => void = () => {};

  page.on("console", (message) => {
    if (message.type() === "error") {
      problems.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => problems.push(`thrown: ${error.stack ?? error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 400) {
      problems.push(`missing: ${response.status()} ${response.url()}`);
    }
  });

  const post: Post = async (message) => {
    await page.evaluate(`window.postMessage(${JSON.stringify(message)}, window.origin)`);
  };
  await page.exposeFunction("hostProblem", (problem: string) => {
    problems.push(problem);
  });
  await page.exposeFunction("hostPosted", async (message: unknown) => {
    messages.push(message);
    arrived();
    try {
      await options.onMessage?.(message, post);
    } catch (failure) {
      problems.push(`onMessage: ${failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)}`);
    }
  });
  const first = { theme: themes[options.theme ?? "dark"], state: options.state };
  await page.addInitScript(`(() => {
${await hostScript()}
host.play(${JSON.stringify(first)});
})();`);
  await page.goto(`${origin}/${name}`, { waitUntil: "load" });

  return {
    page,
    post,
    messages,
    async posted(kind, timeoutMs = 5_000) {
      const until = Date.now() + timeoutMs;
      for (;;) {
        const found = messages.find((message) => kindOf(message) === kind && !handedOut.has(message));
        if (found !== undefined) {
          handedOut.add(found);
          return found;
        }
        const left = until - Date.now();
        if (left <= 0) {
          const seen = messages.map(kindOf).join(", ") || "nothing";
          assert.fail(
            `The page posted no (further) message ${kind} within ${timeoutMs} ms; it posted ${seen}.\n${problems.join("\n")}`,
          );
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, left);
          arrived = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
    state() {
      return page.evaluate("hostState()");
    },
    async setTheme(theme) {
      await page.evaluate(`hostTheme(${JSON.stringify(themes[theme])})`);
    },
    async reload() {
      await page.reload({ waitUntil: "load" });
    },
    async screenshot(picture) {
      mkdirSync(output, { recursive: true });
      await page.screenshot({ path: join(output, `${picture}.png`) });
    },
    expectProblem(pattern) {
      meant.push(pattern);
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      for (const pattern of meant.filter((pattern) => !problems.some((problem) => pattern.test(problem)))) {
        complaints.push(`${name}: no problem matched ${pattern}`);
      }
      for (const problem of problems.filter((problem) => !meant.some((pattern) => pattern.test(problem)))) {
        complaints.push(`${name}: ${problem}`);
      }
    },
  };
}
