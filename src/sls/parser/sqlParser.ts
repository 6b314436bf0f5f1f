import type { Expected, ProblemList } from "../check/problems.ts";
import { nearest } from "../nearest.ts";
import { type Span, span } from "../span.ts";
import type {
  BinaryOperator,
  CommonTable,
  Expression,
  FrameBound,
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
  SessionSetting,
  SqlAnalysis,
  TableAlias,
  TypeName,
  Window,
  WindowFrame,
} from "../syntax.ts";
import { isName, isReserved, Token, type Tokens } from "./scanner.ts";
import { DEPTH_LIMIT, NESTING_LIMIT } from "./searchParser.ts";

/** From how many elements on a list takes no more that are not there. */
const HOLES_LIMIT = 500;

/** The empty list of every node that has one. */
const none: readonly never[] = [];

// ------------------------------------------------------------------------------------------------ tables

/** How tightly the operators bind, by kind of token; 0 is no operator. Larger binds tighter. */
const bindingPower = new Uint8Array(256);
const OR = 1;
const AND = 2;
const NOT = 3;
const PREDICATE = 4;
const CONCAT = 5;
const SUM = 6;
const PRODUCT = 7;
const SIGN = 8;

const operatorOf: (BinaryOperator | undefined)[] = [];
function operator(kind: number, power: number, text?: BinaryOperator): void {
  bindingPower[kind] = power;
  operatorOf[kind] = text;
}
operator(Token.or, OR, "or");
operator(Token.and, AND, "and");
operator(Token.equal, PREDICATE, "=");
operator(Token.unequal, PREDICATE, "<>");
operator(Token.less, PREDICATE, "<");
operator(Token.lessOrEqual, PREDICATE, "<=");
operator(Token.greater, PREDICATE, ">");
operator(Token.greaterOrEqual, PREDICATE, ">=");
operator(Token.is, PREDICATE);
operator(Token.in, PREDICATE);
operator(Token.like, PREDICATE);
operator(Token.between, PREDICATE);
operator(Token.not, PREDICATE);
operator(Token.concat, CONCAT, "||");
operator(Token.plus, SUM, "+");
operator(Token.minus, SUM, "-");
operator(Token.star, PRODUCT, "*");
operator(Token.slash, PRODUCT, "/");
operator(Token.percent, PRODUCT, "%");

/** Where passing over what cannot be read stops: at what may go on with the construct around it. */
const stops = new Uint8Array(256);
for (const kind of [
  Token.eof,
  Token.rightParen,
  Token.rightBracket,
  Token.comma,
  Token.semicolon,
  Token.pipe,
  Token.from,
  Token.where,
  Token.group,
  Token.having,
  Token.order,
  Token.limit,
  Token.union,
  Token.except,
  Token.intersect,
  Token.when,
  Token.then,
  Token.else,
  Token.end,
]) {
  stops[kind] = 1;
}

/** Types that a text may be written as, `date '2026-01-01'`. */
const literalTypes: ReadonlySet<string> = new Set([
  "bigint",
  "char",
  "date",
  "decimal",
  "double",
  "integer",
  "ipaddress",
  "json",
  "real",
  "time",
  "timestamp",
  "varchar",
  "x",
]);

// ------------------------------------------------------------------------------------------------ the parser

/**
 * Reads SQL by recursive descent over tokens. It never fails: where something is missing it makes a hole there and goes
 * on; where something is too much it passes over it to a place where the grammar can go on, so that each token is read a
 * bounded number of times.
 */
export class SqlParser {
  protected readonly text: string;
  protected readonly kinds: Uint8Array;
  protected readonly starts: Int32Array;
  protected readonly ends: Int32Array;
  protected readonly problems: ProblemList;
  /** The index and the kind of the next token. */
  protected at = 1;
  protected kind: number;
  private nesting = 0;
  /** How deep the deepest tree is that was read since this was last set to 0. */
  private height = 0;
  private tooDeepTold = false;

  constructor(text: string, tokens: Tokens, problems: ProblemList) {
    this.text = text;
    this.kinds = tokens.kinds;
    this.starts = tokens.starts;
    this.ends = tokens.ends;
    this.problems = problems;
    this.kind = this.kinds[1] as number;
  }

  analysis(): SqlAnalysis {
    const start = this.start();
    const session = this.kind === Token.set ? this.sessionSettings() : none;
    if (this.kind === Token.insert) this.insertTarget();
    const query = this.query();
    this.accept(Token.semicolon);
    if (this.kind === Token.pipe) {
      this.problems.add({ code: "analysis-mixed", severity: "error", first: "sql", span: this.here() });
    } else if (this.kind !== Token.eof) {
      this.unexpected();
    }
    return { kind: "sql", session, query, span: this.since(Math.min(start, query.span.start)) };
  }

  // ---------------------------------------------------------------------------------------------- statements

  private sessionSettings(): readonly SessionSetting[] {
    const settings: SessionSetting[] = [];
    do settings.push(this.sessionSetting());
    while (this.kind === Token.set);
    return settings;
  }

  private sessionSetting(): SessionSetting {
    const start = this.start();
    this.advance();
    this.expect(Token.session, "session");
    let name = "";
    if (isName(this.kind)) {
      const nameStart = this.start();
      this.advance();
      while (this.kind === Token.dot && isName(this.kindAt(1))) {
        this.advance();
        this.advance();
      }
      name = this.text.slice(nameStart, this.lastEnd());
    } else {
      this.expected("setting");
    }
    this.expect(Token.equal, "=");
    let value = "";
    if (this.kind === Token.string) {
      value = this.stringValue();
      this.advance();
    } else if (this.kind !== Token.select && !stops[this.kind]) {
      const valueStart = this.start();
      do this.advance();
      while (this.kind !== Token.select && !stops[this.kind]);
      value = this.text.slice(valueStart, this.lastEnd());
    } else {
      this.expected("value");
    }
    if (this.kind === Token.semicolon) this.advance();
    else this.expected(";");
    return { name, value, span: this.since(start) };
  }

  /** `insert into name`, which is told and passed over. */
  private insertTarget(): void {
    const start = this.start();
    this.advance();
    if (this.kind === Token.into) this.advance();
    if (isName(this.kind)) this.path();
    this.problems.add({ code: "insert-refused", severity: "error", span: this.since(start) });
  }

  query(): Query {
    const start = this.open();
    const outer = this.enter();
    if (outer < 0) {
      const body = emptySelect(this.tooDeepHole());
      return { kind: "query", with: none, body, orderBy: none, limit: undefined, span: body.span };
    }
    const tables = this.kind === Token.with ? this.commonTables() : none;
    const body = this.setOperations(undefined, 0);
    const query = this.queryRest(tables, body, Math.min(start, body.span.start));
    this.leave(outer);
    return query;
  }

