import * as vscode from "vscode";
import { selectionsAt } from "../../sls/services/selection.ts";
import { languageId, queryFileOf, rangeOf } from "../queryFiles/documents.ts";

/** *Expand Selection* goes by what the statement is made of. */
export function registerSelection(): vscode.Disposable {
  return vscode.languages.registerSelectionRangeProvider(
    { language: languageId },
    {
      provideSelectionRanges(document, positions) {
        const text = document.getText();
        const file = queryFileOf(document);
        return positions.map((position) => {
          const outermost = selectionsAt(text, file, document.offsetAt(position)).reduceRight<
            vscode.SelectionRange | undefined
          >((parent, span) => new vscode.SelectionRange(rangeOf(document, span), parent), undefined);
          return outermost ?? new vscode.SelectionRange(new vscode.Range(position, position));
        });
      },
    },
  );
}
