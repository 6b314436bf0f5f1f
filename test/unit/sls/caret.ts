/** A text in which the caret is drawn as `‸`, and where it stands. */
export function atCaret(drawn: string): { readonly text: string; readonly offset: number } {
  const offset = drawn.indexOf("‸");
  if (offset < 0) throw new Error(`There is no caret in ${drawn}`);
  return { text: drawn.replace("‸", ""), offset };
}
