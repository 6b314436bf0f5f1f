import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallContext } from "../../../src/alibaba/call.ts";
import type { Credential } from "../../../src/alibaba/credential.ts";
import { callerIdentity } from "../../../src/alibaba/identity.ts";
import { never, type Say, type World, world } from "./credentialTools.ts";

const credential: Credential = {
  accessKeyId: "LTAI-id",
  accessKeySecret: "ak-secret",
  securityToken: "sts-token",
  expiresMs: undefined,
};

/** The example of the documentation of GetCallerIdentity, its digits filled in. */
const documented = {
  IdentityType: "RAMUser",
  AccountId: "1968132000123456",
  RequestId: "3C87BF47-3724-5443-ADC1-5AEAD9A03EB1",
  PrincipalId: "288774244375213456",
  UserId: "216959339000123456",
  Arn: "acs:ram::1968132000123456:user/admin",
};

async function ask(say: Say, expected: object): Promise<{ at: World; refused: Credential[] }> {
  const at = world();
  at.say = say;
  const refused: Credential[] = [];
  const context: CallContext = {
    ...at.tools,
    credentials: { current: () => Promise.resolve(credential), invalidate: (given) => void refused.push(given) },
  };
  assert.deepEqual(await callerIdentity(context, "cn-hangzhou", never), expected);
  return { at, refused };
}

async function check(say: Say, expected: object): Promise<void> {
  await ask(say, expected);
}

test("a RAM user is who STS says, asked with a signed request that names the extension", async () => {
  const { at } = await ask(() => ({ json: documented }), {
    kind: "identity",
    type: "RAMUser",
    accountId: "1968132000123456",
    arn: "acs:ram::1968132000123456:user/admin",
    userId: "216959339000123456",
    roleId: undefined,
  });
  const [request] = at.requests;
  assert.equal(request?.url, "https://sts.cn-hangzhou.example/");
  assert.equal(request?.headers["x-acs-action"], "GetCallerIdentity");
  assert.equal(request?.headers["x-acs-version"], "2015-04-01");
  assert.equal(request?.headers["x-acs-security-token"], "sts-token");
  assert.equal(request?.headers["user-agent"], "ack-container-audit/test");
  assert.match(
    request?.headers["authorization"] ?? "",
    /^ACS3-HMAC-SHA256 Credential=LTAI-id,SignedHeaders=[a-z0-9;-]*x-acs-security-token[a-z0-9;-]*,Signature=[0-9a-f]{64}$/,
  );
});
test("a role is told with its id", () =>
  check(
    () => ({
      json: {
        IdentityType: "AssumedRoleUser",
        AccountId: "1968132000123456",
        Arn: "acs:ram::1968132000123456:assumed-role/audit/s",
        RoleId: "335376200829923456",
      },
    }),
    {
      kind: "identity",
      type: "AssumedRoleUser",
      accountId: "1968132000123456",
      arn: "acs:ram::1968132000123456:assumed-role/audit/s",
      userId: undefined,
      roleId: "335376200829923456",
    },
  ));
test("a key that does not exist is refused with what STS said, and not used again", async () => {
  const { refused } = await ask(
    () => ({
      status: 404,
      json: { RequestId: "R", Code: "InvalidAccessKeyId.NotFound", Message: "Specified access key is not found." },
    }),
    {
      kind: "refused",
      status: 404,
      code: "InvalidAccessKeyId.NotFound",
      message: "Specified access key is not found.",
      requestId: "R",
      action: undefined,
    },
  );
  assert.deepEqual(refused, [credential]);
});
test("a message that repeats the signed request does not repeat its token", () =>
  check(
    () => ({
      status: 400,
      json: {
        RequestId: "R",
        Code: "SignatureDoesNotMatch",
        Message: "server CanonicalRequest is [x-acs-security-token:sts-token]",
      },
    }),
    {
      kind: "refused",
      status: 400,
      code: "SignatureDoesNotMatch",
      message: "server CanonicalRequest is [x-acs-security-token:***]",
      requestId: "R",
      action: undefined,
    },
  ));
test("throttling is told after six attempts", async () => {
  const { at } = await ask(() => ({ status: 429, json: { Code: "Throttling.User", Message: "slow down" } }), {
    kind: "throttled",
    code: "Throttling.User",
    message: "slow down",
    requestId: "",
  });
  assert.equal(at.requests.length, 6);
});
test("no answer is told as such", () =>
  check(() => ({ kind: "failure", reason: "dns", detail: "sts.cn-hangzhou.example" }), {
    kind: "noAnswer",
    failure: { kind: "failure", reason: "dns", detail: "sts.cn-hangzhou.example" },
  }));
test("an identity of another shape is malformed", () =>
  check(() => ({ json: { RequestId: "R", IdentityType: "Robot", AccountId: "1" } }), {
    kind: "malformed",
    detail: "GetCallerIdentity",
    requestId: "",
  }));
