import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AccountsChange,
  createAccounts,
  type FileOpening,
  type OpenFile,
} from "../../../../src/editor/accounts.ts";
import type { ImportedStore } from "../../../../src/engine/client.ts";
import {
  type MemoryAccount,
  memoryAccount,
  memoryCluster,
  memoryState,
  network,
  noFiles,
  rethrow,
} from "./memoryAccount.ts";

const store: ImportedStore = {
  id: "s1",
  recordCount: 60_024,
  rejectedCount: 1,
  rejected: [{ line: 7, reason: "notJson" }],
  clusters: [],
  bounds: undefined,
  missingFields: [],
  reused: false,
};

/** A file at `/logs/<name>` with one cluster for each name. */
function file(name: string, ...clusters: readonly string[]): MemoryAccount {
  return memoryAccount(
    clusters.map((each) => memoryCluster({ name: each })),
    { name, accountId: `file:/logs/${name}`, kind: "file" },
  );
}

/** Opens the files it has; `opened` are the paths in order. */
function files(...known: readonly MemoryAccount[]): { readonly opened: string[]; readonly openFile: OpenFile } {
  const opened: string[] = [];
  return {
    opened,
    openFile: async (path, onFraction, signal) => {
      opened.push(path);
      onFraction(0.5);
      await new Promise(setImmediate);
      const account = known.find(({ id }) => id === `file:${path}`);
      if (signal.aborted) return { kind: "cancelled", path };
      if (account === undefined) return { kind: "unreadable", detail: "no such file", path };
      return { kind: "opened", account, store } satisfies FileOpening;
    },
  };
}

const never = new AbortController().signal;

function accountsOf(
  builtIn: readonly MemoryAccount[],
  openFile: OpenFile = noFiles,
  state: ReturnType<typeof memoryState> = memoryState(),
) {
  return createAccounts({ builtIn, openFile, state, report: rethrow });
}

test("making the list opens no file, and every remembered file has its place", () => {
  const { opened, openFile } = files();
  const accounts = accountsOf(
    [],
    openFile,
    memoryState({ "ackAudit.logFiles": [{ path: "/logs/a.ndjson", clusters: [] }, { path: 7 }, "nonsense"] }),
  );
  assert.deepEqual(
    accounts.places().map(({ id, name, account }) => [id, name, account]),
    [["file:/logs/a.ndjson", "a.ndjson", undefined]],
  );
  assert.deepEqual(opened, []);
  assert.deepEqual(accounts.all(), []);
});

test("a file that was opened is there after a reload, and opens when somebody looks into it", async () => {
  const state = memoryState();
  const first = files(file("a.ndjson", "shop"));
  await accountsOf([], first.openFile, state).openFile("/logs/a.ndjson", never);
  await new Promise(setImmediate);
  const second = files(file("a.ndjson", "shop"));
  const reloaded = accountsOf([], second.openFile, state);
  assert.deepEqual(second.opened, []);
  const opening = await reloaded.open("file:/logs/a.ndjson", never);
  assert.equal(opening.kind, "opened");
  assert.equal(reloaded.place("file:/logs/a.ndjson")?.store?.recordCount, 60_024);
});

test("two that open a file at the same time import it once", async () => {
  const { opened, openFile } = files(file("a.ndjson", "shop"));
  const accounts = accountsOf([], openFile);
  await Promise.all([accounts.openFile("/logs/a.ndjson", never), accounts.openFile("/logs/a.ndjson", never)]);
  assert.deepEqual(opened, ["/logs/a.ndjson"]);
});

test("the place of a file is there while it is imported, and says how far that is", async () => {
  const accounts = accountsOf([], files(file("a.ndjson", "shop")).openFile);
  const seen: (number | undefined)[] = [];
  accounts.onDidChange(() => seen.push(accounts.place("file:/logs/a.ndjson")?.importing));
  await accounts.openFile("/logs/a.ndjson", never);
  assert.deepEqual(seen.slice(0, 3), [0, 0.5, undefined]);
});

test("a file that cannot be opened leaves no place, unless it had one", async () => {
  const state = memoryState({ "ackAudit.logFiles": [{ path: "/logs/lost.ndjson", clusters: [] }] });
  const accounts = accountsOf([], noFiles, state);
  const failure = { kind: "unreadable", detail: "no such file" };
  assert.deepEqual(await accounts.openFile("/logs/new.ndjson", never), { ...failure, path: "/logs/new.ndjson" });
  assert.deepEqual(await accounts.open("file:/logs/lost.ndjson", never), { ...failure, path: "/logs/lost.ndjson" });
  assert.deepEqual(
    accounts.places().map(({ id }) => id),
    ["file:/logs/lost.ndjson"],
  );
});

