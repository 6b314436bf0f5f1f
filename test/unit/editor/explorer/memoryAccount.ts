import type { AuditStatus, Cluster } from "../../../../src/audit/cluster.ts";
import { type ClusterId, clusterId } from "../../../../src/audit/ids.ts";
import type { Pod, PodActivity } from "../../../../src/audit/pod.ts";
import type { Accounts, OpenFile } from "../../../../src/editor/accounts.ts";
import { createAccounts } from "../../../../src/editor/accounts.ts";
import { type Contents, createContents } from "../../../../src/editor/explorer/contents.ts";
import type { TreeNode } from "../../../../src/editor/explorer/node.ts";
import type { Account, ClusterState, Namespace, Page } from "../../../../src/logs/account.ts";
import type { Unreachable } from "../../../../src/logs/answer.ts";
import type { LogSource } from "../../../../src/logs/logSource.ts";
import type { Question, TimeRange } from "../../../../src/logs/question.ts";

/** What one cluster of an account in memory holds. Lists may be changed between two askings. */
export type MemoryCluster = {
  name: string;
  status: AuditStatus;
  namespaces: readonly Namespace[];
  pods: readonly Pod[];
  activity: readonly PodActivity[];
  bounds: TimeRange | undefined;
  /** Asked for in its place. */
  namespacesFailure: Unreachable | undefined;
  podsFailure: Unreachable | undefined;
  activityFailure: Unreachable | undefined;
};

export type MemoryAccount = Account & {
  readonly content: Map<ClusterId, MemoryCluster>;
  /** Every question that was asked of a log, and every list that was asked for, in order. */
  readonly questions: Question[];
  readonly lists: string[];
  /** While this is set, lists wait for it. */
  gate: Promise<void> | undefined;
  clustersFailure: Unreachable | undefined;
  tell(cluster: ClusterId | undefined): void;
};

export const nowMs = Date.UTC(2026, 10, 23, 2, 41, 7);
export const network: Unreachable = { code: "network", detail: "no route" };

export function id(text: string): ClusterId {
  const made = clusterId(text);
  if (made === undefined) throw new Error("An id has a text.");
  return made;
}

export const on: AuditStatus = { kind: "on", asOfMs: nowMs, addons: [], newestEventMs: nowMs - 12_000 };
export const recordsOnly: AuditStatus = { kind: "unknown", asOfMs: nowMs, reason: { code: "recordsOnly" } };

export function pod(namespace: string, name: string, gone = false): Pod {
  const containers = gone ? [] : [{ name: "app", image: "app:1" }];
  return { namespace, name, node: "n1", phase: "Running", containers, gone };
}

export function active(
  namespace: string,
  name: string,
  entries: number,
  lastEntryMs: number | undefined,
  riskyCommands = 0,
): PodActivity {
  return { namespace, pod: name, entries, lastEntryMs, riskyCommands };
}

export function memoryCluster(given: Partial<MemoryCluster> & { readonly name: string }): MemoryCluster {
  const namespaces = [...new Set((given.pods ?? []).map(({ namespace }) => namespace))];
  return {
    status: on,
    namespaces: namespaces.map((name) => ({ name, gone: false })),
    pods: [],
    activity: [],
    bounds: undefined,
    namespacesFailure: undefined,
    podsFailure: undefined,
    activityFailure: undefined,
    ...given,
  };
}

