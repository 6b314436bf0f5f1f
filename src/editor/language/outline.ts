import * as vscode from "vscode";
import { type OutlinePart, outline, outlineParts } from "../../sls/services/outline.ts";
import { languageId, queryFileOf, queryName, rangeOf } from "../queryFiles/documents.ts";

/** The queries of a file and what is named in them: outline, breadcrumbs, *Go to Symbol*. */
export function registerOutline(): vscode.Disposable {
  return vscode.languages.registerDocumentSymbolProvider(
    { language: languageId },
    {
      provideDocumentSymbols(document) {
        const text = document.getText();
        const file = queryFileOf(document);
        return outline(file).map((item, index) => {
          const { span, selection } = item;
          const symbol = symbolOf(document, queryName(item), vscode.SymbolKind.Event, { span, selection });
          const query = file.queries[index];
          for (const part of query === undefined ? [] : outlineParts(text, query)) {
            symbol.children.push(symbolOf(document, part.name, symbolKind(part), part));
          }
          return symbol;
        });
      },
    },
  );
}

function symbolOf(
  document: vscode.TextDocument,
  name: string,
  kind: vscode.SymbolKind,
  { span, selection }: Pick<OutlinePart, "span" | "selection">,
): vscode.DocumentSymbol {
  return new vscode.DocumentSymbol(name, "", kind, rangeOf(document, span), rangeOf(document, selection));
}

function symbolKind({ kind }: OutlinePart): vscode.SymbolKind {
  switch (kind) {
    case "table":
      return vscode.SymbolKind.Struct;
    case "column":
      return vscode.SymbolKind.Field;
    case "command":
      return vscode.SymbolKind.Function;
    default:
      return kind satisfies never;
  }
}
