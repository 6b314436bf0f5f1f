import { ProblemList } from "../check/problems.ts";
import { commentEnd, isName, lineEnd, scanAnalysis, Token, type Tokens } from "../parser/scanner.ts";
import { type Span, span } from "../span.ts";
import type {
  Analysis,
  Expression,
  GroupingElement,
  Identifier,
  OrderItem,
  Query,
  QueryBody,
  Relation,
  Select,
  SplAnalysis,
  SplCommand,
  SqlAnalysis,
  TableAlias,
  TypeName,
  Window,
} from "../syntax.ts";
import type { TextEdit } from "../textEdit.ts";
import { chainOf, eachPart } from "../walk.ts";

/** What the layout of an analysis depends on. */
export type AnalysisLayout = { readonly lowerCase: boolean; readonly width: number; readonly newline: string };

/** The clauses of a query stand under its SELECT, which stands behind the pipe and a space. */
const clauseIndent = 2;
/** How much further what goes on on the next line is indented. */
const continuation = 2;
/** A subquery that is no longer than this stays on its line. */
const shortQuery = 60;

// What stands before a token that begins no line.
const BY_KIND = 0;
const NONE = 1;
const SPACE = 2;
/** Where the grammar looks at whether two tokens touch: hyphens, wildcards, and what is kept as it is written. */
const WRITTEN = 3;

// What a token is to the case of letters.
const KEYWORD_IF_KIND = 0;
const NAME = 1;
/** A word that is no keyword elsewhere, such as the name of a type. */
const KEYWORD = 2;

/** More than any line holds: what has a line break in it fits nowhere. */
const UNFITTING = 100_000;

/** The words that are called like functions, so that no space stands before their parenthesis. */
const called = new Uint8Array(256);
for (const kind of [
  Token.cast,
  Token.cube,
  Token.rollup,
  Token.unnest,
  Token.grouping,
  Token.current_date,
  Token.current_time,
  Token.current_timestamp,
  Token.localtime,
  Token.localtimestamp,
  Token.left,
  Token.right,
]) {
  called[kind] = 1;
}

/** Working memory that is used again for each analysis; nothing in it outlives one. */
type Room = {
  size: number;
  gaps: Uint8Array;
  words: Uint8Array;
  comments: Uint8Array;
  breaks: Int32Array;
  places: Float64Array;
};

function roomFor(size: number): Room {
  return {
    size,
    gaps: new Uint8Array(size),
    words: new Uint8Array(size),
    comments: new Uint8Array(size),
    breaks: new Int32Array(size),
    places: new Float64Array(size),
  };
}

let room = roomFor(512);

/**
 * Lays out an analysis without mistakes, that stands behind its pipe from `start` to `end`, and adds what has to change
 * to `edits`. Only the space between tokens and the case of keywords change, so the tree stays; comments stay between
 * the tokens between which they stand.
 */
export function formatAnalysis(
  text: string,
  analysis: Analysis,
  start: number,
  end: number,
  layout: AnalysisLayout,
  edits: TextEdit[],
): void {
  const tokens = scanAnalysis(text, start, end, new ProblemList());
  if (tokens.count + 1 > room.size) room = roomFor(2 * (tokens.count + 1));
  const { count } = tokens;
  room.gaps.fill(BY_KIND, 0, count + 1);
  room.words.fill(KEYWORD_IF_KIND, 0, count + 1);
  room.comments.fill(0, 0, count + 1);
  room.breaks.fill(-1, 0, count + 1);
  const formatter = new AnalysisFormatter(text, tokens, room, end, layout);
  formatter.mark(analysis);
  formatter.measure();
  formatter.layOut(analysis);
  formatter.write(edits);
}

class AnalysisFormatter {
  readonly #text: string;
  readonly #kinds: Uint8Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #count: number;
  readonly #end: number;
  readonly #layout: AnalysisLayout;
  /** What stands before a token that begins no line. */
  readonly #gaps: Uint8Array;
  readonly #words: Uint8Array;
  /** 1 where comments stand before a token. */
  readonly #comments: Uint8Array;
  /** The indentation of a token that begins a line, else -1. */
  readonly #breaks: Int32Array;
  /** Where each token would begin if all stood on one line. */
  readonly #places: Float64Array;
  /** What has to be added to a place to get the column that it has on its line. */
  #shift = 0;
  #line = clauseIndent;
  #hint = 0;
  #isSpl = false;

