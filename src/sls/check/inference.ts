import { type FieldNames, fieldNames, lowered } from "../fieldNames.ts";
import { slsFunction } from "../functions/catalogue.ts";
import type { FunctionParameter, FunctionSignature, ParameterKind, SlsFunction } from "../functions/functions.ts";
import type { Knowledge, KnownField } from "../knowledge.ts";
import type {
  Expression,
  Identifier,
  OrderItem,
  Query,
  QueryBody,
  Relation,
  Select,
  SelectItem,
  TypeName,
} from "../syntax.ts";
import {
  arrayType,
  bigintType,
  booleanType,
  commonType,
  dateType,
  doubleType,
  isNumber,
  jsonType,
  mapType,
  type SqlType,
  timestampType,
  unknownType,
  varbinaryType,
  varcharType,
} from "../types.ts";

export type Call = Extract<Expression, { readonly kind: "call" }>;
export type ColumnName = Extract<Expression, { readonly kind: "column" }>;

// ------------------------------------------------------------------------------------------------ scopes

export type ScopeColumn = {
  readonly name: string;
  readonly type: SqlType;
  /** The field of the records that it is. */
  readonly field: KnownField | undefined;
};

/** The columns of a table. */
export interface ColumnSet {
  find(name: string): ScopeColumn | "ambiguous" | undefined;
  /** What `*` stands for, as far as it is known. */
  readonly list: readonly ScopeColumn[];
  /** Whether there may be columns that nobody knows. */
  readonly open: boolean;
  /** Whether they are the fields of the records. */
  readonly isLog: boolean;
}

/** A table of a FROM clause, as the expressions beside it see it. */
export type ScopeTable = { readonly alias: string | undefined; readonly columns: ColumnSet };

/** What a name means. */
export type Resolved =
  | { readonly kind: "column"; readonly column: ScopeColumn; readonly table: ScopeTable; readonly outer: boolean }
  /** A column of the answer, by the name that the SELECT gives it. */
  | { readonly kind: "alias"; readonly item: Output }
  | { readonly kind: "parameter"; readonly type: SqlType }
  | { readonly kind: "ambiguous"; readonly tables: readonly ScopeTable[] }
  /** `a.b` where no table is called `a`: the column would have to be written `"a.b"`. */
  | { readonly kind: "dotted" }
  /** `open`: a table has columns that nobody knows, and this may be one. `tables`: those where it was looked for. */
  | { readonly kind: "unknown"; readonly open: boolean; readonly tables: readonly ScopeTable[] };

/** A column of a SELECT's answer. */
export type Output = {
  readonly name: string | undefined;
  readonly aliased: boolean;
  readonly type: SqlType;
  readonly expression: Expression | undefined;
  /** Whether it is computed from many rows. */
  readonly aggregated: boolean;
};

/** Up to so many columns it costs less to look at each than to make a table of them. */
const fewOutputs = 8;

export function isSameName(one: string, other: string): boolean {
  return one === other || (one.length === other.length && lowered(one) === lowered(other));
}

const noOutputs: readonly Output[] = [];

/** What the names in an expression mean. Names compare without regard to case, as in SLS. */
export class Scope {
  readonly tables: readonly ScopeTable[];
  readonly outer: Scope | undefined;
  readonly #outputs: readonly Output[];
  readonly #outputsFirst: boolean;
  readonly #parameters: ReadonlyMap<string, SqlType> | undefined;
  /** The columns of `using (…)`, which mean one value although two tables have them. */
  readonly #merged: ReadonlySet<string> | undefined;
  #byAlias: Map<string, Output> | undefined;

  constructor(
    tables: readonly ScopeTable[],
    outer?: Scope,
    merged?: ReadonlySet<string>,
    parameters?: ReadonlyMap<string, SqlType>,
    outputs = noOutputs,
    outputsFirst = false,
  ) {
    this.tables = tables;
    this.outer = outer;
    this.#merged = merged;
    this.#outputs = outputs;
    this.#outputsFirst = outputsFirst;
    this.#parameters = parameters;
  }

