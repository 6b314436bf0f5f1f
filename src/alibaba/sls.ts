import type { CallContext, CallFailure, CallOutcome, SlsOperation } from "./call.ts";
import { callSls } from "./callSls.ts";
import {
  Malformed,
  readContextLogs,
  readHistograms,
  readIndex,
  readLogs,
  readLogstore,
  readLogstoreNames,
  readMeteringMode,
  readProject,
} from "./readSls.ts";

/**
 * The operations of SLS that are used here, each with its answer read and checked. Paths, parameters and shapes are
 * those of the API reference 2020-12-30 (the names in the doc comments) and of Alibaba's own SDKs for it.
 */

/** The project that an operation is asked of. */
export type ProjectAddress = { readonly region: string; readonly project: string };
export type LogstoreAddress = ProjectAddress & { readonly logstore: string };

export type Done<Value> = {
  readonly kind: "done";
  readonly value: Value;
  readonly requestId: string;
  /** When the server answered, by its own clock; undefined where it does not say. */
  readonly serverMs: number | undefined;
};
export type SlsOutcome<Value> = Done<Value> | CallFailure;

/** Statements of SQL may take 55 s, "Limits on analysis" says. */
const QUERY_TIMEOUT_MS = 65_000;
const TIMEOUT_MS = 20_000;

export type LogsRequest = {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** The whole statement as it was written. */
  readonly query: string;
  /** Of a search: how many rows from which one on, and in which order. SQL takes none of them. */
  readonly page:
    | { readonly line: number; readonly offset: number; readonly reverse: boolean; readonly forward?: boolean }
    | undefined;
  /** `mode=scan` looks through the logs that the search half finds, which SPL needs. */
  readonly session?: string;
  /** Rows of a search in the order of their nanoseconds, not only of their minutes. */
  readonly isAccurate?: boolean;
  /** Dedicated SQL, which costs extra. */
  readonly powerSql?: boolean;
};

/** `Record<string, unknown>` in name; the service gives texts alone. */
export type LogRow = Readonly<Record<string, unknown>>;

export type LogsAnswer = {
  readonly rows: readonly LogRow[];
  readonly complete: boolean;
  readonly hasSql: boolean;
  /** The columns of an analysis in the statement's order, with the types that the service tells of them. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Of phrases and scans, which look through part of the logs at a time: where the next part begins, undefined after the last. */
  readonly nextOffset: number | undefined;
  /** How far they were looked through; 0 where that is not said. */
  readonly endOffset: number;
  /** Whether the rows are found by looking through logs, so that a page may hold fewer rows than there are. */
  readonly scanned: boolean;
};

/** `GetLogsV2`. */
export function getLogs(
  context: CallContext,
  { logstore, ...place }: LogstoreAddress,
  request: LogsRequest,
  signal: AbortSignal,
): Promise<SlsOutcome<LogsAnswer>> {
  const { fromSeconds, toSeconds, query, page, session, isAccurate, powerSql } = request;
  const body = {
    from: fromSeconds,
    to: toSeconds,
    query,
    ...page,
    ...(session === undefined ? {} : { session }),
    ...(isAccurate === undefined ? {} : { isAccurate }),
    ...(powerSql === undefined ? {} : { powerSql }),
  };
  const operation = asked("GetLogsV2", place, "POST", `/logstores/${segment(logstore)}/logs`, {
    body,
    timeoutMs: QUERY_TIMEOUT_MS,
  });
  return call(context, operation, readLogs, signal);
}

export type HistogramAnswer = readonly {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly count: number;
  readonly complete: boolean;
}[];

/** `GetHistograms`. `query` is the search half alone. */
export function getHistograms(
  context: CallContext,
  { logstore, ...place }: LogstoreAddress,
  request: { readonly fromSeconds: number; readonly toSeconds: number; readonly query: string },
  signal: AbortSignal,
): Promise<SlsOutcome<HistogramAnswer>> {
  const query = {
    type: "histogram",
    from: String(request.fromSeconds),
    to: String(request.toSeconds),
    query: request.query,
  };
  const operation = asked("GetHistograms", place, "GET", `/logstores/${segment(logstore)}`, {
    query,
    timeoutMs: QUERY_TIMEOUT_MS,
  });
  return call(context, operation, readHistograms, signal);
}

