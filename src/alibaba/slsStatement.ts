import type { AnswerPart } from "../logs/answer.ts";
import type { Question } from "../logs/question.ts";
import { hasErrors, type Problem } from "../sls/check/problems.ts";
import { parseStatement } from "../sls/parser/parser.ts";
import type { Statement } from "../sls/syntax.ts";
import type { CallFailure } from "./call.ts";
import { statementProblem, unreachableBy } from "./slsFailure.ts";

export type Read =
  /** Whole records: a search alone, or with the places of its records. */
  | { readonly kind: "records"; readonly search: string }
  | { readonly kind: "sql"; readonly search: string }
  /** `namesColumns`: its rows are no whole records. `isGrouped`: one answer has all of them. */
  | { readonly kind: "spl"; readonly search: string; readonly namesColumns: boolean; readonly isGrouped: boolean }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** What a statement asks for. It is sent as it was written; what could not be read here is not sent at all. */
export function readStatement(text: string): Read {
  const { statement, problems } = parseStatement(text);
  if (hasErrors(problems)) return { kind: "refused", problems };
  const { analysis } = statement;
  const search = searchHalf(text, statement);
  if (analysis === undefined || isPackMeta(analysis)) return { kind: "records", search };
  if (analysis.kind === "sql") return { kind: "sql", search };
  const commands = new Set(analysis.commands.map(({ name }) => name));
  const isGrouped = commands.has("stats");
  return { kind: "spl", search, namesColumns: isGrouped || commands.has("project"), isGrouped };
}

/** Nothing searches for everything, which a request says with a star. */
function searchHalf(text: string, { search }: Statement): string {
  const half = text.slice(search.span.start, search.span.end).trim();
  return half === "" ? "*" : half;
}

function isPackMeta(analysis: NonNullable<Statement["analysis"]>): boolean {
  const [command, ...more] = analysis.kind === "spl" ? analysis.commands : [];
  return more.length === 0 && command?.name === "with_pack_meta" && command.items.length === 0;
}

type NoAnswer = Extract<AnswerPart, { kind: "refused" | "unreachable" }>;

export function refusedOrUnreachable(failure: CallFailure, statement: string): NoAnswer {
  const problem = statementProblem(failure, statement);
  return problem === undefined
    ? { kind: "unreachable", reason: unreachableBy(failure) }
    : { kind: "refused", problems: [problem] };
}

/** What is sent: the statement as it was written. Nothing searches for everything, which a request says with a star. */
export function statementText({ statement }: Question): string {
  return statement.trim() === "" ? "*" : statement;
}
