import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { commandFingerprint, commandWords } from "../../../src/alibaba/credentials/command.ts";
import { configFile, current, profiles, startMs, temporary, type World, world } from "./credentialTools.ts";

const ak = { access_key_id: "LTAI-id", access_key_secret: "ak-secret" };

/** What the profile `p` gives, after the services said `say`. */
async function ask(
  profile: object,
  expected: object,
  say?: World["say"],
  prepare: (at: World) => Partial<World["tools"]> = () => ({}),
): Promise<World> {
  const at = world();
  Object.assign(at.tools, prepare(at));
  if (say !== undefined) at.say = say;
  assert.deepEqual(
    await current(at, configFile(at, profiles({ name: "p", region_id: "cn-hangzhou", ...profile }))),
    expected,
  );
  return at;
}

async function check(...args: Parameters<typeof ask>): Promise<void> {
  await ask(...args);
}

const failure = (code: string, detail: string) => ({ kind: "credentialFailure", code, detail });
const one = (name: string, expiresMs: number | undefined) => ({
  accessKeyId: `STS.${name}`,
  accessKeySecret: `secret-${name}`,
  securityToken: `token-${name}`,
  expiresMs,
});
const inAnHour = "2026-11-24T04:00:00Z";
const inAnHourMs = startMs + 3_600_000;
const sts =
  (name: string): World["say"] =>
  () => ({ json: { RequestId: "R", Credentials: temporary(name, inAnHour) } });
const akCredential = {
  accessKeyId: "LTAI-id",
  accessKeySecret: "ak-secret",
  securityToken: undefined,
  expiresMs: undefined,
};

test("AK is what the file says", () => check({ mode: "AK", ...ak }, akCredential));
test("a mode is taken in any case, as the CLI takes it", () => check({ mode: "ak", ...ak }, akCredential));
test("without a mode the fields tell it", () => check(ak, akCredential));
test("without a mode a token makes it StsToken", () =>
  check({ ...ak, sts_token: "t" }, { ...akCredential, securityToken: "t" }));
test("AK without its secret says which field is missing", () =>
  check({ mode: "AK", access_key_id: "LTAI-id" }, failure("profileIncomplete", "p: access_key_secret")));
test("StsToken is what the file says", () =>
  check({ mode: "StsToken", ...ak, sts_token: "t" }, { ...akCredential, securityToken: "t" }));
test("StsToken without its token says so", () =>
  check({ mode: "StsToken", ...ak }, failure("profileIncomplete", "p: sts_token")));
test("StsToken that says that it is over is expired", () =>
  check({ mode: "StsToken", ...ak, sts_token: "t", sts_expiration: startMs / 1000 }, failure("expired", "p")));

test("RamRoleArn asks STS of its region for the role, signed with the AccessKey", async () => {
  const at = await ask(
    {
      mode: "RamRoleArn",
      ...ak,
      ram_role_arn: "acs:ram::1:role/r",
      ram_session_name: "s",
      external_id: "x",
      expired_seconds: 900,
      sts_region: "cn-beijing",
    },
    one("role", inAnHourMs),
    sts("role"),
  );
  const [request] = at.requests;
  assert.equal(at.requests.length, 1);
  const url = new URL(request?.url ?? "");
  assert.equal(url.origin, "https://sts.cn-beijing.example");
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    RoleArn: "acs:ram::1:role/r",
    RoleSessionName: "s",
    DurationSeconds: "900",
    ExternalId: "x",
  });
  assert.equal(request?.headers["x-acs-action"], "AssumeRole");
  assert.equal(request?.headers["x-acs-version"], "2015-04-01");
  assert.match(
    request?.headers["authorization"] ?? "",
    /^ACS3-HMAC-SHA256 Credential=LTAI-id,SignedHeaders=[a-z0-9;-]+,Signature=[0-9a-f]{64}$/,
  );
});
test("RamRoleArn with a token signs with it", async () => {
  const at = await ask(
    { mode: "RamRoleArn", ...ak, sts_token: "t", ram_role_arn: "r" },
    one("role", inAnHourMs),
    sts("role"),
  );
  assert.equal(at.requests[0]?.headers["x-acs-security-token"], "t");
});
test("RamRoleArn without its role says so", () =>
  check({ mode: "RamRoleArn", ...ak }, failure("profileIncomplete", "p: ram_role_arn")));
