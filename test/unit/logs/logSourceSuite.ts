import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogRecord } from "../../../src/audit/event.ts";
import type { AnswerPart, Cells, Column } from "../../../src/logs/answer.ts";
import type { LogSource } from "../../../src/logs/logSource.ts";
import type { Question } from "../../../src/logs/question.ts";
import { recordOf } from "../../../src/logs/record.ts";

/**
 * What is true of every place that logs can be asked for. The records below are put in, then each statement has to find
 * what the documentation says it finds; beside each group stands where that is said. `SLS` is Alibaba Cloud's Log
 * Service documentation: its pages on search syntax, on the LIMIT clause, on reserved fields and on the functions; ACK's
 * page on container auditing has the statements that name audit fields.
 */
export const suiteRecords: readonly LogRecord[] = [
  record(0, "e-01", "Kubernetes", {
    kubeObject: {
      operation: { kind: "PodExec", podExecOptions: { container: "web", command: ["bash"], commandStr: "bash" } },
    },
  }),
  record(1, "e-02", "Command", { process: command("ls", "ls -la /srv", 101, 100, "1000") }),
  record(2, "e-03", "Command", {
    process: command("curl", "curl -s http://10.0.0.9/healthz?deep=1", 102, 100, "1000"),
  }),
  record(3, "e-04", "Command", { process: command("curl", "CURL=1 /usr/bin/curl-config", 103, 100, "0") }),
  record(4, "e-05", "Command", { process: command("cat", "cat /etc/shadow", 104, 100, "0") }),
  record(5, "e-06", "Command", { process: command("rm", "rm -rf /var/log/app.log", 105, 104, "0") }),
  record(
    60,
    "e-07",
    "Command",
    { process: command("tar", "tar czf - /data", 106, 104, "0") },
    { pod: "db-0", trace: "t-2" },
  ),
  record(
    61,
    "e-08",
    "Command",
    { process: command("psql", "psql -c select", 1070, 104, "26") },
    { pod: "db-0", trace: "t-2" },
  ),
  record(
    3_600,
    "e-10",
    "Command",
    { process: command("wget", "wget http://files/x", 107, 1, "0") },
    { pod: "db-0", trace: "t-3" },
  ),
  record(
    3_600,
    "e-09",
    "Command",
    { process: command("sh", "sh -c wget", 108, 1, "0") },
    { pod: "db-0", trace: "t-3" },
  ),
  record(
    7_200,
    "e-11",
    "Session",
    { note: "closed by the server", empty: "" },
    { user: "system:serviceaccount:ci:runner" },
  ),
];

/** 2025-10-09T08:53:20Z. */
const startSeconds = 1_760_000_000;

type Where = { readonly pod?: string; readonly trace?: string; readonly user?: string };

function record(
  afterSeconds: number,
  eventId: string,
  kind: string,
  fields: Readonly<Record<string, unknown>>,
  { pod = "web-0", trace = "t-1", user }: Where = {},
): LogRecord {
  const seconds = 1_760_000_000 + afterSeconds;
  const texts = Object.entries(fields).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    __time__: String(seconds),
    __source__: "10.0.0.7",
    __topic__: "",
    kind,
    time: new Date(seconds * 1000).toISOString(),
    traceId: trace,
    eventId,
    clusterId: "c1",
    k8s: JSON.stringify({
      user:
        user === undefined
          ? { aliuid: "2855", username: "2855-1", groups: ["system:authenticated"] }
          : { aliuid: "", username: user },
      pod: { namespace: pod === "web-0" ? "shop" : "data", name: pod, labels: { app: pod.slice(0, -2) } },
    }),
    host: JSON.stringify({ hostIP: "10.0.0.7", nodeName: "cn-hangzhou.10.0.0.7" }),
    ...Object.fromEntries(texts),
  };
}

function command(
  name: string,
  cmdline: string,
  pid: number,
  parentPid: number,
  uid: string,
): Readonly<Record<string, unknown>> {
  return { name, cmdline, cwd: "/", pid, parentPid, parentName: "bash", user: { uid } };
}

/** A source that holds the suite's records and nothing else. */
export type SuiteSource = () => Promise<LogSource>;

