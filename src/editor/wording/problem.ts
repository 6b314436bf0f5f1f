import * as vscode from "vscode";
import type { AggregatePlace, Expected, PhrasePlace, Problem, Untranslatable } from "../../sls/check/problems.ts";

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
      return t("The arguments of this command are not documented. Only Simple Log Service answers it.");
    case "splArguments":
      return t("The documentation knows this command without this argument or option, or with another one.");
    case "splOrder":
      return t("“sort” and “limit” stand behind “project” or “stats”.");
    case "statsAggregate":
      return t(
        "Aggregates stand in “stats”, over plain fields: count, count_if, min, max, sum, avg, skewness, kurtosis, approx_percentile, approx_distinct, bool_and, bool_or, every, arbitrary or array_agg. Compute the field with “extend” first.",
      );
    case "fieldCount":
      return t("The values hold more fields than an answer has columns. Keep fewer with “project”, or take one part.");
    case "compare":
      return t(
        "compare is answered over a subquery and whole numbers of seconds: select compare(n, 86400) from (select count(*) as n from log). ts_compare also needs “group by” the time.",
      );
    case "timeSeries":
      return t(
        "time_series is a column that is grouped by and ordered ascending: select time_series(__time__, '5m', '%H:%i', '0') as t, count(*) as n group by t order by t. The padding is 0, null, last, next or avg.",
      );
    case "scanStar":
      return t("In mode=scan the columns have to be named: “select *” is not answered.");
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

function notIndexedText({ name, half, sure }: Extract<Problem, { readonly code: "field-not-indexed" }>): string {
  if (half === "search") {
    return sure
      ? t("“{0}” is not indexed: it cannot be searched for. Compare it in SQL.", name)
      : t("“{0}” is most likely not indexed, and then cannot be searched for. Compare it in SQL.", name);
  }
  return sure
    ? t("“{0}” is not indexed, so it is no column. Read it with json_extract.", name)
    : t("“{0}” is most likely not indexed, and then is no column. Read it with json_extract.", name);
}

function phrasePlaceText(place: PhrasePlace): string {
  switch (place) {
    case "not":
      return t("A phrase cannot be negated.");
    case "or":
      return t("A phrase has no effect beside “or”: it can stand among conditions that all have to be met.");
    case "wildcard":
      return t("A search with wildcards cannot have a phrase.");
    case "analysis":
      return t("A phrase cannot stand before an analysis. Use “like” or regexp_like in SQL.");
    default:
      return place satisfies never;
  }
}

function aggregatePlaceText(name: string, place: AggregatePlace): string {
  switch (place) {
    case "where":
      return t("“{0}” is computed from many rows, and WHERE looks at one. Use HAVING.", name);
    case "on":
      return t("“{0}” is computed from many rows, and ON looks at one of each table.", name);
    case "group by":
      return t("“{0}” is computed from the rows of a group, so it cannot make the groups.", name);
    case "aggregate":
      return t("“{0}” stands in another aggregate function. Aggregate in a subquery first.", name);
    case "lambda":
      return t("“{0}” is computed from many rows and cannot stand in a lambda.", name);
    default:
      return place satisfies never;
  }
}

