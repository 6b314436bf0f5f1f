import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogRecord } from "../../../src/audit/event.ts";
import { readEvent } from "../../../src/audit/readEvent.ts";

/** Synthetic: names as documented, the shape as inferred (container-auditing.md §1.2). */
const entry = {
  __time__: "1760000000",
  __source__: "10.0.0.7",
  kind: "Kubernetes",
  time: "2025-10-09T08:53:20.500Z",
  traceId: "t-1",
  eventId: "e-1",
  clusterId: "c76",
  k8s: '{"user":{"aliuid":"285512","username":"dev-07","groups":["system:authenticated"]},"pod":{"namespace":"shop","name":"web-0","labels":{"app":"web"}}}',
  host: '{"hostIP":"10.0.0.7","nodeName":"cn-hangzhou.10.0.0.7"}',
  kubeObject:
    '{"operation":{"kind":"PodExec","podExecOptions":{"container":"web","command":["sh","-c","id"],"commandStr":"sh -c id"}}}',
};
const command = {
  __time__: "1760000005",
  kind: "Command",
  time: "2025-10-09T08:53:25Z",
  traceId: "t-1",
  eventId: "e-2",
  clusterId: "c76",
  k8s: '{"user":{"aliuid":"","username":"system:serviceaccount:ci:deployer","groups":[]},"pod":{"namespace":"shop","name":"web-0","labels":{}},"container":{"name":"web","image":"nginx:1.25"}}',
  host: '{"hostIP":"10.0.0.7","nodeName":"cn-hangzhou.10.0.0.7"}',
  process:
    '{"name":"rm","cmdline":"rm a.txt","cwd":"/tmp","pid":31,"parentPid":7,"parentName":"bash","user":{"uid":"0"}}',
};

function check(record: LogRecord, expected: Readonly<Record<string, unknown>>): void {
  const event = readEvent(record);
  assert.deepEqual(
    Object.fromEntries(Object.keys(expected).map((name) => [name, event[name as keyof typeof event]])),
    expected,
  );
  assert.equal(event.record, record);
}

test("a raw entry", () =>
  check(entry, {
    kind: "entry",
    atMs: 1_760_000_000_500,
    traceId: "t-1",
    eventId: "e-1",
    clusterId: "c76",
    user: { aliuid: "285512", username: "dev-07", groups: ["system:authenticated"] },
    pod: { namespace: "shop", name: "web-0", labels: { app: "web" } },
    container: { name: "web", image: "" },
    host: { ip: "10.0.0.7", node: "cn-hangzhou.10.0.0.7" },
    operation: "PodExec",
    command: ["sh", "-c", "id"],
    commandText: "sh -c id",
  }));

test("a raw command", () =>
  check(command, {
    kind: "command",
    atMs: 1_760_000_005_000,
    user: { aliuid: "", username: "system:serviceaccount:ci:deployer", groups: [] },
    container: { name: "web", image: "nginx:1.25" },
    program: "rm",
    commandLine: "rm a.txt",
    workingDirectory: "/tmp",
    pid: 31,
    parentPid: 7,
    parentName: "bash",
    uid: "0",
  }));

test("a flat row of the vendor's alert on risky programs, which selects no kind", () =>
  check(
    {
      clusterid: "c76",
      time: "2025-10-09T08:53:25Z",
      traceId: "t-1",
      eventId: "e-2",
      "k8s.user.aliuid": "285512",
      "k8s.user.username": "null",
      "k8s.user.groups": '["system:authenticated"]',
      "host.hostip": "10.0.0.7",
      "host.nodename": "cn-hangzhou.10.0.0.7",
      "k8s.pod.namespace": "shop",
      "k8s.pod.name": "web-0",
      "k8s.pod.labels": '{"app":"web"}',
      "k8s.container.name": "web",
      "k8s.container.image": "nginx:1.25",
      "process.cwd": "/tmp",
      "process.name": "rm",
      "process.cmdline": "rm a.txt",
      "process.pid": "31",
      "process.user.uid": "0",
      "process.parentpid": "7",
      "process.parentname": "bash",
    },
    {
      kind: "command",
      clusterId: "c76",
      user: { aliuid: "285512", username: "", groups: ["system:authenticated"] },
      pod: { namespace: "shop", name: "web-0", labels: { app: "web" } },
      container: { name: "web", image: "nginx:1.25" },
      host: { ip: "10.0.0.7", node: "cn-hangzhou.10.0.0.7" },
      program: "rm",
      pid: 31,
      parentPid: 7,
      parentName: "bash",
      uid: "0",
    },
  ));

