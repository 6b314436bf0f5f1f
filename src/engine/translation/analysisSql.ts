import type { Column } from "../../logs/answer.ts";
import type {
  Expression,
  GroupingElement,
  Identifier,
  Limit,
  Query,
  QueryBody,
  Relation,
  Select,
  SelectItem,
  SqlAnalysis,
  TableAlias,
} from "../../sls/syntax.ts";
import { bigintType, commonType, type SqlType, unknownType, varcharType } from "../../sls/types.ts";
import { sqlName } from "../recordColumns.ts";
import type { Call } from "./callSql.ts";
import { ExpressionTranslator, orderSuffix } from "./expressionSql.ts";
import { functionSql } from "./functionSql.ts";
import { columnField, type LogFields } from "./logFields.ts";
import type { Refusals } from "./refusal.ts";
import { columnOf, Scope, type ScopeColumn, type ScopeRelation } from "./scope.ts";
import type { Surroundings, Typed } from "./typed.ts";
import { columnKind, printed } from "./typeSql.ts";

/** SLS answers a query without LIMIT with so many rows. */
export const defaultLimit = 100;

/** The SQL that answers the analysis of a statement, every cell a text, and the columns it has. */
export type AnalysisSql = { readonly sql: string; readonly columns: readonly Column[] };

/** `records` is the relation that `log` stands for: the records that the search half found. */
export function analysisSql(
  analysis: SqlAnalysis,
  records: string,
  fields: LogFields,
  surroundings: Surroundings,
  refusals: Refusals,
): AnalysisSql {
  return new AnalysisTranslator(records, fields, surroundings, refusals).answer(analysis.query);
}

/** A column of a query. In SQL its name is its place, `"c0"`; what the statement calls it never gets there. */
type OutputColumn = { readonly name: string; readonly type: SqlType; readonly isJson: boolean };

/** `order` and `limit` can be put behind the text; `scope` and `items` say what names in an ORDER BY mean. */
type TranslatedBody = {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
  readonly scope: Scope;
  readonly items: readonly Typed[];
  readonly distinct: boolean;
};

type TranslatedQuery = { readonly sql: string; readonly columns: readonly OutputColumn[] };

type TranslatedRelation = {
  readonly sql: string;
  readonly relations: readonly ScopeRelation[];
  readonly merged: ReadonlyMap<string, Typed>;
};

type CommonTables = ReadonlyMap<string, { readonly sql: string; readonly columns: readonly OutputColumn[] }>;

class AnalysisTranslator {
  readonly #records: string;
  readonly #fields: LogFields;
  readonly #refusals: Refusals;
  readonly #expressions: ExpressionTranslator;
  #commonTables: CommonTables = new Map();
  #relations = 0;

