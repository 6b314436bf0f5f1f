import * as vscode from "vscode";
import { type ReadyQuery, readyQueries } from "../../audit/queries.ts";
import { builtInRules } from "../../rules/builtInRules.ts";
import { prefilter } from "../../rules/prefilter.ts";
import { type Completions, complete } from "../../sls/completion/completion.ts";
import type { CompletionItem, CompletionSubject } from "../../sls/completion/items.ts";
import type { Knowledge, KnownValue } from "../../sls/knowledge.ts";
import { lineEnd } from "../../sls/parser/scanner.ts";
import { queryAt } from "../../sls/place.ts";
import type { FileQuery } from "../../sls/queryFile.ts";
import { signatureHelpLabel } from "../../sls/services/signature.ts";
import type { Span } from "../../sls/span.ts";
import { signalOf } from "../cancellation.ts";
import { languageId, queryFileOf } from "../queryFiles/documents.ts";
import { completionNote } from "../wording/completion.ts";
import { readyQueryText } from "../wording/readyQuery.ts";
import { type LanguageContext, valueLimit } from "./context.ts";
import { subjectMarkdown } from "./help.ts";

/**
 * What opens the list by itself. A space opens it only where something has to follow, a quote only where it begins a
 * text: a list that comes up behind a whole condition would take the Enter that ends the line.
 */
const triggers = [" ", ":", ".", '"', "'", "@", "(", ",", "|"];

/** How long a list waits for values beside other items, and where it holds little else. */
const patienceMs = 700;
const onlyValuesMs = 4000;

type Item = vscode.CompletionItem & { readonly subject?: CompletionSubject };

export function registerCompletion(context: LanguageContext): vscode.Disposable {
  const provider: vscode.CompletionItemProvider<Item> = {
    provideCompletionItems: (document, position, token, { triggerCharacter }) =>
      provide(context, document, position, token, triggerCharacter),
    resolveCompletionItem(item) {
      const help = item.subject === undefined ? undefined : subjectMarkdown(item.subject);
      if (help !== undefined) item.documentation = help;
      return item;
    },
  };
  return vscode.languages.registerCompletionItemProvider({ language: languageId }, provider, ...triggers);
}

async function provide(
  { knowledge }: LanguageContext,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
  trigger: string | undefined,
): Promise<vscode.CompletionList<Item> | undefined> {
  const text = document.getText();
  const file = queryFileOf(document);
  const offset = document.offsetAt(position);
  const query = queryAt(file, offset);
  const known = knowledge.of(document, query);
  const found = complete(text, file, offset, known);
  if (trigger !== undefined && !isWelcome(text, offset, found, trigger)) return undefined;

  const { wantsValues } = found;
  const items = itemsOf(document, offset, found, query, known);
  if (wantsValues === undefined) return new vscode.CompletionList(items, false);

  const { field, prefix } = wantsValues;
  const asked = knowledge.values(document, query, field, prefix, signalOf(token));
  const isOfValues = found.items.every(({ subject }) => subject.kind === "value" || subject.kind === "form");
  const values = await within(asked, isOfValues ? onlyValuesMs : patienceMs);
  if (token.isCancellationRequested) return undefined;
  // The next list has what has not come by now. This one is not asked for again with each letter: while that goes on,
  // it would not be narrowed to what is typed, and a Tab would take what no letter fits.
  if (values === undefined) return new vscode.CompletionList(items, false);
  const withValues = complete(text, file, offset, withFieldValues(known, field, values));
  return new vscode.CompletionList(itemsOf(document, offset, withValues, query, known), values.length >= valueLimit);
}

/** Whether a list that nobody asked for is of use. */
function isWelcome(
  text: string,
  offset: number,
  { written, isOpen, wantsValues }: Completions,
  trigger: string,
): boolean {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  switch (trigger) {
    case " ":
      return isOpen && line.trim() !== "";
    case '"':
    case "'":
      return text[written.start] === trigger && written.start < offset;
    case ":":
      return wantsValues !== undefined;
    case "@":
      return /^(--\s*)?@$/.test(line);
    default:
      return isOpen;
  }
}

function withFieldValues(knowledge: Knowledge, field: string, values: readonly KnownValue[]): Knowledge {
  return values.length === 0 ? knowledge : { ...knowledge, values: new Map([...knowledge.values, [field, values]]) };
}

/** What a promise gives in that time; undefined where it takes longer. */
function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    promise.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

// ------------------------------------------------------------------------------------------------ items

