import {
  bigintType,
  booleanType,
  dateType,
  doubleType,
  type SqlType,
  timestampType,
  unknownType,
  varcharType,
} from "../types.ts";
import type { SlsFunction } from "./functions.ts";
import {
  any,
  bigint,
  boolean,
  commonOf,
  double,
  format,
  integer,
  map,
  number,
  ofPresto,
  onlySql,
  optional,
  repeated,
  sameAsFirst,
  scalars,
  signature,
  time,
  type,
  unit,
  varchar,
  zone,
} from "./notation.ts";

const inTime = scalars("time");
const conversion = scalars("conversion");
const conditional = scalars("conditional");
const math = scalars("math");
const bit = scalars("bit");

// The zone is that of the question.
const zonedTime: SqlType = { kind: "zonedTime", zone: "UTC" };
const zonedTimestamp: SqlType = { kind: "zonedTimestamp", zone: "UTC" };

/** Seconds and texts become timestamps; a date stays one, and so does a time with a zone. */
function moment(given: SqlType | undefined): SqlType {
  return given?.kind === "date" || given?.kind === "zonedTimestamp" ? given : timestampType;
}

const part = signature(bigintType, time("x"));
const real = signature(doubleType, double("x"));
const rounded = [signature(bigintType, bigint("x")), signature(doubleType, double("x"))];
const chance = [
  signature(doubleType),
  signature(bigintType, bigint("n")),
  signature(bigintType, bigint("m"), bigint("n")),
];
const bits = signature(bigintType, bigint("x"), bigint("y"));
const shift = signature(bigintType, bigint("x"), bigint("shift"));
const powers = signature(doubleType, double("x"), double("y"));

