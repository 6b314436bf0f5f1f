import type { Span } from "./span.ts";

/**
 * The tree of one SLS statement: `search | analysis`. Every node carries the span of the text it was read from, a
 * child's span lies in its parent's, and a hole in the text is a node (`missing`), so that any text has a tree.
 */
export type Statement = {
  readonly kind: "statement";
  /** What stands before the first pipe outside a quote. Nothing, or only space, searches for everything, as `*` does. */
  readonly search: Search;
  /** What stands behind the pipe: SQL, or a pipeline of SPL commands; never both. */
  readonly analysis: Analysis | undefined;
  readonly span: Span;
};

export type Analysis = SqlAnalysis | SplAnalysis;

// ---------------------------------------------------------------------------------------------------- search

export type Search =
  | { readonly kind: "all"; readonly span: Span }
  | { readonly kind: "and"; readonly left: Search; readonly right: Search; readonly span: Span }
  | { readonly kind: "or"; readonly left: Search; readonly right: Search; readonly span: Span }
  | { readonly kind: "not"; readonly operand: Search; readonly span: Span }
  | { readonly kind: "group"; readonly operand: Search; readonly span: Span }
  | SearchTerm
  | { readonly kind: "exists"; readonly field: SearchField; readonly span: Span }
  | {
      readonly kind: "comparison";
      readonly field: SearchField;
      readonly operator: ">" | ">=" | "<" | "<=" | "=";
      readonly value: SearchNumber;
      readonly span: Span;
    }
  | {
      readonly kind: "range";
      readonly field: SearchField;
      readonly low: SearchNumber;
      readonly high: SearchNumber;
      readonly lowIncluded: boolean;
      readonly highIncluded: boolean;
      readonly span: Span;
    }
  | { readonly kind: "missing"; readonly span: Span };

/** A word or a quoted text, in one field or (without a field) in any. `key:""` is a quoted term with an empty value. */
export type SearchTerm = {
  readonly kind: "term";
  readonly field: SearchField | undefined;
  /** The value with quotes removed and `\"` resolved. In a bare word `*` and `?` stay, and are wildcards. */
  readonly value: string;
  readonly quoted: boolean;
  /** `#"…"`: the words in this order. */
  readonly phrase: boolean;
  readonly valueSpan: Span;
  readonly span: Span;
};

/** The key of a field query: `k8s.pod.name`, `"file info"`, `__tag__:__path__` (whose name keeps its colon). */
export type SearchField = { readonly name: string; readonly quoted: boolean; readonly span: Span };

/** A number as written; `value` is NaN where the text is none. */
export type SearchNumber = { readonly value: number; readonly text: string; readonly span: Span };

// ---------------------------------------------------------------------------------------------------- SQL

export type SqlAnalysis = {
  readonly kind: "sql";
  /** `set session name = value;` before the query. */
  readonly session: readonly SessionSetting[];
  readonly query: Query;
  readonly span: Span;
};

export type SessionSetting = { readonly name: string; readonly value: string; readonly span: Span };

/** A whole query: CTEs, a body, and the order and limit that apply to the body as a whole. */
export type Query = {
  readonly kind: "query";
  readonly with: readonly CommonTable[];
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly limit: Limit | undefined;
  readonly span: Span;
};

export type CommonTable = {
  readonly name: Identifier;
  readonly columns: readonly Identifier[];
  readonly query: Query;
  readonly span: Span;
};

export type QueryBody =
  | Select
  | {
      readonly kind: "setOperation";
      readonly operator: "union" | "intersect" | "except";
      readonly all: boolean;
      readonly left: QueryBody;
      readonly right: QueryBody;
      readonly span: Span;
    }
  | { readonly kind: "values"; readonly rows: readonly Expression[]; readonly span: Span }
  | { readonly kind: "nested"; readonly query: Query; readonly span: Span };

export type Select = {
  readonly kind: "select";
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  /** Undefined where the text has no FROM, which SLS reads as `from log`. */
  readonly from: Relation | undefined;
  readonly where: Expression | undefined;
  readonly groupBy: GroupBy | undefined;
  readonly having: Expression | undefined;
  readonly span: Span;
};

