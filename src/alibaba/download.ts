import type { Gap } from "../logs/answer.ts";
import type { TimeRange } from "../logs/question.ts";
import {
  type CountedRange,
  countedRanges,
  evenParts,
  mergedRanges,
  PAGE_ROWS,
  slicesOf,
  wholeSeconds,
} from "../logs/slices.ts";
import type { CallFailure } from "./call.ts";
import { fetchSlice } from "./downloadSlice.ts";
import { inNewestOrder, type LogEntry, readEntry } from "./logEntry.ts";
import type { HistogramAnswer, LogsAnswer } from "./sls.ts";
import { gapBy, isAborted, isLasting } from "./slsFailure.ts";
import type { SlsReader } from "./slsReader.ts";

export type Search = {
  /** The whole statement: the search, perhaps with `| with_pack_meta`. */
  readonly query: string;
  /** Its search half, which is all that a histogram takes. */
  readonly search: string;
  readonly range: TimeRange;
  readonly maxRows: number;
};

export type Downloaded =
  /** Newest first, within one and from one to the next. */
  | { readonly kind: "entries"; readonly entries: readonly LogEntry[] }
  | { readonly kind: "end"; readonly gaps: readonly Gap[]; readonly total: number | undefined }
  /** Nothing came at all. */
  | { readonly kind: "failed"; readonly failure: CallFailure };

/** A slice has up to so many rows: that is what one of its pages that is not full costs, and what is sorted at once. */
const SLICE_ROWS = 2_000;
/** So many rows more than are awaited may be under way: enough that a slow slice does not make the others wait. */
const ROWS_AHEAD = 6_000;
const ROWS_AHEAD_PER_CALL = 300;
/** What is reckoned for a slice whose rows nobody counted. */
const UNCOUNTED_ROWS = 500;
/** Where rows cannot be counted, the range is cut into so many slices. */
const UNCOUNTED_SLICES = 60;
/** After so many slices one after another that failed, the rest is given up. */
const FAILURES_IN_A_ROW = 3;

/**
 * Fetches the rows of a search, newest first, in slices of time side by side. The range is fixed, each slice is fetched
 * until its pages agree with each other, and a row lies in one slice alone: so none is lost or comes twice at a border
 * or because records arrive meanwhile. Whatever could not be had is in the gaps of the end.
 */
export async function* download(reader: SlsReader, asked: Search): AsyncGenerator<Downloaded, void, void> {
  const range = wholeSeconds(asked.range);
  if (range.toMs <= range.fromMs) {
    yield { kind: "end", gaps: [], total: 0 };
    return;
  }
  // Most searches find less than a page. Both are asked at once, so that those need one round trip.
  const [first, counted] = await Promise.all([
    reader.logs({ ...seconds(range), query: asked.query, page: { line: PAGE_ROWS, offset: 0, reverse: true } }),
    reader.histogram(asked.search, ...bounds(range)),
  ]);
  if (reader.signal.aborted) {
    yield { kind: "end", gaps: [{ kind: "cancelled" }], total: undefined };
    return;
  }
  if (first.kind !== "done" && (isLasting(first) || counted.kind !== "done")) {
    yield { kind: "failed", failure: first };
    return;
  }
  if (first.kind === "done" && isWhole(first.value, counted.kind === "done" ? counted.value : [])) {
    const entries = inNewestOrder(first.value.rows.map(readEntry)).filter(within(asked.range));
    const shown = entries.slice(0, asked.maxRows);
    if (shown.length > 0) yield { kind: "entries", entries: shown };
    const isCut = shown.length < entries.length;
    yield { kind: "end", gaps: isCut ? [{ kind: "rowCap", rows: shown.length }] : [], total: entries.length };
    return;
  }
  // What looks through logs is counted by what the index finds, which is more than what is found in the end.
  const isScan = first.kind === "done" && first.value.scanned;
  const ranges = counted.kind === "done" ? countedRanges(range, countsOf(counted.value)) : undefined;
  yield* new Download(reader, asked, range, ranges, isScan).run();
}

/** Whether a page holds all there is, and no count says otherwise. */
function isWhole({ rows, complete, scanned }: LogsAnswer, counted: HistogramAnswer): boolean {
  const count = counted.reduce((sum, bucket) => sum + bucket.count, 0);
  return complete && !scanned && rows.length < PAGE_ROWS && count <= rows.length;
}

