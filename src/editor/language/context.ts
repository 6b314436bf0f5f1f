import type * as vscode from "vscode";
import type { Knowledge, KnownValue } from "../../sls/knowledge.ts";
import type { FileQuery } from "../../sls/queryFile.ts";
import type { Accounts } from "../accounts.ts";

/** What the services of the language are told beside the text. */
export type LanguageContext = { readonly accounts: Accounts; readonly knowledge: KnowledgeOf };

/** What is known of the place that a query is asked. */
export type KnowledgeOf = {
  /** What is known by now; it never waits and asks nothing of a Logstore. */
  of(document: vscode.TextDocument, query: FileQuery | undefined): Knowledge;
  /**
   * The most frequent values of a field, by its name in the search half, that begin with the prefix in any case: at most
   * `valueLimit` of them. Asked of the open clusters of the query, kept for some minutes; none where nothing is open.
   */
  values(
    document: vscode.TextDocument,
    query: FileQuery | undefined,
    field: string,
    prefix: string,
    signal: AbortSignal,
  ): Promise<readonly KnownValue[]>;
  /** Something new is known. */
  readonly changed: vscode.Event<void>;
};

/** As many values as a list can be read for. */
export const valueLimit = 200;
