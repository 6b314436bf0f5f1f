import type { LogRecord } from "../audit/event.ts";
import type { ClusterId } from "../audit/ids.ts";
import type { AnswerPart, Cells, Column, Unreachable } from "../logs/answer.ts";
import type { AnswerFacts, AnswerId, AnswerStore, RowWindow, View } from "../logs/answerStore.ts";
import { StoreFailure } from "../logs/land.ts";
import type { Explained, Histogram, LogSource, SeenValue } from "../logs/logSource.ts";
import type { Question, TimeRange } from "../logs/question.ts";
import type { Engine, EngineOptions, ImportOutcome, ImportProgress, StoreId } from "./client.ts";
import { EngineProcess, type Outcome, type Told } from "./engineProcess.ts";
import type { Call, CallKind, Calls, EndPart, EngineSettings, LogName, RowsPart } from "./protocol.ts";

/** Makes the client of the engine. The process is started when it is first needed. */
export function startEngine(options: EngineOptions): Engine {
  return new EngineClient(options);
}

const never = new AbortController().signal;
const nothing = (): void => undefined;

/** Whether a call that the process's end cut off may be made again. What only reads, or begins anew, may. */
type Retry = "once" | "never";

class EngineClient implements Engine {
  readonly answers: AnswerStore = new ProcessAnswers(this);
  readonly #script: string;
  readonly #idleMs: number;
  readonly #settings: EngineSettings;
  /** The logs in the memory of the process that runs now. */
  readonly #memoryLogs = new Map<StoreId, () => void>();
  #process: EngineProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor({ script, idleMs, ...settings }: EngineOptions) {
    this.#script = script;
    this.#idleMs = idleMs;
    this.#settings = settings;
  }

  async call<Kind extends CallKind>(
    call: Call<Kind>,
    signal: AbortSignal,
    retry: Retry,
    onTold: (told: Told, process: EngineProcess) => void = nothing,
  ): Promise<Outcome<Kind>> {
    for (let attempt = 0; ; attempt += 1) {
      if (this.#disposed) {
        return { kind: "stopped", detail: "" };
      }
      clearTimeout(this.#idle);
      const process = this.#running();
      const outcome = await process.call(call, signal, (told) => onTold(told, process));
      this.#waitForIdleness();
      if (outcome.kind !== "stopped" || retry === "never" || attempt > 0 || signal.aborted) {
        return outcome;
      }
    }
  }

  async importFile(
    path: string,
    onProgress: (progress: ImportProgress) => void,
    onFirstRecords: (records: readonly LogRecord[]) => void,
    signal: AbortSignal,
  ): Promise<ImportOutcome> {
    const outcome = await this.call({ kind: "importFile", path }, signal, "never", (told) => {
      if (told.kind === "progress") {
        onProgress(told.progress);
      } else if (told.kind === "firstRecords") {
        onFirstRecords(told.records);
      }
    });
    return outcome.kind === "done"
      ? outcome.result
      : outcome.kind === "cancelled"
        ? { kind: "cancelled" }
        : { kind: "unreachable", reason: reasonOf(outcome) };
  }

  async createLog(id: StoreId, onLost: () => void): Promise<Unreachable | undefined> {
    const outcome = await this.call({ kind: "createLog", store: id }, never, "once");
    if (outcome.kind !== "done") {
      return reasonOf(outcome);
    }
    this.#memoryLogs.set(id, onLost);
    return undefined;
  }

  async appendRecords(id: StoreId, records: readonly LogRecord[]): Promise<Unreachable | undefined> {
    const outcome = await this.call({ kind: "appendRecords", store: id, records }, never, "never");
    return outcome.kind === "done" ? undefined : reasonOf(outcome);
  }

  source(id: StoreId, cluster: ClusterId | undefined, prepare?: (signal: AbortSignal) => Promise<void>): LogSource {
    return new EngineLogSource(this, { store: id, cluster }, prepare);
  }

  async removeStores(): Promise<number> {
    const outcome = await this.call({ kind: "removeStores" }, never, "once");
    return outcome.kind === "done" ? outcome.result : 0;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#idle);
    await this.#process?.end();
  }

  #running(): EngineProcess {
    if (this.#process?.running !== true) {
      const process = new EngineProcess(this.#script, this.#settings, () => this.#lose(process));
      this.#process = process;
    }
    return this.#process as EngineProcess;
  }

  #lose(process: EngineProcess): void {
    if (this.#process === process) {
      this.#process = undefined;
      const lost = [...this.#memoryLogs.values()];
      this.#memoryLogs.clear();
      for (const onLost of lost) {
        onLost();
      }
    }
  }

  #waitForIdleness(): void {
    clearTimeout(this.#idle);
    const process = this.#process;
    if (process !== undefined && !process.busy) {
      this.#idle = setTimeout(() => {
        if (!process.busy) {
          // From here on the next call starts another process, so the logs in this one's memory are gone now.
          this.#lose(process);
          void process.end();
        }
      }, this.#idleMs);
      this.#idle.unref();
    }
  }
}

