import * as vscode from "vscode";
import type { Explained } from "../../logs/logSource.ts";
import type {
  BodyMeaning,
  ColumnMeaning,
  CommandMeaning,
  ConditionMeaning,
  Explanation,
  Note,
  QueryMeaning,
  SearchMeaning,
  SourceMeaning,
} from "../../sls/services/explain.ts";
import { code as codeSpan, plain } from "../language/help.ts";
import { unreachableText } from "./cluster.ts";
import { problemText } from "./problem.ts";
import { numberText, rangeText } from "./time.ts";

const { t } = vscode.l10n;

/** A line of a list and what stands below it. */
type Line = { readonly text: string; readonly below?: readonly Line[] };

/** What a query asks, as a page of Markdown. What comes from the query or the log stands in it as code. */
export function explanationMarkdown(
  title: string,
  statement: string,
  explanation: Explanation,
  local: Explained | undefined,
): string {
  const { search, analysis, notes } = explanation;
  const parts = [
    `# ${plain(title)}`,
    codeBlock("slsq", statement),
    `## ${t("Where and when")}`,
    whereText(explanation),
  ];
  parts.push(`## ${t("Search")}`, searchText(search));
  if (analysis !== undefined) {
    const steps = analysis.kind === "query" ? queryLines(analysis, true) : analysis.commands.map(commandLine);
    parts.push(`## ${t("Analysis")}`, list(steps, true));
  }
  if (notes.length > 0) {
    parts.push(
      `## ${t("Worth knowing")}`,
      list(
        notes.map((note) => ({ text: noteText(note) })),
        false,
      ),
    );
  }
  if (local !== undefined) parts.push(`## ${t("What the local engine runs")}`, localText(local));
  return `${parts.join("\n\n")}\n`;
}

