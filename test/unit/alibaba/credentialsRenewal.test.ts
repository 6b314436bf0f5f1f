import assert from "node:assert/strict";
import { unlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Credential, CredentialFailure } from "../../../src/alibaba/credential.ts";
import {
  createCredentialProvider,
  type RenewingCredentials,
  writeTyped,
} from "../../../src/alibaba/credentials/provider.ts";
import { configFile, minute, never, profiles, startMs, temporary, type World, world } from "./credentialTools.ts";

const ak = { access_key_id: "LTAI-id", access_key_secret: "ak-secret" };
const role = { name: "p", mode: "RamRoleArn", ...ak, ram_role_arn: "r" };

/** A role that STS gives for an hour, numbered by the times that it was asked for. */
function roleWorld(): { at: World; provider: RenewingCredentials } {
  const at = world();
  at.say = () => ({
    json: { Credentials: temporary(String(at.requests.length), new Date(at.nowMs + 60 * minute).toISOString()) },
  });
  return { at, provider: createCredentialProvider(configFile(at, profiles(role)), at.tools) };
}

const id = (asked: Credential | CredentialFailure) =>
  "kind" in asked ? `${asked.code}: ${asked.detail}` : asked.accessKeyId;
const idOf = async (provider: RenewingCredentials) => id(await provider.current(never));
const down = { kind: "failure", reason: "tls", detail: "sts" } as const;

test("what holds is not asked for again", async () => {
  const { at, provider } = roleWorld();
  const ids = [await idOf(provider)];
  at.nowMs += 54 * minute;
  ids.push(await idOf(provider));
  assert.deepEqual(ids, ["STS.1", "STS.1"]);
});
test("five minutes before its end it is renewed", async () => {
  const { at, provider } = roleWorld();
  await idOf(provider);
  at.nowMs += 55 * minute;
  assert.equal(await idOf(provider), "STS.2");
});
test("all who wait share one renewal", async () => {
  const { at, provider } = roleWorld();
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => idOf(provider))), ["STS.1", "STS.1", "STS.1"]);
  assert.equal(at.requests.length, 1);
});
test("after a night's sleep the first call renews", async () => {
  const { at, provider } = roleWorld();
  await idOf(provider);
  at.nowMs += 9 * 60 * minute;
  assert.deepEqual([await idOf(provider), await idOf(provider)], ["STS.2", "STS.2"]);
});
test("a clock that was set back makes it asked for anew", async () => {
  const { at, provider } = roleWorld();
  await idOf(provider);
  at.nowMs -= 24 * 60 * minute;
  assert.equal(await idOf(provider), "STS.2");
});
test("a renewal that fails is not noticed while the old credential holds, and tried again ten seconds later", async () => {
  const { at, provider } = roleWorld();
  await idOf(provider);
  const say = at.say;
  at.say = () => down;
  at.nowMs += 56 * minute;
  const ids = [await idOf(provider), await idOf(provider)];
  const asked = at.requests.length;
  at.nowMs += 10_000;
  ids.push(await idOf(provider));
  assert.deepEqual([ids, asked, at.requests.length], [["STS.1", "STS.1", "STS.1"], 2, 3]);
  at.say = say;
  at.nowMs += 10_000;
  assert.equal(await idOf(provider), "STS.4");
});
test("when the old credential is over, the failure is told", async () => {
  const { at, provider } = roleWorld();
  await idOf(provider);
  at.say = () => down;
  at.nowMs += 60 * minute;
  assert.equal(await idOf(provider), "renewalFailed: AssumeRole: tls: sts");
});
test("a credential that is over when it comes is none", async () => {
  const { at, provider } = roleWorld();
  at.say = () => ({ json: { Credentials: temporary("old", new Date(at.nowMs).toISOString()) } });
  assert.equal(await idOf(provider), "expired: p");
});
test("one that has only four minutes left is used, and a better one looked for every ten seconds", async () => {
  const { at, provider } = roleWorld();
  at.say = () => ({
    json: { Credentials: temporary(String(at.requests.length), new Date(startMs + 4 * minute).toISOString()) },
  });
  const ids = [await idOf(provider), await idOf(provider)];
  at.nowMs += 10_000;
  ids.push(await idOf(provider));
  assert.deepEqual(ids, ["STS.1", "STS.1", "STS.2"]);
});
test("what was refused is asked for anew", async () => {
  const { provider } = roleWorld();
  const first = await provider.current(never);
  assert.ok(!("kind" in first));
  provider.invalidate(first);
  assert.equal(await idOf(provider), "STS.2");
});
test("a refusal that comes late leaves the newer credential alone", async () => {
  const { at, provider } = roleWorld();
  const first = await provider.current(never);
  assert.ok(!("kind" in first));
  provider.invalidate(first);
  await idOf(provider);
  provider.invalidate(first);
  assert.equal(await idOf(provider), "STS.2");
  assert.equal(at.requests.length, 2);
});
test("whoever gives up waits no longer, and the others get theirs", async () => {
  const { at, provider } = roleWorld();
  const say = at.say;
  const gate = Promise.withResolvers<void>();
  at.say = async (request, body) => {
    await gate.promise;
    return say(request, body);
  };
  const stop = new AbortController();
  const gone = provider.current(stop.signal);
  const stays = provider.current(never);
  while (at.requests.length === 0) await setImmediate();
  stop.abort();
  assert.equal(id(await gone), "aborted: profile");
  gate.resolve();
  assert.equal(id(await stays), "STS.1");
});
test("when nobody waits any more, the asking ends and the next one begins anew", async () => {
  const { at, provider } = roleWorld();
  const say = at.say;
  at.say = () => new Promise(() => {});
  const stop = new AbortController();
  const gone = provider.current(stop.signal);
  while (at.requests.length === 0) await setImmediate();
  stop.abort();
  assert.equal(id(await gone), "aborted: profile");
  at.say = say;
  assert.match(await idOf(provider), /^STS\.\d$/);
});
test("a signal that has fired asks nobody", async () => {
  const { at, provider } = roleWorld();
  assert.equal(id(await provider.current(AbortSignal.abort())), "aborted: profile");
  assert.equal(at.requests.length, 0);
});

