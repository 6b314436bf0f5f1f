import { hasErrors } from "../check/problems.ts";
import { type Named, type Names, type NameUse, nameAt, namesOf } from "../names.ts";
import { parseStatement } from "../parser/parser.ts";
import { Token } from "../parser/scanner.ts";
import { queryAt } from "../place.ts";
import type { FileQuery, QueryFile } from "../queryFile.ts";
import { isPlainName, quotedName } from "../quote.ts";
import { type Span, span } from "../span.ts";
import { applyEdits, type TextEdit } from "../textEdit.ts";

export type RenameRefusal =
  /** There is no name here that the statement gives. */
  | { readonly code: "nothing" }
  /** A field, a function and a table are called so elsewhere too. */
  | { readonly code: "field" | "function" | "table"; readonly name: string }
  /** Two columns are joined by this name, or a wildcard means it. */
  | { readonly code: "shared"; readonly name: string }
  /** The statement has mistakes, so that it is not sure what else is meant by the name. */
  | { readonly code: "broken" }
  | { readonly code: "empty" }
  /** The new name means something else in the statement. */
  | { readonly code: "conflict"; readonly name: string };

export type Renamable =
  | { readonly kind: "renamable"; readonly span: Span; readonly name: string }
  | { readonly kind: "refused"; readonly refusal: RenameRefusal };

export type Renamed =
  | { readonly kind: "edits"; readonly edits: readonly TextEdit[] }
  | { readonly kind: "refused"; readonly refusal: RenameRefusal };

type Found = { readonly kind: "found"; readonly query: FileQuery; readonly use: NameUse };
type Refused = { readonly kind: "refused"; readonly refusal: RenameRefusal };

/** Whether the name at an offset can be changed: an alias, a common table, a table's alias, a lambda's parameter. */
export function prepareRename(file: QueryFile, offset: number): Renamable {
  const found = renamableAt(file, offset);
  if (found.kind === "refused") return found;
  return { kind: "renamable", span: found.use.span, name: found.use.named.name };
}

/**
 * Changes a name everywhere it stands, in quotes where the new one needs them. It is refused where the statement would
 * then mean something else.
 */
export function rename(text: string, file: QueryFile, offset: number, typed: string): Renamed {
  const found = renamableAt(file, offset);
  if (found.kind === "refused") return found;
  const { query, use } = found;
  const name = unquoted(typed.trim());
  if (name === "" || /[\r\n]/.test(name)) return refused({ code: "empty" });
  const names = namesOf(query.statement);
  if (isTaken(names, use.named, name)) return refused({ code: "conflict", name });
  const edits = use.named.uses.map((each) => ({ span: each.span, text: writtenName(name, each.quoted) }));
  return staysItself(text, query, edits, names) ? { kind: "edits", edits } : refused({ code: "conflict", name });
}

function refused(refusal: RenameRefusal): Refused {
  return { kind: "refused", refusal };
}

function renamableAt(file: QueryFile, offset: number): Found | Refused {
  const query = queryAt(file, offset);
  const use = query && nameAt(namesOf(query.statement), offset);
  if (!query || !use) return refused({ code: "nothing" });
  const { kind, name, isShared } = use.named;
  switch (kind) {
    case "field":
    case "function":
    case "table":
      return refused({ code: kind, name });
    default:
      if (hasErrors(query.problems)) return refused({ code: "broken" });
      return isShared ? refused({ code: "shared", name }) : { kind: "found", query, use };
  }
}

function unquoted(typed: string): string {
  return /^".+"$/s.test(typed) ? typed.slice(1, -1).replaceAll('""', '"') : typed;
}

/** A name as the statement writes it. Words of the language are quoted although some may stand without in places. */
function writtenName(name: string, quoted: boolean): string {
  return quoted || !isPlainName(name) || Object.hasOwn(Token, name.toLowerCase()) ? quotedName(name) : name;
}

/** Whether something of the same sort has the name already. */
function isTaken({ all }: Names, renamed: Named, name: string): boolean {
  const key = name.toLowerCase();
  return all.some(
    (other) =>
      other !== renamed && other.name.toLowerCase() === key && isTable(other) === isTable(renamed) && isGiven(other),
  );
}

function isTable({ kind }: Named): boolean {
  return kind === "cte" || kind === "tableAlias" || kind === "table";
}

function isGiven({ kind }: Named): boolean {
  return kind !== "field" && kind !== "function";
}

/** Whether every name of the statement means the same as before with the edits made. */
function staysItself(text: string, query: FileQuery, edits: readonly TextEdit[], before: Names): boolean {
  const { start, end } = query.statement.span;
  const moved = edits.map((edit) => ({ ...edit, span: span(edit.span.start - start, edit.span.end - start) }));
  const { statement, problems } = parseStatement(applyEdits(text.slice(start, end), moved));
  return !hasErrors(problems) && sameShape(before, namesOf(statement));
}

/** Whether the uses of two statements fall into the same groups. */
function sameShape(before: Names, after: Names): boolean {
  if (before.uses.length !== after.uses.length) return false;
  const partners = new Map<Named, Named>();
  const taken = new Set<Named>();
  return before.uses.every((use, index) => {
    const other = after.uses[index]?.named;
    const partner = partners.get(use.named);
    if (partner) return partner === other;
    if (!other || taken.has(other) || other.kind !== use.named.kind) return false;
    partners.set(use.named, other);
    taken.add(other);
    return true;
  });
}
