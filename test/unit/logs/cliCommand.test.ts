import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type { LogstoreName, ProjectName } from "../../../src/audit/ids.ts";
import { cliCommand } from "../../../src/logs/cliCommand.ts";

const where = { region: "cn-hangzhou", project: "k8s-log-c1" as ProjectName, logstore: "advaudit-c1" as LogstoreName };
const range = { fromMs: 1_740_000_000_000, toMs: 1_740_003_600_000 };

/** What a shell makes of the command: its words, one a line. */
function words(statement: string, isAnalysis = false): string[] {
  const command = cliCommand(where, statement, range, isAnalysis).replace(/^aliyun /, "");
  return execFileSync("sh", ["-c", `for word in ${command}; do printf '%s\\0' "$word"; done`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);
}

test("a search names where, when, and pages of 100 rows, newest first", () =>
  assert.deepEqual(words("kind: Command"), [
    "sls",
    "get-logs-v2",
    "--region=cn-hangzhou",
    "--project=k8s-log-c1",
    "--logstore=advaudit-c1",
    "--from=1740000000",
    "--to=1740003600",
    "--accept-encoding=lz4",
    "--line=100",
    "--reverse=true",
    "--query=kind: Command",
  ]));
test("an analysis has its own limit, so none is given", () =>
  assert.ok(!words("* | select 1", true).join(" ").includes("--line")));
test("quotes, dollars and newlines reach the service as written", () => {
  const statement = `* | select 'it''s', "a b", '$HOME \`id\`'\nfrom log`;
  assert.equal(words(statement, true).at(-1), `--query=${statement}`);
});
