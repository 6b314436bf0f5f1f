import type { Knowledge } from "../knowledge.ts";
import { nearest } from "../nearest.ts";
import type { FileQuery, QueryFile, QuerySettings, Setting } from "../queryFile.ts";
import { type Span, span } from "../span.ts";
import type { Expression, Statement } from "../syntax.ts";
import { defaultRange, resolveRange } from "../timeRange.ts";
import { checkSpl, checkSql } from "./analysisCheck.ts";
import { type Problem, ProblemList } from "./problems.ts";
import { checkSearch } from "./searchCheck.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * What is wrong in a query beside what the parser told: all that needs to know the fields, the functions, the clusters
 * or the time. In the order of the text. Who checks a file again and again asks `FileCheck`, which keeps what it found.
 */
export function checkQuery(text: string, query: FileQuery, knowledge: Knowledge): readonly Problem[] {
  const problems = new ProblemList();
  checkSettings(query, knowledge, problems);
  checkStatement(text, query, knowledge, problems);
  const found = problems.problems;
  if (found.length > 1) found.sort((a, b) => a.span.start - b.span.start);
  return found;
}

/** All that is wrong in a file, from the parser and from the checks, in the order of the text. */
export function checkFile(
  text: string,
  file: QueryFile,
  knowledgeOf: (query: FileQuery | undefined) => Knowledge,
): readonly Problem[] {
  const found: Problem[] = [...file.problems];
  // The settings of a file are those of its first query if that has no title.
  const [first] = file.queries;
  if (first === undefined || first.title !== undefined) {
    const problems = new ProblemList();
    const knowledge = knowledgeOf(undefined);
    checkNames(file.defaults, knowledge, problems);
    checkRange(file.defaults, span(0, text.length), knowledge, problems);
    found.push(...problems.problems);
  }
  for (const query of file.queries) {
    for (const problem of checkQuery(text, query, knowledgeOf(query))) found.push(problem);
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}

function checkStatement(text: string, query: FileQuery, knowledge: Knowledge, problems: ProblemList): void {
  const { statement } = query;
  if (isEmpty(statement)) return;
  checkSearch(text, statement, knowledge, problems);
  const { analysis } = statement;
  if (analysis === undefined) return;
  const broken = query.problems.some(
    (problem) => problem.severity === "error" && problem.span.start >= analysis.span.start,
  );
  if (analysis.kind === "sql") checkSql(analysis, knowledge, broken, problems);
  else checkSpl(analysis, knowledge, problems);
}

function isEmpty({ span: { start, end } }: Statement): boolean {
  return start === end;
}

// ------------------------------------------------------------------------------------------------ settings

function checkSettings(query: FileQuery, knowledge: Knowledge, problems: ProblemList): void {
  const { settings } = query;
  if (settings.account !== undefined || settings.clusters !== undefined) {
    checkNames(own(settings, query.span), knowledge, problems);
  }
  if (isEmpty(query.statement)) return;
  const { from, to } = settings;
  if (from === undefined && to === undefined) {
    if (query.problems.some(({ code }) => code === "time-unreadable") || restrictsTime(query.statement)) return;
    const hours = (defaultRange.to.offsetMs - defaultRange.from.offsetMs) / hourMs;
    problems.add({ code: "time-range-missing", severity: "hint", hours, span: titleSpan(query) });
    return;
  }
  checkRange(settings, query.span, knowledge, problems);
}

/** What the bounds of a range say together, where one of them is written there. */
function checkRange(
  { from, to, zone }: QuerySettings,
  within: Span,
  knowledge: Knowledge,
  problems: ProblemList,
): void {
  const written = [from, to].find((bound) => bound !== undefined && isIn(bound.span, within))?.span;
  if (written === undefined) return;
  const range = resolveRange(from?.value, to?.value, knowledge.nowMs, zone?.value ?? knowledge.zone);
  if (range.kind === "unknownZone") return;
  if (range.kind === "empty") {
    problems.add({ code: "range-empty", severity: "error", span: written });
    return;
  }
  const { retentionDays: days, nowMs } = knowledge;
  // A day is granted: records go in the course of one.
  if (days !== undefined && range.fromMs < nowMs - (days + 1) * dayMs) {
    problems.add({ code: "range-past-retention", severity: "warning", days, span: written });
  }
}

/** The accounts and clusters that are named, against those that are known. */
function checkNames(settings: QuerySettings, knowledge: Knowledge, problems: ProblemList): void {
  const { account, clusters } = settings;
  const { accounts } = knowledge;
  if (account !== undefined && accounts.length > 0 && named(account.value, accounts).length === 0) {
    const meant = nearest(
      account.value,
      accounts.map(({ name }) => name),
    );
    problems.add({
      code: "account-unknown",
      severity: "warning",
      name: account.value,
      nearest: meant,
      span: account.span,
    });
  }
  if (clusters === undefined || clusters.value === "all" || knowledge.clusters.length === 0) return;
  for (const cluster of clusters.value) checkCluster(cluster, knowledge, problems);
}

function checkCluster(
  { value: name, span: at }: Setting<string>,
  { clusters, clustersComplete }: Knowledge,
  problems: ProblemList,
): void {
  const found = named(name, clusters);
  if (found.length === 0) {
    if (!clustersComplete) return;
    const meant = nearest(
      name,
      clusters.flatMap((cluster) => [cluster.name, cluster.id]),
    );
    problems.add({ code: "cluster-unknown", severity: "warning", name, nearest: meant, span: at });
  } else if (found.length > 1) {
    const ids = found.map(({ id }) => id);
    // The same id in two accounts is told apart by naming the account.
    if (new Set(ids).size === ids.length) {
      problems.add({ code: "cluster-ambiguous", severity: "error", name, ids, span: at });
    }
  }
}

type Named = { readonly name: string; readonly id: string };

function named(text: string, all: readonly Named[]): readonly Named[] {
  return all.filter(({ name, id }) => name === text || id === text);
}

/** The settings that are written in the query itself; those of the file are told of there. */
function own(settings: QuerySettings, within: Span): QuerySettings {
  const { account, clusters } = settings;
  return {
    ...settings,
    account: account !== undefined && isIn(account.span, within) ? account : undefined,
    clusters: clusters !== undefined && isIn(clusters.span, within) ? clusters : undefined,
  };
}

function isIn(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** Where it is told that a query does not say when: at its title or, without one, at the first word of its statement. */
function titleSpan({ title, text, statement }: FileQuery): Span {
  if (title !== undefined && title.value !== "") return title.span;
  const { start } = statement.span;
  const begin = start + (text.length - text.trimStart().length);
  let end = begin;
  while (end < statement.span.end && !/\s/.test(text.charAt(end - start))) end++;
  return span(begin, end);
}

/** Whether SQL itself says when: SLS asks the range that its conditions on `__time__` name. */
function restrictsTime({ analysis }: Statement): boolean {
  if (analysis?.kind !== "sql") return false;
  let { body } = analysis.query;
  while (body.kind === "nested") body = body.query.body;
  return body.kind === "select" && body.where !== undefined && namesTime(body.where);
}

function namesTime(condition: Expression): boolean {
  switch (condition.kind) {
    case "binary":
      return namesTime(condition.left) || namesTime(condition.right);
    case "group":
    case "between":
      return namesTime(condition.operand);
    case "column":
      return condition.path.at(-1)?.name.toLowerCase() === "__time__";
    default:
      return false;
  }
}
