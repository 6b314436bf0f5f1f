import * as vscode from "vscode";
import type { AuditEvent } from "../../audit/event.ts";
import { type ClusterId, clusterId, type EventId, eventId, type TraceId, traceId } from "../../audit/ids.ts";
import { type ProcessNode, processTree } from "../../audit/processTree.ts";
import { buildTrace, type Trace } from "../../audit/trace.ts";
import type { Account } from "../../logs/account.ts";
import type { TimeRange } from "../../logs/question.ts";
import { readTrace } from "../../logs/readTrace.ts";
import { readFields } from "../../pages/message.ts";
import type { Risk } from "../../pages/risk.ts";
import { type FromTrace, readFromTrace, type ToTrace, type TraceState } from "../../pages/trace.ts";
import { eventOfLine, lineDetail, traceState } from "../../pages/traceState.ts";
import { traceText } from "../../pages/traceText.ts";
import type { Accounts } from "../accounts.ts";
import type { Doors } from "../doors.ts";
import { logError } from "../output.ts";
import { pageHtml, pageOptions } from "../page.ts";
import { timeZone } from "../settings.ts";
import { unreachableText } from "../wording/cluster.ts";
import { identityOf, traceWords } from "../wording/pages.ts";
import { problemText } from "../wording/problem.ts";
import { gapText } from "../wording/time.ts";
import { findIdentity } from "./identity.ts";

/** Which trace a page shows, in plain data, so that the page finds it again after a reload. */
export type TraceAddress = {
  readonly accountId: string;
  readonly clusterId: ClusterId;
  readonly clusterName: string;
  readonly trace: TraceId;
  /** The event that led here: selected when the page opens. */
  readonly event: EventId | undefined;
  /** When that was; a trace is searched around it, or over all that there is. */
  readonly atMs: number | undefined;
};

export interface Traces {
  /** Shows the trace; a trace that is open already comes to the front. */
  open(address: TraceAddress): Promise<void>;
}

type Parts = {
  readonly doors: Doors;
  readonly extensionUri: vscode.Uri;
  readonly accounts: Accounts;
  readonly riskOf: (event: AuditEvent) => Risk | undefined;
  /** Shows the rows of the trace in the results. */
  readonly openRows: (address: TraceAddress, account: Account, range: TimeRange) => Promise<void>;
};

const panelType = "ackAudit.trace";

export function registerTraces(parts: Parts): Traces {
  const open = new Map<string, vscode.WebviewPanel>();

  function attach(panel: vscode.WebviewPanel, address: TraceAddress): void {
    const key = keyOf(address);
    open.set(key, panel);
    panel.webview.options = pageOptions(parts.extensionUri);
    const page = showTrace(parts, panel, address);
    panel.onDidDispose(() => {
      page.dispose();
      if (open.get(key) === panel) open.delete(key);
    });
  }

  parts.doors.restoredPages(panelType, {
    async deserializeWebviewPanel(panel, saved: unknown) {
      const address = readAddress(saved);
      if (address === undefined) panel.dispose();
      else attach(panel, address);
    },
  });

  return {
    async open(address) {
      const shown = open.get(keyOf(address));
      if (shown !== undefined) {
        shown.reveal();
        return;
      }
      const title = vscode.l10n.t("Trace {0}", address.trace);
      const panel = vscode.window.createWebviewPanel(panelType, title, vscode.ViewColumn.Active, {
        ...pageOptions(parts.extensionUri),
      });
      attach(panel, address);
    },
  };
}

/** A trace opened for another of its events is another page: each keeps what it was opened for. */
function keyOf({ accountId, clusterId, trace, event }: TraceAddress): string {
  return JSON.stringify([accountId, clusterId, trace, event]);
}

/** What a page saved of itself: the address it was told, or nothing that can be shown. */
function readAddress(saved: unknown): TraceAddress | undefined {
  const fields = readFields(readFields(saved)?.["address"]);
  const text = (name: string) => (typeof fields?.[name] === "string" ? fields[name] : "");
  const cluster = clusterId(text("clusterId"));
  const trace = traceId(text("trace"));
  if (cluster === undefined || trace === undefined || text("accountId") === "") return undefined;
  return {
    accountId: text("accountId"),
    clusterId: cluster,
    clusterName: text("clusterName"),
    trace,
    event: eventId(text("event")),
    atMs: typeof fields?.["atMs"] === "number" ? fields["atMs"] : undefined,
  };
}

