import { accessDeniedDetail, isRefusal, verified } from "./accounts.ts";
import {
  type Answer,
  type Asked,
  fieldsOf,
  isAnswer,
  jsonOf,
  ok,
  parameter,
  type Received,
  requestId,
} from "./exchange.ts";
import { kubeconfigFor } from "./kubernetes.ts";
import { signedAcs3 } from "./signatures.ts";
import { regionOfHost } from "./sls.ts";
import { gatewayRefusal } from "./sts.ts";
import {
  type AccessKey,
  type AddonChange,
  type FakeCluster,
  type InstalledAddon,
  logProjectOf,
  type OfferedAddon,
  type Task,
  type TaskKind,
  type World,
} from "./world.ts";

export type AckCall = {
  readonly world: World;
  readonly received: Received;
  readonly serverMs: number;
  readonly tokensExpired: boolean;
};

/** `parts` are what the path names beside the cluster. */
type OnCluster = { readonly call: AckCall; readonly cluster: FakeCluster; readonly parts: readonly string[] };

type Operation = {
  readonly name: string;
  readonly method: "GET" | "POST";
  /** The first group is the cluster, where the operation is about one. */
  readonly path: RegExp;
} & (
  | { readonly scope: "account"; readonly run: (call: AckCall, parts: readonly string[]) => Answer }
  | { readonly scope: "cluster"; readonly run: (on: OnCluster) => Answer }
);

const segment = "([^/]+)";
const clusterPath = (rest: string): RegExp => new RegExp(`^/clusters/${segment}${rest}$`);

/** Methods, paths and names of JSON are those of CS 2015-12-15 as its models have them. */
const operations: readonly Operation[] = [
  { name: "DescribeRegions", method: "GET", path: /^\/regions$/, scope: "account", run: describeRegions },
  {
    name: "DescribeClustersV1",
    method: "GET",
    path: /^\/api\/v1\/clusters$/,
    scope: "account",
    run: (call) => listClusters(call, parameter(call.received, "region_id")),
  },
  {
    name: "DescribeClustersForRegion",
    method: "GET",
    path: /^\/regions\/([^/]+)\/clusters$/,
    scope: "account",
    run: (call, [region]) => listClusters(call, region),
  },
  {
    name: "DescribeAddons",
    method: "GET",
    path: /^\/clusters\/components\/metadata$/,
    scope: "account",
    run: describeAddons,
  },
  { name: "ListAddons", method: "GET", path: /^\/addons$/, scope: "account", run: listAddons },
  { name: "DescribeAddon", method: "GET", path: /^\/addons\/([^/]+)$/, scope: "account", run: describeAddon },
  { name: "DescribeTaskInfo", method: "GET", path: /^\/tasks\/([^/]+)$/, scope: "account", run: describeTaskInfo },
  {
    name: "DescribeClusterDetail",
    method: "GET",
    path: clusterPath(""),
    scope: "cluster",
    run: ({ call, cluster }) =>
      ok({ ...clusterJson(call.world, cluster), auto_mode: { enable: false }, parameters: {} }),
  },
  { name: "DescribeClusterNodes", method: "GET", path: clusterPath("/nodes"), scope: "cluster", run: describeNodes },
  {
    name: "DescribeClusterNodePools",
    method: "GET",
    path: clusterPath("/nodepools"),
    scope: "cluster",
    run: describeNodePools,
  },
  {
    name: "ListClusterAddonInstances",
    method: "GET",
    path: clusterPath("/addon_instances"),
    scope: "cluster",
    run: ({ cluster }) => ok({ addons: [...cluster.addons.values()].map(instanceJson) }),
  },
  {
    name: "GetClusterAddonInstance",
    method: "GET",
    path: clusterPath(`/addon_instances/${segment}`),
    scope: "cluster",
    run: getAddonInstance,
  },
  {
    name: "ListClusterAddonInstanceResources",
    method: "GET",
    path: clusterPath(`/addon_instances/${segment}/resources`),
    scope: "cluster",
    run: listInstanceResources,
  },
  {
    name: "DescribeClusterAddonInstance",
    method: "GET",
    path: clusterPath(`/components/${segment}/instance`),
    scope: "cluster",
    run: describeAddonInstance,
  },
  {
    name: "InstallClusterAddons",
    method: "POST",
    path: clusterPath("/components/install"),
    scope: "cluster",
    run: (on) => changeAddons(on, "install"),
  },
  {
    name: "UnInstallClusterAddons",
    method: "POST",
    path: clusterPath("/components/uninstall"),
    scope: "cluster",
    run: (on) => changeAddons(on, "uninstall"),
  },
  {
    name: "UpgradeClusterAddons",
    method: "POST",
    path: clusterPath("/components/upgrade"),
    scope: "cluster",
    run: (on) => changeAddons(on, "upgrade"),
  },
  { name: "DescribeClusterTasks", method: "GET", path: clusterPath("/tasks"), scope: "cluster", run: describeTasks },
  {
    name: "DescribeClusterUserKubeconfig",
    method: "GET",
    path: /^\/k8s\/([^/]+)\/user_config$/,
    scope: "cluster",
    run: describeKubeconfig,
  },
  {
    name: "ListClusterKubeconfigStates",
    method: "GET",
    path: clusterPath("/kubeconfig/states"),
    scope: "cluster",
    run: listKubeconfigStates,
  },
  {
    name: "GetClusterAuditProject",
    method: "GET",
    path: clusterPath("/audit"),
    scope: "cluster",
    run: ({ cluster }) => ok({ sls_project_name: logProjectOf(cluster) ?? "", audit_enabled: false }),
  },
];

