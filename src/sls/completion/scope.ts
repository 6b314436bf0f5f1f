import type { Knowledge, KnownField } from "../knowledge.ts";
import type { Span } from "../span.ts";
import type { Analysis, Expression, Query, QueryBody, Relation, Select } from "../syntax.ts";

/** A column that a query can name. `field` is the field of the log that it is, where it is one unchanged. */
export type ScopeColumn = { readonly name: string; readonly field: KnownField | undefined };

export type ScopeRelation = {
  /** Its alias, else its name; undefined for a subquery without one. */
  readonly name: string | undefined;
  readonly columns: readonly ScopeColumn[];
};

/** A name that a SELECT gives to what it computes. */
export type ScopeAlias = { readonly name: string; readonly expression: Expression };

/** What can be named at a place of an analysis. */
export type Scope = {
  readonly relations: readonly ScopeRelation[];
  /** The aliases of the SELECT around the place. */
  readonly aliases: readonly ScopeAlias[];
  /** The names of common tables that can be read from here. */
  readonly tables: readonly string[];
  /** The SELECT around the place. */
  readonly select: Select | undefined;
};

/** A relation that reads two others which read two others … is not followed for ever. */
const maxColumns = 500;

/** What can be named at a place. `anchor` is the end of what stands before it. */
export function scopeAt(analysis: Analysis | undefined, anchor: number, knowledge: Knowledge): Scope {
  const log = logColumns(knowledge);
  if (analysis?.kind !== "sql") {
    return { relations: [{ name: undefined, columns: log }], aliases: [], tables: [], select: undefined };
  }
  const around = queriesAround(analysis.query, anchor);
  const tables = new Map<string, Query>();
  let innermost = analysis.query;
  for (const query of around) {
    innermost = query;
    for (const table of query.with) {
      // A common table can read those before it and not itself.
      if (holds(table.query.span, anchor)) break;
      if (table.name.name !== "") tables.set(table.name.name, table.query);
    }
  }
  const select = selectAround(innermost.body, anchor);
  const reader = new Reader(tables, log);
  return {
    relations: select === undefined ? [] : reader.relations(select.from),
    aliases: select === undefined ? [] : aliasesOf(select),
    tables: [...tables.keys()],
    select,
  };
}

/** The columns of the log by their names in SQL. What lies in a JSON column is none. */
function logColumns({ fields }: Knowledge): readonly ScopeColumn[] {
  return fields.map((field) => ({ name: field.sql, field }));
}

export function aliasesOf(select: Select): readonly ScopeAlias[] {
  return select.items.flatMap((item) =>
    item.kind === "column" && item.alias !== undefined && item.alias.name !== ""
      ? [{ name: item.alias.name, expression: item.expression }]
      : [],
  );
}

/** The field that a plain column of a scope is. */
export function fieldOf(expression: Expression, relations: readonly ScopeRelation[]): KnownField | undefined {
  if (expression.kind === "group") return fieldOf(expression.operand, relations);
  if (expression.kind !== "column") return undefined;
  const name = expression.path.map((part) => part.name).join(".");
  return columnNamed(name, relations)?.field;
}

