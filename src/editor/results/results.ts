import * as vscode from "vscode";
import { type EventId, eventId, type TraceId, traceId } from "../../audit/ids.ts";
import { readEvent } from "../../audit/readEvent.ts";
import type { Cells, Column } from "../../logs/answer.ts";
import type { AnswerFacts, AnswerId, AnswerStore, View } from "../../logs/answerStore.ts";
import { recordOf } from "../../logs/record.ts";
import { copyText, shownColumns } from "../../pages/copyText.ts";
import {
  type FromResults,
  type ResultsState,
  type RowRange,
  readFromResults,
  type ShownQuestion,
  type ToResults,
} from "../../pages/results.ts";
import { answerState, recordFields, shownRows, wholeView } from "../../pages/resultsState.ts";
import type { Risk } from "../../pages/risk.ts";
import type { Doors } from "../doors.ts";
import { logError } from "../output.ts";
import { pageHtml, pageOptions } from "../page.ts";
import type { History, Run } from "../queries/history.ts";
import { timeZone } from "../settings.ts";
import { resultsWords } from "../wording/pages.ts";
import { gapText, numberText } from "../wording/time.ts";
import { savedLayout, savedView, saveLayout, saveView } from "./kept.ts";

/** What the results show. An answer is named, not held: its rows are the store's. */
export type Shown =
  | { readonly kind: "nothing" }
  | {
      readonly kind: "running";
      readonly question: ShownQuestion;
      readonly startedAtMs: number;
      readonly rowsSoFar: number;
      cancel(): void;
    }
  | {
      readonly kind: "failed";
      readonly question: ShownQuestion;
      readonly message: string;
      readonly detail: string;
      retry(): Promise<void>;
    }
  | { readonly kind: "answer"; readonly facts: AnswerFacts };

/** What a user can ask for on the page that other parts of the editor do. */
export type ResultsActions = {
  openTrace(
    run: Run,
    clusterName: string | undefined,
    trace: TraceId,
    event: EventId | undefined,
    atMs: number | undefined,
  ): Promise<void>;
  runAgain(run: Run): Promise<void>;
  openQuery(run: Run): Promise<void>;
  saveQuery(run: Run): Promise<void>;
};

export interface Results {
  show(content: Shown): void;
  /** Shows a stored answer in the panel; false where its rows are gone. */
  showAnswer(answer: AnswerId): Promise<boolean>;
  /** Brings the panel to the front without taking the caret out of the editor. */
  reveal(): Promise<void>;
  /** Whether the panel shows this answer. */
  shows(answer: AnswerId): boolean;
  /** The run whose rows the panel shows. */
  current(): Run | undefined;
}

type Parts = {
  readonly doors: Doors;
  readonly extensionUri: vscode.Uri;
  readonly state: vscode.Memento;
  readonly answers: AnswerStore;
  readonly history: History;
  readonly riskOf: (event: ReturnType<typeof readEvent>) => Risk | undefined;
  readonly actions: ResultsActions;
};

const viewId = "ackAudit.results";
const tabType = "ackAudit.resultsTab";
const shownAnswerKey = "ackAudit.shownAnswer";
/** A clipboard takes what a person can paste somewhere; more rows than these belong into a file. */
const maxCopiedRows = 100_000;
const copiedAtOnce = 2_000;

