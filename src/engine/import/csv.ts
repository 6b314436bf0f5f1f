import { type Item, textOf } from "./items.ts";
import { isBlank, LINE_LIMIT, type Line } from "./lines.ts";

/** The cells of a CSV record; `open` where a quoted cell goes on in the next line, `malformed` where no rule fits. */
type CsvRecord = readonly string[] | "open" | "malformed";

/** Reads one record by RFC 4180: a quote begins a quoted cell at its start only, and is doubled inside it. */
export function readCsvRecord(text: string, delimiter: string): CsvRecord {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let cell = "";
      let from = at + 1;
      for (;;) {
        const end = text.indexOf('"', from);
        if (end < 0) {
          return "open";
        }
        cell += text.slice(from, end);
        if (text[end + 1] !== '"') {
          at = end + 1;
          break;
        }
        cell += '"';
        from = end + 2;
      }
      cells.push(cell);
      if (at < text.length && text[at] !== delimiter) {
        return "malformed";
      }
    } else {
      const end = text.indexOf(delimiter, at);
      const cell = text.slice(at, end < 0 ? text.length : end);
      if (cell.includes('"')) {
        return "malformed";
      }
      cells.push(cell);
      at = end < 0 ? text.length : end;
    }
    if (at >= text.length) {
      return cells;
    }
    at += 1;
  }
}

/** The delimiter and the names of a header line; undefined where the line is none. */
export function readCsvHeader(
  text: string,
): { readonly delimiter: string; readonly names: readonly string[] } | undefined {
  const line = text.replace(/\r$/, "");
  const options = [",", "\t", ";"].flatMap((delimiter) => {
    const names = readCsvRecord(line, delimiter);
    return typeof names === "string" ? [] : [{ delimiter, names }];
  });
  const [widest] = options.sort((left, right) => right.names.length - left.names.length);
  return widest !== undefined &&
    widest.names.length > 1 &&
    widest.names.every((name) => /^[\w@$][\w@$.:/ -]*$/.test(name))
    ? widest
    : undefined;
}

/**
 * The records of a CSV file as JSON objects. An empty cell is no field, since CSV cannot tell an empty text from none. A
 * record that cannot be read is rejected at its first line, and reading goes on with the line behind that one.
 */
export async function* csvItems(lines: AsyncIterable<Line>): AsyncGenerator<Item> {
  const reader = new CsvReader();
  for await (const line of lines) {
    yield* reader.take(line);
  }
  yield* reader.end();
}

class CsvReader {
  #header: { readonly delimiter: string; readonly names: readonly string[] } | undefined;
  /** The lines of a record whose quoted cell is still open, and how many quotes they hold. */
  #open: { readonly line: Line; readonly text: string; readonly quotes: number }[] = [];
  #openLength = 0;

  *take(line: Line): Generator<Item> {
    const text = line.bytes === undefined ? undefined : textOf(line.bytes);
    if (this.#header === undefined) {
      if (line.bytes !== undefined && isBlank(line.bytes)) {
        return;
      }
      this.#header = text === undefined ? undefined : readCsvHeader(text);
      if (this.#header === undefined) {
        yield { kind: "rejected", line: line.number, reason: "wrongColumnCount" };
      }
      return;
    }
    if (text === undefined) {
      yield* this.end();
      yield { kind: "rejected", line: line.number, reason: line.bytes === undefined ? "tooLong" : "notUtf8" };
      return;
    }
    if (this.#open.length === 0) {
      yield* this.#begin(line, text);
      return;
    }
    this.#open.push({ line, text, quotes: quotesIn(text) });
    this.#openLength += text.length;
    if (this.#openLength > LINE_LIMIT) {
      yield* this.#giveUp();
    } else if (this.#open.reduce((sum, { quotes }) => sum + quotes, 0) % 2 === 0) {
      yield* this.#close();
    }
  }

  /** Nothing follows that could close what is open. */
  *end(): Generator<Item> {
    while (this.#open.length > 0) {
      yield* this.#giveUp();
    }
  }

  *#begin(line: Line, text: string): Generator<Item> {
    const bytes = line.bytes;
    if (bytes === undefined || isBlank(bytes)) {
      return;
    }
    const record = readCsvRecord(text.replace(/\r$/, ""), this.#header?.delimiter ?? ",");
    if (record === "open") {
      this.#open = [{ line, text, quotes: quotesIn(text) }];
      this.#openLength = text.length;
    } else {
      yield this.#item(line, record);
    }
  }

  /** All quotes are closed: the lines are one record, unless the second of them is a whole record by itself. */
  *#close(): Generator<Item> {
    const [first, second] = this.#open;
    if (first === undefined || second === undefined) {
      return;
    }
    const delimiter = this.#header?.delimiter ?? ",";
    const width = this.#header?.names.length;
    const record = readCsvRecord(
      this.#open
        .map(({ text }) => text)
        .join("\n")
        .replace(/\r$/, ""),
      delimiter,
    );
    const alone = readCsvRecord(second.text.replace(/\r$/, ""), delimiter);
    if (
      typeof record === "string" ||
      record.length !== width ||
      (typeof alone !== "string" && alone.length === width)
    ) {
      yield* this.#giveUp();
      return;
    }
    this.#open = [];
    yield this.#item(first.line, record);
  }

  /** Rejects the first of the open lines, and reads the others as if it had not been there. */
  *#giveUp(): Generator<Item> {
    const [first, ...others] = this.#open;
    this.#open = [];
    this.#openLength = 0;
    if (first === undefined) {
      return;
    }
    yield { kind: "rejected", line: first.line.number, reason: first.line.ended ? "wrongColumnCount" : "truncated" };
    for (const { line } of others) {
      yield* this.take(line);
    }
  }

  #item(line: Line, record: readonly string[] | "malformed"): Item {
    const names = this.#header?.names ?? [];
    if (record === "malformed" || record.length !== names.length) {
      return { kind: "rejected", line: line.number, reason: line.ended ? "wrongColumnCount" : "truncated" };
    }
    const fields = record.flatMap((cell, index) =>
      cell === "" ? [] : [`${JSON.stringify(names[index] ?? "")}:${JSON.stringify(cell)}`],
    );
    return { kind: "record", line: line.number, bytes: Buffer.from(`{${fields.join(",")}}`), ended: true };
  }
}

function quotesIn(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    count += 1;
  }
  return count;
}
