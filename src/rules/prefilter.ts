import { searchValue, sqlName, sqlString } from "../sls/quote.ts";
import { isPortable } from "./pattern.ts";
import type { Conditions, Rule } from "./rule.ts";

/**
 * Finds the candidates of rules where the logs are. It finds every command that the matcher marks, and more; except that
 * SLS's SQL sees only the beginning of a long text column (2,048 bytes where the index says nothing else).
 */
export type Prefilter = {
  /** The search half of a statement. */
  readonly search: string;
  /** A condition of SQL over commands. */
  readonly condition: string;
  /** The condition finds nothing but what the matcher marks, so its count needs no check. */
  readonly isExact: boolean;
};

/** The fewer of the two published limits of conditions in a search (sls.md §1), less the one on `kind`. */
const maxSearchedPrograms = 29;

export function prefilter(rules: readonly Rule[]): Prefilter {
  const programs = rules.every(({ match }) => match.programs !== undefined)
    ? [...new Set(rules.flatMap(({ match }) => match.programs ?? []))]
    : [];
  const searched = programs.map(searchValue).filter((value) => value !== undefined);
  const isSearchable =
    searched.length > 0 && searched.length === programs.length && searched.length <= maxSearchedPrograms;
  const anyProgram = searched.map((value) => `process.name: ${value}`).join(" or ");
  return {
    search: isSearchable ? `kind: Command and (${anyProgram})` : "kind: Command",
    condition: anyOf(rules.map(({ match }) => ruleCondition(match))),
    isExact: rules.every(({ match, exceptions }) => exceptions.length === 0 && isExact(match)),
  };
}

function ruleCondition(match: Conditions): string {
  const conditions: string[] = [];
  if (match.programs !== undefined) conditions.push(isIn(sqlName("process.name"), match.programs));
  // The index may have it as a number or as a text.
  if (match.uids !== undefined) conditions.push(isIn(`cast(${sqlName("process.user.uid")} as varchar)`, match.uids));
  if (match.commandLine?.every(isPortable) === true) {
    const column = sqlName("process.cmdline");
    conditions.push(anyOf(match.commandLine.map((pattern) => `regexp_like(${column}, ${sqlString(pattern)})`)));
  }
  const named = (names: readonly string[] | undefined, ...columns: string[]) => {
    if (names === undefined) return;
    conditions.push(anyOf(names.flatMap((name) => columns.map((column) => isNamed(sqlName(column), name)))));
  };
  named(match.users, "k8s.user.aliuid", "k8s.user.username");
  named(match.namespaces, "k8s.pod.namespace");
  named(match.pods, "k8s.pod.name");
  named(match.images, "k8s.container.image");
  return conditions.length === 0 ? "true" : conditions.join(" and ");
}

/** Regular expressions of two engines differ in corners, and `_` and `%` of a name are wildcards of LIKE. */
function isExact({ commandLine, users, namespaces, pods, images }: Conditions): boolean {
  const names = [users, namespaces, pods, images].flatMap((list) => list ?? []);
  return commandLine === undefined && !names.some((name) => name.includes("*"));
}

function isIn(column: string, values: readonly string[]): string {
  return `${column} in (${values.map(sqlString).join(", ")})`;
}

function isNamed(column: string, name: string): string {
  return name.includes("*")
    ? `${column} like ${sqlString(name.replaceAll("*", "%"))}`
    : `${column} = ${sqlString(name)}`;
}

function anyOf(conditions: readonly string[]): string {
  const [only] = conditions;
  if (only === undefined) return "false";
  return conditions.length === 1 ? only : `(${conditions.map((condition) => `(${condition})`).join(" or ")})`;
}
