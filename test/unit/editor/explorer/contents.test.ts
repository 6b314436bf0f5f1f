import assert from "node:assert/strict";
import { test } from "node:test";
import type { TreeNode } from "../../../../src/editor/explorer/node.ts";
import {
  active,
  label,
  type MemoryTree,
  memoryAccount,
  memoryCluster,
  memoryTree,
  network,
  nowMs,
  on,
  pod,
  recordsOnly,
} from "./memoryAccount.ts";

const minuteMs = 60_000;

function shop() {
  return memoryCluster({
    name: "shop",
    namespaces: [
      { name: "web", gone: false },
      { name: "payments", gone: false },
      { name: "trial", gone: true },
    ],
    pods: [
      pod("payments", "web-1"),
      pod("payments", "api-1"),
      pod("payments", "api-0", true),
      pod("web", "front-1"),
      pod("trial", "demo-0", true),
    ],
    activity: [
      active("payments", "api-1", 4, nowMs - 47 * minuteMs, 4),
      active("payments", "web-1", 1, nowMs - 180 * minuteMs),
      active("payments", "api-0", 2, nowMs - 200 * minuteMs),
      active("payments", "lost-7", 1, nowMs - 300 * minuteMs, 1),
      active("trial", "demo-0", 1, nowMs - 400 * minuteMs),
    ],
  });
}

/** The root shows itself once the clusters of an account are known. */
async function started(tree: MemoryTree): Promise<MemoryTree> {
  await tree.contents.children(undefined);
  for (const account of tree.accounts.all()) await tree.accounts.clusters(account).finish();
  return tree;
}

async function path(tree: MemoryTree, ...labels: readonly string[]): Promise<TreeNode> {
  let node: TreeNode | undefined;
  for (const each of labels) node = await tree.child(node, each);
  if (node === undefined) throw new Error("A path has a label.");
  return node;
}

