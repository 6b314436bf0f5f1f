import assert from "node:assert/strict";
import { test } from "node:test";
import { recordRows } from "../../../src/logs/readable.ts";
import { recordOf } from "../../../src/logs/record.ts";

const raw = {
  __time__: "1760000005",
  kind: "Command",
  k8s: '{"user":{"username":"dev-07"},"pod":{"namespace":"shop","name":"web-0"}}',
  process: '{"name":"rm","cmdline":"rm a.txt","user":{"uid":"0"}}',
};
const flat = { __time__: "1760000006", kind: "Command", "process.name": "ls", "k8s.pod.name": "web-1" };

test("a raw record gets columns for what lies in its JSON fields", () => {
  const { columns, rows } = recordRows([raw]);
  const shown = Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]?.[index]]));
  assert.equal(shown["k8s.user.username"], "dev-07");
  assert.equal(shown["process.cmdline"], "rm a.txt");
  assert.equal(shown["process.cwd"], undefined);
});
test("what was derived is no field of the record", () => {
  const { columns, rows } = recordRows([raw]);
  assert.deepEqual(recordOf(columns, rows[0] ?? []), raw);
});
test("a field that a record has itself is not derived", () => {
  const { columns } = recordRows([flat]);
  assert.deepEqual(
    columns.filter(({ name }) => name === "process.name"),
    [{ name: "process.name", kind: "text" }],
  );
});
