import * as vscode from "vscode";
import {
  type ChangeBlocker,
  type ChangeEnd,
  type ChangeKind,
  type ChangeNote,
  type ChangePlan,
  type ChangeStep,
  foreverDays,
  type LogstoreSettings,
  minRetentionDays,
  type TaskStage,
} from "../../audit/change.ts";
import type { AddonName } from "../../audit/cluster.ts";
import { timeZone } from "../settings.ts";
import { addonPurpose, ineligibilityText } from "./cluster.ts";
import { bothTimesText, numberText } from "./time.ts";

const { t } = vscode.l10n;

/** The change as a question, the head of what is to be confirmed. */
export function planQuestion({ change, cluster, logstore }: ChangePlan): string {
  const name = clusterName(cluster);
  switch (change.kind) {
    case "turnOn":
      return t("Turn on container auditing for {0}?", name);
    case "turnOff":
      return t("Turn off container auditing for {0}?", name);
    case "upgrade":
      return t("Upgrade container auditing of {0}?", name);
    case "changeRetention":
      return change.days === foreverDays
        ? t("Keep the audit records of {0} for ever?", name)
        : t("Keep the audit records of {0} for {1} days?", name, numberText(change.days));
    case "deleteLogstore":
      return t("Delete the Logstore {0} of {1} with all its records?", logstore, name);
    default:
      change satisfies never;
      return "";
  }
}

/** What the button says that agrees to it. */
export function planAction({ change }: ChangePlan): string {
  switch (change.kind) {
    case "turnOn":
      return t("Turn On");
    case "turnOff":
      return t("Turn Off");
    case "upgrade":
      return t("Upgrade");
    case "changeRetention":
      return t("Change Retention");
    case "deleteLogstore":
      return t("Delete Logstore…");
    default:
      change satisfies never;
      return "";
  }
}

/** Everything that a person has to know before they agree, in paragraphs. */
export function planParagraphs(plan: ChangePlan): readonly string[] {
  const { cluster } = plan;
  const where = `${clusterName(cluster)} (${cluster.id}${cluster.region === "" ? "" : `, ${cluster.region}`})`;
  const installs = plan.steps.flatMap((step) => (step.kind === "install" ? [step] : []));
  const installed =
    installs.length === 0
      ? []
      : [
          [
            t("These components are installed into {0}:", where),
            ...installs.map(({ addon, version }) => `• ${t("{0}, version {1}", addonPurpose(addon), version)}`),
          ].join("\n"),
        ];
  return [
    ...installed,
    ...plan.steps.map((step) => stepParagraph(step, plan, where)).filter((text) => text !== ""),
    ...plan.notes.map((note) => noteText(note, plan)),
  ];
}

function stepParagraph(step: ChangeStep, { logstore, project }: ChangePlan, where: string): string {
  switch (step.kind) {
    case "install":
      return "";
    case "awaitFirstEvent":
      return t("Then the first event is waited for; it comes when somebody runs a command in a pod.");
    case "upgrade":
      return t("{0} is upgraded from {1} to {2} in {3}.", step.addon, step.from, step.to, where);
    case "uninstall":
      return t("{0} {1} is uninstalled from {2}.", step.addon, step.version, where);
    case "setRetention":
      return t(
        "The retention of the Logstore {0} in the project {1} is changed from {2} to {3}.",
        logstore,
        project ?? "",
        retentionText(step.fromDays),
        retentionText(step.toDays),
      );
    case "deleteLogstore":
      return t("The Logstore {0} in the project {1} is deleted. This cannot be undone.", logstore, project ?? "");
    default:
      step satisfies never;
      return "";
  }
}

