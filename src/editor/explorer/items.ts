import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import type { Addon, AuditStatus } from "../../audit/cluster.ts";
import type { Account } from "../../logs/account.ts";
import { timeZone } from "../settings.ts";
import {
  addonPurpose,
  doubtText,
  importFailureText,
  ineligibilityText,
  stepText,
  unknownReasonText,
  unreachableText,
} from "../wording/cluster.ts";
import {
  clustersText,
  entriesText,
  followingText,
  podsText,
  recordsText,
  riskyText,
  skippedText,
  statusText,
  windowText,
} from "../wording/explorer.ts";
import { agoText, bothTimesText, gapText, rangeText } from "../wording/time.ts";
import type { Counts } from "./clusterContents.ts";
import { type Contents, newestOf } from "./contents.ts";
import type { Following } from "./followedPods.ts";
import {
  type AccountNode,
  accountOf,
  type ClusterNode,
  type ContainerNode,
  type GoneNode,
  type NamespaceNode,
  type NoteNode,
  type PodNode,
  type TreeNode,
} from "./node.ts";

const { t } = vscode.l10n;
const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** How a node looks now. */
export function treeItem(contents: Contents, node: TreeNode, nowMs: number): vscode.TreeItem {
  switch (node.kind) {
    case "account":
      return accountItem(contents, node);
    case "cluster":
      return clusterItem(contents, node, nowMs);
    case "namespace":
      return namespaceItem(contents, node);
    case "gone":
      return goneItem(contents, node);
    case "pod":
      return podItem(contents, node, nowMs);
    case "container":
      return containerItem(contents, node);
    case "note":
      return noteItem(node);
    default:
      return node satisfies never;
  }
}

/** The name that *Copy Name* copies. */
export function nameOf(contents: Contents, node: TreeNode): string {
  switch (node.kind) {
    case "account":
      return contents.place(node)?.name ?? node.account;
    case "cluster":
      return contents.cluster(node).state?.cluster.name ?? node.cluster;
    case "namespace":
      return node.namespace;
    case "pod":
      return node.pod;
    case "container":
      return node.container;
    case "gone":
    case "note": {
      const { label, description } = treeItem(contents, node, Date.now());
      return [label, description].filter((text) => typeof text === "string" && text !== "").join(": ");
    }
    default:
      return node satisfies never;
  }
}

type Look = {
  readonly state?: vscode.TreeItemCollapsibleState;
  readonly icon: vscode.ThemeIcon;
  readonly context: string;
  readonly description?: readonly string[];
  readonly tooltip: readonly string[];
  readonly click?: vscode.Command;
};

function item(node: TreeNode, label: string, look: Look): vscode.TreeItem {
  const made = new vscode.TreeItem(label, look.state ?? None);
  made.id = node.id;
  made.iconPath = look.icon;
  made.contextValue = look.context;
  made.description = (look.description ?? []).filter((part) => part !== "").join(" · ");
  // Plain text: names and answers of services are never read as Markdown.
  made.tooltip = look.tooltip.filter((line) => line !== "").join("\n");
  // Without this a screen reader would read the whole tooltip at every step.
  made.accessibilityInformation = { label: [label, made.description].filter((part) => part !== "").join(", ") };
  if (look.click !== undefined) made.command = look.click;
  return made;
}

function icon(id: string, color?: string): vscode.ThemeIcon {
  return color === undefined ? new vscode.ThemeIcon(id) : new vscode.ThemeIcon(id, new vscode.ThemeColor(color));
}

function asOfText(asOfMs: number | undefined): string {
  return asOfMs === undefined ? "" : t("As of {0}", bothTimesText(Math.floor(asOfMs / 1000) * 1000, timeZone()));
}

