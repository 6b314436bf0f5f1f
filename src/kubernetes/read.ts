import type { ClusterNode } from "../audit/cluster.ts";
import type { Pod } from "../audit/pod.ts";
import type { Namespace } from "../logs/account.ts";
import type { ResourceName } from "./failure.ts";

/** One kind of thing that is listed: where, and what is kept of each. All else (`managedFields` and the like) is let go. */
export type Resource<Item> = {
  readonly name: ResourceName;
  /** From the root of the API; a namespace's own list where it has one. */
  readonly path: string;
  readonly namespace: string | undefined;
  /** Undefined for what is none; its place is said by who reads the list. */
  readonly read: (object: unknown) => Item | undefined;
};

export const namespaces: Resource<Namespace> = {
  name: "namespaces",
  path: "/api/v1/namespaces",
  namespace: undefined,
  read: readNamespace,
};

export const nodes: Resource<ClusterNode> = {
  name: "nodes",
  path: "/api/v1/nodes",
  namespace: undefined,
  read: readNode,
};

export function podsOf(namespace: string): Resource<Pod> {
  return {
    name: "pods",
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods`,
    namespace,
    read: readPod,
  };
}

export function readNamespace(object: unknown): Namespace | undefined {
  const name = text(at(object, "metadata"), "name");
  return name === "" ? undefined : { name, gone: false };
}

/** The containers that a person can enter come as they are in the spec: ordinary ones, sidecars, then ephemeral ones. */
export function readPod(object: unknown): Pod | undefined {
  const metadata = at(object, "metadata");
  const spec = at(object, "spec");
  const name = text(metadata, "name");
  if (name === "") return undefined;
  // An init container that is restarted always is a sidecar (Kubernetes 1.28); the others are over before a pod runs.
  const sidecars = list(spec, "initContainers").filter((container) => text(container, "restartPolicy") === "Always");
  return {
    namespace: text(metadata, "namespace"),
    name,
    node: text(spec, "nodeName"),
    phase: text(at(object, "status"), "phase"),
    containers: [...list(spec, "containers"), ...sidecars, ...list(spec, "ephemeralContainers")].map((container) => ({
      name: text(container, "name"),
      image: text(container, "image"),
    })),
    gone: false,
  };
}

export function readNode(object: unknown): ClusterNode | undefined {
  const name = text(at(object, "metadata"), "name");
  if (name === "") return undefined;
  const status = at(object, "status");
  const info = at(status, "nodeInfo");
  const internal = list(status, "addresses").find((address) => text(address, "type") === "InternalIP");
  return {
    name,
    ip: text(internal, "address"),
    osImage: text(info, "osImage"),
    kernelVersion: text(info, "kernelVersion"),
    containerRuntime: text(info, "containerRuntimeVersion"),
    kubeletVersion: text(info, "kubeletVersion"),
    architecture: text(info, "architecture"),
  };
}

/** One page of a list, as `List` objects of the API are. */
export type ListPage<Item> = {
  readonly items: readonly Item[];
  readonly resourceVersion: string;
  /** Undefined on the last page. */
  readonly next: string | undefined;
};

/** The page, or the place where the answer is none. */
export function readList<Item>(resource: Resource<Item>, answer: unknown): ListPage<Item> | string {
  const metadata = at(answer, "metadata");
  const objects = at(answer, "items");
  if (metadata === undefined) return "metadata";
  // An empty list may come as null from servers that are no kube-apiserver.
  if (!Array.isArray(objects) && objects !== null) return "items";
  const items: Item[] = [];
  for (const [place, object] of (objects ?? []).entries()) {
    const item = resource.read(object);
    if (item === undefined) return `items[${place}].metadata.name`;
    items.push(item);
  }
  const next = text(metadata, "continue");
  return { items, resourceVersion: text(metadata, "resourceVersion"), next: next === "" ? undefined : next };
}

/** An event of a watch; undefined for what is none. */
export type WatchEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK"; readonly object: unknown; readonly version: string }
  | { readonly type: "ERROR"; readonly status: Status };

export function readWatchEvent(line: string): WatchEvent | undefined {
  const event = readJson(line);
  const type = text(event, "type");
  const object = at(event, "object");
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
    case "BOOKMARK": {
      const version = text(at(object, "metadata"), "resourceVersion");
      return version === "" ? undefined : { type, object, version };
    }
    case "ERROR":
      return { type, status: readStatus(object) };
    default:
      return undefined;
  }
}

/** `metav1.Status`, which is what the API answers instead; empty texts where a proxy in between answered. */
export type Status = {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
  /** Of an expired list: goes on behind what was listed, with what is there now. */
  readonly next: string | undefined;
};

export function readStatus(object: unknown): Status {
  const code = at(object, "code");
  const retry = at(at(object, "details"), "retryAfterSeconds");
  const next = text(at(object, "metadata"), "continue");
  return {
    code: typeof code === "number" ? code : 0,
    reason: text(object, "reason"),
    message: text(object, "message").slice(0, 2000),
    retryAfterSeconds: typeof retry === "number" ? retry : undefined,
    next: next === "" ? undefined : next,
  };
}

/** Undefined for what is no JSON, which no list or event is. */
export function readJson(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function text(value: unknown, key: string): string {
  const found = at(value, key);
  return typeof found === "string" ? found : "";
}

function list(value: unknown, key: string): readonly unknown[] {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
}
