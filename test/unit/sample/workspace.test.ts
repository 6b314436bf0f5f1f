import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isUnreachable, rowsOf } from "../../../src/logs/account.ts";
import { createSampleAccount } from "../../../src/sample/sampleAccount.ts";
import { sampleClusters } from "../../../src/sample/sampleClusters.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { testEngine } from "./engine.ts";

const folder = fileURLToPath(new URL("../../../media/sample-workspace", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".slsq"));
const nowMs = Date.UTC(2026, 10, 23, 4, 28, 40);
const range = { fromMs: nowMs - 86_400_000, toMs: nowMs };
const never = new AbortController().signal;
const account = createSampleAccount(testEngine(), { read: () => undefined, write: () => {} }, () => nowMs);

/** Queries that find nothing before a user has turned auditing on, as their comments say. */
const emptyAtFirst = new Set(["The self-test of the guide"]);

before(async () => {
  await Promise.all(sampleClusters.map(({ cluster }) => rowsOf(account.logs(cluster.id), "traceId: x", range, never)));
});

test("there are query files to begin with", () => assert.ok(files.length >= 3));

for (const file of files) {
  const { queries, problems } = parseQueryFile(readFileSync(join(folder, file), "utf8"));
  test(`${file} has no problems, and every query in it a title and a place`, () => {
    assert.deepEqual(problems, []);
    for (const { title, settings } of queries) {
      assert.notEqual(title, undefined);
      assert.equal(settings.account?.value, "Sample");
    }
  });
  for (const { title, text, settings } of queries) {
    test(`${file}: ${title?.value} finds something on the sample`, async () => {
      const names = settings.clusters?.value;
      assert.ok(names !== undefined);
      const asked = sampleClusters.filter(
        ({ cluster }) => names === "all" || names.some(({ value }) => value === cluster.name),
      );
      assert.ok(asked.length > 0);
      let found = 0;
      for (const { cluster } of asked) {
        const rows = await rowsOf(account.logs(cluster.id), text, range, never);
        assert.ok(!isUnreachable(rows), JSON.stringify(rows));
        found += rows.length;
      }
      assert.equal(found > 0, !emptyAtFirst.has(title?.value ?? ""));
    });
  }
}
