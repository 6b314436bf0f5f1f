/** The texts that the language services and their peers are measured on: the same for both. */

/** As many statements of about 200 characters as asked for, no two alike: some caches know a text that they have seen. */
export function statements(count: number, seed: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `n${seed}x${index}`;
    return (
      `kind: Command and k8s.pod.namespace: shop | select "process.name" as ${name}, count(1) as n, ` +
      `approx_distinct(traceId) as traces from log where "process.cmdline" like '%${index % 97}%' ` +
      `group by ${name} having count(1) > ${index % 31} order by n desc limit 100;`
    );
  });
}

/** The analysis alone, for those who know nothing of a search half. */
export function analysisOf(statement: string): string {
  return statement.slice(statement.indexOf("|") + 1).trim();
}

/** How many queries the large file has. */
export const QUERIES = 5000;

/**
 * A file of a megabyte. SQL reads a title as a comment, the search half as names and signs, and a statement to its
 * semicolon.
 */
export function largeFile(seed: number): string {
  const queries = statements(QUERIES, seed).map((statement, index) => `### Query ${index}\n${statement}\n`);
  return flat(`-- @from -1h\n\n${queries.join("\n")}`);
}

/** Pieces of a text are put together when its characters are first asked for, which is no part of any measurement. */
export function flat(text: string): string {
  text.charCodeAt(text.length >> 1);
  return text;
}

export type TypedCharacter = { readonly offset: number; readonly character: string; readonly text: string };

/** A file after each of so many characters typed into its statements here and there, one after the other. */
export function* typedCharacters(text: string, count: number): Generator<TypedCharacter> {
  let state = 20261124;
  let left = text;
  for (let done = 0; done < count; ) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    const offset = Math.floor((state / 2 ** 32) * left.length);
    const start = left.lastIndexOf("\n", offset - 1) + 1;
    if (left.startsWith("###", start) || left.startsWith("--", start)) continue;
    const character = "abcdefghijklmnop"[state & 15] ?? "a";
    left = flat(left.slice(0, offset) + character + left.slice(offset));
    yield { offset, character, text: left };
    done += 1;
  }
}
