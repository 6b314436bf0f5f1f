import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditEvent } from "../../../src/audit/event.ts";
import { buildTrace } from "../../../src/audit/trace.ts";
import { commandEvent, entryEvent } from "./events.ts";

function check(events: readonly AuditEvent[], expected: Readonly<Record<string, unknown>>): void {
  const trace = buildTrace(events);
  assert.ok(trace);
  const ids = (list: readonly AuditEvent[]) => list.map((event) => event.eventId).join(" ");
  const told = {
    ...trace,
    entry: trace.entry?.eventId,
    commands: ids(trace.commands),
    others: ids(trace.others),
  };
  assert.deepEqual(
    Object.fromEntries(Object.keys(expected).map((name) => [name, told[name as keyof typeof told]])),
    expected,
  );
}

test("no events, no trace", () => assert.equal(buildTrace([]), undefined));
test("commands are sorted by time, then by event id", () =>
  check([commandEvent("c", 2), commandEvent("b", 2), commandEvent("a", 3), commandEvent("d", 1)], {
    commands: "d b c a",
    firstMs: 1,
    lastMs: 3,
  }));
test("the entry goes before the commands, wherever it was found", () =>
  check([commandEvent("b", 20), entryEvent("a", 10)], { entry: "a", commands: "b", firstMs: 10, lastMs: 20 }));
test("without an entry the commands say who, where and what", () =>
  check([commandEvent("b", 20), commandEvent("a", 10)], {
    id: "t-1",
    entry: undefined,
    user: { aliuid: "285512", username: "dev-07", groups: [] },
    pod: { namespace: "shop", name: "web-0", labels: {} },
    container: { name: "web", image: "nginx:1.25" },
    host: { ip: "203.0.113.7", node: "node-a" },
  }));
test("the entry names the container, a command its image", () =>
  check([entryEvent("a", 10), commandEvent("b", 20)], { container: { name: "web", image: "nginx:1.25" } }));
test("the entry says who, even where a command says otherwise", () =>
  check(
    [
      commandEvent("b", 5, { user: { aliuid: "", username: "other", groups: [] } }),
      entryEvent("a", 10, { user: { aliuid: "1", username: "", groups: [] } }),
    ],
    { user: { aliuid: "1", username: "", groups: [] } },
  ));
test("an entry that says nothing leaves it to the commands", () =>
  check(
    [
      entryEvent("a", 10, {
        user: { aliuid: "", username: "", groups: [] },
        pod: { namespace: "", name: "", labels: {} },
        host: { ip: "", node: "" },
        traceId: undefined,
      }),
      commandEvent("b", 20),
    ],
    {
      id: "t-1",
      user: { aliuid: "285512", username: "dev-07", groups: [] },
      pod: { namespace: "shop", name: "web-0", labels: {} },
      host: { ip: "203.0.113.7", node: "node-a" },
    },
  ));
test("a second entry and an unknown kind are kept apart", () => {
  const { kind: _, ...facts } = commandEvent("x", 15);
  const unknown: AuditEvent = { ...facts, kind: "other", recordKind: "Network" };
  check([entryEvent("b", 12), entryEvent("a", 10), unknown, commandEvent("c", 20)], {
    entry: "a",
    commands: "c",
    others: "b x",
  });
});
test("uids in the order in which they appear", () =>
  check(
    [commandEvent("a", 1), commandEvent("b", 2, { uid: "0" }), commandEvent("c", 3), commandEvent("d", 4, { uid: "" })],
    { uids: ["1000", "0"] },
  ));
test("identical repeats are all kept", () =>
  check([commandEvent("a", 1, { commandLine: "ls" }), commandEvent("b", 2, { commandLine: "ls" })], {
    commands: "a b",
  }));
