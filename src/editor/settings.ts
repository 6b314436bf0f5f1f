import * as vscode from "vscode";

function setting<Value>(name: string, fallback: Value): Value {
  return vscode.workspace.getConfiguration("ackAudit").get<Value>(name, fallback);
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** The zone that times are shown in and that SQL computes in: the setting where it names a zone, else this computer's. */
export function timeZone(): string {
  const chosen = setting("timeZone", "").trim();
  return chosen !== "" && isZone(chosen) ? chosen : Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function maxSearchRows(): number {
  return Math.min(1_000_000, Math.max(100, setting("search.maxRows", 10_000)));
}

export function confirmAbovePages(): number {
  return Math.max(1, setting("search.confirmAbovePages", 50));
}

const megabyte = 1024 * 1024;

export function engineMemoryBytes(): number {
  return Math.max(256, setting("engine.memoryLimit", 384)) * megabyte;
}

/** Which address of a cluster's API server ACK writes into the kubeconfigs that it gives. */
export function kubernetesEndpoint(): "public" | "private" {
  return setting<string>("kubernetes.endpoint", "public") === "private" ? "private" : "public";
}

/** Whether changes in cloud accounts are forbidden. */
export function isReadOnly(): boolean {
  return setting("readOnly", true);
}

export function storedLogsBytes(): number {
  return Math.max(64, setting("storage.logsLimit", 4096)) * megabyte;
}

export function storedAnswersBytes(): number {
  return Math.max(64, setting("storage.answersLimit", 1024)) * megabyte;
}
