import type { LogRecord } from "../../src/audit/event.ts";
import type { Column } from "../../src/logs/answer.ts";
import type { TimeRange } from "../../src/logs/question.ts";
import { hasErrors, type Problem } from "../../src/sls/check/problems.ts";
import { parseStatement } from "../../src/sls/parser/parser.ts";
import type { Search, Statement } from "../../src/sls/syntax.ts";
import { type Answer, digestOf, fieldsOf, isAnswer, jsonOf, ok, parameter, type Received } from "./exchange.ts";
import { isQueryError, type Table } from "./logQueries.ts";
import { slsError, type WithLogstore } from "./slsCall.ts";
import type { Logstore } from "./world.ts";

/** What both versions of GetLogs are asked for. */
type LogsQuestion = {
  readonly range: TimeRange;
  readonly statement: string;
  readonly topic: string;
  readonly line: number;
  readonly offset: number;
  readonly isReverse: boolean;
};

type LogsAnswer = {
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly keys: readonly string[];
  readonly columnTypes: readonly string[];
  readonly isSql: boolean;
  readonly whereQuery: string;
  readonly aggQuery: string;
  readonly terms: readonly { readonly key: string; readonly term: string }[];
  readonly processedRows: number;
};

/** Which of a project's two limits of concurrency a request counts against; undefined for one that has none. */
export function loadOf(received: Received): "search" | "sql" | undefined {
  const isV2 = received.method === "POST" && /^\/logstores\/[^/]+\/logs$/.test(received.path);
  const isV1 = received.method === "GET" && parameter(received, "type") === "log";
  if (!isV1 && !isV2) return undefined;
  const statement = isV2 ? fieldsOf(jsonOf(received.body))["query"] : parameter(received, "query");
  const text = typeof statement === "string" ? statement : "";
  return parseStatement(withoutPackMeta(text)).statement.analysis === undefined ? "search" : "sql";
}

/** GetLogs: an array of logs; what is known beside them stands in headers. */
export async function answerLogs(found: WithLogstore): Promise<Answer> {
  const { received, isIncomplete } = found.call;
  const asked = Object.fromEntries(received.query);
  const { reverse } = asked;
  if (reverse !== undefined && reverse !== "" && !/^(true|false)$/i.test(reverse)) {
    return slsError(400, "InvalidReverse", "Reverse value is invalid");
  }
  const question = readQuestion({
    ...asked,
    from: numberOf(asked["from"]),
    to: numberOf(asked["to"]),
    line: numberOf(asked["line"]),
    offset: numberOf(asked["offset"]),
    reverse: reverse?.toLowerCase() === "true",
  });
  if (isAnswer(question)) return question;
  const answer = await logsOf(found, question);
  if (isAnswer(answer)) return answer;
  const rows = isIncomplete ? partOf(answer.rows) : answer.rows;
  return ok(rows, {
    "x-log-progress": isIncomplete ? "Incomplete" : "Complete",
    "x-log-count": String(rows.length),
    "x-log-processed-rows": String(answer.processedRows),
    "x-log-elapsed-millisecond": "5",
    "x-log-has-sql": String(answer.isSql),
    // A header holds no letter beyond Latin-1; the statement of the second version stands in JSON.
    "x-log-where-query": encodeURI(answer.whereQuery),
    "x-log-agg-query": encodeURI(answer.aggQuery),
    "x-log-cpu-sec": "0",
    "x-log-cpu-cores": "0",
    "x-log-query-info": JSON.stringify({
      keys: answer.keys.map(encodeURI),
      terms: answer.terms.map(({ key, term }) => [encodeURI(term), encodeURI(key)]),
      limited: "100",
      mode: 0,
      isAccurate: 1,
    }),
  });
}

