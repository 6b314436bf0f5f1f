import * as vscode from "vscode";
import type { ClusterId } from "../audit/ids.ts";
import type { Account } from "../logs/account.ts";
import type { Accounts } from "./accounts.ts";
import { statusFacts } from "./explorer/items.ts";
import { statusWord } from "./wording/explorer.ts";

export type ActiveCluster = { readonly id: ClusterId; readonly name: string };

export interface StatusBar extends vscode.Disposable {
  /** The cluster of the query file that has the focus, or of the last run. */
  show(account: Account, cluster: ActiveCluster): void;
  active(): { readonly account: Account; readonly cluster: ActiveCluster } | undefined;
}

/** The active cluster with its audit state; nothing until there is one. */
export function registerStatusBar(accounts: Accounts): StatusBar {
  const item = vscode.window.createStatusBarItem("ackAudit.activeCluster", vscode.StatusBarAlignment.Left);
  item.name = vscode.l10n.t("Active audited cluster");
  let active: ReturnType<StatusBar["active"]>;

  function draw(): void {
    if (active === undefined || accounts.byId(active.account.id) === undefined) {
      active = undefined;
      item.hide();
      return;
    }
    const { account, cluster } = active;
    const status = accounts
      .clusters(account)
      .state()
      .items.find((state) => state.cluster.id === cluster.id)?.status;
    item.text =
      status === undefined
        ? `$(server) ${cluster.name}`
        : `$(server) ${vscode.l10n.t("{0}: {1}", cluster.name, statusWord(status))}`;
    item.tooltip = [
      `${account.name} · ${cluster.name} (${cluster.id})`,
      ...(status === undefined ? [] : statusFacts(status)),
    ]
      .filter((line) => line !== "")
      .join("\n");
    item.command = {
      command: "ackAudit.revealCluster",
      title: vscode.l10n.t("Show in Clusters"),
      arguments: [account.id, cluster.id],
    };
    item.show();
  }

  const subscriptions = vscode.Disposable.from(
    item,
    accounts.onDidChange(() => {
      if (active !== undefined) draw();
    }),
  );
  return {
    show: (account, cluster) => {
      active = { account, cluster };
      draw();
      // The state is asked for where nobody has asked before; its answer draws again.
      if (accounts.byId(account.id) !== undefined) void accounts.clusters(account).begin();
    },
    active: () => active,
    dispose: () => subscriptions.dispose(),
  };
}
