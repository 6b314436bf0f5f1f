/** A small SLS in this process, behind the transport: one Logstore that is searched for everything, and faults on demand. */
import type { CallContext, CallEvent } from "../../../src/alibaba/call.ts";
import type { Credential, CredentialProvider } from "../../../src/alibaba/credential.ts";
import type { HttpAnswer, HttpRequest, Limits, Transport, TransportFailure } from "../../../src/alibaba/http.ts";
import { createSlsLimits } from "../../../src/alibaba/slsLimits.ts";
import { createSlsLogSource } from "../../../src/alibaba/slsLogSource.ts";
import type { AnswerPart, Cells, Column } from "../../../src/logs/answer.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import { recordOf } from "../../../src/logs/record.ts";

export type Row = Readonly<Record<string, string>>;

export type CallKind =
  | "logs"
  | "histogram"
  | "index"
  | "context"
  | "listLogstores"
  | "getLogstore"
  | "updateLogstore"
  | "deleteLogstore"
  | "project"
  | "metering";

export type Called = {
  readonly kind: CallKind;
  /** Which call of its kind it is, from 0. */
  readonly nth: number;
  readonly request: HttpRequest;
  readonly body: Readonly<Record<string, unknown>>;
};

export type Fault = HttpAnswer | TransportFailure | "incomplete" | undefined;

export const startSeconds = 1_760_000_000;
export const never = new AbortController().signal;

export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    kind: "answer",
    status,
    headers: { "x-log-requestid": "r-1", "content-type": "application/json", ...headers },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}

export function refusal(status: number, errorCode: string, errorMessage = "told so"): HttpAnswer {
  return json({ errorCode, errorMessage }, status);
}

export class LogService implements Transport {
  rows: Row[];
  readonly called: Called[] = [];
  /** What happens instead of an answer. It sees the call before it is answered. */
  fault: (called: Called) => Fault | Promise<Fault> = () => undefined;
  /** What statements with a pipe answer. */
  analysis: (query: string) => unknown = () => ({ meta: { progress: "Complete", hasSQL: true, keys: [] }, data: [] });
  buckets = 60;
  inFlight = 0;
  mostInFlight = 0;
  latency: () => Promise<void> = async () => undefined;
  /** Called before each answer, e.g. for a record that arrives meanwhile. */
  meanwhile: (called: Called) => void = () => undefined;
  deleted = false;
  logstore: Record<string, unknown> = {
    logstoreName: "advaudit-c1",
    ttl: 180,
    shardCount: 2,
    mode: "standard",
    autoSplit: true,
    createTime: 1,
  };

  constructor(rows: readonly Row[]) {
    this.rows = [...rows];
  }

  close(): void {}

  count(kind: CallKind): number {
    return this.called.filter((called) => called.kind === kind).length;
  }

  async send(request: HttpRequest, { signal }: Limits): Promise<HttpAnswer | TransportFailure> {
    if (signal.aborted) return { kind: "failure", reason: "aborted", detail: "" };
    const kind = kindOf(request);
    const body: Record<string, unknown> =
      request.body === undefined ? {} : JSON.parse(new TextDecoder().decode(request.body));
    const called: Called = { kind, nth: this.count(kind), request, body };
    this.called.push(called);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    try {
      await this.latency();
      const fault = await this.fault(called);
      if (signal.aborted) return { kind: "failure", reason: "aborted", detail: "" };
      if (fault !== undefined && fault !== "incomplete") return fault;
      this.meanwhile(called);
      return json(this.#answer(called, fault === undefined ? "Complete" : "Incomplete"), 200, {
        date: new Date((startSeconds + 10_000) * 1000).toUTCString(),
      });
    } finally {
      this.inFlight -= 1;
    }
  }

  #answer({ kind, request, body }: Called, progress: string): unknown {
    const query = request.url.searchParams;
    switch (kind) {
      case "logs": {
        const statement = String(body["query"]);
        if (statement.includes("|") && !statement.includes("with_pack_meta")) {
          const answer = this.analysis(statement) as { meta: object; data: unknown };
          return { ...answer, meta: { ...answer.meta, progress } };
        }
        const line = Number(body["line"] ?? 100);
        const offset = Number(body["offset"] ?? 0);
        const found = this.#within(Number(body["from"]), Number(body["to"]));
        const page = found.slice(offset, offset + line);
        const data = statement.includes("with_pack_meta") ? page.map(placed) : page;
        // What is incomplete has part of its rows.
        const shown = progress === "Complete" ? data : data.slice(0, Math.floor(data.length / 2));
        return { meta: { progress, count: shown.length, hasSQL: false, mode: 0 }, data: shown };
      }
      case "histogram": {
        const [from, to] = [Number(query.get("from")), Number(query.get("to"))];
        const step = Math.max(1, Math.ceil((to - from) / this.buckets));
        const answer = [];
        for (let at = from; at < to; at += step) {
          const end = Math.min(at + step, to);
          const count = this.#within(at, end).length;
          answer.push({ from: at, to: end, count: progress === "Complete" ? count : Math.floor(count / 2), progress });
        }
        return answer;
      }
      case "index":
        return {
          line: { token: [" "], caseSensitive: false, chn: false },
          keys: {
            kind: { type: "text", doc_value: true, token: [], caseSensitive: false },
            process: {
              type: "json",
              doc_value: true,
              json_keys: { name: { type: "text", doc_value: true }, pid: { type: "long", doc_value: false } },
            },
          },
        };
      case "context": {
        const at = Number(query.get("pack_meta")?.slice("meta-".length));
        const [before, after] = [Number(query.get("back_lines")), Number(query.get("forward_lines"))];
        const logs = this.rows
          .map((row, index) => ({ ...row, __index_number__: String(index - at) }))
          .filter((_, index) => index >= at - before && index <= at + after);
        return { total_lines: logs.length, back_lines: before, forward_lines: after, progress, logs };
      }
      case "listLogstores": {
        const names = ["advaudit-c1", "advaudit-c10", "audit-c1"].filter((name) =>
          name.includes(query.get("logstoreName") ?? ""),
        );
        const offset = Number(query.get("offset"));
        return {
          count: names.length,
          total: names.length,
          logstores: names.slice(offset, offset + Number(query.get("size"))),
        };
      }
      case "getLogstore":
        return this.logstore;
      case "updateLogstore":
        this.logstore = { ...this.logstore, ...body };
        return undefined;
      case "deleteLogstore":
        this.deleted = true;
        return undefined;
      case "project":
        return { projectName: "k8s-log-c1", region: "cn-hangzhou", status: "Normal" };
      case "metering":
        return { meteringMode: "ChargeByFunction" };
      default:
        return kind satisfies never;
    }
  }

  #sorted: { readonly count: number; readonly rows: readonly (readonly [number, Row])[] } | undefined;

  /** Newest first, as accurate as the minute: within one the order is the service's own, always the same. */
  #within(from: number, to: number): readonly Row[] {
    if (this.#sorted?.count !== this.rows.length) {
      const keyed = this.rows.map((row) => {
        const seconds = Number(row["__time__"]);
        return { row, seconds, minute: Math.floor(seconds / 60), mixed: mixed(String(row["eventId"])) };
      });
      keyed.sort((left, right) => right.minute - left.minute || left.mixed - right.mixed);
      this.#sorted = { count: keyed.length, rows: keyed.map(({ row, seconds }) => [seconds, row]) };
    }
    return this.#sorted.rows.filter(([seconds]) => from <= seconds && seconds < to).map(([, row]) => row);
  }
}

