import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Change,
  type ChangeFacts,
  type ChangePlan,
  isSamePlan,
  planChange,
  readRetention,
  statusChangeOf,
} from "../../../src/audit/change.ts";
import type { Addon, ClusterNode } from "../../../src/audit/cluster.ts";
import type { ClusterId, ProjectName } from "../../../src/audit/ids.ts";
import { cluster, node, statusFacts, ubuntu } from "./clusters.ts";

const collector: Addon = { name: "logtail-ds", version: "1.8.9", state: "active" };
const loong: Addon = { name: "loongcollector", version: "3.1.0", state: "active" };
const auditing: Addon = { name: "ack-advanced-audit", version: "0.8.2", state: "active" };
const offers = [
  { name: "logtail-ds", version: "1.8.9", architectures: [] },
  { name: "ack-advanced-audit", version: "0.9.0", architectures: [] },
] as const;
const halfYear = { retentionDays: 180, hotDays: undefined, billing: "ChargeByFunction" } as const;

function facts(given: Partial<ChangeFacts> = {}): ChangeFacts {
  return {
    ...statusFacts(),
    offers,
    account: "cloud",
    isReadOnly: false,
    tasks: [],
    project: "k8s-log-c1" as ProjectName,
    ...given,
    logstore: given.logstore ?? "missing",
  };
}

function plan(kind: Exclude<Change["kind"], "changeRetention">, given: Partial<ChangeFacts> = {}): ChangePlan {
  return planChange({ kind }, facts(given));
}

function retention(days: number, given: Partial<ChangeFacts> = {}): ChangePlan {
  return planChange({ kind: "changeRetention", days }, facts({ logstore: halfYear, ...given }));
}

/** Steps, notes and blockers in short: their kinds, and what is special about them. */
function told({ steps, notes, blockers }: ChangePlan): readonly string[] {
  const of = (each: { readonly kind: string }) =>
    Object.values(each)
      .filter((value) => typeof value !== "object" && value !== undefined)
      .join(" ");
  return [
    ...steps.map((step) => of(step)),
    ...notes.map((note) => `- ${of(note)}`),
    ...blockers.map((each) => `! ${of(each)}`),
  ];
}

function check(made: ChangePlan, expected: readonly string[]): void {
  assert.deepEqual(told(made), expected);
}

// ---- turning on

test("both components are installed, in the versions that ACK offers, and the first event is waited for", () =>
  check(plan("turnOn"), [
    "install logtail-ds 1.8.9",
    "install ack-advanced-audit 0.9.0",
    "awaitFirstEvent",
    "- recordsGoTo true 180",
    "- cost",
    "- execMayFail",
  ]));

test("a plan names its cluster, project and Logstore, and when its facts were read", () => {
  const made = plan("turnOn");
  assert.deepEqual(made.cluster, { id: "c1" as ClusterId, name: "shop", region: "cn-hangzhou" });
  assert.equal(made.project, "k8s-log-c1");
  assert.equal(made.logstore, "advaudit-c1");
  assert.equal(made.asOfMs, 1_760_000_000_000);
});

test("a collector that is there stays, whichever of the two it is", () => {
  for (const each of [collector, loong]) {
    check(plan("turnOn", { addons: [each] }), [
      "install ack-advanced-audit 0.9.0",
      "awaitFirstEvent",
      `- addonStays ${each.name} ${each.version}`,
      "- recordsGoTo true 180",
      "- cost",
      "- execMayFail",
    ]);
  }
});

test("where only the collector is missing, only the collector is installed", () =>
  assert.deepEqual(told(plan("turnOn", { addons: [auditing] })).slice(0, 3), [
    "install logtail-ds 1.8.9",
    "awaitFirstEvent",
    "- addonStays ack-advanced-audit 0.8.2",
  ]));

test("where ACK offers the collector's successor alone, that is installed", () => {
  const successor = [{ name: "loongcollector", version: "3.1.0", architectures: [] }, offers[1]] as const;
  assert.equal(told(plan("turnOn", { offers: successor }))[0], "install loongcollector 3.1.0");
});

test("a Logstore that is there tells its own retention and billing", () =>
  assert.deepEqual(told(plan("turnOn", { logstore: { ...halfYear, retentionDays: 30 } })).slice(3, 5), [
    "- recordsGoTo false 30",
    "- cost ChargeByFunction",
  ]));

test("a Logstore that cannot be read promises no retention", () =>
  assert.equal(told(plan("turnOn", { logstore: "unknown" }))[3], "- recordsGoTo false"));

test("an audited cluster has nothing to be turned on", () =>
  check(plan("turnOn", { addons: [collector, auditing] }), ["! alreadyOn"]));

