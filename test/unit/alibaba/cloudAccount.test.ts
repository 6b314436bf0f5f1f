import assert from "node:assert/strict";
import { test } from "node:test";
import { type CloudAccount, createCloudAccount, type KubernetesReader } from "../../../src/alibaba/cloudAccount.ts";
import { auditStatus } from "../../../src/audit/auditStatus.ts";
import type { ClusterNode } from "../../../src/audit/cluster.ts";
import type { ClusterId } from "../../../src/audit/ids.ts";
import type { Pod } from "../../../src/audit/pod.ts";
import type { Page, PodsNews } from "../../../src/logs/account.ts";
import type { Unreachable } from "../../../src/logs/answer.ts";
import { node } from "../audit/clusters.ts";
import {
  type Asked,
  all,
  denied,
  noSignal,
  type Said,
  type Say,
  type Script,
  script,
  slsMissing,
} from "./ackAccount.ts";
import { nowMs } from "./calls.ts";

const newestMs = nowMs - 12_000 - (nowMs % 1000);
const hangzhou = "cn-hangzhou";
const c1 = "c1" as ClusterId;

function listed(id: string, more: object = {}) {
  return {
    cluster_id: id,
    name: `name-${id}`,
    region_id: hangzhou,
    state: "running",
    cluster_type: "ManagedKubernetes",
    profile: "Default",
    cluster_spec: "ack.pro.small",
    current_version: "1.32.1-aliyun.1",
    size: 1,
    master_url: '{"api_server_endpoint":"https://192.0.2.9:6443"}',
    ...more,
  };
}

const ok = (body: unknown): Said => ({ body });
const bothAddons = {
  addons: [
    { name: "ack-advanced-audit", version: "0.8.1", state: "active" },
    { name: "logtail-ds", version: "1.8.9", state: "active" },
    { name: "coredns", version: "1.9", state: "active" },
  ],
};
const offered = {
  addons: [
    { name: "ack-advanced-audit", version: "0.9.0", architecture: ["amd64"] },
    { name: "logtail-ds", version: "1.8.9", architecture: ["amd64"] },
  ],
};

/** An audited cluster `c1` in cn-hangzhou, its log in the project that the collector names. What a test gives comes first. */
function cloud(own: Say = () => undefined): Script {
  return script(async (asked) => (await own(asked)) ?? usual(asked));
}

function usual({ host, path, query }: Asked): Said | undefined {
  if (host.startsWith("ack.")) {
    switch (path) {
      case "/api/v1/clusters": {
        const clusters = query["region_id"] === hangzhou ? [listed("c1")] : [];
        return ok({ clusters, page_info: { total_count: clusters.length } });
      }
      case "/clusters/c1/addon_instances":
        return ok(bothAddons);
      case "/clusters/c1/addon_instances/logtail-ds":
        return ok({ name: "logtail-ds", config: '{"sls_project_name":"logs-of-shop"}' });
      case "/clusters/c1/components/ack-advanced-audit/instance":
      case "/clusters/c1/components/logtail-ds/instance":
        return ok({ state: "active" });
      case "/addons":
        return ok(offered);
      case "/clusters/c1/nodepools":
        return ok({
          nodepools: [{ nodepool_info: { nodepool_id: "np" }, scaling_group: { image_type: "AliyunLinux3" } }],
        });
      case "/clusters/c1/audit":
        return ok({ sls_project_name: "" });
      default:
        return undefined;
    }
  }
  if (host !== "logs-of-shop.sls.cn-hangzhou.example") return slsMissing("ProjectNotExist");
  switch (path) {
    case "/logstores/advaudit-c1":
      return ok({ logstoreName: "advaudit-c1", ttl: 180, mode: "standard", createTime: 1_760_000_000 });
    case "/logstores/advaudit-c1/index":
      return ok({ keys: {}, line: { token: [","] } });
    case "/logstores/advaudit-c1/meteringmode":
      return ok({ meteringMode: "ChargeByFunction" });
    case "/logstores/advaudit-c1/logs":
      return ok(sql({ newest: String(newestMs / 1000) }));
    default:
      return undefined;
  }
}

function sql(...rows: readonly Readonly<Record<string, string>>[]) {
  const keys = Object.keys(rows[0] ?? {});
  return {
    meta: { progress: "Complete", count: rows.length, hasSQL: true, keys, columnTypes: keys.map(() => "varchar") },
    data: rows,
  };
}

function account({ context }: Script, more: Partial<Parameters<typeof createCloudAccount>[0]> = {}): CloudAccount {
  return createCloudAccount({
    id: "cloud:shop",
    name: "Shop",
    context,
    regions: [hangzhou],
    now: () => nowMs,
    ...more,
  });
}

