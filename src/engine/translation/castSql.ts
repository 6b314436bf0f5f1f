import { isNumber, jsonType, type SqlType } from "../../sls/types.ts";
import { jsonPointer, sqlText } from "../recordColumns.ts";
import { instant, localSql, timeValue } from "./timeSql.ts";
import type { Surroundings, Typed } from "./typed.ts";
import { jsonText, type NamedType, printed } from "./typeSql.ts";

/** `safe`: null where the value does not fit, as `try_cast` has it. `ofRows`: an aggregate or a query is in the value. */
export type CastKind = { readonly safe: boolean; readonly ofRows: boolean };

/** `cast(value as type)`; undefined where Presto has no such cast. */
export function castSql(value: Typed, to: NamedType, kind: CastKind, surroundings: Surroundings): Typed | undefined {
  const sql = castValue(value, to, kind, surroundings, 0);
  return sql === undefined ? undefined : { sql, type: to.type };
}

function castValue(
  value: Typed,
  to: NamedType,
  kind: CastKind,
  surroundings: Surroundings,
  depth: number,
): string | undefined {
  const { sql, type } = value;
  const { safe } = kind;
  const cast = (text: string): string => `${safe ? "TRY_CAST" : "CAST"}(${text} AS ${to.duck})`;
  const plain = cast(sql);
  const guarded = (converted: string): string => (safe ? `TRY(${converted})` : converted);
  if (hasRow(to)) return castWithRow(value, to, kind, surroundings, depth);
  if (type.kind === "unknown") return plain;

  switch (to.type.kind) {
    case "varchar": {
      if (["array", "map", "row", "hyperLogLog", "color"].includes(type.kind)) return undefined;
      const text = type.kind === "json" ? `json_extract_string(${sql}, '$')` : printed(sql, type);
      return to.length === undefined ? `CAST(${text} AS VARCHAR)` : `left(${text}, ${to.length})`;
    }
    case "bigint":
      if (type.kind === "varchar") return cast(`sls_whole_text(${sql})`);
      // Presto rounds halves away from zero, DuckDB's cast to the even neighbour.
      if (type.kind === "double") return cast(`round(${sql})`);
      return isScalar(type) ? plain : undefined;
    case "double":
      if (type.kind === "varchar") return cast(`sls_number_text(${sql})`);
      return isScalar(type) ? plain : undefined;
    case "boolean":
      if (type.kind === "varchar") return cast(`sls_boolean_text(${sql})`);
      return isScalar(type) ? plain : undefined;
    case "decimal":
      return type.kind === "varchar" || isScalar(type) ? plain : undefined;
    case "json":
      if (type.kind === "hyperLogLog" || type.kind === "color") return undefined;
      return type.kind === "json" ? sql : `CAST(${jsonText(sql, type)} AS JSON)`;
    case "varbinary":
      return type.kind === "varchar" ? `encode(${sql})` : type.kind === "varbinary" ? sql : undefined;
    case "array":
    case "map":
      if (type.kind !== "json" && type.kind !== to.type.kind) return undefined;
      // DuckDB's TRY_CAST makes null of the elements that do not fit, Presto's of the whole. Its TRY takes no aggregates.
      return safe && !kind.ofRows ? `TRY(CAST(${sql} AS ${to.duck}))` : plain;
    case "date": {
      if (isNumber(type)) return undefined;
      if (type.kind === "varchar") return plain;
      const time = timeValue(value, surroundings);
      return time && `CAST(${time.local} AS DATE)`;
    }
    case "timestamp": {
      if (isNumber(type)) return undefined;
      const at = instant(value, surroundings);
      if (type.kind === "timestamp") return sql;
      return at && guarded(`${localSql(surroundings.zone, at)}`);
    }
    case "zonedTimestamp": {
      if (isNumber(type)) return undefined;
      const at = instant(value, surroundings);
      return at && guarded(at);
    }
    case "time": {
      if (type.kind === "varchar" || type.kind === "time" || type.kind === "zonedTime") return plain;
      const time = isNumber(type) || type.kind === "date" ? undefined : timeValue(value, surroundings);
      return time && `CAST(${time.local} AS TIME)`;
    }
    default:
      return undefined;
  }
}

function isScalar(type: SqlType): boolean {
  return isNumber(type) || type.kind === "boolean" || type.kind === "json";
}

function hasRow({ type, parts }: NamedType): boolean {
  return type.kind === "row" || parts.some(hasRow);
}

/** DuckDB has no name for rows, so what has one in it is put together from its parts. */
function castWithRow(
  { sql, type }: Typed,
  to: NamedType,
  kind: CastKind,
  surroundings: Surroundings,
  depth: number,
): string | undefined {
  if (type.kind === "unknown") return "NULL";
  if (kind.safe && !kind.ofRows) {
    const certain = castWithRow({ sql, type }, to, { ...kind, safe: false }, surroundings, depth);
    return certain && `TRY(${certain})`;
  }
  const part = `"r${depth}"`;
  const inner = (value: Typed, target: NamedType): string | undefined =>
    castValue(value, target, kind, surroundings, depth + 1);
  const target = to.type;
  if (target.kind === "array") {
    const [element] = to.parts;
    const list = type.kind === "json" ? `CAST(${sql} AS JSON[])` : sql;
    const from = type.kind === "json" ? jsonType : type.kind === "array" ? type.element : undefined;
    const cast = from && element && inner({ sql: part, type: from }, element);
    return cast && `list_transform(${list}, lambda ${part}: ${cast})`;
  }
  if (target.kind !== "row") return undefined;
  const fields = to.parts.map((field, index) => {
    if (type.kind === "row") {
      const from = type.fields[index];
      return from && inner({ sql: `struct_extract(${part}, ${index + 1})`, type: from }, field);
    }
    const name = target.names?.[index];
    const inArray = `json_extract(${part}, '$[${index}]')`;
    const inObject = name === undefined ? "NULL" : `json_extract(${part}, ${sqlText(jsonPointer([name]))})`;
    const found = `CASE WHEN json_type(${part}) = 'ARRAY' THEN ${inArray} ELSE ${inObject} END`;
    return type.kind === "json" ? inner({ sql: found, type }, field) : undefined;
  });
  if (!fields.every((field) => field !== undefined)) return undefined;
  if (type.kind === "row" && type.fields.length !== fields.length) return undefined;
  const known = type.kind === "json" ? `json_type(${part}) <> 'NULL'` : `${part} IS NOT NULL`;
  const row = `CASE WHEN ${known} THEN row(${fields.join(", ")}) END`;
  return `list_transform([${sql}], lambda ${part}: ${row})[1]`;
}
