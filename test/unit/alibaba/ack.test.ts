import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AckAnswer,
  allPages,
  describeClusterAddonInstance,
  describeClusterDetail,
  describeClusterNodePools,
  describeClusterNodes,
  describeClustersV1,
  describeClusterTasks,
  describeClusterUserKubeconfig,
  describeTaskInfo,
  getClusterAddonInstance,
  getClusterAuditProject,
  installClusterAddons,
  listAddons,
  listClusterAddonInstances,
  listClusterKubeconfigStates,
  unInstallClusterAddons,
  upgradeClusterAddons,
} from "../../../src/alibaba/ack.ts";
import type { CallContext } from "../../../src/alibaba/call.ts";
import type { ClusterId } from "../../../src/audit/ids.ts";
import { all, denied, noSignal, type Said, script } from "./ackAccount.ts";

const at = { region: "cn-hangzhou", cluster: "c 1/x" as ClusterId };

/** Asks once against a service that says one thing; tells the request as one line, and what was read of the answer. */
async function asked<Value>(
  said: Said,
  ask: (context: CallContext) => Promise<AckAnswer<Value>>,
): Promise<{ readonly request: string; readonly answer: AckAnswer<Value> }> {
  const { context, requests } = script(() => said);
  const answer = await ask(context);
  const [request] = requests;
  assert.ok(request !== undefined && requests.length === 1);
  const query = new URLSearchParams(request.query).toString();
  const line = `${request.method} ${request.host}${request.path}${query === "" ? "" : `?${query}`}`;
  return { request: request.body === "" ? line : `${line} ${request.body}`, answer };
}

async function check<Value>(
  body: unknown,
  ask: (context: CallContext) => Promise<AckAnswer<Value>>,
  request: string,
  value: Value,
): Promise<void> {
  const found = await asked({ body }, ask);
  assert.equal(found.request, request);
  assert.deepEqual(found.answer, { kind: "ok", value, requestId: "R1" });
}

const host = "ack.cn-hangzhou.example";
const clusterPath = "/clusters/c%201%2Fx";

test("DescribeClustersV1 asks for one page of one region", () =>
  check(
    {
      clusters: [
        {
          cluster_id: "c76",
          name: "shop",
          region_id: "cn-hangzhou",
          state: "running",
          cluster_type: "ManagedKubernetes",
          profile: "Default",
          cluster_spec: "ack.pro.small",
          current_version: "1.32.1-aliyun.1",
          size: 6,
          master_url: '{"api_server_endpoint":"","intranet_api_server_endpoint":"https://192.0.2.1:6443"}',
          meta_data: '{"AuditProjectName":"k8s-log-c76","Addons":[]}',
          tags: [],
        },
      ],
      page_info: { page_number: 2, page_size: 100, total_count: 101 },
    },
    (context) => describeClustersV1(context, "cn-hangzhou", 2, noSignal),
    `GET ${host}/api/v1/clusters?page_number=2&page_size=100&region_id=cn-hangzhou`,
    {
      items: [
        {
          cluster: {
            id: "c76" as ClusterId,
            name: "shop",
            region: "cn-hangzhou",
            type: "ManagedKubernetes",
            profile: "Default",
            spec: "ack.pro.small",
            state: "running",
            version: "1.32.1-aliyun.1",
            nodeCount: 6,
          },
          meta: { AuditProjectName: "k8s-log-c76", Addons: [] },
          hasPublicEndpoint: false,
        },
      ],
      total: 101,
    },
  ));

test("what a cluster does not tell is empty, null too", () =>
  check(
    { clusters: [{ cluster_id: "c76", name: null, size: null, meta_data: "no JSON", master_url: "" }] },
    (context) => describeClustersV1(context, "cn-hangzhou", 1, noSignal),
    `GET ${host}/api/v1/clusters?page_number=1&page_size=100&region_id=cn-hangzhou`,
    {
      items: [
        {
          cluster: {
            id: "c76" as ClusterId,
            name: "",
            region: "cn-hangzhou",
            type: "",
            profile: "",
            spec: "",
            state: "",
            version: "",
            nodeCount: undefined,
          },
          meta: {},
          hasPublicEndpoint: undefined,
        },
      ],
      total: undefined,
    },
  ));

