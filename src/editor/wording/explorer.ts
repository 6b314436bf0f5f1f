import * as vscode from "vscode";
import type { AuditStatus } from "../../audit/cluster.ts";
import type { Following } from "../explorer/followedPods.ts";
import type { TimeWindow } from "../explorer/timeWindow.ts";
import { doubtText, ineligibilityText, stepText, unknownReasonText, unreachableText } from "./cluster.ts";
import { agoText, numberText } from "./time.ts";

const { t } = vscode.l10n;

/** The state of auditing in a few words, as the tree and the status bar show it. */
export function statusText(status: AuditStatus, nowMs: number): string {
  switch (status.kind) {
    case "on": {
      const [doubt] = status.doubts ?? [];
      if (doubt !== undefined) return t("auditing · {0}", doubtText(doubt));
      return status.newestEventMs === undefined
        ? t("auditing · no event yet")
        : t("auditing · newest event {0}", agoText(status.newestEventMs, nowMs));
    }
    case "halfInstalled":
      return status.missing.length === 1
        ? t("half installed: {0} is missing", status.missing.join())
        : t("half installed: {0} are missing", status.missing.join(", "));
    case "off":
      return t("off · eligible");
    case "notEligible": {
      // What is wrong with the cluster as a whole says enough; the nodes of an Edge cluster have a reason each.
      const whole = status.reasons.find(({ code }) => code === "cluster-type");
      const [first, ...others] = whole === undefined ? status.reasons : [whole];
      if (first === undefined) return t("not eligible");
      return others.length === 0
        ? t("not eligible: {0}", ineligibilityText(first))
        : t("not eligible: {0} and {1} more", ineligibilityText(first), numberText(others.length));
    }
    case "notOffered":
      return t("off · not offered by ACK: submit a ticket");
    case "turningOn":
      return t("turning on: {0}", stepText(status.step));
    case "turningOff":
      return t("turning off: {0}", stepText(status.step));
    case "unknown":
      return unknownReasonText(status.reason);
    default:
      status satisfies never;
      return "";
  }
}

/** The state in one word, for the status bar. */
export function statusWord(status: AuditStatus): string {
  switch (status.kind) {
    case "on":
      return t("auditing");
    case "halfInstalled":
      return t("half installed");
    case "off":
      return t("auditing off");
    case "notEligible":
      return t("not eligible");
    case "notOffered":
      return t("not offered");
    case "turningOn":
      return t("turning on");
    case "turningOff":
      return t("turning off");
    case "unknown":
      return status.reason.code === "recordsOnly" ? t("records only") : t("unknown");
    default:
      status satisfies never;
      return "";
  }
}

export function entriesText(count: number): string {
  return count === 1 ? t("1 entry") : t("{0} entries", numberText(count));
}

export function podsText(count: number): string {
  return count === 1 ? t("1 pod") : t("{0} pods", numberText(count));
}

/** Whether the pods of a namespace are shown as they are now. */
export function followingText(following: Following): string {
  switch (following.kind) {
    case "following":
      return t("Changes of pods are shown as they happen.");
    case "interrupted":
      return t("Changes of pods do not come at the moment; it is tried again. {0}", unreachableText(following.reason));
    case "ended":
      return t("Changes of pods are not shown by themselves: refresh. {0}", unreachableText(following.reason));
    default:
      following satisfies never;
      return "";
  }
}

export function clustersText(count: number): string {
  return count === 1 ? t("1 cluster") : t("{0} clusters", numberText(count));
}

export function recordsText(count: number): string {
  return count === 1 ? t("1 record") : t("{0} records", numberText(count));
}

export function skippedText(count: number): string {
  return count === 1 ? t("1 line skipped") : t("{0} lines skipped", numberText(count));
}

/** A count that a filter found and nobody checked is an upper bound. */
export function riskyText(count: number, isUpTo: boolean): string {
  return isUpTo ? t("up to {0} risky", numberText(count)) : t("{0} risky", numberText(count));
}

/** How far the counts of the tree look back. */
export function windowText(window: TimeWindow): string {
  switch (window) {
    case "1h":
      return t("last hour");
    case "24h":
      return t("last {0} hours", 24);
    case "7d":
      return t("last {0} days", 7);
    case "30d":
      return t("last {0} days", 30);
    default:
      window satisfies never;
      return "";
  }
}

/** `12.3 MB`, in steps of 1,000 as disks and downloads are counted. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"] as const;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toLocaleString(vscode.env.language, { maximumFractionDigits: digits })} ${units[unit]}`;
}
