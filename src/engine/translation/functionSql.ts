import {
  arrayType,
  bigintType,
  booleanType,
  commonType,
  dateType,
  doubleType,
  jsonType,
  mapType,
  type SqlType,
  unknownType,
  varbinaryType,
  varcharType,
} from "../../sls/types.ts";
import type { Rewrite } from "./callSql.ts";
import {
  concatCall,
  currentTimezoneCall,
  dateAddCall,
  dateCall,
  dateDiffCall,
  dateFormatCall,
  dateParseCall,
  dateTruncCall,
  filterCall,
  fromIso8601Call,
  fromUnixtimeCall,
  ifCall,
  jsonExtractCall,
  jsonExtractScalarCall,
  jsonSizeCall,
  lastDayCall,
  mapFilterCall,
  mapZipWithCall,
  matchCall,
  modCall,
  nowCall,
  nullifCall,
  oneOf,
  partCall,
  reduceCall,
  regexpReplaceCall,
  substrCall,
  toUnixtimeCall,
  transformCall,
  transformKeysCall,
  transformValuesCall,
  tryCall,
  typeofCall,
  zipCall,
  zipWithCall,
} from "./rewrites.ts";
import { timeParts } from "./timeSql.ts";
import { printed } from "./typeSql.ts";

/** What a parameter takes. `?` behind it: it may be missing; `...`: it may stand any number of times. */
type Parameter = `${ParameterKind}${"" | "?" | "..."}`;
export type ParameterKind =
  | "any"
  | "boolean"
  /** A whole number. */
  | "bigint"
  /** A whole number where DuckDB takes a narrow one. */
  | "integer"
  | "number"
  /** A number, as a DOUBLE. */
  | "double"
  | "varchar"
  /** A regular expression. */
  | "pattern"
  | "varbinary"
  /** A JSON value, or a text that is one. */
  | "json"
  | "array"
  | "map";

/** The type of the answer, where need be from those of the arguments. */
type Result = SqlType | ((args: readonly SqlType[]) => SqlType);

/** One way to call a function. `$1` is its first argument. */
export type Signature = {
  readonly parameters: readonly Parameter[];
  readonly result: Result;
} & (
  | { readonly kind: "scalar"; readonly sql: string }
  /** A function of many rows: also with DISTINCT, FILTER, an order, and over a window. In `whole`, `$0` is the call, `$#` the count of the same rows. */
  | { readonly kind: "aggregate"; readonly name: string; readonly args: string; readonly whole: string }
  /** A function that only stands over a window. */
  | { readonly kind: "window"; readonly name: string; readonly args: string; readonly whole: string }
);

/** How DuckDB answers a function of SLS. */
export type FunctionSql =
  | { readonly kind: "signatures"; readonly signatures: readonly Signature[] }
  | { readonly kind: "rewrite"; readonly expected: string; readonly rewrite: Rewrite }
  /** SLS has it and this translation has not: it needs data, or a way of answering, that only the cloud has. */
  | { readonly kind: "cloudOnly" };

// ---------------------------------------------------------------------------------------------- ways of writing

function scalar(parameters: readonly Parameter[], result: Result, sql: string): FunctionSql {
  return { kind: "signatures", signatures: [{ kind: "scalar", parameters, result, sql }] };
}

/** The same function under DuckDB's name of it. */
function named(name: string, parameters: readonly Parameter[], result: Result): FunctionSql {
  return scalar(parameters, result, `${name}(${placeholders(parameters)})`);
}

function aggregate(
  name: string,
  parameters: readonly Parameter[],
  result: Result,
  whole = "$0",
  args?: string,
): FunctionSql {
  return {
    kind: "signatures",
    signatures: [{ kind: "aggregate", parameters, result, name, args: args ?? placeholders(parameters), whole }],
  };
}

function overWindow(name: string, parameters: readonly Parameter[], result: Result): FunctionSql {
  return {
    kind: "signatures",
    signatures: [{ kind: "window", parameters, result, name, args: placeholders(parameters), whole: "$0" }],
  };
}

/** A function with several ways to call it, the first that fits. */
function either(...ways: readonly FunctionSql[]): FunctionSql {
  return { kind: "signatures", signatures: ways.flatMap((way) => (way.kind === "signatures" ? way.signatures : [])) };
}

function rewrite(expected: string, how: Rewrite): FunctionSql {
  return { kind: "rewrite", expected, rewrite: how };
}

