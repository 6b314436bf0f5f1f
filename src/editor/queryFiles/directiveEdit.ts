import * as vscode from "vscode";
import type { FileQuery } from "../../sls/queryFile.ts";
import { type Bounds, rangeOf } from "./documents.ts";

/** What is written into a query's own directives; what the query has stays in its place, the rest goes below its title. */
export async function writeDirectives(
  document: vscode.TextDocument,
  query: FileQuery,
  values: Partial<Bounds> & { readonly cluster?: string },
): Promise<boolean> {
  const edit = new vscode.WorkspaceEdit();
  const written = { cluster: query.settings.clusters, from: query.settings.from, to: query.settings.to };
  const added: string[] = [];
  for (const name of ["cluster", "from", "to"] as const) {
    const value = values[name];
    if (value === undefined) continue;
    const own = written[name];
    // A setting of the file's defaults holds for other queries too, and is left alone.
    if (own !== undefined && own.span.start >= query.span.start && own.span.end <= query.span.end) {
      edit.replace(document.uri, rangeOf(document, own.span), value);
    } else {
      added.push(`-- @${name} ${value}`);
    }
  }
  if (added.length > 0) {
    const first = document.positionAt(query.span.start).line;
    const line = query.title === undefined ? first : first + 1;
    if (line < document.lineCount) edit.insert(document.uri, new vscode.Position(line, 0), `${added.join("\n")}\n`);
    else edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, `\n${added.join("\n")}`);
  }
  return vscode.workspace.applyEdit(edit);
}
