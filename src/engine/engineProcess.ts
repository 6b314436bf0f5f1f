import { type ChildProcess, fork } from "node:child_process";
import type { Unreachable } from "../logs/answer.ts";
import type { Call, CallKind, Calls, EngineSettings, FromProcess, ToProcess } from "./protocol.ts";

/** How a call ended. `stopped` is the process's end, whatever it was doing; such a call may be made again in a new one. */
export type Outcome<Kind extends CallKind> =
  | { readonly kind: "done"; readonly result: Calls[Kind]["gives"] }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly reason: Unreachable }
  | { readonly kind: "stopped"; readonly detail: string };

/** What a call tells before it ends. */
export type Told = Exclude<FromProcess, { kind: "done" | "failed" | "cancelled" }>;

type Pending = { readonly settle: (outcome: Outcome<CallKind>) => void; readonly onTold: (told: Told) => void };

/** A process that does not answer a cancelled call within this time is not waited for. */
const CANCEL_WAIT_MS = 2_000;

/** What JavaScript may hold: parts of answers and lines of files, never all of them. The data is DuckDB's. */
const HEAP_MEGABYTES = 256;

/** The last words of a process that are kept to say why it ended. */
const LAST_WORDS = 2_000;

/** One run of the engine's process, from its fork to its end. It is never started again. */
export class EngineProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #ended: Promise<void>;
  #request = 0;
  #running = true;
  #words = "";

  constructor(script: string, settings: EngineSettings, onEnd: () => void) {
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1", UV_THREADPOOL_SIZE: "16" };
    // The editor's own debugging is not this process's: a second inspector on the same port would keep it from starting.
    for (const name of ["NODE_OPTIONS", "VSCODE_INSPECTOR_OPTIONS"]) {
      Reflect.deleteProperty(env, name);
    }
    this.#child = fork(script, [], {
      execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
      env,
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#words = (this.#words + text).slice(-LAST_WORDS);
    });
    this.#ended = new Promise((resolve) => {
      const end = (detail: string): void => {
        if (this.#running) {
          this.#running = false;
          onEnd();
          for (const { settle } of this.#pending.values()) {
            settle({ kind: "stopped", detail });
          }
          this.#pending.clear();
        }
        resolve();
      };
      this.#child.once("error", (failure) => end(failure.message));
      this.#child.once("exit", (code, signal) => end(this.#words.trim() || `exit ${signal ?? code}`));
    });
    this.#child.on("message", (message) => this.#take(message as FromProcess));
    this.#send({ kind: "settings", settings });
  }

  get running(): boolean {
    return this.#running;
  }

  get busy(): boolean {
    return this.#pending.size > 0;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  call<Kind extends CallKind>(
    call: Call<Kind>,
    signal: AbortSignal,
    onTold: (told: Told) => void,
  ): Promise<Outcome<Kind>> {
    this.#request += 1;
    const request = this.#request;
    return new Promise((resolve) => {
      let giveUp: NodeJS.Timeout | undefined;
      const cancel = (): void => {
        this.#send({ kind: "cancel", request });
        giveUp = setTimeout(() => settle({ kind: "cancelled" }), CANCEL_WAIT_MS);
      };
      const settle = (outcome: Outcome<CallKind>): void => {
        clearTimeout(giveUp);
        signal.removeEventListener("abort", cancel);
        this.#pending.delete(request);
        // The process answers a call with what its kind gives.
        resolve(outcome as Outcome<Kind>);
      };
      if (!this.#running) {
        resolve({ kind: "stopped", detail: "" });
        return;
      }
      this.#pending.set(request, { settle, onTold });
      // A call of any kind is one of all kinds; the compiler does not follow that through a mapped type.
      this.#send({ kind: "call", request, call: call as Call });
      if (signal.aborted) {
        cancel();
      } else {
        signal.addEventListener("abort", cancel, { once: true });
      }
    });
  }

  /** Says that a part of a call's rows was taken. */
  taken(request: number): void {
    this.#send({ kind: "taken", request });
  }

  /** Ends the process; one that does not go by itself is killed. Calls under way end as stopped. */
  async end(): Promise<void> {
    if (this.#child.connected) {
      this.#child.disconnect();
    }
    const killer = setTimeout(() => this.#child.kill("SIGKILL"), 1_000);
    await this.#ended;
    clearTimeout(killer);
  }

  #send(message: ToProcess): void {
    // A channel that breaks in the middle of a message is told by the process's end, which settles every call.
    if (this.#child.connected) {
      this.#child.send(message, () => undefined);
    }
  }

  #take(message: FromProcess): void {
    const pending = this.#pending.get(message.request);
    if (pending === undefined) {
      return;
    }
    switch (message.kind) {
      case "done":
        pending.settle({ kind: "done", result: message.result });
        break;
      case "failed":
        pending.settle({ kind: "failed", reason: message.reason });
        break;
      case "cancelled":
        pending.settle({ kind: "cancelled" });
        break;
      default:
        pending.onTold(message);
    }
  }
}
