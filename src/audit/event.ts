import type { ClusterId, EventId, TraceId } from "./ids.ts";

/** A record as SLS stores and answers it: every value is a string, `k8s`, `host`, `process` and `kubeObject` hold JSON text. */
export type LogRecord = Readonly<Record<string, string>>;

/** What is known of who acted. Either name may be empty: `aliuid` is preferred, `username` is the fallback. */
export type AuditUser = { readonly aliuid: string; readonly username: string; readonly groups: readonly string[] };

export type AuditPod = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
};

/** What every record says, in whatever shape it came. A text that the record does not have is empty. */
type EventFacts = {
  /** From `time` where it can be read (it may hold fractions of a second), else from `__time__`. Milliseconds, UTC. */
  readonly atMs: number;
  readonly traceId: TraceId | undefined;
  readonly eventId: EventId | undefined;
  readonly clusterId: ClusterId | undefined;
  readonly user: AuditUser;
  readonly pod: AuditPod;
  readonly container: { readonly name: string; readonly image: string };
  readonly host: { readonly ip: string; readonly node: string };
  readonly record: LogRecord;
};

/** `kind: Kubernetes`, operation `PodExec`: somebody entered a container. */
export type EntryEvent = EventFacts & {
  readonly kind: "entry";
  /** `kubeObject.operation.kind`; only `PodExec` is documented. */
  readonly operation: string;
  /** The argument vector of the exec, where recorded. */
  readonly command: readonly string[];
  readonly commandText: string;
};

/** `kind: Command`: a program was started inside the container. */
export type CommandEvent = EventFacts & {
  readonly kind: "command";
  readonly program: string;
  readonly commandLine: string;
  readonly workingDirectory: string;
  readonly pid: number | undefined;
  readonly parentPid: number | undefined;
  readonly parentName: string;
  /** The Linux uid in the container, as text; the records have no user name. */
  readonly uid: string;
};

/** A record of a kind nobody has documented: shown, never interpreted. */
export type OtherEvent = EventFacts & { readonly kind: "other"; readonly recordKind: string };

export type AuditEvent = EntryEvent | CommandEvent | OtherEvent;
