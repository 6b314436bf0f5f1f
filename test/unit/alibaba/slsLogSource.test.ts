/** What a Logstore is asked for beside the rows of a search. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, collect, json, LogService, never, newestFirst, records, refusal, startSeconds } from "./logService.ts";

const range = { fromMs: startSeconds * 1000, toMs: (startSeconds + 9_000) * 1000 };
function question(statement: string, maxRows = 1_000) {
  return { statement, range, zone: "Asia/Shanghai", maxRows };
}

test("SQL is sent once, as it was written, without a page", async () => {
  const service = new LogService([]);
  const statement = "kind: Command\n| select kind as k,\n  count(1) as c group by k limit 5, 10";
  service.analysis = () => ({
    meta: { progress: "Complete", hasSQL: true, keys: ["k", "c"], columnTypes: ["varchar", "bigint"] },
    data: [
      { c: "3", k: "Command" },
      { c: "null", k: "null" },
    ],
  });
  const { columns, rows, end } = await collect(ask(service).source.ask(question(statement), never));
  assert.deepEqual(columns, [
    { name: "k", kind: "text" },
    { name: "c", kind: "number" },
  ]);
  // No number is a missing value; a text may really be this word.
  assert.deepEqual(rows, [
    ["Command", "3"],
    ["null", undefined],
  ]);
  assert.ok(end.kind === "end");
  assert.deepEqual([end.completeness.gaps, end.total], [[], undefined]);
  assert.deepEqual(
    service.called.map(({ kind, body }) => [kind, body["query"], body["line"], body["offset"]]),
    [["logs", statement, undefined, undefined]],
  );
});
test("SQL over part of a second is asked for the whole of it", async () => {
  const service = new LogService([]);
  const part = { fromMs: startSeconds * 1000 + 400, toMs: startSeconds * 1000 + 900 };
  await collect(ask(service).source.ask({ ...question("* | select 1"), range: part }, never));
  assert.deepEqual([service.called[0]?.body["from"], service.called[0]?.body["to"]], [startSeconds, startSeconds + 1]);
});
test("the same request is repeated while its answer is incomplete, with longer and longer pauses", async () => {
  const service = new LogService([]);
  service.fault = ({ nth }) => (nth < 4 ? "incomplete" : undefined);
  const { source, slept } = ask(service);
  const { end } = await collect(source.ask(question("* | select 1"), never));
  assert.ok(end.kind === "end" && end.completeness.gaps.length === 0);
  assert.deepEqual(slept, [100, 200, 400, 800]);
  assert.equal(new Set(service.called.map(({ body }) => JSON.stringify(body))).size, 1);
});
test("SQL that stays incomplete says so and has what there is", async () => {
  const service = new LogService([]);
  service.analysis = () => ({ meta: { progress: "Complete", hasSQL: true, keys: ["c"] }, data: [{ c: "3" }] });
  service.fault = () => "incomplete";
  const { rows, end } = await collect(ask(service).source.ask(question("* | select 1"), never));
  assert.deepEqual(rows, [["3"]]);
  assert.ok(end.kind === "end");
  assert.deepEqual(end.completeness.gaps, [{ kind: "server" }]);
  assert.equal(service.called.length, 11);
});
test("a statement that cannot be read is not sent", async () => {
  const service = new LogService([]);
  const { source } = ask(service);
  assert.equal((await collect(source.ask(question("kind: Command and ("), never))).end.kind, "refused");
  assert.equal((await source.histogram(question("kind:"), 10, never)).kind, "refused");
  assert.equal(service.called.length, 0);
});
test("SPL is looked through part by part", async () => {
  const service = new LogService(records(250));
  service.fault = ({ body }) => {
    const offset = Number(body["offset"]);
    assert.equal(body["session"], "mode=scan");
    const data = records(250)
      .slice(offset, offset + 120)
      .filter((_, index) => index % 2 === 0);
    const phraseQueryInfo = { scanAll: offset + 120 >= 250, beginOffset: offset, endOffset: offset + 120 };
    return json({ meta: { progress: "Complete", mode: 2, hasSQL: false, phraseQueryInfo }, data });
  };
  const { records: found, end } = await collect(ask(service).source.ask(question("* | where kind = 'Command'"), never));
  assert.equal(found.length, 125);
  assert.ok(end.kind === "end");
  assert.deepEqual([end.completeness.gaps, end.total], [[], 125]);
  const capped = await collect(ask(service).source.ask(question("* | where kind = 'Command'", 70), never));
  assert.equal(capped.rows.length, 70);
  assert.ok(capped.end.kind === "end");
  assert.deepEqual(capped.end.completeness.gaps, [{ kind: "rowCap", rows: 70 }]);
});
test("records have columns for what lies in their JSON fields, whatever the case of its keys", async () => {
  const rows = [
    {
      __time__: String(startSeconds),
      eventId: "e-1",
      zone: "z",
      k8s: '{"user":{"username":"dev"},"pod":{"Namespace":"shop"}}',
      process: '{"name":"rm","cmdline":"rm a","user":{"uid":0}}',
      host: '{"cut',
    },
  ];
  const { columns, rows: cells } = await collect(ask(new LogService(rows)).source.ask(question("*"), never));
  assert.deepEqual(
    columns.map(({ name, kind, derived }, index) => [name, kind, derived === true, cells[0]?.[index]]),
    [
      ["__time__", "time", false, String(startSeconds)],
      ["eventId", "text", false, "e-1"],
      ["k8s", "json", false, rows[0]?.k8s],
      ["process", "json", false, rows[0]?.process],
      ["host", "json", false, '{"cut'],
      ["zone", "text", false, "z"],
      ["k8s.user.username", "text", true, "dev"],
      ["k8s.pod.namespace", "text", true, "shop"],
      ["process.name", "text", true, "rm"],
      ["process.cmdline", "text", true, "rm a"],
      ["process.user.uid", "text", true, "0"],
    ],
  );
});

test("a histogram says which of its stretches are incomplete", async () => {
  const service = new LogService(records(100));
  service.fault = ({ kind }) =>
    kind === "histogram"
      ? json([
          { from: startSeconds, to: startSeconds + 10, count: 5, progress: "Complete" },
          { from: startSeconds + 10, to: startSeconds + 20, count: 7, progress: "Incomplete" },
        ])
      : undefined;
  const histogram = await ask(service).source.histogram(question("* | select 1"), 10, never);
  assert.ok(histogram.kind === "buckets");
  const second = { fromMs: (startSeconds + 10) * 1000, toMs: (startSeconds + 20) * 1000 };
  assert.deepEqual(histogram.buckets[1], { ...second, count: 7 });
  assert.deepEqual(histogram.completeness.gaps, [{ kind: "server", range: second }]);
  assert.equal(service.called[0]?.request.url.searchParams.get("query"), "*");
});
test("values are asked for by SQL that nothing can break out of", async () => {
  const service = new LogService([]);
  const asked: string[] = [];
  service.analysis = (query) => {
    asked.push(query);
    return { meta: { progress: "Complete", hasSQL: true, keys: ["value", "c"] }, data: [{ value: "rm", c: "4" }] };
  };
  const { source } = ask(service);
  assert.deepEqual(await source.values('a"b', "it's", range, 5, never), [{ value: "rm", count: 4 }]);
  assert.match(asked[0] ?? "", /cast\("a""b" as varchar\)/);
  assert.match(asked[0] ?? "", /lower\('it''s'\)/);
  assert.match(asked[0] ?? "", / limit 5$/);
});
test("a field that is no column has no values", async () => {
  const service = new LogService([]);
  service.fault = () => refusal(400, "ParameterInvalid", "line 1:13: Column 'nosuch' cannot be resolved");
  assert.deepEqual(await ask(service).source.values("nosuch", "", range, 5, never), []);
});
test("bounds are found to the second, with few requests", async () => {
  const service = new LogService([...records(50), ...records(3, 1, startSeconds + 7_000)]);
  assert.deepEqual(await ask(service).source.bounds(never), {
    fromMs: startSeconds * 1000,
    toMs: (startSeconds + 7_003) * 1000,
  });
  assert.ok(service.called.length <= 14, String(service.called.length));
});
test("a service that cuts nothing is halved", async () => {
  const service = new LogService(records(50));
  service.buckets = 1;
  const bounds = await ask(service).source.bounds(never);
  assert.ok(bounds !== undefined && !("code" in bounds));
  assert.ok(bounds.fromMs <= startSeconds * 1000 && bounds.toMs >= (startSeconds + 50) * 1000);
});
test("no record has no bounds", async () => {
  assert.equal(await ask(new LogService([])).source.bounds(never), undefined);
});

test("context is what lies around a record in its file, wherever it was found", async () => {
  const rows = records(300, 100);
  const service = new LogService(rows);
  const context = await ask(service).source.context?.(rows[150] ?? {}, 3, 2, never);
  assert.ok(context?.kind === "context");
  const place = context.columns.findIndex(({ name }) => name === "eventId");
  assert.deepEqual(
    context.rows.map((cells) => cells[place]),
    ["e-000147", "e-000148", "e-000149", "e-000150", "e-000151", "e-000152"],
  );
  assert.equal(context.anchor, 3);
  assert.ok(!context.columns.some(({ name }) => name === "__index_number__"));
});
test("a record that says itself where it lies is not looked for", async () => {
  const service = new LogService(records(30));
  const placed = { ...records(30)[7], "__tag__:__pack_id__": "pack-1", __pack_meta__: "meta-7" };
  const context = await ask(service).source.context?.(placed, 1, 1, never);
  assert.ok(context?.kind === "context" && context.anchor === 1);
  assert.equal(service.called.length, 1);
});
test("a record that is not there has no place", async () => {
  const service = new LogService(records(30));
  const other = { __time__: String(startSeconds), eventId: "e-none" };
  assert.deepEqual(await ask(service).source.context?.(other, 1, 1, never), { kind: "noPlace" });
});

/** Follows until so many events have come; every poll may be preceded by something. */
async function followed(service: LogService, count: number, before: (poll: number) => void = () => undefined) {
  const stop = new AbortController();
  const { source, clock } = ask(service);
  let polls = 0;
  service.meanwhile = ({ kind }) => {
    if (kind !== "histogram") return;
    polls += 1;
    before(polls);
    if (polls > 400) stop.abort();
  };
  const from = { fromMs: (startSeconds + 9_000) * 1000, toMs: 0 };
  const got: string[] = [];
  for await (const part of source.follow?.({ ...question("*"), range: from }, stop.signal) ?? []) {
    if (part.kind !== "rows") return { got, end: part, polls, clock, service };
    const place = part.columns.findIndex(({ name }) => name === "eventId");
    got.push(...part.rows.map((cells) => cells[place] ?? ""));
    if (got.length >= count) stop.abort();
  }
  throw new Error("Following has no end.");
}

