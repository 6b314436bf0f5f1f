// `npm run package`: one VSIX for this machine's platform, with the DuckDB of that platform in it.
import { copyFileSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  buildOnce,
  cache,
  childEnvironment,
  Failure,
  install,
  main,
  nodePath,
  root,
  run,
  say,
  step,
} from "./project.mjs";

/** The platform as VS Code names it. Alpine is Linux with another C library. */
function target() {
  const musl = process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined;
  return `${musl ? "alpine" : process.platform}-${process.arch}`;
}

await main(async (args) => {
  if (args.length > 0) {
    throw new Failure("npm run package takes no options.");
  }
  await install();
  await buildOnce({ production: true });
  const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const vsix = join(root, `${name}-${version}-${target()}.vsix`);
  const tree = join(cache, "vsix");
  await step("Packing the VSIX", async () => {
    await run(nodePath(), ["scripts/stage.mjs", tree], { env: childEnvironment() });
    copyFileSync(join(root, ".vscodeignore"), join(tree, ".vscodeignore"));
    const vsce = join(root, "node_modules", "@vscode", "vsce", "vsce");
    const options = [
      "--no-dependencies",
      "--allow-missing-repository",
      "--no-rewrite-relative-links",
      "--target",
      target(),
      "--out",
      vsix,
    ];
    await run(nodePath(), [vsce, "package", ...options], { cwd: tree, env: childEnvironment(), budgetMs: 180_000 });
  });
  say(`${vsix} (${(statSync(vsix).size / 1024 / 1024).toFixed(1)} MB)`);
});
