import { isNumber, type SqlType } from "../../sls/types.ts";
import { instant, timeValue } from "./timeSql.ts";
import type { Surroundings, Typed } from "./typed.ts";
import { jsonText, type NamedType, printed, zoneSql } from "./typeSql.ts";

/**
 * `cast(value as type)`; undefined where Presto has no such cast. A `safe` cast is `try_cast`: null where the value does
 * not fit.
 */
export function castSql(value: Typed, to: NamedType, safe: boolean, surroundings: Surroundings): Typed | undefined {
  const sql = castValue(value, to, safe, surroundings);
  return sql === undefined ? undefined : { sql, type: to.type };
}

function castValue(value: Typed, to: NamedType, safe: boolean, surroundings: Surroundings): string | undefined {
  const { sql, type } = value;
  const plain = `${safe ? "TRY_CAST" : "CAST"}(${sql} AS ${to.duck})`;
  const guarded = (converted: string): string => (safe ? `TRY(${converted})` : converted);
  if (type.kind === "unknown") return plain;

  switch (to.type.kind) {
    case "varchar": {
      if (type.kind === "array" || type.kind === "map" || type.kind === "row") return undefined;
      const text = type.kind === "json" ? `json_extract_string(${sql}, '$')` : printed(sql, type);
      return to.length === undefined ? `CAST(${text} AS VARCHAR)` : `left(${text}, ${to.length})`;
    }
    case "bigint":
      if (type.kind === "varchar") return `${safe ? "TRY_CAST" : "CAST"}(sls_whole_text(${sql}) AS ${to.duck})`;
      // Presto rounds halves away from zero, DuckDB's cast to the even neighbour.
      if (type.kind === "double") return `${safe ? "TRY_CAST" : "CAST"}(round(${sql}) AS ${to.duck})`;
      return isScalar(type) ? plain : undefined;
    case "double":
    case "decimal":
    case "boolean":
      return type.kind === "varchar" || isScalar(type) ? plain : undefined;
    case "json":
      return type.kind === "json" ? sql : `CAST(${jsonText(sql, type)} AS JSON)`;
    case "varbinary":
      return type.kind === "varchar" ? `encode(${sql})` : type.kind === "varbinary" ? sql : undefined;
    case "array":
    case "map":
      return type.kind === "json" || type.kind === to.type.kind ? plain : undefined;
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
      return at && guarded(`timezone(${zoneSql(surroundings.zone)}, ${at})`);
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
