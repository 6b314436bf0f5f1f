import * as vscode from "vscode";
import { highlightsAt } from "../../sls/services/highlight.ts";
import { languageId, queryFileOf, rangeOf } from "../queryFiles/documents.ts";

/** Where the name at the caret stands too. For anything else the editor looks for the same word. */
export function registerHighlight(): vscode.Disposable {
  return vscode.languages.registerDocumentHighlightProvider(
    { language: languageId },
    {
      provideDocumentHighlights(document, position) {
        const found = highlightsAt(queryFileOf(document), document.offsetAt(position));
        if (found.length === 0) return undefined;
        return found.map(({ span, kind }) => {
          const { Read, Write } = vscode.DocumentHighlightKind;
          return new vscode.DocumentHighlight(rangeOf(document, span), kind === "write" ? Write : Read);
        });
      },
    },
  );
}