test("a role that may not be assumed names what STS said", () =>
  check(
    { mode: "RamRoleArn", ...ak, ram_role_arn: "r" },
    failure("renewalFailed", "AssumeRole: NoPermission: You are not authorized to do this action. (R1)"),
    () => ({
      status: 403,
      json: { RequestId: "R1", Code: "NoPermission", Message: "You are not authorized to do this action." },
    }),
  ));
test("an answer of STS without a token names what is missing", () =>
  check(
    { mode: "RamRoleArn", ...ak, ram_role_arn: "r" },
    failure("renewalFailed", "AssumeRole: SecurityToken"),
    () => ({
      json: { Credentials: { AccessKeyId: "a", AccessKeySecret: "b" } },
    }),
  ));
test("an answer of STS that is no JSON is told as such", () =>
  check({ mode: "RamRoleArn", ...ak, ram_role_arn: "r" }, failure("renewalFailed", "AssumeRole: HTTP 502"), () => ({
    status: 502,
    text: "<html>ak-secret</html>",
  })));
test("a clock that is wrong is corrected from the answer, once", async () => {
  const dates: (string | undefined)[] = [];
  await check({ mode: "RamRoleArn", ...ak, ram_role_arn: "r" }, one("role", inAnHourMs), (request, body) => {
    dates.push(request.headers["x-acs-date"]);
    return dates.length === 1
      ? { status: 400, json: { Code: "InvalidTimeStamp.Expired" }, date: "Tue, 24 Nov 2026 05:00:00 GMT" }
      : sts("role")(request, body);
  });
  assert.deepEqual(dates, ["2026-11-24T03:00:00Z", "2026-11-24T05:00:00Z"]);
});
test("STS that fails is asked six times", async () => {
  const at = await ask(
    { mode: "RamRoleArn", ...ak, ram_role_arn: "r" },
    failure("renewalFailed", "AssumeRole: InternalError (R)"),
    () => ({ status: 500, json: { Code: "InternalError", RequestId: "R" } }),
  );
  assert.equal(at.requests.length, 6);
});

const metadata: World["say"] = (request) => {
  if (request.method === "PUT") return { text: "imds-token" };
  if (request.url.pathname.endsWith("/security-credentials/")) return { text: "found-role\n" };
  return { json: { Code: "Success", ...temporary("ecs", inAnHour) } };
};
const metadataUrl = "http://100.100.100.200/latest/";
test("EcsRamRole asks the metadata service in its hardened mode", async () => {
  const at = await ask({ mode: "EcsRamRole", ram_role_name: "named" }, one("ecs", inAnHourMs), metadata);
  assert.deepEqual(
    at.requests.map(({ url, headers }) => [url, headers["x-aliyun-ecs-metadata-token"]]),
    [
      [`${metadataUrl}api/token`, undefined],
      [`${metadataUrl}meta-data/ram/security-credentials/named`, "imds-token"],
    ],
  );
});
test("EcsRamRole without a name asks which role the instance has", async () => {
  const at = await ask({ mode: "EcsRamRole" }, one("ecs", inAnHourMs), metadata);
  assert.deepEqual(at.requests.map(({ url }) => url).slice(1), [
    `${metadataUrl}meta-data/ram/security-credentials/`,
    `${metadataUrl}meta-data/ram/security-credentials/found-role`,
  ]);
});
test("EcsRamRole without the hardened mode goes on without a token", () =>
  check({ mode: "EcsRamRole", ram_role_name: "n" }, one("ecs", inAnHourMs), (request, body) =>
    request.method === "PUT" ? { status: 404, text: "" } : metadata(request, body),
  ));
test("EcsRamRole does not go on without a token where that is forbidden", () =>
  check(
    { mode: "EcsRamRole", ram_role_name: "n" },
    failure("renewalFailed", `EcsRamRole: ${metadataUrl}api/token: HTTP 404`),
    () => ({ status: 404, text: "" }),
    () => ({ env: { ALIBABA_CLOUD_IMDSV1_DISABLED: "true" } }),
  ));
test("EcsRamRole on another machine says that nobody answered", () =>
  check(
    { mode: "EcsRamRole", ram_role_name: "n" },
    failure("renewalFailed", `EcsRamRole: ${metadataUrl}meta-data/ram/security-credentials/n: timeout`),
    () => ({ kind: "failure", reason: "timeout", detail: "" }),
  ));
