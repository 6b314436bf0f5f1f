import { homedir } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import type { CallContext, CallEvent } from "../../alibaba/call.ts";
import { createCredentialProvider, type RenewingCredentials, writeTyped } from "../../alibaba/credentials/provider.ts";
import { createEndpoints, type Endpoints, regionsOf } from "../../alibaba/endpoints.ts";
import type { Transport } from "../../alibaba/http.ts";
import { callerIdentity } from "../../alibaba/identity.ts";
import { createTransport } from "../../alibaba/transport.ts";
import type { AccountDraft, AddAccountParts } from "./addAccountSteps.ts";
import { type StoredAccount, type StoredAccounts, secretKey } from "./storedAccounts.ts";

/** What the editor says of the network, asked for each request. */
export type NetworkSettings = {
  readonly proxy: () => string | undefined;
  readonly strictSsl: () => boolean;
  readonly noProxy: () => readonly string[];
};

/** What all accounts of a window share. */
export type CallWorld = {
  readonly transport: Transport;
  readonly userAgent: string;
  readonly report: (account: string, event: CallEvent) => void;
};

export function createCallWorld(network: NetworkSettings, userAgent: string, report: CallWorld["report"]): CallWorld {
  return { transport: createTransport(network), userAgent, report };
}

/** What calls of one account need, and the credentials in it that tell of themselves. */
export type AccountCalls = { readonly context: CallContext; readonly credentials: RenewingCredentials };

export function callsOf(
  world: CallWorld,
  account: CallingAccount,
  credential: () => Promise<string | undefined>,
): AccountCalls {
  const shared: Omit<CallContext, "credentials"> = {
    transport: world.transport,
    endpoints: endpointsOf(account),
    now: Date.now,
    sleep,
    random: Math.random,
    report: (event) => world.report(account.name, event),
    userAgent: world.userAgent,
  };
  const credentials = createCredentialProvider(account.source, {
    ...shared,
    env: process.env,
    homeFolder: homedir(),
    secrets: { get: credential },
    secretKey: secretKey(account.id),
    confirmedCommands: new Set(account.confirmedCommands),
  });
  return { context: { ...shared, credentials }, credentials };
}

type CallingAccount = Omit<StoredAccount, "owner">;

/** The central STS host is a public one. Who has other endpoints asks that of a region instead. */
function endpointsOf({ site, endpoints: custom, regions }: CallingAccount): Endpoints {
  const endpoints = createEndpoints(site, custom);
  if (custom.network !== "vpc" && custom.sts === undefined) return endpoints;
  const [near = ""] = [...regions, ...regionsOf(site)];
  return { ...endpoints, sts: (region) => endpoints.sts(region === "" ? near : region) };
}

export function storedCalls(world: CallWorld, stored: StoredAccounts, account: StoredAccount): AccountCalls {
  return callsOf(world, account, () => stored.credential(account.id));
}

/** Asks STS with what is being added, which is stored nowhere yet. */
export function identifyWith(world: CallWorld): AddAccountParts["identify"] {
  return async (draft: AccountDraft, signal: AbortSignal) => {
    const { source, site, endpoints, confirmedCommands, name = "", regions = [] } = draft;
    const account = { id: "", name, source, site, endpoints, regions, confirmedCommands };
    const { context } = callsOf(world, account, () => Promise.resolve(writeTyped(draft.typed)));
    return callerIdentity(context, draft.region ?? "", signal);
  };
}

/** Ends early when the signal fires. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
