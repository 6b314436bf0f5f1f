import { slsFunction, slsFunctions } from "../../sls/functions/catalogue.ts";
import type { FunctionParameter, FunctionSignature, ParameterKind } from "../../sls/functions/functions.ts";
import { nearest } from "../../sls/nearest.ts";
import type { Span } from "../../sls/span.ts";
import type { BinaryOperator, Expression, FrameBound, Identifier, OrderItem, Query, Window } from "../../sls/syntax.ts";
import {
  arrayType,
  bigintType,
  booleanType,
  commonType,
  dateType,
  doubleType,
  isNumber,
  type SqlType,
  timestampType,
  typeText,
  unknownType,
  varbinaryType,
  varcharType,
} from "../../sls/types.ts";
import { sqlName, sqlText } from "../recordColumns.ts";
import type { SchemaColumn } from "../schema.ts";
import { type Call, type CallTranslator, literalText, patternSql } from "./callSql.ts";
import { castSql } from "./castSql.ts";
import { type FunctionSql, functionSql, type WaySql } from "./functionSql.ts";
import { pathSpellings } from "./jsonSql.ts";
import type { Refusals, Untranslatable } from "./refusal.ts";
import { Scope } from "./scope.ts";
import { instant, intervalSql, intervalType, localSql, partOf, timeValue } from "./timeSql.ts";
import type { Surroundings, Typed } from "./typed.ts";
import { namedType } from "./typeSql.ts";

/** The functions whose map becomes rows, with those that give the map. */
const spreadFunctions: ReadonlyMap<string, string> = new Map([
  ["histogram_u", "histogram"],
  ["numeric_histogram_u", "numeric_histogram"],
]);

/** A query inside an expression: its text and the types of its columns. */
export type NestedQuery = { readonly sql: string; readonly types: readonly SqlType[] };

/** Translates a query that stands inside an expression. */
export type TranslateQuery = (query: Query, outer: Scope) => NestedQuery;

/**
 * Functions that need an argument twice double its text, so calls in calls can grow without end. What a person writes
 * stays far below these.
 */
const LENGTH_LIMIT = 1_000_000;
const CALLS_LIMIT = 20_000;

type Unified = { readonly values: readonly string[]; readonly type: SqlType };

/**
 * Translates expressions of SLS's SQL. A part that cannot be translated is refused and stands as NULL, so that the rest
 * is looked at too.
 */
export class ExpressionTranslator implements CallTranslator {
  readonly surroundings: Surroundings;
  readonly #columns: readonly SchemaColumn[];
  readonly #refusals: Refusals;
  readonly #query: TranslateQuery;
  #scope: Scope = new Scope([], undefined);
  #names = 0;
  #calls = 0;
  #depth = 0;
  #tolerant = false;
  #ofRows = 0;

