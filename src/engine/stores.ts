import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { LogRecord } from "../audit/event.ts";
import type { ImportedStore, StoreId } from "./client.ts";
import { type Database, textRows } from "./database.ts";
import { filesIn, overLimit, touch } from "./folder.ts";
import { Mutex } from "./mutex.ts";
import { recordRowsSql, sampleOf, sqlName, sqlText } from "./recordColumns.ts";
import { atColumn, keysColumn, lowerCommandColumn, moreProcessColumn, restColumn, schemaColumns } from "./schema.ts";
import type { KnownValues } from "./translation/searchSql.ts";

/** More keys than this are not remembered one by one; which ones an answer has is then told from its rows. */
export const KEYS_REMEMBERED = 300;

/** A table of records that can be asked. */
export type StoredLog = {
  readonly table: string;
  /** Every key that a record of it has; undefined where there are too many. */
  readonly keys: readonly string[] | undefined;
  /** Every value of the columns that have few of them; nothing of a log that grows. */
  readonly knownValues: KnownValues;
};

/** What a store's file says of itself. */
export type StoreFacts = {
  readonly store: Omit<ImportedStore, "reused">;
  readonly keys: readonly string[] | undefined;
  readonly knownValues: readonly (readonly [column: string, values: readonly string[]])[];
};

/** The columns of a store's table `log`, as CREATE TABLE has them. */
export const logColumnsSql = [
  ...schemaColumns.map(({ name, type }) => `${sqlName(name)} ${type === "long" ? "BIGINT" : "VARCHAR"}`),
  `${sqlName(atColumn)} BIGINT`,
  `${sqlName(lowerCommandColumn)} VARCHAR`,
  `${sqlName(moreProcessColumn)} VARCHAR`,
  `${sqlName(keysColumn)} VARCHAR`,
  `${sqlName(restColumn)} VARCHAR`,
].join(", ");

type MemoryLog = { readonly table: string; readonly keys: Set<string>; readonly writing: Mutex };
type FileLog = {
  readonly alias: string;
  readonly facts: StoreFacts;
  readonly knownValues: KnownValues;
  users: number;
};

/** Columns that name a kind or a place: with their values at hand a search compares whole values instead of words. */
const namingColumns = [
  "kind",
  "clusterId",
  "k8s.pod.namespace",
  "k8s.pod.name",
  "k8s.container.name",
  "k8s.user.username",
  "host.nodename",
  "kubeobject.operation.kind",
  "process.name",
];
/** A column with more values than this is searched by words. */
const FEW_VALUES = 2_000;

/** So many imported files stay attached. */
const OPEN_STORES = 6;

/** The logs that this process can be asked about: imported files, and logs in memory. */
export class Stores {
  readonly #database: Database;
  readonly #folder: string;
  readonly #memory = new Map<StoreId, MemoryLog>();
  readonly #files = new Map<StoreId, FileLog>();
  readonly #opening = new Mutex();
  #count = 0;

  constructor(database: Database, folder: string) {
    this.#database = database;
    this.#folder = folder;
  }

