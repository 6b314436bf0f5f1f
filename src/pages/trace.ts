import type { AuditUser } from "../audit/event.ts";
import type { TraceId } from "../audit/ids.ts";
import type { Stretch } from "../audit/timeline.ts";
import type { TimeRange } from "../logs/question.ts";
import { type FromAnyPage, readFromAnyPage, readKind, readOneOf, readText, type Shown } from "./message.ts";
import type { Risk } from "./risk.ts";
import type { Identity } from "./traceUser.ts";

declare const brand: unique symbol;
/** Names a line of one trace, the same each time the trace is built from the same records. Made by `lineIds`. */
export type LineId = string & { readonly [brand]: "LineId" };

/** What every line that stands for a record has. `at` is its place on the axis, 0 … 1. */
type RecordLine = {
  readonly id: LineId;
  readonly atMs: number;
  readonly at: number;
  readonly depth: number;
  /** Whole: the page searches it. */
  readonly text: string;
  readonly risk: Risk | undefined;
};

/** One line of the trace, in the order of the written-out process tree. */
export type TraceLine =
  | (RecordLine & {
      readonly kind: "command";
      readonly program: string;
      readonly workingDirectory: string;
      readonly uid: string;
      /** The uid of the command that started it, or else of the one before it, where this one's differs. */
      readonly uidBefore: string | undefined;
      /** Its parent was not recorded: what the record calls that parent, empty where it does not. */
      readonly orphanOf: string | undefined;
    })
  | (RecordLine & { readonly kind: "entry" })
  /** A record of a kind that nobody has documented, or another entry under the same trace id. */
  | (RecordLine & { readonly kind: "other"; readonly recordKind: string })
  /** Nothing was recorded in the whole trace between these times; stands before the line that ended it. */
  | {
      readonly kind: "idle";
      readonly fromMs: number;
      readonly toMs: number;
      readonly at: number;
      readonly depth: number;
    };

export type TraceState =
  | { readonly kind: "loading"; readonly trace: TraceId; readonly cluster: string }
  | {
      readonly kind: "failed";
      readonly trace: TraceId;
      readonly cluster: string;
      /** Worded by the host: one sentence, and what the source itself said, if it said something. */
      readonly message: string;
      readonly detail: string;
      readonly canRetry: boolean;
    }
  | {
      readonly kind: "trace";
      readonly trace: TraceId;
      readonly account: string;
      readonly cluster: string;
      readonly user: AuditUser;
      /** Who the user's account id is; undefined where that is not known, or not yet. */
      readonly identity: Identity | undefined;
      readonly namespace: string;
      readonly pod: string;
      readonly container: string;
      readonly image: string;
      readonly node: string;
      /** What was run at the entry; empty where the entry was not recorded. */
      readonly command: string;
      readonly entryRecorded: boolean;
      readonly firstMs: number;
      readonly lastMs: number;
      /** The range that was searched; commands outside it are not shown. */
      readonly searched: TimeRange;
      readonly commandCount: number;
      readonly riskyCount: number;
      /** In the order of their first appearance. */
      readonly uids: readonly string[];
      readonly lines: readonly TraceLine[];
      /** Idle stretches take a break of one width; the rest is to scale. */
      readonly axis: readonly Stretch[];
      /** Why this is not the whole truth, each worded by the host; none: all that was recorded in the range is here. */
      readonly gaps: readonly string[];
      /** The line that is selected when the page opens: the event asked for, else the first risky one. */
      readonly selected: LineId | undefined;
    };

/** What the side panel shows of one line beside what the line itself says. */
export type LineDetail = {
  readonly line: LineId;
  /** From the first process down to this one, itself included; of an entry or other record only itself. */
  readonly ancestry: readonly { readonly line: LineId; readonly program: string }[];
  readonly pid: number | undefined;
  readonly parentPid: number | undefined;
  readonly parentName: string;
  readonly node: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
};

