/** A field that a Logstore's index has, by the name it is searched with; the keys of a JSON field by their dotted names (sls.md §3). */
export type IndexField = {
  readonly name: string;
  readonly type: "text" | "long" | "double" | "json";
  /** Whether SQL has it as a column (`doc_value`). */
  readonly isColumn: boolean;
  /** Another name of the column in SQL; empty for none. */
  readonly alias: string;
  readonly caseSensitive: boolean;
  /** What words end at; undefined where the type has no words. */
  readonly delimiters: readonly string[] | undefined;
};

export type LogIndex = {
  readonly fields: readonly IndexField[];
  /** The index over all of a record; undefined where it has none. */
  readonly fullText: { readonly delimiters: readonly string[]; readonly caseSensitive: boolean } | undefined;
};

/**
 * Where SLS cuts a text into words: the delimiters that its API documentation gives an index by default, and `>`, which
 * the list of its console adds. `-`, `_` and `.` are not among them, so a pod's name is one word.
 */
export const defaultDelimiters = " ,'\";=()[]{}?@&<>/:\n\t\r";
