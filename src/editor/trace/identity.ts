import type { ClusterId } from "../../audit/ids.ts";
import type { Account, AccountName } from "../../logs/account.ts";

/** Who an account id of a cluster's log is. Undefined where nobody knows; why it could not be found out is reported. */
export async function findIdentity(
  account: Account,
  cluster: ClusterId,
  accountId: string,
  signal: AbortSignal,
  report: (problem: unknown) => void,
): Promise<AccountName | undefined> {
  if (account.names === undefined || accountId === "") return undefined;
  try {
    const names = await account.names(cluster, signal);
    if (signal.aborted) return undefined;
    if ("code" in names) {
      report(`${names.code} ${names.detail}`.trim());
      return undefined;
    }
    const found = names.get(accountId);
    return found?.name || found?.displayName ? found : undefined;
  } catch (problem) {
    if (!signal.aborted) report(problem);
    return undefined;
  }
}