export type IndexedField = {
  readonly name: string;
  readonly type: "text" | "long" | "double" | "json";
  /** "Statistics": whether SQL has it as a column. */
  readonly isColumn: boolean;
  /** Another name of it in SQL; empty for none. */
  readonly alias: string;
  readonly caseSensitive: boolean;
  /** Delimiters; empty where the whole value is one word. */
  readonly token: readonly string[];
};

export type LogIndex = {
  /** The fields with an index of their own, those inside JSON by their dotted names. */
  readonly fields: readonly IndexedField[];
  /** Whether all words of a record can be searched for without a field. */
  readonly fullText: boolean;
  readonly fullTextTokens: readonly string[];
  readonly fullTextCaseSensitive: boolean;
  /** So many bytes of a text SQL has. */
  readonly maxTextLength: number | undefined;
};

/** `GetIndex`. A Logstore without an index is refused as `IndexConfigNotExist`. */
export function getIndex(
  context: CallContext,
  { logstore, ...place }: LogstoreAddress,
  signal: AbortSignal,
): Promise<SlsOutcome<LogIndex>> {
  const operation = asked("GetIndex", place, "GET", `/logstores/${segment(logstore)}/index`, {});
  return call(context, operation, readIndex, signal);
}

export type ContextAnswer = {
  /** Each with `__index_number__`: 0 is the record asked about, those before it have negative numbers. */
  readonly rows: readonly LogRow[];
  readonly complete: boolean;
};

/** `GetContextLogs`: what was written before and after a record, from a day before to a day after it. Both counts are 0–100. */
export function getContextLogs(
  context: CallContext,
  { logstore, ...place }: LogstoreAddress,
  request: { readonly packId: string; readonly packMeta: string; readonly before: number; readonly after: number },
  signal: AbortSignal,
): Promise<SlsOutcome<ContextAnswer>> {
  const query = {
    type: "context_log",
    pack_id: request.packId,
    pack_meta: request.packMeta,
    back_lines: String(request.before),
    forward_lines: String(request.after),
  };
  const operation = asked("GetContextLogs", place, "GET", `/logstores/${segment(logstore)}`, {
    query,
    timeoutMs: QUERY_TIMEOUT_MS,
  });
  return call(context, operation, readContextLogs, signal);
}

export type Logstore = {
  readonly name: string;
  readonly ttlDays: number;
  readonly hotTtlDays: number | undefined;
  readonly infrequentAccessDays: number | undefined;
  readonly shardCount: number | undefined;
  /** A `query` Logstore has no SQL. */
  readonly mode: "standard" | "query" | undefined;
  readonly createdSeconds: number | undefined;
  /** As it came, since an update sends all of it back. */
  readonly source: Readonly<Record<string, unknown>>;
};

/** `GetLogStore`. */
export function getLogstore(
  context: CallContext,
  { logstore, ...place }: LogstoreAddress,
  signal: AbortSignal,
): Promise<SlsOutcome<Logstore>> {
  return call(context, asked("GetLogStore", place, "GET", `/logstores/${segment(logstore)}`, {}), readLogstore, signal);
}

/** What `UpdateLogStore` takes; times and counts that the service keeps itself are not among them. */
const updatable = [
  "appendMeta",
  "autoSplit",
  "enable_tracking",
  "encrypt_conf",
  "hot_ttl",
  "infrequentAccessTTL",
  "logstoreName",
  "maxSplitShard",
  "mode",
  "shardCount",
  "telemetryType",
  "ttl",
];

/**
 * `UpdateLogStore`: keeps records for `ttlDays` (1–3650, 3650 is for good). The other attributes are sent as `current`
 * has them, since what is left out is set back.
 */
