import * as vscode from "vscode";
import type { LogRecord } from "../audit/event.ts";
import { isUnreachable, rowsOf } from "../logs/account.ts";
import type { Accounts, Place } from "./accounts.ts";
import { command } from "./commands.ts";
import { askedOf } from "./explorer/actions.ts";
import { forEachAtOnce } from "./explorer/clusterContents.ts";
import type { Contents } from "./explorer/contents.ts";
import { createFindings, type Found, type FoundGroup } from "./explorer/found.ts";
import { nameOf } from "./explorer/items.ts";
import type { ClusterNode } from "./explorer/node.ts";
import {
  readTraceSeen,
  readUserSeen,
  searchableWord,
  tracesLikeStatement,
  tracesSeenStatement,
  userEntriesStatement,
  usersSeenStatement,
} from "./explorer/statements.ts";
import type { Tree } from "./explorer/tree.ts";
import { logError } from "./output.ts";
import type { RunRequest } from "./run.ts";
import { timeZone } from "./settings.ts";
import type { TraceAddress } from "./trace/traces.ts";
import { unreachableText } from "./wording/cluster.ts";
import { entriesText, riskyText, windowText } from "./wording/explorer.ts";
import { agoText, bothTimesText, numberText } from "./wording/time.ts";

type Parts = {
  readonly accounts: Accounts;
  readonly tree: Tree;
  readonly run: (request: RunRequest) => Promise<void>;
  readonly openTrace: (address: TraceAddress) => Promise<void>;
};

type Pick = vscode.QuickPickItem & { readonly found?: Found; readonly unopened?: Place; readonly widens?: boolean };

const separator = vscode.QuickPickItemKind.Separator;
const shownOfEach = 100;
const clustersAtOnce = 3;
const redrawMs = 120;
const typingMs = 300;

/** *Find Pod, User or Trace…* over everything that is open, in the window of the tree. */
export function registerFind(parts: Parts): vscode.Disposable {
  return command("findTarget", () => find(parts));
}

