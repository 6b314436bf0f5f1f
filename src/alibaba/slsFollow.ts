import type { AnswerPart, Gap } from "../logs/answer.ts";
import type { Question } from "../logs/question.ts";
import { wholeSeconds } from "../logs/slices.ts";
import type { CallFailure } from "./call.ts";
import { download } from "./download.ts";
import { contentOf, type LogEntry } from "./logEntry.ts";
import { RowColumns } from "./rowColumns.ts";
import { isLasting } from "./slsFailure.ts";
import type { SlsReader } from "./slsReader.ts";
import { readStatement, refusedOrUnreachable, statementText } from "./slsStatement.ts";

const POLL_MS = 2_000;
const LONGEST_POLL_MS = 30_000;
/**
 * Records come late: collectors send what they have after up to minutes, and the service takes another three seconds. So
 * far back each poll looks again; what comes later still is only found by a question of its own.
 */
const OVERLAP_SECONDS = 300;
/** When every poll has failed for so long, following ends. */
const FAILED_FOR_MS = 600_000;
/** More rows than this between two polls are more than anyone can follow; the oldest of them are left out and said. */
const MOST_ROWS = 50_000;

/**
 * Follows a search: asks again and again for the last minutes and gives on what it has not seen. Equal records are told
 * apart by how many of them there are, so none is lost and none comes twice.
 */
export async function* follow(reader: SlsReader, question: Question): AsyncGenerator<AnswerPart, void, void> {
  const beganMs = reader.now();
  const ended = (gaps: readonly Gap[]): AnswerPart => ({
    kind: "end",
    completeness: { gaps },
    total: undefined,
    elapsedMs: reader.now() - beganMs,
  });
  try {
    const read = readStatement(question.statement);
    if (read.kind === "refused") {
      yield read;
      return;
    }
    if (read.kind !== "records") {
      const span = { start: 0, end: question.statement.length };
      yield { kind: "refused", problems: [{ code: "unexpected", severity: "error", found: "|", span }] };
      return;
    }
    const query = statementText(question);
    const columns = new RowColumns();
    const seen = new Seen();
    const firstSecond = wholeSeconds(question.range).fromMs / 1000;
    let failures = 0;
    let failingSinceMs = 0;
    let skewMs = 0;
    /** What the last look could not see; the next one looks there again. */
    let missing: readonly Gap[] = [];
    while (!reader.signal.aborted) {
      const toSeconds = Math.ceil((reader.now() + skewMs) / 1000) + 1;
      const fromSeconds = Math.max(firstSecond, toSeconds - OVERLAP_SECONDS);
      seen.forgetBefore(fromSeconds);
      const fresh: LogEntry[] = [];
      let failure: CallFailure | undefined;
      let capped = false;
      missing = [];
      // Counting is cheap, and most polls find nothing new.
      const counted =
        toSeconds <= fromSeconds ? undefined : await reader.histogram(read.search, fromSeconds, toSeconds);
      if (counted?.kind === "done") {
        skewMs = skewOf(counted.serverMs, reader.now(), skewMs);
        const count = counted.value.reduce((sum, bucket) => sum + bucket.count, 0);
        const isSure = counted.value.every(({ complete }) => complete);
        if (count !== seen.count || !isSure) {
          const range = { fromMs: fromSeconds * 1000, toMs: toSeconds * 1000 };
          const polled = seen.poll();
          for await (const part of download(reader.another(), {
            query,
            search: read.search,
            range,
            maxRows: MOST_ROWS,
          })) {
            if (part.kind === "entries") for (const entry of part.entries) if (polled.isNew(entry)) fresh.push(entry);
            if (part.kind === "failed") failure = part.failure;
            if (part.kind === "end") {
              capped = part.gaps.some(({ kind }) => kind === "rowCap");
              missing = part.gaps.filter(({ kind }) => kind !== "cancelled");
            }
          }
        }
      } else if (counted !== undefined) {
        failure = counted;
      }
      if (reader.signal.aborted) break;
      if (fresh.length > 0) {
        const rows = columns.cells(fresh.reverse().map(({ row }) => row));
        yield { kind: "rows", columns: columns.columns, rows };
      }
      if (capped) {
        yield ended([{ kind: "rowCap", rows: MOST_ROWS }]);
        return;
      }
      if (failures === 0) failingSinceMs = reader.now();
      failures = failure === undefined ? 0 : failures + 1;
      const isLost = reader.now() - failingSinceMs >= FAILED_FOR_MS;
      if (failure !== undefined && (isLasting(failure) || isLost)) {
        yield refusedOrUnreachable(failure, question.statement);
        return;
      }
      await reader.pause(Math.min(POLL_MS * 2 ** Math.min(failures, 10), LONGEST_POLL_MS));
    }
    yield ended([...missing, { kind: "cancelled" }]);
  } finally {
    reader.end();
  }
}

/** How far the server's clock is ahead, in whole seconds as it tells it; a small difference is none. */
function skewOf(serverMs: number | undefined, nowMs: number, before: number): number {
  if (serverMs === undefined) return before;
  const skewMs = serverMs - nowMs;
  return Math.abs(skewMs) < 2_000 ? 0 : skewMs;
}

/** The records of the last minutes that were given on: how often each came, and when it was. */
class Seen {
  readonly #seen = new Map<string, { count: number; readonly seconds: number }>();
  count = 0;

  forgetBefore(seconds: number): void {
    for (const [content, one] of this.#seen) {
      if (one.seconds >= seconds) continue;
      this.#seen.delete(content);
      this.count -= one.count;
    }
  }

  /** One look at the same minutes: an entry is new when more of its like have come than ever before. */
  poll(): { readonly isNew: (entry: LogEntry) => boolean } {
    const met = new Map<string, number>();
    return {
      isNew: ({ row, seconds }) => {
        const content = contentOf(row);
        const times = (met.get(content) ?? 0) + 1;
        met.set(content, times);
        const known = this.#seen.get(content);
        if (known !== undefined && times <= known.count) return false;
        if (known === undefined) this.#seen.set(content, { count: 1, seconds });
        else known.count += 1;
        this.count += 1;
        return true;
      },
    };
  }
}
