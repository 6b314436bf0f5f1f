import type { FileQuery, QueryFile } from "./queryFile.ts";
import { type Span, span } from "./span.ts";

/** A query as a list of a file's queries shows it. */
export type OutlineItem = {
  /** Undefined for a query without a title or with an empty one. */
  readonly title: string | undefined;
  /** The first line of the statement, for a query that has no title, and empty if it has no statement either. */
  readonly firstLine: string;
  /** From the title to before the next. */
  readonly span: Span;
  /** What is selected when the item is: the title or, without one, the first line. */
  readonly selection: Span;
};

/** The queries of a file, in order. */
export function outline(file: QueryFile): readonly OutlineItem[] {
  return file.queries.map(outlineItem);
}

function outlineItem(query: FileQuery): OutlineItem {
  const [line = ""] = query.text.split("\n", 1);
  const firstLine = line.trim();
  const start = query.statement.span.start + line.indexOf(firstLine);
  const title = query.title?.value === "" ? undefined : query.title;
  const selection = title ? title.span : span(start, start + firstLine.length);
  const whole = query.span;
  const inside = whole.start <= selection.start && selection.end <= whole.end;
  return {
    title: title?.value,
    firstLine,
    span: whole,
    selection: inside ? selection : span(whole.start, whole.start),
  };
}
