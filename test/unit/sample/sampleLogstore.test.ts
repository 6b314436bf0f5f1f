import assert from "node:assert/strict";
import { test } from "node:test";
import { batch, edgeCn, type SampleCluster, shopProd, shopStaging } from "../../../src/sample/sampleClusters.ts";
import { logstoreAt, type SampleLogstore } from "../../../src/sample/sampleLogstore.ts";
import type { AuditingChange } from "../../../src/sample/sampleState.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const nowMs = Date.UTC(2026, 10, 23, 4);

type Done =
  | readonly [agoMs: number, kind: Exclude<AuditingChange["kind"], "retentionChanged">]
  | readonly [agoMs: number, days: number];

/** What is there after all that was done, `laterMs` after now. Times are told as milliseconds from now. */
function check(
  cluster: SampleCluster,
  done: readonly Done[],
  expected:
    | readonly [days: number, createdMs: number | undefined, keptFromMs: number]
    | readonly [none: "none", keptFromMs: number],
  laterMs = 0,
): void {
  const changes = done.map(([agoMs, what]): AuditingChange => {
    const made = { cluster: cluster.cluster.id, atMs: nowMs - agoMs };
    return typeof what === "number" ? { ...made, kind: "retentionChanged", days: what } : { ...made, kind: what };
  });
  const { logstore, keptFromMs } = logstoreAt(cluster, { anchorMs: nowMs - 6 * hourMs, changes }, nowMs + laterMs);
  const told = (found: SampleLogstore) => [
    found.retentionDays,
    found.createdMs === undefined ? undefined : found.createdMs - nowMs,
  ];
  assert.deepEqual([...(logstore === undefined ? ["none"] : told(logstore)), keptFromMs - nowMs], expected);
}

test("a Logstore keeps 180 days from the beginning", () => check(shopProd, [], [180, undefined, -180 * dayMs]));
test("it stays where auditing was removed", () => {
  check(shopStaging, [], [180, undefined, -180 * dayMs]);
  check(shopProd, [[hourMs, "auditingRemoved"]], [180, undefined, -180 * dayMs]);
});
test("what was never audited has none", () => {
  check(batch, [], ["none", Number.NEGATIVE_INFINITY]);
  check(edgeCn, [], ["none", Number.NEGATIVE_INFINITY]);
  check(batch, [[hourMs, "collectorInstalled"]], ["none", Number.NEGATIVE_INFINITY]);
});
test("turning on makes one, once", () => {
  check(batch, [[hourMs, "auditingInstalled"]], [180, -hourMs, -180 * dayMs]);
  const again: readonly Done[] = [
    [3 * hourMs, "auditingInstalled"],
    [2 * hourMs, "auditingRemoved"],
    [hourMs, "auditingInstalled"],
  ];
  check(batch, again, [180, -3 * hourMs, -180 * dayMs]);
});

test("a shorter retention expires what is older", () => check(shopProd, [[hourMs, 1]], [1, undefined, -dayMs]));
test("what has expired stays gone when the retention becomes longer", () => {
  check(
    shopProd,
    [
      [5 * hourMs, 1],
      [2 * hourMs, 30],
    ],
    [30, undefined, -2 * hourMs - dayMs],
  );
  check(
    shopProd,
    [
      [5 * hourMs, 30],
      [2 * hourMs, 3650],
    ],
    [3650, undefined, -2 * hourMs - 30 * dayMs],
  );
});
test("records expire in steps of five minutes, never after their time", () => {
  check(shopProd, [[hourMs, 1]], [1, undefined, -dayMs + 300_000], 1);
  check(shopProd, [[hourMs, 1]], [1, undefined, -dayMs + 300_000], 300_000);
  check(shopProd, [[hourMs, 1]], [1, undefined, -dayMs + 600_000], 300_001);
});
test("without a Logstore there is no retention to change", () =>
  check(batch, [[hourMs, 7]], ["none", Number.NEGATIVE_INFINITY]));

test("deleted while auditing is off, it is gone until auditing is turned on", () => {
  check(shopStaging, [[1_000, "logstoreDeleted"]], ["none", -1_000]);
  check(shopStaging, [[1_000, "logstoreDeleted"]], ["none", -1_000], dayMs);
  check(
    shopStaging,
    [
      [2_400_000, "logstoreDeleted"],
      [1_200_000, "auditingInstalled"],
    ],
    [180, -1_200_000, -2_400_000],
  );
});
test("deleted while auditing is on, it is made anew five seconds later", () => {
  check(shopProd, [[1_000, "logstoreDeleted"]], ["none", -1_000]);
  check(shopProd, [[1_000, "logstoreDeleted"]], ["none", -1_000], 3_999);
  check(shopProd, [[1_000, "logstoreDeleted"]], [180, 4_000, -1_000], 4_000);
  check(
    batch,
    [
      [hourMs, "auditingInstalled"],
      [1_000, "logstoreDeleted"],
    ],
    [180, 4_000, -1_000],
    4_000,
  );
});
test("turned off before that, it is not made", () => {
  check(
    shopProd,
    [
      [4_000, "logstoreDeleted"],
      [2_000, "auditingRemoved"],
    ],
    ["none", -4_000],
    hourMs,
  );
  const onAgain: readonly Done[] = [
    [4_000, "logstoreDeleted"],
    [2_000, "auditingRemoved"],
    [0, "auditingInstalled"],
  ];
  check(shopProd, onAgain, [180, 0, -4_000], hourMs);
});
test("turned off after that, it stays", () =>
  check(
    shopProd,
    [
      [hourMs, "logstoreDeleted"],
      [2_000, "auditingRemoved"],
    ],
    [180, 5_000 - hourMs, -hourMs],
  ));
test("a Logstore that is made anew has the retention of a new one", () => {
  check(
    shopProd,
    [
      [3 * hourMs, 30],
      [hourMs, "logstoreDeleted"],
    ],
    [180, 5_000 - hourMs, -hourMs],
  );
  check(
    shopProd,
    [
      [3 * hourMs, "logstoreDeleted"],
      [hourMs, 30],
    ],
    [30, 5_000 - 3 * hourMs, -3 * hourMs],
  );
});
test("the last deletion counts", () =>
  check(
    shopProd,
    [
      [3 * hourMs, "logstoreDeleted"],
      [hourMs, "logstoreDeleted"],
    ],
    [180, 5_000 - hourMs, -hourMs],
  ));
test("what is done to one cluster is done to no other", () => {
  const changes: readonly AuditingChange[] = [
    { cluster: shopStaging.cluster.id, atMs: nowMs - hourMs, kind: "logstoreDeleted" },
    { cluster: batch.cluster.id, atMs: nowMs - hourMs, kind: "retentionChanged", days: 1 },
  ];
  const { logstore } = logstoreAt(shopProd, { anchorMs: nowMs - 6 * hourMs, changes }, nowMs);
  assert.deepEqual(logstore, { createdMs: undefined, retentionDays: 180 });
});
