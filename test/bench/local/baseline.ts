/**
 * What the engine is measured against: a process like the engine's own, with the same limits, that runs SQL written by
 * hand and answers with rows. Forked by `local.bench.ts`; every message is a statement with its number.
 */
import { readFileSync, rmSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

export type ToBaseline =
  | {
      readonly kind: "open";
      readonly store: string;
      readonly memory: string;
      readonly threads: string;
      readonly ordered: boolean;
    }
  | { readonly kind: "run"; readonly request: number; readonly sql: string };
export type FromBaseline = {
  readonly request: number;
  readonly rows: readonly unknown[][];
  readonly peakBytes: number;
};

let instance: Promise<DuckDBInstance> | undefined;
const idle: DuckDBConnection[] = [];

function peakBytes(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) * 1024;
}

async function take(message: ToBaseline): Promise<void> {
  if (message.kind === "open") {
    const { store, memory, threads, ordered } = message;
    instance = DuckDBInstance.create(":memory:", {
      memory_limit: memory,
      threads,
      preserve_insertion_order: String(ordered),
      storage_compatibility_version: "latest",
      enable_external_file_cache: "false",
      temp_directory: `${store}.spill`,
    });
    const connection = await (await instance).connect();
    if (!ordered) {
      rmSync(store, { force: true });
    }
    await connection.run(`ATTACH '${store}' AS store (${ordered ? "READ_ONLY" : "STORAGE_VERSION 'latest'"})`);
    idle.push(connection);
    process.send?.({ request: 0, rows: [], peakBytes: 0 } satisfies FromBaseline);
    return;
  }
  const connection = idle.pop() ?? (await (await instance)?.connect());
  if (connection === undefined) {
    throw new Error("The baseline has not been opened.");
  }
  const rows: unknown[][] = [];
  for (const statement of message.sql.split(/;\s*$/m).filter((text) => text.trim() !== "")) {
    const reader = await connection.runAndReadAll(statement);
    rows.push(...reader.getRowsJson());
  }
  idle.push(connection);
  process.send?.({ request: message.request, rows, peakBytes: peakBytes() } satisfies FromBaseline);
}

setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
process.on("message", (message) => void take(message as ToBaseline));
process.on("disconnect", () => process.exit(0));
