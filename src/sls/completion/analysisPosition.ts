import { isName, isReserved, Token, type Tokens } from "../parser/scanner.ts";
import { beginsSql } from "../parser/splParser.ts";
import { type Span, span } from "../span.ts";

/** The clause of a query that was begun last. `on` is the condition of a join, `by` a list of a `group by`. */
export type Clause =
  | "start"
  | "set"
  | "with"
  | "select"
  | "from"
  | "on"
  | "where"
  | "group"
  | "having"
  | "order"
  | "limit"
  | "values";

/** What is open at a place: a query or a command at the bottom, whatever has parentheses above it. */
export type Frame =
  | { readonly kind: "query"; clause: Clause }
  /** `name` as written in lower case, `argument` counted from 0. `parameters` are those of lambdas in the arguments. */
  | {
      readonly kind: "call";
      readonly name: string;
      readonly nameToken: number;
      argument: number;
      isOrdering: boolean;
      readonly parameters: string[];
    }
  | { readonly kind: "cast"; readonly nameToken: number; isType: boolean }
  | { readonly kind: "type" }
  /** The values behind `operand in`; the token of `in`. */
  | { readonly kind: "list"; readonly inToken: number }
  | { readonly kind: "group" | "relation" | "names" | "bracket" | "filter" }
  | { readonly kind: "window"; part: "start" | "partition" | "order" | "frame" }
  | { readonly kind: "case"; part: "operand" | "when" | "then" | "else" }
  /** A command of SPL. */
  | { readonly kind: "command"; name: string; part: "name" | "arguments" | "by" | "as" };

export type AnalysisPosition = {
  readonly tokens: Tokens;
  readonly dialect: "sql" | "spl";
  /** The innermost last; never empty. */
  readonly frames: readonly Frame[];
  /** Whether an operand, a relation or a name ends right before, so that an operator or a clause may follow. */
  readonly isComplete: boolean;
  /** The index of the token that the place is at or before; those of less are before it. */
  readonly at: number;
  /** What is written here, an opening quote included, as the index of its token; undefined where nothing is. */
  readonly current: number | undefined;
  /** The names before the last dot of a dotted name that is written here. */
  readonly path: readonly Span[];
};

/** What stands around an offset of an analysis, told from the tokens before it, however broken the text behind it is. */
export function analysisPosition(text: string, tokens: Tokens, offset: number): AnalysisPosition {
  const index = tokenAround(text, tokens, offset);
  const current = index.isInside ? index.at : undefined;
  let at = index.at;
  const path: Span[] = [];
  // A quoted text that follows a dot is no part of a path only if it is a text.
  if (current === undefined || tokens.kinds[current] !== Token.string) {
    while (at >= 2 && tokens.kinds[at - 1] === Token.dot && isName(tokens.kinds[at - 2] as number)) {
      path.unshift(span(tokens.starts[at - 2] as number, tokens.ends[at - 2] as number));
      at -= 2;
    }
  }
  const walk = new Walk(text, tokens);
  for (let token = 1; token < at; token++) walk.read(token);
  const { frames, isComplete } = walk;
  return { tokens, dialect: walk.dialect, frames, isComplete, at, current, path };
}

/** The token that an offset is in or at the end of, as far as more can be written of it; else the next one. */
function tokenAround(
  text: string,
  tokens: Tokens,
  offset: number,
): { readonly at: number; readonly isInside: boolean } {
  let low = 1;
  let high = tokens.count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens.starts[middle] as number) < offset) low = middle + 1;
    else high = middle;
  }
  const last = low - 1;
  if (last < 1) return { at: low, isInside: false };
  const kind = tokens.kinds[last] as number;
  const end = tokens.ends[last] as number;
  const isWord = (isName(kind) && kind !== Token.quotedName) || isReserved(kind) || kind === Token.number;
  const isText = kind === Token.string || kind === Token.quotedName;
  const isOpen = isText && (offset < end || !isClosed(text, tokens, last));
  return isOpen || (isWord && offset <= end) ? { at: last, isInside: offset <= end } : { at: low, isInside: false };
}

/** Whether a quote ends a quoted token. */
export function isClosed(text: string, tokens: Tokens, index: number): boolean {
  const start = tokens.starts[index] as number;
  const end = tokens.ends[index] as number;
  const quote = text.charCodeAt(start);
  let run = 0;
  while (end - run - 1 > start && text.charCodeAt(end - run - 1) === quote) run++;
  return run % 2 === 1;
}

/** Reads tokens from the first on and keeps what is open. A clause that stands where none can closes what is open. */
class Walk {
  readonly text: string;
  readonly tokens: Tokens;
  readonly dialect: "sql" | "spl";
  frames: Frame[];
  isComplete = false;

