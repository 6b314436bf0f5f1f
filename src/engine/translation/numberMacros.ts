/** What is no number fails as a cast does: `TRY` takes no function that is called for its effect, as `error` is. */
function failing(message: string, type = "BIGINT"): string {
  const failure = `CAST('${message}' AS BIGINT)`;
  return type === "BIGINT" ? failure : `CAST(${failure} AS ${type})`;
}

const notANumber = "CAST('NaN' AS DOUBLE)";
const infinity = "CAST('Infinity' AS DOUBLE)";

/** A function that DuckDB refuses outside of its range, where Java has no number for it. */
function within(name: string, range: string): string {
  return `CREATE MACRO sls_${name}(x_) AS
    CASE WHEN ${range} THEN ${name}(x_) WHEN x_ IS NOT NULL THEN ${notANumber} END`;
}

function logarithm(name: string): string {
  return `CREATE MACRO sls_${name}(x_) AS CASE
    WHEN x_ > 0 THEN ${name}(x_) WHEN x_ = 0 THEN -${infinity} WHEN x_ IS NOT NULL THEN ${notANumber} END`;
}

const digits = "0123456789abcdefghijklmnopqrstuvwxyz";
const two63 = "CAST(9223372036854775808 AS HUGEINT)";
const two64 = "CAST(18446744073709551616 AS HUGEINT)";

