import { createHash } from "node:crypto";
import { chmod, open, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DuckDBConnection, version } from "@duckdb/node-api";
import type { LogRecord } from "../../audit/event.ts";
import { clusterId } from "../../audit/ids.ts";
import type { ImportedStore, ImportOutcome, ImportProgress, StoreId } from "../client.ts";
import { Interrupted, interruptible, openImporter, textRows } from "../database.ts";
import type { EngineSettings } from "../protocol.ts";
import { rangeOf } from "../questions.ts";
import { type Shape, sampleOf, sqlName, sqlText } from "../recordColumns.ts";
import { orderedKeys } from "../recordKeys.ts";
import { keysColumn, type SchemaColumn, schemaColumns } from "../schema.ts";
import { fewValues, KEYS_REMEMBERED, logColumnsSql, type StoreFacts, type Stores } from "../stores.ts";
import { type ByteSource, isGzip, readBytes } from "./bytes.ts";
import { type ChunkTaker, copyLines, writeItems } from "./chunks.ts";
import { itemsOf, lacking, type NoAuditLog, readSample, type Sample } from "./format.ts";
import { HEARTBEAT_MS, ImportLock, lockProgress } from "./lock.ts";
import { StoreWriter } from "./storeWriter.ts";

/** Raised whenever a store is written differently, so that stores of before are not taken for these. */
const SCHEMA_VERSION = 3;

const FIRST_RECORDS = 100;
const SAMPLE_BYTES = 1024 * 1024;
const HASHED_BYTES = 64 * 1024;

export type Teller = {
  progress(progress: ImportProgress): void;
  firstRecords(records: readonly LogRecord[]): void;
};

type Input = { readonly path: string; readonly sizeBytes: number; readonly gzip: boolean; readonly sample: Sample };

/** Makes a store of a file, or finds the one that was made of it before, by this window or another. */
export async function importFile(
  { settings, stores }: { readonly settings: EngineSettings; readonly stores: Stores },
  path: string,
  tell: Teller,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const file = resolve(path);
  const looked = await look(file, signal).catch((failure: unknown) => unreadable(failure, signal));
  if ("kind" in looked) {
    return looked;
  }
  const { id, input } = looked;
  const reuse = async (): Promise<ImportOutcome | undefined> => {
    const facts = await stores.facts(id);
    return facts === undefined ? undefined : { kind: "imported", store: { ...facts.store, reused: true } };
  };
  const reused = await reuse();
  if (reused !== undefined) {
    return reused;
  }
  if (typeof input === "string") {
    return { kind: "notAuditLog", reason: input };
  }
  tell.firstRecords(input.sample.records.slice(0, FIRST_RECORDS));

  const lockPath = join(settings.storesFolder, `${id}.lock`);
  for (;;) {
    const lock = await ImportLock.acquire(lockPath);
    if (lock !== undefined) {
      try {
        const made = (await reuse()) ?? (await makeStore(settings, stores, id, input, lock, tell, signal));
        if (made.kind === "imported") {
          await stores.keepWithinLimit(settings.storesLimitBytes, id);
        }
        return made;
      } catch (failure) {
        return unreadable(failure, signal);
      } finally {
        await lock.release();
      }
    }
    // Another window imports this file.
    const progress = await lockProgress(lockPath);
    if (progress !== undefined) {
      tell.progress(progress);
      await sleep(HEARTBEAT_MS / 2);
    }
    if (signal.aborted) {
      return { kind: "cancelled" };
    }
  }
}

function unreadable(failure: unknown, signal: AbortSignal): ImportOutcome {
  if (signal.aborted || failure instanceof Interrupted) {
    return { kind: "cancelled" };
  }
  // What the system says against reading a file or writing the store; anything else is for the caller to tell.
  if (failure instanceof Error && "code" in failure && "syscall" in failure) {
    return { kind: "unreadable", detail: failure.message };
  }
  throw failure;
}

/** Reads of a file what names its store and tells its format. */
async function look(
  path: string,
  signal: AbortSignal,
): Promise<{ readonly id: StoreId; readonly input: Input | NoAuditLog } | ImportOutcome> {
  const facts = await stat(path);
  // Reading a pipe or a device may never end.
  if (!facts.isFile()) {
    return { kind: "unreadable", detail: `${path}: ${facts.isDirectory() ? "EISDIR" : "EINVAL"}` };
  }
  const file = await open(path, "r");
  const head = Buffer.alloc(Math.min(HASHED_BYTES, facts.size));
  const tail = Buffer.alloc(head.length);
  try {
    await file.read(head, 0, head.length, 0);
    await file.read(tail, 0, tail.length, facts.size - tail.length);
  } finally {
    await file.close();
  }
  const id = createHash("sha256")
    .update(JSON.stringify([path, facts.size, facts.mtimeMs, SCHEMA_VERSION, version()]))
    .update(head)
    .update(tail)
    .digest("hex");
  const gzip = isGzip(head);
  const beginning: Buffer[] = [];
  let length = 0;
  let whole = true;
  for await (const piece of readBytes(path, gzip, signal).pieces) {
    if (length >= SAMPLE_BYTES) {
      whole = false;
      break;
    }
    beginning.push(piece);
    length += piece.length;
  }
  const sample = await readSample(Buffer.concat(beginning), whole);
  return { id, input: typeof sample === "string" ? sample : { path, sizeBytes: facts.size, gzip, sample } };
}