test("DescribeClusterDetail has the members of the list", async () => {
  const body = {
    cluster_id: "c76",
    name: "shop",
    region_id: "cn-beijing",
    size: 3,
    master_url: '{"api_server_endpoint":"https://192.0.2.9:6443"}',
  };
  const { request, answer } = await asked({ body }, (context) => describeClusterDetail(context, at, noSignal));
  assert.equal(request, `GET ${host}${clusterPath}`);
  assert.ok(answer.kind === "ok");
  assert.equal(answer.value.hasPublicEndpoint, true);
  assert.equal(answer.value.cluster.region, "cn-beijing");
});

test("DescribeClusterNodePools tells image, hardening and runtime", () =>
  check(
    {
      nodepools: [
        {
          nodepool_info: { nodepool_id: "np1", name: "default", type: "ess" },
          scaling_group: { image_type: "Ubuntu", security_hardening_os: true, soc_enabled: false, cis_enabled: null },
          kubernetes_config: { runtime: "containerd", runtime_version: "1.6.38" },
          status: { total_nodes: 2, state: "active" },
        },
        { nodepool_info: { nodepool_id: "np2" } },
      ],
    },
    (context) => describeClusterNodePools(context, at, noSignal),
    `GET ${host}${clusterPath}/nodepools`,
    [
      {
        id: "np1",
        name: "default",
        imageType: "Ubuntu",
        hardening: ["security_hardening_os"],
        containerRuntime: "containerd://1.6.38",
        nodeCount: 2,
      },
      { id: "np2", name: "np2", imageType: "", hardening: [], containerRuntime: "", nodeCount: undefined },
    ],
  ));

test("DescribeClusterNodes asks for a page of the API's longest", () =>
  check(
    {
      nodes: [
        {
          instance_id: "i-1",
          node_name: "cn-hangzhou.192.0.2.7",
          ip_address: ["192.0.2.7"],
          nodepool_id: "np1",
          node_status: "Ready",
        },
        { instance_id: "i-2", host_name: "host-2" },
      ],
      page: { page_number: 1, page_size: 100, total_count: 2 },
    },
    (context) => describeClusterNodes(context, at, 1, noSignal),
    `GET ${host}${clusterPath}/nodes?pageNumber=1&pageSize=100`,
    {
      items: [
        { name: "cn-hangzhou.192.0.2.7", ip: "192.0.2.7", instance: "i-1", nodePool: "np1", status: "Ready" },
        { name: "host-2", ip: "", instance: "i-2", nodePool: "", status: "" },
      ],
      total: 2,
    },
  ));

test("ListAddons asks what is offered for the cluster", () =>
  check(
    { addons: [{ name: "ack-advanced-audit", version: "0.9.0", architecture: ["amd64"], managed: false }] },
    (context) => listAddons(context, at, noSignal),
    `GET ${host}/addons?cluster_id=c+1%2Fx`,
    [{ name: "ack-advanced-audit", version: "0.9.0", architectures: ["amd64"] }],
  ));

test("ListClusterAddonInstances tells name, version and state", () =>
  check(
    {
      addons: [
        { name: "logtail-ds", version: "1.8.9", state: "active" },
        { name: "new", unheard: { of: 1 } },
      ],
    },
    (context) => listClusterAddonInstances(context, at, noSignal),
    `GET ${host}${clusterPath}/addon_instances`,
    [
      { name: "logtail-ds", version: "1.8.9", state: "active" },
      { name: "new", version: "", state: "" },
    ],
  ));

test("GetClusterAddonInstance tells the configuration, which is JSON in a text", () =>
  check(
    {
      name: "logtail-ds",
      version: "1.8.9",
      state: "active",
      config: '{"sls_project_name":"k8s-log-shop"}',
      logging: { capable: true, enabled: true, log_project: "other", logstore: "l" },
    },
    (context) => getClusterAddonInstance(context, at, "logtail-ds", noSignal),
    `GET ${host}${clusterPath}/addon_instances/logtail-ds`,
    {
      name: "logtail-ds",
      version: "1.8.9",
      state: "active",
      config: { sls_project_name: "k8s-log-shop" },
      logProject: "other",
    },
  ));

test("DescribeClusterAddonInstance tells an add-on that does not work", () =>
  check(
    { name: "ack-advanced-audit", version: "0.9.0", state: "unhealthy" },
    (context) => describeClusterAddonInstance(context, at, "ack-advanced-audit", noSignal),
    `GET ${host}${clusterPath}/components/ack-advanced-audit/instance`,
    { name: "ack-advanced-audit", version: "0.9.0", state: "unhealthy" },
  ));

