import assert from "node:assert/strict";
import { test } from "node:test";
import { readTime } from "../../../src/audit/readTime.ts";

function check(text: string, ms: number | undefined): void {
  assert.equal(readTime(text), ms);
}

// 1760000000 seconds are 2025-10-09T08:53:20Z.
test("a time in UTC", () => check("2025-10-09T08:53:20Z", 1_760_000_000_000));
test("a space in place of the T", () => check("2025-10-09 08:53:20Z", 1_760_000_000_000));
test("milliseconds", () => check("2025-10-09T08:53:20.123Z", 1_760_000_000_123));
test("nanoseconds are kept to the microsecond", () => check("2025-10-09T08:53:20.123456789Z", 1_760_000_000_123.457));
test("a comma before the fraction", () => check("2025-10-09T08:53:20,5Z", 1_760_000_000_500));
test("an offset to the east", () => check("2025-10-09T16:53:20+08:00", 1_760_000_000_000));
test("an offset to the west without colon", () => check("2025-10-09T04:23:20.5-0430", 1_760_000_000_500));
test("an offset of hours", () => check("2025-10-09T16:53:20+08", 1_760_000_000_000));
test("the way Go prints a time", () => check("2025-10-09 16:53:20.25 +0800 CST", 1_760_000_000_250));
test("seconds since 1970", () => check("1760000000", 1_760_000_000_000));
test("seconds with a fraction", () => check("1760000000.25", 1_760_000_000_250));
test("milliseconds since 1970", () => check("1760000000123", 1_760_000_000_123));
test("microseconds since 1970", () => check("1760000000123456", 1_760_000_000_123.456));
test("nanoseconds since 1970", () => check("1760000000123456789", 1_760_000_000_123.457));
test("space around it", () => check(" 1760000000 ", 1_760_000_000_000));
test("a time without a zone is none", () => check("2025-10-09T08:53:20", undefined));
test("a day that the calendar does not have", () => check("2025-02-30T08:53:20Z", undefined));
test("an hour that the day does not have", () => check("2025-02-03T24:00:00Z", undefined));
test("a date alone", () => check("2025-10-09", undefined));
test("a small number is no time", () => check("42", undefined));
test("a word", () => check("now", undefined));
test("nothing", () => check("", undefined));
