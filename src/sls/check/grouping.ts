import { lowered } from "../fieldNames.ts";
import { slsFunction } from "../functions/catalogue.ts";
import type { Expression, OrderItem, Select } from "../syntax.ts";
import type { ColumnName, Scope, Selected } from "./inference.ts";

/** A column that stands for many rows where one value is wanted; undefined for a `*`. */
export type Ungrouped = ColumnName | undefined;

/**
 * The columns of a SELECT that groups or aggregates which are neither grouped by nor aggregated, each name once, in the
 * order of the text. What a function that nobody knows holds may be aggregated, and is not told.
 */
export function ungrouped(selected: Selected): readonly Ungrouped[] {
  const { select, orderBy, scope } = selected;
  if (select.groupBy === undefined && !selected.aggregated) return none;
  const finder = new UngroupedFinder(selected);
  if (select.groupBy !== undefined) {
    for (const element of select.groupBy.elements) {
      if (element.kind === "expression") finder.group(element.expression);
      else for (const set of element.sets) for (const key of set) finder.group(key);
    }
  }
  for (const item of select.items) {
    if (item.kind === "column") finder.look(item.expression, false);
    else if (
      scope.tables.some(({ columns }) => columns.open || columns.list.some(({ name }) => !finder.groups(name)))
    ) {
      finder.tell(undefined);
    }
  }
  if (select.having !== undefined) finder.look(select.having, true);
  for (const { expression } of orderBy) finder.look(expression, true);
  return finder.told ?? none;
}

const none: readonly Ungrouped[] = [];

/** What a SELECT groups by. */
function keysOf({ groupBy }: Select): readonly Expression[] {
  if (groupBy === undefined) return [];
  return groupBy.elements.flatMap((element) =>
    element.kind === "expression" ? [element.expression] : element.sets.flat(),
  );
}

function nameOf(column: ColumnName): string {
  return lowered(column.path.at(-1)?.name ?? "");
}

const ungroupedTold = 100;

/** The place that a whole number names. */
export function ordinalOf(expression: Expression): number | undefined {
  return expression.kind === "number" && /^[0-9]{1,6}$/.test(expression.text) ? Number(expression.text) : undefined;
}

/** Finds columns outside what is grouped by. Equal expressions have equal hashes, wherever they stand. */
class UngroupedFinder {
  readonly #selected: Selected;
  /** With the names of the answer's columns. */
  readonly #named: Scope;
  readonly #keys = new Set<number>();
  /** The columns that are grouped by, as far as they are plain ones. */
  #names: ReadonlySet<string> | undefined;
  readonly #found: ColumnName[] = [];
  #parameters: readonly string[] = [];
  told: Ungrouped[] | undefined;
  readonly #toldNames: string[] = [];

  constructor(selected: Selected) {
    this.#selected = selected;
    this.#named = selected.scope.withOutputs(selected.outputs, true);
  }

  /** Notes what is grouped by: an expression, the column of the answer that a name or a number means, or a row of such. */
  group(key: Expression): void {
    if (key.kind === "row") {
      for (const part of key.elements) this.group(part);
      return;
    }
    this.#note(key);
    const ordinal = ordinalOf(key);
    const item = ordinal === undefined ? undefined : this.#selected.select.items[ordinal - 1];
    if (item?.kind === "column") this.#note(item.expression);
    if (key.kind !== "column" || key.path.length !== 1) return;
    const output = this.#named.output(key.path[0]?.name ?? "");
    if (output?.expression !== undefined) this.#note(output.expression);
  }

