import { accessDeniedDetail, isRefusal, type Refusal, verified } from "./accounts.ts";
import { type Answer, type Asked, fieldsOf, isAnswer, jsonOf, ok, parameter, type Received } from "./exchange.ts";
import { isUnsigned, signedSls } from "./signatures.ts";
import { type Found, type SlsCall, slsError, type WithLogstore } from "./slsCall.ts";
import { answerContext, answerHistograms, answerLogs, answerLogsV2 } from "./slsLogs.ts";
import type { AccessKey, Logstore, Project, World } from "./world.ts";

type Operation = {
  readonly name: string;
  /** The RAM action; the names of operations and actions differ. */
  readonly action: string;
  readonly matches: (method: string, path: string, type: string | undefined) => boolean;
} & (
  | { readonly scope: "account"; readonly run: (call: SlsCall) => Answer }
  | { readonly scope: "project"; readonly run: (found: Found) => Answer }
  | { readonly scope: "logstore"; readonly run: (found: WithLogstore) => Answer | Promise<Answer> }
);

const storePath = /^\/logstores\/([^/]+)$/;
const onStore = (method: string, type?: string) => (asked: string, path: string, askedType: string | undefined) =>
  asked === method && storePath.test(path) && askedType === type;
const onPath =
  (method: string, pattern: RegExp, type?: string) =>
  (asked: string, path: string, askedType: string | undefined): boolean =>
    asked === method && pattern.test(path) && (type === undefined || askedType === type);

/** Operations, methods and paths are those of "API reference" of SLS 2020-12-30. */
const operations: readonly Operation[] = [
  {
    name: "GetLogs",
    action: "log:GetLogStoreLogs",
    scope: "logstore",
    matches: onStore("GET", "log"),
    run: answerLogs,
  },
  {
    name: "GetLogsV2",
    action: "log:GetLogStoreLogs",
    scope: "logstore",
    matches: onPath("POST", /^\/logstores\/[^/]+\/logs$/),
    run: answerLogsV2,
  },
  {
    // Documented at the Logstore's own path; Alibaba's library for Node asks at that of its index.
    name: "GetHistograms",
    action: "log:GetLogStoreHistogram",
    scope: "logstore",
    matches: onPath("GET", /^\/logstores\/[^/]+(\/index)?$/, "histogram"),
    run: answerHistograms,
  },
  {
    name: "GetContextLogs",
    action: "log:GetLogStoreContextLogs",
    scope: "logstore",
    matches: onStore("GET", "context_log"),
    run: answerContext,
  },
  {
    name: "GetIndex",
    action: "log:GetIndex",
    scope: "logstore",
    matches: onPath("GET", /^\/logstores\/[^/]+\/index$/),
    run: ({ logstore }) =>
      logstore.index === undefined
        ? slsError(404, "IndexConfigNotExist", "index config doesn't exist")
        : ok(logstore.index),
  },
  {
    name: "GetLogStoreMeteringMode",
    action: "log:GetLogStoreMeteringMode",
    scope: "logstore",
    matches: onPath("GET", /^\/logstores\/[^/]+\/meteringmode$/),
    run: ({ logstore }) => ok({ meteringMode: logstore.meteringMode }),
  },
  {
    name: "UpdateLogStoreMeteringMode",
    action: "log:UpdateLogStoreMeteringMode",
    scope: "logstore",
    matches: onPath("PUT", /^\/logstores\/[^/]+\/meteringmode$/),
    run: updateMeteringMode,
  },
  {
    name: "ListLogStores",
    action: "log:ListLogStores",
    scope: "project",
    matches: onPath("GET", /^\/logstores$/),
    run: listLogstores,
  },
  {
    name: "CreateLogStore",
    action: "log:CreateLogStore",
    scope: "project",
    matches: onPath("POST", /^\/logstores$/),
    run: createLogstore,
  },
  {
    name: "GetLogStore",
    action: "log:GetLogStore",
    scope: "logstore",
    matches: onStore("GET"),
    run: ({ logstore }) => ok(logstoreJson(logstore)),
  },
  {
    name: "UpdateLogStore",
    action: "log:UpdateLogStore",
    scope: "logstore",
    matches: onStore("PUT"),
    run: updateLogstore,
  },
  {
    name: "DeleteLogStore",
    action: "log:DeleteLogStore",
    scope: "logstore",
    matches: onStore("DELETE"),
    run: ({ project, logstore }) => {
      project.logstores.delete(logstore.name);
      return ok(undefined);
    },
  },
  {
    name: "GetProject",
    action: "log:GetProject",
    scope: "project",
    matches: (method, path) => method === "GET" && path === "/",
    run: ({ call, project }) => ok(projectJson(call.world, project)),
  },
  {
    name: "ListProject",
    action: "log:ListProject",
    scope: "account",
    matches: (method, path) => method === "GET" && path === "/",
    run: listProjects,
  },
];

