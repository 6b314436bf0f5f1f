import type { Addon, Cluster, ClusterNode, Ineligibility, NodeOs } from "./cluster.ts";

/** What is known of a cluster when its eligibility is judged. What is unknown is never held against it. */
export type EligibilityFacts = {
  readonly cluster: Cluster;
  /** Undefined where the nodes could not be listed. */
  readonly nodes: readonly ClusterNode[] | undefined;
  readonly addons: readonly Addon[];
  /** Matters on Ubuntu nodes only; undefined where it was not asked. */
  readonly ubuntu:
    | {
        readonly imageAcceleration: boolean;
        readonly cpfs: boolean;
        /** Names of the nodes with security hardening. */
        readonly hardenedNodes: readonly string[];
      }
    | undefined;
};

export type EligibilityRule = {
  readonly name: string;
  /** Whether the vendor says it, or it is concluded from what the vendor says. */
  readonly basis: "documented" | "inferred";
  /** Where it comes from; the pages are named in container-auditing.md. */
  readonly source: string;
  check(facts: EligibilityFacts): readonly Ineligibility[];
};

/** The lowest Kubernetes version for each system that nodes may run. Documented: GUIDE, ZH, EN25, EN26. */
export const neededVersion: Readonly<Record<NodeOs, string>> = {
  alibabaCloudLinux: "1.18",
  containerOs: "1.24",
  ubuntu: "1.30",
};

/** Nodes need a kernel later than this one. Documented: GUIDE, ZH, EN25, EN26. */
export const kernelLaterThan = "4.19";

/** What only later versions of ack-advanced-audit support. Documented: its release notes (COMP). */
const addonNeeds: readonly {
  readonly version: string;
  readonly because: string;
  applies(facts: EligibilityFacts): boolean;
}[] = [
  {
    version: "0.2.0",
    because: "Kubernetes 1.26",
    applies: ({ cluster }) => compareVersions(cluster.version, "1.26") >= 0,
  },
  {
    version: "0.7.0",
    because: "containerd 2.0",
    applies: ({ nodes = [] }) =>
      nodes.some(({ containerRuntime }) => /^containerd:\/\/([2-9]|\d\d)/.test(containerRuntime)),
  },
  {
    version: "0.9.0",
    because: "Alibaba Cloud Linux 4",
    applies: ({ nodes = [] }) => nodes.some(({ osImage }) => /^(alibaba cloud|aliyun) linux 4/i.test(osImage)),
  },
];

const ubuntuSource = "EN26: requirements of Ubuntu nodes; GUIDE names them under Ubuntu only";

export const eligibilityRules: readonly EligibilityRule[] = [
  {
    name: "cluster type",
    basis: "documented",
    source: "GUIDE, Limits: ACK Pro, ACK Basic and ACK dedicated clusters; API values from DescribeClustersV1",
    check: ({ cluster }) =>
      isEligibleType(cluster) ? [] : [{ code: "cluster-type", type: cluster.type, profile: cluster.profile }],
  },
  {
    name: "cluster state",
    basis: "inferred",
    source: "ErrorClusterState of InstallClusterAddons: add-ons are installed into running clusters",
    check: ({ cluster }) => (cluster.state === "running" ? [] : [{ code: "cluster-state", state: cluster.state }]),
  },
  {
    name: "Kubernetes version",
    basis: "documented",
    source: "GUIDE, Limits: 1.18 on Alibaba Cloud Linux, 1.24 on ContainerOS, 1.30 on Ubuntu",
    check: ({ cluster, nodes }) => {
      // Where no node tells its system, only a version that is too old for every one of them speaks against the cluster.
      const systems = new Set((nodes ?? []).map(nodeOs).filter((os) => os !== undefined));
      return [...(systems.size === 0 ? (["alibabaCloudLinux"] as const) : systems)]
        .filter((os) => compareVersions(cluster.version, neededVersion[os]) < 0)
        .map((os) => ({ code: "cluster-version", version: cluster.version, needed: neededVersion[os], os }));
    },
  },
  {
    name: "operating system",
    basis: "documented",
    source: "GUIDE, Limits: Alibaba Cloud Linux, Ubuntu and ContainerOS",
    check: ({ nodes = [] }) =>
      nodes
        .filter((node) => node.osImage !== "" && nodeOs(node) === undefined)
        .map(({ name, osImage }) => ({ code: "node-os", node: name, osImage })),
  },
  {
    // By the letter 4.19.91 of Alibaba Cloud Linux 2 is later than 4.19; nobody has shown that it works there.
    name: "kernel",
    basis: "documented",
    source: "GUIDE, Limits: kernel version later than 4.19",
    check: ({ nodes = [] }) =>
      nodes
        .filter(({ kernelVersion }) => compareVersions(kernelVersion, kernelLaterThan) <= 0)
        .map(({ name, kernelVersion }) => ({ code: "node-kernel", node: name, kernel: kernelVersion })),
  },
  {
    name: "image acceleration on Ubuntu",
    basis: "inferred",
    source: ubuntuSource,
    check: (facts) =>
      facts.ubuntu?.imageAcceleration === true
        ? ubuntuNodes(facts).map(({ name }) => ({ code: "ubuntu-image-acceleration", node: name }))
        : [],
  },
  {
    name: "CPFS volumes on Ubuntu",
    basis: "inferred",
    source: ubuntuSource,
    check: (facts) =>
      facts.ubuntu?.cpfs === true ? ubuntuNodes(facts).map(({ name }) => ({ code: "ubuntu-cpfs", node: name })) : [],
  },
  {
    name: "security hardening on Ubuntu",
    basis: "inferred",
    source: ubuntuSource,
    check: (facts) =>
      ubuntuNodes(facts)
        .filter(({ name }) => facts.ubuntu?.hardenedNodes.includes(name) === true)
        .map(({ name }) => ({ code: "ubuntu-security-hardening", node: name })),
  },
  {
    name: "version of ack-advanced-audit",
    basis: "documented",
    source: "COMP: release notes of ack-advanced-audit",
    check: (facts) => {
      const installed = facts.addons.find(({ name }) => name === "ack-advanced-audit");
      if (installed === undefined) return [];
      return addonNeeds
        .filter((need) => need.applies(facts) && compareVersions(installed.version, need.version) < 0)
        .map(({ version, because }) => ({
          code: "addon-version",
          version: installed.version,
          needed: version,
          because,
        }));
    },
  },
];

