import assert from "node:assert/strict";
import { test } from "node:test";
import { readRules } from "../../../src/rules/readRules.ts";

/**
 * A rule file with one rule, whose lines are replaced by key; the text between `‹` and `›` is where the problem must lie.
 */
function file(changes: Readonly<Record<string, string>> = {}): string {
  const lines = {
    id: "id: a-rule",
    title: "title: { en: A rule, zh: 规则 }",
    reason: "reason: { en: Because., zh: 因为。 }",
    severity: "severity: high",
    match: "match: { programs: [curl] }",
    ...changes,
  };
  const rule = Object.values(lines).filter((line) => line !== "");
  return `rules:\n  - ${rule.map((line) => line.replaceAll("\n", "\n    ")).join("\n    ")}\n`;
}

/** Each problem as its line, code and data, and the text at its place. */
function check(marked: string, expected: readonly string[]): void {
  const start = marked.indexOf("‹");
  const text = marked.replace("‹", "").replace("›", "");
  const { rules, problems } = readRules(text);
  assert.deepEqual(
    problems.map(({ span: _, line, code, ...data }) => [line, code, ...Object.values(data)].join(" ").trim()),
    expected,
  );
  assert.equal(rules.length, expected.length === 0 ? 1 : 0);
  if (start >= 0) {
    const { span } = problems[0] ?? {};
    assert.equal(text.slice(span?.start, span?.end).trimEnd(), marked.slice(start + 1, marked.indexOf("›")));
  }
}

test("a whole rule", () => {
  const { rules, problems } = readRules(`rules:
  - id: sa-token-read
    title: { en: Token read, zh: 读取令牌 }
    reason: { en: The token opens the API server., zh: 令牌可访问 API Server。 }
    severity: high
    mitre: [T1552.001, T1528]
    match:
      programs: [cat, less]
      commandLine: '(?i)serviceaccount/token'
      uids: [0, "1000"]
      users: ["dev-*"]
      namespaces: [payments]
      pods: ["api-*"]
      images: ["*/api:*"]
    exceptions:
      - owner: platform-01
        until: 2026-12-31
        match: { pods: [agent-0] }
    samples:
      - { command: cat /var/run/secrets/kubernetes.io/serviceaccount/token, uid: 0, matches: true }
      - { command: /usr/bin/cat a.txt, program: cat, matches: false }
`);
  const none = {
    programs: undefined,
    commandLine: undefined,
    uids: undefined,
    users: undefined,
    namespaces: undefined,
    images: undefined,
  };
  assert.deepEqual(problems, []);
  assert.deepEqual(rules, [
    {
      id: "sa-token-read",
      title: { en: "Token read", zh: "读取令牌" },
      reason: { en: "The token opens the API server.", zh: "令牌可访问 API Server。" },
      severity: "high",
      mitre: ["T1552.001", "T1528"],
      match: {
        programs: ["cat", "less"],
        commandLine: ["(?i)serviceaccount/token"],
        uids: ["0", "1000"],
        users: ["dev-*"],
        namespaces: ["payments"],
        pods: ["api-*"],
        images: ["*/api:*"],
      },
      exceptions: [{ owner: "platform-01", untilMs: Date.UTC(2027, 0, 1), match: { ...none, pods: ["agent-0"] } }],
      samples: [
        {
          command: "cat /var/run/secrets/kubernetes.io/serviceaccount/token",
          program: undefined,
          uid: "0",
          matches: true,
        },
        { command: "/usr/bin/cat a.txt", program: "cat", uid: undefined, matches: false },
      ],
    },
  ]);
});

test("the least that a rule is", () => check(file(), []));
test("an alias inside a rule", () => check(file({ match: "match: { programs: &p [curl], pods: *p }" }), []));
test("text that is no YAML", () =>
  check("rules: [", ["1 yaml Flow sequence in block collection must be sufficiently indented and end with a ]"]));
test("an empty file", () => check("", ["1 expected file map"]));
test("a file that is a list", () => check("- a", ["1 expected file map"]));
test("a file without rules", () => check("rule: []", ["1 key-unknown rule rules", "1 key-missing rules"]));
test("rules that are no list", () => check("rules: ‹all›", ["1 expected rules list"]));
test("a rule that is no map", () => check("rules:\n  - ‹curl›", ["2 expected rules map"]));
test("a key nobody knows", () =>
  check(file({ severity: "‹sevrity›: high" }), ["5 key-unknown sevrity severity", "2 key-missing severity"]));
test("what is missing is told at the rule", () =>
  check(file({ title: "", reason: "" }), ["2 key-missing title", "2 key-missing reason"]));
test("a language that is missing", () => check(file({ title: "title: ‹{ en: A rule }›" }), ["3 key-missing zh"]));
test("a text that is a list", () => check(file({ id: "id: ‹[a]›" }), ["2 expected id text"]));
test("a text that is empty", () => check(file({ id: 'id: ‹""›' }), ["2 expected id text"]));
test("an id that is no id", () => check(file({ id: "id: ‹A Rule›" }), ["2 id-unreadable A Rule"]));
test("a severity nobody knows", () => check(file({ severity: "severity: ‹urgent›" }), ["5 severity-unknown urgent"]));
test("a technique that is none", () =>
  check(file({ mitre: "mitre: [T1059, ‹execution›]" }), ["7 technique-unreadable execution"]));
test("a pattern that is none", () =>
  check(file({ match: "match:\n  commandLine:\n    - curl\n    - ‹'curl ('›" }), ["9 pattern-unreadable curl ("]));
test("a condition nobody knows", () =>
  check(file({ match: "match: { ‹program›: curl }" }), ["6 key-unknown program programs", "6 match-empty"]));
test("no condition at all", () => check(file({ match: "match: ‹{}›" }), ["6 match-empty"]));
test("a condition without values", () => check(file({ match: "match: { pods: ‹[]› }" }), ["6 expected pods text"]));
test("an exception without an owner", () =>
  check(file({ exceptions: "exceptions: [‹{ until: 2026-12-31, match: { pods: [a] } }›]" }), ["7 key-missing owner"]));
test("an exception without a day", () =>
  check(file({ exceptions: "exceptions: [{ owner: me, until: ‹soon›, match: { pods: [a] } }]" }), [
    "7 expected until day",
  ]));
test("a verdict that is neither true nor false", () =>
  check(file({ samples: "samples: [{ command: curl, matches: ‹maybe› }]" }), ["7 expected matches truth"]));
test("a key given twice", () =>
  check(file({ severity: "severity: high\nseverity: low" }), ["6 yaml Map keys must be unique"]));
test("a rule that is wrong does not take the others with it", () => {
  const { rules, problems } = readRules(
    `${file({ id: "id: good" })}${file({ id: "id: BAD" }).replace("rules:\n", "")}`,
  );
  assert.deepEqual([rules.map(({ id }) => id), problems.map(({ code }) => code)], [["good"], ["id-unreadable"]]);
});
test("an id that another rule has", () => {
  const { rules, problems } = readRules(`${file()}${file().replace("rules:\n", "")}`);
  assert.deepEqual([rules.length, problems.map(({ code, line }) => `${line} ${code}`)], [1, ["7 id-repeated"]]);
});
test("any beginning of a file gives rules and problems", () => {
  const text = file({ mitre: "mitre: [T1059]", samples: "samples: [{ command: curl, matches: true }]" });
  for (let length = 0; length <= text.length; length++) {
    const { rules, problems } = readRules(text.slice(0, length));
    assert.ok(rules.length > 0 || problems.length > 0, text.slice(0, length));
  }
});