function noteText(note: ChangeNote, { logstore, project }: ChangePlan): string {
  switch (note.kind) {
    case "addonStays":
      return note.addon === "ack-advanced-audit"
        ? t("{0} {1} is there already and is not changed.", note.addon, note.version)
        : t("{0} {1} stays as it is: it may collect other logs too.", note.addon, note.version);
    case "recordsGoTo":
      if (note.retentionDays === undefined) {
        return t("Records go into the Logstore {0} of the project {1}.", logstore, project ?? "");
      }
      return note.isNew
        ? t(
            "Records go into the new Logstore {0} of the project {1}, which keeps them for {2}.",
            logstore,
            project ?? "",
            retentionText(note.retentionDays),
          )
        : t(
            "Records go into the Logstore {0} of the project {1}, which is there already and keeps them for {2}.",
            logstore,
            project ?? "",
            retentionText(note.retentionDays),
          );
    case "cost":
      return costText(note.billing);
    case "execMayFail":
      return t(
        "ack-advanced-audit takes part in every kubectl exec: according to its release notes an abnormal component may make kubectl exec fail.",
      );
    case "someNodesNot":
      return [
        t("These nodes will not be audited:"),
        ...note.reasons.slice(0, 5).map((reason) => `• ${ineligibilityText(reason)}`),
        ...(note.reasons.length > 5 ? [t("… and {0} more", numberText(note.reasons.length - 5))] : []),
      ].join("\n");
    case "nodesUnknown":
      return t("The nodes could not be looked at, so it is not known whether all of them can be audited.");
    case "recordingStops":
      return t("From then on nothing is recorded of what is run inside containers.");
    case "logstoreStays":
      return note.retentionDays === undefined || note.retentionDays === foreverDays
        ? t(
            "The Logstore {0} is not deleted: it stays with its records, and Simple Log Service goes on charging for keeping them until you delete it with Delete Logstore….",
            logstore,
          )
        : t(
            "The Logstore {0} is not deleted: it stays with its records, and Simple Log Service goes on charging for keeping them until their retention of {1} is over or you delete it with Delete Logstore….",
            logstore,
            retentionText(note.retentionDays),
          );
    case "olderDeleted":
      return t(
        "Records that are older than {0} days are deleted by Simple Log Service. They cannot be brought back.",
        numberText(note.days),
      );
    case "keptForever":
      return t("With a retention of {0} days records are kept for ever, and so are the charges.", foreverDays);
    case "hotTierStays":
      return t("Records stay in hot storage for their first {0} days; this is not changed.", numberText(note.days));
    case "hotTierCut":
      return t(
        "Records stay in hot storage for {0} days now; this becomes {1} days, since it cannot be longer than the retention.",
        numberText(note.fromDays),
        numberText(note.toDays),
      );
    case "recordsDeleted":
      return t(
        "All audit records in it are deleted, which reach back {0} at most. Neither the project nor any other Logstore is touched.",
        retentionText(note.retentionDays),
      );
    case "mayComeBack":
      return t(
        "{0} is still installed: the Logstore may be created again, empty, as soon as something is recorded. To stop that, turn container auditing off first.",
        note.addon,
      );
    case "inSample":
      return t("This is the built-in sample: no cloud is changed and nothing is charged.");
    default:
      note satisfies never;
      return "";
  }
}

function costText(billing: LogstoreSettings["billing"]): string {
  switch (billing) {
    case "ChargeByFunction":
      return t(
        "Container auditing itself is free. Simple Log Service charges this Logstore by feature: for writing, indexing and keeping records.",
      );
    case "ChargeByDataIngest":
      return t(
        "Container auditing itself is free. Simple Log Service charges this Logstore by the amount of data written.",
      );
    case undefined:
      return t(
        "Container auditing itself is free; Simple Log Service charges for writing, indexing and keeping records.",
      );
    default:
      billing satisfies never;
      return "";
  }
}

/** `180 days`, or what 3650 days mean. */
export function retentionText(days: number): string {
  if (days === foreverDays) return t("for ever ({0} days)", foreverDays);
  return days === 1 ? t("1 day") : t("{0} days", numberText(days));
}

export function retentionProblem(): string {
  return t("A whole number of days from {0} to {1}; {1} keeps records for ever.", minRetentionDays, foreverDays);
}

