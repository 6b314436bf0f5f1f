import * as vscode from "vscode";
import { prepareRename, rename } from "../../sls/services/rename.ts";
import { languageId, queryFileOf, rangeOf } from "../queryFiles/documents.ts";
import { renameRefusalText } from "../wording/refactoring.ts";
import { editsOf } from "./format.ts";

/** *Rename Symbol* for what a statement itself names. The editor shows the text of what is thrown as the reason. */
export function registerRename(): vscode.Disposable {
  return vscode.languages.registerRenameProvider(
    { language: languageId },
    {
      prepareRename(document, position) {
        const prepared = prepareRename(queryFileOf(document), document.offsetAt(position));
        if (prepared.kind === "refused") throw new Error(renameRefusalText(prepared.refusal));
        return { range: rangeOf(document, prepared.span), placeholder: prepared.name };
      },
      provideRenameEdits(document, position, name) {
        const renamed = rename(document.getText(), queryFileOf(document), document.offsetAt(position), name);
        if (renamed.kind === "refused") throw new Error(renameRefusalText(renamed.refusal));
        const edit = new vscode.WorkspaceEdit();
        edit.set(document.uri, editsOf(document, renamed.edits));
        return edit;
      },
    },
  );
}