async function makeStore(
  settings: EngineSettings,
  stores: Stores,
  id: StoreId,
  input: Input,
  lock: ImportLock,
  tell: Teller,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const partial = join(settings.storesFolder, `${id}.${process.pid}.partial`);
  const spillFolder = join(settings.storesFolder, `${id}.${process.pid}.spill`);
  const instance = await openImporter(settings, spillFolder);
  let progress: ImportProgress = { bytesRead: 0, bytesTotal: input.sizeBytes, recordCount: 0 };
  const report = (bytesRead: number, recordCount: number): void => {
    progress = { bytesRead, bytesTotal: input.sizeBytes, recordCount };
    tell.progress(progress);
  };
  // The heartbeat must not fail the import: a lock that cannot be written to is one that another window may take over.
  const heartbeat = setInterval(() => void lock.beat(progress).catch(() => undefined), HEARTBEAT_MS);
  try {
    const connection = await instance.connect();
    const facts = await interruptible(connection, signal, async () => {
      await removeFiles(partial);
      await connection.run("SET TimeZone = 'UTC'");
      await connection.run("SET enable_progress_bar = true");
      await connection.run("SET enable_progress_bar_print = false");
      await connection.run(`ATTACH ${sqlText(partial)} AS store (STORAGE_VERSION 'latest')`);
      await chmod(partial, 0o600);
      const found = await fill(connection, settings, id, input, report, signal);
      if (typeof found === "string") {
        return found;
      }
      await connection.run(
        `CREATE TABLE store.facts AS SELECT CAST(${sqlText(JSON.stringify(found))} AS VARCHAR) AS facts`,
      );
      await connection.run("CHECKPOINT store");
      await connection.run("DETACH store");
      return found;
    });
    connection.closeSync();
    if (typeof facts === "string") {
      return { kind: "notAuditLog", reason: facts };
    }
    await rename(partial, stores.path(id));
    report(input.sizeBytes, facts.store.recordCount);
    return { kind: "imported", store: { ...facts.store, reused: false } };
  } finally {
    clearInterval(heartbeat);
    instance.closeSync();
    await Promise.all([removeFiles(partial), rm(spillFolder, { recursive: true, force: true })]);
  }
}

async function removeFiles(partial: string): Promise<void> {
  await Promise.all([partial, `${partial}.wal`].map((path) => rm(path, { force: true })));
}

/** Fills the store's table, and tells what is in it; or why it is no audit log. */
async function fill(
  connection: DuckDBConnection,
  settings: EngineSettings,
  id: StoreId,
  input: Input,
  report: (bytesRead: number, recordCount: number) => void,
  signal: AbortSignal,
): Promise<StoreFacts | NoAuditLog> {
  const { records, shapes } = input.sample;
  const sample = sampleOf(shapes.map((shape, index) => ({ shape, process: records[index]?.["process"] })));
  const name = (part: string): string => join(settings.storesFolder, `${id}.${part}.${process.pid}.chunk`);
  const begin = async (): Promise<StoreWriter> => {
    await connection.run(`CREATE OR REPLACE TABLE store.log (${logColumnsSql})`);
    return new StoreWriter(connection, "store.log", sample, name("repaired"), signal);
  };
  const signals = { report, signal };
  const inLines = input.sample.format === "ndjson";
  const attempts = [
    ...(inLines && !input.gzip ? [addDirectly] : []),
    ...(inLines && input.gzip ? [addUnpacked] : []),
    addItems,
  ];
  for (const [index, attempt] of attempts.entries()) {
    const writer = await begin();
    try {
      await attempt(writer, input, { ...signals, connection, chunkPath: name("lines") });
      return await factsOf(connection, id, writer);
    } catch (failure) {
      // A line of a hundred megabytes is beyond DuckDB's reader of lines; the last way leaves such lines out.
      const beyond = failure instanceof Error && /^Invalid Input Error/.test(failure.message);
      if (signal.aborted || !beyond || index === attempts.length - 1) {
        throw failure;
      }
    }
  }
  throw new Error("There is no way left to read the file.");
}

type Way = {
  readonly connection: DuckDBConnection;
  readonly chunkPath: string;
  readonly report: (bytesRead: number, recordCount: number) => void;
  readonly signal: AbortSignal;
};

/** DuckDB reads the file where it lies. */
async function addDirectly(writer: StoreWriter, input: Input, { connection, report }: Way): Promise<void> {
  const sampled = input.sample.records.length;
  const bytesPerRecord = sampled === 0 ? Number.POSITIVE_INFINITY : Math.min(input.sizeBytes, SAMPLE_BYTES) / sampled;
  const watch = setInterval(() => {
    const bytesRead = Math.max(0, (input.sizeBytes * connection.progress.percentage) / 100);
    report(bytesRead, Math.floor(bytesRead / bytesPerRecord));
  }, 200);
  try {
    await writer.add({ path: input.path, firstLine: 1, numbers: undefined });
  } finally {
    clearInterval(watch);
  }
}