function operationOf({
  method,
  path,
}: Received): { readonly operation: Operation; readonly parts: readonly string[] } | undefined {
  for (const operation of operations) {
    const match = operation.method === method ? operation.path.exec(path) : null;
    if (match !== null) return { operation, parts: match.slice(1).map((part) => decodeURIComponent(part)) };
  }
  return undefined;
}

export function askedOfAck(received: Received): Asked {
  const known = operationOf(received);
  return {
    service: "ack",
    operation: known?.operation.name ?? "unknown",
    about: known?.operation.scope === "cluster" ? known.parts[0] : undefined,
  };
}

export function answerAck(call: AckCall): Answer {
  const { world, received } = call;
  const caller = verified(world, signedAcs3(received), call.serverMs, call.tokensExpired);
  if (isRefusal(caller)) return gatewayRefusal(caller);
  const known = operationOf(received);
  if (known === undefined) return ackError(404, "InvalidAction.NotFound", "Specified api is not found.");
  if (received.headers["x-acs-version"] !== "2015-12-15") {
    return ackError(400, "InvalidVersion", "Specified parameter Version is not valid.");
  }
  const { operation, parts } = known;
  const denial = denied(world, caller, operation.name);
  if (denial !== undefined) return denial;
  if (operation.scope === "account") return operation.run(call, parts);
  const [id = "", ...others] = parts;
  const cluster = clusterOf(call, id);
  return isAnswer(cluster) ? cluster : operation.run({ call, cluster, parts: others });
}

export function ackError(status: number, code: string, message: string, more: object = {}): Answer {
  return { status, headers: {}, json: { code, message, requestId: requestId(), status, ...more } };
}

/** The texts are those of "ACK API: enhanced user authentication". */
function denied(world: World, caller: AccessKey, operation: string): Answer | undefined {
  const action = `cs:${operation}`;
  if (world.allows(caller.principal, action)) return undefined;
  const policy = caller.securityToken === undefined ? "RAM policy" : "STSToken policy";
  return ackError(403, "StatusForbidden", `${policy} Forbidden for action ${action}`, {
    accessDeniedDetail: accessDeniedDetail(caller, action, world.settings.accountId),
  });
}

/** A cluster is known in its own region only; the same error says that there is none and that it is elsewhere. */
function clusterOf({ world, received }: AckCall, id: string): FakeCluster | Answer {
  const cluster = [...world.clusters.values()].find((each) => each.id === id);
  const region = regionOfHost(received.host, world);
  return cluster === undefined || (region !== undefined && region !== cluster.region)
    ? ackError(404, "ErrorClusterNotFound", `Cluster ${id} not found`)
    : cluster;
}

