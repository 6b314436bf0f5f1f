import assert from "node:assert/strict";
import test from "node:test";
import { defaultRange, isZone, parseTime, resolveRange } from "../../../src/sls/timeRange.ts";

const now = "2026-03-10T04:30:15.250Z";

/** The range between two written times, as ISO times. */
function check(
  from: string | undefined,
  to: string | undefined,
  zone: string,
  expected: readonly [string, string],
  at = now,
): void {
  const fromPoint = from === undefined ? undefined : (parseTime(from) ?? assert.fail(from));
  const toPoint = to === undefined ? undefined : (parseTime(to) ?? assert.fail(to));
  const range = resolveRange(fromPoint, toPoint, Date.parse(at), zone);
  assert.equal(range.kind, "range");
  assert.deepEqual([new Date(range.fromMs).toISOString(), new Date(range.toMs).toISOString()], expected);
}

/** The instant of a written time, which has to lie before 2100. */
function instant(text: string, zone: string): string {
  const range = resolveRange(parseTime(text), parseTime("2100-01-01T00:00Z"), 0, zone);
  assert.equal(range.kind, "range");
  return new Date(range.fromMs).toISOString();
}

test("spans count back from now", () => {
  check("-90s", "now", "UTC", ["2026-03-10T04:28:45.250Z", now]);
  check("-15m", "now", "UTC", ["2026-03-10T04:15:15.250Z", now]);
  check("-24h", "-1h", "UTC", ["2026-03-09T04:30:15.250Z", "2026-03-10T03:30:15.250Z"]);
  check("-7d", undefined, "UTC", ["2026-03-03T04:30:15.250Z", now]);
  check("-2W", " NOW ", "UTC", ["2026-02-24T04:30:15.250Z", now]);
});
test("a range that is not given is the last day", () => {
  check(undefined, undefined, "UTC", ["2026-03-09T04:30:15.250Z", now]);
  assert.equal(defaultRange.from.offsetMs, -86_400_000);
});
test("one that only ends begins a day before its end", () =>
  check(undefined, "2026-03-01T00:00Z", "UTC", ["2026-02-28T00:00:00.000Z", "2026-03-01T00:00:00.000Z"]));
test("days begin at midnight in the zone", () => {
  check("yesterday", "today", "UTC", ["2026-03-09T00:00:00.000Z", "2026-03-10T00:00:00.000Z"]);
  check("yesterday", "today", "Asia/Shanghai", ["2026-03-08T16:00:00.000Z", "2026-03-09T16:00:00.000Z"]);
  check("Today", undefined, "America/New_York", ["2026-03-10T04:00:00.000Z", now]);
  check("today", undefined, "America/Los_Angeles", ["2026-03-09T07:00:00.000Z", now]);
});
test("a day is as long as its zone makes it", () =>
  check(
    "yesterday",
    "today",
    "America/New_York",
    ["2026-03-08T05:00:00.000Z", "2026-03-09T04:00:00.000Z"],
    "2026-03-09T12:00:00Z",
  ));

test("a time with an offset is the same in any zone", () => {
  for (const zone of ["UTC", "Asia/Shanghai"]) {
    assert.equal(instant("2026-01-02T03:04:05Z", zone), "2026-01-02T03:04:05.000Z");
    assert.equal(instant("2026-01-02T03:04:05.123456789z", zone), "2026-01-02T03:04:05.123Z");
    assert.equal(instant("2026-01-02 03:04:05 +08:00", zone), "2026-01-01T19:04:05.000Z");
    assert.equal(instant("2026-01-02T03:04-0330", zone), "2026-01-02T06:34:00.000Z");
    assert.equal(instant("2026-01-02T03:04+08", zone), "2026-01-01T19:04:00.000Z");
  }
});
test("a time without one is that of the zone", () => {
  assert.equal(instant("2026-01-02", "UTC"), "2026-01-02T00:00:00.000Z");
  assert.equal(instant("2026-01-02", "Asia/Shanghai"), "2026-01-01T16:00:00.000Z");
  assert.equal(instant("2026-01-02T03:04", "Asia/Kolkata"), "2026-01-01T21:34:00.000Z");
  assert.equal(instant("2026-01-02 03:04:05.5", "+08:00"), "2026-01-01T19:04:05.500Z");
  assert.equal(instant("2026-07-01T12:00", "Europe/Berlin"), "2026-07-01T10:00:00.000Z");
  assert.equal(instant("2026-12-01T12:00", "Europe/Berlin"), "2026-12-01T11:00:00.000Z");
});
test("a time that clocks skip is as long behind the skip", () => {
  assert.equal(instant("2026-03-08T02:30", "America/New_York"), "2026-03-08T07:30:00.000Z");
  assert.equal(instant("2026-03-29T02:00", "Europe/Berlin"), "2026-03-29T01:00:00.000Z");
  assert.equal(instant("2018-11-04", "America/Sao_Paulo"), "2018-11-04T03:00:00.000Z");
  assert.equal(instant("2026-10-04T02:15", "Australia/Lord_Howe"), "2026-10-03T15:45:00.000Z");
});
test("a time that clocks show twice is the first", () => {
  assert.equal(instant("2026-11-01T01:30", "America/New_York"), "2026-11-01T05:30:00.000Z");
  assert.equal(instant("2026-10-25T02:30", "Europe/Berlin"), "2026-10-25T00:30:00.000Z");
});

test("what is no time is not read", () => {
  for (const text of [
    "",
    "soon",
    "15m",
    "+15m",
    "-15",
    "-m",
    "-1y",
    "-1.5h",
    "-10000000s",
    "now-1h",
    "2026",
    "2026-01",
    "2026-1-1",
    "2026-13-01",
    "2026-00-01",
    "2026-02-29",
    "2026-01-32",
    "2026-01-01T24:00",
    "2026-01-01T10:60",
    "2026-01-01T10:00:60",
    "2026-01-01T10",
    "2026-01-01Z",
    "2026-01-01T10:00+24:00",
    "2026-01-01T10:00+08:60",
    "1969-12-31",
    "01/02/2026",
  ]) {
    assert.equal(parseTime(text), undefined, text);
  }
  assert.notEqual(parseTime("2028-02-29"), undefined);
});
test("a range that ends where it begins, or before, is empty", () => {
  const at = Date.parse(now);
  assert.equal(resolveRange(parseTime("now"), parseTime("now"), at, "UTC").kind, "empty");
  assert.deepEqual(resolveRange(parseTime("now"), parseTime("-1h"), at, "UTC"), {
    kind: "empty",
    fromMs: at,
    toMs: at - 3_600_000,
  });
});
test("an unknown zone is told", () => {
  assert.deepEqual(resolveRange(undefined, undefined, 0, "Mars/Olympus"), {
    kind: "unknownZone",
    zone: "Mars/Olympus",
  });
  assert.equal(isZone("Mars"), false);
  assert.equal(isZone(""), false);
  assert.equal(isZone("Asia/Shanghai"), true);
  assert.equal(isZone("UTC"), true);
});
test("every hour of a year with two changes is the hour its clock shows", () => {
  const clock = new Intl.DateTimeFormat("sv-SE", {
    timeZone: "America/New_York",
    dateStyle: "short",
    timeStyle: "medium",
  });
  for (let ms = Date.parse("2026-01-01T00:00Z"); ms < Date.parse("2027-01-01T00:00Z"); ms += 3_600_000) {
    const shown = clock.format(ms);
    assert.equal(clock.format(Date.parse(instant(shown, "America/New_York"))), shown);
  }
});
