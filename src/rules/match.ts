import type { AuditEvent, CommandEvent } from "../audit/event.ts";
import { readPattern, wildcardPattern } from "./pattern.ts";
import type { Conditions, Rule } from "./rule.ts";

/** Every rule that an event breaks, in the order of the rules. */
export type Matcher = (event: AuditEvent) => readonly Rule[];

/**
 * The one matcher: rows, traces, the tree and the report are all marked by it. Rules judge commands; an entry by itself
 * is no risk. Made once for a set of rules, so that an event costs a look-up and the rules that do not name programs.
 */
export function createMatcher(rules: readonly Rule[]): Matcher {
  const judges = rules.map((rule) => ({
    rule,
    matches: conditionTest(rule.match),
    exceptions: rule.exceptions.map(({ match, untilMs }) => ({ untilMs, matches: conditionTest(match) })),
  }));
  const ofAnyProgram = judges.filter(({ rule }) => rule.match.programs === undefined);
  const ofProgram = new Map<string, typeof judges>();
  for (const judge of judges) {
    for (const program of judge.rule.match.programs ?? []) {
      // The rules of no program are in each list, so that verdicts keep the order of the rules.
      if (!ofProgram.has(program)) {
        const named = judges.filter(({ rule }) => rule.match.programs?.includes(program) ?? true);
        ofProgram.set(program, named);
      }
    }
  }
  return (event) => {
    if (event.kind !== "command") return [];
    return (ofProgram.get(event.program) ?? ofAnyProgram)
      .filter(({ matches }) => matches(event))
      .filter(({ exceptions }) => !exceptions.some(({ untilMs, matches }) => event.atMs < untilMs && matches(event)))
      .map(({ rule }) => rule);
  };
}

type Test = (event: CommandEvent) => boolean;

function conditionTest(conditions: Conditions): Test {
  const { programs, commandLine, uids, users, namespaces, pods, images } = conditions;
  const tests: Test[] = [];
  if (programs !== undefined) tests.push(({ program }) => programs.includes(program));
  if (uids !== undefined) tests.push(({ uid }) => uids.includes(uid));
  if (commandLine !== undefined) {
    const patterns = commandLine.map(readPattern).filter((pattern) => pattern !== undefined);
    tests.push((event) => patterns.some((pattern) => pattern.test(event.commandLine)));
  }
  if (users !== undefined) {
    const isNamed = nameTest(users);
    tests.push(({ user }) => isNamed(user.aliuid) || isNamed(user.username));
  }
  const named = (names: readonly string[] | undefined, nameOf: (event: CommandEvent) => string) => {
    if (names === undefined) return;
    const isNamed = nameTest(names);
    tests.push((event) => isNamed(nameOf(event)));
  };
  named(namespaces, ({ pod }) => pod.namespace);
  named(pods, ({ pod }) => pod.name);
  named(images, ({ container }) => container.image);
  return (event) => tests.every((test) => test(event));
}

/** A name that a record does not have matches nothing, not even `*`. */
function nameTest(names: readonly string[]): (name: string) => boolean {
  const patterns = names.map(wildcardPattern);
  return (name) => name !== "" && patterns.some((pattern) => pattern.test(name));
}