  constructor(text: string, tokens: Tokens) {
    this.text = text;
    this.tokens = tokens;
    const first = tokens.kinds[1] as number;
    this.dialect = beginsSql(first) || first === Token.eof ? "sql" : "spl";
    this.frames = [
      this.dialect === "sql" ? { kind: "query", clause: "start" } : { kind: "command", name: "", part: "name" },
    ];
  }

  read(index: number): void {
    const kind = this.tokens.kinds[index] as number;
    switch (kind) {
      case Token.leftParen:
        this.open(index);
        return;
      case Token.leftBracket:
        this.frames.push({ kind: "bracket" });
        this.isComplete = false;
        return;
      case Token.rightParen:
      case Token.rightBracket:
        this.close();
        return;
      case Token.comma:
        this.comma();
        return;
      case Token.pipe:
        if (this.dialect === "spl") this.frames = [{ kind: "command", name: "", part: "name" }];
        this.isComplete = false;
        return;
      case Token.semicolon:
        this.frames = this.frames.slice(0, 1);
        this.toQuery("start");
        return;
      case Token.arrow:
        this.lambda(index);
        this.isComplete = false;
        return;
      case Token.star:
        this.isComplete = !this.isComplete;
        return;
      case Token.dot:
        return;
      case Token.string:
      case Token.number:
        this.isComplete = true;
        return;
      default:
        break;
    }
    if (this.command(index, kind)) return;
    if (isReserved(kind) || isKeyword(kind)) this.keyword(index, kind);
    else this.isComplete = isName(kind);
  }

  private top(): Frame {
    return this.frames.at(-1) as Frame;
  }

  // ---------------------------------------------------------------------------------------------- parentheses

  private open(index: number): void {
    const before = this.tokens.kinds[index - 1] as number;
    this.frames.push(this.opened(index, before));
    this.isComplete = false;
  }

  private opened(index: number, before: number): Frame {
    const top = this.top();
    const inFrom = top.kind === "relation" || (top.kind === "query" && (top.clause === "from" || top.clause === "on"));
    switch (before) {
      case Token.over:
        return { kind: "window", part: "start" };
      case Token.filter:
        return isName(this.tokens.kinds[index - 2] as number) ? this.call(index - 1) : { kind: "filter" };
      case Token.cast:
      case Token.try_cast:
        return { kind: "cast", nameToken: index - 1, isType: false };
      case Token.in:
        if (top.kind === "call" && top.name === "position") return { kind: "group" };
        return { kind: "list", inToken: index - 1 };
      case Token.using:
        return { kind: "names" };
      case Token.as:
        return { kind: "relation" };
      case Token.grouping:
      case Token.unnest:
      case Token.left:
      case Token.right:
      case Token.current_date:
      case Token.current_time:
      case Token.current_timestamp:
      case Token.localtime:
      case Token.localtimestamp:
        return this.call(index - 1);
      default:
        break;
    }
    if (top.kind === "type" || (top.kind === "cast" && top.isType)) return { kind: "type" };
    if (top.kind === "query" && top.clause === "with") return { kind: "names" };
    if (top.kind === "query" && top.clause === "start") return { kind: "relation" };
    if (inFrom && isName(before)) {
      // `t (a, b)` names columns; in the condition of a join the same is a call.
      return top.kind === "query" && top.clause === "on" ? this.call(index - 1) : { kind: "names" };
    }
    if (inFrom && !(top.kind === "query" && top.clause === "on")) return { kind: "relation" };
    return isName(before) && this.isComplete ? this.call(index - 1) : { kind: "group" };
  }

  private call(nameToken: number): Frame {
    const { starts, ends } = this.tokens;
    const name = this.text.slice(starts[nameToken], ends[nameToken]).toLowerCase();
    return { kind: "call", name, nameToken, argument: 0, isOrdering: false, parameters: [] };
  }

  private close(): void {
    while (this.frames.length > 1) {
      const closed = this.frames.pop();
      if (closed?.kind !== "case") break;
    }
    this.isComplete = true;
  }

  private comma(): void {
    this.closeCase();
    const top = this.top();
    if (top.kind === "call" && !top.isOrdering) top.argument++;
    if (top.kind === "query" && top.clause === "on") top.clause = "from";
    this.isComplete = false;
  }

  /** A comma or a clause ends a CASE whose END is still to be written. */
  private closeCase(): void {
    while (this.top().kind === "case" && this.frames.length > 1) this.frames.pop();
  }

  private lambda(index: number): void {
    const call = this.frames.findLast((frame) => frame.kind === "call");
    if (call?.kind !== "call") return;
    const { kinds, starts, ends } = this.tokens;
    let at = index - 1;
    if (kinds[at] === Token.rightParen) {
      while (at > 0 && kinds[at] !== Token.leftParen) at--;
    }
    for (; at < index; at++) {
      if (isName(kinds[at] as number)) call.parameters.push(this.text.slice(starts[at], ends[at]));
    }
  }

  // ---------------------------------------------------------------------------------------------- words

