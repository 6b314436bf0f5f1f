import type { FactSubject, StatusFacts, Unanswered } from "../audit/auditStatus.ts";
import type {
  Addon,
  AddonName,
  ClusterNode,
  LogstoreFacts,
  NodePool,
  OfferedAddon,
  UnknownReason,
} from "../audit/cluster.ts";
import { compareVersions, type EligibilityFacts, nodeOs } from "../audit/eligibility.ts";
import { newestEventStatement, readNewestEvent } from "../audit/queries.ts";
import { isUnreachable, rowsOf } from "../logs/account.ts";
import type { Unreachable } from "../logs/answer.ts";
import type { LogSource } from "../logs/logSource.ts";
import {
  type AckAnswer,
  type AckNode,
  type AddonInstance,
  allPages,
  type ClusterAddress,
  describeClusterAddonInstance,
  describeClusterNodePools,
  describeClusterNodes,
  type ListedAddon,
  type ListedCluster,
  listAddons,
  listClusterAddonInstances,
} from "./ack.ts";
import { type AuditLogstore, findAuditLogstore, logstoreNamed } from "./auditProject.ts";
import type { CallContext, CallFailure } from "./call.ts";
import { getIndex, getMeteringMode } from "./sls.ts";
import { unreachableBy } from "./slsFailure.ts";

/** What is asked beside ACK and SLS. */
export type FactSources = {
  readonly context: CallContext;
  /** The nodes as the Kubernetes API tells them. Undefined where nobody is to be asked, since that takes a kubeconfig. */
  readonly nodes: ((signal: AbortSignal) => Promise<readonly ClusterNode[] | Unreachable>) | undefined;
  /** The log in the project where it was found. */
  readonly log: (found: AuditLogstore) => LogSource;
};

/** What changes so seldom that it is not asked for at every look at a cluster. */
export type LastingFacts = {
  readonly asOfMs: number;
  readonly offers: readonly OfferedAddon[] | undefined;
  readonly nodePools: readonly NodePool[] | undefined;
  readonly nodes: readonly ClusterNode[] | undefined;
  readonly hardenedNodes: readonly string[] | undefined;
  readonly unanswered: readonly Unanswered[];
};

/** The log, as it was found; kept until it is not there any more. */
export type LogFacts = {
  readonly asOfMs: number;
  readonly found: AuditLogstore;
  readonly facts: LogstoreFacts;
  readonly unanswered: readonly Unanswered[];
};

/** What an earlier look has found out, as far as it still holds. */
export type KnownFacts = {
  readonly lasting: LastingFacts | undefined;
  readonly log: LogFacts | undefined;
  readonly newestEventMs: number | undefined;
};

export type FoundFacts = { readonly facts: StatusFacts; readonly known: KnownFacts };

/** How long what changes seldom is believed. */
const lastingMs = 10 * 60_000;

/**
 * Everything that tells whether a cluster is audited. What cannot be asked is left open and named; only where the list of
 * add-ons cannot be had is nothing known at all. `wantsAll` also asks what is slow, and believes nothing of before.
 */
export async function findFacts(
  sources: FactSources,
  listed: ListedCluster,
  before: KnownFacts,
  wantsAll: boolean,
  signal: AbortSignal,
): Promise<FoundFacts> {
  const { context } = sources;
  const { cluster } = listed;
  const address: ClusterAddress = { region: cluster.region, cluster: cluster.id };
  const isFresh = (asOfMs: number | undefined) =>
    !wantsAll && asOfMs !== undefined && context.now() - asOfMs < lastingMs;
  const [instances, lasting] = await Promise.all([
    listClusterAddonInstances(context, address, signal),
    before.lasting !== undefined && isFresh(before.lasting.asOfMs)
      ? before.lasting
      : findLasting(sources, address, before.lasting, wantsAll, signal),
  ]);
  const installed = instances.kind === "ok" ? instances.value : [];
  const [addons, log] = await Promise.all([
    findAddons(context, address, installed, lasting.offers ?? [], signal),
    before.log?.facts.exists === true && isFresh(before.log.asOfMs)
      ? before.log
      : findLog(context, listed, collectorOf(installed), signal),
  ]);
  const newest = await findNewest(sources, log, before.newestEventMs, signal);
  const hasUbuntu = (lasting.nodes ?? []).some((node) => nodeOs(node) === "ubuntu");
  const facts: StatusFacts = {
    asOfMs: context.now(),
    cluster,
    nodes: lasting.nodes,
    nodePools: lasting.nodePools,
    addons: addons.addons,
    offers: lasting.offers,
    ubuntu: {
      imageAcceleration: instances.kind === "ok" ? installed.some(isImageAcceleration) : undefined,
      // Volumes and the storage plug-in's ConfigMap would tell; neither is read.
      cpfs: undefined,
      hardenedNodes: lasting.hardenedNodes,
    },
    logstore: log.found.failure === undefined ? log.facts : undefined,
    newestEventMs: newest.atMs,
    change: undefined,
    unknown: instances.kind === "ok" ? undefined : unknownBy(instances, "cs:ListClusterAddonInstances"),
    unanswered: [
      ...(instances.kind === "ok" ? [] : [unanswered("addons", instances, "cs:ListClusterAddonInstances")]),
      ...addons.unanswered,
      ...lasting.unanswered,
      ...(hasUbuntu ? [{ subject: "cpfs", reason: { code: "notAsked" } } as const] : []),
      ...log.unanswered,
      ...newest.unanswered,
    ],
  };
  // A Logstore that does not answer may be gone: it is looked for anew.
  const knownLog = newest.unanswered.length === 0 ? log : undefined;
  return { facts, known: { lasting, log: knownLog, newestEventMs: newest.atMs } };
}

