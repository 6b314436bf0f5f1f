// The editor without a desktop: the VS Code server that the npm package code-server carries, on loopback.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, childEnvironment, ended, endTree, Failure, nodePath, npm, root, run, start, step } from "./project.mjs";

/** The editor that `npm start` opens and the tests run in. */
export const currentServer = "4.139.1";

/** VS Code 1.105, the oldest editor that `engines.vscode` promises. */
export const oldestServer = "4.105.1";

/**
 * What the oldest server is given beside it. Under Node 24 its extension host hangs, so it gets the Node it was made for;
 * and its own ripgrep, without which it finds no file, would come from a download by an install script.
 */
const oldestNode = "22.23.3";
const oldestRipgrep = "1.18.0";

function folderOf(version) {
  return join(cache, "code-server", version);
}

function editorOf(version) {
  return join(folderOf(version), "node_modules", "code-server", "lib", "vscode");
}

function nodeOf(version) {
  return version === oldestServer ? nodePath(join(folderOf(version), "beside", "node_modules")) : nodePath();
}

/**
 * Installs a version of the server unless it is there. Install scripts are left out: they compile native modules that
 * nothing here needs. `npm ci` cannot be used inside the package, because its lock file is out of step with it.
 */
export async function installServer(version) {
  const folder = folderOf(version);
  const stamp = join(folder, "installed");
  if (!existsSync(stamp)) {
    await download(version, folder, stamp);
  }
  const log = join(editorOf(version), "node_modules", "@vscode", "spdlog", "index.js");
  copyFileSync(join(root, "scripts", "serverLog.cjs"), log);
}

function rewriteJson(path, change) {
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, "utf8"))), undefined, 2));
}

/**
 * Older packages of the server name @parcel/watcher by a commit, which npm would fetch with git; the release of the
 * same version is in the registry.
 */
function takeReleases(editor) {
  const name = "@parcel/watcher";
  const lock = join(editor, "npm-shrinkwrap.json");
  const manifest = join(editor, "package.json");
  if (!JSON.parse(readFileSync(manifest, "utf8")).dependencies[name]?.includes("#")) {
    return;
  }
  let version;
  rewriteJson(lock, (content) => {
    version = content.packages[`node_modules/${name}`].version;
    delete content.packages[`node_modules/${name}`];
    content.packages[""].dependencies[name] = version;
    return content;
  });
  rewriteJson(manifest, (content) => ({ ...content, dependencies: { ...content.dependencies, [name]: version } }));
}

async function installBeside(folder, options) {
  const beside = join(folder, "beside");
  mkdirSync(beside, { recursive: true });
  writeFileSync(join(beside, "package.json"), '{ "private": true }\n');
  const packages = [`node@${oldestNode}`, `@vscode/ripgrep-universal@${oldestRipgrep}`];
  await npm(["install", ...packages, "--no-audit", "--no-fund", "--loglevel=error"], { ...options, cwd: beside });
  const name = process.platform === "win32" ? "rg.exe" : "rg";
  const platform = `${process.platform}-${process.arch}`;
  const place = join(editorOf(oldestServer), "node_modules", "@vscode", "ripgrep", "bin");
  mkdirSync(place, { recursive: true });
  copyFileSync(join(beside, "node_modules", "@vscode", "ripgrep-universal", "bin", platform, name), join(place, name));
}

function download(version, folder, stamp) {
  return step(`Installing the VS Code server (code-server ${version}, about 600 MB)`, async () => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    const options = { env: childEnvironment(), budgetMs: 600_000 };
    await npm(["install", "--save-exact", `code-server@${version}`, ...quiet], { ...options, cwd: folder });
    takeReleases(editorOf(version));
    await npm(["install", "--omit=dev", "--no-save", ...quiet], { ...options, cwd: editorOf(version) });
    if (version === oldestServer) {
      await installBeside(folder, options);
    }
    writeFileSync(stamp, `${version}\n`);
  });
}

/** A window in which nothing moves, asks or advertises. */
export const calmSettings = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.openRepositoryInParentFolders": "never",
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "update.showReleaseNotes": false,
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
};

/** Writes settings where there are none yet, so that what a person changed stays. */
export function writeSettings(userFolder, settings) {
  const path = join(userFolder, "settings.json");
  if (!existsSync(path)) {
    mkdirSync(userFolder, { recursive: true });
    writeFileSync(path, `${JSON.stringify(settings, undefined, 2)}\n`);
  }
}

/** Installs a VSIX into the extensions folder of a server that does not run. */
export async function installVsix({ version, data, extensions, vsix }) {
  const server = join(editorOf(version), "out", "server-main.js");
  const folders = [`--server-data-dir=${data}`, `--extensions-dir=${extensions}`];
  await run(
    nodeOf(version),
    [server, `--install-extension=${vsix}`, ...folders, "--accept-server-license-terms", "--telemetry-level=off"],
    { env: childEnvironment(), budgetMs: 120_000 },
  );
}

/**
 * Starts an installed server on 127.0.0.1 and waits until it listens; port 0 is one that the system chooses.
 * `data` holds its settings, `extensions` the extensions; `token` is what a browser must bring. With `driven`, the page
 * takes the payload that loads an extension under development and runs a test module inside the extension host.
 */
export async function startServer({ version, port, token, data, extensions, trusting, driven = false, env = {} }) {
  const args = [
    join(editorOf(version), "out", "server-main.js"),
    "--host=127.0.0.1",
    `--port=${port}`,
    `--connection-token=${token}`,
    `--server-data-dir=${data}`,
    `--extensions-dir=${extensions}`,
    "--accept-server-license-terms",
    "--disable-telemetry",
    "--telemetry-level=off",
    ...(trusting ? ["--disable-workspace-trust"] : []),
    ...(driven ? ["--enable-smoke-test-driver"] : []),
  ];
  const child = start(nodeOf(version), args, { stdio: ["ignore", "pipe", "pipe"], env: childEnvironment(env) });
  const log = [];
  const listening = new Promise((resolve) => {
    const read = (data) => {
      log.push(data.toString("utf8"));
      const line = /Extension host agent listening on (\d+)/.exec(log.join(""));
      if (line !== null) {
        resolve(Number(line[1]));
      }
      // A server that talks for hours must not fill the memory; its end is what matters.
      if (log.length > 400) {
        log.splice(0, 200);
      }
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
  });
  const timeout = new Promise((resolve) => setTimeout(resolve, 60_000, undefined).unref());
  const bound = await Promise.race([listening, timeout, ended(child).then(() => undefined)]);
  if (bound === undefined) {
    endTree(child, "SIGKILL");
    throw new Failure(`${log.join("")}\nThe VS Code server did not start${port === 0 ? "" : ` on port ${port}`}.`);
  }
  return { port: bound, child, log: () => log.join(""), ended: ended(child), end: () => endTree(child) };
}
