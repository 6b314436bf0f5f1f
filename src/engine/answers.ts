import { createHash } from "node:crypto";
import { chmod, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Cells, Column } from "../logs/answer.ts";
import type { AnswerFacts, AnswerId, RowWindow, View } from "../logs/answerStore.ts";
import { atPlaces, type Database, textRows } from "./database.ts";
import { filesIn, overLimit, touch } from "./folder.ts";
import { Mutex } from "./mutex.ts";
import { sqlName, sqlText } from "./recordColumns.ts";

/** So many answers stay attached; a window of any other one attaches its file again, which takes a millisecond. */
const OPEN_ANSWERS = 12;

/** So many sorted or filtered orders are remembered for one answer. */
const ORDERS_REMEMBERED = 4;

/** An answer of a few rows takes 45 KB on disk with blocks of this size, and half a megabyte with DuckDB's own. */
const BLOCK_SIZE = 16_384;

/** From here on an answer is written in DuckDB's own block size, which is twice as fast. */
const MANY_ROWS = 20_000;

type OpenAnswer = {
  readonly alias: string;
  readonly writable: boolean;
  columns: readonly Column[];
  facts: AnswerFacts | undefined;
  rowCount: number;
  /** The rows of a view in its order. A view of an answer that is still written is not remembered. */
  readonly orders: Map<string, Uint32Array>;
  users: number;
};

/**
 * The answers on disk, a database file for each. A file is written under a name with this process's number and takes
 * its own name when it is complete, so that several windows can share the folder: nobody writes where another one
 * writes or reads.
 */
export class Answers {
  readonly #database: Database;
  readonly #folder: string;
  readonly #limitBytes: number;
  readonly #open = new Map<AnswerId, OpenAnswer>();
  readonly #opening = new Mutex();
  #count = 0;

  constructor(database: Database, folder: string, limitBytes: number) {
    this.#database = database;
    this.#folder = folder;
    this.#limitBytes = limitBytes;
  }

