import type { Addon, Cluster, ClusterNode, Ineligibility, NodeOs, NodePool, OfferedAddon } from "./cluster.ts";

/** What is known of a cluster when its eligibility is judged. What is unknown is never held against it. */
export type EligibilityFacts = {
  readonly cluster: Cluster;
  /** Undefined where the nodes could not be listed. */
  readonly nodes: readonly ClusterNode[] | undefined;
  /** Undefined where the node pools could not be listed. */
  readonly nodePools: readonly NodePool[] | undefined;
  readonly addons: readonly Addon[];
  /** What ACK offers for the cluster of the add-ons of container auditing; undefined where it was not asked. */
  readonly offers: readonly OfferedAddon[] | undefined;
  /** Matters on Ubuntu nodes only; undefined where it was not asked. */
  readonly ubuntu:
    | {
        readonly imageAcceleration: boolean | undefined;
        readonly cpfs: boolean | undefined;
        /** Names of the nodes with security hardening. */
        readonly hardenedNodes: readonly string[] | undefined;
      }
    | undefined;
};

export type Subject =
  | { readonly kind: "cluster" }
  | { readonly kind: "nodePool"; readonly name: string }
  | { readonly kind: "node"; readonly name: string };

export type EligibilityCheck =
  | "cluster-type"
  | "cluster-state"
  | "cluster-version"
  | "operating-system"
  | "kernel"
  | "architecture"
  | "image-acceleration"
  | "cpfs"
  | "security-hardening"
  | "addon-version";

/**
 * `doubtful` is allowed by the letter of the documentation, or not wrong in itself, but nobody has shown that it works;
 * `unknown` could not be judged.
 */
export type VerdictOutcome = "passes" | "fails" | "doubtful" | "unknown";

/** Where the measure of a verdict comes from. The pages are named in container-auditing.md. */
export type VerdictSource = {
  /** Whether the vendor says it, or it is concluded from what the vendor says. */
  readonly basis: "documented" | "inferred";
  readonly page: /** The vendor's page of container auditing, its limits: GUIDE, ZH, EN25, EN26. */
    | "limits"
    /** The row for Ubuntu among them: EN26; GUIDE names it under Ubuntu only. */
    | "ubuntuLimits"
    /** The release notes of ack-advanced-audit: COMP. */
    | "releaseNotes"
    /** The reference of ACK's OpenAPI. */
    | "ackApi"
    /** The reference of Simple Log Service's API. */
    | "slsApi";
};

/** What came of one check of one thing: the fact, as the service gave it, beside the measure. */
export type Verdict<Check extends string = string> = {
  readonly check: Check;
  readonly subject: Subject;
  readonly outcome: VerdictOutcome;
  /** Empty where it is not known. */
  readonly found: string;
  /** What it is measured against, where that is a value. */
  readonly needed: string | undefined;
  /** What calls for it, e.g. `containerd 2.0`. */
  readonly because: string | undefined;
  readonly source: VerdictSource;
};

/** A verdict, and the reason that it gives where it keeps the cluster or a node from being audited. */
type Judged = Verdict<EligibilityCheck> & { readonly reason: Ineligibility | undefined };

type Finding = {
  readonly subject: Subject;
  readonly outcome: VerdictOutcome;
  readonly found: string;
  readonly needed?: string;
  readonly because?: string;
  readonly reason?: Ineligibility;
};

export type EligibilityRule = {
  readonly check: EligibilityCheck;
  readonly source: VerdictSource;
  judge(facts: EligibilityFacts): readonly Finding[];
};

/** The lowest Kubernetes version for each system that nodes may run. Documented: GUIDE, ZH, EN25, EN26. */
export const neededVersion: Readonly<Record<NodeOs, string>> = {
  alibabaCloudLinux: "1.18",
  containerOs: "1.24",
  ubuntu: "1.30",
};

