import { quotedSearch, searchValue, sqlString } from "../sls/quote.ts";
import type { LogRecord } from "./event.ts";
import type { TraceId } from "./ids.ts";
import type { Pod, PodActivity } from "./pod.ts";

/**
 * The statements that the product itself asks with. Searches use the spellings that official pages use; SQL reads only
 * columns that these pages read, so that the default index answers it (container-auditing.md §1.1, §4).
 */

/** The documented search for entries into containers. */
export const entriesSearch = "kind: Kubernetes and kubeObject.operation.kind: PodExec";
export const commandsSearch = "kind: Command";

/** Who acted: the RAM uid, or the Kubernetes user where there is none, as the vendor's alert templates choose. */
export const whoSql = `coalesce(nullif("k8s.user.aliuid", ''), "k8s.user.username")`;

/** Entries name the container in the operation, commands in `k8s.container`. */
const containerSql = `coalesce(nullif("k8s.container.name", ''), "kubeobject.operation.podexecoptions.container")`;

const isEntrySql = `"kubeobject.operation.kind" = 'PodExec'`;

/** The most rows that one of the product's own lists takes; SLS itself stops at 1,000,000 rows or 100 MB. */
const maxListRows = 100_000;

/**
 * A search for a value of a field. The search language cannot write every text that ends with a backslash; no name of
 * Kubernetes and no id does, and of a text that did the rest would be searched for.
 */
function fieldSearch(field: string, value: string): string {
  return `${field}: ${searchValue(value) ?? quotedSearch(value.replace(/\\+$/, ""))}`;
}

function podSearch(namespace: string, pod: string): string {
  return `${fieldSearch("k8s.pod.namespace", namespace)} and ${fieldSearch("k8s.pod.name", pod)}`;
}

/** A search compares words, not whole values; in SQL the pod is compared exactly. */
function podSql(namespace: string, pod: string): string {
  return `"k8s.pod.namespace" = ${sqlString(namespace)} and "k8s.pod.name" = ${sqlString(pod)}`;
}

export function entriesStatement(namespace: string, pod: string): string {
  return `${entriesSearch} and ${podSearch(namespace, pod)}`;
}

export function commandsStatement(namespace: string, pod: string): string {
  return `${commandsSearch} and ${podSearch(namespace, pod)}`;
}

/** Everything recorded of one pod. */
export function podStatement(namespace: string, pod: string): string {
  return podSearch(namespace, pod);
}

/** Everything that carries the id; read the rows with `readEvent` and `buildTrace`. */
export function traceStatement(trace: TraceId): string {
  return fieldSearch("traceId", trace);
}

/** Who entered a pod, how often, and when last. */
export function whoEnteredStatement(namespace: string, pod: string): string {
  return `${entriesSearch} and ${podSearch(namespace, pod)}
| select "k8s.user.username" as username, "k8s.user.aliuid" as aliuid, count(1) as entries,
    min("time") as first_entry, max("time") as last_entry
  from log
  where ${podSql(namespace, pod)}
  group by username, aliuid
  order by last_entry desc
  limit 1000`;
}

/** What the tree shows of each pod. `riskyCondition` is the condition of a rules' prefilter over commands. */
export function podActivityStatement(riskyCondition: string): string {
  return `*
| select "k8s.pod.namespace" as namespace, "k8s.pod.name" as pod,
    count_if(${isEntrySql}) as entries,
    max(case when ${isEntrySql} then __time__ end) as last_entry,
    count_if("kind" = 'Command' and (${riskyCondition})) as risky_commands
  from log
  group by namespace, pod
  limit ${maxListRows}`;
}

/** A row of `podActivityStatement`. */
export function readPodActivity(row: LogRecord): PodActivity {
  const lastEntry = count(row["last_entry"]);
  return {
    namespace: text(row["namespace"]),
    pod: text(row["pod"]),
    entries: count(row["entries"]) ?? 0,
    lastEntryMs: lastEntry === undefined ? undefined : lastEntry * 1000,
    riskyCommands: count(row["risky_commands"]) ?? 0,
  };
}

