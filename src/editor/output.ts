import * as vscode from "vscode";
import type { Doors } from "./doors.ts";

let channel: vscode.LogOutputChannel | undefined;

/** The extension's output channel, made when the first line is written to it. */
export function output(): vscode.LogOutputChannel {
  channel ??= vscode.window.createOutputChannel("ACK Container Audit", { log: true });
  return channel;
}

export function logError(where: string, error: unknown): void {
  output().error(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

export function registerOutput(doors: Doors): vscode.Disposable {
  return vscode.Disposable.from(
    doors.command("ackAudit.showOutput", () => output().show()),
    { dispose: () => channel?.dispose() },
  );
}