const osNames: Readonly<Record<NodeOs, string>> = {
  alibabaCloudLinux: "Alibaba Cloud Linux",
  containerOs: "ContainerOS",
  ubuntu: "Ubuntu",
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
    applies: (facts) => containerRuntimes(facts).some((runtime) => /^containerd:\/\/([2-9]|\d\d)/.test(runtime)),
  },
  {
    // Its systems call themselves by names that are not documented; where one tells its version, that is taken.
    version: "0.8.1",
    because: "ContainerOS 3.5",
    applies: ({ nodes = [] }) => nodes.some(({ osImage }) => /(containeros|lifsea\w*)\D*3\.[5-9]/i.test(osImage)),
  },
  {
    version: "0.9.0",
    because: "Alibaba Cloud Linux 4",
    applies: ({ nodes, nodePools = [] }) =>
      nodes === undefined
        ? nodePools.some(({ imageType }) => /^AliyunLinux4/.test(imageType))
        : nodes.some(({ osImage }) => /^(alibaba cloud|aliyun) linux 4/i.test(osImage)),
  },
];

const theCluster: Subject = { kind: "cluster" };

export const eligibilityRules: readonly EligibilityRule[] = [
  {
    // ACK Pro, ACK Basic and ACK dedicated clusters; the values of the API are those of DescribeClustersV1.
    check: "cluster-type",
    source: { basis: "documented", page: "limits" },
    judge: ({ cluster }) => {
      const { type, profile, spec } = cluster;
      const found = [type, profile, spec].filter((part) => part !== "").join(" / ");
      if (type === "") return [{ subject: theCluster, outcome: "unknown", found }];
      return isEligibleType(cluster)
        ? [{ subject: theCluster, outcome: "passes", found }]
        : [{ subject: theCluster, outcome: "fails", found, reason: { code: "cluster-type", type, profile } }];
    },
  },
  {
    // ErrorClusterState of InstallClusterAddons: add-ons are installed into running clusters.
    check: "cluster-state",
    source: { basis: "inferred", page: "ackApi" },
    judge: ({ cluster: { state } }) => {
      const finding = { subject: theCluster, found: state, needed: "running" };
      if (state === "") return [{ ...finding, outcome: "unknown" }];
      return state === "running"
        ? [{ ...finding, outcome: "passes" }]
        : [{ ...finding, outcome: "fails", reason: { code: "cluster-state", state } }];
    },
  },
  {
    check: "cluster-version",
    source: { basis: "documented", page: "limits" },
    judge: (facts) => {
      const { version } = facts.cluster;
      const systems = knownSystems(facts);
      // Where no node tells its system, only a version that is too old for every one of them speaks against the cluster.
      return [...(systems.size === 0 ? (["alibabaCloudLinux"] as const) : systems)].map((os) => {
        const needed = neededVersion[os];
        const difference = compareVersions(version, needed);
        const finding = { subject: theCluster, found: version, needed, because: osNames[os] };
        if (difference < 0) {
          return { ...finding, outcome: "fails", reason: { code: "cluster-version", version, needed, os } };
        }
        const isForAll = compareVersions(version, neededVersion.ubuntu) >= 0;
        return { ...finding, outcome: difference >= 0 && (systems.size > 0 || isForAll) ? "passes" : "unknown" };
      });
    },
  },
  {
    check: "operating-system",
    source: { basis: "documented", page: "limits" },
    judge: ({ nodes, nodePools = [] }) => [
      ...nodePools.map(({ name, imageType }): Finding => {
        const finding = { subject: { kind: "nodePool", name } as const, found: imageType };
        const os = poolOs(imageType);
        if (os === "undecided") return { ...finding, outcome: "unknown" };
        if (os !== undefined) return { ...finding, outcome: "passes" };
        // Nodes say more than the image that their pool makes new ones from.
        return nodes === undefined
          ? { ...finding, outcome: "fails", reason: { code: "pool-os", pool: name, imageType } }
          : { ...finding, outcome: "fails" };
      }),
      ...(nodes ?? []).map((node): Finding => {
        const finding = { subject: nodeSubject(node), found: node.osImage };
        if (nodeOs(node) !== undefined) return { ...finding, outcome: "passes" };
        return node.osImage === ""
          ? { ...finding, outcome: "unknown" }
          : { ...finding, outcome: "fails", reason: { code: "node-os", node: node.name, osImage: node.osImage } };
      }),
    ],
  },
  {
    check: "kernel",
    source: { basis: "documented", page: "limits" },
    judge: ({ nodes = [] }) =>
      nodes.map((node) => {
        const { name, kernelVersion: kernel } = node;
        const finding = { subject: nodeSubject(node), found: kernel, needed: kernelLaterThan };
        const difference = compareVersions(kernel, kernelLaterThan);
        if (Number.isNaN(difference)) return { ...finding, outcome: "unknown" };
        if (difference <= 0)
          return { ...finding, outcome: "fails", reason: { code: "node-kernel", node: name, kernel } };
        // By the letter 4.19.91 of Alibaba Cloud Linux 2 is later than 4.19; nobody has shown that it works there.
        return { ...finding, outcome: /^4\.19\./.test(kernel) ? "doubtful" : "passes" };
      }),
  },
  {
    // No page names an architecture; ListAddons tells those that the add-on it offers runs on.
    check: "architecture",
    source: { basis: "inferred", page: "ackApi" },
    judge: ({ nodes = [], offers }) => {
      const offered = offers?.find(({ name }) => name === "ack-advanced-audit")?.architectures ?? [];
      if (offered.length === 0) return [];
      const needed = offered.join(", ");
      const known = new Set(offered.map(architectureName));
      return nodes
        .filter(({ architecture }) => architecture !== "")
        .map((node) => {
          const { name, architecture } = node;
          const finding = { subject: nodeSubject(node), found: architecture, needed };
          return known.has(architectureName(architecture))
            ? { ...finding, outcome: "passes" }
            : { ...finding, outcome: "fails", reason: { code: "node-architecture", node: name, architecture } };
        });
    },
  },
  {
    check: "image-acceleration",
    source: { basis: "inferred", page: "ubuntuLimits" },
    judge: (facts) =>
      ubuntuNodes(facts).map((node) =>
        ubuntuFinding(node, facts.ubuntu?.imageAcceleration, "ubuntu-image-acceleration"),
      ),
  },
  {
    check: "cpfs",
    source: { basis: "inferred", page: "ubuntuLimits" },
    judge: (facts) => ubuntuNodes(facts).map((node) => ubuntuFinding(node, facts.ubuntu?.cpfs, "ubuntu-cpfs")),
  },
  {
    check: "security-hardening",
    source: { basis: "inferred", page: "ubuntuLimits" },
    judge: (facts) => [
      ...(facts.nodePools ?? [])
        .filter(({ imageType }) => poolOs(imageType) === "ubuntu")
        .map(
          ({ name, hardening }): Finding => ({
            subject: { kind: "nodePool", name },
            outcome: hardening.length === 0 ? "passes" : "fails",
            found: hardening.join(", "),
          }),
        ),
      ...ubuntuNodes(facts).map((node) =>
        ubuntuFinding(node, facts.ubuntu?.hardenedNodes?.includes(node.name), "ubuntu-security-hardening"),
      ),
    ],
  },
  {
    check: "addon-version",
    source: { basis: "documented", page: "releaseNotes" },
    judge: (facts) => {
      const isAuditing = ({ name }: { readonly name: string }) => name === "ack-advanced-audit";
      // Where it is not installed, what would be installed is judged.
      const version = (facts.addons.find(isAuditing) ?? facts.offers?.find(isAuditing))?.version;
      if (version === undefined) return [];
      return addonNeeds
        .filter((need) => need.applies(facts))
        .map(({ version: needed, because }) => {
          const finding = { subject: theCluster, found: version, needed, because };
          const difference = compareVersions(version, needed);
          if (Number.isNaN(difference)) return { ...finding, outcome: "unknown" };
          return difference < 0
            ? { ...finding, outcome: "fails", reason: { code: "addon-version", version, needed, because } }
            : { ...finding, outcome: "passes" };
        });
    },
  },
];

