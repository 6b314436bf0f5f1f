import type * as vscode from "vscode";
import type { CredentialSource } from "../../alibaba/credential.ts";
import { type CustomEndpoints, isEndpointProblem, readEndpoint, type Site } from "../../alibaba/endpoints.ts";

/** An Alibaba Cloud account as it is kept over reloads. Nothing in it is secret. */
export type StoredAccount = {
  readonly id: string;
  readonly name: string;
  readonly source: CredentialSource;
  readonly site: Site;
  readonly endpoints: CustomEndpoints;
  /** Empty for all regions of the site. */
  readonly regions: readonly string[];
  /** Fingerprints of the commands of External profiles that the person has allowed to be run. */
  readonly confirmedCommands: readonly string[];
  /** Who it was when it was added. */
  readonly owner: { readonly accountId: string; readonly arn: string };
};

export type StoredChange =
  /** Accounts came or went, in this window or another. */
  | { readonly kind: "accounts" }
  /** What an account signs with was stored anew. */
  | { readonly kind: "credential"; readonly id: string };

/** The accounts that were added: what is not secret in the global state, what is secret in the secret storage alone. */
export interface StoredAccounts extends vscode.Disposable {
  all(): readonly StoredAccount[];
  /** `credential` is what was typed in, as `writeTyped` writes it. */
  add(account: StoredAccount, credential: string | undefined): Promise<void>;
  /** Replaces the account of the same id; its credential too, where one is given. */
  replace(account: StoredAccount, credential: string | undefined): Promise<void>;
  /** Removes the account and what is secret about it. */
  remove(id: string): Promise<void>;
  credential(id: string): Promise<string | undefined>;
  onDidChange(listener: (change: StoredChange) => void): vscode.Disposable;
}

const key = "ackAudit.cloudAccounts";
/** The editor tells every window of a change in its secret storage and of none in its state, so this is changed with the state. */
const revisionKey = "ackAudit.accounts.revision";
const secretPrefix = "ackAudit.account.";

/** Where what is secret about an account lies in the secret storage. */
export function secretKey(id: string): string {
  return `${secretPrefix}${id}`;
}

export function createStoredAccounts(parts: {
  readonly state: Pick<vscode.Memento, "get" | "update">;
  readonly secrets: Pick<vscode.SecretStorage, "get" | "store" | "delete" | "onDidChange">;
}): StoredAccounts {
  const { state, secrets } = parts;
  const listeners = new Set<(change: StoredChange) => void>();
  const fire = (change: StoredChange) => {
    for (const listener of [...listeners]) listener(change);
  };
  // Read each time: another window may have added or removed one since.
  const all = () => readStoredAccounts(state.get(key));
  const subscription = secrets.onDidChange((change) => {
    if (change.key === revisionKey) fire({ kind: "accounts" });
    else if (change.key.startsWith(secretPrefix)) {
      fire({ kind: "credential", id: change.key.slice(secretPrefix.length) });
    }
  });

  async function keep(accounts: readonly StoredAccount[]): Promise<void> {
    await state.update(key, accounts);
    fire({ kind: "accounts" });
    await secrets.store(revisionKey, crypto.randomUUID());
  }

  return {
    all,
    async add(account, credential) {
      // The secret first: an account without it would only be a failure to look at.
      if (credential !== undefined) await secrets.store(secretKey(account.id), credential);
      await keep([...all().filter(({ id }) => id !== account.id), account]);
    },
    async replace(account, credential) {
      if (credential !== undefined) await secrets.store(secretKey(account.id), credential);
      await keep(all().map((each) => (each.id === account.id ? account : each)));
    },
    async remove(id) {
      await secrets.delete(secretKey(id));
      await keep(all().filter((account) => account.id !== id));
    },
    credential: async (id) => secrets.get(secretKey(id)),
    onDidChange(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    dispose() {
      subscription.dispose();
      listeners.clear();
    },
  };
}

/** What is stored may be of an older or a newer version; what is no account is left out. */
export function readStoredAccounts(value: unknown): readonly StoredAccount[] {
  return Array.isArray(value) ? value.flatMap((entry: unknown) => readStoredAccount(entry) ?? []) : [];
}

function readStoredAccount(value: unknown): StoredAccount | undefined {
  if (!isRecord(value)) return undefined;
  const { id, name, owner } = value;
  const source = readSource(value["source"]);
  const site = sites.find((known) => known === value["site"]);
  const endpoints = readCustomEndpoints(value["endpoints"]);
  if (typeof id !== "string" || typeof name !== "string" || id === "") return undefined;
  if (source === undefined || site === undefined || endpoints === undefined || !isRecord(owner)) return undefined;
  return {
    id,
    name,
    source,
    site,
    endpoints,
    regions: texts(value["regions"]),
    confirmedCommands: texts(value["confirmedCommands"]),
    owner: { accountId: String(owner["accountId"] ?? ""), arn: String(owner["arn"] ?? "") },
  };
}

const sites: readonly Site[] = ["china", "international", "finance", "government"];

function readSource(value: unknown): CredentialSource | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, path, profile } = value;
  if (kind === "chain" || kind === "typed") return { kind };
  return kind === "profile" && typeof path === "string" && typeof profile === "string"
    ? { kind, path, profile }
    : undefined;
}

/** An account whose endpoints cannot be read is left out: with the public ones it would speak to others than it was made for. */
function readCustomEndpoints(value: unknown): CustomEndpoints | undefined {
  if (!isRecord(value)) return undefined;
  let custom: CustomEndpoints = value["network"] === "vpc" ? { network: "vpc" } : {};
  for (const service of ["sls", "ack", "sts"] as const) {
    const written = value[service];
    if (written === undefined) continue;
    const read = typeof written === "string" ? readEndpoint(written) : undefined;
    if (read === undefined || isEndpointProblem(read)) return undefined;
    custom = { ...custom, [service]: read };
  }
  return custom;
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
