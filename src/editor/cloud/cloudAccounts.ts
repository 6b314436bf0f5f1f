import * as vscode from "vscode";
import type { CallEvent } from "../../alibaba/call.ts";
import type { Accounts } from "../accounts.ts";
import type { ChangePermission } from "../changes/permission.ts";
import { command } from "../commands.ts";
import { readNode } from "../explorer/node.ts";
import { logError, output } from "../output.ts";
import { kubernetesEndpoint } from "../settings.ts";
import { credentialFactsLines } from "../wording/cloud.ts";
import type { AccountCalls } from "./callContext.ts";
import { createChosenContexts } from "./chosenContexts.ts";
import type { AccountChoices, Cloud } from "./cloud.ts";
import { credentialFacts } from "./credentialFacts.ts";
import { networkSettings } from "./network.ts";
import { createStoredAccounts, type StoredAccount } from "./storedAccounts.ts";

/** The id that the account of the cloud has beside the sample and the files. */
export function cloudAccountId(storedId: string): string {
  return `cloud:${storedId}`;
}

type Opened = { readonly stored: StoredAccount; readonly calls: AccountCalls };

/**
 * Opens the accounts that were added, in whatever window, and registers what adds and removes them. What speaks to
 * Alibaba Cloud is loaded when there is an account to open, or one is being added.
 */
export function openCloudAccounts(
  context: Pick<vscode.ExtensionContext, "globalState" | "secrets" | "extension">,
  accounts: Accounts,
  permission: ChangePermission,
): vscode.Disposable {
  const stored = createStoredAccounts({ state: context.globalState, secrets: context.secrets });
  const contexts = createChosenContexts(context.globalState);
  const opened = new Map<string, Opened>();
  let loading: Promise<Cloud> | undefined;
  let syncing = Promise.resolve();
  let isDisposed = false;

  function load(): Promise<Cloud> {
    loading ??= import("./cloud.ts").then(({ createCloud }) =>
      createCloud(networkSettings(), userAgent(context.extension), report, stored),
    );
    return loading;
  }

  /** Makes this window's accounts those that are stored. One after the other, as changes come in bursts. */
  function sync(): Promise<void> {
    syncing = syncing.then(openAndClose);
    return syncing;
  }

  async function openAndClose(): Promise<void> {
    if (isDisposed) return;
    const wanted = new Map(stored.all().map((account) => [cloudAccountId(account.id), account]));
    for (const [id, { stored: account }] of [...opened]) {
      if (JSON.stringify(wanted.get(id)) === JSON.stringify(account)) continue;
      opened.delete(id);
      accounts.remove(id);
    }
    for (const [id, account] of wanted) {
      if (!opened.has(id)) await open(id, account);
    }
  }

  /** Nobody waits for it who could be told: a fault with one account is logged and keeps no other from opening. */
  async function open(id: string, account: StoredAccount): Promise<void> {
    try {
      const cloud = await load();
      const calls = cloud.calls(account);
      const made = cloud.account(account, id, calls, choicesOf(id));
      if (isDisposed) return;
      opened.set(id, { stored: account, calls });
      accounts.add(made, () => ({
        description: [permission.isReadOnly(id) ? vscode.l10n.t("read-only") : ""],
        tooltip: [
          account.owner.arn,
          ...credentialFactsLines(credentialFacts(account.source, calls.credentials.known()), Date.now()),
        ],
      }));
    } catch (error) {
      logError(`account ${account.name}`, error);
    }
  }

  function choicesOf(id: string): AccountChoices {
    return {
      isReadOnly: () => permission.isReadOnly(id),
      ownContext: (cluster) => contexts.of(id, cluster),
      kubernetesEndpoint,
      allowKubeconfigCommands: () => vscode.workspace.isTrusted,
    };
  }

  async function add(): Promise<void> {
    const cloud = await load();
    if ((await cloud.addAccount()) === undefined) return;
    await sync();
    await vscode.commands.executeCommand("ackAudit.clusters.focus");
  }

  async function signIn(value: unknown): Promise<void> {
    const account = await chosenAccount(value, vscode.l10n.t("Sign in to which account?"));
    if (account === undefined) return;
    const cloud = await load();
    if (!(await cloud.signInAgain(account))) return;
    opened.get(cloudAccountId(account.id))?.calls.credentials.forget();
    await sync();
    const open = accounts.byId(cloudAccountId(account.id));
    if (open !== undefined) await accounts.clusters(open).reload();
  }

  async function remove(value: unknown): Promise<void> {
    const account = await chosenAccount(value, vscode.l10n.t("Remove which account?"));
    if (account === undefined) return;
    const go = vscode.l10n.t("Remove");
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t("Remove the account {0}?", account.name),
      {
        modal: true,
        detail: vscode.l10n.t(
          "What was stored about it is deleted, the credential too. Nothing changes in Alibaba Cloud, nor in the profiles of the Alibaba Cloud CLI.",
        ),
      },
      go,
    );
    if (chosen !== go) return;
    await stored.remove(account.id);
    await sync();
  }

  /** The account of the tree's row; from the command palette one is asked for. */
  async function chosenAccount(value: unknown, placeHolder: string): Promise<StoredAccount | undefined> {
    const node = readNode(value);
    const byNode = node?.kind === "account" ? opened.get(node.account)?.stored : undefined;
    if (byNode !== undefined) return byNode;
    const all = stored.all();
    if (all.length === 0) {
      const addIt = vscode.l10n.t("Add Account…");
      const message = vscode.l10n.t("There is no Alibaba Cloud account yet.");
      if ((await vscode.window.showInformationMessage(message, addIt)) === addIt) await add();
      return undefined;
    }
    const items = all.map((account) => ({ label: account.name, description: account.owner.arn, account }));
    return (await vscode.window.showQuickPick(items, { placeHolder }))?.account;
  }

  const subscriptions = vscode.Disposable.from(
    stored,
    stored.onDidChange((change) => {
      if (change.kind === "credential") opened.get(cloudAccountId(change.id))?.calls.credentials.forget();
      else void sync();
    }),
    // What another window changed in the state may come only after the word of it.
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) void sync();
    }),
    command("addAccount", add),
    command("signInAgain", signIn),
    command("removeAccount", remove),
    command("chooseKubeContext", async (value) => {
      const node = readNode(value);
      if (node?.kind !== "cluster" || !opened.has(node.parent.account)) return;
      if (await contexts.choose(node.parent.account, node.cluster)) {
        const open = accounts.byId(node.parent.account);
        if (open !== undefined) await accounts.clusters(open).reload();
      }
    }),
  );
  void sync();

  return {
    dispose() {
      isDisposed = true;
      subscriptions.dispose();
      void loading?.then((cloud) => cloud.close());
    },
  };
}

function userAgent({ packageJSON }: vscode.Extension<unknown>): string {
  return `ack-container-audit/${packageJSON.version} vscode/${vscode.version}`;
}

function report(account: string, event: CallEvent): void {
  switch (event.kind) {
    case "retry":
      output().debug(`${account}: ${event.operation}: ${event.why}; attempt ${event.attempt} in ${event.waitMs} ms`);
      break;
    case "throttled":
      output().debug(`${account}: ${event.operation}: throttled; again in ${event.waitMs} ms`);
      break;
    case "clockCorrected":
      output().warn(`${account}: the clock of this machine is off by ${Math.round(event.byMs / 1000)} s; corrected`);
      break;
    case "credentialRenewed":
      output().debug(`${account}: the credential was renewed`);
      break;
    default:
      event satisfies never;
  }
}
