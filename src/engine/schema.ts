/**
 * The columns of a store's table `log`. Names are those of SLS SQL (dotted, lower case where the vendor's statements
 * are), and DuckDB compares names without regard to case, so `"traceId"` and `"traceid"` are one column, as the
 * tolerance of container-auditing.md §1.2 wants. Fields that have no column of their own lie in `restColumn`.
 */
export type SchemaColumn = {
  readonly name: string;
  /** `long`: numeric search and comparison; `text`: tokens; `json`: the JSON text as it was recorded. */
  readonly type: "text" | "long" | "json";
  /** The JSON field that the value is taken from, and the path in it as the records spell it. */
  readonly from:
    | { readonly field: "k8s" | "host" | "process" | "kubeObject"; readonly path: readonly string[] }
    | undefined;
};

function leaf(
  name: string,
  type: SchemaColumn["type"],
  field: "k8s" | "host" | "process" | "kubeObject",
  ...path: string[]
): SchemaColumn {
  return { name, type, from: { field, path } };
}

function top(name: string, type: SchemaColumn["type"]): SchemaColumn {
  return { name, type, from: undefined };
}

export const schemaColumns: readonly SchemaColumn[] = [
  top("__time__", "long"),
  top("__source__", "text"),
  top("__topic__", "text"),
  top("kind", "text"),
  top("time", "text"),
  top("traceId", "text"),
  top("eventId", "text"),
  top("clusterId", "text"),
  top("k8s", "json"),
  top("host", "json"),
  top("process", "json"),
  top("kubeObject", "json"),
  leaf("k8s.user.aliuid", "text", "k8s", "user", "aliuid"),
  leaf("k8s.user.username", "text", "k8s", "user", "username"),
  leaf("k8s.user.groups", "json", "k8s", "user", "groups"),
  leaf("k8s.pod.namespace", "text", "k8s", "pod", "namespace"),
  leaf("k8s.pod.name", "text", "k8s", "pod", "name"),
  leaf("k8s.pod.labels", "json", "k8s", "pod", "labels"),
  leaf("k8s.container.name", "text", "k8s", "container", "name"),
  leaf("k8s.container.image", "text", "k8s", "container", "image"),
  leaf("host.hostip", "text", "host", "hostIP"),
  leaf("host.nodename", "text", "host", "nodeName"),
  leaf("kubeobject.operation.kind", "text", "kubeObject", "operation", "kind"),
  leaf(
    "kubeobject.operation.podexecoptions.container",
    "text",
    "kubeObject",
    "operation",
    "podExecOptions",
    "container",
  ),
  leaf("kubeobject.operation.podexecoptions.command", "json", "kubeObject", "operation", "podExecOptions", "command"),
  leaf(
    "kubeobject.operation.podexecoptions.commandstr",
    "text",
    "kubeObject",
    "operation",
    "podExecOptions",
    "commandStr",
  ),
  leaf("process.name", "text", "process", "name"),
  leaf("process.cmdline", "text", "process", "cmdline"),
  leaf("process.cwd", "text", "process", "cwd"),
  leaf("process.pid", "long", "process", "pid"),
  leaf("process.parentpid", "long", "process", "parentPid"),
  leaf("process.parentname", "text", "process", "parentName"),
  leaf("process.user.uid", "long", "process", "user", "uid"),
];

/** When it happened, in microseconds since 1970 UTC: from `time` where it can be read, else from `__time__`. Not visible to statements. */
export const atColumn = "@at";

/**
 * The keys of the record in its own order and spelling, as a JSON array of texts: a leaf like `process.name` has a value
 * in every record, but is a field of the record itself only in the flat shape. Not visible to statements.
 */
export const keysColumn = "@keys";

/** `process.cmdline` in lower case: what is searched most, and in any case of letters. Not visible to statements. */
export const lowerCommandColumn = "@cmdline";

/**
 * The text of `process` in lower case, where it holds more than its columns do; null where they hold all of it. It is the
 * one JSON field that differs from record to record, so that looking through it takes longest. Not visible to statements.
 */
export const moreProcessColumn = "@process";

/** One JSON object of the fields that have no column of their own, names and values as recorded. Not visible to statements. */
export const restColumn = "@rest";