  /** The order and the limit of a query, and whatever stands behind them that should not. */
  private queryRest(tables: readonly CommonTable[], body: QueryBody, start: number): Query {
    let orderBy: readonly OrderItem[] = none;
    let limit: Limit | undefined;
    if (this.kind === Token.order) orderBy = this.orderBy();
    if (this.kind === Token.limit) limit = this.limit();
    for (;;) {
      switch (this.kind) {
        case Token.eof:
        case Token.rightParen:
        case Token.semicolon:
        case Token.pipe:
          return { kind: "query", with: tables, body, orderBy, limit, span: this.since(start) };
        case Token.order: {
          this.clauseOrder();
          const items = this.orderBy();
          if (orderBy.length === 0) orderBy = items;
          break;
        }
        case Token.limit: {
          if (limit !== undefined) this.clauseOrder();
          const second = this.limit();
          limit ??= second;
          break;
        }
        case Token.offset:
          if (limit === undefined) {
            limit = this.offsetFirst();
            break;
          }
          this.passOver();
          break;
        case Token.from:
          this.clauseOrder();
          this.advance();
          this.relations();
          break;
        case Token.where:
        case Token.having:
          this.clauseOrder();
          this.advance();
          this.expression();
          break;
        case Token.group:
          this.clauseOrder();
          this.groupBy();
          break;
        default:
          this.passOver();
          break;
      }
    }
  }

  private clauseOrder(): void {
    const clause = this.tokenText().toLowerCase();
    this.problems.add({ code: "clause-order", severity: "error", clause, span: this.here() });
  }

  /** `with recursive` allows a table to name itself; whether one does is seen from its query. */
  private commonTables(): readonly CommonTable[] {
    this.advance();
    const next = this.kindAt(1);
    if (this.isWord("recursive") && next !== Token.as && next !== Token.leftParen) this.advance();
    return this.list(this.commonTable);
  }

  private commonTable(): CommonTable {
    const start = this.open();
    const name = this.name();
    const columns = this.kind === Token.leftParen ? this.nameList() : none;
    this.expect(Token.as, "as");
    const query = this.parenthesized();
    return { name, columns, query, span: this.since(Math.min(start, name.span.start)) };
  }

  /** `( query )`. */
  private parenthesized(): Query {
    const opened = this.expect(Token.leftParen, "(");
    const query = this.query();
    if (opened) this.close();
    return query;
  }

  /** Bodies joined by `union` and `except`, and, tighter, by `intersect`. */
  private setOperations(first: QueryBody | undefined, power: number): QueryBody {
    const outer = this.height;
    this.height = 0;
    let left = first ?? this.queryBody();
    for (;;) {
      const kind = this.kind;
      const tight = kind === Token.intersect;
      if (!(tight || ((kind === Token.union || kind === Token.except) && power === 0))) break;
      this.advance();
      const all = this.kind === Token.all;
      if (all || this.kind === Token.distinct) this.advance();
      const leftHeight = this.height;
      this.height = 0;
      const right = tight ? this.queryBody() : this.setOperations(undefined, 1);
      if (leftHeight < DEPTH_LIMIT) {
        this.height = Math.max(leftHeight, this.height) + 1;
        const operator = kind === Token.union ? "union" : tight ? "intersect" : "except";
        left = { kind: "setOperation", operator, all, left, right, span: span(left.span.start, right.span.end) };
      } else {
        this.height = leftHeight;
        this.tooDeep(right.span);
      }
    }
    this.height = Math.max(outer, this.height);
    return left;
  }

  private queryBody(): QueryBody {
    switch (this.kind) {
      case Token.select:
        return this.select();
      case Token.values: {
        const start = this.start();
        this.advance();
        const rows = this.listOfMore(this.expression);
        return { kind: "values", rows, span: this.since(start) };
      }
      case Token.leftParen: {
        const start = this.start();
        this.advance();
        const query = this.query();
        this.close();
        return { kind: "nested", query, span: this.since(start) };
      }
      default: {
        this.expected("query");
        const hole = this.hole();
        if (!stops[this.kind]) this.skip();
        // A clause can go on although its SELECT is missing.
        if (this.kind === Token.from || this.kind === Token.where || this.kind === Token.group) {
          return this.selectRest(hole.start, false, emptyItems(hole));
        }
        return emptySelect(hole);
      }
    }
  }

  private select(): Select {
    const start = this.start();
    this.advance();
    const distinct = this.kind === Token.distinct;
    if (distinct || (this.kind === Token.all && this.kindAt(1) !== Token.comma && !stops[this.kindAt(1)]))
      this.advance();
    const items = this.listOfMore(this.selectItem);
    return this.selectRest(start, distinct, items);
  }

  private selectItem(): SelectItem {
    const start = this.open();
    if (this.kind === Token.star) {
      this.advance();
      return { kind: "star", table: undefined, span: this.since(start) };
    }
    if (isName(this.kind) && this.kindAt(1) === Token.dot && this.kindAt(2) === Token.star) {
      const table = this.name();
      this.advance();
      this.advance();
      return { kind: "star", table, span: this.since(start) };
    }
    const expression = this.expression();
    const alias = this.alias();
    return { kind: "column", expression, alias, span: this.sinceOr(start, expression.span) };
  }

  /** A name behind `as`, or a name alone. */
  private alias(): Identifier | undefined {
    if (this.accept(Token.as)) return this.kind === Token.string ? this.stringAsName() : this.name();
    if (this.kind === Token.string) return this.stringAsName();
    return isName(this.kind) ? this.name() : undefined;
  }

  private stringAsName(): Identifier {
    const name = this.stringValue();
    const at = this.here();
    this.problems.add({ code: "name-in-single-quotes", severity: "error", name, span: at });
    this.advance();
    return { name, quoted: true, span: at };
  }

  /** The clauses of a SELECT in their order; one that comes too late is told and, if it is the first, read. */
  private selectRest(start: number, distinct: boolean, items: readonly SelectItem[]): Select {
    let from: Relation | undefined;
    let where: Expression | undefined;
    let groupBy: GroupBy | undefined;
    let having: Expression | undefined;
    let reached = 0;
    for (;;) {
      const kind = this.kind;
      const place = kind === Token.from ? 1 : kind === Token.where ? 2 : kind === Token.group ? 3 : 4;
      switch (kind) {
        case Token.from:
        case Token.where:
        case Token.group:
        case Token.having:
          if (place <= reached) this.clauseOrder();
          reached = Math.max(reached, place);
          break;
        case Token.eof:
        case Token.rightParen:
        case Token.semicolon:
        case Token.pipe:
        case Token.union:
        case Token.except:
        case Token.intersect:
        case Token.order:
        case Token.limit:
        case Token.offset:
          return { kind: "select", distinct, items, from, where, groupBy, having, span: this.since(start) };
        default:
          this.passOver();
          continue;
      }
      if (kind === Token.group) {
        const read = this.groupBy();
        groupBy ??= read;
        continue;
      }
      this.advance();
      if (kind === Token.from) {
        const read = this.relations();
        from ??= read;
      } else {
        const read = this.expression();
        if (kind === Token.where) where ??= read;
        else having ??= read;
      }
    }
  }

