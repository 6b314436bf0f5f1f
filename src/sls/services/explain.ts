import { printExpression } from "../format/print.ts";
import { slsFunction } from "../functions/catalogue.ts";
import type { Knowledge } from "../knowledge.ts";
import { isAggregated } from "../names.ts";
import type { QuerySettings } from "../queryFile.ts";
import type {
  Expression,
  GroupingElement,
  OrderItem,
  Query,
  QueryBody,
  Relation,
  Search,
  Select,
  SelectItem,
  SplCommand,
  SqlAnalysis,
  Statement,
} from "../syntax.ts";
import { type ResolvedRange, resolveRange } from "../timeRange.ts";
import { chainOf, eachOfQuery, eachPart, someExpression } from "../walk.ts";

/** What a statement asks, as data to be put into words. Expressions are written as one would write them in SQL. */
export type Explanation = {
  readonly place: {
    readonly account: string | undefined;
    readonly clusters: "all" | readonly string[];
    readonly logstore: string | undefined;
  };
  readonly time: {
    readonly range: ResolvedRange;
    readonly zone: string;
    /** No directive says when. */
    readonly isDefault: boolean;
  };
  readonly search: SearchMeaning;
  readonly analysis: QueryMeaning | PipelineMeaning | undefined;
  readonly notes: readonly Note[];
};

export type SearchMeaning =
  | { readonly kind: "everything" }
  | { readonly kind: "every" | "some"; readonly parts: readonly SearchMeaning[] }
  | { readonly kind: "not"; readonly part: SearchMeaning }
  /** All words of a value, in any order; of a phrase in this one. `field` is undefined where any may hold them. */
  | {
      readonly kind: "words";
      readonly field: string | undefined;
      readonly words: readonly string[];
      readonly hasWildcards: boolean;
      readonly isPhrase: boolean;
    }
  | { readonly kind: "exists" | "empty"; readonly field: string }
  | { readonly kind: "compare"; readonly field: string; readonly operator: string; readonly value: string }
  | {
      readonly kind: "between";
      readonly field: string;
      readonly low: string;
      readonly high: string;
      readonly lowIncluded: boolean;
      readonly highIncluded: boolean;
    }
  /** What is still to be written. */
  | { readonly kind: "hole" };

export type QueryMeaning = {
  readonly kind: "query";
  readonly tables: readonly { readonly name: string; readonly query: QueryMeaning }[];
  readonly body: BodyMeaning;
  readonly order: readonly { readonly text: string; readonly descending: boolean }[];
  /** Rows passed over and rows answered; undefined where the query says nothing. `all` is `limit all`. */
  readonly limit: { readonly offset: string | undefined; readonly count: string | "all" } | undefined;
};

export type BodyMeaning =
  | {
      readonly kind: "select";
      readonly source: SourceMeaning;
      readonly where: ConditionMeaning | undefined;
      readonly groups: readonly string[];
      /** Rows are made one for each group; or one for all, where something is aggregated and nothing grouped by. */
      readonly rows: "each" | "perGroup" | "one";
      readonly columns: readonly ColumnMeaning[];
      readonly having: ConditionMeaning | undefined;
      readonly isDistinct: boolean;
    }
  | {
      readonly kind: "combined";
      readonly operator: "union" | "intersect" | "except";
      readonly all: boolean;
      readonly left: BodyMeaning;
      readonly right: BodyMeaning;
    }
  | { readonly kind: "values"; readonly count: number }
  | { readonly kind: "nested"; readonly query: QueryMeaning };

export type SourceMeaning =
  | { readonly kind: "records" }
  | { readonly kind: "table"; readonly name: string }
  | { readonly kind: "query"; readonly query: QueryMeaning }
  | { readonly kind: "elements"; readonly of: readonly string[] }
  | {
      readonly kind: "join";
      readonly join: Extract<Relation, { readonly kind: "join" }>["join"];
      readonly left: SourceMeaning;
      readonly right: SourceMeaning;
      readonly condition: string | undefined;
    };

