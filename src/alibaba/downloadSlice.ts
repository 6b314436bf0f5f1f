import { type CountedRange, PAGE_ROWS } from "../logs/slices.ts";
import type { CallFailure } from "./call.ts";
import { contentOf, inNewestOrder, type LogEntry, mayBeTwice, readEntry } from "./logEntry.ts";
import type { LogsAnswer, SlsOutcome } from "./sls.ts";
import { aborted } from "./slsFailure.ts";
import type { SlsReader } from "./slsReader.ts";

export type SliceRows = {
  /** Newest first. */
  readonly entries: readonly LogEntry[];
  /** Why rows of the slice are missing. */
  readonly failure: CallFailure | undefined;
  /** Whether the service said so, or contradicted itself, to the end. */
  readonly incomplete: boolean;
};

/** How often a slice is fetched when records arrive in it meanwhile. */
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 250;

/**
 * Fetches a slice whole. An offset counts from the newest row, so a record that arrives between two pages moves the rows
 * from one page to the next. The last page is therefore asked for when all others are there: it tells how many rows there
 * are then, and if that is how many there were before, nothing has moved. Otherwise the slice is fetched again.
 */
export async function fetchSlice(
  reader: SlsReader,
  query: string,
  slice: CountedRange,
  isScan: boolean,
): Promise<SliceRows> {
  const counted = slice.complete && !isScan ? slice.count : undefined;
  let expected = counted;
  let before: string | undefined;
  let fetched = await fetchOnce(reader, query, slice, expected, isScan);
  for (let attempt = 1; ; attempt += 1) {
    const entries = inNewestOrder(fetched.rows.map(readEntry));
    if (fetched.failure !== undefined || fetched.incomplete) {
      return { entries: withoutDoubles(entries), failure: fetched.failure, incomplete: fetched.incomplete };
    }
    const isOnePage = fetched.pages === 1;
    // Records are never taken away from within a range, so fewer than were counted are not all.
    const isShort = counted !== undefined && entries.length < counted;
    const isSteady = isOnePage || (entries.length === expected && !mayBeTwice(entries));
    if (isSteady && !isShort) return { entries, failure: undefined, incomplete: false };
    const content = signature(entries);
    if (content === before) return { entries, failure: undefined, incomplete: isShort };
    if (attempt >= ATTEMPTS) return { entries: withoutDoubles(entries), failure: undefined, incomplete: true };
    before = content;
    expected = entries.length;
    await reader.pause(FIRST_WAIT_MS * attempt);
    fetched = await fetchOnce(reader, query, slice, isScan ? undefined : expected, isScan);
  }
}

type Fetched = {
  readonly rows: LogsAnswer["rows"];
  readonly pages: number;
  readonly failure: CallFailure | undefined;
  readonly incomplete: boolean;
};

async function fetchOnce(
  reader: SlsReader,
  query: string,
  { fromMs, toMs }: CountedRange,
  expected: number | undefined,
  isScan: boolean,
): Promise<Fetched> {
  const page = (offset: number, urgent: boolean): Promise<SlsOutcome<LogsAnswer>> =>
    reader.logs(
      {
        fromSeconds: fromMs / 1000,
        toSeconds: toMs / 1000,
        query,
        page: { line: PAGE_ROWS, offset, reverse: true, ...(isScan ? { forward: true } : {}) },
      },
      urgent,
    );
  const rows: LogsAnswer["rows"][number][] = [];
  let incomplete = false;
  let pages = 0;
  const ended = (failure: CallFailure | undefined): Fetched => ({ rows, pages, failure, incomplete });
  /** Why there is nothing to take. */
  const take = (outcome: SlsOutcome<LogsAnswer>): CallFailure | undefined => {
    if (outcome.kind !== "done") return outcome;
    pages += 1;
    for (const row of outcome.value.rows) rows.push(row);
    if (!outcome.value.complete) incomplete = true;
    return undefined;
  };

  const before = Math.floor((expected ?? 0) / PAGE_ROWS);
  const outcomes = await Promise.all(Array.from({ length: before }, (_, index) => page(index * PAGE_ROWS, false)));
  let failure: CallFailure | undefined;
  for (const outcome of outcomes) failure = take(outcome) ?? failure;
  if (failure !== undefined) return ended(failure);
  for (let offset = before * PAGE_ROWS; ; ) {
    if (reader.signal.aborted) return ended(aborted);
    // Those who wait for a slice wait for this page alone, so it goes before what is fetched ahead.
    const last = await page(offset, pages > 0);
    const failed = take(last);
    if (last.kind !== "done") return ended(failed);
    const { rows: found, nextOffset, scanned, complete } = last.value;
    if (scanned) {
      // A page of a phrase may be empty although there are more; a next part that is no further ahead would never end.
      if (nextOffset === undefined || nextOffset <= offset) return ended(undefined);
      offset = nextOffset;
    } else {
      if (found.length < PAGE_ROWS || !complete) return ended(undefined);
      offset += PAGE_ROWS;
    }
  }
}

/** The rows in a text that is the same for the same rows, in whichever order they came. */
function signature(entries: readonly LogEntry[]): string {
  return entries
    .map(({ row }) => contentOf(row))
    .sort()
    .join("\n");
}

/** Pages that do not fit together may have a row twice. */
function withoutDoubles(entries: readonly LogEntry[]): readonly LogEntry[] {
  if (!mayBeTwice(entries)) return entries;
  const seen = new Set<string>();
  return entries.filter(({ row }) => {
    const content = contentOf(row);
    const isNew = !seen.has(content);
    seen.add(content);
    return isNew;
  });
}
