/**
 * The cloud as Alibaba's own clients for Node see it. What was found to differ between them and the documentation:
 * - `@alicloud/sls20201230` asks for histograms at `/logstores/x/index`, documented is `/logstores/x`: both are answered.
 * - With signatures of the fourth version its gateway encodes only the first `*` of a parameter and none of `! ' ( )`,
 *   which the documented rule (RFC 3986) encodes: such a GET is refused here, as it would be there [inferred].
 * - Its GetLogsV2 drops `isAccurate` from a request, and asks for LZ4 where its native module loads.
 * - It gives up after three seconds unless `readTimeout` and `connectTimeout` say otherwise.
 * - Neither client reaches `*.localhost` by itself: see `resolveLocalhost`.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import cs from "@alicloud/cs20151215";
import core from "@alicloud/openapi-core";
import sls from "@alicloud/sls20201230";
import { RuntimeOptions } from "@darabonba/typescript";
import { auditRole, defaultKeys, defaultWorld } from "../../fakes/defaultWorld.ts";
import { type FakeCloud, startFakeCloud } from "../../fakes/fakeCloud.ts";
import type { FakeCluster } from "../../fakes/world.ts";
import { resolveLocalhost } from "./loopback.ts";

const hourMs = 3_600_000;
/** A fixed day, so that the records are the same in every run. */
const nowMs = Date.parse("2025-06-04T06:00:00Z");
const runtime = new RuntimeOptions({ readTimeout: 60_000, connectTimeout: 60_000 });
const noHeaders: Record<string, string> = {};

type Key = { readonly accessKeyId: string; readonly accessKeySecret: string; readonly securityToken?: string };

let cloud: FakeCloud;
let prod: FakeCluster;

before(async () => {
  resolveLocalhost();
  // The clients sign with this machine's clock, so the world has it, too; what is recorded ends at a fixed time.
  cloud = await startFakeCloud({ world: defaultWorld(Date.now, { historyMs: 2 * hourMs, firstRecordMs: 0 }) });
  prod = cluster("shop-prod");
  const feed = store(prod).feed;
  if (feed !== undefined) Object.assign(feed, { fedToMs: nowMs - 2 * hourMs, untilMs: nowMs });
});
after(async () => {
  await cloud.close();
  assert.deepEqual(cloud.failures, []);
});

function cluster(name: string): FakeCluster {
  const found = [...cloud.world.clusters.values()].find((each) => each.name === name);
  assert.ok(found);
  return found;
}

function store({ id }: FakeCluster) {
  const logstore = cloud.world.projects.get(`k8s-log-${id}`)?.logstores.get(`advaudit-${id}`);
  assert.ok(logstore);
  return logstore;
}

function slsClient(version: "v1" | "v4" = "v1", key: Key = defaultKeys.administrator) {
  const endpoint = `sls.localhost:${cloud.port}`;
  return new sls.default(
    new core.$OpenApiUtil.Config({
      ...key,
      endpoint,
      regionId: "cn-hangzhou",
      protocol: "http",
      signatureVersion: version,
    }),
  );
}

function csClient(key: Key = defaultKeys.administrator) {
  const endpoint = `ack.localhost:${cloud.port}`;
  return new cs.default(new core.$OpenApiUtil.Config({ ...key, endpoint, regionId: "cn-hangzhou", protocol: "http" }));
}

const place = (): readonly [string, string] => [`k8s-log-${prod.id}`, `advaudit-${prod.id}`];
const from = nowMs / 1000 - 7200;
const to = nowMs / 1000;

async function logs(query: string, more: object = {}, version: "v1" | "v4" = "v1") {
  const request = new sls.GetLogsV2Request({ from, to, query, reverse: true, ...more });
  const { body } = await slsClient(version).getLogsV2WithOptions(
    ...place(),
    request,
    new sls.GetLogsV2Headers({}),
    runtime,
  );
  assert.ok(body?.meta && body.data);
  return { meta: body.meta, data: body.data };
}

