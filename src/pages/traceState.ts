import type { AuditEvent, CommandEvent, OtherEvent } from "../audit/event.ts";
import type { EventId, TraceId } from "../audit/ids.ts";
import { ancestry, depthFirst, type ProcessNode } from "../audit/processTree.ts";
import { compressedAxis, placeOn, type Stretch } from "../audit/timeline.ts";
import type { Trace } from "../audit/trace.ts";
import type { TimeRange } from "../logs/question.ts";
import type { Risk } from "./risk.ts";
import type { LineDetail, LineId, TraceLine, TraceState } from "./trace.ts";

/** Nothing recorded for longer than this is a break: a person at a shell seldom thinks for five minutes. */
export const idleMs = 5 * 60_000;

export type TraceInput = {
  /** The id that was asked for. */
  readonly id: TraceId;
  readonly trace: Trace;
  readonly tree: readonly ProcessNode[];
  readonly account: string;
  readonly cluster: string;
  readonly searched: TimeRange;
  /** The gaps of the answer, worded. */
  readonly gaps: readonly string[];
  /** What the rules say of an event, worded. */
  readonly riskOf: (event: AuditEvent) => Risk | undefined;
  /** The event that the trace was opened for. */
  readonly event: EventId | undefined;
};

/** Understands a trace for its page. */
export function traceState(input: TraceInput): Extract<TraceState, { kind: "trace" }> {
  const { trace, tree } = input;
  const ids = lineIds(trace);
  const axis = compressedAxis(
    allEvents(trace).map((event) => event.atMs),
    idleMs,
  );
  const lines = withBreaks(recordLines(input, ids, axis), axis);
  const risky = lines.filter((line) => line.kind !== "idle" && line.risk !== undefined);
  const askedId = input.event === undefined ? undefined : askedLine(trace, ids, input.event);
  const asked = lines.find((line) => line.kind !== "idle" && askedId !== undefined && line.id === askedId);
  const opened = asked ?? risky[0] ?? lines.find((line) => line.kind === "command") ?? lines[0];
  return {
    kind: "trace",
    trace: input.id,
    account: input.account,
    cluster: input.cluster,
    user: trace.user,
    identity: undefined,
    namespace: trace.pod.namespace,
    pod: trace.pod.name,
    container: trace.container.name,
    image: trace.container.image,
    node: trace.host.node || trace.host.ip,
    command: trace.entry?.commandText ?? "",
    entryRecorded: trace.entry !== undefined,
    firstMs: trace.firstMs,
    lastMs: trace.lastMs,
    searched: input.searched,
    commandCount: tree.length,
    riskyCount: risky.length,
    uids: trace.uids,
    lines,
    axis,
    gaps: input.gaps,
    selected: opened === undefined || opened.kind === "idle" ? undefined : opened.id,
  };
}

/**
 * A line is named by its event id. Nothing promises that every record has one and that it occurs once, so the others
 * are named by their place in the trace, with a mark that no recorded id begins with.
 */
export function lineIds(trace: Trace): ReadonlyMap<AuditEvent, LineId> {
  const ids = new Map<AuditEvent, LineId>();
  const taken = new Set<string>();
  for (const [index, event] of allEvents(trace).entries()) {
    const own = event.eventId;
    const id = own === undefined || taken.has(own) ? `\u0000${index}` : own;
    taken.add(id);
    ids.set(event, id as LineId);
  }
  return ids;
}

/** The event of a line; undefined for a name that the trace does not have. */
export function eventOfLine(trace: Trace, line: LineId): AuditEvent | undefined {
  for (const [event, id] of lineIds(trace)) if (id === line) return event;
  return undefined;
}

/** What the side panel shows of a line; undefined for a name that the trace does not have. */
export function lineDetail(trace: Trace, tree: readonly ProcessNode[], line: LineId): LineDetail | undefined {
  const ids = lineIds(trace);
  const event = [...ids].find(([, id]) => id === line)?.[0];
  if (event === undefined) return undefined;
  const isCommand = event.kind === "command";
  const place = isCommand ? tree.findIndex((node) => node.event === event) : -1;
  return {
    line,
    ancestry: (place < 0 ? [] : ancestry(tree, place)).flatMap((index) => {
      const command = tree[index]?.event;
      const id = command === undefined ? undefined : ids.get(command);
      return command === undefined || id === undefined ? [] : [{ line: id, program: programOf(command) }];
    }),
    pid: isCommand ? event.pid : undefined,
    parentPid: isCommand ? event.parentPid : undefined,
    parentName: isCommand ? event.parentName : "",
    node: event.host.node || event.host.ip,
    fields: Object.entries(event.record),
  };
}

