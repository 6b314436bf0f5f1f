import type { Cells, Column } from "../logs/answer.ts";
import type { ColumnLayout, CopyFormat } from "./results.ts";

/** The columns that are shown, in the order shown: what is copied is what is seen. */
export function shownColumns(columns: readonly Column[], layout: readonly ColumnLayout[]): readonly Column[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  return layout.flatMap((each) => {
    const column = each.hidden ? undefined : byName.get(each.column);
    return column === undefined ? [] : [column];
  });
}

/** Rows as text in a format, whole values as recorded. `cells` lie in the order of `columns`; `shown` are some of them. */
export function copyText(
  format: CopyFormat,
  columns: readonly Column[],
  shown: readonly Column[],
  rows: readonly Cells[],
): string {
  const places = shown.map((column) => columns.findIndex((each) => each.name === column.name));
  const names = shown.map((column) => column.name);
  const picked = rows.map((cells) => places.map((place) => cells[place]));
  switch (format) {
    case "text":
      return lines([names.map(tabbed), ...picked.map((cells) => cells.map((cell) => tabbed(cell ?? "")))], "\t", "\n");
    case "csv":
      return lines([names.map(csvField), ...picked.map((cells) => cells.map(csvCell))], ",", "\r\n");
    case "json":
      return jsonRows(names, picked);
    case "markdown":
      return markdownTable(shown, picked);
    default:
      return format satisfies never;
  }
}

function lines(rows: readonly (readonly string[])[], separator: string, ending: string): string {
  return rows.map((row) => row.join(separator) + ending).join("");
}

/** A tab or a line break in a value would read as a new cell or a new row. */
function tabbed(value: string): string {
  return value.replace(/\r\n|[\t\n\r]/g, " ");
}

/** RFC 4180. A field that is there but empty is quoted, so that it differs from one that the row does not have. */
function csvCell(cell: string | undefined): string {
  if (cell === undefined) return "";
  return cell === "" ? '""' : csvField(cell);
}

function csvField(value: string): string {
  return /[",\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** An array of objects; a field that the row does not have is left out. Two columns of one name cannot both be kept. */
function jsonRows(names: readonly string[], rows: readonly Cells[]): string {
  const objects = rows.map((cells) =>
    Object.fromEntries(
      names.flatMap((name, index) => {
        const value = cells[index];
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
  );
  return `${JSON.stringify(objects, undefined, 2)}\n`;
}

function markdownTable(columns: readonly Column[], rows: readonly Cells[]): string {
  if (columns.length === 0) return "";
  const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  return [
    row(columns.map((column) => markdownText(column.name))),
    row(columns.map((column) => (column.kind === "number" ? "---:" : "---"))),
    ...rows.map((cells) => row(cells.map((cell) => markdownText(cell ?? "")))),
  ].join("");
}

/**
 * A value that reads as itself: it cannot become markup, HTML, a link, a mention or a new cell. Words stay as they are,
 * a command becomes a code span, and where a code span cannot hold it (a pipe would end the cell in some readers, a
 * backtick the span) every mark in it is written as an entity.
 */
export function markdownText(value: string): string {
  const line = value.replace(/\r\n|[\n\r\t]/g, " ");
  if (/^[A-Za-z0-9 ,.:()=+/-]*$/.test(line) && !/:\/\/|www\./i.test(line)) return line;
  if (!/[`|]/.test(line)) return /^ .*[^ ].* $/.test(line) ? `\` ${line} \`` : `\`${line}\``;
  return line.replace(/[^A-Za-z0-9 ,()=+/\u0080-\u{10ffff}-]/gu, (mark) => `&#${mark.codePointAt(0)};`);
}
