import { reservedWords } from "../parser/scanner.ts";
import { isPlainName, quotedName, quotedSearch, sqlName, sqlString } from "../quote.ts";
import type {
  Analysis,
  Expression,
  FrameBound,
  GroupBy,
  GroupingElement,
  Identifier,
  OrderItem,
  Query,
  QueryBody,
  Relation,
  Search,
  SearchField,
  Select,
  SelectItem,
  SplCommand,
  SplItem,
  Statement,
  TableAlias,
  TypeName,
  Window,
} from "../syntax.ts";

/**
 * Writes a tree as a statement on one line. What it writes of a tree without holes reads back as the same tree; a tree
 * built by hand gets the parentheses that its operators ask for.
 */
export function printStatement({ search, analysis }: Statement): string {
  return analysis ? `${printSearch(search)} | ${printAnalysis(analysis)}` : printSearch(search);
}

// ------------------------------------------------------------------------------------------------ search

const searchPowers = { or: 1, and: 2, not: 3 } as const;

function searchPower(search: Search): number {
  return search.kind === "or" || search.kind === "and" || search.kind === "not" ? searchPowers[search.kind] : 4;
}

export function printSearch(search: Search): string {
  switch (search.kind) {
    case "all":
      return "*";
    case "missing":
      return "";
    case "and":
    case "or": {
      const power = searchPower(search);
      return `${searchOperand(search.left, power)} ${search.kind} ${searchOperand(search.right, power + 1)}`;
    }
    case "not":
      return `not ${searchOperand(search.operand, searchPowers.not)}`;
    case "group":
      return `(${printSearch(search.operand)})`;
    case "exists":
      return `${fieldName(search.field)}:*`;
    case "comparison":
      return `${fieldName(search.field)} ${search.operator} ${search.value.text}`;
    case "range": {
      const bounds = `${search.low.text} ${search.high.text}`;
      return `${fieldName(search.field)} in ${search.lowIncluded ? "[" : "("}${bounds}${search.highIncluded ? "]" : ")"}`;
    }
    case "term": {
      const text = search.quoted ? quotedSearch(search.value) : search.value.replaceAll('"', '\\"');
      const value = search.phrase ? `#${text}` : text;
      return search.field ? `${fieldName(search.field)}: ${value}` : value;
    }
    default:
      return search satisfies never;
  }
}

function searchOperand(search: Search, power: number): string {
  const text = printSearch(search);
  return searchPower(search) < power ? `(${text})` : text;
}

function fieldName({ name, quoted }: SearchField): string {
  if (quoted) return quotedSearch(name);
  const tag = "__tag__:";
  if (!name.startsWith(tag)) return name.replaceAll('"', '\\"');
  const key = name.slice(tag.length);
  return /[\s:()|<>=]/.test(key) || key === "" ? tag + quotedSearch(key) : tag + key.replaceAll('"', '\\"');
}

// ------------------------------------------------------------------------------------------------ SQL

export function printAnalysis(analysis: Analysis): string {
  if (analysis.kind === "spl") return analysis.commands.map(printCommand).join(" | ");
  const settings = analysis.session.map(({ name, value }) => {
    const plain = /^[A-Za-z0-9_.-]+$/.test(value) && !reservedWords.has(value.toLowerCase());
    return `set session ${name} = ${plain ? value : sqlString(value)}; `;
  });
  return settings.join("") + printQuery(analysis.query);
}

export function printQuery(query: Query): string {
  const parts: string[] = [];
  if (query.with.length > 0) {
    const tables = query.with.map(
      (table) => `${printName(table.name)}${nameList(table.columns)} as (${printQuery(table.query)})`,
    );
    parts.push(`with ${tables.join(", ")}`);
  }
  parts.push(printBody(query.body));
  if (query.orderBy.length > 0) parts.push(orderBy(query.orderBy));
  if (query.limit) {
    const { offset, count } = query.limit;
    const amount = count ? printExpression(count) : "all";
    parts.push(offset ? `limit ${printExpression(offset)}, ${amount}` : `limit ${amount}`);
  }
  return parts.join(" ");
}

function bodyPower(body: QueryBody): number {
  if (body.kind !== "setOperation") return 3;
  return body.operator === "intersect" ? 2 : 1;
}