/** GetLogsV2: the same in JSON, always as `{ meta, data }`. */
export async function answerLogsV2(found: WithLogstore): Promise<Answer> {
  const { received, isIncomplete } = found.call;
  const body = jsonOf(received.body);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return slsError(400, "PostBodyInvalid", "The request body is not valid JSON object.");
  }
  const question = readQuestion(fieldsOf(body));
  if (isAnswer(question)) return question;
  const answer = await logsOf(found, question);
  if (isAnswer(answer)) return answer;
  const rows = isIncomplete ? partOf(answer.rows) : answer.rows;
  return ok({
    meta: {
      progress: isIncomplete ? "Incomplete" : "Complete",
      aggQuery: answer.aggQuery,
      whereQuery: answer.whereQuery,
      hasSQL: answer.isSql,
      processedRows: answer.processedRows,
      elapsedMillisecond: 5,
      cpuSec: 0,
      cpuCores: 0,
      limited: answer.isSql ? 100 : 0,
      // What came back, not what there is: how many a search finds is told by GetHistograms.
      count: rows.length,
      processedBytes: 0,
      telementryType: "None",
      powerSql: false,
      insertedSQL: "",
      keys: answer.keys,
      columnTypes: answer.columnTypes,
      terms: answer.terms,
      marker: "",
      mode: 0,
      phraseQueryInfo: { scanAll: true, beginOffset: 0, endOffset: 0, endTime: 0 },
      shard: 0,
      scanBytes: 0,
      isAccurate: !isIncomplete,
      highlights: [],
    },
    data: rows,
  });
}

/** An incomplete answer holds some of the rows and says so; asking the same again is documented to complete it. */
function partOf<Item>(rows: readonly Item[]): readonly Item[] {
  return rows.slice(0, Math.floor(rows.length / 2));
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined || text === "" ? undefined : Number(text);
}

/** The checks and codes of "GetLogs", section of error codes. */
function readQuestion(asked: Readonly<Record<string, unknown>>): LogsQuestion | Answer {
  const { from, to, line = 100, offset = 0, query = "", topic = "", reverse = false } = asked;
  for (const [name, value] of [
    ["from", from],
    ["to", to],
  ] as const) {
    if (value === undefined) return slsError(400, "MissingParameter", `Missing query key : ${name}.`);
  }
  const range = rangeOf(from, to);
  if (isAnswer(range)) return range;
  if (typeof query !== "string" || typeof topic !== "string") {
    return slsError(400, "InvalidQueryString", "query string is invalid");
  }
  if (typeof line !== "number" || !Number.isInteger(line) || line < 0 || line > 100) {
    return slsError(400, "InvalidLine", "line is invalid");
  }
  if (typeof offset !== "number" || !Number.isInteger(offset) || offset < 0) {
    return slsError(400, "InvalidOffset", "offset is invalid");
  }
  if (typeof reverse !== "boolean") return slsError(400, "InvalidReverse", "Reverse value is invalid");
  return { range, statement: query, topic, line, offset, isReverse: reverse };
}

/** From ≤ t < to, in whole seconds; the same second twice is no range. */
function rangeOf(from: unknown, to: unknown): TimeRange | Answer {
  if (typeof from !== "number" || typeof to !== "number" || !Number.isInteger(from) || !Number.isInteger(to)) {
    return slsError(400, "ParameterInvalid", "from and to have to be integers");
  }
  if (from >= to || from < 0) return slsError(400, "InvalidTimeRange", "request time range is invalid");
  return { fromMs: from * 1000, toMs: to * 1000 };
}

