import type { Problem } from "../sls/check/problems.ts";
import type { TimeRange } from "./question.ts";

/** A column as the answer names it. `kind` guides alignment and sorting; every cell is text. */
export type Column = {
  readonly name: string;
  readonly kind: "text" | "number" | "time" | "json";
  /** Taken out of a record's JSON field, to be read, sorted and filtered; no field of the record itself. */
  readonly derived?: true;
};

/** One cell per column, in the columns' order; undefined where the row has no such field, as SLS answers none. */
export type Cells = readonly (string | undefined)[];

/**
 * Why an answer is not the whole truth. Each is worded by the editor. `range` is the part that is missing or may lack
 * rows; without it that may be any part.
 */
export type Gap =
  /** The service said to the end that its answer is incomplete, or its answers did not agree with each other. */
  | { readonly kind: "server"; readonly range?: TimeRange }
  | { readonly kind: "cancelled" }
  | { readonly kind: "rowCap"; readonly rows: number }
  | { readonly kind: "timeCap"; readonly seconds: number }
  | { readonly kind: "quota"; readonly range?: TimeRange }
  | { readonly kind: "importing"; readonly fraction: number }
  | { readonly kind: "unreachable"; readonly reason: Unreachable; readonly range?: TimeRange };

/** No gaps: complete. Completeness is always said, never assumed. */
export type Completeness = { readonly gaps: readonly Gap[] };

/** Why a source gave no answer at all. `detail` is the source's own text, shown as data. */
export type Unreachable = {
  readonly code: "engineStopped" | "engineFailed" | "network" | "denied" | "notFound" | "outOfMemory";
  readonly detail: string;
  /** What of a service in the network it was, where that is known; each has another remedy. */
  readonly cause?: UnreachableCause;
};

export type UnreachableCause =
  /** No answer in time. */
  | "timeout"
  /** The name of the endpoint has no address. */
  | "dns"
  /** Nothing listens there, or it hung up. */
  | "refused"
  | "reset"
  | "tls"
  | "proxy"
  /** An answer that cannot be read: badly compressed, too large, no JSON or of another shape than is documented. */
  | "compression"
  | "tooLarge"
  | "malformed"
  /** The service reports a fault of its own. */
  | "service"
  /** The service was asked too often, and still was after waiting. */
  | "throttled"
  /** There is no valid credential. */
  | "credential"
  /** The Logstore has no index, so it cannot be searched. */
  | "index";

/**
 * An answer arrives in parts: rows in as many parts as needed, then one end. `columns` may grow from part to part
 * (a later page may show a field that the earlier ones did not have), never change or shrink.
 */
export type AnswerPart =
  | { readonly kind: "rows"; readonly columns: readonly Column[]; readonly rows: readonly Cells[] }
  | {
      readonly kind: "end";
      readonly completeness: Completeness;
      /** Rows that match, where the source knows (a search has a histogram); else undefined. */
      readonly total: number | undefined;
      readonly elapsedMs: number;
    }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] }
  | { readonly kind: "unreachable"; readonly reason: Unreachable };