export type ToTrace =
  | ({
      readonly kind: "state";
      readonly state: TraceState;
      /** Plain data that the page keeps with its own state, so that the host finds the trace again after a reload. */
      readonly restore: Readonly<Record<string, unknown>>;
    } & Shown<TraceWord>)
  | { readonly kind: "detail"; readonly detail: LineDetail }
  /** Found out after the trace was shown. */
  | { readonly kind: "identity"; readonly trace: TraceId; readonly identity: Identity }
  /** Said to a reader of the screen and shown for a moment, e.g. after a copy. */
  | { readonly kind: "announce"; readonly text: string };

/** What is copied of a line: its command line or its record; of the trace: its text or its id. */
export const lineCopies = ["commandLine", "record"] as const;
export const traceCopies = ["text", "traceId"] as const;

/** What a user does on the page. A message that means a line names its trace as well, as the host may have moved on. */
export type FromTrace =
  | FromAnyPage
  | { readonly kind: "select"; readonly trace: TraceId; readonly line: LineId }
  | {
      readonly kind: "copyLine";
      readonly trace: TraceId;
      readonly line: LineId;
      readonly what: (typeof lineCopies)[number];
    }
  | { readonly kind: "copyField"; readonly trace: TraceId; readonly line: LineId; readonly field: string }
  | { readonly kind: "copyTrace"; readonly what: (typeof traceCopies)[number] }
  | { readonly kind: "openRows" | "openAsText" | "retry" };

/** A page's message, checked field by field; undefined where it is none that the page posts. */
export function readFromTrace(message: unknown): FromTrace | undefined {
  const read = readKind(message);
  if (read === undefined) return undefined;
  const trace = readText(read["trace"], 1_000) as TraceId | undefined;
  const line = readText(read["line"], 1_000) as LineId | undefined;
  switch (read.kind) {
    case "select":
      return trace === undefined || line === undefined ? undefined : { kind: "select", trace, line };
    case "copyLine": {
      const what = readOneOf(read["what"], lineCopies);
      return trace === undefined || line === undefined || what === undefined
        ? undefined
        : { kind: "copyLine", trace, line, what };
    }
    case "copyField": {
      const field = readText(read["field"], 1_000);
      return trace === undefined || line === undefined || field === undefined
        ? undefined
        : { kind: "copyField", trace, line, field };
    }
    case "copyTrace": {
      const what = readOneOf(read["what"], traceCopies);
      return what === undefined ? undefined : { kind: "copyTrace", what };
    }
    case "openRows":
    case "openAsText":
    case "retry":
      return { kind: read.kind };
    default:
      return readFromAnyPage(read);
  }
}

export type TraceWord = (typeof traceWords)[number];
/** The texts of the page; their English is in test/pages/words.ts, their wording in src/editor. */
export const traceWords = [
  "page",
  "loading",
  "loadingWhere",
  "retry",
  "traceId",
  "copyTraceId",
  "enteredBy",
  "enteredByRunning",
  "entryNotRecorded",
  "unknownUser",
  "groups",
  "image",
  "commandsOne",
  "commandsMany",
  "riskyNone",
  "riskyOne",
  "riskyMany",
  "uids",
  "atLeast",
  "searchedRange",
  "utc",
  "days",
  "hours",
  "minutes",
  "seconds",
  "idle",
  "idleRange",
  "incomplete",
  "tree",
  "entryLine",
  "entryLineRunning",
  "otherLine",
  "uid",
  "uidBecomes",
  "uidBecomesRoot",
  "uidFrom",
  "orphan",
  "orphanUnknown",
  "riskyBelow",
  "strip",
  "find",
  "found",
  "foundNone",
  "nextRisky",
  "previousRisky",
  "openRows",
  "openAsText",
  "copy",
  "copyText",
  "copyCommandLine",
  "copyRecord",
  "copyValue",
  "expandAll",
  "collapseAll",
  "more",
  "detail",
  "resizeDetail",
  "command",
  "entry",
  "otherRecord",
  "time",
  "sinceEntry",
  "sinceFirst",
  "directory",
  "pid",
  "pidOf",
  "node",
  "ancestry",
  "record",
  "emptyValue",
  "showWhole",
  "low",
  "medium",
  "high",
  "critical",
  "ruleOf",
] as const;
