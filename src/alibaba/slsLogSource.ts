import { setImmediate } from "node:timers/promises";
import { auditField } from "../audit/fields.ts";
import type { LogIndex } from "../audit/logIndex.ts";
import type { AnswerPart, Gap, Unreachable } from "../logs/answer.ts";
import type { Histogram, IndexFields, LogSource, RecordContext, SeenValue } from "../logs/logSource.ts";
import type { Question, TimeRange } from "../logs/question.ts";
import { PAGE_ROWS, wholeSeconds } from "../logs/slices.ts";
import { quotedName, sqlString } from "../sls/quote.ts";
import type { CallContext, CallFailure } from "./call.ts";
import { download } from "./download.ts";
import { recordBounds } from "./recordBounds.ts";
import { contextOf } from "./recordContext.ts";
import { RowColumns, sqlAnswer, sqlColumns } from "./rowColumns.ts";
import { getIndex, type LogsAnswer, type LogstoreAddress, type LogIndex as SlsIndex } from "./sls.ts";
import { isAborted, statementProblem, unreachableBy } from "./slsFailure.ts";
import { follow } from "./slsFollow.ts";
import type { SlsLimits } from "./slsLimits.ts";
import { SlsReader } from "./slsReader.ts";
import { type Read, readStatement, refusedOrUnreachable, statementText } from "./slsStatement.ts";

export type SlsLogSourceDeps = LogstoreAddress & {
  readonly context: CallContext;
  /** Shared by all sources of the project. */
  readonly limits: SlsLimits;
};

/**
 * Rows of one part: few enough that making and taking them holds up nobody for long. Between two parts whatever has come
 * from the network gets its turn, so that the next requests go out meanwhile.
 */
const PART_ROWS = 200;

/** A Logstore of SLS. Nothing is asked before the first question. */
export function createSlsLogSource({ context, limits, region, project, logstore }: SlsLogSourceDeps): LogSource {
  const address: LogstoreAddress = { region, project, logstore };
  const readerFor = (signal: AbortSignal): SlsReader => new SlsReader(context, address, limits, signal);
  return {
    ask: (question, signal) => ask(readerFor(signal), question),
    histogram: (question, _buckets, signal) => histogram(readerFor(signal), question),
    values: (field, prefix, range, limit, signal) => values(readerFor(signal), { field, prefix, range, limit }),
    bounds: (signal) => recordBounds(readerFor(signal)),
    context: (record, before, after, signal): Promise<RecordContext> =>
      contextOf(readerFor(signal), record, before, after),
    indexFields: (signal) => indexFields(readerFor(signal)),
    follow: (question, signal) => follow(readerFor(signal), question),
  };
}

// ------------------------------------------------------------------------------------------------ questions

async function* ask(reader: SlsReader, question: Question): AsyncGenerator<AnswerPart, void, void> {
  const beganMs = reader.now();
  const ended = (gaps: readonly Gap[], total: number | undefined): AnswerPart => ({
    kind: "end",
    completeness: { gaps },
    total,
    elapsedMs: reader.now() - beganMs,
  });
  const cancelled: Gap = { kind: "cancelled" };
  try {
    const read = readStatement(question.statement);
    if (reader.signal.aborted) {
      yield ended([cancelled], undefined);
    } else if (read.kind === "refused") {
      yield read;
    } else if (read.kind === "sql") {
      yield* askSql(reader, question, ended);
    } else if (read.kind === "spl") {
      yield* askSpl(reader, question, read, ended);
    } else {
      const columns = new RowColumns();
      const asked = {
        query: statementText(question),
        search: read.search,
        range: question.range,
        maxRows: question.maxRows,
      };
      for await (const part of download(reader, asked)) {
        switch (part.kind) {
          case "entries":
            for (let at = 0; at < part.entries.length; at += PART_ROWS) {
              const rows = columns.cells(part.entries.slice(at, at + PART_ROWS).map(({ row }) => row));
              yield { kind: "rows", columns: columns.columns, rows };
              await setImmediate();
            }
            break;
          case "end":
            yield ended(part.gaps, part.total);
            break;
          case "failed":
            yield failed(part.failure, question.statement, ended);
            break;
          default:
            part satisfies never;
        }
      }
    }
  } finally {
    reader.end();
  }
}

