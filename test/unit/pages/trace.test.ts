import assert from "node:assert/strict";
import { test } from "node:test";
import { readFromTrace, traceWords } from "../../../src/pages/trace.ts";
import { englishTrace } from "../../pages/words.ts";

function understood(message: Record<string, unknown>): void {
  assert.deepEqual(readFromTrace({ ...message, smuggled: "x" }), message);
}

function refused(...messages: readonly unknown[]): void {
  for (const message of messages) assert.equal(readFromTrace(message), undefined, JSON.stringify(message));
}

test("a page selects a line of its trace", () => {
  understood({ kind: "select", trace: "t-1", line: "e-1" });
  refused({ kind: "select", trace: "t-1" }, { kind: "select", line: "e-1" }, { kind: "select", trace: 1, line: "e-1" });
  refused({ kind: "select", trace: "t-1", line: "x".repeat(1_001) });
});
test("a page copies a line, a field and the trace", () => {
  understood({ kind: "copyLine", trace: "t-1", line: "e-1", what: "record" });
  understood({ kind: "copyField", trace: "t-1", line: "e-1", field: "process" });
  understood({ kind: "copyTrace", what: "text" });
  refused(
    { kind: "copyLine", trace: "t-1", line: "e-1", what: "html" },
    { kind: "copyLine", trace: "t-1", what: "record" },
    { kind: "copyField", trace: "t-1", line: "e-1", field: "x".repeat(1_001) },
    { kind: "copyTrace", what: "record" },
  );
});
test("a page has its commands", () => {
  for (const kind of ["ready", "openRows", "openAsText", "retry"]) understood({ kind });
  understood({ kind: "failed", detail: "Error: x" });
});
test("nothing else is a message of the page", () =>
  refused(undefined, null, "ready", 7, [], {}, { kind: "openTrace" }, { kind: ["select"] }));

test("every text of the page has its English", () =>
  assert.deepEqual(Object.keys(englishTrace).sort(), [...traceWords].sort()));
