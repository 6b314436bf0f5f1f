import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { checkFile } from "../../../src/sls/check/check.ts";
import { hasErrors, type ProblemCode } from "../../../src/sls/check/problems.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { unsureKnowledge } from "./knownLogstore.ts";

const valid = readFileSync(new URL("../../fixtures/corpus/valid.slsq", import.meta.url), "utf8");

/** What each statement is told first beside mere information; its place is drawn between carets. */
const broken: readonly (readonly [code: ProblemCode, drawn: string])[] = [
  ["expected", "a or‸‸"],
  ["expected", "a and‸‸"],
  ["expected", "not‸‸"],
  ["expected", "‸and‸ a"],
  ["expected", "a or ‸or‸ b"],
  ["expected", "(a or b‸‸"],
  ["unexpected", "a‸)‸ or b"],
  ["expected", "(‸)‸"],
  ["expected", "process.name:‸‸"],
  ["expected", "‸:‸ curl"],
  ["expected", "process.name: ‸and‸ kind: Command"],
  ["word-reserved", "key:‸not‸"],
  ["colon-in-value", "process.cmdline: ‸https://example.com‸"],
  ["colon-in-value", "time:‸10:20:30‸"],
  ["value-group", "process.name:‸(‸curl or wget)"],
  ["number-unreadable", "status > ‸many‸"],
  ["expected", "status >‸‸"],
  ["expected", "status in [200‸‸"],
  ["expected", "status in ‸200‸ 299"],
  ["in-upper-case", "status ‸IN‸ [200 299]"],
  ["expected", "‸in‸ [1 2]"],
  ["operator-unknown", "status ‸!=‸ 200"],
  ["operator-unknown", "status ‸==‸ 200"],
  ["quote-open", 'process.name: ‸"curl‸'],
  ["quote-open", '‸"open‸'],
  ["single-quotes", "process.name: ‸'curl'‸"],
  ["single-quotes", "‸'rm -rf'‸"],
  ["wildcard-leading", "process.name: ‸*sh‸"],
  ["wildcard-leading", "‸*sh‸"],
  ["wildcard-leading", "‸?url‸"],
  ["not-ambiguous", "‸not a‸ and b"],
  ["not-ambiguous", "‸not a‸ b"],
  ["time-in-search", "‸__time__‸ > 1760000000"],
  ["time-in-search", "‸__time__‸: 1760000000"],
  ["phrase-place", 'not ‸#"a b"‸'],
  ["phrase-place", '‸#"a b"‸ or c'],
  ["phrase-place", 'a or process.cmdline: ‸#"a b"‸'],
  ["phrase-place", '‸#"a b"‸ | select count(*) from log limit 1'],
  ["word-reserved", "‸sort‸"],
  ["word-reserved", "process.name: ‸limit‸"],
  ["field-unknown", "‸proces.name‸: curl"],
  ["expected", "a |‸‸"],
  ["expected", "a | ‸|‸ b"],
  ["command-unknown", "* | ‸sel‸ kind from log"],
  ["expected", "* | select‸‸"],
  ["expected", "* | select ‸from‸ log"],
  ["expected", "* | select kind, ‸from‸ log limit 1"],
  ["unexpected", "* | select kind traceId ‸eventId‸ from log limit 1"],
  ["expected", "* | select count( ‸from‸ log limit 1"],
  ["expected", "* | select kind from ‸limit‸ 1"],
  ["expected", "* | select kind from log where ‸limit‸ 1"],
  ["expected", "* | select kind from log where kind = ‸limit‸ 1"],
  ["expected", "* | select kind from log group ‸kind‸ limit 1"],
  ["expected", "* | select kind from log order ‸kind‸ limit 1"],
  ["expected", "* | select kind from log limit‸‸"],
  ["limit-offset", "* | select kind from log ‸limit 10 offset 5‸"],
  ["limit-offset", "* | select kind from log ‸offset 5 rows limit 10‸"],
  ["clause-order", "* | select kind from log limit 5 ‸where‸ kind = 'a'"],
  ["clause-order", "* | select kind from log group by kind ‸where‸ kind = 'a' limit 1"],
  ["operator-unknown", "* | select kind from log where kind ‸==‸ 'a' limit 1"],
  ["operator-unknown", "* | select kind from log where kind = 'a' ‸&&‸ traceId = 'b' limit 1"],
  ["column-unknown", '* | select kind from log where kind = ‸"Command"‸ limit 1'],
  ["quote-open", "* | select ‸'open from log limit 1‸"],
  ["quote-open", '* | select ‸"open from log limit 1‸'],
  ["comment-open", "* | select kind ‸/* open from log limit 1‸"],
  ["name-unquoted", "* | select ‸1st‸ from log limit 1"],
  ["name-unquoted", "* | select ‸__tag__:__path__‸ from log limit 1"],
  ["name-unquoted", "* | select ‸`kind`‸ from log limit 1"],
  ["column-unquoted", "* | select ‸k8s.pod.name‸ from log limit 1"],
  ["name-in-single-quotes", "* | select kind as ‸'k'‸ from log limit 1"],
  ["name-in-single-quotes", "* | select kind ‸'k'‸ from log limit 1"],
  ["name-reserved", "* | select ‸left‸(kind, 1) from log limit 1"],
  ["expected", "* | select kind as ‸order‸ from log limit 1"],
  ["unexpected", "* | select kind from log; ‸select‸ 1"],
  ["analysis-mixed", "* | select kind from log ‸|‸ where kind = 'a'"],
  ["analysis-mixed", "* | where kind = 'a' | ‸select‸ kind"],
  ["insert-refused", "* | ‸insert into t‸ select kind from log"],
  ["expected", "* | select case when kind ‸end‸ from log limit 1"],
  ["expected", "* | select case kind when 'a' then 1 ‸from‸ log limit 1"],
  ["expected", "* | select cast(kind‸)‸ from log limit 1"],
  ["expected", "* | select cast(kind as‸)‸ from log limit 1"],
  ["expected", "* | select extract(‸from‸ now()) limit 1"],
  ["expected", "* | select interval '1' ‸limit‸ 1"],
  ["expected", "* | select kind[1 ‸from‸ log limit 1"],
  ["expected", "* | select kind from log where kind between 1 ‸limit‸ 1"],
  ["expected", "* | select kind from log where kind in ‸'a'‸ limit 1"],
  ["expected", "* | select kind from log where kind is ‸limit‸ 1"],
  ["unexpected", "* | select kind from log where kind ‸not‸ 'a' limit 1"],
  ["expected", "* | select ‸?‸? from log limit 1"],
  ["expected", "* | select * from (select kind from log limit 1‸‸"],
  ["expected", "* | select sum(1) over (order by kind rows between 2 ‸and‸ current row) from log limit 1"],
  ["function-arguments", "* | select ‸position('a' kind)‸ from log limit 1"],
  ["expected", "* | set session ‸=‸ 1; select 1 limit 1"],
  ["expected", "* | set session mode=scan ‸select‸ kind from log limit 1"],
  ["expected", "* | set ‸mode‸=scan; select kind from log limit 1"],
  ["limit-large", "* | select kind from log ‸limit 1000001‸"],
  ["limit-in-subquery", "* | select n from (select count(*) as n from log ‸limit 5, 10‸) limit 1"],
  ["group-by-missing", "* | select ‸kind‸, count(*) from log limit 1"],
  ["group-by-missing", "* | select ‸kind‸, count(*) from log group by traceId limit 1"],
  ["aggregate-place", "* | select kind from log where ‸count(*)‸ > 1 limit 1"],
  ["aggregate-place", "* | select count(‸max(__time__)‸) from log limit 1"],
  ["over-missing", "* | select ‸row_number()‸ from log limit 1"],
  ["function-unknown", "* | select ‸nosuch‸(kind) from log limit 1"],
  ["function-unknown", "* | select ‸lenght‸(kind) from log limit 1"],
  ["function-arguments", "* | select ‸length()‸ from log limit 1"],
  ["function-arguments", "* | select ‸length(kind, 1)‸ from log limit 1"],
  ["function-arguments", "* | select ‸length(1)‸ from log limit 1"],
  ["function-arguments", "* | select ‸substr(kind)‸ from log limit 1"],
  ["function-arguments", "* | select ‸abs('a')‸ from log limit 1"],
  ["try-in-lambda", "* | select transform(array[1], x -> ‸try(x)‸) limit 1"],
  ["column-unknown", '* | select ‸"procss.name"‸ from log limit 1'],
  ["column-unquoted", "* | select ‸t.kind‸ from log limit 1"],
  ["column-ambiguous", "* | select ‸traceId‸ from log a join log b on a.kind = b.kind limit 1"],
  ["group-by-missing", "* | select ‸kind‸ from log group by 5 limit 1"],
  ["function-unknown", "* | select ‸pack_fields‸(kind) from log limit 1"],
  ["command-unknown", "* | ‸fields‸ kind"],
  ["command-unknown", "* | ‸wher‸ kind = 'a'"],
  ["expected", "* | where‸‸"],
  ["expected", "* | where kind = 'a' |‸‸"],
  ["expected", "* | project‸‸"],
  ["unexpected", "* | project ‸*‸"],
  ["expected", "* | project kind,‸‸"],
  ["expected", "* | extend ‸=‸ 1"],
  ["expected", "* | parse-json‸‸"],
  ["expected", "* | stats‸‸"],
  ["expected", "* | stats n = count(*) by‸‸"],
  ["unexpected", "* | sort kind ‸limit‸ 10"],
  ["command-unchecked", "* | ‸make-series‸ n = count(*)"],
  ["expected", "* | limit‸‸"],
  ["unexpected", "* | where kind = 'a' ‸traceId‸ = 'b'"],
  ["function-unknown", "* | stats n = ‸nosuch‸(kind) by kind"],
  ["unexpected", "a and b‸)‸ and c"],
  ["quote-open", 'process.cmdline: "a" ‸"b‸'],
  ["function-unknown", "* | select ‸f‸(a, b limit 1"],
  ["expected", "* | select (1 + 2 ‸limit‸ 1"],
  ["expected", "* | select * from log where (kind = 'a' ‸limit‸ 1"],
  ["expected", "* | select 1 as a from log a join log b ‸limit‸ 1"],
  ["expected", "* | select 1 as a from log left ‸log‸ b limit 1"],
  ["expected", "* | select count(*) from log where kind = 'a' or ‸limit‸ 1"],
  ["expected", "* | select count(*) from log having ‸limit‸ 1"],
  ["expected", "* | select kind from log where kind like ‸limit‸ 1"],
  ["expected", "* | select array[1, 2 ‸from‸ log limit 1"],
  ["expected", "* | select 1 +‸‸"],
  ["expected", "* | select 1 + ‸*‸ 2 limit 1"],
  ["column-unquoted", "* | select ‸process.name‸ from log limit 1"],
  ["expected", "* | select kind from log order by kind nulls ‸limit‸ 1"],
  ["expected", "* | select try_cast(kind as bigint ‸from‸ log limit 1"],
  ["expected", "* | select trim(both 'x' from‸)‸ limit 1"],
  ["expected", "* | select substring(kind from‸)‸ from log limit 1"],
  ["expected", "* | select ‸unnest‸(array[1]) limit 1"],
  ["expected", "* | select kind from log where ((kind = 'a') ‸limit‸ 1"],
  ["expected", "* | select kind from log group by ‸limit‸ 1"],
  ["expected", "* | select * from (select 1 as a) join ‸limit‸ 1"],
  ["expected", "* | extend n = length(‸‸"],
  ["quote-open", '* | where kind = ‸"a‸'],
  ["expected", "* | project-rename ‸=‸ a"],
  ["quote-open", 'a: ‸"b‸'],
  ["command-unknown", "process.name: curl | ‸selct‸ count(*)"],
  ["expected", "(a‸‸"],
  ["expected", "a in [1‸‸"],
  ["expected", "process.name >‸‸"],
  ["expected", "process.name in‸‸"],
  ["value-group", "k8s.pod.name: ‸(‸a)"],
  ["quote-open", '"a"b‸"c‸'],
];

