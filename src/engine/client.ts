import type { LogRecord } from "../audit/event.ts";
import type { ClusterId } from "../audit/ids.ts";
import type { Unreachable } from "../logs/answer.ts";
import type { AnswerStore } from "../logs/answerStore.ts";
import type { LogSource } from "../logs/logSource.ts";
import type { TimeRange } from "../logs/question.ts";

/** Names a store: the records of one imported file, or of one log that records are appended to. */
export type StoreId = string;

/** A line that is not a record. `line` counts from 1. */
export type RejectedLine = {
  readonly line: number;
  readonly reason: "notJson" | "notAnObject" | "notUtf8" | "noTime" | "tooLong" | "wrongColumnCount" | "truncated";
};

/** What an import found. Rows kept + lines rejected = lines that are not blank. */
export type ImportedStore = {
  readonly id: StoreId;
  readonly recordCount: number;
  readonly rejectedCount: number;
  /** The first 1,000 of them. */
  readonly rejected: readonly RejectedLine[];
  readonly clusters: readonly { readonly id: ClusterId | undefined; readonly recordCount: number }[];
  readonly bounds: TimeRange | undefined;
  /** Fields of the audit schema that no record of the file has; said to the user, never guessed. */
  readonly missingFields: readonly string[];
  /** The file was imported before and its store was used again. */
  readonly reused: boolean;
};

export type ImportOutcome =
  | { readonly kind: "imported"; readonly store: ImportedStore }
  | { readonly kind: "notAuditLog"; readonly reason: "noTime" | "noAuditField" | "unknownFormat" | "empty" }
  | { readonly kind: "unreadable"; readonly detail: string }
  | { readonly kind: "cancelled" }
  | { readonly kind: "unreachable"; readonly reason: Unreachable };

export type ImportProgress = { readonly bytesRead: number; readonly bytesTotal: number; readonly recordCount: number };

export type EngineOptions = {
  /** The script of the process, `dist/engine.cjs`. */
  readonly script: string;
  /** Where stores lie, shared by all windows. */
  readonly storesFolder: string;
  /** Where the answers of this window lie. */
  readonly answersFolder: string;
  readonly memoryLimitBytes: number;
  readonly storesLimitBytes: number;
  readonly answersLimitBytes: number;
  /** The process ends after so long without work. */
  readonly idleMs: number;
};

/** The typed client of the one engine process: starts it on first use, restarts it after a crash, ends it when idle. */
export interface Engine {
  readonly answers: AnswerStore;
  importFile(
    path: string,
    onProgress: (progress: ImportProgress) => void,
    /** Called once, beside the import, with the first records in file order. */
    onFirstRecords: (records: readonly LogRecord[]) => void,
    signal: AbortSignal,
  ): Promise<ImportOutcome>;
  /** Makes an empty log in memory (or empties it): the sample's. It is gone with the process; `onLost` tells. */
  createLog(id: StoreId, onLost: () => void): Promise<Unreachable | undefined>;
  appendRecords(id: StoreId, records: readonly LogRecord[]): Promise<Unreachable | undefined>;
  /** The records of one cluster of a store, or all of them. `prepare` runs before every question (the sample appends there). */
  source(id: StoreId, cluster: ClusterId | undefined, prepare?: (signal: AbortSignal) => Promise<void>): LogSource;
  /** Removes every imported file's store. Returns the bytes set free. */
  removeStores(): Promise<number>;
  dispose(): Promise<void>;
}