/** What a plan of a change asks: the same, without the log. */
export async function findEligibility(
  sources: FactSources,
  listed: ListedCluster,
  signal: AbortSignal,
): Promise<AckAnswer<EligibilityFacts>> {
  const { cluster } = listed;
  const address: ClusterAddress = { region: cluster.region, cluster: cluster.id };
  const [instances, lasting] = await Promise.all([
    listClusterAddonInstances(sources.context, address, signal),
    findLasting(sources, address, undefined, true, signal),
  ]);
  if (instances.kind !== "ok") return instances;
  const { addons } = await findAddons(sources.context, address, instances.value, lasting.offers ?? [], signal);
  const { nodes, nodePools, offers, hardenedNodes } = lasting;
  const imageAcceleration = instances.value.some(isImageAcceleration);
  const ubuntu = { imageAcceleration, cpfs: undefined, hardenedNodes };
  return { ...instances, value: { cluster, nodes, nodePools, addons, offers, ubuntu } };
}

/** Where the records of a cluster lie, with the collector that is asked for it found out first. */
export async function findLogstore(
  context: CallContext,
  listed: ListedCluster,
  signal: AbortSignal,
): Promise<AuditLogstore> {
  const { id: cluster, region } = listed.cluster;
  const instances = await listClusterAddonInstances(context, { region, cluster }, signal);
  const collector = instances.kind === "ok" ? collectorOf(instances.value) : undefined;
  return findAuditLogstore(context, listed, collector, signal);
}

// ------------------------------------------------------------------------------------------------- add-ons

/**
 * The add-on of container auditing that an instance is. Which name ACK gives LoongCollector is not documented; its
 * DaemonSet is `loongcollector-ds`.
 */
export function addonName(name: string): AddonName | undefined {
  switch (name) {
    case "ack-advanced-audit":
    case "logtail-ds":
    case "loongcollector":
      return name;
    case "loongcollector-ds":
      return "loongcollector";
    default:
      return undefined;
  }
}

export function readOffers(offered: readonly ListedAddon[]): readonly OfferedAddon[] {
  return offered.flatMap(({ name, version, architectures }) => {
    const known = addonName(name);
    return known === undefined ? [] : { name: known, version, architectures };
  });
}

/**
 * The states of a list are active, updating, upgrading and deleting; an instance by itself can also be initial,
 * unhealthy and deleted (documented: ListClusterAddonInstances, DescribeClusterAddonInstance).
 */
export function addonState(state: string): Addon["state"] {
  if (state === "active" || state === "") return "active";
  return /unhealthy|fail|error|abnormal/i.test(state) ? "unhealthy" : "changing";
}

