import * as vscode from "vscode";
import type { AuditEvent } from "../audit/event.ts";
import { type Risk, shownRisk } from "../pages/risk.ts";
import { createMatcher } from "../rules/match.ts";
import type { Rule } from "../rules/rule.ts";

/** What the rules say of an event, in the user's language. */
export function createRiskOf(rules: readonly Rule[]): (event: AuditEvent) => Risk | undefined {
  const matcher = createMatcher(rules);
  const language = vscode.env.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  return (event) => shownRisk(matcher(event), language);
}
