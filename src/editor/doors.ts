import * as vscode from "vscode";

/**
 * What the editor can ask of the extension from its activation on: the commands, views and pages of the manifest. Each is
 * a door behind which there is nothing until somebody knocks; then the whole extension is loaded, which takes its own
 * place behind the doors, and whoever knocked is let through.
 */
export interface Doors extends vscode.Disposable {
  /** Takes a command of the manifest. A command that the manifest does not name is registered with the editor itself. */
  command(id: string, handler: (...args: unknown[]) => unknown): vscode.Disposable;
  /** The view of a tree, which shows what this provider tells from now on. */
  tree<Node>(id: TreeId, provider: vscode.TreeDataProvider<Node>): vscode.TreeView<Node>;
  results(provider: vscode.WebviewViewProvider): void;
  /** Takes the pages of this type that the editor restores. */
  restoredPages(type: PageType, serializer: vscode.WebviewPanelSerializer): void;
}

const treeIds = ["ackAudit.clusters", "ackAudit.queries"] as const;
type TreeId = (typeof treeIds)[number];

const pageTypes = ["ackAudit.resultsTab", "ackAudit.trace"] as const;
type PageType = (typeof pageTypes)[number];

const resultsId = "ackAudit.results";

/** `load` is called at each knock, and loads at the first. */
export function openDoors(commandIds: readonly string[], load: () => Promise<void>): Doors {
  const handlers = new Map<string, (...args: unknown[]) => unknown>();
  const trees = new Map(treeIds.map((id) => [id, createTreeDoor(id, load)]));
  const serializers = new Map<PageType, vscode.WebviewPanelSerializer>();
  let resultsProvider: vscode.WebviewViewProvider | undefined;

  const subscriptions = vscode.Disposable.from(
    ...trees.values(),
    ...commandIds.map((id) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        await load();
        return handlers.get(id)?.(...args);
      }),
    ),
    vscode.window.registerWebviewViewProvider(resultsId, {
      async resolveWebviewView(...args) {
        await load();
        await resultsProvider?.resolveWebviewView(...args);
      },
    }),
    ...pageTypes.map((type) =>
      vscode.window.registerWebviewPanelSerializer(type, {
        async deserializeWebviewPanel(...args) {
          await load();
          await serializers.get(type)?.deserializeWebviewPanel(...args);
        },
      }),
    ),
  );
  return {
    command(id, handler) {
      if (!commandIds.includes(id)) return vscode.commands.registerCommand(id, handler);
      handlers.set(id, handler);
      return { dispose: () => handlers.delete(id) };
    },
    tree: <Node>(id: TreeId, provider: vscode.TreeDataProvider<Node>) => {
      const door = trees.get(id);
      if (door === undefined) throw new Error(`There is no tree ${id}.`);
      door.take(provider);
      // What the view was made with passes every node on to the provider that made it.
      return door.view as vscode.TreeView<unknown> as vscode.TreeView<Node>;
    },
    results: (provider) => {
      resultsProvider = provider;
    },
    restoredPages: (type, serializer) => void serializers.set(type, serializer),
    dispose: () => subscriptions.dispose(),
  };
}

type TreeDoor = vscode.Disposable & {
  readonly view: vscode.TreeView<unknown>;
  take(provider: vscode.TreeDataProvider<unknown>): void;
};

function createTreeDoor(id: TreeId, load: () => Promise<void>): TreeDoor {
  const changed = new vscode.EventEmitter<unknown>();
  let taken: vscode.TreeDataProvider<unknown> | undefined;
  let following: vscode.Disposable | undefined;
  const view = vscode.window.createTreeView<unknown>(id, {
    showCollapseAll: true,
    treeDataProvider: {
      onDidChangeTreeData: changed.event,
      async getChildren(node) {
        await load();
        return taken?.getChildren(node);
      },
      // The editor asks for an item only after its node has come from `getChildren`.
      getTreeItem: (node) => taken?.getTreeItem(node) ?? new vscode.TreeItem(""),
      getParent: (node) => taken?.getParent?.(node),
    },
  });
  return {
    view,
    take(provider) {
      taken = provider;
      following = provider.onDidChangeTreeData?.((node) => changed.fire(node));
    },
    dispose() {
      following?.dispose();
      view.dispose();
      changed.dispose();
    },
  };
}
