import type { LogRow } from "./sls.ts";

/** A row of a search with what puts it in order. */
export type LogEntry = {
  readonly row: LogRow;
  readonly seconds: number;
  /** Within the second; 0 for a record that has none. */
  readonly nanos: number;
  readonly eventId: string;
};

/** Both spellings are in use: the first in Alibaba's SDKs, the second in the documentation of reserved fields. */
const nanosFields = ["__time_ns_part__", "__time__ns_part__"];

export function readEntry(row: LogRow): LogEntry {
  const nanos = Number(row[nanosFields[0] ?? ""] ?? row[nanosFields[1] ?? ""] ?? 0);
  return {
    row,
    seconds: Number(row["__time__"]),
    nanos: Number.isFinite(nanos) ? nanos : 0,
    eventId: textOf(row["eventId"] ?? row["eventid"]) ?? "",
  };
}

/** The service gives texts; what is none, e.g. a number, has its text here. No value is no text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function compareNewestFirst(left: LogEntry, right: LogEntry): number {
  return (
    right.seconds - left.seconds ||
    right.nanos - left.nanos ||
    (left.eventId < right.eventId ? 1 : left.eventId > right.eventId ? -1 : 0)
  );
}

/** By time, then by nanoseconds, then by event; what is equal in all stays in the order of the service. */
export function inNewestOrder(entries: readonly LogEntry[]): readonly LogEntry[] {
  return entries.toSorted(compareNewestFirst);
}

/** Whether two neighbours in order may be one record that came twice. */
export function mayBeTwice(entries: readonly LogEntry[]): boolean {
  return entries.some((entry, index) => {
    const next = entries[index + 1];
    return next !== undefined && entry.eventId !== "" && compareNewestFirst(entry, next) === 0;
  });
}

/** A row as one text, the same for every answer that gives it. */
export function contentOf(row: LogRow): string {
  return JSON.stringify(
    Object.entries(row)
      .map(([name, value]) => [name, textOf(value)])
      .sort(([left = ""], [right = ""]) => (left < right ? -1 : left > right ? 1 : 0)),
  );
}