const cloudOnly: FunctionSql = { kind: "cloudOnly" };

/** `$*` stands for all arguments that are there. */
function placeholders(parameters: readonly Parameter[]): string {
  return parameters.length === 0 ? "" : "$*";
}

const first: Result = ([type]) => type ?? unknownType;
const listOfFirst: Result = ([type]) => arrayType(type ?? unknownType);
const element: Result = ([type]) => (type?.kind === "array" ? type.element : unknownType);
const key = (type: SqlType | undefined): SqlType => (type?.kind === "map" ? type.key : unknownType);
const value = (type: SqlType | undefined): SqlType => (type?.kind === "map" ? type.value : unknownType);
const joined: Result = ([left, right]) => commonType(left ?? unknownType, right ?? unknownType) ?? left ?? unknownType;
const texts = arrayType(varcharType);

const hash = (name: string): FunctionSql => scalar(["varbinary"], varbinaryType, `unhex(${name}($1))`);
const real = (name: string): FunctionSql => named(name, ["double"], doubleType);
const spread = (name: string): FunctionSql => aggregate(name, ["double"], doubleType);
const pairs = (name: string): FunctionSql => aggregate(name, ["double", "double"], doubleType);

/** Whole numbers stay whole. */
const rounded = (name: string): FunctionSql =>
  either(scalar(["bigint"], bigintType, "$1"), scalar(["double"], doubleType, `${name}($1)`));

// ---------------------------------------------------------------------------------------------- the functions

/**
 * The functions of SLS, as sls.md lists them from SLS's documentation, and how DuckDB answers them. Only what stands
 * here can be called: a name that does not is refused, so no statement reaches a function that reads files or settings.
 */
