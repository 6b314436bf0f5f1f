import assert from "node:assert/strict";
import { test } from "node:test";
import { findIdentity } from "../../../../src/editor/trace/identity.ts";
import type { Account } from "../../../../src/logs/account.ts";
import { id, memoryAccount } from "../explorer/memoryAccount.ts";

const li = { name: "li.wei", displayName: "", type: "RamUser" };
const shown = { name: "", displayName: "Ops", type: "RamRole" };
const nameless = { name: "", displayName: "", type: "RamUser" };
const known: Account["names"] = async () =>
  new Map([
    ["2087", li],
    ["3001", shown],
    ["4001", nameless],
  ]);

/** Whom an account finds, and what it reports. */
async function check(
  names: Account["names"] | undefined,
  accountId: string,
  expected: { readonly found?: unknown; readonly told?: readonly unknown[] },
  signal = new AbortController().signal,
): Promise<void> {
  const account: Account = names === undefined ? memoryAccount([]) : { ...memoryAccount([]), names };
  const told: unknown[] = [];
  const found = await findIdentity(account, id("c1"), accountId, signal, (problem) => told.push(problem));
  assert.deepEqual({ found, told }, { found: expected.found, told: expected.told ?? [] });
}

test("an id has the name that the account knows", () => check(known, "2087", { found: li }));
test("a display name is a name", () => check(known, "3001", { found: shown }));
test("an id that the account does not know has none", () => check(known, "9999", {}));
test("empty names are none", () => check(known, "4001", {}));
test("an account without names is not asked", () => check(undefined, "2087", {}));
test("without an id nothing is asked", () => check(() => assert.fail("asked"), "", {}));
test("what was refused is reported", () =>
  check(async () => ({ code: "denied", detail: "cs:ListClusterKubeconfigStates" }), "2087", {
    told: ["denied cs:ListClusterKubeconfigStates"],
  }));
test("a fault is reported, not thrown", () => check(() => Promise.reject("broken"), "2087", { told: ["broken"] }));
test("who has left finds nothing and reports nothing", async () => {
  await check(known, "2087", {}, AbortSignal.abort());
  await check(() => Promise.reject("aborted"), "2087", {}, AbortSignal.abort());
});