type Ended = (gaps: readonly Gap[], total: number | undefined) => AnswerPart;

function failed(failure: CallFailure, statement: string, ended: Ended): AnswerPart {
  if (isAborted(failure)) return ended([{ kind: "cancelled" }], undefined);
  return refusedOrUnreachable(failure, statement);
}

/**
 * SQL is one request: what it answers is bounded by its own LIMIT. The service counts whole seconds, and rows of SQL have
 * no time that could be looked at, so a range that begins or ends within a second is asked with the whole of it. Times
 * are printed in the zone of the service's region; no documented parameter sets the zone of a question.
 */
async function* askSql(reader: SlsReader, question: Question, ended: Ended): AsyncGenerator<AnswerPart, void, void> {
  const { fromMs, toMs } = wholeSeconds(question.range);
  // The service refuses an empty range; what an aggregate answers over no records, only it knows.
  const toSeconds = Math.max(toMs / 1000, fromMs / 1000 + 1);
  const outcome = await reader.logs({
    fromSeconds: fromMs / 1000,
    toSeconds,
    query: statementText(question),
    page: undefined,
  });
  if (reader.signal.aborted) {
    yield ended([{ kind: "cancelled" }], undefined);
    return;
  }
  if (outcome.kind !== "done") {
    yield failed(outcome, question.statement, ended);
    return;
  }
  const { columns, rows } = sqlAnswer(outcome.value.columns, outcome.value.rows);
  if (columns.length > 0) {
    for (let at = 0; at === 0 || at < rows.length; at += PART_ROWS) {
      yield { kind: "rows", columns, rows: rows.slice(at, at + PART_ROWS) };
    }
  }
  yield ended(outcome.value.complete ? [] : [{ kind: "server" }], undefined);
}

/**
 * SPL looks through the logs that the search half finds, a part of them at a time; each answer says where the next part
 * begins. The order of the rows is the service's.
 */
async function* askSpl(
  reader: SlsReader,
  question: Question,
  { namesColumns, isGrouped }: Extract<Read, { kind: "spl" }>,
  ended: Ended,
): AsyncGenerator<AnswerPart, void, void> {
  const { fromMs, toMs } = wholeSeconds(question.range);
  const records = new RowColumns();
  let named: LogsAnswer["columns"] | undefined;
  let gaps: readonly Gap[] = [];
  let count = 0;
  for (let offset = 0; toMs > fromMs; ) {
    const outcome = await reader.logs({
      fromSeconds: fromMs / 1000,
      toSeconds: toMs / 1000,
      query: statementText(question),
      page: { line: PAGE_ROWS, offset, reverse: true, forward: true },
      session: "mode=scan",
    });
    if (reader.signal.aborted) {
      gaps = [...gaps, { kind: "cancelled" }];
      break;
    }
    if (outcome.kind !== "done") {
      if (count === 0) {
        yield failed(outcome, question.statement, ended);
        return;
      }
      const isThrottled = outcome.kind === "throttled";
      gaps = [...gaps, isThrottled ? { kind: "quota" } : { kind: "unreachable", reason: unreachableBy(outcome) }];
      break;
    }
    const { rows, complete, columns } = outcome.value;
    const shown = rows.slice(0, question.maxRows - count);
    if (namesColumns) {
      const isFirst = named === undefined;
      named ??= columns.length > 0 ? columns : sqlColumns(shown);
      const answer = sqlAnswer(named, shown);
      if (shown.length > 0 || (isFirst && answer.columns.length > 0)) yield { kind: "rows", ...answer };
    } else if (shown.length > 0) {
      const cells = records.cells(shown);
      yield { kind: "rows", columns: records.columns, rows: cells };
    }
    count += shown.length;
    if (!complete && gaps.length === 0) gaps = [{ kind: "server" }];
    const next = isGrouped ? undefined : nextPart(outcome.value, offset);
    if (shown.length < rows.length || (count >= question.maxRows && next !== undefined)) {
      gaps = [...gaps, { kind: "rowCap", rows: count }];
      break;
    }
    if (next === undefined) break;
    offset = next;
  }
  yield ended(gaps, gaps.length === 0 ? count : undefined);
}

