/** What is true of every text, however broken it is. */
import { checkFile } from "../../src/sls/check/check.ts";
import { FileCheck } from "../../src/sls/check/fileCheck.ts";
import { hasErrors } from "../../src/sls/check/problems.ts";
import { complete } from "../../src/sls/completion/completion.ts";
import { formatFile } from "../../src/sls/format/format.ts";
import { printStatement } from "../../src/sls/format/print.ts";
import type { Knowledge } from "../../src/sls/knowledge.ts";
import { parseStatement } from "../../src/sls/parser/parser.ts";
import { parseQueryFile, type QueryFile, updateQueryFile } from "../../src/sls/queryFile.ts";
import { searchField, searchValue, sqlName, sqlString } from "../../src/sls/quote.ts";
import { folds } from "../../src/sls/services/folding.ts";
import { hover } from "../../src/sls/services/hover.ts";
import { selectionsAt } from "../../src/sls/services/selection.ts";
import { signatureHelp } from "../../src/sls/services/signature.ts";
import type { Span } from "../../src/sls/span.ts";
import type { Statement } from "../../src/sls/syntax.ts";
import { applyEdits } from "../../src/sls/textEdit.ts";

/** An invariant that does not hold, with the text that shows it. */
export class Broken extends Error {
  constructor(claim: string, text: string, cause?: unknown) {
    super(`${claim}: ${JSON.stringify(text.length > 2000 ? `${text.slice(0, 2000)}…` : text)}`, { cause });
    this.name = "Broken";
  }
}

function hold(holds: boolean, claim: string, text: string): void {
  if (!holds) throw new Broken(claim, text);
}

/** Everything that is claimed of a text; `caret` is a place in it for what is asked of a place. */
export function checkText(text: string, caret: number, knowledge: Knowledge): void {
  let file: QueryFile;
  try {
    file = parseQueryFile(text);
  } catch (cause) {
    throw new Broken("Parsing throws nothing", text, cause);
  }
  let reached = 0;
  for (const query of file.queries) {
    hold(reached <= query.span.start && query.span.start <= query.span.end, "Queries lie one behind the other", text);
    reached = query.span.end;
    hold(isIn(query.statement.span, query.span), "A statement lies in its query", text);
    checkSpans(text, query.statement);
    checkPrint(query.text, hasErrors(query.problems));
  }
  hold(reached <= text.length, "Queries lie in the text", text);
  for (const { span } of file.problems) hold(isPlace(span, text), "A parser's problem lies in the text", text);
  checkServices(text, file, caret, knowledge);
  checkFormat(text, file);
}

function isPlace({ start, end }: Span, text: string): boolean {
  return 0 <= start && start <= end && end <= text.length;
}

function isIn(inner: Span, outer: Span): boolean {
  return outer.start <= inner.start && inner.start <= inner.end && inner.end <= outer.end;
}

function isSpanKey(key: string): boolean {
  return key === "span" || key.endsWith("Span");
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null;
}

/** Every node's span lies in that of the node around it. */
function checkSpans(text: string, root: Statement): void {
  const nodes: Node[] = [root];
  const around: Span[] = [{ start: 0, end: text.length }];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    let outer = around.pop() ?? root.span;
    for (const key in node) {
      if (!isSpanKey(key)) continue;
      const span = node[key] as Span;
      hold(isIn(span, outer), `${String(node["kind"])}.${key} lies in the node around it`, text);
    }
    outer = (node["span"] as Span | undefined) ?? outer;
    for (const key in node) {
      const child = node[key];
      if (isSpanKey(key) || !isNode(child)) continue;
      nodes.push(child);
      around.push(outer);
    }
  }
}

/** Whether two trees are the same but for their places. */
function sameTree(left: unknown, right: unknown): boolean {
  return same(left, right, isSpanKey);
}

/**
 * The same but for what printing adds to be safe: quotes around a name that is not of plain letters, and parentheses
 * around a lambda between operators.
 */
function sameMeaning(left: unknown, right: unknown): boolean {
  return same(left, right, (key) => isSpanKey(key) || key === "quoted", inside);
}

function inside(node: Node): Node {
  let found = node;
  while (found["kind"] === "group" && isNode(found["operand"])) found = found["operand"];
  return found;
}

function same(
  one: unknown,
  other: unknown,
  isLeftOut: (key: string) => boolean,
  seen: (node: Node) => Node = (node) => node,
): boolean {
  if (one === other) return true;
  if (!isNode(one) || !isNode(other)) return Number.isNaN(one) && Number.isNaN(other);
  const left = seen(one);
  const right = seen(other);
  let keys = 0;
  for (const key in left) {
    if (isLeftOut(key)) continue;
    keys++;
    if (!same(left[key], right[key], isLeftOut, seen)) return false;
  }
  for (const key in right) if (!isLeftOut(key)) keys--;
  return keys === 0;
}

/** Whether two values are the same in all. */
function sameValue(left: unknown, right: unknown): boolean {
  return same(left, right, () => false);
}

/** What is printed of a tree without mistakes reads back as that tree. */
function checkPrint(statement: string, broken: boolean): void {
  const read = parseStatement(statement);
  const printed = printStatement(read.statement);
  if (broken) return;
  const again = parseStatement(printed);
  hold(!hasErrors(again.problems), `What is printed has no mistakes (${printed})`, statement);
  hold(sameMeaning(read.statement, again.statement), `What is printed is the same tree (${printed})`, statement);
}

