import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { current, startMs, temporary, type World, world } from "./credentialTools.ts";

const noEcs = { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "true" };
const inAnHour = "2026-11-24T04:00:00Z";
const ak = { accessKeyId: "env-id", accessKeySecret: "env-secret", securityToken: undefined, expiresMs: undefined };
const temporaryOf = (name: string) => ({
  accessKeyId: `STS.${name}`,
  accessKeySecret: `secret-${name}`,
  securityToken: `token-${name}`,
  expiresMs: startMs + 3_600_000,
});

async function check(
  env: Readonly<Record<string, string>>,
  expected: (at: World) => object,
  prepare: (at: World) => void = () => {},
): Promise<void> {
  const at = world({ env: { ...noEcs, ...env } });
  prepare(at);
  assert.deepEqual(await current(at, { kind: "chain" }), expected(at));
}

function cliFile(...profiles: readonly object[]): (at: World) => void {
  return (at) => {
    mkdirSync(join(at.folder, ".aliyun"));
    writeFileSync(join(at.folder, ".aliyun", "config.json"), JSON.stringify({ current: "c", profiles }));
  };
}
const cli = cliFile({ name: "c", mode: "AK", access_key_id: "cli-id", access_key_secret: "cli-secret" });
const cliCredential = { ...ak, accessKeyId: "cli-id", accessKeySecret: "cli-secret" };
const envKeys = { ALIBABA_CLOUD_ACCESS_KEY_ID: "env-id", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "env-secret" };
const failure = (code: string, detail: string) => ({ kind: "credentialFailure", code, detail });

test("the environment comes first", () => check(envKeys, () => ak, cli));
test("a token of the environment is a part of its credential", () =>
  check({ ...envKeys, ALIBABA_CLOUD_SECURITY_TOKEN: "t" }, () => ({ ...ak, securityToken: "t" })));
test("OIDC comes before the CLI's profile", () =>
  check(
    {
      ALIBABA_CLOUD_ROLE_ARN: "r",
      ALIBABA_CLOUD_OIDC_PROVIDER_ARN: "o",
      ALIBABA_CLOUD_OIDC_TOKEN_FILE: import.meta.filename,
    },
    () => temporaryOf("oidc"),
    (at) => {
      cli(at);
      at.say = () => ({ json: { Credentials: temporary("oidc", inAnHour) } });
    },
  ));
test("then comes the CLI's current profile", () => check({}, () => cliCredential, cli));
test("ALIBABA_CLOUD_PROFILE names another profile of the CLI", () =>
  check(
    { ALIBABA_CLOUD_PROFILE: "d" },
    () => ({ ...cliCredential, accessKeyId: "d-id" }),
    cliFile({ name: "c" }, { name: "d", mode: "AK", access_key_id: "d-id", access_key_secret: "cli-secret" }),
  ));
test("a command of the CLI's profile is not run unasked, and not passed over", () =>
  check(
    {},
    () => failure("commandNotConfirmed", "c"),
    cliFile({ name: "c", mode: "External", process_command: "/bin/true" }),
  ));
test("then the role of the ECS instance", () =>
  check(
    { ALIBABA_CLOUD_ECS_METADATA_DISABLED: "false", ALIBABA_CLOUD_ECS_METADATA: "role" },
    () => temporaryOf("ecs"),
    (at) => {
      at.say = (request) => (request.method === "PUT" ? { text: "t" } : { json: temporary("ecs", inAnHour) });
    },
  ));
test("last a credentials URI", () =>
  check(
    { ALIBABA_CLOUD_CREDENTIALS_URI: "http://localhost/" },
    () => temporaryOf("uri"),
    (at) => {
      at.say = () => ({ json: temporary("uri", inAnHour) });
    },
  ));
test("the ini profile is read by Alibaba's library, after the CLI's", async () => {
  const at = world({ env: noEcs });
  mkdirSync(join(at.folder, ".alibabacloud"));
  writeFileSync(
    join(at.folder, ".alibabacloud", "credentials"),
    "[default]\ntype = access_key\naccess_key_id = ini-id\naccess_key_secret = ini-secret\n",
  );
  // The library finds the home folder by itself.
  const home = process.env["HOME"];
  process.env["HOME"] = at.folder;
  try {
    assert.deepEqual(await current(at, { kind: "chain" }), {
      ...ak,
      accessKeyId: "ini-id",
      accessKeySecret: "ini-secret",
    });
  } finally {
    process.env["HOME"] = home;
  }
});
test("an empty chain names what was looked for", () =>
  check({ ALIBABA_CLOUD_CLI_PROFILE_DISABLED: "true" }, ({ folder }) =>
    failure("chainEmpty", `ALIBABA_CLOUD_ACCESS_KEY_ID; fileMissing ${join(folder, ".alibabacloud/credentials")}`),
  ));
test("an empty chain says what was wrong with what is there", () =>
  check(
    {},
    ({ folder }) =>
      failure(
        "chainEmpty",
        `ALIBABA_CLOUD_ACCESS_KEY_ID; modeUnknown BearerToken; fileMissing ${join(folder, ".alibabacloud/credentials")}`,
      ),
    cliFile({ name: "c", mode: "BearerToken", bearer_token: "b" }),
  ));
