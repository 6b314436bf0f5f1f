import assert from "node:assert/strict";
import { test } from "node:test";
import type { Credential } from "../../../src/alibaba/credential.ts";
import { credentialFacts } from "../../../src/editor/cloud/credentialFacts.ts";

const source = { kind: "typed" } as const;
const credential: Credential = {
  accessKeyId: "STS.NUexample0123456789",
  accessKeySecret: "CANARY-secret",
  securityToken: "CANARY-token",
  expiresMs: 1_795_492_800_000,
};

test("of a credential are told its shortened id and its end, and nothing secret", () => {
  const facts = credentialFacts(source, credential);
  assert.deepEqual(facts, {
    source,
    accessKeyId: "STS.…6789",
    isTemporary: true,
    expiresMs: 1_795_492_800_000,
    failure: undefined,
  });
  assert.equal(JSON.stringify(facts).includes("CANARY"), false);
});
test("a short id is not told whole", () =>
  assert.equal(credentialFacts(source, { ...credential, accessKeyId: "ABCDEFGH" }).accessKeyId, "AB…"));
test("before the first request nothing is known", () =>
  assert.deepEqual(credentialFacts(source, undefined), {
    source,
    accessKeyId: undefined,
    isTemporary: false,
    expiresMs: undefined,
    failure: undefined,
  }));
test("why there is none is told", () => {
  const failure = { kind: "credentialFailure", code: "expired", detail: "p" } as const;
  assert.deepEqual(credentialFacts(source, failure).failure, failure);
});