async function find({ accounts, tree, run, openTrace }: Parts): Promise<void> {
  const { contents } = tree;
  const stopping = new AbortController();
  const { signal } = stopping;
  const quickPick = vscode.window.createQuickPick<Pick>();
  const findings = createFindings((node) => whereText(contents, node));
  const failures = new Map<ClusterNode, string>();
  const lookedUp = new Set<string>();
  let working = 0;
  let drawnFor: string | undefined;
  let drawing: ReturnType<typeof setTimeout> | undefined;
  let typing: ReturnType<typeof setTimeout> | undefined;

  quickPick.title = vscode.l10n.t("Find Pod, User or Trace ({0})", windowText(contents.window()));
  quickPick.placeholder = vscode.l10n.t("Name of a pod or user, or a trace id; several words narrow");

  function draw(): void {
    drawing = undefined;
    if (signal.aborted) return;
    const groups = findings.matching(quickPick.value, shownOfEach);
    const picks = groups.flatMap((group) => groupPicks(contents, group, findings.person));
    const isSearching = working > 0;
    quickPick.busy = isSearching;
    const unopened = accounts.places().filter(({ account }) => account === undefined);
    const notes = [
      ...[...failures].map(([node, reason]) => notePick(whereText(contents, node), reason)),
      ...unopened.map(unopenedPick),
    ];
    if (!isSearching && picks.length === 0 && contents.window() !== "30d") {
      notes.push({
        label: vscode.l10n.t("Nothing found. Look back further than {0}…", windowText(contents.window())),
        alwaysShow: true,
        widens: true,
      });
    }
    // Who has gone down the list keeps their place while more comes; who has not, and another text, begin at the top.
    const hasMoved = quickPick.activeItems[0] !== quickPick.items.find(({ kind }) => kind !== separator);
    const active = drawnFor === quickPick.value && hasMoved ? quickPick.activeItems[0]?.found : undefined;
    drawnFor = quickPick.value;
    quickPick.items = [...picks, ...notes];
    const again = quickPick.items.find((pick) => pick.found !== undefined && isSame(pick.found, active));
    if (again !== undefined) quickPick.activeItems = [again];
  }

  function drawSoon(): void {
    drawing ??= setTimeout(draw, redrawMs);
  }

  async function during(work: Promise<void>): Promise<void> {
    working++;
    try {
      await work;
    } catch (error) {
      if (!signal.aborted) logError("ackAudit.findTarget", error);
    } finally {
      working--;
      drawSoon();
    }
  }

  async function ask(node: ClusterNode, statement: string, onRow: (row: LogRecord) => void): Promise<void> {
    const account = contents.place(node)?.account;
    if (account === undefined) return;
    const range = await contents.range(node, signal);
    const rows = "code" in range ? range : await rowsOf(account.logs(node.cluster), statement, range, signal);
    if (signal.aborted) return;
    if (isUnreachable(rows)) failures.set(node, unreachableText(rows));
    else for (const row of rows) onRow(row);
  }

  /** Names come from another service than records, and nobody waits for them. */
  async function askNames(node: ClusterNode): Promise<void> {
    const names = await contents.place(node)?.account?.names?.(node.cluster, signal);
    if (names === undefined || signal.aborted || "code" in names) return;
    findings.addNames(node, new Map([...names].map(([id, { name, displayName }]) => [id, name || displayName])));
    drawSoon();
  }

  async function searchCluster(node: ClusterNode): Promise<void> {
    void during(askNames(node));
    await ask(node, usersSeenStatement, (row) => {
      const user = readUserSeen(row);
      if (user !== undefined) findings.addUsers(node, [user]);
    });
    await ask(node, tracesSeenStatement, (row) => addTrace(node, row));
    drawSoon();
    for await (const rows of contents.everyPod(node, signal)) {
      findings.addPods(node, rows);
      drawSoon();
    }
  }

  function addTrace(node: ClusterNode, row: LogRecord): void {
    const trace = readTraceSeen(row);
    if (trace !== undefined) findings.addTraces(node, [trace]);
  }

  /** The newest 1,000 traces are there by then; older ones are asked for by what was typed. */
  function lookUpTraces(nodes: readonly ClusterNode[]): void {
    const word = searchableWord(quickPick.value);
    if (word === undefined || lookedUp.has(word) || signal.aborted) return;
    lookedUp.add(word);
    void during(
      forEachAtOnce(nodes, clustersAtOnce, (node) =>
        ask(node, tracesLikeStatement(word), (row) => addTrace(node, row)),
      ),
    );
  }

  async function follow(found: Found): Promise<void> {
    switch (found.kind) {
      case "pod": {
        const node = await contents.podNode(found.at, found.row.pod.namespace, found.row.pod.name);
        if (node !== undefined) await tree.reveal(node, false);
        return;
      }
      case "user": {
        const asked = await askedOf(contents, found.at);
        if (asked === undefined) return;
        await run({
          ...asked,
          title: vscode.l10n.t("Entries of {0}", found.user.username || found.user.who),
          statement: userEntriesStatement(found.user.who),
        });
        return;
      }
      case "trace":
        await openTrace({
          accountId: found.at.parent.account,
          clusterId: found.at.cluster,
          clusterName: nameOf(contents, found.at),
          trace: found.trace.trace,
          event: undefined,
          atMs: found.trace.lastMs === 0 ? undefined : found.trace.lastMs,
        });
        return;
      default:
        found satisfies never;
    }
  }

  const picked = Promise.withResolvers<Pick | undefined>();
  const listening = vscode.Disposable.from(
    quickPick.onDidAccept(() => picked.resolve(quickPick.selectedItems[0])),
    quickPick.onDidHide(() => picked.resolve(undefined)),
  );
  quickPick.show();
  quickPick.busy = true;
  let nodes: readonly ClusterNode[] = [];
  const searching = during(
    (async () => {
      nodes = await tree.listClusters();
      await forEachAtOnce(nodes, clustersAtOnce, async (node) => {
        if (!signal.aborted) await searchCluster(node);
      });
    })(),
  );
  const reading = quickPick.onDidChangeValue(() => {
    drawSoon();
    clearTimeout(typing);
    typing = setTimeout(() => lookUpTraces(nodes), typingMs);
  });

  const pick = await picked.promise;
  stopping.abort();
  clearTimeout(drawing);
  clearTimeout(typing);
  listening.dispose();
  reading.dispose();
  quickPick.dispose();
  await searching;
  if (pick?.widens === true) await vscode.commands.executeCommand("ackAudit.chooseTimeWindow");
  if (pick?.unopened !== undefined) await tree.reveal(contents.accountNode(pick.unopened.id), true);
  if (pick?.found !== undefined) await follow(pick.found);
}

