import type { Column } from "../../logs/answer.ts";
import type { TypeName } from "../../sls/syntax.ts";
import {
  arrayType,
  bigintType,
  booleanType,
  dateType,
  doubleType,
  jsonType,
  mapType,
  type SqlType,
  timestampType,
  varbinaryType,
  varcharType,
} from "../../sls/types.ts";
import { sqlText } from "../recordColumns.ts";
import { localSql } from "./timeSql.ts";

/** How a cell is lined up and sorted. */
export function columnKind(type: SqlType): Column["kind"] {
  switch (type.kind) {
    case "bigint":
    case "double":
    case "decimal":
      return "number";
    case "date":
    case "time":
    case "timestamp":
    case "zonedTime":
    case "zonedTimestamp":
      return "time";
    case "json":
    case "array":
    case "map":
    case "row":
      return "json";
    default:
      return "text";
  }
}

// ---------------------------------------------------------------------------------------------------- printing

/** The text of a value, as Presto prints it; null stays null. */
export function printed(sql: string, type: SqlType): string {
  switch (type.kind) {
    case "varchar":
      return sql;
    case "double":
      return `sls_double_text(${sql})`;
    case "varbinary":
      // Presto's JSON answers hold binary values in Base64, and so do SLS's: its documentation prints
      // `checksum(request_method)` as `D2UmTL3octI=`.
      return `to_base64(${sql})`;
    case "time":
      return `strftime(DATE '1970-01-01' + ${sql}, '%H:%M:%S.%g')`;
    case "zonedTime":
      return `strftime(DATE '1970-01-01' + ${sql}, '%H:%M:%S.%g') || ${sqlText(` ${type.zone}`)}`;
    case "timestamp":
      return `strftime(${sql}, '%Y-%m-%d %H:%M:%S.%g')`;
    case "zonedTimestamp":
      return `strftime(${localSql(type.zone, sql)}, '%Y-%m-%d %H:%M:%S.%g') || ${sqlText(` ${type.zone}`)}`;
    case "hyperLogLog":
      // What the cloud prints are the bytes of its estimate, which say nothing to a reader.
      return `CAST(len(${sql}) AS VARCHAR)`;
    case "color":
      return `sls_color_text(${sql})`;
    case "dayInterval":
      return `sls_day_interval_text(${sql})`;
    case "monthInterval":
      return `sls_month_interval_text(${sql})`;
    case "array":
    case "map":
    case "row":
      return jsonText(sql, type);
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

/**
 * The value as a JSON text, null where it is null. A row is the array of its fields. The text is put together by hand
 * where DuckDB's `to_json` would write an element otherwise than Presto.
 */
export function jsonText(sql: string, type: SqlType, depth = 0): string {
  const entry = `"j${depth}"`;
  const inner = (value: string, of: SqlType): string => `coalesce(${jsonText(value, of, depth + 1)}, 'null')`;
  switch (type.kind) {
    case "json":
      return `CAST(${sql} AS VARCHAR)`;
    case "double":
      return `sls_double_json(${sql})`;
    case "array":
      if (isPlainJson(type.element)) return `CAST(to_json(${sql}) AS VARCHAR)`;
      return `('[' || array_to_string(list_transform(${sql}, lambda ${entry}: ${inner(entry, type.element)}), ',') || ']')`;
    case "map": {
      if (isPlainJson(type.value) && isPlainJson(type.key)) return `CAST(to_json(${sql}) AS VARCHAR)`;
      const key = `CAST(to_json(${printed(`${entry}.key`, type.key)}) AS VARCHAR)`;
      const pair = `${key} || ':' || ${inner(`${entry}.value`, type.value)}`;
      return `('{' || array_to_string(list_transform(map_entries(${sql}), lambda ${entry}: ${pair}), ',') || '}')`;
    }
    case "row": {
      const fields = type.fields.map((field, index) => inner(`struct_extract(${sql}, ${index + 1})`, field));
      return `CASE WHEN ${sql} IS NOT NULL THEN '[' || ${fields.join(" || ',' || ")} || ']' END`;
    }
    case "unknown":
    case "boolean":
    case "bigint":
    case "decimal":
    case "varchar":
      return `CAST(to_json(${sql}) AS VARCHAR)`;
    default:
      return `CAST(to_json(${printed(sql, type)}) AS VARCHAR)`;
  }
}

/** Whether `to_json` prints a value as Presto does. */
function isPlainJson(type: SqlType): boolean {
  return type.kind === "array"
    ? isPlainJson(type.element)
    : ["unknown", "boolean", "bigint", "decimal", "varchar", "json"].includes(type.kind);
}

// ---------------------------------------------------------------------------------------------------- names

const simpleTypes: Readonly<Record<string, { readonly type: SqlType; readonly duck: string }>> = {
  boolean: { type: booleanType, duck: "BOOLEAN" },
  tinyint: { type: bigintType, duck: "TINYINT" },
  smallint: { type: bigintType, duck: "SMALLINT" },
  integer: { type: bigintType, duck: "INTEGER" },
  int: { type: bigintType, duck: "INTEGER" },
  bigint: { type: bigintType, duck: "BIGINT" },
  long: { type: bigintType, duck: "BIGINT" },
  real: { type: doubleType, duck: "DOUBLE" },
  float: { type: doubleType, duck: "DOUBLE" },
  double: { type: doubleType, duck: "DOUBLE" },
  varchar: { type: varcharType, duck: "VARCHAR" },
  char: { type: varcharType, duck: "VARCHAR" },
  varbinary: { type: varbinaryType, duck: "BLOB" },
  json: { type: jsonType, duck: "JSON" },
  date: { type: dateType, duck: "DATE" },
  time: { type: { kind: "time" }, duck: "TIME" },
  timestamp: { type: timestampType, duck: "TIMESTAMP" },
};

/** DuckDB's name of a type; undefined where the type is not known, or needs none. */
export function duckType(type: SqlType): string | undefined {
  switch (type.kind) {
    case "boolean":
    case "bigint":
    case "double":
    case "varchar":
    case "json":
    case "date":
    case "time":
    case "timestamp":
      return type.kind.toUpperCase();
    case "decimal":
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case "varbinary":
      return "BLOB";
    case "zonedTimestamp":
      return "TIMESTAMPTZ";
    case "hyperLogLog":
      return "UBIGINT[]";
    case "color":
      return "BIGINT";
    case "dayInterval":
    case "monthInterval":
      return "INTERVAL";
    case "array": {
      const element = duckType(type.element);
      return element && `${element}[]`;
    }
    case "map": {
      const key = duckType(type.key);
      const value = duckType(type.value);
      return key && value && `MAP(${key}, ${value})`;
    }
    default:
      return undefined;
  }
}

/** A type as a statement names it, with DuckDB's name of it; undefined where there is none such here. */
export type NamedType = {
  readonly type: SqlType;
  readonly duck: string;
  /** `varchar(n)`: a cast cuts a longer text. */
  readonly length: number | undefined;
  /** The types in it: of an array's elements, of a map's keys and values, of a row's fields. */
  readonly parts: readonly NamedType[];
};

export function namedType(name: TypeName, zone: string): NamedType | undefined {
  const args = name.args;
  const nested = args.flatMap((arg) => (typeof arg === "number" ? [] : [namedType(arg, zone)]));
  const sizes = args.filter((arg) => typeof arg === "number");
  switch (name.name) {
    case "decimal":
    case "numeric": {
      const [precision = 38, scale = 0] = sizes;
      if (precision < 1 || precision > 38 || scale < 0 || scale > precision) return undefined;
      return {
        type: { kind: "decimal", precision, scale },
        duck: `DECIMAL(${precision}, ${scale})`,
        length: undefined,
        parts: [],
      };
    }
    case "timestamp with time zone":
      return { type: { kind: "zonedTimestamp", zone }, duck: "TIMESTAMPTZ", length: undefined, parts: [] };
    case "array": {
      const [element] = nested;
      if (element === undefined || args.length !== 1) return undefined;
      return { type: arrayType(element.type), duck: `${element.duck}[]`, length: undefined, parts: [element] };
    }
    case "map": {
      const [key, value] = nested;
      if (key === undefined || value === undefined || args.length !== 2) return undefined;
      const type = mapType(key.type, value.type);
      return { type, duck: `MAP(${key.duck}, ${value.duck})`, length: undefined, parts: [key, value] };
    }
    case "row": {
      const fields = nested.filter((field) => field !== undefined);
      if (fields.length === 0 || fields.length !== args.length) return undefined;
      const names = args.flatMap((arg) => (typeof arg === "number" || arg.field === undefined ? [] : [arg.field.name]));
      const type: SqlType = { kind: "row", fields: fields.map((field) => field.type) };
      // DuckDB has no name for a struct whose fields have none.
      return {
        type: names.length === fields.length ? { ...type, names } : type,
        duck: "",
        length: undefined,
        parts: fields,
      };
    }
    case "varchar":
    case "char":
      return { type: varcharType, duck: "VARCHAR", length: sizes[0], parts: [] };
    default: {
      const simple = Object.hasOwn(simpleTypes, name.name) ? simpleTypes[name.name] : undefined;
      return simple === undefined || args.length > 0 ? undefined : { ...simple, length: undefined, parts: [] };
    }
  }
}
