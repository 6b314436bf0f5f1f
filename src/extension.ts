import type * as vscode from "vscode";
import { createAccounts } from "./editor/accounts.ts";
import { createEngine } from "./editor/engineHost.ts";
import { registerExplorer } from "./editor/explorer/register.ts";
import { openFileWithPreview } from "./editor/importPreview.ts";
import { logError, registerOutput } from "./editor/output.ts";
import { createHistory } from "./editor/queries/history.ts";
import { registerQueriesView } from "./editor/queries/queriesView.ts";
import { registerQueryFiles } from "./editor/queryFiles/queryFiles.ts";
import { createResultsActions, openTraceRows, openUntitledQuery } from "./editor/results/actions.ts";
import { type Results, registerResults } from "./editor/results/results.ts";
import { createRiskOf } from "./editor/risks.ts";
import { createRunner, type Runner } from "./editor/run.ts";
import { registerOpenTrace } from "./editor/trace/openTrace.ts";
import { registerTraces, type Traces } from "./editor/trace/traces.ts";
import { builtInRules } from "./rules/builtInRules.ts";
import { createSampleAccount } from "./sample/sampleAccount.ts";

/** Builds the parts and hands them to each other. Nothing is awaited, read or started before somebody looks. */
export function activate(context: vscode.ExtensionContext): void {
  const { extensionUri, workspaceState, globalState } = context;
  const riskOf = createRiskOf(builtInRules);
  const engine = createEngine(context);
  const sample = createSampleAccount(engine, {
    read: () => globalState.get("ackAudit.sample"),
    write: (state) => void globalState.update("ackAudit.sample", state),
  });
  const accounts = createAccounts({
    builtIn: [sample],
    openFile: openFileWithPreview(
      engine,
      (): Results => results,
      (): Runner => runner,
    ),
    state: workspaceState,
    report: (error) => logError("accounts", error),
  });
  const history = createHistory(workspaceState);
  const actions = createResultsActions(
    (): Runner => runner,
    (): Traces => traces,
  );
  const results = registerResults({
    extensionUri,
    state: workspaceState,
    answers: engine.answers,
    history,
    riskOf,
    actions,
  });
  const runner = createRunner(engine.answers, history, results, accounts);
  const traces = registerTraces({
    extensionUri,
    accounts,
    riskOf,
    openRows: (address, account, range) => openTraceRows(runner, address, account, range),
  });
  const explorer = registerExplorer({
    accounts,
    engine,
    rules: builtInRules,
    state: workspaceState,
    run: runner.run,
    openTrace: traces.open,
    newQueryDocument: openUntitledQuery,
  });
  context.subscriptions.push(
    registerOutput(),
    accounts,
    history,
    results,
    runner,
    traces,
    explorer,
    registerOpenTrace(accounts, traces),
    registerQueryFiles({ accounts, history, runner, currentRun: results.current, statusBar: explorer.statusBar }),
    registerQueriesView({ accounts, history, runner, results, answers: engine.answers, rules: builtInRules }),
    { dispose: () => engine.dispose() },
  );
}
