// `npm test`: installs what is missing, builds, and runs the tiers in order. The last line counts over all of them.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { canInstallBrowser, findBrowser, howToInstallBrowser, installBrowser } from "./browser.mjs";
import { currentServer, installServer, oldestServer } from "./editorServer.mjs";
import {
  buildOnce,
  cache,
  childEnvironment,
  ended,
  endInTime,
  Failure,
  filesUnder,
  install,
  main,
  nodePath,
  orUsage,
  root,
  run,
  say,
  start,
  step,
} from "./project.mjs";

const usage = `Runs the tests: npm test, or one tier: npm run check | test:unit | test:pages | test:editor | test:desktop.

  node scripts/test.mjs [tier…] [--full] [--only PATTERN]

  tier            check, unit, pages, editor (all four without one), desktop
  --full          the long forms of tests, and the editor tier on the oldest editor promised as well
  --only PATTERN  only tests whose name matches
  --help          this text

VSCODE_PATH names the desktop editor to use; without it one is downloaded. CHROME_PATH names the browser.`;

/** The rooms whose lines must be run by unit tests, and how many of a hundred. */
const coveredRooms = ["src/sls", "src/audit", "src/pages", "src/logs"];
const coveredPercent = 90;

const report = join(cache, `test-report-${process.pid}.jsonl`);

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const nothing = () => ({ passed: 0, failed: 0, skipped: 0 });

function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Runs commands that each pass or fail as a whole. */
async function runChecks({ budgetMs }) {
  const bin = (name) => join(root, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);
  const checks = [
    ["types of the core", bin("tsc"), ["-p", "tsconfig.core.json"]],
    ["types of the extension, the tests and the build", bin("tsc"), ["-p", "tsconfig.json"]],
    ["types of the pages", bin("tsc"), ["-p", "tsconfig.webview.json"]],
    ["format, lint and boundaries", bin("biome"), ["check", "--error-on-warnings"]],
  ];
  let counts = nothing();
  for (const [what, command, args] of checks) {
    try {
      await run(command, args, { env: childEnvironment(), budgetMs, shell: process.platform === "win32" });
      say(`    ✔ ${what}`);
      counts = add(counts, { ...nothing(), passed: 1 });
    } catch (failure) {
      if (!(failure instanceof Failure)) {
        throw failure;
      }
      say(`    ✖ ${what}\n${failure.message.trim()}`);
      counts = add(counts, { ...nothing(), failed: 1 });
    }
  }
  return counts;
}

function testFiles(folder) {
  return filesUnder(join(root, folder))
    .filter((path) => path.endsWith(".test.ts"))
    .sort();
}

function readReport() {
  const lines = existsSync(report)
    ? readFileSync(report, "utf8")
        .split("\n")
        .filter((line) => line !== "")
    : [];
  return lines.map((line) => JSON.parse(line));
}

/**
 * A file that no test loads is in no coverage report, so the rooms are listed here: such a file counts with all its
 * lines, unless it holds types alone and nothing of it is ever run.
 */
async function coverage(files) {
  const { transform } = await import("esbuild");
  const nameOf = (path) => relative(root, path).replaceAll("\\", "/");
  const seen = new Map(files.map((file) => [nameOf(file.path), file]));
  const paths = coveredRooms.flatMap((room) => filesUnder(join(root, room))).filter((path) => path.endsWith(".ts"));
  let lines = 0;
  let covered = 0;
  for (const path of paths.map(nameOf).sort()) {
    const file = seen.get(path);
    if (file !== undefined) {
      lines += file.lines;
      covered += file.covered;
      if (file.covered < file.lines * 0.8) {
        say(`    ${path}: ${file.covered} of ${file.lines} lines are run by a test`);
      }
      continue;
    }
    const source = readFileSync(join(root, path), "utf8");
    const { code } = await transform(source, { loader: "ts", minify: true });
    if (code.trim() !== "") {
      lines += source.split("\n").length;
      say(`    ${path}: no test loads it`);
    }
  }
  const percent = lines === 0 ? 0 : (100 * covered) / lines;
  const enough = percent >= coveredPercent;
  say(
    `    ${enough ? "✔" : "✖"} ${percent.toFixed(1)} % of the lines of ${coveredRooms.join(", ")} (${coveredPercent} % wanted)`,
  );
  return enough;
}

/** Runs test files by Node's runner in a process group that ends with the budget. */
async function runTests({ files, budgetMs, covers = false, oneAtATime = false, names = false, env = {}, only }) {
  if (files.length === 0) {
    say("    ✖ there is no test file");
    return { ...nothing(), failed: 1 };
  }
  mkdirSync(cache, { recursive: true });
  rmSync(report, { force: true });
  const args = [
    "--test",
    `--test-reporter=${join(root, "scripts", "reporter.mjs")}`,
    "--test-reporter-destination=stdout",
    // A file that hangs is ended by name, before the whole tier would be.
    `--test-timeout=${Math.round(budgetMs * 0.75)}`,
    // Left to itself Node leaves a core idle, which on two cores is half of them.
    `--test-concurrency=${oneAtATime ? 1 : availableParallelism()}`,
    ...(only === undefined ? [] : [`--test-name-pattern=${only}`]),
    ...(covers
      ? ["--experimental-test-coverage", ...coveredRooms.map((room) => `--test-coverage-include=${room}/**`)]
      : []),
    ...files,
  ];
  const child = start(nodePath(), args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: childEnvironment({ REPORT_FILE: report, REPORT_NAMES: names ? "all" : "failed", ...env }),
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endInTime(child);
  }, budgetMs);
  const { code } = await ended(child);
  clearTimeout(timer);

  const counts = nothing();
  let linesRun = [];
  const lines = readReport();
  rmSync(report, { force: true });
  for (const line of lines) {
    if (line.coverage !== undefined) {
      linesRun = line.coverage;
    } else {
      counts[line.result] += 1;
    }
  }
  if (late) {
    say(`    ✖ the tier took more than its ${budgetMs / 1000} s and was ended`);
    return add(counts, { ...nothing(), failed: 1 });
  }
  if (code !== 0 && counts.failed === 0) {
    say(`    ✖ the runner ended with code ${code}, though no test failed`);
    counts.failed += 1;
  }
  if (code === 0 && counts.passed === 0) {
    say("    ✖ no test was run");
    counts.failed += 1;
  }
  if (covers && only === undefined) {
    counts[(await coverage(linesRun)) ? "passed" : "failed"] += 1;
  }
  return counts;
}