test("RamRoleArnWithRoleName assumes the role as the instance's role", async () => {
  const at = await ask(
    { mode: "RamRoleArnWithRoleName", ram_role_name: "n", ram_role_arn: "r" },
    one("role", inAnHourMs),
    (request, body) => (request.url.host === "100.100.100.200" ? metadata(request, body) : sts("role")(request, body)),
  );
  assert.equal(at.requests.at(-1)?.headers["x-acs-security-token"], "token-ecs");
});

test("ChainableRamRoleArn assumes its role as the profile that it names", async () => {
  const at = world();
  at.say = ({ url }) => {
    const role = url.searchParams.get("RoleArn") ?? "";
    return { json: { Credentials: temporary(role, inAnHour) } };
  };
  const source = configFile(
    at,
    profiles(
      { name: "p", mode: "ChainableRamRoleArn", source_profile: "middle", ram_role_arn: "last" },
      { name: "middle", mode: "ChainableRamRoleArn", source_profile: "first", ram_role_arn: "second" },
      { name: "first", mode: "AK", ...ak },
    ),
  );
  assert.deepEqual(await current(at, source), one("last", inAnHourMs));
  assert.deepEqual(
    at.requests.map(({ headers }) => headers["x-acs-security-token"]),
    [undefined, "token-second"],
  );
});
test("ChainableRamRoleArn in a ring is told with the ring", async () => {
  const at = world();
  const link = (name: string, source: string) => ({
    name,
    mode: "ChainableRamRoleArn",
    source_profile: source,
    ram_role_arn: "r",
  });
  assert.deepEqual(
    await current(at, configFile(at, profiles(link("p", "q"), link("q", "p")))),
    failure("profileIncomplete", "q: source_profile: p → q → p"),
  );
});
test("ChainableRamRoleArn whose source is not there names it", async () => {
  const at = world();
  const source = configFile(
    at,
    profiles({ name: "p", mode: "ChainableRamRoleArn", source_profile: "gone", ram_role_arn: "r" }),
  );
  assert.deepEqual(await current(at, source), failure("profileMissing", `${join(at.folder, "config.json")}: gone`));
});

const oidc = (at: World) => ({
  mode: "OIDC",
  oidc_provider_arn: "acs:ram::1:oidc-provider/x",
  oidc_token_file: join(at.folder, "token"),
  ram_role_arn: "r",
  ram_session_name: "s",
});
test("OIDC asks with the token of its file, unsigned and not in the address", async () => {
  const at = world();
  at.say = sts("oidc");
  writeFileSync(join(at.folder, "token"), "jwt-1\n");
  assert.deepEqual(await current(at, configFile(at, profiles({ name: "p", ...oidc(at) }))), one("oidc", inAnHourMs));
  const [request] = at.requests;
  const url = new URL(request?.url ?? "");
  assert.deepEqual([url.origin, url.searchParams.get("Action")], ["https://sts.central.example", "AssumeRoleWithOIDC"]);
  assert.equal(url.href.includes("jwt-1"), false);
  assert.equal(new URLSearchParams(request?.body).get("OIDCToken"), "jwt-1");
  assert.equal(request?.headers["authorization"], undefined);
});
test("OIDC without its token file names the file", async () => {
  const at = world();
  const asked = await current(at, configFile(at, profiles({ name: "p", ...oidc(at) })));
  assert.deepEqual(asked, failure("fileMissing", join(at.folder, "token")));
});

const uri = { mode: "CredentialsURI", credentials_uri: "http://127.0.0.1:7070/creds?key=uri-key" };
test("CredentialsURI asks the address", async () => {
  const at = await ask(uri, one("uri", inAnHourMs), () => ({
    json: { Code: "Success", ...temporary("uri", inAnHour) },
  }));
  assert.equal(at.requests[0]?.url, "http://127.0.0.1:7070/creds?key=uri-key");
});
test("CredentialsURI takes the address of the environment where the profile has none", () =>
  check(
    { mode: "CredentialsURI" },
    one("uri", inAnHourMs),
    () => ({ json: temporary("uri", inAnHour) }),
    () => ({ env: { ALIBABA_CLOUD_CREDENTIALS_URI: "http://127.0.0.1/" } }),
  ));