function accountItem(contents: Contents, node: AccountNode): vscode.TreeItem {
  const place = contents.place(node);
  const list = contents.clusterList(node);
  const label = place?.name ?? node.account;
  if (place?.path !== undefined) {
    const { store } = place;
    const isSkipped = store !== undefined && store.rejectedCount > 0;
    const description =
      place.importing !== undefined
        ? [t("importing {0} %", Math.floor(place.importing * 100))]
        : store === undefined
          ? [t("file"), t("opens when expanded")]
          : [t("file"), recordsText(store.recordCount), isSkipped ? skippedText(store.rejectedCount) : ""];
    return item(node, label, {
      state: place.account === undefined ? Collapsed : Expanded,
      icon: icon("file"),
      context: isSkipped ? "account.file.skipped" : "account.file",
      // Two files of one name are told apart by where they lie.
      description: [contents.hasNamesake(node) ? basename(dirname(place.path)) : "", ...description],
      tooltip: [
        place.path,
        store?.bounds === undefined ? "" : t("Records: {0}", rangeText(store.bounds, timeZone())),
        store === undefined || store.missingFields.length === 0
          ? ""
          : t("Fields that no record has: {0}", store.missingFields.join(", ")),
        store === undefined ? "" : t("Counts are over all records of the file."),
      ],
    });
  }
  const count = list === undefined || list.progress === "loading" ? "" : clustersText(list.items.length);
  const isBuiltIn = place?.kind === "sample";
  const facts = place?.facts?.();
  return item(node, label, {
    state: Expanded,
    icon: icon(isBuiltIn ? "beaker" : "cloud"),
    context: isBuiltIn ? "account.sample" : "account.cloud",
    description: [isBuiltIn ? t("built in") : "", count, ...(facts?.description ?? [])],
    tooltip: [
      isBuiltIn ? t("A made-up account with a day of audit records, to try everything without a cloud.") : label,
      ...(facts?.tooltip ?? []),
      asOfText(list?.asOfMs),
    ],
  });
}

function statusIcon(status: AuditStatus | undefined): vscode.ThemeIcon {
  switch (status?.kind) {
    case "on":
      return icon("circle-large-filled", isDoubtful(status) ? "charts.yellow" : "charts.green");
    case "halfInstalled":
      return icon("color-mode", "charts.yellow");
    case "off":
      return icon("circle-large-outline");
    case "notEligible":
    case "notOffered":
      return icon("circle-slash");
    case "turningOn":
    case "turningOff":
      return icon("loading~spin");
    case "unknown":
      return icon(status.reason.code === "recordsOnly" ? "archive" : "question");
    case undefined:
      return icon("server");
    default:
      return status satisfies never;
  }
}

/** `cluster.<status>.records` or `.empty`: what package.json's menus ask for. */
function clusterContext(status: AuditStatus | undefined, account: Account["kind"] | undefined): string {
  if (status === undefined) return "cluster.unknown.empty";
  const mayHaveRecords = status.kind !== "off" && status.kind !== "notEligible" && status.kind !== "notOffered";
  const holds = mayHaveRecords || newestOf(status) !== undefined ? "records" : "empty";
  return `cluster.${status.kind}.${holds}${account === "cloud" ? ".cloud" : ""}`;
}

function clusterItem(contents: Contents, node: ClusterNode, nowMs: number): vscode.TreeItem {
  const { state, counts, range, gaps } = contents.cluster(node);
  const status = state?.status;
  const cluster = state?.cluster;
  const facts = [cluster?.region, cluster?.spec || cluster?.type, cluster?.version].filter(Boolean).join(" · ");
  return item(node, cluster?.name || node.cluster, {
    state: Collapsed,
    icon: statusIcon(status),
    context: clusterContext(status, contents.place(node)?.kind),
    description: status === undefined ? [] : [statusText(status, nowMs)],
    tooltip: [
      cluster === undefined || cluster.name === cluster.id ? node.cluster : `${cluster.name} (${cluster.id})`,
      facts,
      ...(status === undefined ? [] : statusFacts(status)),
      counts === undefined || range === undefined
        ? ""
        : t("{0} in {1}", countsText(counts) || entriesText(0), rangeText(range, timeZone())),
      ...gaps.map(gapText),
      asOfText(status?.asOfMs),
    ],
  });
}

