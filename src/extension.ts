import * as vscode from "vscode";
import { openDoors } from "./editor/doors.ts";

/** Opens the doors. What stands behind them is a file of its own, which is loaded when the first of them is used. */
export function activate(context: vscode.ExtensionContext): Promise<void> | undefined {
  let loading: Promise<void> | undefined;
  const load = (): Promise<void> => {
    loading ??= import("./editor/start.ts").then(({ start }) => start(context, doors));
    return loading;
  };
  const manifest: { readonly contributes: { readonly commands: readonly { readonly command: string }[] } } =
    context.extension.packageJSON;
  const doors = openDoors(
    manifest.contributes.commands.map(({ command }) => command),
    load,
  );
  const isQueryFile = ({ languageId }: vscode.TextDocument): boolean => languageId === "slsq";
  context.subscriptions.push(
    doors,
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isQueryFile(document)) void load();
    }),
  );
  // A file that is open asks for all that the language has, and is answered when this has come.
  return vscode.workspace.textDocuments.some(isQueryFile) ? load() : undefined;
}
