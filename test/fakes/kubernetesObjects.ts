/** An object of the Kubernetes API, as JSON. */
export type KubernetesObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
};

/** A field manager's notes, of which real objects are full, and which nobody wants to keep. */
const managedFields = [
  {
    manager: "kube-controller-manager",
    operation: "Update",
    apiVersion: "v1",
    time: "2026-01-01T00:00:00Z",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:metadata": { "f:labels": { ".": {}, "f:app": {} } }, "f:spec": { "f:containers": {} } },
  },
];

export type PodFacts = {
  readonly namespace?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly restarts?: number;
  readonly sidecar?: string;
  readonly init?: string;
  readonly ephemeral?: string;
};

export function podObject(name: string, facts: PodFacts = {}): KubernetesObject {
  const app = name.replace(/-[^-]*$/, "");
  const { phase = "Running", image = "nginx:1.25", restarts = 0 } = facts;
  const extra = [
    ...(facts.init === undefined ? [] : [{ name: facts.init, image: "busybox:1.36" }]),
    ...(facts.sidecar === undefined ? [] : [{ name: facts.sidecar, image: "envoy:1.30", restartPolicy: "Always" }]),
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: facts.namespace ?? "shop",
      labels: facts.labels ?? { app },
      creationTimestamp: "2026-01-01T00:00:00Z",
      ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: app, uid: "b", controller: true }],
      managedFields,
    },
    spec: {
      nodeName: facts.node ?? "cn-hangzhou.10.0.0.7",
      restartPolicy: "Always",
      containers: [{ name: "web", image, resources: {} }],
      ...(extra.length > 0 ? { initContainers: extra } : {}),
      ...(facts.ephemeral === undefined ? {} : { ephemeralContainers: [{ name: facts.ephemeral, image: "debug:1" }] }),
    },
    status: {
      phase,
      podIP: "172.20.0.9",
      startTime: "2026-01-01T00:00:01Z",
      containerStatuses: [
        { name: "web", ready: phase === "Running", restartCount: restarts, image, state: { running: {} } },
      ],
    },
  };
}

export function nodeObject(name: string, facts: Readonly<Record<string, string>> = {}): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/os": "linux" }, creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: { providerID: `cn-hangzhou.i-${name}` },
    status: {
      conditions: [{ type: "Ready", status: "True" }],
      addresses: [
        { type: "Hostname", address: name },
        { type: "InternalIP", address: name.split(".").slice(1).join(".") },
      ],
      nodeInfo: {
        osImage: "Alibaba Cloud Linux 3 (Soaring Falcon)",
        kernelVersion: "5.10.134-19.1.al8.x86_64",
        containerRuntimeVersion: "containerd://1.6.38",
        kubeletVersion: "v1.32.1-aliyun.1",
        architecture: "amd64",
        operatingSystem: "linux",
        ...facts,
      },
    },
  };
}

export function namespaceObject(name: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "kubernetes.io/metadata.name": name }, creationTimestamp: "2026-01-01T00:00:00Z" },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  };
}

const columns = {
  pods: ["Name", "Ready", "Status", "Restarts", "Age"],
  nodes: ["Name", "Status", "Roles", "Age", "Version"],
  namespaces: ["Name", "Status", "Age"],
};

/** What `kubectl get` asks the server to draw (`as=Table`). */
export function tableOf(
  resource: keyof typeof columns,
  objects: readonly KubernetesObject[],
  metadata: object,
): Readonly<Record<string, unknown>> {
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: columns[resource].map((name) => ({
      name,
      type: "string",
      format: name === "Name" ? "name" : "",
      description: name,
      priority: 0,
    })),
    rows: objects.map((object) => ({
      cells: cellsOf(resource, object),
      object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata },
    })),
  };
}

function cellsOf(resource: keyof typeof columns, object: KubernetesObject): readonly string[] {
  const { name } = object.metadata;
  const phase = fieldOf(object, "status.phase") ?? "";
  switch (resource) {
    case "pods": {
      const ready = phase === "Running" ? "1/1" : "0/1";
      return [name, ready, phase, fieldOf(object, "status.containerStatuses.0.restartCount") ?? "0", "1d"];
    }
    case "nodes":
      return [name, "Ready", "<none>", "1d", fieldOf(object, "status.nodeInfo.kubeletVersion") ?? ""];
    case "namespaces":
      return [name, phase, "1d"];
  }
}

function fieldOf(object: unknown, path: string): string | undefined {
  let value: unknown = object;
  for (const key of path.split(".")) {
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** Undefined for a selector that is none (the API answers 400). */
export function selects(
  fieldSelector: string,
  labelSelector: string,
): ((object: KubernetesObject) => boolean) | undefined {
  const fields = conditionsOf(fieldSelector);
  const labels = conditionsOf(labelSelector);
  if (fields === undefined || labels === undefined) return undefined;
  return (object) =>
    fields.every((holds) => holds((key) => fieldOf(object, key))) &&
    labels.every((holds) => holds((key) => object.metadata.labels?.[key]));
}

type Condition = (given: (key: string) => string | undefined) => boolean;

function conditionsOf(selector: string): readonly Condition[] | undefined {
  const conditions = selector
    .split(/,(?![^(]*\))/)
    .filter((part) => part !== "")
    .map(conditionOf);
  return conditions.every((condition) => condition !== undefined) ? conditions : undefined;
}

function conditionOf(text: string): Condition | undefined {
  const set = /^\s*([^\s!=()]+)\s+(in|notin)\s+\(([^)]*)\)\s*$/.exec(text);
  if (set !== null) {
    const [, key = "", kind, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    return (given) => values.includes(given(key) ?? "") === (kind === "in");
  }
  const equal = /^\s*([^\s!=()]+)\s*(==?|!=)\s*([^\s!=()]*)\s*$/.exec(text);
  if (equal !== null) {
    const [, key = "", kind, value = ""] = equal;
    return (given) => ((given(key) ?? "") === value) === (kind !== "!=");
  }
  const exists = /^\s*(!?)([^\s!=()]+)\s*$/.exec(text);
  if (exists === null) return undefined;
  const [, not, key = ""] = exists;
  return (given) => (given(key) !== undefined) === (not === "");
}