/** Each cluster as its id and its status, each failure as its part and code. */
function shown(pages: readonly Page<{ cluster: { id: ClusterId }; status: { kind: string } }>[]): readonly string[] {
  return pages.flatMap((page) =>
    page.kind === "failure"
      ? [`! ${page.part} ${page.reason.code}`]
      : page.items.map(({ cluster, status }) => `${cluster.id} ${status.kind}`),
  );
}

async function list(from: CloudAccount): Promise<readonly string[]> {
  return shown(await all(from.clusters(noSignal)));
}

async function factsOf(from: CloudAccount) {
  const facts = await from.facts(c1, noSignal);
  assert.ok(!("code" in facts), JSON.stringify(facts));
  return facts;
}

// ------------------------------------------------------------------------------------------------ clusters

test("making an account asks nothing", () => {
  const here = cloud();
  account(here, { changes: { isReadOnly: () => true } });
  assert.equal(here.requests.length, 0);
});

test("the status tells add-ons, upgrade and newest event", async () => {
  const [page] = await all(account(cloud()).clusters(noSignal));
  assert.ok(page?.kind === "items");
  assert.equal(page.asOfMs, nowMs);
  assert.deepEqual(page.items[0]?.status, {
    kind: "on",
    asOfMs: nowMs,
    addons: [
      { name: "logtail-ds", version: "1.8.9", state: "active" },
      { name: "ack-advanced-audit", version: "0.8.1", state: "active", upgrade: "0.9.0" },
    ],
    newestEventMs: newestMs,
  });
});

test("a region that fails does not keep the others", async () => {
  const here = cloud(({ path, host }) =>
    path === "/api/v1/clusters" && host === "ack.cn-beijing.example" ? denied("cs:DescribeClustersV1") : undefined,
  );
  assert.deepEqual((await list(account(here, { regions: ["cn-beijing", hangzhou] }))).toSorted(), [
    "! cn-beijing denied",
    "c1 on",
  ]);
});

test("a cluster is told before a region that hangs", async () => {
  const leaving = new AbortController();
  const here = cloud(({ path, query }) =>
    path === "/api/v1/clusters" && query["region_id"] === "cn-beijing" ? new Promise<never>(() => {}) : undefined,
  );
  const pages = account(here, { regions: ["cn-beijing", hangzhou] }).clusters(leaving.signal);
  const first = await pages[Symbol.asyncIterator]().next();
  assert.deepEqual(shown([first.value as never]), ["c1 on"]);
  leaving.abort();
  assert.equal((await pages[Symbol.asyncIterator]().next()).done, true);
});

test("who stops reading ends what is under way", async () => {
  const here = cloud(({ path, query }) =>
    path === "/api/v1/clusters" && query["region_id"] === "cn-beijing" ? new Promise<never>(() => {}) : undefined,
  );
  for await (const page of account(here, { regions: ["cn-beijing", hangzhou] }).clusters(noSignal)) {
    assert.equal(page.kind, "items");
    break;
  }
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(here.inFlight, 0);
});

test("cancelling sends nothing more", async () => {
  const leaving = new AbortController();
  const here = cloud(({ path }) => {
    if (path === "/clusters/c1/addon_instances") leaving.abort();
    return undefined;
  });
  assert.deepEqual(shown(await all(account(here).clusters(leaving.signal))), []);
  const count = here.requests.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(here.requests.length, count);
});

test("all pages of a region are asked for, six regions and eight clusters at a time", async () => {
  let regionsInFlight = 0;
  let mostRegions = 0;
  let clustersInFlight = 0;
  let mostClusters = 0;
  const pause = () => new Promise((resolve) => setTimeout(resolve, 1));
  const here = cloud(async ({ path, query }) => {
    if (path === "/api/v1/clusters") {
      mostRegions = Math.max(mostRegions, ++regionsInFlight);
      await pause();
      regionsInFlight--;
      const region = query["region_id"] ?? "";
      if (region !== "r1") return ok({ clusters: [] });
      const page = Number(query["page_number"]);
      const count = page === 1 ? 100 : 5;
      const clusters = Array.from({ length: count }, (_, index) => listed(`p${page}-${index}`, { region_id: region }));
      return ok({ clusters, page_info: { total_count: 105 } });
    }
    if (path.endsWith("/addon_instances")) {
      mostClusters = Math.max(mostClusters, ++clustersInFlight);
      await pause();
      clustersInFlight--;
      return ok({ addons: [] });
    }
    return undefined;
  });
  const regions = Array.from({ length: 20 }, (_, index) => `r${index}`);
  const found = await list(account(here, { regions }));
  assert.deepEqual([found.length, new Set(found).size], [105, 105]);
  assert.deepEqual([mostRegions, mostClusters], [6, 8]);
});

