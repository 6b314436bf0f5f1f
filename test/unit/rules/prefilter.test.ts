import assert from "node:assert/strict";
import { test } from "node:test";
import { vendorRules } from "../../../src/rules/builtIn/vendorRules.ts";
import { type Prefilter, prefilter } from "../../../src/rules/prefilter.ts";
import { readRules } from "../../../src/rules/readRules.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";

function rulesOf(...matches: readonly string[]) {
  const lines = matches.map(
    (match, index) =>
      `  - { id: r${index}, title: { en: t, zh: t }, reason: { en: r, zh: r }, severity: low, match: ${match} }`,
  );
  const { rules, problems } = readRules(`rules:\n${lines.join("\n")}`);
  assert.deepEqual(problems, []);
  return rules;
}

/** The prefilter of rules with these conditions; whatever it is, it is a statement without problems. */
function check(matches: readonly string[], expected: Prefilter): void {
  const found = prefilter(rulesOf(...matches));
  assert.deepEqual(found, expected);
  const { problems } = parseStatement(`${found.search} | select count(1) as n from log where ${found.condition}`);
  assert.deepEqual(problems, []);
}

test("programs are searched for by name", () =>
  check(["{ programs: [curl, apt-get] }"], {
    search: "kind: Command and (process.name: curl or process.name: apt-get)",
    condition: `"process.name" in ('curl', 'apt-get')`,
    isExact: true,
  }));
test("programs of several rules are searched for once", () =>
  check(["{ programs: [curl, wget] }", "{ programs: [curl], uids: [0] }"], {
    search: "kind: Command and (process.name: curl or process.name: wget)",
    condition: `(("process.name" in ('curl', 'wget')) or ("process.name" in ('curl') and cast("process.user.uid" as varchar) in ('0')))`,
    isExact: true,
  }));
test("a rule of any program has every command searched", () =>
  check(["{ programs: [curl] }", "{ commandLine: '/etc/shadow' }"], {
    search: "kind: Command",
    condition: `(("process.name" in ('curl')) or (regexp_like("process.cmdline", '/etc/shadow')))`,
    isExact: false,
  }));
test("quotes in a pattern stay in it", () =>
  check([`{ commandLine: ["it's", b] }`], {
    search: "kind: Command",
    condition: `((regexp_like("process.cmdline", 'it''s')) or (regexp_like("process.cmdline", 'b')))`,
    isExact: false,
  }));
test("a pattern that SLS does not understand leaves its rule to the other conditions", () =>
  check(["{ programs: [sh], commandLine: ['a(?!b)', c] }"], {
    search: "kind: Command and (process.name: sh)",
    condition: `"process.name" in ('sh')`,
    isExact: false,
  }));
test("such a pattern alone lets every command through", () =>
  check(["{ commandLine: '(a)\\1' }"], { search: "kind: Command", condition: "true", isExact: false }));
test("names are compared whole, or with LIKE where they hold a star", () =>
  check(["{ users: [dev-07], namespaces: [pay*], pods: [a, b], images: ['*/x:*'] }"], {
    search: "kind: Command",
    condition: `(("k8s.user.aliuid" = 'dev-07') or ("k8s.user.username" = 'dev-07')) and "k8s.pod.namespace" like 'pay%' and (("k8s.pod.name" = 'a') or ("k8s.pod.name" = 'b')) and "k8s.container.image" like '%/x:%'`,
    isExact: false,
  }));
test("more programs than a search may have conditions are left to SQL", () => {
  const programs = Array.from({ length: 30 }, (_, index) => `p${index}`);
  check([`{ programs: [${programs.join(", ")}] }`], {
    search: "kind: Command",
    condition: `"process.name" in (${programs.map((program) => `'${program}'`).join(", ")})`,
    isExact: true,
  });
});
test("no rules find nothing", () =>
  assert.deepEqual(prefilter([]), { search: "kind: Command", condition: "false", isExact: true }));
test("an exception is not part of the prefilter, which is no longer exact", () => {
  const [rule] = rulesOf("{ programs: [nmap] }");
  assert.ok(rule);
  const exception = { owner: "me", untilMs: 0, match: { ...rule.match } };
  assert.equal(prefilter([{ ...rule, exceptions: [exception] }]).isExact, false);
});
test("the vendor's list fits into one search and is exact", () => {
  const { search, condition, isExact } = prefilter(readRules(vendorRules).rules);
  assert.equal(search.split(" or ").length, 29);
  assert.ok(condition.startsWith(`"process.name" in ('rm', 'sudo', `) && condition.endsWith(`'npm', 'gem')`));
  assert.equal(isExact, true);
});
