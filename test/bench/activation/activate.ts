/** Runs in the extension host: activates extensions one after the other and says how long each took. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import * as vscode from "vscode";

export type Activated = {
  readonly id: string;
  readonly ms: number;
  /** It was active before it was asked to be, so `ms` says nothing. */
  readonly early: boolean;
  /** What came with it besides its own main file: modules, native libraries, child processes. */
  readonly brought: readonly string[];
};

const cjs: NodeJS.Require = createRequire(__filename);

function loaded(folder: string): readonly string[] {
  const report = process.report.getReport() as { readonly sharedObjects?: readonly string[] };
  const native = (report.sharedObjects ?? []).filter((path) => path.startsWith(folder));
  return [...Object.keys(cjs.cache).filter((path) => path.startsWith(folder)), ...native];
}

/** Processes that the host started with a script of this folder. Others of the host's extensions start theirs meanwhile. */
function children(folder: string): readonly string[] {
  if (process.platform !== "linux") return [];
  const list = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  return list
    .split(" ")
    .filter((pid) => pid.trim() !== "")
    .map((pid) => {
      const path = `/proc/${pid.trim()}/cmdline`;
      return existsSync(path) ? readFileSync(path, "utf8") : "";
    })
    .filter((command) => command.includes(folder));
}

export async function run(ids: readonly string[]): Promise<readonly Activated[]> {
  // The window's own start goes on for some seconds after the host is there.
  await pause(4_000);
  const all: Activated[] = [];
  for (const id of ids) {
    const extension = vscode.extensions.getExtension(id);
    if (extension === undefined) {
      throw new Error(`The editor has no extension ${id}.`);
    }
    const early = extension.isActive;
    const begun = performance.now();
    await extension.activate();
    const ms = performance.now() - begun;
    const main = cjs.resolve(extension.extensionPath);
    const brought = [
      ...loaded(extension.extensionPath).filter((path) => path !== main),
      ...children(extension.extensionPath).map(() => "a child process"),
    ];
    all.push({ id, ms, early, brought });
    await pause(300);
  }
  return all;
}
