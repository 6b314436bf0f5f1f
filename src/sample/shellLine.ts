/** What bash does itself; none of these starts a program, so no record shows them. */
const builtIns = new Set(
  ". [ alias cd echo exec exit export false fg history jobs kill printf pwd read set source test true type ulimit umask unset wait".split(
    " ",
  ),
);

/** What a shell does with one part of a line: start a program, or change its directory. */
export type ShellStep =
  | { readonly kind: "program"; readonly args: readonly string[] }
  | { readonly kind: "directory"; readonly path: string };

/**
 * What a line makes a shell do, in order: quotes are resolved, redirections and assignments dropped, pipelines and lists
 * taken apart. It knows as much of the shell's grammar as the sample's own lines use.
 */
export function shellSteps(line: string): readonly ShellStep[] {
  return commandsOf(line).flatMap((words): readonly ShellStep[] => {
    const args = words.slice(words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word)));
    const [program] = args;
    if (program === undefined || /^[A-Za-z_]\w*=/.test(program)) return [];
    if (program === "cd") return [{ kind: "directory", path: args[1] ?? "~" }];
    return builtIns.has(program) ? [] : [{ kind: "program", args }];
  });
}

/** Separators, redirections with their target, and words made of quoted and bare pieces. */
const token =
  /\s*(?:(\|\||&&|[|;&])|\d?>{1,2}&?\s*[^\s|;&]+|<\s*[^\s|;&]+|((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s|;&<>"'\\])+))/gy;

function commandsOf(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  for (const [, separator, word] of line.matchAll(token)) {
    if (separator !== undefined) commands.push([]);
    else if (word !== undefined) commands.at(-1)?.push(unquoted(word));
  }
  return commands.filter((words) => words.length > 0);
}

function unquoted(word: string): string {
  return word.replace(
    /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
    (_, double?: string, single?: string, escaped?: string) =>
      double !== undefined ? double.replace(/\\(["\\$`])/g, "$1") : (single ?? escaped ?? ""),
  );
}
