/**
 * What a statement tells of the type of a value before it runs, in Presto's terms. It decides what `/`, `concat` or
 * `element_at` mean, and which arguments a function takes.
 */
export type SqlType =
  /** `null`, or a value whose type cannot be told before it is there. It goes with every other type. */
  | { readonly kind: "unknown" }
  | { readonly kind: "boolean" }
  /** Every width of integer. */
  | { readonly kind: "bigint" }
  | { readonly kind: "double" }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }
  | { readonly kind: "varchar" }
  | { readonly kind: "varbinary" }
  | { readonly kind: "json" }
  | { readonly kind: "date" }
  /** Without a zone: a TIME or TIMESTAMP in the zone of the question, as in the Presto that SLS runs. */
  | { readonly kind: "time" }
  | { readonly kind: "timestamp" }
  /** With the zone it is printed in. The value is an instant: a TIMESTAMPTZ, but for `zonedTime`, which is a TIME there. */
  | { readonly kind: "zonedTime"; readonly zone: string }
  | { readonly kind: "zonedTimestamp"; readonly zone: string }
  | { readonly kind: "dayInterval" }
  | { readonly kind: "monthInterval" }
  | { readonly kind: "array"; readonly element: SqlType }
  | { readonly kind: "map"; readonly key: SqlType; readonly value: SqlType }
  | { readonly kind: "row"; readonly fields: readonly SqlType[]; readonly names?: readonly string[] }
  /** A set whose size can be told, as `approx_set` gives it. */
  | { readonly kind: "hyperLogLog" }
  | { readonly kind: "color" };

export const unknownType: SqlType = { kind: "unknown" };
export const booleanType: SqlType = { kind: "boolean" };
export const bigintType: SqlType = { kind: "bigint" };
export const doubleType: SqlType = { kind: "double" };
export const varcharType: SqlType = { kind: "varchar" };
export const varbinaryType: SqlType = { kind: "varbinary" };
export const jsonType: SqlType = { kind: "json" };
export const dateType: SqlType = { kind: "date" };
export const timestampType: SqlType = { kind: "timestamp" };
export const hyperLogLogType: SqlType = { kind: "hyperLogLog" };
export const colorType: SqlType = { kind: "color" };

export function arrayType(element: SqlType): SqlType {
  return { kind: "array", element };
}

export function mapType(key: SqlType, value: SqlType): SqlType {
  return { kind: "map", key, value };
}

export function isNumber(type: SqlType): boolean {
  return type.kind === "bigint" || type.kind === "double" || type.kind === "decimal";
}

/** Presto's name of a type, as `typeof` answers it and as a problem names it. */
export function typeText(type: SqlType): string {
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "zonedTime":
      return "time with time zone";
    case "zonedTimestamp":
      return "timestamp with time zone";
    case "dayInterval":
      return "interval day to second";
    case "monthInterval":
      return "interval year to month";
    case "array":
      return `array(${typeText(type.element)})`;
    case "map":
      return `map(${typeText(type.key)}, ${typeText(type.value)})`;
    case "row":
      return `row(${type.fields.map((field, index) => rowFieldText(field, type.names?.[index])).join(", ")})`;
    case "hyperLogLog":
      return "HyperLogLog";
    default:
      return type.kind;
  }
}

function rowFieldText(type: SqlType, name: string | undefined): string {
  return name === undefined ? typeText(type) : `"${name}" ${typeText(type)}`;
}

/** The type that two values have in common where one of them is answered; undefined where Presto finds none. */
export function commonType(left: SqlType, right: SqlType): SqlType | undefined {
  if (left.kind === "unknown") return right;
  if (right.kind === "unknown") return left;
  if (isNumber(left) && isNumber(right)) {
    if (left.kind === "double" || right.kind === "double") return doubleType;
    if (left.kind === "decimal" && right.kind === "decimal") return left.scale >= right.scale ? left : right;
    return left.kind === "decimal" ? left : right;
  }
  if (left.kind === "date" && (right.kind === "timestamp" || right.kind === "zonedTimestamp")) return right;
  if (right.kind === "date" && (left.kind === "timestamp" || left.kind === "zonedTimestamp")) return left;
  if (left.kind === "timestamp" && right.kind === "zonedTimestamp") return right;
  if (right.kind === "timestamp" && left.kind === "zonedTimestamp") return left;
  if (left.kind === "array" && right.kind === "array") {
    const element = commonType(left.element, right.element);
    return element && arrayType(element);
  }
  if (left.kind === "map" && right.kind === "map") {
    const key = commonType(left.key, right.key);
    const value = commonType(left.value, right.value);
    return key && value && mapType(key, value);
  }
  if (left.kind === "row" && right.kind === "row" && left.fields.length === right.fields.length) {
    const fields = left.fields.map((field, index) => commonType(field, right.fields[index] ?? unknownType));
    return fields.every((field) => field !== undefined) ? { kind: "row", fields } : undefined;
  }
  return left.kind === right.kind ? left : undefined;
}
