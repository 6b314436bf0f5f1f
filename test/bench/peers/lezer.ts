/** The parser of CodeMirror's SQL mode, measured in a process of its own. */
import { SQLDialect } from "@codemirror/lang-sql";
import { TreeFragment } from "@lezer/common";
import { runTask, samplesOf } from "../language/measure.ts";
import { flat, largeFile, statements, typedCharacters } from "../language/text.ts";

const { parser } = SQLDialect.define({
  hashComments: true,
  keywords: "and approx_distinct as by desc from group having like limit not or order select where",
}).language;

const files = statements(2000, 1).map((statement) => flat(`### Query\n${statement}\n`));
const turns = { before: 4, measured: 11 };
let kept = 0;

await runTask({
  file: () => {
    const texts = Array.from({ length: turns.before + turns.measured }, (_, turn) => largeFile(turn));
    return samplesOf(turns, (turn) => {
      kept += parser.parse(texts[turn] ?? "").length;
    });
  },
  memory: () => {
    const text = largeFile(0);
    return samplesOf({ before: 0, measured: 1 }, () => {
      kept += parser.parse(text).length;
    });
  },
  query: () =>
    samplesOf(turns, () => {
      for (const text of files) kept += parser.parse(text).length;
    }),
  edit: async () => {
    const before = largeFile(0);
    let fragments = TreeFragment.addTree(parser.parse(before));
    const samples: number[] = [];
    for (const { offset, text } of typedCharacters(before, 440)) {
      const begun = performance.now();
      const change = { fromA: offset, toA: offset, fromB: offset, toB: offset + 1 };
      fragments = TreeFragment.applyChanges(fragments, [change]);
      const tree = parser.parse(text, fragments);
      fragments = TreeFragment.addTree(tree, fragments);
      kept += tree.length;
      samples.push(performance.now() - begun);
    }
    return samples.slice(40);
  },
});
if (kept === 0) throw new Error("Nothing was read.");
