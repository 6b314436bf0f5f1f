import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogRecord } from "../../../src/audit/event.ts";
import { auditFields } from "../../../src/audit/fields.ts";
import { defaultDelimiters, type IndexField, type LogIndex } from "../../../src/audit/logIndex.ts";
import { checkSchema, redacted, shapeOf } from "../../../src/audit/schemaCheck.ts";

function key(name: string, type: IndexField["type"] = "text", other: Partial<IndexField> = {}): IndexField {
  return {
    name,
    type,
    isColumn: true,
    alias: "",
    delimiters: type === "text" ? [...defaultDelimiters] : undefined,
    caseSensitive: false,
    ...other,
  };
}

/** The index as it is assumed to be. */
const assumed: LogIndex = {
  fields: auditFields
    .filter(({ indexed, type }) => indexed === "yes" && type !== "json")
    .map(({ search, type }) => key(search, type === "long" ? "long" : "text")),
  fullText: { delimiters: [...defaultDelimiters], caseSensitive: false },
};

const entry: LogRecord = {
  __time__: "1760000000",
  __source__: "10.0.0.1",
  __topic__: "",
  kind: "Kubernetes",
  time: "2025-10-09T08:53:20.123Z",
  traceId: "t-1",
  eventId: "e-1",
  clusterId: "c1",
  k8s: '{"user":{"aliuid":"2011","username":"","groups":["g"]},"pod":{"namespace":"payments","name":"api-0","labels":{"app":"api"}}}',
  host: '{"hostIP":"10.0.0.1","nodeName":"cn.10.0.0.1"}',
  kubeObject:
    '{"operation":{"kind":"PodExec","podExecOptions":{"container":"api","command":["bash"],"commandStr":"bash"}}}',
};

const command: LogRecord = {
  ...Object.fromEntries(Object.entries(entry).filter(([name]) => name !== "kubeObject")),
  kind: "Command",
  eventId: "e-2",
  k8s: '{"user":{"aliuid":"2011","username":"","groups":[]},"pod":{"namespace":"payments","name":"api-0","labels":{}},"container":{"name":"api","image":"i"}}',
  process: '{"name":"rm","cmdline":"rm -f /a","cwd":"/","pid":7,"parentPid":1,"parentName":"bash","user":{"uid":0}}',
};

const fine = [entry, command];

test("what is as it is assumed to be gives nothing to tell", () => {
  assert.deepEqual(checkSchema(assumed, fine), []);
});

test("a Logstore without an index and without records is told", () => {
  assert.deepEqual(checkSchema(undefined, []), [
    { code: "index-missing", assumption: 7 },
    { code: "no-records", assumption: undefined },
  ]);
});

test("a field that the index lacks, or has against expectation, is told with the assumption it contradicts", () => {
  const index: LogIndex = {
    ...assumed,
    fields: [...assumed.fields.filter(({ name }) => name !== "process.cmdline"), key("process.pid", "long")],
  };
  assert.deepEqual(checkSchema(index, fine), [
    { code: "not-indexed", field: "process.cmdline", assumption: 7 },
    { code: "indexed", field: "process.pid", assumption: 7 },
  ]);
});

test("keys of the index are known in either spelling and any case", () => {
  const index: LogIndex = {
    ...assumed,
    fields: assumed.fields.map((each) => ({ ...each, name: each.name.toLowerCase() })),
  };
  assert.deepEqual(checkSchema(index, fine), []);
});

test("another type, no statistics, other delimiters and case sensitivity are told", () => {
  const index: LogIndex = {
    fullText: { delimiters: [","], caseSensitive: false },
    fields: assumed.fields.map((each) => {
      switch (each.name) {
        case "process.user.uid":
          return key(each.name, "text");
        case "kind":
          return { ...each, isColumn: false };
        case "process.name":
          return { ...each, caseSensitive: true };
        default:
          return each;
      }
    }),
  };
  assert.deepEqual(checkSchema(index, fine), [
    { code: "no-statistics", field: "kind", assumption: 7 },
    { code: "index-type", field: "process.user.uid", expected: "long", found: "text", assumption: 7 },
    { code: "case-sensitive", field: "process.name", assumption: 8 },
    { code: "delimiters", field: undefined, found: [","], assumption: 8 },
  ]);
});

test("keys of the index and of records that nobody knows are told, keys of labels and reserved ones are not", () => {
  const index: LogIndex = { ...assumed, fields: [...assumed.fields, key("session.id"), key("__tag__:__path__")] };
  const stranger = { ...command, tty: "pts/0", "__tag__:__hostname__": "n" };
  assert.deepEqual(checkSchema(index, [entry, stranger]), [
    { code: "index-key-unknown", field: "session.id", assumption: undefined },
    { code: "field-unknown", field: "tty", assumption: undefined },
  ]);
});

test("another spelling of a key is told once, however many records have it", () => {
  const host = '{"hostIp":"10.0.0.1","nodeName":"n"}';
  assert.deepEqual(
    checkSchema(assumed, [
      { ...entry, host },
      { ...command, host },
    ]),
    [{ code: "spelling", field: "host.hostIP", found: "host.hostIp", assumption: 2 }],
  );
});

test("a field that no record of a kind has is told with the kind", () => {
  const process = '{"name":"rm","cmdline":"rm -f /a","cwd":"/","pid":7,"parentName":"bash","user":{"uid":0}}';
  assert.deepEqual(checkSchema(assumed, [entry, { ...command, process }]), [
    { code: "never-there", field: "process.parentPid", kind: "Command", assumption: 1 },
  ]);
});

test("a time and a kind that cannot be read are told without what they say", () => {
  const found = checkSchema(assumed, [entry, command, { ...command, time: "Thu Oct 9 2025 08:53", kind: "Session" }]);
  assert.deepEqual(found, [
    { code: "kind-unknown", kind: "Session", assumption: 4 },
    { code: "time-unreadable", shape: "Xxx Xxx 9 9999 99:99", assumption: 3 },
  ]);
});

test("a record that is no JSON where JSON is expected does no harm", () => {
  const found = checkSchema(assumed, [entry, { ...command, process: "{broken" }]);
  assert.ok(found.some(({ code }) => code === "never-there"));
});

test("a shape shows the form of a text and nothing of what it says", () => {
  assert.equal(shapeOf("2025-10-09T08:53:20.123Z"), "9999-99-99X99:99:99.999X");
  assert.equal(shapeOf("curl -H 'Authorization: Bearer abcDEF123'"), "xxxx -X 'Xxxxxxxxxxxxx: Xxxxxx xxxXXX999'");
  assert.equal(shapeOf("支付"), "xx");
  assert.equal(shapeOf("a".repeat(81)), `${"x".repeat(80)}…`);
});

test("a redacted record keeps its keys, loses its values, and loses the keys that people choose", () => {
  assert.deepEqual(redacted(entry), {
    __time__: "9999999999",
    __source__: "99.9.9.9",
    __topic__: "",
    kind: "Xxxxxxxxxx",
    time: "9999-99-99X99:99:99.999X",
    traceId: "x-9",
    eventId: "x-9",
    clusterId: "x9",
    k8s: {
      user: { aliuid: "9999", username: "", groups: ["x"] },
      pod: { namespace: "xxxxxxxx", name: "xxx-9", labels: { xxx: "xxx" } },
    },
    host: { hostIP: "99.9.9.9", nodeName: "xx.99.9.9.9" },
    kubeObject: {
      operation: { kind: "XxxXxxx", podExecOptions: { container: "xxx", command: ["xxxx"], commandStr: "xxxx" } },
    },
  });
});
