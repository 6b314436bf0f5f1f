import assert from "node:assert/strict";
import test from "node:test";
import { auditFields } from "../../../src/audit/fields.ts";
import { auditKnowledge, knownAuditFields } from "../../../src/audit/knowledge.ts";
import type { LogIndex } from "../../../src/audit/logIndex.ts";

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

const index: LogIndex = {
  fields: [
    { name: "kind", type: "text", isColumn: true, alias: "", caseSensitive: true, delimiters: [" "] },
    { name: "process.pid", type: "long", isColumn: true, alias: "", caseSensitive: false, delimiters: undefined },
    { name: "process.name", type: "text", isColumn: false, alias: "", caseSensitive: false, delimiters: [" "] },
    { name: "session.id", type: "text", isColumn: true, alias: "", caseSensitive: false, delimiters: [" "] },
  ],
  fullText: undefined,
};

function indexed(name: string) {
  return auditKnowledge({ ...nothing, index }).fields.find(({ search }) => search === name);
}

test("what the index has is told as certain, with its case, against what is believed of audit logs", () => {
  assert.deepEqual([indexed("kind")?.indexed, indexed("kind")?.caseSensitive], ["yes", true]);
  assert.deepEqual([indexed("process.pid")?.indexed, indexed("process.pid")?.inside], ["yes", undefined]);
});
test("what the index lacks is told as certain too, and is read out of the JSON that holds it", () => {
  assert.deepEqual(
    [indexed("process.cmdline")?.indexed, indexed("process.cmdline")?.inside],
    ["no", { column: "process", path: ["cmdline"] }],
  );
  assert.equal(indexed("__time__")?.indexed, "reserved");
  assert.equal(indexed("k8s")?.type, "json");
});
test("what is indexed without statistics is no column", () => {
  assert.deepEqual(
    [indexed("process.name")?.indexed, indexed("process.name")?.inside],
    ["yes", { column: "process", path: ["name"] }],
  );
});
test("a field that the index alone has is known, and no other is possible unless JSON is indexed whole", () => {
  assert.equal(indexed("session.id")?.indexed, "yes");
  assert.equal(auditKnowledge({ ...nothing, index }).fieldsComplete, true);
  const whole = { name: "k8s", type: "json", isColumn: true, alias: "", caseSensitive: false, delimiters: [] } as const;
  const open = { ...index, fields: [...index.fields, whole] };
  assert.equal(auditKnowledge({ ...nothing, index: open }).fieldsComplete, false);
});
test("what records showed is added to the index once", () => {
  const { fields } = auditKnowledge({ ...nothing, index, seenFields: ["session.id", "tty"] });
  assert.deepEqual(
    fields.filter(({ search }) => ["session.id", "tty"].includes(search)).map(({ search }) => search),
    ["session.id", "tty"],
  );
});
