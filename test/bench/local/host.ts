/**
 * Plays the extension host: measures how long its event loop stands still and how long reading a small file takes, idle
 * first and then while a file is imported and eight questions are asked at once. Prints both as JSON.
 */

import { readFile } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { startEngine } from "../../../src/engine/engine.ts";

export type Stalls = { readonly loopMs: number; readonly readMs: number };
export type Blocked = { readonly idle: Stalls; readonly busy: Stalls; readonly answers: number };

const [script, folder, file] = process.argv.slice(2) as [string, string, string];
const small = join(folder, "small.txt");
const never = new AbortController().signal;

/** The longest stall and the slowest read while `work` runs. */
async function stallsDuring(work: () => Promise<unknown>): Promise<Stalls> {
  let [loopMs, readMs] = [0, 0];
  let last = performance.now();
  const loop = setInterval(() => {
    const now = performance.now();
    loopMs = Math.max(loopMs, now - last - 5);
    last = now;
  }, 5);
  let reading = true;
  const reads = (async () => {
    while (reading) {
      const begun = performance.now();
      await new Promise<void>((resolve, reject) => {
        readFile(small, (failure) => (failure === null ? resolve() : reject(failure)));
      });
      readMs = Math.max(readMs, performance.now() - begun);
      await setTimeout(5);
    }
  })();
  await work();
  reading = false;
  await reads;
  clearInterval(loop);
  return { loopMs, readMs };
}

await writeFile(small, "x".repeat(2_000));
const engine = startEngine({
  script,
  storesFolder: join(folder, "stores"),
  answersFolder: join(folder, "answers"),
  memoryLimitBytes: 512_000_000,
  storesLimitBytes: 10_000_000_000,
  answersLimitBytes: 1_000_000_000,
  idleMs: 60_000,
});
const outcome = await engine.importFile(
  file,
  () => undefined,
  () => undefined,
  never,
);
if (outcome.kind !== "imported") {
  throw new Error(`The file was not imported: ${JSON.stringify(outcome)}`);
}
const source = engine.source(outcome.store.id, undefined);
const range = outcome.store.bounds ?? { fromMs: 0, toMs: 0 };
const statements = [
  "*",
  "process.cmdline: curl",
  "curl",
  "kind: Kubernetes",
  '* | select "process.name" as program, count(1) as c from log group by program order by c desc',
  '* | select "traceId", count(1) as c from log group by "traceId" order by c desc',
  "* | select date_trunc('minute', __time__) as t, count(1) as c from log group by t order by t limit 1440",
  "not process.cwd: /srv/app",
];
const idle = await stallsDuring(() => setTimeout(3_000));
let answers = 0;
const busy = await stallsDuring(async () => {
  // Another path is another file to the engine, so it is imported anew.
  const importing = engine.importFile(
    `${file}.again`,
    () => undefined,
    () => undefined,
    never,
  );
  let imported = false;
  void importing.then(() => {
    imported = true;
  });
  while (!imported) {
    await Promise.all(
      statements.map(async (statement) => {
        for await (const part of source.ask({ statement, range, zone: "UTC", maxRows: 1_000 }, never)) {
          if (part.kind === "end") {
            answers += 1;
          }
        }
      }),
    );
  }
});
await engine.dispose();
await rm(small);
console.log(JSON.stringify({ idle, busy, answers } satisfies Blocked));
