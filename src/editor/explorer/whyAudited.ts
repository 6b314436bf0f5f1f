import * as vscode from "vscode";
import type { Account } from "../../logs/account.ts";
import { signalOf } from "../cancellation.ts";
import { command } from "../commands.ts";
import { createReadingPages } from "../readingPage.ts";
import { timeZone } from "../settings.ts";
import { unreachableText } from "../wording/cluster.ts";
import { statusText } from "../wording/explorer.ts";
import { recordsOnlyMarkdown, whyAuditedMarkdown, whyTitle } from "../wording/whyAudited.ts";
import type { Contents } from "./contents.ts";
import { nameOf } from "./items.ts";
import { type ClusterNode, readNode } from "./node.ts";

/** *Why Is This Cluster (Not) Audited?*: all that was checked, as a page to read. */
export function registerWhyAudited(contents: Contents): vscode.Disposable {
  const pages = createReadingPages("ack-audit-why", () =>
    vscode.l10n.t("This page is not kept. Ask again why the cluster is audited or not."),
  );

  async function explain(node: ClusterNode, account: Account): Promise<void> {
    const name = nameOf(contents, node);
    const facts = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t("Checking whether {0} is audited…", name),
        cancellable: true,
      },
      async (_progress, token) => {
        const signal = signalOf(token);
        const found = await account.facts?.(node.cluster, signal);
        return signal.aborted ? "cancelled" : found;
      },
    );
    if (facts === "cancelled") return;
    if (facts !== undefined && "code" in facts) {
      await vscode.window.showErrorMessage(
        vscode.l10n.t("{0} could not be checked: {1}", name, unreachableText(facts)),
      );
      return;
    }
    const markdown =
      facts === undefined ? recordsOnlyMarkdown(name) : whyAuditedMarkdown(name, facts, timeZone(), Date.now());
    await pages.show(whyTitle(name), node.id, markdown, "active");
  }

  return vscode.Disposable.from(
    pages,
    command("whyAudited", async (value) => {
      const given = readNode(value);
      const node = given?.kind === "cluster" ? given : await pickCluster(contents);
      const account = node === undefined ? undefined : contents.place(node)?.account;
      if (node !== undefined && account !== undefined) await explain(node, account);
    }),
  );
}

async function pickCluster(contents: Contents): Promise<ClusterNode | undefined> {
  const nowMs = Date.now();
  const items = contents.clusterNodes().map((node) => {
    const status = contents.cluster(node).state?.status;
    return {
      label: nameOf(contents, node),
      description: contents.place(node)?.name ?? "",
      detail: status === undefined ? "" : statusText(status, nowMs),
      node,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: vscode.l10n.t("Cluster to explain"),
    matchOnDescription: true,
  });
  return picked?.node;
}
