import * as vscode from "vscode";
import type { Doors } from "./doors.ts";
import { logError } from "./output.ts";

let doors: Doors | undefined;

/** Tells which doors the commands stand behind, before the first of them is registered. */
export function useDoors(opened: Doors): void {
  doors = opened;
}

/**
 * Registers `ackAudit.<name>`. A command that throws has a bug: this is the one place where that is caught, logged
 * with its stack and told to the user.
 */
export function command(name: string, handler: (...args: unknown[]) => unknown): vscode.Disposable {
  if (doors === undefined) throw new Error(`The command ${name} came before the doors.`);
  return doors.command(`ackAudit.${name}`, async (...args) => {
    try {
      return await handler(...args);
    } catch (error) {
      logError(`ackAudit.${name}`, error);
      const show = vscode.l10n.t("Show Output");
      const message = vscode.l10n.t(
        "The command failed because of a fault in this extension: {0}",
        error instanceof Error ? error.message : String(error),
      );
      if ((await vscode.window.showErrorMessage(message, show)) === show) {
        await vscode.commands.executeCommand("ackAudit.showOutput");
      }
      return undefined;
    }
  });
}