  /** Runs `work` with a log that stays there meanwhile; undefined where there is none of this name. */
  async use<Result>(id: StoreId, work: (log: StoredLog) => Promise<Result>): Promise<Result | undefined> {
    const memory = this.#memory.get(id);
    if (memory !== undefined) {
      const keys = memory.keys.size > KEYS_REMEMBERED ? undefined : [...memory.keys];
      return work({ table: memory.table, keys, knownValues: new Map() });
    }
    const file = await this.#opening.run(async () => {
      const attached = await this.#attach(id);
      if (attached !== undefined) {
        attached.users += 1;
      }
      return attached;
    });
    if (file === undefined) {
      return undefined;
    }
    try {
      return await work({ table: `${file.alias}.log`, keys: file.facts.keys, knownValues: file.knownValues });
    } finally {
      file.users -= 1;
    }
  }

  async facts(id: StoreId): Promise<StoreFacts | undefined> {
    return (await this.#opening.run(() => this.#attach(id)))?.facts;
  }

  path(id: StoreId): string {
    return join(this.#folder, `${id}.duckdb`);
  }

  async createLog(id: StoreId): Promise<void> {
    this.#count += 1;
    const table = `memory.main.log_${this.#count}`;
    const earlier = this.#memory.get(id);
    await this.#control((connection) => connection.run(`CREATE TABLE ${table} (${logColumnsSql})`));
    this.#memory.set(id, { table, keys: new Set(), writing: new Mutex() });
    if (earlier !== undefined) {
      await this.#control((connection) => connection.run(`DROP TABLE ${earlier.table}`));
    }
  }

  /** Adds records to a log in memory. All of them or none: a record without a readable time is a fault of the caller. */
  async appendRecords(id: StoreId, records: readonly LogRecord[]): Promise<boolean> {
    const log = this.#memory.get(id);
    if (log === undefined) {
      return false;
    }
    await log.writing.run(() =>
      this.#control(async (connection) => {
        await connection.run("CREATE OR REPLACE TEMP TABLE appended (record VARCHAR)");
        const appender = await connection.createAppender("appended", null, "temp");
        for (const record of records) {
          appender.appendVarchar(wellFormedJson(record));
          appender.endRow();
        }
        appender.closeSync();
        const shaped = records.map((record) => ({ shape: Object.keys(record), process: record["process"] }));
        const source = `(SELECT from_json(record, '"MAP(VARCHAR,VARCHAR)"') AS m FROM temp.appended)`;
        await connection.run("BEGIN");
        try {
          await connection.run(`INSERT INTO ${log.table} ${recordRowsSql(source, sampleOf(shaped))}`);
          const [row] = await textRows(
            connection,
            `SELECT CAST(count(*) AS VARCHAR) FROM ${log.table} WHERE ${sqlName(atColumn)} IS NULL`,
          );
          if (row?.[0] !== "0") {
            throw new Error(`${row?.[0]} of the appended records have no readable time.`);
          }
          await connection.run("COMMIT");
        } catch (failure) {
          await connection.run("ROLLBACK");
          throw failure;
        }
        for (const key of new Set(shaped.flatMap(({ shape }) => shape))) {
          log.keys.add(key);
        }
      }),
    );
    return true;
  }

  /** Removes every imported file's store; one that another window has open stays where the system protects it. */
  async removeAll(): Promise<number> {
    return this.#opening.run(async () => {
      let freed = 0;
      for (const file of await filesIn(this.#folder, ".duckdb")) {
        freed += await this.#remove(file.name.slice(0, -".duckdb".length), file.sizeBytes);
      }
      return freed;
    });
  }

  /** Removes the least recently used stores beyond the budget; never the one named, and none that is being asked. */
  async keepWithinLimit(limitBytes: number, newest: StoreId): Promise<void> {
    await this.#opening.run(async () => {
      const inUse = [newest, ...[...this.#files].filter(([, { users }]) => users > 0).map(([id]) => id)];
      const spared = new Set(inUse.map((id) => this.path(id)));
      const files = await filesIn(this.#folder, ".duckdb");
      for (const file of overLimit(files, limitBytes, ({ path }) => spared.has(path))) {
        await this.#remove(file.name.slice(0, -".duckdb".length), file.sizeBytes);
      }
    });
  }

  /** Runs under the mutex. */
  async #attach(id: StoreId): Promise<FileLog | undefined> {
    const known = this.#files.get(id);
    if (known !== undefined) {
      this.#files.delete(id);
      this.#files.set(id, known);
      return known;
    }
    if (!/^[0-9a-f]{64}$/.test(id)) {
      return undefined;
    }
    if (!(await touch(this.path(id)))) {
      return undefined;
    }
    this.#count += 1;
    const alias = `store_${this.#count}`;
    const facts = await this.#control(async (connection) => {
      await connection.run(`ATTACH ${sqlText(this.path(id))} AS ${alias} (READ_ONLY)`);
      const [row] = await textRows(connection, `SELECT facts FROM ${alias}.facts`);
      return JSON.parse(row?.[0] ?? "") as StoreFacts;
    });
    const file = { alias, facts, knownValues: new Map(facts.knownValues), users: 0 };
    this.#files.set(id, file);
    const idle = [...this.#files].filter(([other, { users }]) => other !== id && users === 0);
    for (const [other] of idle.slice(0, Math.max(0, this.#files.size - OPEN_STORES))) {
      await this.#detach(other);
    }
    return file;
  }

  async #detach(id: StoreId): Promise<void> {
    const file = this.#files.get(id);
    if (file !== undefined) {
      this.#files.delete(id);
      await this.#control((connection) => connection.run(`DETACH ${file.alias}`));
    }
  }

  async #remove(id: StoreId, sizeBytes: number): Promise<number> {
    await this.#detach(id);
    return rm(this.path(id), { force: true }).then(
      () => sizeBytes,
      () => 0,
    );
  }

  #control<Result>(work: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
    return this.#database.run("UTC", new AbortController().signal, work);
  }
}

/** Every value of the columns that name a kind or a place, where there are not too many. */
export async function fewValues(connection: DuckDBConnection, table: string): Promise<StoreFacts["knownValues"]> {
  const known: (readonly [string, readonly string[]])[] = [];
  for (const name of namingColumns) {
    const column = sqlName(name);
    const rows = await textRows(
      connection,
      `SELECT DISTINCT ${column} FROM ${table} WHERE ${column} IS NOT NULL LIMIT ${FEW_VALUES + 1}`,
    );
    if (rows.length <= FEW_VALUES) {
      known.push([name, rows.map(([value]) => value ?? "")]);
    }
  }
  return known;
}

/** A record as JSON that every reader takes: half of a surrogate pair, which is no text, becomes U+FFFD. */
export function wellFormedJson(record: Readonly<Record<string, unknown>>): string {
  const text = JSON.stringify(record);
  return /\\ud[89a-f]/.test(text)
    ? JSON.stringify(record, (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value))
    : text;
}