const table: Readonly<Record<string, FunctionSql>> = {
  // Aggregates.
  count: either(aggregate("count", [], bigintType, "$0", "*"), aggregate("count", ["any"], bigintType)),
  sum: either(aggregate("sum", ["bigint"], bigintType, "CAST($0 AS BIGINT)"), aggregate("sum", ["number"], first)),
  avg: aggregate("avg", ["number"], doubleType),
  min: either(aggregate("min", ["any"], first), aggregate("min", ["any", "bigint"], listOfFirst)),
  max: either(aggregate("max", ["any"], first), aggregate("max", ["any", "bigint"], listOfFirst)),
  // DuckDB's arg_max leaves out rows whose first argument is null; Presto does not.
  max_by: either(
    aggregate("arg_max_null", ["any", "any"], first),
    aggregate("arg_max", ["any", "any", "bigint"], listOfFirst),
  ),
  min_by: either(
    aggregate("arg_min_null", ["any", "any"], first),
    aggregate("arg_min", ["any", "any", "bigint"], listOfFirst),
  ),
  arbitrary: aggregate("any_value", ["any"], first),
  any_value: aggregate("any_value", ["any"], first),
  array_agg: aggregate("list", ["any"], listOfFirst),
  bool_and: aggregate("bool_and", ["boolean"], booleanType),
  every: aggregate("bool_and", ["boolean"], booleanType),
  bool_or: aggregate("bool_or", ["boolean"], booleanType),
  // DuckDB's count_if of no rows is null.
  count_if: aggregate("count", ["boolean"], bigintType, "$0", "CASE WHEN $1 THEN 1 END"),
  bitwise_and_agg: aggregate("bit_and", ["bigint"], bigintType),
  bitwise_or_agg: aggregate("bit_or", ["bigint"], bigintType),
  checksum: cloudOnly,
  geometric_mean: spread("geometric_mean"),
  kurtosis: spread("kurtosis"),
  // Presto's skewness is that of the population, DuckDB's an estimate from a sample.
  skewness: aggregate("skewness", ["double"], doubleType, "($0 * ($# - 2) / sqrt(CAST($# AS DOUBLE) * ($# - 1)))"),
  histogram: aggregate("histogram", ["any"], ([type]) => mapType(type ?? unknownType, bigintType)),
  map_agg: aggregate(
    "list",
    ["any", "any"],
    ([k, v]) => mapType(k ?? unknownType, v ?? unknownType),
    "sls_map_of($0)",
    "row($1, $2)",
  ),
  multimap_agg: aggregate(
    "list",
    ["any", "any"],
    ([k, v]) => mapType(k ?? unknownType, arrayType(v ?? unknownType)),
    "sls_multimap_of($0)",
    "row($1, $2)",
  ),
  map_union: aggregate(
    "list",
    ["map"],
    first,
    'list_reduce($0, lambda "left_", "right_": map_concat("right_", "left_"))',
  ),
  histogram_u: cloudOnly,
  numeric_histogram: cloudOnly,
  numeric_histogram_u: cloudOnly,

  // Approximations: an answer within the documented error is one without error, where that costs no more.
  approx_distinct: either(
    aggregate("approx_count_distinct", ["any"], bigintType),
    aggregate("approx_count_distinct", ["any", "number"], bigintType, "$0", "$1"),
  ),
  approx_percentile: either(
    aggregate("quantile_disc", ["number", "number"], first),
    aggregate("quantile_disc", ["number", "array"], listOfFirst),
  ),
  approx_set: cloudOnly,
  merge: cloudOnly,
  empty_approx_set: cloudOnly,

  // Statistics.
  corr: pairs("corr"),
  covar_pop: pairs("covar_pop"),
  covar_samp: pairs("covar_samp"),
  regr_intercept: pairs("regr_intercept"),
  regr_slope: pairs("regr_slope"),
  stddev: spread("stddev_samp"),
  stddev_pop: spread("stddev_pop"),
  stddev_samp: spread("stddev_samp"),
  variance: spread("var_samp"),
  var_pop: spread("var_pop"),
  var_samp: spread("var_samp"),

  // Windows.
  row_number: overWindow("row_number", [], bigintType),
  rank: overWindow("rank", [], bigintType),
  dense_rank: overWindow("dense_rank", [], bigintType),
  percent_rank: overWindow("percent_rank", [], doubleType),
  cume_dist: overWindow("cume_dist", [], doubleType),
  ntile: overWindow("ntile", ["bigint"], bigintType),
  first_value: overWindow("first_value", ["any"], first),
  last_value: overWindow("last_value", ["any"], first),
  nth_value: overWindow("nth_value", ["any", "bigint"], first),
  lag: overWindow("lag", ["any", "integer?", "any?"], first),
  lead: overWindow("lead", ["any", "integer?", "any?"], first),
  grouping: scalar(["any..."], bigintType, "grouping($*)"),

  // Conditions and types.
  if: rewrite("boolean, any, any?", ifCall),
  coalesce: rewrite("any...", oneOf("coalesce", 1)),
  greatest: rewrite("any...", oneOf("greatest", 1)),
  least: rewrite("any...", oneOf("least", 1)),
  nullif: rewrite("any, any", nullifCall),
  try: rewrite("any", tryCall),
  typeof: rewrite("any", typeofCall),

  // Texts.
  chr: named("chr", ["integer"], varcharType),
  codepoint: scalar(["varchar"], bigintType, "CAST(unicode($1) AS BIGINT)"),
  concat: rewrite("varchar... | array...", concatCall),
  from_utf8: named("decode", ["varbinary"], varcharType),
  to_utf8: named("encode", ["varchar"], varbinaryType),
  hamming_distance: scalar(["varchar", "varchar"], bigintType, "hamming($1, $2)"),
  levenshtein_distance: scalar(["varchar", "varchar"], bigintType, "levenshtein($1, $2)"),
  length: either(named("length", ["varchar"], bigintType), scalar(["varbinary"], bigintType, "octet_length($1)")),
  lower: named("lower", ["varchar"], varcharType),
  upper: named("upper", ["varchar"], varcharType),
  lpad: named("lpad", ["varchar", "integer", "varchar"], varcharType),
  rpad: named("rpad", ["varchar", "integer", "varchar"], varcharType),
  ltrim: named("ltrim", ["varchar"], varcharType),
  rtrim: named("rtrim", ["varchar"], varcharType),
  trim: named("trim", ["varchar"], varcharType),
  normalize: named("nfc_normalize", ["varchar"], varcharType),
  position: scalar(["varchar", "varchar"], bigintType, "strpos($2, $1)"),
  strpos: named("strpos", ["varchar", "varchar"], bigintType),
  replace: either(
    named("replace", ["varchar", "varchar", "varchar"], varcharType),
    scalar(["varchar", "varchar"], varcharType, "replace($1, $2, '')"),
  ),
  reverse: either(named("reverse", ["varchar"], varcharType), named("list_reverse", ["array"], first)),
  split: either(
    named("string_split", ["varchar", "varchar"], texts),
    named("sls_split", ["varchar", "varchar", "bigint"], texts),
  ),
  // Null beyond the last part, as in Presto; DuckDB's split_part gives an empty text.
  split_part: scalar(["varchar", "varchar", "bigint"], varcharType, "(string_split($1, $2))[$3]"),
  split_to_map: named("sls_split_to_map", ["varchar", "varchar", "varchar"], mapType(varcharType, varcharType)),
  substr: rewrite("varchar, bigint, bigint?", substrCall),
  substring: rewrite("varchar, bigint, bigint?", substrCall),
  csv_split: cloudOnly,

  // Regular expressions. Both are of the RE2 kind.
  regexp_extract: either(
    scalar(["varchar", "pattern"], varcharType, "sls_regexp_extract($1, $2, 0)"),
    named("sls_regexp_extract", ["varchar", "pattern", "integer"], varcharType),
  ),
  regexp_extract_all: named("regexp_extract_all", ["varchar", "pattern", "integer?"], texts),
  regexp_like: named("regexp_matches", ["varchar", "pattern"], booleanType),
  regexp_replace: rewrite("varchar, varchar, varchar?", regexpReplaceCall),
  regexp_split: named("string_split_regex", ["varchar", "pattern"], texts),

  // Times. The parts, `year` to `millisecond`, are added below.
  current_timezone: rewrite("", currentTimezoneCall),
  now: rewrite("", nowCall),
  date: rewrite("time", dateCall),
  date_add: rewrite("unit, bigint, time", dateAddCall),
  date_diff: rewrite("unit, time, time", dateDiffCall),
  date_format: rewrite("time, format", dateFormatCall),
  date_parse: rewrite("varchar, format", dateParseCall),
  date_trunc: rewrite("unit, time", dateTruncCall),
  from_iso8601_date: scalar(["varchar"], dateType, "CAST($1 AS DATE)"),
  from_iso8601_timestamp: rewrite("varchar", fromIso8601Call),
  from_unixtime: rewrite("number, zone?", fromUnixtimeCall),
  to_unixtime: rewrite("time", toUnixtimeCall),
  last_day_of_month: rewrite("time", lastDayCall),
  time_series: cloudOnly,

  // JSON.
  json_array_contains: scalar(["json", "any"], booleanType, "sls_json_array_contains(TRY(json_extract($1, '$')), $2)"),
  // A text comes without its quotes, as documented.
  json_array_get: scalar(["json", "bigint"], varcharType, "TRY(json_extract_string($1, $2))"),
  json_array_length: scalar(["json"], bigintType, "sls_json_array_length(TRY(json_extract($1, '$')))"),
  json_extract: rewrite("json, path", jsonExtractCall),
  json_extract_scalar: rewrite("json, path", jsonExtractScalarCall),
  json_format: scalar(["json"], varcharType, "CAST($1 AS VARCHAR)"),
  json_parse: scalar(["varchar"], jsonType, "TRY(json_extract($1, '$'))"),
  json_size: rewrite("json, path", jsonSizeCall),

  // Numbers.
  abs: named("abs", ["number"], first),
  acos: real("acos"),
  asin: real("asin"),
  atan: real("atan"),
  atan2: named("atan2", ["double", "double"], doubleType),
  cbrt: real("cbrt"),
  ceil: rounded("ceil"),
  ceiling: rounded("ceil"),
  cos: real("cos"),
  cosh: real("cosh"),
  cosine_similarity: named("sls_cosine_similarity", ["map", "map"], doubleType),
  degrees: real("degrees"),
  e: scalar([], doubleType, "exp(CAST(1 AS DOUBLE))"),
  exp: real("exp"),
  floor: rounded("floor"),
  from_base: named("sls_from_base", ["varchar", "bigint"], bigintType),
  infinity: scalar([], doubleType, "CAST('Infinity' AS DOUBLE)"),
  is_finite: named("isfinite", ["double"], booleanType),
  is_infinite: named("isinf", ["double"], booleanType),
  is_nan: named("isnan", ["double"], booleanType),
  ln: real("ln"),
  log: scalar(["double", "double"], doubleType, "(ln($1) / ln($2))"),
  log2: real("log2"),
  log10: real("log10"),
  mod: rewrite("number, number", modCall),
  nan: scalar([], doubleType, "CAST('NaN' AS DOUBLE)"),
  pi: scalar([], doubleType, "pi()"),
  pow: named("pow", ["double", "double"], doubleType),
  power: named("pow", ["double", "double"], doubleType),
  radians: real("radians"),
  rand: either(
    scalar([], doubleType, "random()"),
    scalar(["bigint"], bigintType, "CAST(floor(random() * $1) AS BIGINT)"),
    scalar(["bigint", "bigint"], bigintType, "($1 + CAST(floor(random() * ($2 - $1)) AS BIGINT))"),
  ),
  random: either(
    scalar([], doubleType, "random()"),
    scalar(["bigint"], bigintType, "CAST(floor(random() * $1) AS BIGINT)"),
    scalar(["bigint", "bigint"], bigintType, "($1 + CAST(floor(random() * ($2 - $1)) AS BIGINT))"),
  ),
  round: either(
    scalar(["bigint"], bigintType, "$1"),
    scalar(["bigint", "integer"], bigintType, "CAST(round($1, $2) AS BIGINT)"),
    named("round", ["double", "integer?"], doubleType),
  ),
  sign: either(
    scalar(["bigint"], bigintType, "CAST(sign($1) AS BIGINT)"),
    scalar(["double"], doubleType, "CAST(sign($1) AS DOUBLE)"),
  ),
  sin: real("sin"),
  sinh: real("sinh"),
  sqrt: real("sqrt"),
  tan: real("tan"),
  tanh: real("tanh"),
  to_base: scalar(["bigint", "integer"], varcharType, "lower(to_base($1, $2))"),
  truncate: real("trunc"),
  width_bucket: named("sls_width_bucket", ["double", "double", "double", "bigint"], bigintType),

  // Bits.
  bit_count: scalar(
    ["bigint", "bigint"],
    bigintType,
    "CAST(bit_count(CASE WHEN $2 >= 64 THEN $1 ELSE $1 & ((CAST(1 AS BIGINT) << $2) - 1) END) AS BIGINT)",
  ),
  bitwise_and: scalar(["bigint", "bigint"], bigintType, "($1 & $2)"),
  bitwise_or: scalar(["bigint", "bigint"], bigintType, "($1 | $2)"),
  bitwise_xor: named("xor", ["bigint", "bigint"], bigintType),
  bitwise_not: scalar(["bigint"], bigintType, "(~ $1)"),
  bitwise_left_shift: scalar(["bigint", "bigint"], bigintType, "($1 << $2)"),
  bitwise_right_shift: named("sls_shift_right", ["bigint", "bigint"], bigintType),
  bitwise_right_shift_arithmetic: scalar(["bigint", "bigint"], bigintType, "($1 >> $2)"),

  // Arrays.
  array_distinct: named("sls_distinct", ["array"], first),
  array_except: scalar(
    ["array", "array"],
    first,
    'sls_distinct(list_filter($1, lambda "item_": list_position($2, "item_") IS NULL))',
  ),
  array_intersect: scalar(
    ["array", "array"],
    first,
    'sls_distinct(list_filter($1, lambda "item_": list_position($2, "item_") IS NOT NULL))',
  ),
  array_join: rewrite("array, varchar, varchar?", (call, translator) => {
    const [list, separator, missing, ...more] = call.args.map((arg) => translator.translate(arg));
    if (list?.type.kind !== "array" || separator?.type.kind !== "varchar" || more.length > 0) return undefined;
    if (missing !== undefined && missing.type.kind !== "varchar") return undefined;
    const name = translator.freshName();
    const text = printed(name, list.type.element);
    const item = missing === undefined ? text : `coalesce(${text}, ${missing.sql})`;
    return {
      sql: `array_to_string(list_transform(${list.sql}, lambda ${name}: ${item}), ${separator.sql})`,
      type: varcharType,
    };
  }),
  array_max: named("list_max", ["array"], element),
  array_min: named("list_min", ["array"], element),
  array_position: scalar(
    ["array", "any"],
    bigintType,
    "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(coalesce(list_position($1, $2), 0) AS BIGINT) END",
  ),
  array_remove: scalar(["array", "any"], first, 'list_filter($1, lambda "item_": "item_" IS DISTINCT FROM $2)'),
  array_sort: scalar(["array"], first, "list_sort($1, 'ASC', 'NULLS LAST')"),
  array_union: scalar(["array", "array"], joined, "sls_distinct(list_concat($1, $2))"),
  all_match: rewrite(
    "array, lambda",
    matchCall((matching, all) => `${matching} = ${all}`),
  ),
  any_match: rewrite(
    "array, lambda",
    matchCall((matching) => `${matching} > 0`),
  ),
  none_match: rewrite(
    "array, lambda",
    matchCall((matching) => `${matching} = 0`),
  ),
  cardinality: either(
    scalar(["array"], bigintType, "CAST(len($1) AS BIGINT)"),
    scalar(["map"], bigintType, "CAST(cardinality($1) AS BIGINT)"),
  ),
  contains: named("list_contains", ["array", "any"], booleanType),
  element_at: either(
    scalar(["array", "bigint"], element, "($1)[$2]"),
    scalar(["map", "any"], ([map]) => value(map), "($1)[$2]"),
  ),
  filter: rewrite("array, lambda", filterCall),
  flatten: named("flatten", ["array"], element),
  reduce: rewrite("array, any, lambda, lambda", reduceCall),
  sequence: either(
    scalar(
      ["bigint", "bigint"],
      arrayType(bigintType),
      "generate_series($1, $2, CASE WHEN $1 <= $2 THEN 1 ELSE -1 END)",
    ),
    scalar(["bigint", "bigint", "bigint"], arrayType(bigintType), "generate_series($1, $2, $3)"),
  ),
  shuffle: cloudOnly,
  slice: named("sls_slice", ["array", "bigint", "bigint"], first),
  transform: rewrite("array, lambda", transformCall),
  zip: rewrite("array...", zipCall),
  zip_with: rewrite("array, array, lambda", zipWithCall),

  // Maps.
  map: either(
    scalar([], mapType(unknownType, unknownType), "map()"),
    scalar(
      ["array", "array"],
      ([keys, values]) =>
        mapType(
          keys?.kind === "array" ? keys.element : unknownType,
          values?.kind === "array" ? values.element : unknownType,
        ),
      "map($1, $2)",
    ),
  ),
  map_concat: named("map_concat", ["map..."], first),
  map_entries: scalar(
    ["map"],
    ([map]) => arrayType({ kind: "row", fields: [key(map), value(map)] }),
    'list_transform(map_entries($1), lambda "entry_": row("entry_".key, "entry_".value))',
  ),
  map_filter: rewrite("map, lambda", mapFilterCall),
  map_from_entries: scalar(
    ["array"],
    ([entries]) => {
      const row = entries?.kind === "array" ? entries.element : unknownType;
      const [k, v] = row.kind === "row" ? row.fields : [];
      return mapType(k ?? unknownType, v ?? unknownType);
    },
    "map_from_entries($1)",
  ),
  map_keys: scalar(["map"], ([map]) => arrayType(key(map)), "map_keys($1)"),
  map_values: scalar(["map"], ([map]) => arrayType(value(map)), "map_values($1)"),
  map_zip_with: rewrite("map, map, lambda", mapZipWithCall),
  transform_keys: rewrite("map, lambda", transformKeysCall),
  transform_values: rewrite("map, lambda", transformValuesCall),

  // Addresses of pages.
  url_decode: scalar(["varchar"], varcharType, "url_decode(replace($1, '+', ' '))"),
  url_encode: named("sls_url_encode", ["varchar"], varcharType),
  url_extract_protocol: scalar(["varchar"], varcharType, "sls_url_part($1, 1)"),
  url_extract_host: scalar(["varchar"], varcharType, "sls_url_part($1, 2)"),
  url_extract_port: scalar(["varchar"], bigintType, "CAST(nullif(sls_url_part($1, 3), '') AS BIGINT)"),
  url_extract_path: scalar(["varchar"], varcharType, "url_decode(sls_url_part($1, 4))"),
  url_extract_query: scalar(["varchar"], varcharType, "url_decode(sls_url_part($1, 5))"),
  url_extract_fragment: scalar(["varchar"], varcharType, "url_decode(sls_url_part($1, 6))"),
  url_extract_parameter: named("sls_url_parameter", ["varchar", "varchar"], varcharType),

  // Binary values.
  crc32: cloudOnly,
  from_base64: named("from_base64", ["varchar"], varbinaryType),
  from_base64url: scalar(["varchar"], varbinaryType, "from_base64(translate($1, '-_', '+/'))"),
  from_big_endian_64: cloudOnly,
  from_hex: named("unhex", ["varchar"], varbinaryType),
  md5: hash("md5"),
  sha1: hash("sha1"),
  sha256: hash("sha256"),
  sha512: cloudOnly,
  to_base64: named("to_base64", ["varbinary"], varcharType),
  to_base64url: scalar(["varbinary"], varcharType, "translate(to_base64($1), '+/', '-_')"),
  to_big_endian_64: cloudOnly,
  to_hex: named("hex", ["varbinary"], varcharType),
  xxhash64: cloudOnly,

  // IP addresses.
  ip_prefix: scalar(["varchar", "bigint"], varcharType, "(sls_ip_text(sls_subnet_min($1 || '/' || $2)) || '/' || $2)"),
  ip_subnet_min: scalar(["varchar"], varcharType, "sls_ip_text(sls_subnet_min($1))"),
  ip_subnet_max: scalar(["varchar"], varcharType, "sls_ip_text(sls_subnet_max($1))"),
  ip_subnet_range: scalar(["varchar"], texts, "[sls_ip_text(sls_subnet_min($1)), sls_ip_text(sls_subnet_max($1))]"),
  is_subnet_of: named("sls_is_subnet_of", ["varchar", "varchar"], booleanType),
  is_prefix_subnet_of: scalar(
    ["varchar", "varchar"],
    booleanType,
    "(sls_subnet_min($2) >= sls_subnet_min($1) AND sls_subnet_max($2) <= sls_subnet_max($1))",
  ),
  ip_to_domain: named("sls_ip_to_domain", ["varchar"], varcharType),
  ip_to_country: cloudOnly,
  ip_to_country_code: cloudOnly,
  ip_to_province: cloudOnly,
  ip_to_city: cloudOnly,
  ip_to_geo: cloudOnly,
  ip_to_city_geo: cloudOnly,
  ip_to_provider: cloudOnly,

  // What needs the cloud's data, a second range, or a way of its own.
  compare: cloudOnly,
  ts_compare: cloudOnly,
  window_funnel: cloudOnly,
  convert_data_size: cloudOnly,
  format_duration: cloudOnly,
  security_check_ip: cloudOnly,
  security_check_domain: cloudOnly,
  security_check_url: cloudOnly,
  geohash: cloudOnly,
  geohash_decode: cloudOnly,
  st_point: cloudOnly,
  st_geometryfromtext: cloudOnly,
  st_astext: cloudOnly,
  st_contains: cloudOnly,
  st_distance: cloudOnly,
  st_intersects: cloudOnly,
  st_boundary: cloudOnly,
  st_buffer: cloudOnly,
  st_area: cloudOnly,
  mobile_carrier: cloudOnly,
  mobile_city: cloudOnly,
  mobile_province: cloudOnly,
  bar: cloudOnly,
  color: cloudOnly,
  render: cloudOnly,
  rgb: cloudOnly,
  ts_smooth_simple: cloudOnly,
  ts_smooth_fir: cloudOnly,
  ts_smooth_iir: cloudOnly,
  ts_period_detect: cloudOnly,
  ts_cp_detect: cloudOnly,
  ts_breakout_detect: cloudOnly,
  ts_find_peaks: cloudOnly,
  ts_predicate_simple: cloudOnly,
  ts_predicate_ar: cloudOnly,
  ts_predicate_arma: cloudOnly,
  ts_predicate_arima: cloudOnly,
  ts_regression_predict: cloudOnly,
  ts_decompose: cloudOnly,
  ts_density_cluster: cloudOnly,
  ts_hierarchical_cluster: cloudOnly,
  ts_similar: cloudOnly,
  ts_similar_instance: cloudOnly,
  ts_association_analysis: cloudOnly,
  kernel_density_estimation: cloudOnly,
  series_padding: cloudOnly,
  anomaly_compare: cloudOnly,
  pattern_stat: cloudOnly,
  pattern_diff: cloudOnly,
  rca_kpi_search: cloudOnly,
  url_classify: cloudOnly,
  promql_query: cloudOnly,
  promql_query_range: cloudOnly,
  promql_labels: cloudOnly,
  promql_label_values: cloudOnly,
  promql_series: cloudOnly,
};

export const functionSql: ReadonlyMap<string, FunctionSql> = new Map([
  ...Object.entries(table),
  ...timeParts.map((part) => [part, rewrite("time", partCall(part))] as const),
]);
