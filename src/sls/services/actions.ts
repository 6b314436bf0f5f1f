import { usualLimit } from "../check/fixes.ts";
import { hasErrors } from "../check/problems.ts";
import type { Knowledge } from "../knowledge.ts";
import { nameAt, namesOf } from "../names.ts";
import { queryAt } from "../place.ts";
import type { FileQuery, QueryFile } from "../queryFile.ts";
import { quotedName, quotedSearch } from "../quote.ts";
import { type Span, span } from "../span.ts";
import type { Expression, Query, QueryBody, Relation, Search, SearchTerm, Select, SqlAnalysis } from "../syntax.ts";
import { joint, type TextEdit } from "../textEdit.ts";
import { chainOf, eachOfQuery, eachPart } from "../walk.ts";
import { type Compares, searchConditions } from "./searchToSql.ts";

/** A change that is offered and that nothing asks for. */
export type Action =
  | { readonly kind: "quote"; readonly text: string; readonly edits: readonly TextEdit[] }
  /** Conditions of the search that become those of the analysis; `kept` stay because SQL cannot say them. */
  | {
      readonly kind: "searchToSql";
      readonly compares: Compares;
      readonly moved: number;
      readonly kept: number;
      readonly edits: readonly TextEdit[];
    }
  /** There is a statement that can be told in plain words. */
  | { readonly kind: "explain"; readonly edits: readonly [] };

/** What is offered for the query at a caret or a selection. */
export function actionsAt(text: string, file: QueryFile, range: Span, knowledge: Knowledge): readonly Action[] {
  const query = queryAt(file, range.start);
  if (!query || query.text === "") return [];
  const explain = { kind: "explain", edits: [] } as const;
  if (hasErrors(query.problems)) return [explain];
  const quote = quoteAction(query, range);
  return [
    ...(quote ? [quote] : []),
    ...(["words", "values"] as const).flatMap((compares) => {
      const moved = searchAction(text, query, compares, knowledge);
      return moved ? [moved] : [];
    }),
    explain,
  ];
}

// ------------------------------------------------------------------------------------------------ quotes

/** A bare value of the search, or a field's name without quotes in SQL. Quotes would make characters of wildcards. */
function quoteAction({ statement }: FileQuery, range: Span): Action | undefined {
  const term = termAt(statement.search, range.start);
  if (term) {
    const { quoted, value, valueSpan } = term;
    const isPlain = !quoted && value !== "" && !/[*?]/.test(value) && !value.endsWith("\\");
    if (!isPlain || range.start < valueSpan.start || range.end > valueSpan.end) return undefined;
    const text = quotedSearch(value);
    return { kind: "quote", text, edits: [{ span: valueSpan, text }] };
  }
  const use = nameAt(namesOf(statement), range.start);
  if (use?.half !== "analysis" || use.named.kind !== "field" || use.quoted || range.end > use.span.end)
    return undefined;
  const text = quotedName(use.named.name);
  return { kind: "quote", text, edits: [{ span: use.span, text }] };
}

function termAt(search: Search, offset: number): SearchTerm | undefined {
  if (offset < search.span.start || search.span.end < offset) return undefined;
  switch (search.kind) {
    case "and":
    case "or":
      return termAt(search.left, offset) ?? termAt(search.right, offset);
    case "not":
    case "group":
      return termAt(search.operand, offset);
    case "term":
      return search;
    default:
      return undefined;
  }
}

// ------------------------------------------------------------------------------------------------ search to SQL

function searchAction(text: string, query: FileQuery, compares: Compares, knowledge: Knowledge): Action | undefined {
  const { search, analysis, span: whole } = query.statement;
  if (search.kind === "all" || search.kind === "missing" || analysis?.kind === "spl") return undefined;
  const parts = chainOf<Search>(search, (node) => (node.kind === "and" ? node : undefined));
  const conditions: string[] = [];
  const kept: string[] = [];
  for (const part of parts) {
    if (part.kind === "all") continue;
    const condition = searchConditions(part, compares, knowledge);
    if (condition === undefined) kept.push(text.slice(part.span.start, part.span.end));
    else conditions.push(condition);
  }
  if (conditions.length === 0) return undefined;
  const rest = { span: span(search.span.start, search.span.end), text: kept.length === 0 ? "*" : kept.join(" and ") };
  const counts = { kind: "searchToSql", compares, moved: conditions.length, kept: kept.length } as const;
  if (!analysis) {
    // The newest records first, as a search answers them.
    const added = `\n| select *\n  from log\n  where ${conditions.join("\n    and ")}\n  order by __time__ desc\n  limit ${usualLimit}`;
    return { ...counts, edits: [rest, { span: span(search.span.end, search.span.end), text: added }] };
  }
  const where = whereEdits(analysis, conditions, joint(text, whole));
  return where && { ...counts, edits: [rest, ...where] };
}

/** The conditions added where the records are read, if that is in one place and they are not joined with others. */
function whereEdits(
  analysis: SqlAnalysis,
  conditions: readonly string[],
  line: string,
): readonly TextEdit[] | undefined {
  const [select, ...others] = readersOfLog(analysis.query);
  if (!select || others.length > 0 || select.from?.kind === "join") return undefined;
  const and = line === " " ? " and " : `${line}  and `;
  const added = conditions.join(and);
  if (!select.where) {
    const end = select.from?.span.end ?? select.items.at(-1)?.span.end ?? select.span.end;
    return [{ span: span(end, end), text: `${line}where ${added}` }];
  }
  const { start, end } = select.where.span;
  const isOr = select.where.kind === "binary" && select.where.operator === "or";
  const edits: TextEdit[] = isOr ? [{ span: span(start, start), text: "(" }] : [];
  edits.push({ span: span(end, end), text: `${isOr ? ")" : ""}${and}${added}` });
  return edits;
}

/** The SELECTs that read the records, wherever they stand. */
function readersOfLog(query: Query): readonly Select[] {
  const found: Select[] = [];
  const onExpression = (expression: Expression): void => eachPart(expression, onExpression, onQuery);
  const onQuery = (inner: Query): void => {
    for (const select of selectsOf(inner.body)) if (!select.from || readsLog(select.from)) found.push(select);
    eachOfQuery(inner, onExpression, onQuery);
  };
  onQuery(query);
  return found;
}

function selectsOf(body: QueryBody): readonly Select[] {
  if (body.kind === "select") return [body];
  return body.kind === "setOperation" ? [...selectsOf(body.left), ...selectsOf(body.right)] : [];
}

function readsLog(relation: Relation): boolean {
  if (relation.kind === "join") return readsLog(relation.left) || readsLog(relation.right);
  return relation.kind === "table" && relation.name.length === 1 && relation.name[0]?.name.toLowerCase() === "log";
}
