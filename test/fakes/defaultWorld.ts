import type { ClusterNode } from "../../src/audit/cluster.ts";
import { auditLogstore, type ClusterId } from "../../src/audit/ids.ts";
import * as people from "../../src/sample/people.ts";
import { batch, edgeCn, type SampleCluster, shopProd, shopStaging } from "../../src/sample/sampleClusters.ts";
import { sampleRecords } from "../../src/sample/sampleRecords.ts";
import { type AuditingChange, currentState } from "../../src/sample/sampleState.ts";
import {
  auditIndex,
  type FakeCluster,
  type FakeNode,
  type NodePool,
  type OfferedAddon,
  World,
  type WorldSettings,
} from "./world.ts";

/** Keys of the people of the default world. They open nothing but this process. */
export const defaultKeys = {
  administrator: { accessKeyId: "FAKE-KEY-OF-ADMINISTRATOR", accessKeySecret: "fake-secret-of-administrator" },
  reader: { accessKeyId: "FAKE-KEY-OF-READER", accessKeySecret: "fake-secret-of-reader" },
  newcomer: { accessKeyId: "FAKE-KEY-OF-NEWCOMER", accessKeySecret: "fake-secret-of-newcomer" },
} as const;

export const auditRole = "acs:ram::1234567890123456:role/container-audit";

/** What ACK's own tools ask for to read only. */
export const readActions = ["cs:Check*", "cs:Describe*", "cs:Get*", "cs:List*", "cs:Query*", "log:Get*", "log:List*"];

const logtail: OfferedAddon = {
  name: "logtail-ds",
  versions: ["1.8.9", "1.8.4"],
  category: "monitor",
  minimumClusterVersion: "1.16.0",
  isManaged: false,
  installsByDefault: true,
};
const auditing: OfferedAddon = {
  name: "ack-advanced-audit",
  versions: ["0.9.0", "0.8.2", "0.7.0", "0.6.0"],
  category: "security",
  minimumClusterVersion: "1.18.0",
  isManaged: false,
  installsByDefault: false,
};
const dns: OfferedAddon = {
  name: "coredns",
  versions: ["v1.11.3.2-f57ea7ed6-aliyun"],
  category: "core",
  minimumClusterVersion: "1.20.4",
  isManaged: false,
  installsByDefault: true,
};

const alinux3: Omit<ClusterNode, "name" | "ip" | "kubeletVersion"> = {
  osImage: "Alibaba Cloud Linux 3.2104 U12 (OpenAnolis Edition)",
  kernelVersion: "5.10.134-19.1.al8.x86_64",
  containerRuntime: "containerd://1.6.38",
  architecture: "amd64",
};

/** Two regions and the people, with nothing in them yet. */
export function emptyWorld(clock: () => number, settings: Partial<WorldSettings> = {}): World {
  const world = new World(clock, settings);
  world.regions.push({ id: "cn-hangzhou", name: "China (Hangzhou)" }, { id: "cn-beijing", name: "China (Beijing)" });
  addPeople(world);
  return world;
}

/** A cluster for each thing that can be so with auditing. */
export function defaultWorld(clock: () => number, settings: Partial<WorldSettings> = {}): World {
  const world = emptyWorld(clock, settings);
  addCluster(world, shopProd, {});
  addCluster(world, shopStaging, { isRecorded: true });
  // Its API server has no public address.
  addCluster(world, batch, { isPrivate: true });
  addCluster(world, { ...edgeCn, cluster: { ...edgeCn.cluster, region: "cn-beijing" } }, {});
  addCluster(world, legacy, {});
  addCluster(world, analytics, { isWithheld: true });
  addCluster(world, media, { isUnhealthy: true });
  return world;
}

function addPeople(world: World): void {
  const root = world.addPrincipal("account", "shop", ["*"], "Shop (account)");
  world.addAccessKey(root, "FAKE-KEY-OF-ACCOUNT", "fake-secret-of-account");
  const { administrator, reader, newcomer } = defaultKeys;
  const everything = ["cs:*", "log:*", "sts:*"];
  const signIn = (
    key: { readonly accessKeyId: string; readonly accessKeySecret: string },
    name: string,
    actions: readonly string[],
  ) => world.addAccessKey(world.addPrincipal("user", name, actions), key.accessKeyId, key.accessKeySecret);
  signIn(administrator, "platform-admin", everything);
  signIn(reader, "audit-reader", readActions);
  signIn(newcomer, "newcomer", []);
  world.addPrincipal("role", "container-audit", readActions, "Reads what was done in containers");
  // Those whom the records name, under the ids that the records have.
  for (const { aliuid, username } of Object.values(people)) {
    if (aliuid === "") continue;
    const known = world.principals.some(({ id }) => id === aliuid);
    const arn = `acs:ram::${world.settings.accountId}:user/${username}`;
    if (!known)
      world.principals.push({ kind: "user", id: aliuid, name: username, displayName: username, arn, actions: [] });
  }
}

