// Lays out the extension as a VSIX would hold it: `node scripts/stage.mjs FOLDER` copies what .vscodeignore allows.
// The editor that `npm start` opens, the editor tests and the packer all take the same files this way.
import { copyFileSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { Failure, main, root } from "./project.mjs";

function allowed() {
  const patterns = readFileSync(join(root, ".vscodeignore"), "utf8")
    .split(/\r?\n/)
    .filter((line) => line.startsWith("!"))
    .map((line) => line.slice(1));
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => statSync(join(root, file)).isFile());
}

function same(a, b) {
  return a !== undefined && b !== undefined && a.size === b.size && a.mtimeMs === b.mtimeMs;
}

/** Copies what changed and removes what is no longer part of the extension. */
function stage(folder) {
  const files = new Set(allowed());
  for (const needed of ["package.json", "dist/extension.cjs", "dist/start.cjs", "dist/engine.cjs"]) {
    if (!files.has(join(needed))) {
      throw new Failure(`${needed} is missing: run "npm run build" first.`);
    }
  }
  mkdirSync(folder, { recursive: true });
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(relative(folder, path))) {
      rmSync(path);
    }
  }
  for (const file of files) {
    const from = join(root, file);
    const to = join(folder, file);
    const source = statSync(from);
    if (!same(source, statSync(to, { throwIfNoEntry: false }))) {
      mkdirSync(dirname(to), { recursive: true });
      copyFileSync(from, to);
      utimesSync(to, source.atime, source.mtime);
    }
  }
  return files.size;
}

await main((args) => {
  if (args.length !== 1) {
    throw new Failure("usage: node scripts/stage.mjs FOLDER");
  }
  console.log(`${stage(resolve(args[0]))} files`);
});