async function logsOf(found: WithLogstore, question: LogsQuestion): Promise<LogsAnswer | Answer> {
  const { logstore } = found;
  if (logstore.index === undefined) return slsError(404, "IndexConfigNotExist", "logstore without index config");
  const plain = withoutPackMeta(question.statement);
  const { statement, problems } = parseStatement(plain);
  if (hasErrors(problems)) return queryError(problems, plain, statement);
  const whereQuery = plain.slice(0, statement.search.span.end).trim();
  const terms = termsOf(statement.search);
  if (statement.analysis === undefined) {
    const { orderAccuracy } = found.call.world.settings;
    // The oldest come first only when all are there; so they are, too, where those of a minute change places.
    const needsAll = !question.isReverse || orderAccuracy === "minute" || question.topic !== "";
    const wanted = needsAll ? 1_000_000_000 : question.offset + question.line;
    const records = await found.call.queries.search(logstore, plain, question.range, wanted);
    if (isQueryError(records)) return queryError(records.problems, plain, statement);
    const inTopic = question.topic === "" ? records : records.filter((each) => each["__topic__"] === question.topic);
    const ordered = inOrder(inTopic, question.isReverse, orderAccuracy);
    const page = ordered.slice(question.offset, question.offset + question.line);
    const rows = plain === question.statement ? page : page.map((record) => withPackMeta(logstore, record));
    const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const processedRows = inTopic.length;
    return { rows, keys, columnTypes: [], isSql: false, whereQuery, aggQuery: "", terms, processedRows };
  }
  const isSql = statement.analysis.kind === "sql";
  if (isSql && question.offset > 0) {
    return slsError(
      400,
      "ParameterInvalid",
      "ErrorType:OLSQueryParseError.ErrorMessage:offset is not available for pagination in sql query, please use limit x,y syntax for pagination.",
    );
  }
  if (isSql && logstore.mode === "query") {
    return slsError(
      400,
      "ParameterInvalid",
      "ErrorType:OLSQueryParseError.ErrorMessage:logstore of query mode does not support sql analysis",
    );
  }
  const zone = found.project.region.startsWith("cn-") ? "Asia/Shanghai" : "UTC";
  const table = await found.call.queries.analyse(logstore, plain, question.range, zone);
  if (isQueryError(table)) return queryError(table.problems, plain, statement);
  const rows = rowsOf(table, found.call.world.settings.sqlNull);
  return {
    rows: isSql ? rows : rows.slice(question.offset, question.offset + question.line),
    keys: table.columns.map(({ name }) => name),
    columnTypes: table.columns.map((column, index) =>
      columnType(
        column,
        table.rows.map((cells) => cells[index]),
      ),
    ),
    isSql,
    whereQuery,
    aggQuery: plain.slice(statement.analysis.span.start, statement.analysis.span.end).trim(),
    terms,
    processedRows: table.rows.length,
  };
}

/** Every value of an answer is a text, whatever its type. */
function rowsOf({ columns, rows }: Table, sqlNull: "text" | "absent"): readonly Readonly<Record<string, string>>[] {
  const names = columns.flatMap(({ name, derived }, index) => (derived === true ? [] : [{ name, index }]));
  return rows.map((cells) =>
    Object.fromEntries(
      names.flatMap(({ name, index }) => {
        const cell = cells[index] ?? (sqlNull === "text" ? "null" : undefined);
        return cell === undefined ? [] : [[name, cell]];
      }),
    ),
  );
}

function columnType({ kind }: Column, cells: readonly (string | undefined)[]): string {
  switch (kind) {
    case "number":
      return cells.every((cell) => cell === undefined || /^-?\d+$/.test(cell)) ? "bigint" : "double";
    case "time":
      return "timestamp";
    case "json":
      return "json";
    case "text":
      return "varchar";
    default:
      return kind satisfies never;
  }
}

/** `records` are the newest first. */
function inOrder(
  records: readonly LogRecord[],
  isReverse: boolean,
  accuracy: "minute" | "nanosecond",
): readonly LogRecord[] {
  if (accuracy === "nanosecond") return isReverse ? records : records.toReversed();
  const minuteOf = (record: LogRecord): number => Math.floor(Number(record["__time__"]) / 60);
  // The same disorder for every request, so that pages neither lose nor double a row.
  const drawn = records.map((record) => ({ record, lot: digestOf(JSON.stringify(record)) }));
  const direction = isReverse ? -1 : 1;
  return drawn
    .sort((a, b) => direction * (minuteOf(a.record) - minuteOf(b.record)) || (a.lot < b.lot ? -1 : 1))
    .map(({ record }) => record);
}

/** The words that a search looks for, which the console highlights. */
function termsOf(search: Search): readonly { readonly key: string; readonly term: string }[] {
  switch (search.kind) {
    case "and":
    case "or":
      return [...termsOf(search.left), ...termsOf(search.right)];
    case "group":
      return termsOf(search.operand);
    case "term":
      return [{ key: search.field?.name ?? "", term: search.value }];
    default:
      return [];
  }
}

