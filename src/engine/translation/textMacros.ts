/** The characters that Java's Character.isWhitespace knows, as a text of SQL. */
const whiteSpace = `'${String.fromCodePoint(
  ...[9, 10, 11, 12, 13, 28, 29, 30, 31, 32, 0x1680],
  ...[0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2008, 0x2009, 0x200a],
  ...[0x2028, 0x2029, 0x205f, 0x3000],
)}'`;

// Two hexadecimal digits are a byte: characters of one to four bytes, the beginnings of some, and any other byte.
const utf8 = [
  "[0-7].",
  "(?:C[2-9A-F]|D.)[89AB].",
  "(?:E0[AB].|E[1-9A-CEF][89AB].|ED[89].)(?:[89AB].)?",
  "(?:F0[9AB].|F[1-3][89AB].|F48.)(?:[89AB].){0,2}",
  "..",
].join("|");

const urlSigns = '[^\\x00-\\x20\\x7f"<>\\\\^`{|}%]|%[0-9A-Fa-f]{2}';
const urlParts =
  "^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://(?:[^/?#@]*@)?(\\[[^\\]/?#]*\\]|[^/?#:]*)(?::([0-9]*))?)?([^?#]*)(?:\\?([^#]*))?(?:#(.*))?$";

const failure = (message: string): string => `CAST(CAST('${message}' AS BIGINT) AS VARCHAR)`;