/** What a client throws: the code of the service's error, and its text. */
async function refusal(call: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await call;
  } catch (failure) {
    assert.ok(failure instanceof Error && "code" in failure, String(failure));
    return { code: String(failure.code), message: failure.message };
  }
  throw new Error("The call was not refused.");
}

async function refusalCode(call: Promise<unknown>): Promise<string> {
  return (await refusal(call)).code;
}

describe("SLS by its official client", () => {
  for (const version of ["v1", "v4"] as const) {
    test(`GetLogsV2 answers a search, signed in ${version}`, async () => {
      const { data, meta } = await logs("kind: Kubernetes", { line: 5 }, version);
      assert.equal(data.length, 5);
      assert.equal(meta.progress, "Complete");
      assert.equal(meta.hasSQL, false);
      assert.deepEqual(meta.terms, [{ key: "kind", term: "Kubernetes" }]);
      const times = data.map((row) => Number(row["__time__"]));
      assert.deepEqual(
        times,
        times.toSorted((a, b) => b - a),
      );
      assert.ok(data.every((row) => Object.values(row).every((value) => typeof value === "string")));
      assert.ok(data.every((row) => row["__time_ns_part__"] !== undefined && row["kind"] === "Kubernetes"));
    });
  }

  test("GetLogsV2 pages by offset without losing or doubling a row", async () => {
    const pages = [await logs("*", { line: 100 }), await logs("*", { line: 100, offset: 100 })];
    const ids = pages.flatMap(({ data }) => data.map((row) => row["eventId"]));
    assert.equal(new Set(ids).size, 200);
  });

  test("without reverse the oldest rows come first", async () => {
    const { data } = await logs("*", { line: 3, reverse: false });
    const oldest = store(prod)
      .records.map((record) => record["__time__"])
      .toSorted()
      .slice(0, 3);
    assert.deepEqual(
      data.map((row) => row["__time__"]),
      oldest,
    );
  });

  test("GetLogsV2 answers SQL, with names and types of its columns", async () => {
    const { data, meta } = await logs("kind: Kubernetes | select count(1) as c, max(kind) as k from log");
    assert.deepEqual(meta.keys, ["c", "k"]);
    assert.deepEqual(meta.columnTypes, ["bigint", "varchar"]);
    assert.equal(meta.whereQuery, "kind: Kubernetes");
    assert.equal(meta.aggQuery, "select count(1) as c, max(kind) as k from log");
    const entries = store(prod).records.filter((record) => record["kind"] === "Kubernetes").length;
    assert.deepEqual(data, [{ c: String(entries), k: "Kubernetes" }]);
  });

  test("a NULL of SQL is a text", async () => {
    const { data } = await logs("* | select nullif(1, 1) as n from log limit 1");
    assert.deepEqual(data, [{ n: "null" }]);
  });

  test("SQL is not paged by offset", async () => {
    assert.deepEqual(await refusal(logs("* | select 1", { offset: 5 })), {
      code: "ParameterInvalid",
      message:
        "ParameterInvalid: ErrorType:OLSQueryParseError.ErrorMessage:offset is not available for pagination in sql query, please use limit x,y syntax for pagination.",
    });
  });

  test("the errors of GetLogsV2 are the documented ones", async () => {
    assert.equal(await refusalCode(logs("*", { line: 101 })), "InvalidLine");
    assert.equal(await refusalCode(logs("*", { offset: -1 })), "InvalidOffset");
    assert.equal(await refusalCode(logs("*", { from: to })), "InvalidTimeRange");
    const unknown = await refusal(logs("* | select nosuch from log"));
    assert.equal(unknown.code, "ParameterInvalid");
    assert.match(unknown.message, /Column 'nosuch' cannot be resolved;please add the column in the index attribute/);
    const elsewhere = new sls.GetLogsV2Request({ from, to, query: "*" });
    const headers = new sls.GetLogsV2Headers({});
    const [project, logstore] = place();
    const asked = (...names: [string, string]) =>
      slsClient().getLogsV2WithOptions(...names, elsewhere, headers, runtime);
    assert.equal(await refusalCode(asked("no-such-project", logstore)), "ProjectNotExist");
    assert.equal(await refusalCode(asked(project, "no-such-logstore")), "LogStoreNotExist");
  });

  test("GetLogs, the first version, answers an array and the rest in headers", async () => {
    const request = new sls.GetLogsRequest({ from, to, query: "kind: Command", line: 2, reverse: true });
    const { body, headers } = await slsClient().getLogsWithOptions(...place(), request, noHeaders, runtime);
    assert.equal(body?.length, 2);
    assert.equal(headers?.["x-log-progress"], "Complete");
    assert.equal(headers?.["x-log-count"], "2");
  });

  test("GetHistograms counts what a search finds", async () => {
    const request = new sls.GetHistogramsRequest({ from, to, query: "kind: Kubernetes" });
    const { body } = await slsClient().getHistogramsWithOptions(...place(), request, noHeaders, runtime);
    const entries = store(prod).records.filter((record) => record["kind"] === "Kubernetes").length;
    assert.equal(
      body?.reduce((sum, { count = 0 }) => sum + count, 0),
      entries,
    );
    assert.equal(body?.[0]?.from, from);
    assert.equal(body?.at(-1)?.to, to);
    assert.ok(body?.every(({ progress }) => progress === "Complete"));
  });

  test("a GET that is signed in v4 with signs that RFC 3986 encodes is refused, and taken in v1", async () => {
    const request = new sls.GetHistogramsRequest({ from, to, query: `process.cmdline: "it's (a*b*)"` });
    const asked = (version: "v1" | "v4") =>
      slsClient(version).getHistogramsWithOptions(...place(), request, noHeaders, runtime);
    assert.equal(await refusalCode(asked("v4")), "SignatureNotMatch");
    assert.equal((await asked("v1")).statusCode, 200);
  });

  test("GetContextLogs gives what one collector wrote around a record", async () => {
    const { data } = await logs("* | with_pack_meta", { line: 40 });
    const anchor = data[20];
    assert.ok(anchor);
    const request = new sls.GetContextLogsRequest({
      packId: anchor["__tag__:__pack_id__"],
      packMeta: anchor["__pack_meta__"],
      backLines: 3,
      forwardLines: 2,
    });
    const { body } = await slsClient().getContextLogsWithOptions(...place(), request, noHeaders, runtime);
    assert.equal(body?.backLines, 3);
    assert.deepEqual(body?.logs?.map((log) => log["__index_number__"]).slice(0, 4), ["-3", "-2", "-1", "0"]);
    assert.equal(body?.logs?.[3]?.["eventId"], anchor["eventId"]);
    assert.ok(body?.logs?.every((log) => log["__source__"] === anchor["__source__"]));
  });

  test("GetIndex gives the index, or says that there is none", async () => {
    const { body } = await slsClient("v4").getIndexWithOptions(...place(), noHeaders, runtime);
    assert.equal(body?.keys?.["k8s"]?.type, "json");
    assert.equal(body?.keys?.["traceId"]?.type, "text");
    assert.equal(body?.maxTextLen, 2048);
    const project = cloud.world.projects.get(place()[0]);
    assert.ok(project);
    cloud.world.addLogstore(project, "plain");
    const asked = slsClient().getIndexWithOptions(place()[0], "plain", noHeaders, runtime);
    assert.equal(await refusalCode(asked), "IndexConfigNotExist");
    project.logstores.delete("plain");
  });

  test("a Logstore is created, listed, changed and deleted", async () => {
    const client = slsClient();
    const [project] = place();
    const create = new sls.CreateLogStoreRequest({ logstoreName: "spare", ttl: 30, shardCount: 2, mode: "standard" });
    await client.createLogStoreWithOptions(project, create, noHeaders, runtime);
    assert.equal(
      await refusalCode(client.createLogStoreWithOptions(project, create, noHeaders, runtime)),
      "LogStoreAlreadyExist",
    );
    const list = new sls.ListLogStoresRequest({ offset: 0, size: 10, logstoreName: "spa" });
    const listed = await client.listLogStoresWithOptions(project, list, noHeaders, runtime);
    assert.deepEqual(listed.body?.logstores, ["spare"]);
    const update = new sls.UpdateLogStoreRequest({ logstoreName: "spare", ttl: 90, autoSplit: true, maxSplitShard: 8 });
    await client.updateLogStoreWithOptions(project, "spare", update, noHeaders, runtime);
    const { body } = await client.getLogStoreWithOptions(project, "spare", noHeaders, runtime);
    assert.equal(body?.ttl, 90);
    assert.equal(body?.maxSplitShard, 8);
    assert.equal(body?.shardCount, 2);
    const tooLong = new sls.UpdateLogStoreRequest({ logstoreName: "spare", ttl: 3651 });
    assert.equal(
      await refusalCode(client.updateLogStoreWithOptions(project, "spare", tooLong, noHeaders, runtime)),
      "ParameterInvalid",
    );
    await client.deleteLogStoreWithOptions(project, "spare", noHeaders, runtime);
    assert.equal(
      await refusalCode(client.getLogStoreWithOptions(project, "spare", noHeaders, runtime)),
      "LogStoreNotExist",
    );
  });

  test("the metering mode is read and changed", async () => {
    const client = slsClient();
    const before = await client.getLogStoreMeteringModeWithOptions(...place(), noHeaders, runtime);
    assert.equal(before.body?.meteringMode, "ChargeByFunction");
    const change = new sls.UpdateLogStoreMeteringModeRequest({ meteringMode: "ChargeByDataIngest" });
    await client.updateLogStoreMeteringModeWithOptions(...place(), change, noHeaders, runtime);
    const later = await client.getLogStoreMeteringModeWithOptions(...place(), noHeaders, runtime);
    assert.equal(later.body?.meteringMode, "ChargeByDataIngest");
  });

  test("projects are read one by one and listed", async () => {
    const client = slsClient();
    const one = await client.getProjectWithOptions(place()[0], noHeaders, runtime);
    assert.equal(one.body?.region, "cn-hangzhou");
    const list = await client.listProjectWithOptions(new sls.ListProjectRequest({ size: 100 }), noHeaders, runtime);
    assert.ok(list.body?.projects?.some(({ projectName }) => projectName === place()[0]));
    assert.equal(list.body?.count, list.body?.total);
  });

  test("a key without the permission is told the action", async () => {
    const client = slsClient("v1", defaultKeys.newcomer);
    const failure = await refusal(client.getIndexWithOptions(...place(), noHeaders, runtime));
    assert.equal(failure.code, "Unauthorized");
    assert.match(
      failure.message,
      /denied by sts or ram, action: log:GetIndex, resource: acs:log:cn-hangzhou:1234567890123456:project\//,
    );
  });
});

