/** One long run: `npm run fuzz` starts it. */
import { parseArgs } from "node:util";
import { unsureKnowledge } from "../unit/sls/knownLogstore.ts";
import { pick, seededRandom } from "../unit/sls/random.ts";
import { corpusFiles, statements } from "./fixtures.ts";
import { Broken, checkQuotes, checkText, Edited } from "./invariants.ts";
import { anyText, mutated } from "./mutations.ts";

const { values } = parseArgs({
  options: { count: { type: "string" }, seconds: { type: "string" }, seed: { type: "string" } },
});
const count = Number(values.count ?? 1_000_000);
const seconds = Number(values.seconds ?? Number.POSITIVE_INFINITY);
const seed = Number(values.seed ?? 20261124);

const begun = performance.now();
const broken = new Map<string, Broken>();

/** Goes on behind what is broken: one run tells of everything once. */
function attempt(act: () => void): void {
  try {
    act();
  } catch (failure) {
    if (!(failure instanceof Broken)) throw failure;
    const claim = failure.message.slice(0, 40);
    if (!broken.has(claim)) console.log(failure);
    broken.set(claim, failure);
  }
}

function elapsed(): number {
  return (performance.now() - begun) / 1000;
}

let prefixes = 0;
for (const text of [...statements, ...corpusFiles.values()]) {
  // A file is long, and its queries are among the statements.
  const step = text.length > 2000 ? 97 : 1;
  for (let length = 0; length <= text.length && elapsed() < seconds; length += step, prefixes++) {
    attempt(() => checkText(text.slice(0, length), length, unsureKnowledge));
  }
}
console.log(`${prefixes} prefixes (${elapsed().toFixed(0)} s)`);

const random = seededRandom(seed);
let edited = new Edited(unsureKnowledge);
let last = "";
let done = 0;
for (; done < count && elapsed() < seconds; done++) {
  if (done > 0 && done % 50_000 === 0) console.log(`… ${done} (${elapsed().toFixed(0)} s)`);
  // Every tenth text is what is left of the one before, so that files grow and are edited on.
  const from =
    done % 10 > 0 || last.length > 1500 ? pick(random, statements) : `${last}\n### t\n${pick(random, statements)}`;
  const text = mutated(random, from, statements);
  const caret = Math.floor(random() * (text.length + 1));
  attempt(() => {
    checkText(text, caret, unsureKnowledge);
    last = text;
  });
  if (done % 10 === 0) {
    try {
      edited.become(text);
    } catch (failure) {
      if (!(failure instanceof Broken)) throw failure;
      attempt(() => {
        throw failure;
      });
      edited = new Edited(unsureKnowledge);
    }
  }
  if (done % 4 === 0) attempt(() => checkQuotes(anyText(random)));
}
console.log(`${done} mutated queries from seed ${seed}, ${prefixes} prefixes: ${elapsed().toFixed(0)} s`);
console.log(broken.size === 0 ? "Every invariant holds." : `${broken.size} invariants are broken.`);
process.exitCode = broken.size === 0 ? 0 : 1;
