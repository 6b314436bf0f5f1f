import { span } from "../span.ts";
import type { Expression, Identifier, SplAnalysis, SplCommand, SplItem } from "../syntax.ts";
import { isName, isReserved, Token } from "./scanner.ts";
import { SqlParser } from "./sqlParser.ts";

/** What the parts of a command are. */
type Form =
  /** A condition. */
  | "condition"
  /** `name`, `new = old`, `out = expression`. */
  | "assignments"
  /** Options, a field and texts. */
  | "fields"
  /** Fields, each with a direction. */
  | "order"
  /** Nothing that is documented: what follows is not read. */
  | "open";

/**
 * The commands of SPL and how they are read. The documented ones are those of the page "SPL commands"; the rest are
 * those that the service itself names when it refuses an unknown one.
 */
const commandForms: ReadonlyMap<string, Form> = new Map<string, Form>([
  ["project", "assignments"],
  ["project-away", "assignments"],
  ["project-rename", "assignments"],
  ["where", "condition"],
  ["extend", "assignments"],
  ["stats", "assignments"],
  ["sort", "order"],
  ["limit", "fields"],
  ["parse-json", "fields"],
  ["parse-regexp", "fields"],
  ["parse-csv", "fields"],
  ["parse-kv", "fields"],
  ["pack-fields", "fields"],
  ["with_pack_meta", "fields"],
  ...[
    "make-series",
    "make-trace",
    "make-graph",
    "unnest",
    "union",
    "join",
    "lookup",
    "sample",
    "render",
    "graph-match",
    "graph-call",
    "prom-call",
    "entity-call",
    "http-call",
    "expand-values",
    "log-to-metric",
    "metric-to-metric",
    "semantic-cluster",
    "series-format",
    "series-stats",
    "series-unnest",
    "series-drilldown",
    "dynamic-filter",
    "if",
    "else",
  ].map((name): [string, Form] => [name, "open"]),
]);

/** The names of the commands of SPL, the documented ones first. */
export const splCommands: readonly string[] = [...commandForms.keys()];

/** Whether an analysis that begins with this token is SQL; otherwise it is a pipeline of SPL. */
export function beginsSql(kind: number): boolean {
  return (
    kind === Token.select ||
    kind === Token.with ||
    kind === Token.set ||
    kind === Token.insert ||
    kind === Token.values ||
    kind === Token.leftParen
  );
}

/** Reads a pipeline. Its expressions are those of SQL. */
export class SplParser extends SqlParser {
  pipeline(): SplAnalysis {
    const start = this.lastEnd();
    const commands: SplCommand[] = [];
    if (this.kind === Token.eof) {
      this.expected("analysis");
      return { kind: "spl", commands, span: this.hole() };
    }
    const first = this.start();
    for (;;) {
      if (commands.length > 0 && (this.kind === Token.select || this.kind === Token.with)) {
        this.problems.add({ code: "analysis-mixed", severity: "error", first: "spl", span: this.here() });
        break;
      }
      const command = this.command();
      if (command) commands.push(command);
      if (this.kind === Token.semicolon && this.kindAt(1) === Token.eof) this.advance();
      if (this.kind === Token.eof) break;
      this.advance();
    }
    return { kind: "spl", commands, span: this.since(Math.max(start, first)) };
  }

  /** A command up to its pipe. Nothing where a pipe or the end stands in its place. */
  private command(): SplCommand | undefined {
    const start = this.start();
    if (!isName(this.kind) && !isReserved(this.kind)) {
      this.expected("command");
      this.skipCommand();
      return undefined;
    }
    const nameSpan = this.hyphenated();
    const name = this.text.slice(nameSpan.start, nameSpan.end).toLowerCase();
    const form = commandForms.get(name);
    if (form === "open") {
      this.problems.add({ code: "command-unchecked", severity: "warning", name, span: nameSpan });
      this.skipCommand();
      return { name, nameSpan, options: [], items: [], by: [], as: [], span: this.since(start) };
    }
    if (form === undefined) {
      this.unknownCommand(name, nameSpan, ["select", ...splCommands]);
      this.skipCommand();
      return { name, nameSpan, options: [], items: [], by: [], as: [], span: this.since(start) };
    }

    const options: SplCommand["options"][number][] = [];
    const items: SplItem[] = [];
    const by: Identifier[] = [];
    const as: Identifier[] = [];
    const takesOptions = form === "fields" || (form === "assignments" && name.startsWith("project"));
    while (!this.atCommandEnd()) {
      if (takesOptions && this.atOption()) {
        options.push(this.option());
        this.accept(Token.comma);
      } else if (this.kind === Token.by || this.kind === Token.as) {
        const names = this.kind === Token.by ? by : as;
        this.advance();
        do names.push(this.name());
        while (this.accept(Token.comma));
      } else {
        const before = this.at;
        items.push(form === "condition" ? this.condition() : this.item(form));
        if (this.atItemsEnd(takesOptions)) continue;
        if (this.accept(Token.comma)) {
          if (this.atCommandEnd()) this.expected("argument");
          continue;
        }
        this.unexpected();
        if (this.at === before) this.advance();
        this.skip();
        this.accept(Token.comma);
      }
    }
    if (name === "project") this.refuseAll(items);
    const empty = items.length === 0 && options.length === 0;
    if (empty && name !== "with_pack_meta") this.expected("argument");
    return { name, nameSpan, options, items, by, as, span: this.since(start) };
  }

