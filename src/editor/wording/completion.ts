import * as vscode from "vscode";
import type { CompletionForm, CompletionSubject } from "../../sls/completion/items.ts";
import type { FunctionGroup, SlsFunction } from "../../sls/functions/functions.ts";
import type { directiveNames } from "../../sls/queryFile.ts";
import type { SearchWord } from "../../sls/services/hover.ts";
import { bothTimesText, numberText } from "./time.ts";

const { t } = vscode.l10n;

/** The few words behind the label of a suggestion. */
export function completionNote(subject: CompletionSubject): string {
  switch (subject.kind) {
    case "value":
      return subject.count === 0 ? "" : numberText(subject.count);
    case "name":
      return subject.of === "alias" ? t("alias") : subject.of === "column" ? t("column") : t("parameter");
    case "groups":
      return t("all that is not aggregated");
    case "table":
      return subject.of === "log" ? t("this Logstore") : subject.of === "commonTable" ? t("from WITH") : t("alias");
    case "form":
      return formNote(subject.form);
    case "format":
      return formatMeaning(subject.code);
    case "command":
      return t("SPL");
    case "time":
      return bothTimesText(subject.atMs, subject.zone);
    case "account":
    case "cluster":
      return subject.id;
    case "allClusters":
      return t("all clusters of the account");
    case "title":
      return t("begins a query");
    default:
      return "";
  }
}

function formNote(form: CompletionForm): string {
  switch (form) {
    case "phrase":
      return t("words in this order");
    case "exists":
      return t("any value");
    case "range":
      return t("a range of numbers");
    case "select":
      return t("analyze what was found");
    case "countBy":
      return t("count by a field");
    case "overTime":
      return t("count over time");
    case "newest":
      return t("columns, newest first");
    case "subquery":
      return t("subquery");
    case "unnest":
      return t("one row for each element");
    case "case":
      return t("one value or another");
    case "cast":
      return t("as another type");
    case "labelKey":
      return t("one label");
    default:
      return form satisfies never;
  }
}

/** What a directive sets. */
export function directiveHelp(name: (typeof directiveNames)[number]): string {
  switch (name) {
    case "account":
      return t("The account that is asked, by name or id.");
    case "cluster":
      return t("The clusters that are asked, by name or id, with commas between them; * for all of the account.");
    case "logstore":
      return t("Another Logstore than the audit log of the cluster.");
    case "from":
      return t("Where the time range begins: -15m, -24h, -7d, today, yesterday, or a date and time.");
    case "to":
      return t("Where the time range ends, itself outside: now, today, or a date and time.");
    case "zone":
      return t("The time zone of times without offset and of SQL, for example Asia/Shanghai.");
    default:
      return name satisfies never;
  }
}

/** What a word or a sign of the search half means. */
export function searchWordHelp(word: SearchWord): string {
  switch (word) {
    case "and":
      return t("Both conditions hold. It binds tighter than “or”; conditions side by side are joined by it.");
    case "or":
      return t("One of the conditions holds. It binds loosest: “a or b and c” means “a or (b and c)”.");
    case "not":
      return t(
        "The one condition behind it does not hold: “not a and b” is read as “(not a) and b”. Parentheses make it clear.",
      );
    case "in":
      return t("A range of numbers with a space between its bounds: [ ] include them, ( ) do not. In lower case only.");
    case "wildcard":
      return t(
        "* stands for any characters, ? for one, in the middle or at the end of a word and outside quotes. At most 100 matching words are looked at.",
      );
    case "leadingWildcard":
      return t("A word cannot begin with a wildcard. In SQL, like '%…' finds the ends of texts.");
    case "exists":
      return t("The field is there, whatever its value.");
    case "all":
      return t("Finds every record of the time range.");
    case "phrase":
      return t(
        "The words in this order. It looks at 10,000 records at a time, so that a page may hold few rows, and does not go with “not” or an analysis.",
      );
    default:
      return word satisfies never;
  }
}

/** How many rows a LIMIT gives. */
export function limitHelp(): string {
  return [
    t("Without LIMIT, 100 rows come back."),
    t("“limit count” takes up to 1,000,000, “limit offset, count” up to 10,000 rows at a time."),
    t("“limit … offset …” is not read, and “limit offset, count” not in a subquery. An answer has at most 100 MB."),
  ].join(" ");
}

