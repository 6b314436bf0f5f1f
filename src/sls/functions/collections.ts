import { arrayType, bigintType, booleanType, mapType, type SqlType, unknownType, varcharType } from "../types.ts";
import type { SlsFunction } from "./functions.ts";
import {
  any,
  array,
  arrayOfFirst,
  bigint,
  commonOf,
  elementOfFirst,
  elementType,
  hyperLogLog,
  keysOfFirst,
  keyType,
  lambda,
  map,
  optional,
  repeated,
  sameAsFirst,
  scalars,
  signature,
  valuesOfFirst,
  valueType,
  varchar,
} from "./notation.ts";

const inArrays = scalars("array");
const inMaps = scalars("map");

const match = signature(booleanType, array("x"), lambda("condition"));
const combined = signature(commonOf, array("x"), array("y"));

function mapOfEntries(entries: SqlType | undefined): SqlType {
  const entry = elementType(entries);
  const [key, value] = entry.kind === "row" ? entry.fields : [];
  return mapType(key ?? unknownType, value ?? unknownType);
}

/** Functions of arrays and maps: SLS's pages on these and on lambda expressions. */
export const functionsOfCollections: readonly SlsFunction[] = [
  inArrays(
    "array_distinct",
    "macro",
    `array_distinct(split("process.cmdline", ' '))`,
    signature(sameAsFirst, array("x")),
  ),
  inArrays("array_except", "macro", `array_except(split("process.cmdline", ' '), array['sudo'])`, combined),
  inArrays("array_intersect", "macro", `array_intersect(split("process.cmdline", ' '), array['-e', '-c'])`, combined),
  inArrays(
    "array_join",
    "rewrite",
    `array_join(array_agg("process.name"), ', ')`,
    signature(varcharType, array("x"), varchar("delimiter"), optional(varchar("null_replacement"))),
  ),
  inArrays("array_max", "macro", "array_max(array_agg(__time__))", signature(elementOfFirst, array("x"))),
  inArrays("array_min", "macro", "array_min(array_agg(__time__))", signature(elementOfFirst, array("x"))),
  inArrays(
    "array_position",
    "macro",
    `array_position(split("process.cmdline", ' '), '-c')`,
    signature(bigintType, array("x"), any("element")),
  ),
  inArrays(
    "array_remove",
    "macro",
    `array_remove(split("process.cmdline", ' '), '')`,
    signature(sameAsFirst, array("x"), any("element")),
  ),
  inArrays(
    "array_sort",
    "rewrite",
    `array_sort(array_agg(distinct "process.name"))`,
    signature(sameAsFirst, array("x")),
    signature(sameAsFirst, array("x"), lambda("comparator")),
  ),
  inArrays("array_union", "macro", `array_union(array['sh'], array_agg("process.name"))`, combined),
  inArrays("all_match", "rewrite", `all_match(split("process.cmdline", ' '), x -> length(x) < 80)`, match),
  inArrays("any_match", "rewrite", `any_match(split("process.cmdline", ' '), x -> x like 'http%')`, match),
  inArrays("none_match", "rewrite", `none_match(split("process.cmdline", ' '), x -> x like 'http%')`, match),
  inArrays(
    "cardinality",
    "macro",
    `cardinality(split("process.cmdline", ' '))`,
    signature(bigintType, array("x")),
    signature(bigintType, map("x")),
    signature(bigintType, hyperLogLog("x")),
  ),
  inArrays(
    "contains",
    "macro",
    `contains(split("process.cmdline", ' '), '-c')`,
    signature(booleanType, array("x"), any("element")),
  ),
  inArrays(
    "element_at",
    "macro",
    `element_at(split("process.cmdline", ' '), -1)`,
    signature(elementOfFirst, array("x"), bigint("index")),
    signature(([type]) => valueType(type), map("x"), any("key")),
  ),
  inArrays(
    "filter",
    "rewrite",
    `filter(split("process.cmdline", ' '), x -> x like '-%')`,
    signature(sameAsFirst, array("x"), lambda("condition")),
  ),
  inArrays(
    "flatten",
    "macro",
    `flatten(array_agg(split("process.cmdline", ' ')))`,
    signature(elementOfFirst, array("x")),
  ),
  inArrays(
    "reduce",
    "rewrite",
    `reduce(split("process.cmdline", ' '), 0, (s, x) -> s + length(x), s -> s)`,
    signature(([, state]) => state ?? unknownType, array("x"), any("state"), lambda("step"), lambda("answer")),
  ),
  inArrays(
    "sequence",
    "rewrite",
    "sequence(0, 23)",
    signature(arrayType(bigintType), bigint("start"), bigint("stop"), optional(bigint("step"))),
    signature(arrayOfFirst, any("start"), any("stop"), any("step")),
  ),
  inArrays("shuffle", "macro", `shuffle(array_agg("process.name"))`, signature(sameAsFirst, array("x"))),
  inArrays(
    "slice",
    "macro",
    `slice(split("process.cmdline", ' '), 2, 3)`,
    signature(sameAsFirst, array("x"), bigint("start"), bigint("length")),
  ),
  inArrays(
    "transform",
    "rewrite",
    `transform(split("process.cmdline", ' '), x -> length(x))`,
    signature(arrayType(unknownType), array("x"), lambda("element")),
  ),
  inArrays(
    "zip",
    "rewrite",
    `zip(array_agg(__time__), array_agg("process.name"))`,
    signature((types) => arrayType({ kind: "row", fields: types.map(elementType) }), array("x"), repeated(array("y"))),
  ),
  inArrays(
    "zip_with",
    "rewrite",
    "zip_with(array[1, 2], array[3, 4], (x, y) -> x + y)",
    signature(arrayType(unknownType), array("x"), array("y"), lambda("element")),
  ),

  inMaps(
    "map",
    "macro",
    `map(array['pod', 'image'], array["k8s.pod.name", "k8s.container.image"])`,
    signature(mapType(unknownType, unknownType)),
    signature(([keys, values]) => mapType(elementType(keys), elementType(values)), array("keys"), array("values")),
  ),
  inMaps(
    "map_concat",
    "rewrite",
    "map_concat(map(array['a'], array[1]), map(array['b'], array[2]))",
    signature(commonOf, repeated(map("x"))),
  ),
  inMaps(
    "map_entries",
    "macro",
    `map_entries(histogram("process.name"))`,
    signature(([type]) => arrayType({ kind: "row", fields: [keyType(type), valueType(type)] }), map("x")),
  ),
  inMaps(
    "map_filter",
    "rewrite",
    `map_filter(histogram("process.name"), (k, v) -> v > 10)`,
    signature(sameAsFirst, map("x"), lambda("condition")),
  ),
  inMaps(
    "map_from_entries",
    "macro",
    "map_from_entries(array[row('a', 1)])",
    signature(([type]) => mapOfEntries(type), array("x")),
  ),
  inMaps("map_keys", "macro", `map_keys(histogram("process.name"))`, signature(keysOfFirst, map("x"))),
  inMaps("map_values", "macro", `map_values(histogram("process.name"))`, signature(valuesOfFirst, map("x"))),
  inMaps(
    "map_zip_with",
    "rewrite",
    "map_zip_with(map(array['a'], array[1]), map(array['a'], array[2]), (k, v, w) -> v + w)",
    signature(([type]) => mapType(keyType(type), unknownType), map("x"), map("y"), lambda("value")),
  ),
  inMaps(
    "transform_keys",
    "rewrite",
    `transform_keys(histogram("process.name"), (k, v) -> upper(k))`,
    signature(([type]) => mapType(unknownType, valueType(type)), map("x"), lambda("key")),
  ),
  inMaps(
    "transform_values",
    "rewrite",
    `transform_values(histogram("process.name"), (k, v) -> v * 2)`,
    signature(([type]) => mapType(keyType(type), unknownType), map("x"), lambda("value")),
  ),
];
