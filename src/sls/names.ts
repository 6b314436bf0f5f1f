import { slsFunction } from "./functions/catalogue.ts";
import type { Span } from "./span.ts";
import type {
  Expression,
  Identifier,
  Query,
  QueryBody,
  Relation,
  Search,
  Select,
  SplAnalysis,
  SplCommand,
  Statement,
  TableAlias,
} from "./syntax.ts";
import { eachPart, someExpression } from "./walk.ts";

/** What a name of a statement stands for, and everywhere it stands. */
export type Named = {
  readonly kind: /** A field of the log, of whichever half; or a column of a table that is not known further. */
    | "field"
    | "function"
    /** The log, or a table elsewhere. */
    | "table"
    /** `with name as (…)`. */
    | "cte"
    | "tableAlias"
    /** Of a SELECT's item, or what a command of SPL calls its result. */
    | "alias"
    /** `t(name)`: a column that is named with its table. */
    | "columnAlias"
    /** Of a lambda. */
    | "parameter";
  readonly name: string;
  /** In the order of the text, as far as the resolving goes. */
  readonly uses: readonly NameUse[];
  /** Two columns are joined by this name, or a wildcard means it: it cannot change in one place alone. */
  readonly isShared: boolean;
};

export type NameUse = {
  /** With the quotes, where there are some. */
  readonly span: Span;
  readonly half: "search" | "analysis";
  readonly quoted: boolean;
  /** Whether the name is given here. */
  readonly isDefinition: boolean;
  readonly named: Named;
};

export type Names = {
  /** Every name that means something, in the order of the text. */
  readonly uses: readonly NameUse[];
  readonly all: readonly Named[];
};

const known = new WeakMap<Statement, Names>();

/** What the names of a statement mean. A name that nothing in the statement or the log can be is left out. */
export function namesOf(statement: Statement): Names {
  const found = known.get(statement);
  if (found) return found;
  const resolver = new Resolver();
  resolver.statement(statement);
  const names = resolver.names();
  known.set(statement, names);
  return names;
}

/** The name at an offset, or one that ends there. */
export function nameAt({ uses }: Names, offset: number): NameUse | undefined {
  let low = 0;
  let high = uses.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((uses[middle] as NameUse).span.start <= offset) low = middle + 1;
    else high = middle;
  }
  const use = uses[low - 1];
  if (use && offset <= use.span.end) return use;
  return undefined;
}

// ------------------------------------------------------------------------------------------------ scopes

type Mutable = {
  readonly kind: Named["kind"];
  readonly name: string;
  readonly uses: NameUse[];
  isShared: boolean;
};

/** What a query or a relation answers. `open`: any name beside its columns may be one too. */
type Columns = { readonly list: readonly Column[]; readonly open: Unknown | undefined };
type Column = { readonly key: string | undefined; readonly named: Mutable | undefined };
/** Makes the names of columns that nothing here lists. */
type Unknown = (name: string) => Mutable;

type Source = {
  readonly alias: string | undefined;
  readonly aliasNamed: Mutable | undefined;
  readonly byKey: ReadonlyMap<string, Mutable>;
  readonly columns: Columns;
};

type Scope = {
  /** Names that hide the columns: parameters, and aliases where SLS takes them first. */
  readonly first: ReadonlyMap<string, Mutable> | undefined;
  readonly sources: readonly Source[];
  readonly outer: Scope | undefined;
};

type CommonTable = { readonly named: Mutable; readonly columns: Columns };
/** The common tables of a query and, in `outer`, those of the queries around it. */
type CommonTables = { readonly own: ReadonlyMap<string, CommonTable>; readonly outer: CommonTables | undefined };

/** A star of stars of stars would pass on columns without end. */
const columnLimit = 10_000;
/** What a pattern of a pipeline means is looked for among so many of its first names. */
const patternLimit = 1000;

function keyOf(name: string): string {
  return name.toLowerCase();
}

const noColumns: Columns = { list: [], open: undefined };

class Resolver {
  readonly #all: Mutable[] = [];
  readonly #uses: NameUse[] = [];
  readonly #fields = new Map<string, Mutable>();
  readonly #functions = new Map<string, Mutable>();
  readonly #tables = new Map<string, Mutable>();

  statement({ search, analysis }: Statement): void {
    this.#search(search);
    if (analysis?.kind === "sql") this.#query(analysis.query, undefined, undefined);
    if (analysis?.kind === "spl") this.#spl(analysis);
  }

