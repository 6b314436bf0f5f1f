import * as vscode from "vscode";

const key = "ackAudit.openedNodes";
const limit = 500;

/** Which nodes a user opened or closed. VS Code keeps that while a window lives, not over a reload. */
export function createOpened(state: vscode.Memento): {
  /** Lets an item open as it was when the window was closed. */
  restore(item: vscode.TreeItem): vscode.TreeItem;
  set(id: string, isOpen: boolean): void;
} {
  const before = new Map(state.get<readonly (readonly [id: string, isOpen: boolean])[]>(key, []));
  const now = new Map(before);
  return {
    restore(item) {
      const isOpen = before.get(item.id ?? "");
      const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
      if (isOpen !== undefined && (item.collapsibleState ?? None) !== None) {
        item.collapsibleState = isOpen ? Expanded : Collapsed;
      }
      return item;
    },
    set(id, isOpen) {
      now.delete(id);
      now.set(id, isOpen);
      void state.update(key, [...now].slice(-limit));
    },
  };
}
