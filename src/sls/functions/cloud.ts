import { arrayType, bigintType, booleanType, colorType, doubleType, unknownType, varcharType } from "../types.ts";
import type { SlsFunction } from "./functions.ts";
import {
  aggregates,
  any,
  bigint,
  boolean,
  color,
  double,
  onlySql,
  optional,
  repeated,
  scalars,
  signature,
  varchar,
} from "./notation.ts";

const ip = scalars("ip");
const security = scalars("security");
const geo = scalars("geo");
const other = scalars("other");
const machineLearning = aggregates("machineLearning");
const promql = aggregates("promql");

const placeOf = signature(varcharType, varchar("x"), optional(varchar("language")));
const ofSubnet = signature(varcharType, varchar("prefix"));
const listed = (name: string) => signature(bigintType, varchar(name));
const onPhone = signature(varcharType, varchar("x"));
const shape = unknownType;

/** Functions that only SLS has, many of which need its data: SLS's pages on IP addresses, security, geography, units, colours, phones and machine learning. */
export const functionsOfTheCloud: readonly SlsFunction[] = [
  ip("ip_to_domain", "macro", 'ip_to_domain("host.hostip")', signature(varcharType, varchar("x"))),
  ip("ip_to_country", "cloudOnly", 'ip_to_country("host.hostip")', placeOf),
  ip("ip_to_country_code", "cloudOnly", 'ip_to_country_code("host.hostip")', signature(varcharType, varchar("x"))),
  ip("ip_to_province", "cloudOnly", 'ip_to_province("host.hostip")', placeOf),
  ip("ip_to_city", "cloudOnly", 'ip_to_city("host.hostip")', placeOf),
  ip("ip_to_geo", "cloudOnly", 'ip_to_geo("host.hostip")', signature(varcharType, varchar("x"))),
  ip("ip_to_city_geo", "cloudOnly", 'ip_to_city_geo("host.hostip")', signature(varcharType, varchar("x"))),
  ip("ip_to_provider", "cloudOnly", 'ip_to_provider("host.hostip")', signature(varcharType, varchar("x"))),
  ip("ip_prefix", "macro", 'ip_prefix("host.hostip", 24)', signature(varcharType, varchar("x"), bigint("prefix_bits"))),
  ip("ip_subnet_min", "macro", `ip_subnet_min(ip_prefix("host.hostip", 24))`, ofSubnet),
  ip("ip_subnet_max", "macro", `ip_subnet_max(ip_prefix("host.hostip", 24))`, ofSubnet),
  ip(
    "ip_subnet_range",
    "macro",
    `ip_subnet_range(ip_prefix("host.hostip", 24))`,
    signature(arrayType(varcharType), varchar("prefix")),
  ),
  ip(
    "is_subnet_of",
    "macro",
    `is_subnet_of('10.0.0.0/8', "host.hostip")`,
    signature(booleanType, varchar("prefix"), varchar("x")),
  ),
  ip(
    "is_prefix_subnet_of",
    "macro",
    `is_prefix_subnet_of('10.0.0.0/8', ip_prefix("host.hostip", 24))`,
    signature(booleanType, varchar("prefix"), varchar("other_prefix")),
  ),

  security("security_check_ip", "cloudOnly", 'security_check_ip("host.hostip")', listed("ip")),
  security(
    "security_check_domain",
    "cloudOnly",
    `security_check_domain(url_extract_host(regexp_extract("process.cmdline", 'https?://[^ ]+')))`,
    listed("domain"),
  ),
  security(
    "security_check_url",
    "cloudOnly",
    `security_check_url(regexp_extract("process.cmdline", 'https?://[^ ]+'))`,
    listed("url"),
  ),

  geo(
    "geohash",
    "macro",
    "geohash(30.27, 120.15, 6)",
    signature(varcharType, double("latitude"), double("longitude")),
    signature(varcharType, double("latitude"), double("longitude"), bigint("precision")),
    signature(varcharType, varchar("coordinates")),
  ),
  geo("geohash_decode", "cloudOnly", "geohash_decode('wtmk7')", signature(varcharType, varchar("x"))),
  onlySql(geo("st_point", "cloudOnly", "st_point(120.15, 30.27)", signature(shape, double("x"), double("y")))),
  onlySql(
    geo("st_geometryfromtext", "cloudOnly", "st_geometryfromtext('POINT (0 0)')", signature(shape, varchar("x"))),
  ),
  onlySql(geo("st_astext", "cloudOnly", "st_astext(st_point(0, 0))", signature(varcharType, any("x")))),
  onlySql(
    geo(
      "st_contains",
      "cloudOnly",
      "st_contains(st_buffer(st_point(0, 0), 2), st_point(1, 1))",
      signature(booleanType, any("x"), any("y")),
    ),
  ),
  onlySql(
    geo(
      "st_distance",
      "cloudOnly",
      "st_distance(st_point(0, 0), st_point(3, 4))",
      signature(doubleType, any("x"), any("y")),
    ),
  ),
  onlySql(
    geo(
      "st_intersects",
      "cloudOnly",
      "st_intersects(st_point(0, 0), st_point(1, 1))",
      signature(booleanType, any("x"), any("y")),
    ),
  ),
  onlySql(geo("st_boundary", "cloudOnly", "st_boundary(st_buffer(st_point(0, 0), 2))", signature(shape, any("x")))),
  onlySql(
    geo("st_buffer", "cloudOnly", "st_buffer(st_point(0, 0), 2)", signature(shape, any("x"), double("distance"))),
  ),
  onlySql(geo("st_area", "cloudOnly", "st_area(st_buffer(st_point(0, 0), 2))", signature(doubleType, any("x")))),

  other(
    "convert_data_size",
    "macro",
    "convert_data_size('1200KB')",
    signature(varcharType, varchar("x")),
    signature(varcharType, varchar("x"), varchar("unit")),
  ),
  onlySql(
    other(
      "format_data_size",
      "macro",
      `format_data_size(sum(length("process.cmdline")), 'KB')`,
      signature(varcharType, bigint("x"), varchar("unit")),
    ),
  ),
  other("format_duration", "macro", "format_duration(3661)", signature(varcharType, double("x"))),
  other("mobile_carrier", "cloudOnly", "mobile_carrier('1390000')", onPhone),
  other("mobile_city", "cloudOnly", "mobile_city('1390000')", onPhone),
  other("mobile_province", "cloudOnly", "mobile_province('1390000')", onPhone),
  onlySql(
    other(
      "bar",
      "macro",
      "bar(count_if(kind = 'Command') / cast(count(*) as double), 40)",
      signature(varcharType, double("x"), bigint("width")),
      signature(varcharType, double("x"), bigint("width"), color("low_color"), color("high_color")),
    ),
  ),
  onlySql(
    other(
      "color",
      "macro",
      "color('red')",
      signature(colorType, varchar("name")),
      signature(colorType, double("y"), color("low_color"), color("high_color")),
      signature(colorType, double("x"), double("low"), double("high"), color("low_color"), color("high_color")),
    ),
  ),
  onlySql(
    other(
      "render",
      "rewrite",
      `render("process.user.uid" = 0)`,
      signature(varcharType, boolean("condition")),
      signature(varcharType, any("x"), color("color")),
    ),
  ),
  onlySql(
    other("rgb", "macro", "rgb(255, 0, 0)", signature(colorType, bigint("red"), bigint("green"), bigint("blue"))),
  ),

  machineLearning("ts_smooth_simple", "cloudOnly", "ts_smooth_simple(stamp, value)"),
  machineLearning("ts_smooth_fir", "cloudOnly", "ts_smooth_fir(stamp, value, 'triang', 5, 1, 'avg')"),
  machineLearning(
    "ts_smooth_iir",
    "cloudOnly",
    "ts_smooth_iir(stamp, value, array[0.05, 0.9], array[1, -0.9], 1, 'avg')",
  ),
  machineLearning("ts_period_detect", "cloudOnly", "ts_period_detect(stamp, value, 0.2, 1.0)"),
  machineLearning("ts_cp_detect", "cloudOnly", "ts_cp_detect(stamp, value, 3)"),
  machineLearning("ts_breakout_detect", "cloudOnly", "ts_breakout_detect(stamp, value, 3)"),
  machineLearning("ts_find_peaks", "cloudOnly", "ts_find_peaks(stamp, value, 60)"),
  machineLearning("ts_predicate_simple", "cloudOnly", "ts_predicate_simple(stamp, value, 6)"),
  machineLearning("ts_predicate_ar", "cloudOnly", "ts_predicate_ar(stamp, value, 20, 6)"),
  machineLearning("ts_predicate_arma", "cloudOnly", "ts_predicate_arma(stamp, value, 10, 10, 6)"),
  machineLearning("ts_predicate_arima", "cloudOnly", "ts_predicate_arima(stamp, value, 10, 1, 10, 6)"),
  machineLearning("ts_regression_predict", "cloudOnly", "ts_regression_predict(stamp, value, 6, 'origin')"),
  machineLearning("ts_decompose", "cloudOnly", "ts_decompose(stamp, value)"),
  machineLearning("ts_density_cluster", "cloudOnly", "ts_density_cluster(stamp, value, name)"),
  machineLearning("ts_hierarchical_cluster", "cloudOnly", "ts_hierarchical_cluster(stamp, value, name, 3)"),
  machineLearning("ts_similar", "cloudOnly", "ts_similar(stamp, value)"),
  machineLearning("ts_similar_instance", "cloudOnly", "ts_similar_instance(stamp, value, name, 'web-0', 5)"),
  machineLearning("ts_association_analysis", "cloudOnly", "ts_association_analysis(stamp, value, name, 'web-0')"),
  machineLearning("kernel_density_estimation", "cloudOnly", "kernel_density_estimation(stamp, value)"),
  machineLearning("series_padding", "cloudOnly", "series_padding(stamp, value)"),
  machineLearning("anomaly_compare", "cloudOnly", "anomaly_compare(stamp, value)"),
  machineLearning("pattern_stat", "cloudOnly", `pattern_stat(array["process.name"], array['process'], 0.1)`),
  machineLearning(
    "pattern_diff",
    "cloudOnly",
    `pattern_diff(array["process.name"], array['process'], "process.user.uid" = 0)`,
  ),
  machineLearning(
    "rca_kpi_search",
    "cloudOnly",
    `rca_kpi_search(array["process.name"], array['process'], value, stamp)`,
  ),
  machineLearning("url_classify", "cloudOnly", `url_classify("process.cmdline")`),

  promql("promql_query", "cloudOnly", "promql_query('up')", signature(unknownType, varchar("query"))),
  promql(
    "promql_query_range",
    "cloudOnly",
    "promql_query_range('up', '1m')",
    signature(unknownType, varchar("query"), optional(varchar("step"))),
  ),
  promql("promql_labels", "cloudOnly", "promql_labels('up')", signature(unknownType, optional(varchar("selector")))),
  promql(
    "promql_label_values",
    "cloudOnly",
    "promql_label_values('job')",
    signature(unknownType, varchar("label"), optional(varchar("selector"))),
  ),
  promql("promql_series", "cloudOnly", "promql_series('up')", signature(unknownType, repeated(varchar("selector")))),
];
