import type { Problem } from "../../sls/check/problems.ts";
import type { Span } from "../../sls/span.ts";

type Code =
  | "function-unknown"
  | "function-cloud-only"
  | "function-arguments"
  | "column-unknown"
  | "column-ambiguous"
  | "table-unknown"
  | "not-translatable"
  | "too-deep"
  | "engine-rejected";

type Without<Whole, Keys extends PropertyKey> = Whole extends unknown ? Omit<Whole, Keys> : never;

/** What keeps a statement from being answered here. */
export type Refusal = Without<Extract<Problem, { readonly code: Code }>, "severity" | "span">;

export type Untranslatable = Extract<Refusal, { readonly code: "not-translatable" }>["what"];

export function refused(refusal: Refusal, span: Span): Problem {
  return { ...refusal, severity: "error", span };
}

/**
 * What DuckDB itself says of a translated statement. Behind the first line of it stands the translation, which the user
 * has not written. Division by zero fails as a cast does, since DuckDB has no failure of its own for it.
 */
export function engineRejected(message: string, span: Span): Problem {
  const [line = ""] = message.split("\n");
  const detail = line.includes("'Division by zero'") ? "Division by zero" : line;
  return refused({ code: "engine-rejected", detail }, span);
}

/**
 * Collects why a statement cannot be answered, so that all of it is told at once. A part that is translated more than
 * once is told of once.
 */
export class Refusals {
  readonly problems: Problem[] = [];
  readonly #told = new Set<string>();

  add(refusal: Refusal, span: Span): void {
    const key = `${refusal.code} ${span.start} ${span.end}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.problems.push(refused(refusal, span));
  }

  /** All of it, in the order of the text. */
  told(): { readonly kind: "refused"; readonly problems: readonly Problem[] } {
    return { kind: "refused", problems: this.problems.toSorted((left, right) => left.span.start - right.span.start) };
  }
}
