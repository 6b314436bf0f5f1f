import assert from "node:assert/strict";
import { test } from "node:test";
import { createKubernetes, type KubernetesOptions } from "../../../src/kubernetes/kubernetes.ts";
import type { PodNews } from "../../../src/kubernetes/watch.ts";
import { type FakeKubernetes, kubeconfigFor, startFakeKubernetes } from "../../fakes/kubernetes.ts";
import { podObject } from "../../fakes/kubernetesObjects.ts";

/** A watch that is under way: what it told, and what who listened to it alone would now believe. */
class Watching {
  readonly fake: FakeKubernetes;
  readonly told: PodNews[] = [];
  readonly waits: number[] = [];
  readonly #controller = new AbortController();
  readonly #pods = new Map<string, string>();
  readonly #ended: Promise<void>;
  #notice: () => void = () => {};

  constructor(fake: FakeKubernetes, options: KubernetesOptions, token: string) {
    this.fake = fake;
    const kubernetes = createKubernetes(kubeconfigFor(fake, { token }), {
      random: () => 0,
      gatherMs: 0,
      sleep: async (ms) => {
        this.waits.push(ms);
        await new Promise(setImmediate);
      },
      ...options,
    });
    this.#ended = kubernetes.watchPods("shop", (news) => this.#hear(news), this.#controller.signal);
  }

