import * as vscode from "vscode";
import { traceStatement } from "../../audit/queries.ts";
import type { Account } from "../../logs/account.ts";
import type { Run } from "../queries/history.ts";
import { saveQuery, textOfRun } from "../queryFiles/saveQuery.ts";
import type { Runner } from "../run.ts";
import type { TraceAddress, Traces } from "../trace/traces.ts";
import type { ResultsActions } from "./results.ts";

/** Opens a query file that is not saved yet. */
export async function openUntitledQuery(text: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: "slsq", content: text });
  await vscode.window.showTextDocument(document);
}

/** Opens the document that a run was started from, or the run as a query of its own where that is gone. */
export async function openQueryOf(run: Run): Promise<void> {
  if (run.document !== undefined) {
    const uri = vscode.Uri.parse(run.document);
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === run.document);
    const exists = open !== undefined || (uri.scheme === "file" && (await fileExists(uri)));
    if (exists) {
      const document = open ?? (await vscode.workspace.openTextDocument(uri));
      const at = document.positionAt(Math.max(0, document.getText().indexOf(run.statement)));
      await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
      return;
    }
  }
  await openUntitledQuery(textOfRun(run));
}

async function fileExists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === "FileNotFound") return false;
    throw error;
  }
}

/** What a user asks for on a page of rows, done by the parts that can. */
export function createResultsActions(runner: () => Runner, traces: () => Traces): ResultsActions {
  return {
    async openTrace(run, clusterName, trace, event, atMs) {
      const { clusters } = run.target;
      const cluster = clusters.length === 1 ? clusters[0] : clusters.find(({ name }) => name === clusterName);
      if (cluster === undefined) {
        void vscode.window.showWarningMessage(
          vscode.l10n.t("The row does not say which cluster it is from. Select the cluster column too."),
        );
        return;
      }
      await traces().open({
        accountId: run.target.accountId,
        clusterId: cluster.id,
        clusterName: cluster.name,
        trace,
        event,
        atMs,
      });
    },
    runAgain: (run) => runner().runAgain(run),
    openQuery: openQueryOf,
    saveQuery: (run) => saveQuery(run.title, textOfRun(run)),
  };
}

/** The records of a trace as rows, over the time that its page searched. */
export async function openTraceRows(
  runner: Runner,
  address: TraceAddress,
  account: Account,
  range: { fromMs: number; toMs: number },
): Promise<void> {
  await runner.run({
    title: vscode.l10n.t("Trace {0}", address.trace),
    statement: traceStatement(address.trace),
    account,
    clusters: [{ id: address.clusterId, name: address.clusterName }],
    range,
  });
}