  private groupBy(): GroupBy {
    const start = this.start();
    this.advance();
    this.expect(Token.by, "by");
    const distinct = this.kind === Token.distinct;
    if (distinct || (this.kind === Token.all && !stops[this.kindAt(1)])) this.advance();
    const elements = this.list(this.groupingElement);
    return { distinct, elements, span: this.since(start) };
  }

  private groupingElement(): GroupingElement {
    const start = this.open();
    const kind = this.kind;
    if ((kind === Token.rollup || kind === Token.cube) && this.kindAt(1) === Token.leftParen) {
      this.advance();
      const sets = this.groupingSets();
      return { kind: kind === Token.rollup ? "rollup" : "cube", sets, span: this.since(start) };
    }
    if (kind === Token.grouping && this.kindAt(1) === Token.sets) {
      this.advance();
      this.advance();
      const sets = this.groupingSets();
      return { kind: "sets", sets, span: this.since(start) };
    }
    const expression = stops[this.kind] ? this.missing("grouping") : this.expression();
    return { kind: "expression", expression, span: expression.span };
  }

  /** `( a, (b, c), () )`. */
  private groupingSets(): readonly (readonly Expression[])[] {
    if (!this.expect(Token.leftParen, "(")) return none;
    const sets = this.listOfMore(this.groupingSet);
    this.close();
    return sets;
  }

  private groupingSet(): readonly Expression[] {
    const wordless = this.kind === Token.leftParen;
    if (wordless && this.kindAt(1) === Token.rightParen) {
      this.advance();
      this.advance();
      return none;
    }
    const set = this.expression();
    return wordless && set.kind === "row" ? set.elements : [set];
  }

  protected orderBy(): readonly OrderItem[] {
    this.advance();
    this.expect(Token.by, "by");
    return this.list(this.orderItem);
  }

  private orderItem(): OrderItem {
    const start = this.open();
    const expression = this.expression();
    const descending = this.kind === Token.desc;
    if (descending || this.kind === Token.asc) this.advance();
    let nulls: "first" | "last" | undefined;
    if (this.kind === Token.nulls) {
      this.advance();
      const place = this.kindAt(0);
      if (place === Token.first || place === Token.last) {
        nulls = place === Token.first ? "first" : "last";
        this.advance();
      } else {
        this.expected("first");
      }
    }
    return { expression, descending, nulls, span: this.sinceOr(start, expression.span) };
  }

  private limit(): Limit {
    const start = this.start();
    this.advance();
    if (this.kind === Token.all) {
      this.advance();
      return { offset: undefined, count: undefined, span: this.since(start) };
    }
    const first = this.expression();
    if (this.accept(Token.comma)) {
      const count = this.expression();
      return { offset: first, count, span: this.since(start) };
    }
    if (this.kind === Token.offset) {
      this.advance();
      const offset = this.expression();
      this.limitOffset(start, offset, first);
      return { offset, count: first, span: this.since(start) };
    }
    return { offset: undefined, count: first, span: this.since(start) };
  }

  /** `offset n [rows] [limit m]`, the standard's order, which SLS has not. */
  private offsetFirst(): Limit {
    const start = this.start();
    this.advance();
    const offset = this.expression();
    if (this.kind === Token.rows || this.kind === Token.row) this.advance();
    let count: Expression | undefined;
    if (this.kind === Token.limit) {
      this.advance();
      count = this.expression();
    }
    this.limitOffset(start, offset, count);
    return { offset, count, span: this.since(start) };
  }

  private limitOffset(start: number, offset: Expression, count: Expression | undefined): void {
    this.problems.add({
      code: "limit-offset",
      severity: "error",
      offset: this.text.slice(offset.span.start, offset.span.end),
      count: count && this.text.slice(count.span.start, count.span.end),
      span: this.since(start),
    });
  }

  // ---------------------------------------------------------------------------------------------- relations

  private relations(): Relation {
    const outer = this.height;
    this.height = 0;
    let left = this.joins();
    while (this.accept(Token.comma)) {
      const leftHeight = this.height;
      this.height = 0;
      const right = this.joins();
      left = this.joined(leftHeight, "comma", false, left, right, undefined, none);
    }
    this.height = Math.max(outer, this.height);
    return left;
  }

  private joins(): Relation {
    let left = this.relation();
    for (;;) {
      let ahead = 0;
      const natural = this.kind === Token.natural;
      if (natural) ahead++;
      const word = this.kindAt(ahead);
      let join: "inner" | "left" | "right" | "full" | "cross" = "inner";
      if (word === Token.left || word === Token.right || word === Token.full) {
        join = word === Token.left ? "left" : word === Token.right ? "right" : "full";
        ahead++;
        if (this.kindAt(ahead) === Token.outer) ahead++;
      } else if (word === Token.cross || word === Token.inner) {
        if (word === Token.cross) join = "cross";
        ahead++;
      }
      if (this.kindAt(ahead) !== Token.join) {
        if (ahead === 0 || word === Token.full) return left;
        for (; ahead > 0; ahead--) this.advance();
        this.expected("join");
      } else {
        for (; ahead >= 0; ahead--) this.advance();
      }

      const leftHeight = this.height;
      this.height = 0;
      const right = this.relation();
      let on: Expression | undefined;
      let using: readonly Identifier[] = none;
      if (this.accept(Token.on)) on = this.expression();
      else if (this.accept(Token.using)) using = this.nameList();
      else if (join !== "cross" && !natural) this.expected("on");
      left = this.joined(leftHeight, join, natural, left, right, on, using);
    }
  }

  private joined(
    leftHeight: number,
    join: Extract<Relation, { readonly kind: "join" }>["join"],
    natural: boolean,
    left: Relation,
    right: Relation,
    on: Expression | undefined,
    using: readonly Identifier[],
  ): Relation {
    const whole = this.since(left.span.start);
    if (leftHeight >= DEPTH_LIMIT) {
      this.height = leftHeight;
      this.tooDeep(right.span);
      return left;
    }
    this.height = Math.max(leftHeight, this.height) + 1;
    return { kind: "join", join, natural, left, right, on, using, span: whole };
  }

  private relation(): Relation {
    const start = this.open();
    if (this.kind === Token.unnest) {
      this.advance();
      const expressions = this.expect(Token.leftParen, "(") ? this.expressionsToClose() : none;
      const withOrdinality = this.kindAt(0) === Token.with && this.kindAt(1) === Token.ordinality;
      if (withOrdinality) {
        this.advance();
        this.advance();
      }
      const alias = this.tableAlias();
      return { kind: "unnest", expressions, withOrdinality, alias, span: this.since(start) };
    }
    if (this.kind === Token.leftParen) return this.relationInParens(start);
    if (isName(this.kind)) {
      const name = this.path();
      const alias = this.tableAlias();
      return { kind: "table", name, alias, span: this.since(start) };
    }
    this.expected("table");
    if (this.kind === Token.string) {
      this.advance();
      return { kind: "missing", span: this.since(start) };
    }
    return { kind: "missing", span: this.hole() };
  }

