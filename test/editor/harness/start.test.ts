import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";
import { browserFlags, findBrowser } from "../../../scripts/browser.mjs";
import { root } from "../../../scripts/project.mjs";

// Another editor than the server of npm is no business of npm start's second half.
const skip = process.env["ACK_AUDIT_EDITOR"] !== undefined || process.platform === "win32";

/** Starts it as a person does and waits for the address it prints. */
async function begin(t: TestContext, ...options: string[]): Promise<{ child: ChildProcess; address: string }> {
  const child = spawn(process.execPath, [join(root, "scripts", "start.mjs"), "--no-open", ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let printed = "";
  const address = await new Promise<string>((resolve, reject) => {
    const read = (data: Buffer): void => {
      printed += data.toString("utf8");
      const found = /http:\/\/127\.0\.0\.1:\S+/.exec(printed);
      if (found !== null) {
        resolve(found[0]);
      }
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", () => reject(new Error(printed)));
  });
  return { child, address };
}

/** The processes of the group that was started with this token: the server and all that it has started. */
function group(token: string): readonly number[] {
  const all = execFileSync("ps", ["-eo", "pid,pgid,args"], { encoding: "utf8" })
    .split("\n")
    .map((line) => ({ line, ids: line.trim().split(/\s+/, 2).map(Number) }));
  const server = all.find(({ line }) => line.includes(token))?.ids[1];
  return all.flatMap(({ ids: [pid, pgid] }) => (pid !== undefined && pgid === server ? [pid] : []));
}

async function eventually(isTrue: () => boolean): Promise<void> {
  const until = Date.now() + 5_000;
  while (!isTrue()) {
    assert.ok(Date.now() < until, "Something that was started is still there.");
    await pause(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`npm start opens the extension on the sample, and ${signal} ends everything`, { skip }, async (t) => {
    const { child, address } = await begin(t);
    const token = new URL(address).searchParams.get("tkn") ?? "";
    assert.match(token, /^[0-9a-f]{32}$/);
    assert.equal((await fetch(address.replace(token, "wrong"))).status, 403);

    const browser = await chromium.launch({ executablePath: findBrowser() ?? "", args: [...browserFlags] });
    t.after(() => browser.close());
    const page = await browser.newPage();
    await page.goto(address);
    await page.getByRole("tab", { name: "Container Audit" }).waitFor();
    await page.getByRole("treeitem", { name: "incident.slsq" }).waitFor();
    const started = group(token);
    assert.ok(started.length >= 2, "The server and an extension host are there.");

    child.kill(signal);
    await once(child, "exit");
    // A process that was ended stays in the table until its parent has heard of it.
    await eventually(() => !started.some(isAlive));
  });
}

test("npm start says what is wrong with an option, and starts nothing", { skip }, async (t) => {
  await assert.rejects(begin(t, "--prot", "8080"), /Unknown option '--prot'[\s\S]*--port N/);
  await assert.rejects(begin(t, "--port", "99999"), /--port 99999 is no port/);
  await assert.rejects(begin(t, "--folder", "no-such-folder"), /--folder no-such-folder is no folder/);
});
