// `npm run bench [name…]`: measures what ships, prints a table and writes test/bench/results.json.
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildOnce, childEnvironment, ended, Failure, install, main, nodePath, root, say, start } from "./project.mjs";

const folder = join(root, "test", "bench");
const widths = [26, 12, 9, 10, 5];

function row(cells, last) {
  return `${cells.map((cell, at) => (at === 0 || at === 3 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))).join(" ")}  ${last}`;
}

function short(value) {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

function isNamed(bench, names) {
  return names.length === 0 || names.some((name) => bench.name === name || bench.name.startsWith(`${name}.`));
}

await main(async (names) => {
  await install();
  if (Number(process.versions.node.split(".")[0]) < 24) {
    const { code } = await ended(
      start(nodePath(), [fileURLToPath(import.meta.url), ...names], { env: childEnvironment() }),
    );
    return code ?? 1;
  }
  const files = readdirSync(folder).filter((name) => name.endsWith(".bench.ts"));
  const groups = [];
  for (const file of files.sort()) {
    const { benches, close } = await import(pathToFileURL(join(folder, file)).href);
    const wanted = benches.filter((bench) => isNamed(bench, names));
    if (wanted.length > 0) {
      groups.push({ wanted, close });
    }
  }
  if (groups.length === 0) {
    throw new Failure(`No bench is named ${names.join(" or ")}.`);
  }
  await buildOnce({ production: true });

  say(row(["name", "value", "goal", "unit", "met"], "against"));
  const results = [];
  let crashed = false;
  for (const { wanted, close } of groups) {
    for (const { name, unit, goal, against, run } of wanted) {
      try {
        const { value, detail } = await run();
        const met = value <= goal;
        results.push({ name, value, unit, goal, met, against, ...(detail ? { detail } : {}) });
        say(
          row([name, short(value), `≤ ${goal}`, unit, met ? "yes" : "NO"], `${against}${detail ? ` (${detail})` : ""}`),
        );
      } catch (failure) {
        crashed = true;
        say(row([name, "–", `≤ ${goal}`, unit, "NO"], `could not be measured: ${failure.stack ?? failure}`));
        results.push({ name, value: null, unit, goal, met: false, against });
      }
    }
    await close?.();
  }
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  say(`${results.filter((one) => one.met).length} of ${results.length} met; test/bench/results.json`);
  return crashed ? 1 : 0;
});