  private relationInParens(start: number): Relation {
    const next = this.kindAt(1);
    if (next === Token.select || next === Token.with || next === Token.values) {
      const query = this.parenthesized();
      const alias = this.tableAlias();
      return { kind: "subquery", query, alias, span: this.since(start) };
    }
    const outer = this.enter();
    if (outer < 0) return { kind: "missing", span: this.tooDeepHole() };
    this.advance();
    const inner = this.relations();
    this.leave(outer);

    // `((select …) union (select …))`: what began as a relation turns out to be the first body of a query.
    if (inner.kind === "subquery" && inner.alias === undefined && this.atSetOperation()) {
      const query = this.queryFrom(inner.query, inner.span);
      this.close();
      const alias = this.tableAlias();
      return { kind: "subquery", query, alias, span: this.since(start) };
    }
    this.close();
    return inner;
  }

  private atSetOperation(): boolean {
    const kind = this.kind;
    return kind === Token.union || kind === Token.except || kind === Token.intersect;
  }

  /** The query whose first body, in its parentheses, has been read already. */
  private queryFrom(first: Query, firstSpan: Span): Query {
    const body = this.setOperations({ kind: "nested", query: first, span: firstSpan }, 0);
    return this.queryRest([], body, firstSpan.start);
  }

  private tableAlias(): TableAlias | undefined {
    const start = this.start();
    const marked = this.accept(Token.as);
    if (!marked && (!isName(this.kind) || this.kind === Token.using || this.kind === Token.offset)) return undefined;
    if (!marked && this.kind === Token.full && (this.kindAt(1) === Token.join || this.kindAt(1) === Token.outer)) {
      return undefined;
    }
    const name = this.kind === Token.string ? this.stringAsName() : this.name();
    const columns = this.kind === Token.leftParen ? this.nameList() : none;
    return { name, columns, span: this.since(start) };
  }

  // ---------------------------------------------------------------------------------------------- expressions

  expression(): Expression {
    const outer = this.enter();
    if (outer < 0) return { kind: "missing", span: this.tooDeepHole() };
    const expression = this.operation(OR);
    this.leave(outer);
    return expression;
  }

  /** Operators that bind at least as tightly as `power`, the left of two equal ones first. */
  private operation(power: number): Expression {
    let left = this.operand(power);
    for (;;) {
      const kind = this.kind;
      const binding = bindingPower[kind] as number;
      if (binding < power || binding === 0) return left;
      const leftHeight = this.height;
      this.height = 0;
      let next: Expression;
      const text = operatorOf[kind];
      if (text === undefined) {
        const read = this.predicate(left);
        if (read === undefined) {
          this.height = leftHeight;
          return left;
        }
        next = read;
      } else {
        const operatorSpan = span(this.start(), this.ends[this.at] as number);
        this.advance();
        const quantified = binding === PREDICATE && this.kindAt(1) === Token.leftParen && this.quantifier();
        if (quantified) {
          this.advance();
          const query = this.parenthesized();
          const whole = this.since(left.span.start);
          next = { kind: "quantified", operand: left, operator: text, quantifier: quantified, query, span: whole };
        } else {
          const right = this.operation(binding + 1);
          const whole = span(left.span.start, right.span.end);
          next = { kind: "binary", operator: text, left, right, operatorSpan, span: whole };
        }
      }
      if (leftHeight < DEPTH_LIMIT) {
        this.height = Math.max(leftHeight, this.height) + 1;
        left = next;
      } else {
        this.height = leftHeight;
        this.tooDeep(span(left.span.end, next.span.end));
      }
    }
  }

  private quantifier(): "all" | "any" | "some" | undefined {
    const first = this.kindAt(2);
    if (first !== Token.select && first !== Token.with && first !== Token.values) return undefined;
    if (this.kind === Token.all) return "all";
    if (this.kind === Token.any) return "any";
    return this.kind === Token.some ? "some" : undefined;
  }

  /** `is`, `in`, `like` and `between` behind their operand; nothing if a `not` is none of theirs. */
  private predicate(operand: Expression): Expression | undefined {
    const start = operand.span.start;
    if (this.kind === Token.is) return this.isPredicate(operand);

    const negated = this.kind === Token.not;
    const kind = negated ? this.kindAt(1) : this.kind;
    if (kind !== Token.in && kind !== Token.like && kind !== Token.between) return undefined;
    if (negated) this.advance();
    this.advance();
    if (kind === Token.like) {
      const pattern = this.operation(CONCAT);
      let mark: Expression | undefined;
      if (this.accept(Token.escape)) {
        mark = stops[this.kindAt(0)] ? this.missing("string") : this.operation(CONCAT);
      }
      return { kind: "like", operand, pattern, escape: mark, negated, span: this.since(start) };
    }
    if (kind === Token.between) {
      const low = this.operation(CONCAT);
      this.expect(Token.and, "and");
      const high = this.operation(CONCAT);
      return { kind: "between", operand, low, high, negated, span: this.since(start) };
    }
    const next = this.kindAt(1);
    if (this.kind === Token.leftParen && (next === Token.select || next === Token.with)) {
      const values = this.parenthesized();
      return { kind: "in", operand, values, negated, span: this.since(start) };
    }
    const values = this.expect(Token.leftParen, "(") ? this.expressionsToClose() : none;
    return { kind: "in", operand, values, negated, span: this.since(start) };
  }

  private isPredicate(operand: Expression): Expression {
    const start = operand.span.start;
    const operatorStart = this.start();
    this.advance();
    const negated = this.accept(Token.not);
    if (this.accept(Token.distinct)) {
      this.expect(Token.from, "from");
      const operatorSpan = this.since(operatorStart);
      const right = this.operation(CONCAT);
      const operator = negated ? "is not distinct from" : "is distinct from";
      return { kind: "binary", operator, left: operand, right, operatorSpan, span: span(start, right.span.end) };
    }
    this.expect(Token.null, "null");
    return { kind: "isNull", operand, negated, span: this.since(start) };
  }

  /** Signs and `not` in front of an operand, then what may follow it directly. */
  private operand(power: number): Expression {
    const kind = this.kind;
    if (kind === Token.minus || kind === Token.plus || kind === Token.not) {
      if (kind === Token.not && power > NOT) this.unexpected();
      const start = this.start();
      const outer = this.enter();
      if (outer < 0) {
        while (this.kind === Token.minus || this.kind === Token.plus || this.kind === Token.not) this.advance();
        this.tooDeep(this.since(start), NESTING_LIMIT);
        return this.suffixes(this.primary());
      }
      this.advance();
      const operand = this.operation(kind === Token.not ? NOT : SIGN);
      this.leave(outer);
      const operator = kind === Token.not ? "not" : kind === Token.minus ? "-" : "+";
      return { kind: "unary", operator, operand, span: this.since(start) };
    }
    const primary = this.primary();
    return this.kind === Token.leftBracket || this.kind === Token.at ? this.suffixes(primary) : primary;
  }

