import type { CommandEvent, EntryEvent } from "../../../src/audit/event.ts";
import { type EventId, eventId, type TraceId, traceId } from "../../../src/audit/ids.ts";

const facts = {
  traceId: traceId("t-1") as TraceId,
  clusterId: undefined,
  user: { aliuid: "285512", username: "dev-07", groups: [] },
  pod: { namespace: "shop", name: "web-0", labels: {} },
  container: { name: "web", image: "nginx:1.25" },
  host: { ip: "203.0.113.7", node: "node-a" },
  record: {},
};

/** A command with `id` as its event id and command line; what is not said is what most commands have. */
export function commandEvent(id: string, atMs: number, given: Partial<CommandEvent> = {}): CommandEvent {
  return {
    ...facts,
    kind: "command",
    atMs,
    eventId: eventId(id) as EventId,
    program: id,
    commandLine: id,
    workingDirectory: "/",
    pid: undefined,
    parentPid: undefined,
    parentName: "",
    uid: "1000",
    ...given,
  };
}

export function entryEvent(id: string, atMs: number, given: Partial<EntryEvent> = {}): EntryEvent {
  return {
    ...facts,
    kind: "entry",
    atMs,
    eventId: eventId(id) as EventId,
    operation: "PodExec",
    command: ["bash"],
    commandText: "bash",
    container: { name: "web", image: "" },
    ...given,
  };
}
