import type { AuditEvent, LogRecord } from "../audit/event.ts";
import { readEvent } from "../audit/readEvent.ts";
import type { Cells, Column } from "./answer.ts";

/**
 * What a person reads first of a record. In the raw shape it lies inside JSON fields, so an answer of raw records gets a
 * derived column for each. Names are those of SLS SQL.
 */
export const readableFields: readonly { readonly name: string; readonly read: (event: AuditEvent) => string }[] = [
  { name: "k8s.user.username", read: ({ user }) => user.username },
  { name: "k8s.user.aliuid", read: ({ user }) => user.aliuid },
  { name: "k8s.pod.namespace", read: ({ pod }) => pod.namespace },
  { name: "k8s.pod.name", read: ({ pod }) => pod.name },
  { name: "k8s.container.name", read: ({ container }) => container.name },
  { name: "process.name", read: (event) => (event.kind === "command" ? event.program : "") },
  { name: "process.cmdline", read: (event) => (event.kind === "command" ? event.commandLine : "") },
  { name: "process.cwd", read: (event) => (event.kind === "command" ? event.workingDirectory : "") },
  { name: "process.user.uid", read: (event) => (event.kind === "command" ? event.uid : "") },
  {
    name: "kubeobject.operation.podexecoptions.commandstr",
    read: (event) => (event.kind === "entry" ? event.commandText : ""),
  },
  { name: "host.nodename", read: ({ host }) => host.node },
];

/** Records as columns and rows, the derived columns behind the records' own. */
export function recordRows(records: readonly LogRecord[]): {
  readonly columns: readonly Column[];
  readonly rows: readonly Cells[];
} {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const own = new Set(names.map((name) => name.toLowerCase()));
  const derived = readableFields.filter(({ name }) => !own.has(name));
  return {
    columns: [
      ...names.map((name): Column => ({ name, kind: "text" })),
      ...derived.map(({ name }): Column => ({ name, kind: "text", derived: true })),
    ],
    rows: records.map((record) => {
      const event = readEvent(record);
      return [...names.map((name) => record[name]), ...derived.map(({ read }) => read(event) || undefined)];
    }),
  };
}