/** By time; of one instant the entry first, as nothing runs before it. */
function allEvents(trace: Trace): readonly AuditEvent[] {
  const entry = trace.entry === undefined ? [] : [trace.entry];
  return [...entry, ...trace.commands, ...trace.others].sort((a, b) => a.atMs - b.atMs);
}

function askedLine(trace: Trace, ids: ReadonlyMap<AuditEvent, LineId>, asked: EventId): LineId | undefined {
  const event = allEvents(trace).find((each) => each.eventId === asked);
  return event === undefined ? undefined : ids.get(event);
}

type RecordLine = Exclude<TraceLine, { kind: "idle" }>;

/** The records as lines: processes depth first, what is no process between the process trees where its time puts it. */
function recordLines(
  { trace, tree, riskOf }: TraceInput,
  ids: ReadonlyMap<AuditEvent, LineId>,
  axis: readonly Stretch[],
): readonly RecordLine[] {
  const facts = (event: AuditEvent, depth: number) => ({
    id: ids.get(event) ?? ("" as LineId),
    atMs: event.atMs,
    at: placeOn(axis, event.atMs),
    depth,
    risk: riskOf(event),
  });
  const rest: readonly RecordLine[] = [
    ...(trace.entry === undefined
      ? []
      : [{ ...facts(trace.entry, 0), kind: "entry" as const, text: trace.entry.commandText }]),
    ...trace.others.map((event) => otherLine(event, facts(event, 0))),
  ].sort((a, b) => a.atMs - b.atMs);

  const lines: RecordLine[] = [];
  let placed = 0;
  let uidBefore: string | undefined;
  let isFirstRoot = true;
  for (const index of depthFirst(tree)) {
    const node = tree[index];
    if (node === undefined) continue;
    const { event } = node;
    if (node.parent === undefined) {
      while (placed < rest.length && (rest[placed]?.atMs ?? 0) <= event.atMs) {
        const line = rest[placed];
        if (line !== undefined) lines.push(line);
        placed += 1;
      }
    }
    const starter = node.parent === undefined ? undefined : tree[node.parent]?.event.uid;
    const before = starter || uidBefore;
    lines.push({
      ...facts(event, node.depth),
      kind: "command",
      text: event.commandLine || event.program,
      program: programOf(event),
      workingDirectory: event.workingDirectory,
      uid: event.uid,
      uidBefore: before !== undefined && before !== "" && event.uid !== "" && before !== event.uid ? before : undefined,
      orphanOf: node.parent !== undefined || (isFirstRoot && trace.entry !== undefined) ? undefined : event.parentName,
    });
    if (event.uid !== "") uidBefore = event.uid;
    if (node.parent === undefined) isFirstRoot = false;
  }
  return [...lines, ...rest.slice(placed)];
}

function otherLine(
  event: AuditEvent,
  facts: Pick<RecordLine, "id" | "atMs" | "at" | "depth" | "risk">,
): Extract<TraceLine, { kind: "other" }> {
  switch (event.kind) {
    case "entry":
      return { ...facts, kind: "other", recordKind: event.operation, text: event.commandText };
    case "command":
      return { ...facts, kind: "other", recordKind: event.kind, text: event.commandLine };
    case "other":
      return { ...facts, kind: "other", recordKind: (event satisfies OtherEvent).recordKind, text: "" };
    default:
      return event satisfies never;
  }
}

/** What began with the event at the end of an idle stretch was the first thing after it: there the break is shown. */
function withBreaks(lines: readonly RecordLine[], axis: readonly Stretch[]): readonly TraceLine[] {
  const breaks = new Map(axis.filter(({ kind }) => kind === "idle").map((stretch) => [stretch.toMs, stretch]));
  return lines.flatMap((line): readonly TraceLine[] => {
    const stretch = breaks.get(line.atMs);
    if (stretch === undefined) return [line];
    breaks.delete(line.atMs);
    const { fromMs, toMs, from, to } = stretch;
    return [{ kind: "idle", fromMs, toMs, at: (from + to) / 2, depth: line.depth }, line];
  });
}

function programOf(event: CommandEvent): string {
  return event.program || event.commandLine;
}
