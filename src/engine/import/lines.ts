/** A longer line is no record; it is passed over without being held in memory. */
export const LINE_LIMIT = 16 * 1024 * 1024;

const newline = 0x0a;

/** A line of a file, without its line break. */
export type Line = {
  /** Counted from 1; blank lines count. */
  readonly number: number;
  /** Undefined where the line is longer than the limit. */
  readonly bytes: Buffer | undefined;
  /** False for a last line that nothing ends. */
  readonly ended: boolean;
};

/** Whether a line holds nothing but space, as DuckDB's reader counts it: it gives no row for such a line. */
export function isBlank(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte !== 0x20 && (byte < 0x09 || byte > 0x0d)) {
      return false;
    }
  }
  return true;
}

/** Cuts bytes into lines. A byte order mark before the first is not part of it. */
export async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 0;
  let begun: Buffer[] = [];
  let begunLength = 0;
  const line = (last: Buffer, ended: boolean): Line => {
    number += 1;
    const length = begunLength + last.length;
    let bytes = length > LINE_LIMIT ? undefined : begun.length === 0 ? last : Buffer.concat([...begun, last]);
    if (number === 1 && bytes?.[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
      bytes = bytes.subarray(3);
    }
    begun = [];
    begunLength = 0;
    return { number, bytes, ended };
  };
  for await (const piece of pieces) {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(newline, start);
      if (end < 0) {
        break;
      }
      yield line(piece.subarray(start, end), true);
      start = end + 1;
    }
    if (start < piece.length) {
      begunLength += piece.length - start;
      if (begunLength <= LINE_LIMIT) {
        begun.push(piece.subarray(start));
      }
    }
  }
  if (begunLength > 0) {
    yield line(Buffer.alloc(0), false);
  }
}
