import assert from "node:assert/strict";
import { test } from "node:test";
import type { Addon } from "../../../src/audit/cluster.ts";
import {
  compareVersions,
  type EligibilityFacts,
  eligibilityRules,
  ineligibilities,
  isWhollyIneligible,
  nodeOs,
} from "../../../src/audit/eligibility.ts";
import { cluster, containerOs, node, statusFacts, ubuntu } from "./clusters.ts";

/** Each reason as its code and its data in order; `!` in front where the whole cluster is not eligible. */
function check(given: Partial<EligibilityFacts>, expected: readonly string[], wholly = expected.length > 0): void {
  const facts = statusFacts(given);
  const reasons = ineligibilities(facts);
  assert.deepEqual(
    reasons.map((reason) => Object.values(reason).join(" ")),
    expected,
  );
  assert.equal(isWhollyIneligible(facts, reasons), wholly);
}

function audit(version: string): readonly Addon[] {
  return [{ name: "ack-advanced-audit", version, state: "active" }];
}

test("an ACK Pro cluster with Alibaba Cloud Linux 3", () => check({}, []));
test("an ACK Pro cluster with a bigger control plane", () =>
  check({ cluster: cluster({ spec: "ack.pro.xlarge" }) }, []));
test("an ACK Basic cluster", () => check({ cluster: cluster({ spec: "ack.standard" }) }, []));
test("an ACK Basic cluster whose specification is empty", () => check({ cluster: cluster({ spec: "" }) }, []));
test("a dedicated cluster", () => check({ cluster: cluster({ type: "Kubernetes", profile: "", spec: "" }) }, []));
for (const profile of ["Edge", "Serverless", "Lingjun", "Acs"]) {
  test(`an ACK ${profile} cluster is not eligible`, () =>
    check({ cluster: cluster({ profile }) }, [`cluster-type ManagedKubernetes ${profile}`]));
}
test("a registered cluster is not eligible", () =>
  check({ cluster: cluster({ type: "ExternalKubernetes", profile: "", spec: "" }) }, [
    "cluster-type ExternalKubernetes ",
  ]));
test("a cluster that does not run", () => check({ cluster: cluster({ state: "failed" }) }, ["cluster-state failed"]));

test("Alibaba Cloud Linux needs Kubernetes 1.18", () => {
  check({ cluster: cluster({ version: "1.18.8-aliyun.1" }) }, []);
  check({ cluster: cluster({ version: "1.16.9-aliyun.1" }) }, [
    "cluster-version 1.16.9-aliyun.1 1.18 alibabaCloudLinux",
  ]);
});
test("ContainerOS needs Kubernetes 1.24", () => {
  const nodes = [node("a", containerOs)];
  check({ nodes, cluster: cluster({ version: "v1.24.6-aliyun.1" }) }, []);
  check({ nodes, cluster: cluster({ version: "1.22.15-aliyun.1" }) }, [
    "cluster-version 1.22.15-aliyun.1 1.24 containerOs",
  ]);
});
test("Ubuntu needs Kubernetes 1.30", () => {
  const nodes = [node("a", ubuntu)];
  check({ nodes, cluster: cluster({ version: "1.30.1-aliyun.1" }) }, []);
  check({ nodes, cluster: cluster({ version: "1.28.9-aliyun.1" }) }, ["cluster-version 1.28.9-aliyun.1 1.30 ubuntu"]);
});
test("of two systems the older version may do for one", () =>
  check(
    { nodes: [node("a"), node("b", ubuntu)], cluster: cluster({ version: "1.28.9-aliyun.1" }) },
    ["cluster-version 1.28.9-aliyun.1 1.30 ubuntu"],
    false,
  ));
test("where no node is known, a version that is too old for every system", () => {
  check({ nodes: undefined, cluster: cluster({ version: "1.16.9" }) }, [
    "cluster-version 1.16.9 1.18 alibabaCloudLinux",
  ]);
  check({ nodes: [], cluster: cluster({ version: "1.20.4" }) }, []);
});
test("a version that cannot be read is held against nobody", () => check({ cluster: cluster({ version: "" }) }, []));

test("another system is not eligible", () =>
  check({ nodes: [node("w", { osImage: "Windows Server 2022 Datacenter", kernelVersion: "10.0.20348.2031" })] }, [
    "node-os w Windows Server 2022 Datacenter",
  ]));
