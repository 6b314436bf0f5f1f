/** The regular expression of a rule; undefined where the text is none. */
export function readPattern(text: string): RegExp | undefined {
  const ignoresCase = text.startsWith("(?i)");
  try {
    return new RegExp(ignoresCase ? text.slice("(?i)".length) : text, ignoresCase ? "i" : "");
  } catch {
    return undefined;
  }
}

/** Whether SLS, whose expressions are RE2's, understands the pattern too: it looks neither ahead, behind nor back. */
export function isPortable(pattern: string): boolean {
  return !/\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</.test(pattern);
}

/** A name with `*` for any text, as an expression over the whole name. */
export function wildcardPattern(name: string): RegExp {
  const literals = name.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  return new RegExp(`^${literals.join(".*")}$`, "s");
}