/**
 * Where the next part of a scan begins; undefined after the last. A full page is not taken for the last one, whatever is
 * said of it: another look costs one request, and rows that are left out cost more.
 */
function nextPart({ rows, nextOffset, endOffset }: LogsAnswer, offset: number): number | undefined {
  const next = nextOffset ?? (rows.length < PAGE_ROWS ? undefined : Math.max(endOffset, offset + rows.length));
  return next === undefined || next <= offset ? undefined : next;
}

// ------------------------------------------------------------------------------------- what else is asked

/**
 * The stretches are those that the service cuts: evenly, the same for the same range, and about sixty of them. None is
 * put together with its neighbour, since both have a count of their own that may be incomplete.
 */
async function histogram(reader: SlsReader, question: Question): Promise<Histogram> {
  const read = readStatement(question.statement);
  if (read.kind === "refused") return read;
  const range = wholeSeconds(question.range);
  if (range.toMs <= range.fromMs) return { kind: "buckets", buckets: [], completeness: { gaps: [] } };
  const outcome = await reader.histogram(read.search, range.fromMs / 1000, range.toMs / 1000);
  if (outcome.kind !== "done") {
    return reader.signal.aborted
      ? { kind: "buckets", buckets: [], completeness: { gaps: [{ kind: "cancelled" }] } }
      : refusedOrUnreachable(outcome, question.statement);
  }
  const gaps = outcome.value
    .filter(({ complete }) => !complete)
    .map((bucket): Gap => ({ kind: "server", range: millis(bucket) }));
  const buckets = outcome.value.map((bucket) => ({ ...millis(bucket), count: bucket.count }));
  return { kind: "buckets", buckets, completeness: { gaps } };
}

function millis(bucket: { readonly fromSeconds: number; readonly toSeconds: number }): TimeRange {
  return { fromMs: bucket.fromSeconds * 1000, toMs: bucket.toSeconds * 1000 };
}

type Values = {
  readonly field: string;
  readonly prefix: string;
  readonly range: TimeRange;
  readonly limit: number;
};

/** A field that is no column of SQL has no values that could be listed. */
async function values(
  reader: SlsReader,
  { field, prefix, range, limit }: Values,
): Promise<readonly SeenValue[] | Unreachable> {
  const { fromMs, toMs } = wholeSeconds(range);
  const count = Math.max(0, Math.floor(limit));
  if (toMs <= fromMs || count === 0) return [];
  const text = `cast(${quotedName(auditField(field)?.sql ?? field)} as varchar)`;
  const begins = prefix === "" ? "" : ` and strpos(lower(${text}), lower(${sqlString(prefix)})) = 1`;
  const query = `* | select ${text} as value, count(1) as c from log where ${text} <> ''${begins} group by value order by c desc, value limit ${count}`;
  const outcome = await reader.logs({ fromSeconds: fromMs / 1000, toSeconds: toMs / 1000, query, page: undefined });
  if (outcome.kind !== "done") {
    return statementProblem(outcome, query) === undefined ? unreachableBy(outcome) : [];
  }
  return outcome.value.rows.flatMap((row): readonly SeenValue[] => {
    const { value, c } = row;
    return typeof value === "string" ? [{ value, count: Number(c) }] : [];
  });
}

async function indexFields(reader: SlsReader): Promise<IndexFields> {
  const outcome = await reader.once(getIndex);
  return outcome.kind === "done"
    ? { kind: "fields", ...indexOf(outcome.value) }
    : { kind: "unreachable", reason: unreachableBy(outcome) };
}

function indexOf({ fields, fullText, fullTextTokens, fullTextCaseSensitive }: SlsIndex): LogIndex {
  return {
    fields: fields.map(({ token, ...field }) => ({ ...field, delimiters: field.type === "text" ? token : undefined })),
    fullText: fullText ? { delimiters: fullTextTokens, caseSensitive: fullTextCaseSensitive } : undefined,
  };
}
