/** Runs in the extension host: activates extensions one after the other and says how long each took. */
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

function children(): readonly string[] {
  return process.getActiveResourcesInfo().filter((resource) => resource === "ProcessWrap");
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
    const before = children().length;
    const begun = performance.now();
    await extension.activate();
    const ms = performance.now() - begun;
    const main = cjs.resolve(extension.extensionPath);
    const brought = [
      ...loaded(extension.extensionPath).filter((path) => path !== main),
      ...children()
        .slice(before)
        .map(() => "a child process"),
    ];
    all.push({ id, ms, early, brought });
    await pause(300);
  }
  return all;
}