  constructor(surroundings: Surroundings, columns: readonly SchemaColumn[], refusals: Refusals, query: TranslateQuery) {
    this.surroundings = surroundings;
    this.#columns = columns;
    this.#refusals = refusals;
    this.#query = (nested, outer) => {
      this.#ofRows += 1;
      return query(nested, outer);
    };
  }

  /** Translates with the names meaning what they do in a scope. */
  within(scope: Scope, expression: Expression): Typed {
    const outer = this.#scope;
    this.#scope = scope;
    const translated = this.translate(expression);
    this.#scope = outer;
    return translated;
  }

  /**
   * What `histogram_u` and `numeric_histogram_u` make of a column: two columns, with a row for each bucket of the histogram
   * and the count of what is in it. Undefined for anything else.
   */
  spread(scope: Scope, expression: Expression): readonly [Typed, Typed] | undefined {
    if (expression.kind === "group") return this.spread(scope, expression.operand);
    if (expression.kind !== "call") return undefined;
    const name = spreadFunctions.get(expression.name.name.toLowerCase());
    if (name === undefined) return undefined;
    const { sql, type } = this.within(scope, { ...expression, name: { ...expression.name, name } });
    return [
      { sql: `unnest(map_keys(${sql}))`, type: type.kind === "map" ? type.key : unknownType },
      { sql: `unnest(map_values(${sql}))`, type: type.kind === "map" ? type.value : unknownType },
    ];
  }

  condition(scope: Scope, expression: Expression): string {
    return this.#boolean(this.within(scope, expression), expression);
  }

  orderItems(scope: Scope, items: readonly OrderItem[]): string {
    return items.map((item) => `${this.within(scope, item.expression).sql}${orderSuffix(item)}`).join(", ");
  }

  translate(expression: Expression): Typed {
    switch (expression.kind) {
      case "group":
        return this.translate(expression.operand);
      case "number":
        return this.#number(expression.text, expression.span);
      case "string":
        return { sql: textSql(expression.value), type: varcharType };
      case "boolean":
        return { sql: expression.value ? "TRUE" : "FALSE", type: booleanType };
      case "null":
        return { sql: "NULL", type: unknownType };
      case "column":
        return this.#column(expression.path, expression.span);
      case "call":
        return this.#call(expression);
      case "niladic":
        return this.#niladic(expression.name, expression.span);
      case "lambda":
        return this.#misfit("->", "", "", expression.span);
      case "binary":
        return this.#binary(expression);
      case "unary":
        return this.#unary(expression.operator, expression.operand, expression.span);
      case "between": {
        const values = [expression.operand, expression.low, expression.high].map((value) => this.translate(value));
        const same = this.unified(values);
        if (same === undefined) return this.#misfit("between", "", typesText(values), expression.span);
        const [value, low, high] = same.values;
        return condition(`${value} ${expression.negated ? "NOT BETWEEN" : "BETWEEN"} ${low} AND ${high}`);
      }
      case "in":
        return this.#in(expression);
      case "like": {
        const values = [expression.operand, expression.pattern, expression.escape].map((value) =>
          value === undefined ? undefined : this.translate(value),
        );
        const given = values.filter((value) => value !== undefined);
        if (!given.every(({ type }) => type.kind === "varchar" || type.kind === "unknown")) {
          return this.#misfit("like", "varchar, varchar", typesText(given), expression.span);
        }
        const escaping = values[2] === undefined ? "" : ` ESCAPE ${values[2].sql}`;
        return condition(`${values[0]?.sql} ${expression.negated ? "NOT LIKE" : "LIKE"} ${values[1]?.sql}${escaping}`);
      }
      case "isNull":
        return condition(`${this.translate(expression.operand).sql} IS ${expression.negated ? "NOT " : ""}NULL`);
      case "case":
        return this.#case(expression);
      case "cast": {
        const type = namedType(expression.type, this.surroundings.zone);
        if (type === undefined) return this.#untranslatable("type", expression.type.span);
        const before = this.#ofRows;
        const value = this.translate(expression.operand);
        const safe = expression.safe || this.#tolerant;
        const cast = castSql(value, type, { safe, ofRows: this.#ofRows > before }, this.surroundings);
        return cast ?? this.#misfit("cast", typeText(type.type), typeText(value.type), expression.span);
      }
      case "extract": {
        const value = this.translate(expression.operand);
        const part = partOf(expression.part.name.toLowerCase(), value, this.surroundings);
        return part ?? this.#misfit("extract", "time", typeText(value.type), expression.span);
      }
      case "interval":
        return this.#interval(expression.value, expression.unit, expression.negative, expression.span);
      case "typedString":
        return this.#typedString(expression);
      case "atTimeZone": {
        const value = this.translate(expression.operand);
        const zone = literalText(expression.zone);
        const at = isNumber(value.type) ? undefined : instant(value, this.surroundings);
        if (zone === undefined || at === undefined) {
          return this.#misfit("at time zone", "timestamp, varchar", typeText(value.type), expression.span);
        }
        return { sql: at, type: { kind: "zonedTimestamp", zone } };
      }
      case "array": {
        const elements = this.unified(expression.elements.map((element) => this.translate(element)));
        if (elements === undefined) return this.#misfit("array", "", "", expression.span);
        return { sql: `[${elements.values.join(", ")}]`, type: arrayType(elements.type) };
      }
      case "row": {
        const fields = expression.elements.map((element) => this.translate(element));
        return {
          sql: `row(${fields.map(({ sql }) => sql).join(", ")})`,
          type: { kind: "row", fields: fields.map(({ type }) => type) },
        };
      }
      case "subscript":
        return this.#subscript(expression.operand, expression.index, expression.span);
      case "exists":
        return condition(`EXISTS (${this.#query(expression.query, this.#scope).sql})`);
      case "scalarQuery": {
        const { sql, types } = this.#query(expression.query, this.#scope);
        if (types.length !== 1) return this.#untranslatable("columnCount", expression.span);
        return { sql: `(${sql})`, type: types[0] ?? unknownType };
      }
      case "quantified": {
        const { sql, types } = this.#query(expression.query, this.#scope);
        const operand = this.translate(expression.operand);
        if (types.length !== 1) return this.#untranslatable("columnCount", expression.span);
        if (commonType(operand.type, types[0] ?? unknownType) === undefined) {
          return this.#misfit(
            expression.operator,
            "",
            typesText([operand, { type: types[0] ?? unknownType }]),
            expression.span,
          );
        }
        const quantifier = expression.quantifier === "all" ? "ALL" : "ANY";
        return condition(`${operand.sql} ${expression.operator} ${quantifier} (${sql})`);
      }
      case "missing":
        return this.#untranslatable("missing", expression.span);
      default:
        return expression satisfies never;
    }
  }

  // ------------------------------------------------------------------------------------------ names

  #column(path: readonly Identifier[], span: Span): Typed {
    const resolved = this.#scope.resolve(path);
    if (resolved.kind === "found") return resolved.value;
    const field = this.#rowField(path);
    if (field !== undefined) return field;
    const name = path.map((part) => part.name).join(".");
    if (resolved.kind === "ambiguous") {
      this.#refusals.add({ code: "column-ambiguous", name }, span);
    } else {
      // Without its quotes, a dotted name is that of a column of a table.
      const whole = path.length > 1 && this.#scope.resolve([{ name, quoted: true, span }]).kind === "found";
      const candidate = whole ? `"${name}"` : nearest(name, [...this.#scope.names()]);
      this.#refusals.add({ code: "column-unknown", name, nearest: candidate }, span);
    }
    return nothing;
  }

  /** A field of a row that a column is. */
  #rowField(path: readonly Identifier[]): Typed | undefined {
    const row = path.length > 1 ? this.#scope.resolve(path.slice(0, -1)) : undefined;
    if (row?.kind !== "found" || row.value.type.kind !== "row") return undefined;
    const name = path.at(-1)?.name.toLowerCase();
    const place = row.value.type.names?.findIndex((field) => field.toLowerCase() === name) ?? -1;
    const type = row.value.type.fields[place];
    return type && { sql: `struct_extract(${row.value.sql}, ${place + 1})`, type };
  }

  #niladic(name: string, span: Span): Typed {
    const { zone } = this.surroundings;
    const local = localSql(zone, "now()");
    switch (name) {
      case "current_date":
        return { sql: `CAST(${local} AS DATE)`, type: dateType };
      case "current_time":
        return { sql: `CAST(${local} AS TIME)`, type: { kind: "zonedTime", zone } };
      case "current_timestamp":
        return { sql: "now()", type: { kind: "zonedTimestamp", zone } };
      case "localtime":
        return { sql: `CAST(${local} AS TIME)`, type: { kind: "time" } };
      case "localtimestamp":
        return { sql: local, type: timestampType };
      default:
        this.#refusals.add({ code: "function-unknown", name, nearest: undefined }, span);
        return nothing;
    }
  }

  // ------------------------------------------------------------------------------------------ literals

  /** A number with a point is a double, as in the Presto that SLS runs. */
  #number(text: string, span: Span): Typed {
    if (/^[0-9]+$/.test(text)) {
      const value = BigInt(text);
      if (value < 2n ** 63n) return { sql: `CAST(${value} AS BIGINT)`, type: bigintType };
    } else if (/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)) {
      return { sql: `CAST('${text}' AS DOUBLE)`, type: doubleType };
    }
    return this.#untranslatable("number", span);
  }

  #interval(value: string, unit: string, negative: boolean, span: Span): Typed {
    const count = /^\s*([+-]?[0-9]{1,12})\s*$/.exec(value)?.[1];
    const interval = count && intervalSql(unit, `(${negative ? "-" : ""}(${Number(count)}))`);
    if (!interval) return this.#untranslatable("interval", span);
    return { sql: interval, type: intervalType(unit) };
  }

  #typedString({ type, value, span }: Extract<Expression, { readonly kind: "typedString" }>): Typed {
    const text: Typed = { sql: textSql(value), type: varcharType };
    if (type.name === "x") return { sql: `unhex(${text.sql})`, type: varbinaryType };
    if (type.name === "ipaddress") return text;
    if (type.name === "json") return { sql: `CAST(${text.sql} AS JSON)`, type: { kind: "json" } };
    const zone = type.name === "timestamp" ? zoneOf(value) : undefined;
    const target = namedType(
      zone === undefined ? type : { ...type, name: "timestamp with time zone" },
      zone ?? this.surroundings.zone,
    );
    const cast = target && castSql(text, target, { safe: false, ofRows: false }, this.surroundings);
    return cast ?? this.#untranslatable("type", span);
  }

  // ------------------------------------------------------------------------------------------ operators

  #binary(expression: Extract<Expression, { readonly kind: "binary" }>): Typed {
    const { operator, operatorSpan } = expression;
    if (operator === "and" || operator === "or") {
      const conditions = chain(expression, operator).map((part) => this.#boolean(this.translate(part), part));
      return condition(conditions.join(operator === "and" ? " AND " : " OR "));
    }
    const left = this.translate(expression.left);
    const right = this.translate(expression.right);
    switch (operator) {
      case "+":
      case "-":
      case "*":
      case "/":
      case "%":
        return (
          this.arithmetic(operator, left, right) ?? this.#misfit(operator, "", typesText([left, right]), operatorSpan)
        );
      case "||": {
        const both = [left.type.kind, right.type.kind].filter((kind) => kind !== "unknown");
        if (both.every((kind) => kind === "varchar")) {
          return { sql: `(${left.sql} || ${right.sql})`, type: varcharType };
        }
        const lists = both.every((kind) => kind === "array") ? this.unified([left, right]) : undefined;
        return lists === undefined
          ? this.#misfit(operator, "", typesText([left, right]), operatorSpan)
          : { sql: `(${lists.values.join(" || ")})`, type: lists.type };
      }
      default: {
        const same = this.#comparable(operator, left, right);
        return same === undefined
          ? this.#misfit(operator, "", typesText([left, right]), operatorSpan)
          : condition(`${same[0]} ${operator.toUpperCase()} ${same[1]}`);
      }
    }
  }

  /** Whole numbers divide to whole numbers; dividing one by zero fails, as in Presto. */
  arithmetic(operator: "+" | "-" | "*" | "/" | "%", left: Typed, right: Typed): Typed | undefined {
    const sql = `(${left.sql} ${operator} ${right.sql})`;
    if (
      (isNumber(left.type) || left.type.kind === "unknown") &&
      (isNumber(right.type) || right.type.kind === "unknown")
    ) {
      const type = commonType(left.type, right.type) ?? unknownType;
      if (type.kind === "decimal" && operator === "/") return { sql, type: doubleType };
      if (type.kind !== "bigint" || (operator !== "/" && operator !== "%")) return { sql, type };
      if (/^CAST\([1-9][0-9]* AS BIGINT\)$/.test(right.sql)) {
        return { sql: `(${left.sql} ${operator === "/" ? "//" : "%"} ${right.sql})`, type };
      }
      if (this.#tolerant)
        return { sql: `(${left.sql} ${operator === "/" ? "//" : "%"} nullif(${right.sql}, 0))`, type };
      return { sql: `${operator === "/" ? "sls_divide" : "sls_modulus"}(${left.sql}, ${right.sql})`, type };
    }
    return this.#timeArithmetic(operator, left, right);
  }

  #timeArithmetic(operator: "+" | "-" | "*" | "/" | "%", left: Typed, right: Typed): Typed | undefined {
    const isInterval = ({ type }: Typed): boolean => type.kind === "dayInterval" || type.kind === "monthInterval";
    const isTime = ({ type }: Typed): boolean =>
      type.kind === "timestamp" || type.kind === "date" || type.kind === "zonedTimestamp";
    if (isInterval(left) && isInterval(right)) {
      return left.type.kind === right.type.kind && (operator === "+" || operator === "-")
        ? { sql: `(${left.sql} ${operator} ${right.sql})`, type: left.type }
        : undefined;
    }
    if (operator === "*" && (isInterval(left) || isInterval(right))) {
      const [interval, count] = isInterval(left) ? [left, right] : [right, left];
      return count.type.kind === "bigint"
        ? { sql: `(${interval.sql} * ${count.sql})`, type: interval.type }
        : undefined;
    }
    if (operator === "+" && isInterval(left) && isTime(right)) return this.#timeArithmetic("+", right, left);
    if ((operator === "+" || operator === "-") && isTime(left) && isInterval(right)) {
      const time = timeValue(left, this.surroundings);
      return time?.of(`(${time.local} ${operator} ${right.sql})`);
    }
    if (operator === "-" && isTime(left) && isTime(right)) {
      const [from, to] = [instant(right, this.surroundings), instant(left, this.surroundings)];
      return from && to ? { sql: `(${to} - ${from})`, type: { kind: "dayInterval" } } : undefined;
    }
    return undefined;
  }

  #unary(operator: "not" | "-" | "+", operand: Expression, span: Span): Typed {
    const value = this.translate(operand);
    if (operator === "not") return condition(`NOT ${this.#boolean(value, operand)}`);
    const { type } = value;
    const signed =
      isNumber(type) || type.kind === "unknown" || type.kind === "dayInterval" || type.kind === "monthInterval";
    if (!signed) return this.#misfit(operator, "number", typeText(type), span);
    return operator === "+" ? value : { sql: `(- ${value.sql})`, type };
  }

  #in({ operand, values, negated, span }: Extract<Expression, { readonly kind: "in" }>): Typed {
    const value = this.translate(operand);
    const operator = negated ? "NOT IN" : "IN";
    if ("kind" in values) {
      const { sql, types } = this.#query(values, this.#scope);
      if (types.length !== 1) return this.#untranslatable("columnCount", values.span);
      const [type = unknownType] = types;
      return commonType(value.type, type) === undefined
        ? this.#misfit("in", "", typesText([value, { type }]), span)
        : condition(`${value.sql} ${operator} (${sql})`);
    }
    const given = values.map((item) => this.translate(item));
    const items = this.unified(given);
    const same = items && this.#comparable("=", value, { sql: "", type: items.type });
    if (items === undefined || same === undefined) return this.#misfit("in", "", typesText([value, ...given]), span);
    const list = given.map((item) => this.#comparable("=", value, { ...item, type: items.type })?.[1] ?? item.sql);
    return condition(`${same[0]} ${operator} (${list.join(", ")})`);
  }

  #case(expression: Extract<Expression, { readonly kind: "case" }>): Typed {
    const { operand, branches, otherwise, span } = expression;
    const value = operand === undefined ? undefined : this.translate(operand);
    const conditions = branches.map(({ when }) => {
      if (value === undefined) return this.#boolean(this.translate(when), when);
      const candidate = this.translate(when);
      const same = this.#comparable("=", value, candidate);
      return same === undefined
        ? this.#misfit("case", "", typesText([value, candidate]), when.span).sql
        : `${same[0]} = ${same[1]}`;
    });
    const outcomes = branches.map(({ then }) => this.translate(then));
    if (otherwise !== undefined) outcomes.push(this.translate(otherwise));
    const results = this.unified(outcomes);
    if (results === undefined) return this.#misfit("case", "", typesText(outcomes), span);
    const whens = conditions.map((when, index) => ` WHEN ${when} THEN ${results.values[index]}`).join("");
    const last = otherwise === undefined ? "" : ` ELSE ${results.values[branches.length]}`;
    return { sql: `CASE${whens}${last} END`, type: results.type };
  }

  #subscript(operand: Expression, index: Expression, span: Span): Typed {
    const value = this.translate(operand);
    const at = this.translate(index);
    // Presto fails where there is no such element.
    const found = (macro: string): string =>
      this.#tolerant ? `(${value.sql})[${at.sql}]` : `${macro}(${value.sql}, ${at.sql})`;
    if (value.type.kind === "map" && commonType(value.type.key, at.type) !== undefined) {
      return { sql: found("sls_entry"), type: value.type.value };
    }
    const whole = at.type.kind === "bigint" || at.type.kind === "unknown";
    if (value.type.kind === "array" && whole) return { sql: found("sls_element"), type: value.type.element };
    if (value.type.kind === "unknown") return { sql: `(${value.sql})[${at.sql}]`, type: unknownType };
    return this.#misfit("[]", "", typesText([value, at]), span);
  }

  #boolean(value: Typed, expression: Expression): string {
    if (value.type.kind === "boolean" || value.type.kind === "unknown") return value.sql;
    return this.#misfit("where", "boolean", typeText(value.type), expression.span).sql;
  }

  // ------------------------------------------------------------------------------------------ types

  unified(values: readonly Typed[]): Unified | undefined {
    let type: SqlType = unknownType;
    for (const value of values) {
      const wider = commonType(type, value.type);
      if (wider === undefined) return undefined;
      type = wider;
    }
    return { values: values.map((value) => this.#as(value, type)), type };
  }

  #as(value: Typed, type: SqlType): string {
    if (value.type.kind === type.kind) return value.sql;
    if (type.kind === "timestamp") return timeValue(value, this.surroundings)?.local ?? value.sql;
    if (type.kind === "zonedTimestamp") return instant(value, this.surroundings) ?? value.sql;
    if (type.kind === "date") return `CAST(${value.sql} AS DATE)`;
    return value.sql;
  }

  /** Two values in a form in which they can be compared. */
  #comparable(operator: BinaryOperator, left: Typed, right: Typed): readonly [string, string] | undefined {
    const type = commonType(left.type, right.type);
    if (type !== undefined) return [this.#as(left, type), this.#as(right, type)];

    // What a field of the records is indexed as is not known here: `"process.user.uid" = '0'` is as right as `= 0`.
    const equality = operator === "=" || operator === "<>" || operator.startsWith("is ");
    if (equality && (left.isField || right.isField)) {
      if (left.type.kind === "bigint" && right.type.kind === "varchar")
        return [`CAST(${left.sql} AS VARCHAR)`, right.sql];
      if (left.type.kind === "varchar" && right.type.kind === "bigint")
        return [left.sql, `CAST(${right.sql} AS VARCHAR)`];
    }
    const timed = (time: Typed, text: Typed): boolean =>
      ["date", "timestamp", "zonedTimestamp"].includes(time.type.kind) &&
      text.type.kind === "varchar" &&
      text.sql.startsWith("'");
    if (timed(left, right)) return [left.sql, this.#as(right, left.type)];
    if (timed(right, left)) return [this.#as(left, right.type), right.sql];
    return undefined;
  }

  // ------------------------------------------------------------------------------------------ calls

  #call(call: Call): Typed {
    const name = call.name.name.toLowerCase();
    const known = slsFunction(name);
    const how = functionSql.get(name);
    if (known === undefined || how === undefined) {
      this.#refusals.add(
        known === undefined
          ? { code: "function-unknown", name: call.name.name, nearest: nearest(name, [...slsFunctions.keys()]) }
          : { code: "function-cloud-only", name },
        call.name.span,
      );
      return this.#argumentsOnly(call);
    }
    const problems = this.#refusals.problems.length;
    const answered = this.#answered(call, known.signatures, how);
    if (this.#calls > CALLS_LIMIT || (answered !== undefined && answered.sql.length > LENGTH_LIMIT)) {
      if (this.#refusals.problems.length === problems) {
        this.#refusals.add({ code: "too-deep", limit: this.#depth }, call.span);
      }
      return nothing;
    }
    if (answered !== undefined) return answered;
    // What is wrong inside of an argument has been told already.
    if (this.#refusals.problems.length > problems) return nothing;
    const given = call.args.map((arg) => (arg.kind === "lambda" ? "lambda" : typeText(this.translate(arg).type)));
    return this.#misfit(name, expectedText(known.signatures), call.star ? "*" : given.join(", "), call.span);
  }

  #answered(call: Call, signatures: readonly FunctionSignature[], how: FunctionSql): Typed | undefined {
    if (this.#calls > CALLS_LIMIT) return undefined;
    const names = this.#names;
    this.#calls += 1;
    this.#depth += 1;
    const answered =
      how.kind === "signatures"
        ? this.#bySignature(call, signatures, how.signatures)
        : how.kind === "rewrite" && isPlain(call)
          ? how.rewrite(call, this)
          : undefined;
    this.#depth -= 1;
    this.#names = names;
    return answered;
  }

  /** Looks at the arguments of a call that is refused already, for what else there is to tell. */
  #argumentsOnly(call: Call): Typed {
    for (const arg of call.args) if (arg.kind !== "lambda") this.translate(arg);
    return nothing;
  }

  #bySignature(call: Call, signatures: readonly FunctionSignature[], ways: readonly WaySql[]): Typed | undefined {
    const ofRows = ways.some(({ kind }) => kind !== "scalar") && call.over === undefined;
    const scope = this.#scope;
    if (ofRows) this.#scope = scope.withoutAliases();
    const args = call.args.map((arg) => this.translate(arg));
    let answered: Typed | undefined;
    for (const [index, way] of ways.entries()) {
      const signature = signatures[index];
      answered ??= signature && this.#fitting(call, signature, way, args);
    }
    this.#scope = scope;
    return answered;
  }

  #fitting(call: Call, signature: FunctionSignature, way: WaySql, args: readonly Typed[]): Typed | undefined {
    const { parameters, result } = signature;
    const last = parameters.at(-1);
    const most = last?.repeated ? Number.POSITIVE_INFINITY : parameters.length;
    const fewest = parameters.filter(({ optional }) => !optional).length;
    if (args.length < fewest || args.length > most) return undefined;
    const texts: string[] = [];
    for (const [index, arg] of args.entries()) {
      const text = argument(arg, (parameters[index] ?? last)?.kind ?? "any");
      if (text === undefined) return undefined;
      texts.push(text);
    }
    const type = typeof result === "function" ? result(args.map((arg) => arg.type)) : result;
    if (way.kind === "scalar") {
      return isPlain(call) && !call.star ? { sql: filled(way.sql, texts), type } : undefined;
    }
    if (call.star !== (way.args === "*") || (way.kind === "window" && call.over === undefined)) return undefined;
    const of = (name: string, list: string): string => this.#overRows(call, name, list);
    const sql = way.whole.replace(/\$([0-9#])/g, (_, which: string) => {
      if (which === "0") return of(way.name, filled(way.args, texts));
      return which === "#" ? of("count", texts[0] ?? "*") : (texts[Number(which) - 1] ?? "NULL");
    });
    return { sql, type };
  }

  /** A call of an aggregate or window function with all that may stand in it and behind it. */
  #overRows(call: Call, name: string, args: string): string {
    this.#ofRows += 1;
    const distinct = call.distinct && !args.startsWith("DISTINCT ") ? "DISTINCT " : "";
    const order = call.orderBy.length === 0 ? "" : ` ORDER BY ${this.orderItems(this.#scope, call.orderBy)}`;
    const nulls = call.nullTreatment === "ignore" ? " IGNORE NULLS" : "";
    const filter = call.filter === undefined ? "" : ` FILTER (WHERE ${this.condition(this.#scope, call.filter)})`;
    const over = call.over === undefined ? "" : ` OVER (${this.#window(call.over)})`;
    return `${name}(${distinct}${args}${order}${nulls})${filter}${over}`;
  }

  #window({ partitionBy, orderBy, frame }: Window): string {
    const parts: string[] = [];
    if (partitionBy.length > 0)
      parts.push(`PARTITION BY ${partitionBy.map((value) => this.translate(value).sql).join(", ")}`);
    if (orderBy.length > 0) parts.push(`ORDER BY ${this.orderItems(this.#scope, orderBy)}`);
    if (frame !== undefined) {
      const start = this.#bound(frame.start);
      const bounds = frame.end === undefined ? start : `BETWEEN ${start} AND ${this.#bound(frame.end)}`;
      parts.push(`${frame.unit.toUpperCase()} ${bounds}`);
    }
    return parts.join(" ");
  }

  #bound(bound: FrameBound): string {
    switch (bound.kind) {
      case "unboundedPreceding":
        return "UNBOUNDED PRECEDING";
      case "unboundedFollowing":
        return "UNBOUNDED FOLLOWING";
      case "currentRow":
        return "CURRENT ROW";
      case "preceding":
      case "following":
        return `${this.translate(bound.value).sql} ${bound.kind.toUpperCase()}`;
      default:
        return bound satisfies never;
    }
  }

  tolerant(expression: Expression): { readonly value: Typed; readonly ofRows: boolean } {
    const outer = this.#tolerant;
    const before = this.#ofRows;
    this.#tolerant = true;
    const value = this.translate(expression);
    this.#tolerant = outer;
    return { value, ofRows: this.#ofRows > before };
  }

  body(lambda: Expression | undefined, parameters: readonly Typed[]): Typed | undefined {
    if (lambda?.kind === "group") return this.body(lambda.operand, parameters);
    if (lambda?.kind !== "lambda" || lambda.parameters.length !== parameters.length) return undefined;
    const bound = new Map<string, Typed>();
    for (const [index, { name }] of lambda.parameters.entries()) {
      const value = parameters[index];
      if (value !== undefined) bound.set(name.toLowerCase(), value);
    }
    return this.within(this.#scope.withParameters(bound), lambda.body);
  }

  /** Names depend on nothing but how deep a lambda stands, so that equal expressions stay equal to DuckDB. */
  freshName(): string {
    this.#names += 1;
    return sqlName(`p${this.#names}`);
  }

  jsonSpellings(json: Expression, path: readonly string[]): readonly (readonly string[])[] {
    if (json.kind === "group") return this.jsonSpellings(json.operand, path);
    const field = json.kind === "column" ? this.#scope.resolve(json.path) : undefined;
    const name = json.kind === "column" ? json.path.at(-1)?.name.toLowerCase() : undefined;
    const isField = field?.kind === "found" && field.value.isField === true;
    const column = isField ? this.#columns.find((candidate) => candidate.name.toLowerCase() === name) : undefined;
    return pathSpellings(path, column, this.#columns);
  }

  // ------------------------------------------------------------------------------------------ refusals

  #misfit(name: string, expected: string, given: string, span: Span): Typed {
    this.#refusals.add({ code: "function-arguments", name, expected, given }, span);
    return nothing;
  }

  #untranslatable(what: Untranslatable, span: Span): Typed {
    this.#refusals.add({ code: "not-translatable", what }, span);
    return nothing;
  }
}