/** Why nothing is changed, and what can be done about it. */
export function blockerText(blocker: ChangeBlocker, change: ChangeKind, cluster: ChangePlan["cluster"]): string {
  const name = clusterName(cluster);
  switch (blocker.kind) {
    case "readOnly":
      return t("The account is read-only (ackAudit.readOnly): nothing is changed in it.");
    case "notEligible":
      return [
        t("{0} cannot be audited:", name),
        ...blocker.reasons.slice(0, 5).map((reason) => `• ${ineligibilityText(reason)}`),
      ].join("\n");
    case "permissionMissing":
      return t(
        "The permission {0} is missing. A RAM policy that allows this change can be copied, to be attached to your RAM user or role.",
        blocker.action,
      );
    case "alreadyOn":
      return t(
        "Container auditing is on already for {0}: {1}.",
        name,
        blocker.addons.map(({ name: addon, version }) => `${addon} ${version}`).join(", "),
      );
    case "notInstalled":
      return change === "turnOff"
        ? t("Container auditing is off already for {0}: ack-advanced-audit is not installed.", name)
        : t("ack-advanced-audit is not installed in {0}. Turn container auditing on first.", name);
    case "alreadyNewest":
      return t("ack-advanced-audit {0} is the newest version that ACK offers for {1}.", blocker.version, name);
    case "concurrentChange":
      return concurrentText(blocker.addon, blocker.taskId, name);
    case "notOffered":
      return t(
        "ACK does not offer {0} for {1}. Container auditing is released to accounts on request: submit a ticket to Alibaba Cloud and ask for it.",
        blocker.addon,
        name,
      );
    case "noLogstore":
      return t("{0} has no Logstore of container auditing.", name);
    case "sameRetention":
      return t("The Logstore of {0} keeps its records for {1} already.", name, retentionText(blocker.days));
    case "invalidRetention":
      return retentionProblem();
    case "refused":
      return t("The service refused: {0} ({1}, request {2})", blocker.message, blocker.code, blocker.requestId);
    case "unreachable":
      return unreachableText(blocker);
    default:
      blocker satisfies never;
      return "";
  }
}

function concurrentText(addon: AddonName | undefined, taskId: string | undefined, name: string): string {
  const wait = t("Try again when that is done.");
  if (taskId !== undefined)
    return `${t("ACK is changing components of {0} just now (task {1}).", name, taskId)} ${wait}`;
  return addon === undefined
    ? `${t("ACK is changing components of {0} just now.", name)} ${wait}`
    : `${t("ACK is changing {0} in {1} just now.", addon, name)} ${wait}`;
}

function unreachableText({ why, detail }: Extract<ChangeBlocker, { kind: "unreachable" }>): string {
  const text = (() => {
    switch (why) {
      case "network":
        return t("Alibaba Cloud could not be reached. Check the network and the proxy, then try again.");
      case "malformed":
        return t("Alibaba Cloud answered in a way that is not documented.");
      case "credential":
        return t("There is no valid credential for this account. Sign in again.");
      default:
        why satisfies never;
        return "";
    }
  })();
  return detail === "" ? text : t("{0} ({1})", text, detail);
}

