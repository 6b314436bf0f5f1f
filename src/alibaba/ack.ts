import type {
  DescribeClusterAddonInstanceResponseBody,
  DescribeClusterDetailResponseBody,
  DescribeClusterNodePoolsResponseBody,
  DescribeClusterNodePoolsResponseBodyNodepools,
  DescribeClusterNodePoolsResponseBodyNodepoolsKubernetesConfig,
  DescribeClusterNodePoolsResponseBodyNodepoolsNodepoolInfo,
  DescribeClusterNodePoolsResponseBodyNodepoolsScalingGroup,
  DescribeClusterNodePoolsResponseBodyNodepoolsStatus,
  DescribeClusterNodesResponseBody,
  DescribeClusterNodesResponseBodyNodes,
  DescribeClusterNodesResponseBodyPage,
  DescribeClustersV1ResponseBody,
  DescribeClustersV1ResponseBodyClusters,
  DescribeClustersV1ResponseBodyPageInfo,
  DescribeClusterTasksResponseBody,
  DescribeClusterTasksResponseBodyTasks,
  DescribeClusterUserKubeconfigResponseBody,
  DescribeTaskInfoResponseBody,
  DescribeTaskInfoResponseBodyError,
  DescribeTaskInfoResponseBodyStages,
  GetClusterAddonInstanceResponseBody,
  GetClusterAddonInstanceResponseBodyLogging,
  GetClusterAuditProjectResponseBody,
  InstallClusterAddonsRequestBody,
  InstallClusterAddonsResponseBody,
  ListAddonsResponseBody,
  ListAddonsResponseBodyAddons,
  ListClusterAddonInstancesResponseBody,
  ListClusterAddonInstancesResponseBodyAddons,
  ListClusterKubeconfigStatesResponseBody,
  ListClusterKubeconfigStatesResponseBodyPage,
  ListClusterKubeconfigStatesResponseBodyStates,
} from "@alicloud/cs20151215";
import type { Cluster, NodePool } from "../audit/cluster.ts";
import { type ClusterId, clusterId } from "../audit/ids.ts";
import type { AckOperation, CallContext, CallFailure } from "./call.ts";
import { callAck } from "./callAck.ts";
import { embeddedJson, type JsonObject, type Read, readObject, type Wire } from "./readAck.ts";

/** Where a cluster is asked about: its own region's endpoint. Another one answers ErrorClusterNotFound. */
export type ClusterAddress = { readonly region: string; readonly cluster: ClusterId };

export type AckAnswer<Value> = { readonly kind: "ok"; readonly value: Value; readonly requestId: string } | CallFailure;

/** A page of a list that says how long it is; undefined where it does not. */
export type AckPage<Item> = { readonly items: readonly Item[]; readonly total: number | undefined };

export type ListedCluster = {
  readonly cluster: Cluster;
  /** `meta_data`, which names the project of the API server's audit log. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Undefined where `master_url` does not tell. */
  readonly hasPublicEndpoint: boolean | undefined;
};

/** Lists are asked for in pages of this length, the longest that is documented. */
export const ackPageSize = 100;

const readTimeoutMs = 20_000;
const changeTimeoutMs = 60_000;

async function ask<Key extends string, Value>(
  context: CallContext,
  operation: Pick<AckOperation, "name" | "region" | "path"> & Partial<Pick<AckOperation, "method" | "query" | "body">>,
  read: (body: JsonObject<Key>) => Value,
  signal: AbortSignal,
): Promise<AckAnswer<Value>> {
  const isRead = operation.method === undefined;
  const outcome = await callAck(
    context,
    {
      method: "GET",
      query: {},
      body: undefined,
      ...operation,
      timeoutMs: isRead ? readTimeoutMs : changeTimeoutMs,
      // An installation that may have begun is looked at before it is asked for again.
      repeatable: isRead,
    },
    signal,
  );
  if (outcome.kind !== "ok") return outcome;
  const { requestId } = outcome;
  const answer: Read<Value> = readObject(outcome.json, read);
  return answer.kind === "ok"
    ? { ...answer, requestId }
    : { ...answer, detail: `${operation.name}: ${answer.detail}`, requestId };
}

function clusterPath(cluster: ClusterId, rest = ""): string {
  return `/clusters/${encodeURIComponent(cluster)}${rest}`;
}

