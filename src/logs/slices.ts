import type { TimeRange } from "./question.ts";

/** So many rows the service gives at once; a second that has more is paged by offset. */
export const PAGE_ROWS = 100;

/** A stretch of time and how many rows are said to lie in it. */
export type CountedRange = TimeRange & {
  readonly count: number;
  /** Whether the count is the whole truth. Where it is not, there may be more rows, and in an empty stretch some. */
  readonly complete: boolean;
};

/** Stretches of time that follow each other, newest first, so that rows can be fetched and put in order one by one. */
export type Slice =
  /** To be fetched, in pages. */
  | ({ readonly kind: "rows" } & CountedRange)
  /** Too many rows to be held at once; how they lie within it has to be asked for first. */
  | ({ readonly kind: "crowded" } & CountedRange);

/** How many rows a slice may have. Both are asked anew for each slice. */
export type SliceSizes = {
  /** Stretches are put together up to so many rows. */
  readonly together: () => number;
  /** A single stretch with more rows is crowded. */
  readonly crowded: () => number;
};

/**
 * Cuts counted stretches, given oldest first and side by side as a histogram gives them, into slices, newest first. A
 * slice holds as many of them as may be together, so that few of its pages are not full. Stretches that surely have no
 * rows are left out at the ends of a slice.
 */
export function* slicesOf(counted: readonly CountedRange[], sizes: SliceSizes): Generator<Slice> {
  let open: CountedRange | undefined;
  for (let index = counted.length - 1; index >= 0; index -= 1) {
    const next = counted[index];
    if (next === undefined || next.toMs <= next.fromMs || (next.count === 0 && next.complete)) continue;
    const fits = open !== undefined && open.count + next.count <= sizes.together();
    if (open !== undefined && fits && open.complete && next.complete) {
      open = { fromMs: next.fromMs, toMs: open.toMs, count: open.count + next.count, complete: true };
      continue;
    }
    if (open !== undefined) yield { kind: "rows", ...open };
    open = undefined;
    if (next.count > sizes.crowded() && next.toMs - next.fromMs > 1000) yield { kind: "crowded", ...next };
    else open = next;
  }
  if (open !== undefined) yield { kind: "rows", ...open };
}

/** The whole seconds that a range touches, as SLS counts: `from` ≤ t < `to`. */
export function wholeSeconds({ fromMs, toMs }: TimeRange): TimeRange {
  return toMs <= fromMs
    ? { fromMs: Math.floor(fromMs / 1000) * 1000, toMs: Math.floor(fromMs / 1000) * 1000 }
    : { fromMs: Math.floor(fromMs / 1000) * 1000, toMs: Math.ceil(toMs / 1000) * 1000 };
}

/** A range in about `parts` equal parts of whole seconds, oldest first. */
export function evenParts(range: TimeRange, parts: number): readonly TimeRange[] {
  const { fromMs, toMs } = wholeSeconds(range);
  const stepMs = Math.max(1, Math.ceil((toMs - fromMs) / 1000 / Math.max(1, parts))) * 1000;
  const cut: TimeRange[] = [];
  for (let at = fromMs; at < toMs; at += stepMs) cut.push({ fromMs: at, toMs: Math.min(at + stepMs, toMs) });
  return cut;
}

/** Ranges as few as can be: those that touch or overlap are one. Oldest first. */
export function mergedRanges(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const merged: TimeRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = merged.at(-1);
    if (last !== undefined && range.fromMs <= last.toMs) {
      merged[merged.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, range.toMs) };
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/**
 * What is known of every second of a range: the stretches that were counted, and between them those that were not. Oldest
 * first. Undefined where two stretches overlap, since then nobody knows where a row was counted.
 */
export function countedRanges(range: TimeRange, counted: readonly CountedRange[]): readonly CountedRange[] | undefined {
  const whole: CountedRange[] = [];
  let at = range.fromMs;
  for (const stretch of counted) {
    const fromMs = Math.max(stretch.fromMs, range.fromMs);
    const toMs = Math.min(stretch.toMs, range.toMs);
    if (toMs <= fromMs) continue;
    if (fromMs < at) return undefined;
    if (fromMs > at) whole.push({ fromMs: at, toMs: fromMs, count: 0, complete: false });
    // A stretch that reaches out of the range was not counted within it.
    const isWhole = fromMs === stretch.fromMs && toMs === stretch.toMs;
    whole.push({ fromMs, toMs, count: stretch.count, complete: stretch.complete && isWhole });
    at = toMs;
  }
  if (at < range.toMs) whole.push({ fromMs: at, toMs: range.toMs, count: 0, complete: false });
  return whole;
}
