import * as vscode from "vscode";
import { fixes } from "../../sls/check/fixes.ts";
import type { Problem } from "../../sls/check/problems.ts";
import { queryAt } from "../../sls/place.ts";
import { languageId, queryFileOf, rangeOf } from "../queryFiles/documents.ts";
import { fixText } from "../wording/fix.ts";
import type { LanguageContext } from "./context.ts";
import { type Checks, problemSource } from "./diagnostics.ts";

/** Offers to mend what the diagnostics say. */
export function registerQuickFixes(context: LanguageContext, checks: Checks): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { language: languageId },
    {
      provideCodeActions(document, _range, { diagnostics }) {
        const told = diagnostics.filter(({ source }) => source === problemSource);
        if (told.length === 0) return [];
        const problems = checks.of(document);
        return told.flatMap((diagnostic) => {
          const problem = problems.find((each) => isOf(document, each, diagnostic));
          return problem === undefined ? [] : actionsOf(context, document, problem, diagnostic);
        });
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

/** Whether a diagnostic shows a problem. The text may have changed since it was shown. */
function isOf(document: vscode.TextDocument, { code, span }: Problem, diagnostic: vscode.Diagnostic): boolean {
  const shown = typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code;
  return shown === code && diagnostic.range.isEqual(rangeOf(document, span));
}

function actionsOf(
  context: LanguageContext,
  document: vscode.TextDocument,
  problem: Problem,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction[] {
  const file = queryFileOf(document);
  const knowledge = context.knowledge.of(document, queryAt(file, problem.span.start));
  return fixes(document.getText(), file, problem, knowledge).map((fix, index) => {
    const action = new vscode.CodeAction(fixText(fix), vscode.CodeActionKind.QuickFix);
    action.diagnostics = [diagnostic];
    action.isPreferred = index === 0 && fix.preferred;
    action.edit = new vscode.WorkspaceEdit();
    for (const { span, text } of fix.edits) action.edit.replace(document.uri, rangeOf(document, span), text);
    return action;
  });
}