function itemsOf(
  document: vscode.TextDocument,
  offset: number,
  found: Completions,
  query: FileQuery | undefined,
  knowledge: Knowledge,
): Item[] {
  const text = document.getText();
  const ranges = new Map<Span, ReturnType<typeof rangesOf>>();
  const rangesAt = (written: Span) => {
    const ranged = ranges.get(written) ?? rangesOf(document, text, written, offset);
    ranges.set(written, ranged);
    return ranged;
  };
  const items = found.items.map((item, index) => itemOf(item, index, rangesAt(item.written ?? found.written)));
  if (found.wantsQueries !== undefined) {
    const rangesHere = rangesAt(found.written);
    const isTitled = found.wantsQueries === "titled";
    const ready = readyQueries(prefilter(builtInRules).condition);
    items.push(...ready.map((each) => readyItem(each, isTitled, query, knowledge, rangesHere)));
  }
  return items;
}

function rangesOf(
  document: vscode.TextDocument,
  text: string,
  written: Span,
  offset: number,
): { readonly inserting: vscode.Range; readonly replacing: vscode.Range } {
  // A range of the list lies in the line of the caret.
  const start = Math.max(written.start, text.lastIndexOf("\n", offset - 1) + 1);
  const end = Math.min(Math.max(written.end, offset), lineEnd(text, offset, text.length));
  const from = document.positionAt(start);
  const replacing = new vscode.Range(from, document.positionAt(end));
  // What is written for a quoted text ends with its quote, which must not be there twice.
  const isQuoted = text[start] === '"' || text[start] === "'";
  return { inserting: isQuoted ? replacing : new vscode.Range(from, document.positionAt(offset)), replacing };
}

function itemOf(item: CompletionItem, index: number, range: ReturnType<typeof rangesOf>): Item {
  const { subject } = item;
  const label: vscode.CompletionItemLabel = { label: item.label, description: completionNote(subject) };
  if (subject.kind === "function")
    label.detail = signatureHelpLabel(subject.function).slice(subject.function.name.length);
  return {
    subject,
    label,
    kind: kindOf(subject),
    insertText: item.isSnippet ? new vscode.SnippetString(item.insert) : item.insert,
    filterText: item.filter,
    sortText: `${String(item.rank).padStart(3, "0")}${String(index).padStart(5, "0")}`,
    range,
    ...(item.continues ? { command: { command: "editor.action.triggerSuggest", title: "" } } : {}),
  };
}

function kindOf(subject: CompletionSubject): vscode.CompletionItemKind {
  const kinds = vscode.CompletionItemKind;
  switch (subject.kind) {
    case "keyword":
    case "command":
      return kinds.Keyword;
    case "field":
      return kinds.Field;
    case "function":
      return kinds.Function;
    case "name":
    case "groups":
      return kinds.Variable;
    case "table":
      return kinds.Struct;
    case "value":
    case "number":
      return kinds.Value;
    case "form":
    case "title":
      return kinds.Snippet;
    case "type":
      return kinds.TypeParameter;
    case "unit":
    case "path":
    case "window":
    case "format":
    case "zone":
    case "time":
      return kinds.Constant;
    case "option":
    case "session":
    case "directive":
      return kinds.Property;
    case "account":
    case "cluster":
    case "allClusters":
    case "logstore":
      return kinds.Reference;
    default:
      return subject satisfies never;
  }
}

/** A ready-made query, with a choice of the clusters that are known where the file names none. */
function readyItem(
  ready: ReadyQuery,
  isTitled: boolean,
  query: FileQuery | undefined,
  knowledge: Knowledge,
  range: ReturnType<typeof rangesOf>,
): Item {
  const { title, help } = readyQueryText(ready.id);
  const insert = new vscode.SnippetString();
  if (isTitled) {
    insert.appendText(`### ${title}\n`);
    const names = knowledge.clusters.map(({ name }) => name).filter((name) => !/[,|]/.test(name));
    if (query?.settings.clusters === undefined && names.length > 0) {
      insert.appendText("-- @cluster ");
      if (names.length === 1) insert.appendText(names[0] ?? "");
      else insert.appendChoice(names);
      insert.appendText("\n");
    }
    insert.appendText(`-- @from ${ready.from}\n-- @to ${ready.to}\n`);
  }
  insert.appendText(ready.statement);
  return {
    label: { label: title, description: vscode.l10n.t("ready-made query") },
    kind: vscode.CompletionItemKind.Snippet,
    insertText: insert,
    filterText: title,
    sortText: `080${title}`,
    range,
    documentation: new vscode.MarkdownString().appendText(help).appendCodeblock(ready.statement, "slsq"),
  };
}
