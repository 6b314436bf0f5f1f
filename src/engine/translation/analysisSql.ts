import type { Column } from "../../logs/answer.ts";
import type { TimeRange } from "../../logs/question.ts";
import type {
  Expression,
  GroupBy,
  GroupingElement,
  Identifier,
  Limit,
  OrderItem,
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
import { AnsweredCalls, callsIn, hasAggregate, isSameCall } from "./calls.ts";
import { comparedSql, comparisonOf, isComparison, timeAmong } from "./compare.ts";
import { ExpressionTranslator, orderSuffix } from "./expressionSql.ts";
import { columnField, type LogField, type LogFields } from "./logFields.ts";
import type { Refusals } from "./refusal.ts";
import { columnOf, Scope, type ScopeColumn, type ScopeRelation } from "./scope.ts";
import { filledSql, isSeries, type SeriesColumn, seriesCall, seriesOf } from "./series.ts";
import type { Surroundings, Typed } from "./typed.ts";
import { columnKind, printed } from "./typeSql.ts";

/** SLS answers a query without LIMIT with so many rows. */
export const defaultLimit = 100;

/** The SQL that answers the analysis of a statement, every cell a text, and the columns it has. */
export type AnalysisSql = { readonly sql: string; readonly columns: readonly Column[] };

/** What the relation `log` of a statement is. */
export type LogSource = {
  /** The records that the search half found so many seconds before the question's range, moved into it; 0 are its own. */
  readonly records: (secondsBefore: number) => string;
  readonly range: TimeRange;
  readonly fields: LogFields;
};

export function analysisSql(
  analysis: SqlAnalysis,
  source: LogSource,
  surroundings: Surroundings,
  refusals: Refusals,
): AnalysisSql {
  // "Scan-based analysis": no index is looked at, and so every field is a text. Other settings say how fast, not what.
  const scans = analysis.session.some(
    ({ name, value }) => name.toLowerCase() === "mode" && value.toLowerCase() === "scan",
  );
  return new AnalysisTranslator(source, scans, surroundings, refusals).answer(analysis.query);
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
  /** The windows of a time series, by which the column of their texts is ordered. */
  readonly windows?: { readonly place: number; readonly sql: string };
};

type TranslatedQuery = { readonly sql: string; readonly columns: readonly OutputColumn[] };

type TranslatedRelation = {
  readonly sql: string;
  readonly relations: readonly ScopeRelation[];
  readonly merged: ReadonlyMap<string, Typed>;
};

type CommonTable = {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
  /** Of which run of a compared query its records are. */
  readonly secondsBefore: number;
};
type CommonTables = ReadonlyMap<string, CommonTable>;

class AnalysisTranslator {
  readonly #source: LogSource;
  readonly #scans: boolean;
  readonly #surroundings: Surroundings;
  readonly #refusals: Refusals;
  readonly #expressions: ExpressionTranslator;
  #commonTables: CommonTables = new Map();
  #relations = 0;
  #secondsBefore = 0;

  constructor(source: LogSource, scans: boolean, surroundings: Surroundings, refusals: Refusals) {
    this.#source = source;
    this.#scans = scans;
    this.#surroundings = surroundings;
    this.#refusals = refusals;
    this.#expressions = new ExpressionTranslator(surroundings, source.fields.columns, refusals, (query, outer) => {
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
        secondsBefore: this.#secondsBefore,
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
        return `${this.#placeSql(body, ordinal - 1, item)}${orderSuffix(item)}`;
      }
      const { sql } = this.#expressions.within(scope, item.expression);
      // What is answered is ordered by its place: with DISTINCT, DuckDB takes nothing else.
      const place = body.items.findIndex((answered) => answered.sql === sql);
      return `${place >= 0 ? this.#placeSql(body, place, item) : sql}${orderSuffix(item)}`;
    });
    return ` ORDER BY ${items.join(", ")}`;
  }

  #placeSql({ windows }: TranslatedBody, place: number, { descending, span }: OrderItem): string {
    if (windows?.place !== place) return String(place + 1);
    // "Date and time functions": the order of a padded series is never descending.
    if (descending) this.#refusals.add({ code: "not-translatable", what: "timeSeries" }, span);
    return windows.sql;
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
    const calls = select.items.flatMap((item) => (item.kind === "column" ? callsIn(item.expression) : []));
    const comparisons = calls.filter(isComparison);
    if (comparisons.length > 0) return this.#compared(select, comparisons, outer);
    const from = select.from === undefined ? this.#log(undefined) : this.#relation(select.from, outer, []);
    const series = calls.filter(isSeries);
    return series.length === 0 ? this.#selectFrom(select, from, outer) : this.#series(select, from, series, outer);
  }

  #selectFrom(
    select: Select,
    from: TranslatedRelation,
    outer: Scope | undefined,
    answered = new AnsweredCalls(),
  ): TranslatedBody {
    const scope = new Scope(from.relations, outer, { merged: from.merged, parameters: answered.values });
    const items = select.items.flatMap((item, index) => this.#items(item, index, scope, answered));

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
      const key = (expression: Expression): string => this.#groupKey(expression, grouping, values, answered);
      clauses.push(`GROUP BY ${this.#grouping(select.groupBy, key)}`);
    }
    if (select.having !== undefined) {
      // `SELECT avg(latency) AS avg_latency … HAVING avg_latency > 1000` is the documentation's own.
      const having = scope.withAliases(new Map([...aliases, ...aggregated]), false).withAliases(aggregated, true);
      clauses.push(`HAVING ${this.#expressions.condition(having, answered.within(select.having))}`);
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

  // ------------------------------------------------------------------------------------------ comparison

  /**
   * `compare` and `ts_compare`: the subquery that is selected from is run again over the ranges before, with its records
   * moved into the range of the question, so that what is grouped by time meets in the same groups.
   */
  #compared(select: Select, calls: readonly Call[], outer: Scope | undefined): TranslatedBody {
    const { from } = select;
    const answered = new AnsweredCalls();
    const refuse = (call: Call): void => {
      this.#refusals.add({ code: "not-translatable", what: "compare" }, call.span);
      answered.set(call, { sql: "NULL", type: unknownType });
    };
    if (from?.kind !== "subquery" || this.#secondsBefore !== 0) {
      for (const call of calls) refuse(call);
      return this.#selectFrom(select, from ? this.#relation(from, outer, []) : this.#log(undefined), outer, answered);
    }
    const comparisons = calls.flatMap((call) => {
      const comparison = comparisonOf(call);
      if (comparison === undefined) refuse(call);
      return comparison ?? [];
    });
    const now = this.#relation(from, outer, []);
    const before = new Map<number, TranslatedRelation>();
    for (const seconds of new Set(comparisons.flatMap((comparison) => comparison.seconds))) {
      this.#secondsBefore = seconds;
      before.set(seconds, this.#relation(from, outer, []));
      this.#secondsBefore = 0;
    }

    const keys = this.#groupedExpressions(select);
    const valuesIn = ({ relations }: TranslatedRelation): readonly Typed[] =>
      keys.map((key) => this.#expressions.within(new Scope(relations, outer), key));
    const nowKeys = valuesIn(now);
    const joins = [...before.values()].map((past) => {
      const same = valuesIn(past).map(({ sql }, index) => `${nowKeys[index]?.sql} IS NOT DISTINCT FROM ${sql}`);
      return ` LEFT JOIN ${past.sql} ON ${same.join(" AND ") || "TRUE"}`;
    });

    for (const comparison of comparisons) {
      const [argument] = comparison.call.args;
      if (argument === undefined) continue;
      const valueIn = (relation: TranslatedRelation): Typed =>
        this.#expressions.within(new Scope(relation.relations, outer), argument);
      const past = (seconds: number): Typed => valueIn(before.get(seconds) ?? now);
      const value = comparedSql(comparison, valueIn(now), past, timeAmong(nowKeys), this.#surroundings);
      if (value === undefined) refuse(comparison.call);
      else answered.set(comparison.call, value);
    }
    return this.#selectFrom(select, { ...now, sql: `${now.sql}${joins.join("")}` }, outer, answered);
  }

  /** What a SELECT groups by, with its places and aliases resolved. */
  #groupedExpressions({ items, groupBy }: Select): readonly Expression[] {
    const columns = items.filter((item) => item.kind === "column");
    return (groupBy?.elements ?? []).flatMap((element) => {
      if (element.kind !== "expression") {
        this.#refusals.add({ code: "not-translatable", what: "compare" }, element.span);
        return [];
      }
      const { expression } = element;
      const ordinal = ordinalOf(expression);
      const name = expression.kind === "column" && expression.path.length === 1 ? expression.path[0]?.name : undefined;
      const item =
        ordinal === undefined
          ? columns.find(({ alias }) => alias !== undefined && alias.name.toLowerCase() === name?.toLowerCase())
          : columns[ordinal - 1];
      return item?.expression ?? expression;
    });
  }

  // ------------------------------------------------------------------------------------------ time series

  /** `time_series`: rows are grouped by windows of time, and windows without rows are added. */
  #series(select: Select, from: TranslatedRelation, calls: readonly Call[], outer: Scope | undefined): TranslatedBody {
    const [call, ...more] = calls;
    const place = select.items.findIndex((item) => item.kind === "column" && seriesCall(item.expression) === call);
    const [time] = call?.args ?? [];
    const scope = new Scope(from.relations, outer, { merged: from.merged });
    const series =
      call === undefined || time === undefined || more.length > 0 || place < 0 || select.groupBy === undefined
        ? undefined
        : seriesOf(call, this.#expressions.within(scope, time), this.#surroundings);
    const sets = select.groupBy?.elements.some(({ kind }) => kind !== "expression") === true;
    const stars = select.items.some(({ kind }) => kind === "star");
    const answered = new AnsweredCalls();
    const isGrouped = !sets && this.#groupedExpressions(select).some((key) => isSameCall(seriesCall(key), call));
    if (call === undefined || series === undefined || !isGrouped || stars) {
      for (const each of calls) {
        this.#refusals.add({ code: "not-translatable", what: "timeSeries" }, each.span);
        answered.set(each, { sql: "NULL", type: unknownType });
      }
      return this.#selectFrom(select, from, outer, answered);
    }

    answered.set(call, { sql: series.bucket, type: { kind: "timestamp" } });
    const grouped = this.#selectFrom(select, from, outer, answered);
    const columns = select.items.map((item, index): SeriesColumn => {
      const type = grouped.columns[index]?.type ?? unknownType;
      if (index === place) return { kind: "time", type };
      return { kind: item.kind === "column" && hasAggregate(item.expression) ? "value" : "key", type };
    });
    const filled = filledSql(grouped.sql, columns, series, this.#source.range, this.#surroundings);

    const relation = this.#freshRelation();
    const shown = grouped.columns.map((column, index) => (index === place ? { ...column, type: varcharType } : column));
    const names = shown.map((_, index) => columnName(index)).join(", ");
    const read = columnsOf(relation, shown);
    return {
      sql: `SELECT ${names} FROM (${filled}) AS ${relation}("window", ${names})`,
      columns: shown,
      scope: new Scope([{ alias: undefined, columns: read }], outer),
      items: read.map(({ value }) => value),
      distinct: false,
      windows: { place, sql: `${relation}."window"` },
    };
  }

  // ------------------------------------------------------------------------------------------ columns

  #items(item: SelectItem, index: number, scope: Scope, answered: AnsweredCalls): readonly SelectedItem[] {
    if (item.kind === "star") {
      const { table } = item;
      const relations =
        table === undefined
          ? scope.relations
          : scope.relations.filter(({ alias }) => alias?.toLowerCase() === table.name.toLowerCase());
      if (table !== undefined && relations.length === 0) {
        this.#refusals.add({ code: "table-unknown", name: table.name }, table.span);
      }
      // "Scan-based analysis": a scan reads the fields that the statement names, and so not all of them.
      if (this.#scans && relations.some(({ hidden }) => hidden !== undefined)) {
        this.#refusals.add({ code: "not-translatable", what: "scanStar" }, item.span);
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
    const spread = this.#expressions.spread(scope, item.expression);
    if (spread !== undefined) {
      // SLS names the first column as the call, and shows the name of the second in a picture only.
      const alias = item.alias?.name;
      return spread.map((value, place) => ({
        name: place === 0 ? (alias ?? `_col${index}`) : "count",
        alias: place === 0 ? alias : undefined,
        value,
        expression: item.expression,
        isJson: false,
      }));
    }
    const value = this.#expressions.within(scope, answered.within(item.expression));
    const ownName = item.expression.kind === "column" ? item.expression.path.at(-1)?.name : undefined;
    const name = item.alias?.name ?? ownName ?? `_col${index}`;
    const isJson = ownName !== undefined && this.#isJson(ownName, value);
    return [{ name, alias: item.alias?.name, value, expression: item.expression, isJson }];
  }

  /** Whether a value is a field of the records whose text is JSON. */
  #isJson(name: string, value: Typed): boolean {
    return value.isField === true && this.#source.fields.find(name)?.type === "json";
  }

  #groupKey(expression: Expression, scope: Scope, items: readonly Typed[], answered: AnsweredCalls): string {
    const ordinal = ordinalOf(expression);
    if (ordinal === undefined) return this.#expressions.within(scope, answered.within(expression)).sql;
    const item = items[ordinal - 1];
    if (item === undefined) this.#refusals.add({ code: "not-translatable", what: "ordinal" }, expression.span);
    return item?.sql ?? "NULL";
  }

  #grouping({ elements, distinct, span }: GroupBy, key: (expression: Expression) => string): string {
    if (!distinct || elements.every(({ kind }) => kind === "expression")) {
      return elements.map((element) => groupingSql(element, key)).join(", ");
    }
    // DuckDB has no GROUP BY DISTINCT: the sets are written out, each once.
    if (elements.reduce((count, element) => count * setCount(element), 1) > SETS_LIMIT) {
      this.#refusals.add({ code: "too-deep", limit: SETS_LIMIT }, span);
      return "()";
    }
    const sets = new Map<string, readonly string[]>();
    for (const set of groupingSets(elements.map((element) => setsOf(element, key)))) {
      const keys = [...new Set(set)];
      sets.set([...keys].sort().join("\0"), keys);
    }
    return `GROUPING SETS (${[...sets.values()].map((keys) => `(${keys.join(", ")})`).join(", ")})`;
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
    const first = path[0];
    if (common !== undefined) {
      // Only what stands in the compared query itself is run again.
      if (common.secondsBefore !== this.#secondsBefore && first !== undefined) {
        this.#refusals.add({ code: "not-translatable", what: "compare" }, first.span);
      }
      return this.#aliased(common.sql, common.columns, alias, name);
    }
    if (name.toLowerCase() !== "log") {
      if (first !== undefined) this.#refusals.add({ code: "table-unknown", name }, first.span);
    }
    return this.#log(alias);
  }

  /** The records that the search half found. */
  #log(alias: TableAlias | undefined): TranslatedRelation {
    const relation = this.#freshRelation();
    const from = `${relation}.`;
    const { fields } = this.#source;
    const columns = fields.columns.map(
      (column): ScopeColumn => ({ name: column.name, value: this.#fieldValue(columnField(column, column.name), from) }),
    );
    for (const name of fields.restNames) {
      const field = fields.find(name);
      if (field !== undefined && field.column === undefined)
        columns.push({ name, value: this.#fieldValue(field, from) });
    }
    const hidden = (name: string): Typed | undefined => {
      const field = fields.find(name);
      return field && this.#fieldValue(field, from);
    };
    const shown = this.#renamedColumns(columns, alias);
    return {
      sql: `${this.#source.records(this.#secondsBefore)} AS ${relation}`,
      relations: [{ alias: alias?.name.name ?? "log", columns: shown, hidden }],
      merged: new Map(),
    };
  }

  #fieldValue(field: LogField, from: string): Typed {
    const sql = field.sql(from);
    const isRecordTime = field.column?.name === "__time__";
    if (field.type !== "long") return { sql, type: varcharType, isField: !this.#scans || field.type === "json" };
    return this.#scans && !isRecordTime
      ? { sql: `CAST(${sql} AS VARCHAR)`, type: varcharType }
      : { sql, type: bigintType, isField: true, isRecordTime };
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

/** More sets than a person groups by. */
const SETS_LIMIT = 1_000;

type GroupKey = (expression: Expression) => string;

function groupingSql(element: GroupingElement, key: GroupKey): string {
  if (element.kind === "expression") return keysOf(element.expression, key).join(", ");
  const sets = element.sets.map((set) => `(${set.map(key).join(", ")})`).join(", ");
  return `${element.kind === "sets" ? "GROUPING SETS" : element.kind.toUpperCase()} (${sets})`;
}

function keysOf(expression: Expression, key: GroupKey): readonly string[] {
  return expression.kind === "row" ? expression.elements.map(key) : [key(expression)];
}

function setCount({ kind, ...element }: GroupingElement): number {
  const count = "sets" in element ? element.sets.length : 1;
  return kind === "cube" ? 2 ** count : kind === "rollup" ? count + 1 : count;
}

/** The sets that an element groups by: `rollup(a, b)` by both, by the first, and by none. */
function setsOf(element: GroupingElement, key: GroupKey): readonly (readonly string[])[] {
  if (element.kind === "expression") return [keysOf(element.expression, key)];
  const sets = element.sets.map((set) => set.map(key));
  if (element.kind === "sets") return sets;
  if (element.kind === "rollup") return [...sets.keys(), sets.length].map((count) => sets.slice(0, count).flat());
  return [...groupingSets(sets.map((set) => [set, []]))];
}

/** One of the sets of each, in every combination. */
function* groupingSets(all: readonly (readonly (readonly string[])[])[]): Iterable<readonly string[]> {
  const [first, ...rest] = all;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const set of first) for (const others of groupingSets(rest)) yield [...set, ...others];
}