describe("ACK by its official client", () => {
  test("DescribeClustersV1 lists by pages and regions", async () => {
    const first = await csClient().describeClustersV1WithOptions(
      new cs.DescribeClustersV1Request({ pageSize: 5 }),
      noHeaders,
      runtime,
    );
    assert.equal(first.body?.clusters?.length, 5);
    assert.deepEqual({ ...first.body?.pageInfo }, { pageNumber: 1, pageSize: 5, totalCount: 7 });
    const request = new cs.DescribeClustersV1Request({ regionId: "cn-beijing", pageSize: 100 });
    const beijing = await csClient().describeClustersV1WithOptions(request, noHeaders, runtime);
    assert.deepEqual(
      beijing.body?.clusters?.map(({ name }) => name),
      ["batch", "edge-cn", "analytics", "media"],
    );
    assert.deepEqual(JSON.parse(beijing.body?.clusters?.[0]?.masterUrl ?? "").api_server_endpoint, "");
  });

  test("a cluster tells its kind, its nodes and its node pools", async () => {
    const client = csClient();
    const { id } = cluster("shop-staging");
    const detail = await client.describeClusterDetailWithOptions(id, noHeaders, runtime);
    assert.equal(detail.body?.currentVersion, "1.31.1-aliyun.1");
    assert.equal(detail.body?.clusterSpec, "ack.standard");
    const nodes = await client.describeClusterNodesWithOptions(
      id,
      new cs.DescribeClusterNodesRequest({}),
      noHeaders,
      runtime,
    );
    assert.equal(nodes.body?.nodes?.length, 3);
    assert.equal(nodes.body?.nodes?.[0]?.nodeName, "cn-hangzhou.203.0.113.41");
    const pools = await client.describeClusterNodePoolsWithOptions(
      id,
      new cs.DescribeClusterNodePoolsRequest({}),
      noHeaders,
      runtime,
    );
    assert.deepEqual(
      pools.body?.nodepools?.map((pool) => pool.scalingGroup?.imageType),
      ["Ubuntu", "AliyunLinux3"],
    );
    assert.equal(
      await refusalCode(client.describeClusterDetailWithOptions("c0", noHeaders, runtime)),
      "ErrorClusterNotFound",
    );
  });

  test("add-ons are offered, and withheld where the account is not allow-listed", async () => {
    const client = csClient();
    const offered = async (name: string) => {
      const request = new cs.ListAddonsRequest({ clusterId: cluster(name).id });
      return (await client.listAddonsWithOptions(request, noHeaders, runtime)).body?.addons?.map((addon) => addon.name);
    };
    assert.deepEqual(await offered("batch"), ["logtail-ds", "ack-advanced-audit", "coredns"]);
    assert.deepEqual(await offered("analytics"), ["logtail-ds", "coredns"]);
    const request = new cs.DescribeAddonRequest({ clusterId: cluster("media").id, version: "0.7.0" });
    const { body } = await client.describeAddonWithOptions("ack-advanced-audit", request, noHeaders, runtime);
    assert.deepEqual(
      body?.newerVersions?.map(({ version }) => version),
      ["0.9.0", "0.8.2"],
    );
    const groups = await client.describeAddonsWithOptions(
      new cs.DescribeAddonsRequest({ region: "cn-beijing" }),
      noHeaders,
      runtime,
    );
    assert.equal(groups.body?.standardComponents?.["ack-advanced-audit"]?.version, "0.9.0");
  });

  test("installed add-ons tell version, state and configuration", async () => {
    const client = csClient();
    const instances = await client.listClusterAddonInstancesWithOptions(prod.id, noHeaders, runtime);
    assert.deepEqual(
      instances.body?.addons?.map(({ name, version, state }) => [name, version, state]),
      [
        ["coredns", "v1.11.3.2-f57ea7ed6-aliyun", "active"],
        ["logtail-ds", "1.8.9", "active"],
        ["ack-advanced-audit", "0.9.0", "active"],
      ],
    );
    const one = await client.getClusterAddonInstanceWithOptions(prod.id, "logtail-ds", noHeaders, runtime);
    assert.deepEqual(JSON.parse(one.body?.config ?? ""), { sls_project_name: `k8s-log-${prod.id}` });
    assert.equal(one.body?.logging?.logProject, `k8s-log-${prod.id}`);
    const unhealthy = await client.describeClusterAddonInstanceWithOptions(
      cluster("media").id,
      "ack-advanced-audit",
      noHeaders,
      runtime,
    );
    assert.equal(unhealthy.body?.state, "unhealthy");
    const resources = await client.listClusterAddonInstanceResourcesWithOptions(
      prod.id,
      "logtail-ds",
      noHeaders,
      runtime,
    );
    assert.equal(resources.body?.helmRelease?.namespace, "kube-system");
  });

  test("auditing is turned on by a task, its first record is seen, and turned off it leaves the Logstore", async () => {
    const client = csClient();
    const batch = cluster("batch");
    const install = new cs.InstallClusterAddonsRequest({
      body: ["logtail-ds", "ack-advanced-audit"].map(
        (name) => new cs.InstallClusterAddonsRequestBody({ name, version: "" }),
      ),
    });
    const begun = await client.installClusterAddonsWithOptions(batch.id, install, noHeaders, runtime);
    const task = begun.body?.taskId ?? "";
    const running = await client.describeTaskInfoWithOptions(task, noHeaders, runtime);
    assert.equal(running.body?.state, "running");
    assert.equal(running.body?.taskType, "cluster_addon_install");
    assert.deepEqual(
      running.body?.stages?.map(({ state }) => state),
      ["running", "pending"],
    );
    assert.equal(cloud.world.projects.has(`k8s-log-${batch.id}`), false);

    cloud.world.advance(10_000);
    const done = await client.describeTaskInfoWithOptions(task, noHeaders, runtime);
    assert.equal(done.body?.state, "success");
    const listed = await client.describeClusterTasksWithOptions(
      batch.id,
      new cs.DescribeClusterTasksRequest({}),
      noHeaders,
      runtime,
    );
    assert.deepEqual(
      listed.body?.tasks?.map(({ taskId }) => taskId),
      [task],
    );

    const project = `k8s-log-${batch.id}`;
    const logstore = `advaudit-${batch.id}`;
    const now = Math.floor(cloud.world.now() / 1000);
    const request = new sls.GetLogsV2Request({
      from: now - 60,
      to: now + 60,
      query: "process.name: touch",
      reverse: true,
    });
    const seen = async () =>
      (await slsClient().getLogsV2WithOptions(project, logstore, request, new sls.GetLogsV2Headers({}), runtime)).body
        ?.data;
    const first = await seen();
    assert.deepEqual(
      first?.map((row) => row["clusterId"]),
      [batch.id],
    );

    const uninstall = new cs.UnInstallClusterAddonsRequest({
      addons: [
        new cs.UnInstallClusterAddonsRequestAddons({ name: "ack-advanced-audit", cleanupCloudResources: false }),
      ],
    });
    await client.unInstallClusterAddonsWithOptions(batch.id, uninstall, noHeaders, runtime);
    cloud.world.advance(10_000);
    assert.equal(batch.addons.has("ack-advanced-audit"), false);
    assert.deepEqual(await seen(), first);
  });

  test("an add-on is upgraded; what is installed already fails in its task", async () => {
    const client = csClient();
    const media = cluster("media");
    const upgrade = new cs.UpgradeClusterAddonsRequest({
      body: [
        new cs.UpgradeClusterAddonsRequestBody({
          componentName: "ack-advanced-audit",
          version: "0.6.0",
          nextVersion: "0.9.0",
        }),
      ],
    });
    await client.upgradeClusterAddonsWithOptions(media.id, upgrade, noHeaders, runtime);
    cloud.world.advance(10_000);
    assert.deepEqual(media.addons.get("ack-advanced-audit"), {
      name: "ack-advanced-audit",
      version: "0.9.0",
      state: "active",
      config: {},
    });
    const again = new cs.InstallClusterAddonsRequest({
      body: [new cs.InstallClusterAddonsRequestBody({ name: "ack-advanced-audit", version: "0.9.0" })],
    });
    const { body } = await client.installClusterAddonsWithOptions(media.id, again, noHeaders, runtime);
    cloud.world.advance(10_000);
    const task = await client.describeTaskInfoWithOptions(body?.taskId ?? "", noHeaders, runtime);
    assert.equal(task.body?.state, "fail");
    assert.deepEqual({ ...task.body?.error }, { code: "BadRequest", message: "Addon status not match" });
  });

  test("a kubeconfig is valid as long as it was asked for", async () => {
    const client = csClient();
    const request = new cs.DescribeClusterUserKubeconfigRequest({
      temporaryDurationMinutes: 15,
      privateIpAddress: false,
    });
    const { body } = await client.describeClusterUserKubeconfigWithOptions(prod.id, request, noHeaders, runtime);
    assert.match(body?.config ?? "", /^kind: Config$/m);
    const validMs = Date.parse(body?.expiration ?? "") - cloud.world.now();
    assert.ok(validMs > 14 * 60_000 && validMs <= 15 * 60_000, String(validMs));
    const short = new cs.DescribeClusterUserKubeconfigRequest({ temporaryDurationMinutes: 5 });
    assert.equal(
      await refusalCode(client.describeClusterUserKubeconfigWithOptions(prod.id, short, noHeaders, runtime)),
      "InvalidParameter",
    );
    const states = await client.listClusterKubeconfigStatesWithOptions(
      prod.id,
      new cs.ListClusterKubeconfigStatesRequest({ pageSize: 50 }),
      noHeaders,
      runtime,
    );
    assert.ok(
      states.body?.states?.some((state) => state.accountId === "208712045366914410" && state.accountName === "dev-07"),
    );
  });

  test("the rest that is read has an answer", async () => {
    const client = csClient();
    const regions = await client.describeRegionsWithOptions(new cs.DescribeRegionsRequest({}), noHeaders, runtime);
    assert.deepEqual(
      regions.body?.regions?.map(({ regionId }) => regionId),
      ["cn-hangzhou", "cn-beijing"],
    );
    const audit = await client.getClusterAuditProjectWithOptions(prod.id, noHeaders, runtime);
    assert.equal(audit.body?.slsProjectName, `k8s-log-${prod.id}`);
    const inRegion = await client.describeClustersForRegionWithOptions(
      "cn-hangzhou",
      new cs.DescribeClustersForRegionRequest({}),
      noHeaders,
      runtime,
    );
    assert.deepEqual(
      inRegion.body?.clusters?.map(({ name }) => name),
      ["shop-prod", "shop-staging", "legacy"],
    );
  });

  test("a key without the permission is told the action", async () => {
    const failure = await refusal(
      csClient(defaultKeys.newcomer).describeClusterDetailWithOptions(prod.id, noHeaders, runtime),
    );
    assert.equal(failure.code, "StatusForbidden");
    assert.match(failure.message, /RAM policy Forbidden for action cs:DescribeClusterDetail/);
  });
});

