import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type DuckDBPreparedStatement, StatementType } from "@duckdb/node-api";
import type { EngineSettings } from "./protocol.ts";
import { sqlText } from "./recordColumns.ts";
import { macroSql } from "./translation/macros.ts";

/** What keeps every instance to itself: nothing is fetched, nothing is loaded. */
const ownWorldOnly = {
  autoload_known_extensions: "false",
  autoinstall_known_extensions: "false",
  allow_community_extensions: "false",
  allow_persistent_secrets: "false",
};

/**
 * The shares of the memory limit that an import and the instance that answers questions may have. DuckDB counts neither
 * what it reads into nor the allocator's slack, and Node is there too, so that both together stay below the whole.
 */
const IMPORT_SHARE = 0.45;
const QUERY_SHARE = 0.45;

/** Less than this, and DuckDB cannot hold what two threads read at a time. */
const LEAST_MEGABYTES = 200;

/** More threads than this only take cores from the editor. */
export const threadCount = Math.max(2, Math.min(4, availableParallelism()));

function megabytes(bytes: number, share: number): string {
  return `${Math.max(LEAST_MEGABYTES, Math.floor((bytes * share) / 1_000_000))}MB`;
}

/** Thrown out of DuckDB when what was running has been cancelled. */
export class Interrupted extends Error {}

/**
 * The instance that answers questions. It can open database files in the two folders of the engine and no other file
 * whatever, and its configuration is locked but for the zone, so that no statement reaches further than its own log.
 */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #idle: DuckDBConnection[] = [];
  readonly #zones = new WeakMap<DuckDBConnection, string>();
  #macros: Promise<unknown> | undefined;

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  static async open(settings: EngineSettings): Promise<Database> {
    await mkdir(settings.storesFolder, { recursive: true, mode: 0o700 });
    await mkdir(settings.answersFolder, { recursive: true, mode: 0o700 });
    const instance = await DuckDBInstance.create(":memory:", {
      ...ownWorldOnly,
      memory_limit: megabytes(settings.memoryLimitBytes, QUERY_SHARE),
      temp_directory: join(settings.answersFolder, `queries.${process.pid}.spill`),
      threads: String(threadCount),
      preserve_insertion_order: "true",
      storage_compatibility_version: "latest",
      late_materialization_max_rows: "10000",
      // Rows that a subquery finds are fetched one by one up to so many; of more, all between the first and the last are
      // read. Measured on the 77 records of a trace among a million: 9 ms against 30.
      dynamic_or_filter_threshold: "10000",
      allowed_configs: "['TimeZone']",
    });
    const connection = await instance.connect();
    await connection.run(
      `SET allowed_directories = [${sqlText(settings.storesFolder)}, ${sqlText(settings.answersFolder)}]`,
    );
    await connection.run("SET enable_external_access = false");
    await connection.run("SET lock_configuration = true");
    connection.closeSync();
    return new Database(instance);
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    // They live in the database in memory, which every connection looks in, so that stores may be open for reading only.
    this.#macros ??= connection.run(macroSql);
    await this.#macros;
    return connection;
  }

  /** Runs `work` on a connection of its own, whose queries end when the signal says so. */
  async run<Result>(
    zone: string,
    signal: AbortSignal,
    work: (connection: DuckDBConnection) => Promise<Result>,
  ): Promise<Result> {
    const connection = this.#idle.pop() ?? (await this.#connect());
    try {
      return await interruptible(connection, signal, async () => {
        if (this.#zones.get(connection) !== zone) {
          await connection.run(`SET TimeZone = ${sqlText(zone)}`);
          this.#zones.set(connection, zone);
        }
        return work(connection);
      });
    } finally {
      this.#idle.push(connection);
    }
  }
}

/** An instance for one import: it may read files, and keeps no order so that rows can be written as they are read. */
export async function openImporter(settings: EngineSettings, spillFolder: string): Promise<DuckDBInstance> {
  return DuckDBInstance.create(":memory:", {
    ...ownWorldOnly,
    memory_limit: megabytes(settings.memoryLimitBytes, IMPORT_SHARE),
    temp_directory: spillFolder,
    threads: String(threadCount),
    preserve_insertion_order: "false",
    storage_compatibility_version: "latest",
    enable_external_file_cache: "false",
    // Lines that were no records are deleted from the table; writing all others anew for that takes more than it saves.
    max_vacuum_tasks: "0",
  });
}

/**
 * Runs `work` and interrupts the connection while the signal says so. It is asked again and again, since an interrupt
 * that falls between two queries is forgotten by DuckDB when the second begins.
 */
export async function interruptible<Result>(
  connection: DuckDBConnection,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  if (signal.aborted) {
    throw new Interrupted();
  }
  let again: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    again ??= setInterval(() => connection.interrupt(), 20);
  };
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    return await work();
  } catch (failure) {
    throw signal.aborted ? new Interrupted() : failure;
  } finally {
    signal.removeEventListener("abort", interrupt);
    clearInterval(again);
  }
}

/** Prepares a question's SQL. A text that is more or other than one SELECT is refused: nothing else is ever run for one. */
export async function prepareSelect(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new Error(`A question is one statement; this is ${statements.count}.`);
  }
  const prepared = await statements.prepare(0);
  if (prepared.statementType !== StatementType.SELECT) {
    prepared.destroySync();
    throw new Error("A question is a SELECT.");
  }
  return prepared;
}

/** The rows of a query whose columns are all text. */
export async function textRows(
  connection: DuckDBConnection,
  sql: string,
): Promise<readonly (readonly (string | null)[])[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows() as (string | null)[][];
}

/**
 * A condition for the rows at these places. DuckDB 1.5 passes over what a list of row numbers rules out only when a
 * range is named beside it: measured on a million rows, 5 ms with it and 100 ms without.
 */
export function atPlaces(places: readonly number[]): string {
  if (places.length === 0) {
    return "FALSE";
  }
  const [first, last] = [places.reduce((a, b) => Math.min(a, b)), places.reduce((a, b) => Math.max(a, b))];
  return `rowid IN (${places.join(", ")}) AND rowid >= ${first} AND rowid <= ${last}`;
}
