import { basename } from "node:path";
import * as vscode from "vscode";
import type { LogRecord } from "../audit/event.ts";
import { readEvent } from "../audit/readEvent.ts";
import type { Engine } from "../engine/client.ts";
import type { AnswerId } from "../logs/answerStore.ts";
import { recordRows } from "../logs/readable.ts";
import type { OpenFile } from "./accounts.ts";
import { logFileOpener } from "./logFiles.ts";
import { logError } from "./output.ts";
import type { Results } from "./results/results.ts";
import type { Runner } from "./run.ts";
import { timeZone } from "./settings.ts";

/** A file that is imported by then needs no preview; its rows would only flash up. */
const patienceMs = 500;

/**
 * Opens log files. While a large one is being imported the results show its first records, marked as such; when it is
 * there, its newest records take their place, unless the user looks at something else by then.
 */
export function openFileWithPreview(engine: Engine, results: () => Results, runner: () => Runner): OpenFile {
  return async (path, onFraction, signal) => {
    let fraction = 0;
    let ended = false;
    let shown: AnswerId | undefined;
    const open = logFileOpener(engine, (_, records) => {
      setTimeout(() => {
        if (ended || records.length === 0) return;
        showRecords(engine, results(), path, records, fraction).then(
          (answer) => {
            shown = answer;
          },
          (error) => logError("preview", error),
        );
      }, patienceMs);
    });
    const opening = await open(
      path,
      (read) => {
        fraction = read;
        onFraction(read);
      },
      signal,
    );
    ended = true;
    if (opening.kind !== "opened" || shown === undefined || !results().shows(shown)) return opening;
    const { account, store } = opening;
    const { bounds } = store;
    const clusters: { id: Parameters<typeof account.logs>[0]; name: string }[] = [];
    for await (const page of account.clusters(signal)) {
      if (page.kind === "items") clusters.push(...page.items.map(({ cluster: { id, name } }) => ({ id, name })));
    }
    if (bounds !== undefined && clusters.length > 0) {
      const range = { fromMs: bounds.fromMs, toMs: bounds.toMs + 1000 };
      void runner().run({ title: basename(path), statement: "*", account, clusters, range });
    }
    return opening;
  };
}

async function showRecords(
  engine: Engine,
  results: Results,
  path: string,
  records: readonly LogRecord[],
  fraction: number,
): Promise<AnswerId> {
  const answer = crypto.randomUUID() as AnswerId;
  const { columns, rows } = recordRows(records);
  const nowMs = Date.now();
  const times = records.map((record) => readEvent(record).atMs).filter(Number.isFinite);
  await engine.answers.begin(answer, columns);
  await engine.answers.append(answer, columns, rows);
  await engine.answers.finish({
    id: answer,
    title: vscode.l10n.t("{0}: the first records in the file", basename(path)),
    statement: "*",
    account: basename(path),
    clusters: [],
    range: { fromMs: Math.min(nowMs, ...times), toMs: Math.max(0, ...times) },
    zone: timeZone(),
    askedAtMs: nowMs,
    elapsedMs: 0,
    completeness: { gaps: [{ kind: "importing", fraction }] },
    rowCount: rows.length,
    total: undefined,
    columns,
  });
  await results.reveal();
  await results.showAnswer(answer);
  return answer;
}
