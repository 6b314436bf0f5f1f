/** The language services, measured in a process of their own. */
import { auditKnowledge } from "../../../src/audit/knowledge.ts";
import { schemaColumns } from "../../../src/engine/schema.ts";
import { translate } from "../../../src/engine/translation/translation.ts";
import { checkFile } from "../../../src/sls/check/check.ts";
import { FileCheck } from "../../../src/sls/check/fileCheck.ts";
import { complete } from "../../../src/sls/completion/completion.ts";
import { formatFile } from "../../../src/sls/format/format.ts";
import { parseStatement } from "../../../src/sls/parser/parser.ts";
import { parseQueryFile, type QueryFile, queryColumns, queryOf, updateQueryFile } from "../../../src/sls/queryFile.ts";
import { hostileTexts } from "../../fuzz/hostile.ts";
import { runTask, samplesOf } from "./measure.ts";
import { flat, largeFile, statements, typedCharacters } from "./text.ts";

const nowMs = 1_760_000_000_000;
const knowledge = auditKnowledge({
  seenFields: [],
  values: new Map(),
  programs: ["bash", "curl", "rm"],
  retentionDays: 30,
  accounts: [],
  clusters: [],
  clustersComplete: true,
  logstores: [],
  nowMs,
  zone: "UTC",
});
const knowledgeOf = (): typeof knowledge => knowledge;

const context = {
  table: "log",
  columns: schemaColumns,
  restNames: [],
  zone: "UTC",
  range: { fromMs: nowMs - 3_600_000, toMs: nowMs },
  maxRows: 100,
};

const queries = statements(2000, 1);
const files = queries.map((statement) => flat(`### Query\n${statement}\n`));
const analyses = queries.map((statement) => flat(`* | ${statement.slice(statement.indexOf("|") + 1).trim()}\n`));
const turns = { before: 4, measured: 11 };
const large = Array.from({ length: turns.before + turns.measured }, (_, turn) => () => largeFile(turn));

/** Which query of a file an offset is in. */
function indexAt(file: QueryFile, offset: number): number {
  const { starts } = queryColumns(file);
  let found = 0;
  let beyond = starts.length;
  while (found + 1 < beyond) {
    const middle = (found + beyond) >> 1;
    if ((starts[middle] ?? 0) <= offset) found = middle;
    else beyond = middle;
  }
  return found;
}

/** Something of a result, so that no engine can find out that nobody wants it. */
let kept = 0;

await runTask({
  file: () => {
    const texts = large.map((make) => make());
    return samplesOf(turns, (turn) => {
      const { queries, problems } = parseQueryFile(texts[turn] ?? "");
      kept += queries.length + problems.length;
    });
  },
  memory: () => {
    const text = largeFile(0);
    return samplesOf({ before: 0, measured: 1 }, () => {
      kept += parseQueryFile(text).queries.length;
    });
  },
  diagnostics: () => {
    const texts = large.map((make) => make());
    return samplesOf(turns, (turn) => {
      const text = texts[turn] ?? "";
      const file = parseQueryFile(text);
      kept += file.queries.length + checkFile(text, file, knowledgeOf).length;
    });
  },
  query: () =>
    samplesOf(turns, () => {
      for (const text of files) {
        const { queries, problems } = parseQueryFile(text);
        kept += queries.length + problems.length;
      }
    }),
  hostile: async () => {
    const ordinary = largeFile(0);
    const best = (text: string): number => {
      let least = Number.POSITIVE_INFINITY;
      for (let turn = 0; turn < 4; turn += 1) {
        const begun = performance.now();
        const { queries, problems } = parseQueryFile(text);
        kept += 1 + queries.length + problems.length;
        least = Math.min(least, performance.now() - begun);
      }
      return least / text.length;
    };
    best(ordinary);
    return [best(ordinary), ...hostileTexts.map(([, make]) => best(flat(make())))];
  },
  edit: async () => {
    const before = largeFile(0);
    let file = parseQueryFile(before);
    const check = new FileCheck(knowledgeOf);
    check.update(before, file);
    const samples: number[] = [];
    for (const { offset, text } of typedCharacters(before, 440)) {
      const begun = performance.now();
      file = updateQueryFile(file, text, [{ offset, removed: 0, inserted: 1 }]);
      check.update(text, file);
      // What is told of the other queries has moved with them; like the nodes of Lezer's tree it gets its place when it
      // is looked at.
      const typedIn = indexAt(file, offset);
      kept += 1 + (queryOf(file, typedIn)?.problems.length ?? 0) + check.of(typedIn).length;
      samples.push(performance.now() - begun);
    }
    return samples.slice(40);
  },
  complete: () => {
    const parsed = files.map((text) => parseQueryFile(text));
    return samplesOf(turns, () => {
      for (const [index, text] of files.entries()) {
        const file = parsed[index];
        if (file !== undefined) kept += complete(text, file, text.indexOf("count(1) as n"), knowledge).items.length;
      }
    });
  },
  format: () =>
    samplesOf(turns, () => {
      for (const text of analyses) kept += formatFile(text, parseQueryFile(text)).length;
    }),
  translate: () =>
    samplesOf(turns, () => {
      for (const text of analyses) kept += translate(parseStatement(text).statement, context).kind.length;
    }),
});
if (kept === 0) throw new Error("Nothing was read.");
