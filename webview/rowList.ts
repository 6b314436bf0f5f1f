import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";

type Options = {
  /** Scrolls; `head` sticks to its top, `body` is as high as all rows together. */
  readonly scroller: HTMLElement;
  readonly head: HTMLElement | undefined;
  readonly body: HTMLElement;
  readonly create: () => HTMLElement;
  /** Fills a row, which may have shown another one before. */
  readonly draw: (row: HTMLElement, index: number) => void;
  /** The rows on screen changed, or were drawn again. */
  readonly drawn: (first: number, last: number) => void;
};

/** Browsers cut an element at 2²⁵ px. */
const highestPx = 33_000_000;
const overscan = 8;

/** A list of rows of one height of which only those on screen exist, in the order of the list. */
export class RowList {
  readonly rowHeight: number;
  private readonly options: Options;
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  private readonly shown = new Map<number, HTMLElement>();
  private readonly spare: HTMLElement[] = [];
  private count = 0;

  constructor(options: Options) {
    this.options = options;
    const fontSize = Number.parseFloat(getComputedStyle(document.body).fontSize) || 13;
    this.rowHeight = Math.max(22, Math.round(fontSize * 1.7));
    document.body.style.setProperty("--row-height", `${this.rowHeight}px`);
    this.virtualizer = new Virtualizer(this.virtualizerOptions());
    this.virtualizer._didMount();
    this.virtualizer._willUpdate();
  }

  /** Rows beyond this many have no place on any screen. */
  get maxRows(): number {
    return Math.floor(highestPx / this.rowHeight);
  }

  /** The rows that are on screen, whole or in part; `last` is below `first` where there is none. */
  get visible(): { readonly first: number; readonly last: number } {
    const height = this.options.scroller.clientHeight - this.headHeight;
    const top = this.options.scroller.scrollTop;
    const first = Math.min(Math.floor(top / this.rowHeight), this.count - 1);
    return {
      first: Math.max(0, first),
      last: Math.min(this.count - 1, Math.ceil((top + height) / this.rowHeight) - 1),
    };
  }

  /** The row at the top of the screen; its fraction is how much of it is scrolled away. */
  get topRow(): number {
    return this.options.scroller.scrollTop / this.rowHeight;
  }

  /** How many rows a page key moves. */
  get pageRows(): number {
    return Math.max(1, Math.floor((this.options.scroller.clientHeight - this.headHeight) / this.rowHeight) - 1);
  }

  setCount(count: number): void {
    this.count = Math.min(count, this.maxRows);
    this.virtualizer.setOptions(this.virtualizerOptions());
    this.virtualizer.measure();
    this.virtualizer._willUpdate();
    this.redraw();
  }

  element(index: number): HTMLElement | undefined {
    return this.shown.get(index);
  }

  scrollToTop(topRow: number): void {
    this.options.scroller.scrollTop = topRow * this.rowHeight;
    this.redraw();
  }

  /** Scrolls as little as needed to have the whole row on screen, or to its middle where it was far away. */
  reveal(index: number): void {
    if (index < 0 || index >= this.count) return;
    const { scroller } = this.options;
    const height = scroller.clientHeight - this.headHeight;
    const top = index * this.rowHeight;
    const above = scroller.scrollTop - top;
    const below = top + this.rowHeight - (scroller.scrollTop + height);
    if (above <= 0 && below <= 0) return;
    if (Math.max(above, below) > height) scroller.scrollTop = top - (height - this.rowHeight) / 2;
    else scroller.scrollTop += above > 0 ? -above : below;
    this.redraw();
  }

  /** Draws every row on screen anew. */
  redraw(): void {
    this.place(true);
  }

  private get headHeight(): number {
    return this.options.head?.offsetHeight ?? 0;
  }

  private virtualizerOptions() {
    return {
      count: this.count,
      getScrollElement: () => this.options.scroller,
      estimateSize: () => this.rowHeight,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      overscan,
      onChange: () => this.place(false),
    };
  }

  /** `all` fills the rows that were there before, too. */
  private place(all: boolean): void {
    const { body, create, draw } = this.options;
    body.style.setProperty("height", `${this.count * this.rowHeight}px`);
    const items = this.virtualizer.getVirtualItems();
    const wanted = new Set(items.map((item) => item.index));
    for (const [index, row] of this.shown) {
      if (!wanted.has(index)) {
        this.shown.delete(index);
        this.spare.push(row);
      }
    }
    let before: Element | null = null;
    for (const { index, start } of items) {
      const kept = this.shown.get(index);
      const row = kept ?? this.spare.pop() ?? create();
      if (kept === undefined) {
        this.shown.set(index, row);
        row.style.setProperty("transform", `translateY(${start}px)`);
      }
      // Readers of the screen go by the order of the document.
      const at: Element | null = before === null ? body.firstElementChild : before.nextElementSibling;
      if (at !== row) body.insertBefore(row, at);
      if (kept === undefined || all) draw(row, index);
      before = row;
    }
    for (const row of this.spare.splice(0)) row.remove();
    const { first, last } = this.visible;
    this.options.drawn(first, last);
  }
}
