/** What activating costs, in nine windows of the real editor, beside an empty extension and a small built-in one. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openEditor } from "../editor/harness/editor.ts";
import type { Activated, run as activate } from "./activation/activate.ts";
import { type Bench, median } from "./bench.ts";

const here = dirname(fileURLToPath(import.meta.url));
const windows = 9;
const product = "ack-container-audit.ack-container-audit";
const empty = "ack-container-audit.empty-extension";
const peer = "vscode.references-view";

async function measure(): Promise<readonly Activated[]> {
  const folder = mkdtempSync(join(tmpdir(), "ack-audit-empty-"));
  try {
    await using editor = await openEditor({
      name: "bench-activation",
      folder,
      extensions: [join(here, "activation", "empty-extension")],
    });
    const all: Activated[] = [];
    for (let window = 0; window < windows; window += 1) {
      const turned = [product, empty, peer].map((_, at, ids) => ids[(at + window) % ids.length] ?? product);
      all.push(
        ...(await editor.runInHost<typeof activate>(new URL("./activation/activate.ts", import.meta.url), turned)),
      );
    }
    assert.deepEqual(
      all.filter((one) => one.early).map((one) => one.id),
      [],
      "These were active before they were asked to be.",
    );
    return all;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let measuring: Promise<readonly Activated[]> | undefined;

async function medianOf(id: string): Promise<number> {
  measuring ??= measure();
  return median((await measuring).filter((one) => one.id === id).map((one) => one.ms));
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;

export const benches: readonly Bench[] = [
  {
    name: "activation.time",
    unit: "ms more",
    goal: 10,
    against: "an extension whose activate is empty",
    async run() {
      const [own, other] = [await medianOf(product), await medianOf(empty)];
      return { value: own - other, detail: `${ms(own)} against ${ms(other)}` };
    },
  },
  {
    name: "activation.peer",
    unit: "times",
    goal: 1,
    against: "the built-in references-view",
    async run() {
      const [own, other] = [await medianOf(product), await medianOf(peer)];
      return { value: own / other, detail: `${ms(own)} against ${ms(other)}` };
    },
  },
  {
    name: "activation.brought",
    unit: "modules",
    goal: 0,
    against: "its one bundle: no native library, no further module, no process",
    async run() {
      measuring ??= measure();
      const brought = new Set((await measuring).filter((one) => one.id === product).flatMap((one) => one.brought));
      return { value: brought.size, detail: [...brought].join(", ") };
    },
  },
  {
    name: "activation.startup",
    unit: "events",
    goal: 0,
    against: "no activation at every start of the editor",
    async run() {
      const manifest: { readonly activationEvents?: readonly string[] } = JSON.parse(
        readFileSync(join(here, "..", "..", "package.json"), "utf8"),
      );
      const found = (manifest.activationEvents ?? []).filter((event) => ["*", "onStartupFinished"].includes(event));
      return { value: found.length, detail: found.join(", ") };
    },
  },
];
