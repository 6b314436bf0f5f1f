import * as vscode from "vscode";
import type { History } from "../queries/history.ts";
import { rowsText } from "../queries/queriesView.ts";
import { agoText, boundsText, durationText } from "../wording/time.ts";
import { boundsOf, clustersOf, languageId, queryFileOf } from "./documents.ts";

/** A lens's age is redrawn as often as its smallest unit that matters at a glance. */
const redrawMs = 30_000;

/** Above each query: *Run · clusters · time range*, what to change of it, and how its last run ended. */
export function registerLenses(history: History): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  let shown = false;
  const timer = setInterval(() => {
    if (shown) changed.fire();
    shown = false;
  }, redrawMs);
  return vscode.Disposable.from(
    changed,
    { dispose: () => clearInterval(timer) },
    history.onDidChange(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(
      { language: languageId },
      {
        onDidChangeCodeLenses: changed.event,
        provideCodeLenses(document) {
          shown = true;
          return lensesOf(document, history);
        },
      },
    ),
  );
}

function lensesOf(document: vscode.TextDocument, history: History): vscode.CodeLens[] {
  return queryFileOf(document).queries.flatMap((query) => {
    if (query.text === "") return [];
    const line = document.positionAt(query.span.start).line;
    const range = new vscode.Range(line, 0, line, 0);
    const clusters = clustersOf(query);
    const { from, to } = boundsOf(document, query);
    const where =
      clusters.length === 0
        ? vscode.l10n.t("choose a cluster")
        : clusters.includes("*")
          ? vscode.l10n.t("all clusters")
          : clusters.join(", ");
    const at = [document.uri, query.span.start] as const;
    const lens = (title: string, name: string, ...args: readonly unknown[]) =>
      new vscode.CodeLens(range, { title, command: `ackAudit.${name}`, arguments: [...args] });
    const lenses = [
      lens(`$(play) ${[vscode.l10n.t("Run"), where, boundsText(from, to)].join(" · ")}`, "runQuery", ...at),
      lens(vscode.l10n.t("Clusters…"), "chooseCluster", ...at),
      lens(vscode.l10n.t("Time range…"), "chooseTimeRange", ...at),
    ];
    const last = history.lastOf(document.uri.toString(), query.text);
    if (last !== undefined) {
      const ended = [rowsText(last), durationText(last.elapsedMs), agoText(last.startedAtMs, Date.now())].join(" · ");
      lenses.push(
        lens(last.gaps.length === 0 ? ended : `$(warning) ${ended}`, "showHistoryAnswer", { kind: "run", run: last }),
      );
    }
    return lenses;
  });
}
