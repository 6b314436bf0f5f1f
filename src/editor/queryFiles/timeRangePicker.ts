import * as vscode from "vscode";
import { parseTime, type ResolvedRange, resolveRange } from "../../sls/timeRange.ts";
import { timeZone } from "../settings.ts";
import { bothTimesText, boundsText } from "../wording/time.ts";
import type { Bounds } from "./documents.ts";

const presets: readonly Bounds[] = [
  { from: "-15m", to: "now" },
  { from: "-1h", to: "now" },
  { from: "-4h", to: "now" },
  { from: "-24h", to: "now" },
  { from: "-7d", to: "now" },
  { from: "-30d", to: "now" },
  { from: "today", to: "now" },
  { from: "yesterday", to: "today" },
];

/** The range that two texts make; undefined where one of them is no time. */
function resolved({ from, to }: Bounds, zone: string): ResolvedRange | undefined {
  const [begin, end] = [parseTime(from), parseTime(to)];
  return begin === undefined || end === undefined ? undefined : resolveRange(begin, end, Date.now(), zone);
}

/** Both bounds as absolute times, in the zone of the query and in UTC; undefined where they make no range. */
function resolvedText(bounds: Bounds, zone: string): string | undefined {
  const range = resolved(bounds, zone);
  return range?.kind === "range"
    ? `${bothTimesText(range.fromMs, zone)} → ${bothTimesText(range.toMs, zone)}`
    : undefined;
}

/** Lets the user choose a time range: a usual one, or any two bounds. Undefined where they chose none. */
export async function pickBounds(current: Bounds, zone: string = timeZone()): Promise<Bounds | undefined> {
  type Item = vscode.QuickPickItem & { readonly bounds: Bounds | undefined };
  const items: Item[] = presets.map((bounds) => ({
    bounds,
    label: boundsText(bounds.from, bounds.to),
    description: bounds.from === current.from && bounds.to === current.to ? vscode.l10n.t("now chosen") : "",
    detail: resolvedText(bounds, zone) ?? "",
  }));
  items.push({
    bounds: undefined,
    label: vscode.l10n.t("Other time range…"),
    detail: vscode.l10n.t("Relative (-90m, -3d) or absolute (2026-11-23 10:00, 2026-11-23T02:00:00Z)"),
  });
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Time range, zone {0}", zone),
    matchOnDetail: true,
  });
  if (chosen === undefined) return undefined;
  if (chosen.bounds !== undefined) return chosen.bounds;
  const from = await askBound(
    vscode.l10n.t("From (inside the range)"),
    current.from,
    (text) => ({ from: text, to: current.to }),
    zone,
    false,
  );
  if (from === undefined) return undefined;
  const to = await askBound(
    vscode.l10n.t("To (outside the range)"),
    current.to,
    (text) => ({ from, to: text }),
    zone,
    true,
  );
  return to === undefined ? undefined : { from, to };
}

async function askBound(
  title: string,
  value: string,
  boundsOf: (text: string) => Bounds,
  zone: string,
  orderMatters: boolean,
): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title,
    value,
    prompt: vscode.l10n.t("Examples: -90m, -3d, now, today, 2026-11-23 10:00, 2026-11-23T02:00:00Z. Zone: {0}.", zone),
    validateInput(text) {
      const bounds = boundsOf(text.trim());
      if (parseTime(text) === undefined) return vscode.l10n.t("{0} is no time.", text);
      const shown = resolvedText(bounds, zone);
      if (shown !== undefined) return { message: shown, severity: vscode.InputBoxValidationSeverity.Info };
      // The other bound is still to come, and may put a wrong order right.
      return orderMatters ? vscode.l10n.t("The range ends before it begins.") : undefined;
    },
  });
}
