import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addressOf,
  createEndpoints,
  type EndpointTemplate,
  isEndpointProblem,
  readEndpoint,
  regionsOf,
  type Site,
} from "../../../src/alibaba/endpoints.ts";

function template(text: string): EndpointTemplate {
  const read = readEndpoint(text);
  assert.ok(!isEndpointProblem(read), text);
  return read;
}

function check(
  site: Site,
  custom: Parameters<typeof createEndpoints>[1],
  region: string,
  hosts: readonly string[],
): void {
  const endpoints = createEndpoints(site, custom);
  assert.deepEqual([endpoints.sls(region), endpoints.ack(region), endpoints.sts(region)], hosts);
}

test("the public hosts of a region", () =>
  check("china", {}, "cn-hangzhou", [
    "https://cn-hangzhou.log.aliyuncs.com",
    "https://cs.cn-hangzhou.aliyuncs.com",
    "https://sts.cn-hangzhou.aliyuncs.com",
  ]));

test("the hosts of a region within a VPC", () =>
  check("international", { network: "vpc" }, "ap-southeast-1", [
    "https://ap-southeast-1-intranet.log.aliyuncs.com",
    "https://cs-vpc.ap-southeast-1.aliyuncs.com",
    "https://sts-vpc.ap-southeast-1.aliyuncs.com",
  ]));

test("the hosts of the finance cloud", () =>
  check("finance", {}, "cn-shanghai-finance-1", [
    "https://cn-shanghai-finance-1.log.aliyuncs.com",
    "https://cs.cn-shanghai-finance-1.aliyuncs.com",
    "https://sts.cn-shanghai-finance-1.aliyuncs.com",
  ]));

test("a custom host replaces the service's own, the others stay", () =>
  check("china", { sls: template("{region}-share.log.aliyuncs.com") }, "cn-beijing", [
    "https://cn-beijing-share.log.aliyuncs.com",
    "https://cs.cn-beijing.aliyuncs.com",
    "https://sts.cn-beijing.aliyuncs.com",
  ]));

test("a custom host on this machine, in plain http and with a port", () =>
  check(
    "china",
    {
      sls: template("http://sls.localhost:8123"),
      ack: template("http://127.0.0.1:1/"),
      sts: template("http://[::1]:2"),
    },
    "cn-beijing",
    ["http://sls.localhost:8123", "http://127.0.0.1:1", "http://[::1]:2"],
  ));

test("without a region STS has a central host", () => {
  assert.equal(createEndpoints("china", {}).sts(""), "https://sts.aliyuncs.com");
  assert.equal(createEndpoints("international", {}).sts(""), "https://sts.ap-southeast-1.aliyuncs.com");
  assert.equal(createEndpoints("china", { sts: template("http://sts.localhost:1") }).sts(""), "http://sts.localhost:1");
});

for (const [text, code, found] of [
  ["", "notUrl", ""],
  ["https://", "notUrl", ""],
  ["https://a b", "notUrl", ""],
  ["http://cs.cn-hangzhou.aliyuncs.com", "notHttps", "http://cs.cn-hangzhou.aliyuncs.com"],
  ["http://localhost.example.com", "notHttps", "http://localhost.example.com"],
  ["http://127.0.0.1.example.com", "notHttps", "http://127.0.0.1.example.com"],
  ["ftp://{region}.example.com", "notHttps", "ftp://{region}.example.com"],
  ["https://me:secret@example.com", "hasUserInfo", ""],
  ["http://localhost@example.com", "hasUserInfo", ""],
  ["https://example.com/v1/{region}", "hasPath", "/v1/{region}"],
  ["https://example.com?a=1", "hasPath", "?a=1"],
  ["https://{Region}.example.com", "unknownPlaceholder", "{Region}"],
  ["https://{region.example.com", "unknownPlaceholder", "{region.example.com"],
] as const) {
  test(`«${text}» is no endpoint: ${code}`, () =>
    assert.deepEqual(readEndpoint(text), { kind: "endpointProblem", code, found }));
}

test("every region is named once and has its hosts", () => {
  for (const site of ["china", "international", "finance", "government"] as const) {
    const regions = regionsOf(site);
    assert.equal(new Set(regions).size, regions.length, site);
    for (const region of regions) assert.match(region, /^[a-z]{2}-[a-z0-9-]+$/);
  }
  assert.deepEqual(regionsOf("china").slice(0, 2), ["cn-hangzhou", "cn-shanghai"]);
  assert.deepEqual(regionsOf("international").slice(0, 2), ["cn-hongkong", "ap-southeast-1"]);
  assert.deepEqual(regionsOf("government"), ["cn-north-2-gov-1"]);
  assert.deepEqual([...regionsOf("china")].sort(), [...regionsOf("international")].sort());
});

test("an address has the project in front of the host", () =>
  assert.equal(
    addressOf("https://cn-hangzhou.log.aliyuncs.com", "cn-hangzhou", "k8s-log-c1", "/logstores/a%20b")?.href,
    "https://k8s-log-c1.cn-hangzhou.log.aliyuncs.com/logstores/a%20b",
  ));

test("no region, project or path leads to another host", () => {
  const sls = createEndpoints("china", {}).sls;
  for (const region of ["evil.example/", "evil.example#", "a@evil.example", "evil.example?", "a.b", "a/b"]) {
    assert.equal(addressOf(sls(region), region, "p", "/"), undefined, region);
  }
  for (const project of ["evil.example/", "a@evil.example", "a.b", "a:1", "", "evil.example\\"]) {
    assert.equal(addressOf(sls("cn-hangzhou"), "cn-hangzhou", project, "/"), undefined, project);
  }
  for (const path of ["//evil.example/", "@evil.example", "/\\evil.example", "?x", "#x"]) {
    assert.equal(addressOf(sls("cn-hangzhou"), "cn-hangzhou", "p", path)?.host, "p.cn-hangzhou.log.aliyuncs.com", path);
  }
});