/** Undefined in front of an endpoint without a project. */
export function projectOfHost(host: string): string | undefined {
  const [name = ""] = host.split(":");
  const labels = name.split(".");
  const place = labels.findIndex((label) => label === "sls" || label.endsWith("-sls"));
  return place <= 0 || labels[0] === "" ? undefined : labels[0];
}

/** The region that the host names, for endpoints of the form `<project>.<region>.sls.localhost`. */
export function regionOfHost(host: string, world: World): string | undefined {
  const [name = ""] = host.split(":");
  return name.split(".").find((label) => world.regions.some(({ id }) => id === label));
}

function operationOf({ method, path, host, query }: Received): Operation | undefined {
  const type = query.find(([key]) => key === "type")?.[1];
  const hasProject = projectOfHost(host) !== undefined;
  return operations.find(
    (operation) => operation.matches(method, path, type) && (operation.scope === "account") === !hasProject,
  );
}

export function askedOfSls(received: Received): Asked {
  return {
    service: "sls",
    operation: operationOf(received)?.name ?? "unknown",
    about: projectOfHost(received.host),
  };
}

export async function answerSls(call: SlsCall): Promise<Answer> {
  const { world, received } = call;
  const signed = signedSls(received);
  const caller = verified(world, signed, call.serverMs, call.tokensExpired);
  if (isRefusal(caller)) return slsRefusal(caller);
  const operation = operationOf(received);
  if (operation === undefined) {
    return slsError(405, "InvalidMethod", `Invalid request method : ${received.method} ${received.path}`);
  }
  const declared = Number(received.headers["x-log-bodyrawsize"]);
  if (
    !Number.isInteger(declared) ||
    (received.headers["x-log-compresstype"] === undefined && declared !== received.body.length)
  ) {
    return slsError(400, "ParameterInvalid", `Http extend x-log-bodyrawsize : ${declared} pair is invalid.`);
  }
  const projectName = projectOfHost(received.host);
  const region = regionOfHost(received.host, world);
  if (operation.scope === "account") return denied(call, caller, operation.action, "*") ?? operation.run(call);

  const project = projectName === undefined ? undefined : world.projects.get(projectName);
  // A project answers at the endpoints of its own region only.
  if (project === undefined || (region !== undefined && region !== project.region)) {
    return slsError(404, "ProjectNotExist", `The Project does not exist : ${projectName}`);
  }
  // The region is part of a V4 signature's key, so one of another region is no signature here.
  if (!isUnsigned(signed) && signed.region !== undefined && signed.region !== project.region) {
    return slsRefusal({ kind: "signature", signature: signed.signature });
  }
  const name = decodeURIComponent(/^\/logstores\/([^/]+)/.exec(received.path)?.[1] ?? "");
  const ofLogstores = name === "" ? "/logstore/*" : `/logstore/${name}`;
  const resource = `project/${project.name}${received.path === "/" ? "" : ofLogstores}`;
  const denial = denied(call, caller, operation.action, resource, project.region);
  if (denial !== undefined) return denial;
  if (operation.scope === "project") return operation.run({ call, project });
  const logstore = project.logstores.get(name);
  if (logstore === undefined) return slsError(404, "LogStoreNotExist", `logstore ${name} does not exist`);
  return operation.run({ call, project, logstore });
}

/** The text is the one of "denied by sts or ram, action:*" in the FAQ of SLS. */
function denied(
  { world }: SlsCall,
  caller: AccessKey,
  action: string,
  resource: string,
  region = "*",
): Answer | undefined {
  if (world.allows(caller.principal, action)) return undefined;
  const { accountId } = world.settings;
  return slsError(
    401,
    "Unauthorized",
    `denied by sts or ram, action: ${action}, resource: acs:log:${region}:${accountId}:${resource}`,
    { accessDeniedDetail: accessDeniedDetail(caller, action, accountId) },
  );
}

