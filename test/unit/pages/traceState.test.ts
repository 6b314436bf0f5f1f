import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogRecord } from "../../../src/audit/event.ts";
import { processTree } from "../../../src/audit/processTree.ts";
import type { TraceLine } from "../../../src/pages/trace.ts";
import { eventOfLine, lineDetail, lineIds } from "../../../src/pages/traceState.ts";
import { incidentRecords, shownTrace } from "../../pages/traceHost.ts";

/** `12 > 3` is the process 12 started by 3; seconds after the entry, what it ran, and as whom. */
function command(at: number, process: string, commandLine: string, uid = "1000", event = `e-${at}`): LogRecord {
  const [pid, parentPid] = process.split(" > ").map(Number);
  return {
    __time__: String(1_000_000_000 + at),
    kind: "Command",
    traceId: "t-1",
    eventId: event,
    process: JSON.stringify({ name: commandLine.split(" ")[0], cmdline: commandLine, pid, parentPid, user: { uid } }),
  };
}

const entry: LogRecord = {
  __time__: "1000000000",
  kind: "Kubernetes",
  traceId: "t-1",
  eventId: "e-entry",
  kubeObject: JSON.stringify({ operation: { kind: "PodExec", podExecOptions: { commandStr: "bash" } } }),
};

function drawn(line: TraceLine): string {
  const indent = "  ".repeat(line.depth);
  switch (line.kind) {
    case "idle":
      return `${indent}-- ${(line.toMs - line.fromMs) / 1000} s --`;
    case "command": {
      const orphan = line.orphanOf === undefined ? "" : ` (of ${line.orphanOf || "?"})`;
      return `${indent}${line.text}${line.uidBefore === undefined ? "" : ` [${line.uidBefore} → ${line.uid}]`}${orphan}`;
    }
    case "entry":
      return `${indent}enter ${line.text}`;
    case "other":
      return `${indent}other ${line.recordKind} ${line.text}`.trimEnd();
    default:
      return line satisfies never;
  }
}

function check(records: readonly LogRecord[], expected: readonly string[]): void {
  assert.deepEqual(shownTrace({ records }).state.lines.map(drawn), expected);
}

test("the entry comes first, processes stand below what started them", () =>
  check(
    [
      entry,
      command(1, "2 > 1", "bash"),
      command(2, "3 > 2", "id"),
      command(3, "4 > 2", "sh"),
      command(4, "5 > 4", "ls"),
    ],
    ["enter bash", "bash", "  id", "  sh", "    ls"],
  ));
test("a long silence is a break before what ended it", () =>
  check(
    [entry, command(1, "2 > 1", "bash"), command(700, "3 > 2", "id")],
    ["enter bash", "bash", "  -- 699 s --", "  id"],
  ));
test("a silence that began below another process is shown once", () =>
  check(
    [command(0, "2 > 1", "bash"), command(1, "3 > 2", "sh"), command(900, "4 > 3", "ls"), command(901, "5 > 2", "id")],
    ["bash (of ?)", "  sh", "    -- 899 s --", "    ls", "  id"],
  ));
test("five minutes are no break", () => check([entry, command(300, "2 > 1", "bash")], ["enter bash", "bash"]));
test("a parent that was not recorded is said of every root but the first of a recorded entry", () =>
  check([entry, command(1, "2 > 1", "bash"), command(2, "9 > 8", "tar")], ["enter bash", "bash", "tar (of ?)"]));
test("a change of the uid is told against what started the process", () =>
  check(
    [entry, command(1, "2 > 1", "bash"), command(2, "3 > 2", "sudo id", "0"), command(3, "4 > 2", "ls")],
    ["enter bash", "bash", "  sudo id [1000 → 0]", "  ls"],
  ));
test("of a process without a recorded parent, against the line before", () =>
  check([command(1, "2 > 1", "bash"), command(2, "9 > 8", "sh", "0")], ["bash (of ?)", "sh [1000 → 0] (of ?)"]));
test("records of other kinds stand where their time puts them", () =>
  check(
    [
      { __time__: "1000000002", kind: "Network", traceId: "t-1", eventId: "e-x" },
      command(1, "2 > 1", "bash"),
      command(3, "9 > 8", "tar"),
      { ...entry, __time__: "1000000009", eventId: "e-again" },
      { ...entry, __time__: "1000000008" },
    ],
    ["bash", "other Network", "tar (of ?)", "enter bash", "other PodExec bash"],
  ));

