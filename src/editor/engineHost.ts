import * as vscode from "vscode";
import type { Engine, EngineOptions } from "../engine/client.ts";
import { startEngine } from "../engine/engine.ts";
import { engineMemoryBytes, storedAnswersBytes, storedLogsBytes } from "./settings.ts";

const idleMs = 5 * 60_000;

/** The one engine of this window. Nothing is started here: its process begins with the first question. */
export function createEngine(context: vscode.ExtensionContext): Engine {
  const folder = (uri: vscode.Uri, name: string) => vscode.Uri.joinPath(uri, name).fsPath;
  const options: EngineOptions = {
    script: context.asAbsolutePath("dist/engine.cjs"),
    storesFolder: folder(context.globalStorageUri, "logs"),
    // A window without a folder has no storage of its own; those windows share one folder of answers.
    answersFolder: folder(context.storageUri ?? context.globalStorageUri, "answers"),
    memoryLimitBytes: engineMemoryBytes(),
    storesLimitBytes: storedLogsBytes(),
    answersLimitBytes: storedAnswersBytes(),
    idleMs,
  };
  return startEngine(options);
}
