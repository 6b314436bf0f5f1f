/**
 * How many requests go to one project at once. SLS allows 100 searches and 15 statements of SQL at a time in a project
 * ("Limits on query and analysis"), which all its users share, so every source of a project has to be given the same one.
 */
export interface SlsLimits {
  /** Runs `work` when its turn comes; `undefined` where the signal fired before. An urgent one goes before those that wait. */
  run<Result>(work: () => Promise<Result>, signal: AbortSignal, urgent?: boolean): Promise<Result | undefined>;
  /** Told when the service throttles: half as many go out from now on, and one more again with each full round that went well. */
  slowDown(): void;
  /** The most that are in flight when nothing throttles. */
  readonly most: number;
}

/** `most` is asked each time, so a setting takes effect at once. */
export function createSlsLimits(most: () => number): SlsLimits {
  return new Turns(most);
}

type Waiting = { readonly begin: () => void; readonly cancel: () => void };

class Turns implements SlsLimits {
  readonly #most: () => number;
  readonly #urgent: Waiting[] = [];
  readonly #waiting: Waiting[] = [];
  #inFlight = 0;
  /** Below `most` while the service throttles. */
  #allowed = Number.POSITIVE_INFINITY;
  #wentWell = 0;

  constructor(most: () => number) {
    this.#most = most;
  }

  get most(): number {
    return Math.max(1, Math.floor(this.#most()));
  }

  async run<Result>(work: () => Promise<Result>, signal: AbortSignal, urgent = false): Promise<Result | undefined> {
    if (signal.aborted || !(await this.#turn(signal, urgent))) return undefined;
    try {
      const result = await work();
      this.#wentWell += 1;
      if (this.#wentWell >= this.#allowed) {
        this.#wentWell = 0;
        this.#allowed = this.#allowed + 1 >= this.most ? Number.POSITIVE_INFINITY : this.#allowed + 1;
      }
      return result;
    } finally {
      this.#inFlight -= 1;
      this.#next();
    }
  }

  slowDown(): void {
    this.#allowed = Math.max(1, Math.floor(Math.min(this.#allowed, this.most, Math.max(1, this.#inFlight)) / 2));
    this.#wentWell = 0;
  }

  /** Whether the turn has come; it has not where the signal fired first. */
  #turn(signal: AbortSignal, urgent: boolean): Promise<boolean> {
    if (this.#inFlight < Math.min(this.#allowed, this.most)) {
      this.#inFlight += 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const queue = urgent ? this.#urgent : this.#waiting;
      const abort = (): void => {
        queue.splice(queue.indexOf(waiting), 1);
        resolve(false);
      };
      const waiting: Waiting = {
        begin: () => {
          signal.removeEventListener("abort", abort);
          this.#inFlight += 1;
          resolve(true);
        },
        cancel: abort,
      };
      queue.push(waiting);
      signal.addEventListener("abort", abort, { once: true });
    });
  }

  #next(): void {
    while (this.#inFlight < Math.min(this.#allowed, this.most)) {
      const waiting = this.#urgent.shift() ?? this.#waiting.shift();
      if (waiting === undefined) return;
      waiting.begin();
    }
  }
}