export async function findAddons(
  context: CallContext,
  address: ClusterAddress,
  instances: readonly AddonInstance[],
  offers: readonly OfferedAddon[],
  signal: AbortSignal,
): Promise<{ readonly addons: readonly Addon[]; readonly unanswered: readonly Unanswered[] }> {
  const missing: Unanswered[] = [];
  const addons = await Promise.all(
    instances.map(async (instance): Promise<readonly Addon[]> => {
      const name = addonName(instance.name);
      if (name === undefined) return [];
      const listedState = addonState(instance.state);
      // The list calls an add-on active that is installed and does not work.
      const health =
        listedState === "active"
          ? await describeClusterAddonInstance(context, address, instance.name, signal)
          : undefined;
      if (health !== undefined && health.kind !== "ok" && missing.length === 0) {
        missing.push(unanswered("addonHealth", health, "cs:DescribeClusterAddonInstance"));
      }
      const offered = offers.find((offer) => offer.name === name);
      const isLater = offered !== undefined && compareVersions(offered.version, instance.version) > 0;
      return [
        {
          name,
          version: instance.version,
          state: health?.kind === "ok" ? addonState(health.value.state) : listedState,
          ...(isLater ? { upgrade: offered.version } : {}),
        },
      ];
    }),
  );
  return { addons: addons.flat().toSorted(byRole), unanswered: missing };
}

/** Collectors first, as they are installed. */
function byRole(a: Addon, b: Addon): number {
  return Number(a.name === "ack-advanced-audit") - Number(b.name === "ack-advanced-audit");
}

function collectorOf(instances: readonly AddonInstance[]): string | undefined {
  return instances.find(({ name }) => {
    const known = addonName(name);
    return known !== undefined && known !== "ack-advanced-audit";
  })?.name;
}

/** Documented: aliyun-acr-acceleration-suite; other names that contain the same are taken for it (container-auditing.md §2.3). */
function isImageAcceleration({ name }: AddonInstance): boolean {
  return name.includes("acr-acceleration");
}

// --------------------------------------------------------------------------------------------------- nodes

async function findLasting(
  { context, nodes: askNodes }: FactSources,
  address: ClusterAddress,
  before: LastingFacts | undefined,
  wantsAll: boolean,
  signal: AbortSignal,
): Promise<LastingFacts> {
  const missing: Unanswered[] = [];
  const [offered, pools, nodes] = await Promise.all([
    listAddons(context, address, signal),
    describeClusterNodePools(context, address, signal),
    wantsAll ? askNodes?.(signal) : undefined,
  ]);
  if (offered.kind !== "ok") missing.push(unanswered("offers", offered, "cs:ListAddons"));
  if (pools.kind !== "ok") missing.push(unanswered("nodePools", pools, "cs:DescribeClusterNodePools"));
  if (nodes === undefined && before?.nodes === undefined)
    missing.push({ subject: "nodes", reason: { code: "notAsked" } });
  if (nodes !== undefined && isUnreachable(nodes)) {
    missing.push({ subject: "nodes", reason: { code: "unreachable", detail: nodes.detail } });
  }
  const nodePools = pools.kind === "ok" ? pools.value : undefined;
  const hardened = await findHardened(context, address, nodePools, wantsAll, signal);
  if (hardened !== undefined && "subject" in hardened) missing.push(hardened);
  return {
    asOfMs: context.now(),
    offers: offered.kind === "ok" ? readOffers(offered.value) : undefined,
    nodePools,
    // What a thorough look has found does not get lost at a quick one.
    nodes: nodes === undefined ? before?.nodes : isUnreachable(nodes) ? undefined : nodes,
    hardenedNodes: hardened === undefined ? before?.hardenedNodes : "subject" in hardened ? undefined : hardened,
    unanswered: missing,
  };
}

/** The nodes of pools with security hardening. Only the list of nodes tells which pool a node is of. */
async function findHardened(
  context: CallContext,
  address: ClusterAddress,
  pools: readonly NodePool[] | undefined,
  wantsAll: boolean,
  signal: AbortSignal,
): Promise<readonly string[] | Unanswered | undefined> {
  if (pools === undefined) return undefined;
  const hardened = new Set(pools.filter(({ hardening }) => hardening.length > 0).map(({ id }) => id));
  if (hardened.size === 0) return [];
  if (!wantsAll) return undefined;
  const nodes = await listAckNodes(context, address, signal);
  return nodes.kind === "ok"
    ? nodes.value.filter(({ nodePool }) => hardened.has(nodePool)).map(({ name }) => name)
    : unanswered("hardening", nodes, "cs:DescribeClusterNodes");
}

/** All nodes of a cluster as ACK lists them, or why one of the pages could not be had. */
export async function listAckNodes(
  context: CallContext,
  address: ClusterAddress,
  signal: AbortSignal,
): Promise<AckAnswer<readonly AckNode[]>> {
  const nodes: AckNode[] = [];
  let requestId = "";
  for await (const page of allPages((number) => describeClusterNodes(context, address, number, signal))) {
    if (page.kind !== "ok") return page;
    nodes.push(...page.value.items);
    requestId = page.requestId;
  }
  return { kind: "ok", value: nodes, requestId };
}

