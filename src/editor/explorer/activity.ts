import type { PodActivity } from "../../audit/pod.ts";
import { podActivityStatement, readPodActivity } from "../../audit/queries.ts";
import type { Gap, Unreachable } from "../../logs/answer.ts";
import type { LogSource } from "../../logs/logSource.ts";
import type { TimeRange } from "../../logs/question.ts";
import { recordOf } from "../../logs/record.ts";
import { prefilter } from "../../rules/prefilter.ts";
import type { Rule } from "../../rules/rule.ts";

/** The one question from which the tree has its counts. */
export type ActivityQuery = {
  readonly statement: string;
  /** Its filter finds nothing but what the rules mark; else its count of risky commands is an upper bound. */
  readonly isExact: boolean;
};

export type Activity =
  | { readonly kind: "activity"; readonly pods: readonly PodActivity[]; readonly gaps: readonly Gap[] }
  | { readonly kind: "unreachable"; readonly reason: Unreachable };

export function activityQuery(rules: readonly Rule[]): ActivityQuery {
  const { condition, isExact } = prefilter(rules);
  return { statement: podActivityStatement(condition), isExact };
}

export async function askActivity(
  source: LogSource,
  query: ActivityQuery,
  range: TimeRange,
  signal: AbortSignal,
): Promise<Activity> {
  const pods: PodActivity[] = [];
  let gaps: readonly Gap[] = [];
  // The statement answers no time that a zone would change, and has a limit of its own.
  for await (const part of source.ask({ statement: query.statement, range, zone: "UTC", maxRows: 1 }, signal)) {
    switch (part.kind) {
      case "rows":
        for (const cells of part.rows) {
          const activity = readPodActivity(recordOf(part.columns, cells));
          // A record that names no pod has no place in the tree.
          if (activity.pod !== "") pods.push(activity);
        }
        break;
      case "end":
        gaps = part.completeness.gaps;
        break;
      case "refused": {
        // A rule may hold an expression that the source does not know.
        const detail = part.problems.map(({ code }) => code).join(", ");
        return { kind: "unreachable", reason: { code: "engineFailed", detail } };
      }
      case "unreachable":
        return part;
      default:
        part satisfies never;
    }
  }
  const limit = Number(/limit (\d+)$/.exec(query.statement)?.[1] ?? Number.POSITIVE_INFINITY);
  const isCut = pods.length >= limit;
  return { kind: "activity", pods, gaps: isCut ? [...gaps, { kind: "rowCap", rows: limit }] : gaps };
}
