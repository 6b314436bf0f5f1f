import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleepReally } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { CallOutcome } from "../../../src/alibaba/call.ts";
import {
  asSent,
  credentialsInTurn,
  nowMs,
  permanent,
  type Run,
  runSls,
  type Setting,
  type Step,
  slsError,
  temporary,
} from "./calls.ts";
import { slsSignature } from "./verifySignature.ts";

const ok: Step = { headers: { "x-log-requestid": "R2" }, body: { meta: { progress: "Complete" }, data: [] } };
const reset: Step = { instead: (_, _response, request) => request.socket.destroy() };

function kindOf(outcome: CallOutcome): string {
  switch (outcome.kind) {
    case "refused":
      return `refused ${outcome.status} ${outcome.code}`;
    case "throttled":
      return `throttled ${outcome.code}`;
    case "noAnswer":
      return `noAnswer ${outcome.failure.reason}`;
    case "noCredential":
      return `noCredential ${outcome.failure.code}`;
    case "ok":
    case "malformed":
      return outcome.kind;
    default:
      return outcome satisfies never;
  }
}

/** How a call ends and after how many requests. */
async function checked(
  steps: readonly Step[],
  ends: string,
  requests: number,
  change: Parameters<typeof runSls>[1] = {},
  setting: Setting = {},
): Promise<Run> {
  const made = await runSls(steps, change, setting);
  assert.deepEqual([kindOf(made.outcome), made.requests.length], [ends, requests]);
  return made;
}

async function check(...call: Parameters<typeof checked>): Promise<void> {
  await checked(...call);
}

test("an answer is read as JSON, with its headers and its request id", async () => {
  const { outcome } = await checked([ok], "ok", 1);
  assert.ok(outcome.kind === "ok");
  assert.deepEqual([outcome.json, outcome.requestId], [{ meta: { progress: "Complete" }, data: [] }, "R2"]);
  assert.equal(outcome.headers["x-log-requestid"], "R2");
});

test("an empty body is an answer", async () => {
  const { outcome } = await checked([{ status: 200 }], "ok", 1);
  assert.ok(outcome.kind === "ok" && outcome.json === undefined);
});

test("a request goes to its project and is signed as SLS verifies it", async () => {
  const { requests } = await checked([ok], "ok", 1, { query: { q: "*!'()**", topic: "" } });
  const [received] = requests;
  assert.ok(received);
  assert.match(received.host, /^k8s-log-c1\.sls\.localhost:\d+$/);
  assert.equal(received.path, "/logstores/advaudit-c1/logs?q=%2A%21%27%28%29%2A%2A&topic");
  assert.equal(received.headers["authorization"], slsSignature(asSent(received), permanent, "cn-hangzhou"));
  assert.equal(received.headers["user-agent"], "ack-container-audit/0.1.0");
  assert.equal(received.headers["x-log-date"], "20261124T031007Z");
});

test("what the typed client drops is sent: isAccurate", async () => {
  const { requests } = await checked([ok], "ok", 1, { body: { query: "*", isAccurate: true } });
  assert.deepEqual(JSON.parse(`${requests[0]?.body}`), { query: "*", isAccurate: true });
});

test("without a project the host is the region's own", async () => {
  const { requests } = await checked([ok], "ok", 1, { project: undefined, method: "GET", path: "/", body: undefined });
  assert.match(requests[0]?.host ?? "", /^sls\.localhost:\d+$/);
});

test("a project that is no part of a host name is asked of nobody", async () => {
  await check([ok], "noAnswer dns", 0, { project: "evil.example/" });
});

test("an answer is decompressed", async () => {
  const zipped: Step = {
    instead: (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync('{"data":[1]}')),
  };
  const { outcome } = await checked([zipped], "ok", 1);
  assert.deepEqual(outcome.kind === "ok" && outcome.json, { data: [1] });
});

// Refusals.

test("a refusal has the service's code, message and request id, and is not tried again", async () => {
  const { outcome } = await checked(
    [slsError(404, "LogStoreNotExist", "logstore x does not exist")],
    "refused 404 LogStoreNotExist",
    1,
  );
  assert.deepEqual(outcome, {
    kind: "refused",
    status: 404,
    code: "LogStoreNotExist",
    message: "logstore x does not exist",
    requestId: "R1",
    action: undefined,
  });
});