function whereText(contents: Contents, node: ClusterNode): string {
  const account = contents.place(node)?.name ?? "";
  const cluster = nameOf(contents, node);
  return account === "" || account === cluster ? cluster : `${account} · ${cluster}`;
}

function isSame(a: Found, b: Found | undefined): boolean {
  if (a.kind === "pod" && b?.kind === "pod") {
    return a.at === b.at && a.row.pod.namespace === b.row.pod.namespace && a.row.pod.name === b.row.pod.name;
  }
  if (a.kind === "user" && b?.kind === "user") return a.account === b.account && a.user.who === b.user.who;
  return a.kind === "trace" && b?.kind === "trace" && a.at === b.at && a.trace.trace === b.trace.trace;
}

function groupPicks(
  contents: Contents,
  { kind, found, count }: FoundGroup,
  person: (found: Found) => string,
): readonly Pick[] {
  if (found.length === 0) return [];
  const title =
    kind === "user" ? vscode.l10n.t("Users") : kind === "pod" ? vscode.l10n.t("Pods") : vscode.l10n.t("Traces");
  const label =
    count > found.length
      ? vscode.l10n.t("{0}: {1} of {2}, type to narrow", title, numberText(found.length), numberText(count))
      : title;
  return [{ label, kind: separator }, ...found.map((each) => foundPick(contents, each, person(each)))];
}

/** `alwaysShow`: the words were compared already, also with what the item does not show. */
function foundPick(contents: Contents, found: Found, person: string): Pick {
  const nowMs = Date.now();
  switch (found.kind) {
    case "pod": {
      const { pod, activity } = found.row;
      const facts = [
        pod.gone ? vscode.l10n.t("gone") : "",
        activity === undefined || activity.entries === 0 ? "" : entriesText(activity.entries),
        activity === undefined || activity.riskyCommands === 0
          ? ""
          : riskyText(activity.riskyCommands, contents.cluster(found.at).counts?.isUpTo ?? true),
      ];
      return {
        label: `$(${(activity?.riskyCommands ?? 0) > 0 ? "warning" : "package"}) ${pod.name}`,
        description: [pod.namespace, whereText(contents, found.at), ...facts].filter(Boolean).join(" · "),
        alwaysShow: true,
        found,
      };
    }
    case "user": {
      const { who, username, traces, lastMs } = found.user;
      const shown = isId(username, who) ? person || who : username;
      return {
        label: `$(account) ${shown}`,
        description: [
          shown === person ? "" : person,
          shown === who ? "" : who,
          traces === 1 ? vscode.l10n.t("1 trace") : vscode.l10n.t("{0} traces", numberText(traces)),
          agoText(lastMs, nowMs),
          found.at.map((node) => nameOf(contents, node)).join(", "),
        ]
          .filter(Boolean)
          .join(" · "),
        alwaysShow: true,
        found,
      };
    }
    case "trace": {
      const { trace, who, username, namespace, pod, commands, lastMs } = found.trace;
      return {
        label: `$(list-tree) ${trace}`,
        description: [
          isId(username, who) ? person || who : username,
          `${namespace}/${pod}`,
          commands === 1 ? vscode.l10n.t("1 command") : vscode.l10n.t("{0} commands", numberText(commands)),
          whereText(contents, found.at),
        ].join(" · "),
        detail: bothTimesText(lastMs, timeZone()),
        alwaysShow: true,
        found,
      };
    }
    default:
      return found satisfies never;
  }
}

/** ACK issues certificates to `<account id>-<time>`, which names nobody. */
function isId(username: string, who: string): boolean {
  return username === "" || username === who || username.startsWith(`${who}-`);
}

function notePick(where: string, reason: string): Pick {
  return {
    label: `$(error) ${vscode.l10n.t("{0} could not be searched", where)}`,
    description: reason,
    alwaysShow: true,
  };
}

/** A file that nobody has looked into since the window was opened is not opened by a search; choosing it opens it. */
function unopenedPick(place: Place): Pick {
  return {
    label: `$(file) ${vscode.l10n.t("{0} is not open and was not searched", place.name)}`,
    description: vscode.l10n.t("Open"),
    alwaysShow: true,
    unopened: place,
  };
}
