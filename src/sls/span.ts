/** A piece of a text: UTF-16 offsets, `start` inside, `end` outside. */
export type Span = { readonly start: number; readonly end: number };

export function span(start: number, end: number): Span {
  return { start, end };
}

/** The text that a span covers. */
export function spanText(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

/** Whether an offset lies in a span or at one of its ends, as a caret does. */
export function touches({ start, end }: Span, offset: number): boolean {
  return start <= offset && offset <= end;
}
