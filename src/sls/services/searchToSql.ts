import { fieldNames } from "../fieldNames.ts";
import type { Knowledge, KnownField } from "../knowledge.ts";
import { sqlName, sqlString } from "../quote.ts";
import type { Search, SearchField, SearchTerm } from "../syntax.ts";

/**
 * `words`: what the search means, words anywhere in a text and in any case. `values`: the whole text is the value, which
 * is what is often wanted, and asks for less.
 */
export type Compares = "words" | "values";

/** Where the index cuts a text into words if nobody changed that, for a bracket of a regular expression. */
const delimiters = ` ,'";=()\\[\\]{}?@&<>/:\\s`;
const delimiter = /[ ,'";=()[\]{}?@&<>/:\s]/;

/** A condition and whether it has to be put in parentheses beside `and` or `or`. */
type Condition = { readonly text: string; readonly joined: "and" | "or" | undefined };

/**
 * A search as a condition of SQL, to stand beside others with `and`; undefined where SQL cannot say it: words in any
 * field, phrases, fields of which nothing is known, or which are no columns.
 */
export function searchConditions(search: Search, compares: Compares, knowledge: Knowledge): string | undefined {
  const condition = conditionOf(search, false, compares, knowledge);
  return condition && within(condition, "and");
}

function within(condition: Condition, joined: "and" | "or"): string {
  return condition.joined === undefined || condition.joined === joined ? condition.text : `(${condition.text})`;
}

/** A record without the field has none of its values, where in SQL neither a comparison nor its negation is true. */
function conditionOf(
  search: Search,
  negated: boolean,
  compares: Compares,
  knowledge: Knowledge,
): Condition | undefined {
  switch (search.kind) {
    case "and":
    case "or": {
      const left = conditionOf(search.left, negated, compares, knowledge);
      const right = conditionOf(search.right, negated, compares, knowledge);
      if (!left || !right) return undefined;
      const joined = (search.kind === "and") === negated ? "or" : "and";
      return { text: `${within(left, joined)} ${joined} ${within(right, joined)}`, joined };
    }
    case "not":
      return conditionOf(search.operand, !negated, compares, knowledge);
    case "group":
      return conditionOf(search.operand, negated, compares, knowledge);
    case "all":
      return plain(negated ? "false" : "true");
    case "missing":
      return undefined;
    default:
      break;
  }
  const field = search.field && columnOf(search.field, knowledge);
  if (!field) return undefined;
  const { column, type } = field;
  const isNumber = type === "long" || type === "double";
  const isText = type === "text";
  switch (search.kind) {
    case "exists":
      return plain(`${column} is ${negated ? "" : "not "}null`);
    case "comparison":
      if (!isNumber) return undefined;
      return tests([`${column} ${search.operator} ${search.value.text}`], negated);
    case "range":
      if (!isNumber) return undefined;
      return tests(
        [
          `${column} ${search.lowIncluded ? ">=" : ">"} ${search.low.text}`,
          `${column} ${search.highIncluded ? "<=" : "<"} ${search.high.text}`,
        ],
        negated,
      );
    case "term":
      if (isNumber) {
        const number = search.value.trim();
        return /^[-+]?\d+(\.\d+)?$/.test(number) ? tests([`${column} = ${number}`], negated) : undefined;
      }
      if (!isText || search.phrase) return undefined;
      return compares === "words" && !field.isWhole
        ? words(search, field, negated)
        : value(search, column, field.isWhole, negated);
    default:
      return search satisfies never;
  }
}

function plain(text: string): Condition {
  return { text, joined: undefined };
}

function tests(conditions: readonly string[], negated: boolean): Condition {
  if (!negated) return { text: conditions.join(" and "), joined: conditions.length > 1 ? "and" : undefined };
  return plain(`not coalesce(${conditions.join(" and ")}, false)`);
}

// ------------------------------------------------------------------------------------------------ fields

type Column = {
  readonly column: string;
  readonly type: KnownField["type"];
  readonly matchesCase: boolean;
  /** SLS does not cut the value into words. */
  readonly isWhole: boolean;
};

function columnOf({ name }: SearchField, knowledge: Knowledge): Column | undefined {
  const meant = name === "source" ? "__source__" : name;
  if (meant === "__time__") return undefined;
  if (meant.startsWith("__tag__:")) {
    return { column: sqlName(meant), type: "text", matchesCase: false, isWhole: false };
  }
  const known = fieldNames(knowledge).find(meant);
  if (!known) return undefined;
  const isWhole = meant === "__source__" || meant === "__topic__";
  const column = columnText(known);
  return column === undefined
    ? undefined
    : { column, type: known.type, matchesCase: known.caseSensitive === true, isWhole };
}

function columnText({ sql, indexed, inside, type }: KnownField): string | undefined {
  if (indexed === "yes" || indexed === "probably" || indexed === "reserved") return sqlName(sql);
  if (!inside) return undefined;
  const path = inside.path.map((key) => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `["${key}"]`)).join("");
  const text = `json_extract_scalar(${sqlName(inside.column)}, ${sqlString(`$${path}`)})`;
  return type === "long" ? `try_cast(${text} as bigint)` : type === "double" ? `try_cast(${text} as double)` : text;
}

// ------------------------------------------------------------------------------------------------ texts

/** Each word of the value stands somewhere in the text. */
function words(term: SearchTerm, { column, matchesCase }: Column, negated: boolean): Condition | undefined {
  if (term.value === "") return term.quoted ? tests([`${column} = ''`], negated) : undefined;
  // Whether letters beyond ASCII are words of their own, the index says.
  if (/[^ -~]/.test(term.value)) return undefined;
  const wild = !term.quoted;
  const pieces = term.value.split(wild ? /[ ,'";=()[\]{}@&<>/:\s]+/ : /[ ,'";=()[\]{}?@&<>/:\s]+/);
  const patterns = pieces.filter((piece) => piece !== "").map((piece) => wordPattern(piece, wild));
  if (patterns.length === 0) return undefined;
  const start = matchesCase ? "" : "(?i)";
  return tests(
    patterns.map((word) => {
      const pattern = `${start}(^|[${delimiters}])${word}($|[${delimiters}])`;
      return `regexp_like(${column}, ${sqlString(pattern)})`;
    }),
    negated,
  );
}

function wordPattern(word: string, wild: boolean): string {
  let pattern = "";
  for (const char of word) {
    if (wild && char === "*") pattern += `[^${delimiters}]*`;
    else if (wild && char === "?") pattern += `[^${delimiters}]`;
    else pattern += /[\\^$.|?*+()[\]{}]/.test(char) ? `\\${char}` : char;
  }
  return pattern;
}

/** The whole text is the value; of a field that SLS does not cut into words, in any case. */
function value(term: SearchTerm, column: string, anyCase: boolean, negated: boolean): Condition | undefined {
  if (term.value === "" && !term.quoted) return undefined;
  const left = anyCase ? `lower(${column})` : column;
  const text = anyCase ? term.value.toLowerCase() : term.value;
  if (term.quoted || !/[*?]/.test(text)) {
    return plain(`${left} ${negated ? "is distinct from" : "="} ${sqlString(text)}`);
  }
  // A wildcard stands for letters of one word.
  if (delimiter.test(text.replaceAll("?", ""))) return undefined;
  const needsEscape = /[%_!]/.test(text);
  const escaped = needsEscape ? text.replace(/[%_!]/g, "!$&") : text;
  const pattern = escaped.replaceAll("*", "%").replaceAll("?", "_");
  return tests([`${left} like ${sqlString(pattern)}${needsEscape ? " escape '!'" : ""}`], negated);
}