test("the clusters of other regions, which the central endpoint tells too, are not told twice", async () => {
  const here = cloud(({ path }) => (path === "/api/v1/clusters" ? ok({ clusters: [listed("c1")] }) : undefined));
  assert.deepEqual(await list(account(here, { regions: ["cn-beijing", hangzhou] })), ["c1 on"]);
});

test("a list that cannot be read says where", async () => {
  const here = cloud(({ path }) => (path === "/api/v1/clusters" ? ok({ clusters: {} }) : undefined));
  const [page] = await all(account(here).clusters(noSignal));
  assert.ok(page?.kind === "failure");
  assert.equal(page.reason.cause, "malformed");
  assert.match(page.reason.detail, /clusters/);
});

// ---------------------------------------------------------------------------------------------- the truth

/** What one answer in another place makes of the status. */
async function status(answers: Readonly<Record<string, Said>>, expected: string): Promise<void> {
  const here = cloud(({ path }) => answers[path]);
  const facts = await factsOf(account(here));
  const told = auditStatus(facts);
  const doubts = told.kind === "on" ? (told.doubts ?? []).map(({ code }) => code) : [];
  assert.equal([told.kind, ...doubts].join(" "), expected);
}
const instances = "/clusters/c1/addon_instances";
const log = "/logstores/advaudit-c1";

test("ListClusterAddonInstances: nothing installed", () => status({ [instances]: ok({ addons: [] }) }, "off"));
test("ListClusterAddonInstances: only the collector", () =>
  status({ [instances]: ok({ addons: [{ name: "logtail-ds", version: "1", state: "active" }] }) }, "halfInstalled"));
test("ListClusterAddonInstances: loongcollector-ds is a collector", () =>
  status(
    {
      [instances]: ok({
        addons: [
          { name: "loongcollector-ds", version: "3", state: "active" },
          { name: "ack-advanced-audit", version: "0.9.0", state: "active" },
        ],
      }),
      "/clusters/c1/addon_instances/loongcollector-ds": ok({ logging: { log_project: "logs-of-shop" } }),
    },
    "on",
  ));
test("ListClusterAddonInstances: denied", () =>
  status({ [instances]: denied("cs:ListClusterAddonInstances") }, "unknown"));
test("DescribeClusterAddonInstance: unhealthy", () =>
  status({ "/clusters/c1/components/ack-advanced-audit/instance": ok({ state: "unhealthy" }) }, "on addon-unhealthy"));
test("ListClusterAddonInstances: being uninstalled", () =>
  status(
    {
      [instances]: ok({
        addons: [
          { name: "logtail-ds", version: "1", state: "active" },
          { name: "ack-advanced-audit", version: "0.9.0", state: "deleting" },
        ],
      }),
    },
    "on addon-changing",
  ));
test("ListAddons: not offered", () =>
  status({ [instances]: ok({ addons: [] }), "/addons": ok({ addons: [] }) }, "notOffered"));
test("ListAddons: denied is held against nobody", () =>
  status({ [instances]: ok({ addons: [] }), "/addons": denied("cs:ListAddons") }, "off"));
test("DescribeClusterNodePools: only Windows", () =>
  status(
    {
      [instances]: ok({ addons: [] }),
      "/clusters/c1/nodepools": ok({
        nodepools: [{ nodepool_info: { nodepool_id: "w" }, scaling_group: { image_type: "Windows" } }],
      }),
    },
    "notEligible",
  ));
test("GetLogStore: LogStoreNotExist", () => status({ [log]: slsMissing("LogStoreNotExist") }, "on logstore-missing"));
test("GetIndex: IndexConfigNotExist", () =>
  status({ [`${log}/index`]: slsMissing("IndexConfigNotExist") }, "on index-missing"));
test("GetLogStore: mode query", () =>
  status({ [log]: ok({ logstoreName: "advaudit-c1", ttl: 7, mode: "query" }) }, "on no-sql"));

