import { credentialFailure } from "../credential.ts";
import { askJson, readTemporary } from "./askJson.ts";
import type { Profile } from "./profileFile.ts";
import { isSpent, storedToken } from "./storedToken.ts";
import { type Asked, type Asking, renewAheadMs } from "./tools.ts";

const timeoutMs = 15_000;

/** A credential for the access configuration that was chosen at sign-in. Signing in itself is the CLI's: it opens a browser. */
export async function cloudSsoCredential(asking: Asking, profile: Profile): Promise<Asked> {
  const { tools, signal } = asking;
  const stored = storedToken(profile);
  if (stored?.expiresMs !== undefined && !isSpent(asking, stored, renewAheadMs)) return stored;
  const {
    cloud_sso_sign_in_url: signInUrl,
    cloud_sso_account_id: account,
    cloud_sso_access_config: config,
  } = profile.texts;
  const { access_token: token } = profile.texts;
  const missing = Object.entries({
    cloud_sso_sign_in_url: signInUrl,
    cloud_sso_account_id: account,
    cloud_sso_access_config: config,
  })
    .filter(([, text]) => text === undefined)
    .map(([field]) => field);
  if (signInUrl === undefined || !URL.canParse(signInUrl) || missing.length > 0) {
    const fields = missing.length > 0 ? missing : ["cloud_sso_sign_in_url"];
    return credentialFailure("profileIncomplete", `${profile.name}: ${fields.join(", ")}`);
  }
  if (token === undefined || (profile.numbers.cloud_sso_access_token_expire ?? 0) * 1000 <= tools.now()) {
    return credentialFailure("expired", profile.name);
  }
  const answer = await askJson(
    tools.transport,
    {
      name: "CloudSSO",
      method: "POST",
      url: new URL("/cloud-credentials", signInUrl),
      headers: {
        accept: "application/json",
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "user-agent": tools.userAgent,
      },
      body: JSON.stringify({ AccountId: account, AccessConfigurationId: config }),
      timeoutMs,
      secrets: [token],
    },
    signal,
  );
  if (answer.kind === "credentialFailure") return answer;
  // Older endpoints answer without the wrapping.
  return readTemporary("CloudSSO", answer.value["CloudCredential"] ?? answer.value);
}
