import * as vscode from "vscode";
import type { Change, ChangeEnd, ChangeKind, ChangePlan, ChangeProgress, ChangeUnderWay } from "../audit/change.ts";
import { auditLogstore } from "../audit/ids.ts";
import type { Account, AuditingControl } from "../logs/account.ts";
import type { Accounts } from "./accounts.ts";
import { signalOf } from "./cancellation.ts";
import { allowChanges, askRetention, confirmPlan, copyPolicy, explainBlockers } from "./changes/ask.ts";
import { createKeptChanges, type KeptChange } from "./changes/kept.ts";
import type { ChangePermission } from "./changes/permission.ts";
import { command } from "./commands.ts";
import type { Contents } from "./explorer/contents.ts";
import { type ClusterNode, readNode } from "./explorer/node.ts";
import { logError } from "./output.ts";
import { changeTitle, clusterName, endText, stageText } from "./wording/change.ts";
import { stepText } from "./wording/cluster.ts";

type Target = {
  readonly node: ClusterNode;
  readonly account: Account;
  readonly cluster: ChangePlan["cluster"];
  readonly control: AuditingControl;
};

type Kept = {
  readonly permission: ChangePermission;
  /** Kept over reloads and shared by all windows. */
  readonly globalState: Pick<vscode.Memento, "get" | "update">;
};

/** A plan that was made anew this often is not what anybody agreed to; the user begins again. */
const plansInARow = 3;

/**
 * Changes container auditing and its Logstores. Nothing is changed before a plan, made from what is there at that moment,
 * was listed and confirmed.
 */
