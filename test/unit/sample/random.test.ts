import assert from "node:assert/strict";
import { test } from "node:test";
import { hash, randomId, seeded } from "../../../src/sample/random.ts";

test("the same seed gives the same numbers", () => {
  const draw = (seed: string) => {
    const random = seeded(seed);
    return Array.from({ length: 5 }, () => random.next());
  };
  assert.deepEqual(draw("a"), draw("a"));
  assert.notDeepEqual(draw("a"), draw("b"));
});
test("numbers are spread evenly over what was asked for", () => {
  const counts = new Map<number, number>();
  for (let seed = 0; seed < 6_000; seed++) {
    const drawn = seeded(`seed/${seed}`).between(1, 6);
    counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), [1, 2, 3, 4, 5, 6]);
  for (const count of counts.values()) assert.ok(count > 850 && count < 1_150, String(count));
});
test("a chance of a quarter comes true once in four", () => {
  const random = seeded("chance");
  const hits = Array.from({ length: 4_000 }, () => random.chance(0.25)).filter(Boolean).length;
  assert.ok(hits > 900 && hits < 1_100, String(hits));
});
test("ids have the usual form, and 200,000 of them from 10,000 seeds are all different", () => {
  const ids = new Set<string>();
  for (let seed = 0; seed < 10_000; seed++) {
    const random = seeded(`c7/pod/${seed}`);
    for (let index = 0; index < 20; index++) ids.add(randomId(random));
  }
  assert.equal(ids.size, 200_000);
  for (const id of [...ids].slice(0, 100))
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
});
test("one letter makes another hash", () => {
  assert.notEqual(hash("a"), hash("b"));
  assert.equal(new Set(Array.from({ length: 1_000 }, (_, index) => hash(`pod-${index}`) % 30)).size, 30);
});