function reasonOf(outcome: Exclude<Outcome<CallKind>, { kind: "done" }>): Unreachable {
  switch (outcome.kind) {
    case "failed":
      return outcome.reason;
    case "stopped":
      return { code: "engineStopped", detail: outcome.detail };
    case "cancelled":
      return { code: "engineStopped", detail: "cancelled" };
    default:
      return outcome satisfies never;
  }
}

/** One log, asked through the process. */
class EngineLogSource implements LogSource {
  readonly #client: EngineClient;
  readonly #log: LogName;
  readonly #prepare: ((signal: AbortSignal) => Promise<void>) | undefined;

  constructor(client: EngineClient, log: LogName, prepare: ((signal: AbortSignal) => Promise<void>) | undefined) {
    this.#client = client;
    this.#log = log;
    this.#prepare = prepare;
  }

  async *ask(question: Question, signal: AbortSignal): AsyncGenerator<AnswerPart> {
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt += 1) {
      await this.#prepare?.(signal);
      const parts = new Parts(this.#client, { kind: "ask", log: this.#log, question }, signal);
      let rowsYielded = 0;
      try {
        for await (const part of parts.rows()) {
          rowsYielded += part.rows.length;
          yield part;
        }
      } finally {
        parts.leave();
      }
      const outcome = await parts.outcome;
      const elapsedMs = performance.now() - startedAt;
      if (outcome.kind === "done") {
        yield outcome.result;
        return;
      }
      if (outcome.kind === "cancelled" || signal.aborted) {
        yield { kind: "end", completeness: { gaps: [{ kind: "cancelled" }] }, total: undefined, elapsedMs };
        return;
      }
      const reason = reasonOf(outcome);
      if (outcome.kind === "stopped" && rowsYielded === 0 && attempt === 0) {
        continue;
      }
      // Rows that were given cannot be taken back, so asking again would double them: the answer ends here.
      yield rowsYielded === 0
        ? { kind: "unreachable", reason }
        : { kind: "end", completeness: { gaps: [{ kind: "unreachable", reason }] }, total: undefined, elapsedMs };
      return;
    }
  }

  async askInto(question: Question, answer: AnswerId, signal: AbortSignal): Promise<EndPart> {
    const startedAt = performance.now();
    const outcome = await this.#read({ kind: "askInto", log: this.#log, question, answer }, signal);
    if (outcome.kind === "done") {
      return outcome.result;
    }
    const elapsedMs = performance.now() - startedAt;
    return outcome.kind === "cancelled"
      ? { kind: "end", completeness: { gaps: [{ kind: "cancelled" }] }, total: undefined, elapsedMs }
      : { kind: "unreachable", reason: reasonOf(outcome) };
  }

  async histogram(question: Question, buckets: number, signal: AbortSignal): Promise<Histogram> {
    const outcome = await this.#read({ kind: "histogram", log: this.#log, question, buckets }, signal);
    if (outcome.kind === "done") {
      return outcome.result;
    }
    return outcome.kind === "cancelled"
      ? { kind: "buckets", buckets: [], completeness: { gaps: [{ kind: "cancelled" }] } }
      : { kind: "unreachable", reason: reasonOf(outcome) };
  }

  async explain(question: Question, signal: AbortSignal): Promise<Explained> {
    const outcome = await this.#read({ kind: "explain", log: this.#log, question }, signal);
    return outcome.kind === "done" ? outcome.result : { kind: "unreachable", reason: reasonOf(outcome) };
  }