/** The namespaces that records name. */
export const namespacesSeenStatement = `*
| select "k8s.pod.namespace" as namespace
  from log
  group by namespace
  order by namespace
  limit ${maxListRows}`;

export function readNamespaceSeen(row: LogRecord): string {
  return text(row["namespace"]);
}

/** The pods and containers of a namespace that records name, one row for each container, pod by pod. */
export function podsSeenStatement(namespace: string): string {
  return `${fieldSearch("k8s.pod.namespace", namespace)}
| select "k8s.pod.name" as pod, ${containerSql} as container, max("k8s.container.image") as image,
    max("host.nodename") as node
  from log
  where "k8s.pod.namespace" = ${sqlString(namespace)}
  group by pod, container
  order by pod, container
  limit ${maxListRows}`;
}

/** The pods of the rows of `podsSeenStatement`. Whether they still exist, the records do not say. */
export function readPodsSeen(namespace: string, rows: readonly LogRecord[]): readonly Omit<Pod, "gone">[] {
  const pods = new Map<string, { node: string; readonly containers: { name: string; image: string }[] }>();
  for (const row of rows) {
    const name = text(row["pod"]);
    if (name === "") continue;
    const pod = pods.get(name) ?? { node: "", containers: [] };
    pods.set(name, pod);
    pod.node ||= text(row["node"]);
    const container = text(row["container"]);
    if (container !== "") pod.containers.push({ name: container, image: text(row["image"]) });
  }
  return [...pods].map(([name, { node, containers }]) => ({ namespace, name, node, phase: "", containers }));
}

/** The nodes that records name. */
export const nodesSeenStatement = `*
| select "host.nodename" as node, max("host.hostip") as ip
  from log
  group by node
  order by node
  limit ${maxListRows}`;

export function readNodeSeen(row: LogRecord): { readonly name: string; readonly ip: string } {
  return { name: text(row["node"]), ip: text(row["ip"]) };
}

/** The newest record, in whole seconds; no row or an empty cell where there is none. */
export const newestEventStatement = "* | select max(__time__) as newest from log";

export function readNewestEvent(row: LogRecord): number | undefined {
  const newest = count(row["newest"]);
  return newest === undefined ? undefined : newest * 1000;
}

/** SLS writes the SQL value NULL as this text (inferred). */
function text(cell: string | undefined): string {
  return cell === undefined || cell === "null" ? "" : cell;
}

function count(cell: string | undefined): number | undefined {
  return cell !== undefined && /^\d+$/.test(cell) ? Number(cell) : undefined;
}

/** A query that is ready to run; titled and described by the editor. */
export type ReadyQuery = {
  readonly id: ReadyQueryId;
  /** Times as a query file's `@from` and `@to` take them. */
  readonly from: string;
  readonly to: string;
  readonly statement: string;
};

export const readyQueryIds = [
  "entries",
  "whoEntered",
  "accounts",
  "programs",
  "riskyPrograms",
  "rarePrograms",
  "downloads",
  "credentialReads",
  "becameRoot",
  "packageInstalls",
  "dataOut",
  "tracksRemoved",
  "longTraces",
] as const;
export type ReadyQueryId = (typeof readyQueryIds)[number] | "podLastHour";

/** The columns that say where and by whom, in the order in which they are read. */
const contextSql = `"time", ${whoSql} as who, "k8s.pod.namespace" as namespace, "k8s.pod.name" as pod`;
const commandSql = `"process.name" as program, "process.cmdline" as command_line, "traceId", "eventId"`;

function commandsWhere(condition: string): string {
  return `${commandsSearch}
| select ${contextSql}, ${commandSql}
  from log
  where ${condition}
  order by "time" desc
  limit 1000`;
}

/** Where a program can begin in a command line. */
const begins = "(^|[ /;|&])";

