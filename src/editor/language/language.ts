import * as vscode from "vscode";
import type { AnswerStore } from "../../logs/answerStore.ts";
import type { Accounts } from "../accounts.ts";
import type { History } from "../queries/history.ts";
import { followEdits } from "../queryFiles/documents.ts";
import { registerActions } from "./actions.ts";
import { registerCompletion } from "./completion.ts";
import type { LanguageContext } from "./context.ts";
import { Checks, registerDiagnostics } from "./diagnostics.ts";
import { registerExplain } from "./explain.ts";
import { registerFolding } from "./folding.ts";
import { registerFormat } from "./format.ts";
import { registerHighlight } from "./highlight.ts";
import { registerHover } from "./hover.ts";
import { answersSeen, createKnowledge } from "./knowledge.ts";
import { registerOutline } from "./outline.ts";
import { registerQuickFixes } from "./quickFixes.ts";
import { registerRename } from "./rename.ts";
import { registerSelection } from "./selection.ts";
import { registerSemanticTokens } from "./semanticTokens.ts";
import { registerSignatureHelp } from "./signatureHelp.ts";

/** All that the editor knows of the query language. */
export function registerLanguage(accounts: Accounts, history: History, answers: AnswerStore): vscode.Disposable {
  const knowledge = createKnowledge(accounts, answersSeen(history, answers));
  const context: LanguageContext = { accounts, knowledge };
  const checks = new Checks(context);
  return vscode.Disposable.from(
    // First, so that whoever else hears of an edit finds it taken over.
    followEdits(),
    knowledge,
    registerActions(context),
    registerCompletion(context),
    registerDiagnostics(context, checks),
    registerExplain(context),
    registerFolding(),
    registerFormat(),
    registerHighlight(),
    registerHover(context),
    registerOutline(),
    registerQuickFixes(context, checks),
    registerRename(),
    registerSelection(),
    registerSemanticTokens(context),
    registerSignatureHelp(),
  );
}
