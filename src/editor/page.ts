import * as vscode from "vscode";

export type PageName = "results" | "trace";

/** What a page may load: its own folder, and nothing from anywhere else. */
export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, "dist", "webview")] };
}

/**
 * The document of a page. It holds no data and no text: state and words come by message, and log text is only ever
 * set as text. Scripts, styles and fonts come from the extension's own folder; everything else is refused.
 */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, page: PageName): string {
  const file = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", "webview", name)).toString();
  const source = webview.cspSource;
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${source}; style-src ${source}; font-src ${source}; img-src ${source}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file(`${page}/main.css`)}">
</head>
<body data-page="${page}">
<script src="${file(`${page}/main.js`)}"></script>
</body>
</html>`;
}
