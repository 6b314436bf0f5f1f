import { type Problem, ProblemList } from "./check/problems.ts";
import { nearest } from "./nearest.ts";
import { parseStatement } from "./parser/parser.ts";
import { lineEnd, searchQuoteEnd, sqlQuoteEnd } from "./parser/scanner.ts";
import { type Span, span } from "./span.ts";
import type { Statement } from "./syntax.ts";
import { isZone, parseTime, type TimePoint } from "./timeRange.ts";

/** What a directive sets, and where it is written, for problems that only those who know the account can find. */
export type Setting<T> = { readonly value: T; readonly span: Span };

/** Where and when a query asks. What is undefined is left to the window that runs it. */
export type QuerySettings = {
  /** The name or the id of an account. */
  readonly account: Setting<string> | undefined;
  /** Names or ids of clusters, or all of the account's. */
  readonly clusters: Setting<"all" | readonly Setting<string>[]> | undefined;
  readonly logstore: Setting<string> | undefined;
  readonly from: Setting<TimePoint> | undefined;
  readonly to: Setting<TimePoint> | undefined;
  readonly zone: Setting<string> | undefined;
};

/** One query of a file. All spans are offsets in the file. */
export type FileQuery = {
  /** What stands behind `###`; undefined for what stands before the first title. It may be empty. */
  readonly title: Setting<string> | undefined;
  /** Its own directives over those of the file. */
  readonly settings: QuerySettings;
  /** What is sent: the statement from its first line to its last, as written. Empty if there is none. */
  readonly text: string;
  readonly statement: Statement;
  /** Those of its directives and of its statement. */
  readonly problems: readonly Problem[];
  /** From its title to before the next. */
  readonly span: Span;
};

export type QueryFile = {
  /** What the directives before the first title set for every query. */
  readonly defaults: QuerySettings;
  readonly queries: readonly FileQuery[];
  /** Those of all queries and of the defaults, in the order of the file, up to more than any editor shows. */
  readonly problems: readonly Problem[];
};

/** The names of the directives, in the order in which they are suggested. */
export const directiveNames = ["account", "cluster", "logstore", "from", "to", "zone"] as const;

type DirectiveName = (typeof directiveNames)[number];

const noSettings: QuerySettings = {
  account: undefined,
  clusters: undefined,
  logstore: undefined,
  from: undefined,
  to: undefined,
  zone: undefined,
};

/**
 * Reads a query file. A line is structure only at column 0 and outside an open quote: `### title` begins a query,
 * `-- @name value` before the query's statement is a directive, any other line with `--` before it is a comment. A quote
 * that nothing in the rest of the file closes ends with its line.
 */
export function parseQueryFile(text: string): QueryFile {
  const { sections, made, defaults } = parseSections(text);
  return new SectionedFile(text, sections, defaults, made);
}

type ReadSections = {
  readonly sections: Sections;
  readonly made: Map<number, FileQuery>;
  readonly defaults: QuerySettings;
};

function parseSections(text: string): ReadSections {
  const sections = new Sections(16);
  const made = new Map<number, FileQuery>();
  let defaults = noSettings;
  let problems = 0;
  let at = 0;
  do {
    if (problems >= FILE_PROBLEMS_LIMIT) {
      const { end, open } = sectionExtent(text, at);
      sections.addUnread(at, open);
      at = end;
      continue;
    }
    const content = readSection(text, at);
    if (at === 0) defaults = defaultsOf(content);
    sections.add(at, content);
    problems += content.problems.length;
    if (made.size < KEPT_TREES && isQuery(content)) {
      made.set(made.size, new Section(text, at, content.end, defaults, content));
    }
    at = content.end;
  } while (at < text.length);
  return { sections, made, defaults };
}

/** A piece of a text that another replaced, as an editor tells it: where, and how long the old and the new one are. */
export type Change = { readonly offset: number; readonly removed: number; readonly inserted: number };

/**
 * What `parseQueryFile` gives of `text`, which changes made of the text of `before`; the offset of each change is one in
 * what the changes before it left. Only the sections that the changes reach are read. The others are read in their new
 * place when someone asks what is in them.
 */