function pageQuery(page: number): Readonly<Record<string, string>> {
  return { pageNumber: String(page), pageSize: String(ackPageSize) };
}

/** One page of the clusters of a region, the first being 1. */
export function describeClustersV1(
  context: CallContext,
  region: string,
  page: number,
  signal: AbortSignal,
): Promise<AckAnswer<AckPage<ListedCluster>>> {
  return ask(
    context,
    {
      name: "DescribeClustersV1",
      region,
      path: "/api/v1/clusters",
      query: { region_id: region, page_number: String(page), page_size: String(ackPageSize) },
    },
    (body: JsonObject<Wire<DescribeClustersV1ResponseBody>>) => ({
      items: body
        .objects<Wire<DescribeClustersV1ResponseBodyClusters>>("clusters")
        .map((each) => readCluster(each, region)),
      total: body.object<Wire<DescribeClustersV1ResponseBodyPageInfo>>("page_info")?.number("total_count"),
    }),
    signal,
  );
}

export function describeClusterDetail(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  signal: AbortSignal,
): Promise<AckAnswer<ListedCluster>> {
  return ask(
    context,
    { name: "DescribeClusterDetail", region, path: clusterPath(cluster) },
    (body: JsonObject<Wire<DescribeClusterDetailResponseBody>>) => readCluster(body, region),
    signal,
  );
}

type ClusterKey = Wire<DescribeClustersV1ResponseBodyClusters> & Wire<DescribeClusterDetailResponseBody>;

function readCluster(each: JsonObject<ClusterKey>, askedRegion: string): ListedCluster {
  const id = each.id("cluster_id");
  const cluster: Cluster = {
    // A missing id is a fault of the answer, which then is not taken.
    id: clusterId(id) ?? (id as ClusterId),
    name: each.text("name"),
    region: each.text("region_id") || askedRegion,
    type: each.text("cluster_type"),
    profile: each.text("profile"),
    spec: each.text("cluster_spec"),
    state: each.text("state"),
    version: each.text("current_version"),
    nodeCount: each.number("size"),
  };
  const { api_server_endpoint: publicEndpoint } = embeddedJson(each.text("master_url"));
  return {
    cluster,
    meta: embeddedJson(each.text("meta_data")),
    hasPublicEndpoint: typeof publicEndpoint === "string" ? publicEndpoint !== "" : undefined,
  };
}

/** The node pools of a cluster; the list has no pages. */
export function describeClusterNodePools(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  signal: AbortSignal,
): Promise<AckAnswer<readonly NodePool[]>> {
  return ask(
    context,
    { name: "DescribeClusterNodePools", region, path: clusterPath(cluster, "/nodepools") },
    (body: JsonObject<Wire<DescribeClusterNodePoolsResponseBody>>) =>
      body.objects<Wire<DescribeClusterNodePoolsResponseBodyNodepools>>("nodepools").map(readNodePool),
    signal,
  );
}

const hardeningFields = ["security_hardening_os", "soc_enabled", "cis_enabled"] as const;

function readNodePool(pool: JsonObject<Wire<DescribeClusterNodePoolsResponseBodyNodepools>>): NodePool {
  const info = pool.object<Wire<DescribeClusterNodePoolsResponseBodyNodepoolsNodepoolInfo>>("nodepool_info");
  const group = pool.object<Wire<DescribeClusterNodePoolsResponseBodyNodepoolsScalingGroup>>("scaling_group");
  const config = pool.object<Wire<DescribeClusterNodePoolsResponseBodyNodepoolsKubernetesConfig>>("kubernetes_config");
  const status = pool.object<Wire<DescribeClusterNodePoolsResponseBodyNodepoolsStatus>>("status");
  const [runtime, version] = [config?.text("runtime") ?? "", config?.text("runtime_version") ?? ""];
  const id = info?.text("nodepool_id") ?? "";
  return {
    id,
    name: info?.text("name") || id,
    imageType: group?.text("image_type") ?? "",
    hardening: hardeningFields.filter((field) => group?.boolean(field) === true),
    containerRuntime: runtime === "" || version === "" ? "" : `${runtime}://${version}`,
    nodeCount: status?.number("total_nodes"),
  };
}