/** Codes and texts of "Error codes" (common), help.aliyun.com/zh/sls/developer-reference/error-codes. */
function slsRefusal(refusal: Refusal): Answer {
  switch (refusal.kind) {
    case "unsigned":
      return refusal.unsigned.missing === undefined
        ? slsError(400, "ParameterInvalid", `Http extend ${refusal.unsigned.invalid} pair is invalid.`)
        : slsError(400, "MissingParameter", `Missing http extend header key : ${refusal.unsigned.missing}.`);
    case "timeUnreadable":
      return slsError(400, "InvalidRequestTime", "Request time not follow RFC822 spec.");
    case "skewed": {
      const { requestMs, serverMs } = refusal;
      const [asked, now] = [requestMs, serverMs].map((ms) => new Date(ms).toUTCString());
      return slsError(400, "RequestTimeExpired", `Request time ${asked} has been expired while server time is ${now}.`);
    }
    case "keyUnknown":
      return slsError(401, "Unauthorized", `AccessKeyId not found: ${refusal.accessKeyId}`);
    case "keyDisabled":
      return slsError(401, "Unauthorized", `AccessKeyId is disabled: ${refusal.accessKeyId}`);
    case "tokenMissing":
    case "tokenInvalid":
      return slsError(401, "Unauthorized", "The security token you provided is invalid.");
    case "tokenExpired":
      return slsError(401, "Unauthorized", "The security token you provided has expired.");
    case "signature":
      return slsError(401, "SignatureNotMatch", `Signature ${refusal.signature} not matched.`);
    case "nonceUsed":
      throw new Error("SLS has no nonces.");
    default:
      return refusal satisfies never;
  }
}

function projectJson(world: World, project: Project): object {
  return {
    projectName: project.name,
    description: project.description,
    status: "Normal",
    region: project.region,
    owner: world.settings.accountId,
    createTime: slsTime(project.createdMs),
    lastModifyTime: slsTime(project.modifiedMs),
    dataRedundancyType: "LRS",
    resourceGroupId: "rg-acfm2mn7vvq4fzy",
    recycleBinEnabled: false,
  };
}

/** `2026-11-24 03:00:00`, as projects write their times. */
function slsTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

function listProjects(call: SlsCall): Answer {
  const { world, received } = call;
  const region = regionOfHost(received.host, world);
  const wanted = parameter(received, "projectName") ?? "";
  const found = [...world.projects.values()].filter(
    (project) => (region === undefined || project.region === region) && project.name.includes(wanted),
  );
  const page = paged(received, found, 500);
  if (isAnswer(page)) return page;
  return ok({ count: page.length, total: found.length, projects: page.map((project) => projectJson(world, project)) });
}

/** The name is looked for inside the names: whoever wants one Logstore has to compare what comes back. */
function listLogstores({ call, project }: Found): Answer {
  const wanted = parameter(call.received, "logstoreName") ?? "";
  const mode = parameter(call.received, "mode") ?? "";
  const found = [...project.logstores.values()].filter(
    (logstore) => logstore.name.includes(wanted) && (mode === "" || logstore.mode === mode),
  );
  const page = paged(call.received, found, 500);
  if (isAnswer(page)) return page;
  return ok({ count: page.length, total: found.length, logstores: page.map(({ name }) => name) });
}

function paged<Item>(received: Received, items: readonly Item[], largest: number): readonly Item[] | Answer {
  const offset = Number(parameter(received, "offset") || "0");
  const size = Number(parameter(received, "size") || "200");
  if (!Number.isInteger(offset) || offset < 0 || !Number.isInteger(size) || size < 1 || size > largest) {
    return slsError(400, "ParameterInvalid", `offset or size is invalid, size has to be in [1, ${largest}]`);
  }
  return items.slice(offset, offset + size);
}

function logstoreJson(logstore: Logstore): object {
  return {
    logstoreName: logstore.name,
    ttl: logstore.ttlDays,
    ...(logstore.hotTtlDays === undefined ? {} : { hot_ttl: logstore.hotTtlDays }),
    ...(logstore.infrequentAccessDays === undefined ? {} : { infrequentAccessTTL: logstore.infrequentAccessDays }),
    shardCount: logstore.shardCount,
    autoSplit: logstore.autoSplit,
    maxSplitShard: logstore.maxSplitShard,
    appendMeta: logstore.appendMeta,
    enable_tracking: logstore.enableTracking,
    telemetryType: "",
    mode: logstore.mode,
    productType: "k8s",
    createTime: Math.floor(logstore.createdMs / 1000),
    lastModifyTime: Math.floor(logstore.modifiedMs / 1000),
  };
}

