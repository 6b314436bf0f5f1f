import * as vscode from "vscode";
import type { Fix } from "../../sls/check/fixes.ts";

const { t } = vscode.l10n;

/** What a quick fix does, as its title. */
export function fixText({ kind, data }: Fix): string {
  const [text = ""] = data;
  switch (kind) {
    case "change":
      return t("Change to {0}", text);
    case "quote":
      return t("Put in double quotes: {0}", text);
    case "quoteAsText":
      return t("Make it a text: {0}", text);
    case "unquote":
      return t("Search with a wildcard: {0}", text);
    case "add":
      return t("Add {0}", text);
    case "distribute":
      return t("Write {0} before each value", text);
    case "moveAbove":
      return t("Move above the statement");
    case "removeLine":
      return t("Remove the line");
    case "remove":
      return t("Remove {0}", text);
    case "removeWildcard":
      return t("Search for the word {0}", text);
    case "removePhrase":
      return t("Search for the words in any order");
    case "parenthesize":
      return t("Put the negation in parentheses");
    case "addSearch":
      return t("Search everything first: * | …");
    case "moveToSql":
      return t("Compare in SQL: {0}", text);
    case "moveToHaving":
      return t("Move to HAVING: {0}", text);
    case "readFromJson":
      return t("Read it from its JSON: {0}", text);
    case "addLimit":
      return t("Add limit {0}", text);
    case "groupBy":
      return t("Group by {0}", text);
    case "addWindow":
      return t("Add over ()");
    case "addDirective":
      return t("Add {0}", text);
    case "setRange":
      return t("Make it the range: {0}", data.join(", "));
    case "swapBounds":
      return t("Swap the bounds");
    case "writeId":
      return t("Write the id {0}", text);
    default:
      return kind satisfies never;
  }
}