export type ConditionMeaning =
  | { readonly kind: "every" | "some"; readonly parts: readonly ConditionMeaning[] }
  | { readonly kind: "not"; readonly part: ConditionMeaning }
  | { readonly kind: "compare"; readonly left: string; readonly operator: string; readonly right: string }
  | {
      readonly kind: "oneOf";
      readonly left: string;
      readonly values: readonly string[];
      readonly negated: boolean;
    }
  | { readonly kind: "like" | "matches"; readonly left: string; readonly pattern: string; readonly negated: boolean }
  | { readonly kind: "null"; readonly left: string; readonly negated: boolean }
  | { readonly kind: "other"; readonly text: string };

export type ColumnMeaning = {
  /** What the column is called, where it has a name of its own. */
  readonly name: string | undefined;
  readonly text: string;
  readonly meaning:
    | { readonly kind: "all" | "computed" | "overRows" }
    | { readonly kind: "count" }
    | { readonly kind: "countIf"; readonly condition: ConditionMeaning }
    | { readonly kind: "countDistinct"; readonly of: string; readonly approximate: boolean }
    | { readonly kind: "most" | "least" | "sum" | "average" | "any" | "list"; readonly of: string };
};

/** What a pipeline of SPL does, command by command. */
export type PipelineMeaning = { readonly kind: "pipeline"; readonly commands: readonly CommandMeaning[] };

export type CommandMeaning =
  | { readonly kind: "where"; readonly condition: ConditionMeaning }
  | { readonly kind: "extend"; readonly made: readonly { readonly name: string; readonly text: string }[] }
  | { readonly kind: "project" | "projectAway" | "rename"; readonly fields: readonly string[] }
  | { readonly kind: "parse"; readonly name: string; readonly field: string; readonly made: readonly string[] }
  | { readonly kind: "stats"; readonly columns: readonly ColumnMeaning[]; readonly groups: readonly string[] }
  | { readonly kind: "sort"; readonly order: QueryMeaning["order"] }
  | { readonly kind: "limit"; readonly count: string }
  | { readonly kind: "other"; readonly name: string };

/** What does not stand in a statement and is so all the same. */
export type Note =
  /** No LIMIT: so many rows come. */
  | { readonly code: "rows-default"; readonly rows: number }
  /** A LIMIT without an order: which rows come is not said. */
  | { readonly code: "rows-any" }
  | { readonly code: "newest-first" }
  /** A value is looked for as a word, wherever it stands in the text of the field, in any case as a rule. */
  | { readonly code: "words" }
  /** Words in quotes may stand in any order. */
  | { readonly code: "words-order"; readonly value: string }
  /** SLS looks at so many words that a wildcard fits, and no more. */
  | { readonly code: "wildcard"; readonly terms: number }
  /** A phrase is looked for among so many records that hold its words at a time. */
  | { readonly code: "phrase"; readonly records: number }
  | { readonly code: "not-binding" }
  /** SQL itself says when, which takes the place of the range. */
  | { readonly code: "time-in-sql" }
  /** Hours and days are cut in the zone of the region, unless the statement or the query names one. */
  | { readonly code: "time-zone"; readonly zone: string }
  | { readonly code: "approximate"; readonly functions: readonly string[] }
  /** The inner query runs again over an earlier range. */
  | { readonly code: "compare" }
  /** `*` is the fields of the index, not all of a record. */
  | { readonly code: "star" }
  /** Whole numbers divide to a whole number. */
  | { readonly code: "division"; readonly text: string }
  | { readonly code: "scan" }
  /** In SPL all fields are texts. */
  | { readonly code: "spl-texts" };

/** The rows that SLS answers where SQL has no LIMIT. */
const defaultRows = 100;
const wildcardTerms = 100;
const phraseRecords = 10_000;

/** Says what a statement asks. It need not be whole: what is missing is told as a hole. */
export function explainStatement(statement: Statement, settings: QuerySettings, knowledge: Knowledge): Explanation {
  const { search, analysis } = statement;
  const zone = settings.zone?.value ?? knowledge.zone;
  const clusters = settings.clusters?.value;
  return {
    place: {
      account: settings.account?.value,
      clusters: clusters === "all" ? "all" : (clusters ?? []).map(({ value }) => value),
      logstore: settings.logstore?.value,
    },
    time: {
      range: resolveRange(settings.from?.value, settings.to?.value, knowledge.nowMs, zone),
      zone,
      isDefault: settings.from === undefined && settings.to === undefined,
    },
    search: searchMeaning(search),
    analysis:
      analysis === undefined
        ? undefined
        : analysis.kind === "sql"
          ? queryMeaning(analysis.query)
          : { kind: "pipeline", commands: analysis.commands.map(commandMeaning) },
    notes: [...searchNotes(statement), ...analysisNotes(statement, zone)],
  };
}

