declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The id ACK gives a cluster, e.g. `c8f3a1…` (33 characters on real clusters; not relied upon). */
export type ClusterId = Branded<"ClusterId">;
/** One entry into a container and all that was run in it. */
export type TraceId = Branded<"TraceId">;
/** One record. */
export type EventId = Branded<"EventId">;
export type LogstoreName = Branded<"LogstoreName">;
export type ProjectName = Branded<"ProjectName">;

/** Ids come from the outside as text; an empty text is no id. */
export function clusterId(text: string): ClusterId | undefined {
  return text === "" ? undefined : (text as ClusterId);
}

export function traceId(text: string): TraceId | undefined {
  return text === "" ? undefined : (text as TraceId);
}

export function eventId(text: string): EventId | undefined {
  return text === "" ? undefined : (text as EventId);
}

/** ack-advanced-audit creates this Logstore and never deletes it, even when it is uninstalled. */
export function auditLogstore(cluster: ClusterId): LogstoreName {
  return `advaudit-${cluster}` as LogstoreName;
}

/** The project that logtail-ds uses by default. The real one is asked for; this is the last resort. */
export function defaultProject(cluster: ClusterId): ProjectName {
  return `k8s-log-${cluster}` as ProjectName;
}
