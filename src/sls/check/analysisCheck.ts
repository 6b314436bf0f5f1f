import { type FieldNames, fieldNames, isReservedField, lowered } from "../fieldNames.ts";
import { slsFunctions } from "../functions/catalogue.ts";
import type { FunctionSignature, SlsFunction } from "../functions/functions.ts";
import { prestoFunctions } from "../functions/presto.ts";
import type { Knowledge, KnownField } from "../knowledge.ts";
import { nearest } from "../nearest.ts";
import type { Expression, Identifier, Query, Relation, SplAnalysis, SqlAnalysis } from "../syntax.ts";
import { commonType, isNumber, type SqlType, typeText, unknownType } from "../types.ts";
import { ungrouped } from "./grouping.ts";
import {
  type Call,
  type ColumnName,
  fitsCount,
  Inference,
  type Resolved,
  type Role,
  Scope,
  type ScopeTable,
  type Selected,
  scopeOfLog,
  type Watch,
} from "./inference.ts";
import type { AggregatePlace, ProblemList } from "./problems.ts";
import { programField, programMeant } from "./searchCheck.ts";

/** SLS answers a query without LIMIT with so many rows. */
export const rowsWithoutLimit = 100;

/** The most that the offset and the count of a LIMIT may be together. */
const mostRows = 1_000_000;

/** Finds what is wrong in an SQL analysis beyond its grammar. `broken`: it has mistakes of grammar. */
export function checkSql(analysis: SqlAnalysis, knowledge: Knowledge, broken: boolean, problems: ProblemList): void {
  // In scan mode every field of the records is a text column, indexed or not.
  const scan = analysis.session.some(({ name, value }) => name.toLowerCase() === "mode" && /^scan$/i.test(value));
  const checker = new AnalysisChecker("sql", knowledge, broken, scan, problems);
  checker.inference.query(analysis.query, undefined, false);
}

/** Finds what is wrong in a pipeline of SPL commands beyond its grammar. */
export function checkSpl(analysis: SplAnalysis, knowledge: Knowledge, problems: ProblemList): void {
  const checker = new AnalysisChecker("spl", knowledge, false, true, problems);
  const made = new Map<string, SqlType>();
  let scope = scopeOfLog(knowledge, true);
  for (const command of analysis.commands) {
    checker.inference.clause = command.name === "stats" ? "select" : "where";
    const takesExpressions = command.name === "where" || command.name === "extend" || command.name === "stats";
    const names: Identifier[] = [...command.as];
    for (const { target, expression, wildcard } of command.items) {
      if (takesExpressions && !wildcard) checker.inference.typeOf(expression, scope);
      if (target !== undefined) names.push(target);
    }
    if (names.length === 0) continue;
    // What a command makes, the ones behind it can name.
    for (const { name } of names) made.set(name.toLowerCase(), unknownType);
    scope = new Scope(scope.tables, undefined, undefined, made);
  }
}

class AnalysisChecker implements Watch {
  readonly inference: Inference;
  readonly #dialect: "sql" | "spl";
  readonly #knowledge: Knowledge;
  readonly #names: FieldNames;
  readonly #broken: boolean;
  readonly #scan: boolean;
  readonly #problems: ProblemList;
  /** Columns that were told as being texts, of which nothing more has to be said. */
  #texts: Set<Expression> | undefined;

  constructor(dialect: "sql" | "spl", knowledge: Knowledge, broken: boolean, scan: boolean, problems: ProblemList) {
    this.#dialect = dialect;
    this.#knowledge = knowledge;
    this.#names = fieldNames(knowledge);
    this.#broken = broken;
    this.#scan = scan;
    this.#problems = problems;
    this.inference = new Inference(knowledge, this, scan);
  }

  // ---------------------------------------------------------------------------------------------- names

