const failure = (message: string): string => `CAST('${message}' AS BIGINT)`;

/** Whether an array holds true, null and nothing else, or false too: three answers where DuckDB counts two. */
function match(name: string, found: boolean): string {
  return `CREATE MACRO sls_${name}(x_) AS CASE
    WHEN list_contains(x_, ${found}) THEN ${name === "any_match"}
    WHEN len(x_) = list_count(x_) THEN ${name !== "any_match"} END`;
}

/** Arrays and maps as Presto has them: null where an argument is, and failing where DuckDB answers null. */
export const listMacros: readonly string[] = [
  `CREATE MACRO sls_distinct(x_) AS
    list_filter(x_, lambda value_, index_: list_position(x_, value_) = index_)`,
  `CREATE MACRO sls_except(x_, y_) AS CASE WHEN y_ IS NOT NULL
    THEN sls_distinct(list_filter(x_, lambda item_: list_position(y_, item_) IS NULL)) END`,
  `CREATE MACRO sls_intersect(x_, y_) AS CASE WHEN y_ IS NOT NULL
    THEN sls_distinct(list_filter(x_, lambda item_: list_position(y_, item_) IS NOT NULL)) END`,
  "CREATE MACRO sls_union(x_, y_) AS CASE WHEN x_ IS NOT NULL AND y_ IS NOT NULL THEN sls_distinct(list_concat(x_, y_)) END",
  "CREATE MACRO sls_array_max(x_) AS CASE WHEN len(x_) = list_count(x_) THEN list_max(x_) END",
  "CREATE MACRO sls_array_min(x_) AS CASE WHEN len(x_) = list_count(x_) THEN list_min(x_) END",
  `CREATE MACRO sls_array_remove(x_, value_) AS CASE WHEN value_ IS NOT NULL
    THEN list_filter(x_, lambda item_: item_ IS DISTINCT FROM value_) END`,
  "CREATE MACRO sls_contains(x_, value_) AS CASE WHEN list_contains(x_, value_) THEN true WHEN len(x_) = list_count(x_) AND value_ IS NOT NULL THEN false END",
  match("any_match", true),
  match("all_match", false),
  match("none_match", true),
  `CREATE MACRO sls_element_at(x_, index_) AS
    x_[CASE WHEN index_ = 0 THEN ${failure("SQL array indices start at 1")} ELSE index_ END]`,
  `CREATE MACRO sls_element(x_, index_) AS x_[CASE
    WHEN index_ = 0 THEN ${failure("SQL array indices start at 1")}
    WHEN index_ < 0 THEN ${failure("Array subscript is negative")}
    WHEN index_ > len(x_) THEN ${failure("Array subscript out of bounds")} ELSE index_ END]`,
  `CREATE MACRO sls_entry(x_, key_) AS
    x_[CASE WHEN map_contains(x_, key_) OR x_ IS NULL THEN key_ ELSE map_keys(x_)[${failure("Key not present in map")}] END]`,
  `CREATE MACRO sls_sequence(start_, stop_, step_) AS generate_series(start_, stop_, CASE
    WHEN step_ = 0 THEN ${failure("step must not be zero")}
    WHEN (stop_ - start_) * step_ < 0 THEN ${failure("step must lead from start to stop")} ELSE step_ END)`,
  `CREATE MACRO sls_shuffle(x_) AS list_transform(
    list_sort(list_transform(x_, lambda value_: {'place': random(), 'value': value_})), lambda placed_: placed_.value)`,
  `CREATE MACRO sls_slice(x_, start_, length_) AS CASE
    WHEN start_ = 0 THEN x_[${failure("SQL array indices start at 1")}:]
    WHEN length_ < 0 THEN x_[${failure("length must be greater than or equal to 0")}:]
    WHEN start_ > 0 THEN x_[start_:start_ + length_ - 1]
    WHEN start_ < -len(x_) THEN x_[1:0]
    ELSE x_[len(x_) + start_ + 1:len(x_) + start_ + length_] END`,
  `CREATE MACRO sls_length_of(x_) AS
    sqrt(list_sum(list_transform(map_values(x_), lambda value_: value_ * value_)))`,
  // Null where a value is; no number where a vector has no length.
  `CREATE MACRO sls_cosine_similarity(x_, y_) AS
    CASE WHEN len(map_values(x_)) = list_count(map_values(x_)) AND len(map_values(y_)) = list_count(map_values(y_)) THEN
      list_sum(list_transform(map_entries(x_), lambda entry_: entry_.value * coalesce(y_[entry_.key], 0)))
        / (sls_length_of(x_) * sls_length_of(y_)) END`,
  // Of two entries with one key the first counts.
  `CREATE MACRO sls_map_of(entries_) AS
    map_from_entries(list_filter(
      list_filter(entries_, lambda entry_: struct_extract(entry_, 1) IS NOT NULL),
      lambda entry_, index_: list_position(
        list_transform(
          list_filter(entries_, lambda other_: struct_extract(other_, 1) IS NOT NULL),
          lambda other_: struct_extract(other_, 1)),
        struct_extract(entry_, 1)) = index_))`,
  `CREATE MACRO sls_multimap_of(entries_) AS
    map_from_entries(list_transform(
      sls_distinct(list_filter(list_transform(entries_, lambda entry_: struct_extract(entry_, 1)), lambda key_: key_ IS NOT NULL)),
      lambda key_: row(key_, list_transform(
        list_filter(entries_, lambda entry_: struct_extract(entry_, 1) = key_),
        lambda entry_: struct_extract(entry_, 2)))))`,
];
