import assert from "node:assert/strict";
import { test } from "node:test";
import type { Credential } from "../../../src/alibaba/credential.ts";
import { percentEncode, signOpenApi, signSls } from "../../../src/alibaba/signing.ts";
import { openApiSignature, slsSignature } from "./verifySignature.ts";

const credential: Credential = {
  accessKeyId: "LTAI5tTestKey",
  accessKeySecret: "a secret/of+thirty characters=",
  securityToken: undefined,
  expiresMs: undefined,
};
const temporary: Credential = { ...credential, securityToken: "CAIS/token+with=characters" };
const timeMs = Date.UTC(2026, 10, 24, 3, 10, 7);
const host = "https://k8s-log-c1.cn-hangzhou.log.aliyuncs.com";

function slsRequest(change: object = {}) {
  return {
    method: "GET" as const,
    url: new URL(`${host}/logstores/advaudit-c1`),
    query: {},
    body: undefined,
    timeMs,
    userAgent: "ack-container-audit/0.1.0",
    region: "cn-hangzhou",
    operation: "GetLogsV2",
    ...change,
  };
}

async function checkSls(change: object, used: Credential = credential): Promise<void> {
  const signed = await signSls(slsRequest(change), used);
  assert.equal(signed.headers["authorization"], slsSignature(signed, used, "cn-hangzhou"));
}

test("V4: a POST with a JSON body", () =>
  checkSls({
    method: "POST",
    url: new URL(`${host}/logstores/advaudit-c1/logs`),
    body: { query: "* | select 1", from: 1 },
  }));
test("V4: a body beyond ASCII is signed by its bytes", () =>
  checkSls({ method: "POST", body: { query: "名前: \u{1f600}" } }));
test("V4: a plain GET", () => checkSls({ query: { type: "histogram", from: "1", to: "2" } }));
test("V4: a GET whose query has *!'() more than once", () =>
  checkSls({ query: { query: "* and (a!b) 'c' ** ((d))", type: "histogram" } }));
test("V4: a query with spaces, plus, percent and what is beyond ASCII", () =>
  checkSls({ query: { query: "a+b c%20d/é名?&=#~" } }));
test("V4: a parameter without a value", () => checkSls({ query: { topic: "", type: "log" } }));
test("V4: names sort by their characters", () => checkSls({ query: { b: "2", a_: "1", aB: "3", A: "4" } }));
test("V4: DELETE without a body", () => checkSls({ method: "DELETE" }));
test("V4: the root of a project", () => checkSls({ url: new URL(`${host}/`) }));
test("V4: a host with a port", () => checkSls({ url: new URL("http://k8s-log-c1.sls.localhost:8123/logstores") }));
test("V4: the token of a temporary credential is signed", () => checkSls({ query: { type: "log" } }, temporary));

test("V4: the query goes out as it was signed", async () => {
  const signed = await signSls(slsRequest({ query: { query: "* and 'a' (b)!", topic: "" } }), credential);
  assert.equal(signed.url.search, "?query=%2A%20and%20%27a%27%20%28b%29%21&topic");
});

test("V4: every header that SLS asks for", async () => {
  const signed = await signSls(slsRequest({ method: "POST", body: { from: 1 } }), temporary);
  const { authorization, ...rest } = signed.headers;
  assert.match(
    authorization ?? "",
    /^SLS4-HMAC-SHA256 Credential=LTAI5tTestKey\/20261124\/cn-hangzhou\/sls\/aliyun_v4_request,Signature=[0-9a-f]{64}$/,
  );
  assert.deepEqual(rest, {
    accept: "application/json",
    "accept-encoding": "gzip",
    "content-type": "application/json",
    host: "k8s-log-c1.cn-hangzhou.log.aliyuncs.com",
    "user-agent": "ack-container-audit/0.1.0",
    "x-acs-security-token": "CAIS/token+with=characters",
    "x-log-apiversion": "0.6.0",
    "x-log-bodyrawsize": "10",
    "x-log-content-sha256": "712948417e9dfd1fbaba9a2a056823484ebb18051c944207158a4d11c62561af",
    "x-log-date": "20261124T031007Z",
  });
  assert.equal(Buffer.from(signed.body ?? []).toString(), '{"from":1}');
});