/** The column of a name in any case, also behind the name of its relation. */
export function columnNamed(name: string, relations: readonly ScopeRelation[]): ScopeColumn | undefined {
  const wanted = name.toLowerCase();
  for (const relation of relations) {
    const prefix = relation.name === undefined ? undefined : `${relation.name.toLowerCase()}.`;
    const found = relation.columns.find((column) => {
      const own = column.name.toLowerCase();
      return own === wanted || (prefix !== undefined && prefix + own === wanted);
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

class Reader {
  readonly #tables: ReadonlyMap<string, Query>;
  readonly #log: readonly ScopeColumn[];
  readonly #outputs = new Map<Query, readonly ScopeColumn[]>();

  constructor(tables: ReadonlyMap<string, Query>, log: readonly ScopeColumn[]) {
    this.#tables = tables;
    this.#log = log;
  }

  relations(from: Relation | undefined): readonly ScopeRelation[] {
    if (from === undefined) return [{ name: undefined, columns: this.#log }];
    switch (from.kind) {
      case "table": {
        const name = from.name.at(-1)?.name ?? "";
        const query = this.#table(name);
        const columns = renamed(query === undefined ? this.#log : this.#columns(query), from.alias?.columns);
        return [{ name: from.alias?.name.name ?? name, columns }];
      }
      case "subquery": {
        const columns = renamed(this.#columns(from.query), from.alias?.columns);
        return [{ name: from.alias?.name.name, columns }];
      }
      case "unnest": {
        const columns = (from.alias?.columns ?? []).map(({ name }) => ({ name, field: undefined }));
        return [{ name: from.alias?.name.name, columns }];
      }
      case "join":
        return [...this.relations(from.left), ...this.relations(from.right)];
      case "missing":
        return [{ name: undefined, columns: this.#log }];
      default:
        return from satisfies never;
    }
  }

  #table(name: string): Query | undefined {
    return this.#tables.get(name) ?? this.#tables.get([...this.#tables.keys()].find(isSame(name)) ?? "");
  }

  /** What a query answers, as far as it has names. */
  #columns(query: Query): readonly ScopeColumn[] {
    const known = this.#outputs.get(query);
    if (known !== undefined) return known;
    // While it is being read, what reads itself reads nothing.
    this.#outputs.set(query, []);
    const columns = this.#bodyColumns(query.body).slice(0, maxColumns);
    this.#outputs.set(query, columns);
    return columns;
  }

  #bodyColumns(body: QueryBody): readonly ScopeColumn[] {
    switch (body.kind) {
      case "select": {
        const relations = this.relations(body.from);
        return body.items.flatMap((item): readonly ScopeColumn[] => {
          if (item.kind === "star") {
            const read = relations.filter(
              ({ name }) => item.table === undefined || isSame(item.table.name)(name ?? ""),
            );
            return read.flatMap(({ columns }) => columns);
          }
          const field = fieldOf(item.expression, relations);
          if (item.alias !== undefined) return [{ name: item.alias.name, field }];
          const last = item.expression.kind === "column" ? item.expression.path.at(-1) : undefined;
          return last === undefined || last.name === "" ? [] : [{ name: last.name, field }];
        });
      }
      case "setOperation":
        return this.#bodyColumns(body.left);
      case "nested":
        return this.#columns(body.query);
      case "values":
        return [];
      default:
        return body satisfies never;
    }
  }
}

function isSame(name: string): (other: string) => boolean {
  return (other) => other.toLowerCase() === name.toLowerCase();
}

function renamed(
  columns: readonly ScopeColumn[],
  names: readonly { readonly name: string }[] | undefined,
): readonly ScopeColumn[] {
  if (names === undefined || names.length === 0) return columns;
  return names.map(({ name }, index) => ({ name, field: columns[index]?.field }));
}

// ------------------------------------------------------------------------------------------------ places in the tree

function holds({ start, end }: Span, anchor: number): boolean {
  return start <= anchor && anchor <= end;
}

/** The objects of a tree that hold a place, the outermost first. */
export function nodesAt(root: object, anchor: number): readonly object[] {
  const path: object[] = [];
  let next: object | undefined = root;
  while (next !== undefined) {
    path.push(next);
    next = childAt(next, anchor);
  }
  return path;
}

/** Of two children that meet at the place, the one that begins there comes after the one that ends there, and wins. */
function childAt(parent: object, anchor: number): object | undefined {
  let best: object | undefined;
  const look = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (Array.isArray(value)) {
      for (const element of value) look(element);
      return;
    }
    if (!("span" in value)) return;
    const at = value.span as Span;
    if (holds(at, anchor)) best = value;
  };
  for (const value of Object.values(parent)) look(value);
  return best;
}

/** The queries that hold a place, the outermost first. */
function queriesAround(query: Query, anchor: number): readonly Query[] {
  const inner = nodesAt(query, anchor).filter(isQuery);
  return inner.length === 0 ? [query] : inner;
}

function isQuery(node: object): node is Query {
  return "kind" in node && node.kind === "query";
}

/** The SELECT of a body that holds a place or, where none does, the last one before it. */
function selectAround(body: QueryBody, anchor: number): Select | undefined {
  switch (body.kind) {
    case "select":
      return body;
    case "setOperation": {
      const right = body.right.span.start <= anchor ? selectAround(body.right, anchor) : undefined;
      return right ?? selectAround(body.left, anchor);
    }
    case "nested":
      return selectAround(body.query.body, anchor);
    case "values":
      return undefined;
    default:
      return body satisfies never;
  }
}
