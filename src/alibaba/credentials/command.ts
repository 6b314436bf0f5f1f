import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { type CredentialFailure, credentialFailure } from "../credential.ts";
import { isRecord } from "../serviceError.ts";

const timeoutMs = 60_000;

/** What is kept of a command that was allowed: the command itself may hold a secret. */
export function commandFingerprint(command: string): string {
  return createHash("sha256").update(command).digest("hex");
}

/**
 * Runs the command of an External profile and reads the JSON that it prints. No shell is in between. Neither what it
 * prints nor what it was called with is in a failure.
 */
export async function runCommand(
  profile: string,
  command: string,
  signal: AbortSignal,
): Promise<{ readonly kind: "json"; readonly value: Readonly<Record<string, unknown>> } | CredentialFailure> {
  const [program, ...parameters] = commandWords(command, process.platform === "win32") ?? [];
  if (program === undefined || command.includes("\0"))
    return credentialFailure("profileIncomplete", `${profile}: process_command`);
  const options = { timeout: timeoutMs, maxBuffer: 1024 * 1024, windowsHide: true, signal };
  const output = await new Promise<string | CredentialFailure>((resolve) => {
    execFile(program, parameters, options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if (signal.aborted) resolve(credentialFailure("aborted", profile));
      else
        resolve(credentialFailure("renewalFailed", `${profile}: process_command: ${error.code ?? error.signal ?? ""}`));
    });
  });
  if (typeof output !== "string") return output;
  try {
    const value: unknown = JSON.parse(output);
    if (isRecord(value)) return { kind: "json", value };
  } catch {
    // Told below, without the parser's message, which quotes what was printed.
  }
  return credentialFailure("renewalFailed", `${profile}: process_command: JSON`);
}

/**
 * The words of a command. The CLI parts them at white space alone; quotes are understood too, as Alibaba's SDKs do, for
 * programs in folders with a space. A backslash is a part of the word on Windows, and elsewhere takes the next character
 * as it is. Undefined for a quote that does not end.
 */
export function commandWords(command: string, isWindows: boolean): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < command.length; at++) {
    const mark = command.charAt(at);
    const escapes = mark === "\\" && !isWindows && quote !== "'" && at + 1 < command.length;
    if (escapes) word = (word ?? "") + command.charAt(++at);
    else if (mark === quote) quote = undefined;
    else if (quote === undefined && (mark === '"' || mark === "'")) {
      quote = mark;
      word ??= "";
    } else if (quote === undefined && /\s/.test(mark)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + mark;
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}
