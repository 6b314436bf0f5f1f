import type { AuditStatus, Cluster, ClusterNode } from "../audit/cluster.ts";
import type { LogRecord } from "../audit/event.ts";
import type { ClusterId } from "../audit/ids.ts";
import type { Pod } from "../audit/pod.ts";
import { podsSeenStatement, readPodsSeen } from "../audit/queries.ts";
import type { Unreachable } from "./answer.ts";
import type { LogSource } from "./logSource.ts";
import type { TimeRange } from "./question.ts";
import { recordOf } from "./record.ts";

/** Lists arrive in pages; a part of one (a region, a namespace) may fail while the rest answers. */
export type Page<Item> =
  | { readonly kind: "items"; readonly items: readonly Item[]; readonly asOfMs: number }
  | { readonly kind: "failure"; readonly part: string; readonly reason: Unreachable };

export type ClusterState = { readonly cluster: Cluster; readonly status: AuditStatus };

export type Namespace = { readonly name: string; readonly gone: boolean };

/** Turns auditing on and off. Every step is told; a step that fails says why and leaves what was done before it. */
export interface AuditingControl {
  /** Ends when the first event has arrived, or the uninstallation is confirmed; yields each step as it begins. */
  turnOn(signal: AbortSignal): AsyncIterable<AuditStatus>;
  turnOff(signal: AbortSignal): AsyncIterable<AuditStatus>;
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
}

/** What an account reads out of records for its own lists: all rows of one statement, or why there are none. */
export async function rowsOf(
  source: LogSource,
  statement: string,
  range: TimeRange,
  signal: AbortSignal,
): Promise<readonly LogRecord[] | Unreachable> {
  const rows: LogRecord[] = [];
  // Nothing here prints a time, so the zone makes no difference.
  for await (const part of source.ask({ statement, range, zone: "UTC", maxRows: 1_000_000 }, signal)) {
    switch (part.kind) {
      case "rows":
        for (const cells of part.rows) rows.push(recordOf(part.columns, cells));
        break;
      case "end":
        break;
      case "refused":
        return { code: "engineFailed", detail: part.problems.map(({ code }) => code).join(", ") };
      case "unreachable":
        return part.reason;
    }
  }
  return rows;
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
