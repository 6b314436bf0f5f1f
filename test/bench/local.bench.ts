/**
 * A million records: importing them, and asking them, beside DuckDB written by hand (`local/*.sql`) in a process like the
 * engine's and beside ripgrep over the file. What is measured goes through the engine's client, as in the editor.
 */
import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../src/engine/client.ts";
import { startEngine } from "../../src/engine/engine.ts";
import type { LogSource } from "../../src/logs/logSource.ts";
import type { Question } from "../../src/logs/question.ts";
import { type Bench, type Measured, median } from "./bench.ts";
import type { FromBaseline, ToBaseline } from "./local/baseline.ts";
import type { HostFigures, HostInput } from "./local/host.ts";
import { daySeconds, dayStartSeconds, writeRecords } from "./local/records.ts";

const here = dirname(fileURLToPath(import.meta.url));
const script = join(here, "..", "..", "dist", "engine.cjs");
const recordCount = 1_000_000;
const memoryLimitBytes = 384 * 1024 * 1024;
const threads = Math.max(2, Math.min(4, availableParallelism()));
const imports = 3;
const rounds = 11;
const never = new AbortController().signal;

/** Made once and used again by later runs; the records are seeded. */
const dataFolder = join(tmpdir(), "ack-audit-bench");
const file = join(dataFolder, `records-${recordCount}.ndjson`);
const work = () => mkdtempSync(join(tmpdir(), "ack-audit-bench-run-"));
const folders: string[] = [];

function newFolder(): string {
  const folder = work();
  folders.push(folder);
  return folder;
}

function sqlOf(name: string, values: Readonly<Record<string, string | number>> = {}): readonly string[] {
  const text = readFileSync(join(here, "local", `${name}.sql`), "utf8");
  const filled = text.replace(/\$(\w+)/g, (_, key: string) => {
    const value = values[key];
    assert.ok(value !== undefined, `${name}.sql asks for ${key}.`);
    return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
  });
  return filled
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
}

class Baseline {
  readonly #child: ChildProcess;
  #request = 0;

  constructor() {
    this.#child = fork(join(here, "local", "baseline.ts"), [], {
      execArgv: ["--max-old-space-size=256"],
      env: { ...process.env, UV_THREADPOOL_SIZE: "16" },
    });
  }

  async open(keepOrder: boolean): Promise<this> {
    const spill = join(newFolder(), "spill");
    await this.#send({ kind: "open", memoryBytes: memoryLimitBytes, threads, spill, keepOrder }, 0);
    return this;
  }

  /** Runs statements and gives the milliseconds they took, the way to the process and back included. */
  async run(statements: readonly string[]): Promise<number> {
    this.#request += 1;
    const begun = performance.now();
    await this.#send({ kind: "run", request: this.#request, statements }, this.#request);
    return performance.now() - begun;
  }

  async #send(message: ToBaseline, request: number): Promise<void> {
    const answered = new Promise<FromBaseline>((resolve) => {
      const take = (answer: FromBaseline) => {
        if (answer.request !== request) return;
        this.#child.off("message", take);
        resolve(answer);
      };
      this.#child.on("message", take);
    });
    this.#child.send(message);
    const { failure } = await answered;
    assert.equal(failure, undefined);
  }

  async end(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }
}

function newEngine(folder: string): Engine {
  return startEngine({
    script,
    storesFolder: join(folder, "logs"),
    answersFolder: join(folder, "answers"),
    memoryLimitBytes,
    storesLimitBytes: 8e9,
    answersLimitBytes: 1e9,
    idleMs: 600_000,
  });
}

type ImportFigures = { readonly ms: number; readonly firstMs: number; readonly store: string };

async function importOnce(engine: Engine): Promise<ImportFigures> {
  const begun = performance.now();
  let firstMs = Number.NaN;
  const outcome = await engine.importFile(
    file,
    () => {},
    (records) => {
      assert.equal(records.length, 100);
      firstMs = performance.now() - begun;
    },
    never,
  );
  assert.ok(outcome.kind === "imported", JSON.stringify(outcome));
  assert.equal(outcome.store.recordCount, recordCount);
  return { ms: performance.now() - begun, firstMs, store: outcome.store.id };
}