function pageOf<Item>(
  { received }: AckCall,
  items: readonly Item[],
  names: readonly [number: string, size: string],
): { readonly items: readonly Item[]; readonly page: object } | Answer {
  const number = Number(parameter(received, names[0]) || "1");
  const size = Number(parameter(received, names[1]) || "10");
  if (!Number.isInteger(number) || number < 1) return ackError(400, "InvalidParameter", `${names[0]} is invalid`);
  if (!Number.isInteger(size) || size < 1 || size > 100)
    return ackError(400, "InvalidParameter", `${names[1]} is invalid`);
  return {
    items: items.slice((number - 1) * size, number * size),
    page: { page_number: number, page_size: size, total_count: items.length },
  };
}

function describeRegions({ world }: AckCall): Answer {
  const regions = world.regions.map(({ id, name }) => ({ regionId: id, localName: name }));
  return ok({ regions, requestId: requestId() });
}

// ------------------------------------------------------------------------------------------------ clusters

function listClusters(call: AckCall, region: string | undefined): Answer {
  const { world, received } = call;
  const wanted = (name: string): string => parameter(received, name) ?? "";
  const matches = (name: string, value: string): boolean => wanted(name) === "" || wanted(name) === value;
  const found = [...world.clusters.values()].filter(
    (cluster) =>
      [region, regionOfHost(received.host, world)].every((each) => !each || each === cluster.region) &&
      cluster.name.includes(wanted("name")) &&
      matches("cluster_id", cluster.id) &&
      matches("cluster_type", cluster.type) &&
      matches("cluster_spec", cluster.spec) &&
      matches("profile", cluster.profile),
  );
  const page = pageOf(call, found, ["page_number", "page_size"]);
  if (isAnswer(page)) return page;
  return ok({ clusters: page.items.map((cluster) => clusterJson(world, cluster)), page_info: page.page });
}

/** `meta_data` and `master_url` are JSON in a text. */
function clusterJson(world: World, cluster: FakeCluster): Readonly<Record<string, unknown>> {
  const versions = [...cluster.addons.values()].map(({ name, version }) => [`${name}Version`, version]);
  const project = logProjectOf(cluster);
  return {
    cluster_id: cluster.id,
    name: cluster.name,
    region_id: cluster.region,
    state: cluster.state,
    cluster_type: cluster.type,
    profile: cluster.profile,
    cluster_spec: cluster.spec,
    current_version: cluster.version,
    init_version: cluster.version,
    next_version: "",
    size: cluster.nodes.length,
    created: new Date(cluster.createdMs).toISOString(),
    updated: new Date(cluster.createdMs).toISOString(),
    deletion_protection: true,
    vpc_id: "vpc-fake",
    vswitch_ids: ["vsw-fake"],
    security_group_id: "sg-fake",
    resource_group_id: "rg-acfm2mn7vvq4fzy",
    zone_id: `${cluster.region}-a`,
    timezone: "Asia/Shanghai",
    proxy_mode: "ipvs",
    network_mode: "vpc",
    tags: [],
    master_url: JSON.stringify({
      api_server_endpoint: cluster.apiServer.public ?? "",
      intranet_api_server_endpoint: cluster.apiServer.private,
    }),
    meta_data: JSON.stringify({
      ...cluster.metaData,
      ...Object.fromEntries(versions),
      Capabilities: { SLSProjectName: project !== undefined },
    }),
    maintenance_window: { enable: false },
    worker_ram_role_name: `KubernetesWorkerRole-${world.settings.accountId}`,
  };
}

function describeNodes({ call, cluster }: OnCluster): Answer {
  const pool = parameter(call.received, "nodepool_id") ?? "";
  const found = cluster.nodes.filter((node) => pool === "" || node.pool === pool);
  const page = pageOf(call, found, ["pageNumber", "pageSize"]);
  if (isAnswer(page)) return page;
  const nodes = page.items.map((node) => ({
    instance_id: node.instanceId,
    instance_name: node.instanceId,
    instance_role: node.role,
    instance_status: "Running",
    instance_type: "ecs.g7.xlarge",
    instance_type_family: "ecs.g7",
    instance_charge_type: "PostPaid",
    node_name: node.name,
    host_name: node.instanceId,
    node_status: "Ready",
    state: "running",
    ip_address: [node.ip],
    image_id: node.imageId,
    nodepool_id: node.pool,
    is_aliyun_node: cluster.profile !== "Edge",
    source: "ess_attach",
    creation_time: new Date(cluster.createdMs).toISOString(),
    error_message: "",
  }));
  return ok({ nodes, page: page.page });
}

