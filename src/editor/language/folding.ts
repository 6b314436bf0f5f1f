import * as vscode from "vscode";
import { folds } from "../../sls/services/folding.ts";
import { languageId, queryFileOf, rangeOf } from "../queryFiles/documents.ts";

/** Queries, their headers and comments, subqueries and cases can be folded. */
export function registerFolding(): vscode.Disposable {
  return vscode.languages.registerFoldingRangeProvider(
    { language: languageId },
    {
      provideFoldingRanges: (document) =>
        folds(document.getText(), queryFileOf(document)).map(({ kind, span }) => {
          const { start, end } = rangeOf(document, span);
          const isComment = kind === "comment" || kind === "header";
          return new vscode.FoldingRange(
            start.line,
            end.line,
            isComment ? vscode.FoldingRangeKind.Comment : kind === "query" ? vscode.FoldingRangeKind.Region : undefined,
          );
        }),
    },
  );
}
