import type { Expression, Query, QueryBody, Relation, Window } from "./syntax.ts";

/** Calls back for the expressions and the queries directly in an expression, in the order of the text. */
export function eachPart(
  expression: Expression,
  onExpression: (part: Expression) => void,
  onQuery: (query: Query) => void,
): void {
  switch (expression.kind) {
    case "number":
    case "string":
    case "boolean":
    case "null":
    case "column":
    case "niladic":
    case "interval":
    case "typedString":
    case "missing":
      return;
    case "call":
      for (const argument of expression.args) onExpression(argument);
      for (const item of expression.orderBy) onExpression(item.expression);
      if (expression.filter) onExpression(expression.filter);
      if (expression.over) eachOfWindow(expression.over, onExpression);
      return;
    case "lambda":
      onExpression(expression.body);
      return;
    case "binary":
      onExpression(expression.left);
      onExpression(expression.right);
      return;
    case "unary":
    case "isNull":
    case "cast":
    case "extract":
    case "group":
      onExpression(expression.operand);
      return;
    case "between":
      onExpression(expression.operand);
      onExpression(expression.low);
      onExpression(expression.high);
      return;
    case "in":
      onExpression(expression.operand);
      if ("kind" in expression.values) onQuery(expression.values);
      else for (const value of expression.values) onExpression(value);
      return;
    case "like":
      onExpression(expression.operand);
      onExpression(expression.pattern);
      if (expression.escape) onExpression(expression.escape);
      return;
    case "case":
      if (expression.operand) onExpression(expression.operand);
      for (const { when, then } of expression.branches) {
        onExpression(when);
        onExpression(then);
      }
      if (expression.otherwise) onExpression(expression.otherwise);
      return;
    case "atTimeZone":
      onExpression(expression.operand);
      onExpression(expression.zone);
      return;
    case "array":
    case "row":
      for (const element of expression.elements) onExpression(element);
      return;
    case "subscript":
      onExpression(expression.operand);
      onExpression(expression.index);
      return;
    case "exists":
    case "scalarQuery":
      onQuery(expression.query);
      return;
    case "quantified":
      onExpression(expression.operand);
      onQuery(expression.query);
      return;
    default:
      expression satisfies never;
  }
}

function eachOfWindow({ partitionBy, orderBy, frame }: Window, onExpression: (part: Expression) => void): void {
  for (const part of partitionBy) onExpression(part);
  for (const item of orderBy) onExpression(item.expression);
  if (frame) {
    if ("value" in frame.start) onExpression(frame.start.value);
    if (frame.end && "value" in frame.end) onExpression(frame.end.value);
  }
}

/** Calls back for the expressions and the queries directly in a query; those in an expression are that one's own. */
export function eachOfQuery(
  query: Query,
  onExpression: (part: Expression) => void,
  onQuery: (query: Query) => void,
): void {
  for (const table of query.with) onQuery(table.query);
  eachOfBody(query.body, onExpression, onQuery);
  for (const { expression } of query.orderBy) onExpression(expression);
  if (query.limit?.offset) onExpression(query.limit.offset);
  if (query.limit?.count) onExpression(query.limit.count);
}

function eachOfBody(body: QueryBody, onExpression: (part: Expression) => void, onQuery: (query: Query) => void): void {
  switch (body.kind) {
    case "select":
      for (const item of body.items) if (item.kind === "column") onExpression(item.expression);
      if (body.from) eachOfRelation(body.from, onExpression, onQuery);
      if (body.where) onExpression(body.where);
      for (const element of body.groupBy?.elements ?? []) {
        if (element.kind === "expression") onExpression(element.expression);
        else for (const set of element.sets) for (const part of set) onExpression(part);
      }
      if (body.having) onExpression(body.having);
      return;
    case "setOperation":
      eachOfBody(body.left, onExpression, onQuery);
      eachOfBody(body.right, onExpression, onQuery);
      return;
    case "values":
      for (const row of body.rows) onExpression(row);
      return;
    case "nested":
      onQuery(body.query);
      return;
    default:
      body satisfies never;
  }
}

function eachOfRelation(
  relation: Relation,
  onExpression: (part: Expression) => void,
  onQuery: (query: Query) => void,
): void {
  switch (relation.kind) {
    case "subquery":
      onQuery(relation.query);
      return;
    case "unnest":
      for (const expression of relation.expressions) onExpression(expression);
      return;
    case "join":
      eachOfRelation(relation.left, onExpression, onQuery);
      eachOfRelation(relation.right, onExpression, onQuery);
      if (relation.on) onExpression(relation.on);
      return;
    default:
      return;
  }
}

/** The operands of a chain such as `a and b and c`, which leans to the left, in the order of the text. */
export function chainOf<Node extends { readonly kind: string }>(
  whole: Node,
  sides: (node: Node) => { readonly left: Node; readonly right: Node } | undefined,
): readonly Node[] {
  const parts: Node[] = [];
  let rest = whole;
  for (let pair = sides(rest); pair !== undefined; pair = sides(rest)) {
    parts.push(pair.right);
    rest = pair.left;
  }
  parts.push(rest);
  return parts.reverse();
}

/** Whether an expression or one in it answers to a question; queries in it are not looked into. */
export function someExpression(expression: Expression, test: (part: Expression) => boolean): boolean {
  if (test(expression)) return true;
  let found = false;
  eachPart(
    expression,
    (part) => {
      found ||= someExpression(part, test);
    },
    () => undefined,
  );
  return found;
}
