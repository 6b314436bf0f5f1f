import assert from "node:assert/strict";
import { test } from "node:test";
import { found, problemsOf, translated } from "./store.ts";

/** Finds these events, newest first. */
function check(statement: string, events: string, claim: string): void {
  test(`${claim}: ${statement}`, async () => {
    assert.equal((await found(statement)).join(" "), events);
  });
}

const all = "e-8 e-7 e-6 e-5 e-4 e-3 e-2 e-1";

// sls.md §1, after "Search syntax" of the SLS documentation.
check("*", all, "a star finds everything");
check("", all, "an empty search finds everything");
check("* and kind: Kubernetes", "e-6 e-1", "a star beside a condition adds nothing");
check("kind: Kubernetes or process.name: rm", "e-6 e-2 e-1", "or");
check("kind: Command process.name: rm", "e-2", "conditions side by side are joined by and");
check("not kind: Command", "e-6 e-1", "not");
check("kind: Command not process.name: curl", "e-8 e-7 e-5 e-2", "not behind a condition");
check("not process.name: curl", "e-8 e-7 e-6 e-5 e-2 e-1", "a record without the field has none of its values");
check("not (process.name: curl or process.name: rm)", "e-8 e-7 e-6 e-5 e-1", "not before a group");
check("not not process.name: rm", "e-2", "two negations");
check("process.name: rm or process.name: ls and kind: Kubernetes", "e-2", "and binds tighter than or");
check("(process.name: rm or process.name: ls) and kind: Command", "e-8 e-2", "parentheses");

// A value is split at the delimiters and each of its words has to be a word of the field.
check("process.cmdline: curl", "e-7 e-4 e-3", "a word is found wherever it stands, in any case");
check("process.cmdline: CURL", "e-7 e-4 e-3", "the case of what is asked does not matter");
check("process.cmdline: curlew", "e-5", "a word is not found inside a longer one");
check("process.cmdline: /usr/bin/curl", "e-4", "a bare value is split too");
check('process.cmdline: "curl usr"', "e-4", "the words of a quoted text may stand in any order");
check('process.cmdline: "bin usr"', "e-4", "quotes make no phrase");
check('process.cmdline: #"usr bin curl"', "e-4", "a phrase");
check('process.cmdline: #"bin usr curl"', "", "the words of a phrase stand in their order");
check('process.cmdline: #"usr curl"', "", "the words of a phrase stand side by side");
check('process.cmdline: "install.sh"', "e-3", "a dot does not split");
check('process.cmdline: "https://example.com/install.sh"', "e-3", "a colon in quotes");
check("process.cmdline: install", "", "part of a word is not found");
check("process.cmdline: -rf", "e-2", "a hyphen does not split");
check('process.cmdline: "你好"', "", "what is glued to a word is part of it");
check('process.cmdline: "你好\\n"', "e-7", "a word of other letters");
check("k8s.pod.name: api-6f7c", "", "a pod's name is one word");
check("k8s.pod.name: api-6f7c9d5b8-k2x4p", "e-7 e-6", "a pod by its name");
check("k8s.pod.name: api*", "e-7 e-6", "a star at the end of a word");
check("k8s.pod.name: API*K2X4P", "e-7 e-6", "a star in a word, in any case");
check("k8s.pod.name: web-?", "e-5 e-4 e-3 e-2 e-1", "a question mark is one character");
check("k8s.pod.name: web-??", "", "two question marks are two characters");
check('k8s.pod.name: "web-*"', "", "in quotes a star is a star");
check("process.cmdline: inst*.sh", "e-3", "a star goes no further than the word");
check("process.cmdline: curl*sh", "", "a star matches no delimiter");

check("k8s.container.name: *", "e-7 e-5 e-4 e-3 e-2", "a field exists");
check("not process.name: *", "e-6 e-1", "a field does not exist");
check('remark: ""', "e-8", "a field is empty");
check('k8s.user.aliuid: ""', "e-7 e-6", "an empty user id");
check('not k8s.user.aliuid: ""', "e-8 e-5 e-4 e-3 e-2 e-1", "not empty, or not there");

check("process.pid: 31", "e-2", "a number");
check('process.pid: "31"', "e-2", "a number in quotes");
check("process.pid: x", "", "what is no number is in no numeric field");
check("process.pid > 32", "e-5 e-4", "greater");
check("process.pid >= 33 and process.pid < 34", "e-4", "bounds");
check("process.pid = 7", "e-7", "equal");
check("process.pid in [31 33]", "e-4 e-3 e-2", "a range with its bounds");
check("process.pid in (31 33)", "e-3", "a range without its bounds");
check("not process.pid > -1000000", "e-6 e-1", "no number at all");
check("latency > 12", "e-8", "a field without a column is compared as the number it holds");

