import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { ClusterNode } from "../../src/audit/cluster.ts";
import type { LogRecord } from "../../src/audit/event.ts";
import { auditLogstore, type ClusterId } from "../../src/audit/ids.ts";
import type { SamplePod } from "../../src/sample/sampleClusters.ts";
import { historyMs } from "../../src/sample/sampleRecords.ts";
import { digestOf } from "./exchange.ts";

/** A RAM user or role of the account, or the account itself. */
export type Principal = {
  readonly kind: "account" | "user" | "role";
  /** The account's own id, a RAM user's id, or a role's id. */
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly arn: string;
  /** RAM actions that are allowed, with `*` at the end for all that begin so. Changed by tests while the cloud runs. */
  actions: readonly string[];
};

export type AccessKey = {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly principal: Principal;
  readonly session: string | undefined;
  /** Of a temporary one. */
  readonly securityToken: string | undefined;
  expiresMs: number | undefined;
  isDisabled: boolean;
};

export type FakeNode = ClusterNode & {
  readonly instanceId: string;
  readonly pool: string;
  readonly imageId: string;
  readonly role: "Master" | "Worker";
};

export type NodePool = {
  readonly id: string;
  readonly name: string;
  readonly type: "ess" | "edge" | "lingjun";
  readonly imageType: string;
  readonly imageId: string;
  readonly runtime: string;
  readonly runtimeVersion: string;
  readonly hasSecurityHardening: boolean;
  readonly hasMlps: boolean;
};

/** A version of an add-on that can be installed. */
export type OfferedAddon = {
  readonly name: string;
  /** The newest first. */
  readonly versions: readonly string[];
  readonly category: string;
  readonly minimumClusterVersion: string;
  readonly isManaged: boolean;
  readonly installsByDefault: boolean;
};

/**
 * `unhealthy` is a documented state of `DescribeClusterAddonInstance` only. That the newer operations say it too is
 * inferred: their page lists no other state for an add-on that does not work.
 */
export type AddonState = "initial" | "active" | "updating" | "upgrading" | "deleting" | "unhealthy";

export type InstalledAddon = {
  readonly name: string;
  version: string;
  state: AddonState;
  /** What the add-on was configured with; its JSON is `config`. */
  config: Readonly<Record<string, unknown>>;
};

export type FakeCluster = {
  readonly id: ClusterId;
  readonly name: string;
  readonly region: string;
  readonly type: string;
  readonly profile: string;
  readonly spec: string;
  readonly version: string;
  readonly createdMs: number;
  state: string;
  readonly nodes: readonly FakeNode[];
  readonly pools: readonly NodePool[];
  readonly pods: readonly SamplePod[];
  readonly offered: readonly OfferedAddon[];
  readonly addons: Map<string, InstalledAddon>;
  /** Addresses of the Kubernetes API; a cluster without a public one has no `public`. */
  apiServer: { public: string | undefined; private: string };
  /** Keys of `meta_data` beyond those of installed add-ons. */
  readonly metaData: Readonly<Record<string, unknown>>;
  /** What is recorded while auditing works, made for any stretch of time. */
  readonly life: (fromMs: number, toMs: number) => readonly LogRecord[];
  /** Told when auditing begins and ends, as that decides what `life` holds. */
  readonly onAuditing: (isOn: boolean, atMs: number) => void;
};

export type Region = { readonly id: string; readonly name: string };

export type Project = {
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly createdMs: number;
  modifiedMs: number;
  readonly logstores: Map<string, Logstore>;
};

export type MeteringMode = "ChargeByFunction" | "ChargeByDataIngest";

export type Logstore = {
  readonly name: string;
  readonly createdMs: number;
  modifiedMs: number;
  ttlDays: number;
  hotTtlDays: number | undefined;
  infrequentAccessDays: number | undefined;
  mode: "standard" | "query";
  meteringMode: MeteringMode;
  shardCount: number;
  autoSplit: boolean;
  maxSplitShard: number;
  appendMeta: boolean;
  enableTracking: boolean;
  /** The JSON of GetIndex; undefined for a Logstore without an index. */
  index: Readonly<Record<string, unknown>> | undefined;
  /** In the order in which they arrived. Only ever added to, unless `generation` says that they are others now. */
  readonly records: LogRecord[];
  generation: number;
  /** Where new records come from, and until when they have come. */
  feed: Feed | undefined;
};

export type Feed = {
  readonly life: (fromMs: number, toMs: number) => readonly LogRecord[];
  fedToMs: number;
  /** Nothing is recorded from then on. */
  untilMs: number | undefined;
};

