import assert from "node:assert/strict";
import { test } from "node:test";
import { auditStatus, type StatusFacts } from "../../../src/audit/auditStatus.ts";
import type { Addon, AddonName, LogstoreFacts, NodePool, OfferedAddon } from "../../../src/audit/cluster.ts";
import type { Subject } from "../../../src/audit/eligibility.ts";
import type { LogstoreName, ProjectName } from "../../../src/audit/ids.ts";
import { type AuditCheck, auditVerdicts, groupVerdicts } from "../../../src/audit/verdicts.ts";
import { cluster, containerOs, node, statusFacts, ubuntu } from "./clusters.ts";

function subjectText(subject: Subject): string {
  return subject.kind === "cluster" ? "cluster" : `${subject.kind} ${subject.name}`;
}

/** The verdicts of one check, each as a line: outcome, subject, what was found, what is needed, why. */
function check(name: AuditCheck, given: Partial<StatusFacts>, ...expected: readonly string[]): void {
  assert.deepEqual(
    auditVerdicts(statusFacts(given))
      .filter((verdict) => verdict.check === name)
      .map(({ outcome, subject, found, needed, because }) =>
        [outcome, subjectText(subject), found, needed, because].filter((part) => part !== undefined).join(" | "),
      ),
    expected,
  );
}

function addon(name: AddonName, given: Partial<Addon> = {}): Addon {
  return { name, version: "0.9.0", state: "active", ...given };
}

function offer(version = "0.9.0", architectures: readonly string[] = []): readonly OfferedAddon[] {
  return [{ name: "ack-advanced-audit", version, architectures }];
}

function pool(given: Partial<NodePool> = {}): NodePool {
  return {
    id: "np1",
    name: "default",
    imageType: "AliyunLinux3",
    hardening: [],
    containerRuntime: "containerd://1.6.38",
    nodeCount: 2,
    ...given,
  };
}

function logstore(given: Partial<LogstoreFacts> = {}): LogstoreFacts {
  return {
    project: "k8s-log-c1" as ProjectName,
    projectFrom: "default",
    name: "advaudit-c1" as LogstoreName,
    exists: true,
    createdMs: undefined,
    hasIndex: true,
    retentionDays: 180,
    mode: "standard",
    billing: "ChargeByFunction",
    ...given,
  };
}

const collector = addon("logtail-ds", { version: "1.8.9" });
const auditing = addon("ack-advanced-audit");
const both = [collector, auditing];

// Source: GUIDE, Limits; API values of DescribeClustersV1 (container-auditing.md §2.2).
const types: readonly (readonly [string, string, string, "passes" | "fails"])[] = [
  ["ManagedKubernetes", "Default", "ack.pro.small", "passes"],
  ["ManagedKubernetes", "Default", "ack.pro.xlarge", "passes"],
  ["ManagedKubernetes", "Default", "ack.pro.4xlarge", "passes"],
  ["ManagedKubernetes", "Default", "ack.standard", "passes"],
  ["Kubernetes", "Default", "", "passes"],
  ["Kubernetes", "Edge", "", "fails"],
  ["ManagedKubernetes", "Edge", "ack.pro.small", "fails"],
  ["ManagedKubernetes", "Serverless", "ack.pro.small", "fails"],
  ["ManagedKubernetes", "Lingjun", "ack.pro.small", "fails"],
  ["ManagedKubernetes", "Acs", "ack.pro.small", "fails"],
  ["ManagedKubernetes", "Default", "ack.unheard.of", "fails"],
  ["ExternalKubernetes", "", "", "fails"],
  ["Ask", "Default", "", "fails"],
];
for (const [type, profile, spec, outcome] of types) {
  const found = [type, profile, spec].filter((part) => part !== "").join(" / ");
  test(`GUIDE, Limits: ${found} ${outcome}`, () =>
    check("cluster-type", { cluster: cluster({ type, profile, spec }) }, `${outcome} | cluster | ${found}`));
}
test("a cluster whose type is not told is judged by nobody", () =>
  check("cluster-type", { cluster: cluster({ type: "", profile: "", spec: "" }) }, "unknown | cluster | "));