/** What is wrong and what to do, in the user's language. */
export function problemText(problem: Problem): string {
  switch (problem.code) {
    case "quote-open":
      return t("Nothing closes this quote. Add “{0}”.", problem.quote);
    case "comment-open":
      return t("Nothing closes this comment. Add */.");
    case "expected":
      return problem.found === ""
        ? t("The statement ends where {0} is expected.", expectedText(problem.expected))
        : t("Expected {0}, found “{1}”.", expectedText(problem.expected), problem.found);
    case "unexpected":
      return t("Unexpected “{0}”.", problem.found);
    case "too-deep":
      return t("This is nested more than {0} levels deep. What lies deeper is not read.", problem.limit);
    case "colon-in-value":
      return t('A value with a colon has to stand in double quotes: "{0}".', problem.value);
    case "value-group":
      return t("A field has one value here. Write “{0}: a or {0}: b” instead.", problem.key);
    case "number-unreadable":
      return t("“{0}” is no number.", problem.text);
    case "word-reserved":
      if (problem.severity === "warning") {
        return t('“{0}” is reserved in the search. To search for it, write it in double quotes: "{0}".', problem.word);
      }
      return t('“{0}” is a word of the language. Put it in double quotes to search for it: "{0}".', problem.word);
    case "in-upper-case":
      return t("Write “in” in lower case; “{0}” is not understood.", problem.text);
    case "comment-in-search":
      return t("The search half has no comments: Simple Log Service searches for these words.");
    case "field-unknown":
      return problem.nearest === undefined
        ? t("The index has no field “{0}”: it cannot be searched for.", problem.name)
        : t("There is no field “{0}”. Did you mean “{1}”?", problem.name, problem.nearest);
    case "field-not-indexed":
      return notIndexedText(problem);
    case "field-spelling":
      return problem.half === "search"
        ? t("In the search the field is spelt “{1}”, not “{0}”.", problem.name, problem.instead)
        : t(
            "SQL calls the column “{1}”. “{0}” is read in the same way, but only the lower case is documented.",
            problem.name,
            problem.instead,
          );
    case "single-quotes":
      return t('Single quotes mean nothing in the search: they only separate words. Write "{0}".', problem.value);
    case "wildcard-leading":
      return t("“{0}”: a wildcard cannot be the first character of a word. Use “like” in SQL instead.", problem.value);
    case "wildcard-quoted":
      return t("In quotes “{0}” means itself: * and ? are ordinary characters there.", problem.value);
    case "number-on-text":
      return t(
        "“{0}” is a text, which “{1}” does not compare: its words are searched for instead.",
        problem.name,
        problem.operator,
      );
    case "word-on-number":
      return t("“{0}” is a number: a search for “{1}” finds nothing.", problem.name, problem.value);
    case "phrase-place":
      return phrasePlaceText(problem.place);
    case "conditions-many":
      return problem.severity === "error"
        ? t("The search has {0} conditions; Simple Log Service takes at most {1}.", problem.count, problem.limit)
        : t(
            "The search has {0} conditions. The documentation names {1} as the most, and elsewhere 128.",
            problem.count,
            problem.limit,
          );
    case "not-ambiguous":
      return t("“not” before “and” can be read in two ways. Put the negation in parentheses.");
    case "time-in-search":
      return t("The time range is not part of the search. Set it with “-- @from” and “-- @to”.");
    case "program-case":
      return problem.severity === "information"
        ? t(
            "The program is called “{1}”. If the index regards case, “{0}” finds nothing.",
            problem.value,
            problem.instead,
          )
        : t("The program is called “{1}”; “{0}” finds nothing.", problem.value, problem.instead);
    case "pipe-missing":
      return t("SQL stands behind a search and a pipe: * | select …. Here these words are searched for.");
    case "analysis-mixed":
      return problem.first === "sql"
        ? t("SPL commands cannot follow SQL in one statement.")
        : t("SQL cannot follow SPL commands in one statement.");
    case "command-unknown":
      return problem.nearest === undefined
        ? t("There is no SPL command “{0}”.", problem.name)
        : t("There is no SPL command “{0}”. Did you mean “{1}”?", problem.name, problem.nearest);
    case "command-unchecked":
      return t("The arguments of “{0}” are not documented; they are sent as written.", problem.name);
    case "insert-refused":
      return t("Queries here only read. “insert into” is not sent.");
    case "limit-offset":
      return problem.count === undefined
        ? t("Simple Log Service has no OFFSET. Write “limit {0}, count”.", problem.offset)
        : t("Simple Log Service has no OFFSET. Write “limit {0}, {1}”.", problem.offset, problem.count);
    case "clause-order":
      return t("The clause “{0}” stands in the wrong place.", problem.clause);
    case "operator-unknown":
      return t("There is no operator “{0}”. Write “{1}”.", problem.operator, problem.instead);
    case "name-unquoted":
      return t('The name “{0}” has to stand in double quotes: "{0}".', problem.name);
    case "name-in-single-quotes":
      return t('A name stands in double quotes, a text in single ones: "{0}".', problem.name);
    case "name-reserved":
      return t('“{0}” is a word of the language. As a name it has to stand in double quotes: "{0}".', problem.name);
    case "column-unquoted":
      return t('A column with dots in its name has to stand in double quotes: "{0}".', problem.name);
    case "text-in-double-quotes":
      return t(
        "Double quotes make the name of a column, and there is none called “{0}”. A text has single quotes: '{0}'.",
        problem.value,
      );
    case "limit-missing":
      return t("Without LIMIT the answer has at most {0} rows.", problem.rows);
    case "limit-in-subquery":
      return t("“limit offset, count” cannot stand in a subquery.");
    case "limit-large":
      return t("A LIMIT reaches {0} rows at most, offset included.", problem.limit);
    case "function-dialect":
      return problem.dialect === "spl"
        ? t("“{0}” is a function of SPL; SQL does not have it.", problem.name)
        : t("“{0}” is a function of SQL; SPL does not have it.", problem.name);
    case "over-missing":
      return t("“{0}” works over a window: write over (…) behind it.", problem.name);
    case "aggregate-place":
      return aggregatePlaceText(problem.name, problem.place);
    case "group-by-missing":
      return problem.name === "*"
        ? t("“*” holds columns that are neither aggregated nor grouped by.")
        : t("“{0}” is neither aggregated nor grouped by.", problem.name);
    case "types-differ":
      return t(
        "Values of the types {0} and {1} cannot be compared. Use cast, or write the value in the other type.",
        problem.left,
        problem.right,
      );
    case "try-in-lambda":
      return t("“try” cannot stand in a lambda. Use try_cast.");
    case "time-range-missing":
      return t("The query does not say when: the last {0} hours are asked.", problem.hours);
    case "range-past-retention":
      return t("Records are kept for {0} days. The range begins before the oldest.", problem.days);
    case "range-empty":
      return t("The range ends before it begins.");
    case "account-unknown":
      return problem.nearest === undefined
        ? t("No account “{0}” is open.", problem.name)
        : t("No account “{0}” is open. Did you mean “{1}”?", problem.name, problem.nearest);
    case "cluster-unknown":
      return problem.nearest === undefined
        ? t("No account that is open has a cluster “{0}”.", problem.name)
        : t("No account that is open has a cluster “{0}”. Did you mean “{1}”?", problem.name, problem.nearest);
    case "cluster-ambiguous":
      return t("{1} clusters are called “{0}”. Write the id of one.", problem.name, problem.ids.length);
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
      return t("“{0}” is no time. Examples: -15m, -24h, -7d, now, today, 2026-11-23T10:00:00+08:00.", problem.text);
    case "zone-unknown":
      return t("There is no time zone “{0}”. Example: Asia/Shanghai.", problem.zone);
    case "query-empty":
      return t("There is no statement below this title.");
    case "title-in-quote":
      return t("This looks like a title, but it lies inside a quote that was opened above.");
    case "function-unknown":
      return problem.nearest === undefined
        ? t("There is no function “{0}”.", problem.name)
        : t("There is no function “{0}”. Did you mean “{1}”?", problem.name, problem.nearest);
    case "function-cloud-only":
      return t("“{0}” is answered by Simple Log Service only, not by the local engine.", problem.name);
    case "function-arguments":
      return t("“{0}” takes {1}, not {2}.", problem.name, problem.expected, problem.given);
    case "column-unknown":
      return problem.nearest === undefined
        ? t("No record here has a field “{0}”.", problem.name)
        : t("No record here has a field “{0}”. Did you mean “{1}”?", problem.name, problem.nearest);
    case "column-ambiguous":
      return t("More than one table has a column “{0}”. Write the table's name before it.", problem.name);
    case "table-unknown":
      if (problem.nearest !== undefined) {
        return t("There is no table “{0}”. Did you mean “{1}”?", problem.name, problem.nearest);
      }
      return t("There is no table “{0}”. The records are the table log.", problem.name);
    case "not-translatable":
      return untranslatableText(problem.what);
    case "engine-rejected":
      return t("The statement was rejected: {0}", problem.detail);
    default:
      problem satisfies never;
      return "";
  }
}
