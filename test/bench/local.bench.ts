/**
 * A million records from a file: import, store and questions, beside the same done by hand in DuckDB, in the same kind of
 * process with the same limits, and beside `rg` over the file. The SQL of the baselines lies in `local/`.
 */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { link, mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "../../src/engine/client.ts";
import { threadCount } from "../../src/engine/database.ts";
import { startEngine } from "../../src/engine/engine.ts";
import type { Question, TimeRange } from "../../src/logs/question.ts";
import { type Bench, type Measured, median } from "./bench.ts";
import type { FromBaseline, ToBaseline } from "./local/baseline.ts";
import type { Blocked } from "./local/host.ts";
import { daySeconds, dayStartSeconds, writeRecords } from "./local/records.ts";

const here = dirname(fileURLToPath(import.meta.url));
const engineScript = join(here, "..", "..", "dist", "engine.cjs");
const RECORDS = 1_000_000;
const IMPORTS = 3;
const ANSWERS = 21;
const memoryLimitBytes = 512_000_000;
/** What the engine gives each of its two instances. */
const memory = "230MB";

const day: TimeRange = { fromMs: dayStartSeconds * 1000, toMs: (dayStartSeconds + daySeconds) * 1000 };

type Input = { readonly path: string; readonly sizeBytes: number; readonly folder: string };

/** The file is made once and kept; stores and answers lie in a folder of this run. */
let preparing: Promise<Input> | undefined;
function prepare(): Promise<Input> {
  preparing ??= (async () => {
    const kept = join(tmpdir(), "ack-audit-bench");
    await mkdir(kept, { recursive: true });
    const path = join(kept, `records-${RECORDS}-2.ndjson`);
    return { path, sizeBytes: await writeRecords(path, RECORDS, 7), folder: await mkdtemp(join(kept, "run-")) };
  })();
  return preparing;
}

function open(folder: string): Engine {
  return startEngine({
    script: engineScript,
    storesFolder: join(folder, "stores"),
    answersFolder: join(folder, "answers"),
    memoryLimitBytes,
    storesLimitBytes: 10_000_000_000,
    answersLimitBytes: 1_000_000_000,
    idleMs: 600_000,
  });
}

// ------------------------------------------------------------------------------------------- the baseline

class Baseline {
  readonly #child: ChildProcess;
  #request = 0;
  peakBytes = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async open(store: string, ordered: boolean): Promise<Baseline> {
    const child = fork(join(here, "local", "baseline.ts"), [], {
      execArgv: ["--max-old-space-size=256"],
      env: { ...process.env, UV_THREADPOOL_SIZE: "16" },
      serialization: "advanced",
    });
    const opened = once(child, "message");
    child.send({ kind: "open", store, memory, threads: String(threadCount), ordered } satisfies ToBaseline);
    await opened;
    return new Baseline(child);
  }

  run(sql: string): Promise<FromBaseline> {
    this.#request += 1;
    const request = this.#request;
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error("The baseline's process ended."));
      const take = (message: FromBaseline): void => {
        if (message.request === request) {
          this.#child.off("message", take).off("exit", gone);
          this.peakBytes = message.peakBytes;
          resolve(message);
        }
      };
      this.#child.on("message", take).once("exit", gone);
      this.#child.send({ kind: "run", request, sql } satisfies ToBaseline);
    });
  }

  async end(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}

function sqlOf(name: string, values: Readonly<Record<string, string | number>>): string {
  const text = readFileSync(join(here, "local", `${name}.sql`), "utf8").replace(/^--.*\n/gm, "");
  return text.replace(/\$(\w+)/g, (_, key: string) => {
    const value = values[key];
    assert.ok(value !== undefined, `${name}.sql asks for $${key}.`);
    return typeof value === "number" ? String(value) : `'${value.replaceAll("'", "''")}'`;
  });
}

/** The processes that this one has started, by their command line. */
function peakOf(script: string): number {
  const found = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" });
  const pid = found
    .split("\n")
    .find((line) => line.includes(script))
    ?.trim()
    .split(" ")[0];
  assert.ok(pid !== undefined, "The engine's process does not run.");
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}

