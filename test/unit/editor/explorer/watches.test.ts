import assert from "node:assert/strict";
import { test } from "node:test";
import { createNodes, type NamespaceNode } from "../../../../src/editor/explorer/node.ts";
import { createWatches } from "../../../../src/editor/explorer/watches.ts";
import { id, rethrow } from "./memoryAccount.ts";

/** Two clusters with namespaces, and who of them is followed now. */
function tree({ atOnce = 20, report = rethrow as (error: unknown) => void } = {}) {
  const nodes = createNodes();
  const cluster = nodes.cluster("shop", id("c1"));
  const other = nodes.cluster("shop", id("c2"));
  const now: string[] = [];
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<void>>();
  const watches = createWatches({
    atOnce,
    report,
    follow: async ({ namespace }, signal) => {
      begun.push(namespace);
      now.push(namespace);
      const end = Promise.withResolvers<void>();
      ends.set(namespace, end);
      signal.addEventListener("abort", () => {
        now.splice(now.indexOf(namespace), 1);
        end.resolve();
      });
      await end.promise;
    },
  });
  const namespace = (name: string): NamespaceNode => nodes.namespace(name.startsWith("o") ? other : cluster, name);
  return {
    watches,
    cluster,
    other,
    namespace,
    open: (...names: readonly string[]) => {
      for (const name of names) watches.opened(namespace(name));
    },
    followed: () => [...now].sort(),
    begun,
    ends,
    settle: () => new Promise(setImmediate),
  };
}

test("nothing is followed before the tree is seen", () => {
  const { open, followed } = tree();
  open("web");
  assert.deepEqual(followed(), []);
});
test("what stands open is followed when the tree comes into sight, and no longer when it is hidden", () => {
  const { watches, open, followed } = tree();
  open("web", "api");
  watches.setVisible(true);
  assert.deepEqual(followed(), ["api", "web"]);
  watches.setVisible(false);
  assert.deepEqual(followed(), []);
});
test("a namespace that is opened is followed, once", () => {
  const { watches, open, followed, begun } = tree();
  watches.setVisible(true);
  open("web", "web");
  watches.setVisible(true);
  assert.deepEqual([followed(), begun], [["web"], ["web"]]);
});
test("a namespace that is closed is followed no longer, the others are", () => {
  const { watches, namespace, open, followed, begun } = tree();
  watches.setVisible(true);
  open("web", "api");
  watches.closed(namespace("web"));
  assert.deepEqual([followed(), begun], [["api"], ["web", "api"]]);
});
test("below a closed cluster nothing is followed, below the others it is, and opening brings it back", () => {
  const { watches, cluster, open, followed } = tree();
  watches.setVisible(true);
  open("web", "api", "other");
  watches.closed(cluster);
  assert.deepEqual(followed(), ["other"]);
  watches.opened(cluster);
  assert.deepEqual(followed(), ["api", "other", "web"]);
});
test("below a closed account nothing is followed, though its clusters stand open", () => {
  const { watches, cluster, open, followed } = tree();
  watches.setVisible(true);
  open("web", "other");
  watches.closed(cluster.parent);
  watches.opened(cluster);
  assert.deepEqual(followed(), []);
});
test("what is drawn again below a closed cluster is not followed", () => {
  const { watches, cluster, open, followed } = tree();
  watches.setVisible(true);
  open("web");
  watches.closed(cluster);
  open("web");
  assert.deepEqual(followed(), []);
});
test("of too many those are followed that were opened last, and drawing again changes nothing", () => {
  const { watches, namespace, open, followed } = tree({ atOnce: 2 });
  watches.setVisible(true);
  open("a", "b", "c");
  assert.deepEqual(followed(), ["b", "c"]);
  open("a", "b", "c");
  assert.deepEqual(followed(), ["b", "c"]);
  watches.closed(namespace("c"));
  assert.deepEqual(followed(), ["a", "b"]);
});
test("one that ended by itself is begun again when that is asked for, the others go on", async () => {
  const { watches, open, begun, ends, settle } = tree();
  watches.setVisible(true);
  open("web", "api");
  ends.get("web")?.resolve();
  await settle();
  open("web");
  assert.deepEqual(begun, ["web", "api"]);
  watches.retry();
  assert.deepEqual(begun, ["web", "api", "web"]);
});
test("one that ended is begun again when the tree is seen again", async () => {
  const { watches, open, begun, ends, settle } = tree();
  watches.setVisible(true);
  open("web");
  ends.get("web")?.resolve();
  await settle();
  watches.setVisible(false);
  watches.setVisible(true);
  assert.deepEqual(begun, ["web", "web"]);
});
test("a namespace that is not there any more is followed no longer", () => {
  const { watches, cluster, open, followed } = tree();
  watches.setVisible(true);
  open("web", "other");
  watches.keepOnly((node) => node.parent === cluster);
  assert.deepEqual(followed(), ["web"]);
});
test("a fault is told and the namespace is followed again when that is asked for", async () => {
  const told: unknown[] = [];
  const { watches, open, begun, ends, settle } = tree({ report: (error) => void told.push(error) });
  watches.setVisible(true);
  open("web");
  ends.get("web")?.reject("broken");
  await settle();
  watches.retry();
  assert.deepEqual([told, begun], [["broken"], ["web", "web"]]);
});
test("after the end nothing is followed", () => {
  const { watches, open, followed } = tree();
  watches.setVisible(true);
  open("web");
  watches.dispose();
  open("api");
  assert.deepEqual(followed(), []);
});
