import type { AnswerPart, Cells, Column, Completeness, Gap } from "./answer.ts";
import type { AnswerId, AnswerStore } from "./answerStore.ts";
import type { LogSource } from "./logSource.ts";
import type { Question } from "./question.ts";

/** One of several places that the same question is asked of; `name` fills the added column. */
export type NamedSource = { readonly name: string; readonly source: LogSource };

export const clusterColumn: Column = { name: "cluster", kind: "text" };

type Landed = Exclude<AnswerPart, { kind: "rows" }>;

/**
 * Asks the same question of several sources, one after the other, and puts all rows into one answer with a column
 * before the others that names the source. A source that fails is a gap of the whole answer; only when all of them
 * fail is that the answer. Rows stay in the order of the sources, within one in the order it gave.
 */
export async function landEach(
  sources: readonly NamedSource[],
  question: Question,
  id: AnswerId,
  store: AnswerStore,
  signal: AbortSignal,
  onRows: (rowsSoFar: number) => void,
): Promise<Landed> {
  await store.begin(id, [clusterColumn]);
  let columns: readonly Column[] = [clusterColumn];
  let rowCount = 0;
  let total: number | undefined = 0;
  let elapsedMs = 0;
  let answered = false;
  let failure: Landed | undefined;
  const gaps: Gap[] = [];
  for (const { name, source } of sources) {
    if (signal.aborted) {
      gaps.push({ kind: "cancelled" });
      break;
    }
    for await (const part of source.ask(question, signal)) {
      if (part.kind === "rows") {
        const merged = withColumns(columns, part.columns);
        columns = merged.columns;
        await store.append(
          id,
          columns,
          part.rows.map((cells) => placed(name, cells, merged.places, columns.length)),
        );
        rowCount += part.rows.length;
        onRows(rowCount);
      } else if (part.kind === "end") {
        answered = true;
        elapsedMs += part.elapsedMs;
        total = total === undefined || part.total === undefined ? undefined : total + part.total;
        gaps.push(...part.completeness.gaps);
      } else {
        failure = part;
        if (part.kind === "unreachable") gaps.push({ kind: "unreachable", reason: part.reason });
        else return part;
      }
    }
  }
  if (!answered && failure !== undefined) return failure;
  const completeness: Completeness = { gaps };
  return { kind: "end", completeness, total: failure === undefined ? total : undefined, elapsedMs };
}

/** The known columns and behind them the new ones; `places` says where each of `added` stands. */
function withColumns(
  known: readonly Column[],
  added: readonly Column[],
): { readonly columns: readonly Column[]; readonly places: readonly number[] } {
  const columns = [...known];
  const places = added.map((column) => {
    // The first column is the source's name; a field of the same name is another one and keeps its own place.
    const place = columns.findIndex(({ name }, index) => index > 0 && name === column.name);
    return place > 0 ? place : columns.push(column) - 1;
  });
  return { columns, places };
}

function placed(name: string, cells: Cells, places: readonly number[], width: number): Cells {
  const row: (string | undefined)[] = new Array<string | undefined>(width).fill(undefined);
  row[0] = name;
  cells.forEach((cell, index) => {
    const place = places[index];
    if (place !== undefined) row[place] = cell;
  });
  return row;
}