/** A real account whose clusters lie in memory. Ids are `id-<name>`. */
export function memoryAccount(
  clusters: readonly MemoryCluster[],
  { name = "Memory", accountId = "memory", kind = "cloud" as Account["kind"], podsPerPage = 500 } = {},
): MemoryAccount {
  const content = new Map(clusters.map((cluster) => [id(`id-${cluster.name}`), cluster]));
  const listeners = new Set<(cluster: ClusterId | undefined) => void>();

  function at(cluster: ClusterId): MemoryCluster {
    const found = content.get(cluster);
    if (found === undefined) throw new Error(`There is no cluster ${cluster}.`);
    return found;
  }

  async function* list<Item>(asked: string, items: readonly Item[], failure: Unreachable | undefined, size = 500) {
    account.lists.push(asked);
    await account.gate;
    for (let from = 0; from === 0 || from < items.length; from += size) {
      yield { kind: "items", items: items.slice(from, from + size), asOfMs: nowMs } satisfies Page<Item>;
    }
    if (failure !== undefined) yield { kind: "failure", part: asked, reason: failure } satisfies Page<Item>;
  }

  const account: MemoryAccount = {
    id: accountId,
    name,
    kind,
    content,
    questions: [],
    lists: [],
    gate: undefined,
    clustersFailure: undefined,
    tell: (cluster) => {
      for (const listener of listeners) listener(cluster);
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clusters: () =>
      list<ClusterState>(
        "clusters",
        account.clustersFailure === undefined
          ? [...content].map(([cluster, { name, status }]) => ({ cluster: clusterOf(cluster, name), status }))
          : [],
        account.clustersFailure,
      ),
    namespaces: (cluster) => {
      const { namespaces, namespacesFailure } = at(cluster);
      return list(`namespaces of ${cluster}`, namespacesFailure ? [] : namespaces, namespacesFailure);
    },
    pods: (cluster, namespace) => {
      const { pods, podsFailure } = at(cluster);
      const found = podsFailure ? [] : pods.filter((each) => each.namespace === namespace);
      return list(`pods of ${cluster}/${namespace}`, found, podsFailure, podsPerPage);
    },
    nodes: (cluster) => list(`nodes of ${cluster}`, [], undefined),
    logs: (cluster) => memorySource(account, at(cluster)),
    auditing: () => undefined,
  };
  return account;
}

function clusterOf(cluster: ClusterId, name: string): Cluster {
  return {
    id: cluster,
    name,
    region: "cn-hangzhou",
    type: "ManagedKubernetes",
    profile: "Default",
    spec: "ack.pro.small",
    state: "running",
    version: "1.32.1-aliyun.1",
    nodeCount: 1,
  };
}

function memorySource(account: MemoryAccount, cluster: MemoryCluster): LogSource {
  const columns = ["namespace", "pod", "entries", "last_entry", "risky_commands"];
  return {
    ask: async function* (question) {
      account.questions.push(question);
      if (cluster.activityFailure !== undefined) {
        yield { kind: "unreachable", reason: cluster.activityFailure };
        return;
      }
      yield {
        kind: "rows",
        columns: columns.map((name) => ({ name, kind: "text" })),
        rows: cluster.activity.map((each) => [
          each.namespace,
          each.pod,
          String(each.entries),
          each.lastEntryMs === undefined ? "null" : String(each.lastEntryMs / 1000),
          String(each.riskyCommands),
        ]),
      };
      yield { kind: "end", completeness: { gaps: [] }, total: undefined, elapsedMs: 1 };
    },
    histogram: async () => ({ kind: "buckets", buckets: [], completeness: { gaps: [] } }),
    values: async () => [],
    bounds: async () => cluster.bounds,
  };
}

/** What a workspace keeps over reloads. */
export function memoryState(kept: Record<string, unknown> = {}) {
  return {
    kept,
    keys: () => Object.keys(kept),
    get: <Value>(key: string, fallback?: Value) => (key in kept ? (kept[key] as Value) : fallback) as Value,
    update: async (key: string, value: unknown) => {
      kept[key] = value;
    },
  };
}

export const noFiles: OpenFile = async (path) => ({ kind: "unreadable", detail: "no such file", path });

export function rethrow(error: unknown): never {
  throw error;
}

export type MemoryTree = {
  readonly accounts: Accounts;
  readonly contents: Contents;
  /** The nodes that were to be drawn again, since the last look at them. */
  readonly drawn: (TreeNode | undefined)[];
  /** Draws everything below a node, as far as it is there. */
  draw(node?: TreeNode): Promise<readonly string[]>;
  /** The node with this label below another one. */
  child(parent: TreeNode | undefined, label: string): Promise<TreeNode>;
};

/** A tree over accounts in memory. */
export function memoryTree(
  account: readonly Account[],
  { openFile = noFiles, state = memoryState(), isExact = true } = {},
): MemoryTree {
  const accounts = createAccounts({ builtIn: account, openFile, state, report: rethrow });
  const drawn: (TreeNode | undefined)[] = [];
  const contents = createContents({
    accounts,
    query: { statement: "* | select 1 from log", isExact },
    window: "24h",
    nowMs: () => nowMs,
    redraw: (node) => void drawn.push(node),
    busy: () => {},
    report: rethrow,
  });

  async function draw(node?: TreeNode, indent = ""): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const each of await contents.children(node)) {
      lines.push(`${indent}${label(each)}`, ...(await draw(each, `${indent}  `)));
    }
    return lines;
  }

  return {
    accounts,
    contents,
    drawn,
    draw,
    child: async (parent, name) => {
      const found = (await contents.children(parent)).find((node) => label(node) === name);
      if (found === undefined) throw new Error(`There is no ${name}.`);
      return found;
    },
  };
}

export function label(node: TreeNode): string {
  switch (node.kind) {
    case "account":
      return node.account;
    case "cluster":
      return node.cluster;
    case "namespace":
      return node.namespace;
    case "gone":
      return "(gone)";
    case "pod":
      return node.pod;
    case "container":
      return `[${node.container}]`;
    case "note":
      return `<${node.note.kind}${"of" in node.note ? ` ${node.note.of}` : ""}>`;
    default:
      return node satisfies never;
  }
}
