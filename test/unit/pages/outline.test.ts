import assert from "node:assert/strict";
import { test } from "node:test";
import type { LineId, TraceLine } from "../../../src/pages/trace.ts";
import { ancestorsOf, linesWith, outlineOf, unfoldedLines } from "../../../webview/trace/outline.ts";
import { shownTrace } from "../../pages/traceHost.ts";

/** Lines drawn by their indents; `!` marks a risky one, `--` an idle stretch. */
function linesOf(drawing: string): readonly TraceLine[] {
  return drawing
    .split("\n")
    .filter((row) => row.trim() !== "")
    .map((row): TraceLine => {
      const text = row.trim();
      const depth = (row.length - row.trimStart().length) / 2;
      if (text === "--") return { kind: "idle", fromMs: 0, toMs: 1, at: 0, depth };
      return {
        kind: "command",
        id: text as LineId,
        atMs: 0,
        at: 0,
        depth,
        text,
        program: text,
        workingDirectory: "/srv",
        uid: "1000",
        uidBefore: undefined,
        orphanOf: undefined,
        risk: text.endsWith("!")
          ? { severity: "high", verdicts: [{ severity: "high", rule: "r-1", title: "Bad", reason: "Why", mitre: [] }] }
          : undefined,
      };
    });
}

const drawing = `
bash
  id
  --
  sh
    curl!
    rm!
  ls
tar!
`;
const lines = linesOf(drawing);
const nodes = outlineOf(lines);

function at(text: string): number {
  return lines.findIndex((line) => line.kind === "command" && line.text === text);
}

test("a line has a place among its equals", () =>
  assert.deepEqual(
    ["bash", "id", "sh", "curl!", "rm!", "ls", "tar!"].map((text) => {
      const node = nodes[at(text)];
      return `${text} ${node?.position}/${node?.setSize}`;
    }),
    ["bash 1/2", "id 1/4", "sh 3/4", "curl! 1/2", "rm! 2/2", "ls 4/4", "tar! 2/2"],
  ));
test("what started something has children", () =>
  assert.deepEqual(
    lines.filter((_, index) => nodes[index]?.hasChildren).map((line) => line.kind === "command" && line.text),
    ["bash", "sh"],
  ));
test("risk is counted up to the root", () =>
  assert.deepEqual(
    [nodes[at("bash")]?.riskyBelow, nodes[at("sh")]?.riskyBelow, nodes[at("tar!")]?.riskyBelow],
    [2, 2, 0],
  ));
test("what lies above a line, nearest first", () =>
  assert.deepEqual(ancestorsOf(nodes, at("rm!")), [at("sh"), at("bash")]));

function unfolded(folded: readonly string[], expected: string): void {
  const shown = unfoldedLines(lines, nodes, new Set(folded as LineId[]));
  const texts = shown.map((index) => {
    const line = lines[index];
    return line?.kind === "command" ? line.text : "--";
  });
  assert.equal(texts.join(" "), expected);
}

test("all lines", () => unfolded([], "bash id -- sh curl! rm! ls tar!"));
test("a folded line hides what is below it", () => unfolded(["sh"], "bash id -- sh ls tar!"));
test("an outer fold hides an inner one", () => unfolded(["bash", "sh"], "bash tar!"));
test("a line without children hides nothing", () => unfolded(["id", "tar!"], "bash id -- sh curl! rm! ls tar!"));

function found(text: string, expected: readonly string[]): void {
  assert.deepEqual(
    linesWith(lines, text).map((index) => {
      const line = lines[index];
      return line?.kind === "command" ? line.text : "--";
    }),
    expected,
  );
}

test("finds without regard to case", () => found("CURL", ["curl!"]));
test("finds directories, uids and rules", () => {
  found("/SRV", ["bash", "id", "sh", "curl!", "rm!", "ls", "tar!"]);
  found("uid 1000", ["bash", "id", "sh", "curl!", "rm!", "ls", "tar!"]);
  found("r-1", ["curl!", "rm!", "tar!"]);
});
test("an empty text finds nothing", () => found("", []));
test("finds the entry", () => {
  const { lines: all } = shownTrace().state;
  assert.equal(linesWith(all, "bash")[0], 0);
});
test("two thousand commands, each started by the one before, are read", () => {
  const [line] = linesOf("a");
  assert.ok(line !== undefined);
  const deep = Array.from({ length: 2_000 }, (_, depth) => ({ ...line, depth }));
  assert.equal(outlineOf(deep).length, 2_000);
});
