import * as vscode from "vscode";
import { type AuditField, auditField } from "../../audit/fields.ts";
import type { KnownField } from "../../sls/knowledge.ts";

const { t } = vscode.l10n;

/** What a field of the audit log says, in one sentence; undefined for a field that no page documents. */
export function fieldMeaning(name: string): string | undefined {
  switch (auditField(name)?.search) {
    case "kind":
      return t("What the record is of: “Kubernetes” for an entry into a container, “Command” for a program run in it.");
    case "time":
      return t("When it happened, as a text with its time zone.");
    case "traceId":
      return t("One entry into a container and everything that was run in it carry the same id.");
    case "eventId":
      return t("The id of this one record.");
    case "clusterId":
      return t("The id of the cluster.");
    case "k8s.user.aliuid":
      return t("The Alibaba Cloud uid of the account, RAM user or role that acted; empty for who is none of these.");
    case "k8s.user.username":
      return t("The Kubernetes user that acted, for example a service account.");
    case "k8s.user.groups":
      return t("The Kubernetes groups of the user, as a JSON list.");
    case "k8s.pod.namespace":
      return t("The namespace of the pod.");
    case "k8s.pod.name":
      return t("The name of the pod.");
    case "k8s.pod.labels":
      return t("The labels of the pod, as a JSON object.");
    case "k8s.container.name":
      return t("The container that the program ran in. Entries name it in the operation instead.");
    case "k8s.container.image":
      return t("The image of the container.");
    case "host.hostIP":
      return t("The IP address of the node.");
    case "host.nodeName":
      return t("The name of the node.");
    case "kubeObject.operation.kind":
      return t("What was asked of the API server; “PodExec” is an entry into a container.");
    case "kubeObject.operation.podExecOptions.container":
      return t("The container that was entered.");
    case "kubeObject.operation.podExecOptions.command":
      return t("What the entry was told to run, as a JSON list of arguments.");
    case "kubeObject.operation.podExecOptions.commandStr":
      return t("What the entry was told to run, as one line.");
    case "process.name":
      return t("The short name of the program, without its folder.");
    case "process.cmdline":
      return t("The program with all its arguments. SQL sees the first 2,048 bytes where the index says nothing else.");
    case "process.cwd":
      return t("The folder that the program was started in.");
    case "process.pid":
      return t("The id of the process. Ids are used again after a while.");
    case "process.parentPid":
      return t("The id of the process that started this one.");
    case "process.parentName":
      return t("The short name of the program that started this one.");
    case "process.user.uid":
      return t("The Linux uid that the program ran as; 0 is root. The records have no user name.");
    case "k8s":
      return t("The user, the pod and the container, as JSON.");
    case "process":
      return t("The process, as JSON.");
    case "kubeObject":
      return t("What was asked of the API server, as JSON.");
    case "host":
      return t("The node, as JSON.");
    case "__time__":
      return t("When the record happened, in seconds since 1970. The time range limits it; the search half cannot.");
    case "__source__":
      return t("Where the record was collected.");
    case "__topic__":
      return t("The topic of the record.");
    default:
      return undefined;
  }
}

export function fieldTypeText(type: KnownField["type"]): string {
  switch (type) {
    case "text":
      return t("text");
    case "long":
      return t("whole number");
    case "double":
      return t("number");
    case "json":
      return t("JSON");
    case "list":
      return t("JSON list");
    case "map":
      return t("JSON object");
    default:
      return type satisfies never;
  }
}

/** Whether the field can be searched and read as a column, and how that is known. */
export function indexedText({ indexed }: KnownField): string {
  switch (indexed) {
    case "yes":
      return t("Indexed.");
    case "no":
      return t("Not indexed: it cannot be searched and is no column.");
    case "probably":
      return t("Probably indexed: the index of this Logstore was not asked for.");
    case "probably not":
      return t("Probably not indexed: official queries read it out of its JSON column.");
    case "reserved":
      return t("A field of Simple Log Service itself, always there.");
    default:
      return indexed satisfies never;
  }
}

/** Where the name comes from. */
export function basisText(basis: AuditField["basis"] | undefined): string {
  switch (basis) {
    case "documented":
      return t("Named by a page of Alibaba Cloud; its type is inferred.");
    case "inferred":
      return t("Inferred: no page of Alibaba Cloud names it.");
    case undefined:
      return t("Seen in records; no page of Alibaba Cloud names it.");
    default:
      return basis satisfies never;
  }
}
