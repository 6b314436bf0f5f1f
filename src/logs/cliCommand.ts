import type { LogstoreName, ProjectName } from "../audit/ids.ts";
import type { TimeRange } from "./question.ts";

/** A word as a POSIX shell reads it back: everything between single quotes is literal, a single quote ends them. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The statement as a command of the Alibaba Cloud CLI (`aliyun` with its `sls` plug-in), as documented in "Call the CLI
 * to query logs" (help.aliyun.com/zh/sls/developer-reference/query-logs-get-logs-v2): whole seconds, from ≤ t < to, lz4
 * answers; `line` and `reverse` are for searches only, which get 100 rows a call.
 */
export function cliCommand(
  where: { readonly region: string; readonly project: ProjectName; readonly logstore: LogstoreName },
  statement: string,
  range: TimeRange,
  isAnalysis: boolean,
): string {
  return [
    "aliyun sls get-logs-v2",
    ...(where.region === "" ? [] : [`--region=${shellWord(where.region)}`]),
    `--project=${shellWord(where.project)}`,
    `--logstore=${shellWord(where.logstore)}`,
    `--from=${Math.floor(range.fromMs / 1000)}`,
    `--to=${Math.ceil(range.toMs / 1000)}`,
    "--accept-encoding=lz4",
    ...(isAnalysis ? [] : ["--line=100", "--reverse=true"]),
    `--query=${shellWord(statement)}`,
  ].join(" ");
}