for (const [claim, step, action] of [
  [
    "accessDeniedDetail",
    slsError(401, "Unauthorized", "denied", { accessDeniedDetail: { AuthAction: "log:GetIndex" } }),
    "log:GetIndex",
  ],
  [
    "accessDeniedDetail as text",
    slsError(403, "Unauthorized", "denied", { accessDeniedDetail: '{"AuthAction":"log:GetIndex"}' }),
    "log:GetIndex",
  ],
  [
    "the message",
    slsError(401, "Unauthorized", "denied by sts or ram, action: log:ListLogStores, resource: acs:log:cn:1:project/p"),
    "log:ListLogStores",
  ],
  ["what the operation needs", slsError(401, "Unauthorized", "denied"), "log:GetLogStoreLogs"],
] as const) {
  test(`a denial names the missing action by ${claim}`, async () => {
    const { outcome } = await checked([step], `refused ${step.status} Unauthorized`, 1);
    assert.equal(outcome.kind === "refused" && outcome.action, action);
  });
}

test("an operation that RAM knows by its own name", async () => {
  const { outcome } = await checked([slsError(403, "Unauthorized")], "refused 403 Unauthorized", 1, {
    name: "GetIndex",
  });
  assert.equal(outcome.kind === "refused" && outcome.action, "log:GetIndex");
});

test("a refusal that is no JSON is told by its status", () =>
  check([{ status: 403, body: "<html>" }], "refused 403 ", 1));

test("no answer repeats the secret or the token", async () => {
  const credential = temporary("a");
  const message = `server string to sign is: POST\nx-acs-security-token:${credential.securityToken}\n${credential.accessKeySecret}`;
  const { outcome } = await checked(
    [slsError(401, "SignatureNotMatch", message)],
    "refused 401 SignatureNotMatch",
    1,
    {},
    {
      credentials: credentialsInTurn(credential),
    },
  );
  assert.equal(
    outcome.kind === "refused" && outcome.message,
    "server string to sign is: POST\nx-acs-security-token:***\n***",
  );
});

// What is malformed.

for (const body of ["{", "<html></html>", "[1,", '{"data":[{"a":"b"']) {
  test(`«${body}» is no JSON`, () => check([{ body }], "malformed", 1));
}

test("what is malformed is told without the body", async () => {
  const { outcome } = await checked([{ body: "<html>secret" }], "malformed", 1);
  assert.equal(outcome.kind === "malformed" && outcome.detail, "GetLogsV2: 200 application/json 12 B");
});

// Retries.

for (const status of [500, 502, 503, 504]) {
  test(`${status} is tried again`, () => check([slsError(status, "InternalServerError"), ok], "ok", 2));
}

test("retries wait ever longer, with jitter, and end", async () => {
  const { waitsMs, events } = await checked(
    [slsError(500, "InternalServerError")],
    "refused 500 InternalServerError",
    6,
  );
  assert.deepEqual(waitsMs, [100, 200, 400, 800, 1_600]);
  assert.deepEqual(events[1], {
    kind: "retry",
    operation: "GetLogsV2",
    attempt: 2,
    waitMs: 200,
    why: "500 InternalServerError",
  });
});

for (const [status, code] of [
  [403, "ReadQuotaExceed"],
  [403, "ShardReadQuotaExceed"],
  [403, "WriteQuotaExceed"],
  [429, "TooManyRequests"],
  [503, "ServerBusy"],
] as const) {
  test(`${code} slows down and never fails at once`, async () => {
    const { events } = await checked([slsError(status, code), slsError(status, code), ok], "ok", 3);
    assert.deepEqual(events, [
      { kind: "throttled", operation: "GetLogsV2", waitMs: 250 },
      { kind: "throttled", operation: "GetLogsV2", waitMs: 500 },
    ]);
  });
}

test("throttling without end ends", async () => {
  const { waitsMs } = await checked(
    [slsError(403, "ReadQuotaExceed", "Read QPS Exceed")],
    "throttled ReadQuotaExceed",
    6,
  );
  assert.deepEqual(waitsMs, [250, 500, 1_000, 2_000, 4_000]);
});