export function registerAuditing(
  accounts: Accounts,
  contents: Contents,
  { permission, globalState }: Kept,
): vscode.Disposable {
  const kept = createKeptChanges(globalState, Date.now);
  /** Clusters that are being changed, or asked about, from this window. */
  const changing = new Set<ClusterNode>();
  let isClosing = false;

  async function change(value: unknown, kind: ChangeKind): Promise<void> {
    const node = readNode(value);
    if (node?.kind !== "cluster") return;
    if (changing.has(node)) {
      await vscode.window.showInformationMessage(
        vscode.l10n.t("{0} is being changed from this window already.", clusterName(clusterOf(node))),
      );
      return;
    }
    const done = await alone(node, () => planAndRun(node, kind));
    if (done !== undefined && (await tell(done.target, kind, done.end))) await change(node, kind);
  }

  /** Nobody else changes the cluster from this window meanwhile. */
  async function alone<Result>(node: ClusterNode, work: () => Promise<Result>): Promise<Result> {
    changing.add(node);
    try {
      return await work();
    } finally {
      changing.delete(node);
    }
  }

  /** From the plan to what it came to; undefined where nothing was begun, and the user knows why. */
  async function planAndRun(
    node: ClusterNode,
    kind: ChangeKind,
  ): Promise<{ readonly target: Target; readonly end: ChangeEnd | undefined } | undefined> {
    const account = contents.place(node)?.account;
    if (account === undefined) return undefined;
    const control = account.auditing(node.cluster);
    if (control === undefined) {
      await vscode.window.showWarningMessage(
        vscode.l10n.t("Container auditing cannot be changed here: only the records of this cluster are at hand."),
        { modal: true },
      );
      return undefined;
    }
    const target: Target = { node, account, control, cluster: clusterOf(node) };
    const wanted = await wantedChange(target, kind);
    if (wanted === undefined) return undefined;
    for (let plans = 0; plans < plansInARow; plans++) {
      const plan = await planned(target, wanted);
      if (plan === undefined) return undefined;
      if (plan.blockers.length > 0) {
        // The list may show something else than what was just found out.
        void accounts.clusters(account).reload();
        if (await explainBlockers({ ...plan, change: kind }, account, permission)) continue;
        return undefined;
      }
      if (!(await confirmPlan(plan))) return undefined;
      const end = await run(target, kind, (signal) => control.carryOut(plan, signal));
      if (end?.kind !== "planOutdated") return { target, end };
      await vscode.window.showWarningMessage(endText(end, { ...plan, change: kind }), { modal: true });
    }
    return undefined;
  }

  function clusterOf(node: ClusterNode): ChangePlan["cluster"] {
    const known = contents.cluster(node).state?.cluster;
    return { id: node.cluster, name: known?.name ?? "", region: known?.region ?? "" };
  }

  /** The change with all that has to be known to plan it: for a retention, how long. */
  async function wantedChange({ account, cluster, control }: Target, kind: ChangeKind): Promise<Change | undefined> {
    if (kind !== "changeRetention") return { kind };
    const current = await looking(cluster, (signal) => control.retention(signal));
    if (current === undefined) return undefined;
    if (typeof current !== "number") {
      await explainBlockers({ cluster, blockers: [current], change: kind }, account, permission);
      return undefined;
    }
    const days = await askRetention(cluster, current);
    return days === undefined ? undefined : { kind, days };
  }

  function planned({ cluster, control }: Target, wanted: Change): Promise<ChangePlan | undefined> {
    return looking(cluster, (signal) => control.plan(wanted, signal));
  }

  /** Asks for something that may take a while; undefined where the user did not wait for it. */
  async function looking<Found>(
    cluster: ChangePlan["cluster"],
    ask: (signal: AbortSignal) => Promise<Found>,
  ): Promise<Found | undefined> {
    return await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t("Looking at {0}…", clusterName(cluster)),
        cancellable: true,
      },
      async (_, token) => {
        const found = await ask(signalOf(token));
        return token.isCancellationRequested ? undefined : found;
      },
    );
  }

  /** Shows the progress of what is being changed, and keeps what is needed to go on with it after a reload. */
  async function run(
    { node, account, cluster }: Target,
    kind: ChangeKind,
    begin: (signal: AbortSignal) => AsyncIterable<ChangeProgress>,
  ): Promise<ChangeEnd | undefined> {
    let end: ChangeEnd | undefined;
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: changeTitle(kind, cluster), cancellable: true },
      async (progress, token) => {
        try {
          for await (const told of begin(signalOf(token))) {
            switch (told.kind) {
              case "begun":
                await kept.keep(account.id, told.underWay);
                break;
              case "waiting":
                show(node, told);
                progress.report({ message: progressText(told) });
                break;
              case "ended":
                end = told.end;
                break;
              default:
                told satisfies never;
            }
          }
        } finally {
          contents.overrideStatus(node, undefined);
          // A window that closes has not given up waiting: the next one goes on with it.
          if (!isClosing) await kept.drop(account.id, node.cluster);
          await accounts.clusters(account).reload();
        }
      },
    );
    return end;
  }

  function show(node: ClusterNode, { status }: Extract<ChangeProgress, { kind: "waiting" }>): void {
    contents.overrideStatus(node, status === undefined ? undefined : { asOfMs: Date.now(), ...status });
  }

  /** Says what it came to and what can be done now. True where the user wants to try again. */
  async function tell(
    { node, account, cluster }: Target,
    kind: ChangeKind,
    end: ChangeEnd | undefined,
  ): Promise<boolean> {
    if (end === undefined) return false;
    const message = endText(end, { cluster, logstore: auditLogstore(cluster.id), change: kind });
    const offers = offersAfter(kind, end, account);
    const chosen = await showEnd(end, message, [...offers.keys()]);
    switch (chosen === undefined ? undefined : offers.get(chosen)) {
      case undefined:
        return false;
      case "again":
        return true;
      case "report":
        await vscode.commands.executeCommand("ackAudit.showReport", node);
        return false;
      case "query":
        await vscode.commands.executeCommand("ackAudit.newQuery", node);
        return false;
      case "deleteLogstore":
        await vscode.commands.executeCommand("ackAudit.deleteLogstore", node);
        return false;
      case "policy":
        if (end.kind === "blocked" || end.kind === "outcomeUnknown") await copyPolicy(end.by);
        return false;
      case "refresh":
        await vscode.commands.executeCommand("ackAudit.refreshClusters");
        return false;
    }
  }

  /** Waits on for what this or another window had begun when it was closed. */
  async function resume({ account: id, underWay }: KeptChange): Promise<void> {
    const account = accounts.byId(id);
    if (account === undefined) return;
    // A cloud account knows only the clusters that it has listed.
    await accounts.clusters(account).finish();
    const node = contents.clusterNode(id, underWay.cluster.id);
    const control = account.auditing(underWay.cluster.id);
    // Where the list could not be had the change stays kept, and the next start tries again.
    if (control === undefined || changing.has(node)) return;
    const target: Target = { node, account, control, cluster: underWay.cluster };
    const end = await alone(node, () => run(target, underWay.change, (signal) => control.resume(underWay, signal)));
    if (await tell(target, underWay.change, end)) await change(node, underWay.change);
  }

  /** Each is resumed once, when its account is there: cloud accounts come after the start. */
  const waitingForAccount = new Map<string, ChangeUnderWay>();
  for (const { account, underWay } of kept.all()) {
    waitingForAccount.set(`${account}\n${underWay.cluster.id}`, underWay);
  }
  function resumeKept(): void {
    for (const [key, underWay] of [...waitingForAccount]) {
      const account = key.slice(0, key.indexOf("\n"));
      if (accounts.byId(account) === undefined) continue;
      waitingForAccount.delete(key);
      resume({ account, underWay }).catch((error: unknown) => logError("resuming a change", error));
    }
  }
  resumeKept();

  async function allow(value: unknown, isAllowed: boolean): Promise<void> {
    const node = readNode(value);
    const account = node === undefined ? undefined : contents.place(node)?.account;
    if (account?.kind !== "cloud") return;
    if (isAllowed) await allowChanges(account, permission);
    else {
      await permission.forbid(account.id);
      await vscode.window.showInformationMessage(
        permission.isReadOnly(account.id)
          ? vscode.l10n.t("The account {0} is read-only again.", account.name)
          : vscode.l10n.t(
              "The account {0} has no exception of its own any more, but ackAudit.readOnly is off, so changes are allowed everywhere.",
              account.name,
            ),
      );
    }
  }

  return vscode.Disposable.from(
    command("turnOnAuditing", (value) => change(value, "turnOn")),
    command("turnOffAuditing", (value) => change(value, "turnOff")),
    command("upgradeAuditing", (value) => change(value, "upgrade")),
    command("changeRetention", (value) => change(value, "changeRetention")),
    command("deleteLogstore", (value) => change(value, "deleteLogstore")),
    command("allowChanges", (value) => allow(value, true)),
    command("forbidChanges", (value) => allow(value, false)),
    accounts.onDidChange(({ kind }) => {
      if (kind === "places") resumeKept();
    }),
    {
      dispose: () => {
        isClosing = true;
      },
    },
  );
}

