import type { Span } from "./span.ts";

/** Tells of pieces of a text whether a line ends in them; fast for pieces asked for in the order of their beginnings. */
export class LineBreaks {
  readonly #text: string;
  /** No line ends from here on before `#next`. */
  #from = 0;
  #next = -1;

  constructor(text: string) {
    this.#text = text;
  }

  isIn({ start, end }: Span): boolean {
    if (start < this.#from || start > this.#next) {
      const found = this.#text.indexOf("\n", start);
      this.#from = start;
      this.#next = found < 0 ? this.#text.length : found;
    }
    return this.#next < end;
  }
}