function describeNodePools({ cluster }: OnCluster): Answer {
  const nodepools = cluster.pools.map((pool) => {
    const count = cluster.nodes.filter((node) => node.pool === pool.id).length;
    return {
      nodepool_info: {
        nodepool_id: pool.id,
        name: pool.name,
        type: pool.type,
        region_id: cluster.region,
        is_default: false,
        created: new Date(cluster.createdMs).toISOString(),
        updated: new Date(cluster.createdMs).toISOString(),
      },
      kubernetes_config: { runtime: pool.runtime, runtime_version: pool.runtimeVersion, cms_enabled: false },
      scaling_group: {
        image_type: pool.imageType,
        image_id: pool.imageId,
        security_hardening_os: pool.hasSecurityHardening,
        soc_enabled: pool.hasMlps,
        cis_enabled: false,
        instance_types: ["ecs.g7.xlarge"],
      },
      status: {
        state: "active",
        total_nodes: count,
        healthy_nodes: count,
        serving_nodes: count,
        failed_nodes: 0,
        initial_nodes: 0,
        offline_nodes: 0,
        removing_nodes: 0,
      },
      auto_scaling: { enable: false },
      management: { enable: false },
      node_components: [],
    };
  });
  return ok({ nodepools });
}

// ------------------------------------------------------------------------------------------------ add-ons

/** Add-ons are asked for by a cluster, or by the kind of cluster that one might make. */
function offeredTo(call: AckCall): readonly OfferedAddon[] | Answer {
  const id = parameter(call.received, "cluster_id") ?? "";
  if (id === "") {
    const everywhere = [...call.world.clusters.values()].flatMap(({ offered }) => offered);
    return [...new Map(everywhere.map((addon) => [addon.name, addon])).values()];
  }
  const cluster = clusterOf(call, id);
  return isAnswer(cluster) ? cluster : cluster.offered;
}

function listAddons(call: AckCall): Answer {
  const offered = offeredTo(call);
  return isAnswer(offered) ? offered : ok({ addons: offered.map(addonJson) });
}

function addonJson(addon: OfferedAddon): Readonly<Record<string, unknown>> {
  return {
    name: addon.name,
    version: addon.versions[0],
    category: addon.category,
    architecture: ["amd64"],
    config_schema: "{}",
    install_by_default: addon.installsByDefault,
    managed: addon.isManaged,
    supported_actions: ["Install", "Upgrade", "Modify", "Uninstall"],
  };
}

function describeAddon(call: AckCall, [name]: readonly string[]): Answer {
  const offered = offeredTo(call);
  if (isAnswer(offered)) return offered;
  const addon = offered.find((each) => each.name === name);
  if (addon === undefined) return ackError(404, "AddonNotFound", `addon ${name} not found`);
  const version = parameter(call.received, "version") || addon.versions[0];
  const newer = addon.versions.slice(0, Math.max(0, addon.versions.indexOf(version ?? "")));
  return ok({
    ...addonJson(addon),
    version,
    newer_versions: newer.map((each) => ({
      version: each,
      upgradable: true,
      minimum_cluster_version: addon.minimumClusterVersion,
    })),
  });
}

/** The older list of add-ons, by groups. */
function describeAddons(call: AckCall): Answer {
  const region = parameter(call.received, "region") ?? "";
  const clusters = [...call.world.clusters.values()].filter((cluster) => region === "" || cluster.region === region);
  const addons = [...new Map(clusters.flatMap(({ offered }) => offered).map((addon) => [addon.name, addon])).values()];
  const groups = [...new Set(addons.map(({ category }) => category))];
  return ok({
    ComponentGroups: groups.map((group) => ({
      group_name: group,
      items: addons.filter(({ category }) => category === group).map(({ name }) => ({ name })),
    })),
    StandardComponents: Object.fromEntries(
      addons.map(({ name, versions, installsByDefault }) => [
        name,
        { name, version: versions[0], description: name, required: String(installsByDefault), disabled: false },
      ]),
    ),
  });
}

