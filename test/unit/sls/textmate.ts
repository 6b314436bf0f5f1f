/**
 * As much of the TextMate rules as the grammar of query files uses: what an editor colours, without an editor. The first
 * match on the line wins, an end before a pattern, a pattern before a later one.
 */
export type Rule = {
  readonly name?: string;
  readonly match?: string;
  readonly begin?: string;
  readonly end?: string;
  readonly include?: string;
  readonly captures?: Captures;
  readonly beginCaptures?: Captures;
  readonly endCaptures?: Captures;
  readonly patterns?: readonly Rule[];
};
type Captures = Readonly<Record<string, { readonly name?: string; readonly patterns?: readonly Rule[] }>>;
export type Grammar = { readonly patterns: readonly Rule[]; readonly repository: Readonly<Record<string, Rule>> };

/** A piece of a line and the scopes it has, the innermost last. */
export type Piece = { readonly text: string; readonly scopes: readonly string[] };

type Open = { readonly rule: Rule; readonly scopes: readonly string[] };

export class Highlighter {
  readonly #grammar: Grammar;
  readonly #expressions = new Map<string, RegExp>();

  constructor(grammar: Grammar) {
    this.#grammar = grammar;
  }

  pieces(text: string): readonly Piece[] {
    const pieces: Piece[] = [];
    const stack: Open[] = [{ rule: { patterns: this.#grammar.patterns }, scopes: [] }];
    for (const line of text.split("\n")) this.#line(line, stack, pieces);
    return pieces.filter(({ text: piece }) => piece.trim() !== "");
  }

  #line(line: string, stack: Open[], pieces: Piece[]): void {
    let at = 0;
    // A rule that begins with nothing and ends with nothing at one place would go on for ever.
    for (let steps = 0; steps < 10 * (line.length + 10); steps++) {
      const open = stack.at(-1);
      if (!open) throw new Error("The grammar closed what it never opened.");
      const found = this.#next(line, at, open.rule);
      if (!found) {
        pieces.push({ text: line.slice(at), scopes: open.scopes });
        return;
      }
      const { match, rule } = found;
      pieces.push({ text: line.slice(at, match.index), scopes: open.scopes });
      at = match.index + match[0].length;
      if (rule === undefined) {
        stack.pop();
        this.#captured(match, open.scopes, open.rule.endCaptures, pieces);
      } else {
        const scopes = rule.name ? [...open.scopes, ...rule.name.split(" ")] : open.scopes;
        this.#captured(match, scopes, rule.begin ? rule.beginCaptures : rule.captures, pieces);
        if (rule.begin && !(match[0] === "" && open.rule === rule)) stack.push({ rule, scopes });
        if (!rule.begin && match[0] === "") at++;
      }
    }
    throw new Error(`The grammar does not get to the end of ${JSON.stringify(line)}.`);
  }

  #next(line: string, at: number, open: Rule): { match: RegExpExecArray; rule: Rule | undefined } | undefined {
    let best: { match: RegExpExecArray; rule: Rule | undefined } | undefined;
    const consider = (source: string, rule: Rule | undefined) => {
      const expression = this.#expression(source);
      expression.lastIndex = at;
      const match = expression.exec(line);
      if (match && (!best || match.index < best.match.index)) best = { match, rule };
    };
    if (open.end !== undefined) consider(open.end, undefined);
    for (const rule of this.#flat(open.patterns ?? [])) consider(rule.match ?? rule.begin ?? "(?!)", rule);
    return best;
  }

  *#flat(rules: readonly Rule[]): Iterable<Rule> {
    for (const rule of rules) {
      const meant = rule.include ? this.#grammar.repository[rule.include.slice(1)] : rule;
      if (!meant) throw new Error(`The grammar has no ${rule.include}.`);
      if (meant.match !== undefined || meant.begin !== undefined) yield meant;
      else yield* this.#flat(meant.patterns ?? []);
    }
  }

  #captured(match: RegExpExecArray, scopes: readonly string[], captures: Captures | undefined, pieces: Piece[]): void {
    let at = 0;
    const whole = captures?.["0"];
    const outer = whole?.name ? [...scopes, whole.name] : scopes;
    if (whole?.patterns) {
      const stack = [{ rule: { patterns: whole.patterns }, scopes: outer }];
      this.#line(match[0], stack, pieces);
      return;
    }
    for (let index = 1; index < match.length; index++) {
      const text = match[index];
      const name = captures?.[index]?.name;
      if (text === undefined || text === "" || name === undefined) continue;
      const start = match[0].indexOf(text, at);
      pieces.push({ text: match[0].slice(at, start), scopes: outer });
      pieces.push({ text, scopes: [...outer, ...name.split(" ")] });
      at = start + text.length;
    }
    pieces.push({ text: match[0].slice(at), scopes: outer });
  }

  #expression(source: string): RegExp {
    const known = this.#expressions.get(source);
    if (known) return known;
    const made = new RegExp(source, "g");
    this.#expressions.set(source, made);
    return made;
  }
}