describe("STS by Alibaba's generic client", () => {
  async function sts(action: string, parameters: Record<string, string>, key: Key = defaultKeys.administrator) {
    const config = new core.$OpenApiUtil.Config({ ...key, endpoint: `sts.localhost:${cloud.port}`, protocol: "http" });
    const params = new core.$OpenApiUtil.Params({
      action,
      version: "2015-04-01",
      protocol: "HTTP",
      pathname: "/",
      method: "POST",
      authType: "AK",
      style: "RPC",
      reqBodyType: "formData",
      bodyType: "json",
    });
    const request = new core.$OpenApiUtil.OpenApiRequest({ query: parameters });
    const { body } = await new core.default(config).callApi(params, request, runtime);
    return body as Readonly<Record<string, unknown>>;
  }

  test("GetCallerIdentity says who has the key", async () => {
    const { RequestId: _, ...identity } = await sts("GetCallerIdentity", {});
    const { id } = cloud.world.principals.find(({ name }) => name === "platform-admin") ?? {};
    assert.deepEqual(identity, {
      IdentityType: "RAMUser",
      AccountId: "1234567890123456",
      PrincipalId: id,
      UserId: id,
      Arn: "acs:ram::1234567890123456:user/platform-admin",
    });
  });

  test("AssumeRole gives a key that works until its token has expired", async () => {
    const { Credentials } = await sts("AssumeRole", {
      RoleArn: auditRole,
      RoleSessionName: "look",
      DurationSeconds: "900",
    });
    const { AccessKeyId, AccessKeySecret, SecurityToken } = Credentials as Readonly<Record<string, string>>;
    assert.ok(AccessKeyId && AccessKeySecret && SecurityToken);
    const key = { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken };
    const identity = await sts("GetCallerIdentity", {}, key);
    assert.equal(identity["Arn"], "acs:ram::1234567890123456:assumed-role/container-audit/look");
    const asked = () =>
      Promise.all([
        slsClient("v1", key).getIndexWithOptions(...place(), noHeaders, runtime),
        slsClient("v4", key).getIndexWithOptions(...place(), noHeaders, runtime),
        csClient(key).describeClusterDetailWithOptions(prod.id, noHeaders, runtime),
      ]);
    assert.equal((await asked()).length, 3);
    cloud.world.expireTokens();
    for (const version of ["v1", "v4"] as const) {
      const failure = await refusal(slsClient(version, key).getIndexWithOptions(...place(), noHeaders, runtime));
      assert.equal(failure.code, "Unauthorized");
      assert.match(failure.message, /The security token you provided has expired/);
    }
    const failure = await refusal(csClient(key).describeClusterDetailWithOptions(prod.id, noHeaders, runtime));
    assert.equal(failure.code, "InvalidSecurityToken.Expired");
  });
});

