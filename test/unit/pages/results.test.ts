import assert from "node:assert/strict";
import { test } from "node:test";
import { readFromResults, resultsWords } from "../../../src/pages/results.ts";
import { englishResults } from "../../pages/words.ts";

const answer = "answer-1";

/** A message that the page posts comes back as it is, without what does not belong to it. */
function understood(message: Record<string, unknown>): void {
  assert.deepEqual(readFromResults({ ...message, smuggled: "x" }), message);
}

function refused(...messages: readonly unknown[]): void {
  for (const message of messages) assert.equal(readFromResults(message), undefined, JSON.stringify(message));
}

test("a page asks for a window of rows", () => {
  understood({ kind: "rows", answer, request: 1, from: 0, count: 100 });
  refused(
    { kind: "rows", answer, request: 1, from: 0, count: 1_001 },
    { kind: "rows", answer, request: 1, from: 0, count: 0 },
    { kind: "rows", answer, request: 1, from: -1, count: 100 },
    { kind: "rows", answer, request: "1", from: 0, count: 100 },
    { kind: "rows", request: 1, from: 0, count: 100 },
    { kind: "rows", answer: "x".repeat(201), request: 1, from: 0, count: 100 },
  );
});
test("a page changes the view", () => {
  understood({ kind: "view", answer, view: { sort: [{ column: "time", descending: true }], filter: "curl" } });
  understood({ kind: "view", answer, view: { sort: [], filter: "" } });
  refused(
    { kind: "view", answer, view: { sort: [{ column: "time" }], filter: "" } },
    { kind: "view", answer, view: { sort: [{ column: 1, descending: true }], filter: "" } },
    { kind: "view", answer, view: { sort: "time", filter: "" } },
    { kind: "view", answer, view: { sort: [], filter: "x".repeat(10_001) } },
    { kind: "view", answer, view: [] },
    { kind: "view", view: { sort: [], filter: "" } },
  );
});
test("a page changes the layout", () => {
  understood({
    kind: "layout",
    answer,
    layout: [
      { column: "time", hidden: false, widthPx: 120 },
      { column: "k8s", hidden: true, widthPx: undefined },
    ],
  });
  refused(
    { kind: "layout", answer, layout: [{ column: "time", hidden: "no", widthPx: 120 }] },
    { kind: "layout", answer, layout: [{ column: "time", hidden: false, widthPx: -5 }] },
    { kind: "layout", answer, layout: [{ column: "time", hidden: false, widthPx: "120" }] },
    { kind: "layout", answer, layout: [{ hidden: false }] },
    { kind: "layout", answer },
  );
});
test("a page opens a row's trace and record", () => {
  understood({ kind: "openTrace", answer, ordinal: 7 });
  understood({ kind: "openRecord", answer, ordinal: 7 });
  refused(
    { kind: "openTrace", answer, ordinal: 0.5 },
    { kind: "openTrace", ordinal: 7 },
    { kind: "openRecord", answer },
  );
});
test("a page copies rows and values", () => {
  understood({ kind: "copy", answer, format: "csv", rows: [{ from: 0, to: 3 }] });
  understood({ kind: "copy", answer, format: "markdown", rows: undefined });
  understood({ kind: "copyValue", answer, ordinal: 7, field: "process.cmdline" });
  refused(
    { kind: "copy", answer, format: "html", rows: undefined },
    { kind: "copy", answer, format: "csv", rows: [{ from: 3, to: 0 }] },
    { kind: "copy", answer, format: "csv", rows: "all" },
    { kind: "copy", format: "csv", rows: undefined },
    { kind: "copyValue", answer, ordinal: 7, field: "x".repeat(1_001) },
    { kind: "copyValue", answer, ordinal: 7 },
  );
});
test("a page has its commands", () => {
  for (const kind of ["ready", "runAgain", "cancel", "openQuery", "openAsTab", "saveQuery"]) understood({ kind });
  understood({ kind: "failed", detail: "Error: x" });
});
test("nothing else is a message of the page", () =>
  refused(undefined, null, "ready", 7, [], {}, { kind: "eval" }, { kind: "__proto__" }, { kind: ["rows"] }));

test("every text of the page has its English", () =>
  assert.deepEqual(Object.keys(englishResults).sort(), [...resultsWords].sort()));
