/**
 * Builds what the extension is made of into `dist/`:
 *
 *   extension.cjs        src/extension.ts          what the editor activates: the doors
 *   start.cjs            src/editor/start.ts       what stands behind them, all else of the extension host's half
 *   cloud.cjs            src/editor/cloud/cloud.ts what speaks to Alibaba Cloud, loaded for the first account
 *   kubernetes.cjs       src/kubernetes/…          what speaks to the Kubernetes API, loaded for the first list of pods
 *   engine.cjs           src/engine/process.ts     the process that holds DuckDB
 *   node_modules/        DuckDB for this machine   what engine.cjs finds first when it asks for it
 *   webview/<page>/      webview/<page>/main.ts and main.css
 *
 *   node build.ts [part…] [--production] [--watch]
 *
 * A part is `extension`, `start`, `cloud`, `kubernetes`, `engine` or `webview`; without one, all are built. `--production` minifies everything and
 * writes no source maps. `vscode` comes from the editor and DuckDB is native, so both stay outside the bundles.
 */
import { constants, cpSync, existsSync, globSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type BuildOptions, build, context, type Metafile, type Plugin } from "esbuild";
import { signingOnly } from "./scripts/signingOnly.ts";
import { builtInRules } from "./src/rules/builtInRules.ts";

const root = dirname(fileURLToPath(import.meta.url));

type Settings = { readonly production: boolean };

/** The oldest editor promised (engines.vscode) runs its extension host on Node 22. */
const inNode = (settings: Settings): BuildOptions => ({
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  minify: settings.production,
  sourcemap: settings.production ? false : "linked",
  metafile: true,
  logLevel: "warning",
});

/** The rule files are read here, once, instead of by a YAML parser at every activation, which would take 25 ms. */
const rulesAsData: Plugin = {
  name: "rules-as-data",
  setup({ onLoad }) {
    onLoad({ filter: /builtInRules\.ts$/ }, () => ({
      contents: `export const builtInRules = ${JSON.stringify(builtInRules)};`,
      loader: "js",
    }));
  },
};

/**
 * One look at the editor's API for the whole bundle. Left to itself the bundler copies the API's hundreds of members anew
 * for each file that imports it, which took a third of the activation.
 */
const editorOnce: Plugin = {
  name: "editor-once",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode$/ }, ({ pluginData }) =>
      pluginData === "api" ? { path: "vscode", external: true } : { path: "vscode", namespace: "editor-once" },
    );
    onLoad({ filter: /.*/, namespace: "editor-once" }, () => {
      const sources = globSync("src/**/*.ts", { cwd: root }).map((file) => readFileSync(join(root, file), "utf8"));
      const members = new Set(
        sources.flatMap((text) => [...text.matchAll(/\bvscode\.(\w+)/g)].map(([, name]) => name)),
      );
      const api = new Set(
        [
          ...readFileSync(join(root, "node_modules/@types/vscode/index.d.ts"), "utf8").matchAll(
            /export (?:class|enum|namespace|const) (\w+)/g,
          ),
        ].map(([, name]) => name),
      );
      const exported = [...members]
        .filter((name) => api.has(name))
        .map((name) => `export const ${name} = api.${name};`);
      return { contents: `const api = require("vscode");\n${exported.join("\n")}`, loader: "js", pluginData: "api" };
    });
  },
};

/** The modules that are bundles of their own, which whoever imports them when they are needed finds beside its own. */
const ownBundles: Readonly<Record<string, string>> = {
  "src/editor/start.ts": "start.cjs",
  "src/editor/cloud/cloud.ts": "cloud.cjs",
  "src/kubernetes/kubernetes.ts": "kubernetes.cjs",
};

/**
 * What is imported only when it is needed is a bundle beside the one that asks for it: an editor compiles a file whole
 * before it runs the first line of it.
 */
const later: Plugin = {
  name: "later",
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== "dynamic-import") return undefined;
      const bundle = ownBundles[relative(root, join(resolveDir, path)).replaceAll("\\", "/")];
      return bundle === undefined ? undefined : { path: `./${bundle}`, external: true };
    });
  },
};

/**
 * Of the Kubernetes client only what reads kubeconfigs and logs in is used, so what nothing asks for falls away; `undici`
 * is for requests, which the connection of src/kubernetes makes.
 */
const loginOnly: Plugin = {
  name: "login-only",
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^(@kubernetes\/client-node$|\.)/ }, async ({ path, importer, pluginData, ...where }) => {
      const isClient = path === "@kubernetes/client-node" || /@kubernetes[\\/]client-node[\\/]dist[\\/]/.test(importer);
      if (!isClient || pluginData === "asked") return undefined;
      const found = await resolve(path, { ...where, importer, pluginData: "asked" });
      return { ...found, sideEffects: false };
    });
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: "login-only" }));
    onLoad({ filter: /.*/, namespace: "login-only" }, () => ({
      contents: `export class Agent {} export class ProxyAgent {}
        export function fetch() { throw new Error("undici is left out"); }`,
      loader: "js",
    }));
  },
};

function pageNames(): readonly string[] {
  return readdirSync(join(root, "webview"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, "webview", entry.name, "main.ts")))
    .map((entry) => entry.name)
    .sort();
}

