import assert from "node:assert/strict";
import test from "node:test";
import { auditKnowledge } from "../../../src/audit/knowledge.ts";
import { parseQueryFile } from "../../../src/sls/queryFile.ts";
import { hover } from "../../../src/sls/services/hover.ts";
import { brokenStatements, validStatements } from "./corpus.ts";

const caret = "‸";

const knowledge = auditKnowledge({
  seenFields: [],
  values: new Map([["k8s.pod.name", [{ value: "api-1", count: 3 }]]]),
  programs: ["rm"],
  retentionDays: undefined,
  accounts: [],
  clusters: [],
  clustersComplete: true,
  logstores: [],
  nowMs: Date.UTC(2026, 10, 23, 4),
  zone: "Asia/Shanghai",
});

function at(marked: string) {
  const offset = marked.indexOf(caret);
  const text = marked.replace(caret, "");
  const found = hover(text, parseQueryFile(text), offset, knowledge);
  if (found === undefined) return undefined;
  const { span, ...told } = found;
  return { of: text.slice(span.start, span.end), ...told };
}

/** What is told, in short, and of which piece of the text. */
function check(marked: string, expected: readonly [of: string, told: string] | undefined): void {
  const found = at(marked);
  assert.deepEqual(found && [found.of, short(found)], expected, marked);
}

function short(found: NonNullable<ReturnType<typeof at>>): string {
  switch (found.kind) {
    case "field":
      return `${found.half} field ${found.field.search}`;
    case "unknownField":
      return `unknown ${found.half} field ${found.name}`;
    case "function":
      return `function ${found.function.name}`;
    case "searchWord":
      return found.word;
    case "alias":
      return `${found.text} as ${found.name}`;
    case "command":
      return `command ${found.command}`;
    case "limit":
      return `limit ${found.rows} ${found.hasOffset ? "offset" : ""}${found.isInner ? "inner" : ""}`.trim();
    case "directive":
      return `directive ${found.directive}`;
    default:
      return found satisfies never;
  }
}

test("a field is told in either half, in either spelling", () => {
  check(`k8s.po${caret}d.name: x`, ["k8s.pod.name", "search field k8s.pod.name"]);
  check(`"k8s.pod.n${caret}ame": x`, ['"k8s.pod.name"', "search field k8s.pod.name"]);
  check(`process.user.${caret}uid > 0`, ["process.user.uid", "search field process.user.uid"]);
  check(`process.user.uid${caret} in [0 9]`, ["process.user.uid", "search field process.user.uid"]);
  check(`__tag__:ho${caret}st:x`, ["__tag__:host", "unknown search field __tag__:host"]);
  check(`* | select "host.node${caret}name"`, ['"host.nodename"', "analysis field host.nodeName"]);
  check(`* | select l.ki${caret}nd from log l`, ["l.kind", "analysis field kind"]);
  check(`* | where ki${caret}nd = 'a'`, ["kind", "analysis field kind"]);
});
test("a field that nothing is known of is told as such", () => {
  check(`cus${caret}tom: x`, ["custom", "unknown search field custom"]);
  check(`* | select "cus${caret}tom"`, ['"custom"', "unknown analysis field custom"]);
});
test("the values that were seen are told, those that only rules name are not", () => {
  const pod = at(`k8s.pod.${caret}name: x`);
  assert.deepEqual(pod?.kind === "field" && pod.values, [{ value: "api-1", count: 3 }]);
  const program = at(`process.na${caret}me: x`);
  assert.deepEqual(program?.kind === "field" && program.values, []);
});
test("words and signs of the search half are told where they mean something", () => {
  check(`a a${caret}nd b`, ["and", "and"]);
  check(`a OR${caret} b`, ["OR", "or"]);
  check(`no${caret}t a`, ["not", "not"]);
  check(`x i${caret}n [1 2]`, ["in", "in"]);
  check(`${caret}*`, ["*", "all"]);
  check(`x: ${caret}*`, ["*", "exists"]);
  check(`x: ab${caret}c*`, ["abc*", "wildcard"]);
  check(`x: *a${caret}`, ["*a", "leadingWildcard"]);
  check(`x: "ab${caret}c*"`, undefined);
  check(`${caret}#"a b"`, ["#", "phrase"]);
  check(`x: an${caret}d`, undefined);
  check(`x: ab${caret}c`, undefined);
});
test("a function is told where it is called", () => {
  check(`* | select date_${caret}trunc('hour', __time__)`, ["date_trunc", "function date_trunc"]);
  check(`* | select current_${caret}date`, ["current_date", "function current_date"]);
  check(`* | select ca${caret}st(a as bigint)`, ["cast", "function cast"]);
  check(`* | select ca${caret}se when a then b end`, ["case", "function case"]);
  check(`* | select "coun${caret}t"`, ['"count"', "unknown analysis field count"]);
});
test("an alias is told by what it stands for", () => {
  check(`* | select lower(kind) as k${caret} from log`, ["k", "lower(kind) as k"]);
  check(`* | select lower(kind) as k from log group by k${caret}`, ["k", "lower(kind) as k"]);
  check(`* | select a${caret} from (select 1 as a)`, undefined);
});
test("a limit is told with what is asked of it", () => {
  check(`* | select 1 from log lim${caret}it 20`, ["limit", "limit 20"]);
  check(`* | select 1 from log limit${caret} 20, 10`, ["limit", "limit 10 offset"]);
  check(`* | select 1 from (select 1 from log limi${caret}t 5)`, ["limit", "limit 5 inner"]);
});
test("a command of SPL is told", () => {
  check(`* | parse-${caret}json content`, ["parse-json", "command parse-json"]);
  check(`* | project a | lim${caret}it 5`, ["limit", "command limit"]);
});
test("a directive is told with the times that it means now, in the zone of the query", () => {
  assert.deepEqual(at(`-- @from tod${caret}ay\n-- @zone UTC\n*`), {
    of: "-- @from today",
    kind: "directive",
    directive: "from",
    zone: "UTC",
    atMs: Date.UTC(2026, 10, 23),
    range: { kind: "range", fromMs: Date.UTC(2026, 10, 23), toMs: Date.UTC(2026, 10, 23, 4) },
  });
  assert.deepEqual(at(`-- @from yesterday\n-- @t${caret}o today\n*`), {
    of: "-- @to",
    kind: "directive",
    directive: "to",
    zone: "Asia/Shanghai",
    atMs: Date.UTC(2026, 10, 22, 16),
    range: { kind: "range", fromMs: Date.UTC(2026, 10, 21, 16), toMs: Date.UTC(2026, 10, 22, 16) },
  });
  check(`-- @clus${caret}ter x\n*`, ["-- @cluster", "directive cluster"]);
  check(`-- @colou${caret}r x\n*`, undefined);
});
test("titles, comments, texts and numbers tell nothing", () => {
  check(`### ki${caret}nd\n*`, undefined);
  check(`-- ki${caret}nd\n*`, undefined);
  check(`* | select 'ki${caret}nd'`, undefined);
  check(`* | select 1${caret}2`, undefined);
});
test("every place of every statement can be asked", () => {
  for (const text of [...validStatements, ...brokenStatements]) {
    const file = parseQueryFile(text);
    for (let offset = 0; offset <= text.length; offset++) {
      const found = hover(text, file, offset, knowledge);
      if (found === undefined) continue;
      assert.ok(0 <= found.span.start && found.span.end <= text.length && found.span.start < found.span.end, text);
    }
  }
});
