// Hashes that DuckDB does not have. Its integers do not wrap around, so words of 64 bits are held in 128.

const wordMask = "CAST(18446744073709551615 AS UHUGEINT)";

function word(value: bigint): string {
  return `CAST(${BigInt.asUintN(64, value)} AS UHUGEINT)`;
}

// ---------------------------------------------------------------------------------------------- CRC-32

/** What a remainder of four bits adds to the rest. */
const crcOfNibble = Array.from({ length: 16 }, (_, nibble) => {
  let remainder = nibble;
  for (let bit = 0; bit < 4; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder >>> 0;
});

const crcMacros = [
  `CREATE MACRO sls_crc_step(crc_, nibble_) AS
    xor(CAST([${crcOfNibble.join(", ")}] AS BIGINT[])[(xor(crc_, nibble_) & 15) + 1], crc_ >> 4)`,
  // The low half of a byte comes first.
  `CREATE MACRO sls_crc32(x_) AS xor(4294967295, list_reduce(
    list_transform(regexp_extract_all(hex(x_), '..'), lambda byte_: CAST('0x' || byte_ AS BIGINT)),
    lambda crc_, byte_: sls_crc_step(sls_crc_step(crc_, byte_ & 15), byte_ >> 4),
    CAST(4294967295 AS BIGINT)))`,
];

// ---------------------------------------------------------------------------------------------- xxHash64

// The primes of the algorithm's description.
const [prime1, prime2, prime3, prime4, prime5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
];

/** The word of so many bytes, the lowest first, from a place in hexadecimal digits. */
function lowestFirst(digits: string, byte: string, bytes: number): string {
  const pairs = Array.from(
    { length: bytes },
    (_, index) => `substr(${digits}, (${byte} + ${bytes - 1 - index}) * 2 + 1, 2)`,
  );
  return `CAST(CAST('0x' || ${pairs.join(" || ")} AS UBIGINT) AS UHUGEINT)`;
}

const stripe = [0, 8, 16, 24].map((offset) => lowestFirst("digits_", `stripe_ * 32 + ${offset}`, 8));
const rounds = [1, 2, 3, 4].map((lane) => `sls_xxhash_round(lanes_[${lane}], stripe_[${lane}])`);

const xxHashMacros = [
  `CREATE MACRO sls_rotate_left(x_, bits_) AS ((x_ << bits_) | (x_ >> (${word(64n)} - bits_))) & ${wordMask}`,
  `CREATE MACRO sls_xxhash_round(lane_, x_) AS
    (sls_rotate_left((lane_ + x_ * ${word(prime2)}) & ${wordMask}, ${word(31n)}) * ${word(prime1)}) & ${wordMask}`,
  `CREATE MACRO sls_xxhash_merge(hash_, lane_) AS
    (xor(hash_, sls_xxhash_round(${word(0n)}, lane_)) * ${word(prime1)} + ${word(prime4)}) & ${wordMask}`,
  // Where there are at least 32 bytes, four lanes run over them side by side.
  `CREATE MACRO sls_xxhash_lanes(digits_) AS list_reduce(
    list_transform(range(length(digits_) // 64), lambda stripe_: [${stripe.join(", ")}]),
    lambda lanes_, stripe_: [${rounds.join(", ")}],
    [${[prime1 + prime2, prime2, 0n, -prime1].map(word).join(", ")}])`,
  `CREATE MACRO sls_xxhash_start(digits_) AS CASE WHEN length(digits_) < 64 THEN ${word(prime5)}
    ELSE list_transform([sls_xxhash_lanes(digits_)], lambda lanes_: sls_xxhash_merge(sls_xxhash_merge(sls_xxhash_merge(
      sls_xxhash_merge(
        (sls_rotate_left(lanes_[1], ${word(1n)}) + sls_rotate_left(lanes_[2], ${word(7n)}) + sls_rotate_left(lanes_[3], ${word(12n)})
          + sls_rotate_left(lanes_[4], ${word(18n)})) & ${wordMask},
        lanes_[1]), lanes_[2]), lanes_[3]), lanes_[4]))[1] END`,
  // What is left: words of eight bytes, then at most one of four, then single bytes.
  `CREATE MACRO sls_xxhash_rest(digits_) AS list_concat(list_concat(
    list_transform(range(length(digits_) // 64 * 32, length(digits_) // 16 * 8, 8),
      lambda byte_: {'word': ${lowestFirst("digits_", "byte_", 8)}, 'bytes': 8}),
    list_transform(range(length(digits_) // 16 * 8, length(digits_) // 8 * 4, 4),
      lambda byte_: {'word': ${lowestFirst("digits_", "byte_", 4)}, 'bytes': 4})),
    list_transform(range(length(digits_) // 8 * 4, length(digits_) // 2),
      lambda byte_: {'word': ${lowestFirst("digits_", "byte_", 1)}, 'bytes': 1}))`,
  `CREATE MACRO sls_xxhash_step(hash_, word_, bytes_) AS CASE bytes_
    WHEN 8 THEN sls_rotate_left(xor(hash_, sls_xxhash_round(${word(0n)}, word_)), ${word(27n)}) * ${word(prime1)} + ${word(prime4)}
    WHEN 4 THEN sls_rotate_left(xor(hash_, (word_ * ${word(prime1)}) & ${wordMask}), ${word(23n)}) * ${word(prime2)} + ${word(prime3)}
    ELSE sls_rotate_left(xor(hash_, (word_ * ${word(prime5)}) & ${wordMask}), ${word(11n)}) * ${word(prime1)} END & ${wordMask}`,
  `CREATE MACRO sls_xxhash_fold(digits_) AS list_reduce(
    sls_xxhash_rest(digits_),
    lambda state_, next_: {'word': sls_xxhash_step(state_.word, next_.word, next_.bytes), 'bytes': 0},
    {'word': (sls_xxhash_start(digits_) + CAST(length(digits_) // 2 AS UHUGEINT)) & ${wordMask}, 'bytes': 0}).word`,
  `CREATE MACRO sls_xxhash64_word(x_) AS list_transform(
    list_transform(
      list_transform(
        list_transform([hex(x_)], lambda digits_: sls_xxhash_fold(digits_)),
        lambda hash_: (xor(hash_, hash_ >> ${word(33n)}) * ${word(prime2)}) & ${wordMask}),
      lambda hash_: (xor(hash_, hash_ >> ${word(29n)}) * ${word(prime3)}) & ${wordMask}),
    lambda hash_: xor(hash_, hash_ >> ${word(32n)}))[1]`,
  "CREATE MACRO sls_word_bytes(x_) AS unhex(lpad(hex(CAST(x_ AS UBIGINT)), 16, '0'))",
  "CREATE MACRO sls_xxhash64(x_) AS sls_word_bytes(sls_xxhash64_word(x_))",

  // Presto's checksum: the sum of the values' hashes, each times a prime, printed with its lowest byte first.
  `CREATE MACRO sls_checksum_part(x_) AS CAST(coalesce(
    (x_ * ${word(prime1)}) & ${wordMask}, ${word(prime1)}) AS HUGEINT)`,
  `CREATE MACRO sls_reversed_bytes(x_) AS
    unhex(array_to_string(list_reverse(regexp_extract_all(hex(x_), '..')), ''))`,
  // A number below the smallest power has no leading one of its own.
  `CREATE MACRO sls_bits_with(value_, exponent_) AS
    CAST(abs(value_) / pow(2.0, exponent_) * 4503599627370496 AS BIGINT) + (exponent_ + 1022) * 4503599627370496
    + CASE WHEN value_ < 0 THEN CAST(-9223372036854775808 AS BIGINT) ELSE 0 END`,
  // The logarithm may be one off beside a power of two.
  `CREATE MACRO sls_bits_of(value_, exponent_) AS CASE
    WHEN abs(value_) / pow(2.0, exponent_) >= 2 THEN sls_bits_with(value_, exponent_ + 1)
    WHEN abs(value_) / pow(2.0, exponent_) < 1 AND exponent_ > -1022 THEN sls_bits_with(value_, exponent_ - 1)
    ELSE sls_bits_with(value_, exponent_) END`,
  // Java's whole numbers are below zero where the highest bit is set.
  `CREATE MACRO sls_hash_of_long(x_) AS sls_xxhash_round(
    ${word(0n)},
    CAST(CASE WHEN x_ < 0 THEN CAST(x_ AS HUGEINT) + 18446744073709551616 ELSE CAST(x_ AS HUGEINT) END AS UHUGEINT))`,
  // Sign, exponent and fraction, as IEEE 754 lays them out; 0 and what is no number have patterns of their own.
  `CREATE MACRO sls_double_bits(x_) AS list_transform([CAST(x_ AS DOUBLE)], lambda value_: CASE
    WHEN value_ = 0 THEN CAST(0 AS BIGINT)
    WHEN isnan(value_) THEN 9221120237041090560
    WHEN isinf(value_) THEN CASE WHEN value_ > 0 THEN 9218868437227405312 ELSE -4503599627370496 END
    ELSE list_transform(
      [greatest(-1022, CAST(floor(log2(abs(value_))) AS BIGINT))],
      lambda exponent_: sls_bits_of(value_, exponent_))[1] END)[1]`,
  `CREATE MACRO sls_checksum(x_) AS
    sls_reversed_bytes(sls_word_bytes(CAST(x_ AS UHUGEINT) & ${wordMask}))`,
];

// ---------------------------------------------------------------------------------------------- SHA-512

const primes = Array.from({ length: 409 }, (_, index) => index + 2).filter((number) => {
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
});

/** The first 64 bits behind the point of a number's square or cube root, which are the constants of SHA-512. */
function fractionOfRoot(number: number, degree: 2n | 3n): bigint {
  const scaled = BigInt(number) << (64n * degree);
  let low = 0n;
  let high = 1n << 70n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= scaled) low = middle;
    else high = middle;
  }
  return low;
}

