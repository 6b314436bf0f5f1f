import { arrayType, bigintType, booleanType, jsonType, mapType, varbinaryType, varcharType } from "../types.ts";
import type { SlsFunction } from "./functions.ts";
import {
  any,
  array,
  bigint,
  commonOf,
  integer,
  json,
  ofPresto,
  onlySpl,
  optional,
  path,
  pattern,
  repeated,
  sameAsFirst,
  scalars,
  signature,
  varbinary,
  varchar,
} from "./notation.ts";

const string = scalars("string");
const regexp = scalars("regexp");
const inJson = scalars("json");
const url = scalars("url");
const binary = scalars("binary");

const texts = arrayType(varcharType);

const textOfText = signature(varcharType, varchar("x"));
const textOfCharacters = signature(varcharType, varchar("x"), varchar("characters"));
const urlPart = signature(varcharType, varchar("url"));
const hash = signature(varbinaryType, varbinary("x"));
const pad = signature(varcharType, varchar("x"), integer("length"), varchar("padding"));
const part = signature(varcharType, varchar("x"), bigint("start"), optional(bigint("length")));

/** Functions of texts, JSON, URLs and binary values: SLS's pages on these, on regular expressions and on JSON. */
export const functionsOfTexts: readonly SlsFunction[] = [
  string("chr", "macro", "chr(10)", signature(varcharType, integer("n"))),
  string("codepoint", "macro", `codepoint(substr("process.name", 1, 1))`, signature(bigintType, varchar("x"))),
  string(
    "concat",
    "rewrite",
    `concat("k8s.pod.namespace", '/', "k8s.pod.name")`,
    signature(varcharType, repeated(varchar("x"))),
    signature(commonOf, repeated(array("x"))),
  ),
  string(
    "from_utf8",
    "macro",
    `from_utf8(from_base64(regexp_extract("process.cmdline", 'echo (\\S+) .* base64', 1)))`,
    signature(varcharType, varbinary("x")),
    signature(varcharType, varbinary("x"), any("replacement")),
  ),
  string("to_utf8", "macro", `md5(to_utf8("process.cmdline"))`, signature(varbinaryType, varchar("x"))),
  string(
    "hamming_distance",
    "macro",
    `hamming_distance('curl', "process.name")`,
    signature(bigintType, varchar("x"), varchar("y")),
  ),
  string(
    "levenshtein_distance",
    "macro",
    `levenshtein_distance('sshd', "process.name")`,
    signature(bigintType, varchar("x"), varchar("y")),
  ),
  string(
    "length",
    "macro",
    'length("process.cmdline")',
    signature(bigintType, varchar("x")),
    signature(bigintType, varbinary("x")),
  ),
  string("lower", "same", 'lower("process.name")', textOfText),
  string("upper", "same", 'upper("process.name")', textOfText),
  string("lpad", "macro", `lpad("process.name", 16, ' ')`, pad),
  string("rpad", "macro", `rpad("process.name", 16, ' ')`, pad),
  string("ltrim", "macro", 'ltrim("process.cmdline")', textOfText, textOfCharacters),
  string("rtrim", "macro", 'rtrim("process.cmdline")', textOfText, textOfCharacters),
  string("trim", "macro", 'trim("process.cmdline")', textOfText, textOfCharacters),
  string("normalize", "macro", 'normalize("process.cmdline")', textOfText),
  string(
    "position",
    "macro",
    `position('http' in "process.cmdline")`,
    signature(bigintType, varchar("sub_string"), varchar("x")),
  ),
  string(
    "strpos",
    "same",
    `strpos("process.cmdline", 'http')`,
    signature(bigintType, varchar("x"), varchar("sub_string")),
  ),
  string(
    "replace",
    "macro",
    `replace("k8s.container.image", 'registry-vpc.', '')`,
    signature(varcharType, varchar("x"), varchar("sub_string"), varchar("replacement")),
    signature(varcharType, varchar("x"), varchar("sub_string")),
  ),
  string(
    "reverse",
    "macro",
    'reverse("process.name")',
    textOfText,
    signature(varbinaryType, varbinary("x")),
    signature(sameAsFirst, array("x")),
  ),
  string(
    "split",
    "macro",
    `split("process.cmdline", ' ')`,
    signature(texts, varchar("x"), varchar("delimiter")),
    signature(texts, varchar("x"), varchar("delimiter"), bigint("limit")),
  ),
  string(
    "split_part",
    "macro",
    `split_part("process.cmdline", ' ', 1)`,
    signature(varcharType, varchar("x"), varchar("delimiter"), bigint("part")),
  ),
  string(
    "split_to_map",
    "macro",
    `split_to_map("process.cmdline", ' ', '=')`,
    signature(mapType(varcharType, varcharType), varchar("x"), varchar("delimiter1"), varchar("delimiter2")),
  ),
  string("substr", "rewrite", `substr("process.cmdline", 1, 80)`, part),
  ofPresto(string("substring", "rewrite", `substring("process.cmdline", 1, 80)`, part)),
  string(
    "csv_split",
    "macro",
    `csv_split("process.cmdline", ' ')`,
    signature(texts, varchar("x")),
    signature(texts, varchar("x"), varchar("delimiter")),
    signature(texts, varchar("x"), varchar("delimiter"), varchar("quote")),
  ),
  onlySpl(string("ascii_escape", "macro", 'ascii_escape("process.cmdline")', textOfText)),
  onlySpl(string("ascii_unescape", "macro", 'ascii_unescape("process.cmdline")', textOfText)),
  onlySpl(string("unicode_unescape", "macro", 'unicode_unescape("process.cmdline")', textOfText)),

  regexp(
    "regexp_extract",
    "macro",
    `regexp_extract("process.cmdline", 'https?://[^ ]+')`,
    signature(varcharType, varchar("x"), pattern("regular_expression")),
    signature(varcharType, varchar("x"), pattern("regular_expression"), integer("n")),
  ),
  regexp(
    "regexp_extract_all",
    "same",
    `regexp_extract_all("process.cmdline", '/[^ ]+')`,
    signature(texts, varchar("x"), pattern("regular_expression")),
    signature(texts, varchar("x"), pattern("regular_expression"), integer("n")),
  ),
  regexp(
    "regexp_like",
    "macro",
    `regexp_like("process.cmdline", '(nc|ncat) .*-e')`,
    signature(booleanType, varchar("x"), pattern("regular_expression")),
  ),
  regexp(
    "regexp_replace",
    "rewrite",
    `regexp_replace("k8s.pod.name", '-[a-z0-9]{5}$', '')`,
    signature(varcharType, varchar("x"), pattern("regular_expression"), optional(varchar("replacement"))),
  ),
  regexp(
    "regexp_split",
    "macro",
    `regexp_split("process.cmdline", '\\s+')`,
    signature(texts, varchar("x"), pattern("regular_expression")),
  ),

  inJson(
    "json_array_contains",
    "macro",
    `json_array_contains(json_extract(k8s, '$.user.groups'), 'system:masters')`,
    signature(booleanType, json("x"), any("value")),
  ),
  inJson(
    "json_array_get",
    "macro",
    `json_array_get(json_extract(k8s, '$.user.groups'), 0)`,
    signature(varcharType, json("x"), bigint("index")),
  ),
  inJson(
    "json_array_length",
    "macro",
    `json_array_length(json_extract(k8s, '$.user.groups'))`,
    signature(bigintType, json("x")),
  ),
  inJson(
    "json_extract",
    "rewrite",
    `json_extract(k8s, '$.user.groups')`,
    signature(jsonType, json("x"), path("json_path")),
  ),
  inJson(
    "json_extract_scalar",
    "rewrite",
    `json_extract_scalar(process, '$.pid')`,
    signature(varcharType, json("x"), path("json_path")),
  ),
  inJson("json_format", "macro", `json_format(json_extract(k8s, '$.user'))`, signature(varcharType, json("x"))),
  inJson("json_parse", "macro", "json_parse(k8s)", signature(jsonType, varchar("x"))),
  inJson(
    "json_size",
    "rewrite",
    `json_size(k8s, '$.user.groups')`,
    signature(bigintType, json("x"), path("json_path")),
  ),

  url("url_encode", "macro", 'url_encode("process.cmdline")', textOfText),
  url("url_decode", "macro", 'url_decode("process.cmdline")', textOfText),
  url(
    "url_extract_fragment",
    "macro",
    `url_extract_fragment(regexp_extract("process.cmdline", 'https?://[^ ]+'))`,
    urlPart,
  ),
  url("url_extract_host", "macro", `url_extract_host(regexp_extract("process.cmdline", 'https?://[^ ]+'))`, urlPart),
  url(
    "url_extract_parameter",
    "macro",
    `url_extract_parameter(regexp_extract("process.cmdline", 'https?://[^ ]+'), 'token')`,
    signature(varcharType, varchar("url"), varchar("parameter_name")),
  ),
  url("url_extract_path", "macro", `url_extract_path(regexp_extract("process.cmdline", 'https?://[^ ]+'))`, urlPart),
  url(
    "url_extract_port",
    "macro",
    `url_extract_port(regexp_extract("process.cmdline", 'https?://[^ ]+'))`,
    signature(bigintType, varchar("url")),
  ),
  url(
    "url_extract_protocol",
    "macro",
    `url_extract_protocol(regexp_extract("process.cmdline", 'https?://[^ ]+'))`,
    urlPart,
  ),
  url("url_extract_query", "macro", `url_extract_query(regexp_extract("process.cmdline", 'https?://[^ ]+'))`, urlPart),

  binary("to_base64", "same", `to_base64(to_utf8("process.cmdline"))`, signature(varcharType, varbinary("x"))),
  binary(
    "from_base64",
    "macro",
    `from_utf8(from_base64(split_part("process.cmdline", ' ', 2)))`,
    signature(varbinaryType, varchar("x")),
    signature(varbinaryType, varbinary("x")),
  ),
  binary("to_base64url", "macro", `to_base64url(to_utf8("process.cmdline"))`, signature(varcharType, varbinary("x"))),
  binary(
    "from_base64url",
    "macro",
    `from_utf8(from_base64url(split_part("process.cmdline", ' ', 2)))`,
    signature(varbinaryType, varchar("x")),
    signature(varbinaryType, varbinary("x")),
  ),
  binary("to_hex", "macro", `to_hex(sha256(to_utf8("process.cmdline")))`, signature(varcharType, varbinary("x"))),
  binary(
    "from_hex",
    "macro",
    "from_utf8(from_hex('6375726C'))",
    signature(varbinaryType, varchar("x")),
    signature(varbinaryType, varbinary("x")),
  ),
  binary(
    "to_big_endian_64",
    "macro",
    'to_hex(to_big_endian_64("process.user.uid"))',
    signature(varbinaryType, bigint("x")),
  ),
  binary(
    "from_big_endian_64",
    "macro",
    'from_big_endian_64(to_big_endian_64("process.user.uid"))',
    signature(bigintType, varbinary("x")),
  ),
  binary("md5", "macro", `to_hex(md5(to_utf8("process.cmdline")))`, hash),
  binary("sha1", "macro", `to_hex(sha1(to_utf8("process.cmdline")))`, hash),
  binary("sha256", "macro", `to_hex(sha256(to_utf8("process.cmdline")))`, hash),
  binary("sha512", "macro", `to_hex(sha512(to_utf8("process.cmdline")))`, hash),
  binary("crc32", "macro", `crc32(to_utf8("process.cmdline"))`, signature(bigintType, varbinary("x"))),
  binary("xxhash64", "macro", `to_hex(xxhash64(to_utf8("process.cmdline")))`, hash),
];