function mixed(text: string): number {
  let hash = 17;
  for (const letter of text) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0;
  return hash;
}

function placed(row: Row): Row {
  return { ...row, "__tag__:__pack_id__": "pack-1", __pack_meta__: `meta-${row["place"] ?? "0"}` };
}

function kindOf({ method, url }: HttpRequest): CallKind {
  const type = url.searchParams.get("type");
  const path = url.pathname;
  if (path.endsWith("/logs")) return "logs";
  if (path.endsWith("/index")) return "index";
  if (path.endsWith("/meteringmode")) return "metering";
  if (path === "/") return "project";
  if (path === "/logstores") return "listLogstores";
  if (type === "histogram") return "histogram";
  if (type === "context_log") return "context";
  return method === "PUT" ? "updateLogstore" : method === "DELETE" ? "deleteLogstore" : "getLogstore";
}

// ------------------------------------------------------------------------------------------------ the caller

export type Asked = {
  readonly context: CallContext;
  readonly source: LogSource;
  readonly events: CallEvent[];
  readonly slept: number[];
  readonly clock: { nowMs: number };
};

const key: Credential = {
  accessKeyId: "LTAIexample",
  accessKeySecret: "secret",
  securityToken: undefined,
  expiresMs: undefined,
};

/** A source of the service, with a clock that runs when someone sleeps. */
export function ask(service: Transport, most = 8, credentials: CredentialProvider = always(key)): Asked {
  const events: CallEvent[] = [];
  const slept: number[] = [];
  const clock = { nowMs: (startSeconds + 10_000) * 1000 };
  const context: CallContext = {
    transport: service,
    credentials,
    endpoints: {
      sls: () => "http://sls.localhost:1",
      ack: () => "http://ack.localhost:1",
      sts: () => "http://sts.localhost:1",
    },
    now: () => clock.nowMs,
    sleep: async (ms, signal) => {
      if (signal.aborted) return;
      slept.push(ms);
      clock.nowMs += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
    random: () => 0.5,
    report: (event) => {
      events.push(event);
    },
    userAgent: "test",
  };
  const source = createSlsLogSource({
    context,
    limits: createSlsLimits(() => most),
    region: "cn-hangzhou",
    project: "k8s-log-c1",
    logstore: "advaudit-c1",
  });
  return { context, source, events, slept, clock };
}

export function always(credential: Credential): CredentialProvider {
  return { current: async () => credential, invalidate: () => undefined };
}

export type Answered = {
  readonly columns: readonly Column[];
  readonly rows: readonly Cells[];
  readonly records: readonly Readonly<Record<string, string>>[];
  readonly end: Exclude<AnswerPart, { kind: "rows" }>;
};

export async function collect(parts: AsyncIterable<AnswerPart>): Promise<Answered> {
  let columns: readonly Column[] = [];
  const rows: Cells[] = [];
  for await (const part of parts) {
    if (part.kind !== "rows") {
      return { columns, rows, records: rows.map((cells) => recordOf(columns, cells)), end: part };
    }
    columns = part.columns;
    rows.push(...part.rows);
  }
  throw new Error("The answer has no end.");
}

/** So many records, several a second, each with a number of its own; `place` is where they lie in their file. */
export function records(count: number, perSecond = 1, from = startSeconds): Row[] {
  return Array.from({ length: count }, (_, index) => ({
    __time__: String(from + Math.floor(index / perSecond)),
    kind: "Command",
    eventId: `e-${String(index).padStart(6, "0")}`,
    place: String(index),
  }));
}

/** All of them, newest first. */
export function newestFirst(rows: readonly Row[]): readonly string[] {
  return rows
    .toSorted(
      (left, right) =>
        Number(right["__time__"]) - Number(left["__time__"]) ||
        (String(left["eventId"]) < String(right["eventId"]) ? 1 : -1),
    )
    .map((row) => String(row["eventId"]));
}
