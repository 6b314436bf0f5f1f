import type { LogRecord } from "../audit/event.ts";
import { auditLogstore } from "../audit/ids.ts";
import { newestEventStatement, readNewestEvent } from "../audit/queries.ts";
import {
  type ClusterAddress,
  describeClusterTasks,
  describeTaskInfo,
  installClusterAddons,
  type ListedCluster,
  listAddons,
  listClusterAddonInstances,
  unInstallClusterAddons,
  upgradeClusterAddons,
} from "./ack.ts";
import { isMissing } from "./auditProject.ts";
import type { Answered, ChangePorts } from "./changes.ts";
import { type FactSources, findAddons, findEligibility, findLogstore, readOffers } from "./clusterFacts.ts";
import {
  deleteLogstore,
  getLogs,
  getLogstore,
  getMeteringMode,
  type Logstore,
  type LogstoreAddress,
  type SlsOutcome,
  updateLogstoreTtl,
} from "./sls.ts";

/** What a change of the auditing of one cluster asks ACK and SLS for. */
export function changePorts(sources: FactSources, listed: () => ListedCluster, isReadOnly: () => boolean): ChangePorts {
  const { context } = sources;
  const { cluster } = listed();
  const { id, region } = cluster;
  const at: ClusterAddress = { region, cluster: id };
  const logstoreAt = (project: string, logstore: string): LogstoreAddress => ({ region, project, logstore });
  const findProject = (signal: AbortSignal) => findLogstore(context, listed(), signal);
  return {
    cluster: { id, name: cluster.name, region },
    isReadOnly,
    facts: (signal) => findEligibility(sources, listed(), signal),
    addons: async (signal) => {
      const instances = await listClusterAddonInstances(context, at, signal);
      if (instances.kind !== "ok") return instances;
      const { addons } = await findAddons(context, at, instances.value, [], signal);
      return { kind: "ok", value: addons };
    },
    offered: async (signal) => {
      const offered = await listAddons(context, at, signal);
      return offered.kind === "ok" ? { kind: "ok", value: readOffers(offered.value) } : offered;
    },
    runningTasks: async (signal) => {
      const tasks = await describeClusterTasks(context, at, signal);
      if (tasks.kind !== "ok") return tasks;
      // `running` is documented; `pending` is seen (container-auditing.md §3). Other tasks do not touch add-ons.
      const running = tasks.value.filter(
        ({ type, state }) => /addon/i.test(type) && /^(running|pending)$/i.test(state),
      );
      return { kind: "ok", value: running.map(({ taskId, type }) => ({ id: taskId, type })) };
    },
    install: (addons, signal) =>
      installClusterAddons(
        context,
        at,
        addons.map(({ name, version }) => ({ name, version, config: undefined })),
        signal,
      ),
    upgrade: (addons, signal) => upgradeClusterAddons(context, at, addons, signal),
    uninstall: (names, signal) => unInstallClusterAddons(context, at, names, signal),
    task: (taskId, signal) => describeTaskInfo(context, region, taskId, signal),
    project: async (signal) => {
      const { project, failure } = await findProject(signal);
      // Whoever may not look at the Logstore may still turn auditing on; the plan says what it could not read.
      return failure === undefined || failure.kind === "refused" ? { kind: "ok", value: project } : failure;
    },
    logstore: async (project, name, signal) => answered(await getLogstore(context, logstoreAt(project, name), signal)),
    billing: async (project, name, signal) =>
      answered(await getMeteringMode(context, logstoreAt(project, name), signal)),
    setRetention: async (project, current: Logstore, days, signal) =>
      answered(await updateLogstoreTtl(context, logstoreAt(project, current.name), current, days, signal)),
    deleteLogstore: async (project, name, signal) =>
      answered(await deleteLogstore(context, logstoreAt(project, name), signal)),
    newestEventMs: async (sinceMs, signal) => {
      const found = await findProject(signal);
      if (found.failure !== undefined) return found.failure;
      const rows = await getLogs(
        context,
        logstoreAt(found.project, auditLogstore(id)),
        {
          fromSeconds: Math.floor(sinceMs / 1000),
          // Records of a node whose clock is ahead count too.
          toSeconds: Math.ceil(context.now() / 1000) + 3600,
          query: newestEventStatement,
          page: undefined,
        },
        signal,
      );
      // A new Logstore comes after the add-on, and its index after it.
      if (rows.kind !== "done") {
        const isToCome = isMissing(rows) || (rows.kind === "refused" && rows.code === "IndexConfigNotExist");
        return isToCome ? { kind: "ok", value: undefined } : rows;
      }
      const [row] = rows.value.rows;
      return { kind: "ok", value: row === undefined ? undefined : readNewestEvent(texts(row)) };
    },
    now: context.now,
    sleep: context.sleep,
  };
}

function answered<Value>(outcome: SlsOutcome<Value>): Answered<Value> {
  return outcome.kind === "done" ? { kind: "ok", value: outcome.value } : outcome;
}

function texts(row: Readonly<Record<string, unknown>>): LogRecord {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
