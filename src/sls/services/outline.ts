import type { FileQuery, QueryFile } from "../queryFile.ts";
import { type Span, span } from "../span.ts";
import type { Expression, Identifier, QueryBody, SelectItem } from "../syntax.ts";

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

/** A part of a query that has a name: a common table, a column of the answer, a command of SPL. */
export type OutlinePart = {
  readonly kind: "table" | "column" | "command";
  readonly name: string;
  readonly span: Span;
  readonly selection: Span;
};

/** What is named in a query, in order. */
export function outlineParts(text: string, { statement }: FileQuery): readonly OutlinePart[] {
  const { analysis } = statement;
  if (analysis === undefined) return [];
  if (analysis.kind === "spl") {
    return analysis.commands.map(({ name, nameSpan, span: whole }) => ({
      kind: "command",
      name,
      span: whole,
      selection: nameSpan,
    }));
  }
  const parts: OutlinePart[] = analysis.query.with
    .filter(({ name }) => name.name !== "")
    .map(({ name, span: whole }) => ({ kind: "table", name: name.name, span: whole, selection: name.span }));
  for (const item of itemsOf(analysis.query.body)) {
    if (item.span.start === item.span.end) continue;
    const given = item.kind === "column" ? (item.alias ?? columnName(item.expression)) : undefined;
    const named = given?.name.trim() === "" ? undefined : given;
    const name = named?.name ?? text.slice(item.span.start, item.span.end).replace(/\s+/g, " ");
    parts.push({ kind: "column", name, span: item.span, selection: named?.span ?? item.span });
  }
  return parts;
}

/** The items that name the columns of an answer: those of the first SELECT. */
function itemsOf(body: QueryBody): readonly SelectItem[] {
  switch (body.kind) {
    case "select":
      return body.items;
    case "setOperation":
      return itemsOf(body.left);
    case "nested":
      return itemsOf(body.query.body);
    case "values":
      return [];
    default:
      return body satisfies never;
  }
}

function columnName(expression: Expression): Identifier | undefined {
  return expression.kind === "column" ? expression.path.at(-1) : undefined;
}
