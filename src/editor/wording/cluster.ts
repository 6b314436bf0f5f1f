import * as vscode from "vscode";
import type { AddonName, AuditingStep, Doubt, Ineligibility, NodeOs, UnknownReason } from "../../audit/cluster.ts";
import type { ImportOutcome, RejectedLine } from "../../engine/client.ts";
import type { Unreachable, UnreachableCause } from "../../logs/answer.ts";

const { t } = vscode.l10n;

/** Why a source gave no answer, with its own words behind it where it has some. */
export function unreachableText({ code, detail, cause }: Unreachable): string {
  const why = cause === undefined ? unreachableReason(code) : causeText(cause);
  return detail === "" ? why : t("{0} ({1})", why, detail);
}

function unreachableReason(code: Unreachable["code"]): string {
  switch (code) {
    case "engineStopped":
      return t("The process that answers from local logs ended. Run it again; it is started anew.");
    case "engineFailed":
      return t("The process that answers from local logs reported a fault.");
    case "network":
      return t("The service could not be reached.");
    case "denied":
      return t("Access was denied.");
    case "notFound":
      return t("The log is not there.");
    case "outOfMemory":
      return t("The answer needs more memory than ackAudit.engine.memoryLimit allows.");
    default:
      code satisfies never;
      return "";
  }
}

/** What it was of a service in the network, and what can be done about it. */
function causeText(cause: UnreachableCause): string {
  switch (cause) {
    case "timeout":
      return t("No answer came in time. Try again, or ask a shorter time range.");
    case "dns":
      return t("The name of the service has no address here. Check the network, the region and custom endpoints.");
    case "refused":
      return t("Nothing answers at the address of the service. Check the network and custom endpoints.");
    case "reset":
      return t("The connection broke off again and again. Try again later.");
    case "tls":
      return t("The certificate of the service is not trusted. Check the proxy and http.proxyStrictSSL.");
    case "proxy":
      return t("The proxy did not let the request through. Check http.proxy and what it needs to log in.");
    case "compression":
      return t("The answer was compressed in a way that cannot be read.");
    case "tooLarge":
      return t("The answer is larger than can be held. Ask for less.");
    case "malformed":
      return t("The answer has another shape than is documented.");
    case "service":
      return t("The service reports a fault of its own. Try again later.");
    case "throttled":
      return t("The service was asked too often, and still was after waiting. Try again in a minute.");
    case "credential":
      return t("The service does not accept the credential. Sign in again, or choose another one.");
    case "index":
      return t(
        "The Logstore has no index, so it cannot be searched. Turn its index on in the Simple Log Service console.",
      );
    default:
      cause satisfies never;
      return "";
  }
}

/** What a cluster that only its records tell of, or that did not answer, leaves open. */
export function unknownReasonText(reason: UnknownReason): string {
  switch (reason.code) {
    case "recordsOnly":
      return t("records only");
    case "unreachable":
      return t("unknown: it could not be asked");
    case "denied":
      return t("unknown: access to {0} was denied", reason.action);
    default:
      reason satisfies never;
      return "";
  }
}

/** The step that is under way while auditing is turned on or off. */
export function stepText(step: AuditingStep): string {
  switch (step) {
    case "installingCollector":
      return t("installing the log collector");
    case "installingAuditing":
      return t("installing ack-advanced-audit");
    case "waitingForFirstEvent":
      return t("waiting for the first event");
    case "uninstallingAuditing":
      return t("uninstalling ack-advanced-audit");
    default:
      step satisfies never;
      return "";
  }
}

/** What an add-on is for, beside its name. */
export function addonPurpose(name: AddonName): string {
  switch (name) {
    case "ack-advanced-audit":
      return t("{0}: records what is run inside containers", name);
    case "logtail-ds":
    case "loongcollector":
      return t("{0}: collects the records into Simple Log Service", name);
    default:
      name satisfies never;
      return "";
  }
}