function judged(facts: EligibilityFacts): readonly Judged[] {
  return eligibilityRules.flatMap(({ check, source, judge }) =>
    judge(facts).map(({ subject, outcome, found, needed, because, reason }) => ({
      check,
      subject,
      outcome,
      found,
      needed,
      because,
      source,
      reason,
    })),
  );
}

/** What every rule says of the cluster, its node pools and its nodes; passes and what could not be judged are there too. */
export function eligibilityVerdicts(facts: EligibilityFacts): readonly Verdict<EligibilityCheck>[] {
  return judged(facts).map(({ reason: _reason, ...verdict }) => verdict);
}

/** Everything that speaks against auditing a cluster or one of its nodes. */
export function ineligibilities(facts: EligibilityFacts): readonly Ineligibility[] {
  return judged(facts).flatMap(({ reason }) => reason ?? []);
}

/**
 * Whether the reasons keep the whole cluster from being audited: one of the cluster itself, or none of its nodes free of
 * reasons. A single Windows node leaves the others audited; an add-on that is too old is upgraded. Where the nodes are
 * not known, the pools that have any stand for them.
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
      case "pool-os":
        break;
      default:
        blockedNodes.add(reason.node);
    }
  }
  const { nodes, nodePools } = facts;
  if (nodes !== undefined && nodes.length > 0) {
    return nodes.every((node) => {
      const os = nodeOs(node);
      return blockedNodes.has(node.name) || (os !== undefined && blockedSystems.has(os));
    });
  }
  const pools = nodes === undefined ? (nodePools ?? []).filter(({ nodeCount }) => nodeCount !== 0) : [];
  if (pools.length === 0) return blockedSystems.size > 0;
  return pools.every(({ imageType }) => {
    const os = poolOs(imageType);
    return os === undefined || (os !== "undecided" && blockedSystems.has(os));
  });
}

/** The nodes that one of the reasons leaves out. */
export function leftOutNodes(facts: EligibilityFacts, reasons: readonly Ineligibility[]): readonly string[] {
  return (facts.nodes ?? []).filter((node) => isLeftOut(node, reasons)).map(({ name }) => name);
}

