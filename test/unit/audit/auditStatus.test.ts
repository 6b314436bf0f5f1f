import assert from "node:assert/strict";
import { test } from "node:test";
import { auditStatus, missingAddons, type StatusFacts } from "../../../src/audit/auditStatus.ts";
import type { Addon, AddonName } from "../../../src/audit/cluster.ts";
import { cluster, statusFacts } from "./clusters.ts";

function addon(name: AddonName): Addon {
  return { name, version: "0.9.0", state: "active" };
}

const asOfMs = 1_760_000_000_000;
const newestEventMs = asOfMs - 12_000;
const logtail = addon("logtail-ds");
const loong = addon("loongcollector");
const audit = addon("ack-advanced-audit");
const edge = cluster({ profile: "Edge" });

function check(given: Partial<StatusFacts>, expected: object): void {
  assert.deepEqual(auditStatus(statusFacts(given)), { asOfMs, ...expected });
}

test("both add-ons: on", () =>
  check({ addons: [logtail, audit], newestEventMs }, { kind: "on", addons: [logtail, audit], newestEventMs }));
test("LoongCollector is a collector too", () =>
  check({ addons: [loong, audit] }, { kind: "on", addons: [loong, audit], newestEventMs: undefined }));
test("the collector alone: half installed", () =>
  check(
    { addons: [logtail], newestEventMs },
    { kind: "halfInstalled", addons: [logtail], missing: ["ack-advanced-audit"], newestEventMs },
  ));
test("the auditing add-on alone: half installed", () =>
  check(
    { addons: [audit] },
    { kind: "halfInstalled", addons: [audit], missing: ["logtail-ds"], newestEventMs: undefined },
  ));
test("nothing installed: off, with records of an earlier time", () =>
  check({ newestEventMs }, { kind: "off", newestEventMs }));
test("an Edge cluster is not eligible", () =>
  check(
    { cluster: edge },
    {
      kind: "notEligible",
      reasons: [{ code: "cluster-type", type: "ManagedKubernetes", profile: "Edge" }],
      newestEventMs: undefined,
    },
  ));
test("an Edge cluster with a collector for other logs is not half installed", () =>
  assert.equal(auditStatus(statusFacts({ cluster: edge, addons: [logtail] })).kind, "notEligible"));
test("what is installed goes before what is documented", () =>
  assert.equal(auditStatus(statusFacts({ cluster: edge, addons: [logtail, audit] })).kind, "on"));
test("a change that is under way goes before everything", () =>
  check(
    { addons: [logtail, audit], change: { kind: "turningOff", step: "uninstallingAuditing" } },
    { kind: "turningOff", step: "uninstallingAuditing" },
  ));
test("add-ons that could not be asked: unknown, with the reason", () =>
  check(
    { unknown: { code: "denied", action: "cs:ListClusterAddonInstances" } },
    { kind: "unknown", reason: { code: "denied", action: "cs:ListClusterAddonInstances" } },
  ));
test("both add-ons are missing from nothing", () =>
  assert.deepEqual(missingAddons([]), ["logtail-ds", "ack-advanced-audit"]));
