import * as vscode from "vscode";
import { auditStatus, type FactSubject, type StatusFacts, type Unanswered } from "../../audit/auditStatus.ts";
import type { Addon, AuditStatus, LogstoreFacts } from "../../audit/cluster.ts";
import type { VerdictOutcome, VerdictSource } from "../../audit/eligibility.ts";
import { type AuditCheck, auditVerdicts, groupVerdicts, type VerdictGroup } from "../../audit/verdicts.ts";
import { code, plain as escaped } from "../language/help.ts";
import { doubtText } from "./cluster.ts";
import { statusText } from "./explorer.ts";
import { agoText, bothTimesText, numberText } from "./time.ts";

const { t } = vscode.l10n;

export function whyTitle(cluster: string): string {
  return t("Is {0} audited?", cluster);
}

/** What a log file can say: nothing of what is installed. */
export function recordsOnlyMarkdown(cluster: string): string {
  const text = t("Only records are at hand; whether the cluster is audited today they do not say.");
  return `# ${plain(whyTitle(cluster))}\n\n${plain(text)}\n`;
}

/**
 * Whether a cluster is audited and why, as a page of Markdown. Names and answers of services stand in it as code, so that
 * none of them is read as Markdown.
 */
export function whyAuditedMarkdown(cluster: string, facts: StatusFacts, zone: string, nowMs: number): string {
  const status = auditStatus(facts);
  const groups = groupVerdicts(auditVerdicts(facts));
  const failing = groups.filter(({ outcome }) => outcome !== "passes");
  const passing = groups.filter(({ outcome }) => outcome === "passes");
  const { id, region, type, profile, spec, version } = facts.cluster;
  const parts = [
    `# ${plain(whyTitle(cluster))}`,
    `**${plain(answerText(status))}** ${plain(statusText(status, nowMs))}`,
    list([
      ...sinceLines(status, facts, zone, nowMs),
      t("Cluster {0}", codes([id, region, [type, profile, spec].filter(Boolean).join(" / "), version])),
      t("As of {0}", bothTimesText(facts.asOfMs, zone)),
    ]),
    `## ${plain(t("What to do"))}`,
    list(todoLines(status, failing)),
  ];
  if (failing.length > 0) parts.push(`## ${plain(t("What speaks against it, or is open"))}`, verdictTable(failing));
  if (passing.length > 0) parts.push(`## ${plain(t("What is fine"))}`, verdictTable(passing));
  if (facts.addons.length > 0) parts.push(`## ${plain(t("Components"))}`, addonTable(facts.addons));
  parts.push(`## ${plain(t("The Logstore"))}`, list(logstoreLines(facts.logstore, zone)));
  if (facts.unanswered.length > 0) {
    parts.push(`## ${plain(t("What could not be checked"))}`, list(facts.unanswered.map(unansweredLine)));
  }
  parts.push(`## ${plain(t("Sources"))}`, list(sourceLines()));
  return `${parts.join("\n\n")}\n`;
}

/** Any text as one line of Markdown that means nothing but itself. */
function plain(text: string): string {
  return escaped(text.replace(/\s+/g, " "));
}

/** Lines are Markdown already: what is not ours is in them as code. */
function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

