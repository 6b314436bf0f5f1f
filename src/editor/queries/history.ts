import * as vscode from "vscode";
import type { ClusterId } from "../../audit/ids.ts";
import type { Gap } from "../../logs/answer.ts";
import type { AnswerId } from "../../logs/answerStore.ts";
import type { TimeRange } from "../../logs/question.ts";

/** Where a statement is asked: an account and some of its clusters, with the names that are shown. */
export type Target = {
  readonly accountId: string;
  readonly accountName: string;
  readonly clusters: readonly { readonly id: ClusterId; readonly name: string }[];
};

/** One run of a statement. Its rows lie in the answer store, as long as that keeps them. */
export type Run = {
  readonly answer: AnswerId;
  readonly title: string;
  readonly statement: string;
  readonly target: Target;
  readonly range: TimeRange;
  readonly zone: string;
  readonly startedAtMs: number;
  readonly elapsedMs: number;
  readonly rowCount: number;
  readonly total: number | undefined;
  readonly gaps: readonly Gap[];
  /** The document it was run from, and the title of the query in it. */
  readonly document: string | undefined;
};

export interface History {
  readonly onDidChange: vscode.Event<void>;
  /** Newest first. */
  runs(): readonly Run[];
  add(run: Run): Promise<void>;
  find(answer: string): Run | undefined;
  /** The newest run of this statement from this document. */
  lastOf(document: string, statement: string): Run | undefined;
  clear(): Promise<void>;
}

const key = "ackAudit.history";
const limit = 200;

/** The runs of this workspace, at most 200, kept over reloads. */
export function createHistory(state: vscode.Memento): History & vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const runs = (): readonly Run[] => state.get<readonly Run[]>(key, []);
  const write = async (next: readonly Run[]) => {
    await state.update(key, next);
    changed.fire();
  };
  return {
    onDidChange: changed.event,
    runs,
    add: (run) => write([run, ...runs()].slice(0, limit)),
    find: (answer) => runs().find((run) => run.answer === answer),
    lastOf: (document, statement) => runs().find((run) => run.document === document && run.statement === statement),
    clear: () => write([]),
    dispose: () => changed.dispose(),
  };
}
