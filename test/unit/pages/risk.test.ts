import assert from "node:assert/strict";
import { test } from "node:test";
import { shownRisk } from "../../../src/pages/risk.ts";
import type { Rule, Severity } from "../../../src/rules/rule.ts";

function rule(id: string, severity: Severity): Rule {
  return {
    id,
    severity,
    title: { en: `${id} title`, zh: `${id} 标题` },
    reason: { en: `${id} reason`, zh: `${id} 原因` },
    mitre: ["T1105"],
    match: {
      programs: undefined,
      commandLine: undefined,
      uids: undefined,
      users: undefined,
      namespaces: undefined,
      pods: undefined,
      images: undefined,
    },
    exceptions: [],
    samples: [],
  };
}

test("no rule, no risk", () => assert.equal(shownRisk([], "en"), undefined));
test("the heaviest rule gives the severity and stands first", () => {
  const risk = shownRisk([rule("a", "low"), rule("b", "critical"), rule("c", "high")], "en");
  assert.equal(risk?.severity, "critical");
  assert.deepEqual(
    risk?.verdicts.map((verdict) => verdict.rule),
    ["b", "c", "a"],
  );
});
test("of equals the first stays first", () =>
  assert.deepEqual(
    shownRisk([rule("a", "high"), rule("b", "high")], "en")?.verdicts.map((verdict) => verdict.rule),
    ["a", "b"],
  ));
test("a verdict speaks the user's language", () =>
  assert.deepEqual(shownRisk([rule("a", "low")], "zh")?.verdicts, [
    { severity: "low", rule: "a", title: "a 标题", reason: "a 原因", mitre: ["T1105"] },
  ]));
