import * as vscode from "vscode";
import { defaultFormat, type FormatOptions, formatFile } from "../../sls/format/format.ts";
import { indentEdits, indentingKeys } from "../../sls/format/indent.ts";
import { type Span, span } from "../../sls/span.ts";
import type { TextEdit } from "../../sls/textEdit.ts";
import { languageId, queryFileOf, rangeOf } from "../queryFiles/documents.ts";

/**
 * *Format Document*, *Format Selection* and the indentation of a line that is begun. The layout is tied to the pipe and
 * the space before SELECT, so the editor's width of a tab does not change it.
 */
export function registerFormat(): vscode.Disposable {
  const selector = { language: languageId };
  const [firstKey, ...otherKeys] = indentingKeys;
  return vscode.Disposable.from(
    vscode.languages.registerDocumentFormattingEditProvider(selector, {
      provideDocumentFormattingEdits: (document) => formatted(document, undefined),
    }),
    vscode.languages.registerDocumentRangeFormattingEditProvider(selector, {
      provideDocumentRangeFormattingEdits: (document, range) => formatted(document, [range]),
      provideDocumentRangesFormattingEdits: (document, ranges) => formatted(document, ranges),
    }),
    vscode.languages.registerOnTypeFormattingEditProvider(
      selector,
      {
        provideOnTypeFormattingEdits(document, position, typed) {
          const offset = document.offsetAt(position);
          return editsOf(document, indentEdits(document.getText(), queryFileOf(document), offset, typed));
        },
      },
      firstKey,
      ...otherKeys,
    ),
  );
}

function formatted(document: vscode.TextDocument, ranges: readonly vscode.Range[] | undefined): vscode.TextEdit[] {
  const text = document.getText();
  const file = queryFileOf(document);
  const options = formatOptions(document);
  if (ranges === undefined) return editsOf(document, formatFile(text, file, options));
  // Two ranges may touch one query.
  const edits = new Map<string, TextEdit>();
  for (const range of ranges) {
    for (const edit of formatFile(text, file, options, spanOf(document, range))) {
      edits.set(`${edit.span.start}-${edit.span.end}`, edit);
    }
  }
  return editsOf(document, [...edits.values()]);
}

function formatOptions(document: vscode.TextDocument): FormatOptions {
  const keywords = vscode.workspace.getConfiguration("ackAudit", document).get("format.keywords");
  return { ...defaultFormat, keywords: keywords === "keep" ? "keep" : "lower" };
}

function spanOf(document: vscode.TextDocument, range: vscode.Range): Span {
  return span(document.offsetAt(range.start), document.offsetAt(range.end));
}

/** Edits as the editor takes them. */
export function editsOf(document: vscode.TextDocument, edits: readonly TextEdit[]): vscode.TextEdit[] {
  return edits.map((edit) => vscode.TextEdit.replace(rangeOf(document, edit.span), edit.text));
}
