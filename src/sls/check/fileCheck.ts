import type { Knowledge } from "../knowledge.ts";
import {
  addMoved,
  type FileQuery,
  isNewest,
  type QueryColumns,
  type QueryFile,
  queryColumns,
  queryOf,
} from "../queryFile.ts";
import { checkFile, checkQuery } from "./check.ts";
import type { Problem } from "./problems.ts";

/** What the checks found in a query when it began at `start`. */
type Found = { readonly start: number; readonly problems: readonly Problem[] };

/**
 * All that is wrong in a file while it is edited: from version to version only the queries that changed are checked, and
 * what was found in the others moves with them. It holds for what was known when they were checked, so when more becomes
 * known a new one has to be made.
 */
export class FileCheck {
  readonly #knowledgeOf: (query: FileQuery | undefined) => Knowledge;
  #text = "";
  #file: QueryFile | undefined;
  #newestId = 0;
  /** By the ids of the queries that something was found in, and perhaps of some that are no more. */
  readonly #found = new Map<number, Found>();
  #problems: readonly Problem[] | undefined;

  constructor(knowledgeOf: (query: FileQuery | undefined) => Knowledge) {
    this.#knowledgeOf = knowledgeOf;
  }

  /** Goes on to another version of the file. Of one that `updateQueryFile` made of the last, only the changes are checked. */
  update(text: string, file: QueryFile): void {
    this.#text = text;
    this.#file = file;
    this.#problems = undefined;
    // One that is old by now has no numbers by which its queries could be known again.
    if (!isNewest(file)) return;
    const { ids } = queryColumns(file);
    const checked = this.#newestId;
    for (let index = 0; index < ids.length; index++) {
      const id = ids[index] as number;
      if (id <= checked) continue;
      this.#check(text, file, index, id);
      if (id > this.#newestId) this.#newestId = id;
    }
    if (this.#found.size > 2 * ids.length + 100) this.#forget(new Set(ids));
  }

  #check(text: string, file: QueryFile, index: number, id: number): void {
    const query = queryOf(file, index);
    const problems = query === undefined ? [] : checkQuery(text, query, this.#knowledgeOf(query));
    if (problems.length > 0) this.#found.set(id, { start: query?.span.start ?? 0, problems });
  }

  #forget(there: ReadonlySet<number>): void {
    for (const id of this.#found.keys()) if (!there.has(id)) this.#found.delete(id);
  }

  /** What the checks found in one query of the file. */
  of(index: number): readonly Problem[] {
    const file = this.#file;
    if (file === undefined) return [];
    const problems: Problem[] = [];
    if (isNewest(file)) {
      this.#add(problems, queryColumns(file), index);
      return problems;
    }
    const query = queryOf(file, index);
    return query === undefined ? problems : checkQuery(this.#text, query, this.#knowledgeOf(query));
  }

  /** All that is wrong in the file, as `checkFile` tells it. */
  get problems(): readonly Problem[] {
    this.#problems ??= this.#all();
    return this.#problems;
  }

  #all(): readonly Problem[] {
    const file = this.#file;
    if (file === undefined) return [];
    if (!isNewest(file)) return checkFile(this.#text, file, this.#knowledgeOf);
    const first = queryOf(file, 0);
    const titled = first === undefined || first.title !== undefined;
    const defaults = { defaults: file.defaults, queries: [], problems: [] };
    const all = [...file.problems, ...(titled ? checkFile(this.#text, defaults, this.#knowledgeOf) : [])];
    const columns = queryColumns(file);
    for (let index = 0; index < columns.ids.length; index++) this.#add(all, columns, index);
    return all.sort((a, b) => a.span.start - b.span.start);
  }

  #add(all: Problem[], { ids, starts }: QueryColumns, index: number): void {
    const found = this.#found.get(ids[index] as number);
    if (found !== undefined) addMoved(all, found.problems, (starts[index] as number) - found.start);
  }
}