test("the corpus has at least 300 statements", () => {
  assert.ok(parseQueryFile(valid).queries.length + broken.length >= 300);
});

test("no statement that SLS accepts has a problem", () => {
  const file = parseQueryFile(valid);
  assert.equal(file.queries.length, 223);
  const found = checkFile(valid, file, () => unsureKnowledge);
  assert.deepEqual(
    found.map(({ code, span }) => [code, valid.slice(span.start - 40, span.end)]),
    [],
  );
});

test("each broken statement is told its mistake at its place", () => {
  const before = "-- @from -1h\n";
  for (const [code, drawn] of broken) {
    const [head = "", piece = "", tail = ""] = drawn.split("‸");
    const text = before + head + piece + tail;
    const found = checkFile(text, parseQueryFile(text), () => unsureKnowledge);
    const first = found.find(({ severity }) => severity !== "information");
    const start = before.length + head.length;
    assert.deepEqual([first?.code, first?.span], [code, { start, end: start + piece.length }], drawn);
  }
});

test("a mistake of the grammar keeps a statement from being run, a suspicion does not", () => {
  const suspicions: readonly ProblemCode[] = [
    "column-unquoted",
    "command-unchecked",
    "field-unknown",
    "not-ambiguous",
    "number-on-text",
    "phrase-place",
    "program-case",
    "single-quotes",
  ];
  for (const [code, drawn] of broken) {
    if (!suspicions.includes(code)) continue;
    const text = `-- @from -1h\n${drawn.replaceAll("‸", "")}`;
    assert.equal(hasErrors(parseQueryFile(text).problems), false, drawn);
  }
});