/** The newer operations list no state for an add-on that does not work, so it is active to them. */
function instanceJson({ name, version, state }: InstalledAddon): Readonly<Record<string, unknown>> {
  return { name, version, state: state === "unhealthy" ? "active" : state === "initial" ? "updating" : state };
}

function getAddonInstance({ cluster, parts: [name = ""] }: OnCluster): Answer {
  const addon = cluster.addons.get(name);
  if (addon === undefined) return noInstance(name);
  const isCollector = name === "logtail-ds" || name === "loongcollector";
  const project = isCollector ? logProjectOf(cluster) : undefined;
  return ok({
    ...instanceJson(addon),
    config: JSON.stringify(addon.config),
    logging: {
      capable: isCollector,
      enabled: project !== undefined,
      log_project: project ?? "",
      logstore: "",
    },
  });
}

function noInstance(name: string): Answer {
  return ackError(404, "AddonNotFound", `addon instance ${name} not found`);
}

function describeAddonInstance({ cluster, parts: [name = ""] }: OnCluster): Answer {
  const addon = cluster.addons.get(name);
  if (addon === undefined) return noInstance(name);
  return ok({ name, version: addon.version, state: addon.state, config: JSON.stringify(addon.config) });
}

function listInstanceResources({ cluster, parts: [name = ""] }: OnCluster): Answer {
  const addon = cluster.addons.get(name);
  if (addon === undefined) return noInstance(name);
  return ok({
    helm_release: { release_name: name, namespace: "kube-system", chart_name: name, chart_version: addon.version },
    kubernetes_objects: [{ group: "apps", version: "v1", kind: "DaemonSet", namespace: "kube-system", name }],
  });
}

/**
 * Begins a task. What does not fit what is installed fails in the task, with the one text that is documented for it; the
 * error for an add-on that is not offered is not documented.
 */
function changeAddons({ call, cluster }: OnCluster, kind: TaskKind): Answer {
  const body = jsonOf(call.received.body);
  if (!Array.isArray(body) || body.length === 0) {
    return ackError(400, "InvalidParameter.Format", "the body has to be an array of addons");
  }
  if (cluster.state !== "running") {
    return ackError(400, "ErrorClusterState", `cluster is in state ${cluster.state}, which does not allow this`);
  }
  const changes: AddonChange[] = [];
  for (const item of body) {
    const change = readChange(cluster, kind, fieldsOf(item));
    if (isAnswer(change)) return change;
    changes.push(change);
  }
  const underWay = [...call.world.tasks.values()].some((task) => task.cluster === cluster.id && !task.isSettled);
  if (underWay) call.world.failNextTask();
  const task = call.world.beginTask(cluster, kind, changes);
  return ok({ cluster_id: cluster.id, task_id: task.id, request_id: requestId() });
}

function readChange(
  cluster: FakeCluster,
  kind: TaskKind,
  item: Readonly<Record<string, unknown>>,
): AddonChange | Answer {
  const name = kind === "upgrade" ? item["component_name"] : item["name"];
  const { config } = item;
  if (typeof name !== "string" || name === "") return ackError(400, "InvalidParameter", "addon name is required");
  if (config !== undefined && typeof config !== "string") {
    return ackError(400, "InvalidParameter.Format", "config has to be a JSON string");
  }
  const settings = config === undefined || config === "" ? {} : jsonOf(Buffer.from(config));
  if (settings === undefined) return ackError(400, "InvalidParameter.Format", "config is not valid JSON");
  const offered = cluster.offered.find((addon) => addon.name === name);
  const asked = kind === "upgrade" ? item["next_version"] : item["version"];
  const version = typeof asked === "string" && asked !== "" ? asked : (offered?.versions[0] ?? "");
  if (kind !== "uninstall" && offered?.versions.includes(version) !== true) {
    return ackError(404, "AddonNotFound", `addon ${name} ${version} not found`);
  }
  return { name, version, config: fieldsOf(settings) };
}

// ------------------------------------------------------------------------------------------------ tasks

const taskTypes = {
  install: "cluster_addon_install",
  uninstall: "cluster_addon_uninstall",
  upgrade: "cluster_addon_upgrade",
} as const;