describe("what is not let in", () => {
  const wrong = { ...defaultKeys.administrator, accessKeySecret: "another" };
  const unknown = { accessKeyId: "FAKE-NOBODY", accessKeySecret: "another" };

  test("a wrong secret", async () => {
    for (const version of ["v1", "v4"] as const) {
      const asked = slsClient(version, wrong).getIndexWithOptions(...place(), noHeaders, runtime);
      assert.equal(await refusalCode(asked), "SignatureNotMatch");
    }
    assert.equal(
      await refusalCode(csClient(wrong).describeClusterDetailWithOptions(prod.id, noHeaders, runtime)),
      "SignatureDoesNotMatch",
    );
  });

  test("a key that nobody has", async () => {
    const failure = await refusal(slsClient("v1", unknown).getIndexWithOptions(...place(), noHeaders, runtime));
    assert.match(failure.message, /AccessKeyId not found: FAKE-NOBODY/);
    assert.equal(
      await refusalCode(csClient(unknown).describeClusterDetailWithOptions(prod.id, noHeaders, runtime)),
      "InvalidAccessKeyId.NotFound",
    );
  });

  for (const minutes of [16, -16]) {
    test(`a clock that is ${minutes} minutes off`, async () => {
      const off = cloud.faults.add({ match: {}, fault: { kind: "skew", ms: minutes * 60_000 } });
      const asked = [
        slsClient("v1").getIndexWithOptions(...place(), noHeaders, runtime),
        slsClient("v4").getIndexWithOptions(...place(), noHeaders, runtime),
        csClient().describeClusterDetailWithOptions(prod.id, noHeaders, runtime),
      ];
      const codes = await Promise.all(asked.map(refusalCode));
      off();
      assert.deepEqual(codes, ["RequestTimeExpired", "RequestTimeExpired", "InvalidTimeStamp.Expired"]);
    });
  }

  test("a signature for another region", async () => {
    const endpoint = `sls.localhost:${cloud.port}`;
    const client = new sls.default(
      new core.$OpenApiUtil.Config({
        ...defaultKeys.administrator,
        endpoint,
        regionId: "cn-beijing",
        protocol: "http",
        signatureVersion: "v4",
      }),
    );
    assert.equal(await refusalCode(client.getIndexWithOptions(...place(), noHeaders, runtime)), "SignatureNotMatch");
  });
});
