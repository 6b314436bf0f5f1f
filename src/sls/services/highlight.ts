import { nameAt, namesOf } from "../names.ts";
import { queryAt } from "../place.ts";
import type { QueryFile } from "../queryFile.ts";
import type { Span } from "../span.ts";

export type Highlight = { readonly span: Span; readonly kind: "read" | "write" };

/** Everywhere in the query that the name at an offset stands, in either half; `write` where it is given. */
export function highlightsAt(file: QueryFile, offset: number): readonly Highlight[] {
  const query = queryAt(file, offset);
  const use = query && nameAt(namesOf(query.statement), offset);
  if (!use) return [];
  return use.named.uses.map(({ span, isDefinition }) => ({ span, kind: isDefinition ? "write" : "read" }));
}
