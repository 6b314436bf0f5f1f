import assert from "node:assert/strict";
import { test } from "node:test";
import { createListing, isWhole, type Listing } from "../../../../src/editor/explorer/listing.ts";
import type { Page } from "../../../../src/logs/account.ts";
import { network, rethrow } from "./memoryAccount.ts";

type Step = Page<string> | "wait" | Error;

/** A source that goes through its steps, one round for each time that it is asked. */
function source(...rounds: readonly (readonly Step[])[]) {
  let asked = 0;
  const go = Promise.withResolvers<void>();
  const aborted: boolean[] = [];
  return {
    asked: () => asked,
    aborted,
    go: go.resolve,
    load: async function* (signal: AbortSignal): AsyncIterable<Page<string>> {
      const round = rounds[asked++] ?? [];
      for (const step of round) {
        if (step instanceof Error) throw step;
        if (step === "wait") {
          const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
          await Promise.race([go.promise, stopped]);
          aborted.push(signal.aborted);
        } else yield step;
      }
    },
  };
}

function items(asOfMs: number, ...names: readonly string[]): Page<string> {
  return { kind: "items", items: names, asOfMs };
}

const failure: Page<string> = { kind: "failure", part: "cn-hangzhou", reason: network };

function shown(listing: Listing<string>): string {
  const { items: now, progress, failures, asOfMs } = listing.state();
  return `${progress}: ${now.join(" ")}${failures.length === 0 ? "" : ` !${failures.length}`} @${asOfMs}`;
}

test("nothing is asked before somebody wants it", () => {
  const from = source([items(1, "a")]);
  const listing = createListing(from.load, () => {}, rethrow);
  assert.equal(from.asked(), 0);
  assert.equal(shown(listing), "new:  @undefined");
});

test("the first page is shown while the second is awaited", async () => {
  const from = source([items(5, "a", "b"), "wait", items(3, "c")]);
  const listing = createListing(from.load, () => {}, rethrow);
  await listing.begin();
  assert.equal(shown(listing), "loading: a b @5");
  from.go();
  await listing.finish();
  assert.equal(shown(listing), "done: a b c @3");
  assert.equal(isWhole(listing.state()), true);
});

test("two that want the same ask once", async () => {
  const from = source([items(1, "a")], [items(2, "b")]);
  const listing = createListing(from.load, () => {}, rethrow);
  await Promise.all([listing.begin(), listing.finish(), listing.begin()]);
  await listing.finish();
  assert.equal(from.asked(), 1);
});

test("a part that fails leaves the others, and the list is not whole", async () => {
  const listing = createListing(source([items(1, "a"), failure, items(1, "b")]).load, () => {}, rethrow);
  await listing.finish();
  assert.equal(shown(listing), "done: a b !1 @1");
  assert.equal(isWhole(listing.state()), false);
});

test("while a list is asked for again the old one stays", async () => {
  const from = source([items(1, "a")], [items(2, "b"), "wait", items(2, "c")]);
  const listing = createListing(from.load, () => {}, rethrow);
  await listing.finish();
  const reloading = listing.reload();
  await listing.begin();
  assert.equal(shown(listing), "renewing: a @1");
  from.go();
  await reloading;
  assert.equal(shown(listing), "done: b c @2");
});

test("a list that cannot be had again keeps what it was, with the reason", async () => {
  const listing = createListing(source([items(1, "a")], [failure]).load, () => {}, rethrow);
  await listing.finish();
  await listing.reload();
  assert.equal(shown(listing), "done: a !1 @1");
});

test("an old list is shown at once and asked for again", async () => {
  const from = source([items(1, "a")], ["wait", items(2, "b")]);
  const listing = createListing(from.load, () => {}, rethrow);
  await listing.finish();
  listing.expire();
  assert.equal(shown(listing), "old: a @1");
  await listing.begin();
  assert.equal(shown(listing), "renewing: a @1");
  from.go();
  await listing.finish();
  assert.equal(shown(listing), "done: b @2");
});

test("stopping keeps what had come, and who waits goes on", async () => {
  const from = source([items(1, "a"), "wait", items(1, "b")], [items(2, "c")]);
  const listing = createListing(from.load, () => {}, rethrow);
  const whole = listing.finish();
  await listing.begin();
  listing.stop();
  await whole;
  assert.equal(shown(listing), "stopped: a @1");
  await new Promise(setImmediate);
  assert.deepEqual(from.aborted, [true]);
  assert.equal(shown(listing), "stopped: a @1");
  await listing.finish();
  assert.equal(shown(listing), "done: c @2");
});

test("stopping before the first page lets go of who waits for it", async () => {
  const listing = createListing(source(["wait"]).load, () => {}, rethrow);
  const first = listing.begin();
  listing.stop();
  await first;
  assert.equal(shown(listing), "stopped:  @undefined");
});

test("a fault in the source is told once and ends the list", async () => {
  const told: unknown[] = [];
  const fault = new Error("a fault");
  const listing = createListing(
    source([items(1, "a"), fault]).load,
    () => {},
    (error) => told.push(error),
  );
  await listing.finish();
  assert.deepEqual(told, [fault]);
  assert.equal(shown(listing), "stopped: a @1");
});

test("every change is told", async () => {
  const told: string[] = [];
  const listing: Listing<string> = createListing(
    source([items(1, "a"), items(1, "b")]).load,
    () => told.push(shown(listing)),
    rethrow,
  );
  await listing.finish();
  assert.deepEqual(told, ["loading: a @1", "loading: a b @1", "done: a b @1"]);
});
