import type { RejectedLine } from "../client.ts";
import { type Item, textOf } from "./items.ts";
import { isBlank, type Line } from "./lines.ts";

/** A line for each record. Whether it is one is for the reader of the records to say. */
export async function* ndjsonItems(lines: AsyncIterable<Line>): AsyncGenerator<Item> {
  for await (const { number, bytes, ended } of lines) {
    if (bytes === undefined) {
      yield { kind: "rejected", line: number, reason: "tooLong" };
    } else if (!isBlank(bytes)) {
      yield { kind: "record", line: number, bytes, ended };
    }
  }
}

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;
type ExactJson = { readonly rawJSON?: (text: string) => unknown };

/**
 * What a line is that DuckDB's reader did not take: a record after all, written so that it can be taken, or why not.
 * JSON's own reader allows what that one does not: a key twice, of which the last counts, and half a surrogate pair.
 */
export function readRejected(
  bytes: Buffer,
  ended: boolean,
): { readonly record: string } | { readonly reason: RejectedLine["reason"] } {
  const text = textOf(bytes);
  if (text === undefined) {
    return { reason: "notUtf8" };
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return { reason: "notAnObject" };
    }
    // Read again with the numbers' own texts; most lines do not get here, and reading so is several times as slow.
    const exact: unknown = JSON.parse(text, exactNumbers);
    return {
      record: JSON.stringify(exact, (_, inner: unknown) => (typeof inner === "string" ? inner.toWellFormed() : inner)),
    };
  } catch (failure) {
    if (failure instanceof SyntaxError) {
      return { reason: ended ? "notJson" : "truncated" };
    }
    // Nested deeper than this runtime's stack.
    if (failure instanceof RangeError) {
      return { reason: "notJson" };
    }
    throw failure;
  }
}

const json = JSON as ExactJson;

/** Keeps a number's own text, since 12345678901234567890 is another number as a double. */
const exactNumbers: Reviver = (_, value, context) =>
  typeof value === "number" && context?.source !== undefined && json.rawJSON !== undefined
    ? json.rawJSON(context.source)
    : value;