// ----------------------------------------------------------------------------------------------------- log

async function findLog(
  context: CallContext,
  listed: ListedCluster,
  collector: string | undefined,
  signal: AbortSignal,
): Promise<LogFacts> {
  const { cluster } = listed;
  const found = await findAuditLogstore(context, listed, collector, signal);
  const named = logstoreNamed(found, cluster.id);
  const asOfMs = context.now();
  if (found.failure !== undefined) {
    return { asOfMs, found, facts: named, unanswered: [unanswered("logstore", found.failure, "log:GetLogStore")] };
  }
  if (!named.exists) return { asOfMs, found, facts: named, unanswered: [] };
  const address = { region: cluster.region, project: found.project, logstore: named.name };
  const [index, billing] = await Promise.all([
    getIndex(context, address, signal),
    getMeteringMode(context, address, signal),
  ]);
  const hasNoIndex = index.kind === "refused" && index.code === "IndexConfigNotExist";
  return {
    asOfMs,
    found,
    facts: {
      ...named,
      hasIndex: index.kind === "done" ? true : hasNoIndex ? false : undefined,
      billing: billing.kind === "done" && billing.value !== "unknown" ? billing.value : undefined,
    },
    unanswered: [
      ...(index.kind === "done" || hasNoIndex ? [] : [unanswered("index", index, "log:GetIndex")]),
      ...(billing.kind === "done" ? [] : [unanswered("billing", billing, "log:GetLogStoreMeteringMode")]),
    ],
  };
}

const hourMs = 60 * 60_000;
const dayMs = 24 * hourMs;

type Newest = { readonly atMs: number | undefined; readonly unanswered: readonly Unanswered[] };

/**
 * When the newest event was recorded. Most clusters that are audited have one of today, so small ranges are asked first;
 * what was the newest before bounds them from below.
 */
async function findNewest(
  { context, log: logOf }: FactSources,
  { found, facts }: LogFacts,
  before: number | undefined,
  signal: AbortSignal,
): Promise<Newest> {
  const failed = (reason: Unanswered["reason"]): Newest => ({
    atMs: before,
    unanswered: [{ subject: "newestEvent", reason }],
  });
  if (!facts.exists) return { atMs: undefined, unanswered: [] };
  if (facts.hasIndex === false) return failed({ code: "notAsked" });
  const source = logOf(found);
  if (facts.mode === "query") {
    const bounds = await source.bounds(signal);
    if (bounds === undefined) return { atMs: undefined, unanswered: [] };
    if ("code" in bounds) return failed(reasonOf(bounds));
    // Bounds end behind the second of the newest record.
    return { atMs: bounds.toMs - 1000, unanswered: [] };
  }
  const toMs = context.now() + hourMs;
  const keptMs = (facts.retentionDays ?? 180) * dayMs;
  let untilMs = toMs;
  for (const backMs of [2 * hourMs, dayMs, 7 * dayMs, Math.min(keptMs, 3650 * dayMs)]) {
    const fromMs = Math.max(0, toMs - backMs, before ?? 0);
    if (fromMs >= untilMs || signal.aborted) break;
    const rows = await rowsOf(source, newestEventStatement, { fromMs, toMs: untilMs }, signal);
    if (isUnreachable(rows)) return failed(reasonOf(rows));
    const atMs = rows[0] === undefined ? undefined : readNewestEvent(rows[0]);
    if (atMs !== undefined) return { atMs, unanswered: [] };
    untilMs = fromMs;
    // Nothing came since then; whether the old one is still kept, its age tells.
    if (before !== undefined && fromMs === before) break;
  }
  const isKept = before !== undefined && before >= toMs - keptMs;
  return { atMs: isKept ? before : undefined, unanswered: [] };
}

function reasonOf({ code, detail }: Unreachable): UnknownReason {
  return code === "denied" ? { code: "denied", action: "log:GetLogStoreLogs" } : { code: "unreachable", detail };
}

// ------------------------------------------------------------------------------------------------ failures

export function unknownBy(failure: CallFailure, action: string): UnknownReason {
  return failure.kind === "refused" && (failure.status === 401 || failure.status === 403)
    ? { code: "denied", action: failure.action ?? action }
    : { code: "unreachable", detail: unreachableBy(failure).detail };
}

function unanswered(subject: FactSubject, failure: CallFailure, action: string): Unanswered {
  return { subject, reason: unknownBy(failure, action) };
}
