import type { ClusterNode } from "../audit/cluster.ts";
import type { Pod } from "../audit/pod.ts";
import type { Namespace, Page } from "../logs/account.ts";
import { Client, Exchange, fetchPage, type KubeconfigSource } from "./client.ts";
import { isFailure, type KubernetesUnreachable, unreachable } from "./failure.ts";
import { type ContextChoice, contextsOf } from "./kubeconfig.ts";
import { namespaces, nodes, podsOf, type Resource } from "./read.ts";
import { type PodNews, watchPods } from "./watch.ts";

export type KubernetesOptions = {
  /** Whether a kubeconfig may have a command of its own run to log in. Without, such a one is refused. */
  readonly allowCommands?: boolean;
  /** The proxy for a server, where its kubeconfig names none: what `http.proxy` and `http.noProxy` say. */
  readonly proxyFor?: (server: URL) => string | undefined;
  /** Gives a new kubeconfig when the server takes the old one no longer; undefined where there is none. */
  readonly renew?: (signal: AbortSignal) => Promise<string | undefined>;
  readonly userAgent?: string;
  readonly now?: () => number;
  /** From 0 to before 1, for the jitter of retries. */
  readonly random?: () => number;
  /** Resolves early when the signal fires. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  readonly pageSize?: number;
  readonly maxPageBytes?: number;
  /** Changes of a watch within so long are told together. */
  readonly gatherMs?: number;
};

type KubernetesPage<Item> =
  | Extract<Page<Item>, { kind: "items" }>
  | { readonly kind: "failure"; readonly part: string; readonly reason: KubernetesUnreachable };

/** What the Kubernetes API of one cluster knows. Nothing stays open between what is asked. */
export interface Kubernetes {
  namespaces(signal: AbortSignal): AsyncIterable<KubernetesPage<Namespace>>;
  pods(namespace: string, signal: AbortSignal): AsyncIterable<KubernetesPage<Pod>>;
  nodes(signal: AbortSignal): AsyncIterable<KubernetesPage<ClusterNode>>;
  /** Tells the pods of a namespace and every change, until the signal fires. Never rejects for what the network does. */
  watchPods(namespace: string, listener: (news: PodNews) => void, signal: AbortSignal): Promise<void>;
}

/**
 * `source` is the text of a kubeconfig, which is held in memory alone, or the place of a person's own one. Nothing is
 * read, loaded or sent before something is asked.
 */
export function createKubernetes(source: KubeconfigSource, options: KubernetesOptions = {}): Kubernetes {
  const client = new Client(source, {
    allowCommands: options.allowCommands ?? false,
    proxyFor: options.proxyFor ?? (() => undefined),
    renew: options.renew,
    userAgent: options.userAgent ?? "ack-container-audit",
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    sleep: options.sleep ?? sleep,
    env: options.env ?? process.env,
    timeoutMs: options.timeoutMs ?? 30_000,
    pageSize: options.pageSize ?? 500,
    maxPageBytes: options.maxPageBytes ?? 64 * 1024 * 1024,
  });
  const { now } = client.options;
  return {
    namespaces: (signal) => pagesOf(client, namespaces, now, signal),
    nodes: (signal) => pagesOf(client, nodes, now, signal),
    pods: (namespace, signal) => pagesOf(client, podsOf(namespace), now, signal),
    watchPods: (namespace, listener, signal) =>
      watchPods(client, podsOf(namespace), listener, signal, { gatherMs: options.gatherMs ?? 200 }),
  };
}

/** The contexts of the kubeconfig that kubectl reads, for a person to choose one. */
export async function ownContexts(): Promise<readonly ContextChoice[] | KubernetesUnreachable> {
  const contexts = await contextsOf({});
  return isFailure(contexts) ? unreachable(contexts) : contexts;
}

/** More than this a list is not begun anew: the server forgets faster than it can be read. */
const mostRestarts = 5;

async function* pagesOf<Item extends { readonly name: string }>(
  client: Client,
  resource: Resource<Item>,
  now: () => number,
  signal: AbortSignal,
): AsyncGenerator<KubernetesPage<Item>, void, undefined> {
  const exchange = new Exchange(client);
  const onAbort = () => exchange.close();
  signal.addEventListener("abort", onAbort, { once: true });
  const seen = new Set<string>();
  let next: string | undefined;
  let restarts = 0;
  try {
    for (;;) {
      const page = await fetchPage(client, exchange, resource, next, signal);
      if (signal.aborted) return;
      if (!isFailure(page)) {
        // After a list that expired, what was there before comes again.
        const items = page.items.filter(({ name }) => !seen.has(name));
        for (const { name } of items) seen.add(name);
        next = page.next;
        yield { kind: "items", items, asOfMs: now() };
        if (next === undefined) return;
      } else if (page.code === "gone" && next !== undefined && restarts < mostRestarts) {
        restarts += 1;
        next = page.next;
      } else {
        yield { kind: "failure", part: resource.namespace ?? "", reason: unreachable(page) };
        return;
      }
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    exchange.close();
  }
}

/** A timer that goes with the signal. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done, { once: true });
    if (signal.aborted) done();
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
  });
}
