// What every script needs before anything is installed: steps with progress, child processes that never outlive this
// one, and the two questions "is everything installed?" and "is everything built?". Node's own modules only.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything the scripts download or keep lies here; git ignores it, and deleting it costs one slow start. */
export const cache = join(root, ".ack-audit");

const windows = process.platform === "win32";

/** A failure that is said in one sentence, without a stack. */
export class Failure extends Error {}

export function say(line) {
  console.log(line);
}

function seconds(sinceMs) {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
}

/** Runs one long step: says that it began, every ten seconds that it goes on, and how long it took. */
export async function step(title, act) {
  const begun = performance.now();
  say(`… ${title}`);
  const heartbeat = setInterval(() => say(`… ${title} (${seconds(begun)})`), 10_000);
  try {
    const result = await act();
    say(`✔ ${title} (${seconds(begun)})`);
    return result;
  } catch (failure) {
    say(`✖ ${title} (${seconds(begun)})`);
    throw failure;
  } finally {
    clearInterval(heartbeat);
  }
}

const alive = new Set();
let ending = false;

/** Ends a process and all it has started. */
export function endTree(child, signal = "SIGTERM") {
  if (child.pid === undefined) {
    return;
  }
  if (windows) {
    spawnSync("taskkill", ["/pid", String(child.pid), "/T", "/F"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (failure) {
    // ESRCH: the whole group has ended already, which is what was wanted.
    if (failure.code !== "ESRCH") {
      throw failure;
    }
  }
}

/** Asks a process to end, which lets it end what it has started itself; after five seconds it is not asked. */
export function endInTime(child) {
  endTree(child, "SIGTERM");
  const kill = setTimeout(() => endTree(child, "SIGKILL"), 5_000);
  child.once("exit", () => clearTimeout(kill));
}

/**
 * Starts a process in a group of its own, so that all of the group can be ended. It and what it has started end when
 * this process does, whatever ends it (but SIGKILL).
 */
export function start(command, args, options = {}) {
  endWithSignals();
  const child = spawn(command, args, { cwd: root, stdio: "inherit", ...options, detached: !windows });
  alive.add(child);
  // What a group leader leaves behind is ended with it.
  child.once("exit", () => {
    if (!windows) {
      endTree(child, "SIGKILL");
    }
    alive.delete(child);
  });
  child.once("error", () => alive.delete(child));
  return child;
}

export function ended(child) {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve({ code: child.exitCode, signal: child.signalCode });
    }
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
}

/** Asks every process that was started to end, and after five seconds ends what is left. */
export async function endAll() {
  ending = true;
  const children = [...alive];
  for (const child of children) {
    endInTime(child);
  }
  await Promise.all(children.map((child) => ended(child).catch(() => undefined)));
}

let listening = false;

/** On Ctrl+C, a closed terminal or a kill, everything that was started ends first. */
function endWithSignals() {
  if (listening) {
    return;
  }
  listening = true;
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
  for (const [signal, number] of Object.entries(numbers)) {
    process.once(signal, async () => {
      await endAll();
      process.exit(128 + number);
    });
  }
  process.once("exit", () => {
    for (const child of alive) {
      endTree(child, "SIGKILL");
    }
  });
}

/**
 * Runs a command to its end, quietly: what it prints is shown only when it fails. Gives its output.
 * Past `budgetMs` the whole process group is ended, and that is the failure.
 */
export async function run(command, args, { budgetMs, ...options } = {}) {
  const child = start(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const printed = [];
  child.stdout.on("data", (data) => printed.push(data));
  child.stderr.on("data", (data) => printed.push(data));
  const name = [basename(command), ...args].join(" ");
  let late = false;
  const timer =
    budgetMs === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          endInTime(child);
        }, budgetMs);
  let result;
  try {
    result = await ended(child);
  } catch (failure) {
    throw new Failure(`${name} could not be started: ${failure.message}`);
  } finally {
    clearTimeout(timer);
  }
  const text = Buffer.concat(printed).toString("utf8");
  if (late) {
    throw new Failure(`${text}\n${name} took more than ${budgetMs / 1000} s and was ended.`);
  }
  if (result.code !== 0) {
    throw new Failure(`${text}\n${name} ended with ${result.signal ?? `code ${result.code}`}.`);
  }
  return text;
}

/** npm as this process was started by it, else the one on the PATH. */
export function npm(args, options) {
  const script = process.env["npm_execpath"];
  if (script !== undefined && /npm-cli\.c?js$/.test(script)) {
    return run(process.execPath, [script, ...args], options);
  }
  return run(windows ? "npm.cmd" : "npm", args, { ...options, shell: windows });
}

/** npm that is killed does not end the script it runs, so a script of npm ends when npm is gone. */
function endWithNpm() {
  if (process.env["npm_lifecycle_event"] === undefined) {
    return;
  }
  const parent = process.ppid;
  setInterval(async () => {
    if (process.ppid !== parent) {
      await endAll();
      process.exit(1);
    }
  }, 1_000).unref();
}

/** Runs one script of this project: reads the arguments, says a failure in its own words, ends what it started. */
export async function main(act) {
  if (Number(process.versions.node.split(".")[0]) < 20) {
    console.error(`Node 20 or newer is needed; this is ${process.version}.`);
    process.exit(1);
  }
  endWithNpm();
  try {
    process.exitCode = (await act(process.argv.slice(2))) ?? 0;
  } catch (failure) {
    // Once a signal has asked for the end, children that end are no failure.
    if (!ending) {
      console.error(failure instanceof Failure ? failure.message.trim() : failure);
    }
    process.exitCode = 1;
  }
  await endAll();
}

/** What `parseArgs` of Node says of an unknown option is right; it is only said without a stack. */
export function orUsage(parse, usage) {
  try {
    return parse();
  } catch (failure) {
    throw new Failure(`${failure.message}\n\n${usage}`);
  }
}

// Installing

const lockPath = join(root, "package-lock.json");
const modules = join(root, "node_modules");
const installedStamp = join(modules, ".ack-audit-installed");

function sha256(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(part).update("\0");
  }
  return hash.digest("hex");
}

