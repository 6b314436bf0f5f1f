/** A field of the audit log: how it is written, and what is known about it. */
export type AuditField = {
  /** As the search half writes it; dotted for a value inside one of the JSON fields. */
  readonly search: string;
  /** As SQL names the column, to be put in double quotes. */
  readonly sql: string;
  /** `list` and `map` are JSON text to SQL and are read with `json_extract`. */
  readonly type: "text" | "long" | "json" | "list" | "map";
  readonly kinds: readonly ("Kubernetes" | "Command")[];
  /** `documented`: an official page uses the name in a query. `inferred`: concluded from one, or common to all logs. */
  readonly basis: "documented" | "inferred";
  /**
   * Whether the default index has it, to be confirmed by GetIndex. What the vendor's own queries read with
   * `json_extract` although they read its neighbours as columns is most likely not indexed.
   */
  readonly indexed: "yes" | "probably not" | "reserved";
};

const both = ["Kubernetes", "Command"] as const;
const entries = ["Kubernetes"] as const;
const commands = ["Command"] as const;

function documented(search: string, type: AuditField["type"], kinds: AuditField["kinds"], sql = search): AuditField {
  return { search, sql, type, kinds, basis: "documented", indexed: "yes" };
}

function extracted(search: string, type: AuditField["type"], kinds: AuditField["kinds"], sql = search): AuditField {
  return { search, sql, type, kinds, basis: "documented", indexed: "probably not" };
}

function reserved(name: string, type: AuditField["type"]): AuditField {
  return { search: name, sql: name, type, kinds: both, basis: "documented", indexed: "reserved" };
}

/**
 * The fields of `advaudit-<cluster>`. Alibaba Cloud publishes no field reference; the names come from the search
 * statements, SQL and alert templates of the Chinese page "use-container-auditing" (container-auditing.md §1.1). Types
 * and the case of names inside JSON are inferred throughout.
 */
export const auditFields: readonly AuditField[] = [
  documented("kind", "text", both),
  documented("time", "text", both),
  documented("traceId", "text", both),
  documented("eventId", "text", both),
  documented("clusterId", "text", both, "clusterid"),
  documented("k8s.user.aliuid", "text", both),
  documented("k8s.user.username", "text", both),
  extracted("k8s.user.groups", "list", both),
  documented("k8s.pod.namespace", "text", both),
  documented("k8s.pod.name", "text", both),
  extracted("k8s.pod.labels", "map", both),
  documented("k8s.container.name", "text", commands),
  documented("k8s.container.image", "text", commands),
  documented("host.hostIP", "text", both, "host.hostip"),
  documented("host.nodeName", "text", both, "host.nodename"),
  documented("kubeObject.operation.kind", "text", entries, "kubeobject.operation.kind"),
  documented(
    "kubeObject.operation.podExecOptions.container",
    "text",
    entries,
    "kubeobject.operation.podexecoptions.container",
  ),
  extracted(
    "kubeObject.operation.podExecOptions.command",
    "list",
    entries,
    "kubeobject.operation.podexecoptions.command",
  ),
  documented(
    "kubeObject.operation.podExecOptions.commandStr",
    "text",
    entries,
    "kubeobject.operation.podexecoptions.commandstr",
  ),
  documented("process.name", "text", commands),
  documented("process.cmdline", "text", commands),
  documented("process.cwd", "text", commands),
  extracted("process.pid", "long", commands),
  extracted("process.parentPid", "long", commands, "process.parentpid"),
  documented("process.parentName", "text", commands, "process.parentname"),
  documented("process.user.uid", "long", commands),
  documented("k8s", "json", both),
  documented("process", "json", commands),
  documented("kubeObject", "json", entries, "kubeobject"),
  { search: "host", sql: "host", type: "json", kinds: both, basis: "inferred", indexed: "yes" },
  reserved("__time__", "long"),
  reserved("__source__", "text"),
  reserved("__topic__", "text"),
];

/** The field of a name in either spelling and any case, as the records, search and SQL each write it their own way. */
export function auditField(name: string): AuditField | undefined {
  return fieldsByName.get(name.toLowerCase());
}

const fieldsByName: ReadonlyMap<string, AuditField> = new Map(
  auditFields.flatMap((field) => [
    [field.search.toLowerCase(), field],
    [field.sql.toLowerCase(), field],
  ]),
);
