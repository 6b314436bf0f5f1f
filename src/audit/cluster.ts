import type { ClusterId } from "./ids.ts";

/** The two add-ons of container auditing; the collector is one of two. */
export type AddonName = "ack-advanced-audit" | "logtail-ds" | "loongcollector";

export type Addon = {
  readonly name: AddonName;
  readonly version: string;
  readonly state: "active" | "changing" | "unhealthy";
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

/** Whether a cluster is audited, told only from facts; `asOfMs` says when they were asked for. */
export type AuditStatus = { readonly asOfMs: number } & (
  | { readonly kind: "on"; readonly addons: readonly Addon[]; readonly newestEventMs: number | undefined }
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
