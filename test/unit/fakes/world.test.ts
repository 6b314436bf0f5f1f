import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClusterId } from "../../../src/audit/ids.ts";
import { defaultWorld, emptyWorld } from "../../fakes/defaultWorld.ts";
import { type FakeCloud, startFakeCloud } from "../../fakes/fakeCloud.ts";
import { auditIndex, type FakeCluster, type World } from "../../fakes/world.ts";
import { ackCall, json, send, slsLogs } from "./wire.ts";

/** A world whose time goes on only when it is told to. */
function stillWorld(): World {
  const startMs = Date.parse("2025-06-04T06:00:00Z");
  return defaultWorld(() => startMs, { taskMs: 1_000, firstRecordMs: 0 });
}

function named(world: World, name: string): FakeCluster {
  const cluster = [...world.clusters.values()].find((each) => each.name === name);
  assert.ok(cluster);
  return cluster;
}

const collector = { name: "logtail-ds", version: "1.8.9", config: {} };
const auditing = { name: "ack-advanced-audit", version: "0.9.0", config: {} };

describe("add-ons", () => {
  test("auditing without a collector records nothing", () => {
    const world = stillWorld();
    const batch = named(world, "batch");
    world.beginTask(batch, "install", [auditing]);
    world.advance(1_000);
    assert.equal(batch.addons.get("ack-advanced-audit")?.state, "active");
    assert.equal(world.projects.has(`k8s-log-${batch.id}`), false);
  });

  test("the collector's own project is where the Logstore is made", () => {
    const world = stillWorld();
    const batch = named(world, "batch");
    world.beginTask(batch, "install", [{ ...collector, config: { sls_project_name: "shop-logs" } }, auditing]);
    world.advance(2_000);
    assert.deepEqual([...(world.projects.get("shop-logs")?.logstores.keys() ?? [])], [`advaudit-${batch.id}`]);
  });

  test("nothing is recorded while auditing is off, and again when it is on again", async () => {
    const world = stillWorld();
    const batch = named(world, "batch");
    const change = async (kind: "install" | "uninstall") => {
      world.beginTask(batch, kind, [auditing]);
      world.advance(1_000);
    };
    world.beginTask(batch, "install", [collector]);
    world.advance(1_000);
    await change("install");
    const logstore = world.projects.get(`k8s-log-${batch.id}`)?.logstores.get(`advaudit-${batch.id}`);
    assert.ok(logstore);
    world.advance(3_600_000);
    await world.feed(logstore);
    const first = logstore.records.length;
    assert.ok(first > 0);

    await change("uninstall");
    await world.feed(logstore);
    const atEnd = logstore.records.length;
    world.advance(3_600_000);
    await world.feed(logstore);
    assert.equal(logstore.records.length, atEnd);

    const onAgainMs = world.now() + 1_000;
    await change("install");
    world.advance(3_600_000);
    await world.feed(logstore);
    const later = logstore.records.slice(atEnd);
    assert.ok(later.length > 0);
    assert.ok(later.every((record) => Number(record["__time__"]) * 1000 >= onAgainMs));
  });

  test("a task that is told to fail changes nothing", () => {
    const world = stillWorld();
    const batch = named(world, "batch");
    world.failNextTask({ code: "InternalError", message: "no capacity" });
    world.beginTask(batch, "install", [collector]);
    assert.equal(batch.addons.has("logtail-ds"), false);
    world.advance(1_000);
    assert.equal(batch.addons.has("logtail-ds"), false);
  });
});

describe("permissions", () => {
  function check(actions: readonly string[], action: string, expected: boolean): void {
    const world = emptyWorld(Date.now);
    assert.equal(world.allows(world.addPrincipal("user", "somebody", actions), action), expected);
  }
  test("an action by its name, in any case", () =>
    check(["CS:describeclusterdetail"], "cs:DescribeClusterDetail", true));
  test("all that begin so", () => check(["log:Get*"], "log:GetLogStoreLogs", true));
  test("nothing else", () => check(["log:Get*"], "log:ListLogStores", false));
});

describe("questions", () => {
  const startSeconds = 1_760_000_000;
  const id = "c1" as ClusterId;

  async function withCloud(work: (cloud: FakeCloud, world: World) => Promise<void>): Promise<void> {
    const world = emptyWorld(Date.now);
    const project = world.addProject("p", "cn-hangzhou");
    const records = Array.from({ length: 180 }, (_, second) => ({
      __time__: String(startSeconds + second),
      __source__: "10.0.0.7",
      __topic__: "",
      kind: "Command",
      time: new Date((startSeconds + second) * 1000).toISOString(),
      traceId: "t-1",
      eventId: `e-${String(second).padStart(3, "0")}`,
      clusterId: id,
    }));
    world.addLogstore(project, "audit", { index: auditIndex(180, 0), records });
    const cloud = await startFakeCloud({ world });
    try {
      await work(cloud, world);
    } finally {
      await cloud.close();
    }
    assert.deepEqual(cloud.failures, []);
  }

  async function ids(cloud: FakeCloud, more: object, project = "p"): Promise<readonly string[]> {
    const question = { from: startSeconds, to: startSeconds + 180, query: "*", line: 100, reverse: true, ...more };
    const answer = json(await send(cloud, slsLogs(project, "audit", question)));
    return (answer as { data: readonly { eventId: string }[] }).data.map(({ eventId }) => eventId);
  }

  test("an order that is accurate to the minute loses and doubles no row between pages", () =>
    withCloud(async (cloud, world) => {
      const inOrder = [...(await ids(cloud, {})), ...(await ids(cloud, { offset: 100 }))];
      assert.equal(inOrder[0], "e-179");
      world.settings.orderAccuracy = "minute";
      const pages = [...(await ids(cloud, {})), ...(await ids(cloud, { offset: 100 }))];
      assert.notDeepEqual(pages, inOrder);
      assert.deepEqual(pages.toSorted(), inOrder.toSorted());
    }));

  test("what arrives is found by the next question", () =>
    withCloud(async (cloud, world) => {
      assert.equal((await ids(cloud, { query: "kind: Kubernetes" })).length, 0);
      const logstore = world.projects.get("p")?.logstores.get("audit");
      const [record] = logstore?.records ?? [];
      assert.ok(record);
      logstore?.records.push({ ...record, kind: "Kubernetes", eventId: "e-new" });
      assert.deepEqual(await ids(cloud, { query: "kind: Kubernetes" }), ["e-new"]);
    }));

  test("a project answers in its own region only", () =>
    withCloud(async (cloud) => {
      const sent = slsLogs("p", "audit", { from: startSeconds, to: startSeconds + 1, query: "*" });
      const at = async (region: string) =>
        json(await send(cloud, { ...sent, host: `p.${region}.sls.localhost` })) as { readonly errorCode?: string };
      assert.equal((await at("cn-hangzhou")).errorCode, undefined);
      assert.equal((await at("cn-beijing")).errorCode, "ProjectNotExist");
    }));
});

test("a cluster is found by its id", async () => {
  const cloud = await startFakeCloud();
  const batch = named(cloud.world, "batch");
  const sent = ackCall(cloud, "DescribeClusterDetail", `/clusters/${batch.id}`);
  assert.equal((await send(cloud, sent)).status, 200);
  await cloud.close();
});