test("InstallClusterAddons sends a list, and configuration as a text", () =>
  check(
    { cluster_id: "c76", request_id: "R", task_id: "T-1" },
    (context) =>
      installClusterAddons(
        context,
        at,
        [
          { name: "logtail-ds", version: undefined, config: undefined },
          { name: "ack-advanced-audit", version: "0.9.0", config: { a: 1 } },
        ],
        noSignal,
      ),
    `POST ${host}${clusterPath}/components/install [{"name":"logtail-ds"},{"name":"ack-advanced-audit","version":"0.9.0","config":"{\\"a\\":1}"}]`,
    { taskId: "T-1" },
  ));

test("UnInstallClusterAddons deletes nothing in the cloud", () =>
  check(
    {},
    (context) => unInstallClusterAddons(context, at, ["ack-advanced-audit"], noSignal),
    `POST ${host}${clusterPath}/components/uninstall [{"name":"ack-advanced-audit","cleanup_cloud_resources":false}]`,
    { taskId: undefined },
  ));

test("UpgradeClusterAddons names both versions", () =>
  check(
    { task_id: "T-2" },
    (context) =>
      upgradeClusterAddons(
        context,
        at,
        [{ name: "ack-advanced-audit", version: "0.8.1", nextVersion: "0.9.0" }],
        noSignal,
      ),
    `POST ${host}${clusterPath}/components/upgrade [{"component_name":"ack-advanced-audit","version":"0.8.1","next_version":"0.9.0"}]`,
    { taskId: "T-2" },
  ));

test("a change is not sent again after an answer that leaves open whether it was made", async () => {
  const { context, requests } = script(() => ({ kind: "failure", reason: "reset", detail: "hung up" }));
  const answer = await unInstallClusterAddons(context, at, ["ack-advanced-audit"], noSignal);
  assert.deepEqual([answer.kind, requests.length], ["noAnswer", 1]);
});

test("DescribeTaskInfo tells the stages and the error", () =>
  check(
    {
      task_id: "T-1",
      task_type: "cluster_addon_install",
      state: "fail",
      current_stage: "install",
      stages: [{ state: "success", message: "m" }, { state: "fail" }],
      error: { code: "BadRequest", message: "Addon status not match" },
    },
    (context) => describeTaskInfo(context, "cn-hangzhou", "T-1", noSignal),
    `GET ${host}/tasks/T-1`,
    {
      taskId: "T-1",
      type: "cluster_addon_install",
      state: "fail",
      currentStage: "install",
      stages: [
        { state: "success", message: "m" },
        { state: "fail", message: "" },
      ],
      error: { code: "BadRequest", message: "Addon status not match" },
    },
  ));

test("a task without an error has none", async () => {
  const { answer } = await asked({ body: { state: "running", error: {} } }, (context) =>
    describeTaskInfo(context, "cn-hangzhou", "T-1", noSignal),
  );
  assert.deepEqual(answer.kind === "ok" && [answer.value.error, answer.value.taskId], [undefined, "T-1"]);
});

test("DescribeClusterTasks asks for the newest", () =>
  check(
    { tasks: [{ task_id: "T-1", task_type: "cluster_addon_install", state: "running" }] },
    (context) => describeClusterTasks(context, at, noSignal),
    `GET ${host}${clusterPath}/tasks?page_number=1&page_size=50`,
    [{ taskId: "T-1", type: "cluster_addon_install", state: "running" }],
  ));

for (const [minutes, sent] of [
  [1, 15],
  [30, 30],
  [4320, 60],
] as const) {
  test(`a kubeconfig for ${minutes} minutes is asked for ${sent}`, () =>
    check(
      { config: "apiVersion: v1", expiration: "2026-11-24T03:40:00Z" },
      (context) => describeClusterUserKubeconfig(context, at, { minutes, endpoint: "private" }, noSignal),
      `GET ${host}/k8s/c%201%2Fx/user_config?PrivateIpAddress=true&TemporaryDurationMinutes=${sent}`,
      { yaml: "apiVersion: v1", expiresMs: Date.UTC(2026, 10, 24, 3, 40) },
    ));
}

test("an answer without a kubeconfig is malformed", async () => {
  const { answer } = await asked({ body: { config: "" } }, (context) =>
    describeClusterUserKubeconfig(context, at, { minutes: 15, endpoint: "public" }, noSignal),
  );
  assert.equal(answer.kind, "malformed");
});

