/** What is looked at first must never lose a record that the search itself finds. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { candidatesSql } from "../../../src/engine/candidates.ts";
import type { StoredLog } from "../../../src/engine/stores.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import { recordLines } from "../../bench/local/records.ts";
import { collect, imported, question, TestFolder } from "./testEngine.ts";

const raw = { table: "log", keys: ["__time__", "kind", "process", "note"], knownValues: new Map() };

function check(search: string, looked: boolean, options: Partial<StoredLog> = {}): void {
  assert.equal(candidatesSql(parseStatement(search).statement.search, { ...raw, ...options }) !== undefined, looked);
}

test("a bare word", () => check("curl", true));
test("a bare word beside a field", () => check("curl and kind: Command", true));
test("two words in parentheses", () => check("(curl or wget)", true));
test("a word or a field", () => check("curl or kind: Command", false));
test("not a word", () => check("not curl", false));
test("a field", () => check("kind: Command", false));
test("the command line", () => check("process.cmdline: curl", true));
test("the command line with a wildcard", () => check("process.cmdline: cur*", false));
test("everything", () => check("*", false));
test("a wildcard", () => check("cur*", false));
test("the name of a column", () => check("process.name", false));
test("a word that JSON writes in several ways", () => check('"é"', false));
test("a log with too many keys", () => check("curl", false, { keys: undefined }));
test("a log with numbers of its own", () => check("curl", false, { keys: ["__time__", "process.pid"] }));

let folder: TestFolder;
let source: LogSource;

before(async () => {
  folder = await TestFolder.make();
  const engine = folder.engine();
  const lines = [...recordLines(400, 9)];
  lines.push('{"__time__":"1760000000","kind":"Command","process":"{\\"name\\":\\"x\\",\\"exe\\":\\"/bin/Odd\\"}"}');
  lines.push('{"__time__":"1760000000","kind":"Command","Note":"curl in a field of its own","x":{"y":["WGET"]}}');
  const store = await imported(engine, await folder.file("words.ndjson", lines.join("\n")));
  source = engine.source(store.id, undefined);
});
after(() => folder[Symbol.asyncDispose]());

for (const word of [
  "curl",
  "WGET",
  "note",
  "x",
  "bash",
  "exec",
  "system:authenticated",
  "10.0.0.91",
  "app",
  "-la",
  "/srv",
  "+%s",
  "0",
  "1760000000",
  "y",
  "odd",
  "exe",
  "cmdline",
  "1000",
  "null",
  "parentpid",
]) {
  test(`${word} finds the same with the candidates and without`, async () => {
    const found = async (statement: string): Promise<number | undefined> => {
      const { end } = await collect(source, question(statement, { maxRows: 5 }));
      assert.ok(end.kind === "end", JSON.stringify(end));
      return end.total;
    };
    // The second half finds nothing, but keeps the first from being narrowed down beforehand.
    assert.equal(await found(`"${word}"`), await found(`"${word}" or kind: nothing`));
  });
}
test("the words are there at all", async () => {
  const { end } = await collect(source, question("curl"));
  assert.ok(end.kind === "end" && (end.total ?? 0) > 1);
});