  constructor(records: string, fields: LogFields, surroundings: Surroundings, refusals: Refusals) {
    this.#records = records;
    this.#fields = fields;
    this.#refusals = refusals;
    this.#expressions = new ExpressionTranslator(surroundings, fields.columns, refusals, (query, outer) => {
      const { sql, columns } = this.#query(query, outer);
      return { sql, types: columns.map(({ type }) => type) };
    });
  }

  answer(query: Query): AnalysisSql {
    const translated = this.#query(query, undefined, defaultLimit);
    const cells = translated.columns.map(
      ({ type }, index) => `${printed(columnName(index), type)} AS ${columnName(index)}`,
    );
    return {
      sql: `SELECT ${cells.join(", ")} FROM (${translated.sql}) AS "answer"`,
      columns: translated.columns.map(({ name, type, isJson }) => ({ name, kind: isJson ? "json" : columnKind(type) })),
    };
  }

  // ------------------------------------------------------------------------------------------ queries

  #query(query: Query, outer: Scope | undefined, limitWithout?: number): TranslatedQuery {
    const outerTables = this.#commonTables;
    const tables: string[] = [];
    for (const table of query.with) {
      const { sql, columns } = this.#query(table.query, outer);
      const name = this.#freshRelation();
      tables.push(`${name}(${columns.map((_, index) => columnName(index)).join(", ")}) AS (${sql})`);
      this.#checkWidth(table.columns, columns.length);
      this.#commonTables = new Map(this.#commonTables).set(table.name.name.toLowerCase(), {
        sql: name,
        columns: renamed(columns, table.columns),
      });
    }

    const body = this.#body(query.body, outer);
    const order = this.#order(query, body);
    const limit = this.#limit(query.limit, limitWithout);
    this.#commonTables = outerTables;
    const withTables = tables.length === 0 ? "" : `WITH ${tables.join(", ")} `;
    return { sql: `${withTables}${body.sql}${order}${limit}`, columns: body.columns };
  }

  #order(query: Query, body: TranslatedBody): string {
    const aliases = new Map<string, Typed>();
    for (const [index, { name }] of body.columns.entries()) {
      const item = body.items[index];
      if (item !== undefined && !aliases.has(name.toLowerCase())) aliases.set(name.toLowerCase(), item);
    }
    const scope = body.scope.withAliases(aliases, true);
    // An order by one and the same text is none, and DuckDB would refuse it.
    const orderBy = query.orderBy.filter(({ expression }) => expression.kind !== "string");
    if (orderBy.length === 0) return "";
    const items = orderBy.map((item) => {
      const ordinal = ordinalOf(item.expression);
      if (ordinal !== undefined) {
        if (ordinal < 1 || ordinal > body.columns.length) {
          this.#refusals.add({ code: "not-translatable", what: "ordinal" }, item.expression.span);
        }
        return `${ordinal}${orderSuffix(item)}`;
      }
      const { sql } = this.#expressions.within(scope, item.expression);
      // What is answered is ordered by its place: with DISTINCT, DuckDB takes nothing else.
      const place = body.items.findIndex((answered) => answered.sql === sql);
      return `${place >= 0 ? place + 1 : sql}${orderSuffix(item)}`;
    });
    return ` ORDER BY ${items.join(", ")}`;
  }

  #limit(limit: Limit | undefined, without: number | undefined): string {
    if (limit === undefined) return without === undefined ? "" : ` LIMIT ${without}`;
    const count = limit.count === undefined ? undefined : this.#rowCount(limit.count);
    const offset = limit.offset === undefined ? undefined : this.#rowCount(limit.offset);
    return `${count === undefined ? "" : ` LIMIT ${count}`}${offset === undefined ? "" : ` OFFSET ${offset}`}`;
  }

  #rowCount(expression: Expression): number {
    const count = ordinalOf(expression);
    if (count === undefined) this.#refusals.add({ code: "not-translatable", what: "limit" }, expression.span);
    return count ?? 0;
  }

  #body(body: QueryBody, outer: Scope | undefined): TranslatedBody {
    switch (body.kind) {
      case "select":
        return this.#select(body, outer);
      case "nested":
        return this.#wrapped(this.#query(body.query, outer), outer);
      case "values":
        return this.#values(body, outer);
      case "setOperation": {
        const left = this.#body(body.left, outer);
        const right = this.#body(body.right, outer);
        if (left.columns.length !== right.columns.length) {
          this.#refusals.add({ code: "not-translatable", what: "columnCount" }, body.span);
        }
        const columns = left.columns.map((column, index): OutputColumn => {
          const other = right.columns[index]?.type ?? unknownType;
          const type = commonType(column.type, other);
          if (type === undefined) {
            const given = `${column.type.kind}, ${other.kind}`;
            this.#refusals.add({ code: "function-arguments", name: body.operator, expected: "", given }, body.span);
          }
          return { ...column, type: type ?? unknownType };
        });
        const operator = `${body.operator.toUpperCase()}${body.all ? " ALL" : ""}`;
        return this.#wrapped({ sql: `(${left.sql}) ${operator} (${right.sql})`, columns }, outer);
      }
      default:
        return body satisfies never;
    }
  }

  /** A query as a relation of its own, so that an ORDER BY behind it sees its columns and nothing else. */
  #wrapped({ sql, columns }: TranslatedQuery, outer: Scope | undefined): TranslatedBody {
    const relation = this.#freshRelation();
    const shown = columnsOf(relation, columns);
    const names = columns.map((_, index) => columnName(index)).join(", ");
    return {
      sql: `SELECT * FROM (${sql}) AS ${relation}(${names})`,
      columns,
      scope: new Scope([{ alias: undefined, columns: shown }], outer),
      items: shown.map(({ value }) => value),
      distinct: false,
    };
  }

  #values({ rows, span }: Extract<QueryBody, { readonly kind: "values" }>, outer: Scope | undefined): TranslatedBody {
    const scope = new Scope([], outer);
    const table = rows.map((row) =>
      (row.kind === "row" ? row.elements : [row]).map((cell) => this.#expressions.within(scope, cell)),
    );
    const width = table[0]?.length ?? 0;
    if (width === 0 || table.some((row) => row.length !== width)) {
      this.#refusals.add({ code: "not-translatable", what: "columnCount" }, span);
    }
    const places = Array.from({ length: width }, (_, index) =>
      this.#expressions.unified(table.map((row) => row[index] ?? { sql: "NULL", type: unknownType })),
    );
    const columns = places.map((place, index): OutputColumn => {
      if (place === undefined)
        this.#refusals.add({ code: "function-arguments", name: "values", expected: "", given: "" }, span);
      return { name: `_col${index}`, type: place?.type ?? unknownType, isJson: false };
    });
    const lines = table.map((_, row) => `(${places.map((place) => place?.values[row] ?? "NULL").join(", ")})`);
    return this.#wrapped({ sql: `VALUES ${lines.join(", ")}`, columns }, outer);
  }

  // ------------------------------------------------------------------------------------------ SELECT

  #select(select: Select, outer: Scope | undefined): TranslatedBody {
    const from = select.from === undefined ? this.#log(undefined) : this.#relation(select.from, outer, []);
    const scope = new Scope(from.relations, outer, { merged: from.merged });
    const items = select.items.flatMap((item, index) => this.#items(item, index, scope));

    const aliases = new Map<string, Typed>();
    const aggregated = new Map<string, Typed>();
    for (const { alias, value, expression } of items) {
      if (alias === undefined || expression === undefined) continue;
      const key = alias.toLowerCase();
      const isAggregate = hasAggregate(expression);
      if (isAggregate && !aggregated.has(key)) aggregated.set(key, value);
      if (!isAggregate && !aliases.has(key)) aliases.set(key, value);
    }

    const clauses = [`FROM ${from.sql}`];
    if (select.where !== undefined) clauses.push(`WHERE ${this.#expressions.condition(scope, select.where)}`);
    if (select.groupBy !== undefined) {
      // SLS groups by the alias where a column has the same name: its documentation counts by
      // `regexp_replace(region, …) AS region … GROUP BY region` and by `date_trunc('hour', __time__) AS time`.
      const grouping = scope.withAliases(aliases, true);
      const values = items.map(({ value }) => value);
      const elements = select.groupBy.elements.map((element) => this.#grouping(element, grouping, values));
      clauses.push(`GROUP BY ${elements.join(", ")}`);
    }
    if (select.having !== undefined) {
      // `SELECT avg(latency) AS avg_latency … HAVING avg_latency > 1000` is the documentation's own.
      const having = scope.withAliases(new Map([...aliases, ...aggregated]), false).withAliases(aggregated, true);
      clauses.push(`HAVING ${this.#expressions.condition(having, select.having)}`);
    }

    const list = items.map(({ value }, index) => `${value.sql} AS ${columnName(index)}`).join(", ");
    return {
      sql: `SELECT ${select.distinct ? "DISTINCT " : ""}${list} ${clauses.join(" ")}`,
      columns: items.map(({ name, value, isJson }) => ({ name, type: value.type, isJson })),
      scope,
      items: items.map(({ value }) => value),
      distinct: select.distinct,
    };
  }

  #items(item: SelectItem, index: number, scope: Scope): readonly SelectedItem[] {
    if (item.kind === "star") {
      const { table } = item;
      const relations =
        table === undefined
          ? scope.relations
          : scope.relations.filter(({ alias }) => alias?.toLowerCase() === table.name.toLowerCase());
      if (table !== undefined && relations.length === 0) {
        this.#refusals.add({ code: "table-unknown", name: table.name }, table.span);
      }
      const columns = relations.flatMap((relation) => relation.columns);
      const shown = new Set<string>();
      return columns.flatMap(({ name, value }) => {
        const key = name.toLowerCase();
        const merged = table === undefined ? scope.merged.get(key) : undefined;
        if (merged !== undefined && shown.has(key)) return [];
        shown.add(key);
        return [
          { name, alias: undefined, value: merged ?? value, expression: undefined, isJson: this.#isJson(name, value) },
        ];
      });
    }
    const value = this.#expressions.within(scope, item.expression);
    const ownName = item.expression.kind === "column" ? item.expression.path.at(-1)?.name : undefined;
    const name = item.alias?.name ?? ownName ?? `_col${index}`;
    const isJson = ownName !== undefined && this.#isJson(ownName, value);
    return [{ name, alias: item.alias?.name, value, expression: item.expression, isJson }];
  }

  /** Whether a value is a field of the records whose text is JSON. */
  #isJson(name: string, value: Typed): boolean {
    return value.isField === true && this.#fields.find(name)?.type === "json";
  }

  #grouping(element: GroupingElement, scope: Scope, items: readonly Typed[]): string {
    const key = (expression: Expression): string => {
      const ordinal = ordinalOf(expression);
      if (ordinal === undefined) return this.#expressions.within(scope, expression).sql;
      const item = items[ordinal - 1];
      if (item === undefined) this.#refusals.add({ code: "not-translatable", what: "ordinal" }, expression.span);
      return item?.sql ?? "NULL";
    };
    if (element.kind === "expression") {
      const { expression } = element;
      return expression.kind === "row" ? expression.elements.map(key).join(", ") : key(expression);
    }
    const sets = element.sets.map((set) => `(${set.map(key).join(", ")})`).join(", ");
    return `${element.kind === "sets" ? "GROUPING SETS" : element.kind.toUpperCase()} (${sets})`;
  }

  // ------------------------------------------------------------------------------------------ FROM

  #relation(relation: Relation, outer: Scope | undefined, beside: readonly ScopeRelation[]): TranslatedRelation {
    switch (relation.kind) {
      case "table":
        return this.#table(relation.name, relation.alias);
      case "subquery": {
        const query = this.#query(relation.query, outer);
        return this.#aliased(`(${query.sql})`, query.columns, relation.alias, undefined);
      }
      case "unnest":
        return this.#unnest(relation, new Scope(beside, outer));
      case "join":
        return this.#join(relation, outer, beside);
      case "missing":
        this.#refusals.add({ code: "not-translatable", what: "missing" }, relation.span);
        return this.#log(undefined);
      default:
        return relation satisfies never;
    }
  }

  #table(path: readonly Identifier[], alias: TableAlias | undefined): TranslatedRelation {
    const name = path.map((part) => part.name).join(".");
    const common = this.#commonTables.get(name.toLowerCase());
    if (common !== undefined) return this.#aliased(common.sql, common.columns, alias, name);
    if (name.toLowerCase() !== "log") {
      const first = path[0];
      if (first !== undefined) this.#refusals.add({ code: "table-unknown", name }, first.span);
    }
    return this.#log(alias);
  }

  /** The records that the search half found. */
  #log(alias: TableAlias | undefined): TranslatedRelation {
    const relation = this.#freshRelation();
    const from = `${relation}.`;
    const columns = this.#fields.columns.map(
      (column): ScopeColumn => ({
        name: column.name,
        value: {
          sql: columnField(column, column.name).sql(from),
          type: column.type === "long" ? bigintType : varcharType,
          isField: true,
          isRecordTime: column.name === "__time__",
        },
      }),
    );
    for (const name of this.#fields.restNames) {
      const field = this.#fields.find(name);
      if (field !== undefined && field.column === undefined) {
        columns.push({ name, value: { sql: field.sql(from), type: varcharType, isField: true } });
      }
    }
    const hidden = (name: string): Typed | undefined => {
      const field = this.#fields.find(name);
      return field && { sql: field.sql(from), type: field.type === "long" ? bigintType : varcharType, isField: true };
    };
    const shown = this.#renamedColumns(columns, alias);
    return {
      sql: `${this.#records} AS ${relation}`,
      relations: [{ alias: alias?.name.name ?? "log", columns: shown, hidden }],
      merged: new Map(),
    };
  }

  #aliased(
    sql: string,
    columns: readonly OutputColumn[],
    alias: TableAlias | undefined,
    name: string | undefined,
  ): TranslatedRelation {
    const relation = this.#freshRelation();
    const names = columns.map((_, index) => columnName(index)).join(", ");
    const shown = this.#renamedColumns(columnsOf(relation, columns), alias);
    return {
      sql: `${sql} AS ${relation}(${names})`,
      relations: [{ alias: alias?.name.name ?? name, columns: shown }],
      merged: new Map(),
    };
  }

  #unnest(relation: Extract<Relation, { readonly kind: "unnest" }>, scope: Scope): TranslatedRelation {
    const values: string[] = [];
    const columns: OutputColumn[] = [];
    const add = (sql: string, type: SqlType): void => {
      values.push(`unnest(${sql}) AS ${columnName(columns.length)}`);
      columns.push({ name: `_col${columns.length}`, type, isJson: false });
    };
    for (const expression of relation.expressions) {
      const { sql, type } = this.#expressions.within(scope, expression);
      if (type.kind === "array") {
        add(sql, type.element);
      } else if (type.kind === "map") {
        add(`map_keys(${sql})`, type.key);
        add(`map_values(${sql})`, type.value);
      } else {
        const given = type.kind;
        this.#refusals.add(
          { code: "function-arguments", name: "unnest", expected: "array | map", given },
          expression.span,
        );
      }
    }
    const rows = `SELECT ${values.join(", ") || "NULL"}`;
    const numbered = columns.map((_, index) => columnName(index)).join(", ");
    if (relation.withOrdinality) {
      const place = columns.length;
      columns.push({ name: `_col${place}`, type: bigintType, isJson: false });
      return this.#aliased(
        `(SELECT ${numbered}, row_number() OVER () AS ${columnName(place)} FROM (${rows}) AS "rows")`,
        columns,
        relation.alias,
        undefined,
      );
    }
    return this.#aliased(`(${rows})`, columns, relation.alias, undefined);
  }

  #join(
    relation: Extract<Relation, { readonly kind: "join" }>,
    outer: Scope | undefined,
    beside: readonly ScopeRelation[],
  ): TranslatedRelation {
    const left = this.#relation(relation.left, outer, beside);
    const right = this.#relation(relation.right, outer, [...beside, ...left.relations]);
    const relations = [...left.relations, ...right.relations];
    const merged = new Map([...left.merged, ...right.merged]);
    const join = relation.join === "comma" ? "cross" : relation.join;

    const conditions: string[] = [];
    for (const { name, span } of this.#commonColumns(relation, left, right)) {
      const one = this.#sideColumn(left, name, span);
      const other = this.#sideColumn(right, name, span);
      if (one === undefined || other === undefined) continue;
      conditions.push(`${one.sql} = ${other.sql}`);
      const sql = join === "full" ? `coalesce(${one.sql}, ${other.sql})` : join === "right" ? other.sql : one.sql;
      merged.set(name.toLowerCase(), { ...one, sql });
    }
    if (relation.on !== undefined) {
      conditions.push(
        this.#expressions.condition(new Scope([...beside, ...relations], outer, { merged }), relation.on),
      );
    }
    const on = conditions.length > 0 ? ` ON ${conditions.join(" AND ")}` : join === "cross" ? "" : " ON TRUE";
    const kind = conditions.length > 0 && join === "cross" ? "INNER" : join.toUpperCase();
    return { sql: `${left.sql} ${kind} JOIN ${right.sql}${on}`, relations, merged };
  }

  #commonColumns(
    relation: Extract<Relation, { readonly kind: "join" }>,
    left: TranslatedRelation,
    right: TranslatedRelation,
  ): readonly Identifier[] {
    if (!relation.natural) return relation.using;
    const names = new Set(right.relations.flatMap(({ columns }) => columns.map(({ name }) => name.toLowerCase())));
    return left.relations
      .flatMap(({ columns }) => columns)
      .filter(({ name }) => names.has(name.toLowerCase()))
      .map(({ name }) => ({ name, quoted: true, span: relation.span }));
  }

  #sideColumn(side: TranslatedRelation, name: string, span: Identifier["span"]): Typed | undefined {
    const merged = side.merged.get(name.toLowerCase());
    if (merged !== undefined) return merged;
    const found = side.relations.map((relation) => columnOf(relation, name)).filter(({ kind }) => kind !== "unknown");
    const [only, ...others] = found;
    if (only?.kind === "found" && others.length === 0) return only.value;
    this.#refusals.add(
      found.length > 0 ? { code: "column-ambiguous", name } : { code: "column-unknown", name, nearest: undefined },
      span,
    );
    return undefined;
  }

  // ------------------------------------------------------------------------------------------ names

  /** `as t(a, b)`: the columns under other names. */
  #renamedColumns(columns: readonly ScopeColumn[], alias: TableAlias | undefined): readonly ScopeColumn[] {
    if (alias === undefined || alias.columns.length === 0) return columns;
    this.#checkWidth(alias.columns, columns.length);
    return columns.map((column, index) => ({ ...column, name: alias.columns[index]?.name ?? column.name }));
  }

  #checkWidth(names: readonly Identifier[], width: number): void {
    const [first] = names;
    if (first !== undefined && names.length !== width) {
      this.#refusals.add({ code: "not-translatable", what: "columnCount" }, first.span);
    }
  }

  #freshRelation(): string {
    const name = sqlName(`r${this.#relations}`);
    this.#relations += 1;
    return name;
  }
}