test("closing a file forgets it and ends its import", async () => {
  const state = memoryState();
  const accounts = accountsOf([], files(file("a.ndjson", "shop")).openFile, state);
  const opening = accounts.openFile("/logs/a.ndjson", never);
  accounts.remove("file:/logs/a.ndjson");
  assert.equal((await opening).kind, "cancelled");
  assert.deepEqual(accounts.places(), []);
  await accounts.openFile("/logs/a.ndjson", never);
  accounts.remove("file:/logs/a.ndjson");
  assert.deepEqual(state.kept["ackAudit.logFiles"], []);
});

test("forgetting what was imported keeps the files in their places", async () => {
  const accounts = accountsOf([], files(file("a.ndjson", "shop")).openFile);
  await accounts.openFile("/logs/a.ndjson", never);
  accounts.closeFiles();
  assert.deepEqual(accounts.all(), []);
  assert.deepEqual(
    accounts.places().map(({ id }) => id),
    ["file:/logs/a.ndjson"],
  );
});

test("changes of an account that come together ask for its clusters once", async () => {
  const account = memoryAccount([memoryCluster({ name: "shop" })]);
  const accounts = accountsOf([account]);
  const changes: AccountsChange[] = [];
  accounts.onDidChange((change) => changes.push(change));
  await accounts.clusters(account).finish();
  for (let count = 0; count < 5; count++) account.tell(undefined);
  assert.equal(changes.filter(({ kind }) => kind === "account").length, 5);
  while (account.lists.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(account.lists, ["clusters", "clusters"]);
  accounts.dispose();
});

/** Three accounts: `prod` is in two of them, `id-prod` is also the name of a cluster, `solo` is in one. */
async function resolve(cluster: string, account?: string): Promise<string> {
  const accounts = accountsOf(
    [
      memoryAccount([memoryCluster({ name: "prod" }), memoryCluster({ name: "solo" })], {
        accountId: "a1",
        name: "One",
      }),
      memoryAccount([memoryCluster({ name: "prod" })], { accountId: "a2", name: "Two" }),
    ],
    files(file("x.ndjson", "filed")).openFile,
    memoryState({
      "ackAudit.logFiles": [{ path: "/logs/x.ndjson", clusters: [{ id: "id-filed", name: "filed" }] }],
    }),
  );
  const found = await accounts.resolve(cluster, account);
  switch (found.kind) {
    case "unique":
      return `${found.account.name}/${found.cluster.name}`;
    case "ambiguous":
      return found.candidates.map(({ accountName, name }) => `${accountName}/${name}`).join(" or ");
    case "none":
      return `no ${found.missing}`;
    case "unreachable":
      return `${found.account}: ${found.reason.code}`;
    case "notOpened":
      return `not opened: ${found.failure.kind}`;
    default:
      return found satisfies never;
  }
}

test("a name that is one cluster's means it", async () => assert.equal(await resolve("solo"), "One/solo"));
test("an id means its cluster", async () => assert.equal(await resolve("id-solo"), "One/solo"));
test("a name in two accounts is ambiguous", async () => assert.equal(await resolve("prod"), "One/prod or Two/prod"));
test("the account's name decides", async () => assert.equal(await resolve("prod", "Two"), "Two/prod"));
test("the account's id decides", async () => assert.equal(await resolve("prod", "a1"), "One/prod"));
test("a name of none is none", async () => assert.equal(await resolve("prud"), "no cluster"));
test("an account that is not there is said", async () => assert.equal(await resolve("prod", "Three"), "no account"));
test("a cluster of a remembered file is known and opens it", async () =>
  assert.equal(await resolve("filed"), "x.ndjson/filed"));
test("a remembered file is opened where it is named", async () =>
  assert.equal(await resolve("id-filed", "x.ndjson"), "x.ndjson/filed"));

test("a cluster that may be in a list that failed is not said to be none", async () => {
  const account = memoryAccount([], { name: "Cloud" });
  account.clustersFailure = network;
  const found = await accountsOf([account]).resolve("prod", undefined);
  assert.deepEqual(found, { kind: "unreachable", account: "Cloud", reason: network });
});

test("a remembered file that is gone is said where its cluster is meant", async () => {
  const state = memoryState({
    "ackAudit.logFiles": [{ path: "/logs/x.ndjson", clusters: [{ id: "id-f", name: "f" }] }],
  });
  const found = await accountsOf([], noFiles, state).resolve("f", undefined);
  assert.equal(found.kind, "notOpened");
});
