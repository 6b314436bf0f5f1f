import * as vscode from "vscode";
import { utc } from "../../pages/shownTime.ts";
import type { Run } from "../queries/history.ts";

/** A run as a query of a file: over the same absolute time, at the same place. */
export function textOfRun(run: Run): string {
  const { accountName, clusters } = run.target;
  return [
    `### ${run.title.replaceAll(/\s+/g, " ")}`,
    `-- @account ${accountName}`,
    `-- @cluster ${clusters.map(({ name }) => name).join(", ")}`,
    `-- @from ${utc(run.range.fromMs)}`,
    `-- @to ${utc(run.range.toMs)}`,
    `-- @zone ${run.zone}`,
    run.statement,
    "",
  ].join("\n");
}

/** Saves a query into a new file, or behind the others of a file of the workspace. */
export async function saveQuery(title: string, text: string): Promise<void> {
  const query = text.startsWith("###") ? text.trimEnd() : `### ${title}\n${text.trim()}`;
  type Item = vscode.QuickPickItem & { readonly uri: vscode.Uri | undefined };
  const files = await vscode.workspace.findFiles("**/*.slsq", undefined, 200);
  const items: Item[] = [
    { label: `$(new-file) ${vscode.l10n.t("New file…")}`, uri: undefined },
    ...files
      .map((uri) => ({
        label: `$(file-add) ${vscode.workspace.asRelativePath(uri)}`,
        description: vscode.l10n.t("add to this file"),
        uri,
      }))
      .toSorted((a, b) => (a.label < b.label ? -1 : 1)),
  ];
  const chosen =
    files.length === 0
      ? items[0]
      : await vscode.window.showQuickPick(items, { title: vscode.l10n.t("Save “{0}” into", title) });
  if (chosen === undefined) return;
  const uri = chosen.uri ?? (await askFile(title));
  if (uri === undefined) return;
  if (chosen.uri === undefined) {
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`${query}\n`));
  } else {
    await append(uri, query);
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const at = document.positionAt(Math.max(0, document.getText().lastIndexOf(query)));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}

async function askFile(title: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `${
    title
      .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
      .replaceAll(/^-+|-+$/g, "")
      .toLowerCase() || "query"
  }.slsq`;
  return vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { [vscode.l10n.t("SLS query files")]: ["slsq"] },
    title: vscode.l10n.t("Save Query"),
  });
}

/** The document is changed, not the file: what the user typed there and did not save yet stays, and undo works. */
async function append(uri: vscode.Uri, query: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const text = document.getText();
  const gap = text === "" ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  const edit = new vscode.WorkspaceEdit();
  edit.insert(uri, document.positionAt(text.length), `${gap}${query}\n`);
  await vscode.workspace.applyEdit(edit);
  await document.save();
}
