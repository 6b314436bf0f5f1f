import { bigintType, dateType, type SqlType, timestampType, varcharType } from "../../sls/types.ts";
import { sqlText } from "../recordColumns.ts";
import type { Surroundings, Typed } from "./typed.ts";

/** A value as a point in time. */
export type TimeValue = {
  /** A TIMESTAMP: what a clock in the value's own zone shows. */
  readonly local: string;
  /** The same kind of value from another TIMESTAMP of that clock. */
  readonly of: (local: string) => Typed;
};

/** How many minutes a zone is ahead of UTC that is named by that: `+05:30`. DuckDB only knows zones that have names. */
function minutesAhead(zone: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])([0-9]{2}):([0-9]{2})$/.exec(zone) ?? [];
  return sign === undefined ? undefined : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** What a clock in a zone shows at a TIMESTAMPTZ, as a TIMESTAMP. */
export function localSql(zone: string, at: string): string {
  const ahead = minutesAhead(zone);
  return ahead === undefined
    ? `timezone(${sqlText(zone)}, ${at})`
    : `(timezone('UTC', ${at}) + to_minutes(CAST(${ahead} AS BIGINT)))`;
}

/** When a clock in a zone shows a TIMESTAMP, as a TIMESTAMPTZ. */
export function instantSql(zone: string, local: string): string {
  const ahead = minutesAhead(zone);
  return ahead === undefined
    ? `timezone(${sqlText(zone)}, ${local})`
    : `timezone('UTC', ${local} - to_minutes(CAST(${ahead} AS BIGINT)))`;
}

/**
 * What SLS's time functions take: times, dates, seconds since 1970 (`date_trunc('minute', __time__)`) and texts
 * (`date_add('day', -7, '2018-08-09 00:00:00')`). Undefined for anything else.
 */
export function timeValue(value: Typed, surroundings: Surroundings): TimeValue | undefined {
  const timestamp = (local: string): Typed => ({ sql: local, type: timestampType });
  switch (value.type.kind) {
    case "bigint":
    case "double":
    case "decimal":
      return { local: localOfSeconds(value, surroundings), of: timestamp };
    case "varchar":
      return {
        local: localSql(surroundings.zone, `CAST(${value.sql} AS TIMESTAMPTZ)`),
        of: timestamp,
      };
    case "unknown":
      return { local: `CAST(${value.sql} AS TIMESTAMP)`, of: timestamp };
    case "timestamp":
      return { local: value.sql, of: timestamp };
    case "date":
      return {
        local: `CAST(${value.sql} AS TIMESTAMP)`,
        of: (local) => ({ sql: `CAST(${local} AS DATE)`, type: dateType }),
      };
    case "zonedTimestamp": {
      const { type } = value;
      return {
        local: localSql(type.zone, value.sql),
        of: (local) => ({ sql: instantSql(type.zone, local), type }),
      };
    }
    default:
      return undefined;
  }
}

/** A point in time as a TIMESTAMPTZ. */
export function instant(value: Typed, surroundings: Surroundings): string | undefined {
  switch (value.type.kind) {
    case "bigint":
    case "double":
    case "decimal":
      return `to_timestamp(${value.sql})`;
    case "varchar":
    case "unknown":
      return `CAST(${value.sql} AS TIMESTAMPTZ)`;
    case "timestamp":
      return instantSql(surroundings.zone, value.sql);
    case "date":
      return instantSql(surroundings.zone, `CAST(${value.sql} AS TIMESTAMP)`);
    case "zonedTimestamp":
      return value.sql;
    default:
      return undefined;
  }
}

/**
 * The record's own second is shifted by hand where the zone allows it: five times as fast as asking the calendar for
 * every record, and a chart over time asks for all of them.
 */
function localOfSeconds(value: Typed, { zone, offsetSeconds }: Surroundings): string {
  return value.isRecordTime && offsetSeconds !== undefined
    ? `make_timestamp((${value.sql} + ${offsetSeconds}) * 1000000)`
    : localSql(zone, `to_timestamp(${value.sql})`);
}

/**
 * How many seconds a zone is ahead of UTC, if it is that throughout a range; undefined where its clocks are set in
 * between. No zone sets its clocks and sets them back within a week.
 */
