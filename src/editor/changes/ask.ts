import * as vscode from "vscode";
import { type ChangeBlocker, type ChangePlan, foreverDays, isRetention, readRetention } from "../../audit/change.ts";
import type { Account } from "../../logs/account.ts";
import {
  blockerText,
  clusterName,
  planAction,
  planParagraphs,
  planQuestion,
  retentionProblem,
  retentionText,
} from "../wording/change.ts";
import { isTypedName } from "./deletion.ts";
import type { ChangePermission } from "./permission.ts";

/** Lists the whole plan and asks; what deletes records wants the name of the cluster typed besides. */
export async function confirmPlan(plan: ChangePlan): Promise<boolean> {
  const action = planAction(plan);
  const chosen = await vscode.window.showWarningMessage(
    planQuestion(plan),
    { modal: true, detail: planParagraphs(plan).join("\n\n") },
    action,
  );
  if (chosen !== action) return false;
  return plan.change.kind !== "deleteLogstore" || (await typeName(plan));
}

async function typeName({ cluster, logstore }: ChangePlan): Promise<boolean> {
  const name = clusterName(cluster);
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t("Delete the Logstore {0}", logstore),
    prompt: vscode.l10n.t("Type the name of the cluster, {0}, to delete all of its audit records.", name),
    placeHolder: name,
    ignoreFocusOut: true,
    validateInput: (text) => (isTypedName(text, name) ? undefined : vscode.l10n.t("This is not {0}.", name)),
  });
  return typed !== undefined && isTypedName(typed, name);
}

const usualDays = [7, 30, 90, 180, 365, foreverDays];

/** The retention that is wanted, picked or typed; undefined where the user gave up. */
export async function askRetention(cluster: ChangePlan["cluster"], currentDays: number): Promise<number | undefined> {
  const current = vscode.l10n.t("now");
  const days = [...new Set([...usualDays, ...(isRetention(currentDays) ? [currentDays] : [])])].sort((a, b) => a - b);
  const items = days.map((each) => ({
    label: retentionText(each),
    days: each as number | undefined,
    ...(each === currentDays ? { description: current } : {}),
  }));
  const other = { label: vscode.l10n.t("Other Number of Days…"), days: undefined };
  const picked = await vscode.window.showQuickPick([...items, other], {
    title: vscode.l10n.t("How long are the audit records of {0} kept?", clusterName(cluster)),
    placeHolder: vscode.l10n.t("A shorter retention deletes the records that are older."),
  });
  if (picked === undefined || picked.days !== undefined) return picked?.days;
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t("How long are the audit records of {0} kept?", clusterName(cluster)),
    prompt: retentionProblem(),
    value: String(currentDays),
    validateInput: (text) => (readRetention(text) === undefined ? retentionProblem() : undefined),
  });
  return typed === undefined ? undefined : readRetention(typed);
}

/** Says why nothing is changed. True where the user has taken away what blocked it, so that it is worth another try. */
export async function explainBlockers(
  plan: Pick<ChangePlan, "cluster" | "blockers"> & { readonly change: ChangePlan["change"]["kind"] },
  account: Account,
  permission: ChangePermission,
): Promise<boolean> {
  const { change, cluster, blockers } = plan;
  // Where something else blocks it too, allowing changes would not help.
  const telling = blockers.find(({ kind }) => kind !== "readOnly") ?? blockers[0];
  if (telling === undefined) return false;
  if (telling.kind === "readOnly") return await offerToAllow(account, permission);
  const texts = blockers.filter(({ kind }) => kind !== "readOnly").map((each) => blockerText(each, change, cluster));
  const actions = actionsOf(telling);
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t("Nothing can be changed for {0}.", clusterName(cluster)),
    { modal: true, detail: texts.join("\n\n") },
    ...actions,
  );
  if (chosen !== undefined) await copyPolicy(telling);
  return false;
}

function actionsOf(blocker: ChangeBlocker): readonly string[] {
  return blocker.kind === "permissionMissing" ? [vscode.l10n.t("Copy RAM Policy")] : [];
}

/** Copies the policy that a missing permission comes with. */
export async function copyPolicy(blocker: ChangeBlocker): Promise<void> {
  if (blocker.kind !== "permissionMissing") return;
  await vscode.env.clipboard.writeText(blocker.policy);
  vscode.window.setStatusBarMessage(vscode.l10n.t("The RAM policy was copied."), 5_000);
}

async function offerToAllow(account: Account, permission: ChangePermission): Promise<boolean> {
  const allow = vscode.l10n.t("Allow Changes for This Account…");
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t("The account {0} is read-only: nothing is changed in it.", account.name),
    {
      modal: true,
      detail: vscode.l10n.t("ackAudit.readOnly forbids every change in a cloud, unless an account is let out of it."),
    },
    allow,
  );
  return chosen === allow && (await allowChanges(account, permission));
}

/** Lets an account out of read-only mode, after it was said what that means. */
export async function allowChanges(
  account: Pick<Account, "id" | "name">,
  permission: ChangePermission,
): Promise<boolean> {
  const action = vscode.l10n.t("Allow Changes");
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t("Allow changes for the account {0}?", account.name),
    {
      modal: true,
      detail: vscode.l10n.t(
        "Container auditing can then be turned on, off and upgraded in its clusters, and the retention of Logstores changed and Logstores deleted. Each change is still listed and confirmed by itself. Forbid Changes for This Account takes it back.",
      ),
    },
    action,
  );
  if (chosen !== action) return false;
  await permission.allow(account.id);
  return true;
}
