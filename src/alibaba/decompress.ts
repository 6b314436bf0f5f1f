import { brotliDecompress, unzip, unzipSync, type ZlibOptions } from "node:zlib";
import { decodeLz4Block } from "./lz4.ts";

export type Decompressed =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** `detail` names the compression. */
  | { readonly kind: "damaged" | "tooLarge"; readonly detail: string };

/**
 * Undoes what the headers say was done to a body. SLS names its own compression in `x-log-compresstype` and the size
 * before it in `x-log-bodyrawsize`; gateways in front of it use `content-encoding`.
 */
export async function decompress(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Promise<Decompressed> {
  const encodings = (headers["content-encoding"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
  const own = headers["x-log-compresstype"]?.trim().toLowerCase() ?? "";
  // Both headers may name one and the same compression; it was done once.
  const done = own === "" || encodings.includes(own) ? encodings : [own, ...encodings];
  let bytes = body;
  for (const name of done.toReversed()) {
    if (bytes.length === 0) break;
    const next = await undo(name, bytes, Number(headers["x-log-bodyrawsize"]), maxBytes);
    if (next.kind !== "bytes") return next;
    bytes = next.bytes;
  }
  return { kind: "bytes", bytes };
}

async function undo(name: string, bytes: Uint8Array, rawSize: number, maxBytes: number): Promise<Decompressed> {
  switch (name) {
    case "gzip":
    case "x-gzip":
    case "deflate":
      return bytes.length > smallBytes
        ? await inflated(name, unzip, bytes, maxBytes)
        : inflatedAtOnce(name, bytes, maxBytes);
    case "br":
      return await inflated(name, brotliDecompress, bytes, maxBytes);
    case "lz4": {
      if (rawSize > maxBytes) return { kind: "tooLarge", detail: name };
      const block = decodeLz4Block(bytes, rawSize);
      return block === undefined ? { kind: "damaged", detail: name } : { kind: "bytes", bytes: block };
    }
    default:
      return { kind: "damaged", detail: name };
  }
}

/** A page of a hundred rows is taken in one piece; in those of Node's default it takes three times as long. */
const chunkSize = 128 * 1024;

/** Handing so little to another thread takes longer than doing it, even if it stands for the most that gzip can, 32 MB. */
const smallBytes = 32 * 1024;

function inflatedAtOnce(name: string, body: Uint8Array, maxBytes: number): Decompressed {
  try {
    return { kind: "bytes", bytes: unzipSync(body, { maxOutputLength: maxBytes, chunkSize }) };
  } catch (failure) {
    return failed(name, failure);
  }
}

type Inflate = (
  bytes: Uint8Array,
  options: Pick<ZlibOptions, "maxOutputLength" | "chunkSize">,
  done: (failure: Error | null, bytes: Uint8Array) => void,
) => void;

async function inflated(name: string, inflate: Inflate, body: Uint8Array, maxBytes: number): Promise<Decompressed> {
  return await new Promise((resolve) => {
    inflate(body, { maxOutputLength: maxBytes, chunkSize }, (failure, bytes) => {
      resolve(failure === null ? { kind: "bytes", bytes } : failed(name, failure));
    });
  });
}

/** Node stops as soon as there is more than the bound, so a small body that stands for gigabytes does no harm. */
function failed(name: string, failure: unknown): Decompressed {
  const isTooLarge = failure instanceof Error && "code" in failure && failure.code === "ERR_BUFFER_TOO_LARGE";
  return { kind: isTooLarge ? "tooLarge" : "damaged", detail: name };
}
