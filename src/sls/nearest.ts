/**
 * The candidate that a misspelt word most likely means, or undefined if none is near: one that it begins, or one at most
 * a third of its letters (and two at least) away, counting a letter added, dropped, changed or swapped with its neighbour.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  // Comparing costs the product of both lengths; nobody misspells a word this long.
  if (wanted.length === 0 || wanted.length > LONGEST) return undefined;

  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  let begun: string | undefined;
  const letters = lettersOf(wanted);
  for (const candidate of candidates) {
    const difference = candidate.length - wanted.length;
    if (difference < bestDistance && -difference < bestDistance) {
      const limit = Math.min(bestDistance, Math.max(wanted.length, candidate.length));
      // Each letter that the other word does not have costs at least one change.
      if (bits(letters & ~lettersOf(candidate)) < limit) {
        const distance = editDistance(wanted, candidate.toLowerCase(), limit);
        if (distance < limit) {
          best = candidate;
          bestDistance = distance;
        }
      }
    }
    if (begun === undefined && difference > 0 && wanted.length >= 2 && candidate.toLowerCase().startsWith(wanted)) {
      begun = candidate;
    }
  }
  return best ?? begun;
}

const LONGEST = 40;

/** Which letters a word has, in either case, as bits; different characters may share one. */
function lettersOf(word: string): number {
  let letters = 0;
  for (let index = 0; index < word.length; index++) letters |= 1 << (word.charCodeAt(index) & 31);
  return letters;
}

function bits(set: number): number {
  let left = set;
  let count = 0;
  for (; left !== 0; left &= left - 1) count++;
  return count;
}

/** Three lines of the table of distances, of which each needs the two before it. */
const lines = [new Int32Array(LONGEST * 2), new Int32Array(LONGEST * 2), new Int32Array(LONGEST * 2)] as const;

/**
 * How many letters have to be added, dropped, changed or swapped with a neighbour to make one word the other; `limit` if
 * it is so many or more.
 */
function editDistance(from: string, to: string, limit: number): number {
  let [beforePrevious, previous, current] = lines;
  for (let column = 0; column <= to.length; column++) previous[column] = column;
  for (let row = 1; row <= from.length; row++) {
    const letter = from.charCodeAt(row - 1);
    current[0] = row;
    let least = row;
    for (let column = 1; column <= to.length; column++) {
      const other = to.charCodeAt(column - 1);
      let distance = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (letter === other ? 0 : 1),
      );
      if (row > 1 && column > 1 && letter === to.charCodeAt(column - 2) && from.charCodeAt(row - 2) === other) {
        distance = Math.min(distance, at(beforePrevious, column - 2) + 1);
      }
      current[column] = distance;
      if (distance < least) least = distance;
    }
    // A swap reaches back two lines, but each line's least is at most one more than that of the line before.
    if (least >= limit) return limit;
    [beforePrevious, previous, current] = [previous, current, beforePrevious];
  }
  return Math.min(limit, at(previous, to.length));
}

function at(line: Int32Array, column: number): number {
  return line[column] as number;
}
