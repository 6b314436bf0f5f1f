import type { LogRecord } from "../audit/event.ts";
import type { ClusterId } from "../audit/ids.ts";
import type { AnswerPart, Cells, Column, Unreachable } from "../logs/answer.ts";
import type { AnswerFacts, AnswerId, RowWindow, View } from "../logs/answerStore.ts";
import type { Explained, Histogram, SeenValue } from "../logs/logSource.ts";
import type { Question, TimeRange } from "../logs/question.ts";
import type { EngineOptions, ImportOutcome, ImportProgress, StoreId } from "./client.ts";

/** The log that a question is for. */
export type LogName = { readonly store: StoreId; readonly cluster: ClusterId | undefined };

/** What the process is asked for and what it gives back, by the request's kind. */
export type Calls = {
  ask: { readonly asks: { readonly log: LogName; readonly question: Question }; readonly gives: EndPart };
  askInto: {
    readonly asks: { readonly log: LogName; readonly question: Question; readonly answer: AnswerId };
    readonly gives: EndPart;
  };
  histogram: {
    readonly asks: { readonly log: LogName; readonly question: Question; readonly buckets: number };
    readonly gives: Histogram;
  };
  explain: { readonly asks: { readonly log: LogName; readonly question: Question }; readonly gives: Explained };
  values: {
    readonly asks: {
      readonly log: LogName;
      readonly field: string;
      readonly prefix: string;
      readonly range: TimeRange;
      readonly limit: number;
    };
    readonly gives: readonly SeenValue[];
  };
  bounds: { readonly asks: { readonly log: LogName }; readonly gives: TimeRange | undefined };
  importFile: { readonly asks: { readonly path: string }; readonly gives: ImportOutcome };
  createLog: { readonly asks: { readonly store: StoreId }; readonly gives: undefined };
  appendRecords: {
    readonly asks: { readonly store: StoreId; readonly records: readonly LogRecord[] };
    readonly gives: undefined;
  };
  removeStores: { readonly asks: unknown; readonly gives: number };
  beginAnswer: {
    readonly asks: { readonly answer: AnswerId; readonly columns: readonly Column[] };
    readonly gives: undefined;
  };
  appendAnswer: {
    readonly asks: { readonly answer: AnswerId; readonly columns: readonly Column[]; readonly rows: readonly Cells[] };
    readonly gives: undefined;
  };
  finishAnswer: { readonly asks: { readonly facts: AnswerFacts }; readonly gives: AnswerFacts | undefined };
  answerFacts: { readonly asks: { readonly answer: AnswerId }; readonly gives: AnswerFacts | undefined };
  answerWindow: {
    readonly asks: { readonly answer: AnswerId; readonly view: View; readonly from: number; readonly count: number };
    readonly gives: RowWindow | undefined;
  };
  removeAnswers: { readonly asks: { readonly answer: AnswerId | "all" }; readonly gives: undefined };
};

export type CallKind = keyof Calls;

/** What ends an answer. */
export type EndPart = Exclude<AnswerPart, { kind: "rows" }>;

export type RowsPart = Extract<AnswerPart, { kind: "rows" }>;

export type Call<Kind extends CallKind = CallKind> = {
  [Name in Kind]: { readonly kind: Name } & Calls[Name]["asks"];
}[Kind];

/** What the process is told when it starts. */
export type EngineSettings = Omit<EngineOptions, "script" | "idleMs">;

export type ToProcess =
  | { readonly kind: "settings"; readonly settings: EngineSettings }
  | { readonly kind: "call"; readonly request: number; readonly call: Call }
  | { readonly kind: "cancel"; readonly request: number }
  /** A part was taken: one more may be sent. Keeps a slow reader's rows in the process, where they may spill. */
  | { readonly kind: "taken"; readonly request: number };

export type FromProcess =
  | { readonly kind: "rows"; readonly request: number; readonly part: RowsPart }
  | { readonly kind: "progress"; readonly request: number; readonly progress: ImportProgress }
  | { readonly kind: "firstRecords"; readonly request: number; readonly records: readonly LogRecord[] }
  | { readonly kind: "done"; readonly request: number; readonly result: Calls[CallKind]["gives"] }
  | { readonly kind: "failed"; readonly request: number; readonly reason: Unreachable }
  | { readonly kind: "cancelled"; readonly request: number };

/** So many parts may be under way to a reader that has not taken them. */
export const PARTS_AHEAD = 2;