// ------------------------------------------------------------------------------------------------ histograms

/** GetHistograms: buckets in order, each with its own progress. */
export async function answerHistograms({ call, logstore }: WithLogstore): Promise<Answer> {
  const { received, isIncomplete, queries } = call;
  if (logstore.index === undefined) return slsError(404, "IndexConfigNotExist", "logstore without index config");
  const [from, to] = ["from", "to"].map((name) => numberOf(parameter(received, name)));
  if (from === undefined || to === undefined) {
    return slsError(400, "MissingParameter", `Missing query key : ${from === undefined ? "from" : "to"}.`);
  }
  const range = rangeOf(from, to);
  if (isAnswer(range)) return range;
  const text = withoutPackMeta(parameter(received, "query") ?? "");
  const { statement, problems } = parseStatement(text);
  if (hasErrors(problems)) return queryError(problems, text, statement);
  // An analysis is no part of what a histogram counts.
  const search = text.slice(0, statement.search.span.end);
  const interval = numberOf(parameter(received, "interval"));
  const wanted = interval === undefined || interval <= 0 ? 60 : Math.ceil((to - from) / interval);
  const buckets = await queries.histogram(logstore, search, range, wanted);
  if (isQueryError(buckets)) return queryError(buckets.problems, text, statement);
  const json = buckets.map(({ fromMs, toMs, count }) => ({
    from: Math.floor(fromMs / 1000),
    to: Math.floor(toMs / 1000),
    count: isIncomplete ? Math.floor(count / 2) : count,
    progress: isIncomplete ? "Incomplete" : "Complete",
  }));
  return ok(json, {
    "x-log-progress": isIncomplete ? "Incomplete" : "Complete",
    "x-log-count": String(json.reduce((sum, { count }) => sum + count, 0)),
  });
}

// ------------------------------------------------------------------------------------------------ errors