const shaStart = primes.slice(0, 8).map((prime) => word(fractionOfRoot(prime, 2n)));
const shaConstants = primes.slice(0, 80).map((prime) => word(fractionOfRoot(prime, 3n)));

const rotateRight = (value: string, bits: number): string => `sls_rotate_left(${value}, ${word(BigInt(64 - bits))})`;
const mixed = (...values: readonly string[]): string => values.reduce((left, right) => `xor(${left}, ${right})`);
const state = (place: number): string => `state_[${place}]`;

const shaTemporary = [
  state(8),
  mixed(rotateRight(state(5), 14), rotateRight(state(5), 18), rotateRight(state(5), 41)),
  `xor(${state(7)}, ${state(5)} & xor(${state(6)}, ${state(7)}))`,
  "next_[1]",
].join(" + ");
const shaMajority = [
  mixed(rotateRight(state(1), 28), rotateRight(state(1), 34), rotateRight(state(1), 39)),
  `((${state(1)} & ${state(2)}) | (${state(3)} & (${state(1)} | ${state(2)})))`,
].join(" + ");
const shaMessage = [
  mixed(rotateRight("words_[-2]", 19), rotateRight("words_[-2]", 61), `(words_[-2] >> ${word(6n)})`),
  "words_[-7]",
  mixed(rotateRight("words_[-15]", 1), rotateRight("words_[-15]", 8), `(words_[-15] >> ${word(7n)})`),
  "words_[-16]",
].join(" + ");

