import type { LogRecord } from "../../audit/event.ts";
import { columnOfKey, type Shape } from "../recordColumns.ts";
import { csvItems, readCsvHeader } from "./csv.ts";
import { type Item, textOf } from "./items.ts";
import { arrayItems } from "./jsonArray.ts";
import { linesOf } from "./lines.ts";
import { ndjsonItems } from "./ndjson.ts";

export type Format = "ndjson" | "array" | "csv";

/** What the beginning of a file tells. */
export type Sample = {
  readonly format: Format;
  /** The records that can be read of it, in the file's order. */
  readonly records: readonly LogRecord[];
  /** Their keys, those without a value among them. */
  readonly shapes: readonly Shape[];
};

export type NoAuditLog = "noTime" | "noAuditField" | "unknownFormat" | "empty";

export function itemsOf(format: Format, pieces: AsyncIterable<Buffer>): AsyncIterable<Item> {
  switch (format) {
    case "ndjson":
      return ndjsonItems(linesOf(pieces));
    case "array":
      return arrayItems(pieces);
    case "csv":
      return csvItems(linesOf(pieces));
    default:
      return format satisfies never;
  }
}

/** Reads a file's beginning, which may be cut anywhere. `whole` says that it is all of the file. */
export async function readSample(head: Buffer, whole: boolean): Promise<Sample | NoAuditLog> {
  const format = formatOf(head, whole);
  if (format === "empty" || format === "unknownFormat") {
    return format;
  }
  const records: LogRecord[] = [];
  const shapes: Shape[] = [];
  for await (const item of itemsOf(format, once(head))) {
    const read = item.kind === "record" ? readRecord(item.bytes) : undefined;
    if (read !== undefined) {
      records.push(read.record);
      shapes.push(read.shape);
    }
  }
  const lacks = shapes.length === 0 ? undefined : lacking(shapes);
  return lacks ?? { format, records, shapes };
}

async function* once(piece: Buffer): AsyncGenerator<Buffer> {
  yield piece;
}

/** A record with every value as the text it is answered as. What is broken is for the import to reject. */
function readRecord(bytes: Buffer): { readonly record: LogRecord; readonly shape: Shape } | undefined {
  try {
    const value: unknown = JSON.parse(textOf(bytes) ?? "");
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return undefined;
    }
    const entries = Object.entries(value).flatMap(([key, field]: [string, unknown]) =>
      field === null ? [] : [[key, typeof field === "string" ? field : JSON.stringify(field)] as const],
    );
    return { record: Object.fromEntries(entries), shape: Object.keys(value) };
  } catch (failure) {
    // A RangeError is a value nested deeper than this runtime's stack, which DuckDB's reader does not mind.
    if (failure instanceof SyntaxError || failure instanceof RangeError) {
      return undefined;
    }
    throw failure;
  }
}

/**
 * One record a line, a JSON array, or CSV. A line that is a JSON object decides, since a damaged first byte must not make
 * a log of a million lines something else; an array's lines are none, as commas follow its objects.
 */
function formatOf(head: Buffer, whole: boolean): Format | "empty" | "unknownFormat" {
  const text = head.toString("utf8").replace(/^\uFEFF/, "");
  const start = text.trimStart();
  if (start === "") {
    return whole ? "empty" : "unknownFormat";
  }
  if (start.startsWith("[") && start.slice(1).trimStart().startsWith("{")) {
    return "array";
  }
  const lines = text.split("\n");
  const complete = whole ? lines : lines.slice(0, -1);
  if (complete.some((line) => line.trimStart().startsWith("{") && isJson(line))) {
    return "ndjson";
  }
  if (readCsvHeader(complete.find((line) => line.trim() !== "") ?? "") !== undefined) {
    return "csv";
  }
  // A first line of many megabytes has no end in a sample.
  return complete.length === 0 && start.startsWith("{") ? "ndjson" : "unknownFormat";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What makes records those of an audit log: a time, and one of the fields that only such a log has. */
export function lacking(shapes: readonly Shape[]): "noTime" | "noAuditField" | undefined {
  const names = new Set(shapes.flat().map((key) => columnOfKey(key)?.name ?? ""));
  if (!names.has("__time__") && !names.has("time")) {
    return "noTime";
  }
  const audited = [...names].some(
    (name) => ["kind", "traceId", "eventId"].includes(name) || /^(?:process|k8s)\b/.test(name),
  );
  return audited ? undefined : "noAuditField";
}
