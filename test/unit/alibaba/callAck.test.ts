import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ackError,
  asSent,
  credentialsInTurn,
  nowMs,
  permanent,
  runAck,
  type Setting,
  type Step,
  temporary,
} from "./calls.ts";
import { openApiSignature } from "./verifySignature.ts";

const ok: Step = { headers: { "x-acs-request-id": "R2" }, body: { clusters: [] } };

/** The code a call ends with, or how, and after how many requests. */
async function checked(
  steps: readonly Step[],
  ends: string,
  requests: number,
  change: Parameters<typeof runAck>[1] = {},
  setting: Setting = {},
) {
  const made = await runAck(steps, change, setting);
  const { outcome } = made;
  const end = outcome.kind === "refused" || outcome.kind === "throttled" ? outcome.code : outcome.kind;
  assert.deepEqual([end, made.requests.length], [ends, requests]);
  return made;
}

async function check(...call: Parameters<typeof checked>): Promise<void> {
  await checked(...call);
}

test("an answer has its JSON and its request id", async () => {
  const { outcome } = await checked([ok], "ok", 1);
  assert.ok(outcome.kind === "ok");
  assert.deepEqual([outcome.json, outcome.requestId], [{ clusters: [] }, "R2"]);
});

test("a request is signed as the gateway verifies it", async () => {
  const { requests } = await checked([ok], "ok", 1, { query: { name: "a*b (c)!'", cluster_type: "" } });
  const [received] = requests;
  assert.ok(received);
  assert.equal(received.path, "/api/v1/clusters?cluster_type=&name=a%2Ab%20%28c%29%21%27");
  assert.equal(received.headers["authorization"], openApiSignature(asSent(received), permanent));
  assert.deepEqual(
    ["x-acs-action", "x-acs-version", "x-acs-date", "user-agent", "accept"].map((name) => received.headers[name]),
    ["DescribeClustersV1", "2015-12-15", "2026-11-24T03:10:07Z", "ack-container-audit/0.1.0", "application/json"],
  );
});

test("a POST has its body as JSON, signed", async () => {
  const body = [{ name: "ack-advanced-audit", version: "v1.0.0" }];
  const change = {
    name: "InstallClusterAddons",
    method: "POST",
    path: "/clusters/c1/components/install",
    body,
  } as const;
  const { requests } = await checked([ok], "ok", 1, change);
  const [received] = requests;
  assert.ok(received);
  assert.equal(`${received.body}`, '[{"name":"ack-advanced-audit","version":"v1.0.0"}]');
  assert.equal(received.headers["content-type"], "application/json; charset=utf-8");
  assert.equal(received.headers["authorization"], openApiSignature(asSent(received), permanent));
});

test("a refusal in small members", async () => {
  const { outcome } = await checked(
    [ackError(404, "ErrorClusterNotFound", "cluster not found")],
    "ErrorClusterNotFound",
    1,
  );
  assert.deepEqual(outcome, {
    kind: "refused",
    status: 404,
    code: "ErrorClusterNotFound",
    message: "cluster not found",
    requestId: "R1",
    action: undefined,
  });
});

test("a refusal in large members, as the gateway writes it", async () => {
  const body = { Code: "SignatureDoesNotMatch", Message: "no", RequestId: "R3" };
  const { outcome } = await checked([{ status: 400, body }], "SignatureDoesNotMatch", 1);
  assert.equal(outcome.kind === "refused" && outcome.requestId, "R3");
});

for (const [claim, step, action] of [
  [
    "AccessDeniedDetail",
    ackError(403, "Forbidden.RAM", "no", { AccessDeniedDetail: { AuthAction: "cs:DescribeClusters" } }),
    "cs:DescribeClusters",
  ],
  [
    "the message",
    ackError(403, "StatusForbidden", "RAM policy Forbidden for action cs:ScaleCluster"),
    "cs:ScaleCluster",
  ],
  [
    "the message of a temporary credential",
    ackError(403, "Forbidden", "STSToken policy Forbidden for action cs:GetClusters"),
    "cs:GetClusters",
  ],
  ["the operation's name", ackError(403, "NoPermission", "no"), "cs:DescribeClustersV1"],
] as const) {
  test(`a denial names the missing action by ${claim}`, async () => {
    const { outcome } = await checked([step], step.body === undefined ? "" : (step.body as { code: string }).code, 1);
    assert.equal(outcome.kind === "refused" && outcome.action, action);
  });
}

