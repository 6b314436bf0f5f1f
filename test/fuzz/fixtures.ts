import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brokenStatements, validStatements } from "../unit/sls/corpus.ts";

const folder = fileURLToPath(new URL("../fixtures/corpus/", import.meta.url));

/** The query files of the corpus, by their names. */
export const corpusFiles: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith(".slsq"))
    .sort()
    .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
);

/** Every statement that mutations begin with. */
export const statements: readonly string[] = [
  ...validStatements,
  ...brokenStatements,
  ...[...corpusFiles.values()].flatMap((text) => text.split(/^### .*\n/m).filter((piece) => piece.trim() !== "")),
];
