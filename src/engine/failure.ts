import type { Unreachable } from "../logs/answer.ts";

/** What DuckDB threw: a word against the statement, or a failure of the engine. */
export type Failure =
  | { readonly kind: "rejected"; readonly detail: string }
  | { readonly kind: "failed"; readonly reason: Unreachable };

/** DuckDB's texts begin with the kind of error; these kinds say something about what was asked of it. */
const aboutTheStatement =
  /^(?:Binder|Catalog|Conversion|Invalid Input|Invalid Type|Invalid|Out of Range|Parser|Syntax|Not implemented|Mismatch Type|Divide by Zero|Permission|Parameter Not Resolved|Constraint) Error\b/i;

export function failureOf(failure: unknown): Failure {
  const detail = failure instanceof Error ? failure.message : String(failure);
  if (/^Out of Memory Error/i.test(detail)) {
    return { kind: "failed", reason: { code: "outOfMemory", detail } };
  }
  return aboutTheStatement.test(detail)
    ? { kind: "rejected", detail }
    : { kind: "failed", reason: { code: "engineFailed", detail } };
}
