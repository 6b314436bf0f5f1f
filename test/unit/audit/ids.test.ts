import assert from "node:assert/strict";
import { test } from "node:test";
import { auditLogstore, type ClusterId, clusterId, defaultProject, eventId, traceId } from "../../../src/audit/ids.ts";

test("an empty text is no id", () => {
  assert.deepEqual([clusterId(""), traceId(""), eventId("")], [undefined, undefined, undefined]);
  assert.deepEqual([clusterId("c1"), traceId("t1"), eventId("e1")], ["c1", "t1", "e1"]);
});
test("a cluster's Logstore and default project carry its id", () => {
  assert.equal(auditLogstore("c1" as ClusterId), "advaudit-c1");
  assert.equal(defaultProject("c1" as ClusterId), "k8s-log-c1");
});
