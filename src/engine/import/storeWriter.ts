import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { RejectedLine } from "../client.ts";
import { textRows } from "../database.ts";
import { type RecordSample, recordRowsSql, sqlText } from "../recordColumns.ts";
import { readBytes } from "./bytes.ts";
import { isBlank, linesOf } from "./lines.ts";
import { readRejected } from "./ndjson.ts";

/** So many rejected lines are named; beyond that they are counted. */
const REJECTED_NAMED = 1_000;

/** Lines that were rejected and can be read after all are written anew into pieces of this size. */
const REPAIRED_BYTES = 16 * 1024 * 1024;

/** The rejected lines of an import: all counted, the first of them named. */
export class Rejections {
  #count = 0;
  #named: RejectedLine[] = [];
  #lastCut = 0;

  add(rejected: RejectedLine): void {
    this.#count += 1;
    if (rejected.reason === "truncated") {
      this.#lastCut = Math.max(this.#lastCut, rejected.line);
    }
    this.#named.push(rejected);
    if (this.#named.length >= 2 * REJECTED_NAMED) {
      this.#trim();
    }
  }

  get count(): number {
    return this.#count;
  }

  /** The last line that was found cut; 0 where none was. */
  get lastCut(): number {
    return this.#lastCut;
  }

  get named(): readonly RejectedLine[] {
    this.#trim();
    return this.#named;
  }

  /** Lines are not always rejected in their order. */
  #trim(): void {
    this.#named = this.#named.sort((left, right) => left.line - right.line).slice(0, REJECTED_NAMED);
  }
}

/** A file of one record a line that DuckDB reads, and which line of the imported file each of its lines is. */
export type LineFile = {
  readonly path: string;
  /** Where the file's lines are those of the imported file: the number of the first. */
  readonly firstLine: number;
  /** Where they are not: the number of the file's n-th line that is not blank, from 0. */
  readonly numbers: readonly number[] | undefined;
  /** The line of the imported file that nothing ends, where this file gave it an end. */
  readonly cut?: number;
};

/** Puts the records of files into the table `log` of one store. */
export class StoreWriter {
  readonly rejections = new Rejections();
  readonly #connection: DuckDBConnection;
  readonly #table: string;
  readonly #sample: RecordSample;
  readonly #repairedPath: string;
  readonly #signal: AbortSignal;

  constructor(
    connection: DuckDBConnection,
    table: string,
    sample: RecordSample,
    repairedPath: string,
    signal: AbortSignal,
  ) {
    this.#connection = connection;
    this.#table = table;
    this.#sample = sample;
    this.#repairedPath = repairedPath;
    this.#signal = signal;
  }

  /** Adds a file's records. Lines that are none are read a second time, now in order, to find their numbers. */
  async add(file: LineFile): Promise<void> {
    if (await this.#insert(file.path)) {
      await this.#repair(file, await this.#refused(file.path));
    }
  }

