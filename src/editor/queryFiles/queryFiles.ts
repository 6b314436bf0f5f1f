import * as vscode from "vscode";
import { auditLogstore, defaultProject } from "../../audit/ids.ts";
import { cliCommand } from "../../logs/cliCommand.ts";
import type { TimeRange } from "../../logs/question.ts";
import { parseStatement } from "../../sls/parser/parser.ts";
import type { FileQuery } from "../../sls/queryFile.ts";
import { resolveRange } from "../../sls/timeRange.ts";
import type { Accounts, ClusterAddress } from "../accounts.ts";
import { command } from "../commands.ts";
import type { History, Run } from "../queries/history.ts";
import type { Runner } from "../run.ts";
import { timeZone } from "../settings.ts";
import type { StatusBar } from "../statusBar.ts";
import { problemText } from "../wording/problem.ts";
import { writeDirectives } from "./directiveEdit.ts";
import { boundsOf, clustersOf, languageId, queryAround, queryFileOf, rangeOf, titleOf } from "./documents.ts";
import { registerLenses } from "./lens.ts";
import { saveQuery, textOfRun } from "./saveQuery.ts";
import { type FoundTarget, pickClusters, resolveTarget } from "./target.ts";
import { pickBounds } from "./timeRangePicker.ts";

type Parts = {
  readonly accounts: Accounts;
  readonly history: History;
  readonly runner: Runner;
  /** The run whose rows are on screen. */
  readonly currentRun: () => Run | undefined;
  readonly statusBar: StatusBar;
};

function zoneOf(query: FileQuery): string {
  return query.settings.zone?.value ?? timeZone();
}