/** What investigators ask first. `riskyCondition` is the condition of a rules' prefilter over commands. */
export function readyQueries(riskyCondition: string): readonly ReadyQuery[] {
  const statements: Readonly<Record<(typeof readyQueryIds)[number], string>> = {
    entries: `${entriesSearch}
| select ${contextSql}, ${containerSql} as container,
    "kubeobject.operation.podexecoptions.commandstr" as command_line, "traceId", "eventId"
  from log
  order by "time" desc
  limit 1000`,
    whoEntered: `${entriesSearch}
| select ${whoSql} as who, "k8s.pod.namespace" as namespace, "k8s.pod.name" as pod, count(1) as entries,
    min("time") as first_entry, max("time") as last_entry
  from log
  group by who, namespace, pod
  order by entries desc
  limit 1000`,
    accounts: `*
| select ${whoSql} as who, max("k8s.user.username") as username,
    count_if(${isEntrySql}) as entries, count_if("kind" = 'Command') as commands,
    count(distinct "k8s.pod.name") as pods, min("time") as first_event, max("time") as last_event
  from log
  group by who
  order by entries desc
  limit 1000`,
    programs: `${commandsSearch}
| select "process.name" as program, count(1) as commands, count(distinct "traceId") as traces,
    count(distinct "k8s.pod.name") as pods
  from log
  group by program
  order by commands desc
  limit 1000`,
    riskyPrograms: commandsWhere(riskyCondition),
    rarePrograms: `${commandsSearch}
| select "process.name" as program, count(1) as commands, max(${whoSql}) as who, max("k8s.pod.name") as pod,
    max("traceId") as "traceId", min("time") as first_event
  from log
  group by program
  having count(1) <= 3
  order by commands, program
  limit 1000`,
    downloads: commandsWhere(
      `regexp_like("process.cmdline", '${begins}(curl|wget|ftp|tftp|aria2c|scp)[^|]*(https?://|ftp://|@)')
    and not regexp_like("process.cmdline", '://(127[.]|localhost|[[]::1)')`,
    ),
    credentialReads: commandsWhere(
      `regexp_like("process.cmdline", 'serviceaccount/token|/etc/shadow|/proc/[0-9]+/environ|[.]kube/config|kubeconfig|[.]aws/credentials|[.]aliyun/config|[.]docker/config|[.]ssh/|id_rsa|id_ed25519|[.]pgpass|100[.]100[.]100[.]200')`,
    ),
    becameRoot: `${commandsSearch}
| select "traceId", max(${whoSql}) as who, max("k8s.pod.namespace") as namespace, max("k8s.pod.name") as pod,
    min(case when cast("process.user.uid" as varchar) = '0' then "time" end) as first_as_root
  from log
  group by "traceId"
  having count_if(cast("process.user.uid" as varchar) = '0') > 0
    and count_if(cast("process.user.uid" as varchar) <> '0') > 0
  order by first_as_root desc
  limit 1000`,
    packageInstalls: commandsWhere(
      `regexp_like("process.cmdline", '${begins}(apt|apt-get|yum|dnf|microdnf|apk|pip[0-9.]*|npm|gem|dpkg|rpm) .*(install|add|-i|-U)')`,
    ),
    dataOut: commandsWhere(
      `regexp_like("process.cmdline", '${begins}(tar|zip|gzip|7z|pg_dump|mysqldump|rsync|scp|ossutil[0-9a-z]*) |curl .*(-T |--upload-file|--data-binary|-F )|wget .*--post-file| copy .* to ')`,
    ),
    tracksRemoved: commandsWhere(
      `regexp_like("process.cmdline", '${begins}(shred|wipe|srm) |[.][a-z]+_history|HISTFILE|truncate .*[.]log|rm .*/var/log/')`,
    ),
    longTraces: `*
| select "traceId", max(${whoSql}) as who, max("k8s.pod.namespace") as namespace, max("k8s.pod.name") as pod,
    count_if("kind" = 'Command') as commands, max(__time__) - min(__time__) as at_least_seconds,
    min("time") as first_event, max("time") as last_event
  from log
  group by "traceId"
  having max(__time__) - min(__time__) >= 900
  order by at_least_seconds desc
  limit 1000`,
  };
  return readyQueryIds.map((id) => ({ id, from: "-24h", to: "now", statement: statements[id] }));
}

/** All that was recorded of one pod in the last hour. */
export function podLastHour(namespace: string, pod: string): ReadyQuery {
  return { id: "podLastHour", from: "-1h", to: "now", statement: podStatement(namespace, pod) };
}
