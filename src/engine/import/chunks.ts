import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { RejectedLine } from "../client.ts";
import type { Item } from "./items.ts";
import type { LineFile } from "./storeWriter.ts";

/**
 * What DuckDB cannot read in place is written out for it in pieces of this size: a large one, since every piece but a
 * gigabyte of rows leaves the store with half-filled row groups, and one, so that any file takes this much room only.
 */
const CHUNK_BYTES = 1024 * 1024 * 1024;

const newline = 0x0a;
const lineBreak = Buffer.from("\n");

/** Does something with each chunk, and says how far the reading is. */
export type ChunkTaker = {
  take(file: LineFile): Promise<void>;
  progress(recordCount: number): void;
  reject(rejected: RejectedLine): void;
};

/** Hands over the lines of unpacked bytes as they are. Returns how many lines there were. */
export async function copyLines(pieces: AsyncIterable<Buffer>, path: string, taker: ChunkTaker): Promise<number> {
  let linesBefore = 0;
  let lines = 0;
  let chunk = new ChunkFile(path);
  const handOver = async (): Promise<void> => {
    if (await chunk.close()) {
      await taker.take({ path, firstLine: linesBefore + 1, numbers: undefined });
    }
    linesBefore = lines;
    chunk = new ChunkFile(path);
  };
  try {
    for await (const piece of pieces) {
      const lastBreak = piece.lastIndexOf(newline);
      const full = lastBreak >= 0 && chunk.length + piece.length > CHUNK_BYTES;
      lines += lineBreaksIn(piece);
      if (full) {
        await chunk.write(piece.subarray(0, lastBreak + 1));
        await handOver();
        await chunk.write(piece.subarray(lastBreak + 1));
      } else {
        await chunk.write(piece);
      }
      taker.progress(lines);
    }
    if (!chunk.endsLine) {
      lines += 1;
    }
    await handOver();
    return lines;
  } finally {
    await chunk.remove();
  }
}

/** Hands over records that are brought into lines first. Returns the last line that one of them began on. */
export async function writeItems(items: AsyncIterable<Item>, path: string, taker: ChunkTaker): Promise<number> {
  let lastLine = 0;
  let recordCount = 0;
  let chunk = new ChunkFile(path);
  let numbers: number[] = [];
  let parts: Buffer[] = [];
  let partsLength = 0;
  let cut: number | undefined;
  const flush = async (): Promise<void> => {
    await chunk.write(Buffer.concat(parts, partsLength));
    parts = [];
    partsLength = 0;
  };
  const handOver = async (): Promise<void> => {
    await flush();
    if (await chunk.close()) {
      await taker.take({ path, firstLine: 1, numbers, ...(cut === undefined ? {} : { cut }) });
    }
    chunk = new ChunkFile(path);
    numbers = [];
  };
  try {
    for await (const item of items) {
      lastLine = item.line;
      if (item.kind === "rejected") {
        taker.reject({ line: item.line, reason: item.reason });
        continue;
      }
      recordCount += 1;
      numbers.push(item.line);
      parts.push(item.bytes, lineBreak);
      partsLength += item.bytes.length + 1;
      cut = item.ended ? undefined : item.line;
      if (partsLength >= 1024 * 1024) {
        taker.progress(recordCount);
        await flush();
        if (chunk.length >= CHUNK_BYTES) {
          await handOver();
        }
      }
    }
    await handOver();
    return lastLine;
  } finally {
    await chunk.remove();
  }
}

function lineBreaksIn(piece: Buffer): number {
  let count = 0;
  for (let at = piece.indexOf(newline); at >= 0; at = piece.indexOf(newline, at + 1)) {
    count += 1;
  }
  return count;
}

class ChunkFile {
  readonly #path: string;
  #out: ReturnType<typeof createWriteStream> | undefined;
  #failure: unknown;
  length = 0;
  endsLine = true;

  constructor(path: string) {
    this.#path = path;
  }

  async write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) {
      return;
    }
    if (this.#out === undefined) {
      this.#out = createWriteStream(this.#path, { mode: 0o600 });
      this.#out.on("error", (failure) => {
        this.#failure = failure;
      });
    }
    this.length += bytes.length;
    this.endsLine = bytes.at(-1) === newline;
    if (!this.#out.write(bytes)) {
      // A disk that is full ends the stream: it never drains then.
      await Promise.race([once(this.#out, "drain"), once(this.#out, "close")]).catch(() => undefined);
    }
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
  }

  /** Whether there is anything in it. */
  async close(): Promise<boolean> {
    if (this.#out === undefined) {
      return false;
    }
    this.#out.end();
    await once(this.#out, "close");
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
    return true;
  }

  async remove(): Promise<void> {
    this.#out?.destroy();
    await rm(this.#path, { force: true });
  }
}