/** What a change has come to, and what to do now. */
export function endText(
  end: ChangeEnd,
  plan: Pick<ChangePlan, "cluster" | "logstore"> & { change: ChangeKind },
): string {
  const { change, cluster, logstore } = plan;
  const name = clusterName(cluster);
  switch (end.kind) {
    case "done":
      return doneText(change, name, logstore, end.newestEventMs);
    case "noEventYet":
      return [
        t(
          "Container auditing is on for {0}, but no event has come within {1} min.",
          name,
          numberText(Math.max(1, Math.round(end.waitedMs / 60_000))),
        ),
        end.by === undefined
          ? t(
              "Run a command in a pod, for example kubectl exec -it <pod> -- bash and then touch a.txt && rm a.txt, and look again.",
            )
          : blockerText(end.by, change, cluster),
      ].join(" ");
    case "halfInstalled":
      return t(
        "Container auditing of {0} is half installed: {1} is missing although ACK reports success. Turn it on again to install what is missing.",
        name,
        end.missing.join(", "),
      );
    case "unhealthy":
      return t(
        "The components are installed in {0}, but ACK calls {1} unhealthy, and kubectl exec may fail. Look at it in the ACK console, or turn container auditing off.",
        name,
        end.addons
          .filter(({ state }) => state === "unhealthy")
          .map(({ name: addon }) => addon)
          .join(", "),
      );
    case "unconfirmed":
      return t(
        "The service reports success, but what is there for {0} does not show it. Look again in a few minutes.",
        name,
      );
    case "taskFailed":
      return t(
        "ACK could not do it for {0}: {1} (task {2}). What is installed by now, the tree shows.",
        name,
        end.message === "" ? end.code : `${end.message} [${end.code}]`,
        end.taskId,
      );
    case "stillUnderWay":
      return t(
        "ACK is still at it for {0} after {1} min and goes on. Look again later.",
        name,
        numberText(Math.round(end.waitedMs / 60_000)),
      );
    case "cancelledWaiting":
      return cancelledText(end.at, name);
    case "blocked":
      return `${t("Nothing was changed.")} ${blockerText(end.by, change, cluster)}`;
    case "outcomeUnknown":
      return `${t(
        "It is not known what has become of the change of {0}: it was sent and may go on. Refresh the clusters to see what is there.",
        name,
      )} ${blockerText(end.by, change, cluster)}`;
    case "planOutdated":
      return t(
        "Nothing was changed: since you agreed, something about {0} has changed, so that something else would be done now. Look at the new plan.",
        name,
      );
    default:
      end satisfies never;
      return "";
  }
}

function doneText(change: ChangeKind, name: string, logstore: string, newestEventMs: number | undefined): string {
  switch (change) {
    case "turnOn":
      return newestEventMs === undefined
        ? t("Container auditing is on for {0}. The first event comes when somebody runs a command in a pod.", name)
        : t(
            "Container auditing is on for {0}, and events arrive: the newest is of {1}.",
            name,
            bothTimesText(newestEventMs, timeZone()),
          );
    case "turnOff":
      return t(
        "Container auditing is off for {0}. The Logstore {1} stays with its records, and so do its charges; Delete Logstore… deletes it.",
        name,
        logstore,
      );
    case "upgrade":
      return t("Container auditing of {0} is upgraded.", name);
    case "changeRetention":
      return t("The retention of the Logstore {0} is changed.", logstore);
    case "deleteLogstore":
      return t("The Logstore {0} is deleted.", logstore);
    default:
      change satisfies never;
      return "";
  }
}

function cancelledText(at: Extract<ChangeEnd, { kind: "cancelledWaiting" }>["at"], name: string): string {
  switch (at) {
    case "before":
      return t("Cancelled before anything was sent: nothing was changed for {0}.", name);
    case "task":
      return t(
        "The waiting was ended, the change was not: it was sent for {0} and is carried out all the same. Refresh the clusters to see how far it is.",
        name,
      );
    case "firstEvent":
      return t("Container auditing is on for {0}. The first event was not waited for any longer.", name);
    default:
      at satisfies never;
      return "";
  }
}

/** How far ACK is, behind the step that is under way. */
export function stageText({ name, done, of }: TaskStage): string {
  if (of === 0) return name ?? "";
  return name === undefined ? t("{0} of {1} stages done", done, of) : t("{0}, {1} of {2} stages done", name, done, of);
}

export function changeTitle(change: ChangeKind, cluster: ChangePlan["cluster"]): string {
  const name = clusterName(cluster);
  switch (change) {
    case "turnOn":
      return t("Turning on container auditing for {0}", name);
    case "turnOff":
      return t("Turning off container auditing for {0}", name);
    case "upgrade":
      return t("Upgrading container auditing of {0}", name);
    case "changeRetention":
      return t("Changing the retention of the Logstore of {0}", name);
    case "deleteLogstore":
      return t("Deleting the Logstore of {0}", name);
    default:
      change satisfies never;
      return "";
  }
}

/** The name that a person knows the cluster by. */
export function clusterName({ id, name }: ChangePlan["cluster"]): string {
  return name === "" ? id : name;
}
