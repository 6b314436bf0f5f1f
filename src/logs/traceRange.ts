import type { TimeRange } from "./question.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** A trace is searched from 24 h before to 24 h after an event of it; its own bounds are not known beforehand. */
export function firstTraceRange(atMs: number): TimeRange {
  return { fromMs: atMs - dayMs, toMs: atMs + dayMs };
}

/**
 * The range to search next, when events lie so near an edge of the searched one that more may lie beyond: a side with
 * an event in its outer half day grows by a day. Undefined once both edges are quiet.
 */
export function extendedTraceRange(searched: TimeRange, events: TimeRange): TimeRange | undefined {
  const early = events.fromMs - searched.fromMs < dayMs / 2;
  const late = searched.toMs - events.toMs < dayMs / 2;
  if (!early && !late) return undefined;
  return { fromMs: searched.fromMs - (early ? dayMs : 0), toMs: searched.toMs + (late ? dayMs : 0) };
}
