/** What the operations of SLS send, and how what comes back is read. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  readContextLogs,
  readHistograms,
  readIndex,
  readLogs,
  readLogstore,
  readLogstoreNames,
  readMeteringMode,
  readProject,
} from "../../../src/alibaba/readSls.ts";
import {
  deleteLogstore,
  getLogs,
  getLogstore,
  getMeteringMode,
  getProject,
  type LogstoreAddress,
  listLogstores,
  updateLogstoreTtl,
} from "../../../src/alibaba/sls.ts";
import { isLasting, statementProblem, unreachableBy } from "../../../src/alibaba/slsFailure.ts";
import { ask, json, LogService, never, records, refusal } from "./logService.ts";

const address: LogstoreAddress = { region: "cn-hangzhou", project: "k8s-log-c1", logstore: "advaudit-c1" };

test("GetLogsV2 is a POST with the statement as it was written, and asks for gzip", async () => {
  const service = new LogService(records(3));
  const query = '* |\n  select "k8s.pod.name", count(1)\n  -- by pod\n  group by 1';
  await getLogs(ask(service).context, address, { fromSeconds: 1, toSeconds: 2, query, page: undefined }, never);
  const [called] = service.called;
  assert.equal(called?.request.method, "POST");
  assert.equal(called?.request.url.href, "http://k8s-log-c1.sls.localhost:1/logstores/advaudit-c1/logs");
  assert.equal(called?.request.headers["accept-encoding"], "gzip");
  assert.deepEqual(called?.body, { from: 1, to: 2, query });
});
test("a page of a search, with the order of nanoseconds where that is wanted", async () => {
  const service = new LogService(records(3));
  const page = { line: 100, offset: 200, reverse: true };
  const request = { fromSeconds: 1, toSeconds: 2, query: "*", page, isAccurate: true, powerSql: false };
  await getLogs(ask(service).context, address, request, never);
  assert.deepEqual(service.called[0]?.body, { from: 1, to: 2, query: "*", ...page, isAccurate: true, powerSql: false });
});
test("changing the retention sends all that was set before, and nothing that the service sets", async () => {
  const service = new LogService([]);
  service.logstore = {
    logstoreName: "advaudit-c1",
    ttl: 180,
    hot_ttl: 90,
    shardCount: 2,
    autoSplit: true,
    maxSplitShard: 64,
    appendMeta: true,
    enable_tracking: false,
    mode: "standard",
    createTime: 1,
    lastModifyTime: 2,
    productType: "k8s",
  };
  const { context } = ask(service);
  const current = await getLogstore(context, address, never);
  assert.ok(current.kind === "done");
  assert.deepEqual([current.value.ttlDays, current.value.mode, current.value.hotTtlDays], [180, "standard", 90]);
  const changed = await updateLogstoreTtl(context, address, current.value, 30, never);
  assert.equal(changed.kind, "done");
  assert.deepEqual(service.called.at(-1)?.body, {
    logstoreName: "advaudit-c1",
    ttl: 30,
    hot_ttl: 30,
    shardCount: 2,
    autoSplit: true,
    maxSplitShard: 64,
    appendMeta: true,
    enable_tracking: false,
    mode: "standard",
  });
});
test("a Logstore is deleted once, whatever becomes of the answer", async () => {
  const service = new LogService([]);
  service.fault = () => ({ kind: "failure", reason: "reset", detail: "" });
  assert.equal((await deleteLogstore(ask(service).context, address, never)).kind, "noAnswer");
  assert.equal(service.count("deleteLogstore"), 1);
});
test("Logstores are listed over all pages", async () => {
  const service = new LogService([]);
  const names = Array.from({ length: 1_203 }, (_, index) => `advaudit-${index}`);
  service.fault = ({ request }) => {
    const offset = Number(request.url.searchParams.get("offset"));
    return json({ count: 0, total: names.length, logstores: names.slice(offset, offset + 500) });
  };
  const listed = await listLogstores(ask(service).context, address, "advaudit-", never);
  assert.ok(listed.kind === "done");
  assert.deepEqual(listed.value, names);
  assert.equal(service.count("listLogstores"), 3);
});
test("projects and billing modes", async () => {
  const { context } = ask(new LogService([]));
  const project = await getProject(context, address, never);
  assert.deepEqual(project.kind === "done" && project.value, {
    name: "k8s-log-c1",
    region: "cn-hangzhou",
    status: "Normal",
  });
  const mode = await getMeteringMode(context, address, never);
  assert.equal(mode.kind === "done" && mode.value, "ChargeByFunction");
});

/** Reads as this, or says where it is malformed. */
function check(claim: string, read: unknown, expected: unknown): void {
  test(claim, () => assert.deepEqual(read, expected));
}
function malformed(read: (json: unknown) => unknown, value: unknown, where: string): void {
  test(`${read.name}: ${JSON.stringify(value)} is malformed at ${where}`, () => {
    assert.equal((read(value) as { readonly where?: string }).where, where);
  });
}