test("following gives what is there, oldest first, then what arrives, and ends when it is told to", async () => {
  const service = new LogService(records(20, 1, startSeconds + 9_900));
  const { got, end } = await followed(service, 23, (poll) => {
    if (poll === 4) {
      service.rows.push(
        ...[0, 1, 2].map((index) => ({ __time__: String(startSeconds + 9_930 + index), eventId: `new-${index}` })),
      );
    }
  });
  assert.deepEqual(got, [...newestFirst(records(20, 1, startSeconds + 9_900)).toReversed(), "new-0", "new-1", "new-2"]);
  assert.ok(end.kind === "end");
  assert.deepEqual(end.completeness.gaps, [{ kind: "cancelled" }]);
});
test("what arrives late is given once, though later ones were given before", async () => {
  const service = new LogService(records(20, 1, startSeconds + 9_900));
  const { got } = await followed(service, 21, (poll) => {
    if (poll === 3) service.rows.push({ __time__: String(startSeconds + 9_905), eventId: "late" });
  });
  assert.equal(got.at(-1), "late");
  assert.equal(new Set(got).size, got.length);
});
test("records that are the same are as many as they are", async () => {
  const same = { __time__: String(startSeconds + 9_950), kind: "Command", eventId: "same" };
  const service = new LogService([same, same]);
  const { got } = await followed(service, 3, (poll) => {
    if (poll === 3) service.rows.push(same);
  });
  assert.deepEqual(got, ["same", "same", "same"]);
});
test("while nothing is new only the count is asked for", async () => {
  const service = new LogService(records(5, 1, startSeconds + 9_950));
  const { polls } = await followed(service, 6, (poll) => {
    if (poll === 60) service.rows.push({ __time__: String(startSeconds + 10_100), eventId: "new" });
  });
  assert.ok(polls >= 60);
  assert.ok(service.count("logs") <= 2, String(service.count("logs")));
});
test("following goes on after a minute without a network, and nothing is lost", async () => {
  const service = new LogService(records(5, 1, startSeconds + 9_950));
  let calls = 0;
  service.fault = () => {
    calls += 1;
    return calls > 4 && calls < 20 ? { kind: "failure", reason: "dns", detail: "" } : undefined;
  };
  const { got } = await followed(service, 6, (poll) => {
    if (poll === 3) service.rows.push({ __time__: String(startSeconds + 9_960), eventId: "meanwhile" });
  });
  assert.equal(got.at(-1), "meanwhile");
  assert.equal(got.length, 6);
});
test("a server whose clock is ahead is asked by its own time", async () => {
  const service = new LogService([]);
  const { source, clock } = ask(service);
  // The service answers with the time of `records`' future; this machine is an hour behind.
  clock.nowMs = (startSeconds + 6_400) * 1000;
  service.rows.push({ __time__: String(startSeconds + 9_990), eventId: "e-1" });
  const stop = new AbortController();
  let polls = 0;
  service.meanwhile = () => {
    polls += 1;
    if (polls > 50) stop.abort();
  };
  const from = { fromMs: startSeconds * 1000, toMs: 0 };
  let got = 0;
  for await (const part of source.follow?.({ ...question("*"), range: from }, stop.signal) ?? []) {
    if (part.kind === "rows") {
      got += part.rows.length;
      stop.abort();
    }
  }
  assert.equal(got, 1);
});
test("only a search can be followed", async () => {
  const service = new LogService([]);
  const { follow } = ask(service).source;
  assert.ok(follow !== undefined);
  const { end } = await collect(follow(question("* | select 1"), never));
  assert.equal(end.kind, "refused");
  assert.equal(service.called.length, 0);
});
