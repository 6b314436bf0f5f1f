import * as vscode from "vscode";
import { podStatement, readyQueries } from "../../audit/queries.ts";
import type { TimeRange } from "../../logs/question.ts";
import { prefilter } from "../../rules/prefilter.ts";
import type { Rule } from "../../rules/rule.ts";
import type { Accounts } from "../accounts.ts";
import { command } from "../commands.ts";
import type { RunRequest } from "../run.ts";
import type { StatusBar } from "../statusBar.ts";
import { unreachableText } from "../wording/cluster.ts";
import { readyQueryText } from "../wording/readyQuery.ts";
import type { Contents } from "./contents.ts";
import { nameOf } from "./items.ts";
import { type ClusterNode, clusterOf, readNode, type TreeNode } from "./node.ts";
import { accessesStatement, enteredPodsStatement, namespaceStatement, podEntriesStatement } from "./statements.ts";

type Parts = {
  readonly accounts: Accounts;
  readonly contents: Contents;
  readonly rules: readonly Rule[];
  readonly statusBar: StatusBar;
  readonly run: (request: RunRequest) => Promise<void>;
  /** Opens an untitled query file with this text. */
  readonly newQueryDocument: (text: string) => Promise<unknown>;
};

/** What can be asked of a cluster, namespace or pod of the tree. */
export function registerActions(parts: Parts): vscode.Disposable {
  const { accounts, contents } = parts;

  async function showEntries(value: unknown): Promise<void> {
    const node = readNode(value);
    if (node?.kind !== "pod") return;
    const asked = await askedOf(contents, [node.parent.parent]);
    if (asked === undefined) return;
    await parts.run({
      ...asked,
      title: vscode.l10n.t("Who entered {0}", node.pod),
      statement: podEntriesStatement(node.namespace, node.pod),
    });
  }

  async function newQuery(value: unknown): Promise<void> {
    const node = readNode(value);
    const place = await placeOfNewQuery(node);
    const title =
      node === undefined ? vscode.l10n.t("New query") : vscode.l10n.t("Records of {0}", pathOf(contents, node));
    await parts.newQueryDocument(`${[`### ${title}`, ...place, statementAt(node)].join("\n")}\n`);
  }

  /** Where a new query asks: at the node, else at the active cluster, else at the first one that is audited. */
  async function placeOfNewQuery(node: TreeNode | undefined): Promise<readonly string[]> {
    const cluster = node === undefined ? undefined : clusterOf(node);
    if (cluster !== undefined) return directives(cluster);
    const active = parts.statusBar.active();
    if (active !== undefined) return directives(contents.clusterNode(active.account.id, active.cluster.id));
    const known = contents.clusterNodes();
    const audited = known.find((each) => contents.cluster(each).state?.status.kind === "on") ?? known[0];
    return audited === undefined ? ["-- @from -24h"] : directives(audited);
  }

  async function directives(node: ClusterNode): Promise<readonly string[]> {
    return [...(await clusterDirectives(accounts, contents, node)), ...(await timeDirectives(contents, node))];
  }

  /** The sections of the vendor's report, each as a query of its own. */
  async function showReport(value: unknown): Promise<void> {
    const node = readNode(value);
    if (node?.kind !== "cluster") return;
    const ready = readyQueries(prefilter(parts.rules).condition).filter(({ id }) =>
      ["accounts", "programs", "riskyPrograms"].includes(id),
    );
    const sections = [
      { title: vscode.l10n.t("Entries into pods"), statement: accessesStatement },
      { title: vscode.l10n.t("Pods entered"), statement: enteredPodsStatement },
      ...ready.map(({ id, statement }) => ({ title: readyQueryText(id).title, statement })),
    ];
    const head = await directives(node);
    const body = sections.map(({ title, statement }) => `### ${title}\n${statement}\n`);
    await parts.newQueryDocument(`${[...head, "", ...body].join("\n")}`);
  }

  return vscode.Disposable.from(
    command("showEntries", showEntries),
    command("newQuery", newQuery),
    command("showReport", showReport),
    command("copyName", async (value) => {
      const node = readNode(value);
      if (node !== undefined) await vscode.env.clipboard.writeText(nameOf(contents, node));
    }),
  );
}

/** Clusters of one account as a place to ask at, over the time that the tree counts; undefined where that cannot be had. */
export async function askedOf(
  contents: Contents,
  nodes: readonly ClusterNode[],
): Promise<Pick<RunRequest, "account" | "clusters" | "range"> | undefined> {
  const [first] = nodes;
  const account = first === undefined ? undefined : contents.place(first)?.account;
  if (account === undefined) return undefined;
  let range: TimeRange | undefined;
  for (const node of nodes) {
    const own = await contents.range(node, new AbortController().signal);
    if ("code" in own) {
      await vscode.window.showErrorMessage(unreachableText(own));
      return undefined;
    }
    range = {
      fromMs: Math.min(range?.fromMs ?? own.fromMs, own.fromMs),
      toMs: Math.max(range?.toMs ?? own.toMs, own.toMs),
    };
  }
  const clusters = nodes.map((node) => ({ id: node.cluster, name: nameOf(contents, node) }));
  return range === undefined ? undefined : { account, clusters, range };
}

/** The names where they mean this cluster and no other, the ids where they do not. */
async function clusterDirectives(
  accounts: Accounts,
  contents: Contents,
  node: ClusterNode,
): Promise<readonly string[]> {
  const name = nameOf(contents, node);
  const account = contents.place(node)?.name ?? node.parent.account;
  const isWritable = (text: string) => text.trim() === text && !/[,\r\n]/.test(text) && text !== "" && text !== "*";
  const means = async (cluster: string, of: string | undefined) => {
    const found = await accounts.resolve(cluster, of);
    return found.kind === "unique" && found.cluster.id === node.cluster && found.account.id === node.parent.account;
  };
  if (isWritable(name)) {
    if (await means(name, undefined)) return [`-- @cluster ${name}`];
    if (isWritable(account) && (await means(name, account))) return [`-- @account ${account}`, `-- @cluster ${name}`];
  }
  return [`-- @account ${node.parent.account}`, `-- @cluster ${node.cluster}`];
}

/** A file has its own time; everywhere else a query looks back from now. */
async function timeDirectives(contents: Contents, node: ClusterNode): Promise<readonly string[]> {
  if (contents.place(node)?.path === undefined) return [`-- @from -${contents.window()}`];
  const range = await contents.range(node, new AbortController().signal);
  if ("code" in range) return [];
  return [`-- @from ${new Date(range.fromMs).toISOString()}`, `-- @to ${new Date(range.toMs).toISOString()}`];
}

function statementAt(node: TreeNode | undefined): string {
  switch (node?.kind) {
    case "pod":
      return podStatement(node.namespace, node.pod);
    case "namespace":
      return namespaceStatement(node.namespace);
    default:
      return "*";
  }
}

function pathOf(contents: Contents, node: TreeNode): string {
  return node.kind === "pod" ? `${node.namespace}/${node.pod}` : nameOf(contents, node);
}