  #hear(news: PodNews): void {
    this.told.push(news);
    if (news.kind === "pods") {
      for (const pod of news.changed) {
        const image = pod.containers[0]?.image ?? "";
        assert.notEqual(this.#pods.get(pod.name), `${pod.phase} ${image}`, `${pod.name} was told twice`);
        this.#pods.set(pod.name, `${pod.phase} ${image}`);
      }
      for (const name of news.gone) assert.ok(this.#pods.delete(name), `${name} was never told`);
    }
    this.#notice();
  }

  get pods(): readonly string[] {
    return [...this.#pods.keys()].sort();
  }

  phaseOf(name: string): string | undefined {
    return this.#pods.get(name)?.split(" ")[0];
  }

  kinds(): readonly string[] {
    return this.told.map(({ kind }) => kind);
  }

  /** Waits until it holds; a test that waits for ever is ended by the runner. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => {
        this.#notice = resolve;
        setImmediate(resolve);
      });
    }
  }

  watched(): Promise<void> {
    return this.until(() => this.fake.openWatches === 1);
  }

  get watches(): number {
    return this.fake.requests.filter(({ query }) => query.get("watch") === "true").length;
  }

  get lists(): number {
    return this.fake.requests.length - this.watches;
  }

  ended(): Promise<void> {
    return this.#ended;
  }

  async abort(): Promise<void> {
    this.#controller.abort();
    await this.#ended;
  }
}

async function watching(
  names: readonly string[],
  work: (watch: Watching) => Promise<void>,
  options: KubernetesOptions = {},
  prepare: (fake: FakeKubernetes) => void = () => {},
): Promise<void> {
  const fake = await startFakeKubernetes({
    tls: "valid",
    users: { tokens: { t1: "reader" } },
    objects: names.map((name) => podObject(name)),
  });
  prepare(fake);
  const watch = new Watching(fake, options, "t1");
  try {
    await work(watch);
    await watch.abort();
    await watch.until(() => fake.openConnections === 0);
  } finally {
    await watch.abort();
    await fake.close();
  }
}

test("first all pods are told at once", () =>
  watching(["a", "b", "c"], async (watch) => {
    await watch.watched();
    assert.deepEqual([watch.kinds(), watch.pods], [["pods"], ["a", "b", "c"]]);
  }));
test("first an empty namespace is told too", () =>
  watching([], async (watch) => {
    await watch.watched();
    assert.deepEqual(
      watch.told.map((news) => news.kind === "pods" && [news.changed, news.gone]),
      [[[], []]],
    );
  }));
test("it watches from where the list ended, with bookmarks", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    const { query } = watch.fake.requests[1] ?? {};
    assert.deepEqual(
      [query?.get("resourceVersion"), query?.get("allowWatchBookmarks"), query?.get("timeoutSeconds")],
      ["1001", "true", "290"],
    );
  }));
test("a new pod is told", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.put(podObject("b"));
    await watch.until(() => watch.pods.length === 2);
    assert.deepEqual(watch.pods, ["a", "b"]);
  }));
test("a changed pod is told", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.put(podObject("a", { phase: "Failed" }));
    await watch.until(() => watch.phaseOf("a") === "Failed");
    assert.deepEqual(watch.pods, ["a"]);
  }));
test("a pod that goes is told", () =>
  watching(["a", "b"], async (watch) => {
    await watch.watched();
    watch.fake.remove("Pod", "a", "shop");
    await watch.until(() => watch.pods.length === 1);
    assert.deepEqual(watch.pods, ["b"]);
  }));
test("a pod of another namespace is not told", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.put(podObject("other", { namespace: "data" }));
    watch.fake.put(podObject("b"));
    await watch.until(() => watch.pods.length > 1);
    assert.deepEqual(watch.pods, ["a", "b"]);
  }));
test("a change of what is not kept is not told", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.put(podObject("a", { restarts: 5 }));
    watch.fake.put(podObject("b"));
    await watch.until(() => watch.pods.includes("b"));
    assert.deepEqual(
      watch.told.slice(1).map((news) => news.kind === "pods" && news.changed.map(({ name }) => name)),
      [["b"]],
    );
  }));
test("changes in a short time are told together, each pod once", () =>
  watching(
    ["a"],
    async (watch) => {
      await watch.watched();
      for (let number = 0; number < 50; number += 1) {
        watch.fake.put(podObject(`b-${number}`, { phase: "Pending" }));
        watch.fake.put(podObject(`b-${number}`));
      }
      await watch.until(() => watch.pods.length === 51);
      assert.deepEqual([watch.kinds(), watch.phaseOf("b-7")], [["pods", "pods"], "Running"]);
    },
    { gatherMs: 300 },
  ));
test("a pod that came and went in a short time is not told", () =>
  watching(
    ["a"],
    async (watch) => {
      await watch.watched();
      watch.fake.put(podObject("b"));
      watch.fake.remove("Pod", "b", "shop");
      watch.fake.put(podObject("c"));
      await watch.until(() => watch.pods.length > 1);
      assert.deepEqual(watch.pods, ["a", "c"]);
    },
    { gatherMs: 300 },
  ));

test("a watch that the server ends after a change goes on without a wait", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.put(podObject("b"));
    await watch.until(() => watch.pods.length === 2);
    watch.fake.endWatches("end");
    await watch.until(() => watch.watches === 2 && watch.fake.openWatches === 1);
    assert.deepEqual([watch.waits, watch.lists, watch.kinds()], [[], 1, ["pods", "pods"]]);
  }));
test("a watch that ends at once again and again is asked for more and more slowly", () =>
  watching(
    ["a"],
    async (watch) => {
      await watch.until(() => watch.waits.length >= 7);
      assert.deepEqual(watch.waits.slice(0, 7), [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    },
    {},
    (fake) => fake.fail({ verb: "watch" }, { kind: "body", text: "" }),
  ));
test("a reset is told, and what happened meanwhile is not lost", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.endWatches("reset");
    watch.fake.put(podObject("b"));
    watch.fake.remove("Pod", "a", "shop");
    await watch.until(() => watch.pods.join() === "b");
    assert.deepEqual([watch.kinds(), watch.lists], [["pods", "interrupted", "resumed", "pods"], 1]);
  }));
test("after a bookmark it goes on from there", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.put(podObject("other", { namespace: "data" }));
    watch.fake.sendBookmarks();
    watch.fake.put(podObject("b"));
    await watch.until(() => watch.pods.length === 2);
    watch.fake.endWatches("end");
    await watch.until(() => watch.watches === 2);
    assert.equal(watch.fake.requests.at(-1)?.query.get("resourceVersion"), "1003");
  }));
test("a bookmark saves the list after the server forgot", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.put(podObject("other", { namespace: "data" }));
    watch.fake.forget();
    watch.fake.sendBookmarks();
    watch.fake.put(podObject("b"));
    await watch.until(() => watch.pods.length === 2);
    watch.fake.endWatches("end");
    await watch.until(() => watch.watches === 2 && watch.fake.openWatches === 1);
    assert.equal(watch.lists, 1);
  }));
test("when the server forgot it lists anew, and only differences are told", () =>
  watching(["a", "b", "c"], async (watch) => {
    await watch.watched();
    watch.fake.endWatches("reset");
    watch.fake.remove("Pod", "a", "shop");
    watch.fake.put(podObject("b", { phase: "Failed" }));
    watch.fake.put(podObject("d"));
    watch.fake.forget();
    await watch.until(() => watch.pods.join() === "b,c,d");
    const last = watch.told.findLast(({ kind }) => kind === "pods");
    assert.deepEqual(last?.kind === "pods" && [last.changed.map(({ name }) => name), last.gone], [["b", "d"], ["a"]]);
    assert.equal(watch.lists, 2);
  }));
test("a server that always forgot is asked more and more slowly", () =>
  watching(
    ["a"],
    async (watch) => {
      await watch.until(() => watch.waits.length >= 3);
      assert.deepEqual(watch.waits.slice(0, 3), [1000, 2000, 4000]);
    },
    {},
    (fake) => fake.fail({ verb: "watch" }, { kind: "status", status: 410, message: "too old" }),
  ));
test("a list that expires in its middle begins anew before anything is told", () =>
  watching(
    ["a", "b", "c", "d"],
    async (watch) => {
      await watch.watched();
      assert.deepEqual([watch.kinds(), watch.pods, watch.lists], [["pods"], ["a", "b", "c", "d"], 4]);
    },
    { pageSize: 2 },
    (fake) => fake.fail({ verb: "list", nth: 2, times: 1 }, { kind: "status", status: 410 }),
  ));
test("a line that is no event interrupts, and nothing is lost", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.writeToWatches("<html>\n");
    watch.fake.put(podObject("b"));
    await watch.until(() => watch.pods.length === 2);
    const [, news] = watch.told;
    assert.deepEqual(news?.kind === "interrupted" && news.reason.kubernetes, { code: "malformed", where: "watch" });
  }));
test("half a line when the connection breaks is no event", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.writeToWatches('{"type":"DELETED","object":{"metadata":{"name":"a"');
    watch.fake.endWatches("end");
    await watch.until(() => watch.watches === 2 && watch.fake.openWatches === 1);
    assert.deepEqual(watch.pods, ["a"]);
  }));
test("an error in the middle of a watch interrupts it", () =>
  watching(["a"], async (watch) => {
    await watch.watched();
    watch.fake.writeToWatches('{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd"}}\n');
    await watch.until(() => watch.told.length > 1);
    const [, news] = watch.told;
    assert.deepEqual(news?.kind === "interrupted" && news.reason.kubernetes, {
      code: "service",
      status: 500,
      message: "etcd",
    });
  }));
test("429 to a watch waits as long as the server says", () =>
  watching(
    ["a"],
    async (watch) => {
      await watch.until(() => watch.kinds().includes("resumed"));
      assert.deepEqual([watch.waits, watch.kinds()], [[9000], ["pods", "interrupted", "resumed"]]);
    },
    {},
    (fake) => fake.fail({ verb: "watch", times: 1 }, { kind: "status", status: 429, retryAfterSeconds: 9 }),
  ));
test("a watch that is not answered is asked for again", () =>
  watching(
    ["a"],
    async (watch) => {
      await watch.until(() => watch.kinds().includes("resumed"));
      const [, news] = watch.told;
      assert.deepEqual(news?.kind === "interrupted" && news.reason.cause, "timeout");
    },
    { timeoutMs: 300 },
    (fake) => fake.fail({ verb: "watch", times: 1 }, { kind: "hang" }),
  ));
test("a server that is down for a while is waited for", async (context) => {
  const fake = await startFakeKubernetes({ objects: [podObject("a")] });
  context.after(() => fake.close());
  const { port } = fake;
  const watch = new Watching(fake, {}, "t1");
  context.after(() => watch.abort());
  await watch.watched();
  await fake.close();
  await watch.until(() => watch.waits.length >= 3);
  fake.put(podObject("b"));
  await fake.listen(port);
  await watch.until(() => watch.pods.length === 2);
  assert.deepEqual(watch.told.flatMap((news) => (news.kind === "interrupted" ? [news.reason.cause] : [])).slice(1, 3), [
    "refused",
    "refused",
  ]);
});
test("a server that is down at first is waited for", async (context) => {
  const fake = await startFakeKubernetes({ objects: [podObject("a")] });
  context.after(() => fake.close());
  const { port } = fake;
  const text = kubeconfigFor(fake);
  await fake.close();
  const controller = new AbortController();
  context.after(() => controller.abort());
  const kinds: string[] = [];
  let listening: Promise<void> | undefined;
  const options: KubernetesOptions = {
    sleep: async () => {
      listening ??= fake.listen(port);
      await listening;
    },
  };
  await createKubernetes(text, options).watchPods(
    "shop",
    (news) => {
      kinds.push(news.kind);
      if (news.kind === "resumed") controller.abort();
    },
    controller.signal,
  );
  assert.deepEqual(kinds, ["interrupted", "pods", "resumed"]);
});

test("without the right to watch the pods are told, and why no more comes", () =>
  watching(
    ["a"],
    async (watch) => {
      await watch.ended();
      const last = watch.told.at(-1);
      assert.deepEqual([watch.kinds(), watch.pods], [["pods", "ended"], ["a"]]);
      assert.deepEqual(
        last?.kind === "ended" && last.reason.kubernetes.code === "forbidden" && last.reason.kubernetes.verb,
        "watch",
      );
    },
    {},
    (fake) => fake.deny("watch", "pods"),
  ));
test("without the right to list it ends", () =>
  watching(
    ["a"],
    async (watch) => {
      await watch.ended();
      assert.deepEqual(watch.kinds(), ["ended"]);
    },
    {},
    (fake) => fake.deny("list", "pods"),
  ));
test("a watch outlives the kubeconfig that it began with", async (context) => {
  const tokens: Record<string, string> = { old: "reader" };
  const fake = await startFakeKubernetes({ tls: "valid", users: { tokens }, objects: [podObject("a")] });
  context.after(() => fake.close());
  const watch = new Watching(fake, { renew: async () => kubeconfigFor(fake, { token: "t1" }) }, "old");
  context.after(() => watch.abort());
  await watch.watched();
  delete tokens["old"];
  tokens["t1"] = "reader";
  fake.endWatches("reset");
  fake.put(podObject("b"));
  await watch.until(() => watch.pods.length === 2);
  assert.deepEqual([watch.kinds(), watch.lists], [["pods", "interrupted", "resumed", "pods"], 1]);
});
test("through a hundred interruptions no pod is lost and none told twice", () =>
  watching(["p-0"], async (watch) => {
    await watch.watched();
    const expected = new Set(["p-0"]);
    for (let round = 1; round <= 100; round += 1) {
      watch.fake.put(podObject(`p-${round}`, { phase: "Pending" }));
      expected.add(`p-${round}`);
      if (round % 3 === 0) watch.fake.endWatches("reset");
      else if (round % 3 === 1) watch.fake.endWatches("end");
      else watch.fake.writeToWatches("{}\n");
      watch.fake.put(podObject(`p-${round}`));
      if (round % 4 === 0) {
        watch.fake.remove("Pod", `p-${round - 2}`, "shop");
        expected.delete(`p-${round - 2}`);
      }
      if (round % 7 === 0) watch.fake.forget();
      const wanted = [...expected].sort().join();
      await watch.until(() => watch.pods.join() === wanted && watch.phaseOf(`p-${round}`) === "Running");
      await watch.watched();
    }
    assert.ok(watch.watches > 100);
  }));

async function abortedWhen(
  when: (watch: Watching) => boolean,
  prepare: (fake: FakeKubernetes) => void = () => {},
  options: KubernetesOptions = {},
): Promise<void> {
  await watching(
    ["a"],
    async (watch) => {
      await watch.until(() => when(watch));
      await watch.abort();
      const told = watch.told.length;
      const requests = watch.fake.requests.length;
      await watch.until(() => watch.fake.openConnections === 0);
      watch.fake.put(podObject("late"));
      await new Promise(setImmediate);
      assert.deepEqual([watch.told.length, watch.fake.requests.length], [told, requests]);
    },
    options,
    prepare,
  );
}
test("aborted at once nothing is sent", () => abortedWhen(() => true));
test("aborted while it lists nothing stays", () =>
  abortedWhen(
    (watch) => watch.fake.requests.length === 1,
    (fake) => fake.fail({ verb: "list" }, { kind: "hang" }),
  ));
test("aborted while the watch is not yet answered nothing stays", () =>
  abortedWhen(
    (watch) => watch.watches === 1,
    (fake) => fake.fail({ verb: "watch" }, { kind: "hang" }),
  ));
test("aborted while it watches nothing stays", () => abortedWhen((watch) => watch.fake.openWatches === 1));
test("aborted while changes are gathered they are not told", () =>
  abortedWhen(
    (watch) => {
      if (watch.fake.openWatches === 1) watch.fake.put(podObject("b"));
      return watch.fake.openWatches === 1;
    },
    () => {},
    { gatherMs: 60_000 },
  ));
test("aborted while it waits to try again nothing is sent", () =>
  abortedWhen(
    (watch) => watch.kinds().includes("interrupted"),
    (fake) => fake.fail({ verb: "watch" }, { kind: "status", status: 503 }),
    {
      sleep: (_, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true })),
    },
  ));
