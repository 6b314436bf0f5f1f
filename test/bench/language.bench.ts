/**
 * The language services beside the best that others have made, on the same text and in the same run: each engine in a
 * process of its own, in turns. The peers have a package.json of their own in `peers/` and are installed when the first
 * of these lines is measured.
 */
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { hostileTexts } from "../fuzz/hostile.ts";
import { type Bench, type Measured, median } from "./bench.ts";
import type { Measurement } from "./language/measure.ts";

const here = dirname(fileURLToPath(import.meta.url));
const peers = join(here, "peers");
const built = join(peers, "dist");
const ROUNDS = 3;

type Engine = "own" | "lezer" | "json" | "formatter" | "polyglot";

function installPeers(): void {
  const note = join(peers, "node_modules", ".package-lock.json");
  const wanted: { packages: Record<string, { version?: string }> } = JSON.parse(
    readFileSync(join(peers, "package-lock.json"), "utf8"),
  );
  const there: typeof wanted = existsSync(note) ? JSON.parse(readFileSync(note, "utf8")) : { packages: {} };
  const isThere = Object.entries(wanted.packages).every(
    ([path, { version }]) => path === "" || there.packages[path]?.version === version,
  );
  if (isThere) return;
  // Windows has npm as a script, which only its shell starts.
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: peers,
    shell: process.platform === "win32",
  });
}

/** Everything is built as the extension is, so that no engine is read from more files than another. */
async function buildAll(): Promise<void> {
  installPeers();
  await build({
    entryPoints: [
      join(here, "language", "own.ts"),
      ...["lezer", "json", "formatter", "polyglot"].map((name) => join(peers, `${name}.ts`)),
    ],
    entryNames: "[name]",
    outdir: built,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node22",
    mainFields: ["module", "main"],
    external: ["@polyglot-sql/sdk"],
    // A library of the JSON service's is written for require.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    logLevel: "error",
  });
}

let building: Promise<void> | undefined;

async function measureOnce(engine: Engine, task: string): Promise<Measurement> {
  building ??= buildAll();
  await building;
  const { stdout } = await promisify(execFile)(process.execPath, [join(built, `${engine}.mjs`), task], {
    maxBuffer: 1e8,
  });
  const measurement: Measurement = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  return measurement;
}

type Both = { readonly own: Measurement; readonly other: Measurement };

const measured = new Map<string, Promise<Both>>();

/** Two tasks in turns, three times each. What several lines share is measured once. */
function both(task: string, against: Engine, otherTask = task): Promise<Both> {
  const key = [task, against, otherTask].join(" ");
  const known = measured.get(key);
  if (known !== undefined) return known;
  const measuring = (async () => {
    const own: Measurement[] = [];
    const other: Measurement[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      own.push(await measureOnce("own", task));
      other.push(await measureOnce(against, otherTask));
    }
    return { own: together(own), other: together(other) };
  })();
  measured.set(key, measuring);
  return measuring;
}

function together(rounds: readonly Measurement[]): Measurement {
  return {
    samples: rounds.flatMap(({ samples }) => samples),
    peakBytes: median(rounds.map(({ peakBytes }) => peakBytes)),
  };
}

function percentile95(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[Math.floor(samples.length * 0.95)] ?? Number.NaN;
}

function compared(
  { own, other }: Both,
  of: (samples: readonly number[]) => number,
  { divisor, unit }: { readonly divisor: number; readonly unit: string } = { divisor: 1, unit: "ms" },
): Measured {
  const [value, against] = [of(own.samples) / divisor, of(other.samples) / divisor];
  return { value: value / against, detail: `${value.toFixed(3)} ${unit} against ${against.toFixed(3)} ${unit}` };
}

/** What is done to each of 2,000 queries in a sample. */
const each = { divisor: 2, unit: "µs" };
const lezer = "CodeMirror's SQL parser (Lezer)";

export const benches: readonly Bench[] = [
  {
    name: "language.file",
    unit: "times",
    goal: 0.2,
    against: `${lezer}, a file of 1 MB`,
    run: async () => compared(await both("file", "lezer"), median),
  },
  {
    name: "language.memory",
    unit: "times",
    goal: 1,
    against: `${lezer}: peak RSS of the process, a file of 1 MB`,
    async run() {
      const { own, other } = await both("memory", "lezer");
      const [value, against] = [own.peakBytes / 2 ** 20, other.peakBytes / 2 ** 20];
      return { value: value / against, detail: `${value.toFixed(0)} MB against ${against.toFixed(0)} MB` };
    },
  },
  {
    name: "language.query",
    unit: "times",
    goal: 1 / 3,
    against: `${lezer}, a query of 200 characters`,
    run: async () => compared(await both("query", "lezer"), median, each),
  },
  {
    name: "language.diagnostics",
    unit: "times",
    goal: 2,
    against: "the parse alone, a file of 1 MB",
    run: async () => compared(await both("diagnostics", "own", "file"), median),
  },
  {
    name: "language.hostile",
    unit: "times",
    goal: 4,
    against: "an ordinary file of the same size: the slowest of texts as deep, long or wrong as can be",
    async run() {
      building ??= buildAll();
      await building;
      const [ordinary = Number.NaN, ...hostile] = (await measureOnce("own", "hostile")).samples;
      const slowest = Math.max(...hostile);
      const [name] = hostileTexts[hostile.indexOf(slowest)] ?? [];
      return { value: slowest / ordinary, detail: `${name}; ${hostile.length} texts` };
    },
  },
  {
    name: "language.edit.median",
    unit: "times",
    goal: 0.25,
    against: `${lezer}, a character typed into a file of 1 MB, parsed and checked`,
    run: async () => compared(await both("edit", "lezer"), median),
  },
  {
    name: "language.edit.p95",
    unit: "times",
    goal: 0.25,
    against: `${lezer}, the same, one in twenty takes longer`,
    run: async () => compared(await both("edit", "lezer"), percentile95),
  },
  {
    name: "language.completion",
    unit: "times",
    goal: 5,
    against: "VS Code's JSON service, a text of 200 characters",
    run: async () => compared(await both("complete", "json"), median, each),
  },
  {
    name: "language.format",
    unit: "times",
    goal: 0.1,
    against: "sql-formatter, a query of 200 characters",
    run: async () => compared(await both("format", "formatter"), median, each),
  },
  {
    name: "language.translation",
    unit: "times",
    goal: 0.6,
    against: "Polyglot's transpiler, Presto to DuckDB, a query of 200 characters",
    run: async () => compared(await both("translate", "polyglot"), median, each),
  },
];