function printBody(body: QueryBody): string {
  switch (body.kind) {
    case "select":
      return printSelect(body);
    case "values":
      return `values ${printExpressions(body.rows)}`;
    case "nested":
      return `(${printQuery(body.query)})`;
    case "setOperation": {
      const power = bodyPower(body);
      const left = bodyOperand(body.left, power);
      const right = bodyOperand(body.right, power + 1);
      return `${left} ${body.operator}${body.all ? " all" : ""} ${right}`;
    }
    default:
      return body satisfies never;
  }
}

function bodyOperand(body: QueryBody, power: number): string {
  const text = printBody(body);
  return bodyPower(body) < power ? `(${text})` : text;
}

function printSelect(select: Select): string {
  const parts = [select.distinct ? "select distinct" : "select", select.items.map(printSelectItem).join(", ")];
  if (select.from) parts.push(`from ${printRelation(select.from)}`);
  if (select.where) parts.push(`where ${printExpression(select.where)}`);
  if (select.groupBy) parts.push(printGroupBy(select.groupBy));
  if (select.having) parts.push(`having ${printExpression(select.having)}`);
  return parts.join(" ");
}

function printSelectItem(item: SelectItem): string {
  if (item.kind === "star") return item.table ? `${printName(item.table)}.*` : "*";
  const expression = printExpression(item.expression);
  return item.alias ? `${expression} as ${printName(item.alias)}` : expression;
}

function printGroupBy(groupBy: GroupBy): string {
  return `group by ${groupBy.distinct ? "distinct " : ""}${groupBy.elements.map(printGrouping).join(", ")}`;
}

function printGrouping(element: GroupingElement): string {
  if (element.kind === "expression") return printExpression(element.expression);
  const sets = element.sets.map((set) => {
    const [first] = set;
    return set.length === 1 && first ? printExpression(first) : `(${printExpressions(set)})`;
  });
  return `${element.kind === "sets" ? "grouping sets " : element.kind}(${sets.join(", ")})`;
}

function orderBy(items: readonly OrderItem[]): string {
  const texts = items.map(
    ({ expression, descending, nulls }) =>
      printExpression(expression) + (descending ? " desc" : "") + (nulls ? ` nulls ${nulls}` : ""),
  );
  return `order by ${texts.join(", ")}`;
}

function printRelation(relation: Relation): string {
  switch (relation.kind) {
    case "missing":
      return "";
    case "table":
      return printPath(relation.name) + tableAlias(relation.alias);
    case "subquery":
      return `(${printQuery(relation.query)})${tableAlias(relation.alias)}`;
    case "unnest": {
      const ordinality = relation.withOrdinality ? " with ordinality" : "";
      return `unnest(${printExpressions(relation.expressions)})${ordinality}${tableAlias(relation.alias)}`;
    }
    case "join": {
      const { join, left, right } = relation;
      const comma = join === "comma";
      const leftText = joinOperand(left, !comma && left.kind === "join" && left.join === "comma");
      const rightText = joinOperand(right, right.kind === "join" && (!comma || right.join === "comma"));
      if (comma) return `${leftText}, ${rightText}`;
      const words = `${relation.natural ? "natural " : ""}${join === "inner" ? "" : `${join} `}join`;
      const condition = relation.on ? ` on ${printExpression(relation.on)}` : "";
      const using = relation.using.length > 0 ? ` using ${nameList(relation.using)}` : "";
      return `${leftText} ${words} ${rightText}${condition}${using}`;
    }
    default:
      return relation satisfies never;
  }
}

function joinOperand(relation: Relation, parenthesized: boolean): string {
  return parenthesized ? `(${printRelation(relation)})` : printRelation(relation);
}

function tableAlias(alias: TableAlias | undefined): string {
  return alias ? ` as ${printName(alias.name)}${nameList(alias.columns)}` : "";
}

function nameList(names: readonly Identifier[]): string {
  return names.length > 0 ? `(${names.map(printName).join(", ")})` : "";
}

function printName({ name, quoted }: Identifier): string {
  return quoted ? quotedName(name) : sqlName(name);
}

/** Behind a dot or before a parenthesis a reserved word is a name, and needs no quotes. */
function printFreeName({ name, quoted }: Identifier): string {
  return quoted || !isPlainName(name) ? quotedName(name) : name;
}

