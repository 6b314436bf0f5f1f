import { readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { type CredentialFailure, credentialFailure } from "../credential.ts";
import { isRecord } from "../serviceError.ts";
import { askJson, readExpiry } from "./askJson.ts";
import { errorCode, type Profile, textOf } from "./profileFile.ts";
import { isSpent, storedToken } from "./storedToken.ts";
import { type Asked, type Asking, renewAheadMs } from "./tools.ts";

const timeoutMs = 15_000;

/** The CLI is a public client of these two sites; a refresh token is bound to the client that it was given to. */
const sites = {
  CN: { url: "https://oauth.aliyun.com", client: "4038181954557748008" },
  INTL: { url: "https://oauth.alibabacloud.com", client: "4103531455503354461" },
} as const;

type Tokens = { readonly access: string; readonly refresh: string | undefined; readonly expiresMs: number };

/** What the CLI's browser sign-in gave, exchanged for a temporary credential; the sign-in itself is the CLI's. */
export async function oauthCredential(asking: Asking, path: string, profile: Profile): Promise<Asked> {
  const { tools, signal } = asking;
  const stored = storedToken(profile);
  if (stored?.expiresMs !== undefined && !isSpent(asking, stored, renewAheadMs)) return stored;
  const site = sites[profile.texts.oauth_site_type?.toUpperCase() as keyof typeof sites] as
    | (typeof sites)[keyof typeof sites]
    | undefined;
  if (site === undefined) return credentialFailure("profileIncomplete", `${profile.name}: oauth_site_type`);
  const tokens = await validTokens(asking, path, profile, site);
  if ("kind" in tokens) return tokens;
  const answer = await askJson(
    tools.transport,
    {
      name: "OAuth",
      method: "POST",
      url: new URL("/v1/exchange", site.url),
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${tokens.access}`,
        "user-agent": tools.userAgent,
      },
      body: undefined,
      timeoutMs,
      secrets: [tokens.access, tokens.refresh],
    },
    signal,
  );
  if (answer.kind === "credentialFailure") return answer;
  const accessKeyId = textOf(answer.value["accessKeyId"]);
  const accessKeySecret = textOf(answer.value["accessKeySecret"]);
  const securityToken = textOf(answer.value["securityToken"]);
  if (accessKeyId === undefined || accessKeySecret === undefined || securityToken === undefined) {
    return credentialFailure("renewalFailed", "OAuth: accessKeyId, accessKeySecret, securityToken");
  }
  return { accessKeyId, accessKeySecret, securityToken, expiresMs: readExpiry(answer.value["expiration"]) };
}

async function validTokens(
  { tools, signal }: Asking,
  path: string,
  profile: Profile,
  site: (typeof sites)[keyof typeof sites],
): Promise<Tokens | CredentialFailure> {
  const { oauth_access_token: access, oauth_refresh_token: refresh } = profile.texts;
  const expiresMs = (profile.numbers.oauth_access_token_expire ?? 0) * 1000;
  if (access !== undefined && expiresMs - renewAheadMs > tools.now()) return { access, refresh, expiresMs };
  if (refresh === undefined) return credentialFailure("expired", profile.name);
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: refresh,
    client_id: site.client,
    Timestamp: new Date(tools.now()).toISOString().replace(/\.\d+Z$/, "Z"),
  });
  const answer = await askJson(
    tools.transport,
    {
      name: "OAuth",
      method: "POST",
      url: new URL("/v1/token", site.url),
      headers: { "content-type": "application/x-www-form-urlencoded", "user-agent": tools.userAgent },
      body: form.toString(),
      timeoutMs,
      secrets: [access, refresh],
    },
    signal,
  );
  if (answer.kind === "credentialFailure") return answer;
  const renewed = textOf(answer.value["access_token"]);
  const nextRefresh = textOf(answer.value["refresh_token"]);
  if (renewed === undefined || nextRefresh === undefined) {
    return credentialFailure("renewalFailed", "OAuth: access_token, refresh_token");
  }
  const seconds = answer.value["expires_in"];
  const tokens = {
    access: renewed,
    refresh: nextRefresh,
    expiresMs: tools.now() + (typeof seconds === "number" ? seconds : 3600) * 1000,
  };
  return (await keepTokens(path, profile.name, tokens)) ?? tokens;
}

/**
 * Writes renewed tokens into the CLI's file, as the CLI does: the refresh token was used up, and without its successor
 * the person would be signed out of the CLI. Nothing else in the file changes, and it is whole at every moment.
 */
async function keepTokens(path: string, name: string, tokens: Tokens): Promise<CredentialFailure | undefined> {
  let partial: string | undefined;
  try {
    const target = await realpath(path);
    const text = await readFile(target, "utf8");
    const file: unknown = JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
    const profiles = isRecord(file) ? file["profiles"] : undefined;
    if (!isRecord(file) || !Array.isArray(profiles)) return credentialFailure("fileUnreadable", `${path}: profiles`);
    const renewed = profiles.map((profile: unknown) =>
      isRecord(profile) && profile["name"] === name
        ? {
            ...profile,
            oauth_access_token: tokens.access,
            oauth_refresh_token: tokens.refresh,
            oauth_access_token_expire: Math.floor(tokens.expiresMs / 1000),
          }
        : profile,
    );
    partial = `${target}.${process.pid}.partial`;
    await writeFile(partial, JSON.stringify({ ...file, profiles: renewed }, undefined, "\t"), { mode: 0o600 });
    await rename(partial, target);
    return undefined;
  } catch (error) {
    if (partial !== undefined) await rm(partial, { force: true });
    return credentialFailure("renewalFailed", `${path}: ${errorCode(error)}`);
  }
}