type Traits = {
  /** Records were written here until the auditing was removed. */
  readonly isRecorded?: boolean;
  readonly isWithheld?: boolean;
  readonly isUnhealthy?: boolean;
  readonly isPrivate?: boolean;
};

/** Its records are those that the sample makes of such a cluster, changes of auditing included. */
export function addCluster(world: World, sample: SampleCluster, traits: Traits): FakeCluster {
  const { cluster } = sample;
  const now = world.now();
  const { anchorMs } = currentState(undefined, now);
  const pools = poolsOf(sample);
  const changes: AuditingChange[] = [];
  const made: FakeCluster = {
    id: cluster.id,
    name: cluster.name,
    region: cluster.region,
    type: cluster.type,
    profile: cluster.profile,
    spec: cluster.spec,
    version: cluster.version,
    createdMs: now - 200 * 86_400_000,
    state: cluster.state,
    nodes: sample.nodes.map((node, index): FakeNode => {
      const pool = pools.find(({ imageType }) => imageType === imageTypeOf(node));
      return {
        ...node,
        instanceId: `i-${cluster.id.slice(1, 13)}${String(index).padStart(4, "0")}`,
        pool: pool?.id ?? "",
        imageId: pool?.imageId ?? "",
        role: cluster.type === "Kubernetes" && index === 0 ? "Master" : "Worker",
      };
    }),
    pools,
    pods: sample.pods,
    offered: traits.isWithheld === true ? [logtail, dns] : [logtail, auditing, dns],
    addons: new Map([["coredns", { name: "coredns", version: dns.versions[0] ?? "", state: "active", config: {} }]]),
    apiServer: {
      public: traits.isPrivate === true ? undefined : "https://127.0.0.1:1",
      private: "https://127.0.0.1:1",
    },
    metaData: {},
    life: (fromMs, toMs) => sampleRecords(sample, { anchorMs, changes }, fromMs, toMs).map(({ record }) => record),
    onAuditing: (isOn, atMs) =>
      changes.push({ cluster: cluster.id, atMs, kind: isOn ? "auditingInstalled" : "auditingRemoved" }),
  };
  for (const { name, version } of sample.addons) {
    const isUnhealthy = traits.isUnhealthy === true && name === "ack-advanced-audit";
    const config = name === "logtail-ds" ? { sls_project_name: `k8s-log-${cluster.id}` } : {};
    made.addons.set(name, { name, version, state: isUnhealthy ? "unhealthy" : "active", config });
  }
  world.clusters.set(made.id, made);
  const isAudited = sample.addons.some(({ name }) => name === "ack-advanced-audit");
  if (isAudited || traits.isRecorded === true) {
    const project = world.addProject(`k8s-log-${cluster.id}`, cluster.region, "log project of the cluster");
    const feed = { life: made.life, fedToMs: now - world.settings.historyMs, untilMs: isAudited ? undefined : now };
    world.addLogstore(project, auditLogstore(cluster.id), {
      index: auditIndex(180, now),
      feed,
      createdMs: made.createdMs,
    });
  }
  return made;
}

const images: Readonly<Record<string, string>> = {
  AliyunLinux: "aliyun_2_1903_x64_20G_alibase_20240628.vhd",
  AliyunLinux3: "aliyun_3_x64_20G_alibase_20241218.vhd",
  ContainerOS: "lifsea_3_x64_5G_alibase_20250805.qcow2",
  Ubuntu: "ubuntu_22_04_x64_20G_alibase_20250722.vhd",
  CentOS: "centos_7_9_x64_20G_alibase_20240628.vhd",
};

function imageTypeOf({ osImage }: ClusterNode): string {
  if (osImage.startsWith("ContainerOS")) return "ContainerOS";
  if (osImage.startsWith("Ubuntu")) return "Ubuntu";
  if (osImage.startsWith("CentOS")) return "CentOS";
  return osImage.includes("2.1903") ? "AliyunLinux" : "AliyunLinux3";
}

