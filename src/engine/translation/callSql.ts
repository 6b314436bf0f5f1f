import type { Expression } from "../../sls/syntax.ts";
import type { SqlType } from "../../sls/types.ts";
import type { Surroundings, Typed } from "./typed.ts";

/** A call of a function, as a statement writes it. */
export type Call = Extract<Expression, { readonly kind: "call" }>;

/** What the translation of a call asks of that of the expressions around it. */
export interface CallTranslator {
  readonly surroundings: Surroundings;
  translate(expression: Expression): Typed;
  /** The body of a lambda whose parameters have these values; undefined for what is no lambda of so many parameters. */
  body(lambda: Expression | undefined, parameters: readonly Typed[]): Typed | undefined;
  /** A name for a parameter of a lambda, unlike all others. */
  freshName(): string;
  /** The values as one type; undefined where they have none in common. */
  unified(values: readonly Typed[]): { readonly values: readonly string[]; readonly type: SqlType } | undefined;
  /** How the fields of the records lie in a JSON column, for a value that is one. */
  jsonSpellings(json: Expression, path: readonly string[]): readonly (readonly string[])[];
  /** Translates with divisions and casts giving null where they would fail. `ofRows`: an aggregate or a query is inside. */
  tolerant(expression: Expression): { readonly value: Typed; readonly ofRows: boolean };
  /** The value of `left / right` or `left % right`. */
  arithmetic(operator: "/" | "%", left: Typed, right: Typed): Typed | undefined;
}

/** Translates a call that takes more than its arguments put into a text. Undefined where the arguments do not fit. */
export type Rewrite = (call: Call, translator: CallTranslator) => Typed | undefined;

/** The text that a literal holds, in parentheses or not. */
export function literalText(expression: Expression | undefined): string | undefined {
  if (expression?.kind === "group") return literalText(expression.operand);
  return expression?.kind === "string" ? expression.value : undefined;
}

/** The whole number that a literal holds. */
export function literalInteger(expression: Expression | undefined): number | undefined {
  if (expression?.kind === "group") return literalInteger(expression.operand);
  return expression?.kind === "number" && /^[0-9]{1,15}$/.test(expression.text) ? Number(expression.text) : undefined;
}

/** A regular expression, as DuckDB's RE2 reads it: it writes the name of a group `(?P<name>…)`. */
export function patternSql(sql: string): string {
  return sql.startsWith("'") ? sql.replace(/(?<!\\)\(\?<(?=[A-Za-z])/g, "(?P<") : sql;
}