  constructor(text: string, tokens: Tokens, memory: Room, end: number, layout: AnalysisLayout) {
    this.#text = text;
    this.#kinds = tokens.kinds;
    this.#starts = tokens.starts;
    this.#ends = tokens.ends;
    this.#count = tokens.count;
    this.#end = end;
    this.#layout = layout;
    this.#gaps = memory.gaps;
    this.#words = memory.words;
    this.#comments = memory.comments;
    this.#breaks = memory.breaks;
    this.#places = memory.places;
  }

  // ---------------------------------------------------------------------------------------------- tokens

  /** The token that begins at an offset. Offsets are mostly asked for in the order of the text. */
  #at(offset: number): number {
    const starts = this.#starts;
    let low = this.#hint;
    if ((starts[low] as number) > offset) low = 0;
    let high = Math.min(low + 8, this.#count - 1);
    if (high < this.#count - 1 && (starts[high] as number) <= offset) {
      low = high;
      high = this.#count - 1;
    }
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    this.#hint = low;
    return low;
  }

  /** The last token of a node. */
  #last(node: { readonly span: Span }): number {
    return this.#at(Math.max(node.span.start, node.span.end - 1));
  }

  #first(node: { readonly span: Span }): number {
    return this.#at(node.span.start);
  }

  /** The nearest token of a kind before another one. */
  #before(token: number, kind: number): number {
    let at = token - 1;
    while (at > 0 && this.#kinds[at] !== kind) at--;
    return at;
  }

  // ---------------------------------------------------------------------------------------------- marks

  /** Finds out which tokens are names and where the space before a token does not follow from its kind. */
  mark(analysis: Analysis): void {
    this.#isSpl = analysis.kind === "spl";
    if (analysis.kind === "sql") this.#markSql(analysis);
    else for (const command of analysis.commands) this.#markCommand(command);
  }

  #markSql({ session, query }: SqlAnalysis): void {
    for (const setting of session) {
      const last = this.#last(setting);
      let behindSign = false;
      for (let token = this.#first(setting) + 2; token <= last; token++) {
        const sign = this.#kinds[token] === Token.equal && !behindSign;
        const afterSign = this.#kinds[token - 1] === Token.equal && !behindSign;
        if (sign || this.#kinds[token] === Token.semicolon) continue;
        this.#words[token] = NAME;
        if (afterSign) behindSign = true;
        else if (this.#kinds[token - 1] !== Token.session) this.#gaps[token] = WRITTEN;
      }
    }
    this.#markQuery(query);
  }

  readonly #markPart = (expression: Expression): void => this.#markExpression(expression);
  readonly #markPartQuery = (query: Query): void => this.#markQuery(query);

  #markName(identifier: Identifier): void {
    if (!identifier.quoted) this.#words[this.#first(identifier)] = NAME;
  }

  #markNames(identifiers: readonly Identifier[]): void {
    for (const identifier of identifiers) this.#markName(identifier);
  }

  #markQuery(query: Query): void {
    for (const table of query.with) {
      this.#markName(table.name);
      this.#markNames(table.columns);
      this.#markQuery(table.query);
    }
    this.#markBody(query.body);
    this.#markOrder(query.orderBy);
    if (query.limit?.offset) this.#markExpression(query.limit.offset);
    if (query.limit?.count) this.#markExpression(query.limit.count);
  }

  #markBody(body: QueryBody): void {
    switch (body.kind) {
      case "select": {
        for (const item of body.items) {
          if (item.kind === "star") {
            if (item.table) this.#markName(item.table);
            continue;
          }
          this.#markExpression(item.expression);
          if (item.alias) this.#markName(item.alias);
        }
        if (body.from) this.#markRelation(body.from);
        if (body.where) this.#markExpression(body.where);
        for (const element of body.groupBy?.elements ?? []) {
          if (element.kind === "expression") {
            this.#markExpression(element.expression);
            continue;
          }
          if (element.kind === "sets") this.#gaps[this.#first(element) + 2] = SPACE;
          for (const set of element.sets) for (const part of set) this.#markExpression(part);
        }
        if (body.having) this.#markExpression(body.having);
        return;
      }
      case "setOperation":
        this.#markBody(body.left);
        this.#markBody(body.right);
        return;
      case "values":
        for (const row of body.rows) this.#markExpression(row);
        return;
      case "nested":
        this.#markQuery(body.query);
        return;
      default:
        body satisfies never;
    }
  }

  #markOrder(items: readonly OrderItem[]): void {
    for (const { expression } of items) this.#markExpression(expression);
  }

  #markRelation(relation: Relation): void {
    switch (relation.kind) {
      case "table":
        this.#markNames(relation.name);
        break;
      case "subquery":
        this.#markQuery(relation.query);
        break;
      case "unnest":
        for (const expression of relation.expressions) this.#markExpression(expression);
        break;
      case "join":
        this.#markRelation(relation.left);
        this.#markRelation(relation.right);
        if (relation.on) this.#markExpression(relation.on);
        if (relation.using[0]) {
          this.#gaps[this.#first(relation.using[0]) - 1] = SPACE;
          this.#markNames(relation.using);
        }
        return;
      default:
        return;
    }
    if (relation.alias) this.#markAlias(relation.alias);
  }

  #markAlias({ name, columns }: TableAlias): void {
    this.#markName(name);
    this.#markNames(columns);
  }

  #markExpression(expression: Expression): void {
    switch (expression.kind) {
      case "column":
        for (const name of expression.path) this.#markName(name);
        return;
      case "call":
        this.#markName(expression.name);
        if (expression.filter) this.#gaps[this.#before(this.#first(expression.filter), Token.filter) + 1] = SPACE;
        if (expression.over) this.#gaps[this.#first(expression.over)] = SPACE;
        break;
      case "lambda":
        this.#markNames(expression.parameters);
        break;
      case "extract":
        this.#markName(expression.part);
        break;
      case "unary":
        if (expression.operator !== "not") {
          const next = this.#first(expression) + 1;
          // In SPL, a sign that touches a name may be an option.
          this.#gaps[next] = this.#isSpl ? WRITTEN : this.#kinds[next] === this.#kinds[next - 1] ? SPACE : NONE;
        }
        break;
      case "interval": {
        const first = this.#first(expression);
        const last = this.#last(expression);
        if (this.#kinds[first + 1] !== Token.string) this.#gaps[first + 2] = NONE;
        for (let token = first + 1; token <= last; token++) this.#words[token] = KEYWORD;
        return;
      }
      case "typedString":
        this.#words[this.#first(expression)] = KEYWORD;
        return;
      case "cast":
        this.#markExpression(expression.operand);
        this.#markType(expression.type);
        return;
      case "atTimeZone":
        this.#markExpression(expression.operand);
        this.#gaps[this.#first(expression.zone)] = SPACE;
        this.#markExpression(expression.zone);
        return;
      case "quantified":
        this.#gaps[this.#before(this.#first(expression.query), Token.leftParen)] = SPACE;
        break;
      default:
        break;
    }
    eachPart(expression, this.#markPart, this.#markPartQuery);
  }

  #markType(type: TypeName): void {
    const last = this.#last(type);
    for (let token = this.#first(type); token <= last; token++) {
      const kind = this.#kinds[token] as number;
      if (isName(kind) && kind !== Token.quotedName) this.#words[token] = KEYWORD;
      if (kind === Token.less) this.#gaps[token] = this.#gaps[token + 1] = NONE;
      if (kind === Token.greater) this.#gaps[token] = NONE;
    }
    this.#markTypeFields(type);
  }

  #markTypeFields({ args, field }: TypeName): void {
    if (field) this.#markName(field);
    for (const argument of args) if (typeof argument !== "number") this.#markTypeFields(argument);
  }

  #markCommand(command: SplCommand): void {
    const first = this.#first(command);
    const nameEnd = this.#last({ span: command.nameSpan });
    const last = this.#last(command);
    for (let token = first; token <= nameEnd; token++) {
      this.#words[token] = KEYWORD;
      if (token > first) this.#gaps[token] = NONE;
    }
    const { options, items, by, as } = command;
    if (options.length + items.length + by.length + as.length === 0) {
      // The arguments of a command that no page documents may mean anything.
      for (let token = nameEnd + 1; token <= last; token++) {
        this.#words[token] = NAME;
        this.#gaps[token] = WRITTEN;
      }
      return;
    }
    for (const option of options) this.#keep(option);
    for (const { target, expression, wildcard } of items) {
      if (target) this.#markName(target);
      if (wildcard) {
        this.#keep(expression);
      } else {
        this.#markExpression(expression);
      }
    }
    this.#markNames(by);
    this.#markNames(as);
  }

  /** A piece in which nothing changes. */
  #keep(node: { readonly span: Span }): void {
    const first = this.#first(node);
    const last = this.#last(node);
    for (let token = first; token <= last; token++) {
      this.#words[token] = NAME;
      if (token > first) this.#gaps[token] = WRITTEN;
    }
  }

  // ---------------------------------------------------------------------------------------------- measures

  /** Finds the comments, decides on each space, and sums up the widths. */
  measure(): void {
    let place = 0;
    for (let token = 1; token < this.#count; token++) {
      const from = this.#ends[token - 1] as number;
      const to = this.#starts[token] as number;
      place += from - (this.#starts[token - 1] as number);
      if (this.#gaps[token] === BY_KIND) {
        this.#gaps[token] = spaceBefore(this.#kinds[token - 1] as number, this.#kinds[token] as number);
      }
      if (to - from > 1 && this.#gaps[token] !== WRITTEN && this.#hasComment(from, to)) {
        this.#comments[token] = 1;
        place += this.#endsLine(from, to) ? UNFITTING : this.#commentsWidth(from, to, token);
      } else {
        place += this.#gaps[token] === SPACE ? 1 : this.#gaps[token] === WRITTEN ? to - from : 0;
      }
      this.#places[token] = place;
    }
  }

  /** The width of comments between two tokens that all stand on one line, with the space around them. */
  #commentsWidth(from: number, to: number, token: number): number {
    let width = this.#isOpening(token - 1) ? 0 : 1;
    for (let at = from; at < to; at++) {
      if (this.#text.charCodeAt(at) !== 47) continue;
      const close = commentEnd(this.#text, at, to);
      width += close - at + 1;
      at = close - 1;
    }
    return this.#isClosing(token) ? width - 1 : width;
  }

  #isOpening(token: number): boolean {
    return this.#kinds[token] === Token.leftParen || this.#kinds[token] === Token.leftBracket;
  }

  /** Whether a token stands directly behind a comment, as a comma does. */
  #isClosing(token: number): boolean {
    return this.#gaps[token] === NONE && !this.#isOpening(token - 1) && this.#kinds[token - 1] !== Token.dot;
  }

  #hasComment(from: number, to: number): boolean {
    for (let at = from; at < to; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === 45 || code === 47) return true;
    }
    return false;
  }

  /** Whether the comments between two tokens bring a line break with them wherever they stand. */
  #endsLine(from: number, to: number): boolean {
    let at = from;
    while (at < to) {
      const code = this.#text.charCodeAt(at);
      if (code === 10) {
        // A line break before a comment stays; one behind the last comment is not the comment's.
        return this.#hasComment(at, to);
      }
      if (code === 45) return true;
      if (code === 47) {
        const close = commentEnd(this.#text, at, to);
        if (this.#text.slice(at, close).includes("\n")) return true;
        at = close;
      } else {
        at++;
      }
    }
    return false;
  }

  // ---------------------------------------------------------------------------------------------- layout

  #breakAt(token: number, indent: number): void {
    // Before the first token of an analysis stands its pipe.
    if (token <= 1) return;
    this.#breaks[token] = indent;
    this.#shift = indent - (this.#places[token] as number);
    this.#line = indent;
  }

  /** Whether all up to the end of a token, and a sign behind it, fits the line that it is on if nothing is broken. */
  #fitsTo(token: number): boolean {
    const end = (this.#places[token] as number) + (this.#ends[token] as number) - (this.#starts[token] as number);
    return end + 1 + this.#shift <= this.#layout.width;
  }

  /** The width from the beginning of a token to the end of another. */
  #width(first: number, last: number): number {
    return (
      (this.#places[last] as number) -
      (this.#places[first] as number) +
      (this.#ends[last] as number) -
      (this.#starts[last] as number)
    );
  }

  layOut(analysis: Analysis): void {
    this.#shift = clauseIndent - (this.#places[1] as number);
    if (analysis.kind === "spl") {
      this.#spl(analysis);
      return;
    }
    for (const setting of analysis.session) this.#breakAt(this.#first(setting), clauseIndent);
    if (analysis.session.length > 0) this.#breakAt(this.#first(analysis.query), clauseIndent);
    this.#query(analysis.query, clauseIndent);
  }

  #query(query: Query, base: number): void {
    for (const [index, table] of query.with.entries()) {
      if (index > 0 && !this.#fitsTo(this.#first(table.name))) this.#breakAt(this.#first(table.name), base);
      const paren = this.#before(this.#first(table.query), Token.leftParen);
      this.#subquery(paren, table.query, this.#last(table), base, 0);
    }
    if (query.with.length > 0) this.#breakAt(this.#first(query.body), base);
    this.#body(query.body, base);
    const [firstItem] = query.orderBy;
    if (firstItem) {
      this.#breakAt(this.#first(firstItem) - 2, base);
      this.#fill(query.orderBy, base + continuation, (item) => item.expression);
    }
    if (query.limit) this.#breakAt(this.#first(query.limit), base);
  }

  #body(body: QueryBody, base: number): void {
    switch (body.kind) {
      case "select":
        this.#select(body, base);
        return;
      case "values":
        this.#fill(body.rows, base + continuation, (row) => row);
        return;
      case "nested":
        this.#subquery(this.#first(body), body.query, this.#last(body), base);
        return;
      case "setOperation": {
        this.#body(body.left, base);
        const right = this.#first(body.right);
        const plain = this.#kinds[right - 1] !== Token.all && this.#kinds[right - 1] !== Token.distinct;
        this.#breakAt(plain ? right - 1 : right - 2, base);
        this.#breakAt(right, base);
        this.#body(body.right, base);
        return;
      }
      default:
        body satisfies never;
    }
  }

  #select(select: Select, base: number): void {
    this.#fill(select.items, base + continuation, (item) => (item.kind === "column" ? item.expression : undefined));
    if (select.from) {
      this.#breakAt(this.#before(this.#first(leftmost(select.from)), Token.from), base);
      this.#relation(select.from, base);
    }
    if (select.where) {
      this.#breakAt(this.#first(select.where) - 1, base);
      this.#expression(select.where, base + continuation);
    }
    if (select.groupBy) {
      this.#breakAt(this.#first(select.groupBy), base);
      this.#fill(select.groupBy.elements, base + continuation, groupingExpression);
    }
    if (select.having) {
      this.#breakAt(this.#first(select.having) - 1, base);
      this.#expression(select.having, base + continuation);
    }
  }

  /** A query in parentheses: on its line if it is short, else indented below the line that it begins on. */
  #subquery(paren: number, query: Query, close: number, base: number, short = shortQuery): void {
    if (this.#width(paren, close) <= short && this.#fitsTo(close)) return;
    const inner = base + continuation;
    this.#breakAt(paren + 1, inner);
    this.#query(query, inner);
    this.#breakAt(this.#closing(query, close), base);
  }

  /** The parenthesis that closes a query, of which `last` is at the latest. */
  #closing(query: Query, last: number): number {
    let token = Math.min(this.#last(query) + 1, last);
    while (token < last && this.#kinds[token] !== Token.rightParen) token++;
    return token;
  }

  #relation(relation: Relation, base: number): void {
    switch (relation.kind) {
      case "subquery": {
        const paren = this.#before(this.#first(relation.query), Token.leftParen);
        const last = relation.alias ? this.#first(relation.alias) - 1 : this.#last(relation);
        this.#subquery(paren, relation.query, this.#closing(relation.query, last), base);
        return;
      }
      case "unnest":
        this.#fill(relation.expressions, base + 2 * continuation, (expression) => expression);
        return;
      case "join": {
        this.#relation(relation.left, base);
        const inner = base + continuation;
        const right = this.#first(leftmost(relation.right));
        if (relation.join === "comma") {
          if (!this.#fitsTo(this.#last(relation.right))) this.#breakAt(right, inner);
          this.#relation(relation.right, inner);
          return;
        }
        let word = this.#before(right, Token.join);
        while (isJoinWord(this.#kinds[word - 1] as number)) word--;
        this.#breakAt(word, inner);
        this.#relation(relation.right, inner);
        if (relation.on) this.#expression(relation.on, inner + continuation);
        return;
      }
      default:
        return;
    }
  }

  /**
   * Elements of a list, as many on a line as fit. `indent` is that of the lines that go on; `inside` tells what of an
   * element may be broken if it is too long for a line.
   */
  #fill<Node extends { readonly span: Span }>(
    elements: readonly Node[],
    indent: number,
    inside: (element: Node) => Expression | undefined,
    enclosed = false,
  ): void {
    let broken = false;
    for (let index = 0; index < elements.length; index++) {
      const element = elements[index] as Node;
      if (element.span.start === element.span.end) continue;
      const first = this.#first(element);
      const last = this.#last(element);
      const fits = this.#fitsTo(last);
      if (index > 0 ? broken || !fits : enclosed && !fits && indent + this.#width(first, last) < this.#layout.width) {
        this.#breakAt(first, indent);
      } else if (fits) {
        continue;
      }
      broken = false;
      if (!this.#fitsTo(last)) {
        const line = this.#shift;
        const expression = inside(element);
        if (expression) this.#expression(expression, indent + continuation);
        broken = line !== this.#shift;
      }
    }
  }

  /** Breaks what is too long for its line. Lines that go on within the expression are indented by `indent`. */
  #expression(expression: Expression, indent: number): void {
    const last = this.#last(expression);
    if (this.#fitsTo(last)) return;
    switch (expression.kind) {
      case "call":
        this.#fill(expression.args, indent, itself, true);
        if (expression.orderBy.length > 0) this.#fill(expression.orderBy, indent, (item) => item.expression);
        if (expression.filter && !this.#fitsTo(last)) this.#expression(expression.filter, indent);
        if (expression.over) this.#window(expression.over, indent);
        return;
      case "binary":
        this.#binary(expression, indent);
        return;
      case "case":
        this.#case(expression, indent);
        return;
      case "group": {
        if (!isChain(expression.operand)) {
          this.#expression(expression.operand, indent);
          return;
        }
        this.#breakAt(this.#first(expression.operand), indent);
        this.#expression(expression.operand, indent);
        this.#breakAt(last, indent - continuation);
        return;
      }
      case "in": {
        const { operand, values } = expression;
        this.#expression(operand, indent);
        if ("kind" in values) {
          this.#subquery(this.#before(this.#first(values), Token.leftParen), values, last, indent - continuation);
        } else {
          this.#fill(values, indent, itself);
        }
        return;
      }
      case "exists":
      case "scalarQuery":
      case "quantified":
        if (expression.kind === "quantified") this.#expression(expression.operand, indent);
        this.#subquery(
          this.#before(this.#first(expression.query), Token.leftParen),
          expression.query,
          last,
          indent - continuation,
        );
        return;
      case "array":
      case "row":
        this.#fill(expression.elements, indent, itself);
        return;
      case "lambda":
        this.#expression(expression.body, indent);
        return;
      default:
        eachPart(
          expression,
          (part) => this.#expression(part, indent),
          () => undefined,
        );
    }
  }

  #binary(expression: Extract<Expression, { readonly kind: "binary" }>, indent: number): void {
    const { operator } = expression;
    if (operator === "and" || operator === "or") {
      const parts = chainOf<Expression>(expression, (node) => sides(node, operator));
      for (const [index, part] of parts.entries()) {
        if (index > 0) this.#breakAt(this.#first(part) - 1, indent);
        this.#expression(part, indent + continuation);
      }
      return;
    }
    const isSum = !comparisons.has(operator);
    const parts = isSum
      ? chainOf<Expression>(expression, (node) => sides(node, operator))
      : [expression.left, expression.right];
    for (const [index, part] of parts.entries()) {
      const last = this.#last(part);
      if (index > 0 && !this.#fitsTo(last)) {
        // What can be broken inside stays beside its operator.
        const width = this.#width(this.#first(part), last);
        if (isSum || (indent + width < this.#layout.width && !isBreakable(part))) {
          this.#breakAt(isSum ? this.#first(part) - 1 : this.#at(expression.operatorSpan.start), indent);
        }
      }
      this.#expression(part, indent + (isSum ? continuation : 0));
    }
  }

  #case(expression: Extract<Expression, { readonly kind: "case" }>, indent: number): void {
    if (expression.operand) this.#expression(expression.operand, indent);
    for (const branch of expression.branches) {
      this.#breakAt(this.#first(branch), indent);
      this.#expression(branch.when, indent + continuation);
      this.#expression(branch.then, indent + continuation);
    }
    if (expression.otherwise) {
      this.#breakAt(this.#first(expression.otherwise) - 1, indent);
      this.#expression(expression.otherwise, indent + continuation);
    }
    this.#breakAt(this.#last(expression), indent - continuation);
  }

  #window(window: Window, indent: number): void {
    if (this.#fitsTo(this.#last(window))) return;
    this.#fill(window.partitionBy, indent + continuation, itself);
    const [item] = window.orderBy;
    if (item) {
      if (!this.#fitsTo(this.#last(window))) this.#breakAt(this.#first(item) - 2, indent);
      this.#fill(window.orderBy, indent + continuation, (part) => part.expression);
    }
    if (window.frame && !this.#fitsTo(this.#last(window))) this.#breakAt(this.#first(window.frame), indent);
  }

  #spl({ commands }: SplAnalysis): void {
    const indent = clauseIndent + continuation;
    for (const [index, command] of commands.entries()) {
      const first = this.#first(command);
      if (index > 0) {
        this.#breakAt(this.#before(first, Token.pipe), 0);
        this.#line = clauseIndent;
      }
      if (command.name === "where") {
        for (const { expression } of command.items) this.#expression(expression, indent);
      } else {
        this.#fill(command.items, indent, (item) => (item.wildcard ? undefined : item.expression));
      }
      for (const names of [command.by, command.as]) {
        const [name] = names;
        if (!name) continue;
        if (!this.#fitsTo(this.#first(name))) this.#breakAt(this.#first(name) - 1, indent);
        this.#fill(names, indent, () => undefined);
      }
    }
  }

  // ---------------------------------------------------------------------------------------------- writing

  /** Adds what differs from the layout to the edits. */
  write(edits: TextEdit[]): void {
    const { newline, lowerCase } = this.#layout;
    this.#line = clauseIndent;
    for (let token = 1; token < this.#count; token++) {
      const from = this.#ends[token - 1] as number;
      const to = this.#starts[token] as number;
      const indent = this.#breaks[token] as number;
      if (indent >= 0) this.#line = this.#kinds[token] === Token.pipe ? clauseIndent : indent;
      if (this.#comments[token] !== 0) {
        this.#writeComments(from, to, token, edits);
      } else if (indent >= 0) {
        this.#replace(from, to, newline + spaces(indent), edits);
      } else if (this.#gaps[token] !== WRITTEN) {
        this.#replace(from, to, this.#gaps[token] === SPACE ? " " : "", edits);
      }
      if (lowerCase) this.#lowerCase(token, edits);
    }
    this.#writeComments(this.#ends[this.#count - 1] as number, this.#end, this.#count, edits);
  }

  #replace(from: number, to: number, wanted: string, edits: TextEdit[]): void {
    if (to - from === wanted.length && this.#text.startsWith(wanted, from)) return;
    edits.push({ span: span(from, to), text: wanted });
  }

  #lowerCase(token: number, edits: TextEdit[]): void {
    const kind = this.#kinds[token] as number;
    const role = this.#words[token];
    if (role === NAME || kind > Token.with || (kind < Token.all && !(role === KEYWORD && kind === Token.word))) return;
    const start = this.#starts[token] as number;
    const end = this.#ends[token] as number;
    for (let at = start; at < end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code < 65 || code > 90) continue;
      edits.push({ span: span(start, end), text: this.#text.slice(start, end).toLowerCase() });
      return;
    }
  }

  /** The comments between two tokens, or behind the last one. One that began a line begins one still. */
  #writeComments(from: number, to: number, token: number, edits: TextEdit[]): void {
    const { newline } = this.#layout;
    const atEnd = token === this.#count;
    const broken = atEnd ? -1 : (this.#breaks[token] as number);
    const indent = atEnd || token === 1 ? clauseIndent : broken >= 0 ? broken : this.#line + continuation;
    const opening = this.#isOpening(token - 1);
    let at = from;
    let ownLine = false;
    let lineComment = false;
    for (;;) {
      const gapStart = at;
      let lineBreak = false;
      while (at < to && this.#text.charCodeAt(at) !== 45 && this.#text.charCodeAt(at) !== 47) {
        if (this.#text.charCodeAt(at) === 10) lineBreak = true;
        at++;
      }
      if (at >= to) {
        if (atEnd) return;
        const next = broken >= 0 || lineComment || (ownLine && lineBreak);
        const space = this.#isClosing(token) ? "" : " ";
        this.#replace(gapStart, to, next ? newline + spaces(indent) : space, edits);
        return;
      }
      const first = gapStart === from;
      ownLine = lineBreak || lineComment;
      this.#replace(gapStart, at, ownLine ? newline + spaces(indent) : first && opening ? "" : " ", edits);
      lineComment = this.#text.charCodeAt(at) === 45;
      const close = lineComment ? lineEnd(this.#text, at, to) : commentEnd(this.#text, at, to);
      if (lineComment) {
        let trimmed = close;
        while (isBlank(this.#text.charCodeAt(trimmed - 1))) trimmed--;
        if (trimmed < close) edits.push({ span: span(trimmed, close), text: "" });
      }
      at = close;
    }
  }
}

// ------------------------------------------------------------------------------------------------ tables

function spaceBefore(previous: number, kind: number): number {
  switch (kind) {
    case Token.comma:
    case Token.rightParen:
    case Token.rightBracket:
    case Token.semicolon:
    case Token.dot:
    case Token.leftBracket:
      return NONE;
    default:
      break;
  }
  if (previous === Token.leftParen || previous === Token.leftBracket || previous === Token.dot) return NONE;
  return kind === Token.leftParen && (isName(previous) || called[previous] === 1) ? NONE : SPACE;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

const indents: string[] = [];

function spaces(count: number): string {
  const known = indents[count];
  if (known !== undefined) return known;
  const made = " ".repeat(count);
  indents[count] = made;
  return made;
}

function itself(expression: Expression): Expression {
  return expression;
}

function groupingExpression(element: GroupingElement): Expression | undefined {
  return element.kind === "expression" ? element.expression : undefined;
}

/** The relation that stands first in the text. */
function leftmost(relation: Relation): Relation {
  let first = relation;
  while (first.kind === "join") first = first.left;
  return first;
}

function isJoinWord(kind: number): boolean {
  return (
    kind === Token.natural ||
    kind === Token.inner ||
    kind === Token.left ||
    kind === Token.right ||
    kind === Token.full ||
    kind === Token.outer ||
    kind === Token.cross
  );
}

const comparisons: ReadonlySet<string> = new Set([
  "=",
  "<>",
  "<",
  "<=",
  ">",
  ">=",
  "is distinct from",
  "is not distinct from",
]);

function sides(
  node: Expression,
  operator: string,
): { readonly left: Expression; readonly right: Expression } | undefined {
  return node.kind === "binary" && node.operator === operator ? node : undefined;
}

function isChain(expression: Expression): boolean {
  return expression.kind === "binary" && (expression.operator === "and" || expression.operator === "or");
}

/** Whether an expression has a place inside where it can go on on the next line. */
function isBreakable(expression: Expression): boolean {
  switch (expression.kind) {
    case "call":
      return expression.args.length > 0;
    case "case":
    case "group":
    case "scalarQuery":
    case "array":
    case "row":
      return true;
    default:
      return false;
  }
}