for (const code of ["Throttling", "Throttling.User", "Throttling.Api"]) {
  test(`${code} slows down`, async () => {
    const { events } = await checked([ackError(400, code), ok], "ok", 2, { repeatable: false });
    assert.deepEqual(events, [{ kind: "throttled", operation: "DescribeClustersV1", waitMs: 250 }]);
  });
}

test("a quota of clusters is not waited for", () =>
  check([ackError(400, "ErrorQuotaExceeded"), ok], "ErrorQuotaExceeded", 1));

for (const code of ["InvalidTimeStamp.Expired", "IllegalTimestamp"]) {
  test(`${code} corrects the clock by the server's and says so`, async () => {
    const headers = { date: new Date(nowMs - 1_200_000).toUTCString() };
    const { requests, events } = await checked([{ ...ackError(400, code), headers }, ok], "ok", 2);
    assert.deepEqual(
      requests.map((request) => request.headers["x-acs-date"]),
      ["2026-11-24T03:10:07Z", "2026-11-24T02:50:07Z"],
    );
    assert.deepEqual(events, [{ kind: "clockCorrected", byMs: -1_200_000 }]);
  });
}

test("a nonce that was used is replaced, once", async () => {
  const { requests } = await checked([ackError(400, "SignatureNonceUsed")], "SignatureNonceUsed", 2);
  const [one, other] = requests.map(({ headers }) => headers["x-acs-signature-nonce"]);
  assert.notEqual(one, other);
});
test("… but what cannot be repeated may have been done with it", () =>
  check([ackError(400, "SignatureNonceUsed"), ok], "SignatureNonceUsed", 1, { repeatable: false }));

for (const code of ["InvalidSecurityToken.Expired", "InvalidSecurityToken.Malformed", "InvalidAccessKeyId.NotFound"]) {
  test(`${code} asks for another credential`, async () => {
    const credentials = credentialsInTurn(temporary("a"), temporary("b"));
    const { requests, events } = await checked(
      [ackError(403, code), ok],
      "ok",
      2,
      { repeatable: false },
      { credentials },
    );
    assert.equal(requests[1]?.headers["x-acs-security-token"], "token-of-b");
    assert.deepEqual(events, [{ kind: "credentialRenewed" }]);
  });
}

test("a signature that does not match does not repeat the token", async () => {
  const message = "server CanonicalRequest is: GET\nx-acs-security-token:token-of-a\n";
  const { outcome } = await checked(
    [ackError(400, "SignatureDoesNotMatch", message)],
    "SignatureDoesNotMatch",
    1,
    {},
    {
      credentials: credentialsInTurn(temporary("a")),
    },
  );
  assert.equal(
    outcome.kind === "refused" && outcome.message,
    "server CanonicalRequest is: GET\nx-acs-security-token:***\n",
  );
});

test("many calls that find the clock wrong together correct it once", async () => {
  let skewed = 0;
  const headers = { date: new Date(nowMs + 3_600_000).toUTCString() };
  const byTime: Step = {
    instead: (received, response) => {
      const isRight = received.headers["x-acs-date"] === "2026-11-24T04:10:07Z";
      if (!isRight) skewed += 1;
      response.writeHead(isRight ? 200 : 400, headers).end(isRight ? "{}" : '{"code":"InvalidTimeStamp.Expired"}');
    },
  };
  const { events, requests } = await checked([byTime], "ok", 16, {}, { together: 8 });
  assert.deepEqual([events.length, skewed, requests.length], [1, 8, 16]);
});
