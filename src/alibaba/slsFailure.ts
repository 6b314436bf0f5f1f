import type { Gap, Unreachable, UnreachableCause } from "../logs/answer.ts";
import type { TimeRange } from "../logs/question.ts";
import type { Problem } from "../sls/check/problems.ts";
import { type Span, span } from "../sls/span.ts";
import type { CallFailure } from "./call.ts";

export const aborted: CallFailure = {
  kind: "noAnswer",
  failure: { kind: "failure", reason: "aborted", detail: "" },
};

export function isAborted(failure: CallFailure): boolean {
  return (
    (failure.kind === "noAnswer" && failure.failure.reason === "aborted") ||
    (failure.kind === "noCredential" && failure.failure.code === "aborted")
  );
}

/** Whether asking again, or for something else of the same Logstore, would fail in the same way. */
export function isLasting(failure: CallFailure): boolean {
  return failure.kind === "noCredential" || (failure.kind === "refused" && failure.status < 500);
}

/** The service said to the end that what it knows is part of the truth, so nothing can be concluded from it. */
export const incomplete: Unreachable = { code: "network", cause: "service", detail: "Incomplete" };

/** Why a Logstore gave no answer. What the service or the system says about it is the detail. */
export function unreachableBy(failure: CallFailure): Unreachable {
  switch (failure.kind) {
    case "refused":
      return refusedReason(failure);
    case "throttled":
      return { code: "network", cause: "throttled", detail: told(failure.code, failure.message, failure.requestId) };
    case "malformed":
      return { code: "network", cause: "malformed", detail: told("", failure.detail, failure.requestId) };
    case "noCredential":
      return { code: "denied", cause: "credential", detail: told(failure.failure.code, failure.failure.detail, "") };
    case "noAnswer": {
      const { reason, detail } = failure.failure;
      // One that was cancelled is told as that before anyone asks here.
      const cause: UnreachableCause | undefined = reason === "aborted" ? undefined : reason;
      return { code: "network", detail, ...(cause === undefined ? {} : { cause }) };
    }
    default:
      return failure satisfies never;
  }
}

/** What part of an answer a failed call leaves open. */
export function gapBy(failure: CallFailure, range: TimeRange): Gap {
  return failure.kind === "throttled"
    ? { kind: "quota", range }
    : { kind: "unreachable", reason: unreachableBy(failure), range };
}

type Refusal = Extract<CallFailure, { kind: "refused" }>;

function refusedReason({ status, code, message, requestId, action }: Refusal): Unreachable {
  const detail = told(code, message, requestId);
  if (code === "IndexConfigNotExist") return { code: "notFound", cause: "index", detail };
  if (status === 404 || code === "ProjectNotExist" || code === "LogStoreNotExist") return { code: "notFound", detail };
  if (status === 401 || status === 403) {
    return { code: "denied", detail: action === undefined ? detail : `${action}: ${detail}` };
  }
  return { code: "network", cause: "service", detail };
}

function told(code: string, message: string, requestId: string): string {
  const text = code === "" || message.startsWith(code) ? message : message === "" ? code : `${code}: ${message}`;
  return requestId === "" ? text : `${text} [${requestId}]`;
}

// -------------------------------------------------------------------------------------------- the statement

/** What the error codes of `GetLogsV2` and `GetHistograms` hold against the statement. */
const statementCodes = ["ParameterInvalid", "InvalidParameter", "InvalidQueryString"];

/**
 * What the service says in words where a statement names something that is not there ("How do I resolve common errors
 * that occur when I query and analyze logs?"); each with the problem that the editor has a better sentence for.
 */
const knownMessages: readonly {
  readonly pattern: RegExp;
  readonly problem: (name: string, span: Span) => Problem;
}[] = [
  {
    pattern: /column '([^']*)' cannot be resolved/i,
    problem: (name, at) => ({ code: "column-unknown", severity: "error", name, nearest: undefined, span: at }),
  },
  {
    pattern: /key \((.+?)\) is not config as key value config/i,
    problem: (name, at) => ({ code: "column-unknown", severity: "error", name, nearest: undefined, span: at }),
  },
  {
    pattern: /function '?([\w.]+)'? not registered/i,
    problem: (name, at) => ({ code: "function-unknown", severity: "error", name, nearest: undefined, span: at }),
  },
  {
    pattern: /table '?([\w.$-]+)'? does not exist/i,
    problem: (name, at) => ({ code: "table-unknown", severity: "error", name, span: at }),
  },
];

/** What is wrong with the statement, where that is why the call was refused; undefined for any other reason. */
export function statementProblem(failure: CallFailure, statement: string): Problem | undefined {
  if (failure.kind !== "refused" || failure.status !== 400 || !statementCodes.includes(failure.code)) return undefined;
  for (const { pattern, problem } of knownMessages) {
    const name = pattern.exec(failure.message)?.[1];
    if (name !== undefined) return problem(name, placeOf(name, statement));
  }
  return {
    code: "engine-rejected",
    severity: "error",
    detail: failure.message === "" ? failure.code : failure.message,
    span: span(0, statement.length),
  };
}

/** Messages count lines and columns of a text that the service has rewritten, so the name itself is looked for. */
function placeOf(name: string, statement: string): Span {
  const at = statement.toLowerCase().indexOf(name.toLowerCase());
  return name === "" || at < 0 ? span(0, statement.length) : span(at, at + name.length);
}
