import * as vscode from "vscode";
import type { ReadyQueryId } from "../../audit/queries.ts";

const { t } = vscode.l10n;

/** The title of a ready-made query, and one sentence on what it answers. */
export function readyQueryText(id: ReadyQueryId): { readonly title: string; readonly help: string } {
  switch (id) {
    case "entries":
      return { title: t("Entries into containers"), help: t("Each entry: when, who, which pod, and what was run.") };
    case "whoEntered":
      return { title: t("Who entered which pod"), help: t("Accounts and pods, with the number of entries.") };
    case "accounts":
      return { title: t("Accounts at work"), help: t("What each account did: entries, commands, pods.") };
    case "programs":
      return { title: t("Programs run"), help: t("Every program, most frequent first.") };
    case "riskyPrograms":
      return {
        title: t("High-risk programs"),
        help: t("The programs of the vendor's documented alert rule, newest first."),
      };
    case "rarePrograms":
      return {
        title: t("Rare programs"),
        help: t("Programs run three times or less: what is unusual is at the rare end."),
      };
    case "downloads":
      return { title: t("Downloads"), help: t("Commands that fetch something from elsewhere.") };
    case "credentialReads":
      return {
        title: t("Reads of credentials"),
        help: t("Service-account tokens, keys, kubeconfig files, the metadata service."),
      };
    case "becameRoot":
      return { title: t("Became root"), help: t("Traces with commands both as root and as another uid.") };
    case "packageInstalls":
      return { title: t("Packages installed"), help: t("Package managers that changed a running container.") };
    case "dataOut":
      return { title: t("Data packed or sent"), help: t("Archives, dumps and uploads.") };
    case "tracksRemoved":
      return { title: t("Tracks removed"), help: t("Shell histories and logs that were deleted or emptied.") };
    case "longTraces":
      return { title: t("Long traces"), help: t("Traces that lasted at least 15 minutes.") };
    case "podLastHour":
      return { title: t("The pod's last hour"), help: t("Everything recorded of one pod.") };
    default:
      return id satisfies never;
  }
}