/** The panel view *Results*, which is reused for every run, and its tabs, each of which keeps one answer. */
export function registerResults(parts: Parts): Results {
  const { answers, history, state } = parts;
  let content: Shown = { kind: "nothing" };
  let panel: { readonly page: Page; readonly view: vscode.WebviewView } | undefined;

  async function restored(): Promise<Shown> {
    const answer = state.get<AnswerId>(shownAnswerKey);
    const facts = answer === undefined ? undefined : await answers.facts(answer);
    return facts === undefined ? { kind: "nothing" } : { kind: "answer", facts };
  }

  function show(next: Shown): void {
    content = next;
    void state.update(shownAnswerKey, next.kind === "answer" ? next.facts.id : undefined);
    panel?.page.show(next);
  }

  async function openTab(facts: AnswerFacts): Promise<void> {
    const tab = vscode.window.createWebviewPanel(tabType, facts.title, vscode.ViewColumn.Active, {
      ...pageOptions(parts.extensionUri),
      enableFindWidget: true,
    });
    attachTab(tab, { kind: "answer", facts });
  }

  function attachTab(tab: vscode.WebviewPanel, shown: Shown): void {
    tab.webview.options = pageOptions(parts.extensionUri);
    const page = createPage(parts, tab.webview, openTab);
    page.show(shown);
    tab.onDidDispose(() => page.dispose());
  }

  parts.doors.results({
    async resolveWebviewView(view) {
      view.webview.options = pageOptions(parts.extensionUri);
      const page = createPage(parts, view.webview, openTab);
      panel = { page, view };
      view.onDidDispose(() => {
        page.dispose();
        if (panel?.page === page) panel = undefined;
      });
      if (content.kind === "nothing") content = await restored();
      page.show(content);
    },
  });
  parts.doors.restoredPages(tabType, {
    async deserializeWebviewPanel(tab, saved: unknown) {
      const answer = typeof saved === "object" && saved !== null && "answer" in saved ? saved.answer : undefined;
      const facts = typeof answer === "string" ? await answers.facts(answer as AnswerId) : undefined;
      attachTab(tab, facts === undefined ? { kind: "nothing" } : { kind: "answer", facts });
    },
  });

  return {
    show,
    async showAnswer(answer) {
      const facts = await answers.facts(answer);
      if (facts === undefined) return false;
      show({ kind: "answer", facts });
      return true;
    },
    async reveal() {
      if (panel === undefined) {
        // The command makes the view and gives it the focus; the editor gets it back, as the user is typing there.
        await vscode.commands.executeCommand(`${viewId}.focus`, { preserveFocus: true });
      } else {
        panel.view.show(true);
      }
    },
    shows: (answer) => content.kind === "answer" && content.facts.id === answer,
    current: () => (content.kind === "answer" ? history.find(content.facts.id) : undefined),
  };
}

interface Page extends vscode.Disposable {
  show(content: Shown): void;
}