// Source: ErrorClusterState of InstallClusterAddons, inferred; states of DescribeClustersV1 (§2.2).
for (const state of ["initial", "failed", "updating", "upgrading", "scaling", "inactive", "deleting", "disconnected"]) {
  test(`ErrorClusterState: no add-on goes into a cluster that is ${state}`, () =>
    check("cluster-state", { cluster: cluster({ state }) }, `fails | cluster | ${state} | running`));
}
test("ErrorClusterState: a running cluster passes", () =>
  check("cluster-state", {}, "passes | cluster | running | running"));
test("a state that is not told is open", () =>
  check("cluster-state", { cluster: cluster({ state: "" }) }, "unknown | cluster |  | running"));

// Source: GUIDE, Limits; ZH, EN25, EN26: 1.18, 1.24 and 1.30 (§2.1).
const versions: readonly (readonly [string, Parameters<typeof node>[1], string])[] = [
  ["1.18.8-aliyun.1", {}, "passes | cluster | 1.18.8-aliyun.1 | 1.18 | Alibaba Cloud Linux"],
  ["1.16.9-aliyun.1", {}, "fails | cluster | 1.16.9-aliyun.1 | 1.18 | Alibaba Cloud Linux"],
  ["1.24.6-aliyun.1", containerOs, "passes | cluster | 1.24.6-aliyun.1 | 1.24 | ContainerOS"],
  ["1.22.15-aliyun.1", containerOs, "fails | cluster | 1.22.15-aliyun.1 | 1.24 | ContainerOS"],
  ["1.30.1-aliyun.1", ubuntu, "passes | cluster | 1.30.1-aliyun.1 | 1.30 | Ubuntu"],
  ["1.28.9-aliyun.1", ubuntu, "fails | cluster | 1.28.9-aliyun.1 | 1.30 | Ubuntu"],
  ["latest", {}, "unknown | cluster | latest | 1.18 | Alibaba Cloud Linux"],
];
for (const [version, system, expected] of versions) {
  test(`GUIDE, Limits: Kubernetes ${expected}`, () =>
    check("cluster-version", { cluster: cluster({ version }), nodes: [node("a", system)] }, expected));
}
test("GUIDE, Limits: where no node is known, 1.20 is open, for nodes of Ubuntu would need 1.30", () =>
  check(
    "cluster-version",
    { nodes: undefined, cluster: cluster({ version: "1.20.4" }) },
    "unknown | cluster | 1.20.4 | 1.18 | Alibaba Cloud Linux",
  ));
test("GUIDE, Limits: where no node is known, 1.32 is late enough for every system", () =>
  check("cluster-version", { nodes: undefined }, "passes | cluster | 1.32.1-aliyun.1 | 1.18 | Alibaba Cloud Linux"));
test("SDK-CS image_type: where no node is known, the pools tell the systems", () =>
  check(
    "cluster-version",
    {
      nodes: undefined,
      nodePools: [pool({ imageType: "Ubuntu" }), pool({ imageType: "ContainerOS" })],
      cluster: cluster({ version: "1.28.9" }),
    },
    "fails | cluster | 1.28.9 | 1.30 | Ubuntu",
    "passes | cluster | 1.28.9 | 1.24 | ContainerOS",
  ));

// Source: strings seen in node.status.nodeInfo (§2.4).
const systems: readonly (readonly [string, string, "passes" | "fails" | "unknown"])[] = [
  ["Alibaba Cloud Linux (Aliyun Linux) 2.1903 LTS (Hunting Beagle)", "4.19.91-24.1.al7.x86_64", "passes"],
  ["Alibaba Cloud Linux 3 (Soaring Falcon)", "5.10.134-12.al8.x86_64", "passes"],
  ["Alibaba Cloud Linux 3.2104 U13 (OpenAnolis Edition)", "5.10.134-19.1.al8.x86_64", "passes"],
  ["LifseaOS", "5.10.134-18.0.9.lifsea8.x86_64", "passes"],
  ["", "5.10.134-19.1.1.lifsea8", "passes"],
  ["Ubuntu 22.04.5 LTS", "5.15.0-143-generic", "passes"],
  ["CentOS Linux 7 (Core)", "3.10.0-1160.el7.x86_64", "fails"],
  ["Windows Server 2022 Datacenter", "10.0.20348.2031", "fails"],
  ["Red Hat Enterprise Linux 9.2", "5.14.0-284.el9.x86_64", "fails"],
  ["", "5.10.134", "unknown"],
];
for (const [osImage, kernelVersion, outcome] of systems) {
  test(`GUIDE, Limits: nodes with ${osImage || "no name of a system"} and ${kernelVersion}: ${outcome}`, () =>
    check("operating-system", { nodes: [node("a", { osImage, kernelVersion })] }, `${outcome} | node a | ${osImage}`));
}