/** Everything that a `.slsq` document can do. */
export function registerQueryFiles(parts: Parts): vscode.Disposable {
  const { accounts, runner } = parts;

  /** The query that a lens names, or the one at the caret. */
  function queryAt(args: readonly unknown[]): { document: vscode.TextDocument; query: FileQuery } | undefined {
    const [uri, offset] = args;
    const editor = vscode.window.activeTextEditor;
    const document =
      uri instanceof vscode.Uri
        ? vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString())
        : editor?.document;
    if (document?.languageId !== languageId) {
      void vscode.window.showInformationMessage(vscode.l10n.t("Put the caret into a query of a .slsq file first."));
      return undefined;
    }
    const at =
      typeof offset === "number" ? offset : document.offsetAt(editor?.selection.active ?? new vscode.Position(0, 0));
    const query = queryAround(document, at);
    if (query === undefined || query.text === "") {
      void vscode.window.showInformationMessage(vscode.l10n.t("There is no query here."));
      return undefined;
    }
    return { document, query };
  }

  async function targetOf(document: vscode.TextDocument, query: FileQuery): Promise<FoundTarget | undefined> {
    const controller = new AbortController();
    const resolve = (clusters: readonly string[]) =>
      resolveTarget(accounts, { account: query.settings.account?.value, clusters }, controller.signal);
    const clusters = clustersOf(query);
    const found = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: vscode.l10n.t("Finding the clusters…") },
      () => resolve(clusters),
    );
    if (found.kind === "target") return found;
    let chosen: readonly ClusterAddress[] | undefined;
    if (clusters.length === 0) {
      chosen = await pickClusters(accounts, [], false);
    } else {
      const choose = vscode.l10n.t("Choose Clusters…");
      if ((await vscode.window.showErrorMessage(found.message, choose)) !== choose) return undefined;
      chosen = await pickClusters(accounts, clusters, true);
    }
    if (chosen === undefined) return undefined;
    await writeClusters(document, query, chosen);
    const again = await resolve(chosen.map(({ id }) => id));
    if (again.kind === "target") return again;
    void vscode.window.showErrorMessage(again.message);
    return undefined;
  }

  /** Names where they are clear, ids where two clusters share a name. */
  async function writeClusters(
    document: vscode.TextDocument,
    query: FileQuery,
    chosen: readonly ClusterAddress[],
  ): Promise<void> {
    const names: string[] = [];
    for (const { id, name } of chosen) {
      const found = await accounts.resolve(name, query.settings.account?.value);
      names.push(found.kind === "unique" ? name : id);
    }
    await writeDirectives(document, query, { cluster: names.join(", ") });
  }

  async function run(document: vscode.TextDocument, query: FileQuery, title: string, statement: string): Promise<void> {
    const errors = parseStatement(statement).problems.filter(({ severity }) => severity === "error");
    const [error] = errors;
    if (error !== undefined) {
      void vscode.window.showErrorMessage(problemText(error));
      return;
    }
    const zone = zoneOf(query);
    const range = rangeNow(query);
    if (range === undefined) return;
    const target = await targetOf(document, query);
    if (target === undefined) return;
    const [first] = target.clusters;
    if (first !== undefined) parts.statusBar.show(target.account, first);
    await runner.run({
      title,
      statement,
      account: target.account,
      clusters: target.clusters,
      range,
      zone,
      document: document.uri.toString(),
    });
  }

  /** The query's range as it is now; undefined, and told, where it is none. */
  function rangeNow(query: FileQuery): TimeRange | undefined {
    const { from, to } = query.settings;
    const range = resolveRange(from?.value, to?.value, Date.now(), zoneOf(query));
    switch (range.kind) {
      case "range":
        return { fromMs: range.fromMs, toMs: range.toMs };
      case "empty":
        void vscode.window.showErrorMessage(vscode.l10n.t("The range ends before it begins."));
        return undefined;
      case "unknownZone":
        void vscode.window.showErrorMessage(
          vscode.l10n.t("There is no time zone {0}. Example: Asia/Shanghai.", range.zone),
        );
        return undefined;
      default:
        return range satisfies never;
    }
  }

  return vscode.Disposable.from(
    registerLenses(parts.history),
    command("runQuery", async (...args) => {
      const found = queryAt(args);
      if (found === undefined) return;
      const { document, query } = found;
      // A mistake in the directives before the first title is one of every query.
      const file = queryFileOf(document);
      const firstStart = file.queries[0]?.span.start ?? 0;
      const inDefaults = file.problems.filter(({ span }) => span.end <= firstStart);
      const problem = [...inDefaults, ...query.problems].find(({ severity }) => severity === "error");
      if (problem !== undefined) {
        void vscode.window.showErrorMessage(problemText(problem));
        return;
      }
      await run(document, query, titleOf(query), query.text);
    }),
    command("runSelection", async () => {
      const editor = vscode.window.activeTextEditor;
      const found = queryAt([]);
      if (found === undefined || editor === undefined) return;
      const text = editor.document.getText(editor.selection).trim();
      if (text === "") return;
      await run(found.document, found.query, vscode.l10n.t("{0} (selection)", titleOf(found.query)), text);
    }),
    command("chooseTimeRange", async (...args) => {
      const found = queryAt(args);
      if (found === undefined) return;
      const bounds = await pickBounds(boundsOf(found.document, found.query), zoneOf(found.query));
      if (bounds !== undefined) await writeDirectives(found.document, found.query, bounds);
    }),
    command("chooseCluster", async (...args) => {
      const found = queryAt(args);
      if (found === undefined) return;
      const chosen = await pickClusters(accounts, clustersOf(found.query), true);
      if (chosen !== undefined) await writeClusters(found.document, found.query, chosen);
    }),
    command("saveQuery", async () => {
      const editor = vscode.window.activeTextEditor;
      const current = parts.currentRun();
      if (editor?.document.languageId === languageId) {
        const found = queryAt([]);
        if (found !== undefined) {
          const { query, document } = found;
          await saveQuery(titleOf(query), document.getText(rangeOf(document, query.span)));
        }
      } else if (current !== undefined) {
        await saveQuery(current.title, textOfRun(current));
      } else {
        void vscode.window.showInformationMessage(
          vscode.l10n.t("There is no query to save: open a .slsq file or run a query first."),
        );
      }
    }),
    command("copyCliCommand", async (...args) => {
      const found = queryAt(args);
      if (found === undefined) return;
      const { query, document } = found;
      const range = rangeNow(query);
      const target = range === undefined ? undefined : await targetOf(document, query);
      if (target === undefined || range === undefined) return;
      const statement = query.text;
      const isAnalysis = parseStatement(statement).statement.analysis !== undefined;
      const commands = target.clusters.map(({ id, region }) =>
        cliCommand({ region, project: defaultProject(id), logstore: auditLogstore(id) }, statement, range, isAnalysis),
      );
      await vscode.env.clipboard.writeText(commands.join("\n"));
      void vscode.window.showInformationMessage(
        vscode.l10n.t(
          "The command of the Alibaba Cloud CLI was copied. Its project is the default one; yours may differ.",
        ),
      );
    }),
  );
}
