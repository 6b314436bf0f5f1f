// An extension with one of each: a tree, a page in an editor that is restored, and a page in the panel.
const vscode = require("vscode");

const tree = {
  getTreeItem: (name) => new vscode.TreeItem(name, name.includes(" of ") ? 0 : 1),
  getChildren: (name) => (name === undefined ? ["Alpha", "Beta"] : [`Leaf of ${name}`]),
};

function show(webview, text) {
  webview.html = `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src 'none'"><h1>${text}</h1>`;
}

exports.activate = (context) => {
  context.subscriptions.push(
    vscode.window.registerTreeDataProvider("harnessFixture.tree", tree),
    vscode.commands.registerCommand("harnessFixture.openPage", () =>
      show(
        vscode.window.createWebviewPanel("harnessFixture.page", "Fixture Page", vscode.ViewColumn.One).webview,
        "An editor",
      ),
    ),
    vscode.window.registerWebviewPanelSerializer("harnessFixture.page", {
      deserializeWebviewPanel: async (panel) => show(panel.webview, "Restored"),
    }),
    vscode.window.registerWebviewViewProvider("harnessFixture.rows", {
      resolveWebviewView: (view) => show(view.webview, "In the panel"),
    }),
  );
};
