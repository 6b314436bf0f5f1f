import type { LogstoreFacts } from "../audit/cluster.ts";
import { auditLogstore, type ClusterId, defaultProject, type ProjectName } from "../audit/ids.ts";
import { type AddonSetup, getClusterAddonInstance, getClusterAuditProject, type ListedCluster } from "./ack.ts";
import type { CallContext, CallFailure } from "./call.ts";
import { getLogstore, type Logstore } from "./sls.ts";

/** Where ack-advanced-audit writes in a cluster. */
export type AuditLogstore = {
  readonly project: ProjectName;
  readonly projectFrom: LogstoreFacts["projectFrom"];
  /** Undefined where it does not exist, and where it could not be asked for. */
  readonly logstore: Logstore | undefined;
  /** Why it could not be asked for. */
  readonly failure: CallFailure | undefined;
};

type Candidate = { readonly project: string; readonly from: LogstoreFacts["projectFrom"] };

/**
 * Finds the project of a cluster's audit log. It is looked for in the collector's configuration, in the cluster's
 * metadata, in what ACK says of the API server's audit log, and last by the default name (inferred; container-auditing.md
 * §3). The first project that has the Logstore is it. Where none has, it is the first that was named: there the Logstore
 * would be made. The collector's ConfigMap, the second place of that order, is not asked: it needs the Kubernetes API and
 * says what the collector's configuration says.
 */
export async function findAuditLogstore(
  context: CallContext,
  { cluster, meta }: ListedCluster,
  /** The collector by the name of its instance; undefined where there is none, or where it is not known. */
  collector: string | undefined,
  signal: AbortSignal,
): Promise<AuditLogstore> {
  const address = { region: cluster.region, cluster: cluster.id };
  const name = auditLogstore(cluster.id);
  const seen = new Set<string>();
  let first: Candidate | undefined;
  let denied: AuditLogstore | undefined;

  async function look({ project, from }: Candidate): Promise<AuditLogstore | undefined> {
    if (project === "" || seen.has(project)) return undefined;
    seen.add(project);
    first ??= { project, from };
    const found = { project: project as ProjectName, projectFrom: from };
    const answer = await getLogstore(context, { region: cluster.region, project, logstore: name }, signal);
    if (answer.kind === "done") return { ...found, logstore: answer.value, failure: undefined };
    if (isMissing(answer)) return undefined;
    const failed: AuditLogstore = { ...found, logstore: undefined, failure: answer };
    // Somebody else's project may have the name that was guessed last; that it may not be read says nothing of the others.
    if (answer.kind !== "refused") return failed;
    denied ??= failed;
    return undefined;
  }

  if (collector !== undefined) {
    const setup = await getClusterAddonInstance(context, address, collector, signal);
    const found =
      setup.kind === "ok" ? await look({ project: setupProject(setup.value), from: "collector" }) : undefined;
    if (found !== undefined) return found;
  }
  const inMeta = meta["AuditProjectName"];
  if (typeof inMeta === "string") {
    const found = await look({ project: inMeta, from: "metaData" });
    if (found !== undefined) return found;
  }
  const audit = await getClusterAuditProject(context, address, signal);
  if (audit.kind === "ok") {
    const found = await look({ project: audit.value.project, from: "auditProject" });
    if (found !== undefined) return found;
  }
  const byDefault: Candidate = { project: defaultProject(cluster.id), from: "default" };
  const found = await look(byDefault);
  if (found !== undefined) return found;
  const { project, from } = first ?? byDefault;
  return denied ?? { project: project as ProjectName, projectFrom: from, logstore: undefined, failure: undefined };
}

function setupProject({ config, logProject }: AddonSetup): string {
  const { sls_project_name: named } = config;
  return typeof named === "string" && named !== "" ? named : logProject;
}

/** What SLS answers for a Logstore, or its project, that is not there. */
export function isMissing(failure: CallFailure): boolean {
  return failure.kind === "refused" && /^(LogStoreNotExist|ProjectNotExist)$/i.test(failure.code);
}

export function logstoreNamed({ project, projectFrom, logstore }: AuditLogstore, cluster: ClusterId): LogstoreFacts {
  return {
    project,
    projectFrom,
    name: auditLogstore(cluster),
    exists: logstore !== undefined,
    createdMs: logstore?.createdSeconds === undefined ? undefined : logstore.createdSeconds * 1000,
    hasIndex: undefined,
    retentionDays: logstore?.ttlDays,
    mode: logstore?.mode,
    billing: undefined,
  };
}
