import type * as vscode from "vscode";
import type { ChangeStep, ChangeUnderWay } from "../../audit/change.ts";
import type { AddonName } from "../../audit/cluster.ts";
import { type ClusterId, clusterId, type ProjectName } from "../../audit/ids.ts";

/** A change that was sent and is waited for, kept so that a reloaded window goes on waiting. No secret is in it. */
export type KeptChange = { readonly account: string; readonly underWay: ChangeUnderWay };

export interface KeptChanges {
  all(): readonly KeptChange[];
  /** There is one at most for each cluster: the last. */
  keep(account: string, underWay: ChangeUnderWay): Promise<void>;
  drop(account: string, cluster: ClusterId): Promise<void>;
}

const key = "ackAudit.changesUnderWay";
/** After so long nobody wonders any more what has become of it; the tree tells what is there. */
const keptMs = 7 * 24 * 60 * 60_000;

export function createKeptChanges(state: Pick<vscode.Memento, "get" | "update">, now: () => number): KeptChanges {
  const all = () => readKeptChanges(state.get(key), now());
  const others = (account: string, cluster: ClusterId) =>
    all().filter((kept) => kept.account !== account || kept.underWay.cluster.id !== cluster);
  return {
    all,
    keep: async (account, underWay) => {
      // Only what is read again is written, whatever else came along.
      const kept = readKept({ account, underWay });
      await state.update(key, [...others(account, underWay.cluster.id), ...(kept === undefined ? [] : [kept])]);
    },
    drop: async (account, cluster) => {
      await state.update(key, others(account, cluster));
    },
  };
}

/** What was kept, as far as it can be read and is not long ago. */
export function readKeptChanges(value: unknown, nowMs: number): readonly KeptChange[] {
  if (!Array.isArray(value)) return [];
  return value
    .map(readKept)
    .filter((kept) => kept !== undefined)
    .filter(({ underWay }) => nowMs - underWay.startedMs < keptMs);
}

function readKept(value: unknown): KeptChange | undefined {
  if (!isRecord(value) || typeof value["account"] !== "string" || !isRecord(value["underWay"])) return undefined;
  const { change, cluster, project, steps, startedMs, taskId } = value["underWay"];
  if (change !== "turnOn" && change !== "turnOff" && change !== "upgrade") return undefined;
  if (!isRecord(cluster) || typeof project !== "string" || !Array.isArray(steps)) return undefined;
  if (typeof startedMs !== "number" || !Number.isFinite(startedMs)) return undefined;
  if (taskId !== undefined && typeof taskId !== "string") return undefined;
  const { id, name, region } = cluster;
  const known = typeof id === "string" ? clusterId(id) : undefined;
  if (known === undefined || typeof name !== "string" || typeof region !== "string") return undefined;
  const read = steps.map(readStep);
  if (read.length === 0 || read.some((step) => step === undefined)) return undefined;
  return {
    account: value["account"],
    underWay: {
      change,
      cluster: { id: known, name, region },
      project: project as ProjectName,
      steps: read.filter((step) => step !== undefined),
      startedMs,
      taskId,
    },
  };
}

const addonNames: readonly AddonName[] = ["ack-advanced-audit", "logtail-ds", "loongcollector"];

/** The steps of a change of add-ons; no other change is kept. */
function readStep(value: unknown): ChangeStep | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, version, from, to } = value;
  if (kind === "awaitFirstEvent") return { kind };
  const addon = addonNames.find((name) => name === value["addon"]);
  if (addon === undefined) return undefined;
  if ((kind === "install" || kind === "uninstall") && typeof version === "string") return { kind, addon, version };
  if (kind === "upgrade" && typeof from === "string" && typeof to === "string") return { kind, addon, from, to };
  return undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
