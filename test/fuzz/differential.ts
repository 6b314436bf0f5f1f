/**
 * Two translations of generated statements are asked of the same rows. `npm run fuzz` starts it; with `--write` it makes
 * the fixture that `npm test` uses instead of the oracle.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { seededRandom } from "../unit/sls/random.ts";
import { compare, correctionMacros } from "./differences.ts";
import { openOracle } from "./oracle.ts";
import { generated } from "./statements.ts";
import { openTable } from "./table.ts";

const { values } = parseArgs({
  options: {
    statements: { type: "string" },
    seconds: { type: "string" },
    seed: { type: "string" },
    write: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed ?? 20261124);
const random = seededRandom(seed);
const oracle = await openOracle();

if (values.write) {
  const pairs = Array.from({ length: 1000 }, () => {
    const sql = generated(random);
    const duckdb = oracle(sql);
    if (duckdb === undefined) throw new Error(`The oracle cannot read ${sql}`);
    return { sql, duckdb };
  });
  const file = new URL("../fixtures/differential.json", import.meta.url);
  writeFileSync(file, `[\n${pairs.map((pair) => JSON.stringify(pair)).join(",\n")}\n]\n`);
  console.log(`${pairs.length} statements from seed ${seed}`);
  process.exit(0);
}

const wanted = Number(values.statements ?? 100_000);
const seconds = Number(values.seconds ?? Number.POSITIVE_INFINITY);
const begun = performance.now();
const elapsed = (): number => (performance.now() - begun) / 1000;
const connection = await openTable();
for (const macro of correctionMacros) await connection.run(macro);

const seen = new Map<string, number>();
let different = 0;
let done = 0;
for (; done < wanted && elapsed() < seconds; done++) {
  if (done > 0 && done % 10_000 === 0) console.log(`… ${done} statements (${elapsed().toFixed(0)} s)`);
  const sql = generated(random);
  const duckdb = oracle(sql);
  if (duckdb === undefined) {
    seen.set("not read by the oracle", (seen.get("not read by the oracle") ?? 0) + 1);
    continue;
  }
  const compared = await compare(connection, sql, duckdb);
  if (compared.kind === "explained") for (const { name } of compared.classes) seen.set(name, (seen.get(name) ?? 0) + 1);
  if (compared.kind === "different") {
    different += 1;
    if (different <= 20) console.log(sql, compared);
  }
}
console.log(`${done} generated statements from seed ${seed}: ${elapsed().toFixed(0)} s`);
for (const [name, count] of [...seen].sort((a, b) => b[1] - a[1])) console.log(`  ${count} × ${name}`);
console.log(
  different === 0 ? "No difference that no class explains." : `${different} differences that no class explains.`,
);
process.exitCode = different === 0 ? 0 : 1;