test("a cluster that is wholly ineligible is not touched, and every reason is told", () => {
  const made = plan("turnOn", { cluster: cluster({ profile: "Edge" }) });
  check(made, ["! notEligible"]);
  assert.deepEqual(made.blockers, [
    { kind: "notEligible", reasons: [{ code: "cluster-type", type: "ManagedKubernetes", profile: "Edge" }] },
  ]);
});

test("nodes that will not be audited are named before anybody agrees", () => {
  const windows: ClusterNode = node("w", { osImage: "Windows Server 2022", kernelVersion: "10.0.20348" });
  const made = plan("turnOn", { nodes: [node("a"), windows] });
  assert.deepEqual(made.notes.at(-1), {
    kind: "someNodesNot",
    reasons: [{ code: "node-os", node: "w", osImage: "Windows Server 2022" }],
  });
});

test("nodes that could not be looked at are said to be unknown, and block nothing", () => {
  const made = plan("turnOn", { nodes: undefined });
  assert.deepEqual(made.blockers, []);
  assert.equal(told(made).at(-1), "- nodesUnknown");
});

test("an add-on that ACK does not offer cannot be installed", () => {
  check(plan("turnOn", { offers: [offers[0]] }), ["! notOffered ack-advanced-audit"]);
  check(plan("turnOn", { offers: [] }), ["! notOffered logtail-ds", "! notOffered ack-advanced-audit"]);
});

test("a change that is under way is waited out, seen by its task or by an add-on", () => {
  check(plan("turnOn", { tasks: [{ id: "T-1", type: "cluster_addon_install" }] }), ["! concurrentChange T-1"]);
  check(plan("turnOn", { addons: [{ ...collector, state: "changing" }] }), ["! concurrentChange logtail-ds"]);
  check(plan("turnOff", { addons: [{ ...auditing, state: "changing" }] }), ["! concurrentChange ack-advanced-audit"]);
  check(plan("upgrade", { addons: [auditing], tasks: [{ id: "T-2", type: "cluster_addon_upgrade" }] }), [
    "! concurrentChange T-2",
  ]);
});

test("a read-only account is told first, and what would be done is still listed", () => {
  const made = plan("turnOn", { isReadOnly: true });
  assert.deepEqual(made.blockers, [{ kind: "readOnly" }]);
  assert.equal(made.steps.length, 3);
});

test("read-only mode covers every change", () => {
  const given = { isReadOnly: true, addons: [collector, auditing], logstore: halfYear };
  for (const kind of ["turnOff", "upgrade", "deleteLogstore"] as const) {
    assert.deepEqual(plan(kind, given).blockers, [{ kind: "readOnly" }], kind);
  }
  assert.deepEqual(retention(30, given).blockers, [{ kind: "readOnly" }]);
  assert.deepEqual(
    plan("turnOn", given).blockers.map(({ kind }) => kind),
    ["readOnly", "alreadyOn"],
  );
});

test("the sample says that it is one", () =>
  assert.deepEqual(plan("turnOn", { account: "sample" }).notes.at(-1), { kind: "inSample" }));

// ---- turning off

test("only the auditing add-on is uninstalled; collector and Logstore stay, and both are said", () =>
  check(plan("turnOff", { addons: [collector, auditing], logstore: halfYear }), [
    "uninstall ack-advanced-audit 0.8.2",
    "- recordingStops",
    "- addonStays logtail-ds 1.8.9",
    "- logstoreStays 180",
  ]));

test("where the Logstore cannot be read it stays all the same", () =>
  assert.equal(told(plan("turnOff", { addons: [auditing], logstore: "unknown" })).at(-1), "- logstoreStays"));

test("what is not installed cannot be turned off", () =>
  check(plan("turnOff", { addons: [collector] }), ["! notInstalled"]));

test("an unhealthy add-on can be turned off", () =>
  assert.equal(
    told(plan("turnOff", { addons: [{ ...auditing, state: "unhealthy" }] }))[0],
    "uninstall ack-advanced-audit 0.8.2",
  ));

// ---- upgrading

test("an upgrade brings the auditing add-on to what is offered, warns, and leaves the collector", () =>
  check(plan("upgrade", { addons: [collector, auditing] }), [
    "upgrade ack-advanced-audit 0.8.2 0.9.0",
    "- addonStays logtail-ds 1.8.9",
    "- execMayFail",
  ]));

test("the newest version is not upgraded, nor is one that is newer than what is offered", () => {
  check(plan("upgrade", { addons: [{ ...auditing, version: "0.9.0" }] }), ["! alreadyNewest 0.9.0"]);
  check(plan("upgrade", { addons: [{ ...auditing, version: "0.10.0" }] }), ["! alreadyNewest 0.10.0"]);
});

test("what is not installed, or not offered any more, is not upgraded", () => {
  check(plan("upgrade"), ["! notInstalled"]);
  check(plan("upgrade", { addons: [auditing], offers: [] }), ["! notOffered ack-advanced-audit"]);
});

// ---- retention

