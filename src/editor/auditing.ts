import * as vscode from "vscode";
import type { AuditStatus, Cluster } from "../audit/cluster.ts";
import { auditLogstore } from "../audit/ids.ts";
import type { Account, AuditingControl } from "../logs/account.ts";
import type { Accounts } from "./accounts.ts";
import { signalOf } from "./cancellation.ts";
import { command } from "./commands.ts";
import { type Contents, newestOf } from "./explorer/contents.ts";
import { statusFacts } from "./explorer/items.ts";
import { type ClusterNode, readNode } from "./explorer/node.ts";
import { timeZone } from "./settings.ts";
import { addonPurpose, stepText } from "./wording/cluster.ts";
import { statusText } from "./wording/explorer.ts";
import { bothTimesText } from "./wording/time.ts";

type Change = "turnOn" | "turnOff";
type Target = {
  readonly node: ClusterNode;
  readonly account: Account;
  readonly cluster: Cluster;
  readonly status: AuditStatus;
  readonly control: AuditingControl;
};

/** Turns container auditing on and off. Nothing is changed before the user confirmed exactly what. */
export function registerAuditing(accounts: Accounts, contents: Contents): vscode.Disposable {
  /** Clusters that are being changed from this window. */
  const changing = new Set<ClusterNode>();

  async function change(value: unknown, change: Change): Promise<void> {
    const node = readNode(value);
    if (node?.kind !== "cluster" || changing.has(node)) return;
    const target = await currentTarget(node, change);
    if (target === undefined || !(await confirm(target, change))) return;
    changing.add(node);
    let end: Awaited<ReturnType<typeof run>>;
    try {
      end = await run(target, change);
    } finally {
      changing.delete(node);
    }
    await tell(target, change, end.status, end.wasCancelled);
  }

  /** What is confirmed has to be true now, not when the tree was drawn: the state is asked for again. */
  async function currentTarget(node: ClusterNode, change: Change): Promise<Target | undefined> {
    const account = contents.place(node)?.account;
    if (account === undefined) return undefined;
    const list = await vscode.window.withProgress({ location: { viewId: "ackAudit.clusters" } }, () =>
      accounts.clusters(account).reload(),
    );
    const state = list.items.find(({ cluster }) => cluster.id === node.cluster);
    if (state === undefined) {
      await vscode.window.showWarningMessage(vscode.l10n.t("The cluster {0} is not there any more.", node.cluster));
      return undefined;
    }
    if (!canChange(state.status, change)) {
      await explain(state.cluster, state.status);
      return undefined;
    }
    const control = account.auditing(node.cluster);
    if (control !== undefined) return { node, account, control, ...state };
    await vscode.window.showWarningMessage(
      vscode.l10n.t("Container auditing cannot be changed here: only the records of this cluster are at hand."),
    );
    return undefined;
  }

  /** Goes through the steps; tells the state that is left, and whether the user cut them short. */
  async function run(
    target: Target,
    change: Change,
  ): Promise<{ readonly status: AuditStatus; readonly wasCancelled: boolean }> {
    const { node, account, cluster, control } = target;
    let last: AuditStatus | undefined;
    let wasCancelled = false;
    const title =
      change === "turnOn"
        ? vscode.l10n.t("Turning on container auditing for {0}", cluster.name)
        : vscode.l10n.t("Turning off container auditing for {0}", cluster.name);
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        try {
          for await (const status of control[change](signalOf(token))) {
            last = status;
            contents.overrideStatus(node, status);
            if (status.kind === "turningOn" || status.kind === "turningOff") {
              progress.report({ message: stepText(status.step) });
            }
            if (token.isCancellationRequested) break;
          }
        } catch (error) {
          // A control that is cancelled may end by throwing; anything else is a fault.
          if (!token.isCancellationRequested) throw error;
        } finally {
          wasCancelled = token.isCancellationRequested;
          contents.overrideStatus(node, undefined);
          await accounts.clusters(account).reload();
        }
      },
    );
    const listed = contents.cluster(node).state?.status;
    const isFinal = last !== undefined && last.kind !== "turningOn" && last.kind !== "turningOff";
    return { status: (isFinal ? last : listed) ?? target.status, wasCancelled };
  }

  async function tell(target: Target, change: Change, status: AuditStatus, wasCancelled: boolean): Promise<void> {
    const { node, cluster } = target;
    const now = statusText(status, Date.now());
    const isDone = change === "turnOn" ? status.kind === "on" : !hasAuditing(status);
    if (!isDone) {
      const message = wasCancelled
        ? vscode.l10n.t("Stopped. What was done until then stays. {0}: {1}", cluster.name, now)
        : change === "turnOn"
          ? vscode.l10n.t("Container auditing could not be turned on for {0}: {1}", cluster.name, now)
          : vscode.l10n.t("Container auditing could not be turned off for {0}: {1}", cluster.name, now);
      const again = vscode.l10n.t("Try Again…");
      const shown = wasCancelled
        ? vscode.window.showWarningMessage(message, again)
        : vscode.window.showErrorMessage(message, again);
      if ((await shown) === again) await vscode.commands.executeCommand(`ackAudit.${change}Auditing`, node);
      return;
    }
    if (change === "turnOff") {
      await vscode.window.showInformationMessage(
        vscode.l10n.t(
          "Container auditing is off for {0}. The Logstore {1} stays with its records, and so do its charges; it can be deleted in the Simple Log Service console.",
          cluster.name,
          auditLogstore(cluster.id),
        ),
      );
      return;
    }
    const newestMs = newestOf(status);
    const report = vscode.l10n.t("Show Audit Report");
    const query = vscode.l10n.t("New Query");
    const picked = await vscode.window.showInformationMessage(
      newestMs === undefined
        ? vscode.l10n.t(
            "Container auditing is on for {0}. The first event comes when somebody runs a command in a pod.",
            cluster.name,
          )
        : vscode.l10n.t(
            "Container auditing is on for {0}, and events arrive: the newest is of {1}.",
            cluster.name,
            bothTimesText(newestMs, timeZone()),
          ),
      report,
      query,
    );
    if (picked === report) await vscode.commands.executeCommand("ackAudit.showReport", node);
    if (picked === query) await vscode.commands.executeCommand("ackAudit.newQuery", node);
  }

  return vscode.Disposable.from(
    command("turnOnAuditing", (value) => change(value, "turnOn")),
    command("turnOffAuditing", (value) => change(value, "turnOff")),
  );
}

