import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandEvent } from "../../../src/audit/event.ts";
import { ancestry, depthFirst, processTree } from "../../../src/audit/processTree.ts";
import { buildTrace } from "../../../src/audit/trace.ts";
import { commandEvent } from "./events.ts";

/** A command: its name, its time, its pid and its parent's. */
function started(name: string, atMs: number, pid: number, parentPid: number, given: Partial<CommandEvent> = {}) {
  return commandEvent(name, atMs, { pid, parentPid, parentName: "runc", ...given });
}

/** The tree as lines in the order of its list, each indented under its parent; `?name` hangs on the root. */
function check(events: readonly CommandEvent[], expected: readonly string[]): void {
  const nodes = processTree(buildTrace(events)?.commands ?? []);
  const lines = nodes.map(
    ({ event, depth, orphanOf }) =>
      `${"  ".repeat(depth)}${event.program}${orphanOf === undefined ? "" : ` ?${orphanOf}`}`,
  );
  assert.deepEqual(lines, expected);
  nodes.forEach(({ parent, children }, index) => {
    assert.ok(parent === undefined || parent < index);
    for (const child of children) assert.equal(nodes[child]?.parent, index);
  });
}

test("nothing has no tree", () => check([], []));
test("children hang under their parent", () =>
  check(
    [started("bash", 1, 10, 1), started("sh", 2, 11, 10), started("curl", 3, 12, 11), started("id", 4, 13, 10)],
    ["bash ?runc", "  sh", "    curl", "  id"],
  ));
test("a parent that was not recorded is named on the root", () =>
  check([started("id", 1, 11, 10, { parentName: "bash" })], ["id ?bash"]));
test("a command without pids stays on the root", () => check([commandEvent("id", 1)], ["id ?"]));
test("a pid that was used again is its latest owner's", () =>
  check(
    [
      started("bash", 1, 10, 1),
      started("sh", 2, 11, 10),
      started("old", 3, 12, 11),
      started("vim", 4, 11, 10),
      started("new", 5, 13, 11),
    ],
    ["bash ?runc", "  sh", "    old", "  vim", "    new"],
  ));
test("a later command is no parent", () =>
  check([started("id", 1, 12, 11), started("sh", 2, 11, 10)], ["id ?runc", "sh ?runc"]));
test("the same pid on another node is another process", () =>
  check(
    [started("sh", 1, 11, 10), started("id", 2, 12, 11, { host: { ip: "", node: "node-b" } })],
    ["sh ?runc", "id ?runc"],
  ));
test("without a node name the address tells nodes apart", () =>
  check(
    [
      started("sh", 1, 11, 10, { host: { ip: "203.0.113.1", node: "" } }),
      started("id", 2, 12, 11, { host: { ip: "203.0.113.2", node: "" } }),
    ],
    ["sh ?runc", "id ?runc"],
  ));
test("a process that names itself as its parent", () => check([started("init", 1, 1, 1)], ["init ?runc"]));
test("two of one instant that name each other", () =>
  check([started("a", 1, 10, 11), started("b", 1, 11, 10)], ["b ?runc", "  a"]));
test("a ring of three of one instant", () =>
  check([started("a", 1, 10, 12), started("b", 1, 11, 10), started("c", 1, 12, 11)], ["b ?runc", "  c", "    a"]));
test("within one second a parent goes before the child that is sorted before it", () =>
  check(
    [started("a-curl", 1, 12, 11), started("b-sh", 1, 11, 10), started("c-bash", 1, 10, 1)],
    ["c-bash ?runc", "  b-sh", "    a-curl"],
  ));
test("within one second the order stays where parents are known from before", () =>
  check(
    [started("bash", 1, 10, 1), started("a", 2, 11, 10), started("b", 2, 10, 1), started("c", 2, 12, 10)],
    ["bash ?runc", "  a", "b ?runc", "  c"],
  ));

test("depth first writes a tree out", () => {
  const nodes = processTree([
    started("bash", 1, 10, 1),
    started("sh", 2, 11, 10),
    started("other", 3, 90, 80),
    started("id", 4, 13, 10),
    started("curl", 5, 12, 11),
  ]);
  assert.deepEqual(
    depthFirst(nodes).map((index) => nodes[index]?.event.program),
    ["bash", "sh", "curl", "id", "other"],
  );
});
test("the ancestry of a command", () => {
  const nodes = processTree([started("bash", 1, 10, 1), started("sh", 2, 11, 10), started("cat", 3, 12, 11)]);
  assert.deepEqual(
    ancestry(nodes, 2).map((index) => nodes[index]?.event.program),
    ["bash", "sh", "cat"],
  );
});
test("20,000 commands in one chain, and 20,000 in one instant, are as deep as they are long", () => {
  const chain = Array.from({ length: 20_000 }, (_, index) => started(`p${index}`, index, index + 1, index));
  assert.equal(processTree(chain).at(-1)?.depth, 19_999);
  assert.equal(depthFirst(processTree(chain)).length, 20_000);
  const backwards = chain.map((event) => ({ ...event, atMs: 0 })).reverse();
  assert.equal(processTree(backwards).at(-1)?.depth, 19_999);
});
