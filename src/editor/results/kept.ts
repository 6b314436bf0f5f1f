import type * as vscode from "vscode";
import type { AnswerId, View } from "../../logs/answerStore.ts";
import type { ColumnLayout } from "../../pages/results.ts";
import { wholeView } from "../../pages/resultsState.ts";

const limit = 100;

/** The newest of what was kept under each name; the oldest go first. */
type Kept<Value> = readonly (readonly [name: string, value: Value])[];

function kept<Value>(state: vscode.Memento, key: string, name: string): Value | undefined {
  return state.get<Kept<Value>>(key, []).find(([known]) => known === name)?.[1];
}

async function keep<Value>(state: vscode.Memento, key: string, name: string, value: Value): Promise<void> {
  const others = state.get<Kept<Value>>(key, []).filter(([known]) => known !== name);
  await state.update(key, [[name, value], ...others].slice(0, limit));
}

/** How the user arranged the columns of a statement's rows; the next run of the same statement looks the same. */
export function savedLayout(state: vscode.Memento, statement: string): readonly ColumnLayout[] | undefined {
  return kept(state, "ackAudit.layouts", statement);
}

export function saveLayout(state: vscode.Memento, statement: string, layout: readonly ColumnLayout[]): Promise<void> {
  return keep(state, "ackAudit.layouts", statement, layout);
}

/** How the rows of one answer were sorted and filtered; a new run begins anew. */
export function savedView(state: vscode.Memento, answer: AnswerId): View {
  return kept(state, "ackAudit.views", answer) ?? wholeView;
}

export function saveView(state: vscode.Memento, answer: AnswerId, view: View): Promise<void> {
  return keep(state, "ackAudit.views", answer, view);
}