/** One page: reads its trace once, tells the page, and answers what it asks for. */
function showTrace(parts: Parts, panel: vscode.WebviewPanel, address: TraceAddress): vscode.Disposable {
  const { webview } = panel;
  let state: TraceState = { kind: "loading", trace: address.trace, cluster: address.clusterName };
  let shown: { readonly trace: Trace; readonly tree: readonly ProcessNode[]; readonly account: Account } | undefined;
  let ready = false;
  const closing = new AbortController();

  const post = (message: ToTrace) => void webview.postMessage(message);
  const announce = (text: string) => post({ kind: "announce", text });
  const words = () => ({ words: traceWords(), locale: vscode.env.language, zone: timeZone() });

  function show(next: TraceState): void {
    state = next;
    if (ready) post({ kind: "state", state, ...words(), restore: { address } });
  }

  function fail(message: string, detail = ""): void {
    show({ kind: "failed", trace: address.trace, cluster: address.clusterName, message, detail, canRetry: true });
  }

  async function load(): Promise<void> {
    show({ kind: "loading", trace: address.trace, cluster: address.clusterName });
    const opening = await parts.accounts.open(address.accountId, closing.signal);
    if (closing.signal.aborted) return;
    if (opening.kind !== "opened") {
      fail(vscode.l10n.t("The account of this trace is not open. Open it, then try again."), address.accountId);
      return;
    }
    const found = await readTrace(
      opening.account.logs(address.clusterId),
      address.trace,
      address.atMs,
      timeZone(),
      closing.signal,
    );
    if (closing.signal.aborted) return;
    switch (found.kind) {
      case "refused":
        return fail(found.problems.map((problem) => problemText(problem)).join("\n"));
      case "unreachable":
        return fail(unreachableText(found.reason), found.reason.detail);
      case "events":
        break;
      default:
        return found satisfies never;
    }
    const trace = buildTrace(found.events);
    if (trace === undefined) {
      fail(
        vscode.l10n.t("{0} has no records of this trace in the time that was searched.", address.clusterName),
        address.trace,
      );
      return;
    }
    const { account } = opening;
    const tree = processTree(trace.commands);
    shown = { trace, tree, account };
    if (trace.pod.name !== "") panel.title = vscode.l10n.t("Trace in {0}", trace.pod.name);
    show(
      traceState({
        id: address.trace,
        trace,
        tree,
        account: account.name,
        cluster: address.clusterName,
        searched: found.searched,
        gaps: found.completeness.gaps.map(gapText),
        riskOf: parts.riskOf,
        event: address.event,
      }),
    );
    void tellIdentity(trace, account);
  }

  /** The trace is shown without the name of its user, which may never come. */
  async function tellIdentity(trace: Trace, account: Account): Promise<void> {
    const report = (problem: unknown) => logError("trace user", problem);
    const found = await findIdentity(account, address.clusterId, trace.user.aliuid, closing.signal, report);
    // What was read again meanwhile asks for itself.
    if (found === undefined || shown?.trace !== trace || state.kind !== "trace") return;
    const identity = identityOf(found);
    state = { ...state, identity };
    if (ready) post({ kind: "identity", trace: address.trace, identity });
  }

  async function copy(text: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    announce(vscode.l10n.t("Copied."));
  }

  async function receive(message: FromTrace): Promise<void> {
    switch (message.kind) {
      case "ready":
        ready = true;
        return show(state);
      case "failed":
        return logError("trace page", message.detail);
      case "retry":
        return load();
      case "select": {
        const detail = shown === undefined ? undefined : lineDetail(shown.trace, shown.tree, message.line);
        return detail === undefined ? undefined : post({ kind: "detail", detail });
      }
      case "copyLine": {
        const event = shown === undefined ? undefined : eventOfLine(shown.trace, message.line);
        if (event === undefined) return;
        if (message.what === "record") return copy(`${JSON.stringify(event.record, undefined, 2)}\n`);
        return copy(event.kind === "command" ? event.commandLine : event.kind === "entry" ? event.commandText : "");
      }
      case "copyField": {
        const event = shown === undefined ? undefined : eventOfLine(shown.trace, message.line);
        const value = event?.record[message.field];
        return value === undefined ? undefined : copy(value);
      }
      case "copyTrace":
        if (message.what === "traceId") return copy(address.trace);
        return state.kind === "trace" ? copy(traceText(state, timeZone(), traceWords())) : undefined;
      case "openAsText": {
        if (state.kind !== "trace") return;
        const document = await vscode.workspace.openTextDocument({
          content: traceText(state, timeZone(), traceWords()),
          language: "plaintext",
        });
        await vscode.window.showTextDocument(document, { preview: true });
        return;
      }
      case "openRows":
        return shown === undefined || state.kind !== "trace"
          ? undefined
          : parts.openRows(address, shown.account, state.searched);
      default:
        return message satisfies never;
    }
  }

  const run = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      logError("trace", error);
      fail(
        vscode.l10n.t("The trace could not be shown because of a fault in this extension."),
        error instanceof Error ? error.message : String(error),
      );
    }
  };
  const listening = webview.onDidReceiveMessage((raw: unknown) => {
    const message = readFromTrace(raw);
    if (message !== undefined) void run(() => receive(message));
  });
  webview.html = pageHtml(webview, parts.extensionUri, "trace");
  void run(load);
  return {
    dispose: () => {
      closing.abort();
      listening.dispose();
    },
  };
}
