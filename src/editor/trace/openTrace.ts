import * as vscode from "vscode";
import { traceId } from "../../audit/ids.ts";
import type { Accounts } from "../accounts.ts";
import { command } from "../commands.ts";
import { pickClusters } from "../queryFiles/target.ts";
import type { Traces } from "./traces.ts";

/** *Open Trace…*: a trace by its id, over all the time that the cluster has. */
export function registerOpenTrace(accounts: Accounts, traces: Traces): vscode.Disposable {
  return command("openTrace", async () => {
    const typed = await vscode.window.showInputBox({
      title: vscode.l10n.t("Open Trace"),
      prompt: vscode.l10n.t("The trace id, as the column traceId has it"),
      validateInput: (text) => (text.trim() === "" ? vscode.l10n.t("Type or paste a trace id.") : undefined),
    });
    const trace = traceId(typed?.trim() ?? "");
    if (trace === undefined) return;
    const [cluster] = (await pickClusters(accounts, [], false)) ?? [];
    if (cluster === undefined) return;
    await traces.open({
      accountId: cluster.accountId,
      clusterId: cluster.id,
      clusterName: cluster.name,
      trace,
      event: undefined,
      atMs: undefined,
    });
  });
}
