import type { Addon, Cluster, ClusterNode } from "../audit/cluster.ts";
import type { ClusterId } from "../audit/ids.ts";
import type { Pod } from "../audit/pod.ts";
import type { Place } from "./session.ts";

/** What a container of the sample runs; it decides what ordinary life does there. */
export type Role = "java" | "node" | "nginx" | "postgres" | "redis" | "runner" | "metrics" | "job";

export type SamplePod = {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly role: Role;
  readonly image: string;
  /** The place of its node in the cluster's list. */
  readonly node: number;
};

export type SampleCluster = {
  readonly cluster: Cluster;
  /** What is installed when the sample begins. */
  readonly addons: readonly Addon[];
  readonly nodes: readonly ClusterNode[];
  readonly pods: readonly SamplePod[];
  /** Whether somebody works here, so that there is something to record while auditing is on. */
  readonly isLively: boolean;
};

/** The uid and directory that programs of a role start with, and its container's name. */
const roles: Readonly<Record<Role, { readonly container: string; readonly uid: number; readonly directory: string }>> =
  {
    java: { container: "app", uid: 1000, directory: "/app" },
    node: { container: "api", uid: 1000, directory: "/app" },
    nginx: { container: "nginx", uid: 101, directory: "/" },
    postgres: { container: "postgres", uid: 999, directory: "/" },
    redis: { container: "redis", uid: 999, directory: "/data" },
    runner: { container: "runner", uid: 1001, directory: "/workspace" },
    metrics: { container: "prometheus", uid: 65534, directory: "/prometheus" },
    job: { container: "job", uid: 1000, directory: "/work" },
  };

/** Node names as ACK makes them, `<region>.<ip>`; systems and kernels as seen on nodes (container-auditing.md §2.4). */
function node(
  region: string,
  ip: string,
  system: Pick<ClusterNode, "osImage" | "kernelVersion" | "containerRuntime" | "kubeletVersion">,
): ClusterNode {
  return { name: `${region}.${ip}`, ip, architecture: "amd64", ...system };
}

function pods(
  namespace: string,
  ...rows: readonly (readonly [name: string, app: string, role: Role, image: string, node: number])[]
): readonly SamplePod[] {
  return rows.map(([name, app, role, image, place]) => ({
    namespace,
    name,
    app,
    role,
    image: `registry.shop.example/${image}`,
    node: place,
  }));
}

const alinux3 = {
  osImage: "Alibaba Cloud Linux 3.2104 U12 (OpenAnolis Edition)",
  kernelVersion: "5.10.134-19.1.al8.x86_64",
  containerRuntime: "containerd://1.6.38",
} as const;
const containerOs = {
  osImage: "ContainerOS 3.5",
  kernelVersion: "5.10.134-18.0.9.lifsea8.x86_64",
  containerRuntime: "containerd://2.1.3",
} as const;
const ubuntu = {
  osImage: "Ubuntu 22.04.5 LTS",
  kernelVersion: "5.15.0-143-generic",
  containerRuntime: "containerd://1.6.38",
} as const;
const alinux2 = {
  osImage: "Alibaba Cloud Linux (Aliyun Linux) 2.1903 LTS (Hunting Beagle)",
  kernelVersion: "4.19.91-28.1.al7.x86_64",
  containerRuntime: "containerd://1.6.28",
} as const;
const centos = {
  osImage: "CentOS Linux 7 (Core)",
  kernelVersion: "3.10.0-1160.119.1.el7.x86_64",
  containerRuntime: "containerd://1.6.28",
} as const;

const prodVersion = "1.32.1-aliyun.1";
const stagingVersion = "1.31.1-aliyun.1";
const batchVersion = "1.28.9-aliyun.1";
const edgeVersion = "1.26.3-aliyun.1";

