import type { ChangeBlocker, ChangeKind, ChangePlan } from "./change.ts";
import { auditLogstore, type ProjectName } from "./ids.ts";

/** The cluster and, where it is known, the project that a change is about. */
export type ChangePlace = { readonly cluster: ChangePlan["cluster"]; readonly project: ProjectName | undefined };

/** Finding the cluster, its add-ons and the project of its log, which every change begins with. */
const reading = [
  "cs:DescribeClusterDetail",
  "cs:GetClusterAddonInstance",
  "cs:ListClusterAddonInstances",
  "log:GetLogStore",
] as const;
const changingAddons = ["cs:DescribeClusterTasks", "cs:DescribeTaskInfo"] as const;

/** RAM actions of each change. Documented: an operation's action is `cs:<operation>` or `log:<operation>`. */
export const neededActions: Readonly<Record<ChangeKind, readonly string[]>> = {
  turnOn: [...reading, ...changingAddons, "cs:ListAddons", "cs:InstallClusterAddons", "log:GetLogStoreLogs"],
  turnOff: [...reading, ...changingAddons, "cs:UnInstallClusterAddons"],
  upgrade: [...reading, ...changingAddons, "cs:ListAddons", "cs:UpgradeClusterAddons"],
  changeRetention: [...reading, "log:UpdateLogStore"],
  deleteLogstore: [...reading, "log:DeleteLogStore"],
};

/** What is not about one cluster: a task has an id alone, and what is offered is asked of the service. */
const unscoped: ReadonlySet<string> = new Set(["cs:DescribeTaskInfo", "cs:ListAddons"]);

/**
 * A RAM policy, as JSON, with what this change needs and nothing else: on this cluster and this Logstore, where ACK and SLS
 * know such a resource (documented: `acs:cs:<region>:<account>:cluster/<id>`, `acs:log:…:project/<p>/logstore/<l>`).
 */
export function changePolicy(change: ChangeKind, missing: string, { cluster, project }: ChangePlace): string {
  const actions = [...new Set([...neededActions[change], ...(isAction(missing) ? [missing] : [])])].toSorted();
  const region = cluster.region === "" ? "*" : cluster.region;
  const logstore = `acs:log:${region}:*:project/${project ?? "*"}/logstore/${auditLogstore(cluster.id)}`;
  const ofLog = (action: string) => action.startsWith("log:");
  const statements = [
    {
      Action: actions.filter((action) => action.startsWith("cs:") && !unscoped.has(action)),
      Resource: `acs:cs:${region}:*:cluster/${cluster.id}`,
    },
    { Action: actions.filter(ofLog), Resource: logstore },
    { Action: actions.filter((action) => unscoped.has(action) || !/^(cs|log):/.test(action)), Resource: "*" },
  ];
  const Statement = statements
    .filter(({ Action }) => Action.length > 0)
    .map(({ Action, Resource }) => ({ Effect: "Allow", Action, Resource }));
  return JSON.stringify({ Version: "1", Statement }, undefined, 2);
}

/** What a service says is missing comes from outside, and this goes into a policy: only the plain name of one action does. */
function isAction(text: string): boolean {
  return /^[a-z]+:[A-Za-z]+$/.test(text);
}

/** What a missing permission comes to, with a policy that allows the whole change. */
export function permissionMissing(change: ChangeKind, action: string, place: ChangePlace): ChangeBlocker {
  return { kind: "permissionMissing", action, policy: changePolicy(change, action, place) };
}