test("ListClusterKubeconfigStates names accounts; ids may be numbers", () =>
  check(
    {
      states: [
        { account_id: "2087", account_name: "dev-07", account_display_name: "Dev Seven", account_type: "RamUser" },
        { account_id: 42, account_type: "RamRole" },
      ],
      page: { total_count: 2 },
    },
    (context) => listClusterKubeconfigStates(context, at, 1, noSignal),
    `GET ${host}${clusterPath}/kubeconfig/states?pageNumber=1&pageSize=100`,
    {
      items: [
        { accountId: "2087", name: "dev-07", displayName: "Dev Seven", type: "RamUser" },
        { accountId: "42", name: "", displayName: "", type: "RamRole" },
      ],
      total: 2,
    },
  ));

test("GetClusterAuditProject tells the project", () =>
  check(
    { sls_project_name: "k8s-log-c76", audit_enabled: true },
    (context) => getClusterAuditProject(context, at, noSignal),
    `GET ${host}${clusterPath}/audit`,
    { project: "k8s-log-c76" },
  ));

const malformed: readonly (readonly [string, unknown, string])[] = [
  ["a list in place of an object", [], "DescribeClustersV1: $: a list, expected an object"],
  ["null", null, "DescribeClustersV1: $: null, expected an object"],
  ["a text", "x", "DescribeClustersV1: $: a value of type string, expected an object"],
  ["no list", { clusters: {} }, "DescribeClustersV1: $.clusters: a value of type object, expected a list"],
  [
    "no object in it",
    { clusters: [1] },
    "DescribeClustersV1: $.clusters[0]: a value of type number, expected an object",
  ],
  ["no id", { clusters: [{ name: "x" }] }, "DescribeClustersV1: $.clusters[0].cluster_id: nothing, expected a text"],
  [
    "a name that is an object",
    { clusters: [{ cluster_id: "c", name: {} }] },
    "DescribeClustersV1: $.clusters[0].name: a value of type object, expected a text",
  ],
  [
    "a count that is none",
    { clusters: [], page_info: { total_count: "many" } },
    "DescribeClustersV1: $.page_info.total_count: a value of type string, expected a number",
  ],
];
for (const [name, body, detail] of malformed) {
  test(`malformed: ${name}`, async () => {
    const { answer } = await asked({ body }, (context) => describeClustersV1(context, "cn-hangzhou", 1, noSignal));
    assert.deepEqual(answer, { kind: "malformed", detail, requestId: "R1" });
  });
}

test("members of the prototype are no members", async () => {
  const { answer } = await asked({ body: { clusters: [{ cluster_id: "c", constructor: 1 }] } }, (context) =>
    describeClustersV1(context, "cn-hangzhou", 1, noSignal),
  );
  assert.equal(answer.kind, "ok");
});

test("a denial names its action", async () => {
  const { answer } = await asked(denied("cs:DescribeClusterDetail"), (context) =>
    describeClustersV1(context, "cn-hangzhou", 1, noSignal),
  );
  assert.deepEqual(answer.kind === "refused" && [answer.status, answer.code, answer.action], [
    403,
    "Forbidden.RAM",
    "cs:DescribeClusterDetail",
  ]);
});

/** The numbers of the pages that are asked for where each has so many items. */
async function pages(counts: readonly number[], total: number | undefined, expected: readonly number[]): Promise<void> {
  const asked: number[] = [];
  await all(
    allPages(async (page) => {
      asked.push(page);
      const items = Array.from({ length: counts[page - 1] ?? 0 }, (_, index) => index);
      return { kind: "ok", value: { items, total }, requestId: "R1" };
    }),
  );
  assert.deepEqual(asked, expected);
}
test("a list ends with the total", () => pages([100, 100, 1], 201, [1, 2, 3]));
test("a service that cuts its pages shorter is asked on", () => pages([50, 50, 1], 101, [1, 2, 3]));
test("without a total it ends with a page that is not full", () => pages([100, 7], undefined, [1, 2]));
test("an empty page ends it, whatever the total says", () => pages([100, 0, 100], 1000, [1, 2]));
test("a list that never ends is left", () =>
  pages(
    Array.from({ length: 300 }, () => 100),
    undefined,
    Array.from({ length: 200 }, (_, index) => index + 1),
  ));
test("a failure ends it", async () => {
  const answers = await all(allPages(async () => ({ kind: "malformed", detail: "d", requestId: "R1" }) as const));
  assert.equal(answers.length, 1);
});
