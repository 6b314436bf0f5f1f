import type { ClusterId, LogstoreName, ProjectName } from "./ids.ts";

/** The two add-ons of container auditing; the collector is one of two. */
export type AddonName = "ack-advanced-audit" | "logtail-ds" | "loongcollector";

export type Addon = {
  readonly name: AddonName;
  readonly version: string;
  readonly state: "active" | "changing" | "unhealthy";
  /** The later version that ACK offers for the cluster; absent where there is none, or where it was not asked. */
  readonly upgrade?: string;
};

/** What ACK lists of an add-on that it offers for a cluster (ListAddons). */
export type OfferedAddon = {
  readonly name: AddonName;
  readonly version: string;
  /** Architectures that it runs on, as ACK spells them; empty where the list does not say. */
  readonly architectures: readonly string[];
};

/** What ACK says of a cluster, in the names of its OpenAPI (container-auditing.md §2.2). */
export type Cluster = {
  readonly id: ClusterId;
  readonly name: string;
  readonly region: string;
  /** `cluster_type`, `profile` and `cluster_spec` as the API spells them. */
  readonly type: string;
  readonly profile: string;
  readonly spec: string;
  readonly state: string;
  /** `current_version`, e.g. `1.32.1-aliyun.1`. */
  readonly version: string;
  readonly nodeCount: number | undefined;
};

/** One reason that keeps a cluster or node from being audited. Worded by the editor; the sources are in container-auditing.md §2. */
export type Ineligibility =
  | { readonly code: "cluster-type"; readonly type: string; readonly profile: string }
  | { readonly code: "cluster-version"; readonly version: string; readonly needed: string; readonly os: NodeOs }
  | { readonly code: "cluster-state"; readonly state: string }
  | { readonly code: "node-os"; readonly node: string; readonly osImage: string }
  | { readonly code: "node-kernel"; readonly node: string; readonly kernel: string }
  | { readonly code: "node-architecture"; readonly node: string; readonly architecture: string }
  /** `image_type` of the pool's scaling group; the nodes themselves could not be asked. */
  | { readonly code: "pool-os"; readonly pool: string; readonly imageType: string }
  | { readonly code: "addon-version"; readonly version: string; readonly needed: string; readonly because: string }
  | { readonly code: "ubuntu-image-acceleration" | "ubuntu-cpfs" | "ubuntu-security-hardening"; readonly node: string };

export type NodeOs = "alibabaCloudLinux" | "ubuntu" | "containerOs";

/** A node as the Kubernetes API describes it (`status.nodeInfo`). */
export type ClusterNode = {
  readonly name: string;
  readonly ip: string;
  readonly osImage: string;
  readonly kernelVersion: string;
  readonly containerRuntime: string;
  readonly kubeletVersion: string;
  readonly architecture: string;
};

/** A node pool as ACK describes it (container-auditing.md §2.3). */
export type NodePool = {
  readonly id: string;
  readonly name: string;
  /** `image_type`, e.g. `AliyunLinux3`; empty where it is not told. */
  readonly imageType: string;
  /** The kinds of security hardening that are on, as their fields are named: `security_hardening_os`, `soc_enabled`, `cis_enabled`. */
  readonly hardening: readonly string[];
  /** `runtime` and `runtime_version` as nodes write them, e.g. `containerd://1.6.38`; empty where it is not told. */
  readonly containerRuntime: string;
  readonly nodeCount: number | undefined;
};

/** What is known of the Logstore that ack-advanced-audit writes to. */
export type LogstoreFacts = {
  readonly project: ProjectName;
  /** What named the project; the order in which it is looked for is that of container-auditing.md §3. */
  readonly projectFrom: "collector" | "metaData" | "auditProject" | "default";
  readonly name: LogstoreName;
  readonly exists: boolean;
  readonly createdMs: number | undefined;
  /** Undefined where it could not be asked; without an index nothing can be searched. */
  readonly hasIndex: boolean | undefined;
  /** 3650 means for ever. */
  readonly retentionDays: number | undefined;
  /** `standard`, or `query`, which answers no SQL. */
  readonly mode: string | undefined;
  /** `ChargeByFunction` or `ChargeByDataIngest`. */
  readonly billing: string | undefined;
};

/** What speaks against it that everything is recorded, although both add-ons are there. */
export type Doubt =
  | { readonly code: "addon-unhealthy" | "addon-changing"; readonly addon: AddonName }
  | { readonly code: "addon-too-old"; readonly version: string; readonly needed: string; readonly because: string }
  | { readonly code: "logstore-missing" | "index-missing" | "no-sql"; readonly logstore: LogstoreName }
  /** Nodes that the documented limits leave out. */
  | { readonly code: "nodes-left-out"; readonly nodes: readonly string[] };

/** Whether a cluster is audited, told only from facts; `asOfMs` says when they were asked for. */
export type AuditStatus = { readonly asOfMs: number } & (
  | {
      readonly kind: "on";
      readonly addons: readonly Addon[];
      readonly newestEventMs: number | undefined;
      /** Absent where there are none. */
      readonly doubts?: readonly Doubt[];
    }
  | {
      readonly kind: "halfInstalled";
      readonly addons: readonly Addon[];
      readonly missing: readonly AddonName[];
      /** Records of an earlier time may be there: uninstalling never deletes the Logstore. */
      readonly newestEventMs: number | undefined;
    }
  /** Nothing is installed and nothing speaks against it. Records of an earlier time may be there. */
  | { readonly kind: "off"; readonly newestEventMs: number | undefined }
  | {
      readonly kind: "notEligible";
      readonly reasons: readonly Ineligibility[];
      readonly newestEventMs: number | undefined;
    }
  /**
   * Nothing that is known speaks against it, but ACK does not offer ack-advanced-audit for this cluster. Its documentation
   * has the account allow-listed by a ticket; that a missing offer means just that is inferred.
   */
  | { readonly kind: "notOffered"; readonly addons: readonly Addon[]; readonly newestEventMs: number | undefined }
  | { readonly kind: "turningOn" | "turningOff"; readonly step: AuditingStep }
  | { readonly kind: "unknown"; readonly reason: UnknownReason }
);

export type AuditingStep =
  | "installingCollector"
  | "installingAuditing"
  | "waitingForFirstEvent"
  | "uninstallingAuditing";

export type UnknownReason =
  | { readonly code: "recordsOnly" }
  | { readonly code: "unreachable"; readonly detail: string }
  | { readonly code: "denied"; readonly action: string };