/** Numbers as Presto, and so Java, counts with them. */
export const numberMacros: readonly string[] = [
  `CREATE MACRO sls_divide(x_, y_) AS
    CASE WHEN y_ = 0 THEN ${failing("Division by zero")} ELSE x_ // y_ END`,
  `CREATE MACRO sls_modulus(x_, y_) AS
    CASE WHEN y_ = 0 THEN ${failing("Division by zero")} ELSE x_ % y_ END`,
  within("acos", "x_ BETWEEN -1 AND 1"),
  within("asin", "x_ BETWEEN -1 AND 1"),
  within("cos", "isfinite(x_)"),
  within("sin", "isfinite(x_)"),
  within("tan", "isfinite(x_)"),
  within("sqrt", "x_ >= 0"),
  logarithm("ln"),
  logarithm("log2"),
  logarithm("log10"),
  // DuckDB's root of 27 is a little more than 3.
  `CREATE MACRO sls_cbrt(x_) AS
    CASE WHEN pow(round(cbrt(x_)), 3) = x_ THEN round(cbrt(x_)) ELSE cbrt(x_) END`,
  `CREATE MACRO sls_sign(x_) AS CASE WHEN isnan(x_) THEN x_ ELSE CAST(sign(x_) AS DOUBLE) END`,
  `CREATE MACRO sls_random_below(x_) AS
    CASE WHEN x_ <= 0 THEN ${failing("bound must be positive")} ELSE CAST(floor(random() * x_) AS BIGINT) END`,
  `CREATE MACRO sls_number_or_null(x_) AS CASE WHEN NOT isnan(x_) THEN x_ END`,

  // ---------------------------------------------------------------------------------------------- texts of numbers
  // DuckDB also reads what Presto refuses: blanks, decimal places that it rounds away, other bases, and more words.
  `CREATE MACRO sls_whole_text(x_) AS
    CASE WHEN regexp_matches(x_, '[.eE_\\s]|0[xXbB]') THEN 'not a whole number: ' || x_ ELSE x_ END`,
  `CREATE MACRO sls_number_text(x_) AS CASE
    WHEN contains(lower(x_), 'n') AND ltrim(trim(x_), '+-') NOT IN ('NaN', 'Infinity') THEN 'not a number: ' || x_
    ELSE x_ END`,
  `CREATE MACRO sls_boolean_text(x_) AS
    CASE WHEN lower(x_) IN ('t', 'true', '1', 'f', 'false', '0') THEN x_ ELSE 'not a boolean: ' || x_ END`,
  `CREATE MACRO sls_radix(x_) AS
    CASE WHEN x_ NOT BETWEEN 2 AND 36 THEN ${failing("Radix must be between 2 and 36")} ELSE x_ END`,
  `CREATE MACRO sls_from_base(x_, radix_) AS CASE
    WHEN x_ IS NULL OR radix_ IS NULL THEN NULL
    WHEN NOT regexp_full_match(x_, '[+-]?[0-9A-Za-z]+') THEN ${failing("Not a number of that base")}
    ELSE CASE WHEN left(x_, 1) = '-' THEN -1 ELSE 1 END * list_reduce(
      list_transform(
        regexp_extract_all(lower(x_), '[0-9a-z]'),
        lambda digit_: CAST(strpos('${digits}', digit_) - 1 AS BIGINT)),
      lambda value_, digit_: CASE
        WHEN digit_ >= sls_radix(radix_) THEN ${failing("Not a number of that base")}
        ELSE value_ * sls_radix(radix_) + digit_ END,
      CAST(0 AS BIGINT)) END`,
  `CREATE MACRO sls_to_base(x_, radix_) AS
    CASE WHEN x_ < 0 THEN '-' ELSE '' END || lower(to_base(abs(x_), CAST(sls_radix(radix_) AS INTEGER)))`,

  // ---------------------------------------------------------------------------------------------- buckets
  // Bounds may fall as well as rise.
  `CREATE MACRO sls_width_bucket(x_, low_, high_, count_) AS CASE
    WHEN low_ = high_ THEN ${failing("bounds cannot equal each other")}
    WHEN (x_ - low_) / (high_ - low_) < 0 THEN 0
    WHEN (x_ - low_) / (high_ - low_) >= 1 THEN count_ + 1
    ELSE CAST(floor((x_ - low_) / (high_ - low_) * count_) AS BIGINT) + 1 END`,
  `CREATE MACRO sls_bucket_among(x_, bounds_) AS CASE
    WHEN x_ IS NOT NULL THEN CAST(len(list_filter(bounds_, lambda bound_: bound_ <= x_)) AS BIGINT) END`,

  // ---------------------------------------------------------------------------------------------- bits
  `CREATE MACRO sls_bit_count(x_, bits_) AS CASE
    WHEN bits_ NOT BETWEEN 2 AND 64 THEN ${failing("bits must be between 2 and 64")}
    WHEN bits_ = 64 THEN CAST(bit_count(x_) AS BIGINT)
    WHEN abs(CAST(x_ AS HUGEINT) * 2 + 1) > CAST(1 AS HUGEINT) << CAST(bits_ AS HUGEINT)
      THEN ${failing("the number has more bits than that")}
    ELSE CAST(bit_count(x_ & ((CAST(1 AS BIGINT) << bits_) - 1)) AS BIGINT) END`,
  // What is moved out to the left is gone, as in Java.
  `CREATE MACRO sls_wrapped(x_) AS CAST(((x_ + ${two63}) % ${two64} + ${two64}) % ${two64} - ${two63} AS BIGINT)`,
  `CREATE MACRO sls_shift_left(x_, bits_) AS CASE WHEN bits_ >= 64 THEN CAST(0 AS BIGINT)
    ELSE sls_wrapped(CAST(x_ AS HUGEINT) * (CAST(1 AS HUGEINT) << CAST(bits_ AS HUGEINT))) END`,
  `CREATE MACRO sls_shift_right(x_, bits_) AS CASE
    WHEN bits_ >= 64 THEN 0
    WHEN x_ >= 0 OR bits_ = 0 THEN x_ >> bits_
    ELSE ((x_ >> 1) & 9223372036854775807) >> (bits_ - 1) END`,
  `CREATE MACRO sls_shift_right_signed(x_, bits_) AS x_ >> least(bits_, 63)`,
  `CREATE MACRO sls_from_big_endian(x_) AS CASE
    WHEN octet_length(CAST(x_ AS BLOB)) <> 8 THEN ${failing("expected 8 bytes")}
    ELSE sls_wrapped(CAST(CAST('0x' || hex(CAST(x_ AS BLOB)) AS UBIGINT) AS HUGEINT)) END`,
];