// ------------------------------------------------------------------------------------------------ search

function searchMeaning(search: Search): SearchMeaning {
  switch (search.kind) {
    case "all":
      return { kind: "everything" };
    case "missing":
      return { kind: "hole" };
    case "and":
    case "or": {
      const { kind } = search;
      const parts = chainOf<Search>(search, (node) => (node.kind === kind ? node : undefined))
        .map(searchMeaning)
        .filter((part) => kind === "or" || part.kind !== "everything");
      const [only] = parts;
      if (parts.length < 2) return only ?? { kind: "everything" };
      return { kind: kind === "and" ? "every" : "some", parts };
    }
    case "not":
      return { kind: "not", part: searchMeaning(search.operand) };
    case "group":
      return searchMeaning(search.operand);
    case "exists":
      return { kind: "exists", field: search.field.name };
    case "comparison":
      return { kind: "compare", field: search.field.name, operator: search.operator, value: search.value.text };
    case "range": {
      const { field, low, high, lowIncluded, highIncluded } = search;
      return { kind: "between", field: field.name, low: low.text, high: high.text, lowIncluded, highIncluded };
    }
    case "term": {
      const { field, value, quoted, phrase } = search;
      if (value === "") return quoted && field ? { kind: "empty", field: field.name } : { kind: "hole" };
      const hasWildcards = !quoted && /[*?]/.test(value);
      return { kind: "words", field: field?.name, words: wordsOf(value), hasWildcards, isPhrase: phrase };
    }
    default:
      return search satisfies never;
  }
}

