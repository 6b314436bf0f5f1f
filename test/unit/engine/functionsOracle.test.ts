import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { answered, translated } from "./translation/store.ts";

// What a real Presto answers: scripts/oracle.mjs makes the file again.

type Cells = readonly (string | null)[];

type Told = { readonly name: string; readonly expression: string } & (
  | { readonly types: readonly string[]; readonly rows: readonly Cells[] }
  | { readonly error: string }
);

/** Expressions whose answer is another one here, and why; `ours` has what that is. */
type Difference = { readonly class: string; readonly reason: string; readonly ours: Readonly<Record<string, string>> };

function fixture<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../../fixtures", name), "utf8"));
}

const oracle = fixture<readonly Told[]>("oracle.json");
const differences = fixture<readonly Difference[]>("oracleDifferences.json");

/** The entries of a map have no order of their own. */
function ordered(cell: string | null): string | null {
  return cell?.includes("{") ? JSON.stringify(JSON.parse(cell), sortedKeys) : cell;
}

function sortedKeys(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function outcome(rows: readonly Cells[]): string {
  return JSON.stringify(rows.map((cells) => cells.map(ordered)));
}

const fails = "fails";

function statement(expression: string): string {
  const hasRows = / from \((?:values|select) /.test(expression);
  return `* | select ${expression}${hasRows ? "" : " from (values 1) as one(n)"}`;
}

async function ours(expression: string): Promise<string> {
  try {
    return outcome(await answered(statement(expression)));
  } catch (failure) {
    assert.equal(failure instanceof Error, true);
    return fails;
  }
}

test("each expression is asked once", () => {
  assert.equal(new Set(oracle.map(({ expression }) => expression)).size, oracle.length);
});

test("the answers are Presto's, but for the differences that are listed", async () => {
  const found: Record<string, string> = {};
  for (const told of oracle) {
    const answer = await ours(told.expression);
    if (answer !== ("error" in told ? fails : outcome(told.rows))) found[told.expression] = answer;
  }
  const listed = Object.assign({}, ...differences.map((difference) => difference.ours));
  assert.deepEqual(found, listed);
});

/** How a column of one of Presto's types is lined up and sorted. */
function kindOf(type: string): string {
  if (/^(?:bigint|integer|smallint|tinyint|real|double|decimal)/.test(type)) return "number";
  if (/^(?:date|time)/.test(type)) return "time";
  return /^(?:array|map|row|json)/.test(type) ? "json" : "text";
}

test("the columns are of Presto's kinds", () => {
  const failing = new Set(differences.flatMap(({ ours }) => Object.keys(ours).filter((each) => ours[each] === fails)));
  for (const told of oracle) {
    // SLS's answer is a text where Presto's is JSON that is none: \`["a"]\` holds \`a\`, without its quotes.
    if ("error" in told || failing.has(told.expression) || told.name === "json_array_get") continue;
    const translation = translated(statement(told.expression));
    if (translation.kind !== "sql") throw new Error(`${told.expression} is refused`);
    assert.deepEqual(
      translation.columns.map(({ kind }) => kind),
      told.types.map(kindOf),
      told.expression,
    );
  }
});

test("every class of differences has a reason, and no expression is in two", () => {
  for (const { class: name, reason } of differences) assert.match(reason, /^[A-Z].{20,}\.$/, name);
  const all = differences.flatMap((difference) => Object.keys(difference.ours));
  assert.equal(new Set(all).size, all.length);
});