function progressText({ status, stage }: Extract<ChangeProgress, { kind: "waiting" }>): string {
  const step = status === undefined ? "" : stepText(status.step);
  const at = stage === undefined ? "" : stageText(stage);
  return [step, at].filter((text) => text !== "").join(" · ");
}

type Offer = "again" | "report" | "query" | "deleteLogstore" | "policy" | "refresh";

/** What the user can go on with, by what its button says. */
function offersAfter(kind: ChangeKind, end: ChangeEnd, account: Account): ReadonlyMap<string, Offer> {
  const again = [vscode.l10n.t("Try Again…"), "again"] as const;
  const refresh = [vscode.l10n.t("Refresh Clusters"), "refresh"] as const;
  const query = [vscode.l10n.t("New Query"), "query"] as const;
  switch (end.kind) {
    case "done":
      if (kind === "turnOn") return new Map([[vscode.l10n.t("Show Audit Report"), "report"], query]);
      if (kind === "turnOff" && account.kind === "cloud") {
        return new Map([[vscode.l10n.t("Delete Logstore…"), "deleteLogstore"]]);
      }
      return new Map();
    case "noEventYet":
      return new Map([query, refresh]);
    case "halfInstalled":
    case "taskFailed":
      return new Map([again]);
    case "blocked":
    case "outcomeUnknown": {
      const next = end.kind === "blocked" ? again : refresh;
      return end.by.kind === "permissionMissing"
        ? new Map([[vscode.l10n.t("Copy RAM Policy"), "policy"], next])
        : new Map([next]);
    }
    case "unhealthy":
    case "unconfirmed":
    case "stillUnderWay":
    case "cancelledWaiting":
      return new Map([refresh]);
    case "planOutdated":
      return new Map();
    default:
      return end satisfies never;
  }
}

async function showEnd(end: ChangeEnd, message: string, offers: readonly string[]): Promise<string | undefined> {
  switch (end.kind) {
    case "done":
      return await vscode.window.showInformationMessage(message, ...offers);
    case "blocked":
    case "taskFailed":
    case "halfInstalled":
    case "unhealthy":
      return await vscode.window.showErrorMessage(message, ...offers);
    default:
      return await vscode.window.showWarningMessage(message, ...offers);
  }
}