/** Audited: both add-ons are there and records come in. */
export const shopProd: SampleCluster = {
  cluster: {
    id: "c7a1f0e2b94d3865a0c1e7f4d2b86930e" as ClusterId,
    name: "shop-prod",
    region: "cn-hangzhou",
    type: "ManagedKubernetes",
    profile: "Default",
    spec: "ack.pro.small",
    state: "running",
    version: prodVersion,
    nodeCount: 6,
  },
  addons: [
    { name: "logtail-ds", version: "1.8.9", state: "active" },
    { name: "ack-advanced-audit", version: "0.9.0", state: "active" },
  ],
  nodes: [
    node("cn-hangzhou", "203.0.113.11", { ...alinux3, kubeletVersion: `v${prodVersion}` }),
    node("cn-hangzhou", "203.0.113.12", { ...alinux3, kubeletVersion: `v${prodVersion}` }),
    node("cn-hangzhou", "203.0.113.13", { ...alinux3, kubeletVersion: `v${prodVersion}` }),
    node("cn-hangzhou", "203.0.113.14", { ...alinux3, kubeletVersion: `v${prodVersion}` }),
    node("cn-hangzhou", "203.0.113.15", { ...containerOs, kubeletVersion: `v${prodVersion}` }),
    node("cn-hangzhou", "203.0.113.16", { ...containerOs, kubeletVersion: `v${prodVersion}` }),
  ],
  pods: [
    ...pods(
      "payments",
      ["api-6f7c9d5b8-k2x4p", "api", "node", "payments/api:4.12.1", 0],
      ["web-84c6d9f7b5-t6njs", "web", "nginx", "payments/web:2.8.0", 1],
      ["ledger-0", "ledger", "postgres", "base/postgres:16.4", 2],
    ),
    ...pods(
      "web",
      ["storefront-5d9c7b8f6d-2rlqk", "storefront", "node", "web/storefront:9.3.4", 0],
      ["storefront-5d9c7b8f6d-x8vtm", "storefront", "node", "web/storefront:9.3.4", 3],
      ["gateway-7b5f8d9c4-mh2pd", "gateway", "nginx", "web/gateway:1.27.2", 4],
      ["cache-0", "cache", "redis", "base/redis:7.4", 5],
    ),
    ...pods(
      "orders",
      ["orders-6c8d7f5b9-p4znw", "orders", "java", "orders/orders:3.40.0", 1],
      ["orders-6c8d7f5b9-tk6bs", "orders", "java", "orders/orders:3.40.0", 2],
      ["worker-58b9f7c6d4-q7jxv", "worker", "java", "orders/worker:3.40.0", 3],
      ["orders-db-0", "orders-db", "postgres", "base/postgres:16.4", 5],
    ),
    ...pods("reports", ["report-7dcb6f9c58-zz4hg", "report", "java", "reports/report:1.9.2", 4]),
    ...pods("ci", ["runner-0", "runner", "runner", "ci/runner:17.6", 3]),
    ...pods("monitoring", ["prometheus-0", "prometheus", "metrics", "base/prometheus:2.55", 4]),
  ],
  isLively: true,
};

/** Half installed: ack-advanced-audit was removed lately, what was recorded until then is still there. */
export const shopStaging: SampleCluster = {
  cluster: {
    id: "cb30d95e7f1a24c68e9d03b7a5f1c2846" as ClusterId,
    name: "shop-staging",
    region: "cn-hangzhou",
    type: "ManagedKubernetes",
    profile: "Default",
    spec: "ack.standard",
    state: "running",
    version: stagingVersion,
    nodeCount: 3,
  },
  addons: [{ name: "logtail-ds", version: "1.8.4", state: "active" }],
  nodes: [
    node("cn-hangzhou", "203.0.113.41", { ...ubuntu, kubeletVersion: `v${stagingVersion}` }),
    node("cn-hangzhou", "203.0.113.42", { ...ubuntu, kubeletVersion: `v${stagingVersion}` }),
    node("cn-hangzhou", "203.0.113.43", { ...alinux3, kubeletVersion: `v${stagingVersion}` }),
  ],
  pods: [
    ...pods(
      "payments",
      ["api-5b8c6d7f94-j9s2v", "api", "node", "payments/api:4.13.0-rc.2", 0],
      ["web-6d4f8b9c77-lw5xk", "web", "nginx", "payments/web:2.9.0-rc.1", 1],
      ["db-0", "db", "postgres", "base/postgres:16.4", 1],
    ),
    ...pods(
      "web",
      ["storefront-7c9f5d8b64-v2mzt", "storefront", "node", "web/storefront:9.4.0-rc.1", 2],
      ["cache-0", "cache", "redis", "base/redis:7.4", 2],
    ),
    ...pods(
      "orders",
      ["orders-84d7c9f6b5-8nq4r", "orders", "java", "orders/orders:3.41.0-rc.3", 0],
      ["orders-db-0", "orders-db", "postgres", "base/postgres:16.4", 2],
    ),
  ],
  isLively: true,
};