  /** `project *`, which the documentation rules out: it would keep what is there anyway. */
  private refuseAll(items: readonly SplItem[]): void {
    for (const { expression, span: place } of items) {
      if (expression.kind === "column" && expression.path[0]?.name === "*") {
        this.problems.add({ code: "unexpected", severity: "error", found: "*", span: place });
      }
    }
  }

  private atCommandEnd(): boolean {
    return (
      this.kind === Token.pipe ||
      this.kind === Token.eof ||
      (this.kind === Token.semicolon && this.kindAt(1) === Token.eof)
    );
  }

  private atItemsEnd(takesOptions: boolean): boolean {
    return this.atCommandEnd() || this.kind === Token.by || this.kind === Token.as || (takesOptions && this.atOption());
  }

  private atOption(): boolean {
    const next = this.kindAt(1);
    return this.kind === Token.minus && (isName(next) || isReserved(next)) && this.adjacent(1);
  }

  /** `-name`, `-name=value`. */
  private option(): SplCommand["options"][number] {
    const start = this.start();
    this.advance();
    const nameSpan = this.hyphenated();
    const name = this.text.slice(nameSpan.start, nameSpan.end);
    let value: string | undefined;
    if (this.accept(Token.equal)) {
      if (this.kind === Token.string || this.kind === Token.quotedName) {
        value = this.stringValue();
        this.advance();
      } else if (this.atCommandEnd() || this.kind === Token.comma) {
        this.expected("value");
      } else {
        value = this.tokenText();
        this.advance();
      }
    }
    return { name, value, span: this.since(start) };
  }

  private condition(): SplItem {
    const expression = this.expression();
    return { target: undefined, expression, wildcard: false, descending: undefined, span: expression.span };
  }

  private item(form: Form): SplItem {
    const start = this.open();
    if (isName(this.kind) && this.kindAt(1) === Token.star && this.adjacent(1)) return this.bareWildcard();
    let target: Identifier | undefined;
    if (form === "assignments" && isName(this.kind) && this.kindAt(1) === Token.equal) {
      target = this.name();
      this.advance();
    }
    const expression: Expression =
      form === "assignments" && target === undefined && this.kind === Token.star
        ? this.bareWildcard().expression
        : form === "fields"
          ? this.single()
          : this.expression();
    let descending: boolean | undefined;
    if (form === "order" && (this.kind === Token.asc || this.kind === Token.desc)) {
      descending = this.kind === Token.desc;
      this.advance();
    }
    const column = expression.kind === "column" ? expression.path[0] : undefined;
    const wildcard = form !== "order" && column?.name.includes("*") === true;
    const whole = this.since(Math.min(start, target?.span.start ?? expression.span.start));
    return { target, expression, wildcard, descending, span: whole };
  }

  /** `__tag__*`: a wildcard that was not quoted. */
  private bareWildcard(): SplItem {
    const start = this.start();
    this.advance();
    while ((isName(this.kind) || this.kind === Token.star) && this.adjacent(0)) this.advance();
    const whole = this.since(start);
    const name = this.text.slice(whole.start, whole.end);
    const path = [{ name, quoted: false, span: whole }];
    const expression: Expression = { kind: "column", path, span: whole };
    return { target: undefined, expression, wildcard: true, descending: undefined, span: whole };
  }

  /** `parse-json`: words and the hyphens between them. */
  private hyphenated(): ReturnType<typeof span> {
    const start = this.start();
    this.advance();
    while (
      this.kind === Token.minus &&
      this.adjacent(0) &&
      (isName(this.kindAt(1)) || isReserved(this.kindAt(1))) &&
      this.adjacent(1)
    ) {
      this.advance();
      this.advance();
    }
    return span(start, this.lastEnd());
  }

  /** Whether the token `ahead` of the next begins where the one before it ends. */
  private adjacent(ahead: number): boolean {
    return this.starts[this.at + ahead] === this.ends[this.at + ahead - 1];
  }

  private skipCommand(): void {
    while (!this.atCommandEnd()) this.advance();
  }
}
