import {
  arrayType,
  bigintType,
  booleanType,
  doubleType,
  hyperLogLogType,
  mapType,
  unknownType,
  varbinaryType,
} from "../types.ts";
import type { SlsFunction } from "./functions.ts";
import {
  aggregates,
  alsoSpl,
  any,
  array,
  arrayOfFirst,
  bigint,
  boolean,
  double,
  hyperLogLog,
  integer,
  map,
  mapOfBoth,
  number,
  ofPresto,
  onlySql,
  optional,
  overWindow,
  repeated,
  sameAsFirst,
  scalars,
  signature,
  varbinary,
  varchar,
} from "./notation.ts";

const aggregate = aggregates("aggregate");
const statistics = aggregates("statistics");
const approximate = aggregates("approximate");
const inMaps = aggregates("map");
const compare = aggregates("compare");
const other = aggregates("other");

const spread = signature(doubleType, double("x"));
const pairs = signature(doubleType, double("y"), double("x"));

/** Functions of many rows: SLS's pages on aggregate, statistical, approximate, window and comparison functions. */
export const functionsOfRows: readonly SlsFunction[] = [
  alsoSpl(aggregate("count", "macro", "count(*)", signature(bigintType), signature(bigintType, any("x")))),
  alsoSpl(aggregate("count_if", "macro", `count_if("process.name" = 'curl')`, signature(bigintType, boolean("x")))),
  alsoSpl(
    aggregate(
      "sum",
      "macro",
      `sum(if("process.name" = 'curl', 1, 0))`,
      signature(bigintType, bigint("x")),
      signature(sameAsFirst, number("x")),
    ),
  ),
  alsoSpl(aggregate("avg", "same", `avg(length("process.cmdline"))`, signature(doubleType, number("x")))),
  alsoSpl(
    aggregate(
      "min",
      "same",
      "min(__time__)",
      signature(sameAsFirst, any("x")),
      signature(arrayOfFirst, any("x"), bigint("n")),
    ),
  ),
  alsoSpl(
    aggregate(
      "max",
      "same",
      "max(__time__)",
      signature(sameAsFirst, any("x")),
      signature(arrayOfFirst, any("x"), bigint("n")),
    ),
  ),
  aggregate(
    "max_by",
    "macro",
    'max_by("process.cmdline", __time__)',
    signature(sameAsFirst, any("x"), any("y")),
    signature(arrayOfFirst, any("x"), any("y"), bigint("n")),
  ),
  aggregate(
    "min_by",
    "macro",
    'min_by("process.cmdline", __time__)',
    signature(sameAsFirst, any("x"), any("y")),
    signature(arrayOfFirst, any("x"), any("y"), bigint("n")),
  ),
  alsoSpl(aggregate("arbitrary", "macro", 'arbitrary("k8s.container.image")', signature(sameAsFirst, any("x")))),
  ofPresto(aggregate("any_value", "same", 'any_value("k8s.container.image")', signature(sameAsFirst, any("x")))),
  alsoSpl(aggregate("array_agg", "macro", 'array_agg("process.name")', signature(arrayOfFirst, any("x")))),
  alsoSpl(aggregate("bool_and", "same", `bool_and("process.user.uid" = 0)`, signature(booleanType, boolean("x")))),
  alsoSpl(aggregate("every", "macro", `every("process.user.uid" = 0)`, signature(booleanType, boolean("x")))),
  alsoSpl(aggregate("bool_or", "same", `bool_or("process.user.uid" = 0)`, signature(booleanType, boolean("x")))),
  aggregate("bitwise_and_agg", "macro", 'bitwise_and_agg("process.user.uid")', signature(bigintType, bigint("x"))),
  aggregate("bitwise_or_agg", "macro", 'bitwise_or_agg("process.user.uid")', signature(bigintType, bigint("x"))),
  aggregate(
    "checksum",
    "macro",
    'checksum("process.cmdline")',
    signature(varbinaryType, varchar("x")),
    signature(varbinaryType, varbinary("x")),
    signature(varbinaryType, bigint("x")),
    signature(varbinaryType, double("x")),
    signature(varbinaryType, boolean("x")),
  ),
  aggregate("geometric_mean", "macro", `geometric_mean(length("process.cmdline"))`, spread),
  alsoSpl(aggregate("kurtosis", "same", `kurtosis(length("process.cmdline"))`, spread)),
  alsoSpl(aggregate("skewness", "macro", `skewness(length("process.cmdline"))`, spread)),
  aggregate(
    "map_union",
    "macro",
    `map_union(map(array["process.name"], array["process.cwd"]))`,
    signature(sameAsFirst, map("x")),
  ),

  inMaps(
    "histogram",
    "same",
    'histogram("process.name")',
    signature(([type]) => mapType(type ?? unknownType, bigintType), any("x")),
  ),
  inMaps("histogram_u", "query", 'histogram_u("process.name")', signature(unknownType, any("x"))),
  inMaps(
    "map_agg",
    "macro",
    'map_agg("k8s.pod.name", "k8s.container.image")',
    signature(mapOfBoth, any("x"), any("y")),
  ),
  inMaps(
    "multimap_agg",
    "macro",
    'multimap_agg("k8s.pod.name", "process.name")',
    signature(([key, value]) => mapType(key ?? unknownType, arrayType(value ?? unknownType)), any("x"), any("y")),
  ),

  statistics("corr", "macro", `corr(length("process.name"), length("process.cmdline"))`, pairs),
  statistics("covar_pop", "same", `covar_pop(length("process.name"), length("process.cmdline"))`, pairs),
  statistics("covar_samp", "same", `covar_samp(length("process.name"), length("process.cmdline"))`, pairs),
  statistics("regr_intercept", "macro", 'regr_intercept(length("process.cmdline"), __time__)', pairs),
  statistics("regr_slope", "macro", 'regr_slope(length("process.cmdline"), __time__)', pairs),
  statistics("stddev", "macro", `stddev(length("process.cmdline"))`, spread),
  statistics("stddev_pop", "same", `stddev_pop(length("process.cmdline"))`, spread),
  statistics("stddev_samp", "same", `stddev_samp(length("process.cmdline"))`, spread),
  statistics("variance", "macro", `variance(length("process.cmdline"))`, spread),
  statistics("var_pop", "same", `var_pop(length("process.cmdline"))`, spread),
  statistics("var_samp", "same", `var_samp(length("process.cmdline"))`, spread),

  alsoSpl(
    approximate(
      "approx_distinct",
      "macro",
      'approx_distinct("k8s.pod.name")',
      signature(bigintType, any("x")),
      signature(bigintType, any("x"), number("e")),
    ),
  ),
  alsoSpl(
    approximate(
      "approx_percentile",
      "macro",
      `approx_percentile(length("process.cmdline"), 0.99)`,
      signature(sameAsFirst, number("x"), number("percentage")),
      signature(arrayOfFirst, number("x"), array("percentages")),
      signature(sameAsFirst, number("x"), bigint("weight"), number("percentage"), optional(number("accuracy"))),
      signature(arrayOfFirst, number("x"), bigint("weight"), array("percentages")),
    ),
  ),
  approximate(
    "numeric_histogram",
    "macro",
    `numeric_histogram(10, length("process.cmdline"))`,
    signature(mapType(doubleType, doubleType), bigint("buckets"), double("x"), optional(double("weight"))),
  ),
  approximate(
    "numeric_histogram_u",
    "query",
    `numeric_histogram_u(10, length("process.cmdline"))`,
    signature(doubleType, bigint("buckets"), double("x")),
  ),
  approximate(
    "approx_set",
    "macro",
    'approx_set("k8s.pod.name")',
    signature(hyperLogLogType, any("x"), optional(double("e"))),
  ),
  approximate("merge", "macro", "merge(pods)", signature(hyperLogLogType, hyperLogLog("sets"))),
  onlySql(
    scalars("approximate")(
      "empty_approx_set",
      "macro",
      "empty_approx_set()",
      signature(hyperLogLogType, optional(double("e"))),
    ),
  ),

  overWindow("row_number", "same", "row_number() over (order by __time__)", signature(bigintType)),
  overWindow("rank", "same", "rank() over (order by __time__)", signature(bigintType)),
  overWindow("dense_rank", "same", "dense_rank() over (order by __time__)", signature(bigintType)),
  overWindow("percent_rank", "same", "percent_rank() over (order by __time__)", signature(doubleType)),
  overWindow("cume_dist", "same", "cume_dist() over (order by __time__)", signature(doubleType)),
  overWindow("ntile", "same", "ntile(4) over (order by __time__)", signature(bigintType, bigint("n"))),
  overWindow(
    "first_value",
    "same",
    'first_value("process.name") over (partition by traceid order by __time__)',
    signature(sameAsFirst, any("x")),
  ),
  overWindow(
    "last_value",
    "same",
    'last_value("process.name") over (partition by traceid order by __time__)',
    signature(sameAsFirst, any("x")),
  ),
  overWindow(
    "nth_value",
    "same",
    'nth_value("process.name", 2) over (partition by traceid order by __time__)',
    signature(sameAsFirst, any("x"), bigint("offset")),
  ),
  overWindow(
    "lag",
    "same",
    "__time__ - lag(__time__, 1, __time__) over (partition by traceid order by __time__)",
    signature(sameAsFirst, any("x"), optional(integer("offset")), optional(any("default_value"))),
  ),
  overWindow(
    "lead",
    "same",
    "lead(__time__, 1, __time__) over (partition by traceid order by __time__) - __time__",
    signature(sameAsFirst, any("x"), optional(integer("offset")), optional(any("default_value"))),
  ),
  ofPresto(
    onlySql(scalars("aggregate")("grouping", "same", "grouping(kind)", signature(bigintType, repeated(any("x"))))),
  ),

  compare(
    "compare",
    "query",
    "compare(events, 86400)",
    signature(arrayType(doubleType), number("x"), repeated(bigint("n"))),
  ),
  compare(
    "ts_compare",
    "query",
    "ts_compare(events, 86400)",
    signature(arrayType(doubleType), number("x"), repeated(bigint("n"))),
  ),
  other(
    "window_funnel",
    "macro",
    `window_funnel(600, __time__, "process.name", array['curl', 'chmod', 'sh'])`,
    signature(bigintType, bigint("sliding_window"), bigint("timestamp"), varchar("event_id"), array("events")),
    signature(bigintType, bigint("sliding_window"), bigint("timestamp"), array("events")),
  ),
];