/** The peak of the memory of the one child process that is no baseline, in bytes. Linux tells it; others do not. */
function peakOfEngine(known: ReadonlySet<number>): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8")
    .trim()
    .split(" ")
    .map(Number);
  const [pid] = children.filter(
    (child) => !known.has(child) && readFileSync(`/proc/${child}/cmdline`, "utf8").includes("engine.cjs"),
  );
  assert.ok(pid !== undefined, "The engine's process runs.");
  const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(peak) * 1024;
}

type Prepared = {
  readonly sizeBytes: number;
  readonly own: readonly ImportFigures[];
  readonly baselineMs: readonly number[];
  readonly baselineFirstMs: readonly number[];
  readonly peakBytes: number;
  readonly storeBytes: number;
  readonly reopenMs: number;
  readonly engine: Engine;
  readonly store: string;
  readonly baseline: Baseline;
};

let preparing: Promise<Prepared> | undefined;

function prepared(): Promise<Prepared> {
  preparing ??= prepare();
  return preparing;
}

async function prepare(): Promise<Prepared> {
  mkdirSync(dataFolder, { recursive: true });
  const sizeBytes = await writeRecords(file, recordCount, 1);
  const own: ImportFigures[] = [];
  const baselineMs: number[] = [];
  const baselineFirstMs: number[] = [];
  let peakBytes = 0;
  let last: { readonly folder: string; readonly store: string; readonly byHand: string } | undefined;
  for (let round = 0; round < imports; round += 1) {
    const folder = newFolder();
    const engine = newEngine(folder);
    const figures = await importOnce(engine);
    own.push(figures);
    peakBytes = Math.max(peakBytes, peakOfEngine(new Set()));
    await engine.dispose();

    const byHand = join(folder, "by-hand.duckdb");
    const baseline = await new Baseline().open(false);
    await baseline.run([`ATTACH '${byHand}' AS store`]);
    const begun = performance.now();
    const importing = baseline.run([...sqlOf("import", { file }), "CHECKPOINT store", "DETACH store"]);
    baselineFirstMs.push(await baseline.run(sqlOf("first", { file })));
    await importing;
    baselineMs.push(performance.now() - begun);
    await baseline.end();
    last = { folder, store: figures.store, byHand };
  }
  assert.ok(last !== undefined);
  const logs = join(last.folder, "logs");
  const storeBytes = readdirSync(logs).reduce((sum, name) => sum + statSync(join(logs, name)).size, 0);
  const engine = newEngine(last.folder);
  const reopened = await importOnce(engine);
  assert.equal(reopened.store, last.store);
  const baseline = await new Baseline().open(true);
  await baseline.run([`ATTACH '${last.byHand}' AS store (READ_ONLY)`]);
  return {
    sizeBytes,
    own,
    baselineMs,
    baselineFirstMs,
    peakBytes,
    storeBytes,
    reopenMs: reopened.ms,
    engine,
    store: last.store,
    baseline,
  };
}

const wholeDay = { fromMs: dayStartSeconds * 1000, toMs: (dayStartSeconds + daySeconds + 3600) * 1000 };

function question(statement: string, maxRows = 10_000, range = wholeDay): Question {
  return { statement, range, zone: "UTC", maxRows };
}

async function ask(
  source: LogSource,
  asked: Question,
): Promise<{ readonly ms: number; readonly rows: readonly (readonly (string | undefined)[])[] }> {
  const begun = performance.now();
  const rows: (readonly (string | undefined)[])[] = [];
  for await (const part of source.ask(asked, never)) {
    assert.ok(part.kind === "rows" || part.kind === "end", JSON.stringify(part));
    if (part.kind === "rows") rows.push(...part.rows);
  }
  return { ms: performance.now() - begun, rows };
}