/** A node as ACK lists it: without its system and kernel, which only the Kubernetes API tells. */
export type AckNode = {
  readonly name: string;
  readonly ip: string;
  readonly instance: string;
  readonly nodePool: string;
  /** `Ready`, `NotReady`, `Unknown`, `Offline`. */
  readonly status: string;
};

export function describeClusterNodes(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  page: number,
  signal: AbortSignal,
): Promise<AckAnswer<AckPage<AckNode>>> {
  return ask(
    context,
    { name: "DescribeClusterNodes", region, path: clusterPath(cluster, "/nodes"), query: pageQuery(page) },
    (body: JsonObject<Wire<DescribeClusterNodesResponseBody>>) => ({
      items: body.objects<Wire<DescribeClusterNodesResponseBodyNodes>>("nodes").map((node) => ({
        name: node.text("node_name") || node.text("host_name") || node.id("instance_id"),
        ip: node.texts("ip_address")[0] ?? "",
        instance: node.text("instance_id"),
        nodePool: node.text("nodepool_id"),
        status: node.text("node_status"),
      })),
      total: body.object<Wire<DescribeClusterNodesResponseBodyPage>>("page")?.number("total_count"),
    }),
    signal,
  );
}

/** An add-on that ACK offers for a cluster, in the newest version that the cluster can run. */
export type ListedAddon = {
  readonly name: string;
  readonly version: string;
  readonly architectures: readonly string[];
};

export function listAddons(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  signal: AbortSignal,
): Promise<AckAnswer<readonly ListedAddon[]>> {
  return ask(
    context,
    { name: "ListAddons", region, path: "/addons", query: { cluster_id: cluster } },
    (body: JsonObject<Wire<ListAddonsResponseBody>>) =>
      body.objects<Wire<ListAddonsResponseBodyAddons>>("addons").map((addon) => ({
        name: addon.id("name"),
        version: addon.text("version"),
        architectures: addon.texts("architecture"),
      })),
    signal,
  );
}

export type AddonInstance = {
  readonly name: string;
  readonly version: string;
  /** `active`, `updating`, `upgrading`, `deleting`; of one instance also `initial`, `unhealthy`, `deleted`. */
  readonly state: string;
};

export function listClusterAddonInstances(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  signal: AbortSignal,
): Promise<AckAnswer<readonly AddonInstance[]>> {
  return ask(
    context,
    { name: "ListClusterAddonInstances", region, path: clusterPath(cluster, "/addon_instances") },
    (body: JsonObject<Wire<ListClusterAddonInstancesResponseBody>>) =>
      body.objects<Wire<ListClusterAddonInstancesResponseBodyAddons>>("addons").map((addon) => ({
        name: addon.id("name"),
        version: addon.text("version"),
        state: addon.text("state"),
      })),
    signal,
  );
}

/** How an add-on is set up: its `config`, and where it logs to. */
export type AddonSetup = AddonInstance & {
  readonly config: Readonly<Record<string, unknown>>;
  readonly logProject: string;
};

export function getClusterAddonInstance(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  name: string,
  signal: AbortSignal,
): Promise<AckAnswer<AddonSetup>> {
  return ask(
    context,
    {
      name: "GetClusterAddonInstance",
      region,
      path: clusterPath(cluster, `/addon_instances/${encodeURIComponent(name)}`),
    },
    (body: JsonObject<Wire<GetClusterAddonInstanceResponseBody>>) => ({
      name: body.text("name") || name,
      version: body.text("version"),
      state: body.text("state"),
      config: embeddedJson(body.text("config")),
      logProject: body.object<Wire<GetClusterAddonInstanceResponseBodyLogging>>("logging")?.text("log_project") ?? "",
    }),
    signal,
  );
}

/** The only operation that tells an installed add-on that does not work (`unhealthy`) from one that does. */
export function describeClusterAddonInstance(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  name: string,
  signal: AbortSignal,
): Promise<AckAnswer<AddonInstance>> {
  return ask(
    context,
    {
      name: "DescribeClusterAddonInstance",
      region,
      path: clusterPath(cluster, `/components/${encodeURIComponent(name)}/instance`),
    },
    (body: JsonObject<Wire<DescribeClusterAddonInstanceResponseBody>>) => ({
      name: body.text("name") || name,
      version: body.text("version"),
      state: body.text("state"),
    }),
    signal,
  );
}

