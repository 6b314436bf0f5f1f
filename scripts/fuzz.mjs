// `npm run fuzz`: a million mutated queries, every prefix of every fixture and 100,000 generated statements.
import { parseArgs } from "node:util";
import { childEnvironment, ended, install, main, nodePath, orUsage, say, start } from "./project.mjs";

const usage = `Changes queries at random and checks what has to be true of any text, and what two engines answer to the same
statement. The same seed gives the same queries.

  npm run fuzz -- [options]

  --count N       how many mutated queries; 1000000 without it
  --statements N  how many generated statements are answered; 100000 without it
  --seconds N     an end to each of the two, whatever is left
  --seed N        another series
  --help          this text`;

await main(async (args) => {
  const { values } = orUsage(
    () =>
      parseArgs({
        args,
        options: {
          count: { type: "string" },
          statements: { type: "string" },
          seconds: { type: "string" },
          seed: { type: "string" },
          help: { type: "boolean", default: false },
        },
      }),
    usage,
  );
  if (values.help) {
    say(usage);
    return 0;
  }
  await install();
  const given = (names) => names.flatMap((name) => (values[name] === undefined ? [] : [`--${name}`, values[name]]));
  const runs = [
    ["test/fuzz/fuzz.ts", given(["count", "seconds", "seed"])],
    ["test/fuzz/differential.ts", given(["statements", "seconds", "seed"])],
  ];
  let failed = false;
  for (const [script, options] of runs) {
    const { code } = await ended(start(nodePath(), [script, ...options], { env: childEnvironment() }));
    failed ||= code !== 0;
  }
  return failed ? 1 : 0;
});
