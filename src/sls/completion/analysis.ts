import { ProblemList } from "../check/problems.ts";
import { slsFunction } from "../functions/catalogue.ts";
import type { ParameterKind } from "../functions/functions.ts";
import type { Knowledge, KnownField } from "../knowledge.ts";
import { isName, scanAnalysis, Token } from "../parser/scanner.ts";
import type { Place } from "../place.ts";
import { sqlName, sqlString } from "../quote.ts";
import { type Span, span } from "../span.ts";
import type { Expression } from "../syntax.ts";
import { type AnalysisPosition, analysisPosition, type Frame, isClosed } from "./analysisPosition.ts";
import { zones } from "./directives.ts";
import {
  type CompletionItem,
  formats,
  formItem,
  functionItems,
  hasValues,
  jsonPath,
  keywordItem,
  knownValues,
  mapKeyItem,
  paddings,
  plainItem,
  rank,
  snippet,
  sqlFieldItem,
  textItem,
  typeItems,
  units,
  windows,
} from "./items.ts";
import { columnNamed, fieldOf, type Scope, type ScopeColumn, scopeAt } from "./scope.ts";
import { quotedSpan } from "./searchPosition.ts";
import {
  clauses,
  commandItems,
  conditionWords,
  directions,
  documentedCommands,
  groupingItems,
  joinSides,
  optionItems,
  sessionItems,
  statementForms,
} from "./words.ts";

/** What can be written behind the pipe. */
export type AnalysisCompletions = {
  readonly items: readonly CompletionItem[];
  readonly written: Span;
  readonly isOpen: boolean;
  readonly wantsValues: { readonly field: string; readonly prefix: string } | undefined;
};

export function analysisItems(
  text: string,
  place: Extract<Place, { kind: "analysis" }>,
  offset: number,
  knowledge: Knowledge,
): AnalysisCompletions {
  const tokens = scanAnalysis(text, place.half.start, place.half.end, new ProblemList());
  const position = analysisPosition(text, tokens, offset);
  if (isInComment(text, position, offset)) {
    return { items: [], written: span(offset, offset), isOpen: false, wantsValues: undefined };
  }
  const anchor = tokens.ends[position.at - 1] as number;
  const analysis = place.query?.statement.analysis;
  const scope = scopeAt(analysis, analysis === undefined ? 0 : Math.max(anchor, analysis.span.start), knowledge);
  return new Completer(text, offset, position, scope, knowledge).completions();
}

/** Comments are no tokens: between the last one and the offset a comment may have begun that is still open. */
function isInComment(text: string, { tokens, at, current }: AnalysisPosition, offset: number): boolean {
  if (current !== undefined) return false;
  const between = text.slice(tokens.ends[at - 1], offset);
  const line = between.slice(between.lastIndexOf("\n") + 1);
  return line.includes("--") || between.lastIndexOf("/*") > between.lastIndexOf("*/");
}

class Completer {
  readonly #text: string;
  readonly #offset: number;
  readonly #position: AnalysisPosition;
  readonly #scope: Scope;
  readonly #knowledge: Knowledge;

  constructor(text: string, offset: number, position: AnalysisPosition, scope: Scope, knowledge: Knowledge) {
    this.#text = text;
    this.#offset = offset;
    this.#position = position;
    this.#scope = scope;
    this.#knowledge = knowledge;
  }

