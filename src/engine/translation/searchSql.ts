import { nearest } from "../../sls/nearest.ts";
import type { Search, SearchField, SearchNumber, SearchTerm } from "../../sls/syntax.ts";
import { sqlName, sqlText } from "../recordColumns.ts";
import { keysColumn, restColumn, type SchemaColumn } from "../schema.ts";
import { columnField, type LogField, type LogFields } from "./logFields.ts";
import type { Refusals } from "./refusal.ts";

/**
 * Where SLS cuts a text into words: the delimiters that its API documentation gives an index by default, and `>`, which
 * the list of its console adds. `-`, `_` and `.` are not among them, so a pod's name is one word.
 */
export const delimiters = " ,'\";=()[]{}?@&<>/:\n\t\r";

const delimiter = ` ,'";=()\\[\\]{}?@&<>/:\\n\\t\\r`;
const edges: Edges = { before: `(?:^|[${delimiter}])`, after: `(?:$|[${delimiter}])`, between: `[${delimiter}]+` };

// In a JSON text, `\n`, `\r` and `\t` stand for delimiters and `\"` for a quote; a doubled backslash begins none of them.
const jsonEdges: Edges = {
  before: `(?:^|[${delimiter}]|(?:^|[^\\\\])(?:\\\\\\\\)*\\\\[nrt])`,
  after: `(?:$|[${delimiter}]|\\\\["nrt])`,
  between: `(?:[${delimiter}]|\\\\["nrt])+`,
};

/** How the ends of a word look in a text, and what lies between two words. */
type Edges = { readonly before: string; readonly after: string; readonly between: string };

/** A condition over the table `log` that is true for the records that the search half finds. */
export function searchSql(search: Search, fields: LogFields, refusals: Refusals): string {
  return new SearchTranslator(fields, refusals).condition(search);
}

class SearchTranslator {
  readonly #fields: LogFields;
  readonly #refusals: Refusals;

  constructor(fields: LogFields, refusals: Refusals) {
    this.#fields = fields;
    this.#refusals = refusals;
  }

  condition(search: Search): string {
    switch (search.kind) {
      case "all":
        return "TRUE";
      case "and":
        return `(${this.condition(search.left)} AND ${this.condition(search.right)})`;
      case "or":
        return `(${this.condition(search.left)} OR ${this.condition(search.right)})`;
      case "not":
        // A record that lacks the field has none of its values either.
        return `(${this.condition(search.operand)} IS NOT TRUE)`;
      case "group":
        return this.condition(search.operand);
      case "exists":
        return this.#inField(search.field, (field) => `(${field.sql("")} IS NOT NULL)`);
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
        this.#refusals.add({ code: "not-translatable", what: "missing" }, search.span);
        return "FALSE";
      default:
        return search satisfies never;
    }
  }

  #inField(field: SearchField, condition: (field: LogField) => string): string {
    // `source` is SLS's short form; a field of that name is asked for as `Source`.
    const name = field.name === "source" ? "__source__" : field.name;
    if (name.toLowerCase() === "__time__") {
      this.#refusals.add({ code: "not-translatable", what: "timeInSearch" }, field.span);
      return "FALSE";
    }
    const found = this.#fields.find(name);
    if (found === undefined) {
      const candidate = nearest(name, this.#fields.names());
      this.#refusals.add({ code: "column-unknown", name, nearest: candidate }, field.span);
      return "FALSE";
    }
    return condition(found);
  }

  // ------------------------------------------------------------------------------------------ numbers

  #numeric(field: LogField, search: Search, comparisons: readonly string[]): string {
    if (field.type !== "long" && field.column !== undefined) {
      this.#refusals.add({ code: "not-translatable", what: "numberOnText" }, search.span);
      return "FALSE";
    }
    // A field without a column has no index that says whether it is a number; its value does.
    const value = field.type === "long" ? field.sql("") : `TRY_CAST(${field.sql("")} AS DOUBLE)`;
    return `(${comparisons.map((comparison) => `${value} ${comparison}`).join(" AND ")})`;
  }

  #number(number: SearchNumber): string {
    if (Number.isNaN(number.value)) {
      this.#refusals.add({ code: "not-translatable", what: "missing" }, number.span);
      return "0";
    }
    return numberSql(number.text) ?? sqlNumber(number.value);
  }

  // ------------------------------------------------------------------------------------------ words

  #term(field: LogField, term: SearchTerm): string {
    if (term.value === "") {
      if (!term.quoted) this.#refusals.add({ code: "not-translatable", what: "missing" }, term.span);
      return `(${field.sql("")} = '')`;
    }
    if (field.type === "long") return this.#numberTerm(field, term);
    if (isWhole(field.column)) return wholeValue(field.sql(""), term.value);

    const words = this.#words(term);
    return inText(field.sql(""), field.type === "json", words, term.phrase);
  }

  #numberTerm(field: LogField, term: SearchTerm): string {
    if (!term.quoted && /[*?]/.test(term.value)) {
      this.#refusals.add({ code: "not-translatable", what: "wildcardOnNumber" }, term.valueSpan);
      return "FALSE";
    }
    // What is no number is not indexed in a numeric field, and so never found.
    const number = numberSql(term.value.trim());
    return number === undefined ? "FALSE" : `(${field.sql("")} = ${number})`;
  }

  #words(term: SearchTerm): readonly Word[] {
    const words = wordsOf(term.value, !term.quoted);
    if (words.length === 0) this.#refusals.add({ code: "not-translatable", what: "valueWithoutWord" }, term.valueSpan);
    return words;
  }

  /**
   * Words without a field: each may stand in any field, or be the name of one. Words of a phrase stand in one field.
   *
   * The text of a JSON field holds those of its columns, and fields that have no column, so it is looked at first; the
   * columns alone are asked where a record came without it.
   */
  #anywhere(term: SearchTerm): string {
    if (term.value === "") {
      this.#refusals.add({ code: "not-translatable", what: "missing" }, term.span);
      return "FALSE";
    }
    const words = this.#words(term);
    const conditions = term.phrase
      ? [this.#inAnyField(words, true)]
      : words.map((word) => this.#inAnyField([word], false));
    return conditions.length === 0 ? "FALSE" : `(${conditions.join(" AND ")})`;
  }

  #inAnyField(words: readonly Word[], phrase: boolean): string {
    const conditions = [inText(sqlName(keysColumn), true, words, phrase)];
    for (const column of this.#fields.columns) {
      if (column.from === undefined && column.name !== "__time__") {
        if (column.type === "json") conditions.push(this.#inJsonField(column, words, phrase));
        else conditions.push(inColumn(column, words, phrase));
      }
      if (column.from !== undefined && wordsNameOf(column, words))
        conditions.push(`${sqlName(column.name)} IS NOT NULL`);
    }
    conditions.push(inText(sqlName(restColumn), true, words, phrase));
    return `(${conditions.join(" OR ")})`;
  }

  #inJsonField(column: SchemaColumn, words: readonly Word[], phrase: boolean): string {
    const whole = sqlName(column.name);
    const inLeaves = this.#fields
      .leavesOf(column)
      .map((leaf) => inColumn(leaf, words, phrase))
      .join(" OR ");
    const inWhole = inText(whole, true, words, phrase);
    if (!words.every(isPlainInJson)) return `(${inLeaves} OR ${inWhole})`;

    const maybe = words.map((word) => holds(whole, word)).join(" AND ");
    return `(CASE WHEN ${whole} IS NULL THEN ${inLeaves} ELSE ${maybe} AND (${matches(whole, jsonEdges, words, phrase, true)} OR ${inLeaves}) END)`;
  }
}