  /** Begins an answer, or begins it anew. `expectedRows` only chooses how the file is laid out. */
  async begin(id: AnswerId, columns: readonly Column[], expectedRows = 0): Promise<void> {
    await this.#opening.run(async () => {
      await this.#close(id);
      await this.#removeFiles(id);
      this.#count += 1;
      const alias = `answer_${this.#count}`;
      const path = this.#partialPath(id);
      const block = expectedRows > MANY_ROWS ? "" : `, BLOCK_SIZE ${BLOCK_SIZE}`;
      await this.#control(async (connection) => {
        await connection.run(`ATTACH ${sqlText(path)} AS ${alias} (STORAGE_VERSION 'latest'${block})`);
        const cells = columns.map((_, index) => `c${index} VARCHAR`);
        await connection.run(`CREATE TABLE ${alias}.rows (${["present BOOLEAN", ...cells].join(", ")})`);
      });
      await chmod(path, 0o600);
      this.#open.set(id, {
        alias,
        writable: true,
        columns,
        facts: undefined,
        rowCount: 0,
        orders: new Map(),
        users: 0,
      });
    });
  }

  async append(id: AnswerId, columns: readonly Column[], rows: readonly Cells[]): Promise<void> {
    await this.#opening.run(async () => {
      const answer = this.#writable(id);
      await this.#control(async (connection) => {
        for (let index = answer.columns.length; index < columns.length; index += 1) {
          await connection.run(`ALTER TABLE ${answer.alias}.rows ADD COLUMN c${index} VARCHAR`);
        }
        const appender = await connection.createAppender("rows", "main", answer.alias);
        for (const cells of rows) {
          appender.appendBoolean(true);
          for (let index = 0; index < columns.length; index += 1) {
            const cell = cells[index];
            if (cell === undefined) {
              appender.appendNull();
            } else {
              appender.appendVarchar(cell);
            }
          }
          appender.endRow();
        }
        appender.closeSync();
      });
      answer.columns = columns;
      answer.rowCount += rows.length;
      answer.orders.clear();
    });
  }

  /**
   * Puts the rows of a query straight into an answer that has been begun and is empty, without taking them through
   * JavaScript. The query gives one text column for each of `columns`.
   */
  async insert(connection: DuckDBConnection, id: AnswerId, columns: readonly Column[], sql: string): Promise<number> {
    const answer = this.#writable(id);
    const inserted = await connection.run(`INSERT INTO ${answer.alias}.rows SELECT true, * FROM (${sql})`);
    answer.columns = columns;
    answer.rowCount = inserted.rowsChanged;
    return answer.rowCount;
  }

  /** Leaves out the columns that have no value in any row. The order of the others stays. */
  async dropEmptyColumns(connection: DuckDBConnection, id: AnswerId): Promise<void> {
    const answer = this.#writable(id);
    if (answer.columns.length === 0) {
      return;
    }
    const counts = answer.columns.map((_, index) => `CAST(count(c${index}) AS VARCHAR)`);
    const [row] = await textRows(connection, `SELECT ${counts.join(", ")} FROM ${answer.alias}.rows`);
    const full = answer.columns.map((_, index) => index).filter((index) => row?.[index] !== "0");
    for (const index of answer.columns.keys()) {
      if (!full.includes(index)) {
        await connection.run(`ALTER TABLE ${answer.alias}.rows DROP COLUMN c${index}`);
      }
    }
    for (const [place, index] of full.entries()) {
      if (place !== index) {
        await connection.run(`ALTER TABLE ${answer.alias}.rows RENAME COLUMN c${index} TO c${place}`);
      }
    }
    answer.columns = full.flatMap((index) => answer.columns[index] ?? []);
  }

  /**
   * Completes an answer. Its columns and the number of its rows are what was stored, whatever the facts say. Undefined
   * where there is no answer to complete, since the process that its rows were in has ended.
   */
  async finish(facts: AnswerFacts): Promise<AnswerFacts | undefined> {
    return this.#opening.run(async () => {
      const answer = this.#open.get(facts.id);
      if (answer?.writable !== true) {
        return undefined;
      }
      const stored: AnswerFacts = { ...facts, columns: answer.columns, rowCount: answer.rowCount };
      await this.#control(async (connection) => {
        await connection.run(
          `CREATE TABLE ${answer.alias}.facts AS SELECT CAST(${sqlText(JSON.stringify(stored))} AS VARCHAR) AS facts`,
        );
        await connection.run(`CHECKPOINT ${answer.alias}`);
      });
      await this.#close(facts.id);
      await rename(this.#partialPath(facts.id), this.#path(facts.id));
      await this.#attach(facts.id);
      await this.#keepWithinLimit(facts.id);
      return stored;
    });
  }

  async facts(id: AnswerId): Promise<AnswerFacts | undefined> {
    return this.#opening.run(async () => {
      const answer = await this.#attach(id);
      if (answer !== undefined && !answer.writable) {
        await touch(this.#path(id));
      }
      return answer?.facts;
    });
  }

  async window(
    id: AnswerId,
    view: View,
    from: number,
    count: number,
    signal: AbortSignal,
  ): Promise<RowWindow | undefined> {
    const answer = await this.#opening.run(async () => {
      const attached = await this.#attach(id);
      if (attached !== undefined) {
        attached.users += 1;
      }
      return attached;
    });
    if (answer === undefined) {
      return undefined;
    }
    try {
      return await this.#database.run("UTC", signal, (connection) =>
        windowOf(connection, answer, view, Math.max(0, from), Math.max(0, count)),
      );
    } finally {
      answer.users -= 1;
    }
  }

  async remove(which: AnswerId | "all"): Promise<void> {
    await this.#opening.run(async () => {
      if (which !== "all") {
        await this.#close(which);
        await this.#removeFiles(which);
        return;
      }
      for (const id of [...this.#open.keys()]) {
        await this.#close(id);
        await this.#removeFiles(id);
      }
      for (const file of await filesIn(this.#folder, ".duckdb")) {
        await rm(file.path, { force: true });
      }
    });
  }

  #writable(id: AnswerId): OpenAnswer {
    const answer = this.#open.get(id);
    if (answer === undefined || !answer.writable) {
      throw new Error(`The answer ${id} has not been begun.`);
    }
    return answer;
  }

  /** The answer, from its file where it is not open. Runs under the mutex. */
  async #attach(id: AnswerId): Promise<OpenAnswer | undefined> {
    const known = this.#open.get(id);
    if (known !== undefined) {
      // The order of the map is the order of use.
      this.#open.delete(id);
      this.#open.set(id, known);
      return known;
    }
    const path = this.#path(id);
    if (!(await touch(path))) {
      return undefined;
    }
    this.#count += 1;
    const alias = `answer_${this.#count}`;
    const facts = await this.#control(async (connection) => {
      await connection.run(`ATTACH ${sqlText(path)} AS ${alias} (READ_ONLY)`);
      const [row] = await textRows(connection, `SELECT facts FROM ${alias}.facts`);
      return JSON.parse(row?.[0] ?? "") as AnswerFacts;
    });
    const answer: OpenAnswer = {
      alias,
      writable: false,
      columns: facts.columns,
      facts,
      rowCount: facts.rowCount,
      orders: new Map(),
      users: 0,
    };
    this.#open.set(id, answer);
    const idle = [...this.#open].filter(([other, { users, writable }]) => other !== id && users === 0 && !writable);
    for (const [other] of idle.slice(0, Math.max(0, this.#open.size - OPEN_ANSWERS))) {
      await this.#close(other);
    }
    return answer;
  }

  async #close(id: AnswerId): Promise<void> {
    const answer = this.#open.get(id);
    if (answer !== undefined) {
      // A window may be read in several queries; new ones wait for the mutex that this runs under.
      while (answer.users > 0) {
        await setTimeout(5);
      }
      this.#open.delete(id);
      await this.#control((connection) => connection.run(`DETACH ${answer.alias}`));
    }
  }

  async #keepWithinLimit(newest: AnswerId): Promise<void> {
    const files = await filesIn(this.#folder, ".duckdb");
    const inUse = new Set([newest, ...[...this.#open].filter(([, { users }]) => users > 0).map(([id]) => id)]);
    const spared = new Set([...inUse].map((id) => this.#path(id)));
    for (const file of overLimit(files, this.#limitBytes, ({ path }) => spared.has(path))) {
      for (const id of [...this.#open.keys()].filter((open) => this.#path(open) === file.path)) {
        await this.#close(id);
      }
      await rm(file.path, { force: true });
    }
  }

  async #removeFiles(id: AnswerId): Promise<void> {
    const partial = this.#partialPath(id);
    await Promise.all([this.#path(id), partial, `${partial}.wal`].map((path) => rm(path, { force: true })));
  }

  #control<Result>(work: (connection: DuckDBConnection) => Promise<Result>): Promise<Result> {
    return this.#database.run("UTC", new AbortController().signal, work);
  }

  #path(id: AnswerId): string {
    return join(this.#folder, `${fileName(id)}.duckdb`);
  }

  #partialPath(id: AnswerId): string {
    return join(this.#folder, `${fileName(id)}.${process.pid}.partial`);
  }
}

/** Ids are made by this extension, but a restored page hands one in: as a file's name it must not be a path. */
function fileName(id: AnswerId): string {
  return /^[\w-]{1,80}$/.test(id) ? id : createHash("sha256").update(id).digest("hex");
}

async function windowOf(
  connection: DuckDBConnection,
  answer: OpenAnswer,
  view: View,
  from: number,
  count: number,
): Promise<RowWindow> {
  const { alias, columns } = answer;
  const cells = columns.map((_, index) => `c${index}`).join(", ");
  const rowSql = `SELECT rowid AS ordinal, CAST(to_json([${cells}]::VARCHAR[]) AS VARCHAR) AS cells FROM ${alias}.rows`;
  if (view.sort.length === 0 && view.filter === "") {
    const rowCount = answer.rowCount;
    const to = Math.min(rowCount, from + count);
    const rows =
      to <= from ? [] : await rowsOf(connection, `${rowSql} WHERE rowid >= ${from} AND rowid < ${to} ORDER BY rowid`);
    return { columns, from, rowCount, rows: rows.map((row) => row.cells), ordinals: rows.map((row) => row.ordinal) };
  }
  const order = await orderOf(connection, answer, view);
  const ordinals = [...order.subarray(from, from + count)];
  const found = new Map<number, Cells>();
  if (ordinals.length > 0) {
    for (const row of await rowsOf(connection, `${rowSql} WHERE ${atPlaces(ordinals)}`)) {
      found.set(row.ordinal, row.cells);
    }
  }
  return { columns, from, rowCount: order.length, rows: ordinals.map((ordinal) => found.get(ordinal) ?? []), ordinals };
}

async function rowsOf(
  connection: DuckDBConnection,
  sql: string,
): Promise<readonly { readonly ordinal: number; readonly cells: Cells }[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRows().map(([ordinal, cells]) => ({ ordinal: Number(ordinal), cells: readCells(String(cells)) }));
}

/** A row as DuckDB writes it into one JSON array, which is read ten times as fast as a value for each cell. */
export function readCells(text: string): Cells {
  const cells = JSON.parse(text) as (string | null)[];
  return cells.map((cell) => cell ?? undefined);
}

/** The ordinals of a view's rows in its order; four bytes a row, so that scrolling sorts nothing. */
async function orderOf(connection: DuckDBConnection, answer: OpenAnswer, view: View): Promise<Uint32Array> {
  const name = JSON.stringify([view.sort, view.filter]);
  const known = answer.orders.get(name);
  if (known !== undefined) {
    return known;
  }
  const places = view.sort.flatMap(({ column, descending }) => {
    const index = answer.columns.findIndex((other) => other.name === column);
    return index < 0 ? [] : [{ index, descending }];
  });
  const keys = places.flatMap(({ index, descending }) => {
    const direction = `${descending ? "DESC" : "ASC"} NULLS LAST`;
    const numeric = answer.columns[index]?.kind === "number" || answer.columns[index]?.kind === "time";
    // Numbers stand before texts; whole numbers beyond a double's 53 bits are told apart by the second key.
    return numeric
      ? [
          `TRY_CAST(c${index} AS DOUBLE) ${direction}`,
          `TRY_CAST(c${index} AS HUGEINT) ${direction}`,
          `c${index} ${direction}`,
        ]
      : [`lower(c${index}) ${direction}`, `c${index} ${direction}`];
  });
  const filter =
    view.filter === ""
      ? ""
      : `WHERE ${["false", ...answer.columns.map((_, index) => `contains(lower(c${index}), lower(${sqlText(view.filter)}))`)].join(" OR ")}`;
  const result = await connection.stream(
    `SELECT CAST(rowid AS UINTEGER) FROM ${sqlName(answer.alias)}.rows ${filter} ORDER BY ${[...keys, "rowid"].join(", ")}`,
  );
  const order = new Uint32Array(answer.rowCount);
  let length = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) {
      break;
    }
    chunk.visitColumnValues(0, (ordinal) => {
      order[length] = Number(ordinal);
      length += 1;
    });
    chunk.reset();
  }
  const trimmed = length === order.length ? order : order.slice(0, length);
  for (const oldest of [...answer.orders.keys()].slice(0, Math.max(0, answer.orders.size - ORDERS_REMEMBERED + 1))) {
    answer.orders.delete(oldest);
  }
  answer.orders.set(name, trimmed);
  return trimmed;
}