  /** The same, with the names of the SELECT's columns: before those of the tables, or behind them. */
  withOutputs(outputs: readonly Output[], first: boolean): Scope {
    return new Scope(this.tables, this.outer, this.#merged, undefined, outputs, first);
  }

  withParameters(parameters: readonly Identifier[]): Scope {
    const types = new Map(parameters.map(({ name }) => [name.toLowerCase(), unknownType]));
    return new Scope([], this, undefined, types);
  }

  resolve(path: readonly Identifier[]): Resolved {
    const first = path[0];
    if (first === undefined) return { kind: "unknown", open: true, tables: [] };
    const isPath = path.length > 1;
    let open = false;
    let isOuter = false;
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.outer) {
      const found = isPath ? scope.#qualified(path, isOuter) : scope.#unqualified(first.name, isOuter);
      if (found !== undefined && (found.kind !== "unknown" || isPath)) return found;
      if (found?.open === true) open = true;
      if (scope.#parameters === undefined) isOuter = true;
    }
    return isPath ? { kind: "dotted" } : { kind: "unknown", open, tables: this.#allTables() };
  }

  #allTables(): readonly ScopeTable[] {
    return this.outer === undefined ? this.tables : [...this.tables, ...this.outer.#allTables()];
  }

  /** The column of the answer that has this name. */
  output(name: string): Output | undefined {
    const outputs = this.#outputs;
    if (outputs.length <= fewOutputs) {
      for (const output of outputs) {
        if (output.aliased && output.name !== undefined && isSameName(output.name, name)) return output;
      }
      return undefined;
    }
    if (this.#byAlias === undefined) {
      this.#byAlias = new Map();
      for (const output of outputs) {
        const key = output.name?.toLowerCase();
        if (key !== undefined && output.aliased && !this.#byAlias.has(key)) this.#byAlias.set(key, output);
      }
    }
    return this.#byAlias.get(name.toLowerCase());
  }

  #unqualified(name: string, outer: boolean): Resolved | undefined {
    const parameter = this.#parameters?.get(lowered(name));
    if (parameter !== undefined) return { kind: "parameter", type: parameter };
    const output = this.output(name);
    if (output !== undefined && this.#outputsFirst) return { kind: "alias", item: output };

    let open = false;
    let found: Resolved | undefined;
    for (const table of this.tables) {
      const column = table.columns.find(name);
      if (column === undefined) {
        open ||= table.columns.open;
      } else if (column === "ambiguous") {
        return { kind: "ambiguous", tables: [table] };
      } else if (found?.kind === "column") {
        if (this.#merged?.has(name.toLowerCase()) !== true) {
          return { kind: "ambiguous", tables: [found.table, table] };
        }
      } else {
        found = { kind: "column", column, table, outer };
      }
    }
    if (found !== undefined) return found;
    if (output !== undefined) return { kind: "alias", item: output };
    return this.tables.length === 0 ? undefined : { kind: "unknown", open, tables: this.tables };
  }

  /** `table.column`, or the field of a row or JSON column. */
  #qualified(path: readonly Identifier[], outer: boolean): Resolved | undefined {
    const first = path[0];
    const second = path[1];
    if (first === undefined || second === undefined) return undefined;
    const key = first.name.toLowerCase();
    if (this.#parameters?.has(key)) return { kind: "parameter", type: unknownType };
    const table = this.tables.find(({ alias }) => alias !== undefined && alias.toLowerCase() === key);
    if (table !== undefined) {
      const column = table.columns.find(second.name);
      if (path.length > 2 && table.columns.isLog) return { kind: "dotted" };
      if (column === "ambiguous") return { kind: "ambiguous", tables: [table] };
      if (column !== undefined) return { kind: "column", column, table, outer };
      return { kind: "unknown", open: table.columns.open, tables: [table] };
    }
    // A value of a row is asked for in the same way; the types of rows are not followed here.
    for (const other of this.tables) {
      const column = other.columns.find(first.name);
      if (column === undefined || column === "ambiguous") continue;
      if (!other.columns.isLog) return { kind: "parameter", type: unknownType };
    }
    return undefined;
  }
}

/** The columns of a subquery, an `unnest` or a list of values. */
class ListedColumns implements ColumnSet {
  readonly list: readonly ScopeColumn[];
  readonly open: boolean;
  readonly isLog = false;
  #byName: Map<string, ScopeColumn | "ambiguous"> | undefined;

  constructor(list: readonly ScopeColumn[], open: boolean) {
    this.list = list;
    this.open = open;
  }

  find(name: string): ScopeColumn | "ambiguous" | undefined {
    if (this.#byName === undefined) {
      this.#byName = new Map();
      for (const column of this.list) {
        const key = column.name.toLowerCase();
        this.#byName.set(key, this.#byName.has(key) ? "ambiguous" : column);
      }
    }
    return this.#byName.get(lowered(name));
  }
}

/** The columns that a SELECT answers, listed when somebody asks for them. */
class SelectedColumns implements ColumnSet {
  readonly isLog = false;
  readonly #items: readonly SelectItem[];
  readonly #outputs: readonly Output[];
  readonly #tables: readonly ScopeTable[];
  #listed: ListedColumns | undefined;

  constructor(items: readonly SelectItem[], outputs: readonly Output[], tables: readonly ScopeTable[]) {
    this.#items = items;
    this.#outputs = outputs;
    this.#tables = tables;
  }

  get list(): readonly ScopeColumn[] {
    return this.#columns().list;
  }

  get open(): boolean {
    return this.#columns().open;
  }

  find(name: string): ScopeColumn | "ambiguous" | undefined {
    return this.#columns().find(name);
  }

  #columns(): ListedColumns {
    if (this.#listed !== undefined) return this.#listed;
    const columns: ScopeColumn[] = [];
    let open = false;
    let output = 0;
    for (const item of this.#items) {
      if (item.kind === "column") {
        const { name, type } = this.#outputs[output++] ?? { name: undefined, type: unknownType };
        columns.push({ name: name ?? `_col${columns.length}`, type, field: undefined });
        continue;
      }
      const wanted = item.table?.name.toLowerCase();
      for (const table of this.#tables) {
        if (wanted !== undefined && table.alias?.toLowerCase() !== wanted) continue;
        open ||= table.columns.open;
        columns.push(...table.columns.list);
      }
    }
    this.#listed = new ListedColumns(columns, open);
    return this.#listed;
  }
}

/** The fields of the records. */
class LogColumns implements ColumnSet {
  readonly list: readonly ScopeColumn[];
  readonly open: boolean;
  readonly isLog = true;
  readonly #names: FieldNames;
  readonly #columns = new Map<KnownField, ScopeColumn>();

  constructor(names: FieldNames, complete: boolean, typed: boolean) {
    this.#names = names;
    this.open = !complete;
    for (const field of names.fields) {
      const type = typed || field.indexed === "reserved" ? fieldType(field) : unknownType;
      this.#columns.set(field, { name: field.sql, type, field });
    }
    this.list = [...this.#columns.values()];
  }

  find(name: string): ScopeColumn | undefined {
    const field = this.#names.find(name);
    return field && this.#columns.get(field);
  }
}

/** The type of a field in SQL, where the index tells it. What is only believed decides nothing. */
function fieldType({ type, indexed }: KnownField): SqlType {
  if (indexed !== "yes" && indexed !== "reserved") return unknownType;
  return type === "text" ? varcharType : type === "long" ? bigintType : type === "double" ? doubleType : unknownType;
}

const logColumns = new WeakMap<FieldNames, Map<string, LogColumns>>();

/** The columns of the table `log`. In a scan, whether asked for in SQL or SPL, the index tells no types. */
export function columnsOfLog(knowledge: Knowledge, scan = false): ColumnSet {
  const names = fieldNames(knowledge);
  const complete = knowledge.fieldsComplete;
  let kept = logColumns.get(names);
  if (kept === undefined) {
    kept = new Map();
    logColumns.set(names, kept);
  }
  const key = `${complete} ${scan}`;
  let columns = kept.get(key);
  if (columns === undefined) {
    columns = new LogColumns(names, complete, !scan);
    kept.set(key, columns);
  }
  return columns;
}

/** The scope of a SELECT without a FROM: the records, and nothing else. */
export function scopeOfLog(knowledge: Knowledge, scan = false): Scope {
  return new Scope([{ alias: "log", columns: columnsOfLog(knowledge, scan) }]);
}

// ------------------------------------------------------------------------------------------------ inference

/** Where an expression stands. */
export type Clause = "select" | "from" | "where" | "on" | "group by" | "having" | "order by";

/** As what a name stands: `compared` with a column, or as an `argument` that has to be a text. */
export type Role = "compared" | "argument" | undefined;

/** What a SELECT was found to be, for those who judge it as a whole. */
export type Selected = {
  readonly select: Select;
  readonly orderBy: readonly OrderItem[];
  readonly scope: Scope;
  readonly outputs: readonly Output[];
  /** Whether a function of many rows stands in it. */
  readonly aggregated: boolean;
};

/** Told of what a query holds while its types are inferred. */
export interface Watch {
  column(column: ColumnName, resolved: Resolved, role: Role): void;
  call(
    call: Call,
    known: SlsFunction | undefined,
    args: readonly SqlType[],
    fitting: FunctionSignature | undefined,
  ): void;
  /** Two values that are compared, and so have to have a type in common. */
  compared(left: Expression, leftType: SqlType, right: Expression, rightType: SqlType): void;
  /** A table that is neither the log nor one of the CTEs, which are told by their names. */
  table(relation: Extract<Relation, { readonly kind: "table" }>, commonTables: ReadonlyMap<string, unknown>): void;
  selected(selected: Selected): void;
  query(query: Query, isSubquery: boolean): void;
}

/** Infers the types of what stands in a query, and tells a watch of it on the way. */
export class Inference {
  readonly #log: ColumnSet;
  readonly #watch: Watch | undefined;
  /** The CTEs in scope, by their names in lower case. */
  #commonTables: Map<string, ColumnSet> | undefined;
  clause: Clause = "select";
  /** How many aggregate functions and lambdas stand around the expression. */
  aggregates = 0;
  lambdas = 0;
  #aggregatesSeen = 0;

  constructor(knowledge: Knowledge, watch?: Watch, scan = false) {
    this.#log = columnsOfLog(knowledge, scan);
    this.#watch = watch;
  }

  /** The columns of a query's answer. */
  query(query: Query, outer: Scope | undefined, isSubquery: boolean): ColumnSet {
    const { clause, aggregates, lambdas } = this;
    const seen = this.#aggregatesSeen;
    let hidden: (readonly [string, ColumnSet | undefined])[] | undefined;
    this.aggregates = 0;
    this.lambdas = 0;
    for (const table of query.with) {
      const columns = renamed(this.query(table.query, outer, true), table.columns);
      const key = table.name.name.toLowerCase();
      this.#commonTables ??= new Map();
      hidden ??= [];
      hidden.push([key, this.#commonTables.get(key)]);
      this.#commonTables.set(key, columns);
    }
    const columns = this.#body(query.body, query.orderBy, outer);
    this.#watch?.query(query, isSubquery);
    for (const [key, columns] of hidden?.reverse() ?? []) {
      if (columns === undefined) this.#commonTables?.delete(key);
      else this.#commonTables?.set(key, columns);
    }
    this.clause = clause;
    this.aggregates = aggregates;
    this.lambdas = lambdas;
    this.#aggregatesSeen = seen;
    return columns;
  }

  #body(body: QueryBody, orderBy: readonly OrderItem[], outer: Scope | undefined): ColumnSet {
    switch (body.kind) {
      case "select":
        return this.#select(body, orderBy, outer);
      case "nested": {
        const columns = this.query(body.query, outer, true);
        this.#orderOf(columns, orderBy, outer);
        return columns;
      }
      case "setOperation": {
        const left = this.#body(body.left, [], outer);
        this.#body(body.right, [], outer);
        this.#orderOf(left, orderBy, outer);
        return left;
      }
      case "values": {
        const scope = new Scope([], outer);
        let columns: readonly ScopeColumn[] = [];
        for (const row of body.rows) {
          const cells = row.kind === "row" ? row.elements : row.kind === "group" ? [row.operand] : [row];
          const types = cells.map((cell) => this.typeOf(cell, scope));
          columns = types.map((type, index) => ({
            name: `_col${index}`,
            type: commonType(columns[index]?.type ?? unknownType, type) ?? unknownType,
            field: undefined,
          }));
        }
        const listed = new ListedColumns(columns, false);
        this.#orderOf(listed, orderBy, outer);
        return listed;
      }
      default:
        return body satisfies never;
    }
  }

  /** The order of what is no single SELECT: it sees the columns of the answer. */
  #orderOf(columns: ColumnSet, orderBy: readonly OrderItem[], outer: Scope | undefined): void {
    if (orderBy.length === 0) return;
    this.clause = "order by";
    const scope = new Scope([{ alias: undefined, columns }], outer);
    for (const { expression } of orderBy) this.typeOf(expression, scope);
  }

  #select(select: Select, orderBy: readonly OrderItem[], outer: Scope | undefined): ColumnSet {
    this.clause = "from";
    const { tables, merged } =
      select.from === undefined
        ? { tables: [{ alias: "log", columns: this.#log }], merged: undefined }
        : this.relation(select.from, outer, []);
    const scope = new Scope(tables, outer, merged);

    if (select.where !== undefined) {
      this.clause = "where";
      this.typeOf(select.where, scope);
    }
    this.clause = "select";
    const before = this.#aggregatesSeen;
    const outputs = this.#outputs(select.items, scope);
    if (select.groupBy !== undefined) {
      this.clause = "group by";
      // SLS groups by the alias even where a column has the same name: its documentation counts by
      // `date_trunc('hour', __time__) as time`.
      const plain = this.#aggregatesSeen > before ? outputs.filter(({ aggregated }) => !aggregated) : outputs;
      const grouping = scope.withOutputs(plain, true);
      for (const element of select.groupBy.elements) {
        if (element.kind === "expression") this.typeOf(element.expression, grouping);
        else for (const set of element.sets) for (const expression of set) this.typeOf(expression, grouping);
      }
    }
    const withOutputs = select.having || orderBy.length > 0 ? scope.withOutputs(outputs, true) : scope;
    if (select.having !== undefined) {
      this.clause = "having";
      this.typeOf(select.having, withOutputs);
    }
    this.clause = "order by";
    for (const { expression } of orderBy) this.typeOf(expression, withOutputs);
    const aggregated = this.#aggregatesSeen > before;
    this.#watch?.selected({ select, orderBy, scope, outputs, aggregated });
    return new SelectedColumns(select.items, outputs, tables);
  }

  #outputs(items: readonly SelectItem[], scope: Scope): readonly Output[] {
    const outputs: Output[] = [];
    for (const item of items) {
      if (item.kind === "star") continue;
      const { expression, alias } = item;
      const before = this.#aggregatesSeen;
      const type = this.typeOf(expression, scope);
      const aggregated = this.#aggregatesSeen > before;
      const name = alias?.name ?? (expression.kind === "column" ? expression.path.at(-1)?.name : undefined);
      outputs.push({ name, aliased: alias !== undefined, type, expression, aggregated });
    }
    return outputs;
  }

  // ---------------------------------------------------------------------------------------------- FROM

  /** The tables that a FROM clause shows. `beside` are those to the left, which an `unnest` can read. */
  relation(
    relation: Relation,
    outer: Scope | undefined,
    beside: readonly ScopeTable[],
  ): { readonly tables: readonly ScopeTable[]; readonly merged: ReadonlySet<string> | undefined } {
    switch (relation.kind) {
      case "table":
        return { tables: [this.#table(relation)], merged: undefined };
      case "subquery": {
        const columns = this.query(relation.query, outer, true);
        this.clause = "from";
        const { alias } = relation;
        return { tables: [{ alias: alias?.name.name, columns: renamed(columns, alias?.columns) }], merged: undefined };
      }
      case "unnest": {
        const scope = new Scope(beside, outer);
        const columns: ScopeColumn[] = [];
        let open = false;
        const add = (type: SqlType): void => {
          columns.push({ name: `_col${columns.length}`, type, field: undefined });
        };
        for (const expression of relation.expressions) {
          const type = this.typeOf(expression, scope);
          if (type.kind === "array") {
            add(type.element);
          } else if (type.kind === "map") {
            add(type.key);
            add(type.value);
          } else {
            open = true;
            add(unknownType);
          }
        }
        if (relation.withOrdinality) add(bigintType);
        const { alias } = relation;
        const names = alias?.columns ?? [];
        const listed = open
          ? new ListedColumns(
              names.map(({ name }) => ({ name, type: unknownType, field: undefined })),
              names.length === 0,
            )
          : renamed(new ListedColumns(columns, false), names);
        return { tables: [{ alias: alias?.name.name, columns: listed }], merged: undefined };
      }
      case "join":
        return this.#join(relation, outer, beside);
      case "missing":
        return { tables: [{ alias: undefined, columns: new ListedColumns([], true) }], merged: undefined };
      default:
        return relation satisfies never;
    }
  }

  #table(relation: Extract<Relation, { readonly kind: "table" }>): ScopeTable {
    const { name: path, alias } = relation;
    const name = path.length === 1 ? (path[0]?.name ?? "") : path.map((part) => part.name).join(".");
    const key = lowered(name);
    const columns = this.#commonTables?.get(key) ?? (key === "log" ? this.#log : undefined);
    if (columns === undefined) this.#watch?.table(relation, this.#commonTables ?? new Map());
    return {
      alias: alias?.name.name ?? path.at(-1)?.name,
      columns: renamed(columns ?? new ListedColumns([], true), alias?.columns),
    };
  }

  #join(
    relation: Extract<Relation, { readonly kind: "join" }>,
    outer: Scope | undefined,
    beside: readonly ScopeTable[],
  ): { readonly tables: readonly ScopeTable[]; readonly merged: ReadonlySet<string> | undefined } {
    const left = this.relation(relation.left, outer, beside);
    const right = this.relation(relation.right, outer, [...beside, ...left.tables]);
    const tables = [...left.tables, ...right.tables];
    let merged = left.merged ?? right.merged;
    if (relation.using.length > 0 || relation.natural) {
      const names = relation.natural
        ? right.tables.flatMap(({ columns }) => columns.list.map(({ name }) => name))
        : relation.using.map(({ name }) => name);
      merged = new Set([...(left.merged ?? []), ...(right.merged ?? []), ...names.map((name) => name.toLowerCase())]);
    }
    if (relation.on !== undefined) {
      this.clause = "on";
      this.typeOf(relation.on, new Scope([...beside, ...tables], outer, merged));
      this.clause = "from";
    }
    return { tables, merged };
  }

  // ---------------------------------------------------------------------------------------------- expressions

  /** The type of an expression; `unknown` where it cannot be told. */
  typeOf(expression: Expression, scope: Scope, role?: Role): SqlType {
    switch (expression.kind) {
      case "number":
        return isDigits(expression.text) ? bigintType : doubleType;
      case "string":
        return varcharType;
      case "boolean":
        return booleanType;
      case "null":
      case "missing":
        return unknownType;
      case "column":
        return this.#column(expression, scope, role);
      case "call":
        return this.#call(expression, scope);
      case "niladic":
        return niladicType(expression.name);
      case "lambda": {
        this.lambdas++;
        this.typeOf(expression.body, scope.withParameters(expression.parameters));
        this.lambdas--;
        return unknownType;
      }
      case "binary":
        return this.#binary(expression, scope);
      case "unary": {
        const type = this.typeOf(expression.operand, scope);
        return expression.operator === "not" ? booleanType : type;
      }
      case "between": {
        const { operand, low, high } = expression;
        const type = this.typeOf(operand, scope, roleBeside(low));
        for (const bound of [low, high]) {
          const boundType = this.typeOf(bound, scope, roleBeside(operand));
          this.#watch?.compared(operand, type, bound, boundType);
        }
        return booleanType;
      }
      case "in": {
        const { operand, values } = expression;
        const type = this.typeOf(operand, scope);
        if (!isList(values)) {
          this.query(values, scope, true);
          return booleanType;
        }
        for (const value of values) {
          const valueType = this.typeOf(value, scope, roleBeside(operand));
          this.#watch?.compared(operand, type, value, valueType);
        }
        return booleanType;
      }
      case "like": {
        const type = this.typeOf(expression.operand, scope);
        const patternType = this.typeOf(expression.pattern, scope, roleBeside(expression.operand));
        if (expression.escape !== undefined) this.typeOf(expression.escape, scope, "argument");
        this.#watch?.compared(expression.operand, type, expression.pattern, patternType);
        return booleanType;
      }
      case "isNull":
        this.typeOf(expression.operand, scope);
        return booleanType;
      case "case":
        return this.#case(expression, scope);
      case "cast":
        this.typeOf(expression.operand, scope);
        return namedType(expression.type);
      case "extract":
        this.typeOf(expression.operand, scope);
        return bigintType;
      case "interval":
        return /^(year|month)/.test(expression.unit) ? { kind: "monthInterval" } : { kind: "dayInterval" };
      case "typedString":
        return namedType(expression.type);
      case "atTimeZone":
        this.typeOf(expression.zone, scope, "argument");
        this.typeOf(expression.operand, scope);
        return { kind: "zonedTimestamp", zone: "" };
      case "array": {
        let element: SqlType = unknownType;
        for (const part of expression.elements) {
          element = commonType(element, this.typeOf(part, scope)) ?? unknownType;
        }
        return arrayType(element);
      }
      case "row":
        return { kind: "row", fields: expression.elements.map((part) => this.typeOf(part, scope)) };
      case "subscript": {
        const type = this.typeOf(expression.operand, scope);
        this.typeOf(expression.index, scope);
        return type.kind === "array" ? type.element : type.kind === "map" ? type.value : unknownType;
      }
      case "exists":
        this.query(expression.query, scope, true);
        return booleanType;
      case "scalarQuery":
        return this.query(expression.query, scope, true).list[0]?.type ?? unknownType;
      case "quantified":
        this.typeOf(expression.operand, scope);
        this.query(expression.query, scope, true);
        return booleanType;
      case "group":
        return this.typeOf(expression.operand, scope, role);
      default:
        return expression satisfies never;
    }
  }

  #column(expression: ColumnName, scope: Scope, role: Role): SqlType {
    const resolved = scope.resolve(expression.path);
    this.#watch?.column(expression, resolved, role);
    switch (resolved.kind) {
      case "column":
        return resolved.column.type;
      case "alias":
        return resolved.item.type;
      case "parameter":
        return resolved.type;
      default:
        return unknownType;
    }
  }

  #binary(expression: Extract<Expression, { readonly kind: "binary" }>, scope: Scope): SqlType {
    const { operator, left, right } = expression;
    switch (operator) {
      case "and":
      case "or":
        this.typeOf(left, scope);
        this.typeOf(right, scope);
        return booleanType;
      case "=":
      case "<>":
      case "<":
      case "<=":
      case ">":
      case ">=":
      case "is distinct from":
      case "is not distinct from": {
        const leftType = this.typeOf(left, scope, roleBeside(right));
        const rightType = this.typeOf(right, scope, roleBeside(left));
        this.#watch?.compared(left, leftType, right, rightType);
        return booleanType;
      }
      case "||": {
        const leftType = this.typeOf(left, scope);
        const rightType = this.typeOf(right, scope);
        return leftType.kind === "array" ? leftType : rightType.kind === "array" ? rightType : varcharType;
      }
      default: {
        const leftType = this.typeOf(left, scope);
        const rightType = this.typeOf(right, scope);
        if (isNumber(leftType) && isNumber(rightType)) return commonType(leftType, rightType) ?? unknownType;
        // A time and an interval make a time.
        if (rightType.kind === "dayInterval" || rightType.kind === "monthInterval") return leftType;
        return unknownType;
      }
    }
  }

  #case(expression: Extract<Expression, { readonly kind: "case" }>, scope: Scope): SqlType {
    const { operand, branches, otherwise } = expression;
    const operandType = operand && this.typeOf(operand, scope);
    let type: SqlType = unknownType;
    for (const { when, then } of branches) {
      const whenType = this.typeOf(when, scope, operand && roleBeside(operand));
      if (operand !== undefined && operandType !== undefined) {
        this.#watch?.compared(operand, operandType, when, whenType);
      }
      type = commonType(type, this.typeOf(then, scope)) ?? unknownType;
    }
    if (otherwise !== undefined) type = commonType(type, this.typeOf(otherwise, scope)) ?? unknownType;
    return type;
  }

  #call(call: Call, scope: Scope): SqlType {
    const known = slsFunction(call.name.name);
    const ofRows = known?.kind === "aggregate" && call.over === undefined;
    const { clause } = this;
    // What depends on where the call stands is judged before its arguments change that.
    const parameters = known?.signatures[0]?.parameters;
    if (ofRows) {
      this.#aggregatesSeen++;
      this.aggregates++;
    }
    const { args } = call;
    // Most calls have no argument or one, and so need no list to be grown.
    const [only] = args;
    const types =
      only === undefined
        ? noTypes
        : args.length === 1
          ? [this.typeOf(only, scope, roleOf(parameters?.[0], 0))]
          : args.map((arg, index) => this.typeOf(arg, scope, roleOf(parameters?.[index], index)));
    for (const { expression } of call.orderBy) this.typeOf(expression, scope);
    if (call.filter !== undefined) this.typeOf(call.filter, scope);
    if (ofRows) this.aggregates--;
    if (call.over !== undefined) {
      for (const expression of call.over.partitionBy) this.typeOf(expression, scope);
      for (const { expression } of call.over.orderBy) this.typeOf(expression, scope);
    }
    this.clause = clause;
    let fitting: FunctionSignature | undefined;
    for (const signature of known?.signatures ?? none) {
      if (!fits(signature, call, types)) continue;
      fitting = signature;
      break;
    }
    this.#watch?.call(call, known, types, fitting);
    if (fitting === undefined) return unknownType;
    return typeof fitting.result === "function" ? fitting.result(types) : fitting.result;
  }
}

const noTypes: readonly SqlType[] = [];

function isDigits(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

function isList(values: readonly Expression[] | Query): values is readonly Expression[] {
  return !("kind" in values);
}

/** A name beside a column may be meant as a text; one beside a text is meant as a name. */
function roleBeside(other: Expression): Role {
  const beside = other.kind === "group" ? other.operand : other;
  return beside.kind === "column" || beside.kind === "call" ? "compared" : undefined;
}

const textKinds: ReadonlySet<ParameterKind> = new Set(["unit", "format", "zone", "path", "pattern"]);

function roleOf(parameter: FunctionParameter | undefined, index: number): Role {
  if (parameter === undefined) return undefined;
  return textKinds.has(parameter.kind) || (parameter.kind === "varchar" && index > 0) ? "argument" : undefined;
}

function renamed(columns: ColumnSet, names: readonly Identifier[] | undefined): ColumnSet {
  if (names === undefined || names.length === 0) return columns;
  const list = columns.list.map((column, index) => ({ ...column, name: names[index]?.name ?? column.name }));
  if (!columns.open) return new ListedColumns(list, false);
  return new ListedColumns(
    names.map(({ name }) => ({ name, type: unknownType, field: undefined })),
    false,
  );
}

// ------------------------------------------------------------------------------------------------ calls

const none: readonly FunctionSignature[] = [];

/** Whether a call has as many arguments as a signature takes. */
export function fitsCount({ parameters }: FunctionSignature, count: number): boolean {
  const last = parameters.at(-1);
  let fewest = 0;
  while (fewest < parameters.length && parameters[fewest]?.optional === false) fewest++;
  return count >= fewest && (last?.repeated === true || count <= parameters.length);
}

function fits(signature: FunctionSignature, call: Call, types: readonly SqlType[]): boolean {
  const { parameters } = signature;
  if (!fitsCount(signature, types.length)) return false;
  for (let index = 0; index < types.length; index++) {
    const parameter = parameters[index] ?? parameters.at(-1);
    const arg = call.args[index];
    const type = types[index];
    if (parameter === undefined || arg === undefined || type === undefined) return false;
    if (!takes(parameter.kind, arg, type)) return false;
  }
  return true;
}

/** Whether an argument is what a parameter takes. What is not known of a type is no reason to refuse it. */
function takes(kind: ParameterKind, arg: Expression, type: SqlType): boolean {
  const isLambda = arg.kind === "lambda";
  if (kind === "lambda" || isLambda) return (kind === "lambda" && isLambda) || kind === "any" || arg.kind === "missing";
  if (type.kind === "unknown") return true;
  switch (kind) {
    case "boolean":
    case "array":
    case "map":
      return type.kind === kind;
    case "bigint":
    case "integer":
      return type.kind === "bigint";
    case "number":
    case "double":
      return isNumber(type);
    case "varchar":
    case "pattern":
    case "unit":
    case "format":
    case "zone":
    case "path":
      return type.kind === "varchar";
    case "varbinary":
      // SPL hashes texts as they are.
      return type.kind === "varbinary" || type.kind === "varchar";
    case "json":
      return type.kind === "json" || type.kind === "varchar";
    case "time":
      return type.kind !== "boolean" && type.kind !== "array" && type.kind !== "map" && type.kind !== "row";
    default:
      return true;
  }
}

// ------------------------------------------------------------------------------------------------ types by name

function niladicType(name: string): SqlType {
  switch (name) {
    case "current_date":
      return dateType;
    case "current_time":
      return { kind: "zonedTime", zone: "" };
    case "localtime":
      return { kind: "time" };
    case "localtimestamp":
      return timestampType;
    default:
      return { kind: "zonedTimestamp", zone: "" };
  }
}

/** The type that a statement names; `unknown` for one that is not known here. */
export function namedType({ name, args }: TypeName): SqlType {
  const nested = args.flatMap((arg) => (typeof arg === "number" ? [] : [arg]));
  switch (name) {
    case "boolean":
      return booleanType;
    case "tinyint":
    case "smallint":
    case "int":
    case "integer":
    case "bigint":
    case "long":
      return bigintType;
    case "real":
    case "float":
    case "double":
    case "double precision":
      return doubleType;
    case "decimal":
    case "numeric": {
      const [precision = 38, scale = 0] = args.filter((arg) => typeof arg === "number");
      return { kind: "decimal", precision, scale };
    }
    case "varchar":
    case "char":
      return varcharType;
    case "varbinary":
    case "x":
      return varbinaryType;
    case "json":
      return jsonType;
    case "date":
      return dateType;
    case "time":
      return { kind: "time" };
    case "timestamp":
      return timestampType;
    case "time with time zone":
      return { kind: "zonedTime", zone: "" };
    case "timestamp with time zone":
      return { kind: "zonedTimestamp", zone: "" };
    case "array": {
      const [element] = nested;
      return arrayType(element === undefined ? unknownType : namedType(element));
    }
    case "map": {
      const [key, value] = nested;
      return key === undefined || value === undefined ? unknownType : mapType(namedType(key), namedType(value));
    }
    case "row":
      return { kind: "row", fields: nested.map(namedType) };
    default:
      return unknownType;
  }
}
