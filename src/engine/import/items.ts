import type { RejectedLine } from "../client.ts";

/** A piece of a file that should be one record: the text of a JSON value, on one line, or why there is none. */
export type Item =
  | { readonly kind: "record"; readonly line: number; readonly bytes: Buffer; readonly ended: boolean }
  | { readonly kind: "rejected"; readonly line: number; readonly reason: RejectedLine["reason"] };

const strictText = new TextDecoder("utf-8", { fatal: true });

/** The text of bytes; undefined where they are no UTF-8. */
export function textOf(bytes: Buffer): string | undefined {
  try {
    return strictText.decode(bytes);
  } catch {
    return undefined;
  }
}