export function steadyOffset(zone: string, fromMs: number, toMs: number): number | undefined {
  const weekMs = 7 * 86_400_000;
  const hundredYearsMs = 5200 * weekMs;
  if (!(toMs - fromMs < hundredYearsMs)) return undefined;
  const offset = offsetAt(zone, fromMs);
  for (let at = fromMs; at < toMs; at += weekMs) {
    if (offsetAt(zone, at) !== offset) return undefined;
  }
  return offsetAt(zone, toMs) === offset ? offset : undefined;
}

const clocks = new Map<string, Intl.DateTimeFormat | undefined>();

/** Since 1972 clocks are set on a quarter of an hour, so what they show holds for one. */
const quarterMs = 900_000;
const keptOffsets = 1_000;
const offsets = new Map<string, number | undefined>();

function offsetAt(zone: string, atMs: number): number | undefined {
  const key = `${zone} ${Math.floor(atMs / quarterMs)}`;
  if (!offsets.has(key)) {
    if (offsets.size >= keptOffsets) offsets.clear();
    offsets.set(key, readOffset(zone, atMs));
  }
  return offsets.get(key);
}

function readOffset(zone: string, atMs: number): number | undefined {
  if (!clocks.has(zone)) clocks.set(zone, clockOf(zone));
  const clock = clocks.get(zone);
  const second = Math.floor(atMs / 1000) * 1000;
  if (clock === undefined || !(Math.abs(second) < 8e15)) return undefined;
  const part: Record<string, number> = {};
  for (const { type, value } of clock.formatToParts(second)) part[type] = Number(value);
  const shown = Date.UTC(
    part["year"] ?? 0,
    (part["month"] ?? 1) - 1,
    part["day"] ?? 1,
    part["hour"] ?? 0,
    part["minute"] ?? 0,
    part["second"] ?? 0,
  );
  return (shown - second) / 1000;
}

/** Undefined for a zone that the platform does not know; DuckDB may know it. */
function clockOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
}

// ---------------------------------------------------------------------------------------------- units and parts

/** Makes an interval of so many units. */
const intervals: Readonly<Record<string, (count: string) => string>> = {
  millisecond: (count) => `to_milliseconds(${count})`,
  second: (count) => `to_seconds(${count})`,
  minute: (count) => `to_minutes(${count})`,
  hour: (count) => `to_hours(${count})`,
  day: (count) => `to_days(CAST(${count} AS INTEGER))`,
  week: (count) => `to_weeks(CAST(${count} AS INTEGER))`,
  month: (count) => `to_months(CAST(${count} AS INTEGER))`,
  quarter: (count) => `to_months(CAST(${count} * 3 AS INTEGER))`,
  year: (count) => `to_years(CAST(${count} AS INTEGER))`,
};

/** The units that `date_add`, `date_diff` and `date_trunc` take. */
export const timeUnits: readonly string[] = Object.keys(intervals);

export function intervalSql(unit: string, count: string): string | undefined {
  return Object.hasOwn(intervals, unit) ? intervals[unit]?.(count) : undefined;
}

export function intervalType(unit: string): SqlType {
  return { kind: unit === "month" || unit === "quarter" || unit === "year" ? "monthInterval" : "dayInterval" };
}

const parts: Readonly<Record<string, (local: string) => string>> = {
  year: (local) => `year(${local})`,
  quarter: (local) => `quarter(${local})`,
  month: (local) => `month(${local})`,
  week: (local) => `week(${local})`,
  week_of_year: (local) => `week(${local})`,
  day: (local) => `day(${local})`,
  day_of_month: (local) => `day(${local})`,
  day_of_week: (local) => `isodow(${local})`,
  dow: (local) => `isodow(${local})`,
  day_of_year: (local) => `dayofyear(${local})`,
  doy: (local) => `dayofyear(${local})`,
  year_of_week: (local) => `isoyear(${local})`,
  yow: (local) => `isoyear(${local})`,
  hour: (local) => `hour(${local})`,
  minute: (local) => `minute(${local})`,
  second: (local) => `second(${local})`,
  millisecond: (local) => `(millisecond(${local}) % 1000)`,
};

/** The names of the functions that take a part out of a time; `extract` takes most of them too. */
export const timeParts: readonly string[] = Object.keys(parts);

function timePart(part: string, { local }: Pick<TimeValue, "local">): Typed | undefined {
  const sql = Object.hasOwn(parts, part) ? parts[part]?.(local) : undefined;
  return sql === undefined ? undefined : { sql: `CAST(${sql} AS BIGINT)`, type: bigintType };
}