  /** Whether there were lines that could not be stored. They are not in the table afterwards. */
  async #insert(path: string): Promise<boolean> {
    const source = `(SELECT m FROM ${reader(path)})`;
    await this.#connection.run(`INSERT INTO ${this.#table} ${recordRowsSql(source, this.#sample)}`);
    const [row] = await textRows(
      this.#connection,
      `SELECT CAST(count(*) AS VARCHAR) FROM ${this.#table} WHERE "@at" IS NULL`,
    );
    if (row?.[0] === "0") {
      return false;
    }
    await this.#connection.run(`DELETE FROM ${this.#table} WHERE "@at" IS NULL`);
    return true;
  }

  /** The lines that cannot be stored, by their place among those that are not blank, from 1. */
  async #refused(path: string): Promise<readonly RefusedLine[]> {
    await this.#connection.run("SET preserve_insertion_order = true");
    try {
      const source = `(SELECT row_number() OVER () AS n, m FROM ${reader(path)})`;
      const result = await this.#connection.stream(
        `SELECT n, whole FROM (${recordRowsSql(source, this.#sample, true)}) WHERE "@at" IS NULL`,
      );
      const refused: RefusedLine[] = [];
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) {
          break;
        }
        const [places, whole] = [chunk.getColumnValues(0), chunk.getColumnValues(1)];
        // Rows that were read are given back at once: DuckDB does not see what JavaScript has yet to collect.
        chunk.reset();
        places.forEach((place, index) => {
          refused.push({ place: Number(place), whole: whole[index] === true });
        });
      }
      return refused.sort((left, right) => left.place - right.place);
    } finally {
      await this.#connection.run("SET preserve_insertion_order = false");
    }
  }

  async #repair(file: LineFile, refused: readonly RefusedLine[]): Promise<void> {
    const repaired = new RepairedLines(this.#repairedPath);
    const source = readBytes(file.path, false, this.#signal);
    let place = 0;
    let next = 0;
    try {
      for await (const line of linesOf(source.pieces)) {
        if (next >= refused.length) {
          break;
        }
        if (line.bytes !== undefined && isBlank(line.bytes)) {
          continue;
        }
        place += 1;
        if (refused[next]?.place !== place) {
          continue;
        }
        const number = file.numbers?.[place - 1] ?? file.firstLine + line.number - 1;
        const whole = refused[next]?.whole === true;
        next += 1;
        if (whole) {
          this.rejections.add({ line: number, reason: "noTime" });
        } else if (line.bytes === undefined) {
          this.rejections.add({ line: number, reason: "tooLong" });
        } else {
          const read = readRejected(line.bytes, line.ended && number !== file.cut);
          if ("reason" in read) {
            this.rejections.add({ line: number, reason: read.reason });
          } else if (await repaired.add(read.record, number)) {
            await this.#addRepaired(repaired);
          }
        }
      }
      if (next < refused.length) {
        throw new Error(`${refused.length - next} of the lines that were refused cannot be found again.`);
      }
      await this.#addRepaired(repaired);
    } finally {
      await repaired.remove();
    }
  }

  /** What is refused now has been written by this program: it lacks a time, or is beyond DuckDB's reader. */
  async #addRepaired(repaired: RepairedLines): Promise<void> {
    const numbers = await repaired.close();
    if (numbers.length > 0 && (await this.#insert(repaired.path))) {
      for (const { place, whole } of await this.#refused(repaired.path)) {
        this.rejections.add({ line: numbers[place - 1] ?? 0, reason: whole ? "noTime" : "notJson" });
      }
    }
  }
}

type RefusedLine = { readonly place: number; readonly whole: boolean };

function reader(path: string): string {
  return `read_json(${sqlText(path)}, format = 'newline_delimited', compression = 'uncompressed', ignore_errors = true,
    records = false, columns = {m: 'MAP(VARCHAR, VARCHAR)'})`;
}

/** A file that records are written to, one a line, and then read from. */
export class RepairedLines {
  readonly path: string;
  #out: ReturnType<typeof createWriteStream> | undefined;
  #numbers: number[] = [];
  #length = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Whether the file is full now. */
  async add(record: string, number: number): Promise<boolean> {
    this.#out ??= createWriteStream(this.path, { mode: 0o600 });
    this.#numbers.push(number);
    this.#length += record.length;
    if (!this.#out.write(`${record}\n`)) {
      await once(this.#out, "drain");
    }
    return this.#length >= REPAIRED_BYTES;
  }

  /** Ends the file and gives the line numbers of its records; what is added next goes into a new one. */
  async close(): Promise<readonly number[]> {
    const numbers = this.#numbers;
    this.#numbers = [];
    this.#length = 0;
    if (this.#out !== undefined) {
      this.#out.end();
      await once(this.#out, "finish");
      this.#out = undefined;
    }
    return numbers;
  }

  async remove(): Promise<void> {
    this.#out?.destroy();
    await rm(this.path, { force: true });
  }
}
