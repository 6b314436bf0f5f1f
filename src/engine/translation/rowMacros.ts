// More buckets than the square of this are first joined to that many of about as many values each: joining neighbours one
// by one takes time by the square of them, and the answer is an estimate anyway.
const parts = 16;

/** What becomes of all the values of a group at once. */
export const rowMacros: readonly string[] = [
  `CREATE MACRO sls_bucket_of(buckets_) AS {
    'x': list_sum(list_transform(buckets_, lambda bucket_: bucket_.x * bucket_.w))
      / list_sum(list_transform(buckets_, lambda bucket_: bucket_.w)),
    'w': list_sum(list_transform(buckets_, lambda bucket_: bucket_.w))}`,
  `CREATE MACRO sls_parts(buckets_) AS list_transform(
    range(${parts}),
    lambda part_: buckets_[part_ * len(buckets_) // ${parts} + 1:(part_ + 1) * len(buckets_) // ${parts}])`,
  // In two steps, since every slice of a list costs a copy of it.
  `CREATE MACRO sls_coarse_buckets(buckets_) AS CASE WHEN len(buckets_) > ${parts * parts}
    THEN list_transform(
      flatten(list_transform(sls_parts(buckets_), lambda slice_: sls_parts(slice_))),
      lambda part_: sls_bucket_of(part_))
    ELSE buckets_ END`,
  // How much the values of two neighbours would be spread in one bucket.
  `CREATE MACRO sls_penalty(left_, right_) AS (left_.x + right_.x) * pow(left_.x - right_.x, 2)
    * left_.w * right_.w / pow(left_.w + right_.w, 2)`,
  `CREATE MACRO sls_cheapest(buckets_) AS list_sort(list_transform(
    range(1, len(buckets_)),
    lambda place_: {
      'same': buckets_[place_].x <> buckets_[place_ + 1].x,
      'penalty': sls_penalty(buckets_[place_], buckets_[place_ + 1]),
      'place': place_}))[1]`,
  `CREATE MACRO sls_joined_at(buckets_, place_) AS list_concat(
    list_append(buckets_[:place_ - 1], sls_bucket_of(buckets_[place_:place_ + 1])), buckets_[place_ + 2:])`,
  // One step for each bucket that may have to go; where none has to any more, a step leaves all as it is.
  `CREATE MACRO sls_joined_buckets(start_, most_) AS list_reduce(
    list_transform(range(len(start_) - 1), lambda step_: start_[:0]),
    lambda buckets_, step_: list_transform([sls_cheapest(buckets_)], lambda cheapest_: CASE
      WHEN len(buckets_) > most_ OR NOT cheapest_.same THEN sls_joined_at(buckets_, cheapest_.place)
      ELSE buckets_ END)[1],
    start_)`,
  `CREATE MACRO sls_set_of(hashes_) AS
    nullif(list_filter(hashes_, lambda hash_: hash_ IS NOT NULL), CAST([] AS UBIGINT[]))`,
  `CREATE MACRO sls_numeric_histogram(rows_, most_) AS list_transform(
    list_transform(
      list_transform(
        [list_sort(list_filter(rows_, lambda row_: row_.x IS NOT NULL AND row_.w IS NOT NULL))],
        lambda sorted_: sls_coarse_buckets(sorted_)),
      lambda buckets_: sls_joined_buckets(buckets_, most_)),
    lambda buckets_: CASE WHEN len(buckets_) > 0
      THEN map_from_entries(list_transform(buckets_, lambda bucket_: row(bucket_.x, bucket_.w))) END)[1]`,

  // The first value with which more than its share of all the weight is reached.
  `CREATE MACRO sls_weighted_place(rows_, weight_) AS list_reduce(
    list_transform(rows_, lambda row_: {'x': row_.x, 'w': CAST(row_.w AS DOUBLE), 'found': false}),
    lambda state_, next_: CASE WHEN state_.found THEN state_
      ELSE {'x': next_.x, 'w': state_.w + next_.w, 'found': state_.w + next_.w > weight_} END,
    {'x': rows_[1].x, 'w': CAST(0 AS DOUBLE), 'found': false}).x`,
  `CREATE MACRO sls_weighted_percentile(rows_, share_) AS list_transform(
    [list_sort(list_filter(rows_, lambda row_: row_.x IS NOT NULL AND row_.w > 0))],
    lambda sorted_: sls_weighted_place(
      sorted_, share_ * list_sum(list_transform(sorted_, lambda row_: CAST(row_.w AS DOUBLE)))))[1]`,
  `CREATE MACRO sls_weighted_percentiles(rows_, shares_) AS
    list_transform(shares_, lambda share_: sls_weighted_percentile(rows_, share_))`,
];