export type TaskKind = "install" | "uninstall" | "upgrade";

export type Task = {
  readonly id: string;
  readonly cluster: ClusterId;
  readonly kind: TaskKind;
  readonly addons: readonly AddonChange[];
  readonly createdMs: number;
  readonly endsMs: number;
  /** Set where the task is going to fail when it ends. */
  readonly failure: { readonly code: string; readonly message: string } | undefined;
  isSettled: boolean;
};

export type AddonChange = {
  readonly name: string;
  readonly version: string;
  readonly config: Readonly<Record<string, unknown>>;
};

export type WorldSettings = {
  readonly accountId: string;
  /** How far back the clusters that are audited from the beginning have records. */
  readonly historyMs: number;
  /** How long one add-on of a task takes. On real clusters 30 s to 5 min. */
  taskMs: number;
  /** How long after an installation the first record arrives. */
  firstRecordMs: number;
  /**
   * How a NULL in a result of SQL is written: every value of an answer is a text, and the text of NULL is not
   * documented. `text` is "null", as seen in answers; `absent` leaves the key out.
   */
  sqlNull: "text" | "absent";
  /**
   * Rows of one minute in any order: GetLogs is documented to sort "accurate to the minute", its page of limits says to
   * the second or nanosecond.
   */
  orderAccuracy: "minute" | "nanosecond";
  /** Whether a compressed answer is named in `x-log-compresstype`, or in HTTP's own `content-encoding`. */
  gzipHeader: "x-log-compresstype" | "content-encoding";
};

/** All that is so in the cloud. Time goes on by itself and by `advance`; everything else changes by what is asked of it. */
export class World {
  readonly settings: WorldSettings;
  readonly regions: Region[] = [];
  readonly clusters = new Map<ClusterId, FakeCluster>();
  readonly projects = new Map<string, Project>();
  readonly tasks = new Map<string, Task>();
  readonly accessKeys = new Map<string, AccessKey>();
  readonly principals: Principal[] = [];
  /** Nonces of OpenAPI that were used. */
  readonly nonces = new Set<string>();
  readonly #clock: () => number;
  #advancedMs = 0;
  #taskCount = 0;
  /** Why tasks that begin from now on fail. */
  #taskFailures: { readonly code: string; readonly message: string }[] = [];

  constructor(clock: () => number, settings: Partial<WorldSettings> = {}) {
    this.#clock = clock;
    this.settings = {
      accountId: "1234567890123456",
      historyMs,
      taskMs: 4_000,
      firstRecordMs: 2_000,
      sqlNull: "text",
      orderAccuracy: "nanosecond",
      gzipHeader: "x-log-compresstype",
      ...settings,
    };
  }

  now(): number {
    return this.#clock() + this.#advancedMs;
  }

  /** Lets so much time go by at once. */
  advance(ms: number): void {
    this.#advancedMs += ms;
    this.settle();
  }

  // ------------------------------------------------------------------------------------------------ people

  addPrincipal(kind: Principal["kind"], name: string, actions: readonly string[], displayName = name): Principal {
    const { accountId } = this.settings;
    const digits = BigInt(`0x${digestOf(`${kind}/${name}`)}`)
      .toString()
      .padStart(16, "0")
      .slice(0, 16);
    const id = kind === "account" ? accountId : `${kind === "user" ? "20" : "30"}${digits}`;
    const path = kind === "account" ? "root" : `${kind}/${name}`;
    const principal: Principal = { kind, id, name, displayName, arn: `acs:ram::${accountId}:${path}`, actions };
    this.principals.push(principal);
    return principal;
  }

  addAccessKey(principal: Principal, accessKeyId: string, accessKeySecret: string): AccessKey {
    const key: AccessKey = {
      accessKeyId,
      accessKeySecret,
      principal,
      session: undefined,
      securityToken: undefined,
      expiresMs: undefined,
      isDisabled: false,
    };
    this.accessKeys.set(accessKeyId, key);
    return key;
  }

  /** What AssumeRole gives: a key of its own with a token that expires. */
  issueToken(principal: Principal, session: string, seconds: number): AccessKey {
    const key: AccessKey = {
      accessKeyId: `STS.${randomBytes(12).toString("hex")}`,
      accessKeySecret: randomBytes(24).toString("base64url"),
      principal,
      session,
      securityToken: randomBytes(96).toString("base64"),
      expiresMs: this.now() + seconds * 1000,
      isDisabled: false,
    };
    this.accessKeys.set(key.accessKeyId, key);
    return key;
  }