function codeBlock(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A list of Markdown; what stands below a line is indented far enough for numbers too. */
function list(lines: readonly Line[], numbered: boolean, depth = 0): string {
  return lines
    .map(({ text, below }, index) => {
      const mark = numbered ? `${index + 1}.` : "-";
      const own = `${"    ".repeat(depth)}${mark} ${text}`;
      return below === undefined || below.length === 0 ? own : `${own}\n${list(below, false, depth + 1)}`;
    })
    .join("\n");
}

/** What is still to be written is shown as a hole. */
function code(text: string): string {
  return codeSpan(text.trim() === "" ? "…" : text);
}

function codes(texts: readonly string[]): string {
  return texts.map(code).join(", ");
}

// ------------------------------------------------------------------------------------------------ where and when

function whereText({ place, time }: Explanation): string {
  const { account, clusters, logstore } = place;
  const lines: string[] = [];
  if (account !== undefined) lines.push(t("Account: {0}", code(account)));
  if (clusters === "all") lines.push(t("All clusters of the account"));
  else if (clusters.length === 0) lines.push(t("The query names no cluster."));
  else lines.push(t("Clusters: {0}", codes(clusters)));
  if (logstore !== undefined) lines.push(t("Logstore: {0}", code(logstore)));
  const { range, zone, isDefault } = time;
  switch (range.kind) {
    case "range":
      lines.push(
        isDefault
          ? t("No directive says when, so the last 24 hours are asked: {0} ({1}).", rangeText(range, zone), zone)
          : t("Time: {0} ({1}). The end is not part of it.", rangeText(range, zone), zone),
      );
      break;
    case "empty":
      lines.push(t("The range ends before it begins."));
      break;
    case "unknownZone":
      lines.push(t("There is no time zone {0}. Example: Asia/Shanghai.", code(range.zone)));
      break;
    default:
      range satisfies never;
  }
  return list(
    lines.map((text) => ({ text })),
    false,
  );
}

// ------------------------------------------------------------------------------------------------ search

function searchText(search: SearchMeaning): string {
  if (search.kind === "everything") return t("All records of this time are looked at.");
  const lines = search.kind === "every" ? search.parts.map(searchLine) : [searchLine(search)];
  return `${t("Only records that meet all of this are looked at:")}\n\n${list(lines, false)}`;
}

function searchLine(search: SearchMeaning): Line {
  switch (search.kind) {
    case "everything":
      return { text: t("any record") };
    case "every":
      return { text: t("all of these:"), below: search.parts.map(searchLine) };
    case "some":
      return { text: t("at least one of these:"), below: search.parts.map(searchLine) };
    case "not":
      return { text: t("not this:"), below: [searchLine(search.part)] };
    case "hole":
      return { text: t("something that is still to be written") };
    case "exists":
      return { text: t("{0} has a value", code(search.field)) };
    case "empty":
      return { text: t("{0} is there and empty", code(search.field)) };
    case "compare":
      return { text: comparedText(search.field, search.operator, search.value) };
    case "between": {
      const low = comparedText(search.field, search.lowIncluded ? ">=" : ">", search.low);
      return { text: t("{0} and {1}", low, comparedText(search.field, search.highIncluded ? "<=" : "<", search.high)) };
    }
    case "words":
      return { text: wordsText(search) };
    default:
      return search satisfies never;
  }
}

function wordsText({ field, words, hasWildcards, isPhrase }: Extract<SearchMeaning, { kind: "words" }>): string {
  const shown = isPhrase ? code(words.join(" ")) : codes(words);
  if (field === undefined) {
    if (isPhrase) return t("any field holds the phrase {0}", shown);
    if (hasWildcards) return t("any field holds a word like {0}", shown);
    return words.length === 1 ? t("any field holds the word {0}", shown) : t("any field holds the words {0}", shown);
  }
  const name = code(field);
  if (isPhrase) return t("{0} holds the phrase {1}", name, shown);
  if (hasWildcards) return t("{0} holds a word like {1}", name, shown);
  return words.length === 1 ? t("{0} holds the word {1}", name, shown) : t("{0} holds the words {1}", name, shown);
}

function comparedText(left: string, operator: string, right: string): string {
  switch (operator) {
    case "=":
      return t("{0} is {1}", code(left), code(right));
    case "<>":
      return t("{0} is not {1}", code(left), code(right));
    case ">":
      return t("{0} is more than {1}", code(left), code(right));
    case ">=":
      return t("{0} is at least {1}", code(left), code(right));
    case "<":
      return t("{0} is less than {1}", code(left), code(right));
    default:
      return t("{0} is at most {1}", code(left), code(right));
  }
}

// ------------------------------------------------------------------------------------------------ SQL

/** What a query does, step by step. `isOutermost`: its rows are the answer. */
function queryLines(query: QueryMeaning, isOutermost: boolean): readonly Line[] {
  const lines: Line[] = query.tables.map(({ name, query: table }) => ({
    text: t("Computes a table {0}:", code(name)),
    below: queryLines(table, false),
  }));
  lines.push(...bodyLines(query.body));
  if (query.order.length > 0) lines.push({ text: orderText(query.order) });
  const { limit } = query;
  if (limit !== undefined) lines.push({ text: limitText(limit) });
  else if (isOutermost) lines.push({ text: t("Answers at most 100 rows, because there is no LIMIT.") });
  return lines;
}

function orderText(order: QueryMeaning["order"]): string {
  const keys = order.map(({ text, descending }) =>
    descending ? t("{0} (largest first)", code(text)) : t("{0} (smallest first)", code(text)),
  );
  return t("Orders the rows by {0}.", keys.join(", "));
}

function limitText({ offset, count }: NonNullable<QueryMeaning["limit"]>): string {
  if (count === "all") return t("Answers all rows.");
  return offset === undefined
    ? t("Answers at most {0} rows.", count)
    : t("Passes over {0} rows and answers at most {1} of the others.", offset, count);
}

function bodyLines(body: BodyMeaning): readonly Line[] {
  switch (body.kind) {
    case "select":
      return selectLines(body);
    case "combined": {
      const below = [body.left, body.right].map((side, index) => ({
        text: index === 0 ? t("the first:") : t("the second:"),
        below: bodyLines(side),
      }));
      return [{ text: combinedText(body), below }];
    }
    case "values":
      return [{ text: t("Makes {0} rows of the values that are written.", body.count) }];
    case "nested":
      return queryLines(body.query, false);
    default:
      return body satisfies never;
  }
}

function combinedText({ operator, all }: Extract<BodyMeaning, { kind: "combined" }>): string {
  switch (operator) {
    case "union":
      return all ? t("Takes the rows of two queries:") : t("Takes the rows of two queries, equal ones once:");
    case "intersect":
      return t("Takes the rows that two queries have in common:");
    case "except":
      return t("Takes the rows of the first query that the second has not:");
    default:
      return operator satisfies never;
  }
}

function selectLines(select: Extract<BodyMeaning, { kind: "select" }>): readonly Line[] {
  const { source, where, groups, rows, columns, having, isDistinct } = select;
  const lines: Line[] = [sourceLine(source)];
  if (where !== undefined) lines.push({ text: t("Keeps those where:"), below: conditionLines(where) });
  if (rows === "perGroup") lines.push({ text: groupsText(groups) });
  if (rows === "one") lines.push({ text: t("Makes one row of all of them.") });
  lines.push({ text: t("Answers these columns:"), below: columns.map(columnLine) });
  if (having !== undefined) lines.push({ text: t("Keeps the groups where:"), below: conditionLines(having) });
  if (isDistinct) lines.push({ text: t("Leaves out rows that were there already.") });
  return lines;
}

function groupsText(groups: readonly string[]): string {
  return groups.length === 1
    ? t("Makes one row for each value of {0}.", codes(groups))
    : t("Makes one row for each combination of {0}.", codes(groups));
}

function sourceLine(source: SourceMeaning): Line {
  switch (source.kind) {
    case "records":
      return { text: t("Reads the records that the search found.") };
    case "table":
      return { text: t("Reads the table {0}.", code(source.name)) };
    case "query":
      return { text: t("Reads the rows of a query:"), below: queryLines(source.query, false) };
    case "elements":
      return { text: t("Makes one row of each element of {0}.", codes(source.of)) };
    case "join":
      return { text: joinText(source), below: [sourceLine(source.left), sourceLine(source.right)] };
    default:
      return source satisfies never;
  }
}

function joinText({ join, condition }: Extract<SourceMeaning, { kind: "join" }>): string {
  const on = condition === undefined ? "" : code(condition);
  switch (join) {
    case "cross":
    case "comma":
      return t("Puts every row of the one beside every row of the other:");
    case "left":
      return t("Puts rows side by side by {0}; those of the first stay without a partner too:", on);
    case "right":
      return t("Puts rows side by side by {0}; those of the second stay without a partner too:", on);
    case "full":
      return t("Puts rows side by side by {0}; those of both stay without a partner too:", on);
    case "inner":
      return t("Puts rows side by side by {0}:", on);
    default:
      return join satisfies never;
  }
}

function conditionLines(condition: ConditionMeaning): readonly Line[] {
  return condition.kind === "every" ? condition.parts.map(conditionLine) : [conditionLine(condition)];
}

function conditionLine(condition: ConditionMeaning): Line {
  switch (condition.kind) {
    case "every":
      return { text: t("all of these:"), below: condition.parts.map(conditionLine) };
    case "some":
      return { text: t("at least one of these:"), below: condition.parts.map(conditionLine) };
    case "not":
      return { text: t("not this:"), below: conditionLines(condition.part) };
    default:
      return { text: testText(condition) };
  }
}

function testText(condition: Exclude<ConditionMeaning, { kind: "every" | "some" | "not" }>): string {
  switch (condition.kind) {
    case "compare":
      return comparedText(condition.left, condition.operator, condition.right);
    case "oneOf":
      return condition.negated
        ? t("{0} is none of {1}", code(condition.left), codes(condition.values))
        : t("{0} is one of {1}", code(condition.left), codes(condition.values));
    case "like":
      return condition.negated
        ? t("{0} is not like {1}", code(condition.left), code(condition.pattern))
        : t("{0} is like {1}", code(condition.left), code(condition.pattern));
    case "matches":
      return t("{0} matches the regular expression {1}", code(condition.left), code(condition.pattern));
    case "null":
      return condition.negated
        ? t("{0} has a value", code(condition.left))
        : t("{0} has no value", code(condition.left));
    case "other":
      return code(condition.text);
    default:
      return condition satisfies never;
  }
}

/** A condition in the middle of a sentence. */
function inlineText(condition: ConditionMeaning): string {
  switch (condition.kind) {
    case "every":
      return condition.parts.map(inlineText).reduce((left, right) => t("{0} and {1}", left, right));
    case "some":
      return condition.parts.map(inlineText).reduce((left, right) => t("{0} or {1}", left, right));
    case "not":
      return t("not ({0})", inlineText(condition.part));
    default:
      return testText(condition);
  }
}

function columnLine({ name, text, meaning }: ColumnMeaning): Line {
  const said = valueText(text, meaning);
  return { text: name === undefined || said === code(name) ? said : t("{0}: {1}", code(name), said) };
}

function valueText(text: string, meaning: ColumnMeaning["meaning"]): string {
  switch (meaning.kind) {
    case "all":
      return t("all fields that the index has");
    case "computed":
      return code(text);
    case "overRows":
      return t("{0}, computed over the rows around it too", code(text));
    case "count":
      return t("the number of rows");
    case "countIf":
      return t("the number of rows where {0}", inlineText(meaning.condition));
    case "countDistinct":
      return meaning.approximate
        ? t("about how many different values {0} has", code(meaning.of))
        : t("how many different values {0} has", code(meaning.of));
    case "most":
      return t("the largest {0}", code(meaning.of));
    case "least":
      return t("the smallest {0}", code(meaning.of));
    case "sum":
      return t("the sum of {0}", code(meaning.of));
    case "average":
      return t("the mean of {0}", code(meaning.of));
    case "any":
      return t("any one value of {0}", code(meaning.of));
    case "list":
      return t("all values of {0} as an array", code(meaning.of));
    default:
      return meaning satisfies never;
  }
}

// ------------------------------------------------------------------------------------------------ SPL

function commandLine(command: CommandMeaning): Line {
  switch (command.kind) {
    case "where":
      return { text: t("Keeps those where:"), below: conditionLines(command.condition) };
    case "extend":
      return {
        text: t("Adds these fields:"),
        below: command.made.map(({ name, text }) => ({ text: t("{0}: {1}", code(name), code(text)) })),
      };
    case "project":
      return { text: t("Keeps these fields and no others: {0}.", codes(command.fields)) };
    case "projectAway":
      return { text: t("Leaves out these fields: {0}.", codes(command.fields)) };
    case "rename":
      return { text: t("Renames fields: {0}.", codes(command.fields)) };
    case "parse":
      return {
        text:
          command.made.length === 0
            ? t("Takes fields out of {0} with {1}.", code(command.field), code(command.name))
            : t("Takes {0} out of {1} with {2}.", codes(command.made), code(command.field), code(command.name)),
      };
    case "stats": {
      const text = command.groups.length === 0 ? t("Makes one row of all of them.") : groupsText(command.groups);
      return { text, below: command.columns.map(columnLine) };
    }
    case "sort":
      return { text: orderText(command.order) };
    case "limit":
      return { text: t("Answers at most {0} rows.", command.count) };
    case "other":
      return { text: t("Runs {0}, whose arguments are not documented.", code(command.name)) };
    default:
      return command satisfies never;
  }
}

// ------------------------------------------------------------------------------------------------ notes

function noteText(note: Note): string {
  switch (note.code) {
    case "rows-default":
      return t("Without a LIMIT, Simple Log Service answers {0} rows. There may be more.", numberText(note.rows));
    case "rows-any":
      return t("There is a LIMIT and no ORDER BY: which of the rows come is left open.");
    case "newest-first":
      return t("The newest records come first.");
    case "words":
      return t(
        "The search compares words, not whole values, and in any case unless the index says otherwise. To compare whole values, use WHERE in the analysis.",
      );
    case "words-order":
      return t(
        "The words of {0} may stand in any order and apart from each other. A phrase keeps them together: {1}",
        code(`"${note.value}"`),
        code(`#"${note.value}"`),
      );
    case "wildcard":
      return t(
        "Of the words that fit a wildcard, Simple Log Service looks at {0}. Records with others are not found.",
        numberText(note.terms),
      );
    case "phrase":
      return t(
        "A phrase is looked for among {0} records with its words at a time, so a page may have fewer rows than it could.",
        numberText(note.records),
      );
    case "not-binding":
      return t(
        "{0} is read as {1} here, which the documentation does not say. Parentheses make it sure.",
        code("not a and b"),
        code("(not a) and b"),
      );
    case "time-in-sql":
      return t("The analysis compares {0} itself: its range is asked, not that of the query.", code("__time__"));
    case "time-zone":
      return t("Hours and days are those of the zone {0}.", code(note.zone));
    case "approximate":
      return t("{0} gives an estimate, not an exact number.", codes(note.functions));
    case "compare":
      return t("The query inside runs once more over an earlier range, to compare the two.");
    case "star":
      return t("{0} answers the fields that the index has, not all that a record holds.", code("*"));
    case "division":
      return t("{0} divides whole numbers, and what is behind the point is dropped.", code(note.text));
    case "scan":
      return t("The records are scanned without the index: every field is a text.");
    case "spl-texts":
      return t("In SPL every field is a text. To compare numbers, cast it: {0}", code("cast(a as bigint) > 1"));
    default:
      return note satisfies never;
  }
}

function localText(local: Explained): string {
  switch (local.kind) {
    case "sql":
      return codeBlock("sql", local.sql);
    case "refused":
      return list(
        local.problems.map((problem) => ({ text: plain(problemText(problem)) })),
        false,
      );
    case "unreachable":
      return plain(unreachableText(local.reason));
    default:
      return local satisfies never;
  }
}

// ------------------------------------------------------------------------------------------------ titles

/** What the page is called in its tab. */
export function explanationTitle(queryName: string): string {
  return t("Explained: {0}", queryName);
}