function printPath([first, ...rest]: readonly Identifier[]): string {
  return first ? [printName(first), ...rest.map(printFreeName)].join(".") : "";
}

// ------------------------------------------------------------------------------------------------ expressions

const OR = 1;
const AND = 2;
const NOT = 3;
const PREDICATE = 4;
const CONCAT = 5;
const SUM = 6;
const PRODUCT = 7;
const SIGN = 8;
const PRIMARY = 9;

function power(expression: Expression): number {
  switch (expression.kind) {
    case "binary":
      switch (expression.operator) {
        case "or":
          return OR;
        case "and":
          return AND;
        case "||":
          return CONCAT;
        case "+":
        case "-":
          return SUM;
        case "*":
        case "/":
        case "%":
          return PRODUCT;
        default:
          return PREDICATE;
      }
    case "unary":
      return expression.operator === "not" ? NOT : SIGN;
    case "between":
    case "in":
    case "like":
    case "isNull":
    case "quantified":
      return PREDICATE;
    case "lambda":
      return 0;
    default:
      return PRIMARY;
  }
}

function operand(expression: Expression, least: number): string {
  const text = printExpression(expression);
  return power(expression) < least ? `(${text})` : text;
}

function printExpressions(expressions: readonly Expression[]): string {
  return expressions.map(printExpression).join(", ");
}

export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case "missing":
      return "";
    case "number":
      return expression.text;
    case "string":
      return sqlString(expression.value);
    case "boolean":
      return String(expression.value);
    case "null":
      return "null";
    case "column":
      return printPath(expression.path);
    case "niladic":
      return expression.name;
    case "call":
      return printCall(expression);
    case "lambda": {
      const [only, ...others] = expression.parameters;
      const parameters =
        only && others.length === 0 ? printName(only) : `(${expression.parameters.map(printName).join(", ")})`;
      return `${parameters} -> ${printExpression(expression.body)}`;
    }
    case "binary": {
      const own = power(expression);
      return `${operand(expression.left, own)} ${expression.operator} ${operand(expression.right, own + 1)}`;
    }
    case "unary": {
      if (expression.operator === "not") return `not ${operand(expression.operand, NOT)}`;
      const inner = operand(expression.operand, SIGN);
      // Two minus signs in a row would begin a comment.
      return expression.operator + (inner.startsWith(expression.operator) ? ` ${inner}` : inner);
    }
    case "between": {
      const bounds = `${operand(expression.low, CONCAT)} and ${operand(expression.high, CONCAT)}`;
      return `${predicate(expression)} between ${bounds}`;
    }
    case "in": {
      const values = "kind" in expression.values ? printQuery(expression.values) : printExpressions(expression.values);
      return `${predicate(expression)} in (${values})`;
    }
    case "like": {
      const escaped = expression.escape ? ` escape ${operand(expression.escape, CONCAT)}` : "";
      return `${predicate(expression)} like ${operand(expression.pattern, CONCAT)}${escaped}`;
    }
    case "isNull":
      return `${operand(expression.operand, PREDICATE)} is ${expression.negated ? "not " : ""}null`;
    case "case": {
      const branches = expression.branches.map(
        (branch) => `when ${printExpression(branch.when)} then ${printExpression(branch.then)} `,
      );
      const subject = expression.operand ? `${printExpression(expression.operand)} ` : "";
      const otherwise = expression.otherwise ? `else ${printExpression(expression.otherwise)} ` : "";
      return `case ${subject}${branches.join("")}${otherwise}end`;
    }
    case "cast": {
      const name = expression.safe ? "try_cast" : "cast";
      return `${name}(${printExpression(expression.operand)} as ${printType(expression.type)})`;
    }
    case "extract":
      return `extract(${printName(expression.part)} from ${printExpression(expression.operand)})`;
    case "interval":
      return `interval ${expression.negative ? "-" : ""}${sqlString(expression.value)} ${expression.unit}`;
    case "typedString":
      return `${printType(expression.type)} ${sqlString(expression.value)}`;
    case "atTimeZone": {
      const { zone } = expression;
      const suffixed = zone.kind === "subscript" || zone.kind === "atTimeZone";
      const zoneText = suffixed ? `(${printExpression(zone)})` : operand(zone, PRIMARY);
      return `${operand(expression.operand, PRIMARY)} at time zone ${zoneText}`;
    }
    case "array":
      return `array[${printExpressions(expression.elements)}]`;
    case "row":
      return `${expression.elements.length > 1 ? "" : "row"}(${printExpressions(expression.elements)})`;
    case "subscript":
      return `${operand(expression.operand, PRIMARY)}[${printExpression(expression.index)}]`;
    case "exists":
      return `exists (${printQuery(expression.query)})`;
    case "scalarQuery":
      return `(${printQuery(expression.query)})`;
    case "quantified": {
      const left = operand(expression.operand, PREDICATE);
      return `${left} ${expression.operator} ${expression.quantifier} (${printQuery(expression.query)})`;
    }
    case "group":
      return `(${printExpression(expression.operand)})`;
    default:
      return expression satisfies never;
  }
}