// --------------------------------------------------------------------------------------------- the import

type Imported = {
  readonly ms: number;
  readonly firstMs: number;
  readonly peakBytes: number;
  readonly storeBytes: number;
  readonly reused: boolean;
};

async function importOnce(input: Input, turn: number): Promise<Imported> {
  const folder = join(input.folder, `turn-${turn}`);
  const engine = open(folder);
  try {
    // The process is there already when a file is opened from the tree; starting it is measured in no other line either.
    await engine.removeStores();
    const begun = performance.now();
    let firstMs = Number.NaN;
    const outcome = await engine.importFile(
      input.path,
      () => undefined,
      () => {
        firstMs = performance.now() - begun;
      },
      new AbortController().signal,
    );
    const ms = performance.now() - begun;
    assert.equal(outcome.kind === "imported" ? outcome.store.recordCount : outcome, RECORDS);
    const peakBytes = peakOf(engineScript);
    const again = await engine.importFile(
      input.path,
      () => undefined,
      () => undefined,
      new AbortController().signal,
    );
    const [store] = await readdir(join(folder, "stores"));
    const storeBytes = (await stat(join(folder, "stores", store ?? ""))).size;
    return { ms, firstMs, peakBytes, storeBytes, reused: again.kind === "imported" && again.store.reused };
  } finally {
    await engine.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

async function importByHand(input: Input, store: string): Promise<{ readonly ms: number; readonly firstMs: number }> {
  const baseline = await Baseline.open(store, false);
  try {
    await baseline.run("SELECT 1");
    const begun = performance.now();
    const importing = baseline.run(sqlOf("import", { file: input.path }));
    const first = await baseline.run(sqlOf("first", { file: input.path }));
    const firstMs = performance.now() - begun;
    assert.equal(first.rows.length, 100);
    await importing;
    return { ms: performance.now() - begun, firstMs };
  } finally {
    await baseline.end();
  }
}

type Imports = {
  readonly own: readonly Imported[];
  readonly byHand: readonly { readonly ms: number; readonly firstMs: number }[];
};
let importing: Promise<Imports> | undefined;
function imports(): Promise<Imports> {
  importing ??= (async () => {
    const input = await prepare();
    const own: Imported[] = [];
    const byHand: { readonly ms: number; readonly firstMs: number }[] = [];
    for (let turn = 0; turn < IMPORTS; turn += 1) {
      byHand.push(await importByHand(input, join(input.folder, `by-hand-${turn}.duckdb`)));
      own.push(await importOnce(input, turn));
    }
    return { own, byHand };
  })();
  return importing;
}

function ratio(own: readonly number[], other: readonly number[]): Measured {
  const [value, against] = [median(own), median(other)];
  return { value: value / against, detail: `${value.toFixed(1)} ms against ${against.toFixed(1)} ms` };
}

// ------------------------------------------------------------------------------------------ the questions

type Asked = { readonly question: Question; readonly sql: string };
type Answering = {
  readonly ask: (question: Question) => Promise<number>;
  readonly byHand: (sql: string) => Promise<number>;
  readonly asked: Readonly<Record<string, Asked>>;
  readonly close: () => Promise<void>;
};

let answering: Promise<Answering> | undefined;
function answers(): Promise<Answering> {
  answering ??= (async () => {
    const input = await prepare();
    const folder = join(input.folder, "asked");
    const engine = open(folder);
    const outcome = await engine.importFile(
      input.path,
      () => undefined,
      () => undefined,
      new AbortController().signal,
    );
    assert.ok(outcome.kind === "imported");
    const source = engine.source(outcome.store.id, undefined);
    const storeByHand = join(input.folder, "asked.duckdb");
    await importByHand(input, storeByHand);
    const baseline = await Baseline.open(storeByHand, true);

    const from = dayStartSeconds;
    const to = dayStartSeconds + daySeconds;
    const hour = to - 3_600;
    const whole = { from, to };
    const [busiest] = (
      await baseline.run(
        `SELECT "k8s.pod.namespace", "k8s.pod.name" FROM store.log WHERE "__time__" >= ${hour} GROUP BY ALL ORDER BY count(*) DESC LIMIT 1`,
      )
    ).rows as string[][];
    const [longest] = (
      await baseline.run(`SELECT "traceId" FROM store.log GROUP BY 1 ORDER BY abs(count(*) - 77), 1 LIMIT 1`)
    ).rows as string[][];
    const [namespace = "", pod = "", trace = ""] = [...(busiest ?? []), ...(longest ?? [])];
    const question = (statement: string, range = day, maxRows = 100): Question => ({
      statement,
      range,
      zone: "UTC",
      maxRows,
    });
    return {
      ask: async (asked) => {
        const begun = performance.now();
        for await (const part of source.ask(asked, new AbortController().signal)) {
          assert.ok(part.kind === "rows" || part.kind === "end", JSON.stringify(part));
        }
        return performance.now() - begun;
      },
      byHand: async (sql) => {
        const begun = performance.now();
        await baseline.run(sql);
        return performance.now() - begun;
      },
      asked: {
        group: {
          question: question(
            '* | select "process.name" as program, count(1) as c from log group by program order by c desc limit 50',
          ),
          sql: sqlOf("group", whole),
        },
        curl: { question: question("process.cmdline: curl"), sql: sqlOf("curl", whole) },
        pod: {
          question: question(`k8s.pod.namespace: "${namespace}" and k8s.pod.name: "${pod}"`, {
            fromMs: hour * 1000,
            toMs: to * 1000,
          }),
          sql: sqlOf("pod", { hour, to, namespace, pod }),
        },
        trace: { question: question(`traceId: "${trace}"`, day, 1_000), sql: sqlOf("trace", { ...whole, trace }) },
        users: {
          question: question(
            `* | select coalesce(nullif("k8s.user.aliuid", ''), "k8s.user.username") as who, count(1) as events, count_if(kind = 'Command') as commands from log group by who order by events desc limit 50`,
          ),
          sql: sqlOf("users", whole),
        },
        word: { question: question("curl"), sql: "SELECT 1" },
      },
      close: async () => {
        await baseline.end();
        await engine.dispose();
      },
    };
  })();
  return answering;
}

const times = new Map<string, Promise<{ readonly own: readonly number[]; readonly byHand: readonly number[] }>>();
function timesOf(name: string): Promise<{ readonly own: readonly number[]; readonly byHand: readonly number[] }> {
  const known = times.get(name);
  if (known !== undefined) {
    return known;
  }
  const measured = (async () => {
    const { ask, byHand, asked } = await answers();
    const one = asked[name];
    assert.ok(one !== undefined);
    const own: number[] = [];
    const other: number[] = [];
    for (let turn = -3; turn < ANSWERS; turn += 1) {
      const both = [await ask(one.question), await byHand(one.sql)] as const;
      if (turn >= 0) {
        own.push(both[0]);
        other.push(both[1]);
      }
    }
    return { own, byHand: other };
  })();
  times.set(name, measured);
  return measured;
}

let searching: Promise<readonly number[]> | undefined;
function ripgrep(): Promise<readonly number[]> {
  searching ??= (async () => {
    const { path } = await prepare();
    return Array.from({ length: 9 }, () => {
      const begun = performance.now();
      const { status, error } = spawnSync("rg", ["-c", "curl", path]);
      assert.equal(status, 0, `rg is needed for this line: ${error?.message ?? status}`);
      return performance.now() - begun;
    });
  })();
  return searching;
}

const titles: Readonly<Record<string, string>> = {
  group: "group by program",
  curl: "process.cmdline: curl",
  pod: "one pod's last hour",
  trace: "one trace",
  users: "top users",
};

// ------------------------------------------------------------------------------------------------ the host

let blocking: Promise<Blocked> | undefined;
function blocked(): Promise<Blocked> {
  blocking ??= (async () => {
    const input = await prepare();
    const folder = await mkdtemp(join(input.folder, "host-"));
    const again = `${input.path}.again`;
    if (!existsSync(again)) {
      await link(input.path, again);
    }
    const out = execFileSync(process.execPath, [join(here, "local", "host.ts"), engineScript, folder, input.path], {
      encoding: "utf8",
      maxBuffer: 1e8,
    });
    await rm(again);
    return JSON.parse(out) as Blocked;
  })();
  return blocking;
}

function withinLimit(busyMs: number, idleMs: number): Measured {
  return {
    value: busyMs / Math.max(50, 2 * idleMs),
    detail: `${busyMs.toFixed(1)} ms busy, ${idleMs.toFixed(1)} ms idle`,
  };
}

export const benches: readonly Bench[] = [
  {
    name: "local.first",
    unit: "times",
    goal: 3,
    against: "DuckDB reading the first 100 records beside its import",
    async run() {
      const { own, byHand } = await imports();
      return ratio(
        own.map(({ firstMs }) => firstMs),
        byHand.map(({ firstMs }) => firstMs),
      );
    },
  },
  {
    name: "local.import",
    unit: "times",
    goal: 1.5,
    against: "DuckDB's own import of the same columns",
    async run() {
      const { own, byHand } = await imports();
      return ratio(
        own.map(({ ms }) => ms),
        byHand.map(({ ms }) => ms),
      );
    },
  },
  {
    name: "local.memory",
    unit: "MB",
    goal: 512,
    against: "a fixed limit: peak RSS of the engine's process in an import",
    async run() {
      const { own } = await imports();
      return { value: Math.max(...own.map(({ peakBytes }) => peakBytes)) / 1024 / 1024 };
    },
  },
  {
    name: "local.store",
    unit: "of the file",
    goal: 0.2,
    against: "the size of the NDJSON",
    async run() {
      const [{ own }, { sizeBytes }] = await Promise.all([imports(), prepare()]);
      return {
        value: median(own.map(({ storeBytes }) => storeBytes)) / sizeBytes,
        detail: `${(sizeBytes / 1e6).toFixed(0)} MB of NDJSON`,
      };
    },
  },
  {
    name: "local.reopen",
    unit: "imports",
    goal: 0,
    against: "opening the same file a second time",
    async run() {
      const { own } = await imports();
      return { value: own.filter(({ reused }) => !reused).length };
    },
  },
  ...Object.entries(titles).flatMap(([name, title]): readonly Bench[] => [
    {
      name: `local.${name}`,
      unit: "times",
      goal: 1.3,
      against: `hand-written DuckDB SQL: ${title}`,
      async run() {
        const { own, byHand } = await timesOf(name);
        return ratio(own, byHand);
      },
    },
    {
      name: `local.${name}.rg`,
      unit: "times",
      goal: 0.5,
      against: `rg -c over the file: ${title}`,
      async run() {
        const [{ own }, searched] = [await timesOf(name), await ripgrep()];
        return ratio(own, searched);
      },
    },
  ]),
  {
    name: "local.word",
    unit: "times",
    goal: 3,
    against: "rg -c over the file: a bare word over all fields",
    async run() {
      const [{ own }, searched] = [await timesOf("word"), await ripgrep()];
      return ratio(own, searched);
    },
  },
  {
    name: "local.block.loop",
    unit: "of the limit",
    goal: 1,
    against: "2 x idle or 50 ms: the longest stall of the host's event loop, importing and asking eight questions",
    async run() {
      const { busy, idle } = await blocked();
      return withinLimit(busy.loopMs, idle.loopMs);
    },
  },
  {
    name: "local.block.read",
    unit: "of the limit",
    goal: 1,
    against: "2 x idle or 50 ms: the slowest read of a small file there meanwhile",
    async run() {
      const { busy, idle } = await blocked();
      return withinLimit(busy.readMs, idle.readMs);
    },
  },
];

export async function close(): Promise<void> {
  await (await answering)?.close();
  const input = await preparing;
  if (input !== undefined) {
    await rm(input.folder, { recursive: true, force: true });
  }
}
