import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { readTime } from "../../../src/audit/readTime.ts";
import { type RecordSample, recordRowsSql, sampleOf, sqlText } from "../../../src/engine/recordColumns.ts";

let connection: DuckDBConnection;

before(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  await connection.run("SET TimeZone = 'UTC'");
});
after(() => connection.closeSync());

type Row = Readonly<Record<string, unknown>>;

function sample(...records: readonly Readonly<Record<string, unknown>>[]): RecordSample {
  return sampleOf(
    records.map((record) => ({
      shape: Object.keys(record),
      process: typeof record["process"] === "string" ? record["process"] : JSON.stringify(record["process"]),
    })),
  );
}

/** The row that a record becomes; a sample must change nothing of it but the column that is there for searching. */
async function rowOf(record: Readonly<Record<string, unknown>>): Promise<Row> {
  const source = `(SELECT from_json(${sqlText(JSON.stringify(record))}, '"MAP(VARCHAR,VARCHAR)"') AS m)`;
  const samples = [
    sample(),
    sample(record),
    sample({ __time__: "1", kind: "x", process: '{"name":"x"}' }, { "process.pid": "7", clusterid: "c" }),
  ];
  const rows = await Promise.all(
    samples.map(async (one) => {
      const { "@process": _, ...row } = (await firstRow(source, one)) ?? {};
      return row;
    }),
  );
  assert.deepEqual(rows[1], rows[0]);
  assert.deepEqual(rows[2], rows[0]);
  return rows[0] ?? {};
}

async function firstRow(source: string, one: RecordSample): Promise<Row | undefined> {
  const reader = await connection.runAndReadAll(recordRowsSql(source, one));
  return reader.getRowObjectsJson()[0];
}

async function check(record: Readonly<Record<string, unknown>>, expected: Row): Promise<void> {
  const row = await rowOf({ __time__: "1760000000", ...record });
  assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, row[name]])), expected);
}

for (const time of [
  "2025-10-09T08:53:20Z",
  "2025-10-09 08:53:20Z",
  "2025-10-09T08:53:20.123456Z",
  "2025-10-09T08:53:20,5Z",
  "2025-10-09T16:53:20+08:00",
  "2025-10-09T04:23:20.5-0430",
  "2025-10-09T16:53:20+08",
  "2025-10-09 16:53:20.25 +0800 CST",
  "1760000000",
  "1760000000.25",
  "1760000000123",
  "1760000000123456",
  " 1760000000 ",
  "2025-10-09T08:53:20",
  "2025-02-30T08:53:20Z",
  "2025-10-09",
  "2025-10-09Z",
  "42",
  "now",
  "infinity",
  "epoch",
  "",
]) {
  test(`the time ${JSON.stringify(time)} is read as everywhere else`, async () => {
    const ms = readTime(time);
    assert.equal((await rowOf({ time }))["@at"], ms === undefined ? null : String(Math.round(ms * 1000)));
  });
}
test("a time that cannot be read leaves the SLS time", () => check({ time: "soon" }, { "@at": "1760000000000000" }));
test("a record without the SLS time is given its seconds, and does not spell it", async () => {
  const row = await rowOf({ time: "2025-10-09T08:53:20.9Z", kind: "x" });
  assert.deepEqual([row["__time__"], row["@keys"], row["@rest"]], ["1760000000", '["time","kind"]', null]);
});
test("an SLS time that is no count of seconds is kept as a text", async () => {
  const row = await rowOf({ __time__: "1760000000123", time: "1760000000" });
  assert.deepEqual([row["__time__"], row["@rest"]], ["1760000000", '{"__time__":"1760000000123"}']);
});
test("parts of a JSON field are found in either case", () =>
  check(
    { process: '{"name":"rm","parentpid":7,"user":{"uid":"0"}}', host: { hostIP: "10.0.0.1", nodename: "n" } },
    {
      "process.name": "rm",
      "process.parentpid": "7",
      "process.user.uid": "0",
      "host.hostip": "10.0.0.1",
      "host.nodename": "n",
    },
  ));
test("a flat field comes before the part of a JSON field", () =>
  check({ "process.name": "flat", process: '{"name":"raw"}' }, { "process.name": "flat", process: '{"name":"raw"}' }));
test("a JSON field that is no JSON has no parts", () =>
  check(
    { process: '{"name":"rm"', k8s: "" },
    { process: '{"name":"rm"', "process.name": null, k8s: "", "k8s.pod.name": null },
  ));
test("what has no column is kept, what has one is not kept twice", () =>
  check({ kind: "x", other: "y", clusterid: "c" }, { clusterId: "c", "@rest": '{"other":"y"}' }));
test("a record with a repeated key is not taken as it is", async () => {
  const source = `(SELECT from_json('{"__time__":"1760000000","a":"1","a":"2"}', '"MAP(VARCHAR,VARCHAR)"') AS m)`;
  assert.equal((await firstRow(source, sample()))?.["@at"], null);
});

/** Whether a text is kept for searching beside its columns, when the sample shows it itself. */
async function keepsProcess(process: string, kept: boolean): Promise<void> {
  const record = { __time__: "1760000000", process };
  const source = `(SELECT from_json(${sqlText(JSON.stringify(record))}, '"MAP(VARCHAR,VARCHAR)"') AS m)`;
  assert.equal((await firstRow(source, sample(record)))?.["@process"], kept ? process.toLowerCase() : null);
  assert.equal((await firstRow(source, sample()))?.["@process"], process.toLowerCase());
}

test("a process whose parts all have columns is not kept twice", () =>
  keepsProcess('{"name":"RM","pid":1,"user":{"uid":"0"}}', false));
test("a process with another key is", () => keepsProcess('{"name":"rm","exe":"/bin/RM"}', true));
test("a process whose user has another key is", () =>
  keepsProcess('{"name":"rm","user":{"uid":"0","name":"ROOT"}}', true));
test("a process whose user is none is", () => keepsProcess('{"name":"rm","user":"ROOT"}', true));
test("a process whose user is empty is", () => keepsProcess('{"name":"rm","user":{}}', true));
test("a process with one part spelled twice is", () => keepsProcess('{"parentName":"A","parentname":"B"}', true));
test("a process with a repeated key is", () => keepsProcess('{"name":"A","name":"B"}', true));
test("a process that is no object is", () => keepsProcess('["RM"]', true));
test("a process that is no JSON is", () => keepsProcess('{"name":"RM"', true));
test("the command line is kept in lower case, from wherever it came", async () => {
  await check({ process: '{"cmdline":"RM -rf"}' }, { "@cmdline": "rm -rf", "process.cmdline": "RM -rf" });
  await check({ "process.cmdline": "Ls" }, { "@cmdline": "ls" });
});
