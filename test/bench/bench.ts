/**
 * What a file `test/bench/<group>.bench.ts` exports: `benches`, and `close` if its benches share something that lives.
 *
 *   npm run bench                       all of them
 *   npm run bench activation local.import   a group, or one line by its name
 *
 * Work that several lines share is begun by the first that needs it: importing the file must cost nothing.
 */
export type Measured = {
  readonly value: number;
  /** The figures behind the value, for the reader of the table. */
  readonly detail?: string;
};

export type Bench = {
  /** Dotted; the first part is the group. */
  readonly name: string;
  readonly unit: string;
  /** Met when the value is not above it. */
  readonly goal: number;
  /** What it is measured against, in the same run and on the same input. */
  readonly against: string;
  run(): Promise<Measured>;
};

export type BenchFile = {
  readonly benches: readonly Bench[];
  close?(): Promise<void>;
};

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