function createLogstore({ call, project }: Found): Answer {
  const body = bodyOf(call.received);
  if (body === undefined) return invalidBody;
  const { logstoreName } = body;
  if (typeof logstoreName !== "string" || !/^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/.test(logstoreName)) {
    return slsError(400, "LogStoreInfoInvalid", "logstore info is invalid");
  }
  if (project.logstores.has(logstoreName)) {
    return slsError(400, "LogStoreAlreadyExist", `logstore ${logstoreName} already exists`);
  }
  const settings = readSettings(body);
  if (isAnswer(settings)) return settings;
  call.world.addLogstore(project, logstoreName, settings);
  return ok(undefined);
}

/** Replaces what can be changed: a setting that is not sent falls back to its default, so all of them have to be sent. */
function updateLogstore({ call, logstore }: WithLogstore): Answer {
  const body = bodyOf(call.received);
  if (body === undefined) return invalidBody;
  if (body["logstoreName"] !== logstore.name) return slsError(400, "LogStoreInfoInvalid", "logstore info is invalid");
  const settings = readSettings(body);
  if (isAnswer(settings)) return settings;
  Object.assign(logstore, settings, { modifiedMs: call.world.now(), shardCount: logstore.shardCount });
  // Lowering the retention deletes what is older than it.
  const oldest = call.world.now() / 1000 - logstore.ttlDays * 86_400;
  const kept = logstore.records.filter((record) => Number(record["__time__"]) >= oldest);
  if (kept.length < logstore.records.length) {
    logstore.records.splice(0, logstore.records.length, ...kept);
    logstore.generation += 1;
  }
  return ok(undefined);
}

type Settings = Pick<
  Logstore,
  | "ttlDays"
  | "hotTtlDays"
  | "infrequentAccessDays"
  | "mode"
  | "shardCount"
  | "autoSplit"
  | "maxSplitShard"
  | "appendMeta"
  | "enableTracking"
>;

function readSettings(body: Readonly<Record<string, unknown>>): Settings | Answer {
  const ttlDays = body["ttl"];
  const hotTtlDays = optionalNumber(body["hot_ttl"]);
  const infrequentAccessDays = optionalNumber(body["infrequentAccessTTL"]);
  const mode = body["mode"] ?? "standard";
  if (typeof ttlDays !== "number" || !Number.isInteger(ttlDays) || ttlDays < 1 || ttlDays > 3650) {
    return slsError(400, "ParameterInvalid", "ttl is invalid, it has to be in [1, 3650]");
  }
  if (hotTtlDays !== undefined && (hotTtlDays < 7 || hotTtlDays > ttlDays)) {
    return slsError(400, "ParameterInvalid", "hot_ttl is invalid, it has to be at least 7 and at most ttl");
  }
  if (mode !== "standard" && mode !== "query") return slsError(400, "ParameterInvalid", "mode is invalid");
  return {
    ttlDays,
    hotTtlDays,
    infrequentAccessDays,
    mode,
    shardCount: optionalNumber(body["shardCount"]) ?? 2,
    autoSplit: body["autoSplit"] === true,
    maxSplitShard: optionalNumber(body["maxSplitShard"]) ?? 64,
    appendMeta: body["appendMeta"] === true,
    enableTracking: body["enable_tracking"] === true,
  };
}

function optionalNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function updateMeteringMode({ call, logstore }: WithLogstore): Answer {
  const mode = bodyOf(call.received)?.["meteringMode"];
  if (mode !== "ChargeByFunction" && mode !== "ChargeByDataIngest") {
    return slsError(400, "ParameterInvalid", "meteringMode is invalid");
  }
  logstore.meteringMode = mode;
  logstore.modifiedMs = call.world.now();
  return ok(undefined);
}

const invalidBody = slsError(400, "PostBodyInvalid", "The request body is not valid JSON object.");

function bodyOf({ body }: Received): Readonly<Record<string, unknown>> | undefined {
  const json = jsonOf(body);
  return typeof json === "object" && json !== null && !Array.isArray(json) ? fieldsOf(json) : undefined;
}
