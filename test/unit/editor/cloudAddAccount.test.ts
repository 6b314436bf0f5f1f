import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallFailure } from "../../../src/alibaba/call.ts";
import type { CredentialFailure, CredentialSource } from "../../../src/alibaba/credential.ts";
import { commandFingerprint } from "../../../src/alibaba/credentials/command.ts";
import type { ProfileFile } from "../../../src/alibaba/credentials/profileFile.ts";
import { readEndpoint } from "../../../src/alibaba/endpoints.ts";
import type { CallerIdentity } from "../../../src/alibaba/identity.ts";
import {
  type AccountDraft,
  type AddAccountQuestions,
  askForAccount,
  type CheckedDraft,
} from "../../../src/editor/cloud/addAccountSteps.ts";

const back = { kind: "back" } as const;
const cancel = { kind: "cancel" } as const;
const file: ProfileFile = {
  kind: "profileFile",
  path: "/home/u/.aliyun/config.json",
  current: "work",
  profiles: [
    { name: "work", mode: "AK", regionId: "cn-beijing", texts: {}, numbers: {} },
    { name: "tool", mode: "External", regionId: undefined, texts: { process_command: "/bin/tool get" }, numbers: {} },
  ],
};
const profile = (name: string, region: string | undefined) => ({
  source: { kind: "profile", path: file.path, profile: name } satisfies CredentialSource,
  region,
});
const work = profile("work", "cn-beijing");
const typed = { source: { kind: "typed" }, region: undefined } as const;
const admin: CallerIdentity = {
  kind: "identity",
  type: "RAMUser",
  accountId: "1968132000123456",
  arn: "acs:ram::1968132000123456:user/admin",
  userId: "1",
  roleId: undefined,
};
const refused: CallFailure = {
  kind: "refused",
  status: 404,
  code: "InvalidAccessKeyId.NotFound",
  message: "Specified access key is not found.",
  requestId: "R",
  action: undefined,
};

type Told = {
  readonly result: CheckedDraft | undefined;
  readonly asked: readonly string[];
  readonly drafts: readonly AccountDraft[];
};

/** Asks with these answers, one after the other; what is not answered takes what is offered. */
async function add(
  answers: Readonly<Partial<Record<keyof AddAccountQuestions | "endpoint", readonly unknown[]>>>,
  identities: readonly (CallerIdentity | CallFailure)[] = [admin],
  profiles: ProfileFile | CredentialFailure = file,
): Promise<Told> {
  const asked: string[] = [];
  const drafts: AccountDraft[] = [];
  const left = new Map(Object.entries(answers).map(([question, given]) => [question, [...given]]));
  const next = <Value>(question: string, detail: string, offered: Value) => {
    asked.push(detail === "" ? question : `${question} ${detail}`);
    const given = left.get(question)?.shift();
    const value = given === undefined ? offered : given;
    const isMove = value === back || value === cancel;
    return Promise.resolve(isMove ? value : { kind: "value", value }) as Promise<{ kind: "value"; value: Value }>;
  };
  let checks = 0;
  const result = await askForAccount({
    profiles: () => Promise.resolve(profiles),
    taken: () => ["taken"],
    identify: (draft) => {
      drafts.push(draft);
      return Promise.resolve(identities[Math.min(checks++, identities.length - 1)] ?? admin);
    },
    questions: {
      source: (_, chosen) => next("source", chosen.kind, work),
      accessKeyId: (written) => next("accessKeyId", written, "LTAI-id"),
      accessKeySecret: () => next("accessKeySecret", "", "ak-secret"),
      securityToken: () => next("securityToken", "", ""),
      site: (chosen) => next("site", chosen, chosen),
      network: (chosen) => next("network", chosen, chosen),
      endpoint: (service, written) => next("endpoint", service, written),
      command: (name, command) => next("command", `${name}: ${command}`, true),
      checking: (work) => {
        asked.push("checking");
        return work(new AbortController().signal);
      },
      failed: async (failure) => {
        const answer = await next("failed", failure.kind, "again");
        return answer.value as "again" | "back" | "cancel";
      },
      regions: (_, chosen) => next("regions", chosen.join(","), chosen),
      name: (suggested, taken) => next("name", `${suggested} not ${taken.join(",")}`, suggested),
    },
  });
  return { result, asked, drafts };
}

