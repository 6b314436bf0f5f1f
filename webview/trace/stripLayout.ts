import type { Risk } from "../../src/pages/risk.ts";
import type { TraceLine, TraceState } from "../../src/pages/trace.ts";

type Severity = Risk["severity"];

/** Events of one column of the strip. */
export type Bar = { readonly count: number; readonly severity: Severity | undefined };

const weight: Readonly<Record<Severity, number>> = { low: 1, medium: 2, high: 3, critical: 4 };

/** Sums the events up by columns, so that the strip costs as much for a hundred thousand events as for a hundred. */
export function barsOf(lines: readonly TraceLine[], columns: number): readonly Bar[] {
  const bars: { count: number; severity: Severity | undefined }[] = Array.from({ length: columns }, () => ({
    count: 0,
    severity: undefined,
  }));
  for (const line of lines) {
    if (line.kind === "idle") continue;
    const bar = bars[Math.min(columns - 1, Math.floor(line.at * columns))];
    if (bar === undefined) continue;
    bar.count += 1;
    const severity = line.risk?.severity;
    if (severity !== undefined && (bar.severity === undefined || weight[severity] > weight[bar.severity])) {
      bar.severity = severity;
    }
  }
  return bars;
}

/** From a tenth to the whole of the height; by the root, so that one event stays visible beside a thousand. */
export function barHeight(count: number, most: number): number {
  return count === 0 ? 0 : Math.max(0.1, Math.sqrt(count / most));
}

export type Label = { readonly text: string; readonly x: number; readonly anchor: "start" | "middle" | "end" };

type Axis = Extract<TraceState, { kind: "trace" }>["axis"];

/**
 * What stands below the strip: when it begins and ends, and how long each break is. Labels that would touch one placed
 * before are left out, the longest breaks come first.
 */
export function labelsOf(
  axis: Axis,
  widthPx: number,
  textWidth: (text: string) => number,
  clockOf: (ms: number) => string,
  idleOf: (ms: number) => string,
): readonly Label[] {
  const first = axis[0];
  const last = axis.at(-1);
  if (first === undefined || last === undefined) return [];
  const wanted: Label[] = [
    { text: clockOf(first.fromMs), x: 0, anchor: "start" },
    ...(last.toMs > first.fromMs ? [{ text: clockOf(last.toMs), x: widthPx, anchor: "end" as const }] : []),
    ...axis
      .filter(({ kind }) => kind === "idle")
      .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))
      .map(({ fromMs, toMs, from, to }) => ({
        text: idleOf(toMs - fromMs),
        x: ((from + to) / 2) * widthPx,
        anchor: "middle" as const,
      })),
  ];
  const taken: { readonly from: number; readonly to: number }[] = [];
  return wanted.filter(({ text, x, anchor }) => {
    const width = textWidth(text);
    const from = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
    const to = from + width;
    if (from < 0 || to > widthPx || taken.some((other) => from < other.to + 10 && to > other.from - 10)) return false;
    taken.push({ from, to });
    return true;
  });
}
