import * as vscode from "vscode";

let channel: vscode.LogOutputChannel | undefined;

/** The extension's output channel, made when the first line is written to it. */
export function output(): vscode.LogOutputChannel {
  channel ??= vscode.window.createOutputChannel("ACK Container Audit", { log: true });
  return channel;
}

export function logError(where: string, error: unknown): void {
  output().error(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

export function registerOutput(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.commands.registerCommand("ackAudit.showOutput", () => output().show()),
    { dispose: () => channel?.dispose() },
  );
}
