import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { answeredNames, functionSql } from "../../../src/engine/translation/functionSql.ts";
import { hasErrors } from "../../../src/sls/check/problems.ts";
import { slsFunction, slsFunctions } from "../../../src/sls/functions/catalogue.ts";
import { functionGroups, type SlsFunction } from "../../../src/sls/functions/functions.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";

/** The names that sls.md §2.2 lists from SLS's documentation, but for those of machine learning and PromQL. */
const documented = words(`
  arbitrary avg bitwise_and_agg bitwise_or_agg bool_and every bool_or checksum count count_if geometric_mean
  kurtosis skewness map_union max max_by min min_by sum array_agg
  chr codepoint concat from_utf8 to_utf8 hamming_distance length levenshtein_distance lower upper lpad rpad
  ltrim rtrim trim normalize position strpos replace reverse split split_part split_to_map substr csv_split
  ascii_escape ascii_unescape unicode_unescape
  regexp_extract regexp_extract_all regexp_like regexp_replace regexp_split
  current_date current_time current_timestamp current_timezone localtime localtimestamp now
  from_iso8601_timestamp from_iso8601_date from_unixtime to_unixtime date_format date_parse date_trunc date_add
  date_diff time_series day hour minute month quarter second week year
  json_array_contains json_array_get json_array_length json_extract json_extract_scalar json_format json_parse
  json_size
  cast try_cast typeof
  case if coalesce nullif try
  abs acos asin atan atan2 cbrt ceil ceiling cos cosh cosine_similarity degrees e exp floor from_base infinity
  is_finite is_infinite is_nan ln log log2 log10 mod nan pi pow power radians rand random round sign sin sqrt
  tan tanh to_base truncate width_bucket
  corr covar_pop covar_samp regr_intercept regr_slope stddev stddev_pop stddev_samp variance var_pop var_samp
  array_distinct array_except array_intersect array_join array_max array_min array_position array_remove
  array_sort array_union cardinality contains element_at filter flatten reduce sequence shuffle slice transform
  zip zip_with any_match all_match none_match
  map map_keys map_values map_concat map_entries map_from_entries map_filter map_zip_with transform_keys
  transform_values histogram histogram_u map_agg multimap_agg
  url_encode url_decode url_extract_fragment url_extract_host url_extract_parameter url_extract_path
  url_extract_port url_extract_protocol url_extract_query
  to_base64 from_base64 to_base64url from_base64url to_hex from_hex to_big_endian_64 from_big_endian_64 md5 sha1
  sha256 sha512 crc32 xxhash64 bit_count bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift
  bitwise_right_shift bitwise_right_shift_arithmetic
  ip_to_domain ip_to_country ip_to_country_code ip_to_province ip_to_city ip_to_geo ip_to_city_geo
  ip_to_provider ip_prefix ip_subnet_min ip_subnet_max ip_subnet_range is_subnet_of is_prefix_subnet_of
  approx_distinct approx_percentile numeric_histogram numeric_histogram_u approx_set merge empty_approx_set
  cume_dist dense_rank ntile percent_rank rank row_number first_value last_value lag lead nth_value
  compare ts_compare
  security_check_ip security_check_domain security_check_url
  geohash geohash_decode st_point st_geometryfromtext st_astext st_contains st_distance st_intersects
  st_boundary st_buffer st_area
  window_funnel convert_data_size format_duration mobile_carrier mobile_city mobile_province bar color render
  rgb
`);

const ofMachineLearning = words(`
  ts_smooth_simple ts_smooth_fir ts_smooth_iir ts_period_detect ts_cp_detect ts_breakout_detect ts_find_peaks
  ts_predicate_simple ts_predicate_ar ts_predicate_arma ts_predicate_arima ts_regression_predict ts_decompose
  ts_density_cluster ts_hierarchical_cluster ts_similar ts_similar_instance kernel_density_estimation
  series_padding anomaly_compare pattern_stat pattern_diff rca_kpi_search ts_association_analysis url_classify
  promql_query promql_query_range promql_labels promql_label_values promql_series
`);

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

const all: readonly SlsFunction[] = [...slsFunctions.values()];

