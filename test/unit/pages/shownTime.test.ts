import assert from "node:assert/strict";
import { test } from "node:test";
import {
  clock,
  dateTime,
  dateTimeRange,
  durationText,
  recordedTime,
  sinceStart,
  utc,
  zoneOffset,
} from "../../../src/pages/shownTime.ts";

const at = Date.UTC(2026, 10, 23, 2, 41, 7, 112);
const shanghai = "Asia/Shanghai";

test("a time is local, 24 hours, with seconds", () => assert.equal(dateTime(at, shanghai), "2026-11-23 10:41:07.112"));
test("whole seconds have no fraction", () => assert.equal(dateTime(at - 112, shanghai), "2026-11-23 10:41:07"));
test("unless it is asked for", () => assert.equal(dateTime(at - 112, shanghai, true), "2026-11-23 10:41:07.000"));
test("midnight is the hour 00", () =>
  assert.equal(dateTime(Date.UTC(2026, 10, 22, 16), shanghai), "2026-11-23 00:00:00"));
test("a clock has no day", () => assert.equal(clock(at, shanghai), "10:41:07"));
test("UTC says so", () => {
  assert.equal(utc(at), "2026-11-23T02:41:07.112Z");
  assert.equal(utc(at - 112), "2026-11-23T02:41:07Z");
});
test("a zone has its distance from UTC", () => {
  assert.equal(zoneOffset(at, shanghai), "+08:00");
  assert.equal(zoneOffset(at, "Etc/UTC"), "+00:00");
  assert.equal(zoneOffset(at, "UTC"), "UTC");
  assert.equal(zoneOffset(at, "America/St_Johns"), "-03:30");
});
test("a range on one day names the day once", () =>
  assert.equal(dateTimeRange(at, at + 60_000, shanghai), "2026-11-23 10:41:07.112 → 10:42:07.112 +08:00"));
test("a range over days names both", () =>
  assert.equal(
    dateTimeRange(at - 112 - 86_400_000, at - 112, shanghai),
    "2026-11-22 10:41:07 → 2026-11-23 10:41:07 +08:00",
  ));
test("a range over a change of the clocks names both distances", () =>
  assert.equal(
    dateTimeRange(Date.UTC(2026, 9, 24, 12), Date.UTC(2026, 9, 25, 12), "Europe/Berlin"),
    "2026-10-24 14:00:00 +02:00 → 2026-10-25 13:00:00 +01:00",
  ));

test("time since a start is as short as it may be", () => {
  assert.equal(sinceStart(0), "+0:00");
  assert.equal(sinceStart(6_900), "+0:06");
  assert.equal(sinceStart(747_000), "+12:27");
  assert.equal(sinceStart(15_147_000), "+4:12:27");
  assert.equal(sinceStart(86_400_000 + 15_147_000), "+1d 04:12:27");
});
test("what is earlier has a minus", () => assert.equal(sinceStart(-61_000), "−1:01"));
test("less than a second earlier has none", () => assert.equal(sinceStart(-200), "+0:00"));

function lasts(ms: number, expected: string): void {
  const words = { days: "{0} d", hours: "{0} h", minutes: "{0} min", seconds: "{0} s" };
  assert.equal(durationText(ms, words, String), expected);
}

test("a duration has its two greatest units", () => lasts(15_120_000 + 59_000, "4 h 12 min"));
test("a unit of none is left out", () => lasts(4 * 3_600_000 + 5_000, "4 h"));
test("days come with hours", () => lasts(90_000_000, "1 d 1 h"));
test("seconds are rounded down", () => lasts(5_999, "5 s"));
test("nothing is no seconds", () => lasts(0, "0 s"));

test("a recorded time is read in a zone and in UTC", () =>
  assert.deepEqual(recordedTime("2026-11-23T02:41:07Z", shanghai), {
    local: "2026-11-23 10:41:07",
    utc: "2026-11-23T02:41:07Z",
  }));
test("one with a fraction keeps three digits of it", () =>
  assert.equal(recordedTime("2026-11-23T02:41:07.000000Z", shanghai)?.local, "2026-11-23 10:41:07.000"));
test("seconds since 1970 are a time", () =>
  assert.equal(recordedTime("1795401667", shanghai)?.local, "2026-11-23 10:41:07"));
test("a time that says no zone is not moved into one", () =>
  assert.equal(recordedTime("2026-11-23 02:41:07", shanghai), undefined));
