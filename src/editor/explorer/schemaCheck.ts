import * as vscode from "vscode";
import type { LogIndex } from "../../audit/logIndex.ts";
import { checkSchema, redacted } from "../../audit/schemaCheck.ts";
import { isUnreachable, rowsOf } from "../../logs/account.ts";
import type { Unreachable } from "../../logs/answer.ts";
import type { LogSource } from "../../logs/logSource.ts";
import { signalOf } from "../cancellation.ts";
import { command } from "../commands.ts";
import { unreachableText } from "../wording/cluster.ts";
import { schemaReport } from "../wording/schemaCheck.ts";
import type { Contents } from "./contents.ts";
import { nameOf } from "./items.ts";
import { readNode } from "./node.ts";

const hourMs = 3_600_000;
/** So few are read, and fewer shown: a person looks at them before they send them to anybody. */
const recordsOfAKind = 10;
const recordsShown = 4;

/** *Check Log Schema*: reads the index and a few records of a Logstore and says what is not as it was assumed to be. */
export function registerSchemaCheck(contents: Contents): vscode.Disposable {
  return command("checkLogSchema", async (value) => {
    const node = readNode(value);
    const account = node?.kind === "cluster" ? contents.place(node)?.account : undefined;
    if (node?.kind !== "cluster" || account === undefined) return;
    const name = nameOf(contents, node);
    const source = account.logs(node.cluster);
    const report = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t("Reading the index and a few records of {0}…", name),
        cancellable: true,
      },
      async (_progress, token) => {
        const text = await checked(source, name, signalOf(token));
        return token.isCancellationRequested ? undefined : text;
      },
    );
    if (report === undefined) return;
    if (typeof report !== "string") {
      await vscode.window.showErrorMessage(
        vscode.l10n.t("The log schema of {0} could not be checked: {1}", name, unreachableText(report)),
      );
      return;
    }
    const document = await vscode.workspace.openTextDocument({ language: "markdown", content: report });
    await vscode.window.showTextDocument(document);
  });
}

async function checked(source: LogSource, name: string, signal: AbortSignal): Promise<string | Unreachable> {
  const bounds = await source.bounds(signal);
  if (bounds !== undefined && "code" in bounds) return bounds;
  const toMs = bounds?.toMs ?? Date.now();
  const range = { fromMs: toMs - 24 * hourMs, toMs };
  const kinds = ["kind: Kubernetes", "kind: Command", "not kind: Kubernetes not kind: Command"];
  const records = [];
  for (const statement of kinds) {
    const rows = await rowsOf(source, statement, range, signal, recordsOfAKind);
    if (isUnreachable(rows)) return rows;
    records.push(...rows);
  }
  const index = await indexOf(source, signal);
  if (index !== undefined && "code" in index) return index;
  const isAsked = source.indexFields !== undefined;
  const findings = checkSchema(index, records).filter(({ code }) => isAsked || code !== "index-missing");
  return schemaReport({
    name,
    findings,
    recordCount: records.length,
    fieldCount: index?.fields.length,
    isIndexAsked: isAsked,
    samples: records.slice(0, recordsShown).map(redacted),
  });
}

/** Undefined for a Logstore without one, and for a log that is no Logstore. */
async function indexOf(source: LogSource, signal: AbortSignal): Promise<LogIndex | Unreachable | undefined> {
  const answer = await source.indexFields?.(signal);
  if (answer === undefined || answer.kind === "fields") return answer;
  return answer.reason.cause === "index" ? undefined : answer.reason;
}