  completions(): AnalysisCompletions {
    const { current, tokens, path, at } = this.#position;
    const kind = current === undefined ? Token.eof : tokens.kinds[current];
    const written = this.#written();
    if (kind === Token.string) return this.#inText(written);
    if (kind === Token.number || kind === Token.digitName) return this.#result(this.#numbers(), written);
    if (path.length > 0) {
      const members = this.#members();
      if (members !== undefined) return this.#result(members, written);
      // `k8s.pod.` is how the search half writes a field: the column takes the place of all of it.
      const whole = span(path[0]?.start ?? written.start, written.end);
      const fields = this.#fields(false).map((item) => ({ ...item, filter: item.label }));
      return this.#result(fields, whole);
    }
    if (this.#before(1) === Token.dot) return this.#result([], written);
    const items = this.#atWord(kind === Token.quotedName);
    const field = this.#comparedField(at);
    if (field === undefined || kind === Token.quotedName || this.#isComplete()) return this.#result(items, written);
    const values = this.#values(field, false);
    return {
      items: [...values, ...items],
      written,
      isOpen: true,
      wantsValues: this.#wanted(field, this.#text.slice(written.start, this.#offset)),
    };
  }

  #result(items: readonly CompletionItem[], written: Span): AnalysisCompletions {
    return { items, written, isOpen: this.#isOpen(), wantsValues: undefined };
  }

  /** What is written at the offset, an opening quote included. */
  #written(): Span {
    const { current, tokens } = this.#position;
    if (current === undefined) return span(this.#offset, this.#offset);
    const start = tokens.starts[current] as number;
    const end = tokens.ends[current] as number;
    const kind = tokens.kinds[current];
    if (kind !== Token.string && kind !== Token.quotedName) return span(start, end);
    return quotedSpan(this.#text, start, end, isClosed(this.#text, tokens, current), this.#offset);
  }

  /** The kind of the token that stands so many places before. */
  #before(places: number): number {
    const { tokens, at } = this.#position;
    return at >= places ? (tokens.kinds[at - places] as number) : Token.eof;
  }

  #top(): Frame {
    return this.#position.frames.at(-1) as Frame;
  }

  /** Whether what stands before calls for more. */
  #isOpen(): boolean {
    const { current, frames, tokens, at } = this.#position;
    if (current !== undefined || !this.#isComplete()) return true;
    const top = frames.at(-1);
    // The name of a command wants its arguments.
    return top?.kind === "command" && top.part === "name" && tokens.kinds[at - 1] !== Token.pipe;
  }

  #isComplete(): boolean {
    return this.#position.isComplete;
  }

  // ---------------------------------------------------------------------------------------------- words