test("a flat row of the vendor's alert on entries, which selects no kind", () =>
  check(
    {
      time: "2025-10-09T08:53:20Z",
      "kubeobject.operation.podexecoptions.container": "web",
      "kubeobject.operation.podexecoptions.command": '["bash"]',
      "kubeobject.operation.podexecoptions.commandstr": "bash",
    },
    { kind: "entry", container: { name: "web", image: "" }, command: ["bash"], commandText: "bash", operation: "" },
  ));

test("a part of a JSON field under its own name", () =>
  check(
    { kind: "Command", "k8s.pod": '{"namespace":"shop","name":"web-0"}' },
    {
      pod: { namespace: "shop", name: "web-0", labels: {} },
    },
  ));
test("a flat value goes before the one in JSON", () =>
  check({ ...command, "process.cmdline": "rm b.txt" }, { commandLine: "rm b.txt" }));
test("an empty flat value does not hide the one in JSON", () =>
  check({ ...command, "process.cmdline": "" }, { commandLine: "rm a.txt" }));
test("the case of names makes no difference, outside and inside of JSON", () =>
  check(
    { KIND: "command", TraceID: "t-9", Process: '{"NAME":"id","ParentPID":12,"parentname":"sh"}' },
    { kind: "command", traceId: "t-9", program: "id", parentPid: 12, parentName: "sh" },
  ));
test("of two spellings of one name the one that says something is read", () =>
  check({ traceid: "", traceId: "t-1" }, { traceId: "t-1" }));

test("broken JSON leaves its fields empty and the rest readable", () =>
  check(
    { ...command, process: command.process.slice(0, 40) },
    {
      kind: "command",
      program: "",
      commandLine: "",
      pid: undefined,
      pod: { namespace: "shop", name: "web-0", labels: {} },
    },
  ));
test("an entry whose operation cannot be read is still an entry", () =>
  check({ ...entry, kubeObject: "{" }, { kind: "entry", operation: "", command: [], commandText: "" }));
test("an operation that nobody has documented is not interpreted", () =>
  check({ ...entry, kubeObject: '{"operation":{"kind":"PodAttach"}}' }, { kind: "other", recordKind: "Kubernetes" }));
test("a kind that nobody has documented is not interpreted", () =>
  check({ ...command, kind: "Network" }, { kind: "other", recordKind: "Network", traceId: "t-1" }));
test("a row that tells of neither is not interpreted", () =>
  check({ pod: "web-0", entries: "7" }, { kind: "other", recordKind: "", traceId: undefined, atMs: 0 }));
test("an empty record", () =>
  check({}, { kind: "other", atMs: 0, traceId: undefined, eventId: undefined, clusterId: undefined }));
test("the text of a command is joined where it is not recorded", () =>
  check(
    { kind: "Kubernetes", kubeObject: '{"operation":{"kind":"PodExec","podExecOptions":{"command":["ls","-l"]}}}' },
    {
      commandText: "ls -l",
    },
  ));

test("without a readable time the time of storage counts", () =>
  check({ kind: "Command", time: "yesterday", __time__: "1760000000" }, { atMs: 1_760_000_000_000 }));
test("the time of storage has its nanoseconds in a field of their own", () =>
  check({ kind: "Command", __time__: "1760000000", __time_ns_part__: "123456789" }, { atMs: 1_760_000_000_123.457 }));

test("a number as text is a pid", () => check({ ...command, process: '{"pid":"31"}' }, { pid: 31 }));
test("a pid that is no whole number is none", () =>
  check({ ...command, process: '{"pid":3.5,"parentPid":-1}' }, { pid: undefined, parentPid: undefined }));
test("a uid that is a number is text", () => check({ ...command, process: '{"user":{"uid":1000}}' }, { uid: "1000" }));
test("null in JSON is nothing", () =>
  check(
    { ...command, k8s: '{"user":null,"pod":{"name":null,"labels":null}}' },
    {
      user: { aliuid: "", username: "", groups: [] },
      pod: { namespace: "", name: "", labels: {} },
    },
  ));
test("values of the wrong shape are nothing", () =>
  check(
    { ...command, k8s: '{"user":{"aliuid":{},"groups":"all"},"pod":{"name":["a"],"labels":["a"]}}', process: "[1]" },
    {
      user: { aliuid: "", username: "", groups: [] },
      pod: { namespace: "", name: "", labels: {} },
      program: "",
    },
  ));
test("only texts are labels and groups", () =>
  check(
    { ...command, k8s: '{"user":{"groups":["a",1]},"pod":{"labels":{"a":"b","c":1,"__proto__":"d"}}}' },
    {
      user: { aliuid: "", username: "", groups: ["a"] },
      pod: { namespace: "", name: "", labels: JSON.parse('{"a":"b","__proto__":"d"}') },
    },
  ));
