import type { AnswerPart, Unreachable } from "../logs/answer.ts";
import type { LogSource } from "../logs/logSource.ts";

/** Says where the log of a cluster is, or why that cannot be told. It may have to ask, and is called for every question. */
export type LogFinder = (signal: AbortSignal) => Promise<LogSource | Unreachable>;

/**
 * A log whose place is found with the first question. Which project the records of a cluster lie in has to be asked of
 * the cloud, and whoever wants to ask a log should not have to wait for that before there is a question.
 */
export function clusterLogs(find: LogFinder): LogSource {
  const unreachable = (reason: Unreachable) => ({ kind: "unreachable", reason }) as const;
  async function* asked(
    signal: AbortSignal,
    ask: (source: LogSource) => AsyncIterable<AnswerPart> | undefined,
  ): AsyncGenerator<AnswerPart, void, void> {
    const source = await find(signal);
    if (signal.aborted) {
      yield { kind: "end", completeness: { gaps: [{ kind: "cancelled" }] }, total: undefined, elapsedMs: 0 };
    } else if ("code" in source) {
      yield unreachable(source);
    } else {
      yield* ask(source) ?? [];
    }
  }
  return {
    ask: (question, signal) => asked(signal, (source) => source.ask(question, signal)),
    follow: (question, signal) => asked(signal, (source) => source.follow?.(question, signal)),
    histogram: async (question, buckets, signal) => {
      const source = await find(signal);
      return "code" in source ? unreachable(source) : source.histogram(question, buckets, signal);
    },
    values: async (field, prefix, range, limit, signal) => {
      const source = await find(signal);
      return "code" in source ? source : source.values(field, prefix, range, limit, signal);
    },
    bounds: async (signal) => {
      const source = await find(signal);
      return "code" in source ? source : source.bounds(signal);
    },
    context: async (record, before, after, signal) => {
      const source = await find(signal);
      if ("code" in source) return unreachable(source);
      return (await source.context?.(record, before, after, signal)) ?? { kind: "noPlace" };
    },
    indexFields: async (signal) => {
      const source = await find(signal);
      if ("code" in source) return unreachable(source);
      return (await source.indexFields?.(signal)) ?? { kind: "fields", fields: [], fullText: undefined };
    },
  };
}
