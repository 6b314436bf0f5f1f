import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Credential } from "../../../src/alibaba/credential.ts";
import { type EndpointTemplate, isEndpointProblem, readEndpoint } from "../../../src/alibaba/endpoints.ts";
import type { HttpRequest } from "../../../src/alibaba/http.ts";
import { callerIdentity } from "../../../src/alibaba/identity.ts";
import { callsOf, createCallWorld } from "../../../src/editor/cloud/callContext.ts";
import { credentialFacts } from "../../../src/editor/cloud/credentialFacts.ts";
import type { StoredAccount } from "../../../src/editor/cloud/storedAccounts.ts";
import { type Received, serve } from "../alibaba/loopback.ts";
import { openApiSignature } from "../alibaba/verifySignature.ts";

const long: Credential = {
  accessKeyId: "LTAI-long",
  accessKeySecret: "CANARY-long",
  securityToken: undefined,
  expiresMs: undefined,
};
const assumed: Credential = {
  accessKeyId: "STS.assumed",
  accessKeySecret: "CANARY-assumed",
  securityToken: "CANARY/token+=",
  expiresMs: undefined,
};

/** STS: gives a role to who signs with the long key, and tells who signs with the role's. */
function answer(received: Received, expiration: string): { readonly status: number; readonly json: object } {
  const request: HttpRequest = {
    method: "POST",
    url: new URL(received.path, `http://${received.host}`),
    headers: received.headers,
    body: received.body,
  };
  const isFrom = (credential: Credential) =>
    received.headers["authorization"] === openApiSignature(request, credential) &&
    received.headers["x-acs-security-token"] === credential.securityToken;
  const action = received.headers["x-acs-action"];
  if (action === "AssumeRole" && isFrom(long) && request.url.searchParams.get("RoleArn") === "acs:ram::1:role/a b") {
    const { accessKeyId, accessKeySecret, securityToken } = assumed;
    return {
      status: 200,
      json: {
        Credentials: {
          AccessKeyId: accessKeyId,
          AccessKeySecret: accessKeySecret,
          SecurityToken: securityToken,
          Expiration: expiration,
        },
      },
    };
  }
  if (action === "GetCallerIdentity" && isFrom(assumed)) {
    return {
      status: 200,
      json: { IdentityType: "AssumedRoleUser", AccountId: "1", Arn: "acs:ram::1:assumed-role/a b/s" },
    };
  }
  return { status: 400, json: { Code: "SignatureDoesNotMatch", Message: `${action}` } };
}

test("an account of a profile with a role is who its role is, over the wire and with real signatures", async () => {
  const expiration = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, "Z");
  await using sts = await serve((received, response) => {
    const { status, json } = answer(received, expiration);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
  });
  const folder = mkdtempSync(join(tmpdir(), "cloud-calls-"));
  const path = join(folder, "config.json");
  const profile = {
    name: "role",
    mode: "RamRoleArn",
    access_key_id: long.accessKeyId,
    access_key_secret: long.accessKeySecret,
    ram_role_arn: "acs:ram::1:role/a b",
    ram_session_name: "s",
  };
  writeFileSync(path, JSON.stringify({ profiles: [profile] }));
  const account: StoredAccount = {
    id: "1",
    name: "work",
    source: { kind: "profile", path, profile: "role" },
    site: "china",
    endpoints: { sts: endpoint(`http://sts.localhost:${sts.port}`) },
    regions: [],
    confirmedCommands: [],
    owner: { accountId: "1", arn: "" },
  };
  const told: unknown[] = [];
  const network = { proxy: () => "http://127.0.0.1:9", strictSsl: () => true, noProxy: () => [] };
  const world = createCallWorld(network, "ack-container-audit/test", (name, event) => told.push([name, event]));
  try {
    const { context, credentials } = callsOf(world, account, () => Promise.resolve(undefined));
    const identity = await callerIdentity(context, "", new AbortController().signal);
    assert.deepEqual(identity, {
      kind: "identity",
      type: "AssumedRoleUser",
      accountId: "1",
      arn: "acs:ram::1:assumed-role/a b/s",
      userId: undefined,
      roleId: undefined,
    });
    assert.deepEqual(credentialFacts(account.source, credentials.known()), {
      source: account.source,
      accessKeyId: "STS.…umed",
      isTemporary: true,
      expiresMs: Date.parse(expiration),
      failure: undefined,
    });
    assert.deepEqual(
      sts.requests.map(({ host, headers }) => [host, headers["x-acs-action"], headers["user-agent"]]),
      [
        [`sts.localhost:${sts.port}`, "AssumeRole", "ack-container-audit/test"],
        [`sts.localhost:${sts.port}`, "GetCallerIdentity", "ack-container-audit/test"],
      ],
    );
    assert.equal(JSON.stringify(told).includes("CANARY"), false);
  } finally {
    world.transport.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

function endpoint(text: string): EndpointTemplate {
  const read = readEndpoint(text);
  assert.ok(!isEndpointProblem(read));
  return read;
}
