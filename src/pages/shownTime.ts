import { readTime } from "../audit/readTime.ts";
import { fill } from "./message.ts";

/**
 * Times as the pages write them: 24 hours, always with seconds, in a zone that is named. Formatters are kept because
 * making one costs a hundred times what using it does.
 */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  const kept = formatters.get(zone);
  if (kept !== undefined) return kept;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
  });
  formatters.set(zone, made);
  return made;
}

type Parts = { readonly date: string; readonly time: string; readonly offset: string };

function parts(ms: number, zone: string): Parts {
  const found = new Map(
    formatter(zone)
      .formatToParts(ms)
      .map((part) => [part.type, part.value]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes) => found.get(type) ?? "";
  return {
    date: `${get("year").padStart(4, "0")}-${get("month")}-${get("day")}`,
    time: `${get("hour")}:${get("minute")}:${get("second")}`,
    offset: zone === "UTC" ? zone : get("timeZoneName").replace("GMT", "") || "+00:00",
  };
}

/** `2026-11-23 10:41:07`; with milliseconds where the time has some, or always: `2026-11-23 10:41:07.112`. */
export function dateTime(ms: number, zone: string, always = false): string {
  const { date, time } = parts(ms, zone);
  return `${date} ${time}${always ? `.${milliseconds(ms)}` : fraction(ms)}`;
}

/** `10:41:07`, without the day and what is below a second. */
export function clock(ms: number, zone: string): string {
  return parts(ms, zone).time;
}

/** `2026-11-23T02:41:07.112Z`, for reading beside the local time and for copying. */
export function utc(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/** The distance of a zone from UTC at a time: `+08:00`; of UTC itself its name. */
export function zoneOffset(ms: number, zone: string): string {
  return parts(ms, zone).offset;
}

function milliseconds(ms: number): string {
  return String(Math.floor(((ms % 1000) + 1000) % 1000)).padStart(3, "0");
}

function fraction(ms: number): string {
  const shown = milliseconds(ms);
  return shown === "000" ? "" : `.${shown}`;
}

/** Both ends of a range, the day of the second only where it differs: `2026-11-23 10:00:00 → 11:00:00 +08:00`. */
export function dateTimeRange(fromMs: number, toMs: number, zone: string): string {
  const from = parts(fromMs, zone);
  const to = parts(toMs, zone);
  const end = `${to.time}${fraction(toMs)}`;
  const shownTo = from.date === to.date && fromMs !== toMs ? end : `${to.date} ${end}`;
  const offset = from.offset === to.offset ? "" : ` ${from.offset}`;
  return `${from.date} ${from.time}${fraction(fromMs)}${offset} → ${shownTo} ${to.offset}`;
}

/** Time since a start, to the second: `+0:06`, `+12:27`, `+4:12:27`, `+1d 04:12:27`. What is earlier has `−`. */
export function sinceStart(ms: number): string {
  const whole = Math.floor(Math.abs(ms) / 1000);
  const [days, hours, minutes, seconds] = split(whole);
  const two = (value: number) => String(value).padStart(2, "0");
  const sign = ms < 0 && whole > 0 ? "−" : "+";
  if (days > 0) return `${sign}${days}d ${two(hours)}:${two(minutes)}:${two(seconds)}`;
  if (hours > 0) return `${sign}${hours}:${two(minutes)}:${two(seconds)}`;
  return `${sign}${minutes}:${two(seconds)}`;
}

function split(seconds: number): readonly [days: number, hours: number, minutes: number, seconds: number] {
  return [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
}

/** The two greatest units of a duration, rounded down: a bound stays a bound. */
export function durationParts(ms: number): readonly { readonly unit: DurationUnit; readonly value: number }[] {
  const [days, hours, minutes, seconds] = split(Math.floor(Math.max(0, ms) / 1000));
  const all = [
    { unit: "days", value: days },
    { unit: "hours", value: hours },
    { unit: "minutes", value: minutes },
    { unit: "seconds", value: seconds },
  ] as const;
  const first = all.findIndex((part) => part.value > 0);
  if (first < 0) return [{ unit: "seconds", value: 0 }];
  return all.slice(first, first + 2).filter((part) => part.value > 0);
}

/** `4 h 12 min`, in the user's language. */
export function durationText(
  ms: number,
  words: Readonly<Record<DurationUnit, string>>,
  number: (value: number) => string,
): string {
  return durationParts(ms)
    .map(({ unit, value }) => fill(words[unit], number(value)))
    .join(" ");
}

export type DurationUnit = "days" | "hours" | "minutes" | "seconds";

/**
 * What a recorded time is in a zone and in UTC; undefined where the text is no time, or one that says no zone. Times
 * that were recorded with a fraction keep three digits of it, so that they stand under each other.
 */
export function recordedTime(text: string, zone: string): { readonly local: string; readonly utc: string } | undefined {
  const atMs = readTime(text);
  return atMs === undefined ? undefined : { local: dateTime(atMs, zone, /[.,]/.test(text)), utc: utc(atMs) };
}
