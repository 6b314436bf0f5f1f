import * as vscode from "vscode";
import { problemText } from "../wording/problem.ts";
import { languageId, queryFileOf, rangeOf } from "./documents.ts";

const pauseMs = 150;

/** Shows what is wrong in the query files that are open. */
export function registerDiagnostics(): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection("ackAudit.slsq");
  const waiting = new Map<string, NodeJS.Timeout>();

  function check(document: vscode.TextDocument): void {
    if (document.languageId !== languageId || document.isClosed) return;
    diagnostics.set(
      document.uri,
      queryFileOf(document).problems.map((problem) => {
        const level =
          problem.severity === "error" ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
        const diagnostic = new vscode.Diagnostic(rangeOf(document, problem.span), problemText(problem), level);
        diagnostic.source = "SLS";
        diagnostic.code = problem.code;
        return diagnostic;
      }),
    );
  }

  function checkSoon(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(waiting.get(key));
    waiting.set(
      key,
      setTimeout(() => {
        waiting.delete(key);
        check(document);
      }, pauseMs),
    );
  }

  for (const document of vscode.workspace.textDocuments) check(document);
  return vscode.Disposable.from(
    diagnostics,
    {
      dispose: () => {
        for (const timer of waiting.values()) clearTimeout(timer);
      },
    },
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document)),
    vscode.workspace.onDidCloseTextDocument((document) => diagnostics.delete(document.uri)),
  );
}
