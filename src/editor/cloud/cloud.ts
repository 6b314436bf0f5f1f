import { type CloudAccount, createCloudAccount, type OwnContext } from "../../alibaba/cloudAccount.ts";
import { regionsOf } from "../../alibaba/endpoints.ts";
import { hostOf, isExempt, isLoopback } from "../../alibaba/proxy.ts";
import type { ClusterId } from "../../audit/ids.ts";
import { addAccount, signInAgain } from "./addAccount.ts";
import {
  type AccountCalls,
  type CallWorld,
  createCallWorld,
  type NetworkSettings,
  storedCalls,
} from "./callContext.ts";
import type { StoredAccount, StoredAccounts } from "./storedAccounts.ts";

/** What the person has chosen for an account, asked whenever it matters. */
export type AccountChoices = {
  readonly isReadOnly: () => boolean;
  /** The context of a kubeconfig of their own for a cluster; without one ACK is asked for a short-lived kubeconfig. */
  readonly ownContext: (cluster: ClusterId) => OwnContext | undefined;
  readonly kubernetesEndpoint: () => "public" | "private";
  /** Whether a kubeconfig of their own may run a command to log in. */
  readonly allowKubeconfigCommands: () => boolean;
};

/** All that speaks to Alibaba Cloud: this file is loaded when the first account is opened or added. */
export type Cloud = {
  calls(account: StoredAccount): AccountCalls;
  account(stored: StoredAccount, id: string, calls: AccountCalls, choices: AccountChoices): CloudAccount;
  /** Undefined when the person gave up. */
  addAccount(): Promise<StoredAccount | undefined>;
  /** True when the account can be used. */
  signInAgain(account: StoredAccount): Promise<boolean>;
  /** Closes the connections. */
  close(): void;
};

/** The shortest that a morning's work fits in; ACK gives 15 to 60 minutes, and a new one is asked for in time. */
const kubeconfigMinutes = 30;

export function createCloud(
  network: NetworkSettings,
  userAgent: string,
  report: CallWorld["report"],
  stored: StoredAccounts,
): Cloud {
  const world = createCallWorld(network, userAgent, report);
  return {
    calls: (account) => storedCalls(world, stored, account),
    account: (account, id, calls, choices) =>
      createCloudAccount({
        id,
        name: account.name,
        context: calls.context,
        regions: account.regions.length > 0 ? account.regions : regionsOf(account.site),
        now: Date.now,
        kubernetes: {
          connect: async (kubeconfig, renew) => {
            const { createKubernetes } = await import("../../kubernetes/kubernetes.ts");
            const isOwn = typeof kubeconfig !== "string";
            return createKubernetes(kubeconfig, {
              allowCommands: isOwn && choices.allowKubeconfigCommands(),
              proxyFor: (server) => proxyFor(server, network),
              userAgent,
              ...(renew === undefined ? {} : { renew }),
            });
          },
          ownContext: choices.ownContext,
          wish: () => ({ minutes: kubeconfigMinutes, endpoint: choices.kubernetesEndpoint() }),
        },
        changes: { isReadOnly: choices.isReadOnly },
      }),
    addAccount: () => addAccount(world, stored),
    signInAgain: (account) => signInAgain(world, stored, account),
    close: () => world.transport.close(),
  };
}

function proxyFor(server: URL, network: NetworkSettings): string | undefined {
  return isLoopback(hostOf(server)) || isExempt(server, network.noProxy()) ? undefined : network.proxy();
}