test("V4: without a body the hash is that of nothing, and no type is named", async () => {
  const { headers, body } = await signSls(slsRequest(), credential);
  assert.deepEqual(
    [headers["x-log-content-sha256"], headers["x-log-bodyrawsize"], headers["content-type"], body],
    ["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "0", undefined, undefined],
  );
});

function openApiRequest(change: object = {}) {
  return {
    method: "GET" as const,
    url: new URL("https://cs.cn-hangzhou.aliyuncs.com/api/v1/clusters"),
    query: {},
    body: undefined,
    timeMs,
    userAgent: "ack-container-audit/0.1.0",
    action: "DescribeClustersV1",
    version: "2015-12-15",
    ...change,
  };
}

async function checkOpenApi(change: object, used: Credential = credential): Promise<void> {
  const signed = await signOpenApi(openApiRequest(change), used);
  assert.equal(signed.headers["authorization"], openApiSignature(signed, used));
}

test("ACS3: the verifier gives the signature of the vendor's own example", () => {
  // help.aliyun.com/document_detail/2593177.html: RunInstances with YourAccessKeyId and YourAccessKeySecret.
  const authorization = openApiSignature(
    {
      method: "POST",
      url: new URL(
        "https://ecs.cn-shanghai.aliyuncs.com/?ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai",
      ),
      headers: {
        host: "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
      },
      body: undefined,
    },
    { ...credential, accessKeyId: "YourAccessKeyId", accessKeySecret: "YourAccessKeySecret" },
  );
  assert.equal(
    authorization,
    "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
  );
});
test("ACS3: a GET with a query", () => checkOpenApi({ query: { page_size: "50", name: "a b*c!'()" } }));
test("ACS3: a parameter without a value", () => checkOpenApi({ query: { name: "", page_size: "1" } }));
test("ACS3: a POST with a JSON body", () => checkOpenApi({ method: "POST", body: [{ name: "ack-advanced-audit" }] }));
test("ACS3: a path with encoded parts", () =>
  checkOpenApi({ url: new URL("https://cs.cn-hangzhou.aliyuncs.com/clusters/c%20%2A/x~y") }));
test("ACS3: the token of a temporary credential is signed", () => checkOpenApi({}, temporary));

test("ACS3: every header that the gateway asks for", async () => {
  const signed = await signOpenApi(openApiRequest({ method: "POST", body: {} }), temporary, "nonce-1");
  const { authorization, ...rest } = signed.headers;
  assert.match(
    authorization ?? "",
    /^ACS3-HMAC-SHA256 Credential=LTAI5tTestKey,SignedHeaders=content-type;host;x-acs-/,
  );
  assert.deepEqual(rest, {
    accept: "application/json",
    "accept-encoding": "gzip",
    "content-type": "application/json; charset=utf-8",
    host: "cs.cn-hangzhou.aliyuncs.com",
    "user-agent": "ack-container-audit/0.1.0",
    "x-acs-action": "DescribeClustersV1",
    "x-acs-content-sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    "x-acs-date": "2026-11-24T03:10:07Z",
    "x-acs-security-token": "CAIS/token+with=characters",
    "x-acs-signature-nonce": "nonce-1",
    "x-acs-version": "2015-12-15",
  });
});

test("ACS3: no two requests have the same nonce", async () => {
  const [one, other] = await Promise.all([
    signOpenApi(openApiRequest(), credential),
    signOpenApi(openApiRequest(), credential),
  ]);
  assert.notEqual(one.headers["x-acs-signature-nonce"], other.headers["x-acs-signature-nonce"]);
});

test("percent encoding leaves the unreserved characters of RFC 3986 and no others", () =>
  assert.equal(percentEncode("aZ09-._~ !*'()/é"), "aZ09-._~%20%21%2A%27%28%29%2F%C3%A9"));
