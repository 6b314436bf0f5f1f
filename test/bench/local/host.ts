/**
 * Plays the extension host: holds the client of the engine, and measures how long its own event loop and a small file
 * read are held up, first idle, then during an import and eight questions at once.
 */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startEngine } from "../../../src/engine/engine.ts";
import type { Question } from "../../../src/logs/question.ts";

export type HostInput = {
  readonly script: string;
  readonly file: string;
  readonly questions: readonly Question[];
  readonly memoryLimitBytes: number;
};
export type Held = { readonly loopMs: number; readonly readMs: number };
export type HostFigures = { readonly idle: Held; readonly busy: Held };

/** The longest that a timer came late and a small file took, while `work` runs. */
async function heldDuring(work: Promise<unknown>, small: string): Promise<Held> {
  let isOver = false;
  let loopMs = 0;
  let readMs = 0;
  const over = work.finally(() => {
    isOver = true;
  });
  const loop = (async () => {
    while (!isOver) {
      const begun = performance.now();
      await pause(1);
      loopMs = Math.max(loopMs, performance.now() - begun - 1);
    }
  })();
  const reads = (async () => {
    while (!isOver) {
      const begun = performance.now();
      await readFile(small);
      readMs = Math.max(readMs, performance.now() - begun);
      await pause(2);
    }
  })();
  await over;
  await Promise.all([loop, reads]);
  return { loopMs, readMs };
}

async function measure({ script, file, questions, memoryLimitBytes }: HostInput): Promise<HostFigures> {
  const folder = mkdtempSync(join(tmpdir(), "ack-audit-host-"));
  const small = join(folder, "small.txt");
  writeFileSync(small, "small");
  const engine = startEngine({
    script,
    storesFolder: join(folder, "logs"),
    answersFolder: join(folder, "answers"),
    memoryLimitBytes,
    storesLimitBytes: 8e9,
    answersLimitBytes: 1e9,
    idleMs: 600_000,
  });
  const never = new AbortController().signal;
  const importing = async (path: string) => {
    const outcome = await engine.importFile(
      path,
      () => {},
      () => {},
      never,
    );
    if (outcome.kind !== "imported") throw new Error(JSON.stringify(outcome));
    return outcome.store.id;
  };
  const asking = async (store: string, question: Question) => {
    for await (const part of engine.source(store, undefined).ask(question, never)) {
      if (part.kind === "refused" || part.kind === "unreachable") throw new Error(JSON.stringify(part));
    }
  };
  try {
    const store = await importing(file);
    const idle = await heldDuring(pause(5_000), small);
    // The same bytes under another name are another file.
    const second = join(folder, "second.ndjson");
    symlinkSync(file, second);
    const work = async () => {
      await Promise.all([importing(second), ...questions.map((question) => asking(store, question))]);
    };
    const busy = await heldDuring(work(), small);
    return { idle, busy };
  } finally {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.on("message", (input: HostInput) => {
  measure(input).then(
    (figures) => process.send?.(figures),
    (error: unknown) => process.send?.({ failure: String(error) }),
  );
});