class Download {
  readonly #reader: SlsReader;
  readonly #asked: Search;
  readonly #range: TimeRange;
  readonly #counted: readonly CountedRange[];
  readonly #isScan: boolean;
  /** Rows that match, as far as they were counted. */
  readonly #matching: number | undefined;
  /** Rows of the slices that were begun and not handed on. */
  #pending = 0;
  #handedOn = 0;
  /** Rows of the outermost seconds that are not in the range, which has a finer end than a count can have. */
  #outside = 0;

  constructor(
    reader: SlsReader,
    asked: Search,
    range: TimeRange,
    counted: readonly CountedRange[] | undefined,
    isScan: boolean,
  ) {
    this.#reader = reader;
    this.#asked = asked;
    this.#range = range;
    this.#counted = counted ?? evenParts(range, UNCOUNTED_SLICES).map(uncounted);
    this.#isScan = isScan;
    this.#matching =
      isScan || !this.#counted.every(({ complete }) => complete)
        ? undefined
        : this.#counted.reduce((sum, { count }) => sum + count, 0);
  }

  async *run(): AsyncGenerator<Downloaded, void, void> {
    const { maxRows, range } = this.#asked;
    const gaps: Gap[] = [];
    let failures = 0;
    let lastFailure: CallFailure | undefined;
    let isCut = false;
    const slices = new InOrder(this.#slices(this.#counted), {
      begin: (slice) => {
        this.#pending += weight(slice);
        return fetchSlice(this.#reader, this.#asked.query, slice, this.#isScan);
      },
      mayBegin: () => this.#pending < this.#ahead && this.#missing > 0,
    });
    try {
      for (;;) {
        if (this.#handedOn >= maxRows) {
          isCut = this.#matching === undefined || this.#matching - this.#outside > this.#handedOn;
          break;
        }
        const next = await slices.next();
        if (this.#reader.signal.aborted) {
          gaps.push({ kind: "cancelled" });
          break;
        }
        if (next === undefined) break;
        const { item: slice, result } = next;
        this.#pending -= weight(slice);
        const entries = result.entries.filter(within(range));
        this.#outside += result.entries.length - entries.length;
        const shown = entries.slice(0, maxRows - this.#handedOn);
        this.#handedOn += shown.length;
        if (shown.length < entries.length) isCut = true;
        slices.resume();
        if (shown.length > 0) yield { kind: "entries", entries: shown };
        if (result.incomplete) gaps.push({ kind: "server", range: rangeOf(slice) });
        if (result.failure === undefined) {
          failures = 0;
          continue;
        }
        lastFailure = result.failure;
        failures += 1;
        const isLost = isLasting(lastFailure) || failures >= FAILURES_IN_A_ROW;
        gaps.push(gapBy(lastFailure, { ...rangeOf(slice), ...(isLost ? { fromMs: this.#range.fromMs } : {}) }));
        if (isLost) break;
      }
    } finally {
      this.#reader.end();
      await slices.stop();
    }
    if (this.#handedOn === 0 && lastFailure !== undefined && !isAborted(lastFailure)) {
      yield { kind: "failed", failure: lastFailure };
      return;
    }
    if (isCut) gaps.push({ kind: "rowCap", rows: this.#handedOn });
    const counted = this.#matching === undefined ? undefined : this.#matching - this.#outside;
    // The rows themselves are the truth where all of them are here.
    const total =
      gaps.length === 0 ? this.#handedOn : counted === undefined ? undefined : Math.max(counted, this.#handedOn);
    yield { kind: "end", gaps: mergedGaps(gaps), total };
  }

  get #ahead(): number {
    return ROWS_AHEAD + ROWS_AHEAD_PER_CALL * this.#reader.mostInFlight;
  }

  /** How many rows are wanted beyond those that are under way. */
  get #missing(): number {
    return this.#asked.maxRows - this.#handedOn - this.#pending;
  }

  /** Slices newest first. Where rows lie too close, how they lie is asked for when their turn comes. */
  async *#slices(counted: readonly CountedRange[]): AsyncGenerator<CountedRange, void, void> {
    let together = PAGE_ROWS;
    const sizes = {
      together: () => Math.max(PAGE_ROWS, Math.min(together, this.#missing)),
      crowded: () => Math.max(3 * PAGE_ROWS, Math.min(SLICE_ROWS, this.#missing + 2 * PAGE_ROWS)),
    };
    for (const slice of slicesOf(counted, sizes)) {
      if (slice.kind === "crowded") {
        const finer = await this.#reader.histogram(this.#asked.search, ...bounds(slice), true);
        const ranges = finer.kind === "done" ? countedRanges(slice, countsOf(finer.value)) : undefined;
        if (ranges !== undefined && ranges.length > 1) {
          yield* this.#slices(ranges);
          continue;
        }
      }
      yield slice;
      // The first rows are wanted soon, later ones in slices with few pages that are not full.
      together = Math.min(2 * together, SLICE_ROWS);
    }
  }
}

function rangeOf({ fromMs, toMs }: TimeRange): TimeRange {
  return { fromMs, toMs };
}

function weight({ count, complete }: CountedRange): number {
  return complete ? count : Math.max(count, UNCOUNTED_ROWS);
}

function uncounted(range: TimeRange): CountedRange {
  return { ...range, count: 0, complete: false };
}

function bounds({ fromMs, toMs }: TimeRange): readonly [number, number] {
  return [fromMs / 1000, toMs / 1000];
}

function seconds({ fromMs, toMs }: TimeRange): { readonly fromSeconds: number; readonly toSeconds: number } {
  return { fromSeconds: fromMs / 1000, toSeconds: toMs / 1000 };
}

/** SLS counts whole seconds; a range that begins or ends within one has the rows whose nanoseconds lie in it. */
export function within({ fromMs, toMs }: TimeRange): (entry: LogEntry) => boolean {
  return ({ seconds: at, nanos }) => {
    const ms = at * 1000 + nanos / 1e6;
    return fromMs <= ms && ms < toMs;
  };
}

export function countsOf(buckets: HistogramAnswer): readonly CountedRange[] {
  return buckets.map(({ fromSeconds, toSeconds, count, complete }) => ({
    fromMs: fromSeconds * 1000,
    toMs: toSeconds * 1000,
    count,
    complete,
  }));
}

/** Neighbouring gaps of one kind are one. */
function mergedGaps(gaps: readonly Gap[]): readonly Gap[] {
  const groups = new Map<string, { readonly gap: Gap; readonly ranges: TimeRange[] }>();
  for (const gap of gaps) {
    const { range, ...rest } = gap as Gap & { readonly range?: TimeRange };
    const key = rest.kind === "unreachable" ? `${rest.kind} ${rest.reason.code} ${rest.reason.cause ?? ""}` : rest.kind;
    const group = groups.get(key) ?? { gap, ranges: [] };
    if (range !== undefined) group.ranges.push(range);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ gap, ranges }): readonly Gap[] =>
    ranges.length === 0 ? [gap] : mergedRanges(ranges).map((range) => ({ ...gap, range })),
  );
}

/**
 * Works on many items at once and gives the results in the order of the items. `mayBegin` bounds how far ahead; it is
 * asked again after `resume`.
 */
class InOrder<Item, Result> {
  readonly #items: AsyncGenerator<Item, void, void>;
  readonly #work: { readonly begin: (item: Item) => Promise<Result>; readonly mayBegin: () => boolean };
  readonly #begun: { readonly item: Item; readonly result: Promise<Result> }[] = [];
  readonly #beginning: Promise<void>;
  #wake: () => void = () => undefined;
  #stopped = false;
  #exhausted = false;

  constructor(
    items: AsyncGenerator<Item, void, void>,
    work: { readonly begin: (item: Item) => Promise<Result>; readonly mayBegin: () => boolean },
  ) {
    this.#items = items;
    this.#work = work;
    this.#beginning = this.#begin();
  }

  /** The next result, undefined after the last. */
  async next(): Promise<{ readonly item: Item; readonly result: Result } | undefined> {
    while (this.#begun.length === 0 && !this.#exhausted) await this.#change();
    const head = this.#begun.shift();
    if (head === undefined) {
      await this.#beginning;
      return undefined;
    }
    return { item: head.item, result: await head.result };
  }

  resume(): void {
    this.#wake();
  }

  /** Begins nothing more, and waits for what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#beginning;
    await Promise.all(this.#begun.map(({ result }) => result));
  }

  async #begin(): Promise<void> {
    for (;;) {
      while (!this.#stopped && !this.#work.mayBegin()) await this.#change();
      const next = this.#stopped ? undefined : await this.#items.next();
      if (next === undefined || next.done === true) break;
      if (this.#stopped) break;
      this.#begun.push({ item: next.value, result: this.#work.begin(next.value) });
      this.#wake();
    }
    this.#exhausted = true;
    this.#wake();
  }

  /** Until anything has changed: both sides wait here, and wake each other. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#wake;
      this.#wake = () => {
        others();
        resolve();
      };
    });
  }
}