test("lines lie on the compressed axis", () => {
  const { state } = shownTrace({ records: [entry, command(1, "2 > 1", "bash"), command(700, "3 > 2", "id")] });
  assert.deepEqual(
    state.axis.map(({ kind }) => kind),
    ["busy", "idle", "busy"],
  );
  assert.equal(state.lines[0]?.at, 0);
  assert.equal(state.lines.at(-1)?.at, 1);
});

test("the facts of the trace are there", () => {
  const { state } = shownTrace();
  assert.deepEqual(
    [state.user.username, state.namespace, state.pod, state.container, state.node, state.command],
    ["dev-07", "payments", "api-6f7c9d5b8-k2x4p", "api", "cn-hangzhou.10.0.0.7", "bash"],
  );
  assert.deepEqual(
    [state.entryRecorded, state.commandCount, state.riskyCount, state.uids],
    [true, 18, 6, ["1000", "0"]],
  );
});
test("without its record the entry says nothing", () => {
  const { state } = shownTrace({ records: incidentRecords.slice(1) });
  assert.deepEqual([state.entryRecorded, state.command, state.user.username], [false, "", "dev-07"]);
});

test("the first risky line is selected", () => assert.equal(shownTrace().state.selected, "e-4711"));
test("the event that was asked for comes before it", () =>
  assert.equal(shownTrace({ event: "e-4703" }).state.selected, "e-4703"));
test("an event that is not there does not", () => assert.equal(shownTrace({ event: "e-0" }).state.selected, "e-4711"));
test("without risk the first command is", () =>
  assert.equal(shownTrace({ riskOf: () => undefined }).state.selected, "e-4702"));
test("without a command the entry is", () => assert.equal(shownTrace({ records: [entry] }).state.selected, "e-entry"));

test("lines keep apart though records share an id or have none", () => {
  const records = [
    command(1, "2 > 1", "a", "0", "same"),
    command(2, "3 > 1", "b", "0", "same"),
    command(3, "4 > 1", "c", "0", ""),
  ];
  const { trace, state } = shownTrace({ records });
  const ids = state.lines.flatMap((line) => (line.kind === "idle" ? [] : [line.id]));
  assert.equal(new Set(ids).size, 3);
  assert.equal(ids[0], "same");
  assert.deepEqual([...lineIds(trace).values()].sort(), [...ids].sort());
  assert.deepEqual(
    ids.map((id) => {
      const event = eventOfLine(trace, id);
      return event?.kind === "command" ? event.commandLine : undefined;
    }),
    ["a", "b", "c"],
  );
});

test("the detail of a line has its ancestry and its record", () => {
  const { trace, state } = shownTrace();
  const line = state.lines.find((each) => each.kind === "command" && each.program === "curl");
  assert.ok(line !== undefined && line.kind !== "idle");
  const detail = lineDetail(trace, processTree(trace.commands), line.id);
  assert.deepEqual(
    detail?.ancestry.map(({ program }) => program),
    ["bash", "sh", "sh", "curl"],
  );
  assert.deepEqual(
    [detail?.pid, detail?.parentPid, detail?.parentName, detail?.node],
    [4715, 4714, "sh", "cn-hangzhou.10.0.0.7"],
  );
  assert.deepEqual(
    detail?.fields.find(([name]) => name === "eventId"),
    ["eventId", "e-4715"],
  );
});
test("the detail of the entry has no process", () => {
  const { trace, state } = shownTrace();
  const first = state.lines[0];
  assert.ok(first !== undefined && first.kind === "entry");
  const detail = lineDetail(trace, processTree(trace.commands), first.id);
  assert.deepEqual([detail?.ancestry, detail?.pid, detail?.parentName], [[], undefined, ""]);
});
test("a line that the trace does not have has no detail", () => {
  const { trace, state } = shownTrace();
  const gone = `${state.selected}-gone` as NonNullable<typeof state.selected>;
  assert.equal(lineDetail(trace, [], gone), undefined);
  assert.equal(eventOfLine(trace, gone), undefined);
});