/** Everything that speaks against auditing a cluster or one of its nodes. */
export function ineligibilities(facts: EligibilityFacts): readonly Ineligibility[] {
  return eligibilityRules.flatMap((rule) => rule.check(facts));
}

/**
 * Whether the reasons keep the whole cluster from being audited: one of the cluster itself, or none of its nodes free of
 * reasons. A single Windows node leaves the others audited; an add-on that is too old is upgraded.
 */
export function isWhollyIneligible(facts: EligibilityFacts, reasons: readonly Ineligibility[]): boolean {
  const blockedNodes = new Set<string>();
  const blockedSystems = new Set<NodeOs>();
  for (const reason of reasons) {
    switch (reason.code) {
      case "cluster-type":
      case "cluster-state":
        return true;
      case "cluster-version":
        blockedSystems.add(reason.os);
        break;
      case "addon-version":
        break;
      default:
        blockedNodes.add(reason.node);
    }
  }
  const { nodes = [] } = facts;
  if (nodes.length === 0) return blockedSystems.size > 0;
  return nodes.every((node) => {
    const os = nodeOs(node);
    return blockedNodes.has(node.name) || (os !== undefined && blockedSystems.has(os));
  });
}

/** `cluster_type`, `profile` and `cluster_spec` of the three eligible kinds (container-auditing.md §2.2). */
function isEligibleType({ type, profile, spec }: Cluster): boolean {
  const isDefault = profile === "Default" || profile === "";
  switch (type) {
    case "ManagedKubernetes":
      return isDefault && (spec === "" || spec === "ack.standard" || spec.startsWith("ack.pro."));
    case "Kubernetes":
      return isDefault;
    default:
      return false;
  }
}

/** Undefined for every other system. The strings are those seen on nodes (container-auditing.md §2.4). */
export function nodeOs({ osImage, kernelVersion }: ClusterNode): NodeOs | undefined {
  // ContainerOS goes first: its pretty name is not documented, only the suffix of its kernel is reliable.
  if (/containeros|lifsea/i.test(osImage) || /\.lifsea\d/.test(kernelVersion)) return "containerOs";
  if (/alibaba cloud linux|aliyun linux/i.test(osImage)) return "alibabaCloudLinux";
  if (/^ubuntu/i.test(osImage)) return "ubuntu";
  return undefined;
}

function ubuntuNodes({ nodes = [] }: EligibilityFacts): readonly ClusterNode[] {
  return nodes.filter((node) => nodeOs(node) === "ubuntu");
}

/**
 * Compares the leading numbers of two versions, e.g. `1.32.1-aliyun.1`, `v1.18`, `5.10.134-19.1.al8.x86_64`; numbers that
 * one of them does not have count as 0. A text that is no version cannot be judged and is NaN, which is neither earlier nor later.
 */
export function compareVersions(a: string, b: string): number {
  const left = versionNumbers(a);
  const right = versionNumbers(b);
  if (left === undefined || right === undefined) return Number.NaN;
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function versionNumbers(text: string): readonly number[] | undefined {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return match?.slice(1).map((part: string | undefined) => Number(part ?? 0));
}