/** One reason that keeps a cluster or a node from being audited. */
export function ineligibilityText(reason: Ineligibility): string {
  switch (reason.code) {
    case "cluster-type":
      return clusterTypeText(reason.type, reason.profile);
    case "cluster-version":
      return t(
        "Kubernetes {0} is too old: nodes with {1} need {2} or later",
        reason.version,
        osName(reason.os),
        reason.needed,
      );
    case "cluster-state":
      return t("the cluster is not running (state: {0})", reason.state);
    case "node-os":
      return t("node {0} runs {1}, which is not supported", reason.node, reason.osImage);
    case "node-kernel":
      return t("node {0} has kernel {1}; it has to be later than 4.19", reason.node, reason.kernel);
    case "node-architecture":
      return t("node {0} is of architecture {1}, which is not supported", reason.node, reason.architecture);
    case "pool-os":
      return t("node pool {0} makes nodes of {1}, which is not supported", reason.pool, reason.imageType);
    case "addon-version":
      return t("ack-advanced-audit {0} is too old: {2} needs {1}", reason.version, reason.needed, reason.because);
    case "ubuntu-image-acceleration":
      return t("Ubuntu node {0} uses image acceleration, which is not supported", reason.node);
    case "ubuntu-cpfs":
      return t("Ubuntu node {0} uses CPFS volumes, which are not supported", reason.node);
    case "ubuntu-security-hardening":
      return t("Ubuntu node {0} has security hardening, which is not supported", reason.node);
    default:
      reason satisfies never;
      return "";
  }
}

/** What speaks against it that everything is recorded. */
export function doubtText(doubt: Doubt): string {
  switch (doubt.code) {
    case "addon-unhealthy":
      return t("{0} is unhealthy", doubt.addon);
    case "addon-changing":
      return t("{0} is being changed", doubt.addon);
    case "addon-too-old":
      return t("ack-advanced-audit {0} is too old: {2} needs {1}", doubt.version, doubt.needed, doubt.because);
    case "logstore-missing":
      return t("the Logstore {0} is missing", doubt.logstore);
    case "index-missing":
      return t("the Logstore {0} has no index", doubt.logstore);
    case "no-sql":
      return t("the Logstore {0} answers no SQL", doubt.logstore);
    case "nodes-left-out":
      return doubt.nodes.length === 1
        ? t("1 node is not supported: {0}", doubt.nodes.join())
        : t("{0} nodes are not supported", doubt.nodes.length);
    default:
      doubt satisfies never;
      return "";
  }
}

function clusterTypeText(type: string, profile: string): string {
  switch (profile) {
    case "Edge":
      return t("Edge clusters are not supported");
    case "Serverless":
      return t("Serverless clusters are not supported");
    case "Lingjun":
      return t("Lingjun clusters are not supported");
    default:
      return type === "ExternalKubernetes"
        ? t("registered clusters are not supported")
        : t("clusters of type {0} are not supported", profile === "" ? type : `${type}/${profile}`);
  }
}

function osName(os: NodeOs): string {
  switch (os) {
    case "alibabaCloudLinux":
      return "Alibaba Cloud Linux";
    case "containerOs":
      return "ContainerOS";
    case "ubuntu":
      return "Ubuntu";
    default:
      os satisfies never;
      return "";
  }
}

/** Why a log file could not be opened, and what can be done about it. */
export function importFailureText(failure: Exclude<ImportOutcome, { kind: "imported" }>, file: string): string {
  switch (failure.kind) {
    case "notAuditLog":
      return notAuditLogText(failure.reason, file);
    case "unreadable":
      return t("{0} could not be read: {1}", file, failure.detail);
    case "cancelled":
      return t("Opening {0} was cancelled.", file);
    case "unreachable":
      return t("{0} could not be opened. {1}", file, unreachableText(failure.reason));
    default:
      failure satisfies never;
      return "";
  }
}

function notAuditLogText(reason: Extract<ImportOutcome, { kind: "notAuditLog" }>["reason"], file: string): string {
  switch (reason) {
    case "empty":
      return t("{0} is empty.", file);
    case "unknownFormat":
      return t(
        "{0} is neither NDJSON, a JSON array nor CSV. Download the log from Simple Log Service as JSON or CSV, or save the answer of “aliyun sls get-logs-v2”; each of them may be gzipped.",
        file,
      );
    case "noTime":
      return t("{0} is not an audit log: its records have no time. A column __time__ or time is needed.", file);
    case "noAuditField":
      return t(
        "{0} is not a log of container auditing: none of the fields kind, traceId, eventId, process.* and k8s.* is in it. The Logstore of container auditing is advaudit-<cluster id>.",
        file,
      );
    default:
      reason satisfies never;
      return "";
  }
}

/** Why a line of a file is not a record. */
export function rejectedLineText(reason: RejectedLine["reason"]): string {
  switch (reason) {
    case "notJson":
      return t("not JSON");
    case "notAnObject":
      return t("JSON, but not an object");
    case "notUtf8":
      return t("not UTF-8");
    case "noTime":
      return t("no time that can be read");
    case "tooLong":
      return t("too long");
    case "wrongColumnCount":
      return t("not as many columns as the header");
    case "truncated":
      return t("cut off by the end of the file");
    default:
      reason satisfies never;
      return "";
  }
}
