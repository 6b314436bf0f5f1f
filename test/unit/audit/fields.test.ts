import assert from "node:assert/strict";
import { test } from "node:test";
import { auditField, auditFields } from "../../../src/audit/fields.ts";
import { schemaColumns } from "../../../src/engine/schema.ts";

test("a field is known by either spelling in any case", () => {
  assert.equal(auditField("process.parentPid")?.sql, "process.parentpid");
  assert.equal(auditField("PROCESS.PARENTPID")?.search, "process.parentPid");
  assert.equal(auditField("clusterid")?.search, "clusterId");
  assert.equal(auditField("process.tty"), undefined);
});
test("no field is listed twice", () => {
  const names = auditFields.map(({ search }) => search.toLowerCase());
  assert.equal(new Set(names).size, names.length);
});
test("the columns of imported logs are the fields of the table, under their names in SQL", () => {
  const columns = schemaColumns.map(({ name }) => name.toLowerCase()).sort();
  assert.deepEqual(columns, auditFields.map(({ sql }) => sql.toLowerCase()).sort());
});
test("what official queries read with json_extract is not expected in the index", () =>
  assert.deepEqual(
    auditFields.filter(({ indexed }) => indexed === "probably not").map(({ search }) => search),
    [
      "k8s.user.groups",
      "k8s.pod.labels",
      "kubeObject.operation.podExecOptions.command",
      "process.pid",
      "process.parentPid",
    ],
  ));
