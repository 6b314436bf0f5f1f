import {
  type Credential,
  type CredentialFailure,
  type CredentialProvider,
  type CredentialSource,
  credentialFailure,
  isCredentialFailure,
  isSameCredential,
} from "../credential.ts";
import { isRecord } from "../serviceError.ts";
import { chainCredential, cliProfilePath, iniPath } from "./chain.ts";
import { profileCredential } from "./profile.ts";
import { fileStamp, textOf } from "./profileFile.ts";
import { type Asked, type Asking, type CredentialTools, renewAheadMs } from "./tools.ts";

/** What keeps an account's credential; `known` tells of it without asking anybody. */
export interface RenewingCredentials extends CredentialProvider {
  /** What was got last; undefined before the first asking. */
  known(): Credential | CredentialFailure | undefined;
  /** The source gives something else from now on. */
  forget(): void;
}

/** How long a temporary credential is kept that does not say when it expires. */
const unsaidHoldMs = 5 * 60_000;
/** After a renewal that failed, or brought nothing newer, what is there is used for so long before the next attempt. */
const pauseMs = 10_000;
/** How long a credential that was refused counts as spent; after that its source may give it once more. */
const refusalHoldMs = 5 * 60_000;

type Kept = {
  readonly credential: Credential;
  readonly stamp: string;
  readonly askedMs: number;
  /** By the wall clock, so that a computer that slept through it renews at its first call. */
  readonly renewMs: number;
};

/**
 * The credential of an account, renewed five minutes before it expires, once for all who wait. There is no timer: what
 * is due is decided by the wall clock at each call, which is as true after sleep as before. A file that it comes from is
 * looked at each time and read again when it has changed.
 */
export function createCredentialProvider(source: CredentialSource, tools: CredentialTools): RenewingCredentials {
  let kept: Kept | undefined;
  /** What was asked before the source changed is not kept. */
  let generation = 0;
  let last: Credential | CredentialFailure | undefined;
  let refused: { readonly credential: Credential; readonly atMs: number } | undefined;
  let renewing:
    | { readonly stamp: string; readonly end: Promise<Asked>; waiting: number; readonly stop: AbortController }
    | undefined;

  async function current(signal: AbortSignal): Promise<Asked> {
    if (signal.aborted) return credentialFailure("aborted", source.kind);
    const stamp = await stampOf(source, tools);
    if (signal.aborted) return credentialFailure("aborted", source.kind);
    const nowMs = tools.now();
    // A clock that was set back makes every time that was computed before it meaningless.
    if (kept !== undefined && kept.stamp === stamp && nowMs < kept.renewMs && nowMs >= kept.askedMs) {
      return kept.credential;
    }
    if (renewing === undefined || renewing.stamp !== stamp || renewing.stop.signal.aborted) renewing = renew(stamp);
    return wait(renewing, signal);
  }

  function renew(stamp: string): NonNullable<typeof renewing> {
    const stop = new AbortController();
    const begun = { stamp, end: renewed(stamp, stop.signal), waiting: 0, stop };
    const done = () => {
      if (renewing === begun) renewing = undefined;
    };
    begun.end.then(done, done);
    return begun;
  }

  /** Whoever gives up waits no longer; the asking itself ends when nobody waits for it any more. */
  async function wait(running: NonNullable<typeof renewing>, signal: AbortSignal): Promise<Asked> {
    running.waiting += 1;
    const gaveUp = Promise.withResolvers<CredentialFailure>();
    const giveUp = () => gaveUp.resolve(credentialFailure("aborted", source.kind));
    signal.addEventListener("abort", giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      return await Promise.race([running.end, gaveUp.promise]);
    } finally {
      signal.removeEventListener("abort", giveUp);
      running.waiting -= 1;
      if (running.waiting === 0) running.stop.abort();
    }
  }

  async function renewed(stamp: string, signal: AbortSignal): Promise<Asked> {
    const born = generation;
    const before = kept?.stamp === stamp ? kept : undefined;
    if (refused !== undefined && tools.now() - refused.atMs > refusalHoldMs) refused = undefined;
    const asked = await ask(source, { tools, refused: refused?.credential, signal });
    if (born !== generation) return asked;
    const nowMs = tools.now();
    if (isCredentialFailure(asked)) {
      if (asked.code !== "aborted") last = asked;
      // What still holds is used on: the person need not know of a renewal that the next attempt may bring.
      if (before === undefined || hasExpired(before.credential, nowMs)) return asked;
      kept = { ...before, askedMs: nowMs, renewMs: nowMs + pauseMs };
      last = before.credential;
      return before.credential;
    }
    if (hasExpired(asked, nowMs)) {
      last = credentialFailure("expired", sourceName(source));
      return last;
    }
    kept = { credential: asked, stamp, askedMs: nowMs, renewMs: renewMsOf(asked, nowMs) };
    last = asked;
    return asked;
  }

  return {
    current,
    known: () => last,
    forget() {
      kept = undefined;
      last = undefined;
      refused = undefined;
      renewing = undefined;
      generation += 1;
    },
    invalidate(credential) {
      // Another caller may have got a newer one by now, which nobody has refused.
      if (kept === undefined || !isSameCredential(kept.credential, credential)) return;
      refused = { credential, atMs: tools.now() };
      kept = undefined;
    },
  };
}