export function updateQueryFile(before: QueryFile, text: string, changes: readonly Change[]): QueryFile {
  if (!(before instanceof SectionedFile)) return parseQueryFile(text);
  if (changes.length === 0) return before;
  // One change that covers them all, from `start` to `end` in the new text; what lies behind has moved by `moved`.
  let start = Number.POSITIVE_INFINITY;
  let end = 0;
  let moved = 0;
  for (const { offset, removed, inserted } of changes) {
    start = Math.min(start, offset);
    end = Math.max(offset + removed, end) + inserted - removed;
    moved += inserted - removed;
  }
  return before.updated(text, start, end - moved, moved);
}

/**
 * The queries of a file as columns, for who keeps what it found in each from version to version. They hold until there is
 * a newer version.
 */
export type QueryColumns = {
  /**
   * A number that stays the same while the query and the defaults above it do, wherever the query moves. Numbers that
   * stay keep their order; a new one is larger than all before it.
   */
  readonly ids: Float64Array;
  readonly starts: Int32Array;
};

/** Only a file that was read from a text has them. */
export function queryColumns(file: QueryFile): QueryColumns {
  if (!(file instanceof SectionedFile)) throw new TypeError("The queries of this file were not read from a text.");
  return file.columns();
}

/** Whether no newer version of a file was made of it. An older one is read once more where its columns are asked for. */
export function isNewest(file: QueryFile): boolean {
  return file instanceof SectionedFile && file.isNewest;
}

/** One query of a file, without making those that nobody has asked for. */
export function queryOf(file: QueryFile, index: number): FileQuery | undefined {
  return file instanceof SectionedFile ? file.query(index) : file.queries[index];
}

// ------------------------------------------------------------------------------------------------ sections

/** What a section holds: all that stands from a title, or from the beginning of the file, to before the next title. */
type Content = {
  readonly title: Setting<string> | undefined;
  readonly own: QuerySettings;
  readonly statement: Statement;
  readonly problems: readonly Problem[];
  /** Where the next section begins. */
  readonly end: number;
  /** Whether a quote is open, for which all the rest of the file has been searched. */
  readonly open: boolean;
};

/**
 * Of how many queries of a file the trees are kept when it is read; the others are read again when they are asked for.
 * A file that a person wrote has fewer.
 */
const KEPT_TREES = 10_000;

/** After how many problems no more queries of a file are read to find theirs, but only their ends. */
const FILE_PROBLEMS_LIMIT = 5_000;

/** The problems of a section when it began at `start`. */
type Told = { readonly start: number; readonly problems: readonly Problem[] };

const OPEN = 1;
const IS_QUERY = 2;
/** That it has problems or, where it was not read yet, may have. */
const TOLD = 4;

/** What stands before the first title is a query if it has a statement. */
function isQuery({ title, statement }: Content): boolean {
  return title !== undefined || statement.span.start < statement.span.end;
}

/** What the directives of the first section set for all, which they do only if it has no title. */
function defaultsOf({ title, own }: Content): QuerySettings {
  return title === undefined ? own : noSettings;
}

let lastId = 0;

/**
 * Where the sections of a file begin and what has to be known of each without reading it, as columns. They belong to the
 * newest version of a file, which changes them where it differs from the one before.
 */
class Sections {
  count = 0;
  #starts: Int32Array;
  #flags: Uint8Array;
  #ids: Float64Array;
  /** By the ids of those that have problems, and perhaps of some that are no more. */
  #told = new Map<number, Told>();
  /** How many of them end where they do because of an open quote. */
  #open = 0;

  constructor(capacity: number) {
    this.#starts = new Int32Array(capacity);
    this.#flags = new Uint8Array(capacity);
    this.#ids = new Float64Array(capacity);
  }

  add(start: number, content: Content): void {
    this.#reserve(this.count + 1);
    this.#set(this.count++, start, content);
  }

