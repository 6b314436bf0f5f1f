import { fill } from "../src/pages/message.ts";
import type { Risk } from "../src/pages/risk.ts";
import { visibleLine } from "../src/pages/visibleText.ts";
import { element } from "./element.ts";
import { type IconName, icon } from "./icon.ts";

type Severity = Risk["severity"];

export type RiskWords = Readonly<Record<Severity | "ruleOf", string>>;

const drawings: Readonly<Record<Severity, IconName>> = {
  low: "info",
  medium: "warning",
  high: "warning",
  critical: "error",
};

export function severityIcon(severity: Severity): SVGSVGElement {
  return icon(drawings[severity]);
}

/** A drawing and a word: a colour alone says nothing to many. */
export function severityMark(severity: Severity, words: RiskWords): HTMLElement {
  return element("span", { class: `mark ${severity}` }, severityIcon(severity), words[severity]);
}

/** Why something is marked, on lines of a hint. */
export function riskHint(risk: Risk, words: RiskWords): string {
  return risk.verdicts.map(({ severity, reason, rule }) => `${words[severity]}: ${reason} (${rule})`).join("\n");
}

/** Why something is marked, each rule with its reason, its techniques and its id. */
export function riskBoxes(risk: Risk, words: RiskWords): readonly HTMLElement[] {
  return risk.verdicts.map(({ severity, reason, rule, mitre }) =>
    element(
      "div",
      { class: `risk-box ${severity}` },
      severityIcon(severity),
      element(
        "div",
        {},
        element("div", {}, element("strong", {}, `${words[severity]}: `), visibleLine(reason)),
        element("div", { class: "quiet" }, [...mitre, fill(words.ruleOf, visibleLine(rule))].join(" · ")),
      ),
    ),
  );
}