/** Everything that goes on beside the tree has ended: nothing in memory waits longer than a turn. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}

async function labels(tree: MemoryTree, node: TreeNode | undefined): Promise<readonly string[]> {
  return (await tree.contents.children(node)).map(label);
}

test("a cluster has its namespaces, and behind them what is gone", async () => {
  const tree = await started(memoryTree([memoryAccount([shop()])]));
  const cluster = await path(tree, "memory", "id-shop");
  await tree.contents.children(cluster);
  await settled();
  assert.deepEqual(await labels(tree, cluster), ["payments", "web", "(gone)"]);
});

test("the whole tree: risky pods first, then by the last entry, containers below, the gone ones apart", async () => {
  const tree = await started(memoryTree([memoryAccount([shop()])]));
  await tree.contents.children(await path(tree, "memory", "id-shop"));
  await settled();
  assert.deepEqual(await tree.draw(), [
    "memory",
    "  id-shop",
    "    payments",
    "      api-1",
    "        [app]",
    "      web-1",
    "        [app]",
    "    web",
    "      front-1",
    "        [app]",
    "    (gone)",
    "      lost-7",
    "      api-0",
    "      demo-0",
  ]);
});

test("counts of a namespace are those of the pods below it, of the group those of its own", async () => {
  const tree = await started(memoryTree([memoryAccount([shop()])]));
  const cluster = await path(tree, "memory", "id-shop");
  await tree.contents.children(cluster);
  await settled();
  const payments = await path(tree, "memory", "id-shop", "payments");
  const gone = await path(tree, "memory", "id-shop", "(gone)");
  assert.ok(payments.kind === "namespace" && gone.kind === "gone" && cluster.kind === "cluster");
  assert.deepEqual(tree.contents.pods(payments), {
    podCount: 2,
    counts: { entries: 5, riskyCommands: 4, isUpTo: false },
  });
  assert.deepEqual(tree.contents.pods(gone), {
    podCount: 3,
    counts: { entries: 4, riskyCommands: 1, isUpTo: false },
  });
  assert.deepEqual(tree.contents.cluster(cluster).counts, { entries: 9, riskyCommands: 5, isUpTo: false });
});

test("a count that was filtered and not checked is an upper bound", async () => {
  const tree = await started(memoryTree([memoryAccount([shop()])], { isExact: false }));
  const pods = await path(tree, "memory", "id-shop", "payments", "api-1");
  assert.ok(pods.kind === "pod");
  assert.equal(tree.contents.pod(pods).isUpTo, true);
});

test("all counts of a cluster come from one question, over the window that ends now", async () => {
  const account = memoryAccount([shop()]);
  const tree = await started(memoryTree([account]));
  await tree.draw();
  await settled();
  await tree.draw();
  assert.deepEqual(
    account.questions.map(({ range }) => range),
    [{ fromMs: nowMs + 1000 - 24 * 60 * minuteMs, toMs: nowMs + 1000 }],
  );
});

test("another window asks again and forgets the old counts at once", async () => {
  const account = memoryAccount([shop()]);
  const tree = await started(memoryTree([account]));
  const cluster = await path(tree, "memory", "id-shop");
  await tree.contents.children(cluster);
  assert.ok(cluster.kind === "cluster");
  tree.contents.setWindow("1h");
  assert.equal(tree.contents.cluster(cluster).counts, undefined);
  await tree.contents.children(cluster);
  assert.deepEqual(account.questions.at(-1)?.range, { fromMs: nowMs + 1000 - 60 * minuteMs, toMs: nowMs + 1000 });
  assert.notEqual(tree.contents.cluster(cluster).counts, undefined);
});

test("the counts of a file are over all its records, whenever that was, and nothing in it is gone", async () => {
  const file = memoryAccount(
    [
      memoryCluster({
        name: "old",
        status: recordsOnly,
        bounds: { fromMs: 1_700_000_000_000, toMs: 1_700_000_600_000 },
        namespaces: [{ name: "shop", gone: false }],
        pods: [pod("shop", "web-0")],
        activity: [active("shop", "web-0", 1, 1_700_000_000_000), active("shop", "db-0", 1, 1_700_000_100_000)],
      }),
    ],
    { kind: "file" },
  );
  const tree = await started(memoryTree([file]));
  assert.deepEqual(await tree.draw(), ["memory", "  id-old", "    shop", "      db-0", "      web-0", "        [app]"]);
  assert.deepEqual(
    file.questions.map(({ range }) => range),
    [{ fromMs: 1_700_000_000_000, toMs: 1_700_000_601_000 }],
  );
});

test("a list that fails is a line with the reason, and a retry brings the rest", async () => {
  const cluster = shop();
  cluster.namespacesFailure = network;
  const tree = await started(memoryTree([memoryAccount([cluster])]));
  const node = await path(tree, "memory", "id-shop");
  await tree.contents.children(node);
  await settled();
  // What records name is shown all the same: that a namespace is gone, nobody can say.
  assert.deepEqual(await labels(tree, node), ["payments", "trial", "(gone)", "<failed list>"]);
  cluster.namespacesFailure = undefined;
  const note = await tree.child(node, "<failed list>");
  assert.ok(note.kind === "note" && note.note.kind === "failed");
  assert.deepEqual(note.note.failure.reason, network);
  tree.contents.retry(note);
  await tree.contents.children(node);
  await settled();
  assert.deepEqual(await labels(tree, node), ["payments", "web", "(gone)"]);
});

test("counts that fail leave the tree, by name, with the reason", async () => {
  const cluster = shop();
  cluster.activityFailure = network;
  const tree = await started(memoryTree([memoryAccount([cluster])]));
  const node = await path(tree, "memory", "id-shop");
  assert.deepEqual(await labels(tree, node), ["payments", "web", "<failed counts>"]);
  const payments = await tree.child(node, "payments");
  assert.deepEqual(await labels(tree, payments), ["api-1", "web-1"]);
  assert.ok(payments.kind === "namespace");
  assert.equal(tree.contents.pods(payments).counts, undefined);
});

test("pods that cannot be listed are those of the records, with the reason", async () => {
  const cluster = shop();
  cluster.podsFailure = network;
  const tree = await started(memoryTree([memoryAccount([cluster])]));
  const node = await path(tree, "memory", "id-shop", "payments");
  assert.deepEqual(await labels(tree, node), ["api-1", "lost-7", "web-1", "api-0", "<failed list>"]);
});

test("what somebody stopped is not asked for again by drawing it", async () => {
  const account = memoryAccount([shop()]);
  const tree = await started(memoryTree([account]));
  const gate = Promise.withResolvers<void>();
  const cluster = await path(tree, "memory", "id-shop");
  account.gate = gate.promise;
  const drawing = tree.contents.children(cluster);
  await settled();
  tree.contents.stop(cluster);
  // The counts had come by then, and name what they name.
  assert.deepEqual((await drawing).map(label), ["payments", "trial", "<stopped list>"]);
  gate.resolve();
  await settled();
  assert.deepEqual(await labels(tree, cluster), ["payments", "trial", "<stopped list>"]);
  assert.deepEqual(account.lists, ["clusters", "namespaces of id-shop"]);
  tree.contents.retry((await tree.child(cluster, "<stopped list>")) as Extract<TreeNode, { kind: "note" }>);
  account.gate = undefined;
  assert.deepEqual((await labels(tree, cluster)).slice(0, 2), ["payments", "web"]);
});

test("what was left by closing a node is asked for again when it is opened", async () => {
  const account = memoryAccount([shop()]);
  const tree = await started(memoryTree([account]));
  const gate = Promise.withResolvers<void>();
  const cluster = await path(tree, "memory", "id-shop");
  account.gate = gate.promise;
  const drawing = tree.contents.children(cluster);
  await settled();
  tree.contents.leave(cluster);
  await drawing;
  account.gate = undefined;
  assert.deepEqual((await labels(tree, cluster)).slice(0, 2), ["payments", "web"]);
});

test("nodes are the same objects after a refresh, so that the place is kept", async () => {
  const account = memoryAccount([shop()]);
  const tree = await started(memoryTree([account]));
  const before = [
    await path(tree, "memory"),
    await path(tree, "memory", "id-shop"),
    await path(tree, "memory", "id-shop", "payments"),
    await path(tree, "memory", "id-shop", "payments", "api-1"),
  ];
  tree.contents.refresh(undefined);
  await tree.draw();
  await settled();
  const after = [
    await path(tree, "memory"),
    await path(tree, "memory", "id-shop"),
    await path(tree, "memory", "id-shop", "payments"),
    await path(tree, "memory", "id-shop", "payments", "api-1"),
  ];
  assert.deepEqual(
    before.map((node, index) => node === after[index]),
    [true, true, true, true],
  );
  assert.deepEqual(account.lists.filter((asked) => asked === "clusters").length, 2);
});

test("a refresh shows what is new", async () => {
  const cluster = shop();
  const tree = await started(memoryTree([memoryAccount([cluster])]));
  const payments = await path(tree, "memory", "id-shop", "payments");
  cluster.pods = [...cluster.pods, pod("payments", "api-2")];
  await tree.contents.children(payments);
  tree.contents.refresh(payments);
  await tree.contents.children(payments);
  await settled();
  assert.deepEqual(await labels(tree, payments), ["api-1", "web-1", "api-2"]);
});

test("a cluster whose state changes is drawn again, and no other", async () => {
  const account = memoryAccount([shop(), memoryCluster({ name: "batch" }), memoryCluster({ name: "edge" })]);
  const tree = await started(memoryTree([account]));
  await tree.draw();
  await settled();
  tree.drawn.length = 0;
  const batch = [...account.content.values()].find(({ name }) => name === "batch");
  assert.ok(batch !== undefined);
  batch.status = { kind: "off", asOfMs: nowMs, newestEventMs: undefined };
  await tree.contents.refreshStates(tree.accounts.places());
  assert.deepEqual(
    tree.drawn.map((node) => (node === undefined ? "all" : label(node))),
    ["id-batch"],
  );
});

test("newer events count again, and only then", async () => {
  const account = memoryAccount([shop()]);
  const tree = await started(memoryTree([account]));
  await tree.draw();
  await settled();
  await tree.contents.refreshStates(tree.accounts.places());
  await settled();
  assert.equal(account.questions.length, 1);
  const [cluster] = account.content.values();
  assert.ok(cluster !== undefined && on.kind === "on");
  cluster.status = { ...on, newestEventMs: nowMs };
  await tree.contents.refreshStates(tree.accounts.places());
  await settled();
  assert.equal(account.questions.length, 2);
});

test("a step of turning auditing on is shown before the list has it", async () => {
  const tree = await started(memoryTree([memoryAccount([shop()])]));
  const cluster = await path(tree, "memory", "id-shop");
  assert.ok(cluster.kind === "cluster");
  tree.contents.overrideStatus(cluster, { kind: "turningOff", asOfMs: nowMs, step: "uninstallingAuditing" });
  assert.equal(tree.contents.cluster(cluster).state?.status.kind, "turningOff");
  tree.contents.overrideStatus(cluster, undefined);
  assert.equal(tree.contents.cluster(cluster).state?.status.kind, "on");
});

test("the root says whether it loads, failed, or has something", async () => {
  const account = memoryAccount([shop()]);
  account.clustersFailure = network;
  const tree = memoryTree([account]);
  assert.equal(tree.contents.rootState(), "loading");
  assert.deepEqual(await labels(tree, undefined), []);
  await settled();
  assert.equal(tree.contents.rootState(), "failed");
  account.clustersFailure = undefined;
  tree.contents.refresh(undefined);
  await labels(tree, undefined);
  await settled();
  assert.deepEqual(await labels(tree, undefined), ["memory"]);
  assert.equal(tree.contents.rootState(), "ready");
  assert.equal(memoryTree([]).contents.rootState(), "nothing");
});

test("10,000 pods in a namespace come 500 at a time, from one list and one question", async () => {
  const pods = Array.from({ length: 10_000 }, (_, index) => pod("big", `pod-${String(index).padStart(5, "0")}`));
  const account = memoryAccount([
    memoryCluster({ name: "big", pods, activity: pods.map(({ name }, index) => active("big", name, 1, index * 1000)) }),
  ]);
  const tree = await started(memoryTree([account]));
  const big = await path(tree, "memory", "id-big", "big");
  await tree.contents.children(big);
  await settled();
  const first = await tree.contents.children(big);
  assert.equal(first.length, 501);
  assert.equal(label(first[0] ?? big), "pod-09999");
  const more = first[500];
  assert.ok(more?.kind === "note" && more.note.kind === "more");
  assert.deepEqual([more.note.next, more.note.remaining], [500, 9500]);
  tree.contents.showMore(more);
  assert.equal((await tree.contents.children(big)).length, 1001);
  assert.deepEqual(account.lists, ["clusters", "namespaces of id-big", "pods of id-big/big"]);
  assert.equal(account.questions.length, 1);
});

test("a pod far down is found on the page that then shows it", async () => {
  const pods = Array.from({ length: 1300 }, (_, index) => pod("big", `pod-${String(index).padStart(5, "0")}`));
  const tree = await started(memoryTree([memoryAccount([memoryCluster({ name: "big", pods })])]));
  const cluster = await path(tree, "memory", "id-big");
  assert.ok(cluster.kind === "cluster");
  const node = await tree.contents.podNode(cluster, "big", "pod-01234");
  assert.ok(node !== undefined);
  const children = await tree.contents.children(await path(tree, "memory", "id-big", "big"));
  assert.equal(children.includes(node), true);
});

test("a pod that is gone is found in the group of what is gone", async () => {
  const tree = await started(memoryTree([memoryAccount([shop()])]));
  const cluster = await path(tree, "memory", "id-shop");
  assert.ok(cluster.kind === "cluster");
  const node = await tree.contents.podNode(cluster, "payments", "lost-7");
  assert.equal(node?.parent.kind, "gone");
  assert.equal(await tree.contents.podNode(cluster, "payments", "never-was"), undefined);
});

test("of 100 clusters nothing is asked but their list until one is opened", async () => {
  const account = memoryAccount(Array.from({ length: 100 }, (_, index) => memoryCluster({ name: `c${index}` })));
  const tree = await started(memoryTree([account]));
  const root = await path(tree, "memory");
  assert.equal((await tree.contents.children(root)).length, 100);
  await tree.contents.children(await tree.child(root, "id-c42"));
  assert.deepEqual(account.lists, ["clusters", "namespaces of id-c42"]);
  assert.equal(account.questions.length, 1);
});

test("every pod of a cluster is found, present and gone", async () => {
  const tree = await started(memoryTree([memoryAccount([shop()])]));
  const cluster = await path(tree, "memory", "id-shop");
  assert.ok(cluster.kind === "cluster");
  const found: string[] = [];
  for await (const rows of tree.contents.everyPod(cluster, new AbortController().signal)) {
    found.push(...rows.map((row) => `${row.pod.namespace}/${row.pod.name}`));
  }
  assert.deepEqual(found, [
    "payments/api-1",
    "payments/web-1",
    "web/front-1",
    "payments/lost-7",
    "payments/api-0",
    "trial/demo-0",
  ]);
});
