import type { CommandEvent } from "./event.ts";

/** A command in the tree of processes. Places are indexes in the tree's list. */
export type ProcessNode = {
  readonly event: CommandEvent;
  /** Always earlier in the list; undefined on the root. */
  readonly parent: number | undefined;
  readonly children: readonly number[];
  /** 0 on the root. */
  readonly depth: number;
  /** The name that the record gives its parent, where that parent was not recorded; empty where it has none. */
  readonly orphanOf: string | undefined;
};

/**
 * Links each command to the one that started it: the latest earlier command with the pid that it names as its parent, on
 * the same node, since pids are used again in a long trace and mean nothing elsewhere. Inferred (container-auditing.md
 * §1.2); no record tells when a process ended. Commands come sorted as a trace has them, and keep that order except
 * among those of one instant: where times are whole seconds a parent may be sorted behind its child, and is put first.
 */
export function processTree(commands: readonly CommandEvent[]): readonly ProcessNode[] {
  const nodes: (ProcessNode & { readonly children: number[] })[] = [];
  const latest = new Map<string, number>();

  for (const event of parentsFirst(commands)) {
    const parent = event.parentPid === undefined ? undefined : latest.get(processKey(event, event.parentPid));
    const parentNode = parent === undefined ? undefined : nodes[parent];
    const index = nodes.length;
    parentNode?.children.push(index);
    nodes.push({
      event,
      parent,
      children: [],
      depth: parentNode === undefined ? 0 : parentNode.depth + 1,
      orphanOf: parentNode === undefined ? event.parentName : undefined,
    });
    if (event.pid !== undefined) latest.set(processKey(event, event.pid), index);
  }
  return nodes;
}

/** Indexes in the order of a written-out tree: each command, then all that it started. */
export function depthFirst(nodes: readonly ProcessNode[]): readonly number[] {
  const order: number[] = [];
  const waiting = nodes.flatMap((node, index) => (node.parent === undefined ? [index] : [])).reverse();
  for (let index = waiting.pop(); index !== undefined; index = waiting.pop()) {
    order.push(index);
    const children = nodes[index]?.children ?? [];
    for (let child = children.length - 1; child >= 0; child--) {
      const place = children[child];
      if (place !== undefined) waiting.push(place);
    }
  }
  return order;
}

/** From the root down to a command, itself included. */
export function ancestry(nodes: readonly ProcessNode[], index: number): readonly number[] {
  const line: number[] = [];
  for (let at: number | undefined = index; at !== undefined; at = nodes[at]?.parent) line.push(at);
  return line.reverse();
}

function processKey({ host }: CommandEvent, pid: number): string {
  return `${pid} ${host.node || host.ip}`;
}

function parentsFirst(commands: readonly CommandEvent[]): readonly CommandEvent[] {
  const ordered: CommandEvent[] = [];
  const known = new Set<string>();
  for (let start = 0; start < commands.length; ) {
    const atMs = commands[start]?.atMs;
    let end = start + 1;
    while (end < commands.length && commands[end]?.atMs === atMs) end++;
    placeInstant(commands.slice(start, end), known, ordered);
    start = end;
  }
  return ordered;
}

/** Appends the commands of one instant: in their order, but a parent that nothing earlier can stand for goes first. */
function placeInstant(instant: readonly CommandEvent[], known: Set<string>, ordered: CommandEvent[]): void {
  const waiting = new Map<string, CommandEvent>();
  for (const event of instant) {
    if (event.pid === undefined) continue;
    const key = processKey(event, event.pid);
    if (!waiting.has(key)) waiting.set(key, event);
  }
  const placed = new Set<CommandEvent>();
  for (const event of instant) {
    const line: CommandEvent[] = [];
    for (let at: CommandEvent | undefined = event; at !== undefined && !placed.has(at); ) {
      // Marked before it is appended: two that name each other as parent end the line instead of going round.
      placed.add(at);
      line.push(at);
      const parentKey: string | undefined = at.parentPid === undefined ? undefined : processKey(at, at.parentPid);
      at = parentKey === undefined || known.has(parentKey) ? undefined : waiting.get(parentKey);
    }
    for (const next of line.reverse()) {
      ordered.push(next);
      if (next.pid !== undefined) known.add(processKey(next, next.pid));
    }
  }
}
