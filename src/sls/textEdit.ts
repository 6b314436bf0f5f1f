import type { Span } from "./span.ts";

/** A piece of a text and what it is to be replaced with. */
export type TextEdit = { readonly span: Span; readonly text: string };

/** A text with edits made; they are in its order and do not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = "";
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.span.start) + edit.text;
    at = edit.span.end;
  }
  return result + text.slice(at);
}

/** What stands before a clause: it goes on a line of its own where the statement has lines. */
export function joint(text: string, { start, end }: Span): string {
  return text.slice(start, end).includes("\n") ? "\n  " : " ";
}
