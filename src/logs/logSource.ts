import type { LogRecord } from "../audit/event.ts";
import type { LogIndex } from "../audit/logIndex.ts";
import type { AnswerPart, Cells, Column, Completeness, Unreachable } from "./answer.ts";
import type { AnswerId } from "./answerStore.ts";
import type { Question, TimeRange } from "./question.ts";

export type HistogramBucket = TimeRange & { readonly count: number };

export type Histogram =
  | { readonly kind: "buckets"; readonly buckets: readonly HistogramBucket[]; readonly completeness: Completeness }
  | Extract<AnswerPart, { kind: "refused" | "unreachable" }>;

/** The SQL that a source of this machine answers a question with, as a person reads it. */
export type Explained =
  | { readonly kind: "sql"; readonly sql: string }
  | Extract<AnswerPart, { kind: "refused" | "unreachable" }>;

/** A value seen in a field and how often, most frequent first. */
export type SeenValue = { readonly value: string; readonly count: number };

/** What a collector wrote before and after a record, in the order in which it was written. */
export type RecordContext =
  | {
      readonly kind: "context";
      readonly columns: readonly Column[];
      readonly rows: readonly Cells[];
      /** Which of the rows is the record itself; -1 where the answer does not have it. */
      readonly anchor: number;
      readonly completeness: Completeness;
    }
  /** The record has no place: it was not written by a collector that marks one, or it is not found any more. */
  | { readonly kind: "noPlace" }
  | { readonly kind: "unreachable"; readonly reason: Unreachable };

export type IndexFields =
  | ({ readonly kind: "fields" } & LogIndex)
  | { readonly kind: "unreachable"; readonly reason: Unreachable };

/** One Logstore: where the records of a cluster can be asked for. Implementations pass test/unit/logs/logSourceSuite.ts. */
export interface LogSource {
  /** Rows of a search come newest first (by time, then by `eventId`); rows of SQL in the order the statement gives. */
  ask(question: Question, signal: AbortSignal): AsyncIterable<AnswerPart>;
  /**
   * The same, but the rows go straight into the answer store; the parts that come back are only the end, or why there
   * is none. A source that has this keeps a million rows out of this process; others are pumped by `land`.
   */
  readonly askInto?: (
    question: Question,
    answer: AnswerId,
    signal: AbortSignal,
  ) => Promise<Exclude<AnswerPart, { kind: "rows" }>>;
  /** How the rows of the question's search half lie in time, in about `buckets` equal buckets. */
  histogram(question: Question, buckets: number, signal: AbortSignal): Promise<Histogram>;
  /** What the question becomes where it is answered. Only a source that translates it has this. */
  readonly explain?: (question: Question, signal: AbortSignal) => Promise<Explained>;
  values(
    field: string,
    prefix: string,
    range: TimeRange,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly SeenValue[] | Unreachable>;
  /** From the oldest record to behind the second of the newest; undefined where there is none. */
  bounds(signal: AbortSignal): Promise<TimeRange | Unreachable | undefined>;
  /** What was written around a record; at most 100 records on each side. Only a service keeps that. */
  readonly context?: (record: LogRecord, before: number, after: number, signal: AbortSignal) => Promise<RecordContext>;
  /** What the index has, for the services of the language. Only a service has one to be asked for. */
  readonly indexFields?: (signal: AbortSignal) => Promise<IndexFields>;
  /**
   * The records of a search as they arrive, from `range.fromMs` on; the range's end means nothing. Parts come oldest
   * first and none comes without rows; the end says that it was cancelled. Only a service has new records.
   */
  readonly follow?: (question: Question, signal: AbortSignal) => AsyncIterable<AnswerPart>;
}
