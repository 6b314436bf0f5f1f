import type { Unreachable } from "../logs/answer.ts";
import type { TimeRange } from "../logs/question.ts";
import { incomplete, unreachableBy } from "./slsFailure.ts";
import type { SlsReader } from "./slsReader.ts";

/** The longest that a Logstore keeps records, unless it keeps them for good: `ttl` of `UpdateLogStore`. */
const LONGEST_KEPT_SECONDS = 3650 * 86_400;
/** Records may be so far ahead of the service's clock ("GetHistograms" on real-time data). */
const AHEAD_SECONDS = 900;
/** Sixty stretches of sixty stretches … of ten years are a second after five requests. */
const DEEPEST = 20;

type Edge = "oldest" | "newest";
type Stretch = { readonly fromSeconds: number; readonly toSeconds: number };

/**
 * From the oldest record to behind the second of the newest. Histograms find both in a few requests each, and without
 * SQL, which would look at every record that there is.
 */
export async function recordBounds(reader: SlsReader): Promise<TimeRange | Unreachable | undefined> {
  const nowSeconds = Math.ceil(reader.now() / 1000);
  const all: Stretch = { fromSeconds: nowSeconds - LONGEST_KEPT_SECONDS, toSeconds: nowSeconds + AHEAD_SECONDS };
  const [oldest, newest] = await Promise.all([secondOf(reader, all, "oldest"), secondOf(reader, all, "newest")]);
  if (typeof oldest === "object") return oldest;
  if (typeof newest === "object") return newest;
  return oldest === undefined || newest === undefined
    ? undefined
    : { fromMs: oldest * 1000, toMs: (newest + 1) * 1000 };
}

/** The second of the outermost record; undefined where there is none. */
async function secondOf(reader: SlsReader, all: Stretch, edge: Edge): Promise<number | Unreachable | undefined> {
  let stretch = all;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const outcome = await reader.histogram("*", stretch.fromSeconds, stretch.toSeconds);
    if (outcome.kind !== "done") return unreachableBy(outcome);
    const full = outcome.value.filter(({ count }) => count > 0);
    const found = edge === "oldest" ? full[0] : full.at(-1);
    if (found === undefined) {
      // No records is said only when that is sure.
      return outcome.value.every(({ complete }) => complete) ? undefined : incomplete;
    }
    if (found.toSeconds - found.fromSeconds <= 1) return found.fromSeconds;
    const isNoFiner = found.fromSeconds <= stretch.fromSeconds && found.toSeconds >= stretch.toSeconds;
    stretch = isNoFiner ? await half(reader, stretch, edge) : found;
  }
  return edge === "oldest" ? stretch.fromSeconds : stretch.toSeconds - 1;
}

/** Where the service does not cut a stretch, it is halved here. */
async function half(reader: SlsReader, { fromSeconds, toSeconds }: Stretch, edge: Edge): Promise<Stretch> {
  const middle = Math.floor((fromSeconds + toSeconds) / 2);
  const [outer, inner]: readonly [Stretch, Stretch] =
    edge === "oldest"
      ? [
          { fromSeconds, toSeconds: middle },
          { fromSeconds: middle, toSeconds },
        ]
      : [
          { fromSeconds: middle, toSeconds },
          { fromSeconds, toSeconds: middle },
        ];
  const counted = await reader.histogram("*", outer.fromSeconds, outer.toSeconds);
  return counted.kind === "done" && counted.value.some(({ count }) => count > 0) ? outer : inner;
}