  /** `[index]` and `at time zone`. */
  private suffixes(primary: Expression): Expression {
    let operand = primary;
    for (;;) {
      if (this.height >= DEPTH_LIMIT) {
        this.tooDeep(operand.span);
        if (this.kind === Token.leftBracket || this.kind === Token.at) this.skip();
        return operand;
      }
      if (this.kind === Token.leftBracket) {
        this.advance();
        const before = this.height;
        this.height = 0;
        const index = this.expression();
        if (!this.accept(Token.rightBracket)) this.expected("]");
        operand = { kind: "subscript", operand, index, span: this.since(operand.span.start) };
        this.height = Math.max(before, this.height) + 1;
      } else if (this.kind === Token.at && this.kindAt(1) === Token.time) {
        this.advance();
        this.advance();
        if (!this.accept(Token.zone)) this.expected("time zone");
        const before = this.height;
        const zone = stops[this.kindAt(0)] ? this.missing("string") : this.primary();
        operand = { kind: "atTimeZone", operand, zone, span: this.since(operand.span.start) };
        this.height = Math.max(before, this.height) + 1;
      } else {
        return operand;
      }
    }
  }

  private primary(): Expression {
    const start = this.start();
    switch (this.kind) {
      case Token.word:
      case Token.quotedName:
        return this.nameExpression();
      case Token.number: {
        const text = this.tokenText();
        this.advance();
        return { kind: "number", text, span: this.since(start) };
      }
      case Token.string: {
        const value = this.stringValue();
        this.advance();
        return { kind: "string", value, span: this.since(start) };
      }
      case Token.leftParen:
        return this.parenthesis();
      case Token.null:
        this.advance();
        return { kind: "null", span: this.since(start) };
      case Token.true:
      case Token.false: {
        const value = this.kind === Token.true;
        this.advance();
        return { kind: "boolean", value, span: this.since(start) };
      }
      case Token.case:
        return this.caseExpression();
      case Token.cast:
        return this.castExpression();
      case Token.try_cast:
        return this.kindAt(1) === Token.leftParen ? this.castExpression() : this.nameExpression();
      case Token.exists: {
        this.advance();
        const query = this.parenthesized();
        return { kind: "exists", query, span: this.since(start) };
      }
      case Token.current_date:
      case Token.current_time:
      case Token.current_timestamp:
      case Token.localtime:
      case Token.localtimestamp: {
        if (this.kindAt(1) === Token.leftParen) return this.call(this.keywordName());
        const name = this.tokenText().toLowerCase();
        this.advance();
        return { kind: "niladic", name, span: this.since(start) };
      }
      case Token.array:
        return this.kindAt(1) === Token.leftBracket ? this.arrayExpression() : this.nameExpression();
      case Token.row:
        return this.kindAt(1) === Token.leftParen ? this.rowExpression() : this.nameExpression();
      case Token.interval: {
        const next = this.kindAt(1);
        const signed = (next === Token.minus || next === Token.plus) && this.kindAt(2) === Token.string;
        return next === Token.string || signed ? this.intervalExpression() : this.nameExpression();
      }
      case Token.extract:
        return this.kindAt(1) === Token.leftParen ? this.extractExpression() : this.nameExpression();
      case Token.position:
        return this.kindAt(1) === Token.leftParen ? this.positionCall() : this.nameExpression();
      case Token.grouping:
        if (this.kindAt(1) === Token.leftParen) return this.call(this.keywordName());
        break;
      default:
        if (isName(this.kind)) return this.nameExpression();
        break;
    }

    const kind = this.kind;
    const spelt = kind === Token.left || kind === Token.right || kind === Token.cube || kind === Token.rollup;
    if (spelt && this.kindAt(1) === Token.leftParen) {
      const name = this.tokenText();
      this.problems.add({ code: "name-reserved", severity: "error", name, span: this.here() });
      return this.call(this.keywordName());
    }
    if (this.kind === Token.unknown) {
      this.expected("expression");
      this.skip();
      return { kind: "missing", span: this.since(start) };
    }
    return this.missing("expression");
  }

  /** The name of a function that is spelt like a keyword. */
  private keywordName(): Identifier {
    const start = this.start();
    const name = this.tokenText();
    this.advance();
    return { name, quoted: false, span: this.since(start) };
  }

  /** What begins with a name: a column, a call, a lambda of one parameter, a typed text. */
  private nameExpression(): Expression {
    const next = this.kindAt(1);
    if (next === Token.leftParen) return this.call(this.name());
    if (next === Token.arrow) {
      const parameter = this.name();
      return this.lambdaBody([parameter], parameter.span.start);
    }
    if (next === Token.string && this.kind !== Token.quotedName) {
      const start = this.start();
      const type = this.tokenText().toLowerCase();
      if (literalTypes.has(type)) {
        this.advance();
        const typeName = { name: type, args: none, span: this.since(start) };
        const value = this.stringValue();
        this.advance();
        return { kind: "typedString", type: typeName, value, span: this.since(start) };
      }
    }
    const first = this.name();
    if (this.kind !== Token.dot) return { kind: "column", path: [first], span: first.span };
    return { kind: "column", path: this.pathFrom(first), span: this.since(first.span.start) };
  }

  /** A call from its opening parenthesis on. */
  private call(called: Identifier): Expression {
    let name = called;
    let args: readonly Expression[] = none;
    let star = false;
    let distinct = false;
    let orderBy: readonly OrderItem[] = none;
    this.advance();
    if (this.kind === Token.star && this.kindAt(1) === Token.rightParen) {
      this.advance();
      star = true;
    } else if (this.kind !== Token.rightParen) {
      distinct = this.kind === Token.distinct;
      if (distinct) this.advance();
      else if (this.kind === Token.all && !stops[this.kindAt(1)]) this.advance();
      const special = specialCall(name);
      if (special === "trim") name = this.trimmed(name);
      if (this.kind !== Token.from || special !== "trim") args = this.listOfMore(this.expression);
      if (this.kind === Token.from && special !== undefined && args.length <= 1) {
        args = this.argumentsFrom(special, args);
      }
      if (this.kind === Token.order) orderBy = this.orderBy();
    }
    this.close();

    let filter: Expression | undefined;
    if (this.kind === Token.filter && this.kindAt(1) === Token.leftParen) {
      this.advance();
      this.advance();
      if (!this.accept(Token.where)) this.expected("expression");
      filter = this.expression();
      this.close();
    }
    let nullTreatment: "ignore" | "respect" | undefined;
    if ((this.kind === Token.ignore || this.kind === Token.respect) && this.kindAt(1) === Token.nulls) {
      nullTreatment = this.kind === Token.ignore ? "ignore" : "respect";
      this.advance();
      this.advance();
    }
    let over: Window | undefined;
    if (this.kind === Token.over && this.kindAt(1) === Token.leftParen) {
      this.advance();
      over = this.window();
    }
    const whole = this.since(name.span.start);
    return { kind: "call", name, args, star, distinct, orderBy, filter, nullTreatment, over, span: whole };
  }

