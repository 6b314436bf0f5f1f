import type { ClusterId } from "../../audit/ids.ts";
import type { Gap } from "../../logs/answer.ts";
import type { OpeningFailure } from "../accounts.ts";
import type { ListFailure } from "./listing.ts";

/**
 * What stands in the tree. A node is an address and nothing else; what is known of its place is looked up when it is
 * drawn. There is one object for each address, so that VS Code can be told which of them changed.
 */
export type TreeNode = AccountNode | ClusterNode | NamespaceNode | GoneNode | PodNode | ContainerNode | NoteNode;

export type AccountNode = { readonly kind: "account"; readonly id: string; readonly account: string };
export type ClusterNode = {
  readonly kind: "cluster";
  readonly id: string;
  readonly parent: AccountNode;
  readonly cluster: ClusterId;
};
export type NamespaceNode = {
  readonly kind: "namespace";
  readonly id: string;
  readonly parent: ClusterNode;
  readonly namespace: string;
};
/** The pods of a cluster that do not exist any more. */
export type GoneNode = { readonly kind: "gone"; readonly id: string; readonly parent: ClusterNode };
export type PodNode = {
  readonly kind: "pod";
  readonly id: string;
  readonly parent: NamespaceNode | GoneNode;
  readonly namespace: string;
  readonly pod: string;
};
export type ContainerNode = {
  readonly kind: "container";
  readonly id: string;
  readonly parent: PodNode;
  readonly container: string;
};

/** A line that is not a thing of the cluster: why something is missing, or how to see more of it. */
export type NoteNode = {
  readonly kind: "note";
  readonly id: string;
  readonly parent: TreeNode;
  readonly note: Note;
};

export type Note =
  /** A list, or the counts, could not be had. */
  | { readonly kind: "failed"; readonly of: NoteSubject; readonly failure: ListFailure }
  | { readonly kind: "loading" | "stopped"; readonly of: NoteSubject }
  /** The log file could not be opened. */
  | { readonly kind: "notOpened"; readonly failure: OpeningFailure }
  /** The counts are not the whole truth. */
  | { readonly kind: "gaps"; readonly gaps: readonly Gap[] }
  | { readonly kind: "nothing" }
  | { readonly kind: "more"; readonly next: number; readonly remaining: number };

export type NoteSubject = "list" | "counts";

export function clusterOf(node: TreeNode): ClusterNode | undefined {
  if (node.kind === "cluster") return node;
  return node.kind === "account" ? undefined : clusterOf(node.parent);
}

export function accountOf(node: TreeNode): AccountNode {
  return node.kind === "account" ? node : accountOf(node.parent);
}

const kinds: ReadonlySet<unknown> = new Set<TreeNode["kind"]>([
  "account",
  "cluster",
  "namespace",
  "gone",
  "pod",
  "container",
  "note",
]);

/** The node that a menu of the tree gives to a command; undefined where the command came from elsewhere. */
export function readNode(value: unknown): TreeNode | undefined {
  const isNode =
    typeof value === "object" && value !== null && "kind" in value && "id" in value && kinds.has(value.kind);
  return isNode ? (value as TreeNode) : undefined;
}

export function parentOf(node: TreeNode): TreeNode | undefined {
  return node.kind === "account" ? undefined : node.parent;
}

/** Names are escaped, so that no name can make two addresses one. */
function child(parent: { readonly id: string }, kind: string, name: string): string {
  return `${parent.id}/${kind}:${encodeURIComponent(name)}`;
}

export type Nodes = {
  account(account: string): AccountNode;
  cluster(account: string, cluster: ClusterId): ClusterNode;
  namespace(parent: ClusterNode, namespace: string): NamespaceNode;
  gone(parent: ClusterNode): GoneNode;
  pod(parent: NamespaceNode | GoneNode, namespace: string, pod: string): PodNode;
  container(parent: PodNode, container: string): ContainerNode;
  note(parent: TreeNode, note: Note, index?: number): NoteNode;
  /** The account has another node from now on: what is asked for below it is asked for anew, and it starts collapsed. */
  forget(account: string): void;
};

/** The one object of each address. */
export function createNodes(): Nodes {
  const nodes = new Map<string, TreeNode>();
  const generations = new Map<string, number>();

  function the<Node extends TreeNode>(node: Node): Node {
    const known = nodes.get(node.id);
    // An address has one kind: the id spells it.
    if (known !== undefined) return known as Node;
    nodes.set(node.id, node);
    return node;
  }

  const account = (name: string): AccountNode =>
    the({
      kind: "account",
      id: `account:${encodeURIComponent(name)}:${generations.get(name) ?? 0}`,
      account: name,
    });

  return {
    account,
    cluster: (name, cluster) => {
      const parent = account(name);
      return the({ kind: "cluster", id: child(parent, "cluster", cluster), parent, cluster });
    },
    namespace: (parent, namespace) =>
      the({ kind: "namespace", id: child(parent, "namespace", namespace), parent, namespace }),
    gone: (parent) => the({ kind: "gone", id: `${parent.id}/gone`, parent }),
    pod: (parent, namespace, pod) =>
      the({ kind: "pod", id: `${child(parent, "pod", namespace)}/${encodeURIComponent(pod)}`, parent, namespace, pod }),
    container: (parent, container) =>
      the({ kind: "container", id: child(parent, "container", container), parent, container }),
    // Notes change with what they tell and have nothing below them, so each is a new object.
    note: (parent, note, index = 0) => ({
      kind: "note",
      id: `${parent.id}/note:${note.kind}:${"of" in note ? note.of : ""}:${index}`,
      parent,
      note,
    }),
    forget: (name) => {
      const { id } = account(name);
      generations.set(name, (generations.get(name) ?? 0) + 1);
      for (const key of nodes.keys()) if (key === id || key.startsWith(`${id}/`)) nodes.delete(key);
    },
  };
}