test("what could not be asked is named with its RAM action", async () => {
  const here = cloud(({ path }) => {
    switch (path) {
      case "/addons":
        return denied("cs:ListAddons");
      case "/clusters/c1/components/logtail-ds/instance":
        return denied("cs:DescribeClusterAddonInstance");
      case "/clusters/c1/nodepools":
        return denied("cs:DescribeClusterNodePools");
      case `${log}/index`:
      case `${log}/meteringmode`:
        return { status: 401, body: { errorCode: "Unauthorized", errorMessage: "denied" } };
      default:
        return undefined;
    }
  });
  const { unanswered } = await factsOf(account(here));
  assert.deepEqual(
    unanswered.map(({ subject, reason }) => `${subject}: ${"action" in reason ? reason.action : reason.code}`),
    [
      "addonHealth: cs:DescribeClusterAddonInstance",
      "offers: cs:ListAddons",
      "nodePools: cs:DescribeClusterNodePools",
      "nodes: notAsked",
      "index: log:GetIndex",
      "billing: log:GetLogStoreMeteringMode",
    ],
  );
});

test("the Logstore's facts", async () => {
  const { logstore } = await factsOf(account(cloud()));
  assert.deepEqual(logstore, {
    project: "logs-of-shop",
    projectFrom: "collector",
    name: "advaudit-c1",
    exists: true,
    createdMs: 1_760_000_000_000,
    hasIndex: true,
    retentionDays: 180,
    mode: "standard",
    billing: "ChargeByFunction",
  });
});

/** The projects that are asked for the Logstore, in order, and where it was found. */
async function project(
  answers: Readonly<Record<string, Said>>,
  meta: string,
  has: string | undefined,
  asked: readonly string[],
  expected: string,
): Promise<void> {
  const here = cloud(({ host, path }) => {
    if (path === "/api/v1/clusters") return ok({ clusters: [listed("c1", { meta_data: meta })] });
    if (!host.includes(".sls.")) return answers[path];
    const of = host.split(".")[0];
    if (of !== has) return answers[of ?? ""] ?? slsMissing(of === "empty" ? "LogStoreNotExist" : "ProjectNotExist");
    if (path === log) return ok({ logstoreName: "advaudit-c1", ttl: 180 });
    return ok(sql({ newest: "null" }));
  });
  const { logstore } = await factsOf(account(here));
  const places = here.requests.filter(({ path }) => path === log).map(({ host }) => host.split(".")[0]);
  assert.deepEqual(places, asked);
  assert.equal(
    logstore === undefined ? "unknown" : `${logstore.project} ${logstore.projectFrom} ${logstore.exists}`,
    expected,
  );
}
const audit = "/clusters/c1/audit";
const setup = "/clusters/c1/addon_instances/logtail-ds";
test("the collector's configuration names the project first", () =>
  project(
    { [setup]: ok({ config: '{"sls_project_name":"mine"}' }) },
    '{"AuditProjectName":"meta"}',
    "mine",
    ["mine"],
    "mine collector true",
  ));
test("then where the collector logs to itself", () =>
  project({ [setup]: ok({ config: "", logging: { log_project: "own" } }) }, "", "own", ["own"], "own collector true"));
test("then the cluster's metadata", () =>
  project({ [setup]: ok({}) }, '{"AuditProjectName":"meta"}', "meta", ["meta"], "meta metaData true"));
test("then the project of the API server's audit log", () =>
  project({ [setup]: ok({}), [audit]: ok({ sls_project_name: "api" }) }, "", "api", ["api"], "api auditProject true"));
test("last the default name", () =>
  project({ [setup]: ok({}) }, "", "k8s-log-c1", ["k8s-log-c1"], "k8s-log-c1 default true"));
test("a project without the Logstore is passed over", () =>
  project(
    { [setup]: ok({ config: '{"sls_project_name":"empty"}' }) },
    '{"AuditProjectName":"gone"}',
    "k8s-log-c1",
    ["empty", "gone", "k8s-log-c1"],
    "k8s-log-c1 default true",
  ));
test("no project is asked twice", () =>
  project(
    { [setup]: ok({ config: '{"sls_project_name":"k8s-log-c1"}' }), [audit]: ok({ sls_project_name: "k8s-log-c1" }) },
    '{"AuditProjectName":"k8s-log-c1"}',
    undefined,
    ["k8s-log-c1"],
    "k8s-log-c1 collector false",
  ));
test("where none has it, it would be made in the first that was named", () =>
  project(
    { [setup]: ok({ config: '{"sls_project_name":"empty"}' }) },
    "",
    undefined,
    ["empty", "k8s-log-c1"],
    "empty collector false",
  ));
test("who may not look into the first looks on", () =>
  project(
    {
      [setup]: ok({ config: '{"sls_project_name":"mine"}' }),
      mine: { status: 401, body: { errorCode: "Unauthorized", errorMessage: "" } },
    },
    "",
    undefined,
    ["mine", "k8s-log-c1"],
    "unknown",
  ));

