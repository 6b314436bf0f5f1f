import type { AuditEvent, LogRecord } from "./event.ts";
import { clusterId, eventId, traceId } from "./ids.ts";
import { readTime } from "./readTime.ts";

/**
 * What a record says, whichever shape it came in: raw as a search answers it (`k8s`, `host`, `process`, `kubeObject` as
 * JSON text) or flat as SQL answers it (`"process.cmdline"`, with an alias of the same spelling). The case of the names
 * is documented for some and differs between search and SQL, so it is ignored (inferred: container-auditing.md §1.1).
 * Never throws: what cannot be read is empty, and the record itself stays at hand.
 */
export function readEvent(record: LogRecord): AuditEvent {
  const fields = new Fields(record);
  const facts = {
    atMs: timeOf(fields),
    traceId: traceId(fields.text(paths.traceId)),
    eventId: eventId(fields.text(paths.eventId)),
    clusterId: clusterId(fields.text(paths.clusterId)),
    user: {
      aliuid: fields.text(paths.aliuid),
      username: fields.text(paths.username),
      groups: fields.list(paths.groups),
    },
    pod: {
      namespace: fields.text(paths.namespace),
      name: fields.text(paths.pod),
      labels: fields.texts(paths.labels),
    },
    host: { ip: fields.text(paths.hostIp), node: fields.text(paths.node) },
    record,
  };
  const container = { name: fields.text(paths.container), image: fields.text(paths.image) };
  const recordKind = fields.text(paths.kind);
  switch (kindOf(recordKind, fields)) {
    case "command":
      return {
        ...facts,
        kind: "command",
        container,
        program: fields.text(paths.program),
        commandLine: fields.text(paths.commandLine),
        workingDirectory: fields.text(paths.workingDirectory),
        pid: fields.integer(paths.pid),
        parentPid: fields.integer(paths.parentPid),
        parentName: fields.text(paths.parentName),
        uid: fields.text(paths.uid),
      };
    case "entry": {
      const command = fields.list(paths.execCommand);
      return {
        ...facts,
        kind: "entry",
        container: { name: fields.text(paths.execContainer) || container.name, image: container.image },
        operation: fields.text(paths.operation),
        command,
        commandText: fields.text(paths.execCommandText) || command.join(" "),
      };
    }
    case "other":
      return { ...facts, kind: "other", container, recordKind };
  }
}

/**
 * Documented are `kind: Command`, and `kind: Kubernetes` with the operation `PodExec`. Inferred: a row of SQL that did
 * not select `kind` (the vendor's own alert queries do not) is what its other columns make it, and an entry whose
 * `kubeObject` cannot be read is still an entry.
 */
function kindOf(recordKind: string, fields: Fields): AuditEvent["kind"] {
  const operation = fields.text(paths.operation).toLowerCase();
  switch (recordKind.toLowerCase()) {
    case "command":
      return "command";
    case "kubernetes":
      return operation === "" || operation === "podexec" ? "entry" : "other";
    case "": {
      if (fields.text(paths.program) !== "" || fields.text(paths.commandLine) !== "") return "command";
      const isEntry = operation === "podexec" || fields.text(paths.execCommandText) !== "";
      return isEntry ? "entry" : "other";
    }
    default:
      return "other";
  }
}

/** `__time__` is in whole seconds; `__time_ns_part__` holds the rest where the collector recorded it. */
function timeOf(fields: Fields): number {
  const recorded = readTime(fields.text(paths.time));
  if (recorded !== undefined) return recorded;
  const storedMs = readTime(fields.text(paths.storedTime));
  if (storedMs === undefined) return 0;
  const nanoseconds = fields.integer(paths.storedNanoseconds) ?? 0;
  return storedMs + Math.round(nanoseconds / 1e3) / 1e3;
}

/** Where a value may lie: under its whole dotted name, or under a beginning of it as JSON that holds the rest. */
type Path = readonly { readonly name: string; readonly rest: readonly string[] }[];

function path(dotted: string): Path {
  const names = dotted.toLowerCase().split(".");
  return names.map((_, index) => {
    const length = names.length - index;
    return { name: names.slice(0, length).join("."), rest: names.slice(length) };
  });
}

const paths = {
  kind: path("kind"),
  time: path("time"),
  storedTime: path("__time__"),
  storedNanoseconds: path("__time_ns_part__"),
  traceId: path("traceId"),
  eventId: path("eventId"),
  clusterId: path("clusterId"),
  aliuid: path("k8s.user.aliuid"),
  username: path("k8s.user.username"),
  groups: path("k8s.user.groups"),
  namespace: path("k8s.pod.namespace"),
  pod: path("k8s.pod.name"),
  labels: path("k8s.pod.labels"),
  container: path("k8s.container.name"),
  image: path("k8s.container.image"),
  hostIp: path("host.hostIP"),
  node: path("host.nodeName"),
  operation: path("kubeObject.operation.kind"),
  execContainer: path("kubeObject.operation.podExecOptions.container"),
  execCommand: path("kubeObject.operation.podExecOptions.command"),
  execCommandText: path("kubeObject.operation.podExecOptions.commandStr"),
  program: path("process.name"),
  commandLine: path("process.cmdline"),
  workingDirectory: path("process.cwd"),
  pid: path("process.pid"),
  parentPid: path("process.parentPid"),
  parentName: path("process.parentName"),
  uid: path("process.user.uid"),
} as const;

class Fields {
  readonly #texts = new Map<string, string>();
  readonly #parsed = new Map<string, unknown>();

  constructor(record: LogRecord) {
    for (const [name, value] of Object.entries(record)) {
      const key = name.toLowerCase();
      if ((this.#texts.get(key) ?? "") === "") this.#texts.set(key, value);
    }
  }

  #value(at: Path): unknown {
    for (const { name, rest } of at) {
      const text = this.#texts.get(name);
      if (text === undefined) continue;
      // SLS writes the SQL value NULL as the text "null" (inferred).
      const isEmpty = text === "" || text === "null";
      const value = isEmpty ? undefined : rest.length === 0 ? text : member(this.#json(name), rest);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  #json(name: string): unknown {
    if (!this.#parsed.has(name)) this.#parsed.set(name, parsedJson(this.#texts.get(name) ?? ""));
    return this.#parsed.get(name);
  }

  text(at: Path): string {
    const value = this.#value(at);
    switch (typeof value) {
      case "string":
        return value;
      case "number":
      case "boolean":
        return String(value);
      default:
        return "";
    }
  }

  integer(at: Path): number | undefined {
    const text = this.text(at);
    const value = /^\d+$/.test(text) ? Number(text) : undefined;
    return Number.isSafeInteger(value) ? value : undefined;
  }

  list(at: Path): readonly string[] {
    const value = nested(this.#value(at));
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  }

  texts(at: Path): Readonly<Record<string, string>> {
    const value = nested(this.#value(at));
    if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
    return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === "string"));
  }
}

/** `json_extract` answers an array or object as its JSON text. */
function nested(value: unknown): unknown {
  return typeof value === "string" ? parsedJson(value) : value;
}

function parsedJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // A cut or damaged field says nothing; the record still shows what is left of it.
    return undefined;
  }
}

function member(value: unknown, names: readonly string[]): unknown {
  let found = value;
  for (const name of names) {
    if (typeof found !== "object" || found === null || Array.isArray(found)) return undefined;
    const entry = Object.entries(found).find(([key]) => key.toLowerCase() === name);
    found = entry?.[1];
  }
  return found ?? undefined;
}
