/**
 * Command lines are written by whoever was in the container. Characters that draw nothing, turn the direction of what
 * stands around them or move a cursor are replaced by a name that can be seen, so that what is read is what was run.
 */
const unseen = /(?![\n\r\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const marks: readonly [RegExp, string][] = [
  [/\r\n|\n/g, "⏎"],
  [/\r/g, "␍"],
  [/\t/g, "⇥"],
];

function name(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** A text of several lines; line breaks and tabs stay. A lone `\r` would let a line overwrite the one before it. */
export function visibleText(text: string): string {
  return text.replace(unseen, name).replace(/\r(?!\n)/g, "␍");
}

/** A text on one line: line breaks and tabs become marks. */
export function visibleLine(text: string): string {
  return marks.reduce((line, [pattern, mark]) => line.replace(pattern, mark), text.replace(unseen, name));
}