test("what a service asks to wait is waited, and the jitter on top", async () => {
  const busy: Step = { ...slsError(503, "ServerBusy"), headers: { "retry-after": "7" } };
  assert.deepEqual((await checked([busy, ok], "ok", 2)).waitsMs, [7_250]);
  const dated: Step = { ...busy, headers: { "retry-after": new Date(nowMs + 3_000).toUTCString() } };
  assert.deepEqual((await checked([dated, ok], "ok", 2)).waitsMs, [3_250]);
});

test("a service that asks for more than a minute is not waited for", async () => {
  const busy: Step = { ...slsError(503, "ServerBusy"), headers: { "retry-after": "3600" } };
  assert.deepEqual((await checked([busy, ok], "throttled ServerBusy", 1)).waitsMs, []);
});

test("a connection that is reset is tried again", () => check([reset, ok], "ok", 2));
test("resets without end end", () => check([reset], "noAnswer reset", 6));
test("an answer that cannot be decompressed is tried again once", () =>
  check([{ headers: { "content-encoding": "gzip" }, body: "{}" }], "noAnswer compression", 2));
test("an answer that takes too long is tried again once", () =>
  check([{ instead: () => {} }], "noAnswer timeout", 2, { timeoutMs: 40 }));

test("kinds of failure share the five retries", () =>
  check(
    [reset, slsError(500, "A"), slsError(403, "ReadQuotaExceed"), reset, slsError(500, "B"), reset, ok],
    "noAnswer reset",
    6,
  ));

// What must not be done twice.

const once = { repeatable: false, name: "UpdateLogStore" } as const;

test("what cannot be repeated is not sent again after a reset", () => check([reset, ok], "noAnswer reset", 1, once));
test("… nor after a failure of the service", () => check([slsError(500, "E"), ok], "refused 500 E", 1, once));
test("… nor when it took too long", () =>
  check([{ instead: () => {} }, ok], "noAnswer timeout", 1, { ...once, timeoutMs: 40 }));
test("… nor when its answer cannot be read", () =>
  check([{ headers: { "content-encoding": "gzip" }, body: "{}" }, ok], "noAnswer compression", 1, once));
test("… but is when it was refused for a quota", () => check([slsError(403, "WriteQuotaExceed"), ok], "ok", 2, once));
test("… and takes a connection of its own", async () => {
  const { connections } = await checked([ok], "ok", 3, once, { times: 3 });
  assert.equal(connections, 3);
});

// The clock.

const skewed = (code: string, dateMs: number): Step => ({
  ...slsError(400, code),
  headers: { date: new Date(dateMs).toUTCString() },
});
const hourMs = 3_600_000;

for (const code of ["RequestTimeTooSkewed", "RequestTimeExpired"]) {
  test(`${code} corrects the clock by the server's, says so, and stays corrected`, async () => {
    const { requests, events } = await checked([skewed(code, nowMs + hourMs), ok], "ok", 3, {}, { times: 2 });
    assert.deepEqual(
      requests.map(({ headers }) => headers["x-log-date"]),
      ["20261124T031007Z", "20261124T041007Z", "20261124T041007Z"],
    );
    assert.deepEqual(events, [{ kind: "clockCorrected", byMs: hourMs }]);
  });
}

test("what cannot be repeated is sent again after its time was refused", () =>
  check([skewed("RequestTimeTooSkewed", nowMs - hourMs), ok], "ok", 2, once));
test("a clock that is refused again is corrected once", () =>
  check([skewed("RequestTimeTooSkewed", nowMs + hourMs)], "refused 400 RequestTimeTooSkewed", 2));
test("a server whose clock runs away is not followed", async () => {
  let hours = 0;
  const running: Step = {
    instead: (_, response) => {
      hours += 1;
      const headers = { date: new Date(nowMs + hours * hourMs).toUTCString() };
      response.writeHead(400, headers).end('{"errorCode":"RequestTimeTooSkewed","errorMessage":""}');
    },
  };
  await check([running], "refused 400 RequestTimeTooSkewed", 2);
});
test("a server that has the same time does not correct it", async () => {
  const { events } = await checked(
    [skewed("RequestTimeTooSkewed", nowMs + 1_000)],
    "refused 400 RequestTimeTooSkewed",
    1,
  );
  assert.deepEqual(events, []);
});
test("an answer whose date is none does not correct it", () =>
  check(
    [{ ...slsError(400, "RequestTimeTooSkewed"), headers: { date: "yesterday" } }],
    "refused 400 RequestTimeTooSkewed",
    1,
  ));