export function updateLogstoreTtl(
  context: CallContext,
  { logstore, ...place }: LogstoreAddress,
  current: Logstore,
  ttlDays: number,
  signal: AbortSignal,
): Promise<SlsOutcome<undefined>> {
  const kept = Object.entries(current.source).filter(([name]) => updatable.includes(name));
  const hot = current.hotTtlDays;
  const body = {
    ...Object.fromEntries(kept),
    logstoreName: logstore,
    ttl: ttlDays,
    // Records cannot stay hot for longer than they are kept.
    ...(hot !== undefined && hot > ttlDays ? { hot_ttl: ttlDays } : {}),
  };
  return call(
    context,
    asked("UpdateLogStore", place, "PUT", `/logstores/${segment(logstore)}`, { body }),
    nothing,
    signal,
  );
}

/** `DeleteLogStore`, with all its records. It is not sent twice: the second time would find none and seem to have failed. */
export function deleteLogstore(
  context: CallContext,
  { logstore, ...place }: LogstoreAddress,
  signal: AbortSignal,
): Promise<SlsOutcome<undefined>> {
  const operation = asked("DeleteLogStore", place, "DELETE", `/logstores/${segment(logstore)}`, { repeatable: false });
  return call(context, operation, nothing, signal);
}

/** Logstores that one request lists; the API's maximum. */
const LIST_SIZE = 500;

/** `ListLogStores`: the names that contain `name`, of all pages. */
export async function listLogstores(
  context: CallContext,
  place: ProjectAddress,
  name: string,
  signal: AbortSignal,
): Promise<SlsOutcome<readonly string[]>> {
  const names: string[] = [];
  for (;;) {
    const query = { logstoreName: name, offset: String(names.length), size: String(LIST_SIZE) };
    const page = await call(
      context,
      asked("ListLogStores", place, "GET", "/logstores", { query }),
      readLogstoreNames,
      signal,
    );
    if (page.kind !== "done") return page;
    names.push(...page.value.names);
    if (page.value.names.length < LIST_SIZE || names.length >= page.value.total) return { ...page, value: names };
  }
}

export type Project = { readonly name: string; readonly region: string; readonly status: string };

/** `GetProject`. */
export function getProject(
  context: CallContext,
  place: ProjectAddress,
  signal: AbortSignal,
): Promise<SlsOutcome<Project>> {
  return call(context, asked("GetProject", place, "GET", "/", {}), readProject, signal);
}

export type MeteringMode = "ChargeByFunction" | "ChargeByDataIngest" | "unknown";

/** `GetLogStoreMeteringMode`: whether what is done is billed, or what is written. */
export function getMeteringMode(
  context: CallContext,
  { logstore, ...place }: LogstoreAddress,
  signal: AbortSignal,
): Promise<SlsOutcome<MeteringMode>> {
  const operation = asked("GetLogStoreMeteringMode", place, "GET", `/logstores/${segment(logstore)}/meteringmode`, {});
  return call(context, operation, readMeteringMode, signal);
}

// --------------------------------------------------------------------------------------------------- calls

function asked(
  name: string,
  { region, project }: ProjectAddress,
  method: SlsOperation["method"],
  path: string,
  more: Partial<Pick<SlsOperation, "query" | "body" | "timeoutMs" | "repeatable">>,
): SlsOperation {
  return {
    name,
    region,
    project,
    method,
    path,
    query: {},
    body: undefined,
    timeoutMs: TIMEOUT_MS,
    repeatable: true,
    ...more,
  };
}

/** A name as a part of a path. */
function segment(name: string): string {
  return encodeURIComponent(name);
}

async function call<Value>(
  context: CallContext,
  operation: SlsOperation,
  read: (json: unknown) => Value | Malformed,
  signal: AbortSignal,
): Promise<SlsOutcome<Value>> {
  const outcome: CallOutcome = await callSls(context, operation, signal);
  if (outcome.kind !== "ok") return outcome;
  const value = read(outcome.json);
  if (value instanceof Malformed) {
    return { kind: "malformed", detail: `${operation.name}: ${value.where}`, requestId: outcome.requestId };
  }
  const serverMs = Date.parse(outcome.headers["date"] ?? "");
  return {
    kind: "done",
    value,
    requestId: outcome.requestId,
    serverMs: Number.isNaN(serverMs) ? undefined : serverMs,
  };
}

function nothing(): undefined {
  return undefined;
}