  column(column: ColumnName, resolved: Resolved, role: Role): void {
    switch (resolved.kind) {
      case "column": {
        const { field } = resolved.column;
        if (field !== undefined && resolved.table.columns.isLog) this.#field(column, field);
        return;
      }
      case "alias":
      case "parameter":
        return;
      case "ambiguous":
        this.#problems.add({
          code: "column-ambiguous",
          severity: "error",
          name: nameOf(column),
          span: column.span,
        });
        return;
      case "dotted":
        this.#dotted(column);
        return;
      case "unknown":
        this.#unknown(column, resolved, role);
        return;
      default:
        resolved satisfies never;
    }
  }

  #field(column: ColumnName, field: KnownField): void {
    const last = column.path.at(-1);
    if (last === undefined) return;
    if (!this.#scan && (field.indexed === "no" || field.indexed === "probably not")) {
      const sure = field.indexed === "no";
      this.#problems.add({
        code: "field-not-indexed",
        severity: sure ? "error" : "warning",
        name: field.sql,
        half: "sql",
        sure,
        span: column.span,
      });
    } else if (last.name !== field.sql && last.quoted && this.#dialect === "sql") {
      this.#problems.add({
        code: "field-spelling",
        severity: "information",
        name: last.name,
        half: "sql",
        instead: field.sql,
        span: column.span,
      });
    }
  }

  /** `k8s.pod.name` is a column whose name has dots; in SQL a dot stands behind the name of a table. */
  #dotted(column: ColumnName): void {
    const name = nameOf(column);
    if (column.path.some((part) => part.name === "")) return;
    this.#problems.add({ code: "column-unquoted", severity: "error", name, span: column.span });
  }

  #unknown(column: ColumnName, { open, tables }: Extract<Resolved, { readonly kind: "unknown" }>, role: Role): void {
    const last = column.path.at(-1);
    if (last === undefined || last.name === "" || this.#problems.full) return;
    const { name, quoted } = last;
    const isLog = tables.some(({ columns }) => columns.isLog);
    const around = isLog ? this.#names.around(name) : undefined;
    if (around !== undefined && (around.type === "list" || around.type === "map")) {
      if (this.#scan || around.indexed === "yes" || around.indexed === "probably") return;
      const sure = around.indexed === "no";
      const severity = sure ? "error" : "warning";
      this.#problems.add({ code: "field-not-indexed", severity, name, half: "sql", sure, span: column.span });
      return;
    }
    const near = isLog ? this.#names.near(name, !open)?.sql : nearColumn(name, tables);
    const severity = open ? "warning" : "error";
    if (quoted && column.path.length === 1 && isText(name, role, open, near)) {
      this.#texts ??= new Set();
      this.#texts.add(column);
      this.#problems.add({ code: "text-in-double-quotes", severity, value: name, span: column.span });
      return;
    }
    if (isReservedField(name) || (open && near === undefined)) return;
    this.#problems.add({ code: "column-unknown", severity, name, nearest: near, span: column.span });
  }

  table(relation: Extract<Relation, { readonly kind: "table" }>, commonTables: ReadonlyMap<string, unknown>): void {
    if (this.#problems.full || commonTables.size > namesCompared) return;
    const name = relation.name.map((part) => part.name).join(".");
    const tables = ["log", ...commonTables.keys()];
    const meant = name.length < 3 || relation.name.length > 1 ? undefined : nearTable(name, tables);
    const isStore = this.#knowledge.logstores.includes(name);
    // Other tables there may be: external stores, other Logstores and metrics.
    if (meant === undefined || isStore || this.#dialect === "spl") return;
    const [first] = relation.name;
    if (first === undefined) return;
    this.#problems.add({ code: "table-unknown", severity: "warning", name, nearest: meant, span: first.span });
  }

  // ---------------------------------------------------------------------------------------------- functions

  call(
    call: Call,
    known: SlsFunction | undefined,
    args: readonly SqlType[],
    fitting: FunctionSignature | undefined,
  ): void {
    const { name, span } = call.name;
    if (known === undefined) {
      this.#unknownFunction(name, call);
      return;
    }
    if (!known.dialects.includes(this.#dialect)) {
      const { dialects } = known;
      const dialect = dialects.includes("sql") ? "sql" : "spl";
      this.#problems.add({ code: "function-dialect", severity: "warning", name: known.name, dialect, span });
      return;
    }
    if (known.kind === "window" && call.over === undefined) {
      this.#problems.add({ code: "over-missing", severity: "error", name: known.name, span: call.span });
    }
    if (known.kind === "aggregate" && call.over === undefined) this.#aggregate(known, call);
    if (known.name === "try" && this.inference.lambdas > 0) {
      this.#problems.add({ code: "try-in-lambda", severity: "error", span: call.span });
    }
    if (fitting === undefined) this.#arguments(call, known, args);
  }

  #unknownFunction(name: string, call: Call): void {
    if (name === "" || this.#problems.full || prestoFunctions.has(name.toLowerCase())) return;
    const meant = name.length < 3 ? undefined : nearest(name, slsFunctions.keys());
    this.#problems.add({
      code: "function-unknown",
      // A name that is like no other may be one that no page lists.
      severity: meant === undefined ? "warning" : "error",
      name,
      nearest: meant,
      span: call.name.span,
    });
  }

  #aggregate(known: SlsFunction, call: Call): void {
    const { clause, aggregates, lambdas } = this.inference;
    const place: AggregatePlace | undefined =
      clause === "where" || clause === "on" || clause === "group by"
        ? clause
        : aggregates > 0
          ? "aggregate"
          : lambdas > 0
            ? "lambda"
            : undefined;
    if (place === undefined) return;
    this.#problems.add({ code: "aggregate-place", severity: "error", name: known.name, place, span: call.span });
  }

  #arguments(call: Call, known: SlsFunction, args: readonly SqlType[]): void {
    const { signatures } = known;
    if (signatures.length === 0 || call.star || call.args.some(({ kind }) => kind === "missing")) return;
    const counted = signatures.some((signature) => fitsCount(signature, args.length));
    this.#problems.add({
      code: "function-arguments",
      // What is documented of types may be less than what SLS takes.
      severity: counted ? "warning" : "error",
      name: known.name,
      expected: signatures.map(signatureText).join(" | "),
      given: `(${args.map((type, index) => argumentText(call.args[index], type)).join(", ")})`,
      span: call.span,
    });
  }

  // ---------------------------------------------------------------------------------------------- values

  compared(left: Expression, leftType: SqlType, right: Expression, rightType: SqlType): void {
    this.#program(left, right);
    this.#program(right, left);
    if (this.#texts !== undefined && (this.#texts.has(left) || this.#texts.has(right))) return;
    const believedLeft = this.#believed(left, leftType);
    const believedRight = this.#believed(right, rightType);
    // A time and a text that is one, a text and a number: only what no reading makes one is told.
    const isNumberAndText =
      (isNumber(believedLeft) && believedRight.kind === "varchar") ||
      (isNumber(believedRight) && believedLeft.kind === "varchar");
    const isOdd = isNumberAndText || isWhole(believedLeft) !== isWhole(believedRight);
    if (!isOdd || commonType(believedLeft, believedRight) !== undefined) return;
    const sure = believedLeft === leftType && believedRight === rightType;
    this.#problems.add({
      code: "types-differ",
      severity: sure ? "warning" : "information",
      left: typeText(believedLeft),
      right: typeText(believedRight),
      span: { start: left.span.start, end: right.span.end },
    });
  }

  /** The type that a field is believed to have where the index does not tell it and a number is at stake. */
  #believed(expression: Expression, type: SqlType): SqlType {
    if (type.kind !== "unknown" || expression.kind !== "column" || expression.path.length !== 1 || this.#scan) {
      return type;
    }
    const field = this.#names.find(expression.path[0]?.name ?? "");
    return field?.indexed === "probably" && (field.type === "long" || field.type === "double")
      ? { kind: field.type === "long" ? "bigint" : "double" }
      : type;
  }

  /** Comparing regards case in SQL, whatever the index does. */
  #program(field: Expression, value: Expression): void {
    if (field.kind !== "column" || value.kind !== "string") return;
    if (lowered(field.path.at(-1)?.name ?? "") !== programField) return;
    const instead = programMeant(value.value, this.#knowledge);
    if (instead === undefined) return;
    const span = value.span;
    this.#problems.add({ code: "program-case", severity: "warning", value: value.value, instead, span });
  }

  // ---------------------------------------------------------------------------------------------- queries

  selected(selected: Selected): void {
    // Behind a mistake of grammar the clauses may not be what was meant.
    if (this.#broken) return;
    for (const column of ungrouped(selected)) {
      const star = selected.select.items.find(({ kind }) => kind === "star");
      const span = column?.span ?? star?.span;
      if (span === undefined) continue;
      const name = column === undefined ? "*" : nameOf(column);
      this.#problems.add({ code: "group-by-missing", severity: "error", name, span });
    }
  }

  query(query: Query, isSubquery: boolean): void {
    const { limit } = query;
    if (limit === undefined) {
      if (!isSubquery && !answersFewRows(query)) {
        const span = firstWord(query);
        this.#problems.add({ code: "limit-missing", severity: "information", rows: rowsWithoutLimit, span });
      }
      return;
    }
    if (isSubquery && limit.offset !== undefined) {
      this.#problems.add({ code: "limit-in-subquery", severity: "error", span: limit.span });
    }
    const rows = numberOf(limit.count) + numberOf(limit.offset);
    if (rows > mostRows) {
      this.#problems.add({ code: "limit-large", severity: "warning", limit: mostRows, span: limit.span });
    }
  }
}