/** The texts of "How do I resolve common errors that occur when I query and analyze logs?". */
function queryError(problems: readonly Problem[], text: string, { search }: Statement): Answer {
  const problem = problems.find(({ severity }) => severity === "error") ?? problems[0];
  if (problem === undefined) return slsError(400, "InvalidQueryString", "query string is invalid");
  const { start, end } = problem.span;
  if (start < search.span.end || search.span.end === text.length) {
    const near = text.slice(start, Math.max(end, start + 1));
    return slsError(
      400,
      "ParameterInvalid",
      `syntax error error position is from column:${start} to column:${end},error near < ${near} >`,
    );
  }
  const before = text.slice(search.span.end + 1, start).split("\n");
  const place = `line ${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
  const type = problem.code === "column-unknown" ? "ColumnNotExists" : "SyntaxError";
  return slsError(
    400,
    "ParameterInvalid",
    `ErrorType:${type}.ErrorPosition,line:${before.length},column:${(before.at(-1)?.length ?? 0) + 1}.ErrorMessage:${place}: ${sqlMessage(problem)}`,
  );
}

function sqlMessage(problem: Problem): string {
  switch (problem.code) {
    case "column-unknown":
      return `Column '${problem.name}' cannot be resolved;please add the column in the index attribute`;
    case "group-by-missing":
      return `Column '${problem.name}' not in GROUP BY clause;please add the column in the index attribute`;
    case "function-unknown":
      return `Function ${problem.name} not registered`;
    case "table-unknown":
      return `Table log.${problem.name} does not exist`;
    case "engine-rejected":
      return problem.detail;
    case "expected":
      return `mismatched input '${problem.found}'. Expecting: ${problem.expected}`;
    case "unexpected":
      return `mismatched input '${problem.found}'`;
    case "function-arguments":
      return `Unexpected parameters (${problem.given}) for function ${problem.name}. Expected: ${problem.expected}`;
    default:
      return problem.code;
  }
}

// ------------------------------------------------------------------------------------------------ context

const packMeta = /\|\s*with_pack_meta\s*$/i;
/** So many logs one collector sends at once. */
const groupSize = 10;
const dayMs = 86_400_000;

function withoutPackMeta(statement: string): string {
  return statement.replace(packMeta, "").trimEnd();
}

/** The logs of one host in the order in which they came; what one collector reads is one context. */
type Contexts = {
  generation: number;
  counted: number;
  readonly bySource: Map<string, LogRecord[]>;
  readonly prefixes: Map<string, string>;
  readonly places: Map<string, number>;
};

const contexts = new WeakMap<Logstore, Contexts>();

function contextsOf(logstore: Logstore): Contexts {
  let known = contexts.get(logstore);
  if (known?.generation !== logstore.generation) {
    const { generation } = logstore;
    known = { generation, counted: 0, bySource: new Map(), prefixes: new Map(), places: new Map() };
    contexts.set(logstore, known);
  }
  const found = known;
  for (const record of logstore.records.slice(found.counted)) {
    const source = record["__source__"] ?? "";
    const logs = found.bySource.get(source) ?? [];
    found.bySource.set(source, logs);
    found.prefixes.set(prefixOf(source), source);
    found.places.set(identityOf(record), logs.length);
    logs.push(record);
  }
  found.counted = logstore.records.length;
  return found;
}

function prefixOf(source: string): string {
  return digestOf(source).toUpperCase();
}

/** Records that are equal in all fields are one and the same here. */
function identityOf(record: LogRecord): string {
  return JSON.stringify(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function withPackMeta(logstore: Logstore, record: LogRecord): LogRecord {
  const place = contextsOf(logstore).places.get(identityOf(record));
  if (place === undefined) throw new Error("A record that the Logstore does not have was found in it.");
  const cursor = Buffer.from(String(place)).toString("base64");
  return {
    ...record,
    __pack_meta__: `${place}|${cursor}|${groupSize}|${place % groupSize}`,
    "__tag__:__pack_id__": `${prefixOf(record["__source__"] ?? "")}-${Math.floor(place / groupSize)
      .toString(16)
      .toUpperCase()}`,
  };
}

/** GetContextLogs: so many logs before and after one, within a day of it, numbered from it. */
export async function answerContext({ call, logstore }: WithLogstore): Promise<Answer> {
  const { received, world, isIncomplete } = call;
  const [packId, meta] = ["pack_id", "pack_meta"].map((name) => parameter(received, name));
  const [back = 0, forward = 0] = ["back_lines", "forward_lines"].map((name) => numberOf(parameter(received, name)));
  if (packId === undefined || meta === undefined) {
    return slsError(400, "MissingParameter", `Missing query key : ${packId === undefined ? "pack_id" : "pack_meta"}.`);
  }
  const isCount = (count: number): boolean => Number.isInteger(count) && count >= 0 && count <= 100;
  if (!isCount(back) || !isCount(forward) || back + forward === 0) {
    return slsError(
      400,
      "ParameterInvalid",
      "back_lines and forward_lines have to be in [0, 100], one of them above 0",
    );
  }
  await world.feed(logstore);
  const { bySource, prefixes } = contextsOf(logstore);
  const logs = bySource.get(prefixes.get(packId.split("-")[0] ?? "") ?? "") ?? [];
  const place = Number(meta.split("|")[0]);
  const anchor = logs[place];
  if (anchor === undefined) return slsError(400, "ParameterInvalid", "pack_id or pack_meta is invalid");
  const anchorMs = Number(anchor["__time__"]) * 1000;
  const around = logs
    .map((record, index) => ({ record, index }))
    .filter(({ record }) => Math.abs(Number(record["__time__"]) * 1000 - anchorMs) <= dayMs)
    .filter(({ index }) => index >= place - back && index <= place + forward);
  const shown = isIncomplete ? around.filter(({ index }) => index === place) : around;
  return ok({
    progress: isIncomplete ? "Incomplete" : "Complete",
    total_lines: shown.length,
    back_lines: shown.filter(({ index }) => index < place).length,
    forward_lines: shown.filter(({ index }) => index > place).length,
    logs: shown.map(({ record, index }) => ({
      ...withPackMeta(logstore, record),
      __index_number__: String(index - place),
    })),
  });
}
