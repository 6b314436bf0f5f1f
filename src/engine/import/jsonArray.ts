import type { Item } from "./items.ts";
import { LINE_LIMIT } from "./lines.ts";

const [newline, quote, backslash, open, close] = [0x0a, 0x22, 0x5c, 0x7b, 0x7d];
const [openList, closeList, comma] = [0x5b, 0x5d, 0x2c];

/** What may stand between texts inside a JSON value: space, punctuation, and the signs of numbers, true, false and null. */
const structural = new Uint8Array(256);
for (const char of " \t\r\n{}[]:,+-.0123456789eEtrufalsn") {
  structural[char.charCodeAt(0)] = 1;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/**
 * The objects of a JSON array, one after the other, each brought onto one line. An object that is broken is rejected at
 * the line it begins on, and reading goes on where the next one seems to begin: behind a `}` followed by a `{`, with or
 * without a comma between them.
 */
export async function* arrayItems(pieces: AsyncIterable<Buffer>): AsyncGenerator<Item> {
  const splitter = new ArraySplitter();
  for await (const piece of pieces) {
    yield* splitter.take(piece, false);
  }
  yield* splitter.take(Buffer.alloc(0), true);
  yield* splitter.end();
}

class ArraySplitter {
  #text: Buffer = Buffer.alloc(0);
  /** Everything before it has been dealt with. */
  #at = 0;
  #line = 1;
  /** How far `#line` has been counted. */
  #counted = 0;
  #first = true;
  /** The object that ends at `#at` or later: how far it has been looked at, and how deep it is nested there. */
  #object: { readonly start: number; readonly line: number; seen: number; depth: number } | undefined;
  #resyncing = false;
  #closed = false;

  /** An array that nothing closes was cut, even where it was cut between two objects. */
  *end(): Generator<Item> {
    if (!this.#closed && !this.#resyncing) {
      yield { kind: "rejected", line: this.#lineAt(this.#text.length), reason: "truncated" };
    }
  }

  *take(piece: Buffer, last: boolean): Generator<Item> {
    this.#lineAt(this.#at);
    this.#text =
      this.#at === 0 && this.#text.length === 0 ? piece : Buffer.concat([this.#text.subarray(this.#at), piece]);
    this.#counted -= this.#at;
    if (this.#object !== undefined) {
      this.#object = { ...this.#object, start: this.#object.start - this.#at, seen: this.#object.seen - this.#at };
    }
    this.#at = 0;
    if (this.#first && this.#text.length >= 3) {
      this.#first = false;
      if (this.#text[0] === 0xef && this.#text[1] === 0xbb && this.#text[2] === 0xbf) {
        this.#at = 3;
        this.#counted = 3;
      }
    }
    for (;;) {
      if (this.#resyncing && !this.#resync(last)) {
        return;
      }
      if (this.#object === undefined) {
        const between = this.#between();
        if (between === undefined) {
          return;
        }
        if (between.kind === "rejected") {
          yield between;
          continue;
        }
      }
      const item = this.#finish(last);
      if (item === undefined) {
        return;
      }
      yield item;
    }
  }

  /** Passes over what stands between two objects, up to the next one; undefined where the text ends first. */
  #between(): Item | { readonly kind: "object" } | undefined {
    while (this.#at < this.#text.length) {
      const byte = this.#text[this.#at];
      this.#closed = byte === closeList || (this.#closed && isSpace(byte));
      if (byte === open) {
        this.#object = { start: this.#at, line: this.#lineAt(this.#at), seen: this.#at, depth: 0 };
        return { kind: "object" };
      }
      if (isSpace(byte) || byte === comma || byte === openList || byte === closeList) {
        this.#at += 1;
        continue;
      }
      const line = this.#lineAt(this.#at);
      while (this.#at < this.#text.length) {
        const garbage = this.#text[this.#at];
        if (garbage === comma || garbage === newline || garbage === open || garbage === closeList) {
          break;
        }
        this.#at += 1;
      }
      return { kind: "rejected", line, reason: "notAnObject" };
    }
    return undefined;
  }

  /** The object that has begun, or that it is broken; undefined where its end has not come yet. */
  #finish(last: boolean): Item | undefined {
    const object = this.#object;
    if (object === undefined) {
      return undefined;
    }
    const text = this.#text;
    let at = object.seen;
    while (at < text.length) {
      const byte = text[at] ?? 0;
      if (byte === quote) {
        const end = stringEnd(text, at + 1);
        if (end === undefined) {
          break;
        }
        if (end < 0) {
          return this.#broken(object.line, "notJson");
        }
        at = end;
        continue;
      }
      if (structural[byte] === 0) {
        return this.#broken(object.line, "notJson");
      }
      if (byte === open) {
        object.depth += 1;
      } else if (byte === close) {
        object.depth -= 1;
        if (object.depth === 0) {
          const bytes = onOneLine(text.subarray(object.start, at + 1));
          this.#at = at + 1;
          this.#object = undefined;
          return { kind: "record", line: object.line, bytes, ended: true };
        }
      }
      at += 1;
    }
    object.seen = at;
    if (text.length - object.start > LINE_LIMIT) {
      return this.#broken(object.line, "tooLong");
    }
    return last ? this.#broken(object.line, "truncated") : undefined;
  }

  #broken(line: number, reason: "notJson" | "tooLong" | "truncated"): Item {
    this.#at = (this.#object?.start ?? this.#at) + 1;
    this.#object = undefined;
    this.#resyncing = true;
    return { kind: "rejected", line, reason };
  }

  /** Goes on to where the next object seems to begin; false where the text ends first. */
  #resync(last: boolean): boolean {
    const text = this.#text;
    for (;;) {
      const end = text.indexOf(close, this.#at);
      if (end < 0) {
        this.#at = text.length;
        return false;
      }
      let next = end + 1;
      while (isSpace(text[next]) || text[next] === comma) {
        next += 1;
      }
      if (next >= text.length && !last) {
        this.#at = end;
        return false;
      }
      this.#at = end + 1;
      if (text[next] === open) {
        this.#resyncing = false;
        return true;
      }
    }
  }

  #lineAt(offset: number): number {
    for (;;) {
      const next = this.#text.indexOf(newline, this.#counted);
      if (next < 0 || next >= offset) {
        this.#counted = Math.max(this.#counted, Math.min(offset, next < 0 ? offset : next));
        return this.#line;
      }
      this.#line += 1;
      this.#counted = next + 1;
    }
  }
}

/** Behind the text that began before `from`; undefined where it does not end here, -1 where a line break is in it. */
function stringEnd(text: Buffer, from: number): number | undefined {
  let at = from;
  for (;;) {
    const end = text.indexOf(quote, at);
    const stop = end < 0 ? text.length : end;
    // A line break cannot stand in a JSON text: a quote is missing or too many. Looking is bounded by the text's own end.
    if (text.subarray(at, stop).includes(newline)) {
      return -1;
    }
    if (end < 0) {
      return undefined;
    }
    let slashes = 0;
    while (text[end - 1 - slashes] === backslash && end - 1 - slashes >= from) {
      slashes += 1;
    }
    if (slashes % 2 === 0) {
      return end + 1;
    }
    at = end + 1;
  }
}

/** Line breaks stand between the parts of an object only, where a space says the same. */
function onOneLine(bytes: Buffer): Buffer {
  if (!bytes.includes(newline)) {
    return bytes;
  }
  const line = Buffer.from(bytes);
  for (let at = line.indexOf(newline); at >= 0; at = line.indexOf(newline, at + 1)) {
    line[at] = 0x20;
  }
  return line;
}
