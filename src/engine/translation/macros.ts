import { cloudMacros } from "./cloudMacros.ts";
import { colorMacros } from "./colorMacros.ts";
import { hashMacros } from "./hashMacros.ts";
import { rowMacros } from "./rowMacros.ts";

/** The characters that Java's Character.isWhitespace knows, as a text of SQL. */
const whiteSpace = `'${String.fromCodePoint(
  ...[9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x1680],
  ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2008, 0x2009, 0x200a],
  ...[0x2028, 0x2029, 0x205f, 0x3000],
)}'`;

/**
 * Functions that translated statements call, for what takes DuckDB more than one expression. They are temporary, so that
 * a store may be open for reading only; run them once on every connection. Their parameters have names that no column
 * has, since a macro's parameter hides a column of its name.
 */
export const macroSql: readonly string[] = [
  // ---------------------------------------------------------------------------------------------- printing
  // As Java's Double.toString, which Presto prints with: between 0.001 and 10,000,000 plain, else with an exponent.
  `CREATE OR REPLACE TEMP MACRO sls_scientific(digits_, exponent_) AS
    left(digits_, 1) || '.' || CASE WHEN length(digits_) > 1 THEN substring(digits_, 2) ELSE '0' END || 'E' || exponent_`,
  // The list of one element names the value, which a macro would otherwise put in once for every mention.
  `CREATE OR REPLACE TEMP MACRO sls_double_text(x_) AS list_transform([CAST(x_ AS DOUBLE)], lambda value_: CASE
    WHEN value_ IS NULL THEN NULL
    WHEN isnan(value_) THEN 'NaN'
    WHEN isinf(value_) THEN CASE WHEN value_ > 0 THEN 'Infinity' ELSE '-Infinity' END
    WHEN value_ = 0 OR (abs(value_) >= 0.001 AND abs(value_) < 10000000) THEN CAST(value_ AS VARCHAR)
    ELSE CASE WHEN value_ < 0 THEN '-' ELSE '' END || CASE
      WHEN contains(CAST(abs(value_) AS VARCHAR), 'e') THEN sls_scientific(
        replace(split_part(CAST(abs(value_) AS VARCHAR), 'e', 1), '.', ''),
        CAST(CAST(split_part(CAST(abs(value_) AS VARCHAR), 'e', 2) AS INTEGER) AS VARCHAR))
      WHEN abs(value_) >= 1 THEN sls_scientific(
        rtrim(replace(CAST(abs(value_) AS VARCHAR), '.', ''), '0'),
        CAST(strpos(CAST(abs(value_) AS VARCHAR), '.') - 2 AS VARCHAR))
      ELSE sls_scientific(
        ltrim(replace(CAST(abs(value_) AS VARCHAR), '.', ''), '0'),
        '-' || CAST(length(CAST(abs(value_) AS VARCHAR)) - 1
          - length(ltrim(replace(CAST(abs(value_) AS VARCHAR), '.', ''), '0')) AS VARCHAR))
    END
  END)[1]`,
  `CREATE OR REPLACE TEMP MACRO sls_double_json(x_) AS
    CASE WHEN isfinite(x_) THEN sls_double_text(x_) ELSE '"' || sls_double_text(x_) || '"' END`,
  `CREATE OR REPLACE TEMP MACRO sls_day_interval_text(x_) AS
    CASE WHEN epoch_ms(x_) < 0 THEN '-' ELSE '' END
    || abs(epoch_ms(x_)) // 86400000 || ' '
    || lpad(CAST(abs(epoch_ms(x_)) // 3600000 % 24 AS VARCHAR), 2, '0') || ':'
    || lpad(CAST(abs(epoch_ms(x_)) // 60000 % 60 AS VARCHAR), 2, '0') || ':'
    || lpad(CAST(abs(epoch_ms(x_)) // 1000 % 60 AS VARCHAR), 2, '0') || '.'
    || lpad(CAST(abs(epoch_ms(x_)) % 1000 AS VARCHAR), 3, '0')`,
  `CREATE OR REPLACE TEMP MACRO sls_months(x_) AS datepart('year', x_) * 12 + datepart('month', x_)`,
  `CREATE OR REPLACE TEMP MACRO sls_month_interval_text(x_) AS
    CASE WHEN sls_months(x_) < 0 THEN '-' ELSE '' END || abs(sls_months(x_)) // 12 || '-' || abs(sls_months(x_)) % 12`,

  // ---------------------------------------------------------------------------------------------- numbers
  // Presto fails where DuckDB answers null or infinity. A failing cast, and not error(), since TRY takes no function
  // that is called for its effect.
  `CREATE OR REPLACE TEMP MACRO sls_divide(x_, y_) AS
    CASE WHEN y_ = 0 THEN CAST('Division by zero' AS BIGINT) ELSE x_ // y_ END`,
  `CREATE OR REPLACE TEMP MACRO sls_modulus(x_, y_) AS
    CASE WHEN y_ = 0 THEN CAST('Division by zero' AS BIGINT) ELSE x_ % y_ END`,
  // A text that DuckDB would round to a whole number is none to Presto.
  `CREATE OR REPLACE TEMP MACRO sls_whole_text(x_) AS
    CASE WHEN regexp_matches(x_, '[.eE_]') THEN 'not a whole number: ' || x_ ELSE x_ END`,
  `CREATE OR REPLACE TEMP MACRO sls_from_base(x_, radix_) AS
    CASE WHEN left(x_, 1) = '-' THEN -1 ELSE 1 END * list_reduce(
      list_prepend(CAST(0 AS BIGINT), list_transform(
        string_split(lower(ltrim(x_, '-')), ''),
        lambda digit_: CAST(strpos('0123456789abcdefghijklmnopqrstuvwxyz', digit_) - 1 AS BIGINT))),
      lambda value_, digit_: CASE
        WHEN digit_ < 0 OR digit_ >= radix_ THEN CAST('Not a number of that base' AS BIGINT)
        ELSE value_ * radix_ + digit_ END)`,
  `CREATE OR REPLACE TEMP MACRO sls_width_bucket(x_, low_, high_, count_) AS CASE
    WHEN x_ < low_ THEN 0
    WHEN x_ >= high_ THEN count_ + 1
    ELSE CAST(floor((x_ - low_) / (high_ - low_) * count_) AS BIGINT) + 1 END`,
  `CREATE OR REPLACE TEMP MACRO sls_shift_right(x_, bits_) AS CASE
    WHEN bits_ >= 64 THEN 0
    WHEN x_ >= 0 OR bits_ = 0 THEN x_ >> bits_
    ELSE ((x_ >> 1) & 9223372036854775807) >> (bits_ - 1) END`,
  `CREATE OR REPLACE TEMP MACRO sls_cosine_similarity(x_, y_) AS
    list_sum(list_transform(map_entries(x_), lambda entry_: entry_.value * coalesce(y_[entry_.key], 0)))
    / (sqrt(list_sum(list_transform(map_values(x_), lambda value_: value_ * value_)))
      * sqrt(list_sum(list_transform(map_values(y_), lambda value_: value_ * value_))))`,

  `CREATE OR REPLACE TEMP MACRO sls_bucket_among(x_, bounds_) AS CASE
    WHEN x_ IS NOT NULL THEN CAST(len(list_filter(bounds_, lambda bound_: bound_ <= x_)) AS BIGINT) END`,
  `CREATE OR REPLACE TEMP MACRO sls_from_big_endian(x_) AS CASE
    WHEN octet_length(x_) <> 8 THEN CAST('expected 8 bytes' AS BIGINT)
    WHEN hex(x_) < '8' THEN CAST('0x' || hex(x_) AS BIGINT)
    ELSE CAST(CAST('0x' || hex(x_) AS HUGEINT) - 18446744073709551616 AS BIGINT) END`,

  // ---------------------------------------------------------------------------------------------- times
  // Cut towards zero, as the sign stands before both.
  `CREATE OR REPLACE TEMP MACRO sls_seconds_ahead(local_, at_) AS CAST(epoch(local_) - epoch(at_) AS BIGINT)`,
  `CREATE OR REPLACE TEMP MACRO sls_hours_ahead(local_, at_) AS CAST(trunc(sls_seconds_ahead(local_, at_) / 3600) AS BIGINT)`,
  `CREATE OR REPLACE TEMP MACRO sls_minutes_ahead(local_, at_) AS
    CAST(trunc(sls_seconds_ahead(local_, at_) / 60) AS BIGINT) % 60`,
  `CREATE OR REPLACE TEMP MACRO sls_iso8601(local_, at_) AS strftime(local_, '%Y-%m-%dT%H:%M:%S.%g') || CASE
    WHEN sls_seconds_ahead(local_, at_) = 0 THEN 'Z'
    ELSE CASE WHEN sls_seconds_ahead(local_, at_) < 0 THEN '-' ELSE '+' END
      || lpad(CAST(abs(sls_hours_ahead(local_, at_)) AS VARCHAR), 2, '0') || ':'
      || lpad(CAST(abs(sls_minutes_ahead(local_, at_)) AS VARCHAR), 2, '0') END`,

  // ---------------------------------------------------------------------------------------------- texts
  // What Java takes for white space.
  `CREATE OR REPLACE TEMP MACRO sls_trim(x_) AS trim(x_, ${whiteSpace})`,
  `CREATE OR REPLACE TEMP MACRO sls_ltrim(x_) AS ltrim(x_, ${whiteSpace})`,
  `CREATE OR REPLACE TEMP MACRO sls_rtrim(x_) AS rtrim(x_, ${whiteSpace})`,
  // Two digits for a byte: a piece is a character of its one to four bytes, or a byte that begins none.
  `CREATE OR REPLACE TEMP MACRO sls_from_utf8(x_, replacement_) AS coalesce(TRY(decode(x_)), array_to_string(list_transform(
    regexp_extract_all(hex(x_), '[0-7].|(?:C[2-9A-F]|D.)[89AB].|(?:E0[AB].|E[1-9A-CEF][89AB].|ED[89].)[89AB].|(?:F0[9AB].|F[1-3][89AB].|F48.)(?:[89AB].){2}|..'),
    lambda piece_: CASE WHEN length(piece_) > 2 OR piece_ < '8' THEN decode(unhex(piece_)) ELSE replacement_ END), ''))`,
  // Presto counts from 1, from the end where negative, and answers an empty text for 0 and beyond either end.
  `CREATE OR REPLACE TEMP MACRO sls_substring(x_, start_) AS
    CASE WHEN start_ = 0 OR start_ < -length(x_) THEN '' ELSE substring(x_, start_) END`,
  `CREATE OR REPLACE TEMP MACRO sls_substring_of(x_, start_, length_) AS
    CASE WHEN start_ = 0 OR length_ <= 0 OR start_ < -length(x_) THEN '' ELSE substring(x_, start_, length_) END`,
  `CREATE OR REPLACE TEMP MACRO sls_split(x_, delimiter_, limit_) AS CASE
    WHEN len(string_split(x_, delimiter_)) <= limit_ THEN string_split(x_, delimiter_)
    ELSE list_append(
      string_split(x_, delimiter_)[:limit_ - 1],
      array_to_string(string_split(x_, delimiter_)[limit_:], delimiter_)) END`,
  `CREATE OR REPLACE TEMP MACRO sls_split_to_map(x_, outer_, inner_) AS
    map_from_entries(list_transform(
      list_filter(string_split(x_, outer_), lambda piece_: piece_ <> ''),
      lambda piece_: row(split_part(piece_, inner_, 1), substring(piece_, length(split_part(piece_, inner_, 1)) + length(inner_) + 1))))`,
  `CREATE OR REPLACE TEMP MACRO sls_regexp_extract(x_, pattern_, group_) AS
    CASE WHEN regexp_matches(x_, pattern_) THEN regexp_extract(x_, pattern_, group_) END`,
  // A form's encoding, as Presto's: a blank is a plus, and of the signs only - _ . * stay.
  `CREATE OR REPLACE TEMP MACRO sls_url_encode(x_) AS
    replace(replace(replace(url_encode(x_), '%20', '+'), '%2A', '*'), '~', '%7E')`,
  `CREATE OR REPLACE TEMP MACRO sls_url_part(x_, group_) AS
    CASE WHEN regexp_matches(x_, '^[A-Za-z][A-Za-z0-9+.-]*:') THEN regexp_extract(
      x_, '^([A-Za-z][A-Za-z0-9+.-]*):(?://(?:[^/?#@]*@)?([^/?#:]*)(?::([0-9]*))?)?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?$', group_) END`,
  `CREATE OR REPLACE TEMP MACRO sls_url_parameter(x_, name_) AS
    url_decode(replace(substring(list_filter(
      string_split(sls_url_part(x_, 5), '&'),
      lambda pair_: url_decode(replace(split_part(pair_, '=', 1), '+', ' ')) = name_)[1],
      length(split_part(list_filter(
        string_split(sls_url_part(x_, 5), '&'),
        lambda pair_: url_decode(replace(split_part(pair_, '=', 1), '+', ' ')) = name_)[1], '=', 1)) + 2), '+', ' '))`,

  // ---------------------------------------------------------------------------------------------- arrays and maps
  `CREATE OR REPLACE TEMP MACRO sls_distinct(x_) AS
    list_filter(x_, lambda value_, index_: list_position(x_, value_) = index_)`,
  `CREATE OR REPLACE TEMP MACRO sls_shuffle(x_) AS list_transform(
    list_sort(list_transform(x_, lambda value_: {'place': random(), 'value': value_})), lambda placed_: placed_.value)`,
  `CREATE OR REPLACE TEMP MACRO sls_slice(x_, start_, length_) AS CASE
    WHEN start_ > 0 THEN x_[start_:start_ + length_ - 1]
    WHEN start_ < -len(x_) THEN x_[1:0]
    ELSE x_[len(x_) + start_ + 1:len(x_) + start_ + length_] END`,
  // Of two entries with one key the first counts.
  `CREATE OR REPLACE TEMP MACRO sls_map_of(entries_) AS
    map_from_entries(list_filter(
      list_filter(entries_, lambda entry_: struct_extract(entry_, 1) IS NOT NULL),
      lambda entry_, index_: list_position(
        list_transform(
          list_filter(entries_, lambda other_: struct_extract(other_, 1) IS NOT NULL),
          lambda other_: struct_extract(other_, 1)),
        struct_extract(entry_, 1)) = index_))`,
  `CREATE OR REPLACE TEMP MACRO sls_multimap_of(entries_) AS
    map_from_entries(list_transform(
      sls_distinct(list_filter(list_transform(entries_, lambda entry_: struct_extract(entry_, 1)), lambda key_: key_ IS NOT NULL)),
      lambda key_: row(key_, list_transform(
        list_filter(entries_, lambda entry_: struct_extract(entry_, 1) = key_),
        lambda entry_: struct_extract(entry_, 2)))))`,

  // ---------------------------------------------------------------------------------------------- JSON
  `CREATE OR REPLACE TEMP MACRO sls_json_size(x_) AS CASE json_type(x_)
    WHEN 'ARRAY' THEN CAST(json_array_length(x_) AS BIGINT)
    WHEN 'OBJECT' THEN CAST(len(json_keys(x_)) AS BIGINT)
    ELSE CASE WHEN x_ IS NOT NULL THEN CAST(0 AS BIGINT) END END`,
  `CREATE OR REPLACE TEMP MACRO sls_json_array_length(x_) AS
    CASE WHEN json_type(x_) = 'ARRAY' THEN CAST(json_array_length(x_) AS BIGINT) END`,
  `CREATE OR REPLACE TEMP MACRO sls_json_array_contains(x_, value_) AS
    CASE WHEN json_type(x_) = 'ARRAY' THEN list_contains(json_extract(x_, '$[*]'), to_json(value_)) END`,

  // ---------------------------------------------------------------------------------------------- addresses
  `CREATE OR REPLACE TEMP MACRO sls_ip_number(x_) AS CASE
    WHEN regexp_full_match(x_, '[0-9]{1,3}(\\.[0-9]{1,3}){3}')
      AND list_max(list_transform(string_split(x_, '.'), lambda part_: CAST(part_ AS INTEGER))) < 256
    THEN CAST(split_part(x_, '.', 1) AS BIGINT) * 16777216 + CAST(split_part(x_, '.', 2) AS BIGINT) * 65536
      + CAST(split_part(x_, '.', 3) AS BIGINT) * 256 + CAST(split_part(x_, '.', 4) AS BIGINT) END`,
  `CREATE OR REPLACE TEMP MACRO sls_ip_text(x_) AS
    (x_ // 16777216) || '.' || (x_ // 65536 % 256) || '.' || (x_ // 256 % 256) || '.' || (x_ % 256)`,
  `CREATE OR REPLACE TEMP MACRO sls_subnet_size(x_) AS
    CAST(1 AS BIGINT) << (32 - CAST(split_part(x_, '/', 2) AS INTEGER))`,
  `CREATE OR REPLACE TEMP MACRO sls_subnet_min(x_) AS
    sls_ip_number(split_part(x_, '/', 1)) // sls_subnet_size(x_) * sls_subnet_size(x_)`,
  `CREATE OR REPLACE TEMP MACRO sls_subnet_max(x_) AS sls_subnet_min(x_) + sls_subnet_size(x_) - 1`,
  `CREATE OR REPLACE TEMP MACRO sls_is_subnet_of(subnet_, x_) AS
    sls_ip_number(x_) BETWEEN sls_subnet_min(subnet_) AND sls_subnet_max(subnet_)`,
  `CREATE OR REPLACE TEMP MACRO sls_ip_to_domain(x_) AS CASE
    WHEN sls_ip_number(x_) IS NULL THEN NULL
    WHEN sls_is_subnet_of('10.0.0.0/8', x_) OR sls_is_subnet_of('172.16.0.0/12', x_)
      OR sls_is_subnet_of('192.168.0.0/16', x_) OR sls_is_subnet_of('127.0.0.0/8', x_) THEN 'intranet'
    ELSE 'internet' END`,

  ...rowMacros,
  ...cloudMacros,
  ...colorMacros,
  ...hashMacros,
];

