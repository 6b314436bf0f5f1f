import type { DuckDBConnection } from "@duckdb/node-api";
import type { Cells, Column, Gap, Unreachable } from "../logs/answer.ts";
import type { AnswerId } from "../logs/answerStore.ts";
import type { Explained, Histogram, HistogramBucket, SeenValue } from "../logs/logSource.ts";
import type { Question, TimeRange } from "../logs/question.ts";
import { hasErrors, type Problem } from "../sls/check/problems.ts";
import { parseStatement } from "../sls/parser/parser.ts";
import type { Span } from "../sls/span.ts";
import { type Answers, readCells } from "./answers.ts";
import { candidatesSql } from "./candidates.ts";
import { atPlaces, type Database, Interrupted, prepareSelect, textRows } from "./database.ts";
import { failureOf } from "./failure.ts";
import type { EndPart, LogName, RowsPart } from "./protocol.ts";
import { columnOfKey, sqlName, sqlText } from "./recordColumns.ts";
import { addReadable, orderedKeys, readableColumn, readableColumns, recordsSql } from "./recordKeys.ts";
import { atColumn, keysColumn, lowerCommandColumn, type SchemaColumn, schemaColumns } from "./schema.ts";
import { KEYS_REMEMBERED, type StoredLog, type Stores } from "./stores.ts";
import { explainSql } from "./translation/explain.ts";
import { LogFields } from "./translation/logFields.ts";
import { refused } from "./translation/refusal.ts";
import { type Translation, type TranslationContext, translate } from "./translation/translation.ts";

/** Rows and characters of one part: small enough that taking it in holds up nobody for more than a few milliseconds. */
const PART_ROWS = 200;
const PART_LENGTH = 128 * 1024;

const time = sqlName("__time__");

/** What a question is run as: one query whose columns are all text. */
type Plan = {
  readonly sql: string;
  readonly columns: readonly Column[];
  /** Columns that are added to each row on its way: their values are read out of the others. */
  readonly added: readonly SchemaColumn[];
  /** For what answers as many rows as there are, as a search does: how many that is. */
  readonly count: (() => Promise<number>) | undefined;
  /** The columns are those of any record, and the empty ones are left out. */
  readonly hidesEmpty: boolean;
  /** Takes the last cell of a row, which is no column but how many rows there are. */
  readonly takeTotal?: (cell: string | undefined) => void;
};

