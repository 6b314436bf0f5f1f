import * as vscode from "vscode";
import { signatureHelp } from "../../sls/services/signature.ts";
import { languageId, queryFileOf } from "../queryFiles/documents.ts";
import { functionHelp } from "../wording/functions.ts";

/** Which argument of which function is written. */
export function registerSignatureHelp(): vscode.Disposable {
  return vscode.languages.registerSignatureHelpProvider(
    { language: languageId },
    {
      provideSignatureHelp(document, position) {
        const found = signatureHelp(document.getText(), queryFileOf(document), document.offsetAt(position));
        if (found === undefined) return undefined;
        const shown = new vscode.SignatureHelp();
        shown.signatures = found.signatures.map(({ label, parameters }) => {
          const help = functionHelp(found.function.name);
          const information = new vscode.SignatureInformation(label, help === "" ? undefined : help);
          information.parameters = parameters.map(({ start, end }) => new vscode.ParameterInformation([start, end]));
          return information;
        });
        shown.activeSignature = found.activeSignature;
        // One past the last parameter marks none.
        shown.activeParameter =
          found.activeParameter ?? shown.signatures[found.activeSignature]?.parameters.length ?? 0;
        return shown;
      },
    },
    "(",
    ",",
  );
}
