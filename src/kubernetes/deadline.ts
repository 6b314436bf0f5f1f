import type { KubernetesFailure } from "./failure.ts";

/** Ends what it guards when the time is over, or when who asked has lost interest. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #outer: AbortSignal;
  readonly #inner = new AbortController();
  readonly #onAbort = () => this.#inner.abort();
  #timer: NodeJS.Timeout;

  constructor(signal: AbortSignal, ms: number) {
    this.#outer = signal;
    this.signal = this.#inner.signal;
    this.#timer = setTimeout(this.#onAbort, ms);
    signal.addEventListener("abort", this.#onAbort, { once: true });
    if (signal.aborted) this.#inner.abort();
  }

  /** From now on it is so long. */
  restart(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onAbort, ms);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener("abort", this.#onAbort);
  }

  /** Aborted by nobody is aborted by time. */
  verdict(failure: KubernetesFailure, host: string): KubernetesFailure {
    return failure.code === "aborted" && !this.#outer.aborted ? { code: "timeout", host } : failure;
  }
}

/** What settles late, after an abort, is nobody's any more. */
export function unlessAborted<Value extends object>(
  work: Promise<Value | KubernetesFailure>,
  signal: AbortSignal,
): Promise<Value | KubernetesFailure> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve({ code: "aborted" });
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
