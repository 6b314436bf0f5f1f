import * as vscode from "vscode";

/** Pages to read, as Markdown that the editor shows in its preview. Nothing of them is kept when they are closed. */
export interface ReadingPages extends vscode.Disposable {
  /** Shows a page. One of the same title and `about` is written anew. */
  show(title: string, about: string, markdown: string, column: "active" | "beside"): Promise<void>;
}

/** `notKept` is what a page says that the editor restores: it was written by a window before. */
export function createReadingPages(scheme: string, notKept: () => string): ReadingPages {
  const pages = new Map<string, string>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const subscriptions = vscode.Disposable.from(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) => pages.get(uri.toString()) ?? notKept(),
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === scheme) pages.delete(uri.toString());
    }),
  );
  return {
    async show(title, about, markdown, column) {
      const path = `/${title.replace(/[\\/?#%:*"<>|\r\n]+/g, " ").slice(0, 80)}.md`;
      const uri = vscode.Uri.from({ scheme, path, query: about });
      pages.set(uri.toString(), markdown);
      changed.fire(uri);
      // The preview is an extension of its own, which can be turned off; its commands are known only once it is active.
      if (vscode.extensions.getExtension("vscode.markdown-language-features") !== undefined) {
        const command = column === "beside" ? "markdown.showPreviewToSide" : "markdown.showPreview";
        await vscode.commands.executeCommand(command, uri);
        return;
      }
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), {
        viewColumn: column === "beside" ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
        preview: true,
      });
    },
    dispose: () => subscriptions.dispose(),
  };
}