test("the newest event is looked for in ever longer ranges", async () => {
  const ranges: number[] = [];
  const here = cloud(({ path, body }) => {
    if (path !== `${log}/logs`) return undefined;
    const { from, to } = JSON.parse(body);
    ranges.push(Math.round((nowMs / 1000 + 3600 - from) / 3600));
    assert.ok(to > from);
    return ok(sql({ newest: ranges.length < 3 ? "null" : "1763400000" }));
  });
  const { newestEventMs } = await factsOf(account(here));
  assert.deepEqual([ranges, newestEventMs], [[2, 24, 168], 1_763_400_000_000]);
});

test("a second look asks only what changes, and a thorough one everything", async () => {
  const here = cloud();
  const shop = account(here);
  const paths = async (look: () => Promise<unknown>) => {
    here.requests.length = 0;
    await look();
    return here.requests.map(({ path }) => path).toSorted();
  };
  const first = await paths(() => list(shop));
  const again = await paths(() => list(shop));
  assert.deepEqual(again, [
    "/api/v1/clusters",
    "/clusters/c1/addon_instances",
    "/clusters/c1/components/ack-advanced-audit/instance",
    "/clusters/c1/components/logtail-ds/instance",
    "/logstores/advaudit-c1/logs",
  ]);
  assert.deepEqual(
    await paths(() => shop.facts(c1, noSignal)),
    first.filter((path) => path !== "/api/v1/clusters"),
  );
});

test("a Logstore that has gone is looked for anew", async () => {
  let isGone = false;
  const here = cloud(({ path }) => (isGone && path.startsWith(log) ? slsMissing("LogStoreNotExist") : undefined));
  const shop = account(here);
  assert.deepEqual(await list(shop), ["c1 on"]);
  isGone = true;
  await list(shop);
  here.requests.length = 0;
  await list(shop);
  assert.ok(here.requests.some(({ path }) => path === setup));
});

// ------------------------------------------------------------------------------------- Kubernetes and logs

const pod = (name: string): Pod => ({
  namespace: "web",
  name,
  node: "n",
  phase: "Running",
  containers: [],
  gone: false,
});
const network: Unreachable = { code: "network", detail: "no route" };

async function* pages<Item>(...found: readonly (readonly Item[] | Unreachable)[]): AsyncGenerator<Page<Item>> {
  for (const each of found) {
    yield "code" in each ? { kind: "failure", part: "", reason: each } : { kind: "items", items: each, asOfMs: nowMs };
  }
}

function reader(given: Partial<KubernetesReader> = {}): KubernetesReader {
  return {
    namespaces: () => pages([{ name: "web", gone: false }]),
    pods: () => pages([pod("a")], [pod("b")]),
    nodes: () => pages<ClusterNode>([node("n1")]),
    watchPods: async (_namespace, listener) => listener({ kind: "pods", changed: [pod("a")], gone: [], asOfMs: nowMs }),
    ...given,
  };
}

type Renew = (signal: AbortSignal) => Promise<string | undefined>;

function withKubernetes(found: KubernetesReader | Unreachable, more: object = {}) {
  const connected: unknown[] = [];
  const renewals: (Renew | undefined)[] = [];
  return {
    connected,
    renewals,
    kubernetes: {
      connect: async (kubeconfig: unknown, renew?: Renew) => {
        connected.push(kubeconfig);
        renewals.push(renew);
        return found;
      },
      ownContext: () => undefined,
      wish: () => ({ minutes: 30, endpoint: "public" as const }),
      ...more,
    },
  };
}

const kubeconfigPath = "/k8s/c1/user_config";
const seen = [
  { pod: "b", container: "app", image: "i:1", node: "n" },
  { pod: "old", container: "app", image: "i:1", node: "n" },
];
function kubernetesCloud(kubeconfig: Said = ok({ config: "yaml", expiration: "2026-11-24T03:40:07Z" })): Script {
  return cloud(({ path, body }) => {
    if (path === kubeconfigPath) return kubeconfig;
    if (path === "/clusters/c1/nodes") {
      return ok({
        nodes: [{ node_name: "n1", ip_address: ["192.0.2.7"], instance_id: "i" }],
        page: { total_count: 1 },
      });
    }
    if (path !== `${log}/logs`) return undefined;
    if (body.includes("k8s.container.image")) return ok(sql(...seen));
    return body.includes("k8s.pod.namespace") ? ok(sql({ namespace: "entered" })) : undefined;
  });
}

async function podsOf(from: CloudAccount): Promise<readonly string[]> {
  const found = await all(from.pods(c1, "web", noSignal));
  return found.flatMap((page) =>
    page.kind === "failure"
      ? [`! ${page.part} ${page.reason.code}`]
      : page.items.map(({ name, gone }) => `${name}${gone ? " gone" : ""}`),
  );
}

