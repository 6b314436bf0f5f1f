import type { AuditEvent } from "../audit/event.ts";
import type { TraceId } from "../audit/ids.ts";
import { traceStatement } from "../audit/queries.ts";
import { readEvent } from "../audit/readEvent.ts";
import type { Problem } from "../sls/check/problems.ts";
import type { Completeness, Unreachable } from "./answer.ts";
import type { LogSource } from "./logSource.ts";
import type { TimeRange } from "./question.ts";
import { recordOf } from "./record.ts";
import { extendedTraceRange, firstTraceRange } from "./traceRange.ts";

/** The most events that one trace page holds. */
const maxEvents = 50_000;
/** A trace is extended by a day at a time, for no longer than this. */
const maxExtensions = 30;

export type TraceEvents =
  | {
      readonly kind: "events";
      readonly events: readonly AuditEvent[];
      readonly searched: TimeRange;
      readonly completeness: Completeness;
    }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  | { readonly kind: "unreachable"; readonly reason: Unreachable };

async function eventsIn(
  source: LogSource,
  trace: TraceId,
  range: TimeRange,
  zone: string,
  signal: AbortSignal,
): Promise<TraceEvents> {
  const events: AuditEvent[] = [];
  let completeness: Completeness = { gaps: [] };
  const question = { statement: traceStatement(trace), range, zone, maxRows: maxEvents };
  for await (const part of source.ask(question, signal)) {
    switch (part.kind) {
      case "rows":
        for (const cells of part.rows) events.push(readEvent(recordOf(part.columns, cells)));
        break;
      case "end":
        completeness = part.completeness;
        break;
      default:
        return part;
    }
  }
  return { kind: "events", events, searched: range, completeness };
}

/**
 * All events of a trace: from a day before to a day after `atMs` (or over all that the source has, where no event is
 * at hand), extended while an edge of the range has events near it.
 */
export async function readTrace(
  source: LogSource,
  trace: TraceId,
  atMs: number | undefined,
  zone: string,
  signal: AbortSignal,
): Promise<TraceEvents> {
  if (atMs === undefined) {
    const bounds = await source.bounds(signal);
    if (bounds === undefined)
      return { kind: "events", events: [], searched: { fromMs: 0, toMs: 0 }, completeness: { gaps: [] } };
    if ("code" in bounds) return { kind: "unreachable", reason: bounds };
    return eventsIn(source, trace, bounds, zone, signal);
  }
  let range = firstTraceRange(atMs);
  for (let extensions = 0; ; extensions++) {
    const found = await eventsIn(source, trace, range, zone, signal);
    if (found.kind !== "events" || found.events.length === 0 || extensions === maxExtensions || signal.aborted)
      return found;
    const times = found.events.map((event) => event.atMs);
    const wider = extendedTraceRange(range, {
      fromMs: times.reduce((a, b) => Math.min(a, b)),
      toMs: times.reduce((a, b) => Math.max(a, b)),
    });
    if (wider === undefined) return found;
    range = wider;
  }
}