// Source: image_type of DescribeClusterNodePools in SDK-CS and Terraform (§2.3); that it names the system is inferred.
const images: readonly (readonly [string, "passes" | "fails" | "unknown"])[] = [
  ["AliyunLinux", "passes"],
  ["AliyunLinux3Arm64", "passes"],
  ["AliyunLinux3Security", "passes"],
  ["AliyunLinux4ContainerOptimized", "passes"],
  ["ContainerOS", "passes"],
  ["Ubuntu", "passes"],
  ["CentOS", "fails"],
  ["Windows", "fails"],
  ["WindowsCore", "fails"],
  ["Custom", "unknown"],
  ["", "unknown"],
];
for (const [imageType, outcome] of images) {
  test(`SDK-CS: a pool with image_type ${imageType || "untold"}: ${outcome}`, () =>
    check(
      "operating-system",
      { nodes: undefined, nodePools: [pool({ imageType })] },
      `${outcome} | nodePool default | ${imageType}`,
    ));
}

// Source: GUIDE, Limits: kernel later than 4.19 (§2.1, §2.4).
const kernels: readonly (readonly [string, "passes" | "fails" | "doubtful" | "unknown"])[] = [
  ["5.10.134-19.1.al8.x86_64", "passes"],
  ["6.6.30-5.al4.x86_64", "passes"],
  ["4.19.91-24.1.al7.x86_64", "doubtful"],
  ["4.19.0-aliyun", "fails"],
  ["4.19", "fails"],
  ["3.10.0-1160.el7.x86_64", "fails"],
  ["", "unknown"],
];
for (const [kernelVersion, outcome] of kernels) {
  test(`GUIDE, Limits: kernel ${kernelVersion || "untold"}: ${outcome}`, () =>
    check("kernel", { nodes: [node("a", { kernelVersion })] }, `${outcome} | node a | ${kernelVersion} | 4.19`));
}

test("ListAddons, architecture, inferred: arm64 where the add-on is offered for amd64", () =>
  check(
    "architecture",
    { nodes: [node("a"), node("b", { architecture: "arm64" })], offers: offer("0.9.0", ["amd64"]) },
    "passes | node a | amd64 | amd64",
    "fails | node b | arm64 | amd64",
  ));
test("ListAddons, architecture, inferred: x86_64 is amd64, aarch64 is arm64", () =>
  check(
    "architecture",
    { nodes: [node("a"), node("b", { architecture: "arm64" })], offers: offer("0.9.0", ["x86_64", "aarch64"]) },
    "passes | node a | amd64 | x86_64, aarch64",
    "passes | node b | arm64 | x86_64, aarch64",
  ));
test("an offer that names no architecture judges none", () => check("architecture", { offers: offer() }));

// Source: EN26, requirements of Ubuntu nodes; that they bind no other system is inferred (§2.1).
const onUbuntu = { nodes: [node("u", ubuntu), node("a")] };
test("EN26, Ubuntu: image acceleration", () =>
  check(
    "image-acceleration",
    { ...onUbuntu, ubuntu: { imageAcceleration: true, cpfs: false, hardenedNodes: [] } },
    "fails | node u | Ubuntu 22.04.5 LTS",
  ));
test("EN26, Ubuntu: no CPFS volumes", () =>
  check(
    "cpfs",
    { ...onUbuntu, ubuntu: { imageAcceleration: true, cpfs: false, hardenedNodes: [] } },
    "passes | node u | Ubuntu 22.04.5 LTS",
  ));
test("EN26, Ubuntu: whether there are CPFS volumes was not asked", () =>
  check(
    "cpfs",
    { ...onUbuntu, ubuntu: { imageAcceleration: false, cpfs: undefined, hardenedNodes: undefined } },
    "unknown | node u | Ubuntu 22.04.5 LTS",
  ));
test("EN26, Ubuntu: a hardened node beside one that is not", () =>
  check(
    "security-hardening",
    {
      nodes: [node("u", ubuntu), node("v", ubuntu)],
      ubuntu: { imageAcceleration: false, cpfs: false, hardenedNodes: ["u"] },
    },
    "fails | node u | Ubuntu 22.04.5 LTS",
    "passes | node v | Ubuntu 22.04.5 LTS",
  ));
