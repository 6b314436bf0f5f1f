import * as vscode from "vscode";
import type { Explained } from "../../logs/logSource.ts";
import type { Question } from "../../logs/question.ts";
import type { FileQuery } from "../../sls/queryFile.ts";
import { type Explanation, explainStatement } from "../../sls/services/explain.ts";
import { signalOf } from "../cancellation.ts";
import { command } from "../commands.ts";
import { clustersOf, languageId, queryAround, titleOf } from "../queryFiles/documents.ts";
import { hasRecords } from "../queryFiles/target.ts";
import { createReadingPages } from "../readingPage.ts";
import { maxSearchRows } from "../settings.ts";
import { explanationMarkdown, explanationTitle } from "../wording/explain.ts";
import type { LanguageContext } from "./context.ts";

/** *Explain Query*: what a query asks in plain words, beside it. */
export function registerExplain(context: LanguageContext): vscode.Disposable {
  const pages = createReadingPages("ack-audit-explanation", () =>
    vscode.l10n.t("This explanation is not kept. Explain the query again."),
  );

  async function explain(document: vscode.TextDocument, query: FileQuery): Promise<void> {
    const known = context.knowledge.of(document, query);
    const explanation = explainStatement(query.statement, query.settings, known);
    const name = titleOf(query);
    const local = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Explaining the query…") },
      (_progress, token) => localExplanation(context, query, explanation, signalOf(token)),
    );
    const markdown = explanationMarkdown(name, query.text, explanation, local);
    await pages.show(explanationTitle(name), document.uri.toString(), markdown, "beside");
  }

  return vscode.Disposable.from(
    pages,
    command("explainQuery", async (...args) => {
      const [uri, offset] = args;
      const editor = vscode.window.activeTextEditor;
      const document =
        uri instanceof vscode.Uri
          ? vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString())
          : editor?.document;
      if (document?.languageId !== languageId) {
        void vscode.window.showInformationMessage(vscode.l10n.t("Put the caret into a query of a .slsq file first."));
        return;
      }
      const caret = editor?.document === document ? document.offsetAt(editor.selection.active) : 0;
      const query = queryAround(document, typeof offset === "number" ? offset : caret);
      if (query === undefined || query.text === "") {
        void vscode.window.showInformationMessage(vscode.l10n.t("There is no query here."));
        return;
      }
      await explain(document, query);
    }),
  );
}

/** The SQL that the query becomes on the first of its clusters whose source translates it; nothing where none does. */
async function localExplanation(
  { accounts }: LanguageContext,
  query: FileQuery,
  { time }: Explanation,
  signal: AbortSignal,
): Promise<Explained | undefined> {
  if (time.range.kind !== "range") return undefined;
  const { fromMs, toMs } = time.range;
  const question: Question = {
    statement: query.text,
    range: { fromMs, toMs },
    zone: time.zone,
    maxRows: maxSearchRows(),
  };
  const named = query.settings.account?.value;
  const names = clustersOf(query);
  const anyCluster = names.length === 0 || names.includes("*");
  for (const account of accounts.all()) {
    if (named !== undefined && account.id !== named && account.name !== named) continue;
    const { items } = await accounts.clusters(account).finish();
    const state = items.find(
      (item) =>
        hasRecords(item) && (anyCluster || names.includes(item.cluster.id) || names.includes(item.cluster.name)),
    );
    const source = state === undefined ? undefined : account.logs(state.cluster.id);
    if (source?.explain !== undefined) return source.explain(question, signal);
  }
  return undefined;
}
