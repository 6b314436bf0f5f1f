import { printExpression } from "../../sls/format/print.ts";
import { slsFunction } from "../../sls/functions/catalogue.ts";
import type { Expression } from "../../sls/syntax.ts";
import { eachPart } from "../../sls/walk.ts";
import type { Call } from "./callSql.ts";
import type { Typed } from "./typed.ts";

/** The calls in an expression, outer ones first. What stands in a query inside of it is that query's own. */
export function callsIn(expression: Expression): readonly Call[] {
  const calls: Call[] = [];
  const visit = (part: Expression): void => {
    if (part.kind === "call") calls.push(part);
    eachPart(part, visit, () => undefined);
  };
  visit(expression);
  return calls;
}

/** Whether an expression is computed from many rows, and so cannot be grouped by. */
export function hasAggregate(expression: Expression): boolean {
  return callsIn(expression).some(isOfRows);
}

export function isOfRows(call: Call): boolean {
  const known = slsFunction(call.name.name);
  return call.over !== undefined || (known !== undefined && known.kind !== "scalar");
}

/** Whether two calls say the same. */
export function isSameCall(left: Call | undefined, right: Call | undefined): boolean {
  return left !== undefined && right !== undefined && printExpression(left) === printExpression(right);
}

/**
 * Calls that the query around them answers. A call is known by its text, as the same one may stand in the SELECT and in
 * the GROUP BY; in an expression a name stands in its place that no statement can write.
 */
export class AnsweredCalls {
  readonly #names = new Map<string, string>();
  readonly values = new Map<string, Typed>();

  set(call: Call, value: Typed): void {
    const name = `\0call${this.#names.size}`;
    this.#names.set(printExpression(call), name);
    this.values.set(name, value);
  }

  get size(): number {
    return this.#names.size;
  }

  /** The expression with the names in the place of the calls. */
  within(expression: Expression): Expression {
    return this.size === 0 ? expression : this.#replaced(expression);
  }

  #replaced<Part>(part: Part): Part {
    if (Array.isArray(part)) return part.map((each) => this.#replaced(each)) as Part;
    if (typeof part !== "object" || part === null) return part;
    const { kind } = part as { readonly kind?: unknown };
    if (kind === "query") return part;
    if (kind === "call") {
      const call = part as unknown as Call;
      const name = this.#names.get(printExpression(call));
      if (name !== undefined) {
        const path = [{ name, quoted: true, span: call.span }];
        return { kind: "column", path, span: call.span } as Part;
      }
    }
    return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, this.#replaced(value)])) as Part;
  }
}