const meta = { progress: "Complete", hasSQL: true, keys: ["c", "value"], columnTypes: ["bigint"], other: 1 };
check(
  "columns of SQL in the order of keys, with the types that are told",
  readLogs({ meta, data: [{ c: "1" }], x: 1 }),
  {
    rows: [{ c: "1" }],
    complete: true,
    hasSql: true,
    columns: [
      { name: "c", type: "bigint" },
      { name: "value", type: "" },
    ],
    nextOffset: undefined,
    endOffset: 0,
    scanned: false,
  },
);
test("a phrase says where the next part begins, in either spelling of true", () => {
  for (const scanAll of [false, "false"]) {
    const read = readLogs({
      meta: { progress: "Incomplete", mode: 1, phraseQueryInfo: { scanAll, beginOffset: 0, endOffset: "10000" } },
      data: [],
    });
    assert.deepEqual("rows" in read && [read.nextOffset, read.scanned, read.complete], [10_000, true, false]);
  }
});
malformed(readLogs, [], "no object");
malformed(readLogs, { data: [] }, "meta");
malformed(readLogs, { meta: {}, data: [] }, "meta.progress");
malformed(readLogs, { meta: { progress: "Done" }, data: [] }, "meta.progress");
malformed(readLogs, { meta: { progress: "Complete" }, data: {} }, "data");
malformed(readLogs, { meta: { progress: "Complete" }, data: ["row"] }, "data");
check(
  "stretches of a histogram in the order of time, numbers as texts too",
  readHistograms([
    { from: "20", to: 30, count: "4", progress: "Incomplete" },
    { from: 10, to: 20, count: 3, progress: "Complete" },
  ]),
  [
    { fromSeconds: 10, toSeconds: 20, count: 3, complete: true },
    { fromSeconds: 20, toSeconds: 30, count: 4, complete: false },
  ],
);
malformed(readHistograms, {}, "no array");
malformed(readHistograms, [{ from: 1, to: 2, count: 3 }], "[0]");
malformed(readHistograms, [{ from: 1, to: 2, count: -3, progress: "Complete" }], "[0]");
malformed(readHistograms, [{ from: 3, to: 2, count: 3, progress: "Complete" }], "[0]");
test("an index: fields, those inside JSON by dotted names, and what a leaf takes from its field", () => {
  const read = readIndex({
    ttl: 30,
    max_text_len: 2048,
    line: { token: [" "], caseSensitive: true, chn: false },
    keys: {
      kind: { type: "text", doc_value: true, alias: "", caseSensitive: false, token: [" ", ","] },
      future: { type: "vector" },
      process: {
        type: "json",
        doc_value: true,
        caseSensitive: true,
        token: ["/"],
        json_keys: { name: { type: "text", doc_value: true }, pid: { type: "long", doc_value: false, alias: "id" } },
      },
    },
  });
  assert.deepEqual(read, {
    fields: [
      { name: "kind", type: "text", isColumn: true, alias: "", caseSensitive: false, token: [" ", ","] },
      { name: "process", type: "json", isColumn: true, alias: "", caseSensitive: true, token: ["/"] },
      { name: "process.name", type: "text", isColumn: true, alias: "", caseSensitive: true, token: ["/"] },
      { name: "process.pid", type: "long", isColumn: false, alias: "id", caseSensitive: true, token: ["/"] },
    ],
    fullText: true,
    fullTextTokens: [" "],
    fullTextCaseSensitive: true,
    maxTextLength: 2048,
  });
});
malformed(readIndex, null, "no object");
malformed(readIndex, {}, "keys");
malformed(readIndex, { keys: [] }, "keys");
malformed(readContextLogs, { progress: "Complete" }, "logs");
malformed(readContextLogs, { logs: [] }, "progress");
malformed(readLogstore, { ttl: 1 }, "logstoreName");
malformed(readLogstore, { logstoreName: "a" }, "ttl");
malformed(readLogstoreNames, { logstores: [1] }, "logstores");
malformed(readProject, {}, "projectName");
malformed(readMeteringMode, {}, "meteringMode");
check("a billing mode that is new", readMeteringMode({ meteringMode: "ChargeByMoonlight" }), "unknown");