test("pods come in pages, and those that only records know are gone", async () => {
  assert.deepEqual(await podsOf(account(kubernetesCloud(), withKubernetes(reader()))), ["a", "b", "old gone"]);
});
test("of a list that broke off nobody can say that a pod is gone", async () => {
  const broken = reader({ pods: () => pages([pod("a")], network) });
  assert.deepEqual(await podsOf(account(kubernetesCloud(), withKubernetes(broken))), ["a", "!  network", "b", "old"]);
});
test("without the right to a kubeconfig there are the pods of records", async () => {
  const here = kubernetesCloud(denied("cs:DescribeClusterUserKubeconfig"));
  assert.deepEqual(await podsOf(account(here, withKubernetes(reader()))), ["!  denied", "b", "old"]);
});
test("namespaces come from the Kubernetes API alone where it answers", async () => {
  const [page, ...others] = await all(account(kubernetesCloud(), withKubernetes(reader())).namespaces(c1, noSignal));
  assert.deepEqual([page?.kind === "items" && page.items, others], [[{ name: "web", gone: false }], []]);
});
test("where it does not, records name those that were entered", async () => {
  const found = await all(account(kubernetesCloud(), withKubernetes(network)).namespaces(c1, noSignal));
  assert.deepEqual(
    found.map((page) => (page.kind === "items" ? page.items.map(({ name }) => name) : page.reason.code)),
    ["network", ["entered"]],
  );
});
test("where the Kubernetes API does not tell the nodes, ACK knows their names", async () => {
  const found = await all(account(kubernetesCloud(), withKubernetes(network)).nodes(c1, noSignal));
  assert.deepEqual(
    found.map((page) => (page.kind === "items" ? page.items.map(({ name, ip, osImage }) => [name, ip, osImage]) : "!")),
    ["!", [["n1", "192.0.2.7", ""]]],
  );
});
test("a thorough look judges the nodes", async () => {
  const windows = node("w", { osImage: "Windows Server 2022 Datacenter", kernelVersion: "10.0.20348" });
  const shop = account(
    kubernetesCloud(),
    withKubernetes(reader({ nodes: () => pages<ClusterNode>([node("a"), windows]) })),
  );
  const facts = await factsOf(shop);
  const told = auditStatus(facts);
  assert.deepEqual(told.kind === "on" && told.doubts, [{ code: "nodes-left-out", nodes: ["w"] }]);
  assert.ok(!facts.unanswered.some(({ subject }) => subject === "nodes"));
  // A quick look afterwards does not forget it.
  const [page] = await all(shop.clusters(noSignal));
  const again = page?.kind === "items" ? page.items[0]?.status : undefined;
  assert.deepEqual(again?.kind === "on" && again.doubts, told.kind === "on" && told.doubts);
});

test("one kubeconfig is fetched for all who ask at once, and kept until shortly before it ends", async () => {
  let atMs = nowMs;
  const here = kubernetesCloud(ok({ config: "yaml", expiration: new Date(nowMs + 30 * 60_000).toISOString() }));
  const { connected, kubernetes } = withKubernetes(reader());
  const shop = account(here, { kubernetes, now: () => atMs });
  const fetches = () => here.requests.filter(({ path }) => path === kubeconfigPath).length;
  await list(shop);
  await Promise.all([1, 2, 3].map(() => all(shop.nodes(c1, noSignal))));
  assert.equal(fetches(), 1);
  atMs += 27 * 60_000;
  await all(shop.nodes(c1, noSignal));
  assert.equal(fetches(), 1);
  atMs += 2 * 60_000;
  await all(shop.nodes(c1, noSignal));
  assert.deepEqual([fetches(), connected], [2, ["yaml", "yaml"]]);
});
test("a kubeconfig that could not be had is asked for again", async () => {
  let isDenied = true;
  const here = cloud(({ path }) =>
    path !== kubeconfigPath
      ? undefined
      : isDenied
        ? denied("cs:DescribeClusterUserKubeconfig")
        : ok({ config: "yaml" }),
  );
  const shop = account(here, withKubernetes(reader()));
  assert.equal((await all(shop.nodes(c1, noSignal)))[0]?.kind, "failure");
  isDenied = false;
  assert.equal((await all(shop.nodes(c1, noSignal)))[0]?.kind, "items");
});
test("who cancels does not take the kubeconfig from the others", async () => {
  const answer = Promise.withResolvers<Said>();
  const here = cloud(({ path }) => (path === kubeconfigPath ? answer.promise : undefined));
  const shop = account(here, withKubernetes(reader()));
  await list(shop);
  const leaving = new AbortController();
  const left = all(shop.nodes(c1, leaving.signal));
  const stays = all(shop.nodes(c1, noSignal));
  await new Promise((resolve) => setImmediate(resolve));
  leaving.abort();
  assert.deepEqual(await left, []);
  answer.resolve(ok({ config: "yaml" }));
  assert.equal((await stays)[0]?.kind, "items");
});
test("a context of the person's own asks ACK for nothing", async () => {
  const here = kubernetesCloud();
  const own = { file: "/home/me/.kube/config", context: "shop" };
  const { connected, kubernetes } = withKubernetes(reader(), { ownContext: () => own });
  await all(account(here, { kubernetes }).nodes(c1, noSignal));
  assert.deepEqual([here.requests.some(({ path }) => path === kubeconfigPath), connected], [false, [own]]);
});
test("a cluster without a public endpoint is not asked for there", async () => {
  const here = cloud(({ path }) =>
    path === "/api/v1/clusters"
      ? ok({ clusters: [listed("c1", { master_url: '{"api_server_endpoint":""}' })] })
      : undefined,
  );
  const [page] = await all(account(here, withKubernetes(reader())).nodes(c1, noSignal));
  assert.deepEqual(page, { kind: "failure", part: "", reason: { code: "notFound", detail: "api_server_endpoint" } });
  assert.ok(!here.requests.some(({ path }) => path === kubeconfigPath));
});
async function watched(from: CloudAccount, signal = noSignal): Promise<readonly PodsNews[]> {
  const told: PodsNews[] = [];
  await from.watchPods(c1, "web", (news) => told.push(news), signal);
  return told;
}

