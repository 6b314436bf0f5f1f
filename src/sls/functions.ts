import type { SqlType } from "./types.ts";

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
  | "lambda";

export type FunctionParameter = {
  /** As SLS's documentation calls it, else by its meaning. */
  readonly name: string;
  readonly kind: ParameterKind;
  /** It may be missing, and so may all behind it. */
  readonly optional: boolean;
  /** It may stand any number of times, and is the last one. */
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
  /** How the local engine answers it: under its own name, by a macro, by rewriting the call, in TypeScript, or not at all. */
  readonly local: "same" | "macro" | "rewrite" | "typescript" | "cloudOnly";
};
