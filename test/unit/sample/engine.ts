import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import type { Engine, EngineOptions } from "../../../src/engine/client.ts";
import { startEngine } from "../../../src/engine/engine.ts";

/** A real engine with folders of its own, which end with the tests of this file. Node runs its process as it is written. */
export function testEngine(given: Partial<Pick<EngineOptions, "script" | "idleMs">> = {}): Engine {
  const folder = mkdtempSync(join(tmpdir(), "ack-audit-"));
  const engine = startEngine({
    script: fileURLToPath(new URL("../../../src/engine/process.ts", import.meta.url)),
    storesFolder: join(folder, "logs"),
    answersFolder: join(folder, "answers"),
    memoryLimitBytes: 512 * 1024 * 1024,
    storesLimitBytes: 1024 * 1024 * 1024,
    answersLimitBytes: 256 * 1024 * 1024,
    idleMs: 60_000,
    ...given,
  });
  after(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  return engine;
}

/** All items of all pages; a failure among them fails the test. */
export async function itemsOf<Item>(
  pages: AsyncIterable<{ readonly kind: "items"; readonly items: readonly Item[] } | { readonly kind: "failure" }>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of pages) {
    if (page.kind === "failure") throw new Error(JSON.stringify(page));
    items.push(...page.items);
  }
  return items;
}