  #note(expression: Expression): void {
    this.#keys.add(this.#visit(expression));
    this.#found.length = 0;
  }

  groups(name: string): boolean {
    this.#names ??= new Set(
      keysOf(this.#selected.select).flatMap((key) => (key.kind === "column" ? [nameOf(key)] : [])),
    );
    return this.#names.has(name.toLowerCase());
  }

  /** Tells the columns of an expression that are not grouped by; `withOutputs` where it may name those of the answer. */
  look(expression: Expression, withOutputs: boolean): void {
    this.#visit(expression);
    for (const column of this.#found) {
      const name = nameOf(column);
      if (this.#toldNames.includes(name)) continue;
      if (withOutputs && column.path.length === 1 && this.#named.output(name) !== undefined) continue;
      const resolved = this.#selected.scope.resolve(column.path);
      if (resolved.kind === "parameter" || resolved.kind === "dotted" || resolved.kind === "ambiguous") continue;
      if (resolved.kind === "column" && resolved.outer) continue;
      // Past so many, one more says nothing new.
      if (this.#toldNames.length >= ungroupedTold) break;
      this.#toldNames.push(name);
      this.tell(column);
    }
    this.#found.length = 0;
  }

  tell(column: Ungrouped): void {
    this.told ??= [];
    this.told.push(column);
  }

  /** The hash of an expression. Columns that are found in it are taken back if it turns out to be grouped by. */
  #visit(expression: Expression): number {
    const before = this.#found.length;
    const hash = this.#hash(expression);
    if (this.#found.length > before && this.#keys.has(hash)) this.#found.length = before;
    return hash;
  }

  #visitAll(seed: number, expressions: readonly (Expression | undefined)[]): number {
    let hash = seed;
    for (const expression of expressions) hash = mix(hash, expression === undefined ? 1 : this.#visit(expression));
    return hash;
  }

  #order(seed: number, items: readonly OrderItem[]): number {
    let hash = seed;
    for (const { expression } of items) hash = mix(hash, this.#visit(expression));
    return hash;
  }

  #hash(expression: Expression): number {
    const seed = seeds[expression.kind];
    switch (expression.kind) {
      case "group":
        return this.#visit(expression.operand);
      case "column": {
        const name = nameOf(expression);
        const isParameter =
          this.#parameters.length > 0 && this.#parameters.includes(expression.path[0]?.name.toLowerCase() ?? "");
        if (!isParameter) this.#found.push(expression);
        return text(seed, name);
      }
      case "number":
        return text(seed, expression.text);
      case "string":
        return text(seed, expression.value);
      case "boolean":
        return text(seed, String(expression.value));
      case "niladic":
        return text(seed, expression.name);
      case "interval":
        return text(text(seed, `${expression.negative}${expression.value}`), expression.unit);
      case "typedString":
        return text(text(seed, expression.type.name), expression.value);
      case "call": {
        const known = slsFunction(expression.name.name);
        const { over } = expression;
        // Nothing is grouped by what is computed of a group, so no more has to be known of it.
        if ((known?.kind === "aggregate" && over === undefined) || known?.name === "grouping") return seed;
        const before = this.#found.length;
        let hash = text(seed, lowered(expression.name.name));
        if (expression.distinct) hash = mix(hash, 3);
        if (expression.star) hash = mix(hash, 5);
        hash = this.#visitAll(hash, expression.args);
        hash = this.#order(hash, expression.orderBy);
        if (expression.filter !== undefined) hash = mix(hash, this.#visit(expression.filter));
        if (over !== undefined) hash = this.#order(this.#visitAll(mix(hash, 7), over.partitionBy), over.orderBy);
        if (known === undefined) this.#found.length = before;
        return hash;
      }
      case "lambda": {
        const names = expression.parameters.map(({ name }) => name.toLowerCase());
        const outer = this.#parameters;
        this.#parameters = [...outer, ...names];
        const hash = mix(text(seed, names.join()), this.#visit(expression.body));
        this.#parameters = outer;
        return hash;
      }
      case "binary":
        return mix(mix(text(seed, expression.operator), this.#visit(expression.left)), this.#visit(expression.right));
      case "unary":
        return this.#visitAll(text(seed, expression.operator), [expression.operand]);
      case "between":
        return this.#visitAll(text(seed, String(expression.negated)), [
          expression.operand,
          expression.low,
          expression.high,
        ]);
      case "in":
        return this.#visitAll(text(seed, String(expression.negated)), [
          expression.operand,
          ...("kind" in expression.values ? [] : expression.values),
        ]);
      case "like":
        return this.#visitAll(text(seed, String(expression.negated)), [
          expression.operand,
          expression.pattern,
          expression.escape,
        ]);
      case "isNull":
        return this.#visitAll(text(seed, String(expression.negated)), [expression.operand]);
      case "case":
        return this.#visitAll(seed, [
          expression.operand,
          ...expression.branches.flatMap(({ when, then }) => [when, then]),
          expression.otherwise,
        ]);
      case "cast":
        return this.#visitAll(text(seed, expression.type.name), [expression.operand]);
      case "extract":
        return this.#visitAll(text(seed, expression.part.name.toLowerCase()), [expression.operand]);
      case "atTimeZone":
        return this.#visitAll(seed, [expression.operand, expression.zone]);
      case "array":
      case "row":
        return this.#visitAll(seed, expression.elements);
      case "subscript":
        return this.#visitAll(seed, [expression.operand, expression.index]);
      case "quantified":
        return this.#visitAll(seed, [expression.operand]);
      case "null":
      case "missing":
      // A subquery has rows of its own.
      case "exists":
      case "scalarQuery":
        return seed;
      default:
        return expression satisfies never;
    }
  }
}

/** From what the hash of each kind of expression begins. */
const seeds: Readonly<Record<Expression["kind"], number>> = {
  number: 7919,
  string: 15838,
  boolean: 23757,
  null: 31676,
  column: 39595,
  call: 47514,
  niladic: 55433,
  lambda: 63352,
  binary: 71271,
  unary: 79190,
  between: 87109,
  in: 95028,
  like: 102947,
  isNull: 110866,
  case: 118785,
  cast: 126704,
  extract: 134623,
  interval: 142542,
  typedString: 150461,
  atTimeZone: 158380,
  array: 166299,
  row: 174218,
  subscript: 182137,
  exists: 190056,
  scalarQuery: 197975,
  quantified: 205894,
  group: 213813,
  missing: 221732,
};

function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193) ^ (hash >>> 13);
}

function text(seed: number, value: string): number {
  let hash = seed;
  for (let index = 0; index < value.length; index++) hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193);
  return hash;
}