  private window(): Window {
    const start = this.start();
    this.advance();
    let partitionBy: readonly Expression[] = none;
    if (this.accept(Token.partition)) {
      this.expect(Token.by, "by");
      partitionBy = this.list(this.expression);
    }
    const orderBy = this.kind === Token.order ? this.orderBy() : none;
    const unit = this.kind;
    const framed = unit === Token.rows || unit === Token.range || unit === Token.groups;
    const frame = framed ? this.windowFrame() : undefined;
    this.close();
    return { partitionBy, orderBy, frame, span: this.since(start) };
  }

  private windowFrame(): WindowFrame {
    const start = this.start();
    const unit = this.kind === Token.rows ? "rows" : this.kind === Token.range ? "range" : "groups";
    this.advance();
    if (this.accept(Token.between)) {
      const from = this.frameBound();
      this.expect(Token.and, "and");
      const to = this.frameBound();
      return { unit, start: from, end: to, span: this.since(start) };
    }
    const from = this.frameBound();
    return { unit, start: from, end: undefined, span: this.since(start) };
  }

  private frameBound(): FrameBound {
    const start = this.open();
    if (this.kind === Token.current && this.kindAt(1) === Token.row) {
      this.advance();
      this.advance();
      return { kind: "currentRow", span: this.since(start) };
    }
    const unbounded = this.kind === Token.unbounded;
    let value: Expression | undefined;
    if (unbounded) this.advance();
    else value = this.operation(CONCAT);
    const following = this.kind === Token.following;
    if (following || this.kind === Token.preceding) this.advance();
    else this.expected("frame");
    const bound = this.since(value === undefined ? start : Math.min(start, value.span.start));
    if (value !== undefined) return { kind: following ? "following" : "preceding", value, span: bound };
    return { kind: following ? "unboundedFollowing" : "unboundedPreceding", span: bound };
  }

  /** A lambda from its arrow on. */
  private lambdaBody(parameters: readonly Identifier[], start: number): Expression {
    this.advance();
    const body = this.expression();
    return { kind: "lambda", parameters, body, span: span(start, body.span.end) };
  }

  /** What begins with a parenthesis: a lambda, a query, a row, or an expression in parentheses. */
  private parenthesis(): Expression {
    const start = this.start();
    const next = this.kindAt(1);
    if (next === Token.select || next === Token.with || next === Token.values) {
      const query = this.parenthesized();
      return { kind: "scalarQuery", query, span: this.since(start) };
    }
    if (this.atLambda()) {
      const parameters = this.kindAt(1) === Token.rightParen ? this.emptyParens() : this.nameList();
      return this.lambdaBody(parameters, start);
    }
    this.advance();
    const first = this.expression();
    if (first.kind === "scalarQuery" && this.atSetOperation()) {
      const query = this.queryFrom(first.query, first.span);
      this.close();
      return { kind: "scalarQuery", query, span: this.since(start) };
    }
    if (this.kind !== Token.comma) {
      this.close();
      return { kind: "group", operand: first, span: this.since(start) };
    }
    const elements = [first];
    while (this.more()) elements.push(this.expression());
    this.close();
    return { kind: "row", elements: elements.slice(), span: this.since(start) };
  }

  private emptyParens(): readonly Identifier[] {
    this.advance();
    this.advance();
    return none;
  }

  /** Whether `(a, b) ->` stands here. It looks no further than the names go, so nesting makes it no slower. */
  private atLambda(): boolean {
    let index = this.at + 1;
    if (this.kinds[index] !== Token.rightParen) {
      for (;;) {
        if (!isName(this.kinds[index] as number)) return false;
        index++;
        if (this.kinds[index] !== Token.comma) break;
        index++;
      }
      if (this.kinds[index] !== Token.rightParen) return false;
    }
    return this.kinds[index + 1] === Token.arrow;
  }

  private caseExpression(): Expression {
    const start = this.start();
    this.advance();
    const operand = this.kind === Token.when ? undefined : this.expression();
    const branches: { readonly when: Expression; readonly then: Expression; readonly span: Span }[] = [];
    while (this.kind === Token.when) {
      const branchStart = this.start();
      this.advance();
      const when = this.expression();
      this.expect(Token.then, "then");
      const then = this.expression();
      branches.push({ when, then, span: this.since(branchStart) });
    }
    if (branches.length === 0) this.expected("when");
    const otherwise = this.accept(Token.else) ? this.expression() : undefined;
    this.expect(Token.end, "end");
    return { kind: "case", operand, branches, otherwise, span: this.since(start) };
  }

  private castExpression(): Expression {
    const start = this.start();
    const safe = this.kind === Token.try_cast;
    this.advance();
    const opened = this.expect(Token.leftParen, "(");
    const operand = this.expression();
    this.expect(Token.as, "as");
    const type = this.type();
    if (opened) this.close();
    return { kind: "cast", operand, type, safe, span: this.since(start) };
  }

  private type(): TypeName {
    const start = this.open();
    if (!isName(this.kind)) {
      this.expected("type");
      return { name: "", args: none, span: this.hole() };
    }
    const outer = this.enter();
    if (outer < 0) return { name: "", args: none, span: this.tooDeepHole() };
    if (this.kind === Token.quotedName) this.expected("type");
    let name = this.name().name.toLowerCase();
    const isRow = name === "row";
    if (name === "double" && this.kind === Token.precision) {
      this.advance();
      name = "double precision";
    }
    let args: readonly (TypeName | number)[] = none;
    if (name === "interval" && isName(this.kind) && this.kind !== Token.array && this.kind !== Token.quotedName) {
      name = `interval ${this.intervalUnit()}`;
    } else if (this.kind === Token.leftParen) {
      this.advance();
      args = this.listOfMore(isRow ? this.rowTypeArgument : this.typeArgument);
      this.close();
    } else if (this.kind === Token.less) {
      this.advance();
      args = this.list(isRow ? this.rowTypeArgument : this.typeArgument);
      if (!this.accept(Token.greater)) this.expected(")");
    }
    if ((name === "timestamp" || name === "time") && this.kind === Token.with && this.kindAt(1) === Token.time) {
      this.advance();
      this.advance();
      if (!this.accept(Token.zone)) this.expected("time zone");
      name += " with time zone";
    }
    this.leave(outer);
    let type: TypeName = { name, args, span: this.since(start) };
    while (this.kind === Token.array && this.height < DEPTH_LIMIT) {
      this.advance();
      this.height++;
      type = { name: "array", args: [type], span: this.since(start) };
    }
    return type;
  }

  private typeArgument(): TypeName | number {
    if (this.kind !== Token.number) return this.type();
    const value = Number(this.tokenText());
    this.advance();
    return value;
  }

  /** A type, or the name of a field and its type. */
  private rowTypeArgument(): TypeName | number {
    const next = this.kindAt(1);
    if (!isName(this.kind) || !isName(next) || (this.kind === Token.word && next === Token.precision)) {
      return this.typeArgument();
    }
    const start = this.start();
    const field = this.name();
    const type = this.type();
    return { ...type, field, span: this.since(start) };
  }

  private extractExpression(): Expression {
    const start = this.start();
    this.advance();
    this.advance();
    const part = this.name();
    this.expect(Token.from, "from");
    const operand = this.expression();
    this.close();
    return { kind: "extract", part, operand, span: this.since(start) };
  }