test("SDK-CS scaling_group: a hardened pool of Ubuntu, and one of Alibaba Cloud Linux that nobody judges", () =>
  check(
    "security-hardening",
    {
      nodes: undefined,
      nodePools: [
        pool({ name: "u", imageType: "Ubuntu", hardening: ["security_hardening_os"] }),
        pool({ hardening: ["soc_enabled"] }),
      ],
    },
    "fails | nodePool u | security_hardening_os",
  ));

// Source: COMP, release notes of ack-advanced-audit (§0).
const releases: readonly (readonly [string, Partial<StatusFacts>, readonly string[]])[] = [
  ["0.1.0", {}, ["fails | cluster | 0.1.0 | 0.2.0 | Kubernetes 1.26"]],
  ["0.2.0", {}, ["passes | cluster | 0.2.0 | 0.2.0 | Kubernetes 1.26"]],
  ["0.1.0", { cluster: cluster({ version: "1.24.6" }) }, []],
  [
    "0.6.0",
    { nodes: [node("a", { containerRuntime: "containerd://2.1.3" })] },
    ["passes | cluster | 0.6.0 | 0.2.0 | Kubernetes 1.26", "fails | cluster | 0.6.0 | 0.7.0 | containerd 2.0"],
  ],
  [
    "0.6.0",
    { nodes: undefined, nodePools: [pool({ containerRuntime: "containerd://2.1.5" })] },
    ["passes | cluster | 0.6.0 | 0.2.0 | Kubernetes 1.26", "fails | cluster | 0.6.0 | 0.7.0 | containerd 2.0"],
  ],
  [
    "0.7.0",
    { nodes: [node("a", { ...containerOs, osImage: "ContainerOS 3.5" })] },
    ["passes | cluster | 0.7.0 | 0.2.0 | Kubernetes 1.26", "fails | cluster | 0.7.0 | 0.8.1 | ContainerOS 3.5"],
  ],
  [
    "0.8.2",
    { nodes: [node("a", { osImage: "Alibaba Cloud Linux 4 (OpenAnolis Edition)" })] },
    ["passes | cluster | 0.8.2 | 0.2.0 | Kubernetes 1.26", "fails | cluster | 0.8.2 | 0.9.0 | Alibaba Cloud Linux 4"],
  ],
  [
    "0.8.2",
    { nodes: undefined, nodePools: [pool({ imageType: "AliyunLinux4Arm64" })] },
    ["passes | cluster | 0.8.2 | 0.2.0 | Kubernetes 1.26", "fails | cluster | 0.8.2 | 0.9.0 | Alibaba Cloud Linux 4"],
  ],
];
for (const [version, given, expected] of releases) {
  test(`COMP: ${expected.at(-1) ?? `nothing is asked of ${version} below Kubernetes 1.26`}`, () =>
    check("addon-version", { ...given, addons: [addon("ack-advanced-audit", { version })] }, ...expected));
}
test("COMP: what would be installed is judged where nothing is", () =>
  check("addon-version", { offers: offer("0.1.0") }, "fails | cluster | 0.1.0 | 0.2.0 | Kubernetes 1.26"));

// Source: GUIDE, installation of logtail-ds and ack-advanced-audit; ZH: or loongcollector (§0).
const eitherCollector = "logtail-ds / loongcollector";
test("GUIDE: logtail-ds collects", () =>
  check("collector", { addons: both }, `passes | cluster | logtail-ds 1.8.9 | ${eitherCollector}`));
test("ZH: loongcollector collects", () =>
  check(
    "collector",
    { addons: [addon("loongcollector", { version: "3.1.0" })] },
    `passes | cluster | loongcollector 3.1.0 | ${eitherCollector}`,
  ));
test("GUIDE: no collector", () => check("collector", {}, `fails | cluster |  | ${eitherCollector}`));
test("ZH: of two collectors the one that works counts", () =>
  check(
    "collector",
    { addons: [addon("logtail-ds", { state: "unhealthy" }), addon("loongcollector", { version: "3.1.0" })] },
    `passes | cluster | loongcollector 3.1.0 | ${eitherCollector}`,
  ));
test("DescribeClusterAddonInstance: an unhealthy auditing add-on fails", () =>
  check(
    "auditing-addon",
    { addons: [addon("ack-advanced-audit", { state: "unhealthy" })] },
    "fails | cluster | ack-advanced-audit 0.9.0 (unhealthy) | ack-advanced-audit",
  ));