  /** A section of which only the end is known; what is to be told of it is found when the problems are asked for. */
  addUnread(start: number, open: boolean): void {
    this.#reserve(this.count + 1);
    if (open) this.#open++;
    this.#starts[this.count] = start;
    this.#flags[this.count] = (open ? OPEN : 0) | IS_QUERY | TOLD;
    this.#ids[this.count++] = ++lastId;
  }

  #reserve(count: number): void {
    if (count <= this.#starts.length) return;
    const larger = new Sections(count * 2);
    larger.#starts.set(this.#starts);
    larger.#flags.set(this.#flags);
    larger.#ids.set(this.#ids);
    this.#starts = larger.#starts;
    this.#flags = larger.#flags;
    this.#ids = larger.#ids;
  }

  #set(index: number, start: number, content: Content): void {
    const { open, problems } = content;
    lastId++;
    if (problems.length > 0 && this.#told.size < KEPT_TREES) this.#told.set(lastId, { start, problems });
    if (open) this.#open++;
    this.#starts[index] = start;
    this.#flags[index] = (open ? OPEN : 0) | (isQuery(content) ? IS_QUERY : 0) | (problems.length > 0 ? TOLD : 0);
    this.#ids[index] = lastId;
  }

  #forget(first: number, end: number): void {
    for (let index = first; index < end; index++) {
      if (this.has(index, OPEN)) this.#open--;
      if (this.has(index, TOLD)) this.#told.delete(this.#ids[index] as number);
    }
  }

  /** Puts sections in the place of others; those behind them have moved. */
  replace(first: number, end: number, by: readonly Content[], moved: number): void {
    const behind = first + by.length;
    this.#forget(first, end);
    this.#reserve(this.count + by.length);
    if (behind !== end) {
      for (const column of [this.#starts, this.#flags, this.#ids]) column.copyWithin(behind, end, this.count);
      this.count += behind - end;
    }
    let start = this.start(first);
    for (const [index, content] of by.entries()) {
      this.#set(first + index, start, content);
      start = content.end;
    }
    const starts = this.#starts;
    for (let index = behind; moved !== 0 && index < this.count; index++)
      starts[index] = (starts[index] as number) + moved;
  }

  /** Gives every section from here on another id. */
  renew(first: number): void {
    for (let index = first; index < this.count; index++) {
      const told = this.told(index);
      this.#told.delete(this.#ids[index] as number);
      this.#ids[index] = ++lastId;
      if (told !== undefined) this.#told.set(lastId, told);
    }
  }

  start(index: number): number {
    return this.#starts[index] as number;
  }

  has(index: number, flag: number): boolean {
    return ((this.#flags[index] as number) & flag) !== 0;
  }

  told(index: number): Told | undefined {
    return this.has(index, TOLD) ? this.#told.get(this.#ids[index] as number) : undefined;
  }

  /** Those before an index whose ends the rest of the file has a say in. */
  openBefore(index: number): readonly number[] {
    const open: number[] = [];
    for (let at = 0; this.#open > 0 && at < index; at++) if (this.has(at, OPEN)) open.push(at);
    return open;
  }

  /** The last section that begins before an offset. */
  before(offset: number): number {
    let found = 0;
    let beyond = this.count;
    while (found + 1 < beyond) {
      const middle = (found + beyond) >> 1;
      if (this.start(middle) < offset) found = middle;
      else beyond = middle;
    }
    return found;
  }

  /** How many sections, none or the first, are no queries. */
  get skipped(): number {
    return this.count > 0 && !this.has(0, IS_QUERY) ? 1 : 0;
  }

  columns(): QueryColumns {
    return {
      ids: this.#ids.subarray(this.skipped, this.count),
      starts: this.#starts.subarray(this.skipped, this.count),
    };
  }
}

class SectionedFile implements QueryFile {
  readonly defaults: QuerySettings;
  readonly #text: string;
  /** Undefined once a newer version of the file has taken them over. */
  #ownSections: Sections | undefined;
  /** Those that were asked for, or read already, by their index. */
  readonly #made: Map<number, FileQuery>;
  #queries: readonly FileQuery[] | undefined;
  #problems: readonly Problem[] | undefined;
  #newest = true;

  constructor(text: string, sections: Sections, defaults: QuerySettings, made: Map<number, FileQuery>) {
    this.#text = text;
    this.#ownSections = sections;
    this.defaults = defaults;
    this.#made = made;
  }

  get #sections(): Sections {
    this.#ownSections ??= parseSections(this.#text).sections;
    return this.#ownSections;
  }

  get queries(): readonly FileQuery[] {
    if (this.#queries === undefined) {
      const queries: FileQuery[] = [];
      const count = this.#sections.count - this.#sections.skipped;
      for (let index = 0; index < count; index++) queries.push(this.#made.get(index) ?? this.#make(index));
      this.#queries = queries;
      this.#made.clear();
    }
    return this.#queries;
  }

  query(index: number): FileQuery | undefined {
    if (this.#queries !== undefined) return this.#queries[index];
    if (!(index >= 0 && index < this.#sections.count - this.#sections.skipped)) return undefined;
    const query = this.#made.get(index) ?? this.#make(index);
    this.#made.set(index, query);
    return query;
  }

  #make(index: number): FileQuery {
    const sections = this.#sections;
    const section = index + sections.skipped;
    const end = section + 1 < sections.count ? sections.start(section + 1) : this.#text.length;
    return new Section(this.#text, sections.start(section), end, this.defaults, undefined);
  }

  get problems(): readonly Problem[] {
    if (this.#problems === undefined) {
      const sections = this.#sections;
      const all: Problem[] = [];
      for (let index = 0; index < sections.count && all.length < FILE_PROBLEMS_LIMIT; index++) {
        if (!sections.has(index, TOLD)) continue;
        const start = sections.start(index);
        const told = sections.told(index) ?? { start, problems: readSection(this.#text, start).problems };
        addMoved(all, told.problems, start - told.start);
      }
      this.#problems = all;
    }
    return this.#problems;
  }

  columns(): QueryColumns {
    return this.#sections.columns();
  }

  get isNewest(): boolean {
    return this.#newest;
  }

  /** The file after what stood from `start` to `end` was replaced, which moved what stands behind it by `moved`. */
  updated(text: string, start: number, end: number, moved: number): SectionedFile {
    const sections = this.#sections;
    this.#ownSections = undefined;
    this.#newest = false;

    // Where a section ends is decided by its text, by the three signs of the title behind it and, if a quote is open, by
    // all that follows.
    let first = sections.before(start - 2);
    const read = new Map<number, Content>();
    for (const index of sections.openBefore(first)) {
      const content = readSection(text, sections.start(index));
      if (content.end !== sections.start(index + 1)) {
        first = index;
        break;
      }
      sections.replace(index, index + 1, [content], 0);
      read.set(index, content);
    }

    const contents: Content[] = [];
    let behind = first;
    let at = sections.start(first);
    let met = false;
    while (!met) {
      const content = readSection(text, at);
      read.set(first + contents.length, content);
      contents.push(content);
      at = content.end;
      for (; behind < sections.count; behind++) {
        const old = sections.start(behind);
        if (old > end ? old + moved >= at : old >= at && old <= start) break;
      }
      if (at >= text.length) behind = sections.count;
      met =
        behind < sections.count
          ? sections.start(behind) > end && sections.start(behind) + moved === at
          : at >= text.length;
    }
    sections.replace(first, behind, contents, moved);

    const begins = read.get(0);
    const defaults = begins === undefined ? this.defaults : defaultsOf(begins);
    if (defaults !== this.defaults) sections.renew(1);
    const made = new Map<number, FileQuery>();
    for (const [index, content] of read) {
      const query = new Section(text, sections.start(index), content.end, defaults, content);
      if (isQuery(content)) made.set(index - sections.skipped, query);
    }
    return new SectionedFile(text, sections, defaults, made);
  }
}

/** Adds problems whose text has moved. */
export function addMoved(all: Problem[], problems: readonly Problem[], by: number): void {
  for (const problem of problems) {
    const { start, end } = problem.span;
    all.push(by === 0 ? problem : { ...problem, span: span(start + by, end + by) });
  }
}

/** A query of a file, read when something in it is asked for. */
class Section implements FileQuery {
  readonly #text: string;
  readonly #start: number;
  readonly #end: number;
  readonly #defaults: QuerySettings;
  #content: Content | undefined;
  #settings: QuerySettings | undefined;

  constructor(text: string, start: number, end: number, defaults: QuerySettings, content: Content | undefined) {
    this.#text = text;
    this.#start = start;
    this.#end = end;
    this.#defaults = defaults;
    this.#content = content;
  }

  #read(): Content {
    this.#content ??= readSection(this.#text, this.#start);
    return this.#content;
  }

  get title(): Setting<string> | undefined {
    return this.#read().title;
  }

  get settings(): QuerySettings {
    this.#settings ??= merged(this.#read().own, this.#defaults);
    return this.#settings;
  }

  get text(): string {
    const { start, end } = this.#read().statement.span;
    return this.#text.slice(start, end);
  }

  get statement(): Statement {
    return this.#read().statement;
  }

  get problems(): readonly Problem[] {
    return this.#read().problems;
  }

  get span(): Span {
    return span(this.#start, this.#end);
  }
}

function merged(own: QuerySettings, defaults: QuerySettings): QuerySettings {
  if (own === noSettings || defaults === noSettings) return own === noSettings ? defaults : own;
  return {
    account: own.account ?? defaults.account,
    clusters: own.clusters ?? defaults.clusters,
    logstore: own.logstore ?? defaults.logstore,
    from: own.from ?? defaults.from,
    to: own.to ?? defaults.to,
    zone: own.zone ?? defaults.zone,
  };
}

/** Where the next section begins, if the one that begins here is nothing but its title. */
function titleAloneEnd(text: string, start: number): number | undefined {
  if (!isTitle(text, start)) return undefined;
  const next = nextLine(text, lineEnd(text, start, text.length));
  return next === text.length || isTitle(text, next) ? next : undefined;
}

/** A section that is nothing but its title. */
function titleAlone(title: Setting<string>, line: Span, end: number): Content {
  const { statement } = parseStatement("", end, end);
  const problems: readonly Problem[] = [{ code: "query-empty", severity: "warning", span: line }];
  return { title, own: noSettings, statement, problems, end, open: false };
}

/** Where the section ends that a title begins, and whether a quote is open in it. */
function sectionExtent(text: string, start: number): { readonly end: number; readonly open: boolean } {
  const alone = titleAloneEnd(text, start);
  if (alone !== undefined) return { end: alone, open: false };
  let at = nextLine(text, lineEnd(text, start, text.length));
  for (let end = headerLineEnd(text, at); end !== undefined; end = headerLineEnd(text, at)) at = nextLine(text, end);
  return sectionEnd(text, at, undefined);
}

/** Reads what stands from a title, or from the beginning of the file, to the next title. */
function readSection(text: string, start: number): Content {
  const problems = new ProblemList();
  let at = start;
  let title: Setting<string> | undefined;
  if (isTitle(text, start)) {
    const end = lineEnd(text, start, text.length);
    let titleStart = start;
    while (titleStart < end && text.charCodeAt(titleStart) === 35) titleStart++;
    title = trimmed(text, titleStart, end);
    const next = titleAloneEnd(text, start);
    if (next !== undefined) return titleAlone(title, span(start, end), next);
    at = nextLine(text, end);
  }

  const header = readHeader(text, at, problems);
  const { end, open } = sectionEnd(text, header.end, problems);
  const statementStart = header.end;
  let statementEnd = end;
  while (statementEnd > statementStart && isBlankAt(text, statementEnd - 1)) statementEnd--;
  const before = problems.problems.length;
  const { statement } = parseStatement(text, statementStart, statementEnd, problems);
  if (title && statementStart === statementEnd) {
    const line = span(start, lineEnd(text, start, text.length));
    problems.add({ code: "query-empty", severity: "warning", span: line });
  }
  const found = problems.problems;
  if (before > 0) found.sort((a, b) => a.span.start - b.span.start);
  return { title, own: header.settings, statement, problems: found, end, open };
}

// ------------------------------------------------------------------------------------------------ directives

/** Reads the directives and comments before a statement; `end` is where the statement's first line begins. */
function readHeader(text: string, start: number, problems: ProblemList): { settings: QuerySettings; end: number } {
  let settings = noSettings;
  const seen: DirectiveName[] = [];
  let at = start;
  for (let end = headerLineEnd(text, at); end !== undefined; end = headerLineEnd(text, at)) {
    if (isComment(text, at)) {
      const directive = readDirective(text, at, end, problems);
      if (directive && seen.includes(directive.name)) {
        problems.add({ code: "directive-repeated", severity: "error", name: directive.name, span: directive.span });
      } else if (directive) {
        seen.push(directive.name);
        settings = { ...settings, ...setting(directive.name, directive.value, problems) };
      }
    }
    at = nextLine(text, end);
  }
  return { settings, end: at };
}

function isComment(text: string, at: number): boolean {
  return text.charCodeAt(at) === 45 && text.charCodeAt(at + 1) === 45;
}

/** Where the line ends that begins here, if it is a comment or blank: one that may stand before a statement. */
function headerLineEnd(text: string, start: number): number | undefined {
  if (start >= text.length || isTitle(text, start)) return undefined;
  if (isComment(text, start)) return lineEnd(text, start, text.length);
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== 10 && isBlankAt(text, end)) end++;
  return end < text.length && text.charCodeAt(end) !== 10 ? undefined : end;
}

type Directive = { readonly name: DirectiveName; readonly value: Setting<string>; readonly span: Span };

/** Where the name of a directive stands in a line that begins with `--`, if it is like one. */
function directiveName(text: string, start: number, end: number): Span | undefined {
  let at = start + 2;
  while (at < end && (text[at] === " " || text[at] === "\t")) at++;
  if (text[at] !== "@" || at + 1 >= end) return undefined;
  const nameStart = at + 1;
  at = nameStart;
  while (at < end && /[A-Za-z0-9_-]/.test(text.charAt(at))) at++;
  return at > nameStart ? span(nameStart, at) : undefined;
}

function isDirectiveName(name: string): name is DirectiveName {
  return directiveNames.some((known) => known === name);
}

function readDirective(text: string, start: number, end: number, problems: ProblemList): Directive | undefined {
  const nameSpan = directiveName(text, start, end);
  if (!nameSpan) return undefined;
  const name = text.slice(nameSpan.start, nameSpan.end);
  if (!isDirectiveName(name)) {
    const suggestion = problems.full ? undefined : nearest(name, directiveNames);
    problems.add({ code: "directive-unknown", severity: "error", name, nearest: suggestion, span: nameSpan });
    return undefined;
  }
  const value = trimmed(text, nameSpan.end, end);
  if (value.value === "") {
    problems.add({ code: "directive-empty", severity: "error", name, span: nameSpan });
    return undefined;
  }
  return { name, value, span: nameSpan };
}

/** What a directive sets; nothing if its value cannot be read, which is told. */
function setting(name: DirectiveName, value: Setting<string>, problems: ProblemList): Partial<QuerySettings> {
  switch (name) {
    case "account":
      return { account: value };
    case "logstore":
      return { logstore: value };
    case "cluster": {
      const clusters = listed(value);
      const all = clusters.some((cluster) => cluster.value === "*");
      return { clusters: { value: all ? "all" : clusters, span: value.span } };
    }
    case "from":
    case "to": {
      const time = parseTime(value.value);
      if (!time) {
        problems.add({ code: "time-unreadable", severity: "error", text: value.value, span: value.span });
        return {};
      }
      const point = { value: time, span: value.span };
      return name === "from" ? { from: point } : { to: point };
    }
    case "zone":
      if (isZone(value.value)) return { zone: value };
      problems.add({ code: "zone-unknown", severity: "error", zone: value.value, span: value.span });
      return {};
    default:
      return name satisfies never;
  }
}

/** The parts of a list with commas that are not empty. */
function listed({ value, span: whole }: Setting<string>): readonly Setting<string>[] {
  const parts: Setting<string>[] = [];
  let start = 0;
  for (const part of value.split(",")) {
    const text = part.trim();
    const from = whole.start + start + part.indexOf(text);
    if (text !== "") parts.push({ value: text, span: span(from, from + text.length) });
    start += part.length + 1;
  }
  return parts;
}

// ------------------------------------------------------------------------------------------------ lines

/**
 * Where the statement that begins at `start` ends: before the next line that is a title and stands in no quote. What
 * is like a title or a directive and is none is told.
 */
function sectionEnd(
  text: string,
  start: number,
  problems: ProblemList | undefined,
): { readonly end: number; readonly open: boolean } {
  const end = text.length;
  if (isTitle(text, start)) return { end: start, open: false };
  let at = start;
  let open = false;
  let analysis = false;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 10) {
      at++;
      if (isTitle(text, at)) return { end: at, open };
      if (analysis) tellLateDirective(text, at, problems);
    } else if (code === 34 && !analysis) {
      const escaped = at > start && text.charCodeAt(at - 1) === 92;
      const close = escaped ? at + 1 : searchQuoteEnd(text, at, end);
      open ||= close < 0;
      at = quoteEnd(text, at, close, problems);
    } else if ((code === 34 || code === 39) && analysis) {
      const close = sqlQuoteEnd(text, at, end);
      open ||= close < 0;
      at = quoteEnd(text, at, close, problems);
    } else if (code === 124) {
      analysis = true;
      at++;
    } else if (code === 45 && analysis && text.charCodeAt(at + 1) === 45) {
      at = lineEnd(text, at, end);
    } else if (code === 47 && analysis && text.charCodeAt(at + 1) === 42) {
      const close = blockCommentEnd(text, at);
      if (isTitle(text, close)) return { end: close, open };
      at = close;
    } else {
      at++;
    }
  }
  return { end, open };
}

/** Behind a quoted text, or at the end of its line if nothing closes it. */
function quoteEnd(text: string, start: number, close: number, problems: ProblemList | undefined): number {
  if (close < 0) return lineEnd(text, start, text.length);
  for (let at = start + 1; problems !== undefined && at < close; at++) {
    if (!isTitle(text, at)) continue;
    const end = lineEnd(text, at, close);
    problems.add({ code: "title-in-quote", severity: "warning", span: span(at, end) });
  }
  return close;
}

/** Behind a comment, or at the title that stands in it: a comment is no quote. */
function blockCommentEnd(text: string, start: number): number {
  for (let at = start + 2; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 && isTitle(text, at + 1)) return at + 1;
    if (code === 47 && at > start + 2 && text.charCodeAt(at - 1) === 42) return at + 1;
  }
  return text.length;
}

function tellLateDirective(text: string, start: number, problems: ProblemList | undefined): void {
  if (problems === undefined || !text.startsWith("--", start)) return;
  const end = lineEnd(text, start, text.length);
  const nameSpan = directiveName(text, start, end);
  const name = nameSpan && text.slice(nameSpan.start, nameSpan.end);
  if (!name || !isDirectiveName(name)) return;
  problems.add({ code: "directive-late", severity: "warning", name, span: span(start, end) });
}

function isTitle(text: string, at: number): boolean {
  return text.charCodeAt(at) === 35 && text.startsWith("###", at) && (at === 0 || text.charCodeAt(at - 1) === 10);
}

/** Whether the character here is one that `trim` takes away. */
function isBlankAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code < 128 ? code === 32 || (code >= 9 && code <= 13) : /\s/.test(text.charAt(at));
}

/** The piece of a line without the space around it. */
function trimmed(text: string, start: number, end: number): Setting<string> {
  const piece = text.slice(start, end);
  const value = piece.trim();
  const from = value === "" ? start : start + piece.indexOf(value);
  return { value, span: span(from, from + value.length) };
}

/** Where the line behind the one that ends at `end` begins. */
function nextLine(text: string, end: number): number {
  if (text.startsWith("\r\n", end)) return end + 2;
  return Math.min(end + 1, text.length);
}