/** How often a macro puts in the argument that it mentions most, also within the macros that its text calls. */
const copies: ReadonlyMap<string, number> = copiesOf(macroSql);

function copiesOf(macros: readonly string[]): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const macro of macros) {
    const [, name, parameters, body] = /MACRO (\w+)\(([^)]*)\) AS([\s\S]*)/.exec(macro) ?? [];
    if (name === undefined || parameters === undefined || body === undefined) continue;
    const mentioned = new Map(parameters.split(", ").map((parameter) => [parameter, 0]));
    eachCall(body, counted, (word, times) => {
      const before = mentioned.get(word);
      if (before !== undefined) mentioned.set(word, before + times);
    });
    counted.set(name, Math.max(1, ...mentioned.values()));
  }
  return counted;
}

/** Goes through the words and opening parentheses of SQL, with how often the macros around them put them in. */
function eachCall(
  sql: string,
  counted: ReadonlyMap<string, number>,
  visit: (piece: string, times: number, depth: number) => void,
): void {
  let times = 1;
  const open: number[] = [];
  for (const [piece] of sql.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\w*\(|\)|\w+/g)) {
    if (piece === ")") {
      times = open.pop() ?? 1;
    } else if (piece.endsWith("(")) {
      open.push(times);
      times *= counted.get(piece.slice(0, -1)) ?? 1;
    }
    visit(piece, times, open.length);
  }
}

/**
 * How often DuckDB puts in the argument that stands in the most macros, and how deep it stands. Macros in macros
 * multiply, so calls that a person would hardly write could fill the memory before anything is run.
 */
export function largestExpansion(sql: string): { readonly copies: number; readonly depth: number } {
  let largest = { copies: 1, depth: 0 };
  eachCall(sql, copies, (_, times, depth) => {
    if (times > largest.copies) largest = { copies: times, depth };
  });
  return largest;
}
