import * as vscode from "vscode";
import { type FileQuery, parseQueryFile, type QueryFile, updateQueryFile } from "../../sls/queryFile.ts";
import { outline } from "../../sls/services/outline.ts";
import type { Span } from "../../sls/span.ts";

export const languageId = "slsq";

const parsed = new WeakMap<vscode.TextDocument, { readonly version: number; readonly file: QueryFile }>();

/** The query file of a document; a version is parsed once, whoever asks. */
export function queryFileOf(document: vscode.TextDocument): QueryFile {
  const known = parsed.get(document);
  if (known?.version === document.version) return known.file;
  const file = parseQueryFile(document.getText());
  parsed.set(document, { version: document.version, file });
  return file;
}

/** Takes over what is typed into a document that was read, so that only the queries it reaches are read again. */
export function followEdits(): vscode.Disposable {
  return vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    const known = parsed.get(document);
    if (known === undefined || known.version === document.version) return;
    if (known.version + 1 !== document.version) {
      parsed.delete(document);
      return;
    }
    const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      offset: rangeOffset,
      removed: rangeLength,
      inserted: text.length,
    }));
    const file = updateQueryFile(known.file, document.getText(), changes);
    parsed.set(document, { version: document.version, file });
  });
}

export function rangeOf(document: vscode.TextDocument, span: Span): vscode.Range {
  return new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
}

/** What stands for a query wherever it is named: its title, else its first line. */
export function queryName({ title, firstLine }: ReturnType<typeof outline>[number]): string {
  return title ?? (firstLine === "" ? vscode.l10n.t("Untitled query") : firstLine);
}

export function titleOf(query: FileQuery): string {
  const [item] = outline({ queries: [query], problems: [], defaults: query.settings });
  return item === undefined ? "" : queryName(item);
}

/** Bounds as a query writes them; what it leaves out is the default range. */
export type Bounds = { readonly from: string; readonly to: string };

export const defaultBounds: Bounds = { from: "-24h", to: "now" };

export function boundsOf(document: vscode.TextDocument, query: FileQuery): Bounds {
  const written = (setting: { readonly span: Span } | undefined) =>
    setting === undefined ? undefined : document.getText(rangeOf(document, setting.span));
  return {
    from: written(query.settings.from) ?? defaultBounds.from,
    to: written(query.settings.to) ?? defaultBounds.to,
  };
}

/** Names or ids of the clusters as written; `*` for all, none where the query has no directive. */
export function clustersOf(query: FileQuery): readonly string[] {
  const setting = query.settings.clusters?.value;
  if (setting === undefined) return [];
  return setting === "all" ? ["*"] : setting.map(({ value }) => value);
}

/** The document with its query that begins there, or the last one before. */
export function queryAround(document: vscode.TextDocument, offset: number): FileQuery | undefined {
  const { queries } = queryFileOf(document);
  return queries.findLast(({ span }) => span.start <= offset) ?? queries[0];
}
