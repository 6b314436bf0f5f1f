import { slsFunctions } from "../../sls/functions/catalogue.ts";
import type { SlsFunction } from "../../sls/functions/functions.ts";
import type { Rewrite } from "./callSql.ts";
import { barColors } from "./colorMacros.ts";
import {
  arrayJoinCall,
  arraySortCall,
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
  mapConcatCall,
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
  renderCall,
  sequenceCall,
  substrCall,
  timezonePartCall,
  toIso8601Call,
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

/**
 * How DuckDB answers one way to call a function: `$1` is its first argument, `$*` stands for all that are there. What
 * the arguments have to be and what is answered says the catalogue.
 */
export type WaySql =
  | { readonly kind: "scalar"; readonly sql: string }
  /**
   * A function of many rows: also with DISTINCT, FILTER, an order, and over a window. In `whole`, `$0` is the call, `$#`
   * the count of the same rows. A `window` function only stands over a window.
   */
  | { readonly kind: "aggregate" | "window"; readonly name: string; readonly args: string; readonly whole: string };

/** How DuckDB answers a function of SLS. */
export type FunctionSql =
  /** One for each of the signatures that the catalogue has, in the same order. */
  | { readonly kind: "signatures"; readonly signatures: readonly WaySql[] }
  | { readonly kind: "rewrite"; readonly rewrite: Rewrite }
  /** It is no call to the parser, but a form of its own: `cast(x as bigint)`, `current_date`. */
  | { readonly kind: "form" }
  /** The query around the call is rewritten with it. A call that is still there stands where it has no meaning. */
  | { readonly kind: "query" };

type OneOrMore<Value> = Value | readonly Value[];

// ---------------------------------------------------------------------------------------------- functions of a row

const shiftedChance = "($1 + CAST(floor(random() * ($2 - $1)) AS BIGINT))";
const chance = ["random()", "sls_random_below($1)", shiftedChance];

/** Whole numbers stay whole. */
const rounded = (name: string): readonly string[] => ["$1", `${name}($1)`];
const hash = (name: string): string => `unhex(${name}($1))`;

/** Expressions into which the arguments are put: one for each signature, or one for all. */
const expressions: Readonly<Record<string, OneOrMore<string>>> = {
  // Texts.
  chr: "chr($1)",
  codepoint: "CAST(unicode($1) AS BIGINT)",
  from_utf8: ["sls_from_utf8($1, chr(65533))", "sls_from_utf8($1, $2)"],
  to_utf8: "encode($1)",
  hamming_distance: "sls_hamming($*)",
  levenshtein_distance: "sls_levenshtein($*)",
  length: ["length($1)", "octet_length($1)"],
  lpad: "lpad($1, $2, sls_padding($2, $3))",
  rpad: "rpad($1, $2, sls_padding($2, $3))",
  ltrim: ["sls_ltrim($1)", "ltrim($*)"],
  rtrim: ["sls_rtrim($1)", "rtrim($*)"],
  trim: ["sls_trim($1)", "trim($*)"],
  normalize: "nfc_normalize($1)",
  position: "strpos($2, $1)",
  replace: ["sls_replace($*)", "replace($1, $2, '')"],
  reverse: ["reverse($1)", "sls_reversed_bytes($1)", "list_reverse($1)"],
  split: ["sls_split_all($*)", "sls_split($*)"],
  split_part: "sls_split_part($*)",
  split_to_map: "sls_split_to_map($*)",
  csv_split: ["sls_csv_split($1, ',', '\"')", "sls_csv_split($*, '\"')", "sls_csv_split($*)"],
  ascii_escape: "sls_ascii_escape($1)",
  // The escapes of control characters and single bytes, too.
  ascii_unescape: `sls_unescape($1, '\\\\x[0-9a-fA-F]{2}|\\\\[nrt\\\\]|')`,
  unicode_unescape: "sls_unescape($1, '')",

  // Regular expressions. Both are of the RE2 kind.
  regexp_extract: ["sls_regexp_extract($1, $2, 0)", "sls_regexp_extract($*)"],
  regexp_like: "regexp_matches($*)",
  regexp_split: "string_split_regex($*)",

  // Times.
  from_iso8601_date: "sls_iso8601_date($1)",

  // JSON.
  json_array_contains: "sls_json_array_contains(TRY(json_extract($1, '$')), $2)",
  // A text comes without its quotes, as documented.
  json_array_get: "TRY(json_extract_string($1, $2))",
  json_array_length: "sls_json_array_length(TRY(json_extract($1, '$')))",
  json_format: "CAST($1 AS VARCHAR)",
  json_parse: "TRY(json_extract($1, '$'))",

  // Numbers.
  acos: "sls_acos($1)",
  asin: "sls_asin($1)",
  cbrt: "sls_cbrt($1)",
  cos: "sls_cos($1)",
  sin: "sls_sin($1)",
  tan: "sls_tan($1)",
  ceil: rounded("ceil"),
  ceiling: rounded("ceil"),
  cosine_similarity: "sls_cosine_similarity($*)",
  e: "exp(CAST(1 AS DOUBLE))",
  floor: rounded("floor"),
  from_base: "sls_from_base($*)",
  infinity: "CAST('Infinity' AS DOUBLE)",
  is_finite: "isfinite($1)",
  is_infinite: "isinf($1)",
  is_nan: "isnan($1)",
  ln: "sls_ln($1)",
  log: "(sls_ln($1) / sls_ln($2))",
  log2: "sls_log2($1)",
  log10: "sls_log10($1)",
  nan: "CAST('NaN' AS DOUBLE)",
  power: "pow($*)",
  rand: chance,
  random: chance,
  // Old Presto leaves a whole number as it is, also with places before the point.
  round: ["$1", "(CASE WHEN $2 IS NOT NULL THEN $1 END)", "round($1)", "round($*)"],
  sign: ["CAST(sign($1) AS BIGINT)", "sls_sign($1)"],
  sqrt: "sls_sqrt($1)",
  to_base: "sls_to_base($*)",
  truncate: ["trunc($1)", "trunc($*)"],
  width_bucket: ["sls_width_bucket($*)", "sls_bucket_among($*)"],

  // Bits.
  bit_count: "sls_bit_count($*)",
  bitwise_and: "($1 & $2)",
  bitwise_or: "($1 | $2)",
  bitwise_xor: "xor($*)",
  bitwise_not: "(~ $1)",
  bitwise_left_shift: "sls_shift_left($*)",
  bitwise_right_shift: "sls_shift_right($*)",
  bitwise_right_shift_arithmetic: "sls_shift_right_signed($*)",

  // Arrays and maps.
  array_distinct: "sls_distinct($1)",
  array_except: "sls_except($*)",
  array_intersect: "sls_intersect($*)",
  array_max: "sls_array_max($1)",
  array_min: "sls_array_min($1)",
  array_position:
    "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(coalesce(list_position($1, $2), 0) AS BIGINT) END",
  array_remove: "sls_array_remove($*)",
  array_union: "sls_union($*)",
  cardinality: ["CAST(len($1) AS BIGINT)", "CAST(cardinality($1) AS BIGINT)", "CAST(len($1) AS BIGINT)"],
  contains: "sls_contains($*)",
  element_at: ["sls_element_at($*)", "($1)[$2]"],
  flatten: "flatten($1)",
  shuffle: "sls_shuffle($1)",
  slice: "sls_slice($*)",
  map: ["map()", "map($*)"],
  map_entries: 'list_transform(map_entries($1), lambda "entry_": row("entry_".key, "entry_".value))',
  map_from_entries: "map_from_entries($1)",
  map_keys: "map_keys($1)",
  map_values: "map_values($1)",
  empty_approx_set: "CAST([] AS UBIGINT[])",

  // Addresses of pages.
  url_decode: "url_decode(replace($1, '+', ' '))",
  url_encode: "sls_url_encode($1)",
  url_extract_protocol: "sls_url_part($1, 1)",
  url_extract_host: "sls_url_part($1, 2)",
  url_extract_port: "CAST(nullif(sls_url_part($1, 3), '') AS BIGINT)",
  url_extract_path: "url_decode(sls_url_part($1, 4))",
  url_extract_query: "url_decode(sls_url_part($1, 5))",
  url_extract_fragment: "url_decode(sls_url_part($1, 6))",
  url_extract_parameter: "sls_url_parameter($*)",

  // Binary values.
  crc32: "sls_crc32($1)",
  from_base64: ["sls_from_base64($1)", "sls_from_base64(decode($1))"],
  from_base64url: ["sls_from_base64(translate($1, '-_', '+/'))", "sls_from_base64(translate(decode($1), '-_', '+/'))"],
  from_big_endian_64: "sls_from_big_endian($1)",
  from_hex: ["sls_from_hex($1)", "sls_from_hex(decode($1))"],
  md5: hash("md5"),
  sha1: hash("sha1"),
  sha256: hash("sha256"),
  sha512: "sls_sha512($1)",
  to_base64url: "translate(to_base64($1), '+/', '-_')",
  to_big_endian_64: "unhex(lpad(hex($1), 16, '0'))",
  to_hex: "hex($1)",
  xxhash64: "sls_xxhash64($1)",

  // IP addresses.
  ip_prefix: "(sls_ip_text(sls_subnet_min($1 || '/' || $2)) || '/' || $2)",
  ip_subnet_min: "sls_ip_text(sls_subnet_min($1))",
  ip_subnet_max: "sls_ip_text(sls_subnet_max($1))",
  ip_subnet_range: "[sls_ip_text(sls_subnet_min($1)), sls_ip_text(sls_subnet_max($1))]",
  is_subnet_of: "sls_is_subnet_of($*)",
  is_prefix_subnet_of: "(sls_subnet_min($2) >= sls_subnet_min($1) AND sls_subnet_max($2) <= sls_subnet_max($1))",
  ip_to_domain: "sls_ip_to_domain($1)",

  // Places, units and colors.
  geohash: [
    "sls_geohash($1, $2, 10)",
    "sls_geohash($*)",
    "sls_geohash(CAST(split_part($1, ',', 1) AS DOUBLE), CAST(split_part($1, ',', 2) AS DOUBLE), 10)",
  ],
  convert_data_size: ["sls_best_data_size($1)", "sls_data_size(sls_data_bytes($1), sls_data_power($2))"],
  format_data_size: "sls_data_size(CAST($1 AS DOUBLE), sls_data_power($2))",
  format_duration: "sls_duration($1)",
  bar: [`sls_bar($*, ${barColors})`, "sls_bar($*)"],
  color: ["sls_color($1)", "sls_color_between($1, 0, 1, $2, $3)", "sls_color_between($*)"],
  rgb: "sls_rgb($*)",
};

// ---------------------------------------------------------------------------------------------- functions of rows

type Rows = { readonly name: string; readonly args?: string; readonly whole?: string };

const weighted: Rows = { name: "list", args: "{'x': $1, 'w': $2}" };
const checksum: Rows = { name: "sum", whole: "sls_checksum($0)" };
const ofHash = (sql: string): Rows => ({ ...checksum, args: `sls_checksum_part(${sql})` });
const funnel: Rows = { name: "list", whole: "sls_window_funnel($0, $1)" };
const allTrue: Rows = { name: "bool_and" };
const entries: Rows = { name: "list", args: "row($1, $2)" };

/** Functions of many rows under DuckDB's names of them: one for each signature, or one for all. */
const ofRows: Readonly<Record<string, OneOrMore<Rows>>> = {
  count: [{ name: "count", args: "*" }, { name: "count" }],
  sum: [{ name: "sum", whole: "CAST($0 AS BIGINT)" }, { name: "sum" }],
  // DuckDB's arg_max leaves out rows whose first argument is null; Presto does not.
  max_by: [{ name: "arg_max_null" }, { name: "arg_max" }],
  min_by: [{ name: "arg_min_null" }, { name: "arg_min" }],
  arbitrary: { name: "any_value" },
  array_agg: { name: "list" },
  every: allTrue,
  // DuckDB's count_if of no rows is null.
  count_if: { name: "count", args: "CASE WHEN $1 THEN 1 END" },
  bitwise_and_agg: { name: "bit_and" },
  bitwise_or_agg: { name: "bit_or" },
  // Presto's skewness is that of the population, DuckDB's an estimate from a sample.
  skewness: { name: "skewness", whole: "($0 * ($# - 2) / sqrt(CAST($# AS DOUBLE) * ($# - 1)))" },
  // DuckDB's takes no logarithm of zero.
  geometric_mean: { name: "avg", args: "sls_ln($1)", whole: "exp($0)" },
  // Where there is no line to speak of, DuckDB's answer is no number and Presto's null.
  corr: { name: "corr", whole: "sls_number_or_null($0)" },
  regr_intercept: { name: "regr_intercept", whole: "sls_number_or_null($0)" },
  regr_slope: { name: "regr_slope", whole: "sls_number_or_null($0)" },
  checksum: [
    ofHash("sls_xxhash64_word(encode($1))"),
    ofHash("sls_xxhash64_word($1)"),
    ofHash("sls_hash_of_long($1)"),
    ofHash("sls_hash_of_long(sls_double_bits($1))"),
    // As Java hashes a boolean.
    ofHash("CAST(CASE WHEN $1 THEN 1231 WHEN NOT $1 THEN 1237 END AS UHUGEINT)"),
  ],
  window_funnel: [
    { ...funnel, args: "row($2, sls_places_of($4, $3))" },
    { ...funnel, args: "row($2, sls_places_of($3, true))" },
  ],
  map_agg: { ...entries, whole: "sls_map_of($0)" },
  multimap_agg: { ...entries, whole: "sls_multimap_of($0)" },
  map_union: { name: "list", whole: 'list_reduce($0, lambda "left_", "right_": map_concat("right_", "left_"))' },

  // An answer within the documented error is one without error, where that costs no more.
  approx_distinct: [{ name: "approx_count_distinct" }, { name: "approx_count_distinct", args: "$1" }],
  approx_percentile: [
    // Of an even number of values Presto takes the upper one in the middle.
    { name: "quantile_disc", args: "$1, least($2 + 1e-9, 1)" },
    { name: "quantile_disc", args: '$1, list_transform($2, lambda "share_": least("share_" + 1e-9, 1))' },
    { ...weighted, whole: "sls_weighted_percentile($0, $3)" },
    { ...weighted, whole: "sls_weighted_percentiles($0, $3)" },
  ],
  numeric_histogram: {
    name: "list",
    args: "{'x': $2, 'w': coalesce($3, CAST(1 AS DOUBLE))}",
    whole: "sls_numeric_histogram($0, $1)",
  },
  // The set itself: its size is without error, where the cloud's is an estimate.
  approx_set: { name: "list", args: "DISTINCT CASE WHEN $1 IS NOT NULL THEN hash($1) END", whole: "sls_set_of($0)" },
  merge: { name: "list", args: "$1", whole: "list_distinct(flatten($0))" },

  stddev: { name: "stddev_samp" },
  variance: { name: "var_samp" },
};

// ---------------------------------------------------------------------------------------------- rewritten calls

const rewrites: Readonly<Record<string, Rewrite>> = {
  if: ifCall,
  coalesce: oneOf("coalesce", 1),
  greatest: oneOf("greatest", 1),
  least: oneOf("least", 1),
  nullif: nullifCall,
  try: tryCall,
  typeof: typeofCall,

  concat: concatCall,
  substr: substrCall,
  substring: substrCall,
  regexp_replace: regexpReplaceCall,

  current_timezone: currentTimezoneCall,
  now: nowCall,
  date: dateCall,
  date_add: dateAddCall,
  date_diff: dateDiffCall,
  date_format: dateFormatCall,
  date_parse: dateParseCall,
  date_trunc: dateTruncCall,
  from_iso8601_timestamp: fromIso8601Call,
  from_unixtime: fromUnixtimeCall,
  to_unixtime: toUnixtimeCall,
  last_day_of_month: lastDayCall,
  timezone_hour: timezonePartCall("sls_hours_ahead"),
  timezone_minute: timezonePartCall("sls_minutes_ahead"),
  to_iso8601: toIso8601Call,
  ...Object.fromEntries(timeParts.map((part) => [part, partCall(part)])),

  json_extract: jsonExtractCall,
  json_extract_scalar: jsonExtractScalarCall,
  json_size: jsonSizeCall,

  mod: modCall,

  render: renderCall,

  array_join: arrayJoinCall,
  array_sort: arraySortCall,
  all_match: matchCall("sls_all_match"),
  any_match: matchCall("sls_any_match"),
  none_match: matchCall("sls_none_match"),
  filter: filterCall,
  reduce: reduceCall,
  sequence: sequenceCall,
  transform: transformCall,
  zip: zipCall,
  zip_with: zipWithCall,
  map_concat: mapConcatCall,
  map_filter: mapFilterCall,
  map_zip_with: mapZipWithCall,
  transform_keys: transformKeysCall,
  transform_values: transformValuesCall,
};

const forms = [
  "case",
  "cast",
  "current_date",
  "current_time",
  "current_timestamp",
  "localtime",
  "localtimestamp",
  "try_cast",
];

// ---------------------------------------------------------------------------------------------- all of them

/** An answer for each signature of a function, from one for each or one for all. */
function forEach<Value, Way>(
  { signatures }: SlsFunction,
  given: OneOrMore<Value>,
  way: (value: Value) => Way,
): readonly Way[] {
  return isMany(given) ? given.map(way) : signatures.map(() => way(given));
}

function isMany<Value>(given: OneOrMore<Value>): given is readonly Value[] {
  return Array.isArray(given);
}

function answered(known: SlsFunction): FunctionSql | undefined {
  const { name, kind, local } = known;
  if (local === "query") return { kind: "query" };
  if (forms.includes(name)) return { kind: "form" };
  const rewrite = own(rewrites, name);
  if (rewrite !== undefined) return { kind: "rewrite", rewrite };
  if (kind === "scalar") {
    const sql = local === "same" ? `${name}($*)` : own(expressions, name);
    if (sql === undefined) return undefined;
    return { kind: "signatures", signatures: forEach(known, sql, (one) => ({ kind, sql: one })) };
  }
  const rows = local === "same" ? { name } : own(ofRows, name);
  const way = ({ name, args = "$*", whole = "$0" }: Rows): WaySql => ({ kind, name, args, whole });
  return rows && { kind: "signatures", signatures: forEach(known, rows, way) };
}

function own<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * How DuckDB answers the functions of the catalogue; those are missing that only the cloud can answer. Only what stands
 * here can be called: a name that does not is refused, so no statement reaches a function that reads files or settings.
 */
export const functionSql: ReadonlyMap<string, FunctionSql> = new Map(
  [...slsFunctions].flatMap(([name, known]) => {
    const how = answered(known);
    return how === undefined ? [] : [[name, how] as const];
  }),
);

/** Every name of which something is said here, for the test that none is left over. */
export const answeredNames: readonly string[] = [
  ...Object.keys(expressions),
  ...Object.keys(ofRows),
  ...Object.keys(rewrites),
  ...forms,
];