test("CredentialsURI without an address says so", () =>
  check({ mode: "CredentialsURI" }, failure("profileIncomplete", "p: credentials_uri")));
test("CredentialsURI reads no file", () =>
  check(
    { mode: "CredentialsURI", credentials_uri: "file:///etc/passwd" },
    failure("profileIncomplete", "CredentialsURI: credentials_uri"),
  ));
test("CredentialsURI tells the status and the code of a refusal and nothing that may quote the address", () =>
  check(uri, failure("renewalFailed", "CredentialsURI: HTTP 401: Denied"), () => ({
    status: 401,
    json: { Code: "Denied", Message: "not with key=uri-key" },
  })));
test("CredentialsURI whose code is not Success gives nothing", () =>
  check(uri, failure("renewalFailed", "CredentialsURI: Failed"), () => ({
    json: { Code: "Failed", ...temporary("u", inAnHour) },
  })));

const cloudSso = {
  mode: "CloudSSO",
  cloud_sso_sign_in_url: "https://signin-cn-shanghai.alibabacloudsso.com/x/login",
  cloud_sso_account_id: "1",
  cloud_sso_access_config: "ac-1",
  access_token: "sso-token",
  cloud_sso_access_token_expire: startMs / 1000 + 60,
};
test("CloudSSO exchanges the sign-in for a credential", async () => {
  const at = await ask(cloudSso, one("sso", inAnHourMs), () => ({
    json: { CloudCredential: temporary("sso", inAnHour) },
  }));
  const [request] = at.requests;
  assert.equal(request?.url, "https://signin-cn-shanghai.alibabacloudsso.com/cloud-credentials");
  assert.equal(request?.headers["authorization"], "Bearer sso-token");
  assert.deepEqual(JSON.parse(request?.body ?? ""), { AccountId: "1", AccessConfigurationId: "ac-1" });
});
test("CloudSSO uses what the CLI stored while it holds", () =>
  check(
    { ...cloudSso, ...ak, sts_token: "t", sts_expiration: startMs / 1000 + 3600 },
    { ...akCredential, securityToken: "t", expiresMs: inAnHourMs },
  ));
test("CloudSSO does not use what ends within five minutes", () =>
  check({ ...cloudSso, ...ak, sts_token: "t", sts_expiration: startMs / 1000 + 300 }, one("sso", inAnHourMs), () => ({
    json: { CloudCredential: temporary("sso", inAnHour) },
  })));
test("CloudSSO whose sign-in is over is expired", () =>
  check({ ...cloudSso, cloud_sso_access_token_expire: startMs / 1000 }, failure("expired", "p")));
test("CloudSSO without its account names what is missing", () =>
  check({ ...cloudSso, cloud_sso_account_id: "" }, failure("profileIncomplete", "p: cloud_sso_account_id")));

const oauth = {
  mode: "OAuth",
  oauth_site_type: "INTL",
  oauth_access_token: "oauth-access",
  oauth_refresh_token: "oauth-refresh",
  oauth_access_token_expire: startMs / 1000 + 3600,
};
const exchanged = { accessKeyId: "STS.o", accessKeySecret: "secret-o", securityToken: "token-o", expiration: inAnHour };
test("OAuth exchanges the CLI's token", async () => {
  const at = await ask(oauth, one("o", inAnHourMs), () => ({ json: exchanged }));
  assert.deepEqual(
    at.requests.map(({ url, headers }) => [url, headers["authorization"]]),
    [["https://oauth.alibabacloud.com/v1/exchange", "Bearer oauth-access"]],
  );
});
test("OAuth renews a token that is over and keeps its successor in the CLI's file, and all else that is in it", async () => {
  const at = world();
  at.say = (request) =>
    request.url.pathname === "/v1/token"
      ? { json: { access_token: "access-2", refresh_token: "refresh-2", expires_in: 600 } }
      : { json: exchanged };
  const text = JSON.stringify({
    current: "p",
    meta_path: "/m",
    profiles: [
      { name: "p", ...oauth, oauth_access_token_expire: 1, language: "en" },
      { name: "q", future: [1] },
    ],
  });
  const source = configFile(at, text);
  assert.deepEqual(await current(at, source), one("o", inAnHourMs));
  assert.equal(at.requests[1]?.headers["authorization"], "Bearer access-2");
  const path = join(at.folder, "config.json");
  assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), {
    current: "p",
    meta_path: "/m",
    profiles: [
      {
        name: "p",
        ...oauth,
        oauth_access_token: "access-2",
        oauth_refresh_token: "refresh-2",
        oauth_access_token_expire: startMs / 1000 + 600,
        language: "en",
      },
      { name: "q", future: [1] },
    ],
  });
  assert.equal(statSync(path).mode & 0o777, 0o600);
});
test("OAuth without a refresh token is expired", () =>
  check({ ...oauth, oauth_refresh_token: "", oauth_access_token_expire: 1 }, failure("expired", "p")));
