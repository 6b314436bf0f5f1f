import type { RowRange } from "../../src/pages/results.ts";

/** Which rows of the view are selected: ranges, so that a million rows are as cheap as one. */
export class RowSelection {
  private selected: readonly RowRange[] = [];
  /** Where a range that is being extended began. */
  private anchor = 0;

  get ranges(): readonly RowRange[] {
    return this.selected;
  }

  get size(): number {
    return this.selected.reduce((sum, range) => sum + range.to - range.from, 0);
  }

  has(row: number): boolean {
    return this.selected.some((range) => row >= range.from && row < range.to);
  }

  clear(): void {
    this.selected = [];
  }

  only(row: number): void {
    this.anchor = row;
    this.selected = [{ from: row, to: row + 1 }];
  }

  all(rowCount: number): void {
    this.selected = rowCount > 0 ? [{ from: 0, to: rowCount }] : [];
  }

  toggle(row: number): void {
    this.anchor = row;
    this.selected = this.has(row)
      ? this.selected.flatMap((range) =>
          row < range.from || row >= range.to
            ? [range]
            : [
                { from: range.from, to: row },
                { from: row + 1, to: range.to },
              ].filter((part) => part.to > part.from),
        )
      : joined([...this.selected, { from: row, to: row + 1 }]);
  }

  /** From where the selection began to a row; what else was selected goes. */
  extendTo(row: number): void {
    this.selected = [{ from: Math.min(this.anchor, row), to: Math.max(this.anchor, row) + 1 }];
  }

  /** What was kept of a selection, as far as the rows are still there. */
  restore(ranges: readonly RowRange[], rowCount: number): void {
    const inside = ranges.map(({ from, to }) => ({ from: Math.max(0, from), to: Math.min(to, rowCount) }));
    this.selected = joined(inside.filter((range) => range.to > range.from));
    this.anchor = this.selected[0]?.from ?? 0;
  }
}

function joined(ranges: readonly RowRange[]): readonly RowRange[] {
  const result: { from: number; to: number }[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last !== undefined && range.from <= last.to) last.to = Math.max(last.to, range.to);
    else result.push({ ...range });
  }
  return result;
}
