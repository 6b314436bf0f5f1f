import { type Credential, isSameCredential } from "../credential.ts";
import type { Profile } from "./profileFile.ts";
import type { Asking } from "./tools.ts";

/** The temporary credential that the CLI has put into the file, for as long as it says. */
export function storedToken({ texts, numbers }: Profile): Credential | undefined {
  const { access_key_id: id, access_key_secret: secret, sts_token: token } = texts;
  if (id === undefined || secret === undefined || token === undefined) return undefined;
  const expiresMs = numbers.sts_expiration === undefined ? undefined : numbers.sts_expiration * 1000;
  return { accessKeyId: id, accessKeySecret: secret, securityToken: token, expiresMs };
}

/** Whether a stored credential was refused, or ends within so many milliseconds. */
export function isSpent({ tools, refused }: Asking, stored: Credential, withinMs: number): boolean {
  if (refused !== undefined && isSameCredential(stored, refused)) return true;
  return stored.expiresMs !== undefined && stored.expiresMs - withinMs <= tools.now();
}