const nothing: Typed = { sql: "NULL", type: unknownType };

export function orderSuffix({ descending, nulls }: OrderItem): string {
  return `${descending ? " DESC" : " ASC"} NULLS ${nulls === "first" ? "FIRST" : "LAST"}`;
}

function condition(sql: string): Typed {
  return { sql: `(${sql})`, type: booleanType };
}

/** The zone that ends the text of a timestamp, as Presto names it; undefined where there is none. */
function zoneOf(text: string): string | undefined {
  if (/^\s*[0-9]+-[0-9]+-[0-9]+\s*$/.test(text)) return undefined;
  const [, utc, sign, hours, minutes, name] =
    /(?:(Z)|([+-])([0-9]{1,2})(?::?([0-9]{2}))?|\s([A-Za-z_]+(?:\/\S+)?))\s*$/.exec(text) ?? [];
  if (utc !== undefined) return "UTC";
  return sign === undefined ? name : `${sign}${hours?.padStart(2, "0")}:${minutes ?? "00"}`;
}

/** A text literal that stands for itself anywhere. */
function textSql(text: string): string {
  return text.includes("\0") ? `(${sqlText(text)})` : sqlText(text);
}

/** Chains of one operator lean to the left and may be long; written flat they cost DuckDB no depth. */
function chain(expression: Expression, operator: BinaryOperator): readonly Expression[] {
  const parts: Expression[] = [];
  let rest = expression;
  while (rest.kind === "binary" && rest.operator === operator) {
    parts.push(rest.right);
    rest = rest.left;
  }
  parts.push(rest);
  return parts.reverse();
}

