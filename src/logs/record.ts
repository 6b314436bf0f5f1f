import type { LogRecord } from "../audit/event.ts";
import type { Cells, Column } from "./answer.ts";

/** The record of a row: its cells under the columns' names, without what the row does not have and what was derived. */
export function recordOf(columns: readonly Column[], cells: Cells): LogRecord {
  const record: Record<string, string> = {};
  columns.forEach(({ name, derived }, index) => {
    const cell = cells[index];
    if (cell !== undefined && derived !== true) record[name] = cell;
  });
  return record;
}
