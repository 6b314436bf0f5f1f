import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { LogRecord } from "../../../src/audit/event.ts";
import { emptyWorld } from "../../fakes/defaultWorld.ts";
import { type FakeCloud, startFakeCloud } from "../../fakes/fakeCloud.ts";
import { type Fault, FaultPlan, readFaultRules } from "../../fakes/faults.ts";
import { auditIndex } from "../../fakes/world.ts";
import { ackCall, json, send, slsLogs, type Wire } from "./wire.ts";

const question = { from: 1_760_000_000, to: 1_760_000_100, query: "*", line: 100, reverse: true };

function record(second: number): LogRecord {
  const seconds = 1_760_000_000 + second;
  return {
    __time__: String(seconds),
    __source__: "10.0.0.7",
    __topic__: "",
    kind: "Command",
    time: new Date(seconds * 1000).toISOString(),
    traceId: "t-1",
    eventId: `e-${second}`,
  };
}

let cloud: FakeCloud;

before(async () => {
  const world = emptyWorld(Date.now);
  const project = world.addProject("p", "cn-hangzhou");
  world.addLogstore(project, "audit", {
    index: auditIndex(180, 0),
    records: Array.from({ length: 8 }, (_, second) => record(second)),
  });
  cloud = await startFakeCloud({ world });
});
after(async () => {
  await cloud.close();
  assert.deepEqual(cloud.failures, []);
});