/** Whether a name in double quotes that is no column is most likely a text in the wrong quotes. */
function isText(name: string, role: Role, open: boolean, near: string | undefined): boolean {
  if (!/^[\p{L}\p{N}_.:@-]+$/u.test(name)) return role !== undefined || !/^[\p{L}\p{N}_]/u.test(name);
  return role !== undefined && (!open || near === undefined);
}

/** Nobody mistakes one name for another among more names than these. */
const namesCompared = 300;

function nearColumn(name: string, tables: readonly ScopeTable[]): string | undefined {
  const names: string[] = [];
  for (const { columns } of tables) {
    if (columns.list.length + names.length > namesCompared) return undefined;
    for (const column of columns.list) names.push(column.name);
  }
  return nearest(name, names);
}

/** `a.b` as one name. */
function nameOf(column: ColumnName): string {
  return column.path.map(({ name }) => name).join(".");
}

function nearTable(name: string, tables: readonly string[]): string | undefined {
  const key = name.toLowerCase();
  return tables.find((table) => {
    const other = table.toLowerCase();
    return key === `${other}s` || other === `${key}s` || (nearest(name, [table]) !== undefined && name.length > 4);
  });
}

function numberOf(expression: Expression | undefined): number {
  return expression?.kind === "number" ? Number(expression.text) : 0;
}

