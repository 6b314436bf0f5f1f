import * as vscode from "vscode";
import { FileCheck } from "../../sls/check/fileCheck.ts";
import type { Problem, ProblemCode, Severity } from "../../sls/check/problems.ts";
import type { QueryFile } from "../../sls/queryFile.ts";
import { logError } from "../output.ts";
import { languageId, queryFileOf, rangeOf } from "../queryFiles/documents.ts";
import { problemText } from "../wording/problem.ts";
import type { LanguageContext } from "./context.ts";

/** How long typing rests before what it made is checked. */
const pauseMs = 150;

/** What stands before each problem in lists, and by which its quick fixes know it. */
export const problemSource = "SLS";

const levels: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** What is shown faded: it does nothing where it stands. */
const idle: ReadonlySet<ProblemCode> = new Set(["directive-repeated", "query-empty"]);

/** The problems of documents. A query that did not change since it was checked is not checked again. */
export class Checks {
  readonly #context: LanguageContext;
  #checks = new WeakMap<vscode.TextDocument, { readonly check: FileCheck; file: QueryFile | undefined }>();

  constructor(context: LanguageContext) {
    this.#context = context;
  }

  /** All that is wrong in a document, in its order. */
  of(document: vscode.TextDocument): readonly Problem[] {
    const file = queryFileOf(document);
    let kept = this.#checks.get(document);
    if (kept === undefined) {
      const check = new FileCheck((query) => this.#context.knowledge.of(document, query));
      kept = { check, file: undefined };
      this.#checks.set(document, kept);
    }
    if (kept.file !== file) {
      kept.check.update(document.getText(), file);
      kept.file = file;
    }
    return kept.check.problems;
  }

  /** More is known, so that all has to be checked again when it is asked for. */
  forget(): void {
    this.#checks = new WeakMap();
  }
}

/** Shows what is wrong in the query files that are open. Blocks of queries in Markdown are not checked. */
export function registerDiagnostics(context: LanguageContext, checks: Checks): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection("ackAudit.slsq");
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const help = new ProblemHelp();

  function check(document: vscode.TextDocument): void {
    if (document.languageId !== languageId || document.isClosed) return;
    diagnostics.set(
      document.uri,
      checks.of(document).map((problem) => diagnosticOf(document, problem, help)),
    );
  }

  function checkSoon(document: vscode.TextDocument): void {
    if (document.languageId !== languageId) return;
    const key = document.uri.toString();
    clearTimeout(waiting.get(key));
    waiting.set(
      key,
      setTimeout(() => {
        waiting.delete(key);
        check(document);
      }, pauseMs),
    );
  }

  function forget(document: vscode.TextDocument): void {
    const key = document.uri.toString();
    clearTimeout(waiting.get(key));
    waiting.delete(key);
    diagnostics.delete(document.uri);
  }

  function checkAll(): void {
    for (const document of vscode.workspace.textDocuments) check(document);
  }

  checkAll();
  void help.read().then(
    (isRead) => {
      if (isRead) checkAll();
    },
    (error: unknown) => logError("diagnostics", error),
  );
  return vscode.Disposable.from(
    diagnostics,
    {
      dispose: () => {
        for (const timer of waiting.values()) clearTimeout(timer);
      },
    },
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidChangeTextDocument(({ document }) => checkSoon(document)),
    vscode.workspace.onDidCloseTextDocument(forget),
    context.knowledge.changed(() => {
      checks.forget();
      for (const document of vscode.workspace.textDocuments) checkSoon(document);
    }),
  );
}

function diagnosticOf(document: vscode.TextDocument, problem: Problem, help: ProblemHelp): vscode.Diagnostic {
  const range = rangeOf(document, problem.span);
  const diagnostic = new vscode.Diagnostic(range, problemText(problem), levels[problem.severity]);
  const target = help.of(problem.code);
  diagnostic.source = problemSource;
  diagnostic.code = target === undefined ? problem.code : { value: problem.code, target };
  if (idle.has(problem.code)) diagnostic.tags = [vscode.DiagnosticTag.Unnecessary];
  return diagnostic;
}

/** The page that comes with the extension and says more of each code. */
class ProblemHelp {
  readonly #page: vscode.Uri | undefined;
  /** Where the section of a code begins. An editor is opened at a line; it knows no headings. */
  readonly #lines = new Map<string, number>();

  constructor() {
    const extension = vscode.extensions.getExtension("ack-container-audit.ack-container-audit");
    const name = vscode.env.language.toLowerCase() === "zh-cn" ? "problems.zh-CN.md" : "problems.md";
    this.#page = extension && vscode.Uri.joinPath(extension.extensionUri, "docs", name);
  }

  /** Finds the sections of the page; false where there is no page. */
  async read(): Promise<boolean> {
    if (this.#page === undefined) return false;
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(this.#page));
    for (const [index, line] of text.split("\n").entries()) {
      const code = /^### ([a-z-]+)\s*$/.exec(line)?.[1];
      if (code !== undefined) this.#lines.set(code, index + 1);
    }
    return true;
  }

  of(code: ProblemCode): vscode.Uri | undefined {
    const line = this.#lines.get(code);
    return line === undefined ? undefined : this.#page?.with({ fragment: `L${line}` });
  }
}