test("a profile needs five answers, and its region and its name are offered", async () => {
  const { result, asked } = await add({});
  assert.deepEqual(asked, [
    "source profile",
    "site china",
    "network public",
    "checking",
    "regions cn-beijing",
    "name work not taken",
  ]);
  assert.deepEqual(
    [result?.source, result?.site, result?.endpoints, result?.regions, result?.name, result?.identity],
    [work.source, "china", {}, ["cn-beijing"], "work", admin],
  );
});
test("a profile without a region is offered all regions", async () => {
  const { result } = await add({ source: [profile("work", undefined)] });
  assert.deepEqual(result?.regions, []);
});
test("a region that the site does not have is not offered", async () => {
  const { result } = await add({ source: [profile("work", "mars-1")] });
  assert.deepEqual(result?.regions, []);
});
test("what is typed in is asked for in three steps, and the user's name is offered", async () => {
  const { result, asked } = await add({ source: [typed], securityToken: ["sts-token"] });
  assert.deepEqual(asked.slice(1, 4), ["accessKeyId", "accessKeySecret", "securityToken"]);
  assert.deepEqual(result?.typed, {
    accessKeyId: "LTAI-id",
    accessKeySecret: "ak-secret",
    securityToken: "sts-token",
    expiresMs: undefined,
  });
  assert.equal(result?.name, "admin");
});
test("without an STS token there is none", async () => {
  const { result } = await add({ source: [typed] });
  assert.equal(result?.typed.securityToken, undefined);
});
test("the root user of an account is named by the account's number", async () => {
  const root = { ...admin, type: "Account" as const, arn: "acs:ram::1968132000123456:root" };
  const { result } = await add({ source: [typed] }, [root]);
  assert.equal(result?.name, "1968132000123456");
});
test("custom endpoints are asked for, service by service, and an empty one stays public", async () => {
  const ack = readEndpoint("http://ack.localhost:7070");
  const { result, asked } = await add({ network: ["custom"], endpoint: [ack] });
  assert.deepEqual(asked.slice(2, 6), ["network public", "endpoint ack", "endpoint sls", "endpoint sts"]);
  assert.deepEqual(result?.endpoints, { ack: "http://ack.localhost:7070" });
});
test("VPC endpoints are those of the VPC", async () => {
  const { result } = await add({ network: ["vpc"] });
  assert.deepEqual(result?.endpoints, { network: "vpc" });
});
test("who goes back from custom endpoints to public ones has none", async () => {
  const ack = readEndpoint("http://ack.localhost:7070");
  const { result } = await add({ network: ["custom", "public"], endpoint: [ack, back, back] });
  assert.deepEqual(result?.endpoints, {});
});
test("a check that fails is told and tried again", async () => {
  const { asked, result } = await add({}, [refused, admin]);
  assert.deepEqual(asked.slice(3, 6), ["checking", "failed refused", "checking"]);
  assert.equal(result?.name, "work");
});
test("a check that fails lets one go back, with what was typed still there", async () => {
  const { asked, drafts } = await add(
    {
      source: [typed],
      failed: ["back"],
      network: ["public", back],
      site: ["china", back],
      securityToken: ["", back],
      accessKeySecret: ["wrong", "right"],
    },
    [refused, admin],
  );
  assert.deepEqual(asked.slice(6, 12), [
    "checking",
    "failed refused",
    "network public",
    "site china",
    "securityToken",
    "accessKeySecret",
  ]);
  assert.deepEqual(
    drafts.map(({ typed: { accessKeyId, accessKeySecret } }) => [accessKeyId, accessKeySecret]),
    [
      ["LTAI-id", "wrong"],
      ["LTAI-id", "right"],
    ],
  );
});
test("a check that fails may end it, and nothing comes of it", async () => {
  const { result } = await add({ failed: ["cancel"] }, [refused]);
  assert.equal(result, undefined);
});
test("a check that was cancelled goes back without a word", async () => {
  const aborted: CallFailure = { kind: "noAnswer", failure: { kind: "failure", reason: "aborted", detail: "" } };
  const { asked, result } = await add({ network: ["public", cancel] }, [aborted]);
  assert.deepEqual(asked.slice(3), ["checking", "network public"]);
  assert.equal(result, undefined);
});

const unconfirmed: CallFailure = {
  kind: "noCredential",
  failure: { kind: "credentialFailure", code: "commandNotConfirmed", detail: "tool" },
};
test("a command is shown before it is run, and only what was allowed is kept of it", async () => {
  const { asked, drafts, result } = await add({ source: [profile("tool", undefined)] }, [unconfirmed, admin]);
  assert.deepEqual(asked.slice(3, 6), ["checking", "command tool: /bin/tool get", "checking"]);
  assert.deepEqual(
    drafts.map(({ confirmedCommands }) => confirmedCommands),
    [[], [commandFingerprint("/bin/tool get")]],
  );
  assert.deepEqual(result?.confirmedCommands, [commandFingerprint("/bin/tool get")]);
});
test("a command that is not allowed leads back", async () => {
  const { asked } = await add({ source: [profile("tool", undefined)], command: [back], network: ["public", cancel] }, [
    unconfirmed,
  ]);
  assert.deepEqual(asked.slice(3), ["checking", "command tool: /bin/tool get", "network public"]);
});
test("another site forgets the regions that were chosen", async () => {
  const { asked } = await add({
    source: [profile("work", undefined)],
    site: ["china", "finance"],
    network: ["public", back],
    regions: [["cn-beijing"], back],
    name: [back],
  });
  assert.deepEqual(
    asked.filter((question) => question.startsWith("regions")),
    ["regions", "regions cn-beijing", "regions"],
  );
});
test("profiles that cannot be read leave the other sources", async () => {
  const missing: CredentialFailure = { kind: "credentialFailure", code: "fileMissing", detail: "/none" };
  const { result } = await add({ source: [{ source: { kind: "chain" }, region: undefined }] }, [admin], missing);
  assert.deepEqual(result?.source, { kind: "chain" });
});