test("ListClusterAddonInstances: one that is being upgraded proves nothing", () =>
  check(
    "auditing-addon",
    { addons: [addon("ack-advanced-audit", { state: "changing" })] },
    "doubtful | cluster | ack-advanced-audit 0.9.0 (changing) | ack-advanced-audit",
  ));
test("add-ons that could not be asked are open", () =>
  check(
    "auditing-addon",
    { unknown: { code: "denied", action: "cs:ListClusterAddonInstances" } },
    "unknown | cluster | ",
  ));

// Source: ZH, EN25, EN26: submit a ticket; that the add-on is then missing from ListAddons is inferred (§0).
test("ZH, inferred: offered", () =>
  check("offer", { offers: offer() }, "passes | cluster | ack-advanced-audit 0.9.0 | ack-advanced-audit"));
test("ZH, inferred: not offered", () => check("offer", { offers: [] }, "fails | cluster |  | ack-advanced-audit"));
test("ZH, inferred: what is installed was offered", () =>
  check("offer", { offers: [], addons: both }, "passes | cluster |  | ack-advanced-audit"));
test("ZH, inferred: whether it is offered was not asked", () =>
  check("offer", {}, "unknown | cluster |  | ack-advanced-audit"));

// Source: GetLogStore, GetIndex of the SLS API; SLSLIST for the Logstore's name.
test("GetLogStore: it is there", () =>
  check("logstore", { addons: both, logstore: logstore() }, "passes | cluster | k8s-log-c1 / advaudit-c1"));
test("GetLogStore: it is missing where both add-ons are installed", () =>
  check("logstore", { addons: both, logstore: logstore({ exists: false }) }, "fails | cluster | advaudit-c1"));
test("GUIDE: before the installation nobody expects it", () =>
  check("logstore", { logstore: logstore({ exists: false }) }));
test("GetLogStore: it could not be asked", () => check("logstore", { addons: both }, "unknown | cluster | "));
test("GetIndex: IndexConfigNotExist", () =>
  check("index", { logstore: logstore({ hasIndex: false }) }, "fails | cluster | "));
test("GetIndex: denied", () => check("index", { logstore: logstore({ hasIndex: undefined }) }, "unknown | cluster | "));
test("GetLogStore, mode: query has no SQL", () =>
  check("sql", { logstore: logstore({ mode: "query" }) }, "fails | cluster | query | standard"));
test("GetLogStore, mode: standard has SQL", () =>
  check("sql", { logstore: logstore() }, "passes | cluster | standard | standard"));
test("the newest event, as GetLogs has it", () =>
  check(
    "events",
    { addons: both, logstore: logstore(), newestEventMs: Date.UTC(2026, 10, 23, 2, 41, 7) },
    "passes | cluster | 2026-11-23T02:41:07.000Z",
  ));
test("that no event has come proves nothing", () =>
  check("events", { addons: both, logstore: logstore() }, "doubtful | cluster | "));
test("events that could not be asked for are open", () =>
  check(
    "events",
    {
      addons: both,
      logstore: logstore(),
      unanswered: [{ subject: "newestEvent", reason: { code: "denied", action: "log:GetLogStoreLogs" } }],
    },
    "unknown | cluster | ",
  ));

/** What a cluster with both add-ons leaves to doubt. */
function doubts(given: Partial<StatusFacts>, ...expected: readonly string[]): void {
  const status = auditStatus(statusFacts({ addons: both, logstore: logstore(), ...given }));
  assert.equal(status.kind, "on");
  const found = status.kind === "on" ? (status.doubts ?? []) : [];
  assert.deepEqual(
    found.map((doubt) => Object.values(doubt).join(" ")),
    expected,
  );
}
test("GUIDE: both add-ons, a Logstore with an index, nodes within the limits: no doubt", () => doubts({}));
test("DescribeClusterAddonInstance: unhealthy", () =>
  doubts(
    { addons: [collector, addon("ack-advanced-audit", { state: "unhealthy" })] },
    "addon-unhealthy ack-advanced-audit",
  ));
test("ListClusterAddonInstances: deleting", () =>
  doubts(
    { addons: [collector, addon("ack-advanced-audit", { state: "changing" })] },
    "addon-changing ack-advanced-audit",
  ));