// Credentials.

for (const step of [
  slsError(401, "SecurityTokenExpired", "The security token has expired"),
  slsError(401, "InvalidSecurityToken"),
  slsError(401, "Unauthorized", "The security token you provided is invalid"),
  slsError(401, "InvalidAccessKeyId", "Invalid accessKeyId: STS.a"),
]) {
  const { errorCode } = step.body as { readonly errorCode: string };
  test(`${errorCode} asks for another credential, once`, async () => {
    const credentials = credentialsInTurn(temporary("a"), temporary("b"), temporary("c"));
    const { requests, events } = await checked([step, ok], "ok", 2, once, { credentials });
    assert.deepEqual(credentials.refused, [temporary("a")]);
    assert.equal(requests[1]?.headers["x-acs-security-token"], "token-of-b");
    assert.deepEqual(events, [{ kind: "credentialRenewed" }]);
    await check(
      [step],
      `refused 401 ${errorCode}`,
      2,
      {},
      { credentials: credentialsInTurn(temporary("a"), temporary("b")) },
    );
  });
}

test("a credential that stays the same is not sent again", () =>
  check(
    [slsError(401, "SecurityTokenExpired")],
    "refused 401 SecurityTokenExpired",
    1,
    {},
    {
      credentials: { current: async () => temporary("a"), invalidate: () => {} },
    },
  ));

test("a key without a token is not renewed", async () => {
  const credentials = credentialsInTurn(permanent, temporary("b"));
  await check([slsError(401, "InvalidAccessKeyId")], "refused 401 InvalidAccessKeyId", 1, {}, { credentials });
  assert.deepEqual(credentials.refused, []);
});

test("a denial of a temporary credential is no reason to renew it", async () => {
  const credentials = credentialsInTurn(temporary("a"), temporary("b"));
  const denied = slsError(401, "Unauthorized", "denied by sts or ram, action: log:GetLogStoreLogs");
  const { outcome } = await checked([denied], "refused 401 Unauthorized", 1, {}, { credentials });
  assert.equal(outcome.kind === "refused" && outcome.action, "log:GetLogStoreLogs");
});

test("without a credential nothing is sent", () =>
  check(
    [ok],
    "noCredential profileMissing",
    0,
    {},
    {
      credentials: credentialsInTurn({ kind: "credentialFailure", code: "profileMissing", detail: "x" }),
    },
  ));

test("a credential that cannot be renewed says why", () =>
  check(
    [slsError(401, "SecurityTokenExpired")],
    "noCredential renewalFailed",
    1,
    {},
    {
      credentials: credentialsInTurn(temporary("a"), { kind: "credentialFailure", code: "renewalFailed", detail: "x" }),
    },
  ));

// Cancelling.

test("cancelled before it begins, nothing is sent", () =>
  check([ok], "noAnswer aborted", 0, {}, { signal: AbortSignal.abort() }));

test("cancelled during the answer, it returns at once", async () => {
  const stop = new AbortController();
  await check([{ instead: () => stop.abort() }], "noAnswer aborted", 1, {}, { signal: stop.signal });
});

test("cancelled while it waits to try again, nothing more is sent", async () => {
  const stop = new AbortController();
  await check(
    [slsError(500, "E"), ok],
    "noAnswer aborted",
    1,
    {},
    { signal: stop.signal, sleep: async () => stop.abort() },
  );
});

test("cancelled while a credential is waited for that never comes, it returns at once", async () => {
  const stop = new AbortController();
  const credentials = { current: () => new Promise<never>(() => {}), invalidate: () => {} };
  setTimeout(() => stop.abort(), 20);
  await check([ok], "noAnswer aborted", 0, {}, { signal: stop.signal, credentials });
});

test("cancelled once it has an answer, the answer stays", async () => {
  const stop = new AbortController();
  const { outcome } = await runSls([ok], {}, { signal: stop.signal });
  stop.abort();
  await sleepReally(10);
  assert.equal(outcome.kind, "ok");
});