type Refused = { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Asks logs, and puts what they answer into parts or into the answer store. */
export class Questions {
  readonly #database: Database;
  readonly #stores: Stores;
  readonly #answers: Answers;

  constructor(database: Database, stores: Stores, answers: Answers) {
    this.#database = database;
    this.#stores = stores;
    this.#answers = answers;
  }

  /** `sendRows` settles when the part may be followed by another one. */
  ask(
    name: LogName,
    question: Question,
    sendRows: (part: RowsPart) => Promise<void>,
    signal: AbortSignal,
  ): Promise<EndPart> {
    return this.#answer(name, question, "parts", signal, async (connection, plan) => {
      // A log without records has no columns to ask for.
      if (plan.columns.length === 0) {
        return 0;
      }
      const columns = [...plan.columns, ...plan.added.map(readableColumn)];
      const complete = plan.added.length === 0 ? (cells: Cells) => cells : addReadable(plan.columns, plan.added);
      const parts = new PartWriter(columns, plan.hidesEmpty, sendRows);
      const prepared = await prepareSelect(
        connection,
        `SELECT CAST(to_json([${cellNames(plan)}]::VARCHAR[]) AS VARCHAR) FROM (${plan.sql}) AS answer(${cellNames(plan)})`,
      );
      const result = await prepared.stream().finally(() => prepared.destroySync());
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) {
          break;
        }
        const texts = chunk.getColumnValues(0);
        chunk.reset();
        for (const text of texts) {
          const cells = readCells(String(text));
          plan.takeTotal?.(cells.at(-1));
          await parts.add(complete(plan.takeTotal === undefined ? cells : cells.slice(0, -1)), String(text).length);
          if (signal.aborted) {
            throw new Interrupted();
          }
        }
      }
      await parts.end();
      return parts.rowCount;
    });
  }

  askInto(name: LogName, question: Question, answer: AnswerId, signal: AbortSignal): Promise<EndPart> {
    return this.#answer(name, question, "store", signal, async (connection, plan) => {
      (await prepareSelect(connection, plan.sql)).destroySync();
      await this.#answers.begin(answer, plan.columns, plan.count === undefined ? 0 : question.maxRows);
      if (plan.columns.length === 0) {
        return 0;
      }
      const rowCount = await this.#answers.insert(connection, answer, plan.columns, plan.sql);
      if (plan.hidesEmpty) {
        await this.#answers.dropEmptyColumns(connection, answer);
      }
      return rowCount;
    });
  }

  async histogram(name: LogName, question: Question, buckets: number, signal: AbortSignal): Promise<Histogram> {
    const { statement, problems } = parseStatement(question.statement);
    if (hasErrors(problems)) {
      return { kind: "refused", problems };
    }
    const asked = await this.#stores.use(name.store, async (log): Promise<Histogram> => {
      const translation = translate({ ...statement, analysis: undefined }, contextOf(log, name, question));
      if (translation.kind !== "records") {
        return refusedBy(translation);
      }
      const stepSeconds = bucketSeconds(question.range, buckets);
      const sql = `SELECT CAST(${time} // ${stepSeconds} AS VARCHAR), CAST(count(*) AS VARCHAR) FROM ${log.table}
        WHERE ${translation.search} GROUP BY 1`;
      return this.#guarded(statement.span, signal, async () => {
        const rows = await this.#database.run(question.zone, signal, (connection) => textRows(connection, sql));
        const counts = new Map(rows.map(([bucket, count]) => [Number(bucket), Number(count)]));
        return {
          kind: "buckets",
          buckets: bucketsOf(question.range, stepSeconds * 1000, counts),
          completeness: { gaps: [] },
        };
      });
    });
    return asked ?? gone(name);
  }

  /**
   * The SQL that a question becomes, with the fields that only the data names. What a search is helped by on its way to
   * the records (`candidatesSql`, the places of rows) changes no answer and is left out.
   */
  async explain(name: LogName, question: Question, signal: AbortSignal): Promise<Explained> {
    const { statement, problems } = parseStatement(question.statement);
    if (hasErrors(problems)) {
      return { kind: "refused", problems };
    }
    const asked = await this.#stores.use(name.store, (log) =>
      this.#guarded(statement.span, signal, () =>
        this.#database.run(question.zone, signal, async (connection): Promise<Explained> => {
          const translation = await settled(connection, translate(statement, contextOf(log, name, question)));
          return translation.kind === "refused"
            ? translation
            : { kind: "sql", sql: explainSql(translation, log.table) };
        }),
      ),
    );
    return asked ?? gone(name);
  }

  async values(
    name: LogName,
    field: string,
    prefix: string,
    range: TimeRange,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly SeenValue[] | undefined> {
    return this.#stores.use(name.store, async (log) => {
      const found = new LogFields(schemaColumns, restNames(log)).find(field);
      const everything = { ...parseStatement("").statement, analysis: undefined };
      const within = translate(everything, contextOf(log, name, { statement: "", zone: "UTC", range, maxRows: 0 }));
      if (found === undefined || within.kind !== "records") {
        return [];
      }
      const sql = `SELECT value, CAST(count(*) AS VARCHAR) FROM
        (SELECT CAST(${found.sql("")} AS VARCHAR) AS value FROM ${log.table} WHERE ${within.search})
        WHERE value <> '' AND starts_with(lower(value), lower(${sqlText(prefix)}))
        GROUP BY value ORDER BY count(*) DESC, value LIMIT ${Math.max(0, Math.floor(limit))}`;
      const rows = await this.#database.run("UTC", signal, (connection) => textRows(connection, sql));
      return rows.map(([value, count]) => ({ value: value ?? "", count: Number(count) }));
    });
  }

  async bounds(name: LogName, signal: AbortSignal): Promise<{ readonly range: TimeRange | undefined } | undefined> {
    return this.#stores.use(name.store, async (log) => {
      const sql = `SELECT CAST(min(${time}) AS VARCHAR), CAST(max(${time}) AS VARCHAR) FROM ${log.table}
        WHERE ${name.cluster === undefined ? "TRUE" : `"clusterId" = ${sqlText(name.cluster)}`}`;
      const [row] = await this.#database.run("UTC", signal, (connection) => textRows(connection, sql));
      const [oldest, newest] = row ?? [];
      return { range: rangeOf(oldest ?? undefined, newest ?? undefined) };
    });
  }

  async #answer(
    name: LogName,
    question: Question,
    into: Delivery,
    signal: AbortSignal,
    deliver: (connection: DuckDBConnection, plan: Plan) => Promise<number>,
  ): Promise<EndPart> {
    const startedAt = performance.now();
    const ended = (gaps: readonly Gap[], total: number | undefined): EndPart => ({
      kind: "end",
      completeness: { gaps },
      total,
      elapsedMs: performance.now() - startedAt,
    });
    const asked = await this.#stores.use(name.store, async (log): Promise<EndPart> => {
      try {
        return await this.#database.run(question.zone, signal, async (connection) => {
          const everything = { start: 0, end: question.statement.length };
          return this.#guarded(everything, signal, async () => {
            const plan = await planOf(connection, log, name, question, into);
            if ("problems" in plan) {
              return plan;
            }
            const rowCount = await deliver(connection, plan);
            if (plan.count === undefined) {
              return ended([], undefined);
            }
            if (rowCount < question.maxRows) {
              return ended([], rowCount);
            }
            const total = await plan.count();
            return ended(total > rowCount ? [{ kind: "rowCap", rows: rowCount }] : [], total);
          });
        });
      } catch (failure) {
        if (failure instanceof Interrupted) {
          return ended([{ kind: "cancelled" }], undefined);
        }
        throw failure;
      }
    });
    return asked ?? gone(name);
  }

  /** What DuckDB says against a query is an answer about the statement; other failures are the engine's own. */
  async #guarded<Result>(
    place: Span,
    signal: AbortSignal,
    work: () => Promise<Result>,
  ): Promise<Result | Refused | { readonly kind: "unreachable"; readonly reason: Unreachable }> {
    try {
      return await work();
    } catch (failure) {
      if (signal.aborted || failure instanceof Interrupted) {
        throw new Interrupted();
      }
      const told = failureOf(failure);
      return told.kind === "rejected"
        ? { kind: "refused", problems: [refused({ code: "engine-rejected", detail: told.detail }, place)] }
        : { kind: "unreachable", reason: told.reason };
    }
  }
}