test("the documented names are 274, and 30 of machine learning and PromQL", () => {
  assert.equal(new Set(documented).size, 274);
  assert.equal(new Set(ofMachineLearning).size, 30);
});
test("every documented name is in the catalogue", () =>
  assert.deepEqual(
    [...documented, ...ofMachineLearning].filter((name) => !slsFunctions.has(name)),
    [],
  ));
test("at least 200 of the 274 run on the embedded engine", () => {
  const local = documented.filter((name) => slsFunction(name)?.local !== "cloudOnly");
  assert.equal(local.length >= 200, true, `${local.length}`);
});
test("a name is read in any case", () => assert.equal(slsFunction("Date_Format")?.name, "date_format"));
test("a name that is none finds nothing", () => assert.equal(slsFunction("constructor"), undefined));
test("every group has a function", () => {
  const used = new Set(all.map(({ group }) => group));
  assert.deepEqual([...used].toSorted(), [...functionGroups].toSorted());
});
test("only machine learning may be without a signature", () =>
  assert.deepEqual(
    all
      .filter(({ group, signatures }) => signatures.length === 0 && group !== "machineLearning")
      .map(({ name }) => name),
    [],
  ));
test("only the last parameter is repeated, and none that must stand follows an optional one", () => {
  for (const { name, signatures } of all) {
    for (const { parameters } of signatures) {
      const repeated = parameters.findIndex((parameter) => parameter.repeated);
      assert.equal(repeated === -1 || repeated === parameters.length - 1, true, name);
      const optional = parameters.findIndex((parameter) => parameter.optional);
      assert.equal(optional === -1 || parameters.slice(optional).every((parameter) => parameter.optional), true, name);
    }
  }
});

// The examples are what a user is shown.
test("every example calls its function", () => {
  for (const { name, example } of all) assert.match(example.toLowerCase(), new RegExp(`\\b${name}\\b`), name);
});
test("every example is sound SQL", () => {
  for (const { name, example } of all) {
    const { problems } = parseStatement(`* | select ${example} from log`);
    assert.equal(hasErrors(problems), false, `${name}: ${JSON.stringify(problems)}`);
  }
});

test("every function has a sentence of help, and no sentence is left over", () => {
  const wording = readFileSync(join(import.meta.dirname, "../../../src/editor/wording/functions.ts"), "utf8");
  const helped = [...wording.matchAll(/^ {4}(\w+): t\(\s*["']\S/gm)].map(([, name]) => name);
  assert.deepEqual(helped.toSorted(), [...slsFunctions.keys()].toSorted());
});

// The catalogue and the engine's table.
test("what is not of the cloud alone has an answer on the engine, and nothing else has", () =>
  assert.deepEqual(
    [...functionSql.keys()].toSorted(),
    all
      .filter(({ local }) => local !== "cloudOnly")
      .map(({ name }) => name)
      .toSorted(),
  ));
test("no answer is left over, and none is there twice", () => {
  const answered = answeredNames.filter((name) => ["macro", "rewrite"].includes(slsFunction(name)?.local ?? ""));
  assert.deepEqual(answered, answeredNames);
  assert.equal(new Set(answeredNames).size, answeredNames.length);
});
test("the catalogue tells how the engine answers", () => {
  for (const { name, local } of all) {
    const kind = functionSql.get(name)?.kind;
    if (local === "same" || local === "macro") assert.equal(kind, "signatures", name);
    if (local === "rewrite") assert.equal(kind === "rewrite" || kind === "form", true, name);
    if (local === "query") assert.equal(kind, "query", name);
  }
});
test("there is one answer for each signature", () => {
  for (const { name, signatures } of all) {
    const how = functionSql.get(name);
    if (how?.kind === "signatures") assert.equal(how.signatures.length, signatures.length, name);
  }
});
test("`same` is only what DuckDB answers under the same name", () => {
  for (const { name, local } of all) {
    const how = functionSql.get(name);
    if (how?.kind !== "signatures") continue;
    const same = how.signatures.every((way) =>
      way.kind === "scalar" ? way.sql === `${name}($*)` : way.name === name && way.args === "$*" && way.whole === "$0",
    );
    assert.equal(same, local === "same", name);
  }
});
