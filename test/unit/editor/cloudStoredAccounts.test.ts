import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createStoredAccounts,
  readStoredAccounts,
  type StoredAccount,
  type StoredAccounts,
  type StoredChange,
} from "../../../src/editor/cloud/storedAccounts.ts";

const account: StoredAccount = {
  id: "1",
  name: "work",
  source: { kind: "typed" },
  site: "china",
  endpoints: {},
  regions: ["cn-beijing"],
  confirmedCommands: [],
  owner: { accountId: "1968132000123456", arn: "acs:ram::1968132000123456:user/admin" },
};
const secret = "CANARY-secret";

/** What the editor keeps, which all windows share. */
function storage() {
  const state = new Map<string, unknown>();
  const secrets = new Map<string, string>();
  const listeners = new Set<(change: { readonly key: string }) => void>();
  const tell = (key: string) => {
    for (const listener of listeners) listener({ key });
  };
  const window = (): { stored: StoredAccounts; changes: StoredChange[] } => {
    const stored = createStoredAccounts({
      state: {
        get: <Value>(key: string, fallback?: Value) => (state.get(key) as Value) ?? fallback,
        update: async (key: string, value: unknown) => void state.set(key, JSON.parse(JSON.stringify(value))),
      } as Parameters<typeof createStoredAccounts>[0]["state"],
      secrets: {
        get: async (key) => secrets.get(key),
        store: async (key, value) => {
          secrets.set(key, value);
          tell(key);
        },
        delete: async (key) => {
          secrets.delete(key);
          tell(key);
        },
        onDidChange: (listener) => {
          listeners.add(listener);
          return { dispose: () => void listeners.delete(listener) };
        },
      },
    });
    const changes: StoredChange[] = [];
    stored.onDidChange((change) => changes.push(change));
    return { stored, changes };
  };
  return { state, secrets, window };
}

test("an account is kept without its secret, and its secret in the secret storage", async () => {
  const { state, secrets, window } = storage();
  const { stored } = window();
  await stored.add(account, secret);
  assert.deepEqual(stored.all(), [account]);
  assert.equal(await stored.credential("1"), secret);
  assert.equal(JSON.stringify([...state]).includes("CANARY"), false);
  assert.equal(secrets.get("ackAudit.account.1"), secret);
});
test("removing takes both away and leaves the others", async () => {
  const { secrets, window } = storage();
  const { stored } = window();
  await stored.add(account, secret);
  await stored.add({ ...account, id: "2" }, "other");
  await stored.remove("1");
  assert.deepEqual(
    stored.all().map(({ id }) => id),
    ["2"],
  );
  assert.deepEqual([secrets.has("ackAudit.account.1"), secrets.get("ackAudit.account.2")], [false, "other"]);
});
test("another window hears of what is added and removed, and finds it so", async () => {
  const { window } = storage();
  const [here, there] = [window(), window()];
  await here.stored.add(account, undefined);
  assert.ok(there.changes.some(({ kind }) => kind === "accounts"));
  assert.deepEqual(there.stored.all(), [account]);
  there.changes.length = 0;
  await here.stored.remove("1");
  assert.ok(there.changes.some(({ kind }) => kind === "accounts"));
  assert.deepEqual(there.stored.all(), []);
});
test("a credential that is stored anew is told with its account", async () => {
  const { window } = storage();
  const [here, there] = [window(), window()];
  await here.stored.add(account, secret);
  there.changes.length = 0;
  await here.stored.replace({ ...account, name: "renamed" }, "newer");
  assert.deepEqual(there.changes, [{ kind: "credential", id: "1" }, { kind: "accounts" }]);
  assert.deepEqual([there.stored.all()[0]?.name, await there.stored.credential("1")], ["renamed", "newer"]);
});
test("after the end nothing is told any more", async () => {
  const { window } = storage();
  const [here, there] = [window(), window()];
  there.stored.dispose();
  await here.stored.add(account, secret);
  assert.deepEqual(there.changes, []);
});

const wrong: readonly (readonly [string, object])[] = [
  ["without an id", { id: "" }],
  ["of an unknown source", { source: { kind: "magic" } }],
  ["of a profile without a path", { source: { kind: "profile", profile: "p" } }],
  ["of an unknown site", { site: "moon" }],
  ["with an endpoint that is none", { endpoints: { sls: "http://example.com" } }],
  ["without an owner", { owner: undefined }],
];
for (const [what, over] of wrong) {
  test(`an account ${what} is left out`, () =>
    assert.deepEqual(readStoredAccounts([{ ...account, ...over }, account]), [account]));
}
test("what is no list holds no account", () => assert.deepEqual(readStoredAccounts({ 0: account }), []));
test("endpoints, a profile and allowed commands come back as they were", () => {
  const full = {
    ...account,
    source: { kind: "profile", path: "/p", profile: "q" },
    endpoints: { network: "vpc", sts: "https://sts.example" },
    confirmedCommands: ["f"],
  };
  assert.deepEqual(readStoredAccounts(JSON.parse(JSON.stringify([full]))), [full]);
});
