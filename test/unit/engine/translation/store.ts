import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { jsonPointer, sqlName, sqlText } from "../../../../src/engine/recordColumns.ts";
import { atColumn, keysColumn, restColumn, schemaColumns } from "../../../../src/engine/schema.ts";
import { macroSql } from "../../../../src/engine/translation/macros.ts";
import {
  type Translation,
  type TranslationContext,
  translate,
} from "../../../../src/engine/translation/translation.ts";
import { hasErrors, type Problem } from "../../../../src/sls/check/problems.ts";
import { parseStatement } from "../../../../src/sls/parser/parser.ts";

type TestRecord = Readonly<Record<string, string>>;

const k8s = (user: object, namespace: string, pod: string, more: object = {}): string =>
  JSON.stringify({
    user,
    pod: { namespace, name: pod, labels: { app: "web", "app.kubernetes.io/part-of": "shop" } },
    ...more,
  });
const container = { container: { name: "web", image: "nginx:1.25" } };
const liu = { aliuid: "2855001", username: "2855001-1700000000", groups: ["system:authenticated", "ops"] };
const runner = { aliuid: "", username: "system:serviceaccount:ops:runner", groups: [] };
const host = JSON.stringify({ hostIP: "10.0.0.7", nodeName: "cn-hangzhou.10.0.0.7" });

/** The records that the tests ask. Their shape is that of container-auditing.md §1.2. */
const records: readonly TestRecord[] = [
  {
    __time__: "1760000000",
    __source__: "10.0.0.7",
    __topic__: "audit",
    kind: "Kubernetes",
    time: "2025-10-09T08:53:20Z",
    traceId: "t-1",
    eventId: "e-1",
    clusterId: "c1",
    k8s: k8s(liu, "shop", "web-0"),
    host,
    kubeObject:
      '{"operation":{"kind":"PodExec","podExecOptions":{"container":"web","command":["bash","-l"],"commandStr":"bash -l"}}}',
  },
  {
    __time__: "1760000005",
    __source__: "10.0.0.7",
    __topic__: "audit",
    kind: "Command",
    time: "2025-10-09T08:53:25Z",
    traceId: "t-1",
    eventId: "e-2",
    clusterId: "c1",
    k8s: k8s(liu, "shop", "web-0", container),
    host,
    process:
      '{"name":"rm","cmdline":"rm -rf a.txt","cwd":"/tmp","pid":31,"parentPid":7,"parentName":"bash","user":{"uid":"0"}}',
  },
  {
    __time__: "1760000010",
    __source__: "10.0.0.7",
    __topic__: "audit",
    kind: "Command",
    time: "2025-10-09T08:53:30Z",
    traceId: "t-1",
    eventId: "e-3",
    clusterId: "c1",
    k8s: k8s(liu, "shop", "web-0", container),
    host,
    process:
      '{"name":"curl","cmdline":"curl -fsSL https://example.com/install.sh","cwd":"/tmp","pid":32,"parentPid":7,"parentName":"bash","user":{"uid":"0"}}',
  },
  {
    __time__: "1760000070",
    __source__: "10.0.0.8",
    __topic__: "audit",
    kind: "Command",
    time: "2025-10-09T08:54:30Z",
    traceId: "t-1",
    eventId: "e-4",
    clusterId: "c1",
    k8s: k8s(liu, "shop", "web-0", container),
    host,
    process:
      '{"name":"curl","cmdline":"/usr/bin/curl --version","cwd":"/","pid":33,"parentPid":7,"parentName":"bash","user":{"uid":"1000"}}',
  },
  {
    __time__: "1760000075",
    __source__: "10.0.0.8",
    __topic__: "audit",
    kind: "Command",
    time: "2025-10-09T08:54:35Z",
    traceId: "t-1",
    eventId: "e-5",
    clusterId: "c1",
    k8s: k8s(liu, "shop", "web-0", container),
    host,
    process:
      '{"name":"curlew","cmdline":"curlew --sing","cwd":"/","pid":34,"parentPid":7,"parentName":"bash","user":{"uid":"1000"}}',
  },
  {
    __time__: "1760003600",
    __source__: "10.0.0.9",
    __topic__: "",
    kind: "Kubernetes",
    time: "2025-10-09T09:53:20Z",
    traceId: "t-2",
    eventId: "e-6",
    clusterId: "c2",
    k8s: k8s(runner, "prod", "api-6f7c9d5b8-k2x4p"),
    host,
    // Go's encoder writes `&`, `<` and `>` so.
    kubeObject:
      '{"operation":{"kind":"PodExec","podExecOptions":{"container":"api","command":["sh","-c","env\\u0026\\u0026id"],"commandStr":"sh -c env\\u0026\\u0026id"}}}',
  },
  {
    __time__: "1760003605",
    __source__: "10.0.0.9",
    __topic__: "",
    kind: "Command",
    time: "2025-10-09T09:53:25Z",
    traceId: "t-2",
    eventId: "e-7",
    clusterId: "c2",
    k8s: k8s(runner, "prod", "api-6f7c9d5b8-k2x4p", container),
    host,
    // A key that the schema does not have.
    process:
      '{"name":"bash","cmdline":"bash -c \\"echo 你好\\\\n && Curl x\\"","cwd":"/root","pid":7,"parentPid":1,"parentName":"runc","exe":"/bin/zebra","user":{"uid":"0"}}',
  },
  // The flat shape, with fields that have no column.
  {
    __time__: "1760003610",
    __source__: "10.0.0.9",
    __topic__: "",
    kind: "Command",
    time: "2025-10-09T09:53:30Z",
    traceId: "t-2",
    eventId: "e-8",
    clusterId: "c2",
    "k8s.pod.namespace": "prod",
    "k8s.pod.name": "flat-1",
    "process.name": "ls",
    "process.cmdline": "ls -l",
    "process.pid": "8",
    region: "cn-hangzhou",
    latency: "12.5",
    remark: "",
    "__tag__:__hostname__": "node-1",
    quote: 'it\'s "q" \\ 100%',
  },
];