async function ripgrepMs(pattern: string): Promise<number> {
  const begun = performance.now();
  const found = spawn("rg", ["-c", pattern, file], { stdio: ["ignore", "ignore", "inherit"] });
  const [code] = await once(found, "exit");
  assert.equal(code, 0, "rg (ripgrep) is on the path and finds the pattern.");
  return performance.now() - begun;
}

type Asked = { readonly question: Question; readonly byHand: readonly string[] };

/** One record's pod, trace and hour, so that the questions are about something that is there. */
async function subject(
  source: LogSource,
): Promise<{ namespace: string; pod: string; trace: string; toSeconds: number }> {
  const statement = `kind: Command | select "k8s.pod.namespace", "k8s.pod.name", "traceId", __time__ from log order by __time__ desc limit 1`;
  const [row] = (await ask(source, question(statement))).rows;
  const [namespace = "", pod = "", trace = "", newest = "0"] = row ?? [];
  return { namespace, pod, trace, toSeconds: Number(newest) + 1 };
}

const questions: Readonly<Record<string, (about: Awaited<ReturnType<typeof subject>>) => Asked>> = {
  groupByProgram: () => ({
    question: question(
      `kind: Command | select "process.name" as program, count(1) as commands from log group by program order by commands desc limit 50`,
    ),
    byHand: sqlOf("groupByProgram"),
  }),
  commandLine: () => ({ question: question("process.cmdline: curl", 100), byHand: sqlOf("commandLine") }),
  podLastHour: ({ namespace, pod, toSeconds }) => ({
    question: question(`k8s.pod.namespace: ${namespace} and k8s.pod.name: ${pod}`, 10_000, {
      fromMs: (toSeconds - 3600) * 1000,
      toMs: toSeconds * 1000,
    }),
    byHand: sqlOf("podLastHour", { namespace, pod, from: toSeconds - 3600, to: toSeconds }),
  }),
  trace: ({ trace }) => ({ question: question(`traceId: ${trace}`), byHand: sqlOf("trace", { trace }) }),
  topUsers: () => ({
    question: question(
      `* | select coalesce(nullif("k8s.user.aliuid", ''), "k8s.user.username") as who, count(1) as records from log group by who order by records desc limit 10`,
    ),
    byHand: sqlOf("topUsers"),
  }),
};

type Compared = { readonly ownMs: number; readonly handMs: number; readonly rgMs: number };
const compared = new Map<string, Promise<Compared>>();

