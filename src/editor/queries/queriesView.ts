import * as vscode from "vscode";
import { type ReadyQuery, readyQueries } from "../../audit/queries.ts";
import type { AnswerStore } from "../../logs/answerStore.ts";
import { prefilter } from "../../rules/prefilter.ts";
import type { Rule } from "../../rules/rule.ts";
import { outline } from "../../sls/services/outline.ts";
import { parseTime, resolveRange } from "../../sls/timeRange.ts";
import type { Accounts } from "../accounts.ts";
import { command } from "../commands.ts";
import type { Doors } from "../doors.ts";
import { queryFileOf, queryName } from "../queryFiles/documents.ts";
import { pickClusters } from "../queryFiles/target.ts";
import { openQueryOf, openUntitledQuery } from "../results/actions.ts";
import type { Results } from "../results/results.ts";
import type { Runner } from "../run.ts";
import { timeZone } from "../settings.ts";
import { readyQueryText } from "../wording/readyQuery.ts";
import { agoText, bothTimesText, durationText, gapText, numberText, rangeText } from "../wording/time.ts";
import type { History, Run } from "./history.ts";

type Node =
  | { readonly kind: "group"; readonly group: "files" | "readyMade" | "history" }
  | { readonly kind: "file"; readonly uri: vscode.Uri }
  | { readonly kind: "query"; readonly uri: vscode.Uri; readonly title: string; readonly offset: number }
  | { readonly kind: "readyMade"; readonly query: ReadyQuery }
  | { readonly kind: "run"; readonly run: Run };

type Parts = {
  readonly doors: Doors;
  readonly accounts: Accounts;
  readonly history: History;
  readonly runner: Runner;
  readonly results: Results;
  readonly answers: AnswerStore;
  readonly rules: readonly Rule[];
};

const maxFiles = 500;

/** The view *Queries*: files of the workspace, ready-made queries, and the history of runs. */
export function registerQueriesView(parts: Parts): vscode.Disposable {
  const { accounts, history, runner, results, answers } = parts;
  const changed = new vscode.EventEmitter<undefined>();
  const ready = () => readyQueries(prefilter(parts.rules).condition);
  const watcher = vscode.workspace.createFileSystemWatcher("**/*.slsq");
  const refresh = () => changed.fire(undefined);

  async function children(node: Node | undefined): Promise<Node[]> {
    if (node === undefined) {
      return [
        { kind: "group", group: "files" },
        { kind: "group", group: "readyMade" },
        { kind: "group", group: "history" },
      ];
    }
    if (node.kind === "file") return queriesIn(node.uri);
    if (node.kind !== "group") return [];
    switch (node.group) {
      case "files": {
        const uris = await vscode.workspace.findFiles("**/*.slsq", undefined, maxFiles);
        return uris.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map((uri) => ({ kind: "file", uri }));
      }
      case "readyMade":
        return ready().map((query) => ({ kind: "readyMade", query }));
      case "history":
        return history.runs().map((run) => ({ kind: "run", run }));
      default:
        return node.group satisfies never;
    }
  }

  async function queriesIn(uri: vscode.Uri): Promise<Node[]> {
    const document = await vscode.workspace.openTextDocument(uri);
    return outline(queryFileOf(document)).map((entry) => ({
      kind: "query",
      uri,
      title: queryName(entry),
      offset: entry.selection.start,
    }));
  }

  parts.doors.tree<Node>("ackAudit.queries", {
    onDidChangeTreeData: changed.event,
    getChildren: children,
    getTreeItem: item,
  });

  const nodeOf = (argument: unknown): Node | undefined =>
    typeof argument === "object" && argument !== null && "kind" in argument ? (argument as Node) : undefined;
  const runOf = (argument: unknown): Run | undefined => {
    const node = nodeOf(argument);
    return node?.kind === "run" ? node.run : undefined;
  };
  async function runReadyMade(query: ReadyQuery): Promise<void> {
    const [chosen] = (await pickClusters(accounts, [], false)) ?? [];
    const account = chosen === undefined ? undefined : accounts.byId(chosen.accountId);
    const [from, to] = [parseTime(query.from), parseTime(query.to)];
    const range = resolveRange(from, to, Date.now(), timeZone());
    if (chosen === undefined || account === undefined || range.kind !== "range") return;
    const { title } = readyQueryText(query.id);
    await runner.run({ title, statement: query.statement, account, clusters: [chosen], range });
  }

  async function showAnswer(run: Run): Promise<void> {
    await results.reveal();
    if (await results.showAnswer(run.answer)) return;
    const again = vscode.l10n.t("Run Again");
    const message = vscode.l10n.t("The rows of this run are not kept any more.");
    if ((await vscode.window.showInformationMessage(message, again)) === again) await runner.runAgain(run);
  }

  const withRun = (act: (run: Run) => Promise<void>) => async (argument: unknown) => {
    const run = runOf(argument);
    if (run !== undefined) await act(run);
  };

  return vscode.Disposable.from(
    changed,
    watcher,
    watcher.onDidCreate(refresh),
    watcher.onDidChange(refresh),
    watcher.onDidDelete(refresh),
    history.onDidChange(refresh),
    command("refreshQueries", refresh),
    command("openQueryFile", async (argument) => {
      const node = nodeOf(argument);
      if (node?.kind !== "file" && node?.kind !== "query") return;
      const document = await vscode.workspace.openTextDocument(node.uri);
      const at = document.positionAt(node.kind === "query" ? node.offset : 0);
      await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
    }),
    command("openReadyMadeQuery", async (argument) => {
      const node = nodeOf(argument);
      if (node?.kind === "readyMade") await openUntitledQuery(readyMadeText(node.query));
    }),
    command("runReadyMadeQuery", async (argument) => {
      const node = nodeOf(argument);
      if (node?.kind === "readyMade") await runReadyMade(node.query);
    }),
    command("runHistoryQuery", withRun(runner.runAgain)),
    command("openHistoryQuery", withRun(openQueryOf)),
    command("showHistoryAnswer", withRun(showAnswer)),
    command("clearHistory", async () => {
      const clear = vscode.l10n.t("Clear History");
      const count = history.runs().length;
      const message = vscode.l10n.t("Clear the history of {0} runs and delete their rows?", numberText(count));
      if ((await vscode.window.showWarningMessage(message, { modal: true }, clear)) !== clear) return;
      await answers.remove("all");
      await history.clear();
    }),
  );
}

