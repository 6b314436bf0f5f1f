import * as vscode from "vscode";
import type { ClusterId } from "../audit/ids.ts";
import type { Account } from "../logs/account.ts";
import type { AnswerPart, Gap } from "../logs/answer.ts";
import type { AnswerId, AnswerStore } from "../logs/answerStore.ts";
import { land } from "../logs/land.ts";
import { landEach } from "../logs/landEach.ts";
import type { Question, TimeRange } from "../logs/question.ts";
import type { ShownQuestion } from "../pages/results.ts";
import { parseStatement } from "../sls/parser/parser.ts";
import type { Accounts } from "./accounts.ts";
import type { History, Run, Target } from "./queries/history.ts";
import type { Results } from "./results/results.ts";
import { confirmAbovePages, maxSearchRows, timeZone } from "./settings.ts";
import { unreachableText } from "./wording/cluster.ts";
import { problemText } from "./wording/problem.ts";

/** A statement to run, and where. */
export type RunRequest = {
  readonly title: string;
  readonly statement: string;
  readonly account: Account;
  readonly clusters: readonly { readonly id: ClusterId; readonly name: string }[];
  readonly range: TimeRange;
  readonly zone?: string;
  /** The document that the statement stands in. */
  readonly document?: string;
};

export interface Runner extends vscode.Disposable {
  /** Ends when the rows are in the answer store or it is clear that there are none; everything is told on the way. */
  run(request: RunRequest): Promise<void>;
  /** The same statement at the same place over the same absolute time. */
  runAgain(run: Run): Promise<void>;
}

export function createRunner(answers: AnswerStore, history: History, results: Results, accounts: Accounts): Runner {
  let current: AbortController | undefined;

  async function run(request: RunRequest): Promise<void> {
    current?.abort();
    const controller = new AbortController();
    current = controller;
    const question: Question = {
      statement: request.statement,
      range: request.range,
      zone: request.zone ?? timeZone(),
      maxRows: maxSearchRows(),
    };
    const shownQuestion: ShownQuestion = {
      title: request.title,
      statement: request.statement,
      account: request.account.name,
      clusters: request.clusters.map(({ name }) => name),
      range: request.range,
      zone: question.zone,
    };
    const startedAtMs = Date.now();
    const show = (rowsSoFar: number) =>
      results.show({
        kind: "running",
        question: shownQuestion,
        startedAtMs,
        rowsSoFar,
        cancel: () => controller.abort(),
      });
    await results.reveal();
    show(0);
    const retry = () => run(request);
    const failed = (message: string, detail = "") =>
      results.show({ kind: "failed", question: shownQuestion, message, detail, retry });
    if (!(await mayFetch(request, question, controller.signal))) {
      return failed(vscode.l10n.t("The run was not started."));
    }
    const answer = crypto.randomUUID() as AnswerId;
    let shownAtMs = startedAtMs;
    let rowsSoFar = 0;
    const onRows = (rows: number) => {
      rowsSoFar = rows;
      if (Date.now() - shownAtMs < 200) return;
      shownAtMs = Date.now();
      show(rows);
    };
    const end = await vscode.window.withProgress(
      { location: { viewId: "ackAudit.results" } },
      (): Promise<Exclude<AnswerPart, { kind: "rows" }>> => {
        const [only] = request.clusters;
        return request.clusters.length === 1 && only !== undefined
          ? land(request.account.logs(only.id), question, answer, answers, controller.signal, onRows)
          : landEach(
              request.clusters.map(({ id, name }) => ({ name, source: request.account.logs(id) })),
              question,
              answer,
              answers,
              controller.signal,
              onRows,
            );
      },
    );
    // A newer run owns the page by now; this one's rows would only flash up.
    if (current !== controller) return;
    current = undefined;
    switch (end.kind) {
      case "refused":
        return failed(end.problems.map((problem) => problemText(problem)).join("\n"));
      case "unreachable":
        return failed(unreachableText(end.reason), end.reason.detail);
      case "end":
        break;
      default:
        end satisfies never;
    }
    const gaps: readonly Gap[] = end.completeness.gaps;
    const target: Target = {
      accountId: request.account.id,
      accountName: request.account.name,
      clusters: request.clusters.map(({ id, name }) => ({ id, name })),
    };
    const finished = await answers.finish({
      id: answer,
      title: request.title,
      statement: request.statement,
      account: target.accountName,
      clusters: target.clusters.map(({ name }) => name),
      range: request.range,
      zone: question.zone,
      askedAtMs: startedAtMs,
      elapsedMs: end.elapsedMs,
      completeness: end.completeness,
      rowCount: rowsSoFar,
      total: end.total,
      columns: [],
    });
    await history.add({
      answer,
      title: request.title,
      statement: request.statement,
      target,
      range: request.range,
      zone: question.zone,
      startedAtMs,
      elapsedMs: end.elapsedMs,
      rowCount: finished?.rowCount ?? rowsSoFar,
      total: end.total,
      gaps,
      document: request.document,
    });
    await results.showAnswer(answer);
  }

  /** Asks before a run that fetches many pages; each page of a cloud account is a request that is paid for. */
  async function mayFetch(request: RunRequest, question: Question, signal: AbortSignal): Promise<boolean> {
    if (parseStatement(question.statement).statement.analysis !== undefined) return true;
    const { pageRows } = request.account;
    if (pageRows === undefined) return true;
    let pages = 0;
    for (const { id } of request.clusters) {
      const histogram = await request.account.logs(id).histogram(question, 1, signal);
      // The run itself tells what is wrong; this is only about its size.
      if (histogram.kind !== "buckets") continue;
      const matches = histogram.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
      pages += Math.ceil(Math.min(matches, question.maxRows) / pageRows);
    }
    if (pages <= confirmAbovePages()) return true;
    const go = vscode.l10n.t("Continue");
    const chosen = await vscode.window.showWarningMessage(
      vscode.l10n.t("This fetches {0} pages. Continue?", pages.toLocaleString(vscode.env.language)),
      {
        modal: true,
        detail: vscode.l10n.t(
          "Each page of 100 rows is one request to Simple Log Service. A shorter time range or a narrower search fetches less; with “| select …” the service counts and groups by itself.",
        ),
      },
      go,
    );
    return chosen === go;
  }

  return {
    run,
    async runAgain(earlier) {
      const opening = await accounts.open(earlier.target.accountId, new AbortController().signal);
      if (opening.kind !== "opened") {
        void vscode.window.showWarningMessage(
          vscode.l10n.t(
            "The account {0} of this run is not open any more. Open it and run again.",
            earlier.target.accountName,
          ),
        );
        return;
      }
      await run({
        title: earlier.title,
        statement: earlier.statement,
        account: opening.account,
        clusters: earlier.target.clusters,
        range: earlier.range,
        zone: earlier.zone,
        ...(earlier.document === undefined ? {} : { document: earlier.document }),
      });
    },
    dispose: () => current?.abort(),
  };
}