test("a shorter retention says how many days are left and that older records are deleted", () =>
  check(retention(30), ["setRetention 180 30", "- olderDeleted 30"]));

test("a longer retention says what is charged", () =>
  check(retention(365), ["setRetention 180 365", "- cost ChargeByFunction"]));

test("3650 days are for ever", () =>
  check(retention(3650), ["setRetention 180 3650", "- keptForever", "- cost ChargeByFunction"]));

test("from for ever to a day deletes what is older than a day", () =>
  check(retention(1, { logstore: { ...halfYear, retentionDays: 3650 } }), ["setRetention 3650 1", "- olderDeleted 1"]));

test("the hot tier stays where it fits and is cut where it does not", () => {
  const tiered = { ...halfYear, hotDays: 60 };
  check(retention(90, { logstore: tiered }), ["setRetention 180 90", "- olderDeleted 90", "- hotTierStays 60"]);
  check(retention(30, { logstore: tiered }), ["setRetention 180 30", "- olderDeleted 30", "- hotTierCut 60 30"]);
});

test("the same retention is no change", () => check(retention(180), ["! sameRetention 180"]));

test("a retention that SLS would not take is not sent", () => {
  for (const days of [0, -1, 3651, 1.5, Number.NaN]) check(retention(days), [`! invalidRetention ${days}`]);
});

test("without a Logstore there is no retention and nothing to delete", () => {
  check(retention(30, { logstore: "missing" }), ["! noLogstore"]);
  check(plan("deleteLogstore"), ["! noLogstore"]);
});

test("a retention as it is typed", () => {
  const typed = ["1", "3650", " 90 ", "0", "3651", "1.5", "-3", "", "90 days", "1e2", "９０", "00030"];
  assert.deepEqual(typed.map(readRetention), [
    1,
    3650,
    90,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

// ---- deletion

test("a deletion says how far the records reach back", () =>
  check(plan("deleteLogstore", { logstore: halfYear }), ["deleteLogstore", "- recordsDeleted 180"]));

test("while the add-on is installed the Logstore may come back, and that is said", () =>
  check(plan("deleteLogstore", { logstore: halfYear, addons: [collector, auditing] }), [
    "deleteLogstore",
    "- recordsDeleted 180",
    "- mayComeBack ack-advanced-audit",
  ]));

test("an ineligible cluster's Logstore can still be deleted", () =>
  assert.deepEqual(plan("deleteLogstore", { logstore: halfYear, cluster: cluster({ profile: "Edge" }) }).blockers, []));

test("the sample's Logstore is deleted as any other, and it is said that it is the sample's", () =>
  check(plan("deleteLogstore", { logstore: halfYear, account: "sample" }), [
    "deleteLogstore",
    "- recordsDeleted 180",
    "- inSample",
  ]));

// ---- agreeing

test("a plan that was made later of the same facts is the one that was agreed to", () =>
  assert.ok(isSamePlan(plan("turnOn"), plan("turnOn", { asOfMs: 1_760_000_099_000 }))));

test("another version, another project or another thing to be told is another plan", () => {
  const agreed = plan("turnOn");
  const newer = [offers[0], { name: "ack-advanced-audit", version: "0.9.1", architectures: [] }] as const;
  assert.ok(!isSamePlan(agreed, plan("turnOn", { offers: newer })));
  assert.ok(!isSamePlan(agreed, plan("turnOn", { project: "other" as ProjectName })));
  assert.ok(!isSamePlan(agreed, plan("turnOn", { logstore: halfYear })));
  assert.ok(
    !isSamePlan(agreed, plan("turnOn", { nodes: [node("a"), node("u", { ...ubuntu, kernelVersion: "4.4" })] })),
  );
  assert.ok(!isSamePlan(retention(30), retention(31)));
  assert.ok(!isSamePlan(retention(30), retention(30, { logstore: { ...halfYear, retentionDays: 90 } })));
});

test("the tree shows which component is being installed", () => {
  const steps = [
    { kind: "install", addon: "logtail-ds", version: "1.8.9" },
    { kind: "install", addon: "ack-advanced-audit", version: "0.9.0" },
    { kind: "awaitFirstEvent" },
  ] as const;
  const underWay = {
    change: "turnOn",
    cluster: plan("turnOn").cluster,
    project: "p" as ProjectName,
    steps,
    startedMs: 0,
    taskId: "T-1",
  } as const;
  assert.deepEqual(statusChangeOf(underWay, []), { kind: "turningOn", step: "installingCollector" });
  assert.deepEqual(statusChangeOf(underWay, [collector]), { kind: "turningOn", step: "installingAuditing" });
  assert.deepEqual(statusChangeOf({ ...underWay, change: "turnOff" }, []), {
    kind: "turningOff",
    step: "uninstallingAuditing",
  });
  assert.equal(statusChangeOf({ ...underWay, change: "upgrade" }, []), undefined);
});
