import type { CallContext } from "../call.ts";
import type { Credential, CredentialFailure } from "../credential.ts";

/** What getting a credential needs of the world: what calls need, but for the credential. */
export type CredentialTools = Omit<CallContext, "credentials"> & {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeFolder: string;
  /** The editor's secret storage. */
  readonly secrets: { get(key: string): Promise<string | undefined> };
  /** Where the credential that was typed in lies there. */
  readonly secretKey: string;
  /**
   * Fingerprints (`commandFingerprint`) of the commands that the person has allowed to be run for this account. A command
   * that is changed in the file has to be allowed anew.
   */
  readonly confirmedCommands: ReadonlySet<string>;
};

/** Asks one source. What the service has just refused (`refused`) is not to be given again where there is a newer one to get. */
export type Asking = {
  readonly tools: CredentialTools;
  readonly refused: Credential | undefined;
  readonly signal: AbortSignal;
};

export type Asked = Credential | CredentialFailure;

/** How long before its end a credential is renewed. */
export const renewAheadMs = 5 * 60_000;