// ---------------------------------------------------------------------------------------------- values

function inColumn(column: SchemaColumn, words: readonly Word[], phrase: boolean): string {
  const value = columnField(column, column.name).sql("");
  const [word] = words;
  if (isWhole(column)) return words.length === 1 && word !== undefined ? wholeValue(value, word.text) : "FALSE";
  if (column.type === "long") {
    const number = words.length === 1 && word !== undefined ? numberSql(word.text) : undefined;
    return number === undefined ? "FALSE" : `${value} = ${number}`;
  }
  return inText(value, column.type === "json", words, phrase);
}

/** SLS indexes these two without delimiters: the value is one word. */
function isWhole(column: SchemaColumn | undefined): boolean {
  return column?.name === "__topic__" || column?.name === "__source__";
}

/** A field without delimiters; SLS documents wildcards for it inside quotes too (`__source__:"192.0.2.*"`). */
function wholeValue(value: string, text: string): string {
  if (!/[*?]/.test(text)) return `(lower(${value}) = lower(${sqlText(text)}))`;
  const pattern = [...text].map((char) => (char === "*" ? ".*" : char === "?" ? "." : escaped(char))).join("");
  return `regexp_full_match(${value}, ${sqlText(pattern)}, 'si')`;
}

/**
 * Whether a text holds the words. A plain `contains` goes before the regular expression: it is several times as fast and
 * false for most records.
 */
function inText(value: string, isJson: boolean, words: readonly Word[], phrase: boolean): string {
  if (words.length === 0) return "FALSE";
  const maybe = words.map((word) => holds(value, isJson ? jsonWord(word) : word)).filter((test) => test !== "TRUE");
  const test = matches(value, isJson ? jsonEdges : edges, words, phrase, isJson);
  return `(${[...maybe, test].join(" AND ")})`;
}

function holds(value: string, word: Word): string {
  return word.anchor === "" ? "TRUE" : `contains(lower(${value}), ${sqlText(word.anchor)})`;
}

function matches(
  value: string,
  { before, after, between }: Edges,
  words: readonly Word[],
  phrase: boolean,
  isJson: boolean,
): string {
  const patterns = words.map((word) => (isJson ? jsonWord(word) : word).pattern);
  const wholes = phrase ? [patterns.join(between)] : patterns;
  return wholes.map((whole) => `regexp_matches(${value}, ${sqlText(before + whole + after)}, 'i')`).join(" AND ");
}

// ---------------------------------------------------------------------------------------------- words

/** A word that is looked for. */
type Word = {
  readonly text: string;
  /** Whether `*` and `?` in it are wildcards. */
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
  return { text, wild, pattern, anchor };
}

/** The word as it stands in a JSON text, where a backslash is doubled. */
function jsonWord(plain: Word): Word {
  return isPlainInJson(plain) ? plain : word(JSON.stringify(plain.text).slice(1, -1), plain.wild);
}

/** Whether the word stands in a JSON text as it is, and in no other way. */
function isPlainInJson({ text }: Word): boolean {
  return /^[!-[\]-~]*$/.test(text);
}

function wordsOf(value: string, wild: boolean): readonly Word[] {
  const words: Word[] = [];
  let text = "";
  for (const char of [...value, " "]) {
    if (delimiters.includes(char) && !(wild && char === "?")) {
      if (text !== "") words.push(word(text, wild));
      text = "";
    } else {
      text += char;
    }
  }
  return words;
}

/** Whether a word is the name of the column, as SLS finds a field's name too. */
function wordsNameOf(column: SchemaColumn, words: readonly Word[]): boolean {
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