function predicate(expression: { readonly operand: Expression; readonly negated: boolean }): string {
  return operand(expression.operand, PREDICATE) + (expression.negated ? " not" : "");
}

function printCall(call: Extract<Expression, { readonly kind: "call" }>): string {
  const { name, args, over } = call;
  const [sought, container] = args;
  const plain = !call.distinct && call.orderBy.length === 0;
  let text: string;
  if (name.name.toLowerCase() === "position" && plain && args.length === 2 && sought && container) {
    text = `${printFreeName(name)}(${operand(sought, CONCAT)} in ${printExpression(container)})`;
  } else {
    const order = call.orderBy.length > 0 ? ` ${orderBy(call.orderBy)}` : "";
    const inside = call.star ? "*" : `${call.distinct ? "distinct " : ""}${printExpressions(args)}${order}`;
    text = `${printFreeName(name)}(${inside})`;
  }
  if (call.filter) text += ` filter (where ${printExpression(call.filter)})`;
  if (call.nullTreatment) text += ` ${call.nullTreatment} nulls`;
  return over ? `${text} over (${printWindow(over)})` : text;
}

function printWindow({ partitionBy, orderBy: order, frame }: Window): string {
  const parts: string[] = [];
  if (partitionBy.length > 0) parts.push(`partition by ${printExpressions(partitionBy)}`);
  if (order.length > 0) parts.push(orderBy(order));
  if (frame) {
    const start = printBound(frame.start);
    parts.push(`${frame.unit} ${frame.end ? `between ${start} and ${printBound(frame.end)}` : start}`);
  }
  return parts.join(" ");
}

function printBound(bound: FrameBound): string {
  switch (bound.kind) {
    case "unboundedPreceding":
      return "unbounded preceding";
    case "unboundedFollowing":
      return "unbounded following";
    case "currentRow":
      return "current row";
    default:
      return `${operand(bound.value, CONCAT)} ${bound.kind}`;
  }
}

export function printType({ name, args, field }: TypeName): string {
  const inside = args.map((argument) => (typeof argument === "number" ? String(argument) : printType(argument)));
  const [word = "", ...rest] = name.split(" ");
  // The precision of `timestamp(3) with time zone` stands in the middle of the name.
  const zoned = rest[0] === "with";
  const base = zoned ? word : name;
  const type = (inside.length > 0 ? `${base}(${inside.join(", ")})` : base) + (zoned ? ` ${rest.join(" ")}` : "");
  return field ? `${printName(field)} ${type}` : type;
}

// ------------------------------------------------------------------------------------------------ SPL

function printCommand(command: SplCommand): string {
  const options = command.options.map(({ name, value }) =>
    value === undefined ? `-${name}` : `-${name}=${sqlString(value)}`,
  );
  const parts = [command.name, ...options];
  if (command.items.length > 0) parts.push(command.items.map(printItem).join(", "));
  if (command.by.length > 0) parts.push(`by ${command.by.map(printName).join(", ")}`);
  if (command.as.length > 0) parts.push(`as ${command.as.map(printName).join(", ")}`);
  return parts.join(" ");
}

function printItem({ target, expression, wildcard, descending }: SplItem): string {
  const column = wildcard && expression.kind === "column" ? expression.path[0] : undefined;
  const written = printExpression(expression);
  // A minus sign in front of a name would begin an option.
  const text = column && !column.quoted ? column.name : written.startsWith("-") ? `(${written})` : written;
  const direction = descending === undefined ? "" : descending ? " desc" : " asc";
  return `${target ? `${printName(target)} = ` : ""}${text}${direction}`;
}