async function needBrowser() {
  if (findBrowser() === undefined && canInstallBrowser()) {
    await step("Installing Debian's Chromium", () => installBrowser());
  }
  if (findBrowser() === undefined) {
    throw new Failure(howToInstallBrowser);
  }
}

/**
 * What each tier needs before its budget runs, its budget for the short forms, and what it runs. The usual four and the
 * installing before them stay under twelve minutes on two cores.
 */
const tiers = {
  check: { budgetS: 30, prepare: async () => {}, act: runChecks },
  unit: {
    budgetS: 300,
    prepare: async () => {},
    act: async (given) => {
      // Counting lines slows a test down to a half, so only the tests of the rooms that are held to a share pay for it.
      const files = testFiles("test/unit");
      const isCovered = (file) =>
        coveredRooms.some((room) => file.includes(join(room.replace("src", "test/unit"), "/")));
      const begun = Date.now();
      const counts = await runTests({ ...given, files: files.filter(isCovered), covers: true });
      const budgetMs = given.budgetMs - (Date.now() - begun);
      return add(counts, await runTests({ ...given, budgetMs, files: files.filter((file) => !isCovered(file)) }));
    },
  },
  pages: {
    budgetS: 170,
    prepare: async () => {
      await needBrowser();
      await buildOnce();
    },
    // A browser takes all cores by itself.
    act: (given) => runTests({ ...given, files: testFiles("test/pages"), oneAtATime: true, names: true }),
  },
  editor: {
    budgetS: 400,
    prepare: async ({ full }) => {
      await needBrowser();
      await buildOnce();
      await installServer(currentServer);
      if (full) {
        await installServer(oldestServer);
      }
    },
    act: async (given) => {
      const files = testFiles("test/editor");
      const counts = await runTests({ ...given, files, oneAtATime: true, names: true });
      if (!given.full) {
        return counts;
      }
      say(`    on the oldest editor promised (code-server ${oldestServer}):`);
      const env = { ...given.env, ACK_AUDIT_EDITOR: `server:${oldestServer}` };
      return add(counts, await runTests({ ...given, files, oneAtATime: true, names: true, env }));
    },
  },
  desktop: {
    budgetS: 600,
    prepare: async () => {
      await buildOnce();
    },
    act: (given) =>
      runTests({
        ...given,
        files: testFiles("test/editor"),
        oneAtATime: true,
        names: true,
        env: { ...given.env, ACK_AUDIT_EDITOR: "desktop" },
      }),
  },
};

const usual = ["check", "unit", "pages", "editor"];

await main(async (args) => {
  const { values, positionals } = orUsage(
    () =>
      parseArgs({
        args,
        allowPositionals: true,
        options: {
          full: { type: "boolean", default: false },
          only: { type: "string" },
          help: { type: "boolean", default: false },
        },
      }),
    usage,
  );
  if (values.help) {
    say(usage);
    return 0;
  }
  const unknown = positionals.filter((name) => !Object.hasOwn(tiers, name));
  if (unknown.length > 0) {
    throw new Failure(`There is no tier ${unknown.join(", ")}.\n\n${usage}`);
  }
  await install();
  if (Number(process.versions.node.split(".")[0]) < 24) {
    // The project has brought its own Node now, and the tests are written for it.
    const { code } = await ended(
      start(nodePath(), [fileURLToPath(import.meta.url), ...args], { env: childEnvironment() }),
    );
    return code ?? 1;
  }
  const wanted = positionals.length > 0 ? positionals : usual;
  const { full, only } = values;
  let total = nothing();
  for (const name of wanted) {
    const tier = tiers[name];
    const begun = performance.now();
    let counts;
    try {
      await tier.prepare({ full });
      say(`… ${name}`);
      const budgetMs = tier.budgetS * 1000 * (full ? 6 : 1);
      counts = await tier.act({ budgetMs, full, only, env: full ? { ACK_AUDIT_FULL: "1" } : {} });
    } catch (failure) {
      if (!(failure instanceof Failure)) {
        throw failure;
      }
      say(failure.message.trim());
      counts = { ...nothing(), failed: 1 };
    }
    const skipped = counts.skipped === 0 ? "" : `, skipped ${counts.skipped}`;
    const took = ((performance.now() - begun) / 1000).toFixed(1);
    say(
      `${counts.failed === 0 ? "✔" : "✖"} ${name}: passed ${counts.passed}, failed ${counts.failed}${skipped} (${took} s)`,
    );
    total = add(total, counts);
  }
  say(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
});