  /** Takes a token as part of an SPL command where it is one. */
  private command(index: number, kind: number): boolean {
    const top = this.top();
    if (top.kind !== "command") return false;
    if (top.part === "name") {
      const { starts, ends } = this.tokens;
      const isJoined = top.name === "" || starts[index] === ends[index - 1];
      if (isJoined && (isName(kind) || isReserved(kind) || kind === Token.minus)) {
        top.name += this.text.slice(starts[index], ends[index]).toLowerCase();
        return true;
      }
      top.part = "arguments";
    }
    if (kind === Token.by || kind === Token.as) {
      top.part = kind === Token.by ? "by" : "as";
      this.isComplete = false;
      return true;
    }
    return false;
  }

  private keyword(index: number, kind: number): void {
    const top = this.top();
    const before = this.tokens.kinds[index - 1] as number;
    this.isComplete = false;
    switch (kind) {
      case Token.select:
      case Token.values:
        this.beginQuery(kind === Token.select ? "select" : "values", before);
        return;
      case Token.with:
        if (top.kind === "query" && top.clause === "start") top.clause = "with";
        else if (before === Token.leftParen) this.beginQuery("with", before);
        else this.isComplete = true;
        return;
      case Token.set:
        if (top.kind === "query" && top.clause === "start") top.clause = "set";
        return;
      case Token.union:
      case Token.except:
      case Token.intersect:
        this.toQuery("start");
        return;
      case Token.from:
        if (before === Token.distinct && this.tokens.kinds[index - 2] !== Token.select) return;
        if (top.kind === "call" && (top.name === "extract" || top.name === "trim")) {
          top.argument++;
          return;
        }
        this.toQuery("from");
        return;
      case Token.where:
        if (top.kind !== "filter") this.toQuery("where");
        return;
      case Token.group:
        this.toQuery("group");
        return;
      case Token.having:
        this.toQuery("having");
        return;
      case Token.limit:
        this.toQuery("limit");
        return;
      case Token.order:
        if (top.kind === "window") top.part = "order";
        else if (top.kind === "call" && this.tokens.kinds[index + 1] === Token.by) top.isOrdering = true;
        else this.toQuery("order");
        return;
      case Token.partition:
        if (top.kind === "window") top.part = "partition";
        return;
      case Token.rows:
      case Token.range:
      case Token.groups:
        if (top.kind === "window") top.part = "frame";
        else this.isComplete = true;
        return;
      case Token.on:
        if (top.kind === "query") top.clause = "on";
        return;
      case Token.join:
      case Token.natural:
      case Token.cross:
      case Token.inner:
      case Token.outer:
      case Token.left:
      case Token.right:
        if (top.kind === "query" && top.clause === "on") top.clause = "from";
        return;
      case Token.full:
        if (top.kind === "query" && top.clause === "on") top.clause = "from";
        else this.isComplete = !(top.kind === "query" && top.clause === "from");
        return;
      case Token.as:
        if (top.kind === "cast") top.isType = true;
        return;
      case Token.in:
        if (top.kind === "call" && top.name === "position") top.argument++;
        return;
      case Token.case:
        this.frames.push({ kind: "case", part: "operand" });
        return;
      case Token.when:
      case Token.then:
      case Token.else:
        if (top.kind === "case") top.part = kind === Token.when ? "when" : kind === Token.then ? "then" : "else";
        return;
      case Token.all:
        this.isComplete = !(
          before === Token.union ||
          before === Token.except ||
          before === Token.intersect ||
          before === Token.select
        );
        return;
      case Token.end:
        if (top.kind === "case") this.frames.pop();
        this.isComplete = true;
        return;
      case Token.null:
      case Token.true:
      case Token.current_date:
      case Token.current_time:
      case Token.current_timestamp:
      case Token.localtime:
      case Token.localtimestamp:
        this.isComplete = true;
        return;
      default:
        return;
    }
  }

  /** A `select` begins a query in the parentheses that were just opened, or one that a word before it introduced. */
  private beginQuery(clause: Clause, before: number): void {
    const top = this.top();
    if (before === Token.leftParen && top.kind !== "query" && top.kind !== "command") {
      this.frames[this.frames.length - 1] = { kind: "query", clause };
    } else {
      this.toQuery(clause);
    }
  }

  /** Goes on with the innermost query; what is open above it was never closed. */
  private toQuery(clause: Clause): void {
    while (this.frames.length > 1 && this.top().kind !== "query") this.frames.pop();
    const top = this.top();
    if (top.kind === "query") top.clause = clause;
    this.isComplete = false;
  }
}

/** Words that are names elsewhere and have a meaning where a query is read. */
function isKeyword(kind: number): boolean {
  return (
    kind === Token.all ||
    kind === Token.set ||
    kind === Token.partition ||
    kind === Token.rows ||
    kind === Token.range ||
    kind === Token.groups ||
    kind === Token.full ||
    kind === Token.at ||
    kind === Token.using
  );
}
