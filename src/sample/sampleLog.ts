import { promises as timers } from "node:timers";
import type { LogRecord } from "../audit/event.ts";
import type { Engine, StoreId } from "../engine/client.ts";
import type { LogSource } from "../logs/logSource.ts";
import type { SampleCluster } from "./sampleClusters.ts";
import { logstoreAt } from "./sampleLogstore.ts";
import { historyMs, sampleRecords } from "./sampleRecords.ts";
import type { SampleState } from "./sampleState.ts";

/** So much is generated at a stretch, about 50 records: two or three milliseconds, after which others have their turn. */
const stretchMs = 5 * 60_000;
/** So many are appended at once: each append has a price of its own, and sending more would be felt. */
const appendedRecords = 1_000;

/** One making of a log: it holds everything from `fromMs` to before `toMs`. */
type Life = { readonly fromMs: number; toMs: number; isLost: boolean };

/**
 * The log of one sample cluster. It lies in the engine's memory, is made when first asked, made again when the engine's
 * process was lost or records in it have expired or were deleted, and before every question brought up to now.
 */
export class SampleLog {
  readonly source: LogSource;
  readonly #engine: Engine;
  readonly #cluster: SampleCluster;
  readonly #state: () => SampleState;
  readonly #now: () => number;
  readonly #onLost: () => void;
  #life: Life | undefined;
  #filling: Promise<void> | undefined;

  constructor(engine: Engine, cluster: SampleCluster, state: () => SampleState, now: () => number, onLost: () => void) {
    this.#engine = engine;
    this.#cluster = cluster;
    this.#state = state;
    this.#now = now;
    this.#onLost = onLost;
    this.source = engine.source(this.#id, cluster.cluster.id, (signal) => this.#prepare(signal));
  }

  get #id(): StoreId {
    return `sample-${this.#cluster.cluster.id}`;
  }

  /** All who ask at once wait for one filling; who gives up waits no longer, and the filling goes on for the others. */
  async #prepare(signal: AbortSignal): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    await Promise.race([this.#filling, aborted(signal)]);
  }

  /**
   * A process that is lost halfway, or a Logstore that is deleted meanwhile, costs one more try. Beyond that nothing is
   * said here: the question that follows meets the same engine and tells what is wrong with it.
   */
  async #fill(): Promise<void> {
    for (let tries = 0; tries < 2; tries++) {
      const life = this.#life !== undefined && !this.#hasGone(this.#life) ? this.#life : await this.#begin();
      if (life !== undefined && (await this.#append(life, this.#now())) && !this.#hasGone(life)) return;
    }
  }

  /** Whether records are in the log that are not in the Logstore any more. The engine removes none, only all of them. */
  #hasGone(life: Life): boolean {
    return life.fromMs < this.#keptFromMs();
  }

  #keptFromMs(): number {
    return logstoreAt(this.#cluster, this.#state(), this.#now()).keptFromMs;
  }

  async #begin(): Promise<Life | undefined> {
    const fromMs = Math.max(this.#life?.fromMs ?? this.#now() - historyMs, this.#keptFromMs());
    const life: Life = { fromMs, toMs: fromMs, isLost: false };
    this.#life = undefined;
    const failure = await this.#engine.createLog(this.#id, () => {
      life.isLost = true;
      if (this.#life !== life) return;
      this.#life = undefined;
      this.#onLost();
    });
    if (failure !== undefined || life.isLost) return undefined;
    this.#life = life;
    return life;
  }

  async #append(life: Life, nowMs: number): Promise<boolean> {
    let generatedToMs = life.toMs;
    while (generatedToMs < nowMs && !life.isLost) {
      const records: LogRecord[] = [];
      while (generatedToMs < nowMs && records.length < appendedRecords) {
        const toMs = Math.min(generatedToMs + stretchMs, nowMs);
        const stretch = sampleRecords(this.#cluster, this.#state(), generatedToMs, toMs);
        records.push(...stretch.map(({ record }) => record));
        generatedToMs = toMs;
        await timers.setImmediate();
      }
      if (records.length > 0 && (await this.#engine.appendRecords(this.#id, records)) !== undefined) return false;
      life.toMs = generatedToMs;
    }
    return !life.isLost;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
