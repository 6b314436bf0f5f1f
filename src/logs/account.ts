import type { StatusFacts } from "../audit/auditStatus.ts";
import type { Change, ChangeBlocker, ChangePlan, ChangeProgress, ChangeUnderWay } from "../audit/change.ts";
import type { AuditStatus, Cluster, ClusterNode } from "../audit/cluster.ts";
import type { LogRecord } from "../audit/event.ts";
import type { ClusterId } from "../audit/ids.ts";
import type { Pod } from "../audit/pod.ts";
import { podsSeenStatement, readPodsSeen } from "../audit/queries.ts";
import type { Gap, Unreachable } from "./answer.ts";
import type { LogSource } from "./logSource.ts";
import type { TimeRange } from "./question.ts";
import { recordOf } from "./record.ts";

/** Lists arrive in pages; a part of one (a region, a namespace) may fail while the rest answers. */
export type Page<Item> =
  | { readonly kind: "items"; readonly items: readonly Item[]; readonly asOfMs: number }
  | { readonly kind: "failure"; readonly part: string; readonly reason: Unreachable };

export type ClusterState = { readonly cluster: Cluster; readonly status: AuditStatus };

export type Namespace = { readonly name: string; readonly gone: boolean };

/** What following the pods of a namespace tells. The first `pods` has all that are there. */
export type PodsNews =
  /** Pods that are new or not as they were told last, and the names of those that are no longer there. */
  | {
      readonly kind: "pods";
      readonly changed: readonly Pod[];
      readonly gone: readonly string[];
      readonly asOfMs: number;
    }
  /** What was told may be old; it is tried again after so long. */
  | { readonly kind: "interrupted"; readonly reason: Unreachable; readonly retryInMs: number }
  /** After an interruption: what was told is right again. */
  | { readonly kind: "resumed"; readonly asOfMs: number }
  /** The last: nothing more comes until it is begun anew. */
  | { readonly kind: "ended"; readonly reason: Unreachable };

/** Who an account id is, as the cloud names it. The texts are data; `type` is `RamUser`, `RamRole`, `RootAccount`. */
export type AccountName = { readonly name: string; readonly displayName: string; readonly type: string };

/** Changes the auditing of one cluster and its Logstore. Nothing is changed but by `carryOut`, and there only what its plan says. */
export interface AuditingControl {
  /** What would be done, made from facts that are read for it; what blocks it is in it. */
  plan(change: Change, signal: AbortSignal): Promise<ChangePlan>;
  /** The retention that the Logstore has now, in days, or why it cannot be told. */
  retention(signal: AbortSignal): Promise<number | ChangeBlocker>;
  /**
   * Does what a person agreed to, unless the facts, read again, would make another plan. The last thing told is how it ended.
   * The signal ends the waiting alone: what was sent by then is carried out where it was sent to.
   */
  carryOut(plan: ChangePlan, signal: AbortSignal): AsyncIterable<ChangeProgress>;
  /** Waits on for what an earlier `carryOut` has begun. It changes nothing. */
  resume(underWay: ChangeUnderWay, signal: AbortSignal): AsyncIterable<ChangeProgress>;
}

/** A place that has clusters: the sample, an Alibaba Cloud account, an opened log file. */
export interface Account {
  /** Stable over reloads: `sample`, `file:<path>`, … */
  readonly id: string;
  readonly name: string;
  readonly kind: "sample" | "file" | "cloud";
  /** Rows that one request to the account's service fetches; a run of many requests asks first. Undefined: none are made. */
  readonly pageRows?: number;
  /** Called when something of this account changed; the cluster, where it is only that one. Returns an unsubscriber. */
  onChange(listener: (cluster: ClusterId | undefined) => void): () => void;
  clusters(signal: AbortSignal): AsyncIterable<Page<ClusterState>>;
  namespaces(cluster: ClusterId, signal: AbortSignal): AsyncIterable<Page<Namespace>>;
  /** First the pods that exist, then those that only records of the last day know (`gone`). */
  pods(cluster: ClusterId, namespace: string, signal: AbortSignal): AsyncIterable<Page<Pod>>;
  nodes(cluster: ClusterId, signal: AbortSignal): AsyncIterable<Page<ClusterNode>>;
  logs(cluster: ClusterId): LogSource;
  auditing(cluster: ClusterId): AuditingControl | undefined;
  /** Everything behind a cluster's status, found out anew. An account that has records and nothing else does not know it. */
  readonly facts?: (cluster: ClusterId, signal: AbortSignal) => Promise<StatusFacts | Unreachable>;
  /** Tells the pods of a namespace and every change of them until the signal fires; resolves then, or after `ended`. */
  readonly watchPods?: (
    cluster: ClusterId,
    namespace: string,
    listener: (news: PodsNews) => void,
    signal: AbortSignal,
  ) => Promise<void>;
  /** Names for the account ids of a cluster's audit log. Who is not among them has none that is known. */
  readonly names?: (cluster: ClusterId, signal: AbortSignal) => Promise<ReadonlyMap<string, AccountName> | Unreachable>;
}

/** What an account reads out of records for its own lists: all rows of one statement, or why there are none. */
export async function rowsOf(
  source: LogSource,
  statement: string,
  range: TimeRange,
  signal: AbortSignal,
  maxRows = 1_000_000,
): Promise<readonly LogRecord[] | Unreachable> {
  const rows: LogRecord[] = [];
  // Nothing here prints a time, so the zone makes no difference.
  for await (const part of source.ask({ statement, range, zone: "UTC", maxRows }, signal)) {
    switch (part.kind) {
      case "rows":
        for (const cells of part.rows) rows.push(recordOf(part.columns, cells));
        break;
      case "end": {
        const reason = missingOf(part.completeness.gaps);
        if (reason !== undefined) return reason;
        break;
      }
      case "refused":
        return { code: "engineFailed", detail: part.problems.map(({ code }) => code).join(", ") };
      case "unreachable":
        return part.reason;
    }
  }
  return rows;
}

/** Why rows of a list are missing. Who asked for no more rows than came, or cancelled, knows that. */
function missingOf(gaps: readonly Gap[]): Unreachable | undefined {
  for (const gap of gaps) {
    switch (gap.kind) {
      case "unreachable":
        return gap.reason;
      case "server":
        return { code: "network", detail: "", cause: "service" };
      case "quota":
        return { code: "network", detail: "", cause: "throttled" };
      default:
    }
  }
  return undefined;
}

export function isUnreachable(answer: readonly unknown[] | Unreachable): answer is Unreachable {
  return "code" in answer;
}

/** The pods of a namespace that the records of a time range name. Whether they still exist, records do not say. */
export async function recordedPods(
  source: LogSource,
  namespace: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<readonly Omit<Pod, "gone">[] | Unreachable> {
  const rows = await rowsOf(source, podsSeenStatement(namespace), range, signal);
  return isUnreachable(rows) ? rows : readPodsSeen(namespace, rows);
}