/** A change that ACK has taken on; undefined where it names no task. */
export type StartedTask = { readonly taskId: string | undefined };

export type AddonToInstall = {
  readonly name: string;
  /** Without it, or empty, ACK takes the version that it offers. */
  readonly version: string | undefined;
  readonly config: Readonly<Record<string, unknown>> | undefined;
};

export function installClusterAddons(
  context: CallContext,
  address: ClusterAddress,
  addons: readonly AddonToInstall[],
  signal: AbortSignal,
): Promise<AckAnswer<StartedTask>> {
  const body = addons.map(
    ({ name, version, config }): Pick<InstallClusterAddonsRequestBody, "name" | "version" | "config"> => ({
      name,
      ...(version === undefined ? {} : { version }),
      // The API wants JSON as a text here; an object is answered with InvalidParameter.Format.
      ...(config === undefined ? {} : { config: JSON.stringify(config) }),
    }),
  );
  return change(context, "InstallClusterAddons", address, "install", body, signal);
}

/** Neither the Logstore nor what is in it is deleted by this. */
export function unInstallClusterAddons(
  context: CallContext,
  address: ClusterAddress,
  names: readonly string[],
  signal: AbortSignal,
): Promise<AckAnswer<StartedTask>> {
  const body = names.map((name) => ({ name, cleanup_cloud_resources: false }));
  return change(context, "UnInstallClusterAddons", address, "uninstall", body, signal);
}

export function upgradeClusterAddons(
  context: CallContext,
  address: ClusterAddress,
  addons: readonly { readonly name: string; readonly version: string; readonly nextVersion: string }[],
  signal: AbortSignal,
): Promise<AckAnswer<StartedTask>> {
  const body = addons.map(({ name, version, nextVersion }) => ({
    component_name: name,
    version,
    next_version: nextVersion,
  }));
  return change(context, "UpgradeClusterAddons", address, "upgrade", body, signal);
}

function change(
  context: CallContext,
  name: string,
  { region, cluster }: ClusterAddress,
  verb: "install" | "uninstall" | "upgrade",
  body: readonly object[],
  signal: AbortSignal,
): Promise<AckAnswer<StartedTask>> {
  return ask(
    context,
    { name, region, method: "POST", path: clusterPath(cluster, `/components/${verb}`), body },
    (answer: JsonObject<Wire<InstallClusterAddonsResponseBody>>) => ({ taskId: answer.text("task_id") || undefined }),
    signal,
  );
}

export type TaskInfo = {
  readonly taskId: string;
  readonly type: string;
  /** `running`, `success`, `fail` are documented; others are seen (container-auditing.md §3). */
  readonly state: string;
  readonly currentStage: string | undefined;
  readonly stages: readonly { readonly state: string; readonly message: string }[];
  /** What the service says of a failure. */
  readonly error: { readonly code: string; readonly message: string } | undefined;
};

/** A task is known in the region where it was started, and nowhere else. */
export function describeTaskInfo(
  context: CallContext,
  region: string,
  taskId: string,
  signal: AbortSignal,
): Promise<AckAnswer<TaskInfo>> {
  return ask(
    context,
    { name: "DescribeTaskInfo", region, path: `/tasks/${encodeURIComponent(taskId)}` },
    (body: JsonObject<Wire<DescribeTaskInfoResponseBody>>) => {
      const error = body.object<Wire<DescribeTaskInfoResponseBodyError>>("error");
      const [code, message] = [error?.text("code") ?? "", error?.text("message") ?? ""];
      return {
        taskId: body.text("task_id") || taskId,
        type: body.text("task_type"),
        state: body.id("state"),
        currentStage: body.text("current_stage") || undefined,
        stages: body.objects<Wire<DescribeTaskInfoResponseBodyStages>>("stages").map((stage) => ({
          state: stage.text("state"),
          message: stage.text("message"),
        })),
        error: code === "" && message === "" ? undefined : { code, message },
      };
    },
    signal,
  );
}

