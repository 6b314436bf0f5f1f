import { type Problem, ProblemList } from "../check/problems.ts";
import { span } from "../span.ts";
import type { Analysis, Statement } from "../syntax.ts";
import { scanAnalysis } from "./scanner.ts";
import { parseSearch } from "./searchParser.ts";
import { beginsSql, SplParser } from "./splParser.ts";
import { SqlParser } from "./sqlParser.ts";

/** Parsing never fails: a broken statement gives a tree with holes and the problems that explain them. */
export type Parsed = { readonly statement: Statement; readonly problems: readonly Problem[] };

/**
 * Reads one statement, `search | analysis`: all of `text`, or the piece from `start` to `end` of a longer text such as a
 * query file. Spans are offsets in `text` either way. The time it takes grows with the length of the piece and no faster.
 * What is wrong is added to `problems`.
 */
export function parseStatement(
  text: string,
  start = 0,
  end = text.length,
  problems: ProblemList = new ProblemList(),
): Parsed {
  if (start >= end) return { statement: emptyStatement(start), problems: problems.problems };
  const half = parseSearch(text, start, end, problems);
  const analysis = half.end < end ? parseAnalysis(text, half.end + 1, end, problems) : undefined;
  const statement: Statement = { kind: "statement", search: half.search, analysis, span: span(start, end) };
  return { statement, problems: problems.problems };
}

/** Nothing searches for everything. */
function emptyStatement(at: number): Statement {
  const place = span(at, at);
  return { kind: "statement", search: { kind: "all", span: place }, analysis: undefined, span: place };
}

/** Reads what stands behind the pipe. */
function parseAnalysis(text: string, start: number, end: number, problems: ProblemList): Analysis {
  const tokens = scanAnalysis(text, start, end, problems);
  return beginsSql(tokens.kinds[1] ?? 0)
    ? new SqlParser(text, tokens, problems).analysis()
    : new SplParser(text, tokens, problems).pipeline();
}