function describeTaskInfo({ world, received }: AckCall, [id = ""]: readonly string[]): Answer {
  const task = world.tasks.get(id);
  const region = regionOfHost(received.host, world);
  const cluster = task === undefined ? undefined : world.clusters.get(task.cluster);
  if (task === undefined || cluster === undefined || (region !== undefined && region !== cluster.region)) {
    return ackError(404, "ErrorTaskNotFound", `Task ${id} not found`);
  }
  return ok(taskJson(world, task));
}

function describeTasks({ call, cluster }: OnCluster): Answer {
  const tasks = [...call.world.tasks.values()].filter((task) => task.cluster === cluster.id).toReversed();
  const page = pageOf(call, tasks, ["page_number", "page_size"]);
  if (isAnswer(page)) return page;
  const shown = page.items.map((task) => {
    const { task_id, task_type, state, error, created, updated } = taskJson(call.world, task);
    return { task_id, task_type, state, error, created, updated };
  });
  return ok({ tasks: shown, page_info: page.page, requestId: requestId() });
}

/** One stage for each add-on, one after the other. */
function taskJson(world: World, task: Task): Readonly<Record<string, unknown>> {
  const now = world.now();
  const length = (task.endsMs - task.createdMs) / task.addons.length;
  const hasEnded = now >= task.endsMs;
  const stages = task.addons.map(({ name }, index) => {
    const fromMs = task.createdMs + index * length;
    const isDone = now >= fromMs + length;
    const fails = task.failure !== undefined && index === task.addons.length - 1;
    return {
      state: isDone ? (fails ? "fail" : "success") : now >= fromMs ? "running" : "pending",
      start_time: now >= fromMs ? new Date(fromMs).toISOString() : "",
      end_time: isDone ? new Date(fromMs + length).toISOString() : "",
      message: isDone && fails ? (task.failure?.message ?? "") : `${task.kind} ${name}`,
      outputs: {},
    };
  });
  const current = stages.findIndex(({ state }) => state === "running");
  const isFailed = hasEnded && task.failure !== undefined;
  return {
    task_id: task.id,
    cluster_id: task.cluster,
    task_type: taskTypes[task.kind],
    state: hasEnded ? (isFailed ? "fail" : "success") : "running",
    current_stage: current < 0 ? "" : `${task.kind} ${task.addons[current]?.name}`,
    created: new Date(task.createdMs).toISOString(),
    updated: new Date(Math.min(now, task.endsMs)).toISOString(),
    target: { id: task.cluster, type: "cluster" },
    parameters: {},
    stages,
    events: [],
    task_result: [],
    ...(isFailed ? { error: task.failure } : {}),
  };
}

// ------------------------------------------------------------------------------------------------ kubeconfig

/** An address where nobody answers, for a cluster without an endpoint of the kind that was asked for. */
const nowhere = "https://127.0.0.1:1";

function describeKubeconfig({ call, cluster }: OnCluster): Answer {
  const minutes = parameter(call.received, "TemporaryDurationMinutes");
  const count = Number(minutes);
  if (minutes !== undefined && (!Number.isInteger(count) || count < 15 || count > 4320)) {
    return ackError(400, "InvalidParameter", "TemporaryDurationMinutes has to be in [15, 4320]");
  }
  const isPrivate = parameter(call.received, "PrivateIpAddress") === "true";
  const url = isPrivate ? cluster.apiServer.private : (cluster.apiServer.public ?? nowhere);
  // Without a duration the certificate holds three years.
  const validMs = minutes === undefined ? 3 * 365 * 86_400_000 : count * 60_000;
  return ok({
    config: kubeconfigFor({ url }),
    expiration: new Date(call.serverMs + validMs).toISOString().replace(/\.\d+Z$/, "Z"),
  });
}

function listKubeconfigStates({ call }: OnCluster): Answer {
  const types = { account: "RootAccount", user: "RamUser", role: "RamRole" } as const;
  const page = pageOf(call, call.world.principals, ["pageNumber", "pageSize"]);
  if (isAnswer(page)) return page;
  return ok({
    states: page.items.map((principal) => ({
      account_id: principal.id,
      account_name: principal.name,
      account_display_name: principal.displayName,
      account_type: types[principal.kind],
      account_state: "Active",
      cert_state: "Unexpired",
      cert_expire_time: "2029-01-01T00:00:00Z",
      revokable: true,
      cloud_service_name: "",
      cloud_service_roles: [],
    })),
    page: page.page,
  });
}
