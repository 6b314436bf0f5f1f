import type { Cells, Column, Completeness } from "./answer.ts";
import type { TimeRange } from "./question.ts";

declare const brand: unique symbol;
/** Names one stored answer. Made by `newAnswerId`, unique for all windows and times. */
export type AnswerId = string & { readonly [brand]: "AnswerId" };

/** What is kept beside the rows, so that a page can be restored after a reload without asking again. */
export type AnswerFacts = {
  readonly id: AnswerId;
  readonly title: string;
  readonly statement: string;
  /** Where it was asked: account and cluster names, as shown. */
  readonly account: string;
  readonly clusters: readonly string[];
  readonly range: TimeRange;
  readonly zone: string;
  readonly askedAtMs: number;
  readonly elapsedMs: number;
  readonly completeness: Completeness;
  readonly rowCount: number;
  readonly total: number | undefined;
  readonly columns: readonly Column[];
};

/** How rows are to be shown: sorting and filtering happen in the store, over all rows of the answer. */
export type View = {
  readonly sort: readonly { readonly column: string; readonly descending: boolean }[];
  /** Rows that contain this text in any cell, without regard to case; empty for all. */
  readonly filter: string;
};

/** Rows `from` … `from + rows.length` of a view; `ordinals` are the rows' places in the answer as it came. */
export type RowWindow = {
  readonly columns: readonly Column[];
  readonly from: number;
  readonly rows: readonly Cells[];
  readonly ordinals: readonly number[];
  /** Rows the view has after its filter. */
  readonly rowCount: number;
};

/** Answers on disk, bounded in bytes, least recently used first to go. */
export interface AnswerStore {
  begin(id: AnswerId, columns: readonly Column[]): Promise<void>;
  /** Columns may have grown since `begin`. */
  append(id: AnswerId, columns: readonly Column[], rows: readonly Cells[]): Promise<void>;
  /** `rowCount` and `columns` are the store's to know: what it returns has them right. Undefined where the rows are gone. */
  finish(facts: AnswerFacts): Promise<AnswerFacts | undefined>;
  facts(id: AnswerId): Promise<AnswerFacts | undefined>;
  window(id: AnswerId, view: View, from: number, count: number, signal: AbortSignal): Promise<RowWindow | undefined>;
  /** Removes one answer, or all of them. */
  remove(id: AnswerId | "all"): Promise<void>;
}
