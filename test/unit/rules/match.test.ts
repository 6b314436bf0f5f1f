import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEvent } from "../../../src/audit/event.ts";
import { createMatcher } from "../../../src/rules/match.ts";
import { readRules } from "../../../src/rules/readRules.ts";
import { commandEvent, entryEvent } from "../audit/events.ts";

const { rules, problems } = readRules(`rules:
  - id: program
    title: { en: t, zh: t }
    reason: { en: r, zh: r }
    severity: low
    match: { programs: [curl, wget] }
${[
  ["line", "{ commandLine: ['/etc/shadow$', '(?i)secret'] }"],
  ["line-of-program", "{ programs: [cat], commandLine: token }"],
  ["root", "{ programs: [id], uids: [0] }"],
  ["user", "{ programs: [who], users: ['dev-*', '2855'] }"],
  ["place", "{ programs: [ps], namespaces: [pay*], pods: ['*-0'], images: ['nginx:1.25'] }"],
]
  .map(
    ([id, match]) =>
      `  - { id: ${id}, title: { en: t, zh: t }, reason: { en: r, zh: r }, severity: low, match: ${match} }`,
  )
  .join("\n")}
  - id: excepted
    title: { en: t, zh: t }
    reason: { en: r, zh: r }
    severity: low
    match: { programs: [nmap] }
    exceptions:
      - { owner: platform-01, until: 2026-01-01, match: { namespaces: [scan] } }
`);
const matcher = createMatcher(rules);

function check(event: AuditEvent, expected: readonly string[]): void {
  assert.deepEqual(
    matcher(event).map(({ id }) => id),
    expected,
  );
}
const command = (program: string, commandLine: string, given: Partial<AuditEvent> = {}) =>
  commandEvent("e", Date.UTC(2025, 11, 31), { program, commandLine, ...given } as Parameters<typeof commandEvent>[2]);
const pod = (namespace: string, name: string) => ({ namespace, name, labels: {} });
const user = (username: string, aliuid = "") => ({ username, aliuid, groups: [] });

test("the rules of this test are right", () => assert.deepEqual(problems, []));
test("a program of the list", () => check(command("curl", "curl x"), ["program"]));
test("a program is its whole name", () => check(command("curlie", "curlie"), []));
test("an entry is judged by no rule", () => check(entryEvent("e", 0, { commandText: "curl /etc/shadow" }), []));
test("a pattern is found anywhere in the line", () => check(command("less", "less /etc/shadow"), ["line"]));
test("a pattern that is bound to the end", () => check(command("less", "less /etc/shadow-"), []));
test("a pattern that ignores case", () => check(command("env", "env MY_SECRET=1"), ["line"]));
test("a pattern that minds case", () => check(command("cat", "cat TOKEN"), []));
test("all conditions of a rule must hold", () => {
  check(command("cat", "cat token"), ["line-of-program"]);
  check(command("less", "less token"), []);
});
test("several rules in their order", () => check(command("wget", "wget /etc/shadow"), ["program", "line"]));
test("a uid", () => {
  check(command("id", "id", { uid: "0" } as Partial<AuditEvent>), ["root"]);
  check(command("id", "id"), []);
});
test("a user by name or by RAM uid, with a star for any text", () => {
  check(command("who", "who", { user: user("dev-07") }), ["user"]);
  check(command("who", "who", { user: user("other", "2855") }), ["user"]);
  check(command("who", "who", { user: user("my-dev-07", "28551") }), []);
});
test("a place by namespace, pod and image", () => {
  check(command("ps", "ps", { pod: pod("payments", "db-0") }), ["place"]);
  check(command("ps", "ps", { pod: pod("payments", "db-1") }), []);
  check(command("ps", "ps", { pod: pod("payments", "db-0"), container: { name: "a", image: "nginx:1x25" } }), []);
});
test("an exception holds until its day has passed", () => {
  check(command("nmap", "nmap", { pod: pod("scan", "a") }), []);
  check(command("nmap", "nmap", { pod: pod("scan", "a"), atMs: Date.UTC(2026, 0, 1, 23, 59) }), []);
  check(command("nmap", "nmap", { pod: pod("scan", "a"), atMs: Date.UTC(2026, 0, 2) }), ["excepted"]);
  check(command("nmap", "nmap", { pod: pod("shop", "a") }), ["excepted"]);
});