/** The newest tasks of a cluster, by whomever they were begun; one page is enough to see what is under way. */
export function describeClusterTasks(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  signal: AbortSignal,
): Promise<AckAnswer<readonly Pick<TaskInfo, "taskId" | "type" | "state">[]>> {
  return ask(
    context,
    {
      name: "DescribeClusterTasks",
      region,
      path: clusterPath(cluster, "/tasks"),
      query: { page_number: "1", page_size: "50" },
    },
    (body: JsonObject<Wire<DescribeClusterTasksResponseBody>>) =>
      body.objects<Wire<DescribeClusterTasksResponseBodyTasks>>("tasks").map((task) => ({
        taskId: task.text("task_id"),
        type: task.text("task_type"),
        state: task.text("state"),
      })),
    signal,
  );
}

/** A kubeconfig that holds a key: it stays in memory. */
export type Kubeconfig = { readonly yaml: string; readonly expiresMs: number | undefined };

export type KubeconfigWish = {
  /** From 15 to 60; without a duration the certificate would be valid for three years. */
  readonly minutes: number;
  /** The public endpoint is answered for a cluster that has none, too, and then leads nowhere. */
  readonly endpoint: "public" | "private";
};

export function describeClusterUserKubeconfig(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  { minutes, endpoint }: KubeconfigWish,
  signal: AbortSignal,
): Promise<AckAnswer<Kubeconfig>> {
  return ask(
    context,
    {
      name: "DescribeClusterUserKubeconfig",
      region,
      path: `/k8s/${encodeURIComponent(cluster)}/user_config`,
      query: {
        PrivateIpAddress: String(endpoint === "private"),
        TemporaryDurationMinutes: String(Math.min(60, Math.max(15, Math.round(minutes)))),
      },
    },
    (body: JsonObject<Wire<DescribeClusterUserKubeconfigResponseBody>>) => {
      const expiresMs = Date.parse(body.text("expiration"));
      return { yaml: body.id("config"), expiresMs: Number.isNaN(expiresMs) ? undefined : expiresMs };
    },
    signal,
  );
}

/** Somebody or something that has, or had, a kubeconfig of the cluster. */
export type KubeconfigHolder = {
  /** As audit logs write it in `k8s.user.aliuid`. */
  readonly accountId: string;
  readonly name: string;
  readonly displayName: string;
  /** `RootAccount`, `RamUser`, `RamRole`. */
  readonly type: string;
};

export function listClusterKubeconfigStates(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  page: number,
  signal: AbortSignal,
): Promise<AckAnswer<AckPage<KubeconfigHolder>>> {
  return ask(
    context,
    {
      name: "ListClusterKubeconfigStates",
      region,
      path: clusterPath(cluster, "/kubeconfig/states"),
      query: pageQuery(page),
    },
    (body: JsonObject<Wire<ListClusterKubeconfigStatesResponseBody>>) => ({
      items: body.objects<Wire<ListClusterKubeconfigStatesResponseBodyStates>>("states").map((state) => ({
        accountId: state.id("account_id"),
        name: state.text("account_name"),
        displayName: state.text("account_display_name"),
        type: state.text("account_type"),
      })),
      total: body.object<Wire<ListClusterKubeconfigStatesResponseBodyPage>>("page")?.number("total_count"),
    }),
    signal,
  );
}

/** The project of the API server's audit log, which the collector's project often is. */
export function getClusterAuditProject(
  context: CallContext,
  { region, cluster }: ClusterAddress,
  signal: AbortSignal,
): Promise<AckAnswer<{ readonly project: string }>> {
  return ask(
    context,
    { name: "GetClusterAuditProject", region, path: clusterPath(cluster, "/audit") },
    (body: JsonObject<Wire<GetClusterAuditProjectResponseBody>>) => ({ project: body.text("sls_project_name") }),
    signal,
  );
}

/** The pages of a list that never end stop here: no account has so many of anything. */
const maxPages = 200;

/**
 * All pages of a list, one after another, until one is not full or as many came as the list says that it has. Yields
 * each as it comes; a failure is the last.
 */
export async function* allPages<Item>(
  ask: (page: number) => Promise<AckAnswer<AckPage<Item>>>,
): AsyncIterable<AckAnswer<AckPage<Item>>> {
  let count = 0;
  for (let page = 1; page <= maxPages; page++) {
    const answer = await ask(page);
    yield answer;
    if (answer.kind !== "ok") return;
    const { items, total } = answer.value;
    count += items.length;
    if (items.length === 0 || (total === undefined ? items.length < ackPageSize : count >= total)) return;
  }
}