/** The facts behind a status, one a line. */
export function statusFacts(status: AuditStatus): readonly string[] {
  const newestMs = newestOf(status);
  const newest = newestMs === undefined ? "" : t("Newest event: {0}", bothTimesText(newestMs, timeZone()));
  switch (status.kind) {
    case "on":
      return [
        ...status.addons.map(addonText),
        ...(status.doubts ?? []).map((doubt) => `• ${doubtText(doubt)}`),
        newest === "" ? t("No event has come yet.") : newest,
      ];
    case "halfInstalled":
      return [
        ...status.addons.map(addonText),
        ...status.missing.map((name) => t("Missing: {0}", addonPurpose(name))),
        newest,
      ];
    case "off":
      return [
        t("No component of container auditing is installed, and nothing that is known speaks against it."),
        newest === "" ? "" : t("Records of an earlier time are there."),
        newest,
      ];
    case "notEligible":
      return [...status.reasons.map((reason) => `• ${ineligibilityText(reason)}`), newest];
    case "notOffered":
      return [
        ...status.addons.map(addonText),
        t(
          "ACK does not offer ack-advanced-audit for this cluster. Container auditing is enabled for an account on request: submit a ticket.",
        ),
        newest,
      ];
    case "turningOn":
    case "turningOff":
      return [stepText(status.step)];
    case "unknown":
      return [
        status.reason.code === "recordsOnly"
          ? t("Only records are at hand; whether the cluster is audited today they do not say.")
          : unknownReasonText(status.reason),
        status.reason.code === "unreachable" ? status.reason.detail : "",
      ];
    default:
      return status satisfies never;
  }
}

/** An add-on that is just being changed says nothing against the rest. */
function isDoubtful({ doubts = [] }: Extract<AuditStatus, { kind: "on" }>): boolean {
  return doubts.some(({ code }) => code !== "addon-changing");
}

function addonText({ name, version, state, upgrade }: Addon): string {
  switch (state) {
    case "active":
      return upgrade === undefined
        ? t("{0} {1}: active", name, version)
        : t("{0} {1}: active; {2} is available", name, version, upgrade);
    case "changing":
      return t("{0} {1}: being changed", name, version);
    case "unhealthy":
      return t("{0} {1}: unhealthy", name, version);
    default:
      return state satisfies never;
  }
}

/** Entries and risky commands; empty where there are none. */
function countsText({ entries, riskyCommands, isUpTo }: Counts): string {
  return [entries > 0 ? entriesText(entries) : "", riskyCommands > 0 ? riskyText(riskyCommands, isUpTo) : ""]
    .filter((text) => text !== "")
    .join(" · ");
}

/** What the counts below a cluster are over. */
function windowOf(contents: Contents, node: TreeNode): string {
  const isFile = contents.place(accountOf(node))?.path !== undefined;
  return isFile ? t("all records of the file") : windowText(contents.window());
}

function namespaceItem(contents: Contents, node: NamespaceNode): vscode.TreeItem {
  const { podCount, counts } = contents.pods(node);
  return item(node, node.namespace, {
    state: Collapsed,
    icon: counts !== undefined && counts.riskyCommands > 0 ? riskIcon() : icon("symbol-namespace"),
    context: "namespace",
    description: [podCount === undefined ? "" : podsText(podCount), counts === undefined ? "" : countsText(counts)],
    tooltip: [
      node.namespace,
      counts === undefined
        ? ""
        : t("{0} in the pods of this namespace: {1}", countsText(counts) || entriesText(0), windowOf(contents, node)),
      ...followingFacts(contents.following(node)),
    ],
  });
}

function followingFacts(following: Following | undefined): readonly string[] {
  if (following === undefined) return [];
  const asOf = following.kind === "following" ? "" : asOfText(following.asOfMs);
  return [followingText(following), asOf];
}

function goneItem(contents: Contents, node: GoneNode): vscode.TreeItem {
  const { podCount, counts } = contents.pods(node);
  return item(node, t("Gone, records only"), {
    state: Collapsed,
    icon: counts !== undefined && counts.riskyCommands > 0 ? riskIcon() : icon("archive"),
    context: "gone",
    description: [podCount === undefined ? "" : podsText(podCount), counts === undefined ? "" : countsText(counts)],
    tooltip: [t("Pods that do not exist any more. Their records are still there.")],
  });
}

function riskIcon(): vscode.ThemeIcon {
  return icon("warning", "list.warningForeground");
}