function gone(name: LogName): { readonly kind: "unreachable"; readonly reason: Unreachable } {
  return { kind: "unreachable", reason: { code: "notFound", detail: name.store } };
}

/** The names that a plan's columns have inside the queries round it; those of the answer may be any text, twice even. */
function cellNames(plan: Plan): string {
  const count = plan.columns.length + (plan.takeTotal === undefined ? 0 : 1);
  return Array.from({ length: count }, (_, index) => `c${index}`).join(", ");
}

function restNames(log: StoredLog): readonly string[] {
  return (log.keys ?? []).filter((key) => columnOfKey(key) === undefined);
}

function contextOf(log: StoredLog, name: LogName, { zone, range, maxRows }: Question): TranslationContext {
  return {
    table: log.table,
    columns: schemaColumns,
    restNames: restNames(log),
    keys: log.keys,
    knownValues: log.knownValues,
    zone,
    range,
    cluster: name.cluster,
    maxRows,
  };
}

async function planOf(
  connection: DuckDBConnection,
  log: StoredLog,
  name: LogName,
  question: Question,
  into: Delivery,
): Promise<Plan | Refused> {
  const { statement, problems } = parseStatement(question.statement);
  if (hasErrors(problems)) {
    return { kind: "refused", problems };
  }
  const candidates = candidatesSql(statement.search, log);
  const context = contextOf(log, name, question);
  if (statement.analysis !== undefined) {
    const table = candidates === undefined ? log.table : `(SELECT * FROM ${log.table} WHERE ${candidates})`;
    const translation = await settled(connection, translate(statement, { ...context, table }));
    if (translation.kind === "refused") {
      return translation;
    }
    if (translation.kind === "sql") {
      const { countSql, namesColumns } = translation;
      return {
        ...translation,
        added: [],
        count: countSql === undefined ? undefined : () => countOf(connection, countSql),
        hidesEmpty: countSql !== undefined && namesColumns !== true,
      };
    }
  }
  const translation = translate(statement, context);
  if (translation.kind !== "records") {
    return refusedBy(translation);
  }
  const condition = candidates === undefined ? translation.search : `${candidates} AND (${translation.search})`;
  // Where every record of the range is found, counting them costs nothing.
  const countsFirst = statement.search.kind !== "all" && question.maxRows > 0 && question.maxRows <= PLACES;
  const found = { table: log.table, condition, orderBy: `${translation.orderBy}, rowid`, limit: translation.limit };
  if (!countsFirst) {
    return recordsPlan(connection, log, found, into);
  }
  return into === "parts" && log.keys !== undefined
    ? countedPlan(connection, log, found)
    : placedPlan(connection, log, found, into);
}

