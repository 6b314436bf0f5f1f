import * as vscode from "vscode";
import type { Gap } from "../../logs/answer.ts";
import type { TimeRange } from "../../logs/question.ts";
import { dateTime } from "../../pages/shownTime.ts";
import { timeZone } from "../settings.ts";
import { unreachableText } from "./cluster.ts";

const { t } = vscode.l10n;

/** A time in the user's zone with UTC beside it, unless that is the same. */
export function bothTimesText(atMs: number, zone: string): string {
  const local = dateTime(atMs, zone);
  const utc = dateTime(atMs, "UTC");
  return local === utc ? `${utc} UTC` : `${local} (${utc} UTC)`;
}

export function rangeText({ fromMs, toMs }: TimeRange, zone: string): string {
  return `${dateTime(fromMs, zone)} → ${dateTime(toMs, zone)}`;
}

/** `12 s ago`; the absolute time has to be at hand wherever this is shown. */
export function agoText(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1000));
  if (seconds < 60) return t("{0} s ago", seconds);
  if (seconds < 3600) return t("{0} min ago", Math.floor(seconds / 60));
  if (seconds < 48 * 3600) return t("{0} h ago", Math.floor(seconds / 3600));
  return t("{0} d ago", Math.floor(seconds / 86_400));
}

export function durationText(ms: number): string {
  return ms < 10_000 ? t("{0} s", (ms / 1000).toFixed(1)) : t("{0} s", Math.round(ms / 1000));
}

export function numberText(value: number): string {
  return value.toLocaleString(vscode.env.language);
}

/** `last 24 hours` for `-24h` … `now`; any other pair of bounds is shown as written. */
export function boundsText(from: string, to: string): string {
  const relative = /^-(\d+)([mhdw])$/.exec(from);
  if (relative === null || to !== "now") return to === "now" ? t("{0} until now", from) : `${from} → ${to}`;
  const count = Number(relative[1]);
  switch (relative[2]) {
    case "m":
      return t("last {0} minutes", count);
    case "h":
      return count === 1 ? t("last hour") : t("last {0} hours", count);
    case "d":
      return t("last {0} days", count);
    default:
      return t("last {0} weeks", count);
  }
}

/** Why an answer is not the whole truth. */
/** A range that rows are missing of, in the zone that times are shown in. */
function missingText(range: TimeRange): string {
  return rangeText(range, timeZone());
}

export function gapText(gap: Gap): string {
  switch (gap.kind) {
    case "server":
      return gap.range === undefined
        ? t("Simple Log Service says that its answer is incomplete.")
        : t("Simple Log Service says that its answer is incomplete from {0}.", missingText(gap.range));
    case "cancelled":
      return t("The run was cancelled; these are the rows that had come.");
    case "rowCap":
      return t(
        "Only the newest {0} rows are here. Raise ackAudit.search.maxRows or narrow the search.",
        numberText(gap.rows),
      );
    case "timeCap":
      return t("The run was ended after {0} s.", gap.seconds);
    case "quota":
      return gap.range === undefined
        ? t("A quota of Simple Log Service was used up.")
        : t("A quota of Simple Log Service was used up; missing is {0}.", missingText(gap.range));
    case "importing":
      return t("The file is still being imported: these are its first records, in the order of the file.");
    case "unreachable":
      return gap.range === undefined
        ? unreachableText(gap.reason)
        : t("Missing is {0}: {1}", missingText(gap.range), unreachableText(gap.reason));
    default:
      gap satisfies never;
      return "";
  }
}