// Without a field: any field, and the names of fields.
check("curl", "e-7 e-4 e-3", "a word in any field");
check("zebra", "e-7", "a word in a part of a JSON field that has no column");
check("id", "e-6", "a word behind an ampersand that JSON writes as a number");
check("flat-1", "e-8", "a word of a record that has no JSON fields");
check("cn-hangzhou", "e-8", "a word in a field without a column");
check("it's", "e-8", "a word is cut at an apostrophe");
check("\\", "e-8", "a backslash is a word");
check("PodExec", "e-6 e-1", "a word in any case");
check("podexec runner", "e-6", "words may stand in different fields");
check('"curl install.sh"', "e-3", "the words of a quoted text");
check('#"usr bin curl"', "e-4", "a phrase in any field");
check('#"shop web"', "", "a phrase stands in one field");
check("exe", "e-7", "the name of a field inside JSON");
check("region", "e-8", "the name of a field");
check("kubeObject", "e-6 e-1", "the name of a JSON field");
check("process.cmdline", "e-8 e-7 e-5 e-4 e-3 e-2", "the dotted name of a field");
check("cur*", "e-7 e-5 e-4 e-3", "a wildcard in any field");
check("curl not usr", "e-7 e-3", "a word, and another not");
check('"and"', "", "a quoted keyword is a word");

// Fields by their other names.
check("kubeObject.operation.kind: PodExec", "e-6 e-1", "a field in the spelling of the records");
check("kubeobject.operation.kind: podexec", "e-6 e-1", "a field in the spelling of SQL");
check("host.hostIP: 10.0.0.7", "e-7 e-6 e-5 e-4 e-3 e-2 e-1", "an address is one word");
check("k8s.user.groups: ops", "e-5 e-4 e-3 e-2 e-1", "an element of an array");
check('k8s.user.groups: "system:authenticated"', "e-5 e-4 e-3 e-2 e-1", "an element with a colon in it");
check("k8s.pod.labels.app: web", "e-7 e-6 e-5 e-4 e-3 e-2 e-1", "a label");
check('"k8s.pod.labels.app.kubernetes.io/part-of": shop', "e-7 e-6 e-5 e-4 e-3 e-2 e-1", "a label with dots");
check("__tag__:__hostname__: node-1", "e-8", "a tag");
check("__topic__: audit", "e-5 e-4 e-3 e-2 e-1", "a topic");
check("__topic__: aud", "", "a topic is one word");
check("__topic__: aud*", "e-5 e-4 e-3 e-2 e-1", "a topic with a wildcard");
check("__source__: 10.0.0.8", "e-5 e-4", "a source");
check("source: 10.0.0.8", "e-5 e-4", "the short name of a source");
check('__source__: "10.0.0.*"', all, "a source takes wildcards in quotes too");

test("known values answer as the records do", async () => {
  const knownValues = new Map([
    ["kind", ["Kubernetes", "Command"]],
    ["k8s.pod.name", ["web-0", "api-6f7c9d5b8-k2x4p", "flat-1"]],
    ["process.name", ["rm", "curl", "curlew", "bash", "ls"]],
  ]);
  const statements = [
    "kind: command",
    "k8s.pod.name: api*",
    "not process.name: curl",
    "process.name: nothing",
    "bash",
    "curl*",
  ];
  for (const statement of [...statements, 'process.name: #"rm curl"', 'k8s.pod.name: #"web-0"']) {
    assert.deepEqual(await found(statement, { knownValues }), await found(statement), statement);
  }
  const search = translated("kind: command", { knownValues });
  assert.ok(search.kind === "records" && search.search.endsWith(`("kind" IN ('Command'))`));
});

function refuse(statement: string, ...codes: readonly string[]): void {
  test(`refused: ${statement}`, () => {
    const told = problemsOf(statement).map((problem) => ("what" in problem ? problem.what : problem.code));
    assert.deepEqual(told, codes);
  });
}

refuse("process.name > 5", "numberOnText");
refuse("k8s.pod.name in [1 2]", "numberOnText");
refuse("process.pid: 3*", "wildcardOnNumber");
refuse('process.cmdline: "/"', "valueWithoutWord");
refuse('__time__: "1760000000"', "timeInSearch");
refuse("nosuchfield: x", "column-unknown");
refuse("process.exe: zebra", "column-unknown");

test("an unknown field names the nearest and its place", () => {
  assert.deepEqual(problemsOf("process.cmdlin: curl"), [
    {
      code: "column-unknown",
      severity: "error",
      name: "process.cmdlin",
      nearest: "process.cmdline",
      span: { start: 0, end: 14 },
    },
  ]);
});

test("a store that knows of a key inside a JSON field finds it there", async () => {
  assert.deepEqual(await found("process.exe: zebra", { restNames: ["process.exe"] }), ["e-7"]);
});
