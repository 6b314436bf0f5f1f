import type * as vscode from "vscode";
import { builtInRules } from "../rules/builtInRules.ts";
import { createSampleAccount } from "../sample/sampleAccount.ts";
import { createAccounts } from "./accounts.ts";
import { createChangePermission } from "./changes/permission.ts";
import { openCloudAccounts } from "./cloud/cloudAccounts.ts";
import { useDoors } from "./commands.ts";
import type { Doors } from "./doors.ts";
import { createEngine } from "./engineHost.ts";
import { registerExplorer } from "./explorer/register.ts";
import { openFileWithPreview } from "./importPreview.ts";
import { registerLanguage } from "./language/language.ts";
import { logError, registerOutput } from "./output.ts";
import { createHistory } from "./queries/history.ts";
import { registerQueriesView } from "./queries/queriesView.ts";
import { registerQueryFiles } from "./queryFiles/queryFiles.ts";
import { createResultsActions, openTraceRows, openUntitledQuery } from "./results/actions.ts";
import { type Results, registerResults } from "./results/results.ts";
import { createRiskOf } from "./risks.ts";
import { createRunner, type Runner } from "./run.ts";
import { isReadOnly } from "./settings.ts";
import { registerOpenTrace } from "./trace/openTrace.ts";
import { registerTraces, type Traces } from "./trace/traces.ts";

/** Builds the parts and hands them to each other. Nothing is awaited, read or started before somebody looks. */
export function start(context: vscode.ExtensionContext, doors: Doors): void {
  const { extensionUri, workspaceState, globalState } = context;
  useDoors(doors);
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
    doors,
    extensionUri,
    state: workspaceState,
    answers: engine.answers,
    history,
    riskOf,
    actions,
  });
  const runner = createRunner(engine.answers, history, results, accounts);
  const traces = registerTraces({
    doors,
    extensionUri,
    accounts,
    riskOf,
    openRows: (address, account, range) => openTraceRows(runner, address, account, range),
  });
  const permission = createChangePermission(globalState, isReadOnly);
  const cloud = openCloudAccounts(context, accounts, permission);
  const explorer = registerExplorer({
    doors,
    permission,
    globalState,
    accounts,
    engine,
    rules: builtInRules,
    state: workspaceState,
    run: runner.run,
    openTrace: traces.open,
    newQueryDocument: openUntitledQuery,
  });
  context.subscriptions.push(
    registerOutput(doors),
    accounts,
    cloud,
    history,
    runner,
    explorer,
    registerOpenTrace(accounts, traces),
    registerLanguage(accounts, history, engine.answers),
    registerQueryFiles({ accounts, history, runner, currentRun: results.current, statusBar: explorer.statusBar }),
    registerQueriesView({ doors, accounts, history, runner, results, answers: engine.answers, rules: builtInRules }),
    { dispose: () => engine.dispose() },
  );
}