  /** `position(a in b)`, a call with the arguments a and b. */
  private positionCall(): Expression {
    const name = this.name();
    this.advance();
    const args = [this.sought()];
    if (this.accept(Token.in)) {
      args.push(this.expression());
    } else {
      if (this.kind !== Token.comma) this.expected("in");
      while (this.more()) args.push(this.expression());
    }
    this.close();
    return {
      kind: "call",
      name,
      args,
      star: false,
      distinct: false,
      orderBy: none,
      filter: undefined,
      nullTreatment: undefined,
      over: undefined,
      span: this.since(name.span.start),
    };
  }

  /** `trim(leading 'x' from y)` calls what is also called `ltrim(y, 'x')`, and `trailing` what is called `rtrim`. */
  private trimmed(name: Identifier): Identifier {
    const next = this.kindAt(1);
    if (next !== Token.from && next !== Token.string && !isName(next)) return name;
    const side = this.isWord("leading") ? "ltrim" : this.isWord("trailing") ? "rtrim" : "trim";
    if (side === "trim" && !this.isWord("both")) return name;
    this.advance();
    return side === "trim" ? name : { name: side, quoted: false, span: name.span };
  }

  /** The arguments of `substring(x from 1 for 2)` and `trim('x' from y)`, from their `from` on. */
  private argumentsFrom(name: string, before: readonly Expression[]): readonly Expression[] {
    this.advance();
    const first = this.expression();
    if (name !== "substring") return [first, ...before];
    if (!this.isWord("for")) return [...before, first];
    this.advance();
    return [...before, first, this.expression()];
  }

  /** An expression without an operator between operands. */
  protected single(): Expression {
    const outer = this.enter();
    if (outer < 0) return { kind: "missing", span: this.tooDeepHole() };
    const expression = this.operation(SIGN);
    this.leave(outer);
    return expression;
  }

  /** An expression that ends before `in`. */
  private sought(): Expression {
    const outer = this.enter();
    if (outer < 0) return { kind: "missing", span: this.tooDeepHole() };
    const expression = this.operation(CONCAT);
    this.leave(outer);
    return expression;
  }

  private intervalExpression(): Expression {
    const start = this.start();
    this.advance();
    const negative = this.kind === Token.minus;
    if (negative || this.kind === Token.plus) this.advance();
    const value = this.stringValue();
    this.advance();
    let unit = "";
    if (isName(this.kind) && this.kind !== Token.quotedName) unit = this.intervalUnit();
    else this.expected("unit");
    return { kind: "interval", value, unit, negative, span: this.since(start) };
  }

  /** `day`, `day to second`. */
  private intervalUnit(): string {
    const unit = this.name().name.toLowerCase();
    if (this.kind !== Token.to || !isName(this.kindAt(1)) || this.kindAt(1) === Token.quotedName) return unit;
    this.advance();
    return `${unit} to ${this.name().name.toLowerCase()}`;
  }

  private arrayExpression(): Expression {
    const start = this.start();
    this.advance();
    this.advance();
    const elements = this.kind === Token.rightBracket ? none : this.listOfMore(this.expression);
    if (!this.accept(Token.rightBracket)) {
      this.expected("]");
      this.skip();
      this.accept(Token.rightBracket);
    }
    return { kind: "array", elements, span: this.since(start) };
  }

  private rowExpression(): Expression {
    const start = this.start();
    this.advance();
    this.advance();
    const elements = this.kind === Token.rightParen ? none : this.listOfMore(this.expression);
    this.close();
    return { kind: "row", elements, span: this.since(start) };
  }

  // ---------------------------------------------------------------------------------------------- names

  /** A name, or a hole with a name of no letters. */
  protected name(): Identifier {
    const kind = this.kind;
    if (!isName(kind)) {
      if (isReserved(kind) && !stops[kind] && (this.isListEnd(this.kindAt(1)) || this.kindAt(1) === Token.leftParen)) {
        const name = this.tokenText();
        this.problems.add({ code: "name-reserved", severity: "error", name, span: this.here() });
        return this.keywordName();
      }
      this.expected("name");
      return { name: "", quoted: false, span: this.hole() };
    }
    const start = this.starts[this.at] as number;
    const end = this.ends[this.at] as number;
    this.advance();
    if (kind === Token.quotedName) return { name: this.unquoted(start, end), quoted: true, span: span(start, end) };
    if (kind > Token.quotedName && kind <= Token.colonName) {
      const name = this.text.slice(start, end);
      const meant = kind === Token.backquotedName ? name.slice(1, -1) : name;
      const nameSpan = span(start, end);
      this.problems.add({ code: "name-unquoted", severity: "error", name: meant, span: nameSpan });
      return { name: meant, quoted: kind === Token.backquotedName, span: nameSpan };
    }
    return { name: this.text.slice(start, end), quoted: false, span: span(start, end) };
  }

  private isListEnd(kind: number): boolean {
    return stops[kind] === 1 || kind === Token.as;
  }

  private path(): readonly Identifier[] {
    const first = this.name();
    return this.kind === Token.dot ? this.pathFrom(first) : [first];
  }

  private pathFrom(first: Identifier): readonly Identifier[] {
    const path = [first];
    while (this.kind === Token.dot) {
      this.advance();
      // `t.order` is a path whose last name should be quoted, but `select t. from log` has a hole behind its dot.
      if (isReserved(this.kind) && this.start() === this.lastEnd()) {
        const name = this.tokenText();
        this.problems.add({ code: "name-reserved", severity: "error", name, span: this.here() });
        path.push(this.keywordName());
      } else {
        path.push(this.name());
      }
    }
    return path;
  }

  /** `(a, b)`. */
  private nameList(): readonly Identifier[] {
    if (!this.expect(Token.leftParen, "(")) return none;
    const names = this.listOfMore(this.name);
    this.close();
    return names;
  }

  /** The text that the string token here stands for. */
  protected stringValue(): string {
    return this.unquoted(this.starts[this.at] as number, this.ends[this.at] as number);
  }

  /** What stands in the quotes from `start` to `end`, of which the closing one may be missing. */
  private unquoted(start: number, end: number): string {
    const quote = this.text.charCodeAt(start);
    let run = 0;
    while (end - run - 1 > start && this.text.charCodeAt(end - run - 1) === quote) run++;
    // Quotes in pairs stand for quotes; the odd one closes.
    const inner = this.text.slice(start + 1, run % 2 === 1 ? end - 1 : end);
    const character = quote === 39 ? "'" : '"';
    return inner.includes(character) ? inner.replaceAll(character + character, character) : inner;
  }

  // ---------------------------------------------------------------------------------------------- tokens

  protected advance(): void {
    this.kind = this.kinds[++this.at] as number;
  }

  protected kindAt(ahead: number): number {
    return this.kinds[this.at + ahead] as number;
  }

  protected start(): number {
    return this.starts[this.at] as number;
  }

