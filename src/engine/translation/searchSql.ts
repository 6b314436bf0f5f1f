import { defaultDelimiters } from "../../audit/logIndex.ts";
import { nearest } from "../../sls/nearest.ts";
import type { Span } from "../../sls/span.ts";
import type { Search, SearchField, SearchNumber, SearchTerm } from "../../sls/syntax.ts";
import { sqlName, sqlText } from "../recordColumns.ts";
import { keysColumn, restColumn, type SchemaColumn } from "../schema.ts";
import { columnField, type LogField, type LogFields } from "./logFields.ts";
import type { Refusals, Untranslatable } from "./refusal.ts";

/** `defaultDelimiters` as a class of a regular expression. */
const delimiter = ` ,'";=()\\[\\]{}?@&<>/:\\n\\t\\r`;
const edges: Edges = { before: `(?:^|[${delimiter}])`, after: `(?:$|[${delimiter}])`, between: `[${delimiter}]+` };

// In a JSON text a delimiter may be written with a backslash, which a doubled backslash before it is not. Go's encoder,
// which much of Kubernetes uses, writes `&`, `<` and `>` with their numbers.
const jsonDelimiter = `\\\\(?:["/nrt]|u00(?:0[9ad]|2[026789cf]|3[a-f]|40|5[bd]|7[bd]))`;
const jsonEdges: Edges = {
  before: `(?:^|[${delimiter}]|(?:^|[^\\\\])(?:\\\\\\\\)*${jsonDelimiter})`,
  after: `(?:$|[${delimiter}]|${jsonDelimiter})`,
  between: `(?:[${delimiter}]|${jsonDelimiter})+`,
};

/** How the ends of a word look in a text, and what lies between two words. */
type Edges = { readonly before: string; readonly after: string; readonly between: string };

/** All the values that a column has in the store, by the column's name; for columns that have few. */
export type KnownValues = ReadonlyMap<string, readonly string[]>;

/** A condition over the table `log` that is true for the records that the search half finds. */
export function searchSql(search: Search, fields: LogFields, knownValues: KnownValues, refusals: Refusals): string {
  return conditionSql(new SearchTranslator(fields, knownValues, refusals).condition(search), false);
}

/**
 * A condition on a record. It is written with its negations at the tests, where DuckDB stops at the first that decides;
 * a negated whole it would work out to the end for every record.
 */
type Condition =
  | { readonly kind: "test"; readonly sql: string }
  | { readonly kind: "every" | "some"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition };

function test(sql: string): Condition {
  return { kind: "test", sql };
}

const never = test("FALSE");

function every(parts: readonly Condition[]): Condition {
  return { kind: "every", parts };
}

function some(parts: readonly Condition[]): Condition {
  return { kind: "some", parts };
}

/** A record that lacks a field has none of its values, so what is null counts as false, and its negation as true. */
function conditionSql(condition: Condition, negated: boolean): string {
  switch (condition.kind) {
    case "test":
      return negated ? `((${condition.sql}) IS NOT TRUE)` : `(${condition.sql})`;
    case "not":
      return conditionSql(condition.part, !negated);
    default: {
      const parts = condition.parts.map((part) => conditionSql(part, negated));
      if (parts.length === 0) return (condition.kind === "every") === negated ? "FALSE" : "TRUE";
      return parts.length === 1
        ? (parts[0] ?? "")
        : `(${parts.join((condition.kind === "every") === negated ? " OR " : " AND ")})`;
    }
  }
}

class SearchTranslator {
  readonly #fields: LogFields;
  readonly #knownValues: KnownValues;
  readonly #refusals: Refusals;

  constructor(fields: LogFields, knownValues: KnownValues, refusals: Refusals) {
    this.#fields = fields;
    this.#knownValues = knownValues;
    this.#refusals = refusals;
  }

