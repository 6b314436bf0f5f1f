import { jsonPointer, sqlText } from "../recordColumns.ts";
import type { SchemaColumn } from "../schema.ts";

/** The steps of a JSON path such as `$.store.book[0]["a.b"]`; undefined for what is none, or has wildcards. */
export function jsonPath(text: string): readonly string[] | undefined {
  if (!text.startsWith("$")) return undefined;
  const steps: string[] = [];
  let rest = text.slice(1);
  const step = /^(?:\.([^.[\]"'*\s]+)|\[\s*([0-9]+)\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*'([^']*)'\s*\])/;
  while (rest !== "") {
    const found = step.exec(rest);
    if (found === null) return undefined;
    const [whole, name, index, doubleQuoted, singleQuoted] = found;
    steps.push(name ?? index ?? doubleQuoted?.replace(/\\(.)/g, "$1") ?? singleQuoted ?? "");
    rest = rest.slice(whole.length);
  }
  return steps;
}

/**
 * The spellings under which a path into a JSON field of the records is looked up: as it is written, as the records are
 * known to spell it, and in lower case. The documentation writes `'$.parentPid'`, and SLS's SQL has `process.parentpid`.
 */
export function pathSpellings(
  path: readonly string[],
  field: SchemaColumn | undefined,
  columns: readonly SchemaColumn[],
): readonly (readonly string[])[] {
  if (field === undefined || field.from !== undefined) return [path];
  const known = columns
    .filter((column) => column.from?.field === field.name)
    .map((column) => column.from?.path ?? [])
    .find((columnPath) => path.every((key, index) => index >= columnPath.length || same(key, columnPath[index])));
  const lower = path.map((key) => key.toLowerCase());
  const recorded = path.map((key, index) => known?.[index] ?? key);
  const spellings = [path, recorded, lower];
  return spellings.filter(
    (spelling, index) => spellings.findIndex((other) => other.join("\0") === spelling.join("\0")) === index,
  );
}

function same(left: string, right: string | undefined): boolean {
  return left.toLowerCase() === right?.toLowerCase();
}

/**
 * What `read` (`json_extract` or a relative) finds at the first of the paths that has anything. A text that is no JSON
 * gives null, as SLS documents.
 */
export function atPaths(read: string, json: string, paths: readonly (readonly string[])[]): string {
  const found = paths.map((path) => `${read}(${json}, ${sqlText(path.length === 0 ? "$" : jsonPointer(path))})`);
  return `TRY(${found.length === 1 ? found[0] : `coalesce(${found.join(", ")})`})`;
}
