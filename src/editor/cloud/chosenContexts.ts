import * as vscode from "vscode";
import type { OwnContext } from "../../alibaba/cloudAccount.ts";
import type { ClusterId } from "../../audit/ids.ts";
import { unreachableText } from "../wording/cluster.ts";

/** The contexts of kubeconfigs of their own that people chose for clusters. */
export interface ChosenContexts {
  of(account: string, cluster: ClusterId): OwnContext | undefined;
  /** Asks for one; true when another was chosen. */
  choose(account: string, cluster: ClusterId): Promise<boolean>;
}

const key = "ackAudit.kubeContexts";

export function createChosenContexts(state: Pick<vscode.Memento, "get" | "update">): ChosenContexts {
  const all = () => readChosen(state.get(key));
  const nameOf = (account: string, cluster: ClusterId) => `${account}/${cluster}`;
  return {
    of: (account, cluster) => all()[nameOf(account, cluster)],
    async choose(account, cluster) {
      const chosen = all()[nameOf(account, cluster)];
      const { ownContexts } = await import("../../kubernetes/kubernetes.ts");
      const found = await ownContexts();
      const fromAck = {
        label: vscode.l10n.t("A short-lived kubeconfig from ACK"),
        description: vscode.l10n.t("Kept in memory for 30 minutes"),
        context: undefined,
      };
      const failed = "code" in found ? unreachableText(found) : undefined;
      const own = "code" in found ? [] : found;
      const items = [
        fromAck,
        ...own.map(({ name, server }) => ({
          label: name,
          description: [server, name === chosen?.context ? vscode.l10n.t("chosen") : undefined]
            .filter(Boolean)
            .join(" · "),
          context: name,
        })),
      ];
      const picked = await vscode.window.showQuickPick(items, {
        title: vscode.l10n.t("How are the pods of this cluster listed?"),
        placeHolder: failed ?? vscode.l10n.t("ACK's kubeconfig, or a context of your own kubeconfig"),
      });
      if (picked === undefined || picked.context === chosen?.context) return false;
      const { [nameOf(account, cluster)]: _, ...others } = all();
      const next =
        picked.context === undefined ? others : { ...others, [nameOf(account, cluster)]: { context: picked.context } };
      await state.update(key, next);
      return true;
    },
  };
}

function readChosen(value: unknown): Readonly<Record<string, OwnContext>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter(
      (entry): entry is [string, OwnContext] =>
        typeof entry[1] === "object" && entry[1] !== null && typeof entry[1].context === "string",
    ),
  );
}