function podItem(contents: Contents, node: PodNode, nowMs: number): vscode.TreeItem {
  const { pod, activity, isUpTo } = contents.pod(node);
  const entries = activity?.entries ?? 0;
  const risky = activity?.riskyCommands ?? 0;
  const lastMs = activity?.lastEntryMs;
  return item(node, node.pod, {
    state: pod.containers.length > 0 ? Collapsed : None,
    icon: risky > 0 ? riskIcon() : icon(pod.gone ? "archive" : "package"),
    context: pod.gone ? "pod.gone" : "pod",
    description: [
      node.parent.kind === "gone" ? node.namespace : "",
      entries > 0 ? entriesText(entries) : "",
      lastMs === undefined ? "" : agoText(lastMs, nowMs),
      risky > 0 ? riskyText(risky, isUpTo) : "",
    ],
    tooltip: [
      `${node.namespace}/${node.pod}`,
      pod.gone ? t("This pod is gone; only its records are left.") : pod.phase,
      pod.node === "" ? "" : t("Node: {0}", pod.node),
      `${entriesText(entries)} · ${riskyText(risky, isUpTo)}: ${windowOf(contents, node)}`,
      lastMs === undefined ? "" : t("Last entry: {0}", bothTimesText(lastMs, timeZone())),
    ],
  });
}

function containerItem(contents: Contents, node: ContainerNode): vscode.TreeItem {
  const image = contents.container(node)?.image ?? "";
  return item(node, node.container, {
    icon: icon("symbol-object"),
    context: "container",
    description: [image],
    tooltip: [node.container, image],
  });
}

function noteItem(node: NoteNode): vscode.TreeItem {
  const { note } = node;
  const retry: vscode.Command = { command: "ackAudit.retryLoading", title: t("Try Again"), arguments: [node] };
  switch (note.kind) {
    case "failed": {
      const { part, reason } = note.failure;
      const label =
        note.of === "counts"
          ? t("Entries could not be counted")
          : part === ""
            ? t("This could not be loaded")
            : t("{0} could not be loaded", part);
      return item(node, label, {
        icon: icon("error", "list.errorForeground"),
        context: "note",
        description: [unreachableText(reason)],
        tooltip: [label, unreachableText(reason), t("Click to try again.")],
        click: retry,
      });
    }
    case "loading":
      return item(node, note.of === "counts" ? t("Counting entries…") : t("Loading…"), {
        icon: icon("loading~spin"),
        context: "note",
        tooltip: [t("Click to stop.")],
        click: { command: "ackAudit.stopLoading", title: t("Stop"), arguments: [node] },
      });
    case "stopped":
      return item(node, note.of === "counts" ? t("Counting was stopped") : t("Loading was stopped"), {
        icon: icon("debug-pause"),
        context: "note",
        tooltip: [t("Click to go on.")],
        click: retry,
      });
    case "notOpened": {
      const text = importFailureText(note.failure, note.failure.path);
      return item(node, t("The file is not open"), {
        icon: note.failure.kind === "cancelled" ? icon("debug-pause") : icon("error", "list.errorForeground"),
        context: "note",
        description: [text],
        tooltip: [text, t("Click to try again.")],
        click: retry,
      });
    }
    case "gaps":
      return item(node, t("The counts are incomplete"), {
        icon: icon("info"),
        context: "note",
        description: note.gaps.map(gapText),
        tooltip: note.gaps.map(gapText),
        click: retry,
      });
    case "nothing":
      return item(node, nothingText(node.parent), { icon: icon("dash"), context: "note", tooltip: [] });
    case "more":
      return item(node, t("Show {0} more…", note.next), {
        icon: icon("ellipsis"),
        context: "note",
        description: [t("{0} are not shown", note.remaining.toLocaleString(vscode.env.language))],
        tooltip: [t("Pods with risky commands and recent entries are shown first.")],
        click: { command: "ackAudit.showMorePods", title: t("Show More"), arguments: [node] },
      });
    default:
      return note satisfies never;
  }
}

function nothingText(parent: TreeNode): string {
  switch (parent.kind) {
    case "account":
      return t("No clusters");
    case "cluster":
      return t("No namespaces");
    default:
      return t("No pods");
  }
}