export type SelectItem =
  | { readonly kind: "star"; readonly table: Identifier | undefined; readonly span: Span }
  | {
      readonly kind: "column";
      readonly expression: Expression;
      readonly alias: Identifier | undefined;
      readonly span: Span;
    };

export type GroupBy = {
  readonly distinct: boolean;
  readonly elements: readonly GroupingElement[];
  readonly span: Span;
};

export type GroupingElement =
  | { readonly kind: "expression"; readonly expression: Expression; readonly span: Span }
  | {
      readonly kind: "rollup" | "cube" | "sets";
      readonly sets: readonly (readonly Expression[])[];
      readonly span: Span;
    };

export type OrderItem = {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls: "first" | "last" | undefined;
  readonly span: Span;
};

/** `limit count` or `limit offset, count`; `limit all` has no count. */
export type Limit = {
  readonly offset: Expression | undefined;
  readonly count: Expression | undefined;
  readonly span: Span;
};

export type Relation =
  | {
      readonly kind: "table";
      readonly name: readonly Identifier[];
      readonly alias: TableAlias | undefined;
      readonly span: Span;
    }
  | {
      readonly kind: "subquery";
      readonly query: Query;
      readonly alias: TableAlias | undefined;
      readonly span: Span;
    }
  | {
      readonly kind: "unnest";
      readonly expressions: readonly Expression[];
      readonly withOrdinality: boolean;
      readonly alias: TableAlias | undefined;
      readonly span: Span;
    }
  | {
      readonly kind: "join";
      readonly join: "inner" | "left" | "right" | "full" | "cross" | "comma";
      readonly natural: boolean;
      readonly left: Relation;
      readonly right: Relation;
      readonly on: Expression | undefined;
      readonly using: readonly Identifier[];
      readonly span: Span;
    }
  | { readonly kind: "missing"; readonly span: Span };

export type TableAlias = { readonly name: Identifier; readonly columns: readonly Identifier[]; readonly span: Span };

/** A name as meant: quotes removed, `""` resolved. */
export type Identifier = { readonly name: string; readonly quoted: boolean; readonly span: Span };

export type BinaryOperator =
  | "or"
  | "and"
  | "="
  | "<>"
  | "<"
  | "<="
  | ">"
  | ">="
  | "is distinct from"
  | "is not distinct from"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "||";

