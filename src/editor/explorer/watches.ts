import { type NamespaceNode, parentOf, type TreeNode } from "./node.ts";

/** Which namespaces are followed: those that stand open in the tree, while the tree can be seen. */
export interface Watches {
  setVisible(isVisible: boolean): void;
  /** The node stands open. */
  opened(node: TreeNode): void;
  /** The node was closed, and with it what is open below it is out of sight. */
  closed(node: TreeNode): void;
  /** Forgets the namespaces of which this is not true. */
  keepOnly(isThere: (node: NamespaceNode) => boolean): void;
  /** Begins anew what ended by itself. */
  retry(): void;
  dispose(): void;
}

export function createWatches(parts: {
  /** Of more namespaces those are followed that were opened last. */
  readonly atOnce: number;
  /** Follows the pods of a namespace until the signal fires, or until nothing more comes. */
  readonly follow: (node: NamespaceNode, signal: AbortSignal) => Promise<void>;
  /** Told of a fault in `follow`. */
  readonly report: (error: unknown) => void;
}): Watches {
  type Run = { readonly stopping: AbortController; hasEnded: boolean };
  /** In the order in which they were opened. */
  const open = new Set<NamespaceNode>();
  const shut = new Set<TreeNode>();
  const runs = new Map<NamespaceNode, Run>();
  let isVisible = false;

  function isInSight(node: TreeNode): boolean {
    const parent = parentOf(node);
    return !shut.has(node) && (parent === undefined || isInSight(parent));
  }

  function start(node: NamespaceNode): void {
    const run: Run = { stopping: new AbortController(), hasEnded: false };
    runs.set(node, run);
    parts
      .follow(node, run.stopping.signal)
      .catch(parts.report)
      .finally(() => {
        run.hasEnded = true;
      });
  }

  function stop(node: NamespaceNode, run: Run): void {
    runs.delete(node);
    run.stopping.abort();
  }

  function arrange(): void {
    const wanted = new Set(isVisible ? [...open].filter(isInSight).slice(-parts.atOnce) : []);
    for (const [node, run] of runs) if (!wanted.has(node)) stop(node, run);
    for (const node of wanted) if (!runs.has(node)) start(node);
  }

  return {
    setVisible: (next) => {
      isVisible = next;
      arrange();
    },
    opened: (node) => {
      shut.delete(node);
      if (node.kind === "namespace") open.add(node);
      arrange();
    },
    closed: (node) => {
      shut.add(node);
      if (node.kind === "namespace") open.delete(node);
      arrange();
    },
    keepOnly: (isThere) => {
      for (const node of open) if (!isThere(node)) open.delete(node);
      arrange();
    },
    retry: () => {
      for (const [node, run] of runs) if (run.hasEnded) stop(node, run);
      arrange();
    },
    dispose: () => {
      isVisible = false;
      arrange();
    },
  };
}
