import { ProblemList } from "../check/problems.ts";
import { type AnalysisPosition, analysisPosition } from "../completion/analysisPosition.ts";
import { nodesAt } from "../completion/scope.ts";
import { slsFunction } from "../functions/catalogue.ts";
import type { FunctionSignature, SlsFunction } from "../functions/functions.ts";
import { scanAnalysis, Token } from "../parser/scanner.ts";
import { placeAt } from "../place.ts";
import type { QueryFile } from "../queryFile.ts";
import { type Span, span } from "../span.ts";
import type { Expression } from "../syntax.ts";
import { typeText, unknownType } from "../types.ts";

/** One way to call a function as it is shown; `parameters` are pieces of `label`. */
export type ShownSignature = { readonly label: string; readonly parameters: readonly Span[] };

export type SignatureHelp = {
  readonly function: SlsFunction;
  readonly signatures: readonly ShownSignature[];
  readonly activeSignature: number;
  /** Undefined where the function takes no such argument. */
  readonly activeParameter: number | undefined;
};

/** How the function around an offset is called. */
export function signatureHelp(text: string, file: QueryFile, offset: number): SignatureHelp | undefined {
  const place = placeAt(text, file, offset);
  if (place.kind !== "analysis" || place.query === undefined) return undefined;
  const tokens = scanAnalysis(text, place.half.start, place.half.end, new ProblemList());
  const position = analysisPosition(text, tokens, offset);
  const call = callAround(text, position);
  if (call === undefined) return undefined;
  const found = slsFunction(call.name);
  if (found === undefined || found.signatures.length === 0) return undefined;

  const nameStart = tokens.starts[call.nameToken] ?? 0;
  const written = Math.max(argumentsOf(place.query.statement.analysis, nameStart), call.argument + 1);
  const activeSignature = Math.max(
    0,
    found.signatures.findIndex((signature) => takes(signature, written)),
  );
  const signature = found.signatures[activeSignature];
  return {
    function: found,
    signatures: found.signatures.map((each) => shownSignature(found, each)),
    activeSignature,
    activeParameter: signature === undefined ? undefined : parameterAt(signature, call.argument),
  };
}

type CallAround = { readonly name: string; readonly nameToken: number; readonly argument: number };

/** The innermost call that is open here. The parentheses of a subquery end it. */
function callAround(text: string, { frames, tokens }: AnalysisPosition): CallAround | undefined {
  for (const frame of frames.toReversed()) {
    if (frame.kind === "query" || frame.kind === "command" || frame.kind === "window") return undefined;
    if (frame.kind === "call") return frame;
    if (frame.kind === "cast") {
      const { nameToken, isType } = frame;
      const name = text.slice(tokens.starts[nameToken], tokens.ends[nameToken]).toLowerCase();
      return { name, nameToken, argument: isType ? 1 : 0 };
    }
  }
  return undefined;
}

/** How many arguments the call has whose name begins there, as far as they are written. */
function argumentsOf(analysis: object | undefined, nameStart: number): number {
  if (analysis === undefined) return 0;
  const call = nodesAt(analysis, nameStart).findLast((node) => isCall(node) && node.span.start === nameStart);
  return call !== undefined && isCall(call) ? call.args.length : 0;
}

function isCall(node: object): node is Extract<Expression, { readonly kind: "call" }> {
  return "kind" in node && node.kind === "call";
}

function takes({ parameters }: FunctionSignature, count: number): boolean {
  const isRepeated = parameters.at(-1)?.repeated === true;
  return count <= parameters.length || isRepeated;
}

function parameterAt({ parameters }: FunctionSignature, argument: number): number | undefined {
  if (argument < parameters.length) return argument;
  return parameters.at(-1)?.repeated === true ? parameters.length - 1 : undefined;
}

/** `date_trunc(unit, x) → timestamp`. Parameters that may be missing stand in brackets. */
export function shownSignature(called: SlsFunction, signature: FunctionSignature): ShownSignature {
  const parameters: Span[] = [];
  let label = called.name;
  const isNiladic = signature.parameters.length === 0 && niladic.has(called.name);
  if (!isNiladic) label += "(";
  let optional = 0;
  signature.parameters.forEach((parameter, index) => {
    const separator = index === 0 ? "" : separatorOf(called.name);
    if (parameter.optional) {
      label += index === 0 ? "[" : `[${separator}`;
      optional++;
    } else {
      label += separator;
    }
    const start = label.length;
    label += parameter.name;
    parameters.push(span(start, label.length));
    if (parameter.repeated) label += ", …";
  });
  label += "]".repeat(optional);
  // `count` is the only one that takes rows and no argument.
  if (called.name === "count" && parameters.length === 0) label += "*";
  if (!isNiladic) label += ")";
  const result = resultText(signature);
  return { label: result === undefined ? label : `${label} → ${result}`, parameters };
}

/** The first way to call a function, in one line. */
export function signatureHelpLabel(called: SlsFunction): string {
  const [signature] = called.signatures;
  return signature === undefined ? `${called.name}(…)` : shownSignature(called, signature).label;
}

/** Functions that are called without parentheses. */
export const niladic: ReadonlySet<string> = new Set(
  [Token.current_date, Token.current_time, Token.current_timestamp, Token.localtime, Token.localtimestamp].map(
    (kind) => Object.entries(Token).find(([, value]) => value === kind)?.[0] ?? "",
  ),
);

function separatorOf(name: string): string {
  switch (name) {
    case "cast":
    case "try_cast":
      return " as ";
    case "position":
      return " in ";
    default:
      return ", ";
  }
}

/** The type of the answer, where it does not depend on what the arguments are. */
function resultText({ result, parameters }: FunctionSignature): string | undefined {
  if (typeof result !== "function") return result.kind === "unknown" ? undefined : typeText(result);
  const type = result(parameters.map(() => unknownType));
  const shown = typeText(type);
  return shown.includes("unknown") ? undefined : shown;
}
