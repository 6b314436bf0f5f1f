/** A point in time as it is written, which may depend on the present and on a time zone. */
export type TimePoint =
  /** `now`, `-15m`: so many milliseconds from the present, never more than 0. */
  | { readonly kind: "relative"; readonly offsetMs: number }
  /** `today`, `yesterday`: where the day of the present, or one before it, began. */
  | { readonly kind: "day"; readonly daysAgo: 0 | 1 }
  /** A time with its offset: the same everywhere. */
  | { readonly kind: "instant"; readonly ms: number }
  /** A time without offset: what clocks in the zone show. As milliseconds, as if the zone were UTC. */
  | { readonly kind: "local"; readonly clockMs: number };

/** The range of a query that names none. */
export const defaultRange = {
  from: { kind: "relative", offsetMs: -24 * 3_600_000 },
  to: { kind: "relative", offsetMs: 0 },
} as const satisfies { readonly from: TimePoint; readonly to: TimePoint };

/** A range whose times are known: from `fromMs` to before `toMs`, in milliseconds since 1970. */
export type ResolvedRange =
  | { readonly kind: "range"; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: "empty"; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: "unknownZone"; readonly zone: string };

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
};

/**
 * Reads `now`, `today`, `yesterday`, a span before now such as `-90s`, `-15m`, `-24h`, `-7d` or `-2w` (a day being 24
 * hours), or a date or time of ISO 8601, with `T` or a space before the hour, with or without seconds and offset.
 */
export function parseTime(text: string): TimePoint | undefined {
  switch (text.trim().toLowerCase()) {
    case "now":
      return { kind: "relative", offsetMs: 0 };
    case "today":
      return { kind: "day", daysAgo: 0 };
    case "yesterday":
      return { kind: "day", daysAgo: 1 };
    default:
      return parseSpan(text.trim()) ?? parseIso(text.trim());
  }
}

function parseSpan(text: string): TimePoint | undefined {
  const [, amount, unit] = /^-(\d{1,6})([smhdw])$/i.exec(text) ?? [];
  const ms = unitMs[unit?.toLowerCase() ?? ""];
  return amount === undefined || ms === undefined ? undefined : { kind: "relative", offsetMs: 0 - Number(amount) * ms };
}

const isoTime =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?)?$/;

function parseIso(text: string): TimePoint | undefined {
  const parts = isoTime.exec(text);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const fraction = Number((parts[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const offset = parts[8];
  if (year < 1970 || hour > 23 || minute > 59 || second > 59) return undefined;
  const clockMs = Date.UTC(year, month - 1, day, hour, minute, second, fraction);
  const date = new Date(clockMs);
  // A month or day that does not exist moves the date on.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (offset === undefined) return { kind: "local", clockMs };
  const offsetMs = readOffset(offset);
  return offsetMs === undefined ? undefined : { kind: "instant", ms: clockMs - offsetMs };
}

function readOffset(text: string): number | undefined {
  if (text === "Z" || text === "z") return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(":", "") || 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Whether a text names a time zone: an IANA name such as `Asia/Shanghai`, `UTC`, or an offset such as `+08:00`. */
export function isZone(zone: string): boolean {
  return zoneClock(zone) !== undefined;
}

/**
 * The times between which a query asks. A range without a beginning begins as long before its end as the default one,
 * one without an end ends now. In a range from a time to the same time or an earlier one no record can lie: it is empty.
 */
export function resolveRange(
  from: TimePoint | undefined,
  to: TimePoint | undefined,
  nowMs: number,
  zone: string,
): ResolvedRange {
  const clock = zoneClock(zone);
  if (!clock) return { kind: "unknownZone", zone };
  const toMs = resolve(to ?? defaultRange.to, nowMs, clock);
  const fromMs = from ? resolve(from, nowMs, clock) : toMs + defaultRange.from.offsetMs - defaultRange.to.offsetMs;
  return { kind: fromMs < toMs ? "range" : "empty", fromMs, toMs };
}

function resolve(point: TimePoint, nowMs: number, clock: Intl.DateTimeFormat): number {
  switch (point.kind) {
    case "relative":
      return nowMs + point.offsetMs;
    case "instant":
      return point.ms;
    case "local":
      return instantOf(point.clockMs, clock);
    case "day": {
      const dayMs = unitMs["d"] ?? 0;
      const today = Math.floor(clockAt(nowMs, clock) / dayMs) * dayMs;
      return instantOf(today - point.daysAgo * dayMs, clock);
    }
    default:
      return point satisfies never;
  }
}

// ------------------------------------------------------------------------------------------------ zones

const clocks = new Map<string, Intl.DateTimeFormat | undefined>();
const CLOCKS_LIMIT = 500;

/**
 * What tells the clock of a zone, or undefined if there is no such zone. Making one is slow, and so is finding out that
 * there is none, so both are kept.
 */
function zoneClock(zone: string): Intl.DateTimeFormat | undefined {
  const known = clocks.get(zone);
  if (known !== undefined || clocks.has(zone)) return known;
  if (clocks.size >= CLOCKS_LIMIT) clocks.clear();
  const clock = makeClock(zone);
  clocks.set(zone, clock);
  return clock;
}

function makeClock(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      calendar: "gregory",
      numberingSystem: "latn",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch (error) {
    // The only way to ask whether a zone exists is to try it.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What a zone's clock shows at an instant, as milliseconds, as if the zone were UTC. */
function clockAt(ms: number, clock: Intl.DateTimeFormat): number {
  const shown: Record<string, number> = {};
  for (const { type, value } of clock.formatToParts(ms)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((ms % 1000) + 1000) % 1000);
}

/**
 * The instant at which a zone's clock shows a time. Where the clock shows it twice, as when summer ends, it is the first;
 * where the clock skips it, as when summer begins, it is as long after the skip as the time lies in it.
 */
function instantOf(clockMs: number, clock: Intl.DateTimeFormat): number {
  const dayMs = unitMs["d"] ?? 0;
  const offsetBefore = clockAt(clockMs - dayMs, clock) - (clockMs - dayMs);
  const offsetAfter = clockAt(clockMs + dayMs, clock) - (clockMs + dayMs);
  const candidates = [clockMs - offsetBefore, clockMs - offsetAfter].sort((a, b) => a - b);
  return candidates.find((ms) => clockAt(ms, clock) === clockMs) ?? clockMs - offsetBefore;
}
