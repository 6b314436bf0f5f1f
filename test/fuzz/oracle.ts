/** Polyglot's transpiler, one of the peers of the bench: far too big to be installed for the tests. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const peers = fileURLToPath(new URL("../bench/peers/", import.meta.url));

type Polyglot = {
  readonly transpile: (
    sql: string,
    read: string,
    write: string,
  ) => { readonly success: boolean; readonly sql?: readonly string[]; readonly error?: string };
};

/** What translates Presto's SQL to DuckDB's; undefined for what the oracle cannot read. */
export async function openOracle(): Promise<(sql: string) => string | undefined> {
  const folder = join(peers, "node_modules", "@polyglot-sql", "sdk");
  if (!existsSync(folder)) {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: peers,
      shell: process.platform === "win32",
    });
  }
  const { transpile }: Polyglot = await import(pathToFileURL(join(folder, "dist", "index.node.js")).href);
  return (sql) => {
    const { success, sql: statements } = transpile(sql, "presto", "duckdb");
    return success ? statements?.[0] : undefined;
  };
}
