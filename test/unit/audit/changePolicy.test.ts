import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChangeKind } from "../../../src/audit/change.ts";
import { changePolicy, permissionMissing } from "../../../src/audit/changePolicy.ts";
import type { ClusterId, ProjectName } from "../../../src/audit/ids.ts";

const place = {
  cluster: { id: "c1" as ClusterId, name: "shop", region: "cn-hangzhou" },
  project: "k8s-log-c1" as ProjectName,
};

function policy(change: ChangeKind, missing: string, given: Partial<typeof place> = {}): unknown {
  return JSON.parse(changePolicy(change, missing, { ...place, ...given }));
}

test("the policy of turning on has everything that turning on needs, each on its resource", () =>
  assert.deepEqual(policy("turnOn", "cs:InstallClusterAddons"), {
    Version: "1",
    Statement: [
      {
        Effect: "Allow",
        Action: [
          "cs:DescribeClusterDetail",
          "cs:DescribeClusterTasks",
          "cs:GetClusterAddonInstance",
          "cs:InstallClusterAddons",
          "cs:ListClusterAddonInstances",
        ],
        Resource: "acs:cs:cn-hangzhou:*:cluster/c1",
      },
      {
        Effect: "Allow",
        Action: ["log:GetLogStore", "log:GetLogStoreLogs"],
        Resource: "acs:log:cn-hangzhou:*:project/k8s-log-c1/logstore/advaudit-c1",
      },
      { Effect: "Allow", Action: ["cs:DescribeTaskInfo", "cs:ListAddons"], Resource: "*" },
    ],
  }));

test("the policy of a deletion allows no other change", () =>
  assert.deepEqual(policy("deleteLogstore", "log:DeleteLogStore"), {
    Version: "1",
    Statement: [
      {
        Effect: "Allow",
        Action: ["cs:DescribeClusterDetail", "cs:GetClusterAddonInstance", "cs:ListClusterAddonInstances"],
        Resource: "acs:cs:cn-hangzhou:*:cluster/c1",
      },
      {
        Effect: "Allow",
        Action: ["log:DeleteLogStore", "log:GetLogStore"],
        Resource: "acs:log:cn-hangzhou:*:project/k8s-log-c1/logstore/advaudit-c1",
      },
    ],
  }));

test("an action that the service names beyond the known ones is added", () =>
  assert.match(changePolicy("turnOff", "cs:DescribeAddon", place), /"cs:DescribeAddon"/));

test("what a service says is missing is taken as an action only if it is one", () => {
  for (const text of ["", "*", "cs:*", 'cs:X", "*', "please grant cs:InstallClusterAddons", "cs:A\ncs:B"]) {
    assert.equal(changePolicy("turnOff", text, place), changePolicy("turnOff", "cs:DescribeTaskInfo", place), text);
  }
});

test("without a region or a project the policy covers any of them, for this cluster alone", () => {
  const made = changePolicy("changeRetention", "log:UpdateLogStore", {
    cluster: { ...place.cluster, region: "" },
    project: undefined,
  });
  assert.match(made, /"acs:cs:\*:\*:cluster\/c1"/);
  assert.match(made, /"acs:log:\*:\*:project\/\*\/logstore\/advaudit-c1"/);
});

test("a missing permission comes with its action and the policy", () => {
  const missing = permissionMissing("upgrade", "cs:UpgradeClusterAddons", place);
  assert.deepEqual(missing, {
    kind: "permissionMissing",
    action: "cs:UpgradeClusterAddons",
    policy: changePolicy("upgrade", "cs:UpgradeClusterAddons", place),
  });
});
