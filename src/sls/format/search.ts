import type { Search, SearchField } from "../syntax.ts";
import { chainOf } from "../walk.ts";

/** What the layout of a search depends on. */
export type SearchLayout = { readonly lowerCase: boolean; readonly width: number; readonly newline: string };

const continuation = 2;

/**
 * Writes a search without mistakes: on one line where it fits, else with each part of its outermost chain on a line of
 * its own. Values, names of fields and the parentheses are those of the text; `and` is not put where there is none, as
 * it makes no difference. `not a and b` stays as it is too: parentheses would decide how it is read, and whether SLS
 * reads it as `(not a) and b`, its documentation does not say.
 */
export function searchText(text: string, search: Search, layout: SearchLayout): string {
  const flat = flatText(text, search, layout);
  return flat.length <= layout.width ? flat : brokenText(text, search, 0, layout);
}

function flatText(text: string, search: Search, layout: SearchLayout): string {
  switch (search.kind) {
    case "all":
      return "*";
    case "missing":
      return "";
    case "and":
    case "or": {
      const operator = operatorText(text, search, layout);
      const left = flatText(text, search.left, layout);
      return `${left} ${operator}${flatText(text, search.right, layout)}`;
    }
    case "not":
      return `${notText(text, search, layout)} ${flatText(text, search.operand, layout)}`;
    case "group":
      return `(${flatText(text, search.operand, layout)})`;
    case "exists":
      return `${fieldText(text, search.field)}:*`;
    case "comparison":
      return `${fieldText(text, search.field)} ${search.operator} ${search.value.text}`;
    case "range": {
      const bounds = `${search.lowIncluded ? "[" : "("}${search.low.text} ${search.high.text}${search.highIncluded ? "]" : ")"}`;
      return `${fieldText(text, search.field)} in ${bounds}`;
    }
    case "term": {
      const value = text.slice(search.valueSpan.start, search.valueSpan.end);
      return search.field ? `${fieldText(text, search.field)}: ${value}` : value;
    }
    default:
      return search satisfies never;
  }
}

type Chain = Extract<Search, { readonly kind: "and" | "or" }>;

/** The operator of a chain with the space behind it; nothing where two terms only stand beside each other. */
function operatorText(text: string, { kind, left, right }: Chain, layout: SearchLayout): string {
  const between = text.slice(left.span.end, right.span.start).trim();
  if (between === "") return "";
  return layout.lowerCase ? `${kind} ` : `${between} `;
}

function notText(text: string, { span }: Search, layout: SearchLayout): string {
  return layout.lowerCase ? "not" : text.slice(span.start, span.start + 3);
}

function fieldText(text: string, { name, quoted, span }: SearchField): string {
  const written = text.slice(span.start, span.end);
  if (quoted || !name.startsWith("__tag__:")) return written;
  const colon = written.indexOf(":");
  return `${written.slice(0, colon).trimEnd()}:${written.slice(colon + 1).trimStart()}`;
}

/** A search that is too long for a line, from a place where its lines are indented by `indent`. */
function brokenText(text: string, search: Search, indent: number, layout: SearchLayout): string {
  const flat = flatText(text, search, layout);
  if (flat.length + indent <= layout.width) return flat;
  switch (search.kind) {
    case "and":
    case "or": {
      const { kind } = search;
      const joints = chainOf<Search>(search, (node) => (node.kind === kind ? node : undefined));
      const line = layout.newline + " ".repeat(indent + continuation);
      let broken = "";
      let operator = "";
      for (const [index, part] of joints.entries()) {
        const piece = operator + brokenText(text, part, indent + continuation, layout);
        // A word that begins with two hyphens would look like a comment at the beginning of a line.
        broken += index === 0 ? piece : (piece.startsWith("--") ? " " : line) + piece;
        const next = joints[index + 1];
        operator = next ? operatorText(text, { kind, left: part, right: next, span: search.span }, layout) : "";
      }
      return broken;
    }
    case "not":
      return `${notText(text, search, layout)} ${brokenText(text, search.operand, indent, layout)}`;
    case "group":
      return `(${brokenText(text, search.operand, indent, layout)})`;
    default:
      return flat;
  }
}
