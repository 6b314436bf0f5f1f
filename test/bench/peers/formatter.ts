/** sql-formatter in Trino's dialect, measured in a process of its own. */
import { formatDialect, trino } from "sql-formatter";
import { runTask, samplesOf } from "../language/measure.ts";
import { analysisOf, statements } from "../language/text.ts";

const analyses = statements(2000, 1).map(analysisOf);
let kept = 0;

await runTask({
  format: () =>
    samplesOf({ before: 1, measured: 5 }, () => {
      for (const text of analyses) kept += formatDialect(text, { dialect: trino }).length;
    }),
});
if (kept === 0) throw new Error("Nothing was formatted.");
