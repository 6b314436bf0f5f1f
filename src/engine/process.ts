/**
 * The process that holds DuckDB. It is forked by `startEngine`, told its settings first, and then answers calls; it ends
 * when the channel to its parent closes, however that came about. What it has half written then is swept by the next one.
 */
import { constants, setPriority } from "node:os";
import type { LogRecord } from "../audit/event.ts";
import { Answers } from "./answers.ts";
import type { ImportProgress } from "./client.ts";
import { Database, Interrupted } from "./database.ts";
import { failureOf } from "./failure.ts";
import { removeLeftovers } from "./folder.ts";
import { importFile } from "./import/importer.ts";
import type { EngineSettings } from "./protocol.ts";
import {
  type Call,
  type CallKind,
  type Calls,
  type FromProcess,
  PARTS_AHEAD,
  type RowsPart,
  type ToProcess,
} from "./protocol.ts";
import { Questions } from "./questions.ts";
import { Stores } from "./stores.ts";

/** What a call may tell before it is done. */
type Teller = {
  rows(part: RowsPart): Promise<void>;
  progress(progress: ImportProgress): void;
  firstRecords(records: readonly LogRecord[]): void;
};

type Work = {
  readonly settings: EngineSettings;
  readonly stores: Stores;
  readonly answers: Answers;
  readonly questions: Questions;
};

type Result = Calls[CallKind]["gives"];

async function open(settings: EngineSettings): Promise<Work> {
  const database = await Database.open(settings);
  await Promise.all([removeLeftovers(settings.storesFolder), removeLeftovers(settings.answersFolder)]);
  const stores = new Stores(database, settings.storesFolder);
  const answers = new Answers(database, settings.answersFolder, settings.answersLimitBytes);
  return { settings, stores, answers, questions: new Questions(database, stores, answers) };
}

async function perform(work: Work, call: Call, tell: Teller, signal: AbortSignal): Promise<Result> {
  const { stores, answers, questions } = work;
  switch (call.kind) {
    case "ask":
      return questions.ask(call.log, call.question, tell.rows, signal);
    case "askInto":
      return questions.askInto(call.log, call.question, call.answer, signal);
    case "histogram":
      return questions.histogram(call.log, call.question, call.buckets, signal);
    case "explain":
      return questions.explain(call.log, call.question, signal);
    case "values":
      return found(
        await questions.values(call.log, call.field, call.prefix, call.range, call.limit, signal),
        call.log.store,
      );
    case "bounds":
      return found(await questions.bounds(call.log, signal), call.log.store).range;
    case "importFile":
      return importFile(work, call.path, tell, signal);
    case "createLog":
      return stores.createLog(call.store).then(() => undefined);
    case "appendRecords":
      return found((await stores.appendRecords(call.store, call.records)) ? { done: undefined } : undefined, call.store)
        .done;
    case "removeStores":
      return stores.removeAll();
    case "beginAnswer":
      return answers.begin(call.answer, call.columns).then(() => undefined);
    case "appendAnswer":
      return answers.append(call.answer, call.columns, call.rows).then(() => undefined);
    case "finishAnswer":
      return answers.finish(call.facts);
    case "answerFacts":
      return answers.facts(call.answer);
    case "answerWindow":
      return answers.window(call.answer, call.view, call.from, call.count, signal);
    case "removeAnswers":
      return answers.remove(call.answer).then(() => undefined);
    default:
      return call satisfies never;
  }
}

class NotFound extends Error {}

function found<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) {
    throw new NotFound(name);
  }
  return value;
}

function send(message: FromProcess): void {
  // The parent may be gone at any moment; this process ends with the channel then, and what is lost is nobody's.
  if (process.connected) {
    process.send?.(message, undefined, undefined, () => undefined);
  }
}

/** The calls under way: how each is cancelled, and what waits until its reader has taken a part. */
type Running = { readonly controller: AbortController; ahead: number; proceed: (() => void) | undefined };

const running = new Map<number, Running>();
let work: Promise<Work> | undefined;

async function serve(request: number, call: Call): Promise<void> {
  const state: Running = { controller: new AbortController(), ahead: 0, proceed: undefined };
  running.set(request, state);
  const tell: Teller = {
    rows: async (part) => {
      send({ kind: "rows", request, part });
      state.ahead += 1;
      if (state.ahead >= PARTS_AHEAD && !state.controller.signal.aborted) {
        await new Promise<void>((resolve) => {
          state.proceed = resolve;
        });
      }
    },
    progress: (progress) => send({ kind: "progress", request, progress }),
    firstRecords: (records) => send({ kind: "firstRecords", request, records }),
  };
  try {
    if (work === undefined) {
      throw new Error("A call came before the settings.");
    }
    const result = await perform(await work, call, tell, state.controller.signal);
    send({ kind: "done", request, result });
  } catch (failure) {
    if (failure instanceof Interrupted) {
      send({ kind: "cancelled", request });
      return;
    }
    const told = failureOf(failure);
    const reason =
      failure instanceof NotFound
        ? { code: "notFound" as const, detail: failure.message }
        : told.kind === "failed"
          ? told.reason
          : { code: "engineFailed" as const, detail: told.detail };
    send({ kind: "failed", request, reason });
  } finally {
    running.delete(request);
  }
}

function take(message: ToProcess): void {
  switch (message.kind) {
    case "settings":
      work = open(message.settings);
      // A failure is told to every call that waits for it.
      work.catch(() => undefined);
      break;
    case "call":
      void serve(message.request, message.call);
      break;
    case "cancel": {
      const state = running.get(message.request);
      state?.controller.abort();
      state?.proceed?.();
      break;
    }
    case "taken": {
      const state = running.get(message.request);
      if (state !== undefined) {
        state.ahead -= 1;
        state.proceed?.();
        state.proceed = undefined;
      }
      break;
    }
    default:
      message satisfies never;
  }
}

// Whoever works in the editor comes first: the threads of this process take what its own processes leave.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
process.on("message", (message) => take(message as ToProcess));
// An orderly exit would wait for the queries that run, which nobody waits for any more.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