test("a file that changed is read again", async () => {
  const at = world();
  const provider = createCredentialProvider(configFile(at, profiles({ name: "p", mode: "AK", ...ak })), at.tools);
  const ids = [await idOf(provider)];
  configFile(at, profiles({ name: "p", mode: "AK", ...ak, access_key_id: "LTAI-changed" }));
  ids.push(await idOf(provider));
  unlinkSync(join(at.folder, "config.json"));
  ids.push(await idOf(provider));
  assert.deepEqual(ids, ["LTAI-id", "LTAI-changed", `fileMissing: ${join(at.folder, "config.json")}`]);
});
test("a profile that is not in the file is named", async () => {
  const at = world();
  const provider = createCredentialProvider(configFile(at, profiles({ name: "q" }), "gone"), at.tools);
  assert.equal(await idOf(provider), `profileMissing: ${join(at.folder, "config.json")}: gone`);
});
test("a stored token that was refused is expired, and counts again after five minutes", async () => {
  const at = world();
  const provider = createCredentialProvider(
    configFile(at, profiles({ name: "p", mode: "StsToken", ...ak, sts_token: "t" })),
    at.tools,
  );
  const first = await provider.current(never);
  assert.ok(!("kind" in first));
  provider.invalidate(first);
  const ids = [await idOf(provider)];
  at.nowMs += 5 * minute + 1;
  ids.push(await idOf(provider));
  assert.deepEqual(ids, ["expired: p", "LTAI-id"]);
});
test("an AccessKey that was refused is given again: there is no other", async () => {
  const at = world();
  const provider = createCredentialProvider(configFile(at, profiles({ name: "p", mode: "AK", ...ak })), at.tools);
  const first = await provider.current(never);
  assert.ok(!("kind" in first));
  provider.invalidate(first);
  assert.equal(await idOf(provider), "LTAI-id");
});

const typed = {
  accessKeyId: "LTAI-typed",
  accessKeySecret: "typed-secret",
  securityToken: undefined,
  expiresMs: undefined,
};
test("what was typed in comes from the secret storage", async () => {
  const at = world();
  at.secrets.set("ackAudit.account.1", writeTyped({ ...typed, securityToken: "t" }));
  const provider = createCredentialProvider({ kind: "typed" }, at.tools);
  assert.deepEqual(await provider.current(never), { ...typed, securityToken: "t" });
});
test("what is not stored is not there", async () =>
  assert.equal(await idOf(createCredentialProvider({ kind: "typed" }, world().tools)), "notStored: "));
for (const stored of ["no JSON typed-secret", '["typed-secret"]', '{"accessKeyId":"a"}']) {
  test(`${stored} in the secret storage is as good as nothing`, async () => {
    const at = world();
    at.secrets.set("ackAudit.account.1", stored);
    assert.equal(await idOf(createCredentialProvider({ kind: "typed" }, at.tools)), "notStored: ");
  });
}
test("a keyring that does not open is a failure and no throw", async () => {
  const at = world({ secrets: { get: () => Promise.reject(new Error("typed-secret")) } });
  assert.equal(await idOf(createCredentialProvider({ kind: "typed" }, at.tools)), "notStored: SecretStorage");
});
test("a typed STS token that was refused is expired", async () => {
  const at = world();
  at.secrets.set("ackAudit.account.1", writeTyped({ ...typed, securityToken: "t" }));
  const provider = createCredentialProvider({ kind: "typed" }, at.tools);
  const first = await provider.current(never);
  assert.ok(!("kind" in first));
  provider.invalidate(first);
  assert.equal(await idOf(provider), "expired: typed");
});
test("what is known is the last credential, or why there is none", async () => {
  const { at, provider } = roleWorld();
  assert.equal(provider.known(), undefined);
  at.say = () => down;
  await idOf(provider);
  assert.deepEqual(provider.known(), {
    kind: "credentialFailure",
    code: "renewalFailed",
    detail: "AssumeRole: tls: sts",
  });
});

test("when the source gives something else, what is there is forgotten", async () => {
  const at = world();
  at.secrets.set("ackAudit.account.1", writeTyped(typed));
  const provider = createCredentialProvider({ kind: "typed" }, at.tools);
  await idOf(provider);
  at.secrets.set("ackAudit.account.1", writeTyped({ ...typed, accessKeyId: "LTAI-newer" }));
  const ids = [await idOf(provider)];
  provider.forget();
  ids.push(await idOf(provider));
  assert.deepEqual(ids, ["LTAI-typed", "LTAI-newer"]);
});
test("what was asked for before that is not kept", async () => {
  const { at, provider } = roleWorld();
  const say = at.say;
  const gate = Promise.withResolvers<void>();
  at.say = async (request, body) => {
    const said = await say(request, body);
    await gate.promise;
    return said;
  };
  const before = provider.current(never);
  while (at.requests.length === 0) await setImmediate();
  provider.forget();
  gate.resolve();
  assert.deepEqual([id(await before), await idOf(provider)], ["STS.1", "STS.2"]);
});
