import { reservedWords } from "./parser/scanner.ts";

/** Words that have to be quoted to be searched for: those of the language, and those that SLS reserves beside them. */
const reservedInSearch: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "in",
  "sort",
  "asc",
  "desc",
  "group",
  "by",
  "avg",
  "sum",
  "min",
  "max",
  "limit",
]);

/** What the search half reads as one word with nothing special in it. Letters beyond ASCII are quoted, as SLS asks. */
function isBareWord(text: string): boolean {
  return /^[A-Za-z0-9_/][A-Za-z0-9_./@-]*$/.test(text) && !reservedInSearch.has(text.toLowerCase());
}

/**
 * Writes a text as a value of the search half, quoted where it has to be, so that it reads back as itself and nothing in
 * it is a wildcard. Undefined where SLS has no way to write it: in quotes `\"` is a quote, so no quoted text can end with
 * a backslash, and a bare word can only if all of it may stand without quotes.
 */
export function searchValue(text: string): string | undefined {
  if (isBareWord(text)) return text;
  if (text.endsWith("\\")) return /^[A-Za-z0-9_/\\][A-Za-z0-9_./@\\-]*$/.test(text) ? text : undefined;
  return quotedSearch(text);
}

/** Writes the name of a field for the search half, under the same rule as `searchValue`. Tags keep their colon bare. */
export function searchField(name: string): string | undefined {
  const tag = "__tag__:";
  if (name.startsWith(tag) && isBareWord(name.slice(tag.length))) return name;
  return searchValue(name);
}

/** A text in the quotes of the search half. It reads back as itself unless it ends with a backslash. */
export function quotedSearch(text: string): string {
  return `"${text.replaceAll('"', '\\"')}"`;
}

/** Writes any text as a text of SQL and SPL. A backslash is a character like any other there. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Writes the name of a column, table or function for SQL, in double quotes unless it is a plain word. */
export function sqlName(name: string): string {
  return isPlainName(name) && !reservedWords.has(name.toLowerCase()) ? name : quotedName(name);
}

/** Whether a name is made of what a name without quotes may be made of. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