test("a change of pods is told", async () =>
  assert.deepEqual(await watched(account(kubernetesCloud(), withKubernetes(reader()))), [
    { kind: "pods", changed: [pod("a")], gone: [], asOfMs: nowMs },
  ]));
test("without a kubeconfig pods cannot be followed, and it is said why", async () => {
  const here = kubernetesCloud(denied("cs:DescribeClusterUserKubeconfig"));
  const [news, ...more] = await watched(account(here, withKubernetes(reader())));
  assert.deepEqual([news?.kind, news?.kind === "ended" && news.reason.code, more], ["ended", "denied", []]);
});
test("who has left is told nothing", async () => {
  const here = kubernetesCloud(denied("cs:DescribeClusterUserKubeconfig"));
  assert.deepEqual(await watched(account(here, withKubernetes(reader())), AbortSignal.abort()), []);
});
test("a kubeconfig whose time is over is renewed, which keeps the connection for those that come later", async () => {
  let atMs = nowMs;
  let fetches = 0;
  const here = cloud(({ path }) => {
    if (path !== kubeconfigPath) return undefined;
    fetches++;
    return ok({ config: `yaml ${fetches}`, expiration: new Date(atMs + 30 * 60_000).toISOString() });
  });
  const { connected, renewals, kubernetes } = withKubernetes(reader());
  const shop = account(here, { kubernetes, now: () => atMs });
  await watched(shop);
  atMs += 31 * 60_000;
  assert.equal(await renewals[0]?.(noSignal), "yaml 2");
  await watched(shop);
  assert.deepEqual([connected, fetches], [["yaml 1"], 2]);
});
test("a kubeconfig that is given no longer is not renewed", async () => {
  let isDenied = false;
  const here = cloud(({ path }) => {
    if (path !== kubeconfigPath) return undefined;
    return isDenied ? denied("cs:DescribeClusterUserKubeconfig") : ok({ config: "yaml" });
  });
  const { renewals, kubernetes } = withKubernetes(reader());
  await watched(account(here, { kubernetes }));
  isDenied = true;
  assert.equal(await renewals[0]?.(noSignal), undefined);
});
test("a context of the person's own is nothing that ACK renews", async () => {
  const own = { file: "/home/me/.kube/config", context: "shop" };
  const { renewals, kubernetes } = withKubernetes(reader(), { ownContext: () => own });
  await watched(account(kubernetesCloud(), { kubernetes }));
  assert.deepEqual(renewals, [undefined]);
});