  /** Where the last token that was read ended. */
  protected lastEnd(): number {
    return this.ends[this.at - 1] as number;
  }

  /** Where a node that begins here starts: at the next token or, if that cannot begin one, behind the last. */
  protected open(): number {
    return stops[this.kind] ? this.lastEnd() : this.start();
  }

  protected since(start: number): Span {
    const end = this.ends[this.at - 1] as number;
    return { start: start < end ? start : end, end };
  }

  /** The span of a node that began at `start` with `first`, which is also its span if nothing else belongs to it. */
  private sinceOr(start: number, first: Span): Span {
    if (first.start > start) return this.since(start);
    return first.end === this.lastEnd() ? first : this.since(first.start);
  }

  protected here(): Span {
    return span(this.starts[this.at] as number, this.ends[this.at] as number);
  }

  protected hole(): Span {
    return span(this.lastEnd(), this.lastEnd());
  }

  /** Whether the next token is this word, which is no keyword. */
  protected isWord(word: string): boolean {
    return (
      this.kind === Token.word &&
      this.start() + word.length === this.ends[this.at] &&
      this.tokenText().toLowerCase() === word
    );
  }

  protected tokenText(): string {
    return this.text.slice(this.starts[this.at], this.ends[this.at]);
  }

  protected accept(kind: number): boolean {
    if (this.kind !== kind) return false;
    this.advance();
    return true;
  }

  protected expect(kind: number, expected: Expected): boolean {
    if (this.kind === kind) {
      this.advance();
      return true;
    }
    this.expected(expected);
    return false;
  }

  /** Whether a comma and with it another element of a list follows. What is neither comma nor end is passed over. */
  protected more(): boolean {
    if (this.kind === Token.comma) {
      this.advance();
      return true;
    }
    if (stops[this.kind] || this.kind === Token.offset) return false;
    this.unexpected();
    this.skip();
    return this.accept(Token.comma);
  }

  /**
   * What `read` reads, and again behind each comma. A list that is pushed to keeps room for many more elements, and a
   * file of many queries has many lists, so what is given has room for what it holds.
   */
  protected list<Element>(read: () => Element): readonly Element[] {
    const first = read.call(this);
    if (this.kind !== Token.comma) return [first];
    const elements = [first];
    while (this.accept(Token.comma)) elements.push(read.call(this));
    return elements.slice();
  }

  /** A list as `list` reads it, but what is neither a comma nor its end is passed over. */
  protected listOfMore<Element>(read: () => Element): readonly Element[] {
    const first = read.call(this);
    if (!this.more()) return [first];
    const elements = [first];
    do {
      const before = this.at;
      elements.push(read.call(this));
      // Commas and unknown characters alone make holes, and nobody reads thousands of them.
      if (elements.length <= HOLES_LIMIT) continue;
      if (this.at === before) while (this.kind === Token.comma) this.advance();
      while (this.kind === Token.comma && this.kindAt(1) === Token.unknown) {
        this.advance();
        this.advance();
      }
    } while (this.more());
    return elements.slice();
  }

  private expressionsToClose(): readonly Expression[] {
    const expressions = this.listOfMore(this.expression);
    this.close();
    return expressions;
  }

  /** A closing parenthesis, looked for behind what cannot be read. */
  protected close(): void {
    if (this.accept(Token.rightParen)) return;
    this.expected(")");
    while (this.kind !== Token.rightParen) {
      if (stops[this.kind] && this.kind !== Token.comma) return;
      this.advance();
      this.skip();
    }
    this.advance();
  }

  /** Tells of the token here, and passes over it and all up to where the grammar can go on. */
  protected passOver(): void {
    this.unexpected();
    this.advance();
    this.skip();
  }

  /** Passes over tokens, parentheses with what they hold, up to one where the construct around can go on. */
  protected skip(): void {
    while (!stops[this.kind]) {
      if (this.kind === Token.leftParen) this.skipParens();
      else this.advance();
    }
  }

  private skipParens(): void {
    let open = 0;
    do {
      if (this.kind === Token.leftParen) open++;
      else if (this.kind === Token.rightParen) open--;
      this.advance();
    } while (open > 0 && this.kind !== Token.eof);
  }

  // ---------------------------------------------------------------------------------------------- depth

  /**
   * Goes one level down. Gives what `leave` has to be told, or -1 if it is too deep: then nothing is entered and nothing
   * may be left.
   */
  private enter(): number {
    if (this.nesting >= NESTING_LIMIT) return -1;
    this.nesting++;
    const outer = this.height;
    this.height = 0;
    return outer;
  }

  private leave(outer: number): void {
    this.nesting--;
    this.height = Math.max(outer, this.height + 1);
  }

  /** Passes over what is nested too deep and gives its place. */
  private tooDeepHole(): Span {
    const start = this.open();
    while (this.kind !== Token.rightParen && this.kind !== Token.rightBracket && this.kind !== Token.eof) {
      if (this.kind === Token.leftParen) this.skipParens();
      else this.advance();
    }
    const hole = this.since(start);
    this.tooDeep(hole, NESTING_LIMIT);
    return hole;
  }

  private tooDeep(at: Span, limit = DEPTH_LIMIT): void {
    if (this.tooDeepTold) return;
    this.tooDeepTold = true;
    this.problems.add({ code: "too-deep", severity: "error", limit, span: at });
  }

  // ---------------------------------------------------------------------------------------------- problems

  protected expected(expected: Expected): void {
    if (this.problems.full) return;
    const found = this.foundText();
    this.problems.add({ code: "expected", severity: "error", expected, found, span: this.here() });
  }

  private missing(expected: Expected): Expression {
    this.expected(expected);
    return { kind: "missing", span: this.hole() };
  }

  protected unexpected(): void {
    if (this.problems.full) return;
    this.problems.add({ code: "unexpected", severity: "error", found: this.foundText(), span: this.here() });
  }

  protected unknownCommand(name: string, at: Span, known: readonly string[]): void {
    if (this.problems.full) return;
    this.problems.add({
      code: "command-unknown",
      severity: "error",
      name,
      nearest: nearest(name, known),
      span: at,
    });
  }

  /** The token here, cut where a message would become too long. */
  private foundText(): string {
    const start = this.start();
    return this.text.slice(start, Math.min(this.ends[this.at] as number, start + 40));
  }
}

/** The functions whose arguments may stand behind `from`. */
function specialCall({ name }: Identifier): "substring" | "trim" | undefined {
  if (name.length === 4 && name.toLowerCase() === "trim") return "trim";
  return name.length === 9 && name.toLowerCase() === "substring" ? "substring" : undefined;
}

function emptyItems(hole: Span): readonly SelectItem[] {
  return [{ kind: "column", expression: { kind: "missing", span: hole }, alias: undefined, span: hole }];
}

/** Where a query should stand and none does. */
function emptySelect(hole: Span): Select {
  return {
    kind: "select",
    distinct: false,
    items: emptyItems(hole),
    from: undefined,
    where: undefined,
    groupBy: undefined,
    having: undefined,
    span: hole,
  };
}
