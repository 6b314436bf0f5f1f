/** Runs in the extension host: waits for the problem of each text, takes its first quick fix, and says what became of both. */
import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";

export type Provoked = { readonly code: string; readonly text: string };

export type Fixed = {
  readonly code: string;
  /** What the problem says; undefined where there was none. */
  readonly message: string | undefined;
  readonly fix: string | undefined;
  readonly text: string;
  readonly isGone: boolean;
};

/** Long enough for a busy machine; nothing waits for it where what is expected comes. */
const patienceMs = 30_000;

function problemOf({ uri }: vscode.TextDocument, wanted: string): vscode.Diagnostic | undefined {
  return vscode.languages
    .getDiagnostics(uri)
    .find(({ code }) => (typeof code === "object" ? code.value : code) === wanted);
}

/** Waits until it is true, which it can only become when problems change; false where it never does. */
async function comesTrue(isTrue: () => boolean): Promise<boolean> {
  const over = new AbortController();
  const changed = new Promise<boolean>((resolve) => {
    const listening = vscode.languages.onDidChangeDiagnostics(() => {
      if (isTrue()) resolve(true);
    });
    over.signal.addEventListener("abort", () => listening.dispose());
  });
  const late = pause(patienceMs, undefined, { signal: over.signal }).then(isTrue, () => false);
  const came = isTrue() || (await Promise.race([changed, late]));
  over.abort();
  return came;
}

/** What mends a problem. While extensions still arrive, the editor breaks off what it asks them and answers nothing. */
async function fixesOf(
  { uri }: vscode.TextDocument,
  problem: vscode.Diagnostic,
): Promise<readonly vscode.CodeAction[]> {
  for (const until = Date.now() + patienceMs; ; await pause(200)) {
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      uri,
      problem.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const mending = actions.filter(({ edit }) => edit !== undefined);
    if (mending.length > 0 || Date.now() > until) return mending;
  }
}

async function applyFix({ code, text }: Provoked): Promise<Fixed> {
  const document = await vscode.workspace.openTextDocument({ language: "slsq", content: text });
  await comesTrue(() => problemOf(document, code) !== undefined);
  const problem = problemOf(document, code);
  const mending = problem === undefined ? [] : await fixesOf(document, problem);
  const fix = mending.find(({ isPreferred }) => isPreferred) ?? mending[0];
  if (fix?.edit !== undefined) await vscode.workspace.applyEdit(fix.edit);
  const isGone = fix !== undefined && (await comesTrue(() => problemOf(document, code) === undefined));
  return { code, message: problem?.message, fix: fix?.title, text: document.getText(), isGone };
}

export function run(provoked: readonly Provoked[]): Promise<readonly Fixed[]> {
  return Promise.all(provoked.map(applyFix));
}