/** A ready-made query as a query file. */
export function readyMadeText(query: ReadyQuery): string {
  const { title } = readyQueryText(query.id);
  return `### ${title}\n-- @from ${query.from}\n-- @to ${query.to}\n${query.statement}\n`;
}

function item(node: Node): vscode.TreeItem {
  switch (node.kind) {
    case "group":
      return groupItem(node.group);
    case "file": {
      const entry = new vscode.TreeItem(node.uri, vscode.TreeItemCollapsibleState.Collapsed);
      entry.id = `file:${node.uri.toString()}`;
      entry.contextValue = "file";
      entry.command = { command: "ackAudit.openQueryFile", title: vscode.l10n.t("Open"), arguments: [node] };
      return entry;
    }
    case "query": {
      const entry = new vscode.TreeItem(node.title);
      entry.id = `query:${node.uri.toString()}#${node.offset}`;
      entry.iconPath = new vscode.ThemeIcon("symbol-event");
      entry.contextValue = "query";
      entry.command = { command: "ackAudit.openQueryFile", title: vscode.l10n.t("Open"), arguments: [node] };
      return entry;
    }
    case "readyMade": {
      const { title, help } = readyQueryText(node.query.id);
      const entry = new vscode.TreeItem(title);
      entry.id = `readyMade:${node.query.id}`;
      entry.iconPath = new vscode.ThemeIcon("lightbulb");
      entry.contextValue = "readyMade";
      entry.tooltip = new vscode.MarkdownString().appendText(help).appendCodeblock(node.query.statement, "slsq");
      entry.command = { command: "ackAudit.openReadyMadeQuery", title: vscode.l10n.t("Open"), arguments: [node] };
      return entry;
    }
    case "run":
      return runItem(node);
    default:
      return node satisfies never;
  }
}

function groupItem(group: Extract<Node, { kind: "group" }>["group"]): vscode.TreeItem {
  const labels = {
    files: vscode.l10n.t("Files of this workspace"),
    readyMade: vscode.l10n.t("Ready-made"),
    history: vscode.l10n.t("History"),
  };
  const icons = { files: "files", readyMade: "lightbulb", history: "history" };
  const entry = new vscode.TreeItem(labels[group], vscode.TreeItemCollapsibleState.Expanded);
  entry.id = `group:${group}`;
  entry.iconPath = new vscode.ThemeIcon(icons[group]);
  return entry;
}

function runItem(node: Extract<Node, { kind: "run" }>): vscode.TreeItem {
  const { run } = node;
  const zone = timeZone();
  const entry = new vscode.TreeItem(run.title);
  entry.id = `run:${run.answer}`;
  entry.contextValue = "run";
  entry.iconPath = new vscode.ThemeIcon(run.gaps.length === 0 ? "pass" : "warning");
  entry.description = [
    run.target.clusters.map(({ name }) => name).join(", "),
    rowsText(run),
    durationText(run.elapsedMs),
    agoText(run.startedAtMs, Date.now()),
  ].join(" · ");
  entry.tooltip = new vscode.MarkdownString()
    .appendText(`${run.target.accountName} · ${bothTimesText(run.startedAtMs, zone)}\n`)
    .appendText(`${rangeText(run.range, zone)}\n`)
    .appendText(run.gaps.map((gap) => `${gapText(gap)}\n`).join(""))
    .appendCodeblock(run.statement, "slsq");
  entry.command = { command: "ackAudit.showHistoryAnswer", title: vscode.l10n.t("Show Rows"), arguments: [node] };
  return entry;
}

/** `7 rows`, or `10,000 of 21,034 rows` where there are more than were fetched. */
export function rowsText({ rowCount, total }: Pick<Run, "rowCount" | "total">): string {
  return total === undefined || total === rowCount
    ? rowCount === 1
      ? vscode.l10n.t("{0} row", 1)
      : vscode.l10n.t("{0} rows", numberText(rowCount))
    : vscode.l10n.t("{0} of {1} rows", numberText(rowCount), numberText(total));
}