function isPlain(call: Call): boolean {
  return (
    !call.distinct &&
    call.orderBy.length === 0 &&
    call.filter === undefined &&
    call.over === undefined &&
    call.nullTreatment === undefined
  );
}

function expectedText(signatures: readonly FunctionSignature[]): string {
  const text = ({ kind, optional, repeated }: FunctionParameter): string =>
    `${kind}${repeated ? "..." : optional ? "?" : ""}`;
  return signatures.map(({ parameters }) => parameters.map(text).join(", ")).join(" | ");
}

function filled(template: string, args: readonly string[]): string {
  return template.replace(/\$([0-9*])/g, (_, index: string) =>
    index === "*" ? args.join(", ") : (args[Number(index) - 1] ?? "NULL"),
  );
}

/** An argument as a parameter takes it; undefined where it does not fit. */
function argument({ sql, type }: Typed, parameter: ParameterKind): string | undefined {
  switch (parameter) {
    case "any":
      return sql;
    case "integer":
      return type.kind === "bigint" || type.kind === "unknown" ? `CAST(${sql} AS INTEGER)` : undefined;
    case "number":
      return isNumber(type) || type.kind === "unknown" ? sql : undefined;
    case "double":
      if (type.kind === "double") return sql;
      return isNumber(type) || type.kind === "unknown" ? `CAST(${sql} AS DOUBLE)` : undefined;
    case "pattern":
      return type.kind === "varchar" || type.kind === "unknown" ? patternSql(sql) : undefined;
    case "json":
      return type.kind === "json" || type.kind === "varchar" || type.kind === "unknown" ? sql : undefined;
    default:
      return type.kind === parameter || type.kind === "unknown" ? sql : undefined;
  }
}

function typesText(values: readonly { readonly type: SqlType }[]): string {
  return values.map(({ type }) => typeText(type)).join(", ");
}