const never = new AbortController().signal;
const wholeDay = { fromMs: startSeconds * 1000, toMs: (startSeconds + 86_400) * 1000 };

function question(statement: string, options: Partial<Question> = {}): Question {
  return { statement, range: wholeDay, zone: "Asia/Shanghai", maxRows: 1_000, ...options };
}

type Answered = { readonly columns: readonly Column[]; readonly rows: readonly Cells[]; readonly end: AnswerPart };

async function answer(source: LogSource, asked: Question, signal = never): Promise<Answered> {
  let columns: readonly Column[] = [];
  const rows: Cells[] = [];
  for await (const part of source.ask(asked, signal)) {
    if (part.kind !== "rows") {
      return { columns, rows, end: part };
    }
    assert.deepEqual(part.columns.slice(0, columns.length), columns, "Columns changed from part to part.");
    columns = part.columns;
    rows.push(...part.rows.map((cells) => [...cells, ...new Array<undefined>(part.columns.length - cells.length)]));
  }
  throw new Error("The answer has no end.");
}

/** What differs from place to place, where the documentation does not say how it is. */
export type SuitePlace = {
  /** Refusals carry the service's words, from which only some problems can be told. */
  readonly isService: boolean;
};

export function logSourceSuite(
  name: string,
  open: SuiteSource,
  { isService }: SuitePlace = { isService: false },
): void {
  const claim = (text: string, check: (source: LogSource) => Promise<void>): void => {
    test(`${name}: ${text}`, async () => check(await open()));
  };
  /** The events that a search finds, newest first. */
  const finds = (statement: string, events: readonly string[], options: Partial<Question> = {}): void =>
    claim(`${statement} finds ${events.length === 0 ? "nothing" : events.join(" ")}`, async (source) => {
      const { columns, rows, end } = await answer(source, question(statement, options));
      assert.equal(end.kind, "end", JSON.stringify(end));
      assert.deepEqual(
        rows.map((cells) => recordOf(columns, cells)["eventId"]),
        events,
      );
    });
  const gives = (statement: string, names: readonly string[], expected: readonly Cells[]): void =>
    claim(statement, async (source) => {
      const { columns, rows, end } = await answer(source, question(statement));
      assert.equal(end.kind, "end", JSON.stringify(end));
      assert.deepEqual(
        columns.map((column) => column.name),
        names,
      );
      assert.deepEqual(rows, expected);
    });
  const refuses = (statement: string, code: string, options: Partial<Question> = {}): void =>
    claim(`${statement} is refused: ${code}`, async (source) => {
      const { rows, end } = await answer(source, question(statement, options));
      assert.deepEqual(rows, []);
      const codes = end.kind === "refused" ? end.problems.map((problem) => problem.code) : [];
      assert.equal(codes.length, 1, JSON.stringify(end));
      assert.ok(codes[0] === code || (isService && codes[0] === "engine-rejected"), String(codes[0]));
    });
  /** What an expression is worth; `from` where it is taken of records. */
  const value = (expression: string, expected: string | undefined, from = ""): void =>
    gives(`* | select ${expression} as v${from === "" ? " from log limit 1" : ` ${from}`}`, ["v"], [[expected]]);

  const all = suiteRecords
    .map((one) => one["eventId"] ?? "")
    .sort()
    .reverse();

  // SLS, "Query syntax": an empty query and * find everything; logs are listed by time, newest first here, and by
  // eventId within one second, as the contract says.
  finds("*", all);
  finds("", all);

  // SLS, "Search syntax": fields, and / or / not in any case, `and` before `or`, two terms without an operator are `and`.
  finds("kind: Kubernetes", ["e-01"]);
  finds("kind: kubernetes", ["e-01"]);
  finds("kind: Command and k8s.pod.name: web-0", ["e-06", "e-05", "e-04", "e-03", "e-02"]);
  finds("kind: Command k8s.pod.name: web-0", ["e-06", "e-05", "e-04", "e-03", "e-02"]);
  finds("process.name: rm or process.name: tar and traceId: t-1", ["e-06"]);
  finds("(process.name: rm or process.name: tar) and not traceId: t-1", ["e-07"]);
  finds("not kind: Command", ["e-11", "e-01"]);
  finds("kind: Command NOT process.user.uid: 0", ["e-08", "e-03", "e-02"]);
  // ACK, "Use container auditing": the statements of its report and alerts.
  finds("kind: Kubernetes and kubeObject.operation.kind: PodExec", ["e-01"]);
  finds('traceId: "t-2"', ["e-08", "e-07"]);

  // SLS, "Configure indexes": a text is cut into words at delimiters, - . _ are none; a word is found in any case.
  finds("process.cmdline: curl", ["e-04", "e-03"]);
  finds("process.cmdline: CURL", ["e-04", "e-03"]);
  finds("process.cmdline: curl-config", ["e-04"]);
  finds("process.cmdline: healthz", ["e-03"]);
  finds("process.cmdline: health", []);
  finds('process.cmdline: "shadow /etc"', ["e-05"]);
  finds('process.cmdline: #"cat /etc/shadow"', ["e-05"]);
  finds('process.cmdline: #"shadow cat"', []);
  // Full text: a word may stand in any field.
  finds("shadow", ["e-05"]);
  finds("db-0 and tar", ["e-07"]);
  finds("runner", ["e-11"]);
  finds("runn", []);
  finds("ci and system", ["e-11"]);

  // SLS, "Search syntax": wildcards in the middle or at the end of a word.
  finds("process.cmdline: curl*", ["e-04", "e-03"]);
  finds("process.cmdline: c?rl", ["e-04", "e-03"]);
  finds('process.cmdline: "curl*"', []);

  // SLS, "Search syntax": key:* is a field that is there, key:"" one that is empty.
  finds("note: *", ["e-11"]);
  finds('empty: ""', ["e-11"]);
  finds("not process.name: *", ["e-11", "e-01"]);

  // SLS, "Search syntax": comparisons and ranges of numbers; a square bracket includes its end, a round one does not.
  finds("process.pid > 106", ["e-10", "e-09", "e-08"]);
  finds("process.pid >= 106", ["e-10", "e-09", "e-08", "e-07"]);
  finds("process.pid = 102", ["e-03"]);
  finds("process.pid: 102", ["e-03"]);
  finds("process.pid in [102 104]", ["e-05", "e-04", "e-03"]);
  finds("process.pid in (102 104)", ["e-04"]);
  finds("process.pid in (102 104]", ["e-05", "e-04"]);

  // SLS, "GetLogsV2": from is inside the range, to is not.
  finds("*", ["e-03", "e-02"], { range: { fromMs: (startSeconds + 1) * 1000, toMs: (startSeconds + 3) * 1000 } });
  finds("*", [], { range: { fromMs: startSeconds * 1000, toMs: startSeconds * 1000 } });

  claim("a search gives whole records, value for value", async (source) => {
    const { columns, rows } = await answer(source, question("*"));
    const found = rows.map((cells) => recordOf(columns, cells));
    const expected = suiteRecords.toSorted((left, right) =>
      (left["eventId"] ?? "") < (right["eventId"] ?? "") ? 1 : -1,
    );
    assert.deepEqual(found, expected);
  });
  claim("a search with more matches than rows says how many there are", async (source) => {
    const { rows, end } = await answer(source, question("kind: Command", { maxRows: 4 }));
    assert.equal(rows.length, 4);
    assert.ok(end.kind === "end");
    assert.equal(end.total, 9);
    assert.deepEqual(end.completeness, { gaps: [{ kind: "rowCap", rows: 4 }] });
  });
  claim("a search with as many matches as rows is complete", async (source) => {
    const { rows, end } = await answer(source, question("kind: Command", { maxRows: 9 }));
    assert.equal(rows.length, 9);
    assert.ok(end.kind === "end");
    assert.equal(end.total, 9);
    assert.deepEqual(end.completeness, { gaps: [] });
  });

  // SLS, "SQL syntax": FROM log may be left out, names in double quotes, an alias may be grouped by.
  gives(
    '* | select "process.name" as program, count(1) as c from log where "process.name" is not null group by program order by c desc, program limit 3',
    ["program", "c"],
    [
      ["curl", "2"],
      ["cat", "1"],
      ["ls", "1"],
    ],
  );
  gives("kind: Command | select count(*) as c", ["c"], [["9"]]);
  gives(
    `* | select coalesce(nullif("k8s.user.aliuid", ''), "k8s.user.username") as who, count_if(kind = 'Command') as commands group by who order by commands desc`,
    ["who", "commands"],
    [
      ["2855", "9"],
      ["system:serviceaccount:ci:runner", "0"],
    ],
  );
  gives(
    `kind: Kubernetes | select "traceId", json_extract(kubeobject, '$.operation.podExecOptions.command') as command, json_extract_scalar(k8s, '$.user.aliuid') as uid from log`,
    ["traceId", "command", "uid"],
    [["t-1", '["bash"]', "2855"]],
  );
  // SLS, "LIMIT clause": offset first.
  gives(`kind: Command | select "eventId" as e from log order by e limit 2, 3`, ["e"], [["e-04"], ["e-05"], ["e-06"]]);
  // SLS, "Date and time functions": date_trunc takes __time__ itself, and prints in the zone of the question.
  gives(
    `kind: Command | select date_format(date_trunc('hour', __time__), '%Y-%m-%d %H:%i') as hour, count(1) as c group by hour order by hour`,
    ["hour", "c"],
    [
      ["2025-10-09 16:00", "7"],
      ["2025-10-09 17:00", "2"],
    ],
  );
  gives("* | select min(__time__) as t0, max(__time__) as t1", ["t0", "t1"], [["1760000000", "1760007200"]]);
  // Presto divides whole numbers to a whole number, and answers null where there is none.
  gives("* | select 7/2 as q, try_cast('x' as bigint) as n limit 1", ["q", "n"], [["3", undefined]]);
  // SLS, "LIMIT clause": 100 rows without one.
  gives("* | select count(1) as c from (select a.kind from log a, log b, log c limit 1000)", ["c"], [["1000"]]);
  claim("SQL without LIMIT gives a hundred rows", async (source) => {
    const { rows } = await answer(source, question('* | select a."eventId" from log a, log b'));
    assert.equal(rows.length, 100);
  });
  claim("SQL without a match still has its columns", async (source) => {
    const { columns, rows } = await answer(
      source,
      question('process.name: nothing | select "process.name" as program'),
    );
    assert.deepEqual([columns, rows], [[{ name: "program", kind: "text" }], []]);
  });

  // SLS, "Search syntax": a field or a value in quotes, a group, a keyword in any case, and nothing between two terms.
  finds('"k8s.pod.name": "db-0"', ["e-10", "e-09", "e-08", "e-07"]);
  finds("traceId: t-3 and not process.name: sh", ["e-10"]);
  finds("kind: Command AND (process.name: ls OR process.name: cat)", ["e-05", "e-02"]);
  finds("not (kind: Command or kind: Session)", ["e-01"]);
  finds("process.name: rm OR process.name: tar", ["e-07", "e-06"]);
  finds("process.name: rm or process.name: tar and traceId: t-2", ["e-07", "e-06"]);
  finds("not kind: Command and not kind: Session", ["e-01"]);
  finds("process.name : ls", ["e-02"]);
  // A colon and a slash in a value want quotes; all words of a quoted value have to be there, in any order.
  finds('process.cmdline: "http://10.0.0.9/healthz"', ["e-03"]);
  finds('process.cmdline: "app.log rm"', ["e-06"]);
  finds('process.cmdline: "rm missing"', []);
  finds('process.cmdline: "http://files/x"', ["e-10"]);
  finds('process.cmdline: #"rm -rf"', ["e-06"]);
  finds('k8s.user.username: "system:serviceaccount:ci:runner"', ["e-11"]);
  finds("kubeObject.operation.podExecOptions.commandStr: bash", ["e-01"]);
  finds("host.hostIP: 10.0.0.7 and kind: Session", ["e-11"]);
  // SLS, "Reserved fields": the source may be asked for under its short name.
  finds("__source__: 10.0.0.7 and traceId: t-2", ["e-08", "e-07"]);
  finds("source: 10.0.0.7 and traceId: t-2", ["e-08", "e-07"]);
  finds("__source__: 10.0.0.8", []);
  // SLS, "Search syntax": * stands for any letters, ? for one, in the middle or at the end of a word.
  finds("eventId: e-1*", ["e-11", "e-10"]);
  finds("eventId: e-1?", ["e-11", "e-10"]);
  finds("process.name: c*", ["e-05", "e-04", "e-03"]);
  finds("process.name: ca?", ["e-05"]);
  // SLS, "Search syntax": the ends of numbers.
  finds("process.pid < 103", ["e-03", "e-02"]);
  finds("process.pid <= 103", ["e-04", "e-03", "e-02"]);
  finds("process.pid in [1070 2000]", ["e-08"]);
  finds("process.pid in [107 1070)", ["e-10", "e-09"]);
  finds("not process.pid > -1", ["e-11", "e-01"]);
  finds("process.user.uid = 26", ["e-08"]);
  // SLS, "GetLogsV2": from ≤ t < to.
  finds("*", ["e-11"], { range: { fromMs: (startSeconds + 7_200) * 1000, toMs: (startSeconds + 7_201) * 1000 } });
  finds("*", [], { range: { fromMs: (startSeconds + 7_201) * 1000, toMs: (startSeconds + 7_300) * 1000 } });
  finds("*", ["e-10", "e-09"], {
    range: { fromMs: (startSeconds + 3_600) * 1000, toMs: (startSeconds + 7_200) * 1000 },
  });
  // SLS, "GetContextLogs": with_pack_meta adds where a record lies and changes nothing of what is found.
  finds("kind: Kubernetes | with_pack_meta", ["e-01"]);

  // SLS, "String functions".
  value("chr(77)", "M");
  value("codepoint('a')", "97");
  value("concat('aliyun', '.', 'com')", "aliyun.com");
  value("length('aliyun')", "6");
  value("lower('GET')", "get");
  value("upper('get')", "GET");
  value("lpad('7', 3, '0')", "007");
  value("rpad('7', 3, '0')", "700");
  value("trim('  a ')", "a");
  value("ltrim('  a')", "a");
  value("rtrim('a  ')", "a");
  value("position('b' in 'abc')", "2");
  value("strpos('abc', 'c')", "3");
  value("strpos('abc', 'z')", "0");
  value("replace('a-b-c', '-')", "abc");
  value("replace('a-b-c', '-', '+')", "a+b+c");
  value("reverse('abc')", "cba");
  value("split_part('a/b/c', '/', 2)", "b");
  value("substr('aliyun', 3)", "iyun");
  value("substr('aliyun', 2, 3)", "liy");
  value("levenshtein_distance('horse', 'ros')", "3");
  value("hamming_distance('karolin', 'kathrin')", "3");
  // SLS, "Regular expression functions": a backslash is written once; the group of the third argument.
  value("regexp_like('GET /a', '^GET')", "true");
  value("regexp_extract('user-42', '\\d+')", "42");
  value("regexp_extract('k=v', '(\\w)=(\\w)', 2)", "v");
  value("regexp_replace('a1b22', '\\d+', '#')", "a#b#");
  // SLS, "Mathematical calculation functions"; whole numbers divide to whole numbers, as in Presto.
  value("abs(-7)", "7");
  value("mod(7, 3)", "1");
  value("7 % 4", "3");
  value("-7 / 2", "-3");
  value("to_base(255, 16)", "ff");
  value("from_base('ff', 16)", "255");
  value("sign(-3)", "-1");
  value("greatest(3, 1, 2)", "3");
  value("least(3, 1, 2)", "1");
  value("round(2.5)= 3", "true");
  // SLS, "Bitwise functions".
  value("bitwise_and(12, 10)", "8");
  value("bitwise_or(12, 10)", "14");
  value("bitwise_xor(12, 10)", "6");
  value("bitwise_not(0)", "-1");
  // SLS, "Date and time functions", with MySQL's signs; 1760000000 is 2025-10-09 16:53:20 in Shanghai, a Thursday.
  value("date_format(from_unixtime(1760000000), '%Y-%m-%d %H:%i:%s')", "2025-10-09 16:53:20");
  value("date_format(1760000000, '%Y-%m-%d %H:%i:%S')", "2025-10-09 16:53:20");
  value("year(from_unixtime(1760000000))", "2025");
  value("quarter(from_unixtime(1760000000))", "4");
  value("month(from_unixtime(1760000000))", "10");
  value("day(from_unixtime(1760000000))", "9");
  value("hour(from_unixtime(1760000000))", "16");
  value("minute(from_unixtime(1760000000))", "53");
  value("second(from_unixtime(1760000000))", "20");
  value("day_of_week(from_unixtime(1760000000))", "4");
  value("day_of_year(from_unixtime(1760000000))", "282");
  value("date_diff('hour', from_unixtime(0), from_unixtime(7200))", "2");
  value("date_format(date_add('day', 1, from_unixtime(1760000000)), '%Y-%m-%d')", "2025-10-10");
  value("date_format(date_trunc('month', 1760000000), '%Y-%m-%d')", "2025-10-01");
  value("date_format(date_parse('09/Oct/2025', '%d/%b/%Y'), '%Y%m%d')", "20251009");
  // SLS, "JSON functions".
  value(`json_extract_scalar('{"a":{"b":"c"}}', '$.a.b')`, "c");
  value("json_array_length('[1,2,3]')", "3");
  value("json_array_contains('[1,2,3]', 2)", "true");
  value("json_format(json_parse('[1,2]'))", "[1,2]");
  value(`json_size('{"x":[1,2]}', '$.x')`, "2");
  value(`json_extract('{"a":[1,2]}', '$.a')`, "[1,2]");
  // SLS, "Type conversion functions" and "Conditional expressions".
  value("cast('12' as bigint) + 1", "13");
  value("cast(12 as varchar) || '!'", "12!");
  value("try_cast('12' as bigint)", "12");
  value("if(1 > 2, 'a', 'b')", "b");
  value("case when 1 > 2 then 'a' when 2 > 1 then 'b' else 'c' end", "b");
  value("coalesce(null, 'x')", "x");
  value("coalesce(nullif('a', 'a'), 'none')", "none");
  // SLS, "Array functions", "Lambda expressions" and "Map functions and operators"; places count from one.
  value("cardinality(array[1, 2, 3])", "3");
  value("contains(array[1, 2], 2)", "true");
  value("element_at(array[7, 8], 2)", "8");
  value("array[7, 8][1]", "7");
  value("array_join(array['a', 'b'], '-')", "a-b");
  value("array_max(array[3, 9, 4])", "9");
  value("array_min(array[3, 9, 4])", "3");
  value("array_position(array[5, 6], 6)", "2");
  value("array_join(array_distinct(array['a', 'a']), ',')", "a");
  value("array_join(slice(array['a', 'b', 'c'], 2, 2), ',')", "b,c");
  value("array_join(split('a,b,c', ','), '|')", "a|b|c");
  value("cardinality(filter(array[5, -6, 7], x -> x > 0))", "2");
  value("reduce(array[5, 20, 50], 0, (s, x) -> s + x, s -> s)", "75");
  value("element_at(map(array['k'], array[1]), 'k')", "1");
  value("cardinality(map(array['a', 'b'], array[1, 2]))", "2");
  // SLS, "URL functions" and "Binary functions".
  value("url_extract_host('https://example.com:8443/a/b?x=1#f')", "example.com");
  value("url_extract_port('https://example.com:8443/a/b?x=1#f')", "8443");
  value("url_extract_path('https://example.com:8443/a/b?x=1#f')", "/a/b");
  value("url_extract_query('https://example.com:8443/a/b?x=1#f')", "x=1");
  value("url_extract_parameter('https://example.com:8443/a/b?x=1#f', 'x')", "1");
  value("url_decode('a%2Fb')", "a/b");
  value("to_hex(md5(to_utf8('a')))", "0CC175B9C0F1B6A831C399E269772661");
  value("to_base64(to_utf8('abc'))", "YWJj");
  value("from_utf8(from_base64('YWJj'))", "abc");

  // SLS, "Aggregate functions", over the records above.
  value("count(distinct traceId)", "3", "from log");
  value("count_if(kind = 'Command')", "9", "from log");
  value("count(1)", "2", `from log where "traceId" = 't-2'`);
  value(`count(note)`, "1", "from log");
  value(`max("process.pid")`, "1070", "from log");
  value(`min("process.pid")`, "101", "from log");
  value(`sum("process.pid")`, "1906", "from log");
  value(`max_by("process.name", "process.pid")`, "psql", "from log");
  value(`min_by("process.name", "process.pid")`, "ls", "from log");
  // An estimate: eight, give or take SLS's standard error of 2.3 %.
  value(`approx_distinct("process.name") between 7 and 9`, "true", "from log");
  value("bool_and(kind = 'Command')", "false", "from log");
  value("bool_or(kind = 'Session')", "true", "from log");
  // SLS, "WHERE clause", "GROUP BY clause", "HAVING", "ORDER BY" and "nested subqueries".
  gives(
    '* | select "traceId" as t, count(1) as c from log group by t having count(1) > 1 order by c desc, t',
    ["t", "c"],
    [
      ["t-1", "7"],
      ["t-2", "2"],
      ["t-3", "2"],
    ],
  );
  gives(
    "* | select kind, count(1) as c from log group by 1 order by 2 desc limit 1",
    ["kind", "c"],
    [["Command", "9"]],
  );
  gives("* | select distinct kind from log order by kind", ["kind"], [["Command"], ["Kubernetes"], ["Session"]]);
  gives(
    `* | select "process.name" as p from log where "process.name" in ('rm', 'ls') order by p`,
    ["p"],
    [["ls"], ["rm"]],
  );
  gives(
    `* | select "process.name" as p from log where "process.pid" between 104 and 105 order by p desc`,
    ["p"],
    [["rm"], ["cat"]],
  );
  gives(`* | select count(1) as c from log where "process.cmdline" like 'curl%'`, ["c"], [["1"]]);
  gives(`* | select count(1) as c from log where "process.cmdline" not like '%/%'`, ["c"], [["2"]]);
  gives(`* | select count(1) as c from log where "process.name" is null`, ["c"], [["2"]]);
  gives("* | select max(c) as m from (select count(1) as c from log group by kind)", ["m"], [["9"]]);
  gives(
    `* | select a."eventId" as e from log a join log b on a."eventId" = b."eventId" where b.kind = 'Session'`,
    ["e"],
    [["e-11"]],
  );
  gives(
    `* | select kind as k from log where kind <> 'Command' union select 'other' as k order by k`,
    ["k"],
    [["Kubernetes"], ["Session"], ["other"]],
  );
  // SLS, "Window functions".
  gives(
    `kind: Command | select "eventId" as e, row_number() over (partition by "traceId" order by "eventId" desc) as n from log order by n, e limit 3`,
    ["e", "n"],
    [
      ["e-06", "1"],
      ["e-08", "1"],
      ["e-10", "1"],
    ],
  );
  // SLS, "UNNEST clause".
  gives(
    "* | select a as n from log, unnest(cast(json_parse('[1,2]') as array(bigint))) as t(a) where kind = 'Session' order by n",
    ["n"],
    [["1"], ["2"]],
  );
  // SLS, "LIMIT clause": the whole of a limit of nothing, and an offset behind the end.
  gives(`* | select "eventId" as e from log order by e limit 100, 10`, ["e"], []);
  gives("* | select kind from log limit 0", ["kind"], []);

  // SLS, "SPL syntax": rows go from command to command.
  finds("* | where kind = 'Session'", ["e-11"]);
  finds("traceId: t-2 | where \"process.name\" = 'tar'", ["e-07"]);
  claim("stats groups rows, and names its columns", async (source) => {
    const { columns, rows, end } = await answer(source, question("* | stats c = count(*) by kind | sort kind"));
    assert.equal(end.kind, "end", JSON.stringify(end));
    assert.deepEqual(
      rows.map((cells) => recordOf(columns, cells)),
      [
        { kind: "Command", c: "9" },
        { kind: "Kubernetes", c: "1" },
        { kind: "Session", c: "1" },
      ],
    );
  });
  claim("project names the fields that are answered", async (source) => {
    const { columns, rows } = await answer(source, question("kind: Kubernetes | project who=eventId, kind"));
    assert.deepEqual(
      rows.map((cells) => recordOf(columns, cells)),
      [{ __time__: "1760000000", who: "e-01", kind: "Kubernetes" }],
    );
  });

  // What cannot be answered is refused by name.
  refuses("nosuchfield: 1", "column-unknown");
  refuses("* | select nosuchfield", "column-unknown");
  refuses("* | select nosuchfunction(1)", "function-unknown");
  if (!isService) refuses("* | select ip_to_country('1.2.3.4')", "function-cloud-only");
  refuses("* | select count(1) from passwd", "table-unknown");
  refuses("kind: Command and (", "expected");
  claim("no statement reads a file", async (source) => {
    for (const statement of [
      "* | select * from read_text('/etc/passwd')",
      "* | select * from '/etc/passwd'",
      `* | select * from "/etc/passwd"`,
      "* | select read_text('/etc/passwd')",
      "* | select getenv('HOME')",
    ]) {
      const { rows, end } = await answer(source, question(statement));
      assert.deepEqual([rows, end.kind], [[], "refused"], statement);
    }
  });

  claim("the histogram counts every match once", async (source) => {
    const histogram = await source.histogram(
      question("kind: Command", { range: { fromMs: startSeconds * 1000, toMs: (startSeconds + 7_200) * 1000 } }),
      2,
      never,
    );
    assert.ok(histogram.kind === "buckets");
    assert.deepEqual(histogram.completeness, { gaps: [] });
    // They lie side by side, and each counts what it holds: seven within the first 400 s, two at 3,600 s.
    const { buckets } = histogram;
    assert.deepEqual(
      [startSeconds * 1000, ...buckets.map(({ toMs }) => toMs)],
      [...buckets.map(({ fromMs }) => fromMs), (startSeconds + 7_200) * 1000],
    );
    const counted = (fromSeconds: number, toSeconds: number): number =>
      buckets
        .filter(
          ({ fromMs, toMs }) =>
            fromMs < (startSeconds + toSeconds) * 1000 && toMs > (startSeconds + fromSeconds) * 1000,
        )
        .reduce((sum, { count }) => sum + count, 0);
    assert.deepEqual([counted(0, 400), counted(3_600, 3_601), counted(0, 7_200)], [7, 2, 9]);
    // Where a service cuts is its own affair.
    if (isService) return;
    // 1760000000 is 08:53:20 UTC; buckets of an hour begin on the hour, and the outer ones are cut where the range is.
    assert.deepEqual(histogram, {
      kind: "buckets",
      buckets: [
        { fromMs: 1_760_000_000_000, toMs: 1_760_000_400_000, count: 7 },
        { fromMs: 1_760_000_400_000, toMs: 1_760_004_000_000, count: 2 },
        { fromMs: 1_760_004_000_000, toMs: 1_760_007_200_000, count: 0 },
      ],
      completeness: { gaps: [] },
    });
  });
  claim("the histogram of a statement that cannot be read is refused", async (source) => {
    assert.equal((await source.histogram(question("kind:"), 10, never)).kind, "refused");
  });
  claim("the values of a field, most frequent first", async (source) => {
    assert.deepEqual(await source.values("process.name", "c", wholeDay, 10, never), [
      { value: "curl", count: 2 },
      { value: "cat", count: 1 },
    ]);
    assert.deepEqual(await source.values("k8s.pod.namespace", "", wholeDay, 1, never), [{ value: "shop", count: 7 }]);
    assert.deepEqual(await source.values("note", "CLOSED", wholeDay, 10, never), [
      { value: "closed by the server", count: 1 },
    ]);
    assert.deepEqual(await source.values("nosuchfield", "", wholeDay, 10, never), []);
  });
  claim("the oldest and the newest record", async (source) => {
    assert.deepEqual(await source.bounds(never), {
      fromMs: startSeconds * 1000,
      toMs: (startSeconds + 7_201) * 1000,
    });
  });

  claim("a question that is cancelled before it is asked says so", async (source) => {
    const cancelled = new AbortController();
    cancelled.abort();
    const { rows, end } = await answer(source, question("*"), cancelled.signal);
    assert.deepEqual(rows, []);
    assert.ok(end.kind === "end");
    assert.deepEqual(end.completeness, { gaps: [{ kind: "cancelled" }] });
  });
  claim("eight questions at once each get their own answer", async (source) => {
    const names = ["ls", "curl", "cat", "rm", "tar", "psql", "wget", "sh"];
    const answers = await Promise.all(
      names.map((program) => answer(source, question(`process.name: ${program} | select "process.name" as p limit 1`))),
    );
    assert.deepEqual(
      answers.map(({ rows }) => rows),
      names.map((program) => [[program]]),
    );
  });
}
