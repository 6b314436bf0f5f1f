import * as vscode from "vscode";
import { outline } from "../../sls/outline.ts";
import { languageId, queryFileOf, queryName, rangeOf } from "./documents.ts";

/** The titles of a query file: outline, breadcrumbs, *Go to Symbol*, and folding of each query. */
export function registerOutline(): vscode.Disposable {
  const selector = { language: languageId };
  return vscode.Disposable.from(
    vscode.languages.registerDocumentSymbolProvider(selector, {
      provideDocumentSymbols: (document) =>
        outline(queryFileOf(document)).map((item) => {
          const whole = rangeOf(document, item.span);
          const selection = rangeOf(document, item.selection);
          return new vscode.DocumentSymbol(queryName(item), "", vscode.SymbolKind.Event, whole, selection);
        }),
    }),
    vscode.languages.registerFoldingRangeProvider(selector, {
      provideFoldingRanges: (document) =>
        queryFileOf(document).queries.map(({ span, statement }) => {
          const { start } = rangeOf(document, span);
          return new vscode.FoldingRange(start.line, document.positionAt(statement.span.end).line);
        }),
    }),
  );
}