const dayIntervalParts: Readonly<Record<string, (interval: string) => string>> = {
  day: (interval) => `epoch_ms(${interval}) / 86400000`,
  hour: (interval) => `epoch_ms(${interval}) / 3600000 % 24`,
  minute: (interval) => `epoch_ms(${interval}) / 60000 % 60`,
  second: (interval) => `epoch_ms(${interval}) / 1000 % 60`,
  millisecond: (interval) => `epoch_ms(${interval}) % 1000`,
};

const monthIntervalParts: Readonly<Record<string, (interval: string) => string>> = {
  year: (interval) => `sls_months(${interval}) / 12`,
  month: (interval) => `sls_months(${interval}) % 12`,
};

const partsOfDay = ["hour", "minute", "second", "millisecond"];

/** A part of a value that is a time of any kind; undefined where it has no such part. */
export function partOf(part: string, value: Typed, surroundings: Surroundings): Typed | undefined {
  if (value.type.kind === "time" || value.type.kind === "zonedTime") {
    return partsOfDay.includes(part) ? timePart(part, { local: value.sql }) : undefined;
  }
  if (value.type.kind === "dayInterval" || value.type.kind === "monthInterval") {
    const table = value.type.kind === "dayInterval" ? dayIntervalParts : monthIntervalParts;
    const sql = Object.hasOwn(table, part) ? table[part]?.(value.sql) : undefined;
    return sql === undefined ? undefined : { sql: `CAST(trunc(${sql}) AS BIGINT)`, type: bigintType };
  }
  const time = timeValue(value, surroundings);
  return time && timePart(part, time);
}

// ---------------------------------------------------------------------------------------------- formats

/** MySQL's format codes, which SLS documents for `date_format` and `date_parse`, in terms of strftime's. */
const formatCodes: Readonly<Record<string, string>> = {
  a: "%a",
  b: "%b",
  c: "%-m",
  d: "%d",
  e: "%-d",
  f: "%f",
  H: "%H",
  h: "%I",
  I: "%I",
  i: "%M",
  j: "%j",
  k: "%-H",
  l: "%-I",
  M: "%B",
  m: "%m",
  p: "%p",
  r: "%I:%M:%S %p",
  S: "%S",
  s: "%S",
  T: "%H:%M:%S",
  v: "%V",
  W: "%A",
  w: "%w",
  x: "%G",
  Y: "%Y",
  y: "%y",
  "%": "%%",
};

// No code of strftime's says these.
const ownFormatCodes: Readonly<Record<string, (local: string) => string>> = {
  D: (local) =>
    `day(${local}) || CASE WHEN day(${local}) IN (1, 21, 31) THEN 'st' WHEN day(${local}) IN (2, 22) THEN 'nd' WHEN day(${local}) IN (3, 23) THEN 'rd' ELSE 'th' END`,
  V: (local) => `lpad(CAST(greatest(CAST(strftime(${local}, '%U') AS INTEGER), 1) AS VARCHAR), 2, '0')`,
};

/** The text of a time in one of MySQL's formats. A code that is none stands for its letter. */
export function formatted({ local }: TimeValue, format: string): Typed {
  const pieces: string[] = [];
  let plain = "";
  const flush = (): void => {
    if (plain !== "") pieces.push(`strftime(${local}, ${sqlText(plain)})`);
    plain = "";
  };
  for (const { code, text } of formatPieces(format)) {
    const own = code !== undefined && Object.hasOwn(ownFormatCodes, code) ? ownFormatCodes[code] : undefined;
    if (own === undefined) {
      plain += text;
    } else {
      flush();
      pieces.push(own(local));
    }
  }
  flush();
  const sql = pieces.length === 0 ? `CASE WHEN ${local} IS NOT NULL THEN '' END` : pieces.join(" || ");
  return { sql: `(${sql})`, type: varcharType };
}

/** The format in which strptime reads what MySQL's format describes. */
export function parseFormat(format: string): string {
  return [...formatPieces(format)].map(({ text }) => text).join("");
}

function* formatPieces(format: string): Iterable<{ readonly code: string | undefined; readonly text: string }> {
  const chars = [...format];
  for (let index = 0; index < chars.length; index++) {
    const char = chars[index] ?? "";
    const code = char === "%" ? chars[index + 1] : undefined;
    if (code === undefined) {
      yield { code: undefined, text: char === "%" ? "%%" : char };
    } else {
      index += 1;
      yield { code, text: (Object.hasOwn(formatCodes, code) ? formatCodes[code] : undefined) ?? code };
    }
  }
}