/** Texts and URLs as Presto, and so Java, reads them. */
export const textMacros: readonly string[] = [
  // A character here is a code point; DuckDB's string_split into characters keeps those together that are drawn as one.
  "CREATE MACRO sls_characters(x_) AS regexp_extract_all(x_, '(?s).')",
  `CREATE MACRO sls_trim(x_) AS trim(x_, ${whiteSpace})`,
  `CREATE MACRO sls_ltrim(x_) AS ltrim(x_, ${whiteSpace})`,
  `CREATE MACRO sls_rtrim(x_) AS rtrim(x_, ${whiteSpace})`,
  `CREATE MACRO sls_from_utf8(x_, replacement_) AS coalesce(
    TRY(decode(x_)),
    array_to_string(list_transform(
      regexp_extract_all(hex(x_), '${utf8}'),
      lambda piece_: coalesce(TRY(decode(unhex(piece_))), replacement_)), ''))`,
  `CREATE MACRO sls_replace(x_, part_, replacement_) AS CASE
    WHEN part_ <> '' THEN replace(x_, part_, replacement_)
    WHEN x_ = '' THEN replacement_
    ELSE replacement_ || array_to_string(sls_characters(x_), replacement_) || replacement_ END`,
  `CREATE MACRO sls_padding(length_, padding_) AS CASE
    WHEN padding_ = '' THEN ${failure("Padding string must not be empty")}
    WHEN length_ < 0 THEN ${failure("Target length must not be negative")}
    ELSE padding_ END`,
  // Presto counts from 1, from the end where negative, and answers an empty text for 0 and beyond either end.
  `CREATE MACRO sls_substring(x_, start_) AS
    CASE WHEN x_ IS NOT NULL AND (start_ = 0 OR start_ < -length(x_)) THEN '' ELSE substring(x_, start_) END`,
  `CREATE MACRO sls_substring_of(x_, start_, length_) AS
    CASE WHEN x_ IS NOT NULL AND (start_ = 0 OR length_ <= 0 OR start_ < -length(x_)) THEN ''
      ELSE substring(x_, start_, length_) END`,

  // ---------------------------------------------------------------------------------------------- distances
  // DuckDB's own count bytes.
  `CREATE MACRO sls_hamming(x_, y_) AS CASE
    WHEN length(x_) <> length(y_) THEN CAST('The texts must have the same length' AS BIGINT)
    WHEN x_ IS NOT NULL AND y_ IS NOT NULL THEN CAST(len(list_filter(
      list_zip(sls_characters(x_), sls_characters(y_)),
      lambda pair_: struct_extract(pair_, 1) <> struct_extract(pair_, 2))) AS BIGINT) END`,
  // A line of the table of distances from the one above it.
  `CREATE MACRO sls_distance_line(above_, code_, codes_) AS list_reduce(
    list_transform(range(1, len(codes_) + 1), lambda place_: [place_]),
    lambda line_, place_: list_append(line_, least(
      line_[-1] + 1,
      above_[place_[1] + 1] + 1,
      above_[place_[1]] + CASE WHEN codes_[place_[1]] = code_ THEN 0 ELSE 1 END)),
    [above_[1] + 1])`,
  "CREATE MACRO sls_codes(x_) AS list_transform(sls_characters(x_), lambda char_: CAST(unicode(char_) AS BIGINT))",
  `CREATE MACRO sls_levenshtein(x_, y_) AS CASE
    WHEN strlen(x_) = length(x_) AND strlen(y_) = length(y_) THEN CAST(levenshtein(x_, y_) AS BIGINT)
    WHEN x_ IS NOT NULL AND y_ IS NOT NULL THEN list_reduce(
      list_transform(sls_codes(x_), lambda code_: [code_]),
      lambda above_, code_: sls_distance_line(above_, code_[1], sls_codes(y_)),
      range(0, length(y_) + 1))[-1] END`,

  // ---------------------------------------------------------------------------------------------- parts
  `CREATE MACRO sls_split_all(x_, delimiter_) AS
    CASE WHEN delimiter_ = '' THEN list_append(sls_characters(x_), '') ELSE string_split(x_, delimiter_) END`,
  `CREATE MACRO sls_first_parts(parts_, delimiter_, limit_) AS CASE
    WHEN limit_ <= 0 THEN [${failure("Limit must be positive")}]
    WHEN len(parts_) <= limit_ THEN parts_
    ELSE list_append(parts_[:limit_ - 1], array_to_string(parts_[limit_:], delimiter_)) END`,
  `CREATE MACRO sls_split(x_, delimiter_, limit_) AS list_transform(
    [sls_split_all(x_, delimiter_)], lambda parts_: sls_first_parts(parts_, delimiter_, limit_))[1]`,
  // Null beyond the last part, as in Presto; DuckDB's split_part gives an empty text.
  `CREATE MACRO sls_split_part(x_, delimiter_, place_) AS CASE
    WHEN place_ <= 0 THEN ${failure("Index must be greater than zero")} ELSE sls_split_all(x_, delimiter_)[place_] END`,
  `CREATE MACRO sls_pair(parts_) AS
    CASE WHEN len(parts_) <> 2 THEN row(${failure("Key-value delimiter must appear exactly once in each entry")}, '')
    ELSE row(parts_[1], parts_[2]) END`,
  `CREATE MACRO sls_split_to_map(x_, outer_, inner_) AS map_from_entries(list_transform(
    list_filter(string_split(x_, outer_), lambda piece_, index_:
      piece_ <> '' OR index_ < len(string_split(x_, outer_))),
    lambda piece_: sls_pair(string_split(piece_, inner_))))`,
  `CREATE MACRO sls_regexp_extract(x_, pattern_, group_) AS
    CASE WHEN regexp_matches(x_, pattern_) THEN regexp_extract(x_, pattern_, group_) END`,

  // ---------------------------------------------------------------------------------------------- bytes
  "CREATE MACRO sls_from_base64(x_) AS from_base64(x_ || repeat('=', (4 - length(x_) % 4) % 4))",
  `CREATE MACRO sls_from_hex(x_) AS
    unhex(CASE WHEN length(x_) % 2 = 1 THEN ${failure("invalid input length")} ELSE x_ END)`,

  // ---------------------------------------------------------------------------------------------- URLs
  // A form's encoding, as Presto's: a blank is a plus, and of the signs only - _ . * stay.
  `CREATE MACRO sls_url_encode(x_) AS
    replace(replace(replace(url_encode(x_), '%20', '+'), '%2A', '*'), '~', '%7E')`,
  // Null for what has a character that no URL may have.
  `CREATE MACRO sls_url_part(x_, group_) AS
    CASE WHEN regexp_full_match(x_, '(?:${urlSigns})*') THEN regexp_extract(x_, '${urlParts}', group_) END`,
  `CREATE MACRO sls_url_value(pair_) AS
    url_decode(replace(substring(pair_, length(split_part(pair_, '=', 1)) + 2), '+', ' '))`,
  `CREATE MACRO sls_url_parameter(x_, name_) AS sls_url_value(list_filter(
    string_split(sls_url_part(x_, 5), '&'),
    lambda pair_: url_decode(replace(split_part(pair_, '=', 1), '+', ' ')) = name_)[1])`,
];
