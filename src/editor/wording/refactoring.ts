import * as vscode from "vscode";
import type { Action } from "../../sls/services/actions.ts";
import type { RenameRefusal } from "../../sls/services/rename.ts";

const { t } = vscode.l10n;

/** What an action is called in the editor's menu. */
export function actionTitle(action: Action): string {
  switch (action.kind) {
    case "quote":
      return t("Quote: {0}", action.text);
    case "searchToSql":
      if (action.compares === "values") {
        return action.kept === 0
          ? t("Turn the search into SQL, comparing whole values")
          : t("Turn part of the search into SQL, comparing whole values");
      }
      return action.kept === 0
        ? t("Turn the search into SQL, comparing words")
        : t("Turn part of the search into SQL, comparing words");
    case "explain":
      return t("Explain this query");
    default:
      return action satisfies never;
  }
}

/** Why a name is not changed. */
export function renameRefusalText(refusal: RenameRefusal): string {
  switch (refusal.code) {
    case "nothing":
      return t("Here is no name that the query gives. Aliases, common tables and parameters can be renamed.");
    case "field":
      return t("{0} is a field of the log. Give it another name with “as”.", refusal.name);
    case "function":
      return t("{0} is a function of Simple Log Service.", refusal.name);
    case "table":
      return t("{0} is a table of Simple Log Service. Give it another name with “as”.", refusal.name);
    case "shared":
      return t("Two tables are joined by {0}, or a wildcard means it, so it cannot change in one place.", refusal.name);
    case "broken":
      return t("The query has mistakes. Once they are put right, names can be changed.");
    case "empty":
      return t("A name has at least one letter and stands on one line.");
    case "conflict":
      return t("{0} means something else in this query.", refusal.name);
    default:
      return refusal satisfies never;
  }
}