/** The translation with the names that it takes from the data. */
async function settled(connection: DuckDBConnection, translation: Translation): Promise<Settled> {
  let step = translation;
  while (step.kind === "names") {
    const names = await textRows(connection, step.sql);
    step = step.go(names.map(([name]) => name ?? ""));
  }
  return step;
}

type Settled = Exclude<Translation, { readonly kind: "names" }>;

async function countOf(connection: DuckDBConnection, sql: string): Promise<number> {
  const [row] = await textRows(connection, sql);
  return Number(row?.[0]);
}

function refusedBy(translation: Translation): Refused {
  if (translation.kind === "refused") {
    return translation;
  }
  throw new Error(`A translation of kind ${translation.kind} was not asked for.`);
}

/** What a search looks for; the order ends with the row's own number, so that it is always the same one. */
type Found = {
  readonly table: string;
  readonly condition: string;
  readonly orderBy: string;
  readonly limit: number;
};

/** Up to so many rows, a search first finds where they are, in the same pass that counts all its matches. */
const PLACES = 10_000;

async function placedPlan(
  connection: DuckDBConnection,
  log: StoredLog,
  { table, condition, orderBy, limit }: Found,
  into: Delivery,
): Promise<Plan> {
  const rows = await textRows(
    connection,
    `WITH found AS MATERIALIZED
        (SELECT place AS rowid, ${sqlName(atColumn)}, "eventId" FROM ${inLowerCase(table)} WHERE ${condition})
      SELECT CAST(rowid AS VARCHAR), CAST((SELECT count(*) FROM found) AS VARCHAR) FROM found
      ORDER BY ${orderBy} LIMIT ${limit}`,
  );
  const total = Number(rows[0]?.[1] ?? 0);
  const places = atPlaces(rows.map(([place]) => Number(place)));
  return {
    ...(await recordsOf(connection, log, `SELECT * FROM ${table} WHERE ${places} ORDER BY ${orderBy}`, into)),
    count: async () => total,
  };
}

/** The same in one query, where the rows can bring their number with them. */
async function countedPlan(
  connection: DuckDBConnection,
  log: StoredLog,
  { table, condition, orderBy, limit }: Found,
): Promise<Plan> {
  const rows = `WITH found AS MATERIALIZED
        (SELECT place AS rowid, ${sqlName(atColumn)}, "eventId" FROM ${inLowerCase(table)} WHERE ${condition})
      SELECT *, (SELECT count(*) FROM found) AS "@total" FROM ${table}
      WHERE rowid IN (SELECT rowid FROM found ORDER BY ${orderBy} LIMIT ${limit}) ORDER BY ${orderBy}`;
  let total = 0;
  return {
    ...(await recordsOf(connection, log, rows, "parts", [`CAST("@total" AS VARCHAR)`])),
    takeTotal: (cell) => {
      total = Number(cell);
    },
    count: async () => total,
  };
}

/**
 * The table with the command lines in lower case. A search finds words in any case, so it finds the same ones here, and
 * all that it looks at of a command line is one column: DuckDB unpacks a column as a whole where any row of it is wanted.
 */
function inLowerCase(table: string): string {
  const lower = `${sqlName(lowerCommandColumn)} AS "process.cmdline"`;
  return `(SELECT * REPLACE (${lower}), rowid AS place FROM ${table})`;
}

async function recordsPlan(
  connection: DuckDBConnection,
  log: StoredLog,
  { table, condition, orderBy, limit }: Found,
  into: Delivery,
): Promise<Plan> {
  return {
    ...(await recordsOf(
      connection,
      log,
      `SELECT * FROM ${table} WHERE ${condition} ORDER BY ${orderBy} LIMIT ${limit}`,
      limit <= PLACES ? into : "store",
    )),
    count: () => countOf(connection, `SELECT CAST(count(*) AS VARCHAR) FROM ${table} WHERE ${condition}`),
  };
}

/** What becomes of rows: parts for a reader take columns for reading on their way, the answer store takes them in SQL. */
type Delivery = "parts" | "store";

