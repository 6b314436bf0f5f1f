import type { LineId, TraceLine } from "../../src/pages/trace.ts";

/** A line's place among the others. Places are indexes in the list of lines. */
export type OutlineNode = {
  readonly parent: number | undefined;
  readonly hasChildren: boolean;
  /** Place among the lines of the same parent, from 1, and how many these are. */
  readonly position: number;
  readonly setSize: number;
  /** Risky lines below it: told when they are folded away. */
  readonly riskyBelow: number;
};

/** Reads the tree off the depths of the written-out lines. */
export function outlineOf(lines: readonly TraceLine[]): readonly OutlineNode[] {
  const parents: (number | undefined)[] = [];
  const children = lines.map(() => 0);
  const positions: number[] = [];
  const riskyBelow = lines.map(() => 0);
  let roots = 0;
  const above: number[] = [];
  for (const [index, line] of lines.entries()) {
    while (above.length > line.depth) above.pop();
    const parent = above.at(-1);
    parents.push(parent);
    if (parent === undefined) {
      roots += 1;
      positions.push(roots);
    } else {
      children[parent] = (children[parent] ?? 0) + 1;
      positions.push(children[parent] ?? 0);
    }
    if (line.kind === "idle") continue;
    if (line.risk !== undefined) for (const up of above) riskyBelow[up] = (riskyBelow[up] ?? 0) + 1;
    above.push(index);
  }
  return lines.map((_, index) => {
    const parent = parents[index];
    return {
      parent,
      hasChildren: (children[index] ?? 0) > 0,
      position: positions[index] ?? 1,
      setSize: parent === undefined ? roots : (children[parent] ?? 0),
      riskyBelow: riskyBelow[index] ?? 0,
    };
  });
}

/** The lines that are not folded away, in their order. */
export function unfoldedLines(
  lines: readonly TraceLine[],
  nodes: readonly OutlineNode[],
  folded: ReadonlySet<LineId>,
): readonly number[] {
  const shown: number[] = [];
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (const [index, line] of lines.entries()) {
    if (line.depth > hiddenBelow) continue;
    hiddenBelow =
      line.kind !== "idle" && nodes[index]?.hasChildren && folded.has(line.id) ? line.depth : Number.POSITIVE_INFINITY;
    shown.push(index);
  }
  return shown;
}

/** What lies above a line, nearest first. */
export function ancestorsOf(nodes: readonly OutlineNode[], index: number): readonly number[] {
  const found: number[] = [];
  for (let at = nodes[index]?.parent; at !== undefined; at = nodes[at]?.parent) found.push(at);
  return found;
}

/** The lines that hold a text in what was run, where or as whom, without regard to case. */
export function linesWith(lines: readonly TraceLine[], text: string): readonly number[] {
  const wanted = text.toLowerCase();
  if (wanted === "") return [];
  return lines.flatMap((line, index) => (searchedText(line).toLowerCase().includes(wanted) ? [index] : []));
}

function searchedText(line: TraceLine): string {
  switch (line.kind) {
    case "command":
      return `${line.text}\n${line.program}\n${line.workingDirectory}\nuid ${line.uid}\n${riskText(line)}`;
    case "entry":
      return line.text;
    case "other":
      return `${line.recordKind}\n${line.text}`;
    case "idle":
      return "";
    default:
      return line satisfies never;
  }
}

function riskText({ risk }: Extract<TraceLine, { kind: "command" }>): string {
  return risk?.verdicts.map(({ rule, title, reason }) => `${rule}\n${title}\n${reason}`).join("\n") ?? "";
}
