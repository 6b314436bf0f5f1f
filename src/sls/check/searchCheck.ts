import { type FieldNames, fieldNames, isReservedField, lowered } from "../fieldNames.ts";
import type { Knowledge, KnownField } from "../knowledge.ts";
import { type Span, span } from "../span.ts";
import type { Search, SearchField, SearchTerm, Statement } from "../syntax.ts";
import type { ProblemList } from "./problems.ts";

/** SLS documents both numbers as the most conditions that a search may have; the second is the higher one. */
const conditionsWarned = 30;
const conditionsRefused = 128;

/** The words that SLS reserves in the search half beside `and`, `or`, `not`, `in` and the two words `group by`. */
const reserved: ReadonlySet<string> = new Set(["sort", "asc", "desc", "avg", "sum", "min", "max", "limit"]);

/** The field that holds the program, whose values are written as programs are called. */
export const programField = "process.name";

type Place = { readonly negated: boolean; readonly inOr: boolean };

/** Finds what is wrong in the search half of a statement beyond its grammar. */
export function checkSearch(text: string, statement: Statement, knowledge: Knowledge, problems: ProblemList): void {
  if (statement.search.kind === "all") return;
  new SearchChecker(text, statement, knowledge, problems).check();
}

class SearchChecker {
  readonly #text: string;
  readonly #statement: Statement;
  readonly #knowledge: Knowledge;
  readonly #names: FieldNames;
  readonly #problems: ProblemList;
  readonly #phrases: { readonly term: SearchTerm; readonly place: Place }[] = [];
  #wildcards = false;
  #conditions = 0;
  /** The condition that is one too many. */
  #tooMany: Span | undefined;
  /** Where the text in single quotes ends that is being passed. */
  #quotedEnd = -1;
  /** The end of a bare `group`, which `by` may follow. */
  #groupWord: SearchTerm | undefined;

  constructor(text: string, statement: Statement, knowledge: Knowledge, problems: ProblemList) {
    this.#text = text;
    this.#statement = statement;
    this.#knowledge = knowledge;
    this.#names = fieldNames(knowledge);
    this.#problems = problems;
  }

