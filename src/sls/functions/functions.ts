import type { SqlType } from "../types.ts";

/** What an argument has to be. */
export type ParameterKind =
  | "any"
  | "boolean"
  /** A whole number. */
  | "bigint"
  /** A whole number in the range of 32 bits, such as a position. */
  | "integer"
  | "number"
  /** Any number, taken as a double. */
  | "double"
  | "varchar"
  /** A regular expression. */
  | "pattern"
  /** A unit of time as a text: `'minute'`. */
  | "unit"
  /** MySQL's format codes as a text: `'%Y-%m-%d %H:%i:%s'`. */
  | "format"
  /** An IANA zone as a text. */
  | "zone"
  /** A JSON path as a text: `'$.a[0]'`. */
  | "path"
  /** A date, time or timestamp; SLS also takes the seconds of `__time__` and a text that is one. */
  | "time"
  | "varbinary"
  /** A JSON value, or a text that is one. */
  | "json"
  | "array"
  | "map"
  /** What `approx_set` gives. */
  | "hyperLogLog"
  /** What `color` and `rgb` give. */
  | "color"
  /** An expression of its own parameters: `(k, v) -> v > 1`. */
  | "lambda"
  /** The name of a type, as `cast` takes it: `array(varchar)`. */
  | "type";

export type FunctionParameter = {
  /** As SLS's documentation calls it, else by its meaning. */
  readonly name: string;
  readonly kind: ParameterKind;
  /** It may be missing, and so may all behind it. */
  readonly optional: boolean;
  /** It stands once or more, and is the last one. */
  readonly repeated: boolean;
};

/** One way to call a function. */
export type FunctionSignature = {
  readonly parameters: readonly FunctionParameter[];
  /** The type of the answer, where need be from those of the arguments. */
  readonly result: SqlType | ((args: readonly SqlType[]) => SqlType);
};

export const functionGroups = [
  "aggregate",
  "string",
  "regexp",
  "time",
  "json",
  "conversion",
  "conditional",
  "math",
  "statistics",
  "array",
  "map",
  "url",
  "binary",
  "bit",
  "ip",
  "approximate",
  "window",
  "compare",
  "security",
  "geo",
  "other",
  "machineLearning",
  "promql",
] as const;

export type FunctionGroup = (typeof functionGroups)[number];

/** A function of SLS: sls.md §2.2 lists them from SLS's documentation. */
export type SlsFunction = {
  /** In lower case. Names are read in any case. */
  readonly name: string;
  readonly group: FunctionGroup;
  /** `aggregate`: of many rows, also over a window. `window`: only over one. */
  readonly kind: "scalar" | "aggregate" | "window";
  /** In which half behind the pipe it can be called. */
  readonly dialects: readonly ("sql" | "spl")[];
  /** The first that fits is meant. Empty where the arguments are not documented. */
  readonly signatures: readonly FunctionSignature[];
  /** A call as one would write it over the audit log. */
  readonly example: string;
  /**
   * `documented`: SLS's documentation names it. `presto`: only that of Presto does, whose SQL SLS runs; it is understood
   * all the same.
   */
  readonly basis: "documented" | "presto";
  /**
   * How the local engine answers it. `same`: under its own name. `macro`: by an expression of DuckDB's into which the
   * arguments are put. `rewrite`: by an expression that depends on what the arguments are. `query`: the query around the
   * call is rewritten with it. `cloudOnly`: not at all, since it needs data or a model that only the cloud has,
   * or since what it answers is not documented.
   */
  readonly local: "same" | "macro" | "rewrite" | "query" | "cloudOnly";
};
