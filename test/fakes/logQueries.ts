import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogRecord } from "../../src/audit/event.ts";
import type { Engine } from "../../src/engine/client.ts";
import { startEngine } from "../../src/engine/engine.ts";
import type { AnswerPart, Cells, Column } from "../../src/logs/answer.ts";
import type { HistogramBucket } from "../../src/logs/logSource.ts";
import type { Question, TimeRange } from "../../src/logs/question.ts";
import { recordOf } from "../../src/logs/record.ts";
import type { Problem } from "../../src/sls/check/problems.ts";
import type { Logstore, World } from "./world.ts";

/** A Logstore's records are appended to the engine in pieces of so many. */
const appendedRecords = 2_000;
/** So many searches are remembered, so that paging through one asks the engine a few times only. */
const searchesRemembered = 40;
const leastAsked = 500;
const never = new AbortController().signal;

export type Table = { readonly columns: readonly Column[]; readonly rows: readonly Cells[] };

/** The text of an error that the engine has against a statement. */
export type QueryError = { readonly kind: "queryError"; readonly problems: readonly Problem[] };

export function isQueryError(value: object): value is QueryError {
  return "kind" in value && value.kind === "queryError";
}

type Stored = { readonly id: string; readonly generation: number; appended: number; work: Promise<void> };

/**
 * Asks the records of Logstores through the project's own engine, which passes tests of its own against literals from
 * the documentation. It is started by the first question.
 */
export class LogQueries {
  readonly #world: World;
  readonly #stored = new WeakMap<Logstore, Stored>();
  readonly #searches = new Map<string, readonly LogRecord[]>();
  #engine: Promise<{ readonly engine: Engine; readonly folder: string }> | undefined;
  #stores = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** The newest records that a search finds, at least so many of them as are there. */
  async search(
    logstore: Logstore,
    statement: string,
    range: TimeRange,
    atLeast: number,
  ): Promise<readonly LogRecord[] | QueryError> {
    const source = await this.#source(logstore);
    let maxRows = leastAsked;
    while (maxRows < atLeast) maxRows *= 4;
    const name = JSON.stringify([source.id, source.appended, statement, range, maxRows]);
    const known = this.#searches.get(name);
    if (known !== undefined) return known;
    const table = await this.#ask(source, { statement, range, zone: "UTC", maxRows });
    if (isQueryError(table)) return table;
    const records = table.rows.map((cells) => recordOf(table.columns, cells));
    this.#searches.set(name, records);
    for (const oldest of [...this.#searches.keys()].slice(0, -searchesRemembered)) this.#searches.delete(oldest);
    return records;
  }

  /** The rows of SQL or SPL. */
  async analyse(logstore: Logstore, statement: string, range: TimeRange, zone: string): Promise<Table | QueryError> {
    return this.#ask(await this.#source(logstore), { statement, range, zone, maxRows: 1_000_000 });
  }

  async histogram(
    logstore: Logstore,
    statement: string,
    range: TimeRange,
    buckets: number,
  ): Promise<readonly HistogramBucket[] | QueryError> {
    const { id } = await this.#source(logstore);
    const { engine } = await this.#started();
    const question = { statement, range, zone: "UTC", maxRows: 0 };
    const histogram = await engine.source(id, undefined).histogram(question, buckets, never);
    switch (histogram.kind) {
      case "buckets":
        return histogram.buckets;
      case "refused":
        return { kind: "queryError", problems: histogram.problems };
      case "unreachable":
        throw new Error(`${histogram.reason.code}: ${histogram.reason.detail}`);
      default:
        return histogram satisfies never;
    }
  }

  async close(): Promise<void> {
    const started = await this.#engine;
    if (started === undefined) return;
    await started.engine.dispose();
    await rm(started.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #ask(source: Stored, question: Question): Promise<Table | QueryError> {
    const { engine } = await this.#started();
    let columns: readonly Column[] = [];
    const rows: Cells[] = [];
    for await (const part of engine.source(source.id, undefined).ask(question, never)) {
      if (part.kind === "rows") {
        columns = part.columns;
        rows.push(...part.rows);
      } else {
        return ended(part, { columns, rows });
      }
    }
    throw new Error("The engine's answer has no end.");
  }

  async #started(): Promise<{ readonly engine: Engine; readonly folder: string }> {
    this.#engine ??= (async () => {
      const folder = await mkdtemp(join(tmpdir(), "ack-audit-cloud-"));
      const engine = startEngine({
        script: fileURLToPath(new URL("../../src/engine/process.ts", import.meta.url)),
        storesFolder: join(folder, "logs"),
        answersFolder: join(folder, "answers"),
        memoryLimitBytes: 512 * 1024 * 1024,
        storesLimitBytes: 1024 * 1024 * 1024,
        answersLimitBytes: 256 * 1024 * 1024,
        // What lies in the engine's memory is the cloud's; it has to last as long as the cloud.
        idleMs: 2_147_000_000,
      });
      return { engine, folder };
    })();
    return this.#engine;
  }

  /** The Logstore in the engine, with all of its records; those who ask at once wait for one filling. */
  async #source(logstore: Logstore): Promise<Stored> {
    const { engine } = await this.#started();
    let stored = this.#stored.get(logstore);
    if (stored?.generation !== logstore.generation) {
      this.#stores += 1;
      const id = `logstore-${this.#stores}`;
      const created = engine.createLog(id, () => this.#stored.delete(logstore)).then(expectDone);
      stored = { id, generation: logstore.generation, appended: 0, work: created };
      this.#stored.set(logstore, stored);
    }
    const filled = stored;
    filled.work = filled.work.then(async () => {
      await this.#world.feed(logstore);
      while (filled.appended < logstore.records.length) {
        const piece = logstore.records.slice(filled.appended, filled.appended + appendedRecords);
        expectDone(await engine.appendRecords(filled.id, piece));
        filled.appended += piece.length;
      }
    });
    await filled.work;
    return filled;
  }
}

function ended(part: Exclude<AnswerPart, { kind: "rows" }>, table: Table): Table | QueryError {
  switch (part.kind) {
    case "end":
      return table;
    case "refused":
      return { kind: "queryError", problems: part.problems };
    case "unreachable":
      throw new Error(`${part.reason.code}: ${part.reason.detail}`);
    default:
      return part satisfies never;
  }
}

function expectDone(failure: { readonly code: string; readonly detail: string } | undefined): void {
  if (failure !== undefined) throw new Error(`${failure.code}: ${failure.detail}`);
}
