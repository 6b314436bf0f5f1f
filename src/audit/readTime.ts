const isoTime =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s*(Z|[+-]\d\d(?::?\d\d)?)(?: [A-Z]{3,5})?$/i;
const epochTime = /^\d{9,19}(?:\.\d{1,9})?$/;

/**
 * Milliseconds since 1970 UTC, to the microsecond; undefined where the text is no time. The format of the field `time`
 * is not documented, so both usual ones are read: ISO 8601 with a zone, and a count since 1970 whose size tells whether
 * it is of seconds, milli-, micro- or nanoseconds. A time without a zone is none: guessing one would move evidence.
 */
export function readTime(text: string): number | undefined {
  return readIsoTime(text) ?? readEpochTime(text);
}

function readIsoTime(text: string): number | undefined {
  const match = isoTime.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match;
  const local = new Date(
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)),
  );
  // Date.UTC carries the 31st of June over into July; a calendar has no such day.
  const isOnTheCalendar =
    local.getUTCMonth() === Number(month) - 1 &&
    local.getUTCDate() === Number(day) &&
    local.getUTCHours() === Number(hour) &&
    local.getUTCMinutes() === Number(minute) &&
    local.getUTCSeconds() === Number(second);
  if (!isOnTheCalendar) return undefined;
  return rounded(local.getTime() - zoneOffsetMs(zone) + Number(`0.${fraction || "0"}`) * 1000);
}

function zoneOffsetMs(zone: string): number {
  if (zone.toUpperCase() === "Z") return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

function readEpochTime(text: string): number | undefined {
  const trimmed = text.trim();
  if (!epochTime.test(trimmed)) return undefined;
  const count = Number(trimmed);
  // A second of the year 5138 and a millisecond of 1973 are the same number; no audit record is of either.
  if (count < 1e11) return rounded(count * 1e3);
  if (count < 1e14) return rounded(count);
  if (count < 1e17) return rounded(count / 1e3);
  return rounded(count / 1e6);
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