/**
 * Whether node_modules holds what the lock file asks for, by npm's own note of what it installed. Optional packages may
 * be missing: they are those of other platforms.
 */
function holdsLocked() {
  const notePath = join(modules, ".package-lock.json");
  if (!existsSync(notePath)) {
    return false;
  }
  const wanted = JSON.parse(readFileSync(lockPath, "utf8")).packages;
  const there = JSON.parse(readFileSync(notePath, "utf8")).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || entry.link === true) {
      return true;
    }
    const found = there[path];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

/** Installs the packages of the lock file unless they are there. Says whether it had to. */
export async function install() {
  const wanted = sha256(readFileSync(lockPath), process.platform, process.arch);
  if (existsSync(installedStamp) && readFileSync(installedStamp, "utf8") === wanted) {
    return false;
  }
  const there = existsSync(nodePath()) && holdsLocked();
  if (!there) {
    await step("Installing packages (npm ci)", () =>
      npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], { budgetMs: 600_000 }),
    );
  }
  writeFileSync(installedStamp, wanted);
  return !there;
}

/** The Node that the project brings along: the editor's server and the tests are run by it. */
export function nodePath(folder = modules) {
  return join(folder, "node", "bin", windows ? "node.exe" : "node");
}

/** The environment of children: the project's Node and tools first on the PATH. */
export function childEnvironment(more = {}) {
  const bin = join(modules, ".bin");
  return {
    ...process.env,
    PATH: `${dirname(nodePath())}${delimiter}${bin}${delimiter}${process.env["PATH"]}`,
    ...more,
  };
}

// Building

/** Every file in a folder and the folders in it; none when there is no such folder. */
export function filesUnder(folder) {
  return existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : [];
}

function sourcesHash() {
  const files = [
    ...filesUnder(join(root, "src")),
    ...filesUnder(join(root, "webview")),
    join(root, "build.ts"),
    join(root, "package.json"),
    lockPath,
  ].sort();
  return sha256(...files.flatMap((file) => [relative(root, file), readFileSync(file)]));
}

/** Builds `dist/` unless it was built from these very sources. Says whether it had to. */
export async function buildOnce({ production = false } = {}) {
  const stamp = join(root, "dist", ".built");
  const wanted = `${production ? "production" : "development"} ${sourcesHash()}`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    return false;
  }
  await step("Building the extension", () =>
    run(nodePath(), ["build.ts", ...(production ? ["--production"] : [])], {
      env: childEnvironment(),
      budgetMs: 120_000,
    }),
  );
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  return true;
}