/** DuckDB reads what has been unpacked: it does not notice damage in a compressed file itself. */
async function addUnpacked(writer: StoreWriter, input: Input, way: Way): Promise<void> {
  const source = readBytes(input.path, true, way.signal);
  const lines = await copyLines(source.pieces, way.chunkPath, taker(writer, source, way));
  rejectCut(source, writer, lines);
}

/** DuckDB reads what has been taken apart: arrays, CSV, and lines that its reader of lines gave up on. */
async function addItems(writer: StoreWriter, input: Input, way: Way): Promise<void> {
  const source = readBytes(input.path, input.gzip, way.signal);
  const items = itemsOf(input.sample.format, source.pieces);
  rejectCut(source, writer, await writeItems(items, way.chunkPath, taker(writer, source, way)));
}

function taker(writer: StoreWriter, source: ByteSource, { report }: Way): ChunkTaker {
  let reportedMs = 0;
  return {
    take: (file) => writer.add(file),
    progress: (recordCount) => {
      const nowMs = performance.now();
      if (nowMs - reportedMs >= 200) {
        reportedMs = nowMs;
        report(source.position(), recordCount);
      }
    },
    reject: (rejected) => writer.rejections.add(rejected),
  };
}

/**
 * What a damaged compressed file held behind the damage is lost. That is told as one line more, cut, unless the last
 * line that came out of it has been found cut already.
 */
function rejectCut(source: ByteSource, writer: StoreWriter, lastLine: number): void {
  if (source.damaged() && writer.rejections.lastCut < lastLine) {
    writer.rejections.add({ line: lastLine + 1, reason: "truncated" });
  }
}

async function factsOf(
  connection: DuckDBConnection,
  id: StoreId,
  writer: StoreWriter,
): Promise<StoreFacts | NoAuditLog> {
  const { rejections } = writer;
  const counts = schemaColumns.map((column) => `CAST(count(${sqlName(column.name)}) AS VARCHAR)`);
  const [row] = await textRows(
    connection,
    `SELECT CAST(count(*) AS VARCHAR), CAST(min(${time}) AS VARCHAR), CAST(max(${time}) AS VARCHAR),
      ${counts.join(", ")} FROM store.log`,
  );
  const [recordCount, oldest, newest, ...filled] = row ?? [];
  if (Number(recordCount) === 0) {
    const reasons = new Set(rejections.named.map(({ reason }) => reason));
    return rejections.count === 0 ? "empty" : reasons.has("noTime") ? "noTime" : "unknownFormat";
  }
  const keys = await keysOf(connection);
  const full = new Set(schemaColumns.filter((_, index) => filled[index] !== "0").map(({ name }) => name));
  // Any name will do for a key that was not remembered: there are too many to lack one.
  const lacks = keys === undefined ? undefined : lacking([keys]);
  if (lacks !== undefined) {
    return lacks;
  }
  const clusters = await textRows(
    connection,
    `SELECT "clusterId", CAST(count(*) AS VARCHAR) FROM store.log GROUP BY 1 ORDER BY count(*) DESC, 1`,
  );
  const store: Omit<ImportedStore, "reused"> = {
    id,
    recordCount: Number(recordCount),
    rejectedCount: rejections.count,
    rejected: rejections.named,
    clusters: clusters.map(([name, count]) => ({ id: clusterId(name ?? ""), recordCount: Number(count) })),
    bounds: rangeOf(oldest ?? undefined, newest ?? undefined),
    missingFields: schemaColumns.filter((column) => isMissing(column, full, keys)).map(({ name }) => name),
  };
  const knownValues = await fewValues(connection, "store.log");
  return { store, keys: keys === undefined ? undefined : orderedKeys(keys), knownValues };
}

const time = sqlName("__time__");

/** Every key of the store's records; undefined where there are too many to remember. */
async function keysOf(connection: DuckDBConnection): Promise<Shape | undefined> {
  const rows = await textRows(
    connection,
    `SELECT DISTINCT unnest(from_json(keys, '["VARCHAR"]')) AS name
      FROM (SELECT DISTINCT ${sqlName(keysColumn)} AS keys FROM store.log) ORDER BY name LIMIT ${KEYS_REMEMBERED + 1}`,
  );
  return rows.length > KEYS_REMEMBERED ? undefined : rows.map(([name]) => name ?? "");
}

/**
 * Whether no record has a field. A JSON field whose parts are there as columns of their own is not missing, and the SLS
 * time, which every row has, is where no record spells it.
 */
function isMissing(column: SchemaColumn, full: ReadonlySet<string>, keys: Shape | undefined): boolean {
  if (column.name === "__time__") {
    return keys?.includes("__time__") === false;
  }
  const parts = schemaColumns.filter(({ from }) => column.from === undefined && from?.field === column.name);
  return !full.has(column.name) && !parts.some(({ name }) => full.has(name));
}
