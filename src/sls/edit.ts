import { parseStatement } from "./parser/parser.ts";
import { searchField, searchValue } from "./quote.ts";
import type { Search } from "./syntax.ts";

/** What a field has to be: this value or, if `value` is undefined, there at all. */
export type Condition = { readonly field: string; readonly value: string | undefined };

/**
 * A statement with one more condition. It is refused where the search language cannot write the condition (a text that
 * ends with a backslash and has to be quoted) and where the search half has mistakes, behind which nothing can be added.
 */
export type Edited =
  | { readonly kind: "edited"; readonly text: string }
  | { readonly kind: "refused"; readonly reason: "inexpressible" | "broken" };

/**
 * Adds a condition, or with `negated` its opposite, to the search half of a statement. All else stays as it is written,
 * and a condition that is there already is not added twice.
 */
export function withCondition(statementText: string, condition: Condition, negated: boolean): Edited {
  const { statement, problems } = parseStatement(statementText);
  const { search, analysis } = statement;
  const searchEnd = analysis ? analysis.span.start : statementText.length;
  if (problems.some((problem) => problem.severity === "error" && problem.span.start < searchEnd)) {
    return { kind: "refused", reason: "broken" };
  }

  const field = searchField(condition.field);
  const value = condition.value === undefined ? "*" : searchValue(condition.value);
  if (field === undefined || value === undefined) return { kind: "refused", reason: "inexpressible" };
  const positive = condition.value === undefined ? `${field}:*` : `${field}: ${value}`;
  const text = negated ? `not ${positive}` : positive;

  const { start, end } = search.span;
  const before = statementText.slice(0, start);
  const written = statementText.slice(start, end);
  const after = statementText.slice(end);
  if (search.kind === "all") {
    const joint = after.length > 0 && !/^\s/.test(after) ? " " : "";
    return { kind: "edited", text: before + text + joint + after };
  }
  if (demands(search, condition, negated)) return { kind: "edited", text: statementText };
  const whole = search.kind === "or" ? `(${written})` : written;
  return { kind: "edited", text: `${before}${whole} and ${text}${after}` };
}

/** Whether a search holds this condition already, among those that all have to be met. */
function demands(search: Search, condition: Condition, negated: boolean): boolean {
  switch (search.kind) {
    case "and":
      return demands(search.left, condition, negated) || demands(search.right, condition, negated);
    case "group":
      return demands(search.operand, condition, negated);
    case "not":
      return negated && asks(search.operand, condition);
    default:
      return !negated && asks(search, condition);
  }
}

/** Whether a search asks for this condition and nothing else. */
function asks(search: Search, { field, value }: Condition): boolean {
  switch (search.kind) {
    case "group":
      return asks(search.operand, { field, value });
    case "exists":
      return value === undefined && search.field.name === field;
    case "term": {
      const literal = !search.phrase && (search.quoted || !/[*?]/.test(search.value));
      return literal && search.field?.name === field && search.value === value;
    }
    default:
      return false;
  }
}
