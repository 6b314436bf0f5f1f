import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isCredentialFailure, withoutSecrets } from "../../../src/alibaba/credential.ts";
import { commandFingerprint } from "../../../src/alibaba/credentials/command.ts";
import { createCredentialProvider } from "../../../src/alibaba/credentials/provider.ts";
import { configFile, never, profiles, type Say, startMs, world } from "./credentialTools.ts";

const canary = "CANARY/9f+x=secret";
const secret = (of: string) => `${canary}-${of}`;

const fields = {
  access_key_id: "LTAI-id",
  access_key_secret: secret("key"),
  sts_token: secret("token"),
  ram_role_arn: "r",
  ram_role_name: "n",
  source_profile: "q",
  oidc_provider_arn: "o",
  private_key: secret("private"),
  key_pair_name: "k",
  credentials_uri: `http://localhost/${encodeURIComponent(secret("uri"))}?key=${encodeURIComponent(secret("uri"))}`,
  cloud_sso_sign_in_url: "https://sso.example/",
  cloud_sso_account_id: "1",
  cloud_sso_access_config: "c",
  access_token: secret("sso"),
  cloud_sso_access_token_expire: startMs / 1000 + 600,
  oauth_site_type: "CN",
  oauth_access_token: secret("oauth"),
  oauth_refresh_token: secret("refresh"),
  bearer_token: secret("bearer"),
};
const modes = [
  "StsToken",
  "RamRoleArn",
  "EcsRamRole",
  "RsaKeyPair",
  "RamRoleArnWithRoleName",
  "ChainableRamRoleArn",
  "External",
  "CredentialsURI",
  "OIDC",
  "CloudSSO",
  "OAuth",
  "BearerToken",
  "Anonymous",
];

/** Services that give everything back that they were told, in each way that one can fail. */
const echo = (request: Parameters<Say>[0], body: string) => {
  const said = new URLSearchParams(body);
  return [
    request.url.href,
    decodeURIComponent(request.url.href),
    body,
    ...said.values(),
    ...Object.values(request.headers),
  ].join(" ");
};
const echoes: Readonly<Record<string, Say>> = {
  "a refusal": (request, body) => ({
    status: 403,
    json: { Code: "Denied", Message: echo(request, body), RequestId: "R" },
  }),
  "a fault": (request, body) => ({ status: 500, text: echo(request, body) }),
  "no JSON": (request, body) => ({ text: echo(request, body) }),
  "JSON of another shape": (request, body) => ({ json: { Code: "Failed", Message: echo(request, body) } }),
  "an answer without its token": (request, body) => ({
    json: {
      AccessKeyId: "i",
      AccessKeySecret: canary,
      Credentials: { AccessKeySecret: canary },
      Message: echo(request, body),
    },
  }),
  "no answer": (request, body) => ({ kind: "failure", reason: "reset", detail: echo(request, body) }),
};

function checkClean(told: unknown): void {
  const text = JSON.stringify(told);
  for (const form of [canary, encodeURIComponent(canary), "CANARY"]) assert.equal(text.includes(form), false, text);
}

for (const mode of modes) {
  for (const [way, say] of Object.entries(echoes)) {
    test(`${mode}: ${way} repeats no secret`, async () => {
      const command = `${process.execPath} -e "console.error('${secret("stderr")}'); console.log('${secret("stdout")}'); process.exit(1)"`;
      const at = world({ confirmedCommands: new Set([commandFingerprint(command)]) });
      at.say = say;
      const tokenFile = join(at.folder, "token");
      writeFileSync(tokenFile, secret("oidc"));
      const over = mode === "StsToken" ? { sts_expiration: 1 } : {};
      const profile = { name: "p", mode, ...fields, process_command: command, oidc_token_file: tokenFile, ...over };
      const source = configFile(at, profiles(profile, { ...profile, name: "q", mode: "RamRoleArn" }));
      const provider = createCredentialProvider(source, at.tools);
      const asked = await provider.current(never);
      assert.ok(isCredentialFailure(asked));
      checkClean(asked);
      checkClean(provider.known());
    });
  }
}

for (const text of [
  `{"profiles":[{"name":"p","access_key_secret":"${canary}",}]}`,
  `{"profiles":[{"name":"p","access_key_secret":"${canary}`,
  `${canary}`,
  `{"profiles":"${canary}"}`,
]) {
  test(`the fault of ${JSON.stringify(text.replaceAll(canary, "…"))} repeats no secret`, async () => {
    const at = world();
    checkClean(await createCredentialProvider(configFile(at, text), at.tools).current(never));
  });
}

test("a secret is taken out as it is, encoded and escaped", () =>
  assert.equal(
    withoutSecrets(`a ${canary} b ${encodeURIComponent(canary)} c ${JSON.stringify('q"u')}`, [
      canary,
      'q"u',
      undefined,
      "",
    ]),
    'a *** b *** c "***"',
  ));
