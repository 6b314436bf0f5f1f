const names = `
  array_average array_cum_sum array_duplicates array_frequency array_has_duplicates array_normalize array_sort_desc
  array_sum array_top_n arrays_overlap combinations find_first ngrams remove_nulls repeat trim_array
  map_normalize map_subset map_top_n multimap_from_entries all_keys_match any_keys_match no_keys_match
  concat_ws ends_with starts_with replace_first soundex split_to_multimap strrpos translate word_stem uuid format
  jaccard_index luhn_check regexp_count regexp_position
  at_timezone format_datetime parse_datetime parse_duration human_readable_seconds to_milliseconds with_timezone
  beta_cdf binomial_cdf cauchy_cdf chi_squared_cdf f_cdf gamma_cdf laplace_cdf normal_cdf poisson_cdf weibull_cdf
  inverse_beta_cdf inverse_normal_cdf wilson_interval_lower wilson_interval_upper parse_presto_data_size
  from_base32 to_base32 from_big_endian_32 to_big_endian_32 from_ieee754_32 from_ieee754_64 to_ieee754_32
  to_ieee754_64 hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512 murmur3 spooky_hash_v2_32 spooky_hash_v2_64
  is_json_scalar json_exists json_query json_value json_array json_object
  approx_most_frequent bitwise_xor_agg entropy listagg reduce_agg set_agg set_union map_union_sum
  regr_avgx regr_avgy regr_count regr_r2 regr_sxx regr_sxy regr_syy
  qdigest_agg tdigest_agg value_at_quantile values_at_quantiles make_set_digest merge_set_digest
`;

/**
 * Functions that Presto's or Trino's documentation has and neither SLS's nor the catalogue describes. SLS runs Presto's
 * SQL, so they may be there: they are neither offered nor called unknown.
 */
export const prestoFunctions: ReadonlySet<string> = new Set(names.trim().split(/\s+/));
