import * as vscode from "vscode";
import { hasValues } from "../../sls/completion/items.ts";
import type { KnownValue } from "../../sls/knowledge.ts";
import { queryAt } from "../../sls/place.ts";
import { type Hover, hover } from "../../sls/services/hover.ts";
import { signalOf } from "../cancellation.ts";
import { languageId, queryFileOf, rangeOf } from "../queryFiles/documents.ts";
import { commandHelp, directiveHelp, limitHelp, searchWordHelp } from "../wording/completion.ts";
import { bothTimesText } from "../wording/time.ts";
import type { LanguageContext } from "./context.ts";
import { code, fieldMarkdown, functionMarkdown, plain } from "./help.ts";

/** How long a hover waits for the values of a field; it is shown without them after that. */
const patienceMs = 1000;

export function registerHover(context: LanguageContext): vscode.Disposable {
  return vscode.languages.registerHoverProvider(
    { language: languageId },
    {
      async provideHover(document, position, token) {
        const file = queryFileOf(document);
        const offset = document.offsetAt(position);
        const query = queryAt(file, offset);
        const known = context.knowledge.of(document, query);
        const found = hover(document.getText(), file, offset, known);
        if (found === undefined) return undefined;
        let values: readonly KnownValue[] = [];
        if (found.kind === "field") {
          const stopping = new AbortController();
          const timer = setTimeout(() => stopping.abort(), patienceMs);
          const signal = AbortSignal.any([signalOf(token), stopping.signal]);
          const { field } = found;
          values = found.values;
          if (values.length === 0 && hasValues(field)) {
            values = await context.knowledge.values(document, query, field.search, "", signal);
          }
          clearTimeout(timer);
        }
        return new vscode.Hover(markdown(found, values), rangeOf(document, found.span));
      },
    },
  );
}

function markdown(found: Hover, values: readonly KnownValue[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  switch (found.kind) {
    case "field":
      return fieldMarkdown(found.field, values);
    case "unknownField":
      return text
        .appendMarkdown(`${code(found.name)}\n\n`)
        .appendText(vscode.l10n.t("Nothing is known of this field; the log may have it all the same."));
    case "function":
      return functionMarkdown(found.function);
    case "searchWord":
      return text.appendText(searchWordHelp(found.word));
    case "alias":
      return text.appendCodeblock(`${found.text} as ${found.name}`, "slsq");
    case "command":
      return text.appendText(commandHelp(found.command));
    case "limit":
      return text.appendText(limitHelp());
    case "directive":
      return directiveMarkdown(found);
    default:
      return found satisfies never;
  }
}

/** The times that a directive means now. */
function directiveMarkdown({
  directive,
  range,
  zone,
  atMs,
}: Extract<Hover, { kind: "directive" }>): vscode.MarkdownString {
  const text = new vscode.MarkdownString().appendText(directiveHelp(directive));
  if (atMs !== undefined) text.appendMarkdown(`\n\n**${plain(bothTimesText(atMs, zone))}**`);
  switch (range?.kind) {
    case "range": {
      const both = `${bothTimesText(range.fromMs, zone)} → ${bothTimesText(range.toMs, zone)}`;
      text.appendMarkdown(`\n\n${plain(vscode.l10n.t("The query asks:"))} ${plain(both)}  \n${plain(zone)}`);
      break;
    }
    case "empty":
      text.appendMarkdown(`\n\n${plain(vscode.l10n.t("The range ends before it begins."))}`);
      break;
    case "unknownZone":
      text.appendMarkdown(
        `\n\n${plain(vscode.l10n.t("There is no time zone {0}. Example: Asia/Shanghai.", range.zone))}`,
      );
      break;
    case undefined:
      break;
    default:
      range satisfies never;
  }
  return text;
}
