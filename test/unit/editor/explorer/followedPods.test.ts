import assert from "node:assert/strict";
import { test } from "node:test";
import { createFollowedPods, withFollowed } from "../../../../src/editor/explorer/followedPods.ts";
import type { Account, PodsNews } from "../../../../src/logs/account.ts";
import {
  active,
  label,
  type MemoryTree,
  memoryAccount,
  memoryCluster,
  memoryTree,
  network,
  nowMs,
  pod,
} from "./memoryAccount.ts";

const news = (changed: readonly string[], gone: readonly string[] = [], asOfMs = nowMs): PodsNews => ({
  kind: "pods",
  changed: changed.map((name) => pod("web", name)),
  gone,
  asOfMs,
});
const interrupted: PodsNews = { kind: "interrupted", reason: network, retryInMs: 1000 };
const names = (pods: readonly { readonly name: string }[] | undefined) => pods?.map(({ name }) => name);

test("before anything is told the list knows better", () => {
  const followed = createFollowedPods(() => nowMs);
  followed.begin();
  assert.deepEqual([followed.following(), followed.pods(undefined)], [undefined, undefined]);
});
test("pods come, change and go", () => {
  const hear = createFollowedPods(() => nowMs);
  const tell = hear.begin();
  tell(news(["a", "b"]));
  tell(news(["c"], ["a"]));
  assert.deepEqual([hear.following(), names(hear.pods(nowMs + 1))], [{ kind: "following" }, ["b", "c"]]);
});
test("an interruption says why and since when; a list of a later time then knows better", () => {
  const followed = createFollowedPods(() => nowMs + 5000);
  const tell = followed.begin();
  tell(news(["a"]));
  tell(interrupted);
  assert.deepEqual(followed.following(), { kind: "interrupted", reason: network, asOfMs: nowMs + 5000 });
  assert.deepEqual(names(followed.pods(nowMs + 4999)), ["a"]);
  assert.equal(followed.pods(nowMs + 5000), undefined);
  tell({ kind: "resumed", asOfMs: nowMs + 6000 });
  assert.deepEqual([followed.following(), names(followed.pods(nowMs + 9000))], [{ kind: "following" }, ["a"]]);
});
test("what is listed anew during an interruption counts only once that is over", () => {
  const followed = createFollowedPods(() => nowMs);
  const tell = followed.begin();
  tell(interrupted);
  assert.deepEqual(followed.following(), { kind: "interrupted", reason: network, asOfMs: undefined });
  tell(news(["a"]));
  assert.equal(followed.following()?.kind, "interrupted");
  tell({ kind: "resumed", asOfMs: nowMs });
  assert.deepEqual(names(followed.pods(nowMs + 1)), ["a"]);
});
test("the end stays to be told until nobody follows", () => {
  const followed = createFollowedPods(() => nowMs);
  const tell = followed.begin();
  tell({ kind: "ended", reason: network });
  assert.deepEqual(followed.following(), { kind: "ended", reason: network, asOfMs: undefined });
  followed.leave();
  assert.equal(followed.following(), undefined);
});
test("who follows again hears all anew, and until then what was told is kept", () => {
  const followed = createFollowedPods(() => nowMs);
  followed.begin()(news(["a", "b"]));
  followed.leave();
  const tell = followed.begin();
  assert.deepEqual(names(followed.pods(nowMs - 1)), ["a", "b"]);
  tell(news(["b"]));
  assert.deepEqual(names(followed.pods(nowMs)), ["b"]);
});

test("a listed pod that is not there any more is gone where records know it, else it is not shown", () =>
  assert.deepEqual(
    withFollowed(
      [pod("web", "a"), pod("web", "b"), pod("web", "c"), pod("web", "old", true)],
      [pod("web", "c"), pod("web", "d")],
      (name) => name === "a",
    ).map(({ name, gone }) => `${name}${gone ? " gone" : ""}`),
    ["c", "d", "a gone", "old gone"],
  ));

// ------------------------------------------------------------------------------------------------ in the tree

type Watch = { readonly namespace: string; tell(news: PodsNews): void; readonly signal: AbortSignal };