/** One page: shows the host's state, answers what it asks for. All it keeps is the view of the answer it shows. */
function createPage(parts: Parts, webview: vscode.Webview, openTab: (facts: AnswerFacts) => Promise<void>): Page {
  const { answers, history, state, actions } = parts;
  let content: Shown = { kind: "nothing" };
  let view: View = wholeView;
  let ready = false;
  let rowsAsked = new AbortController();

  const post = (message: ToResults) => void webview.postMessage(message);
  const announce = (text: string) => post({ kind: "announce", text });

  const answerOf = (facts: AnswerFacts) =>
    answerState(facts, view, savedLayout(state, facts.statement), facts.completeness.gaps.map(gapText));

  function pageState(): ResultsState {
    switch (content.kind) {
      case "nothing":
        return content;
      case "running":
        return {
          kind: "running",
          question: content.question,
          startedAtMs: content.startedAtMs,
          rowsSoFar: content.rowsSoFar,
        };
      case "failed":
        return {
          kind: "failed",
          question: content.question,
          message: content.message,
          detail: content.detail,
          canRetry: true,
        };
      case "answer":
        return answerOf(content.facts);
      default:
        return content satisfies never;
    }
  }

  function postState(): void {
    if (!ready) return;
    post({ kind: "state", state: pageState(), words: resultsWords(), locale: vscode.env.language, zone: timeZone() });
  }

  function riskOf(columns: readonly Column[], cells: Cells): Risk | undefined {
    return parts.riskOf(readEvent(recordOf(columns, cells)));
  }

  async function rowAt(
    facts: AnswerFacts,
    ordinal: number,
  ): Promise<{ columns: readonly Column[]; cells: Cells } | undefined> {
    // In the order as it came, an ordinal is a place.
    const window = await answers.window(facts.id, wholeView, ordinal, 1, new AbortController().signal);
    const cells = window?.rows[0];
    return window === undefined || cells === undefined ? undefined : { columns: window.columns, cells };
  }

  async function postRows(facts: AnswerFacts, message: Extract<FromResults, { kind: "rows" }>): Promise<void> {
    const { request, from, count } = message;
    try {
      const window = await answers.window(facts.id, view, from, count, rowsAsked.signal);
      if (window === undefined) {
        post({
          kind: "rowsFailed",
          request,
          message: vscode.l10n.t("The rows of this run are not kept any more. Run the query again."),
        });
        return;
      }
      post({ kind: "rows", request, from: window.from, rowCount: window.rowCount, rows: shownRows(window, riskOf) });
    } catch (error) {
      if (rowsAsked.signal.aborted) return;
      logError("results.rows", error);
      post({ kind: "rowsFailed", request, message: error instanceof Error ? error.message : String(error) });
    }
  }

  async function copyRows(
    facts: AnswerFacts,
    format: Extract<FromResults, { kind: "copy" }>["format"],
    rows: readonly RowRange[] | undefined,
  ): Promise<void> {
    const layout = answerOf(facts).layout;
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t("Copying rows…"), cancellable: true },
      async (_progress, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => controller.abort());
        const copied: Cells[] = [];
        let columns: readonly Column[] = facts.columns;
        for (const range of rows ?? [{ from: 0, to: maxCopiedRows + 1 }]) {
          for (let from = range.from; from < range.to && copied.length <= maxCopiedRows; from += copiedAtOnce) {
            const window = await answers.window(
              facts.id,
              view,
              from,
              Math.min(copiedAtOnce, range.to - from),
              controller.signal,
            );
            if (window === undefined || token.isCancellationRequested) return;
            columns = window.columns;
            copied.push(...window.rows);
            if (window.rows.length < Math.min(copiedAtOnce, range.to - from)) break;
          }
        }
        const kept = copied.slice(0, maxCopiedRows);
        await vscode.env.clipboard.writeText(copyText(format, columns, shownColumns(columns, layout), kept));
        announce(
          copied.length > maxCopiedRows
            ? vscode.l10n.t("Only the first {0} rows were copied.", numberText(maxCopiedRows))
            : vscode.l10n.t("{0} rows copied.", numberText(kept.length)),
        );
      },
    );
  }

  async function openTrace(facts: AnswerFacts, ordinal: number): Promise<void> {
    const run = history.find(facts.id);
    const row = await rowAt(facts, ordinal);
    if (run === undefined || row === undefined) {
      announce(vscode.l10n.t("The rows of this run are not kept any more. Run the query again."));
      return;
    }
    const record = recordOf(row.columns, row.cells);
    const event = readEvent(record);
    const trace = event.traceId ?? namedCell(row.columns, row.cells, "traceid", traceId);
    if (trace === undefined) {
      announce(vscode.l10n.t("This row has no trace id."));
      return;
    }
    const hasTime = record["__time__"] !== undefined || record["time"] !== undefined;
    const at = event.eventId ?? namedCell(row.columns, row.cells, "eventid", eventId);
    await actions.openTrace(run, record["cluster"], trace, at, hasTime ? event.atMs : undefined);
  }

  async function receive(facts: AnswerFacts, message: FromResults): Promise<void> {
    if ("answer" in message && message.answer !== facts.id) return;
    switch (message.kind) {
      case "rows":
        return postRows(facts, message);
      case "view":
        rowsAsked.abort();
        rowsAsked = new AbortController();
        view = message.view;
        postState();
        return saveView(state, facts.id, view);
      case "layout":
        return saveLayout(state, facts.statement, message.layout);
      case "openTrace":
        return openTrace(facts, message.ordinal);
      case "openRecord": {
        const row = await rowAt(facts, message.ordinal);
        if (row === undefined) return;
        const { layout } = answerOf(facts);
        return post({
          kind: "record",
          answer: facts.id,
          ordinal: message.ordinal,
          fields: recordFields(row.columns, row.cells, layout),
        });
      }
      case "copy":
        return copyRows(facts, message.format, message.rows);
      case "copyValue": {
        const row = await rowAt(facts, message.ordinal);
        const value = row === undefined ? undefined : recordOf(row.columns, row.cells)[message.field];
        if (value === undefined) return;
        await vscode.env.clipboard.writeText(value);
        return announce(vscode.l10n.t("Copied."));
      }
      case "openAsTab":
        return openTab(facts);
      case "runAgain":
      case "openQuery":
      case "saveQuery": {
        const run = history.find(facts.id);
        return run === undefined ? undefined : actions[message.kind](run);
      }
      default:
        return;
    }
  }

  const listening = webview.onDidReceiveMessage(async (raw: unknown) => {
    const message = readFromResults(raw);
    if (message === undefined) return;
    try {
      if (message.kind === "ready") {
        ready = true;
        postState();
      } else if (message.kind === "failed") {
        logError("results page", message.detail);
      } else if (message.kind === "cancel") {
        if (content.kind === "running") content.cancel();
      } else if (message.kind === "runAgain" && content.kind === "failed") {
        await content.retry();
      } else if (content.kind === "answer") {
        await receive(content.facts, message);
      }
    } catch (error) {
      logError(`results.${message.kind}`, error);
      announce(error instanceof Error ? error.message : String(error));
    }
  });
  webview.html = pageHtml(webview, parts.extensionUri, "results");

  return {
    show(next) {
      view = next.kind === "answer" ? savedView(state, next.facts.id) : wholeView;
      content = next;
      postState();
    },
    dispose: () => {
      rowsAsked.abort();
      listening.dispose();
    },
  };
}

function namedCell<Id>(
  columns: readonly Column[],
  cells: Cells,
  lowerCaseName: string,
  read: (text: string) => Id | undefined,
): Id | undefined {
  const cell = cells[columns.findIndex(({ name }) => name.toLowerCase() === lowerCaseName)];
  return cell === undefined ? undefined : read(cell);
}