/** Functions of times, numbers, conditions and types: SLS's pages on these, on bits and on conversions. */
export const functionsOfValues: readonly SlsFunction[] = [
  inTime("current_date", "rewrite", "current_date", signature(dateType)),
  inTime("current_time", "rewrite", "current_time", signature(zonedTime)),
  inTime("current_timestamp", "rewrite", "current_timestamp", signature(zonedTimestamp)),
  inTime("localtime", "rewrite", "localtime", signature({ kind: "time" })),
  inTime("localtimestamp", "rewrite", "localtimestamp", signature(timestampType)),
  inTime("current_timezone", "rewrite", "current_timezone()", signature(varcharType)),
  inTime("now", "rewrite", "now()", signature(zonedTimestamp)),
  inTime("date", "rewrite", "date(__time__)", signature(dateType, time("x"))),
  inTime(
    "date_add",
    "rewrite",
    "date_add('hour', -1, from_unixtime(__time__))",
    signature(([, , given]) => moment(given), unit("unit"), bigint("n"), time("x")),
  ),
  inTime(
    "date_diff",
    "rewrite",
    "date_diff('minute', from_unixtime(min(__time__)), from_unixtime(max(__time__)))",
    signature(bigintType, unit("unit"), time("x"), time("y")),
  ),
  inTime(
    "date_format",
    "rewrite",
    "date_format(__time__, '%Y-%m-%d %H:%i:%s')",
    signature(varcharType, time("x"), format("format")),
  ),
  inTime(
    "date_parse",
    "rewrite",
    "date_parse('2026-11-23 08:00', '%Y-%m-%d %H:%i')",
    signature(timestampType, varchar("x"), format("format")),
  ),
  inTime(
    "date_trunc",
    "rewrite",
    "date_trunc('hour', __time__)",
    signature(([, given]) => moment(given), unit("unit"), time("x")),
  ),
  inTime("from_iso8601_date", "macro", `from_iso8601_date(substr(time, 1, 10))`, signature(dateType, varchar("x"))),
  inTime("from_iso8601_timestamp", "rewrite", "from_iso8601_timestamp(time)", signature(zonedTimestamp, varchar("x"))),
  inTime(
    "from_unixtime",
    "rewrite",
    "from_unixtime(__time__, 'Asia/Shanghai')",
    signature(timestampType, number("x")),
    signature(zonedTimestamp, number("x"), zone("time_zone")),
    signature(zonedTimestamp, number("x"), bigint("hours"), bigint("minutes")),
  ),
  inTime("to_unixtime", "rewrite", "to_unixtime(from_iso8601_timestamp(time))", signature(doubleType, time("x"))),
  inTime("to_iso8601", "rewrite", "to_iso8601(from_unixtime(__time__))", signature(varcharType, time("x"))),
  ofPresto(inTime("last_day_of_month", "rewrite", "last_day_of_month(__time__)", signature(dateType, time("x")))),
  onlySql(
    inTime(
      "time_series",
      "query",
      "time_series(__time__, '1h', '%Y-%m-%d %H:%i', '0')",
      signature(varcharType, time("x"), varchar("window_time"), format("format"), varchar("padding_data")),
    ),
  ),
  inTime("year", "rewrite", "year(__time__)", part),
  inTime("quarter", "rewrite", "quarter(__time__)", part),
  inTime("month", "rewrite", "month(__time__)", part),
  inTime("week", "rewrite", "week(__time__)", part),
  inTime("week_of_year", "rewrite", "week_of_year(__time__)", part),
  inTime("day", "rewrite", "day(__time__)", part),
  inTime("day_of_month", "rewrite", "day_of_month(__time__)", part),
  inTime("day_of_week", "rewrite", "day_of_week(__time__)", part),
  inTime("dow", "rewrite", "dow(__time__)", part),
  inTime("day_of_year", "rewrite", "day_of_year(__time__)", part),
  inTime("doy", "rewrite", "doy(__time__)", part),
  inTime("year_of_week", "rewrite", "year_of_week(__time__)", part),
  inTime("yow", "rewrite", "yow(__time__)", part),
  inTime("hour", "rewrite", "hour(__time__)", part),
  inTime("minute", "rewrite", "minute(__time__)", part),
  inTime("second", "rewrite", "second(__time__)", part),
  ofPresto(inTime("millisecond", "rewrite", "millisecond(from_iso8601_timestamp(time))", part)),
  inTime("timezone_hour", "rewrite", "timezone_hour(from_unixtime(__time__, 'Asia/Shanghai'))", part),
  inTime("timezone_minute", "rewrite", "timezone_minute(from_unixtime(__time__, 'Asia/Kolkata'))", part),

  conversion("cast", "rewrite", 'cast("process.user.uid" as varchar)', signature(unknownType, any("x"), type("type"))),
  conversion(
    "try_cast",
    "rewrite",
    `try_cast(json_extract_scalar(process, '$.pid') as bigint)`,
    signature(unknownType, any("x"), type("type")),
  ),
  conversion("typeof", "rewrite", 'typeof("process.user.uid")', signature(varcharType, any("x"))),

  conditional(
    "case",
    "rewrite",
    `case when "process.user.uid" = 0 then 'root' else 'other' end`,
    signature(unknownType, boolean("condition"), any("result"), optional(any("default"))),
  ),
  conditional(
    "if",
    "rewrite",
    `if("process.user.uid" = 0, 'root', 'other')`,
    signature(([, ...outcomes]) => commonOf(outcomes), boolean("condition"), any("x"), optional(any("y"))),
  ),
  conditional("coalesce", "rewrite", `coalesce("process.cwd", '/')`, signature(commonOf, repeated(any("x")))),
  conditional("nullif", "rewrite", `nullif("process.cwd", '')`, signature(sameAsFirst, any("x"), any("y"))),
  conditional("try", "rewrite", `try(cast("process.user.uid" as integer))`, signature(sameAsFirst, any("expression"))),
  conditional("greatest", "rewrite", "greatest(min(__time__), 0)", signature(commonOf, repeated(any("x")))),
  conditional("least", "rewrite", `least(length("process.cmdline"), 80)`, signature(commonOf, repeated(any("x")))),

  math("abs", "same", "abs(__time__ - to_unixtime(now()))", signature(sameAsFirst, number("x"))),
  math("acos", "macro", "acos(0.5)", real),
  math("asin", "macro", "asin(0.5)", real),
  math("atan", "same", "atan(0.5)", real),
  math("atan2", "same", "atan2(1, 2)", powers),
  math("cbrt", "macro", `cbrt(length("process.cmdline"))`, real),
  math("ceil", "macro", "ceil(count(*) / 60.0)", ...rounded),
  math("ceiling", "macro", "ceiling(count(*) / 60.0)", ...rounded),
  math("cos", "macro", "cos(0.5)", real),
  math("cosh", "same", "cosh(0.5)", real),
  math(
    "cosine_similarity",
    "macro",
    "cosine_similarity(map(array['a'], array[1.0]), map(array['a', 'b'], array[1.0, 2.0]))",
    signature(doubleType, map("x"), map("y")),
  ),
  math("degrees", "same", "degrees(pi())", real),
  math("e", "macro", "e()", signature(doubleType)),
  math("exp", "same", "exp(1)", real),
  math("floor", "macro", "floor(count(*) / 60.0)", ...rounded),
  math(
    "from_base",
    "macro",
    `from_base(regexp_extract("process.cmdline", '0x([0-9a-f]+)', 1), 16)`,
    signature(bigintType, varchar("x"), bigint("radix")),
  ),
  math("infinity", "macro", "infinity()", signature(doubleType)),
  math("is_finite", "macro", "is_finite(count(*) / 0.0)", signature(booleanType, double("x"))),
  math("is_infinite", "macro", "is_infinite(count(*) / 0.0)", signature(booleanType, double("x"))),
  math("is_nan", "macro", "is_nan(sqrt(-1))", signature(booleanType, double("x"))),
  math("ln", "macro", "ln(count(*))", real),
  math("log", "macro", "log(count(*), 2)", powers),
  math("log2", "macro", "log2(count(*))", real),
  math("log10", "macro", "log10(count(*))", real),
  math("mod", "rewrite", "mod(__time__, 60)", signature(commonOf, number("x"), number("y"))),
  math("nan", "macro", "nan()", signature(doubleType)),
  math("pi", "same", "pi()", signature(doubleType)),
  math("pow", "same", `pow(length("process.name"), 2)`, powers),
  math("power", "macro", `power(length("process.name"), 2)`, powers),
  math("radians", "same", "radians(180)", real),
  math("rand", "macro", "rand()", ...chance),
  math("random", "macro", "random(100)", ...chance),
  math(
    "round",
    "macro",
    `round(avg(length("process.cmdline")), 1)`,
    signature(bigintType, bigint("x")),
    signature(bigintType, bigint("x"), integer("n")),
    signature(doubleType, double("x")),
    signature(doubleType, double("x"), integer("n")),
  ),
  math("sign", "macro", `sign(length("process.cmdline") - 80)`, ...rounded),
  math("sin", "macro", "sin(0.5)", real),
  ofPresto(math("sinh", "same", "sinh(0.5)", real)),
  math("sqrt", "macro", "sqrt(count(*))", real),
  math("tan", "macro", "tan(0.5)", real),
  math("tanh", "same", "tanh(0.5)", real),
  math("to_base", "macro", 'to_base("process.user.uid", 8)', signature(varcharType, bigint("x"), integer("radix"))),
  math(
    "truncate",
    "macro",
    `truncate(avg(length("process.cmdline")))`,
    signature(doubleType, double("x")),
    signature(doubleType, double("x"), integer("n")),
  ),
  math(
    "width_bucket",
    "macro",
    `width_bucket(length("process.cmdline"), 0, 200, 10)`,
    signature(bigintType, double("x"), double("bound1"), double("bound2"), bigint("n")),
    signature(bigintType, double("x"), any("bins")),
  ),

  bit("bit_count", "macro", 'bit_count("process.user.uid", 64)', signature(bigintType, bigint("x"), bigint("bits"))),
  bit("bitwise_and", "macro", 'bitwise_and("process.user.uid", 255)', bits),
  bit("bitwise_or", "macro", 'bitwise_or("process.user.uid", 1)', bits),
  bit("bitwise_xor", "macro", 'bitwise_xor("process.user.uid", 1)', bits),
  bit("bitwise_not", "macro", 'bitwise_not("process.user.uid")', signature(bigintType, bigint("x"))),
  bit("bitwise_left_shift", "macro", "bitwise_left_shift(1, 8)", shift),
  bit("bitwise_right_shift", "macro", 'bitwise_right_shift("process.user.uid", 8)', shift),
  bit("bitwise_right_shift_arithmetic", "macro", 'bitwise_right_shift_arithmetic("process.user.uid", 8)', shift),
];
