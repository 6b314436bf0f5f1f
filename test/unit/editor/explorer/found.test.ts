import assert from "node:assert/strict";
import { test } from "node:test";
import { traceId } from "../../../../src/audit/ids.ts";
import { createFindings, type Found } from "../../../../src/editor/explorer/found.ts";
import { type ClusterNode, createNodes } from "../../../../src/editor/explorer/node.ts";
import { active, id, pod } from "./memoryAccount.ts";

const nodes = createNodes();
const prod = nodes.cluster("sample", id("prod"));
const staging = nodes.cluster("sample", id("staging"));

function trace(name: string, who: string, lastMs: number) {
  const made = traceId(name);
  if (made === undefined) throw new Error("A trace has an id.");
  return { trace: made, who, username: "", namespace: "payments", pod: "api-1", commands: 3, lastMs };
}

function findings() {
  const made = createFindings((node: ClusterNode) => `Sample · ${node.cluster}`);
  made.addPods(prod, [
    { pod: pod("payments", "api-1"), activity: active("payments", "api-1", 4, 1000) },
    { pod: pod("web", "front-1"), activity: undefined },
  ]);
  made.addPods(staging, [{ pod: pod("payments", "api-9", true), activity: undefined }]);
  made.addUsers(prod, [
    { who: "208755", username: "dev-07", traces: 3, lastMs: 5000 },
    { who: "ci", username: "ci", traces: 9, lastMs: 9000 },
  ]);
  made.addUsers(staging, [{ who: "208755", username: "dev-07", traces: 2, lastMs: 8000 }]);
  made.addTraces(prod, [trace("t-old", "208755", 1000), trace("t-new", "ci", 2000)]);
  return made;
}

function name(found: Found): string {
  switch (found.kind) {
    case "pod":
      return `${found.at.cluster}/${found.row.pod.namespace}/${found.row.pod.name}`;
    case "user":
      return `${found.user.who} ×${found.user.traces} in ${found.at.map(({ cluster }) => cluster).join(", ")}`;
    case "trace":
      return found.trace.trace;
    default:
      return found satisfies never;
  }
}

function check(text: string, expected: readonly string[]): void {
  assert.deepEqual(
    findings()
      .matching(text, 10)
      .flatMap(({ found }) => found.map(name)),
    expected,
  );
}

const user = "208755 ×5 in prod, staging";
const ci = "ci ×9 in prod";

test("without a text everything is there, what acted last before the rest of its kind", () =>
  check("", [ci, user, "prod/payments/api-1", "prod/web/front-1", "staging/payments/api-9", "t-new", "t-old"]));
test("a part of a pod's name finds it", () =>
  check("api", ["prod/payments/api-1", "staging/payments/api-9", "t-new", "t-old"]));
test("case makes no difference", () => check("FRONT", ["prod/web/front-1"]));
test("every word has to match, in any order", () => check("staging api", ["staging/payments/api-9"]));
test("namespace and name with a slash find one pod", () => check("web/front", ["prod/web/front-1"]));
test("a user is found by name and by RAM uid, once for all clusters", () => {
  check("dev-07", [user]);
  check("208755", [user, "t-old"]);
});
test("a trace is found by its id", () => check("t-new", ["t-new"]));
test("what is not there is not found", () => check("nothing like this", []));

test("more than the limit is counted and not shown", () => {
  const [, pods] = findings().matching("", 2);
  assert.deepEqual([pods?.found.length, pods?.count], [2, 3]);
});

test("what comes twice is there once", () => {
  const made = findings();
  made.addUsers(prod, [{ who: "ci", username: "ci", traces: 9, lastMs: 9000 }]);
  made.addTraces(prod, [trace("t-new", "ci", 2000)]);
  assert.deepEqual(
    made.matching("", 10).map(({ count }) => count),
    [2, 3, 2],
  );
});
test("a person is found by the name behind the account id, wherever that was seen, and a pod is nobody", () => {
  const made = findings();
  made.addNames(prod, new Map([["208755", "li.wei"]]));
  const found = made.matching("Li.Wei", 10).flatMap((group) => group.found);
  assert.deepEqual(found.map(name), [user, "t-old"]);
  assert.deepEqual(found.map(made.person), ["li.wei", "li.wei"]);
  assert.deepEqual(
    made.matching("front", 10).flatMap((group) => group.found.map(made.person)),
    [""],
  );
  assert.deepEqual(made.matching("ci", 10).flatMap((group) => group.found.map(made.person))[0], "");
});