/** What a command of SPL does; empty where its arguments are not documented. */
export function commandHelp(command: string): string {
  switch (command) {
    case "project":
      return t("Keeps these fields, or gives them other names: project a, new = old.");
    case "project-away":
      return t("Drops these fields.");
    case "project-rename":
      return t("Gives fields other names and keeps the rest: project-rename new = old.");
    case "where":
      return t("Keeps the rows for which the condition holds.");
    case "extend":
      return t("Adds fields that are computed: extend name = expression.");
    case "stats":
      return t("Aggregates rows: stats name = count(x) by field. 100 rows come back unless limit says otherwise.");
    case "sort":
      return t("Orders the rows by fields, each with asc or desc.");
    case "limit":
      return t("Keeps the first rows.");
    case "parse-json":
      return t("Makes fields of the first level of a JSON field.");
    case "parse-regexp":
      return t("Makes fields of the groups of a regular expression: parse-regexp field, 're' as a, b.");
    case "parse-csv":
      return t("Makes fields of a field with separators: parse-csv field as a, b.");
    case "parse-kv":
      return t("Makes fields of a field of keys and values.");
    case "pack-fields":
      return t("Packs fields into one JSON field.");
    case "with_pack_meta":
      return t("Adds what context queries need to each record.");
    default:
      return t("A command of SPL whose arguments are not documented. It is sent as it is written.");
  }
}

export function functionGroupText(group: FunctionGroup): string {
  switch (group) {
    case "aggregate":
      return t("Aggregate function");
    case "string":
      return t("String function");
    case "regexp":
      return t("Regular expression function");
    case "time":
      return t("Date and time function");
    case "json":
      return t("JSON function");
    case "conversion":
      return t("Type conversion function");
    case "conditional":
      return t("Conditional expression");
    case "math":
      return t("Mathematical function");
    case "statistics":
      return t("Mathematical statistics function");
    case "array":
      return t("Array function");
    case "map":
      return t("Map function");
    case "url":
      return t("URL function");
    case "binary":
      return t("Binary function");
    case "bit":
      return t("Bitwise function");
    case "ip":
      return t("IP function");
    case "approximate":
      return t("Approximate function");
    case "window":
      return t("Window function");
    case "compare":
      return t("Interval-valued comparison function");
    case "security":
      return t("Security detection function");
    case "geo":
      return t("Geospatial function");
    case "other":
      return t("Other function");
    case "machineLearning":
      return t("Machine learning function");
    case "promql":
      return t("PromQL function");
    default:
      return group satisfies never;
  }
}

/** Where a function can be used, as far as that is not everywhere. */
export function functionLimits({ local, basis, dialects }: SlsFunction): readonly string[] {
  return [
    ...(local === "cloudOnly" ? [t("Only Simple Log Service has it: it is refused on local logs.")] : []),
    ...(basis === "presto" ? [t("Not in the documentation of Simple Log Service, whose SQL is Presto's.")] : []),
    ...(dialects.includes("sql") ? [] : [t("Only in SPL.")]),
    ...(dialects.includes("spl") ? [] : [t("Only in SQL.")]),
  ];
}

function formatMeaning(code: string): string {
  switch (code) {
    case "%Y":
      return t("year, four digits");
    case "%y":
      return t("year, two digits");
    case "%m":
      return t("month, 01 to 12");
    case "%c":
      return t("month, 1 to 12");
    case "%M":
      return t("name of the month");
    case "%b":
      return t("short name of the month");
    case "%d":
      return t("day of the month, 01 to 31");
    case "%e":
      return t("day of the month, 1 to 31");
    case "%D":
      return t("day of the month, 1st to 31st");
    case "%j":
      return t("day of the year, 001 to 366");
    case "%H":
      return t("hour, 00 to 23");
    case "%k":
      return t("hour, 0 to 23");
    case "%h":
    case "%I":
      return t("hour, 01 to 12");
    case "%l":
      return t("hour, 1 to 12");
    case "%i":
      return t("minute, 00 to 59 (%M and %m are the month)");
    case "%s":
      return t("second, 00 to 59");
    case "%f":
      return t("fraction of a second");
    case "%p":
      return t("AM or PM");
    case "%r":
      return t("time of day, 12 hours");
    case "%T":
      return t("time of day, 24 hours");
    case "%a":
      return t("short name of the weekday");
    case "%W":
      return t("name of the weekday");
    case "%w":
      return t("weekday, 0 (Sunday) to 6");
    case "%v":
      return t("week of the year, 01 to 53, Monday first");
    case "%V":
      return t("week of the year, 01 to 53, Sunday first");
    case "%%":
      return t("a percent sign");
    default:
      return "";
  }
}
