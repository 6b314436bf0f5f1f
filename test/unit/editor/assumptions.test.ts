import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "../../..");
const page = readFileSync(join(root, "docs/assumptions.md"), "utf8");

type Row = { readonly number: number; readonly heading: string; readonly cells: readonly string[] };

/** The assumptions under their headings, as the page has them. A bar in a cell is written `\|`. */
function rowsOf(markdown: string): readonly Row[] {
  const rows: Row[] = [];
  let heading = "";
  for (const line of markdown.split("\n")) {
    if (line.startsWith("## ")) heading = line.slice(3);
    if (!/^\| *\d/.test(line)) continue;
    const cells = line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim());
    rows.push({ number: Number(cells[0]), heading, cells });
  }
  return rows;
}

const rows = rowsOf(page);
const dependsOn = 3;

test("assumptions are numbered from 1 on, each number once", () =>
  assert.deepEqual(
    rows.map(({ number }) => number).toSorted((a, b) => a - b),
    rows.map((_, index) => index + 1),
  ));
test("within a heading the numbers ascend", () => {
  const disordered = rows.filter((row, index) => {
    const before = rows[index - 1];
    return before !== undefined && before.heading === row.heading && before.number >= row.number;
  });
  assert.deepEqual(disordered, []);
});
test("the headings tell what the assumptions are about", () =>
  assert.deepEqual(
    [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading),
    ["Records", "ACK", "SLS", "Credentials and network", "Kubernetes"],
  ));
test("every table has the same columns", () => {
  const heads = page.split("\n").filter((line) => line.startsWith("| #"));
  const head = "| # | Assumption | Why it is believed | Depends on it | If it is otherwise | How to check |";
  assert.deepEqual(heads, [head, head, head, head, head]);
});
test("nothing is left unsaid of any assumption", () => {
  const unsaid = rows.filter(({ cells }) => cells.length !== 6 || cells.includes("")).map(({ number }) => number);
  assert.deepEqual(unsaid, []);
});
test("every assumption names a source file that depends on it", () => {
  const nowhere = rows.filter(({ cells }) => !/`(src|test)\/[^`]+\.ts`/.test(cells[dependsOn] ?? ""));
  assert.deepEqual(
    nowhere.map(({ number }) => number),
    [],
  );
});
test("every file that the page names exists", () => {
  const named = [...page.matchAll(/`((?:src|test|docs)\/[^`]*)`/g)].map(([, file = ""]) => file);
  assert.ok(named.length >= rows.length);
  assert.deepEqual(
    named.filter((file) => !existsSync(join(root, file))),
    [],
  );
});

const schemaCheck = readFileSync(join(root, "src/audit/schemaCheck.ts"), "utf8");
const told = new Set([...schemaCheck.matchAll(/\bassumption: (\d+)/g)].map(([, number]) => Number(number)));

test("Check Log Schema tells of assumptions that are here, and of those that the page says", () => {
  assert.deepEqual(
    [...told].toSorted((a, b) => a - b),
    [1, 2, 3, 4, 7, 8],
  );
  assert.match(page.replaceAll(/\s+/g, " "), /reports what contradicts 1, 2, 3, 4, 7 and 8, by these numbers/);
  assert.deepEqual(
    rows.filter(({ cells }) => cells.at(-1)?.includes("*Check Log Schema*")).map(({ number }) => number),
    [1, 2, 3, 4, 7, 8],
  );
});
test("the numbers that Check Log Schema tells stand for what it checks", () => {
  const checked = (number: number) => rows.find((row) => row.number === number)?.cells[1] ?? "";
  assert.match(checked(1), /JSON text; SQL columns are their leaves/);
  assert.match(checked(2), /^The spelling of keys/);
  assert.match(checked(3), /^`time` is an ISO 8601 text/);
  assert.match(checked(4), /^One entry is one `PodExec` record/);
  assert.match(checked(7), /are not indexed; the other fields are/);
  assert.match(checked(8), /^The delimiters of the Logstore's index/);
});
