/** Numbers that look random and are the same for the same seed, everywhere and at any time. */
export type Random = {
  /** 0 ≤ x < 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** At most eight hexadecimal digits. */
  hex(digits: number): string;
};

export function seeded(seed: string): Random {
  let [first, second] = hashes(seed);

  // xoroshiro64**: two words of state, so that the ids of thousands of seeds do not meet, and no platform's generator.
  function next(): number {
    const result = Math.imul(rotated(Math.imul(first, 0x9e3779bb), 5), 5) >>> 0;
    second ^= first;
    first = rotated(first, 26) ^ second ^ (second << 9);
    second = rotated(second, 13);
    return result / 2 ** 32;
  }
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));

  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => items[between(0, items.length - 1)] ?? items[0],
    hex: (digits) =>
      Math.floor(next() * 16 ** digits)
        .toString(16)
        .padStart(digits, "0"),
  };
}

/** A number between 0 and 2³² that depends on every letter. */
export function hash(text: string): number {
  return hashes(text)[0] >>> 0;
}

/** Two words that depend on each letter differently, after a last mixing: seeds that differ in one letter begin far apart. */
function hashes(text: string): [number, number] {
  let first = 0x811c9dc5;
  let second = 0x2545f491;
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index);
    first = Math.imul(first ^ letter, 0x01000193);
    second = Math.imul(second ^ letter, 0x5bd1e995);
    second ^= second >>> 15;
  }
  return [mixed(first), mixed(second) | 1];
}

function mixed(value: number): number {
  let word = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** An id in the usual form of 8-4-4-4-12 hexadecimal digits. */
export function randomId(random: Random): string {
  return `${random.hex(8)}-${random.hex(4)}-${random.hex(4)}-${random.hex(4)}-${random.hex(6)}${random.hex(6)}`;
}
