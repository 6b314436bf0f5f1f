import type { LogRecord } from "../audit/event.ts";
import type { Cells, Column } from "./answer.ts";

/** The record of a row: its cells under the columns' names, without the cells that the row does not have. */
export function recordOf(columns: readonly Column[], cells: Cells): LogRecord {
  const record: Record<string, string> = {};
  columns.forEach(({ name }, index) => {
    const cell = cells[index];
    if (cell !== undefined) record[name] = cell;
  });
  return record;
}
