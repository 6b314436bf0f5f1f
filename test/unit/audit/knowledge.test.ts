import assert from "node:assert/strict";
import test from "node:test";
import { auditFields } from "../../../src/audit/fields.ts";
import { auditKnowledge, knownAuditFields } from "../../../src/audit/knowledge.ts";

const nothing = {
  seenFields: [],
  values: new Map(),
  programs: [],
  retentionDays: undefined,
  accounts: [],
  clusters: [],
  clustersComplete: true,
  logstores: [],
  nowMs: 0,
  zone: "UTC",
} as const;

function field(name: string) {
  return knownAuditFields.find(({ search }) => search === name);
}

test("every field of the audit log is known under both of its names", () => {
  const names = (fields: readonly { readonly search: string; readonly sql: string }[]) =>
    fields.map(({ search, sql }) => `${search} ${sql}`).sort();
  assert.deepEqual(names(knownAuditFields), names(auditFields));
});
test("a name stands before one that it begins", () => {
  const names = knownAuditFields.map(({ search }) => search);
  assert.ok(names.indexOf("k8s.pod.name") < names.indexOf("k8s.pod.namespace"));
});
test("what only pages say of the index is told as probable", () => {
  assert.equal(field("k8s.pod.name")?.indexed, "probably");
  assert.equal(field("process.pid")?.indexed, "probably not");
  assert.equal(field("__time__")?.indexed, "reserved");
});
test("what is probably no column is read out of the JSON that holds it, in the case that JSON has", () => {
  assert.deepEqual(field("process.parentPid")?.inside, { column: "process", path: ["parentPid"] });
  assert.deepEqual(field("k8s.pod.labels")?.inside, { column: "k8s", path: ["pod", "labels"] });
  assert.deepEqual(field("kubeObject.operation.podExecOptions.command")?.inside, {
    column: "kubeobject",
    path: ["operation", "podExecOptions", "command"],
  });
  assert.equal(field("k8s.pod.name")?.inside, undefined);
});
test("fields that records showed are added once, known ones in any spelling not again", () => {
  const known = auditKnowledge({
    ...nothing,
    seenFields: ["level", "host.nodename", "__tag__:__path__", "level", "__time__", ""],
  });
  assert.deepEqual(
    known.fields.slice(knownAuditFields.length).map(({ search, indexed }) => [search, indexed]),
    [
      ["level", "probably"],
      ["__tag__:__path__", "reserved"],
    ],
  );
  assert.equal(known.fieldsComplete, false);
});
test("documented values stand in for values until some are seen", () => {
  const seen = new Map([["kind", [{ value: "Command", count: 5 }]]]);
  assert.deepEqual(
    auditKnowledge(nothing)
      .values.get("kind")
      ?.map(({ value, count }) => [value, count]),
    [
      ["Command", 0],
      ["Kubernetes", 0],
    ],
  );
  assert.deepEqual(auditKnowledge({ ...nothing, values: seen }).values.get("kind"), [{ value: "Command", count: 5 }]);
});