function hasExpired({ expiresMs }: Credential, nowMs: number): boolean {
  return expiresMs !== undefined && expiresMs <= nowMs;
}

function renewMsOf({ expiresMs, securityToken }: Credential, nowMs: number): number {
  if (expiresMs !== undefined) return Math.max(expiresMs - renewAheadMs, Math.min(nowMs + pauseMs, expiresMs));
  return securityToken === undefined ? Number.POSITIVE_INFINITY : nowMs + unsaidHoldMs;
}

function ask(source: CredentialSource, asking: Asking): Promise<Asked> {
  switch (source.kind) {
    case "profile":
      return profileCredential(asking, source.path, source.profile);
    case "chain":
      return chainCredential(asking);
    case "typed":
      return typedCredential(asking);
    default:
      source satisfies never;
      return Promise.resolve(credentialFailure("notStored", ""));
  }
}

/** What a failure names the source by. */
export function sourceName(source: CredentialSource): string {
  return source.kind === "profile" ? source.profile : source.kind;
}

/** What may change without the account being told: the files that the credential is read from. */
async function stampOf(source: CredentialSource, tools: CredentialTools): Promise<string> {
  const paths =
    source.kind === "profile"
      ? [source.path]
      : source.kind === "chain"
        ? [cliProfilePath(tools.homeFolder), iniPath(tools)]
        : [];
  const stamps = await Promise.all(paths.map(fileStamp));
  return stamps.map((stamp) => stamp ?? "").join("\n");
}

async function typedCredential({ tools, refused }: Asking): Promise<Asked> {
  let stored: string | undefined;
  try {
    stored = await tools.secrets.get(tools.secretKey);
  } catch {
    // The keyring of the system does not open; what it says may quote what is in it.
    return credentialFailure("notStored", "SecretStorage");
  }
  const credential = stored === undefined ? undefined : readTyped(stored);
  if (credential === undefined) return credentialFailure("notStored", "");
  // An STS token that was refused stays refused: it has expired or was revoked, and there is nowhere to get another.
  const isSpent = credential.securityToken !== undefined && refused !== undefined;
  return isSpent && isSameCredential(credential, refused) ? credentialFailure("expired", "typed") : credential;
}

/** What is kept in the secret storage of a credential that was typed in. */
export function writeTyped({ accessKeyId, accessKeySecret, securityToken, expiresMs }: Credential): string {
  return JSON.stringify({ accessKeyId, accessKeySecret, securityToken, expiresMs });
}

function readTyped(text: string): Credential | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What is stored was not written here; it is as good as not stored.
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const accessKeyId = textOf(value["accessKeyId"]);
  const accessKeySecret = textOf(value["accessKeySecret"]);
  if (accessKeyId === undefined || accessKeySecret === undefined) return undefined;
  const expiresMs = typeof value["expiresMs"] === "number" ? value["expiresMs"] : undefined;
  return { accessKeyId, accessKeySecret, securityToken: textOf(value["securityToken"]), expiresMs };
}
