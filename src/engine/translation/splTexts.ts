import { sqlText } from "../recordColumns.ts";

/** Whether a text is made of the pieces between the stars of a pattern, in their order. */
export function matchesPieces(text: string, pieces: readonly string[]): boolean {
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}

/** `\t`, `\11`, `\x09`: how a delimiter that cannot be typed is written. */
export function unescaped(text: string): string {
  return text.replace(
    /\\(?:x([0-9A-Fa-f]{2})|([0-7]{1,3})|([tnr\\]))/g,
    (_, hex?: string, octal?: string, sign?: string) =>
      hex !== undefined
        ? String.fromCharCode(Number.parseInt(hex, 16))
        : octal !== undefined
          ? String.fromCharCode(Number.parseInt(octal, 8))
          : sign === "t"
            ? "\t"
            : sign === "n"
              ? "\n"
              : sign === "r"
                ? "\r"
                : "\\",
  );
}

/** The cells of a line in which a cell may stand in quotes, doubled ones being part of it. */
export function quotedCells(line: string, delimiter: string, quote: string): string {
  const [d, q] = [delimiter, quote].map((char) => `\\x{${char.charCodeAt(0).toString(16)}}`);
  const pattern = `(?s)${d}(?:${q}(?:[^${q}]|${q}${q})*${q}|[^${d}]*)`;
  // Every match begins with a delimiter, and so is never empty: one is put before the first cell.
  const pieces = `regexp_extract_all(${sqlText(delimiter)} || ${line}, ${sqlText(pattern)})`;
  const cell = "substring(p, 2)";
  const isQuoted = `length(p) > 2 AND starts_with(${cell}, ${sqlText(quote)}) AND ends_with(${cell}, ${sqlText(quote)})`;
  const inside = `replace(substring(p, 3, length(p) - 3), ${sqlText(quote + quote)}, ${sqlText(quote)})`;
  return `list_transform(${pieces}, lambda p: CASE WHEN ${isQuoted} THEN ${inside} ELSE ${cell} END)`;
}

/** The groups of a regular expression in their order, each with its name if it has one. */
export function groupNames(pattern: string): readonly (string | undefined)[] {
  const groups: (string | undefined)[] = [];
  const parts =
    /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]?|\((\?(?:P?<([A-Za-z_]\w*)>)?)?/g;
  for (const [whole, special, name] of pattern.matchAll(parts)) {
    if (whole.startsWith("(") && (special === undefined || name !== undefined)) groups.push(name);
  }
  return groups;
}