  names(): Names {
    this.#uses.sort((a, b) => a.span.start - b.span.start);
    for (const { uses } of this.#all) uses.sort((a, b) => a.span.start - b.span.start);
    return { uses: this.#uses, all: this.#all };
  }

  // ---------------------------------------------------------------------------------------------- names

  #make(kind: Named["kind"], name: string): Mutable {
    const named = { kind, name, uses: [], isShared: false };
    this.#all.push(named);
    return named;
  }

  #use(named: Mutable, identifier: Identifier, isDefinition = false): void {
    if (identifier.span.start === identifier.span.end) return;
    const { span, quoted } = identifier;
    const use: NameUse = { span, half: "analysis", quoted, isDefinition, named };
    named.uses.push(use);
    this.#uses.push(use);
  }

  #define(kind: Named["kind"], identifier: Identifier): Mutable {
    const named = this.#make(kind, identifier.name);
    this.#use(named, identifier, true);
    return named;
  }

  readonly #field: Unknown = (name) => this.#kept(this.#fields, "field", name);

  #kept(map: Map<string, Mutable>, kind: Named["kind"], name: string): Mutable {
    const key = keyOf(name);
    const found = map.get(key);
    if (found) return found;
    const made = this.#make(kind, name);
    map.set(key, made);
    return made;
  }

  // ---------------------------------------------------------------------------------------------- search

  #search(search: Search): void {
    switch (search.kind) {
      case "and":
      case "or":
        this.#search(search.left);
        this.#search(search.right);
        return;
      case "not":
      case "group":
        this.#search(search.operand);
        return;
      case "all":
      case "missing":
        return;
      default:
        if (!search.field || search.field.name === "") return;
        {
          const named = this.#field(search.field.name);
          const { span, quoted } = search.field;
          const use: NameUse = { span, half: "search", quoted, isDefinition: false, named };
          named.uses.push(use);
          this.#uses.push(use);
        }
    }
  }

  // ---------------------------------------------------------------------------------------------- queries

  #query(query: Query, outer: Scope | undefined, tables: CommonTables | undefined): Columns {
    const own = new Map<string, CommonTable>();
    const inner = query.with.length === 0 ? tables : { own, outer: tables };
    for (const table of query.with) {
      const columns = this.#query(table.query, outer, inner);
      const named = this.#define("cte", table.name);
      own.set(keyOf(table.name.name), { named, columns: this.#renamed(columns, table.columns) });
    }
    const { columns, scope } = this.#body(query.body, outer, inner);
    if (query.orderBy.length > 0) {
      const within = { first: byKey(columns), sources: scope.sources, outer: scope.outer };
      for (const { expression } of query.orderBy) this.#expression(expression, within, inner);
    }
    return columns;
  }

  #body(
    body: QueryBody,
    outer: Scope | undefined,
    tables: CommonTables | undefined,
  ): { readonly columns: Columns; readonly scope: Scope } {
    const none: Scope = { first: undefined, sources: [], outer };
    switch (body.kind) {
      case "select":
        return this.#select(body, outer, tables);
      case "nested":
        return { columns: this.#query(body.query, outer, tables), scope: none };
      case "values":
        for (const row of body.rows) this.#expression(row, none, tables);
        return { columns: noColumns, scope: none };
      case "setOperation": {
        const { columns } = this.#body(body.left, outer, tables);
        this.#body(body.right, outer, tables);
        return { columns, scope: none };
      }
      default:
        return body satisfies never;
    }
  }

  #select(
    select: Select,
    outer: Scope | undefined,
    tables: CommonTables | undefined,
  ): { readonly columns: Columns; readonly scope: Scope } {
    const sources = select.from ? this.#relation(select.from, outer, tables, []) : [this.#log()];
    const scope: Scope = { first: undefined, sources, outer };
    const list: Column[] = [];
    let open: Unknown | undefined;
    const aliases = new Map<string, Mutable>();
    const groupable = new Map<string, Mutable>();
    for (const item of select.items) {
      if (item.kind === "star") {
        const shown = item.table ? this.#sourcesOf(item.table, scope) : sources;
        for (const { columns } of shown) {
          for (const column of columns.list.slice(0, columnLimit - list.length)) list.push(column);
          open ??= columns.open;
        }
        continue;
      }
      const column = this.#expression(item.expression, scope, tables);
      if (item.alias) {
        const named = this.#define("alias", item.alias);
        const key = keyOf(item.alias.name);
        list.push({ key, named });
        if (!aliases.has(key)) aliases.set(key, named);
        if (!groupable.has(key) && !isAggregated(item.expression)) groupable.set(key, named);
      } else {
        const own = item.expression.kind === "column" ? item.expression.path.at(-1) : undefined;
        list.push({ key: own && keyOf(own.name), named: column });
      }
    }
    if (select.where) this.#expression(select.where, scope, tables);
    if (select.groupBy) {
      // SLS groups by the alias where a column has the same name.
      const grouping: Scope = { first: groupable, sources, outer };
      for (const element of select.groupBy.elements) {
        if (element.kind === "expression") this.#expression(element.expression, grouping, tables);
        else for (const set of element.sets) for (const part of set) this.#expression(part, grouping, tables);
      }
    }
    if (select.having) this.#expression(select.having, { first: aliases, sources, outer }, tables);
    return { columns: { list, open }, scope };
  }

  #sourcesOf(table: Identifier, scope: Scope): readonly Source[] {
    const key = keyOf(table.name);
    const source = scope.sources.find(({ alias }) => alias === key);
    if (!source) return [];
    if (source.aliasNamed) this.#use(source.aliasNamed, table);
    return [source];
  }

  // ---------------------------------------------------------------------------------------------- relations

  #log(): Source {
    return source("log", undefined, { list: [], open: this.#field });
  }

  #relation(
    relation: Relation,
    outer: Scope | undefined,
    tables: CommonTables | undefined,
    beside: readonly Source[],
  ): readonly Source[] {
    switch (relation.kind) {
      case "missing":
        return [source(undefined, undefined, { list: [], open: this.#field })];
      case "table":
        return [this.#table(relation.name, relation.alias, tables)];
      case "subquery":
        return [this.#aliased(this.#query(relation.query, outer, tables), relation.alias, undefined, undefined)];
      case "unnest": {
        const scope: Scope = { first: undefined, sources: beside, outer };
        for (const expression of relation.expressions) this.#expression(expression, scope, tables);
        return [this.#aliased(noColumns, relation.alias, undefined, undefined)];
      }
      case "join": {
        const left = this.#relation(relation.left, outer, tables, beside);
        const right = this.#relation(relation.right, outer, tables, [...beside, ...left]);
        const both = [...left, ...right];
        if (relation.on) this.#expression(relation.on, { first: undefined, sources: both, outer }, tables);
        for (const name of relation.using) this.#joinedBy(name, left, right);
        if (relation.natural) shareCommon(left, right);
        return both;
      }
      default:
        return relation satisfies never;
    }
  }

  #table(path: readonly Identifier[], alias: TableAlias | undefined, tables: CommonTables | undefined): Source {
    const [first] = path;
    const name = path.map((part) => part.name).join(".");
    const key = keyOf(name);
    const common = commonTable(key, tables);
    if (common && first) {
      this.#use(common.named, first);
      return this.#aliased(common.columns, alias, key, common.named);
    }
    const named = this.#kept(this.#tables, "table", name);
    if (first) this.#use(named, first);
    if (key === "log") return this.#aliased({ list: [], open: this.#field }, alias, key, named);
    const elsewhere = new Map<string, Mutable>();
    const open: Unknown = (column) => this.#kept(elsewhere, "field", column);
    return this.#aliased({ list: [], open }, alias, key, named);
  }

  #aliased(
    columns: Columns,
    alias: TableAlias | undefined,
    key: string | undefined,
    named: Mutable | undefined,
  ): Source {
    if (!alias) return source(key, named, columns);
    const defined = this.#define("tableAlias", alias.name);
    return source(keyOf(alias.name.name), defined, this.#renamed(columns, alias.columns));
  }

  #renamed(columns: Columns, names: readonly Identifier[]): Columns {
    if (names.length === 0) return columns;
    return {
      list: names.map((name) => ({ key: keyOf(name.name), named: this.#define("columnAlias", name) })),
      open: undefined,
    };
  }

  /** `using (name)`: a column of each side, which from here on is one. */
  #joinedBy(name: Identifier, left: readonly Source[], right: readonly Source[]): void {
    const key = keyOf(name.name);
    const found = [left, right].map((sources) => columnIn(sources, key, name.name));
    for (const named of found) if (named) named.isShared = true;
    const [first, second] = found;
    const named = first ?? second;
    if (named) this.#use(named, name);
  }

  // ---------------------------------------------------------------------------------------------- expressions

  /** Resolves what an expression names; the column itself where it is one. */
  #expression(expression: Expression, scope: Scope, tables: CommonTables | undefined): Mutable | undefined {
    switch (expression.kind) {
      case "column":
        return this.#column(expression.path, scope);
      case "call":
        this.#use(this.#kept(this.#functions, "function", expression.name.name), expression.name);
        break;
      case "lambda": {
        const first = new Map<string, Mutable>();
        for (const parameter of expression.parameters) {
          first.set(keyOf(parameter.name), this.#define("parameter", parameter));
        }
        this.#expression(expression.body, { first, sources: [], outer: scope }, tables);
        return undefined;
      }
      default:
        break;
    }
    eachPart(
      expression,
      (part) => this.#expression(part, scope, tables),
      (query) => this.#query(query, scope, tables),
    );
    return undefined;
  }

  #column(path: readonly Identifier[], scope: Scope): Mutable | undefined {
    const [first, second] = path;
    if (!first) return undefined;
    if (second) {
      const table = sourceNamed(keyOf(first.name), scope);
      if (table) {
        if (table.aliasNamed) this.#use(table.aliasNamed, first);
        const named = columnIn([table], keyOf(second.name), second.name);
        if (named) this.#use(named, second);
        return named;
      }
    }
    const named = lookUp(first.name, scope);
    if (named) this.#use(named, first);
    return named;
  }

  // ---------------------------------------------------------------------------------------------- SPL

  #spl({ commands }: SplAnalysis): void {
    const defined = new Map<string, Mutable>();
    const everything = source(undefined, undefined, { list: [], open: this.#field });
    const scope: Scope = { first: defined, sources: [everything], outer: undefined };
    for (const command of commands) {
      // What a command makes, only the commands behind it see.
      const made = new Map<string, Mutable>();
      this.#command(command, scope, defined, made);
      for (const [key, named] of made) defined.set(key, named);
    }
  }

  #command(
    { name, items, by, as }: SplCommand,
    scope: Scope,
    defined: Map<string, Mutable>,
    made: Map<string, Mutable>,
  ): void {
    for (const { target, expression, wildcard } of items) {
      if (wildcard) {
        const pattern = expression.kind === "column" ? expression.path[0] : undefined;
        if (pattern) shareMatching(defined, pattern.name);
        continue;
      }
      this.#expression(expression, scope, undefined);
      if (!target) continue;
      if (name === "project-rename" && expression.kind === "column") {
        defined.delete(keyOf(expression.path[0]?.name ?? ""));
      }
      made.set(keyOf(target.name), this.#define("alias", target));
    }
    for (const key of by) {
      const named = lookUp(key.name, scope);
      if (named) this.#use(named, key);
    }
    for (const result of as) made.set(keyOf(result.name), this.#define("alias", result));
  }
}

// ------------------------------------------------------------------------------------------------ look-ups

function byKey({ list }: Columns): ReadonlyMap<string, Mutable> {
  const map = new Map<string, Mutable>();
  for (const { key, named } of list) if (key !== undefined && named && !map.has(key)) map.set(key, named);
  return map;
}

function source(alias: string | undefined, aliasNamed: Mutable | undefined, columns: Columns): Source {
  return { alias, aliasNamed, byKey: byKey(columns), columns };
}

function sourceNamed(key: string, scope: Scope): Source | undefined {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const found = at.sources.find(({ alias }) => alias === key);
    if (found) return found;
  }
  return undefined;
}

function columnIn(sources: readonly Source[], key: string, name: string): Mutable | undefined {
  for (const { byKey: columns } of sources) {
    const named = columns.get(key);
    if (named) return named;
  }
  for (const { columns } of sources) if (columns.open) return columns.open(name);
  return undefined;
}

function lookUp(name: string, scope: Scope): Mutable | undefined {
  const key = keyOf(name);
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const found = at.first?.get(key) ?? columnIn(at.sources, key, name);
    if (found) return found;
  }
  return undefined;
}

function shareCommon(left: readonly Source[], right: readonly Source[]): void {
  for (const { byKey: columns } of left) {
    for (const [key, named] of columns) {
      const other = right.map((side) => side.byKey.get(key)).find((found) => found !== undefined);
      if (other) named.isShared = other.isShared = true;
    }
  }
}

function commonTable(key: string, tables: CommonTables | undefined): CommonTable | undefined {
  for (let at = tables; at; at = at.outer) {
    const found = at.own.get(key);
    if (found) return found;
  }
  return undefined;
}

function shareMatching(defined: ReadonlyMap<string, Mutable>, pattern: string): void {
  let left = patternLimit;
  for (const named of defined.values()) {
    if (left-- === 0) return;
    if (matches(named.name, pattern)) named.isShared = true;
  }
}

/** Whether a name fits a pattern with stars. */
function matches(name: string, pattern: string): boolean {
  const pieces = keyOf(pattern).split("*");
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  let rest = keyOf(name);
  if (!rest.startsWith(first)) return false;
  rest = rest.slice(first.length);
  for (const piece of pieces.slice(1, -1)) {
    const at = rest.indexOf(piece);
    if (at < 0) return false;
    rest = rest.slice(at + piece.length);
  }
  return rest.endsWith(last);
}

/** Whether an expression has one value for many rows, so that nothing can be grouped by it. */
export function isAggregated(expression: Expression): boolean {
  return someExpression(
    expression,
    (part) => part.kind === "call" && part.over === undefined && slsFunction(part.name.name)?.kind === "aggregate",
  );
}
