/** A field of the Logstore that a query is asked of. */
export type KnownField = {
  /** As the search half writes it. */
  readonly search: string;
  /** As SQL names the column, without the quotes that it may need. */
  readonly sql: string;
  /** `list` and `map` are JSON text to SQL. */
  readonly type: "text" | "long" | "double" | "json" | "list" | "map";
  /**
   * Whether it can be searched and is a column: `yes` and `no` are told by the Logstore's index, the others by what is
   * known of audit logs in general. A reserved field is SLS's own.
   */
  readonly indexed: "yes" | "no" | "probably" | "probably not" | "reserved";
  /** Where SQL finds a value that is no column: the JSON column that holds it, and the keys to it. */
  readonly inside: { readonly column: string; readonly path: readonly string[] } | undefined;
  /** Whether the case of its words matters to a search; undefined where the index is not known. */
  readonly caseSensitive: boolean | undefined;
};

export type KnownValue = { readonly value: string; readonly count: number };

/** What is known of the place that a query is asked, as far as it is known; all that the services of the language need. */
export type Knowledge = {
  readonly fields: readonly KnownField[];
  /** Whether there can be no other field. Where it is false, an unknown name may still be a field of the log. */
  readonly fieldsComplete: boolean;
  /** The values seen of fields by their name in the search half, most frequent first. */
  readonly values: ReadonlyMap<string, readonly KnownValue[]>;
  /** Names of programs as audit logs write them; a search for `process.name: CURL` finds nothing if case matters. */
  readonly programs: readonly string[];
  /** How long records are kept; undefined where that is not known. */
  readonly retentionDays: number | undefined;
  /** Names and ids for the directives. */
  readonly accounts: readonly { readonly name: string; readonly id: string }[];
  readonly clusters: readonly { readonly name: string; readonly id: string }[];
  /** Whether there can be no other cluster. Where it is false, an unknown name may still be one. */
  readonly clustersComplete: boolean;
  readonly logstores: readonly string[];
  readonly nowMs: number;
  /** The IANA zone in which times without offset are meant where a query names none. */
  readonly zone: string;
};
