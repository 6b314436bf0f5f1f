import type { TimeRange } from "../../logs/question.ts";

/** How far the counts of the tree look back. */
export const timeWindows = ["1h", "24h", "7d", "30d"] as const;
export type TimeWindow = (typeof timeWindows)[number];

export const defaultTimeWindow: TimeWindow = "24h";

const hourMs = 60 * 60 * 1000;

export const timeWindowMs: Readonly<Record<TimeWindow, number>> = {
  "1h": hourMs,
  "24h": 24 * hourMs,
  "7d": 7 * 24 * hourMs,
  "30d": 30 * 24 * hourMs,
};

export function readTimeWindow(value: unknown): TimeWindow {
  return timeWindows.find((window) => window === value) ?? defaultTimeWindow;
}

/** The window that ends now. The end of a range is outside it, so it is set behind the current second. */
export function rangeOf(window: TimeWindow, nowMs: number): TimeRange {
  const toMs = Math.floor(nowMs / 1000) * 1000 + 1000;
  return { fromMs: toMs - timeWindowMs[window], toMs };
}
