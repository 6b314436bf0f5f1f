import { basename } from "node:path";
import * as vscode from "vscode";
import type { LogRecord } from "../audit/event.ts";
import type { Engine } from "../engine/client.ts";
import { createFileAccount } from "../files/fileAccount.ts";
import type { Accounts, OpenFile, OpeningFailure, Place } from "./accounts.ts";
import { signalOf } from "./cancellation.ts";
import { command } from "./commands.ts";
import { readNode } from "./explorer/node.ts";
import type { Tree } from "./explorer/tree.ts";
import { importFailureText, rejectedLineText } from "./wording/cluster.ts";
import { bytesText, recordsText, skippedText } from "./wording/explorer.ts";
import { numberText } from "./wording/time.ts";

/** A file that was imported before opens at once; a notification that flashes for it would be noise. */
const progressAfterMs = 400;
const namedFields = 6;

/**
 * Imports a log file through the engine, with progress and cancel. `onFirstRecords` gets the first records in file
 * order while the rest is being imported.
 */
export function logFileOpener(
  engine: Engine,
  onFirstRecords: (path: string, records: readonly LogRecord[]) => void = () => {},
): OpenFile {
  return async (path, onFraction, signal) => {
    const cancelling = new AbortController();
    const progress = createImportProgress(path, () => cancelling.abort());
    try {
      const outcome = await engine.importFile(
        path,
        (now) => {
          onFraction(now.bytesTotal === 0 ? 0 : Math.min(1, now.bytesRead / now.bytesTotal));
          progress.show(now.bytesRead, now.bytesTotal, now.recordCount);
        },
        (records) => onFirstRecords(path, records),
        AbortSignal.any([signal, cancelling.signal]),
      );
      if (outcome.kind !== "imported") return { ...outcome, path };
      const account = createFileAccount(engine, outcome.store, path, Date.now());
      return { kind: "opened", account, store: outcome.store };
    } finally {
      progress.end();
    }
  };
}

/** Opening, closing and forgetting log files. */
export function registerLogFiles(parts: {
  readonly accounts: Accounts;
  readonly tree: Tree;
  readonly engine: Engine;
}): vscode.Disposable {
  const { accounts, tree } = parts;

  async function openLogFiles(...args: unknown[]): Promise<void> {
    const chosen = chosenFiles(args) ?? (await askForFiles());
    const local = chosen.filter(({ scheme }) => scheme === "file");
    if (local.length < chosen.length) {
      await vscode.window.showWarningMessage(vscode.l10n.t("Audit log files can be opened from the local disk only."));
    }
    // One after the other: the engine reads a file with all it has.
    for (const { fsPath } of local) await openLogFile(fsPath);
  }

  async function openLogFile(path: string): Promise<void> {
    const opening = await accounts.openFile(path, new AbortController().signal);
    if (opening.kind === "unknown") return;
    if (opening.kind !== "opened") {
      // What the user cancelled they know of.
      if (opening.kind !== "cancelled") void tellFailure(opening);
      return;
    }
    const node = tree.contents.accountNode(opening.account.id);
    await tree.reveal(node, true);
    const place = accounts.place(opening.account.id);
    if (place !== undefined) void tellFindings(place);
  }

  async function tellFailure(failure: OpeningFailure): Promise<void> {
    const again = vscode.l10n.t("Choose Another File…");
    const picked = await vscode.window.showErrorMessage(importFailureText(failure, failure.path), again);
    if (picked === again) await vscode.commands.executeCommand("ackAudit.openLogFile");
  }

  function closeLogFile(value: unknown): void {
    const node = readNode(value);
    if (node?.kind === "account" && tree.contents.place(node)?.path !== undefined) accounts.remove(node.account);
  }

  async function showSkippedLines(value: unknown): Promise<void> {
    const node = readNode(value);
    const place = node?.kind === "account" ? accounts.place(node.account) : undefined;
    if (place?.store !== undefined) await showSkipped(place);
  }

  async function deleteCachedLogs(): Promise<void> {
    const areOpen = accounts.places().some(({ path, account }) => path !== undefined && account !== undefined);
    accounts.closeFiles();
    const freed = await vscode.window.withProgress({ location: { viewId: "ackAudit.clusters" } }, () =>
      parts.engine.removeStores(),
    );
    const message =
      freed === 0
        ? vscode.l10n.t("There were no cached logs.")
        : vscode.l10n.t("Cached logs were deleted: {0} are free again.", bytesText(freed));
    const hint = vscode.l10n.t("Log files that were open are imported again when you expand them.");
    await vscode.window.showInformationMessage(areOpen ? `${message} ${hint}` : message);
  }

  return vscode.Disposable.from(
    command("openLogFile", openLogFiles),
    command("closeLogFile", closeLogFile),
    command("showSkippedLines", showSkippedLines),
    command("deleteCachedLogs", deleteCachedLogs),
    vscode.workspace.registerTextDocumentContentProvider(skippedScheme, {
      provideTextDocumentContent: ({ query }) => skippedLines(accounts.place(query)),
    }),
  );
}

