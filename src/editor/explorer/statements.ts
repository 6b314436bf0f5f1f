import type { LogRecord } from "../../audit/event.ts";
import { type TraceId, traceId } from "../../audit/ids.ts";
import { entriesSearch, entriesStatement, whoSql } from "../../audit/queries.ts";
import { searchValue, sqlString } from "../../sls/quote.ts";

const entryColumns = `"time", ${whoSql} as who, "k8s.user.username" as username, "k8s.pod.namespace" as namespace,
    "k8s.pod.name" as pod, "kubeobject.operation.podexecoptions.container" as container,
    "kubeobject.operation.podexecoptions.commandstr" as command_line, "traceId", "eventId"`;

/** The entries into one pod, each with its trace. The search compares words, so SQL compares the whole names. */
export function podEntriesStatement(namespace: string, pod: string): string {
  return `${entriesStatement(namespace, pod)}
| select ${entryColumns}
  from log
  where "k8s.pod.namespace" = ${sqlString(namespace)} and "k8s.pod.name" = ${sqlString(pod)}
  order by "time" desc
  limit 1000`;
}

/** The entries of one account, by its RAM uid or, where it has none, by its Kubernetes user. */
export function userEntriesStatement(who: string): string {
  const value = searchValue(who);
  // A name that a search cannot write is left to SQL, which can write any.
  const isNamed = value === undefined ? "" : ` and (k8s.user.aliuid: ${value} or k8s.user.username: ${value})`;
  return `${entriesSearch}${isNamed}
| select ${entryColumns}
  from log
  where ${whoSql} = ${sqlString(who)}
  order by "time" desc
  limit 1000`;
}

export function namespaceStatement(namespace: string): string {
  const value = searchValue(namespace);
  return value === undefined ? "*" : `k8s.pod.namespace: ${value}`;
}

/** How often containers were entered, and how many pods: the first figure of the vendor's report. */
export const accessesStatement = `${entriesSearch}
| select count(1) as entries, count(distinct "k8s.pod.name") as pods
  from log`;

export const enteredPodsStatement = `${entriesSearch}
| select "k8s.pod.namespace" as namespace, "k8s.pod.name" as pod, count(1) as entries,
    min("time") as first_entry, max("time") as last_entry
  from log
  group by namespace, pod
  order by entries desc
  limit 1000`;

/** Who acted in the time asked for, the last to act first. */
export const usersSeenStatement = `*
| select ${whoSql} as who, max("k8s.user.username") as username, count(distinct "traceId") as traces,
    max(__time__) as last_event
  from log
  group by who
  order by last_event desc
  limit 1000`;

export type UserSeen = {
  readonly who: string;
  readonly username: string;
  readonly traces: number;
  readonly lastMs: number;
};

export function readUserSeen(row: LogRecord): UserSeen | undefined {
  const who = text(row["who"]);
  if (who === "") return undefined;
  return {
    who,
    username: text(row["username"]),
    traces: Number(text(row["traces"]) || 0),
    lastMs: Number(text(row["last_event"]) || 0) * 1000,
  };
}

function tracesSeen(search: string): string {
  return `${search}
| select "traceId" as trace, max(${whoSql}) as who, max("k8s.user.username") as username,
    max("k8s.pod.namespace") as namespace, max("k8s.pod.name") as pod, count_if("kind" = 'Command') as commands,
    max(__time__) as last_event
  from log
  group by trace
  order by last_event desc
  limit 1000`;
}

/** The traces of the time asked for, newest first. */
export const tracesSeenStatement = tracesSeen("*");

/** The traces that have a word that begins so as their id, or the name of their user or pod; `searchableWord` finds one. */
export function tracesLikeStatement(word: string): string {
  const fields = ["traceId", "k8s.user.username", "k8s.user.aliuid", "k8s.pod.name"];
  return tracesSeen(fields.map((field) => `${field}: ${word}*`).join(" or "));
}

/** The longest part of a text that a search can look for as the beginning of a word: without quotes, and not too short. */
export function searchableWord(text: string): string | undefined {
  return text
    .split(/[\s:/]+/)
    .filter((word) => /^[A-Za-z0-9][A-Za-z0-9_.-]{2,}$/.test(word) && searchValue(word) === word)
    .reduce<string | undefined>((longest, word) => (word.length > (longest?.length ?? 0) ? word : longest), undefined);
}

export type TraceSeen = {
  readonly trace: TraceId;
  readonly who: string;
  readonly username: string;
  readonly namespace: string;
  readonly pod: string;
  readonly commands: number;
  readonly lastMs: number;
};

export function readTraceSeen(row: LogRecord): TraceSeen | undefined {
  const trace = traceId(text(row["trace"]));
  if (trace === undefined) return undefined;
  return {
    trace,
    who: text(row["who"]),
    username: text(row["username"]),
    namespace: text(row["namespace"]),
    pod: text(row["pod"]),
    commands: Number(text(row["commands"]) || 0),
    lastMs: Number(text(row["last_event"]) || 0) * 1000,
  };
}

/** SLS writes the SQL value NULL as this text (inferred). */
function text(cell: string | undefined): string {
  return cell === undefined || cell === "null" ? "" : cell;
}
