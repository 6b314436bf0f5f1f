import * as vscode from "vscode";
import { queryAt } from "../../sls/place.ts";
import { type Action, actionsAt } from "../../sls/services/actions.ts";
import { span } from "../../sls/span.ts";
import { languageId, queryFileOf } from "../queryFiles/documents.ts";
import { actionTitle } from "../wording/refactoring.ts";
import type { LanguageContext } from "./context.ts";
import { editsOf } from "./format.ts";

/** Changes that are offered and that no problem asks for. */
export function registerActions({ knowledge }: LanguageContext): vscode.Disposable {
  const rewrite = vscode.CodeActionKind.RefactorRewrite;
  return vscode.languages.registerCodeActionsProvider(
    { language: languageId },
    {
      provideCodeActions(document, range, { only, triggerKind }) {
        // What is possible everywhere is no reason to light a bulb: it is offered to those who ask.
        if (triggerKind !== vscode.CodeActionTriggerKind.Invoke) return [];
        if (only !== undefined && !only.contains(rewrite) && !only.contains(vscode.CodeActionKind.Empty)) return [];
        const file = queryFileOf(document);
        const piece = span(document.offsetAt(range.start), document.offsetAt(range.end));
        const known = knowledge.of(document, queryAt(file, piece.start));
        return actionsAt(document.getText(), file, piece, known).map((action) =>
          codeAction(document, action, piece.start),
        );
      },
    },
    { providedCodeActionKinds: [rewrite] },
  );
}

function codeAction(document: vscode.TextDocument, action: Action, offset: number): vscode.CodeAction {
  const title = actionTitle(action);
  if (action.kind === "explain") {
    const shown = new vscode.CodeAction(title, vscode.CodeActionKind.Empty);
    shown.command = { title, command: "ackAudit.explainQuery", arguments: [document.uri, offset] };
    return shown;
  }
  const offered = new vscode.CodeAction(title, vscode.CodeActionKind.RefactorRewrite.append(action.kind));
  offered.edit = new vscode.WorkspaceEdit();
  offered.edit.set(document.uri, editsOf(document, action.edits));
  return offered;
}