function checkServices(text: string, file: QueryFile, caret: number, knowledge: Knowledge): void {
  try {
    for (const { span } of checkFile(text, file, () => knowledge)) {
      hold(isPlace(span, text), "A problem lies in the text", text);
    }
    const { written, items } = complete(text, file, caret, knowledge);
    hold(isPlace(written, text) && written.start <= caret, "What is completed lies before the caret", text);
    hold(items.length >= 0, "Items are counted", text);
    hover(text, file, caret, knowledge);
    signatureHelp(text, file, caret);
    let inner: Span | undefined;
    for (const outer of selectionsAt(text, file, caret)) {
      hold(isPlace(outer, text) && (inner === undefined || isIn(inner, outer)), "Selections lie in each other", text);
      inner = outer;
    }
    for (const { span } of folds(text, file)) hold(isPlace(span, text), "A fold lies in the text", text);
  } catch (cause) {
    if (cause instanceof Broken) throw cause;
    throw new Broken(`No service throws (caret at ${caret})`, text, cause);
  }
}

/** A layout keeps every tree, and is one that stays. */
function checkFormat(text: string, file: QueryFile): void {
  let once: string;
  try {
    const edits = formatFile(text, file);
    let reached = 0;
    for (const { span } of edits) {
      hold(reached <= span.start && isPlace(span, text), "Edits of a layout lie one behind the other", text);
      reached = span.end;
    }
    once = applyEdits(text, edits);
  } catch (cause) {
    if (cause instanceof Broken) throw cause;
    throw new Broken("Laying out throws nothing", text, cause);
  }
  if (once === text) return;
  const again = parseQueryFile(once);
  hold(again.queries.length === file.queries.length, `A layout keeps the queries (${JSON.stringify(once)})`, text);
  for (const [index, query] of file.queries.entries()) {
    const other = again.queries[index];
    hold(query.title?.value === other?.title?.value, "A layout keeps the titles", text);
    hold(sameTree(query.statement, other?.statement), `A layout keeps the trees (${JSON.stringify(once)})`, text);
  }
  const twice = applyEdits(once, formatFile(once, again));
  hold(twice === once, `A layout stays (${JSON.stringify(once)} → ${JSON.stringify(twice)})`, text);
}

/** A file that is edited step by step is the file that would be read, and so is what is found in it. */
export class Edited {
  readonly #knowledge: Knowledge;
  readonly #check: FileCheck;
  #text = "";
  #file: QueryFile = parseQueryFile("");

  constructor(knowledge: Knowledge) {
    this.#knowledge = knowledge;
    this.#check = new FileCheck(() => knowledge);
  }

  /** Makes the file another one by one change, the smallest that does. */
  become(text: string): void {
    const before = this.#text;
    const shorter = Math.min(before.length, text.length);
    let start = 0;
    while (start < shorter && before.charCodeAt(start) === text.charCodeAt(start)) start++;
    let same = 0;
    while (
      same < shorter - start &&
      before.charCodeAt(before.length - same - 1) === text.charCodeAt(text.length - same - 1)
    ) {
      same++;
    }
    const change = { offset: start, removed: before.length - same - start, inserted: text.length - same - start };
    this.#file = updateQueryFile(this.#file, text, change.removed + change.inserted === 0 ? [] : [change]);
    this.#text = text;
    const whole = parseQueryFile(text);
    const places = JSON.stringify({ before, change });
    hold(sameValue(contentOf(this.#file), contentOf(whole)), `An updated file is the file read anew (${places})`, text);
    this.#check.update(text, this.#file);
    const found = checkFile(text, whole, () => this.#knowledge);
    hold(sameValue(this.#check.problems, found), `What is found in it is the same (${places})`, text);
  }
}

function contentOf({ defaults, queries, problems }: QueryFile): unknown {
  return {
    defaults,
    queries: queries.map(({ title, settings, text, statement, problems: own, span }) => {
      return { title, settings, text, statement, problems: own, span };
    }),
    problems,
  };
}

/** Whatever text is quoted reads back as itself. */
export function checkQuotes(value: string): void {
  const written = searchValue(value);
  if (written !== undefined) {
    const { statement, problems } = parseStatement(`key: ${written}`);
    const { search } = statement;
    hold(problems.length === 0 && search.kind === "term" && search.value === value, "A search value reads back", value);
    hold(search.kind === "term" && (search.quoted || !/[*?]/.test(search.value)), "Nothing is a wildcard", value);
  }
  const field = searchField(value);
  if (field !== undefined) {
    const { search } = parseStatement(`${field}: x`).statement;
    hold(search.kind === "term" && search.field?.name === value, "A search field reads back", value);
  }
  const { statement, problems } = parseStatement(`* | select ${sqlString(value)} as ${sqlName(value)}`);
  const body = statement.analysis?.kind === "sql" ? statement.analysis.query.body : undefined;
  const [item] = body?.kind === "select" ? body.items : [];
  hold(!hasErrors(problems) && item?.kind === "column", "What is quoted is sound", value);
  if (item?.kind !== "column") return;
  hold(item.expression.kind === "string" && item.expression.value === value, "A text of SQL reads back", value);
  hold(item.alias?.name === value, "A name of SQL reads back", value);
}