function codes(texts: readonly string[]): string {
  return texts
    .filter((text) => text !== "")
    .map(code)
    .join(" · ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  // A bar inside a cell ends it, in code too.
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ")} |`;
  return [row(head.map(plain)), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

// -------------------------------------------------------------------------------------------------- state

function answerText(status: AuditStatus): string {
  switch (status.kind) {
    case "on":
      return status.doubts === undefined ? t("Yes.") : t("Yes, but not all is well.");
    case "halfInstalled":
    case "off":
    case "notEligible":
    case "notOffered":
      return t("No.");
    case "turningOn":
    case "turningOff":
      return t("It is just being changed.");
    case "unknown":
      return t("That cannot be told.");
    default:
      status satisfies never;
      return "";
  }
}

/** Since when it is so, as far as anything tells it: ACK does not say when an add-on was installed. */
function sinceLines(status: AuditStatus, facts: StatusFacts, zone: string, nowMs: number): readonly string[] {
  const { logstore, newestEventMs } = facts;
  const lines: string[] = [];
  if (status.kind === "on" && logstore?.createdMs !== undefined) {
    lines.push(
      t("The Logstore was created at {0}; before then nothing was recorded.", bothTimesText(logstore.createdMs, zone)),
    );
  }
  if (newestEventMs !== undefined) {
    const time = `${bothTimesText(newestEventMs, zone)}, ${agoText(newestEventMs, nowMs)}`;
    lines.push(
      status.kind === "on"
        ? t("Newest event: {0}", time)
        : t("The last event was recorded at {0}; since then nothing is recorded.", time),
    );
  } else if (status.kind === "on") {
    lines.push(t("No event was found. One comes when somebody enters a container, for instance with kubectl exec."));
  }
  return [...lines, ...(status.kind === "on" ? (status.doubts ?? []).map((doubt) => plain(doubtText(doubt))) : [])];
}

// ----------------------------------------------------------------------------------------------- verdicts

function outcomeText(outcome: VerdictOutcome): string {
  switch (outcome) {
    case "passes":
      return t("✓ fine");
    case "fails":
      return t("✗ not met");
    case "doubtful":
      return t("⚠ not proven");
    case "unknown":
      return t("? open");
    default:
      outcome satisfies never;
      return "";
  }
}

function checkText(check: AuditCheck): string {
  switch (check) {
    case "collector":
      return t("Log collector");
    case "auditing-addon":
      return t("Auditing component");
    case "offer":
      return t("Offered by ACK for this cluster");
    case "logstore":
      return t("Logstore of the audit log");
    case "index":
      return t("Index of the Logstore");
    case "sql":
      return t("Logstore type");
    case "events":
      return t("Events arrive");
    case "cluster-type":
      return t("Cluster type");
    case "cluster-state":
      return t("Cluster state");
    case "cluster-version":
      return t("Kubernetes version");
    case "operating-system":
      return t("Operating system");
    case "kernel":
      return t("Kernel, later than");
    case "architecture":
      return t("CPU architecture");
    case "image-acceleration":
      return t("No image acceleration");
    case "cpfs":
      return t("No CPFS volumes");
    case "security-hardening":
      return t("No security hardening");
    case "addon-version":
      return t("Version of ack-advanced-audit");
    default:
      check satisfies never;
      return "";
  }
}

const namesShown = 5;

function subjectText({ of, names }: VerdictGroup): string {
  const shown = codes(names.slice(0, namesShown));
  const more = names.length > namesShown ? ` ${plain(t("and {0} more", numberText(names.length - namesShown)))}` : "";
  switch (of) {
    case "cluster":
      return plain(t("cluster"));
    case "nodePools":
      return `${plain(names.length === 1 ? t("node pool") : t("{0} node pools", numberText(names.length)))} ${shown}${more}`;
    case "nodes":
      return `${plain(names.length === 1 ? t("node") : t("{0} nodes", numberText(names.length)))} ${shown}${more}`;
    default:
      of satisfies never;
      return "";
  }
}

function verdictTable(groups: readonly VerdictGroup[]): string {
  return table(
    [t("Verdict"), t("Check"), t("Of"), t("Found"), t("Needed"), t("Source")],
    groups.map((group) => [
      plain(outcomeText(group.outcome)),
      plain(checkText(group.check)),
      subjectText(group),
      group.found === "" ? "–" : code(group.found),
      [
        group.needed === undefined ? "" : code(group.needed),
        group.because === undefined ? "" : plain(t("for {0}", group.because)),
      ]
        .filter((text) => text !== "")
        .join(" ") || "–",
      plain(sourceText(group.source)),
    ]),
  );
}

function sourceText({ basis, page }: VerdictSource): string {
  const name = pageText(page);
  return basis === "documented" ? t("{0} (documented)", name) : t("{0} (inferred)", name);
}

function pageText(page: VerdictSource["page"]): string {
  switch (page) {
    case "limits":
      return t("container auditing, limits");
    case "ubuntuLimits":
      return t("container auditing, Ubuntu nodes");
    case "releaseNotes":
      return t("release notes of ack-advanced-audit");
    case "ackApi":
      return t("ACK API");
    case "slsApi":
      return t("Simple Log Service API");
    default:
      page satisfies never;
      return "";
  }
}

function sourceLines(): readonly string[] {
  const isChinese = vscode.env.language.toLowerCase().startsWith("zh");
  const guide = isChinese
    ? "https://help.aliyun.com/zh/ack/ack-edge/security-and-compliance/use-container-auditing"
    : "https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/security-and-compliance/use-container-auditing";
  const notes = "https://help.aliyun.com/zh/ack/product-overview/ack-advanced-audit";
  return [
    `[${plain(t("Use container auditing: limits and installation"))}](${guide})`,
    `[${plain(t("Release notes of ack-advanced-audit"))}](${notes})`,
    plain(t("Documented: Alibaba Cloud says so. Inferred: concluded from what it says, and not confirmed.")),
  ];
}

// --------------------------------------------------------------------------------------------- what to do

function todoLines(status: AuditStatus, failing: readonly VerdictGroup[]): readonly string[] {
  if (status.kind === "notOffered") return [plain(ticketText())];
  if (status.kind === "turningOn" || status.kind === "turningOff") return [plain(t("Wait until the change is done."))];
  const lines = new Set<string>();
  // What would be to do about the nodes of a cluster that is not eligible at all helps nobody.
  const type = failing.find(({ check, outcome }) => check === "cluster-type" && outcome === "fails");
  for (const group of type === undefined ? failing : [type]) {
    const advice = adviceText(group, status);
    if (advice !== "") lines.add(plain(advice));
  }
  if (status.kind === "off") lines.add(plain(t("Turn on container auditing from the cluster in the view Clusters.")));
  return lines.size === 0 ? [plain(t("Nothing."))] : [...lines];
}

function ticketText(): string {
  return t(
    "Submit a ticket to Alibaba Cloud to have container auditing enabled for the account. ACK offers ack-advanced-audit only then; that this is why it is not offered is inferred.",
  );
}

/** Empty where nothing can be done, or where another line says it. */
function adviceText(group: VerdictGroup, status: AuditStatus): string {
  const { check, outcome } = group;
  if (outcome === "unknown") return "";
  switch (check) {
    case "collector":
    case "auditing-addon":
      return componentAdvice(group, status);
    case "offer":
      return ticketText();
    case "logstore":
      return t(
        "The Logstore of the audit log is missing. Look at the log collector's project in the ACK console, or turn auditing off and on again.",
      );
    case "index":
      return t(
        "Create the index of the Logstore in the Simple Log Service console; without it nothing can be searched.",
      );
    case "sql":
      return t(
        "Change the Logstore type to Standard in the Simple Log Service console; a Query Logstore answers no SQL.",
      );
    case "events":
      return status.kind === "on"
        ? t("Enter a container with kubectl exec and run a command; its event should arrive within minutes.")
        : "";
    case "cluster-type":
      return t("Container auditing needs an ACK managed cluster (Pro or Basic) or an ACK dedicated cluster.");
    case "cluster-state":
      return t("Wait until the cluster is running, or repair it.");
    case "cluster-version":
      return t("Upgrade Kubernetes to {0} or later.", group.needed ?? "");
    case "operating-system":
      return t(
        "Container auditing leaves these nodes out; replace them by nodes with Alibaba Cloud Linux, ContainerOS or Ubuntu.",
      );
    case "kernel":
      return outcome === "fails"
        ? t("Container auditing leaves these nodes out; replace them by nodes with a kernel later than 4.19.")
        : t(
            "Kernel 4.19 is allowed by the letter only. Run a command on such a node and see whether its event arrives.",
          );
    case "architecture":
      return t("ack-advanced-audit is not offered for the architecture of these nodes; they are not audited.");
    case "image-acceleration":
      return t(
        "Ubuntu nodes with image acceleration are not audited: remove the acceleration component or use other nodes.",
      );
    case "cpfs":
      return t("Ubuntu nodes with CPFS volumes are not audited.");
    case "security-hardening":
      return t("Ubuntu nodes with security hardening are not audited.");
    case "addon-version":
      return t("Upgrade ack-advanced-audit to {0} or later.", group.needed ?? "");
    default:
      check satisfies never;
      return "";
  }
}

function componentAdvice({ outcome, found, check }: VerdictGroup, status: AuditStatus): string {
  if (outcome === "doubtful") return t("Wait until ACK has changed the components.");
  if (found !== "") {
    return check === "collector"
      ? t("The log collector does not work as it should: look at its pods in the namespace kube-system.")
      : t(
          "ack-advanced-audit does not work as it should, and kubectl exec may fail because of it: look at its pods, or turn auditing off.",
        );
  }
  return status.kind === "halfInstalled" ? t("Turn on container auditing: it installs what is missing.") : "";
}

// ------------------------------------------------------------------------------------------------- tables

function addonTable(addons: readonly Addon[]): string {
  return table(
    [t("Component"), t("Version"), t("State"), t("Upgrade")],
    addons.map(({ name, version, state, upgrade }) => [
      code(name),
      code(version),
      plain(addonStateText(state)),
      upgrade === undefined ? "–" : code(upgrade),
    ]),
  );
}

function addonStateText(state: Addon["state"]): string {
  switch (state) {
    case "active":
      return t("active");
    case "changing":
      return t("being changed");
    case "unhealthy":
      return t("unhealthy");
    default:
      state satisfies never;
      return "";
  }
}

function logstoreLines(logstore: LogstoreFacts | undefined, zone: string): readonly string[] {
  if (logstore === undefined) return [plain(t("It could not be asked."))];
  const { project, name, exists, createdMs, hasIndex, retentionDays, mode, billing } = logstore;
  const where = t("{0} in the project {1}", code(name), code(project));
  const lines = [`${where} – ${plain(projectFromText(logstore.projectFrom))}`];
  if (!exists) return [...lines, plain(t("It does not exist; it comes with the first installation."))];
  if (createdMs !== undefined) lines.push(plain(t("Created: {0}", bothTimesText(createdMs, zone))));
  if (retentionDays !== undefined) {
    lines.push(
      plain(
        retentionDays >= 3650
          ? t("Records are kept for ever.")
          : t("Records are kept for {0} days.", numberText(retentionDays)),
      ),
    );
  }
  if (mode !== undefined) lines.push(t("Logstore type: {0}", code(mode)));
  lines.push(
    plain(hasIndex === undefined ? t("Index: not known") : hasIndex ? t("Index: there") : t("Index: missing")),
  );
  if (billing !== undefined) lines.push(t("Billing mode: {0}", billingText(billing)));
  lines.push(plain(t("Uninstalling the components does not delete it, and its charges go on.")));
  return lines;
}

function billingText(billing: string): string {
  switch (billing) {
    case "ChargeByFunction":
      return plain(t("pay-by-feature"));
    case "ChargeByDataIngest":
      return plain(t("pay-by-ingested-data"));
    default:
      return code(billing);
  }
}

function projectFromText(from: LogstoreFacts["projectFrom"]): string {
  switch (from) {
    case "collector":
      return t("named by the log collector's configuration");
    case "metaData":
      return t("named by the cluster's metadata");
    case "auditProject":
      return t("named by the audit log of the API server");
    case "default":
      return t("the default name");
    default:
      from satisfies never;
      return "";
  }
}

function unansweredLine({ subject, reason }: Unanswered): string {
  const what = plain(factText(subject));
  switch (reason.code) {
    case "denied":
      return t("{0}: access was denied. The RAM action {1} is needed.", what, code(reason.action));
    case "unreachable":
      return t("{0}: it could not be asked. {1}", what, code(reason.detail));
    case "notAsked":
      return t("{0}: it was not asked.", what);
    case "recordsOnly":
      return t("{0}: only records are at hand.", what);
    default:
      reason satisfies never;
      return "";
  }
}

function factText(subject: FactSubject): string {
  switch (subject) {
    case "addons":
      return t("What is installed");
    case "addonHealth":
      return t("Whether the components work");
    case "offers":
      return t("What ACK offers");
    case "nodePools":
      return t("The node pools");
    case "nodes":
      return t("System and kernel of the nodes (Kubernetes API)");
    case "hardening":
      return t("Which nodes have security hardening");
    case "cpfs":
      return t("Whether volumes are on CPFS");
    case "project":
      return t("The project of the log");
    case "logstore":
      return t("The Logstore of the audit log");
    case "index":
      return t("The index");
    case "billing":
      return t("The billing mode");
    case "newestEvent":
      return t("The newest event");
    default:
      subject satisfies never;
      return "";
  }
}
