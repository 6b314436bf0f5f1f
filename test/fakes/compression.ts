import { deflateSync, gzipSync } from "node:zlib";

export type Compression = "gzip" | "deflate" | "lz4";

export function compress(kind: Compression, bytes: Buffer): Buffer {
  switch (kind) {
    case "gzip":
      return gzipSync(bytes);
    case "deflate":
      return deflateSync(bytes);
    case "lz4":
      return lz4Block(bytes);
    default:
      return kind satisfies never;
  }
}

/** The first compression that an `Accept-Encoding` names and SLS can write; undefined for none of them. */
export function acceptedCompression(acceptEncoding: string): Compression | undefined {
  const known: readonly Compression[] = ["lz4", "gzip", "deflate"];
  return acceptEncoding
    .split(",")
    .map((part) => part.split(";")[0]?.trim().toLowerCase())
    .flatMap((name) => known.filter((kind) => kind === name))[0];
}

const minMatch = 4;
/** The format wants the last five bytes to be literals, and the last match to begin twelve bytes before the end. */
const lastLiterals = 5;
const matchLimit = 12;
const maxOffset = 65_535;

/**
 * One raw LZ4 block, as SLS sends it: no frame and no size before it (github.com/lz4/lz4, lz4_Block_format.md). Greedy,
 * with one remembered place for each four bytes; that is enough to make readers follow matches, overlapping ones too.
 */
export function lz4Block(bytes: Buffer): Buffer {
  const out: number[] = [];
  const places = new Map<number, number>();
  const lastMatchAt = bytes.length - matchLimit;
  let literalsAt = 0;
  let at = 0;
  while (at <= lastMatchAt) {
    const word = bytes.readUInt32LE(at);
    const place = places.get(word);
    places.set(word, at);
    if (place === undefined || at - place > maxOffset) {
      at += 1;
      continue;
    }
    let length = minMatch;
    while (at + length < bytes.length - lastLiterals && bytes[place + length] === bytes[at + length]) length += 1;
    writeSequence(out, bytes.subarray(literalsAt, at), { offset: at - place, length });
    at += length;
    literalsAt = at;
  }
  writeSequence(out, bytes.subarray(literalsAt), undefined);
  return Buffer.from(out);
}

function writeSequence(
  out: number[],
  literals: Buffer,
  match: { readonly offset: number; readonly length: number } | undefined,
): void {
  const matchLength = match === undefined ? 0 : match.length - minMatch;
  out.push((Math.min(literals.length, 15) << 4) | Math.min(matchLength, 15));
  writeLength(out, literals.length);
  for (const byte of literals) out.push(byte);
  if (match === undefined) return;
  out.push(match.offset & 0xff, match.offset >> 8);
  writeLength(out, matchLength);
}

/** What of a length does not fit into the four bits of the token. */
function writeLength(out: number[], length: number): void {
  if (length < 15) return;
  let rest = length - 15;
  for (; rest >= 255; rest -= 255) out.push(255);
  out.push(rest);
}
