import type { AuditEvent, AuditPod, AuditUser, CommandEvent, EntryEvent } from "./event.ts";
import type { ClusterId, TraceId } from "./ids.ts";

/**
 * One entry into a container and all that was run in it. No record tells when an entry ended, so its length is known
 * only as "at least" from the first to the last event.
 */
export type Trace = {
  readonly id: TraceId | undefined;
  readonly clusterId: ClusterId | undefined;
  /** Undefined where it was not recorded or lies outside the searched time; the commands name user and pod as well. */
  readonly entry: EntryEvent | undefined;
  /** By time, then by event id. */
  readonly commands: readonly CommandEvent[];
  /** Records of an unknown kind, and entries after the first: shown, never interpreted. */
  readonly others: readonly AuditEvent[];
  readonly user: AuditUser;
  readonly pod: AuditPod;
  readonly container: { readonly name: string; readonly image: string };
  readonly host: { readonly ip: string; readonly node: string };
  readonly firstMs: number;
  readonly lastMs: number;
  /** Every uid that a command ran as, in the order of their first appearance. */
  readonly uids: readonly string[];
};

/** By time, then by event id: the order that is the same each time it is made. */
export function compareEvents(a: AuditEvent, b: AuditEvent): number {
  return a.atMs - b.atMs || compareTexts(a.eventId ?? "", b.eventId ?? "");
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Understands events that carry one trace id; undefined where there are none. Nothing is folded or left out. */
export function buildTrace(events: readonly AuditEvent[]): Trace | undefined {
  const sorted = [...events].sort(compareEvents);
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const entry = sorted.find((event) => event.kind === "entry");
  const commands = sorted.filter((event) => event.kind === "command");
  // The entry is what a person did, so what it says goes before what the commands repeat.
  const witnesses: readonly AuditEvent[] = entry === undefined ? sorted : [entry, ...sorted];
  return {
    id: witnesses.find((event) => event.traceId !== undefined)?.traceId,
    clusterId: witnesses.find((event) => event.clusterId !== undefined)?.clusterId,
    entry,
    commands,
    others: sorted.filter((event) => event !== entry && event.kind !== "command"),
    user: (witnesses.find(({ user }) => user.aliuid !== "" || user.username !== "") ?? first).user,
    pod: (witnesses.find(({ pod }) => pod.name !== "") ?? first).pod,
    container: {
      name: witnesses.find(({ container }) => container.name !== "")?.container.name ?? "",
      image: witnesses.find(({ container }) => container.image !== "")?.container.image ?? "",
    },
    host: (witnesses.find(({ host }) => host.node !== "" || host.ip !== "") ?? first).host,
    firstMs: first.atMs,
    lastMs: last.atMs,
    uids: [...new Set(commands.map(({ uid }) => uid).filter((uid) => uid !== ""))],
  };
}