/** Takes turns, so that whatever else the machine does falls on all alike. The first turn warms up and does not count. */
function compare(name: string): Promise<Compared> {
  const known = compared.get(name);
  if (known !== undefined) return known;
  const comparing = (async () => {
    const { engine, store, baseline } = await prepared();
    const source = engine.source(store, undefined);
    const about = await subject(source);
    const asked = questions[name]?.(about);
    assert.ok(asked !== undefined);
    const own: number[] = [];
    const hand: number[] = [];
    const rg: number[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const ownMs = (await ask(source, asked.question)).ms;
      const handMs = await baseline.run(asked.byHand);
      if (round === 0) continue;
      own.push(ownMs);
      hand.push(handMs);
      if (rg.length < 5) rg.push(await ripgrepMs("curl"));
    }
    return { ownMs: median(own), handMs: median(hand), rgMs: median(rg) };
  })();
  compared.set(name, comparing);
  return comparing;
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`;

function ratio(own: number, other: number): Measured {
  return { value: own / other, detail: `${ms(own)} against ${ms(other)}` };
}

let holding: Promise<HostFigures> | undefined;

async function held(): Promise<HostFigures> {
  const { engine, store } = await prepared();
  const about = await subject(engine.source(store, undefined));
  const asked = Object.values(questions).map((make) => make(about).question);
  const input: HostInput = { script, file, questions: [...asked, ...asked.slice(0, 3)], memoryLimitBytes };
  const child = fork(join(here, "local", "host.ts"));
  try {
    const answered = once(child, "message");
    child.send(input);
    const [figures] = (await answered) as [HostFigures & { readonly failure?: string }];
    assert.equal(figures.failure, undefined);
    return figures;
  } finally {
    child.kill();
  }
}

export const benches: readonly Bench[] = [
  {
    name: "local.first",
    unit: "times",
    goal: 3,
    against: "DuckDB reading the same 100 records beside the same import",
    async run() {
      const { own, baselineFirstMs } = await prepared();
      return ratio(median(own.map(({ firstMs }) => firstMs)), median(baselineFirstMs));
    },
  },
  {
    name: "local.import",
    unit: "times",
    goal: 1.5,
    against: "DuckDB's own import of the same columns",
    async run() {
      const { own, baselineMs } = await prepared();
      return ratio(median(own.map((each) => each.ms)), median(baselineMs));
    },
  },
  {
    name: "local.memory",
    unit: "of 512 MB",
    goal: 1,
    against: "512 MB, the peak of the engine's process during the import",
    async run() {
      const { peakBytes } = await prepared();
      return { value: peakBytes / (512 * 1024 * 1024), detail: megabytes(peakBytes) };
    },
  },
  {
    name: "local.store",
    unit: "of the file",
    goal: 0.2,
    against: "the size of the NDJSON",
    async run() {
      const { storeBytes, sizeBytes } = await prepared();
      return { value: storeBytes / sizeBytes, detail: `${megabytes(storeBytes)} of ${megabytes(sizeBytes)}` };
    },
  },
  {
    name: "local.reopen",
    unit: "of the import",
    goal: 0.2,
    against: "the import itself, which must not happen again",
    async run() {
      const { own, reopenMs } = await prepared();
      return ratio(reopenMs, median(own.map((each) => each.ms)));
    },
  },
  ...Object.keys(questions).flatMap((name): Bench[] => [
    {
      name: `local.${name}`,
      unit: "times",
      goal: 1.3,
      against: `DuckDB SQL written by hand (${name}.sql)`,
      async run() {
        const { ownMs, handMs } = await compare(name);
        return ratio(ownMs, handMs);
      },
    },
    {
      name: `local.${name}.rg`,
      unit: "times",
      goal: 0.5,
      against: "rg -c over the file",
      async run() {
        const { ownMs, rgMs } = await compare(name);
        return ratio(ownMs, rgMs);
      },
    },
  ]),
  {
    name: "local.bareWord",
    unit: "times",
    goal: 3,
    against: "rg -c over the file",
    async run() {
      const { engine, store } = await prepared();
      const source = engine.source(store, undefined);
      const own: number[] = [];
      const rg: number[] = [];
      for (let round = 0; round <= 7; round += 1) {
        const { ms: ownMs } = await ask(source, question("curl", 100));
        const rgMs = await ripgrepMs("curl");
        if (round > 0) own.push(ownMs);
        if (round > 0) rg.push(rgMs);
      }
      return ratio(median(own), median(rg));
    },
  },
  {
    name: "local.block",
    unit: "of the bound",
    goal: 1,
    against: "twice the idle figure or 50 ms, whichever is more: the event loop and a small file read",
    async run() {
      holding ??= held();
      const { idle, busy } = await holding;
      const share = (busyMs: number, idleMs: number) => busyMs / Math.max(50, 2 * idleMs);
      return {
        value: Math.max(share(busy.loopMs, idle.loopMs), share(busy.readMs, idle.readMs)),
        detail: `loop ${ms(busy.loopMs)}, idle ${ms(idle.loopMs)}; read ${ms(busy.readMs)}, idle ${ms(idle.readMs)}`,
      };
    },
  },
];

export async function close(): Promise<void> {
  if (preparing !== undefined) {
    const { engine, baseline } = await preparing;
    await engine.dispose();
    await baseline.end();
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
