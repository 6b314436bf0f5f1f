import type { AnswerPart, Unreachable } from "./answer.ts";
import type { AnswerId, AnswerStore } from "./answerStore.ts";
import type { LogSource } from "./logSource.ts";
import type { Question } from "./question.ts";

/** What an answer ends with once its rows are stored. */
export type Landed = Exclude<AnswerPart, { kind: "rows" }>;

/** Thrown by an answer store that cannot be written or read at all: its process ended, its disk is full. */
export class StoreFailure extends Error {
  readonly reason: Unreachable;

  constructor(reason: Unreachable) {
    super(`${reason.code}: ${reason.detail}`);
    this.reason = reason;
  }
}

/**
 * Asks a question and puts the rows into the answer store under `id`, which is begun and not finished: who asked knows
 * the facts that finish it. A source that can writes the rows itself; the rows of any other are pumped from part to part.
 */
export async function land(
  source: LogSource,
  question: Question,
  id: AnswerId,
  store: AnswerStore,
  signal: AbortSignal,
  onRows: (rowsSoFar: number) => void,
): Promise<Landed> {
  try {
    if (source.askInto !== undefined) {
      const landed = await source.askInto(question, id, signal);
      const stored = await store.window(id, { sort: [], filter: "" }, 0, 0, signal);
      onRows(stored?.rowCount ?? 0);
      return landed;
    }
    await store.begin(id, []);
    let rowCount = 0;
    for await (const part of source.ask(question, signal)) {
      if (part.kind !== "rows") {
        return part;
      }
      await store.append(id, part.columns, part.rows);
      rowCount += part.rows.length;
      onRows(rowCount);
    }
  } catch (failure) {
    if (failure instanceof StoreFailure) {
      return { kind: "unreachable", reason: failure.reason };
    }
    throw failure;
  }
  throw new Error("The answer has no end.");
}
