import type { LogRecord } from "../audit/event.ts";
import type { Unreachable } from "../logs/answer.ts";
import type { RecordContext } from "../logs/logSource.ts";
import { PAGE_ROWS } from "../logs/slices.ts";
import { quotedSearch } from "../sls/quote.ts";
import { download } from "./download.ts";
import { textOf } from "./logEntry.ts";
import { RowColumns } from "./rowColumns.ts";
import { getContextLogs, type LogRow } from "./sls.ts";
import { incomplete, unreachableBy } from "./slsFailure.ts";
import type { SlsReader } from "./slsReader.ts";

/** Where a record lies in what its collector wrote ("Correlate log context with PackId"). */
const packIdField = "__tag__:__pack_id__";
const packMetaField = "__pack_meta__";
/** How far from the record a row is: 0 is the record itself. */
const numberField = "__index_number__";

type Place = { readonly packId: string; readonly packMeta: string };

/**
 * What was written around a record. Only an answer of `… | with_pack_meta` has the record's place, so it is looked for
 * first if need be.
 */
export async function contextOf(
  reader: SlsReader,
  record: LogRecord,
  before: number,
  after: number,
): Promise<RecordContext> {
  const place = placeIn(record) ?? (await findPlace(reader, record));
  if (place === undefined) return { kind: "noPlace" };
  if ("code" in place) return { kind: "unreachable", reason: place };
  const request = { ...place, before: clamp(before), after: clamp(after) };
  let outcome = await reader.once((context, address, signal) => getContextLogs(context, address, request, signal));
  for (let repeat = 0; outcome.kind === "done" && !outcome.value.complete && repeat < 10; repeat += 1) {
    await reader.pause(100 * 2 ** Math.min(repeat, 6));
    if (reader.signal.aborted) break;
    outcome = await reader.once((context, address, signal) => getContextLogs(context, address, request, signal));
  }
  if (outcome.kind !== "done") return { kind: "unreachable", reason: unreachableBy(outcome) };
  const columns = new RowColumns();
  const rows = outcome.value.rows.toSorted((left, right) => numberOf(left) - numberOf(right));
  const anchor = rows.findIndex((row) => numberOf(row) === 0);
  const cells = columns.cells(rows.map(({ [numberField]: _number, ...row }) => row));
  return {
    kind: "context",
    columns: columns.columns,
    rows: cells,
    anchor,
    completeness: { gaps: outcome.value.complete ? [] : [{ kind: "server" }] },
  };
}

/** 0 to 100 on each side, and not 0 on both. */
function clamp(count: number): number {
  return Math.max(1, Math.min(PAGE_ROWS, Math.floor(count)));
}

function numberOf(row: LogRow): number {
  return Number(row[numberField]);
}

function placeIn(row: Readonly<Record<string, unknown>>): Place | undefined {
  const packId = textOf(row[packIdField]);
  const packMeta = textOf(row[packMetaField]);
  return packId === undefined || packMeta === undefined ? undefined : { packId, packMeta };
}

/** Looks in the second of the record for the row that has all its fields. */
async function findPlace(reader: SlsReader, record: LogRecord): Promise<Place | Unreachable | undefined> {
  const fromMs = Math.floor(Number(record["__time__"])) * 1000;
  if (!Number.isFinite(fromMs)) return undefined;
  const eventId = record["eventId"] ?? record["eventid"] ?? "";
  const search = eventId === "" || eventId.endsWith("\\") ? "*" : `eventId: ${quotedSearch(eventId)}`;
  const query = `${search} | with_pack_meta`;
  const range = { fromMs, toMs: fromMs + 1000 };
  // The reader is needed afterwards, so this question must not end it.
  const finding = reader.another();
  for await (const part of download(finding, { query, search, range, maxRows: Number.MAX_SAFE_INTEGER })) {
    if (part.kind === "failed") return unreachableBy(part.failure);
    // That it is not there is said only when all was looked at.
    if (part.kind === "end") return part.gaps.length === 0 ? undefined : incomplete;
    const found = part.entries.find(({ row }) => hasFields(row, record));
    if (found !== undefined) return placeIn(found.row);
  }
  return undefined;
}

function hasFields(row: LogRow, record: LogRecord): boolean {
  return Object.entries(record).every(([name, value]) => textOf(row[name]) === value);
}