const restNames = ["region", "latency", "remark", "__tag__:__hostname__", "quote"];

const recordKeys = [...new Set(records.flatMap((record) => Object.keys(record)))];

let connection: Promise<DuckDBConnection> | undefined;

/** A connection to a store that holds the records, made on first use. */
export function store(): Promise<DuckDBConnection> {
  connection ??= open();
  return connection;
}

async function open(): Promise<DuckDBConnection> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const made = await instance.connect();
  await made.run("SET TimeZone = 'Asia/Shanghai'");
  await made.run(macroSql);
  const columns = schemaColumns.map(({ name, type }) => `${sqlName(name)} ${type === "long" ? "BIGINT" : "VARCHAR"}`);
  const hidden = [`${sqlName(atColumn)} BIGINT`, `${sqlName(keysColumn)} VARCHAR`, `${sqlName(restColumn)} VARCHAR`];
  await made.run(`CREATE TABLE log (${[...columns, ...hidden].join(", ")})`);
  for (const record of records) await made.run(`INSERT INTO log VALUES (${row(record).join(", ")})`);
  return made;
}

function row(record: TestRecord): readonly string[] {
  const cells = schemaColumns.map(({ name, from }) => {
    const own = record[name];
    if (own !== undefined) return sqlText(own);
    const json = from && record[from.field];
    return from && json ? `json_extract_string(${sqlText(json)}, ${sqlText(jsonPointer(from.path))})` : "NULL";
  });
  const rest = Object.fromEntries(Object.entries(record).filter(([name]) => restNames.includes(name)));
  return [
    ...cells,
    `${record["__time__"]}000000`,
    sqlText(JSON.stringify(Object.keys(record))),
    Object.keys(rest).length === 0 ? "NULL" : sqlText(JSON.stringify(rest)),
  ];
}

export const wholeRange = { fromMs: 1_760_000_000_000, toMs: 1_760_086_400_000 };

/** The translation of a statement that has to be sound in itself. */
export function translated(text: string, context: Partial<TranslationContext> = {}): Translation {
  const { statement, problems } = parseStatement(text);
  if (hasErrors(problems)) throw new Error(`The statement itself has problems: ${JSON.stringify(problems)}`);
  return translate(statement, {
    table: "log",
    columns: schemaColumns,
    restNames,
    keys: recordKeys,
    zone: "Asia/Shanghai",
    range: wholeRange,
    maxRows: 100,
    ...context,
  });
}

/** The event ids that a search finds, in the order it answers them. */
export async function found(text: string, context: Partial<TranslationContext> = {}): Promise<readonly string[]> {
  const translation = translated(text, context);
  if (translation.kind !== "records") throw new Error(`Not a search: ${JSON.stringify(translation)}`);
  const { search, orderBy, limit } = translation;
  const rows = await read(`SELECT "eventId" FROM log WHERE ${search} ORDER BY ${orderBy} LIMIT ${limit}`);
  return rows.map(([id]) => id ?? "");
}

export type Rows = readonly (readonly (string | null)[])[];

export type AnsweringSql = Extract<Translation, { readonly kind: "sql" }>;

/** The translation of a statement, with the names that it takes from the data. */
export async function settled(text: string, context: Partial<TranslationContext> = {}): Promise<AnsweringSql> {
  let translation = translated(text, context);
  while (translation.kind === "names")
    translation = translation.go((await read(translation.sql)).map(([name]) => name ?? ""));
  if (translation.kind !== "sql") throw new Error(`Not SQL: ${JSON.stringify(translation)}`);
  return translation;
}

/** The rows that SQL answers. */
export async function answered(text: string, context: Partial<TranslationContext> = {}): Promise<Rows> {
  return read((await settled(text, context)).sql);
}

/** The rows that SQL answers, each as its columns have values. */
export async function objects(
  text: string,
  context: Partial<TranslationContext> = {},
): Promise<readonly Readonly<Record<string, string>>[]> {
  const { sql, columns } = await settled(text, context);
  return (await read(sql)).map((cells) =>
    Object.fromEntries(cells.flatMap((cell, index) => (cell === null ? [] : [[columns[index]?.name ?? "", cell]]))),
  );
}

/** Why a statement is refused. */
export function problemsOf(text: string, context: Partial<TranslationContext> = {}): readonly Problem[] {
  const translation = translated(text, context);
  return translation.kind === "refused" ? translation.problems : [];
}

export async function read(sql: string): Promise<Rows> {
  const reader = await (await store()).runAndReadAll(sql);
  return reader.getRows().map((cells) =>
    cells.map((cell) => {
      if (cell === null || typeof cell === "string") return cell;
      throw new Error(`A cell is no text: ${String(cell)}`);
    }),
  );
}
