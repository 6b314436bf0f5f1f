// How the tiers report: what fails is said in full as soon as it fails, what passes only by name where a tier is slow,
// and each result is added as one line of JSON to the file REPORT_FILE names, from which scripts/test.mjs counts.
import { appendFileSync } from "node:fs";
import { relative } from "node:path";
import { inspect } from "node:util";

const file = process.env["REPORT_FILE"];
const namesAll = process.env["REPORT_NAMES"] === "all";

function record(line) {
  if (file !== undefined) {
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  }
}

function why(error) {
  const cause = error?.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  const parts = [text];
  if (cause?.code === "ERR_ASSERTION" && cause.actual !== undefined && !text.includes("\n")) {
    parts.push(`actual: ${inspect(cause.actual, { depth: 5 })}`, `expected: ${inspect(cause.expected, { depth: 5 })}`);
  }
  return parts.join("\n").replaceAll(/^/gm, "      ");
}

// biome-ignore lint/style/noDefaultExport: Node's runner takes a reporter by its default export.
export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type === "test:pass" || type === "test:fail") {
      // Node reports a file in which no test ran as a test of the file's name.
      if (type === "test:pass" && data.name === data.file) {
        continue;
      }
      const suite = data.details?.type === "suite";
      const failedInside = data.details?.error?.failureType === "subtestsFailed";
      const skipped = data.skip !== undefined || data.todo !== undefined;
      const took = `${((data.details?.duration_ms ?? 0) / 1000).toFixed(1)} s`;
      if (type === "test:fail" && !failedInside && !skipped) {
        const where = data.file === undefined ? "" : `${relative(process.cwd(), data.file)}:${data.line} `;
        yield `    ✖ ${where}${data.name} (${took})\n${why(data.details.error)}\n`;
      } else if (namesAll && type === "test:pass" && !suite) {
        yield `    ${skipped ? "–" : "✔"} ${data.name} (${took})\n`;
      }
      // A suite fails because of what is in it, which is counted itself; only one that failed by itself counts.
      if (!suite || (type === "test:fail" && !failedInside)) {
        record({ result: skipped ? "skipped" : type === "test:pass" ? "passed" : "failed" });
      }
    } else if (type === "test:stdout" || type === "test:stderr") {
      yield data.message;
    } else if (type === "test:coverage") {
      record({
        coverage: data.summary.files.map((one) => ({
          path: one.path,
          lines: one.totalLineCount,
          covered: one.coveredLineCount,
          missed: one.lines.filter((line) => line.count === 0).map((line) => line.line),
        })),
      });
    }
  }
}
