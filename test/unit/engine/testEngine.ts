import { readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { LogRecord } from "../../../src/audit/event.ts";
import type { Engine, EngineOptions, ImportedStore, ImportOutcome } from "../../../src/engine/client.ts";
import { startEngine } from "../../../src/engine/engine.ts";
import type { AnswerPart, Cells, Column } from "../../../src/logs/answer.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import type { Question } from "../../../src/logs/question.ts";
import { recordOf } from "../../../src/logs/record.ts";

/** The process as it is written; the extension ships it bundled. */
const script = fileURLToPath(new URL("../../../src/engine/process.ts", import.meta.url));

export const never = new AbortController().signal;

export const everything = { fromMs: 0, toMs: 10_000_000_000_000 };

/** A folder of its own, and engines whose stores and answers lie in it. All of it ends with the test. */
export class TestFolder {
  readonly path: string;
  readonly #engines: Engine[] = [];

  private constructor(path: string) {
    this.path = path;
  }

  static async make(): Promise<TestFolder> {
    return new TestFolder(await mkdtemp(join(tmpdir(), "ack-audit-engine-")));
  }

  get stores(): string {
    return join(this.path, "stores");
  }

  get answers(): string {
    return join(this.path, "answers");
  }

  engine(options: Partial<EngineOptions> = {}): Engine {
    const engine = startEngine({
      script,
      storesFolder: this.stores,
      answersFolder: this.answers,
      memoryLimitBytes: 400_000_000,
      storesLimitBytes: 1_000_000_000,
      answersLimitBytes: 1_000_000_000,
      idleMs: 60_000,
      ...options,
    });
    this.#engines.push(engine);
    return engine;
  }

  async file(name: string, content: string | Uint8Array): Promise<string> {
    const folder = join(this.path, "files");
    await mkdir(folder, { recursive: true });
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#engines.map((engine) => engine.dispose()));
    await rm(this.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

export function question(statement: string, options: Partial<Question> = {}): Question {
  return { statement, range: everything, zone: "UTC", maxRows: 100_000, ...options };
}

export type Collected = {
  readonly columns: readonly Column[];
  readonly rows: readonly Cells[];
  readonly end: Exclude<AnswerPart, { kind: "rows" }>;
};

/** All rows of an answer, under the columns that it ended with. */
export async function collect(source: LogSource, asked: Question, signal: AbortSignal = never): Promise<Collected> {
  let columns: readonly Column[] = [];
  const rows: Cells[] = [];
  for await (const part of source.ask(asked, signal)) {
    if (part.kind !== "rows") {
      return { columns, rows, end: part };
    }
    columns = part.columns;
    rows.push(...part.rows);
  }
  throw new Error("The answer has no end.");
}

export async function recordsOf(source: LogSource, asked: Question): Promise<readonly LogRecord[]> {
  const { columns, rows } = await collect(source, asked);
  return rows.map((cells) => recordOf(columns, cells));
}

export async function importFile(engine: Engine, path: string, signal: AbortSignal = never): Promise<ImportOutcome> {
  return engine.importFile(
    path,
    () => undefined,
    () => undefined,
    signal,
  );
}

export async function imported(engine: Engine, path: string): Promise<ImportedStore> {
  const outcome = await importFile(engine, path);
  if (outcome.kind !== "imported") {
    throw new Error(`The file was not imported: ${JSON.stringify(outcome)}`);
  }
  return outcome.store;
}

/** The processes that this one has started and that run. Only Linux says which. */
export const knowsChildren = process.platform === "linux";

export type Child = { readonly pid: number; readonly peakBytes: number };

export function children(): readonly Child[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, "utf8");
        const fact = (pattern: RegExp): number => Number(pattern.exec(status)?.[1]);
        const runs = fact(/^PPid:\s+(\d+)/m) === process.pid && !/^State:\s+Z/m.test(status);
        return runs ? [{ pid: Number(name), peakBytes: fact(/^VmHWM:\s+(\d+) kB/m) * 1024 }] : [];
      } catch {
        // A process that ended while its numbers were read.
        return [];
      }
    });
}

/** Waits until something is so; a test that waits for what never comes ends by its own time limit. */
export async function until(claim: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await claim())) {
    await setTimeout(10);
  }
}