/** The words of a value, cut where an index cuts by default. */
function wordsOf(value: string): readonly string[] {
  const words = value.split(/[ ,'";=()[\]{}@&<>/:\n\t\r]+/).filter((word) => word !== "");
  return words.length === 0 ? [value] : words;
}

function searchNotes({ search, analysis }: Statement): readonly Note[] {
  const notes: Note[] = [];
  let hasWords = false;
  let hasWildcards = false;
  let hasPhrase = false;
  let isAmbiguous = false;
  const visit = (node: Search): void => {
    switch (node.kind) {
      case "and":
      case "or":
        if (node.kind === "and" && node.left.kind === "not") isAmbiguous = true;
        visit(node.left);
        visit(node.right);
        return;
      case "not":
      case "group":
        visit(node.operand);
        return;
      case "term": {
        if (node.value === "") return;
        hasPhrase ||= node.phrase;
        hasWildcards ||= !node.quoted && /[*?]/.test(node.value);
        hasWords ||= !node.phrase;
        if (node.quoted && !node.phrase && wordsOf(node.value).length > 1) {
          notes.push({ code: "words-order", value: node.value });
        }
        return;
      }
      default:
        return;
    }
  };
  visit(search);
  if (hasWords) notes.unshift({ code: "words" });
  if (hasWildcards) notes.push({ code: "wildcard", terms: wildcardTerms });
  if (hasPhrase) notes.push({ code: "phrase", records: phraseRecords });
  if (isAmbiguous) notes.push({ code: "not-binding" });
  if (!analysis) notes.push({ code: "newest-first" });
  return notes;
}

// ------------------------------------------------------------------------------------------------ SQL

function queryMeaning({ with: tables, body, orderBy, limit }: Query): QueryMeaning {
  return {
    kind: "query",
    tables: tables.map(({ name, query }) => ({ name: name.name, query: queryMeaning(query) })),
    body: bodyMeaning(body),
    order: orderMeaning(orderBy),
    limit: limit && {
      offset: limit.offset && printExpression(limit.offset),
      count: limit.count ? printExpression(limit.count) : "all",
    },
  };
}

function orderMeaning(items: readonly OrderItem[]): QueryMeaning["order"] {
  return items.map(({ expression, descending }) => ({ text: printExpression(expression), descending }));
}

function bodyMeaning(body: QueryBody): BodyMeaning {
  switch (body.kind) {
    case "select":
      return selectMeaning(body);
    case "setOperation": {
      const { operator, all, left, right } = body;
      return { kind: "combined", operator, all, left: bodyMeaning(left), right: bodyMeaning(right) };
    }
    case "values":
      return { kind: "values", count: body.rows.length };
    case "nested":
      return { kind: "nested", query: queryMeaning(body.query) };
    default:
      return body satisfies never;
  }
}

function selectMeaning(select: Select): BodyMeaning {
  const { items, from, where, groupBy, having, distinct } = select;
  const isOne = items.some((item) => item.kind === "column" && isAggregated(item.expression));
  return {
    kind: "select",
    source: from ? sourceMeaning(from) : { kind: "records" },
    where: where && conditionMeaning(where),
    groups: groupBy?.elements.map((element) => groupText(element, items)) ?? [],
    rows: groupBy ? "perGroup" : isOne ? "one" : "each",
    columns: items.map(columnMeaning),
    having: having && conditionMeaning(having),
    isDistinct: distinct,
  };
}

/** What is grouped by; the column that a number or an alias stands for, where it is one. */
function groupText(element: GroupingElement, items: readonly SelectItem[]): string {
  if (element.kind !== "expression") {
    const sets = element.sets.map((set) => `(${set.map(printExpression).join(", ")})`).join(", ");
    return `${element.kind === "sets" ? "grouping sets " : element.kind}(${sets})`;
  }
  const { expression } = element;
  const item = expression.kind === "number" ? items[Number(expression.text) - 1] : undefined;
  if (item?.kind === "column") return item.alias?.name ?? printExpression(item.expression);
  return printExpression(expression);
}

function sourceMeaning(relation: Relation): SourceMeaning {
  switch (relation.kind) {
    case "missing":
      return { kind: "records" };
    case "table": {
      const name = relation.name.map((part) => part.name).join(".");
      return name.toLowerCase() === "log" ? { kind: "records" } : { kind: "table", name };
    }
    case "subquery":
      return { kind: "query", query: queryMeaning(relation.query) };
    case "unnest":
      return { kind: "elements", of: relation.expressions.map(printExpression) };
    case "join": {
      const using = relation.using.map(({ name }) => name).join(", ");
      return {
        kind: "join",
        join: relation.join,
        left: sourceMeaning(relation.left),
        right: sourceMeaning(relation.right),
        condition: relation.on ? printExpression(relation.on) : using === "" ? undefined : using,
      };
    }
    default:
      return relation satisfies never;
  }
}

function conditionMeaning(expression: Expression): ConditionMeaning {
  switch (expression.kind) {
    case "group":
      return conditionMeaning(expression.operand);
    case "unary":
      if (expression.operator === "not") return { kind: "not", part: conditionMeaning(expression.operand) };
      break;
    case "binary": {
      const { operator } = expression;
      if (operator === "and" || operator === "or") {
        const parts = chainOf<Expression>(expression, (node) =>
          node.kind === "binary" && node.operator === operator ? node : undefined,
        );
        return { kind: operator === "and" ? "every" : "some", parts: parts.map(conditionMeaning) };
      }
      if (!["=", "<>", "<", "<=", ">", ">="].includes(operator)) break;
      return {
        kind: "compare",
        left: printExpression(expression.left),
        operator,
        right: printExpression(expression.right),
      };
    }
    case "between": {
      const left = printExpression(expression.operand);
      const low: ConditionMeaning = { kind: "compare", left, operator: ">=", right: printExpression(expression.low) };
      const high: ConditionMeaning = { kind: "compare", left, operator: "<=", right: printExpression(expression.high) };
      const both: ConditionMeaning = { kind: "every", parts: [low, high] };
      return expression.negated ? { kind: "not", part: both } : both;
    }
    case "in": {
      if ("kind" in expression.values) break;
      const values = expression.values.map(printExpression);
      return { kind: "oneOf", left: printExpression(expression.operand), values, negated: expression.negated };
    }
    case "like": {
      const { operand, pattern, negated, escape: mark } = expression;
      if (mark) break;
      return { kind: "like", left: printExpression(operand), pattern: printExpression(pattern), negated };
    }
    case "isNull":
      return { kind: "null", left: printExpression(expression.operand), negated: expression.negated };
    case "call": {
      const [text, pattern] = expression.args;
      if (expression.name.name.toLowerCase() !== "regexp_like" || !text || !pattern) break;
      return { kind: "matches", left: printExpression(text), pattern: printExpression(pattern), negated: false };
    }
    default:
      break;
  }
  return { kind: "other", text: printExpression(expression) };
}

function columnMeaning(item: SelectItem): ColumnMeaning {
  if (item.kind === "star") {
    const text = item.table ? `${item.table.name}.*` : "*";
    return { name: undefined, text, meaning: { kind: "all" } };
  }
  const text = printExpression(item.expression);
  return { name: item.alias?.name, text, meaning: valueMeaning(item.expression) };
}

function valueMeaning(expression: Expression): ColumnMeaning["meaning"] {
  if (expression.kind === "group") return valueMeaning(expression.operand);
  if (expression.kind !== "call") {
    return {
      kind: someExpression(expression, (part) => part.kind === "call" && !!part.over) ? "overRows" : "computed",
    };
  }
  if (expression.over) return { kind: "overRows" };
  const [first, second] = expression.args;
  if (expression.filter || second) return { kind: "computed" };
  const name = expression.name.name.toLowerCase();
  if (name === "count" && (!first || first.kind === "number")) return { kind: "count" };
  if (!first) return { kind: "computed" };
  const of = printExpression(first);
  switch (name) {
    case "count":
      return expression.distinct ? { kind: "countDistinct", of, approximate: false } : { kind: "computed" };
    case "count_if":
      return { kind: "countIf", condition: conditionMeaning(first) };
    case "approx_distinct":
      return { kind: "countDistinct", of, approximate: true };
    case "max":
      return { kind: "most", of };
    case "min":
      return { kind: "least", of };
    case "sum":
      return { kind: "sum", of };
    case "avg":
      return { kind: "average", of };
    case "arbitrary":
    case "any_value":
      return { kind: "any", of };
    case "array_agg":
      return { kind: "list", of };
    default:
      return { kind: "computed" };
  }
}

// ------------------------------------------------------------------------------------------------ SPL

function commandMeaning(command: SplCommand): CommandMeaning {
  const { name, items, by, as } = command;
  const [first] = items;
  const texts = items.map(({ target, expression }) => {
    const text = printExpression(expression);
    return target ? `${target.name} = ${text}` : text;
  });
  switch (name) {
    case "where":
      return first ? { kind: "where", condition: conditionMeaning(first.expression) } : { kind: "other", name };
    case "extend":
      return {
        kind: "extend",
        made: items.map(({ target, expression }) => ({ name: target?.name ?? "", text: printExpression(expression) })),
      };
    case "project":
      return { kind: "project", fields: texts };
    case "project-away":
      return { kind: "projectAway", fields: texts };
    case "project-rename":
      return { kind: "rename", fields: texts };
    case "parse-json":
    case "parse-regexp":
    case "parse-csv":
    case "parse-kv":
      return { kind: "parse", name, field: texts[0] ?? "", made: as.map((field) => field.name) };
    case "stats":
      return {
        kind: "stats",
        columns: items.map(({ target, expression }) => ({
          name: target?.name,
          text: printExpression(expression),
          meaning: valueMeaning(expression),
        })),
        groups: by.map((field) => field.name),
      };
    case "sort":
      return {
        kind: "sort",
        order: items.map(({ expression, descending }) => ({
          text: printExpression(expression),
          descending: descending === true,
        })),
      };
    case "limit":
      return { kind: "limit", count: texts[0] ?? "" };
    default:
      return { kind: "other", name };
  }
}

// ------------------------------------------------------------------------------------------------ notes

/** Functions that cut or print times, in a zone that they do not name. */
const zonedFunctions: ReadonlySet<string> = new Set([
  "date_trunc",
  "date_format",
  "date_parse",
  "from_unixtime",
  "time_series",
  "hour",
  "day",
  "minute",
  "month",
  "year",
  "week",
  "day_of_week",
  "day_of_month",
]);

function analysisNotes({ analysis }: Statement, zone: string): readonly Note[] {
  if (!analysis) return [];
  if (analysis.kind === "spl") {
    const limited = analysis.commands.some(({ name }) => name === "limit");
    const stats = analysis.commands.some(({ name }) => name === "stats");
    const rows: readonly Note[] = stats && !limited ? [{ code: "rows-default", rows: defaultRows }] : [];
    return [...rows, { code: "spl-texts" }];
  }
  const { query } = analysis;
  const notes: Note[] = [];
  if (!query.limit) notes.push({ code: "rows-default", rows: defaultRows });
  else if (query.orderBy.length === 0 && mayHaveManyRows(query)) notes.push({ code: "rows-any" });
  if (isScan(analysis)) notes.push({ code: "scan" });

  const found = new Findings();
  found.query(query);
  if (found.restrictsTime) notes.push({ code: "time-in-sql" });
  if (found.cutsTime) notes.push({ code: "time-zone", zone });
  if (found.approximate.size > 0) notes.push({ code: "approximate", functions: [...found.approximate] });
  if (found.compares) notes.push({ code: "compare" });
  if (found.hasStar) notes.push({ code: "star" });
  if (found.division !== undefined) notes.push({ code: "division", text: found.division });
  return notes;
}

function isScan({ session }: SqlAnalysis): boolean {
  return session.some(({ name, value }) => name.toLowerCase() === "mode" && value.toLowerCase() === "scan");
}

function mayHaveManyRows({ body }: Query): boolean {
  const meaning = bodyMeaning(body);
  return meaning.kind !== "select" || meaning.rows !== "one";
}

/** What is found in any of the queries of a statement. */
class Findings {
  restrictsTime = false;
  cutsTime = false;
  compares = false;
  hasStar = false;
  division: string | undefined;
  readonly approximate = new Set<string>();

  query(query: Query): void {
    const { body } = query;
    if (body.kind === "select") {
      const readsLog = sourceMeaning(body.from ?? { kind: "missing", span: body.span }).kind === "records";
      if (readsLog && body.items.some((item) => item.kind === "star")) this.hasStar = true;
      if (readsLog && body.where && someExpression(body.where, comparesTime)) this.restrictsTime = true;
    }
    eachOfQuery(query, this.#visit, this.#visitQuery);
  }

  readonly #visitQuery = (query: Query): void => this.query(query);
  readonly #visit = (expression: Expression): void => {
    if (expression.kind === "call") {
      const name = expression.name.name.toLowerCase();
      if (zonedFunctions.has(name) && !(name === "from_unixtime" && expression.args.length > 1)) this.cutsTime = true;
      if (slsFunction(name)?.group === "approximate" || name === "approx_distinct") this.approximate.add(name);
      if (name === "compare" || name === "ts_compare") this.compares = true;
    }
    if (
      expression.kind === "binary" &&
      expression.operator === "/" &&
      isWhole(expression.left) &&
      isWhole(expression.right)
    ) {
      this.division ??= printExpression(expression);
    }
    eachPart(expression, this.#visit, this.#visitQuery);
  };
}

function comparesTime(expression: Expression): boolean {
  if (expression.kind === "between") return isTime(expression.operand);
  if (expression.kind !== "binary" || !/^[<>]=?$|^=$/.test(expression.operator)) return false;
  return isTime(expression.left) || isTime(expression.right);
}

function isTime(expression: Expression): boolean {
  return expression.kind === "column" && expression.path.at(-1)?.name.toLowerCase() === "__time__";
}

/** Whether an expression is a whole number for sure. */
function isWhole(expression: Expression): boolean {
  switch (expression.kind) {
    case "number":
      return /^\d+$/.test(expression.text);
    case "group":
      return isWhole(expression.operand);
    case "binary":
      return /^[-+*/%]$/.test(expression.operator) && isWhole(expression.left) && isWhole(expression.right);
    case "call":
      return ["count", "count_if", "approx_distinct", "length"].includes(expression.name.name.toLowerCase());
    case "column":
      return isTime(expression);
    default:
      return false;
  }
}
