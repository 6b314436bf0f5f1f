import * as vscode from "vscode";
import { semanticTokens, tokenModifiers, tokenTypes } from "../../sls/services/semanticTokens.ts";
import { type Span, span } from "../../sls/span.ts";
import { languageId, queryFileOf, rangeOf } from "../queryFiles/documents.ts";
import type { LanguageContext } from "./context.ts";

/** Colours of what only the index and the statement as a whole tell, over those of the grammar. */
export function registerSemanticTokens({ knowledge }: LanguageContext): vscode.Disposable {
  const selector = { language: languageId };
  const legend = new vscode.SemanticTokensLegend([...tokenTypes], [...tokenModifiers]);

  function tokensOf(document: vscode.TextDocument, range: Span | undefined): vscode.SemanticTokens {
    const builder = new vscode.SemanticTokensBuilder(legend);
    const known = (query: Parameters<typeof knowledge.of>[1]) => knowledge.of(document, query);
    for (const token of semanticTokens(document.getText(), queryFileOf(document), known, range)) {
      builder.push(rangeOf(document, token.span), token.type, token.modifiers);
    }
    return builder.build();
  }

  return vscode.Disposable.from(
    vscode.languages.registerDocumentSemanticTokensProvider(
      selector,
      {
        onDidChangeSemanticTokens: knowledge.changed,
        provideDocumentSemanticTokens: (document) => tokensOf(document, undefined),
      },
      legend,
    ),
    vscode.languages.registerDocumentRangeSemanticTokensProvider(
      selector,
      {
        provideDocumentRangeSemanticTokens: (document, range) =>
          tokensOf(document, span(document.offsetAt(range.start), document.offsetAt(range.end))),
      },
      legend,
    ),
  );
}
