/** Runs in the extension host: waits for a problem of a text, takes its first quick fix, and says what became of both. */
import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";

export type Provoked = { readonly code: string; readonly text: string };

export type Fixed = {
  readonly code: string;
  /** What the problem says; undefined where there was none. */
  readonly message: string | undefined;
  readonly fix: string | undefined;
  readonly text: string;
  readonly isGone: boolean;
};

function codeOf({ code }: vscode.Diagnostic): unknown {
  return typeof code === "object" ? code.value : code;
}

async function found(uri: vscode.Uri, code: string, wanted: boolean): Promise<vscode.Diagnostic | undefined> {
  let last: vscode.Diagnostic | undefined;
  for (let tries = 0; tries < 100; tries++) {
    last = vscode.languages.getDiagnostics(uri).find((each) => codeOf(each) === code);
    if ((last !== undefined) === wanted) break;
    await pause(100);
  }
  return last;
}

async function applyFix({ code, text }: Provoked): Promise<Fixed> {
  const document = await vscode.workspace.openTextDocument({ language: "slsq", content: text });
  await vscode.window.showTextDocument(document);
  const problem = await found(document.uri, code, true);
  const actions =
    problem === undefined
      ? []
      : await vscode.commands.executeCommand<vscode.CodeAction[]>(
          "vscode.executeCodeActionProvider",
          document.uri,
          problem.range,
          vscode.CodeActionKind.QuickFix.value,
        );
  const mending = actions.filter(({ edit }) => edit !== undefined);
  const fix = mending.find(({ isPreferred }) => isPreferred) ?? mending[0];
  if (fix?.edit !== undefined) await vscode.workspace.applyEdit(fix.edit);
  const isGone = fix !== undefined && (await found(document.uri, code, false)) === undefined;
  return { code, message: problem?.message, fix: fix?.title, text: document.getText(), isGone };
}

export async function run(provoked: readonly Provoked[]): Promise<readonly Fixed[]> {
  const fixed: Fixed[] = [];
  for (const each of provoked) fixed.push(await applyFix(each));
  await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  return fixed;
}