async function ask(more: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Wire> {
  return send(cloud, slsLogs("p", "audit", question, more), signal);
}

/** What one question meets while a fault is on; afterwards the cloud answers as ever. */
async function under<Result>(fault: Fault, work: () => Promise<Result>): Promise<Result> {
  const off = cloud.faults.add({ match: { service: "sls" }, fault });
  try {
    return await work();
  } finally {
    off();
    assert.equal((await ask()).status, 200);
  }
}

function ids(wire: Wire): readonly string[] {
  return (json(wire) as { data: readonly { eventId: string }[] }).data.map(({ eventId }) => eventId);
}

const all = ["e-7", "e-6", "e-5", "e-4", "e-3", "e-2", "e-1", "e-0"];

describe("over the wire", () => {
  test("without a fault all rows come", async () => assert.deepEqual(ids(await ask()), all));

  test("a compressed answer is the same", async () => {
    const wire = await ask({ "accept-encoding": "gzip" });
    assert.equal(wire.headers["x-log-compresstype"], "gzip");
    assert.deepEqual(ids(wire), all);
  });

  test("refused: no byte of an answer", () =>
    under({ kind: "refused" }, () => assert.rejects(ask(), { code: "ECONNRESET" })));

  test("reset in the middle of the body", () =>
    under({ kind: "resetMidBody" }, () => assert.rejects(ask(), { code: "ECONNRESET" })));

  test("hung before the answer and in its middle", async () => {
    for (const where of ["before", "midBody"] as const) {
      await under({ kind: "hang", where }, async () => {
        const aborting = new AbortController();
        const asked = ask({}, aborting.signal);
        const seen = cloud.requests.length;
        while (cloud.requests.length === seen) await new Promise((resolve) => setImmediate(resolve));
        aborting.abort();
        await assert.rejects(asked, { name: "AbortError" });
      });
    }
  });

  test("slow, and whole in the end", async () => {
    const wire = await under({ kind: "slow", ms: 1, chunkBytes: 100 }, () => ask());
    assert.deepEqual(ids(wire), all);
  });

  test("late, and whole", async () => assert.deepEqual(ids(await under({ kind: "delay", ms: 20 }, () => ask())), all));

  for (const [status, code] of [
    [500, "InternalServerError"],
    [503, "ServerBusy"],
  ] as const) {
    test(`${status} ${code}`, async () => {
      const wire = await under({ kind: "status", status, code }, () => ask());
      assert.equal(wire.status, status);
      assert.deepEqual(json(wire), { errorCode: code, errorMessage: code });
    });
  }

  test("throttled in the words of the service", async () => {
    const wire = await under({ kind: "throttled" }, () => ask());
    assert.equal(wire.status, 403);
    assert.deepEqual(json(wire), { errorCode: "ReadQuotaExceed", errorMessage: "Read quota is exceeded." });
  });

  test("incomplete: some of the rows, and said so", async () => {
    const wire = await under({ kind: "incomplete" }, () => ask());
    assert.equal((json(wire) as { meta: { progress: string } }).meta.progress, "Incomplete");
    assert.deepEqual(ids(wire), all.slice(0, 4));
  });

  test("JSON that ends in its middle", async () => {
    const wire = await under({ kind: "malformedJson" }, () => ask());
    assert.equal(wire.headers["content-length"], String(wire.body.length));
    assert.throws(() => json(wire), SyntaxError);
  });

  test("JSON of another shape", async () => {
    const wire = await under({ kind: "wrongShape" }, () => ask());
    assert.deepEqual(json(wire), { unexpected: [200] });
  });

  test("a compression that the body does not have", async () => {
    const wire = await under({ kind: "wrongCompression" }, () => ask({ "accept-encoding": "gzip" }));
    assert.throws(() => json(wire), /incorrect header check/);
  });

  test("an expired token", async () => {
    const wire = await under({ kind: "expiredSts" }, () => ask());
    assert.equal(wire.status, 401);
    assert.deepEqual(json(wire), {
      errorCode: "Unauthorized",
      errorMessage: "The security token you provided has expired.",
    });
  });

  test("a skewed clock refuses, and tells its time", async () => {
    const wire = await under({ kind: "skew", ms: 3_600_000 }, () => ask());
    assert.equal((json(wire) as { errorCode: string }).errorCode, "RequestTimeExpired");
    assert.ok(Date.parse(wire.headers.date ?? "") - Date.now() > 3_500_000);
  });

  test("nobody listens", async () => {
    await cloud.stopListening();
    await assert.rejects(ask(), { code: "ECONNREFUSED" });
    await cloud.listenAgain();
    assert.deepEqual(ids(await ask()), all);
  });
});

describe("limits", () => {
  test("more than fifteen analyses of a project at once are throttled", async () => {
    const off = cloud.faults.add({ match: {}, fault: { kind: "delay", ms: 1_500 } });
    const sql = { ...question, query: "* | select 1" };
    const wires = await Promise.all(Array.from({ length: 18 }, () => send(cloud, slsLogs("p", "audit", sql))));
    off();
    const statuses = wires.map(({ status }) => status).toSorted();
    assert.deepEqual(statuses, [...Array(15).fill(200), 403, 403, 403]);
    assert.ok(cloud.mostAtOnce("sls") >= 18);
  });

  test("a nonce is taken once", async () => {
    const call = (nonce: string) => send(cloud, ackCall(cloud, "DescribeRegions", "/regions", nonce));
    assert.equal((await call("n-1")).status, 200);
    assert.equal((json(await call("n-1")) as { Code: string }).Code, "SignatureNonceUsed");
  });

  test("a body that was changed on its way is refused", async () => {
    const sent = slsLogs("p", "audit", question);
    const wire = await send(cloud, { ...sent, body: sent.body.replace("*", "+") });
    assert.equal((json(wire) as { errorCode: string }).errorCode, "SignatureNotMatch");
  });

  test("a request without a signature is told what is missing", async () => {
    const wire = await send(cloud, { method: "GET", host: "p.sls.localhost", path: "/", headers: {}, body: "" });
    assert.deepEqual(json(wire), {
      errorCode: "MissingParameter",
      errorMessage: "Missing http extend header key : authorization.",
    });
  });
});

describe("the plan", () => {
  const asked = { service: "sls", operation: "GetLogsV2", about: "p" } as const;

  function check(match: object, expected: readonly number[]): void {
    const plan = new FaultPlan();
    plan.add({ match, fault: { kind: "refused" } });
    const met = [1, 2, 3, 4].filter(() => plan.meet(asked).length > 0);
    assert.deepEqual(met, expected);
  }

  test("a rule for all meets all", () => check({}, [1, 2, 3, 4]));
  test("so many times", () => check({ times: 2 }, [1, 2]));
  test("from the nth on", () => check({ nth: 3 }, [3, 4]));
  test("the nth alone", () => check({ nth: 2, times: 1 }, [2]));
  test("of one operation", () => check({ operation: "GetIndex" }, []));
  test("of one project", () => check({ about: "p", service: "sls", operation: "GetLogsV2" }, [1, 2, 3, 4]));

  test("rules are read from outside, and what is wrong with them is said", () => {
    assert.deepEqual(readFaultRules([{ match: { nth: 2 }, fault: { kind: "slow", ms: 5, chunkBytes: 10 } }]), [
      { match: { nth: 2 }, fault: { kind: "slow", ms: 5, chunkBytes: 10 } },
    ]);
    assert.equal(readFaultRules({}), "The body has to be an array of rules.");
    assert.equal(
      readFaultRules([{ fault: { kind: "slow", ms: 5 } }]),
      "A fault of the kind slow needs the number chunkBytes.",
    );
  });
});

describe("by hand", () => {
  async function control(method: string, path: string, body = ""): Promise<unknown> {
    return json(await send(cloud, { method, host: "control.localhost", path, headers: {}, body }));
  }

  test("faults are switched over the control endpoint", async () => {
    const rules = [{ match: { service: "sls" }, fault: { kind: "status", status: 503, code: "ServerBusy" } }];
    assert.deepEqual(await control("POST", "/faults", JSON.stringify(rules)), rules);
    assert.equal((await ask()).status, 503);
    assert.deepEqual(await control("DELETE", "/faults"), []);
    assert.equal((await ask()).status, 200);
  });

  test("what there is can be seen", async () => {
    const { projects } = (await control("GET", "/world")) as { projects: readonly object[] };
    assert.deepEqual(projects, [
      { name: "p", region: "cn-hangzhou", logstores: [{ name: "audit", ttlDays: 180, records: 8 }] },
    ]);
  });
});
