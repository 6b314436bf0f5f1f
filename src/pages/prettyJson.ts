/**
 * A JSON object or array, one member a line. The text between the marks stays as it was recorded: reading it into values
 * would round ids that are longer than a number can hold, and drop a key that occurs twice. Undefined for any other text.
 */
export function prettyJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  return tokens
    .map((token, index) => {
      switch (token) {
        case "{":
        case "[":
          if (isEnd(tokens[index + 1])) return token;
          depth += 1;
          return token + line();
        case "}":
        case "]":
          if (isStart(tokens[index - 1])) return token;
          depth -= 1;
          return line() + token;
        case ",":
          return token + line();
        case ":":
          return ": ";
        default:
          return token;
      }
    })
    .join("");
}

function isStart(token: string | undefined): boolean {
  return token === "{" || token === "[";
}

function isEnd(token: string | undefined): boolean {
  return token === "}" || token === "]";
}
