/** The JSON service of VS Code, measured in a process of its own on texts of the same size with as many names to offer. */
import { getLanguageService } from "vscode-json-languageservice";
import { TextDocument } from "vscode-languageserver-textdocument";
import { runTask, samplesOf } from "../language/measure.ts";
import { statements } from "../language/text.ts";

/** As many as an audit log has fields and SLS functions. */
const NAMES = 300;

const properties = Object.fromEntries(
  Array.from({ length: NAMES }, (_, index) => [
    `name${index}`,
    { type: "string", description: `The meaning of name ${index}.` },
  ]),
);
const service = getLanguageService({});
service.configure({
  schemas: [{ uri: "mem://schema", fileMatch: ["*.json"], schema: { type: "object", properties } }],
});

/** An object that is as long as a query and has a key still to be written. */
const documents = statements(2000, 1).map((statement, index) => {
  const members = statement
    .split(" ")
    .map((word, at) => `"${word.replace(/[^a-z0-9]/gi, "").slice(0, 4)}${at}": ${at}`);
  let text = "{\n";
  for (const member of members) {
    if (text.length > statement.length - 6) break;
    text += `  ${member},\n`;
  }
  return TextDocument.create(`mem://doc${index}.json`, "json", 1, `${text}  ""\n}\n`);
});

const turns = { before: 4, measured: 11 };
let kept = 0;

await runTask({
  complete: () => {
    const parsed = documents.map((document) => service.parseJSONDocument(document));
    return samplesOf(turns, async () => {
      for (const [index, document] of documents.entries()) {
        const json = parsed[index];
        if (json === undefined) continue;
        const position = document.positionAt(document.getText().indexOf('""') + 1);
        kept += (await service.doComplete(document, position, json))?.items.length ?? 0;
      }
    });
  },
});
if (kept < NAMES) throw new Error("Nothing was offered.");
