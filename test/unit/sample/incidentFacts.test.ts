import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isUnreachable, rowsOf } from "../../../src/logs/account.ts";
import { createSampleAccount } from "../../../src/sample/sampleAccount.ts";
import { sampleClusters } from "../../../src/sample/sampleClusters.ts";
import { testEngine } from "./engine.ts";

type Cell = string | { readonly offsetMs: number };
type Fact = {
  readonly id: string;
  readonly question: string;
  readonly cluster: string;
  readonly statement: string;
  readonly rows: readonly Readonly<Record<string, Cell>>[];
};

const path = fileURLToPath(new URL("../../fixtures/incident.facts.json", import.meta.url));
const { facts }: { facts: readonly Fact[] } = JSON.parse(readFileSync(path, "utf8"));

const nowMs = Date.UTC(2026, 10, 23, 4, 28, 40);
const anchorMs = Date.UTC(2026, 10, 22, 22, 28, 40);
const account = createSampleAccount(testEngine(), { read: () => undefined, write: () => {} }, () => nowMs);
const never = new AbortController().signal;

function rowsIn(clusterName: string, statement: string) {
  const cluster = sampleClusters.find(({ cluster }) => cluster.name === clusterName)?.cluster;
  assert.ok(cluster);
  return rowsOf(account.logs(cluster.id), statement, { fromMs: nowMs - 86_400_000, toMs: nowMs }, never);
}

before(async () => {
  // Both logs are made at once and only once; the first question alone would be charged for it.
  await Promise.all([rowsIn("shop-prod", "traceId: x"), rowsIn("shop-staging", "traceId: x")]);
});

test("there is enough to find", () => assert.ok(facts.length >= 12));

for (const { id, question, cluster, statement, rows } of facts) {
  test(`${id}: ${question}`, async () => {
    const expected = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, cell]) => [
          name,
          typeof cell === "string" ? cell : new Date(anchorMs + cell.offsetMs).toISOString(),
        ]),
      ),
    );
    const found = await rowsIn(cluster, statement);
    assert.ok(!isUnreachable(found), JSON.stringify(found));
    assert.deepEqual(found, expected);
  });
}