function hasAuditing(status: AuditStatus): boolean {
  switch (status.kind) {
    case "on":
    case "unknown":
    case "turningOn":
    case "turningOff":
      return true;
    case "halfInstalled":
      return !status.missing.includes("ack-advanced-audit");
    case "off":
    case "notEligible":
      return false;
    default:
      return status satisfies never;
  }
}

function canChange(status: AuditStatus, change: Change): boolean {
  switch (status.kind) {
    case "off":
      return change === "turnOn";
    case "halfInstalled":
      return change === "turnOn" || hasAuditing(status);
    case "on":
      return change === "turnOff";
    default:
      return false;
  }
}

/** Why nothing can be changed. */
async function explain(cluster: Cluster, status: AuditStatus): Promise<void> {
  const { t } = vscode.l10n;
  const message =
    status.kind === "notEligible"
      ? t("Container auditing cannot be turned on for {0}.", cluster.name)
      : t("There is nothing to change for {0}: {1}", cluster.name, statusText(status, Date.now()));
  const detail = statusFacts(status).filter((line) => line !== "");
  await vscode.window.showWarningMessage(message, { modal: true, detail: detail.join("\n") });
}

/** Says what will change, and asks. */
async function confirm({ account, cluster, status }: Target, change: Change): Promise<boolean> {
  const { t } = vscode.l10n;
  const logstore = auditLogstore(cluster.id);
  const where = `${cluster.name} (${cluster.id}${cluster.region === "" ? "" : `, ${cluster.region}`})`;
  const inSample =
    account.kind === "sample" ? [t("This is the built-in sample: no cloud is changed and nothing is charged.")] : [];
  const action = change === "turnOn" ? t("Turn On") : t("Turn Off");
  const lines = change === "turnOn" ? turnOnLines(status, logstore, where) : turnOffLines(status, logstore, where);
  const chosen = await vscode.window.showWarningMessage(
    change === "turnOn"
      ? t("Turn on container auditing for {0}?", cluster.name)
      : t("Turn off container auditing for {0}?", cluster.name),
    { modal: true, detail: [...lines, ...inSample].join("\n\n") },
    action,
  );
  return chosen === action;
}

function turnOnLines(status: AuditStatus, logstore: string, where: string): readonly string[] {
  const { t } = vscode.l10n;
  const present = status.kind === "halfInstalled" ? status.addons : [];
  const missing = status.kind === "halfInstalled" ? status.missing : (["logtail-ds", "ack-advanced-audit"] as const);
  return [
    [
      t("These components are installed into {0}, in the version that ACK offers for the cluster:", where),
      ...missing.map((name) => `• ${addonPurpose(name)}`),
    ].join("\n"),
    ...present.map(({ name, version }) => t("{0} {1} is there already and is not changed.", name, version)),
    t(
      "Records go into the Logstore {0} and are kept for 180 days. Container auditing itself is free; Simple Log Service charges for writing, indexing and keeping them.",
      logstore,
    ),
    t(
      "ack-advanced-audit takes part in every kubectl exec: according to its release notes an abnormal component may make kubectl exec fail.",
    ),
  ];
}

function turnOffLines(status: AuditStatus, logstore: string, where: string): readonly string[] {
  const { t } = vscode.l10n;
  const addons = "addons" in status ? status.addons : [];
  const auditing = addons.find(({ name }) => name === "ack-advanced-audit");
  const collectors = addons.filter(({ name }) => name !== "ack-advanced-audit");
  return [
    t(
      "ack-advanced-audit {0} is uninstalled from {1}. From then on nothing is recorded of what is run inside containers.",
      auditing?.version ?? "",
      where,
    ),
    ...collectors.map(({ name, version }) => t("{0} {1} stays: it may collect other logs too.", name, version)),
    t(
      "The Logstore {0} stays with its records. Simple Log Service charges for keeping them until their retention (180 days, if nobody changed it) is over, or until you delete the Logstore in its console.",
      logstore,
    ),
  ];
}