/** Off: nothing is installed, nothing speaks against it. */
export const batch: SampleCluster = {
  cluster: {
    id: "c1d8e64a0f7b92c35d4e8a6b19f07c5d3" as ClusterId,
    name: "batch",
    region: "cn-beijing",
    type: "Kubernetes",
    profile: "Default",
    spec: "",
    state: "running",
    version: batchVersion,
    nodeCount: 4,
  },
  addons: [],
  nodes: [
    node("cn-beijing", "203.0.113.71", { ...alinux2, kubeletVersion: `v${batchVersion}` }),
    node("cn-beijing", "203.0.113.72", { ...alinux3, kubeletVersion: `v${batchVersion}` }),
    node("cn-beijing", "203.0.113.73", { ...alinux3, kubeletVersion: `v${batchVersion}` }),
    node("cn-beijing", "203.0.113.74", { ...alinux3, kubeletVersion: `v${batchVersion}` }),
  ],
  pods: [
    ...pods(
      "jobs",
      ["settlement-7f9d6c8b54-hx2wq", "settlement", "job", "jobs/settlement:2.2.0", 1],
      ["scheduler-6b7d9c5f88-n4k7z", "scheduler", "java", "jobs/scheduler:1.14.3", 2],
      ["results-db-0", "results-db", "postgres", "base/postgres:15.8", 3],
    ),
    ...pods("etl", ["loader-5c6f7d8b99-bq3vd", "loader", "job", "etl/loader:0.31.0", 1]),
  ],
  isLively: true,
};

/** Not eligible: Edge clusters are not supported, and neither are its nodes. */
export const edgeCn: SampleCluster = {
  cluster: {
    id: "ce52b7c90d3f14a86b0e9d2c7f53a8416" as ClusterId,
    name: "edge-cn",
    region: "cn-shanghai",
    type: "ManagedKubernetes",
    profile: "Edge",
    spec: "ack.pro.small",
    state: "running",
    version: edgeVersion,
    nodeCount: 2,
  },
  addons: [],
  nodes: [
    node("edge-shanghai", "203.0.113.91", { ...centos, kubeletVersion: `v${edgeVersion}` }),
    node("edge-shanghai", "203.0.113.92", { ...centos, kubeletVersion: `v${edgeVersion}` }),
  ],
  pods: pods("stores", ["till-sync-0", "till-sync", "node", "stores/till-sync:1.2.7", 0]),
  isLively: false,
};

export const sampleClusters: readonly SampleCluster[] = [shopProd, shopStaging, batch, edgeCn];

/** A pod of the sample as the Kubernetes API would list it. */
export function listedPod({ nodes }: SampleCluster, pod: SamplePod): Pod {
  return {
    namespace: pod.namespace,
    name: pod.name,
    node: nodes[pod.node]?.name ?? "",
    phase: "Running",
    containers: [{ name: roles[pod.role].container, image: pod.image }],
    gone: false,
  };
}

/** A pod of the sample as somewhere to enter. */
export function placeIn({ cluster, nodes }: SampleCluster, pod: SamplePod): Place {
  const { container, uid, directory } = roles[pod.role];
  const host = nodes[pod.node];
  return {
    cluster: cluster.id,
    namespace: pod.namespace,
    pod: pod.name,
    labels: { app: pod.app, "app.kubernetes.io/part-of": pod.namespace },
    container: { name: container, image: pod.image },
    node: { name: host?.name ?? "", ip: host?.ip ?? "" },
    uid,
    directory,
  };
}