  #atWord(isQuoted: boolean): readonly CompletionItem[] {
    const last = this.#before(1);
    const top = this.#top();
    if (isQuoted) return this.#isNewName(last, top) ? [] : [...this.#names(true), ...this.#fields(true)];
    if (top.kind === "command") return this.#inCommand(top);
    if (top.kind === "cast" && top.isType) return this.#isComplete() ? [] : typeItems;
    if (top.kind === "type") return typeItems;
    if (this.#isNewName(last, top)) return [];
    if (last === Token.group || last === Token.order || last === Token.partition) {
      return [keywordItem("by", rank.value)];
    }
    if (last === Token.is)
      return ["null", "not null", "distinct from"].map((word) => keywordItem(word, rank.value, word));
    if (last === Token.string && this.#before(2) === Token.interval) return this.#units(false);
    if (top.kind === "names") return this.#names(false);
    if (top.kind === "window") return this.#inWindow(top.part);
    if (top.kind === "relation") return this.#isComplete() ? this.#behindRelation(false) : this.#relations(true);
    if (top.kind === "filter" && !this.#isComplete() && last === Token.leftParen)
      return [keywordItem("where", rank.value)];
    if (top.kind === "query") return this.#inQuery(top.clause);
    if (top.kind === "call" && top.name === "extract" && top.argument === 0) {
      return this.#isComplete() ? [keywordItem("from", rank.value)] : this.#units(false);
    }
    if (top.kind === "case" && (this.#isComplete() || top.part === "operand")) return this.#inCase(top.part);
    return this.#isComplete() ? this.#operators(top) : this.#operands(top);
  }

  /** Whether a new name is written here, which nothing can be suggested for. */
  #isNewName(last: number, top: Frame): boolean {
    if (last === Token.as) return top.kind !== "cast";
    if (top.kind === "query" && top.clause === "with") return last === Token.with || last === Token.comma;
    return (
      top.kind === "names" && this.#position.tokens.kinds[this.#position.at - 1] !== Token.using && !this.#isUsing()
    );
  }

  /** Whether the list of names here belongs to `using`. */
  #isUsing(): boolean {
    const { tokens, at } = this.#position;
    let index = at - 1;
    while (index > 0 && tokens.kinds[index] !== Token.leftParen) index--;
    return tokens.kinds[index - 1] === Token.using;
  }

  #inQuery(clause: Extract<Frame, { kind: "query" }>["clause"]): readonly CompletionItem[] {
    const isComplete = this.#isComplete();
    const last = this.#before(1);
    switch (clause) {
      case "start":
        if (isComplete) return clauses("order by", "limit", "union", "union all", "except", "intersect");
        return this.#position.at <= 1 ? this.#statement() : [...this.#selects(), ...this.#setWords(last)];
      case "set":
        if (last === Token.set) return [keywordItem("session", rank.value)];
        return last === Token.session ? sessionItems : [];
      case "with":
        if (last === Token.rightParen)
          return [keywordItem("select", rank.value), keywordItem("as", rank.likely, "as (")];
        return isComplete ? [keywordItem("as", rank.value, "as (")] : [];
      case "values":
        return this.#operands(this.#top());
      case "select":
        if (!isComplete) return this.#operands(this.#top());
        return [
          keywordItem("as", rank.operator),
          ...clauses("from log", "from", "where", "group by", "order by", "limit"),
          ...this.#operators(this.#top()),
        ];
      case "from":
        if (joinSides.has(last)) return [keywordItem("join", rank.value)];
        return isComplete ? this.#behindRelation(true) : this.#relations(false);
      case "on":
        if (!isComplete) return this.#operands(this.#top());
        return [...this.#operators(this.#top()), ...this.#behindRelation(true)];
      case "where":
        if (!isComplete) return this.#operands(this.#top());
        return [...this.#operators(this.#top()), ...clauses("group by", "order by", "limit", "union all")];
      case "group":
        if (!isComplete) return [...this.#groups(), ...this.#operands(this.#top()), ...groupingItems];
        return clauses("having", "order by", "limit", "union all");
      case "having":
        if (!isComplete) return this.#operands(this.#top());
        return [...this.#operators(this.#top()), ...clauses("order by", "limit", "union all")];
      case "order":
        if (!isComplete) return this.#operands(this.#top());
        return [...directions, ...clauses("limit")];
      case "limit":
        return isComplete ? [] : this.#numbers();
      default:
        return clause satisfies never;
    }
  }

  /** What an analysis begins with. A space is put behind a pipe that has none. */
  #statement(): readonly CompletionItem[] {
    const space = this.#text[this.#written().start - 1] === "|" ? " " : "";
    const items = [
      keywordItem("select", rank.value),
      ...statementForms,
      keywordItem("with", rank.keyword),
      keywordItem("set session", rank.unlikely),
      ...commandItems,
    ];
    return space === "" ? items : items.map((item) => ({ ...item, insert: space + item.insert }));
  }

  #selects(): readonly CompletionItem[] {
    return [keywordItem("select", rank.value), keywordItem("with", rank.keyword), keywordItem("values", rank.unlikely)];
  }

  #setWords(last: number): readonly CompletionItem[] {
    const isSet = last === Token.union || last === Token.except || last === Token.intersect;
    return isSet ? [keywordItem("all", rank.likely)] : [];
  }

  // ---------------------------------------------------------------------------------------------- operands

  /** What a value can begin with. */
  #operands(top: Frame): readonly CompletionItem[] {
    const { clause, dialect } = { clause: this.#clause(), dialect: this.#position.dialect };
    const functions = functionItems(dialect);
    const isOfGroups = clause === "select" || clause === "having" || clause === "order";
    const inAggregate = this.#position.frames.some(
      (frame) => frame.kind === "call" && slsFunction(frame.name)?.kind === "aggregate",
    );
    const isOfRows = isOfGroups && !inAggregate;
    const last = this.#before(1);
    const words: CompletionItem[] = [
      formItem("case", "case when", snippet`case when ${"condition"} then ${"x"} else ${"y"} end`),
    ];
    words.push(keywordItem("null", rank.keyword, "null"), keywordItem("not"));
    if (last === Token.select) words.push(keywordItem("distinct"), keywordItem("*", rank.likely, "*"));
    if (last === Token.leftParen && top.kind === "call") {
      if (slsFunction(top.name)?.kind === "aggregate") words.push(keywordItem("distinct"));
      if (top.name === "count") words.push(keywordItem("*", rank.likely, "*"));
    }
    if (last === Token.leftParen && (top.kind === "group" || top.kind === "list")) words.push(keywordItem("select"));
    words.push(keywordItem("true", rank.unlikely, "true"), keywordItem("false", rank.unlikely, "false"));
    words.push(keywordItem("exists", rank.unlikely, "exists ("), keywordItem("interval", rank.unlikely));
    return [
      ...this.#names(false),
      ...this.#fields(false),
      ...words,
      ...functions.scalar,
      ...(isOfRows || dialect === "spl" ? functions.aggregate : []),
      ...(isOfRows ? functions.window : []),
    ];
  }

  /** The clause of the query around, or nothing in SPL. */
  #clause(): Extract<Frame, { kind: "query" }>["clause"] | undefined {
    const query = this.#position.frames.findLast((frame) => frame.kind === "query");
    return query?.kind === "query" ? query.clause : undefined;
  }