test("OAuth of no known site says so", () =>
  check({ ...oauth, oauth_site_type: "XX" }, failure("profileIncomplete", "p: oauth_site_type")));

const printing = (value: object) =>
  `${process.execPath} -e 'process.stdout.write(${JSON.stringify(JSON.stringify(value))})'`;
const confirmed = (command: string) => () => ({ confirmedCommands: new Set([commandFingerprint(command)]) });
const printed = printing({
  mode: "StsToken",
  access_key_id: "i",
  access_key_secret: "s",
  sts_token: "t",
  expiration: inAnHour,
});
test("External does not run before it is allowed", () =>
  check(
    { mode: "External", process_command: `${process.execPath} -e "require('fs').writeFileSync('ran', '')"` },
    failure("commandNotConfirmed", "p"),
  ));
test("External runs the command that was allowed", () =>
  check(
    { mode: "External", process_command: printed },
    { accessKeyId: "i", accessKeySecret: "s", securityToken: "t", expiresMs: inAnHourMs },
    undefined,
    confirmed(printed),
  ));
test("External does not run another command than the one that was allowed", () =>
  check(
    { mode: "External", process_command: `${printed} more` },
    failure("commandNotConfirmed", "p"),
    undefined,
    confirmed(printed),
  ));
const role = printing({ mode: "RamRoleArn", ...ak, ram_role_arn: "r" });
test("External may print a profile of another mode", () =>
  check({ mode: "External", process_command: role }, one("role", inAnHourMs), sts("role"), confirmed(role)));
const itself = printing({ mode: "External", process_command: "x" });
test("External may not print External", () =>
  check(
    { mode: "External", process_command: itself },
    failure("profileIncomplete", "p: process_command: mode"),
    undefined,
    confirmed(itself),
  ));
const failing = `${process.execPath} -e "console.error('external-secret'); process.exit(3)"`;
test("External that fails tells how it ended and not what it said", () =>
  check(
    { mode: "External", process_command: failing },
    failure("renewalFailed", "p: process_command: 3"),
    undefined,
    confirmed(failing),
  ));
test("External whose program is not there says so", () =>
  check(
    { mode: "External", process_command: "/no/such/program" },
    failure("renewalFailed", "p: process_command: ENOENT"),
    undefined,
    confirmed("/no/such/program"),
  ));
const talking = `${process.execPath} -e "console.log('external-secret')"`;
test("External that prints no JSON says so without it", () =>
  check(
    { mode: "External", process_command: talking },
    failure("renewalFailed", "p: process_command: JSON"),
    undefined,
    confirmed(talking),
  ));

test("quotes hold words of a command together", () =>
  assert.deepEqual(commandWords(`"C:\\Program Files\\t.exe" 'a b' "" c`, true), [
    "C:\\Program Files\\t.exe",
    "a b",
    "",
    "c",
  ]));
test("a backslash takes the next character as it is", () =>
  assert.deepEqual(commandWords('a\\ b \\" c', false), ["a b", '"', "c"]));
test("a quote that does not end makes no command", () => assert.equal(commandWords("a 'b", false), undefined));

for (const mode of ["RsaKeyPair", "BearerToken", "Anonymous", "Quantum"]) {
  test(`${mode} cannot sign here and is named`, () =>
    check({ mode, private_key: "k", key_pair_name: "n", bearer_token: "b" }, failure("modeUnknown", mode)));
}

test("a folder in the place of the file is unreadable", async () => {
  const at = world();
  const path = join(at.folder, "folder");
  mkdirSync(path);
  assert.deepEqual(
    await current(at, { kind: "profile", path, profile: "p" }),
    failure("fileUnreadable", `${path}: EISDIR`),
  );
});