/** Whether nothing but one type has an order and a size: numbers and texts do, arrays and maps are compared whole. */
function isWhole(type: SqlType): boolean {
  return type.kind === "array" || type.kind === "map" || type.kind === "row";
}

/** Whether a query answers one row, or as many as are written in it. */
function answersFewRows({ body }: Query): boolean {
  switch (body.kind) {
    case "values":
      return true;
    case "nested":
      return body.query.limit !== undefined || answersFewRows(body.query);
    case "select":
      return (
        body.groupBy === undefined && body.items.some((item) => item.kind === "column" && aggregates(item.expression))
      );
    default:
      return false;
  }
}

/** Whether an expression is a function of many rows or is computed from one, so that it is one value. */
function aggregates(expression: Expression): boolean {
  switch (expression.kind) {
    case "call": {
      const known = slsFunctions.get(expression.name.name.toLowerCase());
      if (expression.over !== undefined || known?.name.endsWith("_u") === true) return false;
      return known?.kind === "aggregate" || expression.args.some(aggregates);
    }
    case "binary":
      return aggregates(expression.left) || aggregates(expression.right);
    case "group":
    case "unary":
    case "cast":
    case "subscript":
      return aggregates(expression.operand);
    case "case":
      return expression.branches.some(({ when, then }) => aggregates(when) || aggregates(then));
    default:
      return false;
  }
}

function firstWord(query: Query): { readonly start: number; readonly end: number } {
  let { body } = query;
  while (body.kind === "setOperation" || body.kind === "nested") {
    body = body.kind === "setOperation" ? body.left : body.query.body;
  }
  const { start, end } = body.span;
  return { start, end: Math.min(end, start + "select".length) };
}

/** A signature as it is called: `(unit, x, [n])`. */
function signatureText({ parameters }: FunctionSignature): string {
  const parts = parameters.map(({ name, kind, optional, repeated }) => {
    const text = name === kind ? name : `${name} ${kind}`;
    return repeated ? `${text}, …` : optional ? `[${text}]` : text;
  });
  return `(${parts.join(", ")})`;
}

function argumentText(argument: Expression | undefined, type: SqlType): string {
  if (argument?.kind === "lambda") return "lambda";
  return type.kind === "unknown" ? "?" : typeText(type);
}
