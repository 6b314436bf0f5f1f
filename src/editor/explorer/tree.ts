import * as vscode from "vscode";
import type { ClusterId } from "../../audit/ids.ts";
import type { Rule } from "../../rules/rule.ts";
import type { Accounts, Place } from "../accounts.ts";
import { command } from "../commands.ts";
import type { Doors } from "../doors.ts";
import { logError } from "../output.ts";
import { windowText } from "../wording/explorer.ts";
import { activityQuery } from "./activity.ts";
import { type Contents, createContents } from "./contents.ts";
import { treeItem } from "./items.ts";
import { parentOf, readNode, type TreeNode } from "./node.ts";
import { createOpened } from "./opened.ts";
import { readTimeWindow, timeWindows } from "./timeWindow.ts";
import { createWatches } from "./watches.ts";

export interface Tree extends vscode.Disposable {
  readonly contents: Contents;
  /** Brings a node into view and selects it. */
  reveal(node: TreeNode, expand: boolean): Promise<void>;
  /** The nodes of all clusters, listed first where they were not. */
  listClusters(): Promise<ReturnType<Contents["clusterNodes"]>>;
}

const viewId = "ackAudit.clusters";
const windowKey = "ackAudit.timeWindow";
const redrawMs = 80;
/** A bar that flashes for every look into a list that is kept would be noise. */
const progressMs = 300;
const tickMs = 30_000;
/** Each is a connection to a cluster's API server that stays open. */
const namespacesFollowed = 20;
/** How often the states of an account's clusters are asked for while somebody looks at them, in ticks; each time is a call to a cloud. */
const ticksBetween: Readonly<Record<Place["kind"], number>> = { sample: 1, cloud: 10, file: Number.POSITIVE_INFINITY };

