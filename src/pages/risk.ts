import { type Rule, type Severity, severities, type Wording } from "../rules/rule.ts";

/** One rule that something breaks, in the user's language. */
export type Verdict = {
  readonly severity: Severity;
  /** The rule's id. */
  readonly rule: string;
  readonly title: string;
  readonly reason: string;
  /** Technique ids of MITRE ATT&CK. */
  readonly mitre: readonly string[];
};

/** Why something is marked: every rule that it breaks, the heaviest first, which gives it its severity. */
export type Risk = { readonly severity: Severity; readonly verdicts: readonly Verdict[] };

/** The rules that an event breaks, for a page; undefined where there are none. Of equal rules the order decides. */
export function shownRisk(rules: readonly Rule[], language: keyof Wording): Risk | undefined {
  const verdicts = rules
    .map(({ severity, id, title, reason, mitre }) => ({
      severity,
      rule: id,
      title: title[language],
      reason: reason[language],
      mitre,
    }))
    .sort((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity));
  const [heaviest] = verdicts;
  return heaviest === undefined ? undefined : { severity: heaviest.severity, verdicts };
}