/** One pool for each system that the nodes run. */
function poolsOf({ cluster, nodes }: SampleCluster): readonly NodePool[] {
  return [...new Map(nodes.map((node) => [imageTypeOf(node), node])).entries()].map(([imageType, node], index) => ({
    id: `np${cluster.id.slice(1, 25)}${String(index).padStart(8, "0")}`,
    name: index === 0 ? "default-nodepool" : `${imageType.toLowerCase()}-nodepool`,
    type: cluster.profile === "Edge" ? "edge" : "ess",
    imageType,
    imageId: images[imageType] ?? "",
    runtime: "containerd",
    runtimeVersion: node.containerRuntime.replace("containerd://", ""),
    hasSecurityHardening: false,
    hasMlps: false,
  }));
}

/** Of a kind that can be audited, but the kernel of every node is not later than 4.19. */
const legacy: SampleCluster = {
  cluster: {
    id: "c4be8d20f6a975c1e3d08b6a2f9c75e14" as ClusterId,
    name: "legacy",
    region: "cn-hangzhou",
    type: "ManagedKubernetes",
    profile: "Default",
    spec: "ack.standard",
    state: "running",
    version: "1.30.7-aliyun.1",
    nodeCount: 2,
  },
  addons: [{ name: "logtail-ds", version: "1.8.4", state: "active" }],
  nodes: ["203.0.113.111", "203.0.113.112"].map((ip) => ({
    name: `cn-hangzhou.${ip}`,
    ip,
    osImage: "Ubuntu 18.04.6 LTS",
    kernelVersion: "4.15.0-213-generic",
    containerRuntime: "containerd://1.6.28",
    kubeletVersion: "v1.30.7-aliyun.1",
    architecture: "amd64",
  })),
  pods: [
    {
      namespace: "archive",
      name: "archive-0",
      app: "archive",
      role: "java",
      image: "registry.shop.example/archive/archive:1.0.4",
      node: 0,
    },
  ],
  isLively: false,
};

/** Nothing speaks against it, but the account has not been allow-listed for it: ack-advanced-audit is not offered. */
const analytics: SampleCluster = {
  cluster: {
    id: "c93f17ab54e02d68c7b1f40e9ad3862b5" as ClusterId,
    name: "analytics",
    region: "cn-beijing",
    type: "ManagedKubernetes",
    profile: "Default",
    spec: "ack.pro.small",
    state: "running",
    version: "1.32.1-aliyun.1",
    nodeCount: 2,
  },
  addons: [{ name: "logtail-ds", version: "1.8.9", state: "active" }],
  nodes: ["203.0.113.121", "203.0.113.122"].map((ip) => ({
    name: `cn-beijing.${ip}`,
    ip,
    ...alinux3,
    kubeletVersion: "v1.32.1-aliyun.1",
  })),
  pods: [
    {
      namespace: "spark",
      name: "driver-0",
      app: "driver",
      role: "job",
      image: "registry.shop.example/spark/driver:3.5.1",
      node: 1,
    },
  ],
  isLively: true,
};

/** Audited by an add-on that is unhealthy and older than the containerd of its nodes needs. */
const media: SampleCluster = {
  cluster: {
    id: "c2a60f9d81c74eb35f08d4e7b913ac6d8" as ClusterId,
    name: "media",
    region: "cn-beijing",
    type: "ManagedKubernetes",
    profile: "Default",
    spec: "ack.pro.small",
    state: "running",
    version: "1.31.9-aliyun.1",
    nodeCount: 2,
  },
  addons: [
    { name: "logtail-ds", version: "1.8.9", state: "active" },
    { name: "ack-advanced-audit", version: "0.6.0", state: "unhealthy" },
  ],
  nodes: ["203.0.113.131", "203.0.113.132"].map((ip) => ({
    name: `cn-beijing.${ip}`,
    ip,
    ...alinux3,
    containerRuntime: "containerd://2.1.3",
    kubeletVersion: "v1.31.9-aliyun.1",
  })),
  pods: [
    {
      namespace: "video",
      name: "encoder-0",
      app: "encoder",
      role: "job",
      image: "registry.shop.example/video/encoder:2.4.0",
      node: 0,
    },
    {
      namespace: "video",
      name: "catalog-db-0",
      app: "catalog-db",
      role: "postgres",
      image: "registry.shop.example/base/postgres:16.4",
      node: 1,
    },
  ],
  isLively: true,
};