// ------------------------------------------------------------------------------------------------- refusals

const statement = 'kind: Command | select "nosuch", lenght(kind) from logs';
function problem(message: string, code = "ParameterInvalid", status = 400): unknown {
  const found = statementProblem(
    { kind: "refused", status, code, message, requestId: "r", action: undefined },
    statement,
  );
  return found === undefined ? undefined : [found.code, statement.slice(found.span.start, found.span.end)];
}
// The texts are those of "How do I resolve common errors that occur when I query and analyze logs?".
check(
  "a column that is none",
  problem("line 1:44: Column 'nosuch' cannot be resolved;please add the column in the index attribute"),
  ["column-unknown", "nosuch"],
);
check("a function that is none", problem("line 1:8: Function lenght not registered"), ["function-unknown", "lenght"]);
check(
  "a field without an index",
  problem(
    'ParameterInvalid:key (kind) is not config as key value config,if symbol : is in your log,please wrap : with quotation mark "',
  ),
  ["column-unknown", "kind"],
);
check("anything else is told in the service's words", problem("syntax error"), ["engine-rejected", statement]);
check("what is not about the statement is no problem of it", problem("", "InvalidTimeRange"), undefined);
check("nor is a denial", problem("denied", "Unauthorized", 401), undefined);

test("why a Logstore gives no answer", () => {
  const refused = (status: number, code: string) =>
    unreachableBy({ kind: "refused", status, code, message: "words", requestId: "r-1", action: undefined });
  assert.deepEqual(refused(404, "LogStoreNotExist"), { code: "notFound", detail: "LogStoreNotExist: words [r-1]" });
  assert.deepEqual(refused(404, "IndexConfigNotExist"), {
    code: "notFound",
    cause: "index",
    detail: "IndexConfigNotExist: words [r-1]",
  });
  assert.equal(refused(403, "Unauthorized").code, "denied");
  assert.deepEqual([refused(500, "InternalServerError").code, refused(503, "x").cause], ["network", "service"]);
  assert.deepEqual(
    unreachableBy({ kind: "noCredential", failure: { kind: "credentialFailure", code: "expired", detail: "~/x" } }),
    { code: "denied", cause: "credential", detail: "expired: ~/x" },
  );
  const noAnswer = unreachableBy({ kind: "noAnswer", failure: { kind: "failure", reason: "proxy", detail: "p" } });
  assert.deepEqual(noAnswer, { code: "network", cause: "proxy", detail: "p" });
});
test("what will not heal is not tried again", () => {
  assert.equal(
    isLasting({ kind: "refused", status: 404, code: "", message: "", requestId: "", action: undefined }),
    true,
  );
  assert.equal(
    isLasting({ kind: "refused", status: 500, code: "", message: "", requestId: "", action: undefined }),
    false,
  );
  assert.equal(isLasting({ kind: "throttled", code: "", message: "", requestId: "" }), false);
});
test("the action that is missing is told", async () => {
  const service = new LogService([]);
  service.fault = () => refusal(401, "Unauthorized", "denied by sts or ram, action: log:GetIndex, resource: x");
  const index = await ask(service).source.indexFields?.(never);
  assert.ok(index?.kind === "unreachable");
  assert.equal(index.reason.code, "denied");
  assert.match(index.reason.detail, /^log:GetIndex: /);
});
