import assert from "node:assert/strict";
import { test } from "node:test";
import { traceId } from "../../../src/audit/ids.ts";
import * as queries from "../../../src/audit/queries.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";

const risky = `"process.name" in ('rm', 'curl')`;
const trace = traceId("503db0d6-1ca9");
assert.ok(trace);

/** A statement of the product: its search half, and no problem in any of it. */
function check(statement: string, search: string): void {
  assert.deepEqual(parseStatement(statement).problems, []);
  assert.equal(statement.split("\n|")[0], search);
}

const pod = "k8s.pod.namespace: payments and k8s.pod.name: api-6f7c9d5b8-k2x4p";
const names = ["payments", "api-6f7c9d5b8-k2x4p"] as const;

test("entries of a pod", () =>
  check(queries.entriesStatement(...names), `kind: Kubernetes and kubeObject.operation.kind: PodExec and ${pod}`));
test("commands of a pod", () => check(queries.commandsStatement(...names), `kind: Command and ${pod}`));
test("all of a pod", () => check(queries.podStatement(...names), pod));
test("one trace", () => check(queries.traceStatement(trace), "traceId: 503db0d6-1ca9"));
test("a trace id with signs of the language is quoted", () =>
  check(queries.traceStatement(traceId('a b"c') ?? trace), 'traceId: "a b\\"c"'));
test("of an id that cannot be written the rest is searched for", () =>
  check(queries.traceStatement(traceId("a b\\") ?? trace), 'traceId: "a b"'));
test("who entered a pod is compared exactly in SQL", () => {
  const statement = queries.whoEnteredStatement(...names);
  check(statement, `kind: Kubernetes and kubeObject.operation.kind: PodExec and ${pod}`);
  assert.match(statement, /where "k8s.pod.namespace" = 'payments' and "k8s.pod.name" = 'api-6f7c9d5b8-k2x4p'/);
});
test("a quote in a name stays in it", () =>
  assert.match(queries.whoEnteredStatement("a'b", "c"), /"k8s.pod.namespace" = 'a''b'/));
test("what the tree shows", () => check(queries.podActivityStatement(risky), "*"));
test("what records name", () => {
  check(queries.namespacesSeenStatement, "*");
  check(queries.nodesSeenStatement, "*");
  check(queries.podsSeenStatement("payments"), "k8s.pod.namespace: payments");
  check(queries.newestEventStatement, "* | select max(__time__) as newest from log");
});

for (const { id, statement, from, to } of queries.readyQueries(risky)) {
  test(`the ready query ${id} has no problem and a limit`, () => {
    assert.deepEqual(parseStatement(statement).problems, []);
    assert.match(statement, /limit 1000$/);
    assert.deepEqual([from, to], ["-24h", "now"]);
  });
}
test("the ready query for risky programs finds what the rules find", () =>
  assert.ok(
    queries
      .readyQueries(risky)
      .find(({ id }) => id === "riskyPrograms")
      ?.statement.includes(`where ${risky}`),
  ));
test("one pod's last hour", () =>
  assert.deepEqual(queries.podLastHour(...names), { id: "podLastHour", from: "-1h", to: "now", statement: pod }));

test("a row of pod activity", () =>
  assert.deepEqual(
    queries.readPodActivity({
      namespace: "payments",
      pod: "api",
      entries: "4",
      last_entry: "1760000000",
      risky_commands: "2",
    }),
    { namespace: "payments", pod: "api", entries: 4, lastEntryMs: 1_760_000_000_000, riskyCommands: 2 },
  ));
test("a pod that nobody entered has no last entry", () =>
  assert.deepEqual(queries.readPodActivity({ namespace: "payments", pod: "api", entries: "0", last_entry: "null" }), {
    namespace: "payments",
    pod: "api",
    entries: 0,
    lastEntryMs: undefined,
    riskyCommands: 0,
  }));
test("rows of containers make pods", () =>
  assert.deepEqual(
    queries.readPodsSeen("payments", [
      { pod: "api", container: "app", image: "", node: "" },
      { pod: "api", container: "proxy", image: "envoy:1", node: "node-a" },
      { pod: "web", container: "null", image: "null", node: "node-b" },
      { pod: "null", container: "x" },
    ]),
    [
      {
        namespace: "payments",
        name: "api",
        node: "node-a",
        phase: "",
        containers: [
          { name: "app", image: "" },
          { name: "proxy", image: "envoy:1" },
        ],
      },
      { namespace: "payments", name: "web", node: "node-b", phase: "", containers: [] },
    ],
  ));
test("rows of names", () => {
  assert.equal(queries.readNamespaceSeen({ namespace: "payments" }), "payments");
  assert.deepEqual(queries.readNodeSeen({ node: "node-a", ip: "null" }), { name: "node-a", ip: "" });
  assert.equal(queries.readNewestEvent({ newest: "1760000000" }), 1_760_000_000_000);
  assert.equal(queries.readNewestEvent({}), undefined);
});
