import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";

/** Bytes are read in pieces of this size. */
const PIECE = 1024 * 1024;

/** What zlib holds back when it meets damage is at most what it was last given, so it is given little at a time. */
const GZIP_PIECE = 16 * 1024;

/** A file's bytes as they come, decompressed where it is compressed. */
export type ByteSource = {
  readonly pieces: AsyncIterable<Buffer>;
  /** How far the file has been read, in bytes of the file. */
  readonly position: () => number;
  /** Whether a compressed file ended or was damaged before its end; known once all pieces have been read. */
  readonly damaged: () => boolean;
};

export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** `from` is where the reading begins; only a plain file can be read from elsewhere than its beginning. */
export function readBytes(path: string, gzip: boolean, signal: AbortSignal): ByteSource {
  let position = 0;
  let damaged = false;

  async function* plain(size: number): AsyncGenerator<Buffer> {
    const file = await open(path, "r");
    try {
      for (;;) {
        signal.throwIfAborted();
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(size), 0, size, position);
        if (bytesRead === 0) {
          return;
        }
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  async function* unpacked(): AsyncGenerator<Buffer> {
    const gunzip = createGunzip({ chunkSize: 256 * 1024 });
    let failed = false;
    const feeding = (async () => {
      for await (const piece of plain(GZIP_PIECE)) {
        if (failed) {
          return;
        }
        if (!gunzip.write(piece)) {
          await new Promise<void>((resolve) => {
            gunzip.once("drain", resolve).once("close", resolve);
          });
        }
      }
      gunzip.end();
    })();
    // A failure to read the file is the reader's failure, not damage.
    feeding.catch((failure: unknown) =>
      gunzip.destroy(failure instanceof Error ? failure : new Error(String(failure))),
    );
    try {
      for await (const piece of gunzip) {
        yield piece as Buffer;
      }
    } catch (failure) {
      if (!(failure instanceof Error && "code" in failure && String(failure.code).startsWith("Z_"))) {
        throw failure;
      }
      damaged = true;
    } finally {
      failed = true;
      gunzip.destroy();
      await feeding.catch(() => undefined);
    }
  }

  return { pieces: gzip ? unpacked() : plain(PIECE), position: () => position, damaged: () => damaged };
}
