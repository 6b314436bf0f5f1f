import { type FileHandle, open, readFile, rename, rm, stat } from "node:fs/promises";
import type { ImportProgress } from "../client.ts";
import { processRuns } from "../folder.ts";

/** The holder of a lock writes to it this often. */
export const HEARTBEAT_MS = 500;

/** A lock that was not written to for so long has lost its holder, even if a process of that number runs. */
const STALE_MS = 20_000;

/** The lock's text always has this length, so that one write replaces it. */
const LENGTH = 256;

type Content = { readonly pid: number } & ImportProgress;

/** Held by the process that imports a file; other processes read from it how far that is. */
export class ImportLock {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** The lock, or undefined where another holds it. */
  static async acquire(path: string): Promise<ImportLock | undefined> {
    try {
      const lock = new ImportLock(path, await open(path, "wx", 0o600));
      await lock.beat({ bytesRead: 0, bytesTotal: 0, recordCount: 0 });
      return lock;
    } catch (failure) {
      if (failure instanceof Error && "code" in failure && failure.code === "EEXIST") {
        return undefined;
      }
      throw failure;
    }
  }

  async beat(progress: ImportProgress): Promise<void> {
    const content: Content = { pid: process.pid, ...progress };
    await this.#file.write(JSON.stringify(content).padEnd(LENGTH), 0);
  }

  async release(): Promise<void> {
    await this.#file.close();
    await rm(this.#path, { force: true });
  }
}

/** How far the holder of a lock is; undefined where there is no lock any more, or nobody holds it: then it is removed. */
export async function lockProgress(path: string): Promise<ImportProgress | undefined> {
  const found = await Promise.all([stat(path), readFile(path, "utf8")]).catch(() => undefined);
  if (found === undefined) {
    return undefined;
  }
  const [facts, text] = found;
  const content = readContent(text);
  const silentMs = Date.now() - facts.mtimeMs;
  if (content === undefined ? silentMs < HEARTBEAT_MS * 4 : processRuns(content.pid) && silentMs < STALE_MS) {
    return content ?? { bytesRead: 0, bytesTotal: 0, recordCount: 0 };
  }
  // Of several that find the lock stale, one can rename it; a lock that was taken anew meanwhile costs a second import
  // beside the first, each into a file of its own.
  const stale = `${path}.${process.pid}.stale`;
  await rename(path, stale).then(
    () => rm(stale, { force: true }),
    () => undefined,
  );
  return undefined;
}

function readContent(text: string): Content | undefined {
  try {
    return JSON.parse(text) as Content;
  } catch {
    // Read in the moment between its making and its first text.
    return undefined;
  }
}