  async values(
    field: string,
    prefix: string,
    range: TimeRange,
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly SeenValue[] | Unreachable> {
    const outcome = await this.#read({ kind: "values", log: this.#log, field, prefix, range, limit }, signal);
    return outcome.kind === "done" ? outcome.result : reasonOf(outcome);
  }

  async bounds(signal: AbortSignal): Promise<TimeRange | Unreachable | undefined> {
    const outcome = await this.#read({ kind: "bounds", log: this.#log }, signal);
    return outcome.kind === "done" ? outcome.result : reasonOf(outcome);
  }

  /** A call with its preparation, which is done again when the process ended: a log in its memory has to be filled anew. */
  async #read<Kind extends "askInto" | "histogram" | "explain" | "values" | "bounds">(
    call: Call<Kind>,
    signal: AbortSignal,
  ): Promise<Outcome<Kind>> {
    await this.#prepare?.(signal);
    const outcome = await this.#client.call(call, signal, "never");
    if (outcome.kind !== "stopped" || signal.aborted) {
      return outcome;
    }
    await this.#prepare?.(signal);
    return this.#client.call(call, signal, "never");
  }
}

/** The parts of one answer as they come in, and how it ended. */
class Parts {
  readonly outcome: Promise<Outcome<"ask">>;
  readonly #arrived: { readonly part: RowsPart; readonly take: () => void }[] = [];
  readonly #leaving = new AbortController();
  #settled = false;
  #wake: () => void = nothing;

  constructor(client: EngineClient, call: Call<"ask">, signal: AbortSignal) {
    this.outcome = client.call(call, AbortSignal.any([signal, this.#leaving.signal]), "never", (told, process) => {
      if (told.kind === "rows") {
        this.#arrived.push({ part: told.part, take: () => process.taken(told.request) });
        this.#wake();
      }
    });
    void this.outcome.then(() => {
      this.#settled = true;
      this.#wake();
    });
  }

  async *rows(): AsyncGenerator<RowsPart> {
    for (;;) {
      const next = this.#arrived.shift();
      if (next !== undefined) {
        next.take();
        yield next.part;
      } else if (this.#settled) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  /** A reader that stops early ends the query. */
  leave(): void {
    if (!this.#settled) {
      this.#leaving.abort();
    }
  }
}

/** The answer store, which lies in the process. */
class ProcessAnswers implements AnswerStore {
  readonly #client: EngineClient;

  constructor(client: EngineClient) {
    this.#client = client;
  }

  async begin(id: AnswerId, columns: readonly Column[]): Promise<void> {
    stored(await this.#client.call({ kind: "beginAnswer", answer: id, columns }, never, "once"));
  }

  async append(id: AnswerId, columns: readonly Column[], rows: readonly Cells[]): Promise<void> {
    stored(await this.#client.call({ kind: "appendAnswer", answer: id, columns, rows }, never, "never"));
  }

  async finish(facts: AnswerFacts): Promise<AnswerFacts | undefined> {
    return stored(await this.#client.call({ kind: "finishAnswer", facts }, never, "never"));
  }

  async facts(id: AnswerId): Promise<AnswerFacts | undefined> {
    return stored(await this.#client.call({ kind: "answerFacts", answer: id }, never, "once"));
  }

  async window(
    id: AnswerId,
    view: View,
    from: number,
    count: number,
    signal: AbortSignal,
  ): Promise<RowWindow | undefined> {
    const call = { kind: "answerWindow", answer: id, view, from, count } as const;
    const outcome: Outcome<"answerWindow"> = await this.#client.call(call, signal, "once");
    return outcome.kind === "cancelled" ? undefined : stored<"answerWindow">(outcome);
  }

  async remove(id: AnswerId | "all"): Promise<void> {
    stored(await this.#client.call({ kind: "removeAnswers", answer: id }, never, "once"));
  }
}

function stored<Kind extends CallKind>(outcome: Outcome<Kind>): Calls[Kind]["gives"] {
  if (outcome.kind !== "done") {
    throw new StoreFailure(reasonOf(outcome));
  }
  return outcome.result;
}
