// `npm run oracle`: asks a real Presto, whose SQL SLS runs, for the answers to all that test/oracle/expressions.txt lists,
// and writes them to test/fixtures/oracle.json. Needs Java 17 and Maven, which the tests themselves do not.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cache, main, root, run, say, step } from "./project.mjs";

const folder = join(root, "test", "oracle");
const work = join(cache, "oracle");
const tenMinutes = { budgetMs: 600_000, shell: process.platform === "win32" };

/** The expressions with the names of the functions that they stand below. */
function expressions() {
  let name = "";
  const found = [];
  for (const line of readFileSync(join(folder, "expressions.txt"), "utf8").split("\n")) {
    if (line.startsWith("# ")) name = line.slice(2);
    else if (line !== "") found.push({ name, expression: line });
  }
  return found;
}

await main(async () => {
  const asked = expressions();
  mkdirSync(work, { recursive: true });
  const [classes, questions, answers] = ["classpath.txt", "questions.txt", "answers.txt"].map((name) =>
    join(work, name),
  );
  await step("Fetching Presto", () =>
    run(
      "mvn",
      ["-q", "-B", "-f", join(folder, "pom.xml"), "dependency:build-classpath", `-Dmdep.outputFile=${classes}`],
      tenMinutes,
    ),
  );
  writeFileSync(questions, asked.map(({ expression }) => `${expression}\n`).join(""));
  await step(`Asking it ${asked.length} questions`, () =>
    run(
      "java",
      ["-Dfile.encoding=UTF-8", "-cp", readFileSync(classes, "utf8"), join(folder, "Oracle.java"), questions, answers],
      tenMinutes,
    ),
  );
  const told = readFileSync(answers, "utf8").trimEnd().split("\n");
  const lines = asked.map((question, index) => JSON.stringify({ ...question, ...JSON.parse(told[index]) }));
  writeFileSync(join(root, "test", "fixtures", "oracle.json"), `[\n${lines.join(",\n")}\n]\n`);
  say(`${lines.length} answers are in test/fixtures/oracle.json.`);
});