test("one node of another system leaves the others", () =>
  check(
    { nodes: [node("a"), node("w", { osImage: "CentOS Linux 7 (Core)" })] },
    ["node-os w CentOS Linux 7 (Core)"],
    false,
  ));
test("a system that is not told is held against nobody", () =>
  check({ nodes: [node("a", { osImage: "", kernelVersion: "" })] }, []));
test("the kernel must be later than 4.19", () => {
  check({ nodes: [node("a", { kernelVersion: "4.19.0-aliyun" })] }, ["node-kernel a 4.19.0-aliyun"]);
  check({ nodes: [node("a", { kernelVersion: "3.10.0-1160.el7.x86_64" })] }, ["node-kernel a 3.10.0-1160.el7.x86_64"]);
});
test("by the letter 4.19.91 of Alibaba Cloud Linux 2 is later", () =>
  check(
    {
      nodes: [
        node("a", {
          osImage: "Alibaba Cloud Linux (Aliyun Linux) 2.1903 LTS (Hunting Beagle)",
          kernelVersion: "4.19.91-24.1.al7.x86_64",
        }),
      ],
    },
    [],
  ));

const allOfUbuntu = { imageAcceleration: true, cpfs: true, hardenedNodes: ["u", "a"] };
test("what Ubuntu does not support is held against Ubuntu nodes", () =>
  check({ nodes: [node("u", ubuntu)], ubuntu: allOfUbuntu }, [
    "ubuntu-image-acceleration u",
    "ubuntu-cpfs u",
    "ubuntu-security-hardening u",
  ]));
test("and against no other", () => check({ nodes: [node("a")], ubuntu: allOfUbuntu }, []));

test("containerd 2 needs version 0.7.0 of the add-on, which can be upgraded", () => {
  const nodes = [node("a", { containerRuntime: "containerd://2.1.3" })];
  check({ nodes, addons: audit("0.6.0") }, ["addon-version 0.6.0 0.7.0 containerd 2.0"], false);
  check({ nodes, addons: audit("0.7.0") }, []);
  check({ nodes, addons: [] }, []);
});
test("Alibaba Cloud Linux 4 needs version 0.9.0 of the add-on", () =>
  check(
    { nodes: [node("a", { osImage: "Alibaba Cloud Linux 4.0 (OpenAnolis Edition)" })], addons: audit("v0.8.2") },
    ["addon-version v0.8.2 0.9.0 Alibaba Cloud Linux 4"],
    false,
  ));
test("Kubernetes 1.26 needs version 0.2.0 of the add-on", () =>
  check({ addons: audit("0.1.0") }, ["addon-version 0.1.0 0.2.0 Kubernetes 1.26"], false));

test("systems are known by the strings that were seen", () => {
  assert.equal(nodeOs(node("a", { osImage: "Alibaba Cloud Linux 3 (Soaring Falcon)" })), "alibabaCloudLinux");
  assert.equal(nodeOs(node("a", { osImage: "Aliyun Linux 2.1903 (Hunting Beagle)" })), "alibabaCloudLinux");
  assert.equal(nodeOs(node("a", { osImage: "Ubuntu 24.04 LTS" })), "ubuntu");
  assert.equal(nodeOs(node("a", { osImage: "Alibaba Cloud ContainerOS 3.4" })), "containerOs");
  assert.equal(nodeOs(node("a", containerOs)), "containerOs");
  assert.equal(nodeOs(node("a", { osImage: "Not Ubuntu" })), undefined);
});

test("versions are compared by their numbers", () => {
  assert.ok(compareVersions("1.9.0", "1.10.0") < 0);
  assert.equal(compareVersions("v1.18", "1.18.0-aliyun.1"), 0);
  assert.ok(compareVersions("5.10.134-19.1.al8.x86_64", "4.19") > 0);
  assert.ok(Number.isNaN(compareVersions("latest", "1.0.0")));
});

test("a rule that the vendor's pages state is documented, one that is concluded from them is not", () =>
  assert.deepEqual(
    eligibilityRules.map(({ check, source }) => `${check}: ${source.basis}, ${source.page}`),
    [
      "cluster-type: documented, limits",
      "cluster-state: inferred, ackApi",
      "cluster-version: documented, limits",
      "operating-system: documented, limits",
      "kernel: documented, limits",
      "architecture: inferred, ackApi",
      "image-acceleration: inferred, ubuntuLimits",
      "cpfs: inferred, ubuntuLimits",
      "security-hardening: inferred, ubuntuLimits",
      "addon-version: documented, releaseNotes",
    ],
  ));