  /** Every token that was issued is expired from now on. */
  expireTokens(): void {
    for (const key of this.accessKeys.values()) if (key.securityToken !== undefined) key.expiresMs = this.now() - 1;
  }

  allows({ actions }: Principal, action: string): boolean {
    const asked = action.toLowerCase();
    return actions
      .map((allowed) => allowed.toLowerCase())
      .some((allowed) => allowed === asked || (allowed.endsWith("*") && asked.startsWith(allowed.slice(0, -1))));
  }

  // ------------------------------------------------------------------------------------------------ logs

  addProject(name: string, region: string, description = ""): Project {
    const createdMs = this.now();
    const project: Project = { name, region, description, createdMs, modifiedMs: createdMs, logstores: new Map() };
    this.projects.set(name, project);
    return project;
  }

  addLogstore(project: Project, name: string, given: Partial<Logstore> = {}): Logstore {
    const createdMs = this.now();
    const logstore: Logstore = {
      name,
      createdMs,
      modifiedMs: createdMs,
      ttlDays: 180,
      hotTtlDays: undefined,
      infrequentAccessDays: undefined,
      mode: "standard",
      meteringMode: "ChargeByFunction",
      shardCount: 2,
      autoSplit: true,
      maxSplitShard: 64,
      appendMeta: false,
      enableTracking: false,
      index: undefined,
      records: [],
      generation: 0,
      feed: undefined,
      ...given,
    };
    project.logstores.set(name, logstore);
    return logstore;
  }

  /** Brings what a Logstore records up to now, a stretch at a time so that others are answered meanwhile. */
  async feed(logstore: Logstore): Promise<void> {
    const { feed } = logstore;
    if (feed === undefined) return;
    const toMs = Math.min(this.now(), feed.untilMs ?? Number.POSITIVE_INFINITY);
    while (feed.fedToMs < toMs) {
      const stretchToMs = Math.min(toMs, feed.fedToMs + stretchMs);
      for (const record of feed.life(feed.fedToMs, stretchToMs)) logstore.records.push(withNanoseconds(record));
      feed.fedToMs = stretchToMs;
      await setImmediate();
    }
  }

  // ------------------------------------------------------------------------------------------------ add-ons

  /** The next task that begins fails when it ends, as `BadRequest`/`Addon status not match` unless it says otherwise. */
  failNextTask(failure = { code: "BadRequest", message: "Addon status not match" }): void {
    this.#taskFailures.push(failure);
  }

  beginTask(cluster: FakeCluster, kind: TaskKind, addons: readonly AddonChange[]): Task {
    const createdMs = this.now();
    const doesNotFit = addons.some(({ name }) => cluster.addons.has(name) === (kind === "install"));
    const task: Task = {
      id: `T-${digestOf(`${cluster.id}/${this.#taskCount}`)}${String(this.#taskCount).padStart(8, "0")}`,
      cluster: cluster.id,
      kind,
      addons,
      createdMs,
      endsMs: createdMs + this.settings.taskMs * addons.length,
      // The one documented text for this: what is installed already, or is not there to be removed.
      failure: doesNotFit ? { code: "BadRequest", message: "Addon status not match" } : this.#taskFailures.shift(),
      isSettled: false,
    };
    this.#taskCount += 1;
    this.tasks.set(task.id, task);
    if (task.failure !== undefined) return task;
    for (const { name, version, config } of addons) {
      const installed = cluster.addons.get(name);
      if (kind === "install") cluster.addons.set(name, { name, version, state: "initial", config });
      else if (installed !== undefined) installed.state = kind === "uninstall" ? "deleting" : "upgrading";
    }
    return task;
  }

  /** Does what tasks have done by now. */
  settle(): void {
    for (const task of this.tasks.values()) {
      if (task.isSettled || task.endsMs > this.now()) continue;
      task.isSettled = true;
      const cluster = this.clusters.get(task.cluster);
      if (cluster === undefined || task.failure !== undefined) continue;
      for (const change of task.addons) this.#apply(cluster, task.kind, change);
      this.#audit(cluster, task.endsMs);
    }
  }

  #apply(cluster: FakeCluster, kind: TaskKind, { name, version, config }: AddonChange): void {
    const installed = cluster.addons.get(name);
    switch (kind) {
      case "install":
        cluster.addons.set(name, { name, version, state: "active", config });
        break;
      case "uninstall":
        cluster.addons.delete(name);
        break;
      case "upgrade":
        if (installed !== undefined) {
          installed.version = version;
          installed.state = "active";
          installed.config = { ...installed.config, ...config };
        }
        break;
      default:
        kind satisfies never;
    }
  }

