import * as vscode from "vscode";
import type { Engine } from "../../engine/client.ts";
import type { Rule } from "../../rules/rule.ts";
import type { Accounts } from "../accounts.ts";
import { registerAuditing } from "../auditing.ts";
import type { ChangePermission } from "../changes/permission.ts";
import type { Doors } from "../doors.ts";
import { registerFind } from "../find.ts";
import { registerLogFiles } from "../logFiles.ts";
import type { RunRequest } from "../run.ts";
import { registerStatusBar, type StatusBar } from "../statusBar.ts";
import type { TraceAddress } from "../trace/traces.ts";
import { registerActions } from "./actions.ts";
import { registerSchemaCheck } from "./schemaCheck.ts";
import { createTree } from "./tree.ts";
import { registerWhyAudited } from "./whyAudited.ts";

export interface Explorer extends vscode.Disposable {
  readonly statusBar: StatusBar;
}

/** The view *Clusters* and everything that is done from it. */
export function registerExplorer(parts: {
  readonly doors: Doors;
  readonly accounts: Accounts;
  readonly engine: Engine;
  /** What counts as risky. */
  readonly rules: readonly Rule[];
  /** The workspace's, where the time window is kept. */
  readonly state: vscode.Memento;
  /** The person's, over all workspaces: what is under way in a cloud. */
  readonly globalState: vscode.Memento;
  readonly permission: ChangePermission;
  readonly run: (request: RunRequest) => Promise<void>;
  readonly openTrace: (address: TraceAddress) => Promise<void>;
  /** Opens an untitled query file with this text. */
  readonly newQueryDocument: (text: string) => Promise<unknown>;
}): Explorer {
  const { accounts, rules } = parts;
  const tree = createTree(parts.doors, accounts, rules, parts.state);
  const { contents } = tree;
  const statusBar = registerStatusBar(accounts);
  const run = (request: RunRequest): Promise<void> => {
    const [cluster] = request.clusters;
    if (cluster !== undefined) statusBar.show(request.account, cluster);
    return parts.run(request);
  };
  const subscriptions = vscode.Disposable.from(
    tree,
    statusBar,
    registerActions({ ...parts, contents, statusBar, run }),
    registerAuditing(accounts, contents, parts),
    registerSchemaCheck(contents),
    registerWhyAudited(contents),
    registerFind({ accounts, tree, run, openTrace: parts.openTrace }),
    registerLogFiles({ accounts, tree, engine: parts.engine }),
  );
  return { statusBar, dispose: () => subscriptions.dispose() };
}
