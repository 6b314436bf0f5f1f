import type { CallContext } from "./call.ts";
import type { HistogramAnswer, LogsAnswer, LogsRequest, LogstoreAddress, SlsOutcome } from "./sls.ts";
import { getHistograms, getLogs } from "./sls.ts";
import { aborted } from "./slsFailure.ts";
import type { SlsLimits } from "./slsLimits.ts";

/**
 * How often one question repeats requests whose answers are `Incomplete`, over all of them. A service that is never done
 * would otherwise hold up each of a thousand pages for as long as one.
 */
const QUESTION_REPEATS = 100;
/** How often one request is repeated; "Possible causes of inaccurate queries" speaks of up to ten. */
const REPEATS = 10;
/** How often a call that was throttled to its end is begun anew. */
const THROTTLED_AGAIN = 5;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
const THROTTLED_WAIT_MS = 1_000;
/** An answer that cannot be read is most likely one that was cut or mixed up on its way. */
const MALFORMED_AGAIN = 2;
const MALFORMED_WAIT_MS = 500;

/** Asks one Logstore on behalf of one question: in turn, patiently, and slower when the service asks for that. */
export class SlsReader {
  readonly address: LogstoreAddress;
  readonly #given: CallContext;
  readonly #context: CallContext;
  readonly #urgent: CallContext;
  readonly #limits: SlsLimits;
  readonly #signal: AbortSignal;
  readonly #ending = new AbortController();
  #repeatsLeft = QUESTION_REPEATS;

  constructor(context: CallContext, address: LogstoreAddress, limits: SlsLimits, signal: AbortSignal) {
    this.address = address;
    this.#limits = limits;
    this.#signal = AbortSignal.any([signal, this.#ending.signal]);
    this.#given = context;
    const reported: CallContext = {
      ...context,
      report: (event) => {
        if (event.kind === "throttled") limits.slowDown();
        context.report(event);
      },
    };
    this.#context = inTurn(reported, limits, false);
    this.#urgent = inTurn(reported, limits, true);
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Ends what is still under way: the question needs no more answers. */
  end(): void {
    this.#ending.abort();
  }

  /** One for another question that this one needs an answer to; it ends with this one. */
  another(): SlsReader {
    return new SlsReader(this.#given, this.address, this.#limits, this.#signal);
  }

  /** The most requests that go out at once. */
  get mostInFlight(): number {
    return this.#limits.most;
  }

  now(): number {
    return this.#context.now();
  }

  pause(ms: number): Promise<void> {
    return this.#context.sleep(ms, this.#signal);
  }

  /** `GetLogsV2` until it is complete, or for as long as it makes sense. */
  logs(request: LogsRequest, urgent = false): Promise<SlsOutcome<LogsAnswer>> {
    return this.#untilComplete(
      (context) => getLogs(context, this.address, request, this.#signal),
      ({ complete }) => complete,
      urgent,
    );
  }

  histogram(
    query: string,
    fromSeconds: number,
    toSeconds: number,
    urgent = false,
  ): Promise<SlsOutcome<HistogramAnswer>> {
    return this.#untilComplete(
      (context) => getHistograms(context, this.address, { query, fromSeconds, toSeconds }, this.#signal),
      (buckets) => buckets.every(({ complete }) => complete),
      urgent,
    );
  }

  /** Any other call, in its turn. */
  once<Value>(
    call: (context: CallContext, address: LogstoreAddress, signal: AbortSignal) => Promise<SlsOutcome<Value>>,
  ): Promise<SlsOutcome<Value>> {
    return this.#patiently((context) => call(context, this.address, this.#signal), false);
  }

  /** The same request again while the answer is part of the truth. The last answer is given in any case. */
  async #untilComplete<Value>(
    call: (context: CallContext) => Promise<SlsOutcome<Value>>,
    isComplete: (value: Value) => boolean,
    urgent: boolean,
  ): Promise<SlsOutcome<Value>> {
    for (let repeat = 0; ; repeat += 1) {
      const outcome = await this.#patiently(call, urgent || repeat > 0);
      if (outcome.kind !== "done" || isComplete(outcome.value)) return outcome;
      if (repeat >= REPEATS || this.#repeatsLeft <= 0) return outcome;
      this.#repeatsLeft -= 1;
      await this.pause(Math.min(FIRST_WAIT_MS * 2 ** repeat, LONGEST_WAIT_MS));
      if (this.#signal.aborted) return aborted;
    }
  }

  /** Quotas are per minute, so a call that was throttled to its end is worth beginning anew after a while. */
  async #patiently<Value>(
    call: (context: CallContext) => Promise<SlsOutcome<Value>>,
    urgent: boolean,
  ): Promise<SlsOutcome<Value>> {
    let throttled = 0;
    let malformed = 0;
    for (;;) {
      const isAgain = throttled + malformed > 0;
      const outcome = await call(urgent || isAgain ? this.#urgent : this.#context);
      if (outcome.kind === "throttled" && throttled < THROTTLED_AGAIN) {
        this.#limits.slowDown();
        await this.pause(THROTTLED_WAIT_MS * 2 ** throttled);
        throttled += 1;
      } else if (outcome.kind === "malformed" && malformed < MALFORMED_AGAIN) {
        malformed += 1;
        await this.pause(MALFORMED_WAIT_MS);
      } else {
        return outcome;
      }
      if (this.#signal.aborted) return aborted;
    }
  }
}

/**
 * The same context, but each request waits for its turn before it is sent. What is done with an answer, and the pauses
 * before it is tried again, keep nobody waiting.
 */
function inTurn(context: CallContext, limits: SlsLimits, urgent: boolean): CallContext {
  const { transport } = context;
  return {
    ...context,
    transport: {
      send: async (request, bounds) =>
        (await limits.run(() => transport.send(request, bounds), bounds.signal, urgent)) ?? {
          kind: "failure",
          reason: "aborted",
          detail: request.url.host,
        },
      close: () => transport.close(),
    },
  };
}
