import type { StatusFacts } from "../../../src/audit/auditStatus.ts";
import type { Cluster, ClusterNode } from "../../../src/audit/cluster.ts";
import type { ClusterId } from "../../../src/audit/ids.ts";

/** An ACK Pro cluster in which nothing speaks against auditing. */
export function cluster(given: Partial<Cluster> = {}): Cluster {
  return {
    id: "c1" as ClusterId,
    name: "shop",
    region: "cn-hangzhou",
    type: "ManagedKubernetes",
    profile: "Default",
    spec: "ack.pro.small",
    state: "running",
    version: "1.32.1-aliyun.1",
    nodeCount: 1,
    ...given,
  };
}

/** A node of Alibaba Cloud Linux 3, in the strings of container-auditing.md §2.4. */
export function node(name: string, given: Partial<ClusterNode> = {}): ClusterNode {
  return {
    name,
    ip: "203.0.113.1",
    osImage: "Alibaba Cloud Linux 3.2104 U12 (OpenAnolis Edition)",
    kernelVersion: "5.10.134-19.1.al8.x86_64",
    containerRuntime: "containerd://1.6.38",
    kubeletVersion: "v1.32.1-aliyun.1",
    architecture: "amd64",
    ...given,
  };
}

export const ubuntu = { osImage: "Ubuntu 22.04.5 LTS", kernelVersion: "5.15.0-143-generic" } as const;
export const containerOs = { osImage: "LifseaOS", kernelVersion: "5.10.134-18.0.9.lifsea8.x86_64" } as const;

export function statusFacts(given: Partial<StatusFacts> = {}): StatusFacts {
  return {
    asOfMs: 1_760_000_000_000,
    cluster: cluster(),
    nodes: [node("a")],
    nodePools: undefined,
    addons: [],
    offers: undefined,
    ubuntu: undefined,
    newestEventMs: undefined,
    logstore: undefined,
    change: undefined,
    unknown: undefined,
    unanswered: [],
    ...given,
  };
}
