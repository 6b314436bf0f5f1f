import * as vscode from "vscode";
import type { SchemaFinding } from "../../audit/schemaCheck.ts";

export type SchemaReport = {
  readonly name: string;
  readonly findings: readonly SchemaFinding[];
  readonly recordCount: number;
  /** Undefined where there is no index. */
  readonly fieldCount: number | undefined;
  readonly isIndexAsked: boolean;
  /** Records without what they say. */
  readonly samples: readonly Readonly<Record<string, unknown>>[];
};

/** What was found, as Markdown that can be read over and sent on: it holds no value of any record. */
export function schemaReport(report: SchemaReport): string {
  const { findings, samples } = report;
  const lines = [
    `# ${vscode.l10n.t("Log schema of {0}", asText(report.name))}`,
    "",
    vscode.l10n.t("Read: {0} records of the last day that has any.", report.recordCount),
    indexText(report),
    "",
    `## ${vscode.l10n.t("What differs from what is assumed")}`,
    "",
    ...(findings.length === 0
      ? [vscode.l10n.t("Nothing: fields, types and spellings are as this extension assumes them.")]
      : findings.map((finding) => `- ${findingText(finding)}${assumptionText(finding)}`)),
    "",
    `## ${vscode.l10n.t("The form of the records")}`,
    "",
    vscode.l10n.t(
      "Letters are replaced by x, digits by 9. Read it over before you send it to anybody; an issue of this extension's repository is the place for it.",
    ),
    "",
    "```json",
    // A fence cannot be closed from inside: the replaced texts hold no letters, but they may hold backticks.
    ...samples.map((sample) => JSON.stringify(sample, undefined, 2).replaceAll("`", "'")),
    "```",
    "",
  ];
  return lines.join("\n");
}

function indexText({ isIndexAsked, fieldCount }: SchemaReport): string {
  if (!isIndexAsked) return vscode.l10n.t("This log is no Logstore, so it has no index to be compared.");
  return fieldCount === undefined
    ? vscode.l10n.t("The Logstore has no index.")
    : vscode.l10n.t("The index has {0} fields.", fieldCount);
}

function assumptionText({ assumption }: SchemaFinding): string {
  return assumption === undefined ? "" : ` (${vscode.l10n.t("assumption {0} of docs/assumptions.md", assumption)})`;
}

function findingText(finding: SchemaFinding): string {
  switch (finding.code) {
    case "index-missing":
      return vscode.l10n.t("The Logstore has no index, so it cannot be searched.");
    case "no-records":
      return vscode.l10n.t("There are no records to be compared.");
    case "not-indexed":
      return vscode.l10n.t("{0} is not indexed.", code(finding.field));
    case "indexed":
      return vscode.l10n.t("{0} is indexed, which was not expected.", code(finding.field));
    case "no-statistics":
      return vscode.l10n.t("{0} is indexed without statistics, so SQL cannot read it.", code(finding.field));
    case "index-type":
      return vscode.l10n.t("{0} is indexed as {1}, not as {2}.", code(finding.field), finding.found, finding.expected);
    case "index-key-unknown":
      return vscode.l10n.t("The index has a field that is not known: {0}.", code(finding.field));
    case "delimiters": {
      const found = code(JSON.stringify(finding.found.join("")));
      return finding.field === undefined
        ? vscode.l10n.t("The full-text index splits words at {0}.", found)
        : vscode.l10n.t("{0} is split into words at {1}.", code(finding.field), found);
    }
    case "case-sensitive":
      return finding.field === undefined
        ? vscode.l10n.t("The full-text index tells upper from lower case.")
        : vscode.l10n.t("The index of {0} tells upper from lower case.", code(finding.field));
    case "spelling":
      return vscode.l10n.t("Records spell {0} as {1}.", code(finding.field), code(finding.found));
    case "never-there":
      return vscode.l10n.t("No record of the kind {0} has {1}.", code(finding.kind), code(finding.field));
    case "field-unknown":
      return vscode.l10n.t("Records have a field that is not known: {0}.", code(finding.field));
    case "time-unreadable":
      return vscode.l10n.t("The time of an event has a form that cannot be read: {0}.", code(finding.shape));
    case "kind-unknown":
      return vscode.l10n.t("There is a kind of record that is not known: {0}.", code(finding.kind));
    default:
      return finding satisfies never;
  }
}

/** Names come out of a log, so nothing in them may end the code that they stand in. */
function code(name: string): string {
  return `\`${name.replaceAll("`", "'").replaceAll(/\s+/g, " ").slice(0, 200)}\``;
}

function asText(name: string): string {
  return name.replaceAll(/[\\`*_[\]<>#|~&]/g, "\\$&").replaceAll(/\s+/g, " ");
}
