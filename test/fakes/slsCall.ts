import type { Answer, Received } from "./exchange.ts";
import type { LogQueries } from "./logQueries.ts";
import type { Logstore, Project, World } from "./world.ts";

export type SlsCall = {
  readonly world: World;
  readonly queries: LogQueries;
  readonly received: Received;
  readonly serverMs: number;
  /** Whether the answer shall be a part only, and say so. */
  readonly isIncomplete: boolean;
  readonly tokensExpired: boolean;
};

export type Found = { readonly call: SlsCall; readonly project: Project };
export type WithLogstore = Found & { readonly logstore: Logstore };

export function slsError(status: number, errorCode: string, errorMessage: string, more: object = {}): Answer {
  return { status, headers: {}, json: { errorCode, errorMessage, ...more } };
}