/** From the Explorer's menu come the file that was clicked and all that are selected. */
function chosenFiles(args: readonly unknown[]): readonly vscode.Uri[] | undefined {
  const [clicked, selected] = args;
  const uris = (Array.isArray(selected) ? selected : [clicked]).filter((uri) => uri instanceof vscode.Uri);
  return uris.length === 0 ? undefined : uris;
}

async function askForFiles(): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t("Open Audit Log File"),
    openLabel: vscode.l10n.t("Open"),
    canSelectMany: true,
    filters: {
      [vscode.l10n.t("Audit logs (NDJSON, JSON, CSV, gzip)")]: ["ndjson", "jsonl", "json", "csv", "log", "gz"],
      [vscode.l10n.t("All files")]: ["*"],
    },
  });
  return chosen ?? [];
}

/** What an import left out, and what the records do not have. Nothing is said where there is nothing of that. */
async function tellFindings(place: Place): Promise<void> {
  const { store } = place;
  if (store === undefined || (store.rejectedCount === 0 && store.missingFields.length === 0)) return;
  const missing = tellingFields(store.missingFields);
  const named = missing.slice(0, namedFields).join(", ");
  const unnamed = missing.length - namedFields;
  const parts = [
    vscode.l10n.t("{0}: {1}.", place.name, recordsText(store.recordCount)),
    store.rejectedCount === 0 ? "" : vscode.l10n.t("{0}.", skippedText(store.rejectedCount)),
    store.missingFields.length === 0
      ? ""
      : unnamed > 0
        ? vscode.l10n.t("No record has {0} and {1} more fields; what they would tell is not shown.", named, unnamed)
        : vscode.l10n.t("No record has {0}; what they would tell is not shown.", named),
  ];
  const message = parts.filter((part) => part !== "").join(" ");
  if (store.rejectedCount === 0) {
    await vscode.window.showInformationMessage(message);
    return;
  }
  const show = vscode.l10n.t("Show Skipped Lines");
  if ((await vscode.window.showWarningMessage(message, show)) === show) await showSkipped(place);
}

/** The fields worth naming first: a field whose whole is missing says nothing new, and what the service adds says little. */
function tellingFields(missing: readonly string[]): readonly string[] {
  const whole = missing.filter((field) => !missing.some((other) => field.startsWith(`${other}.`)));
  const isAdded = (field: string) => field.startsWith("__");
  return [...whole.filter((field) => !isAdded(field)), ...whole.filter(isAdded)];
}

const skippedScheme = "ackaudit-skipped";

async function showSkipped(place: Place): Promise<void> {
  const name = vscode.l10n.t("{0}: skipped lines", place.name);
  const uri = vscode.Uri.from({ scheme: skippedScheme, path: `/${name}`, query: place.id });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

function skippedLines(place: Place | undefined): string {
  const { t } = vscode.l10n;
  if (place?.store === undefined) return t("The file is not open any more.");
  const { rejected, rejectedCount } = place.store;
  const width = String(rejected.at(-1)?.line ?? 0).length;
  const unlisted = rejectedCount - rejected.length;
  return [
    place.path ?? place.name,
    skippedText(rejectedCount),
    "",
    ...rejected.map(({ line, reason }) => `${String(line).padStart(width)}  ${rejectedLineText(reason)}`),
    ...(unlisted > 0 ? [t("… and {0} more", numberText(unlisted))] : []),
    "",
  ].join("\n");
}

/** A cancellable notification that appears when an import takes a while. */
function createImportProgress(
  path: string,
  cancel: () => void,
): { show(bytesRead: number, bytesTotal: number, recordCount: number): void; end(): void } {
  const ended = Promise.withResolvers<void>();
  let reporter: vscode.Progress<{ message?: string; increment?: number }> | undefined;
  let shownPercent = 0;
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t("Importing {0}", basename(path)),
        cancellable: true,
      },
      (progress, token) => {
        reporter = progress;
        signalOf(token).addEventListener("abort", cancel, { once: true });
        return ended.promise;
      },
    );
  }, progressAfterMs);
  return {
    show: (bytesRead, bytesTotal, recordCount) => {
      if (reporter === undefined) return;
      const percent = bytesTotal === 0 ? 0 : (100 * bytesRead) / bytesTotal;
      reporter.report({
        message: vscode.l10n.t(
          "{0} of {1}, {2}",
          bytesText(bytesRead),
          bytesText(bytesTotal),
          recordsText(recordCount),
        ),
        increment: Math.max(0, percent - shownPercent),
      });
      shownPercent = Math.max(percent, shownPercent);
    },
    end: () => {
      clearTimeout(timer);
      ended.resolve();
    },
  };
}
