import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

export type StoredFile = {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly usedMs: number;
};

/** The files of a folder whose names end so; those that vanish while they are looked at are not among them. */
export async function filesIn(folder: string, ending: string): Promise<readonly StoredFile[]> {
  const files: StoredFile[] = [];
  for (const name of await readdir(folder)) {
    if (name.endsWith(ending)) {
      const path = join(folder, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts !== undefined) {
        files.push({ name, path, sizeBytes: facts.size, usedMs: facts.mtimeMs });
      }
    }
  }
  return files;
}

/** Marks a file as used now; false where there is none. */
export async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

/** Whether a process of this machine still runs. One that belongs to somebody else does. */
export function processRuns(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return failure instanceof Error && "code" in failure && failure.code === "EPERM";
  }
}

/** Removes what processes left behind that ended in the middle of their work: `<name>.<pid>.<ending>`. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = Number(/\.(\d+)\.(?:partial|partial\.wal|chunk|spill|stale)$/.exec(name)?.[1]);
    if (Number.isInteger(owner) && owner !== process.pid && !processRuns(owner)) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** The files to remove, least recently used first, so that the rest stays within the limit. `spared` are never among them. */
export function overLimit(
  files: readonly StoredFile[],
  limitBytes: number,
  spared: (file: StoredFile) => boolean,
): readonly StoredFile[] {
  let total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const removed: StoredFile[] = [];
  for (const file of [...files].sort((left, right) => left.usedMs - right.usedMs)) {
    if (total > limitBytes && !spared(file)) {
      removed.push(file);
      total -= file.sizeBytes;
    }
  }
  return removed;
}
