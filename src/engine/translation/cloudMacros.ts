/** From bytes up, each 1024 times the one before, as the library that Presto uses counts. */
const dataUnits = ["B", "KB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
const dataUnitList = `[${dataUnits.map((unit) => `'${unit}'`).join(", ")}]`;

const durationUnits = "[(604800, 'week'), (86400, 'day'), (3600, 'hour'), (60, 'minute'), (1, 'second')]";

/** The alphabet of geohash: digits and letters without those that are easily mistaken. */
const geohashAlphabet = "0123456789bcdefghjkmnpqrstuvwxyz";

/** The bits of a geohash take turns, from the highest: one of the longitude, one of the latitude. */
const geohashBits = [0, 1, 2, 3, 4].map(
  (bit) =>
    `((CASE WHEN (place_ * 5 + ${bit}) % 2 = 0 THEN x_ ELSE y_ END >> (29 - (place_ * 5 + ${bit}) // 2)) & 1) * ${16 >> bit}`,
);

/** Functions that only SLS has. */
export const cloudMacros: readonly string[] = [
  // ---------------------------------------------------------------------------------------------- units
  `CREATE MACRO sls_data_power(unit_) AS CASE WHEN unit_ IS NOT NULL THEN coalesce(
    list_position(${dataUnitList}, upper(unit_)) - 1, CAST('Unknown unit of data: ' || unit_ AS BIGINT)) END`,
  `CREATE MACRO sls_data_bytes(x_) AS list_transform(
    [regexp_extract(x_, '^\\s*([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z]+)\\s*$', ['count', 'unit'])],
    lambda size_: CASE WHEN x_ IS NOT NULL
      THEN CAST(size_.count AS DOUBLE) * pow(1024, sls_data_power(size_.unit)) END)[1]`,
  // A number with decimal places has two of them.
  `CREATE MACRO sls_short_number(x_) AS list_transform(
    [x_], lambda value_: CASE WHEN value_ = floor(value_) THEN CAST(CAST(value_ AS HUGEINT) AS VARCHAR)
      ELSE printf('%.2f', value_) END)[1]`,
  `CREATE MACRO sls_data_size(bytes_, power_) AS
    sls_short_number(bytes_ / pow(1024, power_)) || ${dataUnitList}[power_ + 1]`,
  `CREATE MACRO sls_best_data_size(x_) AS list_transform(
    [sls_data_bytes(x_)],
    lambda bytes_: sls_data_size(bytes_, len(list_filter(range(1, 9), lambda power_: bytes_ >= pow(1024, power_)))))[1]`,
  // Presto's human_readable_seconds: whole seconds, and no unit of which there are none.
  `CREATE MACRO sls_count_of(count_, unit_) AS
    count_ || ' ' || unit_ || CASE WHEN count_ = 1 THEN '' ELSE 's' END`,
  `CREATE MACRO sls_duration_parts(seconds_) AS list_filter(
    list_transform(
      list_zip(${durationUnits}, [NULL, 604800, 86400, 3600, 60]),
      lambda unit_: row(
        coalesce(seconds_ % struct_extract(unit_, 2), seconds_) // struct_extract(struct_extract(unit_, 1), 1),
        struct_extract(struct_extract(unit_, 1), 2))),
    lambda part_: struct_extract(part_, 1) > 0)`,
  `CREATE MACRO sls_duration(x_) AS list_transform(
    [CAST(round(abs(x_)) AS BIGINT)],
    lambda seconds_: CASE WHEN seconds_ = 0 THEN '0 seconds' WHEN seconds_ > 0 THEN CASE WHEN x_ < 0 THEN '-' ELSE '' END
      || array_to_string(list_transform(
        sls_duration_parts(seconds_),
        lambda part_: sls_count_of(struct_extract(part_, 1), struct_extract(part_, 2))), ', ') END)[1]`,

  // ---------------------------------------------------------------------------------------------- texts
  `CREATE MACRO sls_csv_field(x_, quote_) AS CASE
    WHEN left(x_, 1) = quote_ AND right(x_, 1) = quote_ AND length(x_) > 1
    THEN replace(substr(x_, 2, length(x_) - 2), quote_ || quote_, quote_) ELSE x_ END`,
  // With a delimiter before the first field too, every field has one.
  `CREATE MACRO sls_csv_split(x_, delimiter_, quote_) AS list_transform(
    regexp_extract_all(
      left(delimiter_, 1) || x_,
      regexp_escape(left(delimiter_, 1)) || '(' || regexp_escape(quote_) || '(?:[^' || regexp_escape(quote_) || ']|'
        || regexp_escape(quote_ || quote_) || ')*' || regexp_escape(quote_) || '|[^' || regexp_escape(left(delimiter_, 1)) || ']*)',
      1),
    lambda field_: sls_csv_field(field_, quote_))`,
  `CREATE MACRO sls_escaped(char_) AS CASE char_
    WHEN chr(10) THEN '\\n' WHEN chr(13) THEN '\\r' WHEN chr(9) THEN '\\t' WHEN '\\' THEN '\\\\'
    ELSE CASE
      WHEN unicode(char_) BETWEEN 32 AND 126 THEN char_
      WHEN unicode(char_) < 65536 THEN '\\u' || lower(lpad(hex(CAST(unicode(char_) AS BIGINT)), 4, '0'))
      ELSE '\\u' || lower(hex(CAST(55232 + unicode(char_) // 1024 AS BIGINT)))
        || '\\u' || lower(hex(CAST(56320 + unicode(char_) % 1024 AS BIGINT))) END END`,
  `CREATE MACRO sls_ascii_escape(x_) AS
    array_to_string(list_transform(regexp_extract_all(x_, '(?s).'), lambda char_: sls_escaped(char_)), '')`,
  "CREATE MACRO sls_hex_number(x_) AS CAST('0x' || x_ AS INTEGER)",
  // Two escapes together are one character beyond the first 65,536.
  `CREATE MACRO sls_unescaped(piece_) AS CASE
    WHEN length(piece_) = 12 THEN chr(
      65536 + (sls_hex_number(substr(piece_, 3, 4)) - 55296) * 1024 + sls_hex_number(substr(piece_, 9, 4)) - 56320)
    WHEN left(piece_, 2) IN ('\\u', '\\x') THEN chr(sls_hex_number(substr(piece_, 3)))
    ELSE CASE piece_ WHEN '\\n' THEN chr(10) WHEN '\\r' THEN chr(13) WHEN '\\t' THEN chr(9) WHEN '\\\\' THEN '\\'
      ELSE piece_ END END`,
  `CREATE MACRO sls_unescape(x_, pattern_) AS array_to_string(list_transform(
    regexp_extract_all(
      x_, '(?s)\\\\u[dD][89abAB][0-9a-fA-F]{2}\\\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\\\u[0-9a-fA-F]{4}|' || pattern_ || '.'),
    lambda piece_: sls_unescaped(piece_)), '')`,

  // ---------------------------------------------------------------------------------------------- events
  // The events in their order, of those of one second the later ones of the chain first.
  `CREATE MACRO sls_funnel_events(rows_) AS list_transform(
    list_sort(flatten(list_transform(rows_, lambda row_: list_transform(
      struct_extract(row_, 2),
      lambda event_: {'at': CAST(struct_extract(row_, 1) AS BIGINT), 'event': -event_})))),
    lambda event_: {'longest': -event_.event, 'starts': [event_.at]})`,
  // \`starts\` holds for each place of the chain when the chain that came so far began. What comes before its
  // predecessor ends the search, and the next first event begins another.
  `CREATE MACRO sls_funnel_step(state_, event_, at_, window_) AS CASE
    WHEN event_ = 1 THEN {'longest': greatest(state_.longest, 1), 'starts': list_prepend(at_, state_.starts[2:])}
    WHEN state_.starts[event_ - 1] IS NULL THEN {'longest': state_.longest, 'starts': CAST([] AS BIGINT[])}
    WHEN at_ > state_.starts[event_ - 1] + window_ THEN state_
    ELSE {'longest': greatest(state_.longest, event_), 'starts': list_transform(
      range(1, 33), lambda place_: CASE WHEN place_ = event_ THEN state_.starts[event_ - 1] ELSE state_.starts[place_] END)}
    END`,
  `CREATE MACRO sls_window_funnel(rows_, window_) AS list_reduce(
    sls_funnel_events(list_filter(rows_, lambda row_: struct_extract(row_, 1) IS NOT NULL)),
    lambda state_, next_: sls_funnel_step(state_, next_.longest, next_.starts[1], window_),
    {'longest': CAST(0 AS BIGINT), 'starts': CAST([] AS BIGINT[])}).longest`,
  `CREATE MACRO sls_places_of(events_, event_) AS
    list_filter(range(1, len(events_) + 1), lambda place_: events_[place_] = event_)`,

  // ---------------------------------------------------------------------------------------------- places
  `CREATE MACRO sls_geohash_of(x_, y_, length_) AS array_to_string(list_transform(
    range(length_), lambda place_: substr('${geohashAlphabet}', 1 + ${geohashBits.join(" + ")}, 1)), '')`,
  // 30 bits of each, which are those of the twelve characters that a geohash has at most.
  `CREATE MACRO sls_geohash_share(x_, most_) AS CASE
    WHEN x_ BETWEEN -most_ AND most_ THEN least(1073741823, CAST(floor((x_ + most_) / (2 * most_) * 1073741824) AS BIGINT))
    ELSE CAST('not a degree of latitude or longitude: ' || x_ AS BIGINT) END`,
  `CREATE MACRO sls_geohash(latitude_, longitude_, length_) AS sls_geohash_of(
    sls_geohash_share(longitude_, 180), sls_geohash_share(latitude_, 90), least(length_, 12))`,
];
