/** Polyglot's transpiler from Presto to DuckDB, measured in a process of its own. */
import { transpile } from "@polyglot-sql/sdk";
import { runTask, samplesOf } from "../language/measure.ts";
import { analysisOf, statements } from "../language/text.ts";

const analyses = statements(2000, 1).map(analysisOf);
let kept = 0;

await runTask({
  translate: () =>
    samplesOf({ before: 2, measured: 7 }, () => {
      for (const text of analyses) {
        const { success, sql } = transpile(text, "presto", "duckdb");
        if (!success) throw new Error(`Not transpiled: ${text}`);
        kept += sql?.length ?? 0;
      }
    }),
});
if (kept === 0) throw new Error("Nothing was transpiled.");