/** A column of a SELECT's answer. */
type SelectedItem = {
  readonly name: string;
  readonly alias: string | undefined;
  readonly value: Typed;
  /** Undefined for one that `*` stands for. */
  readonly expression: Expression | undefined;
  readonly isJson: boolean;
};

function columnName(index: number): string {
  return sqlName(`c${index}`);
}

function columnsOf(relation: string, columns: readonly OutputColumn[]): readonly ScopeColumn[] {
  return columns.map(({ name, type }, index) => ({ name, value: { sql: `${relation}.${columnName(index)}`, type } }));
}

function renamed(columns: readonly OutputColumn[], names: readonly Identifier[]): readonly OutputColumn[] {
  return columns.map((column, index) => ({ ...column, name: names[index]?.name ?? column.name }));
}

/** A whole number that stands for a place or a count. */
function ordinalOf(expression: Expression): number | undefined {
  return expression.kind === "number" && /^[0-9]{1,9}$/.test(expression.text) ? Number(expression.text) : undefined;
}

/** Whether an expression is computed from many rows, and so cannot be grouped by. */
function hasAggregate(expression: Expression): boolean {
  switch (expression.kind) {
    case "call":
      return isOfRows(expression) || expression.args.some(hasAggregate);
    case "binary":
      return hasAggregate(expression.left) || hasAggregate(expression.right);
    case "unary":
    case "group":
    case "isNull":
    case "cast":
    case "extract":
      return hasAggregate(expression.operand);
    case "between":
      return [expression.operand, expression.low, expression.high].some(hasAggregate);
    case "in":
      return (
        hasAggregate(expression.operand) || (!("kind" in expression.values) && expression.values.some(hasAggregate))
      );
    case "like":
      return hasAggregate(expression.operand) || hasAggregate(expression.pattern);
    case "case":
      return [
        expression.operand,
        expression.otherwise,
        ...expression.branches.flatMap(({ when, then }) => [when, then]),
      ].some((part) => part !== undefined && hasAggregate(part));
    case "atTimeZone":
      return hasAggregate(expression.operand);
    case "array":
    case "row":
      return expression.elements.some(hasAggregate);
    case "subscript":
      return hasAggregate(expression.operand) || hasAggregate(expression.index);
    case "lambda":
      return hasAggregate(expression.body);
    default:
      return false;
  }
}

function isOfRows(call: Call): boolean {
  const how = functionSql.get(call.name.name.toLowerCase());
  return (
    call.over !== undefined ||
    (how?.kind === "signatures" && how.signatures.some(({ kind }) => kind === "aggregate" || kind === "window"))
  );
}