  /** Records come while both add-ons are there. The Logstore is made with the first of them and never deleted. */
  #audit(cluster: FakeCluster, atMs: number): void {
    const name = auditLogstore(cluster.id);
    const project = logProjectOf(cluster);
    const state = cluster.addons.get("ack-advanced-audit")?.state;
    if (project === undefined || state === undefined || state === "initial") {
      for (const { logstores } of this.projects.values()) {
        const feed = logstores.get(name)?.feed;
        if (feed === undefined || feed.untilMs !== undefined) continue;
        feed.untilMs = atMs;
        cluster.onAuditing(false, atMs);
      }
      return;
    }
    const home = this.projects.get(project) ?? this.addProject(project, cluster.region, "log project of the cluster");
    const logstore = home.logstores.get(name);
    const audited = logstore ?? this.addLogstore(home, name, { index: auditIndex(180, atMs) });
    if (audited.feed !== undefined && audited.feed.untilMs === undefined) return;
    const earlier = audited.feed;
    const fedToMs = atMs + this.settings.firstRecordMs;
    cluster.onAuditing(true, fedToMs);
    // What was recorded before a pause comes in with the next question, too; the stretch of the pause itself is empty.
    audited.feed = { life: cluster.life, fedToMs: earlier?.fedToMs ?? fedToMs, untilMs: undefined };
  }
}

/** So much is made at once: some fifty records of the liveliest cluster. */
const stretchMs = 5 * 60_000;

const collectors = ["logtail-ds", "loongcollector"];

/** Where the collector of a cluster writes; undefined where none is installed. */
export function logProjectOf(cluster: FakeCluster): string | undefined {
  const collector = collectors.map((name) => cluster.addons.get(name)).find((addon) => addon !== undefined);
  if (collector === undefined || collector.state === "initial") return undefined;
  const configured = collector.config["sls_project_name"];
  return typeof configured === "string" && configured !== "" ? configured : `k8s-log-${cluster.id}`;
}

/** Records of a collector carry the nanoseconds beside the seconds; these know them to the millisecond. */
export function withNanoseconds(record: LogRecord): LogRecord {
  const atMs = Date.parse(record["time"] ?? "");
  if (Number.isNaN(atMs) || "__time_ns_part__" in record) return record;
  return { ...record, __time_ns_part__: String((atMs % 1000) * 1_000_000) };
}

const token = [",", " ", "'", '"', ";", "=", "(", ")", "[", "]", "{", "}", "?", "@", "&", "<", ">", "/", ":"].concat([
  "\n",
  "\t",
  "\r",
]);

function textKey(): Readonly<Record<string, unknown>> {
  return { type: "text", token, caseSensitive: false, chn: false, doc_value: true, alias: "" };
}

function jsonKey(paths: readonly string[]): Readonly<Record<string, unknown>> {
  const leaves = paths.map((path) => [path, { type: "text", alias: "", doc_value: true }]);
  return {
    ...textKey(),
    type: "json",
    index_all: true,
    max_depth: -1,
    json_keys: Object.fromEntries(leaves),
  };
}

/**
 * The index of an audit Logstore. Inferred from the statements of the vendor's page: what they name as a column is
 * indexed, what they read with `json_extract` beside it is not (container-auditing.md §1.1).
 */
export function auditIndex(ttlDays: number, atMs: number): Readonly<Record<string, unknown>> {
  return {
    index_mode: "v2",
    ttl: ttlDays,
    storage: "pg",
    lastModifyTime: Math.floor(atMs / 1000),
    max_text_len: 2048,
    log_reduce: false,
    line: { token, caseSensitive: false, chn: false },
    keys: {
      kind: textKey(),
      time: textKey(),
      traceId: textKey(),
      eventId: textKey(),
      clusterId: textKey(),
      k8s: jsonKey(["user.aliuid", "user.username", "pod.namespace", "pod.name", "container.name", "container.image"]),
      host: jsonKey(["hostIP", "nodeName"]),
      process: jsonKey(["name", "cmdline", "cwd", "parentName", "user.uid"]),
      kubeObject: jsonKey([
        "operation.kind",
        "operation.podExecOptions.container",
        "operation.podExecOptions.commandStr",
      ]),
    },
  };
}
