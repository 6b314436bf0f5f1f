const space = /[ \t\r\n]*/y;
const string = /"(?:[^"\\\n\r\t]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const plain = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

/** Deeper than any file of settings; a file that is made to be deep ends here as a fault. */
const deepest = 500;

/**
 * Where a text stops being JSON; undefined where it is JSON. `JSON.parse` says it only for some faults, and then in a
 * message that quotes the text.
 */
export function jsonErrorOffset(text: string): number | undefined {
  let at = 0;

  function take(pattern: RegExp): boolean {
    pattern.lastIndex = at;
    const taken = pattern.exec(text)?.[0];
    if (taken === undefined) return false;
    at += taken.length;
    return true;
  }

  function takeMark(mark: string): boolean {
    take(space);
    if (text[at] !== mark) return false;
    at += 1;
    return true;
  }

  function takeValue(depth: number): boolean {
    take(space);
    if (depth > deepest) return false;
    if (takeMark("{")) return takeMark("}") || takeEntries("}", depth, true);
    if (takeMark("[")) return takeMark("]") || takeEntries("]", depth, false);
    return take(string) || take(plain);
  }

  function takeEntries(end: "}" | "]", depth: number, named: boolean): boolean {
    do {
      if (named) {
        take(space);
        if (!take(string) || !takeMark(":")) return false;
      }
      if (!takeValue(depth + 1)) return false;
    } while (takeMark(","));
    return takeMark(end);
  }

  if (!takeValue(0)) return at;
  take(space);
  return at === text.length ? undefined : at;
}