const shaMacros = [
  // The digits, a set bit, zeros up to a whole block but for 16 bytes, and the length in bits.
  `CREATE MACRO sls_sha_padded(digits_) AS digits_ || '80'
    || repeat('00', CAST((239 - length(digits_) // 2 % 128) % 128 AS BIGINT))
    || lpad(hex(CAST(length(digits_) * 4 AS BIGINT)), 32, '0')`,
  `CREATE MACRO sls_sha_blocks(padded_) AS list_transform(
    range(length(padded_) // 256),
    lambda block_: list_transform(
      range(16), lambda word_: CAST(CAST('0x' || substr(padded_, block_ * 256 + word_ * 16 + 1, 16) AS UBIGINT) AS UHUGEINT)))`,
  `CREATE MACRO sls_sha_schedule(block_) AS list_reduce(
    list_transform(range(64), lambda index_: CAST([] AS UHUGEINT[])),
    lambda words_, index_: list_append(words_, (${shaMessage}) & ${wordMask}),
    block_)`,
  `CREATE MACRO sls_sha_compress(start_, block_) AS list_reduce(
    list_transform(sls_sha_schedule(block_), lambda word_, index_: [word_ + [${shaConstants.join(", ")}][index_]]),
    lambda state_, next_: [
      (${shaTemporary} + ${shaMajority}) & ${wordMask}, ${state(1)}, ${state(2)}, ${state(3)},
      (${state(4)} + ${shaTemporary}) & ${wordMask}, ${state(5)}, ${state(6)}, ${state(7)}],
    start_)`,
  `CREATE MACRO sls_sha512(x_) AS unhex(array_to_string(list_transform(
    list_reduce(
      sls_sha_blocks(sls_sha_padded(hex(x_))),
      lambda hash_, block_: list_transform(
        sls_sha_compress(hash_, block_),
        lambda word_, index_: (word_ + hash_[index_]) & ${wordMask}),
      [${shaStart.join(", ")}]),
    lambda word_: lpad(hex(CAST(word_ & ${wordMask} AS UBIGINT)), 16, '0')), ''))`,
];

export const hashMacros: readonly string[] = [...crcMacros, ...xxHashMacros, ...shaMacros];