function webviewOptions(settings: Settings): BuildOptions {
  const pages = pageNames();
  if (pages.length === 0) {
    throw new Error("webview/ holds no page: a page is a folder with a main.ts and a main.css.");
  }
  return {
    absWorkingDir: root,
    entryPoints: pages.flatMap((page) => [`webview/${page}/main.ts`, `webview/${page}/main.css`]),
    outdir: "dist/webview",
    outbase: "webview",
    bundle: true,
    platform: "browser",
    target: ["chrome138"],
    format: "iife",
    minify: true,
    sourcemap: settings.production ? false : "linked",
    loader: { ".ttf": "file", ".woff2": "file", ".svg": "file" },
    assetNames: "[dir]/[name]",
    metafile: true,
    logLevel: "warning",
  };
}

const parts = {
  extension: (settings: Settings): BuildOptions => ({
    ...inNode(settings),
    entryPoints: { extension: "src/extension.ts" },
    plugins: [editorOnce, later],
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    external: ["vscode"],
    supported: { "dynamic-import": false },
  }),
  start: (settings: Settings): BuildOptions => ({
    ...inNode(settings),
    entryPoints: { start: "src/editor/start.ts" },
    plugins: [rulesAsData, editorOnce, later],
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    external: ["vscode"],
    supported: { "dynamic-import": false },
  }),
  cloud: (settings: Settings): BuildOptions => ({
    ...inNode(settings),
    entryPoints: { cloud: "src/editor/cloud/cloud.ts" },
    plugins: [editorOnce, later, signingOnly],
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    external: ["vscode"],
    supported: { "dynamic-import": false },
  }),
  kubernetes: (settings: Settings): BuildOptions => ({
    ...inNode(settings),
    entryPoints: { kubernetes: "src/kubernetes/kubernetes.ts" },
    plugins: [loginOnly],
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    supported: { "dynamic-import": false },
  }),
  engine: (settings: Settings): BuildOptions => ({
    ...inNode(settings),
    entryPoints: { engine: "src/engine/process.ts" },
    outdir: "dist",
    outExtension: { ".js": ".cjs" },
    external: ["@duckdb/node-api"],
  }),
  webview: webviewOptions,
};

type Manifest = { readonly version: string; readonly dependencies?: Readonly<Record<string, string>> };

function readManifest(folder: string): Manifest | undefined {
  const path = join(folder, "package.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

/**
 * Puts DuckDB and what it needs beside the bundle, so that `dist/` is complete and the root's node_modules, full of
 * tools, is no part of the extension. Of the native bindings only those that npm chose for this machine are there.
 */
function copyDuckDB(): void {
  const modules = join(root, "node_modules");
  const bindings = readdirSync(join(modules, "@duckdb")).filter((name) => name.startsWith("node-bindings-"));
  const packages = [
    "@duckdb/node-api",
    "@duckdb/node-bindings",
    ...bindings.map((name) => `@duckdb/${name}`),
    ...Object.keys(readManifest(join(modules, "@duckdb/node-bindings"))?.dependencies ?? {}),
  ];
  for (const name of packages) {
    const from = join(modules, name);
    const to = join(root, "dist", "node_modules", name);
    if (readManifest(from)?.version !== readManifest(to)?.version) {
      // Renamed when complete: an interrupted copy must not look like a finished one.
      const partial = `${to}.partial`;
      rmSync(to, { recursive: true, force: true });
      rmSync(partial, { recursive: true, force: true });
      cpSync(from, partial, { recursive: true, mode: constants.COPYFILE_FICLONE });
      renameSync(partial, to);
    }
  }
  // It throws here rather than in front of a user.
  createRequire(join(root, "dist", "engine.cjs"))("@duckdb/node-api");
}

type Part = keyof typeof parts;

function isPart(name: string): name is Part {
  return Object.hasOwn(parts, name);
}

function printSizes(metafile: Metafile): void {
  for (const [path, output] of Object.entries(metafile.outputs)) {
    if (!path.endsWith(".map")) {
      console.log(`${(output.bytes / 1024).toFixed(1).padStart(9)} KiB  ${relative(root, join(root, path))}`);
    }
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { production: { type: "boolean", default: false }, watch: { type: "boolean", default: false } },
});
const unknown = positionals.filter((name) => !isPart(name));
if (unknown.length > 0) {
  console.error(`build.ts knows no part ${unknown.join(", ")}; the parts are ${Object.keys(parts).join(", ")}.`);
  process.exit(2);
}
const wanted = (positionals.length > 0 ? positionals : Object.keys(parts)).filter(isPart);

try {
  // scripts/project.mjs notes there which sources dist/ was built from; from now on it is not.
  rmSync(join(root, "dist", ".built"), { force: true });
  if (wanted.includes("engine")) {
    copyDuckDB();
  }
  if (values.watch) {
    for (const name of wanted) {
      const watched = await context({ ...parts[name](values), logLevel: "info" });
      await watched.watch();
    }
  } else {
    const results = await Promise.all(wanted.map((name) => build(parts[name](values))));
    for (const { metafile } of results) {
      if (metafile !== undefined) {
        printSizes(metafile);
      }
    }
  }
} catch (failure) {
  // esbuild has printed the problems of the sources with their places; what else went wrong is said here.
  if (!(failure instanceof Error && "errors" in failure)) {
    console.error(failure instanceof Error ? failure.message : failure);
  }
  process.exitCode = 1;
}