async function recordsOf(
  connection: DuckDBConnection,
  log: StoredLog,
  rows: string,
  into: Delivery,
  more: readonly string[] = [],
): Promise<Omit<Plan, "count">> {
  const all = log.keys ?? (await keysOf(connection, `SELECT ${sqlName(keysColumn)} AS keys FROM (${rows})`));
  const keys = orderedKeys(all).slice(0, KEYS_REMEMBERED);
  const { columns, values, from } = recordsSql(rows, keys, all.length <= KEYS_REMEMBERED);
  const readables = readableColumns(keys);
  if (into === "parts" || readables.length === 0) {
    return {
      columns,
      sql: `SELECT ${[values, ...more].join(", ")} FROM (${from})`,
      added: readables,
      hidesEmpty: true,
    };
  }
  const texts = readables.map((column) => `CAST(${sqlName(column.name)} AS VARCHAR)`);
  return {
    columns: [...columns, ...readables.map(readableColumn)],
    sql: `SELECT ${[values, ...texts].join(", ")} FROM (${from})`,
    added: [],
    hidesEmpty: true,
  };
}

/** The keys of the rows themselves, the most frequent first, for a log with too many keys to remember. */
async function keysOf(connection: DuckDBConnection, sql: string): Promise<readonly string[]> {
  const rows = await textRows(
    connection,
    `SELECT name FROM (SELECT unnest(from_json(keys, '["VARCHAR"]')) AS name FROM (${sql}))
      GROUP BY name ORDER BY count(*) DESC, name LIMIT ${KEYS_REMEMBERED + 1}`,
  );
  return rows.map(([key]) => key ?? "");
}

/** Cuts rows into parts, and for a search shows a column from the first row on that has a value in it. */
class PartWriter {
  readonly #columns: readonly Column[];
  readonly #send: (part: RowsPart) => Promise<void>;
  readonly #shown: number[];
  readonly #hidden: Set<number>;
  #rows: Cells[] = [];
  #length = 0;
  #sent = 0;
  rowCount = 0;

  constructor(columns: readonly Column[], hideEmpty: boolean, send: (part: RowsPart) => Promise<void>) {
    this.#columns = columns;
    this.#send = send;
    const all = columns.map((_, index) => index);
    this.#shown = hideEmpty ? [] : all;
    this.#hidden = new Set(hideEmpty ? all : []);
  }

  async add(cells: Cells, length: number): Promise<void> {
    this.#rows.push(cells);
    this.#length += length;
    this.rowCount += 1;
    if (this.#rows.length >= PART_ROWS || this.#length >= PART_LENGTH) {
      await this.#flush();
    }
  }

  /** An answer without rows still has its columns, where the statement says which. */
  async end(): Promise<void> {
    if (this.#rows.length > 0 || (this.#sent === 0 && this.#shown.length > 0)) {
      await this.#flush();
    }
  }

  async #flush(): Promise<void> {
    for (const index of this.#hidden) {
      if (this.#rows.some((cells) => cells[index] !== undefined)) {
        this.#shown.push(index);
        this.#hidden.delete(index);
      }
    }
    const shown = [...this.#shown];
    const rows = this.#rows.map((cells) => shown.map((index) => cells[index]));
    this.#rows = [];
    this.#length = 0;
    this.#sent += 1;
    await this.#send({ kind: "rows", columns: shown.flatMap((index) => this.#columns[index] ?? []), rows });
  }
}

/** The range of whole seconds, as SLS counts them, from the oldest record to behind the newest. */
export function rangeOf(oldestSeconds: string | undefined, newestSeconds: string | undefined): TimeRange | undefined {
  return oldestSeconds === undefined || newestSeconds === undefined
    ? undefined
    : { fromMs: Number(oldestSeconds) * 1000, toMs: (Number(newestSeconds) + 1) * 1000 };
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400];

/** SLS counts whole seconds, and a bucket of a length that people use can be read off. */
function bucketSeconds(range: TimeRange, buckets: number): number {
  const wanted = (range.toMs - range.fromMs) / 1000 / Math.max(1, buckets);
  return steps.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400;
}

/** Buckets begin at whole multiples of their length; the first and the last are cut where the range is. */
function bucketsOf(range: TimeRange, stepMs: number, counts: ReadonlyMap<number, number>): readonly HistogramBucket[] {
  const buckets: HistogramBucket[] = [];
  for (let bucket = Math.floor(range.fromMs / stepMs); bucket * stepMs < range.toMs; bucket += 1) {
    buckets.push({
      fromMs: Math.max(range.fromMs, bucket * stepMs),
      toMs: Math.min(range.toMs, (bucket + 1) * stepMs),
      count: counts.get(bucket) ?? 0,
    });
  }
  return buckets;
}
