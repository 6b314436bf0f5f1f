import * as vscode from "vscode";
import type { Cluster } from "../../audit/cluster.ts";
import type { Account, ClusterState } from "../../logs/account.ts";
import type { Accounts, ClusterAddress } from "../accounts.ts";
import { importFailureText, unreachableText } from "../wording/cluster.ts";

/** What a query's directives say of where it is asked; `clusters` may hold `*`. */
export type Where = { readonly account: string | undefined; readonly clusters: readonly string[] };

export type FoundTarget = { readonly kind: "target"; readonly account: Account; readonly clusters: readonly Cluster[] };

/** Where a query is to be asked, or why that is not clear, worded; `candidates` can be chosen from. */
export type TargetResult =
  | FoundTarget
  | { readonly kind: "unclear"; readonly message: string; readonly candidates: readonly ClusterAddress[] };

function unclear(message: string, candidates: readonly ClusterAddress[] = []): TargetResult {
  return { kind: "unclear", message, candidates };
}

/** Whether there can be records: a cluster that was never audited has no Logstore to ask. */
export function hasRecords({ status }: ClusterState): boolean {
  switch (status.kind) {
    case "off":
    case "notEligible":
    case "notOffered":
      return status.newestEventMs !== undefined;
    default:
      return true;
  }
}

export async function resolveTarget(accounts: Accounts, where: Where, signal: AbortSignal): Promise<TargetResult> {
  if (where.clusters.length === 0) return unclear(vscode.l10n.t("The query names no cluster."));
  if (where.clusters.includes("*")) return everyCluster(accounts, where.account);
  const clusters: Cluster[] = [];
  let account: Account | undefined;
  for (const name of where.clusters) {
    const found = await accounts.resolve(name, where.account, signal);
    switch (found.kind) {
      case "unique":
        if (account !== undefined && account.id !== found.account.id) {
          return unclear(
            vscode.l10n.t("One run asks clusters of one account. {0} is in {1}.", name, found.account.name),
          );
        }
        account = found.account;
        clusters.push(found.cluster);
        break;
      case "ambiguous":
        return unclear(
          vscode.l10n.t("More than one cluster is called {0}. Choose one; its id is written.", name),
          found.candidates,
        );
      case "none":
        return unclear(
          found.missing === "account"
            ? vscode.l10n.t("No account {0} is open.", where.account ?? "")
            : vscode.l10n.t("No account that is open has a cluster {0}.", name),
        );
      case "unreachable":
        return unclear(`${found.account}: ${unreachableText(found.reason)}`);
      case "notOpened":
        return unclear(importFailureText(found.failure, found.failure.path));
      default:
        return found satisfies never;
    }
  }
  return account === undefined
    ? unclear(vscode.l10n.t("The query names no cluster."))
    : { kind: "target", account, clusters };
}

async function everyCluster(accounts: Accounts, name: string | undefined): Promise<TargetResult> {
  const open = accounts.all().filter((account) => name === undefined || account.id === name || account.name === name);
  const [only] = open;
  if (only === undefined) return unclear(vscode.l10n.t("No account {0} is open.", name ?? ""));
  if (open.length > 1) {
    return unclear(vscode.l10n.t("“@cluster *” means all clusters of one account. Say which with “@account”."));
  }
  const { items, failures } = await accounts.clusters(only).finish();
  const [failure] = failures;
  if (failure !== undefined) return unclear(`${only.name}: ${unreachableText(failure.reason)}`);
  const clusters = items.filter(hasRecords).map(({ cluster }) => cluster);
  return clusters.length === 0
    ? unclear(vscode.l10n.t("No cluster of {0} has audit records.", only.name))
    : { kind: "target", account: only, clusters };
}

type ClusterItem = vscode.QuickPickItem & { readonly address: ClusterAddress };

/** Lets the user choose clusters of the open accounts. */
export async function pickClusters(
  accounts: Accounts,
  chosen: readonly string[],
  many: boolean,
): Promise<readonly ClusterAddress[] | undefined> {
  const items = async (): Promise<ClusterItem[]> => {
    const found: ClusterItem[] = [];
    for (const account of accounts.all()) {
      for (const state of (await accounts.clusters(account).finish()).items) {
        if (!hasRecords(state)) continue;
        const { id, name } = state.cluster;
        found.push({
          label: name,
          description: account.name,
          detail: id,
          picked: chosen.includes(name) || chosen.includes(id),
          address: { accountId: account.id, accountName: account.name, id, name },
        });
      }
    }
    return found;
  };
  const title = many ? vscode.l10n.t("Clusters of the query") : vscode.l10n.t("Which cluster?");
  if (!many) {
    const one = await vscode.window.showQuickPick(items(), { title, matchOnDetail: true });
    return one === undefined ? undefined : [one.address];
  }
  const picked = await vscode.window.showQuickPick(items(), { title, matchOnDetail: true, canPickMany: true });
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ address }) => address);
}
