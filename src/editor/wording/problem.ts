import * as vscode from "vscode";
import type { Expected, Problem, Untranslatable } from "../../sls/problems.ts";

const { t } = vscode.l10n;

/** What the grammar wanted, as a noun; a keyword or a sign stands for itself. */
function expectedText(expected: Expected): string {
  switch (expected) {
    case "term":
      return t("a search term");
    case "key":
      return t("a field name");
    case "value":
      return t("a value");
    case "number":
      return t("a number");
    case "bound":
      return t("the bound of a range");
    case "analysis":
      return t("an analysis, as “select …”");
    case "command":
      return t("an SPL command");
    case "query":
      return t("a query");
    case "expression":
      return t("an expression");
    case "name":
      return t("a name");
    case "table":
      return t("a table");
    case "type":
      return t("a type");
    case "string":
      return t("a text in single quotes");
    case "unit":
      return t("a unit of time");
    case "argument":
      return t("an argument");
    case "grouping":
      return t("a grouping");
    case "frame":
      return t("a window frame");
    case "setting":
      return t("a setting");
    default:
      return expected;
  }
}

/** What the local engine does not do. Each is refused here rather than answered in another sense than SLS's. */
function untranslatableText(what: Untranslatable): string {
  switch (what) {
    case "missing":
      return t("The statement has a hole here.");
    case "spl":
      return t("SPL commands are answered by Simple Log Service only. Use “| select …” here.");
    case "numberOnText":
      return t("Numbers can be compared in number fields only. This field holds text.");
    case "wildcardOnNumber":
      return t("A number has no wildcards. Use a range: in [1 9].");
    case "valueWithoutWord":
      return t("The value has no word: it consists of delimiters only.");
    case "timeInSearch":
      return t("The time range is not part of the search. Set it with “-- @from” and “-- @to”.");
    case "type":
      return t("The local engine does not know this type.");
    case "interval":
      return t("The local engine does not know this interval.");
    case "limit":
      return t("A limit is a whole number.");
    case "ordinal":
      return t("There is no column with this number.");
    case "columnCount":
      return t("The numbers of columns do not match.");
    case "number":
      return t("This is no number.");
    default:
      return what satisfies never;
  }
}

/** What is wrong and what to do, in the user's language. */
export function problemText(problem: Problem): string {
  switch (problem.code) {
    case "quote-open":
      return t("Nothing closes this quote. Add {0}.", problem.quote);
    case "comment-open":
      return t("Nothing closes this comment. Add */.");
    case "expected":
      return problem.found === ""
        ? t("The statement ends where {0} is expected.", expectedText(problem.expected))
        : t("Expected {0}, found {1}.", expectedText(problem.expected), problem.found);
    case "unexpected":
      return t("Unexpected {0}.", problem.found);
    case "too-deep":
      return t("This is nested more than {0} levels deep. What lies deeper is not read.", problem.limit);
    case "colon-in-value":
      return t('A value with a colon has to stand in double quotes: "{0}".', problem.value);
    case "value-group":
      return t("A field has one value here. Write {0}: a or {0}: b instead.", problem.key);
    case "number-unreadable":
      return t("{0} is no number.", problem.text);
    case "word-reserved":
      return t('{0} is a word of the language. Put it in double quotes to search for it: "{0}".', problem.word);
    case "in-upper-case":
      return t("Write “in” in lower case; {0} is not understood.", problem.text);
    case "comment-in-search":
      return t("The search half has no comments: Simple Log Service searches for these words.");
    case "analysis-mixed":
      return problem.first === "sql"
        ? t("SPL commands cannot follow SQL in one statement.")
        : t("SQL cannot follow SPL commands in one statement.");
    case "command-unknown":
      return problem.nearest === undefined
        ? t("There is no SPL command {0}.", problem.name)
        : t("There is no SPL command {0}. Did you mean {1}?", problem.name, problem.nearest);
    case "command-unchecked":
      return t("The arguments of {0} are not documented; they are sent as written.", problem.name);
    case "insert-refused":
      return t("Queries here only read. “insert into” is not sent.");
    case "limit-offset":
      return problem.count === undefined
        ? t("Simple Log Service has no OFFSET. Write “limit {0}, count”.", problem.offset)
        : t("Simple Log Service has no OFFSET. Write “limit {0}, {1}”.", problem.offset, problem.count);
    case "clause-order":
      return t("The clause {0} stands in the wrong place.", problem.clause);
    case "operator-unknown":
      return t("There is no operator {0}. Write {1}.", problem.operator, problem.instead);
    case "name-unquoted":
      return t('The name {0} has to stand in double quotes: "{0}".', problem.name);
    case "name-in-single-quotes":
      return t('A name stands in double quotes, a text in single ones: "{0}".', problem.name);
    case "name-reserved":
      return t('{0} is a word of the language. As a name it has to stand in double quotes: "{0}".', problem.name);
    case "directive-unknown":
      return problem.nearest === undefined
        ? t("There is no directive @{0}. There are @account, @cluster, @logstore, @from, @to and @zone.", problem.name)
        : t("There is no directive @{0}. Did you mean @{1}?", problem.name, problem.nearest);
    case "directive-empty":
      return t("The directive @{0} needs a value.", problem.name);
    case "directive-repeated":
      return t("The directive @{0} is given twice.", problem.name);
    case "directive-late":
      return t("A directive stands before the statement. Here @{0} is not one.", problem.name);
    case "time-unreadable":
      return t("{0} is no time. Examples: -15m, -24h, -7d, now, today, 2026-11-23T10:00:00+08:00.", problem.text);
    case "zone-unknown":
      return t("There is no time zone {0}. Example: Asia/Shanghai.", problem.zone);
    case "query-empty":
      return t("There is no statement below this title.");
    case "title-in-quote":
      return t("This looks like a title, but it lies inside a quote that was opened above.");
    case "function-unknown":
      return problem.nearest === undefined
        ? t("There is no function {0}.", problem.name)
        : t("There is no function {0}. Did you mean {1}?", problem.name, problem.nearest);
    case "function-cloud-only":
      return t("{0} is answered by Simple Log Service only, not by the local engine.", problem.name);
    case "function-arguments":
      return t("{0} takes {1}, not {2}.", problem.name, problem.expected, problem.given);
    case "column-unknown":
      return problem.nearest === undefined
        ? t("No record here has a field {0}.", problem.name)
        : t("No record here has a field {0}. Did you mean {1}?", problem.name, problem.nearest);
    case "column-ambiguous":
      return t("More than one table has a column {0}. Write the table's name before it.", problem.name);
    case "table-unknown":
      return t("There is no table {0}. The records are the table log.", problem.name);
    case "not-translatable":
      return untranslatableText(problem.what);
    case "engine-rejected":
      return t("The engine rejected the statement: {0}", problem.detail);
    default:
      problem satisfies never;
      return "";
  }
}
