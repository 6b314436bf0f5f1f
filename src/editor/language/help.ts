import * as vscode from "vscode";
import { auditField } from "../../audit/fields.ts";
import { type CompletionSubject, jsonRead } from "../../sls/completion/items.ts";
import type { SlsFunction } from "../../sls/functions/functions.ts";
import type { KnownField, KnownValue } from "../../sls/knowledge.ts";
import { searchField, sqlName } from "../../sls/quote.ts";
import { shownSignature } from "../../sls/services/signature.ts";
import { commandHelp, directiveHelp, functionGroupText, functionLimits } from "../wording/completion.ts";
import { basisText, fieldMeaning, fieldTypeText, indexedText } from "../wording/fields.ts";
import { functionHelp } from "../wording/functions.ts";
import { numberText } from "../wording/time.ts";

const shownValues = 8;

/** What is known of a suggestion; undefined where its label says it all. */
export function subjectMarkdown(subject: CompletionSubject): vscode.MarkdownString | undefined {
  switch (subject.kind) {
    case "field":
      return fieldMarkdown(subject.field, []);
    case "function":
      return functionMarkdown(subject.function);
    case "command":
      return new vscode.MarkdownString().appendText(commandHelp(subject.command));
    case "directive":
      return new vscode.MarkdownString().appendText(directiveHelp(subject.directive));
    default:
      return undefined;
  }
}

/** A field: its meaning, its type, how each half writes it, whether it is indexed and how that is known, top values. */
export function fieldMarkdown(field: KnownField, values: readonly KnownValue[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendMarkdown(`${code(field.search)} · ${plain(fieldTypeText(field.type))}\n\n`);
  const meaning = fieldMeaning(field.search);
  if (meaning !== undefined) text.appendText(`${meaning}\n`);
  text.appendMarkdown("\n\n");
  const searched = searchSpelling(field);
  const read = field.inside === undefined ? sqlName(field.sql) : jsonRead(field, field.inside);
  if (searched !== undefined) text.appendMarkdown(`${plain(vscode.l10n.t("Search:"))} ${code(searched)}  \n`);
  text.appendMarkdown(`${plain(vscode.l10n.t("SQL:"))} ${code(read)}\n\n`);
  text.appendText(
    `${indexedText(field)} ${field.indexed === "reserved" ? "" : basisText(auditField(field.search)?.basis)}`,
  );
  if (values.length > 0) {
    text.appendMarkdown(`\n\n${plain(vscode.l10n.t("Most frequent values:"))}\n\n`);
    for (const { value, count } of values.slice(0, shownValues)) {
      text.appendMarkdown(`- ${code(shortened(value))} ${plain(numberText(count))}\n`);
    }
  }
  return text;
}

/** How the search half asks of a field; undefined where it cannot. */
function searchSpelling(field: KnownField): string | undefined {
  if (field.indexed === "no" || field.indexed === "probably not" || field.search === "__time__") return undefined;
  const spelt = searchField(field.search);
  return spelt === undefined ? undefined : `${spelt}: …`;
}

/** A function: how it is called, what it gives, an example, where it can be used. */
export function functionMarkdown(called: SlsFunction): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  const signatures = called.signatures.map((signature) => shownSignature(called, signature).label);
  text.appendCodeblock(signatures.length === 0 ? `${called.name}(…)` : signatures.join("\n"), "plaintext");
  const help = functionHelp(called.name);
  if (help !== "") text.appendText(help);
  text.appendMarkdown(`\n\n${plain(functionGroupText(called.group))}\n\n`);
  for (const limit of functionLimits(called)) text.appendMarkdown(`${plain(limit)}\n\n`);
  text.appendText(vscode.l10n.t("Example:"));
  text.appendCodeblock(`* | select ${called.example}`, "slsq");
  return text;
}

function shortened(value: string): string {
  return value.length > 80 ? `${value.slice(0, 79)}…` : value;
}

/** A text of Markdown that is meant as it is. */
export function plain(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, "\\$&");
}

/** Any text as code in a line of Markdown. What a log holds is never read as Markdown. */
export function code(text: string): string {
  const line = text.replace(/[\r\n]+/g, " ");
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 || line.startsWith(" ") || line.endsWith(" ")
    ? `${fence} ${line} ${fence}`
    : `${fence}${line}${fence}`;
}
