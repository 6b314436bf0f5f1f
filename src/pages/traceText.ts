import { counted, fill } from "./message.ts";
import type { Risk } from "./risk.ts";
import { dateTime, dateTimeRange, durationText, sinceStart } from "./shownTime.ts";
import type { TraceLine, TraceState, TraceWord } from "./trace.ts";
import { namedUser } from "./traceUser.ts";
import { visibleLine } from "./visibleText.ts";

type Trace = Extract<TraceState, { kind: "trace" }>;
type Words = Readonly<Record<TraceWord, string>>;

/** The whole trace as a plain document: to read aloud, search, compare and send. Nothing is folded, nothing is cut. */
export function traceText(trace: Trace, zone: string, words: Words): string {
  return [...headOf(trace, zone, words), "", ...trace.lines.map((line) => lineText(line, trace, zone, words)), ""].join(
    "\n",
  );
}

function headOf(trace: Trace, zone: string, words: Words): readonly string[] {
  const user = namedUser(trace.user, trace.identity);
  const who = user === undefined ? words.unknownUser : [user.name, ...user.beside].join(" ");
  const entered = trace.command === "" ? fill(words.enteredBy, who) : fill(words.enteredByRunning, who, trace.command);
  const length = trace.lastMs - trace.firstMs;
  const times = dateTimeRange(trace.firstMs, trace.lastMs, zone);
  return [
    [trace.pod, trace.container].filter((part) => part !== "").join(" / "),
    [trace.account, trace.cluster, trace.namespace, trace.node, trace.image].filter((part) => part !== "").join(" · "),
    fill(words.traceId, trace.trace),
    length < 1_000 ? times : `${times}, ${fill(words.atLeast, durationText(length, words, String))}`,
    [
      entered,
      counted(trace.commandCount, words.commandsOne, words.commandsMany, String),
      trace.riskyCount === 0 ? words.riskyNone : counted(trace.riskyCount, words.riskyOne, words.riskyMany, String),
      ...(trace.uids.length === 0 ? [] : [fill(words.uids, trace.uids.join(" → "))]),
    ].join(" · "),
    fill(words.searchedRange, dateTimeRange(trace.searched.fromMs, trace.searched.toMs, zone)),
    ...(trace.entryRecorded
      ? []
      : [fill(words.entryNotRecorded, dateTimeRange(trace.searched.fromMs, trace.searched.toMs, zone))]),
    ...(trace.gaps.length === 0 ? [] : [words.incomplete, ...trace.gaps]),
  ].map(visibleLine);
}

function lineText(line: TraceLine, trace: Trace, zone: string, words: Words): string {
  if (line.kind === "idle") {
    return `    -- ${fill(words.idle, durationText(line.toMs - line.fromMs, words, String))} --`;
  }
  const indent = "  ".repeat(line.depth);
  const text = `${dateTime(line.atMs, zone)}  ${sinceStart(line.atMs - trace.firstMs).padStart(9)}  ${indent}`;
  return text + [...whatOf(line, trace, words), ...riskOf(line.risk, words)].map(visibleLine).join("  ");
}

function whatOf(line: Exclude<TraceLine, { kind: "idle" }>, trace: Trace, words: Words): readonly string[] {
  switch (line.kind) {
    case "command":
      return [
        line.text,
        ...(line.orphanOf === undefined
          ? []
          : [`[${line.orphanOf === "" ? words.orphanUnknown : fill(words.orphan, line.orphanOf)}]`]),
        ...(line.workingDirectory === "" ? [] : [`[${line.workingDirectory}]`]),
        ...(line.uid === ""
          ? []
          : [
              line.uidBefore === undefined ? `[${fill(words.uid, line.uid)}]` : `[${fill(words.uidBecomes, line.uid)}]`,
            ]),
      ];
    case "entry": {
      const who = namedUser(trace.user, trace.identity)?.name ?? words.unknownUser;
      return [line.text === "" ? fill(words.entryLine, who) : fill(words.entryLineRunning, who, line.text)];
    }
    case "other":
      return [fill(words.otherLine, line.recordKind, line.text).trimEnd()];
    default:
      return line satisfies never;
  }
}

function riskOf(risk: Risk | undefined, words: Words): readonly string[] {
  return (risk?.verdicts ?? []).map(({ severity, reason, rule }) => `!! ${words[severity]}: ${reason} (${rule})`);
}
