import { basename } from "node:path";
import type { Cluster, ClusterNode } from "../audit/cluster.ts";
import type { LogRecord } from "../audit/event.ts";
import { type ClusterId, clusterId } from "../audit/ids.ts";
import { namespacesSeenStatement, nodesSeenStatement, readNamespaceSeen, readNodeSeen } from "../audit/queries.ts";
import type { Engine, ImportedStore } from "../engine/client.ts";
import { type Account, isUnreachable, type Page, recordedPods, rowsOf } from "../logs/account.ts";
import type { Unreachable } from "../logs/answer.ts";
import type { LogSource } from "../logs/logSource.ts";
import type { TimeRange } from "../logs/question.ts";

/**
 * An opened log file as an account: the clusters that its records name, with the namespaces, pods and nodes that they
 * name. Records whose cluster is not told make one cluster named after the file, which holds all records of it. What is
 * not in records is empty, and whether anything still exists is not known.
 */
export function createFileAccount(engine: Engine, store: ImportedStore, path: string, openedAtMs: number): Account {
  return new FileAccount(engine, store, path, openedAtMs);
}

class FileAccount implements Account {
  readonly id: string;
  readonly name: string;
  readonly kind = "file";
  readonly #openedAtMs: number;
  readonly #sources: ReadonlyMap<ClusterId, LogSource>;

  constructor(engine: Engine, store: ImportedStore, path: string, openedAtMs: number) {
    this.id = `file:${path}`;
    this.name = basename(path);
    this.#openedAtMs = openedAtMs;
    const named = store.clusters.map(({ id }) => id).filter((id) => id !== undefined);
    const isAllNamed = named.length > 0 && named.length === store.clusters.length;
    const wholeFile = isAllNamed ? undefined : clusterId(this.name);
    this.#sources = new Map([
      ...named.map((id): [ClusterId, LogSource] => [id, engine.source(store.id, id)]),
      ...(wholeFile === undefined ? [] : [[wholeFile, engine.source(store.id, undefined)] as const]),
    ]);
  }

  /** A file that was changed is opened anew, as another account. */
  onChange(): () => void {
    return () => {};
  }

  async *clusters(): ReturnType<Account["clusters"]> {
    const asOfMs = this.#openedAtMs;
    const items = [...this.#sources.keys()].map((id) => ({
      cluster: recordedCluster(id),
      status: { kind: "unknown", reason: { code: "recordsOnly" }, asOfMs } as const,
    }));
    yield { kind: "items", items, asOfMs };
  }

  namespaces(id: ClusterId, signal: AbortSignal): ReturnType<Account["namespaces"]> {
    return this.#list(id, signal, namespacesSeenStatement, (row) => ({ name: readNamespaceSeen(row), gone: false }));
  }

  async *pods(id: ClusterId, namespace: string, signal: AbortSignal): ReturnType<Account["pods"]> {
    const source = this.logs(id);
    const range = await wholeRange(source, signal);
    const pods = "code" in range ? range : await recordedPods(source, namespace, range, signal);
    if (signal.aborted) return;
    if (isUnreachable(pods)) yield { kind: "failure", part: namespace, reason: pods };
    else yield this.#page(pods.map((pod) => ({ ...pod, gone: false })));
  }

  nodes(id: ClusterId, signal: AbortSignal): ReturnType<Account["nodes"]> {
    return this.#list(id, signal, nodesSeenStatement, (row) => recordedNode(readNodeSeen(row)));
  }

  logs(id: ClusterId): LogSource {
    const source = this.#sources.get(id);
    if (source === undefined) throw new Error(`${this.name} has no cluster ${id}.`);
    return source;
  }

  auditing(): undefined {
    return undefined;
  }

  async *#list<Item extends { readonly name: string }>(
    id: ClusterId,
    signal: AbortSignal,
    statement: string,
    read: (row: LogRecord) => Item,
  ): AsyncIterable<Page<Item>> {
    const source = this.logs(id);
    const range = await wholeRange(source, signal);
    const rows = "code" in range ? range : await rowsOf(source, statement, range, signal);
    if (signal.aborted) return;
    if (isUnreachable(rows)) yield { kind: "failure", part: "", reason: rows };
    else yield this.#page(rows.map(read).filter(({ name }) => name !== ""));
  }

  #page<Item>(items: readonly Item[]): Page<Item> {
    return { kind: "items", items, asOfMs: this.#openedAtMs };
  }
}

/** From the oldest to behind the newest record, whose second is outside a range that ends with it. */
async function wholeRange(source: LogSource, signal: AbortSignal): Promise<TimeRange | Unreachable> {
  const bounds = await source.bounds(signal);
  if (bounds === undefined) return { fromMs: 0, toMs: 0 };
  return "code" in bounds ? bounds : { fromMs: bounds.fromMs, toMs: bounds.toMs + 1000 };
}

/** A record tells a cluster's id and nothing else of it. */
function recordedCluster(id: ClusterId): Cluster {
  return { id, name: id, region: "", type: "", profile: "", spec: "", state: "", version: "", nodeCount: undefined };
}

function recordedNode({ name, ip }: { readonly name: string; readonly ip: string }): ClusterNode {
  return { name, ip, osImage: "", kernelVersion: "", containerRuntime: "", kubeletVersion: "", architecture: "" };
}