const question = { statement: "* | select 1", range: { fromMs: 0, toMs: 1000 }, zone: "UTC", maxRows: 1 };
test("a log finds its place with the first question, and keeps it", async () => {
  const here = cloud();
  const source = account(here).logs(c1);
  assert.equal(here.requests.length, 0);
  assert.equal((await all(source.ask(question, noSignal))).at(-1)?.kind, "end");
  here.requests.length = 0;
  await all(source.ask(question, noSignal));
  assert.deepEqual(
    here.requests.map(({ host, path }) => host + path),
    ["logs-of-shop.sls.cn-hangzhou.example/logstores/advaudit-c1/logs"],
  );
});
test("a cluster that no region has is not found", async () => {
  const [part] = await all(
    account(cloud())
      .logs("c9" as ClusterId)
      .ask(question, noSignal),
  );
  assert.deepEqual(part, { kind: "unreachable", reason: { code: "notFound", detail: "c9" } });
});
test("a log without a Logstore names the place where it is missing", async () => {
  const here = cloud(({ path }) => (path === log ? slsMissing("LogStoreNotExist") : undefined));
  const [part] = await all(account(here).logs(c1).ask(question, noSignal));
  assert.deepEqual(part, { kind: "unreachable", reason: { code: "notFound", detail: "logs-of-shop / advaudit-c1" } });
});
test("a question that is cancelled while its place is looked for says so", async () => {
  const leaving = new AbortController();
  const here = cloud(({ path }) => (path === setup ? new Promise<never>(() => leaving.abort()) : undefined));
  assert.deepEqual(await all(account(here).logs(c1).ask(question, leaving.signal)), [
    { kind: "end", completeness: { gaps: [{ kind: "cancelled" }] }, total: undefined, elapsedMs: 0 },
  ]);
});

test("account ids have names, asked for once", async () => {
  const states = [{ account_id: "2087", account_name: "dev-07", account_display_name: "Dev", account_type: "RamUser" }];
  const here = cloud(({ path }) =>
    path.endsWith("/kubeconfig/states") ? ok({ states, page: { total_count: 1 } }) : undefined,
  );
  const shop = account(here);
  const names = await shop.names(c1, noSignal);
  assert.ok(!("code" in names));
  assert.deepEqual([...names], [["2087", { name: "dev-07", displayName: "Dev", type: "RamUser" }]]);
  here.requests.length = 0;
  await shop.names(c1, noSignal);
  assert.equal(here.requests.length, 0);
});
test("who may not list kubeconfigs has no names, and knows why", async () => {
  const here = cloud(({ path }) =>
    path.endsWith("/kubeconfig/states") ? denied("cs:ListClusterKubeconfigStates") : undefined,
  );
  const names = await account(here).names(c1, noSignal);
  assert.ok("code" in names);
  assert.equal(names.code, "denied");
});

test("nothing can be changed where that is not wanted, or the cluster is not known", () => {
  assert.equal(account(cloud()).auditing(c1), undefined);
  assert.equal(account(cloud(), { changes: { isReadOnly: () => false } }).auditing(c1), undefined);
});
test("while something changes, that is the status; afterwards everything is asked anew", async () => {
  let uninstalled = false;
  let polls = 0;
  const here = cloud(({ path, method }) => {
    if (method === "POST" && path.endsWith("/components/uninstall")) {
      uninstalled = true;
      return ok({ task_id: "T-1" });
    }
    if (path === "/tasks/T-1") return ok({ task_id: "T-1", state: polls++ === 0 ? "running" : "success" });
    if (path === "/clusters/c1/tasks") return ok({ tasks: [] });
    if (path === instances && uninstalled) {
      return ok({ addons: [{ name: "logtail-ds", version: "1.8.9", state: "active" }] });
    }
    return undefined;
  });
  const shop = account(here, { changes: { isReadOnly: () => false } });
  await list(shop);
  const told: (string | undefined)[] = [];
  shop.onChange((cluster) => told.push(cluster));
  const control = shop.auditing(c1);
  assert.ok(control !== undefined);
  const plan = await control.plan({ kind: "turnOff" }, noSignal);
  assert.deepEqual(plan.blockers, []);
  const during: string[] = [];
  let end: unknown;
  for await (const progress of control.carryOut(plan, noSignal)) {
    if (progress.kind === "waiting") during.push(...(await list(shop)));
    if (progress.kind === "ended") end = progress.end.kind;
  }
  assert.equal(end, "done");
  assert.equal(during[0], "c1 turningOff");
  assert.ok(told.length >= 2 && told.every((cluster) => cluster === "c1"));
  assert.deepEqual(await list(shop), ["c1 halfInstalled"]);
});
test("read-only forbids what was planned", async () => {
  const here = cloud(({ path }) => (path === "/clusters/c1/tasks" ? ok({ tasks: [] }) : undefined));
  const shop = account(here, { changes: { isReadOnly: () => true } });
  await list(shop);
  const plan = await shop.auditing(c1)?.plan({ kind: "turnOff" }, noSignal);
  assert.equal(plan?.blockers[0]?.kind, "readOnly");
});