  condition(search: Search): Condition {
    switch (search.kind) {
      case "all":
        return every([]);
      case "and":
        return every(chain(search, "and").map((part) => this.condition(part)));
      case "or":
        return some(chain(search, "or").map((part) => this.condition(part)));
      case "not":
        return { kind: "not", part: this.condition(search.operand) };
      case "group":
        return this.condition(search.operand);
      case "exists":
        return this.#inField(search.field, (field) => test(`${field.sql("")} IS NOT NULL`));
      case "comparison":
        return this.#inField(search.field, (field) =>
          this.#numeric(field, search, [`${search.operator} ${this.#number(search.value)}`]),
        );
      case "range":
        return this.#inField(search.field, (field) =>
          this.#numeric(field, search, [
            `${search.lowIncluded ? ">=" : ">"} ${this.#number(search.low)}`,
            `${search.highIncluded ? "<=" : "<"} ${this.#number(search.high)}`,
          ]),
        );
      case "term": {
        const { field } = search;
        return field === undefined
          ? this.#anywhere(search)
          : this.#inField(field, (logField) => this.#term(logField, search));
      }
      case "missing":
        return this.#untranslatable("missing", search.span);
      default:
        return search satisfies never;
    }
  }

  #inField(field: SearchField, condition: (field: LogField) => Condition): Condition {
    // `source` is SLS's short form; a field of that name is asked for as `Source`.
    const name = field.name === "source" ? "__source__" : field.name;
    if (name.toLowerCase() === "__time__") return this.#untranslatable("timeInSearch", field.span);
    const found = this.#fields.find(name);
    if (found !== undefined) return condition(found);
    const candidate = nearest(name, this.#fields.names());
    this.#refusals.add({ code: "column-unknown", name, nearest: candidate }, field.span);
    return never;
  }

  #untranslatable(what: Untranslatable, span: Span): Condition {
    this.#refusals.add({ code: "not-translatable", what }, span);
    return never;
  }

  // ------------------------------------------------------------------------------------------ numbers

  #numeric(field: LogField, search: Search, comparisons: readonly string[]): Condition {
    if (field.type !== "long" && field.column !== undefined) return this.#untranslatable("numberOnText", search.span);
    // A field without a column has no index that says whether it is a number; its value does.
    const value = field.type === "long" ? field.sql("") : `TRY_CAST(${field.sql("")} AS DOUBLE)`;
    return every(comparisons.map((comparison) => test(`${value} ${comparison}`)));
  }

  #number(number: SearchNumber): string {
    if (!Number.isNaN(number.value)) return numberSql(number.text) ?? sqlNumber(number.value);
    this.#untranslatable("missing", number.span);
    return "0";
  }

  #numberTerm(field: LogField, term: SearchTerm): Condition {
    if (!term.quoted && /[*?]/.test(term.value)) return this.#untranslatable("wildcardOnNumber", term.valueSpan);
    // What is no number is not indexed in a numeric field, and so never found.
    const number = numberSql(term.value.trim());
    return number === undefined ? never : test(`${field.sql("")} = ${number}`);
  }

  // ------------------------------------------------------------------------------------------ words

  #term(field: LogField, term: SearchTerm): Condition {
    if (term.value === "") {
      return term.quoted ? test(`${field.sql("")} = ''`) : this.#untranslatable("missing", term.span);
    }
    if (field.type === "long") return this.#numberTerm(field, term);
    if (isWhole(field.column)) return wholeValue(field.sql(""), term.value);
    const words = this.#words(term);
    return field.column === undefined
      ? inText(field.sql(""), false, words, term.phrase)
      : this.#inColumn(field.column, words, term.phrase);
  }

  #inColumn(column: SchemaColumn, words: readonly Word[], phrase: boolean): Condition {
    const value = columnField(column, column.name).sql("");
    const [word] = words;
    if (isWhole(column)) return words.length === 1 && word !== undefined ? wholeValue(value, word.text) : never;
    if (column.type === "long") {
      const number = words.length === 1 && word !== undefined ? numberSql(word.text) : undefined;
      return number === undefined ? never : test(`${value} = ${number}`);
    }
    const known = column.type === "text" ? this.#knownValues.get(column.name) : undefined;
    if (known === undefined || words.length === 0) return inText(value, column.type === "json", words, phrase);
    const found = textsWith(known, words, phrase);
    return found.length === 0 ? never : test(`${value} IN (${found.map(sqlText).join(", ")})`);
  }

  #words(term: SearchTerm): readonly Word[] {
    const words = wordsOf(term.value, !term.quoted);
    if (words.length === 0) this.#untranslatable("valueWithoutWord", term.valueSpan);
    return words;
  }

  /** Words without a field: each may stand in any field, or be the name of one. Words of a phrase stand in one field. */
  #anywhere(term: SearchTerm): Condition {
    if (term.value === "") return this.#untranslatable("missing", term.span);
    const words = this.#words(term);
    return term.phrase ? this.#inAnyField(words, true) : every(words.map((word) => this.#inAnyField([word], false)));
  }

  #inAnyField(words: readonly Word[], phrase: boolean): Condition {
    const conditions = [
      inText(sqlName(keysColumn), true, words, phrase),
      inText(sqlName(restColumn), true, words, phrase),
    ];
    for (const column of this.#fields.columns) {
      if (column.from !== undefined) {
        if (isNameOf(column, words)) conditions.push(test(`${sqlName(column.name)} IS NOT NULL`));
      } else if (column.type === "json") {
        // Its text holds those of the columns that are read from it, and more; a record may have come without it.
        const whole = sqlName(column.name);
        const leaves = this.#fields.leavesOf(column).map((leaf) => this.#inColumn(leaf, words, phrase));
        conditions.push(inText(whole, true, words, phrase), every([test(`${whole} IS NULL`), some(leaves)]));
      } else if (column.name !== "__time__") {
        conditions.push(this.#inColumn(column, words, phrase));
      }
    }
    return some(conditions);
  }
}

/** Chains of one operator lean to the left and may be long; written flat they cost DuckDB no depth. */
function chain(search: Search, kind: "and" | "or"): readonly Search[] {
  const parts: Search[] = [];
  let rest = search;
  while (rest.kind === kind) {
    parts.push(rest.right);
    rest = rest.left;
  }
  parts.push(rest);
  return parts.reverse();
}

// ---------------------------------------------------------------------------------------------- values