  check(): void {
    const { search, analysis } = this.#statement;
    const first = firstTerm(search);
    if (analysis === undefined && first?.value.toLowerCase() === "select" && isPlain(first)) {
      this.#problems.add({ code: "pipe-missing", severity: "warning", span: first.span });
      return;
    }
    this.#visit(search, { negated: false, inOr: false });
    if (this.#tooMany !== undefined) {
      const refused = this.#conditions > conditionsRefused;
      this.#problems.add({
        code: "conditions-many",
        severity: refused ? "error" : "warning",
        count: this.#conditions,
        limit: refused ? conditionsRefused : conditionsWarned,
        span: this.#tooMany,
      });
    }
    for (const { term, place } of this.#phrases) {
      const where =
        analysis !== undefined
          ? "analysis"
          : place.negated
            ? "not"
            : place.inOr
              ? "or"
              : this.#wildcards
                ? "wildcard"
                : undefined;
      if (where === undefined) continue;
      this.#problems.add({ code: "phrase-place", severity: "warning", place: where, span: term.valueSpan });
    }
  }

  #visit(search: Search, place: Place): void {
    switch (search.kind) {
      case "all":
      case "missing":
        return;
      case "and": {
        this.#visit(search.left, place);
        const before = search.left.kind === "and" ? search.left.right : search.left;
        if (before.kind === "not") {
          this.#problems.add({ code: "not-ambiguous", severity: "warning", span: before.span });
        }
        this.#visit(search.right, place);
        return;
      }
      case "or":
        this.#visit(search.left, { ...place, inOr: true });
        this.#visit(search.right, { ...place, inOr: true });
        return;
      case "not":
        this.#visit(search.operand, { ...place, negated: true });
        return;
      case "group":
        this.#visit(search.operand, place);
        return;
      case "exists":
        this.#count(search.span);
        this.#field(search.field);
        return;
      case "comparison":
      case "range": {
        this.#count(search.span);
        const field = this.#field(search.field);
        const operator = search.kind === "range" ? "in" : search.operator;
        if (field !== undefined && isText(field)) this.#numberOnText(field, operator, search.span);
        return;
      }
      case "term":
        this.#count(search.span);
        this.#term(search, place);
        return;
      default:
        search satisfies never;
    }
  }

  #count(at: Span): void {
    this.#conditions++;
    if (this.#conditions === conditionsWarned + 1) this.#tooMany = at;
  }

  // ---------------------------------------------------------------------------------------------- fields

  /** The field that is asked for, if it is one that can be. */
  #field(name: SearchField): KnownField | undefined {
    // A key that is missing has its own problem.
    if (name.name === "") return undefined;
    if (!name.quoted && reserved.has(lowered(name.name))) this.#reserved(name.name, name.span);
    if (name.name.toLowerCase() === "__time__") {
      this.#problems.add({ code: "time-in-search", severity: "error", span: name.span });
      return undefined;
    }
    if (isReservedField(name.name)) return undefined;
    const field = this.#names.find(name.name);
    if (field === undefined) {
      this.#unknown(name);
      return undefined;
    }
    if (field.indexed === "no" || field.indexed === "probably not") {
      const sure = field.indexed === "no";
      this.#problems.add({
        code: "field-not-indexed",
        severity: sure ? "error" : "warning",
        name: field.search,
        half: "search",
        sure,
        span: name.span,
      });
      return undefined;
    }
    if (field.search !== name.name) {
      this.#problems.add({
        code: "field-spelling",
        severity: "warning",
        name: name.name,
        half: "search",
        instead: field.search,
        span: name.span,
      });
    }
    return field;
  }

  #unknown({ name, span: at }: SearchField): void {
    if (this.#problems.full) return;
    const { fieldsComplete } = this.#knowledge;
    const around = this.#names.around(name);
    if (around !== undefined && (around.type === "map" || around.type === "list")) {
      if (around.indexed === "yes" || around.indexed === "probably") return;
      const sure = around.indexed === "no";
      const severity = sure ? "error" : "warning";
      this.#problems.add({ code: "field-not-indexed", severity, name, half: "search", sure, span: at });
      return;
    }
    const nearest = this.#names.near(name, fieldsComplete)?.search;
    if (!fieldsComplete && nearest === undefined) return;
    const severity = fieldsComplete ? "error" : "warning";
    this.#problems.add({ code: "field-unknown", severity, name, nearest, span: at });
  }

  #numberOnText(field: KnownField, operator: string, at: Span): void {
    this.#problems.add({
      code: "number-on-text",
      severity: field.indexed === "yes" ? "warning" : "information",
      name: field.search,
      operator,
      span: at,
    });
  }

  // ---------------------------------------------------------------------------------------------- values

  #term(term: SearchTerm, place: Place): void {
    const field = term.field === undefined ? undefined : this.#field(term.field);
    const { value, valueSpan } = term;
    if (term.phrase) this.#phrases.push({ term, place });
    if (valueSpan.start < this.#quotedEnd) return;
    if (term.quoted) {
      if (!term.phrase) this.#quotedWildcard(term, field);
      if (field !== undefined) this.#program(term, field);
      return;
    }
    if (value.charCodeAt(0) === 39 && this.#singleQuotes(term)) return;

    const star = value.indexOf("*");
    const wildcard = star >= 0 ? star : value.indexOf("?");
    if (wildcard >= 0) {
      this.#wildcards = true;
      const first = value.charCodeAt(0);
      if (first === 42 || first === 63) {
        this.#problems.add({ code: "wildcard-leading", severity: "error", value, span: valueSpan });
        return;
      }
    }
    this.#reservedWord(term);
    if (field === undefined || value === "") return;
    if (isNumeric(field) && Number.isNaN(Number(value))) {
      this.#problems.add({
        code: "word-on-number",
        severity: "warning",
        name: field.search,
        value,
        span: valueSpan,
      });
    }
    this.#program(term, field);
  }

  /** Whether a text in single quotes begins here, up to the last one before the line or the search ends. */
  #singleQuotes({ valueSpan }: SearchTerm): boolean {
    const { start } = valueSpan;
    const end = this.#statement.search.span.end;
    let close = this.#text.indexOf("'", start + 1);
    const line = this.#text.indexOf("\n", start);
    if (close < 0 || close >= end || (line >= 0 && close > line)) return false;
    // `'it's'` closes at the quote that no letter follows.
    while (close + 1 < end && /[^\s)]/.test(this.#text.charAt(close + 1))) {
      const next = this.#text.indexOf("'", close + 1);
      if (next < 0 || next >= end || (line >= 0 && next > line)) return false;
      close = next;
    }
    this.#quotedEnd = close + 1;
    const value = this.#text.slice(start + 1, close);
    this.#problems.add({ code: "single-quotes", severity: "warning", value, span: span(start, close + 1) });
    return true;
  }

  /** In quotes a wildcard is a character, save in the two fields that are indexed without delimiters. */
  #quotedWildcard({ value, valueSpan, field: name }: SearchTerm, field: KnownField | undefined): void {
    if (!/^[^\s*?]+\*[^\s*?]*$|^[\w.-]+\?[\w.-]*$/.test(value)) return;
    if (name !== undefined && (field?.indexed === "reserved" || isReservedField(name.name))) return;
    this.#problems.add({ code: "wildcard-quoted", severity: "information", value, span: valueSpan });
  }

  #reservedWord(term: SearchTerm): void {
    const word = lowered(term.value);
    const group = this.#groupWord;
    this.#groupWord = undefined;
    if (word === "group" && term.field === undefined) {
      this.#groupWord = term;
      return;
    }
    if (word === "by" && term.field === undefined && group !== undefined) {
      const between = this.#text.slice(group.span.end, term.span.start);
      if (between.trim() === "") this.#reserved("group by", span(group.span.start, term.span.end));
      return;
    }
    if (reserved.has(word)) this.#reserved(term.value, term.valueSpan);
  }

  #reserved(word: string, at: Span): void {
    this.#problems.add({ code: "word-reserved", severity: "warning", word, span: at });
  }

  #program({ value, valueSpan }: SearchTerm, field: KnownField): void {
    if (field.search !== programField || field.caseSensitive === false) return;
    const instead = programMeant(value, this.#knowledge);
    if (instead === undefined) return;
    const severity = field.caseSensitive === true ? "warning" : "information";
    this.#problems.add({ code: "program-case", severity, value, instead, span: valueSpan });
  }
}

const programSets = new WeakMap<readonly string[], ReadonlyMap<string, string>>();

/** The program that a name in another case means; undefined where it is one itself, or none. */
export function programMeant(name: string, { programs, values }: Knowledge): string | undefined {
  let known = programSets.get(programs);
  if (known === undefined) {
    known = new Map(programs.map((program) => [program.toLowerCase(), program]));
    programSets.set(programs, known);
  }
  const instead = known.get(lowered(name));
  if (instead === undefined || instead === name || programs.includes(name)) return undefined;
  // A program may be called in more than one way, and what was seen is right.
  return values.get(programField)?.some(({ value }) => value === name) === true ? undefined : instead;
}

function isText({ type }: KnownField): boolean {
  return type !== "long" && type !== "double";
}

/** Whether the index says that a field holds numbers. */
function isNumeric(field: KnownField): boolean {
  return field.indexed === "yes" && !isText(field);
}

function isPlain(term: SearchTerm): boolean {
  return term.field === undefined && !term.quoted && !term.phrase;
}

function firstTerm(search: Search): SearchTerm | undefined {
  let first = search;
  while (first.kind === "and" || first.kind === "or") first = first.left;
  return first.kind === "term" ? first : undefined;
}
