import type { AnswerPart, Completeness, Unreachable } from "./answer.ts";
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
}