/** SLS indexes these two without delimiters: the value is one word. */
function isWhole(column: SchemaColumn | undefined): boolean {
  return column?.name === "__topic__" || column?.name === "__source__";
}

/** A field without delimiters; SLS documents wildcards for it inside quotes too (`__source__:"192.0.2.*"`). */
function wholeValue(value: string, text: string): Condition {
  if (!/[*?]/.test(text)) return test(`lower(${value}) = lower(${sqlText(text)})`);
  const pattern = [...text].map((char) => (char === "*" ? ".*" : char === "?" ? "." : escaped(char))).join("");
  return test(`regexp_full_match(${value}, ${sqlText(pattern)}, 'si')`);
}

/**
 * Whether a text holds the words. A plain `contains` goes before the regular expression: it is several times as fast,
 * and false for most records. Where it is not, as for `kind: Command`, the value is often the word itself.
 */
function inText(value: string, isJson: boolean, plain: readonly Word[], phrase: boolean): Condition {
  const words = isJson ? plain.map(jsonWord) : plain;
  const [first] = words;
  if (first === undefined) return never;
  const holds = words.flatMap(({ anchor }) =>
    anchor === "" ? [] : [test(`contains(lower(${value}), ${sqlText(anchor)})`)],
  );
  const matches = wordsMatch(value, isJson ? jsonEdges : edges, words, phrase);
  const isWord = words.length === 1 && !first.wild && !isJson;
  return every([...holds, isWord ? some([test(`${value} = ${sqlText(first.text)}`), matches]) : matches]);
}

function wordsMatch(
  value: string,
  { before, after, between }: Edges,
  words: readonly Word[],
  phrase: boolean,
): Condition {
  const patterns = words.map(({ pattern }) => pattern);
  const wholes = phrase ? [patterns.join(between)] : patterns;
  return every(wholes.map((whole) => test(`regexp_matches(${value}, ${sqlText(before + whole + after)}, 'i')`)));
}

// ---------------------------------------------------------------------------------------------- words

/** A word that is looked for. */
type Word = {
  readonly text: string;
  /** Whether it has wildcards. */
  readonly wild: boolean;
  /** A regular expression that it matches, regardless of case. */
  readonly pattern: string;
  /** The longest piece that any text with the word holds in lower case; empty where there is none. */
  readonly anchor: string;
};

function word(text: string, wild: boolean): Word {
  const chars = [...text];
  const pattern = chars
    .map((char) =>
      wild && char === "*" ? `[^${delimiter}]*` : wild && char === "?" ? `[^${delimiter}]` : escaped(char),
    )
    .join("");
  // Only ASCII letters have one lower case everywhere.
  const pieces = text.split(wild ? /[*?]|[^ -~]/ : /[^ -~]/);
  const anchor = pieces.reduce((longest, piece) => (piece.length > longest.length ? piece : longest), "").toLowerCase();
  return { text, wild: wild && /[*?]/.test(text), pattern, anchor };
}

/** The word as it stands in a JSON text, where a backslash is doubled. */
function jsonWord(plain: Word): Word {
  return word(JSON.stringify(plain.text).slice(1, -1), plain.wild);
}

function wordsOf(value: string, wild: boolean): readonly Word[] {
  const words: Word[] = [];
  let text = "";
  for (const char of [...value, " "]) {
    if (defaultDelimiters.includes(char) && !(wild && char === "?")) {
      if (text !== "") words.push(word(text, wild));
      text = "";
    } else {
      text += char;
    }
  }
  return words;
}

/** Those of the texts that hold the words, as `inText` asks of one that is not known yet. */
function textsWith(texts: readonly string[], words: readonly Word[], phrase: boolean): readonly string[] {
  const tests = words.map(({ pattern }) => new RegExp(`^(?:${pattern})$`, "iu"));
  return texts.filter((text) => {
    const lower = text.toLowerCase();
    if (!words.every(({ anchor }) => lower.includes(anchor))) return false;
    const found = wordsOf(text, false);
    return phrase
      ? found.some((_, start) =>
          tests.every((each, index) => start + index < found.length && each.test(found[start + index]?.text ?? "")),
        )
      : tests.every((each) => found.some((one) => each.test(one.text)));
  });
}

/** Whether a word is the name of the column, as SLS finds a field's name too. */
function isNameOf(column: SchemaColumn, words: readonly Word[]): boolean {
  return words.length === 1 && words.every(({ pattern }) => new RegExp(`^(?:${pattern})$`, "iu").test(column.name));
}

function escaped(char: string): string {
  return /[\\^$.|?*+()[\]{}]/.test(char) ? `\\${char}` : char;
}

// ---------------------------------------------------------------------------------------------- numbers

/** A number as written; undefined where the text is none. */
function numberSql(text: string): string | undefined {
  if (/^[+-]?[0-9]{1,18}$/.test(text)) return String(BigInt(text.replace("+", "")));
  const value = text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? sqlNumber(value) : undefined;
}

function sqlNumber(value: number): string {
  return `CAST(${sqlText(String(value))} AS DOUBLE)`;
}