test("COMP: containerd 2 with an add-on before 0.7.0", () =>
  doubts(
    {
      addons: [collector, addon("ack-advanced-audit", { version: "0.5.1" })],
      nodes: [node("a", { containerRuntime: "containerd://2.0.5" })],
    },
    "addon-too-old 0.5.1 0.7.0 containerd 2.0",
  ));
test("GetLogStore: LogStoreNotExist", () =>
  doubts(
    { logstore: logstore({ exists: false, hasIndex: undefined, mode: undefined }) },
    "logstore-missing advaudit-c1",
  ));
test("GetIndex: no index", () => doubts({ logstore: logstore({ hasIndex: false }) }, "index-missing advaudit-c1"));
test("GetLogStore, mode: no SQL", () => doubts({ logstore: logstore({ mode: "query" }) }, "no-sql advaudit-c1"));
test("a Logstore that could not be asked gives no doubt", () => doubts({ logstore: undefined }));
test("GUIDE, Limits: the nodes that are left out are named", () =>
  doubts(
    {
      nodes: [node("a"), node("w", { osImage: "CentOS Linux 7 (Core)" }), node("u", ubuntu)],
      cluster: cluster({ version: "1.28.9" }),
    },
    "nodes-left-out w,u",
  ));
test("an upgrade that is available is no doubt", () =>
  doubts({ addons: [collector, addon("ack-advanced-audit", { version: "0.8.1", upgrade: "0.9.0" })] }));

/** The state alone. */
function state(given: Partial<StatusFacts>, expected: string): void {
  assert.equal(auditStatus(statusFacts(given)).kind, expected);
}
test("ZH, inferred: not offered and nothing installed", () => state({ offers: [] }, "notOffered"));
test("ZH, inferred: not offered, and a collector for other logs", () =>
  state({ offers: [], addons: [collector] }, "notOffered"));
test("ZH, inferred: offers that were not asked are held against nobody", () => state({ offers: undefined }, "off"));
test("ZH: offered, and the collector alone", () => state({ offers: offer(), addons: [collector] }, "halfInstalled"));
test("ZH, inferred: installed and not offered any more: the collector is missing", () =>
  state({ offers: [], addons: [auditing] }, "halfInstalled"));
test("ZH, inferred: installed and not offered any more: audited", () => state({ offers: [], addons: both }, "on"));
test("GUIDE, Limits: a type that is not supported goes before the offer", () =>
  state({ offers: [], cluster: cluster({ profile: "Edge" }) }, "notEligible"));
test("SDK-CS image_type: where no node is known and every pool is of Windows", () =>
  state({ nodes: undefined, nodePools: [pool({ imageType: "Windows" })] }, "notEligible"));
test("SDK-CS image_type: a pool of Windows without nodes beside another", () =>
  state({ nodes: undefined, nodePools: [pool({ imageType: "Windows", nodeCount: 0 }), pool()] }, "off"));
test("SDK-CS image_type: nodes say more than their pool's image", () =>
  state({ nodes: [node("a")], nodePools: [pool({ imageType: "CentOS" })] }, "off"));
test("GUIDE, Limits: a pool of Ubuntu below 1.30", () =>
  state(
    { nodes: undefined, nodePools: [pool({ imageType: "Ubuntu" })], cluster: cluster({ version: "1.28.9" }) },
    "notEligible",
  ));
test("EN26, Ubuntu: every node is hardened", () =>
  state(
    { nodes: [node("u", ubuntu)], ubuntu: { imageAcceleration: false, cpfs: undefined, hardenedNodes: ["u"] } },
    "notEligible",
  ));
test("ListAddons, architecture, inferred: every node is of another one", () =>
  state({ nodes: [node("a", { architecture: "arm64" })], offers: offer("0.9.0", ["amd64"]) }, "notEligible"));

test("what is alike is told once, what fails first", () => {
  const nodes = [node("a"), node("w", { osImage: "CentOS Linux 7 (Core)" }), node("b")];
  const groups = groupVerdicts(auditVerdicts(statusFacts({ nodes })));
  assert.deepEqual(
    groups.filter(({ check: name }) => name === "operating-system").map(({ outcome, names }) => [outcome, ...names]),
    [
      ["fails", "w"],
      ["passes", "a", "b"],
    ],
  );
  assert.deepEqual(
    groups.map(({ outcome }) => outcome).filter((outcome, index, all) => outcome !== all[index - 1]),
    ["fails", "unknown", "passes"],
  );
});