  /** The fields of the log that can be read here. */
  #fields(isQuoted: boolean): readonly CompletionItem[] {
    const fields = new Set<KnownField>();
    const items: CompletionItem[] = [];
    for (const { columns } of this.#scope.relations) {
      for (const { name, field } of columns) {
        if (field === undefined || name !== field.sql || fields.has(field)) continue;
        fields.add(field);
        if (isQuoted && field.inside !== undefined) continue;
        items.push(sqlFieldItem(field, isQuoted));
        const key = isQuoted ? undefined : mapKeyItem(field);
        if (key !== undefined) items.push(key);
      }
    }
    return items;
  }

  /** Names that the statement gives: parameters, aliases where they can be read, columns of subqueries, relations. */
  #names(isQuoted: boolean): readonly CompletionItem[] {
    const items: CompletionItem[] = [];
    const add = (of: "alias" | "column" | "parameter", text: string, at: number): void => {
      const insert = isQuoted ? `"${text.replaceAll('"', '""')}"` : sqlName(text);
      items.push(plainItem({ kind: "name", of, text }, text, at, { insert, filter: isQuoted ? `"${text}` : text }));
    };
    for (const frame of this.#position.frames) {
      if (frame.kind === "call")
        for (const parameter of new Set(frame.parameters)) add("parameter", parameter, rank.value);
    }
    const clause = this.#clause();
    if (clause === "group" || clause === "order" || clause === "having") {
      for (const { name } of this.#scope.aliases) add("alias", name, rank.alias);
    }
    const seen = new Set<string>();
    for (const { columns } of this.#scope.relations) {
      for (const { name, field } of columns) {
        if ((field !== undefined && name === field.sql) || seen.has(name)) continue;
        seen.add(name);
        add("column", name, rank.likely);
      }
    }
    if (this.#scope.relations.length > 1 && !isQuoted) {
      for (const { name } of this.#scope.relations) {
        if (name === undefined) continue;
        items.push(plainItem({ kind: "table", of: "relation" }, name, rank.keyword, { insert: sqlName(name) }));
      }
    }
    return items;
  }

  /** The columns of the relation that is named before the dot; undefined where none is. */
  #members(): readonly CompletionItem[] | undefined {
    const { path } = this.#position;
    const [first] = path;
    if (first === undefined || path.length !== 1) return undefined;
    const written = this.#text.slice(first.start, first.end).replace(/^"(.*)"$/s, "$1");
    const name = written.toLowerCase();
    const relation = this.#scope.relations.find((each) => each.name?.toLowerCase() === name);
    if (relation === undefined) return undefined;
    return relation.columns.flatMap((column) => this.#memberItem(column) ?? []);
  }

  #memberItem({ name, field }: ScopeColumn): CompletionItem | undefined {
    if (field?.inside !== undefined && name === field.sql) return undefined;
    const subject =
      field === undefined
        ? ({ kind: "name", of: "column", text: name } as const)
        : ({ kind: "field", field, spelling: "sql" } as const);
    return plainItem(subject, name, rank.field, { insert: sqlName(name) });
  }

  /** All that a GROUP BY has to hold: what the SELECT computes without an aggregate. */
  #groups(): readonly CompletionItem[] {
    const items = this.#scope.select?.items ?? [];
    const names = items.flatMap((item) => {
      if (item.kind !== "column" || item.expression.kind === "missing" || hasAggregate(item.expression)) return [];
      const { alias, expression } = item;
      return [alias === undefined ? this.#text.slice(expression.span.start, expression.span.end) : sqlName(alias.name)];
    });
    if (names.length < 2 || names.length === items.length || this.#before(1) !== Token.by) return [];
    return [plainItem({ kind: "groups" }, names.join(", "), rank.value)];
  }

  // ---------------------------------------------------------------------------------------------- behind operands

  /** What can go on behind a value. */
  #operators(top: Frame): readonly CompletionItem[] {
    const items: CompletionItem[] = conditionWords.map((word) =>
      keywordItem(
        word,
        rank.keyword,
        word === "in" || word === "not in" ? `${word} (` : word.endsWith("null") ? word : `${word} `,
      ),
    );
    if (this.#before(1) === Token.rightParen) {
      items.push(keywordItem("over", rank.keyword, "over ("), keywordItem("filter", rank.unlikely, "filter (where "));
    }
    if (top.kind === "call") items.push(keywordItem("order by", rank.unlikely));
    if (top.kind === "cast") items.unshift(keywordItem("as", rank.value));
    if (top.kind === "call" && top.name === "position" && top.argument === 0) {
      items.unshift(keywordItem("in", rank.value));
    }
    items.push(keywordItem("at time zone", rank.unlikely));
    return items;
  }

  #inCase(part: "operand" | "when" | "then" | "else"): readonly CompletionItem[] {
    if (!this.#isComplete()) return [keywordItem("when", rank.value), ...this.#operands(this.#top())];
    const end = keywordItem("end", rank.likely);
    switch (part) {
      case "operand":
        return [keywordItem("when", rank.value)];
      case "when":
        return [keywordItem("then", rank.value), ...this.#operators(this.#top())];
      case "then":
        return [keywordItem("when", rank.value), keywordItem("else", rank.value), end, ...this.#operators(this.#top())];
      case "else":
        return [end, ...this.#operators(this.#top())];
      default:
        return part satisfies never;
    }
  }

  #inWindow(part: "start" | "partition" | "order" | "frame"): readonly CompletionItem[] {
    if (part === "start") {
      return [keywordItem("partition by", rank.value), keywordItem("order by", rank.value)];
    }
    if (part === "frame") {
      return [
        "between",
        "and",
        "unbounded preceding",
        "current row",
        "unbounded following",
        "preceding",
        "following",
      ].map((word) => keywordItem(word, rank.likely));
    }
    if (!this.#isComplete()) return [...this.#names(false), ...this.#fields(false), ...functionItems("sql").scalar];
    const frame = keywordItem("rows between", rank.keyword, "rows between unbounded preceding and current row");
    return part === "partition" ? [keywordItem("order by", rank.value)] : [...directions, frame];
  }

  // ---------------------------------------------------------------------------------------------- relations

  #relations(isInParens: boolean): readonly CompletionItem[] {
    const tables = this.#scope.tables.map((name) =>
      plainItem({ kind: "table", of: "commonTable" }, name, rank.value, { insert: sqlName(name) }),
    );
    return [
      ...tables,
      plainItem({ kind: "table", of: "log" }, "log", rank.likely),
      ...(isInParens
        ? this.#selects()
        : [formItem("subquery", "(select …)", snippet`(select ${"*"} from log) as ${"t"}`)]),
      formItem("unnest", "unnest", snippet`unnest(${"array"}) as ${"t"}(${"x"})`),
    ];
  }

  #behindRelation(hasClauses: boolean): readonly CompletionItem[] {
    const joins = ["join", "left join", "right join", "full join", "cross join"].map((word) => keywordItem(word));
    const isJoined = this.#isJoined();
    return [
      ...(isJoined ? [keywordItem("on", rank.value), keywordItem("using", rank.operator, "using (")] : []),
      ...(hasClauses ? clauses("where", "group by", "order by", "limit", "union all") : []),
      keywordItem("as", rank.keyword),
      ...joins,
    ];
  }

  /** Whether the relation before is the right one of a join that has no condition yet. */
  #isJoined(): boolean {
    const { tokens, at } = this.#position;
    let depth = 0;
    for (let index = at - 1; index > 0; index--) {
      const kind = tokens.kinds[index] as number;
      if (kind === Token.rightParen) depth++;
      if (kind === Token.leftParen) depth--;
      if (depth < 0 || kind === Token.pipe) return false;
      if (depth > 0) continue;
      if (kind === Token.join) return tokens.kinds[index - 1] !== Token.cross;
      if (kind === Token.on || kind === Token.from || kind === Token.comma || kind === Token.using) return false;
    }
    return false;
  }

  // ---------------------------------------------------------------------------------------------- SPL

  #inCommand(top: Extract<Frame, { kind: "command" }>): readonly CompletionItem[] {
    const { tokens, at, current } = this.#position;
    const isAdjacent =
      at > 1 && tokens.ends[at - 1] === (tokens.starts[current ?? at] as number) && current !== undefined;
    if (top.part === "name" && (top.name === "" || isAdjacent)) return this.#commandNames();
    const last = this.#before(1);
    const fields = [...this.#names(false), ...this.#fields(false).filter(({ insert }) => !insert.includes("("))];
    if (top.part === "by") return this.#isComplete() ? [] : fields;
    if (top.part === "as") return [];
    if (last === Token.minus && this.#isComplete() === false) return optionItems(top.name, true);
    switch (top.name) {
      case "where":
        return this.#isComplete() ? this.#operators(top) : this.#operands(top);
      case "extend":
        if (this.#isComplete()) return this.#operators(top);
        return last === Token.equal ? this.#operands(top) : fields;
      case "stats":
        if (this.#isComplete()) return [keywordItem("by", rank.value)];
        return functionItems("spl").aggregate.map((item) => ({ ...item, rank: rank.likely }));
      case "sort":
        return this.#isComplete()
          ? [keywordItem("desc", rank.value, "desc"), keywordItem("asc", rank.likely, "asc")]
          : fields;
      case "limit":
        return this.#isComplete() ? [] : this.#numbers();
      default:
        if (!documentedCommands.includes(top.name)) return [];
        return [...(this.#isComplete() ? [keywordItem("as", rank.likely)] : fields), ...optionItems(top.name, false)];
    }
  }

  /** The whole of a name with hyphens takes the place of what is written of it. */
  #commandNames(): readonly CompletionItem[] {
    const { tokens, at } = this.#position;
    let index = at;
    while (index > 1 && tokens.ends[index - 1] === tokens.starts[index] && tokens.kinds[index - 1] !== Token.pipe)
      index--;
    const written = this.#written();
    const start =
      this.#position.current === undefined ? written.start : Math.min(written.start, tokens.starts[index] as number);
    const isFirst = tokens.kinds[index - 1] === Token.pipe && index === 1;
    const space = this.#text[start - 1] === "|" ? " " : "";
    const items = isFirst ? [keywordItem("select", rank.value), ...statementForms, ...commandItems] : commandItems;
    return items.map((item) => ({ ...item, insert: space + item.insert, written: span(start, written.end) }));
  }

  // ---------------------------------------------------------------------------------------------- texts

  /** Inside single quotes: values of the column that the text is compared with, units, formats, zones, paths. */
  #inText(written: Span): AnalysisCompletions {
    const field = this.#comparedField(this.#position.at);
    if (field !== undefined) {
      const prefix = this.#text.slice(written.start + 1, this.#offset).replaceAll("''", "'");
      return { items: this.#values(field, true), written, isOpen: true, wantsValues: this.#wanted(field, prefix) };
    }
    return this.#result(this.#textArguments(true), written);
  }

  /** What can be written as the argument that is written here, where that is a text of a known kind. */
  #textArguments(isQuoted: boolean): readonly CompletionItem[] {
    if (this.#before(1) === Token.zone) return this.#zones(isQuoted);
    const top = this.#top();
    if (top.kind !== "call") return [];
    if (top.name === "time_series") {
      if (top.argument === 1) return windows.map((text) => textItem({ kind: "window" }, text, isQuoted, rank.value));
      if (top.argument === 3) return paddings.map((text) => textItem({ kind: "window" }, text, isQuoted, rank.value));
    }
    const kinds = new Set<ParameterKind>(
      slsFunction(top.name)?.signatures.flatMap(({ parameters }) => parameters[top.argument]?.kind ?? []),
    );
    if (kinds.has("unit")) return this.#units(isQuoted, true);
    if (kinds.has("format")) {
      return formats.map((code, index) =>
        textItem({ kind: "format", code }, code, isQuoted, index < 5 ? rank.value : rank.likely),
      );
    }
    if (kinds.has("zone")) return this.#zones(isQuoted);
    return kinds.has("path") ? this.#paths(isQuoted) : [];
  }

  #units(isQuoted: boolean, asText = false): readonly CompletionItem[] {
    return units.map((unit) =>
      plainItem({ kind: "unit" }, unit, rank.value, {
        insert: asText ? sqlString(unit) : unit,
        filter: isQuoted ? `'${unit}` : unit,
      }),
    );
  }

  #zones(isQuoted: boolean): readonly CompletionItem[] {
    return zones(this.#knowledge).map((zone, index) =>
      textItem({ kind: "zone", zone }, zone, isQuoted, index < 4 ? rank.value : rank.likely),
    );
  }

  /** Paths into the JSON column that is the first argument. */
  #paths(isQuoted: boolean): readonly CompletionItem[] {
    const { tokens, at } = this.#position;
    const column = this.#nameAt(at - 2)?.toLowerCase();
    if (column === undefined) return [];
    return this.#knowledge.fields.flatMap((field) => {
      const [first = "", ...rest] = field.search.split(".");
      if (rest.length === 0 || first.toLowerCase() !== column || tokens.kinds[at - 1] !== Token.comma) return [];
      const path = jsonPath(field.inside?.path ?? rest);
      return [textItem({ kind: "field", field, spelling: "sql" }, path, isQuoted, rank.value)];
    });
  }

  // ---------------------------------------------------------------------------------------------- values

  /** The field that a value here is compared with: `field = `, `field in (`, `field like `. */
  #comparedField(at: number): KnownField | undefined {
    const { tokens } = this.#position;
    const kind = tokens.kinds[at - 1] as number;
    const isComparison = kind >= Token.equal && kind <= Token.greaterOrEqual;
    if (isComparison || kind === Token.like) {
      const isNegated = kind === Token.like && tokens.kinds[at - 2] === Token.not;
      return this.#fieldEndingAt(isNegated ? at - 3 : at - 2);
    }
    const top = this.#top();
    if (top.kind !== "list" || (kind !== Token.comma && kind !== Token.leftParen)) return undefined;
    const isNegated = tokens.kinds[top.inToken - 1] === Token.not;
    return this.#fieldEndingAt(isNegated ? top.inToken - 2 : top.inToken - 1);
  }

  /** The field of the column, of the alias or of the call of `json_extract_scalar` whose last token is this one. */
  #fieldEndingAt(index: number): KnownField | undefined {
    const { tokens } = this.#position;
    if (tokens.kinds[index] === Token.rightParen) return this.#extractedField(index);
    const name = this.#nameAt(index);
    if (name === undefined) return undefined;
    const isMember = tokens.kinds[index - 1] === Token.dot;
    const path = isMember ? `${this.#nameAt(index - 2) ?? ""}.${name}` : name;
    const column = columnNamed(path, this.#scope.relations);
    if (column !== undefined) return column.field;
    const alias = this.#scope.aliases.find((each) => each.name.toLowerCase() === name.toLowerCase());
    return alias === undefined ? undefined : fieldOf(alias.expression, this.#scope.relations);
  }

  #extractedField(end: number): KnownField | undefined {
    const { tokens } = this.#position;
    const column = this.#nameAt(end - 3);
    const path = tokens.kinds[end - 1] === Token.string ? this.#tokenText(end - 1).slice(1, -1) : undefined;
    if (column === undefined || path === undefined || !this.#nameAt(end - 5)?.startsWith("json_extract"))
      return undefined;
    return this.#knowledge.fields.find(
      ({ inside }) => inside?.column === column && jsonPath(inside.path).toLowerCase() === path.toLowerCase(),
    );
  }

  #nameAt(index: number): string | undefined {
    const { tokens } = this.#position;
    if (index < 1 || !isName(tokens.kinds[index] as number)) return undefined;
    const text = this.#tokenText(index);
    return tokens.kinds[index] === Token.quotedName ? text.slice(1, -1).replaceAll('""', '"') : text;
  }

  #tokenText(index: number): string {
    const { tokens } = this.#position;
    return this.#text.slice(tokens.starts[index], tokens.ends[index]);
  }

  #values(field: KnownField, isQuoted: boolean): readonly CompletionItem[] {
    const isNumber = field.type === "long" || field.type === "double";
    return knownValues(field.search, this.#knowledge).map(({ value, count }) => {
      const subject = { kind: "value", field: field.search, count } as const;
      const isWritten = isNumber && !isQuoted && /^-?\d+(\.\d+)?$/.test(value);
      return isWritten ? plainItem(subject, value, rank.value) : textItem(subject, value, isQuoted, rank.value);
    });
  }

  #wanted(field: KnownField, prefix: string): AnalysisCompletions["wantsValues"] {
    return hasValues(field) ? { field: field.search, prefix } : undefined;
  }

  #numbers(): readonly CompletionItem[] {
    const isLimit = this.#clause() === "limit" || (this.#top().kind === "command" && this.#before(1) !== Token.equal);
    if (!isLimit || this.#isComplete()) return [];
    return ["100", "1000", "10", "10000"].map((number) => plainItem({ kind: "number" }, number, rank.value));
  }
}

function hasAggregate(expression: Expression): boolean {
  const work: object[] = [expression];
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    if ("kind" in node && node.kind === "call") {
      const { name } = node as Extract<Expression, { kind: "call" }>;
      if (slsFunction(name.name)?.kind === "aggregate") return true;
    }
    for (const value of Object.values(node)) if (typeof value === "object" && value !== null) work.push(value);
  }
  return false;
}