function isLeftOut(node: ClusterNode, reasons: readonly Ineligibility[]): boolean {
  const os = nodeOs(node);
  return reasons.some((reason) =>
    reason.code === "cluster-version" ? reason.os === os : "node" in reason && reason.node === node.name,
  );
}

function nodeSubject({ name }: ClusterNode): Subject {
  return { kind: "node", name };
}

function ubuntuFinding(
  node: ClusterNode,
  isUsed: boolean | undefined,
  code: "ubuntu-image-acceleration" | "ubuntu-cpfs" | "ubuntu-security-hardening",
): Finding {
  const finding = { subject: nodeSubject(node), found: node.osImage };
  if (isUsed === undefined) return { ...finding, outcome: "unknown" };
  return isUsed
    ? { ...finding, outcome: "fails", reason: { code, node: node.name } }
    : { ...finding, outcome: "passes" };
}

/** The systems that the nodes run, or where those are not known, that the pools make nodes with. */
function knownSystems({ nodes, nodePools = [] }: EligibilityFacts): ReadonlySet<NodeOs> {
  const systems =
    nodes === undefined
      ? nodePools.map(({ imageType }) => poolOs(imageType)).filter((os) => os !== "undecided")
      : nodes.map(nodeOs);
  return new Set(systems.filter((os) => os !== undefined));
}

function containerRuntimes({ nodes, nodePools = [] }: EligibilityFacts): readonly string[] {
  return (nodes ?? nodePools).map(({ containerRuntime }) => containerRuntime);
}

/** Nodes tell `amd64` and `arm64`; the list of add-ons may write them as `uname` does (inferred). */
function architectureName(text: string): string {
  const name = text.toLowerCase();
  return name === "x86_64" ? "amd64" : name === "aarch64" ? "arm64" : name;
}

/**
 * The system that `image_type` of a pool makes nodes with; undefined for one that is not supported. Custom images, and a
 * pool that does not tell, are decided by their nodes. That a name begins as its system is called is inferred.
 */
export function poolOs(imageType: string): NodeOs | "undecided" | undefined {
  if (imageType === "" || imageType === "Custom") return "undecided";
  if (imageType.startsWith("AliyunLinux")) return "alibabaCloudLinux";
  if (imageType.startsWith("ContainerOS")) return "containerOs";
  if (imageType.startsWith("Ubuntu")) return "ubuntu";
  return undefined;
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