export type Expression =
  | { readonly kind: "number"; readonly text: string; readonly span: Span }
  | { readonly kind: "string"; readonly value: string; readonly span: Span }
  | { readonly kind: "boolean"; readonly value: boolean; readonly span: Span }
  | { readonly kind: "null"; readonly span: Span }
  /** `a`, `"k8s.pod.name"`, `t.a`. */
  | { readonly kind: "column"; readonly path: readonly Identifier[]; readonly span: Span }
  | {
      readonly kind: "call";
      readonly name: Identifier;
      readonly args: readonly Expression[];
      /** `count(*)`. */
      readonly star: boolean;
      readonly distinct: boolean;
      readonly orderBy: readonly OrderItem[];
      readonly filter: Expression | undefined;
      readonly nullTreatment: "ignore" | "respect" | undefined;
      readonly over: Window | undefined;
      readonly span: Span;
    }
  /** `current_date`, `current_timestamp`, `localtime` …: a function without parentheses. */
  | { readonly kind: "niladic"; readonly name: string; readonly span: Span }
  | {
      readonly kind: "lambda";
      readonly parameters: readonly Identifier[];
      readonly body: Expression;
      readonly span: Span;
    }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly operatorSpan: Span;
      readonly span: Span;
    }
  | { readonly kind: "unary"; readonly operator: "not" | "-" | "+"; readonly operand: Expression; readonly span: Span }
  | {
      readonly kind: "between";
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: "in";
      readonly operand: Expression;
      readonly values: readonly Expression[] | Query;
      readonly negated: boolean;
      readonly span: Span;
    }
  | {
      readonly kind: "like";
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape: Expression | undefined;
      readonly negated: boolean;
      readonly span: Span;
    }
  | { readonly kind: "isNull"; readonly operand: Expression; readonly negated: boolean; readonly span: Span }
  | {
      readonly kind: "case";
      readonly operand: Expression | undefined;
      readonly branches: readonly { readonly when: Expression; readonly then: Expression; readonly span: Span }[];
      readonly otherwise: Expression | undefined;
      readonly span: Span;
    }
  | {
      readonly kind: "cast";
      readonly operand: Expression;
      readonly type: TypeName;
      /** `try_cast`: null where the cast fails. */
      readonly safe: boolean;
      readonly span: Span;
    }
  | { readonly kind: "extract"; readonly part: Identifier; readonly operand: Expression; readonly span: Span }
  | {
      readonly kind: "interval";
      readonly value: string;
      readonly unit: string;
      readonly negative: boolean;
      readonly span: Span;
    }
  /** `date '2026-01-01'`, `timestamp '…'`, `time '…'`. */
  | { readonly kind: "typedString"; readonly type: TypeName; readonly value: string; readonly span: Span }
  | { readonly kind: "atTimeZone"; readonly operand: Expression; readonly zone: Expression; readonly span: Span }
  | { readonly kind: "array"; readonly elements: readonly Expression[]; readonly span: Span }
  | { readonly kind: "row"; readonly elements: readonly Expression[]; readonly span: Span }
  | { readonly kind: "subscript"; readonly operand: Expression; readonly index: Expression; readonly span: Span }
  | { readonly kind: "exists"; readonly query: Query; readonly span: Span }
  | { readonly kind: "scalarQuery"; readonly query: Query; readonly span: Span }
  | {
      readonly kind: "quantified";
      readonly operand: Expression;
      readonly operator: BinaryOperator;
      readonly quantifier: "all" | "any" | "some";
      readonly query: Query;
      readonly span: Span;
    }
  /** `( … )`, kept so that formatting and printing give back what was written. */
  | { readonly kind: "group"; readonly operand: Expression; readonly span: Span }
  | { readonly kind: "missing"; readonly span: Span };

/** `bigint`, `varchar(20)`, `array(bigint)`, `map(varchar, row(a bigint))`. Names are lower case. */
export type TypeName = {
  readonly name: string;
  readonly args: readonly (TypeName | number)[];
  /** The name of the field that has this type, in a `row(field type, …)`. */
  readonly field?: Identifier;
  readonly span: Span;
};

export type Window = {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame: WindowFrame | undefined;
  readonly span: Span;
};

export type WindowFrame = {
  readonly unit: "rows" | "range" | "groups";
  readonly start: FrameBound;
  readonly end: FrameBound | undefined;
  readonly span: Span;
};

export type FrameBound =
  | { readonly kind: "unboundedPreceding" | "unboundedFollowing" | "currentRow"; readonly span: Span }
  | { readonly kind: "preceding" | "following"; readonly value: Expression; readonly span: Span };

// ---------------------------------------------------------------------------------------------------- SPL

export type SplAnalysis = { readonly kind: "spl"; readonly commands: readonly SplCommand[]; readonly span: Span };

/** One command of a pipeline, e.g. `where x = 1` or `project-rename new = old`. */
export type SplCommand = {
  /** In lower case: `project`, `project-away`, `where`, `extend`, `parse-json`, `stats`, `sort`, `limit` … */
  readonly name: string;
  readonly nameSpan: Span;
  readonly options: readonly { readonly name: string; readonly value: string | undefined; readonly span: Span }[];
  /** The comma-separated parts: `a`, `new = old`, `o = count(x)`; wildcards are `wildcard`. */
  readonly items: readonly SplItem[];
  /** `by a, b` of `stats`; `as a, b` of the parse commands. */
  readonly by: readonly Identifier[];
  readonly as: readonly Identifier[];
  readonly span: Span;
};

export type SplItem = {
  readonly target: Identifier | undefined;
  readonly expression: Expression;
  readonly wildcard: boolean;
  readonly descending: boolean | undefined;
  readonly span: Span;
};