/** A cluster with the namespaces web and api, whose pods can be followed. */
async function followable() {
  const watches: Watch[] = [];
  const memory = memoryAccount([
    memoryCluster({
      name: "shop",
      pods: [pod("web", "a"), pod("web", "b"), pod("api", "x")],
      activity: [active("web", "a", 1, nowMs - 1000)],
    }),
  ]);
  const account: Account = Object.assign(memory, {
    watchPods: (_cluster: unknown, namespace: string, tell: (news: PodsNews) => void, signal: AbortSignal) => {
      watches.push({ namespace, tell, signal });
      return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    },
  });
  const tree = memoryTree([account]);
  await tree.contents.children(undefined);
  await tree.accounts.clusters(account).finish();
  const shop = await tree.child(await tree.child(undefined, "memory"), "id-shop");
  const web = await tree.child(shop, "web");
  assert.ok(web.kind === "namespace");
  await tree.contents.children(web);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  const leaving = new AbortController();
  const end = tree.contents.follow(web, leaving.signal);
  tree.drawn.length = 0;
  const [watch] = watches;
  assert.ok(watch !== undefined);
  return { tree, shop, web, watch, leaving, end, account: memory };
}

async function shown({ contents }: MemoryTree, node: Parameters<MemoryTree["draw"]>[0]): Promise<readonly string[]> {
  return (await contents.children(node)).map(label);
}

test("a new pod is shown, and its namespace alone is drawn again", async () => {
  const { tree, web, watch } = await followable();
  watch.tell(news(["a", "b"]));
  watch.tell(news(["c"]));
  assert.deepEqual(tree.drawn, [web, web]);
  assert.deepEqual(await shown(tree, web), ["a", "b", "c"]);
});
test("a pod that records do not know goes, and its namespace alone is drawn again", async () => {
  const { tree, web, watch } = await followable();
  watch.tell(news(["a", "b"]));
  watch.tell(news([], ["b"]));
  assert.deepEqual(tree.drawn, [web, web]);
  assert.deepEqual(await shown(tree, web), ["a"]);
});
test("a pod that records know stands with those that are gone, for which the cluster is drawn again", async () => {
  const { tree, shop, web, watch } = await followable();
  watch.tell(news(["a", "b"]));
  watch.tell(news([], ["a"]));
  assert.deepEqual(tree.drawn, [web, shop]);
  assert.deepEqual([await shown(tree, web), await shown(tree, shop)], [["b"], ["api", "web", "(gone)"]]);
  assert.deepEqual(await shown(tree, await tree.child(shop, "(gone)")), ["a"]);
});
test("a pod that came while nobody followed is there with the first news, one that went is not", async () => {
  const { tree, web, watch } = await followable();
  watch.tell(news(["a", "later"]));
  assert.deepEqual(await shown(tree, web), ["a", "later"]);
});
test("a list that is asked for anew does not undo what is followed", async () => {
  const { tree, web, watch } = await followable();
  watch.tell(news(["a", "b", "c"]));
  tree.contents.refresh(web);
  await tree.contents.children(web);
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  assert.deepEqual(await shown(tree, web), ["a", "b", "c"]);
});
test("an interruption is told of the namespace and of no other, and is over with the leaving", async () => {
  const { tree, shop, web, watch, leaving, end } = await followable();
  const api = await tree.child(shop, "api");
  assert.ok(api.kind === "namespace");
  watch.tell(news(["a", "b"]));
  watch.tell(interrupted);
  assert.deepEqual(tree.contents.following(web), { kind: "interrupted", reason: network, asOfMs: nowMs });
  assert.equal(tree.contents.following(api), undefined);
  leaving.abort();
  await end;
  assert.equal(tree.contents.following(web), undefined);
});
test("after the leaving nothing is heard", async () => {
  const { tree, web, watch, leaving } = await followable();
  watch.tell(news(["a", "b"]));
  leaving.abort();
  tree.drawn.length = 0;
  watch.tell(news(["c"]));
  assert.deepEqual([tree.drawn, await shown(tree, web)], [[], ["a", "b"]]);
});
test("an account that cannot be followed is not", async () => {
  const account = memoryAccount([memoryCluster({ name: "shop", pods: [pod("web", "a")] })]);
  const tree = memoryTree([account]);
  await tree.contents.children(undefined);
  await tree.accounts.clusters(account).finish();
  const web = await tree.child(await tree.child(await tree.child(undefined, "memory"), "id-shop"), "web");
  assert.ok(web.kind === "namespace");
  assert.equal(tree.contents.canFollow(web), false);
  await tree.contents.follow(web, new AbortController().signal);
  assert.equal(tree.contents.following(web), undefined);
});