/** The view *Clusters*. */
export function createTree(doors: Doors, accounts: Accounts, rules: readonly Rule[], state: vscode.Memento): Tree {
  const changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  const progress = createProgress();
  const report = (error: unknown) => logError(viewId, error);
  let waiting: Set<TreeNode | undefined> | undefined;

  /** Changes come in bursts; each burst draws once, and what lies below a node that is drawn is drawn with it. */
  function redraw(node: TreeNode | undefined): void {
    if (waiting !== undefined) {
      waiting.add(node);
      return;
    }
    const burst = new Set<TreeNode | undefined>([node]);
    waiting = burst;
    setTimeout(() => {
      waiting = undefined;
      if (burst.has(undefined)) {
        changed.fire(undefined);
        return;
      }
      const isBelow = (below: TreeNode | undefined): boolean =>
        below !== undefined && (burst.has(below) || isBelow(parentOf(below)));
      changed.fire([...burst].filter((each) => each !== undefined).filter((each) => !isBelow(parentOf(each))));
    }, redrawMs);
  }

  const contents = createContents({
    accounts,
    query: activityQuery(rules),
    window: readTimeWindow(state.get(windowKey)),
    nowMs: Date.now,
    redraw,
    busy: progress.during,
    report,
  });

  let shownState: ReturnType<Contents["rootState"]> | undefined;
  function showRootState(): void {
    const now = contents.rootState();
    if (now === shownState) return;
    shownState = now;
    void vscode.commands.executeCommand("setContext", viewId, now);
    if (now === "failed") {
      for (const account of accounts.all()) {
        for (const { part, reason } of accounts.clusters(account).state().failures) {
          logError(viewId, `${account.name} ${part}: ${reason.code} ${reason.detail}`);
        }
      }
    }
  }

  const watches = createWatches({ atOnce: namespacesFollowed, follow: contents.follow, report });

  async function children(node: TreeNode | undefined): Promise<readonly TreeNode[]> {
    // What was open when the window was closed is open without having been opened: its children are asked for.
    if (node?.kind === "namespace" && contents.canFollow(node)) watches.opened(node);
    const found = await contents.children(node);
    if (node?.kind === "cluster") watches.keepOnly((each) => each.parent !== node || found.includes(each));
    return found;
  }

  const opened = createOpened(state);
  const view = doors.tree<TreeNode>(viewId, {
    onDidChangeTreeData: changed.event,
    getTreeItem: (node) => opened.restore(treeItem(contents, node, Date.now())),
    getParent: parentOf,
    getChildren: async (node) => {
      try {
        return [...(await children(node))];
      } catch (error) {
        report(error);
        throw error;
      } finally {
        if (node === undefined) showRootState();
      }
    },
  });

  function showWindow(): void {
    view.description = windowText(contents.window());
  }
  showWindow();

  // Ages grow and events come while somebody looks; when nobody does, nothing is asked.
  let ticks = 0;
  const ticking = setInterval(() => {
    if (!view.visible || !vscode.window.state.focused) return;
    ticks++;
    redraw(undefined);
    const due = accounts.places().filter(({ kind }) => ticks % ticksBetween[kind] === 0);
    contents.refreshStates(due).catch(report);
    if (ticks % ticksBetween.cloud === 0) watches.retry();
  }, tickMs);

  async function chooseTimeWindow(): Promise<void> {
    const now = contents.window();
    const picked = await vscode.window.showQuickPick(
      timeWindows.map((window) => ({
        label: windowText(window),
        description: window === now ? vscode.l10n.t("now") : "",
        window,
      })),
      { placeHolder: vscode.l10n.t("How far back are entries and risky commands counted in the tree?") },
    );
    if (picked === undefined || picked.window === now) return;
    await state.update(windowKey, picked.window);
    contents.setWindow(picked.window);
    showWindow();
  }

  async function reveal(node: TreeNode, expand: boolean): Promise<void> {
    await view.reveal(node, { select: true, focus: true, expand });
  }

  const subscriptions = vscode.Disposable.from(
    view.onDidExpandElement(({ element }) => opened.set(element.id, true)),
    view.onDidCollapseElement(({ element }) => opened.set(element.id, false)),
    changed,
    contents,
    progress,
    { dispose: () => clearInterval(ticking) },
    accounts.onDidChange(({ kind }) => {
      if (view.visible) showRootState();
      if (kind === "places") watches.keepOnly((node) => contents.canFollow(node));
      if (kind === "account") watches.retry();
    }),
    view.onDidCollapseElement(({ element }) => {
      contents.leave(element);
      watches.closed(element);
    }),
    view.onDidExpandElement(({ element }) => {
      if (element.kind !== "namespace" || contents.canFollow(element)) watches.opened(element);
    }),
    view.onDidChangeVisibility(({ visible }) => watches.setVisible(visible)),
    watches,
    command("refreshClusters", () => {
      contents.refresh(undefined);
      watches.retry();
    }),
    command("chooseTimeWindow", chooseTimeWindow),
    command("retryLoading", (value) => {
      const node = readNode(value);
      if (node?.kind !== "note") return;
      contents.retry(node);
      watches.retry();
    }),
    command("stopLoading", (value) => {
      const node = readNode(value);
      if (node !== undefined) contents.stop(node);
    }),
    command("showMorePods", (value) => {
      const node = readNode(value);
      if (node?.kind === "note") contents.showMore(node);
    }),
    command("revealCluster", async (account, cluster) => {
      if (typeof account !== "string" || typeof cluster !== "string") return;
      await reveal(contents.clusterNode(account, cluster as ClusterId), true);
    }),
  );

  watches.setVisible(view.visible);

  return {
    contents,
    reveal,
    listClusters: async () => {
      await Promise.all(accounts.all().map((account) => accounts.clusters(account).finish()));
      return contents.clusterNodes();
    },
    dispose: () => subscriptions.dispose(),
  };
}

/** The bar at the top of the view, shown while anything is being loaded. */
function createProgress(): vscode.Disposable & { during(work: Promise<unknown>): void } {
  let working = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end: (() => void) | undefined;
  const ended = () => {
    working--;
    if (working > 0) return;
    clearTimeout(timer);
    timer = undefined;
    end?.();
    end = undefined;
  };
  return {
    during: (work) => {
      working++;
      timer ??= setTimeout(() => {
        const shown = Promise.withResolvers<void>();
        end = shown.resolve;
        void vscode.window.withProgress({ location: { viewId } }, () => shown.promise);
      }, progressMs);
      work.then(ended, ended);
    },
    dispose: () => {
      clearTimeout(timer);
      end?.();
    },
  };
}
