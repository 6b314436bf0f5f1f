/**
 * DuckDB by hand, in a process like the engine's: the same memory limit, threads and flags. Runs the statements it is
 * sent, one after the other, and says when they are done.
 */
import { DuckDBInstance } from "@duckdb/node-api";

export type ToBaseline =
  | {
      readonly kind: "open";
      readonly memoryBytes: number;
      readonly threads: number;
      readonly spill: string;
      readonly keepOrder: boolean;
    }
  | { readonly kind: "run"; readonly request: number; readonly statements: readonly string[] };
export type FromBaseline = { readonly request: number; readonly rows: number; readonly failure?: string };

let instance: DuckDBInstance | undefined;

async function handle(message: ToBaseline): Promise<void> {
  if (message.kind === "open") {
    instance = await DuckDBInstance.create(":memory:", {
      memory_limit: `${Math.floor(message.memoryBytes / 1_000_000)}MB`,
      threads: String(message.threads),
      temp_directory: message.spill,
      preserve_insertion_order: String(message.keepOrder),
      storage_compatibility_version: "latest",
    });
    process.send?.({ request: 0, rows: 0 } satisfies FromBaseline);
    return;
  }
  const connection = await instance?.connect();
  let rows = 0;
  for (const statement of message.statements) {
    const reader = await connection?.runAndReadAll(statement);
    rows += reader?.getRowsJson().length ?? 0;
  }
  connection?.closeSync();
  process.send?.({ request: message.request, rows } satisfies FromBaseline);
}

process.on("message", (message: ToBaseline) => {
  handle(message).catch((error: unknown) => {
    const request = message.kind === "run" ? message.request : 0;
    process.send?.({ request, rows: 0, failure: String(error) } satisfies FromBaseline);
  });
});
