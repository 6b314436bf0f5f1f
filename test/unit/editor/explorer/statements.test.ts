import assert from "node:assert/strict";
import { test } from "node:test";
import { activityQuery } from "../../../../src/editor/explorer/activity.ts";
import {
  accessesStatement,
  enteredPodsStatement,
  namespaceStatement,
  podEntriesStatement,
  readTraceSeen,
  readUserSeen,
  searchableWord,
  tracesLikeStatement,
  tracesSeenStatement,
  userEntriesStatement,
  usersSeenStatement,
} from "../../../../src/editor/explorer/statements.ts";
import { readRules } from "../../../../src/rules/readRules.ts";
import { parseStatement } from "../../../../src/sls/parser/parser.ts";

function check(statement: string): void {
  assert.deepEqual(parseStatement(statement).problems, [], statement);
}

test("the statements of the tree and of the search are read without a problem", () => {
  check(activityQuery(readRules(programs).rules).statement);
  check(accessesStatement);
  check(enteredPodsStatement);
  check(usersSeenStatement);
  check(tracesSeenStatement);
  check(tracesLikeStatement("api-6f7c.x"));
  check(podEntriesStatement("payments", "api-6f7c9d5b8-k2x4p"));
  check(namespaceStatement("kube-system"));
});

for (const who of [
  "208755",
  "system:serviceaccount:ci:runner",
  "O'Brien",
  'a "b"',
  "back\\",
  "and",
  "* or kind: x",
  "张三",
]) {
  test(`the user ${who} is a value and nothing else`, () => {
    check(userEntriesStatement(who));
    check(namespaceStatement(who));
  });
}

test("of what was typed the longest word is looked for that needs no quotes", () => {
  const texts = ["dev-07", "pay api-6f7c", "system:serviceaccount:ci", "ab", "and", "ab*cd", '"dev', "张三", ""];
  assert.deepEqual(texts.map(searchableWord), [
    "dev-07",
    "api-6f7c",
    "serviceaccount",
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

const programs = `rules:
  - id: vendor
    title: { en: a, zh: b }
    reason: { en: a, zh: b }
    severity: medium
    match: { programs: [rm, curl] }
`;

test("a rule of programs alone is counted exactly, one with an expression is an upper bound", () => {
  assert.equal(activityQuery(readRules(programs).rules).isExact, true);
  const withExpression = programs.replace("[rm, curl]", "[rm], commandLine: ['rm -rf']");
  assert.equal(activityQuery(readRules(withExpression).rules).isExact, false);
});

test("a row that names nobody is nobody", () => {
  assert.equal(readUserSeen({ who: "null", username: "", traces: "1", last_event: "5" }), undefined);
  assert.deepEqual(readUserSeen({ who: "208755", username: "null", traces: "3", last_event: "1700000000" }), {
    who: "208755",
    username: "",
    traces: 3,
    lastMs: 1_700_000_000_000,
  });
  assert.equal(readTraceSeen({ trace: "" }), undefined);
  assert.equal(readTraceSeen({ trace: "t-1", last_event: "1700000000" })?.lastMs, 1_700_000_000_000);
});
