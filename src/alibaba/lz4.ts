/** A byte of a block becomes 255 at most: an announced size beyond that is a lie and is never allocated. */
const largestRatio = 255;
const smallestMatch = 4;

/**
 * Decodes one raw LZ4 block (no frame, no size in front), as SLS sends them. The size is announced elsewhere and must be
 * met exactly. Undefined for a block that is damaged or made up: nothing outside it is read, nothing beyond the size written.
 */
export function decodeLz4Block(block: Uint8Array, sizeBytes: number): Uint8Array | undefined {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > block.length * largestRatio) return undefined;
  const out = new Uint8Array(sizeBytes);
  let at = 0;
  let written = 0;

  /** What a nibble and the bytes after it count to; NaN where the block ends within. */
  const length = (nibble: number): number => {
    if (nibble < 15) return nibble;
    let sum = nibble;
    for (;;) {
      const more = block[at] ?? Number.NaN;
      at += 1;
      sum += more;
      if (more !== 255) return sum;
    }
  };

  for (;;) {
    const token = block[at];
    if (token === undefined) return undefined;
    at += 1;
    const literals = length(token >> 4);
    // Written so that NaN fails as well.
    if (!(at + literals <= block.length && written + literals <= sizeBytes)) return undefined;
    out.set(block.subarray(at, at + literals), written);
    at += literals;
    written += literals;
    // The last sequence has no match.
    if (at === block.length) return written === sizeBytes ? out : undefined;

    const [low, high] = [block[at], block[at + 1]];
    if (low === undefined || high === undefined) return undefined;
    at += 2;
    const distance = low | (high << 8);
    const matched = length(token & 15) + smallestMatch;
    if (distance === 0 || distance > written || !(written + matched <= sizeBytes)) return undefined;
    if (distance >= matched) {
      out.copyWithin(written, written - distance, written - distance + matched);
      written += matched;
    } else {
      // The match overlaps what it writes, which repeats the bytes between.
      for (const end = written + matched; written < end; written += 1) out[written] = out[written - distance] ?? 0;
    }
  }
}
